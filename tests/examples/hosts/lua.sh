#!/bin/sh
# examples/lua in Lua 5.1, 5.2, 5.3, 5.4 and LuaJIT, as a C module and by FFI.   lua.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

unpack lua lua5.1 lua5.2 lua5.3 lua5.4 luajit liblua5.1-0-dev liblua5.2-dev liblua5.3-dev liblua5.4-dev liblua5.1-0 \
    liblua5.2-0 liblua5.3-0 liblua5.4-0 libluajit-5.1-2 libluajit-5.1-common
LD_LIBRARY_PATH=$(library_path "$packages/lua")$built
export LD_LIBRARY_PATH
multiarch=$(dirname "$(find "$packages/lua/usr/include" -name lua5.1-deb-multiarch.h)")
take_bodies
judge_bodies counts

# run_lua WORDS INTERPRETER MODULE
run_lua() {
    LUA_CPATH="$scratch/?.so" LUA_PATH="$project/examples/lua/?.lua;$packages/lua/usr/share/luajit-2.1.0-beta3/?.lua" \
        timeout 100 "$packages/lua/usr/bin/$2" "$here/lua.lua" "$3" "$(count_names | paste -s -d ' ' -)" "$scratch"/bodies/* \
        >"$scratch/seen" 2>"$scratch/problems" || fail "$1: $(tail -n 5 "$scratch/problems")"
    same_lines "$1 reads each beginning of each body, cut at each byte, as the C library does"
}

for version in 5.1 5.2 5.3 5.4; do
    compile_host "$scratch/tokusage.so" "$project/examples/lua/tokusage.c" -isystem "$packages/lua/usr/include/lua$version" \
        -isystem "$multiarch"
    run_lua "Lua $version" "lua$version" tokusage
done
compile_host "$scratch/tokusage.so" "$project/examples/lua/tokusage.c" -isystem "$packages/lua/usr/include/lua5.1" \
    -isystem "$multiarch"
run_lua "LuaJIT, C module," luajit tokusage
run_lua "LuaJIT, FFI," luajit tokusage_ffi
