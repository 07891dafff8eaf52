-- tokusage for LuaJIT (OpenResty, Kong, APISIX, Debian's nginx) by FFI, with the functions of the C module and nothing
-- to compile: it loads the shared library.
local ffi = require "ffi"
ffi.cdef [[
typedef struct { bool present; int64_t value; } tokusage_count;
typedef struct { int status; const char *member; size_t offset; int64_t expected, actual; } tokusage_error;
const char *tokusage_count_name(size_t index);
size_t tokusage_stream_size(void);
size_t tokusage_stream_feed(void *stream, const char *bytes, size_t length);
bool tokusage_stream_done(const void *stream);
int tokusage_stream_verdict(const void *stream, bool complete, tokusage_count *usage, tokusage_error *error);
const char *tokusage_verdict_text(int verdict);
size_t tokusage_error_text(const tokusage_error *error, char *buffer, size_t size);
size_t tokusage_stream_label(const void *stream, int label, char *buffer, size_t size);
]]
local c = ffi.load "tokusage"
local labels = { model = 0, id = 1, service_tier = 2 }
local words = ffi.new "char[256]"
local names = {}
while c.tokusage_count_name(#names) ~= nil do
    names[#names + 1] = ffi.string(c.tokusage_count_name(#names))
end
local usage, problem = ffi.new("tokusage_count[?]", #names), ffi.new "tokusage_error"

local stream = {}
stream.__index = stream

function stream:feed(bytes)
    return tonumber(c.tokusage_stream_feed(self.state, bytes, #bytes))
end

function stream:done()
    return c.tokusage_stream_done(self.state)
end

function stream:verdict(complete)
    local verdict = c.tokusage_stream_verdict(self.state, complete or false, usage, problem)
    local counts = {}
    for i, name in ipairs(names) do
        counts[name] = usage[i - 1].present and tonumber(usage[i - 1].value) or nil
    end
    c.tokusage_error_text(problem, words, 256)
    return ffi.string(c.tokusage_verdict_text(verdict)), counts, problem.status ~= 0 and ffi.string(words) or nil
end

function stream:label(label)
    local length = c.tokusage_stream_label(self.state, labels[label or "model"], words, 256)
    return length > 0 and ffi.string(words) or nil
end

local words_of_state = math.ceil(tonumber(c.tokusage_stream_size()) / 8)
return { new = function() return setmetatable({ state = ffi.new("uint64_t[?]", words_of_state) }, stream) end }
