/*
 * src/sse.c: which bytes of a stream are an event's data. A stream is written as the data of its events, with a '|'
 * behind each complete event. What the data mean does not matter here. The rules are those of WHATWG HTML, section
 * 9.2.6.
 */
#include <stdio.h>
#include <string.h>

#include "reference_stream.h"
#include "sse.h"

enum {
    OUT = 4096
};

/* A reading that goes on from piece to piece. */
typedef struct reading {
    tokusage_sse sse;
    char out[OUT];
    size_t used;
} reading;

static void put(reading *in, const char *bytes, size_t length) {
    assert_true(length <= OUT - in->used);
    memcpy(in->out + in->used, bytes, length);
    in->used += length;
}

static void feed(reading *in, const char *bytes, size_t length) {
    const char *piece = against_the_end(bytes, length);
    for (size_t at = 0;;) {
        size_t before = at;
        switch (tokusage_sse_next(&in->sse, piece, length, &at)) {
        case TOKUSAGE_SSE_DATA:
            assert_true(before <= at && at < length);
            before = at;
            while (at < length && piece[at] != '\n' && piece[at] != '\r') {
                at++;
            }
            assert_true(before < at);
            put(in, piece + before, at - before);
            break;
        case TOKUSAGE_SSE_BREAK:
            assert_true(before < at && at <= length);
            put(in, "\n", 1);
            break;
        case TOKUSAGE_SSE_EVENT:
            assert_true(before < at && at <= length);
            put(in, "|", 1);
            break;
        default:
            assert_int_equal(at, length);
            return;
        }
    }
}

static void expect_out(const char *rule, const reading *in, span bytes, span want, size_t cut) {
    if (in->used != want.length || memcmp(in->out, want.bytes, want.length) != 0) {
        fail_msg("%s: %s, cut at %zu, has the events %s in place of %s", rule, shown(bytes.bytes, bytes.length), cut,
                 shown(in->out, in->used), shown(want.bytes, want.length));
    }
}

/* Whole, byte by byte, and cut in two and three. */
static void expect_events(const char *rule, span bytes, span want) {
    for (size_t cut = 0; cut <= bytes.length; cut++) {
        reading in = {.used = 0};
        feed(&in, bytes.bytes, cut);
        feed(&in, bytes.bytes + cut, bytes.length - cut);
        expect_out(rule, &in, bytes, want, cut);
        for (size_t second = cut; second <= bytes.length; second++) {
            reading three = {.used = 0};
            feed(&three, bytes.bytes, cut);
            feed(&three, bytes.bytes + cut, second - cut);
            feed(&three, bytes.bytes + second, bytes.length - second);
            expect_out(rule, &three, bytes, want, cut);
        }
    }
    reading in = {.used = 0};
    for (size_t i = 0; i < bytes.length; i++) {
        feed(&in, bytes.bytes + i, 1);
    }
    expect_out(rule, &in, bytes, want, bytes.length);
}

/* Streams, and the data of their events. */
static const struct {
    const char *rule;
    span bytes, want;
} streams[] = {
    {"nothing", TEXT(""), TEXT("")},
    {"LF", TEXT("data: a\n\ndata: b\n\n"), TEXT("a|b|")},
    {"CR", TEXT("data: a\r\rdata: b\r\r"), TEXT("a|b|")},
    {"CR LF", TEXT("data: a\r\n\r\ndata: b\r\n\r\n"), TEXT("a|b|")},
    {"LF, CR LF", TEXT("data: a\n\r\ndata: b\n\r\n"), TEXT("a|b|")},
    {"LF, CR", TEXT("data: a\n\rdata: b\n\r"), TEXT("a|b|")},
    {"CR, CR LF", TEXT("data: a\r\r\ndata: b\r\r\n"), TEXT("a|b|")},
    {"CR LF, LF", TEXT("data: a\r\n\ndata: b\r\n\n"), TEXT("a|b|")},
    {"CR LF, CR", TEXT("data: a\r\n\rdata: b\r\n\r"), TEXT("a|b|")},
    {"CR LF ends one line", TEXT("data: a\r\ndata: b\r\n"), TEXT("a\nb")},
    {"the LF of CR LF once only", TEXT("data: a\r\n\n"), TEXT("a|")},
    {"CR ends a line", TEXT("data: a\rdata: b\r"), TEXT("a\nb")},
    {"no end", TEXT("data: a"), TEXT("a")},
    {"no blank line", TEXT("data: a\n"), TEXT("a")},
    {"no space", TEXT("data:a\n\n"), TEXT("a|")},
    {"one space goes", TEXT("data: a\n\n"), TEXT("a|")},
    {"a second stays", TEXT("data:  a \n\n"), TEXT(" a |")},
    {"a tab stays", TEXT("data:\ta\n\n"), TEXT("\ta|")},
    {"a space alone goes", TEXT("data: \n\ndata:  \n\n"), TEXT("| |")},
    {"colons stay", TEXT("data:: a:b\n\n"), TEXT(": a:b|")},
    {"several lines", TEXT("data: a\ndata:b\ndata: c\n\n"), TEXT("a\nb\nc|")},
    {"empty lines of data", TEXT("data:\ndata: \ndata:a\ndata:\n\n"), TEXT("\n\na\n|")},
    {"data without a colon", TEXT("data\n\ndata\ndata\n\n"), TEXT("|\n|")},
    {"data without a colon, CR LF", TEXT("data: a\r\ndata\r\n\r\n"), TEXT("a\n|")},
    {"data without a colon or an end", TEXT("data: a\ndata"), TEXT("a")},
    {"blank lines", TEXT("\n\n\r\n\r\rdata: a\n\n\n\n\r\n"), TEXT("a|")},
    {"no data, no event", TEXT("event: a\n\nid: 1\n\ndata: b\n\n"), TEXT("b|")},
    {"a comment", TEXT(": data: a\n:\n:data: b\n\n"), TEXT("")},
    {"a comment between", TEXT("data: a\n: x\ndata: b\n:\n\n"), TEXT("a\nb|")},
    {"other fields", TEXT("event: x\ndata: a\nid: y\nretry: 1\nz\nretry\n\n"), TEXT("a|")},
    {"longer names", TEXT("datax: a\n\ndatadata: a\n\ndata-: a\n\n"), TEXT("")},
    {"shorter names", TEXT("dat: a\n\nd: a\n\ndat\n\n: a\n\n"), TEXT("")},
    {"names that differ", TEXT("dbta: a\n\nDATA: a\n\nxdata: a\n\n"), TEXT("")},
    {"space in front of the name", TEXT(" data: a\n\n\tdata: a\n\n"), TEXT("")},
    {"space behind the name", TEXT("data : a\n\n"), TEXT("")},
    {"NUL", TEXT("data: a\0b\n\ndata\0: a\n\n\0data: a\n\n"), TEXT("a\0b|")},
    {"other line ends do not end a line",
     TEXT("data: a\v\f\xC2\x85\xE2\x80\xA8"
          "b\n\n"),
     TEXT("a\v\f\xC2\x85\xE2\x80\xA8"
          "b|")},
    {"a byte-order mark",
     TEXT("\xEF\xBB\xBF"
          "data: a\n\n"),
     TEXT("a|")},
    {"a byte-order mark and a blank line", TEXT("\xEF\xBB\xBF\ndata: a\n\n"), TEXT("a|")},
    {"a byte-order mark and CR LF", TEXT("\xEF\xBB\xBF\r\ndata: a\n\n"), TEXT("a|")},
    {"two byte-order marks",
     TEXT("\xEF\xBB\xBF\xEF\xBB\xBF"
          "data: a\n\n"),
     TEXT("")},
    {"a byte-order mark later",
     TEXT("\n\xEF\xBB\xBF"
          "data: a\n\n"),
     TEXT("")},
    {"a byte-order mark at the second line",
     TEXT("data: a\n\xEF\xBB\xBF"
          "data: b\n\n"),
     TEXT("a|")},
    {"a byte-order mark in the data",
     TEXT("data: \xEF\xBB\xBF"
          "a\n\n"),
     TEXT("\xEF\xBB\xBF"
          "a|")},
    {"one byte of a mark",
     TEXT("\xEF"
          "data: a\n\ndata: b\n\n"),
     TEXT("b|")},
    {"two bytes of a mark",
     TEXT("\xEF\xBB"
          "data: a\n\ndata: b\n\n"),
     TEXT("b|")},
    {"one byte of a mark in place of a letter",
     TEXT("\xEF"
          "ata: a\n\ndata: b\n\n"),
     TEXT("b|")},
    {"two bytes of a mark in place of two",
     TEXT("\xEF\xBB"
          "ta: a\n\ndata: b\n\n"),
     TEXT("b|")},
    {"one byte of a mark is a line", TEXT("\xEF\ndata: a\n\n"), TEXT("a|")},
    {"two bytes of a mark are a line", TEXT("\xEF\xBB\rdata: a\n\n"), TEXT("a|")},
    {"a byte of a mark, then one",
     TEXT("\xEF\xEF\xBB\xBF"
          "data: a\n\n"),
     TEXT("")},
    {"a line longer than a register", TEXT("data: 0123456789abcdef0123456789abcdef0\rdata: x\n\n"),
     TEXT("0123456789abcdef0123456789abcdef0\nx|")},
    {"a comment longer than a register", TEXT(":0123456789abcdef0123456789abcdef0data\ndata: x\n\n"), TEXT("x|")},
};

static void sse_finds_the_data_of_each_event(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(streams); i++) {
        expect_events(streams[i].rule, streams[i].bytes, streams[i].want);
        char slow[OUT];
        span reference = {slow, reference_events(streams[i].bytes.bytes, streams[i].bytes.length, slow)};
        reading in = {.used = 0};
        feed(&in, streams[i].bytes.bytes, streams[i].bytes.length);
        expect_out("the reference", &in, streams[i].bytes, reference, 0);
    }
}

/* All streams of up to six tokens. */
static void sse_frames_every_short_stream_as_the_reference_does(void **state) {
    (void)state;
    static const char *const tokens[] = {"\n", "\r", "data", ":", " ", "x", "dat", "\xEF\xBB\xBF", "\xEF"};
    enum {
        PLACES = 6
    };
    for (size_t places = 0; places <= PLACES; places++) {
        size_t combinations = 1;
        for (size_t i = 0; i < places; i++) {
            combinations *= LENGTH(tokens);
        }
        for (size_t n = 0; n < combinations; n++) {
            char text[PLACES * 4];
            char slow[PLACES * 4 + 1];
            size_t used = 0;
            for (size_t place = 0, rest = n; place < places; place++, rest /= LENGTH(tokens)) {
                const char *token = tokens[rest % LENGTH(tokens)];
                memcpy(text + used, token, strlen(token));
                used += strlen(token);
            }
            span bytes = {text, used};
            span want = {slow, reference_events(text, used, slow)};
            reading whole;
            reading bytewise;
            memset(&whole.sse, 0, sizeof whole.sse);
            memset(&bytewise.sse, 0, sizeof bytewise.sse);
            whole.used = 0;
            bytewise.used = 0;
            feed(&whole, text, used);
            for (size_t i = 0; i < used; i++) {
                feed(&bytewise, text + i, 1);
            }
            expect_out("a short stream", &whole, bytes, want, used);
            expect_out("a short stream, byte by byte", &bytewise, bytes, want, 1);
        }
    }
}

/* The line end at every offset and alignment. */
static void sse_finds_the_end_of_a_line_wherever_it_stands(void **state) {
    (void)state;
    static const char near[] = {'\x0B', '\x0C', '\x0E', '\x09', '\0', '\x8A', '\x8D', '\xFF'};
    for (size_t length = 0; length < 140; length++) {
        for (size_t shift = 0; shift < 17; shift++) {
            for (size_t i = 0; i < 2 * sizeof near; i++) {
                char text[180];
                char want[180];
                size_t used = shift;
                memset(text, '\n', shift);
                memcpy(text + used, "data:", 5);
                memset(text + used + 5, near[i % sizeof near], length);
                memcpy(want, text + used + 5, length);
                used += 5 + length;
                text[used++] = i < sizeof near ? '\n' : '\r';
                text[used++] = i < sizeof near ? '\r' : '\n';
                bool complete = i < sizeof near;
                want[length] = '|';
                span bytes = {text, used};
                span events = {want, length + (complete ? 1 : 0)};
                reading in = {.used = 0};
                feed(&in, text, used);
                expect_out("a line of some length", &in, bytes, events, length);
            }
        }
    }
}

static void sse_is_fresh_where_the_first_data_line_of_an_event_may_begin(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        bool fresh;
    } cases[] = {
        {"", true},
        {"\n", true},
        {"\r", true},
        {"\xEF\xBB\xBF", true},
        {": x\n", true},
        {"event: x\n", true},
        {"dat\n", true},
        {"data: x\n\n", true},
        {"data: x\r\r", true},
        {"data: x\r\n\r", true},
        {"\xEF", false},
        {"\xEF\xBB", false},
        {"d", false},
        {"data", false},
        {"data:", false},
        {"data: ", false},
        {"data: x", false},
        {":", false},
        {"x", false},
        {"event: x", false},
        {"data: x\n", false},
        {"data: x\r\n", false},
        {"data\n", false},
        {"data: x\n: y\n", false},
        {"data: x\n\nd", false},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        reading in = {.used = 0};
        feed(&in, cases[i].bytes, strlen(cases[i].bytes));
        if (tokusage_sse_fresh(&in.sse) != cases[i].fresh) {
            fail_msg("behind %s a first data line should %sbegin", shown(cases[i].bytes, strlen(cases[i].bytes)),
                     cases[i].fresh ? "" : "not ");
        }
    }
}

static void sse_is_in_a_line_behind_its_name_and_up_to_its_end(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        bool in_line;
    } cases[] = {
        {"", false},
        {"\xEF", false},
        {"\xEF\xBB\xBF", false},
        {"d", false},
        {"data", false},
        {"data\n", false},
        {"data: ", true},
        {"data: x", true},
        {"data: x\n", false},
        {"data: x\r", false},
        {"data: x\r\n", false},
        {"data: x\n\n", false},
        {"data: x\ndata", false},
        {"data: x\ndata: ", true},
        {":", true},
        {"event: x", true},
        {"datax", true},
        {"\xEF\xBB.", true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        reading in = {.used = 0};
        feed(&in, cases[i].bytes, strlen(cases[i].bytes));
        if (tokusage_sse_in_line(&in.sse) != cases[i].in_line) {
            fail_msg("behind %s the next byte should %sbe in the line", shown(cases[i].bytes, strlen(cases[i].bytes)),
                     cases[i].in_line ? "" : "not ");
        }
    }
}

/* Behind whole events that are passed over, what follows reads as behind events that are read. The LF of a CR LF may still come. */
static void sse_goes_on_behind_events_that_were_passed_over(void **state) {
    (void)state;
    static const char *const befores[] = {"", "\n", "\r", "event: x\n", "data: a\n\n", "data: a\r\r", "\xEF\xBB\xBF"};
    static const char *const passed[] = {"data: x\n\n", "data: x\r\n\r\n", "data: x\r\r", "data: x\n\r", "\r"};
    static const char *const afters[] = {"data: b\n\n", "\ndata: b\n\n", "\r\ndata: b\n\n", "\n\ndata: b\n\n",
                                         "\xEF\xBB\xBF: c\ndata: b\n\n"};
    for (size_t i = 0; i < LENGTH(befores) * LENGTH(passed) * LENGTH(afters); i++) {
        const char *before = befores[i % LENGTH(befores)];
        const char *over = passed[i / LENGTH(befores) % LENGTH(passed)];
        const char *after = afters[i / LENGTH(befores) / LENGTH(passed)];
        reading in = {.used = 0};
        feed(&in, before, strlen(before));
        reading read = in;
        feed(&read, over, strlen(over));
        assert_true(tokusage_sse_fresh(&in.sse));
        tokusage_sse_passed(&in.sse);
        assert_true(tokusage_sse_fresh(&in.sse));
        in.used = 0;
        read.used = 0;
        feed(&in, after, strlen(after));
        feed(&read, after, strlen(after));
        span bytes = {after, strlen(after)};
        span want = {read.out, read.used};
        expect_out(before, &in, bytes, want, 0);
    }
}

/* The LF of a CR LF belongs to one line end only. */
static void sse_tells_what_still_belongs_to_the_last_line_end(void **state) {
    (void)state;
    static const struct {
        const char *before;
        span bytes;
        size_t rest;
    } cases[] = {
        {"", TEXT("\n"), 0},
        {"data: x\n\n", TEXT("\n"), 0},
        {"data: x\r\n\r\n", TEXT("\n"), 0},
        {"data: x\r\r", TEXT("\n"), 1},
        {"data: x\r\r", TEXT("\n\n"), 1},
        {"data: x\n\r", TEXT("\ndata: y"), 1},
        {"data: x\r\r", TEXT(""), 0},
        {"data: x\r\r", TEXT("\r"), 0},
        {"data: x\r\r", TEXT("d"), 0},
        {"data: x\r\rd", TEXT("\n"), 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *bytes = cases[i].bytes.bytes;
        const size_t length = cases[i].bytes.length;
        reading in = {.used = 0};
        feed(&in, cases[i].before, strlen(cases[i].before));
        assert_int_equal(tokusage_sse_rest(&in.sse, against_the_end(bytes, length), length), cases[i].rest);
        if (length > 0) {
            assert_int_equal(tokusage_sse_rest(&in.sse, "\n", 1), 0);
        }
    }
    reading in = {.used = 0};
    feed(&in, "data: x\r\r", 9);
    assert_int_equal(tokusage_sse_rest(&in.sse, "", 0), 0);
    assert_int_equal(tokusage_sse_rest(&in.sse, "\n", 1), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sse_finds_the_data_of_each_event),
        cmocka_unit_test(sse_frames_every_short_stream_as_the_reference_does),
        cmocka_unit_test(sse_finds_the_end_of_a_line_wherever_it_stands),
        cmocka_unit_test(sse_is_fresh_where_the_first_data_line_of_an_event_may_begin),
        cmocka_unit_test(sse_is_in_a_line_behind_its_name_and_up_to_its_end),
        cmocka_unit_test(sse_goes_on_behind_events_that_were_passed_over),
        cmocka_unit_test(sse_tells_what_still_belongs_to_the_last_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
