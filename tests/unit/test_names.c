/*
 * The names of the counts: every row of tests/data/names.tsv alone, with each kind of value, and with every other row, in
 * both orders and over two events. What a row says alone is in the table; what two say together, the second reader says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "reference.h"
#include "rows.h"

/* --------------------------------------------------------------------------------------------------- documents */

static const struct {
    const char *where;
    const char *before, *after; /* before and after the members of the usage */
} wheres[] = {{"usage", "{\"usage\":{", "}}"}, {"root", "{", "}"}, {"meta", "{\"meta\":{", "}}"}};

/* Calls it for each row of a count, at each path where it is allowed. */
static void for_each_count(void (*check)(const name_row *row, size_t where)) {
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < LENGTH(wheres); k++) {
            if (row_is_in(&rows[i], wheres[k].where)) {
                check(&rows[i], k);
            }
        }
    }
}

typedef char document[1000];

/* The document with these members of a usage. */
static const char *write(document to, size_t where, const char *members) {
    const int length = snprintf(to, sizeof(document), "%s%s%s", wheres[where].before, members, wheres[where].after);
    assert_true(length > 0 && (size_t)length < sizeof(document));
    return to;
}

static void expect(const char *json, const char *want) {
    expect_extract("names", NULL, span_of(json), want);
}

/* The words of a row alone with a value: its count, and what that is added to. */
static const char *alone(const name_row *row, int64_t value) {
    const char *const number = line_of("%lld", (long long)value);
    const char *const field = line_of("%s %s", short_name(row->field), number);
    const bool separate = strcmp(row->how, "separate") == 0 || strcmp(row->how, "starred") == 0;
    if (!separate && strcmp(row->how, "five_minutes") != 0) {
        return field;
    }
    const char *const whole = strcmp(row->field, "reasoning_tokens") == 0 ? "completion" : "prompt";
    return in_order(line_of("%s %s %s", whole, number, field));
}

/* The same in every way as the second reader. */
static void expect_as_reference(const char *json) {
    tokusage usage;
    tokusage_error error;
    const tokusage_status status = reference_extract(NULL, json, strlen(json), &usage, &error);
    expect(json, status == TOKUSAGE_OK ? usage_words(&usage) : error_words(&error));
}

/* ------------------------------------------------------------------------------------------------ a row alone */

static void check_value(const name_row *row, size_t where) {
    static const struct {
        const char *written;
        int64_t value;
    } values[] = {{"5", 5}, {"0", 0}, {"7.0", 7}, {"70e-1", 7}, {"9007199254740991", TOKUSAGE_COUNT_MAX}};
    document json;
    for (size_t i = 0; i < LENGTH(values); i++) {
        expect(write(json, where, member_of(row, values[i].written)), alone(row, values[i].value));
    }
    (void)expect_in_every_way(row->path, NULL, span_of(write(json, where, member_of(row, "5"))));
}

static void a_name_alone_is_its_count_and_what_that_is_part_of(void **state) {
    (void)state;
    for_each_count(check_value);
}

/* Without any count an object at /usage is an empty one; the root and /meta are no usage. */
static void check_null(const name_row *row, size_t where) {
    document json;
    expect(write(json, where, member_of(row, "null")), where == 0 ? "" : "NOT_FOUND usage");
}

static void null_is_absent(void **state) {
    (void)state;
    for_each_count(check_null);
}

static void check_wrong(const name_row *row, size_t where) {
    static const struct {
        const char *written, *status;
    } values[] = {
        {"\"5\"", "TYPE"},  {"\"\"", "TYPE"},
        {"true", "TYPE"},   {"false", "TYPE"},
        {"{}", "TYPE"},     {"[]", "TYPE"},
        {"[5]", "TYPE"},    {"{\"a\":5}", "TYPE"},
        {"0.5", "INTEGER"}, {"55e-1", "INTEGER"},
        {"-1", "RANGE"},    {"-0.5", "RANGE"},
        {"1e20", "RANGE"},  {"9007199254740992", "RANGE"},
    };
    document json;
    for (size_t i = 0; i < LENGTH(values); i++) {
        char want[80];
        (void)snprintf(want, sizeof want, "%s %s", values[i].status, short_name(row->field));
        expect(write(json, where, member_of(row, values[i].written)), want);
    }
}

static void a_wrong_value_is_an_error_about_the_count(void **state) {
    (void)state;
    for_each_count(check_wrong);
}

/* The member given twice: in one object, as that of a list's element would be added else. */
static void check_twice(const name_row *row, size_t where) {
    document json;
    document members;
    char member[200];
    const char *const name = strrchr(row->path, '/') != NULL ? strrchr(row->path, '/') + 1 : row->path;
    static const struct {
        const char *first, *second;
        bool duplicate;
    } values[] = {{"5", "5", true}, {"5", "6", true}, {"null", "5", false}, {"5", "null", false}, {"0", "5", true}};
    for (size_t i = 0; i < LENGTH(values); i++) {
        (void)snprintf(member, sizeof member, "%s,\"%s\":%s", values[i].first, name, values[i].second);
        (void)snprintf(members, sizeof members, "%s", member_of(row, member));
        char want[80];
        (void)snprintf(want, sizeof want, "DUPLICATE %s", short_name(row->field));
        expect(write(json, where, members), values[i].duplicate ? want : alone(row, 5));
    }
}

static void a_count_twice_is_a_duplicate_unless_one_is_null(void **state) {
    (void)state;
    for_each_count(check_twice);
}

/* The same name with its first letter written as an escape, in each of its objects. */
static void check_escaped(const name_row *row, size_t where) {
    document json;
    document members;
    const char *from = member_of(row, "5");
    size_t used = 0;
    for (bool after_quote = false; *from != '\0'; from++) {
        if (after_quote && *from != ':' && *from != ',' && *from != '}') {
            used += (size_t)snprintf(members + used, sizeof members - used, "\\u%04x", (unsigned)*from);
        } else {
            members[used++] = *from;
        }
        after_quote = *from == '"';
    }
    members[used] = '\0';
    const char *const what = write(json, where, members);
    (void)expect_in_every_way(what, NULL, span_of(json));
    expect(json, alone(row, 5));
}

static void escapes_in_names_are_resolved(void **state) {
    (void)state;
    for_each_count(check_escaped);
}

/* ------------------------------------------------------------------------------------------- where it is allowed */

static void names_mean_nothing_where_they_are_not_allowed(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = name_rows(&count);
    document json;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; strcmp(rows[i].kind, "count") == 0 && k < LENGTH(wheres); k++) {
            if (!row_is_in(&rows[i], wheres[k].where)) {
                expect(write(json, k, member_of(&rows[i], "5")), k == 0 ? "" : "NOT_FOUND usage");
                expect(write(json, k, member_of(&rows[i], "\"5\"")), k == 0 ? "" : "NOT_FOUND usage");
            }
        }
    }
}

/* --------------------------------------------------------------------------------------------- two rows together */

enum {
    FIRST = 7,
    SECOND = 100
};

/* Calls it for every two rows that are allowed in one object, in both orders. */
static void for_each_two(void (*check)(const name_row *a, const name_row *b, size_t where)) {
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count * count; i += stride()) {
        const name_row *const a = &rows[i / count];
        const name_row *const b = &rows[i % count];
        for (size_t k = 0; a != b && k < LENGTH(wheres); k++) {
            if (row_is_in(a, wheres[k].where) && row_is_in(b, wheres[k].where)) {
                check(a, b, k);
            }
        }
    }
}

static const char *member_with(const name_row *row, int64_t value) {
    return member_of(row, line_of("%lld", (long long)value));
}

static void check_two(const name_row *a, const name_row *b, size_t where) {
    document json;
    expect_as_reference(write(json, where, line_of("%s,%s", member_with(a, FIRST), member_with(b, SECOND))));
    expect_as_reference(write(json, where, line_of("%s,%s", member_of(a, "null"), member_with(b, SECOND))));
}

static void of_several_names_of_a_count_the_first_of_the_table_that_is_not_null_is_used(void **state) {
    (void)state;
    for_each_two(check_two);
}

/* Of two names of one column the first in the table: here the table itself says what is expected. */
static void check_column(const name_row *a, const name_row *b, size_t where) {
    document json;
    if (strcmp(a->column, b->column) == 0) {
        const name_row *const first = a->order < b->order ? a : b;
        char want[100];
        (void)snprintf(want, sizeof want, "%s", alone(first, first == a ? FIRST : SECOND));
        expect(write(json, where, line_of("%s,%s", member_with(a, FIRST), member_with(b, SECOND))), want);
        (void)snprintf(want, sizeof want, "%s", alone(b, SECOND));
        expect(write(json, where, line_of("%s,%s", member_of(a, "null"), member_with(b, SECOND))), want);
    }
}

static void of_two_names_of_a_column_the_one_with_the_lower_order_is_used(void **state) {
    (void)state;
    for_each_two(check_column);
}

static void check_wrong_and_other(const name_row *a, const name_row *b, size_t where) {
    document json;
    char want[80];
    (void)snprintf(want, sizeof want, "TYPE %s", short_name(a->field));
    expect(write(json, where, line_of("%s,%s", member_of(a, "\"7\""), member_of(b, "5"))), want);
    expect(write(json, where, line_of("%s,%s", member_of(b, "5"), member_of(a, "\"7\""))), want);
    expect(write(json, where, line_of("%s,%s", member_of(a, "\"7\""), member_of(b, "0.5"))), want);
}

static void a_wrong_count_is_an_error_also_under_a_name_that_is_not_used(void **state) {
    (void)state;
    for_each_two(check_wrong_and_other);
}

/* ---------------------------------------------------------------------------------------------------- two events */

/* Two events, the first with its usage at this path. */
static builder two_events(const char *first_path, const char *first, const char *second) {
    builder body = {NULL, 0, 0};
    add(&body, 1, "data: ");
    add_at_path(&body, first_path, line_of("{%s}", first));
    add_format(&body, "\n\ndata: {\"type\":\"message_delta\",\"usage\":{%s}}\n\n", second);
    return body;
}

/* What a stream says of them. */
static const char *streamed(const char *first_path, const char *first, const char *second) {
    tokusage_stream stream;
    tokusage usage;
    tokusage_error error;
    builder body = two_events(first_path, first, second);
    (void)feed_whole(&stream, NULL, built(&body));
    free(body.bytes);
    const tokusage_status status = tokusage_stream_usage(&stream, &usage, &error);
    return status == TOKUSAGE_OK ? usage_words(&usage) : error_words(&error);
}

static void expect_stream_as_reference(const char *what, const char *first, const char *second) {
    builder body = two_events("/message/usage", first, second);
    const observation want = reference_stream(NULL, body.bytes, body.length);
    expect_words(what, usage_words(&want.usage), streamed("/message/usage", first, second));
    free(body.bytes);
}

/* Values of the earlier and of the later usage: a 0 overrides nothing. */
static const int64_t overrides[][2] = {{FIRST, SECOND}, {SECOND, FIRST}, {FIRST, 0}, {0, SECOND}, {0, 0}};

static void check_override(const name_row *a, const name_row *b) {
    char what[300];
    (void)snprintf(what, sizeof what, "%s, then %s", a->path, b->path);
    for (size_t i = 0; i < LENGTH(overrides); i++) {
        char first[200];
        (void)snprintf(first, sizeof first, "%s", member_with(a, overrides[i][0]));
        expect_stream_as_reference(what, first, member_with(b, overrides[i][1]));
    }
    expect_words(what, alone(b, SECOND), streamed("/usage", member_with(a, FIRST), member_with(b, SECOND)));
    expect_words(what, alone(a, FIRST), streamed("/usage", member_with(a, FIRST), member_of(b, "0")));
    expect_words(what, alone(a, FIRST), streamed("/message/usage", member_with(a, FIRST), member_of(b, "null")));
}

static void check_two_events(const name_row *a, const name_row *b, size_t where) {
    if (where == 0) {
        check_override(a, b);
    }
}

static void check_one_name(const name_row *row, size_t where) {
    check_two_events(row, row, where);
}

static void over_two_events_a_later_usage_overrides_or_replaces(void **state) {
    (void)state;
    for_each_count(check_one_name);
    for_each_two(check_two_events);
}

static void a_wrong_count_of_either_event_makes_the_whole_wrong(void **state) {
    (void)state;
    size_t count = 0;
    const name_row *const rows = rows_of("count", &count);
    for (size_t i = 0; i < count; i++) {
        if (!row_is_in(&rows[i], "usage")) {
            continue;
        }
        char want[80];
        (void)snprintf(want, sizeof want, "RANGE %s", short_name(rows[i].field));
        expect_words(rows[i].path, want,
                     streamed("/message/usage", member_of(&rows[i], "-1"), "\"output_tokens\":9,\"input_tokens\":9"));
        expect_words(rows[i].path, want, streamed("/message/usage", "\"input_tokens\":9", member_of(&rows[i], "-1")));
        expect_words(rows[i].path, want, streamed("/usage", "\"input_tokens\":9", member_of(&rows[i], "-1")));
        expect_words(rows[i].path, "prompt 9", streamed("/usage", member_of(&rows[i], "-1"), "\"input_tokens\":9"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_alone_is_its_count_and_what_that_is_part_of),
        cmocka_unit_test(null_is_absent),
        cmocka_unit_test(a_wrong_value_is_an_error_about_the_count),
        cmocka_unit_test(a_count_twice_is_a_duplicate_unless_one_is_null),
        cmocka_unit_test(escapes_in_names_are_resolved),
        cmocka_unit_test(names_mean_nothing_where_they_are_not_allowed),
        cmocka_unit_test(of_several_names_of_a_count_the_first_of_the_table_that_is_not_null_is_used),
        cmocka_unit_test(of_two_names_of_a_column_the_one_with_the_lower_order_is_used),
        cmocka_unit_test(a_wrong_count_is_an_error_also_under_a_name_that_is_not_used),
        cmocka_unit_test(over_two_events_a_later_usage_overrides_or_replaces),
        cmocka_unit_test(a_wrong_count_of_either_event_makes_the_whole_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
