/*
 * The readers of usage objects: the plain one at any bytes behind the beginnings that lead anywhere; the digest at texts of
 * every form that an object can have, as what it gets is JSON; numbers of every form as well. Each text stands in a room of
 * exactly its size, and so does the digest.
 */
#include "object.h"
#include "error.h"
#include "number.h"

#include "proof.h"

enum {
    ROOM = 128,
    PIECE = 2
};

static char texts[ROOM];
static char digest[ROOM * 4];

/* ---- the plain reader */

static const char *const beginnings[] = {
    "",
    " {",
    "{\"a",
    "{\"a\":",
    "{\"a\": -",
    "{\"a\":0.",
    "{\"a\":12345678901234567890",
    "{\"a\":nul",
    "{\"a\":\"",
    "{\"a\":{",
    "{\"a\":{},",
    "{\"total_tokens\":",
    "{\"total_tokens\":nul",
    "{\"total_tokens\":900719925474099",
    "{\"total_tokens\":5,\"total_tokens\":",
    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":",
};

static void plain(const char *beginning, size_t length) {
    char *const begin = texts + (ROOM - length - strlen(beginning));
    tokusage usage = {.total_tokens = {.present = false}};
    for (size_t i = 0; beginning[i] != '\0'; i++) {
        begin[i] = beginning[i];
    }
    any_bytes(texts + (ROOM - length), length);
    (void)tokusage_object_plain(begin, (size_t)(texts + ROOM - begin), &usage);
}

/* ---- forms: of the letters below each stands for some bytes, every other byte for itself */

static void fill(char *to, const char *form, char digit) {
    for (; *form; form++, to++) {
        switch (*form) {
        case 'C': /* in a string */
            *to = Frama_C_char_interval(']', CHAR_MAX);
            break;
        case 'H': /* a hexadecimal digit: of the letters either case, and what the digits are */
            *to = Frama_C_interval(0, 1) ? Frama_C_char_interval('0', '9') : Frama_C_char_interval('a', 'f');
            break;
        case 'U':
            *to = Frama_C_char_interval('A', 'F');
            break;
        case 'D': /* a digit: this one, or any */
            *to = digit ? digit : Frama_C_char_interval('0', '9');
            break;
        default:
            *to = *form;
        }
    }
}

/* The digits of one text are all alike, each digit in turn. */
static const char *const objects[] = {
    "{}",
    "{ }",
    "{\"C\":\"C\"}",
    "{\"\\n\":\"\\\"\\\\\"}",
    "{\"\\u0000\":1}",
    "{\"\\u00HU\":1}",
    "{\"a\":\"\\uHH00\"}",
    "{\"a\":\"\\ud8H0\"}",
    "{\"a\":\"\\udc0H\"}",
    "{\"a\":\"\\uD800\\\"\"}",
    "{\"a\":\"\\uD83d\\uHH00\"}",
    "{\"a\":D}",
    "{\"a\":-D}",
    "{\"a\":0.D}",
    "{\"a\":1e1D}",
    "{\"a\":[{\"b\":12},[\"C\",true]],\"c\":{\"d\":null}}",
    "{\"a\":true,\"b\":false,\"c\":null}",
    "{\"a\":1e15,\"b\":9e+15}",
    "{\"a\":111111111111111111111111111111111111111111111111111111111111111}",
    "{\"a\":1111111111111111111111111111111111111111111111111111111111111111}",
};

static void digest_form(const char *form, char digit) {
    const size_t length = strlen(form);
    char *const begin = texts + (ROOM - length);
    size_t digested = 0;
    tokusage_error error;
    fill(begin, form, digit);
    const size_t room = tokusage_digest_room(length);
    if (room > sizeof digest) {
        broken();
    }
    (void)tokusage_object_digest(begin, digest + (sizeof digest - room), &digested, &error);
}

static const char *const numbers[] = {
    "D",
    "-D",
    "D.D",
    "-0.D",
    "DeD",
    "1E+DD",
    "1e-DD",
    "1.5eDD",
    "0.000De+9",
    "1e99999999999999999999",
    "0e-99999999999999999999",
    "900719925474099D",
    "900719925474099D.D",
    "9999999999999999999D",
};

static void read_number(const char *form) {
    const size_t length = strlen(form);
    char *const begin = texts + (ROOM - length);
    int64_t value = 0;
    fill(begin, form, 0);
    if (tokusage_number_read(begin, length, &value) == TOKUSAGE_OK && (value < 0 || value > TOKUSAGE_COUNT_MAX)) {
        broken();
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t length = 0; length <= PIECE; length++) {
            plain(beginnings[i], length);
        }
    }
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            digest_form(objects[i], digit);
        }
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        read_number(numbers[i]);
    }
    return 0;
}
