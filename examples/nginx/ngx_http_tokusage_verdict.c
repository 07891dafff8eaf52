/*
 * What a metered response turned out to be.
 */
#include "ngx_http_tokusage.h"

const ngx_str_t ngx_http_tokusage_verdict_names[NGX_HTTP_TOKUSAGE_VERDICTS] = {
    [NGX_HTTP_TOKUSAGE_CONSISTENT] = ngx_string("consistent"),
    [NGX_HTTP_TOKUSAGE_RECONCILED] = ngx_string("reconciled"),
    [NGX_HTTP_TOKUSAGE_CONTRADICTORY] = ngx_string("contradictory"),
    [NGX_HTTP_TOKUSAGE_MISSING] = ngx_string("missing"),
    [NGX_HTTP_TOKUSAGE_CUT] = ngx_string("cut"),
    [NGX_HTTP_TOKUSAGE_ABORTED] = ngx_string("aborted"),
    [NGX_HTTP_TOKUSAGE_INVALID] = ngx_string("invalid"),
    [NGX_HTTP_TOKUSAGE_ENCODED] = ngx_string("encoded"),
    [NGX_HTTP_TOKUSAGE_PARTIAL] = ngx_string("partial"),
    [NGX_HTTP_TOKUSAGE_CACHED] = ngx_string("cached"),
};

/*
 * Whether the body broke off, by its last bytes. Behind the last buf that is what stays OPEN: a plain text that is not
 * closed, or events without their end. Gemini's events never have an end that can be told, but each of their reports
 * tells a total, which no service does whose first report is not its last (Anthropic). So a total stands for the end.
 */
static bool is_open(const ngx_http_tokusage_ctx_t *ctx, const tokusage *usage) {
    return tokusage_stream_body(&ctx->stream) == TOKUSAGE_BODY_OPEN && !usage->total_tokens.present;
}

/*
 * Whether bytes are missing, by nginx's word. A subrequest is asked for its verdict only when it has ended, to be logged,
 * which is before `over`. A stream that has told its end is whole without its last buf: many clients leave there.
 */
static bool is_short(const ngx_http_tokusage_ctx_t *ctx) {
    const bool ended = ctx->over || ctx->request != ctx->request->main;

    return ended && !ctx->last && !tokusage_stream_done(&ctx->stream);
}

static ngx_uint_t judge_counts(tokusage *usage) {
    const tokusage reported = *usage;
    static const tokusage nothing;

    if (tokusage_equal(usage, &nothing)) {
        return NGX_HTTP_TOKUSAGE_MISSING;
    }
    if (tokusage_reconcile(usage, NULL) != TOKUSAGE_OK) {
        return NGX_HTTP_TOKUSAGE_CONTRADICTORY;
    }
    /* Only prompt and completion tell: reconcile fills what is absent, too. */
    const bool changed =
        (reported.prompt_tokens.present && reported.prompt_tokens.value != usage->prompt_tokens.value) ||
        (reported.completion_tokens.present && reported.completion_tokens.value != usage->completion_tokens.value);
    return changed ? NGX_HTTP_TOKUSAGE_RECONCILED : NGX_HTTP_TOKUSAGE_CONSISTENT;
}

static ngx_uint_t judge(const ngx_http_tokusage_ctx_t *ctx, tokusage *usage) {
    const ngx_http_request_t *const r = ctx->request;

    ngx_memzero(usage, sizeof(tokusage));
    if (ctx->encoded) {
        return NGX_HTTP_TOKUSAGE_ENCODED;
    }
    if (r->headers_out.status == NGX_HTTP_PARTIAL_CONTENT) {
        return NGX_HTTP_TOKUSAGE_PARTIAL;
    }
    const tokusage_status status = tokusage_stream_usage(&ctx->stream, usage, NULL);
    const bool open = is_open(ctx, usage);
    const ngx_uint_t verdict = judge_counts(usage);
    if (r->cached) {
        return NGX_HTTP_TOKUSAGE_CACHED;
    }
    if (is_short(ctx)) {
        const ngx_connection_t *const client = r->connection;
        return client->error || client->timedout ? NGX_HTTP_TOKUSAGE_ABORTED : NGX_HTTP_TOKUSAGE_CUT;
    }
    if ((status != TOKUSAGE_OK && status != TOKUSAGE_ERR_NOT_FOUND) ||
        tokusage_stream_body(&ctx->stream) == TOKUSAGE_BODY_BROKEN) {
        return NGX_HTTP_TOKUSAGE_INVALID;
    }
    return open ? NGX_HTTP_TOKUSAGE_CUT : verdict;
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
