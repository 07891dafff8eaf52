/*
 * A second opinion on response bodies: what the WHATWG HTML standard and the manual in tokusage.h say about one, found
 * in the slow and plain way. It holds the whole body, copies whole lines and whole events, and reads each text by
 * itself. It shares no code with the library. Change it only when it contradicts the standard or the manual.
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

/* What a stream must answer after exactly these bytes. The pointer is valid or NULL. */
answer reference_stream(const char *pointer, const char *bytes, size_t length);

/*
 * The framing of events alone: writes the data of each event, with a '|' behind each complete event. Returns the
 * length, which is at most that of the bytes.
 */
size_t reference_events(const char *bytes, size_t length, char *out);

#endif
