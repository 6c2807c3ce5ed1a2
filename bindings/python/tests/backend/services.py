# SPDX-License-Identifier: Apache-2.0
"""Starts the service as an administrator would, and calls it as Moodle does."""

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

USERS = "default:pw,other:sha256:salt:3b45ca2a01e2dd83c4aafd8ae1bd4b21ab8bdcbaa0c6c8d4a1b5c2e6a6b4e2c1"
DEFAULT = ("default", "pw")
START_SECONDS = 30


def environment(packages):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MOODLE", "AWS_"))}
    return {**kept, "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1", "MOODLEML_OPTIONS": datasets.FAST}


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
    variables = {"MOODLE_MLBACKEND_PYTHON_USERS": USERS, "MOODLE_MLBACKEND_PYTHON_DIR": str(directory), **variables}
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
