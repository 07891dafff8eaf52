/* Tables in files; see table.h. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

builder file_read(const char *folder, const char *name) {
    char path[4096];
    char chunk[4096];
    builder bytes = {NULL, 0, 0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "rb");
    if (file == NULL) {
        return bytes;
    }
    size_t length = 0;
    do {
        length = fread(chunk, 1, sizeof chunk, file);
        add_bytes(&bytes, chunk, length);
    } while (length > 0);
    (void)fclose(file);
    return bytes;
}

static size_t count_of(const char *text, char c) {
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += *text == c;
    }
    return count;
}

/* Splits one line into its cells, in place. */
static void split(table *to, char *line, size_t row) {
    for (size_t i = 0; i < to->columns; i++) {
        char *const tabulator = strchr(line, '\t');
        if ((tabulator == NULL) != (i + 1 == to->columns)) {
            fail_msg("line %zu (%.40s ...) has not %zu cells", row + 1, line, to->columns);
        }
        to->cells[row * to->columns + i] = line;
        if (tabulator != NULL) {
            *tabulator = '\0';
            line = tabulator + 1;
        }
    }
}

bool table_read(table *to, const char *folder, const char *name) {
    to->text = file_read(folder, name).bytes;
    if (to->text == NULL) {
        return false;
    }
    const size_t lines = count_of(to->text, '\n');
    const size_t first = strcspn(to->text, "\n");
    to->columns = 1;
    for (size_t i = 0; i < first; i++) {
        to->columns += to->text[i] == '\t';
    }
    to->cells = calloc(lines * to->columns + 1, sizeof *to->cells);
    assert_non_null(to->cells);
    char *line = to->text;
    for (size_t row = 0; row < lines; row++) {
        char *const end = strchr(line, '\n');
        end[-(end > line && end[-1] == '\r')] = '\0';
        split(to, line, row);
        line = end + 1;
    }
    to->rows = lines > 0 ? lines - 1 : 0;
    return true;
}

void table_free(table *from) {
    free(from->text);
    free((void *)from->cells);
}

static size_t find_column(const table *in, const char *name) {
    size_t i = 0;
    while (i < in->columns && strcmp(in->cells[i], name) != 0) {
        i++;
    }
    return i;
}

bool table_has(const table *in, const char *name) {
    return find_column(in, name) < in->columns;
}

size_t table_column(const table *in, const char *name) {
    if (!table_has(in, name)) {
        fail_msg("no column is called %s", name);
    }
    return find_column(in, name);
}

const char *table_cell(const table *in, size_t row, const char *column) {
    assert_true(row < in->rows);
    return in->cells[(row + 1) * in->columns + table_column(in, column)];
}

const char *table_word(const table *in, size_t row, const char *column) {
    const char *const cell = table_cell(in, row, column);
    return strcmp(cell, "-") == 0 ? NULL : cell;
}

int64_t table_number(const table *in, size_t row, const char *column) {
    const char *const word = table_word(in, row, column);
    char *end = NULL;
    const int64_t value = word != NULL ? strtoll(word, &end, 10) : ABSENT;
    if (word != NULL && (end == word || *end != '\0')) {
        fail_msg("row %zu, %s: %s is not a number", row + 1, column, word);
    }
    return value;
}

builder table_bytes(const table *in, size_t row, const char *column) {
    builder bytes = {NULL, 0, 0};
    const char *const word = table_word(in, row, column);
    add_bytes(&bytes, "", 0);
    for (const char *at = word != NULL ? word : ""; *at != '\0'; at++) {
        char byte = *at;
        if (byte == '%') {
            const char digits[] = {at[1], at[2], '\0'};
            byte = (char)strtoul(digits, NULL, 16);
            at += 2;
        }
        add_bytes(&bytes, &byte, 1);
    }
    return bytes;
}

builder table_repeated(const table *in, size_t row, size_t size) {
    builder body = table_bytes(in, row, "before");
    builder part = table_bytes(in, row, "part");
    builder after = table_bytes(in, row, "after");
    assert_true(part.length > 0);
    do {
        add_bytes(&body, part.bytes, part.length);
    } while (body.length + after.length < size);
    add_bytes(&body, after.bytes, after.length);
    free(part.bytes);
    free(after.bytes);
    return body;
}

tokusage table_usage(const table *in, size_t row) {
    tokusage usage;
    memset(&usage, 0, sizeof usage);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const int64_t value = table_number(in, row, tokusage_count_name(i));
        if (value != ABSENT) {
            *tokusage_count_at(&usage, i) = (tokusage_count){true, value};
        }
    }
    return usage;
}
