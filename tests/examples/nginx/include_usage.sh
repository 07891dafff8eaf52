#!/bin/sh
# How tokusage_include_usage changes the bodies that go upstream, byte by byte: the upstream sends back what it got.
#
#     sh tests/examples/nginx/include_usage.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

use_configuration <<'END'
    tokusage_include_usage on;
    client_body_buffer_size 16k;
    client_max_body_size 4m;
    proxy_http_version 1.1;
    server {
        listen unix:nginx.sock;
        location / { proxy_pass http://model/?echo=1&rest=; }
        location /file/ { client_body_in_file_only clean; proxy_pass http://model/?echo=1&rest=; }
        location /small/ { client_body_buffer_size 512; proxy_pass http://model/?echo=1&rest=; }
        location /single/ { client_body_in_single_buffer on; proxy_pass http://model/?echo=1&rest=; }
        location /streamed/ { proxy_request_buffering off; proxy_pass http://model/?echo=1&rest=; }
        location /old/ { proxy_http_version 1.0; proxy_pass http://model/?echo=1&rest=; }
        location /metered/ { tokusage on; tokusage_drain on; proxy_pass http://model/?echo=1&rest=; }
        location /mirror/ { mirror /copy; proxy_pass http://model/?echo=1&rest=; }
        location = /copy { internal; proxy_pass http://model/?echo=1; }
        location /off/ { tokusage_include_usage off; proxy_pass http://model/?echo=1&rest=; }
        location /strict/ { tokusage_include_usage strict; proxy_pass http://model/?echo=1&rest=; }
        location /if/ {
            tokusage_include_usage off;
            if ($http_x_usage) {
                tokusage_include_usage on;
            }
            proxy_pass http://model;
        }
    }
END
start_upstream
start_nginx

# sent PATH BODY EXPECTED [HOW] [HEADERS]: the two are texts with printf's escapes, or @FILE. = is the same as the body.
number=0
: >"$scratch/jobs"
sent() {
    number=$((number + 1))
    put "$2" "$scratch/sent.$number"
    if [ "$3" = = ]; then
        cp "$scratch/sent.$number" "$scratch/expected.$number"
    else
        put "$3" "$scratch/expected.$number"
    fi
    job "$number" POST "$1" "${5:--}" "$scratch/sent.$number" 200 "$scratch/expected.$number" "${4:--}" >>"$scratch/jobs"
}

put() {
    case $1 in
    @*) cp "${1#@}" "$2" ;;
    *) printf %b "$1" >"$2" ;;
    esac
}

asks='"stream_options":{"include_usage":true}'
chat=/v1/chat/completions

# ------------------------------------------------------------------------------------------------------- it is added

sent $chat '{"stream":true,"messages":[]}'              "{$asks,\"stream\":true,\"messages\":[]}"
sent /v1/completions '{"prompt":"a","stream":true}'     "{$asks,\"prompt\":\"a\",\"stream\":true}"
sent $chat ' \r\n{ "stream" : true , "messages" : [ ] }\n' \
    " \\r\\n{$asks, \"stream\" : true , \"messages\" : [ ] }\\n"
sent "$chat?a=b" '{"stream":true,"messages":[]}'        "{$asks,\"stream\":true,\"messages\":[]}"

# An object that is there gains the member.
sent $chat '{"stream":true,"messages":[],"stream_options":{}}' "{\"stream\":true,\"messages\":[],$asks}"
sent $chat '{"stream":true,"messages":[],"stream_options":{ \n}}' \
    '{"stream":true,"messages":[],"stream_options":{"include_usage":true \n}}'
sent $chat '{"stream":true,"messages":[],"stream_options":{"other":{"a":[1,2]}}}' \
    '{"stream":true,"messages":[],"stream_options":{"include_usage":true,"other":{"a":[1,2]}}}'
sent $chat '{"stream_options":{"include_usage":false},"stream":true,"messages":[]}' \
    "{$asks,\"stream\":true,\"messages\":[]}"
sent $chat '{"stream_options":{"include_usage":null},"stream":true,"messages":[]}' \
    "{$asks,\"stream\":true,\"messages\":[]}"
sent $chat '{"stream_options":null,"stream":true,"messages":[]}' "{$asks,\"stream\":true,\"messages\":[]}"
# Names as they may be spelled.
sent $chat '{"str\\u0065am":true,"mess\\u0061ges":[]}' "{$asks,\"str\\\\u0065am\":true,\"mess\\\\u0061ges\":[]}"

# ------------------------------------------------------------------------------------------------------- it is not

sent $chat '{"stream":true,"messages":[],"stream_options":{"include_usage":true}}' =
sent $chat '{"stream":true,"messages":[],"stream_options":{"include_usage": true ,"b":1}}' =
sent $chat '{"stream":false,"messages":[]}' =
sent $chat '{"messages":[]}' =
sent $chat '{"stream":"true","messages":[]}' =
sent $chat '{"stream":1,"messages":[]}' =
sent $chat '{"stream":true}' =
sent $chat '{"a":{"stream":true},"messages":[]}' =
sent $chat '{"stream":true,"messages":[],"stream_options":[]}' =
sent $chat '{"stream":true,"messages":[],"stream_options":"a"}' =
sent $chat '{"stream":true,"messages":[]' =
sent $chat '{"stream":true,"messages":[]}}' =
sent $chat '{"stream":true,"stream":true,"messages":[]}' =
sent $chat '[{"stream":true,"messages":[]}]' =
sent $chat '"stream"' =
sent $chat '' =
sent $chat 'stream=true&messages=1' =
sent $chat '{"stream":true,"messages":[],"stream_options":{},"stream_options":{}}' =
sent $chat '{"stream":true,"messages":[],"stream_options":{"include_usage":false,"include_usage":false}}' =
# Other requests of other services look the same.
sent /v1/messages '{"stream":true,"messages":[]}' =
sent /v1/chat/completions/ '{"stream":true,"messages":[]}' =
sent /v1/responses '{"stream":true,"messages":[]}' =
sent /off$chat '{"stream":true,"messages":[]}' =

# ---------------------------------------------------------------------------------------------------------- strict

# refused WORDS BODY [HOW] [HEADERS]: strict answers 400, and the error log has the words; without strict the body is unchanged.
: >"$scratch/refusals"
refused() {
    sent $chat "$2" = "${3:--}" "${4:--}"
    number=$((number + 1))
    put "$2" "$scratch/sent.$number"
    job "$number" POST /strict$chat "${4:--}" "$scratch/sent.$number" 400 - "${3:--}" >>"$scratch/jobs"
    echo "services may read $1 in different ways.*id=$number " >>"$scratch/refusals"
}
refused '"stream"' '{"stream":true,"messages":[],"stream":true}'
refused '"stream"' '{"stream":false,"messages":[],"str\\u0065am":true}'
refused '"stream"' '{"stream":1,"messages":[]}'
refused '"stream"' '{"stream":"yes","messages":[]}'
refused '"stream"' '{"stream":1.0,"prompt":"a"}'
refused '"stream_options"' '{"stream":true,"stream_options":{"include_usage":true},"messages":[],"stream_options":null}'
refused '"stream_options"' '{"stream":true,"stream_options":[],"messages":[]}'
refused '"include_usage"' '{"stream":true,"stream_options":{"include_usage":true,"include_usage":false},"messages":[]}'
refused '"include_usage"' '{"stream":true,"stream_options":{"include_usage":0},"messages":[]}'
for body in '{"stream":true,"messages":[],"n":NaN}' '{"stream":true,"messages":[]} x' \
    '[{"stream":true}]' 'stream=true' '\0377\0376{\0000}\0000' "{'stream':true}"; do
    refused 'the body, which is no JSON object' "$body"
done
awk 'BEGIN { s = "{\"stream\":true,\"messages\":"; for (i = 0; i < 1100; i++) s = s "["; for (i = 0; i < 1100; i++) s = s "]"
             printf "%s}", s }' >"$scratch/deep"
refused 'the body, which is no JSON object' "@$scratch/deep"
refused 'the body, which is no JSON object' "@$scratch/deep" chunked

asked="{$asks,\"stream\":true,\"messages\":[]}"
sent /strict$chat '{"stream":true,"messages":[]}' "$asked"
sent /strict$chat/ '{"stream":true,"messages":[]}' "$asked"
sent /strict/v1/Chat/Completions '{"stream":true,"messages":[]}' "$asked"
sent /strict$chat '\0357\0273\0277{"stream":true,"messages":[]}' "\\0357\\0273\\0277$asked"
sent /strict$chat '{"stream":true}' "{$asks,\"stream\":true}"
sent /strict$chat '{"stream":true,"messages":[],"messages":[1]}' "{$asks,\"stream\":true,\"messages\":[],\"messages\":[1]}"
sent /strict$chat '{"stream":true,"messages":[],"stream_options":{"include_usage":null}}' \
    '{"stream":true,"messages":[],"stream_options":{"include_usage":true}}'
awk 'BEGIN { printf "{\"stream\":true,\"messages\":"; for (i = 0; i < 200; i++) printf "["; for (i = 0; i < 200; i++) printf "]"
             printf "}" }' >"$scratch/nested"
{ printf '{%s,' "$asks" && tail -c +2 "$scratch/nested"; } >"$scratch/nested.edited"
sent /strict$chat "@$scratch/nested" "@$scratch/nested.edited"
for body in '{"messages":[]}' '{"stream":false,"messages":[]}' '{"stream":null,"messages":[]}' \
    '{"stream":true,"messages":[],"stream_options":{"include_usage":true}}'; do
    sent /strict$chat "$body" =
done
sent /strict/v1/embeddings 'what=ever' =

# --------------------------------------------------------------------------------------------- wherever the body is

awk 'BEGIN { printf "{\"model\":\"m\",\"messages\":[";
             for (i = 0; i < 900; i++) printf "%s{\"role\":\"user\",\"content\":\"text %d\"}", i ? "," : "", i;
             printf "],\"stream\":true}" }' >"$scratch/long"
{ printf '{%s,' "$asks" && tail -c +2 "$scratch/long"; } >"$scratch/long.edited"
short='{"stream":true,"messages":[]}'
edited="{$asks,\"stream\":true,\"messages\":[]}"
for location in '' /file /small /single /streamed /old /metered /mirror; do
    sent "$location$chat" "$short" "$edited"
    sent "$location$chat" "@$scratch/long" "@$scratch/long.edited"
    sent "$location$chat" "$short" "$edited" chunked
    sent "$location$chat" "@$scratch/long" "@$scratch/long.edited" chunked
done

run_jobs "bodies that are sent upstream" <"$scratch/jobs"
while read -r refusal; do
    holds "the error log has '$refusal'" grep -q "$refusal" "$scratch/error.log"
done <"$scratch/refusals"

# ------------------------------------------------------------------------------------------- other methods, and an if

: >"$scratch/jobs"
printf '%s' "$short" >"$scratch/short"
printf '%s' "$edited" >"$scratch/edited"
job put PUT $chat - "$scratch/short" 200 "$scratch/short" >>"$scratch/jobs"
job get GET $chat - - 200 - >>"$scratch/jobs"
for answer in edited short; do
    header=X-Usage:
    [ "$answer" = short ] || header='X-Usage: yes'
    job "if-$answer" POST "/if$chat?echo=1" "$header" "$scratch/short" 200 "$scratch/$answer" >>"$scratch/jobs"
done
run_jobs "requests that are no POST, and an if" <"$scratch/jobs"

stop_nginx
end_checks 20
