/*
 * One response: its verdict, what the document says around its usage, and what is said of it.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const tokusage nothing = {.total_tokens = {.present = false}};

/* A response that says it used more is a mistake, or was written to be one; it must not stop the sums of others. */
static const int64_t most_tokens = INT64_C(1000000000000);

void response_clear(response *of) {
    of->kept = (record){.line = 0};
    of->reason = NULL;
    of->batch = of->stated = false;
    of->model.used = of->id.used = of->tier.used = of->session.used = 0;
    memset(of->keyed, 0, sizeof of->keyed);
}

void response_free(response *of) {
    text_free(&of->model);
    text_free(&of->id);
    text_free(&of->tier);
    text_free(&of->session);
    for (size_t i = 0; i < BY_MOST; i++) {
        text_free(&of->keys[i]);
    }
}

/* ---- what is said */

static void say(const char *file, uint64_t line, const char *reason) {
    text words = {.bytes = NULL};
    text_string(&words, "usage-report: ");
    if (file) {
        text_safe(&words, slice_of(file));
        text_string(&words, ":");
    }
    if (line > 0) {
        text_print(&words, "%llu:", (unsigned long long)line);
    }
    text_string(&words, file ? " " : "");
    fprintf(stderr, "%s%s\n", text_c(&words), reason);
    text_free(&words);
}

void say_finding(reading *in, const record *of, const char *reason) {
    const bool said = in->said < in->asked->max_errors;
    ++*(said ? &in->said : &in->unsaid);
    if (said) {
        say(in->asked->files[of->file], of->line, reason);
    }
}

void say_failure(reading *in, uint64_t line, const char *reason) {
    say(in->source ? in->source->name : NULL, line, reason);
    in->incomplete = true;
}

/* ---- the verdict */

static const counter verdicts[] = {[TOKUSAGE_CONSISTENT] = CONSISTENT, [TOKUSAGE_RECONCILED] = RECONCILED,
                                   [TOKUSAGE_ASSUMED] = ASSUMED,       [TOKUSAGE_CONTRADICTORY] = CONTRADICTORY,
                                   [TOKUSAGE_INVALID] = INVALID,       [TOKUSAGE_MISSING] = WITHOUT_USAGE,
                                   [TOKUSAGE_FAILED] = ERRORS,         [TOKUSAGE_TRUNCATED] = WITHOUT_USAGE,
                                   [TOKUSAGE_UNREADABLE] = MALFORMED};

static void settle(response *to) {
    to->kept.verdict = tokusage_equal(&to->kept.usage, &nothing)
                           ? WITHOUT_USAGE
                           : verdicts[tokusage_settle(&to->kept.usage, &to->error)];
}

void verdict_of(const tokusage_stream *stream, bool complete, response *to) {
    const tokusage_verdict verdict = tokusage_stream_verdict(stream, complete, &to->kept.usage, &to->error);
    static const struct {
        tokusage_label label;
        size_t member;
    } labels[] = {{TOKUSAGE_LABEL_MODEL, offsetof(response, model)},
                  {TOKUSAGE_LABEL_ID, offsetof(response, id)},
                  {TOKUSAGE_LABEL_SERVICE_TIER, offsetof(response, tier)}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) { /* those that are not known yet */
        char bytes[TOKUSAGE_LABEL_SIZE];
        text *const member = (text *)(void *)((char *)to + labels[i].member);
        if (member->used == 0) {
            text_decode(member, (slice){bytes, tokusage_stream_label(stream, labels[i].label, bytes, sizeof bytes)});
        }
    }
    to->kept.verdict = verdicts[verdict];
    to->kept.unfinished = verdict == TOKUSAGE_TRUNCATED;
    to->reason = verdict == TOKUSAGE_TRUNCATED ? "the stream is truncated before its usage" : NULL;
    if ((verdict == TOKUSAGE_FAILED || verdict == TOKUSAGE_TRUNCATED) && !tokusage_equal(&to->kept.usage, &nothing)) {
        settle(to);
        to->kept.unfinished = true;
        to->reason = verdict == TOKUSAGE_FAILED
                         ? "the service reported an error: these are the counts before it"
                         : "the stream has no end mark: it is truncated, or its service sends none";
    }
}

void read_counts(slice usage, response *to) {
    if (tokusage_decode(usage.bytes, usage.length, &to->kept.usage, &to->error) == TOKUSAGE_OK) {
        settle(to);
    } else {
        to->kept.verdict = INVALID;
    }
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
        if (!memchr("{[: \n", body.length > 0 ? *body.bytes : ' ', 5) && !slice_begins(body, "data") &&
            !slice_begins(body, "event") && text_base64(unpacked, body)) {
            body = text_all(unpacked);
        }
    }
    tokusage_stream_init(&stream, pointer);
    tokusage_stream_feed(&stream, body.bytes, body.length);
    verdict_of(&stream, true, to);
    text_free(&plain);
}

/* ---- what the document says around the usage */

/* What services and gateways say that they charged. */
static void read_stated(reading *in, response *to) {
    const slice ticks = document_at(&in->document, "/usage/cost_in_usd_ticks /response/usage/cost_in_usd_ticks");
    text moved = {.bytes = NULL};
    if (ticks.bytes) { /* xAI: 10^10 are a dollar */
        text_slice(&moved, ticks);
        text_string(&moved, "e-10");
    }
    to->stated =
        amount_read(ticks.bytes ? text_all(&moved)
                                : document_at(&in->document, "/usage/cost/total_cost /usage/cost /response/usage/cost "
                                                             "/spend /response_cost /costUSD /total_cost /cost"),
                    &to->kept.stated);
    text_free(&moved);
}

/* At a pointer of the command line. */
static slice asked_at(reading *in, const char *pointer) {
    return document_one(&in->document, pointer, strlen(pointer));
}

/* Adds what is not known yet. */
void read_about(reading *in, const char *times, response *to) {
    const options *const asked = in->asked;
    if (!to->kept.timed && (in->wants_time || to->kept.rule == REPLACES)) {
        static const char known[] =
            "/created /created_at /response/created_at /response/created /createTime /timestamp /time /@timestamp /ts "
            "/datetime /date /startTime /start_time /response/createTime /response/body/created "
            "/response/body/created_at";
        const slice time = asked->time ? asked_at(in, asked->time) : document_at(&in->document, times ? times : known);
        to->kept.timed = moment_read(time, &to->kept.time);
        if (!to->kept.timed && in->source->timed && !asked->time) {
            to->kept.timed = true;
            to->kept.time = in->source->time;
        }
    }
    if (asked->model && to->model.used == 0) {
        text_decode(&to->model, json_inside(asked_at(in, asked->model)));
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        text *const key = &to->keys[i];
        if (asked->by[i].kind == BY_POINTER && !to->keyed[i]) { /* an array or an object is no key */
            const slice value = asked_at(in, asked->by[i].given);
            to->keyed[i] = value.bytes && !json_is(value, '{') && !json_is(value, '[');
            key->used = 0;
            (json_is(value, '"') ? text_decode : text_slice)(key, json_is(value, '"') ? json_inside(value) : value);
        }
    }
    if (asked->stated && !to->stated) {
        read_stated(in, to);
    }
}

static group *group_of(reading *in, const response *of) {
    text *const part = &in->scratch;
    in->key.used = 0;
    for (size_t i = 0; i < in->asked->by_count; i++) {
        const grouping *const each = &in->asked->by[i];
        part->used = 0;
        if (each->kind == BY_MODEL) {
            key_add(&in->key, of->model.used > 0, text_all(&of->model));
        } else if (each->kind == BY_FILE) {
            key_add(&in->key, true, slice_of(in->source->name));
        } else if (each->kind == BY_POINTER) {
            key_add(&in->key, of->keyed[i], text_all(&of->keys[i]));
        } else {
            if (of->kept.timed) {
                moment_put(part, of->kept.time, each->kind);
            }
            key_add(&in->key, of->kept.timed, text_all(part));
        }
    }
    return catalog_at(&in->groups, text_all(&in->key), sizeof(group));
}

/* ---- counted and named */

static const char *const reasons[COUNTERS] = {
    [WITHOUT_USAGE] = "a response without a usage",
    [MALFORMED] = "a usage in the stream is malformed",
    [AMBIGUOUS] =
        "events without an id came while several responses were open: which are its own cannot be known, so it is "
        "not added",
    [UNTIMED] = "it has no time, so it is left out; --time says where its timestamp is",
    [PREFIXED] = "JSON after other text counts only with --prefix",
    [TOO_LONG] = "longer than --max-line, skipped",
};

static void price(reading *in, response *of) {
    record *const to = &of->kept;
    const char *reason = NULL;
    const sale what = {text_all(&of->model), of->batch ? slice_of("batch") : text_all(&of->tier),
                       to->timed ? &to->time : NULL, &to->usage};
    to->priced = price_of(&in->asked->prices, &what, &to->cost, &reason);
    if (!to->priced) {
        in->scratch.used = 0;
        text_string(&in->scratch, reason);
        text_string(&in->scratch, of->model.used > 0 ? " for " : " for responses without a model");
        text_safe(&in->scratch, what.model);
        if (remember(&in->notes, text_all(&in->scratch))) {
            say(NULL, 0, text_c(&in->scratch));
        }
    }
}

void take_unread(reading *in, uint64_t line, counter verdict, const char *reason) {
    tally one = {.counters = {[RESPONSES] = is_response(verdict)}};
    one.counters[verdict] = 1;
    in->source->known++;
    response_clear(&in->found);
    tally_add(&group_of(in, &in->found)->tally, &one);
    say_finding(in, &(record){.file = in->source->number, .line = (uint32_t)line}, reason ? reason : reasons[verdict]);
}

static void check_size(response *what) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (tokusage_count_at(&what->kept.usage, i)->value > most_tokens) {
            what->kept.verdict = INVALID;
            what->kept.usage = nothing;
            what->error = (tokusage_error){.status = TOKUSAGE_ERR_RANGE, .member = tokusage_count_name(i)};
        }
    }
}

/*
 * A reason that only this response has is said now; those that follow from its counts when it is known that it counts.
 */
void take_response(reading *in, response *what) {
    const options *const asked = in->asked;
    record *const next = &what->kept;
    char reason[TOKUSAGE_ERROR_SIZE];
    check_size(what);
    if (asked->ranged && next->timed && (next->time < asked->since || next->time >= asked->until)) {
        return;
    }
    if (asked->ranged && !next->timed && is_usable(next->verdict)) {
        next->verdict = UNTIMED;
    }
    next->file = in->source->number;
    next->group = group_of(in, what);
    next->session = hash_of(in, text_all(&what->session));
    in->source->known++;
    if (asked->priced && is_usable(next->verdict)) {
        price(in, what);
    }
    if (next->verdict == INVALID) {
        tokusage_error_text(&what->error, reason, sizeof reason);
        say_finding(in, next, reason);
    } else if (next->verdict == MALFORMED || (next->unfinished && what->reason)) {
        say_finding(in, next, next->verdict == MALFORMED ? reasons[MALFORMED] : what->reason);
    }
    if (is_usable(next->verdict) || next->verdict == WITHOUT_USAGE || next->rule == SUMS) {
        next->id = hash_of(in, text_all(&what->id));
    }
    if (next->id != 0 || next->rule == SUMS) {
        answers_take(in, next);
    } else {
        finish_record(in, next);
    }
}

/* What follows from the counts. */
static void count_usage(const record *of, tally *to, tokusage_error *error) {
    const tokusage *const usage = &of->usage;
    to->usage = *usage;
    to->counters[MISSING_PROMPT] = !usage->prompt_tokens.present;
    to->counters[MISSING_COMPLETION] = !usage->completion_tokens.present;
    to->counters[MISSING_TOTAL] = !usage->total_tokens.present;
    if (of->verdict == CONTRADICTORY && tokusage_validate(usage, error) == TOKUSAGE_ERR_TOTAL) {
        const int64_t above = error->actual - error->expected;
        to->counters[above > 0 ? TOKENS_ABOVE : TOKENS_BELOW] = above > 0 ? above : -above;
    }
    to->cost = of->cost;
    to->counters[UNPRICED] = !of->priced || !usage->prompt_tokens.present || !usage->completion_tokens.present;
}

static void name_record(reading *in, const record *of, const tokusage_error *error) {
    char reason[TOKUSAGE_ERROR_SIZE];
    const tokusage *const usage = &of->usage;
    if (of->verdict == CONTRADICTORY) {
        tokusage_error_text(error, reason, sizeof reason);
        say_finding(in, of, reason);
    } else if ((of->verdict == WITHOUT_USAGE && !of->unfinished) || of->verdict == AMBIGUOUS ||
               of->verdict == UNTIMED) {
        say_finding(in, of, reasons[of->verdict]);
    } else if (is_usable(of->verdict) && !(usage->prompt_tokens.present && usage->completion_tokens.present)) {
        say_finding(in, of, usage->prompt_tokens.present ? "completion_tokens is missing" : "prompt_tokens is missing");
    }
}

void finish_record(reading *in, const record *of) {
    tally one = {.counters = {[RESPONSES] = is_response(of->verdict)}};
    tokusage_error error = {.status = TOKUSAGE_OK};
    counter verdict = of->verdict;
    one.counters[verdict] += verdict != CONSISTENT;
    one.counters[UNFINISHED] = of->unfinished;
    one.stated = of->stated;
    if (is_usable(verdict)) {
        count_usage(of, &one, &error);
    }
    if (tally_add(&of->group->tally, &one)) {
        name_record(in, of, &error);
    } else {
        verdict = INVALID;
        one = (tally){.counters = {[RESPONSES] = 1, [INVALID] = 1}};
        tally_add(&of->group->tally, &one);
        say_finding(in, of, "a sum would leave the range (0 to 9007199254740991): this response is not added");
    }
    if (in->asked->each) {
        const char *const word = of->unfinished ? "unfinished" : "consistent";
        format_each(in->asked,
                    &(report_row){of->group->as.key, &one, in->asked->files[of->file], of->line,
                                  verdict == CONSISTENT ? word : counter_name(verdict)},
                    &in->out);
        print(in, &in->out);
    }
}

/* ---- members that may be counts */

/* They need no count: parts that are priced like their whole, limits of a request, what is not used or not charged. */
static const char no_counts[] =
    " text_tokens accepted_prediction_tokens rejected_prediction_tokens prompt_cache_miss_tokens "
    "ephemeral_5m_input_tokens "
    "tokenCount tokens video_tokens max_tokens max_completion_tokens max_output_tokens maxTokens maxOutputTokens "
    "max_new_tokens max_tokens_to_sample budget_tokens thinkingBudgetTokens citation_tokens search_tokens textTokens "
    "ephemeral5mInputTokens noCacheTokens min_tokens max_input_tokens max_prompt_tokens input_text_tokens "
    "output_text_tokens context_tokens tokens_per_second token_limit max_context_tokens prompt_text_tokens "
    "completion_text_tokens cached_completion_tokens eos_token_id bos_token_id pad_token_id token_id ";

static bool needs_no_count(slice name) {
    char word[64] = " ";
    if (name.length + 3 > sizeof word) {
        return false;
    }
    memcpy(word + 1, name.bytes, name.length);
    word[name.length + 1] = ' ';
    return strstr(no_counts, word) != NULL;
}

/* In any case; a k is the rarest of its letters. */
static bool has_token(slice name) {
    const char *const end = name.bytes + name.length;
    for (const char *k = "kK"; *k; k++) {
        for (const char *at = name.bytes; at < end && (at = memchr(at, *k, (size_t)(end - at))) != NULL; at++) {
            if (at - name.bytes >= 2 && end - at >= 3 && strncasecmp(at - 2, "token", 5) == 0) {
                return true;
            }
        }
    }
    return false;
}

bool may_be_count(slice name, slice value) {
    return json_is_number(value) && has_token(name) && !needs_no_count(name);
}

/* Whether the library reads it: a usage that has nothing else has a count then. */
static bool library_reads(slice path) {
    text probe = {.bytes = NULL};
    tokusage usage = nothing;
    size_t depth = 0;
    for (size_t at = 0; at < path.length; at++) {
        const bool opens = path.bytes[at] == '/';
        depth += opens;
        text_string(&probe, !opens ? "" : depth == 1 ? "{\"" : "\":{\"");
        text_bytes(&probe, path.bytes + at, !opens);
    }
    text_string(&probe, "\":1");
    for (; depth > 0; depth--) {
        text_string(&probe, "}");
    }
    tokusage_decode(probe.bytes, probe.used, &usage, NULL);
    text_free(&probe);
    return !tokusage_equal(&usage, &nothing);
}

enum {
    NAMES_MOST = 1000, /* of a file: more would take memory without end */
    DEPTH_MOST = 12
};

void name_unknown(reading *in, slice name, const response *of) {
    const tally one = {.counters = {[UNKNOWN] = 1}};
    record at = of->kept;
    text reason = {.bytes = NULL};
    if (in->source->said.count == NAMES_MOST || !remember(&in->source->said, name)) {
        return;
    }
    at.file = in->source->number;
    tally_add(&group_of(in, of)->tally, &one);
    text_safe(&reason, name);
    text_string(&reason, ": not known, so it is not counted");
    say_finding(in, &at, text_c(&reason));
    text_free(&reason);
}

/* Every member that may be a count, by its path: named, or (to of NULL) the first of them looked for. */
static bool walk(reading *in, slice value, text *path, unsigned depth, const response *of) {
    slice inside = json_open(value);
    slice name = {NULL, 0};
    slice member = {NULL, 0};
    const size_t used = path->used;
    const bool object = json_is(value, '{');
    for (int64_t i = 0; json_next(&inside, object ? &name : NULL, &member); i++) {
        path->used = used;
        text_string(path, "/");
        if (object) {
            text_slice(path, name);
        } else {
            text_print(path, "%lld", (long long)i);
        }
        if (object && may_be_count(name, member)) {
            if (!of) {
                return true;
            }
            if (!library_reads(text_all(path))) {
                name_unknown(in, (slice){path->bytes + 1, path->used - 1}, of);
            }
        } else if ((json_is(member, '{') || (!of && json_is(member, '['))) && depth < DEPTH_MOST &&
                   walk(in, member, path, depth + 1, of)) {
            return true;
        }
    }
    path->used = used;
    return false;
}

static bool is_digit(char c) {
    return (unsigned char)(c - '0') <= 9;
}

/* A form: the length of each piece between the digits of a usage, and the piece. */
static size_t span_of(const text *form, slice usage) {
    size_t at = 0;
    for (size_t i = 0; i < form->used; i += 1 + (unsigned char)form->bytes[i]) {
        const size_t span = (unsigned char)form->bytes[i];
        if (usage.length - at < span || memcmp(usage.bytes + at, form->bytes + i + 1, span) != 0) {
            return 0;
        }
        for (at += span; at < usage.length && is_digit(usage.bytes[at]); at++) {
        }
    }
    return at;
}

size_t known_span(reading *in, slice usage) {
    size_t span = 0;
    for (size_t i = 0; i < FORMS && span == 0; i++) { /* the latest first */
        span = span_of(&in->forms[(in->next_form - i) % FORMS], usage);
    }
    return span;
}

static void remember_form(text *to, slice usage) {
    to->used = 0;
    for (size_t at = 0, end = 0; at < usage.length; at = end) {
        while (end < usage.length && end - at < UINT8_MAX && !is_digit(usage.bytes[end])) {
            end++;
        }
        text_bytes(to, &(const char){(char)(end - at)}, 1);
        text_bytes(to, usage.bytes + at, end - at);
        while (end < usage.length && is_digit(usage.bytes[end])) {
            end++;
        }
    }
}

/* Most usages have the same members. */
void check_members(reading *in, slice usage, const response *of) {
    if (json_is(usage, '{') && known_span(in, usage) != usage.length) {
        text path = {.bytes = NULL};
        walk(in, usage, &path, 0, of);
        text_free(&path);
        remember_form(&in->forms[++in->next_form % FORMS], usage);
    }
}

void put_pointer_of_count(text *to, slice whole) {
    if (has_token(whole)) {
        walk(NULL, whole, to, 0, NULL);
    }
}
