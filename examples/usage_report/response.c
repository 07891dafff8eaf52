/*
 * One response: the library says what its usage is, and here that becomes a verdict, counts and a line.
 */
#include "response.h"
#include "crew.h"
#include "formats.h"

#include <string.h>

/* ---- the verdict, which is the counter that the response goes to; RESPONSES: it is consistent */

static bool is_usable(counter verdict) {
    return verdict == RESPONSES || verdict == EXPLAINED || verdict == CONTRADICTING;
}

static bool differs(tokusage_count before, tokusage_count now) {
    return before.present && before.value != now.value;
}

static counter reconcile(tokusage *usage, tokusage_error *error) {
    static const tokusage nothing = {.total_tokens = {.present = false}};
    const tokusage before = *usage;
    if (tokusage_equal(usage, &nothing)) {
        return WITHOUT_USAGE;
    }
    switch (tokusage_reconcile(usage, error)) {
    case TOKUSAGE_OK:
        return differs(before.prompt_tokens, usage->prompt_tokens) ||
                       differs(before.completion_tokens, usage->completion_tokens)
                   ? EXPLAINED
                   : RESPONSES;
    case TOKUSAGE_ERR_RANGE:
        return INVALID;
    default:
        return CONTRADICTING;
    }
}

static counter verdict_on(tokusage *usage, tokusage_error *error) {
    switch (error->status) {
    case TOKUSAGE_OK:
        return reconcile(usage, error);
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

static void add_difference(int64_t *sum, int64_t difference) {
    *sum = difference > TOKUSAGE_COUNT_MAX - *sum ? TOKUSAGE_COUNT_MAX : *sum + difference;
}

static void count_usage(int64_t *counters, const each *what) {
    counters[MISSING_PROMPT] += !what->usage.prompt_tokens.present;
    counters[MISSING_COMPLETION] += !what->usage.completion_tokens.present;
    counters[MISSING_TOTAL] += !what->usage.total_tokens.present;
    if (what->verdict == CONTRADICTING && what->error.status == TOKUSAGE_ERR_TOTAL) {
        const bool above = what->error.actual > what->error.expected;
        const int64_t difference = what->error.actual - what->error.expected;
        add_difference(&counters[above ? TOKENS_ABOVE : TOKENS_BELOW], above ? difference : -difference);
    }
}

/* What it costs goes to the response and to its group; a model without a price is noted. */
static void count_cost(run *to, each *what, tally *in) {
    const text *const model = &what->about->model;
    const price *const found = model->used > 0 ? prices_find(&to->asked->prices, model->bytes, model->used) : NULL;
    if (!found) {
        text_clear(&to->scratch);
        key_add(&to->scratch, model->used > 0, model->bytes, model->used);
        totals_group(&to->unpriced, to->scratch.bytes, to->scratch.used)->tally.counters[RESPONSES]++;
    }
    in->counters[UNPRICED] += !found || !what->usage.prompt_tokens.present || !what->usage.completion_tokens.present;
    what->priced = found != NULL;
    if (found) {
        what->cost = price_of(found, &what->usage);
        amount_add(&in->cost, &what->cost);
    }
}

static void count(run *to, each *what, tally *in) {
    if (is_usable(what->verdict) && tokusage_add(&in->usage, &what->usage) != TOKUSAGE_OK) {
        what->verdict = INVALID;
        what->error = (tokusage_error){.status = TOKUSAGE_OK};
    }
    in->counters[RESPONSES]++;
    in->counters[what->verdict] += what->verdict != RESPONSES;
    in->counters[UNFINISHED] += what->unfinished;
    if (!is_usable(what->verdict)) {
        return;
    }
    count_usage(in->counters, what);
    if (to->asked->priced) {
        count_cost(to, what, in);
    }
}

/* ---- named */

static const char *words_of(const each *what) {
    switch (what->verdict) {
    case TOO_LONG:
        return "longer than --max-line, and passed over";
    case UNTIMED:
        return "it tells no time, so --since and --until leave it out; --time says where its timestamp is";
    case INVALID:
        return what->error.status == TOKUSAGE_OK
                   ? "a sum would leave the range (0 to 9007199254740991): this response is not added"
                   : NULL;
    default:
        return NULL;
    }
}

static void name(run *to, const each *what, uint64_t error_line) {
    char reason[TOKUSAGE_ERROR_SIZE];
    const char *const words = words_of(what);
    if (what->verdict == MISPLACED) {
        run_finding_once(to, what->line, "it has counts, but none where services have a usage; --at says where it is");
    } else if (words) {
        run_finding(to, what->line, words);
    } else if (what->verdict == INVALID || what->verdict == MALFORMED || what->verdict == CONTRADICTING) {
        tokusage_error_text(&what->error, reason, sizeof reason);
        run_finding(to, error_line, reason);
    }
    if (what->unfinished) {
        run_finding(
            to, what->line,
            what->about->id != 0
                ? "the stream does not tell its end: it was cut off, or its service tells none"
                : "the stream tells neither its end nor an id: what follows may have been taken for a part of it");
    }
}

/* ---- all of it */

/* Whether --since and --until leave it out, which is no finding when it tells its time. */
static bool is_left_out(const run *to, each *what) {
    const options *const asked = to->asked;
    const bool all = asked->since == INT64_MIN && asked->until == INT64_MAX;
    if (all || what->verdict == MALFORMED || what->verdict == TOO_LONG) {
        return false;
    }
    if (!what->about->timed) {
        what->verdict = is_usable(what->verdict) ? UNTIMED : what->verdict;
        return false;
    }
    return what->about->time < asked->since || what->about->time >= asked->until;
}

static void take(run *to, each *what, uint64_t error_line) {
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
        const noted now = {.id = what->about->id, .line = what->line, .at = to->findings.used, .in = in};
        text_bytes(&to->noted, (const char *)&now, to->asked->unique ? 0 : sizeof now);
    }
    count(to, what, &in->tally);
    if (to->asked->each) {
        format_each(to, what);
    }
    name(to, what, error_line);
}

/* ---- texts */

/* Whether names of counts stand anywhere in it. */
static bool mentions_counts(slice whole) {
    static const char *const names[] = {"prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens",
                                        "eval_count"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t length = strlen(names[i]);
        const char *at = whole.bytes;
        const char *const end = whole.bytes + whole.length;
        while ((at = memchr(at, *names[i], (size_t)(end - at))) != NULL) {
            if ((size_t)(end - at) > length && memcmp(at, names[i], length) == 0) {
                return true;
            }
            at++;
        }
    }
    return false;
}

/* What Docker has put into a string is read in its place. */
static bool take_log(run *to, uint64_t line, slice whole) {
    const slice log = json_find(whole, "/log");
    text_clear(&to->scratch);
    if (!log.bytes || *log.bytes != '"' || !memchr(log.bytes, '{', log.length)) {
        return false;
    }
    text inner = {.bytes = NULL};
    text_decode(&inner, log.bytes + 1, log.length - 2);
    while (inner.used > 0 && json_is_space(inner.bytes[inner.used - 1])) {
        inner.used--;
    }
    const char *const brace = memchr(inner.bytes, '{', inner.used);
    const size_t length = inner.used - (size_t)(brace - inner.bytes);
    const bool is_text = json_span(brace, length) == length;
    if (is_text) {
        response_text(to, line, (slice){brace, length});
    }
    text_free(&inner);
    return is_text;
}

static void take_text(run *to, uint64_t line, slice whole);

/* Each of the objects in an array is a response; an array of something else is one. */
static bool take_array(run *to, uint64_t line, slice whole) {
    slice inside = json_inside(whole);
    slice value = {NULL, 0};
    const bool objects = *whole.bytes == '[' && json_next(&inside, NULL, &value) && *value.bytes == '{';
    if (objects) {
        do {
            take_text(to, line, value);
        } while (json_next(&inside, NULL, &value));
    }
    return objects;
}

static size_t line_ends(const char *bytes, size_t length, size_t *last) {
    size_t ends = 0;
    *last = 0;
    for (size_t at = 0; at < length; at++) {
        if (bytes[at] == '\n') {
            ends++;
            *last = at + 1;
        }
    }
    return ends;
}

/* A text may have several lines: the error is told by its own line and the byte in it. */
static void take_malformed(run *to, each *what, slice whole) {
    size_t line_begin = 0;
    const uint64_t line = what->line + line_ends(whole.bytes, what->error.offset, &line_begin);
    what->error.offset -= line_begin;
    about_clear(&to->about);
    take(to, what, line);
}

static void take_read(run *to, each *what, slice whole) {
    const facts known = facts_of(whole);
    if (sequences_take(to, what->line, &known, whole)) {
        return;
    }
    what->verdict = verdict_on(&what->usage, &what->error);
    if (what->verdict == WITHOUT_USAGE) {
        if (take_log(to, what->line, whole)) {
            return;
        }
        what->verdict = json_find(whole, "/error").bytes ? ERRORS : mentions_counts(whole) ? MISPLACED : WITHOUT_USAGE;
    }
    about_clear(&to->about);
    about_add(&to->about, to->asked, &known, whole);
    take(to, what, what->line);
}

static slice without_end(slice whole) {
    while (whole.length > 0 && json_is_space(whole.bytes[whole.length - 1])) {
        whole.length--;
    }
    return whole;
}

static bool extract(const run *to, slice whole, each *what) {
    tokusage_extract(whole.bytes, whole.length, to->asked->at, &what->usage, &what->error);
    what->verdict = MALFORMED;
    return what->error.status != TOKUSAGE_ERR_SYNTAX && what->error.status != TOKUSAGE_ERR_DEPTH;
}

static void take_text(run *to, uint64_t line, slice whole) {
    each what = {.line = line, .about = &to->about};
    whole = without_end(whole);
    if (!extract(to, whole, &what)) {
        take_malformed(to, &what, whole);
    } else if (!take_array(to, line, whole)) {
        take_read(to, &what, whole);
    }
}

void response_text(run *to, uint64_t line, slice bytes) {
    take_text(to, line, bytes);
}

/* The text behind a prefix, such as a date; length 0: there is none. */
static slice behind_prefix(slice line) {
    const char *const brace = line.length > 1 ? memchr(line.bytes + 1, '{', line.length - 1) : NULL;
    const size_t length = brace ? line.length - (size_t)(brace - line.bytes) : 0;
    const size_t span = json_span(brace, length);
    return span > 0 && span <= length ? (slice){brace, length} : (slice){NULL, 0};
}

size_t response_line(run *to, uint64_t line, slice bytes) {
    each what = {.line = line, .about = &to->about};
    bytes = without_end(bytes);
    if (extract(to, bytes, &what)) {
        if (!take_array(to, line, bytes)) {
            take_read(to, &what, bytes);
        }
        return bytes.length;
    }
    const slice rest = *bytes.bytes != '{' ? behind_prefix(bytes) : (slice){NULL, 0};
    if (rest.bytes && extract(to, rest, &what)) {
        take_read(to, &what, rest);
        return bytes.length;
    }
    extract(to, bytes, &what);
    const size_t span = *bytes.bytes == '{' || *bytes.bytes == '[' ? json_span(bytes.bytes, bytes.length) : 0;
    if (span > 0 && span < bytes.length && extract(to, (slice){bytes.bytes, span}, &what)) {
        take_text(to, line, (slice){bytes.bytes, span});
        return span;
    }
    extract(to, bytes, &what);
    take_malformed(to, &what, bytes);
    return bytes.length;
}

void response_too_long(run *to, uint64_t line) {
    each what = {.line = line, .verdict = TOO_LONG, .about = &to->about};
    about_clear(&to->about);
    take(to, &what, line);
}

void response_unreadable(run *to, const char *reason) {
    about_clear(&to->about);
    about_key(&to->about, to->asked, &to->key);
    tally *const in = &totals_group(&to->totals, to->key.bytes, to->key.used)->tally;
    in->counters[RESPONSES]++;
    in->counters[MALFORMED]++;
    run_finding(to, 0, reason);
}

/* ---- streamed ones */

void response_sequence(run *to, sequence *over) {
    each what = {.line = over->line, .about = &over->about};
    char model[TOKUSAGE_MODEL_SIZE];
    tokusage_stream_usage(&over->stream, &what.usage, &what.error);
    what.verdict = verdict_on(&what.usage, &what.error);
    if (what.verdict == WITHOUT_USAGE && over->error) {
        what.verdict = ERRORS;
    }
    /* Lines have no [DONE]: there, a chunk with the usage is the end. */
    const bool told = over->ended || tokusage_stream_done(&over->stream);
    what.unfinished = !told && what.verdict != ERRORS && (over->events || what.verdict == WITHOUT_USAGE);
    const size_t length = tokusage_stream_model(&over->stream, model, sizeof model);
    if (length > 0) {
        text_clear(&over->about.model);
        text_decode(&over->about.model, model, length);
    }
    take(to, &what, over->line);
}
