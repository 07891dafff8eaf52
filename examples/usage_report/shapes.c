/*
 * What a document is: one table of shapes. A row says how the shape is recognized, where its usage, model, id and time
 * are, and whether a record adds, replaces or sums. A new shape is a row here and a sample in tests/data/usage_report.
 * What no row recognizes is a response as services send it, or a chunk of one.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONDITIONS = 3
};
typedef struct shape {
    /* each holds: a pointer has a value, or (POINTER=a|b) one of these strings, or (POINTER=[) a list; or (!) none */
    const char *is[CONDITIONS];
    record_rule rule;
    const char *usage; /* a usage object of the library's names; EACH: the list */
    const char *body;  /* else a response */
    const char *parts; /* else objects with counts, ... */
    const char *names; /* ... NAME=NAME-OF-THE-LIBRARY (nothing: it is no count); NULL: all of the library's names */
    const char *model, *id, *time, *session; /* pointers, the first that has a value; NULL: as services have it */
    bool batch;
} shape;

static const char gemini_cli[] =
    "input=promptTokenCount output=candidatesTokenCount total=totalTokenCount "
    "cached=cachedContentTokenCount thoughts=thoughtsTokenCount tool=toolUsePromptTokenCount";
static const char gemini_telemetry[] =
    "input_token_count=promptTokenCount output_token_count=candidatesTokenCount total_token_count= "
    "cached_content_token_count=cachedContentTokenCount thoughts_token_count=thoughtsTokenCount "
    "tool_token_count=toolUsePromptTokenCount";
static const char opencode[] = "input=input_tokens output=output_tokens reasoning=thoughtsTokenCount "
                               "read=cache_read_input_tokens write=cache_creation_input_tokens";
static const char langfuse[] =
    "input=input_tokens output=output_tokens total=total_tokens cache_read_input_tokens=cache_read_input_tokens "
    "input_cached_tokens=cacheReadInputTokens input_cache_read=cacheReadInputTokenCount "
    "cache_creation_input_tokens=cache_creation_input_tokens input_cache_creation=cacheWriteInputTokens "
    "output_reasoning_tokens=thoughtsTokenCount output_reasoning=total_thought_tokens";
static const char spans[] =
    "gen_ai.usage.input_tokens=prompt_tokens gen_ai.usage.prompt_tokens=input_tokens "
    "gen_ai.usage.output_tokens=completion_tokens gen_ai.usage.completion_tokens=output_tokens "
    "gen_ai.usage.cache_read.input_tokens=cached_tokens "
    "gen_ai.usage.cache_creation.input_tokens=cache_write_input_tokens "
    "gen_ai.usage.reasoning.output_tokens=reasoning_tokens gen_ai.usage.reasoning_tokens=reasoning_output_tokens";

/* clang-format off */
static const shape rows[] = {
    /* Claude Code: transcripts, and -p --output-format stream-json */
    {.is = {"/type=assistant", "/message/usage", "/message/id"}, .rule = REPLACES, .usage = "/message/usage",
     .model = "/message/model", .id = "/message/id", .time = "/timestamp", .session = "/sessionId /session_id"},
    {.is = {"/type=result", "/session_id", "/usage"}, .rule = SUMS, .usage = "/usage", .model = "/model", .id = "/uuid",
     .time = "/timestamp", .session = "/session_id"},
    {.is = {"/messages", "/sessionId"}, .rule = EACH, .usage = "/messages"}, /* Gemini CLI */
    {.is = {"/type=user|system|summary|progress|attachment|queue-operation|file-history-snapshot|last-prompt|ai-title|"
            "custom-title|agent-name|permission-mode|stream_event|control_request|control_response|rate_limit_event|"
            "tool_progress", "/uuid /leafUuid /sessionId /session_id /messageId"}, .rule = PASSED},
    /* Codex: rollouts, and exec --json */
    {.is = {"/type=event_msg", "/payload/type=token_count", "/payload/info"}, .rule = RUNNING, .time = "/timestamp"},
    {.is = {"/type=turn_context|session_meta", "/payload"}, .rule = CONTEXT, .model = "/payload/model",
     .session = "/payload/id"},
    {.is = {"/type=event_msg|response_item|compacted|world_state", "/payload"}, .rule = PASSED},
    {.is = {"/type=thread.started", "/thread_id"}, .rule = CONTEXT, .session = "/thread_id"},
    {.is = {"/type=turn.completed", "/usage"}, .rule = REPLACES, .usage = "/usage", .model = "/model",
     .id = "/thread_id", .time = "/timestamp"},
    {.is = {"/type=turn.started|turn.failed|item.started|item.updated|item.completed"}, .rule = PASSED},
    /* Gemini CLI: messages of chats, and telemetry */
    {.is = {"/type=gemini", "/tokens"}, .rule = REPLACES, .parts = "/tokens", .names = gemini_cli, .model = "/model",
     .id = "/id", .time = "/timestamp"},
    {.is = {"/type=user|info|error|warning|gemini", "/id", "/content"}, .rule = PASSED},
    {.is = {"/attributes/event.name=gemini_cli.api_response"}, .rule = ADDS, .parts = "/attributes",
     .names = gemini_telemetry, .model = "/attributes/model", .time = "/attributes/event.timestamp"},
    {.is = {"/attributes/event.name"}, .rule = PASSED},
    /* OpenCode */
    {.is = {"/role=assistant", "/sessionID", "/tokens"}, .rule = REPLACES, .parts = "/tokens /tokens/cache",
     .names = opencode, .model = "/modelID", .id = "/id", .time = "/time/created"},
    {.is = {"/sessionID /projectID"}, .rule = PASSED},
    /* LiteLLM: spend logs, payloads */
    {.is = {"/request_id", "/spend", "/startTime"}, .rule = ADDS, .usage = "/metadata/usage_object", .body = "",
     .model = "/model", .id = "/request_id", .time = "/startTime"},
    {.is = {"/response_cost", "/startTime", "/call_type"}, .rule = ADDS, .body = "/response ", .model = "/model",
     .id = "/id", .time = "/startTime"},
    /* results of batches: OpenAI, Anthropic, Vertex, Gemini, Bedrock */
    {.is = {"/custom_id", "/response"}, .rule = ADDS, .body = "/response/body", .id = "/response/body/id /id",
     .time = "/response/body/created /response/body/created_at", .batch = true},
    {.is = {"/custom_id", "/result/message"}, .rule = ADDS, .body = "/result/message",
     .time = "/result/message/created_at", .batch = true},
    {.is = {"/custom_id", "/result/type=errored"}, .rule = ADDS, .body = "/result", .batch = true},
    {.is = {"/response/usageMetadata", "/key /request", "/key /status /processed_time"}, .rule = ADDS,
     .body = "/response", .time = "/response/createTime /processed_time", .batch = true},
    {.is = {"/recordId", "/modelInput", "/modelOutput"}, .rule = ADDS, .body = "/modelOutput", .model = "/modelId",
     .id = "/recordId", .batch = true},
    /* Bedrock's invocation logs: a body, a list of events, or only the counts */
    {.is = {"/schemaType=ModelInvocationLog"}, .rule = ADDS, .body = "/output/outputBodyJson",
     .parts = "/input /output", .model = "/modelId", .id = "/requestId", .time = "/timestamp"},
    /* Helicone, Langfuse, OpenTelemetry */
    {.is = {"/response_body", "/response_created_at"}, .rule = ADDS, .body = "/response_body",
     .id = "/response_id /request_id", .time = "/response_created_at"},
    {.is = {"/usage_details /usageDetails", "/type=GENERATION|EMBEDDING"}, .rule = ADDS,
     .parts = "/usage_details /usageDetails", .names = langfuse,
     .model = "/provided_model_name /providedModelName /model", .id = "/id", .time = "/start_time /startTime"},
    {.is = {"/usage_details /usageDetails"}, .rule = PASSED},
    {.is = {"/resourceSpans"}, .rule = EACH, .usage = "/resourceSpans"},
    {.is = {"/scopeSpans"}, .rule = EACH, .usage = "/scopeSpans"},
    {.is = {"/spans"}, .rule = EACH, .usage = "/spans"},
    {.is = {"/attributes=["}, .rule = UNFOLDED},
    {.is = {"/attributes/gen_ai.operation.name=invoke_agent|create_agent|execute_tool|invoke_workflow"},
     .rule = PASSED},
    {.is = {"/attributes/gen_ai.usage.input_tokens /attributes/gen_ai.usage.prompt_tokens "
            "/attributes/gen_ai.usage.output_tokens"}, .rule = ADDS, .parts = "/attributes", .names = spans,
     .model = "/attributes/gen_ai.response.model /attributes/gen_ai.request.model",
     .id = "/attributes/gen_ai.response.id /spanId /context/span_id",
     .time = "/startTimeUnixNano /start_time /startTime"},
    {.is = {"/spanId", "/traceId"}, .rule = PASSED},
    /* steps and messages of a run of OpenAI's assistants, which the run sums */
    {.is = {"/object=thread.run.step|thread.run.step.delta|thread.message|thread.message.delta|thread"},
     .rule = PASSED},
    /* lines of the nginx module for what came from its cache */
    {.is = {"/verdict=cached", "/model", "/time /request"}, .rule = PASSED},
    /* Gemini's chunks: each has the running total of its response */
    {.is = {"/responseId", "/usageMetadata"}, .rule = REPLACES, .body = ""},
    /* Docker: {"log":"...\n","stream":"stdout","time":"..."} */
    {.is = {"/log", "/stream /time"}, .rule = WRAPPED},
};
/* clang-format on */
enum {
    ROWS = sizeof rows / sizeof *rows
};
_Static_assert(ROWS <= 64, "a bit for each row");

static const char usages[] =
    "/usage /usageMetadata /message/usage /response/usage /interaction/usage /delta/usage /metadata/usage "
    "/response/usageMetadata /x_groq/usage /response/body/usage /result/message/usage /modelOutput/usage /result/usage "
    "/chatResponse/usage /output/outputBodyJson/usage /usage_metadata /response_body/usage";
static const char bodies[] = "/response_body /responseBody /resp_body /res_body /body /response/body /response "
                             "/responseJson /response_json /output_body /outputBody";

/* ---- recognition */

bool shapes_is(slice value, const char *words) {
    const slice string = json_inside(value);
    text plain = {.bytes = NULL};
    bool found = false;
    if (*words == '[') {
        return json_is(value, '[');
    }
    const bool escaped = string.bytes && memchr(string.bytes, '\\', string.length);
    if (escaped) {
        text_decode(&plain, string);
    }
    const slice wanted = escaped ? text_all(&plain) : string;
    for (size_t span = 0; string.bytes && !found && *words != '\0'; words += span + (words[span] == '|')) {
        span = strcspn(words, "|");
        found = wanted.length == span && memcmp(wanted.bytes, words, span) == 0;
    }
    text_free(&plain);
    return found;
}

static bool holds(document *of, const char *condition) {
    const bool absent = *condition == '!';
    const slice value = document_at(of, condition + absent);
    const char *const words = strchr(condition, '=');
    return (value.bytes != NULL) != absent && (!words || shapes_is(value, words + 1));
}

static bool row_holds(document *of, size_t row, bool (*check)(document *of, const char *condition)) {
    size_t k = 0;
    while (k < CONDITIONS && rows[row].is[k] && check(of, rows[row].is[k])) {
        k++;
    }
    return k == CONDITIONS || !rows[row].is[k];
}

static bool may_hold(document *of, const char *condition) {
    return *condition == '!' || document_has(of, condition);
}

/* Most documents of a log have the same members, so which rows they may be is looked up. */
static size_t row_of(reading *in) {
    document *const of = &in->document;
    uint64_t hash = 0;
    const bool many = document_names(of, in->seed[0], &hash) == INDEX_MEMBERS;
    looks *const known = &in->looks[hash % LOOKS];
    if (known->hash != hash || many) {
        *known = (looks){.hash = many ? 0 : hash};
        for (size_t i = 0; i < ROWS; i++) {
            known->rows |= (uint64_t)(many || row_holds(of, i, may_hold)) << i;
        }
        known->chunk = document_has(of, "/type /event_type /done /object /messageStart /contentBlockStart "
                                        "/contentBlockDelta /contentBlockStop /messageStop /metadata");
        known->answer =
            document_has(of, "/error /response /type /event_type /usage /usageMetadata /choices /candidates "
                             "/output_text /object /verdict /model /response_body /responseBody /resp_body /res_body "
                             "/body /responseJson "
                             "/response_json /output_body /outputBody");
    }
    size_t row = in->asked->at ? ROWS : 0;
    in->seen = known;
    while (row < ROWS && !((known->rows >> row & 1) != 0 && row_holds(of, row, holds))) {
        row++;
    }
    return row;
}

/* ---- what a row says */

static void set_string(reading *in, const char *at, text *to) {
    if (to->used == 0) {
        text_decode(to, json_inside(document_at(&in->document, at)));
    }
}

/* The name that the library has; nothing in `as`: it is none of these. */
static slice name_in(const char *names, slice name) {
    for (; *names != '\0'; names += strcspn(names, " "), names += *names == ' ') {
        const size_t span = strcspn(names, "=");
        if (name.length == span && memcmp(name.bytes, names, span) == 0) {
            return (slice){names + span + 1, strcspn(names + span + 1, " ")};
        }
    }
    return (slice){NULL, 0};
}

/* A usage of the library's names is made of the shape's. */
static void read_parts(reading *in, const char *parts, const char *names, response *to) {
    text usage = {.bytes = NULL};
    text part = {.bytes = NULL};
    text_string(&usage, "{");
    while (*parts) {
        part.used = 0;
        text_bytes(&part, parts, strcspn(parts, " "));
        parts += part.used + (parts[part.used] == ' ');
        slice inside = json_open(json_at(in->document.whole, text_c(&part)));
        slice name = {NULL, 0};
        slice value = {NULL, 0};
        while (json_next(&inside, &name, &value)) {
            const slice number = json_is(value, '"') ? json_inside(value) : value;
            const slice as = names ? name_in(names, name) : name;
            if (json_is_number(number) && as.length > 0 && (names || may_be_count(name, number))) {
                text_string(&usage, usage.used > 1 ? ",\"" : "\"");
                text_slice(&usage, as);
                text_string(&usage, "\":");
                text_slice(&usage, number);
            } else if (names && !as.bytes && !memchr(name.bytes, '.', name.length) && may_be_count(name, number)) {
                name_unknown(in, name, to);
            }
        }
    }
    text_string(&usage, "}");
    read_counts(text_all(&usage), to);
    text_free(&usage);
    text_free(&part);
}

/* ---- running totals */

static bool subtract(const tokusage *from, const tokusage *before, tokusage *difference) {
    tokusage a = *from;
    tokusage b = *before;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        tokusage_count *const count = tokusage_count_at(&a, i);
        count->value -= tokusage_count_at(&b, i)->value;
        if (count->value < 0) {
            return false;
        }
    }
    *difference = a;
    return true;
}

/*
 * A session's total so far: what it has more than the one before it was used. The first of a file, and one that is
 * less than the one before it, say only what was used last. False: it says nothing new.
 */
static bool read_running(reading *in, const char *info, response *to) {
    source *const file = in->source;
    const slice both = document_at(&in->document, info);
    const slice whole = json_at(both, "/total_token_usage");
    tokusage total = {.total_tokens = {.present = false}};
    tokusage *const used = &to->kept.usage;
    tokusage_decode(whole.bytes, whole.length, &total, &to->error);
    if (file->has_running && tokusage_equal(&file->running, &total)) {
        return false;
    }
    if (!(file->has_running && subtract(&total, &file->running, used)) &&
        tokusage_extract(both.bytes, both.length, "/last_token_usage", used, &to->error) != TOKUSAGE_OK) {
        *used = total;
    }
    file->running = total;
    file->has_running = true;
    to->kept.verdict = tokusage_settle(used, &to->error) <= TOKUSAGE_ASSUMED ? CONSISTENT : CONTRADICTORY;
    text_slice(&to->model, text_all(&file->model));
    text_slice(&to->id, json_at(in->document.whole, "/timestamp")); /* a copy of the session has the same */
    text_slice(&to->id, whole);
    return !tokusage_equal(used, &(tokusage){.total_tokens = {.present = false}});
}

static void read_context(reading *in, size_t row) {
    source *const file = in->source;
    const slice session = document_at(&in->document, rows[row].session);
    const slice model = document_at(&in->document, rows[row].model);
    if (session.bytes) {
        file->session.used = file->model.used = 0;
        text_decode(&file->session, json_inside(session));
        file->has_running = false;
    }
    file->model.used = model.bytes ? 0 : file->model.used;
    text_decode(&file->model, json_inside(model));
}

/* ---- lists */

/* OpenTelemetry's list of attributes, as an object; what else there is stays as it is. */
static void put_unfolded(slice span, text *to) {
    slice inside = json_open(span);
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    slice attribute = {NULL, 0};
    text_string(to, "{");
    while (json_next(&inside, &name, &value)) {
        text_string(to, to->used > 1 ? ",\"" : "\"");
        text_slice(to, name);
        text_string(to, "\":");
        if (!slice_is(name, "attributes")) {
            text_slice(to, value);
            continue;
        }
        slice list = json_open(value);
        text_string(to, "{");
        for (bool first = true; json_next(&list, NULL, &attribute); first = false) {
            const slice key = json_at(attribute, "/key");
            const slice string = json_at(attribute, "/value/stringValue");
            const slice number = json_at(attribute, "/value/intValue");
            text_string(to, first ? "" : ",");
            text_slice(to, json_is(key, '"') ? key : slice_of("\"\""));
            text_string(to, ":");
            text_slice(to, string.bytes ? string : number.bytes ? number : slice_of("null"));
        }
        text_string(to, "}");
    }
    text_string(to, "}");
}

static void take_each(reading *in, uint64_t line, slice list) {
    slice element = {NULL, 0};
    for (slice inside = json_open(list); json_next(&inside, NULL, &element);) {
        if (json_is(element, '{') && document_open(&in->document, element)) {
            take_document(in, line, false);
        }
    }
}

/* ---- one document */

/* Of a result line: the only model that it names. */
static void read_result_model(reading *in, response *to) {
    slice models = json_open(json_at(in->document.whole, "/modelUsage"));
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    if (json_next(&models, &name, &value) && json_is(models, '}')) {
        text_decode(&to->model, name);
    }
}

static void take_shape(reading *in, size_t row, response *to) {
    const shape *const as = &rows[row];
    document *const of = &in->document;
    const slice usage = document_at(of, rows[row].usage);
    const slice body = document_at(of, rows[row].body);
    const bool whole = as->body && slice_ends(slice_of(as->body), " ");
    to->kept.rule = as->rule;
    to->batch = as->batch;
    set_string(in, rows[row].model, &to->model);
    set_string(in, rows[row].id, &to->id);
    set_string(in, rows[row].session, &to->session);
    in->source->known++;
    if (as->rule == RUNNING) {
        if (!read_running(in, rows[row].is[2], to)) {
            return;
        }
    } else if (usage.bytes) {
        read_counts(usage, to);
        check_members(in, usage, to);
        if (in->asked->priced) {
            text_decode(&to->tier,
                        json_inside(document_at(&in->document,
                                                "/service_tier /usage/service_tier /message/usage/service_tier")));
        }
    } else if (as->body) {
        read_body(in, body.bytes || (*as->body && !whole) ? body : of->whole, "", to);
        check_members(in, document_at(&in->document, usages), to);
    }
    if (as->parts && (!as->body || to->kept.verdict == WITHOUT_USAGE)) {
        read_parts(in, rows[row].parts, as->names, to);
    }
    if (as->rule == SUMS) {
        read_result_model(in, to);
    } else if (as->rule == REPLACES && to->id.used == 0) {
        text_slice(&to->id, in->source->session.used > 0 ? text_all(&in->source->session) : slice_of(in->source->name));
    }
    if (!slice_is(text_all(&to->model), "<synthetic>")) {
        read_about(in, as->time, to);
        take_response(in, to);
    }
}

/* Lines of the nginx module say how the response ended. */
static bool take_word(reading *in, response *to) {
    static const struct {
        const char *words;
        counter verdict;
        bool unfinished;
    } known[] = {{"error|failed", ERRORS, true},
                 {"missing|encoded|partial|unreadable", WITHOUT_USAGE, false},
                 {"cut|aborted|truncated", WITHOUT_USAGE, true},
                 {"invalid", INVALID, false}};
    const slice word = document_at(&in->document, "/verdict");
    const bool without = to->kept.verdict == WITHOUT_USAGE;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (shapes_is(word, known[i].words)) {
            to->kept.unfinished = known[i].unfinished && (known[i].verdict != ERRORS || !without);
            to->reason = "its gateway says that it is not whole";
            to->kept.verdict = without ? known[i].verdict : to->kept.verdict;
            return true;
        }
    }
    return false;
}

/* A document without a usage: a misplaced one, a response without one, or another document of the log. */
static bool take_other(reading *in, response *to) {
    text reason = {.bytes = NULL};
    text pointer = {.bytes = NULL};
    put_pointer_of_count(&pointer, in->document.whole);
    const bool misplaced = pointer.used > 0;
    if (misplaced) {
        text_string(&reason, "a count at ");
        text_safe(&reason, text_all(&pointer));
        text_string(&reason, ", where no usage is known; --at says where it is");
        take_unread(in, to->kept.line, MISPLACED, text_c(&reason));
    }
    text_free(&reason);
    text_free(&pointer);
    return misplaced ||
           !(document_has(&in->document, "/usage /usageMetadata /choices /candidates /output_text") ||
             shapes_is(document_at(&in->document, "/object"), "chat.completion|response|text_completion") ||
             shapes_is(document_at(&in->document, "/type /event_type"), "message|response"));
}

static void take_plain(reading *in, response *to) {
    const char *const at = in->asked->at;
    /* Most other documents of a log need no second look. */
    to->kept.verdict = WITHOUT_USAGE;
    if (at || in->document.status != TOKUSAGE_ERR_NOT_FOUND || in->seen->answer) {
        read_body(in, in->document.whole, at, to);
    }
    const slice body = to->kept.verdict == WITHOUT_USAGE && !at && in->seen->answer ? document_at(&in->document, bodies)
                                                                                    : (slice){NULL, 0};
    if (json_is(body, '"') || json_is(body, '{')) {
        read_body(in, body, NULL, to);
        to->kept.verdict = to->kept.verdict == MALFORMED ? WITHOUT_USAGE : to->kept.verdict;
    }
    read_about(in, NULL, to);
    if ((in->seen->answer && take_word(in, to)) || to->kept.verdict != WITHOUT_USAGE || !take_other(in, to)) {
        check_members(in, document_at(&in->document, usages), to);
        take_response(in, to);
    }
}

/* Where the only object that is named usage begins; nothing where one document may follow another. */
static slice usage_in(slice whole) {
    static const char name[] = "\"usage\":";
    slice found = {NULL, 0};
    const char *const end = whole.bytes + whole.length;
    for (const char *at = whole.bytes + 1; at < end && (at = memchr(at, '{', (size_t)(end - at))) != NULL; at++) {
        const char *before = at;
        while (json_is_space(before[-1])) {
            before--;
        }
        const bool named =
            (size_t)(before - whole.bytes) > strlen(name) && memcmp(before - strlen(name), name, strlen(name)) == 0;
        if (before[-1] == '}' || (named && found.bytes)) {
            return (slice){NULL, 0};
        }
        found = named ? (slice){at, (size_t)(end - at)} : found;
    }
    return found;
}

/* A body as OpenAI, Anthropic and others send it, which says first what it is: the library reads it in one pass. */
bool take_quick(reading *in, uint64_t line, slice whole) {
    response *const to = &in->found;
    tokusage_stream stream;
    document_begin(&in->document, whole);
    if (in->asked->at ||
        !(shapes_is(document_head(&in->document, "object"), "chat.completion|text_completion|response") ||
          shapes_is(document_head(&in->document, "type"), "message"))) {
        return false;
    }
    slice usage = usage_in(whole);
    const size_t known = usage.bytes ? known_span(in, usage) : 0;
    response_clear(to);
    tokusage_stream_init(&stream, NULL);
    tokusage_stream_feed(&stream, whole.bytes, usage.bytes ? whole.length : 0);
    verdict_of(&stream, true, to);
    if (tokusage_stream_reports(&stream) != 1 || !is_usable(to->kept.verdict) || to->kept.unfinished) {
        return false;
    }
    to->kept.line = (uint32_t)line;
    if (known == 0) {
        usage.length = json_skip(usage);
        check_members(in, usage, to);
    }
    read_about(in, NULL, to);
    take_response(in, to);
    return true;
}

void take_document(reading *in, uint64_t line, bool event) {
    document *const of = &in->document;
    response *const to = &in->found;
    if (json_is(of->whole, '[')) {
        take_each(in, line, of->whole);
        return;
    }
    const size_t row = row_of(in);
    const record_rule rule = row < ROWS ? rows[row].rule : ADDS;
    response_clear(to);
    to->kept.line = (uint32_t)line;
    if (rule == UNFOLDED) {
        text made = {.bytes = NULL};
        put_unfolded(of->whole, &made);
        if (document_open(of, text_all(&made))) {
            take_document(in, line, event);
        }
        text_free(&made);
    } else if (rule == WRAPPED) {
        take_wrapped(in, line);
    } else if (rule == EACH) {
        in->source->known++;
        take_each(in, line, document_at(of, rows[row].usage));
    } else if (rule == CONTEXT || rule == PASSED) {
        in->source->known++;
        read_context(in, row);
    } else if (row < ROWS && !event) {
        take_shape(in, row, to);
    } else if (!streams_take(in, line, event)) {
        take_plain(in, to);
    }
}
