/*
 * Labels: the model, the id and the service tier of a response. Their paths come from tests/data/names.tsv. Each body
 * runs whole, cut in two after every byte, and byte by byte.
 */
#include "rows.h"
#include "shorthand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Expects these labels of a body: "model|id|tier", each of them perhaps empty. */
static void expect_labels(const char *what, const char *pointer, span body, const char *want) {
    const observation got = expect_in_every_way(line_of("%s: %s", what, shown(body.bytes, body.length)), pointer, body);
    expect_words(shown(body.bytes, body.length), want,
                 line_of("%s|%s|%s", got.labels[0], got.labels[1], got.labels[2]));
}

/* Expects one label, and no other. */
static void expect_label(const char *what, span body, const char *label, const char *want) {
    const char *const before = strcmp(label, "model") == 0 ? "" : strcmp(label, "id") == 0 ? "|" : "||";
    char all[TOKUSAGE_LABEL_SIZE + 3];
    (void)snprintf(all, sizeof all, "%s%s%s", before, want, &"||"[strlen(before)]);
    expect_labels(what, NULL, body, all);
}

typedef struct labels_case {
    const char *what, *pointer, *body, *want;
} labels_case;

static void run_labels(void **state) {
    const case_table *const all = *state;
    const labels_case *const cases = all->cases;
    for (size_t i = 0; i < all->count; i++) {
        expect_labels(cases[i].what, cases[i].pointer, quoted(cases[i].body), cases[i].want);
    }
}

/* --------------------------------------------------------------------------------------------------------- paths */

static bool is_in_usage(const name_row *label) {
    const size_t length = (size_t)(strrchr(label->path, '/') - label->path);
    size_t count = 0;
    const name_row *const rows = usage_paths(&count);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || (strlen(rows[i].path) == length && strncmp(rows[i].path, label->path, length) == 0);
    }
    return found;
}

/* The member of a document that has the label; a usage has a count, too. */
static const char *member_with(const name_row *label, const char *string) {
    name_row from_root = *label;
    from_root.path++;
    return member_of(&from_root, line_of("\"%s\"%s", string, is_in_usage(label) ? ",\"prompt_tokens\":5" : ""));
}

static void each_path_of_a_label_is_read(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = rows_of("label", &count);
    for (size_t i = 0; i < count; i++) {
        const char *const member = member_with(&rows[i], "x-1");
        expect_label("alone", quoted(line_of("{%s}", member)), rows[i].field, "x-1");
        expect_label("in a list", quoted(line_of("[{%s}]", member)), rows[i].field, "x-1");
        expect_label("in an event", quoted(line_of("data: {%s}\n\n", member)), rows[i].field, "x-1");
    }
    assert_true(count > 20);
}

/* (Two tiers in two usages of one document are left out: which usages are read depends on their order.) */
static void of_two_paths_the_first_in_the_list_is_used_in_either_order(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = rows_of("label", &count);
    for (const name_row *a = rows; a < rows + count; a++) {
        for (const name_row *b = rows; b < rows + count; b++) {
            if (a != b && strcmp(a->field, b->field) == 0 && !(is_in_usage(a) && is_in_usage(b))) {
                const char *const body = line_of("{%s,%s}", member_with(a, "one"), member_with(b, "two"));
                expect_label("two", quoted(body), a->field, a->order < b->order ? "one" : "two");
            }
        }
    }
}

static const labels_case names_and_paths_that_differ_have_no_label[] = {
    {"another case", NULL, "{'Model':'x','ID':'x','serviceTier':'x'}", "||"},
    {"a letter more", NULL, "{'models':'x','id_':'x','service_tiers':'x'}", "||"},
    {"in a choice", NULL, "{'choices':[{'model':'x','id':'x','service_tier':'x'}]}", "||"},
    {"in an unknown object", NULL, "{'a':{'model':'x','id':'x','service_tier':'x'}}", "||"},
    {"an id of the metadata", NULL, "{'metadata':{'id':'x','model':'x'}}", "||"},
    {"a tier at a usage of another path", NULL, "{'response':{'usage':{'service_tier':'x','input_tokens':5}}}", "||"},
    {"a tier of a result's usage", NULL, "{'result':{'usage':{'service_tier':'x','input_tokens':5}}}", "||"},
    {"a tier of the metadata's usage", NULL, "{'metadata':{'usage':{'service_tier':'x','input_tokens':5}}}", "||"},
    {"a tier of a choice's usage", NULL, "{'choices':[{'usage':{'service_tier':'x','input_tokens':5}}]}", "||"},
    {"a name of the other usage", NULL, "{'usage':{'serviceTier':'x','prompt_tokens':5}}", "||"},
    {"a tier of the usage's details", NULL,
     "{'usage':{'prompt_tokens':5,'prompt_tokens_details':{'service_tier':'x'}}}", "||"},
    {"an escape in the name", NULL, "{'mod\\u0065l':'x','\\u0069d':'y','service\\u005ftier':'z'}", "x|y|z"},
};

/* All names of two bytes that JSON writes without an escape: some have the hash of "id". */
static void of_all_names_of_two_bytes_only_id_is_a_label(void **state) {
    (void)state;
    size_t labels = 0;
    for (unsigned name = 0x2020; name <= 0xFFFF; name++) {
        char body[] = "{\"xy\":\"v\"}";
        tokusage_stream stream;
        body[2] = (char)(unsigned char)(name >> 8);
        body[3] = (char)(unsigned char)(name & 0xFF);
        if ((name & 0xFF) >= 0x20 && memchr(body + 2, '\\', 2) == NULL && memchr(body + 2, '"', 2) == NULL) {
            memset(&stream, 0, sizeof stream);
            tokusage_stream_feed(&stream, body, sizeof body - 1);
            labels += tokusage_stream_label(&stream, TOKUSAGE_LABEL_ID, NULL, 0);
        }
    }
    assert_int_equal(labels, 1);
}

static const labels_case a_tier_of_a_usage_that_is_not_used_is_not_read[] = {
    {"after the one that is used", NULL,
     "{'usage':{'prompt_tokens':5},'message':{'usage':{'service_tier':'x','input_tokens':5}}}", "||"},
    {"before the count", NULL, "{'result':{'message':{'usage':{'service_tier':'x','input_tokens':5}}}}", "||x"},
    {"after the count", NULL, "{'result':{'message':{'usage':{'input_tokens':5,'service_tier':'x'}}}}", "||x"},
};

static const labels_case with_a_pointer_the_paths_begin_where_it_leads[] = {
    {"to the response", "/a",
     "{'model':'no','a':{'model':'m','id':'i','usage':{'service_tier':'t','prompt_tokens':5}}}", "m|i|t"},
    {"to a response in a response", "/a", "{'a':{'response':{'model':'m','id':'i'}}}", "m|i|"},
    {"to the document", "", "{'model':'m','usage':{'prompt_tokens':5}}", "m||"},
    {"elsewhere", "/b", "{'model':'no','a':{'model':'no'}}", "||"},
};

/* ------------------------------------------------------------------------------------------------------- strings */

/* A document with a label of this length at `first`, and "next" at `second`. */
static void expect_length(const char *label, const char *first, const char *second, size_t length, bool fits) {
    builder string = {NULL, 0, 0};
    builder body = {NULL, 0, 0};
    add(&string, length, "m");
    add_bytes(&string, "", 1);
    add_format(&body, "{\"%s\":\"%s\",\"response\":{\"%s\":\"next\"}}", first, string.bytes, second);
    expect_label(line_of("%zu bytes", length), built(&body), label, fits ? string.bytes : "next");
    free(string.bytes);
    free(body.bytes);
}

static void a_label_has_1_to_127_bytes_and_a_tier_31_and_others_are_passed_over(void **state) {
    (void)state;
    static const struct {
        size_t length;
        bool fits, fits_tier;
    } cases[] = {{0, false, false},   {1, true, true},     {31, true, true},    {32, true, false},
                 {33, true, false},   {64, true, false},   {126, true, false},  {127, true, false},
                 {128, false, false}, {129, false, false}, {190, false, false}, {191, false, false},
                 {255, false, false}, {256, false, false}, {300, false, false}, {383, false, false},
                 {512, false, false}, {1000, false, false}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_length("model", "model", "model", cases[i].length, cases[i].fits);
        expect_length("id", "responseId", "responseId", cases[i].length, cases[i].fits);
        expect_length("service_tier", "service_tier", "service_tier", cases[i].length, cases[i].fits_tier);
    }
}

static const labels_case a_label_is_the_string_as_it_is_written[] = {
    {"escapes are not resolved", NULL, "{'model':'a\\u0062\\/\\n\\\\c','id':'\\\\\\'','service_tier':'\\t'}",
     "a\\u0062\\/\\n\\\\c|\\\\\\\"|\\t"},
    {"UTF-8, and bytes that are none", NULL, "{'model':'\xC3\xA9\xE4\xB8\x80','id':'\xFF\x80'}",
     "\xC3\xA9\xE4\xB8\x80|\xFF\x80|"},
    {"white space", NULL, "{'model':' m '}", " m ||"},
    {"brackets", NULL, "{'model':'{[:,]}'}", "{[:,]}||"},
};

static void only_a_string_is_a_label(void **state) {
    (void)state;
    static const char *const values[] = {"null", "5", "true", "{'model':'x'}", "['x']", "''"};
    for (size_t i = 0; i < LENGTH(values); i++) {
        const char *const next = "'response':{'model':'next'}";
        expect_label("no string", quoted(line_of("{'model':%s,%s}", values[i], next)), "model", "next");
        expect_label("no string", quoted(line_of("{%s,'model':%s}", next, values[i])), "model", "next");
    }
}

/* ----------------------------------------------------------------------------------------------- several documents */

#define USAGE "'usage':" U5

static const labels_case labels_are_those_of_the_latest_document_with_a_usage_else_of_the_first[] = {
    {"the first", NULL, "{'model':'a'}\n{'model':'b'}\n", "a||"},
    {"only the first", NULL, "{'x':1}\n{'model':'b'}\n", "||"},
    {"a usage without a label", NULL, "{'model':'a'}\n{" USAGE "}\n", "a||"},
    {"a usage with one", NULL, "{'model':'a'}\n{'model':'b'," USAGE "}\n", "b||"},
    {"and one after it", NULL, "{'model':'b'," USAGE "}\n{'model':'c'}\n", "b||"},
    {"two usages", NULL, "{'model':'b'," USAGE "}\n{'model':'c'," USAGE "}\n", "c||"},
    {"the second without a label", NULL, "{'model':'b'," USAGE "}\n{" USAGE "}\n", "b||"},
    {"each label by itself", NULL, "{'model':'a','id':'1'}\n{'id':'2'," USAGE "}\n{'service_tier':'t'," USAGE "}\n",
     "a|2|t"},
    {"a path that comes later in the list", NULL, "{'model':'a'," USAGE "}\n{'response':{'model':'b'," USAGE "}}\n",
     "b||"},
    {"a wrong usage is one", NULL, "{'model':'a'}\n{'model':'b','usage':{'prompt_tokens':-1}}\n", "b||"},
    {"zeros are one", NULL, "{'model':'a'," USAGE "}\n{'model':'b','usage':{'prompt_tokens':0}}\n", "b||"},
    {"a usage without a count is none", NULL, "{'model':'a'}\n{'model':'b','usage':{}}\n", "a||"},
    {"elements of an array", NULL, "[{'model':'a'},{'model':'b'},{'id':'1'," USAGE "}]", "a|1|"},
    {"a shorter label replaces a longer one", NULL, "{'model':'long-name'," USAGE "}\n{'model':'b'," USAGE "}\n",
     "b||"},
    {"a document that is truncated has none", NULL, "{'model':'a'}\n{'model':'b'," USAGE, "a||"},
    {"nor has one that is malformed", NULL, EVENT("{'model':'a'}") EVENT("{'model':'b'," USAGE ",}"), "a||"},
    {"events that are searched", NULL,
     EVENT("{'model':'a','id':'1'}") EVENT("{'model':'b'}") EVENT("{'model':'c'}") EVENT("{'id':'2'," USAGE "}"),
     "a|2|"},
    {"Anthropic", NULL,
     EVENT("{'type':'message_start','message':{'model':'m','id':'i','usage':{'input_tokens':5,'service_tier':'t'}}}")
         EVENT("{'type':'message_delta','usage':{'output_tokens':7}}"),
     "m|i|t"},
};

/* ---------------------------------------------------------------------------------------------------- the buffer */

static void label_writes_like_snprintf(void **state) {
    (void)state;
    tokusage_stream stream;
    feed_whole(&stream, NULL, quoted("{'model':'abcdef'}"));
    for (size_t size = 0; size < 10; size++) {
        char buffer[12];
        spoil(buffer, sizeof buffer);
        assert_int_equal(tokusage_stream_label(&stream, TOKUSAGE_LABEL_MODEL, buffer, size), 6);
        const size_t written = size == 0 ? 0 : size <= 6 ? size - 1 : 6;
        assert_memory_equal(buffer, "abcdef", written);
        assert_true(size == 0 || buffer[written] == '\0');
        assert_true(spoilt(buffer + written + (size > 0), sizeof buffer - written - (size > 0)));
        assert_int_equal(tokusage_stream_label(&stream, TOKUSAGE_LABEL_MODEL, NULL, size), 6);

        spoil(buffer, sizeof buffer);
        assert_int_equal(tokusage_stream_label(&stream, TOKUSAGE_LABEL_ID, buffer, size), 0);
        assert_true(size == 0 || buffer[0] == '\0');
    }
}

static void label_size_fits_any(void **state) {
    (void)state;
    builder body = {NULL, 0, 0};
    tokusage_stream stream;
    char buffer[TOKUSAGE_LABEL_SIZE];
    add(&body, 1, "{\"model\":\"");
    add(&body, TOKUSAGE_LABEL_SIZE - 1, "m");
    add(&body, 1, "\"}");
    feed_whole(&stream, NULL, built(&body));
    assert_int_equal(tokusage_stream_label(&stream, TOKUSAGE_LABEL_MODEL, buffer, sizeof buffer), sizeof buffer - 1);
    assert_int_equal(strlen(buffer), sizeof buffer - 1);
    free(body.bytes);
}

static void a_number_that_is_no_label_has_none(void **state) {
    (void)state;
    static const int numbers[] = {LABEL_COUNT, LABEL_COUNT + 1, 255, -1, INT32_MAX, INT32_MIN};
    tokusage_stream stream;
    feed_whole(&stream, NULL, quoted("{'modelVersion':'m','responseId':'i','response':{'service_tier':'t'}}"));
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        char buffer[4] = "xyz";
        assert_int_equal(tokusage_stream_label(&stream, (tokusage_label)numbers[i], buffer, sizeof buffer), 0);
        assert_string_equal(buffer, "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_of_a_label_is_read),
        cmocka_unit_test(of_two_paths_the_first_in_the_list_is_used_in_either_order),
        TABLE_TEST(run_labels, names_and_paths_that_differ_have_no_label),
        cmocka_unit_test(of_all_names_of_two_bytes_only_id_is_a_label),
        TABLE_TEST(run_labels, a_tier_of_a_usage_that_is_not_used_is_not_read),
        TABLE_TEST(run_labels, with_a_pointer_the_paths_begin_where_it_leads),
        cmocka_unit_test(a_label_has_1_to_127_bytes_and_a_tier_31_and_others_are_passed_over),
        TABLE_TEST(run_labels, a_label_is_the_string_as_it_is_written),
        cmocka_unit_test(only_a_string_is_a_label),
        TABLE_TEST(run_labels, labels_are_those_of_the_latest_document_with_a_usage_else_of_the_first),
        cmocka_unit_test(label_writes_like_snprintf),
        cmocka_unit_test(label_size_fits_any),
        cmocka_unit_test(a_number_that_is_no_label_has_none),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
