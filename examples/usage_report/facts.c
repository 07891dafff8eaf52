/*
 * What a text tells beside its usage: one walk over the members at its root.
 */
#include "facts.h"
#include "ids.h"
#include "moment.h"

#include <string.h>

/* ---- of one text */

/* What is looked for at the root, and where it goes. */
typedef struct seen {
    facts facts;
    slice message, response, interaction, version;
} seen;

static const struct {
    const char *name;
    size_t member;
} members[] = {
    {"\"id\"", offsetof(seen, facts.id)},
    {"\"object\"", offsetof(seen, facts.object)},
    {"\"model\"", offsetof(seen, facts.model)},
    {"\"type\"", offsetof(seen, facts.type)},
    {"\"event_type\"", offsetof(seen, facts.type)},
    {"\"error\"", offsetof(seen, facts.error)},
    {"\"done\"", offsetof(seen, facts.done)},
    {"\"message\"", offsetof(seen, message)},
    {"\"response\"", offsetof(seen, response)},
    {"\"interaction\"", offsetof(seen, interaction)},
    {"\"responseId\"", offsetof(seen, facts.response_id)},
    {"\"modelVersion\"", offsetof(seen, version)},
    {"\"messageStart\"", offsetof(seen, facts.start)},
    {"\"contentBlockStart\"", offsetof(seen, facts.part)},
    {"\"contentBlockDelta\"", offsetof(seen, facts.part)},
    {"\"contentBlockStop\"", offsetof(seen, facts.part)},
    {"\"messageStop\"", offsetof(seen, facts.part)},
    {"\"metadata\"", offsetof(seen, facts.metadata)},
};

static void take_member(seen *to, slice name, slice value) {
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (slice_is(name, members[i].name)) {
            slice *const place = (slice *)(void *)((char *)to + members[i].member);
            *place = place->bytes || slice_is(value, "null") ? *place : value;
            return;
        }
    }
}

/* The first string that is not empty; its quotes stay. */
static slice first_string(const slice *of, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (of[i].bytes && of[i].length > 2 && *of[i].bytes == '"') {
            return of[i];
        }
    }
    return (slice){NULL, 0};
}

static slice find_in(slice object, const char *pointer) {
    return object.bytes ? json_find(object, pointer) : (slice){NULL, 0};
}

facts facts_of(slice whole) {
    seen at = {.message = {NULL, 0}};
    facts *const found = &at.facts;
    slice inside = json_inside(whole);
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    while (json_next(&inside, &name, &value)) {
        take_member(&at, name, value);
        if (found->id.bytes && found->model.bytes && (found->object.bytes || found->type.bytes)) {
            return *found;
        }
    }
    const slice found_ids[] = {found->id, find_in(at.message, "/id"), find_in(at.response, "/id"), found->response_id,
                               find_in(at.interaction, "/id")};
    const slice models[] = {found->model, find_in(at.message, "/model"), find_in(at.response, "/model"), at.version,
                            find_in(at.interaction, "/model")};
    found->id = first_string(found_ids, sizeof found_ids / sizeof *found_ids);
    found->model = first_string(models, sizeof models / sizeof *models);
    return *found;
}

static bool begins(slice string, const char *const *words, size_t count) {
    for (size_t i = 0; i < count && string.bytes; i++) {
        const size_t length = strlen(words[i]);
        if (string.length >= length && memcmp(string.bytes, words[i], length) == 0) {
            return true;
        }
    }
    return false;
}

bool facts_begin(const facts *of) {
    static const char *const types[] = {"\"message_start\"", "\"response.created\"", "\"message-start\"",
                                        "\"interaction.created\"", "\"interaction.start\""};
    return of->start.bytes || begins(of->type, types, sizeof types / sizeof *types);
}

bool facts_end(const facts *of) {
    static const char *const types[] = {"\"message_stop\"",    "\"response.completed\"", "\"response.incomplete\"",
                                        "\"response.failed\"", "\"message-end\"",        "\"interaction.completed\""};
    return begins(of->type, types, sizeof types / sizeof *types) || slice_is(of->done, "true");
}

bool facts_event(const facts *of) {
    static const char *const types[] = {"\"message_", "\"content_block_", "\"response.", "\"interaction.",
                                        "\"ping\"",   "\"message-",       "\"content-"};
    return begins(of->type, types, sizeof types / sizeof *types);
}

bool facts_chunk(const facts *of) {
    static const char suffix[] = ".chunk\"";
    const size_t length = sizeof suffix - 1;
    const bool chunk = of->object.bytes && of->object.length > length &&
                       memcmp(of->object.bytes + of->object.length - length, suffix, length) == 0;
    return of->id.bytes && (chunk || of->response_id.bytes || facts_event(of));
}

/* ---- of one response */

void about_clear(about *of) {
    of->id = 0;
    of->timed = false;
    text_clear(&of->model);
    for (size_t i = 0; i < BY_MOST; i++) {
        of->keyed[i] = false;
    }
}

void about_free(about *of) {
    text_free(&of->model);
    for (size_t i = 0; i < BY_MOST; i++) {
        text_free(&of->keys[i]);
    }
}

static void set_string(text *to, slice string) {
    text_clear(to);
    text_decode(to, string.bytes + 1, string.length - 2);
}

static void add_model(about *to, const options *asked, const facts *from, slice whole) {
    const slice models[] = {asked->beside.used > 0 ? json_find(whole, asked->beside.bytes) : (slice){NULL, 0},
                            from->model};
    const slice model = first_string(models, 2);
    if (model.bytes) {
        set_string(&to->model, model);
    }
}

static void add_time(about *to, const options *asked, slice whole) {
    static const char *const places[] = {"/created",    "/created_at", "/response/created_at",
                                         "/createTime", "/timestamp",  "/time"};
    const size_t count = asked->time ? 1 : sizeof places / sizeof *places;
    for (size_t i = 0; i < count && !to->timed; i++) {
        const slice value = json_find(whole, asked->time ? asked->time : places[i]);
        to->timed = moment_read(value, asked->zone, &to->time);
    }
}

/* A string, a number, true or false; an array or an object is no key. */
static void add_key(about *to, size_t which, slice value) {
    if (!value.bytes || *value.bytes == '{' || *value.bytes == '[') {
        return;
    }
    to->keyed[which] = true;
    if (*value.bytes == '"') {
        set_string(&to->keys[which], value);
    } else {
        text_set(&to->keys[which], value.bytes, value.length);
    }
}

void about_add(about *to, const options *asked, const facts *from, slice whole) {
    if (to->id == 0) {
        to->id = id_of(from->id);
    }
    if (to->model.used == 0) {
        add_model(to, asked, from, whole);
    }
    if (asked->timed && !to->timed) {
        add_time(to, asked, whole);
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        if (asked->by[i].kind == BY_POINTER && !to->keyed[i]) {
            add_key(to, i, json_find(whole, asked->by[i].given));
        }
    }
}

void about_key(const about *of, const options *asked, text *key) {
    text date = {.bytes = NULL};
    text_clear(key);
    for (size_t i = 0; i < asked->by_count; i++) {
        const text *component = &of->keys[i];
        bool present = of->keyed[i];
        if (asked->by[i].kind == BY_MODEL) {
            component = &of->model;
            present = of->model.used > 0;
        } else if (asked->by[i].kind != BY_POINTER) {
            present = of->timed;
            text_clear(&date);
            moment_date(&date, of->time, asked->zone, asked->by[i].kind == BY_DAY);
            component = &date;
        }
        key_add(key, present, component->bytes, component->used);
    }
    text_free(&date);
}
