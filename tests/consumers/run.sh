#!/bin/sh
# sh run.sh PART: builds and runs programs outside of the project, as its users would. The parts are the functions at the
# end. Called by ctest, which sets TOKUSAGE_SOURCE, TOKUSAGE_BUILD (a finished build), TOKUSAGE_CONFIG, CMAKE, CC, CXX,
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
        -DTOKUSAGE_BUILD_EXAMPLES=OFF -DTOKUSAGE_FETCH_CJSON=OFF "$@"
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

# example NAME: builds an example by the command that it states itself.
example() {
    words=$(sed -n 's/^ [*] To build: cc //p' "$root/examples/$1.c")
    [ -n "$words" ] || stop "examples/$1.c does not say how to build it"
    cp "$root/examples/$1.c" "$work"
    (cd "$work" && quietly sh -c "$CC ${CFLAGS:-} $words")
}

# by_pkg_config: has pkg-config find the library below $prefix.
by_pkg_config() {
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tokusage.pc)")${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export PKG_CONFIG_PATH
    prints "$version" pkg-config --modversion tokusage
}

# ------------------------------------------------------------------------------------------ an installation is used

cmake_package() {
    install "$TOKUSAGE_BUILD" prefix

    echo "CMake package, C"
    configure cmake_package -DCMAKE_PREFIX_PATH="$prefix"
    prints "$sum" "$work/cmake_package/consumer"

    echo "CMake package, C, where cJSON has no CMake package and pkg-config knows it"
    configure cmake_package -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON
    prints "$sum" "$work/cmake_package/consumer"

    echo "CMake package, C, where there is no cJSON: it says so"
    rm -rf "$work/cmake_package"
    refuses 'tokusage needs cJSON' "$CMAKE" -S "$here/cmake_package" -B "$work/cmake_package" \
        -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON

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

    echo "CMake package, C++11"
    configure cxx11 -DCMAKE_PREFIX_PATH="$prefix"
    prints "24 total_tokens" "$work/cxx11/consumer"
}

pkg_config() {
    for kind in static shared; do
        shared=OFF
        [ "$kind" = static ] || shared=ON
        library "$kind.build" -DBUILD_SHARED_LIBS=$shared
        quietly "$CMAKE" --build "$work/$kind.build"
        install "$work/$kind.build" "$kind"
        by_pkg_config
        library_dir=$(pkg-config --variable=libdir tokusage)
        for option in "" --static; do
            echo "pkg-config $option and nothing but the C compiler, $kind library"
            # shellcheck disable=SC2046,SC2086
            compile pkg_config -std=c11 -DEXPECTED_VERSION="\"$version\"" $(pkg-config --cflags tokusage) \
                "$here/pkg_config/main.c" $(pkg-config $option --libs tokusage)
            prints "$object" finding "$library_dir" "$work/pkg_config"
        done
    done

    echo "the examples, by the commands at their tops"
    for name in decode cjson_app usage_of stream_http; do
        if [ "$name" != stream_http ] || pkg-config --exists 'libcurl >= 7.61.0'; then
            example "$name"
        else
            echo "stream_http: left out, as libcurl is not here"
        fi
    done
    prints "$(cat "$root/tests/data/examples/cjson_app_sample.out")" finding "$library_dir" "$work/cjson_app"

    echo "the static library and nothing but the C compiler, in a program that uses no tree: it needs no cJSON"
    compile without_cjson -std=c11 -I "$root/include" "$here/without_cjson/main.c" "$work/static.build/libtokusage.a"
    prints "$streamed" "$work/without_cjson"
}

meson_project() {
    if ! has_meson; then
        echo "SKIPPED: meson is not here"
        return
    fi
    echo "Meson, by pkg-config"
    install "$TOKUSAGE_BUILD" prefix
    by_pkg_config
    quietly meson setup "$work/meson" "$here/meson"
    quietly meson compile -C "$work/meson"
    prints "$object" finding "$(pkg-config --variable=libdir tokusage)" "$work/meson/consumer"
}

# ------------------------------------------------------------------------------- the project is part of another one

subproject() {
    echo "add_subdirectory beside a target cjson"
    configure add_subdirectory -DTOKUSAGE_SOURCE="$root" -DTOKUSAGE_FETCH_CJSON=OFF
    prints "$tree" "$work/add_subdirectory/consumer"

    echo "FetchContent of a folder"
    configure fetch_content -DTOKUSAGE_SOURCE="$root" -DTOKUSAGE_EXPECTED_VERSION="$version"
    prints "$sum" "$work/fetch_content/consumer"

    echo "the library itself, where cJSON is found by pkg-config only"
    library by_pkg_config -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON
    grep -q 'cJSON from pkg-config' "$work/output.log" || stop "cJSON did not come from pkg-config: $(cat "$work/output.log")"

    echo "the library itself, where there is no cJSON and it must not be downloaded: it says what to install"
    refuses 'libcjson-dev (Debian, Ubuntu)' "$CMAKE" -S "$root" -B "$work/no_cjson" -DTOKUSAGE_BUILD_TESTS=OFF \
        -DTOKUSAGE_FETCH_CJSON=OFF -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON
}

# ---------------------------------------------------------------------------- the sources are compiled with a program

# warning_free COMPILER: compiles the single files for speed, for size, and without wide registers.
warning_free() {
    for options in "-std=c11 -O1" -Os "-O0 -DTOKUSAGE_PORTABLE"; do
        # shellcheck disable=SC2086
        quietly "$1" $options -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Werror \
            -c "$work/files/tokusage.c" -o "$work/object.o"
        # shellcheck disable=SC2046,SC2086
        quietly "$1" $options -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Werror \
            $(pkg-config --cflags libcjson) -c "$work/files/tokusage_cjson.c" -o "$work/object.o"
    done
}

single() {
    quietly "$CMAKE" -DTO="$work/files" -P "$root/src/single.cmake"
    quietly "$CMAKE" -DTO="$work/again" -P "$root/src/single.cmake"
    diff -r "$work/files" "$work/again" || stop "the same sources gave other files"
    grep -q -F "tokusage $version:" "$work/files/tokusage.c" || stop "tokusage.c does not state version $version"

    echo "the single file, without a flag and without cJSON"
    compile single -I "$work/files" "$here/without_cjson/main.c" "$work/files/tokusage.c"
    prints "$streamed" "$work/single"

    echo "the single file, and the one for cJSON trees"
    # shellcheck disable=SC2046
    compile single_cjson -I "$work/files" $(pkg-config --cflags libcjson) "$here/add_subdirectory/main.c" \
        "$work/files/tokusage.c" "$work/files/tokusage_cjson.c" $(pkg-config --libs libcjson)
    prints "$tree" "$work/single_cjson"

    echo "the single files as one unit, as a unity build makes it"
    printf '#include "%s"\n' tokusage.c tokusage_cjson.c "$here/add_subdirectory/main.c" >"$work/unity.c"
    # shellcheck disable=SC2046
    compile unity -I "$work/files" "$work/unity.c" $(pkg-config --cflags --libs libcjson)
    prints "$tree" "$work/unity"

    for compiler in gcc clang; do
        if command -v "$compiler" >/dev/null 2>&1; then
            echo "the single files, without a warning of $compiler"
            warning_free "$compiler"
        else
            echo "the single files, without a warning of $compiler: left out, as it is not here"
        fi
    done
}

sources() {
    # Where the compiler finds cJSON by itself, no flag is needed.
    cjson_flags=
    printf '#include <cjson/cJSON.h>\nint main(void) { return cJSON_Version() == 0; }\n' >"$work/plain.c"
    if ! "$CC" "$work/plain.c" -lcjson -o "$work/plain" 2>/dev/null; then
        cjson_flags=$(pkg-config --cflags --libs-only-L libcjson)
    fi

    echo "the source files and nothing but the C compiler"
    # shellcheck disable=SC2086
    compile sources -I "$root/include" $cjson_flags "$here/without_cjson/main.c" "$root"/src/*.c -lcjson
    prints "$streamed" "$work/sources"

    echo "the source files, in a program that holds cJSON trees"
    # shellcheck disable=SC2046
    compile sources_tree -I "$root/include" "$here/add_subdirectory/main.c" "$root"/src/*.c \
        $(pkg-config --cflags --libs libcjson)
    prints "$tree" "$work/sources_tree"

    echo "the source files except cjson.c: they need no cJSON"
    compile sources_without_cjson -I "$root/include" "$here/without_cjson/main.c" "$root"/src/[!c]*.c
    prints "$streamed" "$work/sources_without_cjson"
}

case $part in
cmake_package | pkg_config | meson_project | subproject | single | sources) ;;
*) stop "no such part: $part" ;;
esac
rm -rf "$work"
mkdir -p "$work"
"$part"
echo "all of them work"
