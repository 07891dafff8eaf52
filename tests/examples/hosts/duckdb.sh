#!/bin/sh
# DuckDB with examples/sql/duckdb.c.   duckdb.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

node_packages duckdb @duckdb/node-api@1.5.6-r.1
headers=package/src/duckdb/src/include
npm_archive duckdb_headers duckdb@1.4.4 $headers/duckdb.h $headers/duckdb_extension.h
compile_host "$scratch/tokusage.duckdb_extension" "$project/examples/sql/duckdb.c" -isystem "$packages/duckdb_headers/$headers"

# ask NAME <SQL: what DuckDB prints goes to $scratch/NAME.
ask() {
    NODE_PATH=$packages/duckdb/node_modules timeout 200 node "$here/duckdb.js" "$extension" "$scratch/database" \
        >"$scratch/$1" 2>&1 || fail "$1: $(tail -n 3 "$scratch/$1")"
}

extension=
echo 'SELECT platform FROM pragma_platform();' | ask platform
extension=$scratch/tokusage.duckdb_extension
sh "$project/examples/sql/duckdb_footer.sh" "$extension" "$(cat "$scratch/platform")" v0.3.0

take_bodies
judge_bodies counts
{
    echo 'CREATE TABLE bodies (name VARCHAR, body BLOB);'
    "$built/hosts_judge" insert "unhex('%s')" "$scratch"/bodies/*
} | ask made
ask seen <<SQL
SELECT name, n, u.verdict, u.model, $(each_count 'u[%s]')
FROM (SELECT name, n, tokusage(array_slice(body, 1, n)) AS u FROM bodies, generate_series(0, octet_length(body)) AS l (n));
SQL
same_lines "DuckDB reads each beginning of each body as the C library does"

mixed_calls | ask made
ask differences <<SQL
SELECT $(count_differences 'u[%s]') FROM (SELECT *, tokusage(body) AS u FROM calls);
SQL
same "DuckDB reads the counts of mixed bodies" "$scratch/none" "$scratch/differences"
sums_of_calls | ask true
ask said <<SQL
SELECT $(each_count 'sum(u[%s])') FROM (SELECT tokusage(body) AS u FROM calls);
SQL
same "sums of DuckDB's are those of the truth" "$scratch/true" "$scratch/said"

ask nulls <<'SQL'
SELECT tokusage(NULL::VARCHAR) IS NULL, tokusage(body).verdict, tokusage(body).prompt_tokens
FROM (VALUES (NULL), (''), ('{"usage":{"prompt_tokens":3}}')) AS bodies (body);
SQL
printf 'true\t-\t-\ntrue\tmissing\t-\ntrue\tconsistent\t3\n' >"$scratch/expected"
same "NULL is NULL" "$scratch/expected" "$scratch/nulls"
