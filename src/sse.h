/*
 * The framing of server-sent events (WHATWG HTML, section 9.2.6), read in pieces of any size: which bytes are an
 * event's data. No JSON. All zero bytes are the state at the start of a stream.
 */
#ifndef TOKUSAGE_SRC_SSE_H
#define TOKUSAGE_SRC_SSE_H

#include "tokusage.h"

/* What a data line begins with. */
#define TOKUSAGE_SSE_DATA_FIELD "data:"

typedef struct tokusage_sse {
    uint8_t state;
    uint8_t matched; /* bytes of the byte-order mark or of the field's name */
    bool data;       /* the event has had a data line */
    bool cr;         /* the last byte was CR: an LF now belongs to it */
} tokusage_sse;

typedef enum tokusage_sse_token {
    TOKUSAGE_SSE_MORE,  /* the bytes are used up */
    TOKUSAGE_SSE_DATA,  /* from here to the end of the line, the bytes are data of the event: the caller reads them */
    TOKUSAGE_SSE_BREAK, /* another data line of the same event begins: an LF stands between the two */
    TOKUSAGE_SSE_EVENT  /* the event, which had a data line, is complete */
} tokusage_sse_token;

/* Reads bytes from *at on, up to length, and advances *at. For DATA the caller moves *at on to the end of the line. */
tokusage_sse_token tokusage_sse_next(tokusage_sse *sse, const char *bytes, size_t length, size_t *at);

/* Whether the next byte is the first of a line and no data line of the event has been read so far. */
bool tokusage_sse_fresh(const tokusage_sse *sse);

/* Whether the next byte is in a line, behind its field's name and the space, or ends it. */
bool tokusage_sse_in_line(const tokusage_sse *sse);

/* Says that bytes were passed over up to the end of an event. */
void tokusage_sse_passed(tokusage_sse *sse);

/* How many of the bytes still belong to the line end before them: 1 for the LF of a CR LF, else 0. */
size_t tokusage_sse_rest(tokusage_sse *sse, const char *bytes, size_t length);

#endif
