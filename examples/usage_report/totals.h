/*
 * The totals: what is counted of each group of responses, and how two counts become one. Where responses come from and
 * how totals are shown is decided elsewhere.
 */
#ifndef USAGE_REPORT_TOTALS_H
#define USAGE_REPORT_TOTALS_H

#include "prices.h"
#include "text.h"

#include <tokusage.h>

/*
 * What is counted beside the tokens. Each response is exactly one of consistent (not counted by itself), EXPLAINED,
 * CONTRADICTING, and the counters from WITHOUT_USAGE to UNTIMED.
 */
typedef enum counter {
    RESPONSES,
    WITHOUT_USAGE, /* there is none, or none of the counts is in it */
    MISPLACED,     /* there is none where services have it, but names of counts elsewhere */
    ERRORS,        /* there is none, as the service reports an error */
    INVALID,       /* what stands there are no counts, or they would lead a sum out of its range */
    MALFORMED,     /* the response is not JSON */
    TOO_LONG,      /* it is longer than the program's limit */
    UNTIMED,       /* it has a usage, but no time, and is not added, as --since or --until is given */
    UNFINISHED,    /* a streamed response that does not tell its end, whatever else it is */
    REPEATED,      /* its id was there before */
    MISSING_PROMPT,
    MISSING_COMPLETION,
    MISSING_TOTAL, /* of those with usage: the count is not in it, and does not follow from the others */
    EXPLAINED,     /* the total is not the sum of its parts, for a reason that the counts themselves tell */
    CONTRADICTING, /* the same without a reason, or a part is larger than its whole */
    TOKENS_ABOVE,  /* by how many tokens in sum, where the total says more */
    TOKENS_BELOW,  /* and where it says less */
    UNPRICED,      /* of those with usage: no price is known, or the prompt or the completion is not */
    COUNTERS
} counter;

/* The six counts of a usage, in the order of the formats. */
enum {
    COUNTS = 6
};
tokusage_count *count_of(tokusage *usage, size_t which);

/* What is counted of some responses. All zero bytes are none. */
typedef struct tally {
    int64_t counters[COUNTERS];
    tokusage usage; /* the sums; absent when no response had the count */
    amount cost;
} tally;

/* Adds all of it, or nothing and returns false when a sum would leave the range. They are two. */
bool tally_add(tally *sum, const tally *more);

/* How many are findings: what --max-errors names and --strict fails on. */
int64_t tally_findings(const tally *from);

/*
 * A group of responses. Its key holds one component for each --by, so that the order of keys is that of the bytes. NULL
 * is the key of what --top leaves.
 */
typedef struct group {
    const char *key;
    size_t length;
    tally tally;
    amount rank; /* while groups are sorted */
} group;

void key_add(text *key, bool present, const char *bytes, size_t length);

/* Takes the next component off the key; false: it is absent. */
bool key_next(const char **key, text *component);

/* All zero bytes are no groups. */
typedef struct totals {
    void *index;
    group **groups;
    size_t count, room;
    group *last; /* that was asked for */
} totals;

/* The group of that key, a new one if need be. Stays where it is. */
group *totals_group(totals *of, const char *key, size_t length);

/* Adds all groups to a sum of nothing; false: a count would leave the range, and is absent. */
bool totals_sum(const totals *of, tally *sum);

/* What groups are sorted by: the key, a counter, a count, or the cost. What is absent or without a key comes last. */
typedef struct order {
    enum {
        ORDER_KEY,
        ORDER_COUNTER,
        ORDER_COUNT,
        ORDER_COST
    } by;
    size_t which;
} order;
void totals_sort(totals *of, const order *by);

/* Makes one group of all behind the first `top`; false: as in totals_sum. */
bool totals_cut(totals *of, size_t top);

void totals_free(totals *of);

#endif
