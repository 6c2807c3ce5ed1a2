# SPDX-License-Identifier: Apache-2.0
"""What pip makes of the repository: a source distribution, of that alone a wheel, and of the wheel an installation."""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile

import pytest
from conftest import BUILD, ROOT
from test_documents import programs

# What manylinux lets a wheel expect of every system; all else must be inside.
OF_THE_SYSTEM = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"}
MOST_MEGABYTES = 150


def run(*command, folder=None, **variables):
    """What a command prints; nothing of the build under test is on its path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run([str(part) for part in command], cwd=folder, env={**environment, **variables}, text=True, timeout=900,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0, result.stdout[-8000:]
    return result.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """An unpacked source distribution."""
    folder = tmp_path_factory.mktemp("source")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", folder, ROOT)
    [archive] = folder.glob("moodleml-*.tar.gz")
    run("tar", "--extract", "--file", archive, "--directory", folder)  # Debian 12's tarfile knows no filter, newer ones ask for one
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(source):
    """A wheel of that. The compiler's name is that of this build, and seen from its folder all sources lie in the same way: by these
    ccache knows them."""
    compilers = dict(re.findall(r"^CMAKE_(C|CXX)_COMPILER:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE))
    settings = ["build-dir=build-wheel", "cmake.define.MOODLEML_WARNINGS_AS_ERRORS=ON"]
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", source.parent, *(f"--config-settings={s}" for s in settings), source,
        CC=compilers["C"], CXX=compilers["CXX"], CCACHE_BASEDIR=str(source), CCACHE_NOHASHDIR="1")
    [path] = source.parent.glob("moodleml-*.whl")
    return path


@pytest.fixture(scope="module")
def installation(wheel, tmp_path_factory):
    """An environment without anything, and the seconds that installing the server into it took."""
    folder = tmp_path_factory.mktemp("installation")
    run(sys.executable, "-m", "venv", folder)
    start = time.monotonic()
    run(folder / "bin" / "python", "-m", "pip", "install", f"{wheel}[server]")
    return folder, time.monotonic() - start


def test_source_distribution_holds_sources_only(source):
    names = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file() and "build-wheel" not in path.parts}
    assert {"pyproject.toml", "LICENSE", "PKG-INFO", "src/capi/symbols.txt", "include/moodleml/moodleml.hpp", "cmake/FindoneDNN.cmake",
            "bindings/python/moodleml/py.typed", "bindings/python/webapp.wsgi"} <= names
    assert {name.split("/")[0] for name in names} == {"CHANGELOG.md", "CMakeLists.txt", "LICENSE", "PKG-INFO", "README.md", "bindings", "cmake",
                                                      "include", "pyproject.toml", "src"}
    assert not any(re.search(r"^bindings/(?!python/|README)|/tests/|\.so|/_parameters|__pycache__", name) for name in names)


def test_wheel_holds_what_runs(wheel):
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    assert {"moodleml/py.typed", "moodleml/_native.pyi", "moodleml/_parameters.py", "moodleml/lib/libmoodleml.so.1",
            "moodleml/lib/bundled-libraries.txt", "moodlemlbackend/__init__.py", "webapp.py", "webapp.wsgi"} <= names
    assert not any(name.endswith((".md", ".hpp", ".cpp")) or name.startswith(("include/", "lib/", "src/")) for name in names)
    assert wheel.stat().st_size < 20e6


def test_installation_finds_every_library_inside_or_on_any_system(installation):
    folder, _ = installation
    packages = next(folder.glob("lib/python*/site-packages"))
    modules = [*packages.glob("moodleml*/_native*.so"), packages / "moodleml" / "lib" / "libmoodleml.so.1"]
    assert len(modules) == 3
    for module in modules:
        found = dict(re.findall(r"^\s*(\S+) => (\S+)", run("ldd", module), re.MULTILINE))
        outside = {name for name, path in found.items() if not path.startswith(str(packages))}
        assert outside <= OF_THE_SYSTEM, module
        assert any(name.startswith("libdnnl.so") for name in found)


def test_installation_is_small(installation):
    folder, seconds = installation
    bytes_taken = sum(path.lstat().st_size for path in folder.rglob("*"))
    print(f"{bytes_taken / 1e6:.0f} MB, installed in {seconds:.0f} s")
    assert bytes_taken < MOST_MEGABYTES * 1e6
    assert not list(folder.glob("lib/python*/site-packages/numpy"))


def test_installed_server_answers_without_the_estimators(installation, students, tmp_path):
    python = installation[0] / "bin" / "python"
    assert re.fullmatch(r"3\.\d+\.\d+\n", run(python, "-m", "moodlemlbackend.version"))
    assert '"status": 0' in run(python, "-m", "moodlemlbackend.training", "1", tmp_path / "model", students[0],
                                MOODLEML_OPTIONS="networks=0,trees=5,folds=2")
    assert '"predictions": [["sample-1"' in run(python, "-m", "moodlemlbackend.prediction", "1", tmp_path / "model", students[1])
    assert "usage" in run(installation[0] / "bin" / "moodlemlbackend-server", "--help").lower()
    told = subprocess.run([python, "-c", "import moodleml"], capture_output=True, text=True, env={})
    assert "ImportError: moodleml needs numpy: pip install 'moodleml[estimators]'" in told.stderr


def test_installed_estimators_run_the_readme(installation, wheel, students, tmp_path):
    python = installation[0] / "bin" / "python"
    run(python, "-m", "pip", "install", f"{wheel}[estimators]")
    shutil.copy(students[0], tmp_path / "students.csv")
    [text] = programs(ROOT / "README.md")
    (tmp_path / "program.py").write_text(text)
    assert re.search(r"ROC AUC 0\.\d{3} ± 0\.\d{3}", run(python, "program.py", folder=tmp_path))
    assert (tmp_path / "students.mml").is_file()
