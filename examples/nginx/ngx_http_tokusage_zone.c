/*
 * The directive tokusage_zone, the zone's life from its first configuration across all reloads, and what a request's
 * key is. What is booked under the keys is in ngx_http_tokusage_keys.c.
 */
#include "ngx_http_tokusage_zone.h"
#include <ngx_sha1.h>

/* ---- a request's key */

/*
 * A key that is too long for a node is kept as its first bytes, a ~, and the SHA-1 of the whole. No other key has as
 * many bytes as these, so none is taken for one of them.
 */
static ngx_int_t shorten(ngx_pool_t *pool, ngx_str_t *key) {
    u_char hash[20];
    ngx_sha1_t sha1;
    const size_t kept = NGX_HTTP_TOKUSAGE_KEY_SIZE - 1 - 2 * sizeof hash;
    u_char *const text = ngx_pnalloc(pool, NGX_HTTP_TOKUSAGE_KEY_SIZE);

    if (text == NULL) {
        return NGX_ERROR;
    }
    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, key->data, key->len);
    ngx_sha1_final(hash, &sha1);

    ngx_memcpy(text, key->data, kept);
    text[kept] = '~';
    ngx_hex_dump(text + kept + 1, hash, sizeof hash);

    key->data = text;
    key->len = NGX_HTTP_TOKUSAGE_KEY_SIZE;
    return NGX_OK;
}

ngx_int_t ngx_http_tokusage_zone_key(ngx_http_request_t *r, ngx_shm_zone_t *zone, ngx_str_t *key) {
    ngx_http_tokusage_zone_t *const ctx = zone->data;

    if (ngx_http_complex_value(r, &ctx->key, key) != NGX_OK) {
        return NGX_ERROR;
    }
    if (key->len == 0) {
        return NGX_DECLINED;
    }
    return key->len < NGX_HTTP_TOKUSAGE_KEY_SIZE ? NGX_OK : shorten(r->pool, key);
}

/*
 * Whether the key is known only after the response. A limit that asks before would look up another key than the
 * response is booked under, and never be reached.
 */
static bool is_late(const ngx_str_t *key) {
    u_char *const last = key->data + key->len;

    return ngx_strlcasestrn(key->data, last, (u_char *)"$llm_", sizeof "$llm_" - 2) != NULL ||
           ngx_strlcasestrn(key->data, last, (u_char *)"${llm_", sizeof "${llm_" - 2) != NULL;
}

/* ---- the zone's life */

/* After a reload: the counts go on, so the key must be the same. */
static ngx_int_t take_over(ngx_shm_zone_t *zone, const ngx_http_tokusage_zone_t *before) {
    ngx_http_tokusage_zone_t *const ctx = zone->data;

    if (ctx->key.value.len != before->key.value.len ||
        ngx_memcmp(ctx->key.value.data, before->key.value.data, ctx->key.value.len) != 0) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "tokusage_zone \"%V\" uses the \"%V\" key while previously it used the \"%V\" key",
                      &zone->shm.name, &ctx->key.value, &before->key.value);
        return NGX_ERROR;
    }
    ctx->keys = before->keys;
    ctx->shpool = before->shpool;
    return NGX_OK;
}

static ngx_int_t create(ngx_shm_zone_t *zone) {
    ngx_http_tokusage_zone_t *const ctx = zone->data;
    ngx_slab_pool_t *const shpool = ctx->shpool;

    ctx->keys = ngx_slab_calloc(shpool, sizeof(ngx_http_tokusage_keys_t));
    shpool->log_ctx = ngx_slab_alloc(shpool, sizeof " in tokusage_zone \"\"" + zone->shm.name.len);
    if (ctx->keys == NULL || shpool->log_ctx == NULL) {
        return NGX_ERROR;
    }
    ngx_http_tokusage_keys_init(ctx->keys);
    ngx_sprintf(shpool->log_ctx, " in tokusage_zone \"%V\"%Z", &zone->shm.name);
    shpool->log_nomem = 0; /* that a zone is full is no error */
    shpool->data = ctx->keys;
    return NGX_OK;
}

static ngx_int_t init(ngx_shm_zone_t *zone, void *before) {
    ngx_http_tokusage_zone_t *const ctx = zone->data;

    if (ctx->periods[0] != 0 && is_late(&ctx->key.value)) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "tokusage_limit cannot use the zone \"%V\": its key \"%V\" is known only after the response",
                      &zone->shm.name, &ctx->key.value);
        return NGX_ERROR;
    }
    ngx_int_t rc = NGX_OK;
    if (before != NULL) {
        rc = take_over(zone, before);
    } else {
        ctx->shpool = (void *)zone->shm.addr;
        ctx->keys = ctx->shpool->data;
        rc = zone->shm.exists ? NGX_OK : create(zone);
    }
    if (rc == NGX_OK) {
        ngx_http_tokusage_keys_count_periods(ctx);
    }
    return rc;
}

ngx_shm_zone_t *ngx_http_tokusage_zone_get(ngx_conf_t *cf, ngx_str_t *name, size_t size) {
    ngx_shm_zone_t *const zone = ngx_shared_memory_add(cf, name, size, &ngx_http_tokusage_module);

    if (zone == NULL || zone->data != NULL) {
        return zone;
    }
    zone->init = init;
    zone->data = ngx_pcalloc(cf->pool, sizeof(ngx_http_tokusage_zone_t));
    return zone->data != NULL ? zone : NULL;
}

/* ---- the directive */

/* Reads NAME:SIZE. */
static ngx_int_t read_size(ngx_conf_t *cf, ngx_str_t *value, ngx_str_t *name, ssize_t *size) {
    const size_t least = 8 * ngx_pagesize;
    u_char *const colon = (u_char *)ngx_strchr(value->data, ':');

    if (colon == NULL || colon == value->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid zone \"%V\": it must be NAME:SIZE, such as \"keys:1m\"",
                           value);
        return NGX_ERROR;
    }
    name->data = value->data;
    name->len = (size_t)(colon - value->data);

    ngx_str_t text = {.len = value->len - name->len - 1, .data = colon + 1};
    *size = ngx_parse_size(&text);
    if (*size < (ssize_t)least) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid zone size \"%V\": it is no size, or too small, below %uzk",
                           value, least / 1024);
        return NGX_ERROR;
    }
    return NGX_OK;
}

static ngx_int_t set_key(ngx_conf_t *cf, ngx_http_tokusage_zone_t *ctx, const ngx_str_t *name, ngx_str_t *key) {
    ngx_http_compile_complex_value_t ccv = {.cf = cf, .value = key, .complex_value = &ctx->key};

    if (key->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the key of tokusage_zone \"%V\" is empty", name);
        return NGX_ERROR;
    }
    if (ctx->key.value.data != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tokusage_zone \"%V\" has the key \"%V\" already", name,
                           &ctx->key.value);
        return NGX_ERROR;
    }
    return ngx_http_compile_complex_value(&ccv);
}

char *ngx_http_tokusage_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tokusage_main_conf_t *const main = conf;
    ngx_str_t *const value = cf->args->elts;
    ngx_str_t name;
    ssize_t size;

    if (read_size(cf, &value[1], &name, &size) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    ngx_shm_zone_t *const zone = ngx_http_tokusage_zone_get(cf, &name, (size_t)size);
    if (zone == NULL || set_key(cf, zone->data, &name, &value[2]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    ngx_shm_zone_t **const added = ngx_array_push(&main->zones);
    if (added == NULL) {
        return NGX_CONF_ERROR;
    }
    *added = zone;
    return NGX_CONF_OK;
}
