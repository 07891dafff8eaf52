/* Whole documents in which some bytes are any bytes: extract and find. Each is in a room of exactly its size. */
#include "tokusage.h"

#include "forms.h"

enum {
    ROOM = 256
};

static char room[ROOM];

static void whole(const char *form, const char *pointer) {
    const size_t length = strlen(form);
    char *const begin = room + (ROOM - length);
    tokusage usage;
    tokusage_error error;
    put(begin, form, length);
    (void)tokusage_extract(begin, length, pointer, &usage, &error);
}

static void find(const char *form, const char *pointer) {
    const size_t length = strlen(form);
    char *const begin = room + (ROOM - length);
    const char *value = NULL;
    size_t value_length = 0;
    put(begin, form, length);
    if (tokusage_find(begin, length, pointer, &value, &value_length, NULL) == TOKUSAGE_OK &&
        (value < begin || value_length > (size_t)(begin + length - value))) {
        broken();
    }
}

static void find_several(const char *form) {
    const size_t length = strlen(form);
    char *const begin = room + (ROOM - length);
    tokusage_value values[] = {{.pointer = "/u"}, {.pointer = "/u/a"}, {.pointer = ""}};
    put(begin, form, length);
    (void)tokusage_find_all(begin, length, values, sizeof values / sizeof *values, NULL);
    /*@ loop unroll 3; */
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (values[i].json &&
            (values[i].json < begin || values[i].length > (size_t)(begin + length - values[i].json))) {
            broken();
        }
    }
}

static void every_way(const char *form, const char *pointer) {
    whole(form, pointer);
    if (pointer) {
        find(form, pointer);
        find_several(form);
    }
}

int main(void) {
    /*@ loop unroll 100; */
    for (size_t c = 0; c < CLASSES; c++) {
        byte_class = classes[c];
        /*@ loop unroll 100; */
        for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
            every_way(documents[i], NULL);
        }
        /*@ loop unroll 100; */
        for (size_t i = 0; i < sizeof pointed / sizeof *pointed; i++) {
            every_way(pointed[i], "/u");
        }
    }
    return 0;
}
