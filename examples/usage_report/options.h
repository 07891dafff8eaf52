/*
 * The command line: what was asked for.
 */
#ifndef USAGE_REPORT_OPTIONS_H
#define USAGE_REPORT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum report_format {
    FORMAT_TABLE,
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_TSV
} report_format;

typedef struct options {
    const char *at; /* where the usage is; NULL: where services have it */
    const char *by; /* where the group's name is; NULL: all are one group */
    report_format format;
    bool each, merge, lines, strict;
    uint64_t max_errors;
    uint64_t max_line; /* bytes */
    uint64_t jobs;
    char **files;
    size_t file_count;
} options;

typedef enum options_result {
    OPTIONS_GOOD,
    OPTIONS_SHOWN, /* --help or --version: it is printed, and nothing else is to be done */
    OPTIONS_WRONG  /* what is wrong is printed */
} options_result;

/* Sorts the files to the front of argv, to which the options keep pointing. */
options_result options_read(int argc, char **argv, options *read);

#endif
