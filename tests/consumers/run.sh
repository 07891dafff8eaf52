#!/bin/sh
# Builds and runs programs outside of the project against an installation of it, as its users would. Called by ctest,
# which sets TOKUSAGE_SOURCE, TOKUSAGE_BUILD (a finished build), TOKUSAGE_CONFIG, CMAKE, CC, CXX, CFLAGS and CXXFLAGS.
# Everything is made below $TOKUSAGE_BUILD/consumers. A flag with a space in it is more than this script can carry.
set -eu

here=$TOKUSAGE_SOURCE/tests/consumers
work=$TOKUSAGE_BUILD/consumers
export CC CXX CFLAGS CXXFLAGS

root=$TOKUSAGE_SOURCE
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

# prints TEXT COMMAND...: the command must print exactly the text.
prints() {
    expected=$1
    shift
    got=$("$@") || stop "$* ended in status $?"
    [ "$got" = "$expected" ] || stop "$* printed '$got', not '$expected'"
}

# configure NAME OPTION...: configures the consumer of that name.
configure() {
    name=$1
    shift
    quietly "$CMAKE" -S "$here/$name" -B "$work/$name" -DCMAKE_BUILD_TYPE=Release "$@"
    quietly "$CMAKE" --build "$work/$name"
}

rm -rf "$work"
mkdir -p "$work"

echo "install, and move what was installed to another place"
quietly "$CMAKE" --install "$TOKUSAGE_BUILD" --prefix "$work/installed" --config "$TOKUSAGE_CONFIG"
mv "$work/installed" "$work/prefix"
prefix=$work/prefix
if grep -r -l -e "$TOKUSAGE_SOURCE" -e "$work/installed" "$prefix" --include='*.cmake' --include='*.pc' --include='*.h'; then
    stop "these files name a folder of the build"
fi

echo "CMake package, C"
configure cmake_package -DCMAKE_PREFIX_PATH="$prefix"
prints "5 + 7 = 12" "$work/cmake_package/consumer"

echo "CMake package, C, where cJSON has no CMake package and pkg-config knows it"
rm -rf "$work/cmake_package"
configure cmake_package -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON
prints "5 + 7 = 12" "$work/cmake_package/consumer"

echo "CMake package, C, where there is no cJSON: it says so"
rm -rf "$work/cmake_package"
if "$CMAKE" -S "$here/cmake_package" -B "$work/cmake_package" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON >"$work/output.log" 2>&1; then
    stop "configured without cJSON"
fi
grep -q 'tokusage needs cJSON' "$work/output.log" || stop "it does not say that cJSON is missing: $(cat "$work/output.log")"

echo "CMake package, a version that does not exist yet: it is refused"
rm -rf "$work/too_new"
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

echo "pkg-config and nothing but the C compiler"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tokusage.pc)")${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
library_dir=$(pkg-config --variable=libdir tokusage)
for static in "" --static; do
    # Flags are words, as the shell splits them; that is how pkg-config is used.
    # shellcheck disable=SC2046,SC2086
    quietly "$CC" -std=c11 ${CFLAGS:-} $(pkg-config --cflags tokusage) -o "$work/pkg_config" "$here/pkg_config/main.c" \
        $(pkg-config $static --libs tokusage)
    prints '{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}' \
        env LD_LIBRARY_PATH="$library_dir" "$work/pkg_config"
done
prints "$(sed -n 's/^#define TOKUSAGE_VERSION_[MP][A-Z]* \([0-9]*\)$/\1/p' "$TOKUSAGE_SOURCE/include/tokusage.h" |
    paste -s -d . -)" pkg-config --modversion tokusage

echo "vendored: add_subdirectory beside a target cjson"
configure add_subdirectory -DTOKUSAGE_SOURCE="$TOKUSAGE_SOURCE" -DTOKUSAGE_FETCH_CJSON=OFF
prints '{"prompt_tokens":5,"cached":true,"completion_tokens":7,"total_tokens":12}' "$work/add_subdirectory/consumer"

echo "the library itself, where cJSON is found by pkg-config only"
quietly "$CMAKE" -S "$TOKUSAGE_SOURCE" -B "$work/by_pkg_config" -DTOKUSAGE_BUILD_TESTS=OFF \
    -DTOKUSAGE_FETCH_CJSON=OFF -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON
grep -q 'cJSON from pkg-config' "$work/output.log" || stop "cJSON did not come from pkg-config: $(cat "$work/output.log")"
quietly "$CMAKE" --build "$work/by_pkg_config" --target tokusage

echo "the static library and nothing but the C compiler, in a program that uses no tree: it needs no cJSON"
# shellcheck disable=SC2086
quietly "$CC" -std=c11 ${CFLAGS:-} -I "$prefix/include" -o "$work/without_cjson" "$here/without_cjson/main.c" \
    "$work/by_pkg_config/libtokusage.a"
prints "a-model: {\"prompt_tokens\":25,\"completion_tokens\":7,\"total_tokens\":32,\"prompt_tokens_details\":{\"cached_tokens\":20}}" \
    "$work/without_cjson"

echo "the library itself, where there is no cJSON and it must not be downloaded: it says what to install"
if "$CMAKE" -S "$TOKUSAGE_SOURCE" -B "$work/without" -DTOKUSAGE_BUILD_TESTS=OFF -DTOKUSAGE_FETCH_CJSON=OFF \
    -DCMAKE_DISABLE_FIND_PACKAGE_cJSON=ON -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON >"$work/output.log" 2>&1; then
    stop "configured without cJSON"
fi
grep -q 'libcjson-dev (Debian, Ubuntu)' "$work/output.log" || stop "it does not say what to install: $(cat "$work/output.log")"

echo "all of them work"
