#!/bin/sh
# JSONTESTSUITE=FOLDER sh tests/checks/conformance.sh: runs every file of that folder, JSONTestSuite's test_parsing,
# through extract, find and decode, with the address sanitizer if the compiler has it. Prints which of the
# documents that may be read or refused were read, then a table. Fails if one was accepted or refused wrongly.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/conformance}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

folder=${JSONTESTSUITE:-}
[ -n "$folder" ] || stop "set JSONTESTSUITE to the folder test_parsing of a checked-out JSONTestSuite"
[ -d "$folder" ] || stop "no such folder: $folder"

begin_work
need cc
sanitize=-fsanitize=address,undefined
"${CC:-cc}" "$sanitize" "$work/probe.c" -o "$work/probe" >/dev/null 2>&1 || sanitize=-O1
# Paths are words here: one with a space would be two.
# shellcheck disable=SC2046
(cd "$root" && "${CC:-cc}" -std=c11 -g "$sanitize" -Iinclude tests/checks/conformance.c \
    $(find src -name '*.c' ! -name cjson.c) -o "$work/conformance")
find "$folder" -name '*.json' | sort | "$work/conformance"
