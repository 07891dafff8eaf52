/*
 * The request, before it is sent upstream: a stream that would not report its usage is made to.
 *
 * In OpenAI's format a stream reports its usage only where the request asks for it by "stream_options". A request is
 * edited when all of this holds:
 *   - its URI ends in /completions (chat and completions), as requests of other formats look the same (Anthropic's has
 *     "messages" and "stream", too) and their services refuse what they do not know
 *   - its body is one JSON object with "messages" or "prompt", and with "stream":true
 *   - "stream_options" is absent, null, or an object whose "include_usage" is not true
 *   - none of these names occurs twice
 * The body then has "stream_options":{"include_usage":true}; every other byte of it stays.
 *
 * Services read more than this: of a name that occurs twice they take the last, "stream":1 or "yes" is true for many,
 * and so are NaN, UTF-16 and a URI with a slash at its end. With `strict` nobody can hide a stream's usage like this:
 * what a service could read otherwise is refused.
 */
#include "ngx_http_tokusage.h"

/* ---- what is to be changed */

/* `removed` bytes at `at` are replaced by `added`. */
typedef struct {
    size_t at;
    size_t removed;
    const char *added;   /* NULL: nothing is to be changed */
    const char *unclear; /* NULL, or why services may read the body in different ways */
} edit_t;

bool ngx_http_tokusage_find(const ngx_str_t *json, tokusage_value *values, size_t count) {
    return tokusage_find_all((const char *)json->data, json->len, values, count, NULL) == TOKUSAGE_OK;
}

static bool is(const tokusage_value *value, const char *literal) {
    return value->length == ngx_strlen(literal) && ngx_strncmp(value->json, literal, value->length) == 0;
}

bool ngx_http_tokusage_is_empty(const tokusage_value *value) {
    for (size_t i = 1; i + 1 < value->length; i++) {
        if (ngx_strchr(" \t\r\n", value->json[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static edit_t edit_at(const ngx_str_t *json, const char *at, size_t removed, const char *added) {
    return (edit_t){.at = (size_t)(at - (char *)json->data), .removed = removed, .added = added};
}

/* "stream" and "include_usage" are true, false, null or absent. */
static bool is_clear(const tokusage_value *value) {
    return value->status == TOKUSAGE_ERR_NOT_FOUND ||
           (value->status == TOKUSAGE_OK && (is(value, "true") || is(value, "false") || is(value, "null")));
}

/* Of a body that is streamed. */
static edit_t find_edit_in_options(const ngx_str_t *json, const tokusage_value *root, const tokusage_value *options,
                                   const tokusage_value *include) {
    if (options->status == TOKUSAGE_ERR_NOT_FOUND) {
        return edit_at(json, root->json + 1, 0, "\"stream_options\":{\"include_usage\":true},");
    }
    if (options->status == TOKUSAGE_OK && is(options, "null")) {
        return edit_at(json, options->json, options->length, "{\"include_usage\":true}");
    }
    if (options->status != TOKUSAGE_OK || options->json[0] != '{') {
        return (edit_t){.unclear = "\"stream_options\""};
    }
    if (!is_clear(include)) {
        return (edit_t){.unclear = "\"include_usage\""};
    }
    if (include->status == TOKUSAGE_ERR_NOT_FOUND) {
        const bool alone = ngx_http_tokusage_is_empty(options);
        return edit_at(json, options->json + 1, 0, alone ? "\"include_usage\":true" : "\"include_usage\":true,");
    }
    return is(include, "true") ? (edit_t){.added = NULL} : edit_at(json, include->json, include->length, "true");
}

/* A body may be large: all is found in one pass over it. */
static edit_t find_edit(const ngx_str_t *json, bool strict) {
    enum {
        ROOT,
        STREAM,
        OPTIONS,
        INCLUDE,
        MESSAGES,
        PROMPT,
        VALUES
    };
    tokusage_value at[VALUES] = {{.pointer = ""},
                                 {.pointer = "/stream"},
                                 {.pointer = "/stream_options"},
                                 {.pointer = "/stream_options/include_usage"},
                                 {.pointer = "/messages"},
                                 {.pointer = "/prompt"}};

    if (!ngx_http_tokusage_find(json, at, VALUES) || at[ROOT].json[0] != '{') {
        return (edit_t){.unclear = "the body, which is no JSON object"};
    }
    if (!is_clear(&at[STREAM])) {
        return (edit_t){.unclear = "\"stream\""};
    }
    if (at[STREAM].status != TOKUSAGE_OK || !is(&at[STREAM], "true") ||
        !(strict || at[MESSAGES].status == TOKUSAGE_OK || at[PROMPT].status == TOKUSAGE_OK)) {
        return (edit_t){.added = NULL};
    }
    return find_edit_in_options(json, &at[ROOT], &at[OPTIONS], &at[INCLUDE]);
}

/* ---- the body as one document */

/* A body in one buf in memory is taken as it is; any other one is copied. */
static ngx_int_t get_body(ngx_http_request_t *r, ngx_str_t *body) {
    const ngx_chain_t *const bufs = r->request_body->bufs;
    size_t length = 0;

    if (bufs->next == NULL && ngx_buf_in_memory(bufs->buf)) {
        *body = (ngx_str_t){.data = bufs->buf->pos, .len = (size_t)(bufs->buf->last - bufs->buf->pos)};
        return NGX_OK;
    }
    for (const ngx_chain_t *in = bufs; in != NULL; in = in->next) {
        length += (size_t)ngx_buf_size(in->buf);
    }
    *body = (ngx_str_t){.data = ngx_pnalloc(r->pool, length), .len = length};
    u_char *to = body->data;
    for (const ngx_chain_t *in = bufs; in != NULL && to != NULL; in = in->next) {
        const size_t size = (size_t)ngx_buf_size(in->buf);
        if (ngx_buf_in_memory(in->buf)) {
            ngx_memcpy(to, in->buf->pos, size);
        } else if (size != 0 && ngx_read_file(in->buf->file, to, size, in->buf->file_pos) != (ssize_t)size) {
            return NGX_ERROR;
        }
        to += size;
    }
    return to != NULL ? NGX_OK : NGX_ERROR;
}

/* ---- the changed body */

static ngx_int_t set_length(ngx_http_request_t *r, size_t length) {
    ngx_table_elt_t *const header = r->headers_in.content_length;

    r->headers_in.content_length_n = (off_t)length;
    if (header == NULL) {
        return NGX_OK;
    }
    u_char *const digits = ngx_pnalloc(r->pool, NGX_OFF_T_LEN);
    if (digits == NULL) {
        return NGX_ERROR;
    }
    header->value.len = (size_t)(ngx_sprintf(digits, "%uz", length) - digits);
    header->value.data = digits;
    return NGX_OK;
}

static ngx_int_t apply(ngx_http_request_t *r, const ngx_str_t *body, const edit_t *edit) {
    const size_t added = ngx_strlen(edit->added);
    const size_t rest = edit->at + edit->removed;
    const size_t length = body->len - edit->removed + added;
    ngx_buf_t *const buf = ngx_create_temp_buf(r->pool, length);
    ngx_chain_t *const link = ngx_alloc_chain_link(r->pool);

    if (buf == NULL || link == NULL) {
        return NGX_ERROR;
    }
    buf->last = ngx_cpymem(buf->last, body->data, edit->at);
    buf->last = ngx_cpymem(buf->last, edit->added, added);
    buf->last = ngx_cpymem(buf->last, body->data + rest, body->len - rest);
    link->buf = buf;
    link->next = NULL;
    r->request_body->bufs = link;
    return set_length(r, length);
}

static ngx_int_t edit_body(ngx_http_request_t *r, const ngx_str_t *body, void *mode) {
    const bool strict = *(ngx_uint_t *)mode == NGX_HTTP_TOKUSAGE_STRICT;
    const edit_t edit = find_edit(body, strict);

    if (edit.unclear != NULL && strict) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "tokusage_include_usage strict: services may read %s in different ways", edit.unclear);
        return NGX_HTTP_BAD_REQUEST;
    }
    return edit.added == NULL || (apply(r, body, &edit) == NGX_OK && ngx_http_tokusage_strip_prepare(r) == NGX_OK)
               ? NGX_OK
               : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

/* Calls `use` with the body as one document, which is empty where there is none. */
static ngx_int_t with_body(ngx_http_request_t *r, ngx_int_t (*use)(ngx_http_request_t *, const ngx_str_t *, void *),
                           void *data) {
    ngx_str_t body = ngx_null_string;

    if (r->request_body == NULL || r->request_body->bufs == NULL || r->reading_body) {
        return use(r, &body, data);
    }
    const u_char *const own = r->request_body->bufs->buf->pos;
    if (get_body(r, &body) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    const ngx_int_t rc = use(r, &body, data);
    if (body.data != own) {
        ngx_pfree(r->pool, body.data); /* a large copy is freed at once */
    }
    return rc;
}

/* ---- the most that the service may write */

static ngx_int_t find_most(ngx_http_request_t *r, const ngx_str_t *body, void *data) {
    tokusage_value at[] = {{.pointer = "/max_tokens"},
                           {.pointer = "/max_completion_tokens"},
                           {.pointer = "/max_output_tokens"},
                           {.pointer = "/generationConfig/maxOutputTokens"},
                           {.pointer = "/inferenceConfig/maxTokens"},
                           {.pointer = "/n"}};
    const size_t last = sizeof at / sizeof at[0] - 1;
    uint64_t *const most = data;

    if (!ngx_http_tokusage_find(body, at, last + 1)) {
        return NGX_OK;
    }
    for (size_t i = 0; i < last; i++) {
        const ngx_int_t number = ngx_atoi((u_char *)at[i].json, at[i].length);
        *most = number > 0 ? ngx_max(*most, (uint64_t)number) : *most;
    }
    const ngx_int_t choices = ngx_atoi((u_char *)at[last].json, at[last].length);
    *most = ngx_min(*most, TOKUSAGE_COUNT_MAX) * (uint64_t)ngx_min(ngx_max(choices, 1), 1000);
    return NGX_OK;
}

uint64_t ngx_http_tokusage_most_tokens(ngx_http_request_t *r) {
    uint64_t most = 0;

    return with_body(r, find_most, &most) == NGX_OK ? most : 0;
}

/* ---- the handler */

/* Many services take the URI in any case, and with a slash at its end. */
static bool may_ask(const ngx_http_request_t *r, ngx_uint_t mode) {
    static const ngx_str_t suffix = ngx_string("/completions");
    ngx_str_t uri = r->uri;

    if (r->method != NGX_HTTP_POST || mode == NGX_HTTP_TOKUSAGE_OFF) {
        return false;
    }
    if (mode == NGX_HTTP_TOKUSAGE_STRICT && uri.len > 0 && uri.data[uri.len - 1] == '/') {
        uri.len--;
    }
    if (uri.len < suffix.len) {
        return false;
    }
    u_char *const end = uri.data + uri.len - suffix.len;
    return mode == NGX_HTTP_TOKUSAGE_STRICT ? ngx_strncasecmp(end, suffix.data, suffix.len) == 0
                                            : ngx_strncmp(end, suffix.data, suffix.len) == 0;
}

static void resume(ngx_http_request_t *r) {
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}

/* The phase comes here again when the body is there. */
ngx_int_t ngx_http_tokusage_read_body(ngx_http_request_t *r) {
    const ngx_int_t rc = ngx_http_read_client_request_body(r, resume);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }
    ngx_http_finalize_request(r, NGX_DONE);
    return NGX_DONE;
}

ngx_int_t ngx_http_tokusage_request_handler(ngx_http_request_t *r) {
    ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    const bool asks = may_ask(r, conf->include_usage);
    const bool drains = conf->enable && conf->drain;

    if (conf->enable && conf->ask_plain && r->content_handler != NULL && ngx_http_tokusage_ask_plain(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (r != r->main || r->content_handler == NULL || !(asks || drains)) {
        return NGX_DECLINED;
    }
    if (r->request_body == NULL) {
        return ngx_http_tokusage_read_body(r);
    }
    const ngx_int_t rc = asks ? with_body(r, edit_body, &conf->include_usage) : NGX_OK;
    if (rc != NGX_OK) {
        return rc;
    }
    if (drains) {
        ngx_http_tokusage_drain_prepare(r);
    }
    return NGX_DECLINED;
}
