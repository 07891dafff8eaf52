#!/bin/sh
# sh tests/machines/flags.sh [BUILD...]: the unit tests as other people compile, with gcc or with the compiler that CC
# names: char without a sign, as on Arm, and with one (unsigned-char, signed-char); optimised across files (lto); for the
# smallest size (small); with whatever the compiler makes of the fastest flags for this processor (native); without AVX2
# (no-avx2).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)

compiler=${CC:-gcc}
[ $# -gt 0 ] || set -- unsigned-char signed-char lto small native no-avx2
wanted=" $* "

# The flags of one build are a line.
status=0
ran=0
while read -r build flags; do
    case $wanted in
    *" $build "*) ;;
    *) continue ;;
    esac
    ran=$((ran + 1))
    (
        # shellcheck source=tests/machines/common.sh
        . "$root/tests/machines/common.sh"
        begin_machine "$build-$(basename "$compiler")"
        echo "$compiler $flags"
        toolchain "$(uname -s)" "$(uname -m)" "$compiler" "" "$flags"
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
[ "$ran" -eq $# ] || {
    echo "flags.sh: no such build among $*" >&2
    exit 2
}
exit "$status"
