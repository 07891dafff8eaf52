/*
 * Passing over events without reading them. Why that is right: in a text that is JSON, a member's name stands between
 * two quotes in one line (a line end inside a string is no JSON), so bytes without the quoted name, and without an
 * escape that stands for one of its letters, have no such member; and if the text is no JSON, it has no report anyway.
 * What comes after an event's first data line does not matter, as long as it does not spell the name either.
 */
#include "skip.h"
#include "chars.h"
#include "small.h"
#include "sse.h"
#include "wide.h"

#include <string.h>

#if !TOKUSAGE_SMALL

static bool is_tellable(char c) {
    return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\' && c != '~';
}

const char *tokusage_skip_name(const char *pointer) {
    const char *const slash = strrchr(pointer, '/');
    const char *at = slash ? slash + 1 : pointer;
    while (is_tellable(*at)) {
        at++;
    }
    return slash && slash[1] != '\0' && *at == '\0' ? slash + 1 : NULL;
}

/* A search through the bytes, once from the first to the last. */
typedef struct search {
    const char *name;
    size_t length;
    const char *end;    /* of the bytes */
    const char *passed; /* the end of the last event that was passed over */
    const char *line;   /* the begin of the line */
} search;

/*
 * A byte to look at: a control character (line ends are), a quote before the name's first letter, or what may be \u00.
 */
static bool is_mark(const search *s, const char *at) {
    const ptrdiff_t left = s->end - at;
    if (*at == '"') {
        return left < 2 || at[1] == *s->name;
    }
    if (*at == '\\') {
        return left < 4 || (at[2] == '0' && at[3] == '0');
    }
    return (unsigned char)*at <= '\r';
}

static const char *skip_blanks(const search *s, const char *at) {
    while (at < s->end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* Whether a quote does not begin the name of a report; no if it may, or if the bytes end too early to tell. */
static bool pass_quote(const search *s, const char *at) {
    if ((size_t)(s->end - at) < s->length + 2) {
        return false;
    }
    if (at[s->length + 1] != '"' || memcmp(at + 1, s->name, s->length) != 0) {
        return true;
    }
    at = skip_blanks(s, at + s->length + 2);
    if (at == s->end || tokusage_is_line_end(*at)) {
        return false;
    }
    if (*at != ':') {
        return true;
    }
    at = skip_blanks(s, at + 1);
    return at < s->end && *at == 'n';
}

/* Whether an escape \u00XX stands for no letter of the name. */
static bool pass_escape(const search *s, const char *at) {
    if (s->end - at < 6) {
        return false;
    }
    /*
     * What is no \u escape, or no digit, makes the text no JSON or the letter a wrong one: at worst the event is read.
     */
    const unsigned letter = tokusage_hex_value(at[4]) << 4 | tokusage_hex_value(at[5]);
    return !memchr(s->name, (int)letter, s->length);
}

/* Whether a data line with the text of an object (so it is not [DONE]) begins here. */
static bool begins_object(const search *s, const char *at) {
    static const char field[] = TOKUSAGE_SSE_DATA_FIELD;
    const size_t length = sizeof field - 1;
    if (s->end - at < (ptrdiff_t)length + 2 || memcmp(at, field, length) != 0) {
        return false;
    }
    at += length;
    return at[*at == ' '] == '{';
}

/* A line end where the line begins ends the event; the next one must be such that it can be passed over, too. */
static bool pass_line_end(search *s, const char *at) {
    const bool blank = at == s->line;
    s->line = at + (*at == '\r' && s->end - at > 1 && at[1] == '\n' ? 2 : 1);
    if (blank) {
        s->passed = s->line;
    }
    return !blank || begins_object(s, s->line);
}

/* Looks at a mark; false when the event cannot be passed over. */
static bool pass_mark(search *s, const char *at) {
    switch (*at) {
    case '"':
        return pass_quote(s, at);
    case '\\':
        return pass_escape(s, at);
    case '\n':
    case '\r':
        return at < s->line || pass_line_end(s, at); /* an LF before the line's begin belongs to a CR */
    default:
        return true;
    }
}

#ifdef TOKUSAGE_WIDE

/* What there is to see among as many bytes as a register has. */
typedef struct sight {
    wide marks;   /* line ends and other controls, and quotes before the name's first letter */
    wide escapes; /* \u */
} sight;

static inline sight look(const search *s, const char *at) {
    const wide here = wide_load(at);
    const wide next = wide_load(at + 1);
    const wide names = wide_and(wide_equal(here, '"'), wide_equal(next, *s->name));
    return (sight){.marks = wide_or(names, wide_at_most(here, '\r')),
                   .escapes = wide_and(wide_equal(here, '\\'), wide_equal(next, 'u'))};
}

/* Passes the marks, and of the escapes those that are \u00. */
static inline bool pass_marks(search *s, sight seen, const char *at) {
    const wide noughts = wide_and(wide_equal(wide_load(at + 2), '0'), wide_equal(wide_load(at + 3), '0'));
    uint64_t mask = wide_mask(wide_or(seen.marks, wide_and(seen.escapes, noughts)));
    bool good = true;
    while (good && mask != 0) {
        good = pass_mark(s, at + wide_first(mask));
        mask &= mask - 1;
    }
    return good;
}

#endif

/*
 * Passes all marks from `at` on; false when an event cannot be passed over. The registers go on by their width,
 * wherever the marks are: to start each search behind the last mark makes every load wait for the one before. Two
 * registers are looked at before one branch. Escapes of letters (\n, \") must not take it: they come as they please,
 * and no predictor guesses them; \u, of which text in other scripts is full, takes it always.
 */
static bool pass_all(search *s, const char *at) {
#ifdef TOKUSAGE_WIDE
    /* An escape is four bytes, so the last three of a load may only be looked at together with those behind it. */
    for (; s->end - at >= 2 * TOKUSAGE_WIDE + 3; at += (ptrdiff_t)2 * TOKUSAGE_WIDE) {
        const sight first = look(s, at);
        const sight second = look(s, at + TOKUSAGE_WIDE);
        const wide any = wide_or(wide_or(first.marks, first.escapes), wide_or(second.marks, second.escapes));
        if (wide_mask(any) != 0 && !(pass_marks(s, first, at) && pass_marks(s, second, at + TOKUSAGE_WIDE))) {
            return false;
        }
    }
#endif
    while (at < s->end && !(is_mark(s, at) && !pass_mark(s, at))) {
        at++;
    }
    return at == s->end;
}

size_t tokusage_skip(const char *bytes, size_t length, const char *name, bool *open) {
    search s = {.name = name, .length = strlen(name), .end = bytes + length, .passed = bytes, .line = bytes};
    *open = begins_object(&s, bytes) && pass_all(&s, bytes);
    return (size_t)(s.passed - bytes);
}

#else

/* C has no empty files. */
typedef int tokusage_skip_nothing;

#endif
