/*
 * Updating a cJSON tree: every kind of member in every object, every failing allocation, and random trees against a
 * second opinion.
 */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trees.h"

typedef struct update_case {
    const char *before;
    int64_t counts[SIX];
    const char *after;
} update_case;

static const update_case updates[] = {
    {"{}", {5, 7, 12, A, A, A}, "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
    {"{}", {A, A, A, A, A, A}, "{}"},
    {"{}", {A, 7, A, A, A, A}, "{\"" C "\":7}"},
    {"{\"a\":1}", {5, A, 12, A, A, A}, "{\"a\":1,\"" P "\":5,\"" T "\":12}"},
    {"{\"a\":[1,{\"b\":null}],\"c\":\"d\\n\"}", {A, A, A, A, A, A}, "{\"a\":[1,{\"b\":null}],\"c\":\"d\\n\"}"},

    /* numbers and others are set where they stand */
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {5, 7, 12, A, A, A}, "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
    {"{\"" T "\":3,\"x\":true,\"" C "\":2,\"" P "\":1}",
     {5, 7, 12, A, A, A},
     "{\"" T "\":12,\"x\":true,\"" C "\":7,\"" P "\":5}"},
    {"{\"" T "\":\"3\",\"x\":1,\"" C "\":null,\"" P "\":[1]}",
     {5, 7, 12, A, A, A},
     "{\"" T "\":12,\"x\":1,\"" C "\":7,\"" P "\":5}"},
    {"{\"" P "\":{\"a\":{\"b\":[]}},\"x\":1}", {5, A, A, A, A, A}, "{\"" P "\":5,\"x\":1}"},
    {"{\"x\":1,\"" P "\":\"a\"}", {5, A, A, A, A, A}, "{\"x\":1,\"" P "\":5}"},
    {"{\"" P "\":false}", {5, A, A, A, A, A}, "{\"" P "\":5}"},
    {"{\"" P "\":1.5,\"x\":1.5}", {5, A, A, A, A, A}, "{\"" P "\":5,\"x\":1.5}"},
    {"{\"" P "\":null,\"x\":1}", {0, A, A, A, A, A}, "{\"" P "\":0,\"x\":1}"},

    /* new ones are appended in the order of the struct */
    {"{\"" C "\":1,\"x\":2}", {5, 7, 12, A, A, A}, "{\"" C "\":7,\"x\":2,\"" P "\":5,\"" T "\":12}"},
    {"{\"" T "\":\"x\",\"y\":2}", {5, 7, 12, A, A, A}, "{\"" T "\":12,\"y\":2,\"" P "\":5,\"" C "\":7}"},

    /* absent ones are removed, wherever they stand */
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {A, A, A, A, A, A}, "{}"},
    {"{\"" P "\":1,\"x\":2,\"" T "\":3}", {A, A, A, A, A, A}, "{\"x\":2}"},
    {"{\"x\":1,\"" P "\":1,\"y\":2}", {A, A, A, A, A, A}, "{\"x\":1,\"y\":2}"},
    {"{\"x\":1,\"" P "\":[1,2],\"y\":2}", {A, 7, A, A, A, A}, "{\"x\":1,\"y\":2,\"" C "\":7}"},
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {A, 7, A, A, A, A}, "{\"" C "\":7}"},
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {5, A, A, A, A, A}, "{\"" P "\":5}"},
    {"{\"" P "\":1,\"" C "\":2,\"" T "\":3}", {A, A, 12, A, A, A}, "{\"" T "\":12}"},
    {"{\"" P "\":null}", {A, A, A, A, A, A}, "{}"},

    /* of a member given twice, one stays */
    {"{\"" P "\":1,\"x\":2,\"" P "\":3}", {5, A, A, A, A, A}, "{\"" P "\":5,\"x\":2}"},
    {"{\"" P "\":1,\"" P "\":2,\"" P "\":3,\"x\":4}", {5, A, A, A, A, A}, "{\"" P "\":5,\"x\":4}"},
    {"{\"" P "\":\"1\",\"x\":2,\"" P "\":3}", {5, A, A, A, A, A}, "{\"" P "\":5,\"x\":2}"},
    {"{\"" P "\":1,\"x\":2,\"" P "\":\"3\"}", {5, A, A, A, A, A}, "{\"" P "\":5,\"x\":2}"},
    {"{\"" P "\":1,\"x\":2,\"" P "\":3}", {A, A, A, A, A, A}, "{\"x\":2}"},
    {"{\"" P "\":1,\"" P "\":1,\"" C "\":2,\"" C "\":2,\"" T "\":3,\"" T "\":3}",
     {5, 7, 12, A, A, A},
     "{\"" P "\":5,\"" C "\":7,\"" T "\":12}"},
    {"{\"" P "\":1,\"" P "\":1}", {A, 7, A, A, A, A}, "{\"" C "\":7}"},

    /* other members stay, with any name */
    {"{\"Prompt_Tokens\":1,\"PROMPT_TOKENS\":2}",
     {5, A, A, A, A, A},
     "{\"Prompt_Tokens\":1,\"PROMPT_TOKENS\":2,\"" P "\":5}"},
    {"{\"Prompt_Tokens\":1,\"" P "\":2,\"PROMPT_TOKENS\":3}",
     {A, A, A, A, A, A},
     "{\"Prompt_Tokens\":1,\"PROMPT_TOKENS\":3}"},
    {"{\"x\":1,\"x\":2,\"\":3,\"y\":{\"" P "\":4,\"" P "\":4}}",
     {5, A, A, A, A, A},
     "{\"x\":1,\"x\":2,\"\":3,\"y\":{\"" P "\":4,\"" P "\":4},\"" P "\":5}"},
    /* new objects come behind new counts, in the order of the struct */
    {"{}",
     {5, 7, 12, 2, 1, 3},
     "{\"" P "\":5,\"" C "\":7,\"" T "\":12,\"" PD "\":{\"" CACHED "\":2,\"" WRITE "\":1},\"" CD "\":{\"" REASONING
     "\":3}}"},
    {"{\"x\":1}", {A, A, A, A, 1, 3}, "{\"x\":1,\"" PD "\":{\"" WRITE "\":1},\"" CD "\":{\"" REASONING "\":3}}"},
    {"{\"" CD "\":{}}",
     {5, A, A, 2, A, 3},
     "{\"" CD "\":{\"" REASONING "\":3},\"" P "\":5,\"" PD "\":{\"" CACHED "\":2}}"},

    /* the other members of an existing object stay */
    {"{\"" PD "\":{\"a\":0,\"" CACHED "\":1,\"b\":null},\"x\":1}",
     {A, A, A, 2, A, A},
     "{\"" PD "\":{\"a\":0,\"" CACHED "\":2,\"b\":null},\"x\":1}"},
    {"{\"" PD "\":{\"a\":0},\"x\":1}",
     {A, A, A, 2, 1, A},
     "{\"" PD "\":{\"a\":0,\"" CACHED "\":2,\"" WRITE "\":1},\"x\":1}"},
    {"{\"" PD "\":{\"" WRITE "\":\"1\",\"a\":0,\"" CACHED "\":[2]}}",
     {A, A, A, 2, 1, A},
     "{\"" PD "\":{\"" WRITE "\":1,\"a\":0,\"" CACHED "\":2}}"},
    {"{\"" PD "\":{\"" CACHED "\":1,\"a\":0,\"" WRITE "\":2,\"" CACHED "\":3}}",
     {A, A, A, 2, A, A},
     "{\"" PD "\":{\"" CACHED "\":2,\"a\":0}}"},
    {"{\"" PD "\":{\"" P "\":1,\"" REASONING "\":2,\"Cached_Tokens\":3}}",
     {A, A, A, A, A, A},
     "{\"" PD "\":{\"" P "\":1,\"" REASONING "\":2,\"Cached_Tokens\":3}}"},
    {"{\"" PD "\":{\"a\":{\"" CACHED "\":1}}}", {A, A, A, A, A, A}, "{\"" PD "\":{\"a\":{\"" CACHED "\":1}}}"},

    /* an object that becomes empty stays */
    {"{\"" PD "\":{\"" CACHED "\":1,\"" WRITE "\":2},\"" CD "\":{\"" REASONING "\":3}}",
     {A, A, A, A, A, A},
     "{\"" PD "\":{},\"" CD "\":{}}"},
    {"{\"" PD "\":{},\"input_tokens_details\":{\"" CACHED "\":3}}",
     {A, A, A, A, A, A},
     "{\"" PD "\":{},\"input_tokens_details\":{}}"},

    /* what should be an object becomes one when a count must go into it */
    {"{\"" PD "\":null,\"" CD "\":\"x\"}", {A, A, A, A, A, A}, "{\"" PD "\":null,\"" CD "\":\"x\"}"},
    {"{\"" PD "\":null,\"x\":1}", {A, A, A, 2, A, A}, "{\"" PD "\":{\"" CACHED "\":2},\"x\":1}"},
    {"{\"" PD "\":\"a\",\"x\":1}", {5, A, A, A, 1, A}, "{\"" PD "\":{\"" WRITE "\":1},\"x\":1,\"" P "\":5}"},
    {"{\"" PD "\":[{\"" CACHED "\":1}],\"" CD "\":7}",
     {A, A, A, 2, 1, 3},
     "{\"" PD "\":{\"" CACHED "\":2,\"" WRITE "\":1},\"" CD "\":{\"" REASONING "\":3}}"},
    {"{\"" CD "\":true,\"" PD "\":false}", {A, A, A, A, A, 3}, "{\"" CD "\":{\"" REASONING "\":3},\"" PD "\":false}"},

    /* an object given twice: a count is set where it stands, and appended to the first that is an object */
    {"{\"" PD "\":null,\"" PD "\":{\"a\":1}}",
     {A, A, A, 2, A, A},
     "{\"" PD "\":null,\"" PD "\":{\"a\":1,\"" CACHED "\":2}}"},
    {"{\"" PD "\":null,\"" PD "\":5}", {A, A, A, 2, A, A}, "{\"" PD "\":{\"" CACHED "\":2},\"" PD "\":5}"},
    {"{\"" PD "\":{\"a\":1},\"" PD "\":{\"b\":2}}",
     {A, A, A, 2, A, A},
     "{\"" PD "\":{\"a\":1,\"" CACHED "\":2},\"" PD "\":{\"b\":2}}"},
    {"{\"" PD "\":{\"a\":1},\"" PD "\":{\"" CACHED "\":9,\"b\":2}}",
     {A, A, A, 2, 1, A},
     "{\"" PD "\":{\"a\":1,\"" WRITE "\":1},\"" PD "\":{\"" CACHED "\":2,\"b\":2}}"},
    {"{\"" PD "\":{\"" CACHED "\":\"8\"},\"" PD "\":{\"" CACHED "\":9,\"b\":2}}",
     {A, A, A, 2, A, A},
     "{\"" PD "\":{\"" CACHED "\":2},\"" PD "\":{\"b\":2}}"},
    {"{\"" CD "\":{\"" REASONING "\":8},\"" CD "\":{\"" REASONING "\":9,\"" REASONING "\":9}}",
     {A, A, A, A, A, A},
     "{\"" CD "\":{},\"" CD "\":{}}"},

    /* other services' members are removed */
    {"{\"input_tokens\":5,\"cache_read_input_tokens\":2,\"x\":1,\"cache_creation\":{\"y\":1},\"output_tokens\":7}",
     {8, 7, A, 2, A, A},
     "{\"x\":1,\"cache_creation\":{\"y\":1},\"" P "\":8,\"" C "\":7,\"" PD "\":{\"" CACHED "\":2}}"},
    {"{\"promptTokenCount\":5,\"" P "\":1,\"thoughtsTokenCount\":\"x\",\"" T "\":3,\"" T "\":4,\"" CACHED "\":1}",
     {5, A, 12, A, A, A},
     "{\"" P "\":5,\"" T "\":12}"},
    {"{\"tokens\":{\"input_tokens\":1,\"x\":2,\"output_tokens\":3},\"input_tokens_details\":{\"" WRITE "\":1}}",
     {5, A, A, 2, A, A},
     "{\"tokens\":{\"x\":2},\"input_tokens_details\":{},\"" P "\":5,\"" PD "\":{\"" CACHED "\":2}}"},
};

static void update_cjson_does_not_change_or_move_other_members(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        const update_case *one = &updates[i];
        cJSON *tree = parsed(one->before);
        const tokusage usage = usage_with(one->counts);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_all_linked(tree);
        expect_printed(one->before, tree, one->after);
        const verdict want = verdict_of(one->counts);
        expect_from_tree(one->before, tree, &want);
        heap_fail(NEVER, false);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        assert_int_equal(heap_calls(), 0);
        expect_printed("a second time", tree, one->after);
        assert_non_null(cJSON_AddNumberToObject(tree, "last", 1));
        expect_linked(tree);
        cJSON_Delete(tree);
        assert_int_equal(heap_live(), 0);
    }
}

static void update_cjson_removes_every_name_of_the_table(void **state) {
    (void)state;
    static const int64_t nothing[SIX] = {A, A, A, A, A, A};
    const tokusage usage = usage_with(nothing);
    for (size_t i = 0; i < WAYS; i++) {
        char after[300];
        const char *object = ways[i].object;
        (void)snprintf(after, sizeof after, object != NULL ? "{\"a\":1,\"%s\":{\"b\":2}}" : "{\"a\":1}", object);
        cJSON *tree = parsed(text_with(&ways[i], "{\"c\":[\"d\"]}"));
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_all_linked(tree);
        expect_printed(ways[i].name, tree, after);
        cJSON_Delete(tree);
    }
}

static void update_cjson_changes_a_number_in_place(void **state) {
    (void)state;
    cJSON *tree = parsed("{\"a\":1,\"" P "\":1,\"b\":2,\"" PD "\":{\"" CACHED "\":1}}");
    cJSON *number = cJSON_GetObjectItemCaseSensitive(tree, P);
    cJSON *other = cJSON_GetObjectItemCaseSensitive(tree, "b");
    cJSON *details = cJSON_GetObjectItemCaseSensitive(tree, PD);
    cJSON *cached = details->child;
    tokusage usage = usage_of6(INT64_C(5000000000), A, A, 2, A, A);
    heap_fail(NEVER, false);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    assert_int_equal(heap_calls(), 0);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, P), number);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, "b"), other);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, PD), details);
    assert_ptr_equal(details->child, cached);
    assert_true(number->valuedouble == 5000000000.0);
    assert_int_equal(number->valueint, INT32_MAX); /* as cJSON sets it for a number that an int can't hold */
    assert_int_equal(cached->valueint, 2);
    usage = usage_of6(6, A, A, 2, A, A);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    assert_int_equal(number->valueint, 6);
    cJSON_Delete(tree);
}

static cJSON *updated;

static void check_update(const int64_t counts[SIX]) {
    const tokusage usage = usage_with(counts);
    assert_int_equal(tokusage_update_cjson(updated, &usage), TOKUSAGE_OK);
    const verdict want = verdict_of(counts);
    expect_from_tree("updated", updated, &want);
}

static void update_cjson_writes_every_value_exactly(void **state) {
    (void)state;
    updated = cJSON_CreateObject();
    with_limits(check_update);
    cJSON_Delete(updated);
}

static void update_cjson_refuses_what_it_may_not_change(void **state) {
    (void)state;
    const tokusage usage = usage_of(5, 7, 12);
    const tokusage bad = usage_of(-1, 7, 12);
    cJSON *tree = parsed("{\"usage\":{\"" P "\":1},\"list\":[1],\"text\":\"a\",\"nothing\":null,\"n\":1}");
    static const char *const no_objects[] = {"list", "text", "nothing", "n"};
    for (size_t i = 0; i < LENGTH(no_objects); i++) {
        cJSON *item = cJSON_GetObjectItemCaseSensitive(tree, no_objects[i]);
        assert_int_equal(tokusage_update_cjson(item, &usage), TOKUSAGE_ERR_TYPE);
        assert_int_equal(tokusage_update_cjson(item, &bad), TOKUSAGE_ERR_TYPE);
    }
    assert_int_equal(tokusage_update_cjson(NULL, &usage), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_update_cjson(tree, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_update_cjson(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);

    static const char *const referred[] = {"usage", "list"};
    for (size_t i = 0; i < LENGTH(referred); i++) {
        cJSON *other = cJSON_CreateObject();
        cJSON_AddItemReferenceToObject(other, "usage", cJSON_GetObjectItemCaseSensitive(tree, referred[i]));
        cJSON *reference = cJSON_GetObjectItemCaseSensitive(other, "usage");
        char *before = cJSON_PrintUnformatted(other);
        assert_int_equal(tokusage_update_cjson(reference, &usage), TOKUSAGE_ERR_ARGUMENT);
        assert_int_equal(tokusage_update_cjson(reference, &bad), TOKUSAGE_ERR_ARGUMENT);
        expect_printed("the other tree", other, before);
        cJSON_free(before);
        cJSON_Delete(other);
    }
    expect_printed("the tree", tree, "{\"usage\":{\"" P "\":1},\"list\":[1],\"text\":\"a\",\"nothing\":null,\"n\":1}");
    cJSON_Delete(tree);
}

static void update_cjson_refuses_a_reference_among_the_objects_in_it(void **state) {
    (void)state;
    cJSON *shared = parsed("{\"" CACHED "\":1}");
    for (size_t i = 0; i < OBJECTS; i++) {
        cJSON *tree = parsed("{\"" P "\":1,\"" PD "\":{},\"" CD "\":{}}");
        cJSON_AddItemReferenceToObject(tree, objects_in_usage[i], shared);
        char *before = cJSON_PrintUnformatted(tree);
        for (int present = 0; present < 2; present++) {
            const tokusage usage = present == 1 ? usage_of6(-1, 7, 12, 2, 1, 3) : usage_of(A, A, A);
            assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_ERR_ARGUMENT);
            expect_printed("unchanged", tree, before);
            expect_links_kept(tree);
        }
        cJSON_free(before);
        cJSON_Delete(tree);
    }
    expect_printed("what was referred to", shared, "{\"" CACHED "\":1}");
    cJSON_Delete(shared);
}

static void update_cjson_refuses_a_count_out_of_range(void **state) {
    (void)state;
    static const char json[] = "{\"" P "\":1,\"" C "\":\"2\",\"" T "\":3,\"" T "\":4,\"" PD "\":{\"" CACHED "\":1}}";
    cJSON *tree = parsed(json);
    for (size_t member = 0; member < SIX; member++) {
        for (size_t i = 0; i < BAD_COUNTS; i++) {
            const tokusage usage = usage_except(member, bad_counts[i]);
            heap_fail(NEVER, false);
            assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_ERR_RANGE);
            assert_int_equal(heap_calls(), 0);
            expect_printed("unchanged", tree, json);
            expect_links_kept(tree);
        }
    }
    cJSON_Delete(tree);
}

static void update_cjson_handles_members_that_no_text_makes(void **state) {
    (void)state;
    cJSON *tree = cJSON_CreateObject();
    cJSON *shared = parsed("[1,2]");
    cJSON *text = cJSON_CreateString("shared");
    cJSON_AddItemToArray(tree, cJSON_CreateNumber(1)); /* without a name */
    assert_non_null(cJSON_AddRawToObject(tree, P, "1e0"));
    assert_non_null(cJSON_AddNumberToObject(tree, C, (double)NAN));
    cJSON_AddItemReferenceToObject(tree, T, shared);
    cJSON_AddItemToObjectCS(tree, T, cJSON_CreateString("x"));
    cJSON_AddItemReferenceToObject(tree, PD, shared);
    cJSON_AddItemReferenceToObject(tree, CD, text);
    cJSON *unnamed = tree->child;
    assert_null(unnamed->string);
    const tokusage usage = usage_of6(5, 7, 12, 2, 1, 3);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    expect_linked(tree);
    assert_ptr_equal(tree->child, unnamed);
    assert_int_equal(cJSON_GetArraySize(tree), 6);
    const verdict want = COUNTS6(5, 7, 12, 2, 1, 3);
    expect_from_tree("odd members", tree, &want);
    const tokusage none = usage_of(A, A, A);
    assert_int_equal(tokusage_update_cjson(tree, &none), TOKUSAGE_OK);
    assert_ptr_equal(tree->child, unnamed);
    assert_int_equal(cJSON_GetArraySize(tree), 3);
    cJSON_Delete(tree);
    expect_printed("what was referred to", shared, "[1,2]");
    expect_printed("what was referred to", text, "\"shared\"");
    cJSON_Delete(shared);
    cJSON_Delete(text);
}

static void update_cjson_keeps_a_constant_name(void **state) {
    (void)state;
    static const char prompt[] = P;
    static const char details[] = PD;
    cJSON *tree = cJSON_CreateObject();
    cJSON_AddItemToObjectCS(tree, prompt, cJSON_CreateString("x"));
    cJSON_AddItemToObjectCS(tree, details, cJSON_CreateNull());
    const tokusage usage = usage_of6(5, A, A, 2, A, A);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    expect_printed("constant names", tree, "{\"" P "\":5,\"" PD "\":{\"" CACHED "\":2}}");
    assert_ptr_equal(tree->child->string, prompt);
    assert_ptr_equal(tree->child->next->string, details);
    cJSON_Delete(tree);
}

/* In cJSON 1.7.13 the first item's `prev` stays the last item, also when that is gone. */
static void update_cjson_appends_behind_the_last_member_that_is_left(void **state) {
    (void)state;
    static const update_case cases[] = {
        {NULL, {A, 7, A, A, A, A}, "{\"a\":1,\"" C "\":7}"},
        {NULL, {5, 7, A, A, A, A}, "{\"a\":1,\"" P "\":5,\"" C "\":7}"},
        {NULL, {A, 7, 12, A, A, A}, "{\"a\":1,\"" C "\":7,\"" T "\":12}"},
        {NULL, {A, A, A, 2, A, A}, "{\"a\":1,\"" PD "\":{\"" CACHED "\":2}}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const tokusage usage = usage_with(cases[i].counts);
        cJSON *tree = cJSON_CreateObject();
        assert_non_null(cJSON_AddNumberToObject(tree, "a", 1));
        assert_non_null(cJSON_AddStringToObject(tree, P, "set or removed"));
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_printed("appended", tree, cases[i].after);
        expect_all_linked(tree);
        cJSON_Delete(tree);

        tree = cJSON_CreateObject();
        cJSON *details = cJSON_AddObjectToObject(tree, PD);
        assert_non_null(cJSON_AddNumberToObject(details, "a", 1));
        assert_non_null(cJSON_AddNumberToObject(details, WRITE, 1));
        const tokusage cached = usage_of6(A, A, A, 2, A, A);
        assert_int_equal(tokusage_update_cjson(tree, &cached), TOKUSAGE_OK);
        expect_printed("appended", details, "{\"a\":1,\"" CACHED "\":2}");
        expect_all_linked(tree);
        cJSON_Delete(tree);
    }
}

/* The parser of cJSON 1.7.13 leaves the first child's `prev` at NULL. */
static void update_cjson_finds_the_last_member_without_a_link_to_it(void **state) {
    (void)state;
    cJSON *tree = parsed("{\"a\":1,\"" PD "\":{\"b\":2,\"c\":3}}");
    tree->child->prev = NULL;
    cJSON_GetObjectItemCaseSensitive(tree, PD)->child->prev = NULL;
    const tokusage usage = usage_of6(5, A, A, 2, A, A);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    expect_printed("appended", tree, "{\"a\":1,\"" PD "\":{\"b\":2,\"c\":3,\"" CACHED "\":2},\"" P "\":5}");
    expect_all_linked(tree);
    cJSON_Delete(tree);
}

/* Repeats one update; each time the next allocation fails. Returns how many there are. `after` may be NULL. */
static size_t fail_each_allocation(const char *json, const int64_t counts[SIX], const char *after, bool onwards) {
    const tokusage usage = usage_with(counts);
    heap_fail(NEVER, false);
    cJSON *tree = parsed(json);
    char *before = cJSON_PrintUnformatted(tree);
    const size_t live = heap_live();
    size_t nth = 0;
    for (;; nth++) {
        heap_fail(nth, onwards);
        const tokusage_status status = tokusage_update_cjson(tree, &usage);
        const size_t calls = heap_calls();
        heap_fail(NEVER, false);
        if (calls <= nth) {
            assert_int_equal(status, TOKUSAGE_OK);
            break;
        }
        assert_int_equal(status, TOKUSAGE_ERR_MEMORY);
        assert_int_equal(heap_live(), live);
        expect_links_kept(tree);
        expect_printed("unchanged", tree, before);
    }
    if (after != NULL) {
        expect_printed("at last", tree, after);
    }
    const verdict want = verdict_of(counts);
    expect_from_tree("at last", tree, &want);
    cJSON_free(before);
    cJSON_Delete(tree);
    assert_int_equal(heap_live(), 0);
    return nth;
}

static void update_cjson_changes_nothing_when_memory_fails(void **state) {
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        failed += fail_each_allocation(updates[i].before, updates[i].counts, updates[i].after, false);
        failed += fail_each_allocation(updates[i].before, updates[i].counts, updates[i].after, true);
    }
    assert_true(failed > 100);
}

/* Each of the objects, with each of the six counts there or not. */
static void update_cjson_changes_nothing_when_memory_fails_for_each_set_of_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        for (unsigned kind = 0; kind < 1U << SIX; kind++) {
            int64_t counts[SIX];
            for (size_t count = 0; count < SIX; count++) {
                counts[count] = (kind >> count & 1) != 0 ? (int64_t)count + 5 : A;
            }
            fail_each_allocation(updates[i].before, counts, NULL, (i + kind) % 2 == 0);
        }
    }
}

/* ------------------------------------------------------------------------------------------ a second opinion */

/* What the manual says that update makes of a tree: a new tree, built from the first member to the last. */
typedef struct opinion {
    const cJSON *tree;
    const cJSON *stands[SIX]; /* what is set where it stands */
    int64_t counts[SIX];
} opinion;

static cJSON *first_of(const cJSON *tree, const char *name, bool object) {
    cJSON *item = tree->child;
    while (item != NULL && !(same_name(item->string, name) && (cJSON_IsObject(item) != 0) == object)) {
        item = item->next;
    }
    return item;
}

static void see_what_stands(opinion *o) {
    for (size_t i = 0; i < SIX; i++) {
        for (const cJSON *top = o->tree->child; top != NULL; top = top->next) {
            const bool inside = same_name(top->string, own_ways[i].object) && cJSON_IsObject(top);
            for (const cJSON *item = inside ? top->child : NULL; item != NULL; item = item->next) {
                o->stands[i] = o->stands[i] == NULL && same_name(item->string, own_ways[i].name) ? item : o->stands[i];
            }
            if (own_ways[i].object == NULL && o->stands[i] == NULL && same_name(top->string, own_ways[i].name)) {
                o->stands[i] = top;
            }
        }
    }
}

/* Copies the member of an object, or of the usage object (NULL), into the new one. */
static void take(const opinion *o, const char *object, const cJSON *item, cJSON *to) {
    for (size_t i = 0; i < SIX; i++) {
        if (o->stands[i] == item && o->counts[i] != ABSENT) {
            cJSON_AddNumberToObject(to, own_ways[i].name, (double)o->counts[i]);
        }
    }
    if (!is_way(object, item->string)) {
        cJSON_AddItemToObject(to, item->string, cJSON_Duplicate(item, 1));
    }
}

/* Appends the counts of an object, or of the usage object (NULL), that stand nowhere yet; returns how many. */
static size_t append_counts(const opinion *o, const char *object, cJSON *to) {
    size_t appended = 0;
    for (size_t i = 0; i < SIX; i++) {
        if (same_name(own_ways[i].object, object) && o->counts[i] != ABSENT && o->stands[i] == NULL) {
            cJSON_AddNumberToObject(to, own_ways[i].name, (double)o->counts[i]);
            appended++;
        }
    }
    return appended;
}

/* Copies an object, or what may become one, into the new tree. */
static void take_object(const opinion *o, const cJSON *item, cJSON *to) {
    const bool is_object = cJSON_IsObject(item);
    cJSON *made = cJSON_CreateObject();
    for (const cJSON *inner = is_object ? item->child : NULL; inner != NULL; inner = inner->next) {
        take(o, item->string, inner, made);
    }
    const cJSON *object = first_of(o->tree, item->string, true);
    const cJSON *home = object != NULL ? object : first_of(o->tree, item->string, false);
    const size_t appended = home == item ? append_counts(o, item->string, made) : 0;
    if (!is_object && appended == 0) {
        cJSON_Delete(made);
        made = cJSON_Duplicate(item, 1);
    }
    cJSON_AddItemToObject(to, item->string, made);
}

static cJSON *opinion_of(const cJSON *tree, const int64_t counts[SIX]) {
    opinion o = {tree, {NULL}, {0}};
    memcpy(o.counts, counts, sizeof o.counts);
    see_what_stands(&o);
    cJSON *to = cJSON_CreateObject();
    for (const cJSON *item = tree->child; item != NULL; item = item->next) {
        if (is_object_in_usage(item->string)) {
            take_object(&o, item, to);
        } else {
            take(&o, NULL, item, to);
        }
    }
    append_counts(&o, NULL, to);
    for (size_t i = 0; i < 2; i++) {
        cJSON *made = cJSON_CreateObject();
        const bool there =
            first_of(tree, objects_in_usage[i], true) != NULL || first_of(tree, objects_in_usage[i], false) != NULL;
        if (!there && append_counts(&o, objects_in_usage[i], made) > 0) {
            cJSON_AddItemToObject(to, objects_in_usage[i], made);
        } else {
            cJSON_Delete(made);
        }
    }
    return to;
}

/* The items that must stay, of the usage object and of the objects in it, in their order. */
static size_t list_others(const cJSON *tree, const cJSON **list, size_t room) {
    size_t count = 0;
    for (const cJSON *top = tree->child; top != NULL; top = top->next) {
        const bool object = is_object_in_usage(top->string);
        if (!object && is_way(NULL, top->string)) {
            continue;
        }
        assert_true(count < room);
        list[count++] = top;
        for (const cJSON *item = object && cJSON_IsObject(top) ? top->child : NULL; item != NULL; item = item->next) {
            if (!is_way(top->string, item->string)) {
                assert_true(count < room);
                list[count++] = item;
            }
        }
    }
    return count;
}

/* ---------------------------------------------------------------------------------------------- random trees */

static int64_t random_count(void) {
    return random_below(3) == 0 ? ABSENT : (int64_t)(random_bits() >> (11 + random_below(53)));
}

static cJSON *random_value(void) {
    static const char *const values[] = {"1", "2.5", "null", "true", "\"s\"", "[1,2]", "{\"" P "\":1}"};
    return parsed(values[random_below(LENGTH(values))]);
}

/* A name with a meaning in this object (NULL: the usage object), often OpenAI's, or a name without one. */
static const char *random_name(const char *object) {
    static const char *const others[] = {"a", "b", "Total_Tokens", ""};
    for (size_t left = random_below(40); left > 0; left--) {
        const way *to = random_below(3) == 0 ? &ways[random_below(WAYS)] : &own_ways[random_below(SIX)];
        if (same_name(to->object, object)) {
            return to->name;
        }
    }
    return others[random_below(LENGTH(others))];
}

static cJSON *random_tree(void) {
    cJSON *tree = cJSON_CreateObject();
    for (size_t members = random_below(10); members > 0; members--) {
        if (random_below(3) > 0) {
            cJSON_AddItemToObject(tree, random_name(NULL), random_value());
            continue;
        }
        const char *name = objects_in_usage[random_below(random_below(3) == 0 ? OBJECTS : 2)];
        cJSON *inner = random_below(4) == 0 ? random_value() : cJSON_CreateObject();
        for (size_t left = cJSON_IsObject(inner) ? random_below(5) : 0; left > 0; left--) {
            cJSON_AddItemToObject(inner, random_name(name), random_value());
        }
        cJSON_AddItemToObject(tree, name, inner);
    }
    return tree;
}

static void update_cjson_keeps_its_promises_with_random_trees(void **state) {
    (void)state;
    enum {
        ROOM = 100
    };
    random_seed();
    for (size_t left = rounds(10000); left > 0; left--) {
        cJSON *tree = random_tree();
        int64_t counts[SIX];
        for (size_t i = 0; i < SIX; i++) {
            counts[i] = random_count();
        }
        const cJSON *before[ROOM];
        const cJSON *after[ROOM];
        const size_t others = list_others(tree, before, ROOM);
        cJSON *want = opinion_of(tree, counts);
        char *text = cJSON_PrintUnformatted(want);
        const tokusage usage = usage_with(counts);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_printed("a random tree", tree, text);
        assert_true(list_others(tree, after, ROOM) >= others);
        assert_memory_equal(after, before, others * sizeof *before);
        expect_all_linked(tree);
        const verdict same = verdict_of(counts);
        expect_from_tree(text, tree, &same);
        cJSON_free(text);
        cJSON_Delete(want);
        cJSON_Delete(tree);
        assert_int_equal(heap_live(), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCHED(update_cjson_does_not_change_or_move_other_members),
        WATCHED(update_cjson_removes_every_name_of_the_table),
        WATCHED(update_cjson_changes_a_number_in_place),
        WATCHED(update_cjson_writes_every_value_exactly),
        WATCHED(update_cjson_refuses_what_it_may_not_change),
        WATCHED(update_cjson_refuses_a_reference_among_the_objects_in_it),
        WATCHED(update_cjson_refuses_a_count_out_of_range),
        WATCHED(update_cjson_handles_members_that_no_text_makes),
        WATCHED(update_cjson_keeps_a_constant_name),
        WATCHED(update_cjson_appends_behind_the_last_member_that_is_left),
        WATCHED(update_cjson_finds_the_last_member_without_a_link_to_it),
        WATCHED(update_cjson_changes_nothing_when_memory_fails),
        WATCHED(update_cjson_changes_nothing_when_memory_fails_for_each_set_of_counts),
        WATCHED(update_cjson_keeps_its_promises_with_random_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
