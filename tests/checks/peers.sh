#!/bin/sh
# sh tests/checks/peers.sh PROGRAM FOLDER: compares the framing with two packages of npm, which are unpacked into that
# folder: the cases of tests/data/events.tsv, and random events, with eventsource-parser; random frames, made and read,
# with @smithy/eventstream-codec. PROGRAM is built of peers.c. The seed is printed; TOKUSAGE_SEED repeats a run.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
program=$1
folder=$2
packages="eventsource-parser@4.1.3 @smithy/eventstream-codec@4.5.2"

skip() {
    echo "SKIPPED: $1"
    exit 0
}

command -v node >/dev/null 2>&1 || skip "no node here"
command -v npm >/dev/null 2>&1 || skip "no npm here"
if [ "$(cat "$folder/complete" 2>/dev/null)" != "$packages" ]; then
    mkdir -p "$folder"
    # The names are words.
    # shellcheck disable=SC2086
    timeout 300 npm install --silent --no-audit --no-fund --no-save --prefix "$folder" $packages >"$folder/log" 2>&1 ||
        skip "these packages cannot be had: $packages"
    echo "$packages" >"$folder/complete"
fi
TOKUSAGE_PEERS=$folder timeout 500 node "$root/tests/checks/peers.mjs" "$program" "$root/tests/data/events.tsv"
