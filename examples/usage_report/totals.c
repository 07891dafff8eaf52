/*
 * The totals: adding up within the range, and the groups, indexed by a balanced tree so that no choice of keys is slow.
 */
#include "totals.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

tokusage_count *count_of(tokusage *usage, size_t which) {
    static const size_t places[COUNTS] = {
        offsetof(tokusage, prompt_tokens),      offsetof(tokusage, cached_tokens),
        offsetof(tokusage, cache_write_tokens), offsetof(tokusage, completion_tokens),
        offsetof(tokusage, reasoning_tokens),   offsetof(tokusage, total_tokens),
    };
    return (tokusage_count *)(void *)((char *)usage + places[which]);
}

bool tally_add(tally *sum, const tally *more) {
    amount cost = sum->cost;
    for (size_t i = 0; i < COUNTERS; i++) {
        if (more->counters[i] > TOKUSAGE_COUNT_MAX - sum->counters[i]) {
            return false;
        }
    }
    if (!amount_add(&cost, &more->cost) || tokusage_add(&sum->usage, &more->usage) != TOKUSAGE_OK) {
        return false;
    }
    for (size_t i = 0; i < COUNTERS; i++) {
        sum->counters[i] += more->counters[i];
    }
    sum->cost = cost;
    return true;
}

int64_t tally_findings(const tally *from) {
    static const counter findings[] = {MISPLACED, INVALID,    MALFORMED, TOO_LONG,
                                       UNTIMED,   UNFINISHED, REPEATED,  CONTRADICTING};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        sum += from->counters[findings[i]];
    }
    return sum;
}

/* ---- keys */

/*
 * A component that is there is a byte 1, its bytes (a NUL as 0 and 0xFF) and two NULs; one that is absent is 0xFF,
 * which no UTF-8 holds.
 */
void key_add(text *key, bool present, const char *bytes, size_t length) {
    text_byte(key, present ? '\1' : '\xFF');
    while (present && length > 0) {
        const char *const nul = memchr(bytes, '\0', length);
        const size_t span = nul ? (size_t)(nul - bytes) + 1 : length;
        text_bytes(key, bytes, span);
        text_bytes(key, "\xFF", nul != NULL);
        bytes += span;
        length -= span;
    }
    text_bytes(key, "\0", present ? 2 : 0);
}

bool key_next(const char **key, text *component) {
    const bool present = *(*key)++ == '\1';
    text_clear(component);
    for (; present; (*key)++) {
        if (**key == '\0' && *++*key == '\0') {
            ++*key;
            return true;
        }
        text_byte(component, **key == '\xFF' ? '\0' : **key);
    }
    return false;
}

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

/* ---- groups */

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
    const group wanted = {.key = key ? key : "", .length = length};
    if (of->last && of->last->length == length && compare_keys(of->last, &wanted) == 0) {
        return of->last;
    }
    group *const *const known = tfind(&wanted, &of->index, compare_keys);
    of->last = known ? *known : add_group(of, &wanted);
    if (!known && !tsearch(of->last, &of->index, compare_keys)) {
        memory_failed();
    }
    return of->last;
}

bool totals_sum(const totals *of, tally *sum) {
    bool lost[COUNTS] = {false};
    bool good = true;
    for (size_t i = 0; i < of->count; i++) {
        tally each = of->groups[i]->tally;
        for (size_t count = 0; count < COUNTS; count++) {
            tokusage_count *const whole = count_of(&sum->usage, count);
            tokusage_count *const part = count_of(&each.usage, count);
            lost[count] = lost[count] || part->value > TOKUSAGE_COUNT_MAX - whole->value;
            if (lost[count]) {
                *whole = *part = (tokusage_count){.present = false};
            }
            good = good && !lost[count];
        }
        good = tally_add(sum, &each) && good;
    }
    return good;
}

static void drop(totals *of, group *dropped) {
    tdelete(dropped, &of->index, compare_keys);
    free((char *)dropped->key);
    free(dropped);
}

void totals_free(totals *of) {
    for (size_t i = 0; i < of->count; i++) {
        drop(of, of->groups[i]);
    }
    free(of->groups);
    *of = (totals){.index = NULL};
}

/* ---- order */

/* One more than the value, so that a sum that is absent comes behind a sum of zero. */
static void set_rank(group *of, const order *by) {
    const tokusage_count *const sum = by->by == ORDER_COUNT ? count_of(&of->tally.usage, by->which) : NULL;
    uint64_t value = 0;
    if (by->by == ORDER_COUNTER) {
        value = (uint64_t)of->tally.counters[by->which];
    } else if (sum && sum->present) {
        value = (uint64_t)sum->value + 1;
    }
    const amount of_value = {.limbs = {(uint32_t)(value % 1000000000), (uint32_t)(value / 1000000000)}};
    of->rank = by->by == ORDER_COST ? of->tally.cost : of_value;
}

static int compare(const void *one, const void *other) {
    const group *const a = *(const group *const *)one;
    const group *const b = *(const group *const *)other;
    const int difference = a->key && b->key ? amount_compare(&b->rank, &a->rank) : 0;
    return difference != 0 ? difference : compare_keys(a, b);
}

void totals_sort(totals *of, const order *by) {
    for (size_t i = 0; i < of->count; i++) {
        set_rank(of->groups[i], by);
    }
    if (of->count > 1) {
        qsort(of->groups, of->count, sizeof *of->groups, compare);
    }
}

bool totals_cut(totals *of, size_t top) {
    if (of->count <= top + 1) {
        return true;
    }
    totals rest = {.groups = of->groups + top, .count = of->count - top};
    tally sum = {.counters = {0}};
    const bool good = totals_sum(&rest, &sum);
    for (size_t i = 0; i < rest.count; i++) {
        drop(of, rest.groups[i]);
    }
    of->count = top;
    add_group(of, &(group){.key = NULL, .tally = sum});
    return good;
}
