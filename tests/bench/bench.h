/*
 * What the parts of the benchmark share: the engines (this library and what a program would otherwise use), the texts
 * that each is given, the rows, and the times they took. No measuring and no JSON here.
 */
#ifndef TOKUSAGE_BENCH_H
#define TOKUSAGE_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is looked for */

/* What an engine finds; -1 is an absent count. */
typedef struct counts {
    int64_t prompt, completion, total;
} counts;

#define NO_COUNTS                                                                                                      \
    { -1, -1, -1 }

typedef struct findings {
    counts usage;
    uint64_t reports; /* of a stream: how many events had one */
} findings;

typedef struct name {
    const char *bytes; /* NUL-terminated; NULL: there is none */
    size_t length;
} name;

enum {
    WAY_MAX = 2,
    COUNT_NAMES = 3
};

/* Where a service puts its usage, and what it calls the counts. Only the peers know. */
typedef struct form {
    name way[WAY_MAX];        /* members that lead from the root to the usage; without any, the usage is the root */
    name counts[COUNT_NAMES]; /* of prompt, completion, total */
    bool bare;                /* the text is a usage object itself */
    bool cache_separate;      /* cached and written tokens are not in the prompt's count */
    bool reasoning_separate;  /* the reasoning is not in the completion's count */
} form;

/* ---- texts */

/*
 * A reader may read this many bytes after its text, and may write them if it restores them. It may destroy the text:
 * each run gets a fresh copy, which is made while the clock does not run.
 */
enum {
    PADDING = 64
};

typedef struct text {
    size_t begin, length;
    const form *form;
    counts named;           /* what the form's three members say: the peers' answer */
    counts summed;          /* the same with the separate parts: this library's answer */
    uint64_t reports;       /* of a stream: how many events have a usage */
    uint64_t named_reports; /* how many have it where the form says: the peers' answer */
} text;

/* The texts are in `bytes`, one after another, each with PADDING after it. */
typedef struct texts {
    char *bytes;
    size_t size, room;
    text *text;
    size_t count, text_room;
    bool crlf; /* streams: lines end in CR LF */
} texts;

void free_texts(texts *made);

/* bodies.c: all made from our own words and a fixed seed. */
typedef enum stream_form {
    STREAM_NULL,    /* "usage":null in every event except the last */
    STREAM_END,     /* a usage only in the last event */
    STREAM_RUNNING, /* usage so far at the end of every event */
    STREAM_EARLY,   /* the same early in the event, with sources that are repeated each time */
    STREAM_ESCAPED, /* non-Latin text as \u escapes */
    STREAM_LARGE    /* events of 10 KB */
} stream_form;

extern const size_t shape_count;
const char *shape_name(size_t shape);
void make_different_bodies(texts *made, size_t count);
void make_same_bodies(texts *made, size_t shape, size_t count);
void make_large_bodies(texts *made, bool with_logprobs);
void make_streams(texts *made, stream_form form, bool crlf);
void make_short_streams(texts *made, size_t events, size_t count);
void make_usages(texts *made, bool with_details);
/* Bodies of one event's or one response's size with members that no shape has, in any order. */
void make_generated(texts *made, size_t count, bool streams);

/* ---- engines */

/* Where a stream's chunks end; the last is the stream's length. */
typedef struct cuts {
    const size_t *end;
    size_t count;
} cuts;

typedef struct engine {
    const char *name;
    const char *(*version)(void);
    /* Reads one text. False if there is no usage object (missing or null). */
    bool (*read)(char *bytes, size_t length, const form *form, counts *found);
    /* Reads a stream in chunks; NULL: by frame.c, with `read` for each event. */
    void (*stream)(char *body, const cuts *cuts, findings *found);
    /* Writes a usage object of three counts; returns its length. NULL: it does not write JSON. */
    size_t (*write)(const counts *usage, char *buffer, size_t size);
    bool sums;  /* its answer is `summed`, not `named` */
    bool floor; /* reads nothing: a lower bound, whose answers are not compared */
} engine;

/* In the order of the tables; the first is this library. */
extern const engine *const engines[];
extern const size_t engine_count;

extern const engine engine_tokusage, engine_against, engine_cjson, engine_jansson, engine_json_c, engine_rapidjson,
    engine_simdjson, engine_yyjson, engine_memchr_lines, engine_memchr_all, engine_snprintf;

/* frame.c: the data of each server-sent event, framed with memchr, handed to `read`. */
void stream_framed(const engine *engine, const form *form, char *body, const cuts *cuts, findings *found);

/* ---- rows */

typedef enum kind {
    KIND_READ,   /* each text by itself, whole */
    KIND_STREAM, /* each text in chunks */
    KIND_WRITE   /* the counts of each text are written */
} kind;

enum {
    CHUNK_WHOLE = 0,
    CHUNK_EVENT = 1, /* one event a call; any other number is bytes */
    ROW_NAME_SIZE = 48
};

typedef struct row {
    char name[ROW_NAME_SIZE];
    kind kind;
    size_t chunk;
    bool short_texts; /* shown in nanoseconds, not in GB/s */
    size_t fresh;     /* how many texts a run reads, which no run has read before; 0: each run reads all of them */
} row;

/* rows.c */
void for_each_row(bool (*wanted)(const char *name), void (*take)(const row *row, const texts *texts));

/* The peer must take at least `times` as long as this library in the row. */
typedef struct aim {
    const char *row; /* the rows whose names begin with this */
    const char *peer;
    double with_avx2, without; /* 0: no aim */
} aim;

extern const aim aims[];
extern const size_t aim_count;
bool library_is_wide(void);
bool library_has_avx2(void);
const char *library_way(void);

/* ---- results */

enum {
    ENGINES_MAX = 12,
    ROUNDS_MAX = 5001,
    RESULTS_MAX = 128
};

typedef struct timing {
    bool taken;
    double median, best; /* nanoseconds for one text or stream */
    double times;        /* this library's: the median of the ratios, each of two runs of the same round */
    const char *seen_in; /* the row that the number is from; NULL: this row */
} timing;

typedef struct result {
    row row;
    double bytes; /* of one text, on average */
    size_t rounds;
    timing of[ENGINES_MAX];
} result;

extern result results[RESULTS_MAX];
extern size_t result_count;

/* table.c, chart.c */
void processor_name(char *text, size_t size);
void print_machine(FILE *out, const char *before);
void print_results(void);
void print_aims(FILE *out);
void write_csv(FILE *out);
void write_chart(FILE *out);

#ifdef __cplusplus
}
#endif

#endif
