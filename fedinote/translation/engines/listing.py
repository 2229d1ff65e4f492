"""What a service says it can, kept for some minutes: everybody who looks at a post asks for it."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from fedinote.infra.errors import Unavailable

KEPT_FOR = 300.0
RETRY = 30.0

T = TypeVar("T")


class Listing(Generic[T]):
    """The last answer of `fetch`, asked again after five minutes. `now` is a monotonic clock in seconds."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = now
        self._last: T | None = None
        self._until = float("-inf")

    async def get(self) -> T:
        """Return the answer. While the service does not answer the last one stands; `Unavailable` if there is none."""
        if self._last is not None and self._now() < self._until:
            return self._last
        try:
            self._last = await self._fetch()
            self._until = self._now() + KEPT_FOR
        except Unavailable:
            if self._last is None:
                raise
            self._until = self._now() + RETRY
        return self._last
