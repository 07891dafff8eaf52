/*
 * The one table of names: which member of which object is a place, a count, or something else that is read; and how the
 * slots of a usage object become the six counts. No text and no tree: `reading` and `cjson` bring the members here.
 */
#ifndef TOKUSAGE_SRC_MEMBERS_H
#define TOKUSAGE_SRC_MEMBERS_H

#include "small.h"
#include "usage.h"

#include <string.h>

/* The objects whose members have a meaning. */
typedef enum tokusage_node {
    NODE_NONE,
    NODE_ROOT, /* of a text */
    NODE_MESSAGE,
    NODE_RESPONSE,
    NODE_INTERACTION,
    NODE_DELTA,
    NODE_METADATA,
    NODE_X_GROQ,
    NODE_USAGE, /* a usage object, at any place */
    NODE_PROMPT_TOKENS_DETAILS,
    NODE_INPUT_TOKENS_DETAILS,
    NODE_PROMPT_TOKEN_DETAILS,
    NODE_COMPLETION_TOKENS_DETAILS,
    NODE_OUTPUT_TOKENS_DETAILS,
    NODE_TOKENS
} tokusage_node;

/* What a member is. */
typedef enum tokusage_role {
    ROLE_COUNT,  /* target: its slot */
    ROLE_OBJECT, /* target: its node */
    ROLE_PLACE,  /* target: its rank among the places, 0 the first */
    ROLE_MODEL,  /* target: its rank among the names of the model, 0 the first */
    ROLE_TYPE,   /* says by a string which event this is */
    ROLE_DONE    /* says by true that the response is done */
} tokusage_role;

/* Ranks of places; the root is the last place. */
enum {
    PLACE_MESSAGE = 2, /* "/message/usage" */
    PLACE_ROOT = 9,
    PLACE_NONE
};

/* The slots. Of all the names of a slot one member counts. */
typedef enum tokusage_slot {
    SLOT_INPUT,
    SLOT_OUTPUT,
    SLOT_TOTAL,
    SLOT_CACHED_WITHIN,
    SLOT_CACHED_BESIDE,
    SLOT_WRITTEN_WITHIN,
    SLOT_WRITTEN_BESIDE,
    SLOT_REASONING_WITHIN,
    SLOT_REASONING_BESIDE,
    SLOT_TOOLS_BESIDE,
    TOKUSAGE_SLOTS /* how many there are */
} tokusage_slot;

typedef struct tokusage_name {
    const char *text;
    uint8_t length;
    uint8_t node;   /* the object that it is a member of */
    uint8_t role;   /* what it is */
    uint8_t target; /* see tokusage_role */
} tokusage_name;

/* A name's number in the table, from 1 on; 0 is a name without a meaning. The counts come first. */
typedef uint8_t tokusage_key;

enum {
    KEY_COUNTS = 46,   /* the keys 1 to this one are counts: a bit for each fits a uint64_t */
    KEY_MESSAGE = 53,  /* the first of the objects in the root, in the order of their nodes ... */
    KEY_PLACE = 59,    /* ... the first of the places, in their order */
    TOKUSAGE_KEYS = 75 /* the last key */
};

/* The table, from key 1 on. Of the counts of one slot, the first that is there and not null counts. */
extern const tokusage_name tokusage_names[TOKUSAGE_KEYS];

static inline const tokusage_name *tokusage_name_of(tokusage_key key) {
    return &tokusage_names[key - 1];
}

#if TOKUSAGE_SMALL

/* The key of a name in an object; 0 when it has no meaning. */
tokusage_key tokusage_name_find(tokusage_node node, const char *name, size_t length);

#else

/*
 * The key of the name that has this hash, or 0. The factors of the hash were found by trying random ones until each row
 * had a hash of its own. A new row may need new factors; the tests look each row up.
 */
extern const tokusage_key tokusage_name_index[256];

static inline unsigned tokusage_name_hash(tokusage_node node, const char *name, size_t length) {
    const unsigned first = (unsigned char)name[0];
    const unsigned middle = (unsigned char)name[length / 2];
    const unsigned last = (unsigned char)name[length - 1];
    return ((unsigned)node * 20 + (unsigned)length * 207 + first * 133 + middle * 69 + last) / 4 % 256;
}

static inline bool tokusage_same_eight(const char *a, const char *b) {
    uint64_t eight[2];
    memcpy(&eight[0], a, 8);
    memcpy(&eight[1], b, 8);
    return eight[0] == eight[1];
}

/* memcmp for short names, without a call. The last eight bytes may overlap those before. */
static inline bool tokusage_same(const char *a, const char *b, size_t length) {
    if (length < 8) {
        return memcmp(a, b, length) == 0;
    }
    for (size_t i = 0; i + 8 < length; i += 8) {
        if (!tokusage_same_eight(a + i, b + i)) {
            return false;
        }
    }
    return tokusage_same_eight(a + length - 8, b + length - 8);
}

/* The key of a name in an object; 0 when it has no meaning. */
static inline tokusage_key tokusage_name_find(tokusage_node node, const char *name, size_t length) {
    const tokusage_key key = length > 0 ? tokusage_name_index[tokusage_name_hash(node, name, length)] : 0;
    if (key == 0) {
        return 0;
    }
    const tokusage_name *const row = tokusage_name_of(key);
    return row->length == length && row->node == node && tokusage_same(row->text, name, length) ? key : 0;
}

#endif

/* What a usage object says, by its slots. */
typedef struct tokusage_slots {
    int64_t value[TOKUSAGE_SLOTS]; /* 0 where the slot is absent */
    uint16_t present;              /* a bit for each slot */
    uint8_t status;                /* of the first member that is wrong (a tokusage_status); OK when none is */
    uint8_t member;                /* what that status is about (a number of usage.h) */
} tokusage_slots;

/* A usage object while its members are read. */
typedef struct tokusage_gather {
    tokusage_slots slots;
    uint64_t given;                    /* a bit for the key of each count that was there */
    tokusage_key from[TOKUSAGE_SLOTS]; /* the key of the member that gave the slot its value; 0: none */
    bool within;                       /* input_tokens_details is an object: the cache counts are inside the prompt */
} tokusage_gather;

void tokusage_gather_begin(tokusage_gather *gather);

/* Takes the next count, in the text's order: its value when status is OK, else what is wrong with it. A null: below. */
void tokusage_gather_count(tokusage_gather *gather, tokusage_key key, tokusage_status status, int64_t value);
void tokusage_gather_null(tokusage_gather *gather, tokusage_key key);

/* Notes that the member of this key, which may hold counts, is an object. */
void tokusage_gather_object(tokusage_gather *gather, tokusage_key key);

/* Says that the object has no more members. Now it is known whether its cache counts are inside the prompt. */
void tokusage_gather_end(tokusage_gather *gather);

/* Whether this is a report: it has a count, or something is wrong. */
bool tokusage_slots_any(const tokusage_slots *slots);

/*
 * Lays a later report over an earlier one: each slot that is present in the later one replaces that of the earlier one.
 * If one of the two is wrong, the result is wrong: a bad count must not become an absent one.
 */
void tokusage_slots_lay(tokusage_slots *earlier, const tokusage_slots *later);

/* Sets *usage to what the slots say. Fails with the status that they have, or with RANGE of a sum. */
tokusage_status tokusage_slots_usage(const tokusage_slots *slots, tokusage *usage, tokusage_error *error);

#endif
