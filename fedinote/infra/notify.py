"""Carries live updates between the processes of one instance: PostgreSQL's LISTEN and NOTIFY under the bus.

Each process keeps one connection for it. What it publishes goes out in batches, a message with as many of its
channels as fit into one notification; what comes back from itself is dropped. While the connection is lost
messages are lost too: live updates are a courtesy, clients catch up by the API.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import asyncpg
import msgspec

from fedinote.infra.errors import Unavailable
from fedinote.infra.pubsub import Bus

_log = logging.getLogger(__name__)

CHANNEL = "fedinote_live"
MAX_PAYLOAD = 7900  # bytes; PostgreSQL refuses 8000 and more
MAX_WAITING = 10_000
PAUSES = (0.5, 1, 2, 5, 10, 30)  # seconds before each new attempt to connect
_SECONDS = 10  # for connecting, and for sending a batch
_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_NOTIFY = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload"
_decoder = msgspec.json.Decoder(tuple[str, list[str]])


class Bridge:
    """The bus of this process joined with those of the others on the same database; an async context manager."""

    def __init__(self, url: str, bus: Bus) -> None:
        self._url = url.replace("postgres://", "postgresql://", 1)
        self._bus = bus
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=MAX_WAITING)
        self._wake = asyncio.Event()
        self._connection: asyncpg.Connection[Any] | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect and start. Raises Unavailable when the database cannot be reached."""
        try:
            await self._connect()
        except _LOST as error:
            raise Unavailable("The database cannot be reached", reason=str(error)) from error
        self._bus.relay = self._relay
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and disconnect; what waits is not sent any more."""
        self._bus.relay = None
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._drop()

    def _relay(self, channel: str, message: bytes) -> None:
        self._waiting.append((channel, message))
        self._wake.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                if self._connection is None:
                    await self._connect()
                    failures = 0
                await self._wake.wait()
                await self._send()
            except Exception as error:  # noqa: BLE001  whatever it is, this goes on with a new connection
                _log.warning("live updates between processes interrupted", extra={"reason": str(error)})
                self._drop()
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1

    async def _connect(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=_SECONDS)
        connection.add_termination_listener(self._on_end)
        await connection.add_listener(CHANNEL, self._on_notice)
        self._connection = connection

    def _drop(self) -> None:
        """Let go of a connection that failed; in whatever state it is."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.remove_termination_listener(self._on_end)
            connection.terminate()

    def _on_end(self, connection: Any) -> None:
        """Wake the task, so that it notices the lost connection also when there is nothing to send."""
        self._wake.set()

    def _on_notice(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        if pid == connection.get_server_pid():
            return
        try:
            message, channels = _decoder.decode(str(payload))
        except msgspec.DecodeError:
            _log.warning("live update from another process not understood")
            return
        for name in channels:
            self._bus.deliver(name, message.encode())

    async def _send(self) -> None:
        self._wake.clear()
        if self._connection is None or self._connection.is_closed():
            raise OSError("the connection was closed")
        waiting = list(self._waiting)
        self._waiting.clear()
        payloads = list(_payloads(waiting))
        if payloads:
            await self._connection.fetch(_NOTIFY, CHANNEL, payloads, timeout=_SECONDS)


def _payloads(waiting: list[tuple[str, bytes]]) -> Iterator[str]:
    """Put messages into payloads, one message each, with as many channels as fit. One that never fits is dropped."""
    grouped: dict[bytes, list[str]] = {}
    for channel, message in waiting:
        grouped.setdefault(message, []).append(channel)
    for message, channels in grouped.items():
        text = message.decode()
        start = len(msgspec.json.encode((text, [])))
        batch: list[str] = []
        size = start
        for channel in channels:
            cost = len(msgspec.json.encode(channel)) + 1
            if start + cost > MAX_PAYLOAD:
                _log.warning("live update too large for other processes", extra={"size": start + cost})
                continue
            if size + cost > MAX_PAYLOAD:
                yield msgspec.json.encode((text, batch)).decode()
                batch, size = [], start
            batch.append(channel)
            size += cost
        if batch:
            yield msgspec.json.encode((text, batch)).decode()
