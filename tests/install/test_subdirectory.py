# SPDX-License-Identifier: Apache-2.0
"""Another project adds this one as a folder: it gets the library, and nothing of its own is changed."""

import os
import shutil
import unittest

from support import BUILD, CMAKE, ROOT, CommandTest

PARENT = ROOT / "tests" / "install" / "parent"


class Subdirectory(CommandTest):
    def place(self, name):
        """A build folder beside the build: seen from there all sources have the same relative paths, by which ccache knows them."""
        return BUILD.with_name(f"{BUILD.name}-parent-{name}")

    def configure(self, name, *settings):
        launcher = os.environ["LAUNCHER"]
        launchers = [f"-DCMAKE_{language}_COMPILER_LAUNCHER={launcher}" for language in ("C", "CXX") if launcher]
        onednn = [f"-DoneDNN_ROOT={os.environ['ONEDNN']}"] if os.environ["ONEDNN"] else []
        shutil.rmtree(self.place(name), ignore_errors=True)
        self.addCleanup(shutil.rmtree, self.place(name))
        return self.run_command(CMAKE, "-S", PARENT, "-B", self.place(name), f"-DMOODLEML_SOURCE={ROOT}", *launchers, *onednn, *settings)

    def cache(self, name):
        """Names of the settings that a user of the parent is shown."""
        listed = self.run_command(CMAKE, "-N", "-L", self.place(name))
        return {line.split(":")[0] for line in listed.splitlines() if ":" in line and "=" in line}

    def test_nothing_leaks(self):
        self.assertIn("nothing leaked", self.configure("bare"))
        self.configure("without", "-DWITHOUT=ON")
        gained = self.cache("bare") - self.cache("without")
        self.assertIn("MOODLEML_BUILD_PROGRAM", gained)
        # What find_package notes is CMake's own.
        self.assertEqual({name for name in gained if not name.startswith("MOODLEML_")}, {"Eigen3_DIR", "nlohmann_json_DIR"})

    @unittest.skipUnless(os.environ["LAUNCHER"], "without ccache the library would be built a second time")
    def test_program_of_the_parent(self):
        build = self.place("built")
        self.configure("built", f"-DCMAKE_BUILD_TYPE={os.environ['BUILD_TYPE']}",
                       f"-DMOODLEML_WARNINGS_AS_ERRORS={os.environ['WARNINGS_AS_ERRORS']}")
        self.run_command(CMAKE, "--build", build, "--parallel", "2")
        tests = self.run_command("ctest", "--test-dir", build, "--output-on-failure")
        self.assertIn("100% tests passed, 0 tests failed out of 1", tests)
        self.assertEqual([path for path in build.rglob("bin/*") if path.is_file()], [])
        self.run_command(CMAKE, "--install", build, "--prefix", self.folder / "prefix")
        self.assertEqual([str(path.relative_to(self.folder)) for path in (self.folder / "prefix").rglob("*") if path.is_file()],
                         ["prefix/bin/parent"])
