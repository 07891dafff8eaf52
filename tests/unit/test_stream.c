/*
 * src/stream.c: usage out of a body in pieces. bodies.c has the bodies and their answers. This file tests the calls,
 * the kinds of body, and bodies that are too large for a table. Merging, the end, the model and random bodies have
 * files of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bodies.h"

_Static_assert(sizeof(tokusage_stream) <= 1024, "1 KiB is promised");
_Static_assert(sizeof(tokusage_stream) == TOKUSAGE_STREAM_SIZE, "the size has a name");

enum {
    TEXT_SIZE = 16384
};

#define REPORT EVENT("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}")
#define LATER_REPORT EVENT("{\"usage\":{\"prompt_tokens\":1}}")

static const answer nothing = IN_TEXTS(ABOUT(NOT_FOUND, "usage"), 0, false, EMPTY, "");
static const answer reported = IN_EVENTS(COUNTS(5, 7, 12), 1, false, "");

static void feed_text(tokusage_stream *stream, const char *text) {
    tokusage_stream_feed(stream, text, strlen(text));
}

/* At once and byte by byte, compared with the reference. */
static void expect_as_the_reference(const char *rule, const char *pointer, const char *bytes, size_t length) {
    answer want = reference_stream(pointer, bytes, length);
    tokusage_stream stream;
    char what[500];
    (void)snprintf(what, sizeof what, "%s: %s", rule, shown(bytes, length));
    size_t taken = feed_at_once(&stream, pointer, bytes, length);
    expect_answer(what, &stream, &want);
    expect_taken(what, taken, length, &want);
    taken = feed_bytewise(&stream, pointer, bytes, length);
    expect_answer(what, &stream, &want);
    expect_taken(what, taken, length, &want);
}

/* ------------------------------------------------------------------------------------------------ the table */

static void stream_answers_what_each_body_says_however_it_is_cut(void **state) {
    (void)state;
    expect_bodies(bodies, body_count);
}

/* The first text is always read. So each body of events is fed again behind another, where events are passed over. */
static void stream_answers_the_same_behind_other_events(void **state) {
    (void)state;
    static const char first[] = "data: {}\n\n";
    static const char last[] = "\n\ndata: {}\n\n";
    for (size_t i = 0; i < body_count; i++) {
        const span in = bodies[i].bytes;
        char bytes[4096];
        const size_t length = sizeof first - 1 + in.length + sizeof last - 1;
        if (bodies[i].want.body == TOKUSAGE_BODY_BROKEN || length > sizeof bytes) {
            continue;
        }
        memcpy(bytes, first, sizeof first - 1);
        memcpy(bytes + sizeof first - 1, in.bytes, in.length);
        memcpy(bytes + sizeof first - 1 + in.length, last, sizeof last - 1);
        const span behind = {bytes, length};
        answer want = reference_stream(bodies[i].pointer, bytes, length);
        expect_in_every_way(bodies[i].rule, bodies[i].pointer, behind, &want);
    }
}

/* The places in their order. %s is the usage there. */
static const char *const places[] = {
    "\"usage\":%s",
    "\"usageMetadata\":%s",
    "\"message\":{\"usage\":%s}",
    "\"response\":{\"usage\":%s}",
    "\"interaction\":{\"usage\":%s}",
    "\"delta\":{\"usage\":%s}",
    "\"metadata\":{\"usage\":%s}",
    "\"response\":{\"usageMetadata\":%s}",
    "\"x_groq\":{\"usage\":%s}",
};

/* Two places in one text, in this order, with another member before the second. */
static void expect_first_place(size_t first, size_t second, const char *usage, int64_t want_prompt) {
    char members[2][100];
    char text[300];
    const char *usages[2] = {usage, "{\"prompt_tokens\":2}"};
    size_t at[2] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        char format[100];
        (void)snprintf(format, sizeof format, "%s", places[at[i]]);
        *strchr(format, '%') = '\0';
        (void)snprintf(members[i], sizeof members[i], "%s%s%s", format, usages[i], places[at[i]] + strlen(format) + 2);
    }
    answer want = IN_EVENTS(COUNTS(want_prompt, ABSENT, ABSENT), 1, false, "");
    for (size_t turned = 0; turned < 2; turned++) {
        int length = snprintf(text, sizeof text, "data: {%s,\"a\":1,%s}\n\n", members[turned], members[1 - turned]);
        span bytes = {text, (size_t)length};
        expect_in_every_way("two places", NULL, bytes, &want);
    }
}

static void stream_takes_the_first_place_that_is_not_null_in_any_order(void **state) {
    (void)state;
    for (size_t first = 0; first < LENGTH(places); first++) {
        for (size_t second = first + 1; second < LENGTH(places); second++) {
            if (first == 3 && second == 7) {
                continue; /* both are in "response", which must not stand twice */
            }
            expect_first_place(first, second, "{\"prompt_tokens\":1}", 1);
            expect_first_place(first, second, "null", 2);
        }
    }
}

/* All beginnings made of a few tokens: they decide which kind of body it is, and where its first line begins. */
static void stream_finds_out_by_itself_what_the_body_is(void **state) {
    (void)state;
    static const char *const tokens[] = {
        "\xEF\xBB\xBF", "\xEF", "\xBB", " ", "\n", "\r", "\t", "\xEF\xBB", "x", "{", "[", "data:", "\"", "\0",
    };
    static const char *const tails[] = {
        "{\"usage\":{\"prompt_tokens\":5}}",
        "data: {\"usage\":{\"prompt_tokens\":5}}\n\n",
        "data:{\"usage\":{\"prompt_tokens\":5}}\r\rdata: [DONE]\n\n\n",
    };
    enum {
        PLACES = 3
    };
    size_t combinations = 1;
    for (size_t i = 0; i < PLACES; i++) {
        combinations *= LENGTH(tokens);
    }
    for (size_t tail = 0; tail < LENGTH(tails); tail++) {
        for (size_t n = 0; n < combinations; n++) {
            char text[128];
            size_t used = 0;
            for (size_t place = 0, rest = n; place < PLACES; place++, rest /= LENGTH(tokens)) {
                const char *token = tokens[rest % LENGTH(tokens)];
                size_t length = token[0] != '\0' ? strlen(token) : 1;
                memcpy(text + used, token, length);
                used += length;
            }
            memcpy(text + used, tails[tail], strlen(tails[tail]));
            used += strlen(tails[tail]);
            expect_as_the_reference("the kind of body", NULL, text, used);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ the calls */

static void stream_of_zero_bytes_is_ready(void **state) {
    (void)state;
    tokusage_stream stream;
    memset(&stream, 0, sizeof stream);
    expect_answer("all zero bytes", &stream, &nothing);
    feed_text(&stream, REPORT);
    expect_answer("all zero bytes, fed", &stream, &reported);

    static tokusage_stream plain;
    static const answer in_text = IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "");
    feed_text(&plain, "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}");
    expect_answer("all zero bytes, fed a plain body", &plain, &in_text);
}

static void stream_init_forgets_the_earlier_body(void **state) {
    (void)state;
    static const char *const befores[] = {
        REPORT,
        REPORT DONE,
        "{x",
        "\xEF\xBB",
        "data: {\"usage\":{",
        "data: {\"model\":\"m\",\"usage\":{\"prompt_tokens\":1}} x",
        EVENT("{\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"output_tokens\":9}}}"),
        "{\"model\":\"m\",\"done\":true,\"eval_count\":1}\n{",
    };
    for (size_t i = 0; i < LENGTH(befores); i++) {
        tokusage_stream stream;
        assert_int_equal(tokusage_stream_init(&stream, "/usage"), TOKUSAGE_OK);
        feed_text(&stream, befores[i]);
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        feed_text(&stream, befores[i]);
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        expect_answer("made ready again", &stream, &nothing);
        feed_text(&stream, REPORT);
        expect_answer("fed again", &stream, &reported);
    }
}

static void stream_init_refuses_an_invalid_pointer_and_changes_nothing(void **state) {
    (void)state;
    static const char name_of_64[] = "/0123456789012345678901234567890123456789012345678901234567890123";
    const char *const wrong[] = {"usage", " /usage", "/~", "/~2", "/usage~", "#/usage", "$.usage", name_of_64};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_stream_init(NULL, "/usage"), TOKUSAGE_ERR_ARGUMENT);
    spoil(&stream, sizeof stream);
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        assert_int_equal(tokusage_stream_init(&stream, wrong[i]), TOKUSAGE_ERR_ARGUMENT);
        assert_true(spoilt(&stream, sizeof stream));
        assert_false(tokusage_pointer_valid(wrong[i]));
    }
    assert_false(tokusage_pointer_valid(NULL));
    assert_int_equal(
        tokusage_stream_init(&stream, "/a/012345678901234567890123456789012345678901234567890123456789~0~1b/c"),
        TOKUSAGE_OK);
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    feed_text(&stream, REPORT);
    assert_int_equal(tokusage_stream_init(&stream, "usage"), TOKUSAGE_ERR_ARGUMENT);
    expect_answer("a stream that goes on", &stream, &reported);
}

static void stream_feed_of_nothing_changes_nothing(void **state) {
    (void)state;
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    feed_text(&stream, REPORT);
    feed_text(&stream, "data: {}\n\n");
    feed_text(&stream, "data: {\"choices\":[{\"delta\":{\"content\":\"as long as a short piece of a network\"}}]");
    tokusage_stream before = stream;

    assert_int_equal(tokusage_stream_feed(NULL, "x", 1), 0);
    assert_int_equal(tokusage_stream_feed(NULL, NULL, 0), 0);
    assert_int_equal(tokusage_stream_feed(&stream, NULL, 0), 0);
    assert_int_equal(tokusage_stream_feed(&stream, NULL, 7), 0);
    assert_int_equal(tokusage_stream_feed(&stream, "x", 0), 0);
    assert_memory_equal(&stream, &before, sizeof stream);
}

static void stream_functions_accept_null(void **state) {
    (void)state;
    tokusage_stream stream;
    tokusage usage;
    tokusage_error error;
    char model[8];
    feed_at_once(&stream, NULL, REPORT, sizeof REPORT - 1);
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_stream_usage(NULL, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no stream", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_true(spoilt(&usage, sizeof usage));
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_stream_usage(&stream, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_stream_usage(NULL, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_stream_usage(&stream, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_stream_model(NULL, model, sizeof model), 0);
    assert_int_equal(tokusage_stream_model(NULL, NULL, 0), 0);
    assert_int_equal(tokusage_stream_reports(NULL), 0);
    assert_false(tokusage_stream_done(NULL));
    assert_int_equal(tokusage_stream_body(NULL), TOKUSAGE_BODY_EMPTY);
    expect_answer("a stream that was asked wrongly", &stream, &reported);
}

/* The stream is copied behind every byte, and both go on with different bytes. */
static void stream_copy_goes_on_by_itself(void **state) {
    (void)state;
    static const char bytes[] =
        "data: {\"type\":\"message_start\",\"message\":{\"model\":\"one\",\"usage\":{"
        "\"input_tokens\":9,\"output_tokens\":1}}}\n\n" LATER_REPORT
        "data: {\"model\":\"t\\u0077o\",\"usage\":{\"output_tokens\":5}}\r\n\r\ndata: [DONE]\r\r";
    static const char others[] =
        "\n\n\r\r{\"usage\":{}}\n\n" EVENT("{\"model\":\"x\",\"usage\":{\"prompt_tokens\":8}}");
    const size_t length = sizeof bytes - 1;
    static const answer whole = IN_EVENTS(COUNTS(1, 5, ABSENT), 3, true, "t\\u0077o");
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    for (size_t at = 0; at <= length; at++) {
        answer so_far = reference_stream(NULL, bytes, at);
        tokusage_stream copy = stream;
        tokusage_stream_feed(&copy, bytes + at, length - at);
        expect_answer("the copy", &copy, &whole);
        expect_answer("the stream itself", &stream, &so_far);

        tokusage_stream other = stream;
        feed_text(&other, others);
        expect_answer("the stream itself, another fed", &stream, &so_far);
        memset(&other, 0, sizeof other);
        expect_answer("the stream itself, another gone", &stream, &so_far);
        tokusage_stream_feed(&stream, bytes + at, at < length);
    }
}

/* The stream keeps the caller's pointer and does not copy its text. A copy of the stream has the same pointer. */
static void stream_keeps_the_pointer_of_the_caller(void **state) {
    (void)state;
    char pointer[] = "/a/usage";
    static const char bytes[] =
        EVENT("{\"usage\":{},\"a\":{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}}");
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        tokusage_stream moved = stream;
        spoil(&stream, sizeof stream);
        stream = moved;
        tokusage_stream_feed(&stream, bytes + i, 1);
    }
    expect_answer("a pointer of the caller's", &stream, &reported);
    assert_string_equal(pointer, "/a/usage");
}

static void stream_does_not_allocate(void **state) {
    (void)state;
    for (size_t i = 0; i < body_count; i++) {
        tokusage_stream stream;
        tokusage usage;
        tokusage_error error;
        heap_fail(0, true);
        feed_at_once(&stream, bodies[i].pointer, bodies[i].bytes.bytes, bodies[i].bytes.length);
        assert_int_equal(tokusage_stream_usage(&stream, &usage, &error), bodies[i].want.usage.status);
        assert_int_equal(heap_calls(), 0);
        heap_fail(NEVER, false);
    }
}

/* ------------------------------------------------------------------------------------------- large and many */

/* A text that grows. The reports and depths below need some thousands of bytes. */
typedef struct text {
    char bytes[TEXT_SIZE];
    size_t used;
} text;

static void add(text *out, const char *bytes) {
    size_t length = strlen(bytes);
    assert_true(length < TEXT_SIZE - out->used);
    memcpy(out->bytes + out->used, bytes, length);
    out->used += length;
}

static void add_many(text *out, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add(out, bytes);
    }
}

static void expect_text(const char *rule, const char *pointer, const text *in, const answer *want) {
    span bytes = {in->bytes, in->used};
    expect_as_the_reference(rule, pointer, in->bytes, in->used);
    expect_in_every_way(rule, pointer, bytes, want);
}

/* A report of this many bytes, with more white space outside its strings if asked for. */
static void add_report(text *out, size_t length, bool spaced) {
    static const char head[] = "{\"prompt_tokens\":5,\"x\":\"";
    add(out, spaced ? " \t{ \"prompt_tokens\" : 5\t,   \"x\" :  \"" : head);
    add_many(out, "y", length - (sizeof head - 1) - 2);
    add(out, spaced ? "\" \t } " : "\"}");
}

/* 2,048 bytes were once the most. */
static void stream_reads_a_report_of_any_length(void **state) {
    (void)state;
    static const size_t lengths[] = {40, 2047, 2048, 2049, 5000};
    for (size_t i = 0; i < LENGTH(lengths) * 4; i++) {
        const bool spaced = i % 2 == 0;
        const bool plain = i / 2 % 2 == 0;
        answer first = IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "");
        answer next = IN_EVENTS(COUNTS(5, 7, 12), 2, false, "");
        first.body = next.body = plain ? TOKUSAGE_BODY_WHOLE : TOKUSAGE_BODY_OPEN;
        text in = {.used = 0};
        add(&in, plain ? "{\"usage\":" : "data: {\"usage\":");
        add_report(&in, lengths[i / 4], spaced);
        add(&in, plain ? "}\n" : "}\n\n");
        expect_text("a report of some length", NULL, &in, &first);
        add(&in, plain ? "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}" : REPORT);
        expect_text("the next counts", NULL, &in, &next);
    }
}

static void stream_keeps_the_earlier_report_when_a_long_one_is_malformed(void **state) {
    (void)state;
    text in = {.used = 0};
    add(&in, REPORT "data: {\"usage\":");
    add_report(&in, 2548, false);
    add(&in, "}}\n\n");
    expect_text("a long report that is malformed", NULL, &in, &reported);
}

static void stream_reads_a_long_report_between_nulls(void **state) {
    (void)state;
    static const answer kept = IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 1, false, "");
    text in = {.used = 0};
    add(&in, "data: {\"usage\":\ndata: null}\n\ndata: {\"usage\":");
    add_report(&in, 4096, false);
    add(&in, "}\n\n");
    expect_text("a long report after a null", NULL, &in, &kept);
    add(&in, "data: {\"\\u0075sage\":null}\n\ndata: {\"usage\":\ndata: null}\n\n");
    expect_text("a null after a long report", NULL, &in, &kept);
}

static void stream_gives_up_a_text_that_is_too_deep(void **state) {
    (void)state;
    static const answer first = IN_EVENTS(COUNTS(5, 7, 12), 1, false, "");
    static const answer second = IN_EVENTS(COUNTS(1, ABSENT, ABSENT), 2, false, "");
    for (size_t depth = TOKUSAGE_DEPTH_MAX; depth <= TOKUSAGE_DEPTH_MAX + 1; depth++) {
        text in = {.used = 0};
        add(&in, REPORT "data: {\"usage\":{\"prompt_tokens\":1},\"deep\":");
        add_many(&in, "[", depth - 1);
        add_many(&in, "]", depth - 1);
        add(&in, "}\n\n");
        expect_text("a deep event", NULL, &in, depth > TOKUSAGE_DEPTH_MAX ? &first : &second);
        add(&in, "data: {\"usage\":{\"prompt_tokens\":1}}\n\n");
        answer after = second;
        after.reports = depth > TOKUSAGE_DEPTH_MAX ? 2 : 3;
        expect_text("the event after a deep one", NULL, &in, &after);

        in.used = 0;
        add(&in, "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n");
        add_many(&in, "[", depth);
        add_many(&in, "]", depth);
        add(&in, "{\"usage\":{\"prompt_tokens\":1}}");
        answer plain = depth > TOKUSAGE_DEPTH_MAX ? first : second;
        plain.body = depth > TOKUSAGE_DEPTH_MAX ? TOKUSAGE_BODY_BROKEN : TOKUSAGE_BODY_WHOLE;
        expect_text("a deep plain text", NULL, &in, &plain);
    }
}

static void stream_passes_over_nonsense_that_never_ends(void **state) {
    (void)state;
    static const char *const patterns[] = {"[",
                                           "{\"usage\":",
                                           "data: ",
                                           "data:\n",
                                           "\n\n",
                                           "\"",
                                           "\\u00",
                                           "[DONE]",
                                           "data: [DONE]x\n",
                                           "{\"a\":[",
                                           "9",
                                           "\r",
                                           "data: {\"usage\":{\"prompt_tokens\":2}}x\r\n",
                                           "data: {\"usage\":null}\r"};
    for (size_t i = 0; i < LENGTH(patterns); i++) {
        for (size_t j = 0; j < LENGTH(patterns); j++) {
            text in = {.used = 0};
            add_many(&in, patterns[i], 60);
            add_many(&in, patterns[j], 60);
            add(&in, "\n\n" REPORT);
            expect_as_the_reference("endless", NULL, in.bytes, in.used);
        }
    }
}

/* 100 MB of one line, made as it is fed. */
static void stream_takes_a_line_of_100_megabytes(void **state) {
    (void)state;
    static const answer in_text = IN_TEXTS(COUNTS(5, 7, 12), 1, false, WHOLE, "");
    static const struct {
        const char *rule, *head, *filling, *tail;
        const answer *want;
    } lines[] = {
        {"a string", "data: {\"a\":\"", "abcdefgh",
         "\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &reported},
        {"a comment", ":", "data: x ", "\n" REPORT, &reported},
        {"a report", "data: {\"usage\":{\"a\":\"", "        ",
         "\",\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &reported},
        {"white space in a report", "data: {\"usage\":{", "        ",
         "\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &reported},
        {"a count", "data: {\"usage\":{\"completion_tokens\":7,\"total_tokens\":12,\"prompt_tokens\":5.", "00000000",
         "}}\n\n", &reported},
        {"a name", "data: {\"", "usageusa",
         "\":1,\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &reported},
        {"a model", "data: {\"model\":\"", "gpt-gpt-",
         "\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &reported},
        {"not JSON", "data: ", "{\"usage\"", "\n\n" REPORT, &reported},
        {"a plain body", "{\"a\":[0", ",\"bcd\",1",
         "],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}", &in_text},
    };
    enum {
        PIECE = 65536
    };
    static char piece[PIECE];
    const size_t size = rounds(100000000);
    for (size_t i = 0; i < LENGTH(lines); i++) {
        tokusage_stream stream;
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        for (size_t at = 0; at < PIECE; at += 8) {
            memcpy(piece + at, lines[i].filling, 8);
        }
        feed_text(&stream, lines[i].head);
        for (size_t fed = 0; fed < size; fed += PIECE) {
            tokusage_stream_feed(&stream, piece, PIECE);
        }
        feed_text(&stream, lines[i].tail);
        expect_answer(lines[i].rule, &stream, lines[i].want);
    }
}

static void stream_counts_many_reports(void **state) {
    (void)state;
    tokusage_stream stream;
    answer want = IN_EVENTS(COUNTS(0, ABSENT, ABSENT), 0, false, "");
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    for (int64_t i = 1; i <= 70000; i++) {
        char event[80];
        int length = snprintf(event, sizeof event, "data: {\"usage\":{\"prompt_tokens\":%lld}}\n\n", (long long)i);
        tokusage_stream_feed(&stream, event, (size_t)length);
        want.reports++;
        want.usage.counts[0] = i;
        if (i % 1000 == 0) {
            expect_answer("running usage", &stream, &want);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_answers_what_each_body_says_however_it_is_cut),
        cmocka_unit_test(stream_answers_the_same_behind_other_events),
        cmocka_unit_test(stream_takes_the_first_place_that_is_not_null_in_any_order),
        cmocka_unit_test(stream_finds_out_by_itself_what_the_body_is),
        cmocka_unit_test(stream_of_zero_bytes_is_ready),
        cmocka_unit_test(stream_init_forgets_the_earlier_body),
        cmocka_unit_test(stream_init_refuses_an_invalid_pointer_and_changes_nothing),
        cmocka_unit_test(stream_feed_of_nothing_changes_nothing),
        cmocka_unit_test(stream_functions_accept_null),
        cmocka_unit_test(stream_copy_goes_on_by_itself),
        cmocka_unit_test(stream_keeps_the_pointer_of_the_caller),
        WATCHED(stream_does_not_allocate),
        cmocka_unit_test(stream_reads_a_report_of_any_length),
        cmocka_unit_test(stream_keeps_the_earlier_report_when_a_long_one_is_malformed),
        cmocka_unit_test(stream_reads_a_long_report_between_nulls),
        cmocka_unit_test(stream_gives_up_a_text_that_is_too_deep),
        cmocka_unit_test(stream_passes_over_nonsense_that_never_ends),
        cmocka_unit_test(stream_takes_a_line_of_100_megabytes),
        cmocka_unit_test(stream_counts_many_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
