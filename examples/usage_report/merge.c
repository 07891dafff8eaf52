/*
 * --merge: a report that --format json made is read back, and counts as if what it is about had been read.
 */
#include "usage_report.h"

#include <stdio.h>
#include <string.h>

static const char *decoded(reading *in, slice string) {
    in->scratch.used = 0;
    text_decode(&in->scratch, json_inside(string));
    return string_of(in->asked, text_all(&in->scratch));
}

/* What the reports are about, the first says. False: this one is about something else. */
static bool take_head(reading *to, slice whole) {
    static const char *const members[] = {"/at", "/by", "/priced", "/stated"};
    options *const asked = to->asked;
    slice values[4];
    slice key = {NULL, 0};
    text head = {.bytes = NULL};
    for (size_t i = 0; i < 4; i++) {
        values[i] = json_at(whole, members[i]);
        text_slice(&head, values[i]);
        text_string(&head, "\n");
    }
    if (to->head.used == 0) {
        text_slice(&to->head, text_all(&head));
        asked->at = values[0].bytes ? decoded(to, values[0]) : NULL;
        for (slice inside = json_open(values[1]); json_next(&inside, NULL, &key);) {
            options_key(asked, decoded(to, key));
        }
        asked->priced = asked->priced || slice_is(values[2], "true");
        asked->stated = slice_is(values[3], "true");
    }
    const bool same = slice_is(text_all(&to->head), text_c(&head));
    text_free(&head);
    return same;
}

/*
 * False: it is broken. What is absent is nothing. With --prices it costs what its sums cost now, without what depends
 * on single calls.
 */
static bool read_group(reading *to, slice element, tally *read) {
    options *const asked = to->asked;
    text *const model = &to->found.is[OF_MODEL];
    const slice keys = json_at(element, "/group");
    slice key;
    size_t part = 0;
    bool good = json_is(keys, '[') &&
                tokusage_extract(element.bytes, element.length, "/usage", &read->usage, NULL) == TOKUSAGE_OK;
    to->key.used = model->used = 0;
    for (slice inside = json_open(keys); json_next(&inside, NULL, &key); part++) {
        to->scratch.used = 0;
        text_decode(&to->scratch, json_inside(key));
        key_add(&to->key, json_is(key, '"'), text_all(&to->scratch));
        if (part < asked->by_count && asked->by[part].kind == BY_MODEL) {
            text_slice(model, text_all(&to->scratch));
        }
    }
    for (size_t i = 0; i < COLUMNS && good; i++) {
        char pointer[64];
        const column of = column_at(i);
        snprintf(pointer, sizeof pointer, "/%s", of.name);
        const slice value = of.is_count ? (slice){NULL, 0} : json_at(element, pointer);
        good = !value.bytes || (of.which == COST     ? amount_read(value, &read->cost)
                                : of.which == STATED ? amount_read(value, &read->stated)
                                                     : count_read(value, &read->counters[of.which]));
    }
    if (asked->prices.models.count > 0) {
        read->cost = 0;
        const bool unknown = price_of(&asked->prices, text_all(model), (slice){"", 0}, NULL, &read->usage, &read->cost);
        read->counters[UNPRICED] = unknown ? read->counters[RESPONSES] : 0;
    }
    return good;
}

void merge_document(reading *to, uint64_t line, slice whole) {
    const bool complete = slice_is(json_at(whole, "/complete"), "true");
    slice groups = json_open(json_at(whole, "/groups"));
    slice element = {NULL, 0};
    if (!slice_is(json_at(whole, "/usage_report"), "4")) {
        say_failure(to, line, "no report of usage-report --format json, of this version");
        return;
    }
    if (!take_head(to, whole)) {
        say_failure(to, line,
                    "a report made with another --at, --by or --prices than those before it; it is not added");
        return;
    }
    if (!complete) {
        say_failure(to, line, "this report says that it is not complete; it is added as it is");
    }
    while (json_next(&groups, NULL, &element)) {
        tally read = {.cost = 0};
        if (!read_group(to, element, &read)) {
            say_failure(to, line, "a group of this report is broken; the rest of it is not added");
            return;
        }
        if (!tally_add(&((group *)catalog_at(&to->groups, text_all(&to->key), sizeof(group)))->tally, &read)) {
            say_failure(to, line, "a sum would leave the range (0 to 9007199254740991): a group of it is not added");
        }
    }
}
