-- HAProxy 2.6 and newer: `filter lua.tokusage` reads responses as they pass, sets variables for the log, and adds the
-- tokens to the stick table that the request is tracked in (sc0). `http-request lua.tokusage_count TABLE...` adds up
-- what the nodes counted. README.md shows both; ../lua has the module that this needs.
local tokusage = require "tokusage"

-- Stick tables have counters that can only be increased, by one at a time: units are in gpc(0), thousands in gpc(1). So
-- that a provider that reports nonsense cannot keep HAProxy busy, a response counts as MOST tokens at most.
local THOUSAND, MOST = 1000, 10000000

local function add_tokens(txn, tokens)
    tokens = math.min(tokens, MOST)
    for _ = 1, tokens % THOUSAND do txn.f:sc_inc_gpc(0, 0) end
    for _ = 1, tokens // THOUSAND do txn.f:sc_inc_gpc(1, 0) end
end

local Usage = { id = "tokusage", flags = filter.FLT_CFG_FL_HTX }
Usage.__index = Usage

function Usage:new()
    return setmetatable({ response = nil }, Usage)
end

function Usage:start_analyze(txn, channel)
    if channel:is_resp() then
        self.response = tokusage.new()
        filter.register_data_filter(self, channel)
    end
end

function Usage:http_payload(txn, message)
    if self.response and message.channel:is_resp() then
        self.response:feed(message:body() or "")
    end
end

-- Sets the variables, once.
function Usage:finish(txn, complete)
    local response = self.response
    if not response then return end
    self.response = nil
    local verdict, counts = response:verdict(complete)
    local words = {}
    for name, value in pairs(counts) do
        words[#words + 1] = name .. "=" .. value
    end
    table.sort(words)
    txn:set_var("txn.llm_verdict", verdict)
    txn:set_var("txn.llm_model", response:label() or "")
    txn:set_var("txn.llm_counts", table.concat(words, " "))
    add_tokens(txn, (counts.prompt_tokens or 0) + (counts.completion_tokens or 0))
end

function Usage:http_end(txn, message)
    if message.channel:is_resp() then self:finish(txn, true) end
end

-- Also called when the response was broken off.
function Usage:end_analyze(txn, channel)
    if channel:is_resp() then self:finish(txn, false) end
end

core.register_filter("tokusage", Usage, function(usage, arguments) return usage end)

-- Sets txn.llm_used: the tokens of this key (txn.llm_key) in the last period, over the tables of all nodes.
core.register_action("tokusage_count", { "http-req" }, function(txn, ...)
    local used = 0
    local key = txn:get_var("txn.llm_key")
    for _, name in ipairs(key and { ... } or {}) do
        used = used + txn.c:table_gpc_rate(key, 0, name) + THOUSAND * txn.c:table_gpc_rate(key, 1, name)
    end
    txn:set_var("txn.llm_used", used)
end, 2)
