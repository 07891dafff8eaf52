#!/bin/sh
# Runs usage-report on good and on broken input, and compares everything it prints, and its exit status, with
# tests/data/usage_report/NAME.out, NAME.err (no file: nothing is printed) and the status given here. After that come the
# claims that no single output shows: parts add up to the whole, memory is constant.
#
#     sh tests/examples/usage_report.sh FOLDER            FOLDER holds the programs
#     ACCEPT=1 sh tests/examples/usage_report.sh FOLDER   writes the files anew, to be read before they are committed
set -eu

programs=$(cd "$1" && pwd)
report=$programs/usage-report
cd "$(dirname "$0")/../.."
data=tests/data/usage_report
. tests/checks/compare.sh

# check NAME STATUS ARGUMENT...: standard input is what the caller redirects, else empty.
check() {
    name=$1
    status=$2
    shift 2
    check_output "$name" "$status" "$report" "$@"
}

# given NAME STATUS INPUT ARGUMENT...: INPUT (escapes as in printf's %b) is standard input.
given() {
    printf %b "$3" >"$scratch/input"
    name=$1
    status=$2
    shift 3
    check "$name" "$status" "$@" <"$scratch/input"
}

# holds WORDS COMMAND...: that the command succeeds.
holds() {
    words=$1
    shift
    checks=$((checks + 1))
    "$@" || fail "$words"
}

# ------------------------------------------------------------------------------------------- what it counts

# In OpenAI's format, and in those of others.
bodies="examples/data/contradicting.json examples/data/friendli-completion.json examples/data/openai-chat.json
    examples/data/log.jsonl"
streams="examples/data/friendli-stream.sse examples/data/openai-stream.sse"
services=$(ls examples/data/anthropic-* examples/data/bedrock-* examples/data/cohere-* examples/data/gemini-* \
    examples/data/ollama-* examples/data/openai-responses* examples/data/xai-*)

check samples 0 examples/data/friendli-completion.json examples/data/friendli-stream.sse examples/data/log.jsonl \
    examples/data/openai-chat.json examples/data/openai-stream.sse
# shellcheck disable=SC2086
check samples_by_model 0 --by /model --each $bodies $streams
# shellcheck disable=SC2086
check samples_json 0 --by /model --format json $bodies $streams
# shellcheck disable=SC2086
check samples_csv 0 --by /model --format csv $bodies $streams
# shellcheck disable=SC2086
check samples_tsv 0 --by /model --format tsv $bodies $streams
# shellcheck disable=SC2086
check each_json 0 --by /model --each --format json examples/data/log.jsonl $streams
# shellcheck disable=SC2086
check each_csv 0 --by /model --each --format csv examples/data/log.jsonl $streams
# shellcheck disable=SC2086
check each_tsv 0 --each --format tsv examples/data/log.jsonl $streams
# shellcheck disable=SC2086
check services 0 --each $services
# shellcheck disable=SC2086
check services_json 0 --each --format json $services
# shellcheck disable=SC2086
check services_by_version 0 --by /modelVersion --format csv $services
check every_verdict 0 --each --by /model $data/verdicts.jsonl
check every_verdict_csv 0 --by /model --format csv --max-errors 0 $data/verdicts.jsonl
check batch 0 --at /response/body/usage --by /response/body/model $data/batch.jsonl
check two_findings 0 --max-errors 2 $data/verdicts.jsonl examples/data/contradicting.json
check strict 1 --strict examples/data/contradicting.json
check strict_without_findings 0 --strict examples/data/log.jsonl
given part_above_whole 0 '{"usage":{"prompt_tokens":5,"completion_tokens":9,"total_tokens":14,"reasoning_tokens":10}}\n' --format csv
given strict_without_usage 1 '{"id":1}\n' --strict
given absent_is_not_zero 0 '{"usage":{"prompt_tokens":5}}\n{"usage":{"prompt_tokens":0}}\n'
given zero_is_not_absent 0 '{"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}\n'
holds "columns of zeros are left out" test "$("$report" examples/data/log.jsonl | grep -c malformed)" -eq 0
given nothing_json 0 '' --format json --by /model
given nothing_csv 0 '' --format csv --by /model
given above_and_below 0 '{"usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":13,"reasoning_tokens":1}}
{"usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":9}}
{"usage":{"prompt_tokens":50,"total_tokens":9}}\n' --format json

# ------------------------------------------------------------------------------------------- what a file is

given body_over_lines 0 '\n  {\n "usage":\r\n {"prompt_tokens": 5}}\n\n' --each
given bodies 0 '{\n"usage": {"prompt_tokens": 5}\n}\n{\n"usage": {"prompt_tokens": 6}\n}{"usage":{"prompt_tokens":7}}' --each
given body_broken_between_bodies 0 '{\n"usage": {"prompt_tokens": 5}\n}\n{\n"usage": {"prompt_tokens": 6},\n}\n{\n"usage": {"prompt_tokens": 7}\n}\n' --each
given body_truncated 0 '{\n "usage": {\n  "prompt_tokens": 5,\n  "comp' --each
given body_of_an_array 0 '[\n{"usage": {"prompt_tokens": 5}}\n]\n' --each
given lines_first_truncated 0 '{"model":"a","usage":\n{"usage":{"prompt_tokens":6}}\n{"usage":{"prompt_tokens":7}}\n' --each
given lines_first_in_a_string 0 '{"model":"a\n{"usage":{"prompt_tokens":6}}\n' --each
given lines_first_not_json 0 'INFO started\n{"usage":{"prompt_tokens":6}}\n' --each
given lines_last_truncated 0 '{"usage":{"prompt_tokens":6}}\n{"usage":{"prompt_to' --each
given lines_after_blank_ones 0 '\n \t\r\n{"usage":{"prompt_tokens":6}}\n\n{"usage":7}\n' --each
given lines_crlf 0 '{"usage":{"prompt_tokens":5}}\r\n{"usage":{"prompt_tokens":6}}\r\n' --each
given lines_said 0 '{"a":\n1}\ndata: 5\n' --each
given one_line 0 '{"usage":{"prompt_tokens":5}}' --each
given mark_lines 0 '\0357\0273\0277{"usage":{"prompt_tokens":5}}\n{"usage":{"prompt_tokens":6}}\n' --each
given stream_of_comments_first 0 ': hello\n\ndata: {"model":"m","usage":{"prompt_tokens":5}}\n\ndata: [DONE]\n\n' --each --by /model
given stream_cr 0 'data: {"model":null}\r\rdata: {"model":\rdata:"m"}\r\rdata: {"usage":{"prompt_tokens":5}}\r\rdata: [DONE]\r\r' \
    --each --by /model
given stream_crlf 0 'event: e\r\ndata: {"model":"m",\r\ndata:"usage":{"prompt_tokens":5}}\r\n\r\ndata: [DONE]\r\n\r\n' --each --by /model
given stream_mark 0 '\0357\0273\0277data: {"usage":{"prompt_tokens":5}}\n\ndata: [DONE]\n\n' --each
given stream_truncated 0 'data: {"usage":{"prompt_tokens":5}}\n\ndata: {"usage":{"prompt_tokens":6}}\n\ndata: {"us' --each --format csv
given stream_without_usage 0 'data: {}\n\ndata: [DONE]\n\n' --each
given stream_invalid 0 'data: {"usage":{"prompt_tokens":1.5}}\n\ndata: [DONE]\n\n' --each
given stream_of_anthropic_truncated 0 'data: {"message":{"usage":{"input_tokens":5}}}\n\ndata: {"type":"message_st' --each
check running_usage 0 --each $data/running.sse
given binary 0 '\0000\0001\0377\0376\0000data\n\0000\n' --each
given page 0 '<html>\n<body>\n</html>\n' --each
given empty 0 '' --each
given blank 0 ' \n\t\r\n' --each
given deep 0 "$(awk 'BEGIN { for (i = 0; i < 1100; i++) printf "[" }')\n{\"usage\":{\"prompt_tokens\":5}}\n" --each
given line_at_the_limit 0 '{"usage":{"prompt_tokens":5}}\n{"usage":{"prompt_tokens":56}}\n{"usage":{"prompt_tokens":7}}' --each --max-line 29
given body_over_the_limit 0 '{\n"usage":{"prompt_tokens":5}}\n{"usage":{"prompt_tokens":7}}\n' --each --max-line 29

# ------------------------------------------------------------------------------------------- names of groups

check keys_table 0 --by /model $data/keys.jsonl
check keys_json 0 --by /model --format json $data/keys.jsonl
check keys_csv 0 --by /model --format csv $data/keys.jsonl
check keys_tsv 0 --by /model --format tsv $data/keys.jsonl
check keys_each 0 --by /model --each --format csv $data/keys.jsonl
given keys_broken_utf8 0 '{"model":"\0377\0355\0240\0200a\0303"}\n{"model":"\\ud800"}\n{"model":"\\ud800\\u0041"}\n{"model":"\\ud83d\\ude00"}\n' \
    --by /model --format json
given by_an_object 0 '{"model":{"a":1}}\n{"model":["m"]}\n{"model":5}\n{"model":null}\n{}\n{"model":"a","model":"b"}\n' --by /model --format csv
printf '{"usage":5}\n' >"$scratch/$(printf 'a\033[31m\nb,"c')"
(cd "$scratch" && "$report" --each --format csv a*b*c >name.out 2>name.err) || fail "a file with a hostile name"
says "a hostile file name in CSV" '"a\x1b[31m\x0ab,""c",1,(none),invalid' "$(sed -n '2s/,,*invalid/,invalid/p' "$scratch/name.out")"
says "a hostile file name in a finding" 'usage-report: a\x1b[31m\x0ab,"c:1: usage: wrong type' "$(sed 1q "$scratch/name.err")"

# ------------------------------------------------------------------------------------------- the command line

check help 0 --help
says "--version" "usage-report $(sed -n 's/^#define TOKUSAGE_VERSION_M[A-Z]* //p;s/^#define TOKUSAGE_VERSION_PATCH //p' \
    include/tokusage.h | paste -s -d . -)" "$("$report" --version)"
check option_unknown 2 --nothing
check option_short 2 -x
check option_without_argument 2 --at
check option_with_argument 2 --each=yes
check at_bad 2 --at usage
check at_bad_escape 2 --at=/a~2
check by_bad 2 --by model
check format_bad 2 --format xml
check max_line_bad 2 --max-line 3X
check max_line_huge 2 --max-line 17179869184G
check merge_with_by 2 --merge --by /model
check merge_with_each 2 --merge --each
check file_missing 2 examples/data/log.jsonl no/such.jsonl examples/data/openai-chat.json
check file_missing_json 2 --format json no/such.jsonl
check folder 0 --by file --max-errors 0 examples/data
mkdir "$scratch/linked"
ln -s "$PWD/examples/data/openai-chat.json" "$scratch/linked/a.json"
ln -s "$scratch/linked" "$scratch/linked/again"
says "links to logs are read, those to folders are not" "gpt-4o-mini-2024-07-18: responses 1 prompt 19 completion 23 total 42" \
    "$("$report" --format csv "$scratch/linked" 2>&1 | short)"
check dashes 2 -- --help
given dash 0 '{"usage":{"prompt_tokens":5}}\n' --each examples/data/openai-chat.json - examples/data/log.jsonl
given options_after_files 0 '{"usage":{"prompt_tokens":5}}\n' - --format=csv

: >"$scratch/secret"
chmod 000 "$scratch/secret"
if [ -r "$scratch/secret" ]; then
    skip no_permission "this user may read every file"
else
    seen=0
    (cd "$scratch" && "$report" --format csv secret) >"$scratch/no.out" 2>"$scratch/no.err" || seen=$?
    says "status of a file that may not be read" 2 "$seen"
    says "a file that may not be read" "usage-report: secret: Permission denied" "$(cat "$scratch/no.err")"
fi

# full ARGUMENT...: nothing may claim success when its output is lost.
full() {
    seen=0
    "$report" "$@" >/dev/full 2>"$scratch/full.err" || seen=$?
    says "status with a full disk: $*" 2 "$seen"
    says "a full disk: $*" "usage-report: standard output: No space left on device" "$(cat "$scratch/full.err")"
}

awk 'BEGIN { for (i = 0; i < 50000; i++) print "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}" }' >"$scratch/many"
if [ -w /dev/full ]; then
    full examples/data/log.jsonl
    full --format json examples/data/log.jsonl
    full --help
    full --version
    full --each "$scratch/many"
    full --each --format csv "$scratch/many" "$scratch/many"
else
    skip full_disk "there is no /dev/full"
fi

# The options are the same wherever they are named.
options=$("$report" --help | grep -o -e '--[a-z-]*' | sort -u)
for option in $options; do
    holds "the manual names $option" grep -q -e "$(printf %s "$option" | sed 's/-/\\\\-/g')" examples/usage-report.1
done
holds "--help fits a screen" test "$("$report" --help | wc -l)" -le 24
holds "--help has no long lines" test -z "$("$report" --help | awk 'length > 100')"
if man --version >/dev/null 2>&1 && man --help 2>&1 | grep -q -e --warnings; then
    says "the manual's warnings" "" "$(LC_ALL=C.UTF-8 man --warnings -l examples/usage-report.1 2>&1 >/dev/null)"
else
    skip manual_warnings "there is no man --warnings"
fi

# columns_of TABLE: the columns of a table that the README makes for a CSV file.
columns_of() {
    sed -n "/^CREATE TABLE $1 (/,/);/p" examples/README.md | sed "s/^CREATE TABLE $1 (//" | grep -o '[a-z0-9_]* \(text\|bigint\)' |
        sed 's/ .*//' | paste -s -d , -
}
says "the README's table has the columns of --format csv" "$("$report" --format csv </dev/null 2>/dev/null | sed 1q)" \
    "$(columns_of model_usage)"
says "the README's table has the columns of --each" "$(sed 1q $data/each_csv.out)" "$(columns_of token_usage)"

# ------------------------------------------------------------------------------------------- sums out of range

printf '{"model":"a","usage":{"total_tokens":900719925474}}\n' >"$scratch/1.jsonl"
"$report" --format json "$scratch/1.jsonl" | sed 's/900719925474/9007199254740990/g' >"$scratch/1.json"
given merge_out_of_range 2 "$(cat "$scratch/1.json" "$scratch/1.json")\n" --merge --format csv
sed 's/"responses":1/"responses":9007199254740990/g' "$scratch/1.json" | cat - $data/responses_two.json >"$scratch/input"
check merge_counter_out_of_range 2 --merge --format csv <"$scratch/input"
sed 's/"model":"a"/"model":"b"/;s/\["a"\]/["b"]/' "$scratch/1.json" | cat "$scratch/1.json" - >"$scratch/input"
check range_of_groups 2 --merge --format csv <"$scratch/input"

says "a group of a report with a key too many" "usage-report: -:1: a group of this report is broken; the rest of it is not added" \
    "$(sed 's/\["a"\]/["a","b"]/' "$scratch/1.json" | "$report" --merge 2>&1 >/dev/null)"

# ------------------------------------------------------------------------------------------- merging

given merge_nothing 2 '' --merge --format json
given merge_garbage 2 'hello\n' --merge --format csv
given merge_other_json 2 '{"usage":{"prompt_tokens":5}}\n' --merge --format csv
head -c 300 $data/samples_json.out >"$scratch/truncated.json"
(cd "$scratch" && seen=0 && "$report" --merge --format csv truncated.json >merge_truncated.out 2>merge_truncated.err || seen=$?
    [ "$seen" -eq 2 ]) || fail "a truncated report: status"
[ -z "${ACCEPT:-}" ] || { accept merge_truncated.out && accept merge_truncated.err; }
same merge_truncated.out
same merge_truncated.err
sed 's/"malformed":0/"malformed":-1/' $data/samples_json.out >"$scratch/input"
check merge_negative_counter 2 --merge --format csv <"$scratch/input"
sed 's/"at":null/"at":"\/other"/' $data/samples_json.out | cat $data/samples_json.out - >"$scratch/input"
check merge_other_pointer 2 --merge --format csv <"$scratch/input"
sed 's/"at":null/"at":""/' $data/samples_json.out | cat $data/samples_json.out - >"$scratch/input"
check merge_whole_document_pointer 2 --merge --format csv <"$scratch/input"
check merge_incomplete 2 --merge --format csv $data/file_missing_json.out
check merge_table 0 --merge $data/samples_json.out
sed 's/,/,\
/g' $data/samples_json.out >"$scratch/spread"
"$report" --merge --format json "$scratch/spread" >"$scratch/merged"
holds "a report over many lines merges to itself" cmp $data/samples_json.out "$scratch/merged"
"$report" --merge --format json $data/keys_json.out >"$scratch/merged"
holds "a merge keeps every name of a group" cmp $data/keys_json.out "$scratch/merged"
says "the sums are a usage object that usage_of reads" '"prompt_tokens":87,"completion_tokens":48,"total_tokens":132' \
    "$("$programs/usage_of" --json --at /total/usage $data/samples_json.out | grep -o '"prompt_tokens":[0-9]*,"c[^{]*[0-9]')"

# A log with everything in it, and its sums as awk adds them up.
awk -v sums="$scratch/sums" 'BEGIN {
    srand(7)
    for (i = 0; i < 20000; i++) {
        p = int(rand() * 100000); c = int(rand() * 5000); t = p + c
        m = "model-" int(rand() * 7) (i % 11 == 0 ? "\\u00e9\\n\\\"" : "")
        if (i % 101 == 3) { print "{\"model\":\"" m "\",\"usage\":{\"prompt"; bad++; continue }
        if (i % 103 == 4) { print "not {json"; bad++; continue }
        if (i % 107 == 5) { print "{\"choices\":[],\"model\":\"" m "\",\"usage\":null}"; n++; none++; continue }
        if (i % 109 == 6) { print "{\"model\":\"" m "\",\"usage\":{\"prompt_tokens\":-1}}"; n++; invalid++; continue }
        n++
        if (i % 113 == 7) { print "{\"model\":5,\"usage\":{\"prompt_tokens\":" p "}}"; P += p; nc++; nt++; continue }
        P += p; C += c; d = 0; details = ""
        if (i % 137 == 10) { d = 7; R++; contra++; above += d; details = ",\"reasoning_tokens\":1" }
        else {
            if (i % 127 == 8) d = 100
            if (i % 131 == 9) d--
            if (d > 0) { C += d; R += d; assumed++ }
            if (d < 0) { contra++; below -= d }
        }
        print "{\"model\":\"" m "\",\"x\":\"" (i % 50) "\",\"usage\":{\"prompt_tokens\":" p ",\"completion_tokens\":" c \
            ",\"total_tokens\":" t + d details "}}"
        T += t + d
    }
    print "responses " n " without_usage " none " invalid " invalid " malformed " bad " prompt_tokens " P " completion_tokens " C \
        " total_tokens " T " reasoning_tokens " R " completion_tokens_missing " nc " total_tokens_missing " nt " assumed " assumed \
        " contradictory " contra " tokens_above " above " tokens_below " below >sums
}' >"$scratch/log.jsonl"
# sums_of: of a CSV report without keys, or of the lines of groups: NAME SUM, without what is 0.
sums_of() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) { name[i] = $i; if ($i == "responses") first = i }; fields = NF; next }
        { for (i = 0; i <= fields - first; i++) sum[i] += $(NF - i) }
        END { for (i = fields - first; i >= 0; i--) if (sum[i] > 0) row = row " " name[fields - i] " " sprintf("%.0f", sum[i])
            print substr(row, 2) }'
}
says "the sums of a log" "$(cat "$scratch/sums")" "$("$report" --by none --format csv --max-errors 0 "$scratch/log.jsonl" | sums_of)"
"$report" --by /model --format json --max-errors 0 "$scratch/log.jsonl" >"$scratch/whole.json"
says "the groups add up to the total" "$(cat "$scratch/sums")" \
    "$("$report" --by /model --format csv --max-errors 0 "$scratch/log.jsonl" | sums_of)"

mkdir "$scratch/parts"
split -l 777 "$scratch/log.jsonl" "$scratch/parts/part-"
for part in "$scratch"/parts/part-*; do
    "$report" --by /model --format json --max-errors 0 <"$part" >"$part.json"
done
cat "$scratch"/parts/*.json | "$report" --merge --format json >"$scratch/merged.json"
holds "reports of parts add up to the report of the whole" cmp "$scratch/whole.json" "$scratch/merged.json"
"$report" --merge --format json "$scratch"/parts/part-a[a-f].json >"$scratch/left.json"
"$report" --merge --format json "$scratch"/parts/part-a[g-z].json >"$scratch/right.json"
"$report" --merge --format json "$scratch/right.json" "$scratch/left.json" >"$scratch/merged.json"
holds "so do merges of merges, in any order" cmp "$scratch/whole.json" "$scratch/merged.json"
# A file for each process: lines that several write to one file at the same time may be mixed.
mkdir "$scratch/reports"
# shellcheck disable=SC2016
printf '%s\n' "$scratch"/parts/part-?? | REPORT=$report REPORTS=$scratch/reports xargs -P 2 -n 5 sh -c \
    '"$REPORT" --by /model --format json --max-errors 0 "$@" >"$(mktemp "$REPORTS/XXXXXX")"' sh
says "as many processes as wanted" 6 "$(find "$scratch/reports" -type f | wc -l | tr -d ' ')"
"$report" --merge --format json "$scratch"/reports/* >"$scratch/merged.json"
holds "so do those of several processes at a time" cmp "$scratch/whole.json" "$scratch/merged.json"

# GNU parallel cuts a file at line ends by itself; DuckDB reads the lines of --each, and adds up the same.
if parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    parallel --will-cite -j 2 --pipe-part -a "$scratch/log.jsonl" --block 200k "$report" --by /model --format json --max-errors 0 |
        "$report" --merge --format json >"$scratch/merged.json"
    holds "so do those that GNU parallel makes" cmp "$scratch/whole.json" "$scratch/merged.json"
else
    skip parallel "there is no GNU parallel"
fi
if node -e 'require("@duckdb/node-api")' >/dev/null 2>&1; then
    "$report" --by none --each --format csv --max-errors 0 "$scratch/log.jsonl" >"$scratch/each.csv"
    # shellcheck disable=SC2016
    says "DuckDB over --each has the same sums" \
        "$(sed 's/.* \(prompt_tokens [0-9]*\) \(completion_tokens [0-9]*\) \(total_tokens [0-9]*\) .*/\1 \2 \3/' "$scratch/sums")" \
        "$(node -e 'const { DuckDBInstance } = require("@duckdb/node-api");
            (async () => {
                const connection = await (await DuckDBInstance.create(":memory:")).connect();
                const names = ["prompt_tokens", "completion_tokens", "total_tokens"];
                const query = `SELECT ${names.map((name) => `sum(${name})`)} FROM read_csv(${JSON.stringify(process.argv[1]).replaceAll(`"`, "\u0027")})`;
                const [row] = (await connection.runAndReadAll(query)).getRows();
                console.log(names.map((name, i) => `${name} ${row[i]}`).join(" "));
            })();' "$scratch/each.csv")"
else
    skip duckdb "node has no @duckdb/node-api (npm; in NODE_PATH)"
fi

says "findings are named up to --max-errors" 25 "$("$report" --max-errors 25 "$scratch/log.jsonl" 2>&1 >/dev/null |
    grep -c 'log.jsonl:[0-9]*: ')"

# ------------------------------------------------------------------------------------------- constant memory

# Not in POSIX, but in every sh that is used: dash, bash, ash, ksh.
# shellcheck disable=SC3045
little_memory() {
    (ulimit -v 81920 && "$report" "$@")
}
# blanks COUNT: a byte each.
blanks() {
    head -c "$1" /dev/zero | tr '\0' ' '
}
# long_document BETWEEN: a usage, 120 MB more, and a usage in the next line.
long_document() {
    printf '{"usage":{"prompt_tokens":1},%b"a":"' "$1"
    blanks 120000000
    printf '"}\n{"usage":{"prompt_tokens":2}}\n'
}
long_stream() {
    event="data: {\"usage\":null,\"a\":\"$(blanks 100000)\"}"
    left=1200
    while [ "$left" -gt 0 ]; do
        printf '%s\n\n' "$event"
        left=$((left - 1))
    done
    printf 'data: {"usage":{"prompt_tokens":5}}\n\ndata: [DONE]\n\n'
}
if { little_memory --help >/dev/null; } 2>/dev/null; then
    says "a line of 120 MB costs that line, in 80 MB of memory" "(none): responses 1 too_long 1 prompt 2" \
        "$(long_document '' | little_memory --by /model --format csv --max-errors 0 | short)"
    says "a line of 120 MB is named" "usage-report: -:1: longer than --max-line, skipped" \
        "$(long_document '' | little_memory --format csv 2>&1 >/dev/null | sed 1q)"
    says "a stream of 120 MB" "(none): responses 1 prompt 5" \
        "$(long_stream | little_memory --by /model --format csv | short)"
    says "120 MB in one document over lines" "(none): responses 1 malformed 1 too_long 1 prompt 2" \
        "$(long_document '\n' | little_memory --by /model --format csv --max-errors 0 | short)"
else
    skip constant_memory "the program does not start in 80 MB here (sanitizers do that)"
fi

# However a file arrives, the result is the same: a pipe that is written to slowly, line by line.
slowly() {
    while IFS= read -r line; do
        printf '%s' "$line"
        printf '\n'
    done <"$1"
}
slowly $data/verdicts.jsonl | "$report" --by /model --format csv --max-errors 0 >"$scratch/slow"
holds "a slow pipe is read as a file is" cmp $data/every_verdict_csv.out "$scratch/slow"

# What has reported its end may report again.
second_usage() {
    printf 'data: {"message":{"usage":{"input_tokens":5,"output_tokens":1}}}\n\n'
    printf 'data: {"type":"message_delta","usage":{"output_tokens":6}}\n\n'
    sleep 0.3
    printf 'data: {"type":"message_delta","usage":{"output_tokens":9}}\n\n'
}
says "a usage after one that says that it is the last" "(none): responses 1 prompt 5 completion 9 total 14" \
    "$(second_usage | "$report" --by /model --format csv | short)"

# ------------------------------------------------------------------------------------------- installation

if [ -n "${CMAKE:-}" ] && [ "${2:-}" = install ]; then
    "$CMAKE" --install "$programs" --prefix "$scratch/prefix" >"$scratch/log" 2>&1 || cat "$scratch/log"
    says "the installed program runs" "$("$report" --version)" "$("$scratch/prefix/bin/usage-report" --version)"
    holds "the manual is installed" cmp examples/usage-report.1 "$scratch/prefix/share/man/man1/usage-report.1"
fi

end_checks 120
