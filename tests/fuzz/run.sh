#!/bin/sh
# sh tests/fuzz/run.sh SECONDS [TARGET...]: builds the fuzz targets with clang's fuzzer, address and undefined-behaviour
# sanitizers, and runs each (decode, extract, formats, frames, search, stream, tree, cost) for that many seconds, two at
# a time. Each
# begins with its corpus and with what earlier runs found, which is kept in build/fuzz. A finding stops that target with
# status 1; its input is build/fuzz/TARGET-crash-... Ends in a table of what was run.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/fuzz}
. "$root/tests/checks/common.sh"

seconds=${1:?usage: run.sh SECONDS [TARGET...]}
shift
[ $# -gt 0 ] || set -- decode extract formats frames search stream tree cost

begin_work
need cc pkg_config cjson cmocka -- jansson
fuzzer="${CLANG:-clang}"
has_fuzzer() {
    echo '#include <stddef.h>
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) { return (data == NULL && size > 0) ? -1 : 0; }' >"$work/probe.c"
    "$fuzzer" -fsanitize=fuzzer,address,undefined "$work/probe.c" -o "$work/probe" >/dev/null 2>&1
}
if ! has_fuzzer; then
    command -v "$fuzzer" >/dev/null 2>&1 || install_packages clang
    has_fuzzer || install_packages "libclang-rt-$("$fuzzer" -dumpversion | cut -d . -f 1)-dev"
    has_fuzzer || stop "please install clang with its libFuzzer runtime (Debian: clang, libclang-rt-dev)"
fi
jansson=
if has_jansson; then
    jansson="-DTOKUSAGE_HAVE_JANSSON $(pkg-config --cflags --libs jansson)"
fi

echo "#define TOKUSAGE_TEST_DATA \"$root/tests/data\"" >"$work/data.h"
flags="-std=c11 -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -include $work/data.h -I$root/include -I$root/src
    -I$root/tests/unit -I$root/tests/reference $(pkg-config --cflags libcjson cmocka)
    -I$(pkg-config --variable=includedir libcjson)/cjson"

# What all targets are linked with, compiled once.
compile_shared() {
    rm -rf "$work/shared"
    mkdir "$work/shared"
    # The flags are a list of words; so are those of the functions below.
    # shellcheck disable=SC2086
    (cd "$work/shared" && printf '%s\n' "$root"/src/*.c "$root"/tests/reference/*.c "$root/tests/fuzz/common.c" \
        "$root/tests/unit/support.c" "$root/tests/unit/notation.c" "$root/tests/unit/table.c" "$root/tests/unit/rows.c" \
        "$root/tests/unit/body.c" "$root/tests/unit/shorthand.c" "$root/tests/unit/heap.c" |
        xargs -n 1 -P "$(processors)" "$fuzzer" $flags -fsanitize=fuzzer-no-link,address,undefined -c)
}

compile() {
    twins=
    [ "$1" != search ] || twins=$(find "$root/tests/fuzz/twins" -name '*.c')
    # shellcheck disable=SC2046,SC2086
    "$fuzzer" $flags -fsanitize=fuzzer,address,undefined "$root/tests/fuzz/fuzz_$1.c" "$work"/shared/*.o $twins \
        -o "$work/fuzz_$1" $jansson $(pkg-config --libs libcjson cmocka) -lm
}

# Every name and word of the table, with its quotes, and what is written by hand about JSON and about events.
make_dictionary() {
    awk -F '\t' 'NR > 1 && $2 != "-" {
        gsub(/[][=\/]+/, "\n", $2)
        print $2
    }' "$root/tests/data/names.tsv" | sort -u | sed -e '/^N*$/d' -e 's/.*/"\\"&\\""/'
    cat "$root/tests/fuzz/json.dict" "$root/tests/fuzz/stream.dict"
}

# -error_exitcode and the rest are libFuzzer's; a single input gets 10 seconds.
fuzz() {
    name=$1
    mkdir -p "$work/found-$name"
    set -- "$work/found-$name" "$root/tests/fuzz/corpus/$name"
    case $name in
    decode | extract | search | stream) set -- -dict="$work/names.dict" "$@" ;;
    esac
    "$work/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=6000 -print_final_stats=1 \
        -artifact_prefix="$work/$name-" "$@" >"$work/$name.log" 2>&1
}

echo "building in $work"
make_dictionary >"$work/names.dict"
compile_shared
for target in "$@"; do
    rm -f "$work/fuzz_$target"
    compile "$target" &
done
wait
for target in "$@"; do
    [ -x "$work/fuzz_$target" ] || stop "fuzz_$target.c does not compile"
done

status=0
one=
wait_for() {
    if ! wait "$2"; then
        tail -n 40 "$work/$1.log" >&2
        status=1
    fi
}
for target in "$@"; do
    fuzz "$target" &
    if [ -z "$one" ]; then
        one=$target
        one_id=$!
    else
        wait_for "$target" $!
        wait_for "$one" "$one_id"
        one=
    fi
done
[ -z "$one" ] || wait_for "$one" "$one_id"

printf '%-8s %10s %14s %12s\n' target seconds executions 'corpus'
for target in "$@"; do
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")
    files=$(find "$work/found-$target" -type f | wc -l)
    printf '%-8s %10s %14s %12s\n' "$target" "$seconds" "${runs:-stopped}" "$files"
done
exit "$status"
