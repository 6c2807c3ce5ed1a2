# SPDX-License-Identifier: Apache-2.0
# Completion for bash. It asks the program for its commands and options, so that it knows those of the library that is installed.
# shellcheck shell=bash

# _moodleml_options PROGRAM [COMMAND]: a line for each option, such as "--as text|json"; of several spellings each its own.
_moodleml_options() {
    "$@" --help 2>/dev/null | awk '/^  -/ {
        sub(/^  /, ""); sub(/  .*/, ""); value = /[^ ,] [^-]/ ? $NF : ""
        gsub(/,/, ""); for (i = 1; i <= NF; i++) if ($i ~ /^-/) print $i, value }'
}

_moodleml_commands() {
    "$1" --help 2>/dev/null | awk '/^Commands:/ { listed = 1; next } /^$/ { listed = 0 } listed && /^  [a-z]/ { print $1 }'
}

# What an option takes: the word of its help, empty for a flag.
_moodleml_value_of() {
    _moodleml_options "${@:2}" | awk -v name="$1" '$1 == name { print $2 }'
}

_moodleml() {
    local program=${COMP_WORDS[0]} command='' current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} value=''
    program=${program/#\~/$HOME}
    [[ $COMP_CWORD -gt 1 ]] && command=${COMP_WORDS[1]}
    if [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_moodleml_commands "$program") --help --version" -- "$current")
        return
    fi
    [[ $previous == -* ]] && value=$(_moodleml_value_of "$previous" "$program" "$command")
    case $value in
        *'|'*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$current") ;;
        FILE) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        ?*) COMPREPLY=() ;;
        *)
            if [[ $current == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$(_moodleml_options "$program" "$command" | awk '{ print $1 }')" -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
            fi
            ;;
    esac
}

complete -o filenames -F _moodleml moodleml
