/*
 * What a zone has counted, as Prometheus text (exposition format 0.0.4), made step by step: a step is what a metric
 * begins with, or the lines of one key in it.
 *
 * Each of the six counts is a metric of its own, named as in tokusage.h: so a sum over a metric counts nothing twice,
 * although the cached tokens are among those of the prompt. A key has a line for each count of tokens, also when it is
 * 0, and for each verdict that it has had.
 */
#include "ngx_http_tokusage_zone.h"

/* How many bytes of a label a byte of a key takes at most, and how many a line has beside its labels, and a begin. */
#define ESCAPED_SIZE 5
#define LINE_SIZE 128
#define BEGIN_SIZE 512

typedef struct {
    const char *name;
    const char *help;
    const char *label;      /* what tells the counts of this metric from each other; NULL: it has one */
    const ngx_str_t *names; /* the values of that label */
    ngx_uint_t first;       /* this count, */
    ngx_uint_t number;      /* and so many in all */
} metric_t;

static const ngx_str_t limited_names[] = {ngx_string("rejected"), ngx_string("rejected_dry_run")};

static const metric_t metrics[] = {
    {"tokusage_responses_total", "Metered responses, by what is known of their usage.", "verdict",
     ngx_http_tokusage_verdict_names, NGX_HTTP_TOKUSAGE_COUNT_RESPONSES, NGX_HTTP_TOKUSAGE_VERDICTS},
    {"tokusage_tokens_total", "All tokens: those of the prompt and those of the completion.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_TOTAL, 1},
    {"tokusage_prompt_tokens_total", "Tokens that models read, cached and cache_write included.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_PROMPT, 1},
    {"tokusage_completion_tokens_total", "Tokens that models generated, reasoning included.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_COMPLETION, 1},
    {"tokusage_cached_tokens_total", "Of the prompt tokens: read from a cache of the service.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_CACHED, 1},
    {"tokusage_cache_write_tokens_total", "Of the prompt tokens: written to a cache of the service.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_CACHE_WRITE, 1},
    {"tokusage_reasoning_tokens_total", "Of the completion tokens: thought, not shown.", NULL, NULL,
     NGX_HTTP_TOKUSAGE_COUNT_REASONING, 1},
    {"tokusage_limited_requests_total", "Requests that a limit refused, or would have refused without its dry run.",
     "status", limited_names, NGX_HTTP_TOKUSAGE_COUNT_REJECTED, 2},
};

#define METRICS (sizeof metrics / sizeof metrics[0])

/* ---- labels */

/* The length of the character at `text`; 0 when it is not UTF-8. */
static size_t utf8_length(u_char *text, const u_char *last) {
    u_char *p = text;

    if (*text < 0x80) {
        return 1;
    }
    const uint32_t code = ngx_utf8_decode(&p, (size_t)(last - text));
    return code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF) ? (size_t)(p - text) : 0;
}

static bool is_hex(u_char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static bool is_escape(const u_char *text, const u_char *last) {
    return last - text >= 4 && text[0] == '\\' && text[1] == 'x' && is_hex(text[2]) && is_hex(text[3]);
}

/*
 * A label's value is UTF-8 in which \ " and line feed have a \ before them. A key is any bytes: what is not UTF-8, and
 * a control character, becomes the text \xHH. So does a \ in the key before which this text stands already, so that
 * different keys always have different values.
 */
static u_char *escape(u_char *to, u_char *text, size_t size) {
    const u_char *const last = text + size;

    while (text < last) {
        const size_t length = utf8_length(text, last);
        if (*text == '\n') {
            to = ngx_cpymem(to, "\\n", 2);
        } else if (length == 0 || *text < 0x20 || *text == 0x7F || is_escape(text, last)) {
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

static void label_key(ngx_http_tokusage_text_t *text) {
    u_char *last = text->labels.data + text->zone_len;

    last = ngx_cpymem(last, ",key=\"", sizeof ",key=\"" - 1);
    last = escape(last, text->node.key, text->node.len);
    *last++ = '"';
    text->labels.len = (size_t)(last - text->labels.data);
}

/* A key may be named "other", too: it has no label `evicted`. */
static void label_other(ngx_http_tokusage_text_t *text) {
    static const char label[] = ",key=\"other\",evicted=\"true\"";

    ngx_memcpy(text->labels.data + text->zone_len, label, sizeof label - 1);
    text->labels.len = text->zone_len + sizeof label - 1;
}

/* ---- lines */

static u_char *write_lines(ngx_http_tokusage_text_t *text, u_char *p, const uint64_t *counts) {
    const metric_t *const metric = &metrics[text->metric];

    counts += metric->first;
    if (metric->label == NULL) {
        return ngx_sprintf(p, "%s{%V} %uL\n", metric->name, &text->labels, counts[0]);
    }
    for (ngx_uint_t i = 0; i < metric->number; i++) {
        if (counts[i] != 0) {
            p = ngx_sprintf(p, "%s{%V,%s=\"%V\"} %uL\n", metric->name, &text->labels, metric->label, &metric->names[i],
                            counts[i]);
        }
    }
    return p;
}

static u_char *write_begin(ngx_http_tokusage_text_t *text, u_char *p) {
    const metric_t *const metric = &metrics[text->metric];
    ngx_http_tokusage_keys_t keys;

    p = ngx_sprintf(p, "# HELP %s %s\n# TYPE %s counter\n", metric->name, metric->help, metric->name);
    ngx_http_tokusage_keys_copy(text->zone, &keys);
    label_other(text);
    return write_lines(text, p, keys.other);
}

/* What the zone says of itself. */
static u_char *write_zone(ngx_http_tokusage_text_t *text, u_char *p) {
    ngx_http_tokusage_keys_t keys;

    ngx_http_tokusage_keys_copy(text->zone, &keys);
    text->labels.len = text->zone_len;
    p = ngx_sprintf(p,
                    "# HELP tokusage_zone_keys Keys that the zone holds.\n"
                    "# TYPE tokusage_zone_keys gauge\n"
                    "tokusage_zone_keys{%V} %uL\n",
                    &text->labels, keys.keys);
    return ngx_sprintf(
        p,
        "# HELP tokusage_zone_evicted_keys_total Keys whose counts moved into other: the zone was full.\n"
        "# TYPE tokusage_zone_evicted_keys_total counter\n"
        "tokusage_zone_evicted_keys_total{%V} %uL\n",
        &text->labels, keys.evicted);
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
    if (text->metric == METRICS) {
        text->done = 1;
        return write_zone(text, p);
    }
    if (!text->begun) {
        text->begun = 1;
        return write_begin(text, p);
    }
    if (ngx_http_tokusage_keys_next(text->zone, &text->node) == NGX_OK) {
        label_key(text);
        return write_lines(text, p, text->node.counts);
    }
    ngx_memzero(&text->node, sizeof text->node);
    text->begun = 0;
    text->metric++;
    return p;
}
