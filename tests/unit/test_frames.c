/*
 * AWS event-stream frames: the prelude, what is skipped, payloads that are documents, and payloads that are base64 of
 * documents. Each body runs whole, cut in two after every byte, and byte by byte, so that every part of a frame and
 * every quantum of base64 is cut.
 */
#include "shorthand.h"

#include <stdlib.h>
#include <string.h>

#define USAGE "{'usage':" U57 "}"

static const answer good = SAYS(SAYS57, CONSISTENT, 1, false);
static const answer nothing = SAYS_TWO("", TRUNCATED, MISSING, 0, false);
static const answer broken = SAYS("", UNREADABLE, 0, false);
static const answer truncated = SAYS("", TRUNCATED, 0, false);

/* -------------------------------------------------------------------------------------------------------- prelude */

/* A prelude with a checksum that is right, and bytes after it. */
static void add_prelude(builder *to, uint32_t length, uint32_t headers, size_t more) {
    const size_t begin = to->length;
    add_number(to, length);
    add_number(to, headers);
    add_number(to, crc_of(to->bytes + begin, 8));
    for (size_t i = 0; i < more; i++) {
        add_bytes(to, "", 1);
    }
}

static void the_lengths_of_a_prelude_must_be_possible(void **state) {
    (void)state;
    static const struct {
        uint32_t length, headers;
        size_t more; /* bytes after the prelude */
        const answer *want;
    } cases[] = {
        {16, 0, 4, &nothing},
        {16, 0, 3, &truncated},
        {17, 1, 5, &nothing},
        {17, 0, 5, &nothing},
        {100, 84, 88, &nothing},
        {100, 84, 87, &truncated},
        {15, 0, 4, &broken},
        {12, 0, 0, &broken},
        {0, 0, 4, &broken},
        {16, 1, 4, &broken},
        {100, 85, 88, &broken},
        {100, 101, 88, &broken},
        {100, UINT32_MAX, 88, &broken},
        {100, UINT32_MAX - 15, 88, &broken},
        {15, UINT32_MAX, 4, &broken},
        {0xFFFFFF, 0, 50, &truncated},
        {0xFFFFFF, 0xFFFFFF - 16, 50, &truncated},
        {0xFFFFFF, 0xFFFFFF - 15, 50, &broken},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        builder body = {NULL, 0, 0};
        add_prelude(&body, cases[i].length, cases[i].headers, cases[i].more);
        expect_built(line_of("length %u, headers %u", cases[i].length, cases[i].headers), NULL, &body, cases[i].want);
    }
}

/* One bit of the prelude is changed, in the first frame and in the second. (The first byte of a body says its kind.) */
static void a_wrong_prelude_ends_the_reading_and_what_was_read_counts(void **state) {
    (void)state;
    static const answer read_one = SAYS(SAYS57, UNREADABLE, 1, false);
    for (size_t bit = 0; bit < 12 * 8; bit++) {
        builder body = {NULL, 0, 0};
        add_frame(&body, "h", USAGE);
        const size_t second = body.length;
        add_frame(&body, "h", "{'usage':" U5 "}");
        builder first = {NULL, 0, 0};
        add_bytes(&first, body.bytes, body.length);
        body.bytes[second + bit / 8] = (char)(body.bytes[second + bit / 8] ^ 1 << bit % 8);
        expect_built("the second frame", NULL, &body, &read_one);
        first.bytes[bit / 8] = (char)(first.bytes[bit / 8] ^ 1 << bit % 8);
        if (bit >= 8) {
            expect_built("the first frame", NULL, &first, &broken);
        }
        free(first.bytes);
    }
}

static void a_first_byte_of_0_makes_a_body_frames(void **state) {
    (void)state;
    for (size_t length = 1; length < 16; length++) {
        builder body = {NULL, 0, 0};
        for (size_t i = 0; i < length; i++) {
            add_bytes(&body, "", 1);
        }
        expect_built("zeros", NULL, &body, length < 12 ? &truncated : &broken);
    }
    builder body = {NULL, 0, 0};
    add_bytes(&body, "", 1);
    add(&body, 1, quoted("data: " USAGE "\n\n").bytes);
    expect_built("a zero before events", NULL, &body, &broken);
}

/* ----------------------------------------------------------------------------------------------- what is skipped */

static void headers_and_the_last_checksum_are_skipped(void **state) {
    (void)state;
    static const char *const headers[] = {"",
                                          "h",
                                          ":event-type\x07 chunk",
                                          "{'usage':{'prompt_tokens':9}}",
                                          "{'bytes':'eyJ1c2FnZSI6eyJwcm9tcHRfdG9rZW5zIjo5fX0='}",
                                          "[DONE]"};
    for (size_t i = 0; i < LENGTH(headers); i++) {
        builder body = {NULL, 0, 0};
        add_frame(&body, quoted(headers[i]).bytes, USAGE);
        memset(body.bytes + body.length - 4, '{', 4);
        add_frame(&body, quoted(headers[i]).bytes, "");
        expect_built(headers[i], NULL, &body, &good);
    }
}

/* ------------------------------------------------------------------------------------------------------- payloads */

typedef struct payload_case {
    const char *what;
    const char *payloads[3];
    answer want;
} payload_case;

/* Frames of the payloads, made by the function. */
typedef struct payload_table {
    void (*add)(builder *to, const char *document);
    const payload_case *cases;
    size_t count;
} payload_table;

static void add_plain_frame(builder *to, const char *document) {
    add_frame(to, "h", document);
}

static void run_payloads(void **state) {
    const payload_table *const all = *state;
    for (const payload_case *one = all->cases; one < all->cases + all->count; one++) {
        builder body = {NULL, 0, 0};
        for (size_t i = 0; i < LENGTH(one->payloads) && one->payloads[i] != NULL; i++) {
            all->add(&body, one->payloads[i]);
        }
        expect_built(one->what, NULL, &body, &one->want);
    }
}

#define PAYLOADS_TEST(add, table)                                                                                      \
    {                                                                                                                  \
        .name = #table, .test_func = run_payloads, .initial_state = &(payload_table) {                                 \
            (add), (table), LENGTH(table)                                                                              \
        }                                                                                                              \
    }

static const payload_case a_payload_is_a_document[] = {
    {"a usage", {USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"white space around it", {" \r\n" USAGE "\t"}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"the last of several", {USAGE, "{'usage':" U5 "}", "{}"}, SAYS("prompt 5", CONSISTENT, 2, false)},
    {"names at the root", {"{'prompt_eval_count':5,'eval_count':7}"}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"a path that is not read in events",
     {"{'amazon-bedrock-invocationMetrics':{'inputTokenCount':5,'outputTokenCount':7}}"},
     SAYS(SAYS57, CONSISTENT, 1, false)},
    {"an array is a list", {"[{'usage':" U5 "}," USAGE "]"}, SAYS(SAYS57, CONSISTENT, 2, false)},
    {"it ends with its frame", {"{'usage'", ":" U57 "}"}, SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"a word", {"null", USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"a number", {"12", USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"no JSON", {"<xml>", USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"an event of another kind", {"data: " USAGE "\n\n"}, SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"no end mark", {"[DONE]", USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"an end without a usage", {"{'type':'message_stop'}"}, SAYS_TWO("", TRUNCATED, MISSING, 0, false)},
    {"an end", {"{'type':'message_stop','usage':" U57 "}"}, SAYS(SAYS57, CONSISTENT, 1, true)},
    {"a count that is wrong", {"{'usage':{'prompt_tokens':-1}}"}, SAYS("RANGE prompt", INVALID, 1, false)},
};

static void frames_are_read_with_a_pointer(void **state) {
    (void)state;
    static const answer want = SAYS("prompt 5", CONSISTENT, 1, false);
    builder body = {NULL, 0, 0};
    add_frame(&body, "h", "{'a':{'usage':" U5 "}}");
    add_base64_frame(&body, "{'b':{'usage':" U57 "}}");
    expect_built("a pointer", "/a", &body, &want);
}

/* What a payload begins with must be {"bytes":" exactly to be base64. */
static void only_an_exact_beginning_makes_a_payload_base64(void **state) {
    (void)state;
    static const char *const documents[] = {
        "{'bytes':1,'usage':" U57 "}",   "{'bytes':null,'usage':" U57 "}", "{'byte':'','usage':" U57 "}",
        "{'bytes' :'','usage':" U57 "}", "{'bytes': '','usage':" U57 "}",  " {'bytes':'','usage':" U57 "}",
        "{ 'bytes':'','usage':" U57 "}", "{'bytesx':'','usage':" U57 "}",  "{'usage':" U57 ",'bytes':''}",
        "{'Bytes':'','usage':" U57 "}",  "{'b':'','usage':" U57 "}",       "{'by\\u0074es':'','usage':" U57 "}",
        "{'bytes':{},'usage':" U57 "}",  "{'':'','usage':" U57 "}"};
    for (size_t i = 0; i < LENGTH(documents); i++) {
        builder body = {NULL, 0, 0};
        add_frame(&body, "h", documents[i]);
        expect_built(documents[i], NULL, &body, &good);
    }
    static const char *const parts[] = {"{", "{'", "{'by", "{'bytes", "{'bytes'", "{'bytes':", "{'bytes':'", "{}"};
    for (size_t i = 0; i < LENGTH(parts); i++) {
        builder body = {NULL, 0, 0};
        add_frame(&body, "h", parts[i]);
        add_frame(&body, "h", USAGE);
        expect_built(parts[i], NULL, &body, &good);
    }
}

/* -------------------------------------------------------------------------------------------------------- base64 */

/* A frame whose payload is base64: these bytes between the quotes, and what comes after the closing quote. */
static void add_digits_frame(builder *to, span digits, const char *after) {
    builder payload = {NULL, 0, 0};
    add(&payload, 1, "{\"bytes\":\"");
    add_bytes(&payload, digits.bytes, digits.length);
    add(&payload, 1, "\"");
    add(&payload, 1, quoted(after).bytes);
    add_raw_frame(to, "h", built(&payload));
    free(payload.bytes);
}

/* Expects this of a body of one such frame, and frees the digits. */
static void expect_digits(const char *what, builder *digits, const char *after, const answer *want) {
    builder body = {NULL, 0, 0};
    add_digits_frame(&body, built(digits), after);
    expect_built(what, NULL, &body, want);
    free(digits->bytes);
}

/* Documents of every length up to 300 bytes, with all padding, with a part of it, and without. */
static void base64_is_decoded_with_and_without_padding(void **state) {
    (void)state;
    for (size_t filler = 0; filler < 260; filler = filler < 12 ? filler + 1 : filler + 7) {
        builder digits = {NULL, 0, 0};
        add_base64(&digits, quoted(line_of("{%*s'usage':" U57 "}", (int)filler, "")));
        for (;;) {
            builder body = {NULL, 0, 0};
            add_digits_frame(&body, built(&digits), ",'p':'abc'}");
            expect_built(line_of("%.*s", (int)digits.length, digits.bytes), NULL, &body, &good);
            if (digits.bytes[digits.length - 1] != '=') {
                break;
            }
            digits.length--;
        }
        free(digits.bytes);
    }
}

/* All bytes that a string may hold, at three offsets of a quantum, so that each digit is at each. */
static void base64_has_64_digits(void **state) {
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        builder document = {NULL, 0, 0};
        builder digits = {NULL, 0, 0};
        static const answer want = {
            "prompt 5", TOKUSAGE_CONSISTENT, TOKUSAGE_CONSISTENT, 1, false, {NULL, "\xFB\xF0\xBE\xFF", NULL}, NULL, 0};
        add_format(&document, "%*s{\"a\":\"", (int)shift, "");
        for (int byte = 0x20; byte <= 0xFF; byte++) {
            const char c = (char)(unsigned char)byte;
            if (byte != '"' && byte != '\\') {
                add_bytes(&document, &c, 1);
            }
        }
        add(&document, 1, "\",\"id\":\"\xFB\xF0\xBE\xFF\",\"usage\":{\"prompt_tokens\":5}}");
        add_base64(&digits, built(&document));
        assert_non_null(memchr(digits.bytes, '+', digits.length));
        assert_non_null(memchr(digits.bytes, '/', digits.length));
        expect_digits("all bytes", &digits, "}", &want);
        free(document.bytes);
    }
}

static void what_follows_the_closing_quote_is_passed_over(void **state) {
    (void)state;
    static const char *const afters[] = {"",
                                         "}",
                                         ",'usage':{'prompt_tokens':9}}",
                                         "x",
                                         ",'bytes':'eyJ1c2FnZSI6eyJ9fQ'}",
                                         "{'usage':{'prompt_tokens':9}}"};
    for (size_t i = 0; i < LENGTH(afters); i++) {
        builder digits = {NULL, 0, 0};
        add_base64(&digits, quoted(USAGE));
        expect_digits(afters[i], &digits, afters[i], &good);
    }
}

/* A byte that is no base64, in the document before its usage and in it, and then a good frame. */
static void what_is_no_base64_makes_the_document_malformed(void **state) {
    (void)state;
    static const answer lost = SAYS("", UNREADABLE, 0, false);
    static const char bytes[] = " \n\r\t\\-_.,:!{}[]*\x7F\x80\xFF";
    for (size_t i = 0; i < sizeof bytes; i++) {
        for (int late = 0; late < 2; late++) {
            builder digits = {NULL, 0, 0};
            builder body = {NULL, 0, 0};
            add_base64(&digits, quoted("{'a':1,'usage':{'prompt_tokens':5,'b':1}}"));
            digits.bytes[late == 0 ? 5 : 40] = bytes[i];
            add_digits_frame(&body, built(&digits), "}");
            builder more = {NULL, 0, 0};
            add_bytes(&more, body.bytes, body.length);
            expect_built(line_of("byte %d", bytes[i]), NULL, &body, late == 0 ? &nothing : &lost);
            add_frame(&more, "h", USAGE);
            expect_built("a good frame after it", NULL, &more, &good);
            free(digits.bytes);
        }
    }
}

/* Two parts of one document, each in base64, and something between them. The first has 26, 27 or 28 bytes. */
static void padding_must_be_whole_and_last(void **state) {
    (void)state;
    static const answer lost = SAYS("", UNREADABLE, 0, false);
    static const struct {
        const char *first, *between, *second;
        const answer *want;
    } cases[] = {
        {"{'usage':{'prompt_tokens':", "", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "", "5,'completion_tokens':7}}", &good},
        {"{'usage':{'prompt_tokens':  ", "", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "=", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "==", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "A", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "A=", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "A===", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "IA==", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "ICA=", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "IA===", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "ICA==", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "ICAg", "5,'completion_tokens':7}}", &good},
        {"{'usage':{'prompt_tokens': ", "IA==\"", "5,'completion_tokens':7}}", &lost},
        {"{'usage':{'prompt_tokens': ", "A\"", "5,'completion_tokens':7}}", &lost},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        builder digits = {NULL, 0, 0};
        add_base64(&digits, quoted(cases[i].first));
        add(&digits, 1, cases[i].between);
        add_base64(&digits, quoted(cases[i].second));
        expect_digits(line_of("%s", digits.bytes), &digits, "}", cases[i].want);
    }
}

/* The quote comes after 36 digits and so many more, and ends what there is of the body. */
static void a_body_may_end_after_the_closing_quote(void **state) {
    (void)state;
    static const answer lost = SAYS("", UNREADABLE, 0, false);
    static const struct {
        const char *more;
        const answer *want;
    } cases[] = {{"", &truncated},     {"N", &lost},         {"NS", &truncated},
                 {"NSw", &truncated},  {"NSwg", &truncated}, {"NSw=", &truncated},
                 {"NQ==", &truncated}, {"NQ=", &truncated},  {"NSw==", &lost}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        builder digits = {NULL, 0, 0};
        builder body = {NULL, 0, 0};
        add_base64(&digits, quoted("{'usage':{'prompt_tokens': "));
        add(&digits, 1, cases[i].more);
        add_digits_frame(&body, built(&digits), "}");
        body.length -= 5;
        expect_built(line_of("more digits: %s", cases[i].more), NULL, &body, cases[i].want);
        free(digits.bytes);
    }
}

static const payload_case a_document_in_base64_is_read_like_another[] = {
    {"the last of several", {USAGE, "{'usage':" U5 "}", "{}"}, SAYS("prompt 5", CONSISTENT, 2, false)},
    {"a list", {"[" USAGE "]"}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"an object with bytes", {"{'bytes':'eHl6','usage':" U57 "}"}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"no JSON", {"xyz", USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"nothing", {"", USAGE}, SAYS(SAYS57, CONSISTENT, 1, false)},
    {"truncated in its usage", {"{'usage':{'prompt_tokens':5"}, SAYS("", UNREADABLE, 0, false)},
    {"an error", {"{'error':'x'}"}, SAYS("", FAILED, 0, false)},
    {"an Anthropic stream",
     {"{'type':'message_start','message':{'usage':{'input_tokens':5,'output_tokens':1}}}",
      "{'type':'message_delta','usage':{'output_tokens':7}}",
      "{'type':'message_stop','amazon-bedrock-invocationMetrics':{'inputTokenCount':5,'outputTokenCount':7}}"},
     SAYS(SAYS57, CONSISTENT, 3, true)},
};

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lengths_of_a_prelude_must_be_possible),
        cmocka_unit_test(a_wrong_prelude_ends_the_reading_and_what_was_read_counts),
        cmocka_unit_test(a_first_byte_of_0_makes_a_body_frames),
        cmocka_unit_test(headers_and_the_last_checksum_are_skipped),
        PAYLOADS_TEST(add_plain_frame, a_payload_is_a_document),
        cmocka_unit_test(frames_are_read_with_a_pointer),
        cmocka_unit_test(only_an_exact_beginning_makes_a_payload_base64),
        cmocka_unit_test(base64_is_decoded_with_and_without_padding),
        cmocka_unit_test(base64_has_64_digits),
        cmocka_unit_test(what_follows_the_closing_quote_is_passed_over),
        cmocka_unit_test(what_is_no_base64_makes_the_document_malformed),
        cmocka_unit_test(padding_must_be_whole_and_last),
        cmocka_unit_test(a_body_may_end_after_the_closing_quote),
        PAYLOADS_TEST(add_base64_frame, a_document_in_base64_is_read_like_another),
    };
    return cmocka_run_group_tests(tests, seed_random, NULL);
}
