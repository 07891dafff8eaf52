/* The table of names, read from tests/data/names.tsv: the only copy of it that is not the library's own. */
#ifndef TOKUSAGE_TESTS_REFERENCE_TABLE_H
#define TOKUSAGE_TESTS_REFERENCE_TABLE_H

#include <stddef.h>

enum {
    TABLE_ROWS = 400,
    TABLE_COLUMNS = 40
};

/* A line of the file. The words of each column are in its own comment and in tests/README.md. */
typedef struct table_row {
    const char *kind, *path, *field, *how, *column, *order, *where;
    size_t number; /* kind "count": of the column, from 0 on */
    size_t count;  /* kind "count": of the count in the struct */
} table_row;

typedef struct table {
    table_row rows[TABLE_ROWS];
    size_t length;
    size_t columns; /* how many the counts have */
} table;

const table *reference_table(void);

/* The column with this name; `columns` when there is none. */
size_t table_column(const table *in, const char *name);

#endif
