#!/bin/sh
# examples/python in the system's Python.   python.sh BUILT BUILD
set -eu
built=$1
# shellcheck source=tests/examples/hosts/hosts.sh
. "$(dirname "$0")/hosts.sh"

has python3 || skip "no python3 here"
take_bodies
judge_bodies counts
PYTHONPATH=$project/examples/python PYTHONDONTWRITEBYTECODE=1 TOKUSAGE_LIBRARY=$built/libtokusage.so \
    timeout 200 python3 "$here/python.py" "$scratch"/bodies/* >"$scratch/seen" 2>"$scratch/problems" ||
    fail "python3: $(tail -n 5 "$scratch/problems")"
same_lines "Python reads each beginning of each body, cut at each byte, as the C library does"
