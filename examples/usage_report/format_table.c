/*
 * The table for people: a row for each group, numbers that line up, and on a terminal a bar for each group's share.
 * Columns that do not fit a terminal beside each other go below each other. Cells are made twice, once to be measured
 * and once to be printed, so that a million groups need no more room than their counts do.
 */
#include "formats.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_WIDTH = 40, /* characters of a key that are shown */
    BAR_WIDTH = 12,
    GAP = 2
};

/* What a cell may need to know. */
typedef struct table {
    const report *of;
    bool blocks; /* bars may be of block characters */
    text cell;
} table;

/* ---- cells */

static void put_number(int64_t value, text *to) {
    text_grouped(to, value);
}

static void put_responses(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[RESPONSES], to);
}

static void put_without_usage(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[WITHOUT_USAGE], to);
}

static void put_unreadable(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(tally_unreadable(of), to);
}

/* A sum of nothing is not zero. */
static void put_sum(tokusage_count sum, text *to) {
    if (sum.present) {
        text_grouped(to, sum.value);
    } else {
        text_byte(to, '-');
    }
}

static void put_prompt(const table *in, const tally *of, text *to) {
    (void)in;
    put_sum(of->usage.prompt_tokens, to);
}

static void put_completion(const table *in, const tally *of, text *to) {
    (void)in;
    put_sum(of->usage.completion_tokens, to);
}

static void put_total(const table *in, const tally *of, text *to) {
    (void)in;
    put_sum(of->usage.total_tokens, to);
}

static void put_no_prompt(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[MISSING_PROMPT], to);
}

static void put_no_completion(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[MISSING_COMPLETION], to);
}

static void put_no_total(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[MISSING_TOTAL], to);
}

static void put_contradicting(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[CONTRADICTING], to);
}

static void put_by_tokens(const table *in, const tally *of, text *to) {
    (void)in;
    put_number(of->counters[TOKENS_ABOVE] + of->counters[TOKENS_BELOW], to);
}

/* U+2588 and its narrower neighbours are eighths of a character; without UTF-8 a bar is made of #. */
static void put_bar(const table *in, int64_t eighths, text *to) {
    for (int64_t i = 0; i < BAR_WIDTH; i++) {
        const int64_t left = eighths - 8 * i;
        if (!in->blocks || left <= 0) {
            text_byte(to, left >= 4 ? '#' : ' ');
        } else {
            const char block[] = {'\xE2', '\x96', (char)(left >= 8 ? 0x88 : 0x90 - left), '\0'};
            text_string(to, block);
        }
    }
}

static void put_share(const table *in, const tally *of, text *to) {
    const tokusage_count all = in->of->total->usage.total_tokens;
    const tokusage_count part = of->usage.total_tokens;
    if (!part.present || all.value == 0) {
        return;
    }
    put_bar(in, part.value * 8 * BAR_WIDTH / all.value, to);
    const int64_t percent = (part.value * 100 + all.value / 2) / all.value;
    text_string(to, percent < 10 ? "   " : percent < 100 ? "  " : " ");
    text_number(to, percent);
    text_string(to, " %");
}

/* ---- columns */

typedef struct column {
    const char *head[2]; /* two lines */
    void (*put)(const table *in, const tally *of, text *to);
    bool on_terminal; /* only there */
} column;

static const column columns[] = {
    {{"", "responses"}, put_responses, false},
    {{"without", "usage"}, put_without_usage, false},
    {{"not", "readable"}, put_unreadable, false},
    {{"prompt", "tokens"}, put_prompt, false},
    {{"completion", "tokens"}, put_completion, false},
    {{"total", "tokens"}, put_total, false},
    {{"share of the", "total tokens"}, put_share, true},
    {{"prompt", "missing"}, put_no_prompt, false},
    {{"completion", "missing"}, put_no_completion, false},
    {{"total", "missing"}, put_no_total, false},
    {{"contra-", "dicting"}, put_contradicting, false},
    {{"by", "tokens"}, put_by_tokens, false},
};

enum {
    COLUMNS = sizeof columns / sizeof *columns
};

static size_t longer(size_t one, size_t other) {
    return one > other ? one : other;
}

/* In characters, which is what a terminal shows of UTF-8, but for those that are two columns wide or none. */
static size_t shown_width(const text *of) {
    size_t width = 0;
    for (size_t at = 0; at < of->used; at++) {
        width += ((unsigned char)of->bytes[at] & 0xC0) != 0x80;
    }
    return width;
}

static void put_cell(table *in, const column *of, const tally *row) {
    text_clear(&in->cell);
    of->put(in, row, &in->cell);
}

static size_t column_width(table *in, const column *of) {
    size_t width = longer(strlen(of->head[0]), strlen(of->head[1]));
    put_cell(in, of, in->of->total);
    width = longer(width, shown_width(&in->cell));
    for (size_t i = 0; i < in->of->groups->count; i++) {
        put_cell(in, of, &in->of->groups->groups[i]->tally);
        width = longer(width, shown_width(&in->cell));
    }
    return width;
}

/* ---- the column of keys */

static void put_label(table *in, const group *row) {
    text *const to = &in->cell;
    text_clear(to);
    text_safe(to, row->key ? row->key : no_key, row->key ? row->length : strlen(no_key));
    if (shown_width(to) <= KEY_WIDTH) {
        return;
    }
    size_t at = 0;
    for (size_t shown = 0; shown < KEY_WIDTH - 3; shown++) {
        at += utf8_span(to->bytes + at, to->used - at);
    }
    to->used = at;
    text_string(to, "...");
}

static size_t label_width(table *in) {
    size_t width = strlen("total");
    for (size_t i = 0; in->of->by && i < in->of->groups->count; i++) {
        put_label(in, in->of->groups->groups[i]);
        width = longer(width, shown_width(&in->cell));
    }
    return width;
}

/* ---- a block: the columns that fit beside each other */

typedef struct block {
    size_t first, last; /* columns; not the last itself */
    size_t label;       /* width of the keys */
    const size_t *widths;
    bool on_terminal;
} block;

static bool is_shown(const block *in, size_t which) {
    return in->on_terminal || !columns[which].on_terminal;
}

static void pad(text *to, size_t from, size_t width) {
    for (; from < width; from++) {
        text_byte(to, ' ');
    }
}

static void end_line(text *to) {
    while (to->used > 0 && to->bytes[to->used - 1] == ' ') {
        to->used--;
    }
    text_byte(to, '\n');
}

static void put_head(const block *of, size_t line, text *to) {
    pad(to, 0, of->label);
    for (size_t i = of->first; i < of->last; i++) {
        const char *const head = columns[i].head[line];
        if (is_shown(of, i)) {
            pad(to, 0, of->widths[i] + GAP - strlen(head));
            text_string(to, head);
        }
    }
    end_line(to);
}

static void put_rule(const block *of, text *to) {
    size_t width = of->label;
    for (size_t i = of->first; i < of->last; i++) {
        width += is_shown(of, i) ? GAP + of->widths[i] : 0;
    }
    for (size_t i = 0; i < width; i++) {
        text_byte(to, '-');
    }
    text_byte(to, '\n');
}

/* The row's label is in in->cell. */
static void put_row(table *in, const block *of, const tally *row, text *to) {
    text_bytes(to, in->cell.bytes, in->cell.used);
    pad(to, shown_width(&in->cell), of->label);
    for (size_t i = of->first; i < of->last; i++) {
        if (is_shown(of, i)) {
            put_cell(in, &columns[i], row);
            pad(to, shown_width(&in->cell), of->widths[i] + GAP);
            text_bytes(to, in->cell.bytes, in->cell.used);
        }
    }
    end_line(to);
}

static void put_block(table *in, const block *of, text *to) {
    put_head(of, 0, to);
    put_head(of, 1, to);
    for (size_t i = 0; in->of->by && i < in->of->groups->count; i++) {
        const group *const row = in->of->groups->groups[i];
        put_label(in, row);
        put_row(in, of, &row->tally, to);
    }
    if (in->of->by) {
        put_rule(of, to);
    }
    text_clear(&in->cell);
    text_string(&in->cell, "total");
    put_row(in, of, in->of->total, to);
}

static void put_blocks(table *in, size_t width, text *to) {
    size_t widths[COLUMNS];
    const size_t label = label_width(in);
    for (size_t i = 0; i < COLUMNS; i++) {
        widths[i] = column_width(in, &columns[i]);
    }
    block next = {.label = label, .widths = widths, .on_terminal = width > 0};
    while (next.last < COLUMNS) {
        size_t taken = label;
        next.first = next.last;
        do {
            taken += is_shown(&next, next.last) ? GAP + widths[next.last] : 0;
            next.last++;
        } while (next.last < COLUMNS && (width == 0 || taken + GAP + widths[next.last] <= width));
        put_block(in, &next, to);
        if (next.last < COLUMNS) {
            text_byte(to, '\n');
        }
    }
}

/* ---- what the columns do not say */

static void put_note(int64_t number, const char *one, const char *many, const char **before, text *to) {
    if (number > 0) {
        text_string(to, *before);
        text_grouped(to, number);
        text_string(to, number == 1 ? one : many);
        *before = ", ";
    }
}

static void put_notes(const report *of, text *to) {
    const int64_t *const counters = of->total->counters;
    if (tally_unreadable(of->total) > 0) {
        const char *before = "\nNot readable: ";
        put_note(counters[MALFORMED], " is not JSON", " are not JSON", &before, to);
        put_note(counters[INVALID], " has a usage that is no counts", " have a usage that is no counts", &before, to);
        put_note(counters[TOO_LONG], " is longer than the limit", " are longer than the limit", &before, to);
        text_string(to, ".\n");
    }
    const char *before = "\n";
    put_note(counters[UNFINISHED], " event stream does not tell its end: it may have been cut off.\n",
             " event streams do not tell their end: they may have been cut off.\n", &before, to);
    if (!of->complete) {
        text_string(to, "\nThe report is not complete: standard error says why.\n");
    }
}

/* As the C library finds out about UTF-8, but without a locale. */
static bool terminal_knows_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *const value = getenv(names[i]);
        if (value && *value) {
            return strstr(value, "UTF-8") || strstr(value, "utf8");
        }
    }
    return false;
}

void format_table(const report *of, size_t width, text *to) {
    table in = {.of = of, .blocks = terminal_knows_utf8()};
    totals_sort_by_tokens(of->groups);
    put_blocks(&in, width, to);
    put_notes(of, to);
    text_free(&in.cell);
}
