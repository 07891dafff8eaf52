/*
 * How the peers read a stream: events framed line by line with memchr, each event's data given to the peer's reader. It
 * does only what a careful program needs for one-line events, so that the framing costs the peers as little as
 * possible. Lines that lie whole in a chunk are read in place; only a line that is cut is copied.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

typedef struct line_buffer {
    char *bytes;
    size_t used, size;
} line_buffer;

static line_buffer kept; /* allocated once, like the buffer of a connection */

static void keep(const char *bytes, size_t length) {
    if (kept.used + length + PADDING > kept.size) {
        kept.size = 2 * (kept.used + length + PADDING);
        kept.bytes = realloc(kept.bytes, kept.size);
        if (!kept.bytes) {
            abort();
        }
    }
    memcpy(kept.bytes + kept.used, bytes, length);
    kept.used += length;
}

/* Reads a line without its LF; true if it ends the stream. */
static bool read_line(const engine *engine, const form *form, char *line, size_t length, findings *found) {
    if (length < 6 || memcmp(line, "data:", 5) != 0) {
        return false;
    }
    size_t begin = line[5] == ' ' ? 6 : 5;
    if (line[length - 1] == '\r') {
        length--;
    }
    if (length - begin == 6 && memcmp(line + begin, "[DONE]", 6) == 0) {
        return true;
    }
    counts usage = NO_COUNTS;
    if (engine->read(line + begin, length - begin, form, &usage)) {
        found->usage = usage;
        found->reports++;
    }
    return false;
}

/* Returns whether the stream has ended. */
static bool read_chunk(const engine *engine, const form *form, char *chunk, size_t length, findings *found) {
    char *at = chunk;
    char *const end = chunk + length;
    char *line_end;
    while ((line_end = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        bool done;
        if (kept.used > 0) {
            keep(at, (size_t)(line_end - at));
            done = read_line(engine, form, kept.bytes, kept.used, found);
            kept.used = 0;
        } else {
            done = read_line(engine, form, at, (size_t)(line_end - at), found);
        }
        if (done) {
            return true;
        }
        at = line_end + 1;
    }
    keep(at, (size_t)(end - at));
    return false;
}

void stream_framed(const engine *engine, const form *form, char *body, const cuts *cuts, findings *found) {
    size_t begin = 0;
    kept.used = 0;
    for (size_t i = 0; i < cuts->count; begin = cuts->end[i++]) {
        if (read_chunk(engine, form, body + begin, cuts->end[i] - begin, found)) {
            return;
        }
    }
}
