/*
 * One response: its verdict, whether it has an id that was there before, and what is said of it.
 */
#include "usage_report.h"

#include <ctype.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const tokusage nothing = {.total_tokens = {.present = false}};

/* A response that says it used more is a mistake, or was written to be one; it must not stop the sums of others. */
static const int64_t most_tokens = INT64_C(1000000000000);

void found_clear(response *of) {
    response kept = *of;
    *of = (response){.model = kept.model, .id = kept.id, .tier = kept.tier, .session = kept.session};
    of->model.used = of->id.used = of->tier.used = of->session.used = 0;
    memcpy(of->keys, kept.keys, sizeof of->keys);
}

void found_free(response *of) {
    text_free(&of->model);
    text_free(&of->id);
    text_free(&of->tier);
    text_free(&of->session);
    for (size_t i = 0; i < BY_MOST; i++) {
        text_free(&of->keys[i]);
    }
}

/* ---- sets of names */

static int compare_names(const void *one, const void *other) {
    return strcmp(one, other);
}

/* Whether it is new in the set. */
static bool remember(void **set, slice name) {
    char *const copy = memory_resize(NULL, name.length + 1);
    memcpy(copy, name.bytes, name.length);
    copy[name.length] = '\0';
    void *const *const node = tsearch(copy, set, compare_names);
    if (!node) {
        memory_failed();
        return false;
    }
    const bool added = *node == copy;
    if (!added) {
        free(copy);
    }
    return added;
}

void forget(void **set) {
    while (*set) {
        char *const name = *(char **)*set;
        tdelete(name, set, compare_names);
        free(name);
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
        text_number(&words, (int64_t)line, false);
        text_string(&words, ":");
    }
    text_string(&words, file ? " " : "");
    text_string(&words, reason);
    text_string(&words, "\n");
    fwrite(words.bytes, 1, words.used, stderr);
    text_free(&words);
}

void say_finding(reading *in, size_t file, uint64_t line, const char *reason) {
    if (in->said < in->asked->max_errors) {
        say(in->asked->files[file], line, reason);
        in->said++;
    } else {
        in->unsaid++;
    }
}

void say_failure(reading *in, uint64_t line, const char *reason) {
    say(in->source ? in->source->name : NULL, line, reason);
    in->incomplete = true;
}

/* Once. */
static void say_note(reading *in, const char *reason) {
    if (remember(&in->notes, slice_of(reason))) {
        say(NULL, 0, reason);
    }
}

/* ---- the verdict */

void verdict_of(const tokusage_stream *stream, bool complete, response *to) {
    static const counter verdicts[] = {[TOKUSAGE_CONSISTENT] = CONSISTENT, [TOKUSAGE_RECONCILED] = RECONCILED,
                                       [TOKUSAGE_ASSUMED] = ASSUMED,       [TOKUSAGE_CONTRADICTORY] = CONTRADICTORY,
                                       [TOKUSAGE_INVALID] = INVALID,       [TOKUSAGE_MISSING] = WITHOUT_USAGE,
                                       [TOKUSAGE_FAILED] = ERRORS,         [TOKUSAGE_TRUNCATED] = WITHOUT_USAGE,
                                       [TOKUSAGE_UNREADABLE] = MALFORMED};
    const tokusage_verdict verdict = tokusage_stream_verdict(stream, complete, &to->usage, &to->error);
    const bool has_usage = !tokusage_equal(&to->usage, &nothing);
    to->verdict = verdicts[verdict];
    if ((verdict == TOKUSAGE_FAILED || verdict == TOKUSAGE_TRUNCATED) && has_usage) {
        to->verdict = verdicts[tokusage_settle(&to->usage, &to->error)];
        to->unfinished = true;
        to->reason = verdict == TOKUSAGE_FAILED
                         ? "the service reported an error: these are the counts before it"
                         : "the stream has no end mark: it is truncated, or its service sends none";
    } else if (verdict == TOKUSAGE_TRUNCATED) {
        to->unfinished = true;
        to->reason = "the stream is truncated before its usage";
    }
}

static void set_label(text *to, const tokusage_stream *stream, tokusage_label label) {
    char bytes[TOKUSAGE_LABEL_SIZE];
    const size_t length = tokusage_stream_label(stream, label, bytes, sizeof bytes);
    if (to->used == 0 && length > 0) {
        text_decode(to, (slice){bytes, length});
    }
}

/* Those that are not known yet. */
void read_labels(const tokusage_stream *stream, response *to) {
    set_label(&to->model, stream, TOKUSAGE_LABEL_MODEL);
    set_label(&to->id, stream, TOKUSAGE_LABEL_ID);
    set_label(&to->tier, stream, TOKUSAGE_LABEL_SERVICE_TIER);
}

/* ---- what the document says around the usage */

/* A string, a number, true or false; an array or an object is no key. */
static void add_key(response *to, size_t which, slice value) {
    text *const key = &to->keys[which];
    to->keyed[which] = value.bytes && !json_is(value, '{') && !json_is(value, '[');
    key->used = 0;
    if (to->keyed[which] && json_is(value, '"')) {
        text_decode(key, json_inside(value));
    } else if (to->keyed[which]) {
        text_slice(key, value);
    }
}

/* What services and gateways say that they charged. */
static void read_stated(document *from, response *to) {
    static const char paths[] =
        "/usage/cost/total_cost /usage/cost /response/usage/cost /spend /response_cost /costUSD "
        "/total_cost /cost";
    const slice ticks = document_find(from, "/usage/cost_in_usd_ticks /response/usage/cost_in_usd_ticks"); /* xAI */
    int64_t parts = 0;
    if (ticks.bytes && decimal_read(ticks, 2, &parts, NULL)) {
        to->stated = true;
        to->stated_cost = (amount){parts / INT64_C(1000000000000), parts % INT64_C(1000000000000)};
    } else {
        to->stated = amount_read(document_find(from, paths), &to->stated_cost);
    }
}

/* Times of responses, and of log lines around them. */
static const char known_times[] =
    "/created /created_at /response/created_at /response/created /createTime /timestamp /time "
    "/@timestamp /ts /datetime /date /startTime /start_time /response/createTime "
    "/response/body/created /response/body/created_at";

/* Adds what is not known yet. */
void read_about(reading *in, document *from, const char *times, response *to) {
    const options *const asked = in->asked;
    if (!to->timed) {
        const slice time =
            asked->time ? document_at(from, asked->time) : document_find(from, times ? times : known_times);
        to->timed = moment_read(time, &to->time);
        if (!to->timed && in->source->timed && !asked->time) {
            to->timed = true;
            to->time = in->source->time;
        }
    }
    if (asked->model && to->model.used == 0) {
        const slice model = document_at(from, asked->model);
        text_decode(&to->model, json_inside(model));
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        if (asked->by[i].kind == BY_POINTER && !to->keyed[i]) {
            add_key(to, i, document_at(from, asked->by[i].given));
        }
    }
    if (asked->stated && !to->stated) {
        read_stated(from, to);
    }
}

static void make_key(reading *in, const response *of) {
    text part = {.bytes = NULL};
    in->key.used = 0;
    for (size_t i = 0; i < in->asked->by_count; i++) {
        const grouping *const each = &in->asked->by[i];
        part.used = 0;
        switch (each->kind) {
        case BY_MODEL:
            key_add(&in->key, of->model.used > 0, text_all(&of->model));
            break;
        case BY_FILE:
            key_add(&in->key, true, slice_of(in->source->name));
            break;
        case BY_POINTER:
            key_add(&in->key, of->keyed[i], text_all(&of->keys[i]));
            break;
        default:
            if (of->timed) {
                moment_put(&part, of->time, each->unit);
            }
            key_add(&in->key, of->timed, text_all(&part));
        }
    }
    text_free(&part);
}

/* ---- counted and named */

static bool is_usable(counter verdict) {
    return verdict <= CONTRADICTORY;
}

static bool is_response(counter verdict) {
    return verdict < MISPLACED;
}

static void price(reading *in, const response *of, answer *to) {
    const char *reason = NULL;
    if (!in->asked->priced || !is_usable(of->verdict)) {
        return;
    }
    const slice tier = of->batch ? slice_of("batch") : text_all(&of->tier);
    to->priced = price_of(in->prices, text_all(&of->model), tier, &of->usage, &to->cost, &reason);
    if (!to->priced) {
        in->scratch.used = 0;
        text_string(&in->scratch, reason);
        text_string(&in->scratch, of->model.used > 0 ? " for " : " for responses without a model");
        text_safe(&in->scratch, text_all(&of->model));
        say_note(in, text_c(&in->scratch));
    }
}

static const char *const reasons[COUNTERS] = {
    [WITHOUT_USAGE] = "a response without a usage",
    [MISPLACED] = "names of counts, and no usage at a known path",
    [AMBIGUOUS] =
        "events without an id came while several responses were open: which are its own cannot be known, so it is "
        "not added",
    [UNTIMED] = "it has no time, so it is left out; --time says where its timestamp is",
    [PREFIXED] = "JSON after other text counts only with --prefix",
    [TOO_LONG] = "longer than --max-line, skipped",
    [MALFORMED] = "not JSON",
};

void take_unread(reading *in, uint64_t line, counter verdict, const char *reason) {
    tally one = {.counters = {[RESPONSES] = is_response(verdict)}};
    one.counters[verdict] = 1;
    in->source->known++;
    found_clear(&in->found);
    make_key(in, &in->found);
    tally_add(&totals_group(&in->totals, in->key.bytes, in->key.used)->tally, &one);
    say_finding(in, in->source->number, line, reason ? reason : reasons[verdict]);
}

/* Whether --since and --until leave it out silently; one without a time they do not. */
static bool is_left_out(const options *asked, response *what) {
    if (asked->ranged && !what->timed && is_usable(what->verdict)) {
        what->verdict = UNTIMED;
    }
    return asked->ranged && what->timed && (what->time < asked->since || what->time >= asked->until);
}

static void check_size(response *what) {
    for (size_t i = 0; is_usable(what->verdict) && i < TOKUSAGE_COUNTS; i++) {
        if (tokusage_count_at(&what->usage, i)->value > most_tokens) {
            what->verdict = INVALID;
            what->usage = nothing;
            what->error = (tokusage_error){.status = TOKUSAGE_ERR_RANGE, .member = tokusage_count_name(i)};
        }
    }
}

/*
 * A reason that only this response has is said now; those that follow from its counts when it is known that it counts.
 */
void take_response(reading *in, response *what) {
    char reason[TOKUSAGE_ERROR_SIZE];
    check_size(what);
    if (is_left_out(in->asked, what)) {
        return;
    }
    make_key(in, what);
    answer next = {.rule = what->rule,
                   .group = totals_group(&in->totals, in->key.bytes, in->key.used),
                   .file = in->source->number,
                   .line = what->line,
                   .verdict = what->verdict,
                   .unfinished = what->unfinished,
                   .timed = what->timed,
                   .time = what->time,
                   .usage = what->usage,
                   .stated = what->stated_cost,
                   .id = hash_of(in, text_all(&what->id)),
                   .session = hash_of(in, text_all(&what->session))};
    price(in, what, &next);
    in->source->known++;
    if (what->verdict == MALFORMED) {
        say_finding(in, next.file, next.line, "a usage in the stream is malformed");
    } else if (what->verdict == INVALID) {
        tokusage_error_text(&what->error, reason, sizeof reason);
        say_finding(in, next.file, next.line, reason);
    } else if (what->unfinished && what->reason) {
        say_finding(in, next.file, next.line, what->reason);
    }
    const bool has_id = is_usable(what->verdict) || what->verdict == WITHOUT_USAGE;
    next.id = has_id || what->rule == SUMS ? next.id : 0;
    if (next.id != 0 || what->rule == SUMS) {
        answers_take(in, &next);
    } else {
        finish_answer(in, &next);
    }
}

/* What follows from the counts. */
static void count_usage(const answer *of, tally *to, tokusage_error *error) {
    const tokusage *const usage = &of->usage;
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

static void name_answer(reading *in, const answer *of, const tokusage_error *error, const char *failed) {
    char reason[TOKUSAGE_ERROR_SIZE];
    tokusage_error_text(error, reason, sizeof reason);
    if (failed) {
        say_finding(in, of->file, of->line, failed);
    } else if (of->verdict == CONTRADICTORY) {
        say_finding(in, of->file, of->line, reason);
    } else if (of->verdict == WITHOUT_USAGE && !of->unfinished) {
        say_finding(in, of->file, of->line, reasons[WITHOUT_USAGE]);
    } else if (of->verdict == AMBIGUOUS || of->verdict == UNTIMED || of->verdict == MISPLACED) {
        say_finding(in, of->file, of->line, reasons[of->verdict]);
    } else if (is_usable(of->verdict) && (!of->usage.prompt_tokens.present || !of->usage.completion_tokens.present)) {
        say_finding(in, of->file, of->line,
                    of->usage.prompt_tokens.present ? "completion_tokens is missing" : "prompt_tokens is missing");
    }
}

void finish_answer(reading *in, const answer *of) {
    tally one = {.counters = {[RESPONSES] = is_response(of->verdict)}};
    tokusage_error error = {.status = TOKUSAGE_OK};
    const char *failed = NULL;
    counter verdict = of->verdict;
    one.counters[verdict] = verdict == CONSISTENT ? 1 : one.counters[verdict] + 1;
    one.counters[UNFINISHED] = of->unfinished;
    one.stated = of->stated;
    if (is_usable(verdict)) {
        one.usage = of->usage;
        count_usage(of, &one, &error);
        if (!tally_add(&of->group->tally, &one)) {
            failed = "a sum would leave the range (0 to 9007199254740991): this response is not added";
            verdict = INVALID;
            one = (tally){.counters = {[RESPONSES] = 1, [INVALID] = 1}};
            tally_add(&of->group->tally, &one);
        }
    } else {
        tally_add(&of->group->tally, &one);
    }
    if (in->asked->each) {
        const char *word = of->unfinished ? "unfinished" : "consistent";
        for (size_t i = 0; i < COLUMNS; i++) {
            const column each = column_at(i);
            word = verdict != CONSISTENT && each.kind == COUNTER && each.which == verdict ? each.name : word;
        }
        format_each(in, of, &one, word);
    }
    name_answer(in, of, &error, failed);
}

/* ---- members that nobody knows */

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
    char word[64];
    if (name.length + 3 > sizeof word) {
        return false;
    }
    word[0] = word[name.length + 1] = ' ';
    memcpy(word + 1, name.bytes, name.length);
    word[name.length + 2] = '\0';
    return strstr(no_counts, word) != NULL;
}

/* In any case; a k is the rarest of its letters. */
static bool has_token(slice name) {
    const char *const end = name.bytes + name.length;
    for (const char *k = "kK"; *k; k++) {
        const char *at = name.bytes;
        while (at < end && (at = memchr(at, *k, (size_t)(end - at))) != NULL) {
            if (at - name.bytes >= 2 && end - at >= 3 && strncasecmp(at - 2, "token", 5) == 0) {
                return true;
            }
            at++;
        }
    }
    return false;
}

static bool is_number(slice value) {
    return value.length > 0 && (isdigit((unsigned char)*value.bytes) || *value.bytes == '-');
}

/* Whether the library reads it: a usage that has nothing else has a count then. `path` is what is open around it. */
static bool library_reads(const text *path, slice name, size_t depth) {
    text probe = {.bytes = NULL};
    tokusage usage = nothing;
    text_slice(&probe, text_all(path));
    text_string(&probe, "\"");
    text_slice(&probe, name);
    text_string(&probe, "\":1");
    for (size_t i = 0; i <= depth; i++) {
        text_string(&probe, "}");
    }
    tokusage_decode(probe.bytes, probe.used, &usage, NULL);
    text_free(&probe);
    return !tokusage_equal(&usage, &nothing);
}

static bool is_own(const own_name *names, slice name) {
    while (names && names->pointer && !slice_is(name, strrchr(names->pointer, '/') + 1)) {
        names++;
    }
    return names && names->pointer;
}

enum {
    NAMES_MOST = 1000 /* of a file: more would take memory without end */
};

static void name_unknown(reading *in, slice name, const response *of) {
    tally one = {.counters = {[UNKNOWN] = 1}};
    if (in->source->names == NAMES_MOST || !remember(&in->source->said, name)) {
        return;
    }
    in->source->names++;
    make_key(in, of);
    tally_add(&totals_group(&in->totals, in->key.bytes, in->key.used)->tally, &one);
    in->scratch.used = 0;
    text_safe(&in->scratch, name);
    text_string(&in->scratch, ": not known, so it is not counted");
    say_finding(in, in->source->number, of->line, text_c(&in->scratch));
}

static void check_object(reading *in, slice object, const own_name *names, text *path, size_t depth,
                         const response *of) {
    slice inside = json_open(object);
    slice name = {NULL, 0};
    slice value = {NULL, 0};
    const size_t used = path->used;
    text_string(path, "{");
    const size_t opened = path->used;
    while (json_next(&inside, &name, &value)) {
        path->used = opened;
        if (json_is(value, '{') && depth < 4) {
            text_string(path, "\"");
            text_slice(path, name);
            text_string(path, "\":");
            check_object(in, value, names, path, depth + 1, of);
        } else if (is_number(value) && has_token(name) && !needs_no_count(name) && !is_own(names, name) &&
                   !library_reads(path, name, depth)) {
            name_unknown(in, name, of);
        }
    }
    path->used = used;
}

/* Most usages have the same members: what they look like without digits is looked at once in a file. */
void check_members(reading *in, slice usage, const own_name *names, response *of) {
    text path = {.bytes = NULL};
    uint64_t hash = in->seed[0] ^ in->source->number;
    for (size_t at = 0; at < usage.length; at++) {
        const unsigned char byte = (unsigned char)usage.bytes[at];
        const uint64_t next = (hash << 7 | hash >> 57) ^ byte;
        hash = (unsigned char)(byte - '0') > 9 ? next : hash;
    }
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    uint64_t *const checked = &in->checked[(hash >> 32) % CHECKED];
    if (json_is(usage, '{') && *checked != hash) {
        *checked = hash;
        check_object(in, usage, names, &path, 0, of);
        text_free(&path);
    }
}

static bool put_pointer(text *to, slice value, size_t depth) {
    slice inside = json_open(value);
    slice name = {NULL, 0};
    slice member = {NULL, 0};
    const size_t used = to->used;
    const bool object = json_is(value, '{');
    for (int64_t i = 0; depth < 12 && json_next(&inside, object ? &name : NULL, &member); i++) {
        to->used = used;
        text_string(to, "/");
        if (object) {
            text_slice(to, name);
        } else {
            text_number(to, i, false);
        }
        if ((object && is_number(member) && has_token(name) && !needs_no_count(name)) ||
            ((json_is(member, '{') || json_is(member, '[')) && put_pointer(to, member, depth + 1))) {
            return true;
        }
    }
    to->used = used;
    return false;
}

void put_pointer_of_count(text *to, slice whole) {
    if (has_token(whole)) {
        put_pointer(to, whole, 0);
    }
}
