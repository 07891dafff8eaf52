/*
 * The names by which services tell the counts: each alone, and each against each of its rivals. The expectations come
 * from the manual's table, which is written here a second time. test_places.c tests where the usage stands.
 */
#include "readings.h"

#include <stdio.h>
#include <string.h>

#define P "prompt_tokens"
#define C "completion_tokens"
#define T "total_tokens"
#define MAX TOKUSAGE_COUNT_MAX

enum {
    TEXT_SIZE = 1000
};

/* --------------------------------------------------------------------------------------------------- the names */

typedef enum line {
    INPUT,
    OUTPUT,
    TOTAL,
    CACHED_WITHIN,
    CACHED_BESIDE,
    WRITTEN_WITHIN,
    WRITTEN_BESIDE,
    REASONING_WITHIN,
    REASONING_BESIDE,
    TOOLS_BESIDE,
    LINES
} line;

/* What an error calls a member of the line. */
static const char *const line_names[LINES] = {
    P,
    C,
    T,
    "cached_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "reasoning_tokens",
    P,
};

/* The manual's table, line by line; of one line the first member that is there and not null counts. */
static const struct row {
    line of;
    const char *object, *name;
    bool starred; /* may be inside the prompt, if other members say so */
} rows[] = {
    {INPUT, NULL, P, false},
    {INPUT, NULL, "input_tokens", false},
    {INPUT, NULL, "inputTokens", false},
    {INPUT, NULL, "promptTokenCount", false},
    {INPUT, NULL, "total_input_tokens", false},
    {INPUT, "tokens", "input_tokens", false},
    {INPUT, NULL, "prompt_eval_count", false},
    {OUTPUT, NULL, C, false},
    {OUTPUT, NULL, "output_tokens", false},
    {OUTPUT, NULL, "outputTokens", false},
    {OUTPUT, NULL, "candidatesTokenCount", false},
    {OUTPUT, NULL, "responseTokenCount", false},
    {OUTPUT, NULL, "total_output_tokens", false},
    {OUTPUT, "tokens", "output_tokens", false},
    {OUTPUT, NULL, "eval_count", false},
    {TOTAL, NULL, T, false},
    {TOTAL, NULL, "totalTokens", false},
    {TOTAL, NULL, "totalTokenCount", false},
    {CACHED_WITHIN, "prompt_tokens_details", "cached_tokens", false},
    {CACHED_WITHIN, "input_tokens_details", "cached_tokens", false},
    {CACHED_WITHIN, "input_tokens_details", "cache_read_input_tokens", false},
    {CACHED_WITHIN, "prompt_token_details", "cached_tokens", false},
    {CACHED_WITHIN, NULL, "prompt_cache_hit_tokens", false},
    {CACHED_WITHIN, NULL, "num_cached_tokens", false},
    {CACHED_WITHIN, NULL, "cached_tokens", false},
    {CACHED_WITHIN, NULL, "cachedContentTokenCount", false},
    {CACHED_WITHIN, NULL, "total_cached_tokens", false},
    {CACHED_BESIDE, NULL, "cache_read_input_tokens", true},
    {CACHED_BESIDE, NULL, "cacheReadInputTokens", false},
    {WRITTEN_WITHIN, "prompt_tokens_details", "cache_write_tokens", false},
    {WRITTEN_WITHIN, "input_tokens_details", "cache_write_tokens", false},
    {WRITTEN_WITHIN, "prompt_tokens_details", "cache_creation_input_tokens", false},
    {WRITTEN_WITHIN, "prompt_tokens_details", "cache_creation_tokens", false},
    {WRITTEN_WITHIN, "input_tokens_details", "cache_creation_input_tokens", false},
    {WRITTEN_BESIDE, NULL, "cache_creation_input_tokens", true},
    {WRITTEN_BESIDE, NULL, "cacheWriteInputTokens", false},
    {REASONING_WITHIN, "completion_tokens_details", "reasoning_tokens", false},
    {REASONING_WITHIN, "output_tokens_details", "reasoning_tokens", false},
    {REASONING_WITHIN, "output_tokens_details", "thinking_tokens", false},
    {REASONING_WITHIN, NULL, "reasoning_tokens", false},
    {REASONING_BESIDE, NULL, "thoughtsTokenCount", false},
    {REASONING_BESIDE, NULL, "total_thought_tokens", false},
    {TOOLS_BESIDE, NULL, "toolUsePromptTokenCount", false},
    {TOOLS_BESIDE, NULL, "total_tool_use_tokens", false},
};

/* Members of a usage object in the order of the text: the row and its value (ABSENT: null). */
typedef struct told {
    size_t row;
    int64_t value;
} told;

static bool in_object(const struct row *row, const char *object) {
    return row->object != NULL && strcmp(row->object, object) == 0;
}

static int64_t sum(int64_t a, int64_t b) {
    return a == ABSENT ? b : b == ABSENT ? a : a + b;
}

static int64_t first_of(int64_t a, int64_t b) {
    return a != ABSENT ? a : b;
}

/* What the members say by the manual, when all are right and no sum is too large. */
static verdict said(const told *members, size_t count) {
    int64_t lines[LINES];
    size_t from[LINES];
    bool within = false;
    for (size_t i = 0; i < LINES; i++) {
        lines[i] = ABSENT;
        from[i] = LENGTH(rows);
    }
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[members[i].row];
        within =
            within || in_object(row, "input_tokens_details") || (members[i].row == 0 && members[i].value != ABSENT);
        if (members[i].value != ABSENT && members[i].row < from[row->of]) {
            from[row->of] = members[i].row;
            lines[row->of] = members[i].value;
        }
    }
    const int64_t cached = first_of(lines[CACHED_BESIDE], lines[CACHED_WITHIN]);
    const int64_t written = first_of(lines[WRITTEN_BESIDE], lines[WRITTEN_WITHIN]);
    for (line of = CACHED_BESIDE; of <= WRITTEN_BESIDE; of = (line)(of + 2)) {
        if (within && lines[of] != ABSENT && rows[from[of]].starred) {
            lines[of] = ABSENT;
        }
    }
    const int64_t beside = sum(sum(lines[CACHED_BESIDE], lines[WRITTEN_BESIDE]), lines[TOOLS_BESIDE]);
    verdict answer = COUNTS6(sum(lines[INPUT], beside), sum(lines[OUTPUT], lines[REASONING_BESIDE]), lines[TOTAL],
                             cached, written, first_of(lines[REASONING_BESIDE], lines[REASONING_WITHIN]));
    return answer;
}

/* ------------------------------------------------------------------------------------------------- writing texts */

static void put(builder *text, const char *part) {
    add(text, 1, part);
}

/* Writes a member, in its object if it has one, and a comma before it if it is not the first. */
static void put_row(builder *text, size_t row, const char *value) {
    const char last = text->text[text->used - 1];
    put(text, last == '{' ? "\"" : ",\"");
    if (rows[row].object != NULL) {
        put(text, rows[row].object);
        put(text, "\":{\"");
    }
    put(text, rows[row].name);
    put(text, "\":");
    put(text, value);
    put(text, rows[row].object != NULL ? "}" : "");
}

static void put_told(builder *text, const told *members, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char value[32] = "null";
        if (members[i].value != ABSENT) {
            (void)snprintf(value, sizeof value, "%lld", (long long)members[i].value);
        }
        put_row(text, members[i].row, value);
    }
}

/* Writes two members with these values. A member with a value of NULL is left out. */
static span pair_text(char *json, size_t a, const char *value_a, size_t b, const char *value_b) {
    builder text = {json, 0, TEXT_SIZE};
    put(&text, "{\"usage\":{");
    if (value_a != NULL) {
        put_row(&text, a, value_a);
    }
    if (value_b != NULL) {
        put_row(&text, b, value_b);
    }
    put(&text, "}}");
    span result = {json, text.used};
    return result;
}

static void expect_text(const char *what, const char *pointer, span json, verdict want) {
    reading_case one = {what, pointer, json, want};
    expect_reading(&one);
}

/* Writes the members, one after another, as the usage at the place. */
static void expect_told(const char *what, const told *members, size_t count) {
    char json[TEXT_SIZE];
    builder text = {json, 0, sizeof json};
    put(&text, "{\"usage\":{");
    put_told(&text, members, count);
    put(&text, "}}");
    span whole = {json, text.used};
    expect_text(what, NULL, whole, said(members, count));
}

/* --------------------------------------------------------------------------------------------- each name */

static void each_name_alone_tells_its_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const told seven = {i, 7};
        const told none = {i, ABSENT};
        expect_told(rows[i].name, &seven, 1);
        expect_told(rows[i].name, &none, 1);
        char json[TEXT_SIZE];
        builder text = {json, 0, sizeof json};
        put(&text, "{\"a\":{\"b\":{");
        put_told(&text, &seven, 1);
        put(&text, "}}}");
        span whole = {json, text.used};
        expect_text(rows[i].name, "/a/b", whole, said(&seven, 1));
        span object = {json + 10, text.used - 12};
        expect_text(rows[i].name, "", object, said(&seven, 1));
    }
}

/* The expectation above is built from the table; here one name of each line is told by hand. */
static void each_line_counts_where_the_manual_says(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"input", "", TEXT("{\"promptTokenCount\":7}"), COUNTS(7, ABSENT, ABSENT)},
        {"output", "", TEXT("{\"tokens\":{\"output_tokens\":7}}"), COUNTS(ABSENT, 7, ABSENT)},
        {"total", "", TEXT("{\"totalTokens\":7}"), COUNTS(ABSENT, ABSENT, 7)},
        {"cached, within", "", TEXT("{\"prompt_cache_hit_tokens\":7}"),
         COUNTS6(ABSENT, ABSENT, ABSENT, 7, ABSENT, ABSENT)},
        {"cached, beside", "", TEXT("{\"cacheReadInputTokens\":7}"), COUNTS6(7, ABSENT, ABSENT, 7, ABSENT, ABSENT)},
        {"written, within", "", TEXT("{\"prompt_tokens_details\":{\"cache_creation_tokens\":7}}"),
         COUNTS6(ABSENT, ABSENT, ABSENT, ABSENT, 7, ABSENT)},
        {"written, beside", "", TEXT("{\"cache_creation_input_tokens\":7}"),
         COUNTS6(7, ABSENT, ABSENT, ABSENT, 7, ABSENT)},
        {"reasoning, within", "", TEXT("{\"output_tokens_details\":{\"thinking_tokens\":7}}"),
         COUNTS6(ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, 7)},
        {"reasoning, beside", "", TEXT("{\"thoughtsTokenCount\":7}"), COUNTS6(ABSENT, 7, ABSENT, ABSENT, ABSENT, 7)},
        {"tools, beside", "", TEXT("{\"toolUsePromptTokenCount\":7}"), COUNTS(7, ABSENT, ABSENT)},
        {"all of Anthropic's", NULL,
         TEXT("{\"usage\":{\"input_tokens\":1,\"cache_creation_input_tokens\":20,\"cache_read_input_tokens\":300,"
              "\"output_tokens\":4000}}"),
         COUNTS6(321, 4000, ABSENT, 300, 20, ABSENT)},
        {"all of Gemini's", NULL,
         TEXT("{\"usageMetadata\":{\"promptTokenCount\":1,\"cachedContentTokenCount\":1,\"toolUsePromptTokenCount\":20,"
              "\"candidatesTokenCount\":300,\"thoughtsTokenCount\":4000,\"totalTokenCount\":4321}}"),
         COUNTS6(21, 4300, 4321, 1, ABSENT, 4000)},
    };
    expect_readings(cases, LENGTH(cases));
}

/* Any two names, rivals or not, in both orders, also with one of them null. */
static void each_two_names_together_tell_what_the_manual_says(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(rows); j++) {
            if (i == j) {
                continue;
            }
            const told both[] = {{i, 7}, {j, 100}};
            const told second[] = {{i, ABSENT}, {j, 100}};
            const told first[] = {{i, 7}, {j, ABSENT}};
            expect_told(rows[i].name, both, 2);
            if (rows[i].of == rows[j].of) {
                expect_told(rows[i].name, second, 2);
                expect_told(rows[i].name, first, 2);
            }
        }
    }
}

static void any_names_together_tell_what_the_manual_says(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(2000); left > 0; left--) {
        told members[12];
        size_t count = 0;
        bool used[LENGTH(rows)] = {false};
        for (size_t i = random_below(LENGTH(members)); i < LENGTH(members); i++) {
            const size_t row = random_below(LENGTH(rows));
            if (!used[row]) {
                used[row] = true;
                members[count].row = row;
                members[count++].value = random_below(4) == 0 ? ABSENT : (int64_t)random_below(1000);
            }
        }
        expect_told("random members", members, count);
    }
}

static void each_name_given_twice_is_refused(void **state) {
    (void)state;
    static const char *const values[][2] = {{"7", "7"}, {"7", "8"}, {"null", "7"}, {"7", "null"}, {"null", "null"}};
    char json[TEXT_SIZE];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        verdict want = ABOUT(DUPLICATE, line_names[rows[i].of]);
        for (size_t j = 0; j < LENGTH(values); j++) {
            expect_text(rows[i].name, NULL, pair_text(json, i, values[j][0], i, values[j][1]), want);
        }
        verdict second = ABOUT(TYPE, line_names[rows[i].of]);
        expect_text(rows[i].name, NULL, pair_text(json, i, "\"7\"", i, "7"), second);
        expect_text(rows[i].name, NULL, pair_text(json, i, "7", i, "\"7\""), want);
    }
}

static const struct {
    const char *text;
    tokusage_status status;
} bad_values[] = {
    {"\"7\"", TOKUSAGE_ERR_TYPE},  {"true", TOKUSAGE_ERR_TYPE},
    {"false", TOKUSAGE_ERR_TYPE},  {"[7]", TOKUSAGE_ERR_TYPE},
    {"{}", TOKUSAGE_ERR_TYPE},     {"{\"cached_tokens\":7}", TOKUSAGE_ERR_TYPE},
    {"-1", TOKUSAGE_ERR_RANGE},    {"9007199254740992", TOKUSAGE_ERR_RANGE},
    {"0.5", TOKUSAGE_ERR_INTEGER},
};

static void each_name_with_a_value_that_is_not_a_count_is_refused(void **state) {
    (void)state;
    char json[TEXT_SIZE];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(bad_values); j++) {
            verdict want = {bad_values[j].status, line_names[rows[i].of], 0, {0}};
            expect_text(rows[i].name, NULL, pair_text(json, i, bad_values[j].text, i, NULL), want);
        }
    }
}

/* A wrong member is refused also when another member of its line counts, before it or behind it. */
static void each_name_is_checked_also_where_a_rival_counts(void **state) {
    (void)state;
    char json[TEXT_SIZE];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(rows); j++) {
            if (i == j || rows[i].of != rows[j].of) {
                continue;
            }
            verdict want = ABOUT(TYPE, line_names[rows[i].of]);
            expect_text(rows[i].name, NULL, pair_text(json, i, "\"7\"", j, "7"), want);
            expect_text(rows[i].name, NULL, pair_text(json, j, "7", i, "\"7\""), want);
        }
    }
}

static void the_first_of_two_wrong_members_in_the_text_is_told(void **state) {
    (void)state;
    char json[TEXT_SIZE];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(rows); j++) {
            verdict want = ABOUT(INTEGER, line_names[rows[i].of]);
            if (i != j) {
                span text = pair_text(json, i, "0.5", j, "-1");
                expect_extract(rows[i].name, NULL, text.bytes, text.length, &want);
            }
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- sums */

static void each_sum_is_refused_only_above_the_range(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (size_t j = 0; j < LENGTH(rows); j++) {
            const bool prompt = rows[i].of == INPUT && (rows[j].of == CACHED_BESIDE || rows[j].of == WRITTEN_BESIDE ||
                                                        rows[j].of == TOOLS_BESIDE);
            const bool completion = rows[i].of == OUTPUT && rows[j].of == REASONING_BESIDE;
            if (!prompt && !completion) {
                continue;
            }
            const told at_limit[] = {{i, MAX - 7}, {j, 7}};
            const told turned[] = {{j, MAX - 7}, {i, 7}};
            expect_told("at the limit", at_limit, 2);
            expect_told("at the limit, turned", turned, 2);
            const told above[] = {{i, MAX - 6}, {j, 7}};
            if (i == 0 && rows[j].starred) {
                expect_told("within, so nothing is added", above, 2);
                continue;
            }
            char json[TEXT_SIZE];
            verdict want = ABOUT(RANGE, prompt ? P : C);
            expect_text("above it", NULL, pair_text(json, i, "9007199254740985", j, "7"), want);
            expect_text("far above it", NULL, pair_text(json, j, "9007199254740991", i, "9007199254740991"), want);
        }
    }
}

#define LIMIT "9007199254740991"

static void a_sum_out_of_range_is_the_last_error_to_be_told(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"four addends within the range", "",
         TEXT("{\"input_tokens\":9007199254740988,\"cache_read_input_tokens\":1,\"cache_creation_input_tokens\":1,"
              "\"total_tool_use_tokens\":1}"),
         COUNTS6(MAX, ABSENT, ABSENT, 1, 1, ABSENT)},
        {"four addends, one too much", "",
         TEXT("{\"input_tokens\":9007199254740988,\"cache_read_input_tokens\":1,\"cache_creation_input_tokens\":1,"
              "\"total_tool_use_tokens\":2}"),
         ABOUT(RANGE, P)},
        {"four addends at the limit", "",
         TEXT("{\"input_tokens\":" LIMIT ",\"cache_read_input_tokens\":" LIMIT ",\"cache_creation_input_tokens\":" LIMIT
              ",\"total_tool_use_tokens\":" LIMIT "}"),
         ABOUT(RANGE, P)},
        {"without an input", "", TEXT("{\"cacheReadInputTokens\":" LIMIT ",\"cacheWriteInputTokens\":1}"),
         ABOUT(RANGE, P)},
        {"prompt before completion", "",
         TEXT("{\"eval_count\":" LIMIT ",\"thoughtsTokenCount\":1,\"inputTokens\":" LIMIT
              ",\"cacheReadInputTokens\":1}"),
         ABOUT(RANGE, P)},
        {"completion", "", TEXT("{\"eval_count\":" LIMIT ",\"total_thought_tokens\":1,\"inputTokens\":1}"),
         ABOUT(RANGE, C)},
        {"a wrong member behind it", "",
         TEXT("{\"eval_count\":" LIMIT ",\"thoughtsTokenCount\":1,\"total_cached_tokens\":\"\"}"),
         ABOUT(TYPE, "cached_tokens")},
        {"parts that are larger than their whole are told as they are", "",
         TEXT("{\"prompt_tokens\":1,\"cached_tokens\":" LIMIT
              ",\"prompt_tokens_details\":{\"cache_write_tokens\":" LIMIT "}}"),
         COUNTS6(1, ABSENT, ABSENT, MAX, MAX, ABSENT)},
    };
    expect_readings(cases, LENGTH(cases));
}

/* ----------------------------------------------------------------------------------------- the starred members */

#define READ "\"cache_read_input_tokens\""
#define CREATION "\"cache_creation_input_tokens\""

static const reading_case starred_cases[] = {
    {"input_tokens", "", TEXT("{\"input_tokens\":9," READ ":4," CREATION ":3}"),
     COUNTS6(16, ABSENT, ABSENT, 4, 3, ABSENT)},
    {"prompt_tokens before", "", TEXT("{\"prompt_tokens\":9," READ ":4," CREATION ":3}"),
     COUNTS6(9, ABSENT, ABSENT, 4, 3, ABSENT)},
    {"prompt_tokens behind", "", TEXT("{" READ ":4," CREATION ":3,\"prompt_tokens\":9}"),
     COUNTS6(9, ABSENT, ABSENT, 4, 3, ABSENT)},
    {"prompt_tokens of zero", "", TEXT("{" READ ":4,\"prompt_tokens\":0}"),
     COUNTS6(0, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"prompt_tokens is null", "", TEXT("{" READ ":4,\"prompt_tokens\":null,\"input_tokens\":9}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"prompt_tokens and input_tokens", "", TEXT("{\"input_tokens\":2," READ ":4,\"prompt_tokens\":9}"),
     COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"prompt_tokens in another object", "", TEXT("{\"input_tokens\":9," READ ":4,\"tokens\":{\"prompt_tokens\":9}}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"details before", "", TEXT("{\"input_tokens_details\":{},\"input_tokens\":9," READ ":4," CREATION ":3}"),
     COUNTS6(9, ABSENT, ABSENT, 4, 3, ABSENT)},
    {"details behind", "", TEXT("{" READ ":4," CREATION ":3,\"input_tokens\":9,\"input_tokens_details\":{}}"),
     COUNTS6(9, ABSENT, ABSENT, 4, 3, ABSENT)},
    {"details of null", "", TEXT("{\"input_tokens_details\":null,\"input_tokens\":9," READ ":4}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"details that are an array", "", TEXT("{\"input_tokens_details\":[{}],\"input_tokens\":9," READ ":4}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"details twice, one is an object", "",
     TEXT("{\"input_tokens_details\":{},\"input_tokens\":9," READ ":4,\"input_tokens_details\":5}"),
     COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"details within details", "",
     TEXT("{\"prompt_tokens_details\":{\"input_tokens_details\":{}},\"input_tokens\":9," READ ":4}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"other details", "",
     TEXT("{\"prompt_tokens_details\":{},\"prompt_token_details\":{},\"output_tokens_details\":{},"
          "\"completion_tokens_details\":{},\"tokens\":{},\"input_tokens\":9," CREATION ":3}"),
     COUNTS6(12, ABSENT, ABSENT, ABSENT, 3, ABSENT)},
    {"before the members within", "",
     TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1},\"cached_tokens\":2," READ ":4,\"prompt_tokens\":9}"),
     COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"of zero, before the members within", "",
     TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":1}," READ ":0,\"prompt_tokens\":9}"),
     COUNTS6(9, ABSENT, ABSENT, 0, ABSENT, ABSENT)},
    {"the same name in the details", "", TEXT("{\"input_tokens_details\":{" READ ":1},\"input_tokens\":9," READ ":4}"),
     COUNTS6(9, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"without a star never within", "",
     TEXT("{\"prompt_tokens\":9,\"cacheReadInputTokens\":4,\"cacheWriteInputTokens\":3,\"input_tokens_details\":{}"
          "}"),
     COUNTS6(16, ABSENT, ABSENT, 4, 3, ABSENT)},
    {"the starred member of a slot and the other", "",
     TEXT("{\"prompt_tokens\":9,\"cacheReadInputTokens\":5," READ ":4,\"cacheWriteInputTokens\":3," CREATION ":2}"),
     COUNTS6(9, ABSENT, ABSENT, 4, 2, ABSENT)},
    {"the starred member of a slot is null", "", TEXT("{\"prompt_tokens\":9,\"cacheReadInputTokens\":5," READ ":null}"),
     COUNTS6(14, ABSENT, ABSENT, 5, ABSENT, ABSENT)},
    {"prompt_tokens beside the usage", NULL,
     TEXT("{\"prompt_tokens\":1,\"usage\":{\"input_tokens\":9," READ ":4},\"input_tokens_details\":{}}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
    {"prompt_tokens in a place that is passed over", NULL,
     TEXT("{\"x_groq\":{\"usage\":{\"prompt_tokens\":1,\"input_tokens_details\":{}}},\"usage\":{\"input_tokens\":"
          "9," READ ":4}}"),
     COUNTS6(13, ABSENT, ABSENT, 4, ABSENT, ABSENT)},
};

static void a_starred_member_is_inside_the_prompt_when_others_say_so(void **state) {
    (void)state;
    expect_readings(starred_cases, LENGTH(starred_cases));
}

static void a_details_member_that_is_not_an_object_tells_nothing(void **state) {
    (void)state;
    static const char *const objects[] = {"prompt_tokens_details",     "input_tokens_details",  "prompt_token_details",
                                          "completion_tokens_details", "output_tokens_details", "tokens"};
    static const char *const values[] = {"null",
                                         "5",
                                         "-1",
                                         "0.5",
                                         "\"x\"",
                                         "true",
                                         "false",
                                         "[]",
                                         "[{\"cached_tokens\":5,\"reasoning_tokens\":5,\"input_tokens\":5}]",
                                         "{}",
                                         "{\"a\":{\"cached_tokens\":5,\"input_tokens\":5}}"};
    for (size_t i = 0; i < LENGTH(objects); i++) {
        for (size_t j = 0; j < LENGTH(values); j++) {
            char json[200];
            span text = {json,
                         (size_t)snprintf(json, sizeof json, "{\"%s\":%s,\"total_tokens\":12}", objects[i], values[j])};
            verdict want = COUNTS(ABSENT, ABSENT, 12);
            expect_text(objects[i], "", text, want);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_name_alone_tells_its_counts),
        cmocka_unit_test(each_line_counts_where_the_manual_says),
        cmocka_unit_test(each_two_names_together_tell_what_the_manual_says),
        cmocka_unit_test(any_names_together_tell_what_the_manual_says),
        cmocka_unit_test(each_name_given_twice_is_refused),
        cmocka_unit_test(each_name_with_a_value_that_is_not_a_count_is_refused),
        cmocka_unit_test(each_name_is_checked_also_where_a_rival_counts),
        cmocka_unit_test(the_first_of_two_wrong_members_in_the_text_is_told),
        cmocka_unit_test(each_sum_is_refused_only_above_the_range),
        cmocka_unit_test(a_sum_out_of_range_is_the_last_error_to_be_told),
        cmocka_unit_test(a_starred_member_is_inside_the_prompt_when_others_say_so),
        cmocka_unit_test(a_details_member_that_is_not_an_object_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
