# SPDX-License-Identifier: Apache-2.0
"""What goes wrong: one line on standard error, an exit code, and nothing half-written."""

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import threading

from support import ORIGINALS, PROGRAM, QUICK, ProgramTest, class_rows, environment, moodle, moodle_text, plain_text, run


def limit_file_size():
    """Every file beyond a few hundred bytes meets what a full disk is."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, 256))


class Usage(ProgramTest):
    def test_wrong_usage(self):
        cases = {
            ("fly",): 'there is no command "fly"',
            ("trian", "data.csv"): "did you mean train?",
            ("--fast",): '"--fast"',
            ("train",): "DATA",
            ("train", "--model", "m.mml"): "DATA",
            ("train", "data.csv"): "--model",
            ("train", "data.csv", "--model", "m.mml", "--epoch", "3"): "did you mean --epochs?",
            ("train", "data.csv", "more.csv", "--model", "m.mml"): '"more.csv"',
            ("predict", "m.mml", "data.csv", "--as", "xml"): "xml",
            ("evaluate", "data.csv", "--iterations"): "--iterations",
            ("version", "now"): '"now"',
        }
        for arguments, expected in cases.items():
            result = run(*arguments)
            self.assert_fails(result, expected, "--help", code=2)
            self.assertEqual(result.stdout, "")

    def test_library_options_that_are_refused(self):
        data = self.labelled()
        for arguments, expected in (
                (["--epochs", "many"], '"many"'), (["--iterations=0"], '"0"'), (["--set", "epoch=3"], '"epochs"'), (["--set", "epochs"], "name=value"),
                (["--linear", "perhaps"], "true or false"), (["--seed", "-1"], '"-1"'), (["--learning-rate", "0,1"], '"0,1"')):
            result = run("train", data, "--model", self.path("model.mml"), *arguments)
            self.assert_fails(result, expected, code=2)
        self.assertFalse(os.path.exists(self.path("model.mml")))

    def test_model_is_not_written_to_standard_output(self):
        self.assert_fails(run("train", self.labelled(), "--model", "-", cwd=self.folder), "standard output", "name a file")
        self.assertFalse(os.path.exists(self.path("-")))

    def test_control_characters_of_the_command_line(self):
        self.assert_fails(run("\x1b[31mfly\n"), "\\x1b[31mfly\\x0a", code=2)
        self.assert_fails(run("inspect", "absent\x07\x9b.csv"), "\\x07")


class Input(ProgramTest):
    def test_files_that_cannot_be_read(self):
        model = self.model()
        for arguments in (["train", "absent.csv", "-m", "m.mml"], ["predict", model, "absent.csv"], ["predict", "absent.csv", self.labelled()],
                          ["evaluate", "absent.csv"], ["inspect", "absent.csv"]):
            self.assert_fails(run(*arguments, cwd=self.folder), "absent.csv")
        self.assert_fails(run("inspect", self.folder), self.folder)

    def test_a_pipe_is_read_once(self):
        """Who opened it again, to look at its first bytes, would wait for ever."""
        pipe = self.path("pipe")
        os.mkfifo(pipe)
        for command in (("train", pipe, "-m", self.path("model.mml")), ("inspect", pipe)):
            writer = threading.Thread(target=self.file, args=("pipe", "no numbers\n"))
            writer.start()
            self.assert_fails(run(*command), pipe)
            writer.join()

    def test_models_that_are_no_regular_files(self):
        """Nobody writes to these pipes: who waited for that would wait for ever."""
        data, pipe = self.labelled(), self.path("pipe")
        os.mkfifo(pipe)
        self.assert_fails(run("predict", pipe, data), pipe, "not a regular file")
        os.makedirs(self.path("models/classifier"))
        directory, rows = self.path("models"), self.file("moodle.csv", moodle_text(class_rows(60)))
        for name in (".moodleml.lock", "classifier/model.mml"):
            os.mkfifo(self.path(f"models/{name}"))
            result = moodle("training", "id", directory, rows)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("not a regular file", result.stdout)
            os.unlink(self.path(f"models/{name}"))
        os.makedirs(self.path("models/logs/1"))
        os.mkfifo(self.path("models/logs/1/info.log"))
        result = moodle("training", "id", directory, rows)
        self.assertEqual((result.returncode, result.stdout.count("\n")), (0, 1), result.stderr)
        self.assertIn("The model is trained and stored, but what follows that failed: cannot read", result.stdout)
        self.assertIn("not a regular file", result.stdout)

    def test_file_row_column_and_value_are_named(self):
        rows = class_rows(10)
        rows[4][2] = "\x1b[31mred"
        result = run("train", self.file("bad\x1b.csv", moodle_text(rows)), "--model", self.path("model.mml"))
        self.assert_fails(result, "bad\\x1b.csv", "row 8", "feature2", "\\x1b[31mred")
        self.assertFalse(os.path.exists(self.path("model.mml")))

    def test_bad_files(self):
        good = moodle_text(class_rows(10))
        cases = {"empty": "", "binary": bytes(range(256)) * 8, "truncated": good[:-4].rsplit(",", 1)[0], "one line": "nfeatures\n", "quote": good + '"open',
                 "a class that is none": good + good.splitlines()[-1][:-1] + "7\n", "infinite": good.replace("\n0.", "\ninf0.", 1)}
        for name, content in cases.items():
            result = run("train", self.file(name + ".csv", content), "--model", self.path("model.mml"), *QUICK)
            self.assert_fails(result, name)
            self.assertFalse(os.path.exists(self.path("model.mml")), name)

    def test_hints(self):
        plain = self.file("plain.csv", plain_text(class_rows(10)))
        self.assert_fails(run("train", plain, "-m", self.path("model.mml")), "format=plain")
        packed = self.file("data.csv.gz", gzip.compress(moodle_text(class_rows(10)).encode()))
        self.assert_fails(run("predict", packed, plain), "data.csv.gz")
        self.assert_fails(run("train", self.file("data.csv.xz", b"\xfd7zXZ\x00..."), "-m", self.path("model.mml")), "unxz")

    def test_a_file_that_does_not_fit_the_model(self):
        self.assert_fails(run("predict", self.model(), self.unlabelled(columns=3)), "feature3")

    def test_a_damaged_model(self):
        path = self.model()
        with open(path, "rb") as stream:
            content = stream.read()
        for damaged in (content[:-20], content[:40], content[:100] + b"\0\0\0\0" + content[104:]):
            self.assert_fails(run("predict", self.file("damaged.mml", damaged), self.unlabelled()), "damaged.mml")
            self.assert_fails(run("inspect", self.path("damaged.mml")), "damaged.mml")


class ModelFile(ProgramTest):
    def test_places_where_no_model_can_be_written(self):
        data = self.labelled()
        os.mkdir(self.path("directory"))
        for place in (self.path("absent", "model.mml"), self.path("directory"), "/dev/full", "/dev/null/model.mml"):
            result = run("train", data, "--model", place, *QUICK)
            self.assert_fails(result, place)
            self.assertEqual(result.stdout, "", "it is told before training begins")
        self.assertFalse(os.path.isfile("/dev/full"))

    def test_a_read_only_directory(self):
        os.chmod(self.folder, 0o755)
        data = self.labelled()
        os.mkdir(self.path("closed"), 0o555)
        user = {"user": 65534} if os.geteuid() == 0 else {}  # nothing is read-only for root
        try:
            result = run("train", data, "--model", self.path("closed", "model.mml"), *QUICK, **user)
        except PermissionError:
            self.skipTest("another user may not run the program where it lies")
        self.assert_fails(result, "closed/model.mml")
        self.assertEqual(os.listdir(self.path("closed")), [])

    def test_a_full_disk_leaves_the_old_model_whole(self):
        path, data = self.model(), self.labelled("other.csv", seed=7)
        with open(path, "rb") as stream:
            before = stream.read()
        self.assertGreater(len(before), 256)
        result = run("train", data, "--model", path, "--quiet", *QUICK, preexec_fn=limit_file_size)
        self.assert_fails(result, "model.mml")
        with open(path, "rb") as stream:
            self.assertEqual(stream.read(), before)
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.mml", "other.csv", "train.csv"])

    def test_a_full_disk_in_a_model_directory(self):
        directory, data = self.path("directory"), self.unlabelled()
        moodle("training", "id", directory, self.labelled())
        before = moodle("prediction", "id", directory, data).stdout
        result = moodle("training", "id", directory, self.labelled("other.csv", seed=7), preexec_fn=limit_file_size)
        self.assertEqual((result.returncode, json.loads(result.stdout)["status"]), (1, 1))
        self.assertEqual(moodle("prediction", "id", directory, data).stdout, before)


class Replacing(ProgramTest):
    """Nothing that a command reads is replaced by what it writes."""

    def refused(self, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout or ""), (1, ""))
        self.assertIn("which this command reads", result.stderr)

    @staticmethod
    def bytes_of(path):
        with open(path, "rb") as stream:
            return stream.read()

    def test_a_file_that_is_read_is_not_written(self):
        data, model = self.labelled(), self.model()
        hard, soft = self.path("hard"), self.path("soft")
        os.link(data, hard)
        os.symlink(data, soft)
        before = self.bytes_of(data), self.bytes_of(model)
        for output in (data, hard, soft, os.path.join(self.folder, ".", "train.csv")):
            self.refused("train", data, "--model", output, *QUICK)
            self.refused("predict", model, data, "--labelled", "true", "--output", output)
        self.refused("train", data, "--start", model, "--model", model, *QUICK)
        self.refused("predict", model, data, "--labelled", "true", "--output", model)
        page = self.path("page.html")
        os.link(data, page)
        self.refused("evaluate", data, "--report", page, *QUICK)
        with open(data, "a", encoding="utf-8") as stream:
            self.refused("inspect", data, stdout=stream)
            self.refused("predict", model, data, "--labelled", "true", stdout=stream)
        with open(data, encoding="utf-8") as stream:
            self.refused("train", "-", "--model", data, *QUICK, stdin=stream)
            self.refused("predict", model, "-", "--labelled", "true", "--output", data, stdin=stream)
        self.assertEqual(before, (self.bytes_of(data), self.bytes_of(model)))

    def test_a_file_of_a_folder_that_is_read_is_not_written(self):
        folder = os.path.join(shutil.copytree(os.path.join(ORIGINALS, "three"), self.path("three")), "classifier")
        pickle = os.path.join(folder, "classifier.pkl")
        weights = os.path.join(folder, "model.ckpt", "variables", "variables.index")
        before = self.bytes_of(pickle), self.bytes_of(weights)
        data = self.labelled()
        for output in pickle, weights:
            self.refused("predict", folder, data, "--labelled", "true", "--output", output)
            self.refused("train", data, "--start", folder, "--model", output, *QUICK)
        self.assertEqual(before, (self.bytes_of(pickle), self.bytes_of(weights)))

    def test_a_model_is_not_exported_or_imported_onto_itself(self):
        directory = self.path("directory")
        moodle("training", "id", directory, self.labelled())
        stored = os.path.join(directory, "classifier")
        before = {name: self.bytes_of(os.path.join(stored, name)) for name in os.listdir(stored)}
        for other in directory, stored:
            self.assertIn("is the model's own", moodle("export", "id", directory, other).stderr)
            self.assertIn("holds the model's own files", moodle("import", "id", directory, other).stderr)
        self.assertEqual(before, {name: self.bytes_of(os.path.join(stored, name)) for name in os.listdir(stored)})


class Loading(ProgramTest):
    def test_models_obey_the_memory_limit(self):
        data, model = self.labelled(), self.path("wide.mml")
        run("train", data, "--model", model, "--linear", "false", "--trees", "0", "--networks", "1", "--epochs", "1", "--hidden-units", "1024")
        limit = ["--memory-limit", "3"]
        for command in (["predict", model, data, "--labelled", "true"], ["explain", model, data, "--labelled", "true"],
                        ["evaluate", data, "--model", model], ["inspect", model],
                        ["train", data, "--start", model, "--model", self.path("next.mml"), *QUICK]):
            self.assert_fails(run(*command, *limit), "wide.mml", "option memory_limit allows 3: raise it")


class Output(ProgramTest):
    def commands(self):
        model, labelled, unlabelled = self.model(), self.labelled(), self.unlabelled()
        return [["--help"], ["train", "--help"], ["version"], ["options"], ["options", "--as", "json"], ["inspect", model], ["inspect", labelled],
                ["predict", model, unlabelled], ["evaluate", labelled, "--model", model], ["train", labelled, "-m", self.path("second.mml"), *QUICK],
                ["-m", "moodlemlbackend.version"], ["-m", "moodlemlbackend.prediction", "id", self.path("none"), unlabelled]]

    def test_a_full_device(self):
        for command in self.commands():
            with open("/dev/full", "w", encoding="utf-8") as full:
                result = run(*command, stdout=full)
            self.assert_fails(result, "standard output", "No space left on device")

    def test_a_closed_pipe(self):
        for command in self.commands():
            reader, writer = os.pipe()
            os.close(reader)
            result = run(*command, stdout=writer)
            os.close(writer)
            self.assert_fails(result, "standard output", "Broken pipe")

    def test_a_closed_standard_output(self):
        model, data = self.model(), self.unlabelled()
        shell = subprocess.run(["bash", "-c", '"$@" >&-', "bash", PROGRAM, "predict", model, data], env=environment(),
                               capture_output=True, text=True, check=False)
        self.assertEqual(shell.returncode, 1)
        self.assertIn("moodleml: standard output", shell.stderr)

    def test_closed_streams_do_not_end_up_in_files(self):
        data = self.labelled()
        subprocess.run(["bash", "-c", '"$@" <&- >&- 2>&-', "bash", PROGRAM, "train", data, "--model", self.path("model.mml"), "-q", *QUICK],
                       env=environment(), check=True)
        self.assertEqual(run("inspect", self.path("model.mml")).returncode, 0)

    def test_output_files(self):
        model, data = self.model(), self.unlabelled()
        for place in (self.path("absent", "out.csv"), self.folder, "/dev/full"):
            self.assert_fails(run("predict", model, data, "--output", place), place)
        old = self.file("out.csv", "old\n")
        result = run("predict", model, self.unlabelled("many.csv", count=50), "--output", old, preexec_fn=limit_file_size)
        self.assert_fails(result, "out.csv", "File too large")
        with open(old, encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "old\n")
        self.assertEqual(sorted(os.listdir(self.folder)), ["many.csv", "model.mml", "out.csv", "predict.csv", "train.csv"])

    def test_a_file_size_limit_does_not_kill(self):
        result = run("train", self.labelled(), "-m", self.path("model.mml"), *QUICK, preexec_fn=limit_file_size)
        self.assertNotEqual(result.returncode, -signal.SIGXFSZ)
