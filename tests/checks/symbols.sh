#!/bin/sh
# symbols.sh STATIC SHARED [STATIC SHARED]: the names in the two libraries, and in the two of tokusage::cjson where they are
# built. The shared libraries export the functions of the header and nothing else. In the static ones all global names begin
# with tokusage_, so that they can be linked into any program. Only tokusage::cjson needs cJSON, and nothing but cJSON takes
# memory from the heap. Called by ctest, which sets NM and TOKUSAGE_SOURCE.
set -eu

root=$TOKUSAGE_SOURCE
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

# On macOS each name has one more underscore, and nm lists the exported names of a library as it does those of an object.
underscore=
dynamic=-D
if [ "$(uname -s)" = Darwin ]; then
    underscore=_
    dynamic=-g
fi

# Names that begin with an underscore belong to the compiler and to what it adds (sanitizers, coverage).
names() {
    awk -v underscore="$underscore" '
        NF == 3 && substr($3, 1, length(underscore)) == underscore { $3 = substr($3, length(underscore) + 1) }
        NF == 3 && $3 !~ /^_/ { print $3 }' | LC_ALL=C sort -u
}

# exports LIBRARY NAMES: it exports these and no others.
exports() {
    exported=$("$NM" "$dynamic" --defined-only "$1" | names)
    [ "$exported" = "$2" ] || stop "the header declares
$2
and $1 exports
$exported"
}

# global_names LIBRARY
global_names() {
    strangers=$("$NM" -g --defined-only "$1" | names | grep -v '^tokusage_' || true)
    [ -z "$strangers" ] || stop "$1 defines
$strangers"
}

# needs_none LIBRARY REGEX: it needs none of these.
needs_none() {
    needed=$("$NM" -A -u "$1" | awk -v regex="^_?($2)" '$NF ~ regex' || true)
    [ -z "$needed" ] || stop "these need cJSON or the heap:
$needed"
}

heap='(malloc|calloc|realloc|free)$'
declared=$(public_functions "$root/include/tokusage.h" | LC_ALL=C sort -u)
core=$(echo "$declared" | grep -v '_cjson$')
trees=$(echo "$declared" | grep '_cjson$')

exports "$2" "$core"
global_names "$1"
needs_none "$1" "cJSON_|$heap"
if [ $# -gt 2 ]; then
    exports "$4" "$trees"
    global_names "$3"
    needs_none "$3" "$heap"
fi
echo "$(echo "$declared" | wc -l) functions, and nothing else"
