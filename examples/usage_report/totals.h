/*
 * The totals: what is counted of each group of responses, and how two counts become one. Where responses come from and
 * how totals are shown is decided elsewhere.
 */
#ifndef USAGE_REPORT_TOTALS_H
#define USAGE_REPORT_TOTALS_H

#include <tokusage.h>

/* What is counted beside the tokens. Each response is exactly one of consistent (not counted by itself), WITHOUT_USAGE,
 * INVALID, MALFORMED, TOO_LONG and CONTRADICTING. */
typedef enum counter {
    RESPONSES,
    WITHOUT_USAGE, /* there is none, or none of the counts is in it */
    INVALID,       /* what stands there are no counts */
    MALFORMED,     /* the response is not JSON */
    TOO_LONG,      /* it is longer than the program's limit */
    UNFINISHED,    /* an event stream that does not tell its end, whatever else it is */
    MISSING_PROMPT,
    MISSING_COMPLETION,
    MISSING_TOTAL, /* of those with usage: the count is not in it */
    CONTRADICTING, /* total_tokens is not what its parts say, or a part is larger than its whole */
    TOKENS_ABOVE,  /* by how many tokens in sum, where the total says more */
    TOKENS_BELOW,  /* and where it says less */
    COUNTERS
} counter;

/* What is counted of some responses. All zero bytes are none. */
typedef struct tally {
    int64_t counters[COUNTERS];
    tokusage usage; /* the sums; absent when no response had the count */
} tally;

/* Adds all of it, or nothing and returns false when a sum would leave the range. They are two. */
bool tally_add(tally *sum, const tally *more);

/* How many are findings: what --max-errors names and --strict fails on. */
int64_t tally_findings(const tally *from);

/* Those of which there is no usage to add, though there should be. */
int64_t tally_unreadable(const tally *from);

/* A group of responses; its key is NULL for those that have none. */
typedef struct group {
    const char *key;
    size_t length;
    tally tally;
} group;

/* All zero bytes are no groups. */
typedef struct totals {
    void *index;
    group **groups;
    size_t count, room;
} totals;

/* The group of that key (NULL: of those without one), a new one if need be. Stays where it is. */
group *totals_group(totals *of, const char *key, size_t length);

/* Adds group by group, and to `sum` what it adds; false at the first that would leave the range. */
bool totals_add(totals *to, tally *sum, const totals *more);

/* By key, in the order of bytes; or by total tokens, most first. The one without a key comes last. */
void totals_sort_by_key(totals *of);
void totals_sort_by_tokens(totals *of);

void totals_free(totals *of);

#endif
