#!/bin/sh
# Small logs of each shape that usage-report knows (tests/data/usage_report/shapes, made by generate.py there), and what is right for
# each (shapes.tsv): tokens and cost, by day and model, from the plain command. Names of files, their order, and whether they are one
# file or many change nothing.
#
#     sh tests/examples/usage_report_shapes.sh FOLDER      FOLDER holds the programs
set -eu

report=$(cd "$1" && pwd)/usage-report
cd "$(dirname "$0")/../.."
data=tests/data/usage_report
. tests/checks/compare.sh

# rows ARGUMENT...: DAY MODEL and the numbers of shapes.tsv, of each group with tokens; the cost in 10^-12.
rows() {
    "$report" --by day --by /model --prices $data/prices.csv --format csv "$@" 2>"$scratch/err" | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["prompt_tokens"] != "" {
            split($at["cost"], cost, ".")
            decimals = substr(cost[2] "000000000000", 1, 12)
            parts = cost[1] decimals
            sub(/^0*/, "", parts)
            n = split("responses prompt_tokens cached_tokens cache_write_tokens cache_write_1h_tokens completion_tokens reasoning_tokens", names, " ")
            row = $1 " " $2
            for (i = 1; i <= n; i++) row = row " " ($at[names[i]] == "" ? 0 : $at[names[i]])
            print row " " parts
        }' | sort
}
# expected FILE: the same, of the table.
expected() {
    awk -F '\t' -v file="$1" '$1 == file { row = $2; for (i = 3; i <= NF; i++) row = row " " $i; print row }' $data/shapes.tsv | sort
}

shapes=$data/shapes
gunzip=yes
"$report" $shapes/bedrock.json.gz >/dev/null 2>&1 || gunzip=
for path in "$shapes"/*; do
    name=${path##*/}
    [ -n "$gunzip" ] || [ "$name" != bedrock.json.gz ] || continue
    says "$name" "$(expected "$name")" "$(rows "$path")"
    says "$name has no findings" "" "$(grep -v "nothing was counted" "$scratch/err")"
done

# All of them at once: what is there twice counts once.
whole() {
    sort | awk '{ key = $1 " " $2; keys[key]; for (i = 3; i <= NF; i++) sum[key, i] += $i }
        END { for (key in keys) { row = key; for (i = 3; i <= 10; i++) row = row " " sprintf("%.0f", sum[key, i]); print row } }' | sort
}
if [ -n "$gunzip" ]; then
    awk -F '\t' 'NR > 1 && $1 != "claude-code-fork.jsonl" { row = $2; for (i = 3; i <= NF; i++) row = row " " $i; print row }' $data/shapes.tsv |
        whole >"$scratch/all"
    says "a folder" "$(cat "$scratch/all")" "$(rows $shapes)"
    reversed=$(printf '%s\n' "$shapes"/* | sort -r)
    # shellcheck disable=SC2086
    says "in another order" "$(cat "$scratch/all")" "$(rows $reversed)"
    mkdir "$scratch/renamed"
    number=0
    for path in "$shapes"/*; do
        number=$((number + 1))
        cp "$path" "$scratch/renamed/$number.log"
    done
    says "under other names" "$(cat "$scratch/all")" "$(rows "$scratch/renamed")"
    for path in $reversed; do
        case $path in
        *.gz) gzip -dc "$path" ;;
        *) cat "$path" ;;
        esac
    done >"$scratch/one"
    says "in one file" "$(cat "$scratch/all")" "$(rows "$scratch/one")"
    says "read twice, only streams count twice" 1 "$(rows $shapes "$scratch/renamed" >/dev/null && grep -c 'its id was there before: both count' "$scratch/err")"
fi

end_checks 50
