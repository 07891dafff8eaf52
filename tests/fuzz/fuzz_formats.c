/*
 * Bodies that the input puts together out of the library's own table: its names in the objects where they stand and in
 * others, at the places and beside them, once and twice, with good values and wrong ones, as arrays, events and plain
 * texts, cut off somewhere. What a stream and what extract say must be what the slow reference says, whose table is its
 * own.
 */
#include "fuzz.h"

#include "bodies.h"
#include "members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 1 << 13,
    BODY_MAX = 1 << 15,
    LEVELS = 5,
    MEMBERS = 9,       /* in one object, at most one fewer */
    TEXT_ENOUGH = 3000 /* after which no member is begun; in a body no text */
};

typedef struct writing {
    char *bytes;
    size_t used, size;
} writing;

static void write_bytes(writing *out, const char *bytes, size_t length) {
    assert_true(length <= out->size - out->used);
    memcpy(out->bytes + out->used, bytes, length);
    out->used += length;
}

static void write_text(writing *out, const char *text) {
    write_bytes(out, text, strlen(text));
}

/* Writes one of the texts. */
#define WRITE_ANY(out, in, list) write_text((out), (list)[next_byte(in) % LENGTH(list)])

/* ---- values */

static const char *const good_counts[] = {
    "5", "7", "12", "0", "1", "290", "2", "5.0", "5e0", "3", "50e-1", "4096", "-0", "0e9", "9007199254740991", "11",
};

static const char *const wrong_counts[] = {
    "9007199254740992",
    "9007199254740991.5",
    "1e400",
    "-1",
    "1.5",
    "0.99999999999999999999",
    "1e-400",
    "\"5\"",
    "\"\"",
    "true",
    "false",
    "[]",
    "[5]",
    "{}",
    "{\"total_tokens\":5}",
    "null",
    "900719925474099100000000000000000000000000000000000000000000000000000000e-56",
    "18446744073709551621",
};

/* What makes a text no JSON. */
static const char *const malformed[] = {
    "01", "1.", "-", "+1", "tru", "nulL", "\"\\x\"", "\"\n\"", "\"", "5 5", "'5'", "", ",", "}", "]", "NaN", "\x01",
};

static const char *const models[] = {
    "\"gpt\"", "\"claude\"", "\"m\\u0031\"", "\"\"", "\"\\\"\"", "\"\xC3\xA9\"", "null", "5", "{\"model\":\"n\"}", "[]",
};

static const char *const types[] = {
    "\"message_delta\"",
    "\"response.completed\"",
    "\"response.incomplete\"",
    "\"response.failed\"",
    "\"interaction.completed\"",
    "\"message-end\"",
    "\"message_start\"",
    "\"response.complete\"",
    "\"message\\u005fdelta\"",
    "\"message-end \"",
    "null",
    "true",
};

static const char *const ends[] = {"true", "true", "false", "\"true\"", "1", "null", "{}"};

static const char *const other_names[] = {
    "id", "choices", "usag", "usages", "Usage", "prompt_tokens_", "a", "", "usage\\u0000", "\\ud83d", "\xFF", "b",
};

static void write_model(writing *out, input *in) {
    const uint8_t what = next_byte(in);
    if (what < 240) {
        write_text(out, models[what % LENGTH(models)]);
        return;
    }
    /* About as long as the longest that counts. */
    write_text(out, "\"");
    for (size_t length = 120 + what % 16U; length > 0; length--) {
        write_text(out, "x");
    }
    write_text(out, "\"");
}

static void write_count(writing *out, input *in) {
    if (next_byte(in) < 224) {
        WRITE_ANY(out, in, good_counts);
    } else {
        WRITE_ANY(out, in, wrong_counts);
    }
}

/* ---- objects */

/* The row of the table that the byte says, among those of the node's members; of all rows where the node has none. */
static const tokusage_name *row_of(tokusage_node node, uint8_t which) {
    const tokusage_name *rows[TOKUSAGE_KEYS];
    size_t count = 0;
    for (size_t i = 0; i < TOKUSAGE_KEYS; i++) {
        if (tokusage_names[i].node == node) {
            rows[count++] = &tokusage_names[i];
        }
    }
    return count > 0 ? rows[which % count] : &tokusage_names[which % TOKUSAGE_KEYS];
}

/* With one of its letters as an escape, if `how` is large. */
static void write_name(writing *out, const char *name, uint8_t how) {
    const size_t length = strlen(name);
    write_text(out, "\"");
    if (how >= 236 && length > 0) {
        const size_t at = how % length;
        char escape[8];
        (void)snprintf(escape, sizeof escape, how % 2 == 0 ? "\\u%04x" : "\\u%04X", (unsigned char)name[at]);
        write_bytes(out, name, at);
        write_text(out, escape);
        name += at + 1;
    }
    write_text(out, name);
    write_text(out, "\"");
}

static void write_space(writing *out, uint8_t how) {
    static const char *const spaces[] = {"", "", "", "", "", " ", "\n", "\t\r\n"};
    write_text(out, spaces[how % LENGTH(spaces)]);
}

static void write_object(writing *out, input *in, tokusage_node node, unsigned levels);

/* What no row asks for: of any kind, also an object or an array of objects that has names of any node. */
static void write_other(writing *out, input *in, unsigned levels) {
    const uint8_t what = next_byte(in);
    const tokusage_node node = (tokusage_node)(what % (NODE_TOKENS + 1U));
    if (what < 96) {
        WRITE_ANY(out, in, wrong_counts);
    } else if (what < 192) {
        write_object(out, in, node, levels);
    } else if (what < 248) {
        write_text(out, "[");
        write_object(out, in, node, levels);
        write_text(out, what % 2 == 0 ? "]" : ",5]");
    } else {
        WRITE_ANY(out, in, malformed);
    }
}

/* What stands at such a name, mostly. */
static void write_value_of(writing *out, input *in, const tokusage_name *row, unsigned levels) {
    switch ((tokusage_role)row->role) {
    case ROLE_COUNT:
        write_count(out, in);
        break;
    case ROLE_OBJECT:
        write_object(out, in, (tokusage_node)row->target, levels);
        break;
    case ROLE_PLACE:
        write_object(out, in, NODE_USAGE, levels);
        break;
    case ROLE_MODEL:
        write_model(out, in);
        break;
    case ROLE_TYPE:
        WRITE_ANY(out, in, types);
        break;
    default:
        WRITE_ANY(out, in, ends);
        break;
    }
}

static void write_value(writing *out, input *in, const tokusage_name *row, unsigned levels) {
    const uint8_t what = next_byte(in);
    if (what < 208 && row != NULL) {
        write_value_of(out, in, row, levels);
    } else if (what < 232) {
        write_text(out, "null");
    } else {
        write_other(out, in, levels);
    }
}

static void write_member(writing *out, input *in, tokusage_node node, unsigned levels) {
    const uint8_t which = next_byte(in);
    const uint8_t how = next_byte(in);
    const tokusage_name *row = NULL;
    const char *name = other_names[which % LENGTH(other_names)];
    if (which < 224) {
        row = row_of(node, which);
    } else if (which < 244) {
        row = row_of(NODE_NONE, next_byte(in)); /* of any node */
    }
    write_name(out, row != NULL ? row->text : name, how);
    write_space(out, how);
    write_text(out, ":");
    write_space(out, how / 8);
    write_value(out, in, row, levels);
    write_space(out, how / 16);
}

static void write_object(writing *out, input *in, tokusage_node node, unsigned levels) {
    const uint8_t what = next_byte(in);
    const size_t count = levels > 0 ? what % MEMBERS : 0;
    write_text(out, "{");
    for (size_t i = 0; i < count && out->used < TEXT_ENOUGH; i++) {
        write_text(out, i > 0 ? "," : "");
        const size_t begin = out->used;
        write_member(out, in, node, levels - 1);
        /* The same once more, word for word. */
        if (what >= 240 && i == what % count) {
            const size_t length = out->used - begin;
            write_text(out, ",");
            write_bytes(out, out->bytes + begin, length < 500 ? length : 0);
        }
    }
    write_text(out, "}");
}

/* ---- texts */

static void write_element(writing *out, input *in, uint8_t what) {
    if (what % 16 == 15) {
        write_other(out, in, LEVELS);
    } else {
        write_object(out, in, what % 16 == 14 ? NODE_USAGE : NODE_ROOT, LEVELS);
    }
}

static void write_array(writing *out, input *in, uint8_t what) {
    write_text(out, "[");
    for (size_t i = 0; i < what / 16U % 4; i++) {
        write_text(out, i > 0 ? "," : "");
        write_element(out, in, next_byte(in));
    }
    write_text(out, "]");
}

static void write_json(writing *out, input *in) {
    const uint8_t what = next_byte(in);
    write_text(out, what == 255 ? "\xEF\xBB\xBF" : "");
    write_space(out, what / 2);
    if (what % 4 == 3) {
        write_array(out, in, what);
    } else {
        write_element(out, in, next_byte(in));
    }
    write_space(out, what / 4);
}

/* What extract says of it, whole and cut off. */
static void expect_text(const char *pointer, const char *text, size_t length, size_t cut) {
    verdict want = reference_extract(pointer, text, length);
    expect_extract("extract", pointer, text, length, &want);
    want = reference_extract("", text, length);
    expect_extract("decode", "", text, length, &want);
    if (cut < length) {
        want = reference_extract(pointer, text, cut);
        expect_extract("extract of what is cut off", pointer, text, cut, &want);
    }
}

/* ---- bodies */

static const char *const line_ends[] = {"\n", "\r\n", "\r"};

/* Behind each comma that the byte says another line of data begins; where the text has a line end, too. */
static void write_data(writing *out, const writing *text, uint8_t how, const char *end) {
    size_t commas = 0;
    write_text(out, how % 2 == 0 ? "data: " : "data:");
    for (size_t i = 0; i < text->used; i++) {
        const char byte = text->bytes[i];
        const bool line_end = byte == '\n' || byte == '\r';
        commas += byte == ',';
        write_bytes(out, &byte, line_end ? 0 : 1);
        if (line_end || (byte == ',' && how >= 224 && commas == how % 8U)) {
            write_text(out, end);
            write_text(out, "data: ");
        }
    }
    write_text(out, end);
}

static void write_event(writing *out, const writing *text, uint8_t how) {
    static const char *const befores[] = {
        "",       "",   "",        "", "event: message_delta\n", ": comment\r\n", "id: 5\n", "data: [DONE]\n\n",
        "data\n", "\n", "data:\n",
    };
    static const char *const behinds[] = {"", "", "", "", "", "data: \n", "data: x\n", "event: x\r\n", "id\n"};
    const char *const end = line_ends[how % LENGTH(line_ends)];
    write_text(out, befores[how / 3 % LENGTH(befores)]);
    write_data(out, text, how, end);
    write_text(out, behinds[how / 5 % LENGTH(behinds)]);
    write_text(out, how == 251 ? "" : end);
}

static void write_line(writing *out, const writing *text, uint8_t how) {
    static const char *const between[] = {"\n", "\n", "\n", "\r\n", "", " ", "\n\n5\n", "true ", "0"};
    write_bytes(out, text->bytes, text->used);
    write_text(out, between[how % LENGTH(between)]);
}

static void write_body(writing *out, input *in, const char *pointer, bool events) {
    static char room[TEXT_MAX];
    while (in->left > 0 && out->used < TEXT_ENOUGH) {
        writing text = {room, 0, sizeof room};
        const uint8_t how = next_byte(in);
        write_json(&text, in);
        expect_text(pointer, text.bytes, text.used, how * text.used / 256);
        if (events) {
            write_event(out, &text, how);
        } else {
            write_line(out, &text, how);
        }
    }
}

static size_t next_length(uint32_t *dice, size_t left) {
    *dice = *dice * 1664525U + 1013904223U;
    const uint32_t roll = *dice >> 16;
    const size_t length = roll % 4 == 0 ? 1 + roll / 4 % 300 : 1 + roll / 4 % 30;
    return length < left ? length : left;
}

static void expect_in_pieces(const char *pointer, const char *bytes, size_t length, uint32_t dice, const answer *want) {
    tokusage_stream stream;
    size_t taken = 0;
    bool open = true;
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    for (size_t at = 0; open && at < length;) {
        const size_t piece_length = next_length(&dice, length - at);
        char *const piece = exact_copy(bytes + at, piece_length);
        const size_t now = tokusage_stream_feed(&stream, piece, piece_length);
        free(piece);
        open = now == piece_length;
        taken += now;
        at += piece_length;
    }
    expect_answer("in pieces", &stream, want);
    expect_taken("in pieces", taken, length, want);
}

static const char *next_pointer(input *in) {
    static const char *const pointers[] = {
        "",
        "/usage",
        "/message/usage",
        "/response/usage",
        "/usageMetadata",
        "/usage/prompt_tokens_details",
        "/message",
        "/delta/usage",
        "/usage/usage",
        "/a",
        "/",
    };
    const uint8_t which = next_byte(in);
    return which < 160 ? NULL : pointers[which % LENGTH(pointers)];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char room[BODY_MAX];
    input in = {.at = data, .left = size};
    writing whole = {room, 0, sizeof room};
    const char *const pointer = next_pointer(&in);
    const uint8_t kind = next_byte(&in);
    const uint32_t dice = next_byte(&in);
    const size_t cut = next_byte(&in);
    write_body(&whole, &in, pointer, kind % 2 == 0);
    if (kind >= 192) {
        write_text(&whole, kind >= 248 ? "data: [DONE] \n\n" : "data: [DONE]\n\n");
    }

    const size_t length = cut >= 128 ? cut * whole.used / 256 : whole.used;
    const answer want = reference_stream(pointer, whole.bytes, length);
    tokusage_stream stream;
    const size_t taken = feed_at_once(&stream, pointer, whole.bytes, length);
    expect_answer("at once", &stream, &want);
    expect_taken("at once", taken, length, &want);
    expect_in_pieces(pointer, whole.bytes, length, dice, &want);
    return 0;
}
