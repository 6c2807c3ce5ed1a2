# SPDX-License-Identifier: Apache-2.0
"""Requests that want more than is theirs: other users' models, files elsewhere, all memory, all disk."""

import io
import os
import pickle
import socket
import stat
import struct
import tracemalloc
import zipfile

import pytest
import requests

import datasets
import services
from moodlemlbackend.service import transfers
from moodlemlbackend.service.settings import Limits

MODEL = {"uniqueid": "one-model", "dirhash": "abc"}
ONE, TWO, ANY = ("one", "pw1"), ("two", "pw2"), ("any", "pw3")
SETTINGS = {"MOODLE_MLBACKEND_PYTHON_USERS": "one:pw1,two:pw2,any:pw3", "MOODLE_MLBACKEND_PYTHON_TENANTS": "one:one-,two:two-+",
            "MOODLE_MLBACKEND_MAX_BODY_MEGABYTES": "4", "MOODLE_MLBACKEND_MAX_UNPACKED_MEGABYTES": "2",
            "MOODLE_MLBACKEND_MAX_UNPACKED_FILES": "10"}


@pytest.fixture(scope="module")
def service(environment, tmp_path_factory):
    with services.start({**environment, **SETTINGS}, tmp_path_factory.mktemp("hostile"), ["--workers", "1", "--debug-mode"]) as running:
        yield running


@pytest.fixture(scope="module")
def trained(service):
    """A model of user one."""
    assert service.post("/training", {"dataset": datasets.labelled()}, auth=ONE, **MODEL).json()["status"] == 0
    return MODEL


def zip_of(*members):
    """Members are names, or (name or ZipInfo, content)."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            name, content = member if isinstance(member, tuple) else (member, b"x")
            archive.writestr(name, content)
    return result.getvalue()


def special(name, kind):
    """An entry for a file of this kind."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


def symbolic_link(name, target):
    return special(name, stat.S_IFLNK), target


def send_in_chunks(service, lines, chunks, path="/import"):
    """What comes back to a request of user any with this body, as soon as something does; then nothing more is sent."""
    head = [f"POST {path} HTTP/1.1", "Host: localhost", "Authorization: Basic YW55OnB3Mw==", *lines, "", ""]
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall("\r\n".join(head).encode())
        for chunk in chunks:
            try:
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            except OSError:
                break
        return connection.recv(4096)


def everything_below(directory):
    return sorted(str(path) for path in directory.rglob("*"))


def send_head(service, *lines, path="/import"):
    """The answer to a request of which only the head is sent, by user any."""
    head = [f"POST {path} HTTP/1.1", "Host: localhost", "Authorization: Basic YW55OnB3Mw==", "Connection: close",
            "Content-Type: multipart/form-data; boundary=b", *lines, "", ""]
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall("\r\n".join(head).encode())
        return connection.recv(4096).decode()


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..\\x", "C:x", "a\nb", ".."])
def test_zip_that_leads_elsewhere(service, name):
    before = everything_below(service.directory)
    response = service.post("/import", {"importzip": zip_of("model.mml", name)}, auth=ANY, uniqueid="slip", dirhash="abc")
    assert response.status_code == 400 and "leads out" in response.text
    assert everything_below(service.directory) == before


def test_zip_with_a_symbolic_link(service):
    content = zip_of(symbolic_link("classifier", "/etc"), ("classifier/x", b"x"))
    response = service.post("/import", {"importzip": content}, auth=ANY, uniqueid="link", dirhash="abc")
    assert response.status_code == 400 and "something else than files" in response.text


@pytest.mark.parametrize("content, message", [
    (zip_of(("model.mml", bytes(3 << 20))), "too large once unpacked"),
    (zip_of(*(f"{i}" for i in range(11))), "holds 11 files"),
    (zip_of("a")[:-30], "cannot be read"),
    (zip_of("a", "a"), "cannot be read: it holds two files of one name."),
    (zip_of(("a", b"abc" * 100)).replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\x01\0"), "cannot be read")])
def test_zip_bombs_and_damaged_zips(service, content, message):
    response = service.post("/import", {"importzip": content}, auth=ANY, uniqueid="bomb", dirhash="abc")
    assert response.status_code == 400 and message in response.text


def compressed_by(method, content=bytes(1 << 20)):
    """A zip of one file, by a method of zipfile's."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", method) as archive:
        archive.writestr("model.mml", content)
    return result.getvalue()


def with_field(content, offset, value, size=2):
    """The zip with another value in the first entry of its directory, so many bytes on."""
    at = content.index(b"PK\x01\x02") + offset
    return content[:at] + value.to_bytes(size, "little") + content[at + size:]


# What no export is: its words, and the zip.
STRANGE_ZIPS = {
    "bzip2": ("neither stored nor deflated", compressed_by(zipfile.ZIP_BZIP2)),
    "lzma": ("neither stored nor deflated", compressed_by(zipfile.ZIP_LZMA)),
    "zstandard": ("neither stored nor deflated", with_field(zip_of("a"), 10, 93)),
    "deflate64": ("neither stored nor deflated", with_field(zip_of("a"), 10, 9)),
    "five names deep": ("3 directories deep", zip_of("a/b/c/d/e")),
    "a thousand names deep": ("3 directories deep", zip_of("model.mml", "d/" * 1000 + "x")),
    "a long name": ("more than 255 bytes", zip_of("\u00e9" * 128)),
    "a long directory": ("more than 255 bytes", zip_of("x" * 256 + "/a")),
    "one path in two spellings": ("two files of one name", zip_of("a/b", "a/./b")),
    "a file that is a directory too": ("a file and a directory of one name", zip_of("a", "a/b")),
    "a directory that is a file too": ("a file and a directory of one name", zip_of("a/b/c", "a/b")),
    "encrypted": ("cannot be read", with_field(zip_of("a"), 8, 1)),
    "patched": ("cannot be read", with_field(zip_of("a"), 8, 32)),
    "strongly encrypted": ("cannot be read", with_field(zip_of("a"), 8, 64)),
    "beyond its end": ("cannot be read", with_field(zip_of("a"), 42, 0xFFFFFFF0, 4)),
    "a name that is another in its head": ("cannot be read", zip_of("abc").replace(b"abc", b"abd", 1)),
    "a name that is no UTF-8": ("cannot be read", zip_of("\u00e9\u00e9").replace("\u00e9\u00e9".encode(), b"\xff\xfe\xff\xfe")),
    "a device": ("something else than files", zip_of((special("a", stat.S_IFCHR), b""))),
    "a pipe": ("something else than files", zip_of((special("a", stat.S_IFIFO), b""))),
    "another checksum": ("cannot be read", with_field(zip_of("a"), 16, 1, 4)),
    "a start before the file's": ("cannot be read", zip_of("a")[30:]),
}


@pytest.mark.parametrize("name", STRANGE_ZIPS)
def test_strange_zip_is_refused_and_leaves_nothing(tmp_path, name):
    """As a file and in memory, which zipfile seeks in differently; no memory is taken for what it would unpack to."""
    words, content = STRANGE_ZIPS[name]
    (tmp_path / "upload").write_bytes(content)
    (tmp_path / "place").mkdir()
    limits = Limits(body_bytes=0, unpacked_bytes=4096, unpacked_files=5, silent_seconds=1, stalled_seconds=1)
    for source in (io.BytesIO(content), open(tmp_path / "upload", "rb")):
        with source, pytest.raises(transfers.TransferError, match=words) as refused:
            transfers.unpack(source, str(tmp_path / "place"), limits)
        assert "\n" not in str(refused.value) and str(tmp_path) not in str(refused.value)
        assert not [path for path in (tmp_path / "place").rglob("*") if path.is_dir()]
        for path in (tmp_path / "place").iterdir():
            path.unlink()


def test_deep_and_dense_zips_over_http(service):
    """What an attack sent: a gigabyte in a kilobyte, and paths so deep that they could not be removed again."""
    before = services.peak_memory(service.workers()[0])
    many = zip_of("model.mml", *("d/" * 1000 + f"{number}" for number in range(9)))
    for content in (compressed_by(zipfile.ZIP_BZIP2, bytes(256 << 20)), compressed_by(zipfile.ZIP_LZMA, bytes(64 << 20)), many):
        assert service.post("/import", {"importzip": content}, auth=ANY, uniqueid="dense", dirhash="abc").status_code == 400
    assert services.peak_memory(service.workers()[0]) - before < 64 << 20
    assert not list(service.directory.parent.glob("moodlemlbackend-*"))


def test_overlapping_files_count_each_time(tmp_path):
    """A hundred entries of one file's bytes."""
    content = zip_of(("a", bytes(1 << 16)))
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    entries = b"".join(content[start:end][:-1] + bytes([33 + number]) for number in range(60))
    heads = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 60, 60, len(entries), start, 0)
    limits = Limits(body_bytes=0, unpacked_bytes=1 << 18, unpacked_files=100, silent_seconds=1, stalled_seconds=1)
    with pytest.raises(transfers.TransferError):
        transfers.unpack(io.BytesIO(content[:start] + entries + heads), str(tmp_path), limits)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1 << 18


def test_exports_of_other_programs_are_read(tmp_path):
    """Four names deep, with entries for directories, stored or deflated, with a comment, from before 1980."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        archive.writestr("a/", b"")
        archive.writestr("d/" * 50, b"")  # a directory alone is not made
        archive.writestr("a/b/c/d", b"deep", zipfile.ZIP_DEFLATED)
        archive.writestr("\u00fcber.txt", b"stored")
        archive.comment = b"of another program"
    limits = Limits(body_bytes=0, unpacked_bytes=4096, unpacked_files=5, silent_seconds=1, stalled_seconds=1)
    transfers.unpack(result, str(tmp_path), limits)
    assert (tmp_path / "a/b/c/d").read_bytes() == b"deep" and (tmp_path / "\u00fcber.txt").read_bytes() == b"stored"
    os.utime(tmp_path / "a/b/c/d", (0, 0))
    assert "a/b/c/d" in zipfile.ZipFile(io.BytesIO(transfers.pack(str(tmp_path)))).namelist()
    assert not (tmp_path / "d").exists()


def test_zip_that_lies_about_its_size(tmp_path):
    """Sizes in the directory of the zip say 1 byte: what counts is what comes out."""
    content = bytearray(zip_of(("a", bytes(1 << 20))))
    at = content.index(b"PK\x01\x02") + 24
    content[at:at + 4] = (1).to_bytes(4, "little")
    limits = Limits(body_bytes=0, unpacked_bytes=1000, unpacked_files=5, silent_seconds=1, stalled_seconds=1)
    with pytest.raises(transfers.TransferError):
        transfers.unpack(io.BytesIO(content), str(tmp_path), limits)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1000


def directory_of(entries, *, end_of_zip64=b"", comment=b""):
    """A zip of so many entries in its directory, all of one file."""
    content = zip_of("a")
    start = content.index(b"PK\x01\x02")
    directory = content[start:content.index(b"PK\x05\x06")] * entries
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries & 0xFFFF, entries & 0xFFFF, len(directory), start, len(comment))
    return content[:start] + directory + end_of_zip64 + end + comment


@pytest.mark.parametrize("content", [
    directory_of(20000), directory_of(20000, comment=b"PK\x05\x06" + bytes(18)), directory_of(20000, comment=b"PK\x05\x06"),
    directory_of(1, end_of_zip64=struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1))], ids=["plain", "two ends", "half an end", "zip64"])
def test_zip_that_tells_of_too_many_files(content, tmp_path):
    """Refused before an object stands for each."""
    limits = Limits(body_bytes=0, unpacked_bytes=1000, unpacked_files=5, silent_seconds=1, stalled_seconds=1)
    tracemalloc.start()
    with pytest.raises(transfers.TransferError, match="too many files"):
        transfers.unpack(io.BytesIO(content), str(tmp_path), limits)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(content) + (1 << 20)


def test_links_are_not_followed_when_packing(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "logs" / "folder").symlink_to(tmp_path)
    (tmp_path / "logs" / "file").write_text("text")
    assert zipfile.ZipFile(io.BytesIO(transfers.pack(str(tmp_path / "logs")))).namelist() == ["file"]


class Attack:
    def __reduce__(self):
        return print, ("executed",)


def test_import_executes_nothing(service):
    content = zip_of(("model.mml", pickle.dumps(Attack())), ("__init__.py", b"print('executed')"), ("joblib.pkl", pickle.dumps(Attack())))
    response = service.post("/import", {"importzip": content}, auth=ANY, uniqueid="pickle", dirhash="abc")
    assert response.status_code == 400
    assert "executed" not in service.log.read_text()
    assert service.get("/export", auth=ANY, uniqueid="pickle", dirhash="abc").status_code == 503


def test_bodies_beyond_the_limit(service):
    assert send_head(service, "Content-Length: 2147483648").startswith("HTTP/1.1 413")
    head = "Content-Type: multipart/form-data; boundary=b"
    endless = ["Transfer-Encoding: chunked", head]
    assert send_in_chunks(service, endless, [bytes(1 << 20)] * 64).startswith(b"HTTP/1.1 413")
    assert send_in_chunks(service, endless, [bytes(5 << 20)]).startswith(b"HTTP/1.1 413")
    assert service.get("/version").ok
    too_long = {"uniqueid": "x" * (2 << 20), "dirhash": "abc"}
    assert service.post("/training", {"dataset": b"x"}, auth=ANY, **too_long).status_code in (400, 413)  # older Werkzeugs keep it
    many = {f"part{i}": b"x" for i in range(200)}
    assert service.post("/training", many, auth=ANY, **MODEL).status_code == 413


def test_large_body_without_a_password_is_not_read(service):
    """The answer comes before the body does."""
    head = "POST /training HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")


def test_tenants_reach_their_own_models_only(service, trained):
    rows = {"dataset": datasets.unlabelled()}
    assert service.post("/prediction", rows, auth=ONE, **trained).json()["status"] == 0
    assert service.post("/prediction", rows, auth=ANY, **trained).json()["status"] == 0
    # The other's uniqueids get a prefix, so that the same name is another model.
    assert service.post("/prediction", rows, auth=TWO, **trained).json()["status"] == 2
    assert [service.post("/explanation", rows, auth=user, **trained).json()["status"] for user in (ONE, ANY, TWO)] == [0, 0, 2]
    assert service.post("/deletemodel", auth=TWO, uniqueid=trained["uniqueid"]).text == "Ok"
    assert service.post("/training", {"dataset": datasets.labelled()}, auth=TWO, **trained).json()["status"] == 0
    assert (service.directory / "two-one-model" / "abc").is_dir()
    assert service.post("/prediction", rows, auth=ONE, **trained).json()["status"] == 0


@pytest.mark.parametrize("path", ["/training", "/prediction", "/explanation", "/evaluation", "/import", "/deletemodel", "/export",
                                  "/evaluationlog"])
def test_tenants_are_refused_elsewhere(service, path):
    parameters = {"uniqueid": "two-one-model", "dirhash": "abc", "runid": "1", "minscore": "0", "maxdeviation": "0", "niterations": "1"}
    send = service.get if path in ("/export", "/evaluationlog") else service.post
    files = {} if send == service.get else {"files": {"dataset": b"x", "importzip": zip_of("model.mml")}}
    assert send(path, auth=ONE, **files, **parameters).status_code == 403


def test_debug_mode_has_no_console(service):
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/static/x"):
        assert requests.get(service.url + path, timeout=30).status_code == 404


def test_passwords_are_not_in_the_log(service, trained):
    service.get("/export", auth=("one", "guess-of-mine"), **trained)
    log = service.log.read_text()
    assert not any(secret in log for secret in ("pw1", "pw2", "pw3", "guess-of-mine", "Basic", "YW55OnB3Mw"))
