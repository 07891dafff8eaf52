/*
 * The table for people: a row for each group, numbers that line up, no column that says nothing. On a terminal,
 * what does not fit side by side is printed below. Cells are made twice, once to be measured and once to be printed, so
 * that a million groups need no more room than their counts do.
 */
#include "usage_report.h"

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
    size_t widths[SHOWN]; /* 0: the column is left out */
    bool whole;           /* names are not shortened */
    text cell, name;
} table;

/* ---- cells. The rows are two of heads, the groups, and the total. */

/* Long names are shortened in the middle, since what differs is often at the end; not where two would look alike. */
static void put_short(table *in) {
    const text *const safe = &in->name;
    size_t width = 0;
    size_t front = safe->used;
    size_t end = safe->used;
    if (text_width(text_all(safe)) > KEY_WIDTH && !in->whole) {
        end = front = text_span(text_all(safe), KEY_WIDTH / 3, &width);
        while (text_width((slice){safe->bytes + end, safe->used - end}) > KEY_WIDTH - width - 3 ||
               ((unsigned char)safe->bytes[end] & 0xC0) == 0x80) {
            end++;
        }
    }
    text_bytes(&in->cell, safe->bytes, front);
    text_string(&in->cell, end > front ? "..." : "");
    text_bytes(&in->cell, safe->bytes + end, safe->used - end);
}

static void put_keys(table *in, const group *row) {
    const char *key = row ? row->key : NULL;
    for (size_t i = 0; i < in->of->asked->by_count && key; i++) {
        text_string(&in->cell, i > 0 ? "  " : "");
        in->name.used = 0;
        key_put(&key, &in->name);
        put_short(in);
    }
    text_string(&in->cell, key ? "" : row ? other_keys : "total");
}

/* A column's name, parted before its last word. */
static void put_head(table *in, size_t which, size_t line) {
    const char *const name = which == KEYS ? "" : column_at(which).name;
    const char *const last = strrchr(name, '_');
    if (line == 1) {
        text_string(&in->cell, last ? last + 1 : name);
    } else {
        text_bytes(&in->cell, name, last ? (size_t)(last - name) : 0);
    }
    for (size_t i = 0; i < in->cell.used; i++) {
        in->cell.bytes[i] = in->cell.bytes[i] == '_' ? ' ' : in->cell.bytes[i];
    }
}

/* False: it says nothing. A sum of nothing is not zero. */
static bool put_cell(table *in, size_t which, size_t row) {
    const totals *const groups = in->of->groups;
    const group *const of = row >= 2 && row < groups->count + 2 ? groups->groups[row - 2] : NULL;
    in->cell.used = 0;
    if (row < 2) {
        put_head(in, which, row);
    } else if (which == KEYS) {
        put_keys(in, of);
    } else {
        return column_put(column_at(which), of ? &of->tally : in->of->total, true, &in->cell) || which == 0;
    }
    return row >= 2;
}

static void measure(table *in, size_t which) {
    bool says = false;
    size_t most = 0;
    for (size_t row = 0; row < in->of->groups->count + 3; row++) {
        says = put_cell(in, which, row) || says;
        const size_t width = text_width(text_all(&in->cell));
        most = width > most ? width : most;
    }
    in->widths[which] = says && (which == KEYS || column_is_there(column_at(which), in->of->asked)) ? most : 0;
}

/* ---- rows */

static void put_times(text *to, const char *byte, size_t from, size_t until) {
    for (; from < until; from++) {
        text_bytes(to, byte, 1);
    }
}

static void put_row(table *in, size_t first, size_t last, size_t row, text *to) {
    put_cell(in, KEYS, row);
    text_slice(to, text_all(&in->cell));
    put_times(to, " ", text_width(text_all(&in->cell)), in->widths[KEYS]);
    for (size_t i = first; i < last; i++) {
        if (in->widths[i] > 0) {
            put_cell(in, i, row);
            put_times(to, " ", text_width(text_all(&in->cell)), in->widths[i] + 2);
            text_slice(to, text_all(&in->cell));
        }
    }
    while (to->used > 0 && to->bytes[to->used - 1] == ' ') {
        to->used--;
    }
    text_string(to, "\n");
}

/* Whether two groups would have the same shortened name. */
static bool some_look_alike(table *in) {
    void *seen = NULL;
    bool alike = false;
    for (size_t i = 0; i < in->of->groups->count && !alike; i++) {
        in->cell.used = 0;
        put_keys(in, in->of->groups->groups[i]);
        alike = !remember(&seen, text_all(&in->cell));
    }
    forget(&seen);
    return alike;
}

void format_table(const report *of, text *to) {
    table in = {.of = of};
    struct winsize size = {.ws_col = 0};
    const bool terminal = isatty(STDOUT_FILENO);
    const size_t room = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    const size_t total = of->groups->count + 2;
    const bool grouped = of->asked->by_count > 0;
    in.whole = some_look_alike(&in);
    for (size_t i = 0; i < SHOWN; i++) {
        measure(&in, i);
    }
    for (size_t first = 0, last = 0; last < KEYS; first = last) {
        size_t width = in.widths[KEYS];
        while (last < KEYS &&
               (last == first || in.widths[last] == 0 || !terminal || width + in.widths[last] + 2 <= room)) {
            width += in.widths[last] > 0 ? in.widths[last] + 2 : 0;
            last++;
        }
        text_string(to, first > 0 ? "\n" : "");
        for (size_t row = 0; row <= total; row++) {
            if (row == total && grouped) {
                put_times(to, "-", 0, width);
                text_string(to, "\n");
            }
            if (row < 2 || row == total || grouped) {
                put_row(&in, first, last, row, to);
            }
        }
    }
    text_string(to, of->complete ? "" : "\nThe report is not complete: standard error says why.\n");
    text_free(&in.cell);
    text_free(&in.name);
}
