/*
 * Tables in files: tabulators between the cells, and a first line that names the columns. Cells are asked for by the
 * names of their columns, so a column can be added anywhere. "-" is an empty cell. For tests/data, and for folders of
 * recorded responses.
 */
#ifndef TOKUSAGE_TESTS_TABLE_H
#define TOKUSAGE_TESTS_TABLE_H

#include "support.h"

typedef struct table {
    char *text;
    const char **cells; /* the first row has the names of the columns */
    size_t columns, rows;
} table;

/* Reads FOLDER/NAME. Returns false when there is no such file. */
bool table_read(table *to, const char *folder, const char *name);
void table_free(table *from);

/* The number of a column; fails the test when there is none. */
size_t table_column(const table *in, const char *name);

bool table_has(const table *in, const char *name);

/* The cell of a row, from 0 on. */
const char *table_cell(const table *in, size_t row, const char *column);

/* NULL for "-", else the cell. */
const char *table_word(const table *in, size_t row, const char *column);

/* ABSENT for "-". */
int64_t table_number(const table *in, size_t row, const char *column);

/* The bytes of a cell in which %HH is a byte; freed by the caller. */
builder table_bytes(const table *in, size_t row, const char *column);

/* The bytes of the columns before, part (so often that all have at least this size), and after; freed by the caller. */
builder table_repeated(const table *in, size_t row, size_t size);

/* The counts of a row, from the columns that have their names. */
tokusage table_usage(const table *in, size_t row);

/* The bytes of FOLDER/NAME, freed by the caller; NULL bytes when there is no such file. */
builder file_read(const char *folder, const char *name);

#endif
