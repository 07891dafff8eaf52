/*
 * The totals: adding up within the range, and the groups, indexed by a balanced tree so that no choice of keys is slow.
 */
#include "usage_report.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

bool tally_add(tally *sum, const tally *more) {
    tally made = *sum;
    bool good = amount_add(&made.cost, &more->cost) && amount_add(&made.stated, &more->stated) &&
                tokusage_add(&made.usage, &more->usage) == TOKUSAGE_OK;
    for (size_t i = 0; i < COUNTERS && good; i++) {
        made.counters[i] += more->counters[i];
        good = made.counters[i] <= TOKUSAGE_COUNT_MAX;
    }
    *sum = good ? made : *sum;
    return good;
}

int64_t tally_findings(const tally *from) {
    static const counter findings[] = {CONTRADICTORY, WITHOUT_USAGE, INVALID,        AMBIGUOUS,         UNTIMED,
                                       MISPLACED,     MALFORMED,     PREFIXED,       TOO_LONG,          UNFINISHED,
                                       REPEATED,      UNKNOWN,       MISSING_PROMPT, MISSING_COMPLETION};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        sum += from->counters[findings[i]];
    }
    return sum;
}

/* ---- keys: a component is a byte 1, its bytes (a NUL as 0 and 0xFF) and two NULs; 0xFF when it is absent */

void key_add(text *key, bool present, slice component) {
    text_bytes(key, present ? "\1" : "\xFF", 1);
    for (size_t at = 0; present && at < component.length;) {
        const char *const nul = memchr(component.bytes + at, '\0', component.length - at);
        const size_t end = nul ? (size_t)(nul - component.bytes) + 1 : component.length;
        text_bytes(key, component.bytes + at, end - at);
        text_bytes(key, "\xFF", nul != NULL);
        at = end;
    }
    text_bytes(key, "\0", present ? 2 : 0);
}

bool key_next(const char **key, text *component) {
    const bool present = *(*key)++ == '\1';
    component->used = 0;
    for (; present; (*key)++) {
        if (**key == '\0' && *++*key == '\0') {
            ++*key;
            return true;
        }
        text_bytes(component, **key == '\xFF' ? "\0" : *key, 1);
    }
    return false;
}

static int compare_keys(const void *one, const void *other) {
    const group *const a = one;
    const group *const b = other;
    if (!a->key || !b->key) {
        return !a->key - !b->key;
    }
    const int difference = memcmp(a->key, b->key, a->length < b->length ? a->length : b->length);
    return difference != 0 ? difference : (a->length > b->length) - (a->length < b->length);
}

/* ---- groups */

static group *add_group(totals *of, const char *key, size_t length) {
    group *const added = memory_resize(NULL, sizeof *added);
    char *const copy = key ? memory_resize(NULL, length + 1) : NULL;
    *added = (group){.key = copy, .length = length};
    if (length > 0) {
        memcpy(copy, key, length);
    }
    if (of->count == of->room) {
        of->room = of->room > 0 ? 2 * of->room : 16;
        of->groups = memory_resize(of->groups, of->room * sizeof *of->groups);
    }
    of->groups[of->count++] = added;
    return added;
}

group *totals_group(totals *of, slice key) {
    const group wanted = {.key = key.length > 0 ? key.bytes : "", .length = key.length};
    if (of->last && compare_keys(of->last, &wanted) == 0) {
        return of->last;
    }
    group *const *const known = tfind(&wanted, &of->index, compare_keys);
    of->last = known ? *known : add_group(of, wanted.key, key.length);
    if (!known && !tsearch(of->last, &of->index, compare_keys)) {
        memory_failed();
    }
    return of->last;
}

bool totals_sum(const totals *of, size_t from, tally *sum) {
    bool lost[TOKUSAGE_COUNTS] = {false};
    bool good = true;
    for (size_t i = from; i < of->count; i++) {
        tally each = of->groups[i]->tally;
        for (size_t which = 0; which < TOKUSAGE_COUNTS; which++) {
            tokusage_count *const whole = tokusage_count_at(&sum->usage, which);
            tokusage_count *const part = tokusage_count_at(&each.usage, which);
            lost[which] = lost[which] || part->value > TOKUSAGE_COUNT_MAX - whole->value;
            if (lost[which]) {
                *whole = *part = (tokusage_count){.present = false};
            }
            good = good && !lost[which];
        }
        good = tally_add(sum, &each) && good;
    }
    return good;
}

/* A sum that is absent comes after a sum of zero. */
static void set_rank(group *of, column wanted) {
    const tokusage_count *const sum = wanted.kind == COUNT ? tokusage_count_at(&of->tally.usage, wanted.which) : NULL;
    const int64_t value = !sum           ? of->tally.counters[wanted.kind == COUNTER ? wanted.which : 0]
                          : sum->present ? sum->value + 1
                                         : 0;
    of->rank = wanted.kind == COST     ? of->tally.cost
               : wanted.kind == STATED ? of->tally.stated
                                       : (amount){.whole = value};
}

static int compare_ranks(const void *one, const void *other) {
    const group *const a = *(const group *const *)one;
    const group *const b = *(const group *const *)other;
    const int difference = amount_compare(&b->rank, &a->rank);
    return difference != 0 && a->key && b->key ? difference : compare_keys(a, b);
}

void totals_sort(totals *of, size_t by_column) {
    for (size_t i = 0; i < of->count && by_column < COLUMNS; i++) {
        set_rank(of->groups[i], column_at(by_column));
    }
    if (of->count > 1) {
        qsort(of->groups, of->count, sizeof *of->groups, compare_ranks);
    }
}

static void drop_from(totals *of, size_t first) {
    for (size_t i = first; i < of->count; i++) {
        tdelete(of->groups[i], &of->index, compare_keys);
        free((char *)of->groups[i]->key);
        free(of->groups[i]);
    }
    of->count = first;
}

bool totals_cut(totals *of, size_t top) {
    tally rest = {.counters = {0}};
    const bool good = of->count <= top || totals_sum(of, top, &rest);
    if (of->count > top) {
        drop_from(of, top);
        add_group(of, NULL, 0)->tally = rest;
    }
    return good;
}

void totals_free(totals *of) {
    drop_from(of, 0);
    free(of->groups);
}
