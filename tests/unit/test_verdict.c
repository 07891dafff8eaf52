/*
 * The verdict: each line of its rule, and bodies like those of the services that it was made for. Each body runs whole,
 * cut in two after every byte, and byte by byte. A case says the usage, the verdict (without and with the word of the
 * transport that the body is complete), how many usages there were, and whether the end was seen.
 */
#include "shorthand.h"

#include <stdlib.h>
#include <string.h>

#define USAGE "'usage':" U57

/* -------------------------------------------------------------------------------------------------------- failed */

static const short_case verdict_is_failed_when_a_document_has_an_error[] = {
    {"an object", NULL, "{'error':{'message':'no','code':429}}", SAYS("", FAILED, 0, false)},
    {"an empty object", NULL, "{'error':{}}", SAYS("", FAILED, 0, false)},
    {"a string", NULL, "{'error':'quota'}", SAYS("", FAILED, 0, false)},
    {"a number", NULL, "{'error':500}", SAYS("", FAILED, 0, false)},
    {"a zero", NULL, "{'error':0}", SAYS("", FAILED, 0, false)},
    {"true", NULL, "{'error':true}", SAYS("", FAILED, 0, false)},
    {"an array", NULL, "{'error':[]}", SAYS("", FAILED, 0, false)},
    {"its name has an escape", NULL, "{'\\u0065rror':'x'}", SAYS("", FAILED, 0, false)},
    {"of the response", NULL, "{'response':{'error':{'code':'x'}}}", SAYS("", FAILED, 0, false)},
    {"its type", NULL, "{'type':'error'}", SAYS("", FAILED, 0, false)},
    {"its type with an escape", NULL, "{'type':'\\u0065rror'}", SAYS("", FAILED, 0, false)},
    {"null", NULL, "{'error':null}", SAYS("", MISSING, 0, false)},
    {"false", NULL, "{'error':false}", SAYS("", MISSING, 0, false)},
    {"an empty string", NULL, "{'error':''}", SAYS("", MISSING, 0, false)},
    {"null of the response", NULL, "{'response':{'error':null}}", SAYS("", MISSING, 0, false)},
    {"another type", NULL, "{'type':'errors'}", SAYS("", MISSING, 0, false)},
    {"a type that is no string", NULL, "{'type':['error']}", SAYS("", MISSING, 0, false)},
    {"the type of an event", NULL, "{'event_type':'error'}", SAYS("", MISSING, 0, false)},
    {"in a message", NULL, "{'message':{'error':'x','type':'error'}}", SAYS("", MISSING, 0, false)},
    {"in a choice", NULL, "{'choices':[{'error':'x'}]}", SAYS("", MISSING, 0, false)},
    {"in a string", NULL, "{'a':'{\\'error\\':1}'}", SAYS("", MISSING, 0, false)},
    {"another case", NULL, "{'Error':'x'}", SAYS("", MISSING, 0, false)},
    {"with a usage", NULL, "{" USAGE ",'error':'x'}", SAYS(SAYS57, FAILED, 1, false)},
    {"before the usage", NULL, "{'error':'x'," USAGE "}", SAYS(SAYS57, FAILED, 1, false)},
    {"before an end", NULL, "{'error':'x','type':'response.done'," USAGE "}", SAYS(SAYS57, FAILED, 1, true)},
    {"before a finish reason", NULL, "{'error':'x','candidates':[{'finishReason':'OTHER'}]," USAGE "}",
     SAYS(SAYS57, FAILED, 1, false)},
    {"null with a usage", NULL, "{" USAGE ",'error':null}", SAYS(SAYS57, CONSISTENT, 1, false)},
    {"with a wrong usage", NULL, "{'usage':{'prompt_tokens':-1},'error':'x'}", SAYS("RANGE prompt", FAILED, 1, false)},
    {"with a usage that needs to be settled", NULL,
     "{'usage':{'prompt_tokens':10,'completion_tokens':5,'total_tokens':18,'reasoning_tokens':3},'error':'x'}",
     SAYS("prompt 10 completion 8 total 18 reasoning 3", FAILED, 1, false)},
    {"with a usage that contradicts itself", NULL, "{'usage':{'prompt_tokens':5,'total_tokens':4},'error':'x'}",
     SAYS("prompt 5 total 4", FAILED, 1, false)},
};

static const short_case verdict_is_failed_only_by_an_error_that_no_usage_follows[] = {
    {"a later line", NULL, "{" USAGE "}\n{'error':'x'}\n", SAYS(SAYS57, FAILED, 1, false)},
    {"an earlier line", NULL, "{'error':'x'}\n{" USAGE "}\n", SAYS(SAYS57, CONSISTENT, 1, false)},
    {"a line before and one after", NULL, "{'error':'x'}\n{" USAGE "}\n{'a':1}\n", SAYS(SAYS57, CONSISTENT, 1, false)},
    {"the first of two lines without a usage", NULL, "{'error':'x'}\n{'a':1}\n", SAYS("", FAILED, 0, false)},
    {"a usage of zeros takes it away, too", NULL, "{" USAGE ",'error':'x'}\n{'usage':{'prompt_tokens':0}}\n",
     SAYS(SAYS57, CONSISTENT, 2, false)},
    {"in mid-stream", NULL, EVENT("{'b':1}") EVENT("{" USAGE "}") EVENT("{'error':{'code':1}}") EVENT("{'a':1}") DONE,
     SAYS(SAYS57, FAILED, 1, true)},
    {"an event of its own kind", NULL, "event: error\n" EVENT("{'type':'error','error':{'type':'overloaded'}}"),
     SAYS("", FAILED, 0, false)},
    {"an event before the usage", NULL, EVENT("{'error':'x'}") EVENT("{" USAGE "}") DONE,
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"in an array", NULL, "[{" USAGE "},{'error':'x'}]", SAYS(SAYS57, FAILED, 1, false)},
    {"in an array before the usage", NULL, "[{'error':'x'},{" USAGE "}]", SAYS(SAYS57, CONSISTENT, 1, false)},
    {"in an array alone", NULL, "[{'error':{'code':400}}]", SAYS("", FAILED, 0, false)},
    {"a response that failed, and says its usage", NULL,
     EVENT("{'type':'response.failed','response':{'error':{'code':'x'}," USAGE "}}"), SAYS(SAYS57, FAILED, 1, true)},
    {"the same without an error", NULL, EVENT("{'type':'response.failed','response':{'error':null," USAGE "}}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"where a pointer leads", "/response/body", "{'response':{'body':{'error':'x'}}}", SAYS("", FAILED, 0, false)},
    {"before a pointer", "/response/body", "{'error':'x','response':{'body':{" USAGE "}}}",
     SAYS(SAYS57, CONSISTENT, 1, false)},
    {"an error that is not whole is none", NULL, "{'error':{'code':1}", SAYS("", TRUNCATED, 0, false)},
    {"an event with an error that is malformed is none", NULL, EVENT("{'error':1,}"),
     SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    /* before unreadable and truncated */
    {"malformed after it", NULL, "{'error':'x'}x", SAYS("", FAILED, 0, false)},
    {"truncated after it", NULL, "{'error':'x'}{'a", SAYS("", FAILED, 0, false)},
    {"truncated in an array", NULL, "[{'error':'x'},", SAYS("", FAILED, 0, false)},
    {"a lost usage after it", NULL, EVENT("{'error':'x'}") EVENT("{'usage':{}"), SAYS("", FAILED, 0, false)},
    {"no message_delta", NULL, EVENT("{'message':{'usage':" U5 "}}") EVENT("{'type':'error'}"),
     SAYS("prompt 5", FAILED, 1, false)},
};

/* ---------------------------------------------------------------------------------------------------- unreadable */

static const short_case verdict_is_unreadable_when_the_body_is_no_json_no_events_and_no_frames[] = {
    {"a page", NULL, "<html><body>502 Bad Gateway</body></html>\r\n", SAYS("", UNREADABLE, 0, false)},
    {"a page of lines", NULL, "<html>\n\n<title>x</title>\n\nid\n", SAYS("", UNREADABLE, 0, false)},
    {"a word", NULL, "upstream connect error", SAYS("", UNREADABLE, 0, false)},
    {"a number", NULL, "12", SAYS("", UNREADABLE, 0, false)},
    {"null", NULL, "null", SAYS("", UNREADABLE, 0, false)},
    {"a string", NULL, "'{}'", SAYS("", UNREADABLE, 0, false)},
    {"gzip", NULL, "\x1F\x8B\x08\x01\xAB\xAC", SAYS("", UNREADABLE, 0, false)},
    {"data without a colon", NULL, "data\n\n", SAYS("", UNREADABLE, 0, false)},
    {"a name that is longer", NULL, "datas: {" USAGE "}\n\nevents: x\n\nidx:1\n", SAYS("", UNREADABLE, 0, false)},
    {"a name after a space", NULL, " x\n data: {" USAGE "}\n\n", SAYS("", UNREADABLE, 0, false)},
    {"half a name", NULL, "dat", SAYS("", UNREADABLE, 0, false)},
    {"one line of a page begins like an event", NULL, "<html>\nid: 1\n", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"a comment alone", NULL, ": ping\n\n", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"a colon alone", NULL, ":", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"data", NULL, "data:", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"event", NULL, "event:", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"id", NULL, "id:", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"retry", NULL, "retry:", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
};

static const short_case verdict_is_unreadable_when_a_document_is_malformed[] = {
    {"the first", NULL, "{'usage':{'prompt_tokens':5},}", SAYS("", UNREADABLE, 0, false)},
    {"what was read before it counts", NULL, "{'usage':" U5 "}x", SAYS("prompt 5", UNREADABLE, 1, false)},
    {"a bracket too many", NULL, "{'usage':" U5 "}}", SAYS("prompt 5", UNREADABLE, 1, false)},
    {"nothing after it is read", NULL, "{'usage':" U5 "}\nx\n{'usage':" U57 "}\n",
     SAYS("prompt 5", UNREADABLE, 1, false)},
    {"elements that closed count", NULL, "[{'usage':" U5 "},x]", SAYS("prompt 5", UNREADABLE, 1, false)},
    {"also where the end was seen", NULL, "{'done':true,'prompt_eval_count':5}x",
     SAYS("prompt 5", UNREADABLE, 1, true)},
    {"a comma after an array", NULL, "[{}],{}", SAYS("", UNREADABLE, 0, false)},
    {"a byte-order mark between documents", NULL, "{'usage':" U5 "}\xEF\xBB\xBF{}",
     SAYS("prompt 5", UNREADABLE, 1, false)},
};

/* A usage in which arrays are nested, so that the document has this many levels. With `list` it is in an array. */
static void expect_depth(size_t levels, bool list, const answer *want) {
    builder body = {NULL, 0, 0};
    add(&body, 1, list ? "[{\"usage\":{\"prompt_tokens\":5,\"a\":" : "{\"usage\":{\"prompt_tokens\":5,\"a\":");
    add(&body, levels - (list ? 3 : 2), "[");
    add(&body, levels - (list ? 3 : 2), "]");
    add(&body, 1, list ? "}}]" : "}}");
    expect_built("nested", NULL, &body, want);
}

static void verdict_is_unreadable_when_a_document_is_too_deep(void **state) {
    (void)state;
    static const answer good = SAYS("prompt 5", CONSISTENT, 1, false);
    static const answer bad = SAYS("", UNREADABLE, 0, false);
    expect_depth(TOKUSAGE_DEPTH_MAX, false, &good);
    expect_depth(TOKUSAGE_DEPTH_MAX + 1, false, &bad);
    expect_depth(TOKUSAGE_DEPTH_MAX, true, &good);
    expect_depth(TOKUSAGE_DEPTH_MAX + 1, true, &bad);
}

static const short_case verdict_is_unreadable_when_an_event_loses_a_usage_that_had_begun[] = {
    {"malformed", NULL, EVENT("{'usage':{'prompt_tokens':5},}"), SAYS("", UNREADABLE, 0, false)},
    {"malformed in the usage", NULL, EVENT("{'usage':{'prompt_tokens':5x}}"), SAYS("", UNREADABLE, 0, false)},
    {"malformed before its first count", NULL, EVENT("{'usage':{x}}"), SAYS("", UNREADABLE, 0, false)},
    {"a usage that is no object", NULL, EVENT("{'usage':5,}"), SAYS("", UNREADABLE, 0, false)},
    {"a usage deeper in", NULL, EVENT("{'response':{'usage':{},}}"), SAYS("", UNREADABLE, 0, false)},
    {"a path that needs a count", NULL, EVENT("{'result':{'usage':{'a':1,}}}"), SAYS("", UNREADABLE, 0, false)},
    {"a usage that is null", NULL, EVENT("{'usage':null,}"), SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"malformed before the usage", NULL, EVENT("{x," USAGE "}"), SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"a path that is not read in events", NULL, EVENT("{'meta':{'tokens':{'input_tokens':5}},}"),
     SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"ended by its event", NULL, EVENT("{'usage':{'prompt_tokens':5}"), SAYS("", UNREADABLE, 0, false)},
    {"ended by its event, CR LF", NULL, "data: {'usage':{'prompt_tokens':5}\r\n\r\n", SAYS("", UNREADABLE, 0, false)},
    {"ended by its event without a usage", NULL, EVENT("{'a':{'prompt_tokens':5}"),
     SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"malformed, its event not ended", NULL, "data: {'usage':{'prompt_tokens':5},}", SAYS("", UNREADABLE, 0, false)},
    {"after the usage that counts", NULL, EVENT("{'usage':" U5 "}") EVENT("{'usage':{}"),
     SAYS("prompt 5", UNREADABLE, 1, false)},
    {"also where the end was seen", NULL, EVENT("{'usage':" U5 "}") EVENT("{'usage':{}") DONE,
     SAYS("prompt 5", UNREADABLE, 1, true)},
    {"before the usage that counts", NULL, EVENT("{'usage':{}") EVENT("{'usage':" U5 "}") DONE,
     SAYS("prompt 5", CONSISTENT, 1, true)},
    {"glued to the one that counts", NULL, EVENT("{'usage':" U5 "}{'usage':{x"),
     SAYS("prompt 5", UNREADABLE, 1, false)},
    {"a pointer to the response", "/a", EVENT("{'a':{'usage':{x}}}"), SAYS("", UNREADABLE, 0, false)},
    {"a pointer to the usage", "/a", EVENT("{'a':{'prompt_tokens':5,x}}"), SAYS("", UNREADABLE, 0, false)},
    {"a pointer to a usage that is there twice", "/a", EVENT("{'a':{},'a':{x}}"), SAYS("", UNREADABLE, 0, false)},
    {"a pointer to the usage, before its first count", "/a", EVENT("{'a':{'b':5,x}}"),
     SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
};

/* ----------------------------------------------------------------------------------------------------- truncated */

static const short_case verdict_is_truncated_when_the_bytes_end_within_a_document[] = {
    {"an object", NULL, "{" USAGE, SAYS("", TRUNCATED, 0, false)},
    {"its first byte", NULL, "{", SAYS("", TRUNCATED, 0, false)},
    {"a name", NULL, "{'usa", SAYS("", TRUNCATED, 0, false)},
    {"a number", NULL, "{'a':5", SAYS("", TRUNCATED, 0, false)},
    {"an escape", NULL, "{'a':'\\u00", SAYS("", TRUNCATED, 0, false)},
    {"a second document", NULL, "{" USAGE "}\n{'a", SAYS(SAYS57, TRUNCATED, 1, false)},
    {"white space is no document", NULL, "{" USAGE "}\n \n", SAYS(SAYS57, CONSISTENT, 1, false)},
    {"an array that is not closed", NULL, "[{" USAGE "}", SAYS(SAYS57, TRUNCATED, 1, false)},
    {"an array before its first element", NULL, "[", SAYS("", TRUNCATED, 0, false)},
    {"an array after a comma", NULL, "[{" USAGE "},\n", SAYS(SAYS57, TRUNCATED, 1, false)},
    {"not when the end was seen", NULL, "{'done':true,'prompt_eval_count':5}\n{'a",
     SAYS("prompt 5", CONSISTENT, 1, true)},
};

static const short_case verdict_is_truncated_when_the_bytes_end_within_an_event_that_has_a_usage[] = {
    {"a usage that has begun", NULL, "data: {'usage':{'prompt_tokens':5", SAYS("", TRUNCATED, 0, false)},
    {"its first byte", NULL, "data: {'usage':{", SAYS("", TRUNCATED, 0, false)},
    {"after the usage", NULL, "data: {" USAGE ",'a':", SAYS("", TRUNCATED, 0, false)},
    {"at the end of a line", NULL, "data: {'usage':{\n", SAYS("", TRUNCATED, 0, false)},
    {"no usage in it", NULL, "data: {'choices':[", SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"no usage in it, but one before", NULL, EVENT("{" USAGE "}") "data: {'choi",
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"an event without its blank line counts", NULL, "data: {" USAGE "}",
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"not when the end was seen", NULL, EVENT("{'type':'message-end','delta':{'usage':" U57 "}}") "data: {'usage':{",
     SAYS(SAYS57, CONSISTENT, 1, true)},
};

static const short_case verdict_is_truncated_when_events_neither_end_nor_may_end_unless_complete[] = {
    {"a usage and no end", NULL, EVENT("{" USAGE "}"), SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"no usage and no end", NULL, EVENT("{'a':1}"), SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"a usage and the end mark", NULL, EVENT("{" USAGE "}") DONE, SAYS(SAYS57, CONSISTENT, 1, true)},
    {"no usage and the end mark", NULL, EVENT("{'a':1}") DONE, SAYS("", MISSING, 0, true)},
    {"documents need no end", NULL, "{" USAGE "}\n{'a':1}\n", SAYS(SAYS57, CONSISTENT, 1, false)},
    {"nor do documents without a usage", NULL, "{'done':false}\n", SAYS("", MISSING, 0, false)},
    {"a usage after the end takes it away", NULL,
     EVENT("{'type':'response.completed','response':{" USAGE "}}") EVENT("{'usage':" U5 "}"),
     SAYS_TWO("prompt 5", TRUNCATED, CONSISTENT, 2, false)},
};

#define STOP "'candidates':[{'content':{},'finishReason':'STOP'}]"
#define GEMINI "'usageMetadata':{'promptTokenCount':5,'candidatesTokenCount':7,'totalTokenCount':12}"

static void verdict_lets_gemini_end_after_its_finish_reason_or_block_reason(void **state) {
    (void)state;
    static const answer may_end = SAYS(SAYS57, CONSISTENT, 1, false);
    static const answer must_go_on = SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false);
    static const struct {
        const char *document;
        bool may_end;
    } cases[] = {
        {"{" STOP "," GEMINI "}", true},
        {"{" GEMINI "," STOP "}", true},
        {"{'candidates':[{},{'finishReason':'MAX_TOKENS'}]," GEMINI "}", true},
        {"{'candidates':[{'finishReason':'STOP'},{}]," GEMINI "}", true},
        {"{'promptFeedback':{'blockReason':'SAFETY'}," GEMINI "}", true},
        {"{'response':{" STOP "," GEMINI "}}", true},
        {"{'candidates':[{'content':{}}]," GEMINI "}", false},
        {"{'candidates':[{'finishReason':null}]," GEMINI "}", false},
        {"{'candidates':{'finishReason':'STOP'}," GEMINI "}", false},
        {"{'candidates':[{'content':{'finishReason':'STOP'}}]," GEMINI "}", false},
        {"{'finishReason':'STOP'," GEMINI "}", false},
        {"{'promptFeedback':{'blockReason':null}," GEMINI "}", false},
        {"{'choices':[{'finishReason':'STOP'}]," GEMINI "}", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const span event = quoted(line_of("data: %s\n\n", cases[i].document));
        expect_body("an event", NULL, event, cases[i].may_end ? &may_end : &must_go_on);
    }
}

static const short_case verdict_lets_a_stream_of_gemini_end_after_an_event_with_both[] = {
    {"the last event has none", NULL, EVENT("{" STOP "," GEMINI "}") EVENT("{" GEMINI "}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 2, false)},
    {"the last event has one", NULL, EVENT("{" GEMINI "}") EVENT("{" STOP "," GEMINI "}"),
     SAYS(SAYS57, CONSISTENT, 2, false)},
    {"an event without a usage has one", NULL, EVENT("{" GEMINI "}") EVENT("{" STOP "}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"an array of documents needs none", NULL, "[{" GEMINI "},{" GEMINI "}]", SAYS(SAYS57, CONSISTENT, 2, false)},
};

#define START EVENT("{'type':'message_start','message':{'usage':{'input_tokens':5,'output_tokens':1}}}")
#define DELTA EVENT("{'type':'message_delta','usage':{'output_tokens':7}}")

static const short_case verdict_is_truncated_for_anthropic_without_its_message_delta_even_if_complete[] = {
    {"the start alone", NULL, START, SAYS("prompt 5 completion 1 total 6", TRUNCATED, 1, false)},
    {"the start and other events", NULL, START EVENT("{'type':'ping'}"),
     SAYS("prompt 5 completion 1 total 6", TRUNCATED, 1, false)},
    {"a delta", NULL, START DELTA, SAYS(SAYS57, CONSISTENT, 2, true)},
    {"a delta and the stop", NULL, START DELTA EVENT("{'type':'message_stop'}"), SAYS(SAYS57, CONSISTENT, 2, true)},
    {"a usage that is no delta", NULL, START EVENT("{'usage':{'output_tokens':7}}"), SAYS(SAYS57, TRUNCATED, 2, false)},
    {"a second start", NULL, START DELTA START, SAYS("prompt 5 completion 1 total 6", TRUNCATED, 3, false)},
    {"a delta without a start", NULL, DELTA, SAYS("completion 7", CONSISTENT, 1, true)},
    {"the end mark ends it", NULL, START DONE, SAYS("prompt 5 completion 1 total 6", CONSISTENT, 1, true)},
    {"a start that is wrong", NULL, EVENT("{'message':{'usage':{'input_tokens':-5}}}"),
     SAYS("RANGE prompt", TRUNCATED, 1, false)},
    {"a whole message is a document", NULL, "{'message':{'usage':{'input_tokens':5,'output_tokens':7}}}",
     SAYS(SAYS57, CONSISTENT, 1, false)},
};

/* -------------------------------------------------------------------------------------------------------- frames */

static void verdict_is_truncated_when_the_bytes_end_within_a_frame(void **state) {
    (void)state;
    builder body = {NULL, 0, 0};
    add_frame(&body, "\x05:event", "{'usage':" U57 "}");
    const size_t whole = body.length;
    add_frame(&body, "\x05:event", "{'a':1}");
    const size_t both = body.length;
    for (size_t length = 1; length <= both; length++) {
        const size_t payload = whole - 4 - strlen("{'usage':" U57 "}");
        const size_t usages = length >= whole - 4;
        answer want = SAYS("", TRUNCATED, 0, false);
        if (usages > 0) {
            want.says = SAYS57;
            want.reports = 1;
        }
        if (length == whole || length == both) {
            want.verdict = want.verdict_complete = TOKUSAGE_CONSISTENT;
        }
        assert_true(payload > 12);
        expect_body(line_of("%zu bytes", length), NULL, (span){body.bytes, length}, &want);
    }
    free(body.bytes);
}

typedef struct frames_case {
    const char *what;
    const char *payloads[3];
    answer want;
} frames_case;

static void verdict_of_frames_needs_no_end_after_a_usage_except_that_of_anthropic(void **state) {
    (void)state;
    static const frames_case cases[] = {
        {"a usage", {"{'metadata':1}", "{" USAGE "}"}, SAYS(SAYS57, CONSISTENT, 1, false)},
        {"a usage and other frames", {"{" USAGE "}", "{'a':1}"}, SAYS(SAYS57, CONSISTENT, 1, false)},
        {"no usage", {"{'a':1}"}, SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
        {"an error", {"{" USAGE "}", "{'error':'x'}"}, SAYS(SAYS57, FAILED, 1, false)},
        {"metrics",
         {"{'amazon-bedrock-invocationMetrics':{'inputTokenCount':5,'outputTokenCount':7}}"},
         SAYS(SAYS57, CONSISTENT, 1, false)},
        {"the start of a message", {"{'message':{'usage':{'input_tokens':5}}}"}, SAYS("prompt 5", TRUNCATED, 1, false)},
        {"and its delta",
         {"{'message':{'usage':{'input_tokens':5}}}", "{'type':'message_delta','usage':{'output_tokens':7}}"},
         SAYS(SAYS57, CONSISTENT, 2, true)},
        {"a malformed payload with a usage", {"{" USAGE ",}"}, SAYS("", UNREADABLE, 0, false)},
        {"a payload that ends in its usage", {"{'usage':{'prompt_tokens':5"}, SAYS("", UNREADABLE, 0, false)},
        {"a payload that ends before its usage", {"{'a':"}, SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
        {"a malformed payload before the usage that counts",
         {"{'usage':{x", "{" USAGE "}"},
         SAYS(SAYS57, CONSISTENT, 1, false)},
        {"no payload", {""}, SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (int base64 = 0; base64 < 2; base64++) {
            builder body = {NULL, 0, 0};
            for (size_t j = 0; j < LENGTH(cases[i].payloads) && cases[i].payloads[j] != NULL; j++) {
                if (base64 == 0) {
                    add_frame(&body, "\x05:event", cases[i].payloads[j]);
                } else {
                    add_base64_frame(&body, cases[i].payloads[j]);
                }
            }
            expect_body(line_of("%s%s", cases[i].what, base64 != 0 ? ", base64" : ""), NULL, built(&body),
                        &cases[i].want);
            free(body.bytes);
        }
    }
}

static void verdict_is_missing_for_frames_whose_exception_is_in_a_header_if_complete(void **state) {
    (void)state;
    static const answer want = SAYS_TWO("", TRUNCATED, MISSING, 0, false);
    builder body = {NULL, 0, 0};
    add_frame(&body, ":exception-type\x07 throttlingException {\"error\":1,\"usage\":{\"prompt_tokens\":5}}",
              "{'message':'slow down'}");
    expect_built("an exception", NULL, &body, &want);
}

/* ----------------------------------------------------------------------------------------- missing, and the usages */

static const short_case verdict_is_missing_when_the_body_is_whole_and_has_no_usage[] = {
    {"nothing", NULL, "", SAYS("", MISSING, 0, false)},
    {"white space", NULL, " \r\n\t", SAYS("", MISSING, 0, false)},
    {"a byte-order mark", NULL, "\xEF\xBB\xBF", SAYS("", MISSING, 0, false)},
    {"an empty object", NULL, "{}", SAYS("", MISSING, 0, false)},
    {"an empty array", NULL, "[]", SAYS("", MISSING, 0, false)},
    {"a usage that is null", NULL, "{'usage':null}", SAYS("", MISSING, 0, false)},
    {"a usage without a count", NULL, "{'usage':{'cost':1}}", SAYS("", MISSING, 0, false)},
    {"nothing where the pointer leads", "/a", "{" USAGE "}", SAYS("", MISSING, 0, false)},
};

static const short_case verdict_of_a_usage_is_that_of_settle_or_invalid[] = {
    {"consistent", NULL, "{'usage':{'prompt_tokens':5,'completion_tokens':7,'total_tokens':12}}",
     SAYS(SAYS57, CONSISTENT, 1, false)},
    {"reconciled", NULL, "{'usage':{'prompt_tokens':10,'completion_tokens':5,'total_tokens':18,'reasoning_tokens':3}}",
     SAYS("prompt 10 completion 8 total 18 reasoning 3", RECONCILED, 1, false)},
    {"assumed", NULL, "{'usage':{'prompt_tokens':7,'completion_tokens':7,'total_tokens':100}}",
     SAYS("prompt 7 completion 93 total 100 reasoning 86", ASSUMED, 1, false)},
    {"a total alone", NULL, "{'usage':{'total_tokens':8}}", SAYS("prompt 8 completion 0 total 8", ASSUMED, 1, false)},
    {"contradictory", NULL, "{'usage':{'prompt_tokens':5,'completion_tokens':7,'total_tokens':11}}",
     SAYS("prompt 5 completion 7 total 11", CONTRADICTORY, 1, false)},
    {"a part that is too large", NULL, "{'usage':{'prompt_tokens':5,'cached_tokens':6,'total_tokens':9}}",
     SAYS("prompt 5 total 9 cached 6", CONTRADICTORY, 1, false)},
    {"a negative count", NULL, "{'usage':{'prompt_tokens':-1}}", SAYS("RANGE prompt", INVALID, 1, false)},
    {"a string", NULL, "{'usage':{'completion_tokens':'7'}}", SAYS("TYPE completion", INVALID, 1, false)},
    {"a fraction", NULL, "{'usage':{'total_tokens':1.5}}", SAYS("INTEGER total", INVALID, 1, false)},
    {"a count twice", NULL, "{'usage':{'prompt_tokens':1,'prompt_tokens':1}}",
     SAYS("DUPLICATE prompt", INVALID, 1, false)},
    {"the usage twice", NULL, "{'usage':" U5 ",'usage':" U5 "}", SAYS("DUPLICATE usage", INVALID, 1, false)},
    {"a usage that is no object", NULL, "{'usage':5}", SAYS("TYPE usage", INVALID, 1, false)},
    {"a sum out of range", NULL, "{'usage':{'inputTokens':9007199254740991,'cacheReadInputTokens':1}}",
     SAYS("RANGE prompt", INVALID, 1, false)},
    {"a wrong one replaces a good one", NULL, "{" USAGE "}\n{'usage':{'prompt_tokens':-1}}\n",
     SAYS("RANGE prompt", INVALID, 2, false)},
    {"a good one replaces a wrong one", NULL, "{'usage':{'prompt_tokens':-1}}\n{" USAGE "}\n",
     SAYS(SAYS57, CONSISTENT, 2, false)},
    {"a wrong one can be an end", NULL, EVENT("{'type':'response.completed','response':{'usage':{'input_tokens':-1}}}"),
     SAYS("RANGE prompt", INVALID, 1, true)},
};

/* --------------------------------------------------------------------------------------------- as services do it */

static const short_case verdict_knows_the_ends_of_the_services[] = {
    {"Chat Completions",
     NULL,
     EVENT("{'id':'c','choices':[{'delta':{'content':'x'}}],'usage':null}") EVENT("{'id':'c','choices':[]," USAGE "}")
         DONE,
     {SAYS57, TOKUSAGE_CONSISTENT, TOKUSAGE_CONSISTENT, 1, true, {NULL, "c", NULL}, NULL, 0}},
    {"Ollama", NULL, "{'message':{'content':'x'},'done':false}\n{'done':true,'prompt_eval_count':5,'eval_count':7}\n",
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"Ollama that stopped early", NULL, "{'message':{'content':'x'},'done':false}\n{'mess",
     SAYS("", TRUNCATED, 0, false)},
    {"Ollama, done is false", NULL, "{'done':false,'prompt_eval_count':5,'eval_count':7}\n",
     SAYS(SAYS57, CONSISTENT, 1, false)},
    {"Ollama, done is no bool", NULL, "{'done':'true','prompt_eval_count':5,'eval_count':7}\n",
     SAYS(SAYS57, CONSISTENT, 1, false)},
    {"Responses", NULL,
     EVENT("{'type':'response.created','response':{'usage':null}}")
         EVENT("{'type':'response.completed','response':{'usage':{'input_tokens':5,'output_tokens':7}}}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"Responses, incomplete", NULL, EVENT("{'type':'response.incomplete','response':{" USAGE "}}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"Responses that stopped early", NULL, EVENT("{'type':'response.in_progress','response':{" USAGE "}}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"Realtime", NULL,
     EVENT("{'type':'response.done','response':{'usage':{'total_tokens':12,'input_tokens':5,'output_tokens':7,"
           "'input_token_details':{'text_tokens':1,'audio_tokens':4,'cached_tokens':3,'cached_tokens_details':{"
           "'text_tokens':1,'audio_tokens':2}},'output_token_details':{'text_tokens':1,'audio_tokens':6}}}}"),
     SAYS("prompt 5 completion 7 total 12 cached 3 prompt_audio 4 cached_audio 2 completion_audio 6", CONSISTENT, 1,
          true)},
    {"a transcription", NULL,
     EVENT("{'type':'conversation.item.input_audio_transcription.completed','usage':{'type':'tokens',"
           "'total_tokens':12,'input_tokens':5,'input_token_details':{'text_tokens':0,'audio_tokens':5},"
           "'output_tokens':7}}"),
     SAYS(SAYS57 " prompt_audio 5", CONSISTENT, 1, true)},
    {"a transcription's end", NULL, EVENT("{'type':'transcript.text.done','text':'x'," USAGE "}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"speech", NULL,
     EVENT("{'type':'speech.audio.delta','audio':'eA=='}") EVENT("{'type':'speech.audio.done'," USAGE "}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"an image", NULL,
     EVENT("{'type':'image_generation.completed','usage':{'input_tokens':5,'output_tokens':7,'total_tokens':12,"
           "'input_tokens_details':{'image_tokens':2,'text_tokens':3}}}"),
     SAYS(SAYS57 " prompt_image 2", CONSISTENT, 1, true)},
    {"a part of an image", NULL, EVENT("{'type':'image_generation.partial_image'," USAGE "}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"Cohere", NULL,
     EVENT("{'type':'message-end','delta':{'usage':{'billed_units':{'input_tokens':5,'output_tokens':7},'tokens':{"
           "'input_tokens':50,'output_tokens':70}}}}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"an event type", NULL, EVENT("{'event_type':'interaction.completed','interaction':{" USAGE "}}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"a type with an escape", NULL, EVENT("{'type':'response\\u002edone','response':{" USAGE "}}"),
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"an end without a usage is none", NULL, EVENT("{'type':'response.done'}"),
     SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"a type that only begins like an end", NULL, EVENT("{'type':'response.done.x'," USAGE "}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"a type that is only the last word", NULL, EVENT("{'type':'done'," USAGE "}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"the type of an item", NULL, EVENT("{'item':{'type':'response.done'}," USAGE "}"),
     SAYS_TWO(SAYS57, TRUNCATED, CONSISTENT, 1, false)},
    {"message_stop", NULL, EVENT("{'type':'message_stop'," USAGE "}"), SAYS(SAYS57, CONSISTENT, 1, true)},
};

/* A type that ends in ".done" and is written with this many bytes. */
static void expect_type_of(size_t length, bool done) {
    builder body = {NULL, 0, 0};
    tokusage_stream stream;
    add(&body, 1, "data: {\"type\":\"");
    add(&body, length - strlen(".done"), "x");
    add(&body, 1, ".done\",\"usage\":{\"prompt_tokens\":5}}\n\n");
    feed_whole(&stream, NULL, built(&body));
    assert_int_equal(tokusage_stream_done(&stream), done);
    feed_in_chunks(&stream, NULL, built(&body), 1);
    assert_int_equal(tokusage_stream_done(&stream), done);
    free(body.bytes);
}

static void a_type_written_with_more_than_190_bytes_matches_nothing(void **state) {
    (void)state;
    expect_type_of(190, true);
    expect_type_of(191, false);
    expect_type_of(1000, false);
}

/* Escapes of a type are resolved to UTF-8; half of a surrogate pair is no character, and such a type matches nothing. */
static void escapes_of_a_type_are_resolved(void **state) {
    (void)state;
    static const struct {
        const char *type;
        bool done;
    } cases[] = {
        {"x\\u002Edone", true},
        {"\\n\\t\\/\\\\.done", true},
        {"\\u00e9\\u4f60\\uffff.done", true},
        {"\\ud83d\\ude00.done", true},
        {"\\udbff\\udfff\\ud800\\udc00.done", true},
        {"\\ud83d.done", false},
        {"\\ude00.done", false},
        {"\\ud83d\\ud83d.done", false},
        {"\\ud83d\\u0041.done", false},
        {"\\ud83d\\ue000.done", false},
        {"\\ud83d\\nabcd.done", false},
        {"\\ud83dabcdef.done", false},
        {"x.don\\u0065", true},
        {"x.done\\ud83d", false},
        {".done", true},
        {"done", false},
        {"x\\u005cu002edone", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const span body = quoted(line_of("data: {'type':'%s','usage':" U5 "}\n\n", cases[i].type));
        const observation got = expect_in_every_way(cases[i].type, NULL, body);
        if (got.done != cases[i].done || got.reports != 1) {
            fail_msg("%s: done is %d", cases[i].type, got.done);
        }
    }
}

/* --------------------------------------------------------------------------------------------- usage and error */

static void verdict_says_what_it_is_about(void **state) {
    (void)state;
    static const struct {
        const char *body, *want; /* the verdict, and the error */
    } cases[] = {
        {"{" USAGE "}", "consistent OK"},
        {"{'usage':{'total_tokens':8}}", "assumed OK"},
        {"{'usage':{'prompt_tokens':10,'completion_tokens':5,'cached_tokens':11}}", "reconciled OK"},
        {"{'usage':{'prompt_tokens':5,'completion_tokens':7,'total_tokens':11}}", "contradictory TOTAL total 12 11"},
        {"{'usage':{'prompt_tokens':5,'cached_tokens':6,'total_tokens':9}}", "contradictory PART cached 5 6"},
        {"{'usage':{'prompt_tokens':-1}}", "invalid RANGE prompt"},
        {"{'usage':true}", "invalid TYPE usage"},
        {"", "missing NOT_FOUND usage"},
        {"{'error':1}", "failed NOT_FOUND usage"},
        {"{'error':1,'usage':{'prompt_tokens':1.5}}", "failed INTEGER prompt"},
        {"{'error':1,'usage':{'prompt_tokens':5,'total_tokens':4}}", "failed TOTAL total 5 4"},
        {"{'error':1," USAGE "}", "failed OK"},
        {"{" USAGE "}{", "truncated OK"},
        {"{'usage':{'prompt_tokens':5,'total_tokens':4}}{", "truncated TOTAL total 5 4"},
        {"<html>", "unreadable NOT_FOUND usage"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_stream stream;
        tokusage_error error;
        feed_whole(&stream, NULL, quoted(cases[i].body));
        spoil(&error, sizeof error);
        const tokusage_verdict verdict = tokusage_stream_verdict(&stream, true, NULL, &error);
        expect_words(cases[i].body, cases[i].want,
                     line_of("%s %s", tokusage_verdict_text(verdict), error_words(&error)));
    }
}

static void verdict_of_no_stream_has_no_usage(void **state) {
    (void)state;
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    assert_true(tokusage_stream_verdict(NULL, true, &usage, &error) >= TOKUSAGE_INVALID);
    expect_words("no stream", "", usage_words(&usage));
    expect_words("no stream", "ARGUMENT", error_words(&error));
    assert_true(tokusage_stream_verdict(NULL, false, NULL, NULL) >= TOKUSAGE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TABLE_TEST(run_short, verdict_is_failed_when_a_document_has_an_error),
        TABLE_TEST(run_short, verdict_is_failed_only_by_an_error_that_no_usage_follows),
        TABLE_TEST(run_short, verdict_is_unreadable_when_the_body_is_no_json_no_events_and_no_frames),
        TABLE_TEST(run_short, verdict_is_unreadable_when_a_document_is_malformed),
        cmocka_unit_test(verdict_is_unreadable_when_a_document_is_too_deep),
        TABLE_TEST(run_short, verdict_is_unreadable_when_an_event_loses_a_usage_that_had_begun),
        TABLE_TEST(run_short, verdict_is_truncated_when_the_bytes_end_within_a_document),
        TABLE_TEST(run_short, verdict_is_truncated_when_the_bytes_end_within_an_event_that_has_a_usage),
        TABLE_TEST(run_short, verdict_is_truncated_when_events_neither_end_nor_may_end_unless_complete),
        cmocka_unit_test(verdict_lets_gemini_end_after_its_finish_reason_or_block_reason),
        TABLE_TEST(run_short, verdict_lets_a_stream_of_gemini_end_after_an_event_with_both),
        TABLE_TEST(run_short, verdict_is_truncated_for_anthropic_without_its_message_delta_even_if_complete),
        cmocka_unit_test(verdict_is_truncated_when_the_bytes_end_within_a_frame),
        cmocka_unit_test(verdict_of_frames_needs_no_end_after_a_usage_except_that_of_anthropic),
        cmocka_unit_test(verdict_is_missing_for_frames_whose_exception_is_in_a_header_if_complete),
        TABLE_TEST(run_short, verdict_is_missing_when_the_body_is_whole_and_has_no_usage),
        TABLE_TEST(run_short, verdict_of_a_usage_is_that_of_settle_or_invalid),
        TABLE_TEST(run_short, verdict_knows_the_ends_of_the_services),
        cmocka_unit_test(escapes_of_a_type_are_resolved),
        cmocka_unit_test(a_type_written_with_more_than_190_bytes_matches_nothing),
        cmocka_unit_test(verdict_says_what_it_is_about),
        cmocka_unit_test(verdict_of_no_stream_has_no_usage),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
