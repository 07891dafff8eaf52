/*
 * Bodies that are made to hide usage, to fake it, or to cost much time: the same names where a caller or a model writes
 * them, names that differ in a letter, lists of everything, documents that are deep, and ones that are slow to read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "body.h"
#include "rows.h"

#define TRUE_USAGE "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}"
#define TRUE_WORDS "prompt 5 completion 7"

/* ---------------------------------------------------------------------------------------- the same names elsewhere */

/* Where others than the service write objects: before and after what they write. */
static const struct {
    const char *before, *after;
} elsewhere[] = {
    {"\"choices\":[{\"message\":{\"content\":", "}}]"},
    {"\"choices\":[{\"message\":", "}]"},
    {"\"choices\":[{\"delta\":", "}]"},
    {"\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{\"arguments\":", "}}]}}]"},
    {"\"output\":[{\"type\":\"function_call\",\"arguments\":", "}]"},
    {"\"content\":[{\"type\":\"tool_use\",\"input\":", "}]"},
    {"\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"args\":", "}}]}}]"},
    {"\"message\":{\"content\":[", "]}"},
    {"\"metadata\":{\"user\":", "}"},
    {"\"tools\":[{\"parameters\":", "}]"},
    {"\"response\":{\"tools\":[", "],\"metadata\":{}}"},
    {"\"results\":[", "]"},
    {"\"Usage\":", ""},
    {"\"usages\":", ""},
    {"\"x\":[[", "]]"},
};

/* The document alone has no usage; with a true one before or after it, that one. In events, too. */
static void expect_passed_over(const char *what, const char *before, const char *twin, const char *after) {
    static const struct {
        const char *begin, *end, *want;
    } ways[] = {
        {"{", "}", "NOT_FOUND usage"}, {"{" TRUE_USAGE ",", "}", TRUE_WORDS}, {"{", "," TRUE_USAGE "}", TRUE_WORDS}};
    for (size_t i = 0; i < LENGTH(ways); i++) {
        builder json = {NULL, 0, 0};
        add(&json, 1, ways[i].begin);
        add(&json, 1, before);
        add(&json, 1, twin);
        add(&json, 1, after);
        add(&json, 1, ways[i].end);
        expect_extract(what, NULL, built(&json), ways[i].want);
        tokusage_stream stream;
        builder event = {NULL, 0, 0};
        add_format(&event, "data: {\"model\":\"m\"}\n\ndata: %s\n\n", json.bytes);
        const size_t taken = feed_whole(&stream, NULL, built(&event));
        const observation got = observe(what, &stream, taken);
        expect_words(json.bytes, i == 0 ? "" : TRUE_WORDS, usage_words(&got.usage));
        assert_int_equal(got.reports, i == 0 ? 0 : 1);
        free(event.bytes);
        free(json.bytes);
    }
}

static void a_usage_that_others_write_is_none(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        char twin[300];
        for (size_t k = 0; k < LENGTH(elsewhere); k++) {
            (void)snprintf(twin, sizeof twin, "{\"usage\":{%s}}", member_of(&rows[i], "9"));
            expect_passed_over(rows[i].path, elsewhere[k].before, twin, elsewhere[k].after);
            (void)snprintf(twin, sizeof twin, "{%s}", member_of(&rows[i], "-1"));
            expect_passed_over(rows[i].path, elsewhere[k].before, twin, elsewhere[k].after);
        }
        char string[600] = "\"";
        size_t used = 1;
        (void)snprintf(twin, sizeof twin, "{\"usage\":{%s}}", member_of(&rows[i], "9"));
        for (const char *c = twin; *c != '\0'; c++) {
            used += (size_t)snprintf(string + used, sizeof string - used, *c == '"' ? "\\%c" : "%c", *c);
        }
        string[used++] = '"';
        string[used] = '\0';
        expect_passed_over(rows[i].path, "\"choices\":[{\"text\":", string, "}]");
    }
}

static void a_path_in_another_object_is_none(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < LENGTH(elsewhere); k++) {
            builder twin = {NULL, 0, 0};
            add_at_path(&twin, rows[i].path, "{\"prompt_tokens\":9,\"tokens\":{\"input_tokens\":9}}");
            expect_passed_over(rows[i].path, elsewhere[k].before, twin.bytes, elsewhere[k].after);
            free(twin.bytes);
        }
    }
}

/* ------------------------------------------------------------------------------------- names that differ in a letter */

/* Whether a name is anywhere in the table, as a whole part of a path. */
static bool is_known(const char *name, size_t length) {
    size_t count = 0;
    const name_row *const rows = name_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const char *part = rows[i].path != NULL ? rows[i].path : "";
        while (*part != '\0') {
            const size_t part_length = strcspn(part, "/[=]");
            if (part_length == length && strncmp(part, name, length) == 0) {
                return true;
            }
            part += part_length;
            part += strspn(part, "/[=]");
        }
    }
    return false;
}

/* The document with one letter of one of its names changed in each way, unless that is another name of the table. */
static void expect_letters_matter(const char *what, const char *pointer, const char *json, const char *want) {
    enum {
        CASE,
        OTHER,
        LESS,
        MORE,
        WAYS
    };
    for (size_t at = 0; json[at] != '\0'; at++) {
        const bool letter = (json[at] | 32) >= 'a' && (json[at] | 32) <= 'z';
        for (int way = CASE; letter && way < WAYS; way++) {
            char changed[400];
            char letters[3] = {json[at], json[at], '\0'};
            letters[0] = (char)(way == CASE ? json[at] ^ 32 : way == OTHER ? json[at] ^ 1 : json[at]);
            letters[1] = (char)(way == MORE ? json[at] : '\0');
            (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)at, json, way == LESS ? "" : letters,
                           json + at + 1);
            size_t begin = at;
            while (changed[begin - 1] != '"') {
                begin--;
            }
            if (!is_known(changed + begin, strcspn(changed + begin, "\""))) {
                expect_extract(what, pointer, span_of(changed), want);
            }
        }
    }
}

static void a_name_that_differs_in_case_or_a_letter_is_another(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *rows = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        builder document = {NULL, 0, 0};
        add_at_path(&document, rows[i].path, "7");
        expect_letters_matter(rows[i].path, NULL, document.bytes, "NOT_FOUND usage");
        free(document.bytes);
    }
    rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        char json[300];
        (void)snprintf(json, sizeof json, "{%s}", member_of(&rows[i], "5"));
        expect_letters_matter(rows[i].path, "", json, "");
        if (row_is_in(&rows[i], "root")) {
            expect_letters_matter(rows[i].path, NULL, json, "NOT_FOUND usage");
        }
    }
}

/* ----------------------------------------------------------------------------------------------------------- lists */

/* Calls it for each row of a count that is in a list. */
static void for_each_in_list(void (*check)(const name_row *row, const char *list, const char *tag,
                                           const char *member)) {
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        const char *const bracket = strchr(rows[i].path, '[');
        if (bracket != NULL) {
            char list[60];
            char tag[60];
            const size_t name = strcspn(bracket + 1, "=");
            const size_t value = strcspn(bracket + name + 2, "]");
            (void)snprintf(list, sizeof list, "%.*s", (int)(bracket - rows[i].path), rows[i].path);
            (void)snprintf(tag, sizeof tag, "\"%.*s\":\"%.*s\"", (int)name, bracket + 1, (int)value,
                           bracket + name + 2);
            check(&rows[i], list, tag, bracket + name + value + 4);
        }
    }
}

/* The words of a usage in which this count alone has the value. */
static const char *words_of(const name_row *row, int64_t value) {
    char document[300];
    (void)snprintf(document, sizeof document, "{%s}", member_of(row, line_of("%lld", (long long)value)));
    return extracted(row->path, "", span_of(document));
}

static void expect_elements(const char *list, const char *elements, const char *want) {
    char json[600];
    (void)snprintf(json, sizeof json, "{\"%s\":%s}", list, elements);
    expect_extract("a list", "", span_of(json), want);
    (void)expect_in_every_way("a list", "", span_of(json));
}

static void check_list(const name_row *row, const char *list, const char *tag, const char *member) {
    char five[60];
    char seven[60];
    char tag_name[60];
    const int name = (int)strcspn(tag, ":");
    (void)snprintf(five, sizeof five, "\"%s\":5", member);
    (void)snprintf(seven, sizeof seven, "\"%s\":7", member);
    (void)snprintf(tag_name, sizeof tag_name, "%.*s", name, tag);
    const char *const others = "7,-1,\"x\",\"audio\",null,true,[],[7],{},{\"a\":1}";
    char is_five[120];
    (void)snprintf(is_five, sizeof is_five, "%s", words_of(row, 5));
    expect_elements(list, line_of("[%s,{%s,%s},%s]", others, tag, five, others), is_five);
    expect_elements(list, line_of("[{%s,%s}]", five, tag), is_five);
    expect_elements(list, line_of("[{\"x\":{\"%s\":9},%s,\"y\":[{%s}],%s}]", member, five, five, tag), is_five);
    expect_elements(list, line_of("[{%s,%s},{%s,%s}]", tag, five, seven, tag), in_order(words_of(row, 12)));
    expect_elements(list, line_of("[[{%s,%s}]]", tag, five), "");
    expect_elements(list, line_of("{%s,%s}", tag, five), "");
    expect_elements(list, line_of("{\"0\":{%s,%s}}", tag, five), "");
    expect_elements(list, line_of("[{%s}]", five), "");
    expect_elements(list, line_of("[{%s}]", tag), "");
    expect_elements(list, line_of("[{%s,\"%s\":null}]", tag, member), "");
    expect_elements(list, "null", "");
    expect_elements(list, "[]", "");
    expect_elements(list, "\"AUDIO\"", "");
    static const char *const tags[] = {"\"\"", "\"TEXT\"", "\"5m\"", "\"Audio\"",   "\"message\"",       "\"audio \"",
                                       "7",    "null",     "true",   "[\"audio\"]", "{\"a\":\"audio\"}", "\"1H\""};
    for (size_t i = 0; i < LENGTH(tags); i++) {
        expect_elements(list, line_of("[{%s:%s,%s}]", tag_name, tags[i], five), "");
        expect_elements(list, line_of("[{%s:%s,\"%s\":\"x\"},{%s,%s}]", tag_name, tags[i], member, five, tag), is_five);
    }
    char error[40];
    (void)snprintf(error, sizeof error, "%s", short_name(row->field));
    expect_elements(list, line_of("[{%s,%s,%s}]", tag, five, seven), line_of("DUPLICATE %s", error));
    expect_elements(list, line_of("[{%s,%s,%s}]", five, five, tag), line_of("DUPLICATE %s", error));
    expect_elements(list, line_of("[{%s,\"%s\":\"5\"}]", tag, member), line_of("TYPE %s", error));
    expect_elements(list, line_of("[{\"%s\":0.5,%s}]", member, tag), line_of("INTEGER %s", error));
    expect_elements(list, line_of("[{\"%s\":-1,%s},{%s,%s}]", member, tag, tag, five), line_of("RANGE %s", error));
    expect_elements(list, line_of("[{%s,\"%s\":{\"a\":5}}]", tag, member), line_of("TYPE %s", error));
    expect_elements(list, line_of("[{%s,\"%s\":9007199254740991},{%s,%s}]", tag, member, tag, five),
                    line_of("RANGE %s", error));
}

static void elements_count_only_when_their_tag_says_so(void **state) {
    (void)state;
    for_each_in_list(check_list);
}

/* The tag written with escapes; and in capitals, which it may be where the table has it so, too. */
static void check_tag(const name_row *row, const char *list, const char *tag, const char *member) {
    char json[300];
    char written[120] = "";
    char capitals[40] = "";
    size_t used = 0;
    const char *const value = strrchr(tag, ':') + 2;
    for (const char *c = value; *c != '"'; c++) {
        capitals[c - value] = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        used += (size_t)snprintf(written + used, sizeof written - used, "\\u%04x", (unsigned)*c);
    }
    (void)snprintf(json, sizeof json, "[{%.*s\"%s\",\"%s\":5}]", (int)(value - 1 - tag), tag, written, member);
    expect_elements(list, json, words_of(row, 5));
    (void)snprintf(json, sizeof json, "[{%.*s\"%s\",\"%s\":5}]", (int)(value - 1 - tag), tag, capitals, member);
    const bool known = tag_is_known(line_of("%.*s=%s", (int)strcspn(tag + 1, "\""), tag + 1, capitals));
    expect_elements(list, json, known ? words_of(row, 5) : "");
}

static void a_tag_may_be_in_capitals_where_the_table_says_so_and_written_with_escapes(void **state) {
    (void)state;
    for_each_in_list(check_tag);
}

/* ------------------------------------------------------------------------------------------------------ deep echoes */

/* A caller's schema that the service echoes, nested so deep. */
static void add_schema(builder *to, size_t depth) {
    add(to, 1, "\"tools\":[{\"parameters\":");
    add(to, depth, "{\"type\":\"object\",\"usage\":{\"prompt_tokens\":9},\"properties\":");
    add(to, 1, "{}");
    add(to, depth, "}");
    add(to, 1, "}]");
}

static void a_deep_schema_in_a_response_hides_no_usage(void **state) {
    (void)state;
    static const size_t depths[] = {1, 120, 130, 200, 1000, 1018};
    for (size_t i = 0; i < LENGTH(depths); i++) {
        for (int order = 0; order < 2; order++) {
            builder response = {NULL, 0, 0};
            add(&response, 1, order == 0 ? "{" TRUE_USAGE "," : "{");
            add_schema(&response, depths[i]);
            add(&response, 1, order == 0 ? "}" : "," TRUE_USAGE "}");
            const answer want = SAYS(TRUE_WORDS " total 12", CONSISTENT, 1, false);
            expect_body("a deep schema", NULL, built(&response), &want);
            builder event = {NULL, 0, 0};
            add(&event, 1, "data: {\"type\":\"response.completed\",\"response\":");
            add_bytes(&event, response.bytes, response.length);
            add(&event, 1, "}\n\n");
            const answer done = SAYS(TRUE_WORDS " total 12", CONSISTENT, 1, true);
            expect_built("a deep schema in an event", NULL, &event, &done);
            free(response.bytes);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- cost a byte */

enum {
    SIZE = 1 << 17
};

/* Processor time: many times what is needed, so that a slow machine or a checking tool does not fail. */
static const double seconds_max = 0.5;

static void expect_cheap(const char *what, clock_t begin) {
    const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (seconds > seconds_max) {
        fail_msg("%d bytes of %s took %.1f s", SIZE, what, seconds);
    }
}

/* What a stream says of it, in chunks of a few sizes. */
static void expect_cheap_stream(const char *what, const char *pointer, span body, const char *want) {
    static const size_t sizes[] = {1, 3, 64, 1400, SIZE_MAX};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        tokusage_stream stream;
        tokusage usage;
        tokusage_error error;
        const clock_t begin = clock();
        assert_int_equal(tokusage_stream_init(&stream, pointer), TOKUSAGE_OK);
        for (size_t at = 0; at < body.length;) {
            const size_t rest = body.length - at;
            const size_t size = rest < sizes[i] ? rest : sizes[i];
            (void)tokusage_stream_feed(&stream, body.bytes + at, size);
            at += size;
        }
        expect_cheap(what, begin);
        const bool good = tokusage_stream_usage(&stream, &usage, &error) == TOKUSAGE_OK;
        expect_words(what, want, good ? usage_words(&usage) : error_words(&error));
    }
}

static void expect_cheap_document(const char *what, const char *pointer, span body, const char *want) {
    const clock_t begin = clock();
    expect_extract(what, pointer, body, want);
    expect_cheap(what, begin);
}

static bool is_one_document(span body) {
    const char *json = NULL;
    size_t length = 0;
    return tokusage_find(body.bytes, body.length, "", &json, &length, NULL) == TOKUSAGE_OK;
}

/* tests/data/hostile.tsv: a part over and over, between two others. tests/checks/hostile.sh says what each costs. */
static void a_body_costs_no_more_than_its_length(void **state) {
    (void)state;
    table bodies;
    builder pointer = {NULL, 0, 0};
    size_t documents = 0;
    add(&pointer, 100, "/x");
    assert_true(table_read(&bodies, TOKUSAGE_TEST_DATA, "hostile.tsv"));
    for (size_t row = 0; row < bodies.rows; row++) {
        const char *const about = table_cell(&bodies, row, "about");
        const char *const says = table_cell(&bodies, row, "says");
        builder body = table_repeated(&bodies, row, rounds(SIZE));
        expect_cheap_stream(about, NULL, built(&body), says);
        if (is_one_document(built(&body))) {
            expect_cheap_document(about, NULL, built(&body), says);
            expect_cheap_document(about, pointer.bytes, built(&body), "NOT_FOUND usage");
            expect_cheap_stream(about, pointer.bytes, built(&body), "NOT_FOUND usage");
            documents++;
        }
        free(body.bytes);
    }
    assert_true(documents > 30 && documents < bodies.rows - 30);
    table_free(&bodies);
    free(pointer.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_usage_that_others_write_is_none),
        cmocka_unit_test(a_path_in_another_object_is_none),
        cmocka_unit_test(a_name_that_differs_in_case_or_a_letter_is_another),
        cmocka_unit_test(elements_count_only_when_their_tag_says_so),
        cmocka_unit_test(a_tag_may_be_in_capitals_where_the_table_says_so_and_written_with_escapes),
        cmocka_unit_test(a_deep_schema_in_a_response_hides_no_usage),
        cmocka_unit_test(a_body_costs_no_more_than_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
