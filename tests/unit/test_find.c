/* tokusage_find and tokusage_find_all: the bytes of the values that pointers lead to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"

/* Whether find_all, asked for the pointer between others, gives what find gave. */
static bool is_found_among_others(span document, const char *pointer, tokusage_status status, span value) {
    tokusage_value values[] = {{.pointer = "/a/b/c"}, {.pointer = pointer}, {.pointer = ""}, {.pointer = pointer}};
    const tokusage_value before = values[1];
    tokusage_error error;
    const tokusage_status all = tokusage_find_all(document.bytes, document.length, values, LENGTH(values), &error);
    if (error.status != all) {
        return false;
    }
    if (all != TOKUSAGE_OK) {
        return all == status && memcmp(&values[1], &before, sizeof before) == 0;
    }
    for (size_t i = 1; i < LENGTH(values); i += 2) {
        if (values[i].status != status || values[i].json != value.bytes || values[i].length != value.length) {
            return false;
        }
    }
    return values[2].status == TOKUSAGE_OK;
}

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
    const span expected = {status == TOKUSAGE_OK ? value : NULL, status == TOKUSAGE_OK ? length : 0};
    if (!is_found_among_others((span){bytes, document.length}, pointer, status, expected)) {
        fail_msg("%s: find_all and find differ", what);
    }
    if (status != TOKUSAGE_OK) {
        assert_string_equal(value, "as it was");
        assert_int_equal(length, 77);
        return error_words(&error);
    }
    assert_true(value >= bytes && value + length <= bytes + document.length);
    return line_of("%.*s", (int)length, value);
}

static void run_found(void **state) {
    const case_table *const all = *state;
    const document_case *const cases = all->cases;
    for (size_t i = 0; i < all->count; i++) {
        expect_words(cases[i].what, cases[i].want, found(cases[i].what, cases[i].pointer, cases[i].document));
    }
}

static const document_case find_gives_the_bytes_of_a_value_as_they_are[] = {
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

static const document_case find_says_what_is_wrong_and_changes_nothing_else[] = {
    {"a wrong bracket", "/a", TEXT("{\"a\":1]"), "SYNTAX @6"},
    {"bytes after the document", "/a", TEXT("{\"a\":1}}"), "SYNTAX @7"},
    {"bytes after a mark and the document", "/a", TEXT("\xEF\xBB\xBF{\"a\":1}x"), "SYNTAX @10"},
    {"no bytes", "/a", TEXT(""), "SYNTAX @0"},
    {"nothing", "/b", TEXT("{\"a\":1}"), "NOT_FOUND"},
    {"the name twice", "/a", TEXT("{\"a\":1,\"a\":2}"), "DUPLICATE"},
    {"the name three times", "/a", TEXT("{\"a\":1,\"a\":2,\"a\":3}"), "DUPLICATE"},
    {"the name twice, once with an escape", "/a", TEXT("{\"a\":1,\"\\u0061\":2}"), "DUPLICATE"},
    {"the value in each of two objects of one name", "/a/b", TEXT("{\"a\":{\"b\":1},\"a\":{\"b\":1}}"), "DUPLICATE"},
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

static void find_reads_to_the_same_depth(void **state) {
    (void)state;
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

/* What find_all returns, in words: a line of values, each with a space before it. */
static const char *all_found(const char *json, const char *const *pointers, size_t count) {
    static char words[4096];
    tokusage_value values[TOKUSAGE_VALUES_MAX];
    for (size_t i = 0; i < count; i++) {
        values[i] = (tokusage_value){.pointer = pointers[i]};
    }
    const size_t length = strlen(json);
    assert_int_equal(tokusage_find_all(against_the_end(json, length), length, values, count, NULL), TOKUSAGE_OK);
    size_t at = 0;
    words[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const bool is = values[i].status == TOKUSAGE_OK;
        assert_true(is == (values[i].json != NULL) && is == (values[i].length > 0));
        assert_string_equal(values[i].pointer, pointers[i]);
        const char *const text = is ? values[i].json : values[i].status == TOKUSAGE_ERR_DUPLICATE ? "DUPLICATE" : "-";
        at +=
            (size_t)snprintf(words + at, sizeof words - at, " %.*s", (int)(is ? values[i].length : strlen(text)), text);
    }
    return words;
}

static void find_all_finds_each_value_in_one_pass(void **state) {
    (void)state;
    static const struct {
        const char *what, *json, *pointers[6], *want;
    } cases[] = {
        {"members of one object", "{\"a\":1,\"b\":\"x\",\"c\":null}", {"/c", "/a", "/b", "/d"}, " null 1 \"x\" -"},
        {"an object and a part of it",
         "{\"a\":{\"b\":{\"c\":3}}}",
         {"/a", "/a/b", "/a/b/c", "/a/c", "/b"},
         " {\"b\":{\"c\":3}} {\"c\":3} 3 - -"},
        {"two branches",
         "{\"a\":{\"x\":1,\"y\":{}},\"b\":{\"x\":2}}",
         {"/b/x", "/a/x", "/a/y", "/b/y", "/x"},
         " 2 1 {} - -"},
        {"after a branch that is left",
         "{\"a\":{\"b\":{\"c\":1}},\"c\":2,\"d\":3}",
         {"/a/b/c", "/c", "/a/c", "/d"},
         " 1 2 - 3"},
        {"the same names on other ways",
         "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":2}}",
         {"/a/a/a", "/b/a", "/a/b", "/b/b"},
         " 1 2 - -"},
        {"one given twice, others once",
         "{\"a\":1,\"b\":{\"c\":2},\"a\":3,\"b\":{\"d\":4}}",
         {"/a", "/b", "/b/c", "/b/d"},
         " DUPLICATE DUPLICATE 2 4"},
        {"a way through no object",
         "{\"a\":[{\"b\":1}],\"c\":\"d\",\"e\":{\"b\":5}}",
         {"/a/b", "/c/d", "/a/0", "/e/b"},
         " - - - 5"},
        {"one pointer several times", "{\"a\":{\"b\":1}}", {"/a/b", "/a/b", "/a", "/a"}, " 1 1 {\"b\":1} {\"b\":1}"},
        {"the document, too", "{\"a\":1} ", {"", "/a", ""}, " {\"a\":1} 1 {\"a\":1}"},
        {"an array", "[{\"a\":1}]", {"", "/a", "/0"}, " [{\"a\":1}] - -"},
        {"no object", "7", {"", "/a"}, " 7 -"},
        {"a name with escapes", "{\"\\u0061\":{\"b/~\":1}}", {"/a/b~1~0", "/a/b"}, " 1 -"},
        {"a usage is like any value",
         "{\"usage\":{\"prompt_tokens\":-1,\"prompt_tokens\":\"x\"},\"model\":\"m\"}",
         {"/usage/prompt_tokens", "/model"},
         " DUPLICATE \"m\""},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        size_t count = 0;
        while (count < LENGTH(cases[i].pointers) && cases[i].pointers[count]) {
            count++;
        }
        expect_words(cases[i].what, cases[i].want, all_found(cases[i].json, cases[i].pointers, count));
    }
}

static void find_all_follows_as_many_pointers_as_it_says(void **state) {
    (void)state;
    tokusage_value values[TOKUSAGE_VALUES_MAX + 1];
    char names[TOKUSAGE_VALUES_MAX + 1][16];
    builder json = {NULL, 0, 0};
    add(&json, 1, "{\"deep\":{");
    for (size_t i = 0; i < LENGTH(values); i++) {
        snprintf(names[i], sizeof names[i], "/deep/n%zu", i);
        values[i] = (tokusage_value){.pointer = names[i], .length = 99};
        char member[32];
        snprintf(member, sizeof member, "%s\"n%zu\":%zu", i > 0 ? "," : "", i, i + 100);
        add(&json, 1, member);
    }
    add(&json, 1, "}}");
    const span document = built(&json);
    assert_int_equal(tokusage_find_all(document.bytes, document.length, values, LENGTH(values), NULL),
                     TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(values[0].length, 99);
    assert_int_equal(tokusage_find_all(document.bytes, document.length, values, TOKUSAGE_VALUES_MAX, NULL),
                     TOKUSAGE_OK);
    for (size_t i = 0; i < TOKUSAGE_VALUES_MAX; i++) {
        expect_words(names[i], line_of("%zu", i + 100), line_of("%.*s", (int)values[i].length, values[i].json));
    }
    free(json.bytes);
}

/* A pointer of more names than a byte can count leads through as many objects. */
static void find_all_follows_a_pointer_to_any_depth(void **state) {
    (void)state;
    builder json = {NULL, 0, 0};
    builder pointer = {NULL, 0, 0};
    add(&json, TOKUSAGE_DEPTH_MAX, "{\"a\":");
    add(&json, 1, "5");
    add(&json, TOKUSAGE_DEPTH_MAX, "}");
    add(&pointer, TOKUSAGE_DEPTH_MAX, "/a");
    add_bytes(&pointer, "", 1);
    const span document = built(&json);
    tokusage_value values[] = {{.pointer = "/a/b"}, {.pointer = pointer.bytes}};
    assert_int_equal(tokusage_find_all(document.bytes, document.length, values, 2, NULL), TOKUSAGE_OK);
    assert_int_equal(values[0].status, TOKUSAGE_ERR_NOT_FOUND);
    expect_words("deep", "5", line_of("%.*s", (int)values[1].length, values[1].json));
    free(json.bytes);
    free(pointer.bytes);
}

static void find_all_checks_a_document_and_its_arguments(void **state) {
    (void)state;
    static const struct {
        const char *json, *pointer;
        size_t count;
        bool values;
        const char *want;
    } cases[] = {
        {"{}", "/a", 0, false, "OK"},       {"{}", "/a", 0, true, "OK"},       {"{]", "/a", 0, false, "SYNTAX @1"},
        {"{]", "/a", 1, true, "SYNTAX @1"}, {NULL, "/a", 0, true, "ARGUMENT"}, {"{}", "/a", 1, false, "ARGUMENT"},
        {"{]", "a", 1, true, "ARGUMENT"},   {"{}", NULL, 1, true, "ARGUMENT"}, {"{}", "/~2", 1, true, "ARGUMENT"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_value value = {.pointer = cases[i].pointer, .length = 99};
        tokusage_error error;
        spoil(&error, sizeof error);
        const tokusage_status status = tokusage_find_all(cases[i].json, cases[i].json ? 2 : 0,
                                                         cases[i].values ? &value : NULL, cases[i].count, &error);
        expect_words("find_all", cases[i].want, status == TOKUSAGE_OK ? "OK" : error_words(&error));
        assert_int_equal(error.status, status);
        assert_int_equal(value.length, 99);
    }
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
        TABLE_TEST(run_found, find_gives_the_bytes_of_a_value_as_they_are),
        TABLE_TEST(run_found, find_says_what_is_wrong_and_changes_nothing_else),
        cmocka_unit_test(find_reads_to_the_same_depth),
        cmocka_unit_test(find_refuses_arguments_before_it_looks),
        cmocka_unit_test(find_all_finds_each_value_in_one_pass),
        cmocka_unit_test(find_all_follows_as_many_pointers_as_it_says),
        cmocka_unit_test(find_all_follows_a_pointer_to_any_depth),
        cmocka_unit_test(find_all_checks_a_document_and_its_arguments),
        cmocka_unit_test(a_value_that_was_found_can_be_read_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
