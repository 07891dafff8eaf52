#!/bin/sh
# The shared zone, its metrics and the limit: no count is lost over four workers, 200 connections, a reload, clients that are gone
# and a full zone; the metrics are Prometheus text, whatever bytes a key has; a limit refuses, says when to come back, and
# takes requests again.
#
#     sh tests/examples/nginx/zone.sh BUILT [sanitized]
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

# whole.json and stream.sse have 20 + 9 tokens each, of which 16 are cached and 4 reasoning in the first.
# shellcheck source=tests/examples/nginx/asking.sh
. "$(dirname "$0")/asking.sh"

echo '<!--# include virtual="/whole.json" --><!--# include virtual="/stream.sse" -->' >"$scratch/bodies/page.html"

use_configuration <<'END'
    log_format worker $pid;
    log_format status $arg_id:$tokusage_limit_status:$status;
    proxy_cache_path cache keys_zone=bodies:1m;
    proxy_http_version 1.1;
    proxy_cache_key $uri;
    tokusage on;
    tokusage_zone keys:1m $http_x_key;
    tokusage_zone models:32k "$llm_model $llm_usage_verdict";
    tokusage_zone paths:32k $http_x_path$uri;
    tokusage_zone small:32k $http_x_small;
    tokusage_zone large:2m $http_x_large;
    tokusage_zone minute:32k $http_x_limit;
    tokusage_zone second:32k $http_x_limit;
    tokusage_zone dry:32k $http_x_limit;
    tokusage_zone both:32k $http_x_limit;
    tokusage_zone own:32k $http_x_limit;
    tokusage_zone missing:32k $http_x_limit;
    tokusage_zone periods:32k $http_x_limit;
    map $http_x_limit $own_limit { default ""; none 0; small 20; large 1k; wrong many; }
    server {
        listen unix:nginx.sock;
        access_log worker.log worker;
        location / { proxy_pass http://model; proxy_buffering off; }
        location /drain/ { tokusage_drain on; proxy_buffering off; proxy_pass http://model; }
        location /cache/ { proxy_pass http://model; proxy_cache bodies; proxy_cache_valid 200 1h; }
        location = /ssi/page.html { tokusage off; ssi on; alias bodies/page.html; }
        location ~ ^/paths/ { types { } default_type application/json; alias bodies/whole.json; }
        location /minute/ { access_log status.log status; proxy_pass http://model; tokusage_limit minute tokens=40 per=1m; }
        location /second/ { proxy_pass http://model; tokusage_limit second tokens=40 per=1s; }
        location /dry/ {
            access_log status.log status;
            proxy_pass http://model;
            tokusage_limit dry tokens=40 per=1d;
            tokusage_limit_dry_run on;
        }
        location /both/ {
            error_page 429 = /instead/whole.json?id=instead;
            proxy_pass http://model;
            tokusage_limit both tokens=40 per=1d;
            tokusage_limit both tokens=1m per=1h;
        }
        location /own/ { proxy_pass http://model; tokusage_limit own tokens=$own_limit per=7d; }
        location /missing/ { proxy_pass http://model; tokusage_limit missing tokens=1000 per=1d missing=600; }
        location /seconds/ { proxy_pass http://model; tokusage_limit periods tokens=1000 per=90s; }
        location /week/ { proxy_pass http://model; tokusage_limit periods tokens=1000 per=7d; }
        location /day/ { proxy_pass http://model; tokusage_limit periods tokens=1000 per=day; }
        location /month/ { proxy_pass http://model; tokusage_limit periods tokens=1000 per=month; }
        location /instead/ { add_header X-Instead yes always; proxy_pass http://model; }
    }
    server {
        listen unix:metrics.sock;
        access_log off;
        tokusage off;
        location = /keys { tokusage_metrics keys; }
        location = /models { tokusage_metrics models; }
        location = /paths { tokusage_metrics paths; }
        location = /small { tokusage_metrics small; }
        location = /large { tokusage_metrics large; }
        location = /minute { tokusage_metrics minute; }
        location = /dry { tokusage_metrics dry; }
    }
END
sed -i "s|alias bodies/|alias $scratch/bodies/|" "$scratch/nginx.conf"
start_upstream
start_nginx

# shellcheck disable=SC2153
promtool=$(command -v "$PROMTOOL") || promtool=
# fetch ZONE: its metrics as text in $scratch/ZONE.body, checked to be Prometheus text.
fetch() {
    job "metrics-$1" GET "/$1" - - 200 - "save=$scratch/$1" >"$scratch/fetch"
    "$built/nginx_client" "$scratch/metrics.sock" 1 "$seconds" <"$scratch/fetch" >"$scratch/client.out" ||
        fail "the metrics of $1: $(cat "$scratch/client.out")"
    holds "the metrics of $1 are Prometheus text" awk -f "$here/prometheus.awk" "$scratch/$1.body"
    # promtool takes a minute for some megabytes.
    [ -z "$promtool" ] || [ "$(wc -c <"$scratch/$1.body")" -gt 500000 ] ||
        holds "promtool takes the metrics of $1" "$promtool" check metrics <"$scratch/$1.body"
}

# sum ZONE METRIC [LABEL="VALUE"]: over all its lines, or those with that label.
sum() {
    awk -v metric="$2" -v label="${3:-}" '
        index($0, metric "{") == 1 && (label == "" || index($0, "{" label) || index($0, "," label)) { sum += $NF }
        END { printf "%d\n", sum }' "$scratch/$1.body"
}

# sums WORDS ZONE RESPONSES PROMPT COMPLETION CACHED REASONING [LABEL]
sums() {
    says "$1, responses of $2" "$3" "$(sum "$2" tokusage_responses_total "${8:-}")"
    says "$1, prompt tokens of $2" "$4" "$(sum "$2" tokusage_prompt_tokens_total "${8:-}")"
    says "$1, completion tokens of $2" "$5" "$(sum "$2" tokusage_completion_tokens_total "${8:-}")"
    says "$1, cached tokens of $2" "$6" "$(sum "$2" tokusage_cached_tokens_total "${8:-}")"
    says "$1, reasoning tokens of $2" "$7" "$(sum "$2" tokusage_reasoning_tokens_total "${8:-}")"
    says "$1, all tokens of $2" "$(($4 + $5))" "$(sum "$2" tokusage_tokens_total "${8:-}")"
}

# requests FIRST LAST PATH HEADER: the header's @i and @k are the request's number and the last digit of that.
requests() {
    awk -v from="$1" -v to="$2" -v path="$3" -v header="$4" 'BEGIN {
        for (i = from; i <= to; i++) {
            text = header
            gsub(/@i/, i, text)
            gsub(/@k/, i % 10, text)
            print i "\tGET\t" path "\t" text "\t-\t200\t-\t-"
        }
    }'
}

# --------------------------------------------------------------------------- 200 connections, four workers, and a reload

# Now and then one worker takes no connection: then there is another round.
at_once=200
rounds=0
: >"$scratch/worker.log"
until [ "$(sort -u "$scratch/worker.log" | wc -l)" -eq 4 ] || [ "$rounds" -eq 5 ]; do
    rounds=$((rounds + 1))
    requests 1 200 '/stream.sse?write=100&delay=20' 'X-Key: tenant @k' | run_jobs "200 connections at once"
    in_time lines_in worker.log $((200 * rounds)) || fail "the log has too few lines"
done
says "all workers served" 4 "$(($(sort -u "$scratch/worker.log" | wc -l)))"
fetch keys
sums "200 connections" keys $((200 * rounds)) $((4000 * rounds)) $((1800 * rounds)) 0 0
sums "a tenth of them" keys $((20 * rounds)) $((400 * rounds)) $((180 * rounds)) 0 0 'key="tenant 3"'

(sleep 0.3 && reload_nginx) &
reload=$!
requests 201 400 '/stream.sse?write=100&delay=40' 'X-Key: tenant @k' | run_jobs "a reload in mid-stream"
wait "$reload"
requests 401 500 /whole.json 'X-Key: tenant @k' | run_jobs "after the reload"
fetch keys
sums "over the reload" keys $((300 + 200 * rounds)) $((6000 + 4000 * rounds)) $((2700 + 1800 * rounds)) 1600 400
says "the keys" 10 "$(sum keys tokusage_zone_keys)"

# -------------------------------------------------------------------------------------- what is booked, and how

at_once=10
{
    job gone GET '/stream.sse?write=60&delay=40' 'X-Key: gone' - 200 - leave=400
    job drained GET '/drain/stream.sse?write=60&delay=40' 'X-Key: drained' - 200 - leave=400
    job error GET '/error.json?status=429' 'X-Key: error' - 429
    job cut GET '/stream.sse?cut=300' 'X-Key: cut' - 200 - cut
    job fill GET /cache/whole.json 'X-Key: cache'
    job ssi GET /ssi/page.html 'X-Key: ssi'
    job html GET '/whole.json?type=text/html' 'X-Key: html'
    job all GET /all.json 'X-Key: all'
} | run_jobs "responses of all kinds"
job hit GET /cache/whole.json 'X-Key: cache' | run_jobs "a response out of the cache"

booked() {
    fetch keys
    [ "$(sum keys tokusage_responses_total 'key="drained"')" -eq 1 ]
}
in_time booked || fail "the drained response is not booked"
verdict_of() {
    sed -n "s/^tokusage_responses_total{zone=\"keys\",key=\"$1\",verdict=\"\(.*\)\"} \(.*\)/\1 \2/p" "$scratch/keys.body" |
        sort | tr '\n' ' '
}
says "of a client that is gone" "aborted 1 " "$(verdict_of gone)"
says "of a client that is gone, drained" "consistent 1 " "$(verdict_of drained)"
says "of an error" "error 1 " "$(verdict_of error)"
says "of a cut response" "cut 1 " "$(verdict_of cut)"
says "of the cache" "cached 1 consistent 1 " "$(verdict_of cache)"
says "of a type that is not read" "unread 1 " "$(verdict_of html)"
says "of a page with two parts by SSI" "consistent 2 " "$(verdict_of ssi)"
sums "out of the cache" keys 2 20 9 16 4 'key="cache"'

for name in $counts; do
    count=$(echo "$all" | tr , '\n' | sed -n "s/^${name%_tokens}=//p")
    says "the metric of $name" "${count:-0}" "$(sum keys "tokusage_${name}_total" 'key="all"')"
done

# The time to the first byte of the body, in a histogram.
job first GET '/stream.sse?wait=600&write=200&delay=100' 'X-Key: first' | run_jobs "a response that takes its time"
job first GET /stream.sse 'X-Key: first' | run_jobs "a response at once"
fetch keys
bucket() {
    sed -n "s/^tokusage_time_to_first_token_seconds_bucket{zone=\"keys\",key=\"first\",le=\"$1\"} //p" "$scratch/keys.body"
}
says "first bytes within half a second" 1 "$(bucket 0.5)"
says "first bytes within 2.5 seconds" 2 "$(bucket 2.5)"
says "first bytes at any time" 2 "$(bucket +Inf)"
says "their number" 2 "$(sum keys tokusage_time_to_first_token_seconds_count 'key="first"')"
# shellcheck disable=SC2016
holds "their sum" awk '/_seconds_sum.*"first"/ { found = $NF > 0.59 && $NF < 2 } END { exit !found }' "$scratch/keys.body"

fetch models
sums "by model and verdict" models 1 0 0 0 0 'key="parrot-2 aborted"'
holds "a key may have the model" [ "$(sum models tokusage_responses_total 'key="parrot-2 consistent"')" -gt 500 ]

# ------------------------------------------------------------------------------------------------ keys of any bytes

requests 1 1 '/paths/%22quoted%22%5Cback%0Aline' 'X-Path: a' | run_jobs "a key with a quote, a backslash and a line end"
requests 2 2 '/paths/%C3%A9%FF%01' 'X-Path: b' | run_jobs "a key that is no text"
requests 4 4 '/paths/%D3%FE%80%C0%80%E0%9F%80%ED%A0%80%F0%8F%BF%BF%F4%90%80%80%F5%E2%82-%E2%82' 'X-Path: d' |
    run_jobs "a key of sequences that are near to UTF-8"
requests 5 5 '/paths/%C2%80%E0%A0%80%E2%82%AC%ED%9F%BF%EE%80%80%F0%90%80%80%F4%8F%BF%BF' 'X-Path: e' |
    run_jobs "a key of the first and last characters of each length"
requests 3 3 '/paths/%5CxFF' 'X-Path: c' | run_jobs "a key that looks like an escape"
fetch paths
sums "a key with a quote, a backslash and a line end" paths 1 20 9 16 4 'key="a/paths/\\"quoted\\"\\\\back\\nline"'
holds "the metrics are UTF-8" iconv -f UTF-8 -t UTF-16 -o "$scratch/utf16" "$scratch/paths.body"
sums "a key of sequences that are near to UTF-8" paths 1 20 9 16 4 "key=\"d/paths/$(
    printf '\\\\\\\\x%s' D3 FE 80 C0 80 E0 9F 80 ED A0 80 F0 8F BF BF F4 90 80 80 F5 E2 82
)-$(printf '\\\\\\\\x%s' E2 82)\""
sums "a key of the first and last characters of each length" paths 1 20 9 16 4 \
    "key=\"e/paths/$(printf '\302\200\340\240\200\342\202\254\355\237\277\356\200\200\360\220\200\200\364\217\277\277')\""
sums "a key that is no text" paths 1 20 9 16 4 'key="b/paths/é\\\\xFF\\\\x01"'
sums "a key that looks like an escape" paths 1 20 9 16 4 'key="c/paths/\\\\x5CxFF"'

# --------------------------------------------------------------------------------------------------- a full zone

at_once=50
requests 1 600 /whole.json 'X-Small: key @i' | run_jobs "more keys than the zone has room for"
requests 601 601 /whole.json 'X-Small: key @i' | run_jobs "the latest key"
fetch small
sums "a full zone" small 601 12020 5409 9616 2404
holds "the zone was full" [ "$(sum small tokusage_zone_evicted_keys_total)" -gt 100 ]
says "keys, and keys that went into other" 601 \
    $(($(sum small tokusage_zone_keys) + $(sum small tokusage_zone_evicted_keys_total)))
holds "other has what they had" [ "$(sum small tokusage_prompt_tokens_total 'key="other"')" -gt 2000 ]
says "the latest key is still there" 1 "$(sum small tokusage_responses_total 'key="key 601"')"

requests 1 1500 /whole.json 'X-Large: key @i' | run_jobs "many keys"
fetch large
sums "many keys" large 1500 30000 13500 24000 6000
says "many keys are all there" 1500 "$(grep -c '^tokusage_prompt_tokens_total{.*key="key' "$scratch/large.body")"

# ------------------------------------------------------------------------------------------------------- the limit

# header NAME: of the last answer that was saved.
header() {
    tr -d '\r' <"$scratch/answer.head" | sed -n "s/^$1: //p"
}

# limited LOCATION KEY STATUS: one request; fails when its status is another.
limited() {
    job limited GET "$1whole.json" "X-Limit: $2" - "$3" - "save=$scratch/answer" >"$scratch/limited"
    "$built/nginx_client" "$scratch/nginx.sock" 1 "$seconds" <"$scratch/limited" >"$scratch/client.out"
}

# A window begins with the minute: the requests below shall not meet its end.
away_from_the_end() {
    [ "$(date +%S)" -lt 52 ]
}
in_time away_from_the_end || :

holds "the first request is within the limit" limited /minute/ one 200
says "the limit" 40 "$(header x-ratelimit-limit-tokens)"
says "what remains before the first" 40 "$(header x-ratelimit-remaining-tokens)"
holds "a request that goes beyond is let through, as its tokens are not known before" limited /minute/ one 200
says "what remains before the second" 11 "$(header x-ratelimit-remaining-tokens)"
holds "then the limit is reached" limited /minute/ one 429
says "what remains" 0 "$(header x-ratelimit-remaining-tokens)"
wait_for=$(header Retry-After)
holds "it says when to come back" [ "$wait_for" -ge 1 ] && holds "within the minute" [ "$wait_for" -le 60 ]
says "the same in the other header" "${wait_for}s" "$(header x-ratelimit-reset-tokens | sed 's/^1m0s$/60s/')"
holds "another key has its own window" limited /minute/ two 200
holds "without a key there is no limit" limited /minute/ "" 200
holds "the limit holds after a reload" reload_nginx
holds "the limit holds after a reload" limited /minute/ one 429
fetch minute
says "refused requests" 2 "$(sum minute tokusage_limited_requests_total 'status="rejected"')"

# Nobody knows when a second ends: one of some requests at once is refused, and a second later none.
refused() {
    limited /second/ second 429
}
in_time refused || fail "the limit of a second is never reached"
sleep 1.2
holds "after the window, requests are taken again" limited /second/ second 200

for _ in 1 2 3 4; do
    holds "a dry run refuses nothing" limited /dry/ dry 200
done
says "a dry run sends the client nothing" "" "$(header x-ratelimit-limit-tokens)$(header Retry-After)"
fetch dry
says "what a dry run would have refused" 2 "$(sum dry tokusage_limited_requests_total 'status="rejected_dry_run"')"
says "a dry run refuses nothing" 0 "$(sum dry tokusage_limited_requests_total 'status="rejected"')"
holds "a dry run logs" grep -q 'dry run' "$scratch/error.log"


# Of several limits the headers are those of the nearest; and where the limit is reached, another model may answer.
holds "several limits" limited /both/ both 200
says "the nearest of several limits" 40 "$(header x-ratelimit-limit-tokens)"
holds "several limits" limited '/both/' both 200
holds "another model answers where the limit is reached" limited /both/ both 200
says "another model answers" yes "$(header X-Instead)"

# A limit of its own for each key, by a map.
holds "a small limit" limited /own/ small 200
says "a small limit" 20 "$(header x-ratelimit-limit-tokens)"
holds "a small limit is reached" limited /own/ small 429
holds "a large limit" limited /own/ large 200
holds "a large limit is not reached" limited /own/ large 200
says "a large limit" 1000 "$(header x-ratelimit-limit-tokens)"
for key in none other; do
    holds "a limit that is 0 or empty" limited /own/ "$key" 200
    holds "a limit that is 0 or empty" limited /own/ "$key" 200
    says "a limit that is 0 or empty has no headers" "" "$(header x-ratelimit-limit-tokens)"
done
holds "a limit that is no number" limited /own/ wrong 500
holds "the error log says so" grep -q '"many" is no number of tokens' "$scratch/error.log"

# remains KEY QUERY TOKENS: what is left of 1,000 after a response.
remains() {
    job "$1" GET "/missing/$2" "X-Limit: $1" - - - - | run_jobs "a response for $1" >"$scratch/client.said"
    limited /missing/ "$1" 200
    says "what is left after $2" "$3" "$(header x-ratelimit-remaining-tokens)"
}
remains stream stream.sse 971
remains unknown unknown.sse 400
remains html 'whole.json?type=text/html' 400
remains gzip 'whole.json?gzip=1' 400
remains error error.json?status=429 1000
fetch keys
says "the metrics have only what was used" 0 "$(sum keys tokusage_tokens_total 'key="html"')"

# When windows end: the time of the header and of the clock may differ by a second.
ends_at() {
    limited "/$1/" "$1" 200
    at=$(($(date +%s) + $(header x-ratelimit-reset-tokens | sed 's/h/*3600+/; s/m/*60+/; s/s//')))
    holds "the window of $1 ends at $2, not at $at" [ $((at - $2 <= 1 && $2 - at <= 1)) -eq 1 ]
}
now=$(date +%s)
ends_at seconds $(((now / 90 + 1) * 90))
ends_at week $(((now / 604800 + 1) * 604800))
ends_at day "$(date -u -d 'tomorrow 0:00' +%s)"
ends_at month "$(date -u -d "$(date -u +%Y-%m-01) +1 month" +%s)"

# A reload may change all periods of a zone but those that are always counted: new ones begin at 0.
holds "the limit of a month" limited /month/ reload 200
sed -i 's/per=90s/per=91s/; s/periods tokens=1000 per=7d/periods tokens=1000 per=8d/' "$scratch/nginx.conf"
reload_nginx
sleep 0.5 # old workers take requests until the new ones have started
holds "a limit of a new period" limited /seconds/ reload 200
says "a new period begins at 0" 1000 "$(header x-ratelimit-remaining-tokens)"
holds "the limit of a month" limited /month/ reload 200
says "a month goes on" 942 "$(header x-ratelimit-remaining-tokens)"
holds "a limit of a new period" limited /week/ reload 200
says "a new period is counted" 942 "$(header x-ratelimit-remaining-tokens)"

# The service's headers of its own limits are hidden where nginx has one, as a client could not know whose they are.
job own GET '/minute/whole.json?ratelimit=1' 'X-Limit: own' - 200 - "save=$scratch/answer" | run_jobs "the service's own limit"
says "the service's own limit is hidden" 40 "$(header x-ratelimit-remaining-tokens)"
job own GET '/whole.json?ratelimit=1' - - 200 - "save=$scratch/answer" | run_jobs "the service's own limit, without one of nginx"
says "the service's own limit is passed on" 987654 "$(header x-ratelimit-remaining-tokens)"

in_time lines_in status.log 11 || fail "the log of the limits has too few lines"
count_status() {
    grep -c "$1" "$scratch/status.log"
}
says "requests within the limit" 6 "$(count_status ':PASSED:200')"
says "requests beyond it" 2 "$(count_status ':REJECTED:429')"
says "requests beyond it in a dry run" 2 "$(count_status ':REJECTED_DRY_RUN:200')"
says "requests without a key" 1 "$(count_status ':-:200')"

stop_nginx
end_checks 100
