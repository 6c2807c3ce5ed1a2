# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the backend's tests: the package as it was built, and a running service."""

import sys
from contextlib import ExitStack

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
