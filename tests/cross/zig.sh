#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds for each target of cmake/cross.sh (zig.sh [TARGET…]: for these), and proves what the builds promise: musl's program is one
# file of 12 MB at most that needs nothing at all, glibc's files run with 2.28, the libraries load and train in a process of their
# own C library, and all predict the same. aarch64 is run by qemu. Needs root and mmdebstrap.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/cross/moodle_calls.sh
cross=build-cross
targets=("$@")
[[ $# -gt 0 ]] || targets=(x86_64-linux-musl aarch64-linux-musl x86_64-linux-gnu.2.28 aarch64-linux-gnu.2.28)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT

# A system of both C libraries for a processor, to run what is not static: Debian has musl, too.
system_of() {
    local architecture=${1/x86_64/amd64}
    architecture=${architecture/aarch64/arm64}
    local system=$PWD/$cross/system-$1
    [[ -e $system/whole ]] || {
        rm -rf --one-file-system "$system"
        mmdebstrap --quiet --architectures="$architecture" --variant=extract --include=libc6,musl bookworm "$system"
        touch "$system/whole"
    }
    echo "$system"
}

# What a program or library names as needed.
needed() { readelf --dynamic --wide "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' '; }

# One file in a root where nothing else is. qemu is no such file, so that aarch64 runs outside.
static_program() {
    local program=$1 processor=$2 root=$work/root-$2
    [[ -z $(needed "$program") ]] || fail "$program needs $(needed "$program")"
    ! readelf --program-headers --wide "$program" | grep --quiet INTERP || fail "$program needs a loader"
    [[ $(stat --format=%s "$program") -le 12000000 ]] || fail "$program has more than 12 MB"
    data "$root/data"
    cp "$program" "$root/moodleml"
    if [[ $processor == x86_64 ]]; then
        main_job /data unshare --net --pid --fork chroot "$root" /moodleml
    else
        main_job "$root/data" "qemu-$processor" "$root/moodleml"
    fi
    echo "== $program: $(stat --format=%s "$program") bytes, trains and predicts in a root of its own"
}

# A C program of this C library, which loads the library as PHP's FFI does.
library() {
    local target=$1 library=$2 processor=${1%%-*} system needs glibc program=$work/$1
    needs=$(needed "$library")
    grep --quiet --extended-regexp '^((lib(c|m|pthread|dl|rt)\.so\.[0-9]+|libc\.so|ld-linux[^ ]*) )+$' <<<"$needs" || fail "$library needs $needs"
    glibc=$(cmake/needed-glibc.sh "$library" "${library%/lib/*}/bin/moodleml")
    [[ $(printf '%s\n' "${glibc:-0}" 2.28 | sort --version-sort | tail -n 1) == 2.28 ]] || fail "$library needs glibc $glibc"
    diff <(grep '^mml_' src/capi/symbols.txt | sort) <(readelf --dyn-syms --wide "$library" | awk '$5 == "GLOBAL" && $7 != "UND" && $8 ~ /^mml_/ {sub(/@.*/, "", $8); print $8}' | sort)
    system=$(system_of "$processor")
    "$cross/$target/tools/cc" -O2 -dynamic -Iinclude examples/c/train_and_predict.c -o "$program" "$library" -Wl,-rpath,"$PWD/${library%/*}"
    (cd "$work" && "qemu-$processor" -L "$system" "$program" >"$program.out") || fail "$(tail -n 5 "$program.out")"
    echo "== $library: $(stat --dereference --format=%s "$library") bytes, needs $needs${glibc:+(glibc $glibc)}, trains and predicts in a program of its C library"
}

# php CODE ARGUMENT…: without what this machine's user has installed or set.
php_alone() { env --unset=MOODLEML_LIBRARY --unset=MOODLEML_HEADER php -r "$@"; }

# The plugin and the Composer package of all targets, as this machine's PHP finds its files in them.
packages() {
    local packages=$work/packages plugin=$work/moodleml package brought load
    cmake/package.sh everywhere "$packages"
    [[ $(stat --format=%s "$packages/mlbackend_moodleml.zip") -le 25000000 ]] || fail "the plugin's zip has more than 25 MB"
    python3 -m zipfile --extract "$packages/mlbackend_moodleml.zip" "$work"
    brought='require $argv[1] . "/classes/local/brought.php"; echo mlbackend_moodleml\local\brought::'
    package=$(php_alone "$brought"'program();' "$plugin")
    [[ $package == "$plugin/bin/x86_64/moodleml" ]] || fail "the plugin picks the program $package"
    chmod +x "$package"
    data "$work/plugin-data"
    main_job "$work/plugin-data" "$package"
    load='require $argv[1]; echo MoodleML\Library::load($argv[2] ?? null, $argv[3] ?? null)->path;'
    package=$(php_alone "$brought"'library();' "$plugin")
    [[ $package == "$plugin/lib/x86_64-linux-gnu/libmoodleml.so.1" ]] || fail "the plugin picks the library $package"
    [[ $(php_alone "$load" "$plugin/moodleml/autoload.php" "$package" "$plugin/include/moodleml/moodleml.h") == "$package" ]]
    python3 -m zipfile --extract "$packages"/moodleml-php-*.zip "$work"
    for package in "$work"/moodleml-php-*; do
        php "$package/moodleml-library" --source="$packages"
        for target in "${targets[@]}"; do php "$package/moodleml-library" --source="$packages" --platform="${target%.2.*}"; done
        [[ $(php_alone "$load" "$package/autoload.php") == "$package/lib/x86_64-linux-gnu/libmoodleml.so.1" ]]
    done
    echo "== packages: PHP here finds its library and program in both"
}

builds=()
for target in "${targets[@]}"; do
    cmake/cross.sh "$target"
    builds+=("$cross/$target/build")
    [[ $target != *-musl ]] || static_program "$cross/$target/build/bin/moodleml" "${target%%-*}"
    library "$target" "$cross/$target/build/lib/libmoodleml.so.1"
done
[[ ${#targets[@]} -lt 4 ]] || packages
QEMU_LD_PREFIX=$(system_of aarch64) python3 -B tests/cross/levels.py build "${builds[@]}"
