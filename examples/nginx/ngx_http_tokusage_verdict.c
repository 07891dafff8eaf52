/*
 * The library's verdict in the words of the logs, and the verdicts that only nginx can give: it knows whether the
 * client is gone, whether bytes are missing, and whether the body is plain, whole and fresh.
 */
#include "ngx_http_tokusage.h"

const ngx_str_t ngx_http_tokusage_verdict_names[NGX_HTTP_TOKUSAGE_VERDICTS] = {
    [NGX_HTTP_TOKUSAGE_CONSISTENT] = ngx_string("consistent"),
    [NGX_HTTP_TOKUSAGE_RECONCILED] = ngx_string("reconciled"),
    [NGX_HTTP_TOKUSAGE_ASSUMED] = ngx_string("assumed"),
    [NGX_HTTP_TOKUSAGE_CONTRADICTORY] = ngx_string("contradictory"),
    [NGX_HTTP_TOKUSAGE_INVALID] = ngx_string("invalid"),
    [NGX_HTTP_TOKUSAGE_MISSING] = ngx_string("missing"),
    [NGX_HTTP_TOKUSAGE_FAILED] = ngx_string("error"),
    [NGX_HTTP_TOKUSAGE_CUT] = ngx_string("cut"),
    [NGX_HTTP_TOKUSAGE_ABORTED] = ngx_string("aborted"),
    [NGX_HTTP_TOKUSAGE_ENCODED] = ngx_string("encoded"),
    [NGX_HTTP_TOKUSAGE_UNREAD] = ngx_string("unread"),
    [NGX_HTTP_TOKUSAGE_PARTIAL] = ngx_string("partial"),
    [NGX_HTTP_TOKUSAGE_CACHED] = ngx_string("cached"),
};

static const ngx_uint_t of_library[] = {
    [TOKUSAGE_CONSISTENT] = NGX_HTTP_TOKUSAGE_CONSISTENT, [TOKUSAGE_RECONCILED] = NGX_HTTP_TOKUSAGE_RECONCILED,
    [TOKUSAGE_ASSUMED] = NGX_HTTP_TOKUSAGE_ASSUMED,       [TOKUSAGE_CONTRADICTORY] = NGX_HTTP_TOKUSAGE_CONTRADICTORY,
    [TOKUSAGE_INVALID] = NGX_HTTP_TOKUSAGE_INVALID,       [TOKUSAGE_MISSING] = NGX_HTTP_TOKUSAGE_MISSING,
    [TOKUSAGE_FAILED] = NGX_HTTP_TOKUSAGE_FAILED,         [TOKUSAGE_TRUNCATED] = NGX_HTTP_TOKUSAGE_CUT,
    [TOKUSAGE_UNREADABLE] = NGX_HTTP_TOKUSAGE_INVALID,
};

/*
 * Whether the upstream's body ends where the connection closes. Then its end says nothing: a body that broke off ends
 * in the same way (RFC 9112 section 8). FastCGI and gRPC have an end of their own.
 */
static bool ends_with_connection(const ngx_http_request_t *r) {
    const ngx_http_upstream_t *const u = r->upstream;

    return u != NULL && u->header_sent && u->headers_in.content_length_n == -1 && !u->headers_in.chunked &&
           ngx_strncmp(u->schema.data, "fastcgi", ngx_min(u->schema.len, sizeof "fastcgi" - 1)) != 0 &&
           ngx_strncmp(u->schema.data, "grpc", ngx_min(u->schema.len, sizeof "grpc" - 1)) != 0;
}

/*
 * Whether bytes are missing, as nginx knows it. A subrequest is asked for its verdict only when it has ended, to be
 * logged, which is before `over`. A stream that has said that it is done is whole without its last buf: many clients
 * leave there.
 */
static bool is_short(const ngx_http_tokusage_ctx_t *ctx) {
    const bool ended = ctx->over || ctx->request != ctx->request->main;

    return ended && !ctx->last && !tokusage_stream_done(&ctx->stream);
}

static ngx_uint_t judge(const ngx_http_tokusage_ctx_t *ctx, tokusage *usage) {
    const ngx_http_request_t *const r = ctx->request;
    const bool complete = ctx->last && !ends_with_connection(r);

    ngx_memzero(usage, sizeof(tokusage));
    if (ctx->unread) {
        return NGX_HTTP_TOKUSAGE_UNREAD;
    }
    if (ctx->encoded) {
        return NGX_HTTP_TOKUSAGE_ENCODED;
    }
    if (r->headers_out.status == NGX_HTTP_PARTIAL_CONTENT) {
        return NGX_HTTP_TOKUSAGE_PARTIAL;
    }
    tokusage_verdict verdict = tokusage_stream_verdict(&ctx->stream, complete, usage, NULL);
    if (r->cached) {
        return NGX_HTTP_TOKUSAGE_CACHED;
    }
    if (verdict != TOKUSAGE_FAILED && is_short(ctx)) {
        verdict = TOKUSAGE_TRUNCATED;
    }
    const ngx_connection_t *const client = r->connection;
    if (verdict == TOKUSAGE_TRUNCATED && !ctx->last && (client->error || client->timedout || client->close)) {
        return NGX_HTTP_TOKUSAGE_ABORTED;
    }
    return of_library[verdict];
}

bool ngx_http_tokusage_is_nothing(const tokusage *usage) {
    static const tokusage nothing;

    return tokusage_equal(usage, &nothing);
}

void *ngx_http_tokusage_keep(ngx_http_request_t *r, ngx_pool_cleanup_pt kind, size_t size) {
    ngx_pool_cleanup_t *entry = r->pool->cleanup;

    while (entry != NULL && (entry->handler != kind || *(ngx_http_request_t **)entry->data != r)) {
        entry = entry->next; /* subrequests have the pool of their parent */
    }
    if (entry == NULL && size != 0) {
        entry = ngx_pool_cleanup_add(r->pool, size);
        if (entry != NULL) {
            ngx_memzero(entry->data, size);
            *(ngx_http_request_t **)entry->data = r;
            entry->handler = kind;
        }
    }
    return entry != NULL ? entry->data : NULL;
}

void ngx_http_tokusage_settle(ngx_http_tokusage_ctx_t *ctx) {
    ctx->over = 1;
    ctx->verdict = judge(ctx, &ctx->usage);
}

ngx_uint_t ngx_http_tokusage_judge(const ngx_http_tokusage_ctx_t *ctx, tokusage *usage) {
    if (!ctx->over) {
        return judge(ctx, usage);
    }
    *usage = ctx->usage;
    return ctx->verdict;
}

ngx_uint_t ngx_http_tokusage_bill(const ngx_http_tokusage_ctx_t *ctx, tokusage *usage) {
    const ngx_uint_t verdict = ngx_http_tokusage_judge(ctx, usage);

    if (verdict == NGX_HTTP_TOKUSAGE_CACHED) {
        ngx_memzero(usage, sizeof(tokusage));
    }
    return verdict;
}
