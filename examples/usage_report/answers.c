/*
 * The records of ids. A record is final when everything has been read, since a better one of the same id may come from
 * any file; so the groups get it at the end. Ids are compared by a hash with a secret, so that no choice of ids can
 * make it slow or wrong.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

/*
 * A polynomial of the id's words of 7 bytes, at a secret point, modulo the prime 2^61-1: two ids have the same value at
 * fewer of the 2^61 points than they have words.
 */
uint64_t hash_of(const reading *in, slice id) {
    __extension__ typedef unsigned __int128 wide;
    static const uint64_t prime = (UINT64_C(1) << 61) - 1;
    const uint64_t point = in->seed % prime;
    uint64_t hash = id.length;
    for (size_t at = 0; at < id.length; at += 7) {
        uint64_t word = 0;
        const size_t left = id.length - at;
        if (left < 7) {
            memcpy(&word, id.bytes + at, left);
        } else {
            memcpy(&word, id.bytes + at, 7); /* of a fixed size: faster */
        }
        const wide product = (wide)(hash + word) * point;
        hash = ((uint64_t)(product & prime) + (uint64_t)(product >> 61)) % prime;
    }
    return id.length > 0 ? hash + 1 : 0;
}

/* ---- which of two records of an id counts */

static int64_t tokens_of(tokusage of) {
    return of.prompt_tokens.value + of.completion_tokens.value;
}

/* Whether both are of a kind that is written again as it grows. */
static bool grow_both(const record *one, const record *other) {
    return one->rule != ADDS && one->rule != CHUNK && other->rule != ADDS && other->rule != CHUNK;
}

/* Of those that grow the latest, then the one with the most output; else, and then, the fullest; then the earliest. */
static bool is_better(const record *next, const record *old) {
    const record *const both[] = {next, old};
    const bool grow = grow_both(next, old);
    int64_t ranks[2][5];
    for (size_t i = 0; i < 2; i++) {
        const tokusage usage = usage_of(both[i]);
        const int64_t time = next->timed && old->timed ? both[i]->time : 0;
        int64_t counts = 0;
        for (size_t k = 0; k < TOKUSAGE_COUNTS; k++) {
            counts += both[i]->counts[k] >= 0;
        }
        const int64_t rank[] = {grow && next->rule != RUNNING ? time : 0, grow ? usage.completion_tokens.value : 0,
                                tokens_of(usage), counts, -time};
        memcpy(ranks[i], rank, sizeof rank);
    }
    for (size_t i = 0; i < 5; i++) {
        if (ranks[0][i] != ranks[1][i]) {
            return ranks[0][i] > ranks[1][i];
        }
    }
    return strcmp(next->group->as.key.bytes, old->group->as.key.bytes) < 0;
}

/* ---- the table: open addressing; the upper half of an id, and the number of its record, from 1 */

static size_t bucket_of(const answers *in, uint64_t id) {
    return (size_t)(id >> 32) & (in->buckets - 1);
}

void answers_expect(const answers *of, uint64_t id) {
    if (of->buckets > 0) {
        __builtin_prefetch(&of->table[bucket_of(of, id)]);
    }
}

static uint64_t *place_of(const answers *in, uint64_t id) {
    size_t at = bucket_of(in, id);
    while (in->table[at] != 0 && ((in->table[at] ^ id) >> 32 != 0 || in->all[(uint32_t)in->table[at] - 1].id != id)) {
        at = (at + 1) & (in->buckets - 1);
    }
    return &in->table[at];
}

static void grow(answers *of) {
    if (of->count < of->room) {
        return;
    }
    of->room = of->room > 0 ? 2 * of->room : 512;
    of->buckets = 2 * of->room;
    of->all = memory_resize(of->all, of->room * sizeof *of->all);
    of->table = memory_resize(of->table, of->buckets * sizeof *of->table);
    memset(of->table, 0, of->buckets * sizeof *of->table);
    for (size_t i = 0; i < of->count; i++) {
        if (of->all[i].id != 0) {
            *place_of(of, of->all[i].id) = (of->all[i].id >> 32 << 32) | (i + 1);
        }
    }
}

static void say_repeated(reading *in, const record *of, const char *reason) {
    of->group->tally.counters[REPEATED]++;
    say_finding(in, of, reason);
}

void answers_take(reading *in, const record *next) {
    answers *const of = &in->answers;
    if (of->count >= in->asked->max_ids) {
        answers_finish(in);
        say_repeated(in, next, "there are more ids than --max-ids: those before this line are forgotten");
    }
    grow(of);
    uint64_t *const at = next->id != 0 ? place_of(of, next->id) : NULL;
    record *const old = at && *at != 0 ? &of->all[(uint32_t)*at - 1] : NULL;
    of->sums = of->sums || next->rule == SUMS;
    if (!old) {
        of->all[of->count++] = *next;
        if (at) {
            *at = (next->id >> 32 << 32) | of->count;
        }
    } else if (next->rule == CHUNK && old->rule == CHUNK) {
        say_repeated(in, next, "its id was there before: both count, as clients may choose ids of streams");
        const bool better = is_better(next, old);
        const record lesser = better ? *old : *next;
        *old = better ? *next : *old; /* a body that comes later is the fullest one's */
        finish_record(in, &lesser);
    } else {
        const bool streamed = next->rule == CHUNK || old->rule == CHUNK;
        if (!grow_both(next, old)) {
            say_repeated(in, next, "its id was there before: the fullest record counts");
        }
        if (is_better(next, old)) {
            *old = *next;
        }
        old->rule = streamed ? CHUNK : old->rule; /* the next stream with this id counts, too */
    }
}

/* ---- the end */

/* What the lines of a session say together. */
static tokusage *session_of(catalog *sessions, const record *of) {
    const slice key = {(const char *)&of->session, sizeof of->session};
    return &((group *)catalog_at(sessions, key, sizeof(group)))->tally.usage;
}

/* A result counts only without the lines that it sums. */
static bool is_summed(reading *in, catalog *sessions, const record *of) {
    const tokusage *const lines = of->rule == SUMS && of->session != 0 ? session_of(sessions, of) : NULL;
    if (!lines || !lines->prompt_tokens.present) {
        return false;
    }
    if (tokens_of(usage_of(of)) > tokens_of(*lines)) {
        of->group->tally.counters[UNFINISHED]++;
        say_finding(in, of, "the lines of this session have fewer tokens than this result");
    }
    return true;
}

void answers_finish(reading *in) {
    answers *const of = &in->answers;
    catalog sessions = {.count = 0};
    for (size_t i = 0; i < of->count && of->sums; i++) {
        if (of->all[i].rule != SUMS) {
            const tokusage usage = usage_of(&of->all[i]);
            tokusage_add(session_of(&sessions, &of->all[i]), &usage);
        }
    }
    for (size_t i = 0; i < of->count; i++) {
        if (!of->sums || !is_summed(in, &sessions, &of->all[i])) {
            finish_record(in, &of->all[i]);
        }
    }
    catalog_free(&sessions);
    free(of->all);
    free(of->table);
    *of = (answers){.all = NULL};
}
