/*
 * The rows of the benchmark: their names, the texts and chunks of each, and what this library aims at. README.md says
 * what each row means. This file makes no texts and measures nothing.
 */
#include "bench.h"

#include <string.h>

/* ---- what is aimed at */

/* The project's own aims. results.csv has what was reached. */
const aim aims[] = {
    {"null/whole/", "yyjson", 9, 6},
    {"null/16k/", "yyjson", 9, 6},
    {"null/1400/", "yyjson", 2.5, 2.5},
    {"null/event/", "yyjson", 3.5, 3.5},
    {"null/whole/", "memchr lines", 0.8, 0},
    {"end/whole/", "yyjson", 9, 6},
    {"end/16k/", "yyjson", 9, 6},
    {"end/1400/", "yyjson", 2.5, 2.5},
    {"end/event/", "yyjson", 3.5, 3.5},
    {"running/", "yyjson", 1, 1},
    {"early/", "yyjson", 1.3, 1.3},
    {"short/", "yyjson", 1, 1},
    {"bodies", "yyjson", 1.2, 1.2},
    {"unseen/bodies", "yyjson", 1.2, 1.2},
    {"unseen/short", "yyjson", 1, 1},
    {"again average", "yyjson", 1.2, 1.2},
    {"again smallest", "yyjson", 0.9, 0.9},
    {"decode/three", "yyjson", 1.1, 1.1},
    {"decode/details", "yyjson", 1, 1},
    {"encode", "yyjson", 1.4, 1.4},
    /* The other version of this library, where one is measured. */
    {"", "against", 1, 1},
};
const size_t aim_count = sizeof aims / sizeof *aims;

bool library_is_wide(void) {
#ifdef TOKUSAGE_PORTABLE
    return false;
#else
    return true;
#endif
}

/* The library chooses at run time. The benchmark is built with the same definitions. */
bool library_has_avx2(void) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(TOKUSAGE_NO_AVX2) && !defined(TOKUSAGE_PORTABLE)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

const char *library_way(void) {
    if (!library_is_wide()) {
        return "portable";
    }
    return library_has_avx2() ? "AVX2" : "without AVX2";
}

/* ---- the rows */

enum {
    BODIES = 2000,
    COPIES = 32,
    SHORT_STREAMS = 210,
    UNSEEN = 200, /* texts of a run */
    UNSEEN_RUNS = 51
};

static struct {
    bool (*wanted)(const char *name);
    void (*take)(const row *row, const texts *texts);
} given;

static void take_row(const row *row, const texts *made) {
    if (given.wanted(row->name)) {
        given.take(row, made);
    }
}

static const struct stream_rows {
    const char *name;
    stream_form form;
    bool all_chunks; /* false: only in chunks of 16 KB, and with LF */
} stream_rows[] = {
    {"null", STREAM_NULL, true},   {"end", STREAM_END, true},          {"running", STREAM_RUNNING, true},
    {"early", STREAM_EARLY, true}, {"escaped", STREAM_ESCAPED, false}, {"large", STREAM_LARGE, false},
};

static const struct chunk {
    const char *name;
    size_t bytes;
} chunks[] = {{"whole", CHUNK_WHOLE}, {"16k", 16384}, {"1400", 1400}, {"event", CHUNK_EVENT}};

static void for_each_chunk(const struct stream_rows *rows, bool crlf) {
    static texts made;
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        row row = {.kind = KIND_STREAM, .chunk = chunks[i].bytes};
        snprintf(row.name, sizeof row.name, "%s/%s/%s", rows->name, chunks[i].name, crlf ? "crlf" : "lf");
        if (!given.wanted(row.name) || (!rows->all_chunks && chunks[i].bytes != 16384)) {
            continue;
        }
        if (made.count == 0) {
            make_streams(&made, rows->form, crlf);
        }
        given.take(&row, &made);
    }
    free_texts(&made);
}

static void for_each_stream(void) {
    for (size_t i = 0; i < sizeof stream_rows / sizeof *stream_rows; i++) {
        for_each_chunk(&stream_rows[i], false);
        if (stream_rows[i].all_chunks) {
            for_each_chunk(&stream_rows[i], true);
        }
    }
}

static void for_each_short_stream(void) {
    static const size_t events[] = {1, 3, 8};
    texts made;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        row row = {.kind = KIND_STREAM};
        snprintf(row.name, sizeof row.name, "short/%zu", events[i]);
        make_short_streams(&made, events[i], SHORT_STREAMS);
        take_row(&row, &made);
        free_texts(&made);
    }
}

static void for_each_generated(void) {
    texts made;
    make_generated(&made, UNSEEN * UNSEEN_RUNS, false);
    take_row(&(row){.name = "unseen/bodies", .fresh = UNSEEN}, &made);
    free_texts(&made);
    make_generated(&made, UNSEEN * UNSEEN_RUNS, true);
    take_row(&(row){.name = "unseen/short", .kind = KIND_STREAM, .fresh = UNSEEN}, &made);
    free_texts(&made);
}

static void for_each_body(void) {
    texts made;
    make_different_bodies(&made, BODIES);
    take_row(&(row){.name = "bodies"}, &made);
    free_texts(&made);
    for (size_t shape = 0; shape < shape_count; shape++) {
        row row = {.kind = KIND_READ};
        snprintf(row.name, sizeof row.name, "again/%s", shape_name(shape));
        make_same_bodies(&made, shape, COPIES);
        take_row(&row, &made);
        free_texts(&made);
    }
    make_large_bodies(&made, false);
    take_row(&(row){.name = "large-body/text"}, &made);
    free_texts(&made);
    make_large_bodies(&made, true);
    take_row(&(row){.name = "large-body/logprobs"}, &made);
    free_texts(&made);
}

static void for_each_usage(void) {
    texts made;
    make_usages(&made, true);
    take_row(&(row){.name = "decode/details", .short_texts = true}, &made);
    free_texts(&made);
    make_usages(&made, false);
    take_row(&(row){.name = "decode/three", .short_texts = true}, &made);
    take_row(&(row){.name = "encode", .kind = KIND_WRITE, .short_texts = true}, &made);
    free_texts(&made);
}

void for_each_row(bool (*wanted)(const char *name), void (*take)(const row *row, const texts *texts)) {
    given.wanted = wanted;
    given.take = take;
    for_each_stream();
    for_each_short_stream();
    for_each_body();
    for_each_generated();
    for_each_usage();
}
