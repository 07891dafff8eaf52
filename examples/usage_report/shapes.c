/*
 * What a document is: one table of shapes. A row says how the shape is recognized, where its usage, model, id and time
 * are, and whether a record adds, replaces or sums. A new shape is a row here, its names if it has names of its own,
 * and a sample in tests/data/usage_report. What no row recognizes is a response as services send it, or a chunk of
 * one.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const own_name gemini_cli[] = {
    {"/tokens/input", "promptTokenCount"}, {"/tokens/output", "candidatesTokenCount"}, {"/tokens/total",
     "totalTokenCount"},
    {"/tokens/cached", "cachedContentTokenCount"}, {"/tokens/thoughts", "thoughtsTokenCount"},
    {"/tokens/tool", "toolUsePromptTokenCount"}, {NULL, NULL}};
static const own_name gemini_telemetry[] = {
    {"/attributes/input_token_count", "promptTokenCount"}, {"/attributes/output_token_count", "candidatesTokenCount"},
    {"/attributes/cached_content_token_count", "cachedContentTokenCount"},
    {"/attributes/thoughts_token_count", "thoughtsTokenCount"}, {"/attributes/tool_token_count",
     "toolUsePromptTokenCount"},
    {NULL, NULL}};
static const own_name opencode[] = {
    {"/tokens/input", "input_tokens"}, {"/tokens/output", "output_tokens"}, {"/tokens/reasoning", "thoughtsTokenCount"},
    {"/tokens/cache/read", "cache_read_input_tokens"}, {"/tokens/cache/write", "cache_creation_input_tokens"}, {NULL,
     NULL}};
static const own_name bedrock_counts[] = {
    {"/input/inputTokenCount", "inputTokenCount"}, {"/input/cacheReadInputTokenCount", "cacheReadInputTokenCount"},
    {"/input/cacheWriteInputTokenCount", "cacheWriteInputTokenCount"}, {"/output/outputTokenCount", "outputTokenCount"},
    {NULL, NULL}};
#define LANGFUSE(object) \
    {object "/input", "input_tokens"}, {object "/output", "output_tokens"}, {object "/total", "total_tokens"}, \
    {object "/cache_read_input_tokens", "cache_read_input_tokens"}, {object "/input_cached_tokens", \
     "cacheReadInputTokens"}, \
    {object "/input_cache_read", "cacheReadInputTokenCount"}, \
    {object "/cache_creation_input_tokens", "cache_creation_input_tokens"}, \
    {object "/input_cache_creation", "cacheWriteInputTokens"}, {object "/output_reasoning_tokens", \
     "thoughtsTokenCount"}, \
    {object "/output_reasoning", "total_thought_tokens"}
static const own_name langfuse[] = {LANGFUSE("/usage_details"), LANGFUSE("/usageDetails"), {NULL, NULL}};
static const own_name spans[] = {
    {"/attributes/gen_ai.usage.input_tokens", "prompt_tokens"}, {"/attributes/gen_ai.usage.prompt_tokens",
     "input_tokens"},
    {"/attributes/gen_ai.usage.output_tokens", "completion_tokens"},
    {"/attributes/gen_ai.usage.completion_tokens", "output_tokens"},
    {"/attributes/gen_ai.usage.cache_read.input_tokens", "cached_tokens"},
    {"/attributes/gen_ai.usage.cache_creation.input_tokens", "cache_write_input_tokens"},
    {"/attributes/gen_ai.usage.reasoning.output_tokens", "reasoning_tokens"},
    {"/attributes/gen_ai.usage.reasoning_tokens", "reasoning_output_tokens"}, {NULL, NULL}};
/* clang-format on */

enum {
    CONDITIONS = 3
};
typedef struct shape {
    const char *is[CONDITIONS]; /* each holds: a pointer has a value, or (POINTER=a|b) one of these strings */
    record_rule rule;
    const char *usage;     /* the response or its usage; NULL: the document is the response. EACH: where */
    const own_name *names; /* NULL: those that the library knows */
    const char *model, *id, *time, *session; /* pointers, the first that has a value; NULL: as services have it */
    bool batch;
} shape;

static const char responses[] =
    "/response_body /responseBody /resp_body /res_body /body /response/body /response /responseJson "
    "/response_json /output_body /outputBody";

/* clang-format off */
static const shape shapes[] = {
    /* Claude Code: transcripts, and -p --output-format stream-json */
    {.is = {"/type=assistant", "/message/usage", "/message/id"}, .rule = REPLACES, .usage = "/message",
     .model = "/message/model",
     .id = "/message/id", .time = "/timestamp", .session = "/sessionId /session_id"},
    {.is = {"/type=result", "/session_id", "/usage"}, .rule = SUMS, .usage = "/usage", .model = "/model", .id = "/uuid",
     .time = "/timestamp", .session = "/session_id"},
    {.is = {"/messages", "/sessionId"}, .rule = EACH, .usage = "/messages"}, /* Gemini CLI */
    {.is = {"/type=user|system|summary|progress|attachment|queue-operation|file-history-snapshot|last-prompt|ai-title|"
            "custom-title|agent-name|permission-mode|stream_event|control_request|control_response|rate_limit_event|"
            "tool_progress", "/uuid /leafUuid /sessionId /session_id /messageId"}, .rule = PASSED},
    /* Codex: rollouts, and exec --json */
    {.is = {"/type=event_msg", "/payload/type=token_count", "/payload/info"}, .rule = RUNNING, .time = "/timestamp"},
    {.is = {"/type=turn_context|session_meta", "/payload"}, .rule = CONTEXT, .model = "/payload/model",
     .id = "/payload/id"},
    {.is = {"/type=event_msg|response_item|compacted|world_state", "/payload"}, .rule = PASSED},
    {.is = {"/type=thread.started", "/thread_id"}, .rule = CONTEXT, .id = "/thread_id"},
    {.is = {"/type=turn.completed", "/usage"}, .rule = REPLACES, .usage = "/usage", .model = "/model",
     .id = "/thread_id",
     .time = "/timestamp"},
    {.is = {"/type=turn.started|turn.failed|item.started|item.updated|item.completed"}, .rule = PASSED},
    /* Gemini CLI: messages of chats, and telemetry */
    {.is = {"/type=gemini", "/tokens"}, .rule = REPLACES, .names = gemini_cli, .model = "/model", .id = "/id",
     .time = "/timestamp"},
    {.is = {"/type=user|info|error|warning|gemini", "/id", "/content"}, .rule = PASSED},
    {.is = {"/attributes/event.name=gemini_cli.api_response"}, .rule = ADDS, .names = gemini_telemetry,
     .model = "/attributes/model", .time = "/attributes/event.timestamp"},
    {.is = {"/attributes/event.name"}, .rule = PASSED},
    /* OpenCode */
    {.is = {"/role=assistant", "/sessionID", "/tokens"}, .rule = REPLACES, .names = opencode, .model = "/modelID",
     .id = "/id",
     .time = "/time/created"},
    {.is = {"/sessionID /projectID"}, .rule = PASSED},
    /* LiteLLM: spend logs, payloads */
    {.is = {"/request_id", "/spend", "/metadata/usage_object"}, .rule = ADDS, .usage = "/metadata/usage_object",
     .model = "/model", .id = "/request_id", .time = "/startTime"},
    {.is = {"/request_id", "/spend", "/startTime"}, .rule = ADDS, .usage = "", .model = "/model", .id = "/request_id",
     .time = "/startTime"},
    {.is = {"/response_cost", "/startTime", "/response"}, .rule = ADDS, .usage = "/response", .model = "/model",
     .id = "/id",
     .time = "/startTime"},
    {.is = {"/response_cost", "/startTime", "/call_type"}, .rule = ADDS, .usage = "", .model = "/model", .id = "/id",
     .time = "/startTime"},
    /* results of batches: OpenAI, Anthropic, Vertex, Gemini, Bedrock */
    {.is = {"/custom_id", "/response"}, .rule = ADDS, .usage = "/response/body", .id = "/response/body/id /id",
     .time = "/response/body/created /response/body/created_at", .batch = true},
    {.is = {"/custom_id", "/result/message"}, .rule = ADDS, .usage = "/result/message",
     .time = "/result/message/created_at",
     .batch = true},
    {.is = {"/custom_id", "/result/type=errored"}, .rule = ADDS, .usage = "/result", .batch = true},
    {.is = {"/custom_id", "/result/type=expired|canceled"}, .rule = PASSED},
    {.is = {"/request", "/response/usageMetadata", "/status /processed_time"}, .rule = ADDS, .usage = "/response",
     .time = "/response/createTime /processed_time", .batch = true},
    {.is = {"/key", "/response/usageMetadata"}, .rule = ADDS, .usage = "/response", .time = "/response/createTime",
     .batch = true},
    {.is = {"/recordId", "/modelInput", "/modelOutput"}, .rule = ADDS, .usage = "/modelOutput", .model = "/modelId",
     .id = "/recordId", .batch = true},
    /* Bedrock's invocation logs: a body, a list of events, or only the counts */
    {.is = {"/schemaType=ModelInvocationLog", "/output/outputBodyJson"}, .rule = ADDS,
     .usage = "/output/outputBodyJson",
     .names = bedrock_counts, .model = "/modelId", .id = "/requestId", .time = "/timestamp"},
    {.is = {"/schemaType=ModelInvocationLog"}, .rule = ADDS, .names = bedrock_counts, .model = "/modelId",
     .id = "/requestId",
     .time = "/timestamp"},
    /* Helicone, Langfuse, OpenTelemetry */
    {.is = {"/response_body", "/response_created_at"}, .rule = ADDS, .usage = "/response_body",
     .id = "/response_id /request_id", .time = "/response_created_at"},
    {.is = {"/usage_details /usageDetails", "/type=GENERATION|EMBEDDING"}, .rule = ADDS, .names = langfuse,
     .model = "/provided_model_name /providedModelName /model", .id = "/id", .time = "/start_time /startTime"},
    {.is = {"/usage_details /usageDetails"}, .rule = PASSED},
    {.is = {"/resourceSpans"}, .rule = EACH, .usage = "/resourceSpans"},
    {.is = {"/scopeSpans"}, .rule = EACH, .usage = "/scopeSpans"},
    {.is = {"/spans"}, .rule = EACH, .usage = "/spans"},
    {.is = {"/attributes/gen_ai.operation.name=invoke_agent|create_agent|execute_tool|invoke_workflow"},
     .rule = PASSED},
    {.is = {"/attributes/gen_ai.usage.input_tokens /attributes/gen_ai.usage.prompt_tokens "
            "/attributes/gen_ai.usage.output_tokens"}, .rule = ADDS, .names = spans,
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
    {.is = {"/responseId", "/usageMetadata"}, .rule = REPLACES, .usage = ""},
};
/* clang-format on */

/* What chunks have, besides the id. */
static const char chunk_signs[] = "/type /event_type /done /object /messageStart /contentBlockStart /contentBlockDelta "
                                  "/contentBlockStop /messageStop /metadata";

/* ---- recognition */

static bool is_one_of(slice value, const char *words) {
    const slice string = json_inside(value);
    for (size_t span = 0; string.bytes && *words != '\0'; words += span + (words[span] == '|')) {
        span = strcspn(words, "|");
        if (json_name_is(string, words, span)) {
            return true;
        }
    }
    return false;
}

static bool holds(document *of, const char *condition) {
    char pointer[64];
    const char *const equals = strchr(condition, '=');
    if (!equals) {
        return document_find(of, condition).bytes != NULL;
    }
    memcpy(pointer, condition, (size_t)(equals - condition));
    pointer[equals - condition] = '\0';
    return is_one_of(document_at(of, pointer), equals + 1);
}

/* Whether the document has a member that one of the pointers begins with. */
static bool may_hold(document *of, const char *condition) {
    char name[64];
    while (*condition == '/') {
        const size_t span = strcspn(condition + 1, "/ =");
        memcpy(name, condition + 1, span);
        name[span] = '\0';
        if (document_has(of, name)) {
            return true;
        }
        condition += strcspn(condition, " =");
        condition += *condition == ' ';
    }
    return false;
}

enum {
    ROWS = sizeof shapes / sizeof *shapes
};
_Static_assert(ROWS <= 64, "a bit for each row");

/* The rows that a document with these members may be. Most documents of a log have the same. */
static const looks *looks_of(reading *in, document *of) {
    const uint64_t hash = document_names(of, in->seed[0]);
    looks *const known = &in->looks[hash % LOOKS];
    if (known->hash != hash) {
        *known = (looks){.hash = hash};
        for (size_t i = 0; i < ROWS; i++) {
            bool may = true;
            for (size_t k = 0; k < CONDITIONS && shapes[i].is[k]; k++) {
                may = may && may_hold(of, shapes[i].is[k]);
            }
            known->rows |= (uint64_t)may << i;
        }
        known->chunk = may_hold(of, chunk_signs);
        known->worded = may_hold(of, "/verdict");
    }
    return known;
}

static const shape *shape_of(document *of, uint64_t candidates) {
    for (size_t i = 0; i < ROWS; i++) {
        size_t held = 0;
        while ((candidates >> i & 1) != 0 && held < CONDITIONS && shapes[i].is[held] && holds(of, shapes[i].is[held])) {
            held++;
        }
        if (held == CONDITIONS || (held > 0 && !shapes[i].is[held])) {
            return &shapes[i];
        }
    }
    return NULL;
}

/* ---- reading */

static void set_string(document *of, const char *pointers, text *to) {
    const slice value = pointers ? document_find(of, pointers) : (slice){NULL, 0};
    if (to->used == 0 && value.bytes) {
        text_decode(to, json_inside(value));
    }
}

/* The body of a response: an object, a list of events, or a string that has one, maybe as base64. */
static void read_body(slice body, const char *pointer, response *to) {
    tokusage_stream stream;
    text plain = {.bytes = NULL};
    if (json_is(body, '"')) {
        text unpacked = {.bytes = NULL};
        text_decode(&plain, json_inside(body));
        const slice all = text_all(&plain);
        if (!memchr("{[: \n", all.length > 0 ? *all.bytes : ' ', 5) && !slice_begins(all, "data") &&
            !slice_begins(all, "event") && text_base64(&unpacked, all)) {
            text_free(&plain);
            plain = unpacked;
        } else {
            text_free(&unpacked);
        }
        body = text_all(&plain);
    }
    tokusage_stream_init(&stream, pointer);
    tokusage_stream_feed(&stream, body.bytes, body.length);
    verdict_of(&stream, true, to);
    read_labels(&stream, to);
    text_free(&plain);
}

/* A usage of the library's names is made of the shape's. */
static void read_names(document *of, const own_name *names, response *to) {
    text usage = {.bytes = NULL};
    text_string(&usage, "{");
    for (; names->pointer; names++) {
        const slice value = document_at(of, names->pointer);
        const slice number = json_is(value, '"') ? json_inside(value) : value;
        if (number.length > 0) {
            text_string(&usage, usage.used > 1 ? ",\"" : "\"");
            text_string(&usage, names->name);
            text_string(&usage, "\":");
            text_slice(&usage, number);
        }
    }
    text_string(&usage, "}");
    read_body(text_all(&usage), "", to);
    to->model.used = to->id.used = 0;
    text_free(&usage);
}

/* ---- running totals */

static bool subtract(const tokusage *from, const tokusage *before, tokusage *difference) {
    tokusage a = *from;
    tokusage b = *before;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        tokusage_count *const count = tokusage_count_at(&a, i);
        const tokusage_count *const old = tokusage_count_at(&b, i);
        if (old->value > count->value) {
            return false;
        }
        count->value -= old->value;
    }
    *difference = a;
    return true;
}

/*
 * A session's total so far: what it has more than the one before it was used. The first of a file, and one that is
 * less than the one before it, say only what was used last.
 */
static bool read_running(reading *in, document *of, response *to) {
    source *const file = in->source;
    tokusage total = {.total_tokens = {.present = false}};
    tokusage used = total;
    const slice whole = of->whole;
    tokusage_extract(whole.bytes, whole.length, "/payload/info/total_token_usage", &total, &to->error);
    if (file->has_running && tokusage_equal(&file->running, &total)) {
        return false; /* said again */
    }
    const bool known = file->has_running && subtract(&total, &file->running, &used);
    if (!known && tokusage_extract(whole.bytes, whole.length, "/payload/info/last_token_usage", &used, &to->error) !=
                      TOKUSAGE_OK) {
        used = total;
    }
    file->running = total;
    file->has_running = true;
    to->usage = used;
    to->verdict = tokusage_settle(&to->usage, &to->error) <= TOKUSAGE_ASSUMED ? CONSISTENT : CONTRADICTORY;
    text_slice(&to->model, text_all(&file->model));
    const slice time = document_at(of, "/timestamp");
    const slice info = document_at(of, "/payload/info/total_token_usage");
    text_slice(&to->id, time); /* a copy of the session has the same */
    text_slice(&to->id, time.bytes ? info : time);
    return !tokusage_equal(&to->usage, &(tokusage){.total_tokens = {.present = false}});
}

static void read_context(reading *in, document *of, const shape *as) {
    source *const file = in->source;
    const slice model = document_find(of, as->model);
    const slice session = document_find(of, as->id);
    if (session.bytes) {
        file->session.used = file->model.used = 0;
        text_decode(&file->session, json_inside(session));
        file->has_running = false;
    }
    if (model.bytes) {
        file->model.used = 0;
        text_decode(&file->model, json_inside(model));
    }
}

/* ---- lists */

/* OpenTelemetry's list of attributes, as an object. */
static void put_attributes(document *span, text *to) {
    slice list = json_open(document_at(span, "/attributes"));
    slice element = {NULL, 0};
    text_string(to, "{\"attributes\":{");
    for (bool first = true; json_next(&list, NULL, &element); first = false) {
        document attribute = {.whole = element};
        const slice key = document_at(&attribute, "/key");
        const slice value = document_find(&attribute, "/value/stringValue /value/intValue /value/doubleValue");
        text_string(to, first ? "" : ",");
        text_slice(to, json_is(key, '"') ? key : slice_of("\"\""));
        text_string(to, ":");
        text_slice(to, value.bytes ? value : slice_of("null"));
    }
    text_string(to, "}");
    static const char *const kept[] = {"spanId", "traceId", "startTimeUnixNano", "name"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        char pointer[32] = "/";
        const slice value = document_at(span, strcat(pointer, kept[i]));
        text_string(to, ",\"");
        text_string(to, kept[i]);
        text_string(to, "\":");
        text_slice(to, value.bytes ? value : slice_of("null"));
    }
    text_string(to, "}");
}

static void take_each(reading *in, uint64_t line, slice list) {
    slice inside = json_open(list);
    slice element = {NULL, 0};
    while (json_next(&inside, NULL, &element)) {
        document each = {.whole = element};
        if (json_is(element, '{')) {
            take_document(in, line, &each, false);
        }
    }
}

/* ---- one document */

/* Of a result line: the only model that it names. */
static void read_result_model(document *of, response *to) {
    slice models = json_open(document_at(of, "/modelUsage"));
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    if (json_next(&models, &name, &value) && models.length > 0 && *models.bytes == '}') {
        text_decode(&to->model, name);
    }
}

static const char usages[] = "/usage /usageMetadata /message/usage /response/usage /interaction/usage /delta/usage "
                             "/metadata/usage /response/usageMetadata /x_groq/usage /response/body/usage "
                             "/result/message/usage /modelOutput/usage /result/usage /chatResponse/usage "
                             "/output/outputBodyJson/usage /usage_metadata /metadata/usage_object /response_body/usage "
                             "/usage_details /usageDetails /tokens";

static void take_shape(reading *in, document *of, const shape *as, response *to) {
    const bool inside = as->usage && *as->usage != '\0';
    if (json_span(of->whole) != of->whole.length) {
        take_malformed(in, to->line, of->whole);
        return;
    }
    to->rule = as->rule;
    to->batch = as->batch;
    set_string(of, as->model, &to->model);
    set_string(of, as->id, &to->id);
    set_string(of, as->session, &to->session);
    if (as->rule == RUNNING) {
        if (!read_running(in, of, to)) {
            in->source->known++;
            return;
        }
    } else if (as->usage) {
        read_body(inside ? document_at(of, as->usage) : of->whole, "", to);
    }
    if (as->names && (!as->usage || to->verdict == WITHOUT_USAGE)) {
        text kept[2] = {to->model, to->id};
        to->model = to->id = (text){.bytes = NULL};
        read_names(of, as->names, to);
        text_free(&to->model);
        text_free(&to->id);
        to->model = kept[0];
        to->id = kept[1];
    }
    if (as->rule == SUMS) {
        read_result_model(of, to);
    } else if (as->rule == REPLACES && to->id.used == 0) {
        text_slice(&to->id, in->source->session.used > 0 ? text_all(&in->source->session) : slice_of(in->source->name));
    }
    if (slice_is(text_all(&to->model), "<synthetic>")) {
        in->source->known++;
        return;
    }
    read_about(in, of, as->time, to);
    check_members(in, document_find(of, usages), as->names, to);
    take_response(in, to);
}

/* What a response has, and other documents do not. */
static bool looks_like_a_response(document *of) {
    static const char *const signs[] = {"/choices", "/candidates", "/object=chat.completion|response|text_completion",
                                        "/type=message|response", "/output_text"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (holds(of, signs[i])) {
            return true;
        }
    }
    return document_has(of, "usage") || document_has(of, "usageMetadata");
}

/*
 * A document without a usage: an error, a body inside it, a misplaced usage, a response without one, or something
 * else.
 */
static bool take_inner(document *of, response *to) {
    const slice body = document_find(of, responses);
    if (!json_is(body, '"') && !json_is(body, '{')) {
        return false;
    }
    response inner = *to;
    read_body(body, NULL, &inner);
    const bool usable = inner.verdict != MALFORMED && inner.verdict != WITHOUT_USAGE;
    *to = inner;
    return usable;
}

/* Lines of the nginx module say how the response ended. */
static bool take_word(document *of, response *to) {
    static const struct {
        const char *words;
        counter verdict;
        bool unfinished;
    } known[] = {{"error|failed", ERRORS, true},
                 {"missing|encoded|partial|unreadable", WITHOUT_USAGE, false},
                 {"cut|aborted|truncated", WITHOUT_USAGE, true},
                 {"invalid", INVALID, false}};
    const slice verdict = document_at(of, "/verdict");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (is_one_of(verdict, known[i].words)) {
            to->unfinished = known[i].unfinished && (known[i].verdict != ERRORS || to->verdict != WITHOUT_USAGE);
            to->reason = "its gateway says that it is not whole";
            to->verdict = to->verdict == WITHOUT_USAGE ? known[i].verdict : to->verdict;
            return true;
        }
    }
    return false;
}

static void take_plain(reading *in, document *of, response *to, bool worded) {
    text *const words = &in->scratch;
    const bool shortened = !in->asked->at && json_is(document_at(of, "/usage"), '{') && document_shorten(of, words);
    read_body(shortened ? text_all(words) : of->whole, in->asked->at, to);
    if (to->verdict == MALFORMED) {
        take_malformed(in, to->line, of->whole);
        return;
    }
    if (to->verdict == WITHOUT_USAGE && !in->asked->at && take_inner(of, to)) {
        read_about(in, of, NULL, to);
        take_response(in, to);
        return;
    }
    read_about(in, of, NULL, to);
    if (!(worded && take_word(of, to)) && to->verdict == WITHOUT_USAGE) {
        words->used = 0;
        put_pointer_of_count(words, of->whole);
        if (words->used > 0) {
            text reason = {.bytes = NULL};
            text_string(&reason, "a count at ");
            text_safe(&reason, text_all(words));
            text_string(&reason, ", where no usage is known; --at says where it is");
            take_unread(in, to->line, MISPLACED, text_c(&reason));
            text_free(&reason);
            return;
        }
        if (!looks_like_a_response(of)) {
            return; /* another document of the log */
        }
    }
    check_members(in, document_find(of, usages), NULL, to);
    take_response(in, to);
}

void take_document(reading *in, uint64_t line, document *of, bool event) {
    document made;
    text attributes = {.bytes = NULL};
    if (json_is(of->whole, '[')) {
        take_each(in, line, of->whole);
        return;
    }
    if (json_is(document_at(of, "/attributes"), '[')) {
        put_attributes(of, &attributes);
        made = (document){.whole = text_all(&attributes)};
        of = &made;
    }
    const looks *const seen = looks_of(in, of);
    const shape *const as = in->asked->at ? NULL : shape_of(of, seen->rows);
    response *const to = &in->found;
    found_clear(to);
    to->line = line;
    if (as && as->rule == EACH) {
        in->source->known++;
        take_each(in, line, document_at(of, as->usage));
    } else if (as && as->rule == CONTEXT) {
        in->source->known++;
        read_context(in, of, as);
    } else if (as && as->rule == PASSED) {
        in->source->known++;
    } else if (as && !(event && as->rule == REPLACES)) {
        take_shape(in, of, as, to);
    } else if (!streams_take(in, line, of, event, seen->chunk)) {
        take_plain(in, of, to, seen->worded);
    }
    text_free(&attributes);
}
