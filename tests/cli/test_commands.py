# SPDX-License-Identifier: Apache-2.0
"""The commands: what they print and write where all goes well."""

import csv
import gzip
import io
import json
import math
import os
import re
import stat
import subprocess
import unittest

from support import PROGRAM, QUICK, ProgramTest, class_rows, environment, lines, moodle_text, plain_text, run, value_rows

COMMANDS = ["train", "predict", "explain", "evaluate", "inspect", "convert", "options", "version"]


class Help(unittest.TestCase):
    def test_program(self):
        result = run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for word in COMMANDS + ["moodlemlbackend", "MOODLEML_OPTIONS", "Exit codes"]:
            self.assertIn(word, result.stdout)

    def test_each_command_has_a_description_and_examples(self):
        for command in COMMANDS:
            result = run(command, "--help")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn(f"Usage: moodleml {command}", result.stdout)
            self.assertIn(f"Examples:\n  moodleml {command}" if command != "options" else "Examples:\n", result.stdout)
            self.assertEqual([line for line in result.stdout.splitlines() if len(line) > 125], [])

    def test_library_options_are_grouped(self):
        text = run("train", "--help").stdout
        self.assertLess(text.index("Library options, run:"), text.index("--time-limit"))
        self.assertLess(text.index("Library options, learners:"), text.index("--networks"))
        self.assertNotIn("time_limit,", text)
        self.assertNotIn("--networks", run("predict", "--help").stdout)

    def test_no_command(self):
        result = run()
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("Usage: moodleml", result.stderr)

    def test_version_flag(self):
        self.assertRegex(run("--version").stdout, r"\A[0-9]+\.[0-9]+\.[0-9]+\n\Z")


class VersionAndOptions(unittest.TestCase):
    def test_version(self):
        result = run("version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\Amoodleml [0-9]+\.[0-9]+\.[0-9]+\n")
        document = json.loads(run("version", "--as", "json").stdout)
        self.assertEqual(document["abi"], "1.2")
        self.assertIn("moodleml " + document["version"], result.stdout)
        self.assertIn("oneDNN", document)

    def test_options(self):
        result = run("options", "--as", "json")
        document = json.loads(result.stdout)
        self.assertEqual((result.returncode, result.stderr, document["schema"]), (0, "", 1))
        by_name = {option["name"]: option for option in document["options"]}
        self.assertEqual(by_name["iterations"]["default"], "10")
        text = run("options").stdout
        for name in by_name:
            self.assertIn(f"\n  {name} = ", text)
        self.assertIn("  iterations = 10  [1 to 1000]\n", text)
        self.assertIn("  format = moodle  [moodle, plain]\n", text)


class Train(ProgramTest):
    def test_writes_a_model_and_a_summary(self):
        result = run("train", self.labelled(), "--model", self.path("model.mml"), *QUICK)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("60 samples, 6 columns", result.stdout)
        self.assertRegex(result.stdout, r"class 0 +30 +50\.0 %\n +class 1 +30 +50\.0 %\n")
        self.assertIn("model.mml", result.stdout)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("model.mml")).st_mode), 0o600)
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.mml", "train.csv"])

    def test_description_as_json(self):
        result = run("train", self.labelled(), "--model", self.path("model.mml"), "--as", "json", "--quiet", *QUICK)
        description = json.loads(result.stdout)
        self.assertEqual((result.returncode, result.stderr, description["schema"]), (0, "", 1))
        inspected = json.loads(run("inspect", self.path("model.mml"), "--as", "json").stdout)
        self.assertEqual(description, inspected)

    def test_quiet_prints_nothing(self):
        self.model()

    def test_spellings_of_options_are_the_same(self):
        data = self.labelled()
        models = []
        for spelling in (["--linear-strength", "3"], ["--linear_strength", "3"], ["--linear-strength=3"], ["--set", "linear_strength=3"],
                         ["--set=linear-strength=3"], ["--linear-strength", "9", "--linear-strength", "3"], []):
            run("train", "--quiet", *spelling, data, "-m", self.path("model.mml"), *QUICK)
            with open(self.path("model.mml"), "rb") as stream:
                models.append(stream.read())
        self.assertEqual(len(set(models[:6])), 1)
        self.assertNotEqual(models[0], models[6])

    def test_goes_on_from_a_model(self):
        first = self.model()
        more = self.labelled("more.csv", seed=9)
        result = run("train", more, "--start", first, "--model", self.path("second.mml"), "--as", "json", "-q", *QUICK)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        description = json.loads(result.stdout)
        self.assertEqual((description["samples"]["count"], description["prior"]["share"]), (60, 0.5))
        self.assertRegex(run("inspect", self.path("second.mml")).stdout, r"earlier model +0\.500 +its share of each answer\n")

    def test_tables_of_words_and_dates(self):
        colours = ["red", "green", "blue"]
        rows = [[f"p{i}", colours[i % 3], f"2024-0{1 + i % 9}-15", i % 7, 10 * (i % 3) + i % 7 / 10] for i in range(120)]
        data = self.file("table.csv", lines([["who", "colour", "day", "x", "y"]] + rows))
        model = self.path("model.mml")
        result = run("train", data, "--format", "plain", "--id", "who", "--model", model, *QUICK)
        self.assertEqual(result.returncode, 0, result.stderr)
        # The training table itself: its target is not used, its ids are carried through.
        result = run("predict", model, data, "--format", "plain")
        self.assertIn('does not use 1 column: "y"', result.stderr)
        rows = list(csv.reader(io.StringIO(result.stdout)))
        self.assertEqual([row[0] for row in rows[:3]], ["id", "p0", "p1"])
        for i in range(3):
            self.assertAlmostEqual(float(rows[1 + i][1]), 10 * i + i / 10, delta=3)
        # Columns in another order, a word that the model does not know, one that it does not need.
        other = self.file("new.csv", lines([["x", "note", "colour", "day"], [1, "text", "mauve", "2024-05-01"]]))
        result = run("predict", model, other, "--format", "plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("mauve", result.stderr)
        self.assertIn("note", result.stderr)

    def test_a_labelled_moodle_file_is_predicted_by_its_header(self):
        model, data = self.model(), self.labelled()
        result = run("predict", model, data)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("is labelled", result.stderr)

    def test_packed_files_and_standard_input(self):
        text = moodle_text(class_rows(60))
        packed = self.file("data.csv.gz", gzip.compress(text.encode()))
        after_name = run("inspect", self.file("data.csv", text)).stdout.partition(":")[2]
        self.assertIn("60 samples", after_name)
        self.assertEqual(run("inspect", packed).stdout.partition(":")[2], after_name)
        for name in ("data.csv", "data.csv.gz"):
            with open(self.path(name), "rb") as stream:
                piped = run("inspect", "-", stdin=stream)
            self.assertEqual(piped.stdout.partition(":")[2], after_name)
            with open(self.path(name), "rb") as stream:
                self.assertEqual(run("train", "-", "--model", self.path("model.mml"), "-q", *QUICK, stdin=stream).returncode, 0)

    def test_plain_files_with_text_classes(self):
        names = {0: "no, never", 1: 'yes "sure"'}
        rows = [row[:-1] + ['"' + names[row[-1]].replace('"', '""') + '"'] for row in class_rows(40)]
        data = self.file("plain.csv", plain_text(rows))
        result = run("train", data, "--format", "plain", "--model", self.path("model.mml"), "-q", *QUICK)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        result = run("predict", self.path("model.mml"), data, "--format", "plain", "--labelled", "true", "-q")
        table = list(csv.reader(io.StringIO(result.stdout)))
        self.assertEqual(table[0], ["row", "class", "probability_no, never", 'probability_yes "sure"'])
        self.assertEqual([row[:2] for row in table[1:3]], [["1", "no, never"], ["2", 'yes "sure"']])

    def test_a_named_target(self):
        rows = [[row[-1]] + row[:-1] for row in value_rows(40)]
        data = self.file("plain.csv", lines([["price", "a", "b", "c"]] + rows))
        result = run("train", data, "--format", "plain", "--target", "price", "--task", "regression", "-m", self.path("model.mml"), *QUICK)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("40 samples, 3 columns", result.stdout)
        self.assertRegex(result.stdout, r"target, mean +[0-9.]+\n")


class Explain(ProgramTest):
    def test_words_lead_from_the_base_to_the_answer(self):
        model, data = self.model(), self.unlabelled(count=3)
        result = run("explain", model, data, "--top", "2", "-q")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        rows = result.stdout.split("\n\n")
        self.assertEqual(len(rows), 3)
        predicted = list(csv.reader(io.StringIO(run("predict", model, data).stdout)))[1:]
        for row, (id_, class_, *probabilities) in zip(rows, predicted):
            first, *steps = row.rstrip("\n").split("\n")
            share = f"{100 * float(probabilities[int(class_)]):.1f} %"
            self.assertRegex(first, rf"^{id_}: class {class_}, {share} \(with nothing known [0-9.]+ %\)$")
            self.assertLessEqual(len(steps), 3)
            self.assertTrue(steps[-1].endswith(share), row)

    def test_csv_and_json_add_up(self):
        model, data = self.model(), self.unlabelled(count=4)
        document = json.loads(run("explain", model, data, "--as", "json", "--top", "9", "-q").stdout)
        table = list(csv.reader(io.StringIO(run("explain", model, data, "--as", "csv", "-q").stdout)))
        predictions = json.loads(run("predict", model, data, "--as", "json").stdout)["predictions"]
        self.assertEqual(table[0][:3], ["id", "class", "base"])
        for row, cells, predicted in zip(document["explanations"], table[1:], predictions):
            probability = predicted["probabilities"][int(predicted["class"])]
            self.assertEqual((row["id"], row["class"]), (predicted["id"], predicted["class"]))
            self.assertAlmostEqual(row["answer"], probability, places=4)
            self.assertAlmostEqual(sum(map(float, cells[2:])), row["sum"], places=9)
            self.assertAlmostEqual(1 / (1 + math.exp(-row["sum"])), probability, places=4)
            sizes = [abs(column["adds"]) for column in row["columns"]]
            self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_words_of_a_table_are_shown_as_words(self):
        rows = [["degree", "age", "leaves"]] + [[("BA", "MSc")[i % 2], i % 7, ("no", "yes")[i % 2]] for i in range(60)]
        data, model = self.file("table.csv", lines(rows)), self.path("words.mml")
        self.assertEqual(run("train", data, "--format", "plain", "--model", model, *QUICK).returncode, 0)
        result = run("explain", model, data, "--format", "plain", "--top", "1", "-q")
        self.assertRegex(result.stdout, r"degree +(= BA|= MSc) \(usual: BA\)")

    def test_a_regression_is_explained_in_its_unit(self):
        data, model = self.file("table.csv", lines([["a", "b", "price"]] + value_rows(60, columns=2))), self.path("prices.mml")
        self.assertEqual(run("train", data, "--format", "plain", "--task", "regression", "--model", model, *QUICK).returncode, 0)
        document = json.loads(run("explain", model, data, "--format", "plain", "--as", "json", "-q").stdout)
        self.assertEqual(document["task"], "regression")
        estimates = json.loads(run("predict", model, data, "--format", "plain", "--as", "json", "-q").stdout)["predictions"]
        for row, predicted in zip(document["explanations"], estimates):
            self.assertAlmostEqual(row["answer"], predicted["estimate"], places=4)


class Predict(ProgramTest):
    def test_csv(self):
        result = run("predict", self.model(), self.unlabelled(count=4))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        table = list(csv.reader(io.StringIO(result.stdout)))
        self.assertEqual(table[0], ["id", "class", "probability_0", "probability_1"])
        self.assertEqual([row[:2] for row in table[1:]], [["1-0", "0"], ["2-0", "1"], ["3-0", "0"], ["4-0", "1"]])
        for row in table[1:]:
            self.assertAlmostEqual(float(row[2]) + float(row[3]), 1, places=5)
            self.assertGreater(float(row[2 + int(row[1])]), 0.5)

    def test_json(self):
        model, data = self.model(), self.unlabelled(count=3)
        document = json.loads(run("predict", model, data, "--as", "json").stdout)
        self.assertEqual((document["schema"], document["task"], document["classes"]), (1, "classification", ["0", "1"]))
        self.assertEqual([row["id"] for row in document["predictions"]], ["1-0", "2-0", "3-0"])
        table = list(csv.reader(io.StringIO(run("predict", model, data).stdout)))
        for row, cells in zip(document["predictions"], table[1:]):
            self.assertEqual(row["class"], cells[1])
            for a, b in zip(row["probabilities"], cells[2:]):
                self.assertAlmostEqual(a, float(b), places=6)

    def test_the_class_is_that_of_the_decision(self):
        model = self.path("costly.mml")
        result = run("train", self.labelled(), "--model", model, "--decision", "cost:1000", *QUICK)
        self.assertRegex(result.stdout, r"\ndecision cost:1000: class 1 above probability 0\.001\n +out of fold +as decided")
        data = self.unlabelled(count=4)
        table = list(csv.reader(io.StringIO(run("predict", model, data).stdout)))[1:]
        self.assertEqual([row[1] for row in table], [str(int(float(row[3]) > 1 / 1001)) for row in table])
        self.assertIn("1", [row[1] for row in table if float(row[3]) < 0.5])
        plain = list(csv.reader(io.StringIO(run("predict", self.model(), data).stdout)))[1:]
        self.assertEqual([row[2:] for row in table], [row[2:] for row in plain])
        self.assertIn("\ndecision cost:1000", run("inspect", model).stdout)
        wrong = run("train", self.labelled(), "--model", model, "--decision", "f1", *QUICK)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("share:<percent", wrong.stderr)

    def test_no_rows(self):
        data = self.file("none.csv", moodle_text(class_rows(1), labelled=False).rsplit("\n", 2)[0] + "\n")
        model = self.model()
        self.assertEqual(run("predict", model, data).stdout.count("\n"), 1)
        self.assertEqual(json.loads(run("predict", model, data, "--as", "json").stdout)["predictions"], [])

    def test_estimates(self):
        train = self.file("train.csv", moodle_text(value_rows(60), classes=0))
        self.assertEqual(run("train", train, "-m", self.path("model.mml"), "-q", *QUICK).returncode, 0)
        rows = value_rows(4, seed=2)
        data = self.file("predict.csv", moodle_text(rows, classes=0, labelled=False))
        table = list(csv.reader(io.StringIO(run("predict", self.path("model.mml"), data).stdout)))
        self.assertEqual(table[0], ["id", "estimate"])
        for cells, row in zip(table[1:], rows):
            self.assertAlmostEqual(float(cells[1]), row[-1], delta=0.3)
        document = json.loads(run("predict", self.path("model.mml"), data, "--as", "json").stdout)
        self.assertEqual((document["task"], document["classes"], len(document["predictions"])), ("regression", [], 4))
        self.assertAlmostEqual(document["predictions"][0]["estimate"], float(table[1][1]), places=5)

    def test_output_file(self):
        model, data = self.model(), self.unlabelled()
        expected = run("predict", model, data).stdout
        target = self.path("predictions.csv")
        result = run("predict", model, data, "--output", target)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        with open(target, encoding="utf-8") as stream:
            self.assertEqual(stream.read(), expected)
        os.symlink(target, self.path("link.csv"))
        os.chmod(target, 0o640)
        run("predict", model, data, "-o", self.path("link.csv"), "--as", "json")
        self.assertTrue(os.path.islink(self.path("link.csv")))
        self.assertEqual(stat.S_IMODE(os.stat(target).st_mode), 0o640)
        with open(target, encoding="utf-8") as stream:
            self.assertEqual(len(json.load(stream)["predictions"]), 5)
        self.assertEqual(sorted(os.listdir(self.folder)), ["link.csv", "model.mml", "predict.csv", "predictions.csv", "train.csv"])

    def test_standard_output_by_name(self):
        model, data = self.model(), self.unlabelled()
        expected = run("predict", model, data).stdout
        for name in ("-", "/dev/stdout"):
            self.assertEqual(run("predict", model, data, "--output", name).stdout, expected)


class Evaluate(ProgramTest):
    def test_cross_validation(self):
        result = run("evaluate", self.labelled(count=100), "--iterations", "3", *QUICK)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("100 samples", result.stdout)
        self.assertIn("etter than guessing", result.stdout)
        self.assertRegex(result.stdout, r"the most likely 10 % +6 \(10\.0 %\) ")
        self.assertRegex(result.stdout, r"trained and rated on 3 random splits")
        self.assertRegex(result.stdout, r"mean +deviation +95 % interval +guessing\n")
        self.assertRegex(result.stdout, r"ROC AUC +[01]\.[0-9]{4} +± 0\.[0-9]{4} +[01]\.[0-9]{4} to [01]\.[0-9]{4} +0\.5000\n")

    def test_a_model(self):
        result = run("evaluate", self.labelled("other.csv", seed=4), "--model", self.model(), "-q")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\AA model rated on all rows")
        self.assertRegex(result.stdout, r"value +95 % interval +guessing\n")
        self.assertNotIn("±", result.stdout)

    def test_json(self):
        result = run("evaluate", self.labelled(), "--iterations", "2", "--as", "json", "-q", *QUICK)
        report = json.loads(result.stdout)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual((report["schema"], report["kind"], len(report["iterations"])), (1, "cross_validation", 2))
        self.assertIn("baseline", report["metrics"]["log_loss"])

    def test_regression(self):
        data = self.file("train.csv", moodle_text(value_rows(60), classes=0))
        result = run("evaluate", data, "--iterations", "2", "-q", *QUICK)
        self.assertRegex(result.stdout, r"R squared +(0\.9|1\.0)")


class Inspect(ProgramTest):
    def test_labelled_data(self):
        rows = class_rows(9, columns=4, classes=3)
        for row in rows:
            row[1], row[2] = None, 0
        rows[0][3] = None
        data = self.file("data.csv", moodle_text(rows, classes=3))
        document = json.loads(run("inspect", data, "--as", "json").stdout)
        self.assertEqual((document["rows"], document["columns"], document["task"]), (9, 4, "classification"))
        self.assertEqual([(entry["name"], entry["rows"]) for entry in document["classes"]], [("0", 3), ("1", 3), ("2", 3)])
        self.assertEqual(document["cells"], {"count": 36, "missing": 10, "zero": 9, "empty_columns": 1, "constant_columns": 1})
        text = run("inspect", data).stdout
        self.assertRegex(text, r"missing cells +10 +27\.8 %\n")
        self.assertRegex(text, r"class 2 +3 +33\.3 %\n")

    def test_the_types_of_columns(self):
        rows = "".join(f"{i},{('red', 'blue', 'green')[i % 3]},2024-01-{1 + i % 28:02d},{i % 2}\n" for i in range(60))
        data = self.file("typed.csv", "size,colour,day,passed\n" + rows)
        inputs = json.loads(run("inspect", data, "--format", "plain", "--as", "json").stdout)["inputs"]
        self.assertEqual(inputs[:2], [{"name": "size", "type": "number"}, {"name": "colour", "type": "category", "levels": 3}])
        self.assertTrue(all(each["type"] == "number" and each["name"].startswith("day") for each in inputs[2:]))
        text = run("inspect", data, "--format", "plain").stdout
        self.assertRegex(text, rf"columns of numbers +{len(inputs) - 1}\n +category colour +3 texts\n")

    def test_unlabelled_data(self):
        result = run("inspect", self.unlabelled())
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("5 samples, 6 columns, no target", result.stdout)

    def test_regression_data(self):
        data = self.file("train.csv", moodle_text(value_rows(10), classes=0))
        document = json.loads(run("inspect", data, "--as", "json").stdout)
        self.assertEqual(document["task"], "regression")
        self.assertLess(document["target"]["minimum"], document["target"]["maximum"])

    def test_more_rows_than_a_block(self):
        data = self.file("wide.csv", plain_text([[i % 7] + [0] * 999 + [i % 2] for i in range(3000)]))
        document = json.loads(run("inspect", data, "--format", "plain", "--as", "json").stdout)
        self.assertEqual((document["rows"], document["columns"], document["cells"]["count"]), (3000, 1000, 3000000))
        self.assertEqual((document["cells"]["constant_columns"], document["cells"]["zero"]), (999, 2997000 + 429))

    def test_a_model(self):
        model = self.model()
        document = json.loads(run("inspect", model, "--as", "json").stdout)
        self.assertEqual((document["schema"], document["task"]), (1, "classification"))
        result = run("inspect", model)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for word in ("classification", "linear", "calibration", "seed"):
            self.assertIn(word, result.stdout)

    def test_names_from_a_file_cannot_steer_the_terminal(self):
        rows = [row[:-1] + ["\x1b[2Jno" if row[-1] else "yes"] for row in class_rows(10)]
        result = run("inspect", self.file("data\x1b[1m.csv", plain_text(rows)), "--format", "plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("\x1b", result.stdout)
        self.assertIn("class \\x1b[2Jno", result.stdout)


class Streams(ProgramTest):
    def test_json_is_one_document_whatever_the_locale(self):
        model = self.model()
        for locale in ("C", "C.UTF-8", "de_DE.UTF-8"):
            result = run("inspect", model, "--as", "json", env={"LC_ALL": locale})
            self.assertEqual(json.loads(result.stdout)["schema"], 1)

    def test_the_library_is_found_from_where_the_program_lies(self):
        result = subprocess.run([PROGRAM, "version"], cwd="/", env=environment(), capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertFalse(re.search("error", result.stderr))
