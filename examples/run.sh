#!/bin/sh
# sh examples/run.sh: installs what is missing, builds the library and the examples into build/examples, shows the usage of
# the sample bodies in examples/data, which are in the formats of all services, and what they would cost.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=${TOKUSAGE_WORK:-$root/build/examples}
. "$root/tests/checks/common.sh"

begin_work
need cc make cmake pkg_config -- cjson zlib

echo "building in $work"
build "$work" -DCMAKE_BUILD_TYPE=Release -DTOKUSAGE_BUILD_TESTS=OFF -DTOKUSAGE_BUILD_EXAMPLES=ON
cd "$root"
here=${work#"$root/"}

# table: from the lines of usage_of --json. A count that was not reported is "-". Models are without their dates.
table() {
    awk '
        function text(key) {
            if (!match($0, "\"" key "\":\"[^\"]*\"")) {
                return "-"
            }
            return substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 5)
        }
        function count(key) {
            if (!match($0, "\"" key "\":[0-9]+")) {
                return "-"
            }
            return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
        }
        function shape(file) {
            return file ~ /sse$/ ? "events" : file ~ /jsonl$/ ? "lines" : file ~ /bin$/ ? "frames" : "document"
        }
        BEGIN {
            row = "%-23s %-8s %6s %6s %10s %9s %-13s %s\n"
            printf row, "file", "shape", "prompt", "cached", "completion", "reasoning", "verdict", "model"
        }
        {
            file = text("file")
            sub(/.*\//, "", file)
            name = file
            sub(/\..*/, "", name)
            model = text("model")
            sub(/-20[0-9][0-9]-?[0-9][0-9]-?[0-9][0-9]$/, "", model)
            if (length(model) > 18) {
                model = substr(model, 1, 16) ".."
            }
            several = /several responses/ ? "*" : ""
            starred = starred several
            printf row, name, shape(file), count("prompt_tokens"), count("cached_tokens"), count("completion_tokens"),
                count("reasoning_tokens"), text("verdict") several, model
        }
        END {
            if (starred) {
                print "* of its last response: usage-report, below, adds them all up"
            }
        }'
}

echo
echo "\$ $here/usage_of --json examples/data/*    # as a table"
# Status 1 says that not all can be billed: one sample contradicts itself, one reports an error, and two have several responses.
status=0
"$work/usage_of" --json examples/data/* >"$work/usage.jsonl" || status=$?
[ "$status" -le 1 ]
table <"$work/usage.jsonl"

# bill: from usage-report's columns, by their names. The prices of the sample are invented, and not for every model.
bill() {
    awk -F, '
        NR == 1 {
            for (i = 1; i <= NF; i++) {
                at[$i] = i
            }
            row = "%-34s %9s %13s %17s %13s\n"
            printf row, "model", "responses", "prompt tokens", "completion tokens", "cost"
            next
        }
        {
            cost = $at["unpriced"] > 0 ? "no price" : sprintf("%.6f", $at["cost"])
            printf row, $at["model"], $at["responses"], $at["prompt_tokens"], $at["completion_tokens"], cost
            responses += $at["responses"]
            prompt += $at["prompt_tokens"]
            completion += $at["completion_tokens"]
            sum += $at["cost"]
            unpriced += $at["unpriced"]
        }
        END {
            printf row, "total", responses, prompt, completion, sprintf("%.6f", sum)
            print "in dollars; " unpriced " responses are of models without a price there"
        }'
}

if [ -x "$work/usage-report" ]; then
    echo
    echo "\$ $here/usage-report --prices examples/prices-sample.csv examples/data/*    # in part"
    "$work/usage-report" --format csv --max-errors 0 --prices examples/prices-sample.csv examples/data/* \
        >"$work/bill.csv" 2>"$work/bill.err" || cat "$work/bill.err" >&2
    bill <"$work/bill.csv"
fi

echo
echo "To go on: $here/usage_of FILE reads a response of yours; README.md has the same in C."
echo "examples/README.md has the other programs, examples/nginx a module that meters every call."
