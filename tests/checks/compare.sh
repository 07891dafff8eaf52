#!/bin/sh
# Sourced by the scripts that run programs and compare their output with files. The script sets `data` to the folder of
# the expected output: NAME.out and NAME.err (no file: no output). With ACCEPT=1 in the environment the files are
# written again; read them before you commit them.
LC_ALL=C
export LC_ALL
: "${data:?the folder of the expected output}"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
checks=0
failures=0

fail() {
    echo "FAILED $1"
    failures=$((failures + 1))
}

# says WORDS EXPECTED SEEN
says() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fail "$1: expected '$2', seen '$3'"
}

skip() {
    echo "SKIPPED $1: $2"
}

same() {
    expected=$data/$1
    [ -e "$expected" ] || expected=/dev/null
    cmp -s "$expected" "$scratch/$1" || {
        fail "$1, expected (-) and seen (+):"
        diff -u "$expected" "$scratch/$1" || :
    }
}

accept() {
    rm -f "$data/$1"
    [ ! -s "$scratch/$1" ] || cp "$scratch/$1" "$data/$1"
}

# check_output NAME STATUS COMMAND...: the caller redirects standard input.
check_output() {
    name=$1
    status=$2
    shift 2
    seen=0
    "$@" >"$scratch/$name.out" 2>"$scratch/$name.err" || seen=$?
    checks=$((checks + 1))
    [ "$seen" -eq "$status" ] || fail "$name: exit status $seen instead of $status"
    for kind in out err; do
        if [ -n "${ACCEPT:-}" ]; then
            accept "$name.$kind"
        else
            same "$name.$kind"
        fi
    done
}

# The rows of a CSV report, short: "KEYS: column number, ...; ...", without what is zero or absent.
words_of_rows() {
    awk -F, -v all="$1" 'NR == 1 { for (i = 1; i <= NF; i++) { name[i] = $i; if ($i == "responses") keys = i - 1 } next }
        {
            row = ""
            for (i = 1; i <= keys; i++) row = row (i > 1 ? " " : "") $i
            row = row ":"
            for (i = keys + 1; i <= NF; i++) {
                word = name[i]
                sub(/_tokens$/, "", word)
                if ($i != "" && $i != "0" && (all != "" || word !~ /missing$/)) row = row " " word " " $i
            }
            printf "%s%s", (NR > 2 ? "; " : ""), row
        }'
}

# The same without the columns that are called ..._missing, and with them.
short() {
    words_of_rows ''
}
short_all() {
    words_of_rows all
}

# end_checks MORE-THAN: the script's last command. Fails if a check failed, or if there were not more checks than this.
end_checks() {
    echo "$checks checks, $failures failures"
    [ "$checks" -gt "$1" ] && [ "$failures" -eq 0 ]
}
