#!/bin/sh
# sh tests/fuzz/run.sh SECONDS [TARGET...]: builds the fuzz targets with clang's fuzzer, address and undefined-behaviour
# sanitizers, and runs each for that many seconds, two at a time. Each begins with its corpus and with what earlier runs
# found, which is kept in build/fuzz. A finding stops that target with status 1; its input is build/fuzz/TARGET-crash-...
#
# sh tests/fuzz/run.sh until SECONDS [TARGET...]: goes on until each has run for so many seconds of processor time with
# the sources as they are, earlier runs included. It may be stopped at any time; the same command goes on where it was.
#
# Both end in a table: seconds of processor time and executions with these sources, and the inputs kept. The targets are
# those in the line below.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/fuzz}
. "$root/tests/checks/common.sh"
targets="decode extract formats frames search stream tree cost report"

until=
if [ "${1:-}" = until ]; then
    until=1
    shift
fi
seconds=${1:?usage: run.sh [until] SECONDS [TARGET...]}
shift
# The names are words.
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $targets

begin_work
need cc pkg_config cjson cmocka -- jansson zlib
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
flags="-std=c11 -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -include $work/data.h -I$root/include
    -I$root/tests/unit -I$root/tests/reference $(pkg-config --cflags libcjson cmocka)
    -I$(pkg-config --variable=includedir libcjson)/cjson"

# objects FOLDER FLAGS FILE...: compiles into a folder of its own.
objects() {
    rm -rf "${work:?}/$1"
    mkdir "$work/$1"
    (
        cd "$work/$1"
        more=$2
        shift 2
        # The flags are a list of words; so are those of the functions below.
        # shellcheck disable=SC2086
        printf '%s\n' "$@" |
            xargs -n 1 -P "$(processors)" "$fuzzer" $flags $more -fsanitize=fuzzer-no-link,address,undefined -c
    )
}

# What all targets are linked with, compiled once. Of the archive a target takes what it needs.
compile_shared() {
    objects shared "-I$root/src" "$root"/src/*.c "$root"/tests/reference/*.c "$root/tests/fuzz/common.c" "$root/tests/fuzz/expect.c" \
        "$root/tests/unit/support.c" "$root/tests/unit/notation.c" "$root/tests/unit/table.c" "$root/tests/unit/rows.c" \
        "$root/tests/unit/body.c" "$root/tests/unit/shorthand.c" "$root/tests/unit/heap.c"
    rm -f "$work/shared.a"
    ar rcs "$work/shared.a" "$work"/shared/*.o
}

# The program that the target `report` calls.
compile_program() {
    program="-D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700 -Dmain=report_main -Dfclose=report_fclose"
    packed=
    if has_zlib; then
        program="$program -DTOKUSAGE_ZLIB=1"
        packed=-lz
    fi
    objects program "$program" "$root"/examples/usage_report/*.c
}

compile() {
    more=
    case $1 in
    search) more=$(find "$root/tests/fuzz/twins" -name '*.c') ;;
    report) more="$(find "$work/program" -name '*.o') $packed" ;;
    esac
    # shellcheck disable=SC2046,SC2086
    "$fuzzer" $flags "-I$root/src" -fsanitize=fuzzer,address,undefined "$root/tests/fuzz/fuzz_$1.c" $more "$work/shared.a" \
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

# One line for each run that has ended: the sources it was built of, the target, seconds of processor time, executions.
record=$work/record.tsv
sources=$(cat "$root"/src/*.[ch] "$root"/include/*.h "$root"/examples/usage_report/*.[ch] "$root"/tests/fuzz/*.[ch] | cksum | cut -d ' ' -f 1)

# sum_of TARGET COLUMN: of all runs with these sources
sum_of() {
    [ -f "$record" ] || : >"$record"
    awk -F '\t' -v sources="$sources" -v target="$1" -v column="$2" \
        '$1 == sources && $2 == target { sum += $column } END { print sum + 0 }' "$record"
}

# run TARGET SECONDS: -timeout and the rest are libFuzzer's; a single input gets 10 seconds.
run() {
    name=$1
    longest=$2
    mkdir -p "$work/found-$name"
    set -- "$work/found-$name" "$root/tests/fuzz/corpus/$name"
    case $name in
    decode | extract | search | stream) set -- -dict="$work/names.dict" "$@" ;;
    report) set -- -close_fd_mask=2 "$@" ;; # the program says what is wrong with each log
    esac
    status=0
    "$work/fuzz_$name" -max_total_time="$longest" -timeout=10 -rss_limit_mb=2048 -max_len=6000 -print_final_stats=1 \
        -artifact_prefix="$work/$name-" "$@" >"$work/$name.log" 2>&1 || status=1
    # The second line of `times` is what the programs took that this shell has run; of it only the last run counts.
    times >"$work/$name.times"
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
    taken=$(awk 'NR == 2 { gsub(/s/, ""); for (i = 1; i <= 2; i++) { split($i, t, "m"); s += 60 * t[1] + t[2] } print int(s) }' "$work/$name.times")
    printf '%s\t%s\t%s\t%s\n' "$sources" "$name" "$((taken - ${before:-0}))" "${runs:-0}" >>"$record"
    before=$taken
    return "$status"
}

# In rounds, so that little is lost when it is stopped.
fuzz() {
    before=0
    if [ -z "$until" ]; then
        run "$1" "$seconds"
        return
    fi
    while left=$((seconds - $(sum_of "$1" 3))) && [ "$left" -gt 0 ]; do
        run "$1" "$((left < 120 ? left : 120))" || return 1
    done
}

echo "building in $work"
make_dictionary >"$work/names.dict"
compile_shared
case " $* " in *" report "*) compile_program ;; esac
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

printf '%-8s %10s %14s %12s\n' target processor executions corpus
for target in "$@"; do
    files=$(find "$work/found-$target" -type f | wc -l)
    printf '%-8s %8s s %14s %12s\n' "$target" "$(sum_of "$target" 3)" "$(sum_of "$target" 4)" "$files"
done
exit "$status"
