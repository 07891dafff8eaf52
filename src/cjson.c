/*
 * Usage <-> cJSON trees: a library of its own, and the only file that includes cJSON. fields.c says what the names
 * mean, form.h in which object each count is written. No JSON text.
 *
 * Every function goes through the same members: those of the usage object, and those of the objects and lists in it
 * that the table knows. It holds the way there, at most LEVELS long, and does not recurse:
 *
 *     {"prompt_tokens_details":{"cached_tokens_details":{"audio_tokens":5}}}    level 1, 2, 3
 *     {"cacheDetails":[{"ttl":"1h","inputTokens":5}]}                           level 1, 2 (the list), 3 (the element)
 */
#include "fields.h"
#include "form.h"

/* Many systems install the header in a folder of its own. */
#ifndef __has_include
#include <cJSON.h>
#elif __has_include(<cJSON.h>)
#include <cJSON.h>
#else
#include <cjson/cJSON.h>
#endif

enum {
    LEVELS = 3 /* no chain of the table's objects and lists is longer: a test checks it */
};

/* The key of the item's name; 0 when it means nothing, or the item has none (an element of a list). */
static tokusage_key key_of(tokusage_node node, const cJSON *item) {
    return item->string ? tokusage_name_find(node, item->string, strlen(item->string)) : 0;
}

/* ---- going through the members */

/* A container on the way, and what comes next in it. */
typedef struct step {
    tokusage_node node;
    cJSON *container;
    cJSON *next;
} step;

typedef struct walk {
    step way[LEVELS];
    unsigned depth;
    tokusage_fields fields; /* what the items say */
} walk;

static void enter(walk *w, tokusage_node node, cJSON *container) {
    w->way[w->depth++] = (step){.node = node, .container = container, .next = container->child};
}

static void begin_walk(walk *w, cJSON *object) {
    w->depth = 0;
    tokusage_fields_begin(&w->fields);
    enter(w, NODE_USAGE, object);
}

static step *innermost(walk *w) {
    return &w->way[w->depth - 1];
}

/* The node of a container that is in the innermost one; NODE_NONE when nothing in it matters. */
static tokusage_node node_of(walk *w, const cJSON *item) {
    const bool object = cJSON_IsObject(item);
    if (cJSON_IsArray(innermost(w)->container)) {
        return object ? innermost(w)->node : NODE_NONE;
    }
    const tokusage_key key = object || cJSON_IsArray(item) ? key_of(innermost(w)->node, item) : 0;
    return key > 0 ? tokusage_name_node(tokusage_name_of(key), object) : NODE_NONE;
}

/* ---- from a tree */

/* The range is checked first, so that the conversion to an integer is defined. NaN is not in the range. */
static tokusage_status item_number(const cJSON *item, int64_t *value) {
    if (!cJSON_IsNumber(item)) {
        return TOKUSAGE_ERR_TYPE;
    }
    if (!(item->valuedouble >= 0 && item->valuedouble <= (double)TOKUSAGE_COUNT_MAX)) {
        return TOKUSAGE_ERR_RANGE;
    }
    *value = (int64_t)item->valuedouble;
    return (double)*value == item->valuedouble ? TOKUSAGE_OK : TOKUSAGE_ERR_INTEGER;
}

static void take_item(tokusage_fields *fields, tokusage_key key, const cJSON *item) {
    if (key == 0 || cJSON_IsNull(item)) {
        return;
    }
    const unsigned role = tokusage_name_of(key)->role;
    if (role == ROLE_COUNT || role == ROLE_NUMBER) {
        int64_t value = 0;
        const tokusage_status status = item_number(item, &value);
        tokusage_fields_count(fields, key, status, value);
    } else if (role == ROLE_TAG && cJSON_IsString(item)) {
        tokusage_fields_tag(fields, key, item->valuestring, strlen(item->valuestring));
    }
}

/*
 * Takes the innermost container's next item: reads a value, or enters a container. Without a next item it leaves the
 * container. Returns whether that is an element of a list that has a count.
 */
static bool walk_on(walk *w) {
    const step in = *innermost(w);
    if (!in.next) {
        w->depth--;
        return cJSON_IsObject(in.container) && tokusage_fields_close(&w->fields, in.node);
    }
    const tokusage_node node = node_of(w, in.next);
    innermost(w)->next = in.next->next;
    if (node == NODE_NONE) {
        take_item(&w->fields, key_of(in.node, in.next), in.next);
    } else {
        enter(w, node, in.next);
        tokusage_fields_open(&w->fields, node);
    }
    return false;
}

tokusage_status tokusage_from_cjson(const struct cJSON *object, tokusage *usage, tokusage_error *error) {
    if (!usage) {
        return tokusage_fail(error, TOKUSAGE_ERR_ARGUMENT, TOKUSAGE_NO_MEMBER);
    }
    if (!object || cJSON_IsNull(object)) {
        return tokusage_fail(error, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_OBJECT);
    }
    if (!cJSON_IsObject(object)) {
        return tokusage_fail(error, TOKUSAGE_ERR_TYPE, TOKUSAGE_OBJECT);
    }
    cJSON root = *object; /* a walk wants an object that is not const, as update_cjson changes it */
    walk w;
    begin_walk(&w, &root);
    while (w.depth > 0) {
        walk_on(&w);
    }
    tokusage_fields_end(&w.fields);
    return tokusage_columns_usage(&w.fields.columns, usage, error);
}

/* ---- to a tree */

/* What update_cjson finds and makes before it changes anything. */
typedef struct plan {
    const tokusage *usage;
    /* of each row of the form: the first member, an object before another, or one that is made; NULL: not written */
    cJSON *item[TOKUSAGE_FORM_ROWS];
    cJSON made; /* an object with the items that are made, in the order of their rows */
} plan;

/* Whether the row is written: a count that is present, or an object with one. */
static bool is_needed(const plan *p, size_t row) {
    const unsigned level = tokusage_form[row].level;
    bool needed = false;
    do {
        const size_t count = tokusage_form[row].count;
        needed = needed || (count != TOKUSAGE_OBJECT && tokusage_count_in(p->usage, count)->present);
        row++;
    } while (row < TOKUSAGE_FORM_ROWS && tokusage_form[row].level > level);
    return needed;
}

static void plan_item(plan *p, tokusage_key key, cJSON *item) {
    for (size_t row = 0; row < TOKUSAGE_FORM_ROWS; row++) {
        const bool object = tokusage_form[row].count == TOKUSAGE_OBJECT && cJSON_IsObject(item);
        const bool better = !p->item[row] || (object && !cJSON_IsObject(p->item[row]));
        if (tokusage_form[row].key == key && better) {
            p->item[row] = item;
        }
    }
}

/* Returns false when an object or a list that may have counts is a reference: it belongs to another tree. */
static bool plan_items(plan *p, cJSON *object) {
    walk w;
    begin_walk(&w, object);
    while (w.depth > 0 && (innermost(&w)->container->type & cJSON_IsReference) == 0) {
        const step in = *innermost(&w);
        plan_item(p, in.next ? key_of(in.node, in.next) : 0, in.next);
        walk_on(&w);
    }
    return w.depth == 0;
}

/* Makes the items that are missing, and forgets those of rows that are not written; false when memory fails. */
static bool make_missing(plan *p) {
    bool good = true;
    for (size_t row = 0; good && row < TOKUSAGE_FORM_ROWS; row++) {
        if (!is_needed(p, row)) {
            p->item[row] = NULL;
        } else if (!p->item[row]) {
            const char *const name = tokusage_name_text(tokusage_name_of(tokusage_form[row].key));
            p->item[row] = cJSON_AddNumberToObject(&p->made, name, 0); /* gives it the name */
            good = p->item[row] != NULL;
        }
    }
    if (!good) {
        cJSON_Delete(p->made.child);
    }
    return good;
}

/* Removes an item. cJSON 1.7.13 does not update the first item's `prev`, the last item, when the last is removed. */
static void remove_item(cJSON *parent, cJSON *item) {
    cJSON_Delete(cJSON_DetachItemViaPointer(parent, item));
    cJSON *last = parent->child;
    while (last && last->next) {
        last = last->next;
    }
    if (last) {
        parent->child->prev = last;
    }
}

static bool is_planned(const plan *p, const cJSON *item) {
    size_t row = 0;
    while (row < TOKUSAGE_FORM_ROWS && p->item[row] != item) {
        row++;
    }
    return row < TOKUSAGE_FORM_ROWS;
}

/* Removes every count that the plan does not have, and every element of a list that has one. */
static void remove_others(const plan *p, cJSON *object) {
    walk w;
    begin_walk(&w, object);
    while (w.depth > 0) {
        const step in = *innermost(&w);
        const tokusage_key key = in.next ? key_of(in.node, in.next) : 0;
        const bool counted = walk_on(&w);
        if (counted) {
            remove_item(innermost(&w)->container, in.container);
        } else if (key > 0 && tokusage_name_of(key)->role == ROLE_COUNT && !is_planned(p, in.next)) {
            remove_item(in.container, in.next);
        }
    }
}

/* Makes the item an empty one of another type, where it is. Frees what cJSON_Delete frees, except the name. */
static void become(cJSON *item, int type) {
    if ((item->type & cJSON_IsReference) == 0) {
        cJSON_Delete(item->child);
        if (item->valuestring) {
            cJSON_free(item->valuestring);
        }
    }
    *item = (cJSON){.next = item->next,
                    .prev = item->prev,
                    .type = type | (item->type & cJSON_StringIsConst),
                    .string = item->string};
}

/* Gives each item that is written its type and its value, and appends those that were made. */
static void change_all(plan *p, cJSON *object) {
    cJSON *outer[TOKUSAGE_FORM_LEVELS + 1] = {object}; /* of each level */
    for (size_t row = 0; row < TOKUSAGE_FORM_ROWS; row++) {
        const struct tokusage_form *const form = &tokusage_form[row];
        cJSON *const item = p->item[row];
        if (item && item == p->made.child) {
            cJSON_AddItemToArray(outer[form->level], cJSON_DetachItemViaPointer(&p->made, item));
        }
        if (item && form->count != TOKUSAGE_OBJECT) {
            become(item, cJSON_Number);
            cJSON_SetNumberHelper(item, (double)tokusage_count_in(p->usage, form->count)->value);
        } else if (item) {
            outer[form->level + 1] = item;
            if (!cJSON_IsObject(item)) {
                become(item, cJSON_Object);
            }
        }
    }
}

tokusage_status tokusage_update_cjson(struct cJSON *object, const tokusage *usage) {
    if (!object || !usage || (object->type & cJSON_IsReference) != 0) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (!cJSON_IsObject(object)) {
        return TOKUSAGE_ERR_TYPE;
    }
    plan p = {.usage = usage, .made = {.type = cJSON_Object}};
    if (!plan_items(&p, object)) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (!make_missing(&p)) {
        return TOKUSAGE_ERR_MEMORY;
    }
    remove_others(&p, object);
    change_all(&p, object);
    return TOKUSAGE_OK;
}

struct cJSON *tokusage_to_cjson(const tokusage *usage) {
    cJSON *const object = cJSON_CreateObject();
    if (tokusage_update_cjson(object, usage) != TOKUSAGE_OK) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}
