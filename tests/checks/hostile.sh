#!/bin/sh
# sh tests/checks/hostile.sh: what the worst bodies known cost, in instructions a byte, as valgrind counts them: whole, in
# chunks of 1,400 bytes, and byte by byte. Ends in a table: those of the bodies of examples/data first, which are usual.
# Fails when a body costs more than 12 times the usual in chunks of the same size, or when its cost grows: with its length
# (16 KiB and 64), or with the depth (1 to 1,000 levels), by more than 5 percent.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/hostile}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

begin_work
need cc pkg_config cmocka
command -v valgrind >/dev/null 2>&1 || install_packages valgrind
command -v valgrind >/dev/null 2>&1 || stop "please install valgrind"
rm -f "$work"/counted*
unit="$root/tests/unit/body.c $root/tests/unit/notation.c $root/tests/unit/support.c $root/tests/unit/table.c"
# Paths are words here: one with a space would be two.
# shellcheck disable=SC2046,SC2086
(cd "$root" && "${CC:-cc}" -std=c11 -O2 -g "-DTOKUSAGE_TEST_DATA=\"$root/tests/data\"" -Iinclude -Itests/unit \
    tests/checks/hostile.c $unit $(find src -name '*.c' ! -name cjson.c) $(pkg-config --cflags --libs cmocka) -o "$work/hostile")
(cd "$root/examples/data" && valgrind --tool=callgrind --toggle-collect=measured --dump-after=measured \
    --callgrind-out-file="$work/counted" "$work/hostile" ./*.json ./*.jsonl ./*.sse ./*.bin) >"$work/bodies.tsv" 2>"$work/valgrind.log" || {
    tail -n 20 "$work/valgrind.log" >&2
    stop "the bodies could not be counted"
}
# The n-th body is the n-th dump. Their names have no spaces.
# shellcheck disable=SC2046
awk '/^totals:/ { print $2 }' $(find "$work" -name 'counted.*' | sort -t . -k 2 -n) >"$work/counts"
paste "$work/bodies.tsv" "$work/counts" | awk -F '\t' '
    function a_byte(name, chunk) { return cost[name, chunk] / bytes[name, chunk] }
    function check(bad, words) { if (bad) { print "FAILED: " words; failed = 1 } }
    $1 == "usual" { cost["usual", $3] += $4; bytes["usual", $3] += $2; next }
    {
        if (!($1 in seen)) { seen[$1]; names[++count] = $1 }
        if (($1, $3) in cost) {
            grown = $4 / $2 / a_byte($1, $3)
            most_grown = grown > most_grown ? grown : most_grown
            check(grown > 1.05, sprintf("%s costs %.2f times as much a byte when it is longer", $1, grown))
        }
        cost[$1, $3] = $4
        bytes[$1, $3] = $2
    }
    END {
        printf "%-42s %8s %8s %8s   %s\n", "instructions a byte", "whole", "1,400", "1 byte", "times the usual"
        names[0] = "usual"
        for (i = 0; i <= count; i++) {
            name = names[i]
            printf "%-42s %8.1f %8.1f %8.1f  ", name, a_byte(name, 0), a_byte(name, 1), a_byte(name, 2)
            for (c = 0; c < 3; c++) {
                times = a_byte(name, c) / a_byte("usual", c)
                printf " %5.1f", times
                most = times > most ? times : most
                check(times > 12, sprintf("%s costs %.1f times the usual", name, times))
                shallow = name; deep = sub(/ [0-9]* deep$/, " 10 deep", shallow)
                if (deep && name !~ / 1 deep$/) {
                    check(a_byte(name, c) > 1.05 * a_byte(shallow, c), name " cost more a byte than 10 deep")
                }
            }
            print ""
        }
        printf "at most %.1f times the usual (limit 12); longer bodies cost at most %.3f times as much a byte\n", most, most_grown
        exit failed || count < 50
    }'
