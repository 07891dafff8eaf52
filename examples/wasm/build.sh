#!/bin/sh
# sh build.sh [OUTPUT]: the library as WebAssembly with 128-bit registers, tokusage.wasm. It imports nothing, and
# exports its memory and the functions that tokusage.js calls. Needs clang and wasm-ld (Debian: clang, lld); wasm-opt
# (binaryen) makes it a seventh smaller.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
output=${1:-$here/tokusage.wasm}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

exports=-Wl,--export=__heap_base
for name in stream_size stream_feed stream_verdict stream_done stream_label verdict_text status_text cost count_name; do
    exports="$exports -Wl,--export=tokusage_$name"
done
for source in "$here/libc/libc.c" "$root"/src/*.c; do
    # -Oz leaves the search for usages out. It is small and makes streams fast, so it stays in. The other options are
    # those with which each file was smallest, except where they cost speed.
    case $source in
    */cjson.c) continue ;;
    */libc.c) more='-ffreestanding -fno-inline -mllvm -disable-lsr' ;;
    */search.c) more='-DTOKUSAGE_SMALL=0 -mllvm -inline-threshold=60' ;;
    */stream.c) more='-DTOKUSAGE_SMALL=0 -mllvm -disable-lsr' ;;
    */json.c | */document.c | */events.c | */names.c) more='-mllvm -disable-lsr' ;;
    *) more='-fno-inline -mllvm -disable-lsr' ;;
    esac
    # shellcheck disable=SC2086
    "${CLANG:-clang}" --target=wasm32 -std=c11 -Oz -msimd128 -mbulk-memory -msign-ext -fvisibility=hidden $more \
        -I"$here/libc" -I"$root/include" -c -o "$objects/$(basename "$source").o" "$source"
done
# shellcheck disable=SC2086
"${CLANG:-clang}" --target=wasm32 -nostdlib -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 $exports \
    -o "$output" "$objects"/*.o
if command -v wasm-opt >/dev/null 2>&1; then
    wasm-opt --enable-simd --enable-bulk-memory --enable-sign-ext --low-memory-unused --zero-filled-memory \
        --ignore-implicit-traps -Oz --converge "$output" -o "$output"
fi
