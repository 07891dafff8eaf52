/*
 * The JSON scanner. A token that lies whole in the piece is read at once (tokens.h). A token that is cut, or is not
 * plain, is read by functions that can stop behind every byte. Both share the code for what stands between tokens.
 */
#include "scan.h"
#include "tokens.h"

#include <string.h>

/* A part of one call of tokusage_scan_feed. What changes with every token is here until end_run writes it back. */
typedef struct run {
    tokusage_scan *scan;
    tokusage_reading *reading;
    const char *at;
    const char *end;
    tokusage_window window;
    uint64_t objects; /* scan->objects[0] */
    unsigned depth;
    tokusage_scan_state state;
    bool matters;
    bool in_line; /* the bytes end at a line end, too */
} run;

void tokusage_scan_begin(tokusage_scan *scan) {
    memset(scan, 0, offsetof(tokusage_scan, text));
    scan->matters = true;
}

static inline run begin_run(tokusage_scan *scan, tokusage_reading *reading, const char *at, const char *end,
                            bool in_line) {
    return (run){.scan = scan,
                 .reading = reading,
                 .at = at,
                 .end = end,
                 .window = {.end = at},
                 .in_line = in_line,
                 .objects = scan->objects[0],
                 .depth = scan->depth,
                 .state = (tokusage_scan_state)scan->state,
                 .matters = scan->matters};
}

static inline const char *end_run(const run *r) {
    r->scan->objects[0] = r->objects;
    r->scan->depth = (uint16_t)r->depth;
    r->scan->state = (uint8_t)r->state;
    r->scan->matters = r->matters;
    return r->at;
}

static inline bool in_object(const run *r) {
    return (r->objects & 1) != 0;
}

/* Ends the run: the state says why. */
static inline bool stop(run *r, tokusage_scan_state why) {
    r->state = why;
    return false;
}

/* Whether the bytes end here. */
static inline bool at_end(const run *r) {
    return r->at == r->end || (r->in_line && tokusage_is_line_end(*r->at));
}

/* Moves on to the next byte that is not white space; false when the bytes end. */
static inline bool skip_space(run *r) {
    if (TOKUSAGE_LIKELY(r->at < r->end && (unsigned char)*r->at > ' ')) {
        return true;
    }
    if (!r->in_line) {
        r->at = tokusage_space_skip(r->at, r->end);
    }
    while (!at_end(r) && tokusage_is_space(*r->at)) {
        r->at++;
    }
    return !at_end(r);
}

/* Behind a value an open container goes on. Without one the text has closed. */
static inline bool end_value(run *r) {
    if (TOKUSAGE_LIKELY(r->depth > 0)) {
        r->state = SCAN_NEXT;
        return true;
    }
    tokusage_reading_end(r->reading);
    return stop(r, SCAN_CLOSED);
}

/* ---- what is held of a string: bytes as they stand, or what they mean */

/* Makes the string too long to matter. Half of a surrogate pair is not a character, so no name is equal to it. */
static void spoil(tokusage_scan *scan) {
    scan->held = TOKUSAGE_HELD_MAX;
}

static void hold(tokusage_scan *scan, const char *bytes, size_t length) {
    if (scan->held + length > TOKUSAGE_MODEL_MAX) {
        spoil(scan);
    } else {
        memcpy(scan->text + scan->held, bytes, length);
        scan->held = (uint8_t)(scan->held + length);
    }
}

/* As UTF-8 (RFC 3629, section 3): a first byte that tells how many follow, and six bits in each of these. */
static void hold_code_point(tokusage_scan *scan, unsigned code) {
    static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};
    char bytes[4];
    const unsigned more = 0U + (code >= 0x80) + (code >= 0x800) + (code >= 0x10000);
    bytes[0] = (char)(unsigned char)(first[more] | code >> 6 * more);
    for (unsigned i = 1; i <= more; i++) {
        bytes[i] = (char)(unsigned char)(0x80 | (code >> 6 * (more - i) & 0x3F));
    }
    hold(scan, bytes, more + 1);
}

/* The second half of a surrogate pair must follow the first at once. */
static void want_no_half(tokusage_scan *scan) {
    if (scan->high != 0) {
        spoil(scan);
    }
}

static void hold_escape(tokusage_scan *scan) {
    const unsigned code = scan->code;
    const unsigned high = scan->high;
    const bool is_low = code >= 0xDC00 && code < 0xE000;
    scan->high = 0;
    if ((high != 0) != is_low) {
        spoil(scan);
    } else if (code >= 0xD800 && code < 0xDC00) {
        scan->high = (uint16_t)code;
    } else {
        hold_code_point(scan, is_low ? 0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF) : code);
    }
}

/* ---- tokens that may be cut anywhere: each function reads on as far as the bytes go */

/* A string has ended: a name, or a value. */
static bool end_string(run *r) {
    tokusage_scan *const scan = r->scan;
    want_no_half(scan);
    r->at++;
    if (scan->naming) {
        r->matters = scan->wish != WISH_NOTHING && scan->held <= TOKUSAGE_MODEL_MAX &&
                     tokusage_reading_name(r->reading, scan->text, scan->held);
        r->state = SCAN_COLON;
        return true;
    }
    if (r->matters) {
        const tokusage_value value = {.kind = KIND_STRING, .text = scan->text, .length = scan->held};
        tokusage_reading_value(r->reading, &value);
    }
    return end_value(r);
}

static bool read_string(run *r) {
    tokusage_scan *const scan = r->scan;
    const char *const begin = r->at;
    r->at = tokusage_plain_end(begin, r->end);
    if (r->at > begin && scan->wish != WISH_NOTHING) {
        want_no_half(scan);
        hold(scan, begin, (size_t)(r->at - begin));
    }
    if (r->at == r->end) {
        return false;
    }
    if (*r->at == '"') {
        return end_string(r);
    }
    if (*r->at != '\\') {
        return stop(r, SCAN_SYNTAX);
    }
    r->state = SCAN_ESCAPE;
    r->at++;
    return true;
}

static bool read_escape(run *r) {
    tokusage_scan *const scan = r->scan;
    const char meaning = tokusage_escape_meaning(*r->at);
    if (meaning == '\0' && *r->at != 'u') {
        return stop(r, SCAN_SYNTAX);
    }
    if (scan->wish == WISH_RAW) {
        hold(scan, "\\", 1);
        hold(scan, r->at, 1);
    } else if (meaning != '\0') {
        want_no_half(scan);
        hold(scan, &meaning, 1);
    }
    scan->digits = 0;
    scan->code = 0;
    r->state = meaning == '\0' ? SCAN_HEX : SCAN_STRING;
    r->at++;
    return true;
}

static bool read_hex(run *r) {
    tokusage_scan *const scan = r->scan;
    const unsigned value = tokusage_hex_value(*r->at);
    if (value == 16) {
        return stop(r, SCAN_SYNTAX);
    }
    if (scan->wish == WISH_RAW) {
        hold(scan, r->at, 1);
    }
    r->at++;
    scan->code = (uint16_t)((unsigned)scan->code << 4 | value);
    scan->digits++;
    if (scan->digits == 4) {
        r->state = SCAN_STRING;
        if (scan->wish != WISH_RAW) {
            hold_escape(scan);
        }
    }
    return true;
}

static bool read_literal(run *r) {
    static const char *const texts[] = {"null", "true", "false"};
    tokusage_scan *const scan = r->scan;
    const char *const text = texts[scan->literal];
    while (text[scan->matched] != '\0') {
        if (r->at == r->end) {
            return false;
        }
        if (*r->at != text[scan->matched]) {
            return stop(r, SCAN_SYNTAX);
        }
        r->at++;
        scan->matched++;
    }
    if (r->matters) {
        const tokusage_value value = {.kind = (tokusage_kind)scan->literal};
        tokusage_reading_value(r->reading, &value);
    }
    return end_value(r);
}

static void take_number(tokusage_reading *reading) {
    tokusage_value value = {.kind = KIND_NUMBER};
    value.status = tokusage_number_read(&reading->number, &value.number);
    tokusage_reading_value(reading, &value);
}

static bool read_number(run *r) {
    tokusage_number *const number = &r->reading->number;
    r->at += tokusage_number_feed(number, r->at, (size_t)(r->end - r->at));
    if (at_end(r)) {
        return false;
    }
    if (!tokusage_number_complete(number)) {
        return stop(r, SCAN_SYNTAX);
    }
    if (r->matters) {
        take_number(r->reading);
    }
    return end_value(r);
}

static bool read_cut_token(run *r) {
    switch (r->state) {
    case SCAN_STRING:
        return read_string(r);
    case SCAN_ESCAPE:
        return read_escape(r);
    case SCAN_HEX:
        return read_hex(r);
    case SCAN_LITERAL:
        return read_literal(r);
    default:
        return read_number(r);
    }
}

/* ---- tokens that the functions above read: the state says which */

static inline bool begin_string(run *r, bool naming, tokusage_wish wish) {
    r->scan->naming = naming;
    r->scan->wish = (uint8_t)wish;
    r->scan->held = 0;
    r->scan->high = 0;
    r->at++;
    return stop(r, SCAN_STRING);
}

static inline bool begin_number(run *r) {
    r->reading->number = (tokusage_number){.digits = 0};
    return stop(r, SCAN_NUMBER);
}

/* ---- containers */

static inline bool open_container(run *r, bool object) {
    if (r->depth == TOKUSAGE_DEPTH_MAX) {
        return stop(r, SCAN_TOO_DEEP);
    }
    if (r->matters) {
        const tokusage_value value = {.kind = object ? KIND_OBJECT : KIND_ARRAY};
        tokusage_reading_value(r->reading, &value);
    }
    r->scan->objects[1] = r->scan->objects[1] << 1 | r->objects >> 63;
    r->objects = r->objects << 1 | object;
    r->depth++;
    r->at++;
    r->state = object ? SCAN_FIRST_NAME : SCAN_FIRST_VALUE;
    return true;
}

static inline bool close_container(run *r) {
    if (*r->at != (in_object(r) ? '}' : ']')) {
        return stop(r, SCAN_SYNTAX);
    }
    if (tokusage_reading_watches(r->reading, r->depth)) {
        tokusage_reading_leave(r->reading);
    }
    r->objects = r->objects >> 1 | r->scan->objects[1] << 63;
    r->scan->objects[1] >>= 1;
    r->depth--;
    r->at++;
    return end_value(r);
}

/* ---- the tokens in their order: a name, its colon, a value, what follows it */

static inline bool read_name(run *r) {
    if (!TOKUSAGE_LIKELY(*r->at == '"')) {
        const bool ends = *r->at == '}' && r->state == SCAN_FIRST_NAME;
        r->state = ends ? SCAN_NEXT : SCAN_SYNTAX;
        return ends;
    }
    bool escaped = false;
    const bool watched = tokusage_reading_watches(r->reading, r->depth);
    const char *const name = r->at + 1;
    const char *const close = tokusage_string_end(&r->window, name, r->end, &escaped);
    if (!TOKUSAGE_LIKELY(close) || (escaped && watched)) {
        return begin_string(r, true, watched ? WISH_RESOLVED : WISH_NOTHING);
    }
    r->matters = watched && tokusage_reading_name(r->reading, name, (size_t)(close - name));
    r->at = close + 1;
    r->state = SCAN_COLON;
    if (TOKUSAGE_LIKELY(r->at < r->end && *r->at == ':')) {
        r->at++;
        r->state = SCAN_VALUE;
    }
    return true;
}

static inline bool read_colon(run *r) {
    if (*r->at != ':') {
        return stop(r, SCAN_SYNTAX);
    }
    r->at++;
    r->state = SCAN_VALUE;
    return true;
}

static inline bool read_whole_string(run *r) {
    bool escaped = false;
    const tokusage_wish wish = r->matters ? tokusage_reading_wish(r->reading) : WISH_NOTHING;
    const char *const text = r->at + 1;
    const char *const close = tokusage_string_end(&r->window, text, r->end, &escaped);
    if (!TOKUSAGE_LIKELY(close) || (escaped && wish == WISH_RESOLVED)) {
        return begin_string(r, false, wish);
    }
    if (r->matters) {
        const tokusage_value value = {.kind = KIND_STRING, .text = text, .length = (size_t)(close - text)};
        tokusage_reading_value(r->reading, &value);
    }
    r->at = close + 1;
    return end_value(r);
}

static inline bool read_digits(run *r) {
    int64_t number = 0;
    const char *const after =
        r->matters ? tokusage_count_end(r->at, r->end, &number) : tokusage_number_end(r->at, r->end);
    if (!TOKUSAGE_LIKELY(after && r->depth > 0)) {
        return begin_number(r);
    }
    if (r->matters) {
        tokusage_reading_number(r->reading, TOKUSAGE_OK, number);
    }
    r->at = after;
    return end_value(r);
}

static inline bool read_word(run *r, tokusage_kind literal, const char *text, ptrdiff_t length) {
    if (!tokusage_has_word(r->at, r->end, text, length)) {
        r->scan->literal = (uint8_t)literal;
        r->scan->matched = 0;
        return stop(r, SCAN_LITERAL);
    }
    if (r->matters) {
        const tokusage_value value = {.kind = literal};
        tokusage_reading_value(r->reading, &value);
    }
    r->at += length;
    return end_value(r);
}

/* The elements of an array matter if it is watched. (A member's value matters if its name does.) */
static inline void begin_element(run *r) {
    if (r->depth > 0) {
        r->matters = tokusage_reading_watches(r->reading, r->depth);
        if (r->matters) {
            tokusage_reading_element(r->reading);
        }
    }
}

static inline bool read_value(run *r) {
    if (!in_object(r)) {
        if (*r->at == ']' && r->state == SCAN_FIRST_VALUE) {
            r->state = SCAN_NEXT;
            return true;
        }
        begin_element(r);
    }
    if (r->matters) {
        tokusage_reading_begins(r->reading, r->at);
    }
    switch (*r->at) {
    case '"':
        return read_whole_string(r);
    case '{':
    case '[':
        return open_container(r, *r->at == '{');
    case 't':
        return read_word(r, KIND_TRUE, "true", 4);
    case 'f':
        return read_word(r, KIND_FALSE, "false", 5);
    case 'n':
        return read_word(r, KIND_NULL, "null", 4);
    default:
        if (*r->at != '-' && !tokusage_is_digit(*r->at)) {
            return stop(r, SCAN_SYNTAX);
        }
        return read_digits(r);
    }
}

static inline bool read_next(run *r) {
    if (*r->at != ',') {
        return close_container(r);
    }
    r->at++;
    r->state = in_object(r) ? SCAN_NAME : SCAN_VALUE;
    return true;
}

/* Goes through what may come next in the order in which it mostly comes. False when the run ends. */
static inline bool read_member(run *r) {
    if (r->state == SCAN_NAME || r->state == SCAN_FIRST_NAME) {
        if (!skip_space(r) || !read_name(r)) {
            return false;
        }
    }
    if (r->state == SCAN_COLON && !(skip_space(r) && read_colon(r))) {
        return false;
    }
    if (r->state == SCAN_VALUE || r->state == SCAN_FIRST_VALUE) {
        if (!skip_space(r) || !read_value(r)) {
            return false;
        }
    }
    while (r->state == SCAN_NEXT) {
        if ((r->at == r->end || *r->at != ',') && !skip_space(r)) {
            return false;
        }
        if (!read_next(r)) {
            return false;
        }
    }
    return true;
}

/* Reads on from between two tokens. Returns where it stopped. */
static const char *run_on(tokusage_scan *scan, tokusage_reading *reading, const char *at, const char *end,
                          bool in_line) {
    run r = begin_run(scan, reading, at, end, in_line);
    while (read_member(&r)) {
    }
    return end_run(&r);
}

/* Reads on in a token that was left, to its end. Returns where it stopped. */
static const char *run_on_in_token(tokusage_scan *scan, tokusage_reading *reading, const char *at, const char *end,
                                   bool in_line) {
    run r = begin_run(scan, reading, at, end, in_line);
    while (r.state > SCAN_NEXT && r.at < r.end && read_cut_token(&r)) {
    }
    return end_run(&r);
}

/* A line end ends the bytes if it may stand here at all: not in a string or a literal. */
static inline bool goes_on(const tokusage_scan *scan, const char *at, const char *end, bool in_line) {
    const bool line_end = in_line && at < end && tokusage_is_line_end(*at);
    return at < end && tokusage_scan_open(scan) &&
           !(line_end && (scan->state <= SCAN_NEXT || scan->state == SCAN_NUMBER));
}

size_t tokusage_scan_feed(tokusage_scan *scan, tokusage_reading *reading, const char *bytes, size_t length,
                          bool in_line) {
    const char *const end = bytes + length;
    const char *at = bytes;
    while (goes_on(scan, at, end, in_line)) {
        at = scan->state > SCAN_NEXT ? run_on_in_token(scan, reading, at, end, in_line)
                                     : run_on(scan, reading, at, end, in_line);
    }
    return (size_t)(at - bytes);
}

static bool number_complete(const tokusage_scan *scan, const tokusage_reading *reading) {
    return scan->depth == 0 && scan->state == SCAN_NUMBER && tokusage_number_complete(&reading->number);
}

void tokusage_scan_end(tokusage_scan *scan, tokusage_reading *reading) {
    if (number_complete(scan, reading)) {
        take_number(reading);
        tokusage_reading_end(reading);
        scan->state = SCAN_CLOSED;
    } else if (tokusage_scan_open(scan)) {
        scan->state = SCAN_SYNTAX;
    }
}

bool tokusage_scan_within(const tokusage_scan *scan, const tokusage_reading *reading) {
    const bool between = scan->depth == 0 && scan->state == SCAN_VALUE;
    return tokusage_scan_open(scan) && !between && !number_complete(scan, reading);
}
