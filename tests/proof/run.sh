#!/bin/sh
# sh tests/proof/run.sh [quick|all|NAME...]: proves with Frama-C's Eva that no bytes whatever make the library read or write
# out of bounds, overflow a signed integer, or do anything else that C leaves undefined, in the parts that handle raw bytes
# and counts (the portable code, without wide registers). A harness for each source file says what is unknown. The scanner
# from any state takes long, and is a proof for each of four pointers, scan.0 to scan.3; `quick` has it only behind a stream
# and json. Ends in a table; fails unless there are no alarms at all. No alarm is switched off.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/proof}
# shellcheck source=tests/common.sh
. "$root/tests/common.sh"

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
    began=$(date +%s)
    # The options are a list of words.
    # shellcheck disable=SC2086
    frama-c -machdep gcc_x86_64 \
        -cpp-extra-args="-I$root/include -I$root/src -I$root/tests/proof -I$work -include $root/tests/proof/c11.h -DTOKUSAGE_PORTABLE -DPOINTER=${name#*.}" \
        -eva -eva-slevel 50000 $options -eva-no-show-progress -eva-msg-key=-initial-state,-final-states \
        "$root/tests/proof/${name%.*}.c" "$@" "$(frama-c -print-share-path)/libc/string.c" >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        stop "Frama-C failed on tests/proof/${name%.*}.c"
    }
    grep -q 'ANALYSIS SUMMARY' "$log" || stop "Frama-C said nothing about tests/proof/${name%.*}.c"
    alarms=$(grep -c '^\[eva:alarm\]' "$log" || true)
    printf '%-8s %6d alarms %6d s\n' "$name" "$alarms" "$(($(date +%s) - began))" >"$work/$name.line"
    grep -A 2 '^\[eva:alarm\]' "$log" >>"$work/$name.line" || true
}

# Every case is followed by itself; where one ends (a call in main), what it led to is forgotten, or all would multiply.
apart="-eva-split-return full"
cases="$apart -eva-slevel-function main:0"
# Functions that return nothing would have their cases mixed where they end, so they are read as part of their callers.
inline=match_byte,match_code_point,match_escape,end_name,end_string,read_string,begin_name,at_name_end
scanner="-eva-slevel 10000 -eva-domains equality -eva-split-return-function read_token:full -inline-calls $inline"

prove() {
    case $1 in
    usage) analyse usage "$apart" usage error chars ;;
    sse) analyse sse "$apart" chars ;;
    skip) analyse skip "$apart" skip chars ;;
    object) analyse object "$apart" object number usage error chars ;;
    scan.*) analyse "$1" "$scanner" chars ;;
    hold) analyse hold "$cases" usage error chars ;;
    stream) analyse stream "$cases" stream sse skip scan usage error chars ;;
    json) analyse json "$cases" json object number scan usage error chars ;;
    *) stop "there is no proof of $1" ;;
    esac
}

if [ "${1:-}" = one ]; then
    prove "$2"
    exit
fi

case ${1:-all} in
all) set -- scan.3 scan.2 scan.1 scan.0 stream hold json object skip sse usage ;;
quick) set -- stream hold json object skip sse usage ;;
esac
begin_work
need pkg_config cjson
command -v frama-c >/dev/null 2>&1 || install_packages frama-c-base
command -v frama-c >/dev/null 2>&1 || stop "please install Frama-C (Debian: frama-c-base)"
# Of cJSON only the header.
cp "$(pkg-config --variable=includedir libcjson)/cjson/cJSON.h" "$work/cJSON.h"
rm -f "$work"/*.line
status=0
printf '%s\n' "$@" | xargs -n 1 -P "$(processors)" sh "$0" one || status=1
for name in "$@"; do
    cat "$work/$name.line" || status=1
done
! grep -q '^\[eva:alarm\]' "$work"/*.line || status=1
exit "$status"
