/*
 * One run over one file: what it was asked for, and everything that came of it, kept together so that several files can
 * be read at the same time and still be told of in their order.
 */
#ifndef USAGE_REPORT_RUN_H
#define USAGE_REPORT_RUN_H

#include "options.h"
#include "text.h"
#include "totals.h"

struct crew;

typedef struct run {
    const options *asked;
    struct crew *crew; /* that the run is of; see crew.h */
    const char *name;  /* of the file; - is standard input */
    size_t number;     /* which of the files it is, from 0 */
    totals totals;

    text lines;       /* of --each, for standard output */
    text findings;    /* a line each, for standard error: as many as --max-errors lets through */
    uint64_t named;   /* how many those are */
    uint64_t unnamed; /* how many more there were */

    text failures;   /* a line each, for standard error: why the report is not complete */
    bool incomplete; /* there is a failure, or the run was interrupted */
    bool stopped;    /* nothing more may be added */

    bool merged;  /* --merge: a report was read */
    text at, by;  /* its pointers; what is merged must agree in them */
    bool placed;  /* it has an --at */
    bool grouped; /* it has a --by */

    text key, scratch; /* of the response at hand */
} run;

/* The file is kept on its own line by what is printed of its name. */
void run_place(const run *of, uint64_t line, text *to);

/* A finding in that line (0: in the file as a whole). */
void run_finding(run *of, uint64_t line, const char *reason);

/* Why the report is not complete. */
void run_failure(run *of, uint64_t line, const char *reason);

void run_free(run *of);

#endif
