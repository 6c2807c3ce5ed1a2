#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the wheels of cmake/wheels.sh: wheels.sh [DIRECTORY] takes those that lie there, or makes all. pip installs each without
# an index and without compiling, and Moodle's calls train and predict: for glibc with every CPython that is here, and with the
# one in a bare Debian for each processor (aarch64 by qemu); for musl with a CPython built for it. Needs root and mmdebstrap.
set -euo pipefail
export PIP_ROOT_USER_ACTION=ignore
cd "$(dirname "$0")/../.."
. tests/cross/moodle_calls.sh
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
packages=$(realpath --canonicalize-missing "${1:-build-cross/packages}")
[[ $# -gt 0 ]] || cmake/wheels.sh "$packages"
shopt -s nullglob
data "$work/data"
# What pip may not do: ask an index, or take anything but a wheel.
pip=(-m pip install --quiet --disable-pip-version-check --no-index --only-binary :all: --find-links "$packages")

# Of this Python.
anew() {
    rm -rf "$work/data/model"
    main_job "$work/data" "$@"
}

# A Python that is here, in an environment that has nothing but pip.
with_python() {
    local python=$1 environment=$work/environment
    rm -rf "$environment"
    "$python" -m venv "$environment"
    "$environment/bin/python" "${pip[@]}" moodleml
    anew "$environment/bin/python"
    echo "== $("$python" --version) here: installed, trains and predicts"
}

# Debian's Python in a system that has no compiler, by the processor's emulator; pip names there what it finds fitting.
in_bare_system() {
    local processor=$1 architecture=$2 system=$work/$1 python
    mmdebstrap --quiet --architectures="$architecture" --variant=extract --include=libc6,python3,python3-pip bookworm "$system"
    python=(env --unset=PYTHONPATH "qemu-$processor" -L "$system" "$system/usr/bin/python3.11")
    "${python[@]}" "${pip[@]}" --target "$work/installed-$processor" moodleml
    python[1]=PYTHONPATH=$work/installed-$processor
    anew "${python[@]}"
    echo "== Python in a bare Debian for $processor: installed, trains and predicts"
}

# Python for musl. On this processor pip finds out in a root of its own what fits there. It has to run a program for that, which an
# emulator does not; so on another one it is told.
with_musl() {
    local processor=$1 system=$work/musl-$1 python bundled
    mmdebstrap --quiet --architectures="$2" --variant=extract --include=libc6,musl,coreutils bookworm "$system"
    tests/cross/musl_python.sh "$processor" "$system"
    python=(env "PYTHONPATH=$system/site" "qemu-$processor" -L "$system" "$system/usr/bin/python3.11")
    if [[ $processor == "$(uname -m)" ]]; then
        mkdir "$system/wheels"
        cp "$packages"/*.whl "$system/wheels"
        bundled=$(cd "$system" && echo usr/lib/python3.11/ensurepip/_bundled/pip-*.whl)
        unshare --net chroot "$system" /usr/bin/env --ignore-environment HOME=/ PATH=/usr/bin /usr/bin/python3.11 "/$bundled/pip" install \
            --quiet --disable-pip-version-check --no-index --only-binary :all: --find-links /wheels --target /site moodleml
    else
        python3 "${pip[@]}" --platform "musllinux_1_2_$processor" --implementation cp --python-version 3.11 --target "$system/site" moodleml
    fi
    anew "${python[@]}"
    echo "== Python for musl on $processor: installed, trains and predicts"
}

# glibc: every Python here whose wheel is there.
for minor in 9 10 11 12 13; do
    wheel=("$packages"/moodleml-*-"cp3$minor-cp3$minor-manylinux_2_28_$(uname -m).whl")
    [[ ${#wheel[@]} -gt 0 ]] || continue
    for python in "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor".*/bin/python "/usr/bin/python3.$minor" "/opt/python/cp3$minor-cp3$minor/bin/python"; do
        [[ -x $python ]] && "$python" -c 'import venv, ensurepip' 2>/dev/null || continue
        with_python "$python"
        break
    done
done
[[ -e $work/environment ]] || fail "no Python of this machine has a wheel in $packages"
for processor in x86_64:amd64 aarch64:arm64; do
    wheel=("$packages"/moodleml-*-cp311-cp311-manylinux_2_28_"${processor%:*}".whl)
    [[ ${#wheel[@]} -eq 0 ]] || in_bare_system "${processor%:*}" "${processor#*:}"
    wheel=("$packages"/moodleml-*-cp311-cp311-musllinux_1_2_"${processor%:*}".whl)
    [[ ${#wheel[@]} -eq 0 ]] || with_musl "${processor%:*}" "${processor#*:}"
done
