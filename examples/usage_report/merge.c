/*
 * --merge: a report that --format json made is read back, and counts as if what it is about had been read.
 */
#include "usage_report.h"

#include <stdio.h>
#include <string.h>

/* What merged reports are about. The strings are kept one after another, each with a NUL. */
void merge_head(slice whole, options *read, text *strings) {
    const slice at = json_at(whole, "/at");
    slice value = {NULL, 0};
    size_t offsets[BY_MOST] = {0};
    read->priced = read->priced || slice_is(json_at(whole, "/priced"), "true");
    read->stated = slice_is(json_at(whole, "/stated"), "true");
    read->by_count = 0;
    text_decode(strings, json_inside(at));
    text_bytes(strings, "", 1);
    for (slice inside = json_open(json_at(whole, "/by"));
         read->by_count < BY_MOST && json_next(&inside, NULL, &value);) {
        offsets[read->by_count++] = strings->used;
        text_decode(strings, json_inside(value));
        text_bytes(strings, "", 1);
    }
    read->at = json_is(at, '"') ? strings->bytes : NULL;
    for (size_t i = 0; i < read->by_count; i++) {
        read->by[i].given = strings->bytes + offsets[i];
    }
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
    slice value = {NULL, 0};
    to->key.used = 0;
    for (slice inside = json_open(keys); json_next(&inside, NULL, &value);) {
        to->scratch.used = 0;
        text_decode(&to->scratch, json_inside(value));
        key_add(&to->key, json_is(value, '"'), text_all(&to->scratch));
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

static void take_groups(reading *to, uint64_t line, slice groups, const options *head) {
    slice value = {NULL, 0};
    for (slice inside = json_open(groups); json_next(&inside, NULL, &value);) {
        tally read = {.counters = {0}};
        if (!read_group(to, value, head, &read)) {
            say_failure(to, line, "a group of this report is broken, or made by --top; the rest of it is not added");
            return;
        }
        if (to->asked->priced) {
            price_group(to, head, &read);
        }
        if (!tally_add(&totals_group(&to->totals, text_all(&to->key))->tally, &read)) {
            say_failure(to, line, "a sum would leave the range (0 to 9007199254740991): a group of it is not added");
        }
    }
}

void merge_document(reading *to, uint64_t line, slice whole) {
    const slice complete = json_at(whole, "/complete");
    options head = {.at = NULL};
    text strings = {.bytes = NULL};
    if (!slice_is(json_at(whole, "/usage_report"), "4") ||
        !(slice_is(complete, "true") || slice_is(complete, "false"))) {
        say_failure(to, line, "no report of usage-report --format json, of this version");
    } else if (!take_head(to, whole, &head, &strings)) {
        say_failure(to, line,
                    "a report made with another --at, --by or --prices than those before it; it is not added");
    } else {
        if (slice_is(complete, "false")) {
            say_failure(to, line, "this report says that it is not complete; it is added as it is");
        }
        take_groups(to, line, json_at(whole, "/groups"), &head);
    }
    text_free(&strings);
}
