/*
 * The directive tokusage_limit and its parameters.
 */
#include "ngx_http_tokusage_zone.h"

/* ---- amounts */

/* Reads 200k. Tokens are no bytes, so the units are decimal. 0: it is not a number from 1 to TOKUSAGE_COUNT_MAX. */
static uint64_t parse_tokens(const ngx_str_t *text) {
    static const uint64_t units[] = {['k'] = 1000, ['m'] = 1000000, ['g'] = 1000000000};
    const u_char suffix = text->len > 1 ? text->data[text->len - 1] | 0x20 : 0;
    const uint64_t unit = suffix < sizeof units / sizeof units[0] ? units[suffix] : 0;
    const ngx_int_t number = ngx_atoi(text->data, text->len - (unit != 0));

    return number > 0 && (uint64_t)number <= TOKUSAGE_COUNT_MAX / ngx_max(unit, 1) ? (uint64_t)number * ngx_max(unit, 1)
                                                                                   : 0;
}

ngx_int_t ngx_http_tokusage_limit_parse(ngx_uint_t unit, const ngx_str_t *text, uint64_t *amount) {
    if (unit == NGX_HTTP_TOKUSAGE_COST) {
        return ngx_http_tokusage_cost_parse(text, amount) == NGX_OK && *amount != 0 ? NGX_OK : NGX_ERROR;
    }
    *amount = parse_tokens(text);
    return *amount != 0 ? NGX_OK : NGX_ERROR;
}

u_char *ngx_http_tokusage_amount_print(u_char *to, ngx_uint_t unit, uint64_t amount) {
    return unit == NGX_HTTP_TOKUSAGE_COST ? ngx_http_tokusage_cost_print(to, amount) : ngx_sprintf(to, "%uL", amount);
}

/* ---- the directive */

static const char *const wrong_amounts[] = {
    [NGX_HTTP_TOKUSAGE_TOKENS] = "must be a whole number from 1 to 2^53-1, such as 5000, 200k, 10m or 1g",
    [NGX_HTTP_TOKUSAGE_COST] = "must be above 0, up to 9000000, with up to 12 decimals, such as 5 or 0.25",
};

/* `unit` is that of tokens= or cost=. */
static const char *read_amount(ngx_conf_t *cf, ngx_str_t *text, ngx_http_tokusage_limit_t *limit, size_t unit) {
    ngx_http_compile_complex_value_t ccv = {.cf = cf, .value = text, .complex_value = &limit->value};

    if (limit->amount != 0 || limit->value.lengths != NULL) {
        return "must be alone: a limit is of tokens or of cost";
    }
    limit->unit = unit;
    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return "cannot be read";
    }
    if (limit->value.lengths != NULL || ngx_http_tokusage_limit_parse(unit, text, &limit->amount) == NGX_OK) {
        return NULL;
    }
    return wrong_amounts[unit];
}

/* After tokens= or cost=, whose unit it has. `offset` is that of the member. */
static const char *read_more(ngx_conf_t *cf, ngx_str_t *text, ngx_http_tokusage_limit_t *limit, size_t offset) {
    uint64_t *const amount = (uint64_t *)(void *)((u_char *)limit + offset);

    if (limit->amount == 0 && limit->value.lengths == NULL) {
        return "must be after \"tokens=\" or \"cost=\"";
    }
    return ngx_http_tokusage_limit_parse(limit->unit, text, amount) == NGX_OK ? NULL : wrong_amounts[limit->unit];
}

static const char *read_period(ngx_conf_t *cf, ngx_str_t *text, ngx_http_tokusage_limit_t *limit, size_t data) {
    limit->period = ngx_http_tokusage_period_parse(text);
    limit->period_name = *text;
    return limit->period != 0 ? NULL : "must be a number of s, m, h or d up to 366d, \"day\" or \"month\"";
}

/* A parameter NAME=VALUE. `read` returns what is wrong with the value, or NULL. */
static const struct {
    ngx_str_t name;
    const char *(*read)(ngx_conf_t *cf, ngx_str_t *text, ngx_http_tokusage_limit_t *limit, size_t data);
    size_t data;
} parameters[] = {
    {ngx_string("tokens="), read_amount, NGX_HTTP_TOKUSAGE_TOKENS},
    {ngx_string("cost="), read_amount, NGX_HTTP_TOKUSAGE_COST},
    {ngx_string("per="), read_period, 0},
    {ngx_string("missing="), read_more, offsetof(ngx_http_tokusage_limit_t, missing)},
    {ngx_string("reserve="), read_more, offsetof(ngx_http_tokusage_limit_t, reserve)},
};

static ngx_int_t read_parameter(ngx_conf_t *cf, const ngx_str_t *value, ngx_http_tokusage_limit_t *limit) {
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const ngx_str_t *const name = &parameters[i].name;
        if (ngx_strncmp(value->data, name->data, name->len) != 0) {
            continue;
        }
        ngx_str_t text = {.data = value->data + name->len, .len = value->len - name->len};
        const char *const wrong = parameters[i].read(cf, &text, limit, parameters[i].data);
        if (wrong != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid \"%V\": it %s", value, wrong);
        }
        return wrong != NULL ? NGX_ERROR : NGX_OK;
    }
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"", value);
    return NGX_ERROR;
}

/* The zone counts the limit's period. */
static ngx_int_t add_period(ngx_conf_t *cf, const ngx_http_tokusage_limit_t *limit) {
    ngx_http_tokusage_zone_t *const zone = limit->zone->data;
    ngx_uint_t i = ngx_http_tokusage_period_find(zone->periods, limit->period);

    i = i < NGX_HTTP_TOKUSAGE_PERIODS ? i : ngx_http_tokusage_period_find(zone->periods, 0);
    if (i == NGX_HTTP_TOKUSAGE_PERIODS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "a tokusage_zone can have limits of %d periods",
                           NGX_HTTP_TOKUSAGE_PERIODS);
        return NGX_ERROR;
    }
    zone->periods[i] = limit->period;
    return NGX_OK;
}

static ngx_int_t read_limit(ngx_conf_t *cf, ngx_http_tokusage_limit_t *limit) {
    ngx_str_t *const value = cf->args->elts;

    for (ngx_uint_t i = 2; i < cf->args->nelts; i++) {
        if (read_parameter(cf, &value[i], limit) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    if ((limit->amount == 0 && limit->value.lengths == NULL) || limit->period == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "tokusage_limit must have both \"tokens=\" (or \"cost=\") and \"per=\"");
        return NGX_ERROR;
    }
    limit->zone = ngx_http_tokusage_zone_get(cf, &value[1], 0);
    return limit->zone != NULL ? add_period(cf, limit) : NGX_ERROR;
}

static bool contains(const ngx_array_t *limits, const ngx_http_tokusage_limit_t *limit) {
    const ngx_http_tokusage_limit_t *const known = limits->elts;

    for (ngx_uint_t i = 0; i < limits->nelts; i++) {
        if (known[i].zone == limit->zone && known[i].period == limit->period && known[i].unit == limit->unit) {
            return true;
        }
    }
    return false;
}

char *ngx_http_tokusage_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tokusage_loc_conf_t *const location = conf;
    ngx_http_tokusage_limit_t limit = {0};

    if (read_limit(cf, &limit) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    if (location->limits == NULL) {
        location->limits = ngx_array_create(cf->pool, 2, sizeof(ngx_http_tokusage_limit_t));
    } else if (contains(location->limits, &limit)) {
        return "has this zone and this period already";
    }
    ngx_http_tokusage_limit_t *const added = location->limits != NULL ? ngx_array_push(location->limits) : NULL;
    if (added == NULL) {
        return NGX_CONF_ERROR;
    }
    *added = limit;
    location->reserves |= limit.reserve != 0 && limit.unit == NGX_HTTP_TOKUSAGE_TOKENS;
    return NGX_CONF_OK;
}
