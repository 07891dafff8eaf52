/*
 * src/stream.c: how a response ends. Which reports say that it has come to its end; how many bytes are taken when
 * [DONE] ends it; what the body is when its bytes end.
 */
#include <stdio.h>
#include <string.h>

#include "bodies.h"

static const body ends[] = {
    {"an end without a report", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":null}}\n\n"
          "data: {\"done\":true}\n\n"),
     IN_EVENTS(ABOUT(NOT_FOUND, "usage"), 0, false, "")},
    {"an end with an object without counts", NULL, TEXT("data: {\"type\":\"response.completed\",\"usage\":{}}\n\n"),
     IN_EVENTS(ABOUT(NOT_FOUND, "usage"), 0, false, "")},
    {"an end without a report, behind a report", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"type\":\"response.completed\"}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"a report behind an end", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 2, false, "")},
    {"null and an empty object behind an end", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"usage\":null}\n\n"
          "data: {\"usage\":{}}\n\n"
          "data: {\"type\":\"x\"}\n\n"
          "data: x\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, true, "")},
    {"an end, a report, an end", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 3, true, "")},
    {"an end in each report", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 2, true, "")},
    {"an end taken back", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}} x\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"an end behind an end taken back", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}} x\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, true, "")},
    {"a report behind an end taken back", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}} x\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, true, "")},
    {"an end that is malformed", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":9}},}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"an end cut off", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"an end with the place twice", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"done\":true,\"usage\":{\"prompt_tokens\":1},\"usage\":1}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"an end of a wrong report", NULL, TEXT("data: {\"done\":true,\"usage\":{\"prompt_tokens\":-5}}\n\n"),
     IN_EVENTS(ABOUT(RANGE, "prompt_tokens"), 1, true, "")},
    {"an end with a report that is not an object", NULL, TEXT("data: {\"usage\":\"x\",\"type\":\"message-end\"}\n\n"),
     IN_EVENTS(ABOUT(TYPE, "usage"), 1, true, "")},
    {"message_delta behind a start", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(5, 7, ABSENT), 2, true, "")},
    {"message_delta behind other reports", NULL,
     TEXT("data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 7, ABSENT), 2, false, "")},
    {"message_delta behind a start without counts", NULL,
     TEXT("data: {\"message\":{\"usage\":{}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 7, ABSENT), 1, false, "")},
    {"message_delta behind a start taken back", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}} x\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 7, ABSENT), 1, false, "")},
    {"message_delta in the text of the start", NULL,
     TEXT("data: {\"type\":\"message_delta\",\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"message_delta in the text of another start", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"message_delta\",\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 2, true, "")},
    {"message_delta in the text of a first place", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":1}},\"usage\":{\"input_tokens\":5}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 7, ABSENT), 2, false, "")},
    {"a start behind message_delta", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"
          "data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 3, false, "")},
    {"message_delta far behind a start", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"ping\"}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: {}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(5, 7, ABSENT), 3, true, "")},
    {"message_delta as an event_type", NULL,
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"event_type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(5, 7, ABSENT), 2, true, "")},
    {"message_delta and a pointer", "/usage",
     TEXT("data: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n"),
     IN_EVENTS(COUNTS(ABSENT, 7, ABSENT), 1, false, "")},
    {"an end and a pointer", "/u",
     TEXT("data: {\"type\":\"message-end\",\"u\":{\"prompt_tokens\":5},\"usage\":{\"prompt_tokens\":1}}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, true, "")},
    {"an end and the whole text", "", TEXT("data: {\"prompt_tokens\":5,\"done\":true}\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, true, "")},
    {"an end in the element that reports", NULL,
     TEXT("data: [{\"usage\":{\"prompt_tokens\":1}},{\"usage\":{\"prompt_tokens\":5},\"done\":true},"
          "{\"done\":false}]\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, true, "")},
    {"an end in another element", NULL,
     TEXT("data: [{\"usage\":{\"prompt_tokens\":1},\"done\":true},{\"usage\":{\"prompt_tokens\":5}},"
          "{\"done\":true}]\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "")},
    {"message_delta in an array", NULL,
     TEXT("[{\"message\":{\"usage\":{\"input_tokens\":5}}}]\n"
          "[{\"message\":{\"usage\":{\"input_tokens\":5}}},{\"type\":\"message_delta\","
          "\"usage\":{\"output_tokens\":7}}]\n"),
     IN_TEXTS(COUNTS(5, 7, ABSENT), 2, true, WHOLE, "")},
    {"lines with an end", NULL,
     TEXT("{\"done\":false}\n"
          "{\"done\":true,\"prompt_eval_count\":5}\n"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, true, WHOLE, "")},
    {"lines behind an end", NULL,
     TEXT("{\"done\":true,\"prompt_eval_count\":5}\n"
          "{\"done\":false}\n"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, true, WHOLE, "")},
    {"reports behind an end in lines", NULL,
     TEXT("{\"done\":true,\"prompt_eval_count\":1}\n"
          "{\"prompt_eval_count\":5}\n"),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 2, false, WHOLE, "")},
    {"lines cut off behind an end", NULL,
     TEXT("{\"done\":true,\"prompt_eval_count\":5}\n"
          "{\"a\""),
     IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, true, OPEN, "")},
    {"[DONE] behind a report without an end", NULL,
     TEXT("data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5}}}\n\n"
          "data: {\"usage\":{\"prompt_tokens\":5}}\n\n"
          "data: [DONE]\n\n"),
     IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 2, true, "")},
};

static void stream_is_done_when_the_latest_report_says_so(void **state) {
    (void)state;
    expect_bodies(ends, LENGTH(ends));
}

/* A member of the root next to a report, and whether it says that the response has ended. */
static const struct {
    const char *member;
    bool done;
} members[] = {
    {"\"type\":\"response.completed\"", true},
    {"\"type\":\"response.incomplete\"", true},
    {"\"type\":\"response.failed\"", true},
    {"\"type\":\"interaction.completed\"", true},
    {"\"type\":\"message-end\"", true},
    {"\"event_type\":\"response.completed\"", true},
    {"\"event_type\":\"response.incomplete\"", true},
    {"\"event_type\":\"response.failed\"", true},
    {"\"event_type\":\"interaction.completed\"", true},
    {"\"event_type\":\"message-end\"", true},
    {"\"done\":true", true},
    {"\"done\" : true ", true},
    {"\"type\" :\t\"message-end\" ", true},
    {"\"type\":\"response\\u002ecompleted\"", true},
    {"\"type\":\"\\u0072esponse.faile\\u0064\"", true},
    {"\"t\\u0079pe\":\"message-end\"", true},
    {"\"event\\u005Ftype\":\"message\\u002Dend\"", true},
    {"\"\\u0064\\u006f\\u006e\\u0065\":true", true},
    {"\"type\":\"x\",\"event_type\":\"message-end\"", true},
    {"\"event_type\":\"message-end\",\"type\":\"x\",\"done\":false", true},
    {"\"type\":\"message-end\",\"type\":\"x\"", true},
    {"\"type\":\"x\",\"type\":\"message-end\"", true},
    {"\"type\":5,\"type\":\"message-end\",\"type\":null", true},
    {"\"done\":false,\"done\":true", true},
    {"\"done\":true,\"done\":false", true},
    {"\"type\":\"message_delta\"", false},
    {"\"event_type\":\"message_delta\"", false},
    {"\"type\":\"message_stop\"", false},
    {"\"type\":\"message_end\"", false},
    {"\"type\":\"message-start\"", false},
    {"\"type\":\"response.done\"", false},
    {"\"type\":\"response.created\"", false},
    {"\"type\":\"response.complete\"", false},
    {"\"type\":\"response.completed \"", false},
    {"\"type\":\"response.completedx\"", false},
    {"\"type\":\" response.completed\"", false},
    {"\"type\":\"Response.completed\"", false},
    {"\"type\":\"response.completed\\u0000\"", false},
    {"\"type\":\"response.\\\\u0063ompleted\"", false},
    {"\"type\":\"\\\"response.completed\\\"\"", false},
    {"\"type\":\"interaction.complete\"", false},
    {"\"type\":\"\"", false},
    {"\"type\":null", false},
    {"\"type\":true", false},
    {"\"type\":1", false},
    {"\"type\":[\"response.completed\"]", false},
    {"\"type\":{\"type\":\"response.completed\",\"done\":true}", false},
    {"\"Type\":\"response.completed\"", false},
    {"\"typ\":\"response.completed\"", false},
    {"\"types\":\"response.completed\"", false},
    {"\"event\":\"response.completed\"", false},
    {"\"object\":\"response.completed\"", false},
    {"\"response\":{\"type\":\"response.completed\",\"done\":true}", false},
    {"\"message\":{\"type\":\"message-end\",\"done\":true}", false},
    {"\"a\":[{\"done\":true}]", false},
    {"\"a\":\"\\\"done\\\":true\"", false},
    {"\"done\":false", false},
    {"\"done\":null", false},
    {"\"done\":1", false},
    {"\"done\":\"true\"", false},
    {"\"done\":[true]", false},
    {"\"done\":{\"done\":true}", false},
    {"\"Done\":true", false},
    {"\"done_reason\":\"stop\"", false},
    {"\"finish_reason\":\"stop\"", false},
    {"\"type\":\"response.completed.and.a.type.that.is.longer.than.the.name.of.any.model.can.be...................."
     ".......................................\"",
     false},
};

static void the_end_is_told_by_a_few_members_of_the_root(void **state) {
    (void)state;
    static const char *const forms[] = {
        "data: {%s,\"usage\":{\"prompt_tokens\":5}}\n\n",
        "data: {\"usage\":{\"prompt_tokens\":5},%s}\n\n",
        "{\"usage\":{\"prompt_tokens\":5},%s}",
        "[{},{%s,\"usage\":{\"prompt_tokens\":5}},{}]\n",
        "{%s,\"prompt_eval_count\":5}",
    };
    for (size_t i = 0; i < LENGTH(members); i++) {
        for (size_t form = 0; form < LENGTH(forms); form++) {
            char text[300];
            int length = snprintf(text, sizeof text, forms[form], members[i].member);
            assert_true(length > 0 && (size_t)length < sizeof text);
            span bytes = {text, (size_t)length};
            answer want = IN_TEXTS(COUNTS(5, ABSENT, ABSENT), 1, members[i].done, WHOLE, "");
            if (text[0] == 'd' && !members[i].done) {
                want.body = TOKUSAGE_BODY_OPEN;
            }
            expect_in_every_way(members[i].member, NULL, bytes, &want);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ bytes taken */

/* An event of [DONE] with these line ends, and anything behind it: how much is taken. */
static void expect_stop(const char *event, const char *line_end, const char *blank, const char *rest) {
    char text[200];
    int length = snprintf(text, sizeof text, event, line_end, blank, "");
    size_t taken = (size_t)length;
    if (text[taken - 1] == '\r' && rest[0] == '\n') {
        taken++;
    }
    length = snprintf(text, sizeof text, event, line_end, blank, rest);
    assert_true(length > 0 && (size_t)length < sizeof text);
    span bytes = {text, (size_t)length};
    answer want = {ABOUT(NOT_FOUND, "usage"), 0, true, TOKUSAGE_BODY_WHOLE, taken, ""};
    expect_in_every_way("[DONE]", NULL, bytes, &want);
    expect_after_every_byte("[DONE]", NULL, bytes);
}

static void stream_takes_the_blank_line_behind_done_and_nothing_more(void **state) {
    (void)state;
    static const char *const events[] = {
        "data: [DONE]%s%s%s",
        "data:[DONE]%s%s%s",
        "data: {}\n\ndata: [DONE]%s%s%s",
        "event: done\ndata: [DONE]%s: [DONE]\n%s%s",
        "data: [DONE]%sdat\r\n%s%s",
    };
    static const char *const line_ends[] = {"\n", "\r", "\r\n"};
    static const char *const rests[] = {"",  "\n",  "\r",      "\r\n", "\n\n", "\r\r", "\n\r", "data: [DONE]\n\n",
                                        "x", "\nx", "data: x", "\n{}", "{}",   "\xEF"};
    for (size_t i = 0; i < LENGTH(events); i++) {
        for (size_t end = 0; end < LENGTH(line_ends); end++) {
            for (size_t blank = 0; blank < LENGTH(line_ends); blank++) {
                if (line_ends[end][0] == '\r' && line_ends[end][1] == '\0' && line_ends[blank][0] == '\n' && i < 3) {
                    continue; /* CR, LF is one line end */
                }
                for (size_t rest = 0; rest < LENGTH(rests); rest++) {
                    expect_stop(events[i], line_ends[end], line_ends[blank], rests[rest]);
                }
            }
        }
    }
}

static void stream_takes_nothing_more_once_done_has_ended_it(void **state) {
    (void)state;
    static const char *const bodies_with_done[] = {"data: [DONE]\n\n", "data: [DONE]\r\n\r\n", "data: [DONE]\r\r",
                                                   "data: [DONE]\r\r\n"};
    static const char report[] = "data: {\"usage\":{\"prompt_tokens\":5}}\n\n";
    for (size_t i = 0; i < LENGTH(bodies_with_done); i++) {
        const char *bytes = bodies_with_done[i];
        size_t length = strlen(bytes);
        answer want = {ABOUT(NOT_FOUND, "usage"), 0, true, TOKUSAGE_BODY_WHOLE, length, ""};
        tokusage_stream stream;
        assert_int_equal(feed_at_once(&stream, NULL, bytes, length), length);
        tokusage_stream behind = stream;
        for (size_t times = 0; times < 3; times++) {
            assert_int_equal(tokusage_stream_feed(&stream, report, sizeof report - 1), 0);
            assert_int_equal(tokusage_stream_feed(&stream, "\r", 1), 0);
            assert_int_equal(tokusage_stream_feed(&stream, "{", 1), 0);
            expect_answer("a stream that has ended", &stream, &want);
        }
        /* The LF of a CR LF is taken once. */
        assert_int_equal(tokusage_stream_feed(&behind, "\n\n", 2), bytes[length - 1] == '\r' ? 1 : 0);
        assert_int_equal(tokusage_stream_feed(&behind, "\n\n", 2), 0);
        expect_answer("a stream that has ended, and an LF", &behind, &want);
    }
}

/* An end that a report tells does not stop the stream: more may follow. */
static void stream_takes_what_follows_an_end_that_a_report_tells(void **state) {
    (void)state;
    static const char first[] = "data: {\"type\":\"response.completed\",\"usage\":{\"prompt_tokens\":1}}\n\n";
    static const char second[] =
        "data: {\"type\":\"response.failed\",\"usage\":{\"prompt_tokens\":5}}\n\ndata: [DONE]\n\n";
    static const answer want = IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 2, true, "");
    tokusage_stream stream;
    assert_int_equal(feed_at_once(&stream, NULL, first, sizeof first - 1), sizeof first - 1);
    assert_true(tokusage_stream_done(&stream));
    assert_int_equal(tokusage_stream_feed(&stream, second, sizeof second - 1), sizeof second - 1);
    expect_answer("two ends", &stream, &want);
}

/* Many responses in a row, in pieces. When one stream takes only a part, the next stream begins with the rest. */
static size_t read_responses(const char *bytes, size_t length, size_t piece, int64_t prompts[8]) {
    size_t count = 0;
    tokusage_stream stream;
    tokusage usage;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    for (size_t at = 0; at < length;) {
        size_t given = length - at < piece ? length - at : piece;
        size_t taken = tokusage_stream_feed(&stream, bytes + at, given);
        at += taken;
        if (taken < given || at == length) {
            assert_true(tokusage_stream_done(&stream) && count < 8);
            assert_int_equal(tokusage_stream_usage(&stream, &usage, NULL), TOKUSAGE_OK);
            prompts[count++] = usage.prompt_tokens.value;
            assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        }
    }
    return count;
}

static void stream_leaves_the_rest_to_the_next_stream(void **state) {
    (void)state;
    static const char bytes[] = "data: {\"usage\":{\"prompt_tokens\":1}}\n\ndata: [DONE]\n\n"
                                "\r\n: two\r\ndata: {\"usage\":{\"prompt_tokens\":2}}\r\n\r\ndata: [DONE]\r\n\r\n"
                                "data: {\"usage\":{\"prompt_tokens\":3}}\r\rdata:[DONE]\r\r"
                                "data: {\"usage\":{\"prompt_tokens\":4}}\n\nevent: end\ndata: [DONE]\r\r\n"
                                "\xEF\xBB\xBF"
                                "data: {\"usage\":{\"prompt_tokens\":5}}\n\ndata: [DONE]\n\n";
    for (size_t piece = 1; piece <= sizeof bytes; piece++) {
        int64_t prompts[8] = {0};
        assert_int_equal(read_responses(bytes, sizeof bytes - 1, piece, prompts), 5);
        for (int i = 0; i < 5; i++) {
            assert_int_equal(prompts[i], i + 1);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ the body */

static void stream_tells_whether_a_body_may_end_where_it_does(void **state) {
    (void)state;
    static const struct {
        span bytes;
        tokusage_body kind;
    } cases[] = {
        {TEXT(""), TOKUSAGE_BODY_EMPTY},
        {TEXT(" \r\n\t"), TOKUSAGE_BODY_EMPTY},
        {TEXT("\xEF"), TOKUSAGE_BODY_EMPTY},
        {TEXT("\xEF\xBB"), TOKUSAGE_BODY_EMPTY},
        {TEXT("\xEF\xBB\xBF"), TOKUSAGE_BODY_EMPTY},
        {TEXT("\xEF\xBB\xBF\n \n"), TOKUSAGE_BODY_EMPTY},
        {TEXT("\xEF\xBB\xBF\xEF"), TOKUSAGE_BODY_OPEN},
        {TEXT("\n\xEF"), TOKUSAGE_BODY_OPEN},
        {TEXT("\xEF "), TOKUSAGE_BODY_OPEN},
        {TEXT("\0"), TOKUSAGE_BODY_OPEN},
        {TEXT("d"), TOKUSAGE_BODY_OPEN},
        {TEXT("data: {}\n\n"), TOKUSAGE_BODY_OPEN},
        {TEXT("data: [DONE"), TOKUSAGE_BODY_OPEN},
        {TEXT("data: [DONE]"), TOKUSAGE_BODY_WHOLE},
        {TEXT("data: [DONE]\n"), TOKUSAGE_BODY_WHOLE},
        {TEXT("data: [DONE]\nd"), TOKUSAGE_BODY_WHOLE},
        {TEXT("data: [DONE]\ndata:"), TOKUSAGE_BODY_OPEN},
        {TEXT("data: [DONE]\n\n"), TOKUSAGE_BODY_WHOLE},
        {TEXT("data: {\"done\":true,\"usage\":{\"prompt_tokens\":5}}"), TOKUSAGE_BODY_WHOLE},
        {TEXT("data: {\"done\":true,\"usage\":{\"prompt_tokens\":5}}x"), TOKUSAGE_BODY_OPEN},
        {TEXT("data: {\"done\":true,\"usage\":{\"prompt_tokens\":5}}\n\ndata: {"), TOKUSAGE_BODY_WHOLE},
        {TEXT("{"), TOKUSAGE_BODY_OPEN},
        {TEXT(" ["), TOKUSAGE_BODY_OPEN},
        {TEXT("{\"done\":true,\"eval_count\":5"), TOKUSAGE_BODY_OPEN},
        {TEXT("{}"), TOKUSAGE_BODY_WHOLE},
        {TEXT("\xEF\xBB\xBF[]\r\n"), TOKUSAGE_BODY_WHOLE},
        {TEXT("{}\n{"), TOKUSAGE_BODY_OPEN},
        {TEXT("{}\n{}"), TOKUSAGE_BODY_WHOLE},
        {TEXT("{} 1"), TOKUSAGE_BODY_WHOLE},
        {TEXT("{} 1.0e-5"), TOKUSAGE_BODY_WHOLE},
        {TEXT("{} -"), TOKUSAGE_BODY_OPEN},
        {TEXT("{} 1."), TOKUSAGE_BODY_OPEN},
        {TEXT("{} 1e"), TOKUSAGE_BODY_OPEN},
        {TEXT("{} \"a"), TOKUSAGE_BODY_OPEN},
        {TEXT("{} t"), TOKUSAGE_BODY_OPEN},
        {TEXT("{} true"), TOKUSAGE_BODY_WHOLE},
        {TEXT("{}}"), TOKUSAGE_BODY_BROKEN},
        {TEXT("{}x"), TOKUSAGE_BODY_BROKEN},
        {TEXT("{}\ndata: [DONE]\n\n"), TOKUSAGE_BODY_BROKEN},
        {TEXT("{\"a\":1,}"), TOKUSAGE_BODY_BROKEN},
        {TEXT("{x}{}"), TOKUSAGE_BODY_BROKEN},
        {TEXT("[DONE]"), TOKUSAGE_BODY_BROKEN},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        span bytes = cases[i].bytes;
        tokusage_stream stream;
        assert_int_equal(feed_at_once(&stream, NULL, bytes.bytes, bytes.length), bytes.length);
        if (tokusage_stream_body(&stream) != cases[i].kind) {
            fail_msg("%s: the body is not as expected", shown(bytes.bytes, bytes.length));
        }
        expect_after_every_byte("the body", NULL, bytes);
    }
}

static void stream_takes_all_of_a_broken_body_and_reads_none_of_it(void **state) {
    (void)state;
    static const char more[] = "\n{\"model\":\"m\",\"done\":true,\"usage\":{\"prompt_tokens\":5}}\n";
    static const answer want = IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, BROKEN, "");
    char deep[TOKUSAGE_DEPTH_MAX + 2];
    memset(deep, '[', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    const char *const breaks[] = {"{x", "[1 2", "{}]", "{\"a\":\"\n", deep};
    for (size_t i = 0; i < LENGTH(breaks); i++) {
        tokusage_stream stream;
        size_t length = strlen(breaks[i]);
        assert_int_equal(feed_at_once(&stream, NULL, breaks[i], length), length);
        expect_answer(breaks[i], &stream, &want);
        assert_int_equal(tokusage_stream_feed(&stream, more, sizeof more - 1), sizeof more - 1);
        assert_int_equal(tokusage_stream_feed(&stream, "}", 1), 1);
        expect_answer(breaks[i], &stream, &want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_is_done_when_the_latest_report_says_so),
        cmocka_unit_test(the_end_is_told_by_a_few_members_of_the_root),
        cmocka_unit_test(stream_takes_the_blank_line_behind_done_and_nothing_more),
        cmocka_unit_test(stream_takes_nothing_more_once_done_has_ended_it),
        cmocka_unit_test(stream_takes_what_follows_an_end_that_a_report_tells),
        cmocka_unit_test(stream_leaves_the_rest_to_the_next_stream),
        cmocka_unit_test(stream_tells_whether_a_body_may_end_where_it_does),
        cmocka_unit_test(stream_takes_all_of_a_broken_body_and_reads_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
