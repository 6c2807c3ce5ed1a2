# SPDX-License-Identifier: Apache-2.0
"""Changes one operator or number of the code at a time and runs the tests of its layer: they should fail each time.

Usage: run.py BUILD [--sample N] [--seed N] [--jobs N] [FILE…]. Without --sample all mutants of all files in TESTED, or of those given.
Prints the mutants that no test notices, and why where survivors.txt tells; fails below LEAST.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from mutants import mutants_of

ROOT = Path(__file__).resolve().parents[2]
# Metrics, splits and calibration: the test program of the layer, and which of its files' cases are run.
TESTED = {
    "src/metrics/metrics.cpp": ("metrics", "*"),
    "src/metrics/ranking.cpp": ("metrics", "*"),
    "src/metrics/calibration.cpp": ("metrics", "*"),
    "src/evaluation/curves.cpp": ("evaluation", "*"),
    "src/evaluation/interval.cpp": ("evaluation", "*"),
    "src/evaluation/rated_rows.cpp": ("evaluation", "*"),
    "src/evaluation/splitter.cpp": ("evaluation", "*"),
    "src/data/splits.cpp": ("data", "*splits_test*"),
    "src/training/fit_calibration.cpp": ("training", "*calibration_test*,*blend_test*"),
    "src/ensemble/calibration.cpp": ("training", "*calibration_test*,*blend_test*"),
    "src/ensemble/pool.cpp": ("ensemble", "*pool_test*"),
}
LEAST = 0.9
SURVIVORS = Path(__file__).with_name("survivors.txt")


class Laboratory:
    """Compiles a changed file, links it before the library and runs the tests."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
        self.compilers = {os.path.relpath(entry["file"], ROOT): shlex.split(entry["command"]) for entry in entries}
        self.linkers = {}
        self.originals = {}

    def prepare(self, files):
        for layer in {TESTED[file][0] for file in files}:
            command = subprocess.run(["ninja", "-C", self.build, "-t", "commands", f"bin/test_{layer}"], check=True, capture_output=True, text=True)
            self.linkers[layer] = re.sub(r"^: && (.*) && :$", r"\1", command.stdout.splitlines()[-1])
        for file in files:
            text = (ROOT / file).read_text(encoding="utf-8")
            self.originals[file] = self.compiled(file, text, f"original-{len(self.originals)}").read_bytes()
            if not self.passes(file, self.compiled(file, text, "whole"), "whole"):
                sys.exit(f"{file}: its tests fail as it is")

    def compiled(self, file, text, name):
        """The object file, or None where it is no C++."""
        # Objects hold their source's name: equal programs are equal files only where that is the same.
        (self.folder / name).mkdir(exist_ok=True)
        source, target = self.folder / name / Path(file).name, self.folder / name / "changed.o"
        source.write_text(text, encoding="utf-8")
        command = [part for part in self.compilers[file] if not part.startswith(("-O", "-W", "-M")) and not part.endswith((".d", "ccache"))]
        command = command[: command.index("-o")]
        # The tests run under ASan too, which takes too long here: what it finds of reads out of bounds the library's own checks find.
        done = subprocess.run([*command, "-O1", "-w", "-D_GLIBCXX_ASSERTIONS", "-o", target, "-c", source], cwd=self.build, capture_output=True, check=False)
        return target if done.returncode == 0 else None

    def passes(self, file, compiled, name):
        layer, cases = TESTED[file]
        program = self.folder / name / "test"
        command = re.sub(r" -o \S+", f" {compiled} -o {program}", self.linkers[layer], count=1)
        subprocess.run(command, cwd=self.build, shell=True, check=True, capture_output=True)
        try:
            done = subprocess.run([program, f"--source-file={cases}", "--abort-after=1"], cwd=self.folder, capture_output=True, timeout=60, check=False)
            return done.returncode == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            program.unlink()

    def result(self, number, mutant):
        lines = (ROOT / mutant.file).read_text(encoding="utf-8").splitlines()
        lines[mutant.line] = mutant.after
        compiled = self.compiled(mutant.file, "\n".join(lines) + "\n", f"mutant-{number}")
        if compiled is None:
            return "no program"
        try:
            if compiled.read_bytes() == self.originals[mutant.file]:
                return "same program"
            return "survived" if self.passes(mutant.file, compiled, f"mutant-{number}") else "killed"
        finally:
            compiled.unlink()


def known_survivors():
    """Reasons by file and changed line: a line of the file names it, the changed line and the reason, split by tabs."""
    if not SURVIVORS.exists():
        return {}
    lines = [line for line in SURVIVORS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {tuple(line.split("\t")[:2]): line.split("\t")[2] for line in lines}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=lambda text: Path(text).resolve())
    parser.add_argument("--sample", type=int, help="so many mutants, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", default=list(TESTED))
    return parser.parse_intermixed_args()


def main():
    options = arguments()
    mutants = [mutant for file in options.files for mutant in mutants_of(file, (ROOT / file).read_text(encoding="utf-8"))]
    total = len(mutants)
    if options.sample:
        mutants = random.Random(options.seed).sample(mutants, min(options.sample, total))
    known = known_survivors()
    counts = dict.fromkeys(["killed", "survived", "explained", "same program", "no program"], 0)
    with tempfile.TemporaryDirectory(prefix="moodleml-mutation-") as folder:
        laboratory = Laboratory(options.build, Path(folder))
        laboratory.prepare({mutant.file for mutant in mutants})
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for mutant, result in zip(mutants, pool.map(laboratory.result, range(len(mutants)), mutants)):
                if result == "survived":
                    reason = known.get((mutant.file, mutant.after.strip()), "not explained")
                    result = "survived" if reason == "not explained" else "explained"
                    print(f"{mutant.file}:{mutant.line + 1}\t{mutant.before.strip()}\t{mutant.after.strip()}\t{reason}", flush=True)
                counts[result] += 1
    rated = counts["killed"] + counts["survived"] + counts["explained"]
    share = counts["killed"] / max(1, rated)
    print(f"{len(mutants)} of {total} mutants: " + ", ".join(f"{count} {result}" for result, count in counts.items()))
    print(f"{share:.1%} of {rated} killed; {LEAST:.0%} are wanted; without those explained {counts['killed'] / max(1, rated - counts['explained']):.1%}")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
