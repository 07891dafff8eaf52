/*
 * --merge: a report that --format json made is read back, and counts as if what it is about had been read.
 */
#include "usage_report.h"

#include <stdio.h>
#include <string.h>

/* A string goes to `to`; false: it is none. */
static bool read_string(slice value, text *to) {
    const bool string = value.bytes && *value.bytes == '"';
    to->used = 0;
    if (string) {
        text_decode(to, value.bytes + 1, value.length - 2);
    }
    return string;
}

/* What merged reports are about. The strings are kept one after another, each with a NUL. */
void merge_head(slice whole, options *read, text *strings) {
    text one = {.bytes = NULL};
    size_t offsets[BY_MOST] = {0};
    slice inside = json_inside(json_find(whole, "/by"));
    slice value = {NULL, 0};
    read->priced = slice_is(json_find(whole, "/priced"), "true");
    read->by_count = 0;
    const bool pointed = read_string(json_find(whole, "/at"), &one);
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
static bool take_head(run *to, slice whole) {
    options read = {.at = NULL};
    text strings = {.bytes = NULL};
    text written = {.bytes = NULL};
    merge_head(whole, &read, &strings);
    format_head(&read, &written);
    text_string(&written, "}");
    if (to->head.used == 0) {
        text_bytes(&to->head, written.bytes, written.used);
    }
    const bool same = text_is(&to->head, written.bytes, written.used);
    text_free(&strings);
    text_free(&written);
    return same;
}

static bool read_key(run *to, slice keys) {
    slice inside = json_inside(keys);
    slice value = {NULL, 0};
    to->key.used = 0;
    while (json_next(&inside, NULL, &value)) {
        const bool present = read_string(value, &to->scratch);
        key_add(&to->key, present, to->scratch.bytes, to->scratch.used);
    }
    return keys.bytes && *keys.bytes == '[';
}

static bool read_group(run *to, slice element, bool priced, tally *read) {
    bool good = read_key(to, json_find(element, "/group"));
    for (size_t i = 0; i < COLUMNS && good; i++) {
        char pointer[64];
        const column of = column_at(i);
        snprintf(pointer, sizeof pointer, "/%s", of.name);
        const slice value = json_find(element, pointer);
        if (of.kind == COUNTER && column_is_there(&of, priced)) {
            good = json_count(value, &read->counters[of.which]);
        } else if (of.kind == COST && priced) {
            good = value.length > 2 &&
                   amount_read(&read->cost, (slice){value.bytes + 1, value.length - 2}, AMOUNT_DECIMALS);
        }
    }
    return good && tokusage_extract(element.bytes, element.length, "/usage", &read->usage, NULL) == TOKUSAGE_OK;
}

static bool is_report(slice whole) {
    const char *value = NULL;
    size_t length = 0;
    const slice complete = json_find(whole, "/complete");
    return tokusage_find(whole.bytes, whole.length, "/usage_report", &value, &length, NULL) == TOKUSAGE_OK &&
           slice_is((slice){value, length}, "3") && (slice_is(complete, "true") || slice_is(complete, "false"));
}

void merge_document(run *to, uint64_t line, slice whole) {
    slice inside = json_inside(json_find(whole, "/groups"));
    slice value = {NULL, 0};
    if (!is_report(whole)) {
        run_say(to, FAILURE, line, "no report of usage-report --format json, of this version");
        return;
    }
    if (!take_head(to, whole)) {
        run_say(to, FAILURE, line,
                "a report made with another --at, --by or --prices than those before it; it is not added");
        return;
    }
    if (slice_is(json_find(whole, "/complete"), "false")) {
        run_say(to, FAILURE, line, "this report says that it is not complete; it is added as it is");
    }
    while (json_next(&inside, NULL, &value)) {
        tally read = {.counters = {0}};
        if (!read_group(to, value, slice_is(json_find(whole, "/priced"), "true"), &read)) {
            run_say(to, FAILURE, line,
                    "a group of this report is broken, or made by --top; the rest of it is not added");
            return;
        }
        if (!tally_add(&totals_group(&to->totals, to->key.bytes, to->key.used)->tally, &read)) {
            run_say(to, FAILURE, line,
                    "a sum would leave the range (0 to 9007199254740991): a group of it is not added");
        }
    }
}
