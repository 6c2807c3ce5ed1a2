# SPDX-License-Identifier: Apache-2.0
"""The same files give the same archive: whatever their times, the order in which they were made, the umask and the time zone."""

import hashlib
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

MAKE_ARCHIVE = Path(__file__).resolve().parents[2] / "cmake" / "make-archive.sh"
FILES = {"b/program": 0o755, "a.txt": 0o644, "b/a/library.so": 0o644, "Z": 0o644}
TIME = 1700000000


def tree(folder, names, mask=0o777):
    for name in names:
        path = folder / "top" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name * 1000)
        path.chmod(FILES[name] & mask)
        os.utime(path, (len(name), 10**9 + hash(name) % 10**6))
    return folder


def packed(folder, archive, zone="UTC", time=TIME):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time), "TZ": zone}
    subprocess.run([MAKE_ARCHIVE, archive, folder, "top"], check=True, env=environment)
    return hashlib.sha256(archive.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["archive.zip", "archive.tar.xz"])
def test_the_same_files_give_the_same_bytes(tmp_path, name):
    first = packed(tree(tmp_path / "one", FILES), tmp_path / "1" / name)
    second = packed(tree(tmp_path / "another place", reversed(FILES), 0o750), tmp_path / "2" / name, "Asia/Tokyo")
    assert first == second
    assert packed(tmp_path / "one", tmp_path / "3" / name, time=TIME + 86400) != first
    (tmp_path / "one" / "top" / "Z").write_text("changed")
    assert packed(tmp_path / "one", tmp_path / "1" / name) != first


def test_archives_hold_the_files_with_their_permissions(tmp_path):
    folder = tree(tmp_path / "one", FILES)
    packed(folder, tmp_path / "archive.tar.xz")
    with tarfile.open(tmp_path / "archive.tar.xz") as archive:
        members = {member.name: member for member in archive if member.isfile()}
        assert {name: members[f"top/{name}"].mode for name in FILES} == FILES
        assert {(member.mtime, member.uid, member.gname) for member in archive} == {(TIME, 0, "")}
    packed(folder, tmp_path / "archive.zip")
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        assert archive.namelist() == sorted(f"top/{name}" for name in FILES)
        assert {name: archive.getinfo(f"top/{name}").external_attr >> 16 & 0o777 for name in FILES} == FILES
        assert archive.read("top/b/program") == ("b/program" * 1000).encode()


def test_the_time_is_the_commits_where_none_is_set(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run([MAKE_ARCHIVE, tmp_path / "archive.tar.xz", tree(tmp_path / "one", FILES), "top"], check=True, env=environment)
    log = subprocess.run(["git", "-C", MAKE_ARCHIVE.parent, "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False)
    expected = int(log.stdout) if log.returncode == 0 else int((MAKE_ARCHIVE.parents[1] / "CHANGELOG.md").stat().st_mtime)
    with tarfile.open(tmp_path / "archive.tar.xz") as archive:
        assert {member.mtime for member in archive} == {expected}
