/*
 * bench [OPTION VALUE]...: gives the same work to each engine, run after run in turn, so that whatever else the machine
 * does falls on all of them; checks that all get the same answer; and prints medians. Ends in 1 when an answer differs,
 * in 0 whatever the times are. --only and --engine choose one work and one engine, for a profiler.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const engine *const engines[] = {
    &engine_tokusage,     &engine_cjson,
#ifdef HAVE_JANSSON
    &engine_jansson,
#endif
#ifdef HAVE_JSON_C
    &engine_json_c,
#endif
#ifdef HAVE_RAPIDJSON
    &engine_rapidjson,
#endif
#ifdef HAVE_SIMDJSON
    &engine_simdjson,
#endif
#ifdef HAVE_YYJSON
    &engine_yyjson,
#endif
    &engine_memchr_lines, &engine_memchr_all, &engine_snprintf,
};
const size_t engine_count = sizeof engines / sizeof *engines;

result results[RESULTS_MAX];
size_t result_count;

static struct {
    size_t rounds;
    double seconds; /* about as long for one work, in one size of pieces */
    const char *only;
    const char *engine;
    const char *recordings;
    const char *out;
} options = {.rounds = 1001, .seconds = 1.5};

static bool differs;

static double clock_now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/*
 * Time on the processor, not on the wall: where something else takes turns on it, a long run is interrupted and a
 * short one is not, which would make the slower engines look slower than they are.
 */
static double now(void) {
    return clock_now(CLOCK_THREAD_CPUTIME_ID);
}

/* ---- one run */

typedef struct run {
    const work *work;
    const engine *engine;
    size_t piece;
    char *scratch;
    report found[TEXTS_MAX];
    char written[TEXTS_MAX][128];
} run;

static bool takes_part(const engine *engine, const work *work) {
    if (options.engine && strcmp(engine->name, options.engine) != 0) {
        return false;
    }
    switch (work->kind) {
    case KIND_ENCODE:
        return engine->write != NULL;
    case KIND_STREAM:
        return engine->stream != NULL || engine->read != NULL;
    default:
        return engine->read != NULL;
    }
}

static void do_work(run *run) {
    const work *const work = run->work;
    const engine *const engine = run->engine;
    for (size_t i = 0; i < work->count; i++) {
        char *const text = run->scratch + work->begin[i];
        const size_t length = work->length[i];
        report *const found = &run->found[i];
        if (work->kind == KIND_ENCODE) {
            engine->write(&work->expected[i].usage, run->written[i], sizeof run->written[i]);
        } else if (work->kind != KIND_STREAM) {
            engine->read(text, length, work->kind == KIND_DECODE ? PLACE_ROOT : PLACE_MEMBER, &found->usage);
        } else if (engine->stream) {
            engine->stream(text, length, run->piece, found);
        } else {
            stream_framed(engine, text, length, run->piece, found);
        }
    }
}

static void prepare(run *run) {
    const report nothing = {.usage = NO_COUNTS, .reports = 0};
    memcpy(run->scratch, run->work->bytes, run->work->size);
    for (size_t i = 0; i < run->work->count; i++) {
        run->found[i] = nothing;
        run->written[i][0] = '\0';
    }
}

static double take_time(run *run) {
    prepare(run);
    const double begin = now();
    do_work(run);
    return (now() - begin) / (double)run->work->count;
}

/* ---- the same answer */

static bool same_counts(counts a, counts b) {
    return a.prompt == b.prompt && a.completion == b.completion && a.total == b.total;
}

static bool is_right(const run *run, size_t i, const report *expected) {
    if (run->work->kind == KIND_ENCODE) {
        const size_t length = run->work->length[i];
        return strlen(run->written[i]) == length &&
               memcmp(run->written[i], run->work->bytes + run->work->begin[i], length) == 0;
    }
    return same_counts(run->found[i].usage, expected->usage) && run->found[i].reports == expected->reports;
}

/* Against what is known; of a recording only the first engine's answer is. */
static void check(const run *run, const report *first) {
    for (size_t i = 0; i < run->work->count && !run->engine->floor; i++) {
        const report *const known = &run->work->expected[i];
        if (!is_right(run, i, known->reports == UINT64_MAX ? first : known)) {
            differs = true;
            fprintf(stderr, "bench: %s gives another answer: %s, text %zu\n", run->engine->name, run->work->name, i);
            return;
        }
    }
}

/* ---- rounds */

static int compare(const void *a, const void *b) {
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* The machine's speed may change while this runs, so runs are compared that were made one soon after the other. */
static double median_ratio(const double *times, const double *ours, size_t count) {
    static double ratios[SAMPLES_MAX];
    for (size_t i = 0; i < count; i++) {
        ratios[i] = times[i] / ours[i];
    }
    return median(ratios, count);
}

static void measure(const work *work, size_t piece) {
    static run run;
    static double samples[ENGINES_MAX][SAMPLES_MAX];
    report first = {.reports = 0};
    char *const scratch = malloc(work->size + PADDING);
    if (!scratch || result_count == RESULTS_MAX || engine_count > ENGINES_MAX) {
        abort();
    }
    memset(scratch, 0, work->size + PADDING);

    const double end = now() + options.seconds * 1e9;
    size_t rounds = 0;
    /* The first round warms up and checks; its times do not count. */
    for (size_t round = 0; round <= options.rounds && (round < 6 || now() < end); round++) {
        for (size_t i = 0; i < engine_count; i++) {
            const size_t turn = round == 0 ? i : (i + round) % engine_count;
            if (!takes_part(engines[turn], work)) {
                continue;
            }
            run.work = work;
            run.engine = engines[turn];
            run.piece = piece;
            run.scratch = scratch;
            const double time = take_time(&run);
            if (turn == 0) {
                first = run.found[0];
            }
            check(&run, &first);
            if (round > 0) {
                samples[turn][round - 1] = time;
            }
        }
        rounds = round;
    }
    free(scratch);

    result *const result = &results[result_count++];
    memcpy(result->name, work->name, sizeof result->name);
    result->kind = work->kind;
    result->piece = piece;
    result->rounds = rounds;
    for (size_t i = 0; i < work->count; i++) {
        result->bytes += (double)work->length[i] / (double)work->count;
    }
    /* Medians put the samples in order, so the ratios come first, and this library's own median last. */
    for (size_t i = engine_count; i-- > 0;) {
        timing *const timing = &result->of[i];
        timing->taken = takes_part(engines[i], work);
        if (timing->taken) {
            timing->times = median_ratio(samples[i], samples[0], rounds);
            timing->median = median(samples[i], rounds);
            timing->best = samples[i][0];
        }
    }
    fprintf(stderr, ".");
}

/* ---- what to measure */

static bool is_wanted(const char *name) {
    return !options.only || strstr(name, options.only);
}

static void measure_work(work *work) {
    static const size_t pieces[] = {WHOLE, 16384, 1400, 16};
    const bool large = work->size > 10000000;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        if (i == 0 || (work->kind == KIND_STREAM && (!large || pieces[i] == 16384))) {
            measure(work, pieces[i]);
        }
    }
    free(work->bytes);
}

static void measure_recordings(const char *folder) {
    static const char *const names[] = {"deepseek-chat",      "groq-chat",          "perplexity-chat",
                                        "openai-completions", "deepseek-tool-call", "groq-tool-call",
                                        "mistral-chat",       "moonshot-chat",      "xai-chat"};
    static work recorded;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is_wanted(names[i]) && load_recording(folder, names[i], &recorded)) {
            measure_work(&recorded);
        }
    }
}

static void write_file(const char *name, void (*write)(FILE *out)) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", options.out, name);
    FILE *const file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(2);
    }
    write(file);
    fclose(file);
    printf("written: %s\n", path);
}

static void read_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *const value = argv[i + 1];
        if (strcmp(argv[i], "--rounds") == 0) {
            options.rounds = strtoul(value, NULL, 10);
        } else if (strcmp(argv[i], "--seconds") == 0) {
            options.seconds = strtod(value, NULL);
        } else if (strcmp(argv[i], "--only") == 0) {
            options.only = value;
        } else if (strcmp(argv[i], "--engine") == 0) {
            options.engine = value;
        } else if (strcmp(argv[i], "--recordings") == 0) {
            options.recordings = value;
        } else if (strcmp(argv[i], "--out") == 0) {
            options.out = value;
        } else {
            fprintf(stderr, "bench: unknown option %s\n", argv[i]);
            exit(2);
        }
    }
    if (argc % 2 == 0 || options.rounds < 1 || options.rounds > SAMPLES_MAX) {
        fprintf(stderr,
                "usage: bench [--rounds 1..%d] [--seconds S] [--only TEXT] [--engine NAME] [--recordings FOLDER] "
                "[--out FOLDER]\n",
                SAMPLES_MAX);
        exit(2);
    }
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    make_works(is_wanted, measure_work);
    if (options.recordings) {
        measure_recordings(options.recordings);
    }
    fprintf(stderr, "\n");
    print_machine(stdout, "");
    print_results();
    if (!options.engine) {
        print_goals(stdout);
    }
    if (options.out) {
        write_file("results.csv", write_csv);
        write_file("results.svg", write_chart);
    }
    return differs ? 1 : 0;
}
