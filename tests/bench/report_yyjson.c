/*
 * The shortest loop of getline and yyjson that adds what usage-report adds: the counts (OpenAI's names alone), by
 * model. Nothing is checked, and nothing else is counted.
 *     report_yyjson LOG
 */
#define _POSIX_C_SOURCE 200809L
#include "report_rows.h"

#include <yyjson.h>

static void add_line(row *rows, const char *line, size_t length) {
    static const char *const places[COUNTS] = {"/usage/prompt_tokens",
                                               "/usage/completion_tokens",
                                               "/usage/total_tokens",
                                               "/usage/prompt_tokens_details/cached_tokens",
                                               "/usage/prompt_tokens_details/cache_write_tokens",
                                               "/usage/completion_tokens_details/reasoning_tokens"};
    yyjson_doc *const body = yyjson_read(line, length, 0);
    row *const to = row_of(rows, yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(body), "model")));
    for (size_t i = 0; i < COUNTS; i++) {
        to->sums[i] += yyjson_get_sint(yyjson_doc_ptr_get(body, places[i]));
    }
    yyjson_doc_free(body);
}

int main(int argc, char **argv) {
    return add_up(argc, argv, add_line);
}
