/* What the counts say; see reference.h. A count that is absent is -1 here. */
#include "reference.h"

#include <string.h>

enum {
    PROMPT,
    COMPLETION,
    TOTAL,
    CACHED,
    WRITTEN,
    WRITTEN_1H,
    PROMPT_AUDIO,
    PROMPT_IMAGE,
    CACHED_AUDIO,
    CACHED_IMAGE,
    REASONING,
    COMPLETION_AUDIO,
    COMPLETION_IMAGE,
    NONE
};

static int64_t get(const tokusage *usage, size_t count) {
    tokusage copy = *usage;
    const tokusage_count *from = count < TOKUSAGE_COUNTS ? tokusage_count_at(&copy, count) : NULL;
    return from != NULL && from->present ? from->value : -1;
}

static void set(tokusage *usage, size_t count, int64_t value) {
    tokusage_count *to = tokusage_count_at(usage, count);
    to->present = true;
    to->value = value;
}

static int64_t or_0(int64_t value) {
    return value > 0 ? value : 0;
}

static tokusage_error error_of(tokusage_status status, size_t count, int64_t expected, int64_t actual) {
    return (tokusage_error){status, count < NONE ? tokusage_count_name(count) : NULL, 0, expected, actual};
}

static tokusage_error check_total(const tokusage *usage) {
    const int64_t prompt = get(usage, PROMPT), completion = get(usage, COMPLETION), total = get(usage, TOTAL);
    const int64_t sum = or_0(prompt) + or_0(completion);
    const bool both = prompt >= 0 && completion >= 0;
    if (total >= 0 && (both ? sum != total : sum > total)) {
        return error_of(TOKUSAGE_ERR_TOTAL, TOTAL, sum, total);
    }
    return error_of(TOKUSAGE_OK, NONE, 0, 0);
}

static tokusage_error check_parts(const tokusage *usage) {
    static const struct {
        int whole, first, second;
    } rules[] = {
        {PROMPT, CACHED, WRITTEN},
        {WRITTEN, WRITTEN_1H, NONE},
        {PROMPT, PROMPT_AUDIO, PROMPT_IMAGE},
        {PROMPT_AUDIO, CACHED_AUDIO, NONE},
        {PROMPT_IMAGE, CACHED_IMAGE, NONE},
        {CACHED, CACHED_AUDIO, CACHED_IMAGE},
        {COMPLETION, REASONING, NONE},
        {COMPLETION, COMPLETION_AUDIO, COMPLETION_IMAGE},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const size_t first = (size_t)rules[i].first, second = (size_t)rules[i].second;
        const int64_t whole = get(usage, (size_t)rules[i].whole);
        const int64_t parts = or_0(get(usage, first)) + or_0(get(usage, second));
        if (whole >= 0 && parts > whole) {
            return error_of(TOKUSAGE_ERR_PART, get(usage, first) >= 0 ? first : second, whole, parts);
        }
    }
    return error_of(TOKUSAGE_OK, NONE, 0, 0);
}

tokusage_error reference_validate(const tokusage *usage) {
    tokusage copy = *usage;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *count = tokusage_count_at(&copy, i);
        if (count->present && (count->value < 0 || count->value > TOKUSAGE_COUNT_MAX)) {
            return error_of(TOKUSAGE_ERR_RANGE, i, 0, 0);
        }
    }
    const tokusage_error error = check_total(usage);
    return error.status != TOKUSAGE_OK ? error : check_parts(usage);
}

tokusage_error reference_infer(tokusage *usage) {
    tokusage copy = *usage;
    tokusage_error error = reference_validate(&copy);
    if (error.status != TOKUSAGE_OK) {
        return error;
    }
    const int64_t prompt = get(usage, PROMPT), completion = get(usage, COMPLETION), total = get(usage, TOTAL);
    if (prompt < 0 && completion >= 0 && total >= 0) {
        set(&copy, PROMPT, total - completion);
    } else if (prompt >= 0 && completion < 0 && total >= 0) {
        set(&copy, COMPLETION, total - prompt);
    } else if (prompt >= 0 && completion >= 0 && total < 0) {
        set(&copy, TOTAL, prompt + completion);
    }
    error = reference_validate(&copy);
    if (error.status == TOKUSAGE_OK) {
        *usage = copy;
    }
    return error;
}

/* Lets the first rule that fits explain the difference of the total, or cached tokens that exceed the prompt. */
static void explain(tokusage *usage) {
    const int64_t prompt = get(usage, PROMPT), completion = get(usage, COMPLETION), total = get(usage, TOTAL);
    const int64_t cached = get(usage, CACHED), written = get(usage, WRITTEN), reasoning = get(usage, REASONING);
    const int64_t audio = get(usage, PROMPT_AUDIO);
    const int64_t d = total - (prompt + completion);
    if (total < 0 && prompt >= 0 && cached > prompt) {
        set(usage, PROMPT, prompt + cached);
    }
    if (total < 0 || prompt < 0 || completion < 0 || d == 0) {
        return;
    }
    const bool both = cached > 0 && written > 0 && d == cached + written;
    if (d > 0 && d == reasoning) {
        set(usage, COMPLETION, completion + d);
    } else if (d > 0 && (d == cached || d == written || both || d == audio)) {
        set(usage, PROMPT, prompt + d);
    } else if (reasoning > 0 && cached > 0 && d == reasoning + cached) {
        set(usage, PROMPT, prompt + cached);
        set(usage, COMPLETION, completion + reasoning);
    } else if (reasoning > 0 && -d == reasoning && completion + d >= reasoning) {
        set(usage, COMPLETION, completion + d);
    }
}

tokusage_error reference_reconcile(tokusage *usage) {
    tokusage copy = *usage;
    tokusage_error error = reference_validate(&copy);
    if (error.status == TOKUSAGE_ERR_RANGE) {
        return error;
    }
    explain(&copy);
    error = reference_infer(&copy);
    if (error.status == TOKUSAGE_ERR_RANGE) { /* that was too much */
        copy = *usage;
        error = reference_infer(&copy);
    }
    if (error.status == TOKUSAGE_OK) {
        *usage = copy;
    }
    return error;
}

static bool is_total_alone(const tokusage *usage) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if ((get(usage, i) >= 0) != (i == TOTAL)) {
            return false;
        }
    }
    return true;
}

/* Takes what no count explains as hidden reasoning, and a total alone as the prompt. False where neither fits. */
static bool assume(tokusage *usage, const tokusage_error *error) {
    tokusage copy = *usage;
    const int64_t d = get(usage, TOTAL) - or_0(get(usage, PROMPT)) - or_0(get(usage, COMPLETION));
    if (error->status == TOKUSAGE_OK && is_total_alone(usage)) {
        set(&copy, PROMPT, d);
        set(&copy, COMPLETION, 0);
    } else if (error->status == TOKUSAGE_ERR_TOTAL && d > 0 && get(usage, REASONING) < 0) {
        set(&copy, COMPLETION, get(usage, COMPLETION) + d);
        set(&copy, REASONING, d);
    } else {
        return false;
    }
    if (reference_validate(&copy).status != TOKUSAGE_OK) {
        return false;
    }
    *usage = copy;
    return true;
}

tokusage_verdict reference_settle(tokusage *usage, tokusage_error *error) {
    tokusage copy = *usage;
    *error = reference_validate(usage);
    if (error->status == TOKUSAGE_ERR_RANGE) {
        return TOKUSAGE_INVALID;
    }
    const bool agreed = error->status == TOKUSAGE_OK;
    *error = reference_reconcile(&copy);
    if (agreed && error->status == TOKUSAGE_ERR_RANGE) { /* what would be filled in is out of range */
        *error = error_of(TOKUSAGE_OK, NONE, 0, 0);
        return TOKUSAGE_CONSISTENT;
    }
    if (assume(usage, error)) {
        *error = error_of(TOKUSAGE_OK, NONE, 0, 0);
        return TOKUSAGE_ASSUMED;
    }
    if (error->status != TOKUSAGE_OK) {
        return TOKUSAGE_CONTRADICTORY;
    }
    *usage = copy;
    return agreed ? TOKUSAGE_CONSISTENT : TOKUSAGE_RECONCILED;
}
