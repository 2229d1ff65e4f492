"""Other servers for tests: actors with keys, documents, WebFinger and inboxes over real loopback HTTP.

A `FakeFedi` has many hosts (`127.0.0.2:PORT`, `localhost:PORT`, or any name that a test maps to it), tells them apart
by the Host header, and keeps every request. What a host answers can be scripted: status, delay, content type,
redirect, one answer after the other. Requests in the name of its actors are made by `tests.support.signing`.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fedinote.activitypub import keys
from fedinote.activitypub.keys import PrivateKeyObject
from fedinote.infra.clock import iso
from tests.support import ports

ACTIVITY = "application/activity+json"
JRD = "application/jrd+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
PATIENCE = 300.0


@lru_cache
def rsa_key(_number: int) -> tuple[PrivateKeyObject, str]:
    """The (private key, public PEM) of this number: making one costs a tenth of a second, so tests share them."""
    private, public = keys.generate_rsa_key()
    return keys.load_private_key(private), public


@dataclass(repr=False)
class Seen:
    """One request as it came in; header names in lower case."""

    method: str
    host: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(repr=False)
class Answer:
    """What a path answers. A body that is not bytes is sent as JSON, as it is at that moment.

    It is sent `delay` seconds late, and not before `after` has happened.
    """

    body: Any = b""
    status: int = 200
    content_type: str | None = ACTIVITY
    headers: Sequence[tuple[str, str]] = ()
    delay: float = 0.0
    after: asyncio.Event | None = None

    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


Page = Answer | list[Answer] | Callable[[Seen], Answer]
"""One answer, answers in turn (the last one stays), or a function of the request."""


def stamp(seconds: float = 0.0) -> str:
    """The present moment, or one so many seconds from now, as in `published`."""
    return iso(datetime.now(UTC) + timedelta(seconds=seconds))


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(status=status, content_type=None, headers=[("Location", location)])


def gone() -> Answer:
    return Answer(b"{}", 410)


@dataclass(repr=False)
class FakeActor:
    """Somebody on a fake host; `document` may be changed at any time, and is served as it is then."""

    host: "FakeHost"
    name: str
    document: dict[str, Any]
    key: PrivateKeyObject
    count: int = 0

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def key_id(self) -> str:
        return f"{self.id}#main-key"

    @property
    def handle(self) -> str:
        return f"{self.name}@{self.host.name}"

    def url(self, path: str) -> str:
        return f"{self.id}/{path}"

    def activity(self, kind: str, about: Any, /, **fields: Any) -> dict[str, Any]:
        """An activity of this actor with an id of its own."""
        self.count += 1
        made = {"@context": CONTEXT, "id": self.url(f"activities/{self.count}"), "type": kind, "actor": self.id}
        return made | {"object": about} | fields

    def note(self, text: str = "Hello", *, to: Sequence[str] = (PUBLIC,), **fields: Any) -> dict[str, Any]:
        """A Note that is served at its id."""
        self.count += 1
        note = {
            "@context": CONTEXT,
            "id": self.url(f"notes/{self.count}"),
            "type": "Note",
            "attributedTo": self.id,
            "content": f"<p>{text}</p>",
            "to": list(to),
            "cc": [],
            "published": stamp(),
        } | fields
        if urlsplit(note["id"]).netloc == self.host.name:
            self.host.serve(note["id"], note)
        return note

    def create(self, note: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        """The Create of a note."""
        addressed = {"to": note.get("to", []), "cc": note.get("cc", [])}
        return self.activity("Create", dict(note), **addressed) | fields


@dataclass(repr=False)
class FakeHost:
    """One host: its pages by path (with query), its actors, and what it was asked."""

    fedi: "FakeFedi"
    name: str
    scheme: str = "http"
    pages: dict[str, Page] = field(default_factory=dict)
    actors: dict[str, FakeActor] = field(default_factory=dict)
    inbox: Page = field(default_factory=lambda: Answer(status=202, content_type=None))
    subjects: dict[str, str] = field(default_factory=dict)
    requests: list[Seen] = field(default_factory=list)
    listener: asyncio.Server | None = None
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.name}"

    def serve(self, url: str, body: Any = b"", **options: Any) -> str:
        """Answer a path (or the path of a URL) with a document."""
        parts = urlsplit(url)
        self.pages[parts.path + (f"?{parts.query}" if parts.query else "")] = Answer(body, **options)
        return url if parts.netloc else self.base + url

    def actor(self, name: str, *, key: int = 0, shared: bool = True, kind: str = "Person", **fields: Any) -> FakeActor:
        """Somebody with a key, found by WebFinger; `shared`: with the host's shared inbox."""
        identity = fields.pop("id", f"{self.base}/users/{name}")
        private, public = rsa_key(key)
        document = {
            "@context": CONTEXT,
            "id": identity,
            "type": kind,
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{identity}/inbox",
            "outbox": f"{identity}/outbox",
            "followers": f"{identity}/followers",
            "featured": f"{identity}/featured",
            "url": f"{self.base}/@{name}",
            "publicKey": {"id": f"{identity}#main-key", "owner": identity, "publicKeyPem": public},
        }
        document |= {"endpoints": {"sharedInbox": f"{self.base}/inbox"}} if shared else {}
        document |= fields
        self.serve(identity, document)
        made = self.actors[name] = FakeActor(self, name, document, private)
        return made

    def gets(self, path: str | None = None) -> list[Seen]:
        return [seen for seen in self.requests if seen.method == "GET" and path in (None, seen.path)]

    @property
    def received(self) -> list[dict[str, Any]]:
        """The activities that were posted here, whatever was answered."""
        return [seen.json for seen in self.requests if seen.method == "POST"]

    def kinds(self) -> list[str]:
        return [activity["type"] for activity in self.received]

    async def close(self) -> None:
        """Be off the net: open connections end, new ones are refused."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    def answer(self, seen: Seen) -> Answer:
        self.requests.append(seen)
        if seen.method == "POST":
            return _chosen(self.inbox, seen)
        if seen.path == "/.well-known/webfinger" and seen.path not in self.pages:
            return self._finger(seen)
        page = self.pages.get(seen.target) or self.pages.get(seen.path)
        return _chosen(page, seen) if page is not None else Answer({"error": "not found"}, 404)

    def _finger(self, seen: Seen) -> Answer:
        resource = parse_qs(urlsplit(seen.target).query).get("resource", [""])[0]
        name, _, host = resource.removeprefix("acct:").partition("@")
        actor = self.actors.get(name)
        if actor is None or host not in (self.name, *self.subjects.values()):
            return Answer({"error": "not found"}, 404, JRD)
        return Answer(jrd(f"{name}@{self.subjects.get(name, self.name)}", actor.id), content_type=JRD)


def jrd(subject: str, target: str, kind: str = ACTIVITY) -> dict[str, Any]:
    return {"subject": f"acct:{subject}", "links": [{"rel": "self", "type": kind, "href": target}]}


def _chosen(page: Page, seen: Seen) -> Answer:
    if isinstance(page, list):
        return page.pop(0) if len(page) > 1 else page[0]
    return page if isinstance(page, Answer) else page(seen)


class FakeFedi:
    """All fake hosts of a test, and all requests to them in order (those for no host of ours too)."""

    def __init__(self) -> None:
        self.hosts: dict[str, FakeHost] = {}
        self.elsewhere: Callable[[Seen], Answer] = lambda _: Answer({"error": "no such host"}, 404)
        self.requests: list[Seen] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    async def host(self, address: str = "127.0.0.2", *, name: str | None = None, port: int = 0) -> FakeHost:
        """Listen on a loopback address; the host is called `name:PORT` (by default by its address)."""
        listener = await asyncio.start_server(self._accept, address, port := port or ports.free())
        found = self.named(f"{name or address}:{port}")
        found.listener = listener
        return found

    def named(self, name: str, scheme: str = "http") -> FakeHost:
        """Answer to a Host header; who asks gets here by a way of the test's own."""
        return self.hosts.setdefault(name, FakeHost(self, name, scheme))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the requests so far fulfil a condition."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(condition)

    async def stop(self) -> None:
        for host in self.hosts.values():
            await host.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                seen = await _read(reader)
                host = self.hosts.get(seen.host)
                if host is not None:
                    host.writers.add(writer)
                self.requests.append(seen)
                answer = host.answer(seen) if host else self.elsewhere(seen)
                async with self._changed:
                    self._changed.notify_all()
                if answer.delay:
                    await asyncio.sleep(answer.delay)
                if answer.after:
                    await answer.after.wait()
                writer.write(_written(answer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, headers.get("host", ""), target, headers, body)


def _written(answer: Answer) -> bytes:
    data = answer.data()
    lines = [f"HTTP/1.1 {answer.status} Scripted", f"Content-Length: {len(data)}"]
    lines += [f"Content-Type: {answer.content_type}"] if answer.content_type else []
    lines += [f"{name}: {value}" for name, value in answer.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


@contextlib.asynccontextmanager
async def faking() -> AsyncIterator[FakeFedi]:
    fedi = FakeFedi()
    try:
        yield fedi
    finally:
        await fedi.stop()
