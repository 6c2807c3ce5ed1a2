# SPDX-License-Identifier: Apache-2.0
"""What Moodle calls: moodleml -m moodlemlbackend.<module>."""

import json
import os
import shutil
import subprocess
import unittest

from support import PROGRAM, ProgramTest, class_rows, environment, moodle, moodle_text, run, value_rows


class Version(unittest.TestCase):
    def test_prints_the_compatibility_version_and_nothing_else(self):
        result = subprocess.run([PROGRAM, "-m", "moodlemlbackend.version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                env=environment(), text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (0, "3.2.0\n"))

    def test_is_not_changed_by_an_administrator_s_options(self):
        result = moodle("version", env={"MOODLEML_OPTIONS": "no such option"})
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "3.2.0\n", ""))

    def test_passes_over_options_of_the_python_interpreter(self):
        for flags in (["-u"], ["-W", "ignore"], ["-B", "-E", "-s"], ["-X", "utf8", "-I"]):
            result = run(*flags, "-m", "moodlemlbackend.version")
            self.assertEqual((result.returncode, result.stdout), (0, "3.2.0\n"), flags)


class VersionFile(ProgramTest):
    def test_a_file_in_the_working_directory_decides(self):
        self.file("web-compat-version", " 2.6.6 \nnot this\n")
        self.assertEqual(moodle("version", cwd=self.folder).stdout, "2.6.6\n")
        self.file("web-compat-version", "\n")
        self.assertEqual(moodle("version", cwd=self.folder).stdout, "3.2.0\n")

    def test_else_one_beside_the_program(self):
        copy = shutil.copy(PROGRAM, self.path("moodleml"))
        self.file("web-compat-version", "2.6.6")
        libraries = os.path.join(os.path.dirname(PROGRAM), "..", "lib")
        result = subprocess.run([copy, "-m", "moodlemlbackend.version"], stdout=subprocess.PIPE, text=True, check=True, cwd="/",
                                env={**environment(), "LD_LIBRARY_PATH": libraries})
        self.assertEqual(result.stdout, "2.6.6\n")


class Arguments(ProgramTest):
    def test_missing_arguments_get_an_answer_with_a_runid_of_digits(self):
        given = {"training": ["id", "dir"], "prediction": [], "explanation": ["id"], "evaluation": ["id", "dir", "file", "0.7", "0.05"]}
        for module, arguments in given.items():
            result = moodle(module, *arguments)
            answer = json.loads(result.stdout)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stderr, "")
            self.assertEqual(result.stdout.count("\n"), 1)
            self.assertEqual(sorted(answer), ["info", "runid", "status"])
            self.assertRegex(answer["runid"], r"\A[0-9]+\Z")
            self.assertEqual(answer["status"], 1)
            self.assertEqual(len(answer["info"]), 1)
            self.assertTrue(answer["info"][0].startswith("Missing arguments, "))

    def test_missing_arguments_of_export_and_import(self):
        for module in ("export", "import"):
            result = moodle(module, "id", self.path("model"))
            self.assert_fails(result, "Missing arguments, ")
            self.assertEqual(result.stdout, "")

    def test_unknown_modules(self):
        for module in ("moodlemlbackend.fly", "moodlemlbackend", "moodlemlbackend.", "pip", "moodlemlbackend.trainingx"):
            result = run("-m", module)
            self.assert_fails(result, f'there is no module "{module}"')
            self.assertEqual(result.stdout, "")
        self.assert_fails(run("-m"), 'there is no module ""')

    def test_options_of_the_administrator(self):
        data = self.labelled()
        for options, expected in (("epoch=3", '"epoch"'), ("epochs=many", '"many"'), ("epochs", "name=value")):
            result = moodle("training", "id", self.path("model"), data, env={"MOODLEML_OPTIONS": options})
            answer = json.loads(result.stdout)
            self.assertEqual((result.returncode, answer["status"]), (1, 1))
            self.assertIn("MOODLEML_OPTIONS", answer["info"][0])
            self.assertIn(expected, answer["info"][0])
        self.assertFalse(os.path.exists(self.path("model")))

    def test_quotes_around_the_options_are_no_part_of_them(self):
        """As docker's env files keep them, and files from Windows the end of a line."""
        data = self.labelled()
        for options, expected in (('"trees=0,networks=0"', 0), ("'trees=0,networks=0'", 0), ('"trees=0,networks=0"\r', 0),
                                  ("trees=0,networks=0 \r", 0), ('""', 0), ('"trees=0', 1), ('"', 1)):
            result = moodle("training", "id", self.path("model"), data, env={"MOODLEML_OPTIONS": options})
            self.assertEqual(result.returncode, expected, options)

    def test_an_option_of_the_administrator_has_its_effect(self):
        directory = self.path("model")
        moodle("training", "id", directory, self.labelled(), env={"MOODLEML_OPTIONS": "networks=0,trees=0,,folds=2,keep_rows=0,"})
        files = os.listdir(os.path.join(directory, "classifier"))
        self.assertEqual([name for name in files if name.startswith("samples")], [])


class Training(ProgramTest):
    def test_progress_for_a_host_that_asks(self):
        result = moodle("training", "id", self.path("model"), self.labelled(),
                        env={"MOODLEML_OPTIONS": "networks=0,trees=0,folds=2", "MOODLEML_PROGRESS": "lines"})
        self.assertEqual((result.returncode, result.stdout), (0, '{"status": 0, "info": []}\n'))
        self.assertRegex(result.stderr, r"^reading +0 %\n")

    def test_answer(self):
        result = moodle("training", "id", self.path("a", "b"), self.labelled())
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, '{"status": 0, "info": []}\n')
        self.assertTrue(os.path.isfile(self.path("a", "b", "classifier", "model.mml")))

    def test_a_class_without_samples(self):
        rows = [row for row in class_rows(20) if row[-1] == 1]
        result = moodle("training", "id", self.path("model"), self.file("one.csv", moodle_text(rows)))
        self.assertEqual((result.returncode, result.stderr), (8, ""))
        self.assertEqual(json.loads(result.stdout), {
            "status": 8, "info": [], "errors": "Training data needs to include samples belonging to all classes"})

    def test_a_bad_file_is_named_with_row_and_column(self):
        text = moodle_text(class_rows(10)).replace("\n0.", "\nx\x1b[31m.", 1)
        result = moodle("training", "id", self.path("model"), self.file("bad.csv", text))
        self.assertEqual(result.returncode, 1)
        answer = json.loads(result.stdout)
        self.assertEqual(answer["status"], 1)
        self.assertIn("bad.csv", answer["info"][0])
        self.assertIn("column", answer["info"][0])
        self.assertNotIn("\x1b", answer["info"][0])
        self.assertFalse(os.path.exists(self.path("model", "classifier", "model.mml")))

    def test_a_missing_file(self):
        result = moodle("training", "id", self.path("model"), self.path("absent.csv"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("absent.csv", json.loads(result.stdout)["info"][0])

    def test_second_training_goes_on(self):
        directory = self.path("model")
        for seed in (1, 2):
            data = self.file(f"{seed}.csv", moodle_text(class_rows(40, seed=seed)))
            self.assertEqual(moodle("training", "id", directory, data).returncode, 0)
        description = json.loads(run("inspect", os.path.join(directory, "classifier", "model.mml"), "--as", "json").stdout)
        self.assertEqual(description["samples"]["count"], 80)


class Prediction(ProgramTest):
    def test_without_a_model(self):
        result = moodle("prediction", "id", self.path("model"), self.path("absent.csv"))
        self.assertEqual((result.returncode, result.stderr), (2, ""))
        self.assertEqual(result.stdout, '{"status": 2, "info": ["Provided model have not been trained yet"]}\n')

    def test_answer(self):
        directory = self.path("model")
        moodle("training", "id", directory, self.labelled())
        result = moodle("prediction", "id", directory, self.unlabelled(count=6))
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, result.stderr, result.stdout.count("\n")), (0, "", 1))
        self.assertEqual((answer["status"], answer["info"]), (0, []))
        self.assertEqual([row[0] for row in answer["predictions"]], [f"{i}-0" for i in range(1, 7)])
        self.assertEqual([row[1] for row in answer["predictions"]], ["0", "1", "0", "1", "0", "1"])
        for row in answer["predictions"]:
            self.assertTrue(all(isinstance(cell, str) for cell in row))
            self.assertTrue(0.5 <= float(row[2]) <= 1, row)

    def test_classes_are_elements_of_targetclasses(self):
        directory = self.path("model")
        rows = [row[:-1] + [[3, 7][row[-1]]] for row in class_rows(40)]
        text = moodle_text(rows).replace('"[0,1]"', '"[3,7]"')
        self.assertEqual(moodle("training", "id", directory, self.file("train.csv", text)).returncode, 0)
        answer = json.loads(moodle("prediction", "id", directory, self.unlabelled(count=2)).stdout)
        self.assertEqual([row[1] for row in answer["predictions"]], ["3", "7"])

    def test_estimates(self):
        directory = self.path("model")
        train = self.file("train.csv", moodle_text(value_rows(60), classes=0))
        self.assertEqual(moodle("training", "id", directory, train).returncode, 0)
        rows = value_rows(4, seed=2)
        predict = self.file("predict.csv", moodle_text(rows, classes=0, labelled=False))
        answer = json.loads(moodle("prediction", "id", directory, predict).stdout)
        for row, target in zip(answer["predictions"], rows):
            self.assertAlmostEqual(float(row[1]), target[-1], delta=0.3)


class Evaluation(ProgramTest):
    keys = ["accepted_deviation", "accuracy", "auc", "auc_deviation", "balanced accuracy", "dir", "f1_score", "info", "min_score",
            "precision", "recall", "runid", "score", "score_deviation", "status"]

    def evaluate(self, data, *arguments, directory="evaluation"):
        return moodle("evaluation", "id", self.path(directory), data, *arguments)

    def test_answer(self):
        result = self.evaluate(self.labelled(count=200), "0.7", "0.1", "3")
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, result.stderr, result.stdout.count("\n")), (0, "", 1))
        self.assertEqual([key for key in self.keys if key not in answer], [])
        self.assertEqual((answer["status"], answer["min_score"], answer["accepted_deviation"]), (0, 0.7, 0.1))
        self.assertIsInstance(answer["runid"], int)
        self.assertEqual(answer["dir"], self.path("evaluation", "logs", str(answer["runid"])))
        self.assertTrue(os.path.isfile(os.path.join(answer["dir"], "info.log")))
        self.assertGreater(answer["score"], 0.9)
        self.assertFalse(os.path.exists(self.path("evaluation", "classifier", "model.mml")))

    def test_a_low_score(self):
        answer = json.loads(self.evaluate(self.file("noise.csv", moodle_text(class_rows(100, noise=1))), "1", "1", "2").stdout)
        self.assertEqual(answer["status"], 4)
        self.assertTrue(answer["info"][0].startswith("The evaluated model prediction accuracy is not very good. Model score = "))

    def test_too_much_deviation_and_a_low_score(self):
        text = moodle_text(class_rows(60, noise=1))
        result = self.evaluate(self.file("noise.csv", text), "1", "0", "4")
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, answer["status"]), (12, 12))
        self.assertTrue(answer["info"][0].startswith("The evaluation results varied too much, we might need more samples"))
        self.assertTrue(answer["info"][1].startswith("The evaluated model prediction accuracy is not very good."))

    def test_a_trained_model(self):
        directory = self.path("trained")
        moodle("training", "id", directory, self.labelled())
        result = self.evaluate(self.labelled("other.csv", seed=5), "0.7", "0.05", "10", directory)
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, answer["status"], answer["score_deviation"]), (0, 0, 0))

    def test_an_absent_trained_model(self):
        result = self.evaluate(self.labelled(), "0.7", "0.05", "10", self.path("absent"))
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, answer["status"]), (1, 1))
        self.assertIsInstance(answer["runid"], int)

    def test_labels_that_are_not_the_targetclasses(self):
        text = moodle_text([row[:-1] + [0] for row in class_rows(30)])
        result = self.evaluate(self.file("zeros.csv", text), "0.7", "0.05", "3")
        answer = json.loads(result.stdout)
        self.assertEqual((result.returncode, answer["status"]), (1, 1))
        self.assertEqual(answer["info"],
                         ["The labels from the provided dataset do not match the targetclasses from the header"])

    def test_arguments_that_are_no_numbers(self):
        for arguments in (("high", "0.05", "3"), ("0.7", "", "3"), ("0.7", "0.05", "-3"), ("0.7", "0.05", "2.5")):
            result = self.evaluate(self.labelled(), *arguments)
            answer = json.loads(result.stdout)
            self.assertEqual((result.returncode, answer["status"]), (1, 1), arguments)
            self.assertIsInstance(answer["runid"], int)
            self.assertEqual(len(answer["info"]), 1)


class ExportAndImport(ProgramTest):
    def test_a_model_moves(self):
        source, exported, target = self.path("source"), self.path("exported"), self.path("target")
        moodle("training", "id", source, self.labelled())
        result = moodle("export", "id", source, exported)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, exported + "\n", ""))
        result = moodle("import", "id", target, exported)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "Ok\nOk\n", ""))
        data = self.unlabelled()
        answers = [moodle("prediction", "id", directory, data).stdout for directory in (source, target)]
        self.assertEqual(answers[0], answers[1])

    def test_nothing_to_export(self):
        result = moodle("export", "id", self.path("absent"), self.path("exported"))
        self.assert_fails(result)
        self.assertEqual(result.stdout, "")
        self.assertFalse(os.path.exists(self.path("exported")) and os.listdir(self.path("exported")))

    def test_nothing_to_import(self):
        os.mkdir(self.path("empty"))
        result = moodle("import", "id", self.path("target"), self.path("empty"))
        self.assert_fails(result)
        self.assertEqual(result.stdout, "")
