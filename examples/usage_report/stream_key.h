/*
 * The group of an event stream: what stands at --by in its first event that has something there. The library's stream
 * keeps the usage and nothing beside it, so the events are looked through here, until the key is found.
 */
#ifndef USAGE_REPORT_STREAM_KEY_H
#define USAGE_REPORT_STREAM_KEY_H

#include "text.h"

/* All zero bytes, but for the first two, are ready for the first byte of a stream. */
typedef struct stream_key {
    const char *pointer; /* NULL: nothing is looked for */
    size_t limit;        /* an event's data that is longer is passed over */
    bool found;
    text key; /* as it stands there, in JSON */

    bool cr; /* the last byte was CR: an LF now belongs to it */
    bool over;
    text line; /* the one that is open */
    text data; /* of the event that is open, its lines joined by LF */
} stream_key;

void stream_key_feed(stream_key *to, const char *bytes, size_t length);
void stream_key_free(stream_key *of);

#endif
