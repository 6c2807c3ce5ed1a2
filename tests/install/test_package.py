# SPDX-License-Identifier: Apache-2.0
"""The installed tree is complete, can be moved, and is found and used by CMake and pkg-config."""

import os
import re
import shutil

from support import BUILD, CMAKE, LIBRARIES, ROOT, CommandTest

VERSION = os.environ["MOODLEML_VERSION"]
EXAMPLES = sorted(path for language in ("c", "cpp") for path in (ROOT / "examples" / language).glob("*." + language))


class Package(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_command(CMAKE, "--install", BUILD, "--prefix", cls.folder / "a")
        # What relies on the place of installation fails from here on.
        cls.prefix = (cls.folder / "a").rename(cls.folder / "b")
        cls.library = next(cls.prefix.rglob("libmoodleml.so")).parent

    def find_package(self, version):
        """Configures a project that asks for a version; fails where it does not get it."""
        source = self.folder / f"asks-{version}"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\nproject(asks LANGUAGES NONE)\n"
            f"find_package(moodleml {version})\nfile(WRITE ${{CMAKE_BINARY_DIR}}/found \"${{moodleml_FOUND}} ${{moodleml_VERSION}}\")\n")
        self.run_command(CMAKE, "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        return (source / "build" / "found").read_text()

    def pkg_config(self, *arguments):
        return self.run_command("pkg-config", *arguments, "moodleml", env={**os.environ, "PKG_CONFIG_PATH": self.library / "pkgconfig"}).split()

    def test_examples_by_find_package(self):
        build = self.folder / "examples"
        self.run_command(CMAKE, "-S", ROOT / "examples", "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON",
                         "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic")
        self.run_command(CMAKE, "--build", build, "--parallel", "2")
        for example in EXAMPLES:
            program = build / f"{example.stem}_{example.parent.name}"
            self.assertIn(str(self.library), self.run_command("ldd", program))
            self.run_command(program)
        self.assertEqual(len(EXAMPLES), 6)

    def test_examples_by_pkg_config(self):
        if shutil.which("pkg-config") is None:
            self.skipTest("pkg-config is not installed")
        flags = self.pkg_config("--cflags", "--libs")
        self.assertEqual(self.pkg_config("--modversion"), [VERSION])
        for example in EXAMPLES:
            compiler = [os.environ["CC"], "-std=c11"] if example.suffix == ".c" else [os.environ["CXX"], "-std=c++11"]
            program = self.folder / "by-pkg-config"
            self.run_command(*compiler, "-pthread", example, *flags, "-o", program)
            self.run_command(program, env={**os.environ, "LD_LIBRARY_PATH": os.pathsep.join([str(self.library), *LIBRARIES])})

    def test_versions(self):
        major, minor, _ = map(int, VERSION.split("."))
        self.assertEqual(self.find_package(VERSION), f"1 {VERSION}")
        self.assertEqual(self.find_package(f"{major}.{minor}"), f"1 {VERSION}")
        self.assertEqual(self.find_package(f"{major + 1}.0")[0], "0")
        self.assertEqual(self.find_package(f"{major}.{minor + 1}")[0], "0")

    def test_program(self):
        self.assertEqual(self.run_command(self.prefix / "bin" / "moodleml", "--version").strip(), VERSION)
        self.assertIn(f"=> {self.prefix}/bin/../", self.run_command("ldd", self.prefix / "bin" / "moodleml"))
        self.assertTrue((self.prefix / "share/man/man1/moodleml.1").is_file())
        self.assertTrue((self.prefix / "share/bash-completion/completions/moodleml").is_file())

    def test_headers_and_nothing_else(self):
        installed = {path.name for path in (self.prefix / "include").rglob("*") if path.is_file()}
        self.assertEqual(installed, {"begin.h", "end.h", "moodleml.h", "moodleml.hpp", "calls.hpp", "report.hpp", "moodle.hpp", "predictor.hpp", "arrow.h"})

    def test_names_no_place(self):
        places = [str(place).encode() for place in (self.folder, ROOT, BUILD)]
        texts = [path for path in self.prefix.rglob("*") if path.is_file() and path.suffix not in (".1", "") and ".so" not in path.name]
        self.assertGreaterEqual(len(texts), 9)
        for path in texts:
            for place in places:
                self.assertNotIn(place, path.read_bytes(), path)

    def test_run_paths(self):
        def run_path(file):
            return re.findall(r"R(?:UN)?PATH\).*\[(.*)\]", self.run_command("readelf", "-d", file))

        self.assertEqual(run_path(self.library / "libmoodleml.so"), [])
        self.assertEqual(run_path(self.prefix / "bin" / "moodleml"), ["$ORIGIN/../" + str(self.library.relative_to(self.prefix))])
