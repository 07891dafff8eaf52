/* tokusage_find: the bytes of the value that a pointer names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"

/* What find returns: the bytes of the value, or the words of the error. */
static const char *found(const char *what, const char *pointer, span document) {
    const char *const bytes = against_the_end(document.bytes, document.length);
    const char *value = "as it was";
    size_t length = 77;
    tokusage_error error;
    spoil(&error, sizeof error);
    const tokusage_status status = tokusage_find(bytes, document.length, pointer, &value, &length, &error);
    if (error.status != status || tokusage_find(bytes, document.length, pointer, &value, &length, NULL) != status) {
        fail_msg("%s: the error differs from '%s'", what, tokusage_status_text(status));
    }
    if (status != TOKUSAGE_OK) {
        assert_string_equal(value, "as it was");
        assert_int_equal(length, 77);
        return error_words(&error);
    }
    assert_true(value >= bytes && value + length <= bytes + document.length);
    return line_of("%.*s", (int)length, value);
}

static void expect_found(const document_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_words(cases[i].what, cases[i].want, found(cases[i].what, cases[i].pointer, cases[i].document));
    }
}

static void find_gives_the_bytes_of_a_value_as_they_are(void **state) {
    (void)state;
    static const document_case cases[] = {
        {"a string", "/model", TEXT("{\"id\":\"1\",\"model\" : \"llama\\u0020\\\"8b\\\"\" }"),
         "\"llama\\u0020\\\"8b\\\"\""},
        {"an empty string", "/model", TEXT("{\"model\":\"\"}"), "\"\""},
        {"null", "/model", TEXT("{\"model\":null}"), "null"},
        {"an array", "/a/b", TEXT("{\"a\":{\"b\":[1, {\"c\" : 2}\n] }}"), "[1, {\"c\" : 2}\n]"},
        {"a number before space", "/a", TEXT("{\"a\":-1.5e3 ,\"x\":1}"), "-1.5e3"},
        {"a number before a bracket", "/a", TEXT("{\"a\":15}"), "15"},
        {"a number before a comma", "/a", TEXT("{\"a\":12,\"b\":1}"), "12"},
        {"true", "/a/b", TEXT("{\"a\":{\"b\":true}}"), "true"},
        {"an object with a count that is wrong", "/usage", TEXT("{\"usage\":{\"prompt_tokens\":\"x\"}}"),
         "{\"prompt_tokens\":\"x\"}"},
        {"a count", "/usage/prompt_tokens", TEXT("{\"usage\":{\"prompt_tokens\": 5.0}}"), "5.0"},
        {"the document", "", TEXT(" {\"a\" : 1}\n"), "{\"a\" : 1}"},
        {"the document after a byte-order mark", "", TEXT("\xEF\xBB\xBF {\"a\" : 1}\n"), "{\"a\" : 1}"},
        {"a number as the document", "", TEXT(" 12 "), "12"},
        {"a literal as the document", "", TEXT("true"), "true"},
        {"an array as the document", "", TEXT("[{\"a\":1}, 2 ]"), "[{\"a\":1}, 2 ]"},
        {"a value after others", "/a", TEXT("{\"b\":[{\"a\":1}],\"c\":{\"a\":2},\"a\":3}"), "3"},
        {"the right one of two objects", "/a/b", TEXT("{\"x\":{\"b\":1},\"a\":{\"b\":2}}"), "2"},
        {"an empty name", "/", TEXT("{\"a\":1,\"\":2}"), "2"},
        {"an empty name after another", "/a/", TEXT("{\"a\":{\"\":3}}"), "3"},
        {"the name again in its value", "/a", TEXT("{\"a\":{\"a\":1,\"a\":2}}"), "{\"a\":1,\"a\":2}"},
        {"the name twice elsewhere", "/a", TEXT("{\"b\":{\"a\":1,\"a\":2},\"a\":3}"), "3"},
        {"a value with half a surrogate pair", "/a", TEXT("{\"a\":\"\\ud800\"}"), "\"\\ud800\""},
        {"through an object given twice", "/a/b", TEXT("{\"a\":{\"b\":1},\"a\":{}}"), "1"},
        {"a null on the way", "/a/b", TEXT("{\"a\":null,\"a\":{\"b\":1}}"), "1"},
    };
    expect_found(cases, LENGTH(cases));
}

static void find_says_what_is_wrong_and_changes_nothing_else(void **state) {
    (void)state;
    static const document_case cases[] = {
        {"a wrong bracket", "/a", TEXT("{\"a\":1]"), "SYNTAX @6"},
        {"bytes after the document", "/a", TEXT("{\"a\":1}}"), "SYNTAX @7"},
        {"bytes after a mark and the document", "/a", TEXT("\xEF\xBB\xBF{\"a\":1}x"), "SYNTAX @10"},
        {"no bytes", "/a", TEXT(""), "SYNTAX @0"},
        {"nothing", "/b", TEXT("{\"a\":1}"), "NOT_FOUND"},
        {"the name twice", "/a", TEXT("{\"a\":1,\"a\":2}"), "DUPLICATE"},
        {"the name three times", "/a", TEXT("{\"a\":1,\"a\":2,\"a\":3}"), "DUPLICATE"},
        {"the name twice, once with an escape", "/a", TEXT("{\"a\":1,\"\\u0061\":2}"), "DUPLICATE"},
        {"the value in each of two objects of one name", "/a/b", TEXT("{\"a\":{\"b\":1},\"a\":{\"b\":1}}"),
         "DUPLICATE"},
        {"arrays are not entered", "/a/0", TEXT("{\"a\":[1]}"), "NOT_FOUND"},
        {"an object in an array is not reached", "/a/b", TEXT("{\"a\":[{\"b\":1}]}"), "NOT_FOUND"},
        {"an array at the top", "/a", TEXT("[{\"a\":1}]"), "NOT_FOUND"},
        {"an index of an array at the top", "/0", TEXT("[1]"), "NOT_FOUND"},
        {"numbers have no members", "/a/b", TEXT("{\"a\":5}"), "NOT_FOUND"},
        {"a number as the document", "/a", TEXT("5"), "NOT_FOUND"},
        {"a string as the document", "/a", TEXT("\"a\""), "NOT_FOUND"},
        {"a value that looks like the name", "/a", TEXT("{\"b\":\"a\"}"), "NOT_FOUND"},
        {"another case", "/a", TEXT("{\"A\":1}"), "NOT_FOUND"},
        {"deeper", "/b", TEXT("{\"a\":{\"b\":1}}"), "NOT_FOUND"},
        {"higher", "/a/b", TEXT("{\"b\":1,\"a\":{}}"), "NOT_FOUND"},
    };
    expect_found(cases, LENGTH(cases));
    builder deep = {NULL, 0, 0};
    add(&deep, TOKUSAGE_DEPTH_MAX + 1, "[");
    expect_words("too deep", line_of("DEPTH @%d", TOKUSAGE_DEPTH_MAX), found("too deep", "/a", built(&deep)));
    free(deep.bytes);
}

static void find_refuses_arguments_before_it_looks(void **state) {
    (void)state;
    const char *value = "as it was";
    size_t length = 77;
    const struct {
        const char *json, *pointer;
        const char **value;
        size_t *length;
    } cases[] = {
        {NULL, "", &value, &length},   {"{}", NULL, &value, &length}, {"{}", "", NULL, &length},
        {"{}", "", &value, NULL},      {"{}", "a", &value, &length},  {"{}", "/~", &value, &length},
        {"x", "/~2", &value, &length}, {"x", NULL, &value, &length},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_error error;
        spoil(&error, sizeof error);
        assert_int_equal(tokusage_find(cases[i].json, 1, cases[i].pointer, cases[i].value, cases[i].length, &error),
                         TOKUSAGE_ERR_ARGUMENT);
        expect_words("find", "ARGUMENT", error_words(&error));
        assert_int_equal(tokusage_find(cases[i].json, 1, cases[i].pointer, cases[i].value, cases[i].length, NULL),
                         TOKUSAGE_ERR_ARGUMENT);
    }
    assert_string_equal(value, "as it was");
    assert_int_equal(length, 77);
}

/* What find gives of a response, decode reads like extract. */
static void a_value_that_was_found_can_be_read_alone(void **state) {
    (void)state;
    static const char json[] = "{\"usage\":{\"prompt_tokens\":5,\"promptTokensDetails\":[{\"modality\":\"IMAGE\","
                               "\"tokenCount\":3}]},\"model\":\"m\"}";
    const char *value = NULL;
    size_t length = 0;
    assert_int_equal(tokusage_find(json, sizeof json - 1, "/usage", &value, &length, NULL), TOKUSAGE_OK);
    expect_extract("a value", "", (span){value, length}, "prompt 5 prompt_image 3");
    expect_extract("a document", NULL, (span){json, sizeof json - 1}, "prompt 5 prompt_image 3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find_gives_the_bytes_of_a_value_as_they_are),
        cmocka_unit_test(find_says_what_is_wrong_and_changes_nothing_else),
        cmocka_unit_test(find_refuses_arguments_before_it_looks),
        cmocka_unit_test(a_value_that_was_found_can_be_read_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
