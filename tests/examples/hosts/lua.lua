-- lua lua.lua MODULE COUNTS FILE...: what the module says about bodies, in judge.c's lines with a column for each count
-- (their names are in COUNTS). Each body is cut in two at each byte, too, which must not change what is said.
local tokusage = require(arg[1])

local function line(name, length, stream)
    local verdict, counts, problem = stream:verdict()
    local columns = { name, length, verdict, stream:label() or "-" }
    for count in arg[2]:gmatch("%S+") do
        columns[#columns + 1] = counts[count] and string.format("%.0f", counts[count]) or "-"
    end
    columns[#columns + 1] = (stream:verdict(true))
    columns[#columns + 1] = problem or "-"
    return table.concat(columns, "\t")
end

for i = 3, #arg do
    local file = assert(io.open(arg[i], "rb"))
    local bytes = file:read("*a")
    file:close()
    local name = arg[i]:match("[^/]*$")
    local whole = tokusage.new()
    local taken = whole:feed(bytes)
    local last = line(name, #bytes, whole)
    local growing = tokusage.new()
    print(line(name, 0, growing))
    for at = 1, #bytes do
        growing:feed(bytes:sub(at, at))
        print(line(name, at, growing))
        local two = tokusage.new()
        local both = two:feed(bytes:sub(1, at - 1)) + two:feed(bytes:sub(at))
        if line(name, #bytes, two) ~= last or both ~= taken then
            print(name .. ": differs when cut at " .. at - 1)
        end
    end
end

local ended = tokusage.new()
assert(ended:feed("data: [DONE]\n\nmore") == 14 and ended:done() and not tokusage.new():done())
ended:feed('data: {"model":"later"}\n\n')
assert(ended:label("id") == nil and ended:label("service_tier") == nil)
local labelled = tokusage.new()
labelled:feed('{"model":"m","id":"i","service_tier":"s","usage":{"prompt_tokens":9007199254740991}}')
assert(labelled:label() == "m" and labelled:label("id") == "i" and labelled:label("service_tier") == "s")
assert(select(2, labelled:verdict()).prompt_tokens == 9007199254740991)
assert(not pcall(labelled.feed, labelled, {}) and not pcall(labelled.verdict))
