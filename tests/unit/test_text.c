/*
 * Whole texts: the grammar, the byte-order mark, the limits, and the order of the errors, all through the public
 * functions. test_decode.c tests what the members of a usage say; test_pointer.c and test_places.c test where a usage
 * stands.
 */
#include "readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "reference.h"
#include "texts.h"

#define P "prompt_tokens"
#define C "completion_tokens"
#define T "total_tokens"
#define NOTHING COUNTS(ABSENT, ABSENT, ABSENT)
#define FIVE "{\"" P "\":5}"
#define SIX "{\"" P "\":6}"
#define FOUND COUNTS(5, ABSENT, ABSENT)

/* ------------------------------------------------------------------------------------------------ the grammar */

static void extract_accepts_every_form_of_the_grammar(void **state) {
    (void)state;
    for (size_t i = 0; i < good_text_count; i++) {
        reading_case one = {good_texts[i].rule, "/not/there", good_texts[i].json, ABOUT(NOT_FOUND, "usage")};
        expect_reading(&one);
    }
}

static void extract_refuses_every_break_of_the_grammar_at_its_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < bad_text_count; i++) {
        reading_case one = {bad_texts[i].rule, "/not/there", bad_texts[i].json, AT(SYNTAX, bad_texts[i].offset)};
        expect_reading(&one);
        one.pointer = "";
        expect_reading(&one);
        one.pointer = NULL;
        expect_reading(&one);
    }
}

/* Puts the text into an object as the value of an unknown member, behind a count. */
static size_t surround(char *longer, const span *json) {
    static const char before[] = "{\"" P "\":5,\"x\":";
    size_t used = sizeof before - 1;
    memcpy(longer, before, used);
    memcpy(longer + used, json->bytes, json->length);
    used += json->length;
    longer[used++] = '}';
    return used;
}

static void decode_refuses_bad_json_in_a_member_that_it_does_not_know(void **state) {
    (void)state;
    char longer[300];
    for (size_t i = 0; i < bad_text_count; i++) {
        size_t used = surround(longer, &bad_texts[i].json);
        verdict want = reference_extract("", longer, used);
        expect_extract(bad_texts[i].rule, "", longer, used, &want);
    }
}

static void decode_passes_over_good_json_in_a_member_that_it_does_not_know(void **state) {
    (void)state;
    char longer[300];
    for (size_t i = 0; i < good_text_count; i++) {
        reading_case one = {good_texts[i].rule, "", {longer, surround(longer, &good_texts[i].json)}, FOUND};
        if (strstr(good_texts[i].rule, "as deep as allowed") != NULL) {
            continue; /* one deeper here */
        }
        expect_reading(&one);
    }
}

static void extract_accepts_one_byte_order_mark_at_the_very_start(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"a mark and an object", "", TEXT("\xEF\xBB\xBF{\"" P "\":5}"), COUNTS(5, ABSENT, ABSENT)},
        {"a mark, space and an object", "", TEXT("\xEF\xBB\xBF \r\n\t{\"" P "\":5}"), COUNTS(5, ABSENT, ABSENT)},
        {"a mark and a place", "/usage", TEXT("\xEF\xBB\xBF{\"usage\":{\"" P "\":5}}"), COUNTS(5, ABSENT, ABSENT)},
        {"a mark and nothing", "", TEXT("\xEF\xBB\xBF"), AT(SYNTAX, 3)},
        {"a mark and space", "", TEXT("\xEF\xBB\xBF \n"), AT(SYNTAX, 5)},
        {"a mark and null", "", TEXT("\xEF\xBB\xBFnull"), ABOUT(NOT_FOUND, "usage")},
        {"two marks", "", TEXT("\xEF\xBB\xBF\xEF\xBB\xBF{}"), AT(SYNTAX, 3)},
        {"a mark behind space", "", TEXT(" \xEF\xBB\xBF{}"), AT(SYNTAX, 1)},
        {"a mark behind the object", "", TEXT("{}\xEF\xBB\xBF"), AT(SYNTAX, 2)},
        {"a mark inside", "", TEXT("{\xEF\xBB\xBF}"), AT(SYNTAX, 1)},
        {"a mark and a bad byte", "", TEXT("\xEF\xBB\xBF{]"), AT(SYNTAX, 4)},
        {"the first byte of a mark", "", TEXT("\xEF"), AT(SYNTAX, 1)},
        {"two bytes of a mark", "", TEXT("\xEF\xBB"), AT(SYNTAX, 2)},
        {"the first byte of a mark and an object", "", TEXT("\xEF{}"), AT(SYNTAX, 1)},
        {"two bytes of a mark and an object", "", TEXT("\xEF\xBB{}"), AT(SYNTAX, 2)},
        {"almost a mark", "", TEXT("\xEF\xBB\xBE{}"), AT(SYNTAX, 2)},
        {"a mark without its first byte", "", TEXT("\xBB\xBF{}"), AT(SYNTAX, 0)},
        {"a mark of UTF-16", "", TEXT("\xFF\xFE{}"), AT(SYNTAX, 0)},
        {"a mark and half of a pair", "", TEXT("\xEF\xBB\xBF {\"x\":\"\\ud800\"}"), NOTHING},
        {"a mark and an array", NULL, TEXT("\xEF\xBB\xBF[{\"usage\":" FIVE "}]"), FOUND},
        {"a mark and a root with counts", NULL, TEXT("\xEF\xBB\xBF{\"prompt_eval_count\":5}"), FOUND},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        verdict second = reference_extract(cases[i].pointer, cases[i].json.bytes, cases[i].json.length);
        assert_true(same_verdict(&second, &cases[i].want));
        expect_extract(cases[i].what, cases[i].pointer, cases[i].json.bytes, cases[i].json.length, &cases[i].want);
    }
}

static const span responses[] = {
    TEXT("{\"id\":\"cmpl-1\",\"choices\":[{\"text\":\"Hi \\u0041\\\"\",\"p\":-0.25e+1}],\n\"usage\": {\"" P "\":5, \"" C
         "\":7,\"" T "\": 12}, \"n\":null}"),
    TEXT("{\"usage\":{\"" P "\":5.0,\"x\":[true,{\"y\":\"\\ud83d\\ude00\"}],\"\\u0074otal_tokens\":1.2e1}}"),
    TEXT("{\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":3,\"cache_read_input_"
         "tokens\":2}},"
         "\"usage\":null}"),
    TEXT("[{\"modelVersion\":\"g\"},{\"usageMetadata\":{\"promptTokenCount\":3,\"thoughtsTokenCount\":1}} ]"),
    TEXT("{\"usage\":{\"input_tokens\":9,\"input_tokens_details\":{\"cached_tokens\":4},\"tokens\":{\"output_tokens\":"
         "0}}}"),
    TEXT("{\"model\":\"l\",\"prompt_eval_count\":3,\"eval_count\":4,\"done\":true}"),
};

static void extract_refuses_every_prefix_of_a_text_at_its_length(void **state) {
    (void)state;
    static const char *const pointers[] = {NULL, "/usage", ""};
    for (size_t i = 0; i < LENGTH(responses); i++) {
        for (size_t j = 0; j < LENGTH(pointers); j++) {
            for (size_t length = 0; length < responses[i].length; length++) {
                verdict want = AT(SYNTAX, length);
                expect_extract("a prefix", pointers[j], responses[i].bytes, length, &want);
            }
        }
        verdict whole = reference_extract(NULL, responses[i].bytes, responses[i].length);
        assert_int_equal(whole.status, TOKUSAGE_OK);
        reading_case one = {"the whole", NULL, responses[i], whole};
        expect_reading(&one);
    }
}

static void decode_refuses_every_prefix_of_a_text_at_its_length(void **state) {
    (void)state;
    static const char json[] = " {\"" P "\" : 5 , \"" C "\":null,\"x\":{\"y\":\"z\"},\"" T "\":12}";
    for (size_t length = 0; length < sizeof json - 1; length++) {
        verdict want = AT(SYNTAX, length);
        expect_extract("a prefix", "", json, length, &want);
    }
}

/* Whole, and byte by byte. */
static void expect_both_ways(const char *what, const char *pointer, const char *bytes, size_t length) {
    verdict want = reference_extract(pointer, bytes, length);
    expect_extract(what, pointer, bytes, length, &want);
    if (length > 0 && bytes[0] == '\xEF') {
        return;
    }
    pieces in;
    pieces_begin(&in, pointer, READ_TEXT);
    for (size_t i = 0; i < length; i++) {
        pieces_feed(&in, bytes + i, 1);
    }
    pieces_end(&in);
    expect_pieces(shown(bytes, length), &in, &want);
}

/* With less effort than usual, every second or fourth value of a byte, others of them at the next place. */
static void judge_every_change_of_one_byte(const char *pointer, span body) {
    char changed[512];
    const size_t effort = rounds(100);
    const size_t step = effort >= 100 ? 1 : effort >= 20 ? 2 : 4;
    assert_true(body.length <= sizeof changed);
    for (size_t at = 0; at < body.length; at++) {
        memcpy(changed, body.bytes, body.length);
        for (size_t byte = at % step; byte < 256; byte += step) {
            changed[at] = (char)byte;
            expect_both_ways("one byte changed", pointer, changed, body.length);
        }
    }
}

static void extract_judges_every_change_of_one_byte_as_the_reference_does(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(responses); i++) {
        judge_every_change_of_one_byte(NULL, responses[i]);
    }
    judge_every_change_of_one_byte("/usage", responses[0]);
}

static void decode_judges_every_change_of_one_byte_as_the_reference_does(void **state) {
    (void)state;
    static const span objects[] = {
        TEXT("{\"" P "\":5,\"" C "\":7,\"" T "\":12}"),
        TEXT(" { \"" P "\" : 9007199254740991 , \"x\" : { \"y\" : \"z\" , \"w\" : -1.5 , \"v\" : true } , \"" T
             "\" : null } "),
        TEXT(" { \"" P "\" : 5 , \"x\":{\"y\":\"z\",\"w\":1.50,\"v\":{}} ,\"u\":null,\"" C "\":null, \"" T "\":12}\n"),
        TEXT("{\"\\u0074otal_tokens\":1.20e1,\"" C "\":-0.0e-1,\"x\":[\"\\ud83d\\ude00\\n\"]}"),
    };
    for (size_t i = 0; i < LENGTH(objects); i++) {
        judge_every_change_of_one_byte("", objects[i]);
    }
}

/* Where to look in a random document: a pointer, or NULL for the known places. */
static void judge_random_document(const char *document, size_t length, const char *pointer, size_t *seen) {
    verdict want = reference_extract(pointer, document, length);
    seen[want.status]++;
    expect_extract("random", pointer, document, length, &want);
    if (document[0] == '\xEF') {
        return;
    }
    expect_find("random", pointer != NULL ? pointer : "/usage", document, length);
    pieces in;
    pieces_begin(&in, pointer, READ_TEXT);
    for (size_t at = 0; at < length;) {
        size_t piece = 1 + random_below(random_below(2) == 0 ? 8 : length);
        piece = piece < length - at ? piece : length - at;
        pieces_feed(&in, document + at, piece);
        at += piece;
    }
    pieces_end(&in);
    expect_pieces(shown(document, length), &in, &want);
}

static void extract_reads_random_documents_as_the_reference_does(void **state) {
    (void)state;
    static char document[DOCUMENT_SIZE];
    size_t known[TOKUSAGE_ERR_PART + 1] = {0};
    size_t pointed[TOKUSAGE_ERR_PART + 1] = {0};
    random_seed();
    for (size_t left = rounds(60000); left > 0; left--) {
        size_t length = random_document(document);
        if (random_below(4) == 0) {
            length = random_damage(document, length);
        }
        const char *pointer = random_below(2) == 0 ? NULL : random_pointer();
        judge_random_document(document, length, pointer, pointer == NULL ? known : pointed);
    }
    static const tokusage_status frequent[] = {
        TOKUSAGE_OK,          TOKUSAGE_ERR_SYNTAX, TOKUSAGE_ERR_NOT_FOUND, TOKUSAGE_ERR_TYPE,
        TOKUSAGE_ERR_INTEGER, TOKUSAGE_ERR_RANGE,  TOKUSAGE_ERR_DUPLICATE,
    };
    for (size_t i = 0; i < LENGTH(frequent); i++) {
        if (known[frequent[i]] < rounds(20) || pointed[frequent[i]] < rounds(20)) {
            fail_msg("the random documents test too little: '%s' only %zu and %zu times",
                     tokusage_status_text(frequent[i]), known[frequent[i]], pointed[frequent[i]]);
        }
    }
}

/* ------------------------------------------------------------------------------------------------- the limits */

/* Containers at the limit: with another container around them they are one too deep. */
#define DEEP_8 "[[[[[[[["
#define DEEP_64 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8 DEEP_8
#define DEEP DEEP_64 DEEP_64

static void extract_names_the_first_error_in_the_order_of_the_manual(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"syntax behind the usage, before a duplicate", "/usage", TEXT("{\"usage\":1,\"usage\":2]"), AT(SYNTAX, 20)},
        {"syntax behind null", "/usage", TEXT("{\"usage\":null}}"), AT(SYNTAX, 14)},
        {"syntax behind a usage of the wrong type", "/usage", TEXT("{\"usage\":5},"), AT(SYNTAX, 11)},
        {"syntax behind a bad count", "/usage", TEXT("{\"usage\":{\"" P "\":-1}}x"), AT(SYNTAX, 30)},
        {"syntax behind a good usage", "/usage", TEXT("{\"usage\":" FIVE ",}"), AT(SYNTAX, 29)},
        {"a duplicate before nothing found", "/a/b", TEXT("{\"a\":{},\"a\":{}}"), ABOUT(DUPLICATE, "usage")},
        {"a duplicate before a wrong type", "/usage", TEXT("{\"usage\":[],\"usage\":[]}"), ABOUT(DUPLICATE, "usage")},
        {"the first bad count", "", TEXT("{\"" T "\":\"x\",\"" P "\":-1,\"" C "\":0.5}"), ABOUT(TYPE, T)},
        {"the first bad count, another order", "", TEXT("{\"" C "\":0.5,\"" T "\":\"x\",\"" P "\":-1}"),
         ABOUT(INTEGER, C)},
        {"the first bad count, a third order", "", TEXT("{\"" P "\":-1,\"" C "\":0.5,\"" T "\":\"x\"}"),
         ABOUT(RANGE, P)},
        {"a bad count behind a good one", "", TEXT("{\"" P "\":1,\"" C "\":0.5}"), ABOUT(INTEGER, C)},
        {"a duplicate that is of the wrong type", "", TEXT("{\"" P "\":5,\"" P "\":\"x\"}"), ABOUT(DUPLICATE, P)},
        {"a duplicate that is out of range", "", TEXT("{\"" P "\":5,\"" P "\":-1}"), ABOUT(DUPLICATE, P)},
        {"a wrong type that is given again", "", TEXT("{\"" P "\":\"x\",\"" P "\":5}"), ABOUT(TYPE, P)},
        {"a fraction that is given again", "", TEXT("{\"" P "\":0.5,\"" P "\":5}"), ABOUT(INTEGER, P)},
        {"a duplicate behind another bad count", "", TEXT("{\"" P "\":5,\"" C "\":true,\"" P "\":5}"), ABOUT(TYPE, C)},
        {"out of range before a fraction", "", TEXT("{\"" P "\":-0.5}"), ABOUT(RANGE, P)},
        {"out of range before a fraction, above", "", TEXT("{\"" P "\":9007199254740991.5}"), ABOUT(RANGE, P)},
        {"syntax behind a sum out of range", "",
         TEXT("{\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1}x"), AT(SYNTAX, 61)},
        {"depth before syntax", "/usage", TEXT("{\"usage\":" DEEP "}x"), AT(DEPTH, 136)},
        {"syntax before depth", "/usage", TEXT("{\"usage\":,\"a\":" DEEP "}"), AT(SYNTAX, 9)},
        {"a sum out of range behind a good usage", "",
         TEXT("{\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1}"), ABOUT(RANGE, P)},
        {"a bad count behind a sum out of range", "",
         TEXT("{\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1,\"" T "\":0.5}"), ABOUT(INTEGER, T)},
        {"a sum out of range of the completion", "",
         TEXT("{\"output_tokens\":9007199254740991,\"thoughtsTokenCount\":1,\"" P "\":1}"), ABOUT(RANGE, C)},
        {"a bad count in a details object before one behind it", "",
         TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":\"x\"},\"" P "\":-1}"), ABOUT(TYPE, "cached_tokens")},
        {"a bad count behind a details object with another", "",
         TEXT("{\"" P "\":-1,\"prompt_tokens_details\":{\"cached_tokens\":\"x\"}}"), ABOUT(RANGE, P)},
        {"a duplicate on the way before a bad count", NULL, TEXT("{\"usage\":{\"" P "\":-1},\"usage\":null}"),
         ABOUT(DUPLICATE, "usage")},
    };
    expect_readings(cases, LENGTH(cases));
}

static void extract_says_argument_before_anything_else(void **state) {
    (void)state;
    tokusage usage;
    tokusage_error error;

    spoil(&error, sizeof error);
    spoil(&usage, sizeof usage);
    assert_int_equal(tokusage_extract(NULL, 0, NULL, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no text", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_extract(NULL, 5, "/usage", &usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_extract(NULL, 5, "usage", &usage, NULL), TOKUSAGE_ERR_ARGUMENT);
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_decode(NULL, 0, &usage, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no text", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_true(spoilt(&usage, sizeof usage));

    spoil(&error, sizeof error);
    assert_int_equal(tokusage_extract("{}", 2, "", NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    spoil(&error, sizeof error);
    assert_int_equal(tokusage_decode("{", 1, NULL, &error), TOKUSAGE_ERR_ARGUMENT);
    expect_error("no usage", &error, TOKUSAGE_ERR_ARGUMENT, NULL);
    assert_int_equal(tokusage_decode("x", 1, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
    assert_int_equal(tokusage_decode(NULL, 1, NULL, NULL), TOKUSAGE_ERR_ARGUMENT);
}

/* Between `begin` and `end`: `opens` times `open`, then `inner`, then `opens` times `close`. */
typedef struct nest_case {
    const char *what, *pointer, *begin;
    size_t opens;
    const char *open, *inner, *close, *end;
    verdict want;
} nest_case;

static const nest_case nests[] = {
    {"inside the usage, arrays", "", "{\"" P "\":5,\"a\":", 127, "[", "", "]", "}", FOUND},
    {"inside the usage, arrays, past it", "", "{\"" P "\":5,\"a\":", 128, "[", "", "]", "}", AT(DEPTH, 150)},
    {"inside the usage, objects", "", "{\"" P "\":5,\"a\":", 127, "{\"b\":", "1", "}", "}", FOUND},
    {"inside the usage, objects, past it", "", "{\"" P "\":5,\"a\":", 128, "{\"b\":", "1", "}", "}",
     AT(DEPTH, 23 + 5 * 127)},
    {"inside the usage, both", "", "{\"" P "\":5,\"a\":", 63, "{\"b\":[", "1", "]}", "}", FOUND},
    {"before the usage", "/usage", "{\"a\":", 127, "[", "", "]", ",\"usage\":" FIVE "}", FOUND},
    {"before the usage, past it", "/usage", "{\"a\":", 128, "[", "", "]", ",\"usage\":" FIVE "}", AT(DEPTH, 132)},
    {"behind the usage, past it", "/usage", "{\"usage\":" FIVE ",\"a\":", 128, "[", "", "]", "}", AT(DEPTH, 160)},
    {"behind a usage that is null", "/usage", "{\"usage\":null,\"a\":", 128, "[", "", "]", "}", AT(DEPTH, 145)},
    {"behind a usage that stands twice", "/usage", "{\"usage\":1,\"usage\":2,\"a\":", 128, "[", "", "]", "}",
     AT(DEPTH, 152)},
    {"behind a byte that is wrong", "/usage", "{\"a\":1,,\"b\":", 200, "[", "", "]", "}", AT(SYNTAX, 7)},
    {"before a byte that is wrong", "/usage", "", 129, "[", "x", "]", "", AT(DEPTH, 128)},
    {"with a byte that is wrong at the limit", "/usage", "", 128, "[", "x", "]", "", AT(SYNTAX, 128)},
    {"left open at the limit", "/usage", "", 128, "[", "", "", "", AT(SYNTAX, 128)},
    {"a hundred thousand opening brackets", "/usage", "", 100000, "[", "", "", "", AT(DEPTH, 128)},
    {"a hundred thousand opening objects", "", "", 100000, "{\"a\":", "", "", "", AT(DEPTH, 5 * 128)},
    {"an array as the text", NULL, "[{\"usage\":" FIVE ",\"a\":", 126, "[", "", "]", "}]", FOUND},
    {"an array as the text, past it", NULL, "[{\"usage\":" FIVE ",\"a\":", 127, "[", "", "]", "}]", AT(DEPTH, 160)},
    {"in a details object", "", "{\"" P "\":5,\"prompt_tokens_details\":{\"a\":", 126, "[", "", "]", "}}", FOUND},
};

static void extract_nests_to_the_limit_and_names_the_byte_that_passes_it(void **state) {
    (void)state;
    enum {
        SIZE = 1 << 20
    };
    builder text = {malloc(SIZE), 0, SIZE};
    assert_non_null(text.text);
    for (size_t i = 0; i < LENGTH(nests); i++) {
        const nest_case *one = &nests[i];
        text.used = 0;
        add(&text, 1, one->begin);
        add(&text, one->opens, one->open);
        add(&text, 1, one->inner);
        add(&text, one->opens, one->close);
        add(&text, 1, one->end);
        reading_case reading = {one->what, one->pointer, {text.text, text.used}, one->want};
        expect_reading(&reading);
    }
    free(text.text);
}

static void extract_finds_a_usage_at_the_deepest_place(void **state) {
    (void)state;
    char pointer[2 * TOKUSAGE_DEPTH_MAX + 1] = "";
    char json[1000];
    for (size_t steps = 1; steps <= TOKUSAGE_DEPTH_MAX; steps++) {
        builder way = {pointer, 0, sizeof pointer - 1};
        add(&way, steps, "/a");
        pointer[way.used] = '\0';
        builder text = {json, 0, sizeof json};
        add(&text, steps, "{\"a\":");
        add(&text, 1, FIVE);
        add(&text, steps, "}");
        verdict want = FOUND;
        if (steps == TOKUSAGE_DEPTH_MAX) {
            verdict deep = AT(DEPTH, 5 * TOKUSAGE_DEPTH_MAX);
            want = deep;
        }
        expect_both_ways("deep down", pointer, json, text.used);
        expect_extract("deep down", pointer, json, text.used, &want);
    }
}

static void extract_reads_large_texts(void **state) {
    (void)state;
    enum {
        SIZE = 1 << 20
    };
    builder text = {malloc(SIZE), 0, SIZE};
    assert_non_null(text.text);
    add(&text, 1, "{\"choices\":[{\"text\":\"");
    add(&text, 30000, "words \\n\\u00e9 \xE2\x82\xAC ");
    add(&text, 1, "\"}],\"usage\":{\"a\":[");
    add(&text, 20000, "{\"b\":1.5},");
    add(&text, 1, "0],\"" P "\":5,\"c\":\"");
    add(&text, 10000, "more \\\" ");
    add(&text, 1, "\"}}");
    reading_case one = {"a large text", "/usage", {text.text, text.used}, FOUND};
    expect_reading(&one);
    verdict cut = AT(SYNTAX, text.used - 1);
    expect_extract("a large text cut short", "/usage", text.text, text.used - 1, &cut);
    free(text.text);
}

/* Plain strings and spaces of every length around the width of a register: this tests every tail. */
static void decode_reads_strings_and_space_of_every_length(void **state) {
    (void)state;
    char json[400];
    for (size_t length = 0; length < 70; length++) {
        for (size_t space = 0; space < 20; space++) {
            builder text = {json, 0, sizeof json};
            add(&text, 1, "{\"");
            add(&text, length, "k");
            add(&text, 1, "\":");
            add(&text, space, " ");
            add(&text, 1, "\"");
            add(&text, length, "v");
            add(&text, 1, "\",");
            add(&text, space, "\n");
            add(&text, 1, "\"" P "\":5}");
            add(&text, space, "\t");
            verdict want = FOUND;
            expect_extract("lengths", "", json, text.used, &want);
            verdict cut = AT(SYNTAX, text.used - space - 1);
            expect_extract("lengths, cut", "", json, text.used - space - 1, &cut);
        }
    }
}

/* ------------------------------------------------------------------------------------------------- bodies */

enum {
    BODY_SIZE = 1 << 16
};

static size_t read_file(const char *name, char *bytes) {
    char path[1000];
    (void)snprintf(path, sizeof path, "%s/bodies/%s", TOKUSAGE_TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot read %s", path);
    }
    size_t length = fread(bytes, 1, BODY_SIZE, file);
    assert_true(length < BODY_SIZE);
    assert_int_equal(fclose(file), 0);
    return length;
}

static tokusage_status status_named(const char *name) {
    static const char *const names[] = {"OK",        "ARGUMENT", "MEMORY",  "SPACE", "SYNTAX",    "DEPTH",
                                        "NOT_FOUND", "TYPE",     "INTEGER", "RANGE", "DUPLICATE", "TOTAL"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (strcmp(names[i], name) == 0) {
            return (tokusage_status)i;
        }
    }
    fail_msg("unknown status %s", name);
    return TOKUSAGE_OK;
}

static int64_t count_named(const char *field) {
    return strcmp(field, "-") == 0 ? ABSENT : strtoll(field, NULL, 10);
}

/* One line of tests/data/bodies.tsv, which says what its fields are. */
static void expect_body(char *line) {
    static char body[BODY_SIZE];
    char *fields[11] = {line};
    for (size_t i = 1; i < LENGTH(fields); i++) {
        fields[i] = strchr(fields[i - 1], '\t');
        if (fields[i] == NULL) {
            fail_msg("%s: a field is missing in bodies.tsv", fields[0]);
            return;
        }
        *fields[i]++ = '\0';
    }
    verdict want = {status_named(fields[2]), NULL, 0, {0}};
    want.member = strcmp(fields[3], "-") == 0 ? NULL : fields[3];
    want.offset = strcmp(fields[4], "-") == 0 ? 0 : (size_t)strtoull(fields[4], NULL, 10);
    for (size_t i = 0; i < LENGTH(want.counts); i++) {
        want.counts[i] = count_named(fields[5 + i]);
    }
    const char *pointer = strcmp(fields[1], "*") == 0 ? NULL : fields[1];
    reading_case one = {fields[0], pointer, {body, read_file(fields[0], body)}, want};
    expect_reading(&one);
}

static void extract_reads_the_bodies_in_the_data_folder(void **state) {
    (void)state;
    static char list[BODY_SIZE];
    list[read_file("../bodies.tsv", list)] = '\0';
    size_t read = 0;
    for (char *line = list, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        if (line[0] != '#' && line[0] != '\0') {
            expect_body(line);
            read++;
        }
    }
    assert_true(read >= 40);
}

/* -------------------------------------------------------------------------------------- memory and the locale */

static void no_function_that_reads_a_text_allocates(void **state) {
    (void)state;
    heap_fail(0, true);
    extract_reads_the_bodies_in_the_data_folder(state);
    extract_names_the_first_error_in_the_order_of_the_manual(state);
    assert_int_equal(heap_calls(), 0);
    heap_fail(NEVER, false);
}

static void results_do_not_follow_the_locale(void **state) {
    (void)state;
    if (!comma_locale()) {
        print_message("this system has no locale with a decimal comma and cannot make one\n");
        skip();
    }
    char comma[8];
    (void)snprintf(comma, sizeof comma, "%.1f", 0.5);
    assert_string_equal(comma, "0,5");
    extract_accepts_every_form_of_the_grammar(state);
    extract_reads_the_bodies_in_the_data_folder(state);
    static const reading_case cases[] = {
        {"a comma is not a point", "", TEXT("{\"" P "\":5,0}"), AT(SYNTAX, 19)},
        {"a fraction in an array", "", TEXT("{\"a\":[1.5,-2.5e-3],\"" P "\":5.0}"), FOUND},
        {"a fraction", "", TEXT("{\"" P "\":5.5}"), ABOUT(INTEGER, P)},
    };
    expect_readings(cases, LENGTH(cases));
    plain_locale();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extract_accepts_every_form_of_the_grammar),
        cmocka_unit_test(extract_refuses_every_break_of_the_grammar_at_its_byte),
        cmocka_unit_test(decode_refuses_bad_json_in_a_member_that_it_does_not_know),
        cmocka_unit_test(decode_passes_over_good_json_in_a_member_that_it_does_not_know),
        cmocka_unit_test(extract_accepts_one_byte_order_mark_at_the_very_start),
        cmocka_unit_test(extract_refuses_every_prefix_of_a_text_at_its_length),
        cmocka_unit_test(decode_refuses_every_prefix_of_a_text_at_its_length),
        cmocka_unit_test(extract_judges_every_change_of_one_byte_as_the_reference_does),
        cmocka_unit_test(decode_judges_every_change_of_one_byte_as_the_reference_does),
        cmocka_unit_test(extract_reads_random_documents_as_the_reference_does),
        cmocka_unit_test(extract_names_the_first_error_in_the_order_of_the_manual),
        cmocka_unit_test(extract_says_argument_before_anything_else),
        cmocka_unit_test(extract_nests_to_the_limit_and_names_the_byte_that_passes_it),
        cmocka_unit_test(extract_finds_a_usage_at_the_deepest_place),
        cmocka_unit_test(extract_reads_large_texts),
        cmocka_unit_test(decode_reads_strings_and_space_of_every_length),
        cmocka_unit_test(extract_reads_the_bodies_in_the_data_folder),
        WATCHED(no_function_that_reads_a_text_allocates),
        cmocka_unit_test(results_do_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
