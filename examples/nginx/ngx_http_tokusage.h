/*
 * What the files of the module share. The module meters the responses of a location with "tokusage on": it feeds each
 * to a tokusage_stream as it passes, and at the end it knows what the call used.
 *   module     the directives and the configuration
 *   filter     which responses are metered, and the bytes fed
 *   verdict    the library's verdict in the words of the logs
 *   variables  $llm_...
 *   utf8       strict UTF-8, for whatever leaves nginx as text
 *   encoding   the service is asked for plain bytes; compressed ones are recognized
 *   prices     what a response costs
 *   request    the body sent upstream asks for the usage
 *   strip      the event with it does not go to a client that did not ask
 *   drain      the client is gone, the service is read to its end
 *   zone, metrics, limit  counts by key in shared memory, shown as Prometheus text, and as a limit (with keys, text and
 *              headers, see ngx_http_tokusage_zone.h)
 */
#ifndef NGX_HTTP_TOKUSAGE_H
#define NGX_HTTP_TOKUSAGE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <tokusage.h>

extern ngx_module_t ngx_http_tokusage_module;

/* ---- the configuration */

typedef struct {
    ngx_array_t zones; /* of ngx_shm_zone_t *: each tokusage_zone */
} ngx_http_tokusage_main_conf_t;

enum {
    NGX_HTTP_TOKUSAGE_OFF = 0,
    NGX_HTTP_TOKUSAGE_ON,
    NGX_HTTP_TOKUSAGE_STRICT
};

typedef struct {
    ngx_flag_t enable;
    ngx_str_t pointer; /* data NULL: the known paths */
    ngx_hash_t types;
    ngx_array_t *types_keys;

    ngx_flag_t ask_plain;
    ngx_uint_t include_usage; /* one of these three */
    ngx_flag_t keep_event;

    ngx_flag_t drain;
    size_t drain_size;
    ngx_msec_t drain_time;

    ngx_array_t *prices; /* NULL: none */
    ngx_array_t *limits; /* NULL: none */
    ngx_flag_t reserves; /* one of them reserves tokens, by the request's body */
    ngx_flag_t limit_dry_run;

    ngx_shm_zone_t *metrics; /* NULL: not a location of tokusage_metrics; not inherited */
} ngx_http_tokusage_loc_conf_t;

/* ---- the verdicts */

/* The words that logs and metrics have had from the beginning; README.md says what each means. */
typedef enum {
    NGX_HTTP_TOKUSAGE_CONSISTENT = 0,
    NGX_HTTP_TOKUSAGE_RECONCILED,
    NGX_HTTP_TOKUSAGE_ASSUMED,
    NGX_HTTP_TOKUSAGE_CONTRADICTORY,
    NGX_HTTP_TOKUSAGE_INVALID, /* TOKUSAGE_INVALID and TOKUSAGE_UNREADABLE */
    NGX_HTTP_TOKUSAGE_MISSING,
    NGX_HTTP_TOKUSAGE_FAILED, /* "error" */
    NGX_HTTP_TOKUSAGE_CUT,    /* TOKUSAGE_TRUNCATED: by the service, or on the way from it */
    /* what nginx knows and the library does not */
    NGX_HTTP_TOKUSAGE_ABORTED, /* truncated because the client is gone */
    NGX_HTTP_TOKUSAGE_ENCODED, /* the body is compressed */
    NGX_HTTP_TOKUSAGE_UNREAD,  /* its type is none of tokusage_types */
    NGX_HTTP_TOKUSAGE_PARTIAL, /* 206: a part of a body */
    NGX_HTTP_TOKUSAGE_CACHED,  /* from nginx's cache: the service did nothing */
    NGX_HTTP_TOKUSAGE_VERDICTS
} ngx_http_tokusage_verdict_t;

extern const ngx_str_t ngx_http_tokusage_verdict_names[NGX_HTTP_TOKUSAGE_VERDICTS];

/* ---- a metered response */

typedef struct ngx_http_tokusage_strip_s ngx_http_tokusage_strip_t;

typedef struct {
    tokusage_stream stream;
    ngx_http_request_t *request;
    tokusage usage;                   /* when it is over, */
    ngx_uint_t verdict;               /* and its verdict */
    ngx_chain_t *busy;                /* drain: bufs that are passed on and not sent */
    ngx_http_tokusage_strip_t *strip; /* NULL: the client gets all events */
    off_t drained;                    /* bytes read since the client left */
    ngx_msec_t first;                 /* ms from the request to the first byte of the body, and 1; 0: none came */
    ngx_msec_t ended;                 /* ms from the request to the last byte so far */
    unsigned encoded : 1;
    unsigned unread : 1;    /* its type is not one that is read */
    unsigned separated : 1; /* application/json-seq: each document has a record separator before it */
    unsigned last : 1;      /* the last buf has passed */
    unsigned over : 1;      /* the request is done with */
    unsigned drain : 1;     /* to be read on when the client is gone */
    unsigned draining : 1;  /* the client is gone */
} ngx_http_tokusage_ctx_t;

/* The request is done with: what the response used is settled. */
void ngx_http_tokusage_settle(ngx_http_tokusage_ctx_t *ctx);

/* The verdict, and what the response used as far as it is known: all absent where nothing is. */
ngx_uint_t ngx_http_tokusage_judge(const ngx_http_tokusage_ctx_t *ctx, tokusage *usage);

/* The same, but all absent for a response from the cache: what is to be billed. */
ngx_uint_t ngx_http_tokusage_bill(const ngx_http_tokusage_ctx_t *ctx, tokusage *usage);

/* Whether no count is known. */
bool ngx_http_tokusage_is_nothing(const tokusage *usage);

/*
 * Finds the data of this kind that the request keeps, or makes it, all zero bytes except the request, with which it
 * begins; size 0 only finds. It stays where a module's context does not: over an internal redirect. `kind` is a
 * function that does nothing, and the name of the kind.
 */
void *ngx_http_tokusage_keep(ngx_http_request_t *r, ngx_pool_cleanup_pt kind, size_t size);

/* ---- filter */

void ngx_http_tokusage_filter_init(void);

/* The context of a response that is on its way; also where nginx has cleared the request's contexts. */
ngx_http_tokusage_ctx_t *ngx_http_tokusage_find_ctx(const ngx_http_request_t *r);

/* ---- texts */

/* Whether the text is this one, and whether it is in any case. */
static inline bool ngx_http_tokusage_is(const ngx_str_t *text, const char *literal) {
    return text->len == ngx_strlen(literal) && ngx_strncmp(text->data, literal, text->len) == 0;
}

static inline bool ngx_http_tokusage_is_name(const ngx_str_t *text, const char *name) {
    return text->len == ngx_strlen(name) && ngx_strncasecmp(text->data, (u_char *)name, text->len) == 0;
}

/* ---- encoding */

ngx_int_t ngx_http_tokusage_ask_plain(ngx_http_request_t *r);
ngx_uint_t ngx_http_tokusage_is_encoded(const ngx_http_request_t *r);

/* ---- request */

/* The PRECONTENT handler. */
ngx_int_t ngx_http_tokusage_request_handler(ngx_http_request_t *r);
/* The client's body is read, and the phase begins again. */
ngx_int_t ngx_http_tokusage_read_body(ngx_http_request_t *r);
/* How many tokens the service may write at most, as the body says it; 0: it does not. */
uint64_t ngx_http_tokusage_most_tokens(ngx_http_request_t *r);
/* tokusage_find_all. False: it is no JSON. */
bool ngx_http_tokusage_find(const ngx_str_t *json, tokusage_value *values, size_t count);
/* Whether an object or array contains only white space. */
bool ngx_http_tokusage_is_empty(const tokusage_value *value);

/* ---- strip: prepare is for a request that has been changed, begin for its response. NULL: there is nothing to do */

ngx_int_t ngx_http_tokusage_strip_prepare(ngx_http_request_t *r);
ngx_http_tokusage_strip_t *ngx_http_tokusage_strip_begin(ngx_http_request_t *r);
/* Instead of the next filter, which it calls. */
ngx_int_t ngx_http_tokusage_strip(ngx_http_tokusage_strip_t *strip, const ngx_chain_t *in,
                                  ngx_http_output_body_filter_pt next);

/* ---- drain: prepare is for a request whose body has been read, all else for responses with ctx->drain */

void ngx_http_tokusage_free_links(ngx_pool_t *pool, ngx_chain_t **chain);
void ngx_http_tokusage_drain_prepare(ngx_http_request_t *r);
void ngx_http_tokusage_drain_watch(ngx_http_request_t *r);
void ngx_http_tokusage_drain_unwatch(ngx_http_request_t *r);
/* After the next filter, which returned rc: begins the drain when the client turns out to be gone. */
ngx_int_t ngx_http_tokusage_drain_header(ngx_http_tokusage_ctx_t *ctx, ngx_int_t rc);
/* The same for the body; while draining it replaces the next filter, and rc does not matter. */
ngx_int_t ngx_http_tokusage_drain_body(ngx_http_tokusage_ctx_t *ctx, ngx_chain_t *in, ngx_int_t rc);

/* ---- utf8 */

/* The length of the character at `bytes`, which has `size` bytes or more; 0 when it is not UTF-8 (RFC 3629). */
size_t ngx_http_tokusage_utf8_length(const u_char *bytes, size_t size);

/* ---- variables */

ngx_int_t ngx_http_tokusage_add_variables(ngx_conf_t *cf);
/* Sets the value to a copy of the text; to none where it is empty. */
ngx_int_t ngx_http_tokusage_set_value(ngx_http_request_t *r, ngx_http_variable_value_t *v, const u_char *text,
                                      const u_char *last);

/* ---- prices: a cost is in 10^-12 of the unit of money */

/* tokusage_prices FILE; */
char *ngx_http_tokusage_prices(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
/* DECLINED: there are no prices, or no usage; ERROR: there is no price for this model or for some of its tokens. */
ngx_int_t ngx_http_tokusage_cost(const ngx_http_tokusage_ctx_t *ctx, const tokusage *usage, uint64_t *cost);
/* Reads, and writes, a decimal number. */
ngx_int_t ngx_http_tokusage_cost_parse(const ngx_str_t *text, uint64_t *cost);
#define NGX_HTTP_TOKUSAGE_COST_SIZE 32
u_char *ngx_http_tokusage_cost_print(u_char *to, uint64_t cost);

/* ---- zone, metrics, limit */

/* tokusage_zone NAME:SIZE KEY; */
char *ngx_http_tokusage_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
/* tokusage_metrics NAME; sets the location's content handler */
char *ngx_http_tokusage_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
/* tokusage_limit NAME tokens=200k per=1m; */
char *ngx_http_tokusage_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
/* The PREACCESS handler of the limits. */
ngx_int_t ngx_http_tokusage_limit_handler(ngx_http_request_t *r);
/* Called with the headers of each response: adds those of the limit that was checked. */
ngx_int_t ngx_http_tokusage_limit_header_filter(ngx_http_request_t *r);
/* Whether the response is nginx's own, to a request that a limit refused: no model wrote it. */
ngx_uint_t ngx_http_tokusage_is_refusal(ngx_http_request_t *r);
/* $tokusage_limit_status: PASSED, REJECTED or REJECTED_DRY_RUN */
ngx_int_t ngx_http_tokusage_limit_status(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);

/*
 * Called once for each metered response, when its request is done with. `usage` is what is to be billed: all absent for
 * a response from the cache, and where nothing is known.
 */
void ngx_http_tokusage_book(const ngx_http_tokusage_ctx_t *ctx, ngx_uint_t verdict, const tokusage *usage);

#endif
