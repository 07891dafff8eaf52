/* What the tests of cJSON trees share; see trees.h. */
#include "trees.h"

#include <stdio.h>
#include <string.h>

const way ways[WAYS] = {
    {NULL, "prompt_tokens", P, {5, A, A, A, A, A}},
    {NULL, "input_tokens", P, {5, A, A, A, A, A}},
    {NULL, "inputTokens", P, {5, A, A, A, A, A}},
    {NULL, "promptTokenCount", P, {5, A, A, A, A, A}},
    {NULL, "total_input_tokens", P, {5, A, A, A, A, A}},
    {"tokens", "input_tokens", P, {5, A, A, A, A, A}},
    {NULL, "prompt_eval_count", P, {5, A, A, A, A, A}},
    {NULL, "completion_tokens", C, {A, 5, A, A, A, A}},
    {NULL, "output_tokens", C, {A, 5, A, A, A, A}},
    {NULL, "outputTokens", C, {A, 5, A, A, A, A}},
    {NULL, "candidatesTokenCount", C, {A, 5, A, A, A, A}},
    {NULL, "responseTokenCount", C, {A, 5, A, A, A, A}},
    {NULL, "total_output_tokens", C, {A, 5, A, A, A, A}},
    {"tokens", "output_tokens", C, {A, 5, A, A, A, A}},
    {NULL, "eval_count", C, {A, 5, A, A, A, A}},
    {NULL, "total_tokens", T, {A, A, 5, A, A, A}},
    {NULL, "totalTokens", T, {A, A, 5, A, A, A}},
    {NULL, "totalTokenCount", T, {A, A, 5, A, A, A}},
    {"prompt_tokens_details", "cached_tokens", CACHED, {A, A, A, 5, A, A}},
    {"input_tokens_details", "cached_tokens", CACHED, {A, A, A, 5, A, A}},
    {"input_tokens_details", "cache_read_input_tokens", CACHED, {A, A, A, 5, A, A}},
    {"prompt_token_details", "cached_tokens", CACHED, {A, A, A, 5, A, A}},
    {NULL, "prompt_cache_hit_tokens", CACHED, {A, A, A, 5, A, A}},
    {NULL, "num_cached_tokens", CACHED, {A, A, A, 5, A, A}},
    {NULL, "cached_tokens", CACHED, {A, A, A, 5, A, A}},
    {NULL, "cachedContentTokenCount", CACHED, {A, A, A, 5, A, A}},
    {NULL, "total_cached_tokens", CACHED, {A, A, A, 5, A, A}},
    {NULL, "cache_read_input_tokens", CACHED, {5, A, A, 5, A, A}},
    {NULL, "cacheReadInputTokens", CACHED, {5, A, A, 5, A, A}},
    {"prompt_tokens_details", "cache_write_tokens", WRITE, {A, A, A, A, 5, A}},
    {"input_tokens_details", "cache_write_tokens", WRITE, {A, A, A, A, 5, A}},
    {"prompt_tokens_details", "cache_creation_input_tokens", WRITE, {A, A, A, A, 5, A}},
    {"prompt_tokens_details", "cache_creation_tokens", WRITE, {A, A, A, A, 5, A}},
    {"input_tokens_details", "cache_creation_input_tokens", WRITE, {A, A, A, A, 5, A}},
    {NULL, "cache_creation_input_tokens", WRITE, {5, A, A, A, 5, A}},
    {NULL, "cacheWriteInputTokens", WRITE, {5, A, A, A, 5, A}},
    {"completion_tokens_details", "reasoning_tokens", REASONING, {A, A, A, A, A, 5}},
    {"output_tokens_details", "reasoning_tokens", REASONING, {A, A, A, A, A, 5}},
    {"output_tokens_details", "thinking_tokens", REASONING, {A, A, A, A, A, 5}},
    {NULL, "reasoning_tokens", REASONING, {A, A, A, A, A, 5}},
    {NULL, "thoughtsTokenCount", REASONING, {A, 5, A, A, A, 5}},
    {NULL, "total_thought_tokens", REASONING, {A, 5, A, A, A, 5}},
    {NULL, "toolUsePromptTokenCount", P, {5, A, A, A, A, A}},
    {NULL, "total_tool_use_tokens", P, {5, A, A, A, A, A}},
};

const way own_ways[SIX] = {
    {NULL, P, P, {0}},    {NULL, C, C, {0}},   {NULL, T, T, {0}},
    {PD, CACHED, P, {0}}, {PD, WRITE, P, {0}}, {CD, REASONING, C, {0}},
};

const char *const objects_in_usage[OBJECTS] = {
    PD, CD, "input_tokens_details", "prompt_token_details", "output_tokens_details", "tokens"};

bool same_name(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool is_way(const char *object, const char *name) {
    bool found = false;
    for (size_t i = 0; i < WAYS; i++) {
        found = found || (same_name(ways[i].object, object) && same_name(ways[i].name, name));
    }
    return found;
}

bool is_object_in_usage(const char *name) {
    bool found = false;
    for (size_t i = 0; i < OBJECTS; i++) {
        found = found || same_name(objects_in_usage[i], name);
    }
    return found;
}

const char *text_with(const way *to, const char *value) {
    static char json[300];
    if (to->object != NULL) {
        (void)snprintf(json, sizeof json, "{\"a\":1,\"%s\":{\"b\":2,\"%s\":%s}}", to->object, to->name, value);
    } else {
        (void)snprintf(json, sizeof json, "{\"a\":1,\"%s\":%s}", to->name, value);
    }
    return json;
}

tokusage usage_with(const int64_t counts[SIX]) {
    return usage_of6(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
}

verdict verdict_of(const int64_t counts[SIX]) {
    const verdict v = COUNTS6(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    return v;
}

tokusage usage_except(size_t member, int64_t value) {
    int64_t counts[SIX] = {5, 7, 12, 2, 1, 3};
    counts[member] = value;
    return usage_with(counts);
}

const int64_t bad_counts[BAD_COUNTS] = {-1, INT64_MIN + 1, MAX + 1, INT64_MAX, -MAX};

static const int64_t limits[] = {
    A,
    0,
    1,
    99,
    100,
    INT64_C(2147483647),
    INT64_C(2147483648),
    INT64_C(4294967296),
    INT64_C(999999999999999),
    INT64_C(1000000000000000),
    INT64_C(9007199254740990),
    MAX,
};

void with_limits(void (*check)(const int64_t counts[SIX])) {
    for (size_t i = 0; i < LENGTH(limits); i++) {
        for (size_t j = 0; j < LENGTH(limits); j++) {
            for (size_t k = 0; k < LENGTH(limits); k++) {
                const int64_t first[SIX] = {limits[i], limits[j], limits[k], 2, A, 3};
                const int64_t second[SIX] = {5, A, 12, limits[i], limits[j], limits[k]};
                check(first);
                check(second);
            }
        }
    }
}

cJSON *parsed(const char *json) {
    cJSON *tree = cJSON_Parse(json);
    if (tree == NULL) {
        fail_msg("cJSON does not accept %s", json);
    }
    return tree;
}

void expect_from_tree(const char *what, const cJSON *tree, const verdict *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    heap_fail(NEVER, false);
    expect_verdict(what, want, tokusage_from_cjson(tree, &usage, &error), &error, &usage);
    spoil(&usage, sizeof usage);
    expect_verdict(what, want, tokusage_from_cjson(tree, &usage, NULL), NULL, &usage);
    assert_int_equal(heap_calls(), 0);
}

void expect_printed(const char *what, const cJSON *tree, const char *want) {
    char *printed = cJSON_PrintUnformatted(tree);
    assert_non_null(printed);
    if (strcmp(printed, want) != 0) {
        fail_msg("%s: expected %s, got %s", what, want, printed);
    }
    cJSON_free(printed);
}

void expect_linked(const cJSON *object) {
    const cJSON *last = NULL;
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (last != NULL) {
            assert_ptr_equal(item->prev, last);
        }
        last = item;
    }
    if (object->child != NULL) {
        assert_ptr_equal(object->child->prev, last);
    }
}

void expect_all_linked(const cJSON *object) {
    expect_linked(object);
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (is_object_in_usage(item->string) && cJSON_IsObject(item)) {
            expect_linked(item);
        }
    }
}

void expect_links_kept(const cJSON *object) {
    if (object->child == NULL || object->child->prev != NULL || strcmp(cJSON_Version(), "1.7.13") != 0) {
        expect_linked(object);
    }
}
