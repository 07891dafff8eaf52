#!/bin/sh
# examples/node in node, with koffi.   node.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

node_packages koffi koffi@3.3.4
take_bodies
judge_bodies counts
NODE_PATH=$packages/koffi/node_modules TOKUSAGE_LIBRARY=$built/libtokusage.so \
    timeout 300 node "$here/node.js" "$project/examples/node/tokusage.js" "$scratch"/bodies/* >"$scratch/seen" \
    2>"$scratch/problems" || fail "node: $(tail -n 12 "$scratch/problems")"
same_lines "node reads each beginning of each body, cut at each byte, as the C library does"
