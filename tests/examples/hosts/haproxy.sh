#!/bin/sh
# examples/haproxy: two haproxy processes on loopback addresses.   haproxy.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

has curl || skip "no curl here"
unpack haproxy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1
unpack lua53 liblua5.3-dev
LD_LIBRARY_PATH=$(library_path "$packages/haproxy")
export LD_LIBRARY_PATH
haproxy=$packages/haproxy/usr/sbin/haproxy
! ldd "$haproxy" | grep 'not found' || skip "HAProxy's libraries are not here"
compile_host "$scratch/tokusage.so" "$project/examples/lua/tokusage.c" -isystem "$packages/lua53/usr/include/lua5.3" \
    -isystem "$(dirname "$(find "$packages/lua53/usr/include" -name lua5.3-deb-multiarch.h)")"
take_bodies
BODIES=$scratch/bodies/
export BODIES

# configure PORT: the configuration of the example, with the ports and sockets of this test, a log of tabs, a limit of
# 1,000 tokens an hour (none leaves the sum while the test runs), and a provider in the same process. The header x-used
# is what the key had used before the request.
configure() {
    sed -e "s|/etc/haproxy/tokusage/tokusage.lua|$project/examples/haproxy/tokusage.lua\n    lua-load-per-thread $here/haproxy.lua|" \
    -e "s|/etc/haproxy/tokusage/?.so|$scratch/?.so|" -e "s|/etc/haproxy/tokusage/?.lua|$scratch/?.lua|" \
    -e "s|127.0.0.1:10001|127.0.0.1:$1|" -e "s|127.0.0.1:10002|127.0.0.1:$(($1 + 1))|" \
    -e "s|bind :8080|bind unix@$scratch/\${HAPROXY_LOCALPEER}.sock|" -e 's|,60s)|,1h)|' -e 's|ge 100000|ge 1000|' \
    -e 's|log-format ".*"|log-format "%[var(txn.name)]\\t%[var(txn.n)]\\t%[var(txn.llm_verdict)]\\t%[var(txn.llm_model)]\\t%[var(txn.llm_counts)]\\t%B"|' \
    -e 's|http-request set-var(txn.llm_key)|http-request set-var(txn.name) url_param(name)\n    http-request set-var(txn.n) url_param(n)\n    http-after-response set-header x-used %[var(txn.llm_used)]\n    &|' \
    -e 's|default_backend|use_backend short if { path /short }\n    &|' \
    -e "s|server provider .*|server provider unix@$scratch/\${HAPROXY_LOCALPEER}-whole|" \
    "$project/examples/haproxy/haproxy.cfg" >"$scratch/haproxy.cfg"
    cat >>"$scratch/haproxy.cfg" <<END
backend short
    server short unix@$scratch/\${HAPROXY_LOCALPEER}-short

frontend whole
    bind unix@$scratch/\${HAPROXY_LOCALPEER}-whole
    http-request use-service lua.whole

frontend short_frontend
    mode tcp
    bind unix@$scratch/\${HAPROXY_LOCALPEER}-short
    tcp-request content use-service lua.short
END
}

# start_node NAME: sets node_pid.
start_node() {
    rm -f "$scratch/$1"*.sock
    "$haproxy" -f "$scratch/haproxy.cfg" -L "$1" -db >"$scratch/$1.log" 2>"$scratch/$1.err" &
    node_pid=$!
    running="$running $node_pid"
    in_time runs "$1"
}

runs() {
    kill -0 "$node_pid" 2>/dev/null || return 0
    ask "$1" '' 0 >"$scratch/asked"
}

# ask NODE KEY LENGTH [NAME]: one request. Prints the status and x-used.
ask() {
    curl -s -o /dev/null --max-time 5 --unix-socket "$scratch/$1.sock" ${2:+-H "authorization: $2"} \
        -w '%{http_code} %header{x-used}\n' "http://x/?name=${4:-data-openai-chat.json}&n=$3&cut=0"
}

# ask_often NUMBER NODE KEY: as many whole responses; prints the different statuses.
ask_often() {
    for _ in $(seq "$1"); do
        ask "$2" "$3" 100000
    done | cut -d ' ' -f 1 | sort -u
}

# says WORDS EXPECTED SEEN
says() {
    [ "$2" = "$3" ] || fail "$1: expected $2, seen $3"
}

# HAProxy 2.6 now and then sends the last change of an entry only with the next one, so both nodes are asked.
used_is() {
    for node_asked in node1 node2; do
        ask $node_asked "$2" 0 >"$scratch/asked" || :
    done
    [ "$(ask "$1" "$2" 0 | cut -d ' ' -f 2)" = "$3" ]
}

# uses NODE KEY TOKENS: that the node knows in time of as many.
uses() {
    in_time used_is "$1" "$2" "$3" || fail "$1 knows of $(ask "$1" "$2" 0) tokens of key $2, not of $3"
}

port=$((20000 + $$ % 20000))
for _ in 1 2 3 4 5; do
    configure $port
    start_node node1
    kill -0 "$node_pid" 2>/dev/null && break
    port=$((port + 997))
done
kill -0 "$node_pid" 2>/dev/null || fail "node1 does not start: $(tail -n 5 "$scratch/node1.err")"
node1=$node_pid
start_node node2
node2=$node_pid

# ---------------------------------------------------------------------------------------------- reading responses

# check_log WORDS: makes the requests of $scratch/requests at node1, whose log must be $scratch/answers.
check_log() {
    : >"$scratch/node1.log"
    sed 's|.*|url="http://x/&"\noutput=/dev/null|' "$scratch/requests" >"$scratch/urls"
    timeout 200 curl -s --unix-socket "$scratch/node1.sock" -K "$scratch/urls" >"$scratch/curl" 2>&1 || :
    in_time logged || fail "$1: the log has $(wc -l <"$scratch/node1.log") lines"
    tr -d '\000' <"$scratch/node1.log" |
        awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= 5; i++) if ($i == "-") $i = ""; print $1, $2, $3, $4, $5 }' |
        sort >"$scratch/sorted"
    sort "$scratch/answers" >"$scratch/expected"
    same "$1" "$scratch/expected" "$scratch/sorted"
}

logged() {
    [ "$(wc -l <"$scratch/node1.log")" -ge "$(wc -l <"$scratch/requests")" ]
}

judge_bodies counts
awk -F '\t' -v OFS='\t' '{ last[$1] = $0; length_of[$1] = $2 }
    END { for (name in last) for (cut = 0; cut < length_of[name]; cut += 3) print cut, last[name] }' "$scratch/judged" >"$scratch/cuts"
awk -F '\t' '{ print "?name=" $2 "&n=" $3 "&cut=" $1 }' "$scratch/cuts" >"$scratch/requests"
cut -f 2- "$scratch/cuts" | counts_in_words 1 >"$scratch/answers"
check_log "HAProxy reads each body, cut at each third byte, as the C library does"
awk 'NR % 9 == 0' "$scratch/judged" >"$scratch/some"
awk -F '\t' '{ print "?name=" $1 "&n=" $2 "&cut=" int($2 / 2) }' "$scratch/some" >"$scratch/requests"
counts_in_words 1 <"$scratch/some" >"$scratch/answers"
check_log "HAProxy reads beginnings of bodies as the C library does"
awk 'NR % 199 == 0 && $2 > 0' "$scratch/judged" >"$scratch/some"
awk -F '\t' '{ print "short?name=" $1 "&n=" $2 "&cut=" int($2 / 2) }' "$scratch/some" >"$scratch/requests"
counts_in_words '' <"$scratch/some" >"$scratch/answers"
check_log "HAProxy reads responses that break off as the C library does"

# ---------------------------------------------------------------------------------------------- the limit of two nodes

tokens=$(awk -F '\t' '$1 == "data-openai-chat.json" { used = $5 + $6 } END { print used }' "$scratch/judged")
needed=$(((1000 + tokens - 1) / tokens))
says "node1 serves a key that has tokens left" 200 "$(ask_often $((needed - 3)) node1 a)"
uses node2 a $(((needed - 3) * tokens))
says "node2 serves it, too" 200 "$(ask_often 3 node2 a)"
for node in node1 node2; do
    uses $node a $((needed * tokens))
    says "$node refuses a key whose tokens were used at both nodes" 429 "$(ask_often 2 $node a)"
    says "$node serves another key" 200 "$(ask_often 5 $node b)"
done
echo "two nodes share a limit: $needed responses of $tokens tokens"

# Many at once at both nodes: no count is lost.
awk -v n=60 'BEGIN { for (i = 0; i < n; i++) print "url=\"http://x/?name=data-openai-chat.json&n=100000&cut=" i "\"\noutput=/dev/null" }' >"$scratch/urls"
for node in node1 node2; do
    timeout 60 curl -s -Z --parallel-max 20 --unix-socket "$scratch/$node.sock" -H 'authorization: busy' -w '%{http_code}\n' \
        -K "$scratch/urls" >"$scratch/$node.statuses" 2>/dev/null &
    curls="${curls:-} $!"
done
# shellcheck disable=SC2086
wait $curls
served=$(cat "$scratch"/node?.statuses | grep -c '^200$')
[ "$served" -ge "$needed" ] || fail "only $served responses are served"
[ "$served" -lt 120 ] || fail "there is no limit for many at once"
for node in node1 node2; do
    uses $node busy $((served * tokens))
done
echo "no count is lost among $served responses that both nodes served at once"

kill -9 "$node2"
wait "$node2" 2>/dev/null || :
says "node1 goes on alone" 200 "$(ask_often 4 node1 c)"
says "node1 goes on to refuse" 429 "$(ask_often 2 node1 a)"
start_node node2
uses node2 a $((needed * tokens))
says "node2 refuses when it comes back" 429 "$(ask_often 2 node2 a)"
uses node2 c $((4 * tokens))
sleep 6 # until the nodes have sent each other everything
says "node2 counts on" 200 "$(ask_often 3 node2 c)"
uses node1 c $((7 * tokens))
kill -9 "$node1"
wait "$node1" 2>/dev/null || :
says "node2 goes on alone" 429 "$(ask_often 2 node2 a)"
start_node node1
uses node1 c $((7 * tokens))
sleep 6
echo "a node that dies and comes back knows the counts again"

printf '{"usage":{"prompt_tokens":1234567,"completion_tokens":1}}' >"$scratch/bodies/large.json"
says "a key is served" 200 "$(ask node1 large 100000 large.json | cut -d ' ' -f 1)"
uses node2 large 1234568
says "a key is served" 200 "$(ask node1 huge 100000 formats-count-largest.json | cut -d ' ' -f 1)"
uses node2 huge 10000000
echo "large counts are added exactly, up to ten million tokens"
! grep -h -E 'ALERT|Lua' "$scratch"/node?.err || fail "haproxy complains"
