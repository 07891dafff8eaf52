/* json-c: one tokener, reset for each text, as its documentation recommends for many texts. */
#include "bench.h"

#include <json-c/json.h>
#include <string.h>

static int64_t count_of(const json_object *usage, const char *name) {
    json_object *count;
    if (!name || !json_object_object_get_ex(usage, name, &count) || !json_object_is_type(count, json_type_int)) {
        return -1;
    }
    return json_object_get_int64(count);
}

static bool read(char *text, size_t length, const form *form, counts *found) {
    static json_tokener *tokener;
    if (!tokener) {
        tokener = json_tokener_new();
    }
    json_tokener_reset(tokener);
    json_object *const tree = json_tokener_parse_ex(tokener, text, (int)length);
    json_object *usage = tree;
    for (size_t i = 0; i < WAY_MAX && form->way[i].bytes; i++) {
        if (!json_object_object_get_ex(usage, form->way[i].bytes, &usage)) {
            usage = NULL;
        }
    }
    const bool is_object = json_object_is_type(usage, json_type_object);
    if (is_object) {
        found->prompt = count_of(usage, form->counts[0].bytes);
        found->completion = count_of(usage, form->counts[1].bytes);
        found->total = count_of(usage, form->counts[2].bytes);
    }
    json_object_put(tree);
    return is_object;
}

static void add(json_object *tree, const char *name, int64_t value) {
    json_object_object_add_ex(tree, name, json_object_new_int64(value),
                              JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

static size_t write(const counts *usage, char *buffer, size_t size) {
    json_object *const tree = json_object_new_object();
    add(tree, "prompt_tokens", usage->prompt);
    add(tree, "completion_tokens", usage->completion);
    add(tree, "total_tokens", usage->total);
    size_t length = 0;
    const char *const text = json_object_to_json_string_length(tree, JSON_C_TO_STRING_PLAIN, &length);
    if (length < size) {
        memcpy(buffer, text, length + 1);
    }
    json_object_put(tree);
    return length < size ? length : 0;
}

const engine engine_json_c = {"json-c", json_c_version, read, NULL, write, false, false};
