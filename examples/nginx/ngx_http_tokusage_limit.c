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

/* ---- the status of a request */

typedef struct {
    ngx_http_request_t *request;
    const ngx_array_t *limits; /* those that were checked */
    ngx_uint_t status;
} record_t;

static void mark_record(void *data) {
    (void)data;
}

static record_t *find_record(ngx_http_request_t *r) {
    return ngx_http_tokusage_keep(r, mark_record, 0);
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
    const ngx_http_tokusage_limit_t *limit;
    ngx_http_tokusage_finding_t finding;
} check_t;

/* ---- what is booked while the request is running */

typedef struct {
    ngx_http_request_t *request;
    ngx_http_tokusage_booking_t booking;
} reservation_t;

/* When the request is done with: its response is booked already, as its cleanup was added later. */
static void end_reservation(void *data) {
    ngx_http_tokusage_booking_t *const booking = &((reservation_t *)data)->booking;

    if (booking->amount != 0) {
        ngx_http_tokusage_keys_give_back(booking);
    }
}

static void end_reservations(ngx_http_request_t *r) {
    for (ngx_http_cleanup_t *cleanup = r->main->cleanup; cleanup != NULL; cleanup = cleanup->next) {
        if (cleanup->handler == end_reservation && ((reservation_t *)cleanup->data)->request == r) {
            end_reservation(cleanup->data);
        }
    }
}

static ngx_http_tokusage_booking_t *add_reservation(ngx_http_request_t *r) {
    ngx_http_cleanup_t *const cleanup = ngx_http_cleanup_add(r, sizeof(reservation_t));

    if (cleanup == NULL) {
        return NULL;
    }
    reservation_t *const reservation = cleanup->data;
    *reservation = (reservation_t){.request = r};
    cleanup->handler = end_reservation;
    return &reservation->booking;
}

/* A limit of tokens reserves what the request's body says. */
static bool needs_body(const ngx_http_request_t *r, const ngx_array_t *limits) {
    const ngx_http_tokusage_limit_t *const limit = limits->elts;

    for (ngx_uint_t i = 0; i < limits->nelts; i++) {
        if (limit[i].reserve != 0 && limit[i].unit == NGX_HTTP_TOKUSAGE_TOKENS) {
            return r == r->main;
        }
    }
    return false;
}

static uint64_t get_reserve(ngx_http_request_t *r, const ngx_http_tokusage_limit_t *limit) {
    const uint64_t most =
        limit->reserve != 0 && limit->unit == NGX_HTTP_TOKUSAGE_TOKENS ? ngx_http_tokusage_most_tokens(r) : 0;

    return most != 0 ? most : limit->reserve;
}

/* ---- the check of each limit */

/*
 * The strictest limit is one that is reached, or else one of tokens, as clients have headers for it; then the one with
 * the least left, and then the one whose window ends last.
 */
static bool is_stricter(const check_t *a, const check_t *b) {
    if (b->limit == NULL) {
        return true;
    }
    if ((a->finding.remaining == 0) != (b->finding.remaining == 0)) {
        return a->finding.remaining == 0;
    }
    if (a->limit->unit != b->limit->unit) {
        return a->limit->unit == NGX_HTTP_TOKUSAGE_TOKENS;
    }
    if (a->finding.remaining != b->finding.remaining) {
        return a->finding.remaining < b->finding.remaining;
    }
    return a->finding.reset > b->finding.reset;
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

static ngx_int_t check_one(ngx_http_request_t *r, const ngx_http_tokusage_limit_t *limit, check_t *check) {
    ngx_http_tokusage_finding_t *const finding = &check->finding;
    ngx_http_tokusage_booking_t none;
    ngx_http_tokusage_booking_t *const booking = limit->reserve != 0 ? add_reservation(r) : &none;
    ngx_str_t key;

    if (booking == NULL) {
        return NGX_ERROR;
    }
    ngx_int_t rc = ngx_http_tokusage_zone_key(r, limit->zone, &key);
    if (rc == NGX_OK) {
        rc = get_amount(r, limit, &finding->amount);
    }
    if (rc != NGX_OK) {
        return rc;
    }
    check->limit = limit;
    *booking = (ngx_http_tokusage_booking_t){limit->zone, key, limit->unit, limit->period, get_reserve(r, limit), 0};
    finding->used = ngx_http_tokusage_keys_reserve(booking, finding->amount);
    finding->remaining = finding->used < finding->amount ? finding->amount - finding->used : 0;
    finding->reset = booking->end - ngx_time();
    return NGX_OK;
}

/* Finds the strictest limit among all whose key is not empty. */
static ngx_int_t check_all(ngx_http_request_t *r, const ngx_array_t *limits, check_t *strictest) {
    const ngx_http_tokusage_limit_t *const limit = limits->elts;

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

static void print(ngx_uint_t unit, u_char *to, uint64_t amount) {
    u_char *const last =
        unit == NGX_HTTP_TOKUSAGE_TOKENS ? ngx_sprintf(to, "%uL", amount) : ngx_http_tokusage_cost_print(to, amount);
    *last = '\0';
}

/* The key may be a secret, such as the one to an API: it is not logged. */
static void reject(ngx_http_request_t *r, const check_t *check, ngx_uint_t status) {
    const ngx_http_tokusage_finding_t *const finding = &check->finding;
    ngx_shm_zone_t *const zone = check->limit->zone;
    static const uint64_t nothing[NGX_HTTP_TOKUSAGE_UNITS];
    uint64_t counts[NGX_HTTP_TOKUSAGE_COUNTS] = {0};
    u_char used[NGX_HTTP_TOKUSAGE_COST_SIZE + 1];
    u_char amount[NGX_HTTP_TOKUSAGE_COST_SIZE + 1];

    counts[status == REJECTED ? NGX_HTTP_TOKUSAGE_COUNT_REJECTED : NGX_HTTP_TOKUSAGE_COUNT_REJECTED_DRY_RUN] = 1;
    ngx_http_tokusage_keys_add(r, zone, counts, nothing);

    print(check->limit->unit, used, finding->used);
    print(check->limit->unit, amount, finding->amount);
    ngx_log_error(
        NGX_LOG_ERR, r->connection->log, 0, "limiting %s%s by zone \"%V\": %s of %s used per %V, again in %T s",
        check->limit->unit == NGX_HTTP_TOKUSAGE_TOKENS ? "tokens" : "cost", status == REJECTED ? "" : ", dry run,",
        &zone->shm.name, used, amount, &check->limit->period_name, finding->reset);
}

/* A dry run only logs: its client learns nothing. A subrequest's headers go nowhere. */
static ngx_int_t answer(ngx_http_request_t *r, const check_t *check, ngx_uint_t status) {
    const ngx_http_tokusage_loc_conf_t *const conf = ngx_http_get_module_loc_conf(r, ngx_http_tokusage_module);

    if (r == r->main && !conf->limit_dry_run &&
        ngx_http_tokusage_limit_headers(r, check->limit->unit, &check->finding) != NGX_OK) {
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
    if (needs_body(r, conf->limits) && r->request_body == NULL) {
        return ngx_http_tokusage_read_body(r);
    }
    if (check_all(r, conf->limits, &check) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (check.limit == NULL) {
        return NGX_DECLINED;
    }
    record_t *const record = ngx_http_tokusage_keep(r, mark_record, sizeof(record_t));
    if (record == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    record->limits = conf->limits;
    record->status = PASSED;
    if (check.finding.remaining == 0) {
        record->status = conf->limit_dry_run ? REJECTED_DRY_RUN : REJECTED;
        end_reservations(r);
        reject(r, &check, record->status);
    }
    return answer(r, &check, record->status);
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
