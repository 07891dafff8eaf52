/*
 * The client is gone, and the service is read on to its end: the service bills it, and whoever leaves before the last
 * event would pay nothing.
 *
 * nginx ends a request when its client closes the connection (unless proxy_ignore_client_abort is on), at the first
 * write that fails, and when the client takes no bytes for send_timeout. All three are kept from it here:
 *   - what watches the client while nginx waits for the service is taken out (prepare)
 *   - a failed write is not reported, and no other one is tried: from then on every buf counts as sent (begin, drain_body)
 *   - a write that has timed out is taken for a client that is gone (on_write)
 * So the upstream's code goes on as for a client that reads fast, until the last buf, the cap in bytes or the cap in
 * time. At the end nginx sees the connection's error and closes it.
 */
#include "ngx_http_tokusage.h"

/* ---- before the response */

/* Behind the content handler: an upstream that has been started, and waits for the service, no longer minds the client. */
static ngx_int_t run_content(ngx_http_request_t *r) {
    const ngx_http_core_loc_conf_t *const core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    const ngx_int_t rc = core->handler(r);
    const ngx_http_upstream_t *const upstream = r->upstream;

    if (upstream != NULL && upstream->cleanup != NULL && !upstream->header_sent) {
        r->read_event_handler = ngx_http_block_reading;
        r->write_event_handler = ngx_http_request_empty_handler;
    }
    return rc;
}

/* The body has been read: so the content handler starts the upstream at once. */
void ngx_http_tokusage_drain_prepare(ngx_http_request_t *r) {
    const ngx_http_core_loc_conf_t *const core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r->content_handler == core->handler) {
        r->content_handler = run_content;
    }
}

/* ---- bufs that count as sent */

static void consume(ngx_chain_t *in) {
    for (; in != NULL; in = in->next) {
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }
}

/* Frames of HTTP/2 that wait in the connection's queue still point to the bufs, and may be sent. */
static bool has_frames(const ngx_http_request_t *r) {
#if (NGX_HTTP_V2)
    return r->stream != NULL && r->stream->queued != 0;
#else
    return 0;
#endif
}

/* Lets go of what was written before the client left and has not been sent. */
static void release(ngx_http_request_t *r) {
    ngx_http_upstream_t *const upstream = r->upstream;

    if (has_frames(r)) {
        return;
    }
    consume(r->out);
    while (r->out != NULL) {
        ngx_chain_t *const link = r->out;
        r->out = link->next;
        ngx_free_chain(r->pool, link);
    }
    r->connection->buffered &= ~NGX_HTTP_WRITE_BUFFERED;
    consume(upstream->busy_bufs);
    if (upstream->buffering && upstream->pipe != NULL) {
        consume(upstream->pipe->busy);
    }
}

/* ---- the time cap: the client's read event has nothing else to do, so it is the timer */

static void on_read(ngx_http_request_t *r) {
    ngx_connection_t *const client = r->connection;

    if (!client->read->timedout) {
        ngx_http_block_reading(r);
        return;
    }
    ngx_log_error(NGX_LOG_INFO, client->log, 0, "tokusage_drain_time is over, the upstream is not read on");
    ngx_http_finalize_request(r, NGX_HTTP_CLIENT_CLOSED_REQUEST);
}

/* ---- the drain */

static void begin(ngx_http_tokusage_ctx_t *ctx) {
    ngx_http_request_t *const r = ctx->request;
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    ngx_connection_t *const client = r->connection;

    ngx_log_error(NGX_LOG_INFO, client->log, 0, "the client is gone, the upstream is read on (tokusage_drain)");
    ctx->draining = 1;
    client->error = 1;
    client->write->ready = 1;
    client->write->delayed = 0;
    if (client->write->timer_set) {
        ngx_del_timer(client->write);
    }
    r->read_event_handler = on_read;
    ngx_add_timer(client->read, conf->drain_time);
    release(r);
}

static void on_write(ngx_http_request_t *r) {
    ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);
    ngx_connection_t *const client = r->connection;

    if (client->write->timedout && !ctx->draining) {
        client->timedout = 1;
        ngx_connection_error(client, NGX_ETIMEDOUT, "client timed out");
        begin(ctx);
    }
    if (ctx->draining) {
        client->write->timedout = 0;
        release(r);
    }
    ctx->write_event_handler(r);
}

ngx_int_t ngx_http_tokusage_drain_header(ngx_http_tokusage_ctx_t *ctx, ngx_int_t rc) {
    if (rc != NGX_ERROR || !ctx->request->connection->error) {
        return rc;
    }
    begin(ctx);
    return NGX_OK;
}

/* Once the response has begun, the upstream's write handler stands, and on_write can stand before it. */
void ngx_http_tokusage_drain_watch(ngx_http_tokusage_ctx_t *ctx) {
    if (ctx->write_event_handler == NULL) {
        ctx->write_event_handler = ctx->request->write_event_handler;
        ctx->request->write_event_handler = on_write;
    }
}

static bool is_over_size(ngx_http_tokusage_ctx_t *ctx, const ngx_chain_t *in) {
    const ngx_http_tokusage_loc_conf_t *const conf =
        ngx_http_get_module_loc_conf(ctx->request, ngx_http_tokusage_module);

    for (; in != NULL; in = in->next) {
        ctx->drained += ngx_buf_size(in->buf);
    }
    return ctx->drained > (off_t)conf->drain_size;
}

ngx_int_t ngx_http_tokusage_drain_body(ngx_http_tokusage_ctx_t *ctx, ngx_chain_t *in, ngx_int_t rc) {
    if (!ctx->draining) {
        if (rc != NGX_ERROR || !ctx->request->connection->error) {
            return rc;
        }
        begin(ctx);
    }
    if (is_over_size(ctx, in) && !ctx->last) {
        ngx_log_error(NGX_LOG_INFO, ctx->request->connection->log, 0,
                      "tokusage_drain_size is reached, the upstream is not read on");
        return NGX_ERROR;
    }
    consume(in);
    release(ctx->request);
    return NGX_OK;
}
