/*
 * What is printed: a table for people, and the formats for programs, all of them by one list of columns.
 */
#include "usage_report.h"

#include <string.h>

enum {
    NAME_WIDTH = 44,
    FIELDS = BY_MOST + COLUMNS
};

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

/* For people long names are shortened in the middle, as what differs is often at the end. What was shortened is here. */
typedef struct shortening {
    size_t most;
    catalog whole, made;
} shortening;

static void put_short(slice name, shortening *how, text *to) {
    const size_t width = width_of(name);
    const size_t begin = to->used;
    if (width <= how->most) {
        text_slice(to, name);
        return;
    }
    remember(&how->whole, name);
    text_bytes(to, name.bytes, name.length - without(name, how->most / 3).length);
    text_string(to, "...");
    text_slice(to, without(name, width - how->most + how->most / 3 + 3));
    remember(&how->made, (slice){to->bytes + begin, to->used - begin});
}

/* A part of a key. No name reads as what is said of none. */
static void put_name(slice part, text *to) {
    text name = {.bytes = NULL};
    text_decode(&name, json_inside(part));
    text_string(to, !json_is(part, '"') ? "(none)" : slice_is(text_all(&name), "(none)") ? "\\" : "");
    text_safe(to, text_all(&name));
    text_free(&name);
}

/* ---- fields, each with a separator after it: CSV (RFC 4180), TSV, and the table before it is laid out */

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

/* A group, the total or a response, or (NULL) the head. */
static void put_fields(const options *asked, const report_row *of, shortening *how, text *to) {
    slice key = of ? of->key : (slice){NULL, 0};
    slice part = {NULL, 0};
    text name = {.bytes = NULL};
    if (asked->each && of) {
        text_safe(&name, slice_of(of->file));
        put_field(asked, text_all(&name), to);
        text_print(to, "%llu%c", (unsigned long long)of->line, asked->separator);
    } else if (asked->each) {
        text_print(to, "file%cline%c", asked->separator, asked->separator);
    }
    for (size_t i = 0; i < asked->by_count; i++) {
        const char *const given = asked->by[i].given;
        name.used = 0;
        if (json_next(&key, NULL, &part)) {
            put_name(part, &name);
        } else if (!how) {
            text_safe(&name, slice_of(given + (*given == '/'))); /* the field of /model is model */
        } else {
            text_string(&name, of && i == 0 ? "total" : "");
        }
        if (how) {
            put_short(text_all(&name), how, to);
            text_bytes(to, &asked->separator, 1);
        } else {
            put_field(asked, text_all(&name), to);
        }
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        slice head = slice_of(each.name);
        head.length -= how && slice_ends(head, "_tokens") ? strlen("_tokens") : 0;
        if (column_is_there(each, asked)) {
            if (of) {
                put_value(each, of->tally, how, to);
            } else {
                text_slice(to, head);
            }
            text_bytes(to, &asked->separator, 1);
        }
    }
    text_string(to, !asked->each ? "" : of ? of->verdict : "verdict");
    to->used -= !asked->each; /* the last separator */
    text_string(to, "\n");
    text_free(&name);
}

/* ---- the table */

/* Numbers line up. A column is left out where all is 0 or absent, except that of the responses. */
static void lay_out(slice rows, size_t names, size_t last, text *to) {
    size_t widths[FIELDS] = {0};
    bool says[FIELDS] = {false};
    for (unsigned pass = 0; pass < 2; pass++) {
        size_t field = 0;
        size_t line = 0;
        size_t whole = 0;
        for (slice rest = rows; rest.length > 0;) {
            const slice cell = {rest.bytes, strcspn(rest.bytes, "\t\n")};
            const size_t width = width_of(cell);
            const bool ends = rest.bytes[cell.length] == '\n';
            const int blank = (int)(widths[field] - width);
            if (pass == 0) {
                widths[field] = width > widths[field] ? width : widths[field];
                says[field] = says[field] || field <= names || (line > 0 && strspn(cell.bytes, "-.0") < cell.length);
            } else if (says[field]) {
                text_print(to, "%*s", (field > 0 ? 2 : 0) + (field < names ? 0 : blank), "");
                text_slice(to, cell);
                text_print(to, "%*s", field < names ? blank : 0, "");
                whole += widths[field] + (field > 0 ? 2 : 0);
            }
            text_string(to, pass > 0 && ends ? "\n" : "");
            for (; pass > 0 && ends && line == last && whole > 0; whole--) {
                text_string(to, whole > 1 ? "-" : "-\n");
            }
            whole = ends ? 0 : whole;
            field = ends ? 0 : field + 1;
            line += ends;
            rest = slice_after(rest, cell.length + 1);
        }
    }
}

/* Names are not shortened where two would look alike. */
static void put_table(const report *of, text *to) {
    const bool grouped = of->asked->by_count > 0;
    shortening how = {.most = NAME_WIDTH};
    text rows = {.bytes = NULL};
    do {
        how.most = how.whole.count > how.made.count ? SIZE_MAX : how.most;
        rows.used = 0;
        put_fields(of->asked, NULL, &how, &rows);
        for (size_t i = grouped ? 0 : of->count; i <= of->count; i++) {
            put_fields(of->asked, &of->rows[i], &how, &rows);
        }
    } while (how.most == NAME_WIDTH && how.whole.count > how.made.count);
    lay_out((slice){text_c(&rows), rows.used}, of->asked->by_count, grouped ? of->count : SIZE_MAX, to);
    text_string(to, of->complete ? "" : "\nThe report is not complete: standard error says why.\n");
    catalog_free(&how.whole);
    catalog_free(&how.made);
    text_free(&rows);
}

/* ---- JSON: each member is followed by a comma */

/* A usage object as the library writes it, and the counters and the cost around it. What is absent is left out. */
static void put_object(const options *asked, const report_row *of, text *to) {
    char usage[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    text_string(to, "{");
    if (of->file) {
        text_string(to, "\"file\":");
        text_json(to, slice_of(of->file));
        text_print(to, ",\"line\":%lld,", (long long)of->line);
    }
    if (of->key.bytes) {
        text_string(to, "\"group\":[");
        text_slice(to, of->key);
        to->used -= of->key.length > 0; /* its last comma */
        text_string(to, "],");
    }
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

/* ---- all of them */

void format_each(const options *asked, const report_row *of, text *to) {
    if (asked->format != FORMAT_JSON) {
        put_fields(asked, of, NULL, to);
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
        put_fields(of->asked, NULL, NULL, to);
    }
    for (size_t i = 0; i < of->count; i++) {
        if (of->asked->format == FORMAT_JSON) {
            text_string(to, i > 0 ? "," : "");
            put_object(of->asked, &of->rows[i], to);
        } else {
            put_fields(of->asked, &of->rows[i], NULL, to);
        }
    }
    if (of->asked->format == FORMAT_JSON) {
        text_string(to, "],\"total\":");
        put_object(of->asked, &of->rows[of->count], to);
        text_string(to, "}\n");
    }
}
