/*
 * usage-report: the command line, what is done, and the exit status. Folders are read: the files in them, by name.
 */
#include "usage_report.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

/* ---- options */

static const char help[] =
    "usage: usage-report [OPTION...] [FILE|FOLDER...]\n"
    "Adds up the token usage in logs, bodies and recorded streams of LLM APIs, by model.\n"
    "    usage-report ~/.claude ~/.codex gateway.jsonl\n"
    "    usage-report --by day --by /model --prices prices.csv logs/\n"
    "  --by KEY          file, hour, day, week, month, none or a JSON Pointer (/model); repeatable\n"
    "  --at POINTER      where the response or its usage is (the known shapes)\n"
    "  --model POINTER, --time POINTER   where its model and its time are\n"
    "  --tz ZONE         of hours, days, ...: Europe/Berlin, +02:00 (UTC)\n"
    "  --since TIME, --until TIME   only responses from then on, before then\n"
    "  --prices FILE     CSV, or the JSON of LiteLLM or genai-prices; --explain: which price a model has\n"
    "  --stated          also what services say that they charged\n"
    "  --format FORMAT   table, json, csv or tsv; --sheet: for a spreadsheet, no name is a formula\n"
    "  --each            a line for each response, in place of the sums\n"
    "  --merge           the files are reports made by --format json: add them up\n"
    "  --prefix          JSON after other text in its line counts, too\n"
    "  --max-errors N    name N findings at most (10); --max-line BYTES (16777216); --max-ids N (1000000)\n"
    "  --strict          end in status 1 when there are findings\n"
    "  -h, --help; --version; the manual: man usage-report\n"
    "Exit status: 0 the report is complete; 1 it has findings, with --strict; 2 it is not complete.\n";

/* What an option has: nothing, or a value of a kind; and where in the options it goes. */
static const struct {
    const char *name;
    enum {
        FLAG,
        TEXT,
        POINTER,
        NUMBER,
        KEY
    } kind;
    size_t member;
} known[] = {
    {"--at", POINTER, offsetof(options, at)},
    {"--model", POINTER, offsetof(options, model)},
    {"--time", POINTER, offsetof(options, time)},
    {"--by", KEY, 0},
    {"--tz", TEXT, offsetof(options, zone)},
    {"--since", TEXT, offsetof(options, since_text)},
    {"--until", TEXT, offsetof(options, until_text)},
    {"--prices", TEXT, offsetof(options, prices_path)},
    {"--format", TEXT, offsetof(options, format_name)},
    {"--explain", FLAG, offsetof(options, prices.explain)},
    {"--stated", FLAG, offsetof(options, stated)},
    {"--sheet", FLAG, offsetof(options, sheet)},
    {"--each", FLAG, offsetof(options, each)},
    {"--merge", FLAG, offsetof(options, merge)},
    {"--prefix", FLAG, offsetof(options, prefix)},
    {"--strict", FLAG, offsetof(options, strict)},
    {"--max-errors", NUMBER, offsetof(options, max_errors)},
    {"--max-line", NUMBER, offsetof(options, max_line)},
    {"--max-ids", NUMBER, offsetof(options, max_ids)},
    {"--help", FLAG, offsetof(options, help)},
    {"--version", FLAG, offsetof(options, version)},
};
enum {
    KNOWN = sizeof known / sizeof *known
};

bool options_key(options *to, const char *value) {
    static const char *const names[] = {"/model", "file", "hour", "day", "week", "month"};
    size_t kind = 0;
    while (kind < BY_POINTER && strcmp(value, names[kind]) != 0) {
        kind++;
    }
    if (to->by_count == BY_MOST || (kind == BY_POINTER && !tokusage_pointer_valid(value))) {
        return complain("--by", 0, slice_of(value),
                        "not file, hour, day, week, month, none or a JSON Pointer, or more than 8 keys");
    }
    to->by[to->by_count++] = (grouping){(group_kind)kind, value};
    to->timed = to->timed || (kind >= BY_HOUR && kind <= BY_MONTH);
    return true;
}

static bool set(options *to, size_t which, const char *value) {
    char *const member = (char *)to + known[which].member;
    char *end = NULL;
    switch (known[which].kind) {
    case FLAG:
        *(bool *)(void *)member = true;
        return true;
    case TEXT:
    case POINTER:
        *(const char **)(void *)member = value;
        return (known[which].kind == TEXT || tokusage_pointer_valid(value) ||
                complain(known[which].name, 0, slice_of(value), "no JSON Pointer (RFC 6901)"));
    case NUMBER:
        *(uint64_t *)(void *)member = strtoul(value, &end, 10);
        return (*value >= '0' && *value <= '9' && *end == '\0' && *(uint64_t *)(void *)member < UINT32_MAX) ||
               complain(known[which].name, 0, slice_of(value), "no number that is allowed here");
    default:
        to->grouped = true;
        return strcmp(value, "none") == 0 || options_key(to, value);
    }
}

/* What some options mean depends on others. */
static bool settle(options *of) {
    static const char *const formats[] = {"table", "json", "csv", "tsv"};
    size_t format = 0;
    while (format < 4 && strcmp(of->format_name, formats[format]) != 0) {
        format++;
    }
    of->format = of->each && format == FORMAT_TABLE ? FORMAT_CSV : (report_format)format;
    of->separator = of->format == FORMAT_CSV ? ',' : '\t';
    of->ranged = of->since_text || of->until_text;
    of->priced = of->prices_path != NULL;
    of->prices.sums = of->merge;
    if (of->merge && (of->grouped || of->at || of->each || of->ranged || of->model || of->time)) {
        return complain("--merge", 0, (slice){NULL, 0},
                        "the reports say by what they group, and have no single responses");
    }
    if (!of->grouped && !of->merge) {
        options_key(of, "/model");
    }
    return (format < 4 || complain("--format", 0, slice_of(of->format_name), "not table, json, csv or tsv")) &&
           (moment_zone(of->zone) || complain("--tz", 0, slice_of(of->zone), "no zone of this system")) &&
           (!of->since_text || moment_read(slice_of(of->since_text), &of->since) ||
            complain("--since", 0, slice_of(of->since_text), "no time")) &&
           (!of->until_text || moment_read(slice_of(of->until_text), &of->until) ||
            complain("--until", 0, slice_of(of->until_text), "no time")) &&
           (!of->priced || prices_read(of->prices_path, &of->prices));
}

/* ---- files */

const char *string_of(options *in, slice string) {
    return ((item *)catalog_at(&in->strings, string, sizeof(item)))->key.bytes;
}

/* A file that is named, whatever it is, or what is named as a log in a folder. No link leads to another folder. */
static void add_path(options *to, const char *path, bool named) {
    struct dirent **entries = NULL;
    struct stat status = {.st_mode = 0};
    text name = {.bytes = NULL};
    text_lower(&name, slice_of(path));
    while (name.used > 0 && memchr(".0123456789", name.bytes[name.used - 1], 11)) { /* gateway.log.1 */
        name.used--;
    }
    const char *const dot = strrchr(text_c(&name), '.');
    const bool is_log = dot && slice_is_one(slice_of(dot), ".jsonl|.json|.ndjson|.log|.sse|.gz|.bin");
    text_free(&name);
    const bool link = !named && lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    const bool there = strcmp(path, "-") != 0 && stat(path, &status) == 0;
    const bool folder = there && S_ISDIR(status.st_mode);
    const int count = folder && !link ? scandir(path, &entries, NULL, alphasort) : -1;
    const slice inode = {(const char *)(const uint64_t[]){status.st_dev, status.st_ino}, 2 * sizeof(uint64_t)};
    if (there && S_ISREG(status.st_mode) && (named || is_log) && !remember(&to->inodes, inode) && !named) {
        return; /* it was there, by another name; one that is named twice counts twice */
    }
    if (count < 0 && (named || (folder && !link) || (S_ISREG(status.st_mode) && is_log))) {
        to->files = memory_resize(to->files, (to->file_count + 1) * sizeof *to->files);
        to->files[to->file_count++] = string_of(to, slice_of(path));
    }
    for (int i = 0; i < count; i++) {
        text inner = {.bytes = NULL};
        text_string(&inner, path);
        text_string(&inner, slice_ends(slice_of(path), "/") ? "" : "/");
        text_string(&inner, entries[i]->d_name);
        if (*entries[i]->d_name != '.') {
            add_path(to, text_c(&inner), false);
        }
        text_free(&inner);
        free(entries[i]);
    }
    free(entries);
}

/* ---- all of it */

/* -1: go on; else the status to end with. */
static int options_read(int argc, char **argv, options *read) {
    struct option all[KNOWN + 1] = {{.name = NULL}};
    int which = 0;
    int code = 0;
    opterr = 0;
    for (size_t i = 0; i < KNOWN; i++) {
        all[i] = (struct option){known[i].name + 2, known[i].kind == FLAG ? no_argument : required_argument, NULL, 0};
    }
    *read = (options){.max_errors = 10,
                      .max_line = 16 << 20,
                      .max_ids = 1000000,
                      .zone = "UTC",
                      .format_name = "table",
                      .since = INT64_MIN,
                      .until = INT64_MAX};
    while ((code = getopt_long(argc, argv, "h", all, &which)) != -1) {
        if (code == 'h') {
            read->help = true;
        } else if (code != 0) {
            complain(argv[optind - 1], 0, (slice){NULL, 0},
                     "no such option, or its value is missing or not allowed; see --help");
            return 2;
        } else if (!set(read, (size_t)which, optarg)) {
            return 2;
        }
    }
    if (read->version || read->help || (argc == 1 && isatty(STDIN_FILENO))) {
        fputs(read->version ? "usage-report " TOKUSAGE_VERSION "\n" : help, stdout);
        return 0;
    }
    for (int i = optind; i < argc; i++) {
        add_path(read, argv[i], true);
    }
    if (optind == argc) {
        add_path(read, "-", true);
    }
    return settle(read) ? -1 : 2;
}

/* ---- the output */

enum {
    COMPLETE = 0,
    WITH_FINDINGS = 1,
    NOT_COMPLETE = 2
};

void print(reading *in, text *of) {
    errno = 0;
    if (in->output_error == 0 && of->used > 0 && fwrite(of->bytes, 1, of->used, stdout) < of->used) {
        in->output_error = errno != 0 ? errno : EIO;
    }
    of->used = 0;
}

/* A full disk often shows only when the output is closed. */
static int finish(int result, int error) {
    errno = 0;
    const bool closed = fclose(stdout) == 0;
    error = error != 0 ? error : errno;
    if (!closed || error != 0) {
        complain("standard output", 0, (slice){NULL, 0}, error != 0 ? strerror(error) : "a write failed");
        return NOT_COMPLETE;
    }
    return result;
}

/* ---- the report */

static int compare_keys(const void *one, const void *other) {
    return strcmp(((const report_row *)one)->key.bytes, ((const report_row *)other)->key.bytes);
}

static int compare_tokens(const void *one, const void *other) {
    const int64_t a = ((const report_row *)one)->tally->usage.total_tokens.value;
    const int64_t b = ((const report_row *)other)->tally->usage.total_tokens.value;
    return a != b ? (a < b) - (a > b) : compare_keys(one, other);
}

/* Sums, sorts and prints. For people the groups with most tokens come first, except where there are times. */
static void print_report(reading *in, tally *total) {
    const options *const asked = in->asked;
    const bool by_tokens = asked->format == FORMAT_TABLE && !asked->timed;
    bool good = true;
    size_t count = 0;
    if (asked->by_count == 0) { /* all are one group, which is there even when it is empty */
        catalog_at(&in->groups, (slice){NULL, 0}, sizeof(group));
    }
    report_row *const rows = memory_resize(NULL, (in->groups.count + 1) * sizeof *rows);
    for (const group *each = in->groups.first; each; each = each->as.next) {
        const bool none = each->tally.counters[RESPONSES] == 0 && tally_findings(&each->tally) == 0;
        if (asked->ranged && asked->by_count > 0 && none) {
            continue; /* all of it is outside */
        }
        rows[count++] = (report_row){.key = each->as.key, .tally = &each->tally};
        good = tally_add(total, &each->tally) && good;
    }
    if (!good) {
        say_failure(in, 0, "a sum of all groups would leave the range (0 to 9007199254740991), and is left out");
        *total = (tally){.cost = 0};
    }
    rows[count] = (report_row){.tally = total};
    qsort(rows, count, sizeof *rows, by_tokens ? compare_tokens : compare_keys);
    if (!asked->each) {
        format_report(asked, rows, count, !in->incomplete, &in->out);
        print(in, &in->out);
    }
    free(rows);
}

static int report_all(options *asked) {
    static reading in;
    tally total = {.cost = 0};
    memset(&in, 0, sizeof in);
    in.asked = asked;
    in.wants_time = asked->timed || asked->ranged || asked->prices.timed;
    if (getentropy(&in.seed, sizeof in.seed) != 0) {
        complain("random numbers", 0, (slice){NULL, 0}, strerror(errno));
        return NOT_COMPLETE;
    }
    if (asked->each) {
        format_each(asked, NULL, &in.out);
        print(&in, &in.out);
    }
    for (size_t i = 0; i < asked->file_count && in.output_error == 0; i++) {
        read_file(&in, asked->files[i], (uint32_t)i);
    }
    answers_finish(&in);
    print_report(&in, &total);
    if (in.unsaid > 0 && asked->max_errors > 0) {
        fprintf(stderr, "usage-report: and %" PRIu64 " more findings (--max-errors)\n", in.unsaid);
    }
    if (is_empty(&total.usage) && !asked->merge && !in.incomplete && in.output_error == 0) {
        complain("nothing was counted", 0, (slice){NULL, 0}, "no response with a usage was found");
    }
    catalog_free(&in.groups);
    catalog_free(&in.notes);
    response_free(&in.found);
    free(in.document.members);
    text_free(&in.head);
    text_free(&in.key);
    text_free(&in.scratch);
    text_free(&in.out);
    return finish(in.incomplete                                 ? NOT_COMPLETE
                  : asked->strict && tally_findings(&total) > 0 ? WITH_FINDINGS
                                                                : COMPLETE,
                  in.output_error);
}

int main(int argc, char **argv) {
    options asked;
    int result = options_read(argc, argv, &asked);
    result = result == COMPLETE ? finish(COMPLETE, 0) : result < 0 ? report_all(&asked) : result;
    free(asked.files);
    catalog_free(&asked.strings);
    catalog_free(&asked.inodes);
    prices_free(&asked.prices);
    return result;
}
