"""The shared corpus as a whole fediverse: its documents under their real names, and our keys in its actors' hands.

The product asks for `https://host/path` and judges all that it always judges. Only the last step is bent: every
request goes to one port on loopback, with the Host that was asked for.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from fedinote.activitypub import vocab
from fedinote.activitypub.shapes import items, reference, types
from fedinote.infra import requests
from fedinote.infra.outbound import Outbound
from tests.support.fakefedi import CONTEXT, JRD, Answer, FakeActor, FakeHost, Seen, jrd, rsa_key

SCHEME = "x-scheme"
WHOLE = frozenset({"inbox", "preferredUsername"})
"""What an actor's document needs to be one that can be federated with."""
_SAYS = frozenset(
    ("content", "contentMap", "inbox", "actor", "name", "orderedItems", "items", "object", "attributedTo", "first")
)


class MappedOutbound(Outbound):
    """Sends everything to one port on loopback, with the Host that was asked for; all rules and checks stay."""

    place = ""

    async def _send(self, session: aiohttp.ClientSession, request: requests.Request) -> aiohttp.ClientResponse:
        parts = urlsplit(request.target.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {**request.headers, "Host": parts.netloc, SCHEME: parts.scheme}
        there = replace(request.target, url=f"http://{self.place}{target}")
        return await super()._send(session, replace(request, target=there, headers=headers))


@dataclass(frozen=True)
class Row:
    """A line of the index: the file, what it means, and the document itself."""

    file: str
    expected: dict[str, Any]
    document: dict[str, Any]

    @property
    def do(self) -> str:
        return str(self.expected["do"])


def load(folder: Path) -> list[Row]:
    index = folder / "index.tsv"
    if not index.exists():
        return []
    lines = (line.split("\t") for line in index.read_text(encoding="utf-8").splitlines()[1:])
    return [Row(cells[0], json.loads(cells[7]), _read(folder / cells[0])) for cells in lines]


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def parts(document: Any, context: Any = None) -> Iterator[dict[str, Any]]:
    """Everything in a document that has an id and something to say, each with the context that it stands in."""
    if isinstance(document, list):
        for entry in document:
            yield from parts(entry, context)
    if not isinstance(document, dict):
        return
    context = document.get("@context", context)
    identity = document.get("id")
    if isinstance(identity, str) and identity.startswith("http") and "#" not in identity and _SAYS & set(document):
        yield {"@context": context, **document} if context else document
    for key, value in document.items():
        if key != "@context":
            yield from parts(value, context)


def people(document: Any) -> Iterator[str]:
    """The ids of all who are named in a document: actors, authors, those mentioned."""
    if isinstance(document, list):
        for entry in document:
            yield from people(entry)
    if not isinstance(document, dict):
        return
    for key in ("actor", "attributedTo"):
        yield from (uri for entry in items(document.get(key)) if (uri := vocab.web_uri(entry)))
    if "Mention" in types(document) and (href := vocab.web_uri(document.get("href"))):
        yield href
    for key, value in document.items():
        if key != "@context":
            yield from people(value)


def made_up(uri: str, **fields: Any) -> dict[str, Any]:
    """An actor who is only named in the corpus."""
    place = urlsplit(uri)
    last = (place.path.rstrip("/").split("/")[-1] or place.netloc.split(".")[0]).lstrip("@~")
    name = re.sub(r"[^A-Za-z0-9_.-]", "", last)[:60] or "user"
    base = uri.rstrip("/")
    found = {"@context": CONTEXT, "id": uri, "type": "Person", "preferredUsername": name, "name": name}
    return found | {"inbox": f"{base}/inbox", "outbox": f"{base}/outbox", "followers": f"{base}/followers"} | fields


@dataclass
class Fediverse:
    """What there is at each URL while one row is replayed."""

    documents: dict[str, dict[str, Any]]
    missing: set[str] = field(default_factory=set)

    def serve(self, document: dict[str, Any]) -> dict[str, Any]:
        self.documents[document["id"]] = with_our_key(document)
        return document

    def actor(self, uri: str, **fields: Any) -> FakeActor:
        """Somebody who can sign: as the corpus has the actor, or made up."""
        found = self.documents.get(uri)
        if found is None or not found.keys() >= WHOLE or fields:
            found = self.serve(made_up(uri, **fields))
        document = with_our_key(found)
        self.documents[uri] = document
        host = FakeHost(None, urlsplit(uri).netloc, urlsplit(uri).scheme)  # type: ignore[arg-type]
        return FakeActor(host, str(document.get("preferredUsername")), document, rsa_key(0)[0])

    def key_id(self, uri: str) -> str:
        key = self.documents[uri]["publicKey"]
        return str(reference(key[0]["id"] if isinstance(key, list) else key["id"]))

    def answer(self, seen: Seen) -> Answer:
        if seen.method == "POST":
            return Answer(status=202, content_type=None)
        if seen.path == "/.well-known/webfinger":
            return self._finger(seen)
        url = f"{seen.headers[SCHEME]}://{seen.host}{seen.target}"
        found = next((self.documents[u] for u in (url, url.rstrip("/")) if u in self.documents), None)
        if found is None or url in self.missing:
            return Answer({"error": "not here"}, 404)
        return Answer(found, 410 if "Tombstone" in types(found) else 200)

    def _finger(self, seen: Seen) -> Answer:
        resource = parse_qs(urlsplit(seen.target).query).get("resource", [""])[0].removeprefix("acct:")
        for uri, document in self.documents.items():
            handle = f"{document.get('preferredUsername')}@{urlsplit(uri).netloc}"
            if vocab.is_actor(document) and handle.lower() == resource.lower():
                return Answer(jrd(resource, uri), content_type=JRD)
        return Answer({}, 404)


def with_our_key(document: dict[str, Any]) -> dict[str, Any]:
    """An actor whose private key we have; the key's id and owner stay what they are. Anything else as it is."""
    if not vocab.is_actor(document) or not document.get("inbox"):
        return document
    stated = document.get("publicKey")
    entry = stated if isinstance(stated, dict) else {}
    uri = document["id"]
    key = {"id": f"{uri}#main-key", "owner": uri, **entry, "publicKeyPem": rsa_key(0)[1]}
    return {**{k: v for k, v in document.items() if k not in ("proof", "signature")}, "publicKey": key}


class Corpus:
    """All rows, and the documents that they make up together."""

    def __init__(self, rows: list[Row]) -> None:
        found: dict[str, dict[str, Any]] = {}
        named: set[str] = set()
        for row in rows:
            for part in parts(row.document):
                known = found.get(part["id"])
                if known is None or part["id"] == row.document.get("id") or len(part) > len(known):
                    found[part["id"]] = part
            named |= set(people(row.document))
        for uri in named:
            if not found.get(uri, {}).keys() >= WHOLE:
                found[uri] = made_up(uri)
        self._documents = {uri: with_our_key(document) for uri, document in found.items()}

    def around(self, row: Row) -> Fediverse:
        """The fediverse as this row sees it: where rows differ about a document, this row is right."""
        own = {part["id"]: with_our_key(part) for part in parts(row.document)}
        identity = vocab.web_uri(row.document.get("id"))
        if identity:
            own[identity] = with_our_key(row.document)
        actors = {uri for uri in people(row.document) if not own.get(uri, {}).keys() >= WHOLE} - {identity}
        return Fediverse(self._documents | own | {u: self._documents[u] for u in actors if u in self._documents})
