#!/bin/sh
# The page of examples/wasm in a headless Chromium.   page.sh BUILT BUILD
# Its picture is left in the build folder: page.png.
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

browser=
for name in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v $name) || browser=
done
[ -n "$browser" ] || skip "no Chromium here"
build_wasm
take_bodies
judge_bodies counts
timeout 180 node "$here/page.mjs" "$browser" "$project/examples/wasm" "$scratch/tokusage.wasm" "$scratch" "$scratch"/bodies/* \
    >"$scratch/output" 2>&1 || fail "the browser: $(tail -n 12 "$scratch/output")"
mv "$scratch/lines" "$scratch/seen"
same_lines "a worker in Chromium reads each beginning of each body, cut at each byte, as the C library does"
cat >"$scratch/expected" <<'END'
streamed: consistent: prompt_tokens 1,525, cached_tokens 1,500, cache_write_tokens 0, completion_tokens 13, total_tokens 1,538, model claude-sonnet-4-5-20250929, id msg_02BcDeFgHiJkLmNoPqRsTuVw
pasted: invalid:  completion_tokens: wrong type
in chunks: consistent: prompt_tokens 100, cached_tokens 70, completion_tokens 5, total_tokens 105, model m
END
same "the page shows a stream as it arrives, a pasted body, and one in small chunks" "$scratch/expected" "$scratch/shown"
[ -s "$scratch/page.png" ] || fail "there is no picture of the page"
cp "$scratch/page.png" "$built/page.png"
