/*
 * The totals: adding up within the range, and the groups, indexed by a balanced tree so that no choice of keys is slow.
 */
#include "totals.h"
#include "text.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

bool tally_add(tally *sum, const tally *more) {
    for (size_t i = 0; i < COUNTERS; i++) {
        if (more->counters[i] > TOKUSAGE_COUNT_MAX - sum->counters[i]) {
            return false;
        }
    }
    if (tokusage_add(&sum->usage, &more->usage) != TOKUSAGE_OK) {
        return false;
    }
    for (size_t i = 0; i < COUNTERS; i++) {
        sum->counters[i] += more->counters[i];
    }
    return true;
}

int64_t tally_unreadable(const tally *from) {
    return from->counters[INVALID] + from->counters[MALFORMED] + from->counters[TOO_LONG];
}

int64_t tally_findings(const tally *from) {
    return tally_unreadable(from) + from->counters[CONTRADICTING] + from->counters[UNFINISHED];
}

/* ---- groups */

static int compare_keys(const void *one, const void *other) {
    const group *const a = one;
    const group *const b = other;
    if (!a->key || !b->key) {
        return !a->key - !b->key;
    }
    const size_t shorter = a->length < b->length ? a->length : b->length;
    const int difference = shorter > 0 ? memcmp(a->key, b->key, shorter) : 0;
    return difference != 0 ? difference : (a->length > b->length) - (a->length < b->length);
}

static group *add_group(totals *of, const group *wanted) {
    group *const added = memory_resize(NULL, sizeof *added);
    *added = *wanted;
    if (wanted->key) {
        char *const key = memory_resize(NULL, wanted->length + 1);
        memcpy(key, wanted->key, wanted->length);
        added->key = key;
    }
    if (of->count == of->room) {
        of->room = of->room > 0 ? 2 * of->room : 16;
        of->groups = memory_resize(of->groups, of->room * sizeof *of->groups);
    }
    of->groups[of->count++] = added;
    return added;
}

group *totals_group(totals *of, const char *key, size_t length) {
    const group wanted = {.key = key, .length = length};
    group *const *const known = tfind(&wanted, &of->index, compare_keys);
    if (known) {
        return *known;
    }
    group *const added = add_group(of, &wanted);
    if (!tsearch(added, &of->index, compare_keys)) {
        memory_resize(NULL, SIZE_MAX); /* there is no memory: that ends the program */
    }
    return added;
}

bool totals_add(totals *to, tally *sum, const totals *more) {
    for (size_t i = 0; i < more->count; i++) {
        const group *const each = more->groups[i];
        if (!tally_add(sum, &each->tally)) {
            return false;
        }
        /* The sum holds this group's, so this cannot leave the range. */
        tally_add(&totals_group(to, each->key, each->length)->tally, &each->tally);
    }
    return true;
}

void totals_free(totals *of) {
    for (size_t i = 0; i < of->count; i++) {
        tdelete(of->groups[i], &of->index, compare_keys);
        free((char *)of->groups[i]->key);
        free(of->groups[i]);
    }
    free(of->groups);
    *of = (totals){.index = NULL};
}

/* ---- order */

static int by_key(const void *one, const void *other) {
    return compare_keys(*(const group *const *)one, *(const group *const *)other);
}

/* A sum that is absent comes behind a sum of zero. */
static int64_t rank(const group *of) {
    const tokusage_count total = of->tally.usage.total_tokens;
    return total.present ? total.value : -1;
}

static int by_tokens(const void *one, const void *other) {
    const group *const a = *(const group *const *)one;
    const group *const b = *(const group *const *)other;
    if (!a->key || !b->key || rank(a) == rank(b)) {
        return compare_keys(a, b);
    }
    return rank(a) > rank(b) ? -1 : 1;
}

static void sort(totals *of, int (*order)(const void *, const void *)) {
    if (of->count > 1) {
        qsort(of->groups, of->count, sizeof *of->groups, order);
    }
}

void totals_sort_by_key(totals *of) {
    sort(of, by_key);
}

void totals_sort_by_tokens(totals *of) {
    sort(of, by_tokens);
}
