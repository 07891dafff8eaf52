#!/bin/sh
# Builds the module for the tests, by the script that users have: as they get it, and with the address sanitizer and that for
# undefined behaviour.
#
#     sh tests/examples/nginx/module.sh BUILT     makes BUILT/module and BUILT/sanitized
set -eu

built=$(cd "$1" && pwd)
build=$(cd "$(dirname "$0")/../../.." && pwd)/examples/nginx/build.sh
nginx=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx) || nginx=
source=${NGINX_SRC:-/usr/share/nginx/src}
# The flags of this build are not nginx's.
unset CFLAGS CXXFLAGS LDFLAGS

rm -rf "$built/module" "$built/sanitized"
mkdir -p "$built/module" "$built/sanitized"

# lacks FOLDER WORDS: the tests that need that module say so.
lacks() {
    echo "$2" >"$built/$1/lacking"
    echo "SKIPPED: $2"
}

if [ -z "$nginx" ] || [ ! -x "$source/configure" ]; then
    lacks module "nginx or its headers are missing (Debian, Ubuntu: nginx and nginx-dev)"
    exit 0
fi

# What is loaded into an nginx without sanitizers needs their library before all others; that of gcc is one that can be.
compiler=${CC:-cc}
if "$compiler" --version | grep -q -i clang; then
    compiler=gcc
fi
library=$("$compiler" -print-file-name=libasan.so 2>/dev/null) || library=
case $library in
/*)
    flags='-fsanitize=address,undefined -fno-omit-frame-pointer'
    ASAN_OPTIONS=detect_leaks=0 CC=$compiler CC_OPT=$flags LD_OPT=$flags OUT="$built/sanitized" NGINX="$nginx" sh "$build" &
    sanitized=$!
    ;;
*) lacks sanitized "there is no gcc with the address sanitizer" ;;
esac
OUT="$built/module" NGINX="$nginx" sh "$build"
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
