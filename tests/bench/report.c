/*
 * The results in words: the machine, the table of times and ratios, the goals that the project has set itself, and the
 * CSV. The chart is in chart.c.
 */
#include "bench.h"

#include <string.h>
#include <sys/utsname.h>

const char *piece_name(size_t piece) {
    static char text[32];
    if (piece == WHOLE) {
        return "whole";
    }
    snprintf(text, sizeof text, piece == 16384 ? "16 KB" : "%zu B", piece);
    return text;
}

/* ---- the machine */

void processor_name(char *text, size_t size) {
    char line[256];
    snprintf(text, size, "unknown processor");
    FILE *const file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        const char *const value = strchr(line, ':');
        if (value && strncmp(line, "model name", 10) == 0) {
            snprintf(text, size, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
            break;
        }
    }
    if (file) {
        fclose(file);
    }
}

void print_machine(FILE *out, const char *before) {
    char name[256];
    struct utsname system;
    processor_name(name, sizeof name);
    uname(&system);
    fprintf(out, "%smachine: %s, %s, %s %s\n", before, name, system.machine, system.sysname, system.release);
    fprintf(out, "%scompiler: %s\n", before, BENCH_COMPILERS);
    fprintf(out, "%sversions:", before);
    for (size_t i = 0; i < engine_count; i++) {
        fprintf(out, "%s %s %s", i ? "," : "", engines[i]->name, engines[i]->version());
    }
    fprintf(out, "\n");
    if (*BENCH_MISSING) {
        fprintf(out, "%snot installed, so not measured: %s\n", before, BENCH_MISSING);
    }
}

/* ---- the table */

static bool in_bytes(const result *result) {
    return result->kind == KIND_STREAM || result->kind == KIND_EXTRACT;
}

/* GB/s of what is long, nanoseconds of what is short. */
static double shown(const result *result, size_t engine) {
    const double time = result->of[engine].median;
    return in_bytes(result) ? result->bytes / time : time;
}

static void print_section(bool of_bytes) {
    printf("\n%s, medians; in brackets: how many times the time of %s, round by round\n",
           of_bytes ? "GB/s" : "nanoseconds", engines[0]->name);
    printf("%-43s %-6s", "", "pieces");
    for (size_t i = 0; i < engine_count; i++) {
        printf(" %14s", engines[i]->name);
    }
    printf("\n");
    for (size_t r = 0; r < result_count; r++) {
        const result *const result = &results[r];
        if (in_bytes(result) != of_bytes) {
            continue;
        }
        printf("%-43s %-6s", result->name, piece_name(result->piece));
        for (size_t i = 0; i < engine_count; i++) {
            if (!result->of[i].taken) {
                printf(" %14s", "-");
            } else if (i == 0 || !result->of[0].taken) {
                printf(" %14.2f", shown(result, i));
            } else {
                printf(" %6.2f (%5.*f)", shown(result, i), result->of[i].times < 10 ? 2 : 1, result->of[i].times);
            }
        }
        printf("\n");
    }
}

void print_results(void) {
    print_section(false);
    print_section(true);
}

void write_csv(FILE *out) {
    print_machine(out, "# ");
    fprintf(out, "work,pieces,bytes,engine,rounds,median_ns,best_ns,gb_per_s,times_tokusage\n");
    for (size_t r = 0; r < result_count; r++) {
        const result *const result = &results[r];
        for (size_t i = 0; i < engine_count; i++) {
            const timing *const timing = &result->of[i];
            if (timing->taken) {
                fprintf(out, "\"%s\",%s,%.0f,%s,%zu,%.1f,%.1f,%.3f,%.3f\n", result->name, piece_name(result->piece),
                        result->bytes, engines[i]->name, result->rounds, timing->median, timing->best,
                        result->bytes / timing->median, timing->times);
            }
        }
    }
}

/* ---- goals */

enum {
    BIG_PIECES = 1, /* whole, and 16 KB */
    ALL_PIECES = 2, /* but for the tiny ones */
    ONLY_WHOLE = 3
};

/* `work` begins the names that the goal is about; the peer must take at least `times` as long as this library. */
static const struct goal {
    const char *work;
    int pieces;
    const char *peer;
    double times;
    double or_gb_per_s; /* another way to reach it; 0: none */
} goals[] = {
    {"decode", ONLY_WHOLE, "cJSON", 1, 0},
    {"encode", ONLY_WHOLE, "cJSON", 3, 0},
    {"encode", ONLY_WHOLE, "snprintf", 1, 0},
    {"body", ONLY_WHOLE, "yyjson", 1, 0},
    {"body", ONLY_WHOLE, "cJSON", 5, 0},
    {"stream, usage null", BIG_PIECES, "yyjson", 5, 0},
    {"stream, usage null", BIG_PIECES, "simdjson", 4, 0},
    {"stream, usage null", BIG_PIECES, "cJSON", 25, 0},
    {"stream, usage null", BIG_PIECES, "memchr lines", 0.5, 0},
    {"stream, usage at", BIG_PIECES, "yyjson", 5, 0},
    {"stream, usage at", BIG_PIECES, "simdjson", 4, 0},
    {"stream, usage at", BIG_PIECES, "cJSON", 25, 0},
    {"stream, usage at", BIG_PIECES, "memchr lines", 0.5, 0},
    {"stream, events", BIG_PIECES, "yyjson", 5, 0},
    {"stream, events", BIG_PIECES, "simdjson", 4, 0},
    {"stream, events", BIG_PIECES, "cJSON", 25, 0},
    {"stream, events", BIG_PIECES, "memchr lines", 0.5, 0},
    {"stream of", BIG_PIECES, "yyjson", 5, 0},
    {"stream of", BIG_PIECES, "simdjson", 4, 0},
    {"stream of", BIG_PIECES, "cJSON", 25, 0},
    {"stream of", BIG_PIECES, "memchr lines", 0.5, 0},
    {"stream, usage in", ALL_PIECES, "simdjson", 1, 0},
    {"stream, usage in", ALL_PIECES, "yyjson", 1, 0},
    {"stream, usage early", ALL_PIECES, "simdjson", 1, 0},
    {"stream, usage early", ALL_PIECES, "yyjson", 1, 0},
    {"stream, escaped", ALL_PIECES, "simdjson", 2, 0},
    {"recording deepseek-chat", BIG_PIECES, "cJSON", 12, 4},
    {"recording groq-chat", BIG_PIECES, "cJSON", 12, 4},
    {"recording perplexity-chat", BIG_PIECES, "cJSON", 4, 0},
};

static bool is_about(const struct goal *goal, const result *result) {
    const bool piece_fits = result->piece == WHOLE || (goal->pieces == BIG_PIECES && result->piece == 16384) ||
                            (goal->pieces == ALL_PIECES && result->piece >= 1400);
    return piece_fits && strncmp(result->name, goal->work, strlen(goal->work)) == 0;
}

static size_t engine_called(const char *name) {
    size_t i = 0;
    while (i < engine_count && strcmp(engines[i]->name, name) != 0) {
        i++;
    }
    return i;
}

void print_goals(FILE *out) {
    size_t met = 0;
    size_t all = 0;
    fprintf(out, "\ngoals: how many times the time of %s the other takes (the median of the rounds' ratios)\n",
            engines[0]->name);
    fprintf(out, "%-43s %-6s %-12s %6s %8s\n", "", "pieces", "", "goal", "reached");
    for (size_t g = 0; g < sizeof goals / sizeof *goals; g++) {
        const struct goal *const goal = &goals[g];
        const size_t peer = engine_called(goal->peer);
        for (size_t r = 0; r < result_count && peer < engine_count; r++) {
            const result *const result = &results[r];
            if (!is_about(goal, result) || !result->of[peer].taken) {
                continue;
            }
            const double reached = result->of[peer].times;
            const double speed = result->bytes / result->of[0].median;
            const bool is_met = reached >= goal->times || (goal->or_gb_per_s > 0 && speed >= goal->or_gb_per_s);
            fprintf(out, "%-43s %-6s %-12s %6.1f %8.2f  %s", result->name, piece_name(result->piece), goal->peer,
                    goal->times, reached, is_met ? "yes" : "NO");
            if (goal->or_gb_per_s > 0) {
                fprintf(out, " (or %.0f GB/s: %.2f)", goal->or_gb_per_s, speed);
            }
            fprintf(out, "\n");
            met += is_met;
            all++;
        }
    }
    fprintf(out, "%zu of %zu goals reached\n", met, all);
}
