/* What the fuzz targets expect of the library, and usages that an input makes up; see fuzz.h. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void expect_none(const char *difference, const char *pointer, span bytes) {
    if (difference != NULL) {
        fail_msg("pointer %s: %s\n%s", pointer != NULL ? pointer : "NULL", shown(bytes.bytes, bytes.length),
                 difference);
    }
}

void expect_same_stream(const char *pointer, span body, uint32_t dice) {
    char *bytes = exact_copy(body.bytes, body.length);
    const span copy = {bytes, body.length};
    expect_none(difference_of_stream(pointer, copy, dice), pointer, copy);
    free(bytes);
}

void expect_same_document(const char *pointer, span document) {
    char *bytes = exact_copy(document.bytes, document.length);
    const span copy = {bytes, document.length};
    expect_none(difference_of_document(pointer, copy), pointer, copy);
    free(bytes);
}

const char *pointer_of(uint8_t which) {
    static const char *const pointers[] = {"",     "/usage", "/message/usage", "/response", "/response/usage", "/a",
                                           "/a/b", "/a~1b",  "/m~0n",          "/\xC3\xA9", "/usage/usage",    "/"};
    return which < 128 ? NULL : pointers[which % LENGTH(pointers)];
}

static int64_t next_number(input *in) {
    static const int64_t odd[] = {TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX - 1, TOKUSAGE_COUNT_MAX / 2,
                                  INT64_C(1) << 32,   INT64_C(3037000500),    INT64_C(94906267)};
    const uint8_t kind = next_byte(in);
    uint64_t value = 0;
    if (kind >= 252) {
        return kind == 252 ? TOKUSAGE_COUNT_MAX + 1 : kind == 253 ? -1 : kind == 254 ? -TOKUSAGE_COUNT_MAX : INT64_MAX;
    }
    if (kind >= 240) {
        return odd[kind % LENGTH(odd)];
    }
    for (unsigned i = 0; i < 1U + kind / 16 % 7; i++) {
        value = value << 8 | next_byte(in);
    }
    return (int64_t)(value % ((uint64_t)TOKUSAGE_COUNT_MAX + 1));
}

tokusage next_usage(input *in) {
    tokusage usage;
    const unsigned present = next_byte(in) | (unsigned)next_byte(in) << 8;
    memset(&usage, 0, sizeof usage);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        tokusage_count *const count = tokusage_count_at(&usage, i);
        count->present = (present >> i & 1) != 0;
        count->value = count->present ? next_number(in) : 0;
    }
    return usage;
}
