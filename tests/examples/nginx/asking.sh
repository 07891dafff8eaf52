# What requests.sh and clients.sh share: bodies whose log lines are known, and a table of requests in which each line has its line
# of the log. Sourced after rig.sh.
# shellcheck shell=sh disable=SC2034,SC2154

# Two bodies with the counts that are most common: the counts and the model, as in the table of formats.
cp "$project/tests/data/formats/openai-chat.json" "$scratch/bodies/whole.json"
cp "$project/tests/data/formats/openai-chat.sse" "$scratch/bodies/stream.sse"
cp "$project/tests/data/bodies/openai-batch-line.json" "$scratch/bodies/batch.json"
cp "$project/tests/data/formats/openai-error.json" "$scratch/bodies/error.json"
# One body for each verdict that a service can cause.
body() {
    # shellcheck disable=SC2059
    printf "$2" >"$scratch/bodies/$1"
}
body reconciled.json '{"model":"m","usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":9,"completion_tokens_details":{"reasoning_tokens":3}}}'
body assumed.json '{"model":"m","usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":9}}'
body contradictory.json '{"model":"m","usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":5}}'
body wrong.json '{"model":"m","usage":{"prompt_tokens":-4,"completion_tokens":2}}'
body page.json '<html>busy</html>'
body unknown.sse 'event: word\ndata: {"kind":"word","word":"blue"}\n\nevent: end\ndata: {"kind":"end"}\n\n'
body failed.sse 'data: {"model":"m","usage":{"prompt_tokens":4,"completion_tokens":2}}\n\ndata: {"error":{"message":"overloaded"}}\n\n'
body all.json '{"model":"m","usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":40,"cache_write_tokens":20,"audio_tokens":10,"image_tokens":9,"cached_tokens_details":{"audio_tokens":3,"image_tokens":2}},"completion_tokens_details":{"reasoning_tokens":21,"audio_tokens":6,"image_tokens":7},"cache_creation":{"ephemeral_1h_input_tokens":5}}}'
all=prompt=100,completion=50,total=150,cached=40,cache_write=20,cache_write_1h=5,prompt_audio=10,prompt_image=9,\
cached_audio=3,cached_image=2,reasoning=21,completion_audio=6,completion_image=7
body labels.json '{"id":"call-7","model":"m","service_tier":"flex","usage":{"prompt_tokens":4,"completion_tokens":2}}'
body bytes.json '{"model":"a\323\376\303\251","usage":{"prompt_tokens":4,"completion_tokens":2}}'
body lines.jsonl '{"model":"m","done":false}\n{"model":"m","done":true,"prompt_eval_count":4,"eval_count":2}\n'
body records.seq '\036{"model":"m"}\n\036{"model":"m","usage":{"prompt_tokens":4,"completion_tokens":2}}\n'
# And one that is long enough to leave in the middle: the first event again and again, then the whole stream.
{
    awk 'NR == 1 { for (i = 0; i < 40; i++) printf "%s\n\n", $0 }' "$scratch/bodies/stream.sse"
    cat "$scratch/bodies/stream.sse"
} >"$scratch/bodies/long.sse"
# And one that no socket has room for.
{
    awk 'NR == 1 { for (i = 0; i < 6000; i++) printf "%s\n\n", $0 }' "$scratch/bodies/stream.sse"
    cat "$scratch/bodies/stream.sse"
} >"$scratch/bodies/huge.sse"
# number32 NUMBER: as four bytes, the highest first.
number32() {
    for shift in 24 16 8 0; do
        # shellcheck disable=SC2059
        printf "\\$(printf %03o $(($1 >> shift & 255)))"
    done
}

# frame PAYLOAD: an AWS event-stream frame without headers; gzip knows the CRC of its first eight bytes.
frame() {
    { number32 $((16 + ${#1})) && number32 0; } >"$scratch/prelude"
    cat "$scratch/prelude"
    number32 "$(gzip -c -n "$scratch/prelude" | tail -c 8 | od -A n -t u4 --endian=little -N 4 | tr -d ' ')"
    printf '%s' "$1"
    number32 0
}
{
    frame '{"contentBlockIndex":0,"delta":{"text":"Blue."}}'
    frame '{"metrics":{"latencyMs":5},"usage":{"inputTokens":4,"outputTokens":2,"totalTokens":6}}'
} >"$scratch/bodies/frames.bin"
counted=prompt=20,completion=9,total=29
whole="consistent $counted,cached=16,prompt_audio=0,reasoning=4,completion_audio=0 parrot-2"
stream="consistent $counted parrot-2"
gzip -k -n "$scratch/bodies"/*

# ask METHOD PATH-AND-QUERY HEADERS STATUS BODY HOW -- LOG: a job whose id is its number, and its line in the log (`nothing`:
# it is not metered). BODY is a file in the folder of bodies.
number=0
ask() {
    number=$((number + 1))
    method=$1 target=$2 headers=$3 status=$4 body=$5 how=$6
    shift 7
    [ "$body" = - ] || body=$scratch/bodies/$body
    job "$number" "$method" "$target" "$headers" - "$status" "$body" "$how" >>"$scratch/jobs"
    # shellcheck disable=SC2086
    if [ "$1" = nothing ]; then expect "$number"; else expect "$number" $1; fi
}

# go WORDS: makes the jobs so far and checks their lines in the log.
go() {
    run_jobs "$1" <"$scratch/jobs"
    check_log "the log of: $1"
    : >"$scratch/jobs"
}

: >"$scratch/jobs"
