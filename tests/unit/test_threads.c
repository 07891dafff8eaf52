/*
 * Several threads at once. Each has its own objects; some read the same ones. Each thread must get what it gets alone.
 * .ci/run runs this under the thread sanitizer, which finds bytes that are shared by mistake.
 */
#include "bodies.h"
#include "support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

enum {
    THREADS = 4,
    ROUNDS = 200
};

/* Plain, with a list, with escapes, of another service: they use every way of reading. */
static const char *const texts[] = {
    "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}",
    "{\"usage\":{\"prompt_tokens\":5e0,\"x\":[1,{\"y\":null}],\"completion_tokens\":7.0,\"total_tokens\":12}}",
    "{\"\\u0075sage\":{\"prompt\\u005ftokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}",
    "{\"x\":[{\"usage\":1}],\"usage\":{\"total_tokens\":12,\"a\":\"\\n\",\"prompt_tokens\":5,\"completion_tokens\":7}}",
    "[{\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":7,\"totalTokenCount\":12}}]",
};

/* Data that all threads read. No thread writes them. */
typedef struct shared {
    cJSON *tree;
    tokusage_stream stream;
} shared;

typedef struct worker {
    pthread_t thread;
    const shared *common;
    unsigned number;
    const char *wrong; /* what went wrong, or NULL */
} worker;

static bool is_5_7_12(const tokusage *usage) {
    const tokusage want = usage_of(5, 7, 12);
    return tokusage_equal(usage, &want);
}

static bool decode(unsigned round) {
    const char *const text = texts[round % LENGTH(texts)];
    tokusage usage;
    tokusage_error error;
    if (tokusage_extract(text, strlen(text), NULL, &usage, &error) != TOKUSAGE_OK || !is_5_7_12(&usage)) {
        return false;
    }
    const tokusage_status cut = tokusage_extract(text, strlen(text) - 1, NULL, &usage, &error);
    return cut == TOKUSAGE_ERR_SYNTAX && error.offset == strlen(text) - 1;
}

static bool encode(unsigned number, unsigned round) {
    const tokusage usage =
        usage_of6(number, (int64_t)round * 1000000007, TOKUSAGE_COUNT_MAX - round, round, ABSENT, number);
    char text[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage back;
    return tokusage_encode(&usage, text, sizeof text, &length) == TOKUSAGE_OK &&
           tokusage_decode(text, length, &back, NULL) == TOKUSAGE_OK && tokusage_equal(&usage, &back);
}

static bool build_tree(unsigned number, unsigned round) {
    const tokusage usage = usage_of6(number, ABSENT, round, ABSENT, round, number);
    const tokusage other = usage_of6(ABSENT, round, number, round, ABSENT, number);
    cJSON *tree = tokusage_to_cjson(&usage);
    tokusage back;
    const bool good = tokusage_update_cjson(tree, &other) == TOKUSAGE_OK &&
                      tokusage_from_cjson(tree, &back, NULL) == TOKUSAGE_OK && tokusage_equal(&other, &back);
    cJSON_Delete(tree);
    return good;
}

static bool is_answer(const tokusage_stream *stream, const answer *want) {
    tokusage usage;
    char model[sizeof want->model];
    const tokusage_status status = tokusage_stream_usage(stream, &usage, NULL);
    const int64_t *const counts = want->usage.counts;
    const tokusage wanted = usage_of6(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    return status == want->usage.status && (status != TOKUSAGE_OK || tokusage_equal(&usage, &wanted)) &&
           tokusage_stream_reports(stream) == want->reports && tokusage_stream_done(stream) == want->done &&
           tokusage_stream_body(stream) == want->body &&
           tokusage_stream_model(stream, model, sizeof model) == strlen(want->model) && strcmp(model, want->model) == 0;
}

static bool read_stream(unsigned number, unsigned round) {
    const body *const one = &bodies[(number * 7 + round) % body_count];
    const size_t piece = 1 + (number + round) % 50;
    tokusage_stream stream;
    if (tokusage_stream_init(&stream, one->pointer) != TOKUSAGE_OK) {
        return false;
    }
    for (size_t at = 0; at < one->bytes.length; at += piece) {
        const size_t left = one->bytes.length - at;
        const size_t length = left < piece ? left : piece;
        if (tokusage_stream_feed(&stream, one->bytes.bytes + at, length) < length) {
            break;
        }
    }
    return is_answer(&stream, &one->want);
}

static bool settle(unsigned number, unsigned round) {
    tokusage usage = usage_of6(number, round, (int64_t)number + round + 3, ABSENT, ABSENT, 3);
    tokusage sum = usage_of(number, ABSENT, ABSENT);
    char line[100];
    const tokusage_error error = {
        .status = TOKUSAGE_ERR_TOTAL, .member = "total_tokens", .expected = 13, .actual = 303};
    return tokusage_reconcile(&usage, NULL) == TOKUSAGE_OK && usage.completion_tokens.value == (int64_t)round + 3 &&
           tokusage_add(&sum, &usage) == TOKUSAGE_OK && sum.prompt_tokens.value == 2 * (int64_t)number &&
           tokusage_error_text(&error, line, sizeof line) == strlen(line);
}

/* A copy of the stream goes on by itself. */
static bool read_shared(const shared *common) {
    static const char more[] = "data: {\"usage\":{\"total_tokens\":13}}\n\n";
    tokusage usage;
    if (tokusage_from_cjson(common->tree, &usage, NULL) != TOKUSAGE_OK || !is_5_7_12(&usage)) {
        return false;
    }
    if (tokusage_stream_usage(&common->stream, &usage, NULL) != TOKUSAGE_OK || !is_5_7_12(&usage)) {
        return false;
    }
    tokusage_stream copy = common->stream;
    tokusage_stream_feed(&copy, more, sizeof more - 1);
    return tokusage_stream_usage(&copy, &usage, NULL) == TOKUSAGE_OK && usage.total_tokens.value == 13 &&
           tokusage_stream_reports(&copy) == 2 && tokusage_stream_reports(&common->stream) == 1;
}

/* cmocka works in its own thread only, so the others keep what they find. */
static void *work(void *argument) {
    worker *const self = argument;
    for (unsigned round = 0; round < ROUNDS && self->wrong == NULL; round++) {
        if (!decode(round)) {
            self->wrong = "decode";
        } else if (!encode(self->number, round)) {
            self->wrong = "encode";
        } else if (!build_tree(self->number, round)) {
            self->wrong = "the trees";
        } else if (!settle(self->number, round)) {
            self->wrong = "what the counts say together";
        } else if (!read_stream(self->number, round)) {
            self->wrong = "the streams";
        } else if (!read_shared(self->common)) {
            self->wrong = "what is shared";
        }
    }
    return NULL;
}

static void every_function_works_in_several_threads_at_once(void **state) {
    (void)state;
    static const char event[] =
        "data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}\n\n";
    const tokusage usage = usage_of(5, 7, 12);
    shared common = {.tree = tokusage_to_cjson(&usage)};
    assert_non_null(common.tree);
    assert_int_equal(tokusage_stream_init(&common.stream, NULL), TOKUSAGE_OK);
    tokusage_stream_feed(&common.stream, event, sizeof event - 1);

    worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){.common = &common, .number = i, .wrong = NULL};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (workers[i].wrong != NULL) {
            fail_msg("thread %u: %s went wrong", i, workers[i].wrong);
        }
    }
    cJSON_Delete(common.tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_works_in_several_threads_at_once),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
