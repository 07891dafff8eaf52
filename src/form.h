/*
 * OpenAI's form, in which a usage is written, as text (whole.c) and as a tree (cjson.c): its members in their order.
 * An object comes before the counts in it, which are one level deeper. A member without a present count is left out.
 */
#ifndef TOKUSAGE_SRC_FORM_H
#define TOKUSAGE_SRC_FORM_H

#include "counts.h"
#include "names.h"

#define TOKUSAGE_WRITTEN(row, level, count) {KEY_##row, level, TOKUSAGE_##count},
static const struct tokusage_form {
    tokusage_key key;
    uint8_t level;
    uint8_t count; /* TOKUSAGE_OBJECT: an object */
} tokusage_form[] = {TOKUSAGE_EACH_WRITTEN(TOKUSAGE_WRITTEN)};

enum {
    TOKUSAGE_FORM_ROWS = sizeof tokusage_form / sizeof *tokusage_form,
    TOKUSAGE_FORM_LEVELS = 2 /* the deepest level */
};

#endif
