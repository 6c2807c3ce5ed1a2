# SPDX-License-Identifier: Apache-2.0
"""Reads a model file with nothing of ours (gzip, safetensors, numpy) and reproduces its predictions by hand, as
src/model/README.md tells."""

import csv
import gzip
import json
import math
import os
import pathlib
import random
import struct
import subprocess

import numpy
import safetensors.numpy
from c_library import OK, Library

BUILD = pathlib.Path(os.environ["MOODLEML_BUILD"])
PROGRAM = BUILD / "bin" / "moodleml"
ORIGINALS = pathlib.Path(__file__).resolve().parent.parent / "data" / "original-models"


def write_samples(path, classes, rows):
    numbers = random.Random(7)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "label"])
        for _ in range(rows):
            a, b = numbers.choice([0, 0.25, 0.5, 1]), round(numbers.uniform(-1, 1), 3)
            c = "" if numbers.random() < 0.2 else numbers.choice([0, 1])
            signal = 2 * a + b + (0 if c == "" else c) + numbers.gauss(0, 0.4)
            writer.writerow([a, b, c, f"class{min(classes - 1, max(0, int(signal)))}"])


def read_model(path):
    payload = gzip.decompress(path.read_bytes())
    (length,) = struct.unpack("<Q", payload[:8])
    texts = json.loads(payload[8 : 8 + length])["__metadata__"]
    return json.loads(texts["model"]), safetensors.numpy.load(payload)


def encode(tensors, prefix, row):
    outputs = []
    for column, kind, centre, scale, value in zip(*(tensors[prefix + name] for name in ("column", "kind", "centre", "scale", "value"))):
        cell = row[column]
        missing = math.isnan(cell)
        if kind == 0:
            outputs.append(min(100, max(-100, ((0 if missing else cell) - centre) * scale)))
        elif kind == 3:
            bent = min(1e6, max(-1e6, ((0 if missing else cell) - centre) * scale))
            outputs.append(bent / math.sqrt(1 + bent * bent / 9) - value)
        elif kind == 4:
            outputs.append(min(1, max(0, ((0 if missing else cell) - value) * scale)) - centre)
        else:
            outputs.append((missing if kind == 1 else cell == value) - centre)
    return numpy.array(outputs, dtype=numpy.float64)


def tree_links(tensors, prefix, row):
    links = tensors[prefix + "base"].astype(numpy.float64)
    names = [prefix + name for name in ("leaf", "column", "threshold")]
    directions = tensors.get(prefix + "empty_moves")
    if directions is None:
        directions = [0 > threshold for threshold in tensors[names[2]]]
    splits = zip(*(tensors[name] for name in names), directions)
    values = iter(tensors[prefix + "value"])
    for tree, count in enumerate(tensors[prefix + "splits"]):
        place = 0
        for new_leaf in range(1, count + 1):
            leaf, column, threshold, empty_moves = next(splits)
            if place == leaf and (empty_moves if math.isnan(row[column]) else row[column] > threshold):
                place = new_leaf
        links[tree % len(links)] += [next(values) for _ in range(count + 1)][place]
    return links


def shared_links(tensors, prefix, x):
    networks, members, hidden, layers, classes = tensors[prefix + "sizes"]
    starts = tensors[prefix + "starts"]
    outputs = []
    for network in range(networks):
        weights = [tensors[f"{prefix}{network}.part{part}.weights"] for part in range(layers + 2)]
        bias = [tensors[f"{prefix}{network}.part{part}.bias"] for part in range(layers + 1)]
        sums = numpy.array([x[begin:end] @ weights[0][begin:end] for begin, end in zip(starts, starts[1:])])
        h = numpy.maximum(0, weights[layers + 1] @ sums + bias[0])
        for layer in range(1, layers):
            h = numpy.maximum(0, h @ weights[layer] + bias[layer])
        for member in range(members):
            own = weights[layers][member * hidden:(member + 1) * hidden]
            outputs.append(h[member] @ own + bias[layers].reshape(members, -1)[member])
    if not classes:
        return numpy.mean(outputs, axis=0)
    links = numpy.log(numpy.mean([softmax(output) for output in outputs], axis=0))
    return links[1:] - links[0] if len(links) == 2 else links


def part_links(tensors, prefix, kind, row):
    if kind == "trees":
        return tree_links(tensors, prefix, row)
    x = encode(tensors, prefix + "encoder.", row)
    if kind == "linear":
        return tensors[prefix + "bias"] + x @ tensors[prefix + "weights"]
    if kind == "shared_networks":
        return shared_links(tensors, prefix, x)
    networks, hidden, layers = tensors[prefix + "sizes"]
    links = []
    for network in range(networks):
        h = x
        for layer in range(layers + 1):
            name = f"{prefix}{network}.layer{layer}."
            h = h @ tensors[name + "weights"] + tensors[name + "bias"]
            if layer == 0:
                h = numpy.maximum(0, h[:hidden]) * (1 + h[hidden:])
            elif layer < layers:
                h = numpy.maximum(0, h)
        links.append(h)
    return numpy.mean(links, axis=0)


def softmax(links):
    if len(links) == 1:
        links = numpy.array([0, links[0]])
    shares = numpy.exp(links - links.max())
    return shares / shares.sum()


def pooled_links(ensemble, tensors, row):
    parts = [(part["weight"], part_links(tensors, f"part{i}.", part["kind"], row)) for i, part in enumerate(ensemble["parts"])]
    if ensemble.get("pool") != "probability":
        return sum(weight * links for weight, links in parts)
    links = numpy.log(sum(weight * softmax(links) for weight, links in parts))
    return links[1:] - links[0] if len(links) == 2 else links


def probabilities(model, tensors, row):
    ensemble = model["ensemble"]
    shares = softmax(pooled_links(ensemble, tensors, row) / ensemble["temperature"])
    if not ensemble.get("isotonic"):
        return shares
    curves = [(tensors[f"calibration.{k}.from"], tensors[f"calibration.{k}.to"]) for k in range(len(shares) if len(shares) > 2 else 1)]
    if len(shares) == 2:
        second = numpy.interp(shares[1], *curves[0])
        return numpy.array([1 - second, second])
    shares = numpy.array([numpy.interp(share, *curve) for share, curve in zip(shares, curves)])
    return shares / shares.sum()


def check(folder, classes, options, expected=None):
    data, unlabelled, model_path = folder / "data.csv", folder / "rows.csv", folder / "model.mml"
    write_samples(data, classes, 300)
    lines = list(csv.reader(open(data)))
    with open(unlabelled, "w", newline="") as file:
        csv.writer(file).writerows(line[:3] for line in lines)
    subprocess.run([PROGRAM, "train", data, "--model", model_path, "--format", "plain", "--quiet", *options], check=True, capture_output=True)
    answer = subprocess.run([PROGRAM, "predict", model_path, unlabelled, "--format", "plain", "--as", "csv"], check=True, capture_output=True, text=True)
    predictions = list(csv.reader(answer.stdout.splitlines()))[1:]
    model, tensors = read_model(model_path)
    assert len(predictions) == 300
    for name, value in (expected or {}).items():
        assert model["ensemble"][name] == value
    for line, prediction in list(zip(lines[1:], predictions))[:40]:
        row = [numpy.float32(cell) if cell else math.nan for cell in line[:3]]
        expected = probabilities(model, tensors, row)
        numpy.testing.assert_allclose([float(share) for share in prediction[-classes:]], expected, atol=2e-6)


def test_linear_model_of_two_classes(tmp_path):
    check(tmp_path, 2, ["--networks", "0", "--trees", "0"])


def test_networks_of_two_classes(tmp_path):
    check(tmp_path, 2, ["--linear", "false", "--trees", "0", "--epochs", "10"])


def test_trees_of_two_classes(tmp_path):
    check(tmp_path, 2, ["--linear", "false", "--networks", "0"])


def test_trees_of_three_classes(tmp_path):
    check(tmp_path, 3, ["--linear", "false", "--networks", "0"])


def test_blend_of_three_classes(tmp_path):
    check(tmp_path, 3, ["--epochs", "10"])


def test_pool_of_probabilities_of_two_classes(tmp_path):
    check(tmp_path, 2, ["--epochs", "10", "--pool", "probability", "--calibration", "none"], {"pool": "probability"})


def test_isotonic_calibration_of_two_classes(tmp_path):
    check(tmp_path, 2, ["--networks", "0", "--calibration", "isotonic"], {"isotonic": True, "temperature": 1})


def test_isotonic_pool_of_probabilities_of_three_classes(tmp_path):
    check(tmp_path, 3, ["--networks", "0", "--pool", "probability", "--calibration", "isotonic"], {"isotonic": True, "pool": "probability"})


def check_original(folder, name, text):
    """A model of the original in our form predicts from the file alone what the original itself answered."""
    library, path = Library(BUILD / "lib" / "libmoodleml.so.1"), folder / "model.mml"
    model = library.made("model_load", ORIGINALS / name / "classifier")
    assert library.c.mml_model_save(model, str(path).encode()) == OK
    model, tensors = read_model(path)
    assert model["by_position"] is True
    rows = list(csv.reader(text.splitlines()))[3:]
    predictions = json.loads((ORIGINALS / name / "predictions.json").read_text())["predictions"]
    assert [row[0] for row in rows] == [prediction[0] for prediction in predictions]
    for row, (_, label, probability) in zip(rows, predictions):
        cells = [float(cell) if cell else math.nan for cell in row[1:]]
        expected = probabilities(model, tensors, cells)
        assert model["class_names"][expected.argmax()] == label
        assert abs(expected.max() - float(probability)) < 1e-5


def test_original_of_two_classes(tmp_path, examples):
    check_original(tmp_path, "m366", gzip.decompress((examples / "students-366-predict.csv.gz").read_bytes()).decode())


def test_original_of_three_classes(tmp_path):
    check_original(tmp_path, "three", (ORIGINALS / "three" / "predict.csv").read_text())
