#!/bin/sh
# nginx -t refuses bad directives, each with a sentence that says what is wrong, and takes good ones.
#
#     sh tests/examples/nginx/directives.sh BUILT
# shellcheck disable=SC2016
set -eu

built=$(cd "$1" && pwd)
# shellcheck source=tests/examples/nginx/rig.sh
. "$(dirname "$0")/rig.sh"

# with HTTP LOCATION: a configuration that has these in its http block and in a location.
with() {
    use_configuration <<END
    $1
    server {
        listen unix:nginx.sock;
        location / {
            $2
        }
    }
END
}

# refused WORDS HTTP LOCATION: what nginx says has the words.
refused() {
    with "$2" "$3"
    begin_check
    if test_configuration; then
        fail "nginx takes: $2 $3"
    elif ! grep -F -q -e "$1" "$scratch/said"; then
        fail "of '$2 $3' nginx does not say '$1':"
        cat "$scratch/said"
    fi
}

# taken HTTP LOCATION: without a warning.
taken() {
    with "$1" "$2"
    begin_check
    if ! test_configuration || grep -q '\[[a-z]*\]' "$scratch/said"; then
        fail "nginx does not take: $1 $2"
        cat "$scratch/said"
    fi
}

zone='tokusage_zone keys:1m $http_x_key;'

# ------------------------------------------------------------------------------------------------------- good ones

taken ''                            'tokusage on;'
taken 'tokusage on; tokusage_types application/json text/x-mine; tokusage_pointer /usage;' 'tokusage off;'
taken ''                            'tokusage on; tokusage_types *;'
taken ''                            'set $llm_prompt_tokens 0; set $llm_model ""; tokusage on;'
taken 'tokusage_include_usage strict;' 'tokusage_include_usage off;'
taken ''                            'tokusage_pointer "";'
taken ''                            'tokusage_pointer /a~0b/c~1d;'
taken 'tokusage_pointer /a;'        'tokusage_pointer /b;'
taken ''                            'if ($arg_a) { tokusage on; tokusage_pointer /a; tokusage_types a/b; }'
taken ''                            'if ($arg_a) { tokusage_drain on; tokusage_include_usage on; tokusage_limit_dry_run on; }'
taken 'tokusage_drain on; tokusage_drain_size 64k; tokusage_drain_time 30s;' 'tokusage_include_usage on;'
taken "$zone"                       'tokusage_metrics keys;'
taken 'tokusage_zone keys:32k "$http_a-$llm_model";' 'tokusage_metrics keys;'
taken "$zone"                       'tokusage_limit keys tokens=200k per=1m; tokusage_limit_dry_run on;'
taken "$zone"                       'tokusage_limit keys per=1s tokens=1; tokusage_limit keys tokens=9m per=1h;'
taken "$zone"                       "$(for n in 1 2 3 4 5 6 7 8; do echo "tokusage_limit keys tokens=1 per=${n}m;"; done)"
taken "$zone"                       'tokusage_limit keys tokens=1 per=day; tokusage_limit keys tokens=9 per=month missing=500;'
taken "$zone"                       'tokusage_limit keys tokens=$arg_tokens per=366d; tokusage_limit keys tokens=${arg_n}k per=90s;'
taken "$zone"                       'tokusage_limit keys cost=5 per=month; tokusage_limit keys tokens=5 per=month;'
taken "$zone tokusage_limit keys tokens=9007199254740991 per=1d;" ''
# A zone may be used before the line that makes it.
taken "server { listen unix:other.sock; tokusage_limit keys tokens=1g per=1d; } $zone" ''

# -------------------------------------------------------------------------------------------------------- bad ones

refused 'invalid value "yes"'       ''  'tokusage yes;'
refused 'number of arguments'       ''  'tokusage;'
refused 'number of arguments'       ''  'tokusage on off;'
refused 'is duplicate'              ''  'tokusage on; tokusage off;'
refused 'not a JSON Pointer'        ''  'tokusage_pointer usage;'
refused 'not a JSON Pointer'        ''  'tokusage_pointer /a~2b;'
refused 'is duplicate'              ''  'tokusage_pointer /a; tokusage_pointer /b;'
refused 'number of arguments'       ''  'tokusage_types;'
refused 'invalid value "1"'         ''  'tokusage_drain 1;'
refused 'invalid value'             ''  'tokusage_drain_size much;'
refused 'invalid value'             ''  'tokusage_drain_time -1;'
refused 'invalid value "maybe"'     ''  'tokusage_include_usage maybe;'
refused 'invalid value "maybe"'     ''  'tokusage_limit_dry_run maybe;'
refused 'invalid value "maybe"'     ''  'tokusage_ask_plain maybe;'

refused 'it must be NAME:SIZE'      'tokusage_zone keys $http_x_key;' ''
refused 'it must be NAME:SIZE'      'tokusage_zone :1m $http_x_key;' ''
refused 'invalid zone size'         'tokusage_zone keys: $http_x_key;' ''
refused 'invalid zone size'         'tokusage_zone keys:large $http_x_key;' ''
refused 'too small'                 'tokusage_zone keys:4k $http_x_key;' ''
refused 'is empty'                  'tokusage_zone keys:1m "";' ''
refused 'unknown "nowhere" variable' 'tokusage_zone keys:1m $nowhere;' ''
refused 'number of arguments'       'tokusage_zone keys:1m;' ''
refused 'has the key'               "$zone tokusage_zone keys:1m \$http_other;" ''
refused 'not allowed here'          ''  "$zone"
refused 'not allowed here'          'tokusage_metrics keys;' ''
refused 'is duplicate'              "$zone"  'tokusage_metrics keys; tokusage_metrics keys;'
refused '"none"'                    "$zone"  'tokusage_metrics none;'

refused '"none"'                    "$zone"  'tokusage_limit none tokens=1 per=1m;'
refused 'number of arguments'       "$zone"  'tokusage_limit keys tokens=1;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=0 per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=many per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=-5 per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=1.5k per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens= per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=9007199254740992 per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=99999999999999999999 per=1m;'
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=9007199254740991k per=1m;'
for period in 0s 2 m 1w 1M -1d 1.5h 367d 9999999999d 99999999999999999999s year ''; do
    refused 'a number of s, m, h or d'  "$zone"  "tokusage_limit keys tokens=1 per=$period;"
done
refused 'whole number'              "$zone"  'tokusage_limit keys tokens=1 per=1m missing=0;'
refused 'unknown "nowhere" variable' "$zone" 'tokusage_limit keys tokens=$nowhere per=1m;'
refused 'limits of 8 periods'       "$zone"  "$(for n in 1 2 3 4 5 6 7 8 9; do echo "tokusage_limit keys tokens=1 per=${n}m;"; done)"
for cost in 0 -1 1.0000000000001 9999999 many '' 5. .5; do
    refused 'must be above 0'           "$zone"  "tokusage_limit keys cost=$cost per=1m;"
done
refused 'must be alone'             "$zone"  'tokusage_limit keys tokens=1 cost=1 per=1m;'
refused 'must be after'             "$zone"  'tokusage_limit keys missing=1 tokens=1 per=1m;'
refused 'invalid parameter "per:1m"' "$zone" 'tokusage_limit keys tokens=1 per:1m;'
refused 'both "tokens=" (or "cost=") and "per="' "$zone" 'tokusage_limit keys tokens=1 missing=2;'
refused 'must be alone'             "$zone"  'tokusage_limit keys tokens=1 tokens=2 per=1m;'
refused 'this zone and this period' "$zone"  'tokusage_limit keys tokens=1 per=1m; tokusage_limit keys tokens=2 per=1m;'
refused 'llm_'                      'tokusage_zone keys:1m $llm_model;' 'tokusage_limit keys tokens=1 per=1m;'
refused 'not allowed here'          "$zone"  'if ($arg_a) { tokusage_limit keys tokens=1 per=1m; }'

end_checks 70
