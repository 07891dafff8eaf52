-- The upstream of haproxy.sh: sends the first n bytes of a body, in two chunks where `cut` says. The second service
-- promises more than it sends.
local function requested(query)
    local name, n, cut = query:match "name=([^&]*)&n=(%d+)&cut=(%d+)"
    local file = assert(io.open(os.getenv "BODIES" .. name, "rb"))
    local bytes = file:read("*a"):sub(1, tonumber(n))
    file:close()
    return bytes, tonumber(cut)
end

core.register_service("whole", "http", function(applet)
    local bytes, cut = requested(applet.qs)
    applet:set_status(200)
    applet:add_header("content-type", "application/json")
    applet:add_header("transfer-encoding", "chunked")
    applet:start_response()
    if cut > 0 then
        applet:send(bytes:sub(1, cut))
        core.yield()
    end
    applet:send(bytes:sub(cut + 1))
end)

core.register_service("short", "tcp", function(applet)
    local line = applet:getline()
    repeat local header = applet:getline() until #header <= 2
    local bytes, cut = requested(line)
    applet:send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " .. #bytes + 10 .. "\r\n\r\n")
    applet:send(bytes:sub(1, cut))
    core.msleep(10)
    applet:send(bytes:sub(cut + 1))
    core.msleep(10)
end)
