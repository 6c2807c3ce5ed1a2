#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Which lines and branches of src/ the tests run: run.sh [GCOVR ARGUMENT…]. Builds into build-coverage, runs what README.md beside this
# file tells, prints a table, the least covered file first, and fails below the limits of gcovr.cfg.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$PWD/build-coverage

cmake --preset coverage
cmake --build --preset coverage --parallel "$(nproc)" -- -k 0
[[ -x $build/python/bin/python ]] || python3 -m venv "$build/python"
"$build/python/bin/python" -m pip install --quiet --disable-pip-version-check --requirement tests/coverage/requirements.txt

find "$build" -name '*.gcda' -delete
ctest --test-dir "$build" --parallel "$(nproc)" --no-tests=error --timeout 1200 --output-on-failure \
    --tests-regex '^(unit/|capi/|cpp/header$|golden|fuzz/|faults/|cli/)' --exclude-regex '^cli/(documents|determinism|long_runs|failures)$'
"$build/python/bin/python" -m gcovr --config tests/coverage/gcovr.cfg --object-directory "$build" "$@" "$build/src"
