/*
 * What the counts say: the one table of the members, and the arithmetic on counts that are read already. Every sum is
 * of two values within 2^53-1, so none can overflow. No JSON here.
 */
#include "usage.h"
#include "error.h"

#include <string.h>

enum {
    PROMPT,
    COMPLETION,
    TOTAL
};

/* The members in the order of the struct and of everything that is written. */
static const struct {
    const char *name;
    size_t length;
} members[TOKUSAGE_MEMBERS] = {
    [PROMPT] = {"prompt_tokens", sizeof "prompt_tokens" - 1},
    [COMPLETION] = {"completion_tokens", sizeof "completion_tokens" - 1},
    [TOTAL] = {"total_tokens", sizeof "total_tokens" - 1},
};

_Static_assert(offsetof(tokusage, prompt_tokens) == PROMPT * sizeof(tokusage_count) &&
                   offsetof(tokusage, completion_tokens) == COMPLETION * sizeof(tokusage_count) &&
                   offsetof(tokusage, total_tokens) == TOTAL * sizeof(tokusage_count),
               "the struct has the members in the order of the table");

const char *tokusage_member_name(size_t member) {
    return members[member].name;
}

size_t tokusage_member_find(const char *name, size_t length) {
    size_t member = 0;
    while (member < TOKUSAGE_MEMBERS &&
           !(length == members[member].length && memcmp(name, members[member].name, length) == 0)) {
        member++;
    }
    return member;
}

static bool in_range(int64_t value) {
    return value >= 0 && value <= TOKUSAGE_COUNT_MAX;
}

tokusage_status tokusage_check_range(const tokusage *usage, tokusage_error *error) {
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *count = tokusage_member_count(usage, member);
        if (count->present && !in_range(count->value)) {
            return tokusage_report(error, TOKUSAGE_ERR_RANGE, members[member].name);
        }
    }
    return tokusage_report(error, TOKUSAGE_OK, NULL);
}

static int64_t value_or_zero(const tokusage_count *count) {
    return count->present ? count->value : 0;
}

static int64_t sum_of_parts(const tokusage *usage) {
    return value_or_zero(&usage->prompt_tokens) + value_or_zero(&usage->completion_tokens);
}

/* With one part missing the total may be anything from the other part on; with both missing anything at all. */
static bool total_agrees(const tokusage *usage) {
    const int64_t parts = sum_of_parts(usage);
    const int64_t total = usage->total_tokens.value;
    const bool complete = usage->prompt_tokens.present && usage->completion_tokens.present;
    return complete ? parts == total : parts <= total;
}

tokusage_status tokusage_validate(const tokusage *usage, tokusage_error *error) {
    if (!usage) {
        return tokusage_report(error, TOKUSAGE_ERR_ARGUMENT, NULL);
    }
    tokusage_status status = tokusage_check_range(usage, error);
    if (status == TOKUSAGE_OK && usage->total_tokens.present && !total_agrees(usage)) {
        status = tokusage_report(error, TOKUSAGE_ERR_TOTAL, members[TOTAL].name);
        if (error) {
            error->expected = sum_of_parts(usage);
            error->actual = usage->total_tokens.value;
        }
    }
    return status;
}

/* The absent part is the total less the other part, as an absent count adds nothing to the sum of the parts. */
tokusage_status tokusage_infer(tokusage *usage, tokusage_error *error) {
    const tokusage_status status = tokusage_validate(usage, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    tokusage_count *absent = NULL;
    size_t absences = 0;
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        tokusage_count *const count = tokusage_member_slot(usage, member);
        if (!count->present) {
            absent = count;
            absences++;
        }
    }
    if (absences != 1) {
        return TOKUSAGE_OK;
    }
    const int64_t parts = sum_of_parts(usage);
    const int64_t value = absent == &usage->total_tokens ? parts : usage->total_tokens.value - parts;
    if (!in_range(value)) {
        return tokusage_report(error, TOKUSAGE_ERR_RANGE, members[TOTAL].name);
    }
    *absent = (tokusage_count){.present = true, .value = value};
    return TOKUSAGE_OK;
}

tokusage_status tokusage_add(tokusage *sum, const tokusage *usage) {
    if (!sum || !usage) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    tokusage added = *sum;
    tokusage_status status = tokusage_check_range(sum, NULL);
    if (status == TOKUSAGE_OK) {
        status = tokusage_check_range(usage, NULL);
    }
    for (size_t member = 0; status == TOKUSAGE_OK && member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *const more = tokusage_member_count(usage, member);
        tokusage_count *const count = tokusage_member_slot(&added, member);
        count->value = value_or_zero(count) + value_or_zero(more);
        count->present = count->present || more->present;
        status = in_range(count->value) ? TOKUSAGE_OK : TOKUSAGE_ERR_RANGE;
    }
    if (status == TOKUSAGE_OK) {
        *sum = added;
    }
    return status;
}

bool tokusage_equal(const tokusage *a, const tokusage *b) {
    if (!a || !b) {
        return a == b;
    }
    bool equal = true;
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        const tokusage_count *const in_a = tokusage_member_count(a, member);
        const tokusage_count *const in_b = tokusage_member_count(b, member);
        equal = equal && in_a->present == in_b->present && value_or_zero(in_a) == value_or_zero(in_b);
    }
    return equal;
}
