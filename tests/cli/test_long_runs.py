# SPDX-License-Identifier: Apache-2.0
"""Progress, Ctrl-C, and several processes on one model directory at once."""

import json
import os
import pty
import re
import signal
import time

from support import ENDLESS, ENDLESS_ENVIRONMENT, QUICK, SLOWDOWN, TIMEOUT, ProgramTest, class_rows, moodle, moodle_text, run, start

LINE = (r"(reading|preparing|training|calibrating|evaluating|saving) +[0-9]+ %(  (epoch|split|step) [0-9]+/[0-9]+)?"
        r"(  loss [0-9.-]+)?(  validation [0-9.-]+)?")


def read_terminal(descriptor):
    """All that a program wrote to a terminal which has no other end any more."""
    text = b""
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            return text.decode()
        if not piece:
            return text.decode()
        text += piece


class Progress(ProgramTest):
    def test_lines_where_there_is_no_terminal(self):
        result = run("train", self.labelled(count=400), "-m", self.path("model.mml"), "--networks", "2", "--epochs", "8")
        self.assertEqual(result.returncode, 0, result.stderr)
        shown = result.stderr.splitlines()
        self.assertGreaterEqual(len(shown), 1)
        for line in shown:
            self.assertRegex(line, rf"\A{LINE}\Z")

    def test_lines_come_seconds_apart(self):
        with start("train", self.labelled(count=2000, columns=20), "-m", self.path("model.mml"), *ENDLESS) as process:
            times = []
            for line in process.stderr:
                times.append(time.monotonic())
                self.assertRegex(line, rf"\A{LINE}\n\Z")
                if len(times) == 3:
                    break
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIMEOUT)
        for earlier, later in zip(times, times[1:]):
            self.assertGreater(later - earlier, 1.5)

    def test_a_bar_on_a_terminal(self):
        outer, inner = pty.openpty()
        with start("train", self.labelled(count=400), "-m", self.path("model.mml"), "--networks", "2", "--epochs", "20", stderr=inner,
                   env={"TERM": "xterm"}) as process:
            os.close(inner)
            shown = read_terminal(outer)
            process.communicate(timeout=TIMEOUT)
        os.close(outer)
        self.assertEqual(process.returncode, 0, shown)
        self.assertRegex(shown, r"\r(reading|preparing|training) \[[#.]{14}\] +[0-9]+ %")
        self.assertNotIn("\n", shown)
        self.assertTrue(shown.endswith("\r\x1b[K"), "the bar is cleared at the end")

    def test_quiet(self):
        result = run("evaluate", self.labelled(count=200), "--quiet", "--iterations", "2", *QUICK)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class Interruption(ProgramTest):
    def interrupt(self, process, number=signal.SIGINT):
        """Sends a signal when the program works; the seconds until it has ended, and its streams."""
        first = process.stderr.readline()
        self.assertRegex(first, LINE)
        time.sleep(0.3 * SLOWDOWN)
        sent = time.monotonic()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=TIMEOUT)
        return time.monotonic() - sent, stdout, stderr

    def test_training_stops_within_a_second(self):
        data = self.labelled(count=3000, columns=40)
        before = self.file("model.mml", "the old one")
        for number, name in ((signal.SIGINT, "SIGINT"), (signal.SIGTERM, "SIGTERM")):
            with start("train", data, "--model", before, *ENDLESS) as process:
                seconds, _, stderr = self.interrupt(process, number)
            self.assertEqual(process.returncode, 128 + number, name)
            self.assertLess(seconds, 1 * SLOWDOWN)
            self.assertTrue(stderr.endswith("moodleml: stopped by a signal: nothing was written\n"), stderr)
        with open(before, encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "the old one")
        self.assertEqual(sorted(os.listdir(self.folder)), ["model.mml", "train.csv"])

    def test_cross_validation_stops_within_a_second(self):
        with start("evaluate", self.labelled(count=3000, columns=40), "--as", "json", *ENDLESS) as process:
            seconds, stdout, _ = self.interrupt(process)
        self.assertEqual((process.returncode, stdout), (130, ""))
        self.assertLess(seconds, 1 * SLOWDOWN)

    def test_a_call_of_moodle_s(self):
        data = self.labelled(count=3000, columns=40)
        with start("-m", "moodlemlbackend.training", "id", self.path("model"), data, env=ENDLESS_ENVIRONMENT) as process:
            time.sleep(1 * SLOWDOWN)
            process.send_signal(signal.SIGINT)
            stdout, _ = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(json.loads(stdout)["status"], 1)
        self.assertFalse(os.path.exists(self.path("model", "classifier", "model.mml")))

    def test_a_call_that_waits_for_a_pipe(self):
        """Nobody opens the first pipe; the other is open, but nothing is written to it."""
        os.mkfifo(self.path("pipe"))
        open_pipe, writer = os.pipe()
        self.addCleanup(os.close, open_pipe)
        self.addCleanup(os.close, writer)
        for data in (self.path("pipe"), f"/dev/fd/{open_pipe}"):
            with start("-m", "moodlemlbackend.training", "id", self.path("model"), data, pass_fds=[open_pipe]) as process:
                time.sleep(0.5 * SLOWDOWN)
                process.send_signal(signal.SIGINT)
                stdout, stderr = process.communicate(timeout=TIMEOUT)
            self.assertEqual((process.returncode, stderr), (130, ""))
            self.assertEqual(stdout, '{"status": 1, "info": ["stopped by a signal: nothing was written"]}\n')

    def test_an_ignored_signal_stays_ignored(self):
        data = self.labelled(count=300)
        with start("train", data, "-m", self.path("model.mml"), "--networks", "1", "--epochs", "30",
                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as process:
            process.stderr.readline()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 0)


class OneDirectory(ProgramTest):
    def samples(self, directory):
        return json.loads(run("inspect", os.path.join(directory, "classifier", "model.mml"), "--as", "json").stdout)["samples"]["count"]

    def test_two_trainings_at_once_lose_nothing(self):
        directory = self.path("model")
        files = [self.file(f"{seed}.csv", moodle_text(class_rows(200, seed=seed))) for seed in (1, 2)]
        environment = {"MOODLEML_OPTIONS": "networks=1,trees=0,epochs=10,folds=2"}
        processes = [start("-m", "moodlemlbackend.training", "id", directory, file, env=environment) for file in files]
        for process in processes:
            with process:
                stdout, stderr = process.communicate(timeout=TIMEOUT)
            self.assertEqual((process.returncode, stdout, stderr), (0, '{"status": 0, "info": []}\n', ""))
        self.assertEqual(self.samples(directory), 400)

    def test_a_busy_directory_answers_and_predicts_from_the_old_model(self):
        directory, data = self.path("model"), self.unlabelled()
        self.assertEqual(moodle("training", "id", directory, self.labelled()).returncode, 0)
        before = moodle("prediction", "id", directory, data).stdout
        more = self.labelled("more.csv", count=3000, columns=6)
        with start("-m", "moodlemlbackend.training", "id", directory, more, env=ENDLESS_ENVIRONMENT) as process:
            busy = None
            deadline = time.monotonic() + TIMEOUT
            while busy is None and time.monotonic() < deadline:  # until the other one holds the lock
                answer = moodle("training", "id", directory, self.labelled(), env={"MOODLEML_OPTIONS": "networks=0,trees=0,folds=2,lock_timeout=0.2"})
                busy = answer if answer.returncode != 0 else None
            started = time.monotonic()
            self.assertEqual(moodle("prediction", "id", directory, data).returncode, 0)
            self.assertLess(time.monotonic() - started, 1 * SLOWDOWN)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 130)
        self.assertEqual((busy.returncode, json.loads(busy.stdout)["status"]), (1, 1))
        self.assertTrue(re.search(r"busy|another", json.loads(busy.stdout)["info"][0]), busy.stdout)
        self.assertEqual(len(json.loads(before)["predictions"]), 5)
