/*
 * One response: its verdict, what the document says around its usage, and what is said of it.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A response that says it used more is a mistake, or was written to be one; it must not stop the sums of others. */
static const int64_t most_tokens = INT64_C(1000000000000);

void response_clear(response *of) {
    of->kept = (record){.line = 0};
    of->usage = (tokusage){.total_tokens = {.present = false}};
    for (size_t i = 0; i < TEXTS; i++) {
        of->is[i].used = 0;
    }
}

void response_free(response *of) {
    for (size_t i = 0; i < TEXTS; i++) {
        text_free(&of->is[i]);
    }
}

/* ---- what is said */

void say_finding(reading *in, const record *of, const char *reason) {
    const bool said = in->said < in->asked->max_errors;
    ++*(said ? &in->said : &in->unsaid);
    if (said) {
        complain(in->asked->files[of->file], of->line, (slice){NULL, 0}, reason);
    }
}

void say_failure(reading *in, uint64_t line, const char *reason) {
    complain(in->source ? in->source->name : NULL, line, (slice){NULL, 0}, reason);
    in->incomplete = true;
}

/* ---- the verdict */

static const counter verdicts[] = {[TOKUSAGE_CONSISTENT] = CONSISTENT, [TOKUSAGE_RECONCILED] = RECONCILED,
                                   [TOKUSAGE_ASSUMED] = ASSUMED,       [TOKUSAGE_CONTRADICTORY] = CONTRADICTORY,
                                   [TOKUSAGE_INVALID] = INVALID,       [TOKUSAGE_MISSING] = WITHOUT_USAGE,
                                   [TOKUSAGE_FAILED] = ERRORS,         [TOKUSAGE_TRUNCATED] = WITHOUT_USAGE,
                                   [TOKUSAGE_UNREADABLE] = MALFORMED};

void settle_response(response *to) {
    to->kept.verdict = is_empty(&to->usage) ? WITHOUT_USAGE : verdicts[tokusage_settle(&to->usage, &to->error)];
}

/* What a stream says, of which the usage and the error are known; labels that are known already stay. */
static void take_verdict(const tokusage_stream *stream, tokusage_verdict verdict, response *to) {
    char bytes[TOKUSAGE_LABEL_SIZE];
    for (size_t i = OF_MODEL; i <= OF_TIER; i++) {
        if (to->is[i].used == 0) {
            text_decode(&to->is[i],
                        (slice){bytes, tokusage_stream_label(stream, (tokusage_label)i, bytes, sizeof bytes)});
        }
    }
    to->kept.verdict = verdicts[verdict];
    to->kept.unfinished = verdict == TOKUSAGE_TRUNCATED;
    to->kept.reason = verdict == TOKUSAGE_TRUNCATED ? "the stream is truncated before its usage" : NULL;
    if ((verdict == TOKUSAGE_FAILED || verdict == TOKUSAGE_TRUNCATED) && !is_empty(&to->usage)) {
        settle_response(to);
        to->kept.unfinished = true;
        to->kept.reason = verdict == TOKUSAGE_FAILED
                              ? "the service reported an error: these are the counts before it"
                              : "the stream has no end mark: it is truncated, or its service sends none";
    }
}

void verdict_of(const tokusage_stream *stream, bool complete, response *to) {
    take_verdict(stream, tokusage_stream_verdict(stream, complete, &to->usage, &to->error), to);
}

void read_document(reading *in, response *to) {
    to->usage = in->document.usage;
    to->error = in->document.error;
    take_verdict(&in->document.stream, in->document.verdict, to);
}

/* An object, a list of events, or a string that has one, maybe as base64. */
void read_body(reading *in, slice body, const char *pointer, response *to) {
    tokusage_stream stream;
    text plain = {.bytes = NULL};
    text *const unpacked = &in->scratch;
    if (json_is(body, '"')) {
        text_decode(&plain, json_inside(body));
        body = text_all(&plain);
        unpacked->used = 0;
        body = text_base64(unpacked, body) ? text_all(unpacked) : body;
    }
    tokusage_stream_init(&stream, pointer);
    tokusage_stream_feed(&stream, body.bytes, body.length);
    verdict_of(&stream, true, to);
    text_free(&plain);
}

/* ---- what the document says around the usage */

/* Adds what is not known yet. */
void read_about(reading *in, response *to) {
    static const char times[] =
        "/created /created_at /response_created_at /attributes/event.timestamp /response/body/created "
        "/response/body/created_at /result/message/created_at /response/created_at /response/created /createTime "
        "/timestamp /time/created /time /@timestamp /ts /datetime /date /startTime /start_time /startTimeUnixNano "
        "/response/createTime /processed_time";
    static const char costs[] = "/usage/cost/total_cost /usage/cost /response/usage/cost /spend /response_cost "
                                "/costUSD /total_cost /cost";
    const options *const asked = in->asked;
    document *const of = &in->document;
    record *const kept = &to->kept;
    if (!kept->timed && (in->wants_time || kept->rule == REPLACES)) {
        kept->time = in->source->time;
        kept->timed = moment_read(asked->time ? document_one(of, asked->time) : document_at(of, times), &kept->time) ||
                      (in->source->timed && !asked->time);
    }
    if (asked->model && to->is[OF_MODEL].used == 0) {
        text_decode(&to->is[OF_MODEL], json_plain(document_one(of, asked->model)));
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        if (asked->by[i].kind == BY_POINTER && to->is[OF_KEY + i].used == 0) {
            text_decode(&to->is[OF_KEY + i], json_plain(document_one(of, asked->by[i].given)));
        }
    }
    if (asked->stated && kept->stated == 0) {
        const slice ticks = document_at(of, "/usage/cost_in_usd_ticks /response/usage/cost_in_usd_ticks");
        amount_read(ticks.bytes ? ticks : document_at(of, costs), &kept->stated);
        kept->stated /= ticks.bytes ? INT64_C(10000000000) : 1; /* of xAI's ticks are a dollar */
    }
}

group *group_of(reading *in, const response *of) {
    text *const part = &in->scratch;
    in->key.used = 0;
    for (size_t i = 0; i < in->asked->by_count; i++) {
        const group_kind kind = in->asked->by[i].kind;
        part->used = 0;
        if (kind == BY_FILE) {
            text_string(part, in->source->name);
        } else if (kind == BY_MODEL || kind == BY_POINTER) {
            text_slice(part, text_all(&of->is[kind == BY_MODEL ? OF_MODEL : OF_KEY + i]));
        } else if (of->kept.timed) {
            moment_put(part, of->kept.time, kind);
        }
        key_add(&in->key, part->used > 0, text_all(part));
    }
    return catalog_at(&in->groups, text_all(&in->key), sizeof(group));
}

/* ---- counted and named */

static const char *const reasons[COUNTERS] = {
    [WITHOUT_USAGE] = "a response without a usage",
    [AMBIGUOUS] =
        "events without an id came while several responses were open: which are its own cannot be known, so it is "
        "not added",
    [UNTIMED] = "it has no time, so it is left out; --time says where its timestamp is",
    [MALFORMED] = "a usage in the stream is malformed",
    [PREFIXED] = "JSON after other text counts only with --prefix",
    [TOO_LONG] = "longer than --max-line, skipped",
};

static void price(reading *in, response *of) {
    record *const to = &of->kept;
    const slice model = text_all(&of->is[OF_MODEL]);
    amount cost = 0;
    const char *const reason = price_of(&in->asked->prices, model, text_all(&of->is[OF_TIER]),
                                        to->timed ? &to->time : NULL, &of->usage, &cost);
    to->cost = (int64_t)cost;
    to->priced = !reason;
    if (reason) {
        in->scratch.used = 0;
        text_string(&in->scratch, reason);
        text_string(&in->scratch, model.length > 0 ? " for " : " for responses without a model");
        text_safe(&in->scratch, model);
        if (remember(&in->notes, text_all(&in->scratch))) {
            complain(NULL, 0, (slice){NULL, 0}, text_c(&in->scratch));
        }
    }
}

/* No response, so --each has no line of it. */
void take_unread(reading *in, uint64_t line, counter verdict, const char *reason) {
    record *const made = &in->found.kept;
    in->source->known = true;
    response_clear(&in->found);
    *made = (record){.line = (uint32_t)line, .file = in->source->number, .verdict = verdict, .rule = PASSED};
    made->reason = reason;
    made->group = group_of(in, &in->found);
    finish_record(in, made);
}

static bool is_outside(const options *asked, const record *of) {
    return asked->ranged && of->timed && (of->time < asked->since || of->time >= asked->until);
}

void take_response(reading *in, response *what) {
    const options *const asked = in->asked;
    record *const next = &what->kept;
    char reason[TOKUSAGE_ERROR_SIZE];
    in->source->known = true;
    next->id = hash_of(in, text_all(&what->is[OF_ID]));
    answers_expect(&in->answers, next->id);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count *const count = tokusage_count_at(&what->usage, i);
        next->counts[i] = count->present ? count->value : -1;
        if (next->counts[i] > most_tokens && next->verdict != INVALID) {
            next->verdict = INVALID;
            what->error = (tokusage_error){.status = TOKUSAGE_ERR_RANGE, .member = tokusage_count_name(i)};
        }
    }
    if (is_outside(asked, next) && next->rule != REPLACES) { /* of those that grow the last has the time */
        return;
    }
    if (asked->ranged && !next->timed && is_usable(next->verdict)) {
        next->verdict = UNTIMED;
    }
    next->file = in->source->number;
    next->group = group_of(in, what);
    next->session = hash_of(in, text_all(&what->is[OF_SESSION]));
    if (asked->priced && is_usable(next->verdict)) {
        price(in, what);
    }
    if (next->verdict == INVALID) {
        tokusage_error_text(&what->error, reason, sizeof reason);
        next->reason = reason;
    }
    const bool final = !is_usable(next->verdict) && next->verdict != WITHOUT_USAGE;
    if (!final && (next->id != 0 || next->rule == SUMS)) {
        answers_take(in, next);
    } else {
        finish_record(in, next);
    }
}

tokusage usage_of(const record *of) {
    tokusage usage = {.total_tokens = {.present = false}};
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (of->counts[i] >= 0) {
            *tokusage_count_at(&usage, i) = (tokusage_count){.present = true, .value = of->counts[i]};
        }
    }
    return usage;
}

/* What follows from the counts. */
static void count_usage(reading *in, const record *of, tally *to) {
    tokusage_error error = {.status = TOKUSAGE_OK};
    to->usage = usage_of(of);
    const bool prompt = to->usage.prompt_tokens.present;
    const bool completion = to->usage.completion_tokens.present;
    to->cost = of->cost;
    to->counters[MISSING_PROMPT] = !prompt;
    to->counters[MISSING_COMPLETION] = !completion;
    to->counters[MISSING_TOTAL] = !to->usage.total_tokens.present;
    to->counters[UNPRICED] = !of->priced || !prompt || !completion;
    if (of->verdict == CONTRADICTORY) {
        char reason[TOKUSAGE_ERROR_SIZE];
        const bool of_total = tokusage_validate(&to->usage, &error) == TOKUSAGE_ERR_TOTAL;
        const int64_t above = of_total ? error.actual - error.expected : 0;
        to->counters[TOKENS_ABOVE] = above > 0 ? above : 0;
        to->counters[TOKENS_BELOW] = above < 0 ? -above : 0;
        tokusage_error_text(&error, reason, sizeof reason);
        say_finding(in, of, reason);
    } else if (!prompt || !completion) {
        say_finding(in, of, prompt ? "completion_tokens is missing" : "prompt_tokens is missing");
    }
}

void finish_record(reading *in, const record *of) {
    tally one = {.counters = {[RESPONSES] = is_response(of->verdict)}, .stated = of->stated};
    const char *word = of->verdict != CONSISTENT ? counter_name(of->verdict)
                       : of->unfinished          ? "unfinished"
                                                 : "consistent";
    const char *const reason = of->reason ? of->reason : reasons[of->verdict];
    if (is_outside(in->asked, of)) {
        return;
    }
    one.counters[of->verdict] += of->verdict != CONSISTENT;
    one.counters[UNFINISHED] = of->unfinished;
    if (reason) {
        say_finding(in, of, reason);
    }
    if (is_usable(of->verdict)) {
        count_usage(in, of, &one);
    }
    if (!tally_add(&of->group->tally, &one)) {
        word = counter_name(INVALID);
        one = (tally){.counters = {[RESPONSES] = 1, [INVALID] = 1}};
        tally_add(&of->group->tally, &one);
        say_finding(in, of, "a sum would leave the range (0 to 9007199254740991): this response is not added");
    }
    if (in->asked->each && of->rule != PASSED) {
        format_each(in->asked, &(report_row){of->group->as.key, &one, in->asked->files[of->file], of->line, word},
                    &in->out);
        print(in, &in->out);
    }
}
