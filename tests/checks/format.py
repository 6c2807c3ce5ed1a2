# SPDX-License-Identifier: Apache-2.0
"""Every C and C++ file looks as clang-format would write it (.clang-format)."""

import subprocess

import tree


def main():
    paths = [str(path) for path in tree.files() if path.suffix in {".c", ".cpp", ".h", ".hpp"}]
    result = subprocess.run(["clang-format", "--dry-run", "-Werror", *paths], cwd=tree.ROOT, stderr=subprocess.PIPE, text=True)
    findings = result.stderr.splitlines()
    if findings:
        findings.append("mend with: clang-format -i FILE")
    tree.finish(findings)


if __name__ == "__main__":
    main()
