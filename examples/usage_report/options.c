/*
 * The command line: a table of options, and what each wants.
 */
#include "usage_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = "usage: usage-report [OPTION...] [FILE...]\n"
                           "Adds up the token usage in logs, bodies and recorded streams, by model. Without\n"
                           "FILE, or for -, standard input is read.\n"
                           "  --at POINTER    JSON Pointer of the response or its usage (the known paths)\n"
                           "  --by KEY        /model, another JSON Pointer, day, month or none; repeatable\n"
                           "  --time POINTER  where the timestamp is; --tz +HH:MM: its zone (UTC)\n"
                           "  --since TIME, --until TIME   only responses from then on, before then\n"
                           "  --unique        do not count a response whose id was there before\n"
                           "  --prices FILE   CSV: model, prompt_tokens, completion_tokens, ... per million\n"
                           "  --sort COLUMN, --top N   most first, and only the first N\n"
                           "  --each          a line for each response\n"
                           "  --format FORMAT table, json, csv or tsv (table)\n"
                           "  --raw           in CSV and TSV, names that begin as formulas stay as they are\n"
                           "  --merge         the FILEs are reports made by --format json: add them up\n"
                           "  --lines         the FILEs are JSON lines, whatever they look like\n"
                           "  --jobs N        read N files, or parts of large ones, at the same time (1)\n"
                           "  --max-errors N  name N findings on standard error at most (10)\n"
                           "  --max-line SIZE skip longer lines: bytes, or with K, M or G (16M)\n"
                           "  --strict        end in status 1 when there are findings\n"
                           "  -h, --help, --version\n"
                           "Findings: responses that are malformed, too long, truncated or repeated, or\n"
                           "whose usage is misplaced, invalid or contradictory. Exit status: 0 the report is\n"
                           "complete; 1 it has findings, with --strict; 2 it is not complete, or is none.\n";

typedef enum kind {
    TEXT,
    KEY,
    FLAG,
    NUMBER,
    SIZE
} kind;

/* What some options mean depends on others after them. */
typedef struct reading {
    options to;
    const char *format, *sort, *zone, *since, *until, *prices;
    bool grouped, help, version;
} reading;

static const struct option {
    const char *name;
    kind kind;
    size_t member; /* of `reading` */
    uint64_t least, most;
} known[] = {
    {"--at", TEXT, offsetof(reading, to.at), 0, 0},
    {"--by", KEY, 0, 0, 0},
    {"--time", TEXT, offsetof(reading, to.time), 0, 0},
    {"--tz", TEXT, offsetof(reading, zone), 0, 0},
    {"--since", TEXT, offsetof(reading, since), 0, 0},
    {"--until", TEXT, offsetof(reading, until), 0, 0},
    {"--unique", FLAG, offsetof(reading, to.unique), 0, 0},
    {"--prices", TEXT, offsetof(reading, prices), 0, 0},
    {"--sort", TEXT, offsetof(reading, sort), 0, 0},
    {"--top", NUMBER, offsetof(reading, to.top), 1, UINT32_MAX},
    {"--each", FLAG, offsetof(reading, to.each), 0, 0},
    {"--format", TEXT, offsetof(reading, format), 0, 0},
    {"--raw", FLAG, offsetof(reading, to.raw), 0, 0},
    {"--merge", FLAG, offsetof(reading, to.merge), 0, 0},
    {"--lines", FLAG, offsetof(reading, to.lines), 0, 0},
    {"--strict", FLAG, offsetof(reading, to.strict), 0, 0},
    {"--jobs", NUMBER, offsetof(reading, to.jobs), 1, 256},
    {"--max-errors", NUMBER, offsetof(reading, to.max_errors), 0, UINT32_MAX},
    {"--max-line", SIZE, offsetof(reading, to.max_line), 1, UINT64_C(1) << 30},
    {"--help", FLAG, offsetof(reading, help), 0, 0},
    {"-h", FLAG, offsetof(reading, help), 0, 0},
    {"--version", FLAG, offsetof(reading, version), 0, 0},
};

static bool wrong(const char *name, const char *reason) {
    fprintf(stderr, "usage-report: %s: %s\nTry usage-report --help.\n", name, reason);
    return false;
}

/* The index of a word in a list that ends in NULL; that of the NULL, when it is not there. */
static size_t index_of(const char *word, const char *const *list) {
    size_t i = 0;
    while (list[i] && strcmp(list[i], word) != 0) {
        i++;
    }
    return i;
}

static bool check_pointer(const char *name, const char *pointer) {
    char reason[160];
    if (!pointer || tokusage_pointer_valid(pointer)) {
        return true;
    }
    if (*pointer == '/' || strlen(pointer) > 63 || strchr(pointer, '~')) {
        return wrong(name, "its argument is no JSON Pointer (RFC 6901), such as /usage, or a name in it is too long");
    }
    snprintf(reason, sizeof reason, "its argument is no JSON Pointer (RFC 6901); did you mean /%s?", pointer);
    return wrong(name, reason);
}

static bool take_key(const char *value, reading *in) {
    static const char *const words[] = {"/model", "day", "month", "none", NULL};
    const size_t word = index_of(value, words);
    options *const to = &in->to;
    in->grouped = true;
    if (word == 3) {
        return true;
    }
    if (to->by_count == BY_MOST) {
        return wrong("--by", "it can be given 8 times at most");
    }
    by *const added = &to->by[to->by_count++];
    added->given = value;
    added->kind = word == 0 ? BY_MODEL : word == 1 ? BY_DAY : word == 2 ? BY_MONTH : BY_POINTER;
    to->timed = to->timed || added->kind == BY_DAY || added->kind == BY_MONTH;
    return word < 3 || check_pointer("--by", value);
}

/* Digits, and for a size a letter that multiplies them. */
static bool take_number(const struct option *of, const char *value, uint64_t *number) {
    static const char units[] = "KMG";
    char reason[80];
    char *rest = NULL;
    errno = 0;
    uint64_t read = strtoull(value, &rest, 10);
    bool good = *value >= '0' && *value <= '9' && errno == 0 && read <= of->most;
    const char *const unit = of->kind == SIZE && *rest != '\0' ? strchr(units, *rest) : NULL;
    if (good && unit) {
        read <<= 10 * (unit - units + 1);
        rest++;
    }
    good = good && *rest == '\0' && read >= of->least && read <= of->most;
    *number = read;
    snprintf(reason, sizeof reason, "it takes a number from %llu to %llu%s", (unsigned long long)of->least,
             (unsigned long long)of->most, of->kind == SIZE ? ", or one with K, M or G" : "");
    return good || wrong(of->name, reason);
}

/* One option; its value is after the = or in the next argument, which is then skipped. */
static bool take(char ***argument, reading *in) {
    const char *const given = **argument;
    const size_t length = strcspn(given, "=");
    const struct option *of = known;
    while (of < known + sizeof known / sizeof *known &&
           (strlen(of->name) != length || memcmp(of->name, given, length) != 0)) {
        of++;
    }
    if (of == known + sizeof known / sizeof *known) {
        return wrong(given, "there is no such option");
    }
    void *const member = (char *)in + of->member;
    if (of->kind == FLAG) {
        *(bool *)member = true;
        return given[length] == '\0' || wrong(of->name, "it takes no argument");
    }
    const char *const value = given[length] == '=' ? given + length + 1 : *++*argument;
    if (!value) {
        return wrong(given, "its argument is missing");
    }
    if (of->kind == TEXT) {
        *(const char **)member = value;
        return true;
    }
    return of->kind == KEY ? take_key(value, in) : take_number(of, value, member);
}

/* ---- what was not given, and what belongs together */

static bool complete_times(reading *in) {
    options *const to = &in->to;
    const char *const since = in->since ? in->since : "0001-01-01";
    const char *const until = in->until ? in->until : "9999-12-31";
    to->ranged = in->since || in->until;
    to->timed = to->timed || to->ranged;
    if (in->zone && !moment_zone(in->zone, &to->zone)) {
        return wrong("--tz", "it takes an offset from UTC, such as +02:00");
    }
    return (moment_read((slice){since, strlen(since)}, to->zone, &to->since) &&
            moment_read((slice){until, strlen(until)}, to->zone, &to->until)) ||
           wrong("--since and --until", "they take a date or a time (RFC 3339), such as 2026-01-31, or epoch seconds");
}

static bool complete_order(reading *in) {
    static const char *const formats[] = {"table", "json", "csv", "tsv", NULL};
    options *const to = &in->to;
    to->format = in->format ? (report_format)index_of(in->format, formats) : FORMAT_TABLE;
    if (!formats[to->format]) {
        return wrong("--format", "it takes table, json, csv or tsv");
    }
    const bool most_first = to->format == FORMAT_TABLE || to->top > 0;
    const char *const sort = in->sort ? in->sort : most_first ? "total_tokens" : "name";
    while (to->sort < COLUMNS && strcmp(column_at(to->sort).name, sort) != 0) {
        to->sort++;
    }
    return to->sort < COLUMNS || strcmp(sort, "name") == 0 ||
           wrong("--sort", "it takes name, or the name of a column as --format csv has it");
}

static bool complete(reading *in) {
    options *const to = &in->to;
    const bool chosen = to->at || to->time || in->grouped || in->zone || in->since || in->until || in->prices;
    if (to->merge && (chosen || to->each || to->lines || to->unique)) {
        return wrong("--merge", "a report has no single responses: it goes with --format, --sort, --top and --strict");
    }
    if (!in->grouped) {
        to->by[to->by_count++] = (by){BY_MODEL, "/model"};
    }
    if (to->at && strrchr(to->at, '/')) {
        text_bytes(&to->model_path, to->at, (size_t)(strrchr(to->at, '/') - to->at));
        text_bytes(&to->model_path, "/model", sizeof "/model");
    }
    to->priced = in->prices != NULL;
    return check_pointer("--at", to->at) && check_pointer("--time", to->time) && complete_times(in) &&
           complete_order(in) && (!in->prices || prices_read(in->prices, &to->prices));
}

int options_read(int argc, char **argv, options *read) {
    reading in = {.to = {.max_errors = 10, .max_line = 16U << 20, .jobs = 1, .files = argv}};
    bool only_files = argc == 0;
    bool good = true;
    in.help = argc == 1 && isatty(STDIN_FILENO);
    for (char **argument = argc > 0 ? argv + 1 : argv; good && *argument && !in.help && !in.version; argument++) {
        if (only_files || **argument != '-' || strcmp(*argument, "-") == 0) {
            in.to.files[in.to.file_count++] = *argument;
        } else if (strcmp(*argument, "--") == 0) {
            only_files = true;
        } else {
            good = take(&argument, &in);
        }
    }
    good = good && (in.help || in.version || complete(&in));
    if (good && (in.help || in.version)) {
        fputs(in.help ? help : "usage-report " TOKUSAGE_VERSION "\n", stdout);
    }
    *read = in.to;
    return !good ? 2 : in.help || in.version ? 0 : -1;
}

void options_free(options *of) {
    text_free(&of->model_path);
    prices_free(&of->prices);
}
