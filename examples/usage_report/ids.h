/*
 * The ids of responses: which have been there before.
 */
#ifndef USAGE_REPORT_IDS_H
#define USAGE_REPORT_IDS_H

#include "json.h"

/* A hash of the id's bytes; 0 for none. */
uint64_t id_of(slice id);

/* All zero bytes are no ids. */
typedef struct ids {
    uint64_t *table;
    size_t room, used;
} ids;

/* Whether the id was there before. With `all` every id is remembered, else, in 1 MiB, about the last 100,000. */
bool ids_add(ids *to, uint64_t id, bool all);
void ids_free(ids *of);

#endif
