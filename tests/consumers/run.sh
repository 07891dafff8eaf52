#!/bin/sh
# sh run.sh PART: builds and runs programs outside of the project, as its users would. The parts are the functions named at
# the end. Called by ctest, which sets TOKUSAGE_SOURCE, TOKUSAGE_BUILD (a finished build), TOKUSAGE_CONFIG, CMAKE, CC, CXX,
# CFLAGS and CXXFLAGS. Everything is made below $TOKUSAGE_BUILD/consumers/PART. A flag with a space in it is more than this
# script can carry.
set -eu

part=$1
here=$TOKUSAGE_SOURCE/tests/consumers
work=$TOKUSAGE_BUILD/consumers/$part
export CC CXX CFLAGS CXXFLAGS

root=$TOKUSAGE_SOURCE
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

version=$(sed -n 's/^#define TOKUSAGE_VERSION_[MP][A-Z]* \([0-9]*\)$/\1/p' "$root/include/tokusage.h" | paste -s -d . -)

# What the programs print.
sum="5 + 7 = 12"
object='{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}'
tree='{"prompt_tokens":5,"cached":true,"completion_tokens":7,"total_tokens":12}'
newline='
'
streamed='a-model: {"prompt_tokens":25,"completion_tokens":7,"total_tokens":32,"prompt_tokens_details":{"cached_tokens":20}}'

# prints TEXT COMMAND...: the command must print exactly the text.
prints() {
    expected=$1
    shift
    got=$("$@") || stop "$* ended in status $?"
    [ "$got" = "$expected" ] || stop "$* printed '$got', not '$expected'"
}

# refuses WORDS COMMAND...: the command must fail, and say the words.
refuses() {
    words=$1
    shift
    if "$@" >"$work/output.log" 2>&1; then
        stop "this did not fail: $*"
    fi
    grep -q "$words" "$work/output.log" || stop "it does not say '$words': $(cat "$work/output.log")"
}

# Code that is not optimized is compiled fastest.
build_type=-DCMAKE_BUILD_TYPE=Debug

# configure NAME OPTION...: configures and builds the consumer of that name, from nothing.
configure() {
    name=$1
    shift
    rm -rf "${work:?}/$name"
    quietly "$CMAKE" -S "$here/$name" -B "$work/$name" "$build_type" "$@"
    quietly "$CMAKE" --build "$work/$name"
}

# library NAME OPTION...: configures the library by itself.
library() {
    name=$1
    shift
    quietly "$CMAKE" -S "$root" -B "$work/$name" "$build_type" -DTOKUSAGE_BUILD_TESTS=OFF \
        -DTOKUSAGE_BUILD_EXAMPLES=OFF "$@"
}

# install BUILD NAME: installs a build, and moves what was installed to another place: $prefix.
install() {
    prefix=$work/$2
    quietly "$CMAKE" --install "$1" --prefix "$prefix.elsewhere" --config "$TOKUSAGE_CONFIG"
    mv "$prefix.elsewhere" "$prefix"
    if grep -r -l -e "$root" -e "$prefix.elsewhere" "$prefix" --include='*.cmake' --include='*.pc' --include='*.h'; then
        stop "these files name a folder of the build"
    fi
}

# finding FOLDER COMMAND...: runs the command, which finds shared libraries in that folder, also on macOS.
finding() {
    folder=$1
    shift
    LD_LIBRARY_PATH=$folder DYLD_LIBRARY_PATH=$folder "$@"
}

# compile OUTPUT ARGUMENT...: one call of the compiler, and nothing else.
compile() {
    output=$1
    shift
    # Flags are words, as the shell splits them.
    # shellcheck disable=SC2086
    quietly "$CC" ${CFLAGS:-} -o "$work/$output" "$@"
}

# with FLAGS COMMAND...: the command with these flags after it. pkg-config quotes them for a shell, as a path may have a space.
with() {
    flags=$1
    shift
    eval "\"\$@\" $flags"
}

# Options of CMake for a machine without cJSON.
no_cjson="-DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON"

# by_pkg_config: has pkg-config find the library below $prefix, and sets `library_dir`.
by_pkg_config() {
    package_dir=$(dirname "$(find "$prefix" -name tokusage.pc)")
    library_dir=$(dirname "$package_dir")
    PKG_CONFIG_PATH=$package_dir${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export PKG_CONFIG_PATH
    prints "$version" pkg-config --modversion tokusage
}

# ------------------------------------------------------------------------------------------ an installation is used

cmake_package() {
    install "$TOKUSAGE_BUILD" prefix

    echo "CMake package, C, on a machine without cJSON"
    # shellcheck disable=SC2086
    configure cmake_package -DCMAKE_PREFIX_PATH="$prefix" $no_cjson
    prints "$sum" "$work/cmake_package/consumer"

    if [ -n "$CXX" ]; then
        echo "CMake package, C++11"
        configure cxx11 -DCMAKE_PREFIX_PATH="$prefix"
        prints "24 total_tokens" "$work/cxx11/consumer"
    else
        echo "CMake package, C++11: left out, as there is no C++ compiler"
    fi

    echo "CMake package, the component cjson"
    configure cjson_package -DCMAKE_PREFIX_PATH="$prefix"
    prints "$tree" "$work/cjson_package/consumer"

    echo "CMake package, the component cjson, where cJSON has no CMake package and pkg-config knows it"
    configure cjson_package -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON
    prints "$tree" "$work/cjson_package/consumer"

    echo "CMake package, the component cjson on a machine without cJSON: it says so"
    rm -rf "$work/cjson_package"
    # shellcheck disable=SC2086
    refuses 'no component cjson here: it needs cJSON' "$CMAKE" -S "$here/cjson_package" -B "$work/cjson_package" \
        -DCMAKE_PREFIX_PATH="$prefix" $no_cjson

    echo "CMake package, a version that does not exist yet: it is refused"
    mkdir "$work/too_new"
    cat >"$work/too_new/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(too_new LANGUAGES NONE)
find_package(tokusage 99 CONFIG)
if(tokusage_FOUND)
    message(FATAL_ERROR "version 99 was found")
endif()
END
    quietly "$CMAKE" -S "$work/too_new" -B "$work/too_new/build" -DCMAKE_PREFIX_PATH="$prefix"
}

# A build for itself: without tokusage::cjson, installed, used, and uninstalled.
without_cjson() {
    TOKUSAGE_CONFIG=Debug
    library build -DTOKUSAGE_CJSON=OFF -DTOKUSAGE_INSTALL=ON
    grep -q 'tokusage::cjson is not built (cJSON: not wanted)' "$work/output.log" || stop "$(cat "$work/output.log")"
    quietly "$CMAKE" --build "$work/build"
    install "$work/build" prefix
    [ -z "$(find "$prefix" -iname '*cjson*')" ] || stop "something for cJSON was installed"

    echo "CMake package, installed without tokusage::cjson"
    configure cmake_package -DCMAKE_PREFIX_PATH="$prefix"
    prints "$sum" "$work/cmake_package/consumer"
    rm -rf "$work/cjson_package"
    refuses 'it was installed without it' "$CMAKE" -S "$here/cjson_package" -B "$work/cjson_package" \
        -DCMAKE_PREFIX_PATH="$prefix"

    echo "the library itself, on a machine without cJSON"
    # shellcheck disable=SC2086
    library auto $no_cjson
    grep -q 'tokusage::cjson is not built (cJSON: not found)' "$work/output.log" || stop "$(cat "$work/output.log")"
    # shellcheck disable=SC2086
    refuses 'libcjson-dev (Debian, Ubuntu)' "$CMAKE" -S "$root" -B "$work/on" -DTOKUSAGE_BUILD_TESTS=OFF \
        -DTOKUSAGE_BUILD_EXAMPLES=OFF -DTOKUSAGE_CJSON=ON $no_cjson

    echo "uninstall"
    quietly "$CMAKE" --install "$work/build" --prefix "$work/removed" --config "$TOKUSAGE_CONFIG"
    for file in include/tokusage.h share/doc/tokusage/LICENSE; do
        [ -f "$work/removed/$file" ] || stop "this was not installed: $file"
    done
    quietly "$CMAKE" --build "$work/build" --target uninstall
    [ -z "$(find "$work/removed" ! -type d)" ] || stop "this is left: $(find "$work/removed" ! -type d)"
}

pkg_config() {
    for kind in static shared; do
        shared=OFF
        [ "$kind" = static ] || shared=ON
        library "$kind.build" -DBUILD_SHARED_LIBS=$shared
        quietly "$CMAKE" --build "$work/$kind.build"
        install "$work/$kind.build" "$kind"
        by_pkg_config
        case $(pkg-config --static --libs tokusage) in
        *cjson*) stop "pkg-config wants cJSON for tokusage" ;;
        esac
        for option in "" --static; do
            echo "pkg-config $option and nothing but the C compiler, $kind library"
            # shellcheck disable=SC2086
            with "$(pkg-config $option --cflags --libs tokusage)" \
                compile pkg_config -std=c11 -DEXPECTED_VERSION="\"$version\"" "$here/pkg_config/main.c"
            prints "$object" finding "$library_dir" "$work/pkg_config"

            # A program that calls cJSON itself names it itself.
            # shellcheck disable=SC2086
            with "$(pkg-config $option --cflags --libs tokusage-cjson libcjson)" \
                compile pkg_config_tree -std=c11 "$here/add_subdirectory/tree.c"
            prints "$tree" finding "$library_dir" "$work/pkg_config_tree"
        done
    done
    example_commands
}

# The command at the top of each example builds it. What the programs print is tested by tests/examples.
example_commands() {
    case $work in
    *" "*)
        echo "the commands at the top of the examples: left out, as this folder's name has a space"
        return
        ;;
    esac
    cp -R "$root/examples" "$work/examples"
    for file in "$work"/examples/*.c; do
        name=$(basename "$file" .c)
        command=$(sed -n 's/^ [*] To build: //p' "$file")
        [ -n "$command" ] || stop "examples/$name.c does not say how to build it"
        if [ "$name" = chat_cost ] && ! has_libcurl; then
            echo "left out, as libcurl is missing: $command"
            continue
        fi
        echo "$command"
        (
            cd "$work/examples"
            # The command calls it.
            # shellcheck disable=SC2086,SC2317
            cc() { "$CC" ${CFLAGS:-} "$@"; }
            eval "$command"
        ) || stop "this failed: $command"
        [ -x "$work/examples/$name" ] || stop "this built nothing: $command"
    done
    prints "5 + 7 = 12$newline$object" finding "$library_dir" "$work/examples/simple"
}

meson_project() {
    if ! has_meson; then
        echo "SKIPPED: meson is missing"
        return
    fi
    echo "Meson, by pkg-config"
    install "$TOKUSAGE_BUILD" prefix
    by_pkg_config
    quietly meson setup "$work/meson" "$here/meson"
    quietly meson compile -C "$work/meson"
    prints "$object" finding "$library_dir" "$work/meson/consumer"

    echo "Meson, as a CMake subproject"
    mkdir -p "$work/source/subprojects/tokusage"
    cp "$here/meson_subproject/meson.build" "$here/stream/main.c" "$work/source"
    cp -R "$root/CMakeLists.txt" "$root/LICENSE" "$root/include" "$root/src" "$work/source/subprojects/tokusage"
    quietly meson setup "$work/subproject" "$work/source"
    quietly meson compile -C "$work/subproject"
    prints "$streamed" "$work/subproject/consumer"
}

# ------------------------------------------------------------------------------- the project is part of another one

subproject() {
    echo "add_subdirectory next to a target cjson"
    configure add_subdirectory -DTOKUSAGE_SOURCE="$root"
    prints "$tree" "$work/add_subdirectory/consumer"

    echo "FetchContent of a folder, on a machine without cJSON"
    # shellcheck disable=SC2086
    configure fetch_content -DTOKUSAGE_SOURCE="$root" -DTOKUSAGE_EXPECTED_VERSION="$version" $no_cjson
    prints "$sum" "$work/fetch_content/consumer"

    echo "the library itself, where cJSON is found by pkg-config only"
    library by_pkg_config -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON
    grep -q 'cJSON from pkg-config' "$work/output.log" || stop "cJSON did not come from pkg-config: $(cat "$work/output.log")"
}

# ---------------------------------------------------------------------------- the sources are compiled with a program

warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Wundef -Wnull-dereference -Werror'

# warning_free COMPILER: compiles the single files for speed, for size, and without wide registers. cJSON's header is the
# system's, so it is not looked at.
warning_free() {
    cjson_include=$(pkg-config --cflags-only-I libcjson | sed 's/-I/-isystem /g')
    for file in tokusage tokusage_cjson; do
        for options in "-std=c11 -O2" -Os "-O0 -DTOKUSAGE_PORTABLE" "-O2 $2"; do
            # shellcheck disable=SC2086
            quietly "$1" $options $warnings $cjson_include -c "$work/files/$file.c" -o "$work/object.o"
        done
    done
}

# The warnings of clang that say nothing about code such as this: it is C11 and not C89, its structs have holes, a switch
# over an enumeration may have a default, and an exact comparison of doubles is meant.
everything='-Weverything -Wno-declaration-after-statement -Wno-padded -Wno-switch-enum -Wno-switch-default
    -Wno-covered-switch-default -Wno-bad-function-cast -Wno-float-equal -Wno-unsafe-buffer-usage
    -Wno-disabled-macro-expansion -Wno-pre-c11-compat -Wno-c++98-compat -Wno-c++-compat -Wno-unknown-warning-option'

# one_line TEXT: without line breaks.
one_line() {
    echo "$1" | tr '\n' ' '
}

make_single() {
    quietly "$CMAKE" -DTO="$work/files" -P "$root/src/single.cmake"
}

single() {
    make_single
    quietly "$CMAKE" -DTO="$work/again" -P "$root/src/single.cmake"
    diff -r "$work/files" "$work/again" || stop "the same sources gave other files"
    grep -q -F "tokusage $version:" "$work/files/tokusage.c" || stop "tokusage.c does not say that it is version $version"
    cjson_flags=$(pkg-config --cflags libcjson)
    cjson_all=$(pkg-config --cflags --libs libcjson)

    echo "the single file, without a flag and without cJSON"
    compile single -I "$work/files" "$here/stream/main.c" "$work/files/tokusage.c"
    prints "$streamed" "$work/single"

    echo "the single file, and the one for cJSON trees"
    with "$cjson_all" compile single_tree -I "$work/files" "$here/add_subdirectory/tree.c" \
        "$work/files/tokusage.c" "$work/files/tokusage_cjson.c"
    prints "$tree" "$work/single_tree"

    echo "the single files as one unit, as a unity build makes it"
    printf '#include "%s"\n' tokusage.c tokusage_cjson.c "$here/add_subdirectory/tree.c" >"$work/unity.c"
    with "$cjson_all" compile unity -I "$work/files" "$work/unity.c"
    prints "$tree" "$work/unity"

    echo "the single file, all of it private: -DTOKUSAGE_API=static"
    # shellcheck disable=SC2086
    compile inside -DTOKUSAGE_API=static -DTOKUSAGE_NO_CJSON $warnings -I "$work/files" "$here/single/inside.c"
    prints "$sum" "$work/inside"
    "$NM" -g --defined-only "$work/inside" | grep tokusage && stop "these are global"

    echo "only the public functions are global"
    compile tokusage.o -c "$work/files/tokusage.c"
    with "$cjson_flags" compile tokusage_cjson.o -c "$work/files/tokusage_cjson.c"
    public=$(public_functions "$root/include/tokusage.h" | LC_ALL=C sort)
    global=$("$NM" -g --defined-only "$work/tokusage.o" "$work/tokusage_cjson.o" |
        sed -n 's/.* _\{0,1\}\(tokusage_[a-z_0-9]*\)$/\1/p' | LC_ALL=C sort)
    [ "$public" = "$global" ] || stop "the header declares $public, and these are global: $global"

    echo "two versions in one program"
    # An older version: the same sources with another number, and their public functions renamed.
    mkdir "$work/old"
    cp "$work/files/tokusage.c" "$work/old"
    sed 's/^#define TOKUSAGE_VERSION_MINOR .*/#define TOKUSAGE_VERSION_MINOR 0/' "$work/files/tokusage.h" >"$work/old/tokusage.h"
    renamed=$(for name in $public; do echo "-D$name=old_$name"; done)
    # shellcheck disable=SC2086
    compile old.o $renamed -c "$work/old/tokusage.c"
    compile two -I "$work/files" -DEXPECTED_VERSION="\"$version\"" "$here/single/two.c" "$work/tokusage.o" "$work/old.o"
    prints "${version%%.*}.0.${version##*.}" "$work/two"
}

single_warnings() {
    make_single
    for compiler in gcc clang; do
        if ! command -v "$compiler" >/dev/null 2>&1; then
            echo "the single files, without a warning of $compiler: left out, as it is missing"
            continue
        fi
        echo "the single files, without a warning of $compiler"
        if [ "$compiler" = gcc ]; then
            warning_free gcc -fanalyzer
        else
            warning_free clang "$(one_line "$everything")"
        fi
    done
}

sources() {
    # Where the compiler finds cJSON by itself, no flag is needed.
    cjson_flags=-lcjson
    printf '#include <cjson/cJSON.h>\nint main(void) { return cJSON_Version() == 0; }\n' >"$work/plain.c"
    if ! "$CC" "$work/plain.c" -lcjson -o "$work/plain" 2>/dev/null; then
        cjson_flags=$(pkg-config --cflags --libs libcjson)
    fi

    echo "the source files and nothing but the C compiler"
    with "$cjson_flags" compile sources -I "$root/include" "$here/stream/main.c" "$root"/src/*.c
    prints "$streamed" "$work/sources"

    echo "the source files, in a program that has cJSON trees"
    with "$(pkg-config --cflags --libs libcjson)" \
        compile sources_tree -I "$root/include" "$here/add_subdirectory/tree.c" "$root"/src/*.c
    prints "$tree" "$work/sources_tree"

    echo "the source files except cjson.c: they need no cJSON"
    set --
    for file in "$root"/src/*.c; do
        [ "$file" = "$root/src/cjson.c" ] || set -- "$@" "$file"
    done
    compile sources_without_cjson -I "$root/include" "$here/stream/main.c" "$@"
    prints "$streamed" "$work/sources_without_cjson"

    echo "a component of ESP-IDF: CMakeLists.txt registers every source except cjson.c, and nothing else"
    cat >"$work/esp.cmake" <<'END'
function(idf_component_register)
    cmake_parse_arguments(PARSE_ARGV 0 component "" "" "SRCS;INCLUDE_DIRS")
    file(GLOB sources RELATIVE "${ROOT}" "${ROOT}/src/*.c")
    list(REMOVE_ITEM sources src/cjson.c)
    if(NOT component_SRCS STREQUAL sources OR NOT component_INCLUDE_DIRS STREQUAL include OR component_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "registered: ${ARGN}")
    endif()
    message(STATUS registered)
endfunction()
set(ESP_PLATFORM 1)
include("${ROOT}/CMakeLists.txt")
END
    quietly "$CMAKE" -DROOT="$root" -P "$work/esp.cmake"
    grep -q registered "$work/output.log" || stop "nothing was registered"
}

case $part in
cmake_package | without_cjson | pkg_config | meson_project | subproject | single | single_warnings | sources) ;;
*) stop "no such part: $part" ;;
esac
rm -rf "$work"
mkdir -p "$work"
"$part"
echo "all of them work"
