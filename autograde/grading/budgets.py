"""How much is unpacked of archives that anybody may have made, whatever they claim."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20
MAX_MEMBER = 256 * MEGABYTE  # a notebook with its outputs
MAX_TOTAL = 512 * MEGABYTE  # of an archive, and 100 times its own size
MAX_MEMBERS = 50_000
RATIO = 100
SMALLEST = 200  # packed bytes of a file that is worth a look


class Unreadable(ValueError):
    """What cannot be read of an archive; the message is half a sentence."""


@dataclass
class Quota:
    """So much is left of something; what is beyond comes from `pool`, if there is one.

    refusal: what is said where nothing is left
    """

    left: int
    refusal: str
    pool: Quota | None = None

    @property
    def spent(self) -> bool:
        return self.left <= 0 and (self.pool is None or self.pool.spent)

    def take(self, count: int) -> None:
        """Take `count` of it; raises Unreadable where that is more than is left."""
        self.left -= count
        if self.left >= 0:
            return
        if self.pool is None:
            raise Unreadable(self.refusal)
        more, self.left = -self.left, 0
        self.pool.take(more)


@dataclass
class Budget:
    """What may still be unpacked from one archive and those in it.

    bytes: unpacked ones; files: names in archives inside. Several senders share a pool:
    what one takes of it is missing for none that needs no more than its own.
    """

    bytes: Quota
    files: Quota

    @classmethod
    def of(cls, size: int) -> Budget:
        """The budget of an archive of `size` bytes that lies in no other."""
        far_more = "it unpacks to far more than notebooks have"
        return cls(Quota(MAX_TOTAL + RATIO * size, far_more), quota_of_files())

    def share(self, size: int) -> Budget:
        """A part of its own for a sender whose files have `size` packed bytes."""
        own = min(RATIO * size, max(0, self.bytes.left - MAX_TOTAL))
        self.bytes.left -= own
        return Budget(
            Quota(own, self.bytes.refusal, self.bytes),
            Quota(size // SMALLEST, self.files.refusal, self.files),
        )


def quota_of_files() -> Quota:
    """How many files may be in one archive."""
    return Quota(MAX_MEMBERS, f"it has more than {MAX_MEMBERS:,} files")


def must_be_a_members(size: int) -> None:
    """Raise Unreadable where one file has more than `MAX_MEMBER` bytes."""
    if size > MAX_MEMBER:
        raise Unreadable(f"it is larger than {MAX_MEMBER // MEGABYTE} MB")


def in_short(error: BaseException) -> str:
    """What a library says of the bytes that it cannot read."""
    return f"{type(error).__name__}: {error}"[:80]
