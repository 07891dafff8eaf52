/*
 * What a zone has counted, as Prometheus text (exposition format 0.0.4), made step by step: a step is what a metric
 * begins with, or the lines of one key in it.
 *
 * Each count is a metric of its own, tokusage_NAME_total with its name in tokusage.h: so a sum over a metric counts
 * nothing twice, although the cached tokens are included in those of the prompt. A key has a line for each count, also
 * when it is 0, and for each verdict that it has had.
 */
#include "ngx_http_tokusage_zone.h"

/* How many bytes of a label a byte of a key takes at most; how many a line has without its labels, and a begin. */
#define ESCAPED_SIZE 5
#define LINE_SIZE 128
#define BEGIN_SIZE 512

/* tokusage_NAME_total. */
typedef struct {
    const char *name;
    const char *help;
    const char *label;      /* whose values name the numbers of this metric; NULL: it has one */
    const ngx_str_t *names; /* the values of that label */
    ngx_uint_t first;       /* this number, */
    ngx_uint_t number;      /* and so many in all */
} metric_t;

static const ngx_str_t limited_names[] = {ngx_string("rejected"), ngx_string("rejected_dry_run")};

static const metric_t metrics[] = {
    {"responses", "Metered responses, by what is known of their usage.", "verdict", ngx_http_tokusage_verdict_names,
     NGX_HTTP_TOKUSAGE_COUNT_RESPONSES, NGX_HTTP_TOKUSAGE_VERDICTS},
    {"limited_requests", "Requests that a limit refused, or would have refused without its dry run.", "status",
     limited_names, NGX_HTTP_TOKUSAGE_COUNT_REJECTED, 2},
    {"tokens", "All tokens, of prompts and of completions: what a limit counts.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_TOKENS, 1},
    {"cost", "What the responses cost, by tokusage_prices.", NULL, NULL, NGX_HTTP_TOKUSAGE_COUNT_COST, 1},
    {"unpriced_responses", "Responses with a usage and without a price.", NULL, NULL, NGX_HTTP_TOKUSAGE_COUNT_UNPRICED,
     1},
};

/* Those of the table, and then one for each count of the library. */
#define OTHERS (sizeof metrics / sizeof metrics[0])
#define METRICS (OTHERS + TOKUSAGE_COUNTS)
#define HISTOGRAM METRICS /* after them, and then the lines about the zone */

static metric_t metric_at(ngx_uint_t index) {
    if (index < OTHERS) {
        return metrics[index];
    }
    return (metric_t){
        .name = tokusage_count_name(index - OTHERS),
        .help = "Sum of this count over all metered responses.",
        .first = NGX_HTTP_TOKUSAGE_COUNT_USAGE + index - OTHERS,
        .number = 1,
    };
}

/* ---- labels */

/*
 * A label's value is UTF-8 in which \ " and line feed have a \ before them. A key is any bytes: what is not UTF-8, and
 * a control character, becomes \xHH. So does a \ before an x, so that different keys always have different values.
 */
static u_char *escape(u_char *to, const u_char *text, size_t size) {
    const u_char *const last = text + size;

    while (text < last) {
        const size_t length = ngx_http_tokusage_utf8_length(text, (size_t)(last - text));
        const bool looks_escaped = *text == '\\' && last - text > 1 && text[1] == 'x';
        if (*text == '\n') {
            to = ngx_cpymem(to, "\\n", 2);
        } else if (length == 0 || *text < 0x20 || *text == 0x7F || looks_escaped) {
            to = ngx_sprintf(to, "\\\\x%02Xd", (ngx_int_t)*text);
        } else {
            if (*text == '\\' || *text == '"') {
                *to++ = '\\';
            }
            to = ngx_cpymem(to, text, length);
        }
        text += ngx_max(length, 1);
    }
    return to;
}

static void label(ngx_http_tokusage_text_t *text, const u_char *key, size_t length, const char *more) {
    u_char *last = text->labels.data + text->zone_len;

    last = ngx_sprintf(last, ",key=\"");
    last = escape(last, key, length);
    last = ngx_sprintf(last, "\"%s", more);
    text->labels.len = (size_t)(last - text->labels.data);
}

/* ---- lines */

#define FIRST "time_to_first_token_seconds"

static u_char *write_histogram(ngx_http_tokusage_text_t *text, u_char *p, const uint64_t *counts) {
    const uint64_t sum = counts[NGX_HTTP_TOKUSAGE_COUNT_FIRST_SUM];
    uint64_t number = 0;

    for (ngx_uint_t i = 0; i < NGX_HTTP_TOKUSAGE_TIMES; i++) {
        number += counts[NGX_HTTP_TOKUSAGE_COUNT_FIRST + i];
        p = ngx_sprintf(p, "tokusage_" FIRST "_bucket{%V,le=\"%s\"} %uL\n", &text->labels,
                        ngx_http_tokusage_times[i].seconds, number);
    }
    p = ngx_sprintf(p, "tokusage_" FIRST "_sum{%V} %uL.%03uL\n", &text->labels, sum / 1000, sum % 1000);
    return ngx_sprintf(p, "tokusage_" FIRST "_count{%V} %uL\n", &text->labels, number);
}

static u_char *write_lines(ngx_http_tokusage_text_t *text, u_char *p, const uint64_t *counts) {
    if (text->metric == HISTOGRAM) {
        return write_histogram(text, p, counts);
    }
    const metric_t metric = metric_at(text->metric);

    counts += metric.first;
    if (metric.label == NULL) {
        const bool is_cost = metric.first == NGX_HTTP_TOKUSAGE_COUNT_COST;
        p = ngx_sprintf(p, "tokusage_%s_total{%V} ", metric.name, &text->labels);
        p = ngx_http_tokusage_amount_print(p, is_cost ? NGX_HTTP_TOKUSAGE_COST : NGX_HTTP_TOKUSAGE_TOKENS, counts[0]);
        *p++ = '\n';
        return p;
    }
    for (ngx_uint_t i = 0; i < metric.number; i++) {
        if (counts[i] != 0) {
            p = ngx_sprintf(p, "tokusage_%s_total{%V,%s=\"%V\"} %uL\n", metric.name, &text->labels, metric.label,
                            &metric.names[i], counts[i]);
        }
    }
    return p;
}

static u_char *write_help(u_char *p, const char *name, const char *suffix, const char *type, const char *help) {
    return ngx_sprintf(p, "# HELP tokusage_%s%s %s\n# TYPE tokusage_%s%s %s\n", name, suffix, help, name, suffix, type);
}

static u_char *write_begin(ngx_http_tokusage_text_t *text, u_char *p) {
    ngx_http_tokusage_keys_t keys;

    if (text->metric == HISTOGRAM) {
        p = write_help(p, FIRST, "", "histogram", "Time from the request to the first byte of the response's body.");
    } else {
        const metric_t metric = metric_at(text->metric);
        p = write_help(p, metric.name, "_total", "counter", metric.help);
    }
    ngx_http_tokusage_keys_copy(text->zone, &keys);
    label(text, (const u_char *)"other", sizeof "other" - 1, ",evicted=\"true\""); /* a key may be named so, too */
    return write_lines(text, p, keys.other);
}

/* The lines about the zone itself. */
static u_char *write_zone(ngx_http_tokusage_text_t *text, u_char *p) {
    ngx_http_tokusage_keys_t keys;

    ngx_http_tokusage_keys_copy(text->zone, &keys);
    text->labels.len = text->zone_len;
    p = write_help(p, "zone_keys", "", "gauge", "Keys that the zone holds.");
    p = ngx_sprintf(p, "tokusage_zone_keys{%V} %uL\n", &text->labels, keys.keys);
    p = write_help(p, "zone_evicted_keys", "_total", "counter",
                   "Keys whose counts moved into other: the zone was full.");
    return ngx_sprintf(p, "tokusage_zone_evicted_keys_total{%V} %uL\n", &text->labels, keys.evicted);
}

/* ---- steps */

ngx_int_t ngx_http_tokusage_text_init(ngx_http_tokusage_text_t *text, ngx_shm_zone_t *zone, ngx_pool_t *pool) {
    const size_t labels = ESCAPED_SIZE * (zone->shm.name.len + NGX_HTTP_TOKUSAGE_KEY_SIZE) + LINE_SIZE;

    text->zone = zone;
    text->room = NGX_HTTP_TOKUSAGE_VERDICTS * (labels + LINE_SIZE) + BEGIN_SIZE;
    text->labels.data = ngx_pnalloc(pool, labels);
    if (text->labels.data == NULL) {
        return NGX_ERROR;
    }
    u_char *last = ngx_cpymem(text->labels.data, "zone=\"", sizeof "zone=\"" - 1);
    last = escape(last, zone->shm.name.data, zone->shm.name.len);
    *last++ = '"';
    text->zone_len = (size_t)(last - text->labels.data);
    return NGX_OK;
}

u_char *ngx_http_tokusage_text_step(ngx_http_tokusage_text_t *text, u_char *p) {
    if (text->metric > HISTOGRAM) {
        text->done = 1;
        return write_zone(text, p);
    }
    if (!text->begun) {
        text->begun = 1;
        return write_begin(text, p);
    }
    if (ngx_http_tokusage_keys_next(text->zone, &text->node) == NGX_OK) {
        label(text, text->node.key, text->node.name.str.len, "");
        return write_lines(text, p, text->node.counts);
    }
    ngx_memzero(&text->node, sizeof text->node);
    text->begun = 0;
    text->metric++;
    return p;
}
