/*
 * The check of the directive tokusage_limit: tokens, or money, of a key in a window of time. What a request will use
 * is known only after its response, so the limit is checked before and booked after: a request passes as long as its
 * key has a token left in the window. With `reserve` the most that it may use is booked while it is running: so
 * requests at the same time do not use more than the limit and the last of them.
 *
 * The windows are fixed, as in most gateways in front of models, and aligned to the clock: all that a client must know
 * is when the next one begins, and Retry-After says it. The price: around that moment a key can use two limits.
 */
#include "ngx_http_tokusage_zone.h"

enum {
    PASSED = 0,
    REJECTED,
    REJECTED_DRY_RUN
};

/* ---- what is known of a request */

typedef struct {
    ngx_http_request_t *request;
    const ngx_array_t *limits;             /* those that were checked last */
    ngx_http_tokusage_booking_t *bookings; /* for each of them: what is booked while the request is running */
    ngx_http_tokusage_finding_t check;     /* the strictest */
    ngx_uint_t status;
    unsigned silent : 1; /* the client learns nothing of it */
} record_t;

static void mark_record(void *data) {
}

static record_t *find_record(ngx_http_request_t *r) {
    return ngx_http_tokusage_keep(r, mark_record, 0);
}

/* When the request is done with: its response is booked already, as its cleanup was added later. */
static void give_back(void *data) {
    const record_t *const record = data;

    for (ngx_uint_t i = 0; i < record->limits->nelts; i++) {
        if (record->bookings[i].amount != 0) {
            ngx_http_tokusage_keys_give_back(&record->bookings[i]);
        }
    }
}

/* The request may have been checked already, in a location that it came through. */
static record_t *begin_record(ngx_http_request_t *r, const ngx_array_t *limits) {
    ngx_http_tokusage_booking_t *const bookings = ngx_pcalloc(r->pool, limits->nelts * sizeof *bookings);
    record_t *const record = ngx_http_tokusage_keep(r, mark_record, sizeof(record_t));

    if (bookings == NULL || record == NULL) {
        return NULL;
    }
    if (record->limits != NULL) {
        give_back(record);
    } else {
        ngx_http_cleanup_t *const cleanup = ngx_http_cleanup_add(r, 0);
        if (cleanup == NULL) {
            return NULL;
        }
        cleanup->handler = give_back;
        cleanup->data = record;
    }
    record->bookings = bookings;
    record->limits = limits;
    return record;
}

ngx_int_t ngx_http_tokusage_limit_status(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data) {
    static const ngx_str_t names[] = {ngx_string("PASSED"), ngx_string("REJECTED"), ngx_string("REJECTED_DRY_RUN")};
    const record_t *const record = find_record(r);
    const ngx_str_t name = record != NULL && record->check.limit != NULL ? names[record->status] : (ngx_str_t){0};

    return ngx_http_tokusage_set_value(r, v, name.data, name.data + name.len);
}

ngx_uint_t ngx_http_tokusage_is_refusal(ngx_http_request_t *r) {
    const record_t *const record = find_record(r);

    return record != NULL && record->status == REJECTED && r->upstream == NULL;
}

ngx_int_t ngx_http_tokusage_limit_header_filter(ngx_http_request_t *r) {
    const record_t *const record = find_record(r);

    return record == NULL || record->check.limit == NULL || record->silent
               ? NGX_OK
               : ngx_http_tokusage_limit_headers(r, &record->check);
}

/* ---- the check of each limit */

/*
 * The strictest limit is one that is reached, or else one of tokens, as clients have headers for it; then the one with
 * the least left, and then the one whose window ends last.
 */
static bool is_stricter(const ngx_http_tokusage_finding_t *a, const ngx_http_tokusage_finding_t *b) {
    if (b->limit == NULL) {
        return true;
    }
    if ((a->remaining == 0) != (b->remaining == 0)) {
        return a->remaining == 0;
    }
    if (a->limit->unit != b->limit->unit) {
        return a->limit->unit == NGX_HTTP_TOKUSAGE_TOKENS;
    }
    if (a->remaining != b->remaining) {
        return a->remaining < b->remaining;
    }
    return a->reset > b->reset;
}

/* How much the request's key may use. DECLINED: there is no limit for it. */
static ngx_int_t get_amount(ngx_http_request_t *r, const ngx_http_tokusage_limit_t *limit, uint64_t *amount) {
    ngx_http_complex_value_t value = limit->value;
    ngx_str_t text;

    *amount = limit->amount;
    if (*amount != 0) {
        return NGX_OK;
    }
    if (ngx_http_complex_value(r, &value, &text) != NGX_OK) {
        return NGX_ERROR;
    }
    if (text.len == 0 || (text.len == 1 && text.data[0] == '0')) {
        return NGX_DECLINED;
    }
    if (ngx_http_tokusage_limit_parse(limit->unit, &text, amount) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "tokusage_limit: \"%V\" is no %s", &text,
                      limit->unit == NGX_HTTP_TOKUSAGE_TOKENS ? "number of tokens" : "cost");
        return NGX_ERROR;
    }
    return NGX_OK;
}

/* `most` is what the service may write by the request's body; 0: it does not say it. */
static ngx_int_t check_one(ngx_http_request_t *r, const ngx_http_tokusage_limit_t *limit, uint64_t most,
                           ngx_http_tokusage_booking_t *booking, ngx_http_tokusage_finding_t *finding) {
    const bool says = limit->reserve != 0 && limit->unit == NGX_HTTP_TOKUSAGE_TOKENS && most != 0;
    ngx_str_t key;

    ngx_int_t rc = ngx_http_tokusage_zone_key(r, limit->zone, &key);
    if (rc == NGX_OK) {
        rc = get_amount(r, limit, &finding->amount);
    }
    if (rc != NGX_OK) {
        return rc;
    }
    finding->limit = limit;
    *booking = (ngx_http_tokusage_booking_t){limit, key, says ? most : limit->reserve, 0};
    finding->used = ngx_http_tokusage_keys_reserve(booking, finding->amount);
    finding->remaining = finding->used < finding->amount ? finding->amount - finding->used : 0;
    finding->reset = booking->end - ngx_time();
    return NGX_OK;
}

/* Finds the strictest limit among all whose key is not empty. */
static ngx_int_t check_all(ngx_http_request_t *r, record_t *record, uint64_t most) {
    const ngx_http_tokusage_limit_t *const limit = record->limits->elts;
    ngx_http_tokusage_finding_t strictest = {0};

    for (ngx_uint_t i = 0; i < record->limits->nelts; i++) {
        ngx_http_tokusage_finding_t check;
        const ngx_int_t rc = check_one(r, &limit[i], most, &record->bookings[i], &check);
        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }
        if (rc == NGX_OK && is_stricter(&check, &strictest)) {
            strictest = check;
        }
    }
    if (strictest.limit == NULL) {
        return NGX_DECLINED;
    }
    record->check = strictest;
    return NGX_OK;
}

/* The key may be a secret, such as the one to an API: it is not logged. */
static void reject(ngx_http_request_t *r, const ngx_http_tokusage_finding_t *finding, ngx_uint_t status) {
    ngx_shm_zone_t *const zone = finding->limit->zone;
    static const uint64_t nothing[NGX_HTTP_TOKUSAGE_UNITS];
    uint64_t counts[NGX_HTTP_TOKUSAGE_COUNTS] = {0};
    u_char used[NGX_HTTP_TOKUSAGE_COST_SIZE + 1];
    u_char amount[NGX_HTTP_TOKUSAGE_COST_SIZE + 1];

    counts[status == REJECTED ? NGX_HTTP_TOKUSAGE_COUNT_REJECTED : NGX_HTTP_TOKUSAGE_COUNT_REJECTED_DRY_RUN] = 1;
    ngx_http_tokusage_keys_add(r, zone, counts, nothing);

    *ngx_http_tokusage_amount_print(used, finding->limit->unit, finding->used) = '\0';
    *ngx_http_tokusage_amount_print(amount, finding->limit->unit, finding->amount) = '\0';
    ngx_log_error(
        NGX_LOG_ERR, r->connection->log, 0, "limiting %s%s by zone \"%V\": %s of %s used per %V, again in %T s",
        finding->limit->unit == NGX_HTTP_TOKUSAGE_TOKENS ? "tokens" : "cost", status == REJECTED ? "" : ", dry run,",
        &zone->shm.name, used, amount, &finding->limit->period_name, finding->reset);
}

ngx_int_t ngx_http_tokusage_limit_handler(ngx_http_request_t *r) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    const record_t *const before = find_record(r);

    if (conf->limits == NULL || (before != NULL && before->limits == conf->limits)) {
        return NGX_DECLINED; /* maybe back from a redirect, to the page that explains the refusal */
    }
    const bool reads = conf->reserves && r == r->main;
    if (reads && r->request_body == NULL) {
        return ngx_http_tokusage_read_body(r);
    }
    record_t *const record = begin_record(r, conf->limits);
    const ngx_int_t rc =
        record != NULL ? check_all(r, record, reads ? ngx_http_tokusage_most_tokens(r) : 0) : NGX_ERROR;
    if (rc != NGX_OK) {
        return rc == NGX_ERROR ? NGX_HTTP_INTERNAL_SERVER_ERROR : NGX_DECLINED;
    }
    record->silent = conf->limit_dry_run != 0; /* a dry run only logs */
    record->status = PASSED;
    if (record->check.remaining == 0) {
        record->status = conf->limit_dry_run ? REJECTED_DRY_RUN : REJECTED;
        give_back(record);
        reject(r, &record->check, record->status);
    }
    return record->status == REJECTED ? NGX_HTTP_TOO_MANY_REQUESTS : NGX_DECLINED;
}

/* ---- a response without usage */

uint64_t ngx_http_tokusage_missing(ngx_http_request_t *r, const ngx_shm_zone_t *zone, ngx_uint_t unit) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);
    const ngx_http_tokusage_limit_t *const limit = conf->limits != NULL ? conf->limits->elts : NULL;
    uint64_t most = 0;

    for (ngx_uint_t i = 0; limit != NULL && i < conf->limits->nelts; i++) {
        if (limit[i].zone == zone && limit[i].unit == unit) {
            most = ngx_max(most, limit[i].missing);
        }
    }
    return most;
}
