"""Where the tasks of a class run: threads of this process, or a scheduler of dask.

Whoever can reach a scheduler can have it run anything. One on another machine is
therefore spoken to by TLS only, with certificates of one authority on both sides, which
dask takes from its configuration. No dashboard is opened here.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import dask
from dask.system import cpu_count
from distributed import Client, Scheduler, SpecCluster, Worker
from distributed.security import Security

from autograde.course.layout import CannotRun

CLOSE_SECONDS = 5
SETTINGS = {
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.admin.large-graph-warning-threshold": "1GB",
    # Its logs keep the last thousand messages, and submissions with them.
    "distributed.admin.low-level-log-length": 10,
    "distributed.worker.profile.enabled": False,
}


class _WithoutServer:
    """A part of dask that opens no port for its dashboard and its metrics."""

    http_server = None

    def start_http_server(self, *_: object, **__: object) -> None:
        pass

    def stop_services(self) -> None:
        pass


class _Scheduler(_WithoutServer, Scheduler):
    pass


class _Worker(_WithoutServer, Worker):
    pass


@contextlib.contextmanager
def client(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler at this address, or of `workers` threads here.

    Raises CannotRun for an address that is not safe to be spoken to, or where nobody
    answers who may.
    """
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with dask.config.set(SETTINGS):
        if scheduler is not None:
            with _client_of(scheduler) as found:
                yield found
            return
        with (
            tempfile.TemporaryDirectory(prefix="autograde-tasks-") as folder,
            dask.config.set(temporary_directory=folder),
        ):
            yield from _threads(workers or at_a_time())


def at_a_time() -> int:
    """How many submissions are graded at a time: one for each processor.

    Those count that this process may use, by its CPU set and its container's quota.
    """
    return cpu_count()


def _threads(count: int) -> Iterator[Client]:
    cluster = SpecCluster(
        scheduler={"cls": _Scheduler, "options": {"protocol": "inproc://"}},
        workers={
            0: {
                "cls": _Worker,
                "options": {"nthreads": count, "memory_limit": 0},
            }
        },
    )
    found = Client(cluster)
    try:
        yield found
    finally:
        with contextlib.suppress(TimeoutError):  # nothing is under way any more
            found.close(timeout=CLOSE_SECONDS)
            cluster.close(timeout=CLOSE_SECONDS)


def _client_of(address: str) -> Client:
    security = _security(address)
    try:
        return Client(address, security=security)
    except (OSError, ValueError) as error:
        said = str(error).partition("\n")[0]
        raise CannotRun(
            f"The scheduler at {address} cannot be spoken to: {said}"
        ) from error


def _security(address: str) -> Security:
    """How to speak to the scheduler at `address`; raises CannotRun if not safely."""
    place = urlsplit(address if "://" in address else f"tcp://{address}")
    if place.scheme == "tls":
        security = Security(require_encryption=True)
        keys = security.get_connection_args("client")
        if keys.get("ssl_context") is None:
            raise CannotRun(
                f"The scheduler at {address} asks for TLS, and dask's configuration "
                "here names no certificates: set distributed.comm.tls (ca-file, "
                "client.cert, client.key) and distributed.comm.require-encryption."
            )
        return security
    if place.scheme == "tcp" and _is_here(place.hostname or ""):
        return Security()
    raise CannotRun(
        f"The scheduler at {address} is on another machine and would be spoken to "
        "without encryption or proof of who it is. Start it and its workers with "
        "certificates of one authority and name it as tls://..."
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
