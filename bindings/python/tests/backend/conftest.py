# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the backend's tests: the package as it was built, and a running service."""

import subprocess
import sys
from contextlib import ExitStack

import boto3
import pytest

import services

sys.path.insert(0, str(services.PACKAGES))


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the long version of tests that have one")


@pytest.fixture(scope="session")
def environment():
    """The variables of a process that imports what was built, with trainings that take milliseconds."""
    return services.environment()


@pytest.fixture(scope="session")
def service(environment, tmp_path_factory):
    """A service on gunicorn, two processes of four threads, on the local disk; for tests that need no settings of their own."""
    with services.start(environment, tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def start(environment, tmp_path):
    """start(NAME=value, …) gives a service of its own with these variables set; it ends with the test."""
    with ExitStack() as stack:
        yield lambda arguments=("--workers", "1"), **variables: stack.enter_context(
            services.start({**environment, **variables}, tmp_path, arguments))


@pytest.fixture(scope="session")
def s3_environment(environment, tmp_path_factory):
    """Variables of a service whose models lie in moto's S3."""
    port = services.free_port()
    variables = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
                 "AWS_DEFAULT_REGION": "us-east-1", "MOODLE_MLBACKEND_PYTHON_S3_BUCKET_NAME": services.BUCKET}
    log = tmp_path_factory.mktemp("moto") / "log"
    with open(log, "w") as file:
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=file, stderr=file, env=environment)
    try:
        services.wait_until(lambda: server.poll() is not None or f"127.0.0.1:{port}" in log.read_text())
        yield {**environment, **variables}
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def bucket(s3_environment, monkeypatch):
    """A client of an empty bucket; this process has the service's variables too."""
    for name, value in s3_environment.items():
        if name.startswith(("AWS", "MOODLE")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_USERS", services.USERS)
    client = boto3.client("s3")
    client.create_bucket(Bucket=services.BUCKET)
    yield client
    for key in services.keys(client):
        client.delete_object(Bucket=services.BUCKET, Key=key)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """Debian's, for tests that each use a database or a time of their own."""
    import queues  # its packages are of the extra "queue"

    server = queues.Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()
