/* What the extensions for SQLite, DuckDB and PostgreSQL share: reading a body that a column holds. */
#ifndef TOKUSAGE_SQL_BODY_H
#define TOKUSAGE_SQL_BODY_H

#include <string.h>

#include <tokusage.h>

typedef struct body {
    tokusage usage;
    bool counted; /* there is a count */
    tokusage_verdict verdict;
    char model[TOKUSAGE_LABEL_SIZE];
} body;

/* A stream without its end mark is truncated: a column does not say that the body is whole. */
static inline body read_body(const char *bytes, size_t length) {
    body read = {.model = ""};
    tokusage_stream stream = {0};
    tokusage_stream_feed(&stream, bytes, length);
    read.verdict = tokusage_stream_verdict(&stream, false, &read.usage, NULL);
    read.counted = !tokusage_equal(&read.usage, &(tokusage){0});
    tokusage_stream_label(&stream, TOKUSAGE_LABEL_MODEL, read.model, sizeof read.model);
    return read;
}

/* The number of a count; TOKUSAGE_COUNTS where there is none of this name. */
static inline size_t count_named(const char *name, size_t length) {
    size_t count = 0;
    while (count < TOKUSAGE_COUNTS &&
           (strlen(tokusage_count_name(count)) != length || memcmp(tokusage_count_name(count), name, length) != 0)) {
        count++;
    }
    return count;
}

#endif
