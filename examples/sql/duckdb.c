/*
 * DuckDB: tokusage(body) is a struct of what the response in a VARCHAR or BLOB used. README.md says how to build it.
 *
 * A body that is NULL gives NULL. Members: the counts by their names, BIGINT, NULL where they were not reported; then
 * the verdict and the model.
 */
#define DUCKDB_EXTENSION_NAME tokusage
#include <duckdb_extension.h>

#include "body.h"

DUCKDB_EXTENSION_EXTERN

enum {
    VERDICT = TOKUSAGE_COUNTS,
    MODEL,
    MEMBERS
};

static void set_null(duckdb_vector vector, idx_t row) {
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

static void set_row(duckdb_vector *members, idx_t row, body *read) {
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        const tokusage_count count = *tokusage_count_at(&read->usage, i);
        ((int64_t *)duckdb_vector_get_data(members[i]))[row] = count.value;
        if (!count.present) {
            set_null(members[i], row);
        }
    }
    duckdb_vector_assign_string_element(members[VERDICT], row, tokusage_verdict_text(read->verdict));
    if (*read->model != '\0') {
        duckdb_vector_assign_string_element(members[MODEL], row, read->model);
    } else {
        set_null(members[MODEL], row);
    }
}

static void read_bodies(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    (void)info;
    duckdb_vector bodies = duckdb_data_chunk_get_vector(input, 0);
    duckdb_string_t *const strings = duckdb_vector_get_data(bodies);
    uint64_t *const valid = duckdb_vector_get_validity(bodies);
    duckdb_vector members[MEMBERS];
    for (idx_t i = 0; i < MEMBERS; i++) {
        members[i] = duckdb_struct_vector_get_child(output, i);
    }
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); row++) {
        if (valid && !duckdb_validity_row_is_valid(valid, row)) {
            set_null(output, row);
            for (idx_t i = 0; i < MEMBERS; i++) {
                set_null(members[i], row);
            }
        } else {
            body read = read_body(duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row]));
            set_row(members, row, &read);
        }
    }
}

static bool add_function(duckdb_connection connection, duckdb_type of) {
    duckdb_logical_type body_type = duckdb_create_logical_type(of);
    duckdb_logical_type types[MEMBERS];
    const char *names[MEMBERS] = {[VERDICT] = "verdict", [MODEL] = "model"};
    for (size_t i = 0; i < MEMBERS; i++) {
        names[i] = i < TOKUSAGE_COUNTS ? tokusage_count_name(i) : names[i];
        types[i] = duckdb_create_logical_type(i < TOKUSAGE_COUNTS ? DUCKDB_TYPE_BIGINT : DUCKDB_TYPE_VARCHAR);
    }
    duckdb_logical_type usage_type = duckdb_create_struct_type(types, names, MEMBERS);
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, "tokusage");
    duckdb_scalar_function_add_parameter(function, body_type);
    duckdb_scalar_function_set_return_type(function, usage_type);
    duckdb_scalar_function_set_function(function, read_bodies);
    const bool added = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    duckdb_destroy_logical_type(&usage_type);
    for (size_t i = 0; i < MEMBERS; i++) {
        duckdb_destroy_logical_type(&types[i]);
    }
    duckdb_destroy_logical_type(&body_type);
    return added;
}

DUCKDB_EXTENSION_ENTRYPOINT(duckdb_connection connection, duckdb_extension_info info,
                            struct duckdb_extension_access *access) {
    (void)info;
    (void)access;
    return add_function(connection, DUCKDB_TYPE_VARCHAR) && add_function(connection, DUCKDB_TYPE_BLOB);
}
