/* What usage objects say; see model.h. */
#include "model.h"

#include <string.h>

static bool begins(const char *word, const char *with) {
    return strncmp(word, with, strlen(with)) == 0;
}

static bool is(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

/* ------------------------------------------------------------------------------------------------------- columns */

/* Where a column is, or where it would be. */
static size_t find(const model *in, const char *column) {
    size_t i = 0;
    while (i < in->count && !is(in->columns[i].row->column, column)) {
        i++;
    }
    return i;
}

static int64_t value_of(const model *in, const char *column) {
    const size_t i = find(in, column);
    return i < in->count ? in->columns[i].value : ABSENT;
}

static void set(model *to, const name_row *row, int64_t value) {
    const size_t i = find(to, row->column);
    assert_true(i < MODEL_COLUMNS);
    to->columns[i].row = row;
    to->columns[i].value = value;
    to->count += i == to->count;
}

void model_add(model *to, const name_row *row, int64_t value) {
    const size_t i = find(to, row->column);
    to->included = to->included || is(row->path, "prompt_tokens") || begins(row->path, "input_tokens_details/");
    to->billed = to->billed || begins(row->path, "billed_units/");
    if (i == to->count || row->order < to->columns[i].row->order) {
        set(to, row, value);
    }
}

static const name_row *row_of(const char *path) {
    size_t count = 0;
    const name_row *const rows = name_rows(&count);
    size_t i = 0;
    while (i < count && !is(rows[i].path, path)) {
        i++;
    }
    assert_true(i < count);
    return &rows[i];
}

/* The two parts of what was written to the cache stand for their sum where no name says it. */
static void add_sum(model *to) {
    const int64_t minutes = value_of(to, "cache_write_5m");
    const size_t hour = find(to, "cache_write_1h");
    const bool same = hour < to->count && begins(to->columns[hour].row->path, "cache_creation/");
    if (minutes != ABSENT && value_of(to, "cache_write") == ABSENT && value_of(to, "cache_write_separate") == ABSENT) {
        set(to, row_of("cache_creation_input_tokens"), minutes + (same ? to->columns[hour].value : 0));
    }
}

void model_end(model *to) {
    add_sum(to);
    const size_t cached = find(to, "cached");
    if (to->billed && cached < to->count && is(to->columns[cached].row->path, "cached_tokens")) {
        to->columns[cached] = to->columns[--to->count];
    }
}

void model_merge(model *earlier, const model *later) {
    earlier->included = earlier->included || later->included;
    for (size_t i = 0; i < later->count; i++) {
        const name_row *const row = later->columns[i].row;
        if (later->columns[i].value > 0 || value_of(earlier, row->column) == ABSENT) {
            set(earlier, row, later->columns[i].value);
        }
    }
}

/* -------------------------------------------------------------------------------------------------------- counts */

static void add_to(tokusage *usage, const char *field, int64_t value) {
    size_t i = 0;
    while (!is(tokusage_count_name(i), field)) {
        i++;
    }
    tokusage_count *const count = tokusage_count_at(usage, i);
    *count = (tokusage_count){true, (count->present ? count->value : 0) + value};
}

static bool is_separate(const model *of, const name_row *row) {
    return is(row->how, "separate") || (is(row->how, "starred") && !of->included);
}

/* The whole of a separate part. */
static const char *whole_of(const name_row *row) {
    return is(row->field, "reasoning_tokens") ? "completion_tokens" : "prompt_tokens";
}

/* Whether a name of the count is used that is separate; the compaction's are added to either. */
static bool has_separate(const model *of, const char *field) {
    for (size_t i = 0; i < of->count; i++) {
        const name_row *const row = of->columns[i].row;
        if (is(row->field, field) && is_separate(of, row) && !begins(row->column, "compaction")) {
            return true;
        }
    }
    return false;
}

/* Whether the column says nothing, because another one of the same count does. */
static bool is_passed_over(const model *of, const name_row *row) {
    if (is(row->how, "included")) {
        return has_separate(of, row->field);
    }
    /* A starred name that is included comes after the others. */
    return is(row->how, "starred") && of->included &&
           value_of(of, is(row->field, "cached_tokens") ? "cached" : "cache_write") != ABSENT;
}

tokusage model_usage(const model *of) {
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    for (size_t i = 0; i < of->count; i++) {
        const name_row *const row = of->columns[i].row;
        if (is(row->how, "five_minutes") || is_passed_over(of, row)) {
            continue;
        }
        add_to(&usage, row->field, of->columns[i].value);
        if (is_separate(of, row)) {
            add_to(&usage, whole_of(row), of->columns[i].value);
        }
    }
    return usage;
}
