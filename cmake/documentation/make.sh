#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the reference of C, C++ and Python as static pages: make.sh [WHEEL] writes build-documentation/share/doc/moodleml/html.
# WHEEL is the Python package to describe, for this machine's Python; without it the part for C and C++ is made alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
wheel=${1:+$(realpath "$1")}
build=$PWD/build-documentation
site=$build/share/doc/moodleml/html
version=$(sed -n 's/^project(moodleml VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat --format=%Y CHANGELOG.md)}
# Numbers of memory must not decide an order.
export SOURCE_DATE_EPOCH PYTHONHASHSEED=0 LC_ALL=C.UTF-8 TZ=UTC
rm -rf "$build/share"
mkdir -p "$site"
cp cmake/documentation/index.html "$site"

{ cat cmake/documentation/Doxyfile; printf 'PROJECT_NUMBER = %s\nOUTPUT_DIRECTORY = %s\n' "$version" "$site"; } | doxygen -
echo "== $site/c: $(find "$site/c" -name '*.html' | wc -l) pages"
[[ -n $wheel ]] || exit 0

if ! cmp --silent cmake/documentation/requirements.txt "$build/requirements.txt"; then
    rm -rf "$build/python"
    python3 -m venv "$build/python"
    "$build/python/bin/python" -m pip install --quiet --disable-pip-version-check --requirement cmake/documentation/requirements.txt
    cp cmake/documentation/requirements.txt "$build"
fi
"$build/python/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheel"
"$build/python/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel[estimators]"
"$build/python/bin/python" -B -m sphinx --quiet --fail-on-warning --fresh-env --builder html --doctree-dir "$build/doctrees" \
    cmake/documentation "$site/python"
rm -f "$site"/python/{.buildinfo,objects.inv}
echo "== $site/python: $(find "$site/python" -name '*.html' | wc -l) pages"
