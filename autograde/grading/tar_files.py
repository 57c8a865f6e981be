"""Read tar archives, packed or not: one stream, which ends where its budget ends."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from typing import IO, Any, Self

from autograde.grading.budgets import (
    Quota,
    Unreadable,
    in_short,
    must_be_a_members,
    quota_of_files,
)

_GZIP = b"\x1f\x8b"
_LONG = {
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
}
MAX_HEADER = 2**20  # bytes, of what a header names beside its fixed fields
_HOLES = "a file in it is kept with holes (sparse); pack it again"


def is_tar(file: IO[bytes]) -> bool:
    start = file.read(265)
    file.seek(0)
    return start.startswith(_GZIP) or (
        start[257:262] == b"ustar" and not start.startswith(b"PK")
    )


def read_tar(
    file: IO[bytes], unpacked: Quota, wanted: Callable[[str], bool]
) -> Iterator[tuple[str, bytes | Unreadable | None]]:
    """Each file's name with its bytes, or with what is wrong with it.

    unpacked: how many bytes may come of it; `wanted` says by the name whether a file
    is read, and None stands for the others. Raises Unreadable where it cannot go on.
    """
    file.seek(0)
    packed = file.read(2) == _GZIP
    file.seek(0)
    stream: Any = gzip.GzipFile(fileobj=file) if packed else file
    limited: Any = _Limited(stream, unpacked)
    files = quota_of_files()
    try:
        with tarfile.open(fileobj=limited, mode="r|", tarinfo=_Header) as tar:
            opened: Any = tar
            for info in opened:
                files.take(1)
                if info.isfile():
                    name = info.name
                    yield name, _content(opened, info) if wanted(name) else None
                    opened.members = []  # else it keeps every header
    except Unreadable:
        raise
    except Exception as error:  # tarfile raises whatever its bytes lead it to
        raise Unreadable(f"it is damaged ({in_short(error)})") from None


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes | Unreadable:
    try:
        must_be_a_members(info.size)
    except Unreadable as problem:
        return problem
    content = tar.extractfile(info)
    return content.read() if content else b""


class _Header(tarfile.TarInfo):
    """What stands before a file: no more of it is kept than a name needs.

    Raises Unreadable for a longer one, and for a file with holes: what such a file
    unpacks to is not in the stream, nor is it bounded by what is.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        info = super().frombuf(buf, encoding, errors)
        if info.type in _LONG and info.size > MAX_HEADER:
            raise Unreadable("the name of a file in it is far too long")
        if info.type == tarfile.GNUTYPE_SPARSE:
            raise Unreadable(_HOLES)
        return info

    def _proc_gnusparse_10(self, *_: object) -> None:
        raise Unreadable(_HOLES)

    _proc_gnusparse_00 = _proc_gnusparse_01 = _proc_gnusparse_10


class _Limited(io.RawIOBase):
    """A stream that ends in Unreadable where more is read than its quota has."""

    def __init__(self, file: IO[bytes], quota: Quota) -> None:
        self._inner, self._quota = file, quota

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        content = self._inner.read(len(buffer))
        self._quota.take(len(content))
        buffer[: len(content)] = content
        return len(content)
