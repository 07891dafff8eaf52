/*
 * What is printed on standard output: the report, and the lines of --each, in the four formats. The man page says what
 * each holds; the names here are those names.
 */
#ifndef USAGE_REPORT_FORMATS_H
#define USAGE_REPORT_FORMATS_H

#include "run.h"

/* What a response is found to be. */
typedef enum verdict {
    VERDICT_CONSISTENT,
    VERDICT_CONTRADICTING,
    VERDICT_WITHOUT_USAGE,
    VERDICT_INVALID,
    VERDICT_MALFORMED,
    VERDICT_TOO_LONG,
    VERDICT_UNFINISHED
} verdict;

/* The counter of that verdict; not of CONSISTENT. */
counter verdict_counter(verdict of);

/* The name that the counter has in JSON, CSV and TSV. */
const char *counter_name(counter of);

/* The three counts of a usage, and their names. */
enum {
    COUNTS = 3
};
const char *count_name(size_t which);
tokusage_count count_of(const tokusage *usage, size_t which);

/* What stands for a key where there is none, in what people read and in CSV and TSV. */
extern const char no_key[];

/* What a report is about. */
typedef struct report {
    const char *at, *by; /* NULL: where services have it; without groups */
    totals *groups;
    const tally *total;
    bool complete;
} report;

void format_each_head(report_format format, text *to);
void format_each(run *to, uint64_t line, const text *key, const tokusage *usage, verdict on);

/* `width` columns are there for a table on a terminal; 0: it is none. */
void format_report(const report *of, report_format format, size_t width, text *to);

void format_table(const report *of, size_t width, text *to);
void format_json(const report *of, text *to);
void format_separated(const report *of, report_format format, text *to);

/* A field of CSV (RFC 4180) or TSV. */
void format_field(report_format format, const char *bytes, size_t length, text *to);

#endif
