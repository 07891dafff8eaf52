/*
 * The table for people: a row for each group, numbers that line up, no column that says nothing; on a terminal a bar
 * for each group's share, and what does not fit beside each other below each other. Cells are made twice, once to be
 * measured and once to be printed, so that a million groups need no more room than their counts do.
 */
#include "formats.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_WIDTH = 40, /* columns of a key that are shown */
    BAR_WIDTH = 12,
    GAP = 2,
    SHARE = COLUMNS, /* the column of bars, behind the others */
    SHOWN
};

typedef struct table {
    const report *of;
    bool on_terminal;
    bool blocks;          /* bars may be of block characters */
    size_t label;         /* the width of the keys */
    size_t widths[SHOWN]; /* 0: the column is left out */
    text cell, component;
} table;

/* ---- cells */

/* U+2588 and its narrower neighbours are eighths of a character; without UTF-8 a bar is made of #. */
static void put_bar(bool blocks, int64_t eighths, text *to) {
    for (int64_t i = 0; i < BAR_WIDTH; i++) {
        const int64_t left = eighths - 8 * i;
        if (!blocks || left <= 0) {
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
    put_bar(in->blocks, part.value * 8 * BAR_WIDTH / all.value, to);
    const int64_t percent = (part.value * 100 + all.value / 2) / all.value;
    text_string(to, percent < 10 ? "   " : percent < 100 ? "  " : " ");
    text_number(to, percent);
    text_string(to, " %");
}

/* False: it says nothing. A sum of nothing is not zero. */
static bool put_cell(table *in, size_t which, const tally *row) {
    text *const to = &in->cell;
    text_clear(to);
    if (which == SHARE) {
        put_share(in, row, to);
        return to->used > 0;
    }
    const column *const of = &columns[which];
    tokusage usage = row->usage;
    const tokusage_count count =
        of->kind == COLUMN_COUNT ? *count_of(&usage, of->which) : (tokusage_count){true, row->counters[of->which]};
    if (of->kind == COLUMN_COST) {
        amount_rounded(to, &row->cost);
        return true;
    }
    if (count.present) {
        text_grouped(to, count.value);
    } else {
        text_byte(to, '-');
    }
    return count.value > 0;
}

/* The two lines over a column: its name, parted before its last word. */
static void put_head(size_t which, size_t line, text *to) {
    static const char *const share[] = {"share of the", "total tokens"};
    text_clear(to);
    if (which == SHARE) {
        text_string(to, share[line]);
        return;
    }
    const char *const name = columns[which].name;
    const char *const last = strrchr(name, '_');
    if (line == 1) {
        text_string(to, last ? last + 1 : name);
    } else if (last) {
        text_bytes(to, name, (size_t)(last - name));
    }
    for (size_t i = 0; i < to->used; i++) {
        to->bytes[i] = to->bytes[i] == '_' ? ' ' : to->bytes[i];
    }
}

static void put_label(table *in, const char *key) {
    text *const to = &in->cell;
    text_clear(to);
    for (size_t i = 0; i < in->of->head.by_count && key; i++) {
        const bool present = key_next(&key, &in->component);
        text_string(to, i > 0 ? "  " : "");
        text_safe(to, present ? in->component.bytes : no_key, present ? in->component.used : strlen(no_key));
    }
    text_string(to, key ? "" : other_keys);
    size_t at = 0;
    uint32_t code = 0;
    while (text_width(to->bytes, to->used) > KEY_WIDTH * in->of->head.by_count && at < to->used &&
           text_width(to->bytes, at) < KEY_WIDTH * in->of->head.by_count - 3) {
        at += utf8_span(to->bytes + at, to->used - at, &code);
    }
    if (at > 0) {
        to->used = at;
        text_string(to, "...");
    }
}

/* ---- widths */

static void widen(size_t *width, const text *to) {
    const size_t wanted = text_width(to->bytes, to->used);
    *width = *width > wanted ? *width : wanted;
}

static void measure_column(table *in, size_t which) {
    const totals *const groups = in->of->groups;
    const bool there = which == SHARE ? in->on_terminal : column_is_there(&columns[which], in->of->head.priced);
    size_t width = 0;
    bool says = which == 0;
    for (size_t line = 0; line < 2; line++) {
        put_head(which, line, &in->cell);
        widen(&width, &in->cell);
    }
    for (size_t i = 0; i <= groups->count; i++) {
        says = put_cell(in, which, i < groups->count ? &groups->groups[i]->tally : in->of->total) || says;
        widen(&width, &in->cell);
    }
    in->widths[which] = there && says ? width : 0;
}

static void measure(table *in) {
    const totals *const groups = in->of->groups;
    in->label = strlen("total");
    for (size_t i = 0; i < groups->count && in->of->head.by_count > 0; i++) {
        put_label(in, groups->groups[i]->key);
        widen(&in->label, &in->cell);
    }
    for (size_t i = 0; i < SHOWN; i++) {
        measure_column(in, i);
    }
}

/* ---- a block: the columns that fit beside each other */

typedef struct block {
    size_t first, last; /* columns; not the last itself */
} block;

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

/* What is in the cell goes to the right of its column. */
static void put_right(table *in, size_t which, text *to) {
    pad(to, text_width(in->cell.bytes, in->cell.used), in->widths[which] + GAP);
    text_bytes(to, in->cell.bytes, in->cell.used);
}

static void put_heads(table *in, const block *of, text *to) {
    for (size_t line = 0; line < 2; line++) {
        pad(to, 0, in->label);
        for (size_t i = of->first; i < of->last; i++) {
            if (in->widths[i] > 0) {
                put_head(i, line, &in->cell);
                put_right(in, i, to);
            }
        }
        end_line(to);
    }
}

/* The row's label is in the cell. */
static void put_row(table *in, const block *of, const tally *row, text *to) {
    text_bytes(to, in->cell.bytes, in->cell.used);
    pad(to, text_width(in->cell.bytes, in->cell.used), in->label);
    for (size_t i = of->first; i < of->last; i++) {
        if (in->widths[i] > 0) {
            put_cell(in, i, row);
            put_right(in, i, to);
        }
    }
    end_line(to);
}

static void put_block(table *in, const block *of, text *to) {
    const bool grouped = in->of->head.by_count > 0;
    size_t width = in->label;
    put_heads(in, of, to);
    for (size_t i = 0; i < in->of->groups->count && grouped; i++) {
        const group *const row = in->of->groups->groups[i];
        put_label(in, row->key);
        put_row(in, of, &row->tally, to);
    }
    for (size_t i = of->first; i < of->last; i++) {
        width += in->widths[i] > 0 ? GAP + in->widths[i] : 0;
    }
    for (size_t i = 0; i < width && grouped; i++) {
        text_byte(to, '-');
    }
    text_string(to, grouped ? "\n" : "");
    text_clear(&in->cell);
    text_string(&in->cell, "total");
    put_row(in, of, in->of->total, to);
}

static void put_blocks(table *in, size_t width, text *to) {
    block next = {.last = 0};
    while (next.last < SHOWN) {
        size_t taken = in->label;
        next.first = next.last;
        do {
            taken += in->widths[next.last] > 0 ? GAP + in->widths[next.last] : 0;
            next.last++;
        } while (next.last < SHOWN &&
                 (width == 0 || in->widths[next.last] == 0 || taken + GAP + in->widths[next.last] <= width));
        text_string(to, next.first > 0 ? "\n" : "");
        put_block(in, &next, to);
    }
}

/* ---- all of it */

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
    table in = {.of = of, .on_terminal = width > 0, .blocks = terminal_knows_utf8()};
    measure(&in);
    put_blocks(&in, width, to);
    if (!of->complete) {
        text_string(to, "\nThe report is not complete: standard error says why.\n");
    }
    text_free(&in.cell);
    text_free(&in.component);
}
