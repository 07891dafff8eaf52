/*
 * What the test programs share: documents at the edge of unreadable memory, documents built of parts, outputs that
 * were not written, a seeded random source. The expectations are in the tests. The core library is enough for it.
 */
#ifndef TOKUSAGE_TESTS_SUPPORT_H
#define TOKUSAGE_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tokusage.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ------------------------------------------------------------------------------------------------- bytes */

/* Bytes that may hold NUL and do not end in one. */
typedef struct span {
    const char *bytes;
    size_t length;
} span;

#define TEXT(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 }

span span_of(const char *string);

/* Copies of bytes, valid until the next call of either. Reading after the first, or before the second, traps. */
const char *against_the_end(const char *bytes, size_t length);
const char *against_the_beginning(const char *bytes, size_t length);

/* The bytes in readable form, shortened when long; for messages. Valid until the eighth call after. */
const char *shown(const char *bytes, size_t length);

/* What is built of parts that are repeated; freed by the caller. */
typedef struct builder {
    char *bytes;
    size_t length, size;
} builder;

void add(builder *to, size_t times, const char *part);
void add_bytes(builder *to, const void *bytes, size_t length);
/* Like printf. */
void add_format(builder *to, const char *format, ...);
span built(const builder *from);

/* ----------------------------------------------------------------------------------------------- outputs */

/* A count that is absent. */
#define ABSENT INT64_MIN

/* The usage with these counts, and no others. */
tokusage usage_of3(int64_t prompt, int64_t completion, int64_t total);

/* Fills an output with bytes that no function writes; says whether all of them are still there. */
void spoil(void *output, size_t size);
bool spoilt(const void *output, size_t size);

/* ------------------------------------------------------------------------------------------------ random */

/* The seed is printed; TOKUSAGE_SEED in the environment repeats a run. */
void random_seed(void);

/* Uses this seed if the environment gives none. */
void random_seed_or(uint64_t seed);

/* Scales a number of rounds, or a size. TOKUSAGE_EFFORT in the environment is the scale, in percent. */
size_t rounds(size_t usual);
/* The way to the next of many cases: 1, or where the effort is below 100 a random one that leaves out as many. */
size_t stride(void);
uint64_t random_bits(void);
size_t random_below(size_t limit);

/* ------------------------------------------------------------------------------------------------ locale */

/* Switches to a locale that writes a comma in numbers; makes one if it must. False if the system can't. */
bool comma_locale(void);
void plain_locale(void);

#endif
