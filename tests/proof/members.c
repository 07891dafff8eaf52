/*
 * The table of names, and the way from slots to counts: any name in any object, any member, any values. What holds
 * of a usage object between two members is said by `any_gather`, and each step is shown to keep it (`between`).
 */
#include "../../src/members.c"

#include "proof.h"

enum {
    LONGEST = 30
};

static char room[LONGEST];

/* The last key of each slot. */
static const uint8_t last_keys[TOKUSAGE_SLOTS] = {8, 17, 20, 29, 31, 36, 38, 42, 44, 46};

static void find_any(size_t length) {
    char *const name = room + (LONGEST - length);
    any_bytes(name, length);
    const tokusage_key key =
        tokusage_name_find((tokusage_node)Frama_C_unsigned_int_interval(NODE_NONE, NODE_TOKENS), name, length);
    if (key > TOKUSAGE_KEYS) {
        broken();
    }
}

static void between(const tokusage_gather *gather) {
    /*@ loop unroll 20; */
    for (size_t i = 0; i < TOKUSAGE_SLOTS; i++) {
        if (gather->from[i] > last_keys[i]) {
            broken();
        }
        if (gather->slots.value[i] < 0 || gather->slots.value[i] > TOKUSAGE_COUNT_MAX) {
            broken();
        }
    }
    if (has(&gather->slots, SLOT_CACHED_BESIDE) && gather->from[SLOT_CACHED_BESIDE] < 30) {
        broken();
    }
    if (has(&gather->slots, SLOT_WRITTEN_BESIDE) && gather->from[SLOT_WRITTEN_BESIDE] < 37) {
        broken();
    }
    if (gather->slots.status > TOKUSAGE_ERR_DUPLICATE || gather->slots.member > TOKUSAGE_NO_MEMBER) {
        broken();
    }
}

/* Which slots are present is known: with one beside the input it is known, too, that it comes from somewhere. */
static tokusage_gather any_gather(unsigned present) {
    tokusage_gather gather;
    /*@ loop unroll 20; */
    for (size_t i = 0; i < TOKUSAGE_SLOTS; i++) {
        gather.slots.value[i] = Frama_C_long_long_interval(0, TOKUSAGE_COUNT_MAX);
        gather.from[i] = (tokusage_key)Frama_C_unsigned_int_interval(0, last_keys[i]);
    }
    gather.slots.present = (uint16_t)present;
    if ((present >> SLOT_CACHED_BESIDE & 1) != 0) {
        gather.from[SLOT_CACHED_BESIDE] = (tokusage_key)Frama_C_unsigned_int_interval(30, 31);
    }
    if ((present >> SLOT_WRITTEN_BESIDE & 1) != 0) {
        gather.from[SLOT_WRITTEN_BESIDE] = (tokusage_key)Frama_C_unsigned_int_interval(37, 38);
    }
    gather.slots.status = (uint8_t)Frama_C_unsigned_int_interval(TOKUSAGE_OK, TOKUSAGE_ERR_DUPLICATE);
    gather.slots.member = (uint8_t)Frama_C_unsigned_int_interval(0, TOKUSAGE_NO_MEMBER);
    gather.given = Frama_C_unsigned_long_long_interval(0, ULLONG_MAX);
    gather.within = Frama_C_interval(0, 1) != 0;
    return gather;
}

static void take(tokusage_gather gather, unsigned key) {
    tokusage_gather other = gather;
    const tokusage_status status = (tokusage_status)Frama_C_unsigned_int_interval(TOKUSAGE_OK, TOKUSAGE_ERR_RANGE);
    tokusage_gather_count(&gather, (tokusage_key)key, status, Frama_C_long_long_interval(0, TOKUSAGE_COUNT_MAX));
    between(&gather);
    tokusage_gather_null(&other, (tokusage_key)key);
    between(&other);
}

static void end(tokusage_gather gather, tokusage_gather before) {
    tokusage usage;
    tokusage_error error;
    tokusage_gather_object(&gather, (tokusage_key)Frama_C_unsigned_int_interval(KEY_COUNTS + 1, KEY_MESSAGE - 1));
    tokusage_gather_end(&gather);
    between(&gather);
    tokusage_slots_lay(&before.slots, &gather.slots);
    between(&before);
    if (tokusage_slots_any(&before.slots)) {
        (void)tokusage_slots_usage(&before.slots, &usage, &error);
    }
}

int main(void) {
    /*@ loop unroll 40; */
    for (size_t length = 0; length <= LONGEST; length++) {
        find_any(length);
    }
    /* Each slot is looked at by itself, except those beside: so of the others none, or all, are enough. */
    /*@ loop unroll 4; */
    for (unsigned i = 0; i < 4; i++) {
        const unsigned beside = (i & 1U) << SLOT_CACHED_BESIDE | i >> 1 << SLOT_WRITTEN_BESIDE;
        const tokusage_gather few = any_gather(beside);
        const tokusage_gather many = any_gather(beside | 0x3AFU);
        between(&few);
        end(few, many);
        end(many, few);
        /*@ loop unroll 50; */
        for (unsigned key = 1; key <= KEY_COUNTS; key++) {
            take(few, key);
        }
    }
    tokusage_gather none;
    tokusage_gather_begin(&none);
    between(&none);
    end(none, none);
    return 0;
}
