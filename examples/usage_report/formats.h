/*
 * What is printed on standard output: the report, and the lines of --each, in the four formats. The man page says what
 * each holds; the names here are those names.
 */
#ifndef USAGE_REPORT_FORMATS_H
#define USAGE_REPORT_FORMATS_H

#include "run.h"

/* A column of a report: a counter, a count of the usage, or the cost. */
typedef struct column {
    const char *name;
    enum {
        COLUMN_COUNTER,
        COLUMN_COUNT,
        COLUMN_COST
    } kind;
    size_t which;
} column;

enum {
    COLUMNS = COUNTERS + COUNTS + 1
};
extern const column columns[COLUMNS];

/* The order that a column's name, or "name", stands for; false: there is none. */
bool column_order(const char *name, order *read);

/* Whether the column is there at all: those about money are only with prices. */
bool column_is_there(const column *of, bool priced);

/* What stands for a key where there is none, and for the groups that --top leaves. */
extern const char no_key[];
extern const char other_keys[];

/* One response, as it was found to be. */
typedef struct each {
    uint64_t line;
    tokusage usage;
    tokusage_error error;
    counter verdict; /* the counter that it goes to; RESPONSES: it is consistent */
    bool unfinished;
    about *about;
    bool priced;
    amount cost;
} each;

void format_each_head(const options *asked, text *to);
void format_each(run *to, const each *what);

/* What a report is about, which reports must agree in to be merged. */
typedef struct head {
    const char *at;
    const char *by[BY_MOST];
    size_t by_count;
    bool priced;
} head;

/* As a report in JSON begins. */
void format_head(const head *of, text *to);

typedef struct report {
    const options *asked;
    head head;
    totals *groups;
    const tally *total;
    bool complete;
} report;

/* `width` columns are there for a table on a terminal; 0: it is none. */
void format_report(const report *of, size_t width, text *to);
void format_table(const report *of, size_t width, text *to);

#endif
