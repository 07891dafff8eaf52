-- Sends the first n bytes of a body, in two chunks where `cut` says. At /short/ it promises more than it sends.
local name, n, cut = ngx.var.arg_name, tonumber(ngx.var.arg_n), tonumber(ngx.var.arg_cut)
local file = assert(io.open(bodies .. name, "rb"))
local bytes = file:read("*a"):sub(1, n)
file:close()
ngx.header.content_type = "application/json"
if ngx.var.uri:find("short", 1, true) then
    ngx.header.content_length = n + 10
end
for _, chunk in ipairs { bytes:sub(1, cut), bytes:sub(cut + 1) } do
    if #chunk > 0 then
        ngx.print(chunk)
        ngx.flush(true)
    end
end
ngx.eof()
