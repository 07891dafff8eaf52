/*
 * src/stream.c: usage out of a body in pieces. What each body has to answer stands in bodies.c; here are the ways to
 * feed it, the bodies too large for a table, the calls themselves, and random bodies against the reference.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "generate.h"
#include "reference.h"

_Static_assert(sizeof(tokusage_stream) <= 5 * 1024, "5 KiB are promised");
_Static_assert(TOKUSAGE_STREAM_USAGE_MAX >= 2048, "2048 bytes are promised");

enum {
    LABEL = 700,
    TEXT_SIZE = 16384
};

static const answer nothing = {ABOUT(NOT_FOUND, "usage"), 0, false};

static void label(char out[LABEL], const char *rule, const char *pointer, span bytes, const char *way, size_t at) {
    (void)snprintf(out, LABEL, "%s: %s in %s, %s %zu", rule, pointer != NULL ? pointer : "NULL",
                   shown(bytes.bytes, bytes.length), way, at);
}

/* Feeds the bytes in all the ways that a test can. */
static void expect_in_every_way(const char *rule, const char *pointer, span bytes, const answer *want) {
    char what[LABEL];
    tokusage_stream stream;

    feed_at_once(&stream, pointer, bytes.bytes, bytes.length);
    label(what, rule, pointer, bytes, "whole", bytes.length);
    expect_answer(what, &stream, want);

    feed_bytewise(&stream, pointer, bytes.bytes, bytes.length);
    label(what, rule, pointer, bytes, "byte by byte", bytes.length);
    expect_answer(what, &stream, want);

    for (size_t cut = 0; cut <= bytes.length; cut++) {
        feed_in_two(&stream, pointer, bytes.bytes, bytes.length, cut);
        label(what, rule, pointer, bytes, "cut at", cut);
        expect_answer(what, &stream, want);
    }
    for (size_t i = 0; i < 20; i++) {
        feed_randomly(&stream, pointer, bytes.bytes, bytes.length, 1 + i * 3);
        label(what, rule, pointer, bytes, "in random pieces up to", 1 + i * 3);
        expect_answer(what, &stream, want);
    }
}

/* ------------------------------------------------------------------------------------------------ the table */

static void stream_answers_what_each_body_says_however_it_is_cut(void **state) {
    (void)state;
    for (size_t i = 0; i < body_count; i++) {
        expect_in_every_way(bodies[i].rule, bodies[i].pointer, bodies[i].bytes, &bodies[i].want);
    }
}

static void stream_answers_what_the_reference_says(void **state) {
    (void)state;
    for (size_t i = 0; i < body_count; i++) {
        const body *in = &bodies[i];
        answer slow = reference_stream(in->pointer, in->bytes.bytes, in->bytes.length);
        tokusage_stream stream;
        feed_at_once(&stream, in->pointer, in->bytes.bytes, in->bytes.length);
        expect_answer(in->rule, &stream, &slow);
    }
}

/* A stream is asked after every byte, twice, and answers for what it has been given so far. */
static void stream_answers_after_every_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < body_count; i++) {
        const body *in = &bodies[i];
        tokusage_stream stream;
        assert_int_equal(tokusage_stream_init(&stream, in->pointer), TOKUSAGE_OK);
        for (size_t length = 0; length <= in->bytes.length; length++) {
            char what[LABEL];
            label(what, in->rule, in->pointer, in->bytes, "so far", length);
            answer want = reference_stream(in->pointer, in->bytes.bytes, length);
            expect_answer(what, &stream, &want);
            expect_answer(what, &stream, &want);
            if (length < in->bytes.length) {
                tokusage_stream_feed(&stream, in->bytes.bytes + length, 1);
            }
        }
    }
}

/* All beginnings that are made of a few tokens: what kind of body it is, and where its first line begins. */
static void stream_finds_out_by_itself_what_the_body_is(void **state) {
    (void)state;
    static const char *const tokens[] = {
        "\xEF\xBB\xBF", "\xEF", "\xBB", " ", "\n", "\r", "\t", "\xEF\xBB", "x", "{", "[", "data:", "\"", "\0",
    };
    static const char *const tails[] = {
        "{\"usage\":{\"prompt_tokens\":5}}",
        "data: {\"usage\":{\"prompt_tokens\":5}}\n\n",
        "data:{\"usage\":{\"prompt_tokens\":5}}\r\rdata: [DONE]",
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
            answer want = reference_stream(NULL, text, used);
            tokusage_stream stream;
            char what[LABEL];
            span bytes = {text, used};
            feed_at_once(&stream, NULL, text, used);
            label(what, "the kind of body", NULL, bytes, "whole", used);
            expect_answer(what, &stream, &want);
            feed_bytewise(&stream, NULL, text, used);
            label(what, "the kind of body", NULL, bytes, "byte by byte", used);
            expect_answer(what, &stream, &want);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ the calls */

#define REPORT "data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n"
#define LATER_REPORT "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"

static const answer reported = {COUNTS(5, 7, 12), 1, false};

static void feed_text(tokusage_stream *stream, const char *text) {
    tokusage_stream_feed(stream, text, strlen(text));
}

static void stream_of_zero_bytes_is_ready(void **state) {
    (void)state;
    tokusage_stream stream;
    memset(&stream, 0, sizeof stream);
    expect_answer("all zero bytes", &stream, &nothing);
    feed_text(&stream, REPORT);
    expect_answer("all zero bytes, fed", &stream, &reported);

    static tokusage_stream plain;
    feed_text(&plain, "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}");
    expect_answer("all zero bytes, fed a plain body", &plain, &reported);
}

static void stream_init_forgets_what_was(void **state) {
    (void)state;
    static const char *const befores[] = {REPORT,     REPORT "data: [DONE]\n\n", "{x",
                                          "\xEF\xBB", "data: {\"usage\":{",      "data: {\"usage\":{}} x"};
    for (size_t i = 0; i < LENGTH(befores); i++) {
        tokusage_stream stream;
        assert_int_equal(tokusage_stream_init(&stream, "/usage"), TOKUSAGE_OK);
        feed_text(&stream, befores[i]);
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        expect_answer("made ready again", &stream, &nothing);
        feed_text(&stream, REPORT);
        expect_answer("fed again", &stream, &reported);
    }
}

static void stream_init_refuses_what_is_no_pointer_and_changes_nothing(void **state) {
    (void)state;
    static const char *const wrong[] = {"usage", " /usage", "/~", "/~2", "/usage~", "#/usage", "$.usage"};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_stream_init(NULL, "/usage"), TOKUSAGE_ERR_ARGUMENT);
    spoil(&stream, sizeof stream);
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        assert_int_equal(tokusage_stream_init(&stream, wrong[i]), TOKUSAGE_ERR_ARGUMENT);
        assert_true(spoilt(&stream, sizeof stream));
    }
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    feed_text(&stream, REPORT);
    assert_int_equal(tokusage_stream_init(&stream, "usage"), TOKUSAGE_ERR_ARGUMENT);
    expect_answer("a stream that goes on", &stream, &reported);
}

static void stream_calls_take_null(void **state) {
    (void)state;
    tokusage_stream stream;
    tokusage usage;
    tokusage_error error;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    feed_text(&stream, REPORT);
    /* an open event of such a length, behind one without a report, is held */
    feed_text(&stream, "data: {}\n\n");
    feed_text(&stream, "data: {\"choices\":[{\"delta\":{\"content\":\"as long as a short piece of a network\"}}]");
    tokusage_stream before = stream;

    tokusage_stream_feed(NULL, "x", 1);
    tokusage_stream_feed(NULL, NULL, 0);
    tokusage_stream_feed(&stream, NULL, 0);
    tokusage_stream_feed(&stream, NULL, 7);
    tokusage_stream_feed(&stream, "x", 0);
    assert_memory_equal(&stream, &before, sizeof stream);

    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_stream_usage(NULL, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no stream", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_true(spoilt(&usage, sizeof usage));
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_stream_usage(&stream, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_stream_usage(NULL, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_stream_reports(NULL), 0);
    assert_false(tokusage_stream_done(NULL));
}

/* At every byte the stream is copied by assignment, and both go on with different bytes. */
static void stream_copy_goes_on_by_itself(void **state) {
    (void)state;
    static const char bytes[] = REPORT "data: {\"usage\":{\"prompt_tokens\":1}}\r\n\r\ndata: [DONE]\r\r";
    size_t length = sizeof bytes - 1;
    answer whole = {COUNTS(1, ABSENT, ABSENT), 2, true};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    for (size_t at = 0; at <= length; at++) {
        answer so_far = reference_stream(NULL, bytes, at);
        tokusage_stream copy = stream;
        tokusage_stream_feed(&copy, bytes + at, length - at);
        expect_answer("the copy", &copy, &whole);
        expect_answer("the stream itself", &stream, &so_far);

        tokusage_stream other = stream;
        feed_text(&other, "\n\n\r\r{\"usage\":{}}\n\ndata: {\"usage\":{\"prompt_tokens\":8}}\n\n");
        expect_answer("the stream itself, another fed", &stream, &so_far);
        memset(&other, 0, sizeof other);
        expect_answer("the stream itself, another gone", &stream, &so_far);
        tokusage_stream_feed(&stream, bytes + at, at < length);
    }
}

/* The pointer is read from its place at each feed: a copy of the string there is as good. */
static void stream_keeps_the_pointer_and_copies_nothing_of_it(void **state) {
    (void)state;
    char pointer[] = "/a/usage";
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
    feed_text(&stream,
              "data: {\"a\":{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}}\n\n");
    expect_answer("a pointer of the caller's", &stream, &reported);
    assert_ptr_equal(stream.pointer, pointer);
}

static void stream_feed_does_not_allocate(void **state) {
    (void)state;
    for (size_t i = 0; i < body_count; i++) {
        tokusage_stream stream;
        heap_fail(0, true);
        feed_at_once(&stream, bodies[i].pointer, bodies[i].bytes.bytes, bodies[i].bytes.length);
        assert_int_equal(heap_calls(), 0);
        assert_int_equal(tokusage_stream_reports(&stream), bodies[i].want.reports);
        heap_fail(NEVER, false);
    }
}

/* A report that needs cJSON and gets no memory can be asked for again. */
static void stream_usage_survives_a_lack_of_memory(void **state) {
    (void)state;
    static const answer want = {COUNTS(5, ABSENT, ABSENT), 1, false};
    static const verdict no_memory = {TOKUSAGE_ERR_MEMORY, NULL, 0, {0, 0, 0}};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
    feed_text(&stream, "data: {\"usage\":{\"\\u0070rompt_tokens\":5e0,\"x\":[{}]}}\n\n");
    size_t refused = 0;
    for (tokusage_status status = TOKUSAGE_ERR_MEMORY; status != TOKUSAGE_OK; refused++) {
        tokusage usage;
        tokusage_error error;
        spoil(&usage, sizeof usage);
        spoil(&error, sizeof error);
        heap_fail(refused, false);
        status = tokusage_stream_usage(&stream, &usage, &error);
        if (status != TOKUSAGE_OK) {
            expect_verdict("no memory", &no_memory, status, &error, &usage);
        }
        assert_int_equal(heap_live(), 0);
    }
    assert_true(refused > 1);
    heap_fail(NEVER, false);
    expect_answer("memory again", &stream, &want);
}

/* ------------------------------------------------------------------------------------------- large and many */

/* A text that grows; the reports and depths below need some thousands of bytes. */
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
    char what[LABEL];
    tokusage_stream stream;
    label(what, rule, pointer, bytes, "the reference", 0);
    answer slow = reference_stream(pointer, in->bytes, in->used);
    feed_at_once(&stream, pointer, in->bytes, in->used);
    expect_answer(what, &stream, &slow);
    expect_in_every_way(rule, pointer, bytes, want);
}

/* A report of so many bytes, with more white space outside its strings if asked for. */
static void add_report(text *out, size_t length, bool spaced) {
    static const char head[] = "{\"prompt_tokens\":5,\"x\":\"";
    add(out, spaced ? " \t{ \"prompt_tokens\" : 5\t,   \"x\" :  \"" : head);
    add_many(out, "y", length - (sizeof head - 1) - 2);
    add(out, spaced ? "\" \t } " : "\"}");
}

static void stream_keeps_a_report_of_the_longest_length(void **state) {
    (void)state;
    static const answer kept = {COUNTS(5, ABSENT, ABSENT), 1, false};
    static const answer too_long = {ABOUT(SPACE, "usage"), 1, false};
    static const answer next = {COUNTS(5, 7, 12), 2, false};
    for (int spaced = 0; spaced < 2; spaced++) {
        for (int plain = 0; plain < 2; plain++) {
            for (size_t over = 0; over < 2; over++) {
                text in = {.used = 0};
                add(&in, plain ? "{\"usage\":" : "data: {\"usage\":");
                add_report(&in, TOKUSAGE_STREAM_USAGE_MAX + over, spaced);
                add(&in, plain ? "}\n" : "}\n\n");
                expect_text("a report of the longest length", NULL, &in, over == 0 ? &kept : &too_long);
                add(&in,
                    plain ? "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}" : REPORT);
                expect_text("the next counts", NULL, &in, &next);
            }
        }
    }
}

static void stream_keeps_the_earlier_report_when_a_long_one_is_malformed(void **state) {
    (void)state;
    text in = {.used = 0};
    add(&in, REPORT "data: {\"usage\":");
    add_report(&in, TOKUSAGE_STREAM_USAGE_MAX + 500, false);
    add(&in, "}}\n\n");
    expect_text("a long report that is malformed", NULL, &in, &reported);
}

/* A report without room is known not to be null all the same: its first byte is kept. */
static void stream_counts_a_report_whose_first_byte_comes_after_a_null(void **state) {
    (void)state;
    static const answer too_long = {ABOUT(SPACE, "usage"), 1, false};
    static const answer kept = {COUNTS(5, ABSENT, ABSENT), 1, false};
    for (size_t i = 0; i < 2; i++) {
        text in = {.used = 0};
        add(&in, "data: {\"usage\":\ndata: null}\n\ndata: {\"usage\":");
        add_report(&in, i == 0 ? TOKUSAGE_STREAM_USAGE_MAX * 2 : TOKUSAGE_STREAM_USAGE_MAX, false);
        add(&in, "}\n\n");
        expect_text("a long report after a null", NULL, &in, i == 0 ? &too_long : &kept);
        add(&in, "data: {\"\\u0075sage\":null}\n\ndata: {\"usage\":\ndata: null}\n\n");
        expect_text("a null after a long report", NULL, &in, i == 0 ? &too_long : &kept);
    }
}

static void stream_gives_up_a_text_that_is_too_deep(void **state) {
    (void)state;
    static const answer first = {COUNTS(5, 7, 12), 1, false};
    static const answer second = {COUNTS(1, ABSENT, ABSENT), 2, false};
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
        expect_text("a deep plain text", NULL, &in, depth > TOKUSAGE_DEPTH_MAX ? &first : &second);
    }
}

static void stream_passes_over_what_never_ends_in_sense(void **state) {
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
                                           "data: {\"usage\":{}}x\r\n",
                                           "data: {\"usage\":null}\r"};
    for (size_t i = 0; i < LENGTH(patterns); i++) {
        for (size_t j = 0; j < LENGTH(patterns); j++) {
            text in = {.used = 0};
            tokusage_stream stream;
            char what[LABEL];
            add_many(&in, patterns[i], 60);
            add_many(&in, patterns[j], 60);
            add(&in, "\n\n" REPORT);
            span bytes = {in.bytes, in.used};
            label(what, "endless", NULL, bytes, "patterns", i * 100 + j);
            answer want = reference_stream(NULL, in.bytes, in.used);
            feed_at_once(&stream, NULL, in.bytes, in.used);
            expect_answer(what, &stream, &want);
            feed_bytewise(&stream, NULL, in.bytes, in.used);
            expect_answer(what, &stream, &want);
        }
    }
}

/* 100 MB of one line, made as it is fed. */
static void stream_takes_a_line_of_100_megabytes(void **state) {
    (void)state;
    static const answer too_long = {ABOUT(SPACE, "usage"), 1, false};
    static const answer one = {COUNTS(5, 7, 12), 1, false};
    static const struct {
        const char *rule, *head, *filling, *tail;
        const answer *want;
    } lines[] = {
        {"a string", "data: {\"a\":\"", "abcdefgh",
         "\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &one},
        {"a comment", ":", "data: x ", "\n" REPORT, &one},
        {"a report", "data: {\"usage\":{\"a\":\"", "        ", "\"}}\n\n", &too_long},
        {"white space in a report", "data: {\"usage\":{", "        ",
         "\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n", &one},
        {"no JSON", "data: ", "{\"usage\"", "\n\n" REPORT, &one},
        {"a plain body", "{\"a\":[0", ",\"bcd\",1",
         "],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}", &one},
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
    answer want = {COUNTS(0, ABSENT, ABSENT), 0, false};
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

/* ------------------------------------------------------------------------------------- against the reference */

typedef struct mutant {
    char bytes[TEXT_SIZE];
    size_t length;
    const char *pointer;
} mutant;

static const char *const dictionary[] = {
    "\"usage\":",
    "\"usage\"",
    "\"usage\" : ",
    "null",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    " ",
    "\t",
    "\\",
    "\\\"",
    "\\u0075",
    "\\u0000",
    "\\u00",
    "\"\\u0075sage\":",
    "\"usag\\u0065\":",
    "\\ud83d",
    "\\udcb0",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\r\r",
    "\r\n\r\n",
    "\n\r",
    "data",
    "data:",
    "data: ",
    "data:  ",
    "\ndata: ",
    "\rdata:",
    "\r\ndata: ",
    "\ndata\n",
    "\n\ndata: ",
    "\n\ndata: {",
    "event: x\n",
    "id",
    ": c\n",
    "[DONE]",
    "data: [DONE]",
    "\n\ndata: [DONE]\n\n",
    "\xEF\xBB\xBF",
    "\xEF",
    "\xBB",
    "\xBF",
    "{\"usage\":null}",
    "{\"usage\":{}}",
    "{\"usage\":{\"prompt_tokens\":1}}",
    "{\"usage\":{\"total_tokens\":2}}\n\n",
    "\"usage\":{\"completion_tokens\":3},",
    "\"usage\":null,",
    "\"prompt_tokens\":4,",
    "1",
    "-",
    "0",
    ".5",
    "e",
    "true",
    "nul",
    "n",
    "x",
    "\x1f",
    "/",
    "~1",
    "\"\":",
    "5 ",
    "\xC3\xA9",
    "  ",
};

static void insert(mutant *in, size_t at, const char *bytes, size_t length) {
    if (in->length + length > TEXT_SIZE) {
        return;
    }
    memmove(in->bytes + at + length, in->bytes + at, in->length - at);
    memcpy(in->bytes + at, bytes, length);
    in->length += length;
}

static void take_out(mutant *in, size_t at, size_t length) {
    memmove(in->bytes + at, in->bytes + at + length, in->length - at - length);
    in->length -= length;
}

/* Somewhere in the bytes; often beside a byte that means something. */
static size_t somewhere(const mutant *in) {
    size_t at = random_below(in->length + 1);
    if (random_below(2) == 0) {
        while (at < in->length && strchr("\n\r\"{}:[],", in->bytes[at]) == NULL) {
            at++;
        }
        at += at < in->length ? random_below(2) : 0;
    }
    return at;
}

/* A random JSON text as an event, or as a line of a plain body. */
static void insert_document(mutant *in, size_t at) {
    static char document[DOCUMENT_SIZE];
    static const char *const heads[] = {"data: ", "data:", "", "\n\ndata: "};
    static const char *const ends[] = {"\n\n", "\r\n\r\n", "\r\r", "\n", "", "\n\r"};
    size_t length = random_document(document);
    const char *head = heads[random_below(LENGTH(heads))];
    const char *end = ends[random_below(LENGTH(ends))];
    if (in->length + length + 20 > TEXT_SIZE / 4) {
        return;
    }
    insert(in, at, end, strlen(end));
    insert(in, at, document, length);
    insert(in, at, head, strlen(head));
}

/* Each line end becomes another, perhaps. */
static void change_line_ends(mutant *in) {
    static const char *const ends[] = {"\n", "\r", "\r\n"};
    size_t style = random_below(4);
    for (size_t at = 0; at < in->length; at++) {
        if (in->bytes[at] == '\n') {
            const char *end = ends[style < 3 ? style : random_below(3)];
            take_out(in, at, 1);
            insert(in, at, end, strlen(end));
            at += strlen(end) - 1;
        }
    }
}

static void edit(mutant *in) {
    size_t at = somewhere(in);
    size_t left = in->length - at;
    switch (random_below(10)) {
    case 0:
        if (left > 0) {
            in->bytes[at] = (char)(unsigned char)(random_bits() & 0xFF);
        }
        break;
    case 1:
        take_out(in, at, left > 0 ? random_below(left < 12 ? left : 12) : 0);
        break;
    case 2: {
        size_t length = left > 0 ? random_below(left < 200 ? left : 200) : 0;
        char copy[200];
        memcpy(copy, in->bytes + at, length);
        insert(in, somewhere(in), copy, length);
        break;
    }
    case 3:
        if (random_below(3) == 0) {
            in->length = at;
        }
        break;
    case 4:
        insert_document(in, at);
        break;
    default: {
        const char *token = dictionary[random_below(LENGTH(dictionary))];
        insert(in, at, token, strlen(token));
        break;
    }
    }
}

/* A part of one body, often a part of another behind it, and a few edits. */
static void make_mutant(mutant *in) {
    const body *first = &bodies[random_below(body_count)];
    const body *second = &bodies[random_below(body_count)];
    in->length = 0;
    in->pointer = random_below(8) > 0 ? first->pointer : random_pointer();
    insert(in, 0, first->bytes.bytes, first->bytes.length);
    if (random_below(4) == 0) {
        in->length = somewhere(in);
    }
    if (random_below(2) == 0) {
        size_t from = random_below(2) == 0 ? 0 : random_below(second->bytes.length + 1);
        insert(in, random_below(2) == 0 ? in->length : somewhere(in), second->bytes.bytes + from,
               second->bytes.length - from);
    }
    for (size_t edits = random_below(4); edits > 0; edits--) {
        edit(in);
    }
    if (random_below(3) == 0) {
        change_line_ends(in);
    }
}

static void expect_mutant(const mutant *in, size_t number) {
    static const size_t longest[] = {3, 40, 400};
    span bytes = {in->bytes, in->length};
    char what[LABEL];
    tokusage_stream stream;
    answer want = reference_stream(in->pointer, in->bytes, in->length);

    label(what, "mutant, whole", in->pointer, bytes, "number", number);
    feed_at_once(&stream, in->pointer, in->bytes, in->length);
    expect_answer(what, &stream, &want);

    /* Nothing is skipped here. */
    label(what, "mutant, byte by byte", in->pointer, bytes, "number", number);
    feed_bytewise(&stream, in->pointer, in->bytes, in->length);
    expect_answer(what, &stream, &want);

    label(what, "mutant, in random pieces", in->pointer, bytes, "number", number);
    feed_randomly(&stream, in->pointer, in->bytes, in->length, longest[number % LENGTH(longest)]);
    expect_answer(what, &stream, &want);
}

static void stream_answers_mutated_bodies_as_the_reference_does(void **state) {
    (void)state;
    static mutant in;
    size_t count = rounds(50000);
    size_t with_report = 0;
    size_t with_usage = 0;
    size_t done = 0;
    for (size_t i = 0; i < count; i++) {
        make_mutant(&in);
        expect_mutant(&in, i);
        answer want = reference_stream(in.pointer, in.bytes, in.length);
        with_report += want.reports > 0;
        with_usage += want.usage.status == TOKUSAGE_OK;
        done += want.done;
    }
    print_message("%zu mutated bodies: %zu with a report, %zu with a readable one, %zu done\n", count, with_report,
                  with_usage, done);
    assert_true(with_report > count / 10 && with_usage > count / 20 && done > count / 50);
}

static void append(mutant *out, const char *bytes) {
    insert(out, out->length, bytes, strlen(bytes));
}

static const char *any(const char *const *list, size_t count) {
    return list[random_below(count)];
}

#define ANY(list) any((list), LENGTH(list))

/* A member with a text of that many bytes. */
static void append_filler(mutant *out, size_t length) {
    static const char *const letters[] = {"x", "\\n", "\\u00e9", "\\\"", "lorem ipsum "};
    append(out, "\"a\":\"");
    size_t end = out->length + length;
    end = end < TEXT_SIZE - 100 ? end : TEXT_SIZE - 100;
    while (out->length + 12 < end) {
        append(out, ANY(letters));
    }
    while (out->length < end) {
        append(out, "y");
    }
    append(out, "\",");
}

/* Events made of what the passing-over looks at, many of which may be passed over; some longer than a report. */
static void random_events(mutant *in, bool some_long) {
    static const char *const names[] = {"usage",  "usag",       "\\u0075sage", "usa\\u0067e",
                                        "usages", "x\\\"usage", "u",           "n",
                                        "",       "a",          "us\\tage",    "\\\\u0075sage"};
    static const char *const values[] = {"null",
                                         "{\"prompt_tokens\":3}",
                                         "1",
                                         "\"usage\"",
                                         "\"\\u0041\"",
                                         "{\"usage\":null}",
                                         "[\"usage\",null]",
                                         "\"\\\"usage\\\": {\"",
                                         "nul",
                                         "\"u",
                                         "{\"usage\":{\"total_tokens\":1}}",
                                         "\"caf\\u00e9 \\u00fc\\u00DF\"",
                                         "\"\\\\\"",
                                         "\"long enough for more than one register\""};
    static const char *const colons[] = {":", ": ", " :", "\t:\t", " ", ":\ndata:", "\ndata: :", "::"};
    static const char *const commas[] = {",", ", ", ",", ",\ndata: ", "\t,"};
    static const char *const ends[] = {"}\n\n", "}\r\n\r\n", "}\r\r", "}\n\r",  "}\r\n\n",
                                       "}\n",   " }x\n\n",   "\n\n",  "}\r\n\r"};
    static const char *const heads[] = {"data: {",  "data:{",       "data: {",       "data: {",
                                        "data:  {", ": c\ndata: {", "id: 1\ndata: {"};
    static const char *const pointers[] = {NULL, NULL, "/usage", "/a/usage", "/u", "/n", "/usage/usage", ""};
    in->length = 0;
    in->pointer = ANY(pointers);
    for (size_t events = 1 + random_below(6); events > 0; events--) {
        append(in, ANY(heads));
        if (some_long && random_below(2) == 0) {
            append_filler(in, random_below(4) == 0 ? TOKUSAGE_STREAM_USAGE_MAX - 30 + random_below(40)
                                                   : random_below(TOKUSAGE_STREAM_USAGE_MAX + 1000));
        }
        for (size_t members = random_below(4); members > 0; members--) {
            append(in, "\"");
            append(in, ANY(names));
            append(in, "\"");
            append(in, random_below(3) == 0 ? ANY(colons) : ":");
            append(in, ANY(values));
            append(in, members > 1 ? ANY(commas) : "");
        }
        append(in, ANY(ends));
    }
}

static void stream_answers_the_same_whether_it_passes_events_over_or_not(void **state) {
    (void)state;
    static mutant in;
    for (size_t i = 0; i < rounds(25000); i++) {
        random_events(&in, false);
        expect_mutant(&in, i);
    }
}

/*
 * Pieces like those of a network, which end within events: what a stream then holds of an event, it must neither answer
 * for nor lose. It is asked after each piece, and goes on as a copy.
 */
static void stream_answers_after_every_piece_that_cuts_an_event(void **state) {
    (void)state;
    static const size_t pieces[] = {40, 64, 65, 80, 100, 300, 700, 1400, 2047, 2048, 2049, 3000};
    static mutant in;
    for (size_t i = 0; i < rounds(5000); i++) {
        tokusage_stream stream;
        size_t longest = pieces[random_below(LENGTH(pieces))];
        bool equal_pieces = random_below(2) == 0;
        random_events(&in, true);
        span bytes = {in.bytes, in.length};
        assert_int_equal(tokusage_stream_init(&stream, in.pointer), TOKUSAGE_OK);
        for (size_t at = 0; at < in.length;) {
            size_t left = in.length - at;
            size_t piece = equal_pieces ? longest : 1 + random_below(longest);
            piece = piece < left ? piece : left;
            tokusage_stream_feed(&stream, against_the_end(in.bytes + at, piece), piece);
            at += piece;
            char what[LABEL];
            label(what, "pieces", in.pointer, bytes, "up to", at);
            answer want = reference_stream(in.pointer, in.bytes, at);
            expect_answer(what, &stream, &want);
            tokusage_stream copy = stream;
            spoil(&stream, sizeof stream);
            stream = copy;
        }
    }
}

/* An event in three pieces, asked for after each. The event before it has no report, so that it may be held. */
static void expect_in_three(const mutant *in, size_t first, size_t second) {
    const size_t ends[] = {first, second, in->length};
    span bytes = {in->bytes, in->length};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, in->pointer), TOKUSAGE_OK);
    for (size_t i = 0, at = 0; i < LENGTH(ends); at = ends[i++]) {
        char what[LABEL];
        label(what, "a long event in three pieces", in->pointer, bytes, "up to", ends[i]);
        answer want = reference_stream(in->pointer, in->bytes, ends[i]);
        tokusage_stream_feed(&stream, in->bytes + at, ends[i] - at);
        expect_answer(what, &stream, &want);
    }
}

/*
 * Of every length about the longest that can be held, cut everywhere near its end, with each room for reports in use.
 */
static void stream_reads_an_event_that_is_too_long_to_be_held(void **state) {
    (void)state;
    static const char *const tails[] = {"}\n\n", "\"usage\":null}\r\n\r\n", "\"usage\":{\"prompt_tokens\":9}}\n\n",
                                        "\"usage\":null,\"usage\":{}}\n\n", "\"usage\":null} x\r\r"};
    static mutant in;
    const size_t step = 300 / rounds(100);
    for (size_t i = 0; i < LENGTH(tails) * 2; i++) {
        for (size_t length = TOKUSAGE_STREAM_USAGE_MAX - 12; length < TOKUSAGE_STREAM_USAGE_MAX + 40; length += 2) {
            in.length = 0;
            in.pointer = NULL;
            append(&in, i % 2 == 0 ? REPORT "data: {}\n\n" : REPORT LATER_REPORT "data: {}\n\n");
            append(&in, "data: {\"usage\":null,");
            append_filler(&in, length - sizeof "data: {\"usage\":null,");
            size_t event = in.length;
            append(&in, tails[i / 2]);
            append(&in, "data: {}\n\n");
            append(&in, LATER_REPORT);
            expect_in_three(&in, event, event);
            for (size_t first = event - 70; first < in.length; first += step) {
                expect_in_three(&in, first, first);
                expect_in_three(&in, first, first + random_below(in.length - first));
            }
        }
    }
}

/* What running events have in common ends before the report, also where one gave it twice. */
static void stream_reads_each_report_of_running_events(void **state) {
    (void)state;
    static const char body_text[] = "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1},\"usage\":{\"prompt_tokens\":1}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":2}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1},\"x\":1}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1},\"x\":1}\n\n";
    static const answer want = {COUNTS(1, ABSENT, ABSENT), 5, false};
    static const span bytes = {body_text, sizeof body_text - 1};
    expect_in_every_way("running usage, once twice", NULL, bytes, &want);
}

/*
 * Where usage is running, the events begin alike, and a stream may go by that. Beginnings that are nearly alike, in
 * runs, in pieces that end between and within events: none may be taken for another.
 */
static void stream_tells_running_events_apart_that_begin_nearly_alike(void **state) {
    (void)state;
    static const char *const begins[] = {
        "data: {\"a\":\"xx\",\"usage\":",
        "data: {\"a\":\"xxxxxxxxxxxxxxxxxxxxxxx\",\"usage\":",
        "data: {\"a\":\"xx\\\",\\\"usage\\\":\",\"usage\":",
        "data: {\"a\":[\"xx\",\"usage\"],\"usage\":",
        "data: {\"a\":\"xx\",\"usage\":null,\"b\":",
        "data: {\"a\":\"xx\"\ndata:,\"usage\":",
        "data:\ndata: {\"a\":\"xx\",\"usage\":",
        "data: {\"a\":{\"a\":\"xx\",\"usage\":1},\"usage\":",
        "data: {\"usage\":",
        "data:{\"a\":\"xx\",\"usage\":{},\"usage\":",
        "data: ",
    };
    static const char *const ends[] = {"}\n\n", "}\n\n", "}\r\n\r\n", ",\"b\":1}\n\n", "}x\n\n", "\n\n"};
    static mutant in;
    for (size_t i = 0; i < rounds(10000); i++) {
        size_t pieces[64];
        size_t piece_count = 0;
        in.length = 0;
        in.pointer = NULL;
        while (piece_count < 2 + i % 8) {
            const char *begin = ANY(begins);
            for (size_t run = 1 + random_below(4); run > 0; run--) {
                char usage[80];
                (void)snprintf(usage, sizeof usage, "{\"prompt_tokens\":%zu}", in.length);
                append(&in, begin);
                append(&in, usage);
                append(&in, random_below(4) == 0 ? ANY(ends) : "}\n\n");
            }
            pieces[piece_count++] = in.length - (random_below(3) == 0 ? random_below(20) : 0);
        }
        tokusage_stream stream;
        span bytes = {in.bytes, in.length};
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        for (size_t piece = 0, at = 0; piece < piece_count; at = pieces[piece++]) {
            if (pieces[piece] < at) {
                pieces[piece] = at;
            }
            size_t length = pieces[piece] - at;
            tokusage_stream_feed(&stream, against_the_end(in.bytes + at, length), length);
            char what[LABEL];
            label(what, "running usage", NULL, bytes, "up to", pieces[piece]);
            answer want = reference_stream(NULL, in.bytes, pieces[piece]);
            expect_answer(what, &stream, &want);
        }
    }
}

/* What events of one piece have in common says nothing about those of the next. */
static void stream_forgets_with_the_piece_what_its_events_began_with(void **state) {
    (void)state;
    static const char *const seconds[] = {
        "data: {\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxx\",\"usage\":{\"prompt_tokens\":5}}\n\n",
        "data:\ndata: {\"usage\":{\"prompt_tokens\":5}}\n\n",
    };
    for (size_t i = 0; i < LENGTH(seconds); i++) {
        tokusage_stream stream;
        answer want = {COUNTS(5, ABSENT, ABSENT), 5, false};
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        feed_text(&stream, "data: {\"a\":\"xx\",\"usage\":{}}\n\ndata: {\"a\":\"xx\",\"usage\":{}}\n\n"
                           "data: {\"a\":\"xx\",\"usage\":{}}\n\n");
        char second[200];
        (void)snprintf(second, sizeof second, "%s%s", seconds[i], seconds[i]);
        feed_text(&stream, second);
        expect_answer(seconds[i], &stream, &want);
    }
}

/* The same seed each time, so that a failure is the code's doing; TOKUSAGE_SEED sets another. */
static int seed(void **state) {
    (void)state;
    random_seed_or(20240611);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_answers_what_each_body_says_however_it_is_cut),
        cmocka_unit_test(stream_answers_what_the_reference_says),
        cmocka_unit_test(stream_answers_after_every_byte),
        cmocka_unit_test(stream_finds_out_by_itself_what_the_body_is),
        cmocka_unit_test(stream_of_zero_bytes_is_ready),
        cmocka_unit_test(stream_init_forgets_what_was),
        cmocka_unit_test(stream_init_refuses_what_is_no_pointer_and_changes_nothing),
        cmocka_unit_test(stream_calls_take_null),
        cmocka_unit_test(stream_copy_goes_on_by_itself),
        cmocka_unit_test(stream_keeps_the_pointer_and_copies_nothing_of_it),
        cmocka_unit_test_setup_teardown(stream_feed_does_not_allocate, watch_heap, unwatch_heap),
        cmocka_unit_test_setup_teardown(stream_usage_survives_a_lack_of_memory, watch_heap, unwatch_heap),
        cmocka_unit_test(stream_keeps_a_report_of_the_longest_length),
        cmocka_unit_test(stream_keeps_the_earlier_report_when_a_long_one_is_malformed),
        cmocka_unit_test(stream_counts_a_report_whose_first_byte_comes_after_a_null),
        cmocka_unit_test(stream_gives_up_a_text_that_is_too_deep),
        cmocka_unit_test(stream_passes_over_what_never_ends_in_sense),
        cmocka_unit_test(stream_takes_a_line_of_100_megabytes),
        cmocka_unit_test(stream_counts_many_reports),
        cmocka_unit_test(stream_answers_mutated_bodies_as_the_reference_does),
        cmocka_unit_test(stream_answers_the_same_whether_it_passes_events_over_or_not),
        cmocka_unit_test(stream_answers_after_every_piece_that_cuts_an_event),
        cmocka_unit_test(stream_reads_an_event_that_is_too_long_to_be_held),
        cmocka_unit_test(stream_reads_each_report_of_running_events),
        cmocka_unit_test(stream_forgets_with_the_piece_what_its_events_began_with),
        cmocka_unit_test(stream_tells_running_events_apart_that_begin_nearly_alike),
    };
    return cmocka_run_group_tests(tests, seed, NULL);
}
