/*
 * The keys of a zone, and what is booked under them: counts, which only ever grow, and windows, which the limit asks
 * for. Every metered response is booked in every zone whose key is not empty for it.
 *
 * When a zone is full, the least recently used key makes room. Its counts move into `other`, so what all keys and
 * `other` have together never falls. Its windows are lost, so its limit begins anew.
 */
#include "ngx_http_tokusage_zone.h"

const ngx_http_tokusage_time_t ngx_http_tokusage_times[NGX_HTTP_TOKUSAGE_TIMES] = {
    {"0.1", 100}, {"0.25", 250}, {"0.5", 500},  {"1", 1000},   {"2.5", 2500},
    {"5", 5000},  {"10", 10000}, {"30", 30000}, {"60", 60000}, {"+Inf", (ngx_msec_t)-1},
};

/* ---- sums */

/* A sum stays at the largest number rather than begin again at 0, which a scraper takes for a restart. */
static void add(uint64_t *sum, uint64_t n) {
    *sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

static void add_all(uint64_t *sums, const uint64_t *counts) {
    for (ngx_uint_t i = 0; i < NGX_HTTP_TOKUSAGE_COUNTS; i++) {
        add(&sums[i], counts[i]);
    }
}

/* ---- windows */

/*
 * The present second as this node has it. The workers read the clock at different moments, so one of them may be a bit
 * earlier than the last booking; that must not open a window that is over. A clock that was set back by more is
 * believed: the windows are then of another time, and begin anew. So no step of the clock locks a key out.
 */
static time_t node_time(const ngx_http_tokusage_node_t *tn) {
    static const time_t slack = 10;
    const time_t now = ngx_time();

    return tn->booked > now && tn->booked - now <= slack ? tn->booked : now;
}

/* Windows are aligned to the clock: so the second of the last booking decides which of them are over. */
static void renew_windows(const ngx_http_tokusage_keys_t *keys, ngx_http_tokusage_node_t *tn) {
    const time_t now = node_time(tn);

    for (ngx_uint_t i = 0; i < NGX_HTTP_TOKUSAGE_PERIODS && keys->periods[i] != 0; i++) {
        const bool over = !ngx_http_tokusage_period_is_same(keys->periods[i], tn->booked, now);
        for (ngx_uint_t unit = 0; over && unit < NGX_HTTP_TOKUSAGE_UNITS; unit++) {
            tn->windows[unit][i] = 0;
        }
    }
    tn->booked = now;
}

static void book_windows(const ngx_http_tokusage_keys_t *keys, ngx_http_tokusage_node_t *tn, const uint64_t *used) {
    renew_windows(keys, tn);
    for (ngx_uint_t i = 0; i < NGX_HTTP_TOKUSAGE_PERIODS && keys->periods[i] != 0; i++) {
        for (ngx_uint_t unit = 0; unit < NGX_HTTP_TOKUSAGE_UNITS; unit++) {
            add(&tn->windows[unit][i], used[unit]);
        }
    }
}

/* A new period takes the place of none, or else of one that no limit needs any more. */
static void count_period(ngx_http_tokusage_zone_t *ctx, time_t period) {
    ngx_http_tokusage_keys_t *const keys = ctx->keys;

    if (ngx_http_tokusage_period_find(keys->periods, period) < NGX_HTTP_TOKUSAGE_PERIODS) {
        return;
    }
    ngx_uint_t i = ngx_http_tokusage_period_find(keys->periods, 0) % NGX_HTTP_TOKUSAGE_PERIODS;
    while (keys->periods[i] != 0 &&
           ngx_http_tokusage_period_find(ctx->periods, keys->periods[i]) < NGX_HTTP_TOKUSAGE_PERIODS) {
        i++;
    }
    keys->periods[i] = period;
    for (ngx_queue_t *q = ngx_queue_head(&keys->queue); q != ngx_queue_sentinel(&keys->queue); q = ngx_queue_next(q)) {
        ngx_http_tokusage_node_t *const tn = ngx_queue_data(q, ngx_http_tokusage_node_t, queue);
        for (ngx_uint_t unit = 0; unit < NGX_HTTP_TOKUSAGE_UNITS; unit++) {
            tn->windows[unit][i] = 0;
        }
    }
}

void ngx_http_tokusage_keys_count_periods(ngx_http_tokusage_zone_t *ctx) {
    ngx_shmtx_lock(&ctx->shpool->mutex);
    for (ngx_uint_t i = 0; i < NGX_HTTP_TOKUSAGE_PERIODS && ctx->periods[i] != 0; i++) {
        count_period(ctx, ctx->periods[i]);
    }
    ngx_shmtx_unlock(&ctx->shpool->mutex);
}

/* ---- the tree */

void ngx_http_tokusage_keys_init(ngx_http_tokusage_keys_t *keys) {
    ngx_rbtree_init(&keys->rbtree, &keys->sentinel, ngx_str_rbtree_insert_value);
    ngx_queue_init(&keys->queue);
    /* The most common ones are counted always: so a limit that a reload adds finds its window counted already. */
    static const time_t common[] = {1, 60, 3600, 86400, NGX_HTTP_TOKUSAGE_MONTH};
    ngx_memcpy(keys->periods, common, sizeof common);
}

/* The functions from here to the end of this part are called with the mutex held. */

/* Finds the key's node and makes it the most recently used: a key that only asks for its limit is in use, too. */
static ngx_http_tokusage_node_t *find(ngx_http_tokusage_keys_t *keys, ngx_str_t *key) {
    ngx_http_tokusage_node_t *const tn =
        (void *)ngx_str_rbtree_lookup(&keys->rbtree, key, ngx_crc32_short(key->data, key->len));

    if (tn != NULL) {
        ngx_queue_remove(&tn->queue);
        ngx_queue_insert_head(&keys->queue, &tn->queue);
    }
    return tn;
}

static void evict(ngx_http_tokusage_zone_t *ctx) {
    ngx_http_tokusage_keys_t *const keys = ctx->keys;

    if (ngx_queue_empty(&keys->queue)) {
        return;
    }
    ngx_queue_t *const oldest = ngx_queue_last(&keys->queue);
    ngx_http_tokusage_node_t *const tn = ngx_queue_data(oldest, ngx_http_tokusage_node_t, queue);

    add_all(keys->other, tn->counts);
    ngx_queue_remove(oldest);
    ngx_rbtree_delete(&keys->rbtree, &tn->name.node);
    ngx_slab_free_locked(ctx->shpool, tn);
    keys->keys--;
    keys->evicted++;
}

/* NULL without memory for a new key. */
static ngx_http_tokusage_node_t *find_or_create(ngx_http_tokusage_zone_t *ctx, ngx_str_t *key) {
    ngx_http_tokusage_node_t *tn = find(ctx->keys, key);

    if (tn != NULL) {
        return tn;
    }
    tn = ngx_slab_calloc_locked(ctx->shpool, NGX_HTTP_TOKUSAGE_NODE_SIZE);
    if (tn == NULL) {
        evict(ctx);
        tn = ngx_slab_calloc_locked(ctx->shpool, NGX_HTTP_TOKUSAGE_NODE_SIZE);
    }
    if (tn == NULL) {
        return NULL;
    }
    ngx_memcpy(tn->key, key->data, key->len);
    tn->name.str = (ngx_str_t){.data = tn->key, .len = key->len};
    tn->name.node.key = ngx_crc32_short(key->data, key->len);
    ngx_rbtree_insert(&ctx->keys->rbtree, &tn->name.node);
    ngx_queue_insert_head(&ctx->keys->queue, &tn->queue);
    ctx->keys->keys++;
    return tn;
}

/* ---- booking */

void ngx_http_tokusage_keys_add(ngx_http_request_t *r, ngx_shm_zone_t *zone, const uint64_t *counts,
                                const uint64_t *used) {
    ngx_http_tokusage_zone_t *const ctx = zone->data;
    ngx_str_t key;

    const ngx_int_t known = ngx_http_tokusage_zone_key(r, zone, &key);
    if (known == NGX_DECLINED) {
        return;
    }
    ngx_shmtx_lock(&ctx->shpool->mutex);

    const uint64_t evicted = ctx->keys->evicted;
    ngx_http_tokusage_node_t *const tn = known == NGX_OK ? find_or_create(ctx, &key) : NULL;

    if (tn != NULL) {
        add_all(tn->counts, counts);
        book_windows(ctx->keys, tn, used);
    } else {
        add_all(ctx->keys->other, counts); /* without memory for its key, a response still counts */
    }
    const bool first = evicted == 0 && ctx->keys->evicted != 0;

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    if (first) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "tokusage_zone \"%V\" is full: from now on the least recently used key makes room, its counts "
                      "move into \"other\" and its limit begins anew",
                      &zone->shm.name);
    }
}

static uint64_t tokens_of(const tokusage_count *count) {
    return count->present && count->value > 0 ? (uint64_t)count->value : 0;
}

/*
 * What counts for the limit, and as all tokens in the metrics: the total when the counts are settled. Where they
 * contradict each other it is the larger of the total and the parts. (No count is above 2^53-1, so their sum fits.)
 */
static uint64_t total_of(const tokusage *usage) {
    const uint64_t total = tokens_of(&usage->total_tokens);
    const uint64_t parts = tokens_of(&usage->prompt_tokens) + tokens_of(&usage->completion_tokens);

    return ngx_max(total, parts);
}

static void count_usage(uint64_t *counts, const tokusage *usage) {
    tokusage copy = *usage;

    counts[NGX_HTTP_TOKUSAGE_COUNT_TOKENS] = total_of(usage);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        counts[NGX_HTTP_TOKUSAGE_COUNT_USAGE + i] = tokens_of(tokusage_count_at(&copy, i));
    }
}

static void count_time(uint64_t *counts, const ngx_http_tokusage_ctx_t *ctx) {
    ngx_uint_t i = 0;

    if (ctx->first == 0 || ctx->request->cached) {
        return;
    }
    while (ctx->first - 1 > ngx_http_tokusage_times[i].ms) {
        i++;
    }
    counts[NGX_HTTP_TOKUSAGE_COUNT_FIRST + i] = 1;
    counts[NGX_HTTP_TOKUSAGE_COUNT_FIRST_SUM] = ctx->first - 1;
}

/*
 * Whatever a response reports is booked, also when it was truncated: the service bills it. The exception is a hit of
 * nginx's own cache, of which the service knows nothing: the response is counted, its tokens are not.
 */
void ngx_http_tokusage_book(const ngx_http_tokusage_ctx_t *ctx, ngx_uint_t verdict, const tokusage *usage) {
    ngx_http_request_t *const r = ctx->request;
    const ngx_http_tokusage_main_conf_t *const conf = ngx_http_get_module_main_conf(r, ngx_http_tokusage_module);
    ngx_shm_zone_t **const zones = conf->zones.elts;
    /* A limit may book tokens of its own. An error is mostly not billed, and a hit of the cache never. */
    const bool lacking = verdict != NGX_HTTP_TOKUSAGE_FAILED && verdict != NGX_HTTP_TOKUSAGE_CACHED &&
                         ngx_http_tokusage_is_nothing(usage);
    uint64_t counts[NGX_HTTP_TOKUSAGE_COUNTS] = {0};

    counts[NGX_HTTP_TOKUSAGE_COUNT_RESPONSES + verdict] = 1;
    count_usage(counts, usage);
    /* What has no price is counted, so that nobody takes it for free of charge. */
    counts[NGX_HTTP_TOKUSAGE_COUNT_UNPRICED] =
        ngx_http_tokusage_cost(ctx, usage, &counts[NGX_HTTP_TOKUSAGE_COUNT_COST]) == NGX_ERROR;
    count_time(counts, ctx);
    for (ngx_uint_t i = 0; i < conf->zones.nelts; i++) {
        uint64_t used[NGX_HTTP_TOKUSAGE_UNITS] = {counts[NGX_HTTP_TOKUSAGE_COUNT_TOKENS],
                                                  counts[NGX_HTTP_TOKUSAGE_COUNT_COST]};
        for (ngx_uint_t unit = 0; lacking && unit < NGX_HTTP_TOKUSAGE_UNITS; unit++) {
            used[unit] = ngx_http_tokusage_missing(r, zones[i], unit);
        }
        ngx_http_tokusage_keys_add(r, zones[i], counts, used);
    }
}

/* ---- reading */

/* The present window of the booking's unit and period; NULL: the key is not in the tree. */
static uint64_t *find_window(ngx_http_tokusage_zone_t *ctx, ngx_http_tokusage_booking_t *booking, time_t *end) {
    ngx_http_tokusage_node_t *const tn =
        booking->amount != 0 ? find_or_create(ctx, &booking->key) : find(ctx->keys, &booking->key);
    const ngx_uint_t i = ngx_http_tokusage_period_find(ctx->keys->periods, booking->limit->period);

    if (tn == NULL || i == NGX_HTTP_TOKUSAGE_PERIODS) {
        *end = ngx_http_tokusage_period_end(booking->limit->period, ngx_time());
        return NULL;
    }
    renew_windows(ctx->keys, tn);
    *end = ngx_http_tokusage_period_end(booking->limit->period, tn->booked);
    return &tn->windows[booking->limit->unit][i];
}

uint64_t ngx_http_tokusage_keys_reserve(ngx_http_tokusage_booking_t *booking, uint64_t limit) {
    ngx_http_tokusage_zone_t *const ctx = booking->limit->zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    uint64_t *const window = find_window(ctx, booking, &booking->end);
    const uint64_t used = window != NULL ? *window : 0;
    if (window == NULL || used >= limit) {
        booking->amount = 0;
    } else {
        add(window, booking->amount);
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return used;
}

void ngx_http_tokusage_keys_give_back(ngx_http_tokusage_booking_t *booking) {
    ngx_http_tokusage_zone_t *const ctx = booking->limit->zone->data;
    time_t end;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    uint64_t *const window = find_window(ctx, booking, &end);
    if (window != NULL && end == booking->end) {
        *window -= ngx_min(*window, booking->amount);
    }
    booking->amount = 0;

    ngx_shmtx_unlock(&ctx->shpool->mutex);
}

/* The tree's order: nginx's for texts. */
static bool is_before(const ngx_http_tokusage_node_t *a, const ngx_http_tokusage_node_t *b) {
    if (a->name.node.key != b->name.node.key) {
        return a->name.node.key < b->name.node.key;
    }
    if (a->name.str.len != b->name.str.len) {
        return a->name.str.len < b->name.str.len;
    }
    return ngx_memcmp(a->key, b->key, a->name.str.len) < 0;
}

ngx_int_t ngx_http_tokusage_keys_next(ngx_shm_zone_t *zone, ngx_http_tokusage_node_t *tn) {
    ngx_http_tokusage_zone_t *const ctx = zone->data;
    ngx_rbtree_node_t *next = NULL;

    ngx_shmtx_lock(&ctx->shpool->mutex);

    ngx_rbtree_node_t *node = ctx->keys->rbtree.root;
    while (node != ctx->keys->rbtree.sentinel) {
        const bool after = is_before(tn, (void *)node);
        next = after ? node : next;
        node = after ? node->left : node->right;
    }
    if (next != NULL) {
        ngx_memcpy(tn, next, sizeof *tn);
    }

    ngx_shmtx_unlock(&ctx->shpool->mutex);

    return next != NULL ? NGX_OK : NGX_DONE;
}

void ngx_http_tokusage_keys_copy(ngx_shm_zone_t *zone, ngx_http_tokusage_keys_t *copy) {
    const ngx_http_tokusage_zone_t *const ctx = zone->data;

    ngx_shmtx_lock(&ctx->shpool->mutex);
    *copy = *ctx->keys;
    ngx_shmtx_unlock(&ctx->shpool->mutex);
}
