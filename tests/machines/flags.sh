#!/bin/sh
# sh tests/machines/flags.sh: the unit tests as other people compile: char without a sign, as on Arm; optimised across
# files; for the smallest size; with whatever the compiler makes of the fastest flags for this processor; without AVX2.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)

# The flags of one build are a line.
status=0
while read -r build flags; do
    (
        # shellcheck source=tests/machines/common.sh
        . "$root/tests/machines/common.sh"
        begin_machine "$build"
        echo "$flags"
        toolchain "$(uname -s)" "$(uname -m)" "${CC:-gcc}" "" "$flags"
        libraries ""
        unit_tests "-DCMAKE_C_FLAGS_RELEASE="
    ) </dev/null || status=1
done <<'END'
unsigned-char -funsigned-char
signed-char -fsigned-char
lto -O3 -flto
small -Os
native -O3 -march=native
no-avx2 -O2 -DTOKUSAGE_NO_AVX2
END
exit "$status"
