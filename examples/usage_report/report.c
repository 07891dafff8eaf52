/*
 * What is added up: exact money, the counters and counts of groups, and their keys. What is printed of it: a table for
 * people, and the formats for programs, all of them by one list of columns. And --merge, which reads JSON back.
 */
#include "usage_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- money, without floating point */

static const amount amount_most = (amount)TOKUSAGE_COUNT_MAX * AMOUNT_ONE;

bool decimal_read(slice value, int shift, amount *read, bool *exact) {
    const slice number = json_plain(value);
    bool any = false;
    bool point = false;
    amount digits = 0;
    amount unit = 1;
    size_t at = 0;
    for (; at < number.length && memchr("0123456789.", number.bytes[at], point ? 10 : 11); at++) {
        if (number.bytes[at] == '.') {
            point = true;
        } else {
            const bool fits = digits <= amount_most; /* what does not is dropped */
            digits = fits ? 10 * digits + (number.bytes[at] - '0') : digits;
            shift += fits ? -(int)point : (int)!point;
            any = true;
        }
    }
    if (any && at < number.length && (number.bytes[at] | 32) == 'e') {
        char *end = NULL;
        const long power = strtol(number.bytes + at + 1, &end, 10); /* what follows a number is none */
        at = (size_t)(end - number.bytes);
        any = power > -100 && power < 100;
        shift += any ? (int)power : 0;
    }
    for (; shift > 0 && digits > 0 && digits <= amount_most; shift--) {
        digits *= 10;
    }
    for (; shift < 0; shift++) {
        *(unit < amount_most ? &unit : &digits) = unit < amount_most ? 10 * unit : digits / 10;
    }
    const amount rounded = (digits + unit / 2) / unit;
    const bool good = any && at == number.length && rounded <= amount_most;
    *exact = digits % unit == 0;
    *read = good ? rounded : *read;
    return good;
}

bool count_read(slice value, int64_t *read) {
    bool exact = false;
    amount count = 0;
    const bool good = decimal_read(value, 0, &count, &exact) && exact && count <= TOKUSAGE_COUNT_MAX;
    *read = good ? (int64_t)count : *read;
    return good;
}

bool amount_read(slice value, amount *read) {
    bool exact = false;
    return decimal_read(value, 12, read, &exact);
}

/* 1234567, or for people 1,234,567. */
static void text_number(text *to, int64_t value, bool nice) {
    if (nice && value >= 1000) {
        text_number(to, value / 1000, nice);
        text_print(to, ",%03d", (int)(value % 1000));
    } else {
        text_print(to, "%lld", (long long)value);
    }
}

/* Exactly, or for people with 6 decimals, rounded half up. */
static void amount_put(text *to, amount cost, bool nice) {
    cost += nice ? 500000 : 0;
    text_number(to, (int64_t)(cost / AMOUNT_ONE), nice);
    text_print(to, ".%012lld", (long long)(cost % AMOUNT_ONE));
    to->used -= nice ? 6 : 0;
    while (!nice && to->bytes[to->used - 1] == '0') {
        to->used--;
    }
    to->used -= to->bytes[to->used - 1] == '.';
}

/* ---- tallies */

/* In the order of the columns; those of the library come before `missing`. */
static const char *const first[] = {
    "responses", "without_usage", "invalid",  "ambiguous",  "untimed",  "misplaced",     "errors",
    "malformed", "prefixed",      "too_long", "unfinished", "repeated", "unknown_names",
};
static const char *const missing[] = {"prompt_tokens_missing", "completion_tokens_missing", "total_tokens_missing"};
static const char *const last[] = {
    "reconciled", "assumed", "contradictory", "tokens_above", "tokens_below", "unpriced", "cost", "stated_cost",
};

const char *counter_name(size_t of) {
    return of < COUNTS           ? first[of]
           : of < MISSING_PROMPT ? tokusage_count_name(of - COUNTS)
           : of < RECONCILED     ? missing[of - MISSING_PROMPT]
                                 : last[of - RECONCILED];
}

bool is_empty(const tokusage *usage) {
    return tokusage_equal(usage, &(tokusage){.total_tokens = {.present = false}});
}

bool is_usable(counter verdict) {
    return verdict == CONSISTENT || verdict >= RECONCILED;
}

bool is_response(counter verdict) {
    return verdict < MISPLACED || is_usable(verdict);
}

bool tally_add(tally *sum, const tally *more) {
    int64_t bits = 0; /* the most is 2^53-1: a sum is above it where it has other bits */
    for (size_t i = 0; i < COUNTERS; i++) {
        bits |= sum->counters[i] + more->counters[i];
    }
    if (bits > TOKUSAGE_COUNT_MAX || sum->cost + more->cost > amount_most || sum->stated + more->stated > amount_most ||
        tokusage_add(&sum->usage, &more->usage) != TOKUSAGE_OK) {
        return false;
    }
    for (size_t i = 0; i < COUNTERS; i++) {
        sum->counters[i] += more->counters[i];
    }
    sum->cost += more->cost;
    sum->stated += more->stated;
    return true;
}

int64_t tally_findings(const tally *from) {
    int64_t sum = from->counters[CONTRADICTORY] - from->counters[ERRORS];
    for (size_t i = WITHOUT_USAGE; i <= MISSING_COMPLETION; i++) {
        sum += from->counters[i];
    }
    return sum;
}

void key_add(text *key, bool present, slice part) {
    if (present) {
        text_json(key, part);
    } else {
        text_string(key, "null");
    }
    text_string(key, ",");
}

/* ---- what is printed */

enum {
    NAME_WIDTH = 44,
    FIELDS = BY_MOST + COLUMNS
};

static bool is_shown(size_t column, const options *asked) {
    return column == STATED ? asked->stated
           : column == COST
               ? asked->priced
               : tokusage_count_name(column - COUNTS) || (!asked->each && (column != UNPRICED || asked->priced));
}

/* Nothing, or for people a -, is what is absent; and a cost of 0 where nothing is known. */
static void put_value(size_t column, const tally *from, bool nice, text *to) {
    tokusage usage = from->usage;
    const tokusage_count *const count = tokusage_count_at(&usage, column - COUNTS);
    const bool unknown = column == COST && from->cost == 0 && from->counters[UNPRICED] > 0;
    if (count ? !count->present : unknown) {
        text_string(to, nice ? "-" : "");
    } else if (column >= COST) {
        amount_put(to, column == COST ? from->cost : from->stated, nice);
    } else {
        text_number(to, count ? count->value : from->counters[column], nice);
    }
}

/* ---- names */

/* Characters: all except their first bytes are 10xxxxxx. */
static size_t width_of(slice of) {
    size_t width = 0;
    for (size_t i = 0; i < of.length; i++) {
        width += ((unsigned char)of.bytes[i] & 0xC0) != 0x80;
    }
    return width;
}

/* Without so many characters at its front. */
static slice without(slice of, size_t characters) {
    while (of.length > 0 && (characters > 0 || width_of((slice){of.bytes, 1}) == 0)) {
        characters -= width_of((slice){of.bytes, 1});
        of = slice_after(of, 1);
    }
    return of;
}

/* Shortened in the middle, as what differs is often at the end. */
static void put_short(text *to, slice name) {
    text_bytes(to, name.bytes, name.length - without(name, NAME_WIDTH / 3).length);
    text_string(to, "...");
    text_slice(to, without(name, width_of(name) - NAME_WIDTH + NAME_WIDTH / 3 + 3));
}

/* A part of a key. No name reads as what is said of none. */
static void put_name(slice part, text *to) {
    text name = {.bytes = NULL};
    text_decode(&name, json_inside(part));
    text_string(to, !json_is(part, '"') ? "(none)" : slice_is(text_all(&name), "(none)") ? "\\" : "");
    text_safe(to, text_all(&name));
    text_free(&name);
}

/* ---- JSON: a group, the total or a response. What is absent is no member. */

static void put_object(const options *asked, const report_row *of, text *to) {
    text value = {.bytes = NULL};
    text_string(to, "{");
    if (of->file) {
        text_string(to, "\"file\":");
        text_json(to, slice_of(of->file));
        text_print(to, ",\"line\":%llu,", (unsigned long long)of->line);
    }
    if (of->key.bytes) {
        text_string(to, "\"group\":[");
        text_slice(to, of->key);
        to->used -= of->key.length > 0; /* the last comma */
        text_string(to, "],");
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        value.used = 0;
        if (i == COUNTS) { /* all counts: as the library writes them */
            char usage[TOKUSAGE_JSON_SIZE];
            tokusage_encode(&of->tally->usage, usage, sizeof usage, NULL);
            text_print(to, "\"usage\":%s,", usage);
        } else if (is_shown(i, asked) && !tokusage_count_name(i - COUNTS)) {
            put_value(i, of->tally, false, &value);
        }
        if (value.used > 0) { /* JSON's numbers are read as doubles: money is a string */
            text_print(to, i < COST ? "\"%s\":%s," : "\"%s\":\"%s\",", counter_name(i), text_c(&value));
        }
    }
    if (of->verdict) {
        text_print(to, "\"verdict\":\"%s\",", of->verdict);
    }
    to->bytes[to->used - 1] = '}';
    text_free(&value);
}

static void put_head(const options *asked, bool complete, text *to) {
    static const char *const words[] = {"false", "true"};
    text_string(to, "{\"usage_report\":4,\"at\":");
    key_add(to, asked->at, slice_of(asked->at ? asked->at : ""));
    text_string(to, "\"by\":[");
    for (size_t i = 0; i < asked->by_count; i++) {
        key_add(to, true, slice_of(asked->by[i].given));
    }
    to->used -= asked->by_count > 0; /* the last comma */
    text_print(to, "],\"priced\":%s,\"stated\":%s,\"complete\":%s,\"groups\":[", words[asked->priced],
               words[asked->stated], words[complete]);
}

/* ---- records: lines of CSV (RFC 4180), TSV or the table */

/*
 * Takes the cell, in which control characters are escaped, so a record is a line, and in TSV nothing else is special.
 * With --sheet, what a sheet would take for a formula gets a ' in front.
 */
static void put_field(const options *asked, text *cell, text *to) {
    const char *words = text_c(cell);
    const bool formula = asked->sheet && asked->format != FORMAT_TABLE && cell->used > 1 && strchr("=+-@", *words);
    const bool blank = *words == ' ' || (cell->used > 0 && words[cell->used - 1] == ' ');
    const bool quoted = asked->format == FORMAT_CSV && (blank || strpbrk(words, ",\""));
    text_string(to, quoted ? "\"" : "");
    text_string(to, formula ? "'" : "");
    for (const char *quote; quoted && (quote = strchr(words, '"')) != NULL; words = quote + 1) {
        text_bytes(to, words, (size_t)(quote + 1 - words));
        text_string(to, "\"");
    }
    text_string(to, words);
    text_string(to, quoted ? "\"" : "");
    text_bytes(to, &asked->separator, 1);
    cell->used = 0;
}

/* A group, the total or a response; or (NULL) the head. */
static void put_record(const options *asked, const report_row *of, text *to) {
    const bool nice = asked->format == FORMAT_TABLE;
    slice key = of ? of->key : (slice){NULL, 0};
    slice part;
    text cell = {.bytes = NULL};
    if (asked->each) {
        text_safe(&cell, slice_of(of ? of->file : "file"));
        put_field(asked, &cell, to);
        text_print(&cell, of ? "%llu" : "line", (unsigned long long)(of ? of->line : 0));
        put_field(asked, &cell, to);
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        if (json_next(&key, NULL, &part)) {
            put_name(part, &cell);
        } else if (of || nice) {
            text_string(&cell, of && i == 0 ? "total" : "");
        } else {
            text_safe(&cell, slice_of(asked->by[i].given + (*asked->by[i].given == '/'))); /* /model is model */
        }
        put_field(asked, &cell, to);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        if (is_shown(i, asked)) {
            if (of) {
                put_value(i, of->tally, nice, &cell);
            } else {
                text_string(&cell, counter_name(i));
                cell.used -= nice && slice_ends(text_all(&cell), "_tokens") ? strlen("_tokens") : 0;
            }
            put_field(asked, &cell, to);
        }
    }
    if (asked->each) {
        text_string(&cell, of ? of->verdict : "verdict");
        put_field(asked, &cell, to);
    }
    to->bytes[to->used - 1] = '\n';
    text_free(&cell);
}

/* ---- the table */

/*
 * Three times over the fields: to see whether names that are shortened still differ, how wide columns are, and to print
 * them. Numbers line up. A column is left out where all is 0 or absent, except that of the responses.
 */
static void lay_out(const char *rows, size_t keys, size_t ruled, text *to) {
    size_t widths[FIELDS] = {0};
    bool says[FIELDS] = {false};
    catalog whole = {.root = NULL};
    catalog made = {.root = NULL};
    text cell = {.bytes = NULL};
    for (unsigned pass = 0; pass < 3; pass++) {
        size_t field = 0;
        size_t line = 0;
        size_t rule = 0;
        for (const char *at = rows; *at != '\0'; at++) {
            const slice all = {at, strcspn(at, "\t\n")};
            const bool is_long = field < keys && width_of(all) > NAME_WIDTH;
            cell.used = 0;
            (is_long && whole.count == made.count ? put_short : text_slice)(&cell, all);
            const size_t width = width_of(text_all(&cell));
            at += all.length;
            if (pass == 0 && is_long) {
                remember(&whole, all);
                remember(&made, text_all(&cell));
            } else if (pass == 1) {
                widths[field] = width > widths[field] ? width : widths[field];
                says[field] = says[field] || field <= keys || (line > 0 && strspn(all.bytes, "-.0") < all.length);
            } else if (pass == 2 && says[field]) {
                const int blank = (int)(widths[field] - width);
                text_print(to, "%*s", (field > 0 ? 2 : 0) + (field < keys ? 0 : blank), "");
                text_slice(to, text_all(&cell));
                text_print(to, "%*s", field < keys ? blank : 0, "");
                rule += widths[field] + (field > 0 ? 2 : 0);
            }
            field++;
            if (*at == '\n') {
                text_string(to, pass == 2 ? "\n" : "");
                for (; line == ruled && rule > 0; rule--) {
                    text_string(to, rule > 1 ? "-" : "-\n");
                }
                field = rule = 0;
                line++;
            }
        }
    }
    catalog_free(&whole);
    catalog_free(&made);
    text_free(&cell);
}

/* ---- all of them */

void format_each(const options *asked, const report_row *of, text *to) {
    if (asked->format != FORMAT_JSON) {
        put_record(asked, of, to);
    } else if (of) {
        put_object(asked, of, to);
        text_string(to, "\n");
    }
}

static void format_json(const options *asked, const report_row *rows, size_t count, bool complete, text *to) {
    put_head(asked, complete, to);
    for (size_t i = 0; i < count; i++) {
        put_object(asked, &rows[i], to);
        text_string(to, i + 1 < count ? "," : "");
    }
    text_string(to, "],\"total\":");
    put_object(asked, &rows[count], to);
    text_string(to, "}\n");
}

void format_report(const options *asked, const report_row *rows, size_t count, bool complete, text *to) {
    const bool table = asked->format == FORMAT_TABLE;
    const bool grouped = asked->by_count > 0;
    text made = {.bytes = NULL};
    if (asked->format == FORMAT_JSON) {
        format_json(asked, rows, count, complete, to);
        return;
    }
    put_record(asked, NULL, &made);
    for (size_t i = table && !grouped ? count : 0; i < count + table; i++) {
        put_record(asked, &rows[i], &made);
    }
    if (table) {
        lay_out(text_c(&made), asked->by_count, grouped ? count : SIZE_MAX, to);
        text_string(to, complete ? "" : "\nThe report is not complete: standard error says why.\n");
    } else {
        text_slice(to, text_all(&made));
    }
    text_free(&made);
}

/* ---- --merge */

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
    good = good && part == asked->by_count;
    for (size_t i = 0; i < COLUMNS && good; i++) {
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/%s", counter_name(i));
        const slice value = json_at(element, pointer);
        good = !value.bytes || (i == COST     ? amount_read(value, &read->cost)
                                : i == STATED ? amount_read(value, &read->stated)
                                              : count_read(value, &read->counters[i]));
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
    to->source->known = true;
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
