/* What the counts say; see reference.h. */
#include "reference.h"

#include <string.h>

#include "rows.h"

/* The value, or -1; and 0 for an absent one. */
static int64_t get(tokusage_count count) {
    return count.present ? count.value : -1;
}

static int64_t or_0(tokusage_count count) {
    return count.present ? count.value : 0;
}

static tokusage_count with(int64_t value) {
    return (tokusage_count){true, value};
}

static tokusage_error error_of(tokusage_status status, const char *member, int64_t expected, int64_t actual) {
    return (tokusage_error){status, member, 0, expected, actual};
}

static int64_t sum_of_parts(tokusage *usage, const part_row *row) {
    int64_t sum = 0;
    for (size_t i = 0; i < row->parts; i++) {
        sum += or_0(*tokusage_count_at(usage, row->part[i]));
    }
    return sum;
}

/* The name of the first part that is present. */
static const char *first_part(tokusage *usage, const part_row *row) {
    size_t i = 0;
    while (!tokusage_count_at(usage, row->part[i])->present) {
        i++;
    }
    return tokusage_count_name(row->part[i]);
}

tokusage_error reference_validate(const tokusage *u) {
    tokusage copy = *u;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count count = *tokusage_count_at(&copy, i);
        if (count.present && (count.value < 0 || count.value > TOKUSAGE_COUNT_MAX)) {
            return error_of(TOKUSAGE_ERR_RANGE, tokusage_count_name(i), 0, 0);
        }
    }
    const int64_t sum = or_0(u->prompt_tokens) + or_0(u->completion_tokens), total = get(u->total_tokens);
    const bool both = u->prompt_tokens.present && u->completion_tokens.present;
    if (total >= 0 && (both ? sum != total : sum > total)) {
        return error_of(TOKUSAGE_ERR_TOTAL, "total_tokens", sum, total);
    }
    size_t rows = 0;
    const part_row *row = part_rows(&rows);
    for (; rows > 0; rows--, row++) {
        const int64_t whole = get(*tokusage_count_at(&copy, row->whole)), said = sum_of_parts(&copy, row);
        if (whole >= 0 && said > whole) {
            return error_of(TOKUSAGE_ERR_PART, first_part(&copy, row), whole, said);
        }
    }
    return error_of(TOKUSAGE_OK, NULL, 0, 0);
}

tokusage_error reference_infer(tokusage *usage) {
    tokusage copy = *usage;
    const int64_t prompt = get(copy.prompt_tokens), completion = get(copy.completion_tokens);
    const int64_t total = get(copy.total_tokens);
    tokusage_error error = reference_validate(usage);
    if (error.status != TOKUSAGE_OK) {
        return error;
    }
    if (prompt < 0 && completion >= 0 && total >= 0) {
        copy.prompt_tokens = with(total - completion);
    } else if (prompt >= 0 && completion < 0 && total >= 0) {
        copy.completion_tokens = with(total - prompt);
    } else if (prompt >= 0 && completion >= 0 && total < 0) {
        copy.total_tokens = with(prompt + completion);
    }
    error = reference_validate(&copy);
    *usage = error.status == TOKUSAGE_OK ? copy : *usage;
    return error;
}

/* Lets the first rule that fits explain the difference of the total, or cached tokens that exceed the prompt. */
static void explain(tokusage *usage) {
    const int64_t cached = get(usage->cached_tokens), written = get(usage->cache_write_tokens);
    const int64_t reasoning = get(usage->reasoning_tokens), audio = get(usage->prompt_audio_tokens);
    const int64_t d = get(usage->total_tokens) - or_0(usage->prompt_tokens) - or_0(usage->completion_tokens);
    int64_t *prompt = &usage->prompt_tokens.value, *completion = &usage->completion_tokens.value;
    if (!usage->total_tokens.present && usage->prompt_tokens.present && cached > *prompt) {
        *prompt += cached;
    }
    if (!usage->total_tokens.present || !usage->prompt_tokens.present || !usage->completion_tokens.present) {
        return;
    }
    const bool both = cached > 0 && written > 0 && d == cached + written;
    if (d > 0 && d == reasoning) {
        *completion += d;
    } else if (d > 0 && (d == cached || d == written || both || d == audio)) {
        *prompt += d;
    } else if (reasoning > 0 && cached > 0 && d == reasoning + cached) {
        *prompt += cached;
        *completion += reasoning;
    } else if (reasoning > 0 && -d == reasoning && *completion + d >= reasoning) {
        *completion += d;
    }
}

tokusage_error reference_reconcile(tokusage *usage) {
    tokusage copy = *usage;
    tokusage_error error = reference_validate(usage);
    if (error.status == TOKUSAGE_ERR_RANGE) {
        return error;
    }
    explain(&copy);
    error = reference_infer(&copy);
    if (error.status == TOKUSAGE_ERR_RANGE) { /* that was too much */
        return reference_infer(usage);
    }
    *usage = error.status == TOKUSAGE_OK ? copy : *usage;
    return error;
}

/* Takes what no count explains as hidden reasoning, and a total alone as the prompt. False where neither fits. */
static bool assume(tokusage *usage, tokusage_status status) {
    tokusage copy = *usage, alone;
    const int64_t d = get(usage->total_tokens) - or_0(usage->prompt_tokens) - or_0(usage->completion_tokens);
    memset(&alone, 0, sizeof alone);
    alone.total_tokens = usage->total_tokens;
    if (alone.total_tokens.present && tokusage_equal(usage, &alone)) {
        copy.prompt_tokens = with(d);
        copy.completion_tokens = with(0);
    } else if (status == TOKUSAGE_ERR_TOTAL && d > 0 && !usage->reasoning_tokens.present) {
        copy.completion_tokens.value += d;
        copy.reasoning_tokens = with(d);
    } else {
        return false;
    }
    const bool fits = reference_validate(&copy).status == TOKUSAGE_OK;
    *usage = fits ? copy : *usage;
    return fits;
}

tokusage_verdict reference_settle(tokusage *usage, tokusage_error *error) {
    tokusage copy = *usage;
    const tokusage_error reported = *error = reference_validate(usage);
    if (reported.status == TOKUSAGE_ERR_RANGE) {
        return TOKUSAGE_INVALID;
    }
    *error = reference_reconcile(&copy);
    const bool assumed = assume(usage, error->status);
    if (assumed || error->status == TOKUSAGE_ERR_RANGE) { /* or what would be filled in is out of range */
        *error = error_of(TOKUSAGE_OK, NULL, 0, 0);
        return assumed ? TOKUSAGE_ASSUMED : TOKUSAGE_CONSISTENT;
    }
    if (error->status != TOKUSAGE_OK) {
        return TOKUSAGE_CONTRADICTORY;
    }
    *usage = copy;
    return reported.status == TOKUSAGE_OK ? TOKUSAGE_CONSISTENT : TOKUSAGE_RECONCILED;
}
