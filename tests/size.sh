#!/bin/sh
# sh tests/size.sh: what the library takes in firmware. Compiles its sources, and nothing else, for an Arm Cortex-M4 with -Os,
# and prints a table: flash by file and by public function's file, writable data, and what it needs from others. Fails above
# 8 KiB of flash (code and constants), or at one byte of writable data. Stack: tests/stack.sh.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/size}
# shellcheck source=tests/common.sh
. "$root/tests/common.sh"

limit=8192

begin_work
need pkg_config cjson
has_arm() {
    echo '#include <string.h>
int main(void) { return (int)strlen(""); }' >"$work/probe.c"
    arm-none-eabi-gcc -c "$work/probe.c" -o "$work/probe.o" >/dev/null 2>&1
}
has_arm || install_packages gcc-arm-none-eabi libnewlib-arm-none-eabi
has_arm || stop "please install gcc for bare Arm and newlib (Debian: gcc-arm-none-eabi, libnewlib-arm-none-eabi)"

# Of cJSON only the header, in a folder of its own: the machine's other headers are not Arm's.
cp "$(pkg-config --variable=includedir libcjson)/cjson/cJSON.h" "$work/cJSON.h"
rm -f "$work"/*.o
for file in "$root"/src/*.c; do
    arm-none-eabi-gcc -std=c11 -mcpu=cortex-m4 -mthumb -Os -Wall -Wextra -Werror -I"$root/include" -I"$work" \
        -c "$file" -o "$work/$(basename "$file" .c).o"
done

arm-none-eabi-gcc --version | head -n 1
printf '%-10s %6s %6s\n' file flash RAM
arm-none-eabi-size "$work"/*.o | awk -v limit="$limit" '
    NR > 1 {
        sub(/.*\//, "", $6)
        sub(/\.o$/, ".c", $6)
        printf "%-10s %6d %6d\n", $6, $1 + $2, $2 + $3
        flash += $1 + $2
        ram += $2 + $3
    }
    END {
        printf "%-10s %6d %6d\n", "all", flash, ram
        if (flash > limit) {
            print "more than " limit " bytes of flash"
        }
        if (ram > 0) {
            print "writable data"
        }
        exit flash > limit || ram > 0
    }' && status=0 || status=$?
echo
echo "the largest functions and tables (bytes):"
arm-none-eabi-nm -S -t d "$work"/*.o | awk 'NF == 4 { print $2 + 0, $4 }' | sort -rn | head -n 15 | awk '{ printf "%6d %s\n", $1, $2 }'
echo
echo "needed from others:"
for object in "$work"/*.o; do
    arm-none-eabi-nm -u "$object" | awk '{ print $2 }'
done | grep -v '^tokusage_' | sort -u | awk '{ printf "%s%s", sep, $0; sep = ", " } END { print "" }'
exit "$status"
