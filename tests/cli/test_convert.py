# SPDX-License-Identifier: Apache-2.0
"""The command convert: what it finds, reports and writes."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from support import ORIGINALS, ProgramTest, moodle, run

PICKLES = os.path.join(ORIGINALS, "..", "pickles")


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file()}


class Convert(ProgramTest):
    def setUp(self):
        super().setUp()
        self.site = self.path("models")
        for name, place in (("m366", "1/execution"), ("three", "2/execution"), ("three", "3/evaluation")):
            shutil.copytree(os.path.join(ORIGINALS, name), os.path.join(self.site, place))
        os.makedirs(os.path.join(self.site, "4", "execution", "classifier"))

    def directory(self, name):
        return os.path.join(self.site, name)

    def report(self, *arguments, code=0):
        result = run("convert", self.site, "--as", "json", *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        return json.loads(result.stdout)

    def test_looks_first_and_writes_nothing(self):
        before = contents(self.site)
        result = run("convert", self.site)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.splitlines(), [
            f"{self.directory('1/execution')}: can be converted, 2 classes, trained on 1,904 samples",
            f"{self.directory('2/execution')}: can be converted, 3 classes, trained on 150 samples",
            f"{self.directory('3/evaluation')}: can be converted, 3 classes, trained on 150 samples",
            "3 models of moodle-mlbackend-python: 3 to convert, 0 with model.mml already, 0 that cannot be converted",
            "Nothing was written: give --write to convert."])
        self.assertEqual(contents(self.site), before)

    def test_writes_our_form_beside(self):
        before = contents(self.site)
        predict = os.path.join(ORIGINALS, "three", "predict.csv")
        expected = moodle("prediction", "id", self.directory("2/execution"), predict).stdout
        report = self.report("--write")
        self.assertEqual(report["counts"], {"convertible": 0, "converted": 3, "has_model": 0, "unreadable": 0})
        self.assertEqual([model["state"] for model in report["models"]], ["converted"] * 3)
        after = contents(self.site)
        new = {path for path in after if path not in before}
        self.assertEqual(new, {pathlib.Path(name, file) for name in ("1/execution", "2/execution", "3/evaluation")
                               for file in ("classifier/model.mml", ".moodleml.lock")})
        self.assertEqual({path: after[path] for path in before}, before)
        for name in ("classifier.pkl", "model.ckpt"):
            os.rename(os.path.join(self.directory("2/execution/classifier"), name), self.path(name))
        self.assertEqual(moodle("prediction", "id", self.directory("2/execution"), predict).stdout, expected)
        shutil.rmtree(self.directory("2"))
        self.assertEqual(self.report("--write")["counts"], {"convertible": 0, "converted": 0, "has_model": 2, "unreadable": 0})

    def test_tells_what_cannot_be_converted_and_converts_the_rest(self):
        shutil.copy(os.path.join(PICKLES, "refused-os-system.pkl"), self.directory("1/execution/classifier/classifier.pkl"))
        report = self.report("--write", code=1)
        self.assertEqual(report["counts"], {"convertible": 0, "converted": 2, "has_model": 0, "unreadable": 1})
        self.assertIn('it names "posix system"', report["models"][0]["reason"])
        self.assertFalse(os.path.exists(self.directory("1/execution/classifier/model.mml")))
        self.assertFalse(os.path.exists("moodleml-was-here"))
        self.assert_fails(run("convert", self.site), "1 of 3 models cannot be converted")

    def test_a_folder_that_is_none(self):
        self.assert_fails(run("convert", self.path("absent")), "absent: is not a folder")
        os.mkdir(self.path("empty"))
        self.assertIn("0 models", run("convert", self.path("empty")).stdout)

    @unittest.skipIf(os.geteuid() != 0, "needs root to become somebody else")
    def test_a_folder_that_may_not_be_written(self):
        os.chmod(self.folder, 0o755)
        result = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", os.environ["MOODLEML_PROGRAM"], "convert", self.site, "--write"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout.count("cannot be converted:"), 3)


if __name__ == "__main__":
    unittest.main()
