# SPDX-License-Identifier: Apache-2.0
"""Usage: run.py [--seconds N] [--jobs N] [--found FOLDER] [--junit FILE] BUILD [TARGET…]

Lets the fuzz targets of BUILD (preset fuzz), or those named, search for faults, for N seconds of processor time each, `jobs` at
a time. What a target adds to its corpus, its logs and the inputs at which it failed lie in FOLDER/<target> (default: BUILD/found).
Prints a line for each target; the exit status tells whether a fault was found. The targets in Python need this interpreter to
have atheris and what the service needs (requirements.txt), and the packages in the build MOODLEML_BUILD (default: build).
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON_TARGETS = ["import_zip", "rest_request"]
# A run ends after so many seconds, so that its processor time can be told and the next one begins with all that was found.
SLICE = 60
MOST_SECONDS = 10  # of one input
LIMITS = ["-rss_limit_mb=2048", f"-timeout={MOST_SECONDS}", "-max_len=16384", "-print_final_stats=1"]
# Less memory held back for use after free, and less of where it was taken: more runs a second.
SANITIZERS = {"ASAN_OPTIONS": "quarantine_size_mb=16:malloc_context_size=2", "UBSAN_OPTIONS": "print_stacktrace=1"}
COVERAGE = re.compile(r"\bcov: (\d+)")
TIMEOUT = re.compile(r"Test unit written to (\S*/timeout-\w+)")
EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s+(\d+)")


@dataclass
class Result:
    target: str
    seconds: float = 0
    executions: int = 0
    coverage: int = 0
    faults: list = field(default_factory=list)

    def __str__(self):
        rate = self.executions / max(self.seconds, 0.001)
        return (f"{self.target:<18} {self.seconds:6.0f} CPU-s {self.executions:>10} runs {rate:>7.0f}/CPU-s "
                f"{self.coverage:>6} edges {len(self.faults):>3} faults")


def targets_of(build):
    """The command of each target: its program, and the options and folders that CMakeLists.txt wrote."""
    lines = (build / "tests" / "fuzz" / "targets.txt").read_text().splitlines()
    compiled = {name: [*launcher(), build / "bin" / f"fuzz_{name}", *filter(None, rest)]
                for name, *rest in (line.split(";") for line in lines)}
    python = {name: [sys.executable, "-B", HERE / "python_target.py", name, HERE / "corpus" / name] for name in PYTHON_TARGETS}
    return {**compiled, **python}


def launcher():
    """clang 14's sanitizers cannot place their memory under the address randomisation of newer kernels."""
    command = ["setarch", "--addr-no-randomize"]
    works = subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode == 0
    return command if works else []


def run_libfuzzer(command, log, environment):
    """Its exit code, and the processor time taken."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def is_fault(status, text, program, log, environment):
    """An input that took too long by the clock alone, on a machine that did something else, is none."""
    slow = TIMEOUT.search(text)
    if status == 0 or not slow:
        return status != 0
    _, used = run_libfuzzer([*program, "-timeout=600", slow[1]], log, environment)
    return used >= MOST_SECONDS


def fuzz(target, command, found, seconds):
    """One target, slice by slice until its seconds are used or it failed."""
    folder = found / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    result = Result(target)
    # What is found goes to the first folder of those that are named.
    first_folder = next(i for i, part in enumerate(command) if Path(part).is_dir())
    program = command[:first_folder]
    command = [*program, *LIMITS, f"-artifact_prefix={folder}/", corpus, *command[first_folder:]]
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as temporary:
        environment = {**os.environ, **SANITIZERS, "TMPDIR": temporary}
        while result.seconds < seconds and not result.faults:
            size = log.stat().st_size if log.exists() else 0
            time_left = min(SLICE, max(1, int(seconds - result.seconds)))
            status, used = run_libfuzzer([*command, f"-max_total_time={time_left}"], log, environment)
            text = log.read_bytes()[size:].decode(errors="replace")
            result.seconds += used
            result.executions += sum(map(int, EXECUTIONS.findall(text)))
            result.coverage = max([result.coverage, *map(int, COVERAGE.findall(text))])
            if is_fault(status, text, program, log, environment):
                result.faults.append(text[-4000:])
    return result


def write_junit(path, results):
    suite = ElementTree.Element("testsuite", name="fuzz")
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", name=result.target, time=f"{result.seconds:.0f}")
        for fault in result.faults:
            ElementTree.SubElement(case, "failure").text = re.sub(r"[^\t\n\x20-\x7e]", "?", fault)
    ElementTree.ElementTree(suite).write(path)


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--found", type=Path)
    parser.add_argument("--junit", type=Path)
    parser.add_argument("build", type=Path)
    parser.add_argument("targets", nargs="*")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    commands = targets_of(arguments.build)
    names = arguments.targets or list(commands)
    found = (arguments.found or arguments.build / "found").resolve()
    results = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        runs = [pool.submit(fuzz, name, commands[name], found, arguments.seconds) for name in names]
        for run in concurrent.futures.as_completed(runs):
            results.append(run.result())
            print(results[-1], *results[-1].faults, sep="\n", flush=True)
    if arguments.junit:
        write_junit(arguments.junit, results)
    sys.exit(1 if any(result.faults for result in results) else 0)


if __name__ == "__main__":
    main()
