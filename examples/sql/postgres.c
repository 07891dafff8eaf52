/*
 * PostgreSQL: what the responses in a column used. tokusage.sql declares the functions, README.md lists them.
 *
 *     cc -shared -fPIC -o tokusage.so postgres.c -I$(pg_config --includedir-server) \
 *         $(pkg-config --cflags --libs tokusage)
 *
 * A body is text or bytea: both are a length and bytes.
 */
#include <postgres.h>

#include <fmgr.h>
#include <mb/pg_wchar.h>
#include <utils/builtins.h>
#include <utils/jsonb.h>

#include "body.h"

PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(tokusage_of);
PG_FUNCTION_INFO_V1(tokusage_count_of);
PG_FUNCTION_INFO_V1(tokusage_model_of);
PG_FUNCTION_INFO_V1(tokusage_verdict_of);
PG_FUNCTION_INFO_V1(tokusage_cost_of);
PG_FUNCTION_INFO_V1(tokusage_sum_step);
PG_FUNCTION_INFO_V1(tokusage_sum_combine);
PG_FUNCTION_INFO_V1(tokusage_sum_end);

static body read_varlena(struct varlena *value) {
    return read_body(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static Datum jsonb_of(const tokusage *usage) {
    char json[TOKUSAGE_JSON_SIZE];
    tokusage_encode(usage, json, sizeof json, NULL);
    return DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
}

Datum tokusage_of(PG_FUNCTION_ARGS) {
    const body read = read_varlena(PG_GETARG_VARLENA_PP(0));
    if (!read.counted) {
        PG_RETURN_NULL();
    }
    return jsonb_of(&read.usage);
}

Datum tokusage_count_of(PG_FUNCTION_ARGS) {
    body read = read_varlena(PG_GETARG_VARLENA_PP(0));
    text *const name = PG_GETARG_TEXT_PP(1);
    const size_t number = count_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
    if (number == TOKUSAGE_COUNTS) {
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("tokusage_count: there is no count of this name"));
    }
    if (!tokusage_count_at(&read.usage, number)->present) {
        PG_RETURN_NULL();
    }
    PG_RETURN_INT64(tokusage_count_at(&read.usage, number)->value);
}

/* A bytea may hold a name that is no text of this database. */
Datum tokusage_model_of(PG_FUNCTION_ARGS) {
    const body read = read_varlena(PG_GETARG_VARLENA_PP(0));
    if (*read.model == '\0' || !pg_verifymbstr(read.model, (int)strlen(read.model), true)) {
        PG_RETURN_NULL();
    }
    PG_RETURN_TEXT_P(cstring_to_text(read.model));
}

Datum tokusage_verdict_of(PG_FUNCTION_ARGS) {
    PG_RETURN_TEXT_P(cstring_to_text(tokusage_verdict_text(read_varlena(PG_GETARG_VARLENA_PP(0)).verdict)));
}

Datum tokusage_cost_of(PG_FUNCTION_ARGS) {
    const body read = read_varlena(PG_GETARG_VARLENA_PP(0));
    text *const json = PG_GETARG_TEXT_PP(1);
    tokusage prices;
    int64_t cost = 0;
    if (tokusage_decode(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), &prices, NULL) != TOKUSAGE_OK) {
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("tokusage_cost: the prices are not counts in JSON"));
    }
    if (tokusage_cost(&read.usage, &prices, &cost, NULL) != TOKUSAGE_OK) {
        PG_RETURN_NULL();
    }
    PG_RETURN_INT64(cost);
}

/* The state of the sum is a usage in a bytea, so that workers can hand it on. A new one is all zero bytes. */
static tokusage state_of(FunctionCallInfo fcinfo, int number) {
    tokusage sum = {0};
    if (!PG_ARGISNULL(number)) {
        memcpy(&sum, VARDATA_ANY(PG_GETARG_VARLENA_PP(number)), sizeof sum);
    }
    return sum;
}

static Datum add(tokusage *sum, const tokusage *usage) {
    bytea *const state = palloc(VARHDRSZ + sizeof *sum);
    if (tokusage_add(sum, usage) != TOKUSAGE_OK) {
        ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("tokusage_sum: a sum is out of range"));
    }
    SET_VARSIZE(state, VARHDRSZ + sizeof *sum);
    memcpy(VARDATA(state), sum, sizeof *sum);
    PG_RETURN_BYTEA_P(state);
}

Datum tokusage_sum_step(PG_FUNCTION_ARGS) {
    tokusage sum = state_of(fcinfo, 0);
    const body read = PG_ARGISNULL(1) ? (body){.counted = false} : read_varlena(PG_GETARG_VARLENA_PP(1));
    return add(&sum, &read.usage);
}

Datum tokusage_sum_combine(PG_FUNCTION_ARGS) {
    tokusage sum = state_of(fcinfo, 0);
    const tokusage other = state_of(fcinfo, 1);
    return add(&sum, &other);
}

Datum tokusage_sum_end(PG_FUNCTION_ARGS) {
    const tokusage sum = state_of(fcinfo, 0);
    if (tokusage_equal(&sum, &(tokusage){0})) {
        PG_RETURN_NULL();
    }
    return jsonb_of(&sum);
}
