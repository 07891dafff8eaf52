#!/bin/sh
# examples/nginx/nginx.conf, with other sockets, does what it says, and usage-report reads its log: the sums by model are those of
# the bodies.
#
#     sh tests/examples/nginx/sample.sh BUILT
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"
report=${TOKUSAGE_BUILD:-$built/../../..}/usage-report
sample=$project/examples/nginx/nginx.conf

take_bodies formats tests/data/formats
take_bodies examples examples/data
mkdir "$scratch/logs"

# The sample's sockets become those of the rig, and its folder is the rig's, with the module where the sample has it.
# Everything else is unchanged.
mkdir "$scratch/modules"
cp "$module" "$scratch/modules/"
sed -e '1s/^/daemon off;\n/' \
    -e 's|listen 127.0.0.1:8080|listen unix:nginx.sock|' -e 's|allow 127.0.0.1|allow unix:|' \
    -e 's|server 127.0.0.1:8000|server unix:upstream.sock|' -e 's|^pid .*|pid nginx.pid;|' \
    -e 's|^error_log .*|error_log error.log info;|' "$sample" >"$scratch/sample.conf"
in_sample() {
    begin_check
    grep -F -q -e "$1" "$scratch/sample.conf" || fail "the sample has no longer '$1'"
}
in_sample 'load_module modules/ngx_http_tokusage_module.so;'
in_sample 'tokusage_limit teams tokens=200k per=1m reserve=4k;'
in_sample 'listen unix:nginx.sock'
in_sample 'server unix:upstream.sock'
[ "$(id -u)" -ne 0 ] || echo 'user root;' >>"$scratch/sample.conf"
for kind in client_body proxy fastcgi uwsgi scgi; do
    printf '    %s_temp_path temp/%s;\n' "$kind" "$kind"
done | sed -i '/^http {/r /dev/stdin' "$scratch/sample.conf"
cp "$scratch/sample.conf" "$scratch/nginx.conf"
put_sockets

start_upstream
start_nginx

# ----------------------------------------------------------------------------------------------------- the sample itself

search='Authorization: Bearer key-of-search'
printf '{"stream":true,"messages":[]}' >"$scratch/asked"
printf '{"stream_options":{"include_usage":true},"stream":true,"messages":[]}' >"$scratch/asks"
{
    job 1 GET /v1/examples-openai-responses-stream.sse "$search" - 200 "$scratch/bodies/examples-openai-responses-stream.sse"
    job 2 GET '/v1/formats-openai-chat.sse?write=20&delay=20' "$search" - 200 "$scratch/bodies/formats-openai-chat.sse" leave=300
    job 3 GET /v1/formats-openai-error.json 'Authorization: Bearer key-of-support' - 200
    job 4 GET /v1/formats-openai-chat.json 'Authorization: Bearer wrong' - 401
    job 5 POST '/v1/chat/completions?echo=1&type=text/plain' "$search" "$scratch/asked" 200 "$scratch/asks"
} | run_jobs "the sample"
in_time lines_in logs/llm.jsonl 5 || fail "the sample's log has too few lines"
line() {
    sed -n "s/.*\"team\":\"$1\".*\"model\":\"$2\",/\"model\":\"$2\",/p" "$scratch/logs/llm.jsonl"
}
lines_end_in_usage() {
    ! grep -v -E '"usage":(null|\{.*\})\}$' "$scratch/$1"
}
says "its line" '"model":"gpt-5-mini-2025-08-07","verdict":"consistent","usage":{"prompt_tokens":18,"completion_tokens":71,"total_tokens":89,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":64}}}' "$(line search gpt-5-mini-2025-08-07)"
says "the line of a client that left" '"model":"parrot-2","verdict":"consistent","usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}' "$(line search parrot-2)"
says "the line of an error" '"model":"","verdict":"error","usage":null}' "$(line support '')"
holds "in each line the usage is an object or null" lines_end_in_usage logs/llm.jsonl
job 6 GET /metrics - - 200 - "save=$scratch/metrics" | run_jobs "the sample's metrics"
holds "they count the team" grep -q '^tokusage_tokens_total{zone="teams",key="search"} 118$' "$scratch/metrics.body"
job 7 GET /v1/formats-count-largest.json "$search" | run_jobs "a call that uses up the limit"
job 8 GET /v1/formats-openai-chat.json "$search" - 429 - "save=$scratch/limited" | run_jobs "the limit of the sample"
holds "a refusal is JSON" grep -q '^{"error":{.*}}$' "$scratch/limited.body"
holds "a refusal is of that type" grep -q '^Content-Type: application/json' "$scratch/limited.head"
holds "a refusal says when to come back" grep -q '^Retry-After: [1-9]' "$scratch/limited.head"

# Calls at the same time: four of 50,000 tokens are the limit. A window begins with the minute. (A machine that is busy may
# be late with one of them; reserve.sh counts exactly.)
away_from_the_end() {
    [ "$(date +%S)" -lt 52 ]
}
in_time away_from_the_end || :
printf '{"max_tokens":50000,"messages":[]}' >"$scratch/large"
at_once=12
for i in $(seq 12); do
    job "busy-$i" POST '/v1/formats-openai-chat.json?wait=2000' 'Authorization: Bearer key-of-support' "$scratch/large" - -
done | run_jobs "calls at the same time"
at_once=4
admitted=$(grep -c '^busy-.*whole' "$scratch/ledger")
few_are_admitted() {
    [ "$admitted" -ge 2 ] && [ "$admitted" -le 4 ]
}
holds "of calls at the same time so many are admitted ($admitted) as the limit has room for" few_are_admitted
stop_nginx

# What README.md has for OpenTelemetry: there is no package of that module, but its names must be those of variables.
{
    # shellcheck disable=SC2016
    printf "log_format spans '%s';\n" \
        "$(sed -n 's/^otel_span_attr .* \($llm_[a-z_]*\);$/\1/p' "$project/examples/nginx/README.md" | tr '\n' ' ')"
    cat <<'END'
    tokusage on;
    server {
        listen unix:nginx.sock;
        access_log spans.log spans;
        location / { proxy_pass http://model; }
    }
END
} | use_configuration
start_nginx
job 9 GET /examples-openai-responses-stream.sse | run_jobs "a call with a span"
in_time lines_in spans.log 1 || fail "there are no spans"
holds "the values of a span" grep -q '^gpt-5-mini-2025-08-07 [a-zA-Z0-9_-]* [a-z-]* 18 71 0 64 $' "$scratch/spans.log"
stop_nginx

# ------------------------------------------------------------------------------------------------------- the round trip

if [ ! -x "$report" ]; then
    echo "usage-report was not built: the round trip is left out"
    end_checks 12
    exit
fi

# Bodies whose counts agree; of those with a name for the model that no format needs to escape, the sums by model are compared.
"$built/nginx_judge" "$scratch/bodies" | awk -F '\t' '$2 ~ /^(consistent|reconciled|assumed|missing)$/ && $7 < 1e9' |
    sort >"$scratch/judged"
mv "$scratch/logs/llm.jsonl" "$scratch/logs/sample.jsonl"
{
    sed -n '/^ *log_format llm/,/;$/p' "$sample"
    cat <<'END'
    map $arg_id $team { default team; }
    tokusage on;
    proxy_http_version 1.1;
    proxy_cache_path cache keys_zone=bodies:1m;
    server {
        listen unix:nginx.sock;
        access_log logs/llm.jsonl llm;
        location / { proxy_pass http://model; proxy_cache bodies; proxy_cache_valid 200 1h; proxy_cache_key $uri; }
    }
END
} | use_configuration
start_nginx
bodies=$(wc -l <"$scratch/judged")
# Twice: what comes out of nginx's cache is not billed again.
for turn in 1 2; do
    while read -r name _; do
        job "$name" GET "/$name?write=any&frame=chunked" - - 200 "$scratch/bodies/$name"
    done <"$scratch/judged" | run_jobs "bodies whose counts agree, time $turn"
    in_time lines_in logs/llm.jsonl $((turn * bodies)) || fail "the log has too few lines"
done
stop_nginx
says "lines out of the cache" "$((bodies))" "$(grep -c '"verdict":"cached","usage":null' "$scratch/logs/llm.jsonl")"
holds "in each line the usage is an object or null, again" lines_end_in_usage logs/llm.jsonl

"$report" --by /model --format csv "$scratch/logs/llm.jsonl" >"$scratch/report.csv" 2>"$scratch/findings" ||
    fail "usage-report does not read the log: $(cat "$scratch/findings")"
# MODEL PROMPT COMPLETION TOTAL for each model, of the table and of the report.
awk -F '\t' '$4 ~ /^[a-z0-9.-]+$/ && $4 != "-" { model[$4]; for (i = 5; i <= 7; i++) sum[$4, i] += $i }
    END { for (each in model) print each, sum[each, 5] + 0, sum[each, 6] + 0, sum[each, 7] + 0 }' "$scratch/judged" |
    sort >"$scratch/by_model"
awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $1 ~ /^[a-z0-9.-]+$/ { print $1, $column["prompt_tokens"] + 0, $column["completion_tokens"] + 0, $column["total_tokens"] + 0 }' \
    "$scratch/report.csv" | sort >"$scratch/reported"
same "the sums by model, of the bodies and of the log" "$scratch/by_model" "$scratch/reported"
holds "there are many models" [ "$(wc -l <"$scratch/by_model")" -gt 20 ]

end_checks 20
