#!/bin/sh
# `make install` puts everything in its place, and a program of somebody else's can
# use what it put there: the shared library by pkg-config, the static one too.
# `make uninstall` takes it all away.
set -u

# shellcheck source=tests/support/checks.sh
. tests/support/checks.sh

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cc=${CC:-gcc}
lib=$root/opt/fosip/lib
# A build of its own: under sanitizers, as the run may be, there is no shared library.
# It is kept, for the next run to make again what has changed.
build=build/install
unset SANITIZE
make -s -j2 CC="$cc" CFLAGS=-O0 LTO= BUILD="$build" DESTDIR="$root" PREFIX=/opt/fosip install >"$root/log" 2>&1 ||
    cat "$root/log"

version=$(sed -n 's/^VERSION := //p' Makefile)
for file in bin/fosip lib/libfosip.a "lib/libfosip.so.$version" lib/libfosip.so.0 lib/libfosip.so \
    lib/pkgconfig/fosip.pc include/fosip/fosip.h include/fosip/error.h share/man/man1/fosip.1; do
    check "$file is installed" test -f "$root/opt/fosip/$file"
done

says_version() {
    "$root/opt/fosip/bin/fosip" --version | head -n 1 | grep -qF "$version"
}
check "the installed program runs and says its version" says_version

soname() {
    readelf -d "$lib/libfosip.so" | grep -q 'SONAME.*\[libfosip\.so\.0\]'
}
check "the shared library has its versioned name" soname

exports_api() {
    names=$(nm -D --defined-only "$lib/libfosip.so" | awk '{ print $NF }')
    declared=$(sed -n 's/^FOSIP_API .*[ *]\(fosip_[a-z_]*\)(.*/\1/p' include/fosip/*.h | sort)
    echo "$names" | sort >"$root/exported"
    [ -n "$declared" ] && echo "$declared" | diff - "$root/exported"
}
check "the shared library exports the public API and nothing else" exports_api

cat >"$root/user.c" <<'C'
#include <fosip/fosip.h>

int main(int argc, char **argv)
{
    struct fosip_analysis *analysis;
    struct fosip_report_options options = {.format = FOSIP_TEXT, .width = 80};
    struct fosip_error err;
    const char *paths[] = {argv[argc - 1]};

    if (fosip_analyse(&analysis, NULL, paths, 1, &err) != 0)
        return 1;
    if (fosip_report(analysis, FOSIP_CALLS, &options, stdout, &err) != 0)
        return 1;
    fosip_free(analysis);
    return 0;
}
C
export PKG_CONFIG_PATH="$lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR=
flags() {
    # The prefix of the .pc file is where it will be; here it is below $root.
    pkg-config --define-variable=prefix="$root/opt/fosip" \
        --define-variable=libdir="$lib" --define-variable=includedir="$root/opt/fosip/include" "$@" fosip
}
capture=${TESTDATA:-testdata}/03a_cancel.pcap

shared_use() {
    # shellcheck disable=SC2046
    "$cc" -std=c11 -Wall -Werror "$root/user.c" -o "$root/user" $(flags --cflags --libs) &&
        LD_LIBRARY_PATH="$lib" "$root/user" "$capture" >"$root/shared.out" &&
        grep -q 487 "$root/shared.out"
}
check "a program uses the shared library" shared_use

static_use() {
    # Our library alone is static; the others as they come.
    # shellcheck disable=SC2046
    "$cc" -std=c11 "$root/user.c" -o "$root/user" $(flags --cflags) "$lib/libfosip.a" \
        $(pkg-config --libs $(flags --print-requires-private)) \
        $(sed -n 's/^Libs.private: //p' "$lib/pkgconfig/fosip.pc") &&
        "$root/user" "$capture" >"$root/static.out" && cmp -s "$root/shared.out" "$root/static.out"
}
check "a program uses the static library" static_use

make -s BUILD="$build" DESTDIR="$root" PREFIX=/opt/fosip uninstall >/dev/null
left=$(find "$root/opt" -type f -o -type l)
[ -z "$left" ] || echo "left: $left"
check "uninstall leaves nothing" test -z "$left"

checks_end
