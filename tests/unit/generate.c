/* Random JSON documents and bodies; see generate.h. */
#include "generate.h"

#include <stdio.h>
#include <string.h>

typedef struct writing {
    char *text;
    size_t used, size;
} writing;

enum {
    ENOUGH = 1500, /* behind so many bytes, no member begins */
    LEVELS = 5,
    FREQUENT = 10 /* the first of the numbers, which most counts are */
};

/* What a name's value is. The last four are objects, each with a table of members. */
typedef enum kind {
    ANYTHING,
    COUNT,
    MODEL,
    TYPE,
    DONE,
    NOTHING, /* null */
    USAGE,
    DETAILS,
    HOLDER, /* of a usage object: "message" and the like */
    ROOT
} kind;

typedef struct member {
    const char *name;
    kind value;
} member;

/* Names next to each other mostly belong to one service. */
static const member usage_members[] = {
    {"prompt_tokens", COUNT},
    {"completion_tokens", COUNT},
    {"total_tokens", COUNT},
    {"prompt_tokens_details", DETAILS},
    {"completion_tokens_details", DETAILS},
    {"cached_tokens", COUNT},
    {"prompt_cache_hit_tokens", COUNT},
    {"reasoning_tokens", COUNT},
    {"num_cached_tokens", COUNT},
    {"prompt_token_details", DETAILS},
    {"prompt_tokens", COUNT},
    {"cache_read_input_tokens", COUNT},
    {"cache_creation_input_tokens", COUNT},
    {"input_tokens", COUNT},
    {"output_tokens", COUNT},
    {"output_tokens_details", DETAILS},
    {"input_tokens_details", DETAILS},
    {"total_tokens", COUNT},
    {"inputTokens", COUNT},
    {"outputTokens", COUNT},
    {"totalTokens", COUNT},
    {"cacheReadInputTokens", COUNT},
    {"cacheWriteInputTokens", COUNT},
    {"cache_read_input_tokens", COUNT},
    {"promptTokenCount", COUNT},
    {"candidatesTokenCount", COUNT},
    {"totalTokenCount", COUNT},
    {"thoughtsTokenCount", COUNT},
    {"cachedContentTokenCount", COUNT},
    {"toolUsePromptTokenCount", COUNT},
    {"responseTokenCount", COUNT},
    {"total_input_tokens", COUNT},
    {"total_output_tokens", COUNT},
    {"total_cached_tokens", COUNT},
    {"total_thought_tokens", COUNT},
    {"total_tool_use_tokens", COUNT},
    {"tokens", DETAILS},
    {"billed_units", DETAILS},
    {"prompt_eval_count", COUNT},
    {"eval_count", COUNT},
    {"Prompt_Tokens", COUNT},
    {"prompt_token", ANYTHING},
    {"total_tokens_", ANYTHING},
    {"usage", ANYTHING},
};

static const member details_members[] = {
    {"cached_tokens", COUNT},
    {"cache_write_tokens", COUNT},
    {"reasoning_tokens", COUNT},
    {"thinking_tokens", COUNT},
    {"input_tokens", COUNT},
    {"output_tokens", COUNT},
    {"cache_read_input_tokens", COUNT},
    {"cache_creation_input_tokens", COUNT},
    {"cache_creation_tokens", COUNT},
    {"audio_tokens", ANYTHING},
    {"prompt_tokens_details", DETAILS},
};

static const member holder_members[] = {
    {"usage", USAGE},
    {"model", MODEL},
    {"usage", USAGE},
    {"id", ANYTHING},
    {"usageMetadata", USAGE},
    {"model", MODEL},
    {"type", TYPE},
    {"\xF0\x9F\x98\x80", HOLDER},
    {"a", HOLDER},
    {"b", USAGE},
};

static const member root_members[] = {
    {"usage", USAGE},
    {"model", MODEL},
    {"type", TYPE},
    {"usage", NOTHING},
    {"message", HOLDER},
    {"usage", USAGE},
    {"response", HOLDER},
    {"type", TYPE},
    {"usageMetadata", USAGE},
    {"modelVersion", MODEL},
    {"usage", USAGE},
    {"done", DONE},
    {"prompt_eval_count", COUNT},
    {"eval_count", COUNT},
    {"model", MODEL},
    {"interaction", HOLDER},
    {"event_type", TYPE},
    {"delta", HOLDER},
    {"metadata", HOLDER},
    {"x_groq", HOLDER},
    {"a", HOLDER},
    {"usage", USAGE},
    {"b", HOLDER},
    {"", HOLDER},
};

typedef struct member_table {
    const member *list;
    size_t count;
} member_table;

static const member_table tables[] = {
    [USAGE] = {usage_members, LENGTH(usage_members)},
    [DETAILS] = {details_members, LENGTH(details_members)},
    [HOLDER] = {holder_members, LENGTH(holder_members)},
    [ROOT] = {root_members, LENGTH(root_members)},
};

static const char *const foreign_names[] = {
    "a",
    "b",
    "usages",
    "Usage",
    "usag",
    "usage\\u0000",
    "prompt_tokens\\u0000",
    "\\ud83dusage",
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

#define ZEROS_50 "00000000000000000000000000000000000000000000000000"

static const char *const numbers[] = {
    "0",
    "1",
    "12",
    "7",
    "5.0",
    "5e0",
    "50e-1",
    "0.5e1",
    "4096",
    "300",
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
    "1234567890123456789012345678901234567890123456789012345678901234",
    "5." ZEROS_50 ZEROS_50,
    "5" ZEROS_50 ZEROS_50 "E-100",
    "0." ZEROS_50 ZEROS_50 "7E+101",
    "5." ZEROS_50 ZEROS_50 "1",
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
    "data: {\\\"usage\\\":{\\\"prompt_tokens\\\":5}}",
};

static const char *const types[] = {
    "message_start",         "message_delta",       "message_delta",       "response.created", "response.completed",
    "response.incomplete",   "response.failed",     "response.complete",   "message-end",      "message-ends",
    "interaction.completed", "interaction.created", "message\\u005fdelta", "\\ud83d",
};

static const char *const spaces[] = {"", "", "", "", "", "", "", " ", "\n", "\r\n", "\t", "  "};

static const char *const usual_pointers[] = {"/usage", "/usage", "/usage", "", "/usageMetadata", "/message/usage"};

static const char *const pointers[] = {
    "/usage",
    "",
    "/usageMetadata",
    "/message/usage",
    "/response/usage",
    "/interaction/usage",
    "/delta/usage",
    "/response",
    "/a",
    "/a/usage",
    "/a/a/usage",
    "/usage/usage",
    "/usage/tokens",
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
    "/message/\xF0\x9F\x98\x80/usage",
};

/* A text as services send it, around a usage object. */
typedef struct frame {
    const char *head, *tail;
} frame;

static const frame frames[] = {
    {"{\"choices\":[],\"model\":\"gpt\",\"usage\":", "}"},
    {"{\"choices\":[{\"delta\":{\"content\":\"hi\"}}],\"usage\":", "}"},
    {"{\"type\":\"message_start\",\"message\":{\"model\":\"claude\",\"usage\":", "}}"},
    {"{\"type\":\"message_start\",\"message\":{\"usage\":", ",\"role\":\"assistant\"}}"},
    {"{\"type\":\"message_delta\",\"usage\":", "}"},
    {"{\"usage\":", ",\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null}}"},
    {"{\"type\":\"response.completed\",\"response\":{\"usage\":", ",\"model\":\"o3\"}}"},
    {"{\"event_type\":\"interaction.completed\",\"interaction\":{\"model\":\"g\",\"usage\":", "}}"},
    {"{\"usageMetadata\":", ",\"modelVersion\":\"gemini\"}"},
    {"{\"response\":{\"usageMetadata\":", "}}"},
    {"{\"delta\":{\"usage\":", "},\"type\":\"message-end\"}"},
    {"{\"metadata\":{\"usage\":", "}}"},
    {"{\"x_groq\":{\"id\":1,\"usage\":", "},\"model\":\"llama\"}"},
    {"{\"model\":\"ollama\",\"prompt_eval_count\":26,\"context\":", ",\"eval_count\":298,\"done\":true}"},
};

/* ----------------------------------------------------------------------------------------------- documents */

/* True once in so many calls. */
static bool seldom(size_t times) {
    return random_below(times) == 0;
}

static const char *any_of(const char *const *list, size_t count) {
    return list[random_below(count)];
}

static void write_bytes(writing *out, const char *bytes, size_t length) {
    assert_true(length <= out->size - out->used);
    memcpy(out->text + out->used, bytes, length);
    out->used += length;
}

static void write_text(writing *out, const char *text) {
    write_bytes(out, text, strlen(text));
}

static void space(writing *out) {
    write_text(out, any_of(spaces, LENGTH(spaces)));
}

static void quoted(writing *out, const char *text) {
    write_text(out, "\"");
    write_text(out, text);
    write_text(out, "\"");
}

/* Sometimes one of its letters is an escape. */
static void write_name(writing *out, const char *name) {
    const size_t length = strlen(name);
    const size_t at = length > 0 ? random_below(length) : 0;
    const unsigned char letter = (unsigned char)name[at];
    if (!seldom(16) || letter < 0x20 || letter >= 0x7F || strchr(name, '\\') != NULL) {
        quoted(out, name);
        return;
    }
    char escape[7];
    (void)snprintf(escape, sizeof escape, seldom(2) ? "\\u%04x" : "\\u%04X", letter);
    write_text(out, "\"");
    write_bytes(out, name, at);
    write_text(out, escape);
    write_text(out, name + at + 1);
    write_text(out, "\"");
}

static void scalar(writing *out) {
    switch (random_below(8)) {
    case 0:
        write_text(out, "null");
        break;
    case 1:
        write_text(out, seldom(2) ? "true" : "false");
        break;
    case 2:
        quoted(out, any_of(strings, LENGTH(strings)));
        break;
    default:
        write_text(out, any_of(numbers, LENGTH(numbers)));
        break;
    }
}

/* Mostly a small whole number, so that some objects of counts are good. */
static void write_count(writing *out) {
    write_text(out, seldom(12) ? "null" : any_of(numbers, seldom(4) ? LENGTH(numbers) : FREQUENT));
}

/* Sometimes of a length around the longest that counts. */
static void write_model(writing *out) {
    static const char *const names[] = {"gpt-4o", "claude", "g\\u0065mini", "m\\\"", "", "\xC3\xA9", "a/b:c"};
    if (!seldom(6)) {
        quoted(out, any_of(names, LENGTH(names)));
        return;
    }
    write_text(out, "\"");
    for (size_t length = 125 + random_below(5); length > 0; length--) {
        write_text(out, "x");
    }
    write_text(out, "\"");
}

static void write_end(writing *out) {
    static const char *const values[] = {"true", "true", "false", "\"true\"", "1", "null"};
    write_text(out, any_of(values, LENGTH(values)));
}

/* Both nest as deep as `levels` says. */
static void write_value(writing *out, kind what, size_t levels);
static void write_anything(writing *out, size_t levels);

static void write_member(writing *out, const member *in, size_t levels) {
    write_name(out, in->name);
    space(out);
    write_text(out, ":");
    space(out);
    write_value(out, in->value, levels);
}

/* The next name of the table (so none comes twice), or any name of it, or any name at all. */
static const member *next_member(const member_table *table, size_t turn) {
    static member foreign;
    if (seldom(8)) {
        foreign.name = any_of(foreign_names, LENGTH(foreign_names));
        foreign.value = seldom(3) ? USAGE : ANYTHING;
        return &foreign;
    }
    return &table->list[(seldom(12) ? random_below(table->count) : turn) % table->count];
}

static void write_object(writing *out, kind what, size_t levels) {
    const member_table *table = &tables[what];
    const size_t turn = random_below(table->count);
    const size_t elements = what == ROOT ? 1 + random_below(6) : random_below(6);
    write_text(out, "{");
    space(out);
    for (size_t i = 0; i < elements && out->used < ENOUGH; i++) {
        if (i > 0) {
            write_text(out, ",");
            space(out);
        }
        write_member(out, next_member(table, turn + i), levels - 1);
        space(out);
    }
    write_text(out, "}");
}

static void write_array(writing *out, kind what, size_t levels) {
    const size_t elements = random_below(5);
    write_text(out, "[");
    space(out);
    for (size_t i = 0; i < elements && out->used < ENOUGH; i++) {
        if (i > 0) {
            write_text(out, ",");
            space(out);
        }
        write_value(out, what, levels - 1);
        space(out);
    }
    write_text(out, "]");
}

static void write_anything(writing *out, size_t levels) {
    if (levels == 0 || seldom(2)) {
        scalar(out);
    } else if (seldom(3)) {
        write_array(out, ANYTHING, levels);
    } else {
        write_object(out, USAGE + (kind)random_below(4), levels);
    }
}

static void write_value(writing *out, kind what, size_t levels) {
    if (what == ANYTHING || levels == 0 || seldom(20)) {
        write_anything(out, levels);
        return;
    }
    switch (what) {
    case COUNT:
        write_count(out);
        break;
    case MODEL:
        write_model(out);
        break;
    case TYPE:
        quoted(out, any_of(types, LENGTH(types)));
        break;
    case DONE:
        write_end(out);
        break;
    case NOTHING:
        write_text(out, "null");
        break;
    default:
        write_object(out, what, levels);
        break;
    }
}

static void write_frame(writing *out) {
    const frame *in = &frames[random_below(LENGTH(frames))];
    write_text(out, in->head);
    space(out);
    if (seldom(6)) {
        write_text(out, "null");
    } else {
        write_value(out, USAGE, 2);
    }
    space(out);
    write_text(out, in->tail);
}

/* A text, or an element of an array of texts. */
static void write_document(writing *out) {
    switch (random_below(8)) {
    case 0:
        write_object(out, USAGE, LEVELS);
        break;
    case 1:
    case 2:
    case 3:
        write_frame(out);
        break;
    default:
        write_object(out, ROOT, LEVELS);
        break;
    }
}

static void write_documents(writing *out) {
    const size_t elements = random_below(4);
    write_text(out, "[");
    for (size_t i = 0; i < elements && out->used < ENOUGH; i++) {
        write_text(out, i > 0 ? "," : "");
        space(out);
        if (seldom(8)) {
            write_anything(out, 2);
        } else {
            write_document(out);
        }
        space(out);
    }
    write_text(out, "]");
}

size_t random_document(char *text) {
    writing out = {text, 0, DOCUMENT_SIZE - 16};
    const size_t form = random_below(20);
    space(&out);
    if (form == 0) {
        write_anything(&out, LEVELS);
    } else if (form < 4) {
        write_documents(&out);
    } else {
        write_document(&out);
    }
    space(&out);
    return out.used;
}

static char random_byte(void) {
    static const char frequent[] = "{}[]:,\"\\ 0123456789-+.eEutn\r\n\t";
    return seldom(3) ? (char)random_below(256) : frequent[random_below(sizeof frequent - 1)];
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
            length = seldom(4) ? at : length;
            break;
        }
    }
    return length;
}

const char *random_pointer(void) {
    return seldom(3) ? any_of(pointers, LENGTH(pointers)) : any_of(usual_pointers, LENGTH(usual_pointers));
}

/* -------------------------------------------------------------------------------------------------- bodies */

/* Behind so many bytes no text begins. The rest has room for a whole text with each byte on its own line. */
#define BODY_ENOUGH (RANDOM_BODY_SIZE / 4)

static const char *const line_ends[] = {"\n", "\r\n", "\r"};

/* One for the whole body, or any each time. */
static const char *line_end(const char *usual) {
    return usual != NULL ? usual : any_of(line_ends, LENGTH(line_ends));
}

/* A text, mostly good, often one that a service could send. */
static size_t some_text(char *text) {
    writing out = {text, 0, DOCUMENT_SIZE - 16};
    if (seldom(2)) {
        out.used = random_document(text);
    } else {
        write_frame(&out);
    }
    return seldom(12) ? random_damage(text, out.used) : out.used;
}

static void write_field(writing *out, const char *name, const char *value, const char *end) {
    write_text(out, name);
    write_text(out, seldom(4) ? ":" : ": ");
    write_text(out, value);
    write_text(out, line_end(end));
}

/* What an event may hold apart from its data. */
static void write_other_lines(writing *out, const char *end) {
    static const char *const names[] = {"", "event", "id", "retry", ": data", "Data", " data", "datas"};
    static const char *const values[] = {"message_delta", "[DONE]", "5", "", "{\"usage\":{\"prompt_tokens\":5}}",
                                         "ping"};
    for (size_t count = random_below(3); count > 0; count--) {
        const char *name = seldom(2) ? "event" : any_of(names, LENGTH(names));
        write_field(out, name, any_of(values, LENGTH(values)), end);
    }
}

/* A new line of data begins at each line end of the text, and sometimes behind a comma. */
static bool breaks(char byte, bool *drop) {
    *drop = byte == '\n' || byte == '\r';
    return *drop || (byte == ',' && seldom(40));
}

static void write_data(writing *out, const char *text, size_t length, const char *end) {
    write_text(out, seldom(4) ? "data:" : "data: ");
    for (size_t i = 0; i < length; i++) {
        bool drop = false;
        const bool next = breaks(text[i], &drop);
        write_bytes(out, text + i, drop ? 0 : 1);
        if (next) {
            write_text(out, line_end(end));
            write_text(out, seldom(4) ? "data:" : "data: ");
        }
    }
    write_text(out, line_end(end));
}

static void write_event(writing *out, const char *end) {
    static char text[DOCUMENT_SIZE];
    write_other_lines(out, end);
    write_data(out, text, some_text(text), end);
    if (seldom(12)) {
        write_other_lines(out, end);
    }
    write_text(out, seldom(20) ? "" : line_end(end));
}

/* [DONE], or what is nearly that. */
static void write_done(writing *out, const char *end) {
    static const char *const texts[] = {"[DONE]",  "[DONE]", "[DONE]",  "[DONE]",
                                        "[DONE] ", "[DONE",  " [DONE]", "[done]"};
    write_field(out, "data", any_of(texts, LENGTH(texts)), end);
    if (seldom(12)) {
        write_field(out, "data", "", end);
    }
    write_text(out, line_end(end));
}

static void write_events(writing *out) {
    const char *end = seldom(4) ? NULL : any_of(line_ends, LENGTH(line_ends));
    for (size_t count = random_below(5); count > 0 && out->used < BODY_ENOUGH; count--) {
        if (seldom(16)) {
            write_done(out, end);
        } else {
            write_event(out, end);
        }
    }
    if (!seldom(3)) {
        write_done(out, end);
    }
    if (seldom(4)) {
        write_event(out, end);
    }
}

static void write_texts(writing *out) {
    static const char *const between[] = {"\n", "\n", "\r\n", "", " ", "\n\n", "5\n", "true ", "0"};
    static char text[DOCUMENT_SIZE];
    for (size_t count = 1 + random_below(4); count > 0 && out->used < BODY_ENOUGH; count--) {
        write_bytes(out, text, some_text(text));
        write_text(out, any_of(between, LENGTH(between)));
    }
}

size_t random_body(char *bytes) {
    writing out = {bytes, 0, RANDOM_BODY_SIZE};
    write_text(&out, seldom(8) ? "\xEF\xBB\xBF" : "");
    if (seldom(3)) {
        write_texts(&out);
    } else {
        write_events(&out);
    }
    return seldom(8) ? random_below(out.used + 1) : out.used;
}
