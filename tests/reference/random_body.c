/* Random bodies; see random_body.h. */
#include "random_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "shorthand.h"

enum {
    ITEMS = 64, /* the most members with a meaning in a document */
    SEGMENT = 100
};

/* A value, and where it is to be: the rest of a path of names.tsv. */
typedef struct item {
    const char *path;
    const char *value;
} item;

static size_t (*source)(size_t limit) = random_below;

void use_source(size_t (*other)(size_t limit)) {
    source = other;
}

static size_t below(size_t limit) {
    return source(limit);
}

static bool one_in(size_t count) {
    return below(count) == 0;
}

static const char *any(const char *const *list, size_t count) {
    return list[below(count)];
}
#define ANY(list) any(list, LENGTH(list))

static const char *any_word(const char *words) {
    return word_in(words, below(words_in(words)));
}

/* ---- values */

static const char *random_number(void) {
    static const char *const likely[] = {"0", "1", "2", "3", "5", "7", "10", "12", "40", "100", "300", "4096"};
    static const char unlikely[] =
        "null null 5.0 5e0 50e-1 0.5e1 -0 -0.0 0e999999999999 9007199254740991 9007199254740991.0 "
        "4503599627370496 -1 -0.5 5.5 9007199254740990.5 9007199254740991.5 9007199254740992 1e400 1e-400 "
        "18446744073709551617 5.00000000000000000001 \"7\" true false {} [] [5] {\"a\":5} \"\"";
    static char longest[256];
    if (one_in(300)) {
        memset(longest, '0', sizeof longest);
        memcpy(longest, "5.", 2);
        longest[188 + below(5)] = '\0';
        return longest;
    }
    return one_in(45) ? any_word(unlikely) : ANY(likely);
}

/* A string with its quotes, valid until the next call but 15. */
static const char *random_string(void) {
    static char kept[16][400];
    static size_t next;
    static const char *const odd[] = {"",
                                      "usage",
                                      "\\\"usage\\\":{\\\"prompt_tokens\\\":5}",
                                      "{\\\"usage\\\":{",
                                      "\\\\",
                                      "\\\\\\\"",
                                      "\\u0000",
                                      "\\ud83d",
                                      "\\ude00x",
                                      "\\ud83d\\ude00",
                                      "\xF0\x9F\x98\x80",
                                      "\xFF",
                                      "[DONE]",
                                      "}{][,:",
                                      "data: {\\\"usage\\\":{}}",
                                      "error",
                                      "message_delta",
                                      ".done",
                                      "a\\nb"};
    static const char *const plain[] = {"m-1", "mod\\u0065l", "gpt-small", "id_7", "default", "flex", "claude/x"};
    char *out = kept[next++ % LENGTH(kept)];
    if (one_in(12)) {
        const size_t length = one_in(2) ? 29 + below(5) : one_in(2) ? 125 + below(5) : 185 + below(12);
        memset(out, 'x', length + 2);
        out[0] = out[length + 1] = '"';
        out[length + 2] = '\0';
    } else {
        (void)snprintf(out, sizeof kept[0], "\"%s\"", one_in(3) ? ANY(odd) : ANY(plain));
    }
    return out;
}

static const char *random_value(void) {
    static const char others[] =
        "null true false {} [] [1,2] 5 \"\" [[]] {\"a\":{\"b\":[]}} {\"usage\":{\"prompt_tokens\":9}}";
    return one_in(2) ? random_string() : one_in(3) ? random_number() : any_word(others);
}

/* ---- documents */

static void add_space(builder *to) {
    static const char *const spaces[] = {" ", "  ", "\t", "\n", "\r\n", " \n "};
    if (one_in(25)) {
        add(to, 1, ANY(spaces));
    }
}

static void add_name(builder *to, const char *name, size_t length) {
    const bool escapes = one_in(30), another = one_in(200);
    add(to, 1, "\"");
    for (size_t i = 0; i < length; i++) {
        if (escapes && one_in(4)) {
            add_format(to, "\\u00%02x", (unsigned char)name[i]);
        } else {
            const char letter = (char)(another && one_in(6) ? name[i] ^ 0x20 : name[i]);
            add_bytes(to, &letter, 1);
        }
    }
    add(to, 1, "\"");
    add_space(to);
    add(to, 1, ":");
    add_space(to);
}

static void add_noise(builder *to) {
    static const char *const names[] = {"object", "created", "choices_", "logprobs", "Usage", "usages", "", "tool"};
    const char *name = ANY(names);
    add_name(to, name, strlen(name));
    add(to, 1, random_value());
}

static void add_object(builder *to, item *items, size_t count);

/* An element of list[tag=word]/number. The path begins at the tag. */
static void add_element(builder *to, const char *path, const char *value) {
    const int tag = (int)strcspn(path, "="), word = (int)strcspn(path + tag + 1, "]");
    const char *number = path + tag + word + 3;
    char said[SEGMENT];
    (void)snprintf(said, sizeof said, "%.*s", word, path + tag + 1);
    for (size_t i = 0; strncmp(path, "modality=", 9) == 0 && said[i] != '\0' && one_in(2); i++) {
        said[i] = (char)(said[i] - 'a' + 'A');
    }
    if (one_in(12)) {
        (void)snprintf(said, sizeof said, "TEXT");
    }
    add(to, 1, "{");
    if (one_in(2)) {
        add_format(to, "\"%.*s\":\"%s\",\"%s\":%s", tag, path, said, number, value);
    } else {
        add_format(to, "\"%s\":%s,\"%.*s\":\"%s\"", number, value, tag, path, said);
    }
    if (one_in(40)) {
        add_format(to, ",\"%s\":%s", number, random_number());
    }
    if (one_in(40)) {
        add_format(to, ",\"%.*s\":%s", tag, path, random_value());
    }
    add(to, 1, "}");
}

/* The elements of an array: documents, choices, candidates. Each has some of the items. */
static void add_elements(builder *to, item *items, size_t count) {
    for (size_t used = 0, first = 1; used < count || first; first = 0) {
        const size_t now = count - used > 0 ? 1 + below(count - used) : 0;
        if (!first || one_in(6)) {
            add(to, 1, first ? "{}," : ",");
        }
        add_object(to, items + used, now);
        used += now;
    }
    if (one_in(10)) {
        add(to, 1, ",");
        add(to, 1, random_value());
    }
}

/* A value for which all of the items have the same name, of this length. */
static void add_member(builder *to, item *items, size_t count, size_t length) {
    const char after = items->path[length];
    for (size_t i = 0; i < count; i++) {
        items[i].path += length + (items[i].path[length] != '\0');
    }
    if (after == '\0') {
        add(to, 1, items->value);
    } else if (after == '[') {
        add(to, 1, "[");
        for (size_t i = 0; i < count; i++) {
            add(to, 1, i > 0 ? "," : one_in(20) ? "7,[],{}," : "");
            add_element(to, items[i].path, items[i].value);
        }
        add(to, 1, "]");
    } else if (strncmp(items->path, "N/", 2) == 0) {
        for (size_t i = 0; i < count; i++) {
            items[i].path += strncmp(items[i].path, "N/", 2) == 0 ? 2 : 0;
        }
        add(to, 1, "[");
        add_elements(to, items, count);
        add(to, 1, "]");
    } else {
        add_object(to, items, count);
    }
}

/* Moves the items that have the same name as the first, and go on in the same way, to the front. Returns how many. */
static size_t gather(item *items, size_t count, size_t length) {
    size_t same = 1;
    for (size_t i = 1; i < count; i++) {
        if (strncmp(items[i].path, items->path, length + 1) == 0 && items->path[length] != '\0' && !one_in(60)) {
            const item moved = items[i];
            items[i] = items[same];
            items[same++] = moved;
        }
    }
    return same;
}

static void add_object(builder *to, item *items, size_t count) {
    add(to, 1, "{");
    add_space(to);
    bool comma = false;
    for (size_t used = 0; used < count || (!comma && one_in(3));) {
        if (comma) {
            add(to, 1, ",");
            add_space(to);
        }
        comma = true;
        if (used == count || one_in(12)) {
            add_noise(to);
            continue;
        }
        const size_t length = strcspn(items[used].path, "/[");
        const size_t same = gather(items + used, count - used, length);
        add_name(to, items[used].path, length);
        add_member(to, items + used, same, length);
        used += same;
    }
    add_space(to);
    add(to, 1, "}");
}

/* ---- documents */

typedef struct list {
    item items[ITEMS];
    size_t count;
    char text[ITEMS][SEGMENT * 2];
} list;

static const name_row *random_row(const char *kind) {
    size_t count = 0;
    const name_row *rows = rows_of(kind, &count);
    return &rows[below(count)];
}

/* Adds an item at prefix + path. */
static void put(list *to, const char *prefix, const char *path, const char *value) {
    if (to->count < ITEMS) {
        char *text = to->text[to->count];
        (void)snprintf(text, sizeof to->text[0], "%s%s", prefix, path);
        to->items[to->count++] = (item){text + (*text == '/'), value};
    }
}

static bool has(const list *in, const char *path) {
    for (size_t i = 0; i < in->count; i++) {
        if (strcmp(in->text[i], path) == 0) {
            return true;
        }
    }
    return false;
}

/* The counts of one usage object. Names next to each other in spelling mostly belong to one service. */
static void put_counts(list *to, const char *prefix, const char *where) {
    const bool camel = one_in(2), mixed = one_in(6);
    char path[SEGMENT * 2];
    for (size_t left = 1 + below(9), tries = 200; left > 0 && tries > 0; tries--) {
        const name_row *row = random_row("count");
        (void)snprintf(path, sizeof path, "%s/%s", prefix, row->path);
        if ((mixed || (strchr(row->path, '_') == NULL) == camel || one_in(9)) && row_is_in(row, where) &&
            (!has(to, path) || one_in(30))) {
            put(to, "", path, random_number());
            left--;
        }
    }
}

static void put_usage(list *to, const char *prefix) {
    const name_row *row = random_row("usage");
    while (one_in(2) && (row->order > 3 || row->path == NULL)) {
        row = random_row("usage");
    }
    char path[SEGMENT * 2];
    (void)snprintf(path, sizeof path, "%s%s", prefix, row->path != NULL ? row->path : "");
    if (one_in(12) && row->path != NULL) {
        put(to, path, "", random_value());
    } else {
        put_counts(to, path, row->field);
    }
}

/* An end, the place where a response may end, or an error. */
static void put_word(list *to, const char *prefix, const char *kind) {
    static char words[8][SEGMENT];
    static size_t next;
    const name_row *row = random_row(kind);
    const size_t length = strcspn(row->path, "=");
    const char *word = row->path + length + (row->path[length] == '=');
    char path[SEGMENT], *text = words[next++ % LENGTH(words)];
    (void)snprintf(path, sizeof path, "%.*s", (int)length, row->path);
    (void)snprintf(text, SEGMENT, strcmp(word, "true") == 0 ? "%s%s" : "\"%s%s\"",
                   strcmp(row->how, "ends_in") == 0 ? "response" : "", word);
    put(to, prefix, path, row->path[length] == '\0' || one_in(8) ? random_value() : text);
}

static void put_document(list *to, const char *prefix) {
    to->count = 0;
    for (size_t i = one_in(5) ? 0 : one_in(8) ? 2 : 1; i > 0; i--) {
        put_usage(to, prefix);
    }
    if (one_in(8)) {
        put_counts(to, prefix, one_in(2) ? "root" : "usage");
    }
    for (size_t i = below(4); i > 0; i--) {
        put(to, prefix, random_row("label")->path, random_string());
    }
    static const char *const kinds[] = {"end", "end", "end", "may_end", "error"};
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        if (one_in(i < 4 ? 6 : 20)) {
            put_word(to, prefix, kinds[i]);
        }
    }
}

static void shuffle(list *in) {
    for (size_t i = in->count; i > 1; i--) {
        const size_t j = below(i);
        const item moved = in->items[i - 1];
        in->items[i - 1] = in->items[j];
        in->items[j] = moved;
    }
}

static void add_list(builder *to, list *in) {
    shuffle(in);
    add_object(to, in->items, in->count);
}

const char *random_pointer(void) {
    static const char *const pointers[] = {
        "",          "/usage",         "/a", "/a/b",  "/response", "/message/usage", "/usage/prompt_tokens_details",
        "/m~1n~0/o", "/usageMetadata", "/",  "/model"};
    return one_in(6) ? ANY(pointers) : NULL;
}

void add_random_document(builder *to, const char *pointer) {
    static list in;
    if (one_in(50)) {
        add(to, 1, random_value());
        return;
    }
    put_document(&in,
                 pointer != NULL && strchr(pointer, '~') == NULL && strlen(pointer) > 1 && !one_in(4) ? pointer : "");
    add_list(to, &in);
}

/* ---- damage */

static void replace(builder *in, size_t at, size_t length, span with) {
    builder out = {NULL, 0, 0};
    add_bytes(&out, in->bytes, at);
    add_bytes(&out, with.bytes, with.length);
    add_bytes(&out, in->bytes + at + length, in->length - at - length);
    free(in->bytes);
    *in = out;
}

void damage(builder *in) {
    static const char likely[] = "\"{}[]:,\\/ \n\r0159.-eutnl=\x0B\x0E\x10\x19\x05\x7F\xAE";
    static const char *const words[] = {"\n",
                                        "\n\n",
                                        "\r\n",
                                        "\r",
                                        "data: ",
                                        "data:",
                                        "data",
                                        ": c\n",
                                        ",",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        "[D",
                                        "[DONE]",
                                        "data: [DONE]\n\n",
                                        "null",
                                        "5",
                                        "\xEF\xBB\xBF",
                                        "\\u",
                                        "{}",
                                        "\"usage\":{\"prompt_tokens\":3},",
                                        "\"error\":true,",
                                        "{\"usage\":"};
    const size_t at = in->length > 0 ? below(in->length) : 0, left = in->length - at;
    const char byte = likely[below(sizeof likely - 1)];
    switch (below(5)) {
    case 0:
        in->length = at;
        break;
    case 1:
        replace(in, at, left > 0 ? 1 : 0, (span){&byte, 1});
        break;
    case 2:
        replace(in, at, left < 3 ? left : below(4), (span){&byte, 0});
        break;
    case 3:
        replace(in, at, 0, span_of(ANY(words)));
        break;
    default: {
        const size_t from = in->length > 0 ? below(in->length) : 0;
        const size_t most = in->length - from < 60 ? in->length - from : 60;
        char copy[60];
        memcpy(copy, in->bytes + from, most);
        replace(in, at, 0, (span){copy, most});
    }
    }
}

/* ---- frames */

void frame_payload(builder *to, span payload, bool base64) {
    builder inner = {NULL, 0, 0};
    if (base64) {
        add(&inner, 1, "{\"bytes\":\"");
        add_base64(&inner, payload);
        for (const bool padded = !one_in(4); !padded && inner.bytes[inner.length - 1] == '=';) {
            inner.length--;
        }
        add(&inner, 1, "\",\"p\":\"abcd\"}");
    } else {
        add_bytes(&inner, payload.bytes, payload.length);
    }
    if (one_in(30)) {
        damage(&inner);
    }
    add_raw_frame(to, line_of("%*s", one_in(3) ? 0 : (int)below(60), ""), built(&inner));
    free(inner.bytes);
}

/* ---- bodies */

/* Adds the documents of one response: some that replace each other, or Anthropic's, which override. */
static void add_next(builder *to, const char *pointer, size_t number, bool message) {
    static list in;
    if (!message || one_in(20)) {
        add_random_document(to, pointer);
        return;
    }
    const char *prefix = pointer != NULL && strcmp(pointer, "/a") == 0 ? "/a" : "";
    char path[SEGMENT];
    in.count = 0;
    (void)snprintf(path, sizeof path, "%s%s", prefix,
                   number == 0 ? "/message/usage"
                   : one_in(9) ? "/delta/usage"
                               : "/usage");
    put_counts(&in, path, "usage");
    put(&in, prefix, number == 0 ? "/message/model" : "/id", "\"claude\"");
    put(&in, prefix, "/type", number == 0 ? "\"message_start\"" : one_in(2) ? "\"message_delta\"" : "\"ping\"");
    add_list(to, &in);
}

/* An event, with all that events may hold. */
static void add_event(builder *to, const char *end, span data) {
    static const char *const lines[] = {
        "event: message_delta", ": comment", "id: 7", "retry: 10", "datas: {", "data", ""};
    while (one_in(5)) {
        add(to, 1, ANY(lines));
        add(to, 1, end);
    }
    add(to, 1, one_in(6) ? "data:" : "data: ");
    for (size_t i = 0; i < data.length; i++) {
        const char c = data.bytes[i];
        if (c == '\n' || c == '\r' || (c == ',' && one_in(400))) {
            add_bytes(to, &c, c == ',' ? 1 : 0);
            add(to, 1, end);
            add(to, 1, "data: ");
        } else {
            add_bytes(to, &c, 1);
        }
    }
    add(to, one_in(100) ? 1 : 2, end);
}

/* Events without a usage, some of which nearly have one. */
static void add_chatter(builder *to) {
    static const char *const chatter[] = {
        "data: {\"choices\":[{\"delta\":{\"content\":\"Two birds\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\" on the roof\"}}],\"usage\":null}\r\n\r\n",
        "data: {\"choices\":[],\"model\":\"parrot\", \"usage\" : null }\n\n",
        "data:{\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":{ \\u00e9 [D\"}}]}\n\n",
        "event: ping\ndata: {\"type\":\"ping\",\"usages\":{}}\n\n",
        "data: {\"tool\":\"\\u0075sage\",\"choices\":[[{}],{\"usage\":7}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"an \\\"error\\\"\"}}],\"error\":null}\n\n",
        ": keep-alive\n\n"};
    for (size_t left = below(12); left > 0; left--) {
        add(to, 1, ANY(chatter));
    }
}

static void add_events(builder *to, const char *pointer, bool message) {
    static const char *const ends[] = {"\n", "\n", "\r\n", "\r"};
    const char *end = ANY(ends);
    for (size_t i = 0, count = 1 + below(6); i < count; i++) {
        builder data = {NULL, 0, 0};
        if (one_in(3)) {
            add_chatter(to);
        }
        add_next(&data, pointer, i, message);
        if (one_in(25)) {
            add_next(&data, pointer, i, message);
        }
        if (one_in(25)) {
            add(&data, 1, one_in(2) ? "[DONE]" : one_in(2) ? " [DONE" : "x");
        }
        if (one_in(25)) {
            damage(&data);
        }
        add_event(to, end, built(&data));
        free(data.bytes);
    }
    add(to, one_in(3), "data: [DONE]\n\n");
    add(to, one_in(8), "data: {\"usage\":{\"prompt_tokens\":77}}\n\n");
}

static void add_frames(builder *to, const char *pointer, bool message) {
    for (size_t i = 0, count = 1 + below(4); i < count; i++) {
        builder data = {NULL, 0, 0};
        add_next(&data, pointer, i, message);
        if (one_in(15)) {
            damage(&data);
        }
        frame_payload(to, built(&data), one_in(2));
        free(data.bytes);
    }
}

static void add_documents(builder *to, const char *pointer, bool message) {
    static const char *const betweens[] = {"\n", "\n", "\n", "\r\n", " ", ""};
    const bool array = one_in(4);
    add(to, array, "[");
    for (size_t i = 0, count = one_in(2) ? 1 : 1 + below(4); i < count; i++) {
        add(to, i > 0, array ? "," : ANY(betweens));
        add_next(to, pointer, i, message);
    }
    add(to, array, "]");
}

void add_random_body(builder *to, const char *pointer) {
    static void (*const ways[])(builder *, const char *, bool) = {add_documents, add_documents, add_events,
                                                                  add_events,    add_events,    add_frames};
    static const char *const leads[] = {"\xEF\xBB\xBF", "\n", "\xEF\xBB\xBF \r\n", " "};
    if (one_in(12)) {
        add(to, 1, ANY(leads));
    }
    ways[below(LENGTH(ways))](to, pointer, one_in(5));
    for (size_t changes = one_in(2) ? 0 : below(3); changes > 0; changes--) {
        damage(to);
    }
}
