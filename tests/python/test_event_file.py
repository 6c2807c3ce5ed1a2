# SPDX-License-Identifier: Apache-2.0
"""The logs of runs in a model directory, read by TensorBoard's own reader."""

import json
import math
import os
import random
import time

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.tensorflow_stub.errors import DataLossError, OutOfRangeError
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

NETWORKS = 2
EPOCHS = 5
OPTIONS = {**os.environ, "MOODLEML_OPTIONS": f"networks={NETWORKS},trees=0,epochs={EPOCHS},patience={EPOCHS},hidden_units=4,folds=2,pilot_margin=0"}
TAGS = {"loss/training", "loss/validation"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """A file as Moodle writes it, whose first column tells the class most of the time."""
    chance = random.Random(1)
    lines = ["nfeatures,targetclasses,targettype", '2,"[0,1]",discrete', "a,b,target"]
    for i in range(120):
        lines.append(f"{round(chance.gauss(i % 2, 0.4), 3)},{round(chance.random(), 3)},{i % 2}")
    path = tmp_path_factory.mktemp("data") / "samples.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def only_run(directory):
    [run] = (directory / "logs").iterdir()
    return run


@pytest.fixture(scope="module")
def training(run, dataset, tmp_path_factory):
    """The log of a training."""
    directory = tmp_path_factory.mktemp("model")
    answer = run("-m", "moodlemlbackend.training", "1", directory, dataset, env=OPTIONS)
    assert json.loads(answer) == {"status": 0, "info": []}
    return only_run(directory)


def event_files(folder):
    return sorted(folder.rglob("*tfevents*"))


def read_records(file):
    """Every record of a file; the loader above it takes a damaged one for the end of the file."""
    reader = PyRecordReader_New(str(file))
    records = []
    while True:
        try:
            reader.GetNext()
        except OutOfRangeError:
            return records
        records.append(reader.record())


def check_curves(file, run_id):
    assert len(read_records(file)) == len(list(LegacyEventFileLoader(str(file)).Load()))
    accumulator = EventAccumulator(str(file), size_guidance={"scalars": 0}).Reload()
    assert set(accumulator.Tags()["scalars"]) == TAGS
    for tag in TAGS:
        events = accumulator.Scalars(tag)
        assert [event.step for event in events] == list(range(1, len(events) + 1))
        assert 1 <= len(events) <= EPOCHS
        assert all(math.isfinite(event.value) and event.value > 0 for event in events)
        assert all(event.wall_time == run_id / 1000 for event in events)


def test_training_has_one_events_file_for_each_network(training):
    files = event_files(training / "tensor")
    assert len(files) == NETWORKS
    assert len({file.parent for file in files}) == NETWORKS
    assert all(file.parent.parent == training / "tensor" for file in files)
    assert abs(int(training.name) / 1000 - time.time()) < 600
    for file in files:
        check_curves(file, int(training.name))


def test_first_event_tells_the_version(training):
    for file in event_files(training / "tensor"):
        first, second = list(LegacyEventFileLoader(str(file)).Load())[:2]
        assert first.file_version == "brain.Event:2"
        assert not second.HasField("file_version")


def test_reader_checks_what_it_reads(training, tmp_path):
    """Every changed byte of a record is found by its checksum, so that the tests above did check the checksums."""
    original = event_files(training / "tensor")[0].read_bytes()
    damaged = tmp_path / "events.out.tfevents.1.damaged"
    for position in (8, 30, len(original) - 1):
        damaged.write_bytes(original[:position] + bytes([original[position] ^ 1]) + original[position + 1:])
        with pytest.raises(DataLossError):
            read_records(damaged)


def test_evaluation_has_the_curves_of_every_iteration(run, dataset, tmp_path):
    answer = json.loads(run("-m", "moodlemlbackend.evaluation", "1", tmp_path, dataset, "0", "1", "2", env=OPTIONS))
    assert answer["status"] == 0
    log = only_run(tmp_path)
    assert answer["dir"] == str(log)
    assert answer["runid"] == int(log.name)
    assert sorted(folder.name for folder in (log / "tensor").iterdir()) == ["iteration-1", "iteration-2"]
    for iteration in (log / "tensor").iterdir():
        files = event_files(iteration)
        assert len(files) == NETWORKS
        for file in files:
            check_curves(file, answer["runid"])
