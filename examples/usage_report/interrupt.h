/*
 * Interruption: SIGINT and SIGTERM end the reading, not the program, so that it can print what it has; a second one
 * ends it at once.
 */
#ifndef USAGE_REPORT_INTERRUPT_H
#define USAGE_REPORT_INTERRUPT_H

#include <stdbool.h>

/* False when the system refuses; then a signal just ends the program. */
bool interrupt_prepare(void);

/* The signal that has come, or 0. */
int interrupt_signal(void);

/* Waits until the file can be read from, or a signal has come. For files that can keep a reader waiting: pipes,
 * terminals. */
void interrupt_wait(int file);

/* Ends the program by the signal that has come, as the shell that started it expects. */
void interrupt_die(void);

#endif
