/* jansson: json_loadb of the text where it is, json_dumpb into the caller's buffer. */
#include "bench.h"

#include <jansson.h>

static int64_t count_of(const json_t *usage, const char *name) {
    const json_t *const count = name ? json_object_get(usage, name) : NULL;
    return json_is_integer(count) ? json_integer_value(count) : -1;
}

static bool read(char *text, size_t length, const form *form, counts *found) {
    json_t *const tree = json_loadb(text, length, 0, NULL);
    const json_t *usage = tree;
    for (size_t i = 0; i < WAY_MAX && form->way[i].bytes; i++) {
        usage = json_object_get(usage, form->way[i].bytes);
    }
    const bool is_object = json_is_object(usage);
    if (is_object) {
        found->prompt = count_of(usage, form->counts[0].bytes);
        found->completion = count_of(usage, form->counts[1].bytes);
        found->total = count_of(usage, form->counts[2].bytes);
    }
    json_decref(tree);
    return is_object;
}

static size_t write(const counts *usage, char *buffer, size_t size) {
    json_t *const tree = json_object();
    json_object_set_new_nocheck(tree, "prompt_tokens", json_integer(usage->prompt));
    json_object_set_new_nocheck(tree, "completion_tokens", json_integer(usage->completion));
    json_object_set_new_nocheck(tree, "total_tokens", json_integer(usage->total));
    const size_t length = json_dumpb(tree, buffer, size, JSON_COMPACT);
    json_decref(tree);
    return length < size ? length : 0;
}

static const char *version(void) {
    return JANSSON_VERSION;
}

const engine engine_jansson = {"jansson", version, read, NULL, write, false, false};
