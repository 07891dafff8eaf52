#!/bin/sh
# sh tests/machines/s390x.sh [CMAKE-OPTION...]: the unit tests on a big-endian machine of 64 bits, IBM's s390x, under qemu's emulation.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/machines/common.sh
. "$root/tests/machines/common.sh"

begin_machine s390x
install_tools s390x-linux-gnu-gcc=gcc-s390x-linux-gnu s390x-linux-gnu-gcc=libc6-dev-s390x-cross qemu-s390x=qemu-user
toolchain Linux s390x s390x-linux-gnu-gcc "qemu-s390x;-L;/usr/s390x-linux-gnu"
libraries ""
unit_tests "$@"
