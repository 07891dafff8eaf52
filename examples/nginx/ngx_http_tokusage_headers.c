/*
 * What the client learns of a limit: headers with the names and in the forms that the services themselves use, so that
 * their clients understand them. Those of the service are hidden: a client would find two limits, while it must heed
 * the one of its key. The reset is a duration such as 6m0s.
 */
#include "ngx_http_tokusage_zone.h"

static void hide(ngx_http_request_t *r, const char *name) {
    for (ngx_list_part_t *part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *const headers = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (ngx_http_tokusage_is_name(&headers[i].key, name)) {
                headers[i].hash = 0;
            }
        }
    }
}

static ngx_int_t set_header(ngx_http_request_t *r, const char *name, u_char *text, const u_char *last) {
    hide(r, name);
    ngx_table_elt_t *const header = ngx_list_push(&r->headers_out.headers);
    if (header == NULL) {
        return NGX_ERROR;
    }
    *header = (ngx_table_elt_t){.hash = 1,
                                .key = {.data = (u_char *)name, .len = ngx_strlen(name)},
                                .value = {.data = text, .len = (size_t)(last - text)}};
    return NGX_OK;
}

static ngx_int_t set_number(ngx_http_request_t *r, const char *name, uint64_t number) {
    u_char *const text = ngx_pnalloc(r->pool, NGX_INT64_LEN);

    return text != NULL ? set_header(r, name, text, ngx_sprintf(text, "%uL", number)) : NGX_ERROR;
}

static ngx_int_t set_duration(ngx_http_request_t *r, const char *name, time_t seconds) {
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

ngx_int_t ngx_http_tokusage_limit_headers(ngx_http_request_t *r, const ngx_http_tokusage_finding_t *finding) {
    const bool refused = finding->remaining == 0 && r->headers_out.status >= NGX_HTTP_SPECIAL_RESPONSE;

    if (finding->limit->unit == NGX_HTTP_TOKUSAGE_TOKENS &&
        (set_number(r, "x-ratelimit-limit-tokens", finding->amount) != NGX_OK ||
         set_number(r, "x-ratelimit-remaining-tokens", finding->remaining) != NGX_OK ||
         set_duration(r, "x-ratelimit-reset-tokens", finding->reset) != NGX_OK)) {
        return NGX_ERROR;
    }
    return refused ? set_number(r, "Retry-After", (uint64_t)finding->reset) : NGX_OK;
}
