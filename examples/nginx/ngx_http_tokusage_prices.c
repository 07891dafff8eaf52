/*
 * The directive tokusage_prices, and what a response costs. The file is the CSV that usage-report --prices reads:
 *
 *     model,prompt_tokens,cached_tokens,completion_tokens
 *     parrot-*,3.00,0.30,15.00
 *
 * The first line names counts of the library; each price is that of a million tokens, with up to 6 decimals, so that of
 * one token is a whole number of 10^-12. A model that ends in * is for all whose names begin so. tokusage_cost does the
 * arithmetic, without floating point.
 */
#include "ngx_http_tokusage.h"

#define PRICE_DECIMALS 6
#define COST_DECIMALS 12
#define FILE_SIZE (64 * 1024 * 1024)

typedef struct {
    ngx_str_t model;
    unsigned prefix : 1;
    tokusage tokens; /* the price of one, for each count */
} price_t;

/* What the columns after the model are: numbers of counts. */
typedef struct {
    size_t counts[TOKUSAGE_COUNTS];
    size_t number;
} heads_t;

/* ---- amounts */

/* Reads 1.5 as 1500 where there are 3 decimals, the most that it may have. ERROR: it is no such number. */
static int64_t parse_amount(const ngx_str_t *text, size_t decimals) {
    _Static_assert(sizeof(ngx_int_t) >= sizeof(int64_t), "nginx reads numbers of 64 bits");

    if (text->len == 0 || text->data[0] == '.' || text->data[text->len - 1] == '.') {
        return NGX_ERROR;
    }
    return ngx_atofp(text->data, text->len, decimals);
}

ngx_int_t ngx_http_tokusage_cost_parse(const ngx_str_t *text, uint64_t *cost) {
    const int64_t amount = parse_amount(text, COST_DECIMALS);

    *cost = (uint64_t)amount;
    return amount >= 0 ? NGX_OK : NGX_ERROR;
}

u_char *ngx_http_tokusage_cost_print(u_char *to, uint64_t cost) {
    const uint64_t one = UINT64_C(1000000000000);
    u_char *last = ngx_sprintf(to, "%uL.%012uL", cost / one, cost % one);

    while (last[-1] == '0') {
        last--;
    }
    return last[-1] == '.' ? last - 1 : last;
}

/* ---- a line */

static void trim(ngx_str_t *text) {
    while (text->len > 0 && ngx_strchr(" \t\r\"", *text->data) != NULL) {
        text->data++;
        text->len--;
    }
    while (text->len > 0 && ngx_strchr(" \t\r\"", text->data[text->len - 1]) != NULL) {
        text->len--;
    }
}

/* Takes what is before the next separator off the text. False: nothing is left. */
static bool take(ngx_str_t *text, u_char separator, ngx_str_t *taken) {
    if (text->data == NULL) {
        return false;
    }
    u_char *const last = text->data + text->len;
    u_char *const end = ngx_strlchr(text->data, last, separator);

    *taken = (ngx_str_t){.data = text->data, .len = (size_t)((end != NULL ? end : last) - text->data)};
    *text = end != NULL ? (ngx_str_t){.data = end + 1, .len = (size_t)(last - end - 1)} : (ngx_str_t){0};
    trim(taken);
    return true;
}

/* The number of the count with this name; TOKUSAGE_COUNTS: there is none, or it has no price. */
static size_t find_count(const ngx_str_t *name) {
    size_t i = 0;

    while (i < TOKUSAGE_COUNTS &&
           (!ngx_http_tokusage_is(name, tokusage_count_name(i)) || ngx_http_tokusage_is(name, "total_tokens"))) {
        i++;
    }
    return i;
}

static ngx_int_t read_heads(ngx_str_t line, heads_t *heads) {
    bool known[TOKUSAGE_COUNTS] = {false};
    ngx_str_t field;

    if (!take(&line, ',', &field) || !ngx_http_tokusage_is(&field, "model")) {
        return NGX_ERROR;
    }
    while (take(&line, ',', &field)) {
        const size_t count = find_count(&field);
        if (count == TOKUSAGE_COUNTS || known[count]) {
            return NGX_ERROR;
        }
        known[count] = true;
        heads->counts[heads->number++] = count;
    }
    return heads->number > 0 ? NGX_OK : NGX_ERROR;
}

/* An empty field is no price. */
static ngx_int_t read_price(const ngx_str_t *field, tokusage_count *price) {
    if (field->len == 0) {
        return NGX_OK;
    }
    *price = (tokusage_count){.present = true, .value = parse_amount(field, PRICE_DECIMALS)};
    return price->value >= 0 && price->value <= TOKUSAGE_COUNT_MAX ? NGX_OK : NGX_ERROR;
}

static ngx_int_t read_row(ngx_str_t line, const heads_t *heads, price_t *row) {
    ngx_str_t field;

    ngx_memzero(row, sizeof(price_t));
    if (!take(&line, ',', &row->model) || row->model.len == 0) {
        return NGX_ERROR;
    }
    row->prefix = row->model.data[row->model.len - 1] == '*';
    row->model.len -= row->prefix;
    for (size_t i = 0; i < heads->number; i++) {
        if (!take(&line, ',', &field) ||
            read_price(&field, tokusage_count_at(&row->tokens, heads->counts[i])) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return line.data == NULL ? NGX_OK : NGX_ERROR;
}

/* ---- the file */

/* Returns what is wrong with the line, or NULL. */
static const char *read_line(ngx_array_t *prices, heads_t *heads, const ngx_str_t *line) {
    if (line->len == 0 || line->data[0] == '#') {
        return NULL;
    }
    if (heads->number == 0) {
        return read_heads(*line, heads) == NGX_OK
                   ? NULL
                   : "not \"model,prompt_tokens,completion_tokens\" or other names of counts";
    }
    price_t *const row = ngx_array_push(prices);
    if (row == NULL) {
        return "no memory";
    }
    return read_row(*line, heads, row) == NGX_OK
               ? NULL
               : "not a model, and for each column a price with up to 6 decimals, or nothing";
}

static ngx_int_t read_lines(ngx_conf_t *cf, const ngx_str_t *name, ngx_str_t text, ngx_array_t *prices) {
    heads_t heads = {.number = 0};
    ngx_str_t line;

    for (ngx_uint_t number = 1; take(&text, '\n', &line); number++) {
        const char *const wrong = read_line(prices, &heads, &line);
        if (wrong != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tokusage_prices: %V:%ui: %s", name, number, wrong);
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

/* Reads the whole file into memory of the configuration, of which the names of models are parts. */
static ngx_int_t read_file(ngx_conf_t *cf, const ngx_str_t *name, ngx_str_t *text) {
    ngx_file_t file = {.name = *name, .log = cf->log};
    ssize_t size = NGX_ERROR;

    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (file.fd == NGX_INVALID_FILE || ngx_fd_info(file.fd, &file.info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "tokusage_prices: cannot open \"%V\"", name);
        return NGX_ERROR;
    }
    text->len = (size_t)ngx_file_size(&file.info);
    text->data = text->len <= FILE_SIZE ? ngx_pnalloc(cf->pool, text->len + 1) : NULL;
    if (text->data != NULL) {
        size = ngx_read_file(&file, text->data, text->len, 0);
    }
    ngx_close_file(file.fd);
    if (size != (ssize_t)text->len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tokusage_prices: cannot read \"%V\"", name);
        return NGX_ERROR;
    }
    return NGX_OK;
}

char *ngx_http_tokusage_prices(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tokusage_loc_conf_t *const location = conf;
    const ngx_str_t *const value = cf->args->elts;
    ngx_str_t name = value[1];
    ngx_str_t text;

    if (location->prices != NULL) {
        return "is duplicate";
    }
    location->prices = ngx_array_create(cf->pool, 16, sizeof(price_t));
    if (location->prices == NULL || ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK ||
        read_file(cf, &name, &text) != NGX_OK || read_lines(cf, &name, text, location->prices) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

/* ---- what a response costs */

/* The whole name comes before any beginning, and the longest beginning before the others. */
static const price_t *find_price(const ngx_array_t *prices, const char *model, size_t length) {
    const price_t *const row = prices->elts;
    const price_t *best = NULL;

    for (ngx_uint_t i = 0; i < prices->nelts; i++) {
        if (row[i].model.len > length || ngx_memcmp(row[i].model.data, model, row[i].model.len) != 0) {
            continue;
        }
        if (!row[i].prefix && row[i].model.len == length) {
            return &row[i];
        }
        if (row[i].prefix && (best == NULL || row[i].model.len > best->model.len)) {
            best = &row[i];
        }
    }
    return best;
}

ngx_int_t ngx_http_tokusage_cost(const ngx_http_tokusage_ctx_t *ctx, const tokusage *usage, uint64_t *cost) {
    const ngx_http_tokusage_loc_conf_t *const conf =
        ngx_http_get_module_loc_conf(ctx->request, ngx_http_tokusage_module);
    char model[TOKUSAGE_LABEL_SIZE];
    int64_t sum;

    if (conf->prices == NULL || ngx_http_tokusage_is_nothing(usage)) {
        return NGX_DECLINED;
    }
    const size_t length = tokusage_stream_label(&ctx->stream, TOKUSAGE_LABEL_MODEL, model, sizeof model);
    const price_t *const price = length > 0 ? find_price(conf->prices, model, length) : NULL;
    if (price == NULL || tokusage_cost(usage, &price->tokens, &sum, NULL) != TOKUSAGE_OK) {
        return NGX_ERROR;
    }
    *cost = (uint64_t)sum;
    return NGX_OK;
}
