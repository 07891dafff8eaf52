/*
 * --merge: the members of a report are found by their names; counts are read by the library's rules for counts.
 */
#include "merge.h"

#include <stdio.h>
#include <string.h>

/* A string goes to `to`; false: it is none. */
static bool read_string(slice value, text *to) {
    text_clear(to);
    if (!value.bytes || *value.bytes != '"') {
        return false;
    }
    text_decode(to, value.bytes + 1, value.length - 2);
    return true;
}

/* ---- what the report is about */

/* Strings are kept one after another, each with a NUL; `offsets` say where, as the text may move. */
void merge_head(slice whole, head *read, text *strings) {
    text one = {.bytes = NULL};
    size_t offsets[BY_MOST] = {0};
    slice inside = json_inside(json_find(whole, "/by"));
    slice value = {NULL, 0};
    *read = (head){.priced = slice_is(json_find(whole, "/priced"), "true")};
    const bool placed = read_string(json_find(whole, "/at"), &one);
    text_bytes(strings, one.bytes, one.used);
    text_byte(strings, '\0');
    while (read->by_count < BY_MOST && json_next(&inside, NULL, &value) && read_string(value, &one)) {
        offsets[read->by_count++] = strings->used;
        text_bytes(strings, one.bytes, one.used);
        text_byte(strings, '\0');
    }
    read->at = placed ? strings->bytes : NULL;
    for (size_t i = 0; i < read->by_count; i++) {
        read->by[i] = strings->bytes + offsets[i];
    }
    text_free(&one);
}

/* False: it is about something else than the reports before it. */
static bool take_head(run *to, slice whole) {
    head told;
    text strings = {.bytes = NULL};
    text written = {.bytes = NULL};
    merge_head(whole, &told, &strings);
    format_head(&told, &written);
    text_byte(&written, '}');
    if (to->head.used == 0) {
        text_bytes(&to->head, written.bytes, written.used);
    }
    const bool same = text_equal(&to->head, written.bytes, written.used);
    text_free(&strings);
    text_free(&written);
    return same;
}

/* ---- its groups */

static bool read_counters(slice element, bool priced, tally *read) {
    for (size_t i = 0; i < COLUMNS; i++) {
        char pointer[64];
        const column *const of = &columns[i];
        snprintf(pointer, sizeof pointer, "/%s", of->name);
        if (of->kind == COLUMN_COUNTER && column_is_there(of, priced) &&
            !json_number(json_find(element, pointer), &read->counters[of->which])) {
            return false;
        }
    }
    return true;
}

static bool read_key(run *to, slice keys) {
    slice inside = json_inside(keys);
    slice value = {NULL, 0};
    text_clear(&to->key);
    if (!keys.bytes || *keys.bytes != '[') {
        return false;
    }
    while (json_next(&inside, NULL, &value)) {
        const bool present = read_string(value, &to->scratch);
        key_add(&to->key, present, to->scratch.bytes, to->scratch.used);
    }
    return true;
}

/* NULL: it is added; else why it is not. */
static const char *take_group(run *to, slice element, bool priced) {
    tally read = {.counters = {0}};
    const bool good = read_key(to, json_find(element, "/group")) && read_counters(element, priced, &read) &&
                      tokusage_extract(element.bytes, element.length, "/usage", &read.usage, NULL) == TOKUSAGE_OK;
    const bool cost = good && priced && read_string(json_find(element, "/cost"), &to->scratch);
    if (!good || (priced && !(cost && amount_read(&read.cost, to->scratch.bytes, to->scratch.used, COST_DECIMALS)))) {
        return "a group of this report is broken, or made by --top; the rest of it is not added";
    }
    group *const in = totals_group(&to->totals, to->key.bytes, to->key.used);
    return tally_add(&in->tally, &read)
               ? NULL
               : "a sum would leave the range (0 to 9007199254740991): a group of it is not added";
}

static bool is_report(slice whole) {
    slice value = {NULL, 0};
    size_t length = 0;
    const slice complete = json_find(whole, "/complete");
    return tokusage_find(whole.bytes, whole.length, "/usage_report", &value.bytes, &length, NULL) == TOKUSAGE_OK &&
           slice_is((slice){value.bytes, length}, "2") && json_find(whole, "/groups").bytes &&
           (slice_is(complete, "true") || slice_is(complete, "false"));
}

void merge_text(run *to, uint64_t line, slice whole) {
    slice value = {NULL, 0};
    if (!is_report(whole)) {
        run_failure(to, line, "no report of usage-report --format json, of this version");
        return;
    }
    if (!take_head(to, whole)) {
        run_failure(to, line,
                    "a report made with another --at, --by or --prices than those before it; it is not added");
        return;
    }
    if (slice_is(json_find(whole, "/complete"), "false")) {
        run_failure(to, line, "this report says that it is not complete; it is added as it is");
    }
    const bool priced = slice_is(json_find(whole, "/priced"), "true");
    slice inside = json_inside(json_find(whole, "/groups"));
    while (json_next(&inside, NULL, &value)) {
        const char *const reason = take_group(to, value, priced);
        if (reason) {
            run_failure(to, line, reason);
            if (strstr(reason, "the rest")) {
                return;
            }
        }
    }
}
