# What the scripts of the nginx tests share: a folder of their own, the upstream, nginx with the module, the client, and the
# checks. Sourced, with the folder of the built programs and modules in `built`. All of it is on sockets of this machine in a
# temporary folder; everything that runs is ended, and the folder removed, when the script ends. POSIX sh.
# shellcheck shell=sh
LC_ALL=C
export LC_ALL
: "${built:?the folder of the built programs and modules}"

here=${here:-$(cd "$(dirname "$0")" && pwd)}
project=$(cd "$here/../../.." && pwd)
counts=$(sed -n 's/^    tokusage_count \([a-z0-9_]*\);.*/\1/p' "$project/include/tokusage.h")
module=$built/module/ngx_http_tokusage_module.so
preload=
socket=nginx.sock
at_once=4
seconds=100
upstream_pid=
nginx_pid=

# skip REASON: that words are what CTest looks for.
skip() {
    echo "SKIPPED: $1"
    exit 0
}

# Both count in files, as parts of a script run in shells of their own.
begin_check() {
    echo >>"$scratch/checks"
}

fail() {
    echo "FAILED $1"
    echo >>"$scratch/failures"
}

# holds WORDS COMMAND...: that the command succeeds.
holds() {
    words=$1
    shift
    begin_check
    "$@" || fail "$words"
}

# says WORDS EXPECTED SEEN
says() {
    begin_check
    [ "$2" = "$3" ] || fail "$1: expected '$2', seen '$3'"
}

# same WORDS EXPECTED-FILE SEEN-FILE
same() {
    begin_check
    cmp -s "$2" "$3" || {
        fail "$1: expected (-) and seen (+):"
        diff -u "$2" "$3" | head -n 40
    }
}

# in_time COMMAND...: waits until it succeeds, ten seconds at most.
in_time() {
    late=$(($(date +%s) + 10))
    until "$@"; do
        [ "$(date +%s)" -lt "$late" ] || return 1
        sleep 0.02
    done
}

# ------------------------------------------------------------------------------------------------------- the rig

# use_sanitized_module: for all that follows. The sanitizer has to be loaded before nginx.
use_sanitized_module() {
    module=$built/sanitized/ngx_http_tokusage_module.so
    [ -e "$module" ] || skip "there is no module with sanitizers"
    preload=$(cat "$built/sanitized/preload")
    ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:log_path=$scratch/sanitizer
    UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_OPTIONS UBSAN_OPTIONS
}

[ -e "$module" ] || skip "there is no module: $(cat "$built/module/lacking" 2>/dev/null || echo "it was not built")"
# shellcheck source=/dev/null
. "$built/found"
# shellcheck disable=SC2153
nginx=$NGINX
unset NGINX # nginx reads it, for another purpose
scratch=$(mktemp -d)
mkdir "$scratch/bodies" "$scratch/temp"
: >"$scratch/expected"
: >"$scratch/checks"
: >"$scratch/failures"
trap end_rig EXIT
trap 'exit 1' HUP INT TERM

# end_process PID SIGNAL: waits for its end; one that has ended is no error.
end_process() {
    [ -n "$1" ] || return 0
    kill -s "$2" "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}

end_rig() {
    status=$?
    trap - EXIT
    end_process "$nginx_pid" TERM
    end_process "$upstream_pid" TERM
    if [ "$status" -ne 0 ] && [ -s "$scratch/error.log" ]; then
        echo "the last lines of nginx's error log:"
        tail -n 20 "$scratch/error.log"
    fi
    rm -rf "$scratch"
    exit "$status"
}

# take_bodies PREFIX FOLDER: the bodies of a folder of the project, as PREFIX-NAME.
take_bodies() {
    for file in "$project/$2"/*.*; do
        case $file in
        *.tsv | *.csv | *.md) ;;
        *) cp "$file" "$scratch/bodies/$1-${file##*/}" ;;
        esac
    done
}

# start_upstream: at upstream.sock, or at upstream_at, 127.0.0.1:PORT.
start_upstream() {
    "$built/nginx_upstream" "${upstream_at:-$scratch/upstream.sock}" "$scratch/bodies" "$scratch/ledger" &
    upstream_pid=$!
    in_time test -e "$scratch/ledger" || { fail "the upstream does not start" && exit 1; }
}

# The id, the verdict, the model, and every count that the library has.
tested_log() {
    # shellcheck disable=SC2016
    printf '    log_format tested escape=none "$arg_id\\t$llm_usage_verdict\\t$llm_model'
    # shellcheck disable=SC2016,SC2086
    printf '\\t$llm_%s' $counts
    printf '";\n'
}

# use_configuration: standard input is the contents of nginx's http block. `main` has more for the outermost block.
use_configuration() {
    user=
    [ "$(id -u)" -ne 0 ] || user='user root;'
    cat >"$scratch/nginx.conf" <<END
load_module $module;
$user
worker_processes 4;
pid nginx.pid;
daemon off;
error_log error.log notice;
worker_shutdown_timeout 30s;
${main:-}
events {
    worker_connections 4096;
}
http {
    client_body_temp_path temp/client;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    types {
        application/json json;
        text/event-stream sse;
        text/html html;
    }
    upstream model {
        server unix:upstream.sock;
    }
    server_tokens off;
$(tested_log)
    access_log access.log tested;
$(cat)
}
END
    put_sockets
}

# The sockets are in the folder of the test.
put_sockets() {
    sed -i "s|unix:\([a-z]*\.sock\)|unix:$scratch/\1|" "$scratch/nginx.conf"
}

# test_configuration: nginx's own check of it; what nginx says goes to $scratch/said.
test_configuration() {
    env ${preload:+LD_PRELOAD="$preload"} "$nginx" -t -p "$scratch/" -c nginx.conf -e error.log >"$scratch/said" 2>&1
}

# start_nginx: with the configuration that is in use. ${preload} may hold a library that has to be loaded before.
start_nginx() {
    : >"$scratch/error.log"
    test_configuration || { cat "$scratch/said" && fail "nginx refuses the configuration" && exit 1; }
    env ${preload:+LD_PRELOAD="$preload"} "$nginx" -p "$scratch/" -c nginx.conf -e error.log >"$scratch/output" 2>&1 &
    nginx_pid=$!
    in_time ready || { cat "$scratch/output" && fail "nginx does not start" && exit 1; }
    [ -z "$preload" ] || holds "the sanitizer is in nginx" grep -q libasan "/proc/$nginx_pid/maps"
}

ready() {
    grep -q 'start worker process ' "$scratch/error.log"
}

# reload_nginx: returns when the new workers run. The old ones go on with their requests.
reload_nginx() {
    started=$(grep -c 'start worker process ' "$scratch/error.log")
    kill -s HUP "$nginx_pid"
    in_time reloaded || fail "nginx does not reload"
}

reloaded() {
    [ "$(grep -c 'start worker process ' "$scratch/error.log")" -ge $((started + 4)) ]
}

# stop_nginx: lets it end its requests and write its logs. Its error log must be clean then.
stop_nginx() {
    end_process "$nginx_pid" QUIT
    nginx_pid=
    rm -f "$scratch"/[!u]*.sock
    begin_check
    if grep -E '\[(alert|crit|emerg)\]' "$scratch/error.log"; then
        fail "nginx's error log is not clean"
    fi
    begin_check
    if grep -s -E 'Sanitizer|runtime error:' "$scratch/error.log" "$scratch/output" "$scratch"/sanitizer.*; then
        fail "a sanitizer found something"
    fi
}

# job ID METHOD TARGET HEADERS REQUEST-BODY STATUS EXPECTED-BODY HOW: a line of jobs, see job.h; the last ones may be left out.
job() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:--}" "${5:--}" "${6:-200}" "${7:--}" "${8:--}"
}

# run_jobs WORDS: makes the requests of standard input; each must go as expected.
run_jobs() {
    begin_check
    "$built/nginx_client" "$scratch/$socket" "$at_once" "$seconds" >"$scratch/client.out" || {
        fail "$1:"
        head -n 40 "$scratch/client.out"
    }
    tail -n 1 "$scratch/client.out"
}

# ------------------------------------------------------------------------------------------------------- its log

# expect ID VERDICT COUNTS MODEL: a line of the log, with the counts as in prompt=20,completion=9; - is none. With the id
# alone: nothing is metered.
expect() {
    if [ $# -eq 1 ]; then
        set -- "$1" - - -
    fi
    printf '%s\t%s\t%s\t%s\n' "$@" >>"$scratch/expected"
}

# in_words: lines of the log in the form of those that are expected.
in_words() {
    awk -F '\t' -v OFS='\t' -v names="$(echo "$counts" | tr '\n' ' ')" '
        BEGIN {
            number = split(names, name, " ")
            for (i = 1; i <= number; i++) sub(/_tokens$/, "", name[i])
        }
        {
            words = ""
            for (i = 1; i <= number; i++)
                if ($(i + 3) != "" && $(i + 3) != "-") words = words (words == "" ? "" : ",") name[i] "=" $(i + 3)
            print $1, $2 == "" ? "-" : $2, words == "" ? "-" : words, $3 == "" ? "-" : $3
        }'
}

# check_log WORDS: the log of the requests since the last check against what is expected of them, in any order.
check_log() {
    in_time lines_in access.log "$(wc -l <"$scratch/expected")" || fail "$1: the log has too few lines"
    in_words <"$scratch/access.log" | sort >"$scratch/seen"
    sort "$scratch/expected" >"$scratch/expected.sorted"
    same "$1" "$scratch/expected.sorted" "$scratch/seen"
    : >"$scratch/access.log"
    : >"$scratch/expected"
}

# lines_in FILE COUNT: whether it has as many.
lines_in() {
    [ "$(wc -l <"$scratch/$1")" -ge "$2" ]
}

# end_checks MORE-THAN: the script's last command. Fails if a check did, or if there were fewer than there are.
end_checks() {
    checks=$(wc -l <"$scratch/checks")
    failures=$(wc -l <"$scratch/failures")
    echo "$((checks)) checks, $((failures)) failures"
    [ "$checks" -gt "$1" ] && [ "$failures" -eq 0 ]
}
