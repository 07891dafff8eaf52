#!/bin/sh
# Finds an nginx and its headers for the tests, without installing anything: downloads Debian's or Ubuntu's packages and
# unpacks them into BUILT/unpacked.
#
#     sh tests/examples/nginx/unpack.sh BUILT [newest]
#
# Writes BUILT/found, a file for a shell to read: NGINX, NGINX_SRC, CC_OPT and LD_OPT, as build.sh in examples/nginx takes
# them. What the environment has in NGINX and NGINX_SRC is taken instead; and where there is no apt-get, the nginx of PATH.
# `newest` is the nginx of Debian's newest suite, from the system's own mirror, with a curl for HTTP/3 in GET, and promtool in
# PROMTOOL. They bring their C library with them, and the system's lists of packages stay as they are.
# Exit status: 0 found; 3 not, and the last line says why.
set -eu

built=$(cd "$1" && pwd)
which=${2:-own}
unpacked=$built/unpacked
found=$built/found

lacks() {
    rm -f "$found"
    echo "$1"
    exit 3
}

# write_found NGINX SOURCE CC_OPT LD_OPT [GET PROMTOOL]: if that nginx runs here.
write_found() {
    "$1" -v >/dev/null 2>&1 || lacks "$1 does not run here"
    [ -x "$2/configure" ] || lacks "there are no headers of nginx in $2"
    {
        printf "NGINX='%s'\nNGINX_SRC='%s'\nCC_OPT='%s'\nLD_OPT='%s'\nexport NGINX NGINX_SRC CC_OPT LD_OPT\n" "$1" "$2" "$3" "$4"
        printf "GET='%s'\nPROMTOOL='%s'\n" "${5:-curl}" "${6:-promtool}"
    } >"$found"
}

# depends PACKAGE...: their names, and those of the libraries that they need.
depends() {
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
        grep -E '^(lib|zlib)'
}

# packages: nginx, its headers, and what these need to compile and to run; the libraries' names differ between systems.
packages() {
    echo nginx nginx-dev libpcre2-dev libssl-dev zlib1g-dev
    if [ "$which" = newest ]; then
        echo curl promtool libasan8 libubsan1
        depends nginx curl promtool
    else
        apt-cache depends nginx | sed -n 's/^ *Depends: \(libpcre2-8[^ ]*\|libssl[^ ]*\|zlib1g\)$/\1/p'
    fi
}

# use_newest: apt's own lists and settings, in a folder here.
use_newest() {
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
    [ -n "$mirror" ] || lacks "apt-get knows no mirror of Debian"
    mkdir -p "$unpacked/apt/lists/partial" "$unpacked/apt/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$unpacked/apt/sources.list"
    printf '%s "%s";\n' Dir::State "$unpacked/apt" Dir::Cache "$unpacked/apt/cache" Dir::Etc::SourceParts - \
        Dir::Etc::SourceList "$unpacked/apt/sources.list" Acquire::Languages none >"$unpacked/apt/apt.conf"
    APT_CONFIG=$unpacked/apt/apt.conf
    export APT_CONFIG
    apt-get -q update >"$unpacked/log" 2>&1 || lacks "apt-get cannot read Debian's newest suite ($unpacked/log)"
}

download() {
    rm -rf "$unpacked"
    mkdir -p "$unpacked/packages"
    [ "$which" = own ] || use_newest
    # shellcheck disable=SC2046
    (cd "$unpacked/packages" && apt-get -q download $(packages)) >>"$unpacked/log" 2>&1 ||
        lacks "apt-get cannot download nginx and nginx-dev ($unpacked/log; apt-get update may help)"
    for package in "$unpacked"/packages/*.deb; do
        dpkg -x "$package" "$unpacked" || lacks "$package cannot be unpacked"
    done
    touch "$unpacked/whole"
}

# wrap PROGRAM: makes a script that runs it with the unpacked C library, and prints its path.
wrap() {
    script=$built/${1##*/}
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec "%s" --library-path "%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "%s" "$@"\n' \
        "$(echo "$libraries"/ld-linux*.so*)" "$libraries" "$1" >"$script"
    chmod +x "$script"
    echo "$script"
}

if [ -n "${NGINX:-}" ]; then
    [ "$which" = own ] || lacks "NGINX names another one"
    write_found "$NGINX" "${NGINX_SRC:-/usr/share/nginx/src}" "${CC_OPT:-}" "${LD_OPT:-}"
elif command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    [ -e "$unpacked/whole" ] || download
    triple=$(cd "$unpacked/usr/include" && find . -maxdepth 1 -name '*-linux-gnu*' | head -n 1)
    libraries=$unpacked/usr/lib/${triple#./}
    set -- "-I$unpacked/usr/include -I$unpacked/usr/include/${triple#./}" "-L$libraries"
    if [ "$which" = newest ]; then
        # Its libraries are linked with a C library that is newer than that of the compiler.
        write_found "$(wrap "$unpacked/usr/sbin/nginx")" "$unpacked/usr/share/nginx/src" "$1" \
            "$2 -Wl,--allow-shlib-undefined" "$(wrap "$unpacked/usr/bin/curl")" "$(wrap "$unpacked/usr/bin/promtool")"
    else
        write_found "$unpacked/usr/sbin/nginx" "$unpacked/usr/share/nginx/src" "$@"
    fi
elif [ "$which" = newest ]; then
    lacks "there is no apt-get"
else
    nginx=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx) || lacks "there is neither apt-get nor an nginx"
    write_found "$nginx" "${NGINX_SRC:-/usr/share/nginx/src}" "${CC_OPT:-}" "${LD_OPT:-}"
fi
