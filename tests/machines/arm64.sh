#!/bin/sh
# sh tests/machines/arm64.sh [CMAKE-OPTION...]: the unit tests on a 64-bit Arm, whose wide registers are NEON, under qemu's emulation.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/machines/common.sh
. "$root/tests/machines/common.sh"

begin_machine arm64
install_tools aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc=libc6-dev-arm64-cross qemu-aarch64=qemu-user
toolchain Linux aarch64 aarch64-linux-gnu-gcc "qemu-aarch64;-L;/usr/aarch64-linux-gnu"
libraries ""
unit_tests "$@"
