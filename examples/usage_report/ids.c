/*
 * Ids, as hashes of 64 bits: among ten million, two are the same with a chance of 3 in a million.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

uint64_t id_of(slice id) {
    static const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = id.length * factor;
    for (size_t at = 0; at < id.length; at += 8) {
        uint64_t word = 0;
        memcpy(&word, id.bytes + at, id.length - at < 8 ? id.length - at : 8);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29;
    }
    hash = hash * UINT64_C(0xBF58476D1CE4E5B9) ^ hash >> 32;
    return !id.bytes ? 0 : hash > 0 ? hash : 1;
}

/* Where the id is, or the free entry for it. */
static uint64_t *entry_of(const ids *in, uint64_t id) {
    size_t at = (id ^ id >> 32) & (in->room - 1);
    while (in->table[at] != 0 && in->table[at] != id) {
        at = (at + 1) & (in->room - 1);
    }
    return &in->table[at];
}

static void grow(ids *of) {
    const ids before = *of;
    of->room = of->room > 0 ? 2 * of->room : (size_t)1 << 17;
    of->table = memory_resize(NULL, of->room * sizeof *of->table);
    memset(of->table, 0, of->room * sizeof *of->table);
    for (size_t i = 0; i < before.room; i++) {
        if (before.table[i] != 0) {
            *entry_of(of, before.table[i]) = before.table[i];
        }
    }
    free(before.table);
}

bool ids_add(ids *to, uint64_t id, bool all) {
    if (to->used * 2 >= to->room && (all || to->room == 0)) {
        grow(to);
    }
    uint64_t *const entry = all ? entry_of(to, id) : &to->table[(id ^ id >> 32) & (to->room - 1)];
    const bool there = *entry == id;
    to->used += all && !there;
    *entry = id;
    return there;
}
