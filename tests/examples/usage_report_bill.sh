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

# says WORDS EXPECTED SEEN
says() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || fail "$1: expected '$2', seen '$3'"
}

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
counts "a start that is sent twice is of one response" "c: responses 1 prompt 5 completion 4 total 9" "" \
    "$(claude a 3 1 | sed 's/data: {"type":"content.*//')$(claude a 5 4)"
counts "a file with a byte-order mark after another" "c: responses 2 prompt 12 completion 10 total 22; m: responses 1 prompt 4 completion 2 total 6" "" \
    "\0357\0273\0277$(claude a 5 4)\0357\0273\0277$(claude b 7 6)\0357\0273\0277$(body d m 4 2)\n"
counts "streams without ids and end marks" "m: responses 1 unfinished 1 prompt 7 completion 3 total 10" "neither an end mark nor an id" \
    "$(event "{\"model\":\"m\",$(usage 5 2)}")$(event "{\"model\":\"m\",$(usage 7 3)}")"
counts "Gemini's streams differ in /responseId" "g: responses 2 unfinished 2 prompt 12 total 12" "has no end mark" \
    "$(for id in a b; do event "{\"usageMetadata\":{\"promptTokenCount\":5,\"totalTokenCount\":5},\"modelVersion\":\"g\",\"responseId\":\"$id\"}"
        event "{\"usageMetadata\":{\"promptTokenCount\":6,\"totalTokenCount\":6},\"modelVersion\":\"g\",\"responseId\":\"$id\"}"; done)"
counts "Gemini's stream ends with a finishReason" "g: responses 1 prompt 5 completion 2 total 7" "" \
    "$(event '{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7},"modelVersion":"g","responseId":"a"}')"
counts "end marks that are glued to a document" "(none): responses 2 prompt 12 completion 5 total 17" "" \
    "$(event "{$(usage 5 2)}[DONE]")data: {$(usage 7 3)}\ndata: [DONE]\n\n"
counts "a stream with an error after a usage" "m: responses 1 unfinished 1 prompt 5 completion 2 total 7" "reported an error in the stream" \
    "$(chat a m 5 2)$(event '{"error":{"message":"no"}}')$done_event"
counts "a stream whose last usage is malformed" "m: responses 1 malformed 1" "a usage in the stream is malformed" \
    "$(chat a m 5 2)$(event '{"id":"a","usage":{"prompt_tokens":9,]')$done_event"
counts "a stream with an error" "(none): responses 1 errors 1" "[nothing was counted]" \
    "$(event '{"type":"error","error":{"message":"no"}}')"
counts "message_stop without message_delta is no end" "c: responses 1 unfinished 1 prompt 5 completion 1 total 6" "has no end mark" \
    "$(claude a 5 4 | sed 's/data: {"type":"message_delta".*message_stop/data: {"type":"message_stop/')"

long=$(awk 'BEGIN { for (i = 0; i < 400; i++) printf "{"; }')
counts "an event that is longer than --max-line" "m: responses 2 prompt 12 completion 5 total 17" "" \
    "$(event "{\"id\":\"a\",\"model\":\"m\",\"x\":\"$long\",$(usage 5 2)}")$done_event$(chat b m 7 3)$done_event" --max-line 300

# ------------------------------------------------------------------------------------------- lines

counts "chunks of one response" "m: responses 1 prompt 9 completion 4 total 13" "" \
    "$(chunk a m)\n$(chunk a m "$(usage 9 1)")\n$(chunk a m "$(usage 9 4)")\n"
counts "chunks of two responses, mixed" "m: responses 2 prompt 14 completion 6 total 20" "" \
    "$(chunk a m)\n$(chunk b m)\n$(chunk a m "$(usage 9 4)")\n$(chunk b m "$(usage 5 2)")\n"
counts "chunks without a usage" "m: responses 1 without_usage 1 unfinished 1" "has no end mark" "$(chunk a m)\n$(chunk a m)\n"
counts "Ollama's chunks" "o: responses 2 prompt 10 completion 4 total 14" "" \
    "$(for _ in 1 2; do printf '{"model":"o","done":false}\\n{"model":"o","done":false}\\n{"model":"o","done":true,"prompt_eval_count":5,"eval_count":2}\\n'; done)"
counts "Bedrock's chunks" "(none): responses 2 prompt 10 completion 4 total 14" "" \
    "$(for _ in 1 2; do printf '{"messageStart":{}}\\n{"messageStop":{}}\\n{"metadata":{"usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7}}}\\n'; done)"
counts "events as lines" "c: responses 1 prompt 5 completion 4 total 9" "" "$(claude a 5 4 | sed 's/data: //g;s/\\n\\n/\\n/g')"
counts "an array of responses" "m: responses 2 prompt 9 completion 5 total 14" "" "[$(body a m 4 2),$(body b m 5 3)]\n"
counts "arrays of chunks, as Gemini sends them" "g: responses 1 prompt 6 total 6" "" \
    '[{"usageMetadata":{"promptTokenCount":5,"totalTokenCount":5},"modelVersion":"g","responseId":"a"},
{"usageMetadata":{"promptTokenCount":6,"totalTokenCount":6},"modelVersion":"g","responseId":"a"}]'
counts "documents in one line" "m: responses 2 prompt 9 completion 5 total 14" "" "$(body a m 4 2)$(body b m 5 3)"
counts "a line after a prefix" "m: responses 2 prompt 9 completion 5 total 14" "" \
    "2026-01-01T00:00:00Z host gateway: $(body a m 4 2)\n[INFO] $(body b m 5 3)\n"
counts "Docker's lines" "m: responses 1 prompt 4 completion 2 total 6" "" \
    "{\"log\":\"$(body a m 4 2 | sed 's/"/\\\\"/g')\\\\n\",\"stream\":\"stdout\"}\n"
counts "usage at no known path" "(none): responses 2 misplaced 2" ":1: it has counts" "{\"data\":{$(usage 1 2)}}\n{\"data\":{$(usage 1 2)}}\n"
says "it is named once for a file" 1 "$(grep -c 'it has counts' "$scratch/err")"
counts "error bodies" "(none): responses 5 without_usage 3 errors 2" "[nothing was counted]" \
    '{"error":{"message":"no"}}\n{"error":null}\n{"error":false}\n{"error":""}\n{"response":{"error":{"code":"no"}}}\n'
counts "lines of a batch" "g: responses 1 prompt 4 completion 2 total 6; m: responses 2 errors 1 prompt 5 completion 3 total 8" "" \
    "{\"id\":\"x\",\"response\":{\"body\":$(body a g 4 2)},\"error\":null}\n{\"custom_id\":\"y\",\"result\":{\"message\":$(body b m 5 3)}}\n\
{\"model\":\"m\",\"error\":{\"message\":\"no\"}}\n"
counts "an id is the response's, not the batch's" "g: responses 1 repeated 1 prompt 4 completion 2 total 6" "" \
    "{\"id\":\"x\",\"response\":{\"body\":$(body a g 4 2)}}\n{\"id\":\"y\",\"response\":{\"body\":$(body a g 4 2)}}\n" --unique
counts "nothing" "" "[nothing was counted]" ''
counts "a last line without an end" "m: responses 2 prompt 9 completion 5 total 14" "" "$(body a m 4 2)\n$(body b m 5 3)"
counts "a number out of the range costs its response" "a: responses 1 prompt 1 completion 1 total 2; m: responses 1 invalid 1" "out of range" \
    "$(body x m 9007199254740992 0 | sed 's/"total_tokens":[0-9-]*/"total_tokens":1/')\n$(body y a 1 1)\n"
big='"usage":{"prompt_tokens":9007199254740991}'
for order in "m n" "n m"; do
    counts "a sum out of the range costs one response ($order)" \
        "m: responses 2 invalid 1 prompt 9007199254740991; n: responses 1 prompt 3" "this response is not added" \
        "$(for model in $order; do
            case $model in
            n) printf '{"model":"n","usage":{"prompt_tokens":3}}\\n' ;;
            *) printf '{"model":"m",%s}\\n{"model":"m",%s}\\n' "$big" "$big" ;;
            esac
        done)"
done

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
    says "a truncated gzip file" "2 usage-report: $scratch/truncated.gz: it is packed by gzip, and truncated" "$seen $(cat "$scratch/err")"
else
    says "gzip, not unpacked" 1 "$("$report" "$scratch/one.gz" 2>&1 >/dev/null | grep -c 'packed by gzip')"
fi
counts "zstd" "(none): responses 1 malformed 1" "packed by zstd" '\0050\0265\0057\0375\0000\n{"usage":5}\n'
counts "AWS frames" "(none): responses 1 malformed 1" "AWS event-stream frames" '\0000\0000\0000\0100\0000\0000\0000\0020'
counts "UTF-16" "(none): responses 1 malformed 1" "UTF-16" '\0377\0376{\0000}\0000\n\0000'

# ------------------------------------------------------------------------------------------- counts

counts "separate counts, and a total that follows" "c: responses 1 prompt 15 completion 7 total 22 cached 3 cache_write 2" "" \
    '{"model":"c","usage":{"input_tokens":10,"output_tokens":7,"cache_read_input_tokens":3,"cache_creation_input_tokens":2}}'
counts "every count" "x: responses 1 prompt 100 completion 50 total 150 cached 40 cache_write 30 cache_write_1h 16 prompt_audio 21 \
prompt_image 22 cached_audio 11 cached_image 12 reasoning 13 completion_audio 14 completion_image 15" "" \
    '{"model":"x","usage":{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":40,"cache_write_tokens":30,"audio_tokens":21,"image_tokens":22,"cached_tokens_details":{"audio_tokens":11,"image_tokens":12}},"completion_tokens_details":{"reasoning_tokens":13,"audio_tokens":14,"image_tokens":15},"cache_creation":{"ephemeral_1h_input_tokens":16}}}'
counts "a contradiction that a count explains" "x: responses 1 prompt 5 completion 9 total 14 reasoning 4 explained 1" "" \
    '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":14,"completion_tokens_details":{"reasoning_tokens":4}}}'
counts "tokens that only the total has" "x: responses 1 prompt 5 completion 9 total 14 reasoning 4 assumed 1" "" \
    '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":14}}'
counts "a total alone" "x: responses 1 prompt 14 total 14 assumed 1" "" '{"model":"x","usage":{"total_tokens":14}}'
counts "a contradiction that no count explains" "x: responses 1 prompt 5 completion 5 total 14 reasoning 1 contradicting 1 tokens_above 4" \
    "contradicts its parts" '{"model":"x","usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":14,"reasoning_tokens":1}}'
counts "a total below its parts" "x: responses 1 prompt 5 completion 5 total 9 contradicting 1 tokens_below 1" \
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
counts "no groups" ": responses 3 prompt 6 completion 6 total 12" "" "$two" --by none
counts "--top" "m: responses 2 prompt 4 completion 4 total 8; (others): responses 2 prompt 3 completion 3 total 6" "" \
    "$two{\"model\":\"o\",$(usage 1 1)}\n" --top 1
counts "--sort" "n: responses 1 prompt 2 completion 2 total 4; m: responses 1 prompt 1 completion 1 total 2" "" \
    "$(body a m 1 1)\n$(body b n 2 2)\n" --sort prompt_tokens
counts "what a proxy logs" "m: responses 1 prompt 4 completion 2 total 6" "" \
    "{\"time\":\"2026-01-01T00:00:00+00:00\",\"model\":\"m\",$(usage 4 2),\"verdict\":\"consistent\"}\n"
counts "an id that was there before" "m: responses 2 repeated 1 prompt 8 completion 4 total 12" "a response with this id" \
    "$(body a m 4 2)\n$(body a m 4 2)\n"
counts "--unique" "m: responses 1 repeated 1 prompt 4 completion 2 total 6" "" "$(body a m 4 2)\n$(body a m 4 2)\n" --unique

# ------------------------------------------------------------------------------------------- money

cat >"$scratch/prices.csv" <<'END'
# invented
model,prompt_tokens,cached_tokens,cache_write_tokens,cache_write_1h_tokens,completion_tokens,prompt_audio_tokens,cached_audio_tokens,completion_audio_tokens
m,0.000001,,,,3,,,
gpt-*,2.5,1.25,,,10,,,
"gpt-x",0.001,0,0,0,0,,,
gpt-much,9007199253.999999,,,,0,,,
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
counts "a whole name comes before a beginning; the largest sum is exact" \
    "gpt-x: responses 1 prompt 9007199254740990 completion 1 total 9007199254740991 cost 9007199.25474099" "" \
    "$(sold gpt-x 9007199254740990 1 0 0)" --prices "$scratch/prices.csv"
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
counts "so is a kind without a price" "output: responses 1 prompt 1 completion 1 total 2 unpriced 1" "[no price for output: prompt_tokens]" \
    "$(priced output 1 1 '')" --prices "$scratch/prices.csv"
counts "so is a cost that is too large" "gpt-much: responses 1 prompt 9007199254740990 completion 1 total 9007199254740991 unpriced 1" \
    "[out of range]" "$(priced gpt-much 9007199254740990 1 '')" --prices "$scratch/prices.csv"
counts "so is a cost of kinds that overlap" "overlap: responses 1 prompt 10 completion 1 total 11 cache_write 8 prompt_audio 5 unpriced 1" \
    "[no cost for overlap: prompt_tokens]" \
    "$(priced overlap 10 1 ',"prompt_tokens_details":{"cache_write_tokens":8,"audio_tokens":5}')" --prices "$scratch/prices.csv"
counts "half a usage costs what is known" "m: responses 1 prompt 1000000 unpriced 1 cost 0.000001" "" \
    '{"model":"m","usage":{"prompt_tokens":1000000}}' --prices "$scratch/prices.csv"
for format in table json tsv; do
    says "the cost is in every format: $format" 0.0021 \
        "$(printf %b "$(sold gpt-4 1000 10 400 100)" | "$report" --format $format --prices "$scratch/prices.csv" |
            grep -o '0\.0021' | sed 1q)"
done
# refused WORDS LINE CONTENT: a file of prices that is wrong in that line.
refused() {
    printf %b "$3" >"$scratch/bad.csv"
    seen=0
    "$report" --prices "$scratch/bad.csv" </dev/null >/dev/null 2>"$scratch/err" || seen=$?
    says "a file of prices, $1" "2 $2" "$seen $(sed -n 's/^usage-report: --prices: [^:]*:\([0-9]*\): not .*/\1/p' "$scratch/err")"
}
refused "without names" 1 'm,1,2\n'
refused "of 0.2" 1 'model,input,cached,cache_write,output\nm,1,,,2\n'
refused "with a price of the total" 1 'model,total_tokens\nm,1\n'
refused "with a name twice" 1 'model,prompt_tokens,prompt_tokens\nm,1,2\n'
refused "with a model alone" 1 'model\nm\n'
refused "with a price too few" 3 '#\nmodel,prompt_tokens,completion_tokens\nm,1\n'
refused "with a price too many" 2 'model,prompt_tokens\nm,1,2\n'
refused "with 7 decimals" 2 'model,prompt_tokens\nm,0.0000001\n'
refused "with a word for a price" 2 'model,prompt_tokens\nm,free\n'
refused "with a price too large" 2 'model,prompt_tokens\nm,9007199254.740992\n'
refused "with a point at the end" 2 'model,prompt_tokens\nm,1.\n'
refused "below 0" 2 'model,prompt_tokens\nm,-1\n'
says "the sample of prices can be read" "" "$("$report" --prices examples/prices-sample.csv examples/data/log.jsonl 2>&1 >/dev/null | grep -v 'no price')"

# ------------------------------------------------------------------------------------------- names

printf '{"model":"=1+1",%s}\n{"model":"-x",%s}\n' "$(usage 1 1)" "$(usage 1 1)" >"$scratch/input"
says "no name is a formula" "'-x '=1+1" "$("$report" --format csv "$scratch/input" | awk -F, 'NR > 1 { print $1 }' | paste -s -d ' ' -)"
says "unless --raw" "-x =1+1" "$("$report" --raw --format csv "$scratch/input" | awk -F, 'NR > 1 { print $1 }' | paste -s -d ' ' -)"
printf '{"model":"a\342\200\256b",%s}\n' "$(usage 1 1)" >"$scratch/input"
for format in table csv tsv json; do
    says "U+202E does not reach a terminal: $format" 1 "$("$report" --format $format "$scratch/input" | grep -c 'a\\u202eb')"
done
printf '{"model":"\346\250\241\345\236\213",%s}\n{"model":"e\314\201e\314\201ab",%s}\n' "$(usage 1 1)" "$(usage 2 2)" >"$scratch/input"
says "names line up by their width" "$(printf 'e\314\201e\314\201ab           1\n\346\250\241\345\236\213           1\n')" \
    "$("$report" "$scratch/input" | sed -n '3,4p' | cut -d ' ' -f 1-12 | sed 's/1 .*/1/')"

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
        ulimit -n 9 && "$1" --max-errors 0 --jobs 12 '"$scratch"'/few*'
fi
says "--by model suggests /model" 1 "$("$report" --by model </dev/null 2>&1 | grep -c 'did you mean /model?')"
says "-h is --help" "$("$report" --help)" "$("$report" -h)"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    says "without arguments, a terminal is shown the options" 1 "$(script -qec "$report" /dev/null </dev/null | grep -c '^usage:')"
fi

# ------------------------------------------------------------------------------------------- parts of a large file

# Lines, chunks of responses that go on over parts, a stream, repeated ids, broken lines.
awk 'BEGIN {
    for (i = 0; i < 110000; i++) {
        if (i % 1009 == 5) print "{\"broken"
        if (i % 50 == 0) for (k = 0; k < 2; k++)
            printf "{\"id\":\"c%d\",\"object\":\"chat.completion.chunk\",\"model\":\"s\",\"usage\":{\"prompt_tokens\":%d}}\n", i / 400, i
        if (i % 20011 == 9) printf "data: {\"id\":\"s%d\",\"model\":\"e\",\"usage\":{\"prompt_tokens\":1}}\n\ndata: [DONE]\n\n", i
        printf "  {\"id\":\"r%d\",\"model\":\"m%d\",\"x\":\"%0400d\",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":1}}\n",
            i % 109990, i % 3, i, i
    }
}' >"$scratch/large"
for arguments in "--max-errors 200" "--unique --max-errors 0" "--each --format csv --max-errors 0"; do
    for jobs in 1 3; do
        # shellcheck disable=SC2086
        "$report" --jobs $jobs $arguments "$scratch/large" >"$scratch/jobs.$jobs.out" 2>"$scratch/jobs.$jobs.err" || fail "a large file"
    done
    says "parts print what the whole does ($arguments)" "" "$(cmp "$scratch/jobs.1.out" "$scratch/jobs.3.out" 2>&1)"
    says "parts name what the whole does ($arguments)" "" "$(cmp "$scratch/jobs.1.err" "$scratch/jobs.3.err" 2>&1)"
done

end_checks 150
