/* JSON by plain recursion; see reference_json.h. */
#include "reference_json.h"

#include <stdlib.h>
#include <string.h>

enum {
    LONGEST = 190 /* bytes of a name or a word that can match, and of a number that is a count, as they are written */
};

typedef struct reading {
    const char *at, *end;
    bool too_deep;
    json_node *nodes; /* where the next node goes, and the next letter */
    char *letters;
} reading;

/* Room for the tree of a document: a node and a letter a byte are enough. It is kept for the next document. */
static reading begin_reading(const char *bytes, size_t length) {
    static json_node *nodes;
    static char *letters;
    static size_t room;
    if (length + 2 > room) {
        room = 2 * length + 64;
        free(nodes);
        free(letters);
        nodes = malloc(room * sizeof *nodes);
        letters = malloc(room);
        assert_true(nodes != NULL && letters != NULL);
    }
    return (reading){bytes, bytes + length, false, nodes, letters};
}

size_t json_space(const char *bytes, size_t length) {
    size_t at = 0;
    while (at < length && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\n' || bytes[at] == '\r')) {
        at++;
    }
    return at;
}

bool json_is(json_string string, const char *word) {
    return string.bytes != NULL && string.length == strlen(word) && memcmp(string.bytes, word, string.length) == 0;
}

/* Whether one of these bytes is next; where it is in the set. */
static const char *next_in(const reading *in, const char *set) {
    return in->at < in->end && *in->at != '\0' ? strchr(set, *in->at) : NULL;
}

static bool take(reading *in, char c) {
    const bool there = in->at < in->end && *in->at == c;
    in->at += there;
    return there;
}

static void skip_space(reading *in) {
    in->at += json_space(in->at, (size_t)(in->end - in->at));
}

/* ---- strings */

static void put_utf8(reading *in, unsigned long code) {
    const int more = (code >= 0x80) + (code >= 0x800) + (code >= 0x10000);
    static const unsigned first[] = {0, 0xC0, 0xE0, 0xF0};
    *in->letters++ = (char)(unsigned char)(first[more] | code >> 6 * more);
    for (int i = more - 1; i >= 0; i--) {
        *in->letters++ = (char)(unsigned char)(0x80 | (code >> 6 * i & 0x3F));
    }
}

/* Takes the four digits of an escape. *high: the first half of a surrogate pair that came just before, or 0. */
static bool take_code(reading *in, unsigned long *high, bool *whole) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    unsigned long code = 0;
    for (int i = 0; i < 4; i++) {
        const char *digit = next_in(in, digits);
        if (digit == NULL) {
            return false;
        }
        code = code * 16 + (unsigned long)(digit - digits) % 16;
        in->at++;
    }
    const bool second = code >= 0xDC00 && code <= 0xDFFF;
    *whole = *whole && (*high != 0) == second;
    if (code < 0xD800 || code > 0xDFFF || (second && *high != 0)) {
        put_utf8(in, second ? 0x10000 + (*high - 0xD800) * 0x400 + (code - 0xDC00) : code);
    }
    *high = code >= 0xD800 && code < 0xDC00 ? code : 0;
    return true;
}

/* Takes a string with its quotes. */
static bool take_string(reading *in, json_string *out) {
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char *const from = in->letters;
    unsigned long high = 0;
    bool whole = true;
    if (!take(in, '"')) {
        return false;
    }
    const char *const begin = in->at;
    while (in->at < in->end && *in->at != '"') {
        if ((unsigned char)*in->at < 0x20) {
            return false;
        }
        const bool escaped = take(in, '\\');
        if (escaped && take(in, 'u')) {
            if (!take_code(in, &high, &whole)) {
                return false;
            }
            continue;
        }
        const char *escape = escaped ? next_in(in, plain) : NULL;
        if (escaped && escape == NULL) {
            return false;
        }
        *in->letters++ = escaped ? meant[escape - plain] : *in->at;
        in->at++;
        whole = whole && high == 0;
        high = 0;
    }
    whole = whole && high == 0 && in->at - begin <= LONGEST;
    *out = (json_string){whole ? from : NULL, (size_t)(in->letters - from)};
    return take(in, '"');
}

/* ---- numbers and words */

static bool take_digits(reading *in) {
    const char *from = in->at;
    while (next_in(in, "0123456789") != NULL) {
        in->at++;
    }
    return in->at > from;
}

/* RFC 8259, section 6. */
static bool take_number(reading *in) {
    (void)take(in, '-');
    if (!take(in, '0') && !take_digits(in)) {
        return false;
    }
    if (take(in, '.') && !take_digits(in)) {
        return false;
    }
    if (take(in, 'e') || take(in, 'E')) {
        in->at += next_in(in, "+-") != NULL;
        return take_digits(in);
    }
    return true;
}

static bool take_word(reading *in, const char *word) {
    while (*word != '\0' && take(in, *word)) {
        word++;
    }
    return *word == '\0';
}

/* ---- values */

static bool take_value(reading *in, json_node *parent, json_node *node, unsigned depth);

static bool take_member(reading *in, json_node *parent, unsigned depth) {
    json_node *node = in->nodes++;
    memset(node, 0, sizeof *node);
    if (parent->kind == '{') {
        if (!take_string(in, &node->name)) {
            return false;
        }
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
    in->at++;
    skip_space(in);
    if (take(in, close)) {
        return true;
    }
    do {
        skip_space(in);
        if (!take_member(in, node, depth + 1)) {
            return false;
        }
        skip_space(in);
    } while (take(in, ','));
    return take(in, close);
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

static bool take_value(reading *in, json_node *parent, json_node *node, unsigned depth) {
    const bool container = next_in(in, "{[") != NULL;
    in->too_deep = container && depth == TOKUSAGE_DEPTH_MAX;
    if (in->too_deep || next_in(in, "{[\"tfn-0123456789") == NULL) {
        return false;
    }
    node->kind = next_in(in, "{[\"tfn") != NULL ? *in->at : '0';
    node->begin = in->at;
    node->parent = parent;
    if (parent != NULL) {
        *(parent->last != NULL ? &parent->last->next : &parent->first) = node;
        parent->last = node;
    }
    const bool taken = take_content(in, node, depth);
    node->end = in->at;
    /* Only the byte after a number says that it has ended. */
    node->closed = taken && (node->kind != '0' || depth == 0 || in->at < in->end);
    node->begun = container || node->closed;
    return taken;
}

json_document json_read(const char *bytes, size_t length) {
    reading in = begin_reading(bytes, length);
    json_node *root = in.nodes++;
    memset(root, 0, sizeof *root);
    skip_space(&in);
    const bool taken = take_value(&in, NULL, root, 0);
    return (json_document){taken         ? TOKUSAGE_OK
                           : in.too_deep ? TOKUSAGE_ERR_DEPTH
                                         : TOKUSAGE_ERR_SYNTAX,
                           (size_t)(in.at - bytes), root->kind != '\0' ? root : NULL};
}

/* ---- counts */

tokusage_status json_count(const json_node *number, int64_t *value) {
    char digits[LONGEST];
    long count = 0; /* of digits, without zeros at either end */
    long point = 0; /* how many of them are before the point */
    bool fraction = false;
    const char *at = number->begin;
    const bool negative = *at == '-';
    if (number->end - at > LONGEST) {
        return TOKUSAGE_ERR_RANGE;
    }
    for (at += negative; at < number->end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            fraction = true;
        } else if (count > 0 || *at != '0') {
            digits[count++] = *at;
            point += !fraction;
        } else {
            point -= fraction;
        }
    }
    if (at < number->end) {
        const long exponent = strtol(at + 1, NULL, 10); /* a byte that is no digit follows the number */
        point += exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent;
    }
    while (count > 0 && digits[count - 1] == '0') {
        count--;
    }
    int64_t whole = 0;
    for (long i = 0; count > 0 && i < point && whole <= TOKUSAGE_COUNT_MAX; i++) {
        whole = whole * 10 + (i < count ? digits[i] - '0' : 0);
    }
    const bool rest = point < count;
    if ((negative && count > 0) || whole > TOKUSAGE_COUNT_MAX || (whole == TOKUSAGE_COUNT_MAX && rest)) {
        return TOKUSAGE_ERR_RANGE;
    }
    *value = whole;
    return count > 0 && rest ? TOKUSAGE_ERR_INTEGER : TOKUSAGE_OK;
}
