/*
 * src/search.c: which events may be passed over unread. Both sides of each rule: what must not be passed over, because
 * a report or [DONE] is lost then, and what must be, because the function exists for it. Then whole streams with such
 * events: in one piece they are passed over, byte by byte they are read, and the answers are the same.
 */
#include <stdio.h>
#include <string.h>

#include "bodies.h"
#include "search.h"

static size_t passed(span bytes, const char *pointer) {
    return tokusage_search(against_the_end(bytes.bytes, bytes.length), bytes.length, pointer, false);
}

static void expect_passed(const char *rule, span bytes, const char *pointer, size_t want) {
    size_t length = passed(bytes, pointer);
    if (length != want) {
        fail_msg("%s: %zu bytes of %s are passed over for %s, in place of %zu", rule, length,
                 shown(bytes.bytes, bytes.length), pointer != NULL ? pointer : "NULL", want);
    }
}

/* The search looks for the last name of the pointer, if JSON and the pointer can write it in only one way. */
static void search_needs_a_name_that_is_written_in_only_one_way(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        bool tells;
    } cases[] = {
        {NULL, true},
        {"/usage", true},
        {"/response/usage", true},
        {"/~1a/usage", true},
        {"/\xC3\xA9/usage", true},
        {"//u", true},
        {"/ ", true},
        {"/}", true},
        {"/!#[]", true},
        {"", false},
        {"/", false},
        {"/usage/", false},
        {"//", false},
        {"/a~0b", false},
        {"/a~1b", false},
        {"/a\"", false},
        {"/a\\b", false},
        {"/\xC3\xA9", false},
        {"/a\x7F", false},
        {"/a\x1F", false},
        {"/a\n", false},
        {"/\ta", false},
    };
    static const span event = TEXT("data: {\"b\":1}\n\n");
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed("a pointer", event, cases[i].pointer, cases[i].tells ? event.length : 0);
    }
}

/* Events without their blank lines, and whether they are passed over. */
static const struct {
    const char *rule;
    span line;
    bool passes;
} single_events[] = {
    {"an object", TEXT("data: {}"), true},
    {"an object without space before", TEXT("data:{}"), true},
    {"an object with a string", TEXT("data: {\"choices\":[{\"delta\":{\"content\":\"use \\\"u\\\"\"}}]}"), true},
    {"malformed data", TEXT("data: {xyz"), true},
    {"two spaces", TEXT("data:  {}"), true},
    {"an array", TEXT("data: [1]"), true},
    {"[DONE]", TEXT("data: [DONE]"), false},
    {"[DONE] without space", TEXT("data:[DONE]"), false},
    {"another field", TEXT("event: {}"), true},
    {"nearly data", TEXT("datax: {}"), true},
    {"nearly data, without a colon", TEXT("datax{}"), true},
    {"nearly data, then a space", TEXT("datax {}"), true},
    {"data except the last letter", TEXT("datb: {}"), true},
    {"nearly data, then [DONE]", TEXT("data; {\ndata: [DONE]"), false},
    {"a comment", TEXT(":data: {}"), true},
    {"no data", TEXT("data:"), true},

    {"the name", TEXT("data: {\"usage\":{}}"), false},
    {"the name and space", TEXT("data: {\"usage\" \t: \t{}}"), false},
    {"the name deep inside", TEXT("data: {\"a\":[{\"usage\":1}]}"), false},
    {"the name with null", TEXT("data: {\"usage\":null}"), true},
    {"the name with null and space", TEXT("data: {\"usage\" \t: \tnull }"), true},
    {"the name with null, twice", TEXT("data: {\"usage\":null,\"usage\":null}"), true},
    {"the name with null, then with more", TEXT("data: {\"usage\":null,\"usage\":{}}"), false},
    {"the name without a value", TEXT("data: {\"usage\":"), false},
    {"the name, and only space behind it", TEXT("data: {\"usage\": \t"), false},
    {"the name at the end of its line", TEXT("data: {\"usage\""), false},
    {"the name and space at the end of its line", TEXT("data: {\"usage\" "), false},
    {"the name as a value", TEXT("data: {\"a\":\"usage\"}"), true},
    {"the name as a value, then a name", TEXT("data: {\"a\":\"usage\",\"usage\":{}}"), false},
    {"the name in an array", TEXT("data: {\"a\":[\"usage\" ,\"usage\"]}"), true},
    {"the name in quotes with a backslash", TEXT("data: {\"a\":\"\\\"usage\\\":{}\"}"), true},
    {"a longer name", TEXT("data: {\"usages\":1,\"usage_\":2,\"usage \":3,\"a\":\"b\"}"), true},
    {"a shorter name", TEXT("data: {\"usag\":1,\"u\":2}"), true},
    {"in capitals", TEXT("data: {\"Usage\":{},\"USAGE\":{},\"usagE\":{}}"), true},
    {"a name that ends like it", TEXT("data: {\"xusage\":1,\"\\\"usage\":2}"), false},

    {"the first letter escaped", TEXT("data: {\"\\u0075sage\":1}"), false},
    {"the last letter escaped", TEXT("data: {\"usag\\u0065\":1}"), false},
    {"a letter escaped in capitals", TEXT("data: {\"\\u0075\\u0073\\u0061\\u0067\\u0065\":1}"), false},
    {"letters that are not in the name", TEXT("data: {\"a\":\"\\u0041\\u0076\\u006f\\u006F\\u0000\\u001f\"}"), true},
    {"latin letters", TEXT("data: {\"a\":\"\\u00e9\\u00FC\\u00dF\\u00aA\\u00fF\"}"), true},
    {"escapes without hexadecimal digits", TEXT("data: {\"a\":\"\\u00g5 \\u007g \\u00 75\"}"), true},
    {"other letters", TEXT("data: {\"a\":\"\\u4f60\\u597d\\u0175\\u1075\\ud83d\\ude00\"}"), true},
    {"other escapes", TEXT("data: {\"a\":\"\\n\\t\\\\\\/\\b\\f\\r\\\"\"}"), true},
    {"an escaped backslash", TEXT("data: {\"a\":\"\\\\u0041\"}"), true},

    {"control characters", TEXT("data: {\t\"a\":\"\x01\x0B\x0C\x1F\x7F\0\"}"), true},
    {"a second line", TEXT("data: {\ndata: \"a\":1}"), true},
    {"a second line with the name", TEXT("data: {\ndata: \"usage\":1}"), false},
    {"other fields after", TEXT("data: {}\nid: 1\n: x\nevent: usage"), true},
    {"other fields after, with the name", TEXT("data: {}\nid: \"usage\":1"), false},
    {"the name over two lines", TEXT("data: {\"usa\ndata: ge\":1}"), true},
    {"name, colon in the next line", TEXT("data: {\"usage\"\ndata: :1}"), false},
    {"colon, value in the next line", TEXT("data: {\"usage\":\ndata: 1}"), false},

    {"the longer name of a known place", TEXT("data: {\"usageMetadata\":{}}"), false},
    {"the longer name with null", TEXT("data: {\"usageMetadata\" : null}"), true},
    {"the longer name as a value", TEXT("data: {\"a\":\"usageMetadata\"}"), true},
    {"a part of the longer name", TEXT("data: {\"usageMeta\":1,\"usageMetadat\":2,\"usageMetadatum\":3}"), true},
    {"longer than the longer name", TEXT("data: {\"usageMetadatas\":1,\"usageMetadata_\":2,\"usagemetadata\":3}"),
     true},
    {"a letter of the longer name escaped", TEXT("data: {\"usage\\u004detadata\":1}"), false},
    {"a letter that is only in the longer name", TEXT("data: {\"a\":\"\\u0064\"}"), false},
    {"the longer name at the end of its line", TEXT("data: {\"usageMetadata\"\ndata: :1}"), false},
    {"places that are not objects", TEXT("data: {\"message\":{},\"response\":null,\"x_groq\":{\"id\":1}}"), true},
    {"a model", TEXT("data: {\"model\":\"m\",\"message\":{\"model\":\"m\"}}"), true},
    {"an end without a report", TEXT("data: {\"type\":\"response.completed\",\"done\":true}"), true},
    {"data that begins like [DONE]", TEXT("data: [DONT]"), true},
    {"[DONE] in small letters", TEXT("data: [done]"), true},
    {"[DONE] in a string", TEXT("data: {\"a\":\"[DONE]\"}"), false},
    {"[DONE] over two lines", TEXT("data: [DO\ndata: NE]"), true},
    {"[DONE] behind other fields", TEXT("event: x\nid: 1\ndata: [DONE]"), false},
    {"a name behind a byte-order mark", TEXT("\xEF\xBB\xBF: \"usage\":1"), false},
};

/* An event with these line ends, alone, and in front of an event with the name. */
static void expect_event_passed(size_t number, const char *line_end, const char *blank) {
    char text[300];
    size_t used = single_events[number].line.length;
    memcpy(text, single_events[number].line.bytes, used);
    memcpy(text + used, line_end, strlen(line_end));
    used += strlen(line_end);
    memcpy(text + used, blank, strlen(blank));
    used += strlen(blank);
    span alone = {text, used};
    size_t want = single_events[number].passes ? used : 0;
    expect_passed(single_events[number].rule, alone, NULL, want);

    static const char next[] = "data: {\"usage\":{}}\n\n";
    memcpy(text + used, next, sizeof next - 1);
    span both = {text, used + sizeof next - 1};
    expect_passed(single_events[number].rule, both, NULL, want);
}

static void search_passes_over_events_without_a_report(void **state) {
    (void)state;
    static const char *const line_ends[] = {"\n", "\r", "\r\n"};
    for (size_t i = 0; i < LENGTH(single_events); i++) {
        for (size_t end = 0; end < LENGTH(line_ends); end++) {
            for (size_t blank = 0; blank < LENGTH(line_ends); blank++) {
                if (end == 1 && blank == 0) {
                    continue; /* CR, LF is one line end */
                }
                expect_event_passed(i, line_ends[end], line_ends[blank]);
            }
        }
    }
}

static void search_passes_over_as_many_events_as_it_can(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        span bytes;
        size_t want;
    } cases[] = {
        {"nothing", TEXT(""), 0},
        {"three events", TEXT("data: {}\n\ndata: {}\n\ndata: {}\n\n"), 30},
        {"up to the name", TEXT("data: {}\n\ndata: {}\n\ndata: {\"usage\":1}\n\ndata: {}\n\n"), 20},
        {"up to [DONE]", TEXT("data: {}\n\ndata: [DONE]\n\n"), 10},
        {"a comment", TEXT("data: {}\n\n: x\n\n"), 15},
        {"more blank lines", TEXT("data: {}\n\n\ndata: {}\n\n\r\n\r"), 24},
        {"a byte-order mark",
         TEXT("data: {}\n\n\xEF\xBB\xBF"
              "data: {}\n\n"),
         23},
        {"an event without a blank line", TEXT("data: {}\n\ndata: {}\n"), 10},
        {"an event without a line end", TEXT("data: {}\n\ndata: {}"), 10},
        {"an event that is only begun", TEXT("data: {}\n\ndata: "), 10},
        {"an event that is hardly begun", TEXT("data: {}\n\ndata"), 10},
        {"mixed line ends", TEXT("data: {}\r\n\r\ndata: {}\r\rdata: {}\n\ndata: {}\n\r\ndata: {}\r\n\n"), 54},
        {"CR at the end may be half of CR LF", TEXT("data: {}\r\n\r"), 11},
        {"blank lines alone", TEXT("\n\r\n\r"), 4},
        {"a blank line, then the name", TEXT("\ndata: {\"usage\":1}\n\n"), 1},
        {"the rest of a line end, then the name", TEXT("\n\r\nid: 1\ndata: {\"usage\":1}\n\n"), 3},
        {"up to the name, behind other fields", TEXT("data: {}\r\r: c\rid: 1\rdata: {\"usage\":1}\r\r"), 10},
        {"up to the name, behind many lines", TEXT("data: {}\n\ndata: {\r\ndata: \"a\":1,\rdata: \"usage\":1}\n\n"),
         10},
        {"a quote that may begin the name", TEXT("data: {}\n\ndata: {}\n\ndata: \""), 20},
        {"a backslash that may begin an escape", TEXT("data: {}\n\ndata: {}\n\n\\"), 20},
        {"a bracket that may begin [DONE]", TEXT("data: {}\n\ndata: {}\n\ndata: ["), 20},
        {"one CR is not a blank line", TEXT("data: {}\r"), 0},
        {"CR LF is not a blank line", TEXT("data: {}\r\n"), 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed(cases[i].rule, cases[i].bytes, NULL, cases[i].want);
    }
}

/* Names of one letter, and of letters that other rules look at. */
static void search_looks_for_the_name_it_is_given(void **state) {
    (void)state;
    static const struct {
        const char *pointer;
        span bytes;
        bool passes;
    } cases[] = {
        {"/u", TEXT("data: {\"u\":1}\n\n"), false},
        {"/u", TEXT("data: {\"u\":null}\n\n"), true},
        {"/u", TEXT("data: {\"usage\":1}\n\n"), true},
        {"/u", TEXT("data: {\"\\u0075\":1}\n\n"), false},
        {"/u", TEXT("data: {\"\\u0065\":1}\n\n"), true},
        {"/n", TEXT("data: {\"n\":null}\n\n"), true},
        {"/n", TEXT("data: {\"n\":\"n\"}\n\n"), false},
        {"/\x20", TEXT("data: {\" \":1}\n\n"), false},
        {"/:", TEXT("data: {\":\":1}\n\n"), false},
        {"/}", TEXT("data: {\"}\":1}\n\n"), false},
        {"/{", TEXT("data: {\"{\":null}\n\n"), true},
        {"/\x7D", TEXT("data: {\"\\u007d\":1}\n\n"), false},
        {"/usage", TEXT("data: {\"usageMetadata\":1}\n\n"), true},
        {"/usage", TEXT("data: {\"\\u004d\":1}\n\n"), true},
        {"/a/b/usage", TEXT("data: {\"usage\":1}\n\n"), false},
        {"/usage/b", TEXT("data: {\"usage\":1}\n\n"), true},
        {"/J", TEXT("data: {\"\\u004a\":1}\n\n"), false},
        {"/J", TEXT("data: {\"\\u004A\":1}\n\n"), false},
        {"/usage", TEXT("data: {\"\\u0075\":1}\n\n"), false},
        {"/a name that is longer than the event", TEXT("data: {\"a\":1}\n\n"), false},
        {"/a name that is longer than the event", TEXT("data: {\"b\":1}\n\n"), true},
        {"/a name that is longer than a register", TEXT("data: {\"a name that is longer than a register\":1}\n\n"),
         false},
        {"/a name that is longer than a register", TEXT("data: {\"a name that is longer than a Register\":1}\n\n"),
         true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed("a name", cases[i].bytes, cases[i].pointer, cases[i].passes ? cases[i].bytes.length : 0);
    }
}

/* A piece that ends anywhere: only whole events are passed over, and no byte behind it is read. */
static void search_does_not_pass_over_an_event_that_is_cut(void **state) {
    (void)state;
    static const char *const events[] = {
        "data: {\"a\":\"u \\u00e9 \\n\"}\n\n",
        "data: {\"usage\" : null}\r\n\r\n",
        "data: {\"u\":\"usage\"}\r\r",
        "data: {\"content\":\"something that is longer than a register\"}\nid: 1\n\n",
        "data: {\"usage\":{}}\n\n",
    };
    enum {
        WITH_USAGE = LENGTH(events) - 1
    };
    char text[300];
    size_t ends[LENGTH(events)];
    size_t used = 0;
    for (size_t i = 0; i < LENGTH(events); i++) {
        memcpy(text + used, events[i], strlen(events[i]));
        used += strlen(events[i]);
        ends[i] = used;
    }
    for (size_t length = 0; length <= used; length++) {
        size_t want = 0;
        for (size_t i = 0; i < WITH_USAGE; i++) {
            want = ends[i] <= length ? ends[i] : want;
        }
        if (length == ends[1] - 1) {
            want = length; /* the blank line is a CR, so an LF behind it belongs to it */
        }
        span piece = {text, length};
        expect_passed("a piece", piece, NULL, want);
    }
}

/* Bytes that begin within a line of an event: its rest, and events behind it. */
static void search_passes_over_the_rest_of_an_event_without_a_report(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        span bytes;
        size_t want;
    } cases[] = {
        {"nothing", TEXT(""), 0},
        {"a rest", TEXT("xyz\"}\n\n"), 7},
        {"a rest and an event", TEXT("xyz\"}\r\n\r\ndata: {}\n\n"), 19},
        {"a rest and an event that is cut", TEXT("xyz\"}\r\rdata: {}\n"), 7},
        {"a rest, then the name", TEXT("xyz\"}\n\ndata: {\"usage\":1}\n\n"), 7},
        {"a rest and an event, then the name", TEXT("xyz\"}\n\ndata: {}\n\ndata: {\"usage\":1}\n\n"), 17},
        {"a rest with the name", TEXT("xyz\",\"usage\":1}\n\ndata: {}\n\n"), 0},
        {"a rest with the name and null", TEXT("xyz\",\"usage\":null}\n\ndata: {}\n\n"), 30},
        {"a rest with the name in a later line", TEXT("xyz\"\ndata: ,\"usage\":1}\n\ndata: {}\n\n"), 0},
        {"a rest with an escape", TEXT("\\u0075\"}\n\ndata: {}\n\n"), 0},
        {"a rest of several lines", TEXT("xyz\"\ndata: }\r\nid: 1\r: x\n\r\n"), 26},
        {"a rest without a blank line", TEXT("xyz\"}\n"), 0},
        {"a rest without a line end", TEXT("xyz\"}"), 0},
        {"a rest that one CR LF ends", TEXT("xyz\"}\r\n"), 0},
        {"a rest that one CR ends", TEXT("xyz\"}\r"), 0},
        {"an empty rest, LF", TEXT("\n\n"), 2},
        {"an empty rest, CR", TEXT("\r\r"), 2},
        {"an empty rest, CR LF", TEXT("\r\n\r\n"), 4},
        {"an empty rest, CR and CR LF", TEXT("\r\r\n"), 3},
        {"an empty rest, LF and CR LF", TEXT("\n\r\n"), 3},
        {"an empty rest, CR LF and CR", TEXT("\r\n\r"), 3},
        {"one line end", TEXT("\n"), 0},
        {"one CR LF", TEXT("\r\n"), 0},
        {"a line end that is not a blank line", TEXT("\ndata: {}\n\n"), 11},
        {"[DONE] behind a rest", TEXT("xyz\"}\n\ndata: [DONE]\n\n"), 7},
        {"a quote at the end of the bytes", TEXT("xyz\"}\n\ndata: {}\n\ndata: {\""), 17},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const span bytes = cases[i].bytes;
        const char *const copy = against_the_end(bytes.bytes, bytes.length);
        const size_t length = tokusage_search(copy, bytes.length, NULL, true);
        if (length != cases[i].want) {
            fail_msg("%s: %zu bytes of %s are passed over in place of %zu", cases[i].rule, length,
                     shown(bytes.bytes, bytes.length), cases[i].want);
        }
    }
    static const span rest = TEXT("xyz\"}\n\ndata: {}\n\n");
    assert_int_equal(tokusage_search(rest.bytes, rest.length, "", true), 0);
    assert_int_equal(tokusage_search(rest.bytes, rest.length, "/a/xyz", true), rest.length);
}

/* Marks, and how many bytes must follow to tell that they are not marks. */
enum {
    REACH = 140, /* more than the search looks at together */
    NEVER_PASSED = 1000
};

static const struct {
    const char *mark;
    size_t room;
} marks[] = {
    {"\"usage\":1", NEVER_PASSED},
    {"\"usage\":null", 0},
    {"\"usageMetadata\":1", NEVER_PASSED},
    {"\\u0075", NEVER_PASSED},
    {"\\u0041", 0},
    {"\"u", 3},
    {"\"usage", 7},
    {"\\u00", 0},
    {"\\u", 2},
    {"[DONE]", NEVER_PASSED},
    {"[DONE", 0},
    {"[D", 2},
    {"\r", 0},
    {"\x0E", 0},
    {"\xFF\x80", 0},
    {"\\\\u0065", NEVER_PASSED},
    {"\"\"usage\":1", NEVER_PASSED},
    {"\"u\"usage\":1", NEVER_PASSED},
    {"\\u\\u0075", NEVER_PASSED},
    {"\\u00\\u0075", NEVER_PASSED},
    {"[D[DONE]", NEVER_PASSED},
};

/* The mark between so many bytes that mean nothing. */
static void expect_mark(size_t number, size_t before, size_t after) {
    char text[3 * REACH] = "data: {";
    size_t used = 7;
    memset(text + used, 'x', before);
    used += before;
    memcpy(text + used, marks[number].mark, strlen(marks[number].mark));
    used += strlen(marks[number].mark);
    memset(text + used, 'y', after);
    used += after;
    memcpy(text + used, "\n\n", 2);
    used += 2;
    span bytes = {text, used};
    expect_passed("a mark", bytes, NULL, after >= marks[number].room ? used : 0);
}

static void search_sees_a_mark_wherever_it_stands(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(marks); i++) {
        for (size_t before = 0; before < REACH; before++) {
            for (size_t after = 0; after < REACH; after++) {
                expect_mark(i, before, after);
            }
        }
    }
}

/* An event begins at every distance before the name, with line ends of all kinds between. */
static void search_finds_where_the_event_with_the_name_begins(void **state) {
    (void)state;
    static const char *const blanks[] = {"\n\n", "\r\r", "\r\n\r\n", "\n\r\n", "\r\n\n", "\n\r", "\r\n\r"};
    static const char *const lines[] = {"", "\ndata: ", "\r\ndata: ", "\rdata: ", "\nid: 1\r\n: x\rdata:"};
    for (size_t i = 0; i < LENGTH(blanks) * LENGTH(lines); i++) {
        for (size_t distance = 0; distance < REACH; distance++) {
            char text[4 * REACH];
            int begin = snprintf(text, sizeof text, "data: {}\n\ndata: {\"a\":1}%s", blanks[i % LENGTH(blanks)]);
            int end = snprintf(text + begin, sizeof text - (size_t)begin, "data: {%s%*s\"usage\":1}\n\n",
                               lines[i / LENGTH(blanks)], (int)distance, "");
            span bytes = {text, (size_t)begin + (size_t)end};
            expect_passed("an event with the name", bytes, NULL, (size_t)begin);
        }
    }
}

/* ------------------------------------------------------------------------------------------------ random */

static const char *const parts[] = {
    "\"usage\"",
    "\"usage\":",
    "usage",
    "\"",
    "\\",
    "\\u0075",
    "sage\"",
    "\\u00",
    "65",
    "{",
    "}",
    ":",
    " ",
    "\t",
    "null",
    "n",
    "1",
    ",",
    "\"a\"",
    "\"a\":",
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
    "\n\ndata: {",
    "}\n\ndata: {",
    ":{}",
    ":null,",
    "\\u004d",
    "Metadata\":",
    "[D",
    "{\"eval_count\":1}",
    "\"usageMetadata\":",
    "abcdefghijklmnopqrstuvwxyz",
};

static size_t random_events(char text[700]) {
    size_t used = 7;
    memcpy(text, "data: {", 7);
    for (size_t count = random_below(16); count > 0; count--) {
        const char *part = parts[random_below(LENGTH(parts))];
        memcpy(text + used, part, strlen(part));
        used += strlen(part);
    }
    memcpy(text + used, "}\n\n", 3);
    return used + 3;
}

/* What is passed over of random events is whole events, and the reference finds no report and no [DONE] in them. */
static void search_does_not_pass_over_a_report_in_random_events(void **state) {
    (void)state;
    size_t total = 0;
    random_seed();
    for (size_t i = 0; i < rounds(200000); i++) {
        char text[700];
        char data[700];
        size_t used = random_events(text);
        span bytes = {text, used};
        size_t length = passed(bytes, NULL);
        total += length;
        assert_true(length <= used);
        if (length == 0) {
            continue;
        }
        answer want = reference_stream(NULL, text, length);
        size_t written = reference_events(text, length, data);
        if (want.reports != 0 || want.done || data[written - 1] != '|') {
            fail_msg("%zu bytes of %s are passed over", length, shown(text, used));
        }
    }
    assert_true(total > rounds(1000000));
}

/* ------------------------------------------------------------------------------------------------ streams */

/* Members and other bytes between "data: {" and "}", two of them in each stream. */
static const char *const members[] = {
    "\"a\":1",
    "\"usage\":{\"prompt_tokens\":5}",
    "\"usage\":null",
    "\"usage\" \t: \tnull,\"usage\":{\"prompt_tokens\":5}",
    "\"\\u0075sage\":{\"prompt_tokens\":5}",
    "\"us\\u0061g\\u0065\":null",
    "\"usageMetadata\":{\"promptTokenCount\":5}",
    "\"usage\\u004deta\\u0064ata\":{\"promptTokenCount\":5}",
    "\"usage\":\ndata: {\"prompt_tokens\":5}",
    "\"usage\"\ndata: : {\"prompt_tokens\":5}",
    "\"usa\ndata: ge\":{\"prompt_tokens\":5}",
    "\"a\":\"\\u0075 \\u0041 \\\"usage\\\":1 \\\\u0075sage\"",
    "\"usages\":{\"prompt_tokens\":5},\"usag\":1,\"u\":2",
    "\"a\":\"usage\",\"b\":[\"usage\"]",
    "\"a\":{\"usage\":{\"prompt_tokens\":5}}",
    "\"message\":{\"usage\":{\"input_tokens\":5}}",
    "\"response\":{\"usage\":{\"input_tokens\":5},\"model\":\"r\"}",
    "\"a\":1}\n: \"usage\":{\"prompt_tokens\":5}\n\n: data: [DONE]\n\ndata: {\"b\":1",
    "\"a\":1}\nid: \"usage\":{\"prompt_tokens\":5}\ndata: {\"b\":1",
    "\"a\":\"[DONE]\"",
    "\"a\":1}\n\ndata: [DONE]\n\ndata: {\"usage\":{\"prompt_tokens\":9}",
    "\"a\":1}\n\ndata: [DONE] \n\ndata: [DO\ndata: NE]\n\ndata: {\"a\":2",
    "\"a\":1} x",
    "\"usage\":{\"prompt_tokens\":5}} x{",
    "\"usage\":{\"prompt_tokens\":5}}\n\n\xEF\xBB\xBF: {\"usage\":1",
    "\"a\":\"",
    "\"a\":\"\\",
    "\"usage\":nul",
    "\"model\":\"n\"",
    "\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}",
};

/* Copies the events with this in place of each LF. */
static size_t with_line_end(const char *text, const char *line_end, char *out) {
    size_t used = 0;
    for (; *text != '\0'; text++) {
        const bool ends = *text == '\n';
        const char *from = ends ? line_end : text;
        const size_t length = ends ? strlen(line_end) : 1;
        memcpy(out + used, from, length);
        used += length;
    }
    return used;
}

static size_t write_stream(const char *first, const char *second, int filler, const char *line_end, char out[1200]) {
    char text[600];
    int length =
        snprintf(text, sizeof text,
                 "data: {\"model\":\"m\"}\n\ndata: {\"a\":\"%*s\"}\n\ndata: {%s}\n\ndata: {\"b\":\"%*s\",%s}\n\n"
                 "event: x\ndata: {}\n\n",
                 filler, "", first, filler % 70, "", second);
    assert_true(length > 0 && (size_t)length < sizeof text);
    return with_line_end(text, line_end, out);
}

static void streams_answer_the_same_whether_events_are_passed_over_or_not(void **state) {
    (void)state;
    static const char *const line_ends[] = {"\n", "\r", "\r\n"};
    random_seed_or(20260103);
    for (size_t i = 0; i < LENGTH(members) * LENGTH(members); i++) {
        for (size_t end = 0; end < LENGTH(line_ends); end++) {
            char bytes[1200];
            const char *first = members[i % LENGTH(members)];
            const char *second = members[i / LENGTH(members)];
            size_t length = write_stream(first, second, (int)random_below(140), line_ends[end], bytes);
            answer want = reference_stream(NULL, bytes, length);
            tokusage_stream stream;
            size_t taken = feed_at_once(&stream, NULL, bytes, length);
            expect_answer(shown(bytes, length), &stream, &want);
            expect_taken(shown(bytes, length), taken, length, &want);
            taken = feed_bytewise(&stream, NULL, bytes, length);
            expect_answer(shown(bytes, length), &stream, &want);
            expect_taken(shown(bytes, length), taken, length, &want);
        }
    }
}

/* Each cut: in a name, an escape, [DONE], a line end. */
static void streams_answer_the_same_wherever_the_pieces_end(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(members); i++) {
        for (int filler = 0; filler < 70; filler += 69) {
            char bytes[1200];
            size_t length = write_stream(members[i], "\"c\":1", filler, filler == 0 ? "\n" : "\r\n", bytes);
            answer want = reference_stream(NULL, bytes, length);
            span body_bytes = {bytes, length};
            expect_in_every_way(members[i], NULL, body_bytes, &want);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_needs_a_name_that_is_written_in_only_one_way),
        cmocka_unit_test(search_passes_over_events_without_a_report),
        cmocka_unit_test(search_passes_over_as_many_events_as_it_can),
        cmocka_unit_test(search_looks_for_the_name_it_is_given),
        cmocka_unit_test(search_does_not_pass_over_an_event_that_is_cut),
        cmocka_unit_test(search_passes_over_the_rest_of_an_event_without_a_report),
        cmocka_unit_test(search_sees_a_mark_wherever_it_stands),
        cmocka_unit_test(search_finds_where_the_event_with_the_name_begins),
        cmocka_unit_test(search_does_not_pass_over_a_report_in_random_events),
        cmocka_unit_test(streams_answer_the_same_whether_events_are_passed_over_or_not),
        cmocka_unit_test(streams_answer_the_same_wherever_the_pieces_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
