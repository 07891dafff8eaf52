/*
 * What report_cjson.c and report_yyjson.c share: the lines of a log, one after the other in one buffer, and a row of sums for
 * each model.
 */
#ifndef BENCH_REPORT_ROWS_H
#define BENCH_REPORT_ROWS_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODELS = 64,
    COUNTS = 6
};

typedef struct row {
    char model[128];
    int64_t sums[COUNTS];
} row;

static inline row *row_of(row *rows, const char *model) {
    while (rows->model[0] != '\0' && strcmp(rows->model, model) != 0) {
        rows++;
    }
    if (rows->model[0] == '\0') {
        snprintf(rows->model, sizeof rows->model, "%s", model);
    }
    return rows;
}

/* Gives each line of the log to `add`, then prints the rows; returns the exit status. */
static inline int add_up(int argc, char **argv, void (*add)(row *rows, const char *line, size_t length)) {
    static row rows[MODELS + 1];
    FILE *const file = argc > 1 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    if (!file) {
        return 2;
    }
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        add(rows, line, (size_t)length);
    }
    for (const row *each = rows; each->model[0] != '\0'; each++) {
        printf("%s %" PRId64 " %" PRId64 " %" PRId64 "\n", each->model, each->sums[0], each->sums[1], each->sums[2]);
    }
    free(line);
    return fclose(file) == 0 ? 0 : 1;
}

#endif
