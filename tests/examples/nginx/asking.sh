# What requests.sh and clients.sh share: bodies whose log lines are known, and a table of requests in which each line has its line
# of the log. Sourced behind rig.sh.
# shellcheck shell=sh disable=SC2034,SC2154

# Two bodies with all that a log line tells: the counts and the model, as in the table of formats.
cp "$project/tests/data/formats/openai-chat.json" "$scratch/bodies/whole.json"
cp "$project/tests/data/formats/openai-chat.sse" "$scratch/bodies/stream.sse"
cp "$project/tests/data/bodies/openai-batch-line.json" "$scratch/bodies/batch.json"
cp "$project/tests/data/formats/openai-error.json" "$scratch/bodies/error.json"
# And one that is long enough to leave in its midst: the first event again and again, then the whole stream.
{
    awk 'NR == 1 { for (i = 0; i < 40; i++) printf "%s\n\n", $0 }' "$scratch/bodies/stream.sse"
    cat "$scratch/bodies/stream.sse"
} >"$scratch/bodies/long.sse"
# And one that no socket has room for.
{
    awk 'NR == 1 { for (i = 0; i < 6000; i++) printf "%s\n\n", $0 }' "$scratch/bodies/stream.sse"
    cat "$scratch/bodies/stream.sse"
} >"$scratch/bodies/huge.sse"
whole='consistent 20 9 29 16 - 4 parrot-2'
stream='consistent 20 9 29 - - - parrot-2'
lost='- - - - - -'
gzip -k -n "$scratch/bodies"/*

# ask METHOD PATH-AND-QUERY HEADERS STATUS BODY HOW -- LOG: a job whose id is its number, and its line in the log (`nothing`:
# it is not metered). BODY is a file in the folder of bodies.
number=0
ask() {
    number=$((number + 1))
    method=$1 target=$2 headers=$3 status=$4 body=$5 how=$6
    shift 7
    [ "$body" = - ] || body=$scratch/bodies/$body
    job "$number" "$method" "$target" "$headers" - "$status" "$body" "$how" >>"$scratch/jobs"
    # shellcheck disable=SC2086
    if [ "$1" = nothing ]; then expect "$number"; else expect "$number" $1; fi
}

# go WORDS: makes the jobs so far and checks their lines in the log.
go() {
    run_jobs "$1" <"$scratch/jobs"
    check_log "the log of: $1"
    : >"$scratch/jobs"
}

: >"$scratch/jobs"
