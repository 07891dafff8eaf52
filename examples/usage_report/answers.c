/*
 * The records of ids. A record is final when everything has been read, since a better one of the same id may come from
 * any file; so the groups get it at the end. Ids are compared by a seeded hash of 64 bits (SipHash), which no choice
 * of ids can make slow.
 */
#include "usage_report.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* ---- hashes */

static uint64_t turn(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static void mix(uint64_t v[4], unsigned times) {
    for (; times > 0; times--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turn(v[1], 13) ^ v[0];
        v[3] = turn(v[3], 16) ^ v[2];
        v[0] = turn(v[0], 32) + v[3];
        v[2] += v[1];
        v[1] = turn(v[1], 17) ^ v[2];
        v[3] = turn(v[3], 21) ^ v[0];
        v[2] = turn(v[2], 32);
    }
}

uint64_t hash_of(const reading *in, slice id) {
    uint64_t v[4] = {in->seed[0] ^ UINT64_C(0x736f6d6570736575), in->seed[1] ^ UINT64_C(0x646f72616e646f6d),
                     in->seed[0] ^ UINT64_C(0x6c7967656e657261), in->seed[1] ^ UINT64_C(0x7465646279746573)};
    for (size_t at = 0; at <= id.length && id.length > 0; at += 8) {
        uint64_t word = 0;
        const size_t left = id.length - at;
        memcpy(&word, id.bytes + at, left < 8 ? left : 8);
        word |= left < 8 ? (uint64_t)id.length << 56 : 0;
        v[3] ^= word;
        mix(v, 1);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    mix(v, 3);
    return id.length > 0 ? (v[0] ^ v[1] ^ v[2] ^ v[3]) | 1 : 0;
}

/* ---- which of two records of an id counts */

static int compare(int64_t one, int64_t other) {
    return (one > other) - (one < other);
}

static int64_t tokens_of(const record *of) {
    return of->usage.prompt_tokens.value + of->usage.completion_tokens.value;
}

static int64_t counts_of(const record *of) {
    tokusage usage = of->usage;
    int64_t present = 0;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        present += tokusage_count_at(&usage, i)->present;
    }
    return present;
}

/* A record that is written again as it grows: the latest, then the one with the most output. Else the fullest. */
static bool is_better(const record *next, const record *old) {
    const bool grows = next->rule != ADDS;
    const int by_time = next->timed && old->timed ? compare(next->time, old->time) : 0;
    const int by_output = compare(next->usage.completion_tokens.value, old->usage.completion_tokens.value);
    const int by_tokens = compare(tokens_of(next), tokens_of(old));
    const int by_counts = compare(counts_of(next), counts_of(old));
    const slice by = next->group->as.key;
    const slice than = old->group->as.key;
    const size_t least = by.length < than.length ? by.length : than.length;
    const int order[] = {grows ? by_time : by_tokens, grows ? by_output : by_counts, grows ? by_tokens : -by_time,
                         by_counts, least > 0 ? memcmp(than.bytes, by.bytes, least) : 0};
    size_t i = 0;
    while (i < 4 && order[i] == 0) {
        i++;
    }
    return order[i] > 0;
}

/* ---- the table: open addressing */

static const uint64_t half = UINT64_C(0xFFFFFFFF00000000);

static uint64_t *place_of(const answers *in, uint64_t id) {
    size_t at = (size_t)(id >> 32) & (in->buckets - 1);
    while (in->table[at] != 0 &&
           ((in->table[at] & half) != (id & half) || in->all[(in->table[at] & ~half) - 1].id != id)) {
        at = (at + 1) & (in->buckets - 1);
    }
    return &in->table[at];
}

static void grow(answers *of) {
    if (of->count == of->room) {
        of->room = of->room > 0 ? 2 * of->room : 256;
        of->all = memory_resize(of->all, of->room * sizeof *of->all);
    }
    if (4 * of->count >= 3 * of->buckets) {
        const answers old = *of;
        of->buckets = old.buckets > 0 ? 2 * old.buckets : 1024;
        of->table = memory_resize(NULL, of->buckets * sizeof *of->table);
        memset(of->table, 0, of->buckets * sizeof *of->table);
        for (size_t i = 0; i < old.buckets; i++) {
            size_t at = (size_t)(old.table[i] >> 32) & (of->buckets - 1);
            while (old.table[i] != 0 && of->table[at] != 0) {
                at = (at + 1) & (of->buckets - 1);
            }
            of->table[at] = old.table[i] != 0 ? old.table[i] : of->table[at];
        }
        free(old.table);
    }
}

static void say_repeated(reading *in, const record *next, const char *reason) {
    next->group->tally.counters[REPEATED]++;
    say_finding(in, next, reason);
}

static int compare_lines(const void *one, const void *other) {
    const record *const a = one;
    const record *const b = other;
    return a->file != b->file ? compare(a->file, b->file) : compare(a->line, b->line);
}

void answers_take(reading *in, const record *next) {
    answers *const of = &in->answers;
    if (of->count >= in->asked->max_ids) {
        answers_finish(in);
        say_repeated(in, next, "there are more ids than --max-ids: those before this line are forgotten");
    }
    grow(of);
    uint64_t *const at = next->id != 0 ? place_of(of, next->id) : NULL;
    record *const old = at && *at != 0 ? &of->all[(*at & ~half) - 1] : NULL;
    of->sums = of->sums || next->rule == SUMS;
    of->mixed = of->mixed || (of->count > 0 && compare_lines(&of->all[of->count - 1], next) > 0) || old;
    if (!old) {
        of->all[of->count++] = *next;
        if (at) {
            *at = (next->id & half) | of->count;
        }
    } else if (next->rule == CHUNKED) {
        say_repeated(in, next, "its id was there before: both count, as clients may choose ids of streams");
        finish_record(in, next);
    } else {
        if (next->rule == ADDS) {
            say_repeated(in, next, "its id was there before: the fullest record counts");
        }
        if (is_better(next, old)) {
            *old = *next;
        }
    }
}

/* ---- the end */

/* What the records of a session say together, and what its results say. */
typedef struct session {
    uint64_t id;
    int64_t lines, results;
    bool has_lines;
} session;

static int compare_sessions(const void *one, const void *other) {
    const session *const a = one;
    const session *const b = other;
    return (a->id > b->id) - (a->id < b->id);
}

/* Of those that have results. */
static session *session_of(void **sessions, const record *of) {
    const session wanted = {.id = of->session};
    session *const *node = of->session != 0 ? tfind(&wanted, sessions, compare_sessions) : NULL;
    if (!node && of->session != 0 && of->rule == SUMS) {
        session *const made = memory_resize(NULL, sizeof *made);
        *made = wanted;
        node = tsearch(made, sessions, compare_sessions);
    }
    return node ? *node : NULL;
}

/* A result counts only without the lines that it sums. */
static bool is_summed(reading *in, const record *of, session *its) {
    if (!its || !its->has_lines) {
        return false;
    }
    if (its->results > its->lines) {
        of->group->tally.counters[UNFINISHED]++;
        say_finding(in, of, "the lines of this session have fewer tokens than its results say");
        its->results = 0;
    }
    return true;
}

void answers_finish(reading *in) {
    answers *const of = &in->answers;
    void *sessions = NULL;
    for (size_t i = 0; i < of->count && of->sums; i++) {
        session_of(&sessions, &of->all[i]);
    }
    for (size_t i = 0; i < of->count && of->sums; i++) {
        session *const its = session_of(&sessions, &of->all[i]);
        const bool sums = of->all[i].rule == SUMS;
        if (its) {
            *(sums ? &its->results : &its->lines) += tokens_of(&of->all[i]);
            its->has_lines = its->has_lines || !sums;
        }
    }
    if (of->mixed) {
        qsort(of->all, of->count, sizeof *of->all, compare_lines);
    }
    for (size_t i = 0; i < of->count; i++) {
        if (!(of->all[i].rule == SUMS && is_summed(in, &of->all[i], session_of(&sessions, &of->all[i])))) {
            finish_record(in, &of->all[i]);
        }
    }
    while (sessions) {
        session *const one = *(session **)sessions;
        tdelete(one, &sessions, compare_sessions);
        free(one);
    }
    free(of->all);
    free(of->table);
    *of = (answers){.all = NULL};
}
