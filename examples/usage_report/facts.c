/*
 * What a document says besides its usage: one pass over the members at its root, and what becomes known of a response.
 */
#include "usage_report.h"

#include <string.h>

/* What is looked for at the root, and where it goes. */
typedef struct seen {
    facts facts;
    slice message, response, interaction, result, output, model_id, version;
} seen;

static const struct {
    slice name;
    size_t member;
} members[] = {
    {{"\"id\"", 4}, offsetof(seen, facts.id)},
    {{"\"object\"", 8}, offsetof(seen, facts.object)},
    {{"\"model\"", 7}, offsetof(seen, facts.model)},
    {{"\"type\"", 6}, offsetof(seen, facts.type)},
    {{"\"event_type\"", 12}, offsetof(seen, facts.type)},
    {{"\"done\"", 6}, offsetof(seen, facts.done)},
    {{"\"message\"", 9}, offsetof(seen, message)},
    {{"\"response\"", 10}, offsetof(seen, response)},
    {{"\"interaction\"", 13}, offsetof(seen, interaction)},
    {{"\"responseId\"", 12}, offsetof(seen, facts.response_id)},
    {{"\"modelVersion\"", 14}, offsetof(seen, version)},
    {{"\"modelId\"", 9}, offsetof(seen, model_id)},
    {{"\"result\"", 8}, offsetof(seen, result)},
    {{"\"modelOutput\"", 13}, offsetof(seen, output)},
    {{"\"messageStart\"", 14}, offsetof(seen, facts.start)},
    {{"\"contentBlockStart\"", 19}, offsetof(seen, facts.part)},
    {{"\"contentBlockDelta\"", 19}, offsetof(seen, facts.part)},
    {{"\"contentBlockStop\"", 18}, offsetof(seen, facts.part)},
    {{"\"messageStop\"", 13}, offsetof(seen, facts.part)},
    {{"\"metadata\"", 10}, offsetof(seen, facts.metadata)},
};

/* The first string that is not empty; its quotes stay. */
static slice first_string(const slice *of, size_t count) {
    size_t i = 0;
    while (i < count && !(of[i].bytes && of[i].length > 2 && *of[i].bytes == '"')) {
        i++;
    }
    return i < count ? of[i] : (slice){NULL, 0};
}

facts facts_of(slice whole) {
    seen at = {.message = {NULL, 0}};
    facts *const found = &at.facts;
    slice inside = json_inside(whole);
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    while (json_next(&inside, &name, &value)) {
        for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
            slice *const found_at = (slice *)(void *)((char *)&at + members[i].member);
            if (name.length == members[i].name.length && memcmp(name.bytes, members[i].name.bytes, name.length) == 0 &&
                !found_at->bytes && *value.bytes != 'n') {
                *found_at = value;
            }
        }
        if (found->id.bytes && found->model.bytes && (found->object.bytes || found->type.bytes)) {
            break;
        }
    }
    if (first_string(&found->id, 1).bytes && first_string(&found->model, 1).bytes) {
        return *found;
    }
    /* As in the library's labels. The first three are of lines of a batch. */
    const slice found_ids[] = {json_find(at.response, "/body/id"),
                               json_find(at.result, "/message/id"),
                               json_find(at.output, "/id"),
                               found->id,
                               json_find(at.message, "/id"),
                               json_find(at.response, "/id"),
                               found->response_id,
                               json_find(at.response, "/responseId"),
                               json_find(at.interaction, "/id")};
    const slice models[] = {found->model,
                            json_find(at.message, "/model"),
                            json_find(at.response, "/model"),
                            at.model_id,
                            at.version,
                            json_find(at.interaction, "/model"),
                            json_find(at.response, "/modelVersion"),
                            json_find(at.response, "/body/model"),
                            json_find(at.result, "/message/model"),
                            json_find(at.output, "/model")};
    found->id = first_string(found_ids, sizeof found_ids / sizeof *found_ids);
    found->model = first_string(models, sizeof models / sizeof *models);
    return *found;
}

static bool is_one_of(slice string, const char *const *beginnings) {
    while (*beginnings &&
           (string.length < strlen(*beginnings) || memcmp(string.bytes, *beginnings, strlen(*beginnings)) != 0)) {
        beginnings++;
    }
    return string.bytes && *beginnings;
}

bool facts_begin(const facts *of) {
    static const char *const types[] = {"\"message_start\"",       "\"response.created\"",  "\"message-start\"",
                                        "\"interaction.created\"", "\"interaction.start\"", NULL};
    return of->start.bytes || is_one_of(of->type, types);
}

bool facts_end(const facts *of) {
    static const char *const types[] = {"\"message_stop\"",
                                        "\"response.completed\"",
                                        "\"response.incomplete\"",
                                        "\"response.failed\"",
                                        "\"message-end\"",
                                        "\"interaction.completed\"",
                                        NULL};
    return slice_is(of->done, "true") || is_one_of(of->type, types);
}

bool facts_event(const facts *of) {
    static const char *const types[] = {"\"message_", "\"content_block_", "\"response.", "\"interaction.",
                                        "\"ping\"",   "\"message-",       "\"content-",  NULL};
    return is_one_of(of->type, types);
}

bool facts_chunk(const facts *of) {
    static const char chunk[] = ".chunk\"";
    const size_t length = sizeof chunk - 1;
    const bool named =
        of->object.length > length && memcmp(of->object.bytes + of->object.length - length, chunk, length) == 0;
    return of->id.bytes && (named || of->response_id.bytes || facts_event(of));
}

/* ---- of one response */

void about_clear(about *of) {
    of->id = 0;
    of->timed = false;
    of->model.used = 0;
    memset(of->keyed, 0, sizeof of->keyed);
}

void about_free(about *of) {
    text_free(&of->model);
    for (size_t i = 0; i < BY_MOST; i++) {
        text_free(&of->keys[i]);
    }
}

static void set_string(text *to, slice string) {
    to->used = 0;
    text_decode(to, string.bytes + 1, string.length - 2);
}

static void add_time(about *to, const options *asked, slice whole) {
    static const char *const paths[] = {"/created",    "/created_at", "/response/created_at",
                                        "/createTime", "/timestamp",  "/time"};
    for (size_t i = 0; i < (asked->time ? 1 : sizeof paths / sizeof *paths) && !to->timed; i++) {
        to->timed = moment_read(json_find(whole, asked->time ? asked->time : paths[i]), asked->zone, &to->time);
    }
}

/* A string, a number, true or false; an array or an object is no key. */
static void add_key(about *to, size_t which, slice value) {
    to->keyed[which] = value.bytes && *value.bytes != '{' && *value.bytes != '[';
    if (to->keyed[which] && *value.bytes == '"') {
        set_string(&to->keys[which], value);
    } else if (to->keyed[which]) {
        text_set(&to->keys[which], value.bytes, value.length);
    }
}

/* Adds what is not known yet. */
void about_add(about *to, const options *asked, const facts *from, slice whole) {
    const slice models[] = {asked->model_path.used > 0 ? json_find(whole, asked->model_path.bytes) : from->model,
                            from->model};
    const slice model = first_string(models, 2);
    to->id = to->id == 0 ? id_of(from->id) : to->id;
    if (to->model.used == 0 && model.bytes) {
        set_string(&to->model, model);
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

/* The key of the group that the response belongs to. */
void about_key(const about *of, const options *asked, text *key) {
    text date = {.bytes = NULL};
    key->used = 0;
    for (size_t i = 0; i < asked->by_count; i++) {
        if (asked->by[i].kind == BY_MODEL) {
            key_add(key, of->model.used > 0, of->model.bytes, of->model.used);
        } else if (asked->by[i].kind == BY_POINTER) {
            key_add(key, of->keyed[i], of->keys[i].bytes, of->keys[i].used);
        } else {
            date.used = 0;
            moment_date(&date, of->time, asked->zone, asked->by[i].kind == BY_DAY);
            key_add(key, of->timed, date.bytes, date.used);
        }
    }
    text_free(&date);
}
