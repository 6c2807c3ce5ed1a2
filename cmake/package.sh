#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes packages: package.sh [source|debian|relocatable|plugin|everywhere] [DIRECTORY]; without a word all but "everywhere", which
# makes plugin and PHP package for all the targets of cross.sh. They end up in DIRECTORY (default: build/packages), each with its
# SHA-256. README.md beside this file tells what is in them.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-all}
out=$(realpath --canonicalize-missing "${2:-build/packages}")
case $kind in
    all | source | debian | relocatable | plugin | everywhere) ;;
    *)
        echo "usage: $0 [source|debian|relocatable|plugin|everywhere] [DIRECTORY]" >&2
        exit 2
        ;;
esac
version=$(sed -n 's/^project(moodleml VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
tree=build-relocatable/moodleml-$version-linux-$(uname -m)
# What Git knows of the commit; archives and Debian packages have its time.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat --format=%Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
umask 022 # Folders in Debian packages have what it leaves.

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
    # cpack's archive has the order and the times of this folder.
    rm -rf build-source/unpacked
    mkdir build-source/unpacked
    tar --extract --file "$out/moodleml-$version.tar.xz" --directory build-source/unpacked
    archive "moodleml-$version.tar.xz" build-source/unpacked "moodleml-$version"
}

# archive NAME PARENT FOLDER: the same bytes for the same files, and its SHA-256.
archive() {
    cmake/make-archive.sh "$out/$1" "$2" "$3"
    write_sum "$1"
}

write_sum() { (cd "$out" && sha256sum "$1" >"$1.sha256"); }

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
    archive "${tree##*/}.tar.xz" "${tree%/*}" "${tree##*/}"
}

# One zip is the whole installation: library and program of the relocatable tree inside.
plugin_zip() {
    [[ $kind == all ]] || make_relocatable_tree
    plugin_from build-relocatable "$tree"
}

# plugin_from FOLDER FILES: the zip with these library and program, made in FOLDER.
plugin_from() {
    rm -rf "$1/plugin"
    cmake/package-plugin.sh "$1/plugin" "$2"
    mkdir -p "$out"
    cp "$1/plugin/mlbackend_moodleml.zip" "$out"
    write_sum mlbackend_moodleml.zip
}

# The Composer package with its table of libraries, and the libraries, which belong where MOODLEML_DOWNLOADS says.
php_package() {
    local folder=build-cross/php/moodleml-php-$version platform library file entries=
    rm -rf build-cross/php
    mkdir -p "$folder/include/moodleml" "$out"
    tar --create --directory bindings/php --exclude=./tests --exclude=./libraries.json . | tar --extract --directory "$folder" --no-same-owner
    # Composer's folders of packages want the version in each.
    sed --in-place "s/^    \"description\"/    \"version\": \"$version\",\n&/" "$folder/composer.json"
    cp include/moodleml/{moodleml,begin,end}.h "$folder/include/moodleml"
    cp LICENSE build-cross/THIRD-PARTY-NOTICES "$folder"
    for library in build-cross/*/build/lib/libmoodleml.so.1; do
        platform=${library#build-cross/}
        platform=${platform%%/*}
        platform=${platform%.2.*}
        file=libmoodleml-$version-$platform.so.gz
        gzip --best --no-name --stdout "$library" >"$out/$file"
        write_sum "$file"
        entries+=$(printf '%s\n        "%s": {"file": "%s", "sha256": "%s", "library_sha256": "%s"}' "${entries:+,}" "$platform" "$file" \
            "$(sha256sum <"$out/$file" | cut -d ' ' -f 1)" "$(sha256sum <"$library" | cut -d ' ' -f 1)")
    done
    printf '{\n    "schema": 1,\n    "version": "%s",\n    "source": "%s",\n    "libraries": {%s\n    }\n}\n' \
        "$version" "${MOODLEML_DOWNLOADS:-}" "$entries" >"$folder/libraries.json"
    archive "moodleml-php-$version.zip" build-cross/php "moodleml-php-$version"
}

everywhere() {
    local target
    for target in x86_64-linux-musl aarch64-linux-musl x86_64-linux-gnu.2.28 aarch64-linux-gnu.2.28; do cmake/cross.sh "$target"; done
    plugin_from build-cross build-cross
    php_package
}

[[ $kind != all && $kind != source ]] || source_tarball
[[ $kind != all && $kind != debian ]] || debian_packages
[[ $kind != all && $kind != relocatable ]] || relocatable_tarball
[[ $kind != all && $kind != plugin ]] || plugin_zip
[[ $kind != everywhere ]] || everywhere
ls -l "$out"
