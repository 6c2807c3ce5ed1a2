# SPDX-License-Identifier: Apache-2.0
"""The zip file of POST /import, as it comes or made of drawn members: unpacked within the limits to one directory, then imported."""

import io
import json
import os
import stat
import tempfile
import zipfile

import service
from draw import Draw
from service import expect, expect_sentence

from moodlemlbackend import calls
from moodlemlbackend.service import transfers
from moodlemlbackend.service.settings import Limits

LIMITS = Limits(body_bytes=1 << 20, unpacked_bytes=1 << 16, unpacked_files=4, silent_seconds=1, stalled_seconds=1)
NAMES = ["model.mml", "classifier.pkl", "model.ckpt/variables/variables.index", "a/b", "../x", "/x", "a\\b", "C:x", ".", "a/../b", "",
         "a" * 300, "model.mml/x", "a\nb", "\u202e", "dir/"]
CONTENTS = [service.MODEL, b"", b"x", bytes(1 << 14), bytes((1 << 16) + 1), b"\x80\x04."]
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
MODES = [0, 0o100600, 0o120777, 0o040700, 0o010600]


def drawn_zip(draw):
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for _ in range(draw.below(7)):
            name = draw.any_of(NAMES) if draw.below(4) else draw.text(16).decode("utf-8", "replace")
            member = zipfile.ZipInfo(name)
            member.compress_type = draw.any_of(METHODS)
            member.external_attr = draw.any_of(MODES) << 16
            archive.writestr(member, draw.any_of(CONTENTS) + draw.text(8))
    content = bytearray(result.getvalue())
    for _ in range(draw.below(4)):
        content[-1 - draw.below(min(256, len(content)))] = draw.below(256)
    return bytes(content)


def expect_taken(content, directory):
    """Of a zip that was unpacked: it holds files and directories alone, and each file lies there under its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
    expect(all(stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG) for member in members), "nothing but files")
    named = sorted(os.path.normpath(member.filename) for member in members)
    found = sorted(path for path in service.files_below(directory) if os.path.isfile(os.path.join(directory, path)))
    expect(named == found, "the files of the zip")


def expect_within_limits(directory):
    paths = [os.path.join(directory, path) for path in service.files_below(directory)]
    files = [path for path in paths if os.path.isfile(path)]
    expect(len(files) <= LIMITS.unpacked_files, "as many files as are accepted")
    expect(sum(map(os.path.getsize, files)) <= LIMITS.unpacked_bytes, "as many bytes as are accepted")


def test_one_input(data):
    draw = Draw(data)
    content = draw.rest() if draw.below(2) else drawn_zip(draw)
    with tempfile.TemporaryDirectory() as place:
        unpacked, storage = os.path.join(place, "unpacked"), os.path.join(place, "storage")
        os.mkdir(unpacked)
        try:
            transfers.unpack(io.BytesIO(content), unpacked, LIMITS)
            expect_taken(content, unpacked)
            answer = calls.import_model(storage, unpacked, service.OPTIONS)
            expect(answer.status in (0, 1) and json.loads(answer.json)["status"] == answer.status, "an answer")
        except transfers.TransferError as error:
            expect_sentence(str(error), place)
        expect_within_limits(unpacked)
        expect(set(os.listdir(place)) <= {"unpacked", "storage"}, "nothing elsewhere")
