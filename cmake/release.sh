#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a release: release.sh [--trial] VERSION [DIRECTORY]. It checks that all files name this version and that the changelog has
# it, then makes and checks all packages in DIRECTORY (default: build/release). What lies there from another machine, such as the
# Debian packages for ARM64, goes along. README.md beside this file lists what a release contains.
#   --trial           takes a version that the changelog calls unreleased, and a tree with changes
#   MINISIGN_KEY      a file with minisign's secret key without a password: signs SHA256SUMS
#   RELEASE_PARTS     the steps to take, of: check packages wheels static documentation notes bill sums (default: all)
set -euo pipefail
cd "$(dirname "$0")/.."
trial=false
[[ ${1:-} != --trial ]] || { trial=true; shift; }
version=${1:?usage: cmake/release.sh [--trial] VERSION [DIRECTORY]}
out=$(realpath --canonicalize-missing "${2:-build/release}")
parts=${RELEASE_PARTS:-check packages wheels static documentation notes bill sums}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat --format=%Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8
umask 022

fail() {
    echo "$0: $1" >&2
    exit 1
}

# named FILE PATTERN: that the text which sed's PATTERN finds in the file is this version.
named() {
    local found
    found=$(sed --quiet --regexp-extended "s#^.*$2.*\$#\\1#p" "$1" | sort --unique | paste --serial --delimiters=' ')
    [[ $found == "$version" ]] || fail "$1 names version ${found:-none}, and the release is $version"
}

# The heading of the version in the changelog, such as "## 0.1.0 (2026-12-01)".
heading() { grep --line-number --extended-regexp "^## ${version//./\\.} \(" CHANGELOG.md || true; }

check() {
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "the version $version is not of the form 1.2.3"
    named CMakeLists.txt '^project\(moodleml VERSION ([0-9.]+)'
    named bindings/moodle/version.php "release = '([^']*)'"
    named bindings/moodle/thirdpartylibs.xml '<version>([^<]*)</version>'
    named bindings/php/libraries.json '"version": "([^"]*)"'
    named include/moodleml/README.md '^\| library, ([0-9.]+) \|'
    named .github/CITATION.cff '^version: (.*)'
    [[ -n $(heading) ]] || fail "CHANGELOG.md has no section \"## $version (date)\""
    ! $trial || return 0
    [[ $(heading) =~ \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$ ]] || fail "CHANGELOG.md does not say when $version is released: write \"## $version (year-month-day)\""
    [[ -z $(git status --porcelain) ]] || fail "the tree has changes that are in no commit: commit them first"
}

# The plugin for all platforms replaces the one for this machine's.
packages() {
    cmake/package.sh all "$out"
    cmake/package.sh everywhere "$out"
}

wheels() { cmake/wheels.sh "$out"; }

# pack NAME: the folder build-cross/static/NAME as an archive with its SHA-256.
pack() {
    cmake/make-archive.sh "$out/$1.tar.xz" build-cross/static "$1"
    (cd "$out" && sha256sum "$1.tar.xz" >"$1.tar.xz.sha256")
}

# The programs that are one file for any Linux.
static() {
    local processor name
    for processor in x86_64 aarch64; do
        [[ -x build-cross/$processor-linux-musl/build/bin/moodleml ]] || cmake/cross.sh "$processor-linux-musl"
        name=moodleml-$version-linux-$processor-static
        rm -rf "build-cross/static/$name"
        install -D --mode=755 "build-cross/$processor-linux-musl/build/bin/moodleml" "build-cross/static/$name/moodleml"
        install --mode=644 LICENSE build-cross/THIRD-PARTY-NOTICES "build-cross/static/$name"
        pack "$name"
    done
}

# Of the wheel for this machine's Python.
documentation() {
    local minor wheel name=moodleml-$version-documentation
    minor=$(python3 -c 'import sys; print(sys.version_info.minor)')
    wheel=$out/moodleml-$version-cp3$minor-cp3$minor-manylinux_2_28_$(uname -m).whl
    [[ -e $wheel ]] || fail "$out has no wheel for Python 3.$minor, which the documentation is made with: run cmake/wheels.sh $out"
    cmake/documentation/make.sh "$wheel"
    mkdir -p build-cross/static
    rm -rf "build-cross/static/$name"
    mkdir "build-cross/static/$name"
    cp --recursive build-documentation/share "build-cross/static/$name"
    pack "$name"
}

# The changelog's section without its heading.
notes() {
    local line
    line=$(heading)
    [[ -n $line ]] || fail "CHANGELOG.md has no section \"## $version (date)\""
    mkdir -p "$out"
    tail --lines=+$((${line%%:*} + 1)) CHANGELOG.md | sed '/^## /,$d' | sed '/./,$!d' >"$out/release-notes.md"
}

bill() { python3 -B cmake/sbom.py "$version" "$out" "$out/moodleml-$version.cdx.json"; }

# One list of all files instead of one beside each. minisign's trusted comment names the release, and no time.
sums() {
    (
        cd "$out"
        for file in *.sha256; do [[ ! -e $file ]] || sha256sum --check --quiet "$file"; done
        rm -f -- *.sha256 SHA256SUMS*
        sha256sum -- * >SHA256SUMS
    )
    [[ -z ${MINISIGN_KEY:-} ]] ||
        minisign -S -W -s "$MINISIGN_KEY" -m "$out/SHA256SUMS" -x "$out/SHA256SUMS.minisig" -t "libmoodleml $version" </dev/null
}

mkdir -p "$out"
for part in $parts; do
    case $part in
        check | packages | wheels | static | documentation | notes | bill | sums) "$part" ;;
        *) fail "RELEASE_PARTS names $part, which is none of: check packages wheels static documentation notes bill sums" ;;
    esac
done
