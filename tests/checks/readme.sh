#!/bin/sh
# readme.sh: what README.md shows is true. Its blocks are tried one after another, in a folder that has the project as
# `tokusage`: C compiles with every warning an error and prints what its comment says; commands print the block of text after
# them, or what their comment says; and of each row with two JSON objects the first one, read and settled, is the second.
# Called by ctest, which sets CC, CFLAGS, TOKUSAGE_SOURCE and TOKUSAGE_BUILD.
set -eu

root=$TOKUSAGE_SOURCE
work=$TOKUSAGE_BUILD/readme
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

rm -rf "$work"
mkdir -p "$work"
cd "$work"
ln -s "$root" tokusage

lines=$(wc -l <tokusage/README.md)
[ "$lines" -le 130 ] || stop "README.md has $lines lines, which is more than 130"

# Each block as a file of its own: 01.sh, 02.text, 03.c, ...
awk '
    /^```$/ && inside { inside = 0; next }
    /^```[a-z]+$/ { inside = 1; file = sprintf("%02d.%s", ++blocks, substr($0, 4)) }
    /^```/ { next }
    inside { print >file }' tokusage/README.md

# compile PROGRAM ARGUMENT...
compile() {
    program=$1
    shift
    # shellcheck disable=SC2086
    quietly "$CC" -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror ${CFLAGS:-} -I . "$@" tokusage.c -o "$program"
}

# prints EXPECTED COMMAND...
prints() {
    expected=$1
    shift
    "$@" >printed || stop "README.md: this failed: $*"
    [ "$(cat printed)" = "$expected" ] || {
        printf '%s\n' "$expected" | diff -u - printed
        stop "README.md: that is not what it says is printed"
    }
}

# Commands: without the one that fetches what is here.
try_commands() {
    grep -v '^git clone' "$1" >commands
    number=${1%.sh}
    number=${number#0}
    after=$(printf '%02d.text' $((number + 1)))
    said=$(sed -n 's/.*# prints: //p' commands)
    if [ -z "$said" ] && [ -f "$after" ]; then
        said=$(cat "$after")
    fi
    [ -n "$said" ] || stop "README.md does not say what this prints: $(cat commands)"
    printf '%s\n' "$said" >expected
    sh -e commands >output || stop "README.md: this failed: $(cat commands)"
    tail -n "$(wc -l <expected)" output | diff -u expected -
}

# A program, or the inside of one.
try_c() {
    if grep -q '^int main' "$1"; then
        cp "$1" app.c
        compile strict app.c
    else
        {
            printf '#include "tokusage.h"\n#include <stdio.h>\nint main(void) {\n'
            cat "$1"
            printf '}\n'
        } >inside.c
        compile inside inside.c
        prints "$(sed -n 's,.*// prints: ,,p' "$1")" ./inside
    fi
}

tried=0
for block in [0-9]*; do
    echo "$block"
    case $block in
    *.sh) try_commands "$block" ;;
    *.c) try_c "$block" ;;
    esac
    tried=$((tried + 1))
done
[ "$tried" -ge 5 ] || stop "README.md has too few blocks"

cat >rows.c <<'END'
#include "tokusage.h"
#include <stdio.h>
#include <string.h>
int main(void) {
    static char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        tokusage usage;
        char json[TOKUSAGE_JSON_SIZE];
        if (tokusage_decode(line, strlen(line), &usage, NULL) != TOKUSAGE_OK ||
            tokusage_settle(&usage, NULL) > TOKUSAGE_ASSUMED ||
            tokusage_encode(&usage, json, sizeof json, NULL) != TOKUSAGE_OK) {
            return 1;
        }
        puts(json);
    }
}
END
compile rows rows.c
awk -F '`' '/^[|].*[|] `[{].*[}]` [|] `[{].*[}]` [|]$/ { print $2 >"before"; print $4 >"after" }' tokusage/README.md
[ "$(wc -l <before)" -ge 3 ] || stop "README.md has fewer than three rows with usage objects"
./rows <before | diff -u after -
echo "all blocks and rows are true"
