#!/bin/sh
# SQLite with examples/sql/sqlite.c.   sqlite.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

unpack sqlite sqlite3 libsqlite3-0 libsqlite3-dev
LD_LIBRARY_PATH=$(library_path "$packages/sqlite")
export LD_LIBRARY_PATH
sqlite="timeout 200 $packages/sqlite/usr/bin/sqlite3 -batch -bail"
extension=$scratch/tokusage.so
compile_host "$extension" "$project/examples/sql/sqlite.c" -I"$packages/sqlite/usr/include"

# ask NAME <SQL: what SQLite prints goes to $scratch/NAME.
ask() {
    { printf '.load %s\n.mode tabs\n' "$extension" && cat; } | $sqlite "$scratch/database" >"$scratch/$1" 2>&1 ||
        fail "$1: $(tail -n 3 "$scratch/$1")"
}

take_bodies
judge_bodies lines
{
    echo 'BEGIN; CREATE TABLE bodies (name, body);'
    "$built/hosts_judge" insert "X'%s'" "$scratch"/bodies/*
    echo 'COMMIT;'
} | ask made
ask seen <<'SQL'
WITH RECURSIVE lengths (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM lengths WHERE n < (SELECT max(length(body)) FROM bodies)),
    beginnings AS (SELECT name, n, coalesce(substr(body, 1, n), X'') AS body FROM bodies JOIN lengths ON n <= length(body))
SELECT name, n, tokusage_verdict(body), coalesce(tokusage_model(body), '-'), coalesce(tokusage(body), '{}') FROM beginnings;
SQL
same_lines "SQLite reads each beginning of each body as the C library does"

mixed_calls | ask made
ask differences <<SQL
SELECT $(count_differences 'tokusage_count(body, %s)') FROM calls;
SQL
same "SQLite reads the counts of mixed bodies" "$scratch/none" "$scratch/differences"
sums_of_calls | ask true
ask said <<SQL
CREATE TABLE sums AS SELECT tokusage_sum(body) AS usage FROM calls;
SELECT $(each_count 'tokusage_count(usage_body, %s)') FROM (SELECT '{"usage":' || usage || '}' AS usage_body FROM sums);
SQL
same "tokusage_sum adds them" "$scratch/true" "$scratch/said"

ask others <<'SQL'
SELECT sum(json_extract(body, '$.usage.prompt_tokens')), sum(tokusage_count(body, 'prompt_tokens'))
FROM (SELECT CASE WHEN json_valid(body) THEN body ELSE '{}' END AS body FROM calls);
SELECT sum(prompt_tokens) FROM calls;
SQL
echo "prompt tokens that json_extract finds, that tokusage finds in the same valid JSON, and all: $(tr '\n\t' '  ' <"$scratch/others")"

ask prices <<'SQL'
SELECT tokusage_cost('{"usage":{"prompt_tokens":100,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":80}}}',
    '{"prompt_tokens":2500000,"completion_tokens":10000000,"cached_tokens":1250000}');
SELECT tokusage_cost('{}', '{"prompt_tokens":1}') IS NULL, tokusage(NULL) IS NULL, tokusage_verdict(NULL) IS NULL,
    tokusage_count(NULL, 'prompt_tokens') IS NULL, tokusage_model('') IS NULL, (SELECT tokusage_sum(body) FROM calls WHERE 0) IS NULL;
SQL
printf '250000000\n1\t1\t1\t1\t1\t1\n' >"$scratch/expected"
same "SQLite charges each token once, and NULL is NULL" "$scratch/expected" "$scratch/prices"

for wrong in "tokusage_count('{}', 'prompt')" "tokusage_cost('{}', '{\"prompt_tokens\":0.5}')" "tokusage_cost('{}', NULL)" \
    "tokusage_sum(body) FROM (SELECT '{\"usage\":{\"prompt_tokens\":9007199254740991}}' AS body UNION ALL SELECT '{\"usage\":{\"prompt_tokens\":1}}')"; do
    if (echo "SELECT $wrong;" | ask wrong) >"$scratch/refused"; then
        fail "SQLite accepts $wrong"
    fi
    grep -q tokusage_ "$scratch/refused" || fail "$wrong: $(cat "$scratch/refused")"
done
echo "SQLite refuses wrong names, prices and sums"
