#!/bin/sh
# sh tests/checks/stack.sh [COMPILER FLAG...]: how much stack each public function takes at most, and which functions
# take memory from the heap. It counts the functions of the library, not those of cJSON and the C library, by the frames
# and the call graph that gcc writes, or of clang by its assembly. Fails above a limit (on x86-64: extract and decode 1,536 bytes, feed 768), at a
# frame without a fixed size, at a call through a pointer, at recursion, and when a function other than to_cjson and
# update_cjson reaches the heap. Without arguments: gcc -O2 for this machine, and arm-none-eabi-gcc -Os for a Cortex-M4
# if it is installed.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/stack}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

begin_work
need pkg_config cjson

# measure COMPILER FLAG...
measure() {
    echo "$*"
    compiler=$1
    shift
    rm -f "$work"/*.ci "$work"/*.o
    cp "$(pkg-config --variable=includedir libcjson)/cjson/cJSON.h" "$work/cJSON.h"
    for file in "$root"/src/*.c; do
        name=$(basename "$file" .c)
        case $compiler in
        *clang*)
            : >"$work/$name.su"
            (cd "$work" && "$compiler" -std=c11 "$@" -fstack-usage -I"$root/include" -I"$work" -S "$file" -o "$name.s")
            awk -v file="$name" -f "$root/tests/checks/stack_clang.awk" "$work/$name.su" "$work/$name.s" >"$work/$name.ci"
            ;;
        *)
            (cd "$work" && "$compiler" -std=c11 "$@" -fcallgraph-info=su -I"$root/include" -I"$work" -c "$file" -o "$name.o")
            ;;
        esac
    done
    limited=
    [ "$("$compiler" -dumpmachine | cut -d - -f 1)" != x86_64 ] || limited=1
    awk -v limited="$limited" -f "$root/tests/checks/stack.awk" "$root/include/tokusage.h" "$work"/*.ci
}

if [ $# -gt 0 ]; then
    measure "$@"
    exit
fi
need cc
status=0
measure gcc -O2 || status=1
if command -v arm-none-eabi-gcc >/dev/null 2>&1; then
    echo
    measure arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os || status=1
fi
exit "$status"
