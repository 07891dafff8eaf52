/*
 * Event streams, one after another: where one ends and the next begins.
 */
#ifndef USAGE_REPORT_EVENTS_H
#define USAGE_REPORT_EVENTS_H

#include "input.h"

/* Whether the bytes begin a line of an event stream: a field's name and a colon, or the colon of a comment. */
bool events_are(input *of);

/* Reads events up to the first line that is none. */
void events_read(input *of);

#endif
