/*
 * Prints the token usage of response bodies, one line each.
 *
 *     usage_of [--at POINTER] [FILE...]      without FILE, or for -, standard input
 *
 * What a body is is found out, not asked: a JSON body, JSON lines (a line is printed for each), or an event stream,
 * which is read piece by piece in constant memory. JSON is read into memory whole.
 *
 *     FILE[:LINE]: prompt 5, completion 7, total 12: VERDICT[: REASON]
 *
 * A count that was not reported, or that cannot be known, is - (never 0). VERDICT is one of
 *     consistent      the counts agree
 *     contradictory   the total is not what its parts say
 *     unfinished      the stream has no closing [DONE]: it was cut off, and its counts may not be the last ones
 *     no usage        there is none, or none of the three counts is in it
 *     unreadable      what there is is not JSON, or not counts
 * Bytes in a REASON are counted from 0, in the file, in the LINE, or (event streams) in the usage object.
 *
 * Exit status: 0 every body is consistent; 1 some body is not, or there was none; 2 a wrong option, a file that cannot
 * be read, or output that cannot be written (which is told on standard error). The highest one counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tokusage.h>

enum {
    ALL_CONSISTENT = 0,
    NOT_CONSISTENT = 1,
    FAILED = 2
};

/* Where a body, or one line of it, comes from. */
typedef struct source {
    const char *file;
    size_t line; /* 0: not one of many lines */
} source;

static int complain(const char *file, const char *reason) {
    fflush(stdout);
    fprintf(stderr, "usage_of: %s: %s\n", file, reason);
    return FAILED;
}

/* ------------------------------------------------------------------------------------------- the output */

static void print_count(const char *name, tokusage_count count) {
    if (count.present) {
        printf("%s %" PRId64, name, count.value);
    } else {
        printf("%s -", name);
    }
}

static int print_line(source from, tokusage usage, const char *verdict, const char *reason) {
    printf("%s", from.file);
    if (from.line > 0) {
        printf(":%zu", from.line);
    }
    print_count(": prompt", usage.prompt_tokens);
    print_count(", completion", usage.completion_tokens);
    print_count(", total", usage.total_tokens);
    printf(": %s%s%s\n", verdict, reason ? ": " : "", reason ? reason : "");
    return reason ? NOT_CONSISTENT : ALL_CONSISTENT;
}

static int print_error(source from, tokusage usage, const tokusage_error *error) {
    char reason[200];
    if (error->status == TOKUSAGE_ERR_NOT_FOUND) {
        return print_line(from, usage, "no usage", tokusage_status_text(error->status));
    }
    tokusage_error_text(error, reason, sizeof reason);
    return print_line(from, usage, error->status == TOKUSAGE_ERR_TOTAL ? "contradictory" : "unreadable", reason);
}

/* A usage that was read: what do its counts say? */
static int judge(source from, tokusage usage, bool finished) {
    tokusage_error error;
    if (tokusage_equal(&usage, &(tokusage){0})) {
        return print_line(from, usage, "no usage", "none of the three counts is in it");
    }
    if (tokusage_validate(&usage, &error) != TOKUSAGE_OK) {
        return print_error(from, usage, &error);
    }
    if (!finished) {
        return print_line(from, usage, "unfinished", "no [DONE] at the end of the stream");
    }
    return print_line(from, usage, "consistent", NULL);
}

/* ------------------------------------------------------------------------------------------- JSON bodies */

static int report_text(source from, const char *json, size_t length, const char *pointer) {
    tokusage usage = {0};
    tokusage_error error;
    if (tokusage_extract(json, length, pointer, &usage, &error) != TOKUSAGE_OK) {
        return print_error(from, usage, &error);
    }
    return judge(from, usage, true);
}

static bool is_json(const char *text, size_t length) {
    tokusage usage;
    const tokusage_status status = tokusage_extract(text, length, NULL, &usage, NULL);
    return status != TOKUSAGE_ERR_SYNTAX && status != TOKUSAGE_ERR_DEPTH;
}

/* Whether there is nothing but white space. */
static bool is_blank(const char *text, size_t length) {
    size_t at = 0;
    while (at < length && memchr(" \t\r\n", text[at], 4)) {
        at++;
    }
    return at == length;
}

/* The length of the first line without its line end. */
static size_t line_span(const char *text, size_t length) {
    const char *end = memchr(text, '\n', length);
    return end ? (size_t)(end - text) : length;
}

/* Whether a text that is not JSON as a whole is JSON lines: one of its lines is an object by itself. */
static bool is_lines(const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        const size_t span = line_span(text + at, length - at);
        if (span > 0 && text[at] == '{' && is_json(text + at, span)) {
            return true;
        }
        at += span + 1;
    }
    return false;
}

static int report_lines(source from, const char *text, size_t length, const char *pointer) {
    int result = ALL_CONSISTENT;
    for (size_t at = 0; at < length;) {
        const size_t span = line_span(text + at, length - at);
        from.line++;
        if (!is_blank(text + at, span)) {
            const int one = report_text(from, text + at, span, pointer);
            result = one > result ? one : result;
        }
        at += span + 1;
    }
    return result;
}

static int report_json(source from, const char *text, size_t length, const char *pointer) {
    if (!is_json(text, length) && is_lines(text, length)) {
        return report_lines(from, text, length, pointer);
    }
    return report_text(from, text, length, pointer);
}

/* ----------------------------------------------------------------------------------------- event streams */

static int report_stream(source from, const tokusage_stream *stream, bool events) {
    tokusage usage = {0};
    tokusage_error error;
    const bool finished = tokusage_stream_done(stream);
    if (tokusage_stream_usage(stream, &usage, &error) == TOKUSAGE_OK) {
        return judge(from, usage, finished);
    }
    if (error.status != TOKUSAGE_ERR_NOT_FOUND) {
        return print_error(from, usage, &error);
    }
    return print_line(from, usage, "no usage",
                      !events    ? "neither JSON nor an event stream"
                      : finished ? "no event of the stream has it"
                                 : "no event of the stream has it, and there is no [DONE] at its end");
}

/* -------------------------------------------------------------------------------------- bodies of any kind */

typedef enum body_kind {
    KIND_UNKNOWN, /* nothing but white space so far */
    KIND_JSON,
    KIND_EVENTS, /* or something else altogether */
} body_kind;

/* The length of a byte-order mark at the beginning: 3 or 0. */
static size_t mark_span(const char *text, size_t length) {
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static body_kind kind_of(const char *text, size_t length) {
    for (size_t at = mark_span(text, length); at < length; at++) {
        if (!is_blank(text + at, 1)) {
            return text[at] == '{' || text[at] == '[' ? KIND_JSON : KIND_EVENTS;
        }
    }
    return KIND_UNKNOWN;
}

/* Whether a line begins with "data", as in every event stream. */
static bool has_data_line(const char *text, size_t length) {
    const size_t first = mark_span(text, length);
    for (size_t at = first; at + 4 <= length; at++) {
        const bool begins = at == first || text[at - 1] == '\n' || text[at - 1] == '\r';
        if (begins && memcmp(text + at, "data", 4) == 0) {
            return true;
        }
    }
    return false;
}

/* What has been read of a body: all of it, but for event streams, of which the stream keeps what matters. */
typedef struct body {
    body_kind kind;
    char *text;
    size_t length, room;
    tokusage_stream stream;
    bool events; /* a data line has been seen */
} body;

/* Makes sure that there is room to read to; a body of JSON doubles it each time, so that all of it costs linear time.
 */
static bool make_room(body *to) {
    if (to->length < to->room) {
        return true;
    }
    const size_t room = to->room > 0 ? 2 * to->room : (size_t)1 << 16;
    char *text = room > to->room ? realloc(to->text, room) : NULL;
    if (text) {
        to->text = text;
        to->room = room;
    }
    return text != NULL;
}

static void take_piece(body *to) {
    if (to->kind == KIND_UNKNOWN) {
        to->kind = kind_of(to->text, to->length);
        to->events = to->kind == KIND_EVENTS && has_data_line(to->text, to->length);
    }
    if (to->kind == KIND_EVENTS) {
        tokusage_stream_feed(&to->stream, to->text, to->length);
        to->length = 0;
    }
}

static const char *read_body(FILE *file, body *to) {
    size_t got = 0;
    do {
        if (!make_room(to)) {
            return "not enough memory to hold it";
        }
        errno = 0;
        got = fread(to->text + to->length, 1, to->room - to->length, file);
        to->length += got;
        take_piece(to);
    } while (got > 0);
    return ferror(file) ? strerror(errno) : NULL;
}

static int report_body(source from, const body *found, const char *pointer) {
    switch (found->kind) {
    case KIND_JSON:
        return report_json(from, found->text, found->length, pointer);
    case KIND_EVENTS:
        return report_stream(from, &found->stream, found->events);
    case KIND_UNKNOWN:
        break;
    }
    return print_line(from, (tokusage){0}, "no usage", "it is empty");
}

static int report_file(const char *name, const char *pointer) {
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (!file) {
        return complain(name, strerror(errno));
    }
    body found = {.kind = KIND_UNKNOWN};
    tokusage_stream_init(&found.stream, pointer);
    const char *reason = read_body(file, &found);
    const int result = reason ? complain(name, reason) : report_body((source){.file = name}, &found, pointer);
    free(found.text);
    if (file != stdin) {
        fclose(file);
    }
    return result;
}

/* ------------------------------------------------------------------------------------------ command line */

static int show_help(FILE *to, int result) {
    fputs("usage: usage_of [--at POINTER] [FILE...]\n"
          "Prints the token usage of response bodies: JSON, JSON lines or event streams.\n"
          "  --at POINTER  where the usage is, as JSON Pointer; default /usage\n"
          "Without FILE, or for -, standard input is read.\n"
          "Exit status: 0 all consistent, 1 not all, 2 something could not be read or written.\n",
          to);
    return result;
}

static int report_all(char **names, const char *pointer) {
    static char input[] = "-", *standard[] = {input, NULL};
    int result = ALL_CONSISTENT;
    for (char **name = *names ? names : standard; *name && !ferror(stdout); name++) {
        const int one = report_file(*name, pointer);
        result = one > result ? one : result;
    }
    return result;
}

/* Closes the output; a full disk often shows only then. */
static int finish(int result) {
    const bool written = !ferror(stdout);
    errno = 0;
    if (fclose(stdout) != 0 || !written) {
        fprintf(stderr, "usage_of: standard output: %s\n", errno ? strerror(errno) : "a write failed");
        return FAILED;
    }
    return result;
}

int main(int argc, char **argv) {
    const char *pointer = NULL;
    int at = 1;
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        if (strcmp(argv[at], "--help") == 0) {
            return finish(show_help(stdout, ALL_CONSISTENT));
        }
        if (strcmp(argv[at], "--at") != 0 || at + 1 == argc) {
            complain(argv[at], "no such option, or its argument is missing");
            return show_help(stderr, FAILED);
        }
        pointer = argv[++at];
    }
    tokusage_stream probe;
    if (tokusage_stream_init(&probe, pointer) != TOKUSAGE_OK) {
        return complain("--at", "its argument is no JSON Pointer (RFC 6901)");
    }
    return finish(report_all(argv + at, pointer));
}
