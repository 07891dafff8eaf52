/* Random JSON documents; see generate.h. */
#include "generate.h"

#include <string.h>

typedef struct writing {
    char *text;
    size_t used;
} writing;

enum {
    ENOUGH = 1500, /* bytes, after which no container is begun */
    COUNTS = 3,    /* at the head of the members */
    FREQUENT = 10  /* at the head of the numbers, those that counts mostly are */
};

static const char *const names[] = {
    "\\u0075sage",
    "usag\\u0065",
    "Usage",
    "usag",
    "usages",
    "usage\\u0000",
    "a",
    "b",
    "",
    "a/b",
    "a\\/b",
    "m~n",
    "m\\u007en",
    "~1",
    "\xC3\xA9",
    "\\u00e9",
    "\\u00E9",
    "\xE2\x82\xAC",
    "\\u20ac",
    "\xF0\x9F\x98\x80",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00",
    "\xFF",
    "\\\"\\\\",
    "\\b\\f\\n\\r\\t",
};

static const char *const members[] = {
    "prompt_tokens", "completion_tokens", "total_tokens",  "prompt\\u005ftokens", "\\u0074otal_tokens",
    "Prompt_Tokens", "prompt_token",      "total_tokens_", "cached_tokens",
};

static const char *const numbers[] = {
    "0",
    "1",
    "12",
    "7",
    "5.0",
    "5e0",
    "50e-1",
    "0.5e1",
    "5.5",
    "0.99999999999999999999",
    "-0",
    "-0.0",
    "0e99999999999999999999",
    "-1",
    "-0.5",
    "1e-400",
    "-1e-400",
    "1e400",
    "9007199254740991",
    "9007199254740991.0",
    "9007199254740990.5",
    "9007199254740991.4",
    "9007199254740992",
    "90071992547409.91e2",
    "9007199254740991000e-3",
    "18446744073709551617",
    "5.00000000000000000001",
    "1e15",
    "1e16",
    "123456789012345678901234567890123456789012345678901234567890123",
    "1234567890123456789012345678901234567890123456789012345678901234",
    "0.0000000000000000000000000000000000000000000000000000000000000",
    "0.00000000000000000000000000000000000000000000000000000000000000",
};

static const char *const strings[] = {
    "",
    "a",
    "5",
    "usage",
    "\\\"usage\\\":{",
    "\\u0000",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00x",
    "\xFF",
    "\xE2\x82\xAC",
    "[DONE]",
    "\\\\",
    "\\\\\\\"",
    "}{][,:\\/",
    "\\ud83d\\n",
    "\x7F",
    "a b\\tc",
    "null",
};

static const char *const spaces[] = {"", "", "", "", "", " ", "\n", "\r\n", "\t", "  "};

static const char *const pointers[] = {
    "/usage",
    "/usage",
    "/usage",
    "/usage",
    "/usage",
    "",
    "",
    "",
    "/a",
    "/a/usage",
    "/a/a/usage",
    "/usage/usage",
    "/a/b",
    "/",
    "//usage",
    "/a~1b",
    "/m~0n",
    "/~01",
    "/\xC3\xA9",
    "/\xE2\x82\xAC",
    "/\xF0\x9F\x98\x80",
    "/\xFF",
    "/\"\\",
    "/\b\f\n\r\t",
    "/usage/",
    "/nowhere",
    "/b/usage",
    "/\xF0\x9F\x98\x80/usage",
};

static void write_text(writing *out, const char *text) {
    size_t length = strlen(text);
    memcpy(out->text + out->used, text, length);
    out->used += length;
}

static void space(writing *out) {
    write_text(out, spaces[random_below(LENGTH(spaces))]);
}

static void quoted(writing *out, const char *text) {
    write_text(out, "\"");
    write_text(out, text);
    write_text(out, "\"");
}

static void scalar(writing *out) {
    switch (random_below(8)) {
    case 0:
        write_text(out, "null");
        break;
    case 1:
        write_text(out, random_below(2) == 0 ? "true" : "false");
        break;
    case 2:
        quoted(out, strings[random_below(LENGTH(strings))]);
        break;
    default:
        write_text(out, numbers[random_below(LENGTH(numbers))]);
        break;
    }
}

/* A small number, mostly whole, more often than anything else: whole objects of counts come out good now and then. */
static void count(writing *out) {
    write_text(out, numbers[random_below(random_below(3) == 0 ? LENGTH(numbers) : FREQUENT)]);
}

/* Recurses as deep as `levels` says. */
static void write_value(writing *out, size_t levels);

static const char *random_name(void) {
    size_t kind = random_below(8);
    return kind < 3 ? "usage" : kind < 4 ? "a" : names[random_below(LENGTH(names))];
}

/* Each count in turn, so that none comes twice, or any of all the names. */
static const char *member_name(size_t turn) {
    return members[random_below(4) != 0 ? turn % COUNTS : random_below(LENGTH(members))];
}

static void write_container(writing *out, size_t levels, bool object) {
    size_t elements = levels == 5 ? 2 + random_below(5) : random_below(5);
    bool usage = random_below(levels == 5 ? 5 : 2) == 0;
    size_t turn = random_below(COUNTS);
    write_text(out, object ? "{" : "[");
    space(out);
    for (size_t i = 0; i < elements; i++) {
        if (i > 0) {
            write_text(out, ",");
            space(out);
        }
        if (object) {
            quoted(out, usage ? member_name(turn + i) : random_name());
            space(out);
            write_text(out, ":");
            space(out);
        }
        if (object && usage && random_below(4) != 0) {
            count(out);
        } else {
            write_value(out, levels - 1);
        }
        space(out);
    }
    write_text(out, object ? "}" : "]");
}

static void write_value(writing *out, size_t levels) {
    if (levels == 0 || out->used > ENOUGH || random_below(3) == 0) {
        scalar(out);
    } else {
        write_container(out, levels, random_below(5) != 0);
    }
}

size_t random_document(char *text) {
    writing out = {text, 0};
    space(&out);
    if (random_below(10) == 0) {
        write_value(&out, 5);
    } else {
        write_container(&out, 5, true);
    }
    space(&out);
    assert_true(out.used < DOCUMENT_SIZE - 16);
    return out.used;
}

static char random_byte(void) {
    static const char frequent[] = "{}[]:,\"\\ 0123456789-+.eEutn\r\n\t";
    return random_below(3) == 0 ? (char)random_below(256) : frequent[random_below(sizeof frequent - 1)];
}

size_t random_damage(char *text, size_t length) {
    for (size_t times = 1 + random_below(3); times > 0 && length > 0; times--) {
        size_t at = random_below(length);
        switch (random_below(4)) {
        case 0:
            text[at] = random_byte();
            break;
        case 1:
            memmove(text + at + 1, text + at, length - at);
            text[at] = random_byte();
            length++;
            break;
        case 2:
            memmove(text + at, text + at + 1, length - at - 1);
            length--;
            break;
        default:
            length = random_below(4) == 0 ? at : length;
            break;
        }
    }
    return length;
}

const char *random_pointer(void) {
    return pointers[random_below(LENGTH(pointers))];
}
