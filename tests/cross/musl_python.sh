#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds CPython 3.11 for musl with Zig, as far as pip and our packages need it: musl_python.sh PROCESSOR FOLDER puts it in
# FOLDER/usr. The source is Debian 12's. It needs the Python of the same version here, which a cross build of Python runs, and
# what cmake/cross.sh PROCESSOR-linux-musl has made.
set -euo pipefail
cd "$(dirname "$0")/../.."
usage="usage: tests/cross/musl_python.sh PROCESSOR FOLDER"
processor=${1:?$usage} folder=$(realpath "${2:?$usage}")
cross=$PWD/build-cross
tools=$cross/$processor-linux-musl/tools
system=$cross/$processor-linux-musl/system
source=$cross/python-source
build=$cross/python-$processor
sha256=2411c74bda5bbcfcddaf4531f66d1adc73f247f529aee981b029513aefdbf849
export ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-$cross/cache} ZIG_LOCAL_CACHE_DIR=$cross/cache
# What needs no library but zlib. Modules in the program itself need no loader.
modules='array|_asyncio|_bisect|_contextvars|_csv|_heapq|_json|_lsprof|_opcode|_pickle|_queue|_random|_struct|_typing|_zoneinfo|math'
modules+='|cmath|_datetime|_statistics|binascii|_posixsubprocess|select|_socket|fcntl|mmap|termios|resource|grp|unicodedata|zlib|_md5'
modules+='|_sha1|_sha256|_sha512|_sha3|_blake2|_multiprocessing|pyexpat|_elementtree|syslog'

# As cross.sh gets zlib's. Debian's own changes, which may be newer than the list of packages, are not needed.
fetch() {
    [[ ! -e $source/configure ]] || return 0
    local lists=$cross/python-lists apt
    rm -rf "$source" "$lists"
    mkdir -p "$source" "$lists"/{lists/partial,parts}
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list >"$lists/parts/all.list" 2>/dev/null || true
    sed -s '$G; s/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/*.sources >"$lists/parts/all.sources" 2>/dev/null || true
    apt=(apt-get --quiet -o "Dir::State::lists=$lists/lists" -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$lists/parts")
    "${apt[@]}" update || true
    (cd "$lists" && "${apt[@]}" source --download-only python3.11) || true
    sha256sum --check --quiet <<<"$sha256 $lists/python3.11_3.11.2.orig.tar.gz"
    tar --extract --file "$lists/python3.11_3.11.2.orig.tar.gz" --directory "$source" --strip-components=1
}

# The answers say what Zig's musl has and older ones lack, and what a test would have to be run for.
configure() {
    [[ ! -e $build/Makefile ]] || return 0
    mkdir -p "$build"
    (
        cd "$build"
        "$source/configure" --quiet --host="$processor-linux-musl" --build=x86_64-linux-gnu --with-build-python=/usr/bin/python3.11 \
            --without-ensurepip --disable-test-modules --prefix=/usr CC="$tools/cc -dynamic -Wno-date-time" \
            AR="$tools/ar" RANLIB="$tools/ranlib" READELF="$(command -v readelf)" CPPFLAGS="-I$system/include" LDFLAGS="-L$system/lib" \
            ac_cv_file__dev_ptmx=no ac_cv_file__dev_ptc=no ac_cv_buggy_getaddrinfo=no ac_cv_func_preadv2=no ac_cv_func_pwritev2=no
        { echo '*static*'; grep --extended-regexp "^#?($modules) " Modules/Setup.stdlib | sed 's/^#//'; } >Modules/Setup.local
    )
}

fetch
configure
make -C "$build" --silent --jobs "$(nproc)" EXTRA_CFLAGS=-w python pybuilddir.txt
mkdir -p "$folder/usr/bin" "$folder/usr/lib/python3.11/lib-dynload"
cp "$build/python" "$folder/usr/bin/python3.11"
tar --create --directory "$source/Lib" --exclude=./test --exclude='*/tests' . | tar --extract --directory "$folder/usr/lib/python3.11"
cp "$build"/build/lib.*/_sysconfigdata* "$folder/usr/lib/python3.11"
