#!/bin/sh
# Clients that leave in mid-stream, with and without drain, over HTTP/1.1 and HTTP/2; a reload in mid-stream; and connections that
# are kept. The ledger of the upstream says whether it was read to its end.
#
#     sh tests/examples/nginx/clients.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

# shellcheck source=tests/examples/nginx/asking.sh
. "$(dirname "$0")/asking.sh"

use_configuration <<'END'
    proxy_cache_path cache keys_zone=bodies:1m;
    proxy_http_version 1.1;
    tokusage on;
    server {
        listen unix:nginx.sock;
        listen unix:two.sock http2;
        location / { proxy_pass http://model; }
        location /unbuffered/ { proxy_pass http://model; proxy_buffering off; }
        location /static/ { alias bodies/; }
        location /gunzip/ { proxy_pass http://model; gunzip on; }
        location /ignore/ { proxy_buffering off; proxy_pass http://model; proxy_ignore_client_abort on; }
        location /drain/ { tokusage_drain on; proxy_pass http://model; }
        location /drain-unbuffered/ { tokusage_drain on; proxy_buffering off; proxy_pass http://model; }
        location /drain-bytes/ { tokusage_drain on; tokusage_drain_size 1k; proxy_buffering off; proxy_pass http://model; }
        location /drain-slowly/ { tokusage_drain on; limit_rate 3k; limit_rate_after 2k; proxy_pass http://model; }
        location /drain-timeout/ { tokusage_drain on; send_timeout 300ms; proxy_buffering off; proxy_pass http://model; }
        location /drain-gunzip/ { tokusage_drain on; gunzip on; proxy_buffering off; proxy_pass http://model; }
        location /drain-cache/ {
            tokusage_drain on;
            proxy_pass http://model;
            proxy_cache bodies;
            proxy_cache_valid 200 1h;
            proxy_cache_key $uri;
        }
        location /timeout/ { send_timeout 300ms; proxy_buffering off; proxy_pass http://model; }
        location /drain-time/ { tokusage_drain on; tokusage_drain_time 300ms; proxy_buffering off; proxy_pass http://model; }
    }
END
sed -i "s|alias bodies/|alias $scratch/bodies/|" "$scratch/nginx.conf"
start_upstream
start_nginx

# ------------------------------------------------------------------------------------------------- clients that are gone

# The service takes one and a half seconds; the client is gone after 400 bytes, head included, or after 300 ms without reading.
slow='long.sse?write=300&delay=60'
leave_jobs() {
    ask GET "/$slow"                    - 200 long.sse slow=300,leave=0 -- "aborted - -"
    ask GET "/unbuffered/$slow"         - 200 long.sse leave=400 -- "aborted - parrot-2"
    ask GET "/ignore/$slow"             - 200 long.sse leave=400 -- "aborted - parrot-2"
    ask GET "/$slow&wait=300"           - 200 long.sse leave=0   -- nothing
    ask GET "/drain-bytes/$slow"        - 200 long.sse leave=400 -- "aborted - parrot-2"
    ask GET "/drain-time/$slow"         - 200 long.sse leave=400 -- "aborted - parrot-2"
    ask GET "/drain/$slow"              - 200 long.sse leave=400 -- "$stream"
    ask GET "/drain-unbuffered/$slow"   - 200 long.sse leave=400 -- "$stream"
    ask GET "/drain-unbuffered/$slow&frame=chunked" - 200 long.sse leave=400 -- "$stream"
    ask GET "/drain-unbuffered/$slow"   - 200 long.sse leave=4000 -- "$stream"
    ask GET "/drain/$slow&frame=close"  - 200 long.sse slow=300,leave=0 -- "$stream"
    ask GET "/drain/$slow&wait=300"     - 200 long.sse leave=0   -- "$stream"
    ask GET "/drain/whole.json?write=9&delay=10" - 200 whole.json leave=300 -- "$whole"
    ask GET "/drain/$slow&cut=3000"    - 200 long.sse leave=400 -- "cut - parrot-2"
    ask GET "/drain/$slow"              - 200 long.sse -         -- "$stream"
    ask GET "/drain-slowly/long.sse"    - 200 long.sse leave=2500 -- "$stream"
    ask GET "/drain-slowly/$slow"       - 200 long.sse leave=2500 -- "$stream"
    ask GET "/drain-gunzip/long.sse?gzip=1&write=9&delay=30" - 200 long.sse slow=100,leave=0 -- "$stream"
    ask GET "/drain-cache/$slow"        - 200 long.sse slow=300,leave=0 -- "$stream"
    # These take nothing for so long that nginx gives them up.
    ask GET /drain-timeout/huge.sse     - 200 huge.sse slow=1000,leave=0 -- "$stream"
    ask GET /timeout/huge.sse           - 200 huge.sse slow=1000,leave=0 -- "aborted - parrot-2"
}

# How requests ended in the ledger of the upstream, and how many of them.
ledger_says() {
    says "the upstream, of its answers that were $1" "$2" "$(grep -c "$1\$" "$scratch/ledger")"
}

: >"$scratch/ledger"
leave_jobs
at_once=20
go "clients that are gone"
ledger_says broken 7
ledger_says cut 1
ledger_says whole 13
at_once=1
ask GET /drain-cache/long.sse - 200 long.sse - -- "cached ${stream#* }"
go "what nobody waited for is in the cache"

: >"$scratch/ledger"
turn=0
while [ "$turn" -lt 200 ]; do
    ask GET "/drain-unbuffered/long.sse?write=500&delay=30&turn=$turn" - 200 long.sse leave=$((turn * 20)) -- "$stream"
    turn=$((turn + 1))
done
at_once=200
go "200 clients that leave here and there"
ledger_says whole 200

# ------------------------------------------------------------------------------------------------ reload in mid-stream

for turn in 1 2 3 4 5 6; do
    ask GET "/$slow&turn=$turn"             - 200 long.sse -         -- "$stream"
    ask GET "/unbuffered/$slow&turn=$turn"  - 200 long.sse -         -- "$stream"
    ask GET "/drain/$slow&turn=$turn"       - 200 long.sse leave=400 -- "$stream"
done
(sleep 0.4 && reload_nginx) &
reload=$!
go "a reload in mid-stream"
wait "$reload"
at_once=4

# -------------------------------------------------------------------- one connection for many requests, and HTTP/2

# curl knows both; without it, they are left out.
get=$(command -v curl) || get=
expect_all() {
    for id in "$@"; do
        # shellcheck disable=SC2086
        expect "$id" $stream
    done
}

if [ -n "$get" ]; then
    "$get" -s --unix-socket "$scratch/nginx.sock" -o "$scratch/k1" "http://a/long.sse?id=k1&frame=chunked" \
        -o "$scratch/k2" "http://a/unbuffered/long.sse?id=k2" -o "$scratch/k3" "http://a/static/long.sse?id=k3"
    expect_all k1 k2 k3
    for id in k1 k2 k3; do
        same "a body on a connection that is kept" "$scratch/bodies/long.sse" "$scratch/$id"
    done
    check_log "the log of a connection that is kept"
else
    echo "there is no curl: connections that are kept are not tested"
fi

children=
if [ -n "$get" ] && "$get" --version | grep -q -w HTTP2; then
    # nginx and the upstream are children of this shell, too, so each is waited for by its id.
    wait_for_jobs() {
        for child in $children; do
            wait "$child" || :
        done
        children=
    }
    # two ID TARGET [OPTION...]: a connection of its own, as some versions of curl fail at the second request.
    two() {
        id=$1 target=$2
        shift 2
        "$get" -s --http2-prior-knowledge --unix-socket "$scratch/two.sock" -o "$scratch/$id" "$@" "http://a$target&id=$id"
    }
    two t1 "/$slow" &
    children="$children $!"
    two t2 "/unbuffered/$slow" &
    children="$children $!"
    two t3 "/gunzip/long.sse?gzip=1" &
    children="$children $!"
    two t4 "/huge.sse?write=any" &
    children="$children $!"
    wait_for_jobs
    expect_all t1 t2 t3 t4
    for id in t1 t2 t3; do
        same "a body over HTTP/2" "$scratch/bodies/long.sse" "$scratch/$id"
    done
    same "a long body over HTTP/2" "$scratch/bodies/huge.sse" "$scratch/t4"
    check_log "the log of HTTP/2"

    : >"$scratch/ledger"
    two t5 "/unbuffered/$slow" -m 0.3 &
    children="$children $!"
    two t6 "/drain/$slow" -m 0.3 &
    children="$children $!"
    two t7 "/drain-unbuffered/$slow" -m 0.3 &
    children="$children $!"
    two t8 "/drain-unbuffered/huge.sse?write=any" -m 0.3 --limit-rate 1k &
    children="$children $!"
    two t9 "/drain/long.sse?wait=800" -m 0.3 &
    children="$children $!"
    wait_for_jobs
    # shellcheck disable=SC2086
    expect t5 aborted - parrot-2
    expect_all t6 t7 t8 t9
    check_log "the log of clients of HTTP/2 that are gone"
    ledger_says broken 1
    ledger_says whole 4
else
    echo "there is no curl with HTTP/2: it is not tested"
fi

stop_nginx
end_checks 8
