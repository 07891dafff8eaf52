/*
 * The JSON scanner. Each function below reads one kind of token from where it stands, as far as the bytes go, and
 * leaves the state such that the next piece carries on. What a text means is not its business: only whether it is JSON,
 * and where the value at the pointer begins and ends.
 */
#include "scan.h"
#include "chars.h"
#include "small.h"

#include <string.h>

enum state {
    VALUE,       /* a value must come */
    FIRST_VALUE, /* after [: a value or ] */
    NAME,        /* after a comma in an object: a name must come */
    FIRST_NAME,  /* after {: a name or } */
    COLON,       /* after a name */
    NEXT,        /* after a value in a container: a comma or the end of it */
    STRING,      /* in a string or name */
    ESCAPE,      /* after a backslash */
    HEX,         /* in the digits of \u */
    LITERAL,     /* in true, false or null */
    MINUS,       /* the states of a number, by what came last */
    ZERO,
    WHOLE,
    POINT,
    FRACTION,
    E,
    SIGN,
    EXPONENT,
    ENDED,  /* behind a value, which has yet to be taken note of */
    CLOSED, /* from here on nothing more is read */
    NOT_JSON,
    TOO_DEEP
};

/* Of scan->place: not in the value at the place. */
#define NOWHERE UINT16_MAX

/* One call of tokusage_scan_feed. */
typedef struct run {
    tokusage_scan *scan;
    tokusage_keep *keep;
    const char *bytes;
    const char *end;
} run;

bool tokusage_pointer_valid(const char *pointer) {
    if (*pointer != '\0' && *pointer != '/') {
        return false;
    }
    for (; *pointer; pointer++) {
        if (*pointer == '~' && pointer[1] != '0' && pointer[1] != '1') {
            return false;
        }
    }
    return true;
}

void tokusage_scan_begin(tokusage_scan *scan, const char *pointer) {
    *scan = (tokusage_scan){
        .step = pointer, .name = pointer, .arrived = *pointer == '\0', .place = NOWHERE, .state = VALUE};
}

/* The last states and the results are in the same order. */
tokusage_scan_result tokusage_scan_result_of(const tokusage_scan *scan) {
    const unsigned beyond = scan->state < CLOSED ? 0U : scan->state - (unsigned)ENDED;
    return (tokusage_scan_result)beyond;
}

_Static_assert(CLOSED - ENDED == TOKUSAGE_SCAN_CLOSED && NOT_JSON - ENDED == TOKUSAGE_SCAN_SYNTAX &&
                   TOO_DEEP - ENDED == TOKUSAGE_SCAN_DEPTH,
               "the results are the states from ENDED on");

static const char *stop(run *r, const char *at, enum state why) {
    r->scan->state = (uint8_t)why;
    return at;
}

static const char *refuse(run *r, const char *at) {
    return stop(r, at, NOT_JSON);
}

static uint64_t offset_of(const run *r, const char *at) {
    return r->scan->offset + (uint64_t)(at - r->bytes);
}

/* ---- the value at the place */

/*
 * Copies what has been read of the value since the last time, as far as there is room, and counts all of it. The bytes
 * may come from further behind in the room itself.
 */
static void keep_until(tokusage_keep *keep, const char *at) {
    const size_t length = (size_t)(at - keep->mark);
    const size_t room = keep->used < keep->size ? keep->size - keep->used : 0;
    const size_t copied = length < room ? length : room;
    if (copied > 0) {
        memmove(keep->text + keep->used, keep->mark, copied);
    }
    keep->used = length <= SIZE_MAX - keep->used ? keep->used + length : SIZE_MAX;
    keep->mark = at;
}

static void enter_place(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    scan->found = true;
    scan->place = scan->depth;
    scan->begin = offset_of(r, at);
    if (r->keep) {
        r->keep->used = 0;
        r->keep->mark = at;
    }
}

static void leave_place(run *r, const char *at) {
    r->scan->place = NOWHERE;
    r->scan->end = offset_of(r, at);
    if (r->keep) {
        keep_until(r->keep, at);
    }
}

/* The value of a name that was the pointer's begins: it is the place, or an object on the way to it, or a dead end. */
static void arrive(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    scan->arrived = false;
    if (*scan->name == '\0') {
        enter_place(r, at);
    } else if (*at == '{') {
        scan->matched++;
        scan->step = scan->name;
    }
}

static void step_back(tokusage_scan *scan) {
    scan->matched--;
    do {
        scan->step--;
    } while (*scan->step != '/');
}

static const char *value_ends(run *r, const char *at) {
    r->scan->state = ENDED;
    return at;
}

/* What stands behind the value is mostly a comma, which is taken at once. */
static const char *end_value(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    if (scan->depth == scan->place) {
        leave_place(r, at);
    }
    if (scan->depth == 0) {
        return stop(r, at, CLOSED);
    }
    if (at < r->end && *at == ',') {
        scan->state = scan->after_comma;
        return at + 1;
    }
    scan->state = NEXT;
    return at;
}

/* ---- containers: a bit a level tells objects from arrays */

static const char *open_container(run *r, const char *at, bool object) {
    tokusage_scan *const scan = r->scan;
    const unsigned level = scan->depth;
    if (level == TOKUSAGE_DEPTH_MAX) {
        return stop(r, at, TOO_DEEP);
    }
    const unsigned bit = 1U << level % 8;
    const unsigned others = scan->objects[level / 8] & ~bit;
    scan->objects[level / 8] = (uint8_t)(object ? others | bit : others);
    scan->depth++;
    scan->after_comma = object ? NAME : VALUE;
    scan->state = object ? FIRST_NAME : FIRST_VALUE;
    return at + 1;
}

static const char *close_container(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    if (*at != (scan->after_comma == NAME ? '}' : ']')) {
        return refuse(r, at);
    }
    scan->depth--;
    /* At depth 0 this asks for level 0 again: nothing follows a comma there. */
    const unsigned level = scan->depth > 0 ? scan->depth - 1U : 0;
    scan->after_comma = (scan->objects[level / 8] >> level % 8 & 1) != 0 ? NAME : VALUE;
    if (scan->matched > 0 && scan->depth == scan->matched) {
        step_back(scan);
    }
    return value_ends(r, at + 1);
}

/* ---- member names: compared with the pointer's as they are read, escapes of both resolved */

static bool at_name_end(const tokusage_scan *scan) {
    return *scan->name == '/' || *scan->name == '\0';
}

static void match_byte(tokusage_scan *scan, unsigned byte) {
    const bool escaped = *scan->name == '~';
    const char escape = scan->name[escaped] == '0' ? '~' : '/';
    const char wanted = escaped ? escape : *scan->name;
    scan->matching = scan->matching && scan->high == 0 && !at_name_end(scan) && (unsigned char)wanted == byte;
    if (scan->matching) {
        scan->name += escaped ? 2 : 1;
    }
}

/* As UTF-8 (RFC 3629, section 3): a first byte that tells how many follow, six bits in each of those. */
static void match_code_point(tokusage_scan *scan, unsigned code) {
    static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};
    unsigned more = 0U + (code >= 0x80) + (code >= 0x800) + (code >= 0x10000);
    match_byte(scan, first[more] | code >> 6 * more);
    while (more > 0) {
        more--;
        match_byte(scan, 0x80 | (code >> 6 * more & 0x3F));
    }
}

/* Half of a surrogate pair is no character, so a name that has one is not the pointer's. */
static void match_escape(tokusage_scan *scan) {
    const unsigned code = scan->code;
    const unsigned high = scan->high;
    const bool is_high = code >= 0xD800 && code < 0xDC00;
    const bool is_low = code >= 0xDC00 && code < 0xE000;
    scan->high = 0;
    scan->matching = scan->matching && (high != 0) == is_low;
    if (is_high) {
        scan->high = (uint16_t)code;
    } else if (is_low) {
        match_code_point(scan, 0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF));
    } else {
        match_code_point(scan, code);
    }
}

/* An object on the way is met once, unless a name before it was given twice: so a level found before is a duplicate. */
static void end_name(tokusage_scan *scan) {
    if (!scan->matching || scan->high != 0 || !at_name_end(scan)) {
        return;
    }
    scan->arrived = true;
    if (scan->matched < scan->seen) {
        scan->duplicate = true;
    } else {
        scan->seen = (uint16_t)(scan->matched + 1);
    }
}

/* ---- strings (RFC 8259, section 7) */

static const char escapes[] = "\"\\/bfnrt";
static const char meanings[] = "\"\\/\b\f\n\r\t";

enum {
    ESCAPES = sizeof escapes - 1
};

/* What stands behind a name is mostly a colon, which is taken at once. */
static const char *end_string(run *r, const char *at) {
    if (!r->scan->naming) {
        return value_ends(r, at);
    }
    end_name(r->scan);
    if (at < r->end && *at == ':') {
        r->scan->state = VALUE;
        return at + 1;
    }
    r->scan->state = COLON;
    return at;
}

/* The length of an escape that lies whole in the bytes, 0 if it does not or is none. */
static ptrdiff_t whole_escape(const char *at, const char *end) {
    const ptrdiff_t left = end - at;
    if (left >= 6 && at[1] == 'u') {
        const unsigned digits = tokusage_hex_value(at[2]) | tokusage_hex_value(at[3]) | tokusage_hex_value(at[4]) |
                                tokusage_hex_value(at[5]);
        return digits < 16 ? 6 : 0;
    }
    return left >= 2 && memchr(escapes, at[1], ESCAPES) ? 2 : 0;
}

/* Moves on over what only has to be right: strings that are no name of interest, with their escapes. */
static const char *pass_string(const char *at, const char *end) {
    at = tokusage_plain_end(at, end);
    while (!TOKUSAGE_SMALL && at < end && *at == '\\') {
        const ptrdiff_t length = whole_escape(at, end);
        if (length == 0) {
            return at;
        }
        at = tokusage_plain_end(at + length, end);
    }
    return at;
}

static const char *match_string(tokusage_scan *scan, const char *at, const char *end) {
    while (scan->matching && at < end && tokusage_is_plain(*at)) {
        match_byte(scan, (unsigned char)*at);
        at++;
    }
    return at;
}

static const char *read_string(run *r, const char *at) {
    if (r->scan->matching) {
        at = match_string(r->scan, at, r->end);
    }
    if (!r->scan->matching) {
        at = pass_string(at, r->end);
    }
    if (at == r->end) {
        return at;
    }
    if (*at == '"') {
        return end_string(r, at + 1);
    }
    if (*at == '\\') {
        r->scan->state = ESCAPE;
        return at + 1;
    }
    return refuse(r, at);
}

static const char *begin_string(run *r, const char *at) {
    r->scan->state = STRING;
    r->scan->naming = false;
    r->scan->matching = false;
    return at + 1;
}

/* Whether the name that begins at `at` may be the pointer's, by its first byte; the most common answer is no. */
static bool may_match(const tokusage_scan *scan, const char *at, const char *end) {
    if (scan->depth != scan->matched + 1 || *scan->step != '/') {
        return false;
    }
    const char wanted = scan->step[1];
    return at == end || *at == wanted || *at == '\\' || *at == '"' || wanted == '~';
}

static const char *begin_name(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    scan->state = STRING;
    scan->naming = true;
    scan->matching = may_match(scan, at + 1, r->end);
    if (scan->matching) {
        scan->name = scan->step + 1;
        scan->high = 0;
    }
    return at + 1;
}

static const char *read_escape(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    if (*at == 'u') {
        scan->state = HEX;
        scan->digits = 0;
        scan->code = 0;
        return at + 1;
    }
    const char *const escape = memchr(escapes, *at, ESCAPES);
    if (!escape) {
        return refuse(r, at);
    }
    match_byte(scan, (unsigned char)meanings[escape - escapes]);
    scan->state = STRING;
    return at + 1;
}

static const char *read_hex(run *r, const char *at) {
    tokusage_scan *const scan = r->scan;
    const unsigned value = tokusage_hex_value(*at);
    if (value == 16) {
        return refuse(r, at);
    }
    scan->code = (uint16_t)((unsigned)scan->code << 4 | value);
    scan->digits++;
    if (scan->digits == 4) {
        match_escape(scan);
        scan->state = STRING;
    }
    return at + 1;
}

/* ---- literals and numbers */

static const char *read_literal(run *r, const char *at) {
    const char *rest = r->scan->literal;
    while (at < r->end && *rest != '\0') {
        if (*at != *rest) {
            return refuse(r, at);
        }
        at++;
        rest++;
    }
    r->scan->literal = rest;
    return *rest == '\0' ? value_ends(r, at) : at;
}

static const char *begin_literal(run *r, const char *at, const char *rest) {
    r->scan->state = LITERAL;
    r->scan->literal = rest;
    return at + 1;
}

/* What a number's byte leads to from its state (RFC 8259, section 6); VALUE: the number does not go on with it. */
static enum state number_after(enum state state, char c) {
    enum kind {
        NOUGHT,
        DIGIT,
        DOT,
        EXPO,
        PLUS_MINUS,
        KINDS
    };
    static const uint8_t after[EXPONENT - MINUS + 1][KINDS] = {
        [0 /* MINUS */] = {[NOUGHT] = ZERO, [DIGIT] = WHOLE},
        [ZERO - MINUS] = {[DOT] = POINT, [EXPO] = E},
        [WHOLE - MINUS] = {[NOUGHT] = WHOLE, [DIGIT] = WHOLE, [DOT] = POINT, [EXPO] = E},
        [POINT - MINUS] = {[NOUGHT] = FRACTION, [DIGIT] = FRACTION},
        [FRACTION - MINUS] = {[NOUGHT] = FRACTION, [DIGIT] = FRACTION, [EXPO] = E},
        [E - MINUS] = {[NOUGHT] = EXPONENT, [DIGIT] = EXPONENT, [PLUS_MINUS] = SIGN},
        [SIGN - MINUS] = {[NOUGHT] = EXPONENT, [DIGIT] = EXPONENT},
        [EXPONENT - MINUS] = {[NOUGHT] = EXPONENT, [DIGIT] = EXPONENT},
    };
    const uint8_t *const row = after[state - MINUS];
    switch (c) {
    case '0':
        return row[NOUGHT];
    case '.':
        return row[DOT];
    case 'e':
    case 'E':
        return row[EXPO];
    case '+':
    case '-':
        return row[PLUS_MINUS];
    default:
        return tokusage_is_digit(c) ? row[DIGIT] : VALUE;
    }
}

static bool number_complete(enum state state) {
    return state == ZERO || state == WHOLE || state == FRACTION || state == EXPONENT;
}

static const char *digits_end(const char *at, const char *end) {
    while (at < end && tokusage_is_digit(*at)) {
        at++;
    }
    return at;
}

static const char *read_number(run *r, const char *at) {
    enum state state = r->scan->state;
    while (at < r->end) {
        const enum state next = number_after(state, *at);
        if (next == VALUE) {
            return number_complete(state) ? value_ends(r, at) : refuse(r, at);
        }
        at = next == state ? digits_end(at, r->end) : at + 1;
        state = next;
    }
    r->scan->state = (uint8_t)state;
    return at;
}

/* ---- between the tokens */

/* Every byte that nothing else has a use for comes here. */
static const char *skip_space(run *r, const char *at) {
    if (!tokusage_is_space(*at)) {
        return refuse(r, at);
    }
    const char *const after = at + tokusage_space_span(at, (size_t)(r->end - at));
    if (r->keep && r->scan->place != NOWHERE) {
        keep_until(r->keep, at);
        r->keep->mark = after;
    }
    return after;
}

static const char *begin_number(run *r, const char *at) {
    if (*at == '-') {
        r->scan->state = MINUS;
    } else if (*at == '0') {
        r->scan->state = ZERO;
    } else if (tokusage_is_digit(*at)) {
        r->scan->state = WHOLE;
    } else {
        return skip_space(r, at);
    }
    return at + 1;
}

static const char *begin_value(run *r, const char *at) {
    if (r->scan->arrived && !tokusage_is_space(*at)) {
        arrive(r, at);
    }
    switch (*at) {
    case '"':
        return begin_string(r, at);
    case '{':
        return open_container(r, at, true);
    case '[':
        return open_container(r, at, false);
    case 't':
        return begin_literal(r, at, "rue");
    case 'f':
        return begin_literal(r, at, "alse");
    case 'n':
        return begin_literal(r, at, "ull");
    default:
        return begin_number(r, at);
    }
}

/* Behind the opening of a container: its end, or what comes after a comma in it too. */
static const char *read_first(run *r, const char *at, char end, enum state else_state) {
    if (tokusage_is_space(*at)) {
        return skip_space(r, at);
    }
    r->scan->state = (uint8_t)(*at == end ? NEXT : else_state);
    return at;
}

static const char *read_colon(run *r, const char *at) {
    if (*at != ':') {
        return skip_space(r, at);
    }
    r->scan->state = VALUE;
    return at + 1;
}

static const char *read_next(run *r, const char *at) {
    if (*at == '}' || *at == ']') {
        return close_container(r, at);
    }
    if (*at != ',') {
        return skip_space(r, at);
    }
    r->scan->state = r->scan->after_comma;
    return at + 1;
}

/* Reads one token, or a part of one; what it leads to is left to the next call, so that there is one place for each. */
static const char *read_token(run *r, const char *at) {
    switch (r->scan->state) {
    case FIRST_VALUE:
        return read_first(r, at, ']', VALUE);
    case FIRST_NAME:
        return read_first(r, at, '}', NAME);
    case VALUE:
        return begin_value(r, at);
    case NAME:
        return *at == '"' ? begin_name(r, at) : skip_space(r, at);
    case COLON:
        return read_colon(r, at);
    case NEXT:
        return read_next(r, at);
    case STRING:
        return read_string(r, at);
    case ESCAPE:
        return read_escape(r, at);
    case HEX:
        return read_hex(r, at);
    case LITERAL:
        return read_literal(r, at);
    case ENDED:
        return end_value(r, at);
    default:
        return read_number(r, at);
    }
}

/*
 * All goes by one switch, with one place for each thing that is read, so that the compiler makes one loop of it and
 * jumps from state to state. What bounds it is how soon the end of a short string is known. What did not help: byte
 * loops for short names, and handling strings and the ends of values before the switch.
 */
size_t tokusage_scan_feed(tokusage_scan *scan, tokusage_keep *keep, const char *bytes, size_t length) {
    run r = {.scan = scan, .keep = keep, .bytes = bytes, .end = bytes + length};
    const char *at = bytes;
    if (keep) {
        keep->mark = bytes;
    }
    while (scan->state < CLOSED && (at < r.end || scan->state == ENDED)) {
        at = read_token(&r, at);
    }
    if (keep && scan->place != NOWHERE) {
        keep_until(keep, at);
    }
    scan->offset += (uint64_t)(at - bytes);
    return (size_t)(at - bytes);
}

void tokusage_scan_end(tokusage_scan *scan, tokusage_keep *keep) {
    if (scan->depth == 0 && number_complete(scan->state)) {
        scan->state = ENDED;
        tokusage_scan_feed(scan, keep, "", 0);
    } else if (scan->state < CLOSED) {
        scan->state = NOT_JSON;
    }
}
