/*
 * What a C programmer writes without the library: every line through cJSON, the totals added up.
 *     report_cjson LOG
 * The line buffer is used again for each line. It checks only what the other programs of report.sh check, too.
 */
#define _POSIX_C_SOURCE 200809L
#include <cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    FILE *const file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!file) {
        return 2;
    }
    char *line = NULL;
    size_t room = 0;
    int64_t sum = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        cJSON *const root = cJSON_ParseWithLength(line, (size_t)length);
        const cJSON *const usage = cJSON_GetObjectItemCaseSensitive(root, "usage");
        const cJSON *const total = cJSON_GetObjectItemCaseSensitive(usage, "total_tokens");
        if (cJSON_IsNumber(total)) {
            sum += (int64_t)total->valuedouble;
        }
        cJSON_Delete(root);
    }
    printf("%" PRId64 "\n", sum);
    free(line);
    return fclose(file) == 0 ? 0 : 1;
}
