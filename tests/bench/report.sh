#!/bin/sh
# How fast usage-report adds up a log by model, against the shortest loops around yyjson and cJSON, DuckDB, jq and Python's
# json: the same rows from each, or the script fails. One core, the log in the page cache, run after run in turn, medians.
#
#     sh tests/bench/report.sh [MEGABYTES [RUNS]]        200 and 5
#
# yyjson is found by pkg-config, or in the folder TOKUSAGE_YYJSON_DIR (yyjson.h and yyjson.c); DuckDB is npm's
# @duckdb/node-api, found in NODE_PATH. The log is written to ${TMPDIR:-/tmp} and removed. Peers that are not installed are left out.
set -eu
LC_ALL=C
export LC_ALL

megabytes=${1:-200}
runs=${2:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/build/bench_report
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

begin_work
build "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BUILD_TESTS=OFF -DTOKUSAGE_BUILD_EXAMPLES=ON
report=$work/usage-report
cc=${CC:-cc}
bench=$root/tests/bench
"$cc" -O2 "$bench/report_log.c" -o "$scratch/report_log"
log=$scratch/log.jsonl
"$scratch/report_log" "$megabytes" >"$log"

# The numbers of two runs at a time are compared, so all of them get the same core, if the system can do that.
pin=
if command -v taskset >/dev/null 2>&1; then
    pin="taskset -c $(($(getconf _NPROCESSORS_ONLN) - 1))"
fi

# Release is -O3, for the loops as for usage-report.
peers=report
if [ -n "${TOKUSAGE_YYJSON_DIR:-}" ]; then
    "$cc" -O3 -I "$TOKUSAGE_YYJSON_DIR" "$bench/report_yyjson.c" "$TOKUSAGE_YYJSON_DIR/yyjson.c" -o "$scratch/report_yyjson"
    peers="$peers yyjson"
elif pkg-config --exists yyjson 2>/dev/null; then
    # shellcheck disable=SC2046
    "$cc" -O3 $(pkg-config --cflags yyjson) "$bench/report_yyjson.c" -o "$scratch/report_yyjson" $(pkg-config --libs yyjson)
    peers="$peers yyjson"
fi
# shellcheck disable=SC2046
if pkg-config --exists libcjson 2>/dev/null &&
    "$cc" -O3 $(pkg-config --cflags libcjson) "$bench/report_cjson.c" -o "$scratch/report_cjson" \
        $(pkg-config --libs libcjson); then
    peers="$peers cjson"
fi
! node -e 'require("@duckdb/node-api")' >/dev/null 2>&1 || peers="$peers duckdb"
! command -v jq >/dev/null 2>&1 || peers="$peers jq"
! command -v python3 >/dev/null 2>&1 || peers="$peers python"

words() {
    case $1 in
    report) echo "usage-report" ;;
    yyjson) echo "a loop of getline and yyjson" ;;
    cjson) echo "a loop of getline and cJSON $(pkg-config --modversion libcjson)" ;;
    duckdb) echo "DuckDB $(node -e 'console.log(require("@duckdb/node-api").version())'), columns given, one thread" ;;
    jq) jq --version ;;
    python) python3 -c 'import sys; print("Python", sys.version.split()[0], "json")' ;;
    esac
}

# MODEL PROMPT COMPLETION TOTAL, a line each. What usage-report checks and counts beyond that, nobody else does.
rows_of() {
    case $1 in
    report) $pin "$report" --format csv "$log" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { print $1, $at["prompt_tokens"], $at["completion_tokens"], $at["total_tokens"] }' ;;
    yyjson) $pin "$scratch/report_yyjson" "$log" ;;
    cjson) $pin "$scratch/report_cjson" "$log" ;;
    duckdb) $pin node "$bench/report_duckdb.js" "$log" ;;
    jq)
        # shellcheck disable=SC2016
        $pin jq -n -r 'reduce inputs as $r ({}; .[$r.model] |= [.[0] + $r.usage.prompt_tokens,
            .[1] + $r.usage.completion_tokens, .[2] + $r.usage.total_tokens])
            | to_entries[] | "\(.key) \(.value[0]) \(.value[1]) \(.value[2])"' "$log"
        ;;
    python)
        $pin python3 -c 'import json, sys
rows = {}
with open(sys.argv[1], "rb") as log:
    for line in log:
        body = json.loads(line)
        row = rows.setdefault(body["model"], [0, 0, 0])
        for i, name in enumerate(("prompt_tokens", "completion_tokens", "total_tokens")):
            row[i] += body["usage"][name]
for model, row in rows.items():
    print(model, *row)' "$log"
        ;;
    esac | sort
}

# cpu_seconds: what this shell's children have taken so far, user and system. `times` must not be in a pipe.
cpu_seconds() {
    times >"$scratch/times"
    awk 'NR == 2 { gsub(/s/, ""); for (i = 1; i <= 2; i++) { split($i, t, "m"); s += 60 * t[1] + t[2] } print s }' \
        "$scratch/times"
}

rows_of report >"$scratch/expected"
cat "$log" >/dev/null
run=0
while [ "$run" -lt "$runs" ]; do
    for peer in $peers; do
        cpu_seconds >"$scratch/before"
        began=$(date +%s%N)
        rows_of "$peer" >"$scratch/seen"
        ended=$(date +%s%N)
        cpu_seconds >"$scratch/after"
        cmp -s "$scratch/seen" "$scratch/expected" || stop "$peer adds up to something else than usage-report"
        echo $((ended - began)) >>"$scratch/$peer.wall"
        paste "$scratch/before" "$scratch/after" | awk '{ print $2 - $1 }' >>"$scratch/$peer.cpu"
    done
    run=$((run + 1))
done

median() {
    sort -n "$1" | awk '{ t[NR] = $1 } END { print (t[int((NR + 1) / 2)] + t[int((NR + 2) / 2)]) / 2 }'
}

bytes=$(wc -c <"$log")
lines=$(wc -l <"$log")
base=$(median "$scratch/report.cpu")
echo "$bytes bytes, $lines responses, $(wc -l <"$scratch/expected") models, the same sums from each; medians of $runs runs on one core"
sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | sed 1q
"$cc" --version | sed 1q
echo "CPU seconds are what the program takes; seconds are also what others on the machine took from it."
echo
echo "| program | seconds | CPU seconds | GB per CPU second | CPU, usage-report = 1 |"
echo "| --- | ---: | ---: | ---: | ---: |"
for peer in $peers; do
    awk -v words="$(words "$peer")" -v ns="$(median "$scratch/$peer.wall")" -v cpu="$(median "$scratch/$peer.cpu")" \
        -v base="$base" -v bytes="$bytes" 'BEGIN {
            cpu = cpu > 0 ? cpu : 0.01
            printf "| %s | %.2f | %.2f | %.2f | %.2f |\n", words, ns / 1e9, cpu, bytes / cpu / 1e9, cpu / base }'
done

# Transcripts of Claude Code: each answer has three lines with one id, the last of which is whole. ccusage reads the same.
command -v ccusage >/dev/null 2>&1 || exit 0
mkdir -p "$scratch/claude/projects/one"
awk -v megabytes="$megabytes" 'BEGIN {
    for (i = 0; bytes < megabytes * 1000000; i++) for (k = 1; k <= 3; k++) {
        line = sprintf("{\"type\":\"assistant\",\"sessionId\":\"s-%d\",\"requestId\":\"r-%d\",\"uuid\":\"u-%d-%d\",\"timestamp\":\"2026-05-%02dT08:%02d:%02d.000Z\",\"version\":\"2.0.0\"," \
            "\"message\":{\"id\":\"m-%d\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4-5-20250929\",\"content\":[{\"type\":\"text\",\"text\":\"%0900d\"}]," \
            "\"usage\":{\"input_tokens\":%d,\"cache_creation_input_tokens\":300,\"cache_read_input_tokens\":20000,\"output_tokens\":%d}}}",
            i / 100, i, i, k, i % 28 + 1, i % 60, k, i, i, i % 9, k < 3 ? k : 200 + i % 800)
        print line
        bytes += length(line) + 1
    }
}' >"$scratch/claude/projects/one/log.jsonl"
echo
echo "| Claude Code, $(wc -c <"$scratch/claude/projects/one/log.jsonl") bytes | CPU seconds | fresh input | output | read from the cache |"
echo "| --- | ---: | ---: | ---: | ---: |"
cpu_seconds >"$scratch/before"
sums=$($pin "$report" --by none --format csv "$scratch/claude" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { printf "%.0f | %.0f | %.0f", $at["prompt_tokens"] - $at["cached_tokens"] - $at["cache_write_tokens"], $at["completion_tokens"], $at["cached_tokens"] }')
cpu_seconds >"$scratch/after"
echo "| usage-report | $(paste "$scratch/before" "$scratch/after" | awk '{ printf "%.2f", $2 - $1 }') | $sums |"
cpu_seconds >"$scratch/before"
sums=$(CLAUDE_CONFIG_DIR=$scratch/claude $pin ccusage daily --json --offline --timezone UTC | tr -d ' ",' |
    awk -F: '/totals/ { in_totals = 1 } in_totals && NF == 2 { sum[$1] = $2 }
        END { printf "%.0f | %.0f | %.0f", sum["inputTokens"], sum["outputTokens"], sum["cacheReadTokens"] }')
cpu_seconds >"$scratch/after"
echo "| ccusage | $(paste "$scratch/before" "$scratch/after" | awk '{ printf "%.2f", $2 - $1 }') | $sums |"
