/* Reads names.tsv; see reference_table.h. */
#include "reference_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tokusage.h"

enum {
    FILE_SIZE = 1 << 16,
    WORDS = 7
};

static void stop(const char *why) {
    (void)fprintf(stderr, "%s: %s\n", TOKUSAGE_TEST_DATA "/names.tsv", why);
    abort();
}

static char *read_names(void) {
    static char text[FILE_SIZE];
    FILE *file = fopen(TOKUSAGE_TEST_DATA "/names.tsv", "rb");
    if (file == NULL) {
        stop("cannot be read");
    }
    const size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    return text;
}

/* Ends the word at the next of these bytes, and returns what follows it. */
static char *cut_at(char *word, const char *set) {
    char *end = word + strcspn(word, set);
    if (*end == '\0') {
        return end;
    }
    const char found = *end;
    *end++ = '\0';
    return found == '\r' && *end == '\n' ? end + 1 : end;
}

static size_t count_named(const char *name) {
    size_t i = 0;
    while (i < TOKUSAGE_COUNTS && strcmp(tokusage_count_name(i), name) != 0) {
        i++;
    }
    return i;
}

size_t table_column(const table *in, const char *name) {
    for (size_t i = 0; i < in->length; i++) {
        if (strcmp(in->rows[i].kind, "count") == 0 && strcmp(in->rows[i].column, name) == 0) {
            return in->rows[i].number;
        }
    }
    return in->columns;
}

static void add_row(table *to, char *const word[WORDS]) {
    if (to->length == TABLE_ROWS) {
        stop("too many lines");
    }
    table_row row = {word[0], word[1], word[2], word[3], word[4], word[5], word[6], 0, 0};
    if (strcmp(row.kind, "count") == 0) {
        row.number = table_column(to, row.column);
        to->columns += row.number == to->columns;
        row.count = count_named(row.field);
        if (row.count == TOKUSAGE_COUNTS || to->columns > TABLE_COLUMNS) {
            stop(row.path);
        }
    }
    to->rows[to->length++] = row;
}

const table *reference_table(void) {
    static table names;
    char *at = names.length == 0 ? read_names() : NULL;
    for (bool head = true; at != NULL && *at != '\0'; head = false) {
        char *word[WORDS];
        char *line = at;
        at = cut_at(line, "\r\n");
        if (*line == '\0' || *line == '#') {
            continue;
        }
        for (size_t i = 0; i < WORDS; i++) {
            word[i] = line;
            line = cut_at(line, "\t");
        }
        if (!head) {
            add_row(&names, word);
        }
    }
    if (names.length == 0) {
        stop("is empty");
    }
    return &names;
}
