#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes packages: package.sh [source|debian|relocatable|plugin] [DIRECTORY]; without a word all. They end up in DIRECTORY (default:
# build/packages), each with its SHA-256. README.md beside this file tells what is in them.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-all}
out=$(realpath --canonicalize-missing "${2:-build/packages}")
case $kind in
    all | source | debian | relocatable | plugin) ;;
    *)
        echo "usage: $0 [source|debian|relocatable|plugin] [DIRECTORY]" >&2
        exit 2
        ;;
esac
tree=build-relocatable/moodleml-$(sed -n 's/^project(moodleml VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)-linux-$(uname -m)
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# built FOLDER OPTION…: the library and the program, without tests. -Wl,-z,now: no address to patch is left after the start.
built() {
    local folder=$1
    shift
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMOODLEML_BUILD_TESTS=OFF "$@"
    cmake --build "$folder" --parallel "$(nproc)"
}

pack() {
    (cd "$1" && cpack -B "$out" "${@:2}")
    rm -rf "$out/_CPack_Packages"
}

source_tarball() {
    cmake -S . -B build-source -G Ninja -DMOODLEML_BUILD_PROGRAM=OFF
    pack build-source -G TXZ --config CPackSourceConfig.cmake
}

debian_packages() {
    built build-debian -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_SKIP_INSTALL_RPATH=ON -DMOODLEML_DEBIAN_FILES=ON \
        -DCMAKE_SHARED_LINKER_FLAGS=-Wl,-z,relro,-z,now -DCMAKE_EXE_LINKER_FLAGS=-Wl,-z,relro,-z,now
    pack build-debian -G DEB
    let_dpkg_call_ldconfig "$out"/libmoodleml1_*.deb
}

# cpack's scripts call ldconfig, which Debian leaves to the trigger that is in the package as well.
let_dpkg_call_ldconfig() {
    local files=build-debian/libmoodleml1
    rm -rf "$files"
    dpkg-deb --raw-extract "$1" "$files"
    rm "$files/DEBIAN/postinst" "$files/DEBIAN/postrm"
    dpkg-deb --root-owner-group --build "$files" "$1"
    (cd "${1%/*}" && sha256sum "${1##*/}" >"${1##*/}.sha256")
}

# What the tree needs beyond glibc and its own, as a list of the libraries' paths.
needed_libraries() {
    ldd "$@" | awk '$2 == "=>" {print $3}' | sort --unique |
        grep --extended-regexp --invert-match '/(libc|libm|libpthread|libdl|librt)\.so\.[0-9]+$|/libmoodleml\.so'
}

# The licences of what lies in the tree or is compiled into it, as Debian tells them of the packages they are from.
notices() {
    local library package
    {
        printf 'Besides libmoodleml (Apache-2.0, LICENSE) this tree holds, unchanged from Debian or compiled in:\n'
        {
            printf '%s\n' libeigen3-dev nlohmann-json3-dev libcli11-dev
            for library in "$@" libstdc++.so.6; do dpkg-query --search "*-linux-gnu/${library##*/}" | sed 's/:.*//'; done
        } | sort --unique | while read -r package; do
            printf '\n================ %s %s\n\n' "$package" "$(dpkg-query --show --showformat '${Version}' "$package" | head -n 1)"
            cat "/usr/share/doc/$package/copyright"
        done
    }
}

# Needs glibc only: what else the library is linked with lies beside it, found by a run path of the old kind, which counts for
# what those need, too. The C++ runtime is inside, so that one that a host has loaded, maybe an older, is no matter.
make_relocatable_tree() {
    local link="-static-libstdc++ -Wl,--disable-new-dtags -Wl,-z,relro,-z,now" libraries
    built build-relocatable -DCMAKE_INSTALL_LIBDIR=lib "-DCMAKE_INSTALL_RPATH=\$ORIGIN" \
        "-DCMAKE_SHARED_LINKER_FLAGS=$link" "-DCMAKE_EXE_LINKER_FLAGS=$link"
    rm -rf "$tree"
    cmake --install build-relocatable --strip --prefix "$tree"
    mapfile -t libraries < <(needed_libraries "$tree/bin/moodleml" "$tree/lib/libmoodleml.so.1")
    install --mode=644 "${libraries[@]}" "$tree/lib"
    notices "${libraries[@]}" >"$tree/THIRD-PARTY-NOTICES"
    cp LICENSE README.md CHANGELOG.md "$tree"
}

relocatable_tarball() {
    make_relocatable_tree
    mkdir -p "$out"
    tar --create --xz --file "$out/${tree##*/}.tar.xz" --owner=0 --group=0 --numeric-owner --sort=name -C "${tree%/*}" "${tree##*/}"
    (cd "$out" && sha256sum "${tree##*/}.tar.xz" >"${tree##*/}.tar.xz.sha256")
}

# One zip is the whole installation: library and program of the relocatable tree inside.
plugin_zip() {
    [[ $kind == all ]] || make_relocatable_tree
    rm -rf build-relocatable/plugin
    cmake/package-plugin.sh build-relocatable/plugin "$tree"
    mkdir -p "$out"
    cp build-relocatable/plugin/mlbackend_moodleml.zip "$out"
    (cd "$out" && sha256sum mlbackend_moodleml.zip >mlbackend_moodleml.zip.sha256)
}

[[ $kind != all && $kind != source ]] || source_tarball
[[ $kind != all && $kind != debian ]] || debian_packages
[[ $kind != all && $kind != relocatable ]] || relocatable_tarball
[[ $kind != all && $kind != plugin ]] || plugin_zip
ls -l "$out"
