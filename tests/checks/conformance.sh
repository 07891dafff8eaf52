#!/bin/sh
# sh tests/checks/conformance.sh: runs every file of JSONTestSuite's test_parsing (https://github.com/nst/JSONTestSuite)
# through extract, find and decode, with the address sanitizer if the compiler has it. Prints which of the documents that
# may be read or refused were read, then a table. Fails if one was accepted or refused wrongly. The files are those in
# the source of Debian's yyjson, which is downloaded into build/machines; JSONTESTSUITE=FOLDER names others.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/machines/common.sh
. "$root/tests/machines/common.sh"
work=${TOKUSAGE_WORK:-$root/build/conformance}

folder=${JSONTESTSUITE:-}
begin_work
need cc
if [ -z "$folder" ]; then
    fetch_source yyjson trixie
    folder=$source/test/data/json/test_parsing
fi
[ -d "$folder" ] || stop "no such folder: $folder"
sanitize=-fsanitize=address,undefined
"${CC:-cc}" "$sanitize" "$work/probe.c" -o "$work/probe" >/dev/null 2>&1 || sanitize=-O1
# Paths are words here: one with a space would be two.
# shellcheck disable=SC2046
(cd "$root" && "${CC:-cc}" -std=c11 -g "$sanitize" -Iinclude tests/checks/conformance.c \
    $(find src -name '*.c' ! -name cjson.c) -o "$work/conformance")
find "$folder" -name '*.json' | sort | "$work/conformance"
