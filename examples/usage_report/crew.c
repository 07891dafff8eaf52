/*
 * The crew: threads that take the next file each, or the next part of a large one. A run that is done waits for those
 * before it; so they are reported in their order, and the one whose turn it is prints as it goes.
 */
#include "usage_report.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    KEPT = 1 << 24, /* bytes that a run may have waiting to be printed before it waits itself */
    PART = 1 << 24  /* bytes of a file that are read at a time */
};

typedef struct crew {
    const options *asked;
    crew_result *result;
    pthread_mutex_t lock;
    pthread_cond_t turn_moved;
    source *sources;
    run **runs; /* NULL once it is over and added */
    bool *done;
    size_t count, next, turn; /* of runs: all, the next that nobody has taken, the one whose turn it is */
    uint64_t named, unnamed;  /* findings */
    ids ids, said;            /* of responses; of what is said once */
    bool settling;            /* somebody is at it, the lock released */
    bool stopped;             /* nothing more is read, added or printed */
} crew;

/* ---- what is said: a kind, a hash and a line; or NOTED and what follows */

typedef struct noted {
    uint64_t id, line;
    group *in;
} noted;

void run_position(const run *of, uint64_t line, text *to) {
    text_safe(to, of->source->name, strlen(of->source->name));
    if (line > 0) {
        text_string(to, ":");
        text_line(to, line);
    }
}

static void put_message(const run *of, uint64_t line, const char *reason, text *to) {
    text_string(to, "usage-report: ");
    run_position(of, line, to);
    text_string(to, ": ");
    text_string(to, reason);
    text_string(to, "\n");
}

void run_say(run *of, char kind, uint64_t line, const char *reason) {
    const uint64_t file = kind == ONCE ? (uint64_t)(uintptr_t)of->source : 0;
    const uint64_t hash = id_of((slice){reason, strlen(reason)}) + file;
    text_bytes(&of->said, &kind, 1);
    text_bytes(&of->said, (const char *)&hash, sizeof hash);
    put_message(of, line, reason, &of->said);
    of->incomplete = of->incomplete || kind == FAILURE;
}

void run_note(run *of, uint64_t id, uint64_t line, group *in) {
    const noted now = {.id = id, .line = line, .in = in};
    const char kind = NOTED;
    if (!of->asked->unique) {
        text_bytes(&of->said, &kind, 1);
        text_bytes(&of->said, (const char *)&now, sizeof now);
    }
}

/* ---- printing; the lock is held */

static void print_line(crew *of, const run *from, char kind, slice line) {
    text placed = {.bytes = NULL};
    if ((kind == FINDING || kind == ONCE) && of->named >= of->asked->max_errors) {
        of->unnamed++;
        return;
    }
    of->named += kind == FINDING || kind == ONCE;
    text_position(&placed, line.bytes, line.length, from->source->lines_before);
    fwrite(placed.bytes, 1, placed.used, stderr);
    text_free(&placed);
}

static void compare_id(crew *of, const run *from, const char *at) {
    noted each;
    text line = {.bytes = NULL};
    memcpy(&each, at, sizeof each);
    if (!ids_add(&of->ids, each.id, false)) {
        return;
    }
    each.in->tally.counters[REPEATED]++;
    put_message(from, each.line, "a response with this id was there before; --unique counts it once", &line);
    print_line(of, from, FINDING, (slice){line.bytes, line.used});
    text_free(&line);
}

static void print_said(crew *of, const run *from) {
    const char *at = from->said.bytes;
    const char *const end = at + from->said.used;
    while (at < end) {
        const char kind = *at++;
        uint64_t hash = 0;
        if (kind == NOTED) {
            compare_id(of, from, at);
            at += sizeof(noted);
            continue;
        }
        memcpy(&hash, at, sizeof hash);
        at += sizeof hash;
        const size_t length = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at) + 1;
        if ((kind != ONCE && kind != NOTE) || !ids_add(&of->said, hash, true)) {
            print_line(of, from, kind, (slice){at, length});
        }
        at += length;
    }
}

static void print(crew *of, run *from) {
    text placed = {.bytes = NULL};
    progress_hide();
    errno = 0;
    text_position(&placed, from->lines.bytes, from->lines.used, from->source->lines_before);
    if (placed.used > 0 && (fwrite(placed.bytes, 1, placed.used, stdout) != placed.used || fflush(stdout) != 0)) {
        of->result->output_error = errno;
        of->stopped = true; /* the output is lost: whoever closes it says so */
    }
    if (from->said.used > 0) {
        print_said(of, from);
    }
    text_free(&placed);
    from->lines.used = from->said.used = 0;
}

static void wait_for_turn(crew *all, const run *of) {
    while (all->turn != of->number && !all->stopped) {
        pthread_cond_wait(&all->turn_moved, &all->lock);
    }
}

void crew_print(run *of) {
    crew *const all = of->crew;
    if (of->lines.used + of->said.used == 0) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    if (of->lines.used + of->said.used > KEPT) {
        wait_for_turn(all, of);
    }
    if (all->turn == of->number && !all->stopped) {
        print(all, of);
    }
    of->stopped = of->stopped || all->stopped;
    pthread_mutex_unlock(&all->lock);
}

void crew_wait(run *of) {
    pthread_mutex_lock(&of->crew->lock);
    wait_for_turn(of->crew, of);
    pthread_mutex_unlock(&of->crew->lock);
}

/* In the order of the files: waits for the turn. */
bool crew_knows(run *of, uint64_t id) {
    crew_wait(of);
    return ids_add(&of->crew->ids, id, true);
}

/* ---- adding up; the lock is held */

static void add(crew_result *to, run *over) {
    if (to->head.used == 0) {
        text_bytes(&to->head, over->head.bytes, over->head.used);
    }
    if (over->head.used > 0 && !text_is(&to->head, over->head.bytes, over->head.used)) {
        run_say(over, FAILURE, 0, "reports made with other options than those before them; they are not added");
        return;
    }
    for (size_t i = 0; i < over->totals.count; i++) {
        const group *const each = over->totals.groups[i];
        if (!tally_add(&totals_group(&to->groups, each->key, each->length)->tally, &each->tally)) {
            run_say(over, FAILURE, 0,
                    "a sum would leave the range (0 to 9007199254740991): a group of it is not added");
        }
    }
}

static void free_run(run *over) {
    text *const texts[] = {&over->lines, &over->said, &over->head, &over->key, &over->scratch};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        text_free(texts[i]);
    }
    about_free(&over->about);
    totals_free(&over->totals);
    free(over);
}

/* The streamed responses that are still open at the end of a file are counted without the lock, as that takes it. */
static void settle_next(crew *of) {
    run *const each = of->runs[of->turn];
    if (!of->stopped && each->last) {
        pthread_mutex_unlock(&of->lock);
        sequences_close(each);
        pthread_mutex_lock(&of->lock);
    }
    if (!of->stopped) {
        print(of, each);
        add(of->result, each);
        print(of, each);
        of->result->complete = of->result->complete && !each->incomplete;
        each->source->lines_before += each->read;
    }
    free_run(each);
    of->runs[of->turn++] = NULL;
}

static void finish(crew *of, const run *over) {
    pthread_mutex_lock(&of->lock);
    of->done[over->number] = true;
    while (!of->settling && of->turn < of->count && of->done[of->turn]) {
        of->settling = true;
        settle_next(of);
        of->settling = false;
    }
    pthread_cond_broadcast(&of->turn_moved);
    pthread_mutex_unlock(&of->lock);
}

/* ---- reading */

static void *work(void *crew_of) {
    crew *const of = crew_of;
    input with = {.room = 0};
    for (run *each = NULL;;) {
        pthread_mutex_lock(&of->lock);
        const bool more = of->next < of->count && !of->stopped && !interrupt_signal();
        each = more ? of->runs[of->next++] : NULL;
        pthread_mutex_unlock(&of->lock);
        if (!each) {
            break;
        }
        reader_read(&with, each);
        finish(of, each);
    }
    free(with.buffer);
    return NULL;
}

/* This thread is one of the crew; where the system has no more threads, there are fewer. */
static void work_together(crew *of) {
    const size_t wanted = of->asked->jobs < of->count ? (size_t)of->asked->jobs : of->count;
    pthread_t *const threads = memory_resize(NULL, (wanted + 1) * sizeof *threads);
    size_t started = 0;
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, work, of) == 0) {
        started++;
    }
    work(of);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    free(threads);
}

/* In how many parts a file is read. */
static uint64_t parts_of(const options *asked, const char *name) {
    struct stat status;
    const bool parted = asked->jobs > 1 && !asked->merge && strcmp(name, "-") != 0 && stat(name, &status) == 0 &&
                        S_ISREG(status.st_mode) && status.st_size >= 2 * PART && reader_may_part(name);
    return parted ? (uint64_t)status.st_size / PART : 1;
}

static void plan(crew *of) {
    const options *const asked = of->asked;
    of->sources = memory_resize(NULL, (asked->file_count + 1) * sizeof *of->sources);
    for (size_t i = 0; i < asked->file_count; i++) {
        const uint64_t parts = parts_of(asked, asked->files[i]);
        of->sources[i] = (source){.name = asked->files[i]};
        of->runs = memory_resize(of->runs, (of->count + (size_t)parts) * sizeof *of->runs);
        for (uint64_t part = 0; part < parts; part++) {
            run *const made = memory_resize(NULL, sizeof *made);
            *made = (run){.asked = asked, .crew = of, .source = &of->sources[i], .number = of->count};
            made->begin = part * PART;
            made->last = part + 1 == parts;
            made->end = made->last ? UINT64_MAX : made->begin + PART;
            of->runs[of->count++] = made;
        }
    }
    of->done = memory_resize(NULL, of->count * sizeof *of->done);
    memset(of->done, 0, of->count * sizeof *of->done);
}

/* Those that nobody has taken, after an interruption, are left. */
static void drop(crew *of) {
    for (size_t i = 0; i < of->count; i++) {
        if (of->runs[i]) {
            free_run(of->runs[i]);
        }
    }
    for (size_t i = 0; i < of->asked->file_count; i++) {
        while (of->sources[i].open_count > 0) {
            sequence_drop(of->sources[i].open[--of->sources[i].open_count]);
        }
    }
    free(of->sources);
    free(of->runs);
    free(of->done);
    free(of->ids.table);
    free(of->said.table);
}

void crew_read(const options *asked, crew_result *result) {
    crew all = {.asked = asked, .result = result};
    *result = (crew_result){.complete = true};
    plan(&all);
    pthread_mutex_init(&all.lock, NULL);
    pthread_cond_init(&all.turn_moved, NULL);
    work_together(&all);
    pthread_cond_destroy(&all.turn_moved);
    pthread_mutex_destroy(&all.lock);
    drop(&all);
    progress_hide();
    result->complete = result->complete && !interrupt_signal();
    if (all.unnamed > 0 && asked->max_errors > 0) {
        text more = {.bytes = NULL};
        text_number(&more, (int64_t)all.unnamed, true);
        fprintf(stderr, "usage-report: %.*s more not named; --max-errors says how many are\n", (int)more.used,
                more.bytes);
        text_free(&more);
    }
}
