# SPDX-License-Identifier: Apache-2.0
"""Directories as zip files and back. What comes from outside is unpacked within limits, to regular files below one directory."""

import errno
import io
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from moodlemlbackend.service.settings import Limits


class TransferError(ValueError):
    """A zip file is damaged, hostile or too large; the message is one sentence for the client."""


UNREADABLE = "The zip file cannot be read: "
BLOCK = 1 << 20
EMPTY = b"PK\x05\x06" + bytes(18)  # a zip without files
# Of the format (APPNOTE.TXT, 4.3): what ends a zip's directory lies in the last bytes, and tells the directory's size 12 bytes on.
LONGEST_END = 22 + 65535
END, END_OF_ZIP64 = b"PK\x05\x06", b"PK\x06\x07"
DIRECTORY_BYTES = 1024  # of one file; ours take 60
# bzip2 and LZMA hand out as much at once as they like, so that no limit is seen in time; what writes exports knows these two.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DEEPEST = 4  # names in a path; ours have one, those of moodle-mlbackend-python three
LONGEST_NAME = 255  # bytes, of any file system here


def pack(directory: str) -> bytes:
    """The zip of all regular files below a directory, with names relative to it; an empty zip where there is no such directory."""
    result = io.BytesIO()
    # The format begins with 1980, which a file need not.
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for folder, _, names in sorted(os.walk(directory)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                _add(archive, path, os.path.relpath(path, directory))
    return result.getvalue()


def _add(archive: zipfile.ZipFile, path: str, name: str) -> None:
    try:
        if stat.S_ISREG(os.lstat(path).st_mode):
            archive.write(path, name)
    except FileNotFoundError:  # a writer replaced a file meanwhile
        pass


def unpack(source: IO[bytes], directory: str, limits: Limits) -> None:
    """Writes the files of a zip below ``directory``, which must exist.

    TransferError; nothing was written where a name is what is wrong, else what was written stays. OSError: the disk refuses.
    """
    try:
        _refuse_long_directory(source, limits.unpacked_files)
        with zipfile.ZipFile(source) as archive:
            left = limits.unpacked_bytes
            for member, parts in _checked_members(archive, limits.unpacked_files):
                left = _unpack_member(archive, member, Path(directory, *parts), left)
    except TransferError:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:  # a seek to where the zip says, and no file can go on: no disk refuses that
            raise
        raise TransferError(f"{UNREADABLE}{error.strerror}.") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise TransferError(f"{UNREADABLE}{one_line(error)}.") from None
    except Exception as error:  # zlib.error, struct.error: what damaged bytes bring about is no defect here
        raise TransferError(f"{UNREADABLE}{type(error).__name__}.") from error


def _refuse_long_directory(source: IO[bytes], files: int) -> None:
    """Before zipfile makes an object of each entry, which takes ten times the memory that the directory does."""
    size = source.seek(0, os.SEEK_END)
    source.seek(max(0, size - LONGEST_END))
    end = source.read() + bytes(22)
    source.seek(0)
    sizes = [struct.unpack_from("<L", end, found.start() + 12)[0] for found in re.finditer(END, end)]
    if END_OF_ZIP64 in end or any(found > files * DIRECTORY_BYTES for found in sizes):
        raise TransferError(f"The zip file lists too many files; at most {files} are accepted.")


def _checked_members(archive: zipfile.ZipFile, most: int) -> list[tuple[zipfile.ZipInfo, tuple[str, ...]]]:
    """The files of a zip, each with the names of its path, none of which can fail for what the zip says."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > most:
        raise TransferError(f"The zip file holds {len(members)} files; at most {most} are accepted.")
    paths = [_safe_parts(member) for member in members]
    _refuse_two_in_one_place(paths)
    return list(zip(members, paths))


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """How many bytes may still come. The sizes that a zip tells of itself may be wrong: what counts is what comes out."""
    with archive.open(member) as unpacked:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb") as file:
            while block := unpacked.read(BLOCK):
                left -= len(block)
                if left < 0:
                    raise TransferError("The zip file is too large once unpacked: see MOODLE_MLBACKEND_MAX_UNPACKED_MEGABYTES.")
                file.write(block)
    return left


def _safe_parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    name = member.filename
    parts = PurePosixPath(name).parts
    kind = stat.S_IFMT(member.external_attr >> 16)
    if name.startswith("/") or "\\" in name or ".." in parts or ":" in name or not parts or not name.isprintable():
        raise TransferError("The zip file holds a name that leads out of its directory.")
    if kind not in (0, stat.S_IFREG):
        raise TransferError("The zip file holds something else than files and directories.")
    if member.compress_type not in METHODS:
        raise TransferError("The zip file holds a file that is neither stored nor deflated: compress it in the usual way.")
    if len(parts) > DEEPEST:
        raise TransferError(f"The zip file holds a file more than {DEEPEST - 1} directories deep.")
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        raise TransferError(f"The zip file holds a name of more than {LONGEST_NAME} bytes.")
    return parts


def _refuse_two_in_one_place(paths: Iterable[tuple[str, ...]]) -> None:
    files: set[tuple[str, ...]] = set()
    directories: set[tuple[str, ...]] = set()
    for parts in paths:
        if parts in files:
            raise TransferError(f"{UNREADABLE}it holds two files of one name.")
        files.add(parts)
        directories.update(parts[:length] for length in range(1, len(parts)))
    if files & directories:
        raise TransferError(f"{UNREADABLE}it holds a file and a directory of one name.")


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
