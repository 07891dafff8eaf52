#!/bin/sh
# sh tests/machines/cjson_versions.sh [SUITE...]: the unit tests with each cJSON that there is a way to have: 1.7.13, the
# oldest that will do, from the source of iperf, and that of each of these releases of Debian, up to the newest there is.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)

[ $# -gt 0 ] || set -- iperf bullseye bookworm trixie sid
status=0
for suite in "$@"; do
    (
        # shellcheck source=tests/machines/common.sh
        . "$root/tests/machines/common.sh"
        begin_machine "cjson-$suite"
        toolchain "$(uname -s)" "$(uname -m)" "${CC:-gcc}" ""
        libraries "$suite"
        unit_tests -DTOKUSAGE_BUILD_EXAMPLES=OFF
    ) || status=1
done
exit "$status"
