/*
 * SQLite: what the responses in a column used. README.md has the functions.
 *
 *     cc -shared -fPIC -o tokusage.so sqlite.c $(pkg-config --cflags --libs tokusage)
 *     sqlite> .load ./tokusage
 */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include "body.h"

/* Text as UTF-8, or bytes. */
static body read_value(sqlite3_value *value) {
    const char *const bytes = sqlite3_value_blob(value);
    return read_body(bytes, (size_t)sqlite3_value_bytes(value));
}

static void result_usage(sqlite3_context *context, const tokusage *usage) {
    char json[TOKUSAGE_JSON_SIZE];
    tokusage_encode(usage, json, sizeof json, NULL);
    sqlite3_result_text(context, json, -1, SQLITE_TRANSIENT);
}

static void usage_of(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    const body read = read_value(values[0]);
    if (read.counted) {
        result_usage(context, &read.usage);
    }
}

static void count_of(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    const char *const name = sqlite3_value_blob(values[1]);
    const size_t number = count_named(name, (size_t)sqlite3_value_bytes(values[1]));
    if (number == TOKUSAGE_COUNTS) {
        sqlite3_result_error(context, "tokusage_count: there is no count of this name", -1);
        return;
    }
    body read = read_value(values[0]);
    const tokusage_count found = *tokusage_count_at(&read.usage, number);
    if (found.present) {
        sqlite3_result_int64(context, found.value);
    }
}

static void model_of(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    const body read = read_value(values[0]);
    if (*read.model != '\0') {
        sqlite3_result_text(context, read.model, -1, SQLITE_TRANSIENT);
    }
}

static void verdict_of(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    if (sqlite3_value_type(values[0]) != SQLITE_NULL) {
        sqlite3_result_text(context, tokusage_verdict_text(read_value(values[0]).verdict), -1, SQLITE_STATIC);
    }
}

static void cost_of(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    tokusage prices;
    const char *const json = sqlite3_value_blob(values[1]);
    if (tokusage_decode(json, (size_t)sqlite3_value_bytes(values[1]), &prices, NULL) != TOKUSAGE_OK) {
        sqlite3_result_error(context, "tokusage_cost: the prices are not counts in JSON", -1);
        return;
    }
    int64_t cost = 0;
    const body read = read_value(values[0]);
    if (tokusage_cost(&read.usage, &prices, &cost, NULL) == TOKUSAGE_OK) {
        sqlite3_result_int64(context, cost);
    }
}

static void sum_step(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    tokusage *const sum = sqlite3_aggregate_context(context, sizeof *sum);
    const body read = read_value(values[0]);
    if (!sum) {
        sqlite3_result_error_nomem(context);
    } else if (tokusage_add(sum, &read.usage) != TOKUSAGE_OK) {
        sqlite3_result_error(context, "tokusage_sum: a sum is out of range", -1);
    }
}

static void sum_end(sqlite3_context *context) {
    const tokusage *const sum = sqlite3_aggregate_context(context, 0);
    if (sum && !tokusage_equal(sum, &(tokusage){0})) {
        result_usage(context, sum);
    }
}

static const struct {
    const char *name;
    int arguments;
    void (*call)(sqlite3_context *, int, sqlite3_value **);
    void (*step)(sqlite3_context *, int, sqlite3_value **);
    void (*end)(sqlite3_context *);
} functions[] = {
    {"tokusage", 1, usage_of, NULL, NULL},       {"tokusage_count", 2, count_of, NULL, NULL},
    {"tokusage_model", 1, model_of, NULL, NULL}, {"tokusage_verdict", 1, verdict_of, NULL, NULL},
    {"tokusage_cost", 2, cost_of, NULL, NULL},   {"tokusage_sum", 1, NULL, sum_step, sum_end},
};

int sqlite3_tokusage_init(sqlite3 *database, char **error, const sqlite3_api_routines *api);
int sqlite3_tokusage_init(sqlite3 *database, char **error, const sqlite3_api_routines *api) {
    (void)error;
    SQLITE_EXTENSION_INIT2(api);
    int status = SQLITE_OK;
    for (size_t i = 0; status == SQLITE_OK && i < sizeof functions / sizeof *functions; i++) {
        status = sqlite3_create_function(database, functions[i].name, functions[i].arguments,
                                         SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, functions[i].call,
                                         functions[i].step, functions[i].end);
    }
    return status;
}
