/*
 * The bytes of a file, in large pieces and constant memory. What they are is none of its business, except that what gzip
 * has packed is unpacked.
 */
#ifndef USAGE_REPORT_INPUT_H
#define USAGE_REPORT_INPUT_H

#include "run.h"

#include <sys/types.h>

/* All zero bytes are an input; it keeps its memory from file to file. */
typedef struct input {
    run *run;
    int file;
    bool waits;  /* it is no plain file: reading from it may have to wait */
    bool ended;  /* there are no more bytes to come */
    bool broken; /* and that is not its end: reading failed or was interrupted */
    char *buffer;
    size_t begin, end; /* in the buffer: what has been read and not been used */
    size_t room;
    uint64_t line;    /* that `begin` is in, from 1 */
    uint64_t offset;  /* of `begin` in the file */
    uint64_t line_at; /* and of the line that it is in */
    void *gzip;       /* see gzip.h; NULL: the bytes are as they are in the file */
} input;

/* False: the file cannot be read, which is told. */
bool input_open(input *of, run *to);
void input_close(input *of);
void input_free(input *of);

size_t input_length(const input *of);
const char *input_bytes(const input *of);

/* Bytes as they are in the file, for gzip: 0 at the end, or when reading fails or is interrupted. */
size_t input_raw(input *of, char *to, size_t room);

/* Ends the reading; the reason (NULL: an interruption) makes the report incomplete. */
void input_stop(input *of, const char *reason);

/* Adds more bytes to those available; false when there are none. What has been printed for the bytes so far is shown. */
bool input_fill(input *of);

/* Sees to it that there are as many bytes available as that, if there are. */
void input_fill_to(input *of, size_t wanted);

/* The length of the line at the beginning without its end, or more than `most` if it is longer. */
size_t input_line(input *of, size_t most);

/* Passes over bytes that hold so many line ends, the last one at their end; over bytes whose line ends are counted; over a line, however long. */
void input_pass_lines(input *of, size_t length, size_t lines);
void input_pass(input *of, size_t length);
void input_pass_line(input *of);

/* To the next byte that is no white space; false when there is none. */
bool input_pass_space(input *of);

#endif
