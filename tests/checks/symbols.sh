#!/bin/sh
# symbols.sh STATIC SHARED: the names in the two libraries. The shared library exports only the functions of the header.
# In the static library all global names begin with tokusage_, so that it can be linked into any program, and only the
# object of cjson.c needs cJSON or the heap. Called by ctest, which sets NM and TOKUSAGE_SOURCE.
set -eu

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

declared=$(sed -n 's/^TOKUSAGE_API .*[ *]\(tokusage_[a-z_]*\)(.*/\1/p' "$TOKUSAGE_SOURCE/include/tokusage.h" |
    LC_ALL=C sort -u)
[ -n "$declared" ]

exported=$("$NM" "$dynamic" --defined-only "$2" | names)
if [ "$exported" != "$declared" ]; then
    printf 'The header declares\n%s\nand %s exports\n%s\n' "$declared" "$2" "$exported" >&2
    exit 1
fi

strangers=$("$NM" -g --defined-only "$1" | names | grep -v '^tokusage_' || true)
if [ -n "$strangers" ]; then
    printf '%s defines\n%s\n' "$1" "$strangers" >&2
    exit 1
fi

needing=$("$NM" -A -u "$1" | awk '$NF ~ /^_?(cJSON_|malloc$|calloc$|realloc$|free$)/' | grep -v 'cjson\.c\.[a-z]*:' || true)
if [ -n "$needing" ]; then
    printf '%s\n' "These need cJSON or the heap:" "$needing" >&2
    exit 1
fi

echo "$(echo "$declared" | wc -l) functions, and nothing else"
