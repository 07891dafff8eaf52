/*
 * src/search.c: which events may be passed over unread. Both sides: what must not be passed over, because a usage, an
 * error or the end mark would be lost, and what must be, because the search exists for it. Then whole streams in which
 * something is planted at every offset: fed at once they are searched, byte by byte they are read.
 */
#include "shorthand.h"

#include <stdlib.h>
#include <string.h>

#include "search.h"

static size_t passed(span bytes, bool open) {
    return tokusage_search(against_the_end(bytes.bytes, bytes.length), bytes.length, open);
}

static void expect_passed(const char *rule, span bytes, bool open, size_t want) {
    const size_t length = passed(bytes, open);
    if (length != want) {
        fail_msg("%s: %zu bytes of %s are passed over, expected %zu", rule, length, shown(bytes.bytes, bytes.length),
                 want);
    }
}

/* ------------------------------------------------------------------------------------------------- single events */

/* Events without their blank lines. */
static const struct {
    const char *rule, *lines;
    bool passes;
} events[] = {
    {"an object", "data: {}", true},
    {"an object without a space before", "data:{}", true},
    {"an object with a string", "data: {'choices':[{'delta':{'content':'use \\'u\\''}}]}", true},
    {"an array", "data: [1]", true},
    {"malformed data", "data: {xyz", true},
    {"another field", "event: {}", true},
    {"a comment", ":data: {}", true},
    {"no data", "data:", true},
    {"nothing", "", true},
    {"several lines", "data: {\ndata: 'a':1}", true},
    {"control characters", "data: {\t'a':'\x01\x0B\x0C\x1F\x7F'}", true},
    {"UTF-8", "data: {'a':'\xC3\xA9\xE4\xB8\x80\xF0\x9F\x98\x80'}", true},
    {"a model", "data: {'model':'m','message':{'model':'m'}}", true},
    {"an end without a usage", "data: {'type':'response.completed','done':true}", true},

    {"a usage", "data: {'usage':{}}", false},
    {"a usage and blanks", "data: {'usage' \t: \t{}}", false},
    {"a usage deep inside", "data: {'a':[{'usage':1}]}", false},
    {"a usage that is null", "data: {'usage':null}", true},
    {"a usage that is null, and blanks", "data: {'usage' \t: \tnull }", true},
    {"a usage that is null, and one that is not", "data: {'usage':null,'usage':{}}", false},
    {"a usage without a value", "data: {'usage':", false},
    {"a usage, and only blanks after it", "data: {'usage': \t", false},
    {"a usage at the end of a line", "data: {'usage'", false},
    {"a usage and its colon in two lines", "data: {'usage'\ndata: :1}", false},
    {"a colon and a value in two lines", "data: {'usage':\ndata: 1}", false},
    {"a usage in a later line", "data: {\ndata: 'usage':1}", false},
    {"the word as a value", "data: {'a':'usage'}", true},
    {"the word as a value, then a usage", "data: {'a':'usage','usage':{}}", false},
    {"the word in quotes of a string", "data: {'a':'\\'usage\\':{}','c':'dddddddd'}", true},
    {"longer words as values", "data: {'a':'usages','b':['usage_',' usage '],'c':'dddddddd'}", true},
    {"shorter names", "data: {'usag':1,'u':2,'c':'dddddddd'}", true},
    {"capitals", "data: {'Usage':{},'USAGE':{},'usagE':{}}", true},
    {"usageMetadata", "data: {'usageMetadata':{}}", false},
    {"usageMetadata that is null", "data: {'usageMetadata' : null}", true},
    {"usage_metadata", "data: {'usage_metadata':{}}", false},
    {"usage_metadata that is null", "data: {'usage_metadata':null}", true},

    {"an error", "data: {'error':{}}", false},
    {"an error and blanks", "data: {'error' \t: \t'x'}", false},
    {"an error that is null", "data: {'error':null}", true},
    {"the type error", "data: {'type':'error'}", false},
    {"the type error and a comma", "data: {'type':'error' ,'a':1}", false},
    {"an error at the end of a line", "data: {'error'\ndata: :1}", false},
    {"longer names than error", "data: {'errors':1,'error_':2,'a':'errors','c':'dddddddd'}", true},
    {"an error in capitals", "data: {'Error':1,'ERROR':2}", true},

    {"a letter of usage that is escaped", "data: {'\\u0075sage':1}", false},
    {"the last letter of usage", "data: {'usag\\u0065':1}", false},
    {"all letters of usage", "data: {'\\u0075\\u0073\\u0061\\u0067\\u0065':1}", false},
    {"a letter of usageMetadata", "data: {'usage\\u004detadata':1}", false},
    {"a letter of usage_metadata", "data: {'usage\\u005fmetadata':1}", false},
    {"a letter of error", "data: {'e\\u0072ror':1}", false},
    {"the first letter of error", "data: {'\\u0065rror':1}", false},
    {"the type with an escape", "data: {'type':'err\\u006fr'}", false},
    {"capitals in an escape", "data: {'usage\\u005Fmetadata':1}", false},
    {"other letters", "data: {'a':'\\u4f60\\u597d\\u0175\\u1075\\ud83d\\ude00\\u00e9\\u000a\\u0020 '}", true},
    {"other escapes", "data: {'a':'\\n\\t\\\\\\/\\b\\f\\r\\''}", true},
    {"no hexadecimal digits", "data: {'a':'\\u00g5 \\u007g \\u00 75'}", true},

    {"the end mark", "data: [DONE]", false},
    {"the end mark without a space", "data:[DONE]", false},
    {"the end mark after a document", "data: {}[DONE]", false},
    {"the end mark after other fields", "event: x\nid: 1\ndata: [DONE]", false},
    {"what begins like the end mark", "data: [D", false},
    {"the end mark in small letters", "data: [done]", true},
};

static void the_search_stops_at_what_matters_and_passes_over_what_does_not(void **state) {
    (void)state;
    static const char *const ends[] = {"\n\n", "\r\r", "\r\n\r\n", "\n\r", "\n\r\n", "\r\r\n", "\r\n\n", "\r\n\r"};
    static const char next[] = "data: {\"usage\":{}}\n\n";
    for (size_t i = 0; i < LENGTH(events); i++) {
        for (size_t j = 0; j < LENGTH(ends); j++) {
            builder body = {NULL, 0, 0};
            add(&body, 1, quoted(events[i].lines).bytes);
            add(&body, 1, ends[j]);
            const size_t want = events[i].passes ? body.length : 0;
            expect_passed(events[i].rule, built(&body), false, want);
            const bool cr_lf = ends[j][strlen(ends[j]) - 1] == '\r';
            add(&body, 1, cr_lf ? ":\n\n" : "");
            add(&body, 1, next);
            expect_passed(events[i].rule, built(&body), false, events[i].passes ? body.length - strlen(next) : 0);
            free(body.bytes);
        }
    }
}

static void the_search_passes_over_as_many_events_as_it_can(void **state) {
    (void)state;
    static const struct {
        const char *rule, *bytes;
        size_t want;
    } cases[] = {
        {"nothing", "", 0},
        {"three events", "data: {}\n\ndata: {}\n\ndata: {}\n\n", 30},
        {"up to a usage", "data: {}\n\ndata: {}\n\ndata: {'usage':1}\n\ndata: {}\n\n", 20},
        {"up to an error", "data: {}\n\ndata: {'error':1}\n\ndata: {}\n\n", 10},
        {"up to the end mark", "data: {}\n\ndata: [DONE]\n\n", 10},
        {"up to a usage after other fields", "data: {}\r\r: c\rid: 1\rdata: {'usage':1}\r\r", 10},
        {"up to a usage after many lines", "data: {}\n\ndata: {\r\ndata: 'a':1,\rdata: 'usage':1}\n\n", 10},
        {"more blank lines", "data: {}\n\n\ndata: {}\n\n\r\n\r", 24},
        {"an event without a blank line", "data: {}\n\ndata: {}\n", 10},
        {"an event without a line end", "data: {}\n\ndata: {}", 10},
        {"an event that has hardly begun", "data: {}\n\nd", 10},
        {"one CR is no blank line", "data: {}\r", 0},
        {"CR LF is no blank line", "data: {}\r\n", 0},
        {"mixed line ends", "data: {}\r\n\r\ndata: {}\r\rdata: {}\n\ndata: {}\n\r\ndata: {}\r\n\n", 54},
        {"a quote that may begin a name", "data: {}\n\ndata: {}\n\ndata: '", 20},
        {"two bytes of a name", "data: {}\n\ndata: {}\n\ndata: 'u", 20},
        {"two bytes of an error", "data: {}\n\ndata: {}\n\ndata: 'e", 20},
        {"two bytes of a name after many",
         "data: {'a':'some text that is longer than a block of 64 bytes'}\n\ndata: 'u", 65},
        {"a backslash that may begin an escape", "data: {}\n\ndata: {}\n\n\\", 20},
        {"a bracket that may begin the end mark", "data: {}\n\ndata: {}\n\ndata: [", 20},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed(cases[i].rule, quoted(cases[i].bytes), false, cases[i].want);
    }
}

static void the_search_passes_over_the_rest_of_an_event(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t want;
    } cases[] = {
        {"", 0},
        {"xyz'}\n\n", 7},
        {"xyz'}\r\n\r\ndata: {}\n\n", 19},
        {"xyz'}\r\rdata: {}\n", 7},
        {"xyz'}\n\ndata: {'usage':1}\n\n", 7},
        {"xyz'}\n\ndata: {}\n\ndata: {'error':1}\n\n", 17},
        {"xyz','usage':1}\n\ndata: {}\n\n", 0},
        {"xyz','error':1}\n\ndata: {}\n\n", 0},
        {"xyz','usage':null}\n\ndata: {}\n\n", 30},
        {"xyz'\ndata: ,'usage':1}\n\ndata: {}\n\n", 0},
        {"\\u0075'}\n\ndata: {}\n\n", 0},
        {"xyz'\ndata: }\r\nid: 1\r: x\n\r\n", 26},
        {"xyz'}\n", 0},
        {"xyz'}", 0},
        {"xyz'}\r\n", 0},
        {"xyz'}\r", 0},
        {"\n\n", 2},
        {"\r\r", 2},
        {"\r\n\r\n", 4},
        {"\r\r\n", 3},
        {"\n\r\n", 3},
        {"\r\n\r", 3},
        {"\n", 0},
        {"\r\n", 0},
        {"\ndata: {}\n\n", 11},
        {"xyz'}\n\ndata: [DONE]\n\n", 7},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed(cases[i].bytes, quoted(cases[i].bytes), true, cases[i].want);
    }
}

/* ------------------------------------------------------------------------------------------- at every offset */

enum {
    REACH = 140 /* more than the search looks at together */
};

static void the_search_sees_a_mark_at_every_offset(void **state) {
    (void)state;
    static const struct {
        const char *mark;
        bool passes;
    } marks[] = {
        {"'usage':1", false},   {"'error':1", false},    {"'usageMetadata':1", false}, {"'usage_metadata':1", false},
        {"\\u0075", false},     {"[DONE]", false},       {"''usage':1", false},        {"'u'usage':1", false},
        {"'e'error':1", false}, {"\\u00\\u0075", false}, {"'error'", false},           {"'usage':null", true},
        {"\\u0041", true},      {"'usages'", true},      {"'errors'", true},           {"'x'", true},
        {"\r", true},           {"\x0E", true},          {"\xFF\x80", true},           {"\xA2us\xDC", true},
    };
    for (size_t i = 0; i < LENGTH(marks); i++) {
        for (size_t before = 0; before < REACH; before++) {
            for (size_t after = 12; after < REACH; after += 1 + before % 5) {
                builder body = {NULL, 0, 0};
                add(&body, 1, "data: {");
                add(&body, before, "x");
                add(&body, 1, quoted(marks[i].mark).bytes);
                add(&body, after, "y");
                add(&body, 1, "\n\n");
                expect_passed(marks[i].mark, built(&body), false, marks[i].passes ? body.length : 0);
                free(body.bytes);
            }
        }
    }
}

static void the_search_finds_where_the_event_with_a_usage_begins(void **state) {
    (void)state;
    static const char *const blanks[] = {"\n\n", "\r\r", "\r\n\r\n", "\n\r\n", "\r\n\n", "\n\r", "\r\n\r"};
    static const char *const lines[] = {"", "\ndata: ", "\r\ndata: ", "\rdata: ", "\nid: 1\r\n: x\rdata:"};
    for (size_t i = 0; i < LENGTH(blanks) * LENGTH(lines); i++) {
        for (size_t distance = 0; distance < REACH; distance++) {
            builder body = {NULL, 0, 0};
            add_format(&body, "data: {}\n\ndata: {\"a\":1}%s", blanks[i % LENGTH(blanks)]);
            const size_t want = body.length;
            add_format(&body, "data: {%s%*s\"usage\":1}\n\n", lines[i / LENGTH(blanks)], (int)distance, "");
            expect_passed("a usage", built(&body), false, want);
            free(body.bytes);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- streams */

/* What is planted in an event, between members. */
static const char *const members[] = {
    "'a':1",
    "'usage':" U5,
    "'usage':null",
    "'usage' \t: \tnull,'usage':" U5,
    "'\\u0075sage':" U5,
    "'us\\u0061g\\u0065':null",
    "'usageMetadata':{'promptTokenCount':5}",
    "'usage\\u004deta\\u0064ata':{'promptTokenCount':5}",
    "'usage_metadata':{'input_tokens':5}",
    "'usage':\ndata: " U5,
    "'usage'\ndata: : " U5,
    "'us\ndata: age':" U5,
    "'a':'\\u0075 \\u0041 \\'usage\\':1 \\\\u0075sage'",
    "'usages':" U5 ",'usag':1,'u':2",
    "'a':'usage','b':['usage','error']",
    "'a':{'usage':" U5 "}",
    "'message':{'usage':{'input_tokens':5}}",
    "'response':{'usage':{'input_tokens':5},'model':'r'}",
    "'result':{'usage':{'a':'b','c':[],'input_tokens':5}}",
    "'metadata':{'usage':{'a':'b'}}",
    "'error':{'code':1}",
    "'error':null",
    "'err\\u006fr':'x'",
    "'type':'error'",
    "'type':'\\u0065rror'",
    "'response':{'error':{'code':1}}",
    "'a':{'error':1}",
    "'a':1}\n: 'usage':" U5 "\n\n: data: [DONE]\n\ndata: {'b':1",
    "'a':1}\nid: 'usage':" U5 "\ndata: {'b':1",
    "'a':'[DONE]'",
    "'a':1}[DONE]\ndata: {'b':1",
    "'a':1}\n\ndata: [DONE]\n\ndata: {'usage':{'prompt_tokens':9}",
    "'a':1} x",
    "'usage':" U5 "} x{",
    "'a':'",
    "'a':'\\",
    "'usage':nul",
    "'model':'n'",
    "'type':'message_delta','usage':{'output_tokens':7}",
    "'type':'x.completed','usage':" U5,
};

static builder stream_with(const char *member, size_t filler, const char *line_end) {
    builder body = {NULL, 0, 0};
    const span plain =
        quoted(line_of("data: {'model':'m'}\n\ndata: {'a':'%*s'}\n\ndata: {'b':1,%s}\n\ndata: {'c':'%*s'}\n\n"
                       "event: x\ndata: {}\n\ndata: {'d':'%*s'}\n\n",
                       (int)filler, "", member, 70, "", (int)filler % 70, ""));
    for (size_t i = 0; i < plain.length; i++) {
        if (plain.bytes[i] == '\n') {
            add(&body, 1, line_end);
        } else {
            add_bytes(&body, plain.bytes + i, 1);
        }
    }
    return body;
}

static void streams_say_the_same_whether_events_are_passed_over_or_not(void **state) {
    (void)state;
    static const char *const line_ends[] = {"\n", "\r", "\r\n"};
    for (size_t i = 0; i < LENGTH(members); i++) {
        for (size_t filler = 0; filler < REACH; filler++) {
            builder body = stream_with(members[i], filler, line_ends[filler % 3]);
            const char *const what = line_of("%zu bytes before %s", filler, members[i]);
            tokusage_stream stream;
            const size_t taken = feed_in_chunks(&stream, NULL, built(&body), 1);
            const observation want = observe(what, &stream, taken);
            expect_observed(what, &stream, feed_whole(&stream, NULL, built(&body)), &want);
            for (size_t j = 0; j < 4; j++) {
                const size_t cut = random_below(body.length);
                expect_observed(line_of("%s, cut after %zu bytes", what, cut), &stream,
                                feed_in_two(&stream, NULL, built(&body), cut), &want);
            }
            free(body.bytes);
        }
    }
}

static void streams_say_the_same_wherever_their_chunks_end(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(members); i++) {
        builder body = stream_with(members[i], 69, i % 2 == 0 ? "\n" : "\r\n");
        expect_in_every_way(members[i], NULL, built(&body));
        free(body.bytes);
    }
}

/* What is passed over of random events is whole events in which, read byte by byte, there is nothing. */
static void the_search_loses_nothing_in_random_events(void **state) {
    (void)state;
    static const char *const parts[] = {"'usage'",
                                        "'usage':",
                                        "usage",
                                        "'",
                                        "\\",
                                        "\\u0075",
                                        "sage'",
                                        "\\u00",
                                        "65",
                                        "{",
                                        "}",
                                        ":",
                                        " ",
                                        "null",
                                        "n",
                                        "1",
                                        ",",
                                        "'a':",
                                        "[",
                                        "]",
                                        "\n",
                                        "\r",
                                        "\r\n",
                                        "\ndata: ",
                                        "\n\n",
                                        "\r\r",
                                        "\r\n\r\n",
                                        "[DONE]",
                                        "\\u004d",
                                        "[D",
                                        "'error'",
                                        "'error':",
                                        "\n\ndata: {",
                                        "}\n\ndata: {",
                                        ":{}",
                                        ":null,",
                                        "Metadata':",
                                        "_metadata':",
                                        "{'eval_count':1}",
                                        "'usageMetadata':",
                                        "'type':",
                                        "abcdefghijklmnopqrstuvwxyz"};
    size_t total = 0;
    for (size_t left = rounds(100000); left > 0; left--) {
        builder body = {NULL, 0, 0};
        tokusage_stream stream;
        add(&body, 1, "data: {");
        for (size_t count = random_below(16); count > 0; count--) {
            add(&body, 1, quoted(parts[random_below(LENGTH(parts))]).bytes);
        }
        add(&body, 1, "}\n\n");
        const size_t length = passed(built(&body), false);
        const span over = {body.bytes, length};
        assert_true(length <= body.length);
        feed_in_chunks(&stream, NULL, over, 1);
        tokusage_verdict verdict = length > 0 ? tokusage_stream_verdict(&stream, true, NULL, NULL) : TOKUSAGE_MISSING;
        verdict = verdict == TOKUSAGE_UNREADABLE ? TOKUSAGE_MISSING : verdict; /* no line like an event's so far */
        if (tokusage_stream_reports(&stream) != 0 || tokusage_stream_done(&stream) || verdict != TOKUSAGE_MISSING) {
            fail_msg("%zu bytes of %s are passed over", length, shown(body.bytes, body.length));
        }
        total += length;
        free(body.bytes);
    }
    assert_true(total > rounds(500000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_stops_at_what_matters_and_passes_over_what_does_not),
        cmocka_unit_test(the_search_passes_over_as_many_events_as_it_can),
        cmocka_unit_test(the_search_passes_over_the_rest_of_an_event),
        cmocka_unit_test(the_search_sees_a_mark_at_every_offset),
        cmocka_unit_test(the_search_finds_where_the_event_with_a_usage_begins),
        cmocka_unit_test(streams_say_the_same_whether_events_are_passed_over_or_not),
        cmocka_unit_test(streams_say_the_same_wherever_their_chunks_end),
        cmocka_unit_test(the_search_loses_nothing_in_random_events),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
