# SPDX-License-Identifier: Apache-2.0
"""Debian's redis-server, and workers as an administrator starts them."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import redis

import services
from services import wait_until


class Redis:
    """On a port of its own, with every write on disk before it is answered."""

    def __init__(self, place):
        self._place, self.port, self._process = place, services.free_port(), None
        self.start()

    def start(self):
        program = shutil.which("redis-server")
        assert program, "install redis-server: cmake/install-dependencies.sh tests"
        with open(self._place / "redis.log", "ab") as log:
            self._process = subprocess.Popen([program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._place), "--save", "",
                                              "--appendonly", "yes", "--appendfsync", "always"], stdout=log, stderr=log)
        wait_until(self.answers)

    def answers(self):
        with suppress(redis.RedisError):
            return self.client().ping()
        return False

    def url(self, database=0):
        return f"redis://127.0.0.1:{self.port}/{database}"

    def client(self, database=0):
        return redis.Redis(port=self.port, db=database, decode_responses=True)

    def stop(self, number=signal.SIGTERM):
        self._process.send_signal(number)
        self._process.wait(30)


class Worker:
    def __init__(self, process, log):
        self.process, self.log = process, log

    def children(self):
        """Process ids of the pool."""
        with suppress(FileNotFoundError), open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [int(number) for number in file.read().split()]
        return []

    def kill(self):
        """With its pool, as a machine that loses its power."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


COMMAND = [sys.executable, "-m", "celery", "-A", "moodlemlbackend.queue", "worker", "--without-gossip", "--without-mingle"]


@contextmanager
def worker(variables, place, name="worker", concurrency=1):
    """Ready to work."""
    log = place / f"{name}.log"
    with open(log, "ab") as file:
        process = subprocess.Popen([*COMMAND, "--concurrency", str(concurrency), "--hostname", f"{name}@%h"], env=variables, cwd=place,
                                   stdout=file, stderr=file, start_new_session=True)
    running = Worker(process, log)
    try:
        wait_until(lambda: process.poll() is not None or len(running.children()) >= concurrency)
        assert process.poll() is None, log.read_text()
        yield running
    finally:
        running.kill()
