#!/bin/sh
# sh tests/run.sh [CMAKE-OPTION...]: installs what is missing, builds the library, the examples and the tests into
# build/tests, and runs every test that needs no other service. The last line is `N passed, N failed` (test cases). Ends in 0
# if no test failed.
#
# sh tests/run.sh hosts [CMAKE-OPTION...]: the tests inside nginx and other programs. These are downloaded and unpacked into
# the build folder; none of them is installed, or runs longer than its test.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/tests}
. "$root/tests/checks/common.sh"

# What takes other services, or longer than a minute, runs by itself: `hosts` here, `ci` by .ci/run.
selected="-LE ^(hosts|ci)$"
if [ "${1:-}" = hosts ]; then
    shift
    selected="-L ^hosts$"
fi

begin_work
need cc make cmake pkg_config cmocka -- cxx cjson zlib

if [ "$selected" = "-L ^hosts$" ]; then
    echo "the hosts (nginx and others) are downloaded and unpacked in $work where they are missing: nothing is installed or started"
    echo "as a service; two minutes or so"
fi
echo "building in $work, half a minute or so; the tests take as long again"
build "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BUILD_TESTS=ON -DTOKUSAGE_BUILD_EXAMPLES=ON \
    -DTOKUSAGE_INSTALL_TOOLS=ON "$@"
status=0
# shellcheck disable=SC2086
run_tests "$work" $selected || status=1
print_counts
exit "$status"
