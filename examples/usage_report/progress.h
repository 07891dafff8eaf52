/*
 * Progress: a line on standard error that says how far long work is; only where that is a terminal.
 */
#ifndef USAGE_REPORT_PROGRESS_H
#define USAGE_REPORT_PROGRESS_H

#include <stdint.h>

/* `total` is how many bytes there are to read; 0: nobody knows. */
void progress_begin(uint64_t total);

/* So many more bytes have been read. From any thread. */
void progress_add(uint64_t bytes);

/* Takes the line away before something else is printed; it comes back by itself. */
void progress_hide(void);

#endif
