/* One answer of the upstream: what the request asks for, and the bytes that go out for it, one write after another. */
#ifndef TOKUSAGE_TESTS_NGINX_ANSWER_H
#define TOKUSAGE_TESTS_NGINX_ANSWER_H

#include "rig.h"

#define ANSWER_ALL SIZE_MAX

typedef struct answer {
    char id[64];       /* of the request's query, for the ledger */
    bytes body;        /* what is sent, before it is framed */
    size_t sent;       /* of these */
    size_t end;        /* of these are sent; then the connection closes */
    size_t write_size; /* bytes of body in a write */
    bool by_event;     /* a write is an event instead */
    bool by_chance;    /* a write has 1 to 8191 bytes, by chance */
    uint64_t chance;
    int64_t wait;  /* ms before the head */
    int64_t delay; /* ms between two writes */
    bool exact;    /* the next write waits until the one before it has been read */
    bool chunked;
    bool ended; /* the last bytes are in `out` */
    bytes out;  /* the write that goes on now */
} answer;

/*
 * Takes a request (head and decoded body). The target is ANYTHING/NAME?query: NAME is a file in `folder`. What the
 * query may have:
 *   id=NAME           how the ledger calls it
 *   write=N|event|any in writes of N bytes, of an event, of any size; without it all in one
 *   delay=MS          between two writes
 *   wait=MS           before the head
 *   exact=1           the next write waits until the reader has taken the one before it
 *   frame=chunked|close|length (length without it)
 *   cut=N             closes after N bytes of body
 *   status=N          200 without it
 *   type=TYPE         application/json without it, for .sse text/event-stream
 *   gzip=1            sends NAME.gz as gzip
 *   negotiate=1       the same, if the request accepts it
 *   ratelimit=1       has a header with what remains of a limit of its own
 *   echo=1            sends the body of the request instead of a file
 */
void answer_begin(answer *to, const char *folder, const char *head, const bytes *request_body);

/* Puts the next write into `out`. False at the end. */
bool answer_next(answer *of);

void answer_free(answer *what);

#endif
