/*
 * The group of an event stream: framing as in WHATWG HTML, section 9.2, one event after another.
 */
#include "stream_key.h"

#include <string.h>
#include <tokusage.h>

static void take_event(stream_key *to) {
    const char *value = NULL;
    size_t length = 0;
    const text *const data = &to->data;
    if (!to->over && data->used > 0 &&
        tokusage_find(data->bytes, data->used - 1, to->pointer, &value, &length, NULL) == TOKUSAGE_OK &&
        *value != 'n') {
        text_bytes(&to->key, value, length);
        to->found = true;
    }
    text_clear(&to->data);
    to->over = false;
}

static void take_line(stream_key *to) {
    const text *const line = &to->line;
    if (line->used == 0) {
        take_event(to);
        return;
    }
    if (line->used < 5 || memcmp(line->bytes, "data:", 5) != 0) {
        return;
    }
    const size_t skipped = line->used > 5 && line->bytes[5] == ' ' ? 6 : 5;
    text_bytes(&to->data, line->bytes + skipped, line->used - skipped);
    text_byte(&to->data, '\n');
    to->over = to->over || to->data.used > to->limit;
    if (to->over) {
        text_clear(&to->data);
    }
}

static size_t line_span(const char *bytes, size_t length) {
    const char *const lf = memchr(bytes, '\n', length);
    const size_t span = lf ? (size_t)(lf - bytes) : length;
    const char *const cr = memchr(bytes, '\r', span);
    return cr ? (size_t)(cr - bytes) : span;
}

static void add_to_line(stream_key *to, const char *bytes, size_t length) {
    if (to->line.used + length <= to->limit) {
        text_bytes(&to->line, bytes, length);
    } else {
        to->over = true;
    }
}

void stream_key_feed(stream_key *to, const char *bytes, size_t length) {
    for (size_t at = 0; at < length && to->pointer && !to->found;) {
        if (to->cr && bytes[at] == '\n') {
            to->cr = false;
            at++;
            continue;
        }
        const size_t span = line_span(bytes + at, length - at);
        add_to_line(to, bytes + at, span);
        at += span;
        to->cr = false;
        if (at < length) {
            to->cr = bytes[at] == '\r';
            at++;
            take_line(to);
            text_clear(&to->line);
        }
    }
}

void stream_key_free(stream_key *of) {
    text_free(&of->key);
    text_free(&of->line);
    text_free(&of->data);
}
