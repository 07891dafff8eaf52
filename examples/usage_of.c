/*
 * Prints what responses used, one line for each file, whichever service wrote them:
 *
 *     usage_of [--at POINTER] [FILE...]      without FILE, or for -, it reads standard input
 *
 *     FILE: prompt 9 (cached 4, written -), completion 7 (reasoning -), total 16, model m: VERDICT
 *
 * A file is one response: a JSON body, JSON texts one after another, or server-sent events. It is read in pieces, in
 * constant memory. A count that is not known is - and never 0. POINTER is a JSON Pointer to a usage that is at none of
 * the places that services use. Exit status: 0 consistent or reconciled, 1 not all are, 2 a file or the output failed.
 *
 * To build: cc -o usage_of usage_of.c $(pkg-config --cflags --libs tokusage)
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tokusage.h>

typedef struct response {
    tokusage_stream stream;
    bool more; /* something follows its end */
} response;

static int complain(const char *about, const char *reason) {
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

static void print_line(const char *file, const response *of, const tokusage *usage, const char *verdict) {
    char model[TOKUSAGE_MODEL_SIZE] = "";
    tokusage_stream_model(&of->stream, model, sizeof model);
    for (char *c = model; *c != '\0'; c++) {
        *c = *c >= ' ' && *c <= '~' ? *c : '?'; /* the name must not drive a terminal */
    }
    printf("%s", file);
    print_count(": prompt", usage->prompt_tokens);
    print_count(" (cached", usage->cached_tokens);
    print_count(", written", usage->cache_write_tokens);
    print_count("), completion", usage->completion_tokens);
    print_count(" (reasoning", usage->reasoning_tokens);
    print_count("), total", usage->total_tokens);
    printf(", model %s: %s\n", *model ? model : "-", verdict);
}

/* Reads the usage and reconciles it. Returns whether it can be relied on, and sets the verdict, in words. */
static bool judge(const response *of, tokusage *usage, char *verdict, size_t size) {
    static const char *const no_usage[] = {
        [TOKUSAGE_BODY_EMPTY] = "no usage: the body is empty",
        [TOKUSAGE_BODY_OPEN] = "no usage: the body is cut off, or it is neither JSON nor an event stream",
        [TOKUSAGE_BODY_WHOLE] = "no usage: the body is whole and has none",
        [TOKUSAGE_BODY_BROKEN] = "unreadable: the body is not JSON, or it nests too deep",
    };
    const tokusage_body body = tokusage_stream_body(&of->stream);
    const bool lines = tokusage_stream_reports(&of->stream) > 1 && !tokusage_stream_done(&of->stream);
    tokusage_error error;
    char reason[150];
    if (body == TOKUSAGE_BODY_BROKEN || tokusage_stream_usage(&of->stream, usage, &error) == TOKUSAGE_ERR_NOT_FOUND) {
        snprintf(verdict, size, "%s", no_usage[body]);
        return false;
    }
    const bool readable = error.status == TOKUSAGE_OK;
    const bool agreed = readable && tokusage_validate(usage, NULL) == TOKUSAGE_OK;
    if (!readable || tokusage_reconcile(usage, &error) != TOKUSAGE_OK) {
        tokusage_error_text(&error, reason, sizeof reason);
        snprintf(verdict, size, "%s: %s", readable ? "contradictory" : "unreadable", reason);
        return false;
    }
    if (of->more || (body == TOKUSAGE_BODY_WHOLE && lines)) {
        snprintf(verdict, size, "several responses, of which this is one: usage-report adds them up");
        return false;
    }
    if (body != TOKUSAGE_BODY_WHOLE) {
        snprintf(verdict, size, "unfinished: the body is cut off, or its service tells no end");
        return false;
    }
    snprintf(verdict, size, agreed ? "consistent" : "reconciled");
    return true;
}

static int report(const char *name, const char *pointer) {
    FILE *const file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    response found = {.more = false};
    tokusage usage = {0};
    char piece[1 << 16], verdict[200];
    size_t length = 0;
    if (!file || tokusage_stream_init(&found.stream, pointer) != TOKUSAGE_OK) {
        return complain(name, strerror(errno));
    }
    while ((length = fread(piece, 1, sizeof piece, file)) > 0) {
        for (size_t at = tokusage_stream_feed(&found.stream, piece, length); at < length; at++) {
            found.more = found.more || !memchr(" \t\r\n", piece[at], 4);
        }
    }
    int result = ferror(file) ? complain(name, strerror(errno)) : 0;
    if (file != stdin) {
        fclose(file);
    }
    if (result == 0) {
        result = judge(&found, &usage, verdict, sizeof verdict) ? 0 : 1;
        print_line(name, &found, &usage, verdict);
    }
    return result;
}

int main(int argc, char **argv) {
    const char *const pointer = argc > 2 && strcmp(argv[1], "--at") == 0 ? argv[2] : NULL;
    int next = pointer ? 3 : 1, result = 0;
    if (next < argc && argv[next][0] == '-' && argv[next][1] != '\0') {
        fputs("usage: usage_of [--at POINTER] [FILE...]\n", stderr);
        return 2;
    }
    if (pointer && !tokusage_pointer_valid(pointer)) {
        return complain(pointer, "not a JSON Pointer (RFC 6901), or a name in it is longer than 63 bytes");
    }
    do {
        const int one = report(next < argc ? argv[next] : "-", pointer);
        result = one > result ? one : result;
    } while (++next < argc && !ferror(stdout));
    return ferror(stdout) || fclose(stdout) != 0 ? complain("standard output", strerror(errno)) : result;
}
