# SPDX-License-Identifier: Apache-2.0
# The help of one command as a section of a manual page. Lines without an indent are headings (ending in ":", alone in their
# paragraph) or text; lines with two spaces are terms, or, where a heading or a text comes right before, examples; lines with
# many spaces go on with the description of a term.

# A text as troff reads it, which may break a line after "|".
function text(line) {
    gsub(/\\/, "\\e", line)
    gsub(/-/, "\\-", line)
    gsub(/\|/, "|\\:", line)
    gsub(/`/, "\\(ga", line)
    sub(/^[.']/, "\\\\\\&&", line)
    return line
}

# A term and, after two spaces, its description.
function term(line, at) {
    sub(/^  /, "", line)
    at = match(line, /  +/)
    print ".TP"
    print "\\fB" text(at ? substr(line, 1, at - 1) : line) "\\fR"
    if (at) print text(substr(line, at + RLENGTH))
}

BEGIN { print ".SH " toupper(section) }
/^$/ { paragraph = 1; next }
/^Usage: / { print ".PP"; print "\\fB" text(substr($0, 8)) "\\fR"; next }
/^[^ ].*:$/ { examples = /^Examples/; terms = !examples; print ".SS " text(substr($0, 1, length($0) - 1)); paragraph = 0; next }
/^[^ ]/ { terms = 0; if (paragraph) print ".PP"; paragraph = 0; print text($0); next }
/^   / { sub(/^ +/, ""); print text($0); next }
terms { term($0); next }
{ print ".PP"; print ".RS"; print "\\fB" text(substr($0, 3)) "\\fR"; print ".RE"; paragraph = 1 }
