/*
 * The reader: cuts a file into responses, in large pieces and constant memory. What a response is is none of its
 * business.
 */
#ifndef USAGE_REPORT_READER_H
#define USAGE_REPORT_READER_H

#include "run.h"

/* All zero bytes are a reader; it keeps its memory from file to file. */
typedef struct reader {
    run *run;
    int file;
    bool waits;  /* it is no plain file: reading from it may have to wait */
    bool ended;  /* there are no more bytes to come */
    bool broken; /* and that is not its end: reading failed or was interrupted */
    char *buffer;
    size_t begin, end; /* in the buffer: what has been read and not been used */
    size_t room;
    uint64_t line; /* that `begin` is in, from 1 */
} reader;

/* Reads the run's file to its end. */
void reader_read(reader *with, run *to);

void reader_free(reader *of);

#endif
