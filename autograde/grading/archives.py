"""Read archives that anybody may have made: under limits, whatever they claim.

A member is unpacked in pieces, and stops at the limit; what an archive says of its own
sizes is never believed. Nothing is written by the names that it has inside.
"""

from __future__ import annotations

import bz2
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

MEGABYTE = 2**20
MAX_MEMBER = 256 * MEGABYTE  # a notebook with its outputs
MAX_TOTAL = 512 * MEGABYTE  # of an archive, and 100 times its own size
MAX_DIRECTORY = 8 * MEGABYTE  # of a zip: a hundred thousand names
MAX_MEMBERS = 50_000
RATIO = 100
SMALLEST = 200  # packed bytes of a file that is worth a look
PIECE = 256 * 1024
SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
OTHERS = (".7z", ".rar", ".xz", ".bz2", ".gz", ".zst", ".lz4", ".cab")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s5H3L2H")


class Unreadable(ValueError):
    """What cannot be read of an archive; the message is half a sentence."""


@dataclass
class Budget:
    """How much may still be unpacked from one archive and those in it.

    left: bytes; files: names in archives inside; pool: whence more is taken, which
    several share: what one sender takes of it is missing for none that needs no more
    than its own
    """

    left: int
    files: int
    pool: Budget | None = None

    @classmethod
    def of(cls, size: int) -> Budget:
        return cls(MAX_TOTAL + RATIO * size, MAX_MEMBERS)

    def share(self, size: int) -> Budget:
        """A part of its own for a sender whose files have `size` packed bytes."""
        own = min(RATIO * size, max(0, self.left - MAX_TOTAL))
        self.left -= own
        return Budget(own, size // SMALLEST, self)

    @property
    def spent(self) -> bool:
        return (
            self.left <= 0 if self.pool is None else self.pool.spent and not self.left
        )

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0 and self.pool is not None:
            more, self.left = -self.left, 0
            self.pool.take(more)
        elif self.left < 0:
            raise Unreadable(_FAR_MORE)

    def take_files(self, count: int) -> None:
        self.files -= count
        if self.files < 0 and self.pool is not None:
            more, self.files = -self.files, 0
            self.pool.take_files(more)
        elif self.files < 0:
            raise Unreadable(f"it has more than {MAX_MEMBERS:,} files")


def is_archive(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def is_other_archive(name: str) -> bool:
    return name.lower().endswith(OTHERS)


class Archive:
    """The files in an open archive; raises Unreadable where it is none."""

    def __init__(
        self, file: IO[bytes], name: str, budget: Budget | None = None
    ) -> None:
        self._file = file
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self.budget = budget or Budget.of(size)
        self._zip = None if _is_tar(file, name) else _open_zip(file, size)
        self.names = (
            [_member_name(i) for i in self._zip.infolist() if not i.is_dir()]
            if self._zip
            else []
        )
        self.budget.take_files(len(self.names))
        self._shares: dict[str, Budget] = {}
        # a tar is one stream: its own budget must not end by what is packed inside
        self._inside = self.budget if self._zip or budget else Budget.of(size)

    def share_among(self, senders: Mapping[str, str]) -> None:
        """Give each sender a budget; `senders` says of a file's name whose it is."""
        sizes: Counter[str] = Counter()
        for info in self._zip.infolist() if self._zip else []:
            sender = senders.get(_member_name(info))
            if sender is not None:
                sizes[sender] += info.compress_size
        own = {sender: self.budget.share(size) for sender, size in sizes.items()}
        self._shares = {
            name: own[sender] for name, sender in senders.items() if sender in own
        }

    def budget_of(self, name: str) -> Budget:
        """What may still be unpacked of what is packed in the file `name`."""
        return self._shares.get(name, self._inside)

    def read(
        self, wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, bytes | Unreadable | None]]:
        """Each file's name with its bytes, or with what is wrong with it.

        `wanted` says by the name whether bytes are read; None stands for the others.
        """
        if self._zip is None:
            yield from _read_tar(self._file, self.budget, wanted)
            return
        for info in self._zip.infolist():
            name = _member_name(info)
            if info.is_dir():
                continue
            if not wanted(name):
                yield name, None
                continue
            try:
                yield name, _read_member(self._file, info, self.budget_of(name))
            except Unreadable as problem:
                yield name, problem


def _is_tar(file: IO[bytes], name: str) -> bool:
    start = file.read(265)
    file.seek(0)
    return start[:2] == b"\x1f\x8b" or (
        start[257:262] == b"ustar" and not start.startswith(b"PK")
    )


def _open_zip(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """The zip's directory, read only where it is of a bounded size."""
    if _directory_size(file, size) > MAX_DIRECTORY:
        raise Unreadable("its list of files is far too long")
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except Exception as error:  # zipfile raises whatever its bytes lead it to
        raise Unreadable(f"it is damaged or no archive ({_short(error)})") from None


def _directory_size(file: IO[bytes], size: int) -> int:
    """What the zip says of its directory's size: so much zipfile will read of it."""
    start = max(0, size - _END.size - 2**16)
    file.seek(start)
    tail = file.read()
    sizes = [0]
    place = tail.rfind(b"PK\5\6")
    while place >= 0:
        if place + _END.size <= len(tail):
            sizes.append(_END.unpack_from(tail, place)[5])
            locator = start + place - _LOCATOR.size
            if sizes[-1] == 0xFFFFFFFF and locator >= 0:
                file.seek(locator)
                found = _LOCATOR.unpack(file.read(_LOCATOR.size))
                file.seek(min(found[2], size))
                end = file.read(_END64.size)
                sizes[-1] = (
                    _END64.unpack(end)[8] if len(end) == _END64.size else MAX_DIRECTORY
                )
        place = tail.rfind(b"PK\5\6", 0, place)
    return max(sizes)


def _read_member(file: IO[bytes], info: zipfile.ZipInfo, budget: Budget) -> bytes:
    if budget.spent:
        raise Unreadable(_FAR_MORE)
    if info.flag_bits & 0x1:
        raise Unreadable("it is encrypted; ask for it without a password")
    file.seek(info.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) != _LOCAL.size or header[:4] != b"PK\3\4":
        raise Unreadable("it is damaged (no header of a file where one should be)")
    fields = _LOCAL.unpack(header)
    file.seek(fields[9] + fields[10], io.SEEK_CUR)
    content = _unpack(file, info.compress_size, info.compress_type, budget)
    if zlib.crc32(content) != info.CRC:
        raise Unreadable("it is damaged (its sum of check is another)")
    return content


def _unpack(file: IO[bytes], size: int, method: int, budget: Budget) -> bytes:
    if method == zipfile.ZIP_STORED:
        if size > MAX_MEMBER:
            raise Unreadable(_TOO_LARGE)
        content = file.read(size)
        budget.take(len(content))
        return content
    if method == zipfile.ZIP_DEFLATED:
        unpacker: Any = zlib.decompressobj(-15)
        rest = lambda: unpacker.unconsumed_tail  # noqa: E731
    elif method == zipfile.ZIP_BZIP2:
        unpacker = bz2.BZ2Decompressor()
        rest = lambda: b""  # noqa: E731 - it keeps its own rest
    else:
        raise Unreadable("it is packed in an unusual way; zip it again")
    found, length = [], 0
    while not unpacker.eof:
        data = rest()
        if not data and getattr(unpacker, "needs_input", True):
            data = file.read(min(PIECE, size))
            size -= len(data)
        try:
            piece = unpacker.decompress(data, PIECE)
        except (zlib.error, OSError, ValueError, EOFError) as error:
            raise Unreadable(f"it is damaged ({_short(error)})") from None
        if not piece and not data:
            raise Unreadable("it is damaged (its end is missing)")
        budget.take(len(piece))
        length += len(piece)
        if length > MAX_MEMBER:
            raise Unreadable(_TOO_LARGE)
        found.append(piece)
    return b"".join(found)


_FAR_MORE = "it unpacks to far more than notebooks have"
_TOO_LARGE = f"it is larger than {MAX_MEMBER // MEGABYTE} MB"


class _Limited(io.RawIOBase):
    """A stream that ends in Unreadable where more is read than its budget has."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._inner, self._budget = file, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        content = self._inner.read(len(buffer))
        self._budget.take(len(content))
        buffer[: len(content)] = content
        return len(content)


def _read_tar(
    file: IO[bytes], budget: Budget, wanted: Callable[[str], bool]
) -> Iterator[tuple[str, bytes | Unreadable | None]]:
    file.seek(0)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream: Any = gzip.GzipFile(fileobj=file) if packed else file
    limited: Any = _Limited(stream, budget)
    try:
        with tarfile.open(fileobj=limited, mode="r|") as tar:
            opened: Any = tar
            for count, info in enumerate(opened):
                if count > MAX_MEMBERS:
                    raise Unreadable(f"it has more than {MAX_MEMBERS:,} files")
                if not info.isfile():
                    continue
                if not wanted(info.name):
                    yield info.name, None
                elif info.size > MAX_MEMBER:
                    yield info.name, Unreadable(_TOO_LARGE)
                else:
                    content = opened.extractfile(info)
                    yield info.name, content.read() if content else b""
                opened.members = []  # else it keeps every header
    except Unreadable:
        raise
    except Exception as error:  # tarfile raises whatever its bytes lead it to
        raise Unreadable(f"it is damaged ({_short(error)})") from None


def _member_name(info: zipfile.ZipInfo) -> str:
    """A file's name; old packers write it in the bytes of their system."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or any("\u4e00" <= c <= "\u9fff" for c in text):
            return text
    return info.filename


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:80]
