#!/bin/sh
# sh tests/bench/ratios.sh: whether the library has become slower than others in the same run: the search for a usage
# against memchr from line end to line end, whole bodies and single usage objects against cJSON. Prints the ratios, and fails
# where one of them stays below its limit in three runs. The limits are about two thirds of what was measured.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
work=$project/build/ratios
# shellcheck source=tests/checks/common.sh
. "$project/tests/checks/common.sh"

begin_work
need cc cxx make cmake pkg_config -- cjson
quietly cmake -S "$project/tests/bench" -B "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BENCH_PEERS=OFF
quietly cmake --build "$work" -j "$(processors)" --target bench

# A row, the peer, and how many times the library's time the peer takes at least: with AVX2, without, and portable.
limits() {
    cat <<'LIMITS'
null/whole/lf,memchr lines,0.60,0.42,0.045
bodies,cJSON,4.2,4.2,2.5
decode/three,cJSON,2.9,2.9,2.3
LIMITS
}

# compare: holds the results of one run against the limits.
compare() {
    limits | awk -F, '
        FNR == NR { limit[$1, $2, "AVX2"] = $3; limit[$1, $2, "without AVX2"] = $4; limit[$1, $2, "portable"] = $5; limits++ }
        FNR < NR && /^# the library.s search: / { way = $0; sub(/.*: /, "", way); print "the search: " way }
        FNR < NR && ($1, $3, way) in limit {
            least = limit[$1, $3, way]
            printf "%-14s %-13s takes %5.2f times as long, at least %.2f%s\n", $1, $3, $8, least, $8 < least ? ": SLOWER" : ""
            slower += $8 < least
            seen++
        }
        END { exit slower > 0 || seen != limits }' - "$work/results.csv"
}

for run in 1 2 3; do
    quietly "$work/bench" --row null/whole/lf --row bodies --row decode/three --seconds 1.5 --out "$work"
    if compare; then
        exit
    fi
    echo "below a limit in run $run"
done
exit 1
