"""The files in an archive that anybody may have made: under limits, whatever it claims.

What an archive says of its own sizes is never believed, and nothing is written by the
names that it has inside.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import IO
from zipfile import ZipInfo

from autograde.grading.budgets import Budget, Unreadable, in_short
from autograde.grading.tar_files import is_tar, read_tar
from autograde.grading.zip_files import member_name, open_zip, read_member


class Archive:
    """The files in an open archive; raises Unreadable where it is none.

    names: those of a zip; a tar's are known only when it is read
    """

    def __init__(self, file: IO[bytes], budget: Budget | None = None) -> None:
        self._file = file
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._budget = budget or Budget.of(size)
        zipped = None if is_tar(file) else open_zip(file, size)
        self._members = (
            [i for i in zipped.infolist() if not i.is_dir()] if zipped else []
        )
        self._is_zip = zipped is not None
        self.names = [member_name(info) for info in self._members]
        self._budget.files.take(len(self.names))
        self._shares: dict[str, Budget] = {}
        # a tar is one stream: its own budget must not end by what is packed inside
        self._inside = self._budget if zipped or budget else Budget.of(size)

    def share_among(self, senders: Mapping[str, str]) -> None:
        """Give each sender a budget; `senders` says of a file's name whose it is."""
        sizes: Counter[str] = Counter()
        for info, name in zip(self._members, self.names, strict=True):
            if name in senders:
                sizes[senders[name]] += info.compress_size
        own = {sender: self._budget.share(size) for sender, size in sizes.items()}
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
        if not self._is_zip:
            yield from read_tar(self._file, self._budget.bytes, wanted)
            return
        for info, name in zip(self._members, self.names, strict=True):
            if not wanted(name):
                yield name, None
                continue
            yield name, self._content(info, name)

    def _content(self, info: ZipInfo, name: str) -> bytes | Unreadable:
        try:
            return read_member(self._file, info, self.budget_of(name).bytes)
        except Unreadable as problem:
            return problem
        except Exception as error:  # a place that is none, as whatever it claims
            return Unreadable(f"it is damaged ({in_short(error)})")
