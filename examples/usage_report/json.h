/*
 * A look into a text for what stands beside the usage: its id, its model, what it is grouped by. Whether a text is JSON
 * is the library's to say; these functions say nothing about that, and are safe on any bytes. They look no further than
 * they must, so that a member at the front of a text costs next to nothing.
 */
#ifndef USAGE_REPORT_JSON_H
#define USAGE_REPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes within others. */
typedef struct slice {
    const char *bytes; /* NULL: there are none */
    size_t length;
} slice;

bool json_is_space(char c);
bool slice_is(slice one, const char *string);

/*
 * The length of the value that the bytes begin with. 0: it goes on behind the bytes; JSON_BROKEN: there is a line end
 * within a string, or no value.
 */
#define JSON_BROKEN SIZE_MAX
size_t json_span(const char *bytes, size_t length);

/* What is within the brackets of an object or an array; empty for another value. */
slice json_inside(slice value);

/* Takes the next member (name with its quotes) or element (name NULL) off what is inside; false: there is none. */
bool json_next(slice *inside, slice *name, slice *value);

/* The first value at a JSON Pointer made of member names; bytes NULL: there is none, or null. */
slice json_find(slice text, const char *pointer);

/* A whole number from 0 to TOKUSAGE_COUNT_MAX. */
bool json_number(slice value, int64_t *number);

#endif
