#!/bin/sh
# PostgreSQL with examples/sql/postgres.c, on a socket in a temporary folder.   postgres.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

unpack postgres postgresql-15 postgresql-client-15 postgresql-server-dev-15 libpq5
# Its server does not run as root, and the user that it runs as may not read the build folder: it gets copies.
chmod 755 "$scratch"
for folder in usr lib; do
    [ ! -d "$packages/postgres/$folder" ] || cp -r "$packages/postgres/$folder" "$scratch/$folder"
done
binaries=$scratch/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$(library_path "$scratch")
export LD_LIBRARY_PATH
as=
if [ "$(id -u)" -eq 0 ]; then
    has setpriv || skip "no setpriv here, and PostgreSQL does not run as root"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups'
    mkdir "$scratch/data"
    chown 65534:65534 "$scratch/data"
fi
! ldd "$binaries/postgres" "$binaries/psql" | grep 'not found' || skip "PostgreSQL's libraries are not here"

compile_host "$scratch/usr/lib/postgresql/15/lib/tokusage.so" "$project/examples/sql/postgres.c" -std=gnu11 \
    -isystem "$packages/postgres/usr/include/postgresql/15/server"
cp "$project"/examples/sql/tokusage.control "$project"/examples/sql/tokusage--0.3.sql \
    "$scratch/usr/share/postgresql/15/extension/"
chmod -R a+rX "$scratch/usr"

mkdir -p "$scratch/data"
$as "$binaries/initdb" -D "$scratch/data/db" -U tester -A trust -E UTF8 --locale=C --no-sync >"$scratch/init" 2>&1 ||
    fail "initdb: $(tail -n 5 "$scratch/init")"
$as "$binaries/postgres" -D "$scratch/data/db" -k "$scratch/data" -c listen_addresses= -c fsync=off -c jit=off \
    >"$scratch/server.log" 2>&1 &
running="$running $!"

# ask NAME <SQL: what psql prints goes to $scratch/NAME.
ask() {
    PGOPTIONS='-c statement_timeout=200s' timeout 300 "$binaries/psql" -X -q -A -t -F "$(printf '\t')" -v ON_ERROR_STOP=1 \
        -h "$scratch/data" -U tester postgres >"$scratch/$1" 2>&1 || fail "$1: $(tail -n 3 "$scratch/$1")"
}

starts() {
    (echo 'SELECT 1;' | ask started) >/dev/null
}

in_time starts || fail "PostgreSQL does not start: $(tail -n 5 "$scratch/server.log")"
echo 'CREATE EXTENSION tokusage;' | ask created

take_bodies
{
    echo 'BEGIN; CREATE TABLE bodies (name TEXT, body BYTEA);'
    "$built/hosts_judge" insert "decode('%s', 'hex')" "$scratch"/bodies/*
    echo 'COMMIT;'
} | ask made
# jsonb has an order of its own, so the counts are asked for by name.
judge_bodies counts
ask seen <<SQL
SELECT name, n, tokusage_verdict(body), coalesce(tokusage_model(body), '-'),
    $(each_count "coalesce(tokusage_count(body, %s)::text, '-')")
FROM (SELECT name, n, substr(body, 1, n) AS body FROM bodies, generate_series(0, length(body)) AS l (n)) AS beginnings;
SQL
same_lines "PostgreSQL reads each beginning of each body as the C library does"
judge_bodies whole
awk -F '\t' -v OFS='\t' '{ print $1, $5 }' "$scratch/judged" >"$scratch/json"
{
    echo 'CREATE TABLE said (name TEXT, usage JSONB);'
    printf '\\copy said FROM %s\n' "$scratch/json"
    echo "SELECT count(*), sum((coalesce(tokusage(body), '{}') = usage)::int) - count(*) FROM bodies JOIN said USING (name);"
} | ask seen
printf '%d\t0\n' "$(wc -l <"$scratch/json")" >"$scratch/expected"
same "its jsonb of whole bodies is that of the C library" "$scratch/expected" "$scratch/seen"

mixed_calls | ask made
ask differences <<SQL
SELECT $(count_differences 'tokusage_count(body, %s)') FROM calls;
SQL
same "PostgreSQL reads the counts of mixed bodies" "$scratch/none" "$scratch/differences"
sums_of_calls | ask true

# sum_is TYPE EXPRESSION [SQL]
sum_is() {
    {
        echo "${3:-}"
        echo "SELECT $(each_count "tokusage_count(jsonb_build_object('usage', sum), %s)") FROM (SELECT tokusage_sum($2) AS sum FROM calls) AS sums;"
    } | ask said
    same "tokusage_sum adds them: $1" "$scratch/true" "$scratch/said"
}

sum_is text body
sum_is bytea "convert_to(body, 'UTF8')"
ask said <<'SQL'
SELECT tokusage_sum(body::jsonb) = tokusage_sum(body) FROM calls WHERE body LIKE '{%' AND body NOT LIKE E'%\n%';
SQL
echo t >"$scratch/expected"
same "tokusage_sum adds them: jsonb" "$scratch/expected" "$scratch/said"

parallel='SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
    SET max_parallel_workers_per_gather = 2;'
echo "$parallel EXPLAIN (ANALYZE, TIMING OFF) SELECT tokusage_sum(body) FROM calls;" | ask plan
for sign in 'Workers Launched: 2' 'Partial Aggregate'; do
    grep -q "$sign" "$scratch/plan" || fail "the sum is not made by workers: $(cat "$scratch/plan")"
done
sum_is "text, two workers" body "$parallel"

ask prices <<'SQL'
SELECT tokusage_cost('{"usage":{"prompt_tokens":100,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":80}}}',
    '{"prompt_tokens":2500000,"completion_tokens":10000000,"cached_tokens":1250000}');
SELECT tokusage_cost('{}', '{"prompt_tokens":1}') IS NULL, tokusage(NULL::text) IS NULL,
    tokusage_model('\x7b226d6f64656c223a22ff227d'::bytea) IS NULL,
    (SELECT tokusage_sum(body) FROM calls WHERE false) IS NULL, (SELECT tokusage_sum(NULL::text)) IS NULL;
SQL
printf '250000000\nt\tt\tt\tt\tt\n' >"$scratch/expected"
same "PostgreSQL charges each token once, and NULL is NULL" "$scratch/expected" "$scratch/prices"

for wrong in "tokusage_count('{}', 'prompt')" "tokusage_cost('{}', '{\"prompt_tokens\":0.5}')" \
    "tokusage_sum(body) FROM (VALUES ('{\"usage\":{\"prompt_tokens\":9007199254740991}}'), ('{\"usage\":{\"prompt_tokens\":1}}')) AS b (body)"; do
    if (echo "SELECT $wrong;" | ask wrong) >"$scratch/refused"; then
        fail "PostgreSQL accepts $wrong"
    fi
    grep -q 'tokusage_.*: ' "$scratch/refused" || fail "$wrong: $(cat "$scratch/refused")"
done
echo "PostgreSQL refuses wrong names, prices and sums"
