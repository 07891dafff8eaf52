/*
 * Which responses are metered, and how their bytes reach the library. Nothing is allocated here except one context for
 * each metered response, and nothing of a response is changed.
 */
#include "ngx_http_tokusage.h"

static ngx_http_output_header_filter_pt next_header_filter;
static ngx_http_output_body_filter_pt next_body_filter;

/* ---- which */

static bool has_body(const ngx_http_request_t *r) {
    return !r->header_only && r->method != NGX_HTTP_HEAD && r->headers_out.status != NGX_HTTP_NO_CONTENT &&
           r->headers_out.status != NGX_HTTP_NOT_MODIFIED;
}

static bool is_read(ngx_http_request_t *r, ngx_http_tokusage_loc_conf_t *conf) {
    return ngx_http_test_content_type(r, &conf->types) != NULL;
}

static bool has_type(const ngx_http_request_t *r, const char *type) {
    const ngx_str_t own = {.data = r->headers_out.content_type.data, .len = r->headers_out.content_type_len};

    return ngx_http_tokusage_is_name(&own, type);
}

static bool is_opaque(const ngx_http_tokusage_ctx_t *ctx) {
    return ctx->encoded || ctx->unread;
}

/* ---- begin and end */

/*
 * Runs when the request is done with, before its line is logged: for subrequests, too, which are logged only where
 * log_subrequest is on.
 */
static void end(void *data) {
    ngx_http_tokusage_ctx_t *const ctx = data;
    tokusage usage;

    ngx_http_tokusage_settle(ctx);
    if (ctx->drain) {
        ngx_http_tokusage_drain_unwatch(ctx->request);
    }
    const ngx_uint_t verdict = ngx_http_tokusage_bill(ctx, &usage);
    ngx_http_tokusage_book(ctx, verdict, &usage);
    ngx_http_set_ctx(ctx->request, ctx, ngx_http_tokusage_module); /* for the log: a post_action has cleared it */
}

/* In the request's pool, but allocated alone: else it would cost another block of 4 KiB where one is nearly full. */
static ngx_http_tokusage_ctx_t *begin(ngx_http_request_t *r, ngx_http_tokusage_loc_conf_t *conf) {
    ngx_http_tokusage_ctx_t *const ctx = ngx_pmemalign(r->pool, sizeof(ngx_http_tokusage_ctx_t), NGX_ALIGNMENT);
    ngx_http_cleanup_t *const cleanup = ngx_http_cleanup_add(r, 0);

    if (ctx == NULL || cleanup == NULL) {
        return NULL;
    }
    ngx_memzero(ctx, sizeof(ngx_http_tokusage_ctx_t));
    ctx->request = r;
    ctx->encoded = ngx_http_tokusage_is_encoded(r) != 0;
    ctx->unread = !is_read(r, conf);
    ctx->separated = has_type(r, "application/json-seq"); /* RFC 7464 */
    ctx->drain = conf->drain && !is_opaque(ctx) && r == r->main && r->upstream != NULL && !r->cached;
    if (conf->pointer.data != NULL) { /* else zeros will do */
        tokusage_stream_init(&ctx->stream, (const char *)conf->pointer.data);
    }
    cleanup->handler = end;
    cleanup->data = ctx;
    ngx_http_set_ctx(r, ctx, ngx_http_tokusage_module);
    return ctx;
}

ngx_http_tokusage_ctx_t *ngx_http_tokusage_find_ctx(const ngx_http_request_t *r) {
    ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);
    const ngx_http_cleanup_t *cleanup = r->main->cleanup;

    while (ctx == NULL && cleanup != NULL &&
           (cleanup->handler != end || ((ngx_http_tokusage_ctx_t *)cleanup->data)->request != r)) {
        cleanup = cleanup->next;
    }
    return ctx != NULL || cleanup == NULL ? ctx : cleanup->data;
}

/* ---- the filters */

/* And not nginx's own page about a service that did not answer. */
static bool is_from_service(const ngx_http_request_t *r) {
    return r->upstream != NULL && r->upstream->cleanup != NULL && !r->cached;
}

/*
 * What a service sends is metered whatever its type, so that it does not go unseen. A request that nginx answers anew,
 * after a later filter has refused the response, is metered once.
 */
static bool is_metered(ngx_http_request_t *r, ngx_http_tokusage_loc_conf_t *conf) {
    return conf->enable && has_body(r) && (is_read(r, conf) || is_from_service(r)) &&
           !ngx_http_tokusage_is_refusal(r) && ngx_http_tokusage_find_ctx(r) == NULL;
}

static ngx_int_t filter_header(ngx_http_request_t *r) {
    ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);

    if (ngx_http_tokusage_limit_header_filter(r) != NGX_OK) {
        return NGX_ERROR;
    }
    if (!is_metered(r, conf)) {
        return next_header_filter(r);
    }
    ngx_http_tokusage_ctx_t *const ctx = begin(r, conf);
    if (ctx == NULL) {
        return NGX_ERROR;
    }
    if (!is_opaque(ctx) && r == r->main && !conf->keep_event && has_type(r, "text/event-stream")) {
        ctx->strip = ngx_http_tokusage_strip_begin(r);
    }
    if (!is_opaque(ctx)) {
        r->filter_need_in_memory = 1; /* bufs in files are read before they come here */
    }
    if (!ctx->drain) {
        return next_header_filter(r);
    }
    ngx_http_tokusage_drain_watch(r);
    return ngx_http_tokusage_drain_header(ctx, next_header_filter(r));
}

/* In some types there are record separators, which are no part of the documents. */
static void feed_buf(ngx_http_tokusage_ctx_t *ctx, const ngx_buf_t *buf) {
    const u_char *at = buf->pos;

    while (at < buf->last) {
        const u_char *const separator = ctx->separated ? memchr(at, 0x1E, (size_t)(buf->last - at)) : NULL;
        const u_char *const end = separator != NULL ? separator : buf->last;
        tokusage_stream_feed(&ctx->stream, (const char *)at, (size_t)(end - at));
        at = separator != NULL ? separator + 1 : end;
    }
}

static void note_time(ngx_http_tokusage_ctx_t *ctx) {
    const ngx_http_request_t *const r = ctx->request;
    const ngx_time_t *const now = ngx_timeofday();
    const ngx_msec_int_t ms =
        (now->sec - r->start_sec) * 1000 + ((ngx_msec_int_t)now->msec - (ngx_msec_int_t)r->start_msec);

    ctx->ended = (ngx_msec_t)ngx_max(ms, 0);
    if (ctx->first == 0) {
        ctx->first = ctx->ended + 1;
    }
}

static void feed(ngx_http_tokusage_ctx_t *ctx, const ngx_chain_t *in) {
    for (; in != NULL; in = in->next) {
        const ngx_buf_t *const buf = in->buf;
        if (ngx_buf_size(buf) > 0) {
            note_time(ctx);
        }
        if (!is_opaque(ctx) && ngx_buf_in_memory(buf)) {
            feed_buf(ctx, buf);
        }
        if (buf->last_buf || (buf->last_in_chain && ctx->request != ctx->request->main)) {
            ctx->last = 1;
        }
    }
}

static ngx_int_t pass_on(ngx_http_tokusage_ctx_t *ctx, ngx_chain_t *in) {
    return ctx->strip != NULL && in != NULL ? ngx_http_tokusage_strip(ctx->strip, in, next_body_filter)
                                            : next_body_filter(ctx->request, in);
}

static ngx_int_t filter_body(ngx_http_request_t *r, ngx_chain_t *in) {
    ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);

    if (ctx == NULL) {
        return next_body_filter(r, in);
    }
    feed(ctx, in);
    const ngx_int_t rc = ctx->draining ? NGX_OK : pass_on(ctx, in);
    return ctx->drain ? ngx_http_tokusage_drain_body(ctx, in, rc) : rc;
}

void ngx_http_tokusage_filter_init(void) {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter_header;

    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = filter_body;
}
