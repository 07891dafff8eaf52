/*
 * When the compiler is asked for small code (-Os), what only saves time is left out: reading whole tokens (tokens.h)
 * and passing over events (search.c). The functions below stand in for these and always say "no". The library's answers
 * are the same; the tests run both builds.
 */
#ifndef TOKUSAGE_SRC_SMALL_H
#define TOKUSAGE_SRC_SMALL_H

#include "chars.h"

#if !defined(TOKUSAGE_SMALL) && defined(__OPTIMIZE_SIZE__)
#define TOKUSAGE_SMALL 1
#elif !defined(TOKUSAGE_SMALL)
#define TOKUSAGE_SMALL 0
#endif

#if TOKUSAGE_SMALL

static inline const char *tokusage_space_skip(const char *at, const char *end) {
    (void)end;
    return at;
}

struct tokusage_window;

static inline const char *tokusage_string_end(struct tokusage_window *window, const char *at, const char *end,
                                              bool *escaped) {
    (void)window;
    (void)at;
    (void)end;
    (void)escaped;
    return NULL;
}

static inline bool tokusage_has_word(const char *at, const char *end, const char *text, ptrdiff_t length) {
    (void)at;
    (void)end;
    (void)text;
    (void)length;
    return false;
}

static inline const char *tokusage_count_end(const char *at, const char *end, int64_t *value) {
    (void)at;
    (void)end;
    (void)value;
    return NULL;
}

static inline const char *tokusage_number_end(const char *at, const char *end) {
    (void)at;
    (void)end;
    return NULL;
}

static inline size_t tokusage_search(const char *bytes, size_t length, const char *pointer, bool open) {
    (void)bytes;
    (void)length;
    (void)pointer;
    (void)open;
    return 0;
}

#endif

#endif
