#!/bin/sh
# Every body of the tests and, where they are there, every recording, through nginx in every mode and in writes of 1 to 8,191
# bytes: the client gets it byte for byte, and the access log has the verdict, the counts and the model that the library
# finds in the whole body.
#
#     sh tests/examples/nginx/bodies.sh BUILT [sanitized]     with `sanitized`: every third, and the module that is built with
#                                                             the address sanitizer and that for undefined behaviour
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
every=1
if [ "${2:-}" = sanitized ]; then
    use_sanitized_module
    every=3
fi

# ------------------------------------------------------------------------------------------------------- the bodies

recordings=${TOKUSAGE_RECORDINGS:-$project/../shared/recordings}
take_bodies formats tests/data/formats
take_bodies bodies tests/data/bodies
take_bodies examples examples/data
# Those are short. Comments before a stream make some that do not fit nginx's buffers.
for number in 1 2 3; do
    {
        awk 'BEGIN { for (i = 0; i < 2000; i++) print ": comment " i " of a service that keeps its connection alive" }'
        cat "$project/tests/data/formats/openai-chat.sse"
    } >"$scratch/bodies/large-$number.sse"
done
if [ -d "$recordings" ]; then
    for file in "$recordings"/*.json "$recordings"/*.sse "$recordings"/*.jsonl; do
        cp "$file" "$scratch/bodies/recorded-${file##*/}"
    done
else
    echo "there are no recordings: only the bodies of the project are read"
fi
chmod -R u+w "$scratch/bodies"
"$built/nginx_judge" "$scratch/bodies" | sort >"$scratch/judged"
(cd "$scratch/bodies" && wc -c ./*) | awk '$2 ~ /^\.\// { print substr($2, 3) "\t" $1 }' >"$scratch/lengths"
gzip -k -n "$scratch/bodies"/*

# ------------------------------------------------------------------------------------------------------- the modes

# A mode: its name, its location, what its query has, how often it is used for each body, how the client reads.
cat >"$scratch/modes" <<'END'
unbuffered      /unbuffered/    exact=1&                        4   -
unbuffered-x    /unbuffered/    exact=1&frame=chunked&          1   -
buffered        /buffered/      exact=1&                        1   -
buffered-chunk  /buffered/      exact=1&frame=chunked&          1   -
buffered-close  /buffered/      frame=close&                    1   -
tiny            /tiny/          exact=1&frame=chunked&          1   -
temp            /temp/          -                               1   slow=60
temp-sendfile   /sendfile/      -                               1   slow=60
temp-threads    /threads/       -                               1   slow=60
cache-fill      /cache/         frame=close&                    1   -
static          /static/        -                               1   -
static-sendfile /static-send/   -                               1   -
static-threads  /static-aio/    -                               1   -
gunzip          /gunzip/        gzip=1&                         1   -
gunzip-tiny     /gunzip-tiny/   exact=1&gzip=1&                 1   -
END

use_configuration <<'END'
    proxy_cache_path cache keys_zone=bodies:1m;
    proxy_http_version 1.1;
    tokusage on;
    server {
        listen unix:nginx.sock;
        listen unix:slow.sock sndbuf=4k;
        types { text/event-stream sse; }
        default_type application/json;
        location /unbuffered/ { proxy_pass http://model/; proxy_buffering off; }
        location /buffered/ { proxy_pass http://model/; }
        location /tiny/ {
            proxy_pass http://model/;
            proxy_buffer_size 512;
            proxy_buffers 3 512;
            proxy_busy_buffers_size 512;
        }
        location /temp/ { proxy_pass http://model/; proxy_buffer_size 1k; proxy_buffers 3 1k; proxy_busy_buffers_size 1k; }
        location /sendfile/ {
            proxy_pass http://model/;
            proxy_buffer_size 1k;
            proxy_buffers 3 1k;
            proxy_busy_buffers_size 1k;
            sendfile on;
        }
        location /threads/ {
            proxy_pass http://model/;
            proxy_buffer_size 1k;
            proxy_buffers 3 1k;
            proxy_busy_buffers_size 1k;
            aio threads;
            aio_write on;
        }
        location /cache/ { proxy_pass http://model/; proxy_cache bodies; proxy_cache_valid 1h; proxy_cache_key $uri; }
        location /static/ { alias bodies/; output_buffers 2 700; }
        location /static-send/ { alias bodies/; sendfile on; }
        location /static-aio/ { alias bodies/; aio threads; output_buffers 1 1k; }
        location /gunzip/ { proxy_pass http://model/; gunzip on; }
        location /gunzip-tiny/ { proxy_pass http://model/; gunzip on; gunzip_buffers 2 256; proxy_buffering off; }
        location /through/ { proxy_pass http://model/; }
        location /gzip/ { proxy_pass http://model/; gzip on; gzip_types application/json text/event-stream; gzip_min_length 1; }
    }
END
sed -i "s|alias bodies/|alias $scratch/bodies/|" "$scratch/nginx.conf"
start_upstream
start_nginx

# make_jobs MODES: one job for each mode, turn and body, in writes of all sizes in turn (of a long body not in the smallest);
# and its line in the log. Where the connection's close is the end of the body, nobody knows whether it is whole.
make_jobs() {
    awk -F '\t' -v bodies="$scratch/bodies" -v every="$every" -v judged="$scratch/lines" '
        BEGIN { sizes = split("1 2 3 7 31 64 333 1021 1400 2048 4096 8191 any", size, " ") }
        FNR == 1 { file++ }
        file == 1 { bytes[$1] = $2; next }
        file == 2 {
            split($0, field, / +/)
            mode[++modes] = field[1]
            location[modes] = field[2]
            query[modes] = field[3] == "-" ? "" : field[3]
            times[modes] = field[4]
            how[modes] = field[5]
            next
        }
        {
            path = bodies "/" $1
            for (i = 1; i <= modes; i++) {
                for (turn = 1; turn <= times[i]; turn++) {
                    if (++number % every != 0) continue
                    at = bytes[$1] > 10000 ? size[7 + number % (sizes - 6)] : size[number % sizes + 1]
                    id = mode[i] "." turn "." $1
                    print id "\tGET\t" location[i] $1 "?" query[i] "write=" at "\t-\t-\t200\t" path "\t" how[i]
                    line = id "\t" (query[i] ~ /frame=close/ ? $3 : $2)
                    for (f = 4; f <= NF; f++) line = line "\t" $f
                    print line >judged
                }
            }
        }' "$scratch/lengths" "$1" "$scratch/judged" >"$scratch/jobs"
    in_words <"$scratch/lines" >"$scratch/expected"
}

# ------------------------------------------------------------------------------------------------------- the requests

grep -v slow= "$scratch/modes" >"$scratch/quick"
make_jobs "$scratch/quick"
run_jobs "bodies in every mode" <"$scratch/jobs"
check_log "the log of the bodies in every mode"

# With a small buffer of the socket and a client that reads late, what is longer goes through temp files.
grep slow= "$scratch/modes" >"$scratch/late"
make_jobs "$scratch/late"
socket=slow.sock at_once=32
run_jobs "bodies through temp files" <"$scratch/jobs"
check_log "the log of the bodies through temp files"
holds "responses went through temp files" grep -q 'buffered to a temporary file' "$scratch/error.log"
socket=nginx.sock at_once=4
stop_nginx
end_checks 5
