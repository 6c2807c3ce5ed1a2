# SPDX-License-Identifier: Apache-2.0
"""examples/deploy: the systemd unit as systemd judges it, and what the Containerfile relies on."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from moodlemlbackend.service import openapi, server

DEPLOY = Path(__file__).resolve().parents[4] / "examples" / "deploy"
MOST_EXPOSURE = 15  # tenths; 0 is best, 100 worst


@pytest.fixture
def unit(tmp_path):
    """The unit with a program that exists on this machine."""
    text = (DEPLOY / "moodlemlbackend.service").read_text()
    path = tmp_path / "moodlemlbackend.service"
    path.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    return path


def test_systemd_understands_the_unit(unit):
    result = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_systemd_finds_an_unknown_setting(unit):
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))
    assert "ProtectHomes" in subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True).stderr


def test_unit_is_hardened(unit):
    subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", unit], check=True, capture_output=True)


def test_commands_have_the_options_of_the_server():
    unit = (DEPLOY / "moodlemlbackend.service").read_text()
    command = shlex.split(re.search("^ExecStart=(.*)", unit, re.MULTILINE)[1])
    options = server.read_arguments(command[1:])
    assert Path(command[0]).name == "moodlemlbackend-server" and (options.port, options.world_visible) == (5000, False)
    assert int(re.search("TimeoutStopSec=([0-9]+)", unit)[1]) > options.grace
    entry = re.search(r"^ENTRYPOINT \[(.*)\]", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)[1].replace('"', "").split(", ")
    assert Path(entry[0]).name == "moodlemlbackend-server" and server.read_arguments(entry[1:]).world_visible


def test_container_has_no_rights_and_a_real_check():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")][-1] == "USER 10001"
    [check] = [line for line in lines if line.startswith("HEALTHCHECK")]
    assert any(f":5000{route.rule}'" in check for route in openapi.ROUTES)
