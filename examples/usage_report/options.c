/*
 * The command line: a table of options, and what each wants. Folders are read: the files in them, by name.
 */
#include "usage_report.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    "  --sort COLUMN, --top N   most first, and only the first N\n"
    "  --each            a line for each response\n"
    "  --format FORMAT   table, json, csv or tsv; --sheet: for a spreadsheet, no name is a formula\n"
    "  --merge           the files are reports made by --format json: add them up\n"
    "  --prefix          JSON after other text in its line counts, too\n"
    "  --max-errors N    name N findings at most (10); --max-line SIZE (16M); --max-ids N (1000000)\n"
    "  --strict          end in status 1 when there are findings\n"
    "  -h, --help; --version; the manual: man usage-report\n"
    "Exit status: 0 the report is complete; 1 it has findings, with --strict; 2 it is not complete.\n";

typedef enum kind {
    TEXT,
    POINTER,
    KEY,
    FLAG,
    NUMBER,
    SIZE
} kind;

/* What some options mean depends on others after them. */
typedef struct given {
    options to;
    const char *format, *sort, *zone, *since, *until, *prices;
    bool grouped, timed, help, version;
} given;

static const struct {
    const char *name;
    kind kind;
    size_t member; /* of `given` */
    uint64_t least, most;
} known[] = {
    {"at", POINTER, offsetof(given, to.at), 0, 0},
    {"model", POINTER, offsetof(given, to.model), 0, 0},
    {"time", POINTER, offsetof(given, to.time), 0, 0},
    {"by", KEY, 0, 0, 0},
    {"tz", TEXT, offsetof(given, zone), 0, 0},
    {"since", TEXT, offsetof(given, since), 0, 0},
    {"until", TEXT, offsetof(given, until), 0, 0},
    {"prices", TEXT, offsetof(given, prices), 0, 0},
    {"explain", FLAG, offsetof(given, to.explain), 0, 0},
    {"stated", FLAG, offsetof(given, to.stated), 0, 0},
    {"sort", TEXT, offsetof(given, sort), 0, 0},
    {"top", NUMBER, offsetof(given, to.top), 1, UINT32_MAX},
    {"each", FLAG, offsetof(given, to.each), 0, 0},
    {"format", TEXT, offsetof(given, format), 0, 0},
    {"sheet", FLAG, offsetof(given, to.sheet), 0, 0},
    {"merge", FLAG, offsetof(given, to.merge), 0, 0},
    {"prefix", FLAG, offsetof(given, to.prefix), 0, 0},
    {"strict", FLAG, offsetof(given, to.strict), 0, 0},
    {"max-errors", NUMBER, offsetof(given, to.max_errors), 0, UINT32_MAX},
    {"max-line", SIZE, offsetof(given, to.max_line), 1, UINT64_C(1) << 30},
    {"max-ids", NUMBER, offsetof(given, to.max_ids), 1, UINT32_MAX - 1},
    {"help", FLAG, offsetof(given, help), 0, 0},
    {"version", FLAG, offsetof(given, version), 0, 0},
};
enum {
    KNOWN = sizeof known / sizeof *known
};

static bool fail(const char *option, const char *value, const char *reason) {
    fprintf(stderr, "usage-report: --%s: %s: %s\n", option, value, reason);
    return false;
}

/* ---- values */

static bool read_number(size_t which, const char *value, uint64_t *to) {
    static const char units[] = "KMG";
    char *end = NULL;
    errno = 0;
    unsigned long long number = strspn(value, "0123456789") > 0 ? strtoull(value, &end, 10) : 0;
    const char *const unit = end && *end && known[which].kind == SIZE ? strchr(units, *end) : NULL;
    for (const char *at = units; unit && at <= unit && number <= UINT64_MAX / 1024; at++) {
        number *= 1024;
    }
    *to = number;
    return (end && end[unit != NULL] == '\0' && errno == 0 && number >= known[which].least &&
            number <= known[which].most) ||
           fail(known[which].name, value, "no number that is allowed here");
}

static bool read_key(given *to, const char *value) {
    static const struct {
        const char *name;
        grouping as;
    } names[] = {{"/model", {.kind = BY_MODEL}},
                 {"file", {.kind = BY_FILE}},
                 {"hour", {.kind = BY_TIME, .unit = HOUR}},
                 {"day", {.kind = BY_TIME, .unit = DAY}},
                 {"week", {.kind = BY_TIME, .unit = WEEK}},
                 {"month", {.kind = BY_TIME, .unit = MONTH}}};
    grouping made = {.kind = BY_POINTER};
    to->grouped = true;
    if (strcmp(value, "none") == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        made = strcmp(value, names[i].name) == 0 ? names[i].as : made;
    }
    made.given = value;
    if (made.kind == BY_POINTER && !tokusage_pointer_valid(value)) {
        return fail("by", value, "not file, hour, day, week, month, none or a JSON Pointer");
    }
    if (to->to.by_count == BY_MOST) {
        return fail("by", value, "at most 8 keys");
    }
    to->timed = to->timed || made.kind == BY_TIME;
    to->to.by[to->to.by_count++] = made;
    return true;
}

static bool set(given *to, size_t which, const char *value) {
    char *const member = (char *)to + known[which].member;
    switch (known[which].kind) {
    case TEXT:
    case POINTER:
        memcpy(member, &value, sizeof value);
        return (known[which].kind != POINTER || tokusage_pointer_valid(value) ||
                fail(known[which].name, value, "no JSON Pointer (RFC 6901)"));
    case FLAG:
        *(bool *)(void *)member = true;
        return true;
    case KEY:
        return read_key(to, value);
    default:
        return read_number(which, value, (uint64_t *)(void *)member);
    }
}

/* Without --sort, a table has most tokens first, except where there are times. */
static bool read_sort(given *to) {
    options *const of = &to->to;
    const bool by_tokens = !to->timed && (of->format == FORMAT_TABLE || of->top > 0);
    const char *const name = to->sort ? to->sort : by_tokens ? "total_tokens" : "name";
    for (of->sort = 0; of->sort < COLUMNS; of->sort++) {
        const column each = column_at(of->sort);
        if (strcmp(each.name, name) == 0) {
            return column_is_there(each, of) || fail("sort", name, "this column needs --prices or --stated");
        }
    }
    return strcmp(name, "name") == 0 || fail("sort", name, "no column of --format csv");
}

static bool settle(given *to) {
    static const char *const formats[] = {"table", "json", "csv", "tsv"};
    options *const of = &to->to;
    size_t format = 0;
    while (to->format && format < 4 && strcmp(to->format, formats[format]) != 0) {
        format++;
    }
    of->format = (report_format)format;
    of->ranged = to->since || to->until;
    of->priced = to->prices != NULL;
    of->since = INT64_MIN;
    of->until = INT64_MAX;
    if (of->merge && (to->grouped || of->at || of->each || of->ranged || of->model || of->time)) {
        fputs("usage-report: --merge: the reports say by what they group, and have no single responses\n", stderr);
        return false;
    }
    if (!to->grouped && !of->merge) {
        read_key(to, "/model");
    }
    return (moment_zone(to->zone) || fail("tz", to->zone, "no zone of this system")) &&
           (format < 4 || fail("format", to->format, "not table, json, csv or tsv")) &&
           (!to->since || moment_read(slice_of(to->since), &of->since) || fail("since", to->since, "no time")) &&
           (!to->until || moment_read(slice_of(to->until), &of->until) || fail("until", to->until, "no time")) &&
           read_sort(to) && (!of->priced || prices_read(to->prices, &of->prices));
}

/* ---- files */

static void add_file(options *to, const char *path) {
    char *const copy = memory_resize(NULL, strlen(path) + 1);
    memcpy(copy, path, strlen(path) + 1);
    to->files = memory_resize(to->files, (to->file_count + 1) * sizeof *to->files);
    to->files[to->file_count++] = copy;
}

/* In a folder: what is named as a log. */
static bool is_log(const char *name) {
    static const char *const ends[] = {".jsonl", ".json", ".ndjson", ".log", ".sse", ".gz", ".bin"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (slice_ends(slice_of(name), ends[i])) {
            return true;
        }
    }
    return false;
}

static void add_path(options *to, const char *path, unsigned depth) {
    struct dirent **entries = NULL;
    struct stat status;
    const bool named = strcmp(path, "-") == 0 || (depth == 0 ? stat : lstat)(path, &status) != 0;
    if (named || !S_ISDIR(status.st_mode)) {
        if (depth == 0 || (!named && S_ISREG(status.st_mode) && is_log(path))) {
            add_file(to, path);
        }
        return;
    }
    const int count = depth < 32 ? scandir(path, &entries, NULL, alphasort) : 0;
    for (int i = 0; i < count; i++) {
        text name = {.bytes = NULL};
        text_string(&name, path);
        text_string(&name, slice_ends(text_all(&name), "/") ? "" : "/");
        text_string(&name, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            add_path(to, text_c(&name), depth + 1);
        }
        text_free(&name);
        free(entries[i]);
    }
    free(entries);
    if (count < 0) {
        fprintf(stderr, "usage-report: %s: %s\n", path, strerror(errno));
        add_file(to, path);
    }
}

/* ---- all of it */

static int show(const char *words) {
    return fputs(words, stdout) < 0 ? 2 : 0;
}

int options_read(int argc, char **argv, options *read) {
    struct option long_options[KNOWN + 1] = {{.name = NULL}};
    given now = {.to = {.max_errors = 10, .max_line = 16 << 20, .max_ids = 1000000}, .zone = "UTC"};
    int which = 0;
    int code = 0;
    for (size_t i = 0; i < KNOWN; i++) {
        long_options[i] =
            (struct option){known[i].name, known[i].kind == FLAG ? no_argument : required_argument, NULL, 0};
    }
    *read = now.to;
    opterr = 0;
    while ((code = getopt_long(argc, argv, "h", long_options, &which)) != -1) {
        if (code == 'h') {
            now.help = true;
        } else if (code != 0) {
            fprintf(stderr, "usage-report: %s: no such option, or its value is missing or not allowed; see --help\n",
                    argv[optind - 1]);
            return 2;
        } else if (!set(&now, (size_t)which, optarg)) {
            return 2;
        }
    }
    if (now.help || now.version) {
        return show(now.help ? help : "usage-report " TOKUSAGE_VERSION "\n");
    }
    if (argc == 1 && isatty(STDIN_FILENO)) {
        return show(help);
    }
    if (!settle(&now)) {
        *read = now.to;
        return 2;
    }
    for (int i = optind; i < argc; i++) {
        add_path(&now.to, argv[i], 0);
    }
    if (optind == argc) {
        add_file(&now.to, "-");
    }
    *read = now.to;
    return -1;
}

void options_free(options *of) {
    for (size_t i = 0; i < of->file_count; i++) {
        free(of->files[i]);
    }
    free(of->files);
    prices_free(&of->prices);
}
