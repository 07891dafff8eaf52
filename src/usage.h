/* The members of a usage object, in one table that every file goes by. */
#ifndef TOKUSAGE_SRC_USAGE_H
#define TOKUSAGE_SRC_USAGE_H

#include "tokusage.h"

enum {
    TOKUSAGE_MEMBERS = 3
};

/* Where a usage object stands in a response when the caller's pointer is NULL. */
#define TOKUSAGE_POINTER_DEFAULT "/usage"

/* What an error calls the usage object itself. */
#define TOKUSAGE_MEMBER_USAGE "usage"

/* The name of member 0, 1 or 2, in the order of the struct. */
const char *tokusage_member_name(size_t member);

/* Which member has the name of `length` bytes; TOKUSAGE_MEMBERS if none has. */
size_t tokusage_member_find(const char *name, size_t length);

/* The count of member 0, 1 or 2: the struct has them in the order of the table and nothing else. */
static inline const tokusage_count *tokusage_member_count(const tokusage *usage, size_t member) {
    return (const tokusage_count *)(const void *)((const char *)usage + member * sizeof(tokusage_count));
}

static inline tokusage_count *tokusage_member_slot(tokusage *usage, size_t member) {
    return (tokusage_count *)(void *)((char *)usage + member * sizeof(tokusage_count));
}

/* RANGE when a present count is out of range, else OK: the part of tokusage_validate that asks each count alone. */
tokusage_status tokusage_check_range(const tokusage *usage, tokusage_error *error);

#endif
