#!/bin/sh
# sh tests/run.sh [CMAKE-OPTION...]: installs what is missing, builds the library, the examples and the tests into
# build/tests, and runs every test. The last line is `N passed, N failed` (test cases). Ends in 0 if no test failed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/build/tests
. "$root/tests/checks/common.sh"

begin_work
need cc cxx make cmake pkg_config cmocka
want cjson libcurl libmicrohttpd zlib comma_locale jansson meson nginx

echo "building in $work"
build "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BUILD_TESTS=ON -DTOKUSAGE_BUILD_EXAMPLES=ON "$@"
status=0
run_tests "$work" || status=1
print_counts
exit "$status"
