/*
 * Usage <-> cJSON trees: a library of its own, and the only file that includes cJSON. fields.c says what the names mean,
 * form.h in which object each count is written. No JSON text.
 */
#include "fields.h"
#include "form.h"

/* Many systems install the header in a folder of its own. */
#if defined(__has_include)
#if !__has_include(<cJSON.h>) && __has_include(<cjson/cJSON.h>)
#define CJSON_HAS_FOLDER
#endif
#endif

#ifdef CJSON_HAS_FOLDER
#include <cjson/cJSON.h>
#else
#include <cJSON.h>
#endif

/* The row of the item's name; NULL when it means nothing, or has none (an element of an array). */
static const tokusage_name *row_of(tokusage_node node, const cJSON *item) {
    const tokusage_key key = item->string ? tokusage_name_find(node, item->string, strlen(item->string)) : 0;
    return key > 0 ? tokusage_name_of(key) : NULL;
}

static tokusage_key key_of(const tokusage_name *row) {
    return row ? (tokusage_key)(row - tokusage_names + 1) : 0;
}

/* The node of a container in an object of this node; NODE_NONE when nothing in it matters. An element has its array's. */
static tokusage_node node_in(tokusage_node node, const cJSON *item) {
    const tokusage_name *const row = row_of(node, item);
    const bool object = cJSON_IsObject(item);
    if (!row || (!object && !cJSON_IsArray(item))) {
        return NODE_NONE;
    }
    switch (row->role) {
    case ROLE_OBJECT:
        return object ? (tokusage_node)row->target : NODE_NONE;
    case ROLE_LIST:
        return object ? NODE_NONE : (tokusage_node)row->target;
    case ROLE_EITHER:
        return (tokusage_node)(row->target + !object);
    default:
        return NODE_NONE;
    }
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

static void take_item(tokusage_fields *fields, const tokusage_name *row, const cJSON *item) {
    int64_t value = 0;
    if (!row || cJSON_IsNull(item)) {
        return;
    }
    if (row->role == ROLE_COUNT || row->role == ROLE_NUMBER) {
        const tokusage_status status = item_number(item, &value);
        tokusage_fields_count(fields, key_of(row), status, value);
    } else if (row->role == ROLE_TAG && cJSON_IsString(item)) {
        tokusage_fields_tag(fields, key_of(row), item->valuestring, strlen(item->valuestring));
    }
}

/* Goes through the members; at most four levels have a node. */
static void read_object(tokusage_fields *fields, tokusage_node node, const cJSON *object) {
    tokusage_fields_open(fields, node);
    for (const cJSON *item = object->child; item; item = item->next) {
        const tokusage_node inner = node_in(node, item);
        if (inner == NODE_NONE) {
            take_item(fields, row_of(node, item), item);
        } else if (cJSON_IsObject(item)) {
            read_object(fields, inner, item);
        }
        for (const cJSON *element = inner != NODE_NONE && cJSON_IsArray(item) ? item->child : NULL; element;
             element = element->next) {
            if (cJSON_IsObject(element)) {
                read_object(fields, inner, element);
            }
        }
    }
    tokusage_fields_close(fields, node);
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
    tokusage_fields fields;
    tokusage_fields_begin(&fields);
    read_object(&fields, NODE_USAGE, object);
    tokusage_fields_end(&fields);
    return tokusage_columns_usage(&fields.columns, usage, error);
}

/* ---- to a tree */

/* What update_cjson finds and makes before it changes anything. */
typedef struct plan {
    const tokusage *usage;
    cJSON *home[NODE_ITERATIONS + 1];    /* by node: the first such object, else the first member that can become one */
    cJSON *item[TOKUSAGE_COUNTS];        /* by its number in the form: the first such member, or one that is made */
    cJSON *made_in[TOKUSAGE_COUNTS + 4]; /* what is made, in the order in which it is appended: the object ... */
    cJSON *made[TOKUSAGE_COUNTS + 4];    /* ... and the item: the counts and four objects at most */
    size_t made_count;
    bool reference; /* an object that may have counts is a reference */
} plan;

/* The number in the form of this member; TOKUSAGE_COUNTS when it is not written there. */
static size_t form_of(tokusage_node node, const cJSON *item) {
    const tokusage_key key = key_of(row_of(node, item));
    size_t i = 0;
    while (i < TOKUSAGE_COUNTS && tokusage_form[i].key != key) {
        i++;
    }
    return i;
}

static bool is_wanted(const plan *p, size_t i) {
    return i < TOKUSAGE_COUNTS && tokusage_count_in(p->usage, tokusage_form[i].count)->present;
}

static void find_members(plan *p, tokusage_node node, cJSON *object) {
    p->reference = p->reference || (object->type & cJSON_IsReference) != 0;
    if (!cJSON_IsObject(p->home[node])) {
        p->home[node] = object;
    }
    for (cJSON *item = p->reference ? NULL : object->child; item; item = item->next) {
        const tokusage_name *const row = row_of(node, item);
        const tokusage_node inner = node_in(node, item);
        const size_t i = form_of(node, item);
        if (is_wanted(p, i) && !p->item[i]) {
            p->item[i] = item;
        } else if (inner != NODE_NONE && cJSON_IsObject(item)) {
            find_members(p, inner, item);
        } else if (row && row->role == ROLE_OBJECT && !p->home[row->target]) {
            p->home[row->target] = item;
        }
        p->reference = p->reference || (inner != NODE_NONE && (item->type & cJSON_IsReference) != 0);
    }
}

/*
 * Makes an item of this name. change_all appends it to the object and gives it its type. NULL when memory fails. cJSON
 * names an item only when it adds it to an object, so it is first added to a shell.
 */
static cJSON *make(plan *p, cJSON *object, tokusage_key key) {
    cJSON shell = {.type = cJSON_Object};
    cJSON *const item = object ? cJSON_AddNumberToObject(&shell, tokusage_name_of(key)->text, 0) : NULL;
    if (item) {
        p->made_in[p->made_count] = object;
        p->made[p->made_count++] = item;
    }
    return item;
}

/* The object of this node, which is made if it is missing; NULL when memory fails. */
static cJSON *home_of(plan *p, tokusage_node node) {
    if (!p->home[node]) {
        p->home[node] = make(p, home_of(p, tokusage_form_outer(node)), tokusage_form_object(node));
    }
    return p->home[node];
}

static bool make_all(plan *p) {
    bool good = true;
    for (size_t i = 0; good && i < TOKUSAGE_COUNTS; i++) {
        if (is_wanted(p, i) && !p->item[i]) {
            const tokusage_node node = (tokusage_node)tokusage_name_of(tokusage_form[i].key)->node;
            p->item[i] = make(p, home_of(p, node), tokusage_form[i].key);
            good = p->item[i] != NULL;
        }
    }
    for (size_t i = 0; !good && i < p->made_count; i++) {
        cJSON_Delete(p->made[i]);
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

/* Whether the numbers of an element count by its tag. */
static bool element_counts(tokusage_node node, const cJSON *element) {
    tokusage_fields fields;
    tokusage_fields_begin(&fields);
    read_object(&fields, node, element);
    return tokusage_columns_any(&fields.columns);
}

/* Removes every count that the plan does not have. */
static void remove_others(const plan *p, tokusage_node node, cJSON *parent) {
    for (cJSON *item = parent->child, *next = NULL; item; item = next) {
        next = item->next;
        const tokusage_name *const row = row_of(node, item);
        const tokusage_node inner = node_in(node, item);
        const size_t i = form_of(node, item);
        if (inner == NODE_NONE) {
            if (row && row->role == ROLE_COUNT && !(i < TOKUSAGE_COUNTS && p->item[i] == item)) {
                remove_item(parent, item);
            }
            continue;
        }
        if (cJSON_IsObject(item)) {
            remove_others(p, inner, item);
            continue;
        }
        for (cJSON *element = item->child, *after = NULL; element; element = after) {
            after = element->next;
            if (cJSON_IsObject(element) && element_counts(inner, element)) {
                remove_item(item, element);
            }
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

static void change_all(const plan *p) {
    for (size_t i = 0; i < p->made_count; i++) {
        if (!cJSON_IsObject(p->made_in[i])) {
            become(p->made_in[i], cJSON_Object);
        }
        cJSON_AddItemToArray(p->made_in[i], p->made[i]);
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (p->item[i]) {
            become(p->item[i], cJSON_Number);
            cJSON_SetNumberHelper(p->item[i], (double)tokusage_count_in(p->usage, tokusage_form[i].count)->value);
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
    plan p = {.usage = usage};
    find_members(&p, NODE_USAGE, object);
    if (p.reference) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (!make_all(&p)) {
        return TOKUSAGE_ERR_MEMORY;
    }
    remove_others(&p, NODE_USAGE, object);
    change_all(&p);
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
