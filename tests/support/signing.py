"""Requests that other servers sign, as they should be and in every way in which they should not."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Protocol

from fedinote.activitypub import keys
from fedinote.activitypub.keys import PrivateKeyObject
from tests.support.fakefedi import ACTIVITY, FakeActor

Headers = list[tuple[str, str]]


class Place(Protocol):
    """A server of ours, wherever it runs: `host` is `localhost:PORT`."""

    host: str


FULL = "(request-target) host date digest content-type"


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def http_date(moment: datetime | None = None) -> str:
    return format_datetime(moment or datetime.now(UTC), usegmt=True)


@dataclass(frozen=True)
class Way:
    """How a request is signed and sent; as it stands, in the right way.

    `names` are the signed headers; `headers` change what is sent (None: left out), `claims` what is signed instead of
    what is sent; `parameters` go into the Signature header; `after` may change all headers once they are signed.
    """

    names: str = FULL
    algorithm: str | None = "rsa-sha256"
    key: PrivateKeyObject | None = None
    key_id: str | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    method: str = "POST"
    after: Callable[[Headers], Headers] = lambda headers: headers


RIGHT = Way()


@dataclass(frozen=True)
class MessageWay(Way):
    """The same by RFC 9421: `names` are the covered components, `created` and `expires` seconds from now."""

    names: str = "@method @target-uri content-digest"
    algorithm: str | None = "rsa-v1_5-sha256"
    created: int | None = 0
    expires: int | None = None


RFC9421 = MessageWay()


def signed(actor: FakeActor, host: str, path: str, body: bytes, way: Way = RIGHT) -> Headers:
    """All headers of a request to `host`, with a signature of the actor's."""
    if isinstance(way, MessageWay):
        return _message(actor, host, path, body, way)
    sent: dict[str, str | None] = {
        "host": host,
        "date": http_date(),
        "digest": f"SHA-256={sha256(body)}",
        "content-type": ACTIVITY,
    }
    sent |= way.headers
    values = {
        "(request-target)": f"{way.method.lower()} {path}",
        **{name: value for name, value in sent.items() if value is not None},
        **{f"({name})": str(value) for name, value in way.parameters.items()},
        **way.claims,
    }
    message = "\n".join(f"{name}: {values[name]}" for name in way.names.split()).encode()
    mark = base64.b64encode(keys.sign_bytes(way.key or actor.key, message)).decode()
    parts = [f'keyId="{way.key_id or actor.key_id}"']
    parts += [f'algorithm="{way.algorithm}"'] if way.algorithm else []
    parts += [f"{name}={value}" for name, value in way.parameters.items()]
    parts += [f'headers="{way.names}"', f'signature="{mark}"']
    headers = [(name, value) for name, value in sent.items() if value is not None]
    return way.after([*headers, ("signature", ",".join(parts))])


def _message(actor: FakeActor, host: str, path: str, body: bytes, way: MessageWay) -> Headers:
    sent: dict[str, str | None] = {
        "host": host,
        "date": http_date(),
        "content-digest": f"sha-256=:{sha256(body)}:" if way.method == "POST" else None,
        "content-type": ACTIVITY,
    }
    sent |= way.headers
    derived = {
        "@method": way.method,
        "@target-uri": f"http://{host}{path}",
        "@authority": host,
        "@path": path.partition("?")[0],
        "@query": f"?{path.partition('?')[2]}",
    }
    values = {**derived, **{name: value for name, value in sent.items() if value is not None}, **way.claims}
    now = int(datetime.now(UTC).timestamp())
    names = way.names.split()
    stated = "(" + " ".join(f'"{name}"' for name in names) + ")"
    stated += f";created={now + way.created}" if way.created is not None else ""
    stated += f";expires={now + way.expires}" if way.expires is not None else ""
    stated += f';keyid="{way.key_id or actor.key_id}"' + (f';alg="{way.algorithm}"' if way.algorithm else "")
    base = "\n".join([*(f'"{name}": {values[name]}' for name in names), f'"@signature-params": {stated}'])
    mark = base64.b64encode(keys.sign_bytes(way.key or actor.key, base.encode())).decode()
    headers = [(name, value) for name, value in sent.items() if value is not None]
    return way.after([*headers, ("signature-input", f"sig1={stated}"), ("signature", f"sig1=:{mark}:")])


async def send(instance: Place, path: str, body: bytes, headers: Headers, method: str = "POST") -> int:
    """Send exactly these headers (duplicates too, and the instance's Host when there is none); the status."""
    if not any(name == "host" for name, _ in headers):
        headers = [("host", instance.host), *headers]
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"content-length: {len(body)}", "connection: close", "", ""]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(instance.host.rpartition(":")[2]))
    try:
        writer.write("\r\n".join(lines).encode("latin-1") + body)
        answer = await reader.read()
    finally:
        writer.close()
    return int(answer.split(b" ", 2)[1])


async def deliver(
    instance: Place,
    actor: FakeActor,
    activity: Mapping[str, Any] | bytes,
    way: Way = RIGHT,
    *,
    path: str = "/inbox",
    swapped: bytes | None = None,
) -> int:
    """Send an activity to an inbox, signed by the actor; the status. `swapped`: another body under the signature."""
    body = activity if isinstance(activity, bytes) else json.dumps(activity, ensure_ascii=False).encode()
    headers = signed(actor, instance.host, path, body, way)
    return await send(instance, path, body if swapped is None else swapped, headers)


async def fetch(instance: Place, actor: FakeActor | None, url: str, way: Way | None = None) -> int:
    """GET a document as ActivityPub, signed by an actor or (None) not at all; the status."""
    path = url.removeprefix(f"http://{instance.host}")
    headers: Headers = [("accept", ACTIVITY)]
    if actor is not None:
        bare = {"digest": None, "content-type": None}
        way = way or Way(names="(request-target) host date", method="GET", headers=bare)
        headers += signed(actor, instance.host, path, b"", way)
    return await send(instance, path, b"", headers, "GET")
