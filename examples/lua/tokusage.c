/*
 * tokusage for Lua 5.1 to 5.4, and LuaJIT: a C module. README.md has its functions.
 *
 *     cc -shared -fPIC -o tokusage.so tokusage.c -I/usr/include/lua5.4 $(pkg-config --cflags --libs tokusage)
 */
#include <lauxlib.h>
#include <lua.h>
#include <tokusage.h>

#define STREAM "tokusage"

static int new_stream(lua_State *lua) {
    *(tokusage_stream *)lua_newuserdata(lua, sizeof(tokusage_stream)) = (tokusage_stream){0};
    luaL_getmetatable(lua, STREAM);
    lua_setmetatable(lua, -2);
    return 1;
}

static int feed(lua_State *lua) {
    size_t length = 0;
    const char *const bytes = luaL_checklstring(lua, 2, &length);
    lua_pushinteger(lua, (lua_Integer)tokusage_stream_feed(luaL_checkudata(lua, 1, STREAM), bytes, length));
    return 1;
}

static int done(lua_State *lua) {
    lua_pushboolean(lua, tokusage_stream_done(luaL_checkudata(lua, 1, STREAM)));
    return 1;
}

static int verdict(lua_State *lua) {
    tokusage usage;
    tokusage_error error;
    char words[TOKUSAGE_ERROR_SIZE];
    const tokusage_stream *const stream = luaL_checkudata(lua, 1, STREAM);
    const tokusage_verdict found = tokusage_stream_verdict(stream, lua_toboolean(lua, 2), &usage, &error);
    lua_pushstring(lua, tokusage_verdict_text(found));
    lua_newtable(lua);
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (tokusage_count_at(&usage, i)->present) {
            lua_pushinteger(lua, (lua_Integer)tokusage_count_at(&usage, i)->value);
            lua_setfield(lua, -2, tokusage_count_name(i));
        }
    }
    tokusage_error_text(&error, words, sizeof words);
    lua_pushstring(lua, error.status == TOKUSAGE_OK ? NULL : words);
    return 3;
}

static int label(lua_State *lua) {
    static const char *const names[] = {"model", "id", "service_tier", NULL};
    const tokusage_stream *const stream = luaL_checkudata(lua, 1, STREAM);
    char text[TOKUSAGE_LABEL_SIZE];
    const tokusage_label which = (tokusage_label)luaL_checkoption(lua, 2, "model", names);
    lua_pushstring(lua, tokusage_stream_label(stream, which, text, sizeof text) > 0 ? text : NULL);
    return 1;
}

int luaopen_tokusage(lua_State *lua);
int luaopen_tokusage(lua_State *lua) {
    static const luaL_Reg methods[] = {{"feed", feed}, {"done", done}, {"verdict", verdict}, {"label", label}};
    luaL_newmetatable(lua, STREAM);
    lua_pushvalue(lua, -1);
    lua_setfield(lua, -2, "__index");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        lua_pushcfunction(lua, methods[i].func);
        lua_setfield(lua, -2, methods[i].name);
    }
    lua_newtable(lua);
    lua_pushcfunction(lua, new_stream);
    lua_setfield(lua, -2, "new");
    return 1;
}
