/*
 * Prints what responses used, one line for each file, whichever service wrote them:
 *
 *     usage_of [--at POINTER] [FILE...]      without FILE, or for -, standard input
 *
 *     FILE: prompt 9 (cached 4, written -), completion 7 (reasoning -), total 16, model m: VERDICT[: REASON]
 *
 * A file is one response: a JSON body, JSON texts one after another, or server-sent events. It is read in pieces, in
 * constant memory. A count that is not known is - and never 0; a count that the other two tell is filled in. VERDICT is
 *     consistent         the counts agree
 *     reconciled         they agree once a part is counted where it belongs; REASON tells which
 *     contradictory      they do not agree, and no part explains it; they are shown as they were reported
 *     unfinished         the body does not tell its end: it was cut off, or the service tells none (Gemini's streams)
 *     several responses  there is more than one in the file, and one of them is shown
 *     no usage, unreadable
 * Exit status: 0 all are consistent or reconciled; 1 not all are; 2 a wrong option, or a file or the output failed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

typedef enum verdict {
    CONSISTENT,
    RECONCILED,
    CONTRADICTORY,
    UNFINISHED,
    SEVERAL,
    NO_USAGE,
    UNREADABLE
} verdict;

typedef struct body {
    tokusage_stream stream;
    bool more; /* something follows the end of its event stream */
} body;

static int complain(const char *about, const char *reason) {
    fflush(stdout);
    fprintf(stderr, "usage_of: %s: %s\n", about, reason);
    return 2;
}

static void print_count(const char *words, tokusage_count count) {
    if (count.present) {
        printf("%s %" PRId64, words, count.value);
    } else {
        printf("%s -", words);
    }
}

static void print_usage(const body *of, const tokusage *usage) {
    char model[128] = "";
    tokusage_stream_model(&of->stream, model, sizeof model);
    for (char *c = model; *c != '\0'; c++) {
        *c = *c >= ' ' && *c <= '~' ? *c : '?'; /* a model's name must not drive a terminal */
    }
    print_count(": prompt", usage->prompt_tokens);
    print_count(" (cached", usage->cached_tokens);
    print_count(", written", usage->cache_write_tokens);
    print_count("), completion", usage->completion_tokens);
    print_count(" (reasoning", usage->reasoning_tokens);
    print_count("), total", usage->total_tokens);
    printf(", model %s", *model ? model : "-");
}

/* What reconciling has changed, in words. */
static const char *change(const tokusage *from, const tokusage *to) {
    if (from->prompt_tokens.present && to->prompt_tokens.value > from->prompt_tokens.value) {
        return "cached tokens are reported beside the prompt";
    }
    if (!from->completion_tokens.present || to->completion_tokens.value == from->completion_tokens.value) {
        return "";
    }
    return to->completion_tokens.value > from->completion_tokens.value ? "reasoning is reported beside the completion"
                                                                       : "reasoning was counted twice";
}

/* The verdict on a usage that was read; reconciles it. */
static verdict judge(const body *of, tokusage *usage, char *reason, size_t size) {
    const tokusage reported = *usage;
    const tokusage_body state = tokusage_stream_body(&of->stream);
    tokusage_error error;
    if (tokusage_reconcile(usage, &error) != TOKUSAGE_OK) {
        tokusage_error_text(&error, reason, size);
        return CONTRADICTORY;
    }
    snprintf(reason, size, "%s", change(&reported, usage));
    if (of->more || (tokusage_stream_reports(&of->stream) > 1 && state == TOKUSAGE_BODY_WHOLE &&
                     !tokusage_stream_done(&of->stream))) {
        return SEVERAL;
    }
    if (state != TOKUSAGE_BODY_WHOLE) {
        return UNFINISHED;
    }
    return *reason ? RECONCILED : CONSISTENT;
}

/* The verdict on a body; `usage` is left alone when there is none that can be read. */
static verdict read_usage(const body *of, tokusage *usage, char *reason, size_t size) {
    static const char *const missing[] = {[TOKUSAGE_BODY_EMPTY] = "the body is empty",
                                          [TOKUSAGE_BODY_OPEN] = "cut off, or neither JSON nor an event stream",
                                          [TOKUSAGE_BODY_WHOLE] = "the body is whole and has none"};
    const tokusage_body state = tokusage_stream_body(&of->stream);
    tokusage_error error;
    if (state == TOKUSAGE_BODY_BROKEN) {
        snprintf(reason, size, "it is not JSON, or nested too deep");
        return UNREADABLE;
    }
    if (tokusage_stream_usage(&of->stream, usage, &error) == TOKUSAGE_OK) {
        return judge(of, usage, reason, size);
    }
    if (error.status == TOKUSAGE_ERR_NOT_FOUND) {
        snprintf(reason, size, "%s", missing[state]);
        return NO_USAGE;
    }
    tokusage_error_text(&error, reason, size);
    return UNREADABLE;
}

static int report(const char *file, const body *of) {
    static const char *const names[] = {
        [CONSISTENT] = "consistent",
        [RECONCILED] = "reconciled",
        [CONTRADICTORY] = "contradictory",
        [UNFINISHED] = "unfinished (cut off, or its service tells no end)",
        [SEVERAL] = "several responses (usage-report adds them up)",
        [NO_USAGE] = "no usage",
        [UNREADABLE] = "unreadable",
    };
    char reason[200] = "";
    tokusage usage = {0};
    const verdict found = read_usage(of, &usage, reason, sizeof reason);
    printf("%s", file);
    print_usage(of, &usage);
    printf(": %s%s%s\n", names[found], *reason ? ": " : "", reason);
    return found > RECONCILED ? 1 : 0;
}

static void take(body *to, const char *bytes, size_t length) {
    for (size_t at = tokusage_stream_feed(&to->stream, bytes, length); at < length; at++) {
        to->more = to->more || !memchr(" \t\r\n", bytes[at], 4);
    }
}

static int report_file(const char *name, const char *pointer) {
    FILE *const file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    char piece[1 << 16];
    size_t length = 0;
    body found = {.more = false};
    if (!file) {
        return complain(name, strerror(errno));
    }
    tokusage_stream_init(&found.stream, pointer);
    while ((length = fread(piece, 1, sizeof piece, file)) > 0) {
        take(&found, piece, length);
    }
    const int result = ferror(file) ? complain(name, strerror(errno)) : report(name, &found);
    if (file != stdin) {
        fclose(file);
    }
    return result;
}

static int show_help(FILE *to, int result) {
    fputs("usage: usage_of [--at POINTER] [FILE...]\n"
          "Prints what responses used, whichever service wrote them: JSON bodies and event streams, one a file.\n"
          "  --at POINTER  where the usage is, as JSON Pointer; default: the places that services use\n"
          "Without FILE, or for -, standard input is read.\n"
          "Exit status: 0 all consistent or reconciled, 1 not all, 2 something could not be read or written.\n",
          to);
    return result;
}

static int run(char **arguments) {
    static char input[] = "-", *standard[] = {input, NULL};
    const char *pointer = NULL;
    int result = 0;
    for (; *arguments && (*arguments)[0] == '-' && (*arguments)[1] != '\0'; arguments++) {
        if (strcmp(*arguments, "--") == 0) {
            arguments++;
            break;
        }
        if (strcmp(*arguments, "--help") == 0) {
            return show_help(stdout, 0);
        }
        if (strcmp(*arguments, "--at") != 0 || !arguments[1]) {
            complain(*arguments, "no such option, or its argument is missing");
            return show_help(stderr, 2);
        }
        pointer = *++arguments;
        if (!tokusage_pointer_valid(pointer)) {
            return complain("--at", "not a JSON Pointer (RFC 6901), or a name in it is longer than 63 bytes");
        }
    }
    for (char **name = *arguments ? arguments : standard; *name && !ferror(stdout); name++) {
        const int one = report_file(*name, pointer);
        result = one > result ? one : result;
    }
    return result;
}

int main(int argc, char **argv) {
    const int result = run(argc > 0 ? argv + 1 : argv);
    const bool written = !ferror(stdout);
    errno = 0;
    if (fclose(stdout) != 0 || !written) { /* a full disk often shows only here */
        fprintf(stderr, "usage_of: standard output: %s\n", errno ? strerror(errno) : "a write failed");
        return 2;
    }
    return result;
}
