/*
 * src/skip.c: which events may be passed over unread. Of each rule both sides: what must not be passed over, as a
 * report or [DONE] would be lost, and what must be, as that is what the function is for. That a whole stream answers
 * the same with it and without is shown in test_stream.c.
 */
#include <string.h>

#include "reference_stream.h"
#include "skip.h"

static size_t passed(span bytes, const char *name) {
    bool open;
    return tokusage_skip(against_the_end(bytes.bytes, bytes.length), bytes.length, name, &open);
}

static void expect_passed(const char *rule, span bytes, const char *name, size_t want) {
    size_t length = passed(bytes, name);
    if (length != want) {
        fail_msg("%s: %zu bytes of %s are passed over for '%s', in place of %zu", rule, length,
                 shown(bytes.bytes, bytes.length), name, want);
    }
}

static void skip_tells_by_which_names_events_can_be_told(void **state) {
    (void)state;
    static const struct {
        const char *pointer, *name;
    } cases[] = {
        {"/usage", "usage"},
        {"/response/usage", "usage"},
        {"/~1a/usage", "usage"},
        {"/\xC3\xA9/usage", "usage"},
        {"//u", "u"},
        {"/ ", " "},
        {"/}", "}"},
        {"/!#[]", "!#[]"},
        {"", NULL},
        {"/", NULL},
        {"/usage/", NULL},
        {"//", NULL},
        {"/a~0b", NULL},
        {"/a~1b", NULL},
        {"/a\"", NULL},
        {"/a\\b", NULL},
        {"/\xC3\xA9", NULL},
        {"/a\x7F", NULL},
        {"/a\x1F", NULL},
        {"/a\n", NULL},
        {"/\ta", NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *name = tokusage_skip_name(cases[i].pointer);
        if (cases[i].name == NULL ? name != NULL : name == NULL || strcmp(name, cases[i].name) != 0) {
            fail_msg("%s: '%s' in place of '%s'", cases[i].pointer, name != NULL ? name : "none",
                     cases[i].name != NULL ? cases[i].name : "none");
        }
    }
}

/* Events of one line, in front of another that holds the name. */
static void skip_passes_over_what_holds_no_report(void **state) {
    (void)state;
    static const struct {
        const char *rule;
        span line;
        bool passes;
    } cases[] = {
        {"an object", TEXT("data: {}"), true},
        {"an object without space before", TEXT("data:{}"), true},
        {"an object with text", TEXT("data: {\"choices\":[{\"delta\":{\"content\":\"use \\\"u\\\"\"}}]}"), true},
        {"what is no JSON", TEXT("data: {xyz"), true},
        {"two spaces", TEXT("data:  {}"), false},
        {"an array", TEXT("data: [1]"), false},
        {"[DONE]", TEXT("data: [DONE]"), false},
        {"[DONE] without space", TEXT("data:[DONE]"), false},
        {"another field", TEXT("event: {}"), false},
        {"nearly data", TEXT("datax: {}"), false},
        {"nearly data, without a colon", TEXT("datax{}"), false},
        {"nearly data, then a space", TEXT("datax {}"), false},
        {"data, but in the last letter", TEXT("datb: {}"), false},
        {"nearly data, then [DONE]", TEXT("data; {\ndata: [DONE]"), false},
        {"a comment", TEXT(":data: {}"), false},
        {"no data", TEXT("data:"), false},

        {"the name", TEXT("data: {\"usage\":{}}"), false},
        {"the name and space", TEXT("data: {\"usage\" \t: \t{}}"), false},
        {"the name deep inside", TEXT("data: {\"a\":[{\"usage\":1}]}"), false},
        {"the name of null", TEXT("data: {\"usage\":null}"), true},
        {"the name of null and space", TEXT("data: {\"usage\" \t: \tnull }"), true},
        {"the name of null, twice", TEXT("data: {\"usage\":null,\"usage\":null}"), true},
        {"the name of null, then of more", TEXT("data: {\"usage\":null,\"usage\":{}}"), false},
        {"the name of nothing", TEXT("data: {\"usage\":"), false},
        {"the name of nothing but space", TEXT("data: {\"usage\": \t"), false},
        {"the name at the end of its line", TEXT("data: {\"usage\""), false},
        {"the name and space at the end of its line", TEXT("data: {\"usage\" "), false},
        {"the name as a value", TEXT("data: {\"a\":\"usage\"}"), true},
        {"the name as a value, then a name", TEXT("data: {\"a\":\"usage\",\"usage\":{}}"), false},
        {"the name in an array", TEXT("data: {\"a\":[\"usage\" ,\"usage\"]}"), true},
        {"the name in quotes with a backslash", TEXT("data: {\"a\":\"\\\"usage\\\":{}\"}"), true},
        {"a longer name", TEXT("data: {\"usages\":1,\"usage_\":2,\"usage \":3}"), true},
        {"a shorter name", TEXT("data: {\"usag\":1,\"u\":2}"), true},
        {"in capitals", TEXT("data: {\"Usage\":{},\"USAGE\":{},\"usagE\":{}}"), true},
        {"a name that ends like it", TEXT("data: {\"xusage\":1,\"\\\"usage\":2}"), false},

        {"the first letter escaped", TEXT("data: {\"\\u0075sage\":1}"), false},
        {"the last letter escaped", TEXT("data: {\"usag\\u0065\":1}"), false},
        {"a letter escaped in capitals", TEXT("data: {\"\\u0075\\u0073\\u0061\\u0067\\u0065\":1}"), false},
        {"letters that are not in the name", TEXT("data: {\"a\":\"\\u0041\\u0076\\u006f\\u006F\\u0000\\u001f\"}"),
         true},
        {"latin letters", TEXT("data: {\"a\":\"\\u00e9\\u00FC\\u00dF\\u00aA\\u00fF\"}"), true},
        {"no hexadecimal digits", TEXT("data: {\"a\":\"\\u00g5 \\u007g \\u00 75\"}"), true},
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
    };
    static const char *const ends[] = {"\n", "\r", "\r\n"};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (size_t end = 0; end < LENGTH(ends); end++) {
            for (size_t blank = 0; blank < LENGTH(ends); blank++) {
                if (end == 1 && blank == 0) {
                    continue; /* CR, LF is one line end */
                }
                char text[300];
                memcpy(text, cases[i].line.bytes, cases[i].line.length);
                size_t used = cases[i].line.length;
                memcpy(text + used, ends[end], strlen(ends[end]));
                used += strlen(ends[end]);
                memcpy(text + used, ends[blank], strlen(ends[blank]));
                used += strlen(ends[blank]);
                span alone = {text, used};
                size_t want = cases[i].passes ? used : 0;
                expect_passed(cases[i].rule, alone, "usage", want);

                static const char next[] = "data: {\"usage\":{}}\n\n";
                memcpy(text + used, next, sizeof next - 1);
                span both = {text, used + sizeof next - 1};
                expect_passed(cases[i].rule, both, "usage", want);
            }
        }
    }
}

static void skip_passes_over_as_many_events_as_it_can(void **state) {
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
        {"up to a comment", TEXT("data: {}\n\n: x\n\n"), 10},
        {"up to a blank line", TEXT("data: {}\n\n\ndata: {}\n\n"), 10},
        {"up to a byte-order mark",
         TEXT("data: {}\n\n\xEF\xBB\xBF"
              "data: {}\n\n"),
         10},
        {"an event without a blank line", TEXT("data: {}\n\ndata: {}\n"), 10},
        {"an event without a line end", TEXT("data: {}\n\ndata: {}"), 10},
        {"an event that is only begun", TEXT("data: {}\n\ndata: "), 10},
        {"an event that is hardly begun", TEXT("data: {}\n\ndata"), 10},
        {"mixed line ends", TEXT("data: {}\r\n\r\ndata: {}\r\rdata: {}\n\ndata: {}\n\r\ndata: {}\r\n\n"), 54},
        {"CR at the end may be half of CR LF", TEXT("data: {}\r\n\r"), 11},
        {"one CR is no blank line", TEXT("data: {}\r"), 0},
        {"CR LF is no blank line", TEXT("data: {}\r\n"), 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed(cases[i].rule, cases[i].bytes, "usage", cases[i].want);
    }
}

/* Names of one letter, and of letters that other rules look at. */
static void skip_goes_by_the_name_it_is_given(void **state) {
    (void)state;
    static const struct {
        const char *name;
        span bytes;
        bool passes;
    } cases[] = {
        {"u", TEXT("data: {\"u\":1}\n\n"), false},
        {"u", TEXT("data: {\"u\":null}\n\n"), true},
        {"u", TEXT("data: {\"usage\":1}\n\n"), true},
        {"u", TEXT("data: {\"\\u0075\":1}\n\n"), false},
        {"u", TEXT("data: {\"\\u0065\":1}\n\n"), true},
        {"n", TEXT("data: {\"n\":null}\n\n"), true},
        {"n", TEXT("data: {\"n\":\"n\"}\n\n"), false},
        {"\x20", TEXT("data: {\" \":1}\n\n"), false},
        {":", TEXT("data: {\":\":1}\n\n"), false},
        {"}", TEXT("data: {\"}\":1}\n\n"), false},
        {"{", TEXT("data: {\"{\":null}\n\n"), true},
        {"\x7E", TEXT("data: {\"\\u007e\":1}\n\n"), false},
        {"J", TEXT("data: {\"\\u004a\":1}\n\n"), false},
        {"J", TEXT("data: {\"\\u004A\":1}\n\n"), false},
        {"usage", TEXT("data: {\"\\u0075\":1}\n\n"), false},
        {"a name that is longer than the event", TEXT("data: {\"a\":1}\n\n"), false},
        {"a name that is longer than the event", TEXT("data: {\"b\":1}\n\n"), true},
        {"a name that is longer than a register", TEXT("data: {\"a name that is longer than a register\":1}\n\n"),
         false},
        {"a name that is longer than a register", TEXT("data: {\"a name that is longer than a Register\":1}\n\n"),
         true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_passed("a name", cases[i].bytes, cases[i].name, cases[i].passes ? cases[i].bytes.length : 0);
    }
}

/* A piece that ends anywhere: nothing but whole events is passed over, and no byte behind it is read. */
static void skip_passes_over_no_event_that_is_cut(void **state) {
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
            want = length; /* the blank line is a CR; an LF that belongs to it does no harm in the next piece */
        }
        span piece = {text, length};
        expect_passed("a piece", piece, "usage", want);
    }
}

/* The name, an escape and a line end at every place of what is looked at at once. */
static void skip_sees_a_mark_wherever_it_stands(void **state) {
    (void)state;
    enum {
        REACH = 140, /* more than what is looked at at once */
        NEVER_PASSED = 1000
    };
    static const struct {
        const char *mark;
        size_t room; /* bytes that must follow to tell that it is none */
    } marks[] = {
        {"\"usage\":1", NEVER_PASSED},
        {"\"usage\":null", 0},
        {"\\u0075", NEVER_PASSED},
        {"\\u0041", 0},
        {"\"u", 3},
        {"\\u00", 0},
        {"\\u", 0},
        {"\"usage", 0},
        {"\r", 0},
        {"\x0E", 0},
        {"\xFF\x80", 0},
        {"\\\\u0065", NEVER_PASSED},
        {"\"\"usage\":1", NEVER_PASSED},
        {"\"u\"usage\":1", NEVER_PASSED},
        {"\\u\\u0075", NEVER_PASSED},
        {"\\u00\\u0075", NEVER_PASSED},
    };
    for (size_t i = 0; i < LENGTH(marks); i++) {
        for (size_t before = 0; before < REACH; before++) {
            for (size_t after = 0; after < REACH; after++) {
                char text[3 * REACH] = "data: {";
                size_t used = 7;
                memset(text + used, 'x', before);
                used += before;
                memcpy(text + used, marks[i].mark, strlen(marks[i].mark));
                used += strlen(marks[i].mark);
                memset(text + used, 'y', after);
                used += after;
                memcpy(text + used, "\n\n", 2);
                used += 2;
                span bytes = {text, used};
                expect_passed("a mark", bytes, "usage", after >= marks[i].room ? used : 0);
            }
        }
    }
}

/* What is passed over of random events is whole events, and the reference finds no report and no [DONE] in them. */
static void skip_passes_over_no_report_of_random_events(void **state) {
    (void)state;
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
        "\n\ndata: {",
        "}\n\ndata: {",
        "[DONE]",
        "abcdefghijklmnopqrstuvwxyz",
        ":{}",
        ":null,",
    };
    size_t total = 0;
    const size_t texts = rounds(200000);
    random_seed();
    for (size_t i = 0; i < texts; i++) {
        char text[600];
        size_t used = 0;
        memcpy(text, "data: {", 7);
        used = 7;
        for (size_t count = random_below(16); count > 0; count--) {
            const char *part = parts[random_below(LENGTH(parts))];
            memcpy(text + used, part, strlen(part));
            used += strlen(part);
        }
        memcpy(text + used, "}\n\n", 3);
        used += 3;
        span bytes = {text, used};
        size_t length = passed(bytes, "usage");
        total += length;
        assert_true(length <= used);
        if (length == 0) {
            continue;
        }
        answer want = reference_stream("/usage", text, length);
        char events[600];
        size_t written = reference_events(text, length, events);
        if (want.reports != 0 || want.done || events[written - 1] != '|') {
            fail_msg("%zu bytes of %s are passed over", length, shown(text, used));
        }
    }
    assert_true(total > rounds(1000000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(skip_tells_by_which_names_events_can_be_told),
        cmocka_unit_test(skip_passes_over_what_holds_no_report),
        cmocka_unit_test(skip_passes_over_as_many_events_as_it_can),
        cmocka_unit_test(skip_goes_by_the_name_it_is_given),
        cmocka_unit_test(skip_passes_over_no_event_that_is_cut),
        cmocka_unit_test(skip_sees_a_mark_wherever_it_stands),
        cmocka_unit_test(skip_passes_over_no_report_of_random_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
