"""What the client sends, returns and refuses; addresses and limits have files of their own."""

import asyncio
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from fedinote.infra.errors import Malformed, Refused
from fedinote.infra.outbound import Outbound, Response, retry_after
from tests.infra.conftest import ClientMaker
from tests.infra.raw_server import Exchange, FakeLookup, serving

JSON = "application/activity+json"


async def fine(exchange: Exchange) -> None:
    await exchange.answer(b'{"id": 1}', headers=b"Content-Type: Application/Activity+JSON; charset=utf-8\r\n")


async def test_a_fetch_returns_status_type_and_body(client: ClientMaker) -> None:
    async with serving(fine) as server:
        answer = await client().get(server.url(path="/ä?b=ö#part"), accept=JSON)
    assert (answer.status, answer.url) == (200, server.url(path="/%C3%A4?b=%C3%B6"))
    assert answer.content_type == "application/activity+json"
    assert answer.headers["content-TYPE"].startswith("Application")
    assert answer.json() == {"id": 1}
    head = server.requests[0].lower()
    assert head.startswith(b"get /%c3%a4?b=%c3%b6 http/1.1\r\n")
    for line in (b"accept: application/activity+json", b"user-agent: fedinote-test", b"accept-encoding: gzip"):
        assert line in head
    assert b"cookie" not in head


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":\xff}', b"[" * 100_000, b"<html>", b"NaN", b'{"a": 1} x'])
def test_a_body_that_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        Response(200, "https://a.example/", {}, body).json()


def test_a_byte_order_mark_in_front_of_json_is_forgiven() -> None:
    assert Response(200, "https://a.example/", {}, b"\xef\xbb\xbf[1]").json() == [1]


async def test_connections_are_kept_and_used_again(client: ClientMaker) -> None:
    async with serving(fine) as server:
        outbound = client()
        for _ in range(3):
            await outbound.get(server.url(), accept=JSON)
            await outbound.post(server.url(), b"{}", headers={"Content-Type": JSON})
    assert server.connections == 1
    assert len(server.requests) == 6


async def test_gzip_is_unpacked(client: ClientMaker) -> None:
    text = b'{"a": "' + b"x" * 900_000 + b'"}'

    async def packed(exchange: Exchange) -> None:
        await exchange.answer(gzip.compress(text), headers=b"Content-Encoding: gzip\r\n")

    async with serving(packed) as server:
        assert (await client().get(server.url(), accept=JSON)).body == text


async def test_cookies_are_not_kept(client: ClientMaker) -> None:
    async def baking(exchange: Exchange) -> None:
        await exchange.answer(headers=b"Set-Cookie: a=b\r\n")

    async with serving(baking) as server:
        outbound = client(resolver=FakeLookup(default=["127.0.0.1"]))
        for _ in range(2):
            await outbound.get(server.url("a.test"), accept="*/*")
    assert b"cookie" not in server.requests[1].lower()


async def test_a_proxy_in_the_environment_is_ignored(client: ClientMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(fine) as server, serving(fine) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        assert (await client().get(server.url(), accept=JSON)).status == 200
    assert proxy.connections == 0


# Redirects


async def test_three_redirects_are_followed_and_each_is_signed_anew(client: ClientMaker) -> None:
    signed: list[tuple[str, str, bytes]] = []

    def sign(method: str, url: str, body: bytes) -> Mapping[str, str]:
        signed.append((method, url, body))
        return {"Signature": f"number {len(signed)}"}

    async def hopping(exchange: Exchange) -> None:
        number = int(exchange.path.strip("/"))
        await (exchange.redirect(f"/{number + 1}") if number < 3 else exchange.answer(b"there"))

    async with serving(hopping) as server:
        answer = await client().get(server.url(path="/0"), accept=JSON, sign=sign)
    assert (answer.url, answer.body) == (server.url(path="/3"), b"there")
    assert signed == [("GET", server.url(path=f"/{number}"), b"") for number in range(4)]
    assert [f"Signature: number {number}".encode() in server.requests[number - 1] for number in (1, 2, 3, 4)] == [
        True
    ] * 4


@pytest.mark.parametrize("path", ["/same", "/longer"])
async def test_the_fourth_redirect_is_refused(client: ClientMaker, path: str) -> None:
    async def looping(exchange: Exchange) -> None:
        await exchange.redirect(exchange.path + ("?x" if "longer" in exchange.path else ""))

    async with serving(looping) as server:
        with pytest.raises(Refused):
            await client().get(server.url(path=path), accept=JSON)
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_to_a_forbidden_place_is_refused_and_nothing_is_dialled(
    client: ClientMaker, status: str
) -> None:
    async with serving(fine, host="127.0.0.1") as sentinel:
        places = [
            sentinel.url("127.0.0.1"),
            f"//127.0.0.1:{sentinel.port}/",
            sentinel.url("2130706433"),
            sentinel.url("localhost"),
            sentinel.url("evil.example"),
            sentinel.url("[::ffff:127.0.0.1]"),
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "ftp://evil.example/",
        ]

        async def luring(exchange: Exchange) -> None:
            await exchange.redirect(places[int(exchange.path.strip("/"))], status=status)

        names = {"good.example": [["127.0.0.2"]], "evil.example": [["127.0.0.1"]], "localhost": [["127.0.0.1"]]}
        async with serving(luring, host="127.0.0.2") as server:
            outbound = client(allow_networks=[ip_network("127.0.0.2/32")], resolver=FakeLookup(names))
            for number in range(len(places)):
                with pytest.raises(Refused):
                    await outbound.get(server.url("good.example", f"/{number}"), accept=JSON)
        assert len(server.requests) == len(places)
        assert sentinel.connections == 0


async def test_what_was_sent_to_one_host_does_not_reach_another(client: ClientMaker) -> None:
    def sign(method: str, url: str, body: bytes) -> Mapping[str, str]:
        return {"Signature": f"for {url}", "Authorization": "for a"} if "//a.test" in url else {}

    async with serving(fine) as second:

        async def elsewhere(exchange: Exchange) -> None:
            await exchange.answer(
                b"",
                status="302 Found",
                headers=b"Set-Cookie: a=b; Domain=test\r\nLocation: " + second.url("b.test").encode() + b"\r\n",
            )

        async with serving(elsewhere) as first:
            outbound = client(resolver=FakeLookup(default=["127.0.0.1"]))
            await outbound.get(first.url("a.test"), accept=JSON, sign=sign)
    assert b"Authorization: for a" in first.requests[0]
    for secret in (b"authorization", b"signature", b"cookie", b"referer", b"a.test"):
        assert secret not in second.requests[0].lower()


async def test_a_post_is_not_sent_on_to_where_a_redirect_points(client: ClientMaker) -> None:
    async with serving(fine) as second:

        async def elsewhere(exchange: Exchange) -> None:
            await exchange.redirect(second.url(), status="307 Temporary Redirect")

        async with serving(elsewhere) as first:
            answer = await client().post(first.url(), b"secret", headers={"Signature": "x"})
    assert answer.status == 307
    assert second.connections == 0


@pytest.mark.parametrize("headers", [{"X": "a\r\nEvil: 1"}, {"X\r\nEvil": "1"}, {"X": "a\nb"}, {"X": "a\x00b"}])
async def test_a_header_with_a_line_break_is_refused(client: ClientMaker, headers: dict[str, str]) -> None:
    async with serving(fine) as server:
        with pytest.raises(Refused):
            await client().post(server.url(), b"{}", headers=headers)
    assert server.requests == []


# Services and guards


async def test_a_service_of_the_operator_may_be_on_loopback(client: ClientMaker) -> None:
    async def translating(exchange: Exchange) -> None:
        length = int(exchange.head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await exchange.answer(await exchange.reader.readexactly(length))

    async with serving(translating) as server:
        outbound = client(allow_http=False, allow_networks=())
        answer = await outbound.call_service("POST", server.url(), json={"q": "ä"}, headers={"Authorization": "key"})
    assert answer.json() == {"q": "ä"}
    assert b"Authorization: key" in server.requests[0]
    assert b"Content-Type: application/json" in server.requests[0]


async def test_a_redirect_of_a_service_is_not_followed(client: ClientMaker) -> None:
    async def elsewhere(exchange: Exchange) -> None:
        await exchange.redirect("/other")

    async with serving(elsewhere) as server:
        assert (await client().call_service("GET", server.url())).status == 302
        assert len(server.requests) == 1


async def test_no_call_is_made_inside_a_transaction(client: ClientMaker) -> None:
    async with serving(fine) as server:
        outbound: Outbound = client()
        outbound.forbidden_in = lambda: True
        for call in (
            outbound.get(server.url(), accept=JSON),
            outbound.post(server.url(), b"", headers={}),
            outbound.call_service("GET", server.url()),
        ):
            with pytest.raises(RuntimeError, match="inside a transaction"):
                await call
        assert server.connections == 0


async def test_a_client_works_again_after_it_was_closed(client: ClientMaker) -> None:
    outbound = client()
    async with serving(fine) as server:
        for _ in range(2):
            assert (await outbound.get(server.url("localhost"), accept=JSON)).status == 200
            await outbound.close()


async def test_a_cancelled_call_gives_its_slot_back(client: ClientMaker) -> None:
    async def first_stalls(exchange: Exchange) -> None:
        await (exchange.stall() if exchange.path == "/stall" else fine(exchange))

    outbound = client(max_per_host=1)
    async with serving(first_stalls) as server:
        stalled = asyncio.create_task(outbound.get(server.url(path="/stall"), accept=JSON))
        await server.asked(1)
        stalled.cancel()
        assert (await outbound.get(server.url(), accept=JSON)).status == 200


# Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9999999999999999", 86_400.0),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60.0),
        ("Fri, 02 Jan 2026 03:03:05 GMT", 0.0),
        ("Fri, 02 Jan 2099 03:03:05 GMT", 86_400.0),
        ("Friday, 02-Jan-26 03:05:05 GMT", 60.0),
        ("soon", None),
        ("-5", None),
        ("١٢", None),
        ("1.5", None),
        ("", None),
        ("Fri, 99 Jan 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value: str, seconds: float | None) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert retry_after({"retry-AFTER": value}, now=now) == seconds


def test_without_the_header_there_is_no_retry_after() -> None:
    assert retry_after({}) is None
