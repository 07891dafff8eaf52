/*
 * The table for people: a row for each group, numbers that line up, no column that says nothing. On a terminal,
 * what does not fit side by side is printed below. Cells are made twice, once to be
 * measured and once to be printed, so that a million groups need no more room than their counts do.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    KEY_WIDTH = 44,
    KEYS = COLUMNS, /* the names of groups, after the others */
    SHOWN
};

typedef struct table {
    const report *of;
    size_t terminal;      /* its width; 0: it is none */
    size_t widths[SHOWN]; /* 0: the column is left out */
    bool whole;           /* names are not shortened */
    text cell, component, safe;
} table;

static size_t terminal_width(void) {
    struct winsize size;
    if (!isatty(STDOUT_FILENO)) {
        return 0;
    }
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* ---- cells. The rows are two of heads, the groups, and the total. */

/* Long names are shortened in the middle, since what differs is often at the end; not where two would look alike. */
static void put_name(table *in, slice name) {
    size_t width = 0;
    text *const safe = &in->safe;
    safe->used = 0;
    text_safe(safe, name);
    const size_t wide = text_width(text_all(safe));
    if (wide <= KEY_WIDTH || in->whole) {
        text_slice(&in->cell, text_all(safe));
        return;
    }
    const size_t front = text_span(text_all(safe), KEY_WIDTH / 3, &width);
    size_t end = front;
    while (text_width((slice){safe->bytes + end, safe->used - end}) > KEY_WIDTH - width - 3 ||
           ((unsigned char)safe->bytes[end] & 0xC0) == 0x80) {
        end++;
    }
    text_bytes(&in->cell, safe->bytes, front);
    text_string(&in->cell, "...");
    text_bytes(&in->cell, safe->bytes + end, safe->used - end);
}

static void put_keys(table *in, const group *row) {
    const char *key = row ? row->key : NULL;
    for (size_t i = 0; i < in->of->asked->by_count && key; i++) {
        const bool present = key_next(&key, &in->component);
        const slice name = text_all(&in->component);
        text_string(&in->cell, i > 0 ? "  " : "");
        text_string(&in->cell, present && (slice_is(name, no_key) || slice_is(name, other_keys)) ? "\\" : "");
        put_name(in, present ? name : slice_of(no_key));
    }
    text_string(&in->cell, key ? "" : row ? other_keys : "total");
}

/* A column's name, parted before its last word. */
static void put_head(table *in, size_t which, size_t line) {
    const char *const name = which == KEYS ? "" : column_at(which).name;
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
    if (which == KEYS) {
        put_keys(in, group_of);
        return true;
    }
    if (of.kind == COST || of.kind == STATED) {
        static const amount nothing = {.whole = 0};
        const amount *const money = of.kind == COST ? &from->cost : &from->stated;
        if (of.kind == COST && from->counters[UNPRICED] > 0 && amount_compare(money, &nothing) == 0) {
            text_string(&in->cell, "-");
        } else {
            amount_put(&in->cell, money, true);
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
        const size_t width = text_width(text_all(&in->cell));
        in->widths[which] = width > in->widths[which] ? width : in->widths[which];
    }
    const column of = column_at(which < COLUMNS ? which : 0);
    const bool there = which >= COLUMNS || column_is_there(&of, in->of->asked);
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
    put_times(to, " ", text_width(text_all(&in->cell)), in->widths[KEYS]);
    for (size_t i = first; i < last; i++) {
        if (in->widths[i] > 0) {
            put_cell(in, i, row);
            put_times(to, " ", text_width(text_all(&in->cell)), in->widths[i] + 2);
            text_bytes(to, in->cell.bytes, in->cell.used);
        }
    }
    while (to->used > 0 && to->bytes[to->used - 1] == ' ') {
        to->used--;
    }
    text_string(to, "\n");
}

static int compare_cells(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Whether two groups would have the same shortened name. */
static bool some_look_alike(table *in) {
    const size_t count = in->of->groups->count;
    char **const cells = memory_resize(NULL, (count + 1) * sizeof *cells);
    bool alike = false;
    for (size_t i = 0; i < count; i++) {
        in->cell.used = 0;
        put_keys(in, in->of->groups->groups[i]);
        const char *const cell = text_c(&in->cell);
        cells[i] = memory_resize(NULL, in->cell.used + 1);
        memcpy(cells[i], cell, in->cell.used + 1);
    }
    qsort(cells, count, sizeof *cells, compare_cells);
    for (size_t i = 0; i < count; i++) {
        alike = alike || (i > 0 && strcmp(cells[i - 1], cells[i]) == 0);
    }
    for (size_t i = 0; i < count; i++) {
        free(cells[i]);
    }
    free(cells);
    return alike;
}

void format_table(const report *of, text *to) {
    table in = {.of = of, .terminal = terminal_width()};
    const size_t total = of->groups->count + 2;
    in.whole = some_look_alike(&in);
    for (size_t i = 0; i < SHOWN; i++) {
        measure(&in, i);
    }
    for (size_t first = 0, last = 0; last < KEYS; first = last) {
        size_t width = in.widths[KEYS];
        while (last < KEYS && (last == first || in.widths[last] == 0 || in.terminal == 0 ||
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
    text_free(&in.safe);
}
