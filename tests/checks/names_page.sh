#!/bin/sh
# sh tests/checks/names_page.sh: include/names.md, the page of names that users read, says what tests/data/names.tsv says.
# With ACCEPT=1 in the environment the page is written again.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
page=$(awk -f "$root/tests/checks/names_page.awk" "$root/tests/data/names.tsv")
if [ -n "${ACCEPT:-}" ]; then
    printf '%s\n' "$page" >"$root/include/names.md"
fi
printf '%s\n' "$page" | diff -u "$root/include/names.md" - || {
    echo "FAILED: include/names.md is not what tests/data/names.tsv says: ACCEPT=1 sh tests/checks/names_page.sh"
    exit 1
}
