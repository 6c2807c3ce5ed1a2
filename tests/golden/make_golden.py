# SPDX-License-Identifier: Apache-2.0
"""Makes the golden model files of one format: make_golden.py LIBRARY FOLDER.

Files that are there stay as they are: what a released library wrote is what every later one must read. So a new case is a line in
CASES, and a new format a new folder.
"""

import ctypes
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))
from c_library import OK, Library  # noqa: E402

KINDS = {"linear": {"linear": "true"}, "trees": {"trees": 10, "tree_leaves": 4}, "networks": {"networks": 2, "hidden_units": 6, "epochs": 20}}
NONE = {"linear": "false", "trees": 0, "networks": 0, "folds": 2, "threads": 1}
TARGETS = {"two": lambda signal: "yes" if signal > 0 else "no", "three": lambda signal: ["low", "middle", "high"][(signal > -0.7) + (signal > 0.7)],
           "value": lambda signal: f"{10 + 3 * signal:.3f}"}
# Members of all kinds, pooled and calibrated in the other way.
OPTIONS = KINDS | {"pooled": {"pool": "probability", "calibration": "isotonic"}}
# Name of the file: the kinds of its members, its target, and the file whose model it goes on from.
CASES = {f"{kind}-{target}": ([kind], target, None) for kind in KINDS for target in TARGETS}
CASES |= {f"blend-{target}": (list(KINDS), target, None) for target in TARGETS}
CASES |= {f"prior-{target}": (["trees"], target, f"linear-{target}") for target in TARGETS}
CASES |= {f"pooled-{target}": ([*KINDS, "pooled"], target, None) for target in ("two", "three")}
# Models of moodle-mlbackend-python in our form, of as many classes as the name says.
ORIGINALS = {"original-three": ROOT / "data" / "original-models" / "three" / "classifier"}


def cells(chance):
    """Two measured columns, one with gaps, and one of codes, one of which is rare."""
    a, b = round(chance.gauss(0, 1), 2), round(chance.gauss(0, 1), 2)
    code = chance.choice([0, 0, 0, 3, 3, 7])
    return a, "" if chance.random() < 0.2 else b, code, 0 if chance.random() < 0.8 else 1


def signal(row):
    a, b, code, flag = row
    return a - 0.5 * (b or 0) + (1 if code == 3 else -0.3) * (1 + flag)


def samples(target, seed, count=150):
    chance = random.Random(seed)
    rows = [cells(chance) for _ in range(count)]
    return "a,b,code,flag,target\n" + "".join(f"{','.join(map(str, row))},{TARGETS[target](signal(row))}\n" for row in rows)


def rows_to_predict():
    chance = random.Random(99)
    rows = [cells(chance) for _ in range(30)] + [("", "", "", ""), (1000000, -1000000, 3, 1), (0, 0, 5, 0)]
    return "a,b,code,flag\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows)


def train(c, kinds, target, start, folder):
    options = dict(NONE)
    for kind in kinds:
        options |= OPTIONS[kind]
    prior = c.made("model_load", folder / f"{start}.mml") if start else None
    data = c.dataset(samples(target, 2 if start else 1), format="plain", task="regression" if target == "value" else "classification")
    return c.made("train", data, c.config(**options), prior, None, None)


def scores(c, model, data):
    c.c.mml_dataset_rows.restype = c.c.mml_model_outputs.restype = ctypes.c_int64
    rows, outputs = c.c.mml_dataset_rows(data), c.c.mml_model_outputs(model)
    buffer = (ctypes.c_float * (rows * outputs))()
    assert c.c.mml_predict(model, data, None, buffer, ctypes.c_size_t(len(buffer))) == OK, c.c.mml_last_error()
    return "".join(",".join(repr(value) for value in buffer[row * outputs : (row + 1) * outputs]) + "\n" for row in range(rows))


def main():
    c, folder = Library(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    rows = folder / "rows.csv"
    if not rows.exists():
        rows.write_text(rows_to_predict())
    data = c.dataset(rows.read_text(), format="plain", labelled="false")
    makers = {name: lambda case=case: train(c, *case, folder) for name, case in CASES.items()}
    makers |= {name: lambda path=path: c.made("model_load", path) for name, path in ORIGINALS.items()}
    for name, make in makers.items():
        file = folder / f"{name}.mml"
        if file.exists():
            continue
        model = make()
        assert c.c.mml_model_save(model, str(file).encode()) == OK, c.c.mml_last_error()
        file.chmod(0o644)
        (folder / f"{name}.scores.csv").write_text(scores(c, model, data))
        print(f"made {file}")


if __name__ == "__main__":
    main()
