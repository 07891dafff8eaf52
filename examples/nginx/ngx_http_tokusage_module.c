/*
 * The module as nginx sees it: its directives, its configuration, and its handlers.
 */
#include "ngx_http_tokusage.h"

static char *set_pointer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#define ANYWHERE (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_HTTP_LIF_CONF)
#define AT(name) NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_tokusage_loc_conf_t, name)

static ngx_conf_enum_t include_usage[] = {
    {ngx_string("off"), NGX_HTTP_TOKUSAGE_OFF},
    {ngx_string("on"), NGX_HTTP_TOKUSAGE_ON},
    {ngx_string("strict"), NGX_HTTP_TOKUSAGE_STRICT},
    {ngx_null_string, 0},
};

static ngx_command_t commands[] = {
    {ngx_string("tokusage"), ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, AT(enable), NULL},
    {ngx_string("tokusage_pointer"), ANYWHERE | NGX_CONF_TAKE1, set_pointer, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("tokusage_types"), ANYWHERE | NGX_CONF_1MORE, ngx_http_types_slot, AT(types_keys), NULL},
    {ngx_string("tokusage_ask_plain"), ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, AT(ask_plain), NULL},
    {ngx_string("tokusage_include_usage"), ANYWHERE | NGX_CONF_TAKE1, ngx_conf_set_enum_slot, AT(include_usage),
     include_usage},
    {ngx_string("tokusage_keep_event"), ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, AT(keep_event), NULL},
    {ngx_string("tokusage_drain"), ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, AT(drain), NULL},
    {ngx_string("tokusage_drain_size"), ANYWHERE | NGX_CONF_TAKE1, ngx_conf_set_size_slot, AT(drain_size), NULL},
    {ngx_string("tokusage_drain_time"), ANYWHERE | NGX_CONF_TAKE1, ngx_conf_set_msec_slot, AT(drain_time), NULL},
    {ngx_string("tokusage_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE2, ngx_http_tokusage_zone,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("tokusage_metrics"), NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1, ngx_http_tokusage_metrics,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("tokusage_prices"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1,
     ngx_http_tokusage_prices, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("tokusage_limit"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE3 | NGX_CONF_TAKE4 | NGX_CONF_TAKE5,
     ngx_http_tokusage_limit, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("tokusage_limit_dry_run"), ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, AT(limit_dry_run), NULL},
    ngx_null_command,
};

/* ---- the configuration */

static char *set_pointer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tokusage_loc_conf_t *const loc = conf;
    const ngx_str_t *const value = cf->args->elts;

    if (loc->pointer.data != NULL) {
        return "is duplicate";
    }
    if (!tokusage_pointer_valid((const char *)value[1].data)) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0,
            "\"%V\" is not a JSON Pointer to the response or its usage: it is \"\" or begins with \"/\", "
            "\"~\" is written \"~0\", and \"/\" in a name \"~1\"",
            &value[1]);
        return NGX_CONF_ERROR;
    }
    loc->pointer = value[1];
    return NGX_CONF_OK;
}

static void *create_main_conf(ngx_conf_t *cf) {
    ngx_http_tokusage_main_conf_t *const conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tokusage_main_conf_t));

    if (conf == NULL || ngx_array_init(&conf->zones, cf->pool, 1, sizeof(ngx_shm_zone_t *)) != NGX_OK) {
        return NULL;
    }
    return conf;
}

static void *create_loc_conf(ngx_conf_t *cf) {
    /* ngx_pcalloc sets pointer to {0, NULL}, and types, types_keys, prices and limits to what means "not given". */
    ngx_http_tokusage_loc_conf_t *const conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tokusage_loc_conf_t));

    if (conf == NULL) {
        return NULL;
    }
    conf->enable = NGX_CONF_UNSET;
    conf->ask_plain = NGX_CONF_UNSET;
    conf->include_usage = NGX_CONF_UNSET_UINT;
    conf->keep_event = NGX_CONF_UNSET;
    conf->drain = NGX_CONF_UNSET;
    conf->drain_size = NGX_CONF_UNSET_SIZE;
    conf->drain_time = NGX_CONF_UNSET_MSEC;
    conf->limit_dry_run = NGX_CONF_UNSET;
    return conf;
}

static char *merge_loc_conf(ngx_conf_t *cf, void *parent, void *child) {
    static ngx_str_t default_types[] = {ngx_string("text/event-stream"),
                                        ngx_string("application/json"),
                                        ngx_string("application/x-ndjson"),
                                        ngx_string("application/json-seq"),
                                        ngx_string("application/vnd.amazon.eventstream"),
                                        ngx_null_string};
    ngx_http_tokusage_loc_conf_t *const outer = parent;
    ngx_http_tokusage_loc_conf_t *const conf = child;

    ngx_conf_merge_value(conf->enable, outer->enable, 0);
    if (conf->pointer.data == NULL) {
        conf->pointer = outer->pointer;
    }
    ngx_conf_merge_value(conf->ask_plain, outer->ask_plain, 1);
    ngx_conf_merge_uint_value(conf->include_usage, outer->include_usage, NGX_HTTP_TOKUSAGE_OFF);
    ngx_conf_merge_value(conf->keep_event, outer->keep_event, 0);
    ngx_conf_merge_value(conf->drain, outer->drain, 0);
    ngx_conf_merge_size_value(conf->drain_size, outer->drain_size, 64 * 1024 * 1024);
    ngx_conf_merge_msec_value(conf->drain_time, outer->drain_time, 5 * 60 * 1000);
    if (conf->prices == NULL) {
        conf->prices = outer->prices;
    }
    if (conf->limits == NULL) {
        conf->limits = outer->limits;
        conf->reserves = outer->reserves;
    }
    ngx_conf_merge_value(conf->limit_dry_run, outer->limit_dry_run, 0);

    return ngx_http_merge_types(cf, &conf->types_keys, &conf->types, &outer->types_keys, &outer->types, default_types);
}

/* ---- the module */

static ngx_int_t add_handler(ngx_conf_t *cf, ngx_http_phases phase, ngx_http_handler_pt handler) {
    ngx_http_core_main_conf_t *const core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *const added = ngx_array_push(&core->phases[phase].handlers);

    if (added == NULL) {
        return NGX_ERROR;
    }
    *added = handler;
    return NGX_OK;
}

static ngx_int_t init(ngx_conf_t *cf) {
    ngx_http_tokusage_filter_init();
    if (add_handler(cf, NGX_HTTP_PREACCESS_PHASE, ngx_http_tokusage_limit_handler) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_handler(cf, NGX_HTTP_PRECONTENT_PHASE, ngx_http_tokusage_request_handler);
}

static ngx_http_module_t context = {
    .preconfiguration = ngx_http_tokusage_add_variables,
    .postconfiguration = init,
    .create_main_conf = create_main_conf,
    .create_loc_conf = create_loc_conf,
    .merge_loc_conf = merge_loc_conf,
};

ngx_module_t ngx_http_tokusage_module = {
    NGX_MODULE_V1,
    .ctx = &context,
    .commands = commands,
    .type = NGX_HTTP_MODULE,
};
