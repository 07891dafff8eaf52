/* One request of the client: how a line of standard input describes it, and whether what came back was expected. */
#ifndef TOKUSAGE_TESTS_NGINX_JOB_H
#define TOKUSAGE_TESTS_NGINX_JOB_H

#include "rig.h"

typedef struct job {
    char *line; /* what the fields point into */
    char *id;   /* goes with the target as the query's id= */
    char *method;
    char *target;
    char *headers;       /* with | between them, or - */
    char *request_body;  /* a file, or - */
    char *status;        /* that is expected, or - */
    char *expected_body; /* a file, or - when the body is not looked at */
    char *how;           /* words with commas between them, or - */
    size_t leave;        /* leave=N: goes away when it has N bytes of the answer; else SIZE_MAX */
    int64_t slow;        /* slow=MS: begins to read only then */
    bool cut;            /* cut: the answer has to end too early */
    bool chunked;        /* chunked: sends its body in chunks */
    const char *save;    /* save=PATH: the answer goes to PATH.head (with the trailers) and PATH.body, or NULL */
} job;

/* Reads a line of eight fields with tabs between them. Keeps the line, which job_free frees. False: it is not one. */
bool job_read(job *to, char *line);
void job_free(job *what);

/* Adds the request as it goes over the wire. */
void job_request(const job *of, bytes *to);

/* Whether all bytes that came back are as expected; if not, prints a sentence. */
bool job_check(const job *of, const bytes *answer);

#endif
