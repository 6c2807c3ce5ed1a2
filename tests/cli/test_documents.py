# SPDX-License-Identifier: Apache-2.0
"""The examples that README.md and --help show are run as they stand there."""

import json
import os
import re
import shutil
import subprocess

from support import ORIGINALS, PROGRAM, SANITIZE, TIMEOUT, ProgramTest, class_rows, environment, lines, moodle_text, run, value_rows

README = os.path.join(os.path.dirname(__file__), "..", "..", "README.md")
COMMANDS = ["train", "predict", "explain", "evaluate", "inspect", "convert", "options", "version"]


def blocks(language):
    """The code of README.md in one language."""
    with open(README, encoding="utf-8") as stream:
        return re.findall(rf"^```{language}\n(.*?)^```", stream.read(), re.MULTILINE | re.DOTALL)


class Examples(ProgramTest):
    def setUp(self):
        super().setUp()
        for seed, name in enumerate(("students", "more-students", "other-students", "labelled", "data")):
            self.file(name + ".csv", moodle_text(class_rows(60, seed=seed)))
        self.file("new-students.csv", moodle_text(class_rows(5), labelled=False))
        self.file("table.csv", lines([["rooms", "age", "size", "price"]] + value_rows(60)))
        shutil.copytree(ORIGINALS, self.path("models"))
        os.mkdir(self.path("bin"))
        os.symlink(PROGRAM, self.path("bin", "moodleml"))

    def shell(self, command):
        path = self.path("bin") + os.pathsep + os.environ["PATH"]
        result = subprocess.run(["bash", "-c", command], cwd=self.folder, env=environment({"PATH": path}), capture_output=True, text=True,
                                timeout=TIMEOUT, check=False)
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stderr}")
        return result.stdout

    def test_help(self):
        count = 0
        for command in COMMANDS:
            for example in re.findall(r"^  (moodleml .*)$", run(command, "--help").stdout.split("Examples:\n")[1], re.MULTILINE):
                self.shell(example)
                count += 1
        self.assertGreaterEqual(count, 15)
        with open(self.path("report.json"), encoding="utf-8") as stream:
            self.assertEqual(json.load(stream)["kind"], "cross_validation")

    def test_readme(self):
        examples = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("moodleml ")]
        self.assertGreaterEqual(len(examples), 7)
        for example in examples:
            self.shell(example)
        for made in ("students.mml", "prices.mml", "predictions.csv"):
            self.assertTrue(os.path.isfile(self.path(made)), made)

    def built(self, compiler, source, text, *flags):
        """Compiles an example against the built library, and what running it printed."""
        self.file(source, text)
        library = os.environ["MOODLEML_LIBRARY"]
        headers = os.path.join(os.path.dirname(README), "include")
        sanitize = [f"-fsanitize={SANITIZE}", "-fsanitize-link-c++-runtime", "-Wl,--no-as-needed", "-lstdc++"] if SANITIZE else []
        subprocess.run([os.environ[compiler], *flags, "-Wall", "-Wextra", "-Werror", *sanitize, "-I", headers, source, library,
                        f"-Wl,-rpath,{os.path.dirname(library)}", "-o", "example"], cwd=self.folder, check=True)
        result = subprocess.run([self.path("example")], cwd=self.folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(run("inspect", self.path("students.mml")).returncode, 0)
        return result

    def test_readme_in_c(self):
        include, body = re.fullmatch(r"(#include .*?\n)\n(.*)", blocks("c")[0], re.DOTALL).groups()
        text = f"#include <stdio.h>\n{include}int main(void) {{\n{body}return 0;\n}}\n"
        self.assertEqual(self.built("CC", "example.c", text, "-std=c99").stderr, "")

    def test_readme_in_cpp(self):
        include, body = re.fullmatch(r"(#include .*?\n)\n(.*)", blocks("cpp")[0], re.DOTALL).groups()
        text = f"#include <iostream>\n{include}int main() {{\n{body}}}\n"
        result = self.built("CXX", "example.cpp", text, "-std=c++11")
        self.assertRegex(result.stdout, r"\A1: 0\.\d+\n\Z")
        self.assertRegex(result.stderr, r"\A(\d+ %\n)+\Z")
