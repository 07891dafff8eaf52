#!/bin/sh
# sh tests/machines/musl.sh [CMAKE-OPTION...]: the unit tests with the C library musl, as on Alpine.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/machines/common.sh
. "$root/tests/machines/common.sh"

begin_machine musl
install_tools musl-gcc=musl-tools
toolchain Linux "$(uname -m)" musl-gcc ""
libraries ""
unit_tests "$@"
