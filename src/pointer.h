/*
 * JSON Pointers (RFC 6901) of member names: what a name that was read means for one, and for several that are followed
 * in one pass over a document (tokusage_find_all).
 *
 *     /id  /usage/total_tokens        {"id":"a","usage":{"total_tokens":12}}
 *     names 0   names 1               in "usage": level 1, so only the second is compared with the names in it
 */
#ifndef TOKUSAGE_SRC_POINTER_H
#define TOKUSAGE_SRC_POINTER_H

#include "tokusage.h"

#include "names.h"

#define TOKUSAGE_NAME_MAX 190 /* bytes of a name that can match */

/* A pointer that is followed. */
typedef struct tokusage_pointer {
    const char *found; /* where its last value begins */
    uint16_t names;    /* how many of its names lead to the open container, or towards it */
    tokusage_key key;  /* what the last name was for it; see tokusage_pointer_name */
    bool twice;        /* it leads to several values */
} tokusage_pointer;

/* Several, followed through a document. All zero bytes, except `values` and `count`, are the state before it. */
typedef struct tokusage_pointers {
    const tokusage_value *values;
    tokusage_pointer each[TOKUSAGE_VALUES_MAX];
    size_t count;
    uint16_t level; /* how many names lead to the open container */
    bool opens;     /* the value of the last name is an object in which one leads on */
} tokusage_pointers;

/* What a name is for a pointer of which `names` led to its container: KEY_BASE the last, KEY_WAY another, or 0. */
tokusage_key tokusage_pointer_name(const char *pointer, unsigned names, const char *name, size_t length);

/* A name in the open container. KEY_BASE when it is the next one of a pointer, else 0. */
tokusage_key tokusage_pointers_name(tokusage_pointers *pointers, const char *name, size_t length);

/* The value of that name begins here. If it `opens`, it is the open container now. */
void tokusage_pointers_value(tokusage_pointers *pointers, const char *at);

/* The open container has closed. */
void tokusage_pointers_close(tokusage_pointers *pointers);

#endif
