#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Packs a folder so that the same files give the same bytes: make-archive.sh ARCHIVE PARENT FOLDER writes ARCHIVE (.zip or .tar.xz)
# with PARENT/FOLDER in it. Names are sorted, owners are root, all may read, and times are SOURCE_DATE_EPOCH: the commit's, where
# nobody set it.
set -euo pipefail
usage="usage: cmake/make-archive.sh ARCHIVE PARENT FOLDER"
archive=$(realpath --canonicalize-missing "${1:?$usage}") parent=${2:?$usage} folder=${3:?$usage}
here=$(dirname "$0")
time=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || stat --format=%Y "$here/../CHANGELOG.md")}
export TZ=UTC LC_ALL=C

mkdir -p "$(dirname "$archive")"
rm -f "$archive"
cd "$parent"
case $archive in
    *.zip)
        chmod --recursive u=rwX,go=rX "$folder"
        find "$folder" -print0 | xargs --null touch --no-dereference --date="@$time"
        list=$(mktemp)
        trap 'rm -f "$list"' EXIT
        find "$folder" ! -type d | sort >"$list"
        cmake -E tar cf "$archive" --format=zip --files-from="$list"
        ;;
    *)
        tar --create --xz --file "$archive" --sort=name --mtime="@$time" --mode=u=rwX,go=rX --owner=0 --group=0 --numeric-owner \
            --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime "$folder"
        ;;
esac
