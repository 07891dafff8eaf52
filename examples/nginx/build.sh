#!/bin/sh
# Builds the module for the nginx of this system: build/nginx/ngx_http_tokusage_module.so, and nothing outside that
# folder. Needs a compiler, make, and nginx's headers with its configure script:
#   Debian, Ubuntu:  apt-get install nginx nginx-dev
#   elsewhere:       NGINX_SRC=FOLDER, the unpacked source of the same version
#
#   sh examples/nginx/build.sh
#
#   NGINX, NGINX_SRC    the nginx that will load the module, and its source (nginx of PATH; /usr/share/nginx/src)
#   CC, CC_OPT, LD_OPT  the compiler, and flags after those that nginx was built with, such as -fsanitize=address
#   OUT                 the folder to build in (build/nginx)
#
# Exit status: 0 it is built; 1 it could not be; 3 nginx, its headers or a tool is missing.
set -eu

die() {
    status=$1
    shift
    echo "build.sh: $*" >&2
    exit "$status"
}

here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$here/../../build/nginx}
source=${NGINX_SRC:-/usr/share/nginx/src}
nginx=${NGINX:-$(command -v nginx || echo /usr/sbin/nginx)}

# ---- what it needs

[ -x "$nginx" ] || die 3 "there is no nginx ($nginx): install it, or name it by NGINX=PROGRAM"
if [ ! -x "$source/configure" ] || [ ! -f "$source/src/core/nginx.h" ]; then
    die 3 "nginx's headers are missing ($source): install nginx-dev (Debian, Ubuntu), or name the unpacked source of" \
        "$("$nginx" -v 2>&1 | sed 's/.*: //') by NGINX_SRC=FOLDER"
fi
for tool in make "${CC:-cc}"; do
    command -v "$tool" >/dev/null || die 3 "$tool is missing"
done

has=$(sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$source/src/core/nginx.h")
wants=$("$nginx" -v 2>&1 | sed -n 's,.*nginx/\([0-9.]*\).*,\1,p')
[ "$has" = "$wants" ] || die 3 "$nginx is version $wants, but $source is version $has: a module must be built for its version"

# ---- the flags of that nginx

# Everything that it was configured with, except other modules, whose libraries need not be here.
"$nginx" -V 2>&1 | grep -q -e --with-compat ||
    echo "build.sh: $nginx was built without --with-compat: it may refuse the module" >&2
cc_opt=
ld_opt=
eval "set -- $("$nginx" -V 2>&1 | sed -n 's/^configure arguments: //p')"
for argument do
    shift
    case $argument in
        --with-cc-opt=*) cc_opt=${argument#*=} ;;
        --with-ld-opt=*) ld_opt=${argument#*=} ;;
        *=dynamic | --add-module=* | --add-dynamic-module=* | --builddir=* | --with-cc=*) ;;
        --with-http_perl_module | --with-http_xslt_module | --with-http_geoip_module | --with-http_image_filter_module) ;;
        *) set -- "$@" "$argument" ;;
    esac
done

# ---- the build

# nginx's configure writes into its own folder: so it runs in a copy.
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -rf "$out/source" "$out/objs"
cp -R "$source" "$out/source"
cd "$out/source"
./configure "$@" --with-cc="${CC:-cc}" --with-cc-opt="$cc_opt ${CC_OPT:-}" --with-ld-opt="$ld_opt ${LD_OPT:-}" \
    --builddir="$out/objs" --add-dynamic-module="$here" >"$out/configure.log" 2>&1 || {
    tail -n 20 "$out/configure.log" >&2
    die 1 "nginx's configure failed: the libraries that this nginx uses must be there with their headers ($out/configure.log)"
}
make -s -f "$out/objs/Makefile" modules >"$out/make.log" 2>&1 || {
    cat "$out/make.log" >&2
    die 1 "it does not compile ($out/make.log)"
}
mv -f "$out/objs/ngx_http_tokusage_module.so" "$out/" # not written over: an nginx may be running with the old one
echo "$out/ngx_http_tokusage_module.so"
