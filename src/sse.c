/*
 * The framing of server-sent events: lines, the data field among them, and the blank line that ends an event. The rules
 * are those of the WHATWG HTML standard, section 9.2.6; of the fields only data matters here. No JSON.
 */
#include "sse.h"
#include "chars.h"
#include "wide.h"

enum line_state {
    LINE_START, /* at the first bytes of the stream, which may be a byte-order mark */
    LINE_FIELD, /* at the start of a line, or in a field name that is "data" so far */
    LINE_COLON, /* after "data:": one space belongs to it */
    LINE_VALUE, /* in a data line's value */
    LINE_OTHER  /* in a line that does not matter */
};

static const char field[] = TOKUSAGE_SSE_DATA_FIELD;

enum {
    FIELD_LENGTH = sizeof field - 1
};

static void begin_line(tokusage_sse *sse) {
    sse->state = LINE_FIELD;
    sse->matched = 0;
}

static tokusage_sse_token begin_data(tokusage_sse *sse) {
    const bool another = sse->data;
    sse->data = true;
    return another ? TOKUSAGE_SSE_BREAK : TOKUSAGE_SSE_MORE;
}

static tokusage_sse_token end_event(tokusage_sse *sse) {
    const bool had_data = sse->data;
    sse->data = false;
    return had_data ? TOKUSAGE_SSE_EVENT : TOKUSAGE_SSE_MORE;
}

/* A line "data" without a colon is data with an empty value. An empty line ends the event. */
static tokusage_sse_token end_line(tokusage_sse *sse, char c) {
    const bool blank = sse->state <= LINE_FIELD && sse->matched == 0;
    const bool bare_data = sse->state == LINE_FIELD && sse->matched == FIELD_LENGTH - 1;
    sse->cr = c == '\r';
    begin_line(sse);
    if (blank) {
        return end_event(sse);
    }
    return bare_data ? begin_data(sse) : TOKUSAGE_SSE_MORE;
}

/* If the mark is not complete, its bytes begin a field name that is not "data". Returns whether the byte is read. */
static bool read_mark(tokusage_sse *sse, char c) {
    if (!tokusage_mark_goes_on(sse->matched, c)) {
        sse->state = sse->matched > 0 ? LINE_OTHER : LINE_FIELD;
        return false;
    }
    sse->matched++;
    if (sse->matched == TOKUSAGE_BYTE_ORDER_MARK_LENGTH) {
        begin_line(sse);
    }
    return true;
}

/* Reads as much of "data:" as there is. */
static tokusage_sse_token read_field(tokusage_sse *sse, const char *bytes, size_t length, size_t *at) {
    while (*at < length && sse->matched < FIELD_LENGTH && bytes[*at] == field[sse->matched]) {
        ++*at;
        sse->matched++;
    }
    if (sse->matched == FIELD_LENGTH) {
        sse->state = LINE_COLON;
        return begin_data(sse);
    }
    if (*at < length && !tokusage_is_line_end(bytes[*at])) {
        sse->state = LINE_OTHER;
    }
    return TOKUSAGE_SSE_MORE;
}

/* Reads the bytes that belong to one state. */
static tokusage_sse_token read(tokusage_sse *sse, const char *bytes, size_t length, size_t *at) {
    const char c = bytes[*at];
    switch (sse->state) {
    case LINE_START:
        *at += read_mark(sse, c);
        return TOKUSAGE_SSE_MORE;
    case LINE_FIELD:
        return read_field(sse, bytes, length, at);
    case LINE_COLON:
        *at += c == ' ';
        sse->state = LINE_VALUE;
        return TOKUSAGE_SSE_MORE;
    case LINE_VALUE:
        return TOKUSAGE_SSE_DATA;
    default:
        *at += tokusage_line_span(bytes + *at, length - *at);
        return TOKUSAGE_SSE_MORE;
    }
}

tokusage_sse_token tokusage_sse_next(tokusage_sse *sse, const char *bytes, size_t length, size_t *at) {
    tokusage_sse_token token = TOKUSAGE_SSE_MORE;
    while (token == TOKUSAGE_SSE_MORE && *at < length) {
        const char c = bytes[*at];
        if (sse->cr && c == '\n') {
            ++*at;
            sse->cr = false;
        } else if (tokusage_is_line_end(c)) {
            ++*at;
            token = end_line(sse, c);
        } else {
            sse->cr = false;
            token = read(sse, bytes, length, at);
        }
    }
    return token;
}

bool tokusage_sse_fresh(const tokusage_sse *sse) {
    return sse->state <= LINE_FIELD && sse->matched == 0 && !sse->data;
}

bool tokusage_sse_in_line(const tokusage_sse *sse) {
    return sse->state >= LINE_VALUE;
}

/* If the blank line was a CR, the LF that may follow reads as one more blank line, which ends no event. */
void tokusage_sse_passed(tokusage_sse *sse) {
    begin_line(sse);
    sse->data = false;
    sse->cr = false;
}

size_t tokusage_sse_rest(tokusage_sse *sse, const char *bytes, size_t length) {
    const bool rest = sse->cr && length > 0 && *bytes == '\n';
    sse->cr = sse->cr && length == 0;
    return rest;
}
