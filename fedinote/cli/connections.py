"""HTTP connections that cannot be held for nothing: the head of a request has to come in time, and in bounds.

uvicorn waits for the head of a request for ever and keeps whatever comes of it; a few thousand half-open connections
would be the end of a server that stands without a proxy.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
MAX_HEAD = 65_536


class Connection(HttpToolsProtocol):
    """uvicorn's own connection, which ends when a head takes more than ten seconds or 64 KiB (RFC 9110, 15.5.9)."""

    _clock: asyncio.TimerHandle | None = None
    _in_head = False
    _came = 0
    _handed_over = False

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Take what came, unless the head grows too large."""
        if self._in_head:
            self._came += len(data)
            if self._came > MAX_HEAD:
                self._arrived()
                self.send_400_response("The head of the request is too large")
                return
        super().data_received(data)
        if self._is_idle():
            self._expect()

    def on_message_begin(self) -> None:
        """Count from here on what belongs to the head."""
        self._in_head, self._came = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop the clock: what comes now is the body, for which the application has a time of its own."""
        self._arrived()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket, which stays for as long as both sides like."""
        self._handed_over = True
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._arrived()
        super().connection_lost(exc)

    def _is_idle(self) -> bool:
        """Tell whether bytes came and are no whole request yet, and nothing is being answered."""
        if self._handed_over:
            return False
        waits = self._clock is None and self.timeout_keep_alive_task is None and not self.transport.is_closing()
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        return waits and (cycle is None or cycle.response_complete)

    def _expect(self) -> None:
        self._clock = self.loop.call_later(HEAD_SECONDS, self._late)

    def _arrived(self) -> None:
        self._in_head = False
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _late(self) -> None:
        self._clock = None
        if not self.transport.is_closing():
            self.transport.close()
