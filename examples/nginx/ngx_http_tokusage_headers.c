/*
 * What the client learns of a limit: headers with the names and in the forms that the services themselves use, so that
 * their clients understand them. The reset is a duration such as 6m0s.
 */
#include "ngx_http_tokusage_zone.h"

static ngx_str_t limit_tokens = ngx_string("x-ratelimit-limit-tokens");
static ngx_str_t remaining_tokens = ngx_string("x-ratelimit-remaining-tokens");
static ngx_str_t reset_tokens = ngx_string("x-ratelimit-reset-tokens");
static ngx_str_t retry_after = ngx_string("Retry-After");

/* ---- the list of headers */

/* A header of ours differs from the service's by the address of its name. */
static bool is_ours(const ngx_table_elt_t *header, const ngx_str_t *name) {
    return header->key.data == name->data;
}

static bool is_theirs(const ngx_table_elt_t *header, const ngx_str_t *name) {
    return !is_ours(header, name) && header->key.len == name->len &&
           ngx_strncasecmp(header->key.data, name->data, name->len) == 0;
}

static ngx_table_elt_t *find_header(ngx_http_request_t *r, const ngx_str_t *name) {
    for (ngx_list_part_t *part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *const headers = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (is_ours(&headers[i], name)) {
                return &headers[i];
            }
        }
    }
    return NULL;
}

static void hide_theirs(ngx_http_request_t *r, const ngx_str_t *name) {
    if (find_header(r, name) == NULL) {
        return;
    }
    for (ngx_list_part_t *part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *const headers = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (is_theirs(&headers[i], name)) {
                headers[i].hash = 0;
            }
        }
    }
}

/* The request may have the header already, from the limit of a location that it came through. */
static ngx_int_t set_header(ngx_http_request_t *r, const ngx_str_t *name, u_char *text, const u_char *last) {
    ngx_table_elt_t *header = find_header(r, name);

    if (header == NULL) {
        header = ngx_list_push(&r->headers_out.headers);
        if (header == NULL) {
            return NGX_ERROR;
        }
        ngx_memzero(header, sizeof(ngx_table_elt_t));
        header->key = *name;
    }
    header->hash = 1;
    header->value.data = text;
    header->value.len = (size_t)(last - text);
    return NGX_OK;
}

/* ---- their values */

static ngx_int_t set_number(ngx_http_request_t *r, const ngx_str_t *name, uint64_t number) {
    u_char *const text = ngx_pnalloc(r->pool, NGX_INT64_LEN);

    return text != NULL ? set_header(r, name, text, ngx_sprintf(text, "%uL", number)) : NGX_ERROR;
}

static ngx_int_t set_duration(ngx_http_request_t *r, const ngx_str_t *name, time_t seconds) {
    u_char *const text = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + sizeof "h59m59s");
    u_char *last = text;

    if (text == NULL) {
        return NGX_ERROR;
    }
    if (seconds >= 3600) {
        last = ngx_sprintf(last, "%Th", seconds / 3600);
    }
    if (seconds >= 60) {
        last = ngx_sprintf(last, "%Tm", seconds / 60 % 60);
    }
    return set_header(r, name, text, ngx_sprintf(last, "%Ts", seconds % 60));
}

ngx_int_t ngx_http_tokusage_limit_headers(ngx_http_request_t *r, ngx_uint_t unit,
                                          const ngx_http_tokusage_finding_t *finding) {
    if (unit == NGX_HTTP_TOKUSAGE_TOKENS && (set_number(r, &limit_tokens, finding->amount) != NGX_OK ||
                                             set_number(r, &remaining_tokens, finding->remaining) != NGX_OK ||
                                             set_duration(r, &reset_tokens, finding->reset) != NGX_OK)) {
        return NGX_ERROR;
    }
    return finding->remaining > 0 ? NGX_OK : set_number(r, &retry_after, (uint64_t)finding->reset);
}

/*
 * The service has headers of the same names for its own limit. A client would find two limits, while it must heed the
 * one of its key.
 */
void ngx_http_tokusage_limit_header_filter(ngx_http_request_t *r) {
    ngx_table_elt_t *const retry = find_header(r, &retry_after);

    if (retry != NULL && r->headers_out.status < NGX_HTTP_SPECIAL_RESPONSE) {
        retry->hash = 0; /* refused, and then answered otherwise: by another model, for instance */
    }
    hide_theirs(r, &limit_tokens);
    hide_theirs(r, &remaining_tokens);
    hide_theirs(r, &reset_tokens);
}
