#!/bin/sh
# What usage-report promises to whoever pays by it, as a table of cases: nothing is left out silently, counts, groups, days,
# prices. Each case gives the input and what is counted of it, all that is not zero.
#
#     sh tests/examples/usage_report_bill.sh FOLDER      FOLDER holds the programs
set -eu

report=$(cd "$1" && pwd)/usage-report
cd "$(dirname "$0")/../.."
data=tests/data/usage_report
. tests/checks/compare.sh

# counts WORDS EXPECTED FINDING INPUT ARGUMENT...: INPUT with escapes as in printf %b. FINDING is a word of what standard
# error says ("" nothing is said); then --strict must fail, unless it is a note in brackets, which is no finding.
counts() {
    words=$1
    expected=$2
    finding=$3
    printf %b "$4" >"$scratch/input"
    shift 4
    seen=0
    "$report" --strict --format csv "$@" <"$scratch/input" >"$scratch/out" 2>"$scratch/err" || seen=$?
    says "$words" "$expected" "$(short <"$scratch/out")"
    case $finding in
    '') says "$words: what is said" "" "$(cat "$scratch/err")" ;;
    *) grep -q -e "$(echo "$finding" | tr -d '[]')" "$scratch/err" || fail "$words: '$finding' is not said: $(cat "$scratch/err")" ;;
    esac
    case $finding in
    '' | '['*) says "$words: status" 0 "$seen" ;;
    *) says "$words: status" 1 "$seen" ;;
    esac
}

# A body, a chunk and an event of a stream: usage NAME PROMPT COMPLETION.
usage() {
    printf '"usage":{"prompt_tokens":%s,"completion_tokens":%s,"total_tokens":%s}' "$1" "$2" "$(($1 + $2))"
}
body() {
    printf '{"id":"%s","model":"%s",%s}' "$1" "$2" "$(usage "$3" "$4")"
}
chunk() {
    printf '{"id":"%s","object":"chat.completion.chunk","model":"%s","choices":[]%s}' "$1" "$2" "${3:+,$3}"
}
event() {
    printf 'data: %s\\n\\n' "$1"
}
chat() {
    event "$(chunk "$1" "$2" '"usage":null')"
    event "$(chunk "$1" "$2" "$(usage "$3" "$4")")"
}
claude() {
    event "{\"type\":\"message_start\",\"message\":{\"id\":\"$1\",\"model\":\"c\",\"usage\":{\"input_tokens\":$2,\"output_tokens\":1}}}"
    event '{"type":"content_block_delta","delta":{"text":"\\"id\\":5"}}'
    event "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":$3}}"
    event '{"type":"message_stop"}'
}
responses() {
    event "{\"type\":\"response.created\",\"response\":{\"id\":\"$1\",\"model\":\"r\",\"usage\":null}}"
    event '{"type":"response.output_text.delta","item_id":"i","delta":"x"}'
    event "{\"type\":\"response.completed\",\"response\":{\"id\":\"$1\",\"model\":\"r\",\"usage\":{\"input_tokens\":$2,\"output_tokens\":$3,\"total_tokens\":$(($2 + $3))}}}"
}
done_event=$(event '[DONE]')

# ------------------------------------------------------------------------------------------- streams in one file

counts "two streams with [DONE]" "m: responses 2 prompt 12 completion 5 total 17" "" \
    "$(chat a m 5 2)$done_event$(chat b m 7 3)$done_event"
counts "two streams, the first without [DONE]" "m: responses 2 unfinished 1 prompt 12 completion 5 total 17" "has no end mark" \
    "$(chat a m 5 2)$(chat b m 7 3)$done_event"
counts "streams of Anthropic" "c: responses 2 prompt 12 completion 10 total 22" "" "$(claude a 5 4)$(claude b 7 6)"
counts "streams of Anthropic whose starts have no id" "c: responses 2 prompt 12 completion 10 total 22" "" \
    "$(printf '%s' "$(claude a 5 4)$(claude b 7 6)" | sed 's/"id":"[ab]",//g')"
counts "streams of Responses" "r: responses 2 prompt 12 completion 10 total 22" "" "$(responses a 5 4)$(responses b 7 6)"
counts "streams of three services" "c: responses 1 prompt 5 completion 4 total 9; m: responses 1 prompt 7 completion 3 total 10; \
r: responses 1 prompt 7 completion 6 total 13" "" "$(claude a 5 4)$(responses b 7 6)$(chat c m 7 3)$done_event"
counts "a stream that is done, and more without an id" "r: responses 1 prompt 5 completion 4 total 9; \
(none): responses 1 prompt 1 completion 1 total 2" "" "$(responses a 5 4)$(event "{$(usage 1 1)}")$done_event"
counts "a stream followed by JSON lines" "m: responses 3 prompt 14 completion 7 total 21" "" \
    "$(chat a m 5 2)$done_event$(body b m 4 2)\n$(body c m 5 3)\n"
counts "JSON lines followed by a stream" "m: responses 2 prompt 9 completion 4 total 13" "" \
    "$(body b m 4 2)\n$(chat a m 5 2)$done_event"
counts "a stream without [DONE], followed by JSON lines" "m: responses 2 unfinished 1 prompt 9 completion 4 total 13" "has no end mark" \
    "$(chat a m 5 2)$(body b m 4 2)\n"
counts "a start that is sent twice begins two responses" "c: responses 2 unfinished 1 repeated 1 prompt 8 completion 5 total 13" \
    "both count, as clients may choose ids" \
    "$(claude a 3 1 | sed 's/data: {"type":"content.*//')$(claude a 5 4)"
counts "a file with a byte-order mark after another" "c: responses 2 prompt 12 completion 10 total 22; m: responses 1 prompt 4 completion 2 total 6" "" \
    "\0357\0273\0277$(claude a 5 4)\0357\0273\0277$(claude b 7 6)\0357\0273\0277$(body d m 4 2)\n"
counts "streams without ids and end marks" "m: responses 1 unfinished 1 prompt 7 completion 3 total 10" "has no end mark" \
    "$(event "{\"model\":\"m\",$(usage 5 2)}")$(event "{\"model\":\"m\",$(usage 7 3)}")"
counts "Gemini's streams differ in /responseId" "g: responses 2 unfinished 2 prompt 12 total 12" "has no end mark" \
    "$(for id in a b; do event "{\"usageMetadata\":{\"promptTokenCount\":5,\"totalTokenCount\":5},\"modelVersion\":\"g\",\"responseId\":\"$id\"}"
        event "{\"usageMetadata\":{\"promptTokenCount\":6,\"totalTokenCount\":6},\"modelVersion\":\"g\",\"responseId\":\"$id\"}"; done)"
counts "Gemini's stream ends with a finishReason" "g: responses 1 prompt 5 completion 2 total 7" "" \
    "$(event '{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7},"modelVersion":"g","responseId":"a"}')"
counts "end marks that are glued to a document" "(none): responses 2 prompt 12 completion 5 total 17" "" \
    "$(event "{$(usage 5 2)}[DONE]")data: {$(usage 7 3)}\ndata: [DONE]\n\n"
counts "a stream with an error after a usage" "m: responses 1 unfinished 1 prompt 5 completion 2 total 7" "the service reported an error" \
    "$(chat a m 5 2)$(event '{"error":{"message":"no"}}')$done_event"
counts "a stream whose last usage is malformed" "m: malformed 1" "a usage in the stream is malformed" \
    "$(chat a m 5 2)$(event '{"id":"a","usage":{"prompt_tokens":9,]')$done_event"
counts "a stream with an error" "(none): errors 1" "[nothing was counted]" \
    "$(event '{"type":"error","error":{"message":"no"}}')"
counts "message_stop without message_delta is no end" "c: responses 1 unfinished 1 prompt 5 completion 1 total 6" "has no end mark" \
    "$(claude a 5 4 | sed 's/data: {"type":"message_delta".*message_stop/data: {"type":"message_stop/')"

long=$(awk 'BEGIN { for (i = 0; i < 400; i++) printf "{"; }')
counts "an event that is longer than --max-line" "m: responses 1 prompt 7 completion 3 total 10; (none): too_long 1" \
    "longer than --max-line" \
    "$(event "{\"id\":\"a\",\"model\":\"m\",\"x\":\"$long\",$(usage 5 2)}")$done_event$(chat b m 7 3)$done_event" --max-line 300

# ------------------------------------------------------------------------------------------- lines

counts "chunks of one response" "m: responses 1 prompt 9 completion 4 total 13" "" \
    "$(chunk a m)\n$(chunk a m "$(usage 9 1)")\n$(chunk a m "$(usage 9 4)")\n"
counts "chunks of two responses, mixed" "m: responses 2 prompt 14 completion 6 total 20" "" \
    "$(chunk a m)\n$(chunk b m)\n$(chunk a m "$(usage 9 4)")\n$(chunk b m "$(usage 5 2)")\n"
counts "chunks without a usage" "m: responses 1 without_usage 1 unfinished 1" "its usage is not in it" "$(chunk a m)\n$(chunk a m)\n"
counts "Ollama's chunks" "o: responses 2 prompt 10 completion 4 total 14" "" \
    "$(for _ in 1 2; do printf '{"model":"o","done":false}\\n{"model":"o","done":false}\\n{"model":"o","done":true,"prompt_eval_count":5,"eval_count":2}\\n'; done)"
counts "Bedrock's chunks" "(none): responses 2 prompt 10 completion 4 total 14" "" \
    "$(for _ in 1 2; do printf '{"messageStart":{}}\\n{"messageStop":{}}\\n{"metadata":{"usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7}}}\\n'; done)"
counts "events as lines" "c: responses 1 prompt 5 completion 4 total 9" "" "$(claude a 5 4 | sed 's/data: //g;s/\\n\\n/\\n/g')"
counts "arrays in an array" "m: responses 2 prompt 9 completion 5 total 14" "" "[[$(body a m 4 2)],5,[$(body b m 5 3)]]\n"
counts "an array of responses" "m: responses 2 prompt 9 completion 5 total 14" "" "[$(body a m 4 2),$(body b m 5 3)]\n"
counts "arrays of chunks, as Gemini sends them" "g: responses 1 prompt 6 total 6" "" \
    '[{"usageMetadata":{"promptTokenCount":5,"totalTokenCount":5},"modelVersion":"g","responseId":"a"},
{"usageMetadata":{"promptTokenCount":6,"totalTokenCount":6},"modelVersion":"g","responseId":"a"}]'
counts "bodies over lines, concatenated without line ends" "m: responses 4 prompt 18 completion 10 total 28" "" \
    "$(body a m 4 2 | sed 's/,/,\\n/g;s/{/{\\n/;s/}$/\\n}/')$(body b m 5 3 | sed 's/{/{\\n/;s/}$/\\n}/')data: $(body c m 4 2)\ndata: [DONE]\n\n[\n$(body d m 5 3 |
        sed 's/{/{\\n/;s/}$/\\n}/'),\n{}\n]\n"
counts "documents in one line" "m: responses 2 prompt 9 completion 5 total 14" "" "$(body a m 4 2)$(body b m 5 3)"
ollama='{"model":"o","done":false}\n{"model":"o","done":true,"prompt_eval_count":3,"eval_count":1}\n'
counts "lines after events without an end are another response" "m: responses 1 unfinished 1 prompt 4 completion 2 total 6; o: responses 1 prompt 3 completion 1 total 4" \
    "has no end mark" "$(event "{\"model\":\"m\",\"choices\":[],$(usage 4 2)}")$ollama"
counts "events after lines without an end are another response" \
    "m: responses 1 prompt 4 completion 2 total 6; o: responses 1 without_usage 1 unfinished 1" "its usage is not in it" \
    "{\"model\":\"o\",\"done\":false}\n$(event "{\"model\":\"m\",\"choices\":[],$(usage 4 2)}")$done_event"
for end in image_generation.completed image_edit.completed speech.audio.done transcript.text.done; do
    counts "$end ends a stream" "(none): responses 2 prompt 9 completion 5 total 14" "" \
        "$(event "{\"type\":\"$end\",$(usage 4 2)}")$(event "{\"type\":\"$end\",$(usage 5 3)}")"
done
counts "an end with the id of another response" "m: responses 1 unfinished 1 prompt 4 completion 2 total 6; r: responses 1 prompt 5 completion 3 total 8" \
    "has no end mark" "$(event "$(chunk a m "$(usage 4 2)")")$(responses b 5 3 | sed 's/data: {"type":"response.created.*null}}//;s/data: {"type":"response.output_text.delta[^}]*}//')"
counts "an event without an id, after a usage of chunks with ids" "m: responses 1 unfinished 1 prompt 4 completion 2 total 6; (none): responses 1 prompt 5 completion 3 total 8" \
    "has no end mark" "$(event "$(chunk a m "$(usage 4 2)")")$(event "{\"type\":\"speech.audio.done\",$(usage 5 3)}")"
counts "a usage with another id, after a stream without an end" "m: responses 1 without_usage 1 unfinished 1; (none): responses 1 unfinished 1 prompt 5 completion 3 total 8" \
    "has no end mark" "$(event "$(chunk a m)")$(event "{\"id\":\"b\",\"delta\":\"x\"}")$(event "{\"id\":\"c\",$(usage 5 3)}")"
counts "an end mark in quotes" "(none): responses 1 prompt 4 completion 2 total 6" "" "$(event "{$(usage 4 2)}")$(event '"[DONE]"')"
counts "a document and a list in one line" "m: responses 2 prompt 9 completion 5 total 14" "" "$(body a m 4 2)[$(body b m 5 3)]"
counts "documents after a prefix" "m: responses 2 prompt 9 completion 5 total 14" "" "INFO $(body a m 4 2) $(body b m 5 3)\n" --prefix
counts "a line after a prefix" "m: responses 2 prompt 9 completion 5 total 14" "" \
    "2026-01-01T00:00:00Z host gateway: $(body a m 4 2)\n[INFO] $(body b m 5 3)\n" --prefix
counts "a line after a prefix, without --prefix" "(none): prefixed 2" "JSON after other text counts only with --prefix" \
    "2026-01-01T00:00:00Z host gateway: $(body a m 4 2)\n[INFO] $(body b m 5 3)\nstarted at 10:00\n[INFO] ended\n"
counts "a user's words in Docker's lines" "(none): prefixed 1" "JSON after other text" \
    "{\"log\":\"asked: $(body a m 4 2 | sed 's/"/\\\\"/g')\\\\n\",\"stream\":\"stdout\"}\n"
counts "Docker's lines" "m: responses 1 prompt 4 completion 2 total 6" "" \
    "{\"log\":\"$(body a m 4 2 | sed 's/"/\\\\"/g')\\\\n\",\"stream\":\"stdout\"}\n"
counts "usage at no known path" "(none): misplaced 2" "a count at /data/usage/prompt_tokens" "{\"data\":{$(usage 1 2)}}\n{\"data\":{$(usage 1 2)}}\n"
counts "error bodies" "(none): errors 2" "[nothing was counted]" \
    '{"error":{"message":"no"}}\n{"error":null}\n{"error":false}\n{"error":""}\n{"response":{"error":{"code":"no"}}}\n'
counts "a result that has more tokens than its lines" "m: responses 1 unfinished 1 prompt 5 completion 2 total 7" "fewer tokens than this result" \
    '{"type":"assistant","session_id":"s","message":{"id":"a","model":"m","usage":{"input_tokens":5,"output_tokens":2}}}
{"type":"result","session_id":"s","uuid":"b","model":"m","usage":{"input_tokens":5,"output_tokens":90}}\n'
counts "what the nginx module says of its responses" "m: responses 3 without_usage 1 errors 1 unfinished 1 prompt 12 completion 6 total 18" "not whole" \
    "{\"time\":\"x\",\"model\":\"m\",\"verdict\":\"consistent\",$(usage 5 3)}\n{\"time\":\"x\",\"model\":\"m\",\"verdict\":\"cut\",$(usage 7 3)}\n\
{\"time\":\"x\",\"model\":\"m\",\"verdict\":\"missing\",\"usage\":null}\n{\"time\":\"x\",\"model\":\"m\",\"verdict\":\"error\",\"usage\":null}\n\
{\"time\":\"x\",\"model\":\"m\",\"verdict\":\"cached\",\"usage\":null}\n"
counts "LiteLLM's failures are no finding" "m: responses 1" "" \
    '{"response_cost":0,"startTime":1778056200.5,"call_type":"acompletion","id":"a","model":"m","status":"failure","prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"response":null}\n'
counts "lines of a batch" "g: responses 1 prompt 4 completion 2 total 6; m: responses 1 errors 1 prompt 5 completion 3 total 8" "" \
    "{\"id\":\"x\",\"response\":{\"body\":$(body a g 4 2)},\"error\":null}\n{\"custom_id\":\"y\",\"result\":{\"message\":$(body b m 5 3)}}\n\
{\"model\":\"m\",\"error\":{\"message\":\"no\"}}\n"
# What a body says first, and what comes later in its line.
whole='"object":"chat.completion"'
counts "a body without a usage, and another in its line" "m: responses 2 without_usage 1 prompt 4 completion 2 total 6" "without a usage" \
    "{\"id\":\"a\",$whole,\"model\":\"m\",\"choices\":[]} {\"id\":\"b\",$whole,\"model\":\"m\",$(usage 4 2)}\n"
counts "two bodies in a line" "m: responses 2 prompt 9 completion 5 total 14" "" \
    "{\"id\":\"a\",$whole,\"model\":\"m\",$(usage 4 2)}{\"id\":\"b\",$whole,\"model\":\"m\",$(usage 5 3)}\n"
counts "a usage that is given twice" "m: responses 1 invalid 1" "given twice" "{\"id\":\"a\",$whole,\"model\":\"m\",$(usage 4 2),$(usage 5 3)}\n"
counts "a body with a usage and an error" "m: responses 1 unfinished 1 prompt 4 completion 2 total 6" "the service reported an error" \
    "{\"id\":\"a\",$whole,\"model\":\"m\",\"error\":{\"message\":\"no\"},$(usage 4 2)}\n"
counts "a body that ends in other text" "(none): malformed 1" "not JSON" "{\"id\":\"a\",$whole,\"model\":\"m\",$(usage 4 2)} x\n"
counts "braces and usages in an answer" "m: responses 2 prompt 9 completion 5 total 14" "" \
    "$(for u in "a 4 2" "b 5 3"; do
        # shellcheck disable=SC2086
        set -- $u
        printf '{"id":"%s",%s,"model":"m","choices":[{"message":{"content":"} {\\\\"usage\\\\":{\\\\"prompt_tokens\\\\":9}"}}],%s}\\n' "$1" "$whole" "$(usage "$2" "$3")"
    done)"
counts "a name that differs in a digit" "m: responses 2 unknown_names 1 prompt 9 completion 5 total 14" "ephemeral_24h_input_tokens: not known" \
    "{\"id\":\"a\",$whole,\"model\":\"m\",$(usage 4 2 | sed 's/}/,"cache_creation":{"ephemeral_1h_input_tokens":0}}/')}\n{\"id\":\"b\",$whole,\"model\":\"m\",$(usage 5 3 |
        sed 's/}/,"cache_creation":{"ephemeral_24h_input_tokens":0}}/')}\n"
counts "a name that may be a count, in the second of two usages" "m: responses 2 unknown_names 1 prompt 9 completion 5 total 14" "x_tokens: not known" \
    "{\"id\":\"a\",$whole,\"model\":\"m\",$(usage 4 2)}\n{\"id\":\"b\",$whole,\"model\":\"m\",$(usage 5 3 | sed 's/}/,"x_tokens":1}/')}\n"
counts "a run of assistants sums its steps" "m: responses 1 prompt 5 completion 2 total 7" "" \
    "{\"id\":\"s\",\"object\":\"thread.run.step\",$(usage 5 2)}\n{\"id\":\"r\",\"object\":\"thread.run\",\"model\":\"m\",$(usage 5 2)}\n"
counts "a request of a batch that failed" "(none): errors 1" "[nothing was counted]" \
    '{"custom_id":"x","result":{"type":"errored","error":{"type":"error","error":{"message":"no"}}}}\n'
counts "nothing" "" "[nothing was counted]" ''
counts "a last line without an end" "m: responses 2 prompt 9 completion 5 total 14" "" "$(body a m 4 2)\n$(body b m 5 3)"
counts "a number out of the range costs its response" "a: responses 1 prompt 1 completion 1 total 2; m: responses 1 invalid 1" "out of range" \
    "$(body x m 9007199254740992 0 | sed 's/"total_tokens":[0-9-]*/"total_tokens":1/')\n$(body y a 1 1)\n"
counts "an absurd number is no bill, and stops no sum" "m: responses 2 invalid 1 prompt 4 completion 2 total 6" "out of range" \
    "$(body a m 1000000000001 0)\n$(body b m 4 2)\n"

# ------------------------------------------------------------------------------------------- what belongs to what

lines() {
    printf '%s' "$1" | sed 's/data: //g;s/\\n\\n/\\n/g'
}
first=$(lines "$(claude a 100 1000)")
second=$(lines "$(claude b 7 5)")
# shellcheck disable=SC2059
printf "$first" | sed 's/$/\\n/' >"$scratch/first"
# shellcheck disable=SC2059
printf "$second" | sed 's/$/\\n/' >"$scratch/second"
mixed=$(paste -d '\n' "$scratch/first" "$scratch/second" | tr -d '\n')
counts "events of two streams, mixed, without ids" "c: responses 2 ambiguous 2" "an event without an id, while several responses are open" "$mixed"
counts "chunks with ids between them take nothing" "c: responses 1 prompt 100 completion 1000 total 1100; m: responses 1 prompt 5 completion 2 total 7" "" \
    "$(chunk x m)\n$first$(chunk x m "$(usage 5 2)")\n"
counts "a chunk after a usage begins another response, also with the same id" "m: responses 3 repeated 2 prompt 3003 completion 1201 total 4204" \
    "both count" "$(for u in "1000 500" "2000 700" "3 1"; do
        # shellcheck disable=SC2086
        printf '%s\\n%s\\n' "$(chunk a m)" "$(chunk a m "$(usage $u)")"
    done)"
counts "ten thousand open responses" "m: responses 10000 prompt 10000 completion 10000 total 20000" "" \
    "$(awk 'BEGIN { for (k = 0; k < 2; k++) for (i = 0; i < 10000; i++) printf "{\"id\":\"c%d\",\"object\":\"chat.completion.chunk\",\"model\":\"m\"%s}\\n", i,
        k ? ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}" : "" }')"
counts "a name that may be a count" "m: responses 2 unknown_names 1 prompt 8 completion 4 total 12" "draft_tokens: not known, so it is not counted" \
    "$(for id in a b; do printf '{"id":"%s","model":"m","usage":{"prompt_tokens":4,"completion_tokens":2,"draft_tokens":9}}\\n' $id; done)"
counts "names that need no count" "m: responses 1 prompt 4 completion 2 total 6 cached 1" "" \
    '{"id":"a","model":"m","usage":{"prompt_tokens":4,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1,"text_tokens":4},"prompt_cache_miss_tokens":3,
"completion_tokens_details":{"accepted_prediction_tokens":0}}}'
counts "a nested name that may be a count" "m: responses 1 unknown_names 1 prompt 4 completion 2 total 6" "prompt_tokens_details/stray_tokens: not known" \
    '{"id":"a","model":"m","usage":{"prompt_tokens":4,"completion_tokens":2,"prompt_tokens_details":{"stray_tokens":1}}}'
counts "text that mentions names, and limits of a request" "m: responses 1 prompt 4 completion 2 total 6" "" \
    "$(body a m 4 2)\n{\"note\":\"prompt_tokens 5\",\"max_tokens\":100}\nprompt_tokens=5\n"
counts "a misplaced count in a list" "(none): misplaced 1" "a count at /a/1/inputTokenS" '{"a":[5,{"inputTokenS":3}]}\n'
counts "a response without a usage" "m: responses 1 without_usage 1" "a response without a usage" '{"model":"m","choices":[]}\n'
counts "a response without a usage at the pointer" "(none): responses 1 without_usage 1" "a response without a usage" '{"model":"m","choices":[]}\n' --at /data
counts "half a usage" "m: responses 1 prompt 4" "completion_tokens is missing" '{"model":"m","usage":{"prompt_tokens":4}}\n'
printf 'a,b\n1,2\n' >"$scratch/none.csv"
says "a file without responses is a finding" "1 usage-report: $scratch/none.csv:1: no response was found in this file" \
    "$("$report" --strict "$scratch/none.csv" 2>&1 >/dev/null | sed 1q | sed "s/^/$("$report" --strict "$scratch/none.csv" >/dev/null 2>&1 || echo $?) /")"

# ------------------------------------------------------------------------------------------- other bytes

body a m 4 2 | gzip -c >"$scratch/one.gz"
body b m 5 3 | gzip -c >"$scratch/two.gz"
cat "$scratch/one.gz" "$scratch/two.gz" >"$scratch/both.gz"
head -c 40 "$scratch/one.gz" >"$scratch/truncated.gz"
if "$report" --format csv "$scratch/one.gz" 2>/dev/null | grep -q ',4,'; then
    says "gzip's members" "m: responses 2 prompt 9 completion 5 total 14" "$("$report" --format csv "$scratch/both.gz" | short)"
    says "gzip in a pipe" "m: responses 2 prompt 9 completion 5 total 14" \
        "$("$report" --format csv <"$scratch/both.gz" | short)"
    seen=0
    "$report" "$scratch/truncated.gz" >/dev/null 2>"$scratch/err" || seen=$?
    says "a truncated gzip file" "2 usage-report: $scratch/truncated.gz: its gzip is truncated" "$seen $(cat "$scratch/err")"
else
    says "gzip, not unpacked" 1 "$("$report" "$scratch/one.gz" 2>&1 >/dev/null | grep -c 'packed by gzip')"
fi
counts "what zstd has packed" "(none): malformed 1" "no response was found in this file" '\0050\0265\0057\0375\0000\n\0001x'
counts "AWS frames that are truncated" "(none): responses 1 without_usage 1 unfinished 1" "truncated before its usage" '\0000\0000\0000\0100\0000\0000\0000\0020'
counts "UTF-16" "(none): malformed 1" "not JSON" '\0377\0376{\0000}\0000\n\0000'

# ------------------------------------------------------------------------------------------- counts

counts "separate counts, and a total that follows" "c: responses 1 prompt 15 completion 7 total 22 cached 3 cache_write 2" "" \
    '{"model":"c","usage":{"input_tokens":10,"output_tokens":7,"cache_read_input_tokens":3,"cache_creation_input_tokens":2}}'
counts "every count" "x: responses 1 prompt 100 completion 50 total 150 cached 40 cache_write 30 cache_write_1h 16 prompt_audio 21 \
prompt_image 22 cached_audio 11 cached_image 12 reasoning 13 completion_audio 14 completion_image 15" "" \
    '{"model":"x","usage":{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":40,"cache_write_tokens":30,"audio_tokens":21,"image_tokens":22,"cached_tokens_details":{"audio_tokens":11,"image_tokens":12}},"completion_tokens_details":{"reasoning_tokens":13,"audio_tokens":14,"image_tokens":15},"cache_creation":{"ephemeral_1h_input_tokens":16}}}'
counts "a contradiction that a count explains" "x: responses 1 prompt 5 completion 9 total 14 reasoning 4 reconciled 1" "" \
    '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":14,"completion_tokens_details":{"reasoning_tokens":4}}}'
counts "tokens that only the total has" "x: responses 1 prompt 5 completion 9 total 14 reasoning 4 assumed 1" "" \
    '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":14}}'
counts "a total alone" "x: responses 1 prompt 14 total 14 assumed 1" "" '{"model":"x","usage":{"total_tokens":14}}'
counts "a contradiction that no count explains" "x: responses 1 prompt 5 completion 5 total 14 reasoning 1 contradictory 1 tokens_above 4" \
    "contradicts its parts" '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":14,"reasoning_tokens":1}}'
counts "a total below its parts" "x: responses 1 prompt 5 completion 5 total 9 contradictory 1 tokens_below 1" \
    "contradicts its parts" '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":9}}'

# ------------------------------------------------------------------------------------------- groups

two="{\"model\":\"m\",\"user\":7,\"created\":1767225599,$(usage 1 1)}\n{\"model\":\"n\",\"user\":7,\"created\":1767225600,$(usage 2 2)}\n\
{\"model\":\"m\",\"user\":true,\"created\":\"x\",\"t\":\"2026-02-03T00:30:00.5+02:00\",$(usage 3 3)}\n"
counts "a number is a key" "7: responses 2 prompt 3 completion 3 total 6; true: responses 1 prompt 3 completion 3 total 6" "" "$two" --by /user
counts "two keys" "7 m: responses 1 prompt 1 completion 1 total 2; 7 n: responses 1 prompt 2 completion 2 total 4; \
true m: responses 1 prompt 3 completion 3 total 6" "" "$two" --by /user --by /model
counts "days" "2025-12-31: responses 1 prompt 1 completion 1 total 2; 2026-01-01: responses 1 prompt 2 completion 2 total 4; \
(none): responses 1 prompt 3 completion 3 total 6" "" "$two" --by day
counts "days in another zone" "2026-01-01: responses 2 prompt 3 completion 3 total 6; (none): responses 1 prompt 3 completion 3 total 6" "" \
    "$two" --by day --tz +01:00
counts "months of a time at a pointer" "2026-02: responses 1 prompt 3 completion 3 total 6; (none): responses 2 prompt 3 completion 3 total 6" "" \
    "$two" --by month --time /t
counts "--since and --until" "m: responses 1 untimed 1; n: responses 1 prompt 2 completion 2 total 4" "it has no time" \
    "$two" --since 2026-01-01 --until 2026-01-02
counts "milliseconds" "2026-01-01: responses 1 prompt 1 completion 1 total 2" "" "{\"created\":1767225600123,$(usage 1 1)}" --by day
# dated WORDS EXPECTED TIME ARGUMENT...: the group of a response with this time.
dated() {
    words=$1
    expected=$2
    printf '{"model":"m","time":%s,%s}\n' "$3" "$(usage 1 1)" >"$scratch/input"
    shift 3
    says "$words" "$expected" "$("$report" --format csv "$@" "$scratch/input" 2>/dev/null | sed -n '2s/,.*//p')"
}
dated "RFC 3339" 2026-01-01 '"2025-12-31T23:30:00-01:00"' --by day
dated "a space, and a comma before the fraction" 2026-01-02 '"2026-01-02 03:04:05,678"' --by day
dated "PostgreSQL" 2026-01-02T01:00+0000 '"2026-01-02 03:04:05.678901+02"' --by hour
dated "the common log format" 2026-01-02T03:00+0000 '"02/Jan/2026:03:04:05 +0000"' --by hour
dated "the common log format, in brackets" 2026-01-02T03:00+0000 '"[02/Jan/2026:03:04:05 +0000]"' --by hour
dated "seconds" 2026-01-01 1767225600.5 --by day
dated "microseconds" 2026-01-01 1767225600123456 --by day
dated "nanoseconds in a string" 2026-01-01 '"1767225600123456789"' --by day
dated "weeks of ISO 8601" 2026-W01 '"2025-12-29"' --by week
dated "no time" '(none)' '"yesterday"' --by day
if [ -e /usr/share/zoneinfo/Europe/Berlin ]; then
    dated "a zone by its name, in summer" 2026-07-02T00:00+0200 '"2026-07-01T22:30:00Z"' --by hour --tz Europe/Berlin
    dated "a zone by its name, in winter" 2026-01-01T23:00+0100 '"2026-01-01T22:30:00Z"' --by hour --tz Europe/Berlin
    dated "a time without an offset is in the zone" 2026-07-01T22:00+0200 '"2026-07-01T22:30:00"' --by hour --tz Europe/Berlin
fi
dated "a model at a pointer" x '5,"deep":{"name":"x"}' --model /deep/name --by /deep/name
says "a zone that is none" "usage-report: --tz: Nowhere/At_all: no zone of this system 2" \
    "$({ "$report" --tz Nowhere/At_all </dev/null 2>&1 || echo $?; } | paste -s -d ' ' -)"
says "a folder of zones is none" "usage-report: --tz: Europe: no zone of this system" "$("$report" --tz Europe </dev/null 2>&1 || :)"
counts "--model, which comes before what the response says" "x: responses 1 prompt 1 completion 1 total 2" "" \
    "{\"model\":\"m\",\"deep\":{\"name\":\"x\"},$(usage 1 1)}" --model /deep/name
counts "files are a key" "-: responses 1 prompt 4 completion 2 total 6" "" "$(body a m 4 2)" --by file
counts "groups with times are in their order" "2026-01-01 m: responses 1 prompt 1 completion 1 total 2; 2026-01-02 m: responses 1 prompt 9 completion 9 total 18" "" \
    "{\"model\":\"m\",\"time\":\"2026-01-02\",$(usage 9 9)}\n{\"model\":\"m\",\"time\":\"2026-01-01\",$(usage 1 1)}\n" --by day --by /model
counts "no groups" ": responses 3 prompt 6 completion 6 total 12" "" "$two" --by none
counts "what a proxy logs" "m: responses 1 prompt 4 completion 2 total 6" "" \
    "{\"time\":\"2026-01-01T00:00:00+00:00\",\"model\":\"m\",$(usage 4 2),\"verdict\":\"consistent\"}\n"
counts "of an id that was there before the fullest record counts" "m: responses 1 repeated 2 prompt 4 completion 2 total 6" \
    "the fullest record counts" "$(body a m 4 1)\n$(body a m 4 2)\n$(body a m 3 1)\n"
one=$(chat a m 4 2)$done_event
other=$(chat a m 5 3)$done_event
for order in "$(body a m 4 2)\n$one$other" "$one$other$(body a m 4 2)" "$one$(body a m 4 2)\n$other"; do
    counts "a body with the id of two streams, in any order" "m: responses 2 repeated 2 prompt 9 completion 5 total 14" "the fullest record counts" "$order"
done
transcript() {
    printf '{"type":"assistant","sessionId":"s","timestamp":"2026-01-01T00:00:0%sZ","message":{"id":"a","model":"m","usage":{"input_tokens":4,"output_tokens":%s}}}\\n' "$1" "$1"
}
lines=$(transcript 1)$(transcript 2)
counts "a body with the id of a transcript's lines" "m: responses 1 repeated 2 prompt 4 completion 9 total 13" "the fullest record counts" \
    "$(body a m 4 9)\n$lines"
counts "the same in another order" "m: responses 1 repeated 1 prompt 4 completion 9 total 13" "the fullest record counts" "$lines$(body a m 4 9)\n"
counts "an id whose last line is after --until" "" "[nothing was counted]" "$lines" --until 2026-01-01T00:00:02Z
counts "the same from --since on" "m: responses 1 prompt 4 completion 2 total 6" "" "$lines" --since 2026-01-01T00:00:02Z
counts "a body that comes after two streams with its id is that of the fuller one" "m: responses 2 repeated 2 prompt 9 completion 5 total 14" \
    "both count" "$other$one$(body a m 5 3)\n"
rollout() {
    printf '{"type":"session_meta","payload":{"id":"%s"%s}}\\n' "$1" "${2:+,\"forked_from_id\":\"$2\"}"
}
token_count() {
    printf '{"timestamp":"2026-01-01T00:00:0%sZ","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":%s,"output_tokens":%s},"last_token_usage":{"input_tokens":%s,"output_tokens":%s}}}}\\n' "$@"
}
counts "a fork of a session begins with its lines, at another time" "(none): responses 3 prompt 60 completion 6 total 66" "" \
    "$(rollout a)$(token_count 1 10 1 10 1)$(token_count 2 30 3 20 2)$(rollout b a)$(token_count 5 10 1 10 1)$(token_count 5 30 3 20 2)$(token_count 6 60 6 30 3)"
counts "running totals of threads that are not named" "(none): responses 1 repeated 1 prompt 9 completion 1 total 10" "its id was there before" \
    '{"type":"turn.completed","usage":{"input_tokens":5,"output_tokens":1}}\n{"type":"turn.completed","usage":{"input_tokens":9,"output_tokens":1}}\n'
counts "what comes after an event that is cut" "c: responses 2 unfinished 1 prompt 12 completion 7 total 19" "has no end mark" \
    "$(printf '%s' "$(claude a 5 4)" | sed 's/text.*//')\n$(claude b 7 6)"
counts "two streams without ids and ends" "m: responses 2 unfinished 2 prompt 12 completion 5 total 17" "has no end mark" \
    "$(event "{\"model\":\"m\",$(usage 5 3)}")$(event "{\"model\":\"m\",$(usage 7 2)}")"
counts "a log that was cut in place begins with zeros" "m: responses 1 prompt 4 completion 2 total 6; (none): prefixed 1" "only with --prefix" \
    "\0000\0000\0000\0000\0000$(body a m 3 1)\n$(body b m 4 2)\n"
counts "what came from LiteLLM's cache" "" "[nothing was counted]" \
    "{\"request_id\":\"a\",\"spend\":0,\"startTime\":\"2026-01-01T00:00:00Z\",\"cache_hit\":\"True\",\"model\":\"m\",\"prompt_tokens\":4,\"completion_tokens\":2,\"total_tokens\":6}\n"
counts "the first of two counts that are too large" "m: responses 1 invalid 1" "prompt_tokens" "$(body a m 2000000000000 2000000000000)\n"
mkdir "$scratch/linked"
printf '%b' "$(body a m 4 2)\n" >"$scratch/linked/x.LOG.1"
ln -s x.LOG.1 "$scratch/linked/current.log"
says "a file in a folder counts once, by whatever names" "m: responses 1 prompt 4 completion 2 total 6" \
    "$("$report" --format csv "$scratch/linked" 2>&1 | short)"
says "a date of eight digits is no time" "usage-report: --since: 20260131: no time" "$("$report" --since 20260131 2>&1 </dev/null)"
says "a zone outside of their folder" "usage-report: --tz: ../zoneinfo/UTC: no zone of this system" "$("$report" --tz ../zoneinfo/UTC 2>&1 </dev/null)"
counts "a file whose responses are all before --since" "" "[nothing was counted]" \
    "{\"created\":1,\"data\":{$(usage 4 2)}}\n" --at /data --since 2020-01-01
counts "more ids than --max-ids" "m: responses 4 repeated 1 prompt 16 completion 8 total 24" "those before this line are forgotten" \
    "$(body a m 4 2)\n$(body b m 4 2)\n$(body c m 4 2)\n$(body a m 4 2)\n" --max-ids 3

# ------------------------------------------------------------------------------------------- money

cat >"$scratch/prices.csv" <<'END'
# invented
model,prompt_tokens,cached_tokens,cache_write_tokens,cache_write_1h_tokens,completion_tokens,prompt_audio_tokens,cached_audio_tokens,completion_audio_tokens
m,0.000001,,,,3,,,
gpt-*,2.5,1.25,,,10,,,
"gpt-x",0.001,0,0,0,0,,,
claude,5,0.5,6.25,10,25,,,
voice,4,0.4,,,16,32,0.4,64
output,,,,,1,,,
overlap,1,,2,,1,3,,
END
sold() {
    printf '{"model":"%s","usage":{"prompt_tokens":%s,"completion_tokens":%s,"prompt_tokens_details":{"cached_tokens":%s,"cache_write_tokens":%s}}}\\n' "$@"
}
priced() {
    printf '{"model":"%s","usage":{"prompt_tokens":%s,"completion_tokens":%s%s}}\\n' "$@"
}
counts "a price" "gpt-4: responses 1 prompt 1000 completion 10 total 1010 cached 400 cache_write 100 cost 0.0021" "" \
    "$(sold gpt-4 1000 10 400 100)" --prices "$scratch/prices.csv"
counts "a whole name comes before a beginning; a large sum is exact" \
    "gpt-x: responses 1 prompt 999999999999 completion 1 total 1000000000000 cost 999.999999999" "" \
    "$(sold gpt-x 999999999999 1 0 0)" --prices "$scratch/prices.csv"
counts "the smallest price is exact" "m: responses 1 prompt 1 completion 1 total 2 cost 0.000003000001" "" \
    "$(priced m 1 1 '')" --prices "$scratch/prices.csv"
counts "costs add up over one unit" "gpt-4: responses 2 prompt 400000 completion 80000 total 480000 cost 1.8" "" \
    "$(priced gpt-4 200000 40000 '')$(priced gpt-4 200000 40000 '')" --prices "$scratch/prices.csv"
counts "a cache of an hour has its price" \
    "claude: responses 1 prompt 1000010 completion 9 total 1000019 cache_write 1000000 cache_write_1h 400000 cost 7.750275" "" \
    "$(priced claude 1000010 9 ',"prompt_tokens_details":{"cache_write_tokens":1000000},"cache_creation":{"ephemeral_1h_input_tokens":400000}')" \
    --prices "$scratch/prices.csv"
counts "audio has its prices" \
    "voice: responses 1 prompt 1459 completion 396 total 1855 cached 1408 prompt_audio 110 cached_audio 64 completion_audio 299 cost 0.0227432" "" \
    "$(priced voice 1459 396 ',"prompt_tokens_details":{"cached_tokens":1408,"audio_tokens":110,"cached_tokens_details":{"audio_tokens":64}},"completion_tokens_details":{"audio_tokens":299}')" \
    --prices "$scratch/prices.csv"
counts "a model without a price is named" "z: responses 1 prompt 1 completion 1 total 2 unpriced 1" "[no price for z]" \
    "$(priced z 1 1 '')" --prices "$scratch/prices.csv"
counts "so is a kind without a price" "output: responses 1 prompt 1 completion 1 total 2 unpriced 1" "[no price of all its tokens for output]" \
    "$(priced output 1 1 '')" --prices "$scratch/prices.csv"
counts "so is a cost of kinds that overlap" "overlap: responses 1 prompt 10 completion 1 total 11 cache_write 8 prompt_audio 5 unpriced 1" \
    "[no cost, as its counts contradict each other, for overlap]" \
    "$(priced overlap 10 1 ',"prompt_tokens_details":{"cache_write_tokens":8,"audio_tokens":5}')" --prices "$scratch/prices.csv"
counts "half a usage costs what is known" "m: responses 1 prompt 1000000 unpriced 1 cost 0.000001" "completion_tokens is missing" \
    '{"model":"m","usage":{"prompt_tokens":1000000}}' --prices "$scratch/prices.csv"
for format in table json tsv; do
    says "the cost is in every format: $format" 0.0021 \
        "$(printf %b "$(sold gpt-4 1000 10 400 100)" | "$report" --format $format --prices "$scratch/prices.csv" |
            grep -o '0\.0021' | sed 1q)"
done
# refused WORDS REASON CONTENT: a file of prices that is wrong.
refused() {
    printf %b "$3" >"$scratch/bad"
    seen=0
    "$report" --prices "$scratch/bad" </dev/null >/dev/null 2>"$scratch/err" || seen=$?
    says "a file of prices, $1" "2 $2" "$seen $(sed -n 's,^usage-report: [^:]*bad:,,p' "$scratch/err" | sed 1q)"
}
refused "without names" "2: not a model, and a cell for each column" 'm,1,2\nn,1,2\n'
refused "with a column of another name" "2: price: no column of prices; there are model, service_tier, above, and names of counts" 'model,price\nm,1\n'
refused "with a word for a number of tokens" "2: many: no number of tokens" 'model,input,above\nm,1,many\n'
refused "with a price of the total" "2: total_tokens: no column of prices; there are model, service_tier, above, and names of counts" \
    'model,total_tokens\nm,1\n'
refused "with a name twice" "2: m: two prices for the same" 'model,prompt_tokens,input\nm,1,2\n'
refused "with a model alone" " no prices" 'model\nm\n'
refused "with a price too few" "3: m: not a model, and a cell for each column" '#\nmodel,prompt_tokens,completion_tokens\nm,1\n'
refused "with a price too many" "2: m: not a model, and a cell for each column" 'model,prompt_tokens\nm,1,2\n'
refused "with a word for a price" "2: free: no price" 'model,prompt_tokens\nm,free\n'
refused "with a price too large" "2: 9007199254.740992: no price" 'model,prompt_tokens\nm,9007199254.740992\n'
refused "below 0" "2: -1: no price" 'model,prompt_tokens\nm,-1\n'
refused "with two rows for a model" "3: m: two prices for the same" 'model,input\nm,1\nm,2\n'
refused "of broken JSON" " not JSON" '{"m":{"input_cost_per_token":1e-6}'
refused "with a step that begins nowhere" " no number of tokens" \
    '[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":{"base":1,"tiers":[{"price":2}]}}}]}]'
refused "of another JSON" " no prices" '{"m":{"price":1}}'

# costs WORDS COST PRICES BODY ARGUMENT...: what a body costs.
costs() {
    printf %b "$3" >"$scratch/prices"
    words=$1
    expected=$2
    body=$4
    shift 4
    says "$words" "$expected" "$(printf %b "$body" | "$report" --by none --format json --prices "$scratch/prices" "$@" 2>/dev/null |
        sed -n 's/.*"total".*"cost":"\([0-9.]*\)".*/\1/p')"
}
million='"usage":{"prompt_tokens":1000000,"completion_tokens":0}}\n'
# shellcheck disable=SC2016
costs "a heading in any case and order, with a mark, and \$" 2.5 '\0357\0273\0277Output,INPUT,Model\n$10,"$2.50",m\n' "{\"model\":\"m\",$million"
costs "quotes and a comma in a name" 2 'model,input,output\n"an ""opal"", 2",2,1\n' '{"model":"an \\"opal\\", 2",'"$million"
costs "other names of columns" 1.5 'model,input,cached_input,output\nm,3,1.5,1\n' '{"model":"m","usage":{"prompt_tokens":1000000,"completion_tokens":0,"cached_tokens":1000000}}\n'
costs "above a number of prompt tokens" 6 'model,input,output,above,input_above\nm,3,1,999999,6\n' "{\"model\":\"m\",$million"
costs "not above it" 3 'model,input,output,above,input_above\nm,3,1,1000000,6\n' "{\"model\":\"m\",$million"
costs "rows for each step" 7 'model,above,input,output\nm,,3,1\nm,200000,6,1\nm,900000,7,1\n' "{\"model\":\"m\",$million"
costs "a service tier" 1 'model,service_tier,input,output\nm,,3,1\nm,Flex,1,1\n' "{\"model\":\"m\",\"service_tier\":\"flex\",$million"
costs "a service tier without a price" 3 'model,input,output\nm,3,1\n' "{\"model\":\"m\",\"service_tier\":\"flex\",$million"
batch="{\"custom_id\":\"x\",\"response\":{\"body\":{\"model\":\"m\",\"usage\":{\"prompt_tokens\":1000000,\"completion_tokens\":1000000}}}}\n"
costs "a batch costs half" 2 'model,input,output\nm,3,1\n' "$batch"
costs "a batch has its own price" 2.9 'model,input,input_batch,output\nm,3,2.4,1\n' "$batch"
costs "long decimals are rounded" 0.000001 'model,input,output\nm,0.00000111111111,1\n' "{\"model\":\"m\",$million"
litellm='{"sample_spec":{"input_cost_per_token":0},"m":{"litellm_provider":"x","input_cost_per_token":2.5000000000000002e-06,"output_cost_per_token":1e-5,
"input_cost_per_token_above_200k_tokens":5e-06,"input_cost_per_token_batches":1e-06,"input_cost_per_token_flex":"3e-06","mode":"chat",
"cache_read_input_token_cost":null}}'
costs "LiteLLM's prices" 0.25 "$litellm" '{"model":"x/m","usage":{"prompt_tokens":100000,"completion_tokens":0}}\n'
costs "LiteLLM's prices above 200,000 tokens" 5 "$litellm" "{\"model\":\"m\",$million"
costs "LiteLLM's prices of a tier" 0.3 "$litellm" '{"model":"m","service_tier":"flex","usage":{"prompt_tokens":100000,"completion_tokens":0}}\n'
costs "LiteLLM's prices of a batch" 0.1 "$litellm" "$(echo "$batch" | sed 's/1000000/100000/;s/1000000/0/')\n"
genai='[{"id":"openai","models":[{"id":"m","match":{"or":[{"equals":"m"},{"starts_with":"m-"}]},"prices":{"input_mtok":{"base":2,"tiers":[{"start":200000,
"price":4}]},"output_mtok":8}},{"id":"n","match":{"equals":"n"},"prices":[{"prices":{"input_mtok":1}},{"constraint":{"start_date":"2025-01-01"},
"prices":{"input_mtok":3,"output_mtok":1}}]}]}]'
costs "genai-prices" 0.2 "$genai" '{"model":"openai/m","usage":{"prompt_tokens":100000,"completion_tokens":0}}\n'
costs "genai-prices, a beginning, without the provider" 4 "$genai" "{\"model\":\"m-2\",$million"
costs "genai-prices, the latest of several" 3 "$genai" "{\"model\":\"n\",$million"

# clause WORDS COST MATCH MODEL: a model of genai-prices, at 5 dollars a million, that matches so; of another provider all cost 9.
clause() {
    costs "genai-prices: $1" "$2" '[{"id":"other","models":[{"id":"all","match":{"contains":""},"prices":{"input_mtok":9,"output_mtok":1}}]},
{"id":"own","model_match":{"contains":"opal"},"models":[{"id":"opal","match":'"$3"',"prices":{"input_mtok":5,"output_mtok":1}}]}]' \
        "{\"model\":\"$4\",$million"
}
clause "equals" 5 '{"equals":"Opal-2"}' opal-2
clause "equals nothing else" 9 '{"equals":"opal-2"}' opal-20
clause "starts_with" 5 '{"starts_with":"opal"}' opal-2
clause "starts_with, not in the middle" 9 '{"starts_with":"opal"}' an-opal
clause "ends_with" 5 '{"ends_with":"-2"}' opal-2
clause "ends_with, not in the middle" 9 '{"ends_with":"-2"}' opal-2-x
clause "contains" 5 '{"contains":"PAL"}' an-opal-2
clause "contains, not there" 9 '{"contains":"onyx"}' an-opal-2
clause "regex" 5 '{"regex":"^opal-\\\\d+$"}' opal-20
clause "regex, whatever the case" 5 '{"regex":"^opal"}' OPAL-20
clause "regex that does not match" 9 '{"regex":"^opal-\\\\d+$"}' opal-x
clause "or" 5 '{"or":[{"equals":"onyx"},{"equals":"opal-2"}]}' opal-2
clause "or, none" 9 '{"or":[{"equals":"onyx"},{"equals":"opal-1"}]}' opal-2
clause "and" 5 '{"and":[{"starts_with":"opal"},{"or":[{"contains":"2"},{"contains":"3"}]}]}' opal-2
clause "and, not all" 9 '{"and":[{"starts_with":"opal"},{"contains":"3"}]}' opal-2
clause "the provider that is named" 9 '{"equals":"opal-2"}' other/opal-2
clause "the provider that makes it" 5 '{"equals":"opal-2"}' opal-2
clause "the provider that is named, and makes it" 5 '{"equals":"opal-2"}' own/opal-2
# when WORDS COST TIME: a price from a day on, and one between two times of each day (UTC).
when() {
    costs "genai-prices: $1" "$2" '[{"id":"p","models":[{"id":"m","match":{"equals":"m"},"prices":[{"prices":{"input_mtok":2,"output_mtok":1}},
{"constraint":{"start_date":"2026-03-01"},"prices":{"input_mtok":3,"output_mtok":1}},
{"constraint":{"start_time":"16:30:00Z","end_time":"23:00:00Z"},"prices":{"input_mtok":1,"output_mtok":1}}]}]}]' \
        "{\"model\":\"m\"$3,$million"
}
when "before the day" 2 ',"time":"2026-02-28T12:00:00Z"'
when "from the day on" 3 ',"time":"2026-03-01T00:00:00Z"'
when "between the times of the day" 1 ',"time":"2026-03-02T16:30:00Z"'
when "at their end" 3 ',"time":"2026-03-02T23:00:00Z"'
when "without a time, the latest" 3 ''

printf 'model,input,output\nm,3,1\n' >"$scratch/prices"
"$report" --format json >"$scratch/part.json" <<END
{"model":"m",$(printf %b "$million" | tr -d '\n')
{"model":"z",$(printf %b "$million" | tr -d '\n')
END
says "merged reports are priced" "m: responses 2 prompt 2000000 total 2000000 cost 6; z: responses 2 prompt 2000000 total 2000000 unpriced 2" \
    "$("$report" --merge --format csv --prices "$scratch/prices" "$scratch/part.json" "$scratch/part.json" 2>/dev/null | short)"

printf 'model,above,input,output\nm,,3,1\nm,1500000,6,1\n' >"$scratch/prices"
says "a sum of calls is not above a step that each is below" "m: responses 2 prompt 2000000 total 2000000 cost 6" \
    "$("$report" --merge --format csv --prices "$scratch/prices" "$scratch/part.json" "$scratch/part.json" 2>/dev/null | short | sed 's/;.*//')"

# named FOUND PRICES MODEL...: names of models that have the price of FOUND.
named() {
    printf %b "$2" >"$scratch/prices"
    found=$1
    shift 2
    for model in "$@"; do
        says "the price of $model" "usage-report: price of $model: $found" "$(printf '{"model":"%s","usage":{"total_tokens":5}}\n' "$model" |
            "$report" --prices "$scratch/prices" --explain 2>&1 >/dev/null | grep "price of $model:")"
    done
}
named opal-2 'model,input\nopal-2,1\n' opal-2 OPAL-2 anthropic/opal-2 openrouter/anthropic/opal-2 us.anthropic.opal-2-20260401-v1:0 opal-2-v1:0 \
    arn:aws:bedrock:us-west-2:1:inference-profile/us.anthropic.opal-2-20260401-v1:0 models/opal-2 publishers/x/models/opal-2 opal-2-2026-04-01 \
    opal-2-20260401 ft:opal-2-20260401:acme::abc opal-2@20260401 opal-2:free opal-2-latest opal-2-preview-06-05 opal-2-codex
named none 'model,input\nopal-2,1\n' opal-20 opal opal-2-mini
named opal-2-2026-04-01 'model,input\nopal-2,1\nopal-2-2026-04-01,2\nopal-*,3\n' opal-2-2026-04-01 x/opal-2-2026-04-01
named 'opal-*' 'model,input\nopal-2,1\nopal-*,3\no*,4\n' opal-3
named opal-2 'model,input\n*,9\nopal-2,1\n' opal-2 x/opal-2 us.anthropic.opal-2-v1:0
named '*' 'model,input\n*,9\nopal-2,1\n' opal-3
named none 'model,input\nopal-2|opal-3,1\n' opal-2 opal-3
stated='{"model":"m","usage":{"prompt_tokens":5,"completion_tokens":5,"cost":0.25}}
{"model":"m","usage":{"prompt_tokens":5,"completion_tokens":5,"cost_in_usd_ticks":20000000000}}
{"model":"m","usage":{"prompt_tokens":5,"completion_tokens":5,"cost":{"total_cost":1.5}}}\n'
counts "what services say that they charged" "m: responses 3 prompt 15 completion 15 total 30 stated_cost 3.75" "" "$stated" --stated
counts "a charge that no sum could hold" "m: responses 1 prompt 5 completion 5 total 10" "" \
    '{"model":"m","usage":{"prompt_tokens":5,"completion_tokens":5,"cost":9007199254740991e5}}\n' --stated
says "the sample of prices can be read" "" "$("$report" --prices examples/prices-sample.csv examples/data/log.jsonl 2>&1 >/dev/null | grep -v 'no price')"

# ------------------------------------------------------------------------------------------- names

printf '{"model":"=1+1",%s}\n{"model":"-x",%s}\n{"model":"@cf/x",%s}\n' "$(usage 1 1)" "$(usage 1 1)" "$(usage 1 1)" >"$scratch/input"
says "names stay as they are" "-x =1+1 @cf/x" "$("$report" --format csv "$scratch/input" | awk -F, 'NR > 1 { print $1 }' | paste -s -d ' ' -)"
says "with --sheet none is a formula" "'-x '=1+1 '@cf/x" \
    "$("$report" --sheet --format csv "$scratch/input" | awk -F, 'NR > 1 { print $1 }' | paste -s -d ' ' -)"
long=an-arn-with-more-than-forty-characters-in-front
printf '{"model":"%s/a/x",%s}\n{"model":"%s/b/x",%s}\n' $long "$(usage 1 1)" $long "$(usage 1 1)" >"$scratch/input"
says "long names are shortened in the middle" "an-arn-with-mo...rty-characters-in-front/a/x an-arn-with-mo...rty-characters-in-front/b/x" \
    "$("$report" "$scratch/input" | sed -n 2,3p | awk '{ print $1 }' | paste -s -d ' ' -)"
printf '{"model":"an-arn-with-a-%s",%s}\n{"model":"an-arn-with-b-%s",%s}\n' $long "$(usage 1 1)" $long "$(usage 1 1)" | sed 's/with-/&with-with-/' >"$scratch/input"
says "not to the same text" 2 "$("$report" "$scratch/input" | sed -n 2,3p | grep -c 'an-arn-with-with-with-[ab]-an-arn')"
for name in "$(printf '%0300d' 0)a$(printf '%0300d' 0)" "$(printf '%0300d' 0)b$(printf '%0300d' 0)" short; do
    printf '{"user":"%s",%s}\n' "$name" "$(usage 1 1)"
done >"$scratch/input"
says "with names that stay long, a short one is padded with spaces" "short$(printf '%606s' '')1" \
    "$("$report" --by /user "$scratch/input" | grep -a '^short' | cut -c 1-612)"
printf '{"model":"a\\\\x1bb",%s}\n{"model":"a\\u001bb",%s}\n{"model":"(none)",%s}\n{%s}\n' "$(usage 1 1)" "$(usage 1 1)" "$(usage 1 1)" "$(usage 1 1)" >"$scratch/input"
says "no name looks like another" '\(none) a\\x1bb a\x1bb (none)' "$("$report" --format csv "$scratch/input" | awk -F, 'NR > 1 { print $1 }' | paste -s -d ' ' -)"
printf '{"model":"a\342\200\256b",%s}\n' "$(usage 1 1)" >"$scratch/input"
for format in table csv tsv json; do
    says "U+202E does not reach a terminal: $format" 1 "$("$report" --format $format "$scratch/input" | grep -c 'a\\u202eb')"
done
# ------------------------------------------------------------------------------------------- descriptors, the command line

# closed WORDS STATUS WHAT-IS-SAID COMMAND
closed() {
    checks=$((checks + 1))
    seen=0
    timeout 10 sh -c "$4" sh "$report" >"$scratch/out" 2>"$scratch/err" || seen=$?
    { [ "$seen" -eq "$2" ] && { [ -z "$3" ] || grep -q "$3" "$scratch/err"; }; } || fail "$1: status $seen, $(cat "$scratch/err")"
}
# shellcheck disable=SC2016
if command -v timeout >/dev/null 2>&1; then
    closed "standard input is closed" 2 "usage-report: -: Bad file descriptor" '"$1" <&-'
    closed "standard output is closed" 2 "standard output: Bad file descriptor" '"$1" /dev/null >&-'
    closed "all are closed" 2 "" '"$1" /dev/null <&- >&- 2>&-'
    closed "few files may be open" 0 "" 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do printf "{\"usage\":{\"total_tokens\":1}}\n" >'"$scratch"'/few$i; done
        ulimit -n 9 && "$1" --max-errors 0 '"$scratch"'/few*'
fi
says "-h is --help" "$("$report" --help)" "$("$report" -h)"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    says "without arguments, a terminal is shown the options" 1 "$(script -qec "$report" /dev/null </dev/null | grep -c '^usage:')"
fi

end_checks 150
