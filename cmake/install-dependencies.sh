#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian 12 packages that are missing: install-dependencies.sh [build|python|tests|long] (default: build; each
# adds to the one before). As root or with sudo. Prints nothing unless it fails.
set -euo pipefail

build=(g++ cmake ninja-build libdnnl-dev libeigen3-dev zlib1g-dev nlohmann-json3-dev libcli11-dev)
python=(python3-dev python3-venv pybind11-dev)
# pkgconf, groff-base: read the installed moodleml.pc and manual page. abigail-tools: abidiff.
# libclang-rt-14-dev: clang's sanitizers; the rest of clang comes with clang-tidy.
# curl: waits for the REST service in tests/moodle.sh.
# openssl, systemd (systemd-analyze), libapache2-mod-wsgi-py3, redis-server, and nginx-light again: bindings/python/tests/backend.
# openmpi-bin, libopenmpi-dev: training on several processes (tests/cli, bindings/python/tests/moodleml).
# php8.2-fpm, nginx-light, libapache2-mod-php8.2 (with apache2-bin): the web servers of bindings/php/tests.
tests=(doctest-dev libbenchmark-dev clang libclang-rt-14-dev clang-tidy clang-format ccache python3 php8.2-cli chromium
    chromium-driver pkgconf groff-base abigail-tools curl phpunit php-codesniffer php8.2-fpm nginx-light libapache2-mod-php8.2
    openssl systemd libapache2-mod-wsgi-py3 redis-server openmpi-bin libopenmpi-dev)
# The compilers of tests/cross. make, python3-venv: cross.sh. doxygen, minisign: release.sh.
long=(git lintian make python3-venv mmdebstrap g++-aarch64-linux-gnu qemu-user g++-mingw-w64-x86-64-posix libz-mingw-w64-dev
    doxygen minisign)

case "${1:-build}" in
    build) wanted=("${build[@]}") ;;
    python) wanted=("${build[@]}" "${python[@]}") ;;
    tests) wanted=("${build[@]}" "${python[@]}" "${tests[@]}") ;;
    long) wanted=("${build[@]}" "${python[@]}" "${tests[@]}" "${long[@]}") ;;
    *)
        echo "usage: $0 [build|python|tests|long]" >&2
        exit 2
        ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "$0: this system has no dpkg; install what these Debian packages hold: ${wanted[*]}" >&2
    exit 1
fi

missing=()
for package in "${wanted[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || state=absent
    [[ $state == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "$0: neither root nor sudo: have an administrator run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

apt_get() {
    "${as_root[@]}" apt-get --quiet --yes --option DPkg::Lock::Timeout=300 --option Acquire::Retries=3 "$@" \
        </dev/null >>"$log" 2>&1
}

# Another apt-get may hold the package lists, which its lock time-out does not cover: hence the second and third try.
update() {
    apt_get update || { sleep 10 && apt_get update; } || { sleep 30 && apt_get update; }
}

if ! { update && apt_get install --no-install-recommends "${missing[@]}"; }; then
    echo "$0: apt-get could not install ${missing[*]}; the end of its log:" >&2
    tail -n 20 "$log" >&2
    exit 1
fi
