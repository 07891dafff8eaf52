#!/bin/sh
# A running request is booked with what it may use: so calls at the same time use the limit and one call at most, over four
# workers, a reload and clients that leave. The upstream counts what it has answered by itself.
#
#     sh tests/examples/nginx/reserve.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

# Each has 20 + 9 tokens.
cp "$project/tests/data/formats/openai-chat.json" "$scratch/bodies/whole.json"
cp "$project/tests/data/formats/openai-chat.sse" "$scratch/bodies/stream.sse"

use_configuration <<'END'
    proxy_http_version 1.1;
    tokusage on;
    tokusage_zone keys:1m $arg_key;
    tokusage_zone money:1m $arg_key;
    server {
        listen unix:nginx.sock;
        client_body_buffer_size 1k;
        proxy_buffering off;
        location / { proxy_pass http://model; }
        location /tokens/ { proxy_pass http://model; tokusage_limit keys tokens=1000 per=366d reserve=29; }
        location /more/ { proxy_pass http://model; tokusage_limit keys tokens=1000 per=366d missing=5 reserve=100; }
        location /drain/ { tokusage_drain on; proxy_pass http://model; tokusage_limit keys tokens=1000 per=366d reserve=100; }
        location /two/ {
            proxy_pass http://model;
            tokusage_limit keys tokens=1000 per=366d reserve=100;
            tokusage_limit money tokens=50 per=366d reserve=50;
        }
        location /cost/ { proxy_pass http://model; tokusage_limit money cost=1 per=366d reserve=0.25; }
        location /nobody/ { proxy_pass http://127.0.0.1:9; tokusage_limit keys tokens=1000 per=366d reserve=100; }
        location /refused/ {
            error_page 429 = /stream.sse?wait=1500&id=$arg_id;
            proxy_pass http://model;
            tokusage_limit keys tokens=1000 per=366d reserve=100;
            tokusage_limit money tokens=1 per=366d reserve=50;
        }
    }
END
start_upstream
start_nginx

# at_the_same_time COUNT TARGET KEY [BODY]: as many requests, of which the upstream answered so many as `answered`. When all are
# in the log, their reservations are over.
answered=
round=0
at_the_same_time() {
    round=$((round + 1))
    for i in $(seq "$1"); do
        job "$round-$i" "$([ $# -gt 3 ] && echo POST || echo GET)" "$2&key=$3" - "${4:--}" - - -
    done >"$scratch/jobs"
    "$built/nginx_client" "$scratch/nginx.sock" "$1" "$seconds" <"$scratch/jobs" >"$scratch/client.out" ||
        fail "requests of $3: $(cat "$scratch/client.out")"
    in_time all_ended "$1" || fail "requests of $3 have not ended"
}

all_ended() {
    answered=$(grep -c "^$round-[0-9]*	.*whole" "$scratch/ledger") || :
    [ "$(grep -c "^$round-" "$scratch/access.log")" -eq "$1" ] &&
        [ "$(grep -c "^$round-[0-9]*	consistent" "$scratch/access.log")" -eq "$answered" ]
}

# left KEY: what is left of the limit.
left() {
    job left GET "/more/whole.json?key=$1" - - - - "save=$scratch/answer" >"$scratch/left"
    "$built/nginx_client" "$scratch/nginx.sock" 1 "$seconds" <"$scratch/left" >"$scratch/client.out" || :
    tr -d '\r' <"$scratch/answer.head" | sed -n 's/^x-ratelimit-remaining-tokens: //p'
}

# remains KEY TOKENS
remains() {
    says "what is left of $1" "$2" "$(left "$1")"
}

at_the_same_time 100 '/tokens/stream.sse?wait=1500' exact
says "calls that are booked with what they use" 35 "$answered" # 34 are 986 tokens: the 35th is let through
at_the_same_time 20 '/tokens/stream.sse?wait=0' exact
says "after them" 0 "$answered"

at_the_same_time 100 '/more/stream.sse?wait=1500' more
says "calls that are booked with more than they use" 10 "$answered"
remains more $((1000 - 10 * 29))
at_the_same_time 100 '/more/stream.sse?wait=1500' more # 11 calls are 319 tokens: 681 are left
says "what is not used is there again" 7 "$answered"

# What the body says counts: tokens of an answer, for each choice.
printf '{"max_tokens":300,"messages":[]}' >"$scratch/small"
awk 'BEGIN { printf "{\"max_completion_tokens\":150,\"n\":2,\"messages\":[\""; for (i = 0; i < 9000; i++) printf "x"; printf "\"]}" }' \
    >"$scratch/large"
printf '{"messages":[]}' >"$scratch/silent"
at_the_same_time 50 '/more/stream.sse?wait=1500' small "$scratch/small"
says "max_tokens" 4 "$answered"
at_the_same_time 50 '/more/stream.sse?wait=1500' large "$scratch/large"
says "max_completion_tokens and n, in a file" 4 "$answered"
at_the_same_time 50 '/more/stream.sse?wait=1500' silent "$scratch/silent"
says "a body that does not say it" 10 "$answered"
remains small $((1000 - 4 * 29))

at_the_same_time 50 '/cost/stream.sse?wait=1500' cost
says "money" 4 "$answered"

# A limit that refuses gives back what the other ones have booked, also where another model answers.
at_the_same_time 30 '/two/stream.sse?wait=1500' two
says "the stricter of two limits" 1 "$answered"
remains two $((1000 - 29))
(at_the_same_time 20 '/refused/stream.sse?wait=1500' refused) &
refused=$!
sleep 0.7
holds "calls that another model answers are not booked as running" [ "$(left refused)" -ge 800 ]
wait "$refused"
round=$((round + 1)) # it ran in a shell of its own

# Clients that leave, a service that is not there, one that breaks off, and a reload: all is given back.
at_once=20
for i in 1 2 3 4 5 6 7 8; do
    job "gone-$i" GET '/more/stream.sse?key=gone&write=60&delay=40' - - - - leave=300
done | run_jobs "clients that leave"
booked() {
    [ "$(grep -c "^gone-" "$scratch/ledger")" -eq 8 ]
}
in_time booked || fail "the service is not left"
sleep 0.3
remains gone $((1000 - 8 * 5)) # as missing= says
for i in 1 2 3 4 5 6 7 8; do
    job "drained-$i" GET '/drain/stream.sse?key=drained&write=60&delay=40' - - - - leave=300
done | run_jobs "clients that leave, and are drained"
drained() {
    [ "$(grep -c '^drained-.*whole' "$scratch/ledger")" -eq 8 ]
}
in_time drained || fail "the service is not drained"
sleep 0.3
remains drained $((1000 - 8 * 29))

# A client that is killed with twenty calls, of which ten passed: the upstream says what they used.
for i in $(seq 20); do
    job "killed-$i" GET '/drain/stream.sse?key=killed&write=60&delay=60' - - - -
done >"$scratch/jobs"
"$built/nginx_client" "$scratch/nginx.sock" 20 "$seconds" <"$scratch/jobs" >"$scratch/client.out" 2>&1 &
client=$!
sleep 0.3
end_process "$client" KILL
killed() {
    [ "$(grep -c '^killed-.*whole' "$scratch/ledger")" -eq 10 ]
}
in_time killed || fail "of a killed client, $(grep -c '^killed-.*whole' "$scratch/ledger") calls are drained, not 10"
sleep 0.3
remains killed $((1000 - 10 * 29))
for i in 1 2 3 4 5 6 7 8; do
    job "nobody-$i" GET '/nobody/x?key=nobody' - - 502
done | run_jobs "a service that is not there"
remains nobody 1000

(sleep 0.4 && reload_nginx) &
reload=$!
at_the_same_time 100 '/more/stream.sse?wait=2000' reload
wait "$reload"
says "over a reload" 10 "$answered"
at_the_same_time 100 '/more/stream.sse?wait=1500' reload # 290 tokens are booked, so eight fit
says "after a reload" 8 "$answered"

# A worker is killed: what its calls had reserved stays, at most that; the zone is not locked, and the others go on counting.
for i in $(seq 8); do
    job "crash-$i" GET '/more/stream.sse?key=crash&write=60&delay=60' - - - - -
done >"$scratch/jobs"
"$built/nginx_client" "$scratch/nginx.sock" 8 "$seconds" <"$scratch/jobs" >"$scratch/client.out" 2>&1 &
client=$!
sleep 0.3
worker=$(sed -n 's/.*start worker process \([0-9]*\).*/\1/p' "$scratch/error.log" | tail -n 1)
kill -s KILL "$worker"
wait "$client" || :
sleep 0.3
broken=$(grep -c '^crash-.*broken' "$scratch/ledger") || :
remains crash $((1000 - 100 * broken - 29 * (8 - broken)))
at_the_same_time 20 '/more/stream.sse?wait=500' after
says "calls after a worker was killed" 10 "$answered"
sed -i '/exited on signal 9/d' "$scratch/error.log" # nginx calls this an alert

stop_nginx
end_checks 20
