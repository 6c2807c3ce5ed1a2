# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder share: the build, commands, a temporary folder."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["MOODLEML_BUILD"])
CMAKE = os.environ["CMAKE"]
# An oneDNN in a place of its own is found by nobody: the installed library names no place.
LIBRARIES = [os.path.join(os.environ["ONEDNN"], "lib")] if os.environ["ONEDNN"] else []
os.environ.update({"LD_LIBRARY_PATH": os.pathsep.join(LIBRARIES)} if LIBRARIES else {})


class CommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="moodleml-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    @classmethod
    def run_command(cls, *command, succeeds=True, **options):
        """Runs a command; what it printed, on both streams."""
        result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
                                check=False, cwd=cls.folder, **options)
        if (result.returncode == 0) != succeeds:
            raise AssertionError(f"exit code {result.returncode} of {' '.join(result.args)}\n{result.stdout}")
        return result.stdout
