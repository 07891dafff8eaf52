#!/bin/sh
# What is metered and what is not: methods, statuses, ranges, types, subrequests, redirects inside nginx, cache hits, gzip three
# ways, what breaks off, the verdicts, and the variables where nginx can use them.
#
#     sh tests/examples/nginx/requests.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

# shellcheck source=tests/examples/nginx/asking.sh
. "$(dirname "$0")/asking.sh"

echo text >"$scratch/bodies/page.txt"
printf '<p><!--# include virtual="/ssi-part/whole.json?id=ssi-part" --></p>\n' >"$scratch/bodies/page.html"
printf '{"model":"around","part":<!--# include virtual="/ssi-part/whole.json?id=ssi-inner" -->,"usage":{"total_tokens":3}}' \
    >"$scratch/bodies/around.json"
{ printf '<p>' && cat "$scratch/bodies/whole.json" && printf '</p>\n'; } >"$scratch/page.expected"

use_configuration <<'END'
    map $llm_usage_verdict $mapped {
        volatile;
        default "$llm_usage_verdict";
        "" nothing;
    }
    log_format after "$then, $llm_usage_verdict $llm_total_tokens $llm_model $llm_id $llm_service_tier";
    log_format speed "$arg_id $llm_time_to_first_token $llm_tokens_per_second";
    log_format mapped "$arg_id $mapped $sent_http_x_early $sent_http_x_verdict"
        " $llm_cache_read_input_tokens $llm_cache_creation_input_tokens";
    proxy_cache_path cache keys_zone=bodies:1m;
    proxy_http_version 1.1;
    tokusage on;
    server {
        listen unix:nginx.sock;
        default_type application/json;
        types { text/plain txt; text/html html; }
        location / { proxy_pass http://model; }
        location /unbuffered/ { proxy_pass http://model; proxy_buffering off; }
        location /off/ { tokusage off; proxy_pass http://model; }
        location /if/ {
            if ($arg_meter = no) {
                tokusage off;
            }
            proxy_pass http://model;
        }
        location /batch/ { tokusage_pointer /response/body; proxy_pass http://model; }
        location /types/ { tokusage_types application/x-tested; proxy_pass http://model; }
        location /static/ { alias bodies/; }
        location /nobody/ { proxy_pass http://127.0.0.1:1; }

        location /ssi/ { ssi on; ssi_types application/json; alias bodies/; }
        location /ssi-part/ { log_subrequest on; proxy_pass http://model; }
        location /auth/ { auth_request /check/whole.json; proxy_pass http://model; }
        location /check/ { internal; log_subrequest on; access_log sub.log tested; proxy_pass http://model; }
        location /mirror/ { mirror /check/stream.sse; proxy_pass http://model; }

        location /intercept/ {
            proxy_pass http://model;
            proxy_intercept_errors on;
            error_page 429 502 = /instead/whole.json?id=$arg_id;
        }
        location /instead/ { proxy_pass http://model; }
        location /named/ { error_page 418 = @named; return 418; }
        location @named { proxy_pass http://model; }

        location /cache/ {
            proxy_pass http://model;
            proxy_cache bodies;
            proxy_cache_valid 200 1h;
            proxy_cache_key $uri$arg_key;
            proxy_force_ranges on;
        }
        location /gunzip/ { proxy_pass http://model; gunzip on; }
        location /compressed/ { proxy_pass http://model; tokusage_ask_plain off; }
        location /gzip/ { proxy_pass http://model; gzip on; gzip_types application/json; gzip_min_length 1; }
        location /sub/ {
            proxy_pass http://model;
            sub_filter_types *;
            sub_filter usage misuse;
            sub_filter_once off;
        }

        location /post/ {
            proxy_pass http://model;
            access_log off;
            post_action /after/all.json;
        }
        location /after/ {
            access_log after.log after;
            set $then "$llm_usage_verdict $llm_total_tokens $llm_model";
            set $llm_total_tokens 0;
            proxy_pass http://model;
        }
        location /speed/ { access_log speed.log speed; proxy_buffering off; proxy_pass http://model; }
        location /variables/ {
            proxy_pass http://model;
            add_header X-Early "early:$llm_total_tokens";
            add_header X-Verdict "$mapped";
            add_trailer X-Total $llm_total_tokens;
            add_trailer X-Verdict $llm_usage_verdict;
            access_log access.log tested;
            access_log mapped.log mapped;
        }
    }
END
sed -i "s|alias bodies/|alias $scratch/bodies/|" "$scratch/nginx.conf"
start_upstream
start_nginx
# ------------------------------------------------------------------------------------------------- methods and statuses

ask GET     /whole.json                             -                   200 whole.json  -   -- "$whole"
ask GET     /stream.sse                             -                   200 stream.sse  -   -- "$stream"
ask HEAD    /whole.json                             -                   200 -           -   -- nothing
ask HEAD    /static/whole.json                      -                   200 -           -   -- nothing
ask GET     '/whole.json?status=204'                -                   204 -           -   -- nothing
ask GET     '/whole.json?status=304'                -                   304 -           -   -- nothing
ask GET     '/static/whole.json'                    'If-None-Match: *'  304 -           -   -- nothing
ask GET     '/whole.json?status=206'                -                   206 whole.json  -   -- "partial - parrot-2"
ask GET     '/static/whole.json'                    'Range: bytes=0-50' 206 -           -   -- "partial - -"
ask GET     '/static/whole.json'                    'Range: bytes=-50'  206 -           -   -- "partial - -"
ask GET     '/static/whole.json'                    'Range: bytes=0-5,9-12' 206 -       -   -- "partial - -"
ask GET     '/error.json?status=429'                -                   429 error.json  -   -- "error - -"
ask GET     '/error.json?status=502'                -                   502 error.json  -   -- "error - -"
ask GET     '/whole.json?status=502'                -                   502 whole.json  -   -- "$whole"
ask GET     /nobody/whole.json                      -                   502 -           -   -- nothing
ask GET     /static/none.json                       -                   404 -           -   -- nothing

# ---------------------------------------------------------------------------------------------------- what is metered

ask GET     /off/whole.json                         -   200 whole.json  -   -- nothing
ask GET     /if/whole.json                          -   200 whole.json  -   -- "$whole"
ask GET     '/if/whole.json?meter=no'               -   200 whole.json  -   -- nothing
ask GET     /batch/batch.json                       -   200 batch.json  -   -- "consistent prompt=22,completion=2,total=24 -"
ask GET     /batch/whole.json                       -   200 whole.json  -   -- "missing - -"
ask GET     '/whole.json?type=text/plain'           -   200 whole.json  -   -- "unread - -"
ask GET     '/whole.json?type=text/plain&gzip=1'    -   200 whole.json.gz - -- "unread - -"
ask GET     /static/page.txt                        -   200 page.txt    -   -- nothing
ask GET     '/whole.json?type=application/json;charset=utf-8' - 200 whole.json - -- "$whole"
ask GET     /all.json                               -   200 all.json        -   -- "consistent $all m"
ask GET     '/stream.sse?type=Text/Event-Stream'    -   200 stream.sse  -   -- "$stream"
ask GET     /types/whole.json                       -   200 whole.json  -   -- "unread - -"
ask GET     '/types/whole.json?type=application/x-tested' - 200 whole.json - -- "$whole"
ask GET     /sub/whole.json                         -   200 -           -   -- "$whole"
four='prompt=4,completion=2,total=6 m'
ask GET     '/lines.jsonl?type=application/x-ndjson' -  200 lines.jsonl -   -- "consistent $four"
ask GET     '/records.seq?type=application/json-seq&write=1&exact=1' - 200 records.seq - -- "consistent $four"
ask GET     '/records.seq?type=application/json-seq' -  200 records.seq -   -- "consistent $four"
ask GET     '/records.seq?type=application/json'    -   200 records.seq -   -- "invalid - -"
ask GET     '/frames.bin?type=application/vnd.amazon.eventstream' - 200 frames.bin - -- 'consistent prompt=4,completion=2,total=6 -'
go "methods, statuses and types"

# ------------------------------------------------------------------------------------------------------ the verdicts

ask GET     /reconciled.json                        -   200 reconciled.json     -   -- "reconciled prompt=4,completion=5,total=9,reasoning=3 m"
ask GET     /assumed.json                           -   200 assumed.json        -   -- "assumed prompt=4,completion=5,total=9,reasoning=3 m"
ask GET     /contradictory.json                     -   200 contradictory.json  -   -- "contradictory prompt=4,completion=2,total=5 m"
ask GET     /wrong.json                             -   200 wrong.json          -   -- "invalid - m"
ask GET     /page.json                              -   200 page.json           -   -- "invalid - -"
ask GET     /failed.sse                             -   200 failed.sse          -   -- "error $four"
ask GET     '/failed.sse?cut=100'                   -   200 failed.sse          cut -- "cut $four"
# A stream of another shape is whole where the service says so. Where the connection's close ends it, nobody knows.
ask GET     /unknown.sse                            -   200 unknown.sse         -   -- "missing - -"
ask GET     '/unknown.sse?frame=chunked'            -   200 unknown.sse         -   -- "missing - -"
ask GET     '/unbuffered/unknown.sse?frame=chunked' -   200 unknown.sse         -   -- "missing - -"
ask GET     '/unknown.sse?frame=close'              -   200 unknown.sse         -   -- "cut - -"
ask GET     '/unknown.sse?frame=chunked&cut=60'     -   200 unknown.sse         cut -- "cut - -"
ask GET     /static/unknown.sse                     -   200 unknown.sse         -   -- "missing - -"
# Bytes that are not UTF-8 would make the log's line no JSON.
ask GET     /bytes.json                             -   200 bytes.json          -   -- 'consistent prompt=4,completion=2,total=6 a\\xD3\\xFEé'
go "the verdicts"

# ------------------------------------------------------------------------------------------- subrequests and redirects

job ssi GET /ssi/page.html - - 200 "$scratch/page.expected" >>"$scratch/jobs"
expect ssi
# shellcheck disable=SC2086
expect ssi-part $whole
job around GET /ssi/around.json >>"$scratch/jobs"
# The module reads what the service wrote, so here the page as it is before SSI: that is no JSON.
expect around invalid - -
# shellcheck disable=SC2086
expect ssi-inner $whole
ask GET     /auth/stream.sse                        -   200 stream.sse  -   -- "$stream"
ask GET     /mirror/whole.json                      -   200 whole.json  -   -- "$whole"
ask GET     '/intercept/error.json?status=429'      -   200 whole.json  -   -- "$whole"
ask GET     /intercept/stream.sse                   -   200 stream.sse  -   -- "$stream"
ask GET     /named/stream.sse                       -   200 stream.sse  -   -- "$stream"
go "subrequests and redirects inside nginx"
in_time lines_in sub.log 2 || fail "the subrequests have no log"
says "subrequests of auth_request and mirror whose lines are empty" 2 "$(tr -d '\t' <"$scratch/sub.log" | grep -c '^[0-9]*$')"

# ----------------------------------------------------------------------------------------------------- cache and gzip

ask GET     '/cache/stream.sse?key=1'               -   200 stream.sse  -   -- "$stream"
ask GET     '/cache/whole.json?key=2&frame=chunked' -   200 whole.json  -   -- "$whole"
go "responses that go into the cache"
ask GET     '/cache/stream.sse?key=1'               -   200 stream.sse  -   -- "cached ${stream#* }"
ask GET     '/cache/whole.json?key=2'               -   200 whole.json  -   -- "cached ${whole#* }"
ask GET     '/cache/whole.json?key=1'  'Range: bytes=1-9' 206 -         -   -- "partial - -"
ask HEAD    '/cache/whole.json?key=2'               -   200 -           -   -- nothing
go "responses out of the cache"

ask GET     '/gunzip/stream.sse?gzip=1'             -                       200 stream.sse      -   -- "$stream"
ask GET     '/gunzip/stream.sse?gzip=1&write=5'     -                       200 stream.sse      -   -- "$stream"
ask GET     '/gunzip/stream.sse?gzip=1'             'Accept-Encoding: gzip' 200 stream.sse.gz   -   -- "encoded - -"
ask GET     '/stream.sse?gzip=1'                    -                       200 stream.sse.gz   -   -- "encoded - -"
ask GET     /gzip/whole.json 'Accept-Encoding: gzip' 200 - "save=$scratch/zipped"                   -- "$whole"
ask GET     '/gzip/whole.json?write=9&exact=1' 'Accept-Encoding: gzip' 200 - "save=$scratch/written" -- "$whole"
go "gzip three ways"

# The service would compress, and is asked not to; nginx compresses for the client.
both='Accept-Encoding: br|Accept-Encoding: gzip'
ask GET     '/stream.sse?negotiate=1'               'Accept-Encoding: gzip' 200 stream.sse      -   -- "$stream"
ask GET     '/stream.sse?negotiate=1'               'accept-encoding: gzip' 200 stream.sse      -   -- "$stream"
ask GET     '/whole.json?negotiate=1'               "$both"                 200 whole.json      -   -- "$whole"
ask GET     '/gzip/whole.json?negotiate=1' 'Accept-Encoding: gzip' 200 - "save=$scratch/again"      -- "$whole"
ask GET     '/compressed/stream.sse?negotiate=1'    'Accept-Encoding: gzip' 200 stream.sse.gz   -   -- "encoded - -"
ask GET     '/off/stream.sse?negotiate=1'           'Accept-Encoding: gzip' 200 stream.sse.gz   -   -- nothing
ask GET     '/if/stream.sse?negotiate=1&meter=no'   'Accept-Encoding: gzip' 200 stream.sse.gz   -   -- nothing
go "responses that are asked to be plain"
for name in zipped written again; do
    holds "the response is compressed" grep -q -i 'Content-Encoding: gzip' "$scratch/$name.head"
    gzip -d -c <"$scratch/$name.body" >"$scratch/unzipped"
    same "the compressed body" "$scratch/bodies/whole.json" "$scratch/unzipped"
done

# ------------------------------------------------------------------------------------------------- what the service cuts

half=$(($(wc -c <"$scratch/bodies/stream.sse") / 2))
ask GET     "/stream.sse?cut=$half"                 -   200 stream.sse  cut     -- "cut - parrot-2"
ask GET     "/stream.sse?cut=$half&frame=chunked"   -   200 stream.sse  cut     -- "cut - parrot-2"
ask GET     "/unbuffered/stream.sse?cut=$half"      -   200 stream.sse  cut     -- "cut - parrot-2"
ask GET     "/whole.json?cut=60"                    -   200 whole.json  cut     -- "cut - -"
go "responses that the service cuts"

# --------------------------------------------------------------------------------------- where variables can be used

ask GET '/variables/stream.sse?frame=chunked&write=11' - 200 stream.sse "save=$scratch/variables" -- "$stream"
variables=$number
ask GET /variables/all.json                            - 200 all.json -                          -- "consistent $all m"
go "variables in headers and trailers"
tr -d '\r' <"$scratch/variables.head" >"$scratch/head"
holds "a header is made before anything is known" grep -q '^X-Early: early:$' "$scratch/head"
holds "a map may be asked before anything is known" grep -q '^X-Verdict: nothing$' "$scratch/head"
holds "a trailer has the count" grep -q '^X-Total: 29$' "$scratch/head"
holds "a trailer has the verdict" grep -q '^X-Verdict: consistent$' "$scratch/head"
mapped() {
    sed -n "s/^$1 //p" "$scratch/mapped.log"
}
says "a map in the log" "consistent early: nothing - -" "$(mapped "$variables")"
says "the names that other gateways have" "consistent early: nothing 40 20" "$(mapped "$number")"

{
    job slow GET '/speed/stream.sse?wait=300&write=200&delay=200'
    job whole GET /speed/whole.json
    job none GET '/speed/whole.json?status=204' - - 204
} | run_jobs "times"
in_time lines_in speed.log 3 || fail "the log of the times has too few lines"
# Two delays between three writes: 9 tokens in about 0.4 s.
# shellcheck disable=SC2016
holds "the time to the first byte, and tokens a second" awk '
    $1 == "slow" { good += $2 >= 0.29 && $2 < 2 && $3 > 4 && $3 < 24 }
    $1 == "whole" { good += $2 < 2 && $3 == "-" }
    $1 == "none" { good += $2 == "-" && $3 == "-" }
    END { exit good != 3 }' "$scratch/speed.log"

# A post_action is a request of its own in nginx, which has its variables from the response before it.
job after GET /post/labels.json - - 200 "$scratch/bodies/labels.json" | run_jobs "a response with a post_action"
job left GET '/post/long.sse?write=300&delay=60' - - 200 "$scratch/bodies/long.sse" leave=400 | run_jobs "a client that is gone"
in_time lines_in after.log 2 || fail "the log of the post_action has too few lines"
says "variables in a post_action and in its log" "consistent 6 m, consistent 6 m call-7 flex
aborted  parrot-2, aborted - parrot-2 chat-1 -" "$(cat "$scratch/after.log")"

stop_nginx
end_checks 20
