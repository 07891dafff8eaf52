/*
 * The command line: a table of options, and what each wants.
 */
#include "options.h"
#include "formats.h"
#include "moment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] = "usage: usage-report [OPTION...] [FILE...]\n"
                           "Adds up the token usage in logs, bodies and recorded streams, by model. Without\n"
                           "FILE, or for -, standard input is read.\n"
                           "  --at POINTER    where the usage is, as JSON Pointer (where services have it)\n"
                           "  --by KEY        /model, another JSON Pointer, day, month or none; repeatable\n"
                           "  --time POINTER  where the timestamp is; --tz +HH:MM: its zone (UTC)\n"
                           "  --since TIME, --until TIME   only responses from then on, before then\n"
                           "  --unique        do not count a response whose id was there before\n"
                           "  --prices FILE   CSV: model, input, cached, cache write, output per million\n"
                           "  --sort COLUMN, --top N   most first, and only the first N\n"
                           "  --each          a line for each response\n"
                           "  --format FORMAT table, json, csv or tsv (table)\n"
                           "  --raw           in CSV and TSV, names that begin as formulas stay as they are\n"
                           "  --merge         the FILEs are reports made by --format json: add them up\n"
                           "  --lines         the FILEs are JSON lines, whatever they look like\n"
                           "  --jobs N        read N files, or parts of large ones, at the same time (1)\n"
                           "  --max-errors N  name N findings on standard error at most (10)\n"
                           "  --max-line SIZE pass over longer lines: bytes, or with K, M or G (16M)\n"
                           "  --strict        end in status 1 when there are findings\n"
                           "  -h, --help, --version\n"
                           "Findings: responses that are malformed, too long, cut off or repeated, or whose\n"
                           "usage is misplaced, no counts or contradicts itself. Exit status: 0 the report\n"
                           "is complete; 1 it has findings, with --strict; 2 it is not complete, or is none.\n";

typedef enum option_kind {
    OPTION_POINTER,
    OPTION_BY,
    OPTION_FORMAT,
    OPTION_SORT,
    OPTION_TEXT,
    OPTION_FLAG,
    OPTION_NUMBER,
    OPTION_SIZE,
    OPTION_HELP,
    OPTION_VERSION
} option_kind;

/* What is known of the command line while it is read: what some options mean depends on others behind them. */
typedef struct reading {
    options *to;
    const char *zone, *since, *until, *prices;
    bool grouped, sorted;
} reading;

/* An option, and the member of `options` (of `reading`, for a TEXT) that it sets. */
typedef struct option {
    const char *name;
    option_kind kind;
    size_t member;
    uint64_t least, most;
} option;

static const option known[] = {
    {"--at", OPTION_POINTER, offsetof(options, at), 0, 0},
    {"--by", OPTION_BY, 0, 0, 0},
    {"--time", OPTION_POINTER, offsetof(options, time), 0, 0},
    {"--tz", OPTION_TEXT, offsetof(reading, zone), 0, 0},
    {"--since", OPTION_TEXT, offsetof(reading, since), 0, 0},
    {"--until", OPTION_TEXT, offsetof(reading, until), 0, 0},
    {"--prices", OPTION_TEXT, offsetof(reading, prices), 0, 0},
    {"--unique", OPTION_FLAG, offsetof(options, unique), 0, 0},
    {"--sort", OPTION_SORT, offsetof(options, order), 0, 0},
    {"--top", OPTION_NUMBER, offsetof(options, top), 1, UINT32_MAX},
    {"--each", OPTION_FLAG, offsetof(options, each), 0, 0},
    {"--format", OPTION_FORMAT, offsetof(options, format), 0, 0},
    {"--raw", OPTION_FLAG, offsetof(options, raw), 0, 0},
    {"--merge", OPTION_FLAG, offsetof(options, merge), 0, 0},
    {"--lines", OPTION_FLAG, offsetof(options, lines), 0, 0},
    {"--strict", OPTION_FLAG, offsetof(options, strict), 0, 0},
    {"--jobs", OPTION_NUMBER, offsetof(options, jobs), 1, 256},
    {"--max-errors", OPTION_NUMBER, offsetof(options, max_errors), 0, UINT32_MAX},
    {"--max-line", OPTION_SIZE, offsetof(options, max_line), 1, UINT64_C(1) << 30},
    {"--help", OPTION_HELP, 0, 0, 0},
    {"-h", OPTION_HELP, 0, 0, 0},
    {"--version", OPTION_VERSION, 0, 0, 0},
};

static options_result wrong(const char *name, const char *reason) {
    fprintf(stderr, "usage-report: %s: %s\nTry usage-report --help.\n", name, reason);
    return OPTIONS_WRONG;
}

static const option *find(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

/* ---- values */

/* The place of the word in the list, which ends in NULL; that of the NULL: it is not there. */
static size_t place_of(const char *word, const char *const *list) {
    size_t i = 0;
    while (list[i] && strcmp(list[i], word) != 0) {
        i++;
    }
    return i;
}

static options_result take_pointer(const char *name, const char *value, const char **pointer) {
    char reason[160];
    *pointer = value;
    if (tokusage_pointer_valid(value)) {
        return OPTIONS_GOOD;
    }
    const bool word = strlen(value) < 64 && *value != '/' && !strchr(value, '~');
    snprintf(reason, sizeof reason, "its argument is no JSON Pointer (RFC 6901)%s%s%s",
             word ? "; did you mean /" : ", such as /usage, or a name in it is too long", word ? value : "",
             word ? "?" : "");
    return wrong(name, reason);
}

static options_result take_by(const char *value, reading *in) {
    static const char *const words[] = {"/model", "day", "month", "none", NULL};
    const size_t word = place_of(value, words);
    options *const to = in->to;
    in->grouped = true;
    if (word == 3) {
        return OPTIONS_GOOD;
    }
    if (to->by_count == BY_MOST) {
        return wrong("--by", "it can be given 8 times at most");
    }
    by *const added = &to->by[to->by_count++];
    added->kind = word < 3 ? word : BY_POINTER;
    added->given = value;
    to->timed = to->timed || added->kind == BY_DAY || added->kind == BY_MONTH;
    return word < 3 ? OPTIONS_GOOD : take_pointer("--by", value, &added->given);
}

static options_result take_format(const char *value, report_format *format) {
    static const char *const names[] = {"table", "json", "csv", "tsv", NULL};
    *format = (report_format)place_of(value, names);
    return names[*format] ? OPTIONS_GOOD : wrong("--format", "it takes table, json, csv or tsv");
}

static options_result take_sort(const char *value, reading *in) {
    in->sorted = true;
    return column_order(value, &in->to->order)
               ? OPTIONS_GOOD
               : wrong("--sort", "it takes name, or the name of a column as --format csv has it");
}

/* Digits, and for a size a letter that multiplies them. */
static bool read_number(const char *value, const option *of, uint64_t *number) {
    static const char units[] = "KMG";
    char *rest = NULL;
    errno = 0;
    const unsigned long long digits = strtoull(value, &rest, 10);
    if (*value < '0' || *value > '9' || errno != 0 || digits > of->most) {
        return false;
    }
    uint64_t read = digits;
    if (of->kind == OPTION_SIZE && *rest != '\0') {
        const char *const unit = strchr(units, *rest++);
        if (!unit) {
            return false;
        }
        read <<= 10 * (unit - units + 1);
    }
    *number = read;
    return *rest == '\0' && read >= of->least && read <= of->most;
}

static options_result take_number(const option *of, const char *value, uint64_t *number) {
    char reason[80];
    if (read_number(value, of, number)) {
        return OPTIONS_GOOD;
    }
    snprintf(reason, sizeof reason, "it takes a number from %llu to %llu%s", (unsigned long long)of->least,
             (unsigned long long)of->most, of->kind == OPTION_SIZE ? ", or one with K, M or G" : "");
    return wrong(of->name, reason);
}

static options_result take_value(const option *of, const char *value, reading *in) {
    void *const member = (char *)in->to + of->member;
    switch (of->kind) {
    case OPTION_POINTER:
        return take_pointer(of->name, value, member);
    case OPTION_BY:
        return take_by(value, in);
    case OPTION_FORMAT:
        return take_format(value, member);
    case OPTION_SORT:
        return take_sort(value, in);
    case OPTION_TEXT:
        *(const char **)(void *)((char *)in + of->member) = value;
        return OPTIONS_GOOD;
    default:
        return take_number(of, value, member);
    }
}

/* ---- options */

static options_result show(const char *shown) {
    fputs(shown, stdout);
    return OPTIONS_SHOWN;
}

/* One option; its value is behind the = or in the next argument, which is then passed over. */
static options_result take(char ***argument, reading *in) {
    const char *const given = **argument;
    const char *const equals = strchr(given, '=');
    const option *const of = find(given, equals ? (size_t)(equals - given) : strlen(given));
    if (!of) {
        return wrong(given, "there is no such option");
    }
    const bool alone = of->kind == OPTION_FLAG || of->kind == OPTION_HELP || of->kind == OPTION_VERSION;
    if (alone && equals) {
        return wrong(of->name, "it takes no argument");
    }
    if (of->kind == OPTION_FLAG) {
        *(bool *)(void *)((char *)in->to + of->member) = true;
        return OPTIONS_GOOD;
    }
    if (alone) {
        return show(of->kind == OPTION_HELP ? help : "usage-report " TOKUSAGE_VERSION "\n");
    }
    if (equals) {
        return take_value(of, equals + 1, in);
    }
    if (!(*argument)[1]) {
        return wrong(given, "its argument is missing");
    }
    ++*argument;
    return take_value(of, **argument, in);
}

static bool read_moment(const char *given, int64_t zone, int64_t *seconds) {
    return !given || moment_read((slice){given, strlen(given)}, zone, seconds);
}

/* What was not given, and what belongs together. */
static options_result complete(reading *in) {
    options *const to = in->to;
    const bool chosen = to->at || to->time || in->grouped || in->zone || in->since || in->until || in->prices;
    if (to->merge && (chosen || to->each || to->lines || to->unique)) {
        return wrong("--merge", "a report has no single responses: it goes with --format, --sort, --top and --strict");
    }
    if (in->zone && !moment_zone(in->zone, &to->zone)) {
        return wrong("--tz", "it takes an offset from UTC, such as +02:00");
    }
    if (!read_moment(in->since, to->zone, &to->since) || !read_moment(in->until, to->zone, &to->until)) {
        return wrong("--since and --until",
                     "they take a date or a time (RFC 3339), such as 2026-01-31, or epoch seconds");
    }
    to->timed = to->timed || in->since || in->until;
    if (!in->grouped) {
        to->by[to->by_count++] = (by){BY_MODEL, "/model"};
    }
    if (!in->sorted) {
        column_order(to->format == FORMAT_TABLE || to->top > 0 ? "total_tokens" : "name", &to->order);
    }
    if (to->at && strrchr(to->at, '/')) {
        text_bytes(&to->beside, to->at, (size_t)(strrchr(to->at, '/') - to->at));
        text_bytes(&to->beside, "/model", sizeof "/model");
    }
    to->priced = in->prices != NULL;
    return !in->prices || prices_read(in->prices, &to->prices) ? OPTIONS_GOOD : OPTIONS_WRONG;
}

options_result options_read(int argc, char **argv, options *read) {
    *read = (options){.max_errors = 10, .max_line = 16U << 20, .jobs = 1, .files = argv};
    read->since = INT64_MIN;
    read->until = INT64_MAX;
    reading in = {.to = read};
    bool only_files = argc == 0;
    if (argc == 1 && isatty(STDIN_FILENO)) {
        return show(help);
    }
    for (char **argument = argc > 0 ? argv + 1 : argv; *argument; argument++) {
        if (only_files || **argument != '-' || strcmp(*argument, "-") == 0) {
            read->files[read->file_count++] = *argument;
        } else if (strcmp(*argument, "--") == 0) {
            only_files = true;
        } else {
            const options_result result = take(&argument, &in);
            if (result != OPTIONS_GOOD) {
                return result;
            }
        }
    }
    return complete(&in);
}

void options_free(options *of) {
    text_free(&of->beside);
    prices_free(&of->prices);
}
