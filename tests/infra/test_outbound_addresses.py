"""Wherever a stranger points, only permitted addresses are dialled; sentinels count what arrives elsewhere."""

from ipaddress import ip_network

import pytest

from fedinote.infra.errors import Refused, Unreachable
from tests.infra.conftest import ClientMaker
from tests.infra.raw_server import Exchange, FakeLookup, serving
from tests.infra.test_addresses import FORBIDDEN_ADDRESSES, ODD_HOSTS

JSON = "application/activity+json"


async def fine(exchange: Exchange) -> None:
    await exchange.answer()


async def test_no_odd_host_reaches_loopback(client: ClientMaker) -> None:
    async with serving(fine) as sentinel, serving(fine, host="::1", port=sentinel.port) as sentinel6:
        outbound = client(allow_networks=(), resolver=FakeLookup(default=["127.0.0.1", "::1", "0.0.0.0"]))
        for host in [*ODD_HOSTS, "a.example", "xn--bcher-kva.example"]:
            with pytest.raises(Refused):
                await outbound.get(sentinel.url(host), accept=JSON)
            with pytest.raises(Refused):
                await outbound.post(sentinel.url(host), b"{}", headers={})
        assert (sentinel.connections, sentinel6.connections) == (0, 0)


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
async def test_a_name_with_a_special_address_is_refused(client: ClientMaker, address: str) -> None:
    outbound = client(allow_networks=(), resolver=FakeLookup(default=[address]))
    with pytest.raises(Refused) as caught:
        await outbound.get("http://a.example:8080/", accept=JSON)
    assert address not in caught.value.message


async def test_of_a_good_and_a_bad_address_only_the_good_one_is_dialled(client: ClientMaker) -> None:
    async with serving(fine) as sentinel, serving(fine, host="127.0.0.2", port=sentinel.port) as good:
        outbound = client(
            allow_networks=[ip_network("127.0.0.2/32")], resolver=FakeLookup(default=["127.0.0.1", "127.0.0.2"])
        )
        assert (await outbound.get(good.url("a.example"), accept=JSON)).status == 200
        await good.stop()
        assert sentinel.connections == 0


async def test_a_name_that_changes_its_address_between_two_requests_gains_nothing(client: ClientMaker) -> None:
    async with serving(fine) as sentinel:

        async def luring(exchange: Exchange) -> None:
            await exchange.redirect(sentinel.url("rebind.example"))

        async with serving(luring, host="127.0.0.2") as server:
            lookup = FakeLookup({"rebind.example": [["127.0.0.2"], ["127.0.0.1"]]})
            outbound = client(allow_networks=[ip_network("127.0.0.2/32")], resolver=lookup)
            with pytest.raises(Refused):
                await outbound.get(server.url("rebind.example"), accept=JSON)
        assert lookup.asked == ["rebind.example", "rebind.example"]
        assert len(server.requests) == 1
        assert sentinel.connections == 0


async def test_the_socket_itself_refuses_what_the_resolver_was_never_asked(client: ClientMaker) -> None:
    async with serving(fine) as sentinel:
        session = client(allow_networks=())._public_session()
        with pytest.raises(Refused):
            await session.get(sentinel.url())
        assert sentinel.connections == 0


async def test_localhost_and_ipv6_work_where_they_are_allowed(client: ClientMaker) -> None:
    outbound = client()
    async with serving(fine) as server, serving(fine, host="::1") as server6:
        assert (await outbound.get(server.url("localhost"), accept=JSON)).status == 200
        assert (await outbound.get(server6.url("[::1]"), accept=JSON)).status == 200


async def test_plain_http_is_refused_unless_allowed(client: ClientMaker) -> None:
    async with serving(fine) as server:
        with pytest.raises(Refused):
            await client(allow_http=False).get(server.url(), accept=JSON)
        assert server.connections == 0


async def test_failures_of_the_network_are_unreachable_and_tell_strangers_nothing(client: ClientMaker) -> None:
    async with serving(fine) as server:
        closed = server.url()
    for url in (closed, "http://unknown.example:8080/"):
        with pytest.raises(Unreachable) as caught:
            await client(resolver=FakeLookup({"x": [[]]}) if "unknown" in url else None).get(url, accept=JSON)
        assert caught.value.message == "The remote server could not be reached"


@pytest.mark.parametrize("answers", [[], None])
async def test_a_name_without_addresses_is_unreachable(client: ClientMaker, answers: list[str] | None) -> None:
    with pytest.raises(Unreachable):
        await client(resolver=FakeLookup(default=answers)).get("http://a.example:8080/", accept=JSON)
