#!/bin/sh
# sh tests/machines/windows.sh: compiles and links the library for 64-bit Windows by mingw-w64, static and as a DLL, with an
# example of each, without a warning, and checks the sources in clang's mode for MSVC; runs the examples and the unit tests
# under wine, where it can be had.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/machines/common.sh
. "$root/tests/machines/common.sh"

begin_machine windows
install_tools x86_64-w64-mingw32-gcc=gcc-mingw-w64-x86-64
fetch_source cjson ""
# cJSON is one file; its own build is not for this compiler's flags.
mkdir -p "$work/cjson"
cp "$source/cJSON.c" "$source/cJSON.h" "$work/cjson/"
compile() {
    x86_64-w64-mingw32-gcc -std=c11 -O2 -I"$root/include" -I"$work/cjson" "$@"
}
strict() {
    compile -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Werror "$@"
}
compile -DCJSON_HIDE_SYMBOLS -c "$work/cjson/cJSON.c" -o "$work/cJSON.o"
for file in "$root"/src/*.c; do
    strict -DCJSON_HIDE_SYMBOLS -c "$file" -o "$work/$(basename "$file" .c).o"
done
library=$(find "$work" -name '*.o' ! -name cJSON.o)
# The names of the objects are words.
# shellcheck disable=SC2086
strict -DCJSON_HIDE_SYMBOLS "$root/examples/decode.c" $library "$work/cJSON.o" -o "$work/decode.exe"
mkdir -p "$work/dll"
strict -shared -DCJSON_HIDE_SYMBOLS -DTOKUSAGE_SHARED -DTOKUSAGE_BUILDING "$root"/src/*.c "$work/cJSON.o" \
    -o "$work/dll/tokusage.dll" -Wl,--out-implib,"$work/dll/libtokusage.dll.a"
strict -DTOKUSAGE_SHARED "$root/examples/decode.c" "$work/dll/libtokusage.dll.a" -o "$work/dll/decode.exe"
# What cl refuses, clang's mode for it mostly refuses, too. The headers are mingw's: those of cl are not to be had here.
if command -v clang >/dev/null 2>&1; then
    for file in "$root"/src/*.c "$root"/examples/simple.c "$root"/examples/decode.c "$root"/examples/usage_of.c; do
        clang --driver-mode=cl /std:c11 /W4 /WX /utf-8 /Zs -D_CRT_SECURE_NO_WARNINGS -imsvc /usr/share/mingw-w64/include \
            -I"$root/include" -I"$work/cjson" -- "$file"
    done
    echo "checked in clang's mode for MSVC: no warning at /W4"
fi
echo "compiled and linked: a static library, a DLL, and an example with each"
command -v wine >/dev/null 2>&1 || install_packages wine wine64 || true
if ! command -v wine >/dev/null 2>&1; then
    echo "not run: there is no wine here"
    exit
fi
export WINEDEBUG=-all WINEPREFIX="$work/wine"
for program in decode.exe dll/decode.exe; do
    status=0
    said=$(cd "$work" && wine "$program" \
        '{"prompt_tokens":5,"completion_tokens":7e0,"total_tokens":11}' 2>&1) || status=$?
    case $said in
    *'they say 12, it says 11'*) [ "$status" -eq 1 ] || stop "$program ended with status $status" ;;
    *) stop "$program said: $said" ;;
    esac
done
echo "run under wine: the example with the static library, and with the DLL"

# mingw's own printf knows all formats, but does not tell the compiler so. The runtime is linked in, or wine would not find
# it. cmocka's package names a file that cmocka does not install.
toolchain Windows x86_64 x86_64-w64-mingw32-gcc wine \
    "-D__USE_MINGW_ANSI_STDIO=1 -Wno-format -Wno-format-extra-args -Wno-float-conversion"
libraries ""
cp "$work/libraries/lib/libcmocka-static.a" "$work/libraries/lib/cmocka.dll.a"
unit_tests -DCMAKE_EXE_LINKER_FLAGS=-static
