/*
 * Usage <-> cJSON trees: the only file that includes cJSON. members.c says what the names mean. This file says in which
 * object OpenAI's form has each count, for writing. No JSON text.
 */
#include "error.h"
#include "members.h"
#include "usage.h"

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
#include <string.h>

/* The key of the item's name; 0 also for an item without a name, such as an array's element. */
static tokusage_key key_of(tokusage_node node, const cJSON *item) {
    return item->string ? tokusage_name_find(node, item->string, strlen(item->string)) : 0;
}

static bool is_count(tokusage_key key) {
    return key > 0 && key <= KEY_COUNTS;
}

/* Which of the objects in a usage object this member is; NODE_NONE when it is not one of them. */
static tokusage_node details_of(const cJSON *item) {
    const tokusage_key key = cJSON_IsObject(item) ? key_of(NODE_USAGE, item) : 0;
    return key > KEY_COUNTS ? (tokusage_node)tokusage_name_of(key)->target : NODE_NONE;
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

static void take_item(tokusage_gather *gather, tokusage_node node, const cJSON *item) {
    const tokusage_key key = key_of(node, item);
    if (!is_count(key)) {
        return;
    }
    if (cJSON_IsNull(item)) {
        tokusage_gather_null(gather, key);
        return;
    }
    int64_t value = 0;
    const tokusage_status status = item_number(item, &value);
    tokusage_gather_count(gather, key, status, value);
}

static void read_details(tokusage_gather *gather, tokusage_node node, const cJSON *object) {
    tokusage_gather_object(gather, key_of(NODE_USAGE, object));
    for (const cJSON *item = object->child; item; item = item->next) {
        take_item(gather, node, item);
    }
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
    tokusage_gather gather;
    tokusage_gather_begin(&gather);
    for (const cJSON *item = object->child; item; item = item->next) {
        const tokusage_node node = details_of(item);
        if (node != NODE_NONE) {
            read_details(&gather, node, item);
        } else {
            take_item(&gather, NODE_USAGE, item);
        }
    }
    tokusage_gather_end(&gather);
    return tokusage_slots_usage(&gather.slots, usage, error);
}

/* ---- to a tree */

/* In which object OpenAI's form has each count. */
static const struct home {
    tokusage_node node;
    const char *name; /* of the object in the usage object; NULL: the usage object itself */
} homes[TOKUSAGE_COUNTS] = {
    [TOKUSAGE_PROMPT] = {NODE_USAGE, NULL},
    [TOKUSAGE_COMPLETION] = {NODE_USAGE, NULL},
    [TOKUSAGE_TOTAL] = {NODE_USAGE, NULL},
    [TOKUSAGE_CACHED] = {NODE_PROMPT_TOKENS_DETAILS, TOKUSAGE_PROMPT_DETAILS},
    [TOKUSAGE_CACHE_WRITE] = {NODE_PROMPT_TOKENS_DETAILS, TOKUSAGE_PROMPT_DETAILS},
    [TOKUSAGE_REASONING] = {NODE_COMPLETION_TOKENS_DETAILS, TOKUSAGE_COMPLETION_DETAILS},
};

/* Which count this member of an object is in OpenAI's form; TOKUSAGE_COUNTS when it is not a count there. */
static size_t count_of(tokusage_node node, const cJSON *item) {
    size_t i = 0;
    while (i < TOKUSAGE_COUNTS &&
           !(item->string && homes[i].node == node && strcmp(item->string, tokusage_member_name(i)) == 0)) {
        i++;
    }
    return i;
}

/* What update_cjson finds and makes before it changes anything. Each present count gets a home and an item. */
typedef struct plan {
    cJSON *home[NODE_TOKENS + 1];     /* by node: the first such object, else the first member that can become one */
    cJSON *item[TOKUSAGE_COUNTS + 1]; /* by count: the first member that is the count, or one that is made */
    struct made {
        cJSON *object; /* the item is appended to it */
        cJSON *item;
    } made[TOKUSAGE_COUNTS + 2]; /* the counts and two objects at most, in the order in which they are appended */
    size_t made_count;
} plan;

/* Goes from the usage object to the first object for counts in it, then to the next; NULL behind the last. */
static cJSON *next_object(const cJSON *usage_object, const cJSON *object, tokusage_node *node) {
    cJSON *item = object == usage_object ? object->child : object->next;
    while (item && (*node = details_of(item)) == NODE_NONE) {
        item = item->next;
    }
    return item;
}

/* Notes the member if it is a present count in OpenAI's form, or if it is, or can become, an object for counts. */
static void find_member(plan *p, tokusage_node node, cJSON *item, const tokusage *usage) {
    const size_t i = count_of(node, item);
    const tokusage_key key = key_of(node, item);
    if (i < TOKUSAGE_COUNTS && tokusage_count_at(usage, i)->present && !p->item[i]) {
        p->item[i] = item;
    } else if (key > KEY_COUNTS && !p->home[tokusage_name_of(key)->target]) {
        p->home[tokusage_name_of(key)->target] = item;
    }
}

/* False when one of the objects is a reference. */
static bool find_all(plan *p, cJSON *usage_object, const tokusage *usage) {
    tokusage_node node = NODE_USAGE;
    for (cJSON *object = usage_object; object; object = next_object(usage_object, object, &node)) {
        if ((object->type & cJSON_IsReference) != 0) {
            return false;
        }
        if (!cJSON_IsObject(p->home[node])) {
            p->home[node] = object;
        }
        for (cJSON *item = object->child; item; item = item->next) {
            find_member(p, node, item, usage);
        }
    }
    return true;
}

/*
 * Makes an item of this name. set_all appends it to the object and gives it its type. NULL when memory fails. cJSON
 * names an item only when it adds it to an object, so it is first added to a shell.
 */
static cJSON *make(plan *p, cJSON *object, const char *name) {
    cJSON shell = {.type = cJSON_Object};
    cJSON *const item = cJSON_AddNumberToObject(&shell, name, 0);
    if (item) {
        p->made[p->made_count++] = (struct made){.object = object, .item = item};
    }
    return item;
}

/* Makes the home and the item of the count if they are missing; false when memory fails. */
static bool make_count(plan *p, cJSON *usage_object, size_t i) {
    if (p->item[i]) {
        return true;
    }
    cJSON **const home = &p->home[homes[i].node];
    if (!*home) {
        *home = make(p, usage_object, homes[i].name);
    }
    p->item[i] = *home ? make(p, *home, tokusage_member_name(i)) : NULL;
    return p->item[i] != NULL;
}

static bool make_all(plan *p, cJSON *usage_object, const tokusage *usage) {
    bool good = true;
    for (size_t i = 0; good && i < TOKUSAGE_COUNTS; i++) {
        good = !tokusage_count_at(usage, i)->present || make_count(p, usage_object, i);
    }
    for (size_t i = 0; !good && i < p->made_count; i++) {
        cJSON_Delete(p->made[i].item);
    }
    return good;
}

/* The first item's `prev` is the last item. cJSON 1.7.13 does not update it when the last is removed. */
static void link_last(const cJSON *object) {
    cJSON *last = object->child;
    while (last && last->next) {
        last = last->next;
    }
    if (last) {
        object->child->prev = last;
    }
}

/* Removes every count that the plan does not have. */
static void remove_others(const plan *p, cJSON *usage_object) {
    tokusage_node node = NODE_USAGE;
    for (cJSON *object = usage_object; object; object = next_object(usage_object, object, &node)) {
        for (cJSON *item = object->child, *next = NULL; item; item = next) {
            next = item->next;
            if (is_count(key_of(node, item)) && item != p->item[count_of(node, item)]) {
                cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
            }
        }
        link_last(object);
    }
}

/* Makes the item an empty one of another type, where it stands. Frees what cJSON_Delete frees, except the name. */
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

static void set_all(const plan *p, const tokusage *usage) {
    for (size_t i = 0; i < p->made_count; i++) {
        if (!cJSON_IsObject(p->made[i].object)) {
            become(p->made[i].object, cJSON_Object);
        }
        cJSON_AddItemToArray(p->made[i].object, p->made[i].item);
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (p->item[i]) {
            become(p->item[i], cJSON_Number);
            cJSON_SetNumberHelper(p->item[i], (double)tokusage_count_at(usage, i)->value);
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
    plan p = {.made_count = 0};
    if (!find_all(&p, object, usage)) {
        return TOKUSAGE_ERR_ARGUMENT;
    }
    if (tokusage_check_range(usage, NULL) != TOKUSAGE_OK) {
        return TOKUSAGE_ERR_RANGE;
    }
    if (!make_all(&p, object, usage)) {
        return TOKUSAGE_ERR_MEMORY;
    }
    remove_others(&p, object);
    set_all(&p, usage);
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
