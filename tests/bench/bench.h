/*
 * What the parts of the benchmark share: the engines (this library and what a program would otherwise use), the work
 * that each is given, and the times they took. No measuring and no JSON here.
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

/* ---- engines */

/* What an engine finds; -1 is an absent count. */
typedef struct counts {
    int64_t prompt, completion, total;
} counts;

#define NO_COUNTS                                                                                                      \
    { -1, -1, -1 }

typedef struct report {
    counts usage;
    uint64_t reports; /* of a stream: how many events had one */
} report;

/* Where the usage is. */
typedef enum place {
    PLACE_ROOT,  /* the text is the usage object */
    PLACE_MEMBER /* it is the text's member "usage" */
} place;

/*
 * Behind every text that a reader is given, this many bytes of the buffer may be read, and may be written if they
 * are put back. The text itself may be destroyed: each run gets a fresh copy, which is made outside of the time taken.
 */
enum {
    PADDING = 64
};

typedef struct engine {
    const char *name;
    const char *(*version)(void);
    /* Reads one text. False if there is no usage object (missing or null). */
    bool (*read)(char *text, size_t length, place place, counts *found);
    /* Reads a stream in pieces; NULL: by frame.c, with `read` for each event. */
    void (*stream)(char *body, size_t length, size_t piece, report *found);
    /* Writes a usage object of three counts; returns its length. NULL: it does not write JSON. */
    size_t (*write)(const counts *usage, char *buffer, size_t size);
    bool floor; /* reads nothing: a lower bound, whose answers are not compared */
} engine;

/* In the order of the tables; the first is this library. */
extern const engine *const engines[];
extern const size_t engine_count;

extern const engine engine_tokusage, engine_cjson, engine_jansson, engine_json_c, engine_rapidjson, engine_simdjson,
    engine_yyjson, engine_memchr_lines, engine_memchr_all, engine_snprintf;

/* frame.c: the data of each server-sent event, framed with memchr, handed to `read`. */
void stream_framed(const engine *engine, char *body, size_t length, size_t piece, report *found);

/* ---- work */

typedef enum kind {
    KIND_DECODE,  /* texts that are usage objects */
    KIND_EXTRACT, /* texts with a member usage */
    KIND_STREAM,  /* one text, a stream */
    KIND_ENCODE   /* counts, to be written */
} kind;

enum {
    TEXTS_MAX = 256,
    WHOLE = 0 /* as a piece: all of it at once */
};

/* The texts lie one after the other in `bytes`, each with PADDING behind it. */
typedef struct work {
    char name[48];
    kind kind;
    char *bytes;
    size_t size, room;
    size_t count;
    size_t begin[TEXTS_MAX], length[TEXTS_MAX];
    report expected[TEXTS_MAX];
} work;

/* bodies.c: makes the works whose names are wanted, from its own words and a fixed seed. Who takes one frees its bytes.
 */
void make_works(bool (*wanted)(const char *name), void (*take)(work *made));
/* Reads a recorded stream; false if there is no such file. */
bool load_recording(const char *folder, const char *name, work *made);

/* ---- results */

enum {
    ENGINES_MAX = 12,
    SAMPLES_MAX = 20001,
    RESULTS_MAX = 96
};

typedef struct timing {
    bool taken;
    double median, best; /* nanoseconds for one text or stream */
    double times;        /* this library's: the median of the ratios, each of two runs of the same round */
} timing;

typedef struct result {
    char name[48];
    kind kind;
    size_t piece;
    double bytes; /* of one text or stream, on the average */
    size_t rounds;
    timing of[ENGINES_MAX];
} result;

extern result results[RESULTS_MAX];
extern size_t result_count;

/* report.c, chart.c */
const char *piece_name(size_t piece);
void processor_name(char *text, size_t size);
void print_machine(FILE *out, const char *before);
void print_results(void);
void print_goals(FILE *out);
void write_csv(FILE *out);
void write_chart(FILE *out);

#ifdef __cplusplus
}
#endif

#endif
