/*
 * A second opinion on JSON texts; see reference.h. Written for being plainly right: it recurses, copies and allocates
 * as it likes.
 */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

enum {
    OFF_THE_WAY = -1,
    NAMES_MAX = 160,
    LONGEST_NUMBER = 63
};

static const char *const count_names[3] = {"prompt_tokens", "completion_tokens", "total_tokens"};

/* A name with its escapes resolved. One with half of a surrogate pair equals no pointer. */
typedef struct name {
    char *bytes;
    size_t length;
    bool whole;
} name;

typedef struct reader {
    const char *bytes;
    size_t length, at;
    name steps[NAMES_MAX];
    int step_count;
    size_t depth, place_depth; /* place_depth: of the usage object's members while in it, else 0 */
    tokusage_status stop;      /* why reading stopped; OK while it goes on */
    bool duplicate, found;
    size_t begin, end;
    bool object;         /* what stands at the place is an object */
    bool own_name;       /* in a name of that object's own */
    verdict text_wrong;  /* the first thing in the object's text that is refused */
    verdict count_wrong; /* the first count in the object that is refused */
    bool given[3];
    int64_t counts[3];
} reader;

static bool value(reader *in, int way);

static bool stop(reader *in, tokusage_status why) {
    if (in->stop == TOKUSAGE_OK) {
        in->stop = why;
    }
    return false;
}

static void complain(verdict *first, tokusage_status status, const char *member, size_t offset) {
    if (first->status == TOKUSAGE_OK) {
        first->status = status;
        first->member = member;
        first->offset = offset;
    }
}

static int peek(const reader *in) {
    return in->at < in->length ? (unsigned char)in->bytes[in->at] : -1;
}

static bool is_space(int byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void space(reader *in) {
    while (is_space(peek(in))) {
        in->at++;
    }
}

static bool byte(reader *in, char wanted) {
    if (peek(in) != (unsigned char)wanted) {
        return stop(in, TOKUSAGE_ERR_SYNTAX);
    }
    in->at++;
    return true;
}

static bool word(reader *in, const char *letters) {
    for (; *letters != '\0'; letters++) {
        if (!byte(in, *letters)) {
            return false;
        }
    }
    return true;
}

static bool is_digit(int byte) {
    return byte >= '0' && byte <= '9';
}

static bool digits(reader *in) {
    if (!is_digit(peek(in))) {
        return stop(in, TOKUSAGE_ERR_SYNTAX);
    }
    while (is_digit(peek(in))) {
        in->at++;
    }
    return true;
}

static bool number(reader *in) {
    size_t begin = in->at;
    if (peek(in) == '-') {
        in->at++;
    }
    if (peek(in) == '0') {
        in->at++;
    } else if (!digits(in)) {
        return false;
    }
    if (peek(in) == '.') {
        in->at++;
        if (!digits(in)) {
            return false;
        }
    }
    if (peek(in) == 'e' || peek(in) == 'E') {
        in->at++;
        if (peek(in) == '+' || peek(in) == '-') {
            in->at++;
        }
        if (!digits(in)) {
            return false;
        }
    }
    if (in->place_depth > 0 && in->at - begin > LONGEST_NUMBER) {
        complain(&in->text_wrong, TOKUSAGE_ERR_RANGE, "usage", 0);
    }
    return true;
}

static int hex_of(int byte) {
    if (is_digit(byte)) {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static bool four_digits(reader *in, unsigned *code) {
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

static void put(name *out, unsigned byte) {
    out->bytes[out->length++] = (char)(unsigned char)byte;
}

static void put_code(name *out, unsigned code) {
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

static void half_pair(reader *in, name *out, size_t backslash) {
    out->whole = false;
    if (in->place_depth > 0) {
        complain(&in->text_wrong, TOKUSAGE_ERR_SYNTAX, NULL, backslash);
    }
}

/* Behind the "\u" of an escape that stands at backslash. */
static bool unicode(reader *in, name *out, size_t backslash) {
    unsigned code = 0;
    if (!four_digits(in, &code)) {
        return false;
    }
    if (code >= 0xDC00 && code <= 0xDFFF) {
        half_pair(in, out, backslash);
        return true;
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
        reader ahead = *in;
        unsigned low = 0;
        if (!word(&ahead, "\\u") || !four_digits(&ahead, &low) || low < 0xDC00 || low > 0xDFFF) {
            half_pair(in, out, backslash);
            return true;
        }
        in->at = ahead.at;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code == 0 && in->own_name) {
        complain(&in->text_wrong, TOKUSAGE_ERR_SYNTAX, NULL, backslash);
    }
    put_code(out, code);
    return true;
}

static bool escape(reader *in, name *out) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    size_t backslash = in->at++;
    int letter = peek(in);
    if (letter == 'u') {
        in->at++;
        return unicode(in, out, backslash);
    }
    const char *known = letter > 0 ? strchr(letters, letter) : NULL;
    if (known == NULL) {
        return stop(in, TOKUSAGE_ERR_SYNTAX);
    }
    put(out, (unsigned char)meanings[known - letters]);
    in->at++;
    return true;
}

/* The caller frees out->bytes, whatever the answer. */
static bool string(reader *in, name *out) {
    memset(out, 0, sizeof *out);
    out->whole = true;
    size_t quote = in->at + 1;
    while (quote < in->length && in->bytes[quote] != '"') {
        quote += in->bytes[quote] == '\\' ? 2 : 1;
    }
    size_t room = quote - in->at;
    out->bytes = malloc(room + 8);
    assert_non_null(out->bytes);
    if (!byte(in, '"')) {
        return false;
    }
    for (;;) {
        int next = peek(in);
        if (next == '"') {
            in->at++;
            return true;
        }
        if (next < 0x20) { /* control characters, and the end */
            return stop(in, TOKUSAGE_ERR_SYNTAX);
        }
        if (next != '\\') {
            put(out, (unsigned)next);
            in->at++;
        } else if (!escape(in, out)) {
            return false;
        }
    }
}

static bool skip_string(reader *in) {
    name ignored;
    bool good = string(in, &ignored);
    free(ignored.bytes);
    return good;
}

static bool equal_names(const name *a, const name *b) {
    return a->whole && b->whole && a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* The value of a JSON number as a count, in decimal arithmetic. */
static tokusage_status judge_number(const char *bytes, size_t length, int64_t *result) {
    bool negative = bytes[0] == '-';
    char figures[LONGEST_NUMBER + 1];
    long count = 0;
    long exponent = 0;
    bool fraction = false;
    size_t at = negative ? 1 : 0;
    for (; at < length && bytes[at] != 'e' && bytes[at] != 'E'; at++) {
        if (bytes[at] == '.') {
            fraction = true;
            continue;
        }
        if (count > 0 || bytes[at] != '0') {
            figures[count++] = bytes[at];
        }
        exponent -= fraction ? 1 : 0;
    }
    if (at < length) {
        long given = 0;
        bool minus = bytes[at + 1] == '-';
        for (at += is_digit((unsigned char)bytes[at + 1]) ? 1 : 2; at < length; at++) {
            given = given > 100000 ? given : given * 10 + (bytes[at] - '0');
        }
        exponent += minus ? -given : given;
    }
    while (count > 0 && figures[count - 1] == '0') {
        count--;
        exponent++;
    }
    *result = 0;
    if (count == 0) {
        return TOKUSAGE_OK;
    }
    if (negative || count + exponent > 16) {
        return TOKUSAGE_ERR_RANGE;
    }
    for (long i = 0; i < count + exponent; i++) {
        *result = *result * 10 + (i < count ? figures[i] - '0' : 0);
    }
    if (exponent < 0) {
        return *result >= TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_ERR_INTEGER;
    }
    return *result > TOKUSAGE_COUNT_MAX ? TOKUSAGE_ERR_RANGE : TOKUSAGE_OK;
}

/* A member of the usage object, whose value has just been read. */
static void judge_member(reader *in, const name *who, size_t begin) {
    for (int i = 0; i < 3; i++) {
        name wanted = {(char *)(uintptr_t)count_names[i], strlen(count_names[i]), true};
        if (!equal_names(who, &wanted)) {
            continue;
        }
        if (in->given[i]) {
            complain(&in->count_wrong, TOKUSAGE_ERR_DUPLICATE, count_names[i], 0);
            return;
        }
        in->given[i] = true;
        char first = in->bytes[begin];
        if (first == 'n') {
            return;
        }
        if (first != '-' && !is_digit((unsigned char)first)) {
            complain(&in->count_wrong, TOKUSAGE_ERR_TYPE, count_names[i], 0);
            return;
        }
        if (in->at - begin > LONGEST_NUMBER) {
            return; /* text_wrong says so already */
        }
        int64_t found = 0;
        tokusage_status status = judge_number(in->bytes + begin, in->at - begin, &found);
        if (status != TOKUSAGE_OK) {
            complain(&in->count_wrong, status, count_names[i], 0);
            return;
        }
        in->counts[i] = found;
    }
}

static bool member(reader *in, int way, bool *step_seen) {
    name who;
    bool own = in->place_depth > 0 && in->place_depth == in->depth;
    in->own_name = own;
    bool good = string(in, &who);
    in->own_name = false;
    bool step = good && way >= 0 && way < in->step_count && equal_names(&who, &in->steps[way]);
    if (step) {
        in->duplicate = in->duplicate || *step_seen;
        *step_seen = true;
    }
    if (good) {
        space(in);
        good = byte(in, ':');
    }
    if (good) {
        space(in);
        size_t begin = in->at;
        good = value(in, step ? way + 1 : OFF_THE_WAY);
        if (good && own) {
            judge_member(in, &who, begin);
        }
    }
    free(who.bytes);
    return good;
}

static bool object(reader *in, int way) {
    bool step_seen = false;
    in->at++;
    space(in);
    if (peek(in) == '}') {
        in->at++;
        return true;
    }
    for (;;) {
        if (!member(in, way, &step_seen)) {
            return false;
        }
        space(in);
        if (peek(in) == '}') {
            in->at++;
            return true;
        }
        if (!byte(in, ',')) {
            return false;
        }
        space(in);
    }
}

static bool array(reader *in) {
    in->at++;
    space(in);
    if (peek(in) == ']') {
        in->at++;
        return true;
    }
    for (;;) {
        if (!value(in, OFF_THE_WAY)) {
            return false;
        }
        space(in);
        if (peek(in) == ']') {
            in->at++;
            return true;
        }
        if (!byte(in, ',')) {
            return false;
        }
        space(in);
    }
}

static bool container(reader *in, int way) {
    if (in->depth == TOKUSAGE_DEPTH_MAX) {
        return stop(in, TOKUSAGE_ERR_DEPTH);
    }
    in->depth++;
    bool good = peek(in) == '{' ? object(in, way) : array(in);
    in->depth--;
    return good;
}

static bool bare_value(reader *in, int way) {
    switch (peek(in)) {
    case '{':
    case '[':
        return container(in, way);
    case '"':
        return skip_string(in);
    case 't':
        return word(in, "true");
    case 'f':
        return word(in, "false");
    case 'n':
        return word(in, "null");
    default:
        return number(in);
    }
}

static bool value(reader *in, int way) {
    if (way != in->step_count || in->duplicate) {
        return bare_value(in, way);
    }
    in->found = true;
    in->begin = in->at;
    in->object = peek(in) == '{';
    in->place_depth = in->object ? in->depth + 1 : 0;
    bool good = bare_value(in, way);
    in->place_depth = 0;
    in->end = in->at;
    return good;
}

static void split(reader *in, const char *pointer) {
    while (*pointer != '\0') {
        assert_true(*pointer == '/' && in->step_count < NAMES_MAX);
        name *step = &in->steps[in->step_count++];
        step->whole = true;
        step->bytes = malloc(strlen(pointer) + 1);
        assert_non_null(step->bytes);
        for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
            if (*pointer == '~') {
                pointer++;
                put(step, *pointer == '0' ? '~' : '/');
            } else {
                put(step, (unsigned char)*pointer);
            }
        }
    }
}

static reader *read_first(const char *pointer, const char *bytes, size_t length) {
    reader *in = calloc(1, sizeof *in);
    assert_non_null(in);
    in->bytes = bytes;
    in->length = length;
    for (int i = 0; i < 3; i++) {
        in->counts[i] = ABSENT;
    }
    split(in, pointer);
    space(in);
    (void)value(in, 0);
    return in;
}

static reader *read_all(const char *pointer, const char *bytes, size_t length) {
    reader *in = read_first(pointer, bytes, length);
    if (in->stop == TOKUSAGE_OK) {
        space(in);
        if (in->at < length) {
            (void)stop(in, TOKUSAGE_ERR_SYNTAX);
        }
    }
    return in;
}

static void forget(reader *in) {
    for (int i = 0; i < in->step_count; i++) {
        free(in->steps[i].bytes);
    }
    free(in);
}

static reference_place place_of(reader *in) {
    bool good = in->stop == TOKUSAGE_OK;
    reference_place place = {in->stop,  good ? 0 : in->at, in->duplicate,    in->found,
                             in->begin, in->end,           good ? in->at : 0};
    forget(in);
    return place;
}

reference_place reference_find(const char *pointer, const char *bytes, size_t length) {
    return place_of(read_all(pointer, bytes, length));
}

reference_place reference_first(const char *pointer, const char *bytes, size_t length) {
    return place_of(read_first(pointer, bytes, length));
}

static verdict judge(const reader *in) {
    verdict answer = {TOKUSAGE_OK, NULL, 0, {0, 0, 0}};
    if (in->stop != TOKUSAGE_OK) {
        answer.status = in->stop;
        answer.offset = in->at;
    } else if (in->duplicate) {
        complain(&answer, TOKUSAGE_ERR_DUPLICATE, "usage", 0);
    } else if (!in->found || in->bytes[in->begin] == 'n') {
        complain(&answer, TOKUSAGE_ERR_NOT_FOUND, "usage", 0);
    } else if (!in->object) {
        complain(&answer, TOKUSAGE_ERR_TYPE, "usage", 0);
    } else if (in->text_wrong.status != TOKUSAGE_OK) {
        answer = in->text_wrong;
    } else if (in->count_wrong.status != TOKUSAGE_OK) {
        answer = in->count_wrong;
    } else {
        memcpy(answer.counts, in->counts, sizeof answer.counts);
    }
    return answer;
}

verdict reference_extract(const char *pointer, const char *bytes, size_t length) {
    static const char mark[] = "\xEF\xBB\xBF";
    size_t marked = 0;
    while (marked < 3 && marked < length && bytes[marked] == mark[marked]) {
        marked++;
    }
    if (marked == 1 || marked == 2) {
        verdict answer = {TOKUSAGE_ERR_SYNTAX, NULL, marked, {0, 0, 0}};
        return answer;
    }
    reader *in = read_all(pointer != NULL ? pointer : "/usage", bytes + marked, length - marked);
    verdict answer = judge(in);
    forget(in);
    if (answer.status == TOKUSAGE_ERR_SYNTAX || answer.status == TOKUSAGE_ERR_DEPTH) {
        answer.offset += marked;
    }
    return answer;
}

size_t reference_compact(const char *bytes, size_t length, char *copy) {
    size_t used = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (!quoted && is_space((unsigned char)bytes[i])) {
            continue;
        }
        if (quoted && bytes[i] == '\\') {
            copy[used++] = bytes[i++];
        } else if (bytes[i] == '"') {
            quoted = !quoted;
        }
        copy[used++] = bytes[i];
    }
    return used;
}
