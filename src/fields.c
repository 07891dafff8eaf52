/* From a usage object's members to the counts; see fields.h. */
#include "fields.h"

#define COUNT(column, count) [COLUMN_##column] = TOKUSAGE_##count,
static const uint8_t count_of[TOKUSAGE_COLUMNS] = {TOKUSAGE_EACH_COLUMN(COUNT)};

#define BIT(column) (UINT32_C(1) << (column))

/* Columns that are separate, if their names are; the column before each is the included one of the same count. */
#define SEPARATE (BIT(COLUMN_CACHED_SEPARATE) | BIT(COLUMN_WRITTEN_SEPARATE) | BIT(COLUMN_REASONING_SEPARATE))
/* Columns that are always added to their whole. */
#define ADDED (BIT(COLUMN_COMPACTION_CACHED) | BIT(COLUMN_COMPACTION_WRITTEN))

static bool has(const tokusage_columns *columns, unsigned column) {
    return (columns->present & BIT(column)) != 0;
}

/* The bit of a column if this name has given it its value, else 0. */
static uint32_t bit_of_key(const tokusage_columns *columns, unsigned column, tokusage_key key) {
    return has(columns, column) && columns->key[column] == key ? BIT(column) : 0;
}

static void set(tokusage_columns *columns, unsigned column, tokusage_key key, int64_t value) {
    columns->value[column] = value;
    columns->key[column] = key;
    columns->present |= BIT(column);
}

void tokusage_fields_begin(tokusage_fields *fields) {
    tokusage_columns_begin(&fields->columns);
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
            tokusage_fields_refuse(fields, TOKUSAGE_ERR_RANGE, count_of[column]);
        }
    }
}

static bool has_value(const tokusage_fields *fields, tokusage_key key) {
    return tokusage_has_bit(fields->seen[key / 32], key % 32);
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
    if (status == TOKUSAGE_OK && has_value(fields, key)) {
        status = TOKUSAGE_ERR_DUPLICATE;
    }
    if (status != TOKUSAGE_OK) {
        tokusage_fields_refuse(fields, status, count_of[name->target]);
        return;
    }
    fields->seen[key / 32] |= UINT32_C(1) << key % 32;
    take(fields, name->target, key, value);
}

#define TAG(text, set, column) {text, TAG_##set, column},
static const struct {
    const char *text;
    uint8_t set, tag;
} tags[] = {TOKUSAGE_EACH_TAG(TAG)};

void tokusage_fields_tag(tokusage_fields *fields, tokusage_key key, const char *string, size_t length) {
    if (fields->tag != 0) {
        return;
    }
    fields->tag = ANOTHER_TAG;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if ((tags[i].set & tokusage_name_of(key)->target) != 0 && strlen(tags[i].text) == length &&
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

/* The column of a number of the element: the tag may move it to one of the next. */
static unsigned column_of(const tokusage_fields *fields, tokusage_key key) {
    return (unsigned)tokusage_name_of(key)->target + fields->tag - 1U;
}

bool tokusage_fields_element_counts(const tokusage_fields *fields) {
    unsigned any = fields->wrong;
    for (unsigned i = 0; i < ELEMENT_NUMBERS; i++) {
        any |= fields->key[i];
    }
    return any != 0 && fields->tag != 0 && fields->tag != ANOTHER_TAG;
}

bool tokusage_fields_close(tokusage_fields *fields, tokusage_node node) {
    if (!tokusage_node_is_element(node) || !tokusage_fields_element_counts(fields)) {
        return false;
    }
    if (fields->wrong != 0) {
        tokusage_fields_refuse(fields, (tokusage_status)fields->status, count_of[column_of(fields, fields->wrong)]);
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
    columns->present &= ~BIT(COLUMN_WRITTEN_5M);
    columns->included = columns->included || has_value(fields, KEY_USAGE_prompt_tokens);
    if (has_value(fields, KEY_BILLED_UNITS_input_tokens) || has_value(fields, KEY_BILLED_UNITS_output_tokens)) {
        columns->present &= ~(bit_of_key(columns, COLUMN_CACHED, KEY_USAGE_cached_tokens) |
                              bit_of_key(columns, COLUMN_CACHED, KEY_META_cached_tokens));
    }
}

/* ---- columns */

bool tokusage_columns_matter(const tokusage_columns *columns) {
    uint32_t left = columns->present;
    while (left != 0 && columns->value[tokusage_lowest_bit(left)] == 0) {
        left &= left - 1;
    }
    return left != 0 || columns->status != TOKUSAGE_OK;
}

void tokusage_columns_merge(tokusage_columns *earlier, const tokusage_columns *later) {
    if (earlier->status == TOKUSAGE_OK) {
        earlier->status = later->status;
        earlier->member = later->member;
    }
    earlier->included = earlier->included || later->included;
    for (uint32_t left = later->present; left != 0; left &= left - 1) {
        const unsigned i = tokusage_lowest_bit(left);
        if (later->value[i] > 0 || !has(earlier, i)) {
            set(earlier, i, later->key[i], later->value[i]);
        }
    }
}

/* ---- counts */

/* At most seven values within 2^53-1 are added, so no sum overflows. */
static void add(tokusage *usage, size_t count, int64_t value) {
    tokusage_count *const to = tokusage_count_of(usage, count);
    to->value += value;
    to->present = true;
}

/* Which columns are separate. The names that both kinds of providers use may be included, too. */
static uint32_t separate_columns(const tokusage_columns *columns) {
    uint32_t starred = 0;
    if (columns->included) {
        starred = bit_of_key(columns, COLUMN_CACHED_SEPARATE, KEY_USAGE_cache_read_input_tokens) |
                  bit_of_key(columns, COLUMN_WRITTEN_SEPARATE, KEY_USAGE_cache_creation_input_tokens);
    }
    return columns->present & SEPARATE & ~starred;
}

/* Of an included and a separate column of one count the separate one is used; if it is not separate, the other one. */
static uint32_t used_columns(const tokusage_columns *columns, uint32_t separate) {
    const uint32_t not_separate = columns->present & SEPARATE & ~separate;
    return columns->present & ~(separate >> 1) & ~(not_separate & columns->present << 1);
}

/* In parts that compilers clear with wide registers: the whole at once is a slow instruction on x86-64. */
static void clear(tokusage *usage) {
    const size_t part = TOKUSAGE_SMALL ? TOKUSAGE_COUNTS : 5;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i += part) {
        const size_t left = TOKUSAGE_COUNTS - i;
        memset(tokusage_count_of(usage, i), 0, (left < part ? left : part) * sizeof(tokusage_count));
    }
}

/* Returns bits that no value is larger than. */
static int64_t add_columns(tokusage *usage, const tokusage_columns *columns, uint32_t used, uint32_t added) {
    int64_t bits = 0;
    for (; used != 0; used &= used - 1) {
        const unsigned i = tokusage_lowest_bit(used);
        bits |= columns->value[i];
        add(usage, count_of[i], columns->value[i]);
        if (tokusage_has_bit(added, i)) {
            add(usage, count_of[i] == TOKUSAGE_REASONING ? TOKUSAGE_COMPLETION : TOKUSAGE_PROMPT, columns->value[i]);
        }
    }
    return bits;
}

tokusage_status tokusage_columns_usage(const tokusage_columns *columns, tokusage *usage, tokusage_error *error) {
    if (columns->status != TOKUSAGE_OK) {
        return tokusage_fail(error, (tokusage_status)columns->status, columns->member);
    }
    const uint32_t separate = separate_columns(columns);
    tokusage sums;
    clear(&sums);
    const int64_t bits = add_columns(&sums, columns, used_columns(columns, separate), separate | ADDED);
    if (bits > TOKUSAGE_COUNT_MAX / 8 && tokusage_check_range(&sums, error) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    *usage = sums;
    return tokusage_succeed(error);
}
