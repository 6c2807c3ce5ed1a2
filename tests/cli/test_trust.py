# SPDX-License-Identifier: Apache-2.0
"""Groups, splits by time, drift and model cards in the program."""

import json
import random

from support import QUICK, ProgramTest, lines, moodle_text, run


class Trust(ProgramTest):
    def grouped(self, count=120, noise=3):
        """School b's answers are hard to tell; days go up."""
        chance = random.Random(4)
        rows = [["school", "day", "posts", "passed"]]
        for i in range(count):
            posts = chance.gauss(0, 1)
            passed = int(posts + (noise if i % 2 else 0.2) * chance.gauss(0, 1) > 0)
            rows.append([("a", "b")[i % 2], f"2024-{1 + i // 28:02}-{1 + i % 28:02}", round(posts, 3), passed])
        return rows

    def test_groups_are_compared_and_kept_whole(self):
        data = self.file("schools.csv", lines(self.grouped()))
        options = ["--format", "plain", "--group-column", "school", "--importance-columns", "0", *QUICK]
        report = json.loads(run("evaluate", data, *options, "--iterations", "3", "--as", "json", "-q").stdout)
        self.assertEqual(report["columns"], 5)
        self.assertEqual([group["name"] for group in report["groups"]["rated"]], ["a", "b"])
        self.assertEqual(report["groups"]["gaps"]["roc_auc"]["lowest"], "b")
        text = run("evaluate", data, *options, "--resampling", "group_folds", "--iterations", "2", "-q").stdout
        self.assertIn("Gaps between groups", text)
        refused = run("evaluate", data, *options, "--resampling", "group_folds", "-q")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("2 groups make no 10 folds", refused.stderr)

    def test_a_model_is_trained_without_its_groups_and_rated_with_them(self):
        data, model = self.file("schools.csv", lines(self.grouped())), self.path("model.mml")
        self.assertEqual(run("train", data, "--format", "plain", "--group-column", "school", "-m", model, *QUICK).returncode, 0)
        names = [column["name"] for column in json.loads(run("inspect", model, "--card", "--as", "json").stdout)["columns"]]
        self.assertNotIn("school", names)
        result = run("evaluate", data, "--model", model, "--format", "plain", "--group-column", "school", "--as", "json", "-q")
        self.assertEqual(len(json.loads(result.stdout)["groups"]["rated"]), 2, result.stderr)

    def test_a_group_column_that_is_absent_or_of_one_value_is_refused(self):
        rows = self.grouped(40)
        data = self.file("schools.csv", lines(rows))
        for command in (["evaluate", data], ["train", data, "-m", self.path("model.mml")]):
            result = run(*command, "--format", "plain", "--group-column", "college", *QUICK, "-q")
            self.assertEqual(result.returncode, 1)
            self.assertIn('"college"', result.stderr)
        one = self.file("one.csv", lines([rows[0], *(["a", *row[1:]] for row in rows[1:])]))
        result = run("evaluate", one, "--format", "plain", "--group-column", "school", *QUICK, "-q")
        self.assertIn("one value only", result.stderr)

    def test_splits_by_time(self):
        data = self.file("schools.csv", lines(self.grouped()))
        report = json.loads(run("evaluate", data, "--format", "plain", "--time-column", "day", "--resampling", "time", "--iterations", "3",
                                *QUICK, "--as", "json", "-q").stdout)
        self.assertEqual([iteration["training_rows"] for iteration in report["iterations"]], [30, 60, 90])
        self.assertEqual(report["columns"], 2)

    def test_moved_columns_are_named(self):
        model = self.model()
        self.assertEqual(run("predict", model, self.unlabelled(count=60)).stderr, "")
        moved = self.file("moved.csv", moodle_text([[9] * 6 + [0] for _ in range(60)], labelled=False))
        result = run("predict", model, moved)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, "warning: .*6 columns have other values than in the training")
        self.assertEqual(run("predict", model, moved, "--drift-limit", "0").stderr, "")
        self.assertEqual(run("predict", model, moved, "-q").stderr, "")

    def test_a_model_keeps_its_evaluation_if_asked(self):
        model, data = self.model(), self.file("other.csv", moodle_text([[i % 3] * 6 + [i % 2] for i in range(60)]))
        card = lambda: json.loads(run("inspect", model, "--card", "--as", "json").stdout)  # noqa: E731
        before = run("predict", model, data).stdout
        found = json.loads(run("evaluate", data, "--model", model, "--as", "json").stdout)
        self.assertIsNone(card()["evaluation"])
        self.assertEqual(run("evaluate", data, "--model", model, "--keep", "-q").returncode, 0)
        self.assertEqual(card()["evaluation"]["rows"], 60)
        self.assertEqual(card()["evaluation"]["metrics"]["log_loss"]["value"], found["metrics"]["log_loss"]["value"])
        self.assertEqual(run("predict", model, data).stdout, before)
        refused = run("evaluate", data, "--keep")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--model", refused.stderr)

    def test_a_card_in_each_form(self):
        data, model = self.file("schools.csv", lines(self.grouped())), self.path("model.mml")
        given = ["--trained-at", "2026-01-31T18:00:00Z", "--intended-use", "Offer help early"]
        self.assertEqual(run("train", data, "--format", "plain", "-m", model, *given, *QUICK).returncode, 0)
        card = json.loads(run("inspect", model, "--card", "--as", "json").stdout)
        self.assertEqual((card["predicts"], card["trained_at"], card["intended_use"]), ("passed", given[1], given[3]))
        self.assertEqual({column["name"]: column["type"] for column in card["columns"]}["school"], "category")
        for form, start in (("markdown", "# Model card"), ("html", "<!DOCTYPE html>"), ("text", "Model\n")):
            self.assertTrue(run("inspect", model, "--card", "--as", form).stdout.startswith(start), form)
        self.assertRegex(run("inspect", model).stdout, r"school +category, 2 levels\n")
        self.assertIn("perfectly calibrated", run("inspect", model, "--card", "--as", "html").stdout)
        for wrong in (["inspect", data, "--card", "--format", "plain"], ["inspect", model, "--as", "html"]):
            self.assertEqual(run(*wrong).returncode, 2, wrong)
        self.assertEqual(run("train", data, "--format", "plain", "-m", model, "--trained-at", "yesterday", *QUICK).returncode, 2)
