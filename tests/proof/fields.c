/*
 * The table of names, and the way from columns to counts: any name in any object, any member, any values. What holds
 * of a usage object between two members is said by `any_fields`, and each step is shown to keep it (`between`).
 */
#include "../../src/fields.c"

#include "proof.h"

enum {
    LONGEST = 34
};

static char room[LONGEST];

/* The keys of a column: the first and the last. Keys of one column follow each other. */
static uint8_t first_key[TOKUSAGE_COLUMNS + 1], last_key[TOKUSAGE_COLUMNS + 1];

static bool is_number(unsigned role) {
    return role == ROLE_COUNT || role == ROLE_NUMBER;
}

static void note_key(unsigned key, unsigned column) {
    first_key[column] = first_key[column] == 0 ? (uint8_t)key : first_key[column];
    last_key[column] = (uint8_t)key;
}

static void note_keys(void) {
    /*@ loop unroll 300; */
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        const tokusage_name *const name = tokusage_name_of((tokusage_key)key);
        if (is_number(name->role)) {
            note_key(key, name->target);
        }
        if (name->role == ROLE_NUMBER && name->target < COLUMN_COMPACTION_INPUT) {
            note_key(key, name->target + 1U); /* images */
        }
    }
}

static void find_any(size_t length) {
    char *const name = room + (LONGEST - length);
    any_bytes(name, length);
    const tokusage_key key =
        tokusage_name_find((tokusage_node)Frama_C_unsigned_int_interval(NODE_NONE, NODE_ITERATIONS), name, length);
    if (key > TOKUSAGE_KEYS) {
        broken();
    }
}

/* No value is above `most`: that of a count; at the end of the object, where two are added, twice that. */
static void between(const tokusage_fields *fields, int64_t most) {
    /*@ loop unroll 30; */
    for (size_t i = 0; i < TOKUSAGE_COLUMNS; i++) {
        if (fields->columns.value[i] < 0 || fields->columns.value[i] > most) {
            broken();
        }
    }
    if (fields->columns.status > TOKUSAGE_ERR_DUPLICATE || fields->columns.member > TOKUSAGE_NO_MEMBER) {
        broken();
    }
}

/* Which columns are present is known; the others have any value, which is not read. */
static tokusage_fields any_fields(uint32_t present) {
    tokusage_fields fields;
    /*@ loop unroll 30; */
    for (size_t i = 0; i < TOKUSAGE_COLUMNS; i++) {
        fields.columns.value[i] = Frama_C_long_long_interval(0, TOKUSAGE_COUNT_MAX);
        fields.columns.key[i] = (tokusage_key)Frama_C_unsigned_int_interval(first_key[i], last_key[i]);
    }
    fields.columns.present = present;
    fields.columns.status = (uint8_t)Frama_C_unsigned_int_interval(TOKUSAGE_OK, TOKUSAGE_ERR_DUPLICATE);
    fields.columns.member = (uint8_t)Frama_C_unsigned_int_interval(0, TOKUSAGE_NO_MEMBER);
    fields.columns.included = Frama_C_interval(0, 1) != 0;
    /*@ loop unroll 30; */
    for (size_t i = 0; i < sizeof fields.seen / sizeof *fields.seen; i++) {
        fields.seen[i] = Frama_C_unsigned_int_interval(0, UINT32_MAX);
    }
    /*@ loop unroll 4; */
    for (size_t i = 0; i < ELEMENT_NUMBERS; i++) {
        fields.key[i] = 0;
        fields.number[i] = Frama_C_long_long_interval(0, TOKUSAGE_COUNT_MAX);
    }
    fields.wrong = 0;
    fields.status = TOKUSAGE_OK;
    fields.tag = 0;
    return fields;
}

static void take_any(tokusage_fields fields, unsigned key) {
    const tokusage_status status = (tokusage_status)Frama_C_unsigned_int_interval(TOKUSAGE_OK, TOKUSAGE_ERR_RANGE);
    tokusage_fields_count(&fields, (tokusage_key)key, status, Frama_C_long_long_interval(0, TOKUSAGE_COUNT_MAX));
    between(&fields, TOKUSAGE_COUNT_MAX);
}

/* An element with this number, and any tag. */
static void take_element(tokusage_fields fields, unsigned key, unsigned tag) {
    const tokusage_node node = (tokusage_node)tokusage_name_of((tokusage_key)key)->node;
    tokusage_fields_open(&fields, node);
    fields.tag = (uint8_t)tag;
    tokusage_fields_count(&fields, (tokusage_key)key, TOKUSAGE_OK, Frama_C_long_long_interval(0, TOKUSAGE_COUNT_MAX));
    (void)tokusage_fields_close(&fields, node);
    between(&fields, TOKUSAGE_COUNT_MAX);
}

static void say(tokusage_fields fields, unsigned key) {
    any_bytes(room, LONGEST);
    /*@ loop unroll 40; */
    for (size_t length = 0; length <= LONGEST; length++) {
        tokusage_fields said = fields;
        tokusage_fields_tag(&said, (tokusage_key)key, room + (LONGEST - length), length);
        between(&said, TOKUSAGE_COUNT_MAX);
    }
}

static void end(tokusage_fields fields, tokusage_fields before) {
    tokusage usage;
    tokusage_error error;
    tokusage_fields_end(&fields);
    between(&fields, 2 * TOKUSAGE_COUNT_MAX);
    (void)tokusage_columns_matter(&fields.columns);
    /*@ loop unroll 30; */
    for (size_t i = 0; i < TOKUSAGE_COLUMNS; i++) {
        before.columns.value[i] = Frama_C_long_long_interval(0, 2 * TOKUSAGE_COUNT_MAX);
    }
    tokusage_columns_merge(&before.columns, &fields.columns);
    between(&before, 2 * TOKUSAGE_COUNT_MAX);
    (void)tokusage_columns_usage(&before.columns, &usage, &error);
}

int main(void) {
    note_keys();
    /*@ loop unroll 40; */
    for (size_t length = 0; length <= LONGEST; length++) {
        find_any(length);
    }
    /* Each column is looked at by itself, except those that are added to one count, or that others stand for. */
    const tokusage_fields none = any_fields(0), all = any_fields((UINT32_C(1) << TOKUSAGE_COLUMNS) - 1);
    const tokusage_fields prompt =
        any_fields(BIT(COLUMN_INPUT) | BIT(COLUMN_TOOLS) | BIT(COLUMN_CACHED_SEPARATE) | BIT(COLUMN_WRITTEN_SEPARATE) |
                   BIT(COLUMN_COMPACTION_INPUT) | BIT(COLUMN_COMPACTION_CACHED) | BIT(COLUMN_COMPACTION_WRITTEN));
    const tokusage_fields cached = any_fields(BIT(COLUMN_CACHED) | BIT(COLUMN_CACHED_SEPARATE));
    const tokusage_fields written = any_fields(BIT(COLUMN_WRITTEN_5M) | BIT(COLUMN_WRITTEN_1H));
    const tokusage_fields reasoning = any_fields(BIT(COLUMN_REASONING) | BIT(COLUMN_REASONING_SEPARATE));
    end(none, none);
    end(prompt, none);
    end(cached, none);
    end(written, prompt);
    end(reasoning, cached);
    /*@ loop unroll 30; */
    for (unsigned i = 0; i < TOKUSAGE_COLUMNS; i++) {
        end(any_fields(UINT32_C(1) << i), none);
    }
    /*@ loop unroll 300; */
    for (unsigned key = 1; key <= TOKUSAGE_KEYS; key++) {
        const unsigned role = tokusage_name_of((tokusage_key)key)->role;
        if (is_number(role)) {
            take_any(none, key);
            take_any(all, key);
        }
        if (role == ROLE_NUMBER) {
            take_element(none, key, 1);
            take_element(all, key, tokusage_name_of((tokusage_key)key)->target < COLUMN_COMPACTION_INPUT ? 2 : 1);
        } else if (role == ROLE_TAG) {
            say(none, key);
        }
    }
    return 0;
}
