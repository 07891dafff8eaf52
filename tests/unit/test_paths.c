/*
 * Where the usage of a document is: every path of tests/data/names.tsv alone, with every other, and in events; and the
 * root. test_pointer.c has pointers, test_names.c what is in a usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "rows.h"

/* ------------------------------------------------------------------------------------------------------ documents */

static bool is_meta(const name_row *path) {
    return strcmp(path->field, "meta") == 0;
}

/* What is there may be something else than a usage. */
static bool needs_a_count(const name_row *path) {
    return strcmp(path->how, "with_a_count") == 0;
}

/* An object with a count that is read at this path. */
static const char *usage_at(const name_row *path, int64_t count) {
    return line_of(is_meta(path) ? "{\"tokens\":{\"input_tokens\":%lld}}" : "{\"prompt_tokens\":%lld}",
                   (long long)count);
}

/* Adds the members of a document with this value at the path, without braces. */
static void add_member(builder *to, const name_row *path, const char *value) {
    builder document = {NULL, 0, 0};
    add_at_path(&document, path->path, value);
    add(to, to->length > 1 ? 1 : 0, ",");
    add_bytes(to, document.bytes + 1, document.length - 2);
    free(document.bytes);
}

/* The document with these values, in this order; NULL: none. */
static builder document_of(const name_row *a, const char *value_a, const name_row *b, const char *value_b) {
    builder json = {NULL, 0, 0};
    add(&json, 1, "{");
    add_member(&json, a, value_a);
    if (b != NULL) {
        add_member(&json, b, value_b);
    }
    add(&json, 1, "}");
    return json;
}

static void expect_two(const name_row *a, const char *value_a, const name_row *b, const char *value_b,
                       const char *want) {
    builder json = document_of(a, value_a, b, value_b);
    expect_extract_built("paths", NULL, &json, want);
}

static void expect_one(const name_row *path, const char *value, const char *want) {
    expect_two(path, value, NULL, NULL, want);
}

/* ------------------------------------------------------------------------------------------------------ one path */

static void each_path_alone_is_the_usage(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        builder json = document_of(&all[i], usage_at(&all[i], 5), NULL, NULL);
        expect_extract(all[i].path, NULL, built(&json), "prompt 5");
        const answer want = SAYS("prompt 5", CONSISTENT, 1, false);
        expect_built(all[i].path, NULL, &json, &want);
        expect_one(&all[i], is_meta(&all[i]) ? "{\"billed_units\":{\"output_tokens\":-1}}" : "{\"output_tokens\":-1}",
                   "RANGE completion");
    }
}

/* An event with the document as its data. */
static void expect_event(const char *what, const builder *json, const answer *want) {
    builder body = {NULL, 0, 0};
    add(&body, 1, "data: ");
    add_bytes(&body, json->bytes, json->length);
    add(&body, 1, "\n\n");
    expect_built(what, NULL, &body, want);
}

static void in_events_only_paths_whose_last_name_begins_with_usage_are_read(void **state) {
    (void)state;
    static const answer found = SAYS_TWO("prompt 5", TRUNCATED, CONSISTENT, 1, false);
    static const answer anthropic = SAYS("prompt 5", TRUNCATED, 1, false);
    static const answer none = SAYS_TWO("", TRUNCATED, MISSING, 0, false);
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        builder json = document_of(&all[i], usage_at(&all[i], 5), NULL, NULL);
        const bool begun = strcmp(all[i].path, "/message/usage") == 0;
        const bool is_read = row_is_in(&all[i], "all");
        assert_int_equal(is_read, strncmp(strrchr(all[i].path, '/'), "/usage", 6) == 0);
        expect_event(all[i].path, &json, begun ? &anthropic : is_read ? &found : &none);
        free(json.bytes);
    }
    builder root = {NULL, 0, 0};
    add(&root, 1, "{\"prompt_eval_count\":5,\"eval_count\":7}");
    expect_event("the root", &root, &none);
    free(root.bytes);
}

static void null_at_a_path_is_no_usage(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        expect_one(&all[i], "null", "NOT_FOUND usage");
    }
}

static void what_is_no_object_is_a_type_error_where_a_usage_must_be(void **state) {
    (void)state;
    static const char *const values[] = {"5",   "\"x\"", "\"\"", "true", "false", "[]", "[{\"prompt_tokens\":5}]",
                                         "-0.5"};
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < LENGTH(values); k++) {
            expect_one(&all[i], values[k], needs_a_count(&all[i]) ? "NOT_FOUND usage" : "TYPE usage");
        }
    }
}

static void an_object_without_a_count_is_an_empty_usage_or_none(void **state) {
    (void)state;
    static const char *const values[] = {"{}",
                                         "{\"x\":1}",
                                         "{\"prompt_tokens\":null}",
                                         "{\"usage\":{\"prompt_tokens\":5}}",
                                         "{\"tokens\":5,\"billed_units\":null,\"prompt_tokens_details\":{}}",
                                         "{\"promptTokensDetails\":[{\"modality\":\"AUDIO\"},{\"tokenCount\":5}]}"};
    static const answer none = SAYS("", MISSING, 0, false);
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < LENGTH(values); k++) {
            expect_one(&all[i], values[k], needs_a_count(&all[i]) ? "NOT_FOUND usage" : "");
            builder json = document_of(&all[i], values[k], NULL, NULL);
            expect_built(all[i].path, NULL, &json, &none);
        }
    }
}

static void a_usage_given_twice_is_a_duplicate_unless_one_is_null(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        const name_row *const path = &all[i];
        const bool choice = strstr(path->path, "/N/") != NULL; /* of several choices the first */
        expect_two(path, usage_at(path, 5), path, usage_at(path, 6), choice ? "prompt 5" : "DUPLICATE usage");
        expect_two(path, usage_at(path, 5), path, "null", "prompt 5");
        expect_two(path, "null", path, usage_at(path, 5), "prompt 5");
        if (needs_a_count(path)) {
            expect_two(path, usage_at(path, 5), path, "{}", "prompt 5");
            expect_two(path, "{\"x\":1}", path, usage_at(path, 5), "prompt 5");
            expect_two(path, "[]", path, usage_at(path, 5), "prompt 5");
        }
    }
}

static const document_case of_several_choices_the_first_that_has_a_usage_counts[] = {
    {"the second choice", NULL, TEXT("{\"choices\":[{\"index\":0},{\"usage\":{\"prompt_tokens\":5}}]}"), "prompt 5"},
    {"two choices", NULL, TEXT("{\"choices\":[{\"usage\":{\"prompt_tokens\":5}},{\"usage\":{\"prompt_tokens\":6}}]}"),
     "prompt 5"},
    {"the first is null", NULL, TEXT("{\"choices\":[{\"usage\":null},{\"usage\":{\"prompt_tokens\":5}}]}"), "prompt 5"},
    {"the first is wrong", NULL, TEXT("{\"choices\":[{\"usage\":7},{\"usage\":{\"prompt_tokens\":5}}]}"), "TYPE usage"},
    {"twice in one choice", NULL,
     TEXT("{\"choices\":[{\"usage\":{\"prompt_tokens\":5},\"usage\":{\"prompt_tokens\":6}}]}"), "DUPLICATE usage"},
    {"elements that are no choices", NULL,
     TEXT("{\"choices\":[7,null,[{\"usage\":{\"prompt_tokens\":6}}],{\"usage\":{\"prompt_tokens\":5}}]}"), "prompt 5"},
    {"choices that are no list", NULL, TEXT("{\"choices\":{\"usage\":{\"prompt_tokens\":5}}}"), "NOT_FOUND usage"},
    {"the usage of the response", NULL,
     TEXT("{\"choices\":[{\"usage\":{\"prompt_tokens\":6}}],\"usage\":{\"prompt_tokens\":5}}"), "prompt 5"},
};

/* ----------------------------------------------------------------------------------------------------- two paths */

static void expect_first(const name_row *first, const name_row *later) {
    char five[60];
    char six[60];
    (void)snprintf(five, sizeof five, "%s", usage_at(first, 5));
    (void)snprintf(six, sizeof six, "%s", usage_at(later, 6));
    expect_two(first, five, later, six, "prompt 5");
    expect_two(later, six, first, five, "prompt 5");
    expect_two(first, "null", later, six, "prompt 6");
    expect_two(later, six, first, "null", "prompt 6");
    expect_two(first, "{}", later, six, needs_a_count(first) ? "prompt 6" : "");
    expect_two(later, six, first, "{}", needs_a_count(first) ? "prompt 6" : "");
    expect_two(later, six, first, "7", needs_a_count(first) ? "prompt 6" : "TYPE usage");
    expect_two(first, five, later, "7", "prompt 5");
    expect_two(later, "7", first, five, "prompt 5");
    const char *const wrong = is_meta(later) ? "{\"tokens\":{\"input_tokens\":-1}}" : "{\"prompt_tokens\":-1}";
    expect_two(first, five, later, wrong, "prompt 5");
    expect_two(later, wrong, first, five, "prompt 5");
}

/* The later path given twice, around the first one, which counts. */
static void expect_later_twice(const name_row *first, const name_row *later) {
    builder json = {NULL, 0, 0};
    add(&json, 1, "{");
    add_member(&json, later, usage_at(later, 6));
    add_member(&json, first, usage_at(first, 5));
    add_member(&json, later, usage_at(later, 7));
    add(&json, 1, "}");
    expect_extract_built("a later path twice", NULL, &json, "prompt 5");
}

static void the_first_path_that_is_not_null_is_the_usage(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            expect_first(&all[i], &all[k]);
            expect_later_twice(&all[i], &all[k]);
        }
    }
}

static void all_paths_in_any_order_give_the_first(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    random_seed();
    for (size_t left = rounds(1500); left > 0; left--) {
        size_t order[40];
        size_t best = count;
        builder json = {NULL, 0, 0};
        add(&json, 1, "{\"a\":1");
        for (size_t i = 0; i < count; i++) {
            const size_t at = random_below(i + 1);
            order[i] = order[at];
            order[at] = i;
        }
        for (size_t i = 0; i < count; i++) {
            const size_t kind = random_below(4);
            if (kind > 0) {
                add_member(&json, &all[order[i]], kind == 1 ? "null" : usage_at(&all[order[i]], (int64_t)order[i]));
            }
            best = kind > 1 && order[i] < best ? order[i] : best;
        }
        add(&json, 1, "}");
        expect_extract_built("paths", NULL, &json, best < count ? line_of("prompt %zu", best) : "NOT_FOUND usage");
    }
}

/* ------------------------------------------------------------------------------------------------------- the root */

static const document_case the_root_is_the_usage_when_no_path_has_one[] = {
    {"Ollama's", NULL,
     TEXT("{\"model\":\"l\",\"response\":\"\",\"done\":true,\"prompt_eval_count\":5,\"eval_count\":7,"
          "\"eval_duration\":1.5}"),
     "prompt 5 completion 7"},
    {"one of the two", NULL, TEXT("{\"eval_count\":7}"), "completion 7"},
    {"null", NULL, TEXT("{\"prompt_eval_count\":null,\"eval_count\":null}"), "NOT_FOUND usage"},
    {"twice", NULL, TEXT("{\"prompt_eval_count\":5,\"prompt_eval_count\":5}"), "DUPLICATE prompt"},
    {"its other names do not count", NULL,
     TEXT("{\"prompt_tokens\":1,\"completion_tokens\":2,\"input_tokens\":4,\"cached_tokens\":5,"
          "\"prompt_tokens_details\":{\"cached_tokens\":6},\"tokens\":{\"input_tokens\":8},\"eval_count\":9}"),
     "completion 9"},
    {"wrong ones do not count, either", NULL, TEXT("{\"prompt_tokens\":\"x\",\"total_tokens\":-1,\"eval_count\":9}"),
     "completion 9"},
    {"deeper", NULL, TEXT("{\"message\":{\"eval_count\":7},\"a\":{\"prompt_eval_count\":5}}"), "NOT_FOUND usage"},
    {"root names in a usage", NULL, TEXT("{\"usage\":{\"tokens_evaluated\":5,\"eval_count\":7}}"), "completion 7"},
    {"as a usage", "", TEXT("{\"prompt_eval_count\":5,\"total_tokens\":12}"), "prompt 5 total 12"},
    {"root names as a usage", "", TEXT("{\"tokens_evaluated\":5,\"tokens_predicted\":7}"), ""},
    {"in an element of an array", NULL, TEXT("[{\"tokens_predicted\":5}]"), "completion 5"},
};

static void the_root_gives_way_to_every_path(void **state) {
    (void)state;
    static const char *const roots[] = {"\"eval_count\":7", "\"eval_count\":\"x\"", "\"eval_count\":{}",
                                        "\"eval_count\":1,\"eval_count\":1", "\"tokens_predicted\":-1"};
    size_t count = 0;
    const name_row *const all = usage_paths(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < LENGTH(roots); k++) {
            for (int first = 0; first < 2; first++) {
                builder json = {NULL, 0, 0};
                add_format(&json, "{%s", first == 1 ? roots[k] : "\"a\":1");
                add_member(&json, &all[i], usage_at(&all[i], 5));
                add_format(&json, ",%s}", first == 0 ? roots[k] : "\"b\":1");
                expect_extract_built("the root and a path", NULL, &json, "prompt 5");
            }
        }
        builder json = {NULL, 0, 0};
        add(&json, 1, "{\"eval_count\":7");
        add_member(&json, &all[i], "null");
        add(&json, 1, "}");
        expect_extract_built("the root and null", NULL, &json, "completion 7");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_alone_is_the_usage),
        cmocka_unit_test(in_events_only_paths_whose_last_name_begins_with_usage_are_read),
        cmocka_unit_test(null_at_a_path_is_no_usage),
        cmocka_unit_test(what_is_no_object_is_a_type_error_where_a_usage_must_be),
        cmocka_unit_test(an_object_without_a_count_is_an_empty_usage_or_none),
        cmocka_unit_test(a_usage_given_twice_is_a_duplicate_unless_one_is_null),
        TABLE_TEST(run_documents, of_several_choices_the_first_that_has_a_usage_counts),
        cmocka_unit_test(the_first_path_that_is_not_null_is_the_usage),
        cmocka_unit_test(all_paths_in_any_order_give_the_first),
        TABLE_TEST(run_documents, the_root_is_the_usage_when_no_path_has_one),
        cmocka_unit_test(the_root_gives_way_to_every_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
