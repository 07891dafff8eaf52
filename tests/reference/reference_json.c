/* A second opinion on JSON; see reference_json.h. It is plain rather than quick. */
#include "reference_json.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------- the tree */

typedef struct parser {
    const char *bytes;
    size_t length, at;
    size_t depth;
    tokusage_status stop; /* why reading stopped; OK while it goes on */
} parser;

static reference_node *new_node(void) {
    reference_node *made = calloc(1, sizeof *made);
    assert_non_null(made);
    return made;
}

static void delete_tree(reference_node *root) {
    while (root != NULL) {
        reference_node *next = root->next;
        delete_tree(root->first);
        free(root->name.bytes);
        free(root->text.bytes);
        free(root);
        root = next;
    }
}

static bool stop(parser *in, tokusage_status why) {
    in->stop = why;
    return false;
}

static int peek(const parser *in) {
    return in->at < in->length ? (unsigned char)in->bytes[in->at] : -1;
}

static bool is_space(int byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_spaces(parser *in) {
    while (is_space(peek(in))) {
        in->at++;
    }
}

static bool take(parser *in, char wanted) {
    if (peek(in) != (unsigned char)wanted) {
        return stop(in, TOKUSAGE_ERR_SYNTAX);
    }
    in->at++;
    return true;
}

static bool take_word(parser *in, const char *word) {
    for (; *word != '\0'; word++) {
        if (!take(in, *word)) {
            return false;
        }
    }
    return true;
}

/* ---------------------------------------------------------------------------------------------- numbers in a text */

static bool is_digit(int byte) {
    return byte >= '0' && byte <= '9';
}

static bool take_digits(parser *in) {
    if (!is_digit(peek(in))) {
        return stop(in, TOKUSAGE_ERR_SYNTAX);
    }
    while (is_digit(peek(in))) {
        in->at++;
    }
    return true;
}

static bool take_fraction(parser *in) {
    if (peek(in) != '.') {
        return true;
    }
    in->at++;
    return take_digits(in);
}

static bool take_exponent(parser *in) {
    if (peek(in) != 'e' && peek(in) != 'E') {
        return true;
    }
    in->at++;
    if (peek(in) == '+' || peek(in) == '-') {
        in->at++;
    }
    return take_digits(in);
}

/* RFC 8259, section 6. */
static bool take_number(parser *in) {
    if (peek(in) == '-') {
        in->at++;
    }
    if (peek(in) == '0') {
        in->at++;
    } else if (!take_digits(in)) {
        return false;
    }
    return take_fraction(in) && take_exponent(in);
}

/* ---------------------------------------------------------------------------------------------- strings in a text */

static int hex_of(int byte) {
    if (is_digit(byte)) {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static bool take_four_digits(parser *in, unsigned *code) {
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int hex = hex_of(peek(in));
        if (hex < 0) {
            return stop(in, TOKUSAGE_ERR_SYNTAX);
        }
        *code = *code * 16 + (unsigned)hex;
        in->at++;
    }
    return true;
}

static void put(reference_letters *out, unsigned byte) {
    out->bytes[out->length++] = (char)(unsigned char)byte;
}

/* As UTF-8. */
static void put_code(reference_letters *out, unsigned code) {
    if (code < 0x80) {
        put(out, code);
    } else if (code < 0x800) {
        put(out, 0xC0 | code >> 6);
        put(out, 0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(out, 0xE0 | code >> 12);
        put(out, 0x80 | (code >> 6 & 0x3F));
        put(out, 0x80 | (code & 0x3F));
    } else {
        put(out, 0xF0 | code >> 18);
        put(out, 0x80 | (code >> 12 & 0x3F));
        put(out, 0x80 | (code >> 6 & 0x3F));
        put(out, 0x80 | (code & 0x3F));
    }
}

/* Behind a "\u". Half of a surrogate pair is JSON, but not a character. */
static bool take_unicode(parser *in, reference_letters *out) {
    unsigned code = 0;
    if (!take_four_digits(in, &code)) {
        return false;
    }
    if (code >= 0xDC00 && code <= 0xDFFF) {
        out->whole = false;
        return true;
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
        parser ahead = *in;
        unsigned low = 0;
        if (!take_word(&ahead, "\\u") || !take_four_digits(&ahead, &low) || low < 0xDC00 || low > 0xDFFF) {
            out->whole = false;
            return true;
        }
        in->at = ahead.at;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    put_code(out, code);
    return true;
}

static bool take_escape(parser *in, reference_letters *out) {
    static const char known[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    in->at++;
    int letter = peek(in);
    if (letter == 'u') {
        in->at++;
        return take_unicode(in, out);
    }
    const char *found = letter > 0 ? strchr(known, letter) : NULL;
    if (found == NULL) {
        return stop(in, TOKUSAGE_ERR_SYNTAX);
    }
    put(out, (unsigned char)meanings[found - known]);
    in->at++;
    return true;
}

/* Bytes up to the closing quote, or to the end. The resolved string is not longer. */
static size_t room_for_string(const parser *in) {
    size_t quote = in->at + 1;
    while (quote < in->length && in->bytes[quote] != '"') {
        quote += in->bytes[quote] == '\\' ? 2 : 1;
    }
    return quote - in->at + 1;
}

/* The tree frees out->bytes, also when this fails. */
static bool take_string(parser *in, reference_letters *out) {
    out->whole = true;
    out->length = 0;
    out->bytes = malloc(room_for_string(in));
    assert_non_null(out->bytes);
    if (!take(in, '"')) {
        return false;
    }
    while (peek(in) != '"') {
        int next = peek(in);
        if (next < 0x20) { /* a control character, or the end */
            return stop(in, TOKUSAGE_ERR_SYNTAX);
        }
        if (next == '\\') {
            if (!take_escape(in, out)) {
                return false;
            }
        } else {
            put(out, (unsigned)next);
            in->at++;
        }
    }
    in->at++;
    return true;
}

/* ------------------------------------------------------------------------------------------------ values in a text */

static bool take_value(parser *in, reference_node *out);

static bool take_name(parser *in, reference_node *out) {
    if (!take_string(in, &out->name)) {
        return false;
    }
    skip_spaces(in);
    if (!take(in, ':')) {
        return false;
    }
    skip_spaces(in);
    return true;
}

static bool take_elements(parser *in, reference_node *out, char close) {
    reference_node **end = &out->first;
    in->at++;
    skip_spaces(in);
    if (peek(in) == close) {
        in->at++;
        return true;
    }
    for (;;) {
        *end = new_node();
        if (close == '}' && !take_name(in, *end)) {
            return false;
        }
        if (!take_value(in, *end)) {
            return false;
        }
        skip_spaces(in);
        if (peek(in) == close) {
            in->at++;
            return true;
        }
        if (!take(in, ',')) {
            return false;
        }
        skip_spaces(in);
        end = &(*end)->next;
    }
}

static bool take_container(parser *in, reference_node *out) {
    if (in->depth == TOKUSAGE_DEPTH_MAX) {
        return stop(in, TOKUSAGE_ERR_DEPTH);
    }
    in->depth++;
    bool good = take_elements(in, out, out->kind == '{' ? '}' : ']');
    in->depth--;
    return good;
}

static bool take_kind(parser *in, reference_node *out) {
    switch (out->kind) {
    case '{':
    case '[':
        return take_container(in, out);
    case '"':
        return take_string(in, &out->text);
    case 't':
        return take_word(in, "true");
    case 'f':
        return take_word(in, "false");
    case 'n':
        return take_word(in, "null");
    default:
        out->kind = '0';
        return take_number(in);
    }
}

static bool take_value(parser *in, reference_node *out) {
    out->begin = in->at;
    out->kind = in->at < in->length ? in->bytes[in->at] : '\0';
    bool good = take_kind(in, out);
    out->end = in->at;
    return good;
}

/* The status is in *in. */
static reference_tree parse_with(parser *in) {
    reference_tree out = {TOKUSAGE_OK, 0, new_node()};
    skip_spaces(in);
    (void)take_value(in, out.root);
    return out;
}

static reference_tree told(reference_tree out, const parser *in) {
    out.status = in->stop;
    out.at = in->at;
    return out;
}

reference_tree reference_parse_first(const char *bytes, size_t length) {
    parser in = {bytes, length, 0, 0, TOKUSAGE_OK};
    reference_tree out = parse_with(&in);
    return told(out, &in);
}

reference_tree reference_parse(const char *bytes, size_t length) {
    parser in = {bytes, length, 0, 0, TOKUSAGE_OK};
    reference_tree out = parse_with(&in);
    if (in.stop == TOKUSAGE_OK) {
        skip_spaces(&in);
        if (in.at < length) {
            (void)stop(&in, TOKUSAGE_ERR_SYNTAX);
        }
    }
    return told(out, &in);
}

void reference_forget(reference_tree *what) {
    delete_tree(what->root);
    what->root = NULL;
}

bool reference_is_text(const reference_letters *text, const char *bytes, size_t length) {
    return text->whole && text->length == length && memcmp(text->bytes, bytes, length) == 0;
}

bool reference_is_word(const reference_letters *text, const char *word) {
    return reference_is_text(text, word, strlen(word));
}
