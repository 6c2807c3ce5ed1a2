#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the packages of cmake/package.sh: lintian finds nothing in Debian's, and each does the main job in a bare Debian 12 of its
# own, without network: Moodle's calls train and predict on real data. Needs root, mmdebstrap, lintian. packages.sh [DIRECTORY]:
# those that lie there already.
set -euo pipefail
shopt -s extglob
cd "$(dirname "$0")/.."

if [[ $(id -u) -ne 0 ]]; then
    exec sudo "$0" "$@"
fi

work=$(mktemp -d)
clean_up() { rm -rf --one-file-system "$work"; }
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

packages=${1:-build/packages}
[[ $# -gt 0 ]] || cmake/package.sh all "$packages"

mapfile -t settings < <(grep --no-messages --files-with-matches --recursive --extended-regexp '^\s*Acquire::(http|Check|Retries)' \
    /etc/apt/apt.conf /etc/apt/apt.conf.d)
mapfile -t sources < <(find /etc/apt/sources.list /etc/apt/sources.list.d -name '*.list' -o -name '*.sources' 2>/dev/null |
    xargs --no-run-if-empty grep --files-with-matches --extended-regexp '(^|\s)bookworm(\s|$)')

# machine NAME VARIANT PACKAGES: a bare Debian with the real data in /data.
machine() {
    mmdebstrap --quiet --variant="$2" --include="$3" "${settings[@]/#/--aptopt=}" bookworm "$work/$1" "${sources[@]}"
    mkdir -p "$work/$1/data" "$work/$1/proc"
    local part
    for part in train predict; do gunzip --stdout "examples/data/students-366-$part.csv.gz" >"$work/$1/data/$part.csv"; done
    cp -r tests/data/original-models/m366 "$work/$1/data/original"
}

# inside NAME COMMAND…: there, without network.
inside() {
    unshare --net --pid --fork --mount-proc="$work/$1/proc" chroot "$work/$1" env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"
}

# Moodle's calls, as it makes them, by the program at this place; a model of the original, too.
main_job() {
    local name=$1 program=$2 answer model
    inside "$name" "$program" -m moodlemlbackend.training id /data/model /data/train.csv
    for model in model original; do
        answer=$(inside "$name" "$program" -m moodlemlbackend.prediction id "/data/$model" /data/predict.csv)
        # "info" may warn that columns have moved since the training.
        [[ $answer == '{"status": 0, "info": ['*'], "predictions": [["sample-1", "'* &&
            $(grep --only-matching '\["sample-' <<<"$answer" | wc -l) -eq 252 ]] || { echo "$name: $model: ${answer:0:500}" >&2; return 1; }
    done
    echo "== $name: trained and predicted"
}

debian() {
    lintian --fail-on error,warning --allow-root "$packages"/*.deb
    local needed
    needed=$(dpkg-deb --field "$packages"/libmoodleml1_*.deb Depends | sed 's/ *([^)]*)//g; s/ //g')
    machine debian minbase "$needed,gcc,libc6-dev,pkgconf"
    cp "$packages"/*.deb "$work/debian/data"
    inside debian sh -c 'dpkg --install /data/*.deb'
    main_job debian moodleml
    cp examples/c/*.c "$work/debian/data"
    inside debian sh -c 'cd /data && for source in *.c; do cc "$source" $(pkg-config --cflags --libs moodleml) -o example; done'
    inside debian dpkg --purge moodleml libmoodleml-dev libmoodleml1
}

# Nothing but glibc, and coreutils to start with: what a C++ program or gzip would bring is not there.
relocatable() {
    local tree
    machine relocatable extract libc6,coreutils
    rm -f "$work"/relocatable/{,usr/}lib/*/lib{stdc++,gcc_s,gomp,z,OpenCL,dnnl}.so*
    tar --extract --file "$packages"/moodleml-*-linux-*.tar.xz -C "$work/relocatable/data"
    tree=$(basename "$work"/relocatable/data/moodleml-*)
    main_job relocatable "/data/$tree/bin/moodleml"
    [[ -s $work/relocatable/data/$tree/THIRD-PARTY-NOTICES ]]
}

# The same where the plugin's zip alone is unpacked.
plugin() {
    python3 -m zipfile --extract "$packages/mlbackend_moodleml.zip" "$work/relocatable/data"
    chmod +x "$work/relocatable/data/moodleml/bin/moodleml"
    rm -rf "$work/relocatable/data/model"
    main_job relocatable /data/moodleml/bin/moodleml
    [[ -s $work/relocatable/data/moodleml/lib/THIRD-PARTY-NOTICES ]]
}

# What the documents promise, by the versions of the symbols that the files need.
glibc() {
    local folder=$work/glibc needed promised
    mkdir -p "$folder"
    tar --extract --file "$packages"/moodleml-*-linux-*.tar.xz -C "$folder"
    python3 -m zipfile --extract "$packages/mlbackend_moodleml.zip" "$folder"
    promised=$(sed -n 's/.*with glibc \(2\.[0-9]*\) (.*/\1/p' cmake/README.md)
    needed=$(cmake/needed-glibc.sh "$folder"/*/bin/* "$folder"/*/lib/*.so.*)
    [[ $needed == "$promised" ]] || { echo "the packages need glibc $needed, and cmake/README.md says $promised" >&2; return 1; }
    echo "== glibc $needed is what they need, and what is promised"
}

source_tarball() {
    mkdir "$work/source"
    tar --extract --file "$packages"/moodleml-+([0-9.]).tar.xz -C "$work/source" --strip-components=1
    diff <(git ls-files | sort) <(cd "$work/source" && find . ! -type d -printf '%P\n' | sort)
    echo "== source: holds what the repository does"
}

glibc
source_tarball
debian
relocatable
plugin
