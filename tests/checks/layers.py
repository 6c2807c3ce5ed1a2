# SPDX-License-Identifier: Apache-2.0
"""Dependencies point one way: a layer of src/ includes itself and those below it, a binding the public header only."""

import re

import tree

ORDER = ["base", "config", "data", "metrics", "preprocessing", "ensemble", "learners", "training", "model", "evaluation", "moodle", "capi"]
# The one place that computes with oneDNN.
MAY_USE_ONEDNN = "src/learners/network/"
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')
CODE = {".c", ".cpp", ".h", ".hpp"}


def includes(path):
    for number, line in enumerate(tree.lines(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield f"{path}:{number}", match[1] == '"', match[2]


def wrong_in_src(path, quoted, included):
    if ("dnnl" in included) and not str(path).startswith(MAY_USE_ONEDNN):
        return f"includes {included}: oneDNN belongs to {MAY_USE_ONEDNN}"
    if not quoted or included.startswith("moodleml/"):
        return None
    layer, target = path.parts[1], included.split("/")[0]
    if target not in ORDER or not (tree.ROOT / "src" / included).is_file():
        return f"includes \"{included}\": paths are relative to src/ and name a layer"
    if ORDER.index(target) > ORDER.index(layer):
        return f"includes \"{included}\": {target} is above {layer}"
    return None


def wrong_in_binding(path, quoted, included):
    beside = tree.ROOT / path.parent / included
    inside = tree.ROOT / "bindings" / path.parts[1]
    if included.startswith("moodleml/"):
        return None
    if quoted and not (beside.is_file() and beside.resolve().is_relative_to(inside)):
        return f"includes \"{included}\": a binding includes its own files and moodleml/* only"
    if not quoted and (tree.ROOT / "src" / included).is_file():
        return f"includes <{included}> of src/: a binding uses the public header only"
    return None


def wrong_in_public_header(path, quoted, included):
    if quoted and not included.startswith("moodleml/") and not (tree.ROOT / path.parent / included).is_file():
        return f"includes \"{included}\": the public headers include the standard library and themselves only"
    return None


def main():
    judges = {"src": wrong_in_src, "bindings": wrong_in_binding, "include": wrong_in_public_header}
    findings = []
    for path in tree.files():
        judge = judges.get(path.parts[0])
        if judge and path.suffix in CODE:
            findings += [f"{where}: {wrong}" for where, quoted, included in includes(path)
                         if (wrong := judge(path, quoted, included))]
    tree.finish(findings)


if __name__ == "__main__":
    main()
