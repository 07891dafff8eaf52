/*
 * bench [OPTION]...: gives the same texts to each engine, run after run in turn, so that other work of the machine
 * affects all of them; checks that all get the right answer; and prints medians. Ends in 1 when an answer is wrong,
 * else in 0, also when it is slow. README.md lists the options.
 */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const engine *const engines[] = {
    &engine_tokusage,
#ifdef HAVE_AGAINST
    &engine_against,
#endif
#ifdef HAVE_CJSON
    &engine_cjson,
#endif
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

enum {
    NAMES_MAX = 16
};

static struct {
    size_t rounds;
    double seconds; /* about as long for one row */
    const char *row[NAMES_MAX];
    size_t rows;
    const char *engine[NAMES_MAX];
    size_t engines;
    const char *out;
    bool quick, list;
} options = {.rounds = 1001, .seconds = 1};

static bool has_wrong_answer;

/*
 * Processor time, not wall time. When other programs take turns on the processor, they interrupt long runs more often
 * than short ones. In wall time the slower engines would look slower than they are.
 */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Sorts the samples. */
static double median(double *samples, size_t count) {
    qsort(samples, count, sizeof *samples, by_size);
    return (samples[(count - 1) / 2] + samples[count / 2]) / 2;
}

/* The time of a run that does nothing: the cost of the clock. */
static double clock_cost(void) {
    double samples[101];
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const double begin = now();
        samples[i] = now() - begin;
    }
    return median(samples, sizeof samples / sizeof *samples);
}

/* ---- one run */

typedef struct run {
    const row *row;
    const texts *texts;
    const engine *engine;
    size_t first, count; /* the texts that it reads */
    cuts *cuts;          /* of each text */
    char *scratch;
    findings *found; /* for each text */
    char (*written)[128];
} run;

static void *room(size_t count, size_t size) {
    void *const made = calloc(count, size);
    if (!made) {
        abort();
    }
    return made;
}

/* Behind the blank line that ends the event at `begin`. */
static size_t event_end(const char *body, size_t begin, size_t length) {
    for (size_t at = begin; at + 1 < length; at++) {
        if (body[at] == '\n' && (body[at + 1] == '\n' || (body[at + 1] == '\r' && body[at + 2] == '\n'))) {
            return at + (body[at + 1] == '\n' ? 2 : 3);
        }
    }
    return length;
}

static cuts cuts_of(const char *body, size_t length, size_t chunk) {
    size_t *const end = room(length / 8 + 2, sizeof *end);
    size_t count = 0;
    for (size_t at = 0; at < length; end[count++] = at) {
        if (chunk == CHUNK_EVENT) {
            at = event_end(body, at, length);
        } else {
            at = chunk == CHUNK_WHOLE || length - at < chunk ? length : at + chunk;
        }
    }
    return (cuts){end, count};
}

static run begin_run(const row *row, const texts *texts) {
    run run = {.row = row, .texts = texts, .count = row->fresh > 0 ? row->fresh : texts->count};
    run.cuts = room(texts->count, sizeof *run.cuts);
    run.scratch = room(texts->size, 1);
    run.found = room(texts->count, sizeof *run.found);
    run.written = room(texts->count, sizeof *run.written);
    for (size_t i = 0; row->kind == KIND_STREAM && i < texts->count; i++) {
        run.cuts[i] = cuts_of(texts->bytes + texts->text[i].begin, texts->text[i].length, row->chunk);
    }
    return run;
}

static void end_run(run *run) {
    for (size_t i = 0; i < run->texts->count; i++) {
        free((void *)run->cuts[i].end);
    }
    free(run->cuts);
    free(run->scratch);
    free(run->found);
    free(run->written);
}

static bool is_chosen(const engine *engine) {
    for (size_t i = 0; i < options.engines; i++) {
        if (strcmp(engine->name, options.engine[i]) == 0) {
            return true;
        }
    }
    return options.engines == 0;
}

static bool takes_part(const engine *engine, const row *row) {
    if (!is_chosen(engine)) {
        return false;
    }
    if (options.quick && engine != engines[0] && strcmp(engine->name, "against") != 0 &&
        strcmp(engine->name, "yyjson") != 0 && engine != &engine_memchr_lines) {
        return false;
    }
    switch (row->kind) {
    case KIND_WRITE:
        return engine->write != NULL;
    case KIND_STREAM:
        return engine->stream != NULL || engine->read != NULL;
    default:
        return engine->read != NULL && !engine->floor;
    }
}

static void do_work(run *run) {
    const engine *const engine = run->engine;
    for (size_t i = run->first; i < run->first + run->count; i++) {
        const text *const text = &run->texts->text[i];
        char *const bytes = run->scratch + text->begin;
        if (run->row->kind == KIND_WRITE) {
            engine->write(&text->summed, run->written[i], sizeof run->written[i]);
        } else if (run->row->kind == KIND_READ) {
            engine->read(bytes, text->length, text->form, &run->found[i].usage);
        } else if (engine->stream) {
            engine->stream(bytes, &run->cuts[i], &run->found[i]);
        } else {
            stream_framed(engine, text->form, bytes, &run->cuts[i], &run->found[i]);
        }
    }
}

static void prepare(run *run) {
    const text *const first = &run->texts->text[run->first];
    const text *const last = first + run->count - 1;
    memcpy(run->scratch + first->begin, run->texts->bytes + first->begin,
           last->begin + last->length + PADDING - first->begin);
    for (size_t i = run->first; i < run->first + run->count; i++) {
        run->found[i] = (findings){.usage = NO_COUNTS, .reports = 0};
        run->written[i][0] = '\0';
    }
}

/* Nanoseconds for one text. */
static double take_time(run *run, double clock) {
    prepare(run);
    const double begin = now();
    do_work(run);
    const double time = now() - begin - clock;
    return (time > 1 ? time : 1) / (double)run->count;
}

/* ---- the right answer */

static bool same_counts(counts a, counts b) {
    return a.prompt == b.prompt && a.completion == b.completion && a.total == b.total;
}

static bool is_right(const run *run, size_t i) {
    const text *const text = &run->texts->text[i];
    if (run->row->kind == KIND_WRITE) {
        return strlen(run->written[i]) == text->length &&
               memcmp(run->written[i], run->texts->bytes + text->begin, text->length) == 0;
    }
    return same_counts(run->found[i].usage, run->engine->sums ? text->summed : text->named) &&
           (run->row->kind != KIND_STREAM ||
            run->found[i].reports == (run->engine->sums ? text->reports : text->named_reports));
}

static void check(const run *run) {
    if (run->engine->floor) {
        return;
    }
    for (size_t i = run->first; i < run->first + run->count; i++) {
        if (!is_right(run, i)) {
            const text *const text = &run->texts->text[i];
            fprintf(stderr, "bench: %s, text %zu: a wrong answer by %s\n%.*s\n", run->row->name, i, run->engine->name,
                    (int)(text->length < 3000 ? text->length : 3000), run->texts->bytes + text->begin);
            has_wrong_answer = true;
            return;
        }
    }
}

/* ---- many runs */

static double samples[ENGINES_MAX][ROUNDS_MAX];

enum {
    SHORT_RUN = 500000 /* nanoseconds */
};

/*
 * The first round checks, and its times do not count. A short run is made twice in each round, and the second counts,
 * because then the engine's own code is in the caches, not that of the engine before; but not where no text may be read
 * twice. Returns how many rounds counted.
 */
static size_t take_rounds(run *run) {
    bool is_short[ENGINES_MAX] = {false};
    const double clock = clock_cost();
    const double end = now() + options.seconds * 1e9;
    const size_t most = run->row->fresh > 0 ? run->texts->count / run->count - 1 : options.rounds;
    size_t round = 0;
    for (; round <= most && round <= options.rounds && (round < 6 || now() < end); round++) {
        run->first = run->row->fresh * round;
        for (size_t i = 0; i < engine_count; i++) {
            const size_t turn = (i + round) % engine_count;
            if (!takes_part(engines[turn], run->row)) {
                continue;
            }
            run->engine = engines[turn];
            if (is_short[turn]) {
                prepare(run);
                do_work(run);
            }
            const double time = take_time(run, clock);
            if (round == 0) {
                check(run);
                is_short[turn] = run->row->fresh == 0 && time * (double)run->count < SHORT_RUN;
            } else {
                samples[turn][round - 1] = time;
            }
        }
    }
    return round - 1;
}

static double median_ratio(const double *of, const double *to, size_t count) {
    static double ratios[ROUNDS_MAX];
    for (size_t i = 0; i < count; i++) {
        ratios[i] = of[i] / to[i];
    }
    return median(ratios, count);
}

static result *new_result(const row *row) {
    if (result_count == RESULTS_MAX) {
        abort();
    }
    result *const made = &results[result_count++];
    made->row = *row;
    return made;
}

static void measure(const row *row, const texts *texts) {
    if (options.list) {
        printf("%s\n", row->name);
        return;
    }
    run run = begin_run(row, texts);
    const size_t rounds = take_rounds(&run);
    end_run(&run);

    result *const made = new_result(row);
    made->rounds = rounds;
    made->bytes = (double)(texts->size - texts->count * PADDING) / (double)texts->count;
    /* A median sorts the samples, so the ratios are computed first, and this library's own median last. */
    for (size_t i = engine_count; i-- > 0;) {
        timing *const timing = &made->of[i];
        timing->taken = takes_part(engines[i], row);
        if (timing->taken) {
            timing->times = median_ratio(samples[i], samples[0], rounds);
            timing->median = median(samples[i], rounds);
            timing->best = samples[i][0];
        }
    }
    fprintf(stderr, ".");
}

/* ---- all the shapes together */

static bool is_again(const result *result) {
    return strncmp(result->row.name, "again/", 6) == 0;
}

/* For one engine, over the rows that repeat one body: the geometric means, and the row where it comes nearest to us. */
static size_t sum_up_engine(size_t rows, size_t engine, timing *average, timing *smallest) {
    size_t count = 0;
    timing sum = {0};
    for (size_t r = 0; r < rows; r++) {
        const timing *const next = &results[r].of[engine];
        if (!is_again(&results[r]) || !next->taken) {
            continue;
        }
        count++;
        sum.median += log(next->median / results[r].bytes);
        sum.best += log(next->best / results[r].bytes);
        sum.times += log(next->times);
        if (!smallest->taken || next->times < smallest->times) {
            *smallest = *next;
            smallest->median /= results[r].bytes;
            smallest->best /= results[r].bytes;
            smallest->seen_in = results[r].row.name;
        }
    }
    const double times = count > 0 ? (double)count : 1;
    *average = (timing){count > 0, exp(sum.median / times), exp(sum.best / times), exp(sum.times / times), NULL};
    return count;
}

static void sum_up_again(void) {
    const size_t rows = result_count;
    result *const average = new_result(&(row){.name = "again average"});
    result *const smallest = new_result(&(row){.name = "again smallest"});
    size_t count = 0;
    for (size_t i = 0; i < engine_count; i++) {
        count += sum_up_engine(rows, i, &average->of[i], &smallest->of[i]);
    }
    average->bytes = smallest->bytes = 1; /* the times are those of a byte */
    if (count == 0) {
        result_count = rows;
    }
}

/* ---- options */

static bool is_wanted(const char *name) {
    for (size_t i = 0; i < options.rows; i++) {
        if (strstr(name, options.row[i])) {
            return true;
        }
    }
    return options.rows == 0;
}

static void stop_with_usage(void) {
    fprintf(
        stderr,
        "usage: bench [--list] [--quick] [--row PART_OF_A_NAME]... [--engine NAME]... [--rounds 1..%d] [--seconds S] "
        "[--out FOLDER]\n",
        ROUNDS_MAX);
    exit(2);
}

static void read_option(const char *option, const char *value) {
    if (strcmp(option, "--row") == 0 && options.rows < NAMES_MAX) {
        options.row[options.rows++] = value;
    } else if (strcmp(option, "--rounds") == 0) {
        options.rounds = strtoul(value, NULL, 10);
    } else if (strcmp(option, "--seconds") == 0) {
        options.seconds = strtod(value, NULL);
    } else if (strcmp(option, "--engine") == 0 && options.engines < NAMES_MAX) {
        options.engine[options.engines++] = value;
    } else if (strcmp(option, "--out") == 0) {
        options.out = value;
    } else {
        stop_with_usage();
    }
}

static void read_options(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            options.list = true;
        } else if (strcmp(argv[i], "--quick") == 0) {
            options.quick = true;
            options.rounds = 51;
            options.seconds = 0.1;
        } else if (i + 1 < argc) {
            read_option(argv[i], argv[i + 1]);
            i++;
        } else {
            stop_with_usage();
        }
    }
    if (options.rounds < 1 || options.rounds > ROUNDS_MAX - 1) {
        stop_with_usage();
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

int main(int argc, char **argv) {
    read_options(argc, argv);
    for_each_row(is_wanted, measure);
    if (options.list) {
        return 0;
    }
    sum_up_again();
    fprintf(stderr, "\n");
    print_machine(stdout, "");
    print_results();
    print_aims(stdout);
    if (options.out) {
        write_file("results.csv", write_csv);
        write_file("results.svg", write_chart);
    }
    return has_wrong_answer ? 1 : 0;
}
