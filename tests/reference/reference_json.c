/* JSON by plain recursion; see reference_json.h. */
#include "reference_json.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAME_MAX_WRITTEN = 190,
    NUMBER_MAX_WRITTEN = 190,
    EXPONENT_ENOUGH = 100000
};

typedef struct reading {
    const char *at, *end;
    tokusage_status status;
    char *letters; /* where the next resolved string goes */
    json_node *nodes;
} reading;

/* Room for the tree of a document with this many bytes: a node and a letter a byte are enough. It is kept for the next. */
static void make_room(size_t length, reading *in) {
    static json_node *nodes;
    static char *letters;
    static size_t room;
    if (length + 2 > room) {
        room = 2 * length + 64;
        free(nodes);
        free(letters);
        nodes = malloc(room * sizeof *nodes);
        letters = malloc(room);
        if (nodes == NULL || letters == NULL) {
            abort();
        }
    }
    in->nodes = nodes;
    in->letters = letters;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t json_space(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && is_space(bytes[at])) {
        at++;
    }
    return at;
}

bool json_is(json_string string, const char *word) {
    return string.bytes != NULL && string.length == strlen(word) && memcmp(string.bytes, word, string.length) == 0;
}

static void skip_space(reading *in) {
    in->at += json_space(in->at, (size_t)(in->end - in->at));
}

static bool fails(reading *in, tokusage_status status) {
    in->status = status;
    return false;
}

/* Takes this byte; SYNTAX if another one is there, or none. */
static bool take(reading *in, char c) {
    if (in->at == in->end || *in->at != c) {
        return fails(in, TOKUSAGE_ERR_SYNTAX);
    }
    in->at++;
    return true;
}

/* ---- strings */

static bool take_hex(reading *in, unsigned *code) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *code = 0;
    for (int i = 0; i < 4; i++) {
        const char *found = in->at < in->end && *in->at != '\0' ? strchr(digits, *in->at) : NULL;
        if (found == NULL) {
            return fails(in, TOKUSAGE_ERR_SYNTAX);
        }
        *code = *code * 16 + (unsigned)(found - digits) % 16;
        in->at++;
    }
    return true;
}

static void put_utf8(reading *in, unsigned long code) {
    if (code < 0x80) {
        *in->letters++ = (char)code;
    } else if (code < 0x800) {
        *in->letters++ = (char)(0xC0 | code >> 6);
        *in->letters++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *in->letters++ = (char)(0xE0 | code >> 12);
        *in->letters++ = (char)(0x80 | (code >> 6 & 0x3F));
        *in->letters++ = (char)(0x80 | (code & 0x3F));
    } else {
        *in->letters++ = (char)(0xF0 | code >> 18);
        *in->letters++ = (char)(0x80 | (code >> 12 & 0x3F));
        *in->letters++ = (char)(0x80 | (code >> 6 & 0x3F));
        *in->letters++ = (char)(0x80 | (code & 0x3F));
    }
}

/* Takes an escape after its backslash. *high is the first half of a surrogate pair that came just before, or 0. */
static bool take_escape(reading *in, unsigned *high, bool *whole) {
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const unsigned before = *high;
    *high = 0;
    if (in->at < in->end && *in->at == 'u') {
        unsigned code = 0;
        in->at++;
        if (!take_hex(in, &code)) {
            return false;
        }
        const bool second = code >= 0xDC00 && code <= 0xDFFF;
        *whole = *whole && (before != 0) == second;
        if (code >= 0xD800 && code < 0xDC00) {
            *high = code;
        } else if (second && before != 0) {
            put_utf8(in, 0x10000UL + (before - 0xD800UL) * 0x400 + (code - 0xDC00));
        } else if (!second) {
            put_utf8(in, code);
        }
        return true;
    }
    const char *found = in->at < in->end && *in->at != '\0' ? strchr(plain, *in->at) : NULL;
    if (found == NULL) {
        return fails(in, TOKUSAGE_ERR_SYNTAX);
    }
    *whole = *whole && before == 0;
    *in->letters++ = meant[found - plain];
    in->at++;
    return true;
}

/* Takes a string with its quotes. */
static bool take_string(reading *in, json_string *out) {
    char *begin = in->letters;
    unsigned high = 0;
    bool whole = true;
    out->bytes = NULL;
    if (!take(in, '"')) {
        return false;
    }
    while (in->at < in->end && *in->at != '"') {
        if (*in->at == '\\') {
            in->at++;
            if (!take_escape(in, &high, &whole)) {
                return false;
            }
        } else if ((unsigned char)*in->at < 0x20) {
            return fails(in, TOKUSAGE_ERR_SYNTAX);
        } else {
            whole = whole && high == 0;
            *in->letters++ = *in->at++;
        }
    }
    out->bytes = whole && high == 0 ? begin : NULL;
    out->length = (size_t)(in->letters - begin);
    return take(in, '"');
}

/* ---- numbers and words */

static size_t take_digits(reading *in) {
    size_t count = 0;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
        in->at++;
        count++;
    }
    return count;
}

static bool take_some_digits(reading *in) {
    return take_digits(in) > 0 || fails(in, TOKUSAGE_ERR_SYNTAX);
}

/* RFC 8259, section 6. */
static bool take_number(reading *in) {
    if (*in->at == '-') {
        in->at++;
    }
    if (in->at < in->end && *in->at == '0') {
        in->at++;
    } else if (!take_some_digits(in)) {
        return false;
    }
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        if (!take_some_digits(in)) {
            return false;
        }
    }
    if (in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
        in->at++;
        if (in->at < in->end && (*in->at == '+' || *in->at == '-')) {
            in->at++;
        }
        return take_some_digits(in);
    }
    return true;
}

static bool take_word(reading *in, const char *word) {
    for (; *word != '\0'; word++) {
        if (!take(in, *word)) {
            return false;
        }
    }
    return true;
}

/* ---- values */

static bool take_value(reading *in, json_node *parent, json_node *node, unsigned depth);

static json_node *new_node(reading *in) {
    json_node *node = in->nodes++;
    memset(node, 0, sizeof *node);
    return node;
}

static bool take_member(reading *in, json_node *parent, unsigned depth) {
    json_node *node = new_node(in);
    if (parent->kind == '{') {
        const char *from = in->at;
        if (!take_string(in, &node->name)) {
            return false;
        }
        node->short_name = in->at - from - 2 <= NAME_MAX_WRITTEN;
        skip_space(in);
        if (!take(in, ':')) {
            return false;
        }
        skip_space(in);
    }
    return take_value(in, parent, node, depth);
}

static bool take_members(reading *in, json_node *node, unsigned depth) {
    const char close = node->kind == '{' ? '}' : ']';
    if (depth == TOKUSAGE_DEPTH_MAX) {
        return fails(in, TOKUSAGE_ERR_DEPTH);
    }
    in->at++;
    skip_space(in);
    if (in->at < in->end && *in->at == close) {
        in->at++;
        return true;
    }
    for (;;) {
        if (!take_member(in, node, depth + 1)) {
            return false;
        }
        skip_space(in);
        if (in->at == in->end || *in->at != ',') {
            return take(in, close);
        }
        in->at++;
        skip_space(in);
    }
}

static bool take_content(reading *in, json_node *node, unsigned depth) {
    switch (node->kind) {
    case '{':
    case '[':
        return take_members(in, node, depth);
    case '"':
        return take_string(in, &node->text);
    case 't':
        return take_word(in, "true");
    case 'f':
        return take_word(in, "false");
    case 'n':
        return take_word(in, "null");
    default:
        return take_number(in);
    }
}

static void append(json_node *parent, json_node *node) {
    node->parent = parent;
    if (parent != NULL) {
        *(parent->last != NULL ? &parent->last->next : &parent->first) = node;
        parent->last = node;
    }
}

static bool take_value(reading *in, json_node *parent, json_node *node, unsigned depth) {
    if (in->at == in->end || *in->at == '\0' || strchr("{[\"tfn-0123456789", *in->at) == NULL) {
        return fails(in, TOKUSAGE_ERR_SYNTAX);
    }
    node->kind = strchr("{[\"tfn", *in->at) != NULL ? *in->at : '0';
    node->begin = in->at;
    if (depth < TOKUSAGE_DEPTH_MAX || (node->kind != '{' && node->kind != '[')) {
        append(parent, node);
    }
    node->closed = take_content(in, node, depth);
    node->end = in->at;
    /* Only the byte after a number says that it has ended. */
    node->closed = node->closed && (node->kind != '0' || depth == 0 || in->at < in->end);
    return in->status == TOKUSAGE_OK;
}

json_document json_read(const char *bytes, size_t length) {
    reading in = {bytes, bytes + length, TOKUSAGE_OK, NULL, NULL};
    make_room(length, &in);
    skip_space(&in);
    json_node *root = new_node(&in);
    take_value(&in, NULL, root, 0);
    return (json_document){in.status, in.status == TOKUSAGE_ERR_SYNTAX && in.at == in.end, (size_t)(in.at - bytes),
                           root->kind != '\0' ? root : NULL};
}

/* ---- counts */

/* The value of the first `point` digits; more than any count when there are too many. */
static int64_t whole_part(const char *digits, size_t count, long point) {
    int64_t value = 0;
    for (long i = 0; i < point; i++) {
        value = value > TOKUSAGE_COUNT_MAX ? value : value * 10 + (i < (long)count ? digits[i] - '0' : 0);
    }
    return value;
}

tokusage_status json_count(const json_node *number, int64_t *value) {
    const char *at = number->begin;
    const bool negative = *at == '-';
    if (number->end - at > NUMBER_MAX_WRITTEN) {
        return TOKUSAGE_ERR_RANGE;
    }
    char digits[NUMBER_MAX_WRITTEN];
    size_t count = 0; /* of digits, without zeros at either end */
    long point = 0;   /* how many digits are before the point */
    bool fraction = false;
    for (at += negative; at < number->end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        if (count > 0 || *at != '0') {
            digits[count++] = *at;
            point += !fraction;
        } else {
            point -= fraction;
        }
    }
    if (at < number->end) {
        const long exponent = strtol(at + 1, NULL, 10); /* a byte follows the number, or a NUL */
        point += exponent > EXPONENT_ENOUGH ? EXPONENT_ENOUGH : exponent < -EXPONENT_ENOUGH ? -EXPONENT_ENOUGH : exponent;
    }
    while (count > 0 && digits[count - 1] == '0') {
        count--;
    }
    if (count == 0) {
        *value = 0;
        return TOKUSAGE_OK;
    }
    const int64_t whole = whole_part(digits, count, point);
    const bool rest = point < (long)count;
    if (negative || whole > TOKUSAGE_COUNT_MAX || (whole == TOKUSAGE_COUNT_MAX && rest)) {
        return TOKUSAGE_ERR_RANGE;
    }
    *value = whole;
    return rest ? TOKUSAGE_ERR_INTEGER : TOKUSAGE_OK;
}
