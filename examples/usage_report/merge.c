/*
 * --merge: a report that --format json made is read back, and counts as if what it is about had been read.
 */
#include "usage_report.h"

#include <stdio.h>
#include <string.h>

/* A string goes to `to`; false: it is none. */
static bool read_string(slice value, text *to) {
    to->used = 0;
    if (json_is(value, '"')) {
        text_decode(to, json_inside(value));
    }
    return json_is(value, '"');
}

/* What merged reports are about. The strings are kept one after another, each with a NUL. */
void merge_head(slice whole, options *read, text *strings) {
    text one = {.bytes = NULL};
    size_t offsets[BY_MOST] = {0};
    slice inside = json_open(json_at(whole, "/by"));
    slice value = {NULL, 0};
    read->priced = read->priced || slice_is(json_at(whole, "/priced"), "true");
    read->stated = slice_is(json_at(whole, "/stated"), "true");
    read->by_count = 0;
    const bool pointed = read_string(json_at(whole, "/at"), &one);
    text_bytes(strings, one.bytes, one.used);
    text_bytes(strings, "", 1);
    while (read->by_count < BY_MOST && json_next(&inside, NULL, &value) && read_string(value, &one)) {
        offsets[read->by_count++] = strings->used;
        text_bytes(strings, one.bytes, one.used);
        text_bytes(strings, "", 1);
    }
    read->at = pointed ? strings->bytes : NULL;
    for (size_t i = 0; i < read->by_count; i++) {
        read->by[i].given = strings->bytes + offsets[i];
    }
    text_free(&one);
}

/* False: it is about something else than the reports before it. */
static bool take_head(reading *to, slice whole, options *read, text *strings) {
    text written = {.bytes = NULL};
    merge_head(whole, read, strings);
    format_head(read, &written);
    text_string(&written, "}");
    if (to->head.used == 0) {
        text_slice(&to->head, text_all(&written));
    }
    const bool same = slice_is(text_all(&to->head), text_c(&written));
    text_free(&written);
    return same;
}

static bool read_key(reading *to, slice keys) {
    slice inside = json_open(keys);
    slice value = {NULL, 0};
    to->key.used = 0;
    while (json_next(&inside, NULL, &value)) {
        const bool present = read_string(value, &to->scratch);
        key_add(&to->key, present, text_all(&to->scratch));
    }
    return json_is(keys, '[');
}

static bool read_group(reading *to, slice element, const options *head, tally *read) {
    bool exact = false;
    bool good = read_key(to, json_at(element, "/group"));
    for (size_t i = 0; i < COLUMNS && good; i++) {
        char pointer[64];
        const column of = column_at(i);
        snprintf(pointer, sizeof pointer, "/%s", of.name);
        const slice value = json_at(element, pointer);
        if (!column_is_there(of, head)) {
            continue;
        }
        if (of.kind == COUNTER) {
            good = decimal_read(value, 0, &read->counters[of.which], &exact) && exact;
        } else if (of.kind == COST || of.kind == STATED) {
            good = amount_read(value, of.kind == COST ? &read->cost : &read->stated);
        }
    }
    return good && tokusage_extract(element.bytes, element.length, "/usage", &read->usage, NULL) == TOKUSAGE_OK;
}

/* What a group has used, at the prices given now: without those above a number of tokens of a call. */
static void price_group(reading *to, const options *head, tally *of) {
    const char *key = to->key.bytes;
    const char *reason = NULL;
    tally priced = *of;
    for (size_t i = 0; i < head->by_count && key; i++) {
        const bool present = key_next(&key, &to->scratch);
        if (strcmp(head->by[i].given, "/model") == 0) {
            const sale what = {present ? text_all(&to->scratch) : (slice){"", 0}, {"", 0}, NULL, &of->usage};
            const bool good = price_of(&to->asked->prices, &what, &priced.cost, &reason);
            priced.counters[UNPRICED] = good ? 0 : of->counters[RESPONSES];
            *of = priced;
            return;
        }
    }
    of->counters[UNPRICED] = of->counters[RESPONSES];
}

static bool is_report(slice whole) {
    const slice complete = json_at(whole, "/complete");
    return slice_is(json_at(whole, "/usage_report"), "4") &&
           (slice_is(complete, "true") || slice_is(complete, "false"));
}

void merge_document(reading *to, uint64_t line, slice whole) {
    options head = {.at = NULL};
    text strings = {.bytes = NULL};
    slice inside = json_open(json_at(whole, "/groups"));
    slice value = {NULL, 0};
    if (!is_report(whole)) {
        say_failure(to, line, "no report of usage-report --format json, of this version");
    } else if (!take_head(to, whole, &head, &strings)) {
        say_failure(to, line,
                    "a report made with another --at, --by or --prices than those before it; it is not added");
    } else {
        if (slice_is(json_at(whole, "/complete"), "false")) {
            say_failure(to, line, "this report says that it is not complete; it is added as it is");
        }
        while (json_next(&inside, NULL, &value)) {
            tally read = {.counters = {0}};
            if (!read_group(to, value, &head, &read)) {
                say_failure(to, line,
                            "a group of this report is broken, or made by --top; the rest of it is not added");
                break;
            }
            if (to->asked->priced) {
                price_group(to, &head, &read);
            }
            if (!tally_add(&totals_group(&to->totals, text_all(&to->key))->tally, &read)) {
                say_failure(to, line,
                            "a sum would leave the range (0 to 9007199254740991): a group of it is not added");
            }
        }
    }
    text_free(&strings);
}
