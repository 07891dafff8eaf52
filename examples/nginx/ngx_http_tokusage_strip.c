/*
 * The event that the module asked for is taken out of the stream of a client that did not ask for it. It is an event of
 * one line, whose data has a "usage" and no "choices":
 *
 *     data: {"id":"call-7","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}
 *
 * All other bytes stay. The begin of an event is held until its end has come, up to HELD_SIZE bytes of it; an event
 * that is longer passes. Whole events stay in the buf in which they came.
 */
#include "ngx_http_tokusage.h"

#define HELD_SIZE 4096

struct ngx_http_tokusage_strip_s {
    ngx_http_request_t *request;
    ngx_chain_t *bufs;     /* of HELD_SIZE bytes each; one that is sent is used again */
    ngx_buf_t *held;       /* the begin of an event, or NULL */
    unsigned in_line : 1;  /* the line has begun */
    unsigned passing : 1;  /* the event is not held */
    ngx_chain_t *out;      /* what goes on to the client now */
    ngx_chain_t **out_end; /* where its next link goes */
};

static void mark(void *data) {
}

ngx_int_t ngx_http_tokusage_strip_prepare(ngx_http_request_t *r) {
    return ngx_http_tokusage_keep(r, mark, sizeof(ngx_http_tokusage_strip_t)) != NULL ? NGX_OK : NGX_ERROR;
}

ngx_http_tokusage_strip_t *ngx_http_tokusage_strip_begin(ngx_http_request_t *r) {
    ngx_http_tokusage_strip_t *const strip = ngx_http_tokusage_keep(r, mark, 0);

    if (strip != NULL) {
        ngx_http_clear_content_length(r);
        ngx_http_clear_accept_ranges(r);
        ngx_http_weak_etag(r);
    }
    return strip;
}

/* Most events have none, or null: then they need not be read. */
static bool may_have_usage(const u_char *event, size_t size) {
    static const char name[] = "\"usage\"";
    const u_char *const last = event + size;

    while ((event = ngx_strnstr((u_char *)event, (char *)name, (size_t)(last - event))) != NULL) {
        event += sizeof name - 1;
        while (event < last && ngx_strchr(": \t", *event) != NULL) {
            event++;
        }
        if (event < last && *event == '{') {
            return true;
        }
    }
    return false;
}

static bool is_asked_for(const u_char *event, size_t size) {
    static const size_t name = sizeof "data:" - 1;
    tokusage_value at[] = {{.pointer = "/usage"}, {.pointer = "/choices"}};

    if (size < name || ngx_memcmp(event, "data:", name) != 0 || !may_have_usage(event, size)) {
        return false;
    }
    const ngx_str_t json = {.data = (u_char *)event + name, .len = size - name};
    return ngx_http_tokusage_find(&json, at, 2) && at[0].status == TOKUSAGE_OK && at[0].json[0] == '{' &&
           at[1].status == TOKUSAGE_OK && at[1].json[0] == '[' && ngx_http_tokusage_is_empty(&at[1]);
}

/* The first byte after the event, which ends with an empty line; NULL: it goes on. */
static u_char *find_end(ngx_http_tokusage_strip_t *strip, u_char *at, u_char *last) {
    while (at < last) {
        u_char *const feed = memchr(at, '\n', (size_t)(last - at));
        const size_t size = (size_t)((feed != NULL ? feed : last) - at);
        const bool empty = !strip->in_line && (size == 0 || (size == 1 && *at == '\r'));
        strip->in_line = feed == NULL && !empty;
        if (feed == NULL || empty) {
            return feed != NULL ? feed + 1 : NULL;
        }
        at = feed + 1;
    }
    return NULL;
}

/* ---- what goes on */

static ngx_int_t put(ngx_http_tokusage_strip_t *strip, ngx_buf_t *buf) {
    ngx_chain_t *const link = ngx_alloc_chain_link(strip->request->pool);

    if (link == NULL) {
        return NGX_ERROR;
    }
    *link = (ngx_chain_t){.buf = buf};
    *strip->out_end = link;
    strip->out_end = &link->next;
    return NGX_OK;
}

static ngx_int_t put_held(ngx_http_tokusage_strip_t *strip) {
    ngx_buf_t *const held = strip->held;

    strip->held = NULL;
    return held != NULL ? put(strip, held) : NGX_OK;
}

static ngx_buf_t *get_free(ngx_http_tokusage_strip_t *strip) {
    ngx_pool_t *const pool = strip->request->pool;
    ngx_chain_t *link = strip->bufs;

    while (link != NULL && ngx_buf_size(link->buf) != 0) {
        link = link->next;
    }
    if (link == NULL) {
        link = ngx_alloc_chain_link(pool);
        ngx_buf_t *const buf = ngx_create_temp_buf(pool, HELD_SIZE);
        if (link == NULL || buf == NULL) {
            return NULL;
        }
        buf->flush = 1;
        *link = (ngx_chain_t){.buf = buf, .next = strip->bufs};
        strip->bufs = link;
    }
    link->buf->pos = link->buf->last = link->buf->start;
    return link->buf;
}

/* False: there is no room. */
static bool hold(ngx_http_tokusage_strip_t *strip, const u_char *bytes, size_t size) {
    if (strip->held == NULL) {
        strip->held = size <= HELD_SIZE ? get_free(strip) : NULL;
    }
    ngx_buf_t *const held = strip->held;
    if (held == NULL || size > (size_t)(held->end - held->last)) {
        return false;
    }
    held->last = ngx_cpymem(held->last, bytes, size);
    return true;
}

/* The next bytes of an event. *stay: they stay in their buf. */
static ngx_int_t take(ngx_http_tokusage_strip_t *strip, const u_char *bytes, size_t size, bool ended, bool *stay) {
    *stay = true;
    if (ended && strip->held == NULL && !strip->passing) {
        *stay = !is_asked_for(bytes, size);
        return NGX_OK;
    }
    if (strip->passing || !hold(strip, bytes, size)) {
        strip->passing = !ended;
        return put_held(strip);
    }
    *stay = false;
    if (ended && is_asked_for(strip->held->pos, (size_t)(strip->held->last - strip->held->pos))) {
        strip->held->last = strip->held->pos;
        strip->held = NULL;
    }
    return ended ? put_held(strip) : NGX_OK;
}

/* Takes the bytes of a buf; those that stay are moved to its begin. */
static ngx_int_t take_all(ngx_http_tokusage_strip_t *strip, ngx_buf_t *buf) {
    u_char *to = buf->pos;

    for (u_char *at = buf->pos; at < buf->last;) {
        const u_char *const end = find_end(strip, at, buf->last);
        const size_t size = (size_t)((end != NULL ? end : buf->last) - at);
        bool stay;
        if (take(strip, at, size, end != NULL, &stay) != NGX_OK) {
            return NGX_ERROR;
        }
        if (!stay && to == buf->pos) {
            buf->pos = to = at + size;
        } else if (stay) {
            to = ngx_movemem(to, at, size);
        }
        at += size;
    }
    buf->last = to;
    return NGX_OK;
}

/* The end of the body, or a flush with which nginx ends one that broke off: what is held goes before it. */
static ngx_int_t put_end(ngx_http_tokusage_strip_t *strip, ngx_buf_t *buf) {
    ngx_buf_t *end = buf;

    if (ngx_buf_in_memory(buf)) {
        end = ngx_calloc_buf(strip->request->pool);
        if (end == NULL || (ngx_buf_size(buf) != 0 && put(strip, buf) != NGX_OK)) {
            return NGX_ERROR;
        }
        end->last_buf = 1;
        buf->last_buf = 0;
    }
    strip->passing |= strip->held != NULL;
    return put_held(strip) == NGX_OK ? put(strip, end) : NGX_ERROR;
}

/* Without proxy_buffering the bufs are parts of the upstream's own, though nginx marks them as read-only. */
static bool is_changeable(const ngx_http_request_t *r, const ngx_buf_t *buf) {
    const ngx_http_upstream_t *const u = r->upstream;

    return !buf->in_file &&
           (buf->temporary || (u != NULL && buf->pos >= u->buffer.start && buf->last <= u->buffer.end));
}

static ngx_int_t strip_buf(ngx_http_tokusage_strip_t *strip, ngx_buf_t *buf) {
    const bool in_memory = ngx_buf_in_memory(buf);

    if (in_memory && is_changeable(strip->request, buf)) {
        if (take_all(strip, buf) != NGX_OK) {
            return NGX_ERROR;
        }
    } else if (ngx_buf_size(buf) != 0) { /* cannot be changed */
        strip->passing = strip->in_line = 1;
        return put_held(strip) == NGX_OK ? put(strip, buf) : NGX_ERROR;
    }
    if (buf->last_buf || (buf->flush && !in_memory)) {
        return put_end(strip, buf);
    }
    return in_memory && ngx_buf_size(buf) == 0 ? NGX_OK : put(strip, buf);
}

ngx_int_t ngx_http_tokusage_strip(ngx_http_tokusage_strip_t *strip, const ngx_chain_t *in,
                                  ngx_http_output_body_filter_pt next) {
    ngx_http_request_t *const r = strip->request;

    strip->out = NULL;
    strip->out_end = &strip->out;
    for (; in != NULL; in = in->next) {
        if (strip_buf(strip, in->buf) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    if (strip->out == NULL && !r->connection->buffered) {
        return NGX_OK;
    }
    const ngx_int_t rc = next(r, strip->out);
    ngx_http_tokusage_free_links(r->pool, &strip->out);
    return rc;
}
