/*
 * The table for people: a row for each group, numbers that line up, no column that says nothing; on a terminal a bar
 * for each group's share, and what does not fit side by side is printed below. Cells are made twice, once to be
 * measured and once to be printed, so that a million groups need no more room than their counts do.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    KEY_WIDTH = 40,
    BAR_WIDTH = 12,
    SHARE = COLUMNS, /* the column of bars, after the others */
    KEYS,
    SHOWN
};

typedef struct table {
    const report *of;
    size_t terminal;      /* its width; 0: it is none */
    size_t widths[SHOWN]; /* 0: the column is left out */
    text cell, component;
} table;

static size_t terminal_width(void) {
    struct winsize size;
    if (!isatty(STDOUT_FILENO)) {
        return 0;
    }
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* As the C library finds out about UTF-8, but without a locale. */
static bool terminal_knows_utf8(void) {
    const char *value = getenv("LC_ALL");
    value = value && *value ? value : getenv("LC_CTYPE");
    value = value && *value ? value : getenv("LANG");
    return value && (strstr(value, "UTF-8") || strstr(value, "utf8"));
}

/* ---- cells. The rows are two of heads, the groups, and the total. */

static void put_share(table *in, const tally *row) {
    const tokusage_count all = in->of->total->usage.total_tokens;
    const tokusage_count part = row->usage.total_tokens;
    if (!part.present || all.value == 0) {
        return;
    }
    const int64_t percent = (part.value * 100 + all.value / 2) / all.value;
    for (int64_t i = 0; i < BAR_WIDTH; i++) {
        const bool full = i < (percent * BAR_WIDTH + 50) / 100;
        text_string(&in->cell, !full ? " " : terminal_knows_utf8() ? "\xE2\x96\x88" : "#");
    }
    text_string(&in->cell, percent < 10 ? "   " : percent < 100 ? "  " : " ");
    text_number(&in->cell, percent, false);
    text_string(&in->cell, " %");
}

static void put_keys(table *in, const group *row) {
    const size_t most = KEY_WIDTH * in->of->asked->by_count;
    const char *key = row ? row->key : NULL;
    size_t width = 0;
    for (size_t i = 0; i < in->of->asked->by_count && key; i++) {
        const bool present = key_next(&key, &in->component);
        text_string(&in->cell, i > 0 ? "  " : "");
        text_safe(&in->cell, present ? in->component.bytes : no_key, present ? in->component.used : strlen(no_key));
    }
    text_string(&in->cell, key ? "" : row ? other_keys : "total");
    if (text_width(&in->cell) > most && most > 0) {
        in->cell.used = text_span(&in->cell, most - 3, &width);
        text_string(&in->cell, "...");
    }
}

/* A column's name, parted before its last word. */
static void put_head(table *in, size_t which, size_t line) {
    const char *const name = which == KEYS ? "" : which == SHARE ? "share of the_total tokens" : column_at(which).name;
    const char *const last = strrchr(name, '_');
    if (line == 1 || last) {
        const char *const begin = line == 0 || !last ? name : last + 1;
        text_bytes(&in->cell, begin, line == 0 ? (size_t)(last - begin) : strlen(begin));
    }
    for (size_t i = 0; i < in->cell.used; i++) {
        in->cell.bytes[i] = in->cell.bytes[i] == '_' ? ' ' : in->cell.bytes[i];
    }
}

/* False: it says nothing. A sum of nothing is not zero. */
static bool put_cell(table *in, size_t which, size_t row) {
    const totals *const groups = in->of->groups;
    const group *const group_of = row >= 2 && row < groups->count + 2 ? groups->groups[row - 2] : NULL;
    const tally *const from = group_of ? &group_of->tally : in->of->total;
    const column of = column_at(which < COLUMNS ? which : 0);
    tokusage usage = from->usage;
    in->cell.used = 0;
    if (row < 2) {
        put_head(in, which, row);
        return false;
    }
    if (which == KEYS || which == SHARE) {
        (which == KEYS ? (void)put_keys(in, group_of) : put_share(in, from));
        return which == KEYS || in->terminal > 0;
    }
    if (of.kind == COST) {
        static const amount nothing = {.whole = 0};
        if (from->counters[UNPRICED] > 0 && amount_compare(&from->cost, &nothing) == 0) {
            text_string(&in->cell, "-");
        } else {
            amount_put(&in->cell, &from->cost, true);
        }
        return true;
    }
    const int64_t value = of.kind == COUNT ? tokusage_count_at(&usage, of.which)->value : from->counters[of.which];
    if (of.kind == COUNT && !tokusage_count_at(&usage, of.which)->present) {
        text_string(&in->cell, "-");
    } else {
        text_number(&in->cell, value, true);
    }
    return value > 0 || which == 0;
}

static void measure(table *in, size_t which) {
    bool says = false;
    in->widths[which] = 0;
    for (size_t row = 0; row < in->of->groups->count + 3; row++) {
        says = put_cell(in, which, row) || says;
        const size_t width = text_width(&in->cell);
        in->widths[which] = width > in->widths[which] ? width : in->widths[which];
    }
    const column of = column_at(which < COLUMNS ? which : 0);
    const bool there = which >= COLUMNS || column_is_there(&of, in->of->asked->priced);
    in->widths[which] = there && says ? in->widths[which] : 0;
}

/* ---- rows */

static void put_times(text *to, const char *byte, size_t from, size_t until) {
    for (; from < until; from++) {
        text_bytes(to, byte, 1);
    }
}

static void put_row(table *in, size_t first, size_t last, size_t row, text *to) {
    put_cell(in, KEYS, row);
    text_bytes(to, in->cell.bytes, in->cell.used);
    put_times(to, " ", text_width(&in->cell), in->widths[KEYS]);
    for (size_t i = first; i < last; i++) {
        if (in->widths[i] > 0) {
            put_cell(in, i, row);
            put_times(to, " ", text_width(&in->cell), in->widths[i] + 2);
            text_bytes(to, in->cell.bytes, in->cell.used);
        }
    }
    while (to->used > 0 && to->bytes[to->used - 1] == ' ') {
        to->used--;
    }
    text_string(to, "\n");
}

void format_table(const report *of, text *to) {
    table in = {.of = of, .terminal = terminal_width()};
    const size_t total = of->groups->count + 2;
    for (size_t i = 0; i < SHOWN; i++) {
        measure(&in, i);
    }
    for (size_t first = 0, last = 0; last < SHARE + 1; first = last) {
        size_t width = in.widths[KEYS];
        while (last < SHARE + 1 && (last == first || in.widths[last] == 0 || in.terminal == 0 ||
                                    width + in.widths[last] + 2 <= in.terminal)) {
            width += in.widths[last] > 0 ? in.widths[last] + 2 : 0;
            last++;
        }
        text_string(to, first > 0 ? "\n" : "");
        for (size_t row = 0; row <= total; row++) {
            if (row == total && of->asked->by_count > 0) {
                put_times(to, "-", 0, width);
                text_string(to, "\n");
            }
            if (row < 2 || row == total || of->asked->by_count > 0) {
                put_row(&in, first, last, row, to);
            }
        }
    }
    text_string(to, of->complete ? "" : "\nThe report is not complete: standard error says why.\n");
    text_free(&in.cell);
    text_free(&in.component);
}
