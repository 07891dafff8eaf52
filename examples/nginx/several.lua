-- A limit that several nodes share: the counter is in Valkey or Redis, the tokens are those of the module. It needs nginx's Lua
-- module (Debian: libnginx-mod-http-lua) and no other library.
--
--     lua_package_path "/etc/nginx/?.lua;;";
--     location /v1/ {
--         tokusage on;
--         access_by_lua_block { require("several").check("127.0.0.1:6379", ngx.var.team, 200000, 60) }
--         log_by_lua_block    { require("several").book("127.0.0.1:6379", ngx.var.team, 60) }
--
-- A key has 200,000 tokens in each 60 seconds of the clock; the nodes' clocks must agree. As with tokusage_limit a call is
-- booked at its end. When the server is down, every call passes, and its tokens are missing from the counter: the error log says
-- so. A tokusage_limit in the same location goes on then, and holds for each node.
local several = {}

local TIMEOUT = 100 -- ms, for each step

local function open(address)
    local socket = ngx.socket.tcp()
    socket:settimeouts(TIMEOUT, TIMEOUT, TIMEOUT)
    local host, port = address:match("^([^/]*):(%d+)$")
    local ok, err
    if host then
        ok, err = socket:connect(host, tonumber(port))
    else
        ok, err = socket:connect(address) -- unix:/path
    end
    return ok and socket, err
end

-- A reply is a line; a string of N bytes has another one.
local function read_reply(socket)
    local line, err = socket:receive("*l")
    if not line or line:byte() == 45 then -- a minus: an error
        return nil, err or line
    end
    local size = tonumber(line:match("^%$(%d+)$"))
    if size then
        line, err = socket:receive(size + 2)
        return line and line:sub(1, size), err
    end
    return line
end

-- Sends the commands, each a table of strings; returns the last reply, or nil and what is wrong.
local function call(address, ...)
    local socket, err = open(address)
    local reply
    if not socket then
        return nil, err
    end
    for _, command in ipairs({...}) do
        local text = {"*" .. #command}
        for _, word in ipairs(command) do
            text[#text + 1] = "$" .. #word
            text[#text + 1] = word
        end
        local sent
        sent, err = socket:send(table.concat(text, "\r\n") .. "\r\n")
        reply = nil
        if sent then
            reply, err = read_reply(socket)
        end
        if not reply then
            socket:close()
            return nil, err
        end
    end
    socket:setkeepalive(10000, 16)
    return reply
end

local function name_of(key, period)
    return "tokusage:" .. math.floor(ngx.time() / period) .. ":" .. key
end

-- Answers 429 when the key has used its limit. An empty key has none.
function several.check(address, key, limit, period)
    if not key or key == "" then
        return
    end
    local used, err = call(address, {"GET", name_of(key, period)})
    if not used then
        ngx.log(ngx.ERR, "the shared limit is not checked: ", err)
    elseif (tonumber(used) or 0) >= limit then
        ngx.header["Retry-After"] = period - ngx.time() % period
        ngx.exit(429)
    end
end

local function add(_, address, name, tokens, period)
    local ok, err = call(address, {"INCRBY", name, tostring(tokens)}, {"EXPIRE", name, tostring(2 * period)})
    if not ok then
        ngx.log(ngx.ERR, "the shared limit misses ", tokens, " tokens: ", err)
    end
end

-- Adds what the call used. The log phase must not wait, so a timer does it, also when the worker is about to end.
function several.book(address, key, period)
    local function count(name)
        return tonumber(ngx.var["llm_" .. name]) or 0
    end
    local tokens = math.max(count("total_tokens"), count("prompt_tokens") + count("completion_tokens"))
    if key and key ~= "" and tokens > 0 and ngx.var.llm_usage_verdict ~= "cached" then
        local ok, err = ngx.timer.at(0, add, address, name_of(key, period), tokens, period)
        if not ok then
            ngx.log(ngx.ERR, "the shared limit misses ", tokens, " tokens: ", err)
        end
    end
end

return several
