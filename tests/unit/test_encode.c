/* Writing a usage as JSON. */
#include "support.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cJSON.h>

static const int64_t boundaries[] = {
    ABSENT,
    0,
    1,
    9,
    10,
    99,
    100,
    INT64_C(2147483647),
    INT64_C(2147483648),
    INT64_C(4294967296),
    INT64_C(999999999999999),
    INT64_C(1000000000000000),
    INT64_C(1234567890123460),
    INT64_C(9007199254740990),
    TOKUSAGE_COUNT_MAX,
};

/* The six counts, in the order in which they are written: `group` is the object that they stand in. */
static const struct {
    const char *name, *group;
    size_t offset;
} members[] = {
    {"prompt_tokens", NULL, offsetof(tokusage, prompt_tokens)},
    {"completion_tokens", NULL, offsetof(tokusage, completion_tokens)},
    {"total_tokens", NULL, offsetof(tokusage, total_tokens)},
    {"cached_tokens", "prompt_tokens_details", offsetof(tokusage, cached_tokens)},
    {"cache_write_tokens", "prompt_tokens_details", offsetof(tokusage, cache_write_tokens)},
    {"reasoning_tokens", "completion_tokens_details", offsetof(tokusage, reasoning_tokens)},
};

static tokusage_count *count_at(tokusage *usage, size_t member) {
    return (tokusage_count *)(void *)((char *)usage + members[member].offset);
}

/* The group's members, written by the C library. */
static size_t expected_members(tokusage *usage, const char *group, char *json, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < LENGTH(members); i++) {
        const tokusage_count *count = count_at(usage, i);
        if (members[i].group == group && count->present) {
            used += (size_t)snprintf(json + used, size - used, "%s\"%s\":%" PRId64, used > 0 ? "," : "",
                                     members[i].name, count->value);
        }
    }
    json[used] = '\0';
    return used;
}

/* What encode must write. */
static size_t expected_text(tokusage *usage, char *json, size_t size) {
    char parts[300];
    size_t used = (size_t)snprintf(json, size, "{");
    used += expected_members(usage, NULL, json + used, size - used);
    for (size_t i = 3; i < LENGTH(members); i += 2) {
        if (expected_members(usage, members[i].group, parts, sizeof parts) > 0) {
            used += (size_t)snprintf(json + used, size - used, "%s\"%s\":{%s}", used > 1 ? "," : "", members[i].group,
                                     parts);
        }
    }
    return used + (size_t)snprintf(json + used, size - used, "}");
}

static void expect_encoding(tokusage *usage) {
    char want[400];
    size_t length = expected_text(usage, want, sizeof want);
    char buffer[400];
    size_t written = 12345;

    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(usage, buffer, length + 1, &written), TOKUSAGE_OK);
    assert_int_equal(written, length);
    assert_string_equal(buffer, want);
    assert_true(spoilt(buffer + length + 1, sizeof buffer - length - 1));

    spoil(buffer, sizeof buffer);
    written = 12345;
    assert_int_equal(tokusage_encode(usage, buffer, length, &written), TOKUSAGE_ERR_SPACE);
    assert_int_equal(written, length);
    assert_true(spoilt(buffer, sizeof buffer));

    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(usage, buffer, TOKUSAGE_JSON_SIZE, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, want);

    tokusage back;
    spoil(&back, sizeof back);
    assert_int_equal(tokusage_decode(buffer, length, &back, NULL), TOKUSAGE_OK);
    assert_true(tokusage_equal(&back, usage));
}

static void encode_writes_every_combination_of_counts_exactly(void **state) {
    (void)state;
    heap_fail(NEVER, false);
    for (size_t p = 0; p < LENGTH(boundaries); p++) {
        for (size_t c = 0; c < LENGTH(boundaries); c++) {
            for (size_t t = 0; t < LENGTH(boundaries); t++) {
                tokusage usage = usage_of(boundaries[p], boundaries[c], boundaries[t]);
                expect_encoding(&usage);
                usage = usage_of6(ABSENT, ABSENT, ABSENT, boundaries[p], boundaries[c], boundaries[t]);
                expect_encoding(&usage);
            }
        }
    }
    assert_int_equal(heap_calls(), 0);
}

static void encode_writes_the_counts_that_are_present(void **state) {
    (void)state;
    for (unsigned present = 0; present < 64; present++) {
        tokusage usage;
        memset(&usage, 0, sizeof usage);
        for (size_t i = 0; i < LENGTH(members); i++) {
            count_at(&usage, i)->present = (present >> i & 1) != 0;
            count_at(&usage, i)->value = (present >> i & 1) != 0 ? (int64_t)(10 + i) : 0;
        }
        expect_encoding(&usage);
    }
}

static void encode_writes_the_form_of_openai(void **state) {
    (void)state;
    static const struct {
        int64_t counts[6];
        const char *json;
    } cases[] = {
        {{5, 7, 12, 2, 1, 3},
         "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12,\"prompt_tokens_details\":{\"cached_"
         "tokens\":2,"
         "\"cache_write_tokens\":1},\"completion_tokens_details\":{\"reasoning_tokens\":3}}"},
        {{5, 7, 12, ABSENT, ABSENT, ABSENT}, "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}"},
        {{ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT}, "{}"},
        {{5, ABSENT, ABSENT, ABSENT, 1, ABSENT},
         "{\"prompt_tokens\":5,\"prompt_tokens_details\":{\"cache_write_tokens\":1}}"},
        {{ABSENT, ABSENT, ABSENT, 2, ABSENT, ABSENT}, "{\"prompt_tokens_details\":{\"cached_tokens\":2}}"},
        {{ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, 3}, "{\"completion_tokens_details\":{\"reasoning_tokens\":3}}"},
        {{0, 0, 0, 0, 0, 0},
         "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0,\"prompt_tokens_details\":{\"cached_tokens\":"
         "0,"
         "\"cache_write_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0}}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char buffer[TOKUSAGE_JSON_SIZE];
        const int64_t *c = cases[i].counts;
        tokusage usage = usage_of6(c[0], c[1], c[2], c[3], c[4], c[5]);
        assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
        assert_string_equal(buffer, cases[i].json);
    }
}

static void encode_fits_json_size_with_the_longest_usage(void **state) {
    (void)state;
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage usage = usage_of6(TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX,
                               TOKUSAGE_COUNT_MAX, TOKUSAGE_COUNT_MAX);
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, &length), TOKUSAGE_OK);
    assert_true(length < TOKUSAGE_JSON_SIZE);
    assert_true(length + 8 > TOKUSAGE_JSON_SIZE); /* not more bytes than a usage can need */
    assert_int_equal(tokusage_encode(&usage, buffer, length, &length), TOKUSAGE_ERR_SPACE);
}

static void encode_tells_the_length_without_a_buffer(void **state) {
    (void)state;
    tokusage usage = usage_of(5, ABSENT, 12);
    size_t length = 0;
    assert_int_equal(tokusage_encode(&usage, NULL, 0, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(length, strlen("{\"prompt_tokens\":5,\"total_tokens\":12}"));
    assert_int_equal(tokusage_encode(&usage, NULL, 0, NULL), TOKUSAGE_ERR_SPACE);
    char one = 'x';
    assert_int_equal(tokusage_encode(&usage, &one, 0, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(tokusage_encode(&usage, &one, 1, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(one, 'x');
}

static void encode_changes_nothing_when_an_argument_is_wrong(void **state) {
    (void)state;
    tokusage usage = usage_of(5, 7, 12);
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 77;
    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(NULL, buffer, sizeof buffer, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_encode(&usage, NULL, 1, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_encode(NULL, NULL, 0, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(length, 77);
    assert_true(spoilt(buffer, sizeof buffer));
}

static const int64_t out_of_range[] = {-1, INT64_MIN + 1, TOKUSAGE_COUNT_MAX + 1, INT64_MAX, -TOKUSAGE_COUNT_MAX};

static void encode_refuses_a_count_out_of_range(void **state) {
    (void)state;
    for (size_t member = 0; member < LENGTH(members); member++) {
        for (size_t i = 0; i < LENGTH(out_of_range); i++) {
            tokusage usage = usage_of6(5, 7, 12, 2, 1, 3);
            count_at(&usage, member)->value = out_of_range[i];
            char buffer[TOKUSAGE_JSON_SIZE];
            size_t length = 77;
            spoil(buffer, sizeof buffer);
            assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, &length), TOKUSAGE_ERR_RANGE);
            assert_int_equal(tokusage_encode(&usage, NULL, 0, &length), TOKUSAGE_ERR_RANGE);
            assert_int_equal(length, 77);
            assert_true(spoilt(buffer, sizeof buffer));
        }
    }
}

static void encode_does_not_look_at_the_value_of_an_absent_count(void **state) {
    (void)state;
    tokusage usage = usage_of(5, ABSENT, ABSENT);
    usage.completion_tokens.value = -1;
    usage.total_tokens.value = INT64_MAX;
    usage.cached_tokens.value = INT64_MIN;
    usage.reasoning_tokens.value = TOKUSAGE_COUNT_MAX + 1;
    char buffer[TOKUSAGE_JSON_SIZE];
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
    assert_string_equal(buffer, "{\"prompt_tokens\":5}");
}

static int64_t random_count(void) {
    return random_below(4) == 0 ? ABSENT : (int64_t)(random_bits() >> (11 + random_below(53)));
}

static tokusage random_usage(void) {
    tokusage usage =
        usage_of6(random_count(), random_count(), random_count(), random_count(), random_count(), random_count());
    return usage;
}

/* What cJSON prints of the same members. It gets the counts as raw digits, because it prints numbers as doubles. */
static char *printed_by_cjson(tokusage *usage) {
    cJSON *tree = cJSON_CreateObject();
    for (size_t i = 0; i < LENGTH(members); i++) {
        const tokusage_count *count = count_at(usage, i);
        if (!count->present) {
            continue;
        }
        cJSON *object = tree;
        if (members[i].group != NULL) {
            object = cJSON_GetObjectItemCaseSensitive(tree, members[i].group);
            object = object != NULL ? object : cJSON_AddObjectToObject(tree, members[i].group);
        }
        char digits[32];
        (void)snprintf(digits, sizeof digits, "%" PRId64, count->value);
        assert_non_null(cJSON_AddRawToObject(object, members[i].name, digits));
    }
    char *text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    return text;
}

static void encode_writes_what_cjson_prints(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(2000); left > 0; left--) {
        tokusage usage = random_usage();
        char text[TOKUSAGE_JSON_SIZE];
        assert_int_equal(tokusage_encode(&usage, text, sizeof text, NULL), TOKUSAGE_OK);
        char *printed = printed_by_cjson(&usage);
        assert_string_equal(text, printed);
        cJSON_free(printed);
    }
}

static void encode_and_decode_give_back_any_usage(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(20000); left > 0; left--) {
        tokusage usage = random_usage();
        expect_encoding(&usage);
    }
}

static void encode_does_not_follow_the_locale(void **state) {
    (void)state;
    if (!comma_locale()) {
        print_message("this system has no locale with a decimal comma and cannot make one\n");
        skip();
    }
    encode_writes_the_counts_that_are_present(state);
    encode_writes_every_combination_of_counts_exactly(state);
    plain_locale();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WATCHED(encode_writes_every_combination_of_counts_exactly),
        cmocka_unit_test(encode_writes_the_counts_that_are_present),
        cmocka_unit_test(encode_writes_the_form_of_openai),
        cmocka_unit_test(encode_fits_json_size_with_the_longest_usage),
        cmocka_unit_test(encode_tells_the_length_without_a_buffer),
        cmocka_unit_test(encode_changes_nothing_when_an_argument_is_wrong),
        cmocka_unit_test(encode_refuses_a_count_out_of_range),
        cmocka_unit_test(encode_does_not_look_at_the_value_of_an_absent_count),
        cmocka_unit_test(encode_writes_what_cjson_prints),
        cmocka_unit_test(encode_and_decode_give_back_any_usage),
        cmocka_unit_test(encode_does_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
