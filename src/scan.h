/*
 * A strict JSON scanner (RFC 8259) that takes a text in pieces of any size. It asks `reading` whether a name matters
 * and hands it the values that do. It knows nothing of usage, builds nothing, does not recurse and does not allocate:
 * the state is a plain struct of a fixed size, with a bit for each open container.
 */
#ifndef TOKUSAGE_SRC_SCAN_H
#define TOKUSAGE_SRC_SCAN_H

#include "reading.h"

/* What may come next. */
typedef enum tokusage_scan_state {
    SCAN_VALUE,       /* a value must come */
    SCAN_FIRST_VALUE, /* after [: a value or ] */
    SCAN_NAME,        /* after a comma in an object: a name must come */
    SCAN_FIRST_NAME,  /* after {: a name or } */
    SCAN_COLON,       /* after a name */
    SCAN_NEXT,        /* after a value in a container: a comma or the end of it */
    SCAN_STRING,      /* in a string or name */
    SCAN_ESCAPE,      /* after a backslash */
    SCAN_HEX,         /* in the digits of \u */
    SCAN_LITERAL,     /* in true, false or null */
    SCAN_NUMBER,      /* in a number */
    SCAN_CLOSED,      /* the text is complete: from here on nothing more is read */
    SCAN_SYNTAX,      /* the next byte cannot stand there */
    SCAN_TOO_DEEP     /* the container that begins with the next byte is one too deep */
} tokusage_scan_state;

enum {
    TOKUSAGE_HELD_MAX = TOKUSAGE_MODEL_MAX + 1
};

typedef struct tokusage_scan {
    uint64_t objects[2]; /* a bit for each open container, 1 for an object; the innermost is the lowest of [0] */
    uint16_t depth;      /* how many are open */
    uint16_t code;       /* of the \u escape that is read ... */
    uint16_t high;       /* ... and of the first half of a surrogate pair before it; 0: none */
    uint8_t digits;      /* how many digits of the escape are read */
    uint8_t state;       /* a tokusage_scan_state */
    uint8_t literal;     /* LITERAL: which one (a tokusage_kind) */
    uint8_t matched;     /* LITERAL: how many bytes of it are read */
    bool matters;        /* the value that comes next, or is open, matters */
    bool naming;         /* the string is a name */
    uint8_t wish;        /* what is held of the string (a tokusage_wish) */
    uint8_t held;        /* how many bytes of it; TOKUSAGE_HELD_MAX: it is too long to matter */
    char text[TOKUSAGE_MODEL_MAX];
} tokusage_scan;

void tokusage_scan_begin(tokusage_scan *scan);

/*
 * Reads on until the bytes end, the text closes, or a byte is wrong. Returns how many bytes were read. The byte that
 * closes the text is among them (a number closes before the byte behind it); a wrong byte is not. With `in_line` a line
 * end also ends the bytes: a number in front of it stays open.
 */
size_t tokusage_scan_feed(tokusage_scan *scan, tokusage_reading *reading, const char *bytes, size_t length,
                          bool in_line);

/* Says that no byte follows: a number at the top is complete then; any other open text is SYNTAX. */
void tokusage_scan_end(tokusage_scan *scan, tokusage_reading *reading);

/* Whether the text has begun and is not complete. White space does not begin it. */
bool tokusage_scan_within(const tokusage_scan *scan, const tokusage_reading *reading);

static inline bool tokusage_scan_open(const tokusage_scan *scan) {
    return scan->state < SCAN_CLOSED;
}

#endif
