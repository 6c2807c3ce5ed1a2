# SPDX-License-Identifier: Apache-2.0
"""What people are told: warnings on the data, and numbers of few digits."""

import csv
import io

from support import QUICK, ProgramTest, lines, run, value_rows


class Told(ProgramTest):
    def test_tells_what_is_odd_about_the_data(self):
        data = self.file("headless.csv", lines(value_rows(40)))
        arguments = [data, "--format", "plain"]
        expected = [line for line in run("inspect", *arguments).stderr.splitlines() if "warning" in line]
        self.assertTrue(expected)
        result = run("train", *arguments, "--model", self.path("model.mml"), *QUICK)
        self.assertEqual(result.returncode, 0, result.stderr)
        for line in expected:
            self.assertIn(line, result.stderr)
        self.assertEqual(run("train", *arguments, "-q", "--model", self.path("model.mml"), *QUICK).stderr, "")

    def test_numbers_for_people_have_few_digits(self):
        rows = [[*row[:-1], 1.7e9 + row[-1]] for row in value_rows(60)]
        data = self.file("plain.csv", lines([["a", "b", "c", "t"], *rows]))
        options = ["--format", "plain", "--task", "regression", "--trees", "5", "--networks", "1", "--epochs", "2"]
        text = run("train", data, *options, "--model", self.path("model.mml")).stdout + run("inspect", self.path("model.mml")).stdout
        self.assertNotRegex(text, r"[0-9]\.[0-9]{7}")
        estimates = list(csv.reader(io.StringIO(run("predict", self.path("model.mml"), data, "--format", "plain", "--labelled", "true",
                                                    "-q").stdout)))
        self.assertGreater(len({row[1] for row in estimates[1:]}), 20)
