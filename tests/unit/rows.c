/* The rows of tests/data/names.tsv; see rows.h. */
#include "rows.h"

#include <string.h>

#include "notation.h"

enum {
    ROWS = 400,
    KINDS = 8,
    PART_ROWS = 40
};

const name_row *name_rows(size_t *count) {
    static name_row rows[ROWS];
    static table names;
    if (names.text == NULL) {
        assert_true(table_read(&names, TOKUSAGE_TEST_DATA, "names.tsv"));
        assert_true(names.rows > 0 && names.rows <= ROWS);
        for (size_t i = 0; i < names.rows; i++) {
            const int64_t order = table_number(&names, i, "order");
            rows[i] = (name_row){table_word(&names, i, "kind"),   table_word(&names, i, "path"),
                                 table_word(&names, i, "field"),  table_word(&names, i, "how"),
                                 table_word(&names, i, "column"), order != ABSENT ? (size_t)order : 0,
                                 table_word(&names, i, "where")};
        }
    }
    *count = names.rows;
    return rows;
}

/* The rows of a kind. */
typedef struct group {
    const name_row *first;
    size_t count;
} group;

static void find_groups(group to[KINDS]) {
    size_t count = 0, used = 0;
    const name_row *const rows = name_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].kind, rows[i - 1].kind) != 0) {
            assert_true(used < KINDS);
            to[used++].first = &rows[i];
        }
        to[used - 1].count++;
    }
}

const name_row *rows_of(const char *kind, size_t *count) {
    static group groups[KINDS];
    size_t i = 0;
    if (groups[0].count == 0) {
        find_groups(groups);
    }
    while (i < KINDS && groups[i].count > 0 && strcmp(groups[i].first->kind, kind) != 0) {
        i++;
    }
    assert_true(i < KINDS && groups[i].count > 0);
    *count = groups[i].count;
    return groups[i].first;
}

const name_row *usage_paths(size_t *count) {
    const name_row *const rows = rows_of("usage", count);
    *count -= 1;
    assert_true(*count > 15 && rows[*count].path == NULL && rows[*count - 1].order == *count);
    return rows;
}

const part_row *part_rows(size_t *count) {
    static part_row rows[PART_ROWS];
    static table parts;
    if (parts.text == NULL) {
        assert_true(table_read(&parts, TOKUSAGE_TEST_DATA, "parts.tsv"));
        assert_true(parts.rows > 0 && parts.rows <= PART_ROWS);
        for (size_t i = 0; i < parts.rows; i++) {
            part_row *const row = &rows[i];
            row->whole = count_named(table_cell(&parts, i, "whole"));
            for (const char *word = table_cell(&parts, i, "parts"); *word != '\0'; word += strspn(word, " ")) {
                assert_true(row->parts < LENGTH(row->part));
                row->part[row->parts++] = count_named(word);
                word += strcspn(word, " ");
            }
        }
    }
    *count = parts.rows;
    return rows;
}

bool row_is_in(const name_row *row, const char *where) {
    const size_t length = strlen(where);
    const char *word = row->where;
    while (strcspn(word, ",") != length || strncmp(word, where, length) != 0) {
        word += strcspn(word, ",");
        if (*word++ == '\0') {
            return false;
        }
    }
    return true;
}

bool tag_is_known(const char *tag) {
    size_t count = 0;
    bool known = false;
    for (const name_row *row = rows_of("tag", &count); count > 0; row++, count--) {
        known = known || strcmp(row->path, tag) == 0;
    }
    return known;
}

const char *tag_word(size_t number) {
    static const char *const others[] = {"TEXT", "Audio", "5m", "message"};
    size_t count = 0;
    const name_row *const rows = rows_of("tag", &count);
    number %= count + LENGTH(others);
    return number < count ? strchr(rows[number].path, '=') + 1 : others[number - count];
}

const char *member_of(const name_row *row, const char *value) {
    const char *name = row->path;
    const char *open = "";
    const char *close = "";
    for (;;) {
        const int length = (int)strcspn(name, "/[");
        if (name[length] == '\0') {
            return line_of("%s\"%s\":%s%s", open, name, value, close);
        }
        if (name[length] == '/') {
            open = line_of("%s\"%.*s\":{", open, length, name);
            close = line_of("}%s", close);
            name += length + 1;
        } else {
            const char *const tag = name + length + 1;
            const int tag_length = (int)strcspn(tag, "=");
            const char *const word = tag + tag_length + 1;
            const int word_length = (int)strcspn(word, "]");
            open = line_of("%s\"%.*s\":[{\"%.*s\":\"%.*s\",", open, length, name, tag_length, tag, word_length, word);
            close = line_of("}]%s", close);
            name = word + word_length + 2;
        }
    }
}

void add_at_path(builder *to, const char *path, const char *value) {
    char close[64] = "";
    while (path != NULL && *path != '\0') {
        const size_t length = strcspn(++path, "/");
        const bool element = length == 1 && *path == 'N';
        if (element) {
            add(to, 1, "[");
        } else {
            add_format(to, "{\"%.*s\":", (int)length, path);
        }
        memmove(close + 1, close, strlen(close) + 1);
        close[0] = element ? ']' : '}';
        path += length;
    }
    add(to, 1, value);
    add(to, 1, close);
}
