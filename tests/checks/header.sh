#!/bin/sh
# The public header is complete by itself in C11 and in C++11: with every warning an error, included twice, and without
# a cJSON header. Called by ctest, which sets CC, CXX and TOKUSAGE_SOURCE.
set -eu

program='
#include <tokusage.h>
#include <tokusage.h>
int main() {
    tokusage usage = {{false, 0}, {false, 0}, {false, 0}, {false, 0}, {false, 0}, {false, 0}};
    tokusage_stream stream;
    if (tokusage_stream_init(&stream, 0) != TOKUSAGE_OK || tokusage_stream_body(&stream) != TOKUSAGE_BODY_EMPTY) {
        return 1;
    }
    return tokusage_validate(&usage, 0) == TOKUSAGE_OK ? 0 : 1;
}'
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wundef -Werror'

check() {
    echo "$1 $2 $3"
    # shellcheck disable=SC2086
    printf '%s\n' "$program" | "$1" -x "$2" "-std=$3" $warnings -I "$TOKUSAGE_SOURCE/include" -fsyntax-only -
}

check "$CC" c c11
check "$CXX" c++ c++11
check "$CXX" c++ c++17
