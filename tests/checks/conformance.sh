#!/bin/sh
# JSONTESTSUITE=FOLDER sh tests/checks/conformance.sh: runs every file of that folder, JSONTestSuite's test_parsing,
# through the strict check of extract, find and decode, with the address sanitizer if the compiler has it. Prints which
# of the texts that may be read or refused were read, then a table. Fails if a text was accepted or refused wrongly.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/conformance}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

folder=${JSONTESTSUITE:-}
[ -n "$folder" ] || stop "set JSONTESTSUITE to the folder test_parsing of a checked-out JSONTestSuite"
[ -d "$folder" ] || stop "no such folder: $folder"

begin_work
need cc pkg_config cjson
sanitize=-fsanitize=address,undefined
"${CC:-cc}" "$sanitize" "$work/probe.c" -o "$work/probe" >/dev/null 2>&1 || sanitize=-O1
# The flags are lists of words.
# shellcheck disable=SC2046
"${CC:-cc}" -std=c11 -g "$sanitize" -I"$root/include" -I"$(pkg-config --variable=includedir libcjson)/cjson" \
    "$root/tests/checks/conformance.c" "$root"/src/*.c -o "$work/conformance" $(pkg-config --libs libcjson)
find "$folder" -name '*.json' | sort | "$work/conformance"
