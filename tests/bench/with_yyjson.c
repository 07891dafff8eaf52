/*
 * yyjson: read in place, in memory from one pool that is used again for each text, as its documentation recommends
 * for speed.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

/* A pool with room for a text of that length. */
static const yyjson_alc *pool_for(size_t length) {
    static char *memory;
    static size_t size;
    static yyjson_alc pool;
    const size_t needed = yyjson_read_max_memory_usage(length, YYJSON_READ_INSITU);
    if (needed > size) {
        free(memory);
        size = 2 * needed;
        memory = malloc(size);
        if (!memory) {
            abort();
        }
    }
    yyjson_alc_pool_init(&pool, memory, size);
    return &pool;
}

static int64_t count_of(yyjson_val *usage, const name *name) {
    yyjson_val *const count = name->bytes ? yyjson_obj_getn(usage, name->bytes, name->length) : NULL;
    return yyjson_is_int(count) ? yyjson_get_sint(count) : -1;
}

static bool read(char *text, size_t length, const form *form, counts *found) {
    char after[YYJSON_PADDING_SIZE];
    memcpy(after, text + length, YYJSON_PADDING_SIZE);
    memset(text + length, 0, YYJSON_PADDING_SIZE);
    yyjson_doc *const tree = yyjson_read_opts(text, length, YYJSON_READ_INSITU, pool_for(length), NULL);
    memcpy(text + length, after, YYJSON_PADDING_SIZE);

    yyjson_val *usage = yyjson_doc_get_root(tree);
    for (size_t i = 0; i < WAY_MAX && form->way[i].bytes; i++) {
        usage = yyjson_obj_getn(usage, form->way[i].bytes, form->way[i].length);
    }
    const bool is_object = yyjson_is_obj(usage);
    if (is_object) {
        found->prompt = count_of(usage, &form->counts[0]);
        found->completion = count_of(usage, &form->counts[1]);
        found->total = count_of(usage, &form->counts[2]);
    }
    yyjson_doc_free(tree);
    return is_object;
}

static size_t write(const counts *usage, char *buffer, size_t size) {
    char memory[4096];
    yyjson_alc pool;
    yyjson_alc_pool_init(&pool, memory, sizeof memory);
    yyjson_mut_doc *const tree = yyjson_mut_doc_new(&pool);
    yyjson_mut_val *const object = yyjson_mut_obj(tree);
    yyjson_mut_doc_set_root(tree, object);
    yyjson_mut_obj_add_int(tree, object, "prompt_tokens", usage->prompt);
    yyjson_mut_obj_add_int(tree, object, "completion_tokens", usage->completion);
    yyjson_mut_obj_add_int(tree, object, "total_tokens", usage->total);
    size_t length = 0;
    char *const text = yyjson_mut_write_opts(tree, 0, &pool, &length, NULL);
    if (!text || length >= size) {
        return 0;
    }
    memcpy(buffer, text, length + 1);
    return length;
}

static const char *version(void) {
    return YYJSON_VERSION_STRING;
}

const engine engine_yyjson = {"yyjson", version, read, NULL, write, false, false};
