/*
 * The scanner, one token from every state there is, so that by induction nothing it reads in any number of pieces is
 * undefined behaviour. A state is described by what holds between any two tokens (`between_tokens` says it, and each
 * step is shown to keep it); what is not said there is anything at all. The bytes are any bytes.
 */
#include "../../src/scan.c"

#include "proof.h"

enum {
    BEFORE = 1, /* bytes of the piece that have been read already */
    NAMES_MAX = 3
};

#ifndef PIECE
#define PIECE 2 /* bytes that have not */
#endif

static char piece[BEFORE + PIECE];
static char room[2];

/* The pointers that stand for all: none, one name, an empty one, two with escapes. */
static const char *const pointers[] = {"", "/u", "//a", "/a~1/~0"};

/* Where the names of a pointer begin, and behind the last one, where it ends. */
static size_t slashes(const char *pointer, size_t *at) {
    size_t count = 0;
    size_t i = 0;
    for (; pointer[i] != '\0'; i++) {
        if (pointer[i] == '/') {
            at[count++] = i;
        }
    }
    at[count] = i;
    return count;
}

static bool within_container(unsigned state) {
    return state == FIRST_VALUE || state == NAME || state == FIRST_NAME || state == COLON || state == NEXT;
}

static bool within_string(unsigned state) {
    return state == STRING || state == ESCAPE || state == HEX;
}

static void between_tokens(const tokusage_scan *scan, const char *pointer) {
    size_t at[NAMES_MAX];
    const size_t names = slashes(pointer, at);
    const size_t matched = scan->matched;
    if (scan->depth > TOKUSAGE_DEPTH_MAX || matched > names) {
        broken();
        return;
    }
    if (scan->state > TOO_DEEP || (scan->after_comma != VALUE && scan->after_comma != NAME)) {
        broken();
    }
    if (scan->depth == 0 && (within_container(scan->state) || (within_string(scan->state) && scan->naming))) {
        broken();
    }
    if (scan->step != pointer + at[matched]) {
        broken();
    }
    if (scan->arrived && scan->state != VALUE && scan->state != COLON && scan->state != NOT_JSON) {
        broken();
    }
    if (scan->arrived && scan->name != pointer + at[names > 0 ? matched + 1 : 0]) {
        broken();
    }
    if (within_string(scan->state) && scan->naming && scan->matching &&
        (matched == names || scan->name < pointer + at[matched] + 1 || scan->name > pointer + at[matched + 1])) {
        broken();
    }
    if (scan->state == HEX && scan->digits > 3) {
        broken();
    }
    if (scan->state == LITERAL && *scan->literal == '\0') {
        broken();
    }
}

/* The first byte: the ones that mean something each by itself, the others in ranges. */
static const signed char firsts[][2] = {
    {-128, -1}, {0, 8},       {'\t', '\t'}, {'\n', '\n'}, {11, 12},   {'\r', '\r'}, {14, 31},   {' ', ' '},
    {'!', '!'}, {'"', '"'},   {'#', '*'},   {'+', '+'},   {',', ','}, {'-', '-'},   {'.', '.'}, {'/', '/'},
    {'0', '0'}, {'1', '9'},   {':', ':'},   {';', '@'},   {'A', 'D'}, {'E', 'E'},   {'F', 'F'}, {'G', 'Z'},
    {'[', '['}, {'\\', '\\'}, {']', ']'},   {'^', '`'},   {'a', 'a'}, {'b', 'b'},   {'c', 'd'}, {'e', 'e'},
    {'f', 'f'}, {'g', 'k'},   {'l', 'l'},   {'m', 'm'},   {'n', 'n'}, {'o', 'q'},   {'r', 'r'}, {'s', 's'},
    {'t', 't'}, {'u', 'u'},   {'v', 'z'},   {'{', '{'},   {'|', '|'}, {'}', '}'},   {'~', '~'}, {127, 127},
};

/* One case by itself: what it leads to is forgotten when the function returns, or all cases would multiply. */
static void read_one(const tokusage_scan *before, const char *pointer, tokusage_keep *keep, size_t length, size_t i) {
    tokusage_scan scan = *before;
    run r = {.scan = &scan, .keep = keep, .bytes = piece, .end = piece + BEFORE + length};
    if (keep) {
        keep->mark = piece;
        keep->used = 1;
    }
    any_bytes(piece, sizeof piece);
    piece[BEFORE] = Frama_C_char_interval(firsts[i][0], firsts[i][1]);
    const char *const at = read_token(&r, piece + BEFORE);
    if (at < piece + BEFORE || at > r.end) {
        broken();
    }
    between_tokens(&scan, pointer);
}

static void every_byte(const tokusage_scan *scan, const char *pointer, bool keeping, size_t length) {
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        tokusage_keep keep = {.text = room, .size = sizeof room};
        read_one(scan, pointer, keeping ? &keep : NULL, length, i);
    }
}

static void every_length(tokusage_scan scan, const char *pointer) {
    for (scan.digits = 0; scan.digits <= (scan.state == HEX ? 3 : 0); scan.digits++) {
        for (size_t length = scan.state == ENDED ? 0 : 1; length <= PIECE; length++) {
            every_byte(&scan, pointer, true, length);
            every_byte(&scan, pointer, false, length);
        }
    }
}

/* Whatever nothing has to hold of. */
static tokusage_scan any_scan(unsigned state, unsigned depth_min) {
    tokusage_scan scan;
    scan.offset = Frama_C_unsigned_long_interval(0, ULONG_MAX);
    scan.begin = Frama_C_unsigned_long_interval(0, ULONG_MAX);
    scan.end = Frama_C_unsigned_long_interval(0, ULONG_MAX);
    scan.depth = (uint16_t)Frama_C_unsigned_int_interval(depth_min, TOKUSAGE_DEPTH_MAX);
    scan.seen = (uint16_t)Frama_C_unsigned_int_interval(0, UINT16_MAX);
    scan.place = (uint16_t)Frama_C_unsigned_int_interval(0, UINT16_MAX);
    scan.code = (uint16_t)Frama_C_unsigned_int_interval(0, UINT16_MAX);
    scan.high = (uint16_t)Frama_C_unsigned_int_interval(0, UINT16_MAX);
    scan.state = (uint8_t)state;
    scan.after_comma = Frama_C_interval(0, 1) ? VALUE : NAME;
    scan.naming = false;
    scan.matching = false;
    scan.arrived = false;
    scan.found = Frama_C_interval(0, 1);
    scan.duplicate = Frama_C_interval(0, 1);
    scan.literal = "";
    for (size_t i = 0; i < sizeof scan.objects; i++) {
        scan.objects[i] = (uint8_t)Frama_C_unsigned_int_interval(0, UINT8_MAX);
    }
    return scan;
}

/* Where depth and kind of the container lead on differently, each by itself. */
static void every_depth(tokusage_scan scan, const char *pointer) {
    const unsigned depths[][2] = {
        {0, 0}, {1, scan.matched}, {scan.matched + 1U, scan.matched + 1U}, {scan.matched + 2U, TOKUSAGE_DEPTH_MAX}};
    for (size_t i = within_container(scan.state); i < sizeof depths / sizeof *depths; i++) {
        if (depths[i][0] <= depths[i][1]) {
            scan.depth = (uint16_t)Frama_C_unsigned_int_interval(depths[i][0], depths[i][1]);
            scan.after_comma = VALUE;
            every_length(scan, pointer);
            scan.after_comma = NAME;
            every_length(scan, pointer);
        }
    }
}

static void from_state(unsigned state, const char *pointer, const size_t *at, size_t names, size_t matched) {
    tokusage_scan scan = any_scan(state, within_container(state));
    scan.matched = (uint16_t)matched;
    scan.step = pointer + at[matched];
    scan.name = pointer;
    if (state == LITERAL) {
        static const char *const literals[] = {"rue", "alse", "ull"};
        for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
            for (scan.literal = literals[i]; *scan.literal != '\0'; scan.literal++) {
                every_length(scan, pointer);
            }
        }
        return;
    }
    if (state == NAME || state == NEXT || state == ENDED) {
        every_depth(scan, pointer);
    } else {
        every_length(scan, pointer);
    }
    if (within_string(state)) {
        scan = any_scan(state, 1);
        scan.matched = (uint16_t)matched;
        scan.step = pointer + at[matched];
        scan.name = pointer;
        scan.naming = true;
        every_length(scan, pointer);
        for (size_t i = at[matched] + 1; matched < names && i <= at[matched + 1]; i++) {
            if (i > 0 && pointer[i - 1] == '~') {
                continue; /* between the two characters of an escape */
            }
            scan.matching = true;
            scan.name = pointer + i;
            every_length(scan, pointer);
        }
    } else if ((state == VALUE || state == COLON) && (matched < names || names == 0)) {
        scan.arrived = true;
        scan.name = pointer + at[names > 0 ? matched + 1 : 0];
        every_length(scan, pointer);
    }
}

int main(void) {
    const char *const pointer = pointers[POINTER];
    size_t at[NAMES_MAX];
    const size_t names = slashes(pointer, at);
    for (size_t matched = 0; matched <= names; matched++) {
        for (unsigned state = VALUE; state <= ENDED; state++) {
            from_state(state, pointer, at, names, matched);
        }
    }
    tokusage_scan scan;
    tokusage_scan_begin(&scan, pointer);
    between_tokens(&scan, pointer);
    return 0;
}
