/*
 * What has been read of one text: which place, which counts, the first error; the model's name; whether the text says
 * that the response has ended. The scanner asks here whether a name matters, and hands over the values that matter. No
 * bytes of JSON here: no brackets, no quotes, no escapes.
 */
#ifndef TOKUSAGE_SRC_READING_H
#define TOKUSAGE_SRC_READING_H

#include "members.h"
#include "number.h"

#define TOKUSAGE_MODEL_MAX 127 /* bytes of a model's name */

/* How the text is read. */
typedef enum tokusage_reading_mode {
    READ_TEXT,  /* a plain text: the root is a place, too */
    READ_EVENT, /* the text of an event */
    READ_VALUE  /* only to find where the value at the pointer begins */
} tokusage_reading_mode;

/* What is wanted of a string that matters. */
typedef enum tokusage_wish {
    WISH_NOTHING,
    WISH_RAW,     /* as it stands, escapes unresolved */
    WISH_RESOLVED /* with its escapes resolved */
} tokusage_wish;

typedef enum tokusage_kind {
    KIND_NULL,
    KIND_TRUE,
    KIND_FALSE,
    KIND_NUMBER,
    KIND_STRING,
    KIND_OBJECT,
    KIND_ARRAY
} tokusage_kind;

/* A value, or the beginning of a container. */
typedef struct tokusage_value {
    tokusage_kind kind;
    tokusage_status status; /* NUMBER: what it says as a count; see tokusage_number_read */
    int64_t number;         /* NUMBER, when the status is OK */
    const char *text;       /* STRING: as wished; too long to matter when length is above TOKUSAGE_MODEL_MAX */
    size_t length;
} tokusage_value;

/* What a name is to the pointer. */
typedef enum tokusage_arrival {
    ARRIVAL_NONE,
    ARRIVAL_WAY,  /* the next name on its way */
    ARRIVAL_PLACE /* its last name */
} tokusage_arrival;

typedef struct tokusage_model {
    uint8_t length; /* 0: none */
    char text[TOKUSAGE_MODEL_MAX];
} tokusage_model;

typedef struct tokusage_reading {
    const char *pointer;  /* NULL: the known places */
    const char *value;    /* READ_VALUE: where the value begins; NULL: not found so far */
    uint16_t depth;       /* of the innermost watched container; 0: before the root */
    uint16_t place_depth; /* the depth of the usage object's own members; 0: not in a usage object */
    uint16_t ways;        /* a bit for each name on the way to a known place that was there ... */
    uint16_t ways_twice;  /* ... and for each that was there twice */
    uint16_t matched;     /* how many names of the pointer led here ... */
    uint16_t seen;        /* ... and the most that were followed in this element */
    uint8_t mode;         /* a tokusage_reading_mode */
    uint8_t node;         /* the object whose names are asked for */
    uint8_t second;       /* the node of the object in the root that is open */
    uint8_t details;      /* the node of the object in the usage object that is open */
    uint8_t arrival;      /* of the member whose value comes next (a tokusage_arrival) */
    tokusage_key key;     /* of the same member */
    bool text;            /* the value that comes next is the text itself, or an element of it */
    bool array;           /* the text is an array; else the text is treated as the only element */
    bool begun;           /* an element of the array has begun */
    bool first;           /* the element that is open is the first */
    bool twice;           /* a name on the way stands twice, in any element */
    bool told;            /* an element with a report has told the model */
    uint8_t rank;         /* of the model's name in the element that is open */
    uint8_t open;         /* which of the two models is that of the element that is open */
    uint8_t place;        /* the best place so far in the element that is open, null ones left out; PLACE_NONE: none */
    bool ends;            /* the same element says that the response has ended ... */
    bool delta_ends;      /* ... and this one, that it has ended if there was a report at /message/usage */
    uint8_t last_place;   /* these three, of the last element with a report; without an array, of the closed text */
    bool last_ends;
    bool last_delta_ends;
    tokusage_gather gather;
    tokusage_slots last;    /* the counts of the last element with a report */
    tokusage_number number; /* the scanner's: a number that comes in pieces */
    tokusage_model *models; /* the caller's two: the open element's and the text's; NULL: not wanted */
} tokusage_reading;

/* Begins a text. The pointer must be valid and stay where it is; NULL means the known places. */
void tokusage_reading_begin(tokusage_reading *reading, const char *pointer, tokusage_reading_mode mode,
                            tokusage_model *models);

/* Whether the container at this depth is watched: the reading asks for its names, or for its elements. */
static inline bool tokusage_reading_watches(const tokusage_reading *reading, unsigned depth) {
    return reading->depth == depth;
}

/* The rest of tokusage_reading_name, for the few names that need it. `key` is the name's in the object that is open. */
bool tokusage_reading_known(tokusage_reading *reading, tokusage_key key, const char *name, size_t length);

/* A member's name in a watched object, escapes resolved. Returns whether its value matters. */
static inline bool tokusage_reading_name(tokusage_reading *reading, const char *name, size_t length) {
    const tokusage_key key = tokusage_name_find((tokusage_node)reading->node, name, length);
    if (key != 0 && reading->place_depth > 0) {
        reading->key = key;
        reading->arrival = ARRIVAL_NONE;
        return true;
    }
    return (key != 0 || reading->pointer) && tokusage_reading_known(reading, key, name, length);
}

/* An element of a watched array begins: its value matters. */
void tokusage_reading_element(tokusage_reading *reading);

/* What is wanted of a string that matters; asked where it begins. */
tokusage_wish tokusage_reading_wish(const tokusage_reading *reading);

/* A value that matters begins at `at`. */
static inline void tokusage_reading_begins(tokusage_reading *reading, const char *at) {
    if (reading->mode == READ_VALUE && reading->arrival == ARRIVAL_PLACE && !reading->value) {
        reading->value = at;
    }
}

/* A value that matters. A container may be watched from here on. At its end tokusage_reading_leave must be called. */
void tokusage_reading_value(tokusage_reading *reading, const tokusage_value *value);
void tokusage_reading_leave(tokusage_reading *reading);

/* The same for a number. Most numbers that matter are counts. */
static inline void tokusage_reading_number(tokusage_reading *reading, tokusage_status status, int64_t number) {
    if (reading->place_depth > 0 && reading->key - 1U < KEY_COUNTS) {
        tokusage_gather_count(&reading->gather, reading->key, status, number);
    } else {
        const tokusage_value value = {.kind = KIND_NUMBER, .status = status, .number = number};
        tokusage_reading_value(reading, &value);
    }
}

/* The text has closed. */
void tokusage_reading_end(tokusage_reading *reading);

/* Once the text has closed: its usage; NULL when it has none (NOT_FOUND). */
const tokusage_slots *tokusage_reading_slots(const tokusage_reading *reading);

/* Once the text has closed: whether it has a report. */
bool tokusage_reading_reports(const tokusage_reading *reading);

/* Once the text has closed: which of the two models is the text's; its length is 0 when it tells none. */
static inline unsigned tokusage_reading_model(const tokusage_reading *reading) {
    return reading->open ^ 1U;
}

#endif
