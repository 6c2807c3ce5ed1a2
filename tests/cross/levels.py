# SPDX-License-Identifier: Apache-2.0
"""Usage: levels.py BUILD [OTHER BUILD…]. What a stored model predicts depends neither on the build nor on the processor.

Trains with the first build on each processor, then lets every build and processor predict with these models and with the golden
ones. Prints the largest difference of each; more than 1e-6 (relative beyond 1) is a failure. Builds for aarch64 are run by qemu.
"""

import csv
import gzip
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from emulated import PROCESSORS, instruction_set

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "data"
GOLDEN = ROOT / "tests" / "golden" / "format-1"
LARGEST = 1e-6
AARCH64 = 183  # in an ELF header
# Every kind of member has a part.
MEMBERS = {
    "all": ["--networks", "2", "--epochs", "3", "--trees", "20", "--pilot-margin", "100"],
    "networks": ["--networks", "2", "--epochs", "3", "--trees", "0", "--linear", "false"],
}
# oneDNN's names for SSE4.1, AVX2 and AVX-512; it trains networks only.
ONEDNN_LEVELS = ["SSE41", "AVX2", "AVX512_CORE"]


def command_of(build):
    """A build's program, by the emulator if it is for another processor."""
    program = build / "bin" / "moodleml"
    machine = int.from_bytes(program.read_bytes()[18:20], "little")
    return (["qemu-aarch64"] if machine == AARCH64 and os.uname().machine != "aarch64" else []) + [program]


def name_of(build):
    """Cross builds are all in folders called "build"."""
    return build.parent.name if build.parent.parent.name == "build-cross" else build.name


def ways(builds):
    """By name: the command, and the environment's additions."""
    program = builds[0] / "bin" / "moodleml"
    yield builds[0].name, [program], {}
    for level, processor in PROCESSORS.items():
        found = instruction_set([*processor, program])
        if found != level:
            sys.exit(f"the emulated processor is {found}, not {level}")
        yield f"{builds[0].name}, {level}", [*processor, program], {}
    for level in ONEDNN_LEVELS:
        yield f"{builds[0].name}, oneDNN {level}", [program], {"ONEDNN_MAX_CPU_ISA": level, "DNNL_MAX_CPU_ISA": level}
    for build in builds[1:]:
        yield name_of(build), command_of(build), {}


def run(command, additions, *arguments):
    answer = subprocess.run([*command, *map(str, arguments)], env={**os.environ, **additions}, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        sys.exit(f"{command} {arguments}: {answer.stderr[-500:]}")
    return answer.stdout


def predictions(command, additions, model, rows, options):
    lines = list(csv.reader(io.StringIO(run(command, additions, "predict", model, rows, "--quiet", *options))))
    first = next(i for i, name in enumerate(lines[0]) if name.startswith(("probability", "estimate")))
    return [float(cell) for line in lines[1:] for cell in line[first:]]


def difference(found, expected):
    if len(found) != len(expected):
        return float("inf")
    return max(abs(a - b) / max(1, abs(b)) for a, b in zip(found, expected))


def unpacked(folder, name):
    path = folder / name.removesuffix(".gz")
    path.write_bytes(gzip.decompress((EXAMPLES / name).read_bytes()))
    return path


def cases(folder, trainers):
    """By name: a model, rows, and how they are read."""
    samples, rows = unpacked(folder, "students-366-train.csv.gz"), unpacked(folder, "students-366-predict.csv.gz")
    for number, (name, (command, additions)) in enumerate(trainers.items()):
        for members, options in MEMBERS.items():
            model = folder / f"{number}-{members}.mml"
            run(command, additions, "train", samples, "--model", model, "--quiet", *options)
            yield f"{members} of {name}", model, rows, []
    for model in sorted(GOLDEN.glob("*.mml")):
        yield model.stem, model, GOLDEN / "rows.csv", ["--format", "plain", "--labelled", "false"]


def main():
    builds = [Path(argument).resolve() for argument in sys.argv[1:]]
    all_ways = {name: (command, additions) for name, command, additions in ways(builds)}
    first = next(iter(all_ways.values()))
    print(f"{builds[0].name} runs on {instruction_set(first[0])}")
    trainers = {name: way for name, way in all_ways.items() if name.startswith(builds[0].name)}
    bad = 0
    with tempfile.TemporaryDirectory(prefix="moodleml-levels-") as folder:
        tested = list(cases(Path(folder), trainers))
        expected = {name: predictions(*first, *case) for name, *case in tested}
        for way, (command, additions) in list(all_ways.items())[1:]:
            apart = {name: difference(predictions(command, additions, *case), expected[name]) for name, *case in tested}
            worst = max(apart, key=apart.get)
            bad += apart[worst] > LARGEST
            print(f"{way:32} {len(tested)} models, at most {apart[worst]:.1e} apart ({worst})", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
