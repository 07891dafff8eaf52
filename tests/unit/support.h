/*
 * What several test programs share: texts at the edge of unreadable memory, an allocator that counts and fails on
 * demand, verdicts and their comparison, a seeded random source. The expectations are in the tests.
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

/* ------------------------------------------------------------------------------------------------- texts */

/* Bytes that may hold NUL and do not end in one. */
typedef struct span {
    const char *bytes;
    size_t length;
} span;

#define TEXT(literal)                                                                                                  \
    { (literal), sizeof(literal) - 1 }

/* Copies of bytes, valid until the next call of either. Reading behind the first, or before the second, traps. */
const char *against_the_end(const char *bytes, size_t length);
const char *against_the_beginning(const char *bytes, size_t length);

/* The bytes in readable form, cut when long; for messages. Valid until the eighth call after. */
const char *shown(const char *bytes, size_t length);

/* ---------------------------------------------------------------------------------------------- verdicts */

/* A count that is not there. */
#define ABSENT INT64_MIN

/* What a reading function answers. */
typedef struct verdict {
    tokusage_status status;
    const char *member;
    size_t offset;
    int64_t counts[6]; /* in the order of the struct; only for OK */
} verdict;

#define COUNTS6(prompt, completion, total, cached, cache_write, reasoning)                                             \
    {                                                                                                                  \
        TOKUSAGE_OK, NULL, 0, {                                                                                        \
            (prompt), (completion), (total), (cached), (cache_write), (reasoning)                                      \
        }                                                                                                              \
    }
#define COUNTS(prompt, completion, total) COUNTS6(prompt, completion, total, ABSENT, ABSENT, ABSENT)
#define AT(name, where)                                                                                                \
    {                                                                                                                  \
        TOKUSAGE_ERR_##name, NULL, (where), {                                                                          \
            0, 0, 0, 0, 0, 0                                                                                           \
        }                                                                                                              \
    }
#define ABOUT(name, who)                                                                                               \
    {                                                                                                                  \
        TOKUSAGE_ERR_##name, (who), 0, {                                                                               \
            0, 0, 0, 0, 0, 0                                                                                           \
        }                                                                                                              \
    }

/* The usage with these counts; usage_of leaves the three parts absent. */
tokusage usage_of(int64_t prompt, int64_t completion, int64_t total);
tokusage usage_of6(int64_t prompt, int64_t completion, int64_t total, int64_t cached, int64_t cache_write,
                   int64_t reasoning);

/* Fills an output with bytes that no function writes, and tells whether all are still there. */
void spoil(void *output, size_t size);
bool spoilt(const void *output, size_t size);

/* Fails the test, naming `what`, unless status, error and usage are what `want` says. usage was spoilt before. */
void expect_verdict(const char *what, const verdict *want, tokusage_status status, const tokusage_error *error,
                    const tokusage *usage);

/* Fails the test unless error (spoilt before the call) holds exactly these values, and zeros. */
void expect_error(const char *what, const tokusage_error *error, tokusage_status status, const char *member);

/*
 * Calls tokusage_extract on copies of the text at either edge of unreadable memory, with an error and without one, and
 * compares each answer with `want`.
 */
void expect_extract(const char *what, const char *pointer, const char *bytes, size_t length, const verdict *want);

/* -------------------------------------------------------------------------------------------------- heap */

#define NEVER SIZE_MAX

/* Puts a counting allocator under cJSON, and takes it away again. cmocka setup and teardown functions. */
int watch_heap(void **state);
int unwatch_heap(void **state);

/* A test of a group that runs with the counting allocator, and fails when it leaks. */
#define WATCHED(test) cmocka_unit_test_setup_teardown(test, watch_heap, unwatch_heap)

/* Counts from zero again, and makes allocation number `nth` (from 0) fail: only that one, or all from it on. */
void heap_fail(size_t nth, bool onwards);

/* Allocations asked for since heap_fail; blocks that are allocated now. */
size_t heap_calls(void);
size_t heap_live(void);

/* ------------------------------------------------------------------------------------------------ random */

/* The seed is printed; TOKUSAGE_SEED in the environment repeats a run. */
void random_seed(void);

/* Uses this seed if the environment gives none. */
void random_seed_or(uint64_t seed);

/* Scales a number of rounds, or a size. TOKUSAGE_EFFORT in the environment is the scale, in percent, 4 or more. */
size_t rounds(size_t usual);
uint64_t random_bits(void);
size_t random_below(size_t limit);

/* ------------------------------------------------------------------------------------------------ locale */

/* Switches to a locale that writes a comma in numbers; makes one if it must. False if the system can't. */
bool comma_locale(void);
void plain_locale(void);

#endif
