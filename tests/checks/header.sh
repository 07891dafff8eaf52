#!/bin/sh
# The public header is complete by itself in C11 and in C++11: with every warning an error, included twice, and without
# a cJSON header. Called by ctest, which sets CC, CXX and TOKUSAGE_SOURCE.
set -eu

program='
#include <tokusage.h>
#include <tokusage.h>
int main() {
    tokusage_stream stream;
    tokusage usage;
    tokusage_error error;
    char model[TOKUSAGE_LABEL_SIZE];
    if (tokusage_stream_init(&stream, 0) != TOKUSAGE_OK ||
        tokusage_stream_verdict(&stream, true, &usage, &error) != TOKUSAGE_MISSING ||
        tokusage_stream_label(&stream, TOKUSAGE_LABEL_MODEL, model, sizeof model) != 0) {
        return 1;
    }
    for (size_t i = 0; i < TOKUSAGE_COUNTS; i++) {
        if (tokusage_count_at(&usage, i)->value > TOKUSAGE_COUNT_MAX || tokusage_count_name(i) == 0) {
            return 1;
        }
    }
    return tokusage_settle(&usage, 0) == TOKUSAGE_CONSISTENT ? 0 : 1;
}'
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wundef -Werror'

check() {
    echo "$1 $2 $3"
    # shellcheck disable=SC2086
    printf '%s\n' "$program" | "$1" -x "$2" "-std=$3" $warnings -I "$TOKUSAGE_SOURCE/include" -fsyntax-only -
}

check "$CC" c c11
if [ -z "${CXX:-}" ]; then
    echo "SKIPPED: C++ (there is no C++ compiler)"
    exit
fi
check "$CXX" c++ c++11
check "$CXX" c++ c++17
