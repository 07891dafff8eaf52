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

/* What is absent is nothing, or for people a -. So is a cost of 0 where nothing is known. */
static void put_value(column of, const tally *from, bool nice, text *to) {
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

/* ---- rows: fields of CSV (RFC 4180), TSV or the table, with a separator after each; members of JSON, with a comma */

/*
 * Control characters are escaped already, so a record is a line, and in TSV nothing else is special. With --sheet, a
 * name that a sheet would take for a formula gets a ' in front.
 */
static void put_words(const options *asked, slice words, text *to) {
    const bool formula =
        words.length > 1 && asked->sheet && asked->format != FORMAT_TABLE && memchr("=+-@", *words.bytes, 4);
    const bool blank = words.length == 0 || *words.bytes == ' ' || words.bytes[words.length - 1] == ' ';
    const bool quoted = asked->separator == ',' &&
                        (blank || memchr(words.bytes, ',', words.length) || memchr(words.bytes, '"', words.length));
    text_print(to, "%s%s", quoted ? "\"" : "", formula ? "'" : "");
    for (size_t at = 0; at < words.length; at++) {
        text_string(to, quoted && words.bytes[at] == '"' ? "\"" : "");
        text_bytes(to, words.bytes + at, 1);
    }
    text_print(to, "%s%c", quoted ? "\"" : "", asked->separator);
}

/* What is absent is an empty field, and no member. */
static void put_cell(const options *asked, const char *name, const char *quote, slice value, text *to) {
    if (asked->format != FORMAT_JSON) {
        text_slice(to, value);
        text_bytes(to, &asked->separator, 1);
    } else if (value.length > 0) {
        text_print(to, "\"%s\":%s", name, quote);
        text_slice(to, value);
        text_print(to, "%s,", quote);
    }
}

static void put_names(const options *asked, const report_row *of, text *to) {
    slice key = of ? of->key : (slice){NULL, 0};
    slice part;
    for (size_t i = 0; i < asked->by_count; i++) {
        const char *const given = asked->by[i].given;
        text name = {.bytes = NULL};
        if (json_next(&key, NULL, &part)) {
            put_name(part, &name);
        } else if (asked->format != FORMAT_TABLE) {
            text_safe(&name, slice_of(given + (*given == '/'))); /* the field of /model is model */
        } else {
            text_string(&name, of && i == 0 ? "total" : "");
        }
        put_words(asked, text_all(&name), to);
        text_free(&name);
    }
}

static void put_columns(const options *asked, const report_row *of, text *to) {
    const bool nice = asked->format == FORMAT_TABLE;
    text cell = {.bytes = NULL};
    for (size_t i = 0; i < COLUMNS; i++) {
        const column each = column_at(i);
        const bool usage = asked->format == FORMAT_JSON && each.is_count; /* all counts: as the library writes it */
        if (!column_is_there(each, asked) || (usage && each.which > 0)) {
            continue;
        }
        cell.used = 0;
        if (usage) {
            char json[TOKUSAGE_JSON_SIZE];
            size_t length = 0;
            tokusage_encode(&of->tally->usage, json, sizeof json, &length);
            text_bytes(&cell, json, length);
        } else if (of) {
            put_value(each, of->tally, nice, &cell);
        } else {
            text_string(&cell, each.name);
            cell.used -= nice && slice_ends(text_all(&cell), "_tokens") ? strlen("_tokens") : 0;
        }
        /* JSON's numbers are read as doubles: money is a string */
        put_cell(asked, usage ? "usage" : each.name, each.is_count || each.which < COST ? "" : "\"", text_all(&cell),
                 to);
    }
    text_free(&cell);
}

/* A group, the total or a response; or (NULL) the head. */
static void put_row(const options *asked, const report_row *of, text *to) {
    const bool json = asked->format == FORMAT_JSON;
    text cell = {.bytes = NULL};
    text_string(to, json ? "{" : "");
    if (asked->each) {
        (json ? text_json : text_safe)(&cell, slice_of(of ? of->file : "file"));
        if (json) {
            put_cell(asked, "file", "", text_all(&cell), to);
        } else {
            put_words(asked, text_all(&cell), to);
        }
        cell.used = 0;
        text_print(&cell, of ? "%llu" : "line", (unsigned long long)(of ? of->line : 0));
        put_cell(asked, "line", "", text_all(&cell), to);
    }
    if (!json) {
        put_names(asked, of, to);
    } else if (of->key.bytes) {
        text_string(to, "\"group\":[");
        text_slice(to, of->key);
        to->used -= of->key.length > 0; /* the last comma */
        text_string(to, "],");
    }
    put_columns(asked, of, to);
    if (asked->each) {
        put_cell(asked, "verdict", "\"", slice_of(of ? of->verdict : "verdict"), to);
    }
    to->bytes[to->used - 1] = json ? '}' : '\n';
    text_free(&cell);
}

/* ---- the table */

/*
 * Three times over the fields: to see whether names that are shortened still differ, how wide columns are, and to print
 * them. Numbers line up. A column is left out where all is 0 or absent, except that of the responses.
 */
static void lay_out(slice rows, size_t names, size_t last, text *to) {
    size_t widths[FIELDS] = {0};
    bool says[FIELDS] = {false};
    catalog whole = {.root = NULL};
    catalog made = {.root = NULL};
    text cell = {.bytes = NULL};
    for (unsigned pass = 0; pass < 3; pass++) {
        size_t field = 0;
        size_t line = 0;
        size_t rule = 0;
        for (slice rest = rows; rest.length > 0;) {
            const slice all = {rest.bytes, strcspn(rest.bytes, "\t\n")};
            const bool ends = rest.bytes[all.length] == '\n';
            const bool is_long = field < names && width_of(all) > NAME_WIDTH;
            cell.used = 0;
            (is_long && whole.count == made.count ? put_short : text_slice)(&cell, all);
            const size_t width = width_of(text_all(&cell));
            if (pass == 0 && is_long) {
                remember(&whole, all);
                remember(&made, text_all(&cell));
            } else if (pass == 1) {
                widths[field] = width > widths[field] ? width : widths[field];
                says[field] = says[field] || field <= names || (line > 0 && strspn(all.bytes, "-.0") < all.length);
            } else if (pass == 2 && says[field]) {
                const int blank = (int)(widths[field] - width);
                text_print(to, "%*s", (field > 0 ? 2 : 0) + (field < names ? 0 : blank), "");
                text_slice(to, text_all(&cell));
                text_print(to, "%*s", field < names ? blank : 0, "");
                rule += widths[field] + (field > 0 ? 2 : 0);
            }
            text_string(to, pass == 2 && ends ? "\n" : "");
            for (; ends && rule > 0; rule--) {
                text_string(to, line != last ? "" : rule > 1 ? "-" : "-\n");
            }
            field = ends ? 0 : field + 1;
            line += ends;
            rest = slice_after(rest, all.length + 1);
        }
    }
    catalog_free(&whole);
    catalog_free(&made);
    text_free(&cell);
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

/* ---- all of them */

void format_each(const options *asked, const report_row *of, text *to) {
    if (asked->format != FORMAT_JSON || of) {
        put_row(asked, of, to);
        text_string(to, asked->format == FORMAT_JSON ? "\n" : "");
    }
}

void format_report(const options *asked, const report_row *rows, size_t count, bool complete, text *to) {
    const bool json = asked->format == FORMAT_JSON;
    const bool table = asked->format == FORMAT_TABLE;
    const bool grouped = asked->by_count > 0;
    text made = {.bytes = NULL};
    if (!json) {
        put_row(asked, NULL, &made);
    }
    for (size_t i = table && !grouped ? count : 0; i < count + table; i++) {
        put_row(asked, &rows[i], &made);
        text_string(&made, json ? "," : "");
    }
    if (table) {
        lay_out((slice){text_c(&made), made.used}, asked->by_count, grouped ? count : SIZE_MAX, to);
        text_string(to, complete ? "" : "\nThe report is not complete: standard error says why.\n");
    } else if (json) {
        put_head(asked, complete, to);
        made.used -= made.used > 0; /* the last comma */
        text_slice(to, text_all(&made));
        text_string(to, "],\"total\":");
        put_row(asked, &rows[count], to);
        text_string(to, "}\n");
    } else {
        text_slice(to, text_all(&made));
    }
    text_free(&made);
}
