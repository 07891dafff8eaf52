#!/bin/sh
# examples/lua in nginx with its Lua module, on sockets in a temporary folder.   lua_nginx.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

has curl || skip "no curl here"
unpack nginx nginx nginx-common libnginx-mod-http-lua libnginx-mod-http-ndk libluajit2-5.1-2 libluajit2-5.1-common \
    lua-resty-core lua-resty-lrucache
unpack lua51 liblua5.1-0-dev
LD_LIBRARY_PATH=$(library_path "$packages/nginx")$built
export LD_LIBRARY_PATH
compile_host "$scratch/tokusage.so" "$project/examples/lua/tokusage.c" -isystem "$packages/lua51/usr/include/lua5.1" \
    -isystem "$(dirname "$(find "$packages/lua51/usr/include" -name lua5.1-deb-multiarch.h)")"
nginx=$packages/nginx/usr/sbin/nginx
modules=$packages/nginx/usr/lib/nginx/modules
take_bodies
mkdir "$scratch/temp"

# The server sends the first n bytes of a body, in two chunks where `cut` says; at /short/ it promises more than it
# sends.
cat >"$scratch/nginx.conf" <<END
load_module $modules/ndk_http_module.so;
load_module $modules/ngx_http_lua_module.so;
$([ "$(id -u)" -ne 0 ] || echo 'user root;')
daemon off;
pid nginx.pid;
error_log error.log warn;
events {}
http {
    client_body_temp_path temp/client;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    keepalive_requests 1000000;
    log_format counts escape=none "\$arg_name\t\$arg_n\t\$llm_verdict\t\$llm_model\t\$llm_counts";
    access_log access.log counts buffer=64k;
    lua_package_path "$project/examples/lua/?.lua;$packages/nginx/usr/share/lua/5.1/?.lua;;";
    lua_package_cpath "$scratch/?.so;;";
    init_by_lua_block { tokusage = require "MODULE"; bodies = "$scratch/bodies/" }
    upstream model { server unix:$scratch/model.sock; keepalive 4; }
    server {
        listen unix:$scratch/nginx.sock;
        location /direct/ {
            content_by_lua_file $here/lua_nginx.lua;
            include $project/examples/lua/tokusage.conf;
        }
        location / {
            proxy_pass http://model;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            include $project/examples/lua/tokusage.conf;
        }
    }
    server {
        listen unix:$scratch/model.sock;
        access_log off;
        location / { content_by_lua_file $here/lua_nginx.lua; }
        location /short/ { keepalive_timeout 0; content_by_lua_file $here/lua_nginx.lua; }
    }
}
END

# make_requests WORDS: for the paths in $scratch/requests; waits until the log has them all.
make_requests() {
    sed 's|.*|url="http://nginx/&"\noutput=/dev/null|' "$scratch/requests" >"$scratch/urls"
    timeout 200 curl -s --unix-socket "$scratch/nginx.sock" -K "$scratch/urls" >"$scratch/curl" 2>&1 || :
    kill -USR1 "$nginx_pid"
    in_time logged || fail "$1: $(tail -n 5 "$scratch/error.log" "$scratch/curl")"
}

# check_requests WORDS: makes them; the log must be $scratch/answers.
check_requests() {
    make_requests "$1"
    sort "$scratch/answers" >"$scratch/expected"
    sort "$scratch/access.log" >"$scratch/sorted"
    same "$1" "$scratch/expected" "$scratch/sorted"
    : >"$scratch/access.log"
}

logged() {
    [ "$(wc -l <"$scratch/access.log")" -ge "$(wc -l <"$scratch/requests")" ]
}

start_nginx() {
    sed -i "s/require \"[A-Za-z_]*\"/require \"$1\"/" "$scratch/nginx.conf"
    rm -f "$scratch"/*.sock
    "$nginx" -p "$scratch/" -c nginx.conf -e error.log >"$scratch/output" 2>&1 &
    nginx_pid=$!
    running="$running $nginx_pid"
    in_time test -S "$scratch/model.sock" || fail "nginx does not start: $(cat "$scratch/output")"
}

stop_nginx() {
    kill -QUIT "$nginx_pid"
    wait "$nginx_pid" || :
    ! grep -E '\[(error|alert|crit|emerg)\]' "$scratch/error.log" | grep -v 'prematurely closed' | head -n 5 | grep . ||
        fail "nginx's error log is not clean"
}

judge_bodies counts
awk -F '\t' -v OFS='\t' '{ last[$1] = $0; length_of[$1] = $2 }
    END { for (name in last) for (cut = 0; cut < length_of[name]; cut++) print cut, last[name] }' "$scratch/judged" >"$scratch/cuts"
for module in tokusage_ffi tokusage; do
    start_nginx "$module"
    few=$([ "$module" = tokusage_ffi ] && echo 1 || echo 9)
    awk -v few="$few" 'NR % few == 0' "$scratch/cuts" >"$scratch/some"
    awk -F '\t' '{ print "direct/?name=" $2 "&n=" $3 "&cut=" $1 }' "$scratch/some" >"$scratch/requests"
    cut -f 2- "$scratch/some" | counts_in_words 1 >"$scratch/answers"
    check_requests "$module in nginx reads each body, cut at $([ "$few" = 1 ] && echo each byte || echo many bytes), as the C library does"

    for way in direct/ proxied/ short/; do
        every=$([ $way = direct/ ] && echo $((few * 2)) || echo $((few * 10 + 1)))
        awk -v every="$every" 'NR % every == 0' "$scratch/judged" >"$scratch/some"
        awk -F '\t' -v way="$way" '{ print way "?name=" $1 "&n=" $2 "&cut=" int($2 / 2) }' "$scratch/some" >"$scratch/requests"
        counts_in_words "$([ $way = short/ ] || echo 1)" <"$scratch/some" >"$scratch/answers"
        check_requests "$module in nginx reads beginnings of bodies at $way as the C library does"
    done
    stop_nginx
done

# In one nginx with the module of examples/nginx, where that is built: both read the same responses.
module=$2/tests/examples/nginx/module/ngx_http_tokusage_module.so
if [ ! -e "$module" ]; then
    echo "the module of examples/nginx is not built, so it is not compared"
    exit 0
fi
sed 's/llm_/lua_/g' "$project/examples/lua/tokusage.conf" >"$scratch/lua.conf"
# shellcheck disable=SC2016
columns=$(count_names | sed 's/.*/\\\\t$llm_&/' | tr -d '\n')
sed -i -e "1i load_module $module;" -e "s|include .*tokusage.conf;|include $scratch/lua.conf; tokusage on;|" \
    -e "s|log_format .*|log_format counts escape=none \"\$arg_name\\\\t\$arg_n\\\\t\$lua_counts$columns\";|" "$scratch/nginx.conf"
start_nginx tokusage_ffi
awk 'NR % 11 == 0' "$scratch/judged" | awk -F '\t' '{ print "proxied/?name=" $1 "&n=" $2 "&cut=" int($2 / 2) }' >"$scratch/requests"
make_requests "nginx with both modules"
awk -F '\t' -v OFS='\t' '{ print $1, $2, $3 }' "$scratch/access.log" | sort >"$scratch/sorted"
awk -F '\t' -v OFS='\t' '{ for (i = NF; i > 3; i--) $(i + 1) = ($i == "" ? "-" : $i); $3 = "-"; $4 = "-"; print }' \
    "$scratch/access.log" | counts_in_words '' | cut -f 1,2,5 | sort >"$scratch/expected"
same "the module of examples/nginx says the same counts" "$scratch/expected" "$scratch/sorted"
awk -F '\t' '$3 != ""' "$scratch/sorted" | grep -c . >"$scratch/some" || fail "no response has counts"
stop_nginx
