#!/bin/sh
# readme.sh LIBRARY: the first C program in README.md compiles with every warning an error. The README's commands behind
# it build it, too, in a folder that has the project as `tokusage`. Both programs print what the README says. Called by
# ctest, which sets CC, CFLAGS, TOKUSAGE_SOURCE and TOKUSAGE_BUILD.
set -eu

library=$1
work=$TOKUSAGE_BUILD/readme
rm -rf "$work"
mkdir -p "$work"

# first LANGUAGE: prints the first code block in that language.
first() {
    awk -v mark="\`\`\`$1" '
        $0 == mark && !done { inside = 1; next }
        /^```$/ && inside { inside = 0; done = 1 }
        inside { print }' "$TOKUSAGE_SOURCE/README.md"
}

first c >"$work/app.c"
first sh >"$work/commands"
sed -n 's/.*# prints: //p' "$work/commands" >"$work/expected"
for file in app.c commands expected; do
    [ -s "$work/$file" ] || {
        echo "README.md has no first program, no commands for it, or does not say what it prints" >&2
        exit 1
    }
done

# Links without cJSON, because this program holds no trees.
# shellcheck disable=SC2086
"$CC" -std=c11 -Wall -Wextra -Wpedantic -Werror ${CFLAGS:-} -I "$TOKUSAGE_SOURCE/include" -o "$work/strict" \
    "$work/app.c" "$library"
"$work/strict" </dev/null >"$work/printed"
diff "$work/expected" "$work/printed"

cd "$work"
ln -s "$TOKUSAGE_SOURCE" tokusage
sh -e commands >"$work/output"
tail -n 1 "$work/output" | diff "$work/expected" -
cat "$work/expected"
