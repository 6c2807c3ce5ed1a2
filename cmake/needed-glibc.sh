#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the oldest glibc that programs and libraries run with: needed-glibc.sh FILE…, by the versions of the symbols they need.
set -euo pipefail
# readelf reads the files of every processor.
readelf --version-info --wide "${@:?usage: cmake/needed-glibc.sh FILE…}" |
    sed -n 's/.* Name: GLIBC_\(2\.[0-9.]*\) .*/\1/p' | sort --version-sort | tail -n 1
