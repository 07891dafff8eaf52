/*
 * What is printed: a table for people, and the formats for programs, all of them by one list of columns.
 */
#include "usage_report.h"

#include <stdlib.h>
#include <string.h>

bool column_is_there(column of, const options *asked) {
    return of.is_count || (of.which == STATED     ? asked->stated
                           : of.which >= UNPRICED ? asked->priced && (of.which == COST || !asked->each)
                                                  : !asked->each);
}

/* What is absent is nothing, or for people a -. So is a cost of 0 where nothing is known. False: it says nothing. */
static bool put_value(column of, const tally *from, bool nice, text *to) {
    tokusage usage = from->usage;
    const tokusage_count *const count = of.is_count ? tokusage_count_at(&usage, of.which) : NULL;
    const amount *const money = count || of.which < COST ? NULL : of.which == COST ? &from->cost : &from->stated;
    const int64_t value = count ? count->value : money ? *money > 0 : from->counters[of.which];
    if (count ? !count->present : money == &from->cost && value == 0 && from->counters[UNPRICED] > 0) {
        text_string(to, nice ? "-" : "");
    } else if (money) {
        amount_put(to, *money, nice);
    } else {
        text_number(to, value, nice);
    }
    return value > 0;
}

/* No name reads as what is said of none. */
static void put_name(slice *key, text *to) {
    slice name = {NULL, 0};
    const bool present = key_next(key, &name);
    text_string(to, !present ? "(none)" : slice_is(name, "(none)") ? "\\" : "");
    text_safe(to, name);
}

/* ---- CSV (RFC 4180) and TSV: each field is followed by a separator */

/*
 * Control characters are escaped already, so a record is a line, and in TSV nothing else is special. With --sheet, a
 * name that a sheet would take for a formula gets a ' in front.
 */
static void put_field(const options *asked, slice field, text *to) {
    const bool formula = field.length > 1 && asked->sheet && memchr("=+-@", *field.bytes, 4);
    const bool blank = field.length == 0 || *field.bytes == ' ' || field.bytes[field.length - 1] == ' ';
    const bool quoted = asked->separator == ',' &&
                        (blank || memchr(field.bytes, ',', field.length) || memchr(field.bytes, '"', field.length));
    text_string(to, quoted ? "\"" : "");
    text_string(to, formula ? "'" : "");
    for (size_t at = 0; at < field.length; at++) {
        text_string(to, quoted && field.bytes[at] == '"' ? "\"" : "");
        text_bytes(to, field.bytes + at, 1);
    }
    text_string(to, quoted ? "\"" : "");
    text_bytes(to, &asked->separator, 1);
}

/* A group or a response, or (NULL) the head. */
static void put_fields(const options *asked, const report_row *of, text *to) {
    slice key = of ? of->key : (slice){NULL, 0};
    text name = {.bytes = NULL};
    if (asked->each && of) {
        text_safe(&name, slice_of(of->file));
        put_field(asked, text_all(&name), to);
        text_print(to, "%lld%c", (long long)of->line, asked->separator);
    } else if (asked->each) {
        text_print(to, "file%cline%c", asked->separator, asked->separator);
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        const char *const given = asked->by[i].given;
        name.used = 0;
        if (of) {
            put_name(&key, &name);
        } else {
            text_safe(&name, slice_of(given + (*given == '/'))); /* the field of /model is model */
        }
        put_field(asked, text_all(&name), to);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        if (column_is_there(each, asked)) {
            if (of) {
                put_value(each, of->tally, false, to);
            } else {
                text_string(to, each.name);
            }
            text_bytes(to, &asked->separator, 1);
        }
    }
    text_string(to, !asked->each ? "" : of ? of->verdict : "verdict");
    to->used -= !asked->each; /* the last separator */
    text_string(to, "\n");
    text_free(&name);
}

/* ---- JSON: each member is followed by a comma */

/* A usage object as the library writes it, and the counters and the cost around it. What is absent is left out. */
static void put_object(const options *asked, const report_row *of, text *to) {
    char usage[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    slice name = {NULL, 0};
    text_string(to, "{");
    if (of->file) {
        text_string(to, "\"file\":");
        text_json(to, slice_of(of->file));
        text_print(to, ",\"line\":%lld,", (long long)of->line);
    }
    text_string(to, of->key.bytes ? "\"group\":[" : "");
    for (slice key = of->key; key.length > 0; text_string(to, key.length > 0 ? "," : "")) {
        if (key_next(&key, &name)) {
            text_json(to, name);
        } else {
            text_string(to, "null");
        }
    }
    text_string(to, of->key.bytes ? "]," : "");
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        const size_t before = to->used;
        if (each.is_count && each.which == 0) {
            tokusage_encode(&of->tally->usage, usage, sizeof usage, &length);
            text_print(to, "\"usage\":%s,", usage);
        } else if (!each.is_count && column_is_there(each, asked)) {
            const char *const quote = each.which < COST ? "" : "\""; /* JSON's numbers are read as doubles */
            text_print(to, "\"%s\":%s", each.name, quote);
            const size_t begin = to->used;
            put_value(each, of->tally, false, to);
            const bool absent = to->used == begin;
            text_print(to, "%s,", quote);
            to->used = absent ? before : to->used;
        }
    }
    text_print(to, of->verdict ? "\"verdict\":\"%s\"," : "", of->verdict);
    to->bytes[to->used - 1] = '}';
}

static void put_head(const options *asked, bool complete, text *to) {
    static const char *const words[] = {"false", "true"};
    text_string(to, "{\"usage_report\":4,\"at\":");
    if (asked->at) {
        text_json(to, slice_of(asked->at));
    } else {
        text_string(to, "null");
    }
    text_string(to, ",\"by\":[");
    for (size_t i = 0; i < asked->by_count; i++) {
        text_string(to, i > 0 ? "," : "");
        text_json(to, slice_of(asked->by[i].given));
    }
    text_print(to, "],\"priced\":%s,\"stated\":%s,\"complete\":%s,\"groups\":[", words[asked->priced],
               words[asked->stated], words[complete]);
}

/* ---- the table: numbers that line up, no column that says nothing */

enum {
    NAME_WIDTH = 44
};

/* Characters: all except their first bytes are 10xxxxxx. */
static size_t width_of(slice of) {
    size_t width = 0;
    for (size_t i = 0; i < of.length; i++) {
        width += ((unsigned char)of.bytes[i] & 0xC0) != 0x80;
    }
    return width;
}

static slice slice_from(slice of, size_t character) {
    while (of.length > 0 && (character > 0 || width_of((slice){of.bytes, 1}) == 0)) {
        character -= width_of((slice){of.bytes, 1});
        of = slice_after(of, 1);
    }
    return of;
}

/* Long names are shortened in the middle, since what differs is often at the end. */
static void put_short(slice name, size_t most, text *to) {
    const size_t width = width_of(name);
    if (width > most) {
        text_bytes(to, name.bytes, name.length - slice_from(name, most / 3).length);
        text_string(to, "...");
        name = slice_from(name, width - (most - most / 3 - 3));
    }
    text_slice(to, name);
}

/* A cell of the names (column 0), or of a column, in the head (row 0), of a group, or of the total. */
static bool put_cell(const report *of, size_t which, size_t line, bool shortened, text *to) {
    const report_row *const in = line > 0 ? &of->rows[line - 1] : NULL;
    text name = {.bytes = NULL};
    to->used = 0;
    if (which > 0 && in) {
        return put_value(column_at(which - 1), in->tally, true, to);
    }
    if (which > 0) {
        slice head = slice_of(column_at(which - 1).name);
        slice_drop_end(&head, "_tokens");
        text_slice(to, head);
        return false;
    }
    slice key = in ? in->key : (slice){NULL, 0};
    text_string(to, in && !key.bytes ? "total" : "");
    for (size_t i = 0; i < of->asked->by_count && key.bytes; i++) {
        name.used = 0;
        put_name(&key, &name);
        text_string(to, i > 0 ? "  " : "");
        put_short(text_all(&name), shortened ? NAME_WIDTH : SIZE_MAX, to);
    }
    text_free(&name);
    return true;
}

/* Whether no two groups have the same shortened names. */
static bool names_differ(const report *of) {
    catalog seen = {.root = NULL};
    text names = {.bytes = NULL};
    bool differ = true;
    for (size_t line = 1; line <= of->count && differ; line++) {
        put_cell(of, 0, line, true, &names);
        differ = remember(&seen, text_all(&names));
    }
    catalog_free(&seen);
    text_free(&names);
    return differ;
}

/* Column by column: first to see how wide it is. */
static void put_table(const report *of, text *to) {
    const size_t count = of->count + 2;
    const bool shortened = names_differ(of);
    text *const lines = memory_resize(NULL, count * sizeof *lines);
    text cell = {.bytes = NULL};
    memset(lines, 0, count * sizeof *lines);
    for (size_t which = 0; which <= COLUMNS; which++) {
        bool says = which == 1; /* the responses, in any case */
        size_t width = 0;
        for (size_t i = 0; i < count; i++) {
            says = put_cell(of, which, i, shortened, &cell) || says;
            width = width_of(text_all(&cell)) > width ? width_of(text_all(&cell)) : width;
        }
        for (size_t i = 0; i < count && says && (which == 0 || column_is_there(column_at(which - 1), of->asked)); i++) {
            put_cell(of, which, i, shortened, &cell);
            const int blank = (int)(width - width_of(text_all(&cell)));
            text_print(&lines[i], "%*s", which > 0 ? blank + 2 : 0, "");
            text_slice(&lines[i], text_all(&cell));
            text_print(&lines[i], "%*s", which > 0 ? 0 : blank, "");
        }
    }
    for (size_t i = 0; i < count; i++) {
        const bool last = i + 1 == count;
        for (size_t k = width_of(text_all(&lines[i])); k > 0 && last && of->asked->by_count > 0; k--) {
            text_string(to, k > 1 ? "-" : "-\n");
        }
        if (i == 0 || last || of->asked->by_count > 0) {
            text_slice(to, text_all(&lines[i]));
            text_string(to, "\n");
        }
        text_free(&lines[i]);
    }
    text_string(to, of->complete ? "" : "\nThe report is not complete: standard error says why.\n");
    text_free(&cell);
    free(lines);
}

/* ---- all of them */

void format_each(const options *asked, const report_row *of, text *to) {
    if (asked->format != FORMAT_JSON) {
        put_fields(asked, of, to);
    } else if (of) {
        put_object(asked, of, to);
        text_string(to, "\n");
    }
}

void format_report(const report *of, text *to) {
    if (of->asked->format == FORMAT_TABLE) {
        put_table(of, to);
        return;
    }
    if (of->asked->format == FORMAT_JSON) {
        put_head(of->asked, of->complete, to);
    } else {
        put_fields(of->asked, NULL, to);
    }
    for (size_t i = 0; i < of->count; i++) {
        if (of->asked->format == FORMAT_JSON) {
            text_string(to, i > 0 ? "," : "");
            put_object(of->asked, &of->rows[i], to);
        } else {
            put_fields(of->asked, &of->rows[i], to);
        }
    }
    if (of->asked->format == FORMAT_JSON) {
        text_string(to, "],\"total\":");
        put_object(of->asked, &of->rows[of->count], to);
        text_string(to, "}\n");
    }
}
