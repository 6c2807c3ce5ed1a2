#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same commit gives the same packages, byte for byte: packages_again.sh [STEP…] takes these steps of cmake/release.sh (default:
# all) twice, in two clones at different places, at different times, without a compiler cache, and compares.
set -euo pipefail
cd "$(dirname "$0")/.."
steps=${*:-check packages wheels static documentation notes bill sums}
version=$(sed -n 's/^project(moodleml VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
export CCACHE_DISABLE=1 ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-$PWD/build-cross/cache} RELEASE_PARTS=$steps

# made PLACE UMASK ZONE: the packages of a clone there.
made() {
    mkdir -p "$work/$1"
    git clone --quiet . "$work/$1/clone"
    (
        umask "$2"
        export TZ=$3
        cd "$work/$1/clone"
        cmake/release.sh --trial "$version" "$work/$1/packages"
    )
    rm -rf --one-file-system "$work/$1/clone"
}

made one 022 UTC
made another/place 027 Asia/Tokyo
diff --recursive --brief "$work/one/packages" "$work/another/place/packages"
[[ -n $(ls "$work/one/packages") ]]
(cd "$work/one/packages" && sha256sum -- *)
echo "== made twice, the same bytes"
