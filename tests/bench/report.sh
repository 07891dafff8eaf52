#!/bin/sh
# How fast usage-report adds up a log, compared with jq, Python's json and a loop around cJSON. The script fails unless
# all give the same total. One core, the log in the page cache, run after run in turn, medians.
#
#     sh tests/bench/report.sh [MEGABYTES [RUNS]]        100 and 5, if not given; the project's aim is for about 1000
#
# The log is written to ${TMPDIR:-/tmp} and removed. Peers that are not installed are left out.
set -eu
LC_ALL=C
export LC_ALL

megabytes=${1:-100}
runs=${2:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/build/bench_report
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

begin_work
build "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BUILD_TESTS=OFF -DTOKUSAGE_BUILD_EXAMPLES=ON
report=$work/examples/usage-report
cc=${CC:-cc}
"$cc" -O2 "$root/tests/bench/report_log.c" -o "$scratch/report_log"
log=$scratch/log.jsonl
"$scratch/report_log" "$megabytes" >"$log"

# The times of different programs are compared, so all run on the same core, if the system can do that.
pin=
if command -v taskset >/dev/null 2>&1; then
    pin="taskset -c $(($(getconf _NPROCESSORS_ONLN) - 1))"
fi

peers="report report_by"
# shellcheck disable=SC2046
if pkg-config --exists libcjson 2>/dev/null &&
    "$cc" -O2 $(pkg-config --cflags libcjson) "$root/tests/bench/report_cjson.c" -o "$scratch/report_cjson" \
        $(pkg-config --libs libcjson); then
    peers="$peers cjson"
fi
! command -v python3 >/dev/null 2>&1 || peers="$peers python"
! command -v jq >/dev/null 2>&1 || peers="$peers jq"

words() {
    case $1 in
    report) echo "usage-report" ;;
    report_by) echo "usage-report --by /model" ;;
    cjson) echo "a loop around cJSON $(pkg-config --modversion libcjson)" ;;
    python) python3 -c 'import sys; print("Python", sys.version.split()[0], "json")' ;;
    jq) echo "$(jq --version): [inputs.usage.total_tokens] | add" ;;
    esac
}

# usage-report also checks and counts more than the total. The others do not.
total_of() {
    case $1 in
    report) $pin "$report" --format csv "$log" | awk -F, 'NR == 2 { print $10 }' ;;
    report_by) $pin "$report" --by /model --format csv "$log" | awk -F, 'NR > 1 { s += $10 } END { printf "%d\n", s }' ;;
    cjson) $pin "$scratch/report_cjson" "$log" ;;
    python)
        $pin python3 -c 'import json, sys
with open(sys.argv[1], "rb") as log:
    print(sum(json.loads(line)["usage"]["total_tokens"] for line in log))' "$log"
        ;;
    jq) $pin jq -n '[inputs.usage.total_tokens] | add' "$log" ;;
    esac
}

# cpu_seconds: the time that this shell's children have taken so far, user and system. `times` must not be in a pipe.
cpu_seconds() {
    times >"$scratch/times"
    awk 'NR == 2 { gsub(/s/, ""); for (i = 1; i <= 2; i++) { split($i, t, "m"); s += 60 * t[1] + t[2] } print s }' \
        "$scratch/times"
}

expected=$(total_of report)
cat "$log" >/dev/null
run=0
while [ "$run" -lt "$runs" ]; do
    for peer in $peers; do
        cpu_seconds >"$scratch/before"
        began=$(date +%s%N)
        total_of "$peer" >"$scratch/seen"
        ended=$(date +%s%N)
        cpu_seconds >"$scratch/after"
        seen=$(cat "$scratch/seen")
        [ "$seen" = "$expected" ] || stop "$peer adds up to $seen, usage-report to $expected"
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
echo "$bytes bytes, $lines responses, total_tokens $expected from each; medians of $runs runs on one core"
sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | sed 1q
"$cc" --version | sed 1q
echo "CPU seconds: the time of the program alone. Seconds: with the time that other programs took from it."
echo
echo "| program | seconds | CPU seconds | GB per CPU second | usage-report takes |"
echo "| --- | ---: | ---: | ---: | ---: |"
for peer in $peers; do
    awk -v words="$(words "$peer")" -v ns="$(median "$scratch/$peer.wall")" -v cpu="$(median "$scratch/$peer.cpu")" \
        -v base="$base" -v bytes="$bytes" 'BEGIN {
            cpu = cpu > 0 ? cpu : 0.01
            printf "| %s | %.2f | %.2f | %.2f | 1/%.1f |\n", words, ns / 1e9, cpu, bytes / cpu / 1e9, cpu / base }'
done
