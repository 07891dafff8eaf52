/*
 * Passing over events without reading them. Why that is right: in a text that is JSON, a member's name stands between
 * two quotes in one line (a line end inside a string is no JSON), so bytes without the quoted name, and without an
 * escape that stands for one of its letters, have no such member; and if the text is no JSON, it has no report anyway.
 * What comes after an event's first data line does not matter, as long as it does not spell the name either.
 */
#include "skip.h"
#include "chars.h"
#include "small.h"
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

typedef struct search {
    const char *name;
    size_t length;
    const char *end; /* of the bytes */
} search;

/* A byte to look at: a control character (line ends are), a quote before the name's first letter, or what may be \u00.
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

#ifdef TOKUSAGE_WIDE

/* What there is to see among as many bytes as a register has. */
typedef struct sight {
    wide marks;   /* line ends and other controls, and quotes before the name's first letter */
    wide escapes; /* backslashes */
} sight;

static inline sight look(const search *s, const char *at) {
    const wide here = wide_load(at);
    const wide names = wide_and(wide_equal(here, '"'), wide_equal(wide_load(at + 1), *s->name));
    return (sight){.marks = wide_or(names, wide_at_most(here, '\r')), .escapes = wide_equal(here, '\\')};
}

/* The marks, and of the backslashes those before two noughts a letter on, as in \u00. */
static inline uint64_t exactly(sight seen, const char *at) {
    const wide noughts = wide_and(wide_equal(wide_load(at + 2), '0'), wide_equal(wide_load(at + 3), '0'));
    return wide_mask(wide_or(seen.marks, wide_and(seen.escapes, noughts)));
}

#endif

/*
 * The next mark, or the end of the bytes. Two registers are looked at before one branch; escapes other than \u00, which
 * text in other scripts is full of, cost four more loads and no branch.
 */
static const char *next_mark(const search *s, const char *at) {
#ifdef TOKUSAGE_WIDE
    /* An escape is four bytes, so the last three of a load may only be looked at together with those behind it. */
    while (s->end - at >= 2 * TOKUSAGE_WIDE + 3) {
        const sight first = look(s, at);
        const sight second = look(s, at + TOKUSAGE_WIDE);
        const wide any = wide_or(wide_or(first.marks, first.escapes), wide_or(second.marks, second.escapes));
        if (wide_mask(any) != 0) {
            const uint64_t in_first = exactly(first, at);
            const uint64_t in_second = exactly(second, at + TOKUSAGE_WIDE);
            if (in_first != 0) {
                return at + wide_first(in_first);
            }
            if (in_second != 0) {
                return at + TOKUSAGE_WIDE + wide_first(in_second);
            }
        }
        at += (ptrdiff_t)2 * TOKUSAGE_WIDE;
    }
#endif
    while (at < s->end && !is_mark(s, at)) {
        at++;
    }
    return at;
}

static const char *skip_blanks(const search *s, const char *at) {
    while (at < s->end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* Behind a quote that does not begin the name of a report; NULL if it may, or if the bytes end too early to tell. */
static const char *pass_quote(const search *s, const char *at) {
    if ((size_t)(s->end - at) < s->length + 2) {
        return NULL;
    }
    if (memcmp(at + 1, s->name, s->length) != 0 || at[s->length + 1] != '"') {
        return at + 1;
    }
    at = skip_blanks(s, at + s->length + 2);
    if (at == s->end || tokusage_is_line_end(*at)) {
        return NULL;
    }
    if (*at != ':') {
        return at;
    }
    at = skip_blanks(s, at + 1);
    return at < s->end && *at == 'n' ? at : NULL;
}

/* Behind an escape \u00XX that stands for no letter of the name; else NULL. */
static const char *pass_escape(const search *s, const char *at) {
    if (s->end - at < 6) {
        return NULL;
    }
    /* What is no \u escape, or no digit, makes the text no JSON or the letter a wrong one: at worst the event is read.
     */
    const unsigned letter = tokusage_hex_value(at[4]) << 4 | tokusage_hex_value(at[5]);
    return memchr(s->name, (int)letter, s->length) ? NULL : at + 1;
}

static const char *pass_line_end(const search *s, const char *at) {
    return at + (*at == '\r' && s->end - at > 1 && at[1] == '\n' ? 2 : 1);
}

static const char *pass_mark(const search *s, const char *at) {
    switch (*at) {
    case '"':
        return pass_quote(s, at);
    case '\\':
        return pass_escape(s, at);
    case '\n':
    case '\r':
        return pass_line_end(s, at);
    default:
        return at + 1;
    }
}

/* Where the first data line's text begins, if it is that of an object (so it is not [DONE]); else NULL. */
static const char *object_begin(const search *s, const char *at) {
    if (s->end - at < 7 || memcmp(at, "data:", 5) != 0) {
        return NULL;
    }
    at += at[5] == ' ' ? 6 : 5;
    return *at == '{' ? at : NULL;
}

/* The end of an event that can be passed over; else NULL. */
static const char *pass_event(const search *s, const char *at, bool *open) {
    at = object_begin(s, at);
    while (at && at < s->end) {
        at = next_mark(s, at);
        if (at == s->end) {
            break;
        }
        const bool line_ends = tokusage_is_line_end(*at);
        at = pass_mark(s, at);
        if (line_ends && at < s->end && tokusage_is_line_end(*at)) {
            return pass_line_end(s, at);
        }
    }
    *open = at != NULL;
    return NULL;
}

size_t tokusage_skip(const char *bytes, size_t length, const char *name, bool *open) {
    const search s = {.name = name, .length = strlen(name), .end = bytes + length};
    const char *passed = bytes;
    const char *next = pass_event(&s, passed, open);
    while (next) {
        passed = next;
        next = pass_event(&s, passed, open);
    }
    return (size_t)(passed - bytes);
}

#else

/* C has no empty files. */
typedef int tokusage_skip_nothing;

#endif
