#!/bin/sh
# tokusage_prices: what calls cost, as a variable, as a metric and as a limit; and files that are refused.
#
#     sh tests/examples/nginx/prices.sh BUILT [sanitized]
# shellcheck disable=SC2016
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
[ "${2:-}" != sanitized ] || use_sanitized_module

# shellcheck source=tests/examples/nginx/asking.sh
. "$(dirname "$0")/asking.sh"

use_configuration <<'END'
    log_format cost "$arg_id $llm_cost";
    proxy_http_version 1.1;
    proxy_cache_path cache keys_zone=bodies:1m;
    tokusage on;
    tokusage_zone keys:32k $http_x_key;
    tokusage_prices prices.csv;
    server {
        listen unix:nginx.sock;
        access_log cost.log cost;
        location / { proxy_pass http://model; }
        location /cache/ { proxy_pass http://model; proxy_cache bodies; proxy_cache_valid 200 1h; proxy_cache_key $uri; }
        location /other/ { tokusage_prices other.csv; proxy_pass http://model; }
        location /drain/ { tokusage_drain on; proxy_buffering off; proxy_pass http://model; }
        location /limit/ { tokusage_limit keys cost=0.0001 per=month; tokusage_limit keys tokens=1m per=1d; proxy_pass http://model; }
        location /map/ { tokusage_limit keys cost=$http_x_cost per=1d missing=2; proxy_pass http://model; }
        location = /metrics { access_log off; tokusage off; tokusage_metrics keys; }
    }
END

# ------------------------------------------------------------------------------------------------- files that are refused

# read_file CONTENTS: whether nginx takes a file with these bytes; what it says is in $scratch/said.
read_file() {
    printf '%b' "$1" >"$scratch/prices.csv"
    test_configuration
}

# refused WORDS CONTENTS
refused() {
    begin_check
    if read_file "$2"; then
        fail "nginx takes the prices: $2"
    elif ! grep -F -q -e "$1" "$scratch/said"; then
        fail "of the prices '$2' nginx does not say '$1': $(cat "$scratch/said")"
    fi
}

printf 'model,prompt_tokens\n' >"$scratch/other.csv"
heads='model,prompt_tokens,completion_tokens'
begin_check
if test_configuration || ! grep -q 'cannot open.*prices.csv' "$scratch/said"; then
    fail "nginx does without the file of prices"
fi
refused 'prices.csv:1: not "model,' 'gpt,1,2\n'
refused 'prices.csv:2: not "model,' '# a comment\nmodel,input\n'
refused 'prices.csv:1: not "model,' 'model\n'
refused 'prices.csv:1: not "model,' 'model,total_tokens\n'
refused 'prices.csv:1: not "model,' 'model,prompt_tokens,prompt_tokens\n'
for row in 'm,1' 'm,1,2,3' ',1,2' 'm,-1,2' 'm,1.1234567,2' 'm,.5,2' 'm,1.,2' 'm,1.2.3,2' 'm,1e3,2' 'm,$1,2' \
    'm,9007199255,2' 'm,99999999999999999999999,2'; do
    refused 'prices.csv:3: not a model' "$heads\na,1,2\n$row\n"
done
for good in '' '# nothing\n' "$heads" "$heads\n\n  \n# a comment\nm,1,2" "$heads\nm,,\n" \
    '"model", "prompt_tokens"\r\n"m", 9007199254.740991\r\n'; do
    holds "nginx takes the prices '$good'" read_file "$good"
done

# ------------------------------------------------------------------------------------------------------- what calls cost

# The counts are in another order than in tokusage.h, and some have no price.
cat >"$scratch/prices.csv" <<'END'
# Prices of a million tokens.
model,completion_tokens,prompt_tokens,cached_tokens,cache_write_1h_tokens,prompt_audio_tokens,reasoning_tokens
m,2,0.5,,,,
m*,9,9,9,9,9,9
parrot-*,15,3.00,0.30,,,
parrot-2*,10,2.500001,0.25,,,20
tiny,,0.000001,,,,
END
cat >"$scratch/other.csv" <<'END'
model,prompt_tokens,cached_tokens,cache_write_tokens,cache_write_1h_tokens,prompt_audio_tokens,prompt_image_tokens,cached_audio_tokens,cached_image_tokens,completion_tokens,reasoning_tokens,completion_audio_tokens,completion_image_tokens
m,1,2,3,4,5,6,7,8,9,10,11,12
END
body tiny.json '{"model":"tiny","usage":{"prompt_tokens":1}}'
body half.json '{"model":"tiny","usage":{"prompt_tokens":1,"completion_tokens":1}}'
body nobody.json '{"usage":{"prompt_tokens":1,"completion_tokens":1}}'
body longer.json '{"model":"m-large","usage":{"prompt_tokens":1000000,"completion_tokens":0}}'
body shorter.json '{"model":"parro","usage":{"prompt_tokens":1,"completion_tokens":1}}'

start_upstream
start_nginx

: >"$scratch/costs"
# costs TARGET COST: in the log, - without one.
costs() {
    number=$((number + 1))
    job "$number" GET "$1" 'X-Key: all' >>"$scratch/jobs"
    echo "$number $2" >>"$scratch/costs"
}

# 4 fresh and 16 cached prompt tokens, 5 shown and 4 reasoning ones: 4 * 2.500001 + 16 * 0.25 + 5 * 10 + 4 * 20.
costs /whole.json 0.000144000004
# 20 * 2.500001 + 9 * 10
costs /stream.sse 0.00014000002
# 100 * 0.5 + 50 * 2
costs /all.json 0.00015
# Prompt: 100 - 40 - 20 - (10 - 3) - (9 - 2) = 26 fresh; 40 - 3 - 2 = 35 cached; 20 - 5 = 15 written, and 5 for an hour; 7 of
# audio, and 3 cached; 7 of images, and 2 cached. Completion: 50 - 21 - 6 - 7 = 16; 21 of reasoning, 6 of audio, 7 of images.
# 26 * 1 + 35 * 2 + 15 * 3 + 5 * 4 + 7 * 5 + 7 * 6 + 3 * 7 + 2 * 8 + 16 * 9 + 21 * 10 + 6 * 11 + 7 * 12
costs /other/all.json 0.000779
costs /tiny.json 0.000000000001
costs /half.json -
costs /nobody.json -
costs /longer.json 9
costs /shorter.json -
costs /unknown.sse -
costs /error.json -
costs /cache/all.json 0.00015
run_jobs "calls that cost" <"$scratch/jobs"
: >"$scratch/jobs"
costs /cache/all.json -
run_jobs "a call that the cache answers" <"$scratch/jobs"
in_time lines_in cost.log "$number" || fail "the log of the costs has too few lines"
sort -n "$scratch/cost.log" >"$scratch/seen"
same "the costs" "$scratch/costs" "$scratch/seen"

job metrics GET /metrics - - 200 - "save=$scratch/metrics" | run_jobs "the metrics"
metric() {
    sed -n "s/^tokusage_$1_total{zone=\"keys\",key=\"$2\"} //p" "$scratch/metrics.body"
}
says "what all cost" 9.001363000025 "$(metric cost all)"
says "calls without a price" 3 "$(metric unpriced_responses all)"
holds "the metrics are Prometheus text" awk -f "$here/prometheus.awk" "$scratch/metrics.body"

# ------------------------------------------------------------------------------------------------------- a limit of money

# limited TARGET KEY COST STATUS
limited() {
    job limited GET "$1" "X-Key: $2|X-Cost: $3" - "$4" - "save=$scratch/answer" | run_jobs "a call of $2"
}
header() {
    tr -d '\r' <"$scratch/answer.head" | sed -n "s/^$1: //p"
}
limited /limit/tiny.json money - 200
says "a limit of tokens has headers" 1000000 "$(header x-ratelimit-limit-tokens)"
limited /limit/all.json money - 200
limited /limit/tiny.json money - 429
says "a limit of money has no headers of tokens" "" "$(header x-ratelimit-limit-tokens)"
holds "but says when to come back" [ "$(header Retry-After)" -gt 0 ]
holds "the error log has the amounts" \
    grep -q 'limiting cost by zone "keys": 0.000150000001 of 0.0001 used per month' "$scratch/error.log"
limited /map/longer.json rich 20 200
limited /map/longer.json rich 20 200
limited /map/longer.json rich 20 200
limited /map/longer.json rich 20 429
limited /map/longer.json rich 27.000000000001 200
limited /map/unknown.sse missing 2.5 200
limited /map/unknown.sse missing 2.5 200
limited /map/unknown.sse missing 2.5 429
limited /map/unknown.sse missing 0 200
limited /map/unknown.sse missing many 500

# No cent is lost: four workers, clients that leave, and a reload in the middle. The upstream counts by itself.
: >"$scratch/ledger"
at_once=100
turn=0
: >"$scratch/jobs"
while [ "$turn" -lt 300 ]; do
    turn=$((turn + 1))
    left=-
    [ $((turn % 3)) -ne 0 ] || left=leave=$((turn + 100))
    job "many-$turn" GET '/drain/stream.sse?write=60&delay=20' 'X-Key: many' - 200 - "$left" >>"$scratch/jobs"
done
(sleep 0.3 && reload_nginx) &
reload=$!
run_jobs "calls over four workers and a reload" <"$scratch/jobs"
wait "$reload"
at_once=4
all_booked() {
    job metrics GET /metrics - - 200 - "save=$scratch/metrics" | run_jobs "the metrics" >"$scratch/said"
    [ "$(metric tokens many)" -eq 8700 ]
}
in_time all_booked || fail "tokens of 300 calls: $(metric tokens many)"
says "what the upstream has sent to its end" 300 "$(grep -c '^many-.*whole$' "$scratch/ledger")"
says "what 300 calls cost" 0.042000006 "$(metric cost many)"

# A reload reads the file anew.
printf 'model,prompt_tokens\ntiny,0.000002\n' >"$scratch/prices.csv"
reload_nginx
sleep 0.5 # old workers take requests until the new ones have started
: >"$scratch/jobs"
costs /tiny.json 0.000000000002
run_jobs "a call after a reload" <"$scratch/jobs"
says "the cost after a reload" "$number 0.000000000002" "$(tail -n 1 "$scratch/cost.log")"

stop_nginx
end_checks 40
