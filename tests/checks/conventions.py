# SPDX-License-Identifier: Apache-2.0
"""A licence line heads every source, a README.md explains every folder, nothing names a place on one machine, few casts."""

import re

import tree

IDENTIFIER = "SPDX-License-Identifier: "
LICENCE = "Apache-2.0"
# Moodle's plugins are of Moodle's licence, which no other file here is. Moodle prescribes how their files begin, so that the
# line stands in the comment after that.
MOODLE_PLUGIN = "bindings/moodle/"
MOODLE_LICENCE = "GPL-3.0-or-later"
MOODLE_HEAD = 20
# Where people and build machines keep things. A path that goes on from a variable or another name is none of these.
MACHINE_PATH = re.compile(r"(?<![\w.$})>*/-])/(work|farm|root|home|tmp|Users)/\w")
REGISTRY = re.compile(r"(deb|security|archive)\.debian\.org|files\.pythonhosted\.org|(?<![\w.])pypi\.org|registry\.npmjs\.org")
TEXT = tree.SOURCES | {".md", ".txt", ".json", ".toml", ".yml", ".yaml", ".in", ""}


def licence_and_head(path):
    """The licence that a source has to name, and within how many lines: the first, or the one after "#!" or "<?php"."""
    if not f"{path}".startswith(MOODLE_PLUGIN):
        return LICENCE, 2
    return MOODLE_LICENCE, MOODLE_HEAD if path.suffix == ".php" else 2


def without_licence(path):
    licence, head = licence_and_head(path)
    return not any(line.strip(" /*#").endswith(IDENTIFIER + licence) for line in tree.lines(path)[:head])


def names_a_machine(path):
    for number, line in enumerate(tree.lines(path), 1):
        match = MACHINE_PATH.search(line) or REGISTRY.search(line)
        if match:
            yield f"{path}:{number}: names {match[0].strip()}, which other machines don't have"


# Their folders mirror src/, are those that Moodle prescribes or another program left, or hold inputs; the README.md there says so
# once.
MIRRORS = ("tests/unit/", MOODLE_PLUGIN, "tests/data/original-models/", "tests/fuzz/")


def folders_without_readme(paths):
    for top in ("src", "bindings", "tests"):
        folders = {folder for path in paths if path.parts[0] == top for folder in path.parents if folder.parts}
        yield from (folder for folder in sorted(folders) if not f"{folder}".startswith(MIRRORS)
                    and not (tree.ROOT / folder / "README.md").is_file())


# Of src/, in a thousand lines: types of indices and sizes are chosen once (base/index.hpp). Lower it when it can be lower.
MOST_CASTS = 12


def too_many_casts(paths):
    code = [tree.lines(path) for path in paths if path.parts[0] == "src" and path.suffix in {".cpp", ".hpp"}]
    lines = sum(len(file) for file in code)
    casts = sum(line.count("static_cast<") for file in code for line in file)
    if casts * 1000 > MOST_CASTS * lines:
        yield f"src/: {casts} casts in {lines} lines, {MOST_CASTS} in a thousand are allowed: choose types that need none"


def main():
    paths = list(tree.files())
    findings = [f"{path}: has no line \"{IDENTIFIER}{licence_and_head(path)[0]}\""
                for path in paths if tree.is_source(path) and without_licence(path)]
    findings += [finding for path in paths if path.suffix in TEXT for finding in names_a_machine(path)]
    findings += [f"{folder}/: has no README.md" for folder in folders_without_readme(paths)]
    findings += too_many_casts(paths)
    tree.finish(findings)


if __name__ == "__main__":
    main()
