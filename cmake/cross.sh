#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds library and program for another C library or processor with Zig: cross.sh TARGET [CMAKE OPTION…]. TARGET is
# x86_64-linux-musl, aarch64-linux-musl, x86_64-linux-gnu.2.28 or aarch64-linux-gnu.2.28; the build is in
# build-cross/TARGET/build. README.md beside this file tells what it is made of.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?usage: cmake/cross.sh TARGET [CMAKE OPTION…]}
shift
cross=$PWD/build-cross
here=$cross/$target
export ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-$cross/cache} ZIG_LOCAL_CACHE_DIR=$cross/cache
# ccache cannot see through the scripts in tools/ which compiler they call.
export CCACHE_COMPILERTYPE=clang CCACHE_COMPILERCHECK="string:$target $(<cmake/requirements-zig.txt)"
zlib_sha256=71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1

fail() {
    echo "$0: $1" >&2
    exit 1
}

case $target in
    x86_64-linux-musl | aarch64-linux-musl | x86_64-linux-gnu.2.28 | aarch64-linux-gnu.2.28) ;;
    *) fail "the target $target is none of x86_64-linux-musl, aarch64-linux-musl, x86_64-linux-gnu.2.28, aarch64-linux-gnu.2.28" ;;
esac

# The compiler, in a Python environment of its own.
install_zig() {
    if ! cmp --silent cmake/requirements-zig.txt "$cross/requirements-zig.txt"; then
        python3 -m venv "$cross/zig"
        "$cross/zig/bin/python" -m pip install --quiet --disable-pip-version-check --requirement cmake/requirements-zig.txt
        cp cmake/requirements-zig.txt "$cross"
    fi
    zig=("$cross"/zig/lib/python3*/site-packages/ziglang/zig)
}

# CMake wants programs that know their target.
write_tools() {
    local tool arguments
    mkdir -p "$here/tools"
    for tool in cc c++ ar ranlib; do
        arguments=$tool
        [[ $tool != c* ]] || arguments="$tool -target $target"
        printf '#!/bin/sh\nexec "%s" %s "$@"\n' "${zig[0]}" "$arguments" >"$here/tools/$tool.new"
        chmod +x "$here/tools/$tool.new"
        cmp --silent "$here/tools/$tool.new" "$here/tools/$tool" || mv "$here/tools/$tool.new" "$here/tools/$tool"
        rm -f "$here/tools/$tool.new"
    done
}

# Headers that fit every system, away from this system's own.
link_headers() {
    mkdir -p "$here"/system/{include,lib,share/cmake}
    ln -sfn -t "$here/system/include" /usr/include/{CLI,eigen3,nlohmann}
    ln -sfn -t "$here/system/share/cmake" /usr/share/cmake/{CLI11,nlohmann_json}
    ln -sfn -t "$here/system/share" /usr/share/eigen3
}

# zlib's source as Debian has it, from where this machine gets its packages; or the same file, by MOODLEML_ZLIB.
fetch_zlib() {
    local folder=$cross/zlib-source file=zlib_1.2.13.dfsg.orig.tar.bz2 apt
    [[ ! -e $folder/zlib/configure ]] || return 0
    rm -rf "$folder"
    mkdir -p "$folder"/{lists/partial,parts,zlib}
    # Files that are not there are not read.
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list >"$folder/parts/all.list" 2>/dev/null || true
    sed -s '$G; s/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/*.sources >"$folder/parts/all.sources" 2>/dev/null || true
    apt=(apt-get --quiet -o "Dir::State::lists=$folder/lists" -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/parts")
    if [[ -n ${MOODLEML_ZLIB:-} ]]; then
        cp "$MOODLEML_ZLIB" "$folder/$file"
    else
        # Sources of other packages than Debian's may lack what is asked for here.
        "${apt[@]}" update || true
        (cd "$folder" && "${apt[@]}" source --download-only zlib)
    fi
    [[ -s $folder/$file ]] || fail "the packages' sources of this machine have no $file: get it from Debian 12, and name it by MOODLEML_ZLIB"
    sha256sum --check --quiet <<<"$zlib_sha256 $folder/$file"
    tar --extract --file "$folder/$file" --directory "$folder/zlib" --strip-components=1
}

build_zlib() {
    [[ ! -e $here/system/lib/libz.a ]] || return 0
    rm -rf "$here/zlib"
    mkdir "$here/zlib"
    (
        cd "$here/zlib"
        export CC=$here/tools/cc AR=$here/tools/ar RANLIB=$here/tools/ranlib CFLAGS='-O3 -fPIC'
        "$cross/zlib-source/zlib/configure" --static
        make libz.a
    )
    cp "$cross/zlib-source/zlib/zlib.h" "$here/zlib/zconf.h" "$here/system/include"
    cp "$here/zlib/libz.a" "$here/system/lib"
}

# The licences of all that is compiled into library and program.
write_notices() {
    local package file library=${zig[0]%/*}/lib
    {
        printf 'Besides libmoodleml (Apache-2.0, LICENSE) library and program hold, compiled in:\n'
        for package in libeigen3-dev nlohmann-json3-dev libcli11-dev; do
            printf '\n================ %s, Debian %s\n\n' "$package" "$(dpkg-query --show --showformat '${Version}' "$package")"
            cat "/usr/share/doc/$package/copyright"
        done
        printf '\n================ zlib 1.2.13\n\n'
        sed -n '/Copyright/,/^\*\//p' "$cross/zlib-source/zlib/zlib.h" | sed '/^\*\//,$d'
        for file in libcxx/LICENSE.TXT libcxxabi/LICENSE.TXT libunwind/LICENSE.TXT libc/musl/COPYRIGHT libc/glibc/LICENSES; do
            printf '\n================ %s, as %s has it\n\n' "$file" "$(grep --only-matching '^ziglang.*' cmake/requirements-zig.txt)"
            cat "$library/$file"
        done
    } >"$cross/THIRD-PARTY-NOTICES"
}

mkdir -p "$cross"
install_zig
write_tools
link_headers
toolchain=(-DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/zig.cmake" -DMOODLEML_CROSS="$here" -DCMAKE_BUILD_TYPE=Release)
fetch_zlib
build_zlib
write_notices
# musl's program is one file. Several files are compiled as one, because most of the time goes into headers.
[[ $target != *-musl ]] || set -- -DMOODLEML_STATIC_PROGRAM=ON "$@"
cmake -S . -B "$here/build" -G Ninja "${toolchain[@]}" -DMOODLEML_ONEDNN=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=10 "$@"
cmake --build "$here/build" --parallel "$(nproc)"
