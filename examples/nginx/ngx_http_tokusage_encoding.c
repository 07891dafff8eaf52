/*
 * Compressed responses cannot be read. So the service is asked for plain ones, and what is compressed all the same is
 * recognized.
 */
#include "ngx_http_tokusage.h"

static const ngx_str_t identity = ngx_string("identity");

/*
 * Every Accept-Encoding of the request becomes `identity` for the service. nginx's own gzip and gunzip go on with what
 * the client has sent: they look at a header of which they now have a copy.
 */
ngx_int_t ngx_http_tokusage_ask_plain(ngx_http_request_t *r) {
    const ngx_table_elt_t *const client = r->headers_in.accept_encoding;

    if (client == NULL || client->value.data == identity.data) {
        return NGX_OK;
    }
    ngx_table_elt_t *const copy = ngx_palloc(r->pool, sizeof(ngx_table_elt_t));
    if (copy == NULL) {
        return NGX_ERROR;
    }
    *copy = *client;
    r->headers_in.accept_encoding = copy;
    for (ngx_list_part_t *part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *const headers = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (ngx_http_tokusage_is_name(&headers[i].key, "Accept-Encoding")) {
                headers[i].value = identity;
            }
        }
    }
    return NGX_OK;
}

ngx_uint_t ngx_http_tokusage_is_encoded(const ngx_http_request_t *r) {
    const ngx_table_elt_t *const encoding = r->headers_out.content_encoding;

    return encoding != NULL && encoding->hash != 0 && encoding->value.len != 0 &&
           !ngx_http_tokusage_is_name(&encoding->value, "identity");
}
