/*
 * The grammar of JSON (RFC 8259): tests/data/grammar.tsv has documents that keep it and documents that break it, with the
 * byte that cannot be there. In the table %HH is a byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "table.h"

/* Calls it for each document; `offset` is ABSENT for one that keeps the grammar. */
static void for_each_document(void (*check)(const char *about, span document, int64_t offset)) {
    table grammar;
    assert_true(table_read(&grammar, TOKUSAGE_TEST_DATA, "grammar.tsv"));
    assert_true(grammar.rows > 400);
    for (size_t i = 0; i < grammar.rows; i++) {
        builder bytes = table_bytes(&grammar, i, "document");
        check(table_cell(&grammar, i, "about"), built(&bytes), table_number(&grammar, i, "offset"));
        free(bytes.bytes);
    }
    table_free(&grammar);
}

static void check_alone(const char *about, span document, int64_t offset) {
    const char *const syntax = line_of("SYNTAX @%lld", (long long)offset);
    expect_extract(about, "/not/there", document, offset == ABSENT ? "NOT_FOUND usage" : syntax);
    if (offset != ABSENT) {
        expect_extract(about, NULL, document, syntax);
        expect_extract(about, "", document, syntax);
    }
}

static void extract_accepts_the_grammar_and_names_the_byte_that_breaks_it(void **state) {
    (void)state;
    for_each_document(check_alone);
}

/* A member of a usage object that has no meaning, after one that has. */
static void check_in_member(const char *about, span document, int64_t offset) {
    builder json = {NULL, 0, 0};
    add(&json, 1, "{\"prompt_tokens\":5,\"x\":");
    add_bytes(&json, document.bytes, document.length);
    add(&json, 1, "}");
    const char *const words = extracted(about, "", built(&json));
    if (offset == ABSENT ? strcmp(words, "prompt 5") != 0 : strncmp(words, "SYNTAX", 6) != 0) {
        fail_msg("%s: %s of %s", about, words, shown(json.bytes, json.length));
    }
    (void)expect_in_every_way(about, NULL, built(&json));
    free(json.bytes);
}

static void the_grammar_is_the_same_in_members_without_a_meaning(void **state) {
    (void)state;
    for_each_document(check_in_member);
}

/* Whether a document closes before the bytes end. */
static bool closes_early(span document) {
    tokusage usage;
    size_t length = 0;
    while (length < document.length && tokusage_extract(document.bytes, length, NULL, &usage, NULL) != TOKUSAGE_OK) {
        length++;
    }
    return length < document.length;
}

/* After a usage in one document: a stream must not count it when the document is malformed. */
static void check_after_usage(const char *about, span document, int64_t offset) {
    builder json = {NULL, 0, 0};
    add(&json, 1, "data: {\"usage\":{\"prompt_tokens\":5},\"x\":");
    add_bytes(&json, document.bytes, document.length);
    add(&json, 1, "}\n\n");
    const bool one_line = strcspn(json.bytes, "\r\n") + 2 == json.length;
    if (one_line && !closes_early((span){json.bytes + 6, json.length - 8})) {
        const observation got = expect_in_every_way(about, NULL, built(&json));
        assert_int_equal(got.reports, offset == ABSENT ? 1 : 0);
        assert_int_equal(got.ends[1].verdict, offset == ABSENT ? TOKUSAGE_CONSISTENT : TOKUSAGE_UNREADABLE);
    }
    free(json.bytes);
}

static void a_malformed_document_of_an_event_has_no_usage_and_its_loss_is_not_silent(void **state) {
    (void)state;
    for_each_document(check_after_usage);
}

static const document_case one_byte_order_mark_may_begin_a_document[] = {
    {"a mark and an object", "", TEXT("\xEF\xBB\xBF{\"prompt_tokens\":5}"), "prompt 5"},
    {"a mark, space and an object", "", TEXT("\xEF\xBB\xBF \r\n\t{\"prompt_tokens\":5}"), "prompt 5"},
    {"a mark and a path", NULL, TEXT("\xEF\xBB\xBF{\"usage\":{\"prompt_tokens\":5}}"), "prompt 5"},
    {"a mark and an array", NULL, TEXT("\xEF\xBB\xBF[{\"usage\":{\"prompt_tokens\":5}}]"), "prompt 5"},
    {"a mark and nothing", "", TEXT("\xEF\xBB\xBF"), "SYNTAX @3"},
    {"a mark and space", "", TEXT("\xEF\xBB\xBF \n"), "SYNTAX @5"},
    {"two marks", "", TEXT("\xEF\xBB\xBF\xEF\xBB\xBF{}"), "SYNTAX @3"},
    {"a mark after space", "", TEXT(" \xEF\xBB\xBF{}"), "SYNTAX @1"},
    {"a mark after the object", "", TEXT("{}\xEF\xBB\xBF"), "SYNTAX @2"},
    {"a mark inside", "", TEXT("{\xEF\xBB\xBF}"), "SYNTAX @1"},
    {"a mark and a bad byte", "", TEXT("\xEF\xBB\xBF{]"), "SYNTAX @4"},
    {"a mark without its first byte", "", TEXT("\xBB\xBF{}"), "SYNTAX @0"},
    {"a mark of UTF-16", "", TEXT("\xFF\xFE{}"), "SYNTAX @0"},
};

static void every_truncated_document_is_a_syntax_error_at_its_end(void **state) {
    (void)state;
    static const span documents[] = {
        TEXT("{\"id\":\"c-1\",\"choices\":[{\"text\":\"Hi \\u0041\\\"\",\"p\":-0.25e+1}],\n\"usage\": "
             "{\"prompt_tokens\":5,"
             " \"completion_tokens\":7}, \"n\":null}"),
        TEXT("[{\"modelVersion\":\"g\"},{\"usageMetadata\":{\"promptTokenCount\":3,\"thoughtsTokenCount\":1}} ]"),
        TEXT(
            " {\"usage\":{\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":1}],\"total_tokens\" : 12}}"),
    };
    static const char *const pointers[] = {NULL, "/usage", ""};
    for (size_t i = 0; i < LENGTH(documents); i++) {
        for (size_t k = 0; k < LENGTH(pointers); k++) {
            for (size_t length = 0; length < documents[i].length; length++) {
                const span part = {documents[i].bytes, length};
                expect_extract("truncated", pointers[k], part, line_of("SYNTAX @%zu", length));
            }
        }
    }
}

/* Plain strings and spaces of every length around the width of a register: this tests every tail. */
static void strings_and_space_of_every_length_are_read(void **state) {
    (void)state;
    for (size_t length = 0; length < 70; length++) {
        for (size_t space = 0; space < 20; space++) {
            builder json = {NULL, 0, 0};
            add(&json, 1, "{\"");
            add(&json, length, "k");
            add(&json, 1, "\":");
            add(&json, space, " ");
            add(&json, 1, "\"");
            add(&json, length, "v");
            add(&json, 1, "\",");
            add(&json, space, "\n");
            add(&json, 1, "\"prompt_tokens\":5}");
            const size_t end = json.length;
            add(&json, space, "\t");
            expect_extract("lengths", "", built(&json), "prompt 5");
            const span part = {json.bytes, end - 1};
            expect_extract("lengths, truncated", "", part, line_of("SYNTAX @%zu", end - 1));
            free(json.bytes);
        }
    }
}

static void results_do_not_follow_the_locale(void **state) {
    (void)state;
    if (!comma_locale()) {
        print_message("this system has no locale with a decimal comma and cannot make one\n");
        skip();
    }
    static const document_case cases[] = {
        {"a comma is not a point", "", TEXT("{\"prompt_tokens\":5,0}"), "SYNTAX @19"},
        {"a point is one", "", TEXT("{\"a\":[1.5,-2.5e-3],\"prompt_tokens\":5.0}"), "prompt 5"},
        {"a fraction", "", TEXT("{\"prompt_tokens\":5.5}"), "INTEGER prompt"},
    };
    expect_documents(cases, LENGTH(cases));
    for_each_document(check_alone);
    plain_locale();
}

/* Whether the bytes are a number (RFC 8259, section 6), said plainly. */
static bool is_number(const char *c) {
    c += *c == '-';
    const size_t whole = strspn(c, "0123456789");
    if (whole == 0 || (*c == '0' && whole > 1)) {
        return false;
    }
    c += whole;
    if (*c == '.') {
        const size_t fraction = strspn(++c, "0123456789");
        if (fraction == 0) {
            return false;
        }
        c += fraction;
    }
    if (*c == 'e' || *c == 'E') {
        c += 1 + (c[1] == '+' || c[1] == '-');
        const size_t exponent = strspn(c, "0123456789");
        if (exponent == 0) {
            return false;
        }
        c += exponent;
    }
    return *c == '\0';
}

static void any_byte_in_a_number_breaks_it_unless_the_grammar_has_it_there(void **state) {
    (void)state;
    static const char *const numbers[] = {"7.5", "-10.25", "1e5", "20E+7", "-0.5e-12", "755"};
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        for (size_t at = 0; numbers[i][at] != '\0'; at++) {
            for (int byte = 1; byte < 256; byte++) {
                char number[16];
                (void)snprintf(number, sizeof number, "%s", numbers[i]);
                number[at] = (char)(unsigned char)byte;
                char document[40];
                const int length = snprintf(document, sizeof document, "{\"a\":[%s]}", number);
                const bool other = strchr(" \t\r\n,", byte) != NULL;
                if (other) {
                    continue; /* ends the number */
                }
                tokusage usage;
                const tokusage_status status = tokusage_extract(document, (size_t)length, NULL, &usage, NULL);
                if ((status != TOKUSAGE_ERR_SYNTAX) != is_number(number)) {
                    fail_msg("%s: status %d", shown(document, (size_t)length), (int)status);
                }
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extract_accepts_the_grammar_and_names_the_byte_that_breaks_it),
        cmocka_unit_test(any_byte_in_a_number_breaks_it_unless_the_grammar_has_it_there),
        cmocka_unit_test(the_grammar_is_the_same_in_members_without_a_meaning),
        cmocka_unit_test(a_malformed_document_of_an_event_has_no_usage_and_its_loss_is_not_silent),
        TABLE_TEST(run_documents, one_byte_order_mark_may_begin_a_document),
        cmocka_unit_test(every_truncated_document_is_a_syntax_error_at_its_end),
        cmocka_unit_test(strings_and_space_of_every_length_are_read),
        cmocka_unit_test(results_do_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
