/* Bodies in chunks, and what a stream says of them; see body.h. */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------- feeding */

/* Feeds one more chunk; returns whether it was taken whole. */
static bool feed(tokusage_stream *stream, span body, size_t *at, size_t length) {
    const size_t rest = body.length - *at;
    const size_t size = length < rest ? length : rest;
    const size_t taken = tokusage_stream_feed(stream, against_the_end(body.bytes + *at, size), size);
    assert_true(taken <= size);
    *at += taken;
    return taken == size;
}

static void begin(tokusage_stream *stream, const char *pointer) {
    spoil(stream, sizeof *stream);
    assert_int_equal(tokusage_stream_init(stream, pointer), TOKUSAGE_OK);
}

size_t feed_whole(tokusage_stream *stream, const char *pointer, span body) {
    return feed_in_two(stream, pointer, body, body.length);
}

size_t feed_in_two(tokusage_stream *stream, const char *pointer, span body, size_t cut) {
    size_t at = 0;
    begin(stream, pointer);
    if (feed(stream, body, &at, cut) && at < body.length) {
        (void)feed(stream, body, &at, body.length);
    }
    return at;
}

size_t feed_in_chunks(tokusage_stream *stream, const char *pointer, span body, size_t size) {
    size_t at = 0;
    begin(stream, pointer);
    while (at < body.length && feed(stream, body, &at, size)) {
    }
    return at;
}

size_t feed_randomly(tokusage_stream *stream, const char *pointer, span body, size_t longest) {
    size_t at = 0;
    begin(stream, pointer);
    while (at < body.length && feed(stream, body, &at, random_below(longest + 1))) {
    }
    return at;
}

static void add_prompt(builder *to, const tokusage_stream *stream) {
    tokusage usage;
    if (tokusage_stream_usage(stream, &usage, NULL) == TOKUSAGE_OK && usage.prompt_tokens.present) {
        add_format(to, "%lld ", (long long)usage.prompt_tokens.value);
    } else {
        add(to, 1, "wrong ");
    }
}

void add_reported_prompts(builder *to, tokusage_stream *stream, span body) {
    uint64_t reports = 0;
    begin(stream, NULL);
    for (size_t at = 0; at < body.length && feed(stream, body, &at, 1);) {
        if (tokusage_stream_reports(stream) > reports) {
            reports = tokusage_stream_reports(stream);
            add_prompt(to, stream);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------- observing */

/* An output that a function left alone is cleared, so that observations can be compared. */
static void clear_if_spoilt(void *output, size_t size) {
    if (spoilt(output, size)) {
        memset(output, 0, size);
    }
}

static void observe_once(const tokusage_stream *stream, size_t taken, observation *to) {
    memset(to, 0, sizeof *to);
    to->taken = taken;
    spoil(&to->usage, sizeof to->usage);
    spoil(&to->error, sizeof to->error);
    to->status = tokusage_stream_usage(stream, &to->usage, &to->error);
    assert_int_equal(spoilt(&to->usage, sizeof to->usage), to->status != TOKUSAGE_OK);
    clear_if_spoilt(&to->usage, sizeof to->usage);
    for (int complete = 0; complete < 2; complete++) {
        spoil(&to->ends[complete].usage, sizeof to->usage);
        spoil(&to->ends[complete].error, sizeof to->error);
        to->ends[complete].verdict =
            tokusage_stream_verdict(stream, complete != 0, &to->ends[complete].usage, &to->ends[complete].error);
        assert_false(spoilt(&to->ends[complete].usage, sizeof to->usage));
        assert_int_equal(tokusage_stream_verdict(stream, complete != 0, NULL, NULL), to->ends[complete].verdict);
    }
    to->reports = tokusage_stream_reports(stream);
    to->done = tokusage_stream_done(stream);
    for (int i = 0; i < LABEL_COUNT; i++) {
        const size_t length = tokusage_stream_label(stream, (tokusage_label)i, to->labels[i], TOKUSAGE_LABEL_SIZE);
        assert_int_equal(strlen(to->labels[i]), length);
        assert_int_equal(tokusage_stream_label(stream, (tokusage_label)i, NULL, 0), length);
    }
}

void expect_same_usage(const char *what, const tokusage *got, const tokusage *want) {
    if (!same_counts(got, want)) {
        fail_msg("%s: expected '%s', got '%s'", what, usage_words(want), usage_words(got));
    }
    assert_true(tokusage_equal(got, want) && tokusage_equal(want, got));
}

/* What holds of each observation: settle agrees with the verdict, and encode with decode. */
static void expect_sense(const char *what, const observation *of) {
    tokusage settled = of->usage;
    if (of->status == TOKUSAGE_OK) {
        const tokusage_verdict verdict = tokusage_settle(&settled, NULL);
        if (of->ends[1].verdict < TOKUSAGE_INVALID && of->ends[1].verdict != verdict) {
            fail_msg("%s: settle says %s, the stream %s", what, tokusage_verdict_text(verdict),
                     tokusage_verdict_text(of->ends[1].verdict));
        }
    }
    expect_same_usage(what, &of->ends[0].usage, &settled);
    expect_same_usage(what, &of->ends[1].usage, &settled);
    char json[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage decoded;
    assert_int_equal(tokusage_encode(&settled, json, sizeof json, &length), TOKUSAGE_OK);
    assert_int_equal(tokusage_decode(json, length, &decoded, NULL), TOKUSAGE_OK);
    expect_same_usage(what, &decoded, &settled);
}

observation observe(const char *what, tokusage_stream *stream, size_t taken) {
    observation first;
    observation second;
    const tokusage_stream copy = *stream;
    observe_once(stream, taken, &first);
    observe_once(&copy, taken, &second);
    expect_same_observation(what, &second, &first);
    expect_sense(what, &first);
    return first;
}

static bool same_error(const tokusage_error *a, const tokusage_error *b) {
    const bool same_member =
        a->member == b->member || (a->member != NULL && b->member != NULL && strcmp(a->member, b->member) == 0);
    return a->status == b->status && same_member && a->offset == b->offset && a->expected == b->expected &&
           a->actual == b->actual;
}

const char *difference_of(const observation *a, const observation *b) {
    if (a->taken != b->taken || a->reports != b->reports || a->done != b->done) {
        return line_of("taken %zu, %zu; reports %llu, %llu; done %d, %d", a->taken, b->taken,
                       (unsigned long long)a->reports, (unsigned long long)b->reports, a->done, b->done);
    }
    for (int i = 0; i < LABEL_COUNT; i++) {
        if (strcmp(a->labels[i], b->labels[i]) != 0) {
            return line_of("label '%s', '%s'", a->labels[i], b->labels[i]);
        }
    }
    const bool same_errors = a->status == b->status && same_error(&a->error, &b->error);
    if (!same_errors || !same_counts(&a->usage, &b->usage)) {
        return line_of("%s (%s); %s (%s)", error_words(&a->error), usage_words(&a->usage), error_words(&b->error),
                       usage_words(&b->usage));
    }
    for (int i = 0; i < 2; i++) {
        if (a->ends[i].verdict != b->ends[i].verdict || !same_error(&a->ends[i].error, &b->ends[i].error) ||
            !same_counts(&a->ends[i].usage, &b->ends[i].usage)) {
            return line_of("%s: %s (%s) %s; %s (%s) %s", i == 0 ? "open" : "complete",
                           tokusage_verdict_text(a->ends[i].verdict), usage_words(&a->ends[i].usage),
                           error_words(&a->ends[i].error), tokusage_verdict_text(b->ends[i].verdict),
                           usage_words(&b->ends[i].usage), error_words(&b->ends[i].error));
        }
    }
    return NULL;
}

void expect_same_observation(const char *what, const observation *got, const observation *want) {
    const char *const found = difference_of(got, want);
    if (found != NULL) {
        fail_msg("%s: got and expected differ: %s", what, found);
    }
    assert_true(tokusage_equal(&got->usage, &want->usage) && tokusage_equal(&want->ends[1].usage, &got->ends[1].usage));
}

void expect_observed(const char *what, tokusage_stream *stream, size_t taken, const observation *want) {
    const observation got = observe(what, stream, taken);
    expect_same_observation(what, &got, want);
}

static const char *or_none(const char *word) {
    return word != NULL ? word : "";
}

static void expect_verdict(const char *what, const char *when, tokusage_verdict got, tokusage_verdict want) {
    if (got != want) {
        fail_msg("%s: expected the verdict %s (%s), got %s", what, tokusage_verdict_text(want), when,
                 tokusage_verdict_text(got));
    }
}

/* Whether the words are those of an error. */
static bool is_error(const char *words) {
    return words[0] >= 'A' && words[0] <= 'Z';
}

void expect_answer(const char *what, const observation *got, size_t length, const answer *want) {
    const char *const says = or_none(want->says);
    const size_t taken = want->taken == 0 || want->taken == ALL ? length : want->taken;
    if (got->reports != want->reports || got->done != want->done || got->taken != taken) {
        fail_msg("%s: expected %llu reports, done %d, %zu bytes taken, got %llu, %d, %zu", what,
                 (unsigned long long)want->reports, want->done, taken, (unsigned long long)got->reports, got->done,
                 got->taken);
    }
    const char *const error = want->reports == 0 ? "NOT_FOUND usage" : is_error(says) ? says : "OK";
    expect_words(what, error, error_words(&got->error));
    assert_int_equal(got->error.status, got->status);
    expect_verdict(what, "not complete", got->ends[0].verdict, want->verdict);
    expect_verdict(what, "complete", got->ends[1].verdict, want->verdict_complete);
    expect_words(what, is_error(says) ? "" : in_order(says), usage_words(&got->ends[1].usage));
    if (want->reported != NULL) {
        expect_words(what, in_order(want->reported), usage_words(&got->usage));
    }
    for (int i = 0; i < LABEL_COUNT; i++) {
        expect_words(what, or_none(want->labels[i]), got->labels[i]);
    }
}

/* ----------------------------------------------------------------------------------------------------- documents */

/* What was returned, in words; `before`: those of the call before, if any, which must be the same. */
static const char *outcome(const char *what, span document, tokusage_status status, const tokusage_error *error,
                           const tokusage *usage, const char *before) {
    const char *const words = status == TOKUSAGE_OK ? usage_words(usage) : error_words(error);
    if (status != TOKUSAGE_OK && !spoilt(usage, sizeof *usage)) {
        fail_msg("%s: %s: it failed (%s), but it wrote the usage", what, shown(document.bytes, document.length), words);
    }
    if (error->status != status || (before != NULL && strcmp(before, words) != 0)) {
        fail_msg("%s: %s: it returned '%s', says %s, and said %s", what, shown(document.bytes, document.length),
                 tokusage_status_text(status), words, before != NULL ? before : error_words(error));
    }
    return words;
}

const char *extracted(const char *what, const char *pointer, span document) {
    tokusage usage;
    tokusage_error error;
    tokusage again;
    spoil(&usage, sizeof usage);
    spoil(&error, sizeof error);
    const char *bytes = against_the_end(document.bytes, document.length);
    tokusage_status status = tokusage_extract(bytes, document.length, pointer, &usage, &error);
    const char *const words = outcome(what, document, status, &error, &usage, NULL);
    if (pointer != NULL && pointer[0] == '\0') {
        spoil(&again, sizeof again);
        spoil(&error, sizeof error);
        status = tokusage_decode(bytes, document.length, &again, &error);
        (void)outcome(what, document, status, &error, &again, words);
    }
    spoil(&again, sizeof again);
    spoil(&error, sizeof error);
    bytes = against_the_beginning(document.bytes, document.length);
    status = tokusage_extract(bytes, document.length, pointer, &again, &error);
    (void)outcome(what, document, status, &error, &again, words);
    spoil(&again, sizeof again);
    assert_int_equal(tokusage_extract(bytes, document.length, pointer, &again, NULL), status);
    assert_memory_equal(&again, &usage, sizeof usage);
    return words;
}

void expect_extract(const char *what, const char *pointer, span document, const char *want) {
    const char *const got = extracted(what, pointer, document);
    const char *const words = is_error(want) ? want : in_order(want);
    if (strcmp(got, words) != 0) {
        fail_msg("%s: %s in %s: expected '%s', got '%s'", what, pointer != NULL ? pointer : "NULL",
                 shown(document.bytes, document.length), words, got);
    }
}

void expect_extract_built(const char *what, const char *pointer, builder *document, const char *want) {
    expect_extract(what, pointer, built(document), want);
    free(document->bytes);
    *document = (builder){NULL, 0, 0};
}

void expect_documents(const document_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_extract(cases[i].what, cases[i].pointer, cases[i].document, cases[i].want);
    }
}

void run_documents(void **state) {
    const case_table *const all = *state;
    expect_documents(all->cases, all->count);
}

/* ----------------------------------------------------------------------------------------------------- every way */

enum {
    WORK = 1 << 22 /* bytes that are fed to try the cuts of one body, about */
};

/* Extract says what the stream says, where the body is one document. */
static void expect_document_agrees(const char *what, const char *pointer, span body, const observation *stream) {
    const char *const words = extracted(what, pointer, body);
    const bool not_one = strncmp(words, "SYNTAX", 6) == 0 || strncmp(words, "DEPTH", 5) == 0;
    /* To a stream an array is a list of documents, and no usage; to decode it is no object. */
    const bool no_object = pointer != NULL && pointer[0] == '\0' && strcmp(words, "TYPE usage") == 0;
    if (not_one || no_object) {
        return;
    }
    if (stream->reports == 0) {
        if (words[0] != '\0' && strcmp(words, "NOT_FOUND usage") != 0) {
            fail_msg("%s: extract says %s of a document in which the stream finds no usage", what, words);
        }
        return;
    }
    expect_words(what, stream->status == TOKUSAGE_OK ? usage_words(&stream->usage) : error_words(&stream->error),
                 words);
}

static bool begins_as_document(span body) {
    size_t i = 0;
    while (i < body.length && strchr(" \t\r\n\xEF\xBB\xBF", body.bytes[i]) != NULL && body.bytes[i] != '\0') {
        i++;
    }
    return i < body.length && (body.bytes[i] == '{' || body.bytes[i] == '[');
}

/* A name for messages: what is tried, and after it in which way. */
typedef struct attempt {
    char text[900];
    size_t length; /* of the first */
} attempt;

static attempt begin_attempt(const char *what) {
    attempt begun;
    const size_t length = strlen(what), most = sizeof begun.text - 100;
    begun.length = length < most ? length : most;
    memcpy(begun.text, what, begun.length);
    return begun;
}

static const char *name_of(attempt *of, const char *way, size_t number) {
    (void)snprintf(of->text + of->length, sizeof of->text - of->length, ", %s %zu", way, number);
    return of->text;
}

observation expect_in_every_way(const char *what, const char *pointer, span body) {
    tokusage_stream stream;
    attempt tried = begin_attempt(what);
    const size_t taken = feed_whole(&stream, pointer, body);
    const observation whole = observe(what, &stream, taken);
    const size_t tries = WORK / (body.length + 1) + 1;
    const size_t step = body.length / tries;
    for (size_t cut = 0; cut <= body.length; cut += step + stride()) {
        const char *const way = name_of(&tried, "cut after byte", cut);
        expect_observed(way, &stream, feed_in_two(&stream, pointer, body, cut), &whole);
    }
    static const size_t sizes[] = {1, 7, 64, 1400};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        const char *way = name_of(&tried, "in chunks of", sizes[i]);
        expect_observed(way, &stream, feed_in_chunks(&stream, pointer, body, sizes[i]), &whole);
        way = name_of(&tried, "in random chunks up to", sizes[i]);
        expect_observed(way, &stream, feed_randomly(&stream, pointer, body, sizes[i]), &whole);
    }
    if (begins_as_document(body)) {
        expect_document_agrees(name_of(&tried, "as a document of", body.length), pointer, body, &whole);
        const observation root = observe(what, &stream, feed_whole(&stream, "", body));
        expect_document_agrees(name_of(&tried, "as a usage of", body.length), "", body, &root);
    }
    return whole;
}

void expect_body(const char *what, const char *pointer, span body, const answer *want) {
    char label[800];
    (void)snprintf(label, sizeof label, "%s: %s", what, shown(body.bytes, body.length));
    const observation got = expect_in_every_way(label, pointer, body);
    expect_answer(label, &got, body.length, want);
}

void expect_built(const char *what, const char *pointer, builder *body, const answer *want) {
    expect_body(what, pointer, built(body), want);
    free(body->bytes);
    *body = (builder){NULL, 0, 0};
}

void expect_bodies(const body_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_body(cases[i].what, cases[i].pointer, cases[i].body, &cases[i].want);
    }
}

void run_bodies(void **state) {
    const case_table *const all = *state;
    expect_bodies(all->cases, all->count);
}
