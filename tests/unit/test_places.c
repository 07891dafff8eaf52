/*
 * Where the usage stands in a text: each known place alone and against each of its rivals, the root, and the elements
 * of an array. test_names.c tests the names of the counts.
 */
#include "readings.h"

#include <stdio.h>
#include <string.h>

#define P "prompt_tokens"
#define C "completion_tokens"
#define FIVE "{\"" P "\":5}"
#define SIX "{\"" P "\":6}"
#define FOUND COUNTS(5, ABSENT, ABSENT)
#define NOTHING COUNTS(ABSENT, ABSENT, ABSENT)
#define MISSING ABOUT(NOT_FOUND, "usage")
#define TWICE ABOUT(DUPLICATE, "usage")

static const verdict found = FOUND;
static const verdict twice = TWICE;

enum {
    TEXT_SIZE = 1000
};

/* The known places in the manual's order, without the root. */
static const struct {
    const char *outer, *name; /* outer NULL: the name is in the root */
} places[] = {
    {NULL, "usage"},       {NULL, "usageMetadata"},       {"message", "usage"},
    {"response", "usage"}, {"interaction", "usage"},      {"delta", "usage"},
    {"metadata", "usage"}, {"response", "usageMetadata"}, {"x_groq", "usage"},
};

/* ------------------------------------------------------------------------------------------------ writing texts */

static void put(builder *text, const char *part) {
    add(text, 1, part);
}

/* Writes a comma before it if it is not the first member. */
static void put_member(builder *text, const char *name, const char *value) {
    const char last = text->text[text->used - 1];
    put(text, last == '{' ? "\"" : ",\"");
    put(text, name);
    put(text, "\":");
    put(text, value);
}

/* What is in the text: a place and its value. */
typedef struct standing {
    size_t place;
    const char *value;
} standing;

static bool same_outer(const standing *a, const standing *b) {
    const char *x = places[a->place].outer;
    const char *y = places[b->place].outer;
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

/* Writes the values in their order. Neighbours that have the same outer object stand in one object. */
static void put_standings(builder *text, const standing *all, size_t count) {
    char inner_text[TEXT_SIZE];
    for (size_t i = 0; i < count; i++) {
        const char *outer = places[all[i].place].outer;
        if (outer == NULL) {
            put_member(text, places[all[i].place].name, all[i].value);
            continue;
        }
        builder inner = {inner_text, 0, sizeof inner_text - 1};
        bool written = false;
        put(&inner, "{");
        for (size_t j = 0; j < count; j++) {
            written = written || (j < i && same_outer(&all[i], &all[j]));
            if (i == j || same_outer(&all[i], &all[j])) {
                put_member(&inner, places[all[j].place].name, all[j].value);
            }
        }
        put(&inner, "}");
        inner_text[inner.used] = '\0';
        if (!written) {
            put_member(text, outer, inner_text);
        }
    }
}

static void expect_text(const char *what, const char *pointer, span json, verdict want) {
    reading_case one = {what, pointer, json, want};
    expect_reading(&one);
}

static void expect_standings(const char *what, const standing *all, size_t count, verdict want) {
    char json[TEXT_SIZE];
    builder text = {json, 0, sizeof json};
    put(&text, "{");
    put_standings(&text, all, count);
    put(&text, "}");
    span whole = {json, text.used};
    expect_text(what, NULL, whole, want);
}

/* ------------------------------------------------------------------------------------------------- each place */

static void each_place_alone_is_the_usage(void **state) {
    (void)state;
    static const struct {
        const char *value;
        verdict want;
    } cases[] = {
        {FIVE, FOUND},
        {"{}", NOTHING},
        {"{\"a\":1,\"usage\":" SIX "}", NOTHING},
        {"{\"" P "\":null}", NOTHING},
        {"{\"" P "\":0.5}", ABOUT(INTEGER, P)},
        {"{\"" P "\":5,\"" P "\":5}", ABOUT(DUPLICATE, P)},
        {"null", MISSING},
        {"5", ABOUT(TYPE, "usage")},
        {"0", ABOUT(TYPE, "usage")},
        {"\"\"", ABOUT(TYPE, "usage")},
        {"\"null\"", ABOUT(TYPE, "usage")},
        {"true", ABOUT(TYPE, "usage")},
        {"false", ABOUT(TYPE, "usage")},
        {"[]", ABOUT(TYPE, "usage")},
        {"[" FIVE "]", ABOUT(TYPE, "usage")},
    };
    for (size_t i = 0; i < LENGTH(places); i++) {
        for (size_t j = 0; j < LENGTH(cases); j++) {
            const standing one = {i, cases[j].value};
            expect_standings(places[i].name, &one, 1, cases[j].want);
        }
    }
}

/* Each name on the way to it, twice. The value does not matter. */
static void each_place_given_twice_is_refused(void **state) {
    (void)state;
    static const char *const values[][2] = {
        {FIVE, FIVE}, {"null", FIVE}, {FIVE, "null"}, {"null", "null"}, {"1", "[]"}, {FIVE, "{}"},
    };
    for (size_t i = 0; i < LENGTH(places); i++) {
        for (size_t j = 0; j < LENGTH(values); j++) {
            const standing both[] = {{i, values[j][0]}, {i, values[j][1]}};
            expect_standings(places[i].name, both, 2, twice);
            if (places[i].outer == NULL) {
                continue;
            }
            char json[TEXT_SIZE];
            span text = {json, (size_t)snprintf(json, sizeof json, "{\"%s\":{\"%s\":%s},\"%s\":%s}", places[i].outer,
                                                places[i].name, values[j][0], places[i].outer, values[j][1])};
            expect_text("its object twice", NULL, text, twice);
            text.length = (size_t)snprintf(json, sizeof json, "{\"%s\":%s,\"%s\":{\"%s\":%s}}", places[i].outer,
                                           values[j][0], places[i].outer, places[i].name, values[j][1]);
            expect_text("its object twice, the second with it", NULL, text, twice);
        }
    }
}

static void a_place_is_found_only_by_its_exact_way(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"another object", NULL, TEXT("{\"body\":{\"usage\":" FIVE "}}"), MISSING},
        {"one level deeper", NULL, TEXT("{\"message\":{\"message\":{\"usage\":" FIVE "}}}"), MISSING},
        {"two objects that have a place each", NULL, TEXT("{\"response\":{\"message\":{\"usage\":" FIVE "}}}"),
         MISSING},
        {"in an array", NULL, TEXT("{\"message\":[{\"usage\":" FIVE "}]}"), MISSING},
        {"the name of another object's place", NULL, TEXT("{\"message\":{\"usageMetadata\":" FIVE "}}"), MISSING},
        {"a place's object in a usage", NULL, TEXT("{\"usage\":{\"message\":{\"usage\":" FIVE "}}}"), NOTHING},
        {"a member on the way that is not an object", NULL,
         TEXT("{\"message\":5,\"response\":\"usage\",\"delta\":null}"), MISSING},
        {"a member on the way that is not an object, and a usage", NULL,
         TEXT("{\"message\":[1],\"x_groq\":{\"usage\":" FIVE "}}"), FOUND},
        {"capitals", NULL, TEXT("{\"Message\":{\"usage\":" FIVE "},\"USAGE\":" FIVE "}"), MISSING},
        {"counts in a place's object", NULL, TEXT("{\"message\":" FIVE "}"), MISSING},
        {"counts of OpenAI's in the root", NULL, TEXT(FIVE), MISSING},
        {"a batch result", NULL, TEXT("{\"response\":{\"body\":{\"usage\":" FIVE "}}}"), MISSING},
        {"with a pointer, that place only", "/a", TEXT("{\"usage\":" FIVE ",\"a\":" SIX "}"),
         COUNTS(6, ABSENT, ABSENT)},
        {"with a pointer other places do not count", "/a", TEXT("{\"usage\":" FIVE "}"), MISSING},
        {"with a pointer the names of other places may stand twice", "/a",
         TEXT("{\"usage\":1,\"usage\":2,\"message\":1,\"message\":{\"usage\":3},\"a\":" FIVE "}"), FOUND},
        {"with a known place as the pointer other places do not count", "/message/usage",
         TEXT("{\"usage\":" SIX ",\"message\":{\"usage\":" FIVE "}}"), FOUND},
        {"with a known place for a pointer, nothing there", "/message/usage",
         TEXT("{\"usage\":" SIX ",\"message\":{\"usage\":null}}"), MISSING},
        {"with the object of a known place for a pointer", "/message",
         TEXT("{\"message\":{\"usage\":" SIX ",\"" P "\":5}}"), FOUND},
        {"with the name of a details object for a pointer", "/prompt_tokens_details",
         TEXT("{\"prompt_tokens_details\":{\"cached_tokens\":6,\"" P "\":5}}"),
         COUNTS6(5, ABSENT, ABSENT, 6, ABSENT, ABSENT)},
        {"with the root for a pointer", "", TEXT("{\"usage\":" SIX ",\"" P "\":5}"), FOUND},
        {"with the root for a pointer, a place's object behind details", "",
         TEXT("{\"prompt_tokens_details\":{},\"message\":{\"cached_tokens\":6},\"" P "\":5}"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

/* A name of the table may also be a name of a pointer: each name, and each two. */
static void a_pointer_may_be_made_of_any_names(void **state) {
    (void)state;
    for (tokusage_key a = 1; a <= TOKUSAGE_KEYS; a++) {
        for (tokusage_key b = 0; b <= TOKUSAGE_KEYS; b++) {
            const char *first = tokusage_name_of(a)->text;
            const char *second = b != 0 ? tokusage_name_of(b)->text : "x";
            char pointer[120];
            char json[TEXT_SIZE];
            (void)snprintf(pointer, sizeof pointer, "/%s/%s", first, second);
            size_t length = (size_t)snprintf(json, sizeof json, "{\"x\":1,\"%s\":{\"y\":{},\"%s\":%s,\"z\":2}}", first,
                                             second, FIVE);
            expect_extract("two names", pointer, json, length, &found);
            pieces in;
            pieces_begin(&in, pointer, READ_EVENT);
            pieces_feed(&in, json, length / 2);
            pieces_feed(&in, json + length / 2, length - length / 2);
            pieces_end(&in);
            expect_pieces(pointer, &in, &found);
            length =
                (size_t)snprintf(json, sizeof json, "[{\"%s\":{\"%s\":%s,\"%s\":1}}]", first, second, FIVE, second);
            expect_extract("two names, one twice", pointer, json, length, &twice);
        }
        char pointer[60];
        char json[TEXT_SIZE];
        (void)snprintf(pointer, sizeof pointer, "/%s", tokusage_name_of(a)->text);
        span text = {json, (size_t)snprintf(json, sizeof json, "{\"%s\":%s}", tokusage_name_of(a)->text, FIVE)};
        expect_text("one name", pointer, text, found);
        text.length = (size_t)snprintf(json, sizeof json, "{\"%s\":\"x\"}", tokusage_name_of(a)->text);
        verdict wrong = ABOUT(TYPE, "usage");
        expect_text("one name, a string", pointer, text, wrong);
    }
}

/* ------------------------------------------------------------------------------------------- place against place */

static void the_first_of_two_places_that_is_not_null_is_the_usage(void **state) {
    (void)state;
    static const struct {
        const char *first, *second;
        verdict want;
    } cases[] = {
        {FIVE, SIX, FOUND},
        {"null", SIX, COUNTS(6, ABSENT, ABSENT)},
        {FIVE, "null", FOUND},
        {"null", "null", MISSING},
        {"{}", SIX, NOTHING},
        {"7", SIX, ABOUT(TYPE, "usage")},
        {"[" SIX "]", SIX, ABOUT(TYPE, "usage")},
        {"{\"" P "\":\"x\"}", SIX, ABOUT(TYPE, P)},
        {"{\"total_tokens\":-1}", SIX, ABOUT(RANGE, "total_tokens")},
        {FIVE, "7", FOUND},
        {FIVE, "[]", FOUND},
        {FIVE, "{\"" P "\":\"x\"}", FOUND},
        {FIVE, "{\"" P "\":1,\"" P "\":1}", FOUND},
        {FIVE, "{\"" C "\":7,\"prompt_tokens_details\":{\"cached_tokens\":1}}", FOUND},
    };
    for (size_t i = 0; i < LENGTH(places); i++) {
        for (size_t j = i + 1; j < LENGTH(places); j++) {
            for (size_t k = 0; k < LENGTH(cases); k++) {
                const standing one_way[] = {{i, cases[k].first}, {j, cases[k].second}};
                const standing other_way[] = {{j, cases[k].second}, {i, cases[k].first}};
                expect_standings("first, then second", one_way, 2, cases[k].want);
                expect_standings("second, then first", other_way, 2, cases[k].want);
            }
        }
    }
}

/* The first place that has the place's object on its way; 0 when the place has none. */
static size_t first_with_outer(size_t place) {
    size_t first = 0;
    while (places[place].outer != NULL &&
           (places[first].outer == NULL || strcmp(places[first].outer, places[place].outer) != 0)) {
        first++;
    }
    return first;
}

/* A name that stands twice matters on the way to the place that counts, or to a place before that. */
static void a_way_given_twice_matters_only_up_to_the_place_that_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(places); i++) {
        for (size_t j = i + 1; j < LENGTH(places); j++) {
            const standing lower_twice[] = {{i, FIVE}, {j, SIX}, {j, SIX}};
            const standing lower_first[] = {{j, "null"}, {j, SIX}, {i, FIVE}};
            const standing between[] = {{j, SIX}, {i, FIVE}, {j, "1"}};
            expect_standings("the lower twice", lower_twice, 3, found);
            expect_standings("the lower twice before", lower_first, 3, found);
            expect_standings("the lower twice around", between, 3, found);
            const standing lower_counts[] = {{i, "null"}, {j, SIX}, {j, SIX}};
            expect_standings("the lower twice, and counting", lower_counts, 3, twice);
            const standing higher_twice[] = {{i, "null"}, {j, SIX}, {i, "null"}};
            expect_standings("the higher twice null", higher_twice, 3, twice);
            const standing higher_given[] = {{j, SIX}, {i, FIVE}, {i, FIVE}};
            expect_standings("the higher twice", higher_given, 3, twice);
            if (first_with_outer(j) <= i) {
                continue;
            }
            char json[TEXT_SIZE];
            builder text = {json, 0, sizeof json};
            put(&text, "{");
            put_standings(&text, lower_twice, 2);
            put_member(&text, places[j].outer, "{}");
            put(&text, "}");
            span whole = {json, text.used};
            expect_text("the lower's object twice", NULL, whole, found);
        }
    }
}

static void an_object_of_two_places_given_twice_is_told_for_both(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"the first counts", NULL, TEXT("{\"response\":{\"usage\":" FIVE "},\"response\":1}"), TWICE},
        {"the second counts", NULL, TEXT("{\"response\":{\"usageMetadata\":" FIVE "},\"response\":1}"), TWICE},
        {"twice without a usage", NULL, TEXT("{\"response\":{},\"response\":1}"), TWICE},
        {"one before both counts", NULL, TEXT("{\"message\":{\"usage\":" FIVE "},\"response\":{},\"response\":1}"),
         FOUND},
        {"one between them counts", NULL, TEXT("{\"delta\":{\"usage\":" FIVE "},\"response\":{},\"response\":1}"),
         TWICE},
        {"one behind both counts", NULL, TEXT("{\"x_groq\":{\"usage\":" FIVE "},\"response\":{},\"response\":1}"),
         TWICE},
        {"the second's own name, the first counts", NULL,
         TEXT("{\"response\":{\"usageMetadata\":1,\"usage\":" FIVE ",\"usageMetadata\":2}}"), FOUND},
        {"the root counts", NULL, TEXT("{\"prompt_eval_count\":5,\"metadata\":1,\"metadata\":2}"), TWICE},
        {"other names may stand twice", NULL,
         TEXT("{\"id\":1,\"id\":2,\"usage\":" FIVE ",\"model\":1,\"model\":2,\"message\":{\"a\":1,\"a\":2}}"), FOUND},
        {"spelled with an escape", NULL, TEXT("{\"usage\":" FIVE ",\"\\u0075sage\":null}"), TWICE},
    };
    expect_readings(cases, LENGTH(cases));
}

/* All places in any order, each absent, null or an object whose count tells which place it is; the root, too. */
static void the_first_of_all_places_that_is_not_null_is_the_usage(void **state) {
    (void)state;
    char values[LENGTH(places)][40];
    random_seed();
    for (size_t left = rounds(3000); left > 0; left--) {
        standing all[LENGTH(places)];
        size_t count = 0;
        verdict want = MISSING;
        for (size_t place = LENGTH(places); place-- > 0;) {
            const size_t kind = random_below(4);
            if (kind > 1) {
                verdict here = COUNTS((int64_t)place, ABSENT, ABSENT);
                want = here;
            }
            if (kind > 0) {
                (void)snprintf(values[place], sizeof values[place], kind == 1 ? "null" : "{\"inputTokens\":%zu}",
                               place);
                const size_t at = random_below(++count);
                all[count - 1] = all[at];
                all[at].place = place;
                all[at].value = values[place];
            }
        }
        expect_standings("places in any order", all, count, want);
    }
}

/* --------------------------------------------------------------------------------------------------- the root */

static void the_root_is_the_usage_when_no_other_place_has_one(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"Ollama's", NULL,
         TEXT("{\"model\":\"l\",\"response\":\"\",\"done\":true,\"prompt_eval_count\":5,\"eval_count\":7,"
              "\"eval_duration\":1.5}"),
         COUNTS(5, 7, ABSENT)},
        {"one of the two", NULL, TEXT("{\"eval_count\":7}"), COUNTS(ABSENT, 7, ABSENT)},
        {"zero", NULL, TEXT("{\"prompt_eval_count\":0}"), COUNTS(0, ABSENT, ABSENT)},
        {"none", NULL, TEXT("{}"), MISSING},
        {"null", NULL, TEXT("{\"prompt_eval_count\":null,\"eval_count\":null}"), MISSING},
        {"one null", NULL, TEXT("{\"prompt_eval_count\":null,\"eval_count\":7}"), COUNTS(ABSENT, 7, ABSENT)},
        {"a type that is wrong", NULL, TEXT("{\"prompt_eval_count\":\"5\"}"), ABOUT(TYPE, P)},
        {"an object", NULL, TEXT("{\"eval_count\":{}}"), ABOUT(TYPE, C)},
        {"an array", NULL, TEXT("{\"eval_count\":[5]}"), ABOUT(TYPE, C)},
        {"below the range", NULL, TEXT("{\"prompt_eval_count\":-1}"), ABOUT(RANGE, P)},
        {"a fraction", NULL, TEXT("{\"prompt_eval_count\":5,\"eval_count\":0.5}"), ABOUT(INTEGER, C)},
        {"twice", NULL, TEXT("{\"prompt_eval_count\":5,\"prompt_eval_count\":5}"), ABOUT(DUPLICATE, P)},
        {"twice null", NULL, TEXT("{\"eval_count\":null,\"eval_count\":null}"), ABOUT(DUPLICATE, C)},
        {"the first that is wrong", NULL, TEXT("{\"eval_count\":true,\"prompt_eval_count\":-1}"), ABOUT(TYPE, C)},
        {"its other names do not count", NULL,
         TEXT(
             "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,\"input_tokens\":4,\"cached_tokens\":5,"
             "\"prompt_tokens_details\":{\"cached_tokens\":6},\"thoughtsTokenCount\":7,\"tokens\":{\"input_tokens\":8},"
             "\"eval_count\":9}"),
         COUNTS(ABSENT, 9, ABSENT)},
        {"wrong ones do not count, either", NULL,
         TEXT("{\"prompt_tokens\":\"x\",\"total_tokens\":1,\"total_tokens\":2,\"eval_count\":9}"),
         COUNTS(ABSENT, 9, ABSENT)},
        {"its other names alone", NULL, TEXT("{\"prompt_tokens\":1,\"total_tokens\":3}"), MISSING},
        {"deeper down", NULL, TEXT("{\"message\":{\"eval_count\":7},\"a\":{\"prompt_eval_count\":5}}"), MISSING},
        {"at a place", NULL, TEXT("{\"usage\":{\"prompt_eval_count\":5,\"eval_count\":7}}"), COUNTS(5, 7, ABSENT)},
        {"with the root for a pointer", "", TEXT("{\"prompt_eval_count\":5,\"total_tokens\":12}"),
         COUNTS(5, ABSENT, 12)},
        {"with a pointer", "/usage", TEXT("{\"prompt_eval_count\":5}"), MISSING},
        {"with a pointer to another place", "/a", TEXT("{\"eval_count\":\"x\",\"a\":" FIVE "}"), FOUND},
        {"in an array", NULL, TEXT("[{\"prompt_eval_count\":5}]"), FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void the_root_gives_way_to_every_place(void **state) {
    (void)state;
    static const struct {
        const char *root, *value;
        verdict want;
    } cases[] = {
        {"\"eval_count\":7", FIVE, FOUND},
        {"\"eval_count\":7", "{}", NOTHING},
        {"\"eval_count\":7", "5", ABOUT(TYPE, "usage")},
        {"\"eval_count\":7", "null", COUNTS(ABSENT, 7, ABSENT)},
        {"\"eval_count\":\"x\"", FIVE, FOUND},
        {"\"eval_count\":{}", FIVE, FOUND},
        {"\"eval_count\":1,\"eval_count\":1", FIVE, FOUND},
        {"\"eval_count\":\"x\"", "null", ABOUT(TYPE, C)},
    };
    for (size_t i = 0; i < LENGTH(places); i++) {
        for (size_t j = 0; j < LENGTH(cases); j++) {
            const standing one = {i, cases[j].value};
            for (int first = 0; first < 2; first++) {
                char json[TEXT_SIZE];
                builder text = {json, 0, sizeof json};
                put(&text, "{");
                put(&text, first == 1 ? cases[j].root : "\"a\":1");
                put_standings(&text, &one, 1);
                put(&text, ",");
                put(&text, first == 0 ? cases[j].root : "\"b\":2");
                put(&text, "}");
                span whole = {json, text.used};
                expect_text("the root and a place", NULL, whole, cases[j].want);
            }
        }
    }
}

/* --------------------------------------------------------------------------------------------------- arrays */

#define U(value) "{\"usage\":" value "}"

static void the_last_element_of_an_array_with_a_report_is_read(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"one element", NULL, TEXT("[" U(FIVE) "]"), FOUND},
        {"the last of two", NULL, TEXT("[" U(SIX) "," U(FIVE) "]"), FOUND},
        {"the last of three, with space", NULL, TEXT(" [ " U(SIX) " ,\n" U(SIX) "\t, " U(FIVE) " ] "), FOUND},
        {"the last that has one", NULL, TEXT("[" U(FIVE) ",{\"a\":1},{}]"), FOUND},
        {"the last that is not null", NULL, TEXT("[" U(FIVE) "," U("null") "]"), FOUND},
        {"the last with a count", NULL, TEXT("[" U(FIVE) "," U("{}") "," U("{\"a\":1,\"" P "\":null}") "]"), FOUND},
        {"scalars and arrays have none", NULL,
         TEXT("[" U(FIVE) ",null,1,\"usage\",true,[" U(SIX) "],[{\"eval_count\":1}],[]]"), FOUND},
        {"a scalar first", NULL, TEXT("[5," U(FIVE) "]"), FOUND},
        {"an array first", NULL, TEXT("[[" U(SIX) "]," U(FIVE) "]"), FOUND},
        {"a place of each element's own", NULL,
         TEXT("[" U(SIX) ",{\"x_groq\":{\"usage\":" SIX "}},{\"message\":{\"usage\":" FIVE "},\"delta\":" U(SIX) "}]"),
         FOUND},
        {"the root of an element", NULL, TEXT("[" U(SIX) ",{\"prompt_eval_count\":5},{\"a\":2}]"), FOUND},
        {"Gemini's", NULL,
         TEXT("[{\"usageMetadata\":{\"promptTokenCount\":5}},\n{\"usageMetadata\":{\"promptTokenCount\":5,"
              "\"candidatesTokenCount\":7}}]"),
         COUNTS(5, 7, ABSENT)},
        {"a report replaces, it is not laid over", NULL,
         TEXT("[{\"message\":{\"usage\":{\"input_tokens\":5}}},{\"usage\":{\"output_tokens\":7}}]"),
         COUNTS(ABSENT, 7, ABSENT)},
        {"no element", NULL, TEXT("[]"), MISSING},
        {"no report", NULL, TEXT("[{},{\"a\":1},null," U("null") "," U("{}") "]"), MISSING},
        {"only in a deeper array", NULL, TEXT("[[" U(FIVE) "]]"), MISSING},
        {"a wrong report is one, last", NULL, TEXT("[" U(SIX) "," U("{\"" P "\":\"x\"}") "]"), ABOUT(TYPE, P)},
        {"a wrong report is one, not last", NULL, TEXT("[" U("{\"" P "\":\"x\"}") "," U(FIVE) "]"), FOUND},
        {"a usage that is not an object is a wrong report", NULL, TEXT("[" U(SIX) "," U("5") ",{}]"),
         ABOUT(TYPE, "usage")},
        {"a usage that is not an object, then a report", NULL, TEXT("[" U("[]") "," U(FIVE) "]"), FOUND},
        {"a sum out of range", NULL,
         TEXT("[" U(SIX) ",{\"usage\":{\"input_tokens\":9007199254740991,\"cache_read_input_tokens\":1}}]"),
         ABOUT(RANGE, P)},
        {"the same count in two elements", NULL, TEXT("[" U(FIVE) "," U(FIVE) "]"), FOUND},
        {"syntax behind a report", NULL, TEXT("[" U(FIVE) ",]"), AT(SYNTAX, 31)},
        {"letters behind it", NULL, TEXT("[" U(FIVE) "]1"), AT(SYNTAX, 31)},
    };
    expect_readings(cases, LENGTH(cases));
}

static void in_an_array_a_way_given_twice_is_told_in_any_element(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"in the last", NULL, TEXT("[" U(SIX) ",{\"usage\":" SIX ",\"usage\":" SIX "}]"), TWICE},
        {"in the first", NULL, TEXT("[{\"usage\":null,\"usage\":" SIX "}," U(SIX) "]"), TWICE},
        {"in one without a report", NULL, TEXT("[" U(SIX) ",{\"message\":1,\"message\":2}]"), TWICE},
        {"of a lower place in one with a report", NULL,
         TEXT("[{\"usage\":" SIX ",\"message\":1,\"message\":2}," U(FIVE) "]"), FOUND},
        {"before a wrong report", NULL, TEXT("[{\"usage\":1,\"usage\":2}," U("5") "]"), TWICE},
        {"in a deeper array", NULL, TEXT("[[{\"usage\":1,\"usage\":2}]," U(FIVE) "]"), FOUND},
        {"once in each of two", NULL, TEXT("[{\"message\":{\"usage\":" SIX "}},{\"message\":{\"usage\":" FIVE "}}]"),
         FOUND},
        {"with a pointer", "/a/b", TEXT("[{\"a\":{\"b\":1,\"b\":2}},{\"a\":{\"b\":" FIVE "}}]"), TWICE},
        {"with a pointer, in the last", "/a/b", TEXT("[{\"a\":{\"b\":" FIVE "}},{\"a\":1,\"a\":2}]"), TWICE},
        {"with a pointer, once in each of two", "/a/b", TEXT("[{\"a\":{\"b\":" SIX "}},{\"a\":{\"b\":" FIVE "}}]"),
         FOUND},
    };
    expect_readings(cases, LENGTH(cases));
}

static void a_pointer_leads_into_the_elements_of_an_array(void **state) {
    (void)state;
    static const reading_case cases[] = {
        {"one name", "/a", TEXT("[{\"a\":" SIX "},{\"a\":" FIVE "}]"), FOUND},
        {"two names", "/a/b", TEXT("[{\"a\":{\"b\":" SIX "}},{\"b\":1,\"a\":{\"b\":" FIVE "}},{\"a\":{}}]"), FOUND},
        {"a batch", "/response/body/usage", TEXT("[{\"response\":{\"body\":{\"usage\":" FIVE "}}}]"), FOUND},
        {"another place does not count", "/a", TEXT("[{\"a\":" FIVE "},{\"usage\":" SIX "}]"), FOUND},
        {"nothing there", "/a", TEXT("[{\"usage\":" SIX "},{\"b\":" FIVE "}]"), MISSING},
        {"the last is not an object", "/a", TEXT("[{\"a\":" SIX "},{\"a\":5}]"), ABOUT(TYPE, "usage")},
        {"the last has no count", "/a", TEXT("[{\"a\":" FIVE "},{\"a\":{}}]"), FOUND},
        {"one level only", "/a", TEXT("[[{\"a\":" FIVE "}]]"), MISSING},
        {"one level only, behind an element", "/a", TEXT("[{\"a\":" FIVE "},[{\"a\":" SIX "}]]"), FOUND},
        {"an array deeper down is not a text", "/a/b", TEXT("{\"a\":[{\"b\":" FIVE "}]}"), MISSING},
        {"an index is a name", "/0/a", TEXT("[{\"a\":" FIVE "}]"), MISSING},
        {"an empty name", "/", TEXT("[{\"\":" FIVE "}]"), FOUND},
        {"the whole text is the array", "", TEXT("[" FIVE "]"), ABOUT(TYPE, "usage")},
        {"the whole text is the array, empty", "", TEXT("[]"), ABOUT(TYPE, "usage")},
    };
    expect_readings(cases, LENGTH(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_place_alone_is_the_usage),
        cmocka_unit_test(each_place_given_twice_is_refused),
        cmocka_unit_test(a_place_is_found_only_by_its_exact_way),
        cmocka_unit_test(a_pointer_may_be_made_of_any_names),
        cmocka_unit_test(the_first_of_two_places_that_is_not_null_is_the_usage),
        cmocka_unit_test(a_way_given_twice_matters_only_up_to_the_place_that_counts),
        cmocka_unit_test(an_object_of_two_places_given_twice_is_told_for_both),
        cmocka_unit_test(the_first_of_all_places_that_is_not_null_is_the_usage),
        cmocka_unit_test(the_root_is_the_usage_when_no_other_place_has_one),
        cmocka_unit_test(the_root_gives_way_to_every_place),
        cmocka_unit_test(the_last_element_of_an_array_with_a_report_is_read),
        cmocka_unit_test(in_an_array_a_way_given_twice_is_told_in_any_element),
        cmocka_unit_test(a_pointer_leads_into_the_elements_of_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
