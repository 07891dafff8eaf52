#!/bin/sh
# sh tests/machines/x86_32.sh [CMAKE-OPTION...]: the unit tests on x86 with 32 bits, where size_t is smaller than a count and a double may be
# held in more than 64 bits (x87). Needs a processor of that family; elsewhere qemu-i386 is used.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/machines/common.sh
. "$root/tests/machines/common.sh"

begin_machine x86_32
system_libraries=/usr/i686-linux-gnu/lib
install_tools i686-linux-gnu-gcc=gcc-i686-linux-gnu i686-linux-gnu-gcc=libc6-dev-i386-cross
case $(uname -m) in
x86_64 | i?86) emulator="$system_libraries/ld-linux.so.2;--library-path;$system_libraries" ;;
*)
    install_tools qemu-i386=qemu-user
    emulator="qemu-i386;-L;/usr/i686-linux-gnu"
    ;;
esac
toolchain Linux i686 i686-linux-gnu-gcc "$emulator"
libraries ""
unit_tests "$@"
