# What the scripts share: installing what is missing with the system's package manager, building, and counting test
# cases. Sourced by tests/run.sh, examples/run.sh, .ci/run and others, which set `root` (the project) and `work` (the build
# folder: only the package manager changes anything outside of it). POSIX sh.
# shellcheck shell=sh disable=SC2154

stop() {
    echo "tokusage: $*" >&2
    exit 1
}

# ------------------------------------------------------------------------------------------------------- needs

# What can be needed: its packages in apt-get, dnf, apk, pacman and brew, and its name in words. A comma joins two
# packages that are both needed; a hyphen means that there is no package.
needs_table() {
    cat <<'END'
cc             gcc,libc6-dev         gcc,glibc-devel      gcc,musl-dev       gcc            gcc            a C compiler
cxx            g++                   gcc-c++              g++                gcc            gcc            a C++ compiler
make           make                  make                 make               make           make           make
cmake          cmake                 cmake                cmake              cmake          cmake          CMake 3.16 or newer
pkg_config     pkg-config            pkgconf-pkg-config   pkgconf            pkgconf        pkgconf        pkg-config
cjson          libcjson-dev          cjson-devel          cjson-dev          cjson          cjson          cJSON 1.7.13 or newer
cmocka         libcmocka-dev         libcmocka-devel      cmocka-dev         cmocka         cmocka         cmocka
libcurl        libcurl4-openssl-dev  libcurl-devel        curl-dev           curl           curl           libcurl
libmicrohttpd  libmicrohttpd-dev     libmicrohttpd-devel  libmicrohttpd-dev  libmicrohttpd  libmicrohttpd  libmicrohttpd
meson          meson                 meson                meson              meson          meson          Meson
zlib           zlib1g-dev            zlib-devel           zlib-dev           zlib           zlib           zlib
comma_locale   locales               glibc-langpack-de    -                  glibc          -              a locale with a decimal comma
jansson        libjansson-dev        jansson-devel        jansson-dev        jansson        jansson        jansson
json_c         libjson-c-dev         json-c-devel         json-c-dev         json-c         json-c         json-c
rapidjson      rapidjson-dev         rapidjson-devel      rapidjson-dev      rapidjson      rapidjson      RapidJSON
simdjson       libsimdjson-dev       simdjson-devel       simdjson-dev       simdjson       simdjson       simdjson
END
}

# has_NEED: whether the need is met.

# A compiler counts only if it can make a program: on a fresh system the C library's headers may be missing.
has_cc() {
    echo '#include <stdio.h>
int main(void) { return puts("") < 0; }' >"$work/probe.c"
    "${CC:-cc}" "$work/probe.c" -o "$work/probe" >/dev/null 2>&1
}

has_cxx() {
    echo '#include <string>
int main() { return std::string().size() != 0; }' >"$work/probe.cpp"
    "${CXX:-c++}" "$work/probe.cpp" -o "$work/probe" >/dev/null 2>&1
}

has_make() {
    command -v make >/dev/null 2>&1
}

has_cmake() {
    command -v cmake >/dev/null 2>&1 || return 1
    cmake --version | {
        IFS=' .' read -r _ _ major minor _
        [ "$major" -gt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -ge 16 ]; }
    }
}

has_pkg_config() {
    command -v pkg-config >/dev/null 2>&1
}

has_cjson() {
    pkg-config --atleast-version=1.7.13 libcjson 2>/dev/null
}

has_cmocka() {
    pkg-config --exists cmocka 2>/dev/null
}

has_libcurl() {
    pkg-config --exists libcurl 2>/dev/null
}

has_meson() {
    command -v meson >/dev/null 2>&1
}

has_jansson() {
    pkg-config --atleast-version=2.11 jansson 2>/dev/null
}

has_json_c() {
    pkg-config --exists json-c 2>/dev/null
}

has_rapidjson() {
    pkg-config --exists RapidJSON 2>/dev/null
}

has_simdjson() {
    pkg-config --exists simdjson 2>/dev/null
}

has_zlib() {
    pkg-config --exists zlib 2>/dev/null
}

has_libmicrohttpd() {
    pkg-config --exists libmicrohttpd 2>/dev/null
}

# Such a locale exists, or localedef can make it.
has_comma_locale() {
    locale -a 2>/dev/null | grep -q -i -E '^(de_DE|fr_FR|pl_PL)' ||
        { command -v localedef >/dev/null 2>&1 && [ -f /usr/share/i18n/locales/de_DE ]; }
}

# missing NEED...: prints those that are not met.
missing() {
    for need in "$@"; do
        "has_$need" || printf '%s ' "$need"
    done
}

# in_words NEED...
in_words() {
    for need in "$@"; do
        needs_table | while read -r name _ _ _ _ _ words; do
            [ "$name" != "$need" ] || printf '%s, ' "$words"
        done
    done | sed 's/, $//'
}

# ------------------------------------------------------------------------------------------------ installing them

# Prints the first package manager that is installed, or nothing.
package_manager() {
    for manager in apt-get dnf apk pacman brew; do
        if command -v "$manager" >/dev/null 2>&1; then
            echo "$manager"
            return
        fi
    done
}

# package_names NEED...
package_names() {
    manager=$(package_manager)
    for need in "$@"; do
        needs_table | while read -r name apt dnf apk pacman brew _; do
            [ "$name" = "$need" ] || continue
            case $manager in
            apt-get) echo "$apt" ;;
            dnf) echo "$dnf" ;;
            apk) echo "$apk" ;;
            pacman) echo "$pacman" ;;
            brew) echo "$brew" ;;
            esac
        done
    done | sed '/^-$/d' | tr ',\n' '  '
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    elif command -v doas >/dev/null 2>&1; then
        doas "$@"
    else
        echo "tokusage: this needs root, but sudo and doas are not installed" >&2
        return 1
    fi
}

# without_interrupts COMMAND...: runs it to its end. A package manager that is stopped halfway leaves a broken system, so
# ctrl-C takes effect after it.
without_interrupts() {
    interrupted=
    trap 'interrupted=1' INT TERM HUP
    status=0
    (
        trap '' INT TERM HUP
        "$@"
    ) || status=$?
    trap - INT TERM HUP
    [ -z "$interrupted" ] || exit 130
    return "$status"
}

# In a session of its own: a terminal sends ctrl-C to all that is in its session, and dpkg stops halfway.
apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive setsid -w \
        apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends "$@" </dev/null >"$work/install.log" 2>&1
}

# Homebrew refuses to run as root, so the user who called sudo runs it.
brew_as_user() {
    if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ]; then
        sudo -H -u "$SUDO_USER" brew "$@"
    else
        brew "$@"
    fi
}

# run_package_manager PACKAGE...: asks no questions.
run_package_manager() {
    case $(package_manager) in
    apt-get) apt_get install "$@" || { apt_get update && apt_get install "$@"; } ;;
    dnf) as_root dnf -y install "$@" ;;
    apk) as_root apk add --update-cache "$@" ;;
    pacman) as_root pacman -S --needed --noconfirm "$@" || as_root pacman -Sy --needed --noconfirm "$@" ;;
    brew) brew_as_user install "$@" ;;
    *) return 1 ;;
    esac
}

# announce PACKAGE...: says what will be installed, and about how long that takes. apt-get knows how many packages these bring
# along; a second installs about three.
announce() {
    brought=
    if [ "$(package_manager)" = apt-get ]; then
        apt_plan "$@" || {
            echo "fetching the list of packages"
            without_interrupts apt_get update || return 1
            apt_plan "$@" || return 1
        }
        brought=$(sed -n 's/^.* upgraded, \([0-9]*\) newly installed.*/\1/p' "$work/plan.log")
    fi
    if [ -n "$brought" ]; then
        echo "installing $brought packages with apt-get, $((brought / 3 + 5)) seconds or so (ctrl-C works after that): $*"
    else
        echo "installing with $(package_manager), a minute or so: $*"
    fi
}

# apt_plan PACKAGE...: whether apt-get could install them, and in plan.log what.
apt_plan() {
    LC_ALL=C apt-get -s --no-install-recommends install "$@" >"$work/plan.log" 2>&1
}

# install_packages PACKAGE...
install_packages() {
    if announce "$@" && without_interrupts run_package_manager "$@"; then
        return
    fi
    [ ! -f "$work/install.log" ] || tail -n 20 "$work/install.log" >&2
    return 1
}

# install_needs NEED...: tries to install them; the caller checks whether it worked. Names have no spaces.
install_needs() {
    names=$(package_names "$@")
    # shellcheck disable=SC2086
    [ -n "$names" ] && install_packages $names
}

# need NEED... [-- NEED...]: installs what is missing, all at once. Without the first ones it stops and says what to install;
# without those after `--` less is built.
need() {
    wanted=
    required=
    for one in "$@"; do
        case $one in
        --) wanted=" " ;;
        *) [ -n "$wanted" ] && wanted="$wanted $one" || required="$required $one" ;;
        esac
    done
    # shellcheck disable=SC2086
    lacking=$(missing $required $wanted)
    [ -n "$lacking" ] || return 0
    # shellcheck disable=SC2086
    if [ -z "$(package_manager)" ]; then
        lacking=$(missing $required)
        [ -z "$lacking" ] ||
            stop "please install $(in_words $lacking); this system has no apt-get, dnf, apk, pacman or brew to install it"
    elif ! install_needs $lacking; then
        # One package that is not to be had must not keep the others away.
        for one in $lacking; do
            install_needs "$one" || true
        done
    fi
    # shellcheck disable=SC2086
    lacking=$(missing $required)
    # shellcheck disable=SC2086
    [ -z "$lacking" ] || stop "please install $(in_words $lacking), as packages: $(package_names $lacking)"
    # shellcheck disable=SC2086
    lacking=$(missing $wanted)
    # shellcheck disable=SC2086
    [ -z "$lacking" ] || echo "tokusage: going on without $(in_words $lacking)" >&2
}

# ---------------------------------------------------------------------------------------------------- building

# Makes the build folder. If sudo runs the script, the user who called sudo owns the files in the end.
begin_work() {
    mkdir -p "$work" 2>/dev/null || stop "cannot write to $work: set TOKUSAGE_WORK to a folder to build in"
    if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ]; then
        trap 'chown "$SUDO_UID" "$(dirname "$work")"; chown -R "$SUDO_UID" "$work"' EXIT
    fi
}

processors() {
    getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2
}

# quietly COMMAND...: shows its output only when it fails.
quietly() {
    "$@" >"$work/output.log" 2>&1 || {
        cat "$work/output.log" >&2
        stop "this failed: $*"
    }
}

# build FOLDER CMAKE-OPTION...: configures and builds the project there.
build() {
    folder=$1
    shift
    # A build folder that was copied or moved together with the project cannot be used again.
    if [ -f "$folder/CMakeCache.txt" ] && ! grep -q "^CMAKE_HOME_DIRECTORY:INTERNAL=$root\$" "$folder/CMakeCache.txt"; then
        rm -rf "$folder"
    fi
    # Nobody reads what make says of each file, and each of these lines is a process.
    quietly cmake -S "$root" -B "$folder" -DCMAKE_RULE_MESSAGES=OFF "$@"
    quietly cmake --build "$folder" -j "$(processors)"
}

# public_functions HEADER: prints the names of the functions that the public header declares.
public_functions() {
    sed -n 's/^TOKUSAGE_API .*[ *]\(tokusage_[a-z_0-9]*\)(.*/\1/p' "$1"
}

# ----------------------------------------------------------------------------------------------------- testing

# show_tests: from the output of `ctest -V`, prints a line for each test, with the reason where it was skipped, and all that a
# test has printed when it failed.
show_tests() {
    awk '
        /^ *[0-9]+: / {
            number = $1 + 0
            sub(/^ *[0-9]+: ?/, "")
            # Up to here ctest says how it runs the test.
            printed[number] = /^Test timeout computed to be/ ? "" : printed[number] $0 "\n"
            if (match($0, /(SKIPPED:|no recordings:).*/)) {
                why[number] = substr($0, RSTART, RLENGTH)
                sub(/^SKIPPED: */, "", why[number])
            }
            next
        }
        /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            number = $0
            sub(/^[^#]*#/, "", number)
            number += 0
            if (/\*\*\*Skipped/ && why[number] != "") {
                print $0 ": " why[number]
            } else {
                print
            }
            if (!/ Passed / && !/\*\*\*(Skipped|Not Run)/) {
                printf "%s", printed[number]
            }
            delete printed[number]
            fflush()
        }'
}

# run_tests FOLDER CTEST-OPTION...: runs the tests of that build and sets `passed`, `failed` and `skipped`: numbers of
# test cases, as cmocka counts them. A test that does not use cmocka, or died before it printed its counts, is one case.
run_tests() {
    folder=$1
    shift
    # One more than there are processors: some tests wait most of the time.
    {
        ctest_status=0
        (cd "$folder" && ctest -V -j $(($(processors) + 1)) "$@") || ctest_status=$?
        echo "$ctest_status" >"$folder/status"
    } | show_tests | tee "$folder/verdicts.log"
    read -r ctest_status <"$folder/status"
    # The first file has what each program printed, the second the line of each test.
    counts=$(awk '
        FNR == 1 { file++ }
        file == 1 && /^[0-9]+\/[0-9]+ Test: / { name = $3 }
        file == 1 && /^\[  PASSED  \] [0-9]+ test/ { good[name] += $4 }
        file == 1 && /^\[  (FAILED |SKIPPED) \] .*[0-9]+ test\(s\), listed below/ {
            kind = $2
            sub(/ test\(s\).*/, "")
            if (kind == "FAILED") bad[name] += $NF; else left_out[name] += $NF
        }
        file == 2 && /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
            sub(/^.*Test +#[0-9]+: /, "")
            name = $1
            passed += good[name]
            failed += bad[name]
            skipped += left_out[name]
            if (/\*\*\*(Skipped|Not Run \(Disabled\))/) {
                skipped += left_out[name] == 0
            } else if (/ Passed +[0-9.]+ sec$/) {
                passed += good[name] + left_out[name] == 0
            } else {
                failed += bad[name] == 0
            }
        }
        END { print passed + 0, failed + 0, skipped + 0 }' \
        "$folder/Testing/Temporary/LastTest.log" "$folder/verdicts.log")
    read -r passed failed skipped <<END
$counts
END
    if [ "$ctest_status" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1
    fi
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# Prints the last line of a run: the counts that run_tests has set.
print_counts() {
    if [ "$skipped" -eq 0 ]; then
        echo "$passed passed, $failed failed"
    else
        echo "$passed passed, $failed failed, $skipped skipped"
    fi
}
