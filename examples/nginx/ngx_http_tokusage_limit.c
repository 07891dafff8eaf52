/*
 * The directive tokusage_limit, and its check: tokens of a key in a window of time. What a request will use is known
 * only after its response, so the limit is checked before and booked after: a request passes as long as its key has a
 * token left in the window. Requests at the same time so use more than the limit together; what comes after is refused.
 *
 * The windows are fixed, as in most gateways in front of models, and aligned to the clock: all that a client must know
 * is when the next one begins, and Retry-After says it. The price: around that moment a key can use two limits.
 */
#include "ngx_http_tokusage_zone.h"

typedef struct {
    ngx_shm_zone_t *zone;
    ngx_http_complex_value_t value; /* of tokens=; evaluated for each request when it has variables */
    uint64_t tokens;                /* 0: by `value` */
    uint64_t missing;               /* booked for a response without usage */
    time_t period;
    ngx_str_t period_name;
} limit_t;

enum {
    PASSED = 0,
    REJECTED,
    REJECTED_DRY_RUN
};

/* ---- the status of a request */

/*
 * Kept in the pool's list of cleanups: a module's context does not outlive an internal redirect, such as the one to an
 * error page. Subrequests have the pool of their parent.
 */
typedef struct {
    ngx_http_request_t *request;
    const ngx_array_t *limits; /* those that were checked */
    ngx_uint_t status;
} record_t;

static void mark_record(void *data) {
    (void)data;
}

static record_t *find_record(ngx_http_request_t *r) {
    for (ngx_pool_cleanup_t *entry = r->pool->cleanup; entry != NULL; entry = entry->next) {
        if (entry->handler == mark_record && ((record_t *)entry->data)->request == r) {
            return entry->data;
        }
    }
    return NULL;
}

static record_t *find_or_create_record(ngx_http_request_t *r) {
    record_t *record = find_record(r);

    if (record != NULL) {
        return record;
    }
    ngx_pool_cleanup_t *const entry = ngx_pool_cleanup_add(r->pool, sizeof(record_t));
    if (entry == NULL) {
        return NULL;
    }
    entry->handler = mark_record;
    record = entry->data;
    record->request = r;
    return record;
}

ngx_int_t ngx_http_tokusage_limit_status(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    static const ngx_str_t names[] = {ngx_string("PASSED"), ngx_string("REJECTED"), ngx_string("REJECTED_DRY_RUN")};
    const record_t *const record = find_record(r);

    if (record == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }
    v->data = names[record->status].data;
    v->len = (unsigned)names[record->status].len & 0xFFFFFFF;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    return NGX_OK;
}

ngx_uint_t ngx_http_tokusage_is_refusal(ngx_http_request_t *r) {
    const record_t *const record = find_record(r);

    return record != NULL && record->status == REJECTED && r->upstream == NULL;
}

/* ---- the check */

/* A limit, and how it is used when the request arrives. NULL for the limit: none has a key of this request. */
typedef struct {
    const limit_t *limit;
    ngx_http_tokusage_finding_t finding;
} check_t;

/* The strictest limit is the one with the fewest tokens left, or else the one whose window ends last. */
static bool is_stricter(const check_t *a, const check_t *b) {
    if (b->limit == NULL || a->finding.remaining != b->finding.remaining) {
        return b->limit == NULL || a->finding.remaining < b->finding.remaining;
    }
    return a->finding.reset > b->finding.reset;
}

/* Reads 200k. Tokens are no bytes, so the units are decimal. 0: it is not a number from 1 to TOKUSAGE_COUNT_MAX. */
static uint64_t parse_tokens(const u_char *text, size_t length) {
    static const uint64_t units[] = {['k'] = 1000, ['m'] = 1000000, ['g'] = 1000000000};
    const u_char suffix = length > 1 ? text[length - 1] | 0x20 : 0;
    const uint64_t unit = suffix < sizeof units / sizeof units[0] ? units[suffix] : 0;
    uint64_t number = 0;

    for (size_t i = 0; i < length - (unit != 0); i++) {
        if (text[i] < '0' || text[i] > '9' || number > TOKUSAGE_COUNT_MAX / 10) {
            return 0;
        }
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    const uint64_t factor = ngx_max(unit, 1);
    return number <= TOKUSAGE_COUNT_MAX / factor ? number * factor : 0;
}

/* How many tokens the request's key may use. DECLINED: there is no limit for it. */
static ngx_int_t get_tokens(ngx_http_request_t *r, const limit_t *limit, uint64_t *tokens) {
    ngx_http_complex_value_t value = limit->value;
    ngx_str_t text;

    *tokens = limit->tokens;
    if (*tokens != 0) {
        return NGX_OK;
    }
    if (ngx_http_complex_value(r, &value, &text) != NGX_OK) {
        return NGX_ERROR;
    }
    if (text.len == 0 || (text.len == 1 && text.data[0] == '0')) {
        return NGX_DECLINED;
    }
    *tokens = parse_tokens(text.data, text.len);
    if (*tokens == 0) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "tokusage_limit: \"%V\" is no number of tokens", &text);
        return NGX_ERROR;
    }
    return NGX_OK;
}

static ngx_int_t check_one(ngx_http_request_t *r, const limit_t *limit, check_t *check) {
    ngx_http_tokusage_finding_t *const finding = &check->finding;
    ngx_str_t key;
    time_t end;

    ngx_int_t rc = ngx_http_tokusage_zone_key(r, limit->zone, &key);
    if (rc == NGX_OK) {
        rc = get_tokens(r, limit, &finding->tokens);
    }
    if (rc != NGX_OK) {
        return rc;
    }
    check->limit = limit;
    finding->used = ngx_http_tokusage_keys_used(limit->zone, &key, limit->period, &end);
    finding->remaining = finding->used < finding->tokens ? finding->tokens - finding->used : 0;
    finding->reset = end - ngx_time();
    return NGX_OK;
}

/* Finds the strictest limit among all whose key is not empty. */
static ngx_int_t check_all(ngx_http_request_t *r, const ngx_array_t *limits, check_t *strictest) {
    const limit_t *const limit = limits->elts;

    for (ngx_uint_t i = 0; i < limits->nelts; i++) {
        check_t check;
        const ngx_int_t rc = check_one(r, &limit[i], &check);
        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }
        if (rc == NGX_OK && is_stricter(&check, strictest)) {
            *strictest = check;
        }
    }
    return NGX_OK;
}

/* The key may be a secret, such as the one to an API: it is not logged. */
static void reject(ngx_http_request_t *r, const check_t *check, ngx_uint_t status) {
    const ngx_http_tokusage_finding_t *const finding = &check->finding;
    ngx_shm_zone_t *const zone = check->limit->zone;
    uint64_t counts[NGX_HTTP_TOKUSAGE_COUNTS] = {0};

    counts[status == REJECTED ? NGX_HTTP_TOKUSAGE_COUNT_REJECTED : NGX_HTTP_TOKUSAGE_COUNT_REJECTED_DRY_RUN] = 1;
    ngx_http_tokusage_keys_add(r, zone, counts, 0);

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "limiting tokens%s by zone \"%V\": %uL of %uL used per %V, again in %T s",
                  status == REJECTED ? "" : ", dry run,", &zone->shm.name, finding->used, finding->tokens,
                  &check->limit->period_name, finding->reset);
}

/* A dry run only logs: its client learns nothing. A subrequest's headers go nowhere. */
static ngx_int_t answer(ngx_http_request_t *r, const check_t *check, ngx_uint_t status) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);

    if (r == r->main && !conf->limit_dry_run && ngx_http_tokusage_limit_headers(r, &check->finding) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    return status == REJECTED ? NGX_HTTP_TOO_MANY_REQUESTS : NGX_DECLINED;
}

ngx_int_t ngx_http_tokusage_limit_handler(ngx_http_request_t *r) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    check_t check = {0};

    if (conf->limits == NULL) {
        return NGX_DECLINED;
    }
    const record_t *const before = find_record(r);
    if (before != NULL && before->limits == conf->limits) {
        return NGX_DECLINED; /* back from a redirect, maybe to the page that explains the refusal */
    }
    if (check_all(r, conf->limits, &check) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (check.limit == NULL) {
        return NGX_DECLINED;
    }
    record_t *const record = find_or_create_record(r);
    if (record == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    record->limits = conf->limits;
    record->status = PASSED;
    if (check.finding.remaining == 0) {
        record->status = conf->limit_dry_run ? REJECTED_DRY_RUN : REJECTED;
        reject(r, &check, record->status);
    }
    return answer(r, &check, record->status);
}

/* ---- a response without usage */

uint64_t ngx_http_tokusage_missing(ngx_http_request_t *r, const ngx_shm_zone_t *zone) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    const limit_t *const limit = conf->limits != NULL ? conf->limits->elts : NULL;
    uint64_t most = 0;

    for (ngx_uint_t i = 0; limit != NULL && i < conf->limits->nelts; i++) {
        if (limit[i].zone == zone) {
            most = ngx_max(most, limit[i].missing);
        }
    }
    return most;
}

/* ---- the directive */

static const char whole_number[] = "must be a whole number from 1 to 2^53-1, such as 5000, 200k, 10m or 1g";

static const char *read_tokens(ngx_conf_t *cf, ngx_str_t *text, limit_t *limit) {
    ngx_http_compile_complex_value_t ccv = {.cf = cf, .value = text, .complex_value = &limit->value};

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return "cannot be read";
    }
    if (limit->value.lengths != NULL) {
        return NULL;
    }
    limit->tokens = parse_tokens(text->data, text->len);
    return limit->tokens != 0 ? NULL : whole_number;
}

static const char *read_missing(ngx_conf_t *cf, ngx_str_t *text, limit_t *limit) {
    limit->missing = parse_tokens(text->data, text->len);
    return limit->missing != 0 ? NULL : whole_number;
}

static const char *read_period(ngx_conf_t *cf, ngx_str_t *text, limit_t *limit) {
    limit->period = ngx_http_tokusage_period_parse(text);
    limit->period_name = *text;
    return limit->period != 0 ? NULL : "must be a number of s, m, h or d up to 366d, \"day\" or \"month\"";
}

/* A parameter NAME=VALUE. `read` returns what is wrong with the value, or NULL. */
static const struct {
    ngx_str_t name;
    const char *(*read)(ngx_conf_t *cf, ngx_str_t *text, limit_t *limit);
} parameters[] = {
    {ngx_string("tokens="), read_tokens},
    {ngx_string("per="), read_period},
    {ngx_string("missing="), read_missing},
};

static ngx_int_t read_parameter(ngx_conf_t *cf, const ngx_str_t *value, limit_t *limit) {
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const ngx_str_t *const name = &parameters[i].name;
        if (ngx_strncmp(value->data, name->data, name->len) != 0) {
            continue;
        }
        ngx_str_t text = {.data = value->data + name->len, .len = value->len - name->len};
        const char *const wrong = parameters[i].read(cf, &text, limit);
        if (wrong != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid \"%V\": it %s", value, wrong);
        }
        return wrong != NULL ? NGX_ERROR : NGX_OK;
    }
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"", value);
    return NGX_ERROR;
}

/* The zone counts the limit's period. */
static ngx_int_t add_period(ngx_conf_t *cf, const limit_t *limit) {
    ngx_http_tokusage_zone_t *const zone = limit->zone->data;
    ngx_uint_t i = 0;

    while (i < NGX_HTTP_TOKUSAGE_PERIODS && zone->periods[i] != 0 && zone->periods[i] != limit->period) {
        i++;
    }
    if (i == NGX_HTTP_TOKUSAGE_PERIODS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "a tokusage_zone can have limits of %d periods",
                           NGX_HTTP_TOKUSAGE_PERIODS);
        return NGX_ERROR;
    }
    zone->periods[i] = limit->period;
    return NGX_OK;
}

static ngx_int_t read_limit(ngx_conf_t *cf, limit_t *limit) {
    ngx_str_t *const value = cf->args->elts;

    ngx_memzero(limit, sizeof(limit_t));
    for (ngx_uint_t i = 2; i < cf->args->nelts; i++) {
        if (read_parameter(cf, &value[i], limit) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    if ((limit->tokens == 0 && limit->value.lengths == NULL) || limit->period == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tokusage_limit must have both \"tokens=\" and \"per=\"");
        return NGX_ERROR;
    }
    limit->zone = ngx_http_tokusage_zone_get(cf, &value[1], 0);
    return limit->zone != NULL ? add_period(cf, limit) : NGX_ERROR;
}

static bool contains(const ngx_array_t *limits, const limit_t *limit) {
    const limit_t *const known = limits->elts;

    for (ngx_uint_t i = 0; i < limits->nelts; i++) {
        if (known[i].zone == limit->zone && known[i].period == limit->period) {
            return true;
        }
    }
    return false;
}

char *ngx_http_tokusage_limit(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tokusage_loc_conf_t *const location = conf;
    limit_t limit;

    if (read_limit(cf, &limit) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    if (location->limits == NULL) {
        location->limits = ngx_array_create(cf->pool, 2, sizeof(limit_t));
    }
    if (location->limits == NULL) {
        return NGX_CONF_ERROR;
    }
    if (contains(location->limits, &limit)) {
        return "has this zone and this period already";
    }
    limit_t *const added = ngx_array_push(location->limits);
    if (added == NULL) {
        return NGX_CONF_ERROR;
    }
    *added = limit;
    return NGX_CONF_OK;
}
