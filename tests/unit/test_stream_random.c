/*
 * src/stream.c: random bodies, in random pieces, against the reference: the bodies of bodies.c, damaged and mixed,
 * documents of all kinds, events that are nearly alike, and events that the search nearly passes over.
 */
#include <stdio.h>
#include <string.h>

#include "bodies.h"
#include "generate.h"

enum {
    LABEL = 700,
    BODY_SIZE = 16384,
    LONG = 2048
};

#define REPORT EVENT("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}")
#define LATER_REPORT EVENT("{\"usage\":{\"prompt_tokens\":1}}")

typedef struct mutant {
    char bytes[BODY_SIZE];
    size_t length;
    const char *pointer;
} mutant;

static const char *const dictionary[] = {
    "\"usage\":",
    "\"usage\"",
    "\"usage\" : ",
    "null",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    " ",
    "\t",
    "\\",
    "\\\"",
    "\\u0075",
    "\\u0000",
    "\\u00",
    "\"\\u0075sage\":",
    "\"usag\\u0065\":",
    "\\ud83d",
    "\\udcb0",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\r\r",
    "\r\n\r\n",
    "\n\r",
    "data",
    "data:",
    "data: ",
    "data:  ",
    "\ndata: ",
    "\rdata:",
    "\r\ndata: ",
    "\ndata\n",
    "\n\ndata: ",
    "\n\ndata: {",
    "event: x\n",
    "id",
    ": c\n",
    "[DONE]",
    "data: [DONE]",
    "\n\ndata: [DONE]\n\n",
    "\xEF\xBB\xBF",
    "\xEF",
    "\xBB",
    "\xBF",
    "{\"usage\":null}",
    "{\"usage\":{}}",
    "{\"usage\":{\"prompt_tokens\":1}}",
    "{\"usage\":{\"total_tokens\":2}}\n\n",
    "\"usage\":{\"completion_tokens\":3},",
    "\"usage\":null,",
    "\"prompt_tokens\":4,",
    "1",
    "-",
    "0",
    ".5",
    "e",
    "true",
    "nul",
    "n",
    "x",
    "\x1f",
    "/",
    "~1",
    "\"\":",
    "5 ",
    "\xC3\xA9",
    "  ",
    "\"usageMetadata\":{\"promptTokenCount\":6,\"thoughtsTokenCount\":7}",
    "\"usageM\\u0065tadata\":",
    "{\"type\":\"message_start\",\"message\":{\"model\":\"m1\",\"usage\":{\"input_tokens\":8,\"output_tokens\":1}}}",
    "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}}",
    "\"message\":{\"usage\":{\"cache_read_input_tokens\":3}},",
    "\"response\":{\"usage\":{\"input_tokens\":4}},",
    "\"x_groq\":{\"usage\":{\"prompt_tokens\":10}},",
    "\"prompt_eval_count\":11,",
    "\"eval_count\":null,",
    "\"done\":true,",
    "\"type\":\"response.completed\",",
    "\"event_type\":\"message_delta\",",
    "\"model\":\"m2\",",
    "\"modelVersion\":\"m\\u0033\",",
    "\"response\":{\"model\":\"m4\"},",
    "\"prompt_tokens_details\":{\"cached_tokens\":2},",
    "\"cache_read_input_tokens\":12,",
    "\"input_tokens_details\":{},",
    "[{",
    "}]",
};

static void insert(mutant *in, size_t at, const char *bytes, size_t length) {
    if (in->length + length > BODY_SIZE) {
        return;
    }
    memmove(in->bytes + at + length, in->bytes + at, in->length - at);
    memcpy(in->bytes + at, bytes, length);
    in->length += length;
}

static void take_out(mutant *in, size_t at, size_t length) {
    memmove(in->bytes + at, in->bytes + at + length, in->length - at - length);
    in->length -= length;
}

/* An offset in the bytes, often next to a byte that means something. */
static size_t somewhere(const mutant *in) {
    size_t at = random_below(in->length + 1);
    if (random_below(2) == 0) {
        while (at < in->length && strchr("\n\r\"{}:[],", in->bytes[at]) == NULL) {
            at++;
        }
        at += at < in->length ? random_below(2) : 0;
    }
    return at;
}

/* A random JSON text as an event, or as a line of a plain body. */
static void insert_document(mutant *in, size_t at) {
    static char document[DOCUMENT_SIZE];
    static const char *const heads[] = {"data: ", "data:", "", "\n\ndata: "};
    static const char *const ends[] = {"\n\n", "\r\n\r\n", "\r\r", "\n", "", "\n\r"};
    size_t length = random_document(document);
    const char *head = heads[random_below(LENGTH(heads))];
    const char *end = ends[random_below(LENGTH(ends))];
    if (in->length + length + 20 > BODY_SIZE / 4) {
        return;
    }
    insert(in, at, end, strlen(end));
    insert(in, at, document, length);
    insert(in, at, head, strlen(head));
}

/* Sometimes replaces the line ends by others. */
static void change_line_ends(mutant *in) {
    static const char *const ends[] = {"\n", "\r", "\r\n"};
    size_t style = random_below(4);
    for (size_t at = 0; at < in->length; at++) {
        if (in->bytes[at] == '\n') {
            const char *end = ends[style < 3 ? style : random_below(3)];
            take_out(in, at, 1);
            insert(in, at, end, strlen(end));
            at += strlen(end) - 1;
        }
    }
}

static void edit(mutant *in) {
    size_t at = somewhere(in);
    size_t left = in->length - at;
    switch (random_below(10)) {
    case 0:
        if (left > 0) {
            in->bytes[at] = (char)(unsigned char)(random_bits() & 0xFF);
        }
        break;
    case 1:
        take_out(in, at, left > 0 ? random_below(left < 12 ? left : 12) : 0);
        break;
    case 2: {
        size_t length = left > 0 ? random_below(left < 200 ? left : 200) : 0;
        char copy[200];
        memcpy(copy, in->bytes + at, length);
        insert(in, somewhere(in), copy, length);
        break;
    }
    case 3:
        if (random_below(3) == 0) {
            in->length = at;
        }
        break;
    case 4:
        insert_document(in, at);
        break;
    default: {
        const char *token = dictionary[random_below(LENGTH(dictionary))];
        insert(in, at, token, strlen(token));
        break;
    }
    }
}

static void label(char out[LABEL], const char *way, const char *pointer, span bytes, size_t at) {
    (void)snprintf(out, LABEL, "%s, %s in %s, %zu", way, pointer != NULL ? pointer : "NULL",
                   shown(bytes.bytes, bytes.length), at);
}

/* A part of one body, often followed by a part of another, and a few edits. */
static void make_mutant(mutant *in) {
    const body *first = &bodies[random_below(body_count)];
    const body *second = &bodies[random_below(body_count)];
    in->length = 0;
    in->pointer = random_below(8) > 0 ? first->pointer : random_pointer();
    insert(in, 0, first->bytes.bytes, first->bytes.length);
    if (random_below(4) == 0) {
        in->length = somewhere(in);
    }
    if (random_below(2) == 0) {
        size_t from = random_below(2) == 0 ? 0 : random_below(second->bytes.length + 1);
        insert(in, random_below(2) == 0 ? in->length : somewhere(in), second->bytes.bytes + from,
               second->bytes.length - from);
    }
    for (size_t edits = random_below(4); edits > 0; edits--) {
        edit(in);
    }
    if (random_below(3) == 0) {
        change_line_ends(in);
    }
}

/* Says what the reference answered. */
static answer expect_mutant(const mutant *in, size_t number) {
    static const size_t longest[] = {3, 40, 400};
    span bytes = {in->bytes, in->length};
    char what[LABEL];
    tokusage_stream stream;
    answer want = reference_stream(in->pointer, in->bytes, in->length);

    label(what, "whole", in->pointer, bytes, number);
    size_t taken = feed_at_once(&stream, in->pointer, in->bytes, in->length);
    expect_answer(what, &stream, &want);
    expect_taken(what, taken, in->length, &want);

    /* Byte by byte, so that nothing is passed over. */
    label(what, "byte by byte", in->pointer, bytes, number);
    taken = feed_bytewise(&stream, in->pointer, in->bytes, in->length);
    expect_answer(what, &stream, &want);
    expect_taken(what, taken, in->length, &want);

    label(what, "in random pieces", in->pointer, bytes, number);
    taken = feed_randomly(&stream, in->pointer, in->bytes, in->length, longest[number % LENGTH(longest)]);
    expect_answer(what, &stream, &want);
    expect_taken(what, taken, in->length, &want);
    return want;
}

static void stream_answers_mutated_bodies_as_the_reference_does(void **state) {
    (void)state;
    static mutant in;
    size_t count = rounds(50000);
    size_t with_report = 0;
    size_t with_usage = 0;
    size_t done = 0;
    for (size_t i = 0; i < count; i++) {
        make_mutant(&in);
        const answer want = expect_mutant(&in, i);
        with_report += want.reports > 0;
        with_usage += want.usage.status == TOKUSAGE_OK;
        done += want.done;
    }
    print_message("%zu mutated bodies: %zu with a report, %zu with a readable one, %zu done\n", count, with_report,
                  with_usage, done);
    assert_true(with_report > count / 10 && with_usage > count / 20 && done > count / 50);
}

/* Bodies of many documents, in pieces of all sizes. */
static void stream_answers_random_bodies_as_the_reference_does(void **state) {
    (void)state;
    static char bytes[RANDOM_BODY_SIZE];
    static const size_t longest[] = {2, 30, 100, 1500};
    for (size_t i = 0; i < rounds(10000); i++) {
        const size_t length = random_body(bytes);
        const char *pointer = random_below(2) == 0 ? NULL : random_pointer();
        const span body_bytes = {bytes, length};
        const answer want = reference_stream(pointer, bytes, length);
        char what[LABEL];
        tokusage_stream stream;
        label(what, "a random body, whole", pointer, body_bytes, i);
        size_t taken = feed_at_once(&stream, pointer, bytes, length);
        expect_answer(what, &stream, &want);
        expect_taken(what, taken, length, &want);
        label(what, "a random body, in random pieces", pointer, body_bytes, i);
        taken = feed_randomly(&stream, pointer, bytes, length, longest[i % LENGTH(longest)]);
        expect_answer(what, &stream, &want);
        expect_taken(what, taken, length, &want);
    }
}

/* Documents as events or as lines, some damaged. More of them are JSON than of the mutants. */
static void stream_answers_random_documents_as_the_reference_does(void **state) {
    (void)state;
    static mutant in;
    static char document[DOCUMENT_SIZE + 16];
    static const char *const ends[] = {"\n\n", "\r\n\r\n", "\r\r", "\n\r\n"};
    for (size_t i = 0; i < rounds(15000); i++) {
        const bool lines = random_below(2) == 0;
        in.length = 0;
        in.pointer = random_below(2) == 0 ? NULL : random_pointer();
        for (size_t count = 1 + random_below(3); count > 0; count--) {
            size_t length = random_document(document);
            if (random_below(4) == 0) {
                length = random_damage(document, length);
            }
            insert(&in, in.length, "data: ", lines ? 0 : 6);
            insert(&in, in.length, document, length);
            const char *end = lines ? "\n" : ends[random_below(LENGTH(ends))];
            insert(&in, in.length, end, strlen(end));
        }
        (void)expect_mutant(&in, i);
    }
}

static void append(mutant *out, const char *bytes) {
    insert(out, out->length, bytes, strlen(bytes));
}

static const char *any(const char *const *list, size_t count) {
    return list[random_below(count)];
}

#define ANY(list) any((list), LENGTH(list))

/* A member with a string of that many bytes. */
static void append_filler(mutant *out, size_t length) {
    static const char *const letters[] = {"x", "\\n", "\\u00e9", "\\\"", "lorem ipsum "};
    append(out, "\"a\":\"");
    size_t end = out->length + length;
    end = end < BODY_SIZE - 100 ? end : BODY_SIZE - 100;
    while (out->length + 12 < end) {
        append(out, ANY(letters));
    }
    while (out->length < end) {
        append(out, "y");
    }
    append(out, "\",");
}

/* The members of an object, often not JSON. */
static void append_members(mutant *in) {
    static const char *const names[] = {"usage",
                                        "usageMetadata",
                                        "usageMeta",
                                        "usage\\u004detadata",
                                        "model",
                                        "usag",
                                        "\\u0075sage",
                                        "usa\\u0067e",
                                        "usages",
                                        "x\\\"usage",
                                        "u",
                                        "n",
                                        "",
                                        "a",
                                        "us\\tage",
                                        "\\\\u0075sage"};
    static const char *const values[] = {"null",
                                         "{\"prompt_tokens\":3}",
                                         "1",
                                         "\"usage\"",
                                         "\"\\u0041\"",
                                         "{\"usage\":null}",
                                         "[\"usage\",null]",
                                         "\"\\\"usage\\\": {\"",
                                         "nul",
                                         "\"u",
                                         "{\"usage\":{\"total_tokens\":1}}",
                                         "\"caf\\u00e9 \\u00fc\\u00DF\"",
                                         "\"\\\\\"",
                                         "\"long enough for more than one register\""};
    static const char *const colons[] = {":", ": ", " :", "\t:\t", " ", ":\ndata:", "\ndata: :", "::"};
    static const char *const commas[] = {",", ", ", ",", ",\ndata: ", "\t,"};
    for (size_t members = random_below(4); members > 0; members--) {
        append(in, "\"");
        append(in, ANY(names));
        append(in, "\"");
        append(in, random_below(3) == 0 ? ANY(colons) : ":");
        append(in, ANY(values));
        append(in, members > 1 ? ANY(commas) : "");
    }
}

/* Events of the bytes that the search looks for. Many of them may be passed over; some are longer than a report. */
static void random_events(mutant *in, bool some_long) {
    static const char *const ends[] = {"}\n\n", "}\r\n\r\n", "}\r\r", "}\n\r",  "}\r\n\n",
                                       "}\n",   " }x\n\n",   "\n\n",  "}\r\n\r"};
    static const char *const array_ends[] = {"}]\n\n", "},{}]\r\n\r\n", "}\n,null]\r\r", "}\n\n"};
    static const char *const heads[] = {"data: {",  "data:{",       "data: {",       "data: {",
                                        "data:  {", ": c\ndata: {", "id: 1\ndata: {"};
    static const char *const array_heads[] = {"data: [{", "data: [{\"usage\":{\"prompt_tokens\":4}},{",
                                              "data: [{},\ndata: {\"usage\":null},{",
                                              "data: [{\"usageMetadata\":{\"prompt_tokens\":5},\"a\":[{}]},{"};
    static const char *const pointers[] = {NULL, NULL, NULL, "/usage", "/a/usage", "/u", "/n", "/usage/usage", ""};
    in->length = 0;
    in->pointer = ANY(pointers);
    for (size_t events = 1 + random_below(6); events > 0; events--) {
        const bool array = random_below(5) == 0;
        append(in, array ? ANY(array_heads) : ANY(heads));
        if (some_long && random_below(2) == 0) {
            append_filler(in, random_below(4) == 0 ? LONG - 30 + random_below(40) : random_below(LONG + 1000));
        }
        append_members(in);
        append(in, array ? ANY(array_ends) : ANY(ends));
    }
}

static void stream_answers_the_same_whether_it_passes_events_over_or_not(void **state) {
    (void)state;
    static mutant in;
    for (size_t i = 0; i < rounds(25000); i++) {
        random_events(&in, false);
        (void)expect_mutant(&in, i);
    }
}

/*
 * Pieces like those of a network, which end within events. A part of an event must not count as a report, and must not
 * be lost. The stream is asked after each piece, and goes on as a copy.
 */
static void stream_answers_after_every_piece_that_cuts_an_event(void **state) {
    (void)state;
    static const size_t pieces[] = {40, 64, 65, 80, 100, 300, 700, 1400, 2047, 2048, 2049, 3000};
    static mutant in;
    for (size_t i = 0; i < rounds(5000); i++) {
        tokusage_stream stream;
        size_t longest = pieces[random_below(LENGTH(pieces))];
        bool equal_pieces = random_below(2) == 0;
        random_events(&in, true);
        span bytes = {in.bytes, in.length};
        assert_int_equal(tokusage_stream_init(&stream, in.pointer), TOKUSAGE_OK);
        for (size_t at = 0; at < in.length;) {
            size_t left = in.length - at;
            size_t piece = equal_pieces ? longest : 1 + random_below(longest);
            piece = piece < left ? piece : left;
            tokusage_stream_feed(&stream, against_the_end(in.bytes + at, piece), piece);
            at += piece;
            char what[LABEL];
            label(what, "pieces up to", in.pointer, bytes, at);
            answer want = reference_stream(in.pointer, in.bytes, at);
            expect_answer(what, &stream, &want);
            tokusage_stream copy = stream;
            spoil(&stream, sizeof stream);
            stream = copy;
        }
    }
}

/* A body in three pieces, asked for after each; `want` is what each then answers. */
static void expect_in_three(const mutant *in, const size_t ends[3], const answer *const want[3]) {
    const span bytes = {in->bytes, in->length};
    tokusage_stream stream;
    assert_int_equal(tokusage_stream_init(&stream, in->pointer), TOKUSAGE_OK);
    for (size_t i = 0, at = 0; i < 3; at = ends[i++]) {
        char what[LABEL];
        label(what, "a long event in three pieces up to", in->pointer, bytes, ends[i]);
        tokusage_stream_feed(&stream, in->bytes + at, ends[i] - at);
        expect_answer(what, &stream, want[i]);
    }
}

/* One cut at `first`, alone and with another one anywhere behind it. */
static void expect_cut_at(const mutant *in, size_t first, const answer *whole) {
    const size_t second = first + random_below(in->length - first);
    const answer at_first = reference_stream(in->pointer, in->bytes, first);
    const answer at_second = reference_stream(in->pointer, in->bytes, second);
    expect_in_three(in, (size_t[]){first, first, in->length}, (const answer *[]){&at_first, &at_first, whole});
    expect_in_three(in, (size_t[]){first, second, in->length}, (const answer *[]){&at_first, &at_second, whole});
}

/* Cut everywhere near its end. */
static void stream_reads_a_long_event_wherever_it_is_cut(void **state) {
    (void)state;
    static const char *const tails[] = {"}\n\n", "\"usage\":null}\r\n\r\n", "\"usage\":{\"prompt_tokens\":9}}\n\n",
                                        "\"usage\":null,\"usage\":{}}\n\n", "\"usage\":null} x\r\r"};
    static mutant in;
    const size_t step = 300 / rounds(100);
    for (size_t i = 0; i < LENGTH(tails) * 2; i++) {
        for (size_t length = LONG - 12; length < LONG + 40; length += 2) {
            in.length = 0;
            in.pointer = NULL;
            append(&in, i % 2 == 0 ? REPORT "data: {}\n\n" : REPORT LATER_REPORT "data: {}\n\n");
            append(&in, i % 2 == 0 ? "data: {\"usage\":null," : "data: {\"usages\":null,");
            append_filler(&in, length - sizeof "data: {\"usage\":null,");
            size_t event = in.length;
            append(&in, tails[i / 2]);
            append(&in, "data: {}\n\n");
            append(&in, LATER_REPORT);
            const answer whole = reference_stream(in.pointer, in.bytes, in.length);
            expect_cut_at(&in, event, &whole);
            for (size_t first = event - 70; first < in.length; first += step) {
                expect_cut_at(&in, first, &whole);
            }
        }
    }
}

/* Running usage; one of the events has it twice. */
static void stream_reads_each_report_of_running_events(void **state) {
    (void)state;
    static const char body_text[] = "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1},\"usage\":{\"prompt_tokens\":1}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":2}}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1},\"x\":1}\n\n"
                                    "data: {\"usage\":{\"prompt_tokens\":1},\"x\":1}\n\n";
    static const answer want = IN_EVENTS(COUNTS(1, ABSENT, ABSENT), 5, false, "");
    static const span bytes = {body_text, sizeof body_text - 1};
    expect_in_every_way("running usage, once twice", NULL, bytes, &want);
}

/* Beginnings that are nearly alike, in runs. */
static void random_runs(mutant *in, size_t pieces[64], size_t count) {
    static const char *const begins[] = {
        "data: {\"a\":\"xx\",\"usage\":",
        "data: {\"a\":\"xxxxxxxxxxxxxxxxxxxxxxx\",\"usage\":",
        "data: {\"a\":\"xx\\\",\\\"usage\\\":\",\"usage\":",
        "data: {\"a\":[\"xx\",\"usage\"],\"usage\":",
        "data: {\"a\":\"xx\",\"usage\":null,\"b\":",
        "data: {\"a\":\"xx\"\ndata:,\"usage\":",
        "data:\ndata: {\"a\":\"xx\",\"usage\":",
        "data: {\"a\":{\"a\":\"xx\",\"usage\":1},\"usage\":",
        "data: {\"usage\":",
        "data:{\"a\":\"xx\",\"usage\":{},\"usage\":",
        "data: ",
    };
    static const char *const ends[] = {"}\n\n", "}\n\n", "}\r\n\r\n", ",\"b\":1}\n\n", "}x\n\n", "\n\n"};
    in->length = 0;
    in->pointer = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *begin = ANY(begins);
        for (size_t run = 1 + random_below(4); run > 0; run--) {
            char usage[80];
            (void)snprintf(usage, sizeof usage, "{\"prompt_tokens\":%zu}", in->length);
            append(in, begin);
            append(in, usage);
            append(in, random_below(4) == 0 ? ANY(ends) : "}\n\n");
        }
        const size_t end = in->length - (random_below(3) == 0 ? random_below(20) : 0);
        pieces[i] = i > 0 && end < pieces[i - 1] ? pieces[i - 1] : end;
    }
}

/* In pieces that end between and within events. */
static void stream_tells_apart_running_events_that_begin_nearly_alike(void **state) {
    (void)state;
    static mutant in;
    for (size_t i = 0; i < rounds(10000); i++) {
        size_t pieces[64];
        const size_t count = 2 + i % 8;
        random_runs(&in, pieces, count);
        tokusage_stream stream;
        span bytes = {in.bytes, in.length};
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        for (size_t piece = 0, at = 0; piece < count; at = pieces[piece++]) {
            size_t length = pieces[piece] - at;
            tokusage_stream_feed(&stream, against_the_end(in.bytes + at, length), length);
            char what[LABEL];
            label(what, "running usage up to", NULL, bytes, pieces[piece]);
            answer want = reference_stream(NULL, in.bytes, pieces[piece]);
            expect_answer(what, &stream, &want);
        }
    }
}

/* The events of one piece begin alike. Those of the next piece begin in another way. */
static void stream_reads_events_that_begin_in_another_way_than_those_before(void **state) {
    (void)state;
    static const char *const seconds[] = {
        "data: {\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxx\",\"usage\":{\"prompt_tokens\":5}}\n\n",
        "data:\ndata: {\"usage\":{\"prompt_tokens\":5}}\n\n",
    };
    static const char first[] = "data: {\"a\":\"xx\",\"usage\":{\"eval_count\":1}}\n\n"
                                "data: {\"a\":\"xx\",\"usage\":{\"eval_count\":2}}\n\n"
                                "data: {\"a\":\"xx\",\"usage\":{\"eval_count\":3}}\n\n";
    for (size_t i = 0; i < LENGTH(seconds); i++) {
        tokusage_stream stream;
        answer want = IN_EVENTS(COUNTS(5, ABSENT, ABSENT), 5, false, "");
        assert_int_equal(tokusage_stream_init(&stream, NULL), TOKUSAGE_OK);
        tokusage_stream_feed(&stream, first, sizeof first - 1);
        char second[200];
        (void)snprintf(second, sizeof second, "%s%s", seconds[i], seconds[i]);
        tokusage_stream_feed(&stream, second, strlen(second));
        expect_answer(seconds[i], &stream, &want);
    }
}

/* The seed is the same each time, so only a change of the code can make it fail. TOKUSAGE_SEED sets another. */
static int seed(void **state) {
    (void)state;
    random_seed_or(20240611);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_answers_mutated_bodies_as_the_reference_does),
        cmocka_unit_test(stream_answers_random_bodies_as_the_reference_does),
        cmocka_unit_test(stream_answers_random_documents_as_the_reference_does),
        cmocka_unit_test(stream_answers_the_same_whether_it_passes_events_over_or_not),
        cmocka_unit_test(stream_answers_after_every_piece_that_cuts_an_event),
        cmocka_unit_test(stream_reads_a_long_event_wherever_it_is_cut),
        cmocka_unit_test(stream_reads_each_report_of_running_events),
        cmocka_unit_test(stream_tells_apart_running_events_that_begin_nearly_alike),
        cmocka_unit_test(stream_reads_events_that_begin_in_another_way_than_those_before),
    };
    return cmocka_run_group_tests(tests, seed, NULL);
}
