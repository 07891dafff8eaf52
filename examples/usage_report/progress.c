/*
 * Progress: a line on standard error, where that is a terminal, that says how far long work is. The counter is all that
 * the fast path touches; the line is drawn a few times a second by whichever thread comes by.
 */
#include "usage_report.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t done;
static pthread_mutex_t drawing = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool on_terminal, visible;
    uint64_t total;
    double began, drawn;
} shown;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void progress_begin(uint64_t total) {
    shown.on_terminal = isatty(STDERR_FILENO) != 0;
    shown.total = total;
    shown.began = shown.drawn = now();
}

/* The program never sets a locale, so the point of a number is a point. */
static void draw(double time) {
    const double bytes = (double)atomic_load_explicit(&done, memory_order_relaxed);
    const double rate = bytes / (time - shown.began);
    const long left = rate > 0 ? (long)(((double)shown.total - bytes) / rate) : 0;
    fprintf(stderr, "\r%.2f GB, %.2f GB/s", bytes * 1e-9, rate * 1e-9);
    if (bytes <= (double)shown.total) {
        fprintf(stderr, ", %.0f %%, %ld:%02ld left", 100 * bytes / (double)shown.total, left / 60, left % 60);
    }
    fputs("\033[K", stderr);
    fflush(stderr);
    shown.visible = true;
    shown.drawn = time;
}

void progress_add(uint64_t bytes) {
    atomic_fetch_add_explicit(&done, bytes, memory_order_relaxed);
    if (!shown.on_terminal || pthread_mutex_trylock(&drawing) != 0) {
        return;
    }
    const double time = now();
    if (time - shown.drawn >= 0.25) {
        draw(time);
    }
    pthread_mutex_unlock(&drawing);
}

void progress_hide(void) {
    pthread_mutex_lock(&drawing);
    if (shown.visible) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        shown.visible = false;
    }
    pthread_mutex_unlock(&drawing);
}
