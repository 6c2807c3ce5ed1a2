# SPDX-License-Identifier: Apache-2.0
"""The manual page and the completion for bash tell what the program has."""

import json
import os
import re
import shutil
import subprocess
import unittest

from support import PROGRAM, SANITIZE, ProgramTest, environment, run

CLI = os.path.join(os.path.dirname(__file__), "..", "..", "bindings", "cli")
COMMANDS = ["train", "predict", "explain", "evaluate", "inspect", "convert", "options", "version"]


def library_options(group=None):
    options = json.loads(run("options", "--as", "json").stdout)["options"]
    return ["--" + option["name"].replace("_", "-") for option in options if group in (None, option["group"])]


@unittest.skipIf(SANITIZE, "a build with sanitizers makes no manual page")
class Manual(unittest.TestCase):
    def setUp(self):
        with open(os.environ["MOODLEML_MANUAL"], encoding="utf-8") as stream:
            self.page = stream.read()

    def test_tells_every_command_and_option(self):
        version = run("--version").stdout.strip()
        self.assertTrue(self.page.startswith(f'.TH MOODLEML 1 "" "moodleml {version}"'))
        for command in COMMANDS:
            self.assertIn(f"\n.SH MOODLEML {command.upper()}\n", self.page)
        train = self.page.split(".SH MOODLEML TRAIN\n")[1].split("\n.SH ")[0]
        terms = re.findall(r"^\.TP\n\\fB(\S+?)(?: .*)?\\fR\n(.+)$", train, re.MULTILINE)
        described = {term.replace("\\-", "-") for term, _ in terms}
        missing = set(library_options("learners") + library_options("run")) - described
        self.assertEqual(missing, set())
        self.assertIn(".RS\n\\fBmoodleml train students.csv \\-\\-model students.mml", train)

    def test_is_troff_without_warnings(self):
        groff = shutil.which("groff")
        if groff is None:
            self.skipTest("groff is not installed")
        result = subprocess.run([groff, "-man", "-Tutf8", "-ww", "-rLL=78n", os.environ["MOODLEML_MANUAL"]], capture_output=True, text=True,
                                timeout=60, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        plain = " ".join(re.sub(r"\x1b\[\d*m|.\x08", "", result.stdout).split())
        self.assertIn("--hidden-units N", plain)
        self.assertIn("SYNOPSIS", plain)
        # What --help wraps by hand flows here.
        self.assertIn("Number of worker threads. They end before a call returns. 0: one for", plain)


class Completion(ProgramTest):
    def complete(self, *words):
        """What completing the last word offers."""
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _moodleml; printf "%s\\n" "${COMPREPLY[@]}"'
        result = subprocess.run(["bash", "--norc", "-c", script, "bash", os.path.join(CLI, "completion.bash"), PROGRAM, *words],
                                cwd=self.folder, env=environment(), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(result.stderr, "")
        return result.stdout.split()

    def test_commands(self):
        self.assertEqual(sorted(self.complete("")), sorted(COMMANDS + ["--help", "--version"]))
        self.assertEqual(self.complete("tr"), ["train"])

    def test_options_are_those_of_the_command(self):
        offered = self.complete("train", "--")
        self.assertEqual(set(library_options("run") + library_options("data") + library_options("learners")) - set(offered), set())
        self.assertIn("--model", offered)
        self.assertEqual(self.complete("train", "-m")[0:1], ["-m"])
        self.assertNotIn("--trees", self.complete("inspect", "--"))
        self.assertEqual(self.complete("train", "--tree-l"), ["--tree-leaves", "--tree-learning-rate"])

    def test_values(self):
        self.assertEqual(self.complete("train", "--format", ""), ["moodle", "plain"])
        self.assertEqual(self.complete("train", "--as", "j"), ["json"])
        self.assertEqual(self.complete("train", "--seed", ""), [])
        self.file("students.csv", "")
        self.assertEqual(self.complete("train", "stud"), ["students.csv"])
        self.assertEqual(self.complete("train", "-m", "stud"), ["students.csv"])
        self.assertEqual(self.complete("train", "--quiet", "stud"), ["students.csv"])
