/*
 * The library against the opinion (opinion.h): on the bodies of tests/data/formats, on the recordings if there are any,
 * and on bodies that are cut, damaged, mixed, or put together from those of all services. The seed is fixed;
 * TOKUSAGE_SEED and TOKUSAGE_EFFORT ask for other rounds and more of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opinion.h"
#include "samples.h"

static const char formats[] = TOKUSAGE_TEST_DATA "/formats";

enum {
    DRAFT = 1 << 15, /* the most bytes of a body that is made here */
    STOCK = 1 << 18, /* of all bodies of the formats */
    WORDS = 200,     /* the most bytes of a word, for messages and models */
    ROUNDS = 12000,  /* usually */
    SAY = 3000       /* the most bytes of a body that a message shows */
};

static sample samples[SAMPLES];
static size_t sample_count;
static char stock[STOCK];
static span bodies[SAMPLES]; /* how many of the bodies in the stock are samples */

/* What the rounds have met. */
static struct { size_t told, with_reports, with_errors, texts; } seen;

/* -------------------------------------------------------------------------------------------------- comparison */

static void disagree(const char *what, const char *pointer, span bytes) {
    print_message("%s: pointer %s, %zu bytes:\n%.*s\n%s\n", what, pointer != NULL ? pointer : "NULL", bytes.length,
                  (int)(bytes.length < SAY ? bytes.length : SAY), bytes.bytes, shown(bytes.bytes, bytes.length));
    fail();
}

static bool same_counts(const tokusage *usage, const verdict *want) {
    const tokusage_count *const counts[] = {&usage->prompt_tokens,      &usage->completion_tokens,
                                            &usage->total_tokens,       &usage->cached_tokens,
                                            &usage->cache_write_tokens, &usage->reasoning_tokens};
    for (size_t i = 0; i < LENGTH(counts); i++) {
        if ((counts[i]->present ? counts[i]->value : ABSENT) != want->counts[i]) {
            return false;
        }
    }
    return true;
}

static bool same_word(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_verdict(const verdict *want, tokusage_status status, const tokusage_error *error,
                         const tokusage *usage) {
    if (status != want->status || !same_word(error->member, want->member) || error->offset != want->offset) {
        print_message("the library: '%s' about %s at %zu; the opinion: '%s' about %s at %zu\n",
                      tokusage_status_text(status), error->member, error->offset, tokusage_status_text(want->status),
                      want->member, want->offset);
        return false;
    }
    return status != TOKUSAGE_OK || same_counts(usage, want);
}

/* Feeds one piece, or random ones; returns how many bytes were taken. */
static size_t feed(tokusage_stream *stream, const char *pointer, span bytes) {
    static const size_t longest[] = {1, 7, 60, 700, DRAFT};
    size_t limit = longest[random_below(LENGTH(longest))];
    size_t taken = 0;
    assert_int_equal(tokusage_stream_init(stream, pointer), TOKUSAGE_OK);
    for (size_t at = 0; at < bytes.length;) {
        size_t piece = limit == DRAFT ? bytes.length : 1 + random_below(limit);
        piece = piece < bytes.length - at ? piece : bytes.length - at;
        taken += tokusage_stream_feed(stream, bytes.bytes + at, piece);
        at += piece;
    }
    return taken;
}

static void compare_stream(const char *pointer, span bytes) {
    opinion want = opinion_stream(pointer, bytes.bytes, bytes.length);
    if (!want.told) {
        return;
    }
    tokusage_stream stream;
    tokusage usage;
    tokusage_error error;
    char model[WORDS] = "";
    size_t taken = feed(&stream, pointer, bytes);
    tokusage_status status = tokusage_stream_usage(&stream, &usage, &error);
    if (!same_verdict(&want.usage, status, &error, &usage)) {
        disagree("usage", pointer, bytes);
    }
    (void)tokusage_stream_model(&stream, model, sizeof model);
    if (want.model_told && strcmp(model, want.model) != 0) {
        print_message("the library: model '%s'; the opinion: '%s'\n", model, want.model);
        disagree("model", pointer, bytes);
    }
    if (tokusage_stream_reports(&stream) != want.reports || tokusage_stream_done(&stream) != want.done ||
        tokusage_stream_body(&stream) != want.body || taken != want.taken) {
        print_message("the library: %d reports, done %d, body %d, taken %zu; the opinion: %d, %d, %d, %zu\n",
                      (int)tokusage_stream_reports(&stream), tokusage_stream_done(&stream),
                      (int)tokusage_stream_body(&stream), taken, (int)want.reports, want.done, (int)want.body,
                      want.taken);
        disagree("stream", pointer, bytes);
    }
    seen.told++;
    seen.with_reports += want.reports > 0;
    seen.with_errors += want.reports > 0 && status != TOKUSAGE_OK;
}

static void compare_text(const char *pointer, span bytes) {
    opinion want = opinion_extract(pointer, bytes.bytes, bytes.length);
    if (!want.told) {
        return;
    }
    tokusage usage;
    tokusage_error error;
    const char *copy = against_the_end(bytes.bytes, bytes.length);
    tokusage_status status = tokusage_extract(copy, bytes.length, pointer, &usage, &error);
    if (!same_verdict(&want.usage, status, &error, &usage)) {
        disagree("text", pointer, bytes);
    }
    seen.texts += status != TOKUSAGE_ERR_SYNTAX;
}

static void compare(const char *pointer, span bytes) {
    compare_stream(pointer, bytes);
    compare_text(pointer, bytes);
}

/* ---------------------------------------------------------------------------------------------------- made bodies */

typedef struct draft {
    char bytes[DRAFT];
    size_t length;
} draft;

/* Replaces `length` bytes by others; does nothing if there is no room. */
static void put(draft *in, size_t at, size_t length, span with) {
    if (in->length - length + with.length > DRAFT) {
        return;
    }
    memmove(in->bytes + at + with.length, in->bytes + at + length, in->length - at - length);
    memcpy(in->bytes + at, with.bytes, with.length);
    in->length = in->length - length + with.length;
}

static void append(draft *to, span bytes) {
    put(to, to->length, 0, bytes);
}

static void append_word(draft *to, const char *word) {
    append(to, (span){word, strlen(word)});
}

static span random_body(void) {
    return bodies[random_below(sample_count)];
}

/* A body that is one JSON text. */
static span random_text(void) {
    size_t i = random_below(sample_count);
    while (!samples[i].text || samples[i].text_status == TOKUSAGE_ERR_SYNTAX) {
        i = (i + 1) % sample_count;
    }
    return bodies[i];
}

/* The first of these bytes at or behind `at`, or the end. */
static size_t next_of(span in, size_t at, const char *set) {
    while (at < in.length && (in.bytes[at] == '\0' || strchr(set, in.bytes[at]) == NULL)) {
        at++;
    }
    return at;
}

static size_t string_end(span in, size_t at) {
    for (at++; at < in.length && in.bytes[at] != '"'; at++) {
        at += in.bytes[at] == '\\';
    }
    return at < in.length ? at + 1 : in.length;
}

/* A member of an object, or an element: the bytes between a '{' or ',' and the next ',' or '}' at its depth. */
static span random_member(span in) {
    size_t begin = next_of(in, in.length > 0 ? random_below(in.length) : 0, "{,");
    begin = begin < in.length ? begin + 1 : begin;
    size_t end = begin;
    for (int depth = 0; end < in.length;) {
        char c = in.bytes[end];
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            break;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        end = c == '"' ? string_end(in, end) : end + 1;
    }
    return (span){in.bytes + begin, end - begin};
}

static span whole_of(const draft *in) {
    return (span){in->bytes, in->length};
}

static size_t random_place(const draft *in) {
    return in->length > 0 ? random_below(in->length) : 0;
}

/* ------------------------------------------------------------------------------------------------------- mutations */

static const char *const names[] = {
    "usage",
    "usageMetadata",
    "message",
    "response",
    "interaction",
    "delta",
    "metadata",
    "x_groq",
    "model",
    "modelVersion",
    "type",
    "event_type",
    "done",
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "promptTokenCount",
    "total_input_tokens",
    "tokens",
    "prompt_eval_count",
    "completion_tokens",
    "output_tokens",
    "outputTokens",
    "candidatesTokenCount",
    "responseTokenCount",
    "total_output_tokens",
    "eval_count",
    "total_tokens",
    "totalTokens",
    "totalTokenCount",
    "prompt_tokens_details",
    "input_tokens_details",
    "prompt_token_details",
    "completion_tokens_details",
    "output_tokens_details",
    "cached_tokens",
    "cache_read_input_tokens",
    "prompt_cache_hit_tokens",
    "num_cached_tokens",
    "cachedContentTokenCount",
    "total_cached_tokens",
    "cacheReadInputTokens",
    "cache_write_tokens",
    "cache_creation_input_tokens",
    "cache_creation_tokens",
    "cacheWriteInputTokens",
    "reasoning_tokens",
    "thinking_tokens",
    "thoughtsTokenCount",
    "total_thought_tokens",
    "toolUsePromptTokenCount",
    "total_tool_use_tokens",
    "message_delta",
    "message_start",
    "response.completed",
    "response.incomplete",
    "response.failed",
    "interaction.completed",
    "message-end",
    "[DONE]",
    "us\\u0061ge",
    "\\u0075sage",
    "c\\u0061ched_tokens",
    "usag\\ud800e",
    "usage\\u0000",
    "Usage",
    "",
};

static const char *const values[] = {
    "0",
    "1",
    "12",
    "-1",
    "-0",
    "1.5",
    "1e2",
    "5.0",
    "50e-1",
    "1e-3",
    "9007199254740991",
    "9007199254740992",
    "1e99",
    "null",
    "true",
    "false",
    "\"7\"",
    "{}",
    "[]",
    "[1,2]",
    "{\"a\":1}",
    "\"\"",
    "007",
    "+1",
};

static const char *const glue[] = {"\n",
                                   "\n\n",
                                   "\r\n",
                                   "\r\n\r\n",
                                   "\r",
                                   "\r\r",
                                   "data: ",
                                   "data:",
                                   "data",
                                   ": c\n",
                                   "event: message_start\n",
                                   " ",
                                   "\t",
                                   ",",
                                   "[",
                                   "]",
                                   "{",
                                   "}",
                                   "\"",
                                   "\\",
                                   "\xEF\xBB\xBF",
                                   "data: [DONE]\n\n",
                                   "data: [DONE]",
                                   "5",
                                   "null"};

static void damage_a_byte(draft *in) {
    static const char likely[] = "\"{}[]:,\\/ \n\r0159.-eutnl";
    char byte = likely[random_below(sizeof likely - 1)];
    size_t at = random_place(in);
    size_t away = in->length > 0 ? random_below(2) : 0;
    put(in, at, away, (span){&byte, random_below(2)});
}

static void cut_off(draft *in) {
    in->length =
        random_below(2) == 0 ? random_place(in) : in->length - random_below(in->length < 30 ? in->length + 1 : 30);
}

static void rename_a_string(draft *in) {
    size_t begin = next_of(whole_of(in), random_place(in), "\"");
    if (begin == in->length) {
        return;
    }
    size_t end = string_end(whole_of(in), begin);
    const char *name = names[random_below(LENGTH(names))];
    if (end - begin >= 2) {
        put(in, begin + 1, end - begin - 2, (span){name, strlen(name)});
    }
}

static void change_a_number(draft *in) {
    size_t begin = next_of(whole_of(in), random_place(in), "0123456789");
    size_t end = begin;
    while (end < in->length && in->bytes[end] >= '0' && in->bytes[end] <= '9') {
        end++;
    }
    const char *value = values[random_below(LENGTH(values))];
    put(in, begin, end - begin, (span){value, strlen(value)});
}

static void change_a_value(draft *in) {
    span member = random_member(whole_of(in));
    size_t begin = (size_t)(member.bytes - in->bytes);
    size_t colon = next_of(member, 0, ":");
    const char *value = values[random_below(LENGTH(values))];
    if (colon < member.length) {
        put(in, begin + colon + 1, member.length - colon - 1, (span){value, strlen(value)});
    }
}

/* Copies a member of any body into an object. A member of this body then stands twice. */
static void insert_a_member(draft *in) {
    static draft copy;
    copy.length = 0;
    span member = random_member(random_below(3) == 0 ? whole_of(in) : random_body());
    append(&copy, member);
    append_word(&copy, ",");
    size_t at = next_of(whole_of(in), random_place(in), "{,");
    if (at < in->length && member.length > 0) {
        put(in, at + 1, 0, whole_of(&copy));
    }
}

static void remove_a_member(draft *in) {
    span member = random_member(whole_of(in));
    size_t begin = (size_t)(member.bytes - in->bytes);
    bool comma = begin + member.length < in->length && in->bytes[begin + member.length] == ',';
    put(in, begin, member.length + comma, (span){"", 0});
}

static void insert_glue(draft *in) {
    const char *word = glue[random_below(LENGTH(glue))];
    size_t at = random_below(2) == 0 ? random_place(in) : next_of(whole_of(in), random_place(in), "\n{}");
    put(in, at, 0, (span){word, strlen(word)});
}

/* Copies lines of any body between the lines of this one. */
static void insert_lines(draft *in) {
    static draft copy;
    span from = random_body();
    size_t begin = random_below(2) == 0 ? 0 : next_of(from, from.length > 0 ? random_below(from.length) : 0, "\n");
    begin = begin < from.length && from.bytes[begin] == '\n' ? begin + 1 : begin;
    copy.length = 0;
    append(&copy, (span){from.bytes + begin, from.length - begin});
    size_t at = next_of(whole_of(in), random_place(in), "\n");
    put(in, at < in->length ? at + 1 : at, 0, whole_of(&copy));
}

static void mutate(draft *in) {
    static void (*const ways[])(draft *) = {damage_a_byte,   cut_off,        rename_a_string, rename_a_string,
                                            change_a_number, change_a_value, insert_a_member, insert_a_member,
                                            remove_a_member, insert_glue,    insert_lines};
    ways[random_below(LENGTH(ways))](in);
}

/* -------------------------------------------------------------------------------------------------- beginnings */

static void begin_as_it_is(draft *out) {
    append(out, random_body());
}

static void begin_with_events(draft *out) {
    for (size_t i = 1 + random_below(5); i > 0; i--) {
        append_word(out, "data: ");
        append(out, random_text());
        append_word(out, "\n\n");
    }
}

static void begin_with_lines(draft *out) {
    for (size_t i = 1 + random_below(4); i > 0; i--) {
        append(out, random_text());
        append_word(out, "\n");
    }
}

static void begin_with_an_array(draft *out) {
    append_word(out, random_below(4) == 0 ? "data: [" : "[");
    for (size_t i = 1 + random_below(4); i > 0; i--) {
        append(out, random_text());
        append_word(out, i > 1 ? "," : "]\n");
    }
}

static void begin_with_two_bodies(draft *out) {
    append(out, random_body());
    append(out, random_body());
}

static void begin_with_a_wrapped_text(draft *out) {
    append_word(out, "{\"");
    append_word(out, names[random_below(8)]);
    append_word(out, "\":");
    append(out, random_text());
    append_word(out, ",");
    append(out, random_member(random_text()));
    append_word(out, "}");
}

/* Many events without a report, some of which nearly have one, and parts of a body between them. */
static void begin_with_chatter(draft *out) {
    static const char *const chatter[] = {
        "data: {\"choices\":[{\"delta\":{\"content\":\"Two birds\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\" on the roof\"}}],\"usage\":null}\r\n\r\n",
        "data: {\"choices\":[],\"model\":\"parrot\", \"usage\" : null }\n\n",
        "data:{\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":{ \\u00e9 [D\"}}]}\n\n",
        "event: ping\ndata: {\"type\":\"ping\",\"usages\":{}}\n\n",
        "data: {\"tool\":\"\\u0075sage\",\"choices\":[[{}],{\"usage\":7}]}\n\n",
        ": keep-alive\n\n",
    };
    for (size_t i = random_below(40); i > 0; i--) {
        append_word(out, chatter[random_below(LENGTH(chatter))]);
        if (random_below(16) == 0) {
            append_word(out, "data: ");
            append(out, random_text());
            append_word(out, "\n\n");
        }
    }
    append(out, random_body());
}

static void begin_draft(draft *out) {
    static void (*const ways[])(draft *) = {
        begin_as_it_is,      begin_as_it_is,        begin_with_events,         begin_with_lines,
        begin_with_an_array, begin_with_two_bodies, begin_with_a_wrapped_text, begin_with_chatter,
        begin_with_chatter};
    out->length = 0;
    ways[random_below(LENGTH(ways))](out);
}

static const char *random_place_of_usage(void) {
    static const char *const pointers[] = {"",
                                           "/usage",
                                           "/response/body/usage",
                                           "/message",
                                           "/response/usage",
                                           "/model",
                                           "/usage/prompt_tokens_details",
                                           "/message/usage",
                                           "/usageMetadata",
                                           "/delta/usage"};
    return random_below(4) > 0 ? NULL : pointers[random_below(LENGTH(pointers))];
}

/* ----------------------------------------------------------------------------------------------------------- tests */

static void library_agrees_on_the_formats(void **state) {
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        compare(sample_pointer(&samples[i]), bodies[i]);
        compare(NULL, bodies[i]);
        compare("", bodies[i]);
    }
    assert_true(seen.told > sample_count);
}

static void library_agrees_on_the_recordings(void **state) {
    (void)state;
    static sample recordings[SAMPLES];
    const char *folder = getenv("TOKUSAGE_RECORDINGS");
    size_t count = samples_read(folder, recordings);
    if (count == 0) {
        print_message("no recordings: TOKUSAGE_RECORDINGS does not name a folder with an expected.tsv\n");
        skip();
    }
    seen.told = 0;
    for (size_t i = 0; i < count; i++) {
        span bytes = sample_bytes(folder, &recordings[i]);
        compare(NULL, bytes);
        compare(NULL, (span){bytes.bytes, bytes.length - random_below(bytes.length)});
    }
    assert_true(seen.told > count);
}

static void library_agrees_on_every_cut_of_the_formats(void **state) {
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        size_t step = 1 + bodies[i].length / 40;
        for (size_t length = 0; length < bodies[i].length; length += step) {
            compare(sample_pointer(&samples[i]), (span){bodies[i].bytes, length});
        }
    }
}

static void library_agrees_on_mixed_and_damaged_bodies(void **state) {
    (void)state;
    static draft made;
    memset(&seen, 0, sizeof seen);
    size_t count = rounds(ROUNDS);
    for (size_t i = 0; i < count; i++) {
        begin_draft(&made);
        for (size_t changes = random_below(4); changes > 0; changes--) {
            mutate(&made);
        }
        compare(random_place_of_usage(), whole_of(&made));
    }
    print_message("of %zu bodies: %zu compared, %zu with reports, %zu of these wrong, %zu texts\n", count, seen.told,
                  seen.with_reports, seen.with_errors, seen.texts);
    assert_true(seen.told > count / 2 && seen.with_reports > count / 4);
    assert_true(count < 1000 || (seen.with_errors > count / 50 && seen.texts > count / 20));
}

static int begin(void **state) {
    (void)state;
    random_seed_or(2029);
    sample_count = samples_read(formats, samples);
    size_t used = 0;
    for (size_t i = 0; i < sample_count; i++) {
        span bytes = sample_bytes(formats, &samples[i]);
        assert_true(used + bytes.length <= STOCK);
        memcpy(stock + used, bytes.bytes, bytes.length);
        bodies[i] = (span){stock + used, bytes.length};
        used += bytes.length;
    }
    return sample_count > 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(library_agrees_on_the_formats),
        cmocka_unit_test(library_agrees_on_the_recordings),
        cmocka_unit_test(library_agrees_on_every_cut_of_the_formats),
        cmocka_unit_test(library_agrees_on_mixed_and_damaged_bodies),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
