/*
 * The variables, under the names that gateways on nginx already use. They may be asked for at any time: before the end
 * of a response they tell what is known so far, so nginx must not keep their values (NOCACHEABLE).
 */
#include "ngx_http_tokusage.h"

/* ---- values */

static ngx_int_t set_absent(ngx_http_variable_value_t *v) {
    v->not_found = 1;
    return NGX_OK;
}

static ngx_int_t set_text(ngx_http_variable_value_t *v, u_char *text, size_t length) {
    v->len = (unsigned)length & 0xFFFFFFF;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    v->data = text;
    return NGX_OK;
}

static ngx_int_t set_copy(ngx_http_request_t *r, ngx_http_variable_value_t *v, const void *text, size_t length) {
    u_char *const copy = ngx_pnalloc(r->pool, length);

    if (copy == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(copy, text, length);
    return set_text(v, copy, length);
}

/* ---- the variables */

/* `data` is where the count stands in the struct. */
static ngx_int_t get_count(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);
    u_char digits[NGX_INT64_LEN];
    tokusage usage;

    if (ctx == NULL) {
        return set_absent(v);
    }
    ngx_http_tokusage_judge(ctx, &usage);
    const tokusage_count *const count = (const tokusage_count *)(const void *)((const char *)&usage + data);
    if (!count->present) {
        return set_absent(v);
    }
    const u_char *const last = ngx_sprintf(digits, "%L", count->value);
    return set_copy(r, v, digits, (size_t)(last - digits));
}

static ngx_int_t get_model(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);
    char model[TOKUSAGE_MODEL_SIZE];

    if (ctx == NULL) {
        return set_absent(v);
    }
    const size_t length = tokusage_stream_model(&ctx->stream, model, sizeof model);
    return length == 0 ? set_absent(v) : set_copy(r, v, model, length);
}

static ngx_int_t get_verdict(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);
    tokusage usage;

    if (ctx == NULL) {
        return set_absent(v);
    }
    const ngx_str_t *const name = &ngx_http_tokusage_verdict_names[ngx_http_tokusage_judge(ctx, &usage)];
    return set_text(v, name->data, name->len);
}

/* The usage that is to be billed as a JSON object, or null: for lines of JSON. */
static ngx_int_t get_usage(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    static u_char null[] = "null";
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);
    char text[TOKUSAGE_JSON_SIZE];
    size_t length = 0;
    tokusage usage;

    if (ctx == NULL) {
        return set_text(v, null, sizeof null - 1);
    }
    ngx_http_tokusage_bill(ctx, &usage);
    static const tokusage nothing;
    if (tokusage_equal(&usage, &nothing) || tokusage_encode(&usage, text, sizeof text, &length) != TOKUSAGE_OK) {
        return set_text(v, null, sizeof null - 1);
    }
    return set_copy(r, v, text, length);
}

/* ---- their names */

#define COUNT(name, member)                                                                                            \
    { ngx_string(name), NULL, get_count, offsetof(tokusage, member), NGX_HTTP_VAR_NOCACHEABLE, 0 }

static ngx_http_variable_t variables[] = {
    COUNT("llm_prompt_tokens", prompt_tokens),
    COUNT("llm_completion_tokens", completion_tokens),
    COUNT("llm_total_tokens", total_tokens),
    COUNT("llm_cache_read_input_tokens", cached_tokens),
    COUNT("llm_cache_creation_input_tokens", cache_write_tokens),
    COUNT("llm_reasoning_tokens", reasoning_tokens),
    {ngx_string("llm_model"), NULL, get_model, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("llm_usage_verdict"), NULL, get_verdict, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("llm_usage"), NULL, get_usage, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("tokusage_limit_status"), NULL, ngx_http_tokusage_limit_status, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
};

ngx_int_t ngx_http_tokusage_add_variables(ngx_conf_t *cf) {
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        ngx_http_variable_t *const added = ngx_http_add_variable(cf, &variables[i].name, variables[i].flags);
        if (added == NULL) {
            return NGX_ERROR;
        }
        added->get_handler = variables[i].get_handler;
        added->data = variables[i].data;
    }
    return NGX_OK;
}
