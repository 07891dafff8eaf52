/*
 * What has been read of one text. The scanner tells names, values and the ends of containers. This file decides what
 * they mean: which place is the usage, which member is a count, which string is the model's name. No bytes of JSON.
 */
#include "reading.h"

enum {
    MODEL_NONE = 5, /* a rank behind all names of the model */
    ROLE_NONE = -1
};

static void reset_element(tokusage_reading *reading) {
    reading->place = PLACE_NONE;
    reading->rank = MODEL_NONE;
    reading->ways = 0;
    reading->ways_twice = 0;
    reading->seen = 0;
    reading->ends = false;
    reading->delta_ends = false;
    reading->text = true;
    if (reading->models) {
        reading->models[reading->open].length = 0;
    }
    tokusage_gather_begin(&reading->gather);
}

void tokusage_reading_begin(tokusage_reading *reading, const char *pointer, tokusage_reading_mode mode,
                            tokusage_model *models) {
    memset(reading, 0, offsetof(tokusage_reading, gather));
    reading->pointer = pointer;
    reading->mode = (uint8_t)mode;
    reading->first = true;
    reading->last_place = PLACE_NONE;
    reading->models = models;
    if (models) {
        models[1].length = 0;
    }
    if (pointer && *pointer == '\0') {
        reading->arrival = ARRIVAL_PLACE;
    }
    reset_element(reading);
}

void tokusage_reading_element(tokusage_reading *reading) {
    reading->first = !reading->begun;
    reading->begun = true;
    reading->key = 0;
    reading->arrival = ARRIVAL_NONE;
    reset_element(reading);
}

/* The depth within the element: 1 in its root. */
static unsigned level(const tokusage_reading *reading) {
    return (unsigned)reading->depth - reading->array;
}

/* ---- names on the way of the pointer */

/* What follows the name in the pointer, or NULL when another name stands there. */
static const char *match(const char *pointer, const char *name, size_t length) {
    for (; length > 0 && *pointer != '/'; length--) {
        const bool escaped = *pointer == '~';
        const char escape = pointer[escaped] == '0' ? '~' : '/';
        if (*pointer == '\0' || *name != (escaped ? escape : *pointer)) {
            return NULL;
        }
        pointer += escaped ? 2 : 1;
        name++;
    }
    return length == 0 && (*pointer == '\0' || *pointer == '/') ? pointer : NULL;
}

/* Where the pointer's next name begins, behind the first `names` ones; NULL when there is no other. */
static const char *step(const char *pointer, unsigned names) {
    do {
        pointer = strchr(pointer, '/');
        pointer = pointer ? pointer + 1 : NULL;
    } while (pointer && names-- > 0);
    return pointer;
}

/* Each level of the way is met once. If it is met again, its name or one before it is given twice. */
static tokusage_arrival arrive(tokusage_reading *reading, const char *name, size_t length) {
    const unsigned matched = reading->matched;
    if (!reading->pointer || level(reading) != matched + 1) {
        return ARRIVAL_NONE;
    }
    const char *const wanted = step(reading->pointer, matched);
    const char *const rest = wanted ? match(wanted, name, length) : NULL;
    if (!rest) {
        return ARRIVAL_NONE;
    }
    reading->twice = reading->twice || matched < reading->seen;
    reading->seen = (uint16_t)(matched < reading->seen ? reading->seen : matched + 1);
    return *rest == '\0' ? ARRIVAL_PLACE : ARRIVAL_WAY;
}

/* ---- names of the table */

static unsigned way_bit(unsigned key) {
    return 1U << (key - KEY_MESSAGE);
}

/* Whether a name stands twice on the way to the place that counts, or to a place that comes before that. */
static bool way_twice(const tokusage_reading *reading) {
    unsigned ways = 0;
    for (unsigned place = 0; place < PLACE_ROOT && place <= reading->place; place++) {
        const unsigned node = tokusage_names[KEY_PLACE + place - 1].node;
        ways |= way_bit(KEY_PLACE + place);
        ways |= node == NODE_ROOT ? 0 : way_bit(KEY_MESSAGE + node - NODE_MESSAGE);
    }
    return (reading->ways_twice & ways) != 0;
}

static tokusage_node known_node(const tokusage_reading *reading) {
    if (level(reading) == 1) {
        return NODE_ROOT;
    }
    return level(reading) == 2 ? (tokusage_node)reading->second : NODE_NONE;
}

/* The object whose names are asked for. */
static tokusage_node node_here(const tokusage_reading *reading) {
    if (reading->place_depth == 0) {
        return known_node(reading);
    }
    return reading->depth == reading->place_depth ? NODE_USAGE : (tokusage_node)reading->details;
}

/* With a pointer, known places and the root's own counts have no meaning. In events, the root's counts have none. */
static bool has_meaning(const tokusage_reading *reading, tokusage_key key) {
    const unsigned role = tokusage_name_of(key)->role;
    if (role == ROLE_PLACE) {
        return !reading->pointer;
    }
    return role != ROLE_COUNT || (!reading->pointer && reading->mode == READ_TEXT);
}

/* A pointer such as /message leads to a usage object that may hold the model's name as well. */
bool tokusage_reading_known(tokusage_reading *reading, tokusage_key key, const char *name, size_t length) {
    if (reading->place_depth > 0) {
        key = tokusage_name_find(known_node(reading), name, length);
    }
    if (key != 0 && !has_meaning(reading, key)) {
        key = 0;
    }
    if (key >= KEY_MESSAGE && key < KEY_PLACE + PLACE_ROOT) {
        reading->ways_twice = (uint16_t)(reading->ways_twice | (reading->ways & way_bit(key)));
        reading->ways = (uint16_t)(reading->ways | way_bit(key));
    }
    reading->key = key;
    reading->arrival = (uint8_t)arrive(reading, name, length);
    return key != 0 || reading->arrival != ARRIVAL_NONE;
}

/* ---- values */

/* The role of the member that has this value. A count in the root has none once a better place was found. */
static int role_of(const tokusage_reading *reading) {
    if (reading->key == 0) {
        return ROLE_NONE;
    }
    const tokusage_name *const name = tokusage_name_of(reading->key);
    const bool passed = name->node == NODE_ROOT && name->role == ROLE_COUNT && reading->place < PLACE_ROOT;
    return passed ? ROLE_NONE : name->role;
}

tokusage_wish tokusage_reading_wish(const tokusage_reading *reading) {
    const int role = role_of(reading);
    if (role == ROLE_MODEL) {
        return reading->models ? WISH_RAW : WISH_NOTHING;
    }
    return role == ROLE_TYPE ? WISH_RESOLVED : WISH_NOTHING;
}

/* Makes this place the usage if it is the best so far. Returns whether a usage object begins. */
static bool take_place(tokusage_reading *reading, unsigned rank, tokusage_kind kind) {
    if (kind == KIND_NULL || rank >= reading->place) {
        return false;
    }
    /* Forget what the root, or a worse place, has told. */
    if (reading->place != PLACE_NONE || reading->gather.given != 0) {
        tokusage_gather_begin(&reading->gather);
    }
    reading->place = (uint8_t)rank;
    if (kind != KIND_OBJECT) {
        reading->gather.slots.status = TOKUSAGE_ERR_TYPE;
        reading->gather.slots.member = TOKUSAGE_OBJECT;
        return false;
    }
    reading->place_depth = (uint16_t)(reading->depth + 1);
    return true;
}

static void take_count(tokusage_reading *reading, const tokusage_value *value) {
    const tokusage_status status = value->kind == KIND_NUMBER ? value->status : TOKUSAGE_ERR_TYPE;
    if (value->kind == KIND_NULL) {
        tokusage_gather_null(&reading->gather, reading->key);
    } else {
        tokusage_gather_count(&reading->gather, reading->key, status, value->number);
    }
}

static void take_model(tokusage_reading *reading, const tokusage_value *value) {
    const uint8_t rank = tokusage_name_of(reading->key)->target;
    const bool fits = value->kind == KIND_STRING && value->length > 0 && value->length <= TOKUSAGE_MODEL_MAX;
    if (reading->models && fits && rank < reading->rank) {
        tokusage_model *const model = &reading->models[reading->open];
        reading->rank = rank;
        model->length = (uint8_t)value->length;
        memcpy(model->text, value->text, value->length);
    }
}

static void take_type(tokusage_reading *reading, const tokusage_value *value) {
    static const char *const ends[] = {"message_delta",   "response.completed",    "response.incomplete",
                                       "response.failed", "interaction.completed", "message-end"};
    for (size_t i = 0; value->kind == KIND_STRING && i < sizeof ends / sizeof *ends; i++) {
        if (strlen(ends[i]) == value->length && memcmp(ends[i], value->text, value->length) == 0) {
            reading->delta_ends = reading->delta_ends || i == 0;
            reading->ends = reading->ends || i > 0;
        }
    }
}

/* An object on the way to a known place, or one for counts in a usage object, begins. */
static void enter_node(tokusage_reading *reading) {
    const tokusage_name *const name = tokusage_name_of(reading->key);
    if (name->node == NODE_USAGE) {
        reading->details = name->target;
        tokusage_gather_object(&reading->gather, reading->key);
    } else {
        reading->second = name->target;
    }
}

/* Takes the value by the member's role. Returns whether the container that begins is watched for that. */
static bool take_member(tokusage_reading *reading, const tokusage_value *value) {
    switch (role_of(reading)) {
    case ROLE_COUNT:
        take_count(reading, value);
        return false;
    case ROLE_PLACE:
        return take_place(reading, tokusage_name_of(reading->key)->target, value->kind);
    case ROLE_OBJECT:
        if (value->kind == KIND_OBJECT) {
            enter_node(reading);
        }
        return value->kind == KIND_OBJECT;
    case ROLE_MODEL:
        take_model(reading, value);
        return false;
    case ROLE_TYPE:
        take_type(reading, value);
        return false;
    case ROLE_DONE:
        reading->ends = reading->ends || value->kind == KIND_TRUE;
        return false;
    default:
        return false;
    }
}

/* Takes the value by the pointer. Returns whether the container is watched for that, or as the text itself. */
static bool take_way(tokusage_reading *reading, tokusage_kind kind) {
    if (kind == KIND_OBJECT && reading->arrival == ARRIVAL_WAY) {
        reading->matched++;
        return true;
    }
    if (reading->arrival == ARRIVAL_PLACE && take_place(reading, 0, kind)) {
        return true;
    }
    if (kind == KIND_ARRAY && reading->text && reading->depth == 0 && reading->arrival == ARRIVAL_NONE) {
        reading->array = reading->mode != READ_VALUE;
        return reading->array;
    }
    return kind == KIND_OBJECT && reading->text;
}

void tokusage_reading_value(tokusage_reading *reading, const tokusage_value *value) {
    if (level(reading) == 1 && value->kind == KIND_OBJECT) {
        reading->second = NODE_NONE;
    }
    const bool on_way = take_way(reading, value->kind);
    const bool watched = take_member(reading, value) || on_way;
    reading->text = false;
    if (watched) {
        reading->depth++;
        reading->node = (uint8_t)node_here(reading);
    }
}

/* ---- the ends of elements, and of the text */

static void end_element(tokusage_reading *reading) {
    tokusage_gather_end(&reading->gather);
    const bool any = tokusage_slots_any(&reading->gather.slots);
    if (reading->place == PLACE_NONE && any) {
        reading->place = PLACE_ROOT;
    }
    if (any || !reading->array) {
        reading->last_place = reading->place;
        reading->last_ends = reading->ends;
        reading->last_delta_ends = reading->delta_ends;
    }
    if (any && reading->array) {
        reading->last = reading->gather.slots;
    }
    reading->twice = reading->twice || (reading->ways_twice != 0 && !reading->pointer && way_twice(reading));
    /* The text's model is that of the last element that has a report and a model, else that of the first element. */
    if (reading->rank != MODEL_NONE && (any || reading->first)) {
        reading->told = any;
        reading->open ^= 1;
    }
}

void tokusage_reading_leave(tokusage_reading *reading) {
    reading->depth--;
    reading->details = NODE_NONE;
    if (reading->depth < reading->place_depth) {
        reading->place_depth = 0;
    }
    if (reading->matched > 0 && reading->matched >= level(reading)) {
        reading->matched--;
    }
    reading->node = (uint8_t)node_here(reading);
    if (reading->array && reading->depth == 1) {
        end_element(reading);
    }
}

void tokusage_reading_end(tokusage_reading *reading) {
    if (!reading->array) {
        end_element(reading);
    }
}

/* ---- the answers */

const tokusage_slots *tokusage_reading_slots(const tokusage_reading *reading) {
    if (reading->last_place == PLACE_NONE) {
        return NULL;
    }
    return reading->array ? &reading->last : &reading->gather.slots;
}

bool tokusage_reading_reports(const tokusage_reading *reading) {
    const tokusage_slots *const slots = tokusage_reading_slots(reading);
    return slots && !reading->twice && tokusage_slots_any(slots);
}
