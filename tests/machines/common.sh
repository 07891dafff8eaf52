# What the scripts of this folder share: a compiler for another machine, cJSON and cmocka built with it from Debian's
# sources, and the whole unit test suite built and run there. Needs apt-get. Nothing is changed but installed packages and
# the build folder, where downloads and libraries are kept for the next time. Sourced with `root` set. POSIX sh.
# shellcheck shell=sh disable=SC2154

machines=${TOKUSAGE_WORK:-$root/build/machines}
# shellcheck source=tests/checks/common.sh
. "$root/tests/checks/common.sh"

# begin_machine NAME: all that follows is about the machine of that name.
begin_machine() {
    work=$machines/$1
    begin_work
    need cc make cmake
}

# install_tools COMMAND=PACKAGE...: installs the package where the command is not there.
install_tools() {
    lacking=
    for tool in "$@"; do
        command -v "${tool%%=*}" >/dev/null 2>&1 || lacking="$lacking ${tool#*=}"
    done
    # Names are words without spaces.
    # shellcheck disable=SC2086
    [ -z "$lacking" ] || install_packages $lacking
}

# ------------------------------------------------------------------------------------------------- Debian's sources

# apt-get with lists of its own, so that the machine's stay as they are.
apt_sources() {
    command=$1
    shift
    "$command" -q -o Dir::State="$machines/apt" -o Dir::State::status="$machines/apt/status" \
        -o Dir::Cache="$machines/apt" -o Dir::Etc::sourcelist="$machines/apt/$suite.list" -o Dir::Etc::sourceparts=- \
        -o APT::Sandbox::User=root "$@"
}

# fetch_source PACKAGE SUITE: puts the package's source, as its authors released it, into $machines/source/PACKAGE-SUITE. An
# empty suite is that of this machine's Debian.
fetch_source() {
    package=$1
    suite=${2:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
    source=$machines/source/$package-$suite
    [ ! -f "$source/.complete" ] || return 0
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
        sed -n "s/ $(. /etc/os-release && echo "$VERSION_CODENAME")\$//p" | head -n 1)
    [ -n "$mirror" ] || stop "this system's apt-get knows no Debian mirror to fetch the source of $package from"
    mkdir -p "$machines/apt/lists/partial" "$machines/apt/archives/partial" "$source"
    : >"$machines/apt/status"
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb-src [signed-by=$keyring] $mirror $suite main" >"$machines/apt/$suite.list"
    quietly apt_sources apt-get update
    # It fails also when only Debian's own part is not to be had.
    (cd "$source" && apt_sources apt-get source --download-only "$package") >"$source/download.log" 2>&1 || true
    archive=$(find "$source" -name '*.orig.tar.*' ! -name '*.asc')
    [ -n "$archive" ] || {
        cat "$source/download.log" >&2
        stop "the source of $package is not to be had"
    }
    tar -xf "$archive" -C "$source" --strip-components=1
    : >"$source/.complete"
}

# ------------------------------------------------------------------------------------------------- the other machine

# toolchain SYSTEM PROCESSOR COMPILER EMULATOR [FLAGS]: tells CMake about the machine. EMULATOR is a list with semicolons,
# or nothing.
toolchain() {
    cat >"$work/toolchain.cmake" <<END
set(CMAKE_SYSTEM_NAME $1)
set(CMAKE_SYSTEM_PROCESSOR $2)
set(CMAKE_C_COMPILER "$(command -v "$3")")
set(CMAKE_CROSSCOMPILING_EMULATOR "$4")
set(CMAKE_C_FLAGS_INIT "${5:-}")
set(CMAKE_FIND_ROOT_PATH "$work/libraries")
set(CMAKE_PREFIX_PATH /)
set(PKG_CONFIG_USE_CMAKE_PREFIX_PATH OFF)
set(ENV{PKG_CONFIG_LIBDIR} "$work/libraries/lib/pkgconfig")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
END
}

# install_library SOURCE CMAKE-OPTION...: builds it for the machine.
install_library() {
    library=$1
    shift
    into=$work/build-$(basename "$library")
    quietly cmake -S "$library" -B "$into" -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DCMAKE_INSTALL_PREFIX="$work/libraries" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF "$@"
    quietly cmake --build "$into" -j "$(processors)"
    quietly cmake --install "$into"
}

# The oldest cJSON there is, as iperf carries it, which made its integers wider; that is undone here. Leaves it in $source.
cjson_of_iperf() {
    fetch_source iperf3 bullseye
    carried=$source/src
    source=$machines/source/cjson-iperf
    mkdir -p "$source"
    sed 's/int64_t valueint/int valueint/; s/"iperf_config.h"/<stdint.h>/' "$carried/cjson.h" >"$source/cJSON.h"
    sed 's/"cjson\.h"/"cJSON.h"/; s/LLONG_M/INT_M/g; s/(int64_t)/(int)/' "$carried/cjson.c" >"$source/cJSON.c"
    cat >"$source/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(cJSON VERSION 1.7.13 LANGUAGES C)
add_library(cjson STATIC cJSON.c)
file(WRITE "${PROJECT_BINARY_DIR}/libcjson.pc" "Name: libcjson
Description: cJSON
Version: ${PROJECT_VERSION}
Libs: -L${CMAKE_INSTALL_PREFIX}/lib -lcjson -lm
Cflags: -I${CMAKE_INSTALL_PREFIX}/include -I${CMAKE_INSTALL_PREFIX}/include/cjson
")
install(TARGETS cjson ARCHIVE DESTINATION lib)
install(FILES cJSON.h DESTINATION include/cjson)
install(FILES "${PROJECT_BINARY_DIR}/libcjson.pc" DESTINATION lib/pkgconfig)
END
}

# libraries SUITE: cJSON and cmocka; cJSON of the version that this Debian has, or, without a name, this machine's; of
# "iperf" the one in iperf.
libraries() {
    if [ "$1" = iperf ]; then
        cjson_of_iperf
    else
        fetch_source cjson "$1"
    fi
    cjson_source=$source
    fetch_source cmocka ""
    install_library "$cjson_source" -DENABLE_CJSON_TEST=OFF -DENABLE_CUSTOM_COMPILER_FLAGS=OFF -DENABLE_HIDDEN_SYMBOLS=OFF
    install_library "$source" -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF -DWITH_STATIC_LIB=ON
    grep -hE '^#define CJSON_VERSION_' "$work/libraries/include/cjson/cJSON.h" |
        awk '{ v = v sep $3; sep = "." } END { print "cJSON " v }'
}

# unit_tests CMAKE-OPTION...: builds the library and its unit tests for the machine, and runs them all. Ends in the line
# `N passed, N failed`. The tests that are scripts are about the machine that builds, so they are left out.
unit_tests() {
    build "$work/tests" -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
        -DTOKUSAGE_BUILD_EXAMPLES=OFF -DTOKUSAGE_INSTALL=OFF -DTOKUSAGE_FETCH_CJSON=OFF -DTOKUSAGE_SH=OFF \
        -DTOKUSAGE_WARNINGS_AS_ERRORS=ON "$@"
    status=0
    # The single file is the same code in one unit.
    run_tests "$work/tests" -L 'unit|fuzz' -E '_single$' >"$work/tests.log" 2>&1 || status=1
    [ "$status" -eq 0 ] || cat "$work/tests.log"
    print_counts
    exit "$status"
}
