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

static ngx_int_t parse_amount(const ngx_str_t *text, ngx_uint_t decimals, uint64_t most, uint64_t *amount) {
    const u_char *const last = text->data + text->len;
    const u_char *point = NULL;

    *amount = 0;
    for (const u_char *p = text->data; p < last; p++) {
        const uint64_t digit = (uint64_t)*p - '0';
        if (*p == '.' && point == NULL && p > text->data && p + 1 < last) {
            point = p;
            continue;
        }
        if (digit > 9 || *amount > (most - digit) / 10 || (point != NULL && decimals-- == 0)) {
            return NGX_ERROR;
        }
        *amount = 10 * *amount + digit;
    }
    for (; decimals > 0; decimals--) {
        if (*amount > most / 10) {
            return NGX_ERROR;
        }
        *amount *= 10;
    }
    return text->len > 0 ? NGX_OK : NGX_ERROR;
}

ngx_int_t ngx_http_tokusage_cost_parse(const ngx_str_t *text, uint64_t *cost) {
    return parse_amount(text, COST_DECIMALS, INT64_MAX, cost);
}

u_char *ngx_http_tokusage_cost_print(u_char *to, uint64_t cost) {
    const uint64_t one = UINT64_C(1000000000000);
    u_char *last = ngx_sprintf(to, "%uL.%012uL", cost / one, cost % one);

    while (last[-1] == '0') {
        last--;
    }
    return last[-1] == '.' ? last - 1 : last;
}

/* ---- the file */

/* Takes a field off the line; white space and quotes around it are left out. DONE: there is no more. */
static ngx_int_t take_field(ngx_str_t *line, ngx_str_t *field) {
    if (line->data == NULL) {
        return NGX_DONE;
    }
    u_char *const last = line->data + line->len;
    u_char *const comma = ngx_strlchr(line->data, last, ',');
    u_char *end = comma != NULL ? comma : last;

    field->data = line->data;
    line->data = comma != NULL ? comma + 1 : NULL;
    line->len = comma != NULL ? (size_t)(last - comma - 1) : 0;
    while (field->data < end && ngx_strchr(" \t\r\"", *field->data) != NULL) {
        field->data++;
    }
    while (end > field->data && ngx_strchr(" \t\r\"", end[-1]) != NULL) {
        end--;
    }
    field->len = (size_t)(end - field->data);
    return NGX_OK;
}

static bool is(const ngx_str_t *field, const char *name) {
    return field->len == ngx_strlen(name) && ngx_strncmp(field->data, name, field->len) == 0;
}

/* The number of the count with this name; TOKUSAGE_COUNTS: there is none, or it has no price. */
static size_t find_count(const ngx_str_t *name) {
    size_t i = 0;

    while (i < TOKUSAGE_COUNTS && (!is(name, tokusage_count_name(i)) || is(name, "total_tokens"))) {
        i++;
    }
    return i;
}

static bool contains(const heads_t *heads, size_t count) {
    for (size_t i = 0; i < heads->number; i++) {
        if (heads->counts[i] == count) {
            return true;
        }
    }
    return false;
}

static ngx_int_t read_heads(ngx_str_t line, heads_t *heads) {
    ngx_str_t field;

    if (take_field(&line, &field) != NGX_OK || !is(&field, "model")) {
        return NGX_ERROR;
    }
    while (take_field(&line, &field) == NGX_OK) {
        const size_t count = find_count(&field);
        if (count == TOKUSAGE_COUNTS || contains(heads, count)) {
            return NGX_ERROR;
        }
        heads->counts[heads->number++] = count;
    }
    return heads->number > 0 ? NGX_OK : NGX_ERROR;
}

/* An empty field is no price. */
static ngx_int_t read_price(const ngx_str_t *field, tokusage_count *price) {
    uint64_t amount;

    if (field->len == 0) {
        return NGX_OK;
    }
    if (parse_amount(field, PRICE_DECIMALS, TOKUSAGE_COUNT_MAX, &amount) != NGX_OK) {
        return NGX_ERROR;
    }
    *price = (tokusage_count){.present = true, .value = (int64_t)amount};
    return NGX_OK;
}

static ngx_int_t read_row(ngx_str_t line, const heads_t *heads, price_t *row) {
    ngx_str_t field;

    ngx_memzero(row, sizeof(price_t));
    if (take_field(&line, &row->model) != NGX_OK || row->model.len == 0) {
        return NGX_ERROR;
    }
    row->prefix = row->model.data[row->model.len - 1] == '*';
    row->model.len -= row->prefix;
    for (size_t i = 0; i < heads->number; i++) {
        if (take_field(&line, &field) != NGX_OK ||
            read_price(&field, tokusage_count_at(&row->tokens, heads->counts[i])) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return line.data == NULL ? NGX_OK : NGX_ERROR;
}

/* Returns what is wrong with the line, or NULL. */
static const char *read_line(ngx_array_t *prices, heads_t *heads, const ngx_str_t *line) {
    size_t begin = 0;

    while (begin < line->len && ngx_strchr(" \t\r", line->data[begin]) != NULL) {
        begin++;
    }
    if (begin == line->len || line->data[begin] == '#') {
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
    u_char *const last = text.data + text.len;
    heads_t heads = {.number = 0};

    for (ngx_uint_t number = 1; text.data < last; number++) {
        u_char *const end = ngx_strlchr(text.data, last, '\n');
        const ngx_str_t line = {.data = text.data, .len = (size_t)((end != NULL ? end : last) - text.data)};
        const char *const wrong = read_line(prices, &heads, &line);
        if (wrong != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tokusage_prices: %V:%ui: %s", name, number, wrong);
            return NGX_ERROR;
        }
        text.data += line.len + 1;
    }
    return NGX_OK;
}

/* Reads the whole file into memory of the configuration, of which the names of models are parts. */
static ngx_int_t read_file(ngx_conf_t *cf, const ngx_str_t *name, ngx_str_t *text) {
    ngx_file_t file = {.name = *name, .log = cf->log};
    ngx_int_t rc = NGX_ERROR;

    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "tokusage_prices: cannot open \"%V\"", name);
        return NGX_ERROR;
    }
    if (ngx_fd_info(file.fd, &file.info) == NGX_FILE_ERROR || ngx_file_size(&file.info) > FILE_SIZE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "tokusage_prices: \"%V\" cannot be a file of prices", name);
    } else {
        text->len = (size_t)ngx_file_size(&file.info);
        text->data = ngx_pnalloc(cf->pool, ngx_max(text->len, 1));
        rc = text->data != NULL && ngx_read_file(&file, text->data, text->len, 0) == (ssize_t)text->len ? NGX_OK
                                                                                                        : NGX_ERROR;
    }
    ngx_close_file(file.fd);
    return rc;
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
    static const tokusage nothing;
    const ngx_http_tokusage_loc_conf_t *const conf =
        ngx_http_get_module_loc_conf(ctx->request, ngx_http_tokusage_module);
    char model[TOKUSAGE_LABEL_SIZE];
    int64_t sum;

    if (conf->prices == NULL || tokusage_equal(usage, &nothing)) {
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
