# SPDX-License-Identifier: Apache-2.0
"""Starts the service as an administrator would, and calls it as Moodle does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import requests

import datasets

BUILD = Path(os.environ.get("MOODLEML_BUILD", Path(__file__).resolve().parents[4] / "build")).resolve()
PACKAGES = BUILD / "python-packages"

USERS = "default:pw,other:sha256:salt:13101e102ef1c44cfdca3a5949d6fcabba744a8989e4f9f98a621b1940bdcba4"
DEFAULT = ("default", "pw")
OTHER = ("other", "pw2")
START_SECONDS = 30
BUCKET = "models"


def environment():
    """Of a process that imports what was built, with trainings that take milliseconds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MOODLE", "AWS_", "XDG_"))}
    return {**kept, "PYTHONPATH": str(PACKAGES), "PYTHONDONTWRITEBYTECODE": "1", "MOODLEML_OPTIONS": datasets.FAST}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_so, seconds=START_SECONDS):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError(f"did not happen within {seconds} seconds")


class Service:
    """A running service. ``directory`` is its storage, ``log`` what it wrote to standard error."""

    def __init__(self, process, port, directory, log):
        self.process, self.port, self.directory, self.log = process, port, directory, log
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path, auth=DEFAULT, **parameters):
        return requests.get(self.url + path, params=parameters, auth=auth, timeout=60)

    def post(self, path, files=None, auth=DEFAULT, **parameters):
        """Parameters go into the form, beside files given as name=text or bytes."""
        return requests.post(self.url + path, data=parameters, files=files, auth=auth, timeout=60)

    def answers(self):
        try:
            return requests.get(self.url + "/health/live", timeout=1).ok
        except requests.RequestException:
            return False

    def workers(self):
        """Process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in children.split()]

    def stop(self, number=signal.SIGTERM, seconds=30):
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)


@contextmanager
def start(variables, place, arguments=(), command=None):
    """command(port): another server than moodlemlbackend's own."""
    port = free_port()
    directory = Path(place, "storage")
    directory.mkdir(exist_ok=True)
    variables = {"MOODLE_MLBACKEND_PYTHON_USERS": USERS, "MOODLE_MLBACKEND_PYTHON_DIR": str(directory), "HOME": str(place),
                 "TMPDIR": str(place), **variables}
    log = Path(place, "service.log")
    own = [sys.executable, "-m", "moodlemlbackend.webapp", "-p", str(port), *arguments]
    with open(log, "ab") as file:
        process = subprocess.Popen(command(port) if command else own, env=variables, cwd=place, stdout=file, stderr=file)
    service = Service(process, port, directory, log)
    try:
        wait_until(lambda: process.poll() is not None or service.answers())
        assert process.poll() is None, log.read_text()
        yield service
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def samples_learned(model):
    """From how many samples the model in this file has learned, earlier trainings included."""
    described = subprocess.run([BUILD / "bin" / "moodleml", "inspect", model, "--as", "json"], capture_output=True, check=True).stdout
    return json.loads(described)["samples"]["count"]


def peak_memory(pid):
    """The most memory that this process has had, in bytes."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) << 10


def keys(bucket):
    """Of all that the bucket holds, by boto3's client."""
    pages = bucket.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [found["Key"] for page in pages for found in page.get("Contents", ())]
