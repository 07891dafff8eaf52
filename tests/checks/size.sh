#!/bin/sh
# sh tests/checks/size.sh: how much room the library takes in firmware. Compiles its sources for size (-Os), and prints a
# table: for each compiler and machine the bytes of flash (code and constants) of all sources except cjson.c, the RAM
# (writable data; all else is the caller's), and the stack of a chunk, a verdict and a document. Then, of the
# Cortex-M4, each file, each large function and table, and which functions of others a file needs. Fails when the flash of
# gcc on the Cortex-M4 is above the limit, and at one byte of writable data. A compiler that is missing is left out, except
# gcc for Arm: that is installed.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/size}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

limit=17500
begin_work
has_arm() {
    echo '#include <string.h>
int main(void) { return (int)strlen(""); }' >"$work/probe.c"
    arm-none-eabi-gcc -c "$work/probe.c" -o "$work/probe.o" >/dev/null 2>&1
}
has_arm || install_packages gcc-arm-none-eabi libnewlib-arm-none-eabi
has_arm || stop "please install gcc for bare Arm and newlib (Debian: gcc-arm-none-eabi, libnewlib-arm-none-eabi)"

# The headers of newlib serve every compiler: what is used of them is the same on every machine.
newlib=$(echo '#include <string.h>' | arm-none-eabi-gcc -E - | sed -n 's,^# 1 "\(.*\)/string\.h".*,\1,p' | head -n 1)

# sections OBJECT: prints its bytes of code, constants and writable data, by the flags of its sections.
sections() {
    arm-none-eabi-readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk '
        function hex(digits, i, value) {
            for (i = 1; i <= length(digits); i++) {
                value = value * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
            }
            return value
        }
        $2 != "PROGBITS" && $2 != "NOBITS" && $2 !~ /EXIDX/ { next }
        $7 ~ /A/ && $7 ~ /W/ { data += hex($5); next }
        $7 ~ /A/ && $7 ~ /X/ { code += hex($5); next }
        $7 ~ /A/ { constants += hex($5) }
        END { print code + 0, constants + 0, data + 0 }'
}

# stack_of FUNCTION: from the output of stack.sh
stack_of() {
    awk -v name="$1" '$1 == name { print $2 }' "$work/stack.txt"
}

# row NAME COMPILER FLAG...: compiles into $work/NAME, and prints a line of the table.
row() {
    name=$1
    compiler=$2
    shift 2
    command -v "$compiler" >/dev/null 2>&1 || return 0
    mkdir -p "$work/$name"
    rm -f "$work/$name"/*
    for file in "$root"/src/*.c; do
        [ "$file" != "$root/src/cjson.c" ] || continue
        # shellcheck disable=SC2086
        "$compiler" -std=c11 -Os -fno-asynchronous-unwind-tables "$@" -Wall -Wextra -Werror \
            -I "$root/include" -c "$file" -o "$work/$name/$(basename "$file" .c).o"
    done
    sh "$root/tests/checks/stack.sh" "$compiler" -Os "$@" >"$work/stack.txt" || {
        cat "$work/stack.txt" >&2
        stop "stack.sh failed for $name"
    }
    for object in "$work/$name"/*.o; do
        sections "$object"
    done | awk -v name="$name" -v feed="$(stack_of tokusage_stream_feed)" -v verdict="$(stack_of tokusage_stream_verdict)" \
        -v extract="$(stack_of tokusage_extract)" '
        { flash += $1 + $2; ram += $3 }
        END { printf "%-16s %6d %4d %6d %8d %8d\n", name, flash, ram, feed, verdict, extract }'
}

{
    row gcc-cortex-m4 arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb
    row gcc-cortex-m0 arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb
    row gcc-rv32imc riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32 -isystem "$newlib"
    row clang-cortex-m4 clang --target=thumbv7em-none-eabi -mcpu=cortex-m4 -isystem "$newlib"
    row clang-cortex-m0 clang --target=thumbv6m-none-eabi -mcpu=cortex-m0 -isystem "$newlib"
    row clang-rv32imc clang --target=riscv32-none-elf -march=rv32imc -mabi=ilp32 -isystem "$newlib"
} >"$work/table.txt"
printf '%-16s %6s %4s %6s %8s %8s\n' "-Os, bytes" flash RAM feed verdict extract
cat "$work/table.txt"
status=0
awk -v limit="$limit" '
    $1 == "gcc-cortex-m4" && $2 > limit { print "FAILED: more than " limit " bytes of flash"; failed = 1 }
    $3 > 0 { print "FAILED: writable data on " $1; failed = 1 }
    END { exit failed || NR == 0 }' "$work/table.txt" || status=1

echo
arm-none-eabi-gcc --version | head -n 1
printf '%-12s %6s %10s\n' "Cortex-M4" code constants
for object in "$work"/gcc-cortex-m4/*.o; do
    echo "$(basename "$object" .o).c $(sections "$object")"
done | awk '{ printf "%-12s %6d %10d\n", $1, $2, $3 }'
echo
echo "functions and tables, the largest first (bytes):"
for object in "$work"/gcc-cortex-m4/*.o; do
    arm-none-eabi-nm -S -t d "$object" | awk -v file="$(basename "$object" .o).c" 'NF == 4 { print $2 + 0, file, $4 }'
done | sort -rn | awk '$1 >= 64 { printf "%6d %-10s %s\n", $1, $2, $3 }'
echo
for object in "$work"/gcc-cortex-m4/*.o; do
    echo "$(basename "$object" .o).c needs: $(arm-none-eabi-nm -u "$object" | awk '$2 !~ /^tokusage_/ { printf "%s ", $2 }')"
done
exit "$status"
