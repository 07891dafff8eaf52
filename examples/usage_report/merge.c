/*
 * --merge: the members of a report are found by their JSON Pointers, counts are read by the library's rules for counts.
 * The only thing that a pointer cannot say is an array's elements: an element ends where the library, asked to read it
 * as a text of its own, says that it stops being JSON.
 */
#include "merge.h"
#include "formats.h"

#include <stdio.h>
#include <string.h>

/* A text within a text. */
typedef struct slice {
    const char *text;
    size_t length;
} slice;

static bool find(slice in, const char *pointer, slice *found) {
    return tokusage_find(in.text, in.length, pointer, &found->text, &found->length, NULL) == TOKUSAGE_OK;
}

static bool is(slice value, const char *wanted) {
    return value.length == strlen(wanted) && memcmp(value.text, wanted, value.length) == 0;
}

/* A string, which is put into `to`, or null. */
static bool read_string(slice in, const char *pointer, bool *present, text *to) {
    slice value;
    if (!find(in, pointer, &value) || (*value.text != '"' && *value.text != 'n')) {
        return false;
    }
    *present = *value.text == '"';
    text_clear(to);
    if (*present) {
        text_byte(to, '\0'); /* so that an empty string has bytes, too */
        text_clear(to);
        text_decode(to, value.text, value.length);
    }
    return true;
}

static bool read_counter(slice in, counter which, int64_t *read) {
    char pointer[64];
    char object[128];
    slice value;
    tokusage usage = {.total_tokens = {.present = false}};
    snprintf(pointer, sizeof pointer, "/%s", counter_name(which));
    if (!find(in, pointer, &value) || value.length > 64) {
        return false;
    }
    const int length = snprintf(object, sizeof object, "{\"total_tokens\":%.*s}", (int)value.length, value.text);
    tokusage_decode(object, (size_t)length, &usage, NULL);
    *read = usage.total_tokens.value;
    return usage.total_tokens.present;
}

static bool read_group(run *to, slice element) {
    tally read = {.counters = {0}};
    bool keyed = false;
    if (!read_string(element, "/group", &keyed, &to->key) ||
        tokusage_extract(element.text, element.length, "/usage", &read.usage, NULL) != TOKUSAGE_OK) {
        return false;
    }
    for (counter i = RESPONSES; i < COUNTERS; i++) {
        if (!read_counter(element, i, &read.counters[i])) {
            return false;
        }
    }
    group *const in = totals_group(&to->totals, keyed ? to->key.bytes : NULL, keyed ? to->key.used : 0);
    if (!tally_add(&in->tally, &read)) {
        to->stopped = true;
    }
    return true;
}

static size_t element_span(slice rest) {
    slice value;
    tokusage_error error;
    const tokusage_status status = tokusage_find(rest.text, rest.length, "", &value.text, &value.length, &error);
    return status == TOKUSAGE_ERR_SYNTAX ? error.offset : rest.length;
}

/* The array is JSON: between its elements are commas and white space. */
static bool read_groups(run *to, slice array) {
    const char *at = array.text + 1;
    const char *const end = array.text + array.length - 1;
    while (at < end) {
        if (memchr(", \t\r\n", *at, 5)) {
            at++;
            continue;
        }
        const slice rest = {.text = at, .length = (size_t)(end + 1 - at)};
        const slice element = {.text = at, .length = element_span(rest)};
        if (to->stopped || !read_group(to, element)) {
            return !to->stopped ? false : true;
        }
        at += element.length;
    }
    return true;
}

bool merge_pointers(run *to, const run *more) {
    if (!more->merged) {
        return true;
    }
    if (!to->merged) {
        to->merged = true;
        to->placed = more->placed;
        to->grouped = more->grouped;
        text_bytes(&to->at, more->at.bytes, more->at.used);
        text_bytes(&to->by, more->by.bytes, more->by.used);
        return true;
    }
    return to->placed == more->placed && to->grouped == more->grouped && to->at.used == more->at.used &&
           to->by.used == more->by.used &&
           (to->at.used == 0 || memcmp(to->at.bytes, more->at.bytes, to->at.used) == 0) &&
           (to->by.used == 0 || memcmp(to->by.bytes, more->by.bytes, to->by.used) == 0);
}

/* The head of a report; the pointers go into `head`. */
static bool read_head(slice whole, run *head, slice *groups, slice *complete) {
    slice version;
    head->merged = true;
    return find(whole, "/usage_report", &version) && is(version, "1") &&
           read_string(whole, "/at", &head->placed, &head->at) &&
           read_string(whole, "/by", &head->grouped, &head->by) && find(whole, "/complete", complete) &&
           (is(*complete, "true") || is(*complete, "false")) && find(whole, "/groups", groups) && *groups->text == '[';
}

void merge_text(run *to, uint64_t line, const char *json, size_t length) {
    const slice whole = {.text = json, .length = length};
    run head = {.asked = to->asked};
    slice groups = {.text = NULL};
    slice complete = {.text = NULL};
    if (!read_head(whole, &head, &groups, &complete)) {
        run_failure(to, line, "no report of usage-report --format json");
    } else if (!merge_pointers(to, &head)) {
        run_failure(to, line, "a report with another --at or --by than those before it; it is not added");
    } else {
        if (is(complete, "false")) {
            run_failure(to, line, "this report says that it is not complete; it is added as it is");
        }
        if (!read_groups(to, groups)) {
            run_failure(to, line, "a group of this report is broken; the rest of it is not added");
        } else if (to->stopped) {
            run_failure(to, line, "a sum would leave the range (0 to 9007199254740991): nothing is added from here on");
        }
    }
    run_free(&head);
}
