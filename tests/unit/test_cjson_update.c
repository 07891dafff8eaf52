/*
 * Updating a cJSON tree: tables of what is set, appended, removed and left, what may not be changed, each failing
 * allocation, and random trees, of which everything must be as before except the counts.
 */
#include "trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PD "'prompt_tokens_details'"
#define CD "'completion_tokens_details'"
#define ABC "prompt 5 completion 7 total 12"
#define JSON_ABC "'prompt_tokens':5,'completion_tokens':7,'total_tokens':12"

typedef struct update_case {
    const char *before, *usage, *after;
} update_case;

static const update_case updates[] = {
    {"{}", "", "{}"},
    {"{}", ABC, "{" JSON_ABC "}"},
    {"{'a':1}", "prompt 5 total 12", "{'a':1,'prompt_tokens':5,'total_tokens':12}"},
    {"{'a':[1,{'b':null}],'c':'d\\n'}", "", "{'a':[1,{'b':null}],'c':'d\\n'}"},

    /* members are set where they are, of any type */
    {"{'total_tokens':3,'x':true,'completion_tokens':2,'prompt_tokens':1}", ABC,
     "{'total_tokens':12,'x':true,'completion_tokens':7,'prompt_tokens':5}"},
    {"{'total_tokens':'3','x':1,'completion_tokens':null,'prompt_tokens':[1]}", ABC,
     "{'total_tokens':12,'x':1,'completion_tokens':7,'prompt_tokens':5}"},
    {"{'prompt_tokens':{'a':{'b':[]}},'x':1}", "prompt 5", "{'prompt_tokens':5,'x':1}"},

    /* new ones are appended in the order of the form */
    {"{'completion_tokens':1,'x':2}", ABC, "{'completion_tokens':7,'x':2,'prompt_tokens':5,'total_tokens':12}"},
    {"{'x':1}", "completion 7 cached 2 cache_write 1 reasoning 3 cached_image 4 cache_write_1h 5",
     "{'x':1,'completion_tokens':7," PD ":{'cached_tokens':2,'cache_write_tokens':1,'cached_tokens_details':{"
     "'image_tokens':4}}," CD ":{'reasoning_tokens':3},'cache_creation':{'ephemeral_1h_input_tokens':5}}"},
    {"{" CD ":{}}", "prompt 5 cached 2 reasoning 3",
     "{" CD ":{'reasoning_tokens':3},'prompt_tokens':5," PD ":{'cached_tokens':2}}"},
    {"{" PD ":{'cached_tokens_details':{'audio_tokens':9,'a':1}}}", "cached 2 cached_audio 1 cached_image 3",
     "{" PD ":{'cached_tokens_details':{'audio_tokens':1,'a':1,'image_tokens':3},'cached_tokens':2}}"},

    /* absent ones are removed, wherever they are; objects and lists stay, also empty */
    {"{'prompt_tokens':1,'completion_tokens':2,'total_tokens':3}", "", "{}"},
    {"{'prompt_tokens':1,'x':2,'total_tokens':null}", "", "{'x':2}"},
    {"{'x':1,'prompt_tokens':[1,2],'y':2}", "completion 7", "{'x':1,'y':2,'completion_tokens':7}"},
    {"{" PD ":{'cached_tokens':1,'audio_tokens':2}," CD ":{'reasoning_tokens':3}}", "", "{" PD ":{}," CD ":{}}"},
    {"{" PD ":{'cached_tokens_details':{'audio_tokens':9,'a':1}}}", "prompt 5",
     "{" PD ":{'cached_tokens_details':{'a':1}},'prompt_tokens':5}"},

    /* of a member given twice one stays, the first */
    {"{'prompt_tokens':1,'x':2,'prompt_tokens':3}", "prompt 5", "{'prompt_tokens':5,'x':2}"},
    {"{'prompt_tokens':'1','prompt_tokens':2,'prompt_tokens':3,'x':4}", "prompt 5", "{'prompt_tokens':5,'x':4}"},
    {"{'prompt_tokens':1,'x':2,'prompt_tokens':3}", "", "{'x':2}"},

    /* members without a meaning stay */
    {"{'Prompt_Tokens':1,'prompt_tokens':2,'PROMPT_TOKENS':3}", "", "{'Prompt_Tokens':1,'PROMPT_TOKENS':3}"},
    {"{'x':1,'x':2,'':3,'y':{'prompt_tokens':4}}", "prompt 5",
     "{'x':1,'x':2,'':3,'y':{'prompt_tokens':4},'prompt_tokens':5}"},
    {"{" PD ":{'a':0,'cached_tokens':1,'prompt_tokens':2},'x':1}", "cached 2",
     "{" PD ":{'a':0,'cached_tokens':2,'prompt_tokens':2},'x':1}"},

    /* what should be an object becomes one when a count must go into it */
    {"{" PD ":null," CD ":'x'}", "", "{" PD ":null," CD ":'x'}"},
    {"{" PD ":null,'x':1}", "cached 2", "{" PD ":{'cached_tokens':2},'x':1}"},
    {"{" PD ":[{'cached_tokens':1}]," CD ":7}", "cached 2 reasoning 3",
     "{" PD ":{'cached_tokens':2}," CD ":{'reasoning_tokens':3}}"},
    {"{" PD ":{'cached_tokens_details':'x'},'cache_creation':false}", "cached_audio 1 cache_write_1h 2",
     "{" PD ":{'cached_tokens_details':{'audio_tokens':1}},'cache_creation':{'ephemeral_1h_input_tokens':2}}"},

    /* an object given twice: a count is set where it is, else appended to the first that is an object */
    {"{" PD ":null," PD ":{'a':1}}", "cached 2", "{" PD ":null," PD ":{'a':1,'cached_tokens':2}}"},
    {"{" PD ":null," PD ":5}", "cached 2", "{" PD ":{'cached_tokens':2}," PD ":5}"},
    {"{" PD ":{'a':1}," PD ":{'cached_tokens':9,'b':2}}", "cached 2 cache_write 1",
     "{" PD ":{'a':1,'cache_write_tokens':1}," PD ":{'cached_tokens':2,'b':2}}"},
    {"{" PD ":{'cached_tokens':8}," PD ":{'cached_tokens':9,'b':2}}", "cached 2",
     "{" PD ":{'cached_tokens':2}," PD ":{'b':2}}"},

    /* members of other services are removed */
    {"{'input_tokens':5,'cache_read_input_tokens':2,'x':1,'cache_creation':{'y':1,'ephemeral_5m_input_tokens':3}}",
     "prompt 8 cached 2", "{'x':1,'cache_creation':{'y':1},'prompt_tokens':8," PD ":{'cached_tokens':2}}"},
    {"{'tokens':{'input_tokens':1,'x':2},'input_tokens_details':{'cached_tokens':1},'thoughtsTokenCount':'x'}",
     "prompt 5", "{'tokens':{'x':2},'input_tokens_details':{},'prompt_tokens':5}"},

    /* so are elements of lists that have a count */
    {"{'promptTokensDetails':[{'modality':'TEXT','tokenCount':1},{'modality':'AUDIO','tokenCount':2},7]}",
     "prompt_audio 3", "{'promptTokensDetails':[{'modality':'TEXT','tokenCount':1},7]," PD ":{'audio_tokens':3}}"},
    {"{'promptTokensDetails':[{'tokenCount':2,'modality':'image'},{'modality':'AUDIO','tokenCount':'x'}]}", "",
     "{'promptTokensDetails':[]}"},
    {"{'promptTokensDetails':[{'modality':'AUDIO'},{'tokenCount':1},{'modality':'AUDIO','tokenCount':null}]}", "",
     "{'promptTokensDetails':[{'modality':'AUDIO'},{'tokenCount':1},{'modality':'AUDIO','tokenCount':null}]}"},
    {"{'cacheDetails':[{'ttl':'1h','inputTokens':2},{'ttl':'5m','inputTokens':2}]}", "cache_write_1h 2",
     "{'cacheDetails':[{'ttl':'5m','inputTokens':2}],'cache_creation':{'ephemeral_1h_input_tokens':2}}"},
    {"{'iterations':[{'type':'message','input_tokens':1},{'type':'compaction','input_tokens':2}]}", "prompt 3",
     "{'iterations':[{'type':'message','input_tokens':1}],'prompt_tokens':3}"},
    {"{'promptTokensDetails':{'cachedTokens':1,'x':2}}", "", "{'promptTokensDetails':{'x':2}}"},
};

/* In the tree and in what is in it; a member appended afterwards comes last. */
static void update_cjson_sets_appends_and_removes_counts_and_leaves_all_else(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        const update_case *const one = &updates[i];
        cJSON *const tree = parsed(one->before);
        const tokusage usage = usage_in(one->usage);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_printed(one->before, tree, one->after);
        expect_linked(tree);
        expect_words(one->before, in_order(one->usage), from_tree(tree));
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
    const tokusage nothing = usage_in("");
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        if (row_is_in(&rows[i], "usage")) {
            cJSON *const tree = parsed(line_of("{'a':1,%s}", member_of(&rows[i], "5")));
            assert_int_equal(tokusage_update_cjson(tree, &nothing), TOKUSAGE_OK);
            char *const printed = cJSON_PrintUnformatted(tree);
            assert_null(strchr(printed, '5'));
            expect_words(rows[i].path, "", from_tree(tree));
            expect_linked(tree);
            cJSON_free(printed);
            cJSON_Delete(tree);
        }
    }
}

static void update_cjson_changes_numbers_in_place(void **state) {
    (void)state;
    cJSON *const tree = parsed("{'a':1,'prompt_tokens':1,'b':2," PD ":{'cached_tokens':1}}");
    cJSON *const number = cJSON_GetObjectItemCaseSensitive(tree, "prompt_tokens");
    cJSON *const other = cJSON_GetObjectItemCaseSensitive(tree, "b");
    cJSON *const details = cJSON_GetObjectItemCaseSensitive(tree, "prompt_tokens_details");
    cJSON *const cached = details->child;
    tokusage usage = usage_in("prompt 5000000000 cached 2");
    heap_fail(NEVER, false);
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    assert_int_equal(heap_calls(), 0);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, "prompt_tokens"), number);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, "b"), other);
    assert_ptr_equal(cJSON_GetObjectItemCaseSensitive(tree, "prompt_tokens_details"), details);
    assert_ptr_equal(details->child, cached);
    assert_true(number->valuedouble == 5000000000.0);
    assert_int_equal(number->valueint, INT32_MAX); /* as cJSON sets it for a number that an int can't hold */
    assert_int_equal(cached->valueint, 2);
    cJSON_Delete(tree);
}

/* -------------------------------------------------------------------------------------------- what it may not do */

static void update_cjson_refuses_a_missing_argument_and_what_is_no_object(void **state) {
    (void)state;
    static const char json[] = "{'list':[1],'string':'a','nothing':null,'n':1}";
    const tokusage usage = usage_in("prompt 5");
    const tokusage bad = usage_in("prompt -1");
    cJSON *const tree = parsed(json);
    for (cJSON *item = tree->child; item != NULL; item = item->next) {
        assert_int_equal(tokusage_update_cjson(item, &usage), TOKUSAGE_ERR_TYPE);
        assert_int_equal(tokusage_update_cjson(item, &bad), TOKUSAGE_ERR_TYPE);
    }
    assert_int_equal(tokusage_update_cjson(NULL, &usage), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_update_cjson(tree, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_update_cjson(NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    expect_printed("unchanged", tree, json);
    cJSON_Delete(tree);
}

/* A reference is a part of another tree: the usage object, an object in it, or a list. */
static void update_cjson_refuses_a_reference_where_counts_may_be(void **state) {
    (void)state;
    static const char *const names[] = {"prompt_tokens_details", "input_tokens_details", "cache_creation", "tokens",
                                        "promptTokensDetails",   "billed_units"};
    cJSON *const shared = parsed("{'cached_tokens':1,'list':[{'modality':'AUDIO','tokenCount':1}]}");
    cJSON *const list = cJSON_GetObjectItemCaseSensitive(shared, "list");
    const tokusage usages[] = {usage_in("prompt -1 cached 2"), usage_in(ABC), usage_in("")};
    for (size_t i = 0; i <= LENGTH(names) + 1; i++) {
        for (size_t j = 0; j < LENGTH(usages); j++) {
            cJSON *const tree = parsed("{'prompt_tokens':1," PD ":{'a':1}}");
            cJSON *const inner = cJSON_GetObjectItemCaseSensitive(tree, "prompt_tokens_details");
            if (i < LENGTH(names)) {
                cJSON_AddItemReferenceToObject(tree, names[i], shared);
            } else if (i == LENGTH(names)) {
                cJSON_AddItemReferenceToObject(tree, "candidatesTokensDetails", list);
            } else {
                cJSON_AddItemReferenceToObject(inner, "cached_tokens_details", shared);
            }
            char *const before = cJSON_PrintUnformatted(tree);
            assert_int_equal(tokusage_update_cjson(tree, &usages[j]), TOKUSAGE_ERR_ARGUMENT);
            expect_printed("unchanged", tree, before);
            cJSON_free(before);
            cJSON_Delete(tree);
        }
    }
    cJSON *const other = cJSON_CreateObject();
    cJSON_AddItemReferenceToObject(other, "usage", shared);
    assert_int_equal(tokusage_update_cjson(other->child, &usages[1]), TOKUSAGE_ERR_ARGUMENT);
    cJSON_Delete(other);
    expect_printed("what was referred to", shared, "{'cached_tokens':1,'list':[{'modality':'AUDIO','tokenCount':1}]}");
    cJSON_Delete(shared);
}

static void update_cjson_refuses_a_count_out_of_range(void **state) {
    (void)state;
    static const char json[] = "{'prompt_tokens':1,'total_tokens':3,'total_tokens':4," PD ":{'cached_tokens':1}}";
    static const int64_t outside[] = {-1, INT64_MIN, TOKUSAGE_COUNT_MAX + 1, INT64_MAX};
    cJSON *const tree = parsed(json);
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        for (size_t i = 0; i < LENGTH(outside); i++) {
            tokusage usage = usage_in(ABC);
            *tokusage_count_at(&usage, count) = (tokusage_count){true, outside[i]};
            heap_fail(NEVER, false);
            assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_ERR_RANGE);
            assert_int_equal(heap_calls(), 0);
            expect_printed("unchanged", tree, json);
        }
    }
    cJSON_Delete(tree);
}

/* ------------------------------------------------------------------------------------- trees that no document makes */

static void update_cjson_handles_members_that_no_document_makes(void **state) {
    (void)state;
    cJSON *const tree = cJSON_CreateObject();
    cJSON *const shared = parsed("[1,2]");
    cJSON *const string = cJSON_CreateString("shared");
    cJSON_AddItemToArray(tree, cJSON_CreateNumber(1)); /* without a name */
    assert_non_null(cJSON_AddRawToObject(tree, "prompt_tokens", "1e0"));
    assert_non_null(cJSON_AddNumberToObject(tree, "completion_tokens", (double)NAN));
    cJSON_AddItemReferenceToObject(tree, "total_tokens", shared);
    cJSON_AddItemToObjectCS(tree, "total_tokens", cJSON_CreateString("x"));
    cJSON_AddItemReferenceToObject(tree, "prompt_tokens_details", shared);
    cJSON_AddItemReferenceToObject(tree, "completion_tokens_details", string);
    cJSON *const nameless = tree->child;
    const tokusage usage = usage_in(ABC " cached 2 reasoning 3");
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    expect_linked(tree);
    assert_ptr_equal(tree->child, nameless);
    assert_int_equal(cJSON_GetArraySize(tree), 6);
    expect_words("odd members", ABC " cached 2 reasoning 3", from_tree(tree));
    const tokusage nothing = usage_in("");
    assert_int_equal(tokusage_update_cjson(tree, &nothing), TOKUSAGE_OK);
    assert_ptr_equal(tree->child, nameless);
    assert_int_equal(cJSON_GetArraySize(tree), 3);
    cJSON_Delete(tree);
    expect_printed("what was referred to", shared, "[1,2]");
    expect_printed("what was referred to", string, "'shared'");
    cJSON_Delete(shared);
    cJSON_Delete(string);
}

static void update_cjson_keeps_a_constant_name(void **state) {
    (void)state;
    static const char prompt[] = "prompt_tokens";
    static const char details[] = "prompt_tokens_details";
    cJSON *const tree = cJSON_CreateObject();
    cJSON_AddItemToObjectCS(tree, prompt, cJSON_CreateString("x"));
    cJSON_AddItemToObjectCS(tree, details, cJSON_CreateNull());
    const tokusage usage = usage_in("prompt 5 cached 2");
    assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
    expect_printed("constant names", tree, "{'prompt_tokens':5," PD ":{'cached_tokens':2}}");
    assert_ptr_equal(tree->child->string, prompt);
    assert_ptr_equal(tree->child->next->string, details);
    cJSON_Delete(tree);
}

/* In cJSON 1.7.13 the first item's `prev` stays the last item, also when that is gone. */
static void update_cjson_appends_after_the_last_member_that_is_left(void **state) {
    (void)state;
    static const update_case cases[] = {
        {"{'a':1,'prompt_tokens':1}", "completion 7", "{'a':1,'completion_tokens':7}"},
        {"{'a':1,'prompt_tokens':1}", "cached 2", "{'a':1," PD ":{'cached_tokens':2}}"},
        {"{" PD ":{'a':1,'cache_write_tokens':1}}", "cached 2", "{" PD ":{'a':1,'cached_tokens':2}}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        cJSON *const copy = parsed(cases[i].before);
        cJSON *const tree = cJSON_Duplicate(copy, 1); /* with all links, also in 1.7.13 */
        const tokusage usage = usage_in(cases[i].usage);
        assert_int_equal(tokusage_update_cjson(tree, &usage), TOKUSAGE_OK);
        expect_printed("appended", tree, cases[i].after);
        expect_linked(tree);
        cJSON_Delete(copy);
        cJSON_Delete(tree);
    }
}

/* ------------------------------------------------------------------------------------------------ failing memory */

/* Repeats one update; each time the next allocation fails, until none is left. Returns how many there are. */
static size_t fail_each_allocation(cJSON *tree, const tokusage *usage, bool onwards) {
    heap_fail(NEVER, false);
    char *const before = cJSON_PrintUnformatted(tree);
    const size_t live = heap_live();
    for (size_t nth = 0;; nth++) {
        heap_fail(nth, onwards);
        const tokusage_status status = tokusage_update_cjson(tree, usage);
        const size_t calls = heap_calls();
        heap_fail(NEVER, false);
        if (calls <= nth) {
            assert_int_equal(status, TOKUSAGE_OK);
            cJSON_free(before);
            return nth;
        }
        assert_int_equal(status, TOKUSAGE_ERR_MEMORY);
        assert_int_equal(heap_live(), live);
        expect_printed("unchanged", tree, before);
        expect_linked(tree);
    }
}

static void update_cjson_changes_nothing_when_any_allocation_fails(void **state) {
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < LENGTH(updates); i++) {
        for (int onwards = 0; onwards < 2; onwards++) {
            cJSON *const tree = parsed(updates[i].before);
            const tokusage usage = usage_in(updates[i].usage);
            failed += fail_each_allocation(tree, &usage, onwards != 0);
            expect_printed("at last", tree, updates[i].after);
            cJSON_Delete(tree);
        }
    }
    assert_true(failed > 100);
}

/* -------------------------------------------------------------------------------------------------- random trees */

static bool is_form_object(const cJSON *item) {
    static const char *const names[] = {"prompt_tokens_details", "completion_tokens_details", "cached_tokens_details",
                                        "cache_creation"};
    bool found = false;
    for (size_t i = 0; item->string != NULL && i < LENGTH(names); i++) {
        found = found || strcmp(item->string, names[i]) == 0;
    }
    return found;
}

/* Whether the element says by its tag that the number of this row is a count. Both letters cases are one tag. */
static bool is_counted(const cJSON *element, const name_row *row, const char *number) {
    const char *const tag = strchr(row->path, '[') + 1;
    const char *const value = strchr(tag, '=') + 1;
    const size_t length = strcspn(value, "]");
    const cJSON *const label = cJSON_GetObjectItemCaseSensitive(element, line_of("%.*s", (int)(value - 1 - tag), tag));
    const cJSON *const count = cJSON_GetObjectItemCaseSensitive(element, number);
    if (!cJSON_IsString(label) || count == NULL || cJSON_IsNull(count) || strlen(label->valuestring) != length) {
        return false;
    }
    const bool modality = *tag == 'm';
    for (size_t i = 0; i < length; i++) {
        const char c = label->valuestring[i];
        const bool upper = label->valuestring[0] < 'a' && c >= 'A' && c <= 'Z';
        if ((modality && upper ? (char)(c | 0x20) : c) != value[i]) {
            return false;
        }
    }
    return true;
}

/* Removes from a tree all that the row means: path is what is left of it. */
static void strip_row(cJSON *object, const name_row *row, const char *path) {
    const size_t length = strcspn(path, "/[");
    const char *const name = line_of("%.*s", (int)length, path);
    for (cJSON *item = object->child, *next = NULL; item != NULL; item = next) {
        next = item->next;
        if (item->string == NULL || strcmp(item->string, name) != 0) {
            continue;
        }
        if (path[length] == '\0') {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
        } else if (path[length] == '/' && cJSON_IsObject(item)) {
            strip_row(item, row, path + length + 1);
        } else if (path[length] == '[' && cJSON_IsArray(item)) {
            for (cJSON *element = item->child, *after = NULL; element != NULL; element = after) {
                after = element->next;
                if (cJSON_IsObject(element) && is_counted(element, row, strchr(path, ']') + 2)) {
                    cJSON_Delete(cJSON_DetachItemViaPointer(item, element));
                }
            }
        }
    }
}

/* Removes the objects of the form that are empty, or no objects: a count may have made them. */
static void strip_form_objects(cJSON *object) {
    for (cJSON *item = object->child, *next = NULL; item != NULL; item = next) {
        next = item->next;
        if (cJSON_IsObject(item) && is_form_object(item)) {
            strip_form_objects(item);
        }
        if (is_form_object(item) && (!cJSON_IsObject(item) || item->child == NULL)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
        }
    }
}

/* What is left of a tree without any count: it must be the same before and after an update. */
static char *without_counts(const cJSON *tree) {
    cJSON *const copy = cJSON_Duplicate(tree, 1);
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        if (row_is_in(&rows[i], "usage")) {
            strip_row(copy, &rows[i], rows[i].path);
        }
    }
    strip_form_objects(copy);
    char *const printed = cJSON_PrintUnformatted(copy);
    cJSON_Delete(copy);
    return printed;
}

static void update_cjson_changes_only_the_counts_of_random_trees(void **state) {
    (void)state;
    for (size_t left = rounds(5000); left > 0; left--) {
        builder object = random_usage_object();
        cJSON *const tree = cJSON_Parse(object.bytes);
        const tokusage usage = random_counts(TOKUSAGE_COUNT_MAX);
        char *const want = without_counts(tree);
        fail_each_allocation(tree, &usage, left % 2 == 0);
        char *const got = without_counts(tree);
        expect_words(object.bytes, want, got);
        expect_words(object.bytes, usage_words(&usage), from_tree(tree));
        expect_linked(tree);
        cJSON_free(want);
        cJSON_free(got);
        cJSON_Delete(tree);
        assert_int_equal(heap_live(), 0);
        free(object.bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCHED(update_cjson_sets_appends_and_removes_counts_and_leaves_all_else),
        WATCHED(update_cjson_removes_every_name_of_the_table),
        WATCHED(update_cjson_changes_numbers_in_place),
        WATCHED(update_cjson_refuses_a_missing_argument_and_what_is_no_object),
        WATCHED(update_cjson_refuses_a_reference_where_counts_may_be),
        WATCHED(update_cjson_refuses_a_count_out_of_range),
        WATCHED(update_cjson_handles_members_that_no_document_makes),
        WATCHED(update_cjson_keeps_a_constant_name),
        WATCHED(update_cjson_appends_after_the_last_member_that_is_left),
        WATCHED(update_cjson_changes_nothing_when_any_allocation_fails),
        WATCHED(update_cjson_changes_only_the_counts_of_random_trees),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
