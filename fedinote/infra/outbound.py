"""The one door to the rest of the internet: every request that this server makes goes through `Outbound`.

Whoever names a URL may be an attacker, and so may the server that answers. So: the rules of `addresses` for each
URL, each redirect and each resolved address; no cookies, no proxy from the environment, certificates always
verified; a limit on bytes whatever the answer claims, on time whatever it drips, and fair turns between hosts.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.http import RawResponseMessage
from aiohttp.streams import StreamReader
from yarl import URL

from fedinote.infra import answers, gate
from fedinote.infra.addresses import AddressRules, Lookup, Network, SystemLookup, service_target
from fedinote.infra.answers import Keep, Response, retry_after
from fedinote.infra.errors import Refused, Unreachable
from fedinote.infra.requests import Request, Signer, Terms
from fedinote.infra.slots import FairSlots
from fedinote.infra.translation_settings import MAX_CONCURRENCY

__all__ = ["MAX_REDIRECTS", "Lookup", "Outbound", "Response", "Signer", "retry_after"]

MAX_REDIRECTS = 3
FILES, FILES_PER_HOST = 16, 4
"""How many files are downloaded at once, in all and from one host."""
_CONNECT_SECONDS = 5.0
_MAX_HEADERS = 100
_MAX_HEADER_BYTES = 8190
_MAX_INTERIM = 16  # answers of status 1xx before the real one
_CHUNK = 1 << 16
_MAX_ADDRESSES = 16
_POST_BODY = 4096
_POST_BODY_SECONDS = 2.0
# Below the idle time-out of common servers (uvicorn: 5 s), so that a POST rarely meets a connection just closed.
_KEEP_ALIVE_SECONDS = 4.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Outbound:
    """The client. Create it anywhere, use it inside one event loop, close it there.

    `get` and `post` are for addresses that strangers name, `call_service` for what the operator configured.
    All raise `Refused` when a rule forbids the request or its answer, and `Unreachable` when the other side fails;
    neither says more to strangers than that. Times are in seconds; `timeout` is the budget of the whole call with
    its redirects, after a wait of at most as long for the host's turn.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_http: bool = False,
        allow_networks: Sequence[Network] = (),
        resolver: Lookup | None = None,
        max_per_host: int = 4,
        max_total: int = 64,
    ) -> None:
        self.forbidden_in: Callable[[], bool] | None = None
        self._user_agent = user_agent
        self._rules = AddressRules(allow_http=allow_http, allow_networks=allow_networks)
        self._system = SystemLookup()
        self._lookup: Lookup = resolver or self._system
        self._slots = FairSlots(per_key=max_per_host, total=max_total)
        self._file_slots = FairSlots(per_key=FILES_PER_HOST, total=FILES)
        # Services have their own: neither can strangers delay a translation, nor translations a delivery.
        self._service_slots = FairSlots(per_key=MAX_CONCURRENCY, total=max_total)
        self._public: aiohttp.ClientSession | None = None
        self._private: aiohttp.ClientSession | None = None

    def canonical(self, url: str) -> str:
        """Return the URL as it would be requested, which is the form to sign; `Refused` when it may not be."""
        return self._rules.target(url).url

    async def get(
        self,
        url: str,
        *,
        accept: str,
        limit: int = 1_000_000,
        timeout: float = 10.0,  # noqa: ASYNC109 - the budget of several requests, kept by asyncio.timeout
        sign: Signer | None = None,
    ) -> Response:
        """Fetch a URL, following at most three redirects, each judged and signed like a new request.

        `limit` is in bytes, of the body as received and as decompressed.
        """
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        return await self._follow(url, headers, Terms(self._slots, limit, timeout, sign=sign))

    async def download(
        self,
        url: str,
        *,
        accept: str,
        limit: int,
        timeout: float,  # noqa: ASYNC109
        keep: Keep,
    ) -> Response:
        """Fetch a file as `get` fetches a document: the body of a 200 goes to `keep` piece by piece.

        Files wait for turns of their own, so that they delay neither documents nor deliveries. `Crowded` when there
        is no turn in time. The answer's own body is empty.
        """
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        return await self._follow(url, headers, Terms(self._file_slots, limit, timeout, keep=keep))

    async def _follow(self, url: str, headers: Mapping[str, str], terms: Terms) -> Response:
        self._guard()
        target, seconds = self._rules.target(url), terms.seconds
        for _ in range(MAX_REDIRECTS + 1):
            signed = {} if terms.sign is None else terms.sign("GET", target.url, b"")
            async with terms.slots.hold(target.host, patience=seconds):
                started = time.monotonic()
                answer = await self._fetch(Request("GET", target, {**headers, **signed}), terms, seconds)
            if answer.status not in _REDIRECTS:
                return answer
            seconds -= time.monotonic() - started
            target = self._rules.next_hop(target, answer.headers.get("Location", ""))
        raise Refused(reason=f"{target.host}: too many redirects")

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> Response:
        """Send a body; a redirect is returned, never followed.

        Of the answer's body the first 4 KiB are kept, or what came of them: the status alone decides.
        """
        self._guard()
        request = Request("POST", self._rules.target(url), {"Accept-Encoding": "identity", **headers}, body)
        async with self._slots.hold(request.target.host, patience=timeout):
            with _translated(request.target.host):
                async with asyncio.timeout(timeout):
                    answer = await self._send(self._public_session(), request)
                try:
                    return Response(answer.status, request.target.url, answer.headers, await _beginning(answer))
                finally:
                    answer.close()

    async def call_service(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 1_000_000,
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> Response:
        """Call a service that the operator configured: any address, no redirects, the same limits."""
        self._guard()
        target = service_target(url)
        body = None if json is None else msgspec.json.encode(json)
        own = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if body is not None:
            own["Content-Type"] = "application/json"
        request = Request(method, target, own | dict(headers or {}), body)
        async with self._service_slots.hold(f"{target.host}:{target.port}", patience=timeout):
            with _translated(target.host):
                async with asyncio.timeout(timeout):
                    answer = await self._send(self._private_session(), request)
                    return await answers.read(answer, target.url, limit)

    async def close(self) -> None:
        """Close all connections. The client can be used again afterwards."""
        sessions, self._public, self._private = (self._public, self._private), None, None
        for session in sessions:
            if session is not None:
                await session.close()
        self._system.close()

    def _guard(self) -> None:
        gate.step_aside()
        if self.forbidden_in is not None and self.forbidden_in():
            raise RuntimeError("network inside a transaction")

    async def _fetch(self, request: Request, terms: Terms, seconds: float) -> Response:
        with _translated(request.target.host):
            async with asyncio.timeout(seconds):
                answer = await self._send(self._public_session(), request)
                if answer.status in _REDIRECTS:
                    answer.close()
                    return Response(answer.status, request.target.url, answer.headers, b"")
                return await answers.read(answer, request.target.url, terms.limit, terms.keep)

    async def _send(self, session: aiohttp.ClientSession, request: Request) -> aiohttp.ClientResponse:
        return await session.request(
            request.method,
            URL(request.target.url, encoded=True),
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
        )

    def _public_session(self) -> aiohttp.ClientSession:
        if self._public is None:
            permits = self._rules.permits
            self._public = self._session(_Resolver(self._lookup, permits), _guarded_socket(permits))
        return self._public

    def _private_session(self) -> aiohttp.ClientSession:
        if self._private is None:
            self._private = self._session(_Resolver(self._system, lambda _: True), _open_socket)
        return self._private

    def _session(
        self, resolver: AbstractResolver, factory: Callable[[aiohttp.AddrInfoType], socket.socket]
    ) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            socket_factory=factory,  # asked for IP addresses in URLs too, which the resolver is not
            ssl=ssl.create_default_context(),
            limit=0,  # the slots limit
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
        )
        return aiohttp.ClientSession(
            connector=connector,
            response_class=_Answer,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECT_SECONDS),
            headers={"User-Agent": self._user_agent},
            read_bufsize=_CHUNK,
            max_line_size=_MAX_HEADER_BYTES,
            max_field_size=_MAX_HEADER_BYTES,
            max_headers=_MAX_HEADERS,
        )


class _Answer(aiohttp.ClientResponse):
    """An answer that must come after a few interim ones (1xx) at most; the library would read them for ever."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read up to the headers of the final answer."""
        protocol = connection.protocol
        assert protocol is not None
        read, left = protocol.read, _MAX_INTERIM + 1

        async def counted() -> tuple[RawResponseMessage, StreamReader]:
            nonlocal left
            left -= 1
            if left < 0:
                raise aiohttp.ClientPayloadError("interim answers without end")
            return await read()

        protocol.read = counted  # type: ignore[method-assign]
        try:
            return await super().start(connection)
        finally:
            del protocol.read


class _Resolver(AbstractResolver):
    """Gives aiohttp only addresses that may be dialled, so that what was judged is what is connected to."""

    def __init__(self, lookup: Lookup, permits: Callable[[str], bool]) -> None:
        self._lookup = lookup
        self._permits = permits

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the permitted addresses of a name; `Refused` when it has others only."""
        found = (await self._lookup.resolve(host, port))[:_MAX_ADDRESSES]
        permitted = [address for address in found if self._permits(address)]
        if not found:
            raise OSError(f"{host} has no address")
        if not permitted:
            raise Refused(reason=f"{host} resolves to no public address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in permitted
        ]

    async def close(self) -> None:
        """Do nothing: the lookup belongs to the client."""


def _guarded_socket(permits: Callable[[str], bool]) -> Callable[[aiohttp.AddrInfoType], socket.socket]:
    def open_permitted(info: aiohttp.AddrInfoType) -> socket.socket:
        if not permits(str(info[4][0])):
            raise Refused(reason="connection to an address that is not public")
        return _open_socket(info)

    return open_permitted


def _open_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    return socket.socket(family=info[0], type=info[1], proto=info[2])


@contextmanager
def _translated(host: str) -> Iterator[None]:
    """Turn the client library's errors into ours, without their text: it quotes addresses and what strangers sent."""
    try:
        yield
    except TimeoutError:
        raise Unreachable(reason=f"{host}: no answer in time") from None
    except aiohttp.InvalidURL:
        raise Refused(reason=f"{host}: not a URL") from None
    except (aiohttp.ClientError, OSError) as error:
        number = getattr(error, "errno", None)
        cause = f"{type(error).__name__} {os.strerror(number) if number else ''}".strip()
        raise Unreachable(reason=f"{host}: {cause}") from None
    except ValueError:  # a header with a line break
        raise Refused(reason=f"{host}: not a valid request") from None


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    collected = bytearray()
    try:
        async with asyncio.timeout(_POST_BODY_SECONDS):
            while len(collected) < _POST_BODY and (piece := await answer.content.read(_POST_BODY)):
                collected += piece
    except (aiohttp.ClientError, OSError):  # also TimeoutError
        pass
    return bytes(collected[:_POST_BODY])
