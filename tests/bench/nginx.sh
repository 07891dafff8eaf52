#!/bin/sh
# sh tests/bench/nginx.sh [ROUNDS]: what metering costs nginx. The same streams go through one worker with `tokusage off` and
# `on`, in turn, and the CPU time that the worker took (user and system) is compared; the median of the rounds (41 unless
# given) is printed next to the aim. Then 20,000 requests, over which the worker's memory must stay flat, and what an open stream
# takes. Status 1 when an aim is missed. Takes some minutes, and wants a machine that has nothing else to do.
set -eu

rounds=${1:-41}
project=$(cd "$(dirname "$0")/../.." && pwd)
here=$project/tests/examples/nginx
built=$project/build/bench-nginx
mkdir -p "$built"

echo "building in $built"
compile() {
    program=$1
    shift
    (cd "$here" && "${CC:-cc}" -std=c11 -O2 -D_GNU_SOURCE -o "$built/nginx_$program" "$@" rig.c)
}
compile upstream upstream.c answer.c
compile client client.c job.c
sh "$here/unpack.sh" "$built"
# shellcheck source=/dev/null
(. "$built/found" && OUT="$built/module" sh "$project/examples/nginx/build.sh" >/dev/null)

# shellcheck source=tests/examples/nginx/rig.sh
. "$here/rig.sh"
seconds=600

# --------------------------------------------------------------------------------------------------------- the streams

# streams PREFIX COUNT EVENTS SHAPES: as many different ones, of these shapes in turn: 0, usage null in each event; 1, none before
# the last; 2, Anthropic's; 3, running usage.
streams() {
    awk -v prefix="$scratch/bodies/$1" -v count="$2" -v events="$3" -v shapes="$4" '
        function word(  text, i) {
            text = ""
            for (i = 2 + int(rand() * 7); i > 0; i--) text = text substr("etaoinshrdlucmfw", 1 + int(rand() * 16), 1)
            return " " text
        }
        function chunk(usage) {
            return "data: {\"id\":\"chatcmpl-" id "\",\"object\":\"chat.completion.chunk\",\"created\":" time \
                ",\"model\":\"parrot-" shape "\",\"system_fingerprint\":\"fp_" time \
                "\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" word() \
                "\"},\"logprobs\":null,\"finish_reason\":null}]" usage "}\n\n"
        }
        function counts(done) {
            return "\"usage\":{\"prompt_tokens\":" prompt ",\"completion_tokens\":" done ",\"total_tokens\":" prompt + done "}"
        }
        function event(i) {
            if (shape == 0) return chunk(",\"usage\":null")
            if (shape == 1) return chunk("")
            if (shape == 3) return chunk("," counts(i))
            return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":" \
                "\"text_delta\",\"text\":\"" word() "\"}}\n\n"
        }
        function begin() {
            return shape != 2 ? "" : "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_" id \
                "\",\"model\":\"otter-1\",\"usage\":{\"input_tokens\":" prompt ",\"output_tokens\":1}}}\n\n"
        }
        function end() {
            return shape == 2 ? "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":" events \
                "}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n" \
                : "data: {\"id\":\"chatcmpl-" id "\",\"model\":\"parrot-" shape "\",\"choices\":[]," counts(events) \
                "}\n\ndata: [DONE]\n\n"
        }
        BEGIN {
            srand(1)
            for (n = 0; n < count; n++) {
                shape = substr(shapes, 1 + n % length(shapes), 1)
                id = int(rand() * 1e9)
                time = 1700000000 + int(rand() * 1e7)
                prompt = 1 + int(rand() * 5000)
                file = prefix n ".sse"
                printf "%s", begin() >file
                # An event of Anthropic has about half the bytes.
                last = shape == 2 ? 2 * events : events
                for (i = 1; i <= last; i++) printf "%s", event(i) >file
                printf "%s", end() >file
                close(file)
            }
        }'
}
streams short 400 8 0123
streams medium 100 60 0123
streams long 100 600 012
streams running 100 600 3

# The same text as one answer; each is as long as a short stream.
awk -v prefix="$scratch/bodies/body" 'BEGIN {
    srand(2)
    for (n = 0; n < 400; n++) {
        file = prefix n ".sse"
        printf "{\"id\":\"chatcmpl-%d\",\"object\":\"chat.completion\",\"model\":\"parrot-1\",\"choices\":[{\"index\":0,\"message\":{\"role\":" \
            "\"assistant\",\"content\":\"", rand() * 1e9 >file
        for (i = 0; i < 300; i++) printf " %s", substr("etaoinshrdlucmfw", 1 + int(rand() * 8), 2 + int(rand() * 7)) >file
        printf "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":300,\"total_tokens\":%d}}", \
            n + 1, n + 301 >file
        close(file)
    }
}'

# ---------------------------------------------------------------------------------------------------------- the worker

# free_port FROM: the first port from there on that no socket has.
free_port() {
    port=$1
    while grep -q -i "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$port") " /proc/net/tcp; do
        port=$((port + 1))
    done
    echo "$port"
}
nginx_port=$(free_port 18080)
upstream_port=$(free_port $((nginx_port + 1)))

{
    sed -n '/^ *log_format llm/,/;$/p' "$project/examples/nginx/nginx.conf"
    cat <<'END'
    map $arg_id $team { default team; }
    proxy_http_version 1.1;
    proxy_buffering off;
    access_log llm.jsonl llm;
    upstream service {
        server 127.0.0.1:UPSTREAM;
    }
    server {
        listen 127.0.0.1:PORT;
        location /off/ { proxy_pass http://service; }
        location /on/ { tokusage on; proxy_pass http://service; }
        location /buffered-off/ { proxy_buffering on; proxy_pass http://service; }
        location /buffered-on/ { tokusage on; proxy_buffering on; proxy_pass http://service; }
    }
END
} | use_configuration
sed -i -e 's/worker_processes 4/worker_processes 1/' -e "s/1:PORT/1:$nginx_port/" -e "s/1:UPSTREAM/1:$upstream_port/" \
    "$scratch/nginx.conf"
upstream_at=127.0.0.1:$upstream_port
start_upstream
start_nginx
worker=$(sed -n 's/.*start worker process \([0-9]*\).*/\1/p' "$scratch/error.log")

# cpu: what the worker has used so far, in microseconds.
cpu() {
    awk '{ printf "%.0f\n", $1 / 1000 }' "/proc/$worker/schedstat"
}

# batch LOCATION PREFIX FILES REQUESTS QUERY: prints the microseconds of CPU that the worker took for them.
batch() {
    awk -v path="$1$2" -v files="$3" -v count="$4" -v query="$5" 'BEGIN {
        for (i = 0; i < count; i++) print i "\tGET\t" path i % files ".sse?" query "\t-\t-\t200\t-\t-" }' >"$scratch/jobs"
    before=$(cpu)
    "$built/nginx_client" "127.0.0.1:$nginx_port" 16 "$seconds" <"$scratch/jobs" >"$scratch/client.out" || {
        cat "$scratch/client.out" >&2
        exit 2
    }
    echo $(($(cpu) - before))
}

# compare NAME AIM OFF ON PREFIX FILES REQUESTS QUERY
missed=0
compare() {
    name=$1 aim=$2 off=$3 on=$4
    shift 4
    batch "$off" "$@" >/dev/null
    batch "$on" "$@" >/dev/null
    : >"$scratch/pairs"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        if [ $((round % 2)) -eq 0 ]; then
            a=$(batch "$off" "$@")
            b=$(batch "$on" "$@")
        else
            b=$(batch "$on" "$@")
            a=$(batch "$off" "$@")
        fi
        echo "$a $b" >>"$scratch/pairs"
        round=$((round + 1))
    done
    awk '{ print $2 / $1, $1, $2 }' "$scratch/pairs" | sort -n |
        awk -v name="$name" -v aim="$aim" -v requests="$3" '
            { ratio[NR] = $1; off += $2; on += $3 }
            END {
                median = ratio[int((NR + 1) / 2)]
                printf "%-44s %8.1f %8.1f %8.3f  (%.3f to %.3f)  aim %s%s\n", name, off / NR / requests, on / NR / requests,
                    median, ratio[int((NR + 3) / 4)], ratio[int((3 * NR + 3) / 4)], aim, (median > aim ? ": MISSED" : "")
                exit (median > aim)
            }' || missed=1
}

printf '%-44s %8s %8s %8s  %s\n' "the worker's CPU" "off, us" "on, us" "ratio" "(its middle half)"
compare "an event a write, 60 events"         1.03 /off/ /on/ medium 100 100 'write=event&delay=1&frame=chunked'
compare "short streams, an event a write"     1.03 /off/ /on/ short 400 500 'write=event&delay=1&frame=chunked'
compare "bodies of JSON, 2 KB"                1.05 /off/ /on/ body 400 1000 'frame=length'
compare "short streams at once, 2 KB"         1.05 /off/ /on/ short 400 1000 'frame=chunked'
compare "150 KB at full speed"                1.15 /off/ /on/ long 100 200 'frame=chunked'
compare "150 KB at full speed, buffered"      1.15 /buffered-off/ /buffered-on/ long 100 200 'frame=chunked'
# Each event is a document that has to be read.
compare "180 KB at full speed, usage in each event" 1.50 /off/ /on/ running 100 200 'frame=chunked'

# ---------------------------------------------------------------------------------------------------------- its memory

rss() {
    awk '/^VmRSS/ { print $2 }' "/proc/$worker/status"
}
batch /on/ short 400 4000 'frame=chunked' >/dev/null
first=$(rss)
batch /on/ short 400 20000 'frame=chunked' >/dev/null
last=$(rss)
echo "the worker's memory over 20,000 requests: $first KiB, then $last KiB"
[ "$last" -le $((first + 64)) ] || missed=1
stop_nginx
sh "$here/memory.sh" "$built" | grep ' bytes a stream' || missed=1
exit "$missed"
