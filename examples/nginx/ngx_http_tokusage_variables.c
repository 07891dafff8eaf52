/*
 * The variables. They may be asked for at any time: before the end of a response they are what is known so far, so
 * nginx must not keep their values (NOCACHEABLE).
 */
#include "ngx_http_tokusage.h"

/* Also in a post_action, for which nginx has cleared the contexts of the modules. */
static const ngx_http_tokusage_ctx_t *get_ctx(ngx_http_request_t *r) {
    const ngx_http_tokusage_ctx_t *const ctx = ngx_http_get_module_ctx(r, ngx_http_tokusage_module);

    return ctx != NULL ? ctx : ngx_http_tokusage_find_ctx(r);
}

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

/* `data` is the number of the count. */
static ngx_int_t get_count(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
    u_char digits[NGX_INT64_LEN];
    tokusage usage;

    if (ctx == NULL) {
        return set_absent(v);
    }
    ngx_http_tokusage_judge(ctx, &usage);
    const tokusage_count *const count = tokusage_count_at(&usage, data);
    if (!count->present) {
        return set_absent(v);
    }
    const u_char *const last = ngx_sprintf(digits, "%L", count->value);
    return set_copy(r, v, digits, (size_t)(last - digits));
}

/*
 * A label is as written in its JSON string, so it may be put into one as it is, except for bytes that are not UTF-8:
 * each of them becomes \\xHH, which a reader of that JSON sees as \xHH, as in the metrics.
 */
static u_char *escape(u_char *to, const u_char *label, size_t size) {
    for (size_t i = 0; i < size;) {
        const size_t length = ngx_http_tokusage_utf8_length(label + i, size - i);
        to = length == 0 ? ngx_sprintf(to, "\\\\x%02Xd", (ngx_int_t)label[i]) : ngx_cpymem(to, label + i, length);
        i += ngx_max(length, 1);
    }
    return to;
}

/* `data` is the label. */
static ngx_int_t get_label(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
    char label[TOKUSAGE_LABEL_SIZE];
    u_char text[sizeof label * (sizeof "\\\\xHH" - 1)];

    if (ctx == NULL) {
        return set_absent(v);
    }
    const size_t length = tokusage_stream_label(&ctx->stream, (tokusage_label)data, label, sizeof label);
    const u_char *const last = escape(text, (const u_char *)label, length);
    return length == 0 ? set_absent(v) : set_copy(r, v, text, (size_t)(last - text));
}

static ngx_int_t get_verdict(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
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
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
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

/* Empty where there is no price. */
static ngx_int_t get_cost(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
    u_char text[NGX_HTTP_TOKUSAGE_COST_SIZE];
    tokusage usage;
    uint64_t cost;

    if (ctx == NULL) {
        return set_absent(v);
    }
    ngx_http_tokusage_bill(ctx, &usage);
    if (ngx_http_tokusage_cost(ctx, &usage, &cost) != NGX_OK) {
        return set_absent(v);
    }
    return set_copy(r, v, text, (size_t)(ngx_http_tokusage_cost_print(text, cost) - text));
}

static ngx_int_t get_first(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
    u_char text[NGX_TIME_T_LEN + sizeof ".999"];

    if (ctx == NULL || ctx->first == 0) {
        return set_absent(v);
    }
    const u_char *const last = ngx_sprintf(text, "%T.%03M", (time_t)((ctx->first - 1) / 1000), (ctx->first - 1) % 1000);
    return set_copy(r, v, text, (size_t)(last - text));
}

/* Empty where all bytes came at once. */
static ngx_int_t get_speed(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    const ngx_http_tokusage_ctx_t *const ctx = get_ctx(r);
    u_char text[NGX_INT64_LEN + sizeof ".9"];
    tokusage usage;

    if (ctx == NULL || ctx->ended <= ctx->first) {
        return set_absent(v);
    }
    ngx_http_tokusage_bill(ctx, &usage);
    if (!usage.completion_tokens.present) {
        return set_absent(v);
    }
    const uint64_t tenths = (uint64_t)usage.completion_tokens.value * 10000 / (ctx->ended - (ctx->first - 1));
    const u_char *const last = ngx_sprintf(text, "%uL.%uL", tenths / 10, tenths % 10);
    return set_copy(r, v, text, (size_t)(last - text));
}

/* ---- their names */

typedef struct {
    const char *name;
    ngx_http_get_variable_pt get;
    uintptr_t data;
} variable_t;

static const variable_t variables[] = {
    {"llm_model", get_label, TOKUSAGE_LABEL_MODEL},
    {"llm_id", get_label, TOKUSAGE_LABEL_ID},
    {"llm_service_tier", get_label, TOKUSAGE_LABEL_SERVICE_TIER},
    {"llm_usage_verdict", get_verdict, 0},
    {"llm_usage", get_usage, 0},
    {"llm_cost", get_cost, 0},
    {"llm_time_to_first_token", get_first, 0},
    {"llm_tokens_per_second", get_speed, 0},
    {"tokusage_limit_status", ngx_http_tokusage_limit_status, 0},
};

/* Other gateways on nginx have these names, with the same meaning. */
static const struct {
    const char *name;
    const char *count;
} aliases[] = {
    {"llm_cache_read_input_tokens", "cached_tokens"},
    {"llm_cache_creation_input_tokens", "cache_write_tokens"},
};

/*
 * A configuration may `set` these variables to a value from which they begin, as other gateways need it. It has no
 * effect here, but it is no error.
 */
static void ignore_set(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    (void)r;
    (void)v;
    (void)data;
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

/* $llm_NAME, and its alias. nginx keeps its own copy of a name. */
static ngx_int_t add_count(ngx_conf_t *cf, size_t index) {
    const char *const count = tokusage_count_name(index);
    u_char name[64];

    ngx_snprintf(name, sizeof name, "llm_%s%Z", count);
    if (add(cf, (const char *)name, get_count, index) != NGX_OK) {
        return NGX_ERROR;
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (ngx_strcmp(aliases[i].count, count) == 0 && add(cf, aliases[i].name, get_count, index) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

ngx_int_t ngx_http_tokusage_add_variables(ngx_conf_t *cf) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (add_count(cf, i) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        if (add(cf, variables[i].name, variables[i].get, variables[i].data) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}
