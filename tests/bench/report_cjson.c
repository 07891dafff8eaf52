/*
 * What a C programmer writes without the library: every line through cJSON, the counts added up by model.
 *     report_cjson LOG
 * The line buffer is used again for each line. It checks only what the other programs of report.sh check, too.
 */
#define _POSIX_C_SOURCE 200809L
#include <cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODELS = 64,
    COUNTS = 3
};

typedef struct row {
    char model[128];
    int64_t sums[COUNTS];
} row;

static row *row_of(row *rows, const char *model) {
    while (rows->model[0] != '\0' && strcmp(rows->model, model) != 0) {
        rows++;
    }
    if (rows->model[0] == '\0') {
        snprintf(rows->model, sizeof rows->model, "%s", model);
    }
    return rows;
}

int main(int argc, char **argv) {
    static const char *const names[COUNTS] = {"prompt_tokens", "completion_tokens", "total_tokens"};
    static row rows[MODELS + 1];
    FILE *const file = argc > 1 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    if (!file) {
        return 2;
    }
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        cJSON *const root = cJSON_ParseWithLength(line, (size_t)length);
        const cJSON *const usage = cJSON_GetObjectItemCaseSensitive(root, "usage");
        row *const to = row_of(rows, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "model")));
        for (size_t i = 0; i < COUNTS; i++) {
            to->sums[i] += (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(usage, names[i]));
        }
        cJSON_Delete(root);
    }
    for (const row *each = rows; each->model[0] != '\0'; each++) {
        printf("%s %" PRId64 " %" PRId64 " %" PRId64 "\n", each->model, each->sums[0], each->sums[1], each->sums[2]);
    }
    free(line);
    return fclose(file) == 0 ? 0 : 1;
}
