#!/bin/sh
# readme.sh LIBRARY: the first C program in README.md compiles with every warning an error and runs to status 0. When a
# block marked `text` is the next one after it, that is what it prints. Called by ctest, which sets CC, CFLAGS,
# TOKUSAGE_SOURCE and TOKUSAGE_BUILD.
set -eu

library=$1
work=$TOKUSAGE_BUILD/readme
mkdir -p "$work"

# block NUMBER LANGUAGE: the block of that number, if it is marked with that language.
block() {
    awk -v number="$1" -v language="$2" '
        /^```/ && inside { inside = 0; next }
        /^```/ { inside = 1; count += first > 0 || $0 == "```c"; first += $0 == "```c"; found = $0 == "```" language; next }
        inside && count == number && found { print }' "$TOKUSAGE_SOURCE/README.md"
}

block 1 c >"$work/example.c"
[ -s "$work/example.c" ] || {
    echo "README.md has no block marked c" >&2
    exit 1
}
# Without cJSON, which a program that holds no trees does not need.
# shellcheck disable=SC2086
"$CC" -std=c11 -Wall -Wextra -Wpedantic -Werror ${CFLAGS:-} -I "$TOKUSAGE_SOURCE/include" -o "$work/example" \
    "$work/example.c" "$library"
"$work/example" </dev/null >"$work/printed"
cat "$work/printed"

block 2 text >"$work/expected"
if [ -s "$work/expected" ]; then
    diff "$work/expected" "$work/printed"
fi
