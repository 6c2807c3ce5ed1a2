#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the manual page from what the program says of itself: manual.sh OUTPUT VERSION PROGRAM...
set -eu
here=$(dirname "$0")
output=$1
version=$2
shift 2
# Another width or language than the program's own would change its help.
unset MOODLEML_OPTIONS
LC_ALL=C
export LC_ALL

{
    printf '.TH MOODLEML 1 "" "moodleml %s" "User Commands"\n' "$version"
    # Left-adjusted and without hyphenation, which would break options and file names.
    printf '.ad l\n.nh\n.SH NAME\nmoodleml \\- train, evaluate and use prediction models\n'
    printf '.SH SYNOPSIS\n.B moodleml\n.I COMMAND\n[options]\n'
    "$@" --help | awk -v section=DESCRIPTION -f "$here/manual.awk"
    for command in $("$@" --help | awk '/^Commands:/ { listed = 1; next } /^[^ ]|^$/ { listed = 0 } listed && /^  [a-z]/ { print $1 }'); do
        "$@" "$command" --help | awk -v section="MOODLEML $command" -f "$here/manual.awk"
    done
    printf '.SH LIBRARY\nThe C and C++ interfaces are described in\n.I moodleml/moodleml.h\nand\n.IR moodleml/moodleml.hpp .\n'
} >"$output.new"
mv "$output.new" "$output"
