/*
 * Usage <-> cJSON trees: from and to. A tree must say what its document says, in tables and for random usage objects;
 * trees that no document makes; and each allocation fails once.
 */
#include "trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX TOKUSAGE_COUNT_MAX

/* ---------------------------------------------------------------------------------------------------------- from */

/* The tree and the document say this. */
static void expect_from(const char *shorthand, const char *want) {
    cJSON *const tree = parsed(shorthand);
    expect_words(shorthand, want, from_tree(tree));
    cJSON_Delete(tree);
    expect_words(shorthand, want, extracted(shorthand, "", quoted(shorthand)));
}

static void from_cjson_reads_a_tree_as_decode_reads_its_document(void **state) {
    (void)state;
    static const struct {
        const char *document, *want;
    } cases[] = {
        {"{}", ""},
        {"null", "NOT_FOUND usage"},
        {"[]", "TYPE usage"},
        {"5", "TYPE usage"},
        {"'x'", "TYPE usage"},
        {"true", "TYPE usage"},
        {"[{'prompt_tokens':5}]", "TYPE usage"},
        {"{'prompt_tokens':5,'completion_tokens':7,'total_tokens':12}", "prompt 5 completion 7 total 12"},
        {"{'total_tokens':12,'x':[1],'prompt_tokens':5.0}", "prompt 5 total 12"},
        {"{'prompt_tokens':null,'completion_tokens':0}", "completion 0"},
        {"{'prompt_tokens':-0.0}", "prompt 0"},
        {"{'prompt_tokens':9007199254740991}", "prompt MAX"},
        {"{'Prompt_Tokens':5,'TOTAL_TOKENS':6}", ""},
        {"{'x':{'prompt_tokens':5}}", ""},
        {"{'prompt_tokens':9007199254740992}", "RANGE prompt"},
        {"{'total_tokens':-0.5}", "RANGE total"},
        {"{'prompt_tokens':0.5}", "INTEGER prompt"},
        {"{'completion_tokens':4503599627370495.5}", "INTEGER completion"},
        {"{'prompt_tokens':'5'}", "TYPE prompt"},
        {"{'completion_tokens':true}", "TYPE completion"},
        {"{'total_tokens':[5]}", "TYPE total"},
        {"{'total_tokens':{}}", "TYPE total"},
        {"{'prompt_tokens':1,'prompt_tokens':1}", "DUPLICATE prompt"},
        {"{'prompt_tokens':null,'prompt_tokens':1}", "prompt 1"},
        {"{'total_tokens':-1,'prompt_tokens':0.5}", "RANGE total"},
        /* objects */
        {"{'prompt_tokens_details':{'cached_tokens':2,'audio_tokens':1,'cached_tokens_details':{'audio_tokens':1}}}",
         "cached 2 prompt_audio 1 cached_audio 1"},
        {"{'prompt_tokens_details':5,'completion_tokens_details':[{'reasoning_tokens':3}],'tokens':true}", ""},
        {"{'prompt_tokens_details':{'cached_tokens':2},'prompt_tokens_details':{'cache_write_tokens':1}}",
         "cached 2 cache_write 1"},
        {"{'prompt_tokens_details':{'cached_tokens':2},'prompt_tokens_details':{'cached_tokens':2}}",
         "DUPLICATE cached"},
        {"{'input_tokens':5,'cache_read_input_tokens':2,'cache_creation_input_tokens':1}",
         "prompt 8 cached 2 cache_write 1"},
        {"{'cache_read_input_tokens':2,'input_tokens_details':{},'input_tokens':5}", "prompt 5 cached 2"},
        {"{'cache_read_input_tokens':2,'input_tokens_details':[],'input_tokens':5}", "prompt 7 cached 2"},
        {"{'cache_creation':{'ephemeral_5m_input_tokens':1,'ephemeral_1h_input_tokens':2},'input_tokens':5}",
         "prompt 8 cache_write 3 cache_write_1h 2"},
        {"{'inputTokens':9007199254740991,'cacheReadInputTokens':1}", "RANGE prompt"},
        /* lists */
        {"{'promptTokensDetails':[{'modality':'AUDIO','tokenCount':2},{'tokenCount':3,'modality':'IMAGE'}]}",
         "prompt_audio 2 prompt_image 3"},
        {"{'promptTokensDetails':[{'modality':'audio','tokenCount':2},{'modality':'AUDIO','tokenCount':3}]}",
         "prompt_audio 5"},
        {"{'promptTokensDetails':[{'modality':'TEXT','tokenCount':2},{'tokenCount':3},5,'x',null,[],{}]}", ""},
        {"{'promptTokensDetails':[[{'modality':'AUDIO','tokenCount':2}]]}", ""},
        {"{'promptTokensDetails':[{'modality':'AUDIO','tokenCount':'2'}]}", "TYPE prompt_audio"},
        {"{'promptTokensDetails':[{'modality':'TEXT','tokenCount':'2'}]}", ""},
        {"{'promptTokensDetails':[{'modality':'AUDIO','tokenCount':2,'tokenCount':2}]}", "DUPLICATE prompt_audio"},
        {"{'promptTokensDetails':[{'modality':['AUDIO'],'tokenCount':2}]}", ""},
        {"{'promptTokensDetails':{'cachedTokens':2}}", "cached 2"},
        {"{'cacheDetails':[{'ttl':'1h','inputTokens':2},{'ttl':'5m','inputTokens':3}]}", "cache_write_1h 2"},
        {"{'iterations':[{'type':'compaction','input_tokens':2,'output_tokens':3},{'type':'message','input_tokens':9}]"
         "}",
         "prompt 2 completion 3"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        expect_from(cases[i].document, cases[i].want);
    }
}

static void from_cjson_reads_each_name_of_the_table(void **state) {
    (void)state;
    static const char *const values[] = {"5", "0", "null", "-1", "5.5", "'5'", "9007199254740991"};
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; row_is_in(&rows[i], "usage") && j < LENGTH(values); j++) {
            const char *const document = line_of("{'a':1,%s}", member_of(&rows[i], values[j]));
            const char *const want = extracted(document, "", quoted(document));
            assert_true(j > 1 || (want[0] != '\0' && strchr(want, ' ') != NULL));
            expect_from(document, want);
        }
    }
}

static void from_cjson_says_what_decode_says_of_random_usage_objects(void **state) {
    (void)state;
    size_t good = 0;
    const size_t all = rounds(20000);
    for (size_t left = all; left > 0; left--) {
        builder object = random_usage_object();
        cJSON *const tree = cJSON_Parse(object.bytes);
        assert_non_null(tree);
        const char *const want = extracted(object.bytes, "", built(&object));
        good += want[0] >= 'a';
        expect_words(object.bytes, want, from_tree(tree));
        cJSON_Delete(tree);
        free(object.bytes);
    }
    assert_true(good > all / 4 && good < all);
}

static void from_cjson_accepts_the_result_of_a_look_up(void **state) {
    (void)state;
    cJSON *const body = parsed("{'usage':{'prompt_tokens':5},'a':null}");
    expect_words("a member", "prompt 5", from_tree(cJSON_GetObjectItemCaseSensitive(body, "usage")));
    expect_words("a null member", "NOT_FOUND usage", from_tree(cJSON_GetObjectItemCaseSensitive(body, "a")));
    expect_words("no member", "NOT_FOUND usage", from_tree(cJSON_GetObjectItemCaseSensitive(body, "b")));
    cJSON_Delete(body);
}

static void from_cjson_refuses_a_missing_usage_argument(void **state) {
    (void)state;
    cJSON *const tree = parsed("{}");
    tokusage_error error;
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_from_cjson(tree, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_words("no usage", "ARGUMENT", error_words(&error));
    assert_int_equal(tokusage_from_cjson(NULL, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    cJSON_Delete(tree);
}

static void from_cjson_reads_doubles_that_no_document_makes(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *want;
    } doubles[] = {
        {(double)NAN, "RANGE prompt"},
        {(double)INFINITY, "RANGE prompt"},
        {-(double)INFINITY, "RANGE prompt"},
        {1.7976931348623157e308, "RANGE prompt"},
        {5e-324, "INTEGER prompt"},
        {-5e-324, "RANGE prompt"},
        {9223372036854775808.0, "RANGE prompt"},
        {9007199254740992.0, "RANGE prompt"},
        {9007199254740991.0, "prompt MAX"},
        {4503599627370495.5, "INTEGER prompt"},
        {-0.0, "prompt 0"},
        {2147483648.0, "prompt 2147483648"},
    };
    for (size_t i = 0; i < LENGTH(doubles); i++) {
        cJSON *const tree = cJSON_CreateObject();
        cJSON *const item = cJSON_AddNumberToObject(tree, "prompt_tokens", doubles[i].value);
        item->valueint = 99; /* the double counts */
        expect_words(line_of("%g", doubles[i].value), doubles[i].want, from_tree(tree));
        cJSON_Delete(tree);
    }
}

static void from_cjson_goes_by_the_kinds_of_items(void **state) {
    (void)state;
    char digits[] = "5";
    char name[] = "prompt_tokens";
    char details[] = "prompt_tokens_details";
    char cached[] = "cached_tokens";

    cJSON item = {.type = cJSON_Raw, .valuestring = digits, .valuedouble = 5, .string = name};
    cJSON object = {.type = cJSON_Object, .child = &item};
    item.prev = &item;
    expect_words("raw JSON for a count", "TYPE prompt", from_tree(&object));
    expect_words("raw JSON for an object", "TYPE usage", from_tree(&item));
    item.type = cJSON_Invalid;
    expect_words("an item of no type", "TYPE prompt", from_tree(&object));
    expect_words("an object of no type", "TYPE usage", from_tree(&item));
    item.type = cJSON_Number | cJSON_IsReference | cJSON_StringIsConst;
    object.type = cJSON_Object | cJSON_IsReference;
    expect_words("references", "prompt 5", from_tree(&object));

    cJSON nameless = {.type = cJSON_Number, .valuedouble = 9, .next = &item};
    object.child = item.prev = &nameless;
    nameless.prev = &item;
    expect_words("an item without a name", "prompt 5", from_tree(&object));

    cJSON inner = {.type = cJSON_Object | cJSON_IsReference, .child = &nameless, .string = details};
    item.string = cached;
    object.child = inner.prev = &inner;
    expect_words("a reference in it", "cached 5", from_tree(&object));
    inner.type = cJSON_Array;
    expect_words("an array with names", "", from_tree(&object));
    inner.type = cJSON_Object;
    inner.string = NULL;
    expect_words("an object without a name", "", from_tree(&object));
}

/* ------------------------------------------------------------------------------------------------------------ to */

/* cJSON prints numbers up to 10^15 as integers. */
static void to_cjson_makes_the_tree_of_what_encode_writes(void **state) {
    (void)state;
    for (size_t left = rounds(5000); left > 0; left--) {
        const tokusage usage = random_counts(UINT64_C(1000000000000000));
        char json[TOKUSAGE_JSON_SIZE];
        cJSON *const tree = tokusage_to_cjson(&usage);
        assert_non_null(tree);
        expect_linked(tree);
        assert_int_equal(tokusage_encode(&usage, json, sizeof json, NULL), TOKUSAGE_OK);
        expect_printed(json, tree, json);
        expect_words(json, usage_words(&usage), from_tree(tree));
        cJSON_Delete(tree);
    }
}

static void to_cjson_and_from_cjson_give_back_any_usage(void **state) {
    (void)state;
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        static const int64_t limits[] = {0, 1, INT32_MAX, INT64_C(2147483648), INT64_C(4294967296), MAX - 1, MAX};
        for (size_t i = 0; i < LENGTH(limits); i++) {
            tokusage usage = random_counts(MAX);
            *tokusage_count_at(&usage, count) = (tokusage_count){true, limits[i]};
            cJSON *const tree = tokusage_to_cjson(&usage);
            assert_non_null(tree);
            expect_words("to and from", usage_words(&usage), from_tree(tree));
            cJSON_Delete(tree);
        }
    }
}

static void to_cjson_returns_null_without_a_good_usage(void **state) {
    (void)state;
    static const int64_t outside[] = {-1, INT64_MIN, MAX + 1, INT64_MAX};
    assert_null(tokusage_to_cjson(NULL));
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        for (size_t i = 0; i < LENGTH(outside); i++) {
            tokusage usage = usage_in("prompt 5");
            tokusage_count *const at = tokusage_count_at(&usage, count);
            *at = (tokusage_count){true, outside[i]};
            assert_null(tokusage_to_cjson(&usage));
            assert_int_equal(heap_live(), 0);
            at->present = false;
            cJSON *const tree = tokusage_to_cjson(&usage); /* the value of an absent count is not read */
            expect_words("absent", count == 0 ? "" : "prompt 5", from_tree(tree));
            cJSON_Delete(tree);
        }
    }
}

static void to_cjson_returns_null_and_leaks_nothing_when_any_allocation_fails(void **state) {
    (void)state;
    for (size_t left = rounds(500); left > 0; left--) {
        const tokusage usage = random_counts(1000);
        const bool onwards = left % 2 == 0;
        size_t nth = 0;
        for (;; nth++) {
            heap_fail(nth, onwards);
            cJSON *const tree = tokusage_to_cjson(&usage);
            if (heap_calls() <= nth) {
                assert_non_null(tree);
                cJSON_Delete(tree);
                break;
            }
            assert_null(tree);
            assert_int_equal(heap_live(), 0);
        }
        assert_true(nth > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCHED(from_cjson_reads_a_tree_as_decode_reads_its_document),
        WATCHED(from_cjson_reads_each_name_of_the_table),
        WATCHED(from_cjson_says_what_decode_says_of_random_usage_objects),
        WATCHED(from_cjson_accepts_the_result_of_a_look_up),
        WATCHED(from_cjson_refuses_a_missing_usage_argument),
        WATCHED(from_cjson_reads_doubles_that_no_document_makes),
        WATCHED(from_cjson_goes_by_the_kinds_of_items),
        WATCHED(to_cjson_makes_the_tree_of_what_encode_writes),
        WATCHED(to_cjson_and_from_cjson_give_back_any_usage),
        WATCHED(to_cjson_returns_null_without_a_good_usage),
        WATCHED(to_cjson_returns_null_and_leaks_nothing_when_any_allocation_fails),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
