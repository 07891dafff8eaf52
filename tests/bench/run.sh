#!/bin/sh
# sh tests/bench/run.sh [--against REVISION] [FOLDER]: installs the peers that are missing, builds the library and them,
# measures all of them in turn, and prints the tables. results.csv, results.svg and growth.csv go into FOLDER (build/bench
# if it is not given). Takes two or three minutes. Ends in 0 unless an answer is wrong: times differ from machine to machine.
#
# --against REVISION: also measures the library of this git revision (a commit, a tag), run after run in turn with this
# one, and nothing else: its time divided by this one's is the ratio of each row.
#
# TOKUSAGE_YYJSON_DIR: a folder with yyjson.h and yyjson.c, where the system has no yyjson to install.
# TOKUSAGE_BENCH_WAY: the twin of the library that is measured: sse2 or portable (empty: as users get it).
# TOKUSAGE_BENCH_SECONDS: about how long each row takes (1).
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
root=$project
work=$project/build/bench
. "$project/tests/checks/common.sh"
# The benchmark is a project of its own, which adds the library.
# shellcheck disable=SC2034
root=$project/tests/bench

begin_work
against=
if [ "${1:-}" = --against ]; then
    [ -n "${2:-}" ] || stop "--against needs a git revision"
    against=$work/against
    rm -rf "$against" && mkdir -p "$against"
    git -C "$project" archive --format=tar "$2" src include | tar -x -C "$against" -f - || stop "no revision $2"
    shift 2
fi
if [ -n "$against" ]; then
    need cc cxx make cmake pkg_config
else
    need cc cxx make cmake pkg_config -- cjson jansson json_c rapidjson simdjson
fi
out=$(mkdir -p "${1:-$work}" && cd "${1:-$work}" && pwd)

echo "building in $work"
build "$work" -DCMAKE_BUILD_TYPE=Release "-DTOKUSAGE_BENCH_WAY=${TOKUSAGE_BENCH_WAY:-}" \
    "-DTOKUSAGE_BENCH_AGAINST=$against" ${TOKUSAGE_YYJSON_DIR:+"-DTOKUSAGE_YYJSON_DIR=$TOKUSAGE_YYJSON_DIR"}

echo "measuring"
status=0
if [ -n "$against" ]; then
    exec "$work/bench" --engine tokusage --engine against --seconds "${TOKUSAGE_BENCH_SECONDS:-1}"
fi
"$work/bench" --seconds "${TOKUSAGE_BENCH_SECONDS:-1}" --out "$out" || status=$?
"$work/growth" "$out" || status=$?
exit "$status"
