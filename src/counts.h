/* The counts by number, in the order of the struct; errors about one of them; numbers in decimal digits. No JSON. */
#ifndef TOKUSAGE_SRC_COUNTS_H
#define TOKUSAGE_SRC_COUNTS_H

#include "tokusage.h"

/* The counts: number, name. A new count is a row here, a member of the struct, and what names.h and usage.c say. */
/* clang-format off */
#define TOKUSAGE_EACH_COUNT(X) \
    X(PROMPT, prompt_tokens) X(COMPLETION, completion_tokens) X(TOTAL, total_tokens) \
    X(CACHED, cached_tokens) X(CACHE_WRITE, cache_write_tokens) X(CACHE_WRITE_1H, cache_write_1h_tokens) \
    X(PROMPT_AUDIO, prompt_audio_tokens) X(PROMPT_IMAGE, prompt_image_tokens) \
    X(CACHED_AUDIO, cached_audio_tokens) X(CACHED_IMAGE, cached_image_tokens) \
    X(REASONING, reasoning_tokens) /* from here on they are parts of the completion */ \
    X(COMPLETION_AUDIO, completion_audio_tokens) X(COMPLETION_IMAGE, completion_image_tokens)
#define TOKUSAGE_NUMBER(number, name) TOKUSAGE_##number,
enum {
    TOKUSAGE_EACH_COUNT(TOKUSAGE_NUMBER)
    TOKUSAGE_OBJECT,   /* in an error: the usage object itself */
    TOKUSAGE_NO_MEMBER /* in an error: about no member */
};
/* clang-format on */

/* What an error calls the member: the count's name, "usage" for TOKUSAGE_OBJECT; NULL for NO_MEMBER. */
const char *tokusage_member_name(size_t member);

static inline const tokusage_count *tokusage_count_in(const tokusage *usage, size_t count) {
    return (const tokusage_count *)(const void *)((const char *)usage + count * sizeof(tokusage_count));
}

static inline tokusage_count *tokusage_count_of(tokusage *usage, size_t count) {
    return (tokusage_count *)(void *)((char *)usage + count * sizeof(tokusage_count));
}

/* Sets *error (may be NULL) to a status about a member and zeros; returns the status. */
tokusage_status tokusage_fail(tokusage_error *error, tokusage_status status, size_t member);

/* The same for TOTAL and PART, with the numbers that contradict each other. */
tokusage_status tokusage_fail_sum(tokusage_error *error, tokusage_status status, size_t member, int64_t expected,
                                  int64_t actual);

/* Sets *error (may be NULL) to OK and zeros; returns OK. */
tokusage_status tokusage_succeed(tokusage_error *error);

/* RANGE when a present count is out of range, else OK. */
tokusage_status tokusage_check_range(const tokusage *usage, tokusage_error *error);

/* Room for any uint64_t in decimal digits and a NUL. */
#define TOKUSAGE_DECIMAL_SIZE 21

/* Writes a number in decimal digits and a NUL, the same in every locale; returns the length without NUL. */
size_t tokusage_decimal(uint64_t value, char text[TOKUSAGE_DECIMAL_SIZE]);

#endif
