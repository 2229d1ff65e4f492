"""What `outbound` is about to ask: one request, and the terms on which a URL is fetched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fedinote.infra.addresses import Target
from fedinote.infra.answers import Keep
from fedinote.infra.slots import FairSlots

Signer = Callable[[str, str, bytes], Mapping[str, str]]
"""Given method, URL and body, return the headers that sign the request. Called anew for each hop."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a place that was judged."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a URL is fetched: in whose turns, how many bytes, in how many seconds, and where the body goes."""

    slots: FairSlots
    limit: int
    seconds: float
    sign: Signer | None = None
    keep: Keep | None = None
