#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same commit gives the same packages, byte for byte: packages_again.sh [KIND…] makes these kinds of cmake/package.sh (default:
# all that need no Zig) twice, from two clones at different places, at different times, without a compiler cache, and compares.
set -euo pipefail
cd "$(dirname "$0")/.."
kinds=("$@")
[[ $# -gt 0 ]] || kinds=(all)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
export CCACHE_DISABLE=1 ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-$PWD/build-cross/cache}

# made PLACE UMASK ZONE: the packages of a clone there.
made() {
    mkdir -p "$work/$1"
    git clone --quiet . "$work/$1/clone"
    (
        umask "$2"
        export TZ=$3
        cd "$work/$1/clone"
        for kind in "${kinds[@]}"; do cmake/package.sh "$kind" "$work/$1/packages"; done
    )
    rm -rf --one-file-system "$work/$1/clone"
}

made one 022 UTC
made another/place 027 Asia/Tokyo
diff --recursive --brief "$work/one/packages" "$work/another/place/packages"
cat "$work"/one/packages/*.sha256
echo "== made twice, the same bytes"
