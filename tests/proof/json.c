/*
 * From texts to counts, and back: decode, extract and find at texts in which some bytes are any bytes, each in a room of
 * exactly its size. cJSON is a stand-in that reads all the bytes it is given, may fail, and says anything at all of them: so
 * what is shown of reading a tree holds of every tree of that form.
 */
#include "cJSON.h"
#include "proof.h"
#include "tokusage.h"
#include "usage.h"

enum {
    ROOM = 96,
    DIGEST_ROOM = ROOM * 4
};

static char texts[ROOM];
static char digest[DIGEST_ROOM];

/* ---- cJSON's stand-in */

cJSON_bool cJSON_IsNull(const cJSON *item) {
    return item && (item->type & 0xFF) == cJSON_NULL;
}

cJSON_bool cJSON_IsNumber(const cJSON *item) {
    return item && (item->type & 0xFF) == cJSON_Number;
}

cJSON_bool cJSON_IsObject(const cJSON *item) {
    return item && (item->type & 0xFF) == cJSON_Object;
}

void *cJSON_malloc(size_t size) {
    return size <= sizeof digest && Frama_C_interval(0, 1) ? digest + (sizeof digest - size) : NULL;
}

void cJSON_free(void *memory) {
    (void)memory;
}

void cJSON_Delete(cJSON *item) {
    (void)item;
}

static cJSON item_of(char *name, cJSON *next) {
    const int types[] = {cJSON_False, cJSON_True, cJSON_NULL, cJSON_Number, cJSON_String, cJSON_Array, cJSON_Object};
    cJSON item = {.next = next, .string = name};
    item.type = types[Frama_C_interval(0, 6)];
    item.valuedouble = Frama_C_double_interval(-1e300, 1e300);
    return item;
}

static cJSON items[3];
static cJSON object;

/* An object of two members with any values, each with the name or without one. */
static void grow(char *name) {
    items[1] = item_of(name, NULL);
    items[0] = item_of(Frama_C_interval(0, 1) ? "x" : NULL, &items[1]);
    object = (cJSON){.type = cJSON_Object, .child = items};
}

cJSON *cJSON_ParseWithLength(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0') {
            return NULL;
        }
    }
    grow("total_tokens");
    return Frama_C_interval(0, 1) ? &object : NULL;
}

/* ---- texts: a question mark is any byte (numbers of any digits have their proof in object.c) */

static const char *const forms[] = {
    "",
    "?",
    "\xEF?\xBF{}",
    "\xEF\xBB\xBF?",
    "{?}",
    "{\"u\":?}",
    "{\"u\":{?}}",
    "{\"u\":{}}?",
    "{\"u\":{\"a\":1.?}}",
    "{\"u\":{\"\\u00?1\":1}}",
    "{\"u\":{\"a\":[?]}}",
    "{\"u\":5,\"u\":?",
    "{\"total_tokens\":1e1}?",
    "{\"total_tokens\":5?0}",
    "{\"a\":\"\\ud8?0\"}",
};

static void read(const char *form, const char *pointer) {
    const size_t length = strlen(form);
    char *const begin = texts + (ROOM - length);
    tokusage usage = {.total_tokens = {.present = false}};
    tokusage_error error;
    const char *value = NULL;
    size_t value_length = 0;
    for (size_t i = 0; i < length; i++) {
        begin[i] = form[i] == '?' ? Frama_C_char_interval(CHAR_MIN, CHAR_MAX) : form[i];
    }
    if (!pointer) {
        (void)tokusage_decode(begin, length, &usage, &error);
        return;
    }
    (void)tokusage_extract(begin, length, pointer, &usage, &error);
    if (tokusage_find(begin, length, pointer, &value, &value_length, &error) == TOKUSAGE_OK &&
        (value < begin || value_length > (size_t)(begin + length - value))) {
        broken();
    }
}

/* ---- trees and counts */

static void read_tree(char *name) {
    tokusage usage = {.total_tokens = {.present = false}};
    tokusage_error error;
    grow(name);
    if (tokusage_from_cjson(&object, &usage, &error) == TOKUSAGE_OK &&
        (usage.total_tokens.value < 0 || usage.total_tokens.value > TOKUSAGE_COUNT_MAX)) {
        broken();
    }
}

/* One count at a time is any, or its digits would multiply with the others'. */
static void write(size_t member, int64_t value, size_t size) {
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage usage = {.prompt_tokens = {.present = true, .value = TOKUSAGE_COUNT_MAX},
                      .completion_tokens = {.present = true, .value = TOKUSAGE_COUNT_MAX},
                      .total_tokens = {.present = true, .value = TOKUSAGE_COUNT_MAX}};
    tokusage_member_slot(&usage, member)->value = value;
    (void)tokusage_encode(&usage, buffer + (sizeof buffer - size), size, &length);
}

int main(void) {
    /*@ loop unroll 100; */
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        read(forms[i], NULL);
        read(forms[i], "");
        read(forms[i], "/u");
    }
    read_tree(NULL);
    read_tree("total_tokens");
    /*@ loop unroll 3; */
    for (size_t member = 0; member < TOKUSAGE_MEMBERS; member++) {
        write(member, Frama_C_long_long_interval(LLONG_MIN, LLONG_MAX), TOKUSAGE_JSON_SIZE);
        write(member, TOKUSAGE_COUNT_MAX, TOKUSAGE_JSON_SIZE - 1);
        write(member, 0, 0);
    }
    return 0;
}
