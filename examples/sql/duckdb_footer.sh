#!/bin/sh
# sh duckdb_footer.sh EXTENSION PLATFORM VERSION: appends the footer that DuckDB looks for at the end of an extension of
# its C API: a custom section of WebAssembly's form with eight fields of 32 bytes, the last one first, and 256 bytes for
# a signature, which is left empty (so it is loaded with allow_unsigned_extensions).
set -eu

extension=$1
field() {
    printf '%s' "$1"
    head -c $((32 - ${#1})) /dev/zero
}
{
    printf '\000\223\004\020duckdb_signature\200\004'
    for value in '' '' '' C_STRUCT "$3" v1.2.0 "$2" 4; do
        field "$value"
    done
    head -c 256 /dev/zero
} >>"$extension"
