#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds everything for aarch64 with Debian's cross compiler and runs the test programs by qemu. What the build links with
# are Debian's own packages for that processor, unpacked into build-aarch64/system.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$PWD/build-aarch64
system=$build/system

if [[ ! -e $build/system-is-whole ]]; then
    rm -rf --one-file-system "$system"
    mkdir -p "$build"
    # "extract" runs no program of the packages.
    mmdebstrap --quiet --architectures=arm64 --variant=extract bookworm "$system" \
        --include=libc6-dev,libstdc++-12-dev,libgomp1,libdnnl-dev,zlib1g-dev,libeigen3-dev,nlohmann-json3-dev,libcli11-dev,doctest-dev
    touch "$build/system-is-whole"
fi

cat >"$build/toolchain.cmake" <<'END'
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/system)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-L;${CMAKE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
END
cmake -S . -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$build/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DMOODLEML_BUILD_TESTS=ON -DMOODLEML_WARNINGS_AS_ERRORS=ON
cmake --build "$build" --parallel -- -k 0

# What runs other programs of this machine (abi, cli, install, cpp/wrapped) is none of the emulator's.
ctest --test-dir "$build" --parallel "$(nproc)" --no-tests=error --timeout 1200 --output-on-failure \
    --tests-regex '^(unit/|capi/|cpp/|golden)' --exclude-regex '^cpp/wrapped$' "$@"
