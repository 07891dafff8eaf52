/*
 * The crew: all files are read, --jobs of them (or of the parts of large ones) at a time, and what comes of them is
 * printed and added up in their order, so that the output does not depend on how many were read at a time.
 */
#ifndef USAGE_REPORT_CREW_H
#define USAGE_REPORT_CREW_H

#include "run.h"

/* What all files came to. */
typedef struct crew_result {
    totals groups;
    totals unpriced; /* models without a price */
    text head;       /* --merge: how the reports begin */
    bool complete;
    int output_error; /* the errno of a failed write to standard output, or 0 */
} crew_result;

void crew_read(const options *asked, crew_result *result);
void crew_free(crew_result *of);

/*
 * Prints what the run has so far if it is its turn. If it is not, and there is much, waits until it is. For the reader
 * to call once in a while, so that what waits to be printed takes little memory.
 */
void crew_print(run *of);

/* Waits until it is the run's turn: all before it are over. */
void crew_wait(run *of);

/* Whether a response with that id was counted before, in the order of the files: waits for the turn. */
bool crew_knows(run *of, uint64_t id);

#endif
