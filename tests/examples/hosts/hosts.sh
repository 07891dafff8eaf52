# What the tests of the hosts share: packages unpacked into the build folder (nothing is installed), a scratch folder,
# and comparing what a host printed with what the C library says. Sourced, with the folder of the built programs in
# `built`. POSIX sh.
# shellcheck shell=sh
LC_ALL=C
export LC_ALL
: "${built:?the folder of the built programs}"

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../../.." && pwd)
packages=$built/packages
library=${2:?the build folder}/libtokusage.a
mkdir -p "$packages"
scratch=$(mktemp -d)
running=
trap end_host_test EXIT
trap 'exit 1' HUP INT TERM

# skip REASON: that word is what CTest looks for.
skip() {
    echo "SKIPPED: $1"
    exit 0
}

end_host_test() {
    status=$?
    trap - EXIT
    for pid in $running; do
        kill "$pid" 2>/dev/null || :
        wait "$pid" 2>/dev/null || :
    done
    rm -rf "$scratch"
    exit "$status"
}

# fail REASON: ends the test.
fail() {
    echo "FAILED: $1"
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# in_time COMMAND...: waits until it succeeds, twenty seconds at most.
in_time() {
    late=$(($(date +%s) + 20))
    until "$@"; do
        [ "$(date +%s)" -lt "$late" ] || return 1
        sleep 0.05
    done
}

# same WORDS EXPECTED-FILE SEEN-FILE: that they are equal and not empty.
same() {
    [ -s "$2" ] || fail "$1: nothing is expected"
    cmp -s "$2" "$3" || {
        diff "$2" "$3" | head -n 20; diff "$2" "$3" | grep "^>" | head -n 5
        fail "$1: expected (<) and seen (>) differ"
    }
    echo "$1: $(($(wc -l <"$2"))) lines agree"
}

# ------------------------------------------------------------------------------------------------------ packages

# with_libraries PACKAGE...: their names, and those of the libraries that they need and this system does not have. (LLVM is
# large, and only for PostgreSQL's compiler.)
with_libraries() {
    {
        printf '%s\n' "$@"
        LC_ALL=C apt-get -s --no-install-recommends install "$@" 2>/dev/null |
            sed -n '/-dev /d; /llvm\|clang/d; s/^Inst \(lib[^ ]*\) .*/\1/p'
    } | sort -u
}

# unpack NAME PACKAGE...: Debian packages into $packages/NAME, once. Skips the test where they cannot be had.
unpack() {
    to=$packages/$1
    shift
    [ "$(cat "$to/complete" 2>/dev/null)" != "$*" ] || return 0
    if ! has apt-get || ! has dpkg; then skip "no apt-get here for $*"; fi
    rm -rf "$to"
    mkdir -p "$to/archives"
    (
        cd "$to/archives"
        chmod 777 .
        # shellcheck disable=SC2046
        timeout 300 apt-get -q download $(with_libraries "$@") ||
            { timeout 120 apt-get -q update && timeout 300 apt-get -q download $(with_libraries "$@"); }
    ) >"$to/log" 2>&1 || skip "these packages cannot be had: $*"
    for archive in "$to"/archives/*.deb; do
        dpkg -x "$archive" "$to"
    done
    rm -r "$to/archives"
    echo "$*" >"$to/complete"
}

# node_packages NAME PACKAGE...: npm's packages into $packages/NAME/node_modules, once.
node_packages() {
    to=$packages/$1
    shift
    [ ! -e "$to/complete" ] || return 0
    if ! has node || ! has npm; then skip "no node and npm here for $*"; fi
    mkdir -p "$to"
    timeout 300 npm install --silent --no-audit --no-fund --no-save --prefix "$to" "$@" >"$to/log" 2>&1 ||
        skip "these packages cannot be had: $*"
    : >"$to/complete"
}

# npm_archive NAME PACKAGE FILE...: files of a package of npm, into $packages/NAME/package, once; nothing of it runs.
npm_archive() {
    to=$packages/$1
    package=$2
    shift 2
    [ ! -e "$to/complete" ] || return 0
    has npm || skip "no npm here for $package"
    mkdir -p "$to"
    archive=$(cd "$to" && timeout 300 npm pack --silent "$package" 2>"$to/log") || skip "this package cannot be had: $package"
    tar -x -z -f "$to/$archive" -C "$to" "$@"
    rm "$to/$archive"
    : >"$to/complete"
}

# library_path FOLDER: where a program that was unpacked there finds its shared libraries.
library_path() {
    find "$1" -name '*.so*' -exec dirname {} \; | sort -u | tr '\n' ':'
}

# -------------------------------------------------------------------------------------------------------- bodies

# The bodies of all providers, as links FOLDER-FILE in $scratch/bodies.
take_bodies() {
    mkdir "$scratch/bodies"
    for folder in examples/data tests/data/bodies tests/data/formats; do
        for file in "$project/$folder"/*.*; do
            case $file in
            *.tsv | *.csv | *.md) ;;
            *) ln -s "$file" "$scratch/bodies/${folder##*/}-${file##*/}" ;;
            esac
        done
    done
}

# judge_bodies WHAT: what the C library says about each beginning of each of them, or about all of it, in
# $scratch/judged; judge.c says what the lines have.
judge_bodies() {
    "$built/hosts_judge" "$1" "$scratch"/bodies/* >"$scratch/judged"
}

# same_lines WORDS: that $scratch/seen has the first columns of $scratch/judged, as many as it has.
same_lines() {
    columns=$(head -n 1 "$scratch/seen" | tr '\t' '\n' | wc -l)
    cut -f "1-$((columns))" "$scratch/judged" | sort >"$scratch/expected"
    sort "$scratch/seen" >"$scratch/sorted"
    same "$1" "$scratch/expected" "$scratch/sorted"
}

# compile_host OUTPUT SOURCE OPTION...: a module that a host loads, with the static library in it.
compile_host() {
    to=$1
    shift
    # CC and CFLAGS may be several words.
    # shellcheck disable=SC2086
    ${CC:-cc} ${CFLAGS:-} -std=c11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$to" "$@" -I"$project/include" \
        "$library" >"$scratch/compiled" 2>&1 || fail "$1 cannot be compiled: $(head -n 20 "$scratch/compiled")"
}

# ----------------------------------------------------------------------------------------------------- databases

count_names() {
    sed -n 's/^    tokusage_count \([a-z_0-9]*\);.*/\1/p' "$project/include/tokusage.h"
}

# each_count EXPRESSION: a list of SQL with the name of each count, in quotes, where EXPRESSION has %s.
each_count() {
    count_names | sed "s/.*/'&'/" | while read -r name; do
        # shellcheck disable=SC2059
        printf "$1\n" "$name"
    done | paste -s -d , -
}

# mixed_calls: SQL that makes the table calls: 10,000 bodies of all kinds and what is true of them.
mixed_calls() {
    echo 'BEGIN;'
    echo "CREATE TABLE calls (body TEXT, $(count_names | sed 's/$/ BIGINT/' | paste -s -d , -));"
    "$built/hosts_mix" 10000
    echo 'COMMIT;'
}

# count_differences EXPRESSION: SQL that counts the rows in which the count that EXPRESSION says, for the quoted name at
# %s, is not the true one. They are expected in $scratch/none.
count_differences() {
    count_names | while read -r name; do
        # shellcheck disable=SC2059
        printf "sum(CASE WHEN coalesce($1, -1) = coalesce($name, -1) THEN 0 ELSE 1 END)\n" "'$name'"
    done | paste -s -d , -
    count_names | sed 's/.*/0/' | paste -s - >"$scratch/none"
}

# sums_of_calls: SQL that prints the sum of each true count.
sums_of_calls() {
    echo "SELECT $(count_names | sed 's/.*/sum(&)/' | paste -s -d , -) FROM calls;"
}

# ------------------------------------------------------------------------------------------------------ WebAssembly

# build_wasm: $scratch/tokusage.wasm. Skips the test where the tools are missing.
build_wasm() {
    has node || skip "no node here"
    if ! has clang || ! has wasm-ld; then skip "no clang with wasm-ld here (clang, lld)"; fi
    sh "$project/examples/wasm/build.sh" "$scratch/tokusage.wasm" >"$scratch/compiled" 2>&1 ||
        fail "build.sh: $(tail -n 20 "$scratch/compiled")"
}

# ---------------------------------------------------------------------------------------------------- Lua

# "name=value" of the counts that were reported, in the order of the names, instead of their columns.
# shellcheck disable=SC2016
words_of_counts='
    BEGIN { split(names, name, " "); for (i in name) column[name[i]] = i + 4; count = split(sorted, in_order, " ") }
    {
        words = ""
        for (i = 1; i <= count; i++) {
            value = $column[in_order[i]]
            if (value != "-") words = words (words == "" ? "" : " ") in_order[i] "=" value
        }
        print $1, $2, (complete ? $18 : $3), ($4 == "-" ? "" : $4), words
    }'

# counts_in_words COMPLETE <LINES: lines of judge counts as name, length, verdict, model, words; COMPLETE is 1 for the
# verdict of a complete body, else empty.
counts_in_words() {
    awk -F '\t' -v OFS='\t' -v complete="$1" -v names="$(count_names | paste -s -d ' ' -)" \
        -v sorted="$(count_names | sort | paste -s -d ' ' -)" "$words_of_counts"
}
