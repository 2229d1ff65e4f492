"""Ask a translation service over HTTP, and believe its answer only when it has the right shape and size."""

import asyncio
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from fedinote.infra.answers import retry_after
from fedinote.infra.errors import FediNoteError, Invalid, Resting, Unavailable
from fedinote.translation.engine import Reply, ServiceCaller

ANSWER_LIMIT = 1_000_000
KEY_REST = 300.0
"""Seconds of rest after our key was refused: somebody has to look at the settings."""
LIMIT_REST = 30.0
"""Seconds of rest when a service has had enough, and does not say for how long."""
QUOTA_REST = 3_600.0
"""Seconds of rest when what was paid for is used up."""

_OK = frozenset({200, 201, 204})
_REFUSED_QUESTIONS = frozenset({400, 413, 414, 422})
_REFUSED_KEYS = frozenset({401, 403})
_LIMITS = frozenset({429, 529})
_QUOTAS = frozenset({402, 456})

T = TypeVar("T")


class Service:
    """The address of a service, how long one request may take, and the headers that each carries."""

    def __init__(
        self,
        call: ServiceCaller,
        url: str,
        *,
        name: str,
        timeout: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._call = call
        self._url = url.rstrip("/")
        self._name = name
        self._timeout = timeout
        self._headers = dict(headers or {})

    async def ask(self, method: str, path: str, shape: type[T], *, json: object = None) -> T:
        """Send one request, and return its answer in the shape that the service promises.

        Raises `Invalid` for a refused question, `Resting` when the service wants to be left alone (a limit of requests
        or characters, a refused key), and `Unavailable` for every other failure. What the service says goes to the log
        only.
        """
        try:
            async with asyncio.timeout(self._timeout):
                reply = await self._call(
                    method,
                    self._url + path,
                    json=json,
                    headers=self._headers,
                    limit=ANSWER_LIMIT,
                    timeout=self._timeout,
                )
        except TimeoutError:
            raise Unavailable(reason=f"{self._name}: no answer in time") from None
        except FediNoteError as error:
            raise Unavailable(reason=f"{self._name}: {error.reason}") from error
        self._check(reply)
        try:
            return msgspec.json.decode(reply.body or b"null", type=shape)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Unavailable(reason=f"{self._name}: the answer is not what its API promises") from error

    def _check(self, reply: Reply) -> None:
        status = reply.status
        if status in _REFUSED_QUESTIONS:
            # Its reasons may quote the text, which belongs into no log.
            raise Invalid("This text cannot be translated", reason=f"{self._name}: status {status} for this text")
        if status not in _OK:
            reason = f"{self._name}: status {status}"
            seconds = _rest(status, reply.headers)
            raise Unavailable(reason=reason) if seconds is None else Resting(seconds=seconds, reason=reason)
        if len(reply.body) > ANSWER_LIMIT:
            raise Unavailable(reason=f"{self._name}: the answer is too long")


def _rest(status: int, headers: Mapping[str, str]) -> float | None:
    """For how long a service wants to be left alone; None when it does not say so."""
    if status in _REFUSED_KEYS:
        return KEY_REST
    asked = retry_after(headers)
    if status in _QUOTAS:
        return asked or QUOTA_REST
    return asked if asked is not None else LIMIT_REST if status in _LIMITS else None
