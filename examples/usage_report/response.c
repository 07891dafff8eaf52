/*
 * One response: the library says what its usage is, and here that becomes a verdict, counts and a line.
 */
#include "usage_report.h"

#include <string.h>

typedef struct response {
    uint64_t line;
    tokusage_error error;
    counter verdict;
    bool unfinished, failed;
    const char *reason; /* of a finding, where the error does not say it */
    about *about;
    tally tally; /* of this one alone */
} response;

static bool is_usable(counter verdict) {
    return verdict == CONSISTENT || verdict == EXPLAINED || verdict == ASSUMED || verdict == CONTRADICTING;
}

/* What has been read of a usage, in the words of a report; its counts are settled where that works. */
static counter verdict_on(tokusage *usage, tokusage_error *error) {
    static const counter settled[] = {[TOKUSAGE_CONSISTENT] = CONSISTENT,
                                      [TOKUSAGE_RECONCILED] = EXPLAINED,
                                      [TOKUSAGE_ASSUMED] = ASSUMED,
                                      [TOKUSAGE_CONTRADICTORY] = CONTRADICTING,
                                      [TOKUSAGE_INVALID] = INVALID};
    static const tokusage nothing = {.total_tokens = {.present = false}};
    switch (error->status) {
    case TOKUSAGE_OK:
        return tokusage_equal(usage, &nothing) ? WITHOUT_USAGE : settled[tokusage_settle(usage, error)];
    case TOKUSAGE_ERR_NOT_FOUND:
        return WITHOUT_USAGE;
    case TOKUSAGE_ERR_SYNTAX:
    case TOKUSAGE_ERR_DEPTH:
        return MALFORMED;
    default:
        return INVALID;
    }
}

/* ---- counted */

static void count_usage(response *what) {
    int64_t *const counters = what->tally.counters;
    const tokusage *const usage = &what->tally.usage;
    counters[MISSING_PROMPT] = !usage->prompt_tokens.present;
    counters[MISSING_COMPLETION] = !usage->completion_tokens.present;
    counters[MISSING_TOTAL] = !usage->total_tokens.present;
    if (what->error.status == TOKUSAGE_ERR_TOTAL) {
        const int64_t above = what->error.actual - what->error.expected;
        counters[above > 0 ? TOKENS_ABOVE : TOKENS_BELOW] = above > 0 ? above : -above;
    }
}

/* Each reason is said once. */
static void say_unpriced(run *to, const text *model, const tokusage_error *error) {
    text *const line = &to->scratch;
    const bool no_price = error->status == TOKUSAGE_ERR_NOT_FOUND;
    line->used = 0;
    text_string(line, no_price ? "no price for " : "no cost for ");
    text_safe(line, model->used > 0 ? model->bytes : "responses without a model", model->used > 0 ? model->used : 25);
    text_string(line, error->member ? ": " : "");
    text_string(line, error->member ? error->member : "");
    text_string(line, no_price ? "" : ": ");
    text_string(line, no_price ? "" : tokusage_status_text(error->status));
    text_bytes(line, "", 1);
    run_say(to, NOTE, 0, line->bytes);
}

static void count_cost(run *to, response *what) {
    const text *const model = &what->about->model;
    const tokusage *const usage = &what->tally.usage;
    tokusage_error error;
    const bool known = price_of(prices_find(&to->asked->prices, model), usage, &what->tally.cost, &error);
    what->tally.counters[UNPRICED] = !known || !usage->prompt_tokens.present || !usage->completion_tokens.present;
    if (!known) {
        say_unpriced(to, model, &error);
    }
}

static void count(run *to, response *what, tally *in) {
    static const tokusage nothing = {.total_tokens = {.present = false}};
    what->tally.counters[RESPONSES] = 1;
    what->tally.counters[what->verdict] = 1;
    what->tally.counters[UNFINISHED] = what->unfinished;
    if (is_usable(what->verdict)) {
        count_usage(what);
        if (to->asked->priced) {
            count_cost(to, what);
        }
        if (tally_add(in, &what->tally)) {
            return;
        }
        what->verdict = INVALID;
        what->reason = "a sum would leave the range (0 to 9007199254740991): this response is not added";
        what->tally = (tally){.counters = {[RESPONSES] = 1, [INVALID] = 1}, .usage = what->tally.usage};
    }
    const tokusage usage = what->tally.usage;
    what->tally.usage = nothing;
    tally_add(in, &what->tally);
    what->tally.usage = usage; /* as far as it was read: for --each */
}

/* ---- named */

static void name(run *to, const response *what, uint64_t error_line) {
    char reason[TOKUSAGE_ERROR_SIZE];
    const bool wrong = what->verdict == INVALID || what->verdict == MALFORMED || what->verdict == CONTRADICTING;
    if (what->reason) {
        run_say(to, what->verdict == MISPLACED ? ONCE : FINDING, what->line, what->reason);
    } else if (wrong) {
        tokusage_error_text(&what->error, reason, sizeof reason);
        run_say(to, FINDING, error_line, reason);
    }
    if (what->failed) {
        run_say(to, FINDING, what->line, "the service reported an error in the stream: these are the counts before it");
    } else if (what->unfinished) {
        run_say(to, FINDING, what->line,
                what->about->id != 0
                    ? "the stream has no end mark: it is truncated, or its service sends none"
                    : "the stream has neither an end mark nor an id: what follows may have been read as a part of it");
    }
}

/* Whether --since and --until leave it out silently; one without a time they do not. */
static bool is_left_out(const run *to, response *what) {
    const options *const asked = to->asked;
    if (asked->ranged && !what->about->timed && is_usable(what->verdict)) {
        what->verdict = UNTIMED;
        what->reason = "it has no time, so it is left out; --time says where its timestamp is";
    }
    return asked->ranged && what->about->timed &&
           (what->about->time < asked->since || what->about->time >= asked->until);
}

static void take(run *to, response *what, uint64_t error_line) {
    const char *verdict = NULL;
    if (is_left_out(to, what)) {
        return;
    }
    about_key(what->about, to->asked, &to->key);
    group *const in = totals_group(&to->totals, to->key.bytes, to->key.used);
    if (what->about->id != 0 && is_usable(what->verdict)) {
        if (to->asked->unique && crew_knows(to, what->about->id)) {
            in->tally.counters[REPEATED]++;
            return;
        }
        run_note(to, what->about->id, what->line, in);
    }
    count(to, what, &in->tally);
    if (to->asked->each) {
        for (size_t i = 0; i < COLUMNS; i++) {
            const column of = column_at(i);
            verdict = of.kind == COUNTER && of.which == what->verdict ? of.name : verdict;
        }
        verdict = what->verdict != CONSISTENT ? verdict : what->unfinished ? "unfinished" : "consistent";
        format_each(to, what->line, &what->tally, verdict);
    }
    name(to, what, error_line);
}

/* What is too long, or cannot be read as it is. */
void response_unread(run *to, uint64_t line, counter verdict, const char *reason) {
    response what = {.line = line, .verdict = verdict, .reason = reason, .about = &to->about};
    about_clear(&to->about);
    take(to, &what, line);
}

/* ---- documents */

/* Whether names of counts are anywhere in it. */
static bool mentions_counts(slice whole) {
    static const char *const names[] = {"prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens",
                                        "eval_count"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t length = strlen(names[i]);
        for (size_t at = 0; at + length <= whole.length; at++) {
            if (whole.bytes[at] == *names[i] && memcmp(whole.bytes + at, names[i], length) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* As the library's verdict has it: an error that is neither null, false nor "". */
static bool reports_error(slice whole) {
    const slice errors[] = {json_find(whole, "/error"), json_find(whole, "/response/error")};
    bool found = false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        found = found || (errors[i].bytes && !slice_is(errors[i], "false") && !slice_is(errors[i], "\"\""));
    }
    return found;
}

/* What Docker has put into a string at /log is read instead. */
static bool take_log(run *to, uint64_t line, slice whole) {
    const slice log = json_find(whole, "/log");
    text inner = {.bytes = NULL};
    if (log.bytes && *log.bytes == '"') {
        text_decode(&inner, log.bytes + 1, log.length - 2);
    }
    const char *const brace = inner.used > 0 ? memchr(inner.bytes, '{', inner.used) : NULL;
    const slice rest = {brace, brace ? inner.used - (size_t)(brace - inner.bytes) : 0};
    const size_t span = json_span(rest);
    const bool is_document = span > 0 && span != JSON_BROKEN;
    if (is_document) {
        response_document(to, line, (slice){brace, span});
    }
    text_free(&inner);
    return is_document;
}

static bool extract(const run *to, slice whole, response *what) {
    tokusage_extract(whole.bytes, whole.length, to->asked->at, &what->tally.usage, &what->error);
    return what->error.status != TOKUSAGE_ERR_SYNTAX && what->error.status != TOKUSAGE_ERR_DEPTH;
}

/* A document that is JSON. Each of the objects in an array is a response; an array of something else is one. */
static void take_json(run *to, response *what, slice whole) {
    slice inside = json_inside(whole);
    slice value = {NULL, 0};
    if (*whole.bytes == '[' && json_next(&inside, NULL, &value) && *value.bytes == '{') {
        do {
            response_document(to, what->line, value);
        } while (json_next(&inside, NULL, &value));
        return;
    }
    const facts known = facts_of(whole);
    if (sequences_take(to, what->line, &known, whole)) {
        return;
    }
    what->verdict = verdict_on(&what->tally.usage, &what->error);
    if (what->verdict == WITHOUT_USAGE) {
        if (take_log(to, what->line, whole)) {
            return;
        }
        what->verdict = reports_error(whole) ? ERRORS : mentions_counts(whole) ? MISPLACED : WITHOUT_USAGE;
        what->reason =
            what->verdict == MISPLACED ? "it has counts, but at no known path; --at says where its usage is" : NULL;
    }
    about_clear(&to->about);
    about_add(&to->about, to->asked, &known, whole);
    take(to, what, what->line);
}

/* A document may have several lines: the error is at its own line and the byte in it. */
static void take_malformed(run *to, response *what, slice whole) {
    uint64_t line = what->line;
    size_t line_begin = 0;
    for (size_t at = 0; at < what->error.offset; at++) {
        line += whole.bytes[at] == '\n';
        line_begin = whole.bytes[at] == '\n' ? at + 1 : line_begin;
    }
    what->error.offset -= line_begin;
    what->verdict = MALFORMED;
    about_clear(&to->about);
    take(to, what, line);
}

static slice without_end(slice whole) {
    while (whole.length > 0 && json_is_space(whole.bytes[whole.length - 1])) {
        whole.length--;
    }
    return whole;
}

void response_document(run *to, uint64_t line, slice whole) {
    response what = {.line = line, .about = &to->about};
    whole = without_end(whole);
    if (extract(to, whole, &what)) {
        take_json(to, &what, whole);
    } else {
        take_malformed(to, &what, whole);
    }
}

/* A document may follow a prefix, and more may follow it in its line. Returns how many bytes were taken. */
size_t response_line(run *to, uint64_t line, slice bytes) {
    response what = {.line = line, .about = &to->about};
    bytes = without_end(bytes);
    if (extract(to, bytes, &what)) {
        take_json(to, &what, bytes);
        return bytes.length;
    }
    response part = what;
    const char *const brace = *bytes.bytes != '{' ? memchr(bytes.bytes, '{', bytes.length) : NULL;
    const slice rest = {brace, brace ? bytes.length - (size_t)(brace - bytes.bytes) : 0};
    if (brace && extract(to, rest, &part)) {
        take_json(to, &part, rest);
        return bytes.length;
    }
    const size_t span = *bytes.bytes == '{' || *bytes.bytes == '[' ? json_span(bytes) : 0;
    if (span > 0 && span < bytes.length && extract(to, (slice){bytes.bytes, span}, &part)) {
        take_json(to, &part, (slice){bytes.bytes, span});
        return span;
    }
    take_malformed(to, &what, bytes);
    return bytes.length;
}

/* A streamed one, of which all chunks are there. A message_stop or the like, too, says that it is complete. */
void response_sequence(run *to, sequence *over) {
    response what = {.line = over->line, .about = &over->about};
    char model[TOKUSAGE_LABEL_SIZE];
    tokusage_stream_usage(&over->stream, &what.tally.usage, &what.error);
    what.verdict = verdict_on(&what.tally.usage, &what.error);
    const bool none = what.verdict == WITHOUT_USAGE;
    switch (tokusage_stream_verdict(&over->stream, over->ended, NULL, NULL)) {
    case TOKUSAGE_UNREADABLE:
        what.verdict = MALFORMED;
        what.reason = "a usage in the stream is malformed";
        break;
    case TOKUSAGE_FAILED:
        what.verdict = none ? ERRORS : what.verdict;
        what.failed = what.unfinished = !none;
        break;
    case TOKUSAGE_TRUNCATED:
        what.unfinished = true;
        break;
    default:
        what.unfinished = none && !over->events && !over->ended; /* lines need no end mark, but a usage */
        break;
    }
    const size_t length = tokusage_stream_label(&over->stream, TOKUSAGE_LABEL_MODEL, model, sizeof model);
    if (length > 0) {
        over->about.model.used = 0;
        text_decode(&over->about.model, model, length);
    }
    take(to, &what, over->line);
}
