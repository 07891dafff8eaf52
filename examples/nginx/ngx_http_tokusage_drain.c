/*
 * The client is gone, and the service is read to its end: the service bills it, and whoever leaves before the last
 * event would pay nothing.
 *
 * nginx ends a request when its client closes the connection (unless proxy_ignore_client_abort is on), at the first
 * write that fails, and when the client takes no bytes for send_timeout. All of these are kept from it:
 *   - while nginx waits for the service's header, the handlers that watch the client are taken out (prepare); of HTTP/3
 *     the events come here already, as nginx ends a request whose connection is gone before it asks its handlers
 *   - later the events of the client come here first (watch), as nginx sets its handlers anew when the upstream is done
 *     and the rest of the response waits in buffers and temporary files
 *   - a write that failed is not reported, and no other one is tried: from then on every buf counts as sent, and the
 *     connection's error is cleared (begin, drain_body)
 * So nginx goes on as for a client that reads fast, until the last buf, the cap in bytes or the cap in time. Then it
 * gets the error back, and closes the connection.
 */
#include "ngx_http_tokusage.h"

/* ---- bufs that have been passed on and are not sent yet */

/* Marks them as sent; returns how many bytes were not. */
static off_t consume(ngx_chain_t *in) {
    off_t size = 0;

    for (; in != NULL; in = in->next) {
        size += ngx_buf_size(in->buf);
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }
    return size;
}

void ngx_http_tokusage_free_links(ngx_pool_t *pool, ngx_chain_t **chain) {
    while (*chain != NULL) {
        ngx_chain_t *const link = *chain;
        *chain = link->next;
        ngx_free_chain(pool, link);
    }
}

/*
 * Forgets the bufs that are sent, and keeps those of `in` that are not. The filters and the upstream before this one
 * use a buf again as soon as it is sent, but they look only when they have passed something on: so here it is seen
 * first.
 */
static ngx_int_t remember(ngx_http_tokusage_ctx_t *ctx, ngx_chain_t *in) {
    ngx_pool_t *const pool = ctx->request->pool;
    ngx_chain_t **last = &ctx->busy;

    if (ngx_chain_add_copy(pool, &ctx->busy, in) != NGX_OK) {
        return NGX_ERROR;
    }
    while (*last != NULL) {
        ngx_chain_t *const link = *last;
        if (ngx_buf_size(link->buf) != 0) {
            last = &link->next;
            continue;
        }
        *last = link->next;
        ngx_free_chain(pool, link);
    }
    return NGX_OK;
}

/* Frames of HTTP/2 that wait in the connection's queue still point to the bufs, and may be sent. */
static bool has_frames(const ngx_http_request_t *r) {
#if (NGX_HTTP_V2)
    return r->stream != NULL && r->stream->queued != 0;
#else
    return false;
#endif
}

/* Lets go of what was passed on before the client left: its owners take it for sent. */
static void release(ngx_http_tokusage_ctx_t *ctx) {
    ngx_http_request_t *const r = ctx->request;

    if (has_frames(r)) {
        return;
    }
    ngx_http_tokusage_free_links(r->pool, &r->out);
    r->connection->buffered = 0;
    consume(ctx->busy);
    ngx_http_tokusage_free_links(r->pool, &ctx->busy);
}

/* ---- begin and end */

/* The read event has nothing else to do: it is the time cap. HTTP/3 stops it when the connection is gone, too. */
static void set_cap(const ngx_http_tokusage_ctx_t *ctx) {
    const ngx_http_tokusage_loc_conf_t *const conf =
        ngx_http_get_module_loc_conf(ctx->request, ngx_http_tokusage_module);

    ngx_add_timer(ctx->request->connection->read, conf->drain_time);
}

static void begin(ngx_http_tokusage_ctx_t *ctx) {
    ngx_connection_t *const client = ctx->request->connection;

    ngx_log_error(NGX_LOG_INFO, client->log, 0, "the client is gone, the upstream is read to its end (tokusage_drain)");
    ctx->draining = 1;
    client->error = 0;
    client->write->ready = 1;
    client->write->delayed = 0;
    client->write->timedout = 0;
    if (client->write->timer_set) {
        ngx_del_timer(client->write);
    }
    set_cap(ctx);
    release(ctx);
}

/* nginx gets the error back. */
static ngx_int_t end(ngx_http_tokusage_ctx_t *ctx, const char *why) {
    ngx_connection_t *const client = ctx->request->connection;

    ngx_log_error(NGX_LOG_INFO, client->log, 0, "the upstream is not read any further: %s", why);
    client->error = 1;
    return NGX_ERROR;
}

/* ---- the client's events */

/* Replaces what would look whether the client is there. */
static void on_read(ngx_http_request_t *r) {
    ngx_http_tokusage_ctx_t *const ctx = ngx_http_tokusage_find_ctx(r);
    ngx_connection_t *const client = r->connection;

    if (ctx->draining && client->read->timedout) {
        r->main->count++; /* the upstream is still at work, and gives up its count when it is cleaned up */
        ngx_http_finalize_request(r, end(ctx, "tokusage_drain_time is over"));
        return;
    }
    ngx_http_block_reading(r);
    if (client->error) { /* HTTP/2 reports it so */
        if (!ctx->draining) {
            begin(ctx);
        }
        client->error = 0;
        if (!client->read->timer_set) {
            set_cap(ctx);
        }
        release(ctx);
        r->write_event_handler(r);
    }
}

static void on_write(ngx_http_tokusage_ctx_t *ctx) {
    ngx_connection_t *const client = ctx->request->connection;

    if (client->write->timedout && !client->write->delayed && !ctx->draining) {
        client->timedout = 1;
        ngx_connection_error(client, NGX_ETIMEDOUT, "client timed out");
        begin(ctx);
    }
    if (ctx->draining) {
        client->write->timedout = 0;
        client->error = 0;
        release(ctx);
    }
}

/* What is kept from the begin of the upstream to the end of the request. */
typedef struct {
    ngx_http_request_t *request;
    ngx_event_handler_pt handler; /* nginx's, of the client's events */
} watch_t;

static void mark_watch(void *data) {
}

/* HTTP/3 says by `close` that the client is gone; whoever ends the worker sets `error`, too. */
static void on_event(ngx_event_t *event) {
    ngx_connection_t *const client = event->data;
    ngx_http_request_t *const r = ((ngx_http_request_t *)client->data)->main;
    const watch_t *const watch = ngx_http_tokusage_keep(r, mark_watch, 0);
    ngx_http_tokusage_ctx_t *const ctx = ngx_http_tokusage_find_ctx(r);

    if (client->close && !client->error) {
        client->close = 0;
        client->error = ctx != NULL; /* before the response it is seen when its header is sent */
    }
    if (ctx != NULL && event->write) {
        on_write(ctx);
    } else if (ctx != NULL) {
        r->read_event_handler = on_read;
    }
    watch->handler(event);
}

void ngx_http_tokusage_drain_watch(ngx_http_request_t *r) {
    watch_t *const watch = ngx_http_tokusage_keep(r, mark_watch, sizeof(watch_t));
    ngx_connection_t *const client = r->connection;

    if (watch != NULL && client->read->handler == client->write->handler && client->read->handler != on_event) {
        watch->handler = client->read->handler;
        client->read->handler = on_event;
        client->write->handler = on_event;
    }
}

/* The request may go on for a while without its context: until a thread has read a file for it. */
void ngx_http_tokusage_drain_unwatch(ngx_http_request_t *r) {
    const watch_t *const watch = ngx_http_tokusage_keep(r, mark_watch, 0);
    ngx_connection_t *const client = r->connection;

    if (r->read_event_handler == on_read) {
        r->read_event_handler = ngx_http_block_reading;
    }
    if (client->read->handler == on_event) {
        client->read->handler = watch->handler;
    }
    if (client->write->handler == on_event) {
        client->write->handler = watch->handler;
    }
}

/* ---- before the response */

/* After the content handler: an upstream that has been started, and waits for the service, ignores the client. */
static ngx_int_t run_content(ngx_http_request_t *r) {
    const ngx_http_core_loc_conf_t *const core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    const ngx_int_t rc = core->handler(r);
    const ngx_http_upstream_t *const upstream = r->upstream;

    if (upstream != NULL && upstream->cleanup != NULL && !upstream->header_sent) {
        r->read_event_handler = ngx_http_block_reading;
        r->write_event_handler = ngx_http_request_empty_handler;
#if (NGX_HTTP_V3)
        if (r->connection->quic != NULL) {
            ngx_http_tokusage_drain_watch(r);
        }
#endif
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

/* ---- the filters */

static bool has_left(const ngx_http_tokusage_ctx_t *ctx, ngx_int_t rc) {
    return rc == NGX_ERROR && ctx->request->connection->error;
}

ngx_int_t ngx_http_tokusage_drain_header(ngx_http_tokusage_ctx_t *ctx, ngx_int_t rc) {
    if (!has_left(ctx, rc)) {
        return rc;
    }
    begin(ctx);
    return NGX_OK;
}

ngx_int_t ngx_http_tokusage_drain_body(ngx_http_tokusage_ctx_t *ctx, ngx_chain_t *in, ngx_int_t rc) {
    const ngx_http_tokusage_loc_conf_t *const conf =
        ngx_http_get_module_loc_conf(ctx->request, ngx_http_tokusage_module);

    if (!ctx->draining) {
        if (!has_left(ctx, rc)) {
            return remember(ctx, in) == NGX_OK ? rc : NGX_ERROR;
        }
        begin(ctx);
    }
    if (ctx->last) {
        return end(ctx, "it has come to its end");
    }
    ctx->drained += consume(in);
    if (ctx->drained > (off_t)conf->drain_size) {
        return end(ctx, "tokusage_drain_size is reached");
    }
    release(ctx);
    return NGX_OK;
}
