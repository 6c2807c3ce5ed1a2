# SPDX-License-Identifier: Apache-2.0
"""The command moodlemlbackend-server: the REST service on gunicorn, several processes of several threads each."""

from __future__ import annotations

import argparse
import dataclasses
import logging
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

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from moodlemlbackend.installation import warning_of_original
from moodlemlbackend.service import stopping
from moodlemlbackend.service.application import create_app
from moodlemlbackend.service.logs import JsonFormatter, configure_logging, log_all_as_json
from moodlemlbackend.service.settings import Settings, SettingsError, read_settings
from moodlemlbackend.service.storage import StorageError, open_storage

log = logging.getLogger("moodlemlbackend")

SHARED_MEMORY = "/dev/shm"
INVALID_REQUEST = "Invalid request from ip="
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


class JsonLogger(Logger):  # type: ignore[misc]
    """What gunicorn has to say, a line of JSON each as ours are."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # What follows are bytes of the request, which may be of a body: a wrong Content-Length makes the rest of it a request line.
        if str(msg).startswith(INVALID_REQUEST):
            msg = INVALID_REQUEST + str(msg)[len(INVALID_REQUEST):].partition(": ")[0]
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().exception(msg, *(str(argument).partition("?")[0] for argument in args), **kwargs)  # addresses without their query


class Server(BaseApplication):  # type: ignore[misc]
    """``settings`` were read once: a worker that starts again while the storage is gone has them still."""

    def __init__(self, options: argparse.Namespace, settings: Settings):
        self._options = options
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options = self._options
        values = {
            "bind": f"{'0.0.0.0' if options.world_visible else '127.0.0.1'}:{options.port}",
            "workers": options.workers, "threads": options.threads, "worker_class": "gthread",
            "graceful_timeout": options.grace, "proc_name": "moodlemlbackend", "loglevel": "debug" if options.debug_mode else "info",
            "when_ready": self._on_ready, "post_worker_init": self._on_start, "control_socket_disable": True,
            "logger_class": JsonLogger, "worker_tmp_dir": memory_directory(), "forwarder_headers": "",
        }
        for name in values.keys() & self.cfg.settings.keys():  # older gunicorns have no control socket, nor such headers
            self.cfg.set(name, values[name])

    def load(self) -> Any:
        return create_app(self._settings, open_storage(self._settings))

    def _on_ready(self, arbiter: Any) -> None:
        """A client that stops sending or reading would keep a thread for ever. Connections inherit these from their listener."""
        stalled = self._settings.limits.stalled_seconds
        seconds = struct.pack("ll", int(stalled), int(stalled % 1 * 1e6))
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


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_arguments(arguments)
    configure_logging(is_verbose=options.debug_mode)
    try:
        settings = read_settings()
        open_storage(settings)  # so that what is wrong with it is one line here, and not one of each worker
    except (SettingsError, StorageError) as error:
        sys.exit(f"moodlemlbackend-server: {error}")
    log_all_as_json()
    if warning_of_original():
        log.warning("%s", warning_of_original())
    with shared_directory() as directory:
        Server(options, dataclasses.replace(settings, metrics_directory=settings.metrics_directory or directory)).run()


def memory_directory() -> str | None:
    """Where files need no disk; None: nowhere."""
    return SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK | os.X_OK) else None


@contextmanager
def shared_directory() -> Iterator[str]:
    """A directory of this process and its workers, for numbers. They leave this block too when they end, but it goes with this one.

    Its name is not of those that may be deleted while a server runs, and on most machines it is on no disk. Empty: there is none,
    and each worker tells its own numbers.
    """
    try:
        directory, owner = tempfile.mkdtemp(prefix="mlbackend-metrics-", dir=memory_directory()), os.getpid()
    except OSError as error:
        log.warning("metrics: %s: each process reports its own", error.strerror)
        yield ""
        return
    try:
        yield directory
    finally:
        if os.getpid() == owner:
            shutil.rmtree(directory, ignore_errors=True)
