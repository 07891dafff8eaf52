/* From a usage object's members to the thirteen counts; see fields.h. */
#include "fields.h"

/* How a column counts. */
enum kind {
    PLAIN,    /* as it is */
    INCLUDED, /* unless the next column is separate */
    SEPARATE, /* and it is added to the whole; if it is starred and included, it comes after the column before it */
    ADDED,    /* to the whole, too */
    UNUSED    /* only in the sum that tokusage_fields_end makes */
};

/* Each column: the count that it is, or a part of; how it counts; the whole to which it is added. */
static const struct column {
    uint8_t count, kind, whole;
} columns_of[TOKUSAGE_COLUMNS] = {
    [COLUMN_INPUT] = {TOKUSAGE_PROMPT, PLAIN, 0},
    [COLUMN_TOOLS] = {TOKUSAGE_PROMPT, PLAIN, 0},
    [COLUMN_OUTPUT] = {TOKUSAGE_COMPLETION, PLAIN, 0},
    [COLUMN_TOTAL] = {TOKUSAGE_TOTAL, PLAIN, 0},
    [COLUMN_CACHED] = {TOKUSAGE_CACHED, INCLUDED, 0},
    [COLUMN_CACHED_SEPARATE] = {TOKUSAGE_CACHED, SEPARATE, TOKUSAGE_PROMPT},
    [COLUMN_WRITTEN] = {TOKUSAGE_CACHE_WRITE, INCLUDED, 0},
    [COLUMN_WRITTEN_SEPARATE] = {TOKUSAGE_CACHE_WRITE, SEPARATE, TOKUSAGE_PROMPT},
    [COLUMN_REASONING] = {TOKUSAGE_REASONING, INCLUDED, 0},
    [COLUMN_REASONING_SEPARATE] = {TOKUSAGE_REASONING, SEPARATE, TOKUSAGE_COMPLETION},
    [COLUMN_WRITTEN_1H] = {TOKUSAGE_CACHE_WRITE_1H, PLAIN, 0},
    [COLUMN_WRITTEN_5M] = {TOKUSAGE_CACHE_WRITE, UNUSED, 0},
    [COLUMN_INPUT_AUDIO] = {TOKUSAGE_PROMPT_AUDIO, PLAIN, 0},
    [COLUMN_INPUT_IMAGE] = {TOKUSAGE_PROMPT_IMAGE, PLAIN, 0},
    [COLUMN_TOOLS_AUDIO] = {TOKUSAGE_PROMPT_AUDIO, PLAIN, 0},
    [COLUMN_TOOLS_IMAGE] = {TOKUSAGE_PROMPT_IMAGE, PLAIN, 0},
    [COLUMN_CACHED_AUDIO] = {TOKUSAGE_CACHED_AUDIO, PLAIN, 0},
    [COLUMN_CACHED_IMAGE] = {TOKUSAGE_CACHED_IMAGE, PLAIN, 0},
    [COLUMN_OUTPUT_AUDIO] = {TOKUSAGE_COMPLETION_AUDIO, PLAIN, 0},
    [COLUMN_OUTPUT_IMAGE] = {TOKUSAGE_COMPLETION_IMAGE, PLAIN, 0},
    [COLUMN_COMPACTION_INPUT] = {TOKUSAGE_PROMPT, PLAIN, 0},
    [COLUMN_COMPACTION_OUTPUT] = {TOKUSAGE_COMPLETION, PLAIN, 0},
    [COLUMN_COMPACTION_CACHED] = {TOKUSAGE_CACHED, ADDED, TOKUSAGE_PROMPT},
    [COLUMN_COMPACTION_WRITTEN] = {TOKUSAGE_CACHE_WRITE, ADDED, TOKUSAGE_PROMPT},
};

#define BIT(column) (UINT32_C(1) << (column))

static bool has(const tokusage_columns *columns, unsigned column) {
    return (columns->present >> column & 1) != 0;
}

static void set(tokusage_columns *columns, unsigned column, tokusage_key key, int64_t value) {
    columns->value[column] = value;
    columns->key[column] = key;
    columns->present |= BIT(column);
}

static void drop(tokusage_columns *columns, unsigned column) {
    columns->present &= ~BIT(column);
}

void tokusage_fields_begin(tokusage_fields *fields) {
    fields->columns.present = 0;
    fields->columns.status = TOKUSAGE_OK;
    fields->columns.included = false;
    fields->columns.billed = false;
    memset(fields->seen, 0, sizeof fields->seen);
}

/* ---- members */

/* The first thing that is wrong gives the object its status. */
void tokusage_fields_refuse(tokusage_fields *fields, tokusage_status status, size_t member) {
    if (fields->columns.status == TOKUSAGE_OK) {
        fields->columns.status = (uint8_t)status;
        fields->columns.member = (uint8_t)member;
    }
}

/* Of the names of a column the first one in the table is used. Numbers of elements, which have one name, add up. */
static void take(tokusage_fields *fields, unsigned column, tokusage_key key, int64_t value) {
    tokusage_columns *const columns = &fields->columns;
    if (!has(columns, column) || key < columns->key[column]) {
        set(columns, column, key, value);
    } else if (key == columns->key[column]) {
        columns->value[column] += value;
        if (columns->value[column] > TOKUSAGE_COUNT_MAX) {
            columns->value[column] = 0;
            tokusage_fields_refuse(fields, TOKUSAGE_ERR_RANGE, columns_of[column].count);
        }
    }
}

/* Whether the name had a value before. */
static bool is_second(tokusage_fields *fields, tokusage_key key) {
    uint8_t *const byte = &fields->seen[key / 8];
    const unsigned bit = 1U << key % 8;
    const bool second = (*byte & bit) != 0;
    *byte = (uint8_t)(*byte | bit);
    return second;
}

/* A number of an element waits for the element's end. */
static void hold(tokusage_fields *fields, tokusage_key key, tokusage_status status, int64_t value) {
    const unsigned column = tokusage_name_of(key)->target;
    const unsigned i = column >= COLUMN_COMPACTION_INPUT ? column - COLUMN_COMPACTION_INPUT : 0;
    if (status == TOKUSAGE_OK && fields->key[i] != 0) {
        status = TOKUSAGE_ERR_DUPLICATE;
    }
    if (status == TOKUSAGE_OK) {
        fields->key[i] = key;
        fields->number[i] = value;
    } else if (fields->wrong == 0) {
        fields->wrong = key;
        fields->status = (uint8_t)status;
    }
}

void tokusage_fields_count(tokusage_fields *fields, tokusage_key key, tokusage_status status, int64_t value) {
    const tokusage_name *const name = tokusage_name_of(key);
    if (name->role == ROLE_NUMBER) {
        hold(fields, key, status, value);
        return;
    }
    if (status == TOKUSAGE_OK && is_second(fields, key)) {
        status = TOKUSAGE_ERR_DUPLICATE;
    }
    if (status != TOKUSAGE_OK) {
        tokusage_fields_refuse(fields, status, columns_of[name->target].count);
        return;
    }
    fields->columns.included = fields->columns.included || key == KEY_USAGE_prompt_tokens;
    fields->columns.billed = fields->columns.billed || name->node == NODE_BILLED_UNITS;
    take(fields, name->target, key, value);
}

void tokusage_fields_tag(tokusage_fields *fields, tokusage_key key, const char *string, size_t length) {
    static const struct {
        const char *text;
        uint8_t kind, tag; /* 1: its numbers count; 2: those of images, in the next column */
    } tags[] = {{"AUDIO", TAG_MODALITY, 1}, {"audio", TAG_MODALITY, 1}, {"IMAGE", TAG_MODALITY, 2},
                {"image", TAG_MODALITY, 2}, {"1h", TAG_TTL, 1},         {"compaction", TAG_TYPE, 1}};
    if (fields->tag != 0) {
        return;
    }
    fields->tag = UINT8_MAX; /* another one */
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (tags[i].kind == tokusage_name_of(key)->target && strlen(tags[i].text) == length &&
            memcmp(tags[i].text, string, length) == 0) {
            fields->tag = tags[i].tag;
        }
    }
}

void tokusage_fields_open(tokusage_fields *fields, tokusage_node node) {
    if (node == NODE_INPUT_TOKENS_DETAILS) {
        fields->columns.included = true;
    } else if (tokusage_node_is_element(node)) {
        memset(fields->key, 0, sizeof fields->key);
        fields->wrong = 0;
        fields->tag = 0;
    }
}

/* The column of a number of the element: the tag moves those of images to the next one. */
static unsigned column_of(const tokusage_fields *fields, tokusage_key key) {
    return tokusage_name_of(key)->target + fields->tag - 1U;
}

bool tokusage_fields_element_counts(const tokusage_fields *fields) {
    unsigned any = fields->wrong;
    for (unsigned i = 0; i < ELEMENT_NUMBERS; i++) {
        any |= fields->key[i];
    }
    return any != 0 && (fields->tag == 1 || fields->tag == 2);
}

bool tokusage_fields_close(tokusage_fields *fields, tokusage_node node) {
    if (!tokusage_node_is_element(node) || !tokusage_fields_element_counts(fields)) {
        return false;
    }
    if (fields->wrong != 0) {
        tokusage_fields_refuse(fields, (tokusage_status)fields->status,
                               columns_of[column_of(fields, fields->wrong)].count);
    }
    for (unsigned i = 0; i < ELEMENT_NUMBERS; i++) {
        if (fields->key[i] != 0) {
            take(fields, column_of(fields, fields->key[i]), fields->key[i], fields->number[i]);
        }
    }
    return true;
}

/* Anthropic's two parts of what was written stand for their sum where that is missing. */
static void sum_creation(tokusage_columns *columns) {
    const bool known = has(columns, COLUMN_WRITTEN) || has(columns, COLUMN_WRITTEN_SEPARATE);
    if (has(columns, COLUMN_WRITTEN_5M) && !known) {
        const bool hour = has(columns, COLUMN_WRITTEN_1H) &&
                          columns->key[COLUMN_WRITTEN_1H] == KEY_CACHE_CREATION_ephemeral_1h_input_tokens;
        set(columns, COLUMN_WRITTEN_SEPARATE, KEY_USAGE_cache_creation_input_tokens,
            columns->value[COLUMN_WRITTEN_5M] + (hour ? columns->value[COLUMN_WRITTEN_1H] : 0));
    }
}

void tokusage_fields_end(tokusage_fields *fields) {
    tokusage_columns *const columns = &fields->columns;
    sum_creation(columns);
    const tokusage_key cached = has(columns, COLUMN_CACHED) ? columns->key[COLUMN_CACHED] : 0;
    if (columns->billed && (cached == KEY_USAGE_cached_tokens || cached == KEY_META_cached_tokens)) {
        drop(columns, COLUMN_CACHED);
    }
}

/* ---- columns */

bool tokusage_columns_matter(const tokusage_columns *columns) {
    unsigned i = 0;
    while (i < TOKUSAGE_COLUMNS && !(has(columns, i) && columns->value[i] > 0)) {
        i++;
    }
    return i < TOKUSAGE_COLUMNS || columns->status != TOKUSAGE_OK;
}

void tokusage_columns_replace(tokusage_columns *earlier, const tokusage_columns *later) {
    earlier->present = 0;
    earlier->status = TOKUSAGE_OK;
    earlier->included = false;
    tokusage_columns_merge(earlier, later);
}

void tokusage_columns_merge(tokusage_columns *earlier, const tokusage_columns *later) {
    if (earlier->status == TOKUSAGE_OK) {
        earlier->status = later->status;
        earlier->member = later->member;
    }
    earlier->included = earlier->included || later->included;
    for (unsigned i = 0; later->present >> i != 0; i++) {
        if (has(later, i) && (later->value[i] > 0 || !has(earlier, i))) {
            set(earlier, i, later->key[i], later->value[i]);
        }
    }
}

/* ---- counts */

/* At most seven values within 2^53-1 are added, so no sum overflows. */
static void add(tokusage *usage, size_t count, int64_t value) {
    tokusage_count *const to = tokusage_count_of(usage, count);
    *to = (tokusage_count){.present = true, .value = (to->present ? to->value : 0) + value};
}

/* Whether a column of kind SEPARATE is: the names that both kinds of providers use may be included, too. */
static bool is_separate(const tokusage_columns *columns, unsigned column) {
    const tokusage_key key = has(columns, column) ? columns->key[column] : 0;
    const bool starred = key == KEY_USAGE_cache_read_input_tokens || key == KEY_USAGE_cache_creation_input_tokens;
    return key != 0 && !(columns->included && starred);
}

/* Of an included and a separate number of one count the separate one is used. */
static bool is_used(const tokusage_columns *columns, unsigned column) {
    switch (columns_of[column].kind) {
    case INCLUDED:
        return !is_separate(columns, column + 1);
    case SEPARATE:
        return is_separate(columns, column) || !has(columns, column - 1);
    default:
        return columns_of[column].kind != UNUSED;
    }
}

tokusage_status tokusage_columns_usage(const tokusage_columns *columns, tokusage *usage, tokusage_error *error) {
    if (columns->status != TOKUSAGE_OK) {
        return tokusage_fail(error, (tokusage_status)columns->status, columns->member);
    }
    tokusage sums;
    memset(&sums, 0, sizeof sums);
    for (unsigned i = 0; i < TOKUSAGE_COLUMNS; i++) {
        const struct column *const column = &columns_of[i];
        if (has(columns, i) && is_used(columns, i)) {
            add(&sums, column->count, columns->value[i]);
            if (column->kind == ADDED || (column->kind == SEPARATE && is_separate(columns, i))) {
                add(&sums, column->whole, columns->value[i]);
            }
        }
    }
    const tokusage_status status = tokusage_check_range(&sums, error);
    if (status == TOKUSAGE_OK) {
        *usage = sums;
    }
    return status;
}
