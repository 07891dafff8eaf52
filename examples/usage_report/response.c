/*
 * One response: the library says what its usage is, and here that becomes one of the verdicts, a count and a line.
 */
#include "response.h"
#include "formats.h"

#include <string.h>

/* What is known of a response once it is read. */
typedef struct response {
    uint64_t line; /* where it begins; 0: it is the file as a whole */
    tokusage usage;
    tokusage_error error;
    verdict verdict;
    bool unfinished;
} response;

/* ---- the verdict */

static verdict verdict_on(const tokusage *usage, tokusage_error *error) {
    switch (error->status) {
    case TOKUSAGE_OK:
        if (tokusage_equal(usage, &(tokusage){.total_tokens = {.present = false}})) {
            return VERDICT_WITHOUT_USAGE;
        }
        return tokusage_validate(usage, error) == TOKUSAGE_OK ? VERDICT_CONSISTENT : VERDICT_CONTRADICTING;
    case TOKUSAGE_ERR_NOT_FOUND:
        return VERDICT_WITHOUT_USAGE;
    case TOKUSAGE_ERR_SYNTAX:
    case TOKUSAGE_ERR_DEPTH:
        return VERDICT_MALFORMED;
    default:
        return VERDICT_INVALID;
    }
}

/* ---- its group */

/* The key is what the string at --by stands for; anything else there is no key. */
static bool decode_key(run *of, const char *value, size_t length) {
    if (length == 0 || *value != '"') {
        return false;
    }
    text_clear(&of->key);
    text_bytes(&of->key, "", 1); /* so that an empty key has bytes, too */
    text_clear(&of->key);
    text_decode(&of->key, value, length);
    return true;
}

static bool find_key(run *of, const char *json, size_t length) {
    const char *value = NULL;
    size_t value_length = 0;
    return of->asked->by && tokusage_find(json, length, of->asked->by, &value, &value_length, NULL) == TOKUSAGE_OK &&
           decode_key(of, value, value_length);
}

/* ---- counted */

static void count_usage(int64_t *counters, const tokusage *usage) {
    counters[MISSING_PROMPT] += !usage->prompt_tokens.present;
    counters[MISSING_COMPLETION] += !usage->completion_tokens.present;
    counters[MISSING_TOTAL] += !usage->total_tokens.present;
}

/* A part that is larger than its whole says nothing about the total. */
static bool count_contradiction(int64_t *counters, const tokusage_error *error) {
    counters[CONTRADICTING]++;
    if (error->status != TOKUSAGE_ERR_TOTAL) {
        return true;
    }
    const bool above = error->actual > error->expected;
    const int64_t difference = above ? error->actual - error->expected : error->expected - error->actual;
    int64_t *const sum = &counters[above ? TOKENS_ABOVE : TOKENS_BELOW];
    if (difference > TOKUSAGE_COUNT_MAX - *sum) {
        return false;
    }
    *sum += difference;
    return true;
}

/* False, and nothing is counted, when a sum would leave the range. */
static bool count(tally *in, const response *what) {
    tally sum = *in;
    int64_t *const counters = sum.counters;
    const bool usable = what->verdict == VERDICT_CONSISTENT || what->verdict == VERDICT_CONTRADICTING;
    if (usable && tokusage_add(&sum.usage, &what->usage) != TOKUSAGE_OK) {
        return false;
    }
    if (usable) {
        count_usage(counters, &what->usage);
    } else {
        counters[verdict_counter(what->verdict)]++;
    }
    if (what->verdict == VERDICT_CONTRADICTING && !count_contradiction(counters, &what->error)) {
        return false;
    }
    counters[UNFINISHED] += what->unfinished;
    counters[RESPONSES]++;
    *in = sum;
    return true;
}

/* ---- named */

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

static void name_error(run *to, uint64_t line, const tokusage_error *error) {
    char reason[200];
    tokusage_error_text(error, reason, sizeof reason);
    run_finding(to, line, reason);
}

static void name(run *to, const response *what, uint64_t error_line) {
    if (what->verdict == VERDICT_TOO_LONG) {
        char reason[] = "longer than --max-line, and passed over";
        run_finding(to, what->line, reason);
    } else if (what->verdict != VERDICT_CONSISTENT && what->verdict != VERDICT_WITHOUT_USAGE) {
        name_error(to, error_line, &what->error);
    }
    if (what->unfinished) {
        run_finding(to, what->line, "the stream does not tell its end: it was cut off, or its service tells none");
    }
}

/* ---- all of it */

static void stop_out_of_range(run *to, uint64_t line) {
    run_failure(to, line, "a sum would leave the range (0 to 9007199254740991): nothing is added from here on");
    to->stopped = true;
}

static void take(run *to, const response *what, bool keyed, uint64_t error_line) {
    const text *const key = keyed ? &to->key : NULL;
    group *const in = totals_group(&to->totals, key ? key->bytes : NULL, key ? key->used : 0);
    if (!count(&in->tally, what)) {
        stop_out_of_range(to, what->line);
        return;
    }
    if (to->asked->each) {
        const bool unfinished = what->unfinished && what->verdict == VERDICT_CONSISTENT;
        format_each(to, what->line, key, &what->usage, unfinished ? VERDICT_UNFINISHED : what->verdict);
    }
    name(to, what, error_line);
}

void response_text(run *to, uint64_t line, const char *json, size_t length) {
    response found = {.line = line};
    tokusage_extract(json, length, to->asked->at, &found.usage, &found.error);
    found.verdict = verdict_on(&found.usage, &found.error);
    uint64_t error_line = line;
    if (found.verdict == VERDICT_MALFORMED) {
        /* A text may have several lines: the error is told by its own line and the byte in it. */
        size_t line_begin = 0;
        error_line += line_ends(json, found.error.offset, &line_begin);
        found.error.offset -= line_begin;
    }
    const bool keyed = found.verdict != VERDICT_MALFORMED && find_key(to, json, length);
    take(to, &found, keyed, error_line);
}

void response_too_long(run *to, uint64_t line) {
    const response found = {.line = line, .verdict = VERDICT_TOO_LONG};
    take(to, &found, false, line);
}

void response_stream(run *to, const tokusage_stream *stream, const text *key) {
    response found = {.unfinished = !tokusage_stream_done(stream)};
    tokusage_stream_usage(stream, &found.usage, &found.error);
    found.verdict = verdict_on(&found.usage, &found.error);
    take(to, &found, key && decode_key(to, key->bytes, key->used), 0);
}
