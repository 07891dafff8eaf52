#!/bin/sh
# Finds an nginx and its headers for the tests, without installing anything: downloads Debian's or Ubuntu's packages and
# unpacks them into BUILT/unpacked.
#
#     sh tests/examples/nginx/unpack.sh BUILT
#
# Writes BUILT/found, a file for a shell to read: NGINX, NGINX_SRC, CC_OPT and LD_OPT, as build.sh in examples/nginx takes
# them. What the environment has in NGINX and NGINX_SRC is taken instead; and where there is no apt-get, the nginx of PATH.
# Exit status: 0 found; 3 not, and the last line says why.
set -eu

built=$(cd "$1" && pwd)
unpacked=$built/unpacked
found=$built/found

lacks() {
    rm -f "$found"
    echo "$1"
    exit 3
}

# write_found NGINX SOURCE CC_OPT LD_OPT: if that nginx runs here.
write_found() {
    "$1" -v >/dev/null 2>&1 || lacks "$1 does not run here"
    [ -x "$2/configure" ] || lacks "there are no headers of nginx in $2"
    printf "NGINX='%s'\nNGINX_SRC='%s'\nCC_OPT='%s'\nLD_OPT='%s'\nexport NGINX NGINX_SRC CC_OPT LD_OPT\n" "$@" >"$found"
}

# packages: nginx, its headers, and what these need to compile and to run; the libraries' names differ between systems.
packages() {
    echo nginx nginx-dev libpcre2-dev libssl-dev zlib1g-dev
    apt-cache depends nginx | sed -n 's/^ *Depends: \(libpcre2-8[^ ]*\|libssl[^ ]*\|zlib1g\)$/\1/p'
}

download() {
    rm -rf "$unpacked"
    mkdir -p "$unpacked/packages"
    # shellcheck disable=SC2046
    (cd "$unpacked/packages" && apt-get -q download $(packages)) >"$unpacked/log" 2>&1 ||
        lacks "apt-get cannot download nginx and nginx-dev ($unpacked/log; apt-get update may help)"
    for package in "$unpacked"/packages/*.deb; do
        dpkg -x "$package" "$unpacked" || lacks "$package cannot be unpacked"
    done
    touch "$unpacked/whole"
}

if [ -n "${NGINX:-}" ]; then
    write_found "$NGINX" "${NGINX_SRC:-/usr/share/nginx/src}" "${CC_OPT:-}" "${LD_OPT:-}"
elif command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    [ -e "$unpacked/whole" ] || download
    triple=$(cd "$unpacked/usr/include" && find . -maxdepth 1 -name '*-linux-gnu*' | head -n 1)
    write_found "$unpacked/usr/sbin/nginx" "$unpacked/usr/share/nginx/src" \
        "-I$unpacked/usr/include -I$unpacked/usr/include/${triple#./}" "-L$unpacked/usr/lib/${triple#./}"
else
    nginx=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx) || lacks "there is neither apt-get nor an nginx"
    write_found "$nginx" "${NGINX_SRC:-/usr/share/nginx/src}" "${CC_OPT:-}" "${LD_OPT:-}"
fi
