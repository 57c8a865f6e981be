"""A check's clock: it says that a check runs, and ends what would run for ever.

Where the system has alarms (Linux, macOS) one rings in the student's own loop. On
Windows a thread asks for the interrupt that the stop button sends.
"""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator

SAY_AFTER = 2.0  # seconds, then a check says that it runs
SHARE = 0.5  # of its time that a stopped case must have had a processor
WAITING = 10  # times its limit, then a case is stopped that only waits


class TimeUp(KeyboardInterrupt):
    """The time of a case is over; no ``except Exception`` catches it."""


class Clock:
    """The time of one check; `say` is called once when it takes long."""

    def __init__(self, say: Callable[[], None]) -> None:
        self.say = say
        self.start = time.monotonic()
        self.said = False

    def look(self) -> None:
        """Say that the check runs, where it has for a while and nothing was said."""
        if not self.said and time.monotonic() - self.start > SAY_AFTER:
            self.said = True
            self.say()

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise :class:`TimeUp` in the block after `seconds` of its own work.

        A busy machine gives a process little of them: then it gets longer. The alarm
        rings again each second, since a bare ``except`` may have caught it.
        """
        start, worked = time.monotonic(), time.process_time()

        def is_over() -> bool:
            passed = time.monotonic() - start
            own = time.process_time() - worked
            return (passed > seconds and own > SHARE * seconds) or (
                passed > WAITING * seconds
            )

        ring = _alarm if _has_alarms() else _thread_alarm
        with ring(self.look, is_over):
            yield


def _has_alarms() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return main and hasattr(signal, "setitimer")


@contextlib.contextmanager
def _alarm(look: Callable[[], None], is_over: Callable[[], bool]) -> Iterator[None]:
    def ring(*_: object) -> None:
        look()
        if is_over():
            raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _thread_alarm(
    look: Callable[[], None], is_over: Callable[[], bool]
) -> Iterator[None]:
    ended, rang = threading.Event(), threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            if is_over():
                rang.set()
                _thread.interrupt_main()
                ended.wait(1.0)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    except KeyboardInterrupt:
        if rang.is_set():
            raise TimeUp from None
        raise
    finally:
        ended.set()
        look()
