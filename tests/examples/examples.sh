#!/bin/sh
# Runs the example programs on good and on broken input, and compares everything they print, and their exit status, with
# tests/data/examples/NAME.out, NAME.err (no file: nothing is printed) and the status given here.
#
#     sh tests/examples/examples.sh FOLDER            FOLDER holds the programs
#     ACCEPT=1 sh tests/examples/examples.sh FOLDER   writes the files anew, to be read before they are committed
set -eu

programs=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
data=tests/data/examples
. tests/checks/compare.sh

# check NAME STATUS PROGRAM ARGUMENT...: standard input is what the caller redirects, else empty.
check() {
    program=$programs/$3
    name=$1
    status=$2
    shift 3
    check_output "$name" "$status" "$program" "$@"
}

# given NAME STATUS INPUT ARGUMENT...: usage_of, with INPUT (escapes as in printf's %b) on standard input.
given() {
    printf %b "$3" >"$scratch/input"
    name=$1
    status=$2
    shift 3
    check "$name" "$status" usage_of "$@" <"$scratch/input"
}

# A usage with all the counts.
every='{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":40,
"cache_write_tokens":30,"audio_tokens":21,"image_tokens":22,"cached_tokens_details":{"audio_tokens":11,"image_tokens":12}},
"completion_tokens_details":{"reasoning_tokens":13,"audio_tokens":14,"image_tokens":15},
"cache_creation":{"ephemeral_1h_input_tokens":16}}'

# --------------------------------------------------------------------------------------------- simple and decode

check simple 0 simple </dev/null

check decode_sample 0 decode </dev/null
check decode_total_only 0 decode ' {"total_tokens": 12.0e0, "extra": [1, {"a": null}], "prompt_tokens": null} ' </dev/null
check decode_anthropic 0 decode \
    '{"input_tokens":3,"cache_creation_input_tokens":1956,"cache_read_input_tokens":9511,"output_tokens":44}' </dev/null
check decode_reasoning_separate 0 decode \
    '{"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,"completion_tokens_details":{"reasoning_tokens":290}}' </dev/null
check decode_assumed 0 decode '{"prompt_tokens":12,"completion_tokens":1,"total_tokens":303}' </dev/null
check decode_contradiction 1 decode '{"prompt_tokens":12,"completion_tokens":1,"total_tokens":10}' </dev/null
check decode_every_count 0 decode "$every" </dev/null
check decode_fraction 1 decode '{"prompt_tokens":5.5}' </dev/null
check decode_truncated 1 decode '{"prompt_tokens":5' </dev/null
check decode_empty 1 decode '' </dev/null

# ---------------------------------------------------------------------------------------------------- cjson_app

if [ -x "$programs/cjson_app" ]; then
    check cjson_app_sample 0 cjson_app </dev/null
    check cjson_app_infers 0 cjson_app '{"a":[1],"usage":{"prompt_tokens":5,"x":{},"completion_tokens":7},"z":"\u00e4"}' </dev/null
    check cjson_app_consistent 0 cjson_app '{"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}' </dev/null
    check cjson_app_hopeless 1 cjson_app '{"usage":{"prompt_tokens":20,"completion_tokens":7,"total_tokens":12}}' </dev/null
    check cjson_app_no_usage 1 cjson_app '{"error":{"message":"busy"}}' </dev/null
    check cjson_app_type 1 cjson_app '{"usage":{"prompt_tokens":"5"}}' </dev/null
    check cjson_app_not_json 1 cjson_app '{"usage":' </dev/null
    check cjson_app_two_bodies 1 cjson_app '{"usage":{"prompt_tokens":5}} {}' </dev/null
else
    skip cjson_app "it was built without cJSON"
fi

# ----------------------------------------------------------------------------------------------------- usage_of

cat examples/data/openai-stream.sse examples/data/friendli-stream.sse >"$scratch/streams"
check samples 1 usage_of examples/data/*
check samples_that_agree 0 usage_of --json examples/data/*-message.json examples/data/*-chat.json examples/data/*-converse.json \
    examples/data/*-image.json examples/data/*.bin examples/data/gemini-openai.json
check contradiction 1 usage_of examples/data/contradicting.json
check samples_json 1 usage_of --json examples/data/*
given every_count 0 "{\"usage\":$every}"
given every_count_json 0 "{\"usage\":$every}" --json
check standard_input 0 usage_of <examples/data/friendli-completion.json
check standard_input_stream 0 usage_of <examples/data/friendli-stream.sse
check dash_among_files 0 usage_of examples/data/openai-chat.json - examples/data/friendli-stream.sse \
    <examples/data/ollama-stream.jsonl
check several_lines 1 usage_of examples/data/log.jsonl
check several_streams 1 usage_of <"$scratch/streams"
check lines_broken 1 usage_of $data/broken.jsonl
check truncated_json 1 usage_of $data/truncated.json
given truncated_in_lines 1 '{"usage":{"prompt_tokens":5}}\n{"usage":{"prompt_tok'
given reasoning_twice 0 '{"usage":{"prompt_tokens":5,"completion_tokens":9,"total_tokens":10,"completion_tokens_details":{"reasoning_tokens":4}}}'
given cached_separate 0 '{"usage":{"prompt_tokens":5,"completion_tokens":9,"total_tokens":34,"prompt_tokens_details":{"cached_tokens":20}}}'
given part_above_whole 1 '{"usage":{"prompt_tokens":5,"completion_tokens":9,"total_tokens":14,"reasoning_tokens":10}}'
given hostile_model 0 '{"model":"m\0177\0302\0233\0342\0200\0256x","usage":{"prompt_tokens":5}}'
# What is printed for scripts is JSON whatever the model: escapes stay as they were written, wrong UTF-8 does not.
given hostile_model_json 0 '{"model":"m\\"\\u00e9\0343\0201\0202\0377\0300\0200\0355\0240\0200\0360\0237\0230\0200\0302","usage":{"prompt_tokens":5}}' --json

# Each line of a file as a body of its own.
awk -v to="$scratch/line-" '{ file = to sprintf("%02d", NR); print >file; close(file) }' $data/broken.jsonl
# shellcheck disable=SC2016
check_output broken_lines 1 sh -c 'cd "$1" && "$2" line-*' sh "$scratch" "$programs/usage_of"

check comma_missing 1 usage_of $data/comma_missing.json
check truncated_stream 1 usage_of $data/truncated.sse
check no_end_mark 1 usage_of $data/no_end_mark.sse
check no_end_mark_complete 0 usage_of --complete $data/no_end_mark.sse
check no_usage_complete 1 usage_of --complete $data/without_usage.sse
given failed 1 'data: {"usage":{"prompt_tokens":5}}\n\ndata: {"error":{"message":"busy"}}\n\n'
given failed_body 1 '{"error":{"message":"busy"}}' --json
given invalid 1 '{"usage":{"prompt_tokens":-5}}'
check stream_without_usage 1 usage_of $data/without_usage.sse
check mixed_stream 1 usage_of $data/mixed.sse
check neither 1 usage_of $data/page.html
check empty 1 usage_of /dev/null
check several_kinds 1 usage_of $data/batch.jsonl $data/mixed.sse $data/page.html examples/data/openai-chat.json

check at_batch 0 usage_of --at /response/body/usage $data/batch.jsonl
given at_whole 0 '{"prompt_tokens":5}\n' --at ''
given at_response 0 '{"answer":{"model":"m","usage":{"prompt_tokens":5}}}\n' --at /answer
given at_stream 0 'data: {"a":{"b":{"prompt_tokens":5}}}\n\ndata: [DONE]\n\n' --at /a/b

given blank 1 ' \n\t\r\n'
given binary 1 '\0000\0001\0377\0376\0000data\n'
given binary_long 1 '\0000\0001\0377\0376\0000data, and more of it\n'
given nul_after 1 '{"usage":{"prompt_tokens":5}}\0000'
given control_character 1 '{"a":"\0001"}\n'
given bom_json 0 '\0357\0273\0277{"usage":{"prompt_tokens":5}}'
given bom_lines 1 '\0357\0273\0277{"usage":{"prompt_tokens":5}}\n{"usage":{"prompt_tokens":6}}\n'
given bom_stream 0 '\0357\0273\0277data: {"usage":{"prompt_tokens":5}}\n\ndata: [DONE]'
given bom_stream_empty 1 '\0357\0273\0277data: [DONE]'
given crlf_json 0 '{"usage":\r\n{"prompt_tokens":5}}\r\n'
given crlf_lines 1 '{"usage":{"prompt_tokens":5}}\r\n\r\n{"usage":{"prompt_tokens":6}}\r\n'
# Several responses: documents with other ids, in one line, too; without ids, documents that have no end.
given several_ids 1 '{"id":"a","usage":{"prompt_tokens":5}}{"id":"b","usage":{"prompt_tokens":6}}'
given same_id 0 '[{"responseId":"a","usageMetadata":{"promptTokenCount":5}},{"responseId":"a","usageMetadata":{"promptTokenCount":6}}]'
given several_events 1 'data: {"id":"a","usage":{"prompt_tokens":5}}\n\ndata: {"id":"b","usage":{"prompt_tokens":6}}\n\ndata: [DONE]\n\n' --json
given running_usage 0 'data: {"usage":{"prompt_tokens":5}}\n\ndata: {"usage":{"prompt_tokens":6}}\n\ndata: [DONE]\n\n'
given cr_stream 0 'data: {"usage":{"prompt_tokens":5}}\r\rdata: [DONE]\r\r'
given string 1 '"usage"\n'
given null 1 'null\n'
given array 1 '[]\n'
given deep 0 "$(awk 'BEGIN { printf "{\"a\":"; for (i = 0; i < 1023; i++) printf "["; for (i = 0; i < 1023; i++) printf "]"
    printf ",\"usage\":{\"prompt_tokens\":5}}" }')"
given too_deep 1 "$(awk 'BEGIN { for (i = 0; i < 1025; i++) printf "[" }')"
given long_usage 0 "data: {\"usage\":{\"a\":\"$(printf %4000s x)\",\"prompt_tokens\":5}}\n\ndata: [DONE]\n"

check missing_file 2 usage_of examples/data/openai-chat.json no/such/file.json examples/data/friendli-stream.sse
check directory 2 usage_of examples examples/data/openai-chat.json
check help 0 usage_of --help
check unknown_option 2 usage_of -x
check at_without_pointer 2 usage_of --at
check option_after_pointer 2 usage_of --at /usage -x
check minus_as_pointer 2 usage_of --at - examples/data/openai-chat.json
check bad_pointer 2 usage_of --at usage examples/data/openai-chat.json

if [ -x "$programs/chat_cost" ]; then
    check chat_cost_arguments 2 chat_cost </dev/null
    for wrong in "openai m" "other m p" "--price 1 openai m p" "--price 1,x openai m p" "--price 1,2, openai m p" \
        "--price -1,2 openai m p" "--price 1,2,3,4,5 openai m p" "--price nan,2 openai m p" "--price" "--other openai m p"; do
        # shellcheck disable=SC2086
        check chat_cost_arguments 2 chat_cost $wrong </dev/null
    done
else
    skip chat_cost_arguments "it was built without libcurl"
fi

: >"$scratch/secret"
chmod 000 "$scratch/secret"
if [ -r "$scratch/secret" ]; then
    skip no_permission "this user may read every file"
else
    ln -s "$scratch/secret" "$scratch/link"
    (cd "$scratch" && "$programs/usage_of" link) >"$scratch/no.out" 2>"$scratch/no.err" && seen=0 || seen=$?
    checks=$((checks + 1))
    if [ "$seen" -ne 2 ] || [ "$(cat "$scratch/no.out" "$scratch/no.err")" != "usage_of: link: Permission denied" ]; then
        fail no_permission
    fi
fi

# full PROGRAM STATUS ARGUMENT...: nothing may claim success when its output is lost.
full() {
    program=$1
    status=$2
    shift 2
    seen=0
    "$programs/$program" "$@" >/dev/full 2>"$scratch/full.err" || seen=$?
    checks=$((checks + 1))
    [ "$seen" -eq "$status" ] || fail "$program on a full disk: exit status $seen instead of $status"
    grep -q 'No space left on device$' "$scratch/full.err" || fail "$program on a full disk does not say so"
}

if [ -w /dev/full ]; then
    full usage_of 2 examples/data/log.jsonl
    full decode 1
    if [ -x "$programs/cjson_app" ]; then
        full cjson_app 1
        full cjson_app 1 "{\"usage\":{\"prompt_tokens\":5,\"a\":\"$(printf %9000s x)\"}}"
    fi
    # more than one buffer of output
    # shellcheck disable=SC2046
    full usage_of 2 $(awk 'BEGIN { for (i = 0; i < 500; i++) print "examples/data/log.jsonl" }')
else
    skip full_disk "there is no /dev/full"
fi

# ----------------------------------------------------------------------------------------------------- the README

# Its console blocks show what the programs print.
awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' examples/README.md >"$scratch/shown"
grep '^[$] ' "$scratch/shown" | while read -r dollar command; do
    echo "$dollar $command"
    (cd examples && PATH=$programs:$PATH sh -c "$command" 2>&1) || :
done >"$scratch/printed"
checks=$((checks + 1))
diff -u "$scratch/shown" "$scratch/printed" || fail "what examples/README.md shows (-) is not what is printed (+)"

# ------------------------------------------------------------------------------------------------------ large input

# A body is read in constant memory: 64 MB of it fit into a process of 32 MB, events and JSON alike.
stream() {
    awk 'BEGIN { for (i = 0; i < 640; i++) printf "data: {\"usage\":null,\"a\":\"%100000s\"}\n\n", "x"
        print "data: {\"usage\":{\"prompt_tokens\":5}}\n\ndata: [DONE]\n" }'
}
json() {
    awk 'BEGIN { printf "{\"a\":[0"
        for (i = 0; i < 640; i++) printf ",\"%100000s\"", "x"
        print "],\"usage\":{\"prompt_tokens\":5}}" }'
}
# Not in POSIX, but in every sh that is used: dash, bash, ash, ksh.
# shellcheck disable=SC3045
little_memory() {
    (ulimit -v 32768 && "$programs/usage_of" "$@")
}
five='{"file":"-","verdict":"consistent","model":null,"id":null,"service_tier":null,"usage":{"prompt_tokens":5},"error":null}'
if { little_memory examples/data/openai-chat.json >/dev/null; } 2>/dev/null; then
    checks=$((checks + 2))
    [ "$(stream | little_memory --json)" = "$five" ] || fail "a large stream in little memory"
    [ "$(json | little_memory --json)" = "$five" ] || fail "a large JSON body in little memory"
else
    skip constant_memory "the program does not start in 32 MB here (sanitizers do that)"
fi

end_checks 60
