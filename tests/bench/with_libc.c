/*
 * The C library as a measure. memchr from line end to line end: the cost of finding the lines of a stream, and doing
 * nothing with them. memchr for a byte that is not there: the cost of looking at each byte. snprintf writes the text
 * that encode writes.
 */
#include "bench.h"

#include <inttypes.h>
#include <string.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

/* A volatile pointer, so that the compiler cannot remove the call. */
static void *(*volatile const search)(const void *, int, size_t) = memchr;

enum {
    NOT_THERE = 1 /* a control character: JSON and the lines of a stream do not have it */
};

/* How often the byte occurs. */
static uint64_t occurrences(const char *text, size_t length, int byte) {
    const char *const end = text + length;
    uint64_t seen = 0;
    while ((text = search(text, byte, (size_t)(end - text))) != NULL) {
        text++;
        seen++;
    }
    return seen;
}

static void pass_stream(char *body, const cuts *cuts, int byte, findings *found) {
    size_t begin = 0;
    for (size_t i = 0; i < cuts->count; begin = cuts->end[i++]) {
        found->reports += occurrences(body + begin, cuts->end[i] - begin, byte);
    }
}

static void stream_lines(char *body, const cuts *cuts, findings *found) {
    pass_stream(body, cuts, '\n', found);
}

static void stream_all(char *body, const cuts *cuts, findings *found) {
    pass_stream(body, cuts, NOT_THERE, found);
}

static size_t write(const counts *usage, char *buffer, size_t size) {
    const int length = snprintf(
        buffer, size, "{\"prompt_tokens\":%" PRId64 ",\"completion_tokens\":%" PRId64 ",\"total_tokens\":%" PRId64 "}",
        usage->prompt, usage->completion, usage->total);
    return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

static const char *version(void) {
#ifdef __GLIBC__
    static char text[32];
    snprintf(text, sizeof text, "glibc %s", gnu_get_libc_version());
    return text;
#else
    return "the C library's";
#endif
}

const engine engine_memchr_lines = {"memchr lines", version, NULL, stream_lines, NULL, false, true};
const engine engine_memchr_all = {"memchr all", version, NULL, stream_all, NULL, false, true};
const engine engine_snprintf = {"snprintf", version, NULL, NULL, write, false, false};
