/*
 * The command line: what was asked for.
 */
#ifndef USAGE_REPORT_OPTIONS_H
#define USAGE_REPORT_OPTIONS_H

#include "prices.h"
#include "totals.h"

typedef enum report_format {
    FORMAT_TABLE,
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_TSV
} report_format;

enum {
    BY_MOST = 8
};

/* A --by: /model, wherever services have it; a date; or what stands at the pointer. */
typedef struct by {
    enum {
        BY_MODEL,
        BY_DAY,
        BY_MONTH,
        BY_POINTER
    } kind;
    const char *given;
} by;

typedef struct options {
    const char *at; /* where the usage is; NULL: where services have it */
    text beside;    /* with `at`: the pointer of the model beside it */
    by by[BY_MOST];
    size_t by_count;
    report_format format;
    bool each, merge, lines, strict, raw, unique;
    uint64_t max_errors;
    uint64_t max_line; /* bytes */
    uint64_t jobs;
    uint64_t top;
    order order;
    const char *time; /* where the timestamp is; NULL: where services have it */
    bool timed;       /* it is needed */
    int64_t zone;     /* seconds east of UTC */
    int64_t since, until;
    prices prices;
    bool priced;
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
void options_free(options *of);

#endif
