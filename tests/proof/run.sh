#!/bin/sh
# sh tests/proof/run.sh [quick|all|NAME...]: proves with Frama-C's Eva that no bytes whatever make the library read or write
# out of bounds, overflow a signed integer, or do anything else that C leaves undefined, in the parts that handle raw bytes
# and counts (the portable code, without wide registers). Each harness says what is unknown: usage, fields, events and
# frames begin with any state; search, json, whole and stream read bytes of which some are any bytes, and cuts has them
# cut anywhere. Ends in a table; fails unless there are no alarms at all. No alarm is switched off. `quick` leaves out
# cuts, whole and stream, which take some minutes.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/proof}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

# analyse NAME OPTIONS SOURCE...: the analysis of one harness; what it found becomes a line of the table.
analyse() {
    name=$1
    options=$2
    shift 2
    for file in "$@"; do
        set -- "$@" "$root/src/$file.c"
        shift
    done
    log=$work/$name.log
    libc=$(frama-c -print-share-path)/libc/string.c
    began=$(date +%s)
    # The options are a list of words.
    # shellcheck disable=SC2086
    frama-c -machdep gcc_x86_64 \
        -cpp-extra-args="-I$root/include -I$root/src -I$root/tests/proof -include $root/tests/proof/c11.h -DTOKUSAGE_PORTABLE" \
        -cpp-extra-args-per-file="$libc:-DPROOF_LIBC" -eva -eva-slevel 50000 $options -eva-no-show-progress -eva-msg-key=-initial-state,-final-states \
        "$root/tests/proof/$name.c" "$@" "$libc" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        stop "Frama-C failed on tests/proof/$name.c"
    }
    grep -q 'ANALYSIS SUMMARY' "$log" || stop "Frama-C said nothing about tests/proof/$name.c"
    alarms=$(grep -c '^\[eva:alarm\]' "$log" || true)
    printf '%-8s %6d alarms %6d s\n' "$name" "$alarms" "$(($(date +%s) - began))" >"$work/$name.line"
    grep -A 2 '^\[eva:alarm\]' "$log" >>"$work/$name.line" || true
}

# Every case is followed by itself; where one ends (a call in main), what it led to is forgotten, or all would multiply.
apart="-eva-split-return full"
cases="$apart -eva-slevel-function main:0,every_way:0 -eva-ilevel 128"
# Which row of the table a name has is followed apart; which counts are present is not, or all would multiply.
rows="-eva-split-return-function tokusage_name_of:full -eva-ilevel 256 -eva-auto-loop-unroll 30 -eva-slevel 500
    -eva-slevel-function main:0,note_keys:1000,tokusage_check_range:0"
reading="reader json document pointer fields names usage counts error"

prove() {
    # The sources are a list of words.
    # shellcheck disable=SC2086
    case $1 in
    usage) analyse usage "$apart" whole $reading ;;
    fields) analyse fields "$rows" names usage counts error ;;
    events) analyse events "$apart" ;;
    frames) analyse frames "$apart -eva-slevel-function digit:0,strchr:0,checksum:0" ;;
    search) analyse search "$apart" search ;;
    json) analyse json "$cases" $reading ;;
    cuts) analyse cuts "$cases" $reading ;;
    whole) analyse whole "$cases" whole $reading ;;
    stream) analyse stream "$cases" stream events frames search whole $reading ;;
    *) stop "there is no proof of $1" ;;
    esac
}

if [ "${1:-}" = one ]; then
    prove "$2"
    exit
fi

case ${1:-all} in
all) set -- stream cuts json whole search fields frames events usage ;;
quick) set -- json search usage fields frames events ;;
esac
begin_work
command -v frama-c >/dev/null 2>&1 || install_packages frama-c-base
command -v frama-c >/dev/null 2>&1 || stop "please install Frama-C (Debian: frama-c-base)"
rm -f "$work"/*.line
status=0
printf '%s\n' "$@" | xargs -n 1 -P "$(processors)" sh "$0" one || status=1
for name in "$@"; do
    cat "$work/$name.line" || status=1
done
! grep -q '^\[eva:alarm\]' "$work"/*.line || status=1
exit "$status"
