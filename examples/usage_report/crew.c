/*
 * The crew: threads that take the next file each. A file that is done waits for those before it; so the files are told
 * of in their order, and the one whose turn it is prints as it goes.
 */
#include "crew.h"
#include "interrupt.h"
#include "merge.h"
#include "progress.h"
#include "reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEPT_BYTES = 1 << 20 /* that a run may have waiting to be printed before it waits itself */
};

typedef struct crew {
    const options *asked;
    crew_result *result;
    pthread_mutex_t lock;
    pthread_cond_t turn_moved;
    size_t next;    /* the next file that nobody has taken */
    size_t turn;    /* the file whose turn it is to be printed */
    run **done;     /* by file: its run, once it is over */
    uint64_t named; /* findings printed */
    uint64_t unnamed;
    bool stopped; /* nothing more is read, added or printed */
} crew;

/* ---- printing; the lock is held */

/* As many of the lines as --max-errors lets through over all files. */
static void print_findings(crew *of, run *from) {
    const char *at = from->findings.bytes;
    for (uint64_t i = 0; i < from->named; i++) {
        const size_t left = from->findings.used - (size_t)(at - from->findings.bytes);
        const size_t span = (size_t)((const char *)memchr(at, '\n', left) - at) + 1;
        if (of->named < of->asked->max_errors) {
            fwrite(at, 1, span, stderr);
            of->named++;
        } else {
            of->unnamed++;
        }
        at += span;
    }
    of->unnamed += from->unnamed;
}

static void print(crew *of, run *from) {
    if (from->lines.used + from->findings.used + from->failures.used > 0) {
        progress_hide();
    }
    errno = 0;
    if (from->lines.used > 0 &&
        (fwrite(from->lines.bytes, 1, from->lines.used, stdout) != from->lines.used || fflush(stdout) != 0)) {
        of->result->output_error = errno;
        of->stopped = true; /* the output is lost: whoever closes it says so */
    }
    print_findings(of, from);
    if (from->failures.used > 0) {
        fwrite(from->failures.bytes, 1, from->failures.used, stderr);
    }
    text_clear(&from->lines);
    text_clear(&from->findings);
    text_clear(&from->failures);
    from->named = 0;
    from->unnamed = 0;
}

void crew_print(run *of) {
    crew *const all = of->crew;
    const size_t waiting = of->lines.used + of->findings.used;
    if (waiting == 0) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    while (waiting > KEPT_BYTES && all->turn != of->number && !all->stopped) {
        pthread_cond_wait(&all->turn_moved, &all->lock);
    }
    if (all->turn == of->number && !all->stopped) {
        print(all, of);
    }
    of->stopped = of->stopped || all->stopped;
    pthread_mutex_unlock(&all->lock);
}

/* ---- adding up; the lock is held */

static void add(crew *to, run *more) {
    crew_result *const result = to->result;
    if (!merge_pointers(&result->pointers, more)) {
        run_failure(more, 0, "reports with another --at or --by than those before them; they are not added");
    } else if (!totals_add(&result->groups, &result->total, &more->totals)) {
        run_failure(more, 0, "a sum would leave the range (0 to 9007199254740991): nothing is added from here on");
        to->stopped = true;
    }
    result->complete = result->complete && !more->incomplete;
    to->stopped = to->stopped || more->stopped;
}

static void finish(crew *of, run *over) {
    pthread_mutex_lock(&of->lock);
    of->done[over->number] = over;
    while (of->turn < of->asked->file_count && of->done[of->turn]) {
        run *const each = of->done[of->turn];
        if (!of->stopped) {
            add(of, each);
            print(of, each);
        }
        run_free(each);
        free(each);
        of->done[of->turn++] = NULL;
    }
    pthread_cond_broadcast(&of->turn_moved);
    pthread_mutex_unlock(&of->lock);
}

/* ---- reading */

static run *take_next(crew *of) {
    run *taken = NULL;
    pthread_mutex_lock(&of->lock);
    if (of->next < of->asked->file_count && !of->stopped && !interrupt_signal()) {
        taken = memory_resize(NULL, sizeof *taken);
        *taken = (run){
            .asked = of->asked,
            .crew = of,
            .name = of->asked->files[of->next],
            .number = of->next,
        };
        of->next++;
    }
    pthread_mutex_unlock(&of->lock);
    return taken;
}

static void *work(void *of) {
    reader with = {.room = 0};
    for (run *each = take_next(of); each; each = take_next(of)) {
        reader_read(&with, each);
        finish(of, each);
    }
    reader_free(&with);
    return NULL;
}

/* This thread is one of the crew; where the system has no more threads, there are fewer. */
static void work_together(crew *of) {
    const size_t files = of->asked->file_count;
    const size_t wanted = of->asked->jobs < files ? (size_t)of->asked->jobs : files;
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

void crew_read(const options *asked, crew_result *result) {
    crew all = {.asked = asked, .result = result};
    *result = (crew_result){.complete = true, .pointers = {.asked = asked}};
    all.done = memory_resize(NULL, (asked->file_count + 1) * sizeof *all.done);
    memset(all.done, 0, (asked->file_count + 1) * sizeof *all.done);
    pthread_mutex_init(&all.lock, NULL);
    pthread_cond_init(&all.turn_moved, NULL);
    work_together(&all);
    pthread_cond_destroy(&all.turn_moved);
    pthread_mutex_destroy(&all.lock);
    free(all.done);
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
    run_free(&of->pointers);
}
