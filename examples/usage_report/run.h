/*
 * One run over one file, or over one part of it: what it was asked for, and everything that came of it, kept together so
 * that several can be read at the same time and still be told of in their order.
 */
#ifndef USAGE_REPORT_RUN_H
#define USAGE_REPORT_RUN_H

#include "options.h"
#include "sequence.h"

struct crew;

/* A file, and what its parts hand on from one to the next, each when it is its turn. */
typedef struct source {
    const char *name; /* - is standard input */
    sequences open;
    uint64_t lines_before;
    bool misplaced_told;
} source;

/* A response with an id, and where in `findings` a line about it goes. */
typedef struct noted {
    uint64_t id, line;
    size_t at;
    group *in;
} noted;

typedef struct run {
    const options *asked;
    struct crew *crew; /* that the run is of; see crew.h */
    source *source;
    size_t number;       /* of the run, from 0 */
    uint64_t begin, end; /* of the part, in bytes; it begins with a line */
    bool last;           /* no part of the same file follows */
    totals totals;
    totals unpriced; /* models without a price */

    text lines;       /* of --each, for standard output */
    text findings;    /* a line each, for standard error: as many as --max-errors lets through */
    uint64_t named;   /* how many those are */
    uint64_t unnamed; /* how many more there were */
    text noted;       /* of type `noted` each */
    uint64_t read;    /* how many lines */

    text failures;   /* a line each, for standard error: why the report is not complete */
    bool incomplete; /* there is a failure, or the run was interrupted */
    bool stopped;    /* nothing more may be added */

    text head; /* --merge: how the reports begin that were read; they must agree in that */

    about about; /* of the response at hand */
    text key, scratch;
} run;

/* The file is kept on its own line by what is printed of its name. */
void run_place(const run *of, uint64_t line, text *to);

/* A finding in that line (0: in the file as a whole). */
void run_finding(run *of, uint64_t line, const char *reason);

/* One that is named once for each file. */
void run_finding_once(run *of, uint64_t line, const char *reason);
enum {
    FINDING_ONCE = 3 /* the first byte of its line */
};

/* Why the report is not complete. */
void run_failure(run *of, uint64_t line, const char *reason);

void run_message(const run *of, uint64_t line, const char *reason, text *to);
void run_free(run *of);

#endif
