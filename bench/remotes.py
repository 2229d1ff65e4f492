"""Other servers, acted by this process on loopback addresses: actors, WebFinger, posts, inboxes that remember."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from bench.keys import Key
from bench.wire import Reply, Request, encoded, listen

STREAMS = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{STREAMS}#Public"
PORT_ATTEMPTS = 20
_NOT_FOUND = Reply(404, "text/plain")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody on a fake server."""

    host: str
    name: str
    key: Key
    shared_inbox: bool = True

    @property
    def uri(self) -> str:
        """The actor's id."""
        return f"http://{self.host}/users/{self.name}"

    @property
    def key_id(self) -> str:
        """The id of the actor's key."""
        return f"{self.uri}#main-key"

    def document(self) -> dict[str, Any]:
        """Return the actor document."""
        found: dict[str, Any] = {
            "@context": [STREAMS, "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "name": f"Remote {self.name}",
            "summary": "<p>Somebody elsewhere</p>",
            "url": f"http://{self.host}/@{self.name}",
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "following": f"{self.uri}/following",
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": self.key.pem},
        }
        if self.shared_inbox:
            found["endpoints"] = {"sharedInbox": f"http://{self.host}/inbox"}
        return found

    def note(self, name: str, text: str, parent: str | None = None) -> dict[str, Any]:
        """Return a public post."""
        return {
            "id": f"{self.uri}/statuses/{name}",
            "type": "Note",
            "attributedTo": self.uri,
            "to": [PUBLIC],
            "cc": [f"{self.uri}/followers"],
            "published": now(),
            "content": f"<p>{text}</p>",
            "inReplyTo": parent,
            "tag": [],
        }

    def create(self, note: dict[str, Any]) -> dict[str, Any]:
        """Return the Create of a post."""
        return {
            "@context": STREAMS,
            "id": f"{note['id']}/activity",
            "type": "Create",
            "actor": self.uri,
            "published": note["published"],
            "to": note["to"],
            "cc": note["cc"],
            "object": note,
        }

    def follow(self, target: str) -> dict[str, Any]:
        """Return a Follow of a local actor."""
        return {
            "@context": STREAMS,
            "id": f"{self.uri}#follow",
            "type": "Follow",
            "actor": self.uri,
            "object": target,
        }

    def posting(self, inbox: str, activity: dict[str, Any]) -> bytes:
        """Return the signed delivery of an activity, as bytes."""
        return self.key.request("POST", inbox, self.key_id, msgspec.json.encode(activity))


class Remotes:
    """All fake servers. `received` has what came to their inboxes; `delay` is how late these answer, in seconds."""

    def __init__(self, addresses: Sequence[str], *, keys: int = 4) -> None:
        self.addresses = addresses
        self.keys = [Key() for _ in range(keys)]
        self.actors: dict[str, Actor] = {}
        self.received: list[Request] = []
        self.delay = 0.0
        self.arrived = asyncio.Event()
        self._port = 0
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Listen on all addresses. Raises OSError when no port is free on all of them."""
        for attempt in range(PORT_ATTEMPTS):
            first = await listen(self._reply, self.addresses[:1], 0)
            self._port = first[0].sockets[0].getsockname()[1]
            try:
                self._servers = first + await listen(self._reply, self.addresses[1:], self._port)
            except OSError:
                first[0].close()
                if attempt == PORT_ATTEMPTS - 1:
                    raise
            else:
                return

    def stop(self) -> None:
        """Stop listening."""
        for server in self._servers:
            server.close()

    def actor(self, address: str, name: str, *, shared_inbox: bool = True) -> Actor:
        """Make somebody on one of the addresses."""
        key = self.keys[len(self.actors) % len(self.keys)]
        made = Actor(f"{address}:{self._port}", name, key, shared_inbox)
        self.actors[made.uri] = made
        return made

    async def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until so many requests have come to the inboxes; False when they have not in that time."""
        try:
            async with asyncio.timeout(seconds):
                while len(self.received) < count:
                    self.arrived.clear()
                    await self.arrived.wait()
        except TimeoutError:
            return False
        return True

    def _reply(self, request: Request) -> Reply:
        parts = urlsplit(request.target)
        if request.method == "POST":
            self.received.append(request)
            self.arrived.set()
            return Reply(202, "text/plain", delay=self.delay)
        base = f"http://{request.headers.get('host', '')}"
        if parts.path == "/.well-known/webfinger":
            return self._webfinger(base, parse_qs(parts.query).get("resource", [""])[0])
        actor = self.actors.get(base + parts.path)
        return _NOT_FOUND if actor is None else encoded(actor.document())

    def _webfinger(self, base: str, resource: str) -> Reply:
        name = resource.removeprefix("acct:").rpartition("@")[0]
        actor = self.actors.get(f"{base}/users/{name}")
        if actor is None:
            return _NOT_FOUND
        link = {"rel": "self", "type": "application/activity+json", "href": actor.uri}
        found = {"subject": f"acct:{actor.name}@{actor.host}", "aliases": [actor.uri], "links": [link]}
        return encoded(found, "application/jrd+json")


def now() -> str:
    """Return the present moment as ActivityStreams writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
