#!/bin/sh
# sh examples/run.sh: installs what is missing, builds the library and the examples into build/examples, and shows the
# usage of the sample bodies in examples/data, which come from all services.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/build/examples
. "$root/tests/checks/common.sh"

begin_work
need cc make cmake pkg_config
want cjson zlib

echo "building in $work"
build "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BUILD_TESTS=OFF -DTOKUSAGE_BUILD_EXAMPLES=ON

cd "$root"
echo
echo "\$ build/examples/examples/usage_of examples/data/*"
status=0
build/examples/examples/usage_of examples/data/* || status=$?
# Status 1 says that the counts of a body do not agree. Some of the samples are there to show that.
[ "$status" -le 1 ]
