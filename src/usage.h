/* The six counts in the order of the struct, for every file that goes through them one by one. */
#ifndef TOKUSAGE_SRC_USAGE_H
#define TOKUSAGE_SRC_USAGE_H

#include "tokusage.h"

enum {
    TOKUSAGE_PROMPT,
    TOKUSAGE_COMPLETION,
    TOKUSAGE_TOTAL,
    TOKUSAGE_CACHED,
    TOKUSAGE_CACHE_WRITE,
    TOKUSAGE_REASONING,
    TOKUSAGE_COUNTS,                   /* how many there are */
    TOKUSAGE_OBJECT = TOKUSAGE_COUNTS, /* in an error: the usage object itself */
    TOKUSAGE_NO_MEMBER                 /* in an error: about no member */
};

/* The objects in OpenAI's form in which the parts stand. */
#define TOKUSAGE_PROMPT_DETAILS "prompt_tokens_details"
#define TOKUSAGE_COMPLETION_DETAILS "completion_tokens_details"

/* What an error calls the member: the count's name in the struct, "usage" for TOKUSAGE_OBJECT; NULL for NO_MEMBER. */
const char *tokusage_member_name(size_t member);

/* The count with a number from TOKUSAGE_PROMPT to TOKUSAGE_REASONING. */
static inline const tokusage_count *tokusage_count_at(const tokusage *usage, size_t count) {
    return (const tokusage_count *)(const void *)((const char *)usage + count * sizeof(tokusage_count));
}

static inline tokusage_count *tokusage_count_slot(tokusage *usage, size_t count) {
    return (tokusage_count *)(void *)((char *)usage + count * sizeof(tokusage_count));
}

/* RANGE when a present count is out of range, else OK: the part of tokusage_validate that asks each count alone. */
tokusage_status tokusage_check_range(const tokusage *usage, tokusage_error *error);

#endif
