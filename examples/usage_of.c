/*
 * Prints what responses used, whichever service wrote them:
 *
 *     usage_of [--json] [--complete] [--at POINTER] [FILE...]     without FILE, or for -: standard input
 *
 *     $ usage_of answer.json
 *     answer.json: consistent
 *       prompt_tokens                   19
 *         cached_tokens                  8
 *       completion_tokens               23
 *       total_tokens                    42
 *       model: a-model
 *
 * A file is one response: a JSON body, JSON documents one after another, server-sent events, or AWS event-stream
 * frames. It is read in chunks, in constant memory. A count that is not printed was not reported; this is not the same
 * as 0. Indented counts are included in the one above them. --json prints one line for each file, for scripts:
 *
 *     {"file":…,"verdict":…,"model":…,"id":…,"service_tier":…,"usage":{…},"error":…}
 *
 * where "usage" is in OpenAI's form and what is unknown is null. A recorded stream without an end mark is truncated,
 * unless --complete says that the files have every byte that was sent. POINTER is a JSON Pointer to a response or
 * usage that is at none of the known paths. Exit status: 0 if the counts of every file can be used (consistent,
 * reconciled or assumed), 1 if not, 2 if an argument was wrong, a file cannot be read or the output not be written.
 *
 * To build: cc -o usage_of usage_of.c $(pkg-config --cflags --libs tokusage)
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

enum {
    LABELS = TOKUSAGE_LABEL_SERVICE_TIER + 1,
    EXPLANATION_SIZE = TOKUSAGE_ERROR_SIZE + 100
};

typedef struct options {
    bool json, complete, help;
    const char *pointer;
} options;

typedef struct response {
    tokusage_stream stream;
    bool several;                 /* the file has more than one response */
    uint64_t reports;             /* usages so far ... */
    char id[TOKUSAGE_LABEL_SIZE]; /* ... and the id of the latest */
} response;

/* What is printed of a response. */
typedef struct answer {
    const char *file;
    tokusage_verdict verdict;
    bool good; /* the counts can be used */
    tokusage usage;
    char labels[LABELS][TOKUSAGE_LABEL_SIZE]; /* "": none */
    char explanation[EXPLANATION_SIZE];       /* "": the verdict says it all */
} answer;

static int complain(const char *about, const char *reason) {
    fprintf(stderr, "usage_of: %s: %s\n", about, reason);
    return 2;
}

/* ---- reading: up to a } at a time, so that no chunk has two usages; one with another id is of another response */

static void feed(response *of, const char *bytes, size_t length) {
    char id[TOKUSAGE_LABEL_SIZE] = "";
    for (size_t at = tokusage_stream_feed(&of->stream, bytes, length); at < length; at++) {
        of->several = of->several || !memchr(" \t\r\n", bytes[at], 4); /* something comes after the end mark */
    }
    if (tokusage_stream_reports(&of->stream) > of->reports) {
        of->reports = tokusage_stream_reports(&of->stream);
        tokusage_stream_label(&of->stream, TOKUSAGE_LABEL_ID, id, sizeof id);
        of->several = of->several || (*of->id != '\0' && strcmp(id, of->id) != 0);
        memcpy(of->id, id, sizeof id);
    }
}

/* The first byte that is neither white space nor of a byte-order mark; NUL: there is none. */
static char first_of(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && memchr(" \t\r\n\xEF\xBB\xBF", bytes[at], 7)) {
        at++;
    }
    return at < length ? bytes[at] : '\0';
}

static bool read_response(FILE *file, response *to) {
    static char chunk[1 << 16];
    char first = '\0';
    size_t length = 0;
    while ((length = fread(chunk, 1, sizeof chunk, file)) > 0) {
        first = first != '\0' ? first : first_of(chunk, length);
        for (size_t at = 0, span = 0; at < length; at += span) {
            const char *const end = memchr(chunk + at, '}', length - at);
            span = end ? (size_t)(end - chunk) + 1 - at : length - at;
            feed(to, chunk + at, span);
        }
    }
    /* Documents one after another that have neither ids nor an end mark are most likely the lines of a log. */
    const bool log = first == '{' && !*to->id && !tokusage_stream_done(&to->stream);
    to->several = to->several || (log && to->reports > 1);
    return !ferror(file);
}

/* ---- what the library says */

static void explain(const response *of, const tokusage_error *error, answer *to) {
    static const char *const explanations[] = {
        [TOKUSAGE_RECONCILED] = "the counts agree after a correction",
        [TOKUSAGE_ASSUMED] = "the total has tokens that no count explains: taken as hidden reasoning, or as the prompt",
        [TOKUSAGE_MISSING] = "the body is complete and has no usage",
        [TOKUSAGE_FAILED] = "the service reported an error",
        [TOKUSAGE_TRUNCATED] = "the body ended too early, or has no end mark",
        [TOKUSAGE_UNREADABLE] = "not JSON, server-sent events or AWS frames, or malformed",
    };
    const char *words = "";
    char sentence[TOKUSAGE_ERROR_SIZE];
    if (to->verdict == TOKUSAGE_CONTRADICTORY || to->verdict == TOKUSAGE_INVALID) {
        tokusage_error_text(error, sentence, sizeof sentence);
        words = sentence;
    } else if (to->verdict != TOKUSAGE_CONSISTENT) {
        words = explanations[to->verdict];
    }
    snprintf(to->explanation, sizeof to->explanation, "%s%s%s", words, of->several && *words ? "; " : "",
             of->several ? "the file has several responses, and these are the counts of one; usage-report adds them up"
                         : "");
}

static answer answer_of(const char *file, const response *of, bool complete) {
    answer made = {.file = file};
    tokusage_error error;
    made.verdict = tokusage_stream_verdict(&of->stream, complete, &made.usage, &error);
    for (int i = 0; i < LABELS; i++) {
        tokusage_stream_label(&of->stream, (tokusage_label)i, made.labels[i], sizeof made.labels[i]);
    }
    made.good = made.verdict <= TOKUSAGE_ASSUMED && !of->several;
    explain(of, &error, &made);
    return made;
}

/* ---- for people */

static void print_count(int indent, tokusage *usage, size_t index) {
    const tokusage_count *const count = tokusage_count_at(usage, index);
    if (count->present) {
        printf("%*s%-*s %11" PRId64 "\n", indent, "", 28 - indent, tokusage_count_name(index), count->value);
    }
}

/* The counts that are included in prompt_tokens come before reasoning_tokens, the others from there on. */
static void print_parts(tokusage *usage, bool of_prompt) {
    for (size_t i = 3; i < TOKUSAGE_COUNTS; i++) {
        if (of_prompt == (tokusage_count_at(usage, i) < &usage->reasoning_tokens)) {
            print_count(4, usage, i);
        }
    }
}

static void print_block(answer *of) {
    static const char *const names[LABELS] = {"model", "id", "service tier"};
    printf("%s: %s%s%s\n", of->file, tokusage_verdict_text(of->verdict), *of->explanation ? ": " : "", of->explanation);
    print_count(2, &of->usage, 0);
    print_parts(&of->usage, true);
    print_count(2, &of->usage, 1);
    print_parts(&of->usage, false);
    print_count(2, &of->usage, 2);
    for (size_t i = 0; i < LABELS; i++) {
        for (char *c = of->labels[i]; *c != '\0'; c++) {
            *c = *c >= ' ' && *c <= '~' ? *c : '?'; /* a name from outside must not control a terminal */
        }
        if (*of->labels[i]) {
            printf("  %s: %s\n", names[i], of->labels[i]);
        }
    }
}

/* ---- for scripts */

/* The length of a UTF-8 character (RFC 3629); 0: the bytes are none. */
static size_t character_span(const unsigned char *c) {
    const size_t span = c[0] < 0x80 ? 1 : c[0] < 0xC2 ? 0 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : c[0] < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < span; i++) {
        if (c[i] < 0x80 || c[i] > 0xBF) {
            return 0;
        }
    }
    const bool too_low = (c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xF0 && c[1] < 0x90);
    const bool too_high = (c[0] == 0xED && c[1] > 0x9F) || (c[0] == 0xF4 && c[1] > 0x8F);
    return too_low || too_high ? 0 : span;
}

/* A label is the inside of a JSON string already: `escaped`. */
static void print_string(const char *name, const char *string, bool escaped) {
    printf("\"%s\":\"", name);
    for (const unsigned char *c = (const unsigned char *)string; *c != '\0';) {
        const size_t span = character_span(c);
        if (span == 0) {
            fputs("\\ufffd", stdout);
        } else if (*c < ' ') {
            printf("\\u%04x", *c);
        } else {
            fputs(!escaped && (*c == '"' || *c == '\\') ? "\\" : "", stdout);
            fwrite(c, 1, span, stdout);
        }
        c += span > 0 ? span : 1;
    }
    putchar('"');
}

static void print_string_or_null(const char *name, const char *string, bool escaped) {
    putchar(',');
    if (*string) {
        print_string(name, string, escaped);
    } else {
        printf("\"%s\":null", name);
    }
}

static void print_json(const answer *of) {
    static const char *const names[LABELS] = {"model", "id", "service_tier"};
    char json[TOKUSAGE_JSON_SIZE] = "null";
    size_t length = 0;
    tokusage_encode(&of->usage, json, sizeof json, &length);
    putchar('{');
    print_string("file", of->file, false);
    printf(",\"verdict\":\"%s\"", tokusage_verdict_text(of->verdict));
    for (size_t i = 0; i < LABELS; i++) {
        print_string_or_null(names[i], of->labels[i], true);
    }
    printf(",\"usage\":%s", length > 2 ? json : "null"); /* {} has no count */
    print_string_or_null("error", of->good ? "" : of->explanation, false);
    puts("}");
}

/* ---- the command line */

static int report(const char *name, const options *with) {
    FILE *const file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    response found = {.several = false};
    if (!file || tokusage_stream_init(&found.stream, with->pointer) != TOKUSAGE_OK) {
        return complain(name, strerror(errno));
    }
    const bool read = read_response(file, &found);
    const int reason = errno;
    if (file != stdin) {
        fclose(file);
    }
    if (!read) {
        return complain(name, strerror(reason));
    }
    answer made = answer_of(name, &found, with->complete);
    if (with->json) {
        print_json(&made);
    } else {
        print_block(&made);
    }
    return made.good ? 0 : 1;
}

/* Returns the index of the first file; 0: an argument is wrong. */
static int read_options(int argc, char **argv, options *to) {
    int next = 1;
    for (; next < argc && argv[next][0] == '-' && argv[next][1] != '\0'; next++) {
        if (strcmp(argv[next], "--at") == 0 && next + 1 < argc) {
            to->pointer = argv[++next];
        } else if (strcmp(argv[next], "--json") == 0) {
            to->json = true;
        } else if (strcmp(argv[next], "--complete") == 0) {
            to->complete = true;
        } else if (strcmp(argv[next], "--help") == 0) {
            to->help = true;
        } else {
            return 0;
        }
    }
    return next;
}

static const char help[] = "usage: usage_of [--json] [--complete] [--at POINTER] [FILE...]\n"
                           "Prints the token usage of LLM API responses, one in each FILE. Without FILE, or\n"
                           "for -, standard input is read.\n"
                           "  --json        one JSON object a line, for scripts\n"
                           "  --complete    the files have every byte that was sent: no end mark is needed\n"
                           "  --at POINTER  the JSON Pointer of the response or its usage in each document\n"
                           "  --help        shows this\n"
                           "Exit status: 0 the counts of every file can be used (consistent, reconciled or\n"
                           "assumed); 1 not all can; 2 an argument, a file or the output is wrong.\n";

int main(int argc, char **argv) {
    options asked = {.pointer = NULL};
    int next = read_options(argc, argv, &asked), result = 0;
    if (next == 0) {
        fputs("usage: usage_of [--json] [--complete] [--at POINTER] [FILE...]\n", stderr);
        return 2;
    }
    if (asked.pointer && !tokusage_pointer_valid(asked.pointer)) {
        return complain(asked.pointer, "not a JSON Pointer (RFC 6901), or a name in it is longer than 63 bytes");
    }
    if (asked.help) {
        fputs(help, stdout);
    }
    while (!asked.help && !ferror(stdout)) {
        const int one = report(next < argc ? argv[next] : "-", &asked);
        result = one > result ? one : result;
        if (++next >= argc) {
            break;
        }
    }
    return ferror(stdout) || fclose(stdout) != 0 ? complain("standard output", strerror(errno)) : result;
}
