#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the Moodle plugin as it is given out: package-plugin.sh FOLDER [PREFIX] writes FOLDER/moodleml, plain files to copy to
# Moodle's lib/mlbackend, and FOLDER/mlbackend_moodleml.zip, the same for Moodle's installer. From PREFIX, where the library
# is installed (cmake --install build --prefix PREFIX), library and program go along, with the libraries that lie beside it: then
# this is all there is to install.
set -euo pipefail

folder=$(realpath --canonicalize-missing "${1:?usage: cmake/package-plugin.sh FOLDER [PREFIX]}")
prefix=${2:+$(realpath "$2")}
cd "$(dirname "$0")/.."
plugin=$folder/moodleml

if [[ -e $plugin ]]; then
    echo "$0: $plugin is there already: remove it first" >&2
    exit 1
fi
mkdir -p "$plugin/include/moodleml"
tar --create --dereference --directory bindings/moodle --exclude=./include . | tar --extract --directory "$plugin" --no-same-owner
cp include/moodleml/{moodleml,begin,end}.h "$plugin/include/moodleml"
cp LICENSE "$plugin/include"
cp LICENSE "$plugin/moodleml"

# By the names that the loader asks for, and no links, which Moodle's installer does not unpack.
if [[ -n $prefix ]]; then
    mkdir "$plugin/bin" "$plugin/lib"
    cp "$prefix/bin/moodleml" "$plugin/bin"
    cp --dereference "$prefix"/lib/*.so.[0-9] "$plugin/lib"
    [[ ! -f $prefix/THIRD-PARTY-NOTICES ]] || cp "$prefix/THIRD-PARTY-NOTICES" "$plugin/lib"
fi

cd "$folder"
rm -f mlbackend_moodleml.zip
cmake -E tar cf mlbackend_moodleml.zip --format=zip moodleml
