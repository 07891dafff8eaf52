#!/bin/sh
# What usage-report, ccusage, DuckDB, jq and Python say of the logs that people have, side by side: all tokens that were read, and all
# that were generated. DuckDB, jq and Python add up the usage of each line or document, as a short query does. The logs are the
# samples of tests/data/usage_report/shapes; shapes.tsv there says what is right.
#
#     sh tests/bench/report_peers.sh FOLDER      FOLDER holds the programs
#
# ccusage is found in PATH, DuckDB is npm's @duckdb/node-api in NODE_PATH; of what is not installed the column is empty.
set -eu
LC_ALL=C
export LC_ALL

report=$(cd "$1" && pwd)/usage-report
cd "$(dirname "$0")/../.."
data=tests/data/usage_report
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The folders in which the agents keep their logs.
claude=$scratch/.claude/projects/one
codex=$scratch/.codex/sessions/2026/05/04
gemini=$scratch/.gemini/tmp/0/chats
opencode=$scratch/.local/share/opencode/storage/message/s-1
mkdir -p "$claude" "$codex" "$gemini" "$opencode" "$scratch/gateway"
cp $data/shapes/claude-code.jsonl "$claude/one.jsonl"
cp $data/shapes/claude-code-fork.jsonl "$claude/two.jsonl"
cp $data/shapes/codex.jsonl "$codex/rollout-2026-05-04T08-00-00-one.jsonl"
cp $data/shapes/gemini-cli.json "$gemini/session-one.json"
cp $data/shapes/opencode.json "$opencode/o-1.json"
cp $data/shapes/docker.log "$scratch/gateway/docker.log"
cp $data/shapes/batch-openai.jsonl "$scratch/gateway/batch.jsonl"

# Of each kind: its folder, the usage of a document for jq, the expressions of what was read and generated, the samples.
kinds() {
    cat <<'KINDS'
claude|.claude|.message.usage|.input_tokens + .cache_creation_input_tokens + .cache_read_input_tokens|.output_tokens|claude-code.jsonl
codex|.codex|.payload.info?.last_token_usage?|.input_tokens|.output_tokens|codex.jsonl
gemini|.gemini|.messages[]?.tokens|.input|.output + .thoughts|gemini-cli.json
opencode|.local|.tokens|.input + .cache.read + .cache.write|.output + .reasoning|opencode.json
docker|gateway/docker.log|(.log?\|fromjson?\|.usage)|.prompt_tokens|.completion_tokens|docker.log
batch|gateway/batch.jsonl|.response.body.usage|.prompt_tokens|.completion_tokens|batch-openai.jsonl
KINDS
}

# Each prints READ GENERATED, or nothing.
right() {
    awk -F '\t' -v file="$1" '$1 == file { read += $5; made += $9 } END { print read + 0, made + 0 }' $data/shapes.tsv
}
by_report() {
    "$report" --by none --format csv "$1" 2>/dev/null |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["prompt_tokens"], $at["completion_tokens"] }'
}
by_ccusage() {
    command -v ccusage >/dev/null 2>&1 || return 0
    HOME=$scratch ccusage "$1" daily --json --offline 2>/dev/null | jq -r '.totals // empty |
        "\(.inputTokens + .cacheReadTokens + (.cacheCreationTokens // 0)) \(.outputTokens)"' 2>/dev/null || :
}
by_jq() {
    command -v jq >/dev/null 2>&1 || return 0
    find "$1" -type f -exec cat {} + | jq -n -r "reduce (inputs | $2 | select(. != null) | [$3, $4]) as \$u ([0, 0];
        [.[0] + \$u[0], .[1] + \$u[1]]) | \"\\(.[0]) \\(.[1])\"" 2>/dev/null || :
}
# The same path and expressions, in Python's words.
by_python() {
    command -v python3 >/dev/null 2>&1 || return 0
    find "$1" -type f -exec cat {} + | python3 -c 'import json, re, sys
def at(value, path):
    for name in filter(None, re.split(r"[.?]+", path)):
        if name.endswith("[]"):
            return [at(each, path.split("[]", 1)[1]) for each in (value or {}).get(name[:-2], [])]
        value = value.get(name) if isinstance(value, dict) else None
    return value
sums, text, decoder = [0, 0], sys.stdin.read(), json.JSONDecoder()
while text.strip():
    document, end = decoder.raw_decode(text.lstrip())
    text = text.lstrip()[end:]
    if "fromjson" in sys.argv[1]:
        document, sys.argv[1:2] = json.loads(document.get("log", "{}")), [sys.argv[1]]
        found = document.get("usage")
    else:
        found = at(document, sys.argv[1])
    for usage in found if isinstance(found, list) else [found]:
        for i in range(2):
            sums[i] += sum(at(usage, each) or 0 for each in sys.argv[2 + i].split(" + ")) if usage else 0
print(*sums)' "$2" "$3" "$4" 2>/dev/null || :
}
by_duckdb() {
    node -e 'require("@duckdb/node-api")' >/dev/null 2>&1 || return 0
    # shellcheck disable=SC2016
    find "$1" -type f | node -e 'const { DuckDBInstance } = require("@duckdb/node-api");
        const files = require("fs").readFileSync(0, "utf8").trim().split("\n").map((file) => `\u0027${file}\u0027`);
        const [path, ...sums] = process.argv.slice(1);
        const pointer = (of) => `$${of.replaceAll("?", "").replace(/\[\]/, "[*]")}`;
        const sum = (of) => of.split(" + ").map((each) => `coalesce(json_extract(u, \u0027${pointer(each)}\u0027)::BIGINT, 0)`).join(" + ");
        const usage = /fromjson/.test(path) ? "json_extract(json_extract_string(json, \u0027$.log\u0027)::JSON, \u0027$.usage\u0027)"
            : /\[\]/.test(path) ? `unnest(json_extract(json, \u0027${pointer(path)}\u0027))` : `json_extract(json, \u0027${pointer(path)}\u0027)`;
        (async () => {
            const connection = await (await DuckDBInstance.create(":memory:")).connect();
            const query = `SELECT ${sums.map((each) => `sum(${sum(each)})`)} FROM (SELECT ${usage} AS u FROM read_json_objects([${files}]))
                WHERE u IS NOT NULL AND json_type(u) = \u0027OBJECT\u0027`;
            console.log((await connection.runAndReadAll(query)).getRows()[0].join(" "));
        })();' "$2" "$3" "$4" 2>/dev/null || :
}

echo "| log | right | usage-report | ccusage | DuckDB | jq | Python |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
kinds | while IFS='|' read -r kind folder usage read made file rest; do
    case $kind in docker) # its expression has | itself
        usage='(.log?|fromjson?|.usage)' read=.prompt_tokens made=.completion_tokens file=docker.log rest= ;;
    esac
    : "$rest"
    path=$scratch/$folder
    echo "| $kind | $(right "$file") | $(by_report "$path") | $(by_ccusage "$kind" 2>/dev/null || :) | $(by_duckdb "$path" "$usage" "$read" "$made") |" \
        "$(by_jq "$path" "$usage" "$read" "$made") | $(by_python "$path" "$usage" "$read" "$made") |"
done
