/*
 * A second opinion on response bodies: what the WHATWG HTML standard and the manual in tokusage.h say about one, found
 * the slow and plain way. It holds the whole body, copies out whole lines and whole events, and reads each text by
 * itself. It shares no code with the library, and is to be mended only when it contradicts those two.
 */
#ifndef TOKUSAGE_TESTS_REFERENCE_STREAM_H
#define TOKUSAGE_TESTS_REFERENCE_STREAM_H

#include "support.h"

/* What a stream answers. */
typedef struct answer {
    verdict usage;
    uint64_t reports;
    bool done;
    tokusage_body body;
    size_t taken;    /* bytes of the body */
    char model[128]; /* with its NUL; empty when there is none */
} answer;

/* What a stream has to answer when it has been given these bytes and no more. The pointer is valid or NULL. */
answer reference_stream(const char *pointer, const char *bytes, size_t length);

/*
 * Event-stream framing alone: writes the data of each event, a '|' behind each that is complete, and returns the
 * length, which is never above that of the bytes.
 */
size_t reference_events(const char *bytes, size_t length, char *out);

#endif
