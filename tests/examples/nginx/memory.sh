#!/bin/sh
# What a metered response takes of memory while it is open: the worker's resident memory with 1,000 open streams, off and on, and
# the difference for one stream. At most 2 KiB.
#
#     sh tests/examples/nginx/memory.sh BUILT
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
streams=1000
limit=2048

# Files that nginx and the programs have open, two or three for a stream.
# shellcheck disable=SC3045
ulimit -n 4096 2>/dev/null || skip "a process may not have 4,096 files open here"
cp "$project/tests/data/formats/openai-chat.sse" "$scratch/bodies/stream.sse"
use_configuration <<'END'
    proxy_http_version 1.1;
    access_log off;
    server {
        listen unix:nginx.sock backlog=2048;
        location /buffered/ { proxy_pass http://model; }
        location /unbuffered/ { proxy_pass http://model; proxy_buffering off; }
        location /on/ { tokusage on; proxy_pass http://model; }
        location /on-unbuffered/ { tokusage on; proxy_pass http://model; proxy_buffering off; }
    }
END
sed -i 's/worker_processes 4/worker_processes 1/' "$scratch/nginx.conf"

# Whether the worker has a client and a service for each stream.
all_open() {
    [ "$(find "/proc/$worker/fd" | wc -l)" -gt $((2 * streams)) ]
}

# resident PATH: of a fresh worker with that many streams there, in bytes.
resident() {
    start_nginx
    worker=$(sed -n 's/.*start worker process \([0-9]*\).*/\1/p' "$scratch/error.log")
    awk -v count="$streams" -v path="$1" 'BEGIN {
        for (i = 0; i < count; i++) print i "\tGET\t" path "stream.sse?write=200&delay=60000\t-\t-\t200\t-\t-" }' |
        "$built/nginx_client" "$scratch/nginx.sock" "$streams" "$seconds" >"$scratch/client.out" 2>&1 &
    client=$!
    in_time all_open || fail "there are not as many streams open"
    sleep 0.3
    awk '/^VmRSS/ { print $2 * 1024 }' "/proc/$worker/status" >"$scratch/resident"
    end_process "$client" TERM
    stop_nginx
}

# compare WORDS OFF ON
compare() {
    resident "$2"
    off=$(cat "$scratch/resident")
    resident "$3"
    on=$(cat "$scratch/resident")
    each=$(((on - off) / streams))
    echo "$1: $each bytes a stream ($((off / streams)) without)"
    holds "$1: at most $limit bytes a stream, seen $each" [ "$each" -le "$limit" ]
    holds "$1: a stream has a state" [ "$each" -ge 512 ]
}

start_upstream
compare "buffered" /buffered/ /on/
compare "unbuffered" /unbuffered/ /on-unbuffered/

end_checks 7
