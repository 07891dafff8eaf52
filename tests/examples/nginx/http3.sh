#!/bin/sh
# HTTP/3: streams are read and passed on byte by byte; clients that leave are aborted, or drained to the end of the service's
# stream, also before its response has begun; a limit's headers. The ledger of the upstream says how far it was read.
#
#     sh tests/examples/nginx/http3.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

"$nginx" -V 2>&1 | grep -q -e --with-http_v3_module || skip "this nginx has no HTTP/3"
"$GET" --version | grep -q -w HTTP3 || skip "there is no curl with HTTP/3"
command -v openssl >/dev/null || skip "there is no openssl to make a certificate"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$scratch/key.pem" -out "$scratch/cert.pem" 2>"$scratch/said"

# Each has 20 + 9 tokens. huge.sse has more bytes than the buffers and what is under way have room for.
cp "$project/tests/data/formats/openai-chat.sse" "$scratch/bodies/stream.sse"
awk 'BEGIN {
    for (i = 0; i < 9000; i++) print "data: {\"model\":\"parrot-2\",\"choices\":[{\"delta\":{\"content\":\"blue\"}}],\"usage\":null}\n"
    print "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":9,\"total_tokens\":29}}\n\ndata: [DONE]\n"
}' >"$scratch/bodies/huge.sse"

port=18443
while grep -q -i "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$port") " /proc/net/udp; do
    port=$((port + 1))
done
use_configuration <<END
    log_format three "\$arg_id \$llm_usage_verdict \$llm_total_tokens \$server_protocol";
    proxy_http_version 1.1;
    tokusage on;
    tokusage_zone keys:1m \$arg_key;
    keepalive_timeout 2s; # a worker that ends waits for as long when its last packets went to another one
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    server {
        listen 127.0.0.1:$port quic reuseport;
        access_log three.log three;
        location / { proxy_pass http://model; }
        location /unbuffered/ { proxy_buffering off; proxy_pass http://model; }
        location /drain/ { tokusage_drain on; proxy_pass http://model; }
        location /drain-unbuffered/ { tokusage_drain on; proxy_buffering off; proxy_pass http://model; }
        location /drain-time/ { tokusage_drain on; tokusage_drain_time 300ms; proxy_buffering off; proxy_pass http://model; }
        location /limit/ { access_log off; tokusage_limit keys tokens=29 per=366d; proxy_pass http://model; }
        location = /metrics { access_log off; tokusage off; tokusage_metrics keys; }
    }
END
start_upstream
start_nginx

: >"$scratch/ledger"
: >"$scratch/outcomes"
three() {
    target=$1
    shift
    "$GET" -s -k --http3-only "$@" "https://127.0.0.1:$port$target"
}

# begin ID OUTCOME LOG TARGET [OPTION...]: a call at the same time as others; how it ends in the ledger, and its line in the log.
children=
begin() {
    id=$1
    printf '%s %s HTTP/3.0\n' "$id" "$3" >>"$scratch/expected"
    printf '%s %s\n' "$id" "$2" >>"$scratch/outcomes"
    target=$4
    shift 4
    three "$target&id=$id" -o "$scratch/$id" "$@" 2>/dev/null &
    children="$children $!"
}

wait_for_calls() {
    for child in $children; do
        wait "$child" || :
    done
    children=
}

check() {
    in_time lines_in three.log "$(wc -l <"$scratch/expected")" || fail "$1: the log has too few lines"
    in_time lines_in ledger "$(wc -l <"$scratch/outcomes")" || fail "$1: the upstream has too few lines"
    awk '{ print $1, $3 }' "$scratch/ledger" >"$scratch/ended"
    for name in three.log expected outcomes ended; do
        sort "$scratch/$name" >"$scratch/$name.sorted"
    done
    same "$1" "$scratch/expected.sorted" "$scratch/three.log.sorted"
    same "$1, by the upstream" "$scratch/outcomes.sorted" "$scratch/ended.sorted"
    for name in three.log expected outcomes ledger; do
        : >"$scratch/$name"
    done
}

# Calls that nobody leaves.
for path in / /unbuffered/ /drain/ /drain-unbuffered/; do
    begin "stream$(echo "$path" | tr / -)" whole 'consistent 29' "${path}stream.sse?write=60&delay=20"
    begin "huge$(echo "$path" | tr / -)" whole 'consistent 29' "${path}huge.sse?write=any"
done
wait_for_calls
for id in - -unbuffered- -drain- -drain-unbuffered-; do
    same "a stream over HTTP/3" "$scratch/bodies/stream.sse" "$scratch/stream$id"
    same "a long stream over HTTP/3" "$scratch/bodies/huge.sse" "$scratch/huge$id"
done
check "calls over HTTP/3"

# The client leaves: between two writes, while it takes no more bytes, and before the response.
slow='stream.sse?write=30&delay=80'
begin gone broken 'aborted -' "/$slow" -m 0.5
begin gone-unbuffered broken 'aborted -' "/unbuffered/$slow" -m 0.5
begin gone-full broken 'aborted -' '/unbuffered/huge.sse?write=any' -m 0.5 --limit-rate 1k
begin gone-early broken '- -' '/stream.sse?wait=1500' -m 0.5
begin time broken 'aborted -' "/drain-time/$slow" -m 0.5
for path in /drain/ /drain-unbuffered/; do
    begin "slow$(echo "$path" | tr / -)" whole 'consistent 29' "$path$slow" -m 0.5
    begin "full$(echo "$path" | tr / -)" whole 'consistent 29' "${path}huge.sse?write=any" -m 0.5 --limit-rate 1k
    begin "early$(echo "$path" | tr / -)" whole 'consistent 29' "${path}stream.sse?wait=1500" -m 0.5
    begin "post$(echo "$path" | tr / -)" whole 'consistent 29' "${path}stream.sse?wait=1500" -m 0.5 -d '{"messages":[]}'
done
wait_for_calls
check "clients of HTTP/3 that leave"

for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    begin "many-$turn" whole 'consistent 29' "/drain-unbuffered/stream.sse?write=40&delay=80" -m "0.$((turn % 7 + 3))"
done
wait_for_calls
check "clients that leave here and there"

(sleep 0.3 && reload_nginx) &
reload=$!
begin reload whole 'consistent 29' "/unbuffered/$slow"
begin reload-drained whole 'consistent 29' "/drain/$slow" -m 0.6
wait_for_calls
wait "$reload"
same "a stream over a reload" "$scratch/bodies/stream.sse" "$scratch/reload"
check "a reload in mid-stream"

three '/limit/stream.sse?key=a' -o "$scratch/limited" -w '%{http_code}' >"$scratch/status"
says "the first call" 200 "$(cat "$scratch/status")"
three '/limit/stream.sse?key=a' -o "$scratch/limited" -D "$scratch/head" -w '%{http_code}' >"$scratch/status"
says "the limit over HTTP/3" 429 "$(cat "$scratch/status")"
holds "it says when to come back" grep -q '^retry-after: [1-9]' "$scratch/head"
says "what remains" 0 "$(tr -d '\r' <"$scratch/head" | sed -n 's/^x-ratelimit-remaining-tokens: //p')"
three /metrics >"$scratch/metrics"
holds "the metrics over HTTP/3" grep -q '^tokusage_tokens_total{zone="keys",key="a"} 29$' "$scratch/metrics"

stop_nginx
end_checks 20
