/* cJSON by hand: parse, look up, delete. It parses the text where it is, and prints into the caller's buffer. */
#include "bench.h"

#include <cJSON.h>
#include <string.h>

static int64_t count_of(const cJSON *usage, const char *name) {
    const cJSON *const count = name ? cJSON_GetObjectItemCaseSensitive(usage, name) : NULL;
    return cJSON_IsNumber(count) ? (int64_t)count->valuedouble : -1;
}

static bool read(char *text, size_t length, const form *form, counts *found) {
    cJSON *const tree = cJSON_ParseWithLength(text, length);
    const cJSON *usage = tree;
    for (size_t i = 0; i < WAY_MAX && form->way[i].bytes; i++) {
        usage = cJSON_GetObjectItemCaseSensitive(usage, form->way[i].bytes);
    }
    const bool is_object = cJSON_IsObject(usage);
    if (is_object) {
        found->prompt = count_of(usage, form->counts[0].bytes);
        found->completion = count_of(usage, form->counts[1].bytes);
        found->total = count_of(usage, form->counts[2].bytes);
    }
    cJSON_Delete(tree);
    return is_object;
}

static size_t write(const counts *usage, char *buffer, size_t size) {
    cJSON *const tree = cJSON_CreateObject();
    cJSON_AddNumberToObject(tree, "prompt_tokens", (double)usage->prompt);
    cJSON_AddNumberToObject(tree, "completion_tokens", (double)usage->completion);
    cJSON_AddNumberToObject(tree, "total_tokens", (double)usage->total);
    const bool printed = cJSON_PrintPreallocated(tree, buffer, (int)size, false);
    cJSON_Delete(tree);
    return printed ? strlen(buffer) : 0;
}

const engine engine_cjson = {"cJSON", cJSON_Version, read, NULL, write, false, false};
