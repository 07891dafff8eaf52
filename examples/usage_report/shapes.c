/*
 * What a document is: one table of shapes. A row says how the shape is recognized, where its usage, model, id and time
 * are, and whether a record adds, replaces or sums. A new shape is a row here and a sample in tests/data/usage_report.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

/* Pointers are separated by spaces: the first that has a value. */
typedef struct shape {
    /* each holds: a pointer has a value, or (POINTERS=a|b*) one that is, or begins so; or (?) a member is there */
    const char *is[3];
    record_rule rule;
    const char *body;       /* of a response, or a usage object, if it is not the document; EACH: of the list */
    const char *parts;      /* without these: of all objects with counts */
    const char *model, *id; /* where the library does not look for them, or there are others, too */
    const char *session;
    bool batch; /* this is its service tier */
    bool unfinished;
    counter without; /* the verdict when there is no usage, if that is something else */
} shape;

/* clang-format off */
static const shape rows[] = {
    /* responses as most services send them: first, as most documents are one */
    {.is = {"/object=chat.completion|text_completion|response"}},
    {.is = {"/type=message"}},
    /* Claude Code: transcripts, and -p --output-format stream-json */
    {.is = {"/type=assistant", "/message/usage", "/message/id"}, .rule = REPLACES, .id = "/message/id",
     .session = "/sessionId /session_id"},
    {.is = {"/type=result", "/session_id", "/usage"}, .rule = SUMS, .model = "/model /modelUsage",
     .id = "/uuid", .session = "/session_id"},
    {.is = {"/messages", "/sessionId"}, .rule = EACH, .body = "/messages"}, /* Gemini CLI */
    {.is = {"/type=user|system|summary|progress|attachment|queue-operation|file-history-snapshot|last-prompt|ai-title|"
            "custom-title|agent-name|permission-mode|stream_event|control_request|control_response|rate_limit_event|"
            "tool_progress", "/uuid /leafUuid /sessionId /session_id /messageId"}, .rule = PASSED},
    /* Codex: rollouts, and exec --json */
    {.is = {"/type=event_msg", "/payload/type=token_count", "/payload/info"}, .rule = RUNNING},
    {.is = {"/type=turn_context|session_meta|thread.started", "/payload /thread_id"}, .rule = PASSED,
     .model = "/payload/model", .session = "/payload/forked_from_id /payload/id /thread_id"},
    {.is = {"/type=turn.completed", "/usage"}, .rule = REPLACES, .id = "/thread_id"},
    {.is = {"/type=event_msg|response_item|compacted|world_state|turn.started|turn.failed|item.*"}, .rule = PASSED},
    /* Gemini CLI: messages of chats, and telemetry */
    {.is = {"/type=gemini", "/tokens"}, .rule = REPLACES, .parts = "/tokens"},
    {.is = {"/type=user|info|error|warning|gemini", "/id", "/content"}, .rule = PASSED},
    {.is = {"/attributes/event.name=gemini_cli.api_response"}, .parts = "/attributes", .model = "/attributes/model"},
    /* OpenCode */
    {.is = {"/role=assistant", "/sessionID", "/tokens"}, .rule = REPLACES, .parts = "/tokens /tokens/cache",
     .model = "/modelID"},
    /* LiteLLM: spend logs, payloads */
    {.is = {"/cache_hit=True|true", "/request_id", "/spend"}, .rule = PASSED},
    {.is = {"/request_id", "/spend", "/startTime"}, .body = "/metadata/usage_object", .model = "/model",
     .id = "/request_id"},
    {.is = {"/response_cost", "/startTime", "/call_type"}, .body = "/response", .model = "/model", .id = "/id"},
    /* results of batches: OpenAI, Anthropic, Vertex, Gemini, Bedrock */
    {.is = {"/custom_id", "/response"}, .body = "/response/body", .id = "/response/body/id /id", .batch = true},
    {.is = {"/custom_id", "/result/message"}, .body = "/result/message", .batch = true},
    {.is = {"/custom_id", "/result/type=errored"}, .body = "/result", .batch = true},
    {.is = {"/response/usageMetadata", "/key /request", "/key /status /processed_time"}, .body = "/response",
     .batch = true},
    {.is = {"/recordId", "/modelInput", "/modelOutput"}, .body = "/modelOutput", .model = "/modelId",
     .id = "/recordId", .batch = true},
    /* Bedrock's invocation logs: a body, a list of events, or only the counts */
    {.is = {"/schemaType=ModelInvocationLog"}, .body = "/output/outputBodyJson", .parts = "/input /output",
     .model = "/modelId", .id = "/requestId"},
    /* Helicone, Langfuse, OpenTelemetry */
    {.is = {"/response_body", "/response_created_at"}, .body = "/response_body", .id = "/response_id /request_id"},
    {.is = {"/usage_details /usageDetails", "/type=GENERATION|EMBEDDING"}, .parts = "/usage_details /usageDetails",
     .model = "/provided_model_name /providedModelName /model", .id = "/id"},
    {.is = {"/resourceSpans /scopeSpans /spans"}, .rule = EACH, .body = "/resourceSpans /scopeSpans /spans"},
    {.is = {"/attributes/gen_ai.operation.name=invoke_agent|create_agent|execute_tool|invoke_workflow"},
     .rule = PASSED},
    {.is = {"/attributes/gen_ai.usage.input_tokens /attributes/gen_ai.usage.prompt_tokens "
            "/attributes/gen_ai.usage.output_tokens"}, .parts = "/attributes",
     .model = "/attributes/gen_ai.response.model /attributes/gen_ai.request.model",
     .id = "/attributes/gen_ai.response.id /spanId /context/span_id"},
    /* other lines of all these */
    {.is = {"/sessionID /projectID /usage_details /usageDetails /attributes/event.name"}, .rule = PASSED},
    {.is = {"/spanId", "/traceId"}, .rule = PASSED},
    /* steps and messages of a run of OpenAI's assistants, which the run sums */
    {.is = {"/object=thread|thread.run.step*|thread.message*"}, .rule = PASSED},
    /* the nginx module; what came from its cache is no response */
    {.is = {"/verdict=cached", "/model", "/time /request"}, .rule = PASSED},
    {.is = {"/verdict=error|failed"}, .unfinished = true, .without = ERRORS},
    {.is = {"/verdict=cut|aborted|truncated"}, .unfinished = true},
    {.is = {"/verdict=invalid"}, .without = INVALID},
    /* Gemini's chunks: each has the running total of its response */
    {.is = {"/responseId", "/usageMetadata"}, .rule = REPLACES},
    /* other chunks: Anthropic, OpenAI, Cohere; Bedrock, Ollama */
    {.is = {"/type /event_type=message_start|response.created|message-start|interaction.created|interaction.start"},
     .rule = BEGINS},
    {.is = {"/type /event_type=message_stop|response.completed|response.incomplete|response.failed|response.done|"
            "message-end|interaction.completed|interaction.complete|image_generation.completed|image_edit.completed|"
            "speech.audio.done|transcript.text.done"}, .rule = ENDS},
    {.is = {"/type /event_type=message_*|content_block_*|response.*|interaction.*|ping*|message-*|content-*|content.*|"
            "citation-*|tool-*|image_generation.*|image_edit.*|speech.*|transcript.*"}, .rule = CHUNK},
    {.is = {"/object=chat.completion.chunk", "/id"}, .rule = CHUNK},
    {.is = {"/messageStart"}, .rule = BEGINS},
    {.is = {"/metadata/usage"}, .rule = ENDS},
    {.is = {"/contentBlockStart /contentBlockDelta /contentBlockStop /messageStop"}, .rule = CHUNK},
    {.is = {"/done=true"}, .rule = ENDS},
    {.is = {"/done=false"}, .rule = CHUNK},
    /* Docker: {"log":"...\n","stream":"stdout","time":"..."} */
    {.is = {"/log", "/stream /time"}, .rule = WRAPPED},
    /* responses, also those without a usage */
    {.is = {"/type /event_type=message|response"}},
    {.is = {"/usageMetadata /choices /candidates /output_text"}},
    {.is = {"?usage"}},
    /* anything else: a response only if it has a usage, or an error */
    {.is = {NULL}},
};
/* clang-format on */
enum {
    ROWS = sizeof rows / sizeof *rows
};
static const shape *const other = &rows[ROWS - 1];

static const char bodies[] = "/response_body /responseBody /resp_body /res_body /body /response/body /response "
                             "/responseJson /response_json /output_body /outputBody";

/* NAME=NAME-OF-THE-LIBRARY; nothing: it is no count. */
static const char synonyms[] =
    "input=input_tokens output=output_tokens total=total_tokens cached=cachedContentTokenCount "
    "thoughts=thoughtsTokenCount reasoning=thoughtsTokenCount tool=toolUsePromptTokenCount "
    "read=cache_read_input_tokens write=cache_creation_input_tokens input_token_count=input_tokens "
    "output_token_count=output_tokens total_token_count= cached_content_token_count=cachedContentTokenCount "
    "thoughts_token_count=thoughtsTokenCount tool_token_count=toolUsePromptTokenCount "
    "input_cached_tokens=cacheReadInputTokens input_cache_read=cacheReadInputTokenCount "
    "input_cache_creation=cacheWriteInputTokens output_reasoning_tokens=thoughtsTokenCount "
    "output_reasoning=total_thought_tokens gen_ai.usage.input_tokens=prompt_tokens "
    "gen_ai.usage.prompt_tokens=input_tokens gen_ai.usage.output_tokens=completion_tokens "
    "gen_ai.usage.completion_tokens=output_tokens gen_ai.usage.cache_read.input_tokens=cached_tokens "
    "gen_ai.usage.cache_creation.input_tokens=cache_write_input_tokens "
    "gen_ai.usage.reasoning.output_tokens=reasoning_tokens gen_ai.usage.reasoning_tokens=reasoning_output_tokens";

/* ---- recognition */

static bool holds(document *of, const char *condition) {
    if (*condition == '?') {
        return document_has(of, condition + 1);
    }
    const slice value = document_at(of, condition);
    const char *const words = value.bytes ? strchr(condition, '=') : NULL;
    return words ? slice_is_one(json_plain(value), words + 1) : value.bytes != NULL;
}

static bool row_holds(document *of, const shape *row) {
    size_t i = 0;
    while (i < 3 && row->is[i] && holds(of, row->is[i])) {
        i++;
    }
    return i == 3 || !row->is[i];
}

/* Of the members that a condition is about: without one of them it does not hold. */
static uint64_t marks_of(const char *condition) {
    uint64_t marks = condition && *condition == '/' ? 0 : UINT64_MAX;
    for (; condition && *condition == '/'; condition += strcspn(condition, " "), condition += *condition == ' ') {
        marks |= json_mark((slice){condition + 1, strcspn(condition + 1, "/ =")});
    }
    return marks;
}

/* With --at, only chunks, and whether it is a response. */
static const shape *shape_of(reading *in) {
    static uint64_t marks[ROWS];
    document *const of = &in->document;
    const shape *row = rows;
    for (size_t i = ROWS; i > 0 && marks[0] == 0; i--) {
        marks[i - 1] = marks_of(rows[i - 1].is[0]);
    }
    while (row != other && ((in->asked->at && row->rule < CHUNK && (row->rule != ADDS || row->body || row->parts)) ||
                            (row > rows + 1 && (document_marks(of) & marks[row - rows]) == 0) || !row_holds(of, row))) {
        row++;
    }
    return row;
}

/* ---- what a row says */

/* A string; or the name of the only member of an object, as in Claude Code's modelUsage. */
static void set_string(reading *in, const char *at, text *to) {
    slice value = to->used == 0 ? document_at(&in->document, at) : (slice){NULL, 0};
    slice string = json_inside(value);
    slice inside = json_open(value);
    if (value.bytes && (string.bytes || (json_next(&inside, &string, &value) && json_is(inside, '}')))) {
        text_decode(to, string);
    }
}

/* NULL: it is no count. */
static slice name_in_library(slice name, slice number) {
    for (const char *at = synonyms; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        const size_t span = strcspn(at, "=");
        if (slice_equals(name, (slice){at, span})) {
            return (slice){at + span + 1, strcspn(at + span + 1, " ")};
        }
    }
    return memchr(name.bytes, '.', name.length) || !may_be_count(name, number) ? (slice){NULL, 0} : name;
}

/* A usage of the library's names is made of the shape's. */
static void read_parts(reading *in, const char *parts, response *to) {
    text usage = {.bytes = NULL};
    while (*parts) {
        slice inside = json_open(document_next(&in->document, &parts));
        slice name = {NULL, 0};
        slice value = {NULL, 0};
        while (json_attribute(&inside, &name, &value)) {
            const slice number = json_plain(value);
            const slice as = json_is_number(number) ? name_in_library(name, number) : number;
            if (json_is_number(number) && as.length > 0) {
                text_string(&usage, usage.used > 0 ? ",\"" : "{\"");
                text_slice(&usage, as);
                text_string(&usage, "\":");
                text_slice(&usage, number);
            }
        }
    }
    text_string(&usage, usage.used > 0 ? "}" : "{}");
    to->kept.verdict = INVALID;
    if (tokusage_decode(usage.bytes, usage.used, &to->usage, &to->error) == TOKUSAGE_OK) {
        settle_response(to);
        check_usage(in, text_all(&usage), to);
    }
    text_free(&usage);
}

/* ---- running totals */

static bool subtract(const tokusage *before, tokusage *from) {
    tokusage a = *from;
    tokusage b = *before;
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        tokusage_count *const count = tokusage_count_at(&a, i);
        count->value -= tokusage_count_at(&b, i)->value;
        if (count->value < 0) {
            return false;
        }
    }
    *from = a;
    return true;
}

/*
 * A session's total so far: what it has more than the one before it was used. The first of a file, and one that is
 * less than the one before it, say only what was used last. False: it says nothing new.
 */
static bool read_running(reading *in, response *to) {
    tokusage *const before = &in->source->running;
    tokusage *const used = &to->usage;
    const slice whole = document_at(&in->document, "/payload/info/total_token_usage");
    const slice last = document_at(&in->document, "/payload/info/last_token_usage");
    tokusage total = {.total_tokens = {.present = false}};
    const bool is_first = is_empty(before);
    tokusage_decode(whole.bytes, whole.length, &total, NULL);
    *used = total;
    if (tokusage_equal(before, &total)) {
        return false;
    }
    if (is_first || !subtract(before, used)) {
        tokusage_decode(last.bytes, last.length, used, NULL);
    }
    *before = total;
    settle_response(to);
    if (to->is[OF_MODEL].used == 0) {
        text_slice(&to->is[OF_MODEL], text_all(&in->source->model));
    }
    /* A copy of the session, or a fork of it, which begins with its lines, has the same; maybe not the time. */
    text_slice(&to->is[OF_ID], in->source->session.used > 0 ? text_all(&in->source->session)
                                                            : document_at(&in->document, "/timestamp"));
    text_slice(&to->is[OF_ID], whole);
    return to->kept.verdict != WITHOUT_USAGE;
}

static void read_context(reading *in, const shape *as) {
    source *const file = in->source;
    const slice session = document_at(&in->document, as->session);
    const slice model = document_at(&in->document, as->model);
    if (session.bytes) {
        file->session.used = file->model.used = 0;
        text_decode(&file->session, json_inside(session));
        file->running = (tokusage){.total_tokens = {.present = false}};
    }
    file->model.used = model.bytes ? 0 : file->model.used;
    text_decode(&file->model, json_inside(model));
}

/* ---- one document */

static void take_each(reading *in, uint64_t line, slice list) {
    slice element = {NULL, 0};
    for (slice inside = json_open(list); json_next(&inside, NULL, &element);) {
        slice rest = {NULL, 0};
        if (json_open(element).bytes && document_open(&in->document, in->asked->at, element, &rest)) {
            take_document(in, line, false);
        }
    }
}

/* The counts: of a body, of the document, or of parts. False: it is no new record. */
static bool read_usage(reading *in, const shape *as, response *to) {
    document *const of = &in->document;
    const slice body = document_at(of, as->body);
    if (as->rule == RUNNING) {
        return read_running(in, to);
    }
    if (as->body) {
        read_body(in, body.bytes ? body : of->whole, "", to);
    } else {
        read_document(in, to);
    }
    if (as->parts && to->kept.verdict == WITHOUT_USAGE) {
        read_parts(in, as->parts, to);
    }
    const slice inner = to->kept.verdict == WITHOUT_USAGE && !as->body && !as->parts && !in->asked->at
                            ? document_at(of, bodies)
                            : (slice){NULL, 0};
    if (json_is(inner, '"') || json_is(inner, '{')) {
        read_body(in, inner, NULL, to);
        to->kept.verdict = to->kept.verdict == MALFORMED ? WITHOUT_USAGE : to->kept.verdict;
    }
    if (as->unfinished && (is_usable(to->kept.verdict) || !as->without)) {
        to->kept.unfinished = true;
        to->kept.reason = "its gateway says that it is not whole";
    }
    to->kept.verdict = to->kept.verdict == WITHOUT_USAGE && as->without ? as->without : to->kept.verdict;
    return true;
}

/* A count where no usage is known. */
static bool is_misplaced(reading *in, uint64_t line) {
    text pointer = {.bytes = NULL};
    text reason = {.bytes = NULL};
    const bool misplaced = find_count(in->document.whole, &pointer);
    if (misplaced) {
        text_string(&reason, "a count at ");
        text_safe(&reason, text_all(&pointer));
        text_string(&reason, ", where no usage is known; --at says where it is");
        take_unread(in, line, MISPLACED, text_c(&reason));
    }
    text_free(&pointer);
    text_free(&reason);
    return misplaced;
}

static void take_record(reading *in, uint64_t line, const shape *as) {
    response *const to = &in->found;
    const source *const file = in->source;
    response_clear(to);
    to->kept.line = (uint32_t)line;
    to->kept.rule = as->rule;
    text_string(&to->is[OF_TIER], as->batch ? "batch" : "");
    read_about(in, to);
    set_string(in, as->model, &to->is[OF_MODEL]);
    set_string(in, as->id, &to->is[OF_ID]);
    set_string(in, as->session, &to->is[OF_SESSION]);
    if (!read_usage(in, as, to) || slice_is(text_all(&to->is[OF_MODEL]), "<synthetic>")) {
        return;
    }
    if (as->rule == REPLACES && to->is[OF_ID].used == 0) {
        to->kept.rule = file->session.used > 0 ? REPLACES : ADDS; /* without it that is a guess, and a finding */
        text_slice(&to->is[OF_ID], file->session.used > 0 ? text_all(&file->session) : slice_of(file->name));
    }
    if (to->kept.verdict == WITHOUT_USAGE && !as->body && !as->parts &&
        (is_misplaced(in, line) || (as == other && !to->kept.unfinished))) {
        return;
    }
    if (as->body || !as->parts) {
        check_members(in, to);
    }
    take_response(in, to);
}

void take_document(reading *in, uint64_t line, bool event) {
    if (json_is(in->document.whole, '[')) {
        take_each(in, line, in->document.whole);
        return;
    }
    const shape *const as = shape_of(in);
    in->source->known = in->source->known || as != other;
    if (as->rule == WRAPPED) {
        take_wrapped(in, line);
    } else if (as->rule == EACH) {
        take_each(in, line, document_at(&in->document, as->body));
    } else if (as->rule == PASSED) {
        read_context(in, as);
    } else if (event || as->rule >= CHUNK) {
        streams_take(in, line, event, as->rule);
    } else {
        take_record(in, line, as);
    }
}
