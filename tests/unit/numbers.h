/* JSON numbers and what each says as a count: all forms of whole numbers, both sides of both limits, fractions. */
#ifndef TOKUSAGE_TESTS_NUMBERS_H
#define TOKUSAGE_TESTS_NUMBERS_H

#include "support.h"

/* Numbers of exactly 63 and 64 characters, and zeros for longer ones. */
#define WHOLE_63 "100000000000000000000000000000000000000000000000000000000000000"
#define WHOLE_64 WHOLE_63 "0"
#define FIVE_63 "5.0000000000000000000000000000000000000000000000000000000000000"
#define FIVE_64 FIVE_63 "0"
#define ZEROS_100                                                                                                      \
    "00000000000000000000000000000000000000000000000000"                                                               \
    "00000000000000000000000000000000000000000000000000"

enum {
    NUMBER_CASE_MAX = 240 /* bytes of the longest number_case, with its NUL, or more */
};

typedef struct number_case {
    const char *number;
    tokusage_status status;
    int64_t value;
} number_case;

extern const number_case number_cases[];
extern const size_t number_case_count;

#endif
