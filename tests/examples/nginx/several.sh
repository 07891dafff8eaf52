#!/bin/sh
# A limit of two nginx with one counter in Redis, by several.lua; and what happens when Redis is down and comes back.
#
#     sh tests/examples/nginx/several.sh BUILT
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"

# Debian's packages, unpacked once: Redis of this system, and the Lua module of the nginx, which may be of another suite.
unpacked=$built/several
download() {
    (cd "$unpacked/packages" && apt-get -q download "$@") >>"$unpacked/log" 2>&1
}
unpack() {
    rm -rf "$unpacked"
    mkdir -p "$unpacked/packages"
    download redis-server redis-tools libjemalloc2 liblzf1 liblua5.1-0 lua-cjson lua-bitop libhiredis0.14 libpcre3 || return 1
    (
        [ ! -e "$built/unpacked/apt/apt.conf" ] || export APT_CONFIG="$built/unpacked/apt/apt.conf"
        # shellcheck disable=SC2046
        download libnginx-mod-http-lua libnginx-mod-http-ndk lua-resty-core lua-resty-lrucache \
            $(apt-cache depends libnginx-mod-http-lua | sed -n 's/^[ |]*Depends: \(libluajit[^ ]*\)$/\1/p' | head -n 1)
    ) || return 1
    for package in "$unpacked"/packages/*.deb; do
        dpkg -x "$package" "$unpacked"
    done
    touch "$unpacked/whole"
}
[ -e "$unpacked/whole" ] || unpack || skip "the Lua module and Redis cannot be downloaded"
libraries=$(find "$unpacked" -name '*.so.[0-9]*' -exec dirname {} \; | sort -u | paste -s -d : -)
LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
server=$(find "$unpacked/usr/bin" -name 'redis-server' -o -name 'redis-check-rdb' | sort | tail -n 1)
"$server" --version >/dev/null 2>&1 || skip "Redis does not run here"

# Each has 20 + 9 tokens.
cp "$project/tests/data/formats/openai-chat.json" "$scratch/bodies/whole.json"
cp "$project/tests/data/formats/openai-chat.sse" "$scratch/bodies/stream.sse"

modules=$unpacked/usr/lib/nginx/modules
# shellcheck disable=SC2034
main="load_module $modules/ndk_http_module.so; load_module $modules/ngx_http_lua_module.so;"
{
    echo "lua_package_path '$project/examples/nginx/?.lua;$unpacked/usr/share/lua/5.1/?.lua;;';"
    cat <<'END'
    lua_max_running_timers 4096;
    tokusage on;
    tokusage_zone keys:1m $arg_key;
    server {
        listen unix:nginx.sock;
        location / {
            access_by_lua_block { require("several").check("unix:redis.sock", ngx.var.arg_key, 1000, 86400 * 366) }
            log_by_lua_block { require("several").book("unix:redis.sock", ngx.var.arg_key, 86400 * 366) }
            tokusage_limit keys tokens=2000 per=366d;
            proxy_pass http://model;
        }
    }
END
} | use_configuration
sed 's/nginx\.sock/other.sock/; s/nginx\.pid/other.pid/; s/error\.log/other.log/' "$scratch/nginx.conf" >"$scratch/other.conf"

redis_pid=
other_pid=
start_redis() {
    "$server" --port 0 --unixsocket "$scratch/redis.sock" --save '' --daemonize no --dir "$scratch" >"$scratch/redis.log" 2>&1 &
    redis_pid=$!
    in_time test -S "$scratch/redis.sock" || fail "Redis does not start"
}
stop_redis() {
    end_process "$redis_pid" TERM
    redis_pid=
    rm -f "$scratch/redis.sock"
}
end_all() {
    status=$?
    stop_redis
    end_process "$other_pid" TERM
    set +e
    (exit "$status")
    end_rig
}
trap end_all EXIT

start_redis
start_upstream
start_nginx
"$nginx" -p "$scratch/" -c other.conf -e other.log >"$scratch/other.output" 2>&1 &
other_pid=$!
in_time test -S "$scratch/other.sock" || fail "the other nginx does not start"

# get NODE KEY STATUS [TARGET]: one call by that node.
get() {
    job one GET "/${4:-whole.json}?key=$2" - - "$3" - "save=$scratch/answer" >"$scratch/one"
    "$built/nginx_client" "$scratch/$1.sock" 1 "$seconds" <"$scratch/one" >"$scratch/client.out"
}

# tokens_of KEY: what the counter has.
tokens_of() {
    "$unpacked/usr/bin/redis-cli" -s "$scratch/redis.sock" --raw eval \
        "local k = redis.call('KEYS', 'tokusage:*:$1'); return k[1] and redis.call('GET', k[1]) or '0'" 0
}
booked() {
    [ "$(tokens_of "$1")" = "$2" ]
}

# Two nodes at the same time: no call is lost, and what one has used holds for the other.
at_once=10
requests() {
    for i in $(seq "$2"); do
        job "$1-$i" GET "/stream.sse?write=100&key=$1" - - 200
    done
}
socket=other.sock
requests both 17 | run_jobs "calls by one node"
socket=nginx.sock
requests both 17 | run_jobs "calls by the other node"
holds "the counter has the calls of both" in_time booked both 986
holds "a call that goes beyond" get other both 200 stream.sse
holds "the counter has it, too" in_time booked both 1015
holds "the limit holds for one node" get nginx both 429
holds "the limit holds for the other node" get other both 429
holds "it says when to come back" grep -q '^Retry-After: [1-9]' "$scratch/answer.head"
holds "another key has its own" get nginx another 200
holds "an empty key has none" get nginx '' 200
holds "the window is kept no longer than it is needed" \
    [ "$("$unpacked/usr/bin/redis-cli" -s "$scratch/redis.sock" --raw eval \
        "return redis.call('TTL', redis.call('KEYS', 'tokusage:*:both')[1])" 0)" -gt 86400 ]

# The counter is not nginx's: a reload does not change it.
reload_nginx
holds "after a reload" get nginx both 429
holds "a key after a reload" get nginx reload 200
holds "it is booked after a reload" in_time booked reload 29

# Redis is down: calls pass, each node's own limit of 2,000 tokens goes on, and the log says what is missing.
stop_redis
holds "a call passes while Redis is down" get nginx both 200
holds "the error log says that nothing was checked" in_time grep -q 'the shared limit is not checked' "$scratch/error.log"
holds "the error log says what is missing" in_time grep -q 'the shared limit misses 29 tokens' "$scratch/error.log"
requests down 69 | run_jobs "calls while Redis is down"
holds "the node's own limit goes on" get nginx down 429
# It comes back, empty: it counts from there.
start_redis
holds "a call when Redis is back" get nginx back 200
holds "it is booked" in_time booked back 29

end_process "$other_pid" QUIT
other_pid=
sed -i '/redis.sock failed/d' "$scratch/error.log" # nginx calls this critical
stop_nginx
end_checks 20
