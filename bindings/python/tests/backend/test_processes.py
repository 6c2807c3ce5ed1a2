# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.<module>``, and the program moodleml, which answers the same calls: both print the same."""

import fcntl
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time

import pytest

import datasets
from services import BUILD

PYTHON = (sys.executable, "-W", "ignore", "-m")
PROGRAM = (str(BUILD / "bin" / "moodleml"), "-m")
MISSING = "Missing arguments, you should provide: "


@pytest.fixture
def run(environment, tmp_path):
    def run_module(module, *arguments, code=0, host=PYTHON, **variables):
        command = [*host, f"moodlemlbackend.{module}", *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, env={**environment, **variables})
        assert result.returncode == code, result
        return result

    return run_module


@pytest.fixture
def training_file(tmp_path):
    return datasets.write(tmp_path / "train.csv", datasets.labelled())


@pytest.fixture
def prediction_file(tmp_path):
    return datasets.write(tmp_path / "predict.csv", datasets.unlabelled())


def test_version_is_digits_and_dots_alone(run):
    result = run("version")
    assert re.fullmatch(r"3\.[0-9]+\.[0-9]+\n", result.stdout)
    assert result.stderr == ""
    assert result.stdout == run("version", host=PROGRAM).stdout


def test_training_predicts_evaluates_and_continues(run, tmp_path, training_file, prediction_file):
    model = tmp_path / "model"
    for _ in range(2):
        assert run("training", "1", model, training_file).stdout == '{"status": 0, "info": []}\n'
    predicted = run("prediction", "1", model, prediction_file).stdout
    assert [row[:2] for row in json.loads(predicted)["predictions"]] == [["0-0", "0"], ["1-0", "1"], ["2-0", "0"], ["3-0", "1"]]
    assert predicted == run("prediction", "1", model, prediction_file, host=PROGRAM).stdout
    trained = json.loads(run("evaluation", "1", tmp_path / "other", training_file, "0.7", "0.05", "2", model).stdout)
    assert trained["score"] == 1 and trained["status"] == 0
    assert os.path.isfile(os.path.join(trained["dir"], "info.log"))


def test_explanation_names_the_reasons_for_each_prediction(run, tmp_path, training_file, prediction_file):
    run("training", "1", tmp_path / "model", training_file)
    explained = run("explanation", "1", tmp_path / "model", prediction_file, MOODLEML_OPTIONS="reasons=1").stdout
    found = json.loads(explained)["explanations"]
    assert [(row["id"], row["class"]) for row in found] == [("0-0", "0"), ("1-0", "1"), ("2-0", "0"), ("3-0", "1")]
    assert [len(row["reasons"]) for row in found] == [1, 1, 1, 1]
    assert explained == run("explanation", "1", tmp_path / "model", prediction_file, host=PROGRAM, MOODLEML_OPTIONS="reasons=1").stdout
    run("explanation", "1", tmp_path / "none", prediction_file, code=2)


def test_evaluation_passes_limits_on(run, tmp_path, training_file):
    answer = json.loads(run("evaluation", "1", tmp_path / "m", training_file, "1", "0", "3", "").stdout)
    assert (answer["min_score"], answer["accepted_deviation"], answer["status"]) == (1, 0, 0)


def test_untrained_model_is_status_two(run, tmp_path):
    result = run("prediction", "1", tmp_path / "none", tmp_path / "no-file", code=2)
    assert result.stdout == '{"status": 2, "info": ["Provided model have not been trained yet"]}\n'


def test_export_and_import_move_a_model(run, tmp_path, training_file, prediction_file):
    run("training", "1", tmp_path / "a", training_file)
    assert run("export", "1", tmp_path / "a", tmp_path / "exported").stdout == f"{tmp_path}/exported\n"
    assert run("import", "1", tmp_path / "b", tmp_path / "exported").stdout == "Ok\nOk\n"
    predicted = [run("prediction", "1", tmp_path / place, prediction_file).stdout for place in "ab"]
    assert predicted[0] == predicted[1]


@pytest.mark.parametrize("module", ["export", "import"])
def test_nothing_to_move_is_told_on_standard_error(run, tmp_path, module):
    result = run(module, "1", tmp_path / "none", tmp_path / "neither", code=1)
    assert result.stdout == ""
    assert result.stderr.startswith(f"moodlemlbackend: There is nothing to {module}")


@pytest.mark.parametrize("module", ["training", "prediction", "explanation", "evaluation"])
def test_missing_arguments_are_answered(run, module):
    answers = [json.loads(run(module, "1", "2", code=1, host=host).stdout) for host in (PYTHON, PROGRAM)]
    for answer in answers:
        assert re.fullmatch("[0-9]{13}", answer.pop("runid"))
        assert answer["info"][0].startswith(MISSING)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("module", ["export", "import"])
def test_missing_arguments_of_a_transfer_are_an_error(run, module):
    result = run(module, "1", code=1)
    assert result.stdout == "" and MISSING in result.stderr


@pytest.mark.parametrize("options", ["threads", "thread=1", "threads=many"])
def test_wrong_option_is_answered(run, tmp_path, training_file, options):
    result = run("training", "1", tmp_path / "m", training_file, code=1, MOODLEML_OPTIONS=options)
    answer = json.loads(result.stdout)
    assert answer["status"] == 1 and options.partition("=")[0] in answer["info"][0]


def test_evaluation_refusals_have_a_run_id(run, tmp_path, training_file):
    answer = json.loads(run("evaluation", "1", tmp_path / "m", training_file, "0.7", "much", "3", code=1).stdout)
    assert isinstance(answer["runid"], int) and "much" in answer["info"][0]


def interrupted(command, environment):
    """Standard output of a process that Ctrl-C ends within a second, as from a shell, and its exit code."""
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        out, err = process.communicate(timeout=60)
    assert time.monotonic() - sent < 1
    assert err == ""
    return out, process.returncode


@pytest.mark.parametrize("module", ["training", "prediction", "explanation", "evaluation"])
def test_interruption_ends_a_call_that_waits_for_a_pipe(run, environment, tmp_path, training_file, module):
    run("training", "1", tmp_path / "m", training_file)
    os.mkfifo(tmp_path / "pipe")  # nobody opens it to write
    out, code = interrupted([*PYTHON, f"moodlemlbackend.{module}", "1", tmp_path / "m", tmp_path / "pipe", "0.7", "0.05", "2"], environment)
    assert code == 130 and out.count("\n") == 1
    assert json.loads(out)["info"] == ["stopped by a signal: nothing was written"]


def test_interruption_ends_an_import_that_waits_for_the_lock(run, environment, tmp_path, training_file):
    run("training", "1", tmp_path / "m", training_file)
    run("export", "1", tmp_path / "m", tmp_path / "exported")
    with open(tmp_path / "m" / ".moodleml.lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert interrupted([*PYTHON, "moodlemlbackend.import", "1", tmp_path / "m", tmp_path / "exported"], environment) == ("", -2)


def test_original_beside_ours_is_told(environment, tmp_path, prediction_file):
    """As after pip install moodlemlbackend: its metadata lie where our package lies."""
    place = tmp_path / "site-packages"
    place.mkdir()
    (place / "moodlemlbackend").symlink_to(BUILD / "python-packages" / "moodlemlbackend")
    (place / "moodlemlbackend-3.0.5.dist-info").mkdir()
    command = [sys.executable, "-m", "moodlemlbackend.prediction", "1", str(tmp_path / "none"), str(prediction_file)]
    result = subprocess.run(command, capture_output=True, text=True, env={**environment, "PYTHONPATH": str(place)})
    assert json.loads(result.stdout)["status"] == 2
    assert "moodlemlbackend-3.0.5 is installed together with moodleml" in result.stderr


def test_starting_one_is_cheap(run, tmp_path, prediction_file):
    """150 ms are allowed; CPU time, for the machine may be busy. No call of Moodle's needs numpy."""
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run("prediction", "1", tmp_path / "none", prediction_file, code=2)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"CPU seconds to start a process: {min(spent):.3f}")
    assert min(spent) < 0.15


def test_only_what_is_needed_is_imported(run, tmp_path, prediction_file, environment):
    command = [sys.executable, "-X", "importtime", "-m", "moodlemlbackend.prediction", "1", tmp_path / "none", prediction_file]
    imported = subprocess.run(command, capture_output=True, text=True, env=environment).stderr
    assert "moodlemlbackend._native" in imported
    assert not re.search(r"\b(numpy|flask|boto3|matplotlib|moodleml)\n", imported)
