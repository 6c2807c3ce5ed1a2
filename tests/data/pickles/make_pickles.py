# SPDX-License-Identifier: Apache-2.0
"""Makes the pickles beside this file: make_pickles.py. Needs joblib (1.4.2 was used) and numpy.

good-*.pkl are written by joblib itself, of an object that is called as the original's classifier is and has its state. refused-*.pkl are
what someone might put in its place: the standard library's pickle would run `touch moodleml-was-here` on the first four.
"""

import builtins
import os
import pathlib
import pickle
import struct
import sys
import types

import joblib
import numpy

HERE = pathlib.Path(__file__).resolve().parent
NAME = "moodlemlbackend.model.tensor"
STATE = {"n_epoch": 424, "batch_size": 100, "n_features": 3, "n_hidden": 10, "n_hidden_layers": 1, "n_classes": 2}


class TF:
    pass


class Call:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def classifier(columns, **changes):
    made = TF()
    made.__dict__.update({**STATE, **changes}, variable_columns=columns)
    return made


def write_good(columns):
    for protocol in (2, 3, 4, 5):
        joblib.dump(classifier(columns), HERE / f"good-protocol-{protocol}.pkl", protocol=protocol)
    joblib.dump(classifier(columns), HERE / "good-zlib.pkl", compress=3)
    joblib.dump(classifier(columns), HERE / "good-gzip.pkl", compress=("gzip", 3))
    joblib.dump(classifier(columns.astype(numpy.int32)), HERE / "good-int32.pkl")
    joblib.dump(classifier(columns.astype(numpy.uint8)), HERE / "good-uint8.pkl")


def write_refused(columns):
    def write(name, content):
        (HERE / f"refused-{name}.pkl").write_bytes(content)

    command = "touch moodleml-was-here"
    write("os-system", pickle.dumps(Call(os.system, command), 3))
    write("eval", pickle.dumps(Call(builtins.eval, f"__import__('os').system('{command}')"), 4))
    joblib.dump(classifier(columns, n_epoch=Call(os.system, command)), HERE / "refused-within-classifier.pkl")
    write("inst", b"\x80\x02(X\x17\x00\x00\x00" + command.encode() + b"ios\nsystem\n.")
    write("nested", b"\x80\x03" + b")" + b"\x85" * 60000 + b".")
    write("marks", b"\x80\x03" + b"(" * 60000 + b".")
    doubled = b"".join(b"h" + bytes([i]) + b"\x86q" + bytes([i + 1]) for i in range(200))
    write("memo", b"\x80\x03)q\x00" + doubled + b".")
    write("memo-place", b"\x80\x03)r\xff\xff\xff\xff.")
    joblib.dump(classifier(columns), HERE / "refused-xz.pkl", compress=("xz", 3))
    joblib.dump(classifier(columns.astype(numpy.float64)), HERE / "refused-float64.pkl")
    joblib.dump(classifier(columns.reshape(1, -1)), HERE / "refused-two-dimensions.pkl")
    joblib.dump(classifier(columns.astype(object)), HERE / "refused-objects.pkl")
    good = (HERE / "good-protocol-3.pkl").read_bytes()
    length = b"K" + bytes([len(columns)]) + b"\x85"
    assert good.count(length) == 1
    write("10-gigabyte-array", good.replace(length, b"\x8a\x05" + (1_250_000_000).to_bytes(5, "little") + b"\x85"))
    write("huge-text", b"\x80\x03X" + struct.pack("<I", 0xFFFFFFFF) + b"x.")


def main():
    TF.__module__ = NAME
    for name in ("moodlemlbackend", "moodlemlbackend.model", NAME):
        sys.modules[name] = types.ModuleType(name)
    sys.modules[NAME].TF = TF
    columns = numpy.array([0, 5, 200])
    write_good(columns)
    write_refused(columns)


if __name__ == "__main__":
    main()
