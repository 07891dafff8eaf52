#!/bin/sh
# examples/wasm in node.   wasm.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

build_wasm
size=$(($(wc -c <"$scratch/tokusage.wasm")))
echo "tokusage.wasm: $size bytes"
! has wasm-opt || [ "$size" -le 24576 ] || fail "it is larger than 24 KB"

take_bodies
judge_bodies counts
timeout 300 node "$here/wasm_node.mjs" "$project/examples/wasm/tokusage.js" "$scratch/tokusage.wasm" "$scratch"/bodies/* \
    >"$scratch/seen" 2>"$scratch/others" || fail "node: $(tail -n 12 "$scratch/others")"
same_lines "node reads each beginning of each body, cut at each byte, as the C library does"
cat "$scratch/others"
