#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the Moodle plugin as it is given out: package-plugin.sh FOLDER [PREFIX|CROSS] writes FOLDER/moodleml, plain files to copy
# to Moodle's lib/mlbackend, and FOLDER/mlbackend_moodleml.zip, the same for Moodle's installer. From PREFIX, a tree that
# `package.sh relocatable` made, library and program go along, with the libraries that lie beside it: then this is all there is to
# install. From CROSS, the folder in which cross.sh builds, those of all the targets that are built go along. What needs libraries
# of this machine is refused, for its plugin would work on this machine only.
set -euo pipefail

folder=$(realpath --canonicalize-missing "${1:?usage: cmake/package-plugin.sh FOLDER [PREFIX]}")
prefix=${2:+$(realpath "$2")}
cd "$(dirname "$0")/.."
plugin=$folder/moodleml
glibc=2.36 # The oldest that a plugin with library and program runs with; README.md says the same.
cross_glibc=2.28 # The same where cross.sh made them.
most=25000000 # Bytes of the zip file.

fail() {
    echo "$0: $1" >&2
    exit 1
}

# What files need that neither lies beside them nor is the C library's.
foreign_libraries() {
    readelf --dynamic "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort --unique | while read -r library; do
        [[ $library =~ ^(lib(c|m|pthread|dl|rt)\.so\.[0-9]+|libc\.so|ld-linux.*)$ || -e $plugin/lib/$library ]] || echo "$library"
    done
}

# library LOCATION NAME DESCRIPTION VERSION LICENCE [VERSION OF THE LICENCE]: an entry of thirdpartylibs.xml.
library() {
    printf '    <library>\n        <location>%s</location>\n        <name>%s</name>\n' "$1" "$2"
    printf '        <description>%s</description>\n        <version>%s</version>\n        <license>%s</license>\n' "$3" "$4" "$5"
    [[ -z ${6:-} ]] || printf '        <licenseversion>%s</licenseversion>\n' "$6"
    printf '    </library>\n'
}

# The version of the package that a library is from.
version_of() {
    local package
    package=$(dpkg-query --search "*-linux-gnu/$1" | head -n 1 | sed 's/:.*//')
    dpkg-query --show --showformat '${Version}' "$package" | sed 's/^[0-9]*://; s/[-+].*//'
}

# Entries for what cross.sh built.
cross_binaries() {
    local file version
    version=$(sed -n "s/^.plugin->release = '\(.*\)';/\1/p" bindings/moodle/version.php)
    for file in "$plugin"/bin/*/* "$plugin"/lib/*/*; do
        library "${file#"$plugin"/}" libmoodleml "Trains and predicts. lib/THIRD-PARTY-NOTICES tells what is compiled into it." "$version" Apache 2.0
    done
}

# Entries for what lib/ and bin/ hold. One that is not known here must be added: the plugin's users have a right to its licence.
binaries() {
    local file name version
    version=$(sed -n "s/^.plugin->release = '\(.*\)';/\1/p" bindings/moodle/version.php)
    library bin/moodleml 'libmoodleml: program' 'Trains and predicts in a process of its own.' "$version" Apache 2.0
    for file in "$plugin"/lib/*.so.*; do
        name=${file##*/}
        case $name in
            libmoodleml.so.*) library "lib/$name" libmoodleml 'Trains and predicts.' "$version" Apache 2.0 ;;
            libdnnl.so.*) library "lib/$name" oneDNN 'Multiplies matrices for neural networks.' "$(version_of "$name")" Apache 2.0 ;;
            libgomp.so.*) library "lib/$name" 'GCC: libgomp' 'oneDNN needs it.' "$(version_of "$name")" 'GPL with the GCC Runtime Library Exception' 3.0+ ;;
            libstdc++.so.*) library "lib/$name" 'GCC: libstdc++' 'oneDNN needs it.' "$(version_of "$name")" 'GPL with the GCC Runtime Library Exception' 3.0+ ;;
            libgcc_s.so.*) library "lib/$name" 'GCC: libgcc' 'oneDNN needs it.' "$(version_of "$name")" 'GPL with the GCC Runtime Library Exception' 3.0+ ;;
            libOpenCL.so.*) library "lib/$name" ocl-icd 'oneDNN needs it.' "$(version_of "$name")" BSD 2-Clause ;;
            libz.so.*) library "lib/$name" zlib 'Compresses models.' "$(version_of "$name")" zlib ;;
            *) fail "$name is not known: add it to binaries() in this script, with its licence" ;;
        esac
    done
}

# require_glibc VERSION FILE…: that they run with it.
require_glibc() {
    local needed
    needed=$(cmake/needed-glibc.sh "${@:2}")
    [[ $(printf '%s\n' "$needed" "$1" | sort --version-sort | tail -n 1) == "$1" ]] ||
        fail "the files need glibc $needed, and the plugin promises to run with $1"
}

# append_entries ENTRIES: to the plugin's thirdpartylibs.xml.
append_entries() {
    { sed '$d' bindings/moodle/thirdpartylibs.xml; printf '%s\n' "$1" '</libraries>'; } >"$plugin/thirdpartylibs.xml"
}

# Each processor's program is musl's, which runs with every C library; each platform has its library.
add_cross_builds() {
    local build target
    for build in "$prefix"/*/build/lib/libmoodleml.so.1; do
        [[ -e $build ]] || fail "$prefix has no build: make one by cmake/cross.sh"
        target=${build#"$prefix"/}
        target=${target%%/*}
        install -D --mode=644 "$build" "$plugin/lib/${target%.2.*}/libmoodleml.so.1"
        [[ $target != *-musl ]] || install -D --mode=755 "$prefix/$target/build/bin/moodleml" "$plugin/bin/${target%%-*}/moodleml"
    done
    foreign=$(foreign_libraries "$plugin"/bin/*/* "$plugin"/lib/*/*)
    [[ -z $foreign ]] || fail "the builds in $prefix need ${foreign//$'\n'/, }"
    ! readelf --program-headers "$plugin"/bin/*/* | grep --quiet INTERP || fail "a program in $prefix is not static"
    ! compgen -G "$plugin/lib/*-gnu/*" >/dev/null || require_glibc "$cross_glibc" "$plugin"/lib/*-gnu/*
    cp "$prefix/THIRD-PARTY-NOTICES" "$plugin/lib"
    append_entries "$(cross_binaries)"
}

# By the names that the loader asks for, and no links, which Moodle's installer does not unpack.
add_tree() {
    local entries
    mkdir "$plugin/bin" "$plugin/lib"
    cp "$prefix/bin/moodleml" "$plugin/bin"
    cp --dereference "$prefix"/lib/*.so.[0-9] "$plugin/lib"
    foreign=$(foreign_libraries "$plugin"/bin/* "$plugin"/lib/*.so.*)
    [[ -z $foreign ]] || fail "$prefix needs ${foreign//$'\n'/, } of this machine: make the plugin by cmake/package.sh plugin"
    [[ -s $prefix/THIRD-PARTY-NOTICES ]] || fail "$prefix has no THIRD-PARTY-NOTICES: make the plugin by cmake/package.sh plugin"
    cp "$prefix/THIRD-PARTY-NOTICES" "$plugin/lib"
    require_glibc "$glibc" "$plugin"/bin/* "$plugin"/lib/*.so.*
    entries=$(binaries)
    append_entries "$entries"
}

[[ ! -e $plugin ]] || fail "$plugin is there already: remove it first"
trap '[[ $? -eq 0 ]] || rm -rf "$plugin"' EXIT
mkdir -p "$plugin/include/moodleml"
tar --create --dereference --directory bindings/moodle --exclude=./include --exclude=./tests . |
    tar --extract --directory "$plugin" --no-same-owner
cp include/moodleml/{moodleml,begin,end}.h "$plugin/include/moodleml"
cp LICENSE "$plugin/include"
cp LICENSE "$plugin/moodleml"

if [[ -n $prefix && -e $prefix/bin/moodleml ]]; then
    add_tree
elif [[ -n $prefix ]]; then
    add_cross_builds
fi

cmake/make-archive.sh "$folder/mlbackend_moodleml.zip" "$folder" moodleml
[[ $(stat --format=%s "$folder/mlbackend_moodleml.zip") -le $most ]] || fail "$folder/mlbackend_moodleml.zip has more than $most bytes"
