/*
 * The directive tokusage_metrics, and how its text is sent. A zone may be large, so the text is made as the client
 * takes it, a buffer at a time; between two buffers the worker serves others.
 */
#include "ngx_http_tokusage_zone.h"

#define BUFFER_SIZE 16384

/* Kept by the request, as its context of this module may be a filter's. */
typedef struct {
    ngx_http_request_t *request;
    ngx_http_tokusage_text_t text;
    ngx_buf_t *buf; /* its next bytes: filled again when they are sent */
    ngx_chain_t link;
} answer_t;

static void mark_answer(void *data) {
}

static answer_t *create_answer(ngx_http_request_t *r) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    answer_t *const answer = ngx_http_tokusage_keep(r, mark_answer, sizeof(answer_t));

    if (answer == NULL || ngx_http_tokusage_text_init(&answer->text, conf->metrics, r->pool) != NGX_OK) {
        return NULL;
    }
    answer->buf = ngx_create_temp_buf(r->pool, BUFFER_SIZE + answer->text.room);
    answer->link.buf = answer->buf;
    return answer->buf != NULL ? answer : NULL;
}

static void fill(ngx_buf_t *buf, ngx_http_tokusage_text_t *text) {
    buf->pos = buf->last = buf->start;
    while (!text->done && (size_t)(buf->end - buf->last) >= text->room) {
        buf->last = ngx_http_tokusage_text_step(text, buf->last);
    }
    buf->flush = !text->done; /* or it may stay, while the next one waits for it */
    buf->last_in_chain = text->done;
    buf->last_buf = text->done;
}

/* Sends what is on its way, or else the next bytes. */
static ngx_int_t send_next(answer_t *answer) {
    const bool sent = ngx_buf_size(answer->buf) == 0;

    if (sent) {
        fill(answer->buf, &answer->text);
    }
    return ngx_http_output_filter(answer->request, sent ? &answer->link : NULL);
}

/* The write event comes again when the client has taken what is on its way, or else after all others' turn. */
static void wait_for_turn(const answer_t *answer) {
    ngx_http_request_t *const r = answer->request;
    const ngx_http_core_loc_conf_t *const clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    ngx_event_t *const wev = r->connection->write;

    if (!wev->delayed) { /* by limit_rate, which has a timer of its own */
        ngx_add_timer(wev, clcf->send_timeout);
        if (ngx_buf_size(answer->buf) == 0) {
            ngx_post_event(wev, &ngx_posted_next_events);
            return;
        }
    }
    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}

static void write_answer(ngx_http_request_t *r) {
    ngx_connection_t *const c = r->connection;
    answer_t *const answer = ngx_http_tokusage_keep(r, mark_answer, 0);

    if (c->write->timedout) {
        c->timedout = 1;
        ngx_connection_error(c, NGX_ETIMEDOUT, "client timed out");
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }
    if (!c->write->delayed) {
        const ngx_int_t rc = send_next(answer);
        if (rc == NGX_ERROR || answer->text.done) {
            ngx_http_finalize_request(r, rc); /* sends the rest of the last bytes */
            return;
        }
    }
    wait_for_turn(answer);
}

static ngx_int_t send_header(ngx_http_request_t *r) {
    r->headers_out.status = NGX_HTTP_OK;
    ngx_str_set(&r->headers_out.content_type, "text/plain; version=0.0.4; charset=utf-8");
    r->headers_out.content_type_len = sizeof "text/plain" - 1; /* what gzip_types compares */
    r->headers_out.content_type_lowcase = NULL;
    return ngx_http_send_header(r);
}

static ngx_int_t handle(ngx_http_request_t *r) {
    if (r != r->main || !(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }
    ngx_int_t rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    answer_t *const answer = create_answer(r);
    if (answer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    rc = send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    r->main->count++; /* until write_answer finalizes it */
    r->write_event_handler = write_answer;
    write_answer(r);
    return NGX_DONE;
}

char *ngx_http_tokusage_metrics(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_core_loc_conf_t *const clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    ngx_http_tokusage_loc_conf_t *const location = conf;
    ngx_str_t *const value = cf->args->elts;

    if (location->metrics != NULL) {
        return "is duplicate";
    }
    location->metrics = ngx_http_tokusage_zone_get(cf, &value[1], 0);
    if (location->metrics == NULL) {
        return NGX_CONF_ERROR;
    }
    clcf->handler = handle;
    return NGX_CONF_OK;
}
