/*
 * The results in words: the machine, the table of times and ratios, what was aimed at and reached, and the CSV. The
 * chart is in chart.c.
 */
#include "bench.h"

#include <string.h>
#include <sys/utsname.h>

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
    fprintf(out, "%smachine: %s, %s, %s\n", before, name, system.machine, system.sysname);
    fprintf(out, "%scompiler: %s\n", before, BENCH_COMPILERS);
    fprintf(out, "%sversions:", before);
    for (size_t i = 0; i < engine_count; i++) {
        fprintf(out, "%s %s %s", i ? "," : "", engines[i]->name, engines[i]->version());
    }
    fprintf(out, "\n%sthe library's search: %s\n", before, library_way());
    if (*BENCH_MISSING) {
        fprintf(out, "%snot installed, so not measured: %s\n", before, BENCH_MISSING);
    }
}

/* ---- the table */

static bool was_measured(size_t engine) {
    for (size_t r = 0; r < result_count; r++) {
        if (results[r].of[engine].taken) {
            return true;
        }
    }
    return false;
}

static void print_cell(const result *result, size_t engine) {
    const timing *const timing = &result->of[engine];
    if (!timing->taken) {
        printf(" %14s", "-");
        return;
    }
    const double shown = result->row.short_texts ? timing->median : result->bytes / timing->median;
    if (engine == 0 || !result->of[0].taken) {
        printf(" %14.2f", shown);
    } else {
        printf(" %6.2f (%5.*f)", shown, timing->times < 10 ? 2 : 1, timing->times);
    }
}

static void print_section(bool short_texts) {
    printf("\n%s, medians; in brackets: how many times the time of %s, round by round\n%-25s",
           short_texts ? "nanoseconds" : "GB/s", engines[0]->name, "");
    for (size_t i = 0; i < engine_count; i++) {
        if (was_measured(i)) {
            printf(" %14s", engines[i]->name);
        }
    }
    printf("\n");
    for (size_t r = 0; r < result_count; r++) {
        if (results[r].row.short_texts != short_texts) {
            continue;
        }
        printf("%-25s", results[r].row.name);
        for (size_t i = 0; i < engine_count; i++) {
            if (was_measured(i)) {
                print_cell(&results[r], i);
            }
        }
        printf("\n");
    }
}

void print_results(void) {
    print_section(true);
    print_section(false);
}

void write_csv(FILE *out) {
    print_machine(out, "# ");
    fprintf(out, "row,bytes,engine,rounds,median_ns,best_ns,gb_per_s,times_tokusage\n");
    for (size_t r = 0; r < result_count; r++) {
        const result *const result = &results[r];
        for (size_t i = 0; i < engine_count; i++) {
            const timing *const timing = &result->of[i];
            if (timing->taken) {
                fprintf(out, "%s,%.0f,%s,%zu,%.1f,%.1f,%.3f,%.3f\n", result->row.name, result->bytes, engines[i]->name,
                        result->rounds, timing->median, timing->best, result->bytes / timing->median, timing->times);
            }
        }
    }
}

/* ---- what was aimed at */

static size_t engine_called(const char *name) {
    size_t i = 0;
    while (i < engine_count && strcmp(engines[i]->name, name) != 0) {
        i++;
    }
    return i;
}

/* 0: nothing is aimed at. */
static double wanted_of(const aim *aim) {
    if (!library_is_wide()) {
        return 0;
    }
    return library_has_avx2() ? aim->with_avx2 : aim->without;
}

/* Prints the line; returns whether the aim is reached. */
static bool print_aim(FILE *out, const result *result, const aim *aim, size_t peer) {
    const timing *const timing = &result->of[peer];
    const double wanted = wanted_of(aim);
    const bool is_reached = timing->times >= wanted;
    fprintf(out, "%-25s %-12s %8.2f %6.2f  %s", result->row.name, aim->peer, timing->times, wanted,
            is_reached ? "yes" : "NO");
    if (timing->seen_in) {
        fprintf(out, " (%s)", timing->seen_in);
    }
    if (aim->without > 0 && aim->without < aim->with_avx2) {
        fprintf(out, " (%.1f with AVX2, else %.1f)", aim->with_avx2, aim->without);
    }
    fprintf(out, "\n");
    return is_reached;
}

void print_aims(FILE *out) {
    size_t met = 0;
    size_t all = 0;
    fprintf(out, "\nthe peer's time divided by that of %s (the median of the rounds' ratios)\n", engines[0]->name);
    fprintf(out, "%-25s %-12s %8s %6s\n", "", "", "reached", "aim");
    for (size_t r = 0; r < result_count; r++) {
        for (size_t a = 0; a < aim_count; a++) {
            const size_t peer = engine_called(aims[a].peer);
            if (strncmp(results[r].row.name, aims[a].row, strlen(aims[a].row)) == 0 && peer < engine_count &&
                results[r].of[peer].taken && results[r].of[0].taken && wanted_of(&aims[a]) > 0) {
                met += print_aim(out, &results[r], &aims[a], peer);
                all++;
            }
        }
    }
    fprintf(out, "%zu of %zu reached\n", met, all);
}
