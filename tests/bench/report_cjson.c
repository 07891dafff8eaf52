/*
 * What a C programmer writes without the library: every line through cJSON, the counts added up by model.
 *     report_cjson LOG
 * It checks only what the other programs of report.sh check, too.
 */
#define _POSIX_C_SOURCE 200809L
#include "report_rows.h"

#include <cJSON.h>

static void add_line(row *rows, const char *line, size_t length) {
    static const char *const names[] = {"prompt_tokens", "completion_tokens", "total_tokens"};
    cJSON *const root = cJSON_ParseWithLength(line, length);
    const cJSON *const usage = cJSON_GetObjectItemCaseSensitive(root, "usage");
    row *const to = row_of(rows, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "model")));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        to->sums[i] += (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(usage, names[i]));
    }
    cJSON_Delete(root);
}

int main(int argc, char **argv) {
    return add_up(argc, argv, add_line);
}
