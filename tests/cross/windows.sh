#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles and links the library for Windows (mingw-w64) and compares what the DLL exports with src/capi/symbols.txt. There is
# no oneDNN for it among Debian's packages: it links with an import library of the two functions that are called. The
# program and the tests are left out: nothing here could run them.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$PWD/build-windows
system=$build/system
compiler=x86_64-w64-mingw32

# Headers that fit every system, away from this system's own.
rm -rf "$system"
mkdir -p "$system"/{include,lib,share/cmake}
ln -s /usr/include/{nlohmann,eigen3,oneapi} /usr/include/dnnl*.h "$system/include"
ln -s /usr/share/cmake/nlohmann_json "$system/share/cmake"
ln -s /usr/share/eigen3 "$system/share"
printf 'LIBRARY dnnl.dll\nEXPORTS\n    dnnl_sgemm\n    dnnl_version\n' >"$build/dnnl.def"
$compiler-dlltool --input-def "$build/dnnl.def" --output-lib "$system/lib/libdnnl.dll.a"

cat >"$build/toolchain.cmake" <<END
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER $compiler-gcc-posix)
set(CMAKE_CXX_COMPILER $compiler-g++-posix)
set(CMAKE_FIND_ROOT_PATH /usr/$compiler \${CMAKE_CURRENT_LIST_DIR}/system)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
END
cmake -S . -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$build/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DMOODLEML_BUILD_PROGRAM=OFF -DMOODLEML_WARNINGS_AS_ERRORS=ON
cmake --build "$build" --parallel -- -k 0

exported=$($compiler-objdump -p "$build/bin/libmoodleml.dll" | sed -n '/^\[Ordinal.Name Pointer\]/,/^$/s/^\s*\[ *[0-9]*\] //p' | sort)
diff <(grep '^mml_' src/capi/symbols.txt | sort) <(printf '%s\n' "$exported")
