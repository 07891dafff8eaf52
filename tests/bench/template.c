/* Texts from templates; see template.h. The seed is fixed, so every system makes the same texts. */
#include "template.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- chance */

static uint64_t chance_state;

uint64_t chance(uint64_t below) {
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return ((chance_state * UINT64_C(2685821657736338717)) >> 32) % below;
}

void seed_chance(uint64_t seed) {
    chance_state = seed;
}

/* A number from half to one and a half of it, at least 1. */
static size_t about(size_t number) {
    return 1 + number / 2 + (size_t)chance(number + 1);
}

static int64_t some_count(void) {
    static const uint64_t limits[] = {100, 1000, 10000, 100000};
    return (int64_t)(1 + chance(limits[chance(sizeof limits / sizeof *limits)]));
}

values some_values(const form *form) {
    values made = {.prompt = some_count(), .completion = some_count()};
    if (chance(2) == 0) {
        made.cached = (int64_t)chance((uint64_t)made.prompt + 1);
        made.reasoning = (int64_t)chance((uint64_t)made.completion + 1);
    }
    if (form && form->cache_separate && chance(2) == 0) {
        made.written = some_count();
    }
    made.total = made.prompt + made.completion;
    made.total += form && form->cache_separate ? made.cached + made.written : 0;
    made.total += form && form->reasoning_separate ? made.reasoning : 0;
    for (size_t i = 0; i + 1 < sizeof made.id; i++) {
        made.id[i] = "0123456789abcdef"[chance(16)];
    }
    return made;
}

/* ---- a growing row of texts */

static void *grown(void *memory, size_t size) {
    void *const more = realloc(memory, size);
    if (!more) {
        abort();
    }
    return more;
}

void begin_texts(texts *made, uint64_t seed) {
    *made = (texts){0};
    seed_chance(seed);
}

void free_texts(texts *made) {
    free(made->bytes);
    free(made->text);
    *made = (texts){0};
}

void put_bytes(texts *to, const char *bytes, size_t length) {
    if (to->size + length > to->room) {
        to->room = 2 * (to->size + length);
        to->bytes = grown(to->bytes, to->room);
    }
    memcpy(to->bytes + to->size, bytes, length);
    to->size += length;
}

static void put_byte(texts *to, char byte) {
    put_bytes(to, &byte, 1);
}

void begin_text(texts *to) {
    if (to->count == to->text_room) {
        to->text_room = 2 * to->text_room + 16;
        to->text = grown(to->text, to->text_room * sizeof *to->text);
    }
    to->text[to->count] = (text){.begin = to->size};
}

void end_text(texts *to, const form *form, const values *values, uint64_t reports) {
    static const char padding[PADDING] = {0};
    text *const text = &to->text[to->count++];
    text->length = to->size - text->begin;
    text->form = form;
    text->reports = text->named_reports = reports;
    text->named = text->summed = (counts)NO_COUNTS;
    put_bytes(to, padding, PADDING);
    if (reports == 0) {
        return;
    }
    text->named.prompt = values->prompt;
    text->named.completion = form->counts[1].bytes ? values->completion : -1;
    text->named.total = form->counts[2].bytes ? values->total : -1;
    text->summed = text->named;
    text->summed.prompt += form->cache_separate ? values->cached + values->written : 0;
    text->summed.completion += form->reasoning_separate ? values->reasoning : 0;
}

static bool opens(char byte) {
    return byte == '{' || byte == '[';
}

static bool closes(char byte) {
    return byte == '}' || byte == ']';
}

static void put_line_end(texts *to, size_t spaces) {
    put_byte(to, '\n');
    for (size_t i = 0; i < spaces; i++) {
        put_byte(to, ' ');
    }
}

static void put_indented(texts *to, const char *compact, size_t step) {
    size_t depth = 0;
    bool in_string = false;
    for (; *compact; compact++) {
        const char byte = *compact;
        if (in_string) {
            put_byte(to, byte);
            in_string = byte != '"';
            if (byte == '\\') {
                put_byte(to, *++compact);
            }
            continue;
        }
        depth -= closes(byte);
        if (closes(byte) && !opens(compact[-1])) {
            put_line_end(to, depth * step);
        }
        put_byte(to, byte);
        depth += opens(byte);
        if ((opens(byte) && !closes(compact[1])) || byte == ',') {
            put_line_end(to, depth * step);
        } else if (byte == ':') {
            put_byte(to, ' ');
        }
        in_string = byte == '"';
    }
}

void indent_text(texts *to, size_t step) {
    const size_t begin = to->text[to->count].begin;
    put_byte(to, '\0');
    char *const compact = grown(NULL, to->size - begin);
    memcpy(compact, to->bytes + begin, to->size - begin);
    to->size = begin;
    put_indented(to, compact, step);
    free(compact);
}

/* ---- what varies */

static const char *const words[] = {
    "The",    " river",  " keeps",   " its",        " own",    " time",   " and",     " carries", " what",   " the",
    " hills", " gave",   " it",      " down",       " to",     " a",      " harbour", " where",   " boats",  " wait",
    ",",      ".",       " In",      " winter",     " frost",  " writes", " on",      " every",   " pane",   " ;",
    " seven", " lamps",  " were",    " lit",        " before", " dusk",   " 1848",    " miles",   " of",     " rope",
    " -",     " answer", " follows", ":",           " step",   " by",     " 42",      " %",       " tokens", " (",
    ")",      "\\n",     "\\n\\n",   " \\\"so\\\"", " usage",  " counts", " light",   " house",   " keeper", " smiled",
};

static void put_words(texts *to, size_t number) {
    const size_t end = to->size + about(number) - 1;
    do {
        const char *const word = words[chance(sizeof words / sizeof *words)];
        put_bytes(to, word, strlen(word));
    } while (to->size < end);
}

/* Letters of Cyrillic, CJK and kana, each of two or three bytes in UTF-8. */
static unsigned some_letter(size_t alphabet) {
    static const struct { unsigned first, count; } alphabets[] = {{0x0430, 32}, {0x4E00, 8000}, {0x3042, 80}};
    return alphabets[alphabet].first + (unsigned)chance(alphabets[alphabet].count);
}

static void put_utf8(texts *to, unsigned letter) {
    if (letter < 0x800) {
        put_byte(to, (char)(0xC0 | letter >> 6));
    } else {
        put_byte(to, (char)(0xE0 | letter >> 12));
        put_byte(to, (char)(0x80 | (letter >> 6 & 0x3F)));
    }
    put_byte(to, (char)(0x80 | (letter & 0x3F)));
}

static void put_escape(texts *to, unsigned letter) {
    char escape[8];
    put_bytes(to, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", letter));
}

static void put_letters(texts *to, size_t number, void (*put)(texts *to, unsigned letter)) {
    const size_t alphabet = (size_t)chance(3);
    for (size_t left = about(number); left > 0; left--) {
        put(to, some_letter(alphabet));
        if (chance(6) == 0) {
            put_byte(to, ' ');
        }
    }
}

static const char decimals[] = "1234567890";
static const char hexadecimals[] = "0123456789abcdef";

static void put_digits(texts *to, const char *digits, size_t base, size_t number) {
    for (; number > 0; number--) {
        put_byte(to, digits[chance(base)]);
    }
}

static void put_whole(texts *to, size_t digits) {
    put_digits(to, decimals, 9, 1);
    put_digits(to, decimals, 10, chance(digits));
}

static void put_fraction(texts *to) {
    put_bytes(to, "-", chance(2));
    put_whole(to, 2);
    put_byte(to, '.');
    put_digits(to, decimals, 10, 4 + chance(14));
}

static void put_varying(texts *to, char what, size_t number) {
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    switch (what) {
    case 's':
        put_words(to, number);
        return;
    case 'u':
        put_letters(to, number, put_escape);
        return;
    case 'y':
        put_letters(to, number, put_utf8);
        return;
    case 'x':
        put_digits(to, hexadecimals, 16, number);
        return;
    case 'b':
        put_digits(to, base64, 64, about(number));
        return;
    case 'n':
        put_whole(to, number);
        return;
    case 'd':
        put_digits(to, decimals, 10, number);
        return;
    case 'f':
        put_fraction(to);
        return;
    default:
        abort();
    }
}

/* Writes a count or the id; false if it is neither. */
static bool put_value(texts *to, char what, const values *values) {
    char count[24];
    int64_t value;
    switch (what) {
    case 'p':
        value = values->prompt;
        break;
    case 'c':
        value = values->completion;
        break;
    case 'o':
        value = values->total;
        break;
    case 'k':
        value = values->cached;
        break;
    case 'v':
        value = values->written;
        break;
    case 'r':
        value = values->reasoning;
        break;
    case 'i':
        put_bytes(to, values->id, sizeof values->id - 1);
        return true;
    default:
        return false;
    }
    put_bytes(to, count, (size_t)snprintf(count, sizeof count, "%" PRId64, value));
    return true;
}

/* ---- templates */

static const char *put_until(texts *to, const char *template, const values *values);

static const char *put_repeated(texts *to, const char *template, size_t times, const values *values) {
    const char *end = template;
    for (size_t i = about(times); i > 0; i--) {
        end = put_until(to, template, values);
        put_bytes(to, ",", i > 1);
    }
    return end;
}

/* Writes up to the template's end or its `$]`; returns the rest of the template. */
static const char *put_until(texts *to, const char *template, const values *values) {
    while (*template) {
        const char byte = *template ++;
        if (byte == '\n' && to->crlf) {
            put_bytes(to, "\r\n", 2);
            continue;
        }
        if (byte != '$') {
            put_byte(to, byte == '\'' ? '"' : byte);
            continue;
        }
        const char what = *template ++;
        if (what == ']') {
            return template;
        }
        if (put_value(to, what, values)) {
            continue;
        }
        char *after;
        const size_t number = strtoul(template, &after, 10);
        template = after;
        if (what == '[') {
            template = put_repeated(to, template, number, values);
        } else {
            put_varying(to, what, number);
        }
    }
    return template;
}

void put_template(texts *to, const char *template, const values *values) {
    put_until(to, template, values);
}
