/*
 * Progress. The counter is all that the fast path touches; the line is drawn a few times a second by whichever thread
 * comes by.
 */
#include "progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static bool shown_at_all;
static uint64_t all;
static _Atomic uint64_t done;
static double began;

static pthread_mutex_t drawing = PTHREAD_MUTEX_INITIALIZER;
static double drawn;
static bool visible;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void progress_begin(uint64_t total) {
    shown_at_all = isatty(STDERR_FILENO) != 0;
    all = total;
    began = now();
    drawn = began;
}

/* The program never sets a locale, so the point of a number is a point. */
static void draw(double time) {
    const double bytes = (double)atomic_load_explicit(&done, memory_order_relaxed);
    const double rate = bytes / (time - began);
    fprintf(stderr, "\r%.2f", bytes * 1e-9);
    if (all > 0 && bytes <= (double)all) {
        const double left = rate > 0 ? ((double)all - bytes) / rate : 0;
        fprintf(stderr, " of %.2f GB, %.0f %%, %.2f GB/s, %.0f:%02.0f left", (double)all * 1e-9,
                100 * bytes / (double)all, rate * 1e-9, (double)((long)left / 60), (double)((long)left % 60));
    } else {
        fprintf(stderr, " GB, %.2f GB/s", rate * 1e-9);
    }
    fputs("\033[K", stderr);
    fflush(stderr);
    visible = true;
    drawn = time;
}

void progress_add(uint64_t bytes) {
    atomic_fetch_add_explicit(&done, bytes, memory_order_relaxed);
    if (!shown_at_all || pthread_mutex_trylock(&drawing) != 0) {
        return;
    }
    const double time = now();
    if (time - drawn >= 0.25) {
        draw(time);
    }
    pthread_mutex_unlock(&drawing);
}

void progress_hide(void) {
    if (!shown_at_all) {
        return;
    }
    pthread_mutex_lock(&drawing);
    if (visible) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        visible = false;
    }
    pthread_mutex_unlock(&drawing);
}
