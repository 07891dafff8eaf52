/*
 * What the counts say: their names, and the arithmetic on counts that are read already. Each function checks the range
 * first. A count in range is at most 2^53-1, so no sum or difference of a few counts can overflow. No JSON here.
 */
#include "usage.h"
#include "error.h"

/* In the order of the struct and of everything that is written. */
static const char *const names[] = {
    [TOKUSAGE_PROMPT] = "prompt_tokens",
    [TOKUSAGE_COMPLETION] = "completion_tokens",
    [TOKUSAGE_TOTAL] = "total_tokens",
    [TOKUSAGE_CACHED] = "cached_tokens",
    [TOKUSAGE_CACHE_WRITE] = "cache_write_tokens",
    [TOKUSAGE_REASONING] = "reasoning_tokens",
    [TOKUSAGE_OBJECT] = "usage",
    [TOKUSAGE_NO_MEMBER] = NULL,
};

_Static_assert(offsetof(tokusage, prompt_tokens) == TOKUSAGE_PROMPT * sizeof(tokusage_count) &&
                   offsetof(tokusage, completion_tokens) == TOKUSAGE_COMPLETION * sizeof(tokusage_count) &&
                   offsetof(tokusage, total_tokens) == TOKUSAGE_TOTAL * sizeof(tokusage_count) &&
                   offsetof(tokusage, cached_tokens) == TOKUSAGE_CACHED * sizeof(tokusage_count) &&
                   offsetof(tokusage, cache_write_tokens) == TOKUSAGE_CACHE_WRITE * sizeof(tokusage_count) &&
                   offsetof(tokusage, reasoning_tokens) == TOKUSAGE_REASONING * sizeof(tokusage_count) &&
                   sizeof(tokusage) == TOKUSAGE_COUNTS * sizeof(tokusage_count),
               "the struct has the counts in the order of their numbers, and nothing else");

const char *tokusage_member_name(size_t member) {
    return names[member];
}

tokusage_status tokusage_check_range(const tokusage *usage, tokusage_error *error) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(usage, i);
        if (count->present && (count->value < 0 || count->value > TOKUSAGE_COUNT_MAX)) {
            return tokusage_fail(error, TOKUSAGE_ERR_RANGE, i);
        }
    }
    return tokusage_succeed(error);
}

static int64_t value_or_zero(const tokusage_count *count) {
    return count->present ? count->value : 0;
}

static int64_t both(const tokusage_count *a, const tokusage_count *b) {
    return value_or_zero(a) + value_or_zero(b);
}

static int64_t sum_of_parts(const tokusage *usage) {
    return both(&usage->prompt_tokens, &usage->completion_tokens);
}

/* If one part is absent, the total must be at least the other part. If both are absent, any total agrees. */
static bool total_agrees(const tokusage *usage) {
    const int64_t parts = sum_of_parts(usage);
    const int64_t total = usage->total_tokens.value;
    const bool complete = usage->prompt_tokens.present && usage->completion_tokens.present;
    return !usage->total_tokens.present || parts == total || (parts < total && !complete);
}

static bool holds(const tokusage_count *whole, int64_t parts) {
    return !whole->present || parts <= whole->value;
}

tokusage_status tokusage_validate(const tokusage *usage, tokusage_error *error) {
    if (!usage) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    const tokusage_status status = tokusage_check_range(usage, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    if (!total_agrees(usage)) {
        return tokusage_fail_sum(error, TOKUSAGE_ERR_TOTAL, TOKUSAGE_TOTAL, sum_of_parts(usage),
                                 usage->total_tokens.value);
    }
    const int64_t cache = both(&usage->cached_tokens, &usage->cache_write_tokens);
    if (!holds(&usage->prompt_tokens, cache)) {
        return tokusage_fail_sum(error, TOKUSAGE_ERR_PART,
                                 usage->cached_tokens.present ? TOKUSAGE_CACHED : TOKUSAGE_CACHE_WRITE,
                                 usage->prompt_tokens.value, cache);
    }
    const int64_t reasoning = value_or_zero(&usage->reasoning_tokens);
    if (!holds(&usage->completion_tokens, reasoning)) {
        return tokusage_fail_sum(error, TOKUSAGE_ERR_PART, TOKUSAGE_REASONING, usage->completion_tokens.value,
                                 reasoning);
    }
    return TOKUSAGE_OK;
}

/* Fills the one of prompt, completion and total that is absent. An absent part adds nothing to the sum of the parts. */
static void fill(tokusage *usage) {
    tokusage_count *absent = NULL;
    size_t absences = 0;
    for (size_t i = TOKUSAGE_PROMPT; i <= TOKUSAGE_TOTAL; i++) {
        tokusage_count *const count = tokusage_count_slot(usage, i);
        if (!count->present) {
            absent = count;
            absences++;
        }
    }
    if (absences == 1) {
        const int64_t parts = sum_of_parts(usage);
        absent->value = absent == &usage->total_tokens ? parts : usage->total_tokens.value - parts;
        absent->present = true;
    }
}

tokusage_status tokusage_infer(tokusage *usage, tokusage_error *error) {
    tokusage_status status = tokusage_validate(usage, error);
    if (status != TOKUSAGE_OK) {
        return status;
    }
    tokusage filled = *usage;
    fill(&filled);
    status = tokusage_validate(&filled, error);
    if (status == TOKUSAGE_OK) {
        *usage = filled;
    }
    return status;
}

/*
 * Adds the difference between the total and its parts to the part it belongs to, if reasoning or cached tokens explain
 * it. (A difference of 0 changes nothing.) Then the parts add up to the total. That is in range, so they are, too.
 */
static void explain(tokusage *usage) {
    const int64_t difference = usage->total_tokens.value - sum_of_parts(usage);
    const int64_t reasoning = value_or_zero(&usage->reasoning_tokens);
    const bool beside = difference == reasoning;
    const bool within = difference == -reasoning && usage->completion_tokens.value + difference >= reasoning;
    if (beside || within) {
        usage->completion_tokens.value += difference;
    } else if (difference == value_or_zero(&usage->cached_tokens)) {
        usage->prompt_tokens.value += difference;
    }
}

tokusage_status tokusage_reconcile(tokusage *usage, tokusage_error *error) {
    if (!usage || tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return tokusage_validate(usage, error); /* which tells what is wrong */
    }
    tokusage settled = *usage;
    if (usage->prompt_tokens.present && usage->completion_tokens.present && usage->total_tokens.present) {
        explain(&settled);
    }
    const tokusage_status status = tokusage_infer(&settled, error);
    if (status == TOKUSAGE_OK) {
        *usage = settled;
    }
    return status;
}

tokusage_status tokusage_add(tokusage *sum, const tokusage *usage) {
    if (!sum || !usage) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (tokusage_check_range(sum, NULL) != TOKUSAGE_OK || tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    tokusage added = *sum;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const before = tokusage_count_at(sum, i);
        const tokusage_count *const more = tokusage_count_at(usage, i);
        *tokusage_count_slot(&added, i) =
            (tokusage_count){.present = before->present || more->present, .value = both(before, more)};
    }
    const tokusage_status status = tokusage_check_range(&added, NULL);
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
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const in_a = tokusage_count_at(a, i);
        const tokusage_count *const in_b = tokusage_count_at(b, i);
        equal = equal && in_a->present == in_b->present && value_or_zero(in_a) == value_or_zero(in_b);
    }
    return equal;
}
