# SPDX-License-Identifier: Apache-2.0
"""One build on one machine writes the same bytes from the same data, whatever the number of threads."""

import gzip
import os

from support import ProgramTest, class_rows, moodle, moodle_text, plain_text, run, value_rows

STUDENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "data", "students-366-train.csv.gz")
THREADS = ["1", "2", "4", "4"]
# Every kind of member has a part: nothing is given up early, and none is long trained.
MEMBERS = {
    "all": ["--networks", "3", "--epochs", "4", "--trees", "30", "--pilot-margin", "100"],
    "networks alone": ["--networks", "3", "--epochs", "4", "--trees", "0", "--linear", "false"],
}


def content(path):
    with open(path, "rb") as stream:
        return stream.read()


class DeterminismTest(ProgramTest):
    def trained(self, data, *options):
        """The bytes of the models that each number of threads trains."""
        models = []
        for number, threads in enumerate(THREADS):
            path = self.path(f"{number}.mml")
            result = run("train", data, "--model", path, "--quiet", "--threads", threads, *options)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            models.append(content(path))
        return models

    def assert_equal_models(self, models):
        self.assertGreater(len(models[0]), 1000)
        self.assertEqual([model == models[0] for model in models], [True] * len(models))

    def test_real_data_give_the_same_bytes_on_any_number_of_threads_and_again(self):
        with gzip.open(STUDENTS) as stream:
            data = self.file("students.csv", stream.read())
        for name, options in MEMBERS.items():
            with self.subTest(name):
                models = self.trained(data, *options)
                self.assert_equal_models(models)
                self.assertNotEqual(self.trained(data, *options, "--seed", "2")[0], models[0])

    def test_three_classes_and_values_too(self):
        data = self.file("classes.csv", moodle_text(class_rows(300, classes=3), 3))
        self.assert_equal_models(self.trained(data, *MEMBERS["all"]))
        data = self.file("values.csv", plain_text(value_rows(300)))
        self.assert_equal_models(self.trained(data, "--format", "plain", *MEMBERS["all"]))

    def test_a_model_that_goes_on_does_so_the_same_way(self):
        first, second = self.labelled("first.csv", 80), self.labelled("second.csv", 80, seed=3)
        stored = []
        for threads in THREADS:
            directory = self.path(f"models-{len(stored)}")
            options = {"MOODLEML_OPTIONS": f"networks=2,epochs=3,trees=10,threads={threads}"}
            for data in (first, second):
                self.assertEqual(moodle("training", "unique", directory, data, env=options).returncode, 0)
            folder = os.path.join(directory, "classifier")
            stored.append({name: content(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".mml")})
        self.assertGreaterEqual(len(stored[0]), 2)
        self.assertEqual([files == stored[0] for files in stored], [True] * len(stored))
