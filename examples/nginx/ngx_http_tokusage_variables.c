/*
 * The variables. They may be asked for at any time: before the end of a response they are what is known so far, so
 * nginx must not keep their values (NOCACHEABLE).
 */
#include "ngx_http_tokusage.h"

/* Room for each of them: the usage, and a label of which no byte is UTF-8. */
#define TEXT_SIZE (TOKUSAGE_JSON_SIZE + TOKUSAGE_LABEL_SIZE * (sizeof "\\\\xHH" - 1))

/* Writes the value, and returns where it ends: at `to` where there is none. */
typedef struct {
    const char *name;
    u_char *(*write)(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t data);
    uintptr_t data;
} variable_t;

ngx_int_t ngx_http_tokusage_set_value(ngx_http_request_t *r, ngx_http_variable_value_t *v, const u_char *text,
                                      const u_char *last) {
    const size_t length = (size_t)(last - text);

    if (length == 0) {
        v->not_found = 1;
        return NGX_OK;
    }
    v->data = ngx_pnalloc(r->pool, length);
    if (v->data == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(v->data, text, length);
    v->len = (unsigned)length & 0xFFFFFFF;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    return NGX_OK;
}

/* ---- the variables */

static u_char *write_count(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t number) {
    tokusage usage;

    ngx_http_tokusage_judge(ctx, &usage);
    const tokusage_count *const count = tokusage_count_at(&usage, number);
    return count->present ? ngx_sprintf(to, "%L", count->value) : to;
}

/*
 * A label is as written in its JSON string, so it may be put into one as it is, except for bytes that are not UTF-8:
 * each of them becomes \\xHH, which a reader of that JSON sees as \xHH, as in the metrics.
 */
static u_char *write_label(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t which) {
    char label[TOKUSAGE_LABEL_SIZE];
    const size_t size = tokusage_stream_label(&ctx->stream, (tokusage_label)which, label, sizeof label);
    const u_char *const text = (u_char *)label;

    for (size_t i = 0; i < size;) {
        const size_t length = ngx_http_tokusage_utf8_length(text + i, size - i);
        to = length == 0 ? ngx_sprintf(to, "\\\\x%02Xd", (ngx_int_t)text[i]) : ngx_cpymem(to, text + i, length);
        i += ngx_max(length, 1);
    }
    return to;
}

static u_char *write_verdict(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t data) {
    tokusage usage;

    return ngx_sprintf(to, "%V", &ngx_http_tokusage_verdict_names[ngx_http_tokusage_judge(ctx, &usage)]);
}

/* The usage that is to be billed as a JSON object, or null, also where nothing is metered: for lines of JSON. */
static u_char *write_usage(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t data) {
    tokusage usage = {0};
    size_t length = 0;

    if (ctx != NULL) {
        ngx_http_tokusage_bill(ctx, &usage);
    }
    if (ngx_http_tokusage_is_nothing(&usage) ||
        tokusage_encode(&usage, (char *)to, TOKUSAGE_JSON_SIZE, &length) != TOKUSAGE_OK) {
        return ngx_cpymem(to, "null", sizeof "null" - 1);
    }
    return to + length;
}

static u_char *write_cost(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t data) {
    tokusage usage;
    uint64_t cost;

    ngx_http_tokusage_bill(ctx, &usage);
    return ngx_http_tokusage_cost(ctx, &usage, &cost) == NGX_OK ? ngx_http_tokusage_cost_print(to, cost) : to;
}

static u_char *write_first(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t data) {
    const ngx_msec_t ms = ctx->first - 1;

    return ctx->first != 0 ? ngx_sprintf(to, "%T.%03M", (time_t)(ms / 1000), ms % 1000) : to;
}

/* None where all bytes came at once. */
static u_char *write_speed(const ngx_http_tokusage_ctx_t *ctx, u_char *to, uintptr_t data) {
    tokusage usage;

    ngx_http_tokusage_bill(ctx, &usage);
    if (ctx->ended <= ctx->first || !usage.completion_tokens.present) {
        return to;
    }
    const uint64_t tenths = (uint64_t)usage.completion_tokens.value * 10000 / (ctx->ended - (ctx->first - 1));
    return ngx_sprintf(to, "%uL.%uL", tenths / 10, tenths % 10);
}

/* ---- their names */

#define COUNT(name) (offsetof(tokusage, name) / sizeof(tokusage_count))

static const variable_t variables[] = {
    {"llm_model", write_label, TOKUSAGE_LABEL_MODEL},
    {"llm_id", write_label, TOKUSAGE_LABEL_ID},
    {"llm_service_tier", write_label, TOKUSAGE_LABEL_SERVICE_TIER},
    {"llm_usage_verdict", write_verdict, 0},
    {"llm_usage", write_usage, 0},
    {"llm_cost", write_cost, 0},
    {"llm_time_to_first_token", write_first, 0},
    {"llm_tokens_per_second", write_speed, 0},
    /* other gateways on nginx have these names, with the same meaning */
    {"llm_cache_read_input_tokens", write_count, COUNT(cached_tokens)},
    {"llm_cache_creation_input_tokens", write_count, COUNT(cache_write_tokens)},
};

static ngx_int_t get(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t index) {
    const variable_t *const variable = &variables[index];
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_tokusage_find_ctx(r);
    u_char text[TEXT_SIZE];

    return ngx_http_tokusage_set_value(
        r, v, text, ctx != NULL || variable->write == write_usage ? variable->write(ctx, text, variable->data) : text);
}

static ngx_int_t get_count(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t index) {
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_tokusage_find_ctx(r);
    u_char text[NGX_INT64_LEN];

    return ngx_http_tokusage_set_value(r, v, text, ctx != NULL ? write_count(ctx, text, index) : text);
}

/*
 * A configuration may `set` these variables to a value from which they begin, as other gateways need it. It has no
 * effect here, but it is no error.
 */
static void ignore_set(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
}

static ngx_int_t add(ngx_conf_t *cf, const char *name, ngx_http_get_variable_pt get, uintptr_t data) {
    ngx_str_t text = {.data = (u_char *)name, .len = ngx_strlen(name)};
    ngx_http_variable_t *const added =
        ngx_http_add_variable(cf, &text, NGX_HTTP_VAR_NOCACHEABLE | NGX_HTTP_VAR_CHANGEABLE);

    if (added == NULL) {
        return NGX_ERROR;
    }
    added->get_handler = get;
    added->set_handler = ignore_set;
    added->data = data;
    return NGX_OK;
}

ngx_int_t ngx_http_tokusage_add_variables(ngx_conf_t *cf) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        u_char name[64]; /* nginx keeps its own copy */
        ngx_snprintf(name, sizeof name, "llm_%s%Z", tokusage_count_name(i));
        if (add(cf, (const char *)name, get_count, i) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        if (add(cf, variables[i].name, get, i) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return add(cf, "tokusage_limit_status", ngx_http_tokusage_limit_status, 0);
}
