/*
 * The table of names, asked name by name, and how the members of a usage object become the six counts. test_names.c and
 * test_places.c ask the same of whole texts.
 */
#include "members.h"
#include "support.h"

#include <string.h>

#define MAX TOKUSAGE_COUNT_MAX

/* ------------------------------------------------------------------------------------------------ the names */

/* Each name with a meaning, in the order of the manual: within a slot the first that is there counts. */
typedef struct name_case {
    tokusage_node node;
    const char *name;
    tokusage_role role;
    unsigned target;
} name_case;

#define USAGE NODE_USAGE
#define ROOT NODE_ROOT
#define COUNT_OF(slot) ROLE_COUNT, SLOT_##slot
#define OBJECT_OF(node) ROLE_OBJECT, NODE_##node
#define PLACE_OF(rank) ROLE_PLACE, (rank)
#define MODEL_OF(rank) ROLE_MODEL, (rank)

static const name_case names[] = {
    {USAGE, "prompt_tokens", COUNT_OF(INPUT)},
    {USAGE, "input_tokens", COUNT_OF(INPUT)},
    {USAGE, "inputTokens", COUNT_OF(INPUT)},
    {USAGE, "promptTokenCount", COUNT_OF(INPUT)},
    {USAGE, "total_input_tokens", COUNT_OF(INPUT)},
    {NODE_TOKENS, "input_tokens", COUNT_OF(INPUT)},
    {USAGE, "prompt_eval_count", COUNT_OF(INPUT)},
    {ROOT, "prompt_eval_count", COUNT_OF(INPUT)},
    {USAGE, "completion_tokens", COUNT_OF(OUTPUT)},
    {USAGE, "output_tokens", COUNT_OF(OUTPUT)},
    {USAGE, "outputTokens", COUNT_OF(OUTPUT)},
    {USAGE, "candidatesTokenCount", COUNT_OF(OUTPUT)},
    {USAGE, "responseTokenCount", COUNT_OF(OUTPUT)},
    {USAGE, "total_output_tokens", COUNT_OF(OUTPUT)},
    {NODE_TOKENS, "output_tokens", COUNT_OF(OUTPUT)},
    {USAGE, "eval_count", COUNT_OF(OUTPUT)},
    {ROOT, "eval_count", COUNT_OF(OUTPUT)},
    {USAGE, "total_tokens", COUNT_OF(TOTAL)},
    {USAGE, "totalTokens", COUNT_OF(TOTAL)},
    {USAGE, "totalTokenCount", COUNT_OF(TOTAL)},
    {NODE_PROMPT_TOKENS_DETAILS, "cached_tokens", COUNT_OF(CACHED_WITHIN)},
    {NODE_INPUT_TOKENS_DETAILS, "cached_tokens", COUNT_OF(CACHED_WITHIN)},
    {NODE_INPUT_TOKENS_DETAILS, "cache_read_input_tokens", COUNT_OF(CACHED_WITHIN)},
    {NODE_PROMPT_TOKEN_DETAILS, "cached_tokens", COUNT_OF(CACHED_WITHIN)},
    {USAGE, "prompt_cache_hit_tokens", COUNT_OF(CACHED_WITHIN)},
    {USAGE, "num_cached_tokens", COUNT_OF(CACHED_WITHIN)},
    {USAGE, "cached_tokens", COUNT_OF(CACHED_WITHIN)},
    {USAGE, "cachedContentTokenCount", COUNT_OF(CACHED_WITHIN)},
    {USAGE, "total_cached_tokens", COUNT_OF(CACHED_WITHIN)},
    {USAGE, "cache_read_input_tokens", COUNT_OF(CACHED_BESIDE)},
    {USAGE, "cacheReadInputTokens", COUNT_OF(CACHED_BESIDE)},
    {NODE_PROMPT_TOKENS_DETAILS, "cache_write_tokens", COUNT_OF(WRITTEN_WITHIN)},
    {NODE_INPUT_TOKENS_DETAILS, "cache_write_tokens", COUNT_OF(WRITTEN_WITHIN)},
    {NODE_PROMPT_TOKENS_DETAILS, "cache_creation_input_tokens", COUNT_OF(WRITTEN_WITHIN)},
    {NODE_PROMPT_TOKENS_DETAILS, "cache_creation_tokens", COUNT_OF(WRITTEN_WITHIN)},
    {NODE_INPUT_TOKENS_DETAILS, "cache_creation_input_tokens", COUNT_OF(WRITTEN_WITHIN)},
    {USAGE, "cache_creation_input_tokens", COUNT_OF(WRITTEN_BESIDE)},
    {USAGE, "cacheWriteInputTokens", COUNT_OF(WRITTEN_BESIDE)},
    {NODE_COMPLETION_TOKENS_DETAILS, "reasoning_tokens", COUNT_OF(REASONING_WITHIN)},
    {NODE_OUTPUT_TOKENS_DETAILS, "reasoning_tokens", COUNT_OF(REASONING_WITHIN)},
    {NODE_OUTPUT_TOKENS_DETAILS, "thinking_tokens", COUNT_OF(REASONING_WITHIN)},
    {USAGE, "reasoning_tokens", COUNT_OF(REASONING_WITHIN)},
    {USAGE, "thoughtsTokenCount", COUNT_OF(REASONING_BESIDE)},
    {USAGE, "total_thought_tokens", COUNT_OF(REASONING_BESIDE)},
    {USAGE, "toolUsePromptTokenCount", COUNT_OF(TOOLS_BESIDE)},
    {USAGE, "total_tool_use_tokens", COUNT_OF(TOOLS_BESIDE)},
    {USAGE, "prompt_tokens_details", OBJECT_OF(PROMPT_TOKENS_DETAILS)},
    {USAGE, "input_tokens_details", OBJECT_OF(INPUT_TOKENS_DETAILS)},
    {USAGE, "prompt_token_details", OBJECT_OF(PROMPT_TOKEN_DETAILS)},
    {USAGE, "completion_tokens_details", OBJECT_OF(COMPLETION_TOKENS_DETAILS)},
    {USAGE, "output_tokens_details", OBJECT_OF(OUTPUT_TOKENS_DETAILS)},
    {USAGE, "tokens", OBJECT_OF(TOKENS)},
    {ROOT, "message", OBJECT_OF(MESSAGE)},
    {ROOT, "response", OBJECT_OF(RESPONSE)},
    {ROOT, "interaction", OBJECT_OF(INTERACTION)},
    {ROOT, "delta", OBJECT_OF(DELTA)},
    {ROOT, "metadata", OBJECT_OF(METADATA)},
    {ROOT, "x_groq", OBJECT_OF(X_GROQ)},
    {ROOT, "usage", PLACE_OF(0)},
    {ROOT, "usageMetadata", PLACE_OF(1)},
    {NODE_MESSAGE, "usage", PLACE_OF(2)},
    {NODE_RESPONSE, "usage", PLACE_OF(3)},
    {NODE_INTERACTION, "usage", PLACE_OF(4)},
    {NODE_DELTA, "usage", PLACE_OF(5)},
    {NODE_METADATA, "usage", PLACE_OF(6)},
    {NODE_RESPONSE, "usageMetadata", PLACE_OF(7)},
    {NODE_X_GROQ, "usage", PLACE_OF(8)},
    {ROOT, "model", MODEL_OF(0)},
    {NODE_MESSAGE, "model", MODEL_OF(1)},
    {NODE_RESPONSE, "model", MODEL_OF(2)},
    {ROOT, "modelVersion", MODEL_OF(3)},
    {NODE_INTERACTION, "model", MODEL_OF(4)},
    {ROOT, "type", ROLE_TYPE, 0},
    {ROOT, "event_type", ROLE_TYPE, 0},
    {ROOT, "done", ROLE_DONE, 0},
};

static tokusage_key key_of(tokusage_node node, const char *name) {
    return tokusage_name_find(node, against_the_end(name, strlen(name)), strlen(name));
}

static void each_name_of_the_manual_has_its_row_and_no_other(void **state) {
    (void)state;
    bool met[TOKUSAGE_KEYS + 1] = {false};
    for (size_t i = 0; i < LENGTH(names); i++) {
        const name_case *one = &names[i];
        const tokusage_key key = key_of(one->node, one->name);
        if (key == 0 || key > TOKUSAGE_KEYS) {
            fail_msg("%s has no row", one->name);
        }
        const tokusage_name *row = tokusage_name_of(key);
        assert_string_equal(row->text, one->name);
        assert_int_equal(row->length, strlen(one->name));
        assert_int_equal(row->node, one->node);
        assert_int_equal(row->role, one->role);
        if (one->role <= ROLE_MODEL) {
            assert_int_equal(row->target, one->target);
        }
        assert_false(met[key]);
        met[key] = true;
    }
    assert_int_equal(LENGTH(names), TOKUSAGE_KEYS);
}

static void the_keys_of_the_counts_come_first_in_the_order_of_the_manual(void **state) {
    (void)state;
    size_t counts = 0;
    tokusage_key last[TOKUSAGE_SLOTS] = {0};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (names[i].role != ROLE_COUNT) {
            continue;
        }
        const tokusage_key key = key_of(names[i].node, names[i].name);
        assert_true(key <= KEY_COUNTS);
        assert_true(key > last[names[i].target]);
        last[names[i].target] = key;
        counts++;
    }
    assert_int_equal(counts, KEY_COUNTS);
}

/* A name in an object has a meaning only if the manual says so: every name in every object, and with a byte changed. */
static void no_other_name_has_a_meaning(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        for (int node = NODE_NONE; node <= NODE_TOKENS; node++) {
            bool meant = false;
            for (size_t j = 0; j < LENGTH(names); j++) {
                meant = meant || ((int)names[j].node == node && strcmp(names[j].name, names[i].name) == 0);
            }
            if ((key_of((tokusage_node)node, names[i].name) != 0) != meant) {
                fail_msg("%s in object %d", names[i].name, node);
            }
        }
        const size_t length = strlen(names[i].name);
        char other[64];
        for (size_t at = 0; at < length; at++) {
            memcpy(other, names[i].name, length + 1);
            other[at] = (char)(other[at] ^ 0x20);
            assert_int_equal(key_of(names[i].node, other), 0);
        }
        memcpy(other, names[i].name, length + 1);
        other[length] = 's';
        assert_int_equal(tokusage_name_find(names[i].node, other, length + 1), 0);
        other[length] = '\0';
        assert_int_equal(tokusage_name_find(names[i].node, other, length + 1), 0);
        if (strcmp(other, "usages") != 0) {
            assert_int_equal(tokusage_name_find(names[i].node, other, length - 1), 0);
        }
    }
}

/* A text may have any bytes as a name, of any length, also 0. */
static void a_name_of_any_bytes_is_found_only_if_it_is_in_the_table(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(100000); left > 0; left--) {
        char name[300];
        const size_t length = random_below(random_below(2) == 0 ? 8 : sizeof name);
        for (size_t i = 0; i < length; i++) {
            name[i] = (char)random_below(256);
        }
        const tokusage_node node = (tokusage_node)random_below(NODE_TOKENS + 1);
        assert_int_equal(tokusage_name_find(node, against_the_end(name, length), length), 0);
    }
    for (int node = NODE_NONE; node <= NODE_TOKENS; node++) {
        assert_int_equal(tokusage_name_find((tokusage_node)node, "", 0), 0);
    }
}

/* ----------------------------------------------------------------------------------- a usage object's members */

/* What is told of a member: a count, or one of these. */
enum {
    NULL_VALUE = -1,
    OBJECT_VALUE = -2,
    TYPE_VALUE = -3,
    RANGE_VALUE = -4,
    INTEGER_VALUE = -5
};

typedef struct member {
    tokusage_node node;
    const char *name; /* NULL: no more */
    int64_t value;
} member;

static tokusage_slots gather(const member *members, size_t count) {
    tokusage_gather gathered;
    spoil(&gathered, sizeof gathered);
    tokusage_gather_begin(&gathered);
    for (size_t i = 0; i < count && members[i].name != NULL; i++) {
        const tokusage_key key = key_of(members[i].node, members[i].name);
        assert_int_not_equal(key, 0);
        switch (members[i].value) {
        case NULL_VALUE:
            tokusage_gather_null(&gathered, key);
            break;
        case OBJECT_VALUE:
            tokusage_gather_object(&gathered, key);
            break;
        case TYPE_VALUE:
            tokusage_gather_count(&gathered, key, TOKUSAGE_ERR_TYPE, 0);
            break;
        case RANGE_VALUE:
            tokusage_gather_count(&gathered, key, TOKUSAGE_ERR_RANGE, 0);
            break;
        case INTEGER_VALUE:
            tokusage_gather_count(&gathered, key, TOKUSAGE_ERR_INTEGER, 0);
            break;
        default:
            tokusage_gather_count(&gathered, key, TOKUSAGE_OK, members[i].value);
        }
    }
    tokusage_gather_end(&gathered);
    return gathered.slots;
}

static void expect_slots(const char *what, const tokusage_slots *slots, const verdict *want) {
    tokusage usage;
    tokusage_error error;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    const tokusage_status status = tokusage_slots_usage(slots, &usage, &error);
    expect_verdict(what, want, status, &error, &usage);
    spoil(&usage, sizeof usage);
    expect_verdict(what, want, tokusage_slots_usage(slots, &usage, NULL), NULL, &usage);
}

typedef struct gather_case {
    const char *what;
    member members[6];
    verdict want;
} gather_case;

static void expect_gathers(const gather_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const tokusage_slots slots = gather(cases[i].members, LENGTH(cases[i].members));
        expect_slots(cases[i].what, &slots, &cases[i].want);
    }
}

#define MEMBER(name, value)                                                                                            \
    { USAGE, (name), (value) }
#define IN(node, name, value)                                                                                          \
    { NODE_##node, (name), (value) }
#define NOTHING COUNTS6(ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT)

static void a_prompt_is_the_input_and_what_stands_beside_it(void **state) {
    (void)state;
    static const gather_case cases[] = {
        {"nothing", {{0}}, NOTHING},
        {"OpenAI's",
         {MEMBER("prompt_tokens", 5), MEMBER("completion_tokens", 7), MEMBER("total_tokens", 12)},
         COUNTS(5, 7, 12)},
        {"with parts within",
         {MEMBER("prompt_tokens", 5), IN(PROMPT_TOKENS_DETAILS, "cached_tokens", 2),
          IN(PROMPT_TOKENS_DETAILS, "cache_write_tokens", 1), MEMBER("completion_tokens", 7),
          IN(COMPLETION_TOKENS_DETAILS, "reasoning_tokens", 3)},
         COUNTS6(5, 7, ABSENT, 2, 1, 3)},
        {"Anthropic's, parts beside",
         {MEMBER("input_tokens", 5), MEMBER("cache_read_input_tokens", 20), MEMBER("cache_creation_input_tokens", 100),
          MEMBER("output_tokens", 7)},
         COUNTS6(125, 7, ABSENT, 20, 100, ABSENT)},
        {"Gemini's, thoughts and tools beside",
         {MEMBER("promptTokenCount", 5), MEMBER("toolUsePromptTokenCount", 10), MEMBER("cachedContentTokenCount", 2),
          MEMBER("candidatesTokenCount", 7), MEMBER("thoughtsTokenCount", 100), MEMBER("totalTokenCount", 122)},
         COUNTS6(15, 107, 122, 2, ABSENT, 100)},
        {"a part beside alone", {MEMBER("cacheReadInputTokens", 4)}, COUNTS6(4, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"tools alone", {MEMBER("total_tool_use_tokens", 4)}, COUNTS(4, ABSENT, ABSENT)},
        {"thoughts alone", {MEMBER("total_thought_tokens", 4)}, COUNTS6(ABSENT, 4, ABSENT, ABSENT, ABSENT, 4)},
        {"zeros are not absent",
         {MEMBER("input_tokens", 0), MEMBER("cacheWriteInputTokens", 0)},
         COUNTS6(0, ABSENT, ABSENT, ABSENT, 0, ABSENT)},
        {"nulls are absent", {MEMBER("input_tokens", NULL_VALUE), MEMBER("total_tokens", NULL_VALUE)}, NOTHING},
        {"a part beside comes before one within",
         {MEMBER("thoughtsTokenCount", 4), MEMBER("reasoning_tokens", 3), MEMBER("cached_tokens", 2),
          MEMBER("cacheReadInputTokens", 1)},
         COUNTS6(1, 4, ABSENT, 1, ABSENT, 4)},
    };
    expect_gathers(cases, LENGTH(cases));
}

static void the_first_name_of_a_slot_that_is_not_null_counts(void **state) {
    (void)state;
    static const gather_case cases[] = {
        {"first to last",
         {MEMBER("prompt_tokens", 1), MEMBER("input_tokens", 2), MEMBER("inputTokens", 3)},
         COUNTS(1, ABSENT, ABSENT)},
        {"last to first",
         {MEMBER("inputTokens", 3), MEMBER("input_tokens", 2), MEMBER("prompt_tokens", 1)},
         COUNTS(1, ABSENT, ABSENT)},
        {"the first is null",
         {MEMBER("prompt_tokens", NULL_VALUE), MEMBER("inputTokens", 3), MEMBER("input_tokens", 2)},
         COUNTS(2, ABSENT, ABSENT)},
        {"the first is zero", {MEMBER("inputTokens", 3), MEMBER("prompt_tokens", 0)}, COUNTS(0, ABSENT, ABSENT)},
        {"all null", {MEMBER("inputTokens", NULL_VALUE), MEMBER("prompt_tokens", NULL_VALUE)}, NOTHING},
    };
    expect_gathers(cases, LENGTH(cases));
}

static void the_first_member_that_is_wrong_is_told(void **state) {
    (void)state;
    static const gather_case cases[] = {
        {"type", {MEMBER("prompt_tokens", TYPE_VALUE)}, ABOUT(TYPE, "prompt_tokens")},
        {"range", {MEMBER("outputTokens", RANGE_VALUE)}, ABOUT(RANGE, "completion_tokens")},
        {"integer", {MEMBER("totalTokenCount", INTEGER_VALUE)}, ABOUT(INTEGER, "total_tokens")},
        {"tools", {MEMBER("total_tool_use_tokens", TYPE_VALUE)}, ABOUT(TYPE, "prompt_tokens")},
        {"cached, within", {MEMBER("num_cached_tokens", TYPE_VALUE)}, ABOUT(TYPE, "cached_tokens")},
        {"cached, beside", {MEMBER("cacheReadInputTokens", TYPE_VALUE)}, ABOUT(TYPE, "cached_tokens")},
        {"written, within",
         {IN(INPUT_TOKENS_DETAILS, "cache_write_tokens", TYPE_VALUE)},
         ABOUT(TYPE, "cache_write_tokens")},
        {"written, beside", {MEMBER("cacheWriteInputTokens", TYPE_VALUE)}, ABOUT(TYPE, "cache_write_tokens")},
        {"reasoning, within", {MEMBER("reasoning_tokens", TYPE_VALUE)}, ABOUT(TYPE, "reasoning_tokens")},
        {"reasoning, beside", {MEMBER("thoughtsTokenCount", TYPE_VALUE)}, ABOUT(TYPE, "reasoning_tokens")},
        {"twice", {MEMBER("prompt_tokens", 5), MEMBER("prompt_tokens", 5)}, ABOUT(DUPLICATE, "prompt_tokens")},
        {"null, then a number",
         {MEMBER("eval_count", NULL_VALUE), MEMBER("eval_count", 5)},
         ABOUT(DUPLICATE, "completion_tokens")},
        {"a number, then null",
         {MEMBER("eval_count", 5), MEMBER("eval_count", NULL_VALUE)},
         ABOUT(DUPLICATE, "completion_tokens")},
        {"twice before wrong",
         {MEMBER("prompt_tokens", 5), MEMBER("prompt_tokens", TYPE_VALUE)},
         ABOUT(DUPLICATE, "prompt_tokens")},
        {"wrong before twice",
         {MEMBER("prompt_tokens", RANGE_VALUE), MEMBER("prompt_tokens", 5), MEMBER("total_tokens", TYPE_VALUE)},
         ABOUT(RANGE, "prompt_tokens")},
        {"the first of two wrong ones",
         {MEMBER("total_tokens", INTEGER_VALUE), MEMBER("prompt_tokens", TYPE_VALUE)},
         ABOUT(INTEGER, "total_tokens")},
        {"also one that does not count",
         {MEMBER("prompt_tokens", 5), MEMBER("input_tokens", TYPE_VALUE)},
         ABOUT(TYPE, "prompt_tokens")},
        {"the same name in two objects is two members",
         {IN(PROMPT_TOKENS_DETAILS, "cached_tokens", 5), IN(INPUT_TOKENS_DETAILS, "cached_tokens", 6)},
         COUNTS6(ABSENT, ABSENT, ABSENT, 5, ABSENT, ABSENT)},
    };
    expect_gathers(cases, LENGTH(cases));
}

#define READ "cache_read_input_tokens"
#define CREATION "cache_creation_input_tokens"

static void a_starred_member_is_inside_the_prompt_when_others_say_so(void **state) {
    (void)state;
    static const gather_case cases[] = {
        {"prompt_tokens before it",
         {MEMBER("prompt_tokens", 9), MEMBER(READ, 4), MEMBER(CREATION, 3)},
         COUNTS6(9, ABSENT, ABSENT, 4, 3, ABSENT)},
        {"prompt_tokens behind it",
         {MEMBER(READ, 4), MEMBER(CREATION, 3), MEMBER("prompt_tokens", 9)},
         COUNTS6(9, ABSENT, ABSENT, 4, 3, ABSENT)},
        {"prompt_tokens of zero",
         {MEMBER(READ, 4), MEMBER("prompt_tokens", 0)},
         COUNTS6(0, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"prompt_tokens is null",
         {MEMBER(READ, 4), MEMBER("input_tokens", 9), MEMBER("prompt_tokens", NULL_VALUE)},
         COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"input_tokens only",
         {MEMBER(READ, 4), MEMBER("input_tokens", 9)},
         COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"input_tokens_details behind it",
         {MEMBER(READ, 4), MEMBER("input_tokens", 9), MEMBER("input_tokens_details", OBJECT_VALUE)},
         COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"input_tokens_details before it",
         {MEMBER("input_tokens_details", OBJECT_VALUE), MEMBER(CREATION, 3), MEMBER("input_tokens", 9)},
         COUNTS6(9, ABSENT, ABSENT, ABSENT, 3, ABSENT)},
        {"other details",
         {MEMBER("prompt_tokens_details", OBJECT_VALUE), MEMBER("output_tokens_details", OBJECT_VALUE),
          MEMBER("tokens", OBJECT_VALUE), MEMBER(CREATION, 3), MEMBER("input_tokens", 9)},
         COUNTS6(12, ABSENT, ABSENT, ABSENT, 3, ABSENT)},
        {"it comes before the others within",
         {MEMBER("cached_tokens", 2), MEMBER("prompt_tokens", 9), MEMBER(READ, 4),
          IN(PROMPT_TOKENS_DETAILS, "cached_tokens", 3)},
         COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"the member without a star never is inside",
         {MEMBER("prompt_tokens", 9), MEMBER("cacheReadInputTokens", 4), MEMBER("cacheWriteInputTokens", 3)},
         COUNTS6(16, ABSENT, ABSENT, 4, 3, ABSENT)},
        {"both members of a slot",
         {MEMBER("cacheReadInputTokens", 5), MEMBER("prompt_tokens", 9), MEMBER(READ, 4)},
         COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
        {"the starred member of a slot is null",
         {MEMBER("cacheReadInputTokens", 5), MEMBER("prompt_tokens", 9), MEMBER(READ, NULL_VALUE)},
         COUNTS6(14, ABSENT, ABSENT, 5, ABSENT, ABSENT)},
    };
    expect_gathers(cases, LENGTH(cases));
}

static void a_sum_is_refused_only_when_it_is_out_of_range(void **state) {
    (void)state;
    static const gather_case cases[] = {
        {"a prompt at the limit",
         {MEMBER("input_tokens", MAX - 3), MEMBER(READ, 1), MEMBER(CREATION, 1), MEMBER("total_tool_use_tokens", 1)},
         COUNTS6(MAX, ABSENT, ABSENT, 1, 1, ABSENT)},
        {"a prompt above it",
         {MEMBER("input_tokens", MAX - 2), MEMBER(READ, 1), MEMBER(CREATION, 1), MEMBER("total_tool_use_tokens", 1)},
         ABOUT(RANGE, "prompt_tokens")},
        {"the largest prompt",
         {MEMBER("input_tokens", MAX), MEMBER(READ, MAX), MEMBER(CREATION, MAX), MEMBER("total_tool_use_tokens", MAX)},
         ABOUT(RANGE, "prompt_tokens")},
        {"parts within are not added",
         {MEMBER("prompt_tokens", MAX), MEMBER(READ, MAX), MEMBER(CREATION, MAX)},
         COUNTS6(MAX, ABSENT, ABSENT, MAX, MAX, ABSENT)},
        {"a completion at the limit",
         {MEMBER("output_tokens", MAX - 1), MEMBER("thoughtsTokenCount", 1)},
         COUNTS6(ABSENT, MAX, ABSENT, ABSENT, ABSENT, 1)},
        {"a completion above it",
         {MEMBER("output_tokens", MAX), MEMBER("thoughtsTokenCount", 1)},
         ABOUT(RANGE, "completion_tokens")},
        {"both above it",
         {MEMBER("output_tokens", MAX), MEMBER("thoughtsTokenCount", 1), MEMBER("inputTokens", MAX),
          MEMBER("cacheReadInputTokens", 1)},
         ABOUT(RANGE, "prompt_tokens")},
        {"a wrong member comes first",
         {MEMBER("output_tokens", MAX), MEMBER("thoughtsTokenCount", 1), MEMBER("total_tokens", INTEGER_VALUE)},
         ABOUT(INTEGER, "total_tokens")},
    };
    expect_gathers(cases, LENGTH(cases));
}

static void a_count_or_something_wrong_makes_a_report(void **state) {
    (void)state;
    static const struct {
        member members[3];
        bool any;
    } cases[] = {
        {{{0}}, false},
        {{MEMBER("prompt_tokens", NULL_VALUE), MEMBER("input_tokens_details", OBJECT_VALUE)}, false},
        {{MEMBER("prompt_tokens", 0)}, true},
        {{IN(PROMPT_TOKENS_DETAILS, "cached_tokens", 0)}, true},
        {{MEMBER("total_tool_use_tokens", 1)}, true},
        {{MEMBER("prompt_tokens", TYPE_VALUE)}, true},
        {{MEMBER("prompt_tokens", NULL_VALUE), MEMBER("prompt_tokens", NULL_VALUE)}, true},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const tokusage_slots slots = gather(cases[i].members, LENGTH(cases[i].members));
        assert_int_equal(tokusage_slots_any(&slots), cases[i].any);
    }
}

/* ------------------------------------------------------------------------------------------------- laying over */

typedef struct lay_case {
    const char *what;
    member earlier[6], later[6];
    verdict want;
} lay_case;

static void a_later_report_is_laid_over_slot_by_slot(void **state) {
    (void)state;
    static const lay_case cases[] = {
        {"Anthropic's",
         {MEMBER("input_tokens", 5), MEMBER(READ, 20), MEMBER(CREATION, 100), MEMBER("output_tokens", 1)},
         {MEMBER("output_tokens", 70)},
         COUNTS6(125, 70, ABSENT, 20, 100, ABSENT)},
        {"all told again",
         {MEMBER("input_tokens", 5), MEMBER(READ, 20), MEMBER("output_tokens", 1)},
         {MEMBER("input_tokens", 6), MEMBER(READ, 0), MEMBER("output_tokens", 2)},
         COUNTS6(6, 2, ABSENT, 0, ABSENT, ABSENT)},
        {"null tells nothing",
         {MEMBER("input_tokens", 5), MEMBER("output_tokens", 1)},
         {MEMBER("input_tokens", NULL_VALUE), MEMBER("output_tokens", 2)},
         COUNTS(5, 2, ABSENT)},
        {"a later name of the slot replaces as well",
         {MEMBER("prompt_tokens", 5)},
         {MEMBER("prompt_eval_count", 6)},
         COUNTS(6, ABSENT, ABSENT)},
        {"what was within stays within",
         {MEMBER("prompt_tokens", 5), MEMBER(READ, 2)},
         {MEMBER("input_tokens", 6)},
         COUNTS6(6, ABSENT, ABSENT, 2, ABSENT, ABSENT)},
        {"over nothing", {{0}}, {MEMBER("total_tokens", 12)}, COUNTS(ABSENT, ABSENT, 12)},
        {"a wrong one tells its error",
         {MEMBER("input_tokens", 5)},
         {MEMBER("output_tokens", TYPE_VALUE)},
         ABOUT(TYPE, "completion_tokens")},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tokusage_slots slots = gather(cases[i].earlier, LENGTH(cases[i].earlier));
        const tokusage_slots later = gather(cases[i].later, LENGTH(cases[i].later));
        tokusage_slots_lay(&slots, &later);
        expect_slots(cases[i].what, &slots, &cases[i].want);
    }
}

static void a_wrong_report_stays_wrong_under_later_ones(void **state) {
    (void)state;
    static const member first[] = {MEMBER("input_tokens", 5), MEMBER("output_tokens", 1)};
    static const member wrong[] = {MEMBER("input_tokens", 6), MEMBER("output_tokens", TYPE_VALUE)};
    static const member last[] = {MEMBER("output_tokens", 9)};
    tokusage_slots slots = gather(first, LENGTH(first));
    const tokusage_slots second = gather(wrong, LENGTH(wrong));
    const tokusage_slots third = gather(last, LENGTH(last));
    const verdict refused = ABOUT(TYPE, "completion_tokens");
    tokusage_slots_lay(&slots, &second);
    expect_slots("a wrong one", &slots, &refused);
    tokusage_slots_lay(&slots, &third);
    expect_slots("a good one behind it", &slots, &refused);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_name_of_the_manual_has_its_row_and_no_other),
        cmocka_unit_test(the_keys_of_the_counts_come_first_in_the_order_of_the_manual),
        cmocka_unit_test(no_other_name_has_a_meaning),
        cmocka_unit_test(a_name_of_any_bytes_is_found_only_if_it_is_in_the_table),
        cmocka_unit_test(a_prompt_is_the_input_and_what_stands_beside_it),
        cmocka_unit_test(the_first_name_of_a_slot_that_is_not_null_counts),
        cmocka_unit_test(the_first_member_that_is_wrong_is_told),
        cmocka_unit_test(a_starred_member_is_inside_the_prompt_when_others_say_so),
        cmocka_unit_test(a_sum_is_refused_only_when_it_is_out_of_range),
        cmocka_unit_test(a_count_or_something_wrong_makes_a_report),
        cmocka_unit_test(a_later_report_is_laid_over_slot_by_slot),
        cmocka_unit_test(a_wrong_report_stays_wrong_under_later_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
