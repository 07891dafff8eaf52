/*
 * What the zone, its metrics and its limit share. A zone is shared memory: a tree of keys, each with its counts and its
 * windows, and the order in which they were last used. The rest of the module does not include this header.
 *   zone     the directive, the zone's life across reloads, a request's key
 *   period   so many seconds, or a calendar month
 *   keys     the tree: booking, windows, and what a full zone does
 *   metrics  sends what a zone has counted
 *   text     as Prometheus text
 *   limit    the check, and in limit_conf the directive
 *   headers  what the client learns of a limit
 */
#ifndef NGX_HTTP_TOKUSAGE_ZONE_H
#define NGX_HTTP_TOKUSAGE_ZONE_H

#include "ngx_http_tokusage.h"

/* ---- counts */

/* Times to the first byte; the last is any. */
#define NGX_HTTP_TOKUSAGE_TIMES 10

typedef struct {
    const char *seconds;
    ngx_msec_t ms;
} ngx_http_tokusage_time_t;

extern const ngx_http_tokusage_time_t ngx_http_tokusage_times[NGX_HTTP_TOKUSAGE_TIMES];

/*
 * All that is counted, in one array, so that one loop adds, moves and prints any of it: the responses of each verdict,
 * the tokens of a limit, each count of the library, and the requests that a limit refused, or would have refused
 * without its dry run.
 */
enum {
    NGX_HTTP_TOKUSAGE_COUNT_RESPONSES = 0, /* one a verdict */
    NGX_HTTP_TOKUSAGE_COUNT_TOKENS = NGX_HTTP_TOKUSAGE_COUNT_RESPONSES + NGX_HTTP_TOKUSAGE_VERDICTS,
    NGX_HTTP_TOKUSAGE_COUNT_USAGE, /* one a count of the library */
    NGX_HTTP_TOKUSAGE_COUNT_REJECTED = NGX_HTTP_TOKUSAGE_COUNT_USAGE + TOKUSAGE_COUNTS,
    NGX_HTTP_TOKUSAGE_COUNT_REJECTED_DRY_RUN,
    NGX_HTTP_TOKUSAGE_COUNT_COST, /* in 10^-12 */
    NGX_HTTP_TOKUSAGE_COUNT_UNPRICED,
    NGX_HTTP_TOKUSAGE_COUNT_FIRST, /* responses whose first byte came in this time, by ngx_http_tokusage_times */
    NGX_HTTP_TOKUSAGE_COUNT_FIRST_SUM = NGX_HTTP_TOKUSAGE_COUNT_FIRST + NGX_HTTP_TOKUSAGE_TIMES, /* in ms */
    NGX_HTTP_TOKUSAGE_COUNTS
};

/* ---- periods */

#define NGX_HTTP_TOKUSAGE_MONTH ((time_t)-1)

/* A number of seconds, NGX_HTTP_TOKUSAGE_MONTH, or 0: the text is none. */
time_t ngx_http_tokusage_period_parse(const ngx_str_t *text);

/* Whether two seconds are in the same window of the period; and the second at which the next window begins. */
bool ngx_http_tokusage_period_is_same(time_t period, time_t a, time_t b);
time_t ngx_http_tokusage_period_end(time_t period, time_t second);

/* The index of the period in such a list; NGX_HTTP_TOKUSAGE_PERIODS: it is not there. */
#define NGX_HTTP_TOKUSAGE_PERIODS 8
ngx_uint_t ngx_http_tokusage_period_find(const time_t *periods, time_t period);

/* ---- a zone */

/* What limits can be of. */
enum {
    NGX_HTTP_TOKUSAGE_TOKENS = 0,
    NGX_HTTP_TOKUSAGE_COST, /* in 10^-12 */
    NGX_HTTP_TOKUSAGE_UNITS
};

/*
 * A key and what is booked under it. All nodes have one size: so the node of the least recently used key always makes
 * room for a new one, whatever the lengths of the two keys. A node has a window for each period of its zone.
 */
#define NGX_HTTP_TOKUSAGE_NODE_SIZE 1024
#define NGX_HTTP_TOKUSAGE_KEY_SIZE 255

typedef struct {
    ngx_str_node_t name; /* of the key */
    ngx_queue_t queue;
    time_t booked; /* the second that the windows belong to */
    uint64_t windows[NGX_HTTP_TOKUSAGE_UNITS][NGX_HTTP_TOKUSAGE_PERIODS];
    uint64_t counts[NGX_HTTP_TOKUSAGE_COUNTS];
    u_char key[NGX_HTTP_TOKUSAGE_KEY_SIZE];
} ngx_http_tokusage_node_t;

_Static_assert(sizeof(ngx_http_tokusage_node_t) <= NGX_HTTP_TOKUSAGE_NODE_SIZE, "a node fits what the slab gives it");

typedef struct {
    ngx_rbtree_t rbtree;
    ngx_rbtree_node_t sentinel;
    ngx_queue_t queue;                         /* the most recently used key first */
    time_t periods[NGX_HTTP_TOKUSAGE_PERIODS]; /* of the windows; 0: not in use */
    uint64_t keys;                             /* in the tree now */
    uint64_t evicted;                          /* keys whose counts moved into `other` */
    uint64_t other[NGX_HTTP_TOKUSAGE_COUNTS];
} ngx_http_tokusage_keys_t;

typedef struct {
    ngx_http_tokusage_keys_t *keys;
    ngx_slab_pool_t *shpool;
    ngx_http_complex_value_t key;
    time_t periods[NGX_HTTP_TOKUSAGE_PERIODS]; /* those of the limits that use the zone; 0: no more */
} ngx_http_tokusage_zone_t;

/* The zone of this name, also before its tokusage_zone directive is read; then the size is 0. */
ngx_shm_zone_t *ngx_http_tokusage_zone_get(ngx_conf_t *cf, ngx_str_t *name, size_t size);

/* The request's key. DECLINED: it is empty, which means that the request is not counted in this zone. */
ngx_int_t ngx_http_tokusage_zone_key(ngx_http_request_t *r, ngx_shm_zone_t *zone, ngx_str_t *key);

/* Makes an empty tree. */
void ngx_http_tokusage_keys_init(ngx_http_tokusage_keys_t *keys);

/* Has the periods of the zone's limits counted from now on, if they are not already. */
void ngx_http_tokusage_keys_count_periods(ngx_http_tokusage_zone_t *ctx);

/* Adds to the request's key: `counts` to its counts, `used` (an amount of each unit) to its windows. */
void ngx_http_tokusage_keys_add(ngx_http_request_t *r, ngx_shm_zone_t *zone, const uint64_t *counts,
                                const uint64_t *used);

/* What a limit is. */
typedef struct {
    ngx_shm_zone_t *zone;
    ngx_uint_t unit;
    uint64_t amount;                /* 0: by `value` */
    ngx_http_complex_value_t value; /* evaluated for each request when it has variables */
    uint64_t missing;               /* booked for a response without usage */
    uint64_t reserve;               /* booked while a request is running that does not say its most; 0: none is */
    time_t period;
    ngx_str_t period_name;
} ngx_http_tokusage_limit_t;

/* What is booked for a request that is running, until it ends. */
typedef struct {
    const ngx_http_tokusage_limit_t *limit;
    ngx_str_t key;
    uint64_t amount;
    time_t end; /* set by reserve: the second at which the next window begins */
} ngx_http_tokusage_booking_t;

/*
 * Returns how much the key has used in the present window. If that is below the limit, the amount is booked in the same
 * step, so that no other worker comes between; if not, the amount becomes 0.
 */
uint64_t ngx_http_tokusage_keys_reserve(ngx_http_tokusage_booking_t *booking, uint64_t limit);

/* Takes it off again, as long as its window goes on. The amount becomes 0. */
void ngx_http_tokusage_keys_give_back(ngx_http_tokusage_booking_t *booking);

/*
 * Replaces *node by a copy of the first node after it in the tree's order: a walk that holds the mutex for one key at
 * a time. It begins at a node of all zero bytes. DONE: there is none after it. A key that comes or goes during the
 * walk is met or not.
 */
ngx_int_t ngx_http_tokusage_keys_next(ngx_shm_zone_t *zone, ngx_http_tokusage_node_t *node);

/* Copies what a zone counts apart from its keys: `other`, keys, evicted. */
void ngx_http_tokusage_keys_copy(ngx_shm_zone_t *zone, ngx_http_tokusage_keys_t *copy);

/* ---- the text of the metrics */

typedef struct {
    ngx_shm_zone_t *zone;
    ngx_str_t labels; /* what the braces contain: the zone, in the first zone_len bytes, and a key */
    size_t zone_len;
    size_t room;                   /* a step writes no more bytes than this */
    ngx_uint_t metric;             /* the one that is being written; after the last one, the lines about the zone */
    ngx_http_tokusage_node_t node; /* the last key whose lines it has */
    unsigned begun : 1;            /* the metric has its first lines */
    unsigned done : 1;             /* that was all */
} ngx_http_tokusage_text_t;

/* Makes the text, which must be all zero bytes, ready for its first step. */
ngx_int_t ngx_http_tokusage_text_init(ngx_http_tokusage_text_t *text, ngx_shm_zone_t *zone, ngx_pool_t *pool);

/* Writes the next lines, if there are any left, and returns where they end. */
u_char *ngx_http_tokusage_text_step(ngx_http_tokusage_text_t *text, u_char *p);

/* ---- the limit */

/* Reads 200k, or a cost. ERROR: it is no amount of the unit above 0. */
ngx_int_t ngx_http_tokusage_limit_parse(ngx_uint_t unit, const ngx_str_t *text, uint64_t *amount);

/* Writes it, and returns where it ends. */
u_char *ngx_http_tokusage_amount_print(u_char *to, ngx_uint_t unit, uint64_t amount);

/* What the limits of the request's location book in this zone for a response without usage. */
uint64_t ngx_http_tokusage_missing(ngx_http_request_t *r, const ngx_shm_zone_t *zone, ngx_uint_t unit);

/* How a limit is used when one request arrives. */
typedef struct {
    const ngx_http_tokusage_limit_t *limit; /* NULL: none has a key of this request */
    uint64_t amount;                        /* what it is for this key */
    uint64_t used;
    uint64_t remaining;
    time_t reset; /* seconds until the next window, 1 or more */
} ngx_http_tokusage_finding_t;

/* Gives the response the headers that say this; a refusal gets Retry-After, too. Of cost there is no other one. */
ngx_int_t ngx_http_tokusage_limit_headers(ngx_http_request_t *r, const ngx_http_tokusage_finding_t *finding);

#endif
