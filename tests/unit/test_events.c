/*
 * The framing of server-sent events (WHATWG HTML, section 9.2.6), seen through what a stream reads in them: line ends,
 * fields, comments, data of several lines. Each body runs whole, cut in two after every byte, and byte by byte. Random
 * bodies are compared with the same events written in one plain form by a second framing in this file.
 */
#include "shorthand.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

#define FIVE "{'usage':" U5 "}"
#define LAST "{'usage':{'prompt_tokens':6}}"

/* The line end before it is data, so a string or a word of JSON cannot go on: that is known before the event ends. */
static const short_case an_empty_data_line_breaks_a_string_and_a_word[] = {
    {"a string", NULL, "data: {'usage':{'a':'x\ndata\n", SAYS("", UNREADABLE, 0, false)},
    {"a word", NULL, "data: {'usage':{'a':tru\rdata\r", SAYS("", UNREADABLE, 0, false)},
    {"with a colon", NULL, "data: {'usage':{'a':'x\ndata:", SAYS("", UNREADABLE, 0, false)},
    {"between two values", NULL, "data: {'usage':{'a':1,\ndata\n", SAYS("", TRUNCATED, 0, false)},
    {"another field", NULL, "data: {'usage':{'a':'x\ndat\n", SAYS("", TRUNCATED, 0, false)},
    {"a longer name", NULL, "data: {'usage':{'a':'x\ndata x\n", SAYS("", TRUNCATED, 0, false)},
    {"a name that is no field", NULL, "data: {'usage':{'a':'x\nretr\n", SAYS("", TRUNCATED, 0, false)},
    {"a line that is not ended", NULL, "data: {'usage':{'a':'x\ndata", SAYS("", TRUNCATED, 0, false)},
    {"no data before it", NULL, "data\ndata: {'usage':{'a':'x", SAYS("", TRUNCATED, 0, false)},
};

/* Two documents, with each line end at each line. (Where a CR and an LF meet, both are in one event.) */
static void each_line_may_end_in_its_own_way(void **state) {
    (void)state;
    static const char *const ends[] = {"\n", "\r", "\r\n"};
    static const char *const lines[] = {"event: x", "data: {'usage':", ("data:" U5 "}"), "", "id: 1", ("data: " LAST)};
    for (size_t number = 0; number < 3 * 3 * 3 * 3 * 3 * 3; number++) {
        builder body = {NULL, 0, 0};
        for (size_t i = 0, rest = number; i < LENGTH(lines); i++, rest /= 3) {
            const char *const end = ends[rest % 3];
            add(&body, 1, quoted(lines[i]).bytes);
            add(&body, 1, end);
        }
        const observation got = expect_in_every_way(shown(body.bytes, body.length), NULL, built(&body));
        expect_words(shown(body.bytes, body.length), "prompt 6", usage_words(&got.ends[1].usage));
        assert_int_equal(got.reports, 2);
        free(body.bytes);
    }
}

/* A line of every length: the line end at every offset in a register, and bytes that are nearly line ends. */
static void lines_of_every_length_are_read_to_their_end(void **state) {
    (void)state;
    static const char near_ends[] = {'x', '\x0B', '\x0C', '\x0E', '\x09', '\x8A', '\x8D', '\xFF', ' '};
    for (size_t length = 0; length < 150; length++) {
        for (size_t i = 0; i < LENGTH(near_ends); i++) {
            builder body = {NULL, 0, 0};
            tokusage_stream stream;
            add(&body, 1, length % 2 == 0 ? ":" : "data:");
            for (size_t j = 0; j < length; j++) {
                add_bytes(&body, &near_ends[i], 1);
            }
            add(&body, 2, i % 3 == 0 ? "\n" : i % 3 == 1 ? "\r" : "\r\n");
            add(&body, 1, quoted("data: " FIVE "\n\n").bytes);
            assert_int_equal(feed_whole(&stream, NULL, built(&body)), body.length);
            assert_int_equal(tokusage_stream_reports(&stream), 1);
            feed_in_chunks(&stream, NULL, built(&body), 1 + length % 40);
            assert_int_equal(tokusage_stream_reports(&stream), 1);
            free(body.bytes);
        }
    }
}

/* --------------------------------------------------------------------------------------------------------- a table */

/* The body of a row, in which #5 is a document whose usage has five prompt tokens; freed by the caller. */
static builder body_of(const table *events, size_t row) {
    builder cell = table_bytes(events, row, "body");
    builder body = {NULL, 0, 0};
    for (size_t at = 0; at < cell.length; at++) {
        if (cell.bytes[at] == '#') {
            add_format(&body, "{\"usage\":{\"prompt_tokens\":%c}}", cell.bytes[++at]);
        } else {
            add_bytes(&body, &cell.bytes[at], 1);
        }
    }
    free(cell.bytes);
    return body;
}

/* The same table is asked of another parser of events: tests/checks/peers.sh. */
static void the_table_of_events_is_read_as_it_says(void **state) {
    (void)state;
    table events;
    assert_true(table_read(&events, TOKUSAGE_TEST_DATA, "events.tsv"));
    assert_true(events.rows > 80);
    for (size_t row = 0; row < events.rows; row++) {
        const char *const about = table_cell(&events, row, "about");
        builder body = body_of(&events, row);
        builder prompts = {NULL, 0, 0};
        tokusage_stream stream;
        add_reported_prompts(&prompts, &stream, built(&body));
        assert_true(prompts.length > 0);
        expect_words(about, line_of("%s ", table_cell(&events, row, "prompts")), prompts.bytes);
        (void)expect_in_every_way(about, NULL, built(&body));
        free(body.bytes);
        free(prompts.bytes);
    }
    table_free(&events);
}

/* ---------------------------------------------------------------------------------------- a second framing, in full */

/* The next line of a body, without its end. Returns false after the last one. */
static bool next_line(span body, size_t *at, span *line) {
    if (*at >= body.length) {
        return false;
    }
    size_t end = *at;
    while (end < body.length && body.bytes[end] != '\n' && body.bytes[end] != '\r') {
        end++;
    }
    *line = (span){body.bytes + *at, end - *at};
    end += end + 1 < body.length && body.bytes[end] == '\r' && body.bytes[end + 1] == '\n';
    *at = end + 1;
    return true;
}

static bool begins_with(span line, const char *word) {
    return line.length >= strlen(word) && memcmp(line.bytes, word, strlen(word)) == 0;
}

/*
 * The same events with LF, with "data: " before each line of data, and nothing else. The first line begins like an
 * event's if one line did.
 */
static builder in_plain_form(span body) {
    builder plain = {NULL, 0, 0};
    span line;
    bool data = false;
    bool seen = false;
    for (size_t at = 0; next_line(body, &at, &line);) {
        static const char *const fields[] = {"data:", "event:", "id:", "retry:", ":"};
        for (size_t i = 0; i < LENGTH(fields); i++) {
            seen = seen || begins_with(line, fields[i]);
        }
    }
    add(&plain, 1, seen ? ":\n" : "x\n");
    for (size_t at = 0; next_line(body, &at, &line);) {
        if (line.length == 0 && data) {
            add(&plain, 1, "\n");
            data = false;
        }
        if (begins_with(line, "data:") || (line.length == 4 && begins_with(line, "data"))) {
            size_t from = line.length > 4 ? 5 : 4;
            from += from < line.length && line.bytes[from] == ' ';
            add(&plain, 1, seen ? "data: " : "data");
            add_bytes(&plain, line.bytes + from, line.length - from);
            add(&plain, 1, "\n");
            data = true;
        }
    }
    if (data && plain.bytes[plain.length - 1] == '\n' && body.bytes[body.length - 1] != '\n' &&
        body.bytes[body.length - 1] != '\r') {
        plain.length--; /* the last line has no end */
    }
    return plain;
}

#define ANY(list) (list)[random_below(LENGTH(list))]

static builder random_events(void) {
    static const char *const parts[] = {"\n",
                                        "\n\n",
                                        "\r",
                                        "\r\r",
                                        "\r\n",
                                        "\r\n\r\n",
                                        "data",
                                        "data: ",
                                        "data:",
                                        ":",
                                        " ",
                                        "x",
                                        "dat",
                                        "id: 1",
                                        "event: y",
                                        "\ndata: {\"usage\":{\"prompt_tokens\":",
                                        "1}}",
                                        "2}}\n",
                                        "{",
                                        "}",
                                        "{\"a\":",
                                        "\"b\"",
                                        "12",
                                        "null",
                                        ",",
                                        "[",
                                        "]",
                                        "[DONE]",
                                        "\xEF\xBB\xBF",
                                        "\ndata: {\"error\":1}\n\n",
                                        "\ndata: {\"usage\":{\"completion_tokens\":7}}\n\n",
                                        "\\u0065",
                                        "\ndata: {\"type\":\"x.done\",\"usage\":{\"prompt_tokens\":3}}\n"};
    builder body = {NULL, 0, 0};
    add(&body, 1, random_below(20) == 0 ? "x" : random_below(2) == 0 ? ":" : "data: ");
    for (size_t count = random_below(24); count > 0; count--) {
        add(&body, 1, ANY(parts));
    }
    return body;
}

static void random_bodies_say_what_their_events_say_in_plain_form(void **state) {
    (void)state;
    size_t with_usage = 0;
    const size_t all = rounds(30000);
    for (size_t left = all; left > 0; left--) {
        builder body = random_events();
        builder plain = in_plain_form(built(&body));
        const char *const what =
            line_of("%s against %s", shown(body.bytes, body.length), shown(plain.bytes, plain.length));
        tokusage_stream stream;
        feed_whole(&stream, NULL, built(&plain));
        const observation want = observe(what, &stream, 0);
        feed_whole(&stream, NULL, built(&body));
        expect_observed(what, &stream, 0, &want);
        feed_randomly(&stream, NULL, built(&body), 1 + random_below(30));
        expect_observed(what, &stream, 0, &want);
        with_usage += want.reports > 0;
        free(body.bytes);
        free(plain.bytes);
    }
    assert_true(with_usage > all / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TABLE_TEST(run_short, an_empty_data_line_breaks_a_string_and_a_word),
        cmocka_unit_test(each_line_may_end_in_its_own_way),
        cmocka_unit_test(lines_of_every_length_are_read_to_their_end),
        cmocka_unit_test(the_table_of_events_is_read_as_it_says),
        cmocka_unit_test(random_bodies_say_what_their_events_say_in_plain_form),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
