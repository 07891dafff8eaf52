#!/bin/sh
# sh tests/machines/compilers.sh [COMPILER...]: the unit tests with other compilers, warnings as errors. Without names: gcc and
# clang, the oldest and the newest that apt-get has.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)

# versions NAME: the packages gcc-11, gcc-12, ... in their order
versions() {
    apt-cache search --names-only "^$1-[0-9]+\$" | cut -d ' ' -f 1 | sort -t - -k 2 -n
}

if [ $# -eq 0 ]; then
    # The names are words.
    # shellcheck disable=SC2046
    set -- $(for name in gcc clang; do versions "$name" | sed -n '1p;$p' | uniq; done)
fi
status=0
for compiler in "$@"; do
    (
        # shellcheck source=tests/machines/common.sh
        . "$root/tests/machines/common.sh"
        begin_machine "$compiler"
        install_tools "$compiler=$compiler"
        "$compiler" --version | head -n 1
        toolchain "$(uname -s)" "$(uname -m)" "$compiler" ""
        libraries ""
        unit_tests -DTOKUSAGE_BUILD_EXAMPLES=OFF
    ) || status=1
done
exit "$status"
