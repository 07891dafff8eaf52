/*
 * Streams: how they begin, what feed takes, the data of events, and that the caller may copy a stream and ask it at any
 * time. Several documents, the verdict, labels, the framing of events, frames and the search have tests of their own.
 */
#include "shorthand.h"

#include <stdlib.h>
#include <string.h>

#define USAGE "'usage':" U57

/* ---------------------------------------------------------------------------------------------------- the object */

static void init_refuses_a_missing_stream_and_a_pointer_that_is_none_and_changes_nothing(void **state) {
    (void)state;
    static const char *const pointers[] = {"usage", "/a~", "/a~2", "~", " /a", "/a/~x"};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_stream_init(NULL, "/usage"), TOKUSAGE_ERR_ARGUMENT);
    for (size_t i = 0; i < LENGTH(pointers); i++) {
        spoil(&stream, sizeof stream);
        assert_int_equal(tokusage_stream_init(&stream, pointers[i]), TOKUSAGE_ERR_ARGUMENT);
        assert_true(spoilt(&stream, sizeof stream));
    }
}

static void size_is_that_of_the_object_and_at_most_1536_bytes(void **state) {
    (void)state;
    assert_int_equal(tokusage_stream_size(), sizeof(tokusage_stream));
    assert_int_equal(sizeof(tokusage_stream), TOKUSAGE_STREAM_SIZE);
    assert_true(TOKUSAGE_STREAM_SIZE <= 1536);
}

/* Bodies of each kind. */
static const char *const kinds[] = {
    "{'id':'a'," USAGE "}\n{'b':1}\n",
    "[{'usage':" U5 "},{" USAGE "}]",
    EVENT("{'model':'m','a':'a text that is longer than a register'}") EVENT("{'b':1}") EVENT("{" USAGE "}") DONE,
    "<html>",
};

static void all_zero_bytes_are_ready_for_the_first_chunk(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        const span body = quoted(kinds[i]);
        tokusage_stream zero;
        tokusage_stream ready;
        memset(&zero, 0, sizeof zero);
        const size_t taken = tokusage_stream_feed(&zero, body.bytes, body.length);
        const size_t whole = feed_whole(&ready, NULL, body);
        const observation want = observe(kinds[i], &ready, whole);
        expect_observed(kinds[i], &zero, taken, &want);
    }
}

static void a_copy_goes_on_by_itself_wherever_the_stream_is_copied(void **state) {
    (void)state;
    static const char other[] = "x\n\ndata: {\"usage\":{\"prompt_tokens\":99}}\n\n";
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        const span body = quoted(kinds[i]);
        tokusage_stream whole;
        const size_t fed = feed_whole(&whole, NULL, body);
        const observation want = observe(kinds[i], &whole, fed);
        for (size_t cut = 0; cut <= body.length; cut++) {
            tokusage_stream stream;
            memset(&stream, 0, sizeof stream);
            size_t taken = tokusage_stream_feed(&stream, body.bytes, cut);
            tokusage_stream copy = stream;
            tokusage_stream_feed(&stream, other, sizeof other - 1);
            spoil(&stream, sizeof stream);
            taken += tokusage_stream_feed(&copy, body.bytes + cut, body.length - cut);
            expect_observed(line_of("%s, copied after %zu bytes", kinds[i], cut), &copy, taken, &want);
        }
    }
}

static void questions_about_no_stream_have_an_answer(void **state) {
    (void)state;
    tokusage usage;
    tokusage_error error;
    tokusage_stream stream;
    char label[4] = "xyz";
    memset(&stream, 0, sizeof stream);
    spoil(&usage, sizeof usage);
    assert_int_equal(tokusage_stream_usage(NULL, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_words("no stream", "ARGUMENT", error_words(&error));
    assert_true(spoilt(&usage, sizeof usage));
    assert_int_equal(tokusage_stream_usage(&stream, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_words("no usage", "ARGUMENT", error_words(&error));
    assert_int_equal(tokusage_stream_usage(NULL, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_false(tokusage_stream_done(NULL));
    assert_int_equal(tokusage_stream_reports(NULL), 0);
    assert_int_equal(tokusage_stream_label(NULL, TOKUSAGE_LABEL_MODEL, label, sizeof label), 0);
    assert_string_equal(label, "");
}

/* ---------------------------------------------------------------------------------------------------------- feed */

static void feed_of_no_stream_no_bytes_or_an_empty_chunk_takes_nothing(void **state) {
    (void)state;
    tokusage_stream stream;
    const span body = quoted("{" USAGE "}");
    assert_int_equal(tokusage_stream_feed(NULL, body.bytes, body.length), 0);
    feed_whole(&stream, NULL, body);
    const observation before = observe("before", &stream, body.length);
    assert_int_equal(tokusage_stream_feed(&stream, NULL, 0), 0);
    assert_int_equal(tokusage_stream_feed(&stream, NULL, 5), 0);
    assert_int_equal(tokusage_stream_feed(&stream, body.bytes, 0), 0);
    expect_observed("nothing was fed", &stream, body.length, &before);
}

/* `rest` follows `body`, and must not be taken. */
static void feed_takes_all_except_what_follows_the_event_with_the_end_mark(void **state) {
    (void)state;
    static const struct {
        const char *body, *rest;
        bool done;
    } cases[] = {
        {"data: [DONE]\n\n", "", true},
        {"data: [DONE]\n\n", "data: {" USAGE "}\n\n", true},
        {"data: [DONE]\n\n", "\n", true},
        {"data: [DONE]\r\r", "x", true},
        {"data: [DONE]\r\n\r\n", "x", true},
        {"data: [DONE]\r\n\r\n", "\n", true},
        {"data: [DONE]\n\r\n", "x", true},
        {"data: [DONE]\r\r\n", "x", true},
        {"data:[DONE]\n\n", "x", true},
        {"data: \t [DONE]\n\n", "x", true},
        {"data: [DONE] \n\n", "x", true},
        {"data: [DONE]x\n\n", "x", true},
        {"data: [DONE]\nid: 5\n\n", "x", true},
        {"data: [DONE]\ndata: {" USAGE "}\n\n", "x", true},
        {"event: x\nid: 5\ndata: [DONE]\n\n", "x", true},
        {"data: {'a':1}\ndata: [DONE]\n\n", "x", true},
        {"data: {'a':1}[DONE]\n\n", "x", true},
        {"data: {'a':1} [DONE]\n\n", "x", true},
        {"data: [{'a':1}][DONE]\n\n", "x", true},
        {"data: {'a':1}\n\ndata: [DONE]\n\n", "data: [DONE]\n\n", true},
        {"data: [D\n\n", "x", true},
        {"data: [DONE", "", true},
        {"data: [D", "", true},
        {"data: [", "", false},
        {"data: [ DONE]\n\nx", "", false},
        {"data: [\ndata: DONE]\n\nx", "", false},
        {"data: [[DONE]]\n\nx", "", false},
        {"data: [1,DONE]\n\nx", "", false},
        {"data: [done]\n\nx", "", false},
        {"data: [EDONE]\n\nx", "", false},
        {"data: DONE\n\nx", "", false},
        {"data: x[DONE]\n\nx", "", false},
        {"data: {'a':[DONE]}\n\nx", "", false},
        {"data: {'a':'[DONE]'}\n\nx", "", false},
        {"event: [DONE]\ndata: {}\n\n: [DONE]\n\nx", "", false},
        {"dat: [DONE]\n\nx:", "", false},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const span body = quoted(line_of(": \n%s%s", cases[i].body, cases[i].rest));
        const observation got = expect_in_every_way(shown(body.bytes, body.length), NULL, body);
        if (got.taken != body.length - strlen(cases[i].rest) || got.done != cases[i].done || got.reports != 0) {
            print_error("%s: %zu bytes taken, done %d\n", shown(body.bytes, body.length), got.taken, got.done);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void feed_takes_nothing_after_the_end_mark(void **state) {
    (void)state;
    tokusage_stream stream;
    const span body = quoted(EVENT("{" USAGE "}") DONE);
    assert_int_equal(feed_whole(&stream, NULL, body), body.length);
    assert_int_equal(tokusage_stream_feed(&stream, body.bytes, body.length), 0);
    assert_int_equal(tokusage_stream_reports(&stream), 1);
    assert_true(tokusage_stream_done(&stream));
}

/* ------------------------------------------------------------------------------------------------- how bodies begin */

static void white_space_and_byte_order_marks_before_a_body_are_skipped(void **state) {
    (void)state;
    static const char *const leads[] = {
        "", " ", "\r\n\t \n", "\xEF\xBB\xBF", "\n\xEF\xBB\xBF", "\xEF\xBB\xBF\xEF\xBB\xBF", "\xEF\xBB\xBF \r\n"};
    static const answer document = SAYS(SAYS57, CONSISTENT, 1, false);
    static const answer events = SAYS(SAYS57, CONSISTENT, 1, true);
    for (size_t i = 0; i < LENGTH(leads); i++) {
        builder frames = {NULL, 0, 0};
        const bool no_document = strlen(leads[i]) > 3 || leads[i][0] == '\n';
        tokusage_stream stream;
        add(&frames, 1, leads[i]);
        add_frame(&frames, "", "{" USAGE "}");
        expect_body("frames", NULL, built(&frames), &document);
        expect_body("events", NULL, quoted(line_of("%s" EVENT("{" USAGE "}") DONE, leads[i])), &events);
        /* extract skips less: white space, and one byte-order mark before it */
        const span body = quoted(line_of("%s{" USAGE "}", leads[i]));
        for (size_t cut = 0; no_document && cut <= body.length; cut++) {
            const observation got = observe(leads[i], &stream, feed_in_two(&stream, NULL, body, cut));
            expect_answer("a document", &got, body.length, &document);
        }
        if (!no_document) {
            expect_body("a document", NULL, body, &document);
        }
        free(frames.bytes);
    }
}

/* ------------------------------------------------------------------------------------------- the data of events */

static const short_case data_of_an_event_are_documents_one_after_another[] = {
    {"two in a line", NULL, EVENT("{'usage':" U5 "}{" USAGE "}") DONE, SAYS(SAYS57, CONSISTENT, 2, true)},
    {"two in two lines", NULL, "data: {'usage':" U5 "}\ndata: {" USAGE "}\n\n" DONE, SAYS(SAYS57, CONSISTENT, 2, true)},
    {"one in two lines", NULL, "data: {'usage':\ndata: " U57 "}\n\n" DONE, SAYS(SAYS57, CONSISTENT, 1, true)},
    {"bytes that are not JSON end the event", NULL, EVENT("{'usage':" U5 "}x{" USAGE "}") DONE,
     SAYS("prompt 5", CONSISTENT, 1, true)},
    {"and not the stream", NULL, EVENT("x") EVENT("{" USAGE "}") DONE, SAYS(SAYS57, CONSISTENT, 1, true)},
    {"also its later lines", NULL, "data: x\ndata: {" USAGE "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"events glued without a blank line", NULL, "data: {'a':1}\ndata: {" USAGE "}\ndata: [DONE]\n\n",
     SAYS(SAYS57, CONSISTENT, 1, true)},
    {"a line end in a string", NULL, "data: {'a':'x\ndata: y'," USAGE "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"a line end in a name", NULL, "data: {'us\ndata: age':" U5 "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"a line end in a number", NULL, "data: {'prompt':1\ndata: 2," USAGE "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"a line end in a word", NULL, "data: {'a':nu\ndata: ll," USAGE "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"a line end in an escape", NULL, "data: {'a':'\\u0\ndata: 041'," USAGE "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"a line end after a backslash", NULL, "data: {'a':'\\\ndata: n'," USAGE "}\n\n" DONE, SAYS("", MISSING, 0, true)},
    {"root names mean nothing", NULL, EVENT("{'prompt_eval_count':5}") DONE, SAYS("", MISSING, 0, true)},
    {"nor do paths that do not end in usage", NULL,
     EVENT("{'meta':{'tokens':{'input_tokens':5}},'amazon-bedrock-invocationMetrics':{'inputTokenCount':5}}") DONE,
     SAYS("", MISSING, 0, true)},
    {"except with a pointer", "", EVENT("{'prompt_eval_count':5}") DONE, SAYS("prompt 5", CONSISTENT, 1, true)},
    {"a list", NULL, EVENT("[{'usage':" U5 "},{" USAGE "}]") DONE, SAYS(SAYS57, CONSISTENT, 2, true)},
    {"a pointer in each element of a list", "/a", EVENT("[{'a':" U5 "},{'a':" U57 "}]") DONE,
     SAYS(SAYS57, CONSISTENT, 2, true)},
    {"zeros replace nothing, and can be an end", NULL,
     EVENT("{" USAGE "}") EVENT("{'type':'response.done','response':{'usage':{'input_tokens':0}}}"),
     SAYS(SAYS57, CONSISTENT, 2, true)},
};

/* What is at these paths is a usage only once it has a count; what was read before that counts, too. */
static const short_case a_usage_that_needs_a_count_is_read_from_its_beginning[] = {
    {"details before the count", NULL,
     "{'result':{'usage':{'input_tokens_details':{},'cache_read_input_tokens':2,'input_tokens':5}}}",
     SAYS("prompt 5 cached 2", CONSISTENT, 1, false)},
    {"details of another name", NULL,
     "{'result':{'usage':{'output_tokens_details':{},'cache_read_input_tokens':2,'input_tokens':5}}}",
     SAYS("prompt 7 cached 2", CONSISTENT, 1, false)},
    {"details without a count", NULL,
     "{'result':{'usage':{'input_tokens_details':{}}},'usage':{'cache_read_input_tokens':2,'input_tokens':5}}",
     SAYS("prompt 7 cached 2", CONSISTENT, 1, false)},
    {"two sums out of range", NULL,
     "{'usage':{'total_output_tokens':9007199254740991,'total_thought_tokens':1,'inputTokens':9007199254740991,"
     "'cacheReadInputTokens':1}}",
     SAYS("RANGE prompt", INVALID, 1, false)},
};

static void done_is_true_after_an_end_and_false_again_after_a_later_usage_without_one(void **state) {
    (void)state;
#define END "{'type':'response.completed','response':{" USAGE "}}"
    static const struct {
        const char *body;
        bool done;
    } cases[] = {
        {EVENT(END), true},
        {EVENT(END) EVENT("{'a':1}"), true},
        {EVENT(END) EVENT("{" USAGE "}"), false},
        {EVENT(END) EVENT("{" USAGE "}") EVENT(END), true},
        {EVENT("{" USAGE "}") DONE, true},
        {END, true},
        {END "\n{" USAGE "}", false},
        {"{'done':true," USAGE "}", true},
        {"{'done':true}", false},
        {"{'done':true,'usage':{}}", false},
        {"[{'done':true," USAGE "}]", true},
        {"", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const observation got = expect_in_every_way(cases[i].body, NULL, quoted(cases[i].body));
        if (got.done != cases[i].done) {
            fail_msg("%s: done is %d", cases[i].body, got.done);
        }
    }
}

/* The answers after each byte are those of a body that ends there. */
static void a_stream_may_be_asked_after_each_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        const span body = quoted(kinds[i]);
        tokusage_stream stream;
        memset(&stream, 0, sizeof stream);
        for (size_t length = 0; length < body.length; length++) {
            tokusage_stream ended;
            const span begun = {body.bytes, length};
            const size_t taken = feed_whole(&ended, NULL, begun);
            const observation want = observe(kinds[i], &ended, taken);
            expect_observed(kinds[i], &stream, length, &want);
            assert_int_equal(tokusage_stream_feed(&stream, body.bytes + length, 1), 1);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses_a_missing_stream_and_a_pointer_that_is_none_and_changes_nothing),
        cmocka_unit_test(size_is_that_of_the_object_and_at_most_1536_bytes),
        cmocka_unit_test(all_zero_bytes_are_ready_for_the_first_chunk),
        cmocka_unit_test(a_copy_goes_on_by_itself_wherever_the_stream_is_copied),
        cmocka_unit_test(questions_about_no_stream_have_an_answer),
        cmocka_unit_test(feed_of_no_stream_no_bytes_or_an_empty_chunk_takes_nothing),
        cmocka_unit_test(feed_takes_all_except_what_follows_the_event_with_the_end_mark),
        cmocka_unit_test(feed_takes_nothing_after_the_end_mark),
        cmocka_unit_test(white_space_and_byte_order_marks_before_a_body_are_skipped),
        TABLE_TEST(run_short, data_of_an_event_are_documents_one_after_another),
        TABLE_TEST(run_short, a_usage_that_needs_a_count_is_read_from_its_beginning),
        cmocka_unit_test(done_is_true_after_an_end_and_false_again_after_a_later_usage_without_one),
        cmocka_unit_test(a_stream_may_be_asked_after_each_byte),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
