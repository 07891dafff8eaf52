#!/bin/sh
# sh tests/checks/size.sh: how much room the library takes in firmware. Compiles only its sources, for an Arm Cortex-M4
# with -Os. Prints how much flash (code and constants) and RAM (writable data) each file, function and table takes, and
# which functions of others each file needs. The aim is 8 KiB of flash without cjson.c, which only programs with cJSON
# trees link. It is not reached yet; the limit keeps the size from growing. Fails above the limit, and at one byte of
# writable data. For the stack see tests/checks/stack.sh.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/size}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

aim=8192
limit=11520

begin_work
need pkg_config cjson
has_arm() {
    echo '#include <string.h>
int main(void) { return (int)strlen(""); }' >"$work/probe.c"
    arm-none-eabi-gcc -c "$work/probe.c" -o "$work/probe.o" >/dev/null 2>&1
}
has_arm || install_packages gcc-arm-none-eabi libnewlib-arm-none-eabi
has_arm || stop "please install gcc for bare Arm and newlib (Debian: gcc-arm-none-eabi, libnewlib-arm-none-eabi)"

# Only the header of cJSON, in a folder of its own, because the machine's other headers are not for Arm.
cp "$(pkg-config --variable=includedir libcjson)/cjson/cJSON.h" "$work/cJSON.h"
rm -f "$work"/*.o
for file in "$root"/src/*.c; do
    arm-none-eabi-gcc -std=c11 -mcpu=cortex-m4 -mthumb -Os -Wall -Wextra -Werror -I"$root/include" -I"$work" \
        -c "$file" -o "$work/$(basename "$file" .c).o"
done

arm-none-eabi-gcc --version | head -n 1
for object in "$work"/*.o; do
    arm-none-eabi-size -A "$object" | awk -v file="$(basename "$object" .o).c" '
        $1 ~ /^\.text/ { code += $2 }
        $1 ~ /^\.(rodata|ARM\.ex)/ { constants += $2 }
        $1 ~ /^\.(data|bss)/ { data += $2 }
        END { print file, code + 0, constants + 0, data + 0 }'
done | awk -v limit="$limit" -v aim="$aim" '
    function line(file, code, constants, data) {
        printf "%-12s %6s %10s %6s %6s\n", file, code, constants, code + constants, data
    }
    BEGIN { printf "%-12s %6s %10s %6s %6s\n", "file", "code", "constants", "flash", "RAM" }
    { line($1, $2, $3, $4); ram += $4 }
    $1 == "cjson.c" { tree_code = $2; tree_constants = $3; next }
    { code += $2; constants += $3 }
    END {
        line("all", code + tree_code, constants + tree_constants, ram)
        line("not cjson.c", code, constants, ram)
        if (code + constants > limit) {
            print "FAILED: more than " limit " bytes of flash without cjson.c"
        }
        if (code + constants > aim) {
            print "the aim is " aim " bytes"
        }
        if (ram > 0) {
            print "FAILED: writable data"
        }
        exit code + constants > limit || ram > 0
    }' && status=0 || status=$?
echo
echo "functions and tables, the largest first (bytes):"
for object in "$work"/*.o; do
    arm-none-eabi-nm -S -t d "$object" | awk -v file="$(basename "$object" .o).c" 'NF == 4 { print $2 + 0, file, $4 }'
done | sort -rn | awk '$1 >= 32 { printf "%6d %-10s %s\n", $1, $2, $3 }'
echo
for object in "$work"/*.o; do
    echo "$(basename "$object" .o).c needs: $(arm-none-eabi-nm -u "$object" | awk '$2 !~ /^tokusage_/ { printf "%s ", $2 }')"
done
exit "$status"
