/*
 * The crew: threads that take the next file each, or the next part of one. A run that is done waits for those before it;
 * so they are told of in their order, and the one whose turn it is prints as it goes.
 */
#include "crew.h"
#include "ids.h"
#include "interrupt.h"
#include "progress.h"
#include "reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    KEPT_LINES = 1 << 20, /* bytes that a run may have waiting to be printed before it waits itself */
    KEPT_NOTED = 1 << 24, /* and bytes about the ids that wait to be compared */
    PART = 1 << 24        /* bytes of a file that are read at a time */
};

/* A run that is to be made. */
typedef struct task {
    source *source;
    uint64_t begin, end;
    bool last;
} task;

typedef struct crew {
    const options *asked;
    crew_result *result;
    pthread_mutex_t lock;
    pthread_cond_t turn_moved;
    source *sources;
    task *tasks;
    size_t count;
    size_t next;    /* the next task that nobody has taken */
    size_t turn;    /* the one whose turn it is to be printed */
    run **done;     /* by task: its run, once it is over */
    uint64_t named; /* findings printed */
    uint64_t unnamed;
    ids ids;
    bool settling; /* somebody is at it, the lock released */
    bool stopped;  /* nothing more is read, added or printed */
} crew;

/* ---- printing; the lock is held */

static void print_placed(FILE *to, const run *from, const char *bytes, size_t length) {
    text placed = {.bytes = NULL};
    text_place(&placed, bytes, length, from->source->lines_before);
    if (placed.used > 0) {
        fwrite(placed.bytes, 1, placed.used, to);
    }
    text_free(&placed);
}

/* One line, if --max-errors lets it through. */
static void print_finding(crew *of, const run *from, const char *line, size_t length) {
    if (*line == FINDING_ONCE) {
        if (from->source->misplaced_told) {
            return;
        }
        from->source->misplaced_told = true;
        line++;
        length--;
    }
    if (of->named < of->asked->max_errors) {
        print_placed(stderr, from, line, length);
        of->named++;
    } else {
        of->unnamed++;
    }
}

static void print_findings(crew *of, const run *from, size_t begin, size_t end) {
    while (begin < end) {
        const char *const line = from->findings.bytes + begin;
        const size_t length = (size_t)((const char *)memchr(line, '\n', end - begin) - line) + 1;
        print_finding(of, from, line, length);
        begin += length;
    }
}

/* The findings, and among them, where they belong, the responses whose ids were there before. */
static void compare_ids(crew *of, run *from) {
    size_t printed = 0;
    text line = {.bytes = NULL};
    for (size_t at = 0; at < from->noted.used; at += sizeof(noted)) {
        noted each;
        memcpy(&each, from->noted.bytes + at, sizeof each);
        if (ids_add(&of->ids, each.id, false)) {
            print_findings(of, from, printed, each.at);
            printed = each.at;
            each.in->tally.counters[REPEATED]++;
            text_clear(&line);
            run_message(from, each.line, "a response with this id was there before; --unique counts it once", &line);
            print_finding(of, from, line.bytes, line.used);
        }
    }
    print_findings(of, from, printed, from->findings.used);
    of->unnamed += from->unnamed;
    text_free(&line);
}

static void print(crew *of, run *from) {
    text placed = {.bytes = NULL};
    if (from->lines.used + from->findings.used + from->failures.used > 0) {
        progress_hide();
    }
    errno = 0;
    text_place(&placed, from->lines.bytes, from->lines.used, from->source->lines_before);
    if (placed.used > 0 && (fwrite(placed.bytes, 1, placed.used, stdout) != placed.used || fflush(stdout) != 0)) {
        of->result->output_error = errno;
        of->stopped = true; /* the output is lost: whoever closes it says so */
    }
    text_free(&placed);
    compare_ids(of, from);
    print_placed(stderr, from, from->failures.bytes, from->failures.used);
    text_clear(&from->lines);
    text_clear(&from->findings);
    text_clear(&from->noted);
    text_clear(&from->failures);
    from->named = 0;
    from->unnamed = 0;
}

static void wait_for_turn(crew *all, const run *of) {
    while (all->turn != of->number && !all->stopped) {
        pthread_cond_wait(&all->turn_moved, &all->lock);
    }
}

void crew_print(run *of) {
    crew *const all = of->crew;
    if (of->lines.used + of->findings.used + of->noted.used == 0) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    if (of->lines.used + of->findings.used > KEPT_LINES || of->noted.used > KEPT_NOTED) {
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

bool crew_knows(run *of, uint64_t id) {
    crew_wait(of);
    return ids_add(&of->crew->ids, id, true);
}

/* ---- adding up; the lock is held */

/* A group is added or, with all its responses, is not. */
static void add(totals *to, run *from, const totals *more) {
    for (size_t i = 0; i < more->count; i++) {
        const group *const each = more->groups[i];
        if (!tally_add(&totals_group(to, each->key, each->length)->tally, &each->tally)) {
            run_failure(from, 0, "a sum would leave the range (0 to 9007199254740991): a group of it is not added");
        }
    }
}

static bool same_head(text *head, const text *more) {
    if (head->used == 0) {
        text_bytes(head, more->bytes, more->used);
    }
    return more->used == 0 || text_equal(head, more->bytes, more->used);
}

/* The run is over, and it is its turn: it is printed and added. */
static void settle(crew *of, run *over) {
    crew_result *const result = of->result;
    print(of, over);
    if (!same_head(&result->head, &over->head)) {
        run_failure(over, 0, "reports made with other options than those before them; they are not added");
    } else {
        add(&result->groups, over, &over->totals);
        add(&result->unpriced, over, &over->unpriced);
    }
    print(of, over);
    result->complete = result->complete && !over->incomplete;
    over->source->lines_before += over->read;
}

/* The streamed responses that are still open at the end of a file are counted without the lock, as that takes it. */
static void settle_next(crew *of) {
    run *const each = of->done[of->turn];
    if (!of->stopped && each->last) {
        pthread_mutex_unlock(&of->lock);
        sequences_close(each);
        pthread_mutex_lock(&of->lock);
    }
    if (!of->stopped) {
        settle(of, each);
    }
    run_free(each);
    free(each);
    of->done[of->turn++] = NULL;
}

static void finish(crew *of, run *over) {
    pthread_mutex_lock(&of->lock);
    of->done[over->number] = over;
    while (!of->settling && of->turn < of->count && of->done[of->turn]) {
        of->settling = true;
        settle_next(of);
        of->settling = false;
    }
    pthread_cond_broadcast(&of->turn_moved);
    pthread_mutex_unlock(&of->lock);
}

/* ---- reading */

static run *take_next(crew *of) {
    run *taken = NULL;
    pthread_mutex_lock(&of->lock);
    if (of->next < of->count && !of->stopped && !interrupt_signal()) {
        const task *const next = &of->tasks[of->next];
        taken = memory_resize(NULL, sizeof *taken);
        *taken = (run){
            .asked = of->asked,
            .crew = of,
            .source = next->source,
            .number = of->next++,
            .begin = next->begin,
            .end = next->end,
            .last = next->last,
        };
    }
    pthread_mutex_unlock(&of->lock);
    return taken;
}

static void *work(void *of) {
    input with = {.room = 0};
    for (run *each = take_next(of); each; each = take_next(of)) {
        reader_read(&with, each);
        finish(of, each);
    }
    input_free(&with);
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

/* ---- what there is to be read */

/* In how many parts a file is read. */
static uint64_t parts_of(const options *asked, const char *name) {
    struct stat status;
    if (asked->jobs == 1 || asked->merge || strcmp(name, "-") == 0 || stat(name, &status) != 0 ||
        !S_ISREG(status.st_mode) || status.st_size < 2 * PART || !reader_may_part(name)) {
        return 1;
    }
    return (uint64_t)status.st_size / PART;
}

static void plan(crew *of) {
    const options *const asked = of->asked;
    of->sources = memory_resize(NULL, (asked->file_count + 1) * sizeof *of->sources);
    for (size_t i = 0; i < asked->file_count; i++) {
        source *const file = &of->sources[i];
        const uint64_t parts = parts_of(asked, asked->files[i]);
        *file = (source){.name = asked->files[i]};
        of->tasks = memory_resize(of->tasks, (of->count + (size_t)parts) * sizeof *of->tasks);
        for (uint64_t part = 0; part < parts; part++) {
            const bool last = part + 1 == parts;
            of->tasks[of->count++] = (task){file, part * PART, last ? UINT64_MAX : (part + 1) * PART, last};
        }
    }
    of->done = memory_resize(NULL, (of->count + 1) * sizeof *of->done);
    memset(of->done, 0, (of->count + 1) * sizeof *of->done);
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
    for (size_t i = 0; i < asked->file_count; i++) {
        sequences_drop(&all.sources[i].open);
    }
    free(all.done);
    free(all.tasks);
    free(all.sources);
    ids_free(&all.ids);
    progress_hide();
    result->complete = result->complete && !interrupt_signal();
    if (all.unnamed > 0 && asked->max_errors > 0) {
        text more = {.bytes = NULL};
        text_grouped(&more, (int64_t)all.unnamed);
        fprintf(stderr, "usage-report: %.*s more not named; --max-errors says how many are\n", (int)more.used,
                more.bytes);
        text_free(&more);
    }
}

void crew_free(crew_result *of) {
    totals_free(&of->groups);
    totals_free(&of->unpriced);
    text_free(&of->head);
}
