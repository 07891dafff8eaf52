#!/bin/sh
# sh tests/proof/run.sh [quick|all]: proves with Frama-C's Eva that no bytes whatever make the library read or write out of
# bounds, overflow a signed integer, or do anything else that C leaves undefined, in the parts that handle raw bytes and
# counts (the portable code, without wide registers). A harness for each source file says what is unknown. `quick` leaves out
# most states of the scanner. Ends in a table; fails unless there are no alarms at all. No alarm is switched off.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/proof}
# shellcheck source=tests/common.sh
. "$root/tests/common.sh"

extent=${1:-all}
begin_work
command -v frama-c >/dev/null 2>&1 || install_packages frama-c-base
command -v frama-c >/dev/null 2>&1 || stop "please install Frama-C (Debian: frama-c-base)"
libc=$(frama-c -print-share-path)/libc

alarms=0

# prove HARNESS PIECE DEFINES EVA-OPTIONS SOURCE...: the analysis of one harness; an alarm is a line of the table.
prove() {
    harness=$1
    piece=$2
    defines=$3
    options=$4
    shift 4
    log="$work/$harness$(echo "$defines" | tr -cd 0-9_).log"
    began=$(date +%s)
    for file in "$@"; do
        set -- "$@" "$root/src/$file.c"
        shift
    done
    # The options and definitions are lists of words.
    # shellcheck disable=SC2086
    frama-c -machdep gcc_x86_64 \
        -cpp-extra-args="-I$root/include -I$root/src -I$root/tests/proof -include $root/tests/proof/c11.h -DTOKUSAGE_PORTABLE -DPIECE=$piece $defines" \
        -eva $options -eva-no-show-progress -eva-msg-key=-initial-state,-final-states \
        "$root/tests/proof/$harness.c" "$@" "$libc/string.c" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        stop "Frama-C failed on tests/proof/$harness.c"
    }
    grep -q 'ANALYSIS SUMMARY' "$log" || stop "Frama-C said nothing about tests/proof/$harness.c"
    found=$(grep -c '^\[eva:alarm\]' "$log" || true)
    alarms=$((alarms + found))
    printf '%-8s %-34s %6d alarms %6d s\n' "$harness" "$defines" "$found" "$(($(date +%s) - began))"
    [ "$found" -eq 0 ] || grep -A 1 '^\[eva:alarm\]' "$log"
}

apart="-eva-slevel 50000 -eva-split-return full"
prove usage 2 "" "$apart" usage error chars
prove sse 3 "" "$apart" chars
prove skip 4 "" "$apart" skip chars
prove object 2 "" "$apart" object number usage error chars

# Functions that return nothing would have their cases mixed where they end, so they are read as part of their callers.
inline=match_byte,match_code_point,match_escape,end_name,end_string,read_string,begin_name,at_name_end
scanner="-eva-slevel 10000 -eva-domains equality -eva-split-return-function read_token:full -inline-calls $inline"
pointers="0 1 2 3"
[ "$extent" = all ] || pointers=1
for pointer in $pointers; do
    prove scan 2 "-DPOINTER=$pointer" "$scanner" chars
done
[ "$alarms" -eq 0 ]
