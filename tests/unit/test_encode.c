/* Writing a usage as JSON: the form, its size, and that decode reads back what was written. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "rows.h"

#define MAX TOKUSAGE_COUNT_MAX

/* The objects around the counts, in the order in which they are written. */
static const char *const objects[] = {"", "prompt_tokens_details", "prompt_tokens_details/cached_tokens_details",
                                      "completion_tokens_details", "cache_creation"};

/* The form: each count in its object, under the first of its names in names.tsv, in the order of the numbers. */
static struct { const char *count, *objects, *name; } form[TOKUSAGE_COUNTS];

/* The first of the names of a count. */
static const char *first_path(const char *count) {
    size_t rows = 0;
    const name_row *row = rows_of("count", &rows);
    for (; strcmp(row->field, count) != 0; row++) {
        assert_true(rows-- > 1);
    }
    return row->path;
}

static int make_form(void **state) {
    (void)state;
    size_t made = 0;
    for (size_t i = 0; i < LENGTH(objects) * TOKUSAGE_COUNTS; i++) {
        const char *const object = objects[i / TOKUSAGE_COUNTS];
        const char *const count = tokusage_count_name(i % TOKUSAGE_COUNTS);
        const char *const path = first_path(count);
        const char *const slash = strrchr(path, '/');
        const size_t length = slash != NULL ? (size_t)(slash - path) : 0;
        if (strlen(object) == length && memcmp(object, path, length) == 0) {
            form[made].count = count;
            form[made].objects = object;
            form[made++].name = slash != NULL ? slash + 1 : path;
        }
    }
    assert_int_equal(made, TOKUSAGE_COUNTS);
    return 0;
}

/* Appends a member's name, and a comma if it is not the first of its object. */
static void open_member(builder *to, const char *name, size_t length) {
    const bool first = to->bytes[to->length - 1] == '{';
    add_format(to, "%s\"%.*s\":", first ? "" : ",", (int)length, name);
}

/* Closes objects until only those are open that both paths begin with. Returns the length of what is left open. */
static size_t close_objects(builder *to, const char *open, const char *next) {
    const size_t next_length = strlen(next);
    size_t length = strlen(open);
    while (length > 0 && !(length <= next_length && memcmp(open, next, length) == 0 &&
                           (length == next_length || next[length] == '/'))) {
        add(to, 1, "}");
        while (length > 0 && open[--length] != '/') {
        }
    }
    return length;
}

/* What encode must write. */
static builder expected_json(const tokusage *usage) {
    builder json = {NULL, 0, 0};
    const char *open = "";
    tokusage copy = *usage;
    add(&json, 1, "{");
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(&copy, count_named(short_name(form[i].count)));
        if (!count->present) {
            continue;
        }
        size_t at = close_objects(&json, open, form[i].objects);
        while (form[i].objects[at] != '\0') {
            const char *const name = form[i].objects + at + (form[i].objects[at] == '/');
            open_member(&json, name, strcspn(name, "/"));
            add(&json, 1, "{");
            at = (size_t)(name - form[i].objects) + strcspn(name, "/");
        }
        open = form[i].objects;
        open_member(&json, form[i].name, strlen(form[i].name));
        add_format(&json, "%" PRId64, count->value);
    }
    close_objects(&json, open, "");
    add(&json, 1, "}");
    return json;
}

enum {
    ROOM = TOKUSAGE_JSON_SIZE + 100
};

/* Writes with room for exactly what is needed, with one byte less, and with more. */
static void expect_json(const tokusage *usage, const char *want, size_t length) {
    char buffer[ROOM];
    size_t written = 12345;
    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(usage, buffer, length + 1, &written), TOKUSAGE_OK);
    assert_int_equal(written, length);
    assert_memory_equal(buffer, want, length);
    assert_int_equal(buffer[length], '\0');
    assert_true(spoilt(buffer + length + 1, sizeof buffer - length - 1));

    spoil(buffer, sizeof buffer);
    written = 12345;
    assert_int_equal(tokusage_encode(usage, buffer, length, &written), TOKUSAGE_ERR_SPACE);
    assert_int_equal(written, length);
    assert_true(spoilt(buffer, sizeof buffer));

    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(usage, buffer, TOKUSAGE_JSON_SIZE, NULL), TOKUSAGE_OK);
    assert_memory_equal(buffer, want, length + 1);
    assert_true(spoilt(buffer + length + 1, sizeof buffer - length - 1));
}

static void expect_round_trip(const tokusage *usage) {
    builder want = expected_json(usage);
    add_bytes(&want, "", 1);
    expect_json(usage, want.bytes, want.length - 1);
    tokusage back;
    spoil(&back, sizeof back);
    assert_int_equal(tokusage_decode(want.bytes, want.length - 1, &back, NULL), TOKUSAGE_OK);
    expect_same_usage(want.bytes, &back, usage);
    free(want.bytes);
}

static void encode_writes_the_form_of_openai(void **state) {
    (void)state;
    static const struct {
        const char *usage, *json;
    } cases[] = {
        {"", "{}"},
        {"prompt 5 completion 7 total 12", "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}"},
        {"prompt 5 completion 7 total 12 cached 2 reasoning 3",
         "{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12,\"prompt_tokens_details\":{\"cached_tokens\""
         ":2},\"completion_tokens_details\":{\"reasoning_tokens\":3}}"},
        {"cached_image 1", "{\"prompt_tokens_details\":{\"cached_tokens_details\":{\"image_tokens\":1}}}"},
        {"cache_write_1h 1", "{\"cache_creation\":{\"ephemeral_1h_input_tokens\":1}}"},
        {"cached_audio 1 reasoning 2",
         "{\"prompt_tokens_details\":{\"cached_tokens_details\":{\"audio_tokens\":1}},\"completion_tokens_details\":{"
         "\"reasoning_tokens\":2}}"},
        {"prompt_image 0 cached_image 0",
         "{\"prompt_tokens_details\":{\"image_tokens\":0,\"cached_tokens_details\":{\"image_tokens\":0}}}"},
        {"prompt 1 completion 2 total 3 cached 4 cache_write 5 cache_write_1h 6 prompt_audio 7 prompt_image 8 "
         "cached_audio 9 cached_image 10 "
         "reasoning 11 completion_audio 12 completion_image 13",
         "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":"
         "4,\"cache_write_tokens\":5,\"audio_tokens\":7,\"image_tokens\":8,\"cached_tokens_details\":{\"audio_tokens\":"
         "9,\"image_tokens\":10}},\"completion_tokens_details\":{\"reasoning_tokens\":11,\"audio_tokens\":12,"
         "\"image_tokens\":13},\"cache_creation\":{\"ephemeral_1h_input_tokens\":6}}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const tokusage usage = usage_in(cases[i].usage);
        expect_json(&usage, cases[i].json, strlen(cases[i].json));
    }
}

/* Each set of counts. */
static void encode_writes_the_counts_that_are_present_and_decode_reads_them_back(void **state) {
    (void)state;
    for (unsigned present = 0; present < 1U << TOKUSAGE_COUNTS; present++) {
        tokusage usage = usage_in("");
        for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
            const bool is_present = (present >> i & 1) != 0;
            *tokusage_count_at(&usage, i) = (tokusage_count){is_present, is_present ? (int64_t)(10 + i) : 0};
        }
        expect_round_trip(&usage);
    }
}

static const int64_t limits[] = {0,
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
                                 INT64_C(9007199254740990),
                                 MAX};

static void encode_writes_every_digit_of_each_count(void **state) {
    (void)state;
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        for (size_t i = 0; i < LENGTH(limits); i++) {
            tokusage usage = usage_in("prompt 5 completion 7");
            *tokusage_count_at(&usage, count) = (tokusage_count){true, limits[i]};
            expect_round_trip(&usage);
        }
    }
}

static void encode_and_decode_give_back_any_usage(void **state) {
    (void)state;
    random_seed();
    for (size_t left = rounds(20000); left > 0; left--) {
        tokusage usage = usage_in("");
        for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
            const bool present = random_below(3) > 0;
            const int64_t value = (int64_t)(random_bits() >> (11 + random_below(53)));
            *tokusage_count_at(&usage, i) = (tokusage_count){present, present ? value : 0};
        }
        expect_round_trip(&usage);
    }
}

static void encode_fits_json_size_with_the_longest_usage(void **state) {
    (void)state;
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage usage = usage_in("");
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        *tokusage_count_at(&usage, i) = (tokusage_count){true, MAX};
    }
    assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, &length), TOKUSAGE_OK);
    assert_int_equal(strlen(buffer), length);
    assert_true(length + 32 > TOKUSAGE_JSON_SIZE); /* not much more than a usage can need */
    expect_round_trip(&usage);
}

static void encode_returns_the_length_without_a_buffer(void **state) {
    (void)state;
    const tokusage usage = usage_in("prompt 5 total 12");
    size_t length = 0;
    char one = 'x';
    assert_int_equal(tokusage_encode(&usage, NULL, 0, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(length, strlen("{\"prompt_tokens\":5,\"total_tokens\":12}"));
    assert_int_equal(tokusage_encode(&usage, NULL, 0, NULL), TOKUSAGE_ERR_SPACE);
    assert_int_equal(tokusage_encode(&usage, &one, 0, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(tokusage_encode(&usage, &one, 1, &length), TOKUSAGE_ERR_SPACE);
    assert_int_equal(one, 'x');
}

static void encode_changes_nothing_when_an_argument_is_wrong(void **state) {
    (void)state;
    const tokusage usage = usage_in("prompt 5 completion 7 total 12");
    char buffer[TOKUSAGE_JSON_SIZE];
    size_t length = 77;
    spoil(buffer, sizeof buffer);
    assert_int_equal(tokusage_encode(NULL, buffer, sizeof buffer, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_encode(&usage, NULL, 1, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_encode(NULL, NULL, 0, &length), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(length, 77);
    assert_true(spoilt(buffer, sizeof buffer));
}

static void encode_refuses_each_count_out_of_range(void **state) {
    (void)state;
    static const int64_t outside[] = {-1, INT64_MIN, MAX + 1, INT64_MAX, -MAX};
    for (size_t count = 0; count < TOKUSAGE_COUNTS; count++) {
        for (size_t i = 0; i < LENGTH(outside); i++) {
            tokusage usage = usage_in("prompt 5 completion 7 total 12 cached 2");
            char buffer[TOKUSAGE_JSON_SIZE];
            size_t length = 77;
            *tokusage_count_at(&usage, count) = (tokusage_count){true, outside[i]};
            spoil(buffer, sizeof buffer);
            assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, &length), TOKUSAGE_ERR_RANGE);
            assert_int_equal(tokusage_encode(&usage, NULL, 0, &length), TOKUSAGE_ERR_RANGE);
            assert_int_equal(length, 77);
            assert_true(spoilt(buffer, sizeof buffer));
        }
    }
}

static void encode_ignores_the_value_of_an_absent_count(void **state) {
    (void)state;
    char buffer[TOKUSAGE_JSON_SIZE];
    for (size_t count = 1; count < TOKUSAGE_COUNTS; count++) {
        tokusage usage = usage_in("prompt 5");
        tokusage_count_at(&usage, count)->value = count % 2 == 0 ? -1 : INT64_MAX;
        assert_int_equal(tokusage_encode(&usage, buffer, sizeof buffer, NULL), TOKUSAGE_OK);
        assert_string_equal(buffer, "{\"prompt_tokens\":5}");
    }
}

static void encode_does_not_follow_the_locale(void **state) {
    (void)state;
    if (!comma_locale()) {
        print_message("this system has no locale with a decimal comma and cannot make one\n");
        skip();
    }
    encode_writes_every_digit_of_each_count(state);
    plain_locale();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode_writes_the_form_of_openai),
        cmocka_unit_test(encode_writes_the_counts_that_are_present_and_decode_reads_them_back),
        cmocka_unit_test(encode_writes_every_digit_of_each_count),
        cmocka_unit_test(encode_and_decode_give_back_any_usage),
        cmocka_unit_test(encode_fits_json_size_with_the_longest_usage),
        cmocka_unit_test(encode_returns_the_length_without_a_buffer),
        cmocka_unit_test(encode_changes_nothing_when_an_argument_is_wrong),
        cmocka_unit_test(encode_refuses_each_count_out_of_range),
        cmocka_unit_test(encode_ignores_the_value_of_an_absent_count),
        cmocka_unit_test(encode_does_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, make_form, NULL);
}
