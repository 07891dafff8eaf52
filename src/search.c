/*
 * Passing over events without reading them. Why this is right:
 *   - A report is the value of a member with the last name of a place. A text that is not JSON has no report.
 *   - In JSON a name stands between two quotes in one line (a string holds no line end). Each of its letters stands as
 *     it is or as a \u escape. So an event without a quote and the name behind it, and without an escape for a letter
 *     of the name, has no report. An event in which null follows each such name has none, either.
 *   - [DONE] ends a stream only if it stands in one line.
 *   - The search looks at all bytes of the events, so it need not know which of them are data.
 *
 * It does not look for the ends of events. Only from a hit that may be a report, or from the end of the piece, it looks
 * back for the last blank line.
 */
#include "search.h"
#include "chars.h"
#include "wide.h"

#include <string.h>

#if !TOKUSAGE_SMALL

#if defined(__x86_64__) && defined(TOKUSAGE_WIDE) && !defined(TOKUSAGE_NO_AVX2)
#define TOKUSAGE_AVX2 1
#include <immintrin.h>
#endif

/* What is searched for. */
typedef struct target {
    const char *name; /* the last name of the place; those of the known places begin with "usage" */
    ptrdiff_t length;
    const char *longer; /* what may follow the name, as in "usageMetadata"; "" when nothing may */
    ptrdiff_t more;     /* the length of `longer` */
    const char *end;    /* of the bytes */
} target;

/* ---- hits that are not reports are passed */

static const char *skip_blanks(const target *t, const char *at) {
    while (at < t->end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* memcmp for names of a few letters, without a call. */
static inline bool same(const char *at, const char *name, ptrdiff_t length) {
    while (length > 0 && *at == *name) {
        at++;
        name++;
        length--;
    }
    return length == 0;
}

/* Whether the quote does not begin the name of a report. False if it may, or if the bytes end too early to tell. */
static bool pass_quote(const target *t, const char *at) {
    const ptrdiff_t left = t->end - at;
    if (left < t->length + 2) {
        return false;
    }
    if (!same(at + 1, t->name, t->length)) {
        return true;
    }
    at += t->length + 1;
    if (*at != '"') {
        if (left < t->length + t->more + 2) {
            return false;
        }
        if (!same(at, t->longer, t->more) || at[t->more] != '"') {
            return true;
        }
        at += t->more;
    }
    at = skip_blanks(t, at + 1);
    if (at == t->end || tokusage_is_line_end(*at)) {
        return false;
    }
    if (*at != ':') {
        return true;
    }
    at = skip_blanks(t, at + 1);
    return at < t->end && *at == 'n';
}

/* Whether the escape is not a letter of the name. (If it is not an escape at all, the text is not JSON.) */
static bool pass_escape(const target *t, const char *at) {
    if (t->end - at < 6) {
        return false;
    }
    const uint32_t code = tokusage_hex_code(at + 2);
    return code > 0x7F ||
           (!memchr(t->name, (int)code, (size_t)t->length) && !memchr(t->longer, (int)code, (size_t)t->more));
}

static bool pass_bracket(const target *t, const char *at) {
    static const char done[] = "[DONE]";
    return (size_t)(t->end - at) >= sizeof done - 1 && memcmp(at, done, sizeof done - 1) != 0;
}

static bool pass(const target *t, const char *at) {
    switch (*at) {
    case '"':
        return pass_quote(t, at);
    case '\\':
        return pass_escape(t, at);
    default:
        return pass_bracket(t, at);
    }
}

/* Whether a hit may begin here: this byte and the one behind it decide. */
static bool is_mark(const target *t, const char *at) {
    switch (*at) {
    case '"':
        return at[1] == *t->name;
    case '\\':
        return at[1] == 'u';
    case '[':
        return at[1] == 'D';
    default:
        return false;
    }
}

/* ---- the search: the first hit that is not passed, or the end */

/* The last byte is not looked at: an event does not end with the first byte of a hit. */
static const char *find_bytewise(const target *t, const char *at) {
    for (; t->end - at > 1; at++) {
        if (is_mark(t, at) && !pass(t, at)) {
            return at;
        }
    }
    return t->end;
}

#ifdef TOKUSAGE_WIDE

#define APART __attribute__((noinline))

enum {
    BLOCK = 64 /* bytes whose marks fit an integer */
};

/* The last block moves back so that it ends before the last byte. It may look at bytes again: they pass again. */
static inline const char *next_block(const char *at, const char *last) {
    return last - at > BLOCK ? at + BLOCK : last;
}

/*
 * The marks among the bytes of one register. The byte behind them is read, too. The known names begin with u, as the
 * escapes do: that saves a comparison.
 */
static inline tokusage_wide look(const char *at, char letter, bool known) {
    const tokusage_wide here = tokusage_wide_load(at);
    const tokusage_wide next = tokusage_wide_load(at + 1);
    const tokusage_wide quotes = tokusage_wide_equal(here, '"');
    const tokusage_wide escapes = tokusage_wide_equal(here, '\\');
    const tokusage_wide ends = tokusage_wide_and(tokusage_wide_equal(here, '['), tokusage_wide_equal(next, 'D'));
    const tokusage_wide u = tokusage_wide_equal(next, 'u');
    if (known) {
        return tokusage_wide_or(tokusage_wide_and(tokusage_wide_or(quotes, escapes), u), ends);
    }
    const tokusage_wide names = tokusage_wide_and(quotes, tokusage_wide_equal(next, letter));
    return tokusage_wide_or(tokusage_wide_or(names, tokusage_wide_and(escapes, u)), ends);
}

/* The first block from `at` on that has marks, or the last block. *marks has a bit for each mark. */
static inline const char *skip_blocks(const char *at, const char *last, char letter, bool known, uint64_t *marks) {
    for (;;) {
        const tokusage_wide a = look(at, letter, known);
        const tokusage_wide b = look(at + TOKUSAGE_WIDE, letter, known);
        const tokusage_wide c = look(at + (ptrdiff_t)2 * TOKUSAGE_WIDE, letter, known);
        const tokusage_wide d = look(at + (ptrdiff_t)3 * TOKUSAGE_WIDE, letter, known);
        const tokusage_wide any = tokusage_wide_or(tokusage_wide_or(a, b), tokusage_wide_or(c, d));
        if (tokusage_wide_mask(any) != 0 || at == last) {
            *marks = tokusage_wide_bits(a, b, c, d);
            return at;
        }
        at = next_block(at, last);
    }
}

static inline const char *skip_wide(const char *at, const char *last, char letter, uint64_t *marks) {
    return letter == 'u' ? skip_blocks(at, last, letter, true, marks) : skip_blocks(at, last, letter, false, marks);
}

typedef const char *skipper(const char *at, const char *last, char letter, uint64_t *marks);

/*
 * Goes from block to block. `skip` is inlined, so that each way to skip has a loop of its own. NULL when all hits are
 * passed.
 */
static inline const char *find_in_blocks(const target *t, const char *at, skipper *skip) {
    const char *const last = t->end - BLOCK - 1;
    for (;;) {
        uint64_t marks = 0;
        at = skip(at, last, *t->name, &marks);
        for (; marks != 0; marks &= marks - 1) {
            const char *const hit = at + __builtin_ctzll(marks);
            if (!pass(t, hit)) {
                return hit;
            }
        }
        if (at == last) {
            return NULL;
        }
        at = next_block(at, last);
    }
}

/* Not inlined, to keep the stack small: this way and that of AVX2 each need much, and only one of them runs. */
static APART const char *find_wide(const target *t, const char *at) {
    return find_in_blocks(t, at, skip_wide);
}

#endif

#ifdef TOKUSAGE_AVX2

/* Like `look`, for half a block and the known names. */
__attribute__((target("avx2"))) static inline uint64_t look_avx2(const char *at) {
    const __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)at);
    const __m256i next = _mm256_loadu_si256((const __m256i *)(const void *)(at + 1));
    const __m256i quotes = _mm256_cmpeq_epi8(here, _mm256_set1_epi8('"'));
    const __m256i escapes = _mm256_cmpeq_epi8(here, _mm256_set1_epi8('\\'));
    const __m256i u = _mm256_cmpeq_epi8(next, _mm256_set1_epi8('u'));
    const __m256i starts = _mm256_and_si256(_mm256_or_si256(quotes, escapes), u);
    const __m256i ends = _mm256_and_si256(_mm256_cmpeq_epi8(here, _mm256_set1_epi8('[')),
                                          _mm256_cmpeq_epi8(next, _mm256_set1_epi8('D')));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(starts, ends));
}

/* Like `skip_blocks`, for the known names. */
__attribute__((target("avx2"))) static inline const char *skip_avx2(const char *at, const char *last, char letter,
                                                                    uint64_t *marks) {
    (void)letter;
    for (;;) {
        *marks = look_avx2(at) | look_avx2(at + BLOCK / 2) << 32;
        if (*marks != 0 || at == last) {
            return at;
        }
        at = next_block(at, last);
    }
}

/* Clears the upper halves of the registers at its end: otherwise SSE2 code is slow afterwards on some machines. */
__attribute__((target("avx2"))) static const char *find_avx2(const target *t, const char *at) {
    const char *const hit = find_in_blocks(t, at, skip_avx2);
    _mm256_zeroupper();
    return hit;
}

#endif

#if defined(TOKUSAGE_AVX2)

/* Asked at run time. A test makes it false, to run what other processors run. */
#ifndef TOKUSAGE_HAS_AVX2
#define TOKUSAGE_HAS_AVX2 __builtin_cpu_supports("avx2")
#endif

static const char *find_by_processor(const target *t, const char *at) {
    if (TOKUSAGE_HAS_AVX2 && *t->name == 'u') {
        return find_avx2(t, at);
    }
    return find_wide(t, at);
}

#define FIND_IN_BLOCKS find_by_processor
#elif defined(TOKUSAGE_WIDE)
#define FIND_IN_BLOCKS find_wide
#endif

static const char *find(const target *t, const char *at) {
#ifdef FIND_IN_BLOCKS
    if (t->end - at > BLOCK) {
        const char *const hit = FIND_IN_BLOCKS(t, at);
        return hit ? hit : t->end;
    }
#endif
    return find_bytewise(t, at);
}

/* ---- events */

/* The last line end before `at`, or NULL when there is none from `begin` on. */
static const char *line_end_before(const char *begin, const char *at) {
#ifdef TOKUSAGE_WIDE
    for (; at - begin >= TOKUSAGE_WIDE; at -= TOKUSAGE_WIDE) {
        if (tokusage_wide_mask(tokusage_wide_line_ends(at - TOKUSAGE_WIDE)) != 0) {
            break;
        }
    }
#endif
    while (at > begin) {
        at--;
        if (tokusage_is_line_end(*at)) {
            return at;
        }
    }
    return NULL;
}

/* Where the event around `at` begins: behind the last blank line before `at`, else at `begin`. */
static const char *event_begin(const char *begin, const char *at) {
    const char *line_end = line_end_before(begin, at);
    while (line_end) {
        const char *const behind = line_end + 1;
        line_end -= *line_end == '\n' && line_end > begin && line_end[-1] == '\r';
        if (line_end == begin || tokusage_is_line_end(line_end[-1])) {
            return behind;
        }
        line_end = line_end_before(begin, line_end);
    }
    return begin;
}

/* Where the next event begins: behind the first blank line. `at` is within a line. NULL without a blank line. */
static const char *event_end(const char *at, const char *end) {
    while (at < end) {
        at += tokusage_line_span(at, (size_t)(end - at));
        if (end - at < 2) {
            return NULL;
        }
        at += *at == '\r' && at[1] == '\n' ? 2 : 1;
        if (at < end && tokusage_is_line_end(*at)) {
            return at + (*at == '\r' && end - at > 1 && at[1] == '\n' ? 2 : 1);
        }
    }
    return NULL;
}

/* Whether the name can be searched for: printable ASCII that JSON and the pointer write as it is. */
static bool is_tellable(const char *name) {
    while (*name >= 0x20 && *name <= 0x7E && *name != '"' && *name != '\\' && *name != '~') {
        name++;
    }
    return *name == '\0';
}

size_t tokusage_search(const char *bytes, size_t length, const char *pointer, bool open) {
    target t = {.name = "usage", .longer = "Metadata", .more = sizeof "Metadata" - 1, .end = bytes + length};
    if (pointer) {
        const char *const slash = strrchr(pointer, '/');
        if (!slash || slash[1] == '\0' || !is_tellable(slash + 1)) {
            return 0;
        }
        t.name = slash + 1;
        t.longer = "";
        t.more = 0;
    }
    t.length = (ptrdiff_t)strlen(t.name);
    const char *const hit = find(&t, bytes);
    const char *const begin = open ? event_end(bytes, hit) : bytes;
    return begin ? (size_t)(event_begin(begin, hit) - bytes) : 0;
}

#endif
