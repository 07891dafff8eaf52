/*
 * The shortest loop of getline and yyjson that adds what usage-report adds: the six counts (OpenAI's names alone), by
 * model. Nothing is checked, and nothing else is counted.
 *     report_yyjson LOG
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum {
    MODELS = 64,
    COUNTS = 6
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
    static const char *const places[COUNTS] = {"/usage/prompt_tokens",
                                               "/usage/completion_tokens",
                                               "/usage/total_tokens",
                                               "/usage/prompt_tokens_details/cached_tokens",
                                               "/usage/prompt_tokens_details/cache_write_tokens",
                                               "/usage/completion_tokens_details/reasoning_tokens"};
    static row rows[MODELS + 1];
    FILE *const file = argc > 1 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    if (!file) {
        return 2;
    }
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        yyjson_doc *const body = yyjson_read(line, (size_t)length, 0);
        row *const to = row_of(rows, yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(body), "model")));
        for (size_t i = 0; i < COUNTS; i++) {
            to->sums[i] += yyjson_get_sint(yyjson_doc_ptr_get(body, places[i]));
        }
        yyjson_doc_free(body);
    }
    for (const row *each = rows; each->model[0] != '\0'; each++) {
        printf("%s %" PRId64 " %" PRId64 " %" PRId64 "\n", each->model, each->sums[0], each->sums[1], each->sums[2]);
    }
    free(line);
    return fclose(file) == 0 ? 0 : 1;
}
