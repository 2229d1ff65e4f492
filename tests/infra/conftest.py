from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from ipaddress import ip_network
from typing import Any

import pytest

from fedinote.infra.outbound import Outbound

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
ClientMaker = Callable[..., Outbound]


@pytest.fixture
async def client() -> AsyncIterator[ClientMaker]:
    """Make clients that may use http on loopback, unless told otherwise; they are closed at the end."""
    async with AsyncExitStack() as stack:

        def make(**settings: Any) -> Outbound:
            defaults: dict[str, Any] = {"allow_http": True, "allow_networks": LOOPBACK}
            outbound = Outbound(user_agent="FediNote-test", **defaults | settings)
            stack.push_async_callback(outbound.close)
            return outbound

        yield make
