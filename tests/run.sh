#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need, builds, and runs every test there is; --long adds what takes longer. A step that fails does
# not stop the others. The last line is "N passed, N failed"; the exit status is 0 when nothing failed.
# README.md beside this file tells what runs where and how to run one test alone.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

long=false
case "${1:-}" in
    "") ;;
    --long) long=true ;;
    *)
        echo "usage: $0 [--long]" >&2
        exit 2
        ;;
esac

logs=$PWD/build/test-logs
jobs=$(nproc)
rows=()
passed=0
failed=0
rm -rf "$logs"
mkdir -p "$logs"

# So that ccache serves another clone too: it holds no path of this one.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
if [[ -z ${CCACHE_DIR:-} && ! -w ${HOME:-/nowhere} ]]; then
    export CCACHE_DIR=$PWD/build/ccache
fi

# The real data sets that are too large for the repository.
if [[ -z ${MOODLEML_SHARED:-} && -d ../shared ]]; then
    MOODLEML_SHARED=$(cd ../shared && pwd)
fi
if [[ -n ${MOODLEML_SHARED:-} ]]; then
    export MOODLEML_SHARED
else
    echo "skipped: what needs the large data sets, for there is neither ../shared nor MOODLEML_SHARED"
fi

if [[ ${MOODLE_TESTS:-} != 1 ]]; then
    echo "skipped: tests of a real Moodle, for MOODLE_TESTS is not 1"
fi

# step KIND NAME COMMAND…: runs the command with its output in a log, and notes a row of the table. KIND says what counts:
#   check   the command, as one case
#   cases   the cases that the command reports in the file $report
#   again   the same, but only its failures: the cases have been counted in a step before
#   setup   only its failure
step() {
    local kind=$1 name=$2
    shift 2
    local log report start=$SECONDS status=0
    log=$logs/$(tr -cs '[:alnum:]\n' - <<<"$name").log
    report=${log%.log}.xml
    printf '%s …\n' "$name"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    local good=0 bad=0 skipped=0
    case $kind in
        cases | again) [[ ! -s $report ]] || read -r good bad skipped < <(python3 tests/count_cases.py "$report") ;;
        check) good=$((status == 0)) ;;
    esac
    if [[ $status -ne 0 && $bad -eq 0 ]]; then
        bad=1
    fi
    note_row "$kind" "$name" "$good" "$bad" "$skipped" $((SECONDS - start))
    [[ $bad -eq 0 ]] || show_failure "$name" "$log"
}

# The first errors, which may stand anywhere in a log, and its end.
show_failure() {
    printf -- '--- %s: failed; from %s:\n' "$1" "${2#"$PWD"/}"
    head -n -40 "$2" | grep --extended-regexp --max-count=20 'error:|Error|FAILED|\*\*\*' | cut -c 1-300
    printf -- '--- its end:\n'
    tail -n 40 "$2" | cut -c 1-300
    printf -- '---\n'
}

row() { rows+=("$(printf '%-30s %14s %8s %8s %8s' "$@")"); }

note_row() {
    local kind=$1 name=$2 good=$3 bad=$4 skipped=$5 seconds=$6 cases=$(($3 + $4))
    case $kind in
        setup) cases= ;;
        again) cases+=" (again)" ;;
        *) passed=$((passed + good)) ;;
    esac
    failed=$((failed + bad))
    row "$name" "$cases" "$bad" "$skipped" "$seconds"
}

# begin STEPS: runs these with what the steps that follow leave of the processors, one at most as a rule: they install,
# wait for a server, or run one thread. Its seconds are more than it would take alone.
begin() {
    set -o monitor  # a process group of its own, which an interruption of this script ends
    (
        renice -n 19 -p "$BASHPID" >/dev/null
        rows=() passed=0 failed=0
        "$@"
        declare -p rows passed failed >"$logs/beside"
    ) &
    beside=$!
    trap 'kill -- -"$beside" 2>/dev/null' EXIT
    set +o monitor
}

# Waits for the steps begun, and takes their rows and counts.
finish() {
    wait
    trap - EXIT
    local rows_so_far=("${rows[@]}") passed_so_far=$passed failed_so_far=$failed
    # Where they did not come to their end there is no such file.
    eval "$(sed 's/^declare -[a-z-]* //' "$logs/beside" || echo 'rows=("steps beside: no end") passed=0 failed=1')"
    rows=("${rows_so_far[@]}" "${rows[@]}")
    passed=$((passed_so_far + passed)) failed=$((failed_so_far + failed))
}

# build PRESET [TARGET…]: goes on after an error, so that one run shows them all.
build() {
    cmake --preset "$1" && cmake --build --preset "$1" --parallel "$jobs" --target "${@:2}" -- -k 0
}

run_ctest() {
    "${launcher[@]}" ctest --test-dir "$1" --parallel "$jobs" --no-tests=error --timeout 1200 --output-on-failure \
        --output-junit "$report" --test-output-size-passed 1000000 --test-output-size-failed 1000000 "${@:2}"
}

# The sanitizers of clang 14 cannot place their memory under the address randomisation of newer kernels.
launcher=(env)
if setarch --addr-no-randomize true 2>/dev/null; then
    launcher=(setarch --addr-no-randomize)
fi

tests_under_asan() (
    export MOODLEML_SANITIZE=address,undefined ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
    run_ctest build-asan
)

# What starts threads or locks files, as targets for ninja and as a pattern for ctest.
threaded_targets=(test_base test_training test_moodle test_capi_functions test_capi_models test_faults_threads)
threaded_tests='^(unit/(base|training|moodle)|capi/(functions|models)|faults/threads)$'

tests_under_tsan() (
    export MOODLEML_SANITIZE=thread TSAN_OPTIONS=halt_on_error=1
    run_ctest build-tsan --tests-regex "$threaded_tests"
)

install_python_packages() {
    [[ -x build/python/bin/python ]] || python3 -m venv build/python || return
    local install=(build/python/bin/python -m pip install --quiet --disable-pip-version-check)
    "${install[@]}" --requirement tests/python/requirements.txt --requirement bindings/python/tests/moodleml/requirements.txt \
        --requirement bindings/python/tests/backend/requirements.txt --requirement tests/checks/requirements.txt || return
    "${install[@]}" --no-deps --requirement tests/python/requirements-browser.txt
}

run_pytest() {
    MOODLEML_BUILD=$PWD/build build/python/bin/python -B -m pytest -p no:cacheprovider --junitxml="$report" tests/python tests/checks
}

# run_package_tests PACKAGE: the tests of one of the Python packages.
run_package_tests() {
    MOODLEML_BUILD=$PWD/build build/python/bin/python -B -m pytest -p no:cacheprovider --junitxml="$report" "${@:2}" "bindings/python/tests/$1"
}

# The REST service with the oldest versions that it allows of what it stands on, in an environment of their own.
run_backend_tests_on_oldest_packages() {
    local python=build/python-oldest/bin/python tests=bindings/python/tests/backend
    [[ -x $python ]] || python3 -m venv build/python-oldest || return
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$tests/requirements.txt" || return
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$tests/requirements-oldest.txt" || return
    MOODLEML_BUILD=$PWD/build "$python" -B -m pytest -p no:cacheprovider --junitxml="$report" "$tests"
}

run_phpunit() {
    MOODLEML_LIBRARY=$PWD/build/lib/libmoodleml.so.1 phpunit --configuration bindings/php/tests --log-junit "$report"
}

# Cases of a real Moodle, which takes minutes to install at first.
run_moodle() { tests/moodle.sh "$1" "$report"; }

# oneDNN 3.2 as its makers package it: a Python environment that holds include/ and lib/.
build_on_newer_onednn() {
    local root=$PWD/build-onednn3/onednn
    [[ -x $root/bin/python ]] || python3 -m venv "$root" || return
    "$root/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        onednn-devel-cpu-gomp==2023.2.0 onednn-cpu-gomp==2023.2.0 || return
    cmake -S . -B build-onednn3 -G Ninja -DCMAKE_BUILD_TYPE=Release -DMOODLEML_BUILD_TESTS=ON -DoneDNN_ROOT="$root" || return
    grep --quiet "oneDNN_LIBRARY:FILEPATH=$root/" build-onednn3/CMakeCache.txt || return
    cmake --build build-onednn3 --parallel "$jobs" -- -k 0
}

# Half a million rows, and a file larger than the memory that is allowed.
run_limits() {
    MOODLEML_BUILD=$PWD/build build/python/bin/python -B -m pytest -p no:cacheprovider --junitxml="$report" --long tests/python/test_limits.py
}

run_all_faults() (
    export MOODLEML_FAULTS=all
    run_ctest build --label-regex faults
)

# Each fuzz target for a minute of processor time; a target is a case.
run_fuzzers() {
    build/python/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/fuzz/requirements.txt || return
    MOODLEML_BUILD=$PWD/build build/python/bin/python -B tests/fuzz/run.py --jobs "$jobs" --junit "$report" build-fuzz
}

# What a stored model predicts, by builds and levels of x86-64. A Debug build of the program alone is quick.
compare_stored_models() {
    cmake --preset debug -DMOODLEML_BUILD_TESTS=OFF -DCMAKE_UNITY_BUILD=ON || return
    cmake --build --preset debug --parallel "$jobs" --target moodleml_program || return
    "${launcher[@]}" python3 -B tests/cross/levels.py build build-asan build-debug
}

run_on_old_processor() { python3 -B tests/cross/old_cpu.py build --parallel "$jobs" --output-junit "$report"; }

clang_steps() {
    step setup "build: clang, ASan, UBSan" build asan all
    step again "tests: ASan, UBSan" tests_under_asan
    step setup "build: clang, TSan" build tsan "${threaded_targets[@]}"
    step again "tests: TSan" tests_under_tsan
    step check "check: clang-tidy" python3 -B tests/checks/clang_tidy.py build-asan build
}

step setup "packages" cmake/install-dependencies.sh tests
step setup "build: gcc" build release all
step cases "tests" run_ctest build
step check "quickstart" examples/quickstart.sh
step check "check: layers" python3 -B tests/checks/layers.py
step check "check: conventions" python3 -B tests/checks/conventions.py
step check "check: prose" python3 -B tests/checks/prose.py
step check "check: kernels" python3 -B tests/checks/kernels.py build
step check "check: clang-format" python3 -B tests/checks/format.py
begin clang_steps
step setup "packages: Python" install_python_packages
step check "check: sizes" build/python/bin/python -B tests/checks/sizes.py
step check "check: workflows" build/python/bin/python -B tests/checks/workflows.py
step cases "tests: Python" run_pytest
step cases "tests: Python moodleml" run_package_tests moodleml
step cases "tests: Python backend" run_package_tests backend
step cases "tests: PHP" run_phpunit
if [[ ${MOODLE_TESTS:-} == 1 ]]; then
    for case in ffi cli server process; do step cases "tests: Moodle, $case" run_moodle "$case"; done
    step check "Moodle: pages in a browser" tests/moodle-site/pages.sh
fi
step check "check: PHP style" phpcs --standard=bindings/php/tests/style.xml bindings/php examples/php
step check "check: Moodle style" phpcs --standard=bindings/moodle/tests/style.xml bindings/moodle
finish

if $long; then
    step setup "packages: long" cmake/install-dependencies.sh long
    step setup "build: oneDNN 3" build_on_newer_onednn
    step again "tests: oneDNN 3" run_ctest build-onednn3
    step check "check: clang's analyzer" python3 -B tests/checks/clang_tidy.py --analyzer build-asan build
    step setup "build: clang, libFuzzer" build fuzz fuzzers
    step cases "tests: limits" run_limits
    step cases "fuzzing" run_fuzzers
    step again "tests: all faults" run_all_faults
    step check "aarch64" tests/cross/aarch64.sh
    step check "Windows" tests/cross/windows.sh
    step check "Zig: musl, glibc 2.28, ARM64" tests/cross/zig.sh
    step check "Python wheels" tests/cross/wheels.sh
    step again "tests: a processor without AVX" run_on_old_processor
    step check "stored models, everywhere" compare_stored_models
    step check "coverage" tests/coverage/run.sh
    step check "mutation testing" python3 -B tests/mutation/run.py build --sample 100
    step again "tests: oldest Python packages" run_backend_tests_on_oldest_packages
    step again "tests: Python backend, load" run_package_tests backend --long -k test_load
    if [[ ${MOODLE_TESTS:-} == 1 ]]; then
        step check "Moodle: a new site" tests/moodle-site/run.sh
        step check "Moodle: few drop out" tests/moodle-site/rare.sh
    fi
    step check "benchmarks" build/bin/benchmarks
    step check "packages on bare machines" tests/packages.sh
    step check "packages made twice" tests/packages_again.sh
    step check "fresh machine" tests/fresh-machine.sh
fi

printf '\n%-30s %14s %8s %8s %8s\n' "what" "cases" "faults" "skipped" "seconds"
row "all" "$((passed + failed))" "$failed" "" "$SECONDS"
printf '%s\n' "${rows[@]}"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
