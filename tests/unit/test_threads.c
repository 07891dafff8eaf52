/*
 * Several threads at once. Each has its own objects; some read the same ones. Each thread must get what one gets alone.
 * .ci/run runs this under the thread sanitizer, which finds bytes that are shared by mistake.
 */
#include "shorthand.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    THREADS = 4,
    ROUNDS = 300,
    BODIES = 6
};

/* All that the library says of a body. */
typedef struct answers {
    tokusage_status found;
    tokusage usage, settled;
    tokusage_verdict verdict;
    uint64_t reports;
    int64_t cost;
    size_t json_length;
    char json[TOKUSAGE_JSON_SIZE], label[TOKUSAGE_LABEL_SIZE], line[TOKUSAGE_ERROR_SIZE];
} answers;

/* What all threads read. No thread writes it. */
typedef struct shared {
    span bodies[BODIES];
    answers alone[BODIES];
    tokusage_stream halves[BODIES]; /* streams that have the first half of a body */
} shared;

typedef struct worker {
    pthread_t thread;
    const shared *common;
    unsigned number;
    bool wrong;
} worker;

static void finish(const tokusage_stream *stream, answers *to) {
    static const tokusage prices = {.prompt_tokens = {true, 3}, .completion_tokens = {true, 7}};
    tokusage_error error;
    to->verdict = tokusage_stream_verdict(stream, true, &to->settled, &error);
    tokusage_error_text(&error, to->line, sizeof to->line);
    to->reports = tokusage_stream_reports(stream);
    tokusage_stream_label(stream, TOKUSAGE_LABEL_MODEL, to->label, sizeof to->label);
    (void)tokusage_cost(&to->settled, &prices, &to->cost, NULL);
    (void)tokusage_encode(&to->settled, to->json, sizeof to->json, &to->json_length);
    (void)tokusage_decode(to->json, to->json_length, &to->usage, NULL);
}

static void ask(span body, size_t chunk, answers *to) {
    tokusage_stream stream;
    const char *value = NULL;
    size_t length = 0;
    memset(to, 0, sizeof *to);
    to->found = tokusage_find(body.bytes, body.length, "/usage", &value, &length, NULL);
    tokusage_stream_init(&stream, NULL);
    for (size_t at = 0; at < body.length; at += chunk) {
        const size_t left = body.length - at;
        tokusage_stream_feed(&stream, body.bytes + at, left < chunk ? left : chunk);
    }
    finish(&stream, to);
}

/* A copy of a stream that other threads copy, too, goes on by itself. */
static void go_on(const tokusage_stream *half, span body, answers *to) {
    tokusage_stream copy = *half;
    memset(to, 0, sizeof *to);
    tokusage_stream_feed(&copy, body.bytes + body.length / 2, body.length - body.length / 2);
    finish(&copy, to);
}

static bool same(const answers *a, const answers *b) {
    return a->found == b->found && tokusage_equal(&a->usage, &b->usage) && tokusage_equal(&a->settled, &b->settled) &&
           a->verdict == b->verdict && a->reports == b->reports && a->cost == b->cost &&
           strcmp(a->json, b->json) == 0 && strcmp(a->label, b->label) == 0 && strcmp(a->line, b->line) == 0;
}

/* cmocka works in its own thread only, so the others keep what they find. */
static void *work(void *argument) {
    worker *const self = argument;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const size_t i = (self->number + round) % BODIES;
        const shared *const common = self->common;
        answers got;
        ask(common->bodies[i], 1 + (self->number * 7 + round) % 50, &got);
        self->wrong = self->wrong || !same(&got, &common->alone[i]);
        go_on(&common->halves[i], common->bodies[i], &got);
        got.found = common->alone[i].found;
        self->wrong = self->wrong || !same(&got, &common->alone[i]);
    }
    return NULL;
}

static void every_function_works_in_several_threads_at_once(void **state) {
    (void)state;
    static shared common;
    static builder frames;
    add_frame(&frames, "h", "{'usage':" U5 "}");
    add_base64_frame(&frames, "{'usage':" U57 "}");
    const span bodies[BODIES] = {
        quoted("{'model':'m','usage':{'prompt_tokens':5,'completion_tokens':7,'total_tokens':12}}"),
        quoted("{'\\u0075sage':{'prompt\\u005ftokens':5e0,'x':[1,{'y':null}],'completion_tokens':7.0}}"),
        quoted(
            "[{'usageMetadata':{'promptTokenCount':5,'promptTokensDetails':[{'modality':'AUDIO','tokenCount':5}]}}]"),
        quoted(EVENT("{'model':'e'}")
                   EVENT("{'choices':[{'delta':{'content':'a text that is longer than a register'}}]}")
                       EVENT("{'usage':" U57 "}") DONE),
        quoted("{'usage':{'prompt_tokens':5,'total_tokens':4}}x"),
        built(&frames),
    };
    for (size_t i = 0; i < BODIES; i++) {
        common.bodies[i] = bodies[i];
        ask(bodies[i], bodies[i].length, &common.alone[i]);
        tokusage_stream_feed(&common.halves[i], bodies[i].bytes, bodies[i].length / 2);
        assert_true(common.alone[i].reports > 0);
    }
    worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){.common = &common, .number = i, .wrong = false};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_false(workers[i].wrong);
    }
    free(frames.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_works_in_several_threads_at_once),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
