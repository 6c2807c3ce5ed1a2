# SPDX-License-Identifier: Apache-2.0
"""The CSV reader against Python's csv module on generated files, whole and damaged."""

import csv
import ctypes
import io
import json
import random
import re

import numpy
from c_library import OK, Library

FILES = 1000
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
MISSING = {"", "na", "n/a", "nan", "null", "?", "-"}
CELLS = ["0"] * 8 + ["", "1", "-1", "0.5", "-0", "007", "0.50", "1.0E-7", "-.25", "3e+2", "1e-50", "123456789.123", "7."]
WRONG_CELLS = ["4e38", "x", "nan", "+1", "0x1", "inf", "NA", " 2 ", "1,234"]
LABELS = ["0", "1", "1.0", "-2.5", "yes", "no", "a,b", 'say "hi"', "two\nlines", "ends\r\n", "\\", 'back\\"slash', "naïve", "日本"]


def float32(text):
    """The cell of a feature; ValueError where it holds no number that float32 does."""
    text = text.strip(" ")
    if text.lower() in MISSING:
        return numpy.float32("nan")
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    with numpy.errstate(over="ignore"):
        value = numpy.float32(float(text))
    if numpy.isinf(value):
        raise ValueError(text)
    return value


def expected(text, target):
    """Names, cells and labels by Python's csv; target is the place of the labels' column or None. ValueError where the file is bad."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(error) from error
    while records and not records[-1]:
        records.pop()
    names, *rows = records
    if any(len(row) != len(names) for row in rows):
        raise ValueError("cells")
    labels = None if target is None else [row.pop(target) for row in rows]
    if target is not None:
        names.pop(target)
    if labels is not None and "" in labels:
        raise ValueError("empty label")
    cells = numpy.array([[float32(cell) for cell in row] for row in rows], dtype=numpy.float32).reshape(len(rows), len(names))
    return names, cells, labels and class_names(labels)


def class_names(labels):
    """Numbers are named by their shortest text, unless two labels would become one."""
    numbers = {label: f"{float(label) + 0.0:.15g}" for label in labels if NUMBER.fullmatch(label)}
    if len(set(numbers.values())) < len(numbers):
        return labels
    return [numbers.get(label, label) for label in labels]


def found(library, text, **options):
    handle = ctypes.c_void_p()
    config = library.config(format="plain", separator="comma", decimal="point", **options)
    content = text.encode()
    status = library.c.mml_dataset_from_csv_text(ctypes.byref(handle), content, ctypes.c_size_t(len(content)), config)
    library.c.mml_config_free(config)
    if status != OK:
        message = library.text("last_error")
        assert message and "\n" not in message
        raise ValueError(message)
    try:
        return contents(library.c, handle)
    finally:
        library.c.mml_dataset_free(handle)


def contents(c, handle):
    rows, columns = c.mml_dataset_rows(handle), c.mml_dataset_columns(handle)
    names = [c.mml_dataset_column_name(handle, ctypes.c_int64(i)).decode() for i in range(columns)]
    cells = numpy.empty((rows, columns), dtype=numpy.float32)
    assert c.mml_dataset_values(handle, cells.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(cells.size)) == OK
    if c.mml_dataset_task(handle) == 0:
        return names, cells, None
    classes = [c.mml_dataset_class_name(handle, i).decode() for i in range(c.mml_dataset_class_count(handle))]
    labels = numpy.empty(rows)
    assert c.mml_dataset_target(handle, labels.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(rows)) == OK
    return names, cells, [classes[int(label)] for label in labels]


def made_file(chance):
    """The names' text, the rows' text, and the place of the labels' column or None."""
    columns = chance.randint(2, 9)
    target = chance.choice([None, columns - 1, chance.randrange(columns)])
    share = chance.random()
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=quoting, lineterminator=chance.choice(["\n", "\r\n"]))
    writer.writerow([f"{name}{i}" for i, name in enumerate(chance.choices(["a", "b,", 'c"', "d\n", "ü"], k=columns))])
    names_end = out.tell()
    for _ in range(chance.choice([0, 1, 5, 20, 400])):
        row = ["0" if chance.random() < share else chance.choice(CELLS) for _ in range(columns)]
        if chance.random() < 0.001:
            row[0] = chance.choice(WRONG_CELLS)
        if target is not None:
            row[target] = chance.choice(LABELS)
        writer.writerow(row)
    text = out.getvalue()
    rows = text[names_end:]
    return text[:names_end], rows if chance.random() < 0.7 else rows.rstrip("\r\n"), target


def damaged(chance, rows):
    """The rows' text with a character changed, put in or taken out. Of a carriage return alone Python's csv makes a new row."""
    place = chance.randint(0, len(rows))
    middle = chance.choice(['"', ",", "\n", "0", "-", ".", "e", "x", ""])
    changed = rows[:place] + middle + rows[place + chance.randint(0, 1) :]
    return rows if re.search(r"\r(?!\n)", changed) else changed


def outcome(function, *arguments, **options):
    try:
        return function(*arguments, **options)
    except ValueError:
        return None


def test_python_s_csv_reads_the_same(library):
    ours = Library(library)
    for name in ("rows", "columns"):
        getattr(ours.c, "mml_dataset_" + name).restype = ctypes.c_int64
    for name in ("column_name", "class_name"):
        getattr(ours.c, "mml_dataset_" + name).restype = ctypes.c_char_p
    ours.c.mml_config_free.restype = ours.c.mml_dataset_free.restype = None
    chance = random.Random(20261127)
    accepted = 0
    for number in range(FILES):
        names, rows, target = made_file(chance)
        text = names + (damaged(chance, rows) if chance.random() < 0.4 else rows)
        header = next(csv.reader(io.StringIO(names, newline="")))
        options = {"labelled": "false"}
        if target is not None:
            options = {"task": "classification", "target": header[target]}
        options["types"] = json.dumps({name: "number" for place, name in enumerate(header) if place != target})
        wanted = outcome(expected, text, target)
        answer = outcome(found, ours, chance.choice(["", "\ufeff"]) + text, **options)
        assert (answer is None) == (wanted is None), (number, text)
        if wanted is None:
            continue
        accepted += 1
        assert answer[0] == wanted[0], (number, text)
        assert answer[2] == wanted[2], (number, text)
        numpy.testing.assert_array_equal(answer[1], wanted[1], err_msg=f"file {number}: {text}")
    assert FILES * 0.6 < accepted < FILES * 0.9
