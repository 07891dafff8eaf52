#!/bin/sh
# The event that tokusage_include_usage asked for does not go to a client that did not ask for it, and every other byte does,
# however the service's writes cut the stream.
#
#     sh tests/examples/nginx/event.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

use_configuration <<'END'
    tokusage on;
    tokusage_include_usage on;
    proxy_http_version 1.1;
    server {
        listen unix:nginx.sock;
        location / { proxy_pass http://model/$arg_file?$args; proxy_buffering off; }
        location /buffered/ { proxy_pass http://model/$arg_file?$args; }
        location /few/ { proxy_pass http://model/$arg_file?$args; proxy_buffers 2 4k; proxy_buffer_size 4k; proxy_busy_buffers_size 4k; }
        location /drain/ { tokusage_drain on; proxy_buffering off; proxy_pass http://model/$arg_file?$args; }
        location /kept/ { tokusage_keep_event on; proxy_pass http://model/$arg_file?$args; }
        location /off/ { tokusage off; proxy_pass http://model/$arg_file?$args; }
        location /gzip/ { gzip on; gzip_types text/event-stream; proxy_pass http://model/$arg_file?$args; }
    }
END

# ------------------------------------------------------------------------------------------------------- the streams

usage='"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}'
chunk='data: {"model":"m","choices":[{"index":0,"delta":{"content":"blue"}}],"usage":null}'
asked="data: {\"model\":\"m\",\"choices\":[],$usage}"
other="data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{}}],$usage}"

# stream NAME EVENT...: NAME.sse, and NAME.left without the events that are $asked or begin with !. An event is printf's format,
# and $end goes after it.
stream() {
    name=$1
    shift
    : >"$scratch/bodies/$name.sse"
    : >"$scratch/$name.left"
    for event do
        # shellcheck disable=SC2059
        printf "${event#!}$end" >>"$scratch/bodies/$name.sse"
        # shellcheck disable=SC2059
        [ "$event" = "$asked" ] || [ "${event#!}" != "$event" ] || printf "$event$end" >>"$scratch/$name.left"
    done
}

end='\n\n'
stream plain "$chunk" "$chunk" "$asked" 'data: [DONE]'
stream only "$asked"
stream twice "$asked" "$chunk" "$asked" ': a comment' "$asked" 'data: [DONE]'
stream spaced "$chunk" "!data:{ \"choices\" : [ ] , $usage }  " 'data: [DONE]'
stream blank "\\n\\n$chunk" '\n' "$asked" '\n\n\ndata: [DONE]'
stream kept 'data: {"model":"m","choices":[],"prompt_filter_results":[]}' 'data: {"choices":[],"usage":null}' "$other" \
    "event: usage\\n$asked" "$asked\\nid: 1" "data: {$usage}" "data: {\"choices\":{},$usage}" 'data: no JSON' 'data: [DONE]'
end='\r\n\r\n'
stream lines "$chunk" "$asked" "$chunk" "$asked" 'data: [DONE]'
end=
stream open "$chunk\\n\\n" "$chunk\\n\\n" "data: {\"choices\":[],$usage}\\n" # it has no empty line
stream returns "$chunk\\r\\r" "data: {\"choices\":[],$usage}\\r\\r"          # lines of this kind are not looked at

# sized BYTES: an event of the kind that is taken out.
sized() {
    awk -v head="data: {\"choices\":[],$usage,\"x\":\"" -v size="$1" 'BEGIN {
        printf "%s", head
        for (i = length(head) + 4; i < size; i++) printf "x"
        printf "\"}\n\n"
    }'
}
# In writes of 100 bytes an event of 4,096 bytes is held, and a longer one passes.
{ sized 4096 && printf 'data: [DONE]\n\n'; } >"$scratch/bodies/fits.sse"
printf 'data: [DONE]\n\n' >"$scratch/fits.left"
{ sized 4097 && printf '%s\n\ndata: [DONE]\n\n' "$asked"; } >"$scratch/bodies/long.sse"
{ sized 4097 && printf 'data: [DONE]\n\n'; } >"$scratch/long.left"
# More than the buffers and a socket have room for.
huge() {
    awk -v chunk="$chunk" -v asked="$1" 'BEGIN {
        for (i = 1; i <= 9000; i++) if (i % 100 != 0) print chunk "\n"; else if (asked != "") print asked "\n"
        print "data: [DONE]\n"
    }'
}
huge "$asked" >"$scratch/bodies/huge.sse"
huge '' >"$scratch/huge.left"

start_upstream
start_nginx

# ------------------------------------------------------------------------------------------------------- the requests

printf '{"stream":true,"messages":[]}' >"$scratch/silent"
printf '{"stream":true,"messages":[],"stream_options":{"include_usage":false}}' >"$scratch/says-no"
printf '{"stream":true,"messages":[],"stream_options":{"include_usage":true}}' >"$scratch/asks"
number=0
: >"$scratch/jobs"
# gets PREFIX REQUEST STREAM QUERY EXPECTED [HOW]
gets() {
    number=$((number + 1))
    job "$number" POST "$1/v1/chat/completions?file=$3.sse&$4" - "$scratch/$2" 200 "$5" "${6:--}" >>"$scratch/jobs"
    if [ "$1" = /off ]; then
        expect "$number"
    else
        expect "$number" consistent prompt=20,completion=9,total=29 m
    fi
}

at_once=8
for writes in write=0 write=1 write=7\&frame=chunked write=any write=event write=event\&exact=1 write=5000; do
    for prefix in '' /buffered /few /drain; do
        for name in plain twice lines kept blank; do
            gets "$prefix" silent $name "$writes" "$scratch/$name.left"
        done
    done
done
for prefix in '' /buffered /few /drain; do
    gets "$prefix" silent huge write=any "$scratch/huge.left" slow=300
    gets "$prefix" silent huge write=event "$scratch/huge.left" slow=300
    gets "$prefix" says-no plain write=event "$scratch/plain.left"
    gets "$prefix" asks plain write=event "$scratch/bodies/plain.sse"
    gets "$prefix" asks plain write=any "$scratch/bodies/plain.sse"
done
gets /kept silent plain write=event "$scratch/bodies/plain.sse"
gets /off silent plain write=event "$scratch/bodies/plain.sse"
gets /gzip silent plain write=event "$scratch/plain.left"
run_jobs "the event is not in the stream" <"$scratch/jobs"
check_log "the usage is in the log all the same"

# The limits of what is held, and streams that end in an event.
: >"$scratch/jobs"
for writes in write=1 write=100; do
    for name in only spaced fits long open returns; do
        for prefix in '' /buffered /drain; do
            number=$((number + 1))
            job "$number" POST "$prefix/v1/chat/completions?file=$name.sse&exact=1&$writes" - "$scratch/silent" 200 \
                "$([ $name = open ] || [ $name = returns ] && echo "$scratch/bodies/$name.sse" ||
                    echo "$scratch/$name.left")" >>"$scratch/jobs"
        done
    done
done
run_jobs "what is held" <"$scratch/jobs"

# What is held when the service breaks off is sent.
head -c 150 "$scratch/bodies/plain.sse" >"$scratch/cut.left"
for prefix in '' /buffered /drain; do
    job cut POST "$prefix/v1/chat/completions?file=plain.sse&cut=150" - "$scratch/silent" 200 "$scratch/cut.left" cut
done | run_jobs "a service that breaks off"

stop_nginx
end_checks 5
