#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a clean clone on Debian 12 to predictions: installs the packages that are missing (root or sudo), builds, trains on
# the real data in examples/data, cross-validates, predicts. All that it makes lies in build/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build
results=$build/quickstart
program=$build/bin/moodleml
mkdir -p "$results"

heading() { printf '\n== %s\n' "$*"; }

# Runs a command without its output, which is shown only if it fails.
quietly() {
    local log=$results/log.txt
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        printf '%s: failed: %s\n(the whole log: %s)\n' "$0" "$*" "$log" >&2
        exit 1
    fi
}

# What ninja would do, told in one line: it is long the first time only.
build_program() {
    local started=$SECONDS
    quietly cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release
    quietly cmake --build "$build" --target moodleml_program
    printf 'built %s in %d s\n' "$program" $((SECONDS - started))
}

unpack() {
    [[ $results/$2 -nt $1 ]] && return
    gunzip --stdout "$1" >"$results/$2.new"
    mv "$results/$2.new" "$results/$2"
}

heading 'Packages and build (the first time takes a minute or two)'
./cmake/install-dependencies.sh build
build_program

unpack examples/data/students-366-train.csv.gz train.csv
unpack examples/data/students-366-predict.csv.gz predict.csv

heading 'Training on real, anonymised data of students'
"$program" train "$results/train.csv" --model "$results/students.mml"

heading 'Cross-validation: how well does such a model predict samples that it has not seen?'
"$program" evaluate "$results/train.csv" --iterations 5

heading 'Predictions for students whose class is not known'
"$program" predict "$results/students.mml" "$results/predict.csv" --output "$results/predictions.csv"
head -n 6 "$results/predictions.csv"
printf '... and %d more\n' $(($(wc -l <"$results/predictions.csv") - 6))

heading 'Where things lie'
printf '%-13s%s\n' \
    program "$program" \
    model "$results/students.mml" \
    predictions "$results/predictions.csv"
printf '\nNext: %s --help\n' "$program"
