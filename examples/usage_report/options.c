/*
 * The command line: a table of options, and what each wants.
 */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tokusage.h>

static const char help[] = "usage: usage-report [OPTION...] [FILE...]\n"
                           "Adds up the token usage in logs, bodies and recorded streams of completions.\n"
                           "Without FILE, or for -, standard input is read. What a FILE is is found out: an\n"
                           "event stream, a JSON body, or JSON lines (a response on every line).\n"
                           "\n"
                           "  --at POINTER      where the usage is, as JSON Pointer (where services have it)\n"
                           "  --by POINTER      a group for each string found at POINTER, such as /model\n"
                           "  --each            a line for each response\n"
                           "  --format FORMAT   table, json, csv or tsv (table)\n"
                           "  --merge           the FILEs are reports made by --format json: add them up\n"
                           "  --lines           the FILEs are JSON lines, whatever they look like\n"
                           "  --jobs N          read N files at the same time (1)\n"
                           "  --max-errors N    name N findings on standard error at most (10)\n"
                           "  --max-line SIZE   pass over longer lines: bytes, or with K, M or G (16M)\n"
                           "  --strict          end in status 1 when there are findings\n"
                           "  --help, --version\n"
                           "\n"
                           "A finding is a response that is malformed, too long or cut off, has a usage that\n"
                           "is no counts, or contradicts itself. Exit status: 0 the report is complete; 1 it\n"
                           "is, with findings, and --strict is given; 2 it is not, or there is none.\n";

typedef enum option_kind {
    OPTION_POINTER,
    OPTION_FORMAT,
    OPTION_FLAG,
    OPTION_NUMBER,
    OPTION_SIZE,
    OPTION_HELP,
    OPTION_VERSION
} option_kind;

/* An option, and the member of `options` that it sets. */
typedef struct option {
    const char *name;
    option_kind kind;
    size_t member;
    uint64_t least, most;
} option;

static const option known[] = {
    {"--at", OPTION_POINTER, offsetof(options, at), 0, 0},
    {"--by", OPTION_POINTER, offsetof(options, by), 0, 0},
    {"--each", OPTION_FLAG, offsetof(options, each), 0, 0},
    {"--format", OPTION_FORMAT, offsetof(options, format), 0, 0},
    {"--merge", OPTION_FLAG, offsetof(options, merge), 0, 0},
    {"--lines", OPTION_FLAG, offsetof(options, lines), 0, 0},
    {"--strict", OPTION_FLAG, offsetof(options, strict), 0, 0},
    {"--jobs", OPTION_NUMBER, offsetof(options, jobs), 1, 256},
    {"--max-errors", OPTION_NUMBER, offsetof(options, max_errors), 0, UINT32_MAX},
    {"--max-line", OPTION_SIZE, offsetof(options, max_line), 1, UINT64_C(1) << 30},
    {"--help", OPTION_HELP, 0, 0, 0},
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

static bool read_format(const char *value, report_format *format) {
    static const char *const names[] = {"table", "json", "csv", "tsv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value, names[i]) == 0) {
            *format = (report_format)i;
            return true;
        }
    }
    return false;
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

static options_result take_value(const option *of, const char *value, void *member) {
    char reason[80];
    switch (of->kind) {
    case OPTION_POINTER:
        *(const char **)member = value;
        return tokusage_pointer_valid(value)
                   ? OPTIONS_GOOD
                   : wrong(of->name,
                           "its argument is no JSON Pointer (RFC 6901), such as /usage, or a name in it is too long");
    case OPTION_FORMAT:
        return read_format(value, member) ? OPTIONS_GOOD : wrong(of->name, "it takes table, json, csv or tsv");
    default:
        if (read_number(value, of, member)) {
            return OPTIONS_GOOD;
        }
        snprintf(reason, sizeof reason, "it takes a number from %llu to %llu%s", (unsigned long long)of->least,
                 (unsigned long long)of->most, of->kind == OPTION_SIZE ? ", or one with K, M or G" : "");
        return wrong(of->name, reason);
    }
}

static options_result show(const char *text) {
    fputs(text, stdout);
    return OPTIONS_SHOWN;
}

/* One option; its value is behind the = or in the next argument, which is then passed over. */
static options_result take(char ***argument, options *read) {
    const char *const given = **argument;
    const char *const equals = strchr(given, '=');
    const option *const of = find(given, equals ? (size_t)(equals - given) : strlen(given));
    if (!of) {
        return wrong(given, "no such option");
    }
    void *const member = (char *)read + of->member;
    if (of->kind == OPTION_FLAG || of->kind == OPTION_HELP || of->kind == OPTION_VERSION) {
        if (equals) {
            return wrong(given, "it takes no argument");
        }
        if (of->kind == OPTION_FLAG) {
            *(bool *)member = true;
            return OPTIONS_GOOD;
        }
        return show(of->kind == OPTION_HELP ? help : "usage-report " TOKUSAGE_VERSION "\n");
    }
    if (equals) {
        return take_value(of, equals + 1, member);
    }
    if (!(*argument)[1]) {
        return wrong(given, "its argument is missing");
    }
    ++*argument;
    return take_value(of, **argument, member);
}

static options_result check_together(const options *read, bool placed) {
    if (read->merge && placed) {
        return wrong("--merge", "the reports say --at and --by; they cannot be given again");
    }
    if (read->merge && (read->each || read->lines)) {
        return wrong("--merge", "a report has no single responses, so there is no --each and no --lines");
    }
    return OPTIONS_GOOD;
}

options_result options_read(int argc, char **argv, options *read) {
    *read = (options){.format = FORMAT_TABLE, .max_errors = 10, .max_line = 16U << 20, .jobs = 1, .files = argv};
    bool only_files = argc == 0;
    for (char **argument = argc > 0 ? argv + 1 : argv; *argument; argument++) {
        if (only_files || **argument != '-' || strcmp(*argument, "-") == 0) {
            read->files[read->file_count++] = *argument;
        } else if (strcmp(*argument, "--") == 0) {
            only_files = true;
        } else {
            const options_result result = take(&argument, read);
            if (result != OPTIONS_GOOD) {
                return result;
            }
        }
    }
    return check_together(read, read->at || read->by);
}
