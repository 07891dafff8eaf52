#!/bin/sh
# sh tests/checks/limits.sh: the library stays one that can be read in a sitting: lines of source, fields of state, and the
# size of a stream. Prints each figure with its limit, and fails above one. Flash is measured by size.sh, stack by stack.sh.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
: "${TOKUSAGE_BUILD:=$root/build}"
work=$TOKUSAGE_BUILD/limits
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"
begin_work
status=0

# row WHAT LIMIT FIGURE
row() {
    printf '%-58s %6s %6s\n' "$1" "$2" "$3"
    if [ "$3" -gt "$2" ]; then
        echo "FAILED: $1: more than $2"
        status=1
    fi
}

# fields STRUCT FILE: how many members the struct has. Those of a union in it are one.
fields() {
    awk -v struct="$1" '
        $0 ~ "^typedef struct " struct " " { inside = 1; next }
        inside && /^}/ { exit }
        inside && /^    [a-z}].*;/ {
            sub(/\/\*.*/, "")
            gsub(/\[[^]]*\]/, "")
            fields += 1 + gsub(/,/, ",")
        }
        END { print fields + 0 }' "$root/src/$2"
}

row_of_fields() {
    sum=0
    parts=
    for part in stream_state:stream.c tokusage_reader:reader.h tokusage_document:document.h tokusage_json:json.h \
        tokusage_fields:fields.h tokusage_events:events.h tokusage_frames:frames.h; do
        count=$(fields "${part%:*}" "${part#*:}")
        [ "$count" -gt 0 ] || stop "src/${part#*:} has no struct ${part%:*}"
        sum=$((sum + count))
        name=${part#*:}
        parts="$parts, ${name%.*} $count"
    done
    row "fields of state (${parts#, })" 60 "$sum"
}

cat >"$work/size.c" <<'END'
#include "tokusage.h"
#include <stdio.h>
int main(void) {
    return printf("%d\n", (int)sizeof(tokusage_stream)) < 0;
}
END
# shellcheck disable=SC2086
"${CC:-cc}" ${CFLAGS:-} -I "$root/include" "$work/size.c" -o "$work/size"

printf '%-58s %6s %6s\n' what limit is
row "lines of src/*.[ch]" 4400 "$(cat "$root"/src/*.[ch] | wc -l)"
row_of_fields
row "bytes of a tokusage_stream" 1536 "$("$work/size")"
exit "$status"
