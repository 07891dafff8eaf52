/*
 * The text of a usage object: the plain reader, which reads what all known services write in one pass, and the
 * digest of everything else for cJSON. What is JSON at all is the scanner's business; what a count may be is
 * number.c's.
 */
#include "object.h"
#include "chars.h"
#include "error.h"
#include "number.h"
#include "usage.h"

#include <string.h>

/* ---- the plain reader: any doubt is a "no", which costs only the longer way */

enum {
    PLAIN_DEPTH = 8,  /* objects within objects */
    PLAIN_DIGITS = 16 /* of a count: 2^53-1 has as many */
};

typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

static void skip_space(cursor *text) {
    while (text->at < text->end && tokusage_is_space(*text->at)) {
        text->at++;
    }
}

static bool take(cursor *text, char c) {
    if (text->at == text->end || *text->at != c) {
        return false;
    }
    text->at++;
    return true;
}

/* Takes c and the white space before it. */
static bool take_mark(cursor *text, char c) {
    skip_space(text);
    return take(text, c);
}

static bool take_word(cursor *text, const char *word) {
    const size_t length = strlen(word);
    if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0) {
        return false;
    }
    text->at += length;
    return true;
}

/* A string without escapes; *content is where it begins. */
static bool take_string(cursor *text, const char **content, size_t *length) {
    if (!take(text, '"')) {
        return false;
    }
    *content = text->at;
    text->at = tokusage_plain_end(text->at, text->end);
    *length = (size_t)(text->at - *content);
    return take(text, '"');
}

/* Takes at most as many digits as the largest count has; returns how many. */
static size_t take_digits(cursor *text, int64_t *value) {
    size_t digits = 0;
    *value = 0;
    while (text->at < text->end && tokusage_is_digit(*text->at) && digits < PLAIN_DIGITS) {
        *value = *value * 10 + (*text->at - '0');
        text->at++;
        digits++;
    }
    return digits;
}

/* Digits without a needless 0 in front. */
static bool take_whole(cursor *text, int64_t *value) {
    const char *const begin = text->at;
    const size_t digits = take_digits(text, value);
    return digits > 0 && (*begin != '0' || digits == 1);
}

static bool take_count(cursor *text, tokusage_count *count) {
    if (take_word(text, "null")) {
        return true;
    }
    count->present = true;
    return take_whole(text, &count->value) && count->value <= TOKUSAGE_COUNT_MAX;
}

static bool take_scalar(cursor *text) {
    const char *content;
    size_t length;
    int64_t value;
    if (take_string(text, &content, &length) || take_word(text, "null") || take_word(text, "true") ||
        take_word(text, "false")) {
        return true;
    }
    take(text, '-');
    return take_whole(text, &value) && (!take(text, '.') || take_digits(text, &value) > 0);
}

/* What has been read of a plain object. */
typedef struct plain {
    tokusage usage;
    bool given[TOKUSAGE_MEMBERS];
    int depth;
    bool opened; /* the last thing read was the { of an object: a member may follow without a comma */
} plain;

static bool open_object(plain *object) {
    object->depth++;
    object->opened = true;
    return object->depth <= PLAIN_DEPTH;
}

static bool take_member(cursor *text, plain *object) {
    const char *name;
    size_t length;
    skip_space(text);
    if (!take_string(text, &name, &length) || !take_mark(text, ':')) {
        return false;
    }
    skip_space(text);
    object->opened = false;
    const size_t member = object->depth == 1 ? tokusage_member_find(name, length) : TOKUSAGE_MEMBERS;
    if (member < TOKUSAGE_MEMBERS) {
        const bool again = object->given[member];
        object->given[member] = true;
        return !again && take_count(text, tokusage_member_slot(&object->usage, member));
    }
    return take(text, '{') ? open_object(object) : take_scalar(text);
}

static bool take_object(cursor *text, plain *object) {
    bool good = take_mark(text, '{');
    while (good && object->depth > 0) {
        if (take_mark(text, '}')) {
            object->depth--;
            object->opened = false;
        } else {
            good = (object->opened || take_mark(text, ',')) && take_member(text, object);
        }
    }
    return good;
}

bool tokusage_object_plain(const char *text, size_t length, tokusage *usage) {
    cursor rest = {.at = text, .end = text + length};
    plain object = {.depth = 1, .opened = true};
    if (!take_object(&rest, &object)) {
        return false;
    }
    skip_space(&rest);
    if (rest.at != rest.end) {
        return false;
    }
    *usage = object.usage;
    return true;
}

/* ---- the digest: the text is JSON here, so every token ends where it should */

/* A byte of text becomes at most as many in the digest: 1e15 becomes 16 digits. */
enum {
    DIGEST_FACTOR = 4
};

typedef struct digest {
    const char *at; /* in the text */
    char *out;
    unsigned depth;
    bool naming; /* a string here is a name of the object itself */
} digest;

static void put(digest *d, const char *text, size_t length) {
    memcpy(d->out, text, length);
    d->out += length;
}

/* A value of the object itself is replaced; what stands deeper is left out. */
static void put_value(digest *d, const char *stand_in) {
    if (d->depth == 1) {
        put(d, stand_in, strlen(stand_in));
    }
}

/* The code unit of the \u escape at `escape`. */
static unsigned code_unit(const char *escape) {
    unsigned code = 0;
    for (size_t digit = 2; digit < 6; digit++) {
        code = code << 4 | tokusage_hex_value(escape[digit]);
    }
    return code;
}

static bool is_unicode_escape(const char *at) {
    return at[0] == '\\' && at[1] == 'u';
}

/* The length of the escape at `at`, both halves of a surrogate pair together; 0 for half of one. */
static size_t escape_length(const char *at) {
    if (!is_unicode_escape(at)) {
        return 2;
    }
    const unsigned half = code_unit(at) & 0xFC00;
    if (half != 0xD800 && half != 0xDC00) {
        return 6;
    }
    const bool pair = half == 0xD800 && is_unicode_escape(at + 6) && (code_unit(at + 6) & 0xFC00) == 0xDC00;
    return pair ? 12 : 0;
}

/* Moves over a string. False at an escape that cJSON refuses by its version, or that cuts off a name of the object's.
 */
static bool digest_string(digest *d) {
    const char *const begin = d->at;
    d->at++;
    while (*d->at != '"') {
        size_t length = 1;
        if (*d->at == '\\') {
            const bool cut = d->naming && is_unicode_escape(d->at) && code_unit(d->at) == 0;
            length = cut ? 0 : escape_length(d->at);
        }
        if (length == 0) {
            return false;
        }
        d->at += length;
    }
    d->at++;
    if (d->naming) {
        put(d, begin, (size_t)(d->at - begin));
    } else {
        put_value(d, "true");
    }
    return true;
}

/* True but for a number that is too long. */
static bool digest_number(digest *d) {
    static const char continuing[] = "0123456789+-.eE";
    const char *const begin = d->at;
    while (memchr(continuing, *d->at, sizeof continuing - 1)) {
        d->at++;
    }
    const size_t length = (size_t)(d->at - begin);
    if (length > TOKUSAGE_NUMBER_MAX) {
        return false;
    }
    int64_t value = -1;
    const tokusage_status status = tokusage_number_read(begin, length, &value);
    char digits[TOKUSAGE_DECIMAL_SIZE];
    tokusage_decimal(value, digits);
    put_value(d, status == TOKUSAGE_ERR_INTEGER ? "5e-1" : digits);
    return true;
}

/* A literal, or a mark, of which those between the members matter. */
static void digest_other(digest *d) {
    const char c = *d->at++;
    switch (c) {
    case '{':
    case '[':
    case 't':
    case 'f':
        put_value(d, "true");
        d->depth += c == '{' || c == '[';
        break;
    case 'n':
        put_value(d, "null");
        break;
    case '}':
    case ']':
        d->depth--;
        break;
    case ',':
    case ':':
        if (d->depth == 1) {
            *d->out++ = c;
            d->naming = c == ',';
        }
        break;
    default:
        break; /* white space, or the rest of a literal: no t, f or n is in it */
    }
}

size_t tokusage_digest_room(size_t length) {
    return length <= SIZE_MAX / DIGEST_FACTOR ? length * DIGEST_FACTOR : SIZE_MAX;
}

tokusage_status tokusage_object_digest(const char *text, char *digested, size_t *length, tokusage_error *error) {
    digest d = {.at = text + 1, .out = digested, .depth = 1, .naming = true};
    *d.out++ = '{';
    while (d.depth > 0) {
        if (*d.at == '"') {
            if (!digest_string(&d)) {
                return tokusage_report_at(error, TOKUSAGE_ERR_SYNTAX, (size_t)(d.at - text));
            }
        } else if (*d.at == '-' || tokusage_is_digit(*d.at)) {
            if (!digest_number(&d)) {
                return tokusage_report(error, TOKUSAGE_ERR_RANGE, TOKUSAGE_MEMBER_USAGE);
            }
        } else {
            digest_other(&d);
        }
    }
    *d.out++ = '}';
    *length = (size_t)(d.out - digested);
    return tokusage_report(error, TOKUSAGE_OK, NULL);
}
