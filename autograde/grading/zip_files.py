"""Read zip archives, whose own words about sizes and places are never believed.

A member is unpacked in pieces, and stops at the limit.
"""

from __future__ import annotations

import bz2
import io
import struct
import zipfile
import zlib
from typing import IO, Any

from autograde.grading.budgets import (
    MEGABYTE,
    Quota,
    Unreadable,
    in_short,
    must_be_a_members,
)

MAX_DIRECTORY = 8 * MEGABYTE  # a hundred thousand names
PIECE = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s5H3L2H")


def open_zip(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """The zip's directory, read only where it is of a bounded size."""
    if _directory_size(file, size) > MAX_DIRECTORY:
        raise Unreadable("its list of files is far too long")
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except Exception as error:  # zipfile raises whatever its bytes lead it to
        raise Unreadable(f"it is damaged or no archive ({in_short(error)})") from None


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


def read_member(file: IO[bytes], info: zipfile.ZipInfo, unpacked: Quota) -> bytes:
    """The bytes of one file; Unreadable where that is damaged, or too large."""
    if unpacked.spent:
        raise Unreadable(unpacked.refusal)
    if info.flag_bits & 0x1:
        raise Unreadable("it is encrypted; ask for it without a password")
    file.seek(info.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) != _LOCAL.size or header[:4] != b"PK\3\4":
        raise Unreadable("it is damaged (no header of a file where one should be)")
    fields = _LOCAL.unpack(header)
    file.seek(fields[9] + fields[10], io.SEEK_CUR)
    content = _unpack(file, info.compress_size, info.compress_type, unpacked)
    if zlib.crc32(content) != info.CRC:
        raise Unreadable("it is damaged (its sum of check is another)")
    return content


def _unpack(file: IO[bytes], size: int, method: int, unpacked: Quota) -> bytes:
    if method == zipfile.ZIP_STORED:
        must_be_a_members(size)
        content = file.read(size)
        unpacked.take(len(content))
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
            raise Unreadable(f"it is damaged ({in_short(error)})") from None
        if not piece and not data:
            raise Unreadable("it is damaged (its end is missing)")
        unpacked.take(len(piece))
        length += len(piece)
        must_be_a_members(length)
        found.append(piece)
    return b"".join(found)


def member_name(info: zipfile.ZipInfo) -> str:
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
