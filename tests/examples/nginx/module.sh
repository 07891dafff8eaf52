#!/bin/sh
# Builds the module for the tests, by the script that users have: as they get it, and with the address sanitizer and that for
# undefined behaviour.
#
#     sh tests/examples/nginx/module.sh BUILT [newest]     makes BUILT/module and BUILT/sanitized
#
# `newest` is for the nginx of Debian's newest suite, in BUILT/newest, with the programs of BUILT.
set -eu

built=$(cd "$1" && pwd)
which=${2:-own}
if [ "$which" = newest ]; then
    mkdir -p "$built/newest"
    for program in upstream client judge; do
        ln -sf "../nginx_$program" "$built/newest/"
    done
    built=$built/newest
fi
build=$(cd "$(dirname "$0")/../../.." && pwd)/examples/nginx/build.sh
# The flags of this build are not nginx's.
unset CFLAGS CXXFLAGS LDFLAGS

rm -rf "$built/module" "$built/sanitized"
mkdir -p "$built/module" "$built/sanitized"

# lacks FOLDER WORDS: the tests that need that module print this.
lacks() {
    echo "$2" >"$built/$1/lacking"
    echo "SKIPPED: $2"
}

sh "$(dirname "$0")/unpack.sh" "$built" "$which" >"$built/unpack.log" || {
    lacks module "$(tail -n 1 "$built/unpack.log")"
    exit 0
}
# shellcheck source=/dev/null
. "$built/found"

# What is loaded into an nginx without sanitizers needs their library before all others; that of gcc is one that can be.
compiler=${CC:-cc}
if "$compiler" --version | grep -q -i clang; then
    compiler=gcc
fi
library=$("$compiler" -print-file-name=libasan.so 2>/dev/null) || library=
# One that goes with a newer C library is next to it, if it has the same version.
[ "$which" = own ] || library=$(find "$built/unpacked/usr/lib" -name "$(basename "$(readlink -f "$library")" | sed 's/\(so\.[0-9]*\).*/\1/')")
case $library in
/*)
    flags='-fsanitize=address,undefined -fno-omit-frame-pointer'
    ASAN_OPTIONS=detect_leaks=0 CC=$compiler CC_OPT="$CC_OPT $flags" LD_OPT="$LD_OPT $flags" OUT="$built/sanitized" \
        sh "$build" &
    sanitized=$!
    ;;
*) lacks sanitized "there is no gcc with the address sanitizer" ;;
esac
OUT="$built/module" sh "$build"
if [ -n "${sanitized:-}" ]; then
    wait "$sanitized"
    echo "$library" >"$built/sanitized/preload"
fi

exported=$(nm -D --defined-only "$built/module/ngx_http_tokusage_module.so" | awk '$3 !~ /^ngx_/ { print $3 }')
if [ -n "$exported" ]; then
    echo "FAILED the module exports more than names of nginx:" "$exported"
    exit 1
fi
if nm -D --undefined-only "$built/module/ngx_http_tokusage_module.so" | grep -i cjson; then
    echo "FAILED the module needs cJSON"
    exit 1
fi
