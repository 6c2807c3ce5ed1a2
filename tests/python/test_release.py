# SPDX-License-Identifier: Apache-2.0
"""What cmake/release.sh checks and writes itself: versions, notes, the bill of materials, sums and a signature."""

import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

VERSION = re.search(r"project\(moodleml VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
NAMES_THE_VERSION = ["CMakeLists.txt", "bindings/moodle/version.php", "bindings/moodle/thirdpartylibs.xml", "bindings/php/libraries.json",
                     "include/moodleml/README.md", ".github/CITATION.cff"]


@pytest.fixture
def copy(tmp_path):
    """The files that a release looks at, in a folder that may be changed."""
    folder = tmp_path / "copy"
    shutil.copytree(ROOT / "cmake", folder / "cmake")
    for name in [*NAMES_THE_VERSION, "CHANGELOG.md"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def release(folder, parts, *arguments, code=0, **variables):
    """What these steps print."""
    result = subprocess.run([folder / "cmake" / "release.sh", *arguments], capture_output=True, text=True,
                            env={**os.environ, "RELEASE_PARTS": parts, "SOURCE_DATE_EPOCH": "1790000000", **variables})
    assert result.returncode == code, result.stderr
    return result.stderr


def change(path, before, after):
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_this_version_may_be_released(copy, tmp_path):
    release(copy, "check", "--trial", VERSION, tmp_path / "out")
    assert "the release is 9.8.7" in release(copy, "check", "--trial", "9.8.7", tmp_path / "out", code=1)
    assert "not of the form" in release(copy, "check", "--trial", "1.2", tmp_path / "out", code=1)


@pytest.mark.parametrize("name", NAMES_THE_VERSION)
def test_every_file_must_name_the_version(copy, tmp_path, name):
    change(copy / name, VERSION, "9.9.9")
    assert f"{name} names version 9.9.9, and the release is {VERSION}" in release(copy, "check", "--trial", VERSION, tmp_path / "out", code=1)


def test_a_release_needs_a_date_and_no_changes(copy, tmp_path):
    heading = re.search(rf"^## {re.escape(VERSION)} \(.*\)$", (copy / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
    change(copy / "CHANGELOG.md", heading, f"## {VERSION} (unreleased)")
    assert "does not say when" in release(copy, "check", VERSION, tmp_path / "out", code=1)
    change(copy / "CHANGELOG.md", f"{VERSION} (unreleased)", f"{VERSION} (2026-12-01)")
    subprocess.run(["git", "init", "--quiet", copy], check=True)
    assert "has changes that are in no commit" in release(copy, "check", VERSION, tmp_path / "out", code=1)
    change(copy / "CHANGELOG.md", f"{VERSION} (2026-12-01)", "0.0.0 (2026-12-01)")
    assert "has no section" in release(copy, "check", VERSION, tmp_path / "out", code=1)


def test_notes_are_the_section_of_the_changelog(copy, tmp_path):
    (copy / "CHANGELOG.md").write_text(f"# Changes\n\n## 9.0.0 (2030-01-01)\n\nnewer\n\n## {VERSION} (2026-12-01)\n\n### Added\n\n- this\n\n## 0.0.1 (x)\n\nolder\n")
    release(copy, "notes", VERSION, tmp_path / "out")
    assert (tmp_path / "out" / "release-notes.md").read_text().strip() == "### Added\n\n- this"


@pytest.fixture
def released(copy, tmp_path):
    """A release of two files, of which one had a sum beside it."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "library.so.gz").write_bytes(b"library")
    (out / "plugin.zip").write_bytes(b"plugin")
    (out / "plugin.zip.sha256").write_text(hashlib.sha256(b"plugin").hexdigest() + "  plugin.zip\n")
    return copy, out


def test_bill_of_materials_is_cyclonedx(released):
    folder, out = released
    release(folder, "bill", VERSION, out)
    text = (out / f"moodleml-{VERSION}.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(text) is None
    components = {component["name"]: component for component in json.loads(text)["components"]}
    assert {"libeigen3-dev", "nlohmann-json3-dev", "libdnnl2", "musl", "libc++", "pybind11", "zlib", "plugin.zip"} <= set(components)
    assert components["plugin.zip"]["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(b"plugin").hexdigest()}]
    assert re.fullmatch(r"1\.\d+\.\d+", components["zlib"]["version"])
    release(folder, "bill", VERSION, out)
    assert (out / f"moodleml-{VERSION}.cdx.json").read_text() == text


def test_sums_are_of_all_files(released):
    folder, out = released
    release(folder, "sums", VERSION, out)
    assert sorted(path.name for path in out.iterdir()) == ["SHA256SUMS", "library.so.gz", "plugin.zip"]
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=out, check=True)
    before = (out / "SHA256SUMS").read_bytes()
    assert len(before.splitlines()) == 2
    release(folder, "sums", VERSION, out)
    assert (out / "SHA256SUMS").read_bytes() == before


def test_a_file_that_is_not_what_its_sum_says_is_refused(released):
    folder, out = released
    (out / "plugin.zip").write_bytes(b"other")
    release(folder, "sums", VERSION, out, code=1)


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
def test_the_sums_are_signed(released, tmp_path):
    folder, out = released
    public, secret = tmp_path / "key.pub", tmp_path / "key"
    subprocess.run(["minisign", "-G", "-W", "-p", public, "-s", secret], check=True, capture_output=True)
    release(folder, "sums", VERSION, out, MINISIGN_KEY=str(secret))
    verify = ["minisign", "-V", "-p", public, "-m", out / "SHA256SUMS"]
    assert f"libmoodleml {VERSION}" in subprocess.run(verify, check=True, capture_output=True, text=True).stdout
    change(out / "SHA256SUMS", "plugin.zip", "plugout.zip")
    assert subprocess.run(verify, capture_output=True).returncode != 0


def test_an_unknown_step_is_refused(copy, tmp_path):
    assert "names nonsense" in release(copy, "nonsense", VERSION, tmp_path / "out", code=1)
