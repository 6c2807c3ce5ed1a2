# SPDX-License-Identifier: Apache-2.0
"""The command moodlemlbackend-server: the REST service on gunicorn, several processes of several threads each."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from moodlemlbackend.service import stopping
from moodlemlbackend.service.logs import configure_logging
from moodlemlbackend.service.settings import SettingsError, read_settings

CANCEL_SECONDS = 5  # before the end of the grace, calls that still run are cancelled


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="moodlemlbackend-server", description="Serves Moodle's analytics over HTTP. Users, "
                                     "storage and limits are set in the environment (bindings/python/README.md).")
    parser.add_argument("-p", "--port", type=int, default=5000, help="port to listen on (default: 5000)")
    parser.add_argument("--world-visible", action="store_true", help="listen on all addresses, not only on 127.0.0.1")
    parser.add_argument("--debug-mode", action="store_true", help="log more; answers stay the same")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--threads", type=int, default=4, help="requests that a process answers at once (default: 4)")
    parser.add_argument("--grace", type=int, default=60, metavar="SECONDS",
                        help="for calls that run when the server is stopped; then they are cancelled (default: 60)")
    return parser.parse_args(arguments)


class Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: argparse.Namespace, stalled_seconds: float):
        self._options = options
        self._stalled_seconds = stalled_seconds
        super().__init__()

    def load_config(self) -> None:
        options = self._options
        values = {
            "bind": f"{'0.0.0.0' if options.world_visible else '127.0.0.1'}:{options.port}",
            "workers": options.workers, "threads": options.threads, "worker_class": "gthread",
            "graceful_timeout": options.grace, "proc_name": "moodlemlbackend", "loglevel": "debug" if options.debug_mode else "info",
            "when_ready": self._on_ready, "post_worker_init": self._on_start, "child_exit": on_exit, "control_socket_disable": True,
        }
        for name in values.keys() & self.cfg.settings.keys():  # older gunicorns have no control socket
            self.cfg.set(name, values[name])

    def load(self) -> Any:
        from moodlemlbackend.webapp import app

        configure_logging(is_verbose=self._options.debug_mode)
        return app

    def _on_ready(self, arbiter: Any) -> None:
        """A client that stops sending or reading would keep a thread for ever. Connections inherit these from their listener."""
        seconds = struct.pack("ll", int(self._stalled_seconds), int(self._stalled_seconds % 1 * 1e6))
        for listener in arbiter.LISTENERS:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                listener.sock.setsockopt(socket.SOL_SOCKET, option, seconds)

    def _on_start(self, worker: Any) -> None:
        """Lets a worker that is asked to stop cancel its calls before it would be killed."""
        stop = signal.getsignal(signal.SIGTERM)

        def begin_to_stop(number: int, frame: Any) -> None:
            stopping.begin(max(0, self._options.grace - CANCEL_SECONDS))
            stop(number, frame)  # type: ignore[operator,misc]

        signal.signal(signal.SIGTERM, begin_to_stop)


def on_exit(server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead  # reads PROMETHEUS_MULTIPROC_DIR when it is imported

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_arguments(arguments)
    try:
        limits = read_settings().limits
    except SettingsError as error:
        sys.exit(f"moodlemlbackend-server: {error}")
    with shared_directory() as shared_numbers:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", shared_numbers)
        Server(options, limits.stalled_seconds).run()


@contextmanager
def shared_directory() -> Iterator[str]:
    """A temporary directory of this process and its workers. They leave this block too when they end, but it goes with this one."""
    directory, owner = tempfile.mkdtemp(prefix="moodlemlbackend-metrics-"), os.getpid()
    try:
        yield directory
    finally:
        if os.getpid() == owner:
            shutil.rmtree(directory, ignore_errors=True)
