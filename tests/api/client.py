"""An API client in the same process: real ASGI requests to the whole server, as apps send them."""

import json as jsons
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp, Message

BOUNDARY = "----fedinote-test"
_LINK = re.compile(r'<([^>]+)>; rel="([^"]+)"')


@dataclass(frozen=True, slots=True)
class File:
    """A file of a multipart body."""

    name: str
    data: bytes
    kind: str = "image/png"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return jsons.loads(self.body)

    def header(self, name: str, default: Any = None) -> Any:
        found = [value for key, value in self.headers if key == name]
        assert len(found) <= 1, f"{name} is there {len(found)} times"
        return found[0] if found else default

    @property
    def links(self) -> dict[str, str]:
        return {rel: url for url, rel in _LINK.findall(self.header("link") or "")}

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.json]


class Client:
    """Sends requests with a token (or none) from an address."""

    def __init__(self, asgi: ASGIApp, token: str | None = None, address: str = "203.0.113.7") -> None:
        self.asgi = asgi
        self.token = token
        self.address = address

    async def get(self, path: str, query: Any = None, **kw: Any) -> Answer:
        return await self.send("GET", path, query=query, **kw)

    async def post(self, path: str, json: Any = None, **kw: Any) -> Answer:
        return await self.send("POST", path, json=json, **kw)

    async def put(self, path: str, json: Any = None, **kw: Any) -> Answer:
        return await self.send("PUT", path, json=json, **kw)

    async def patch(self, path: str, json: Any = None, **kw: Any) -> Answer:
        return await self.send("PATCH", path, json=json, **kw)

    async def delete(self, path: str, json: Any = None, **kw: Any) -> Answer:
        return await self.send("DELETE", path, json=json, **kw)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Any = None,
        json: Any = None,
        form: Any = None,
        parts: Sequence[tuple[str, str | File]] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: tuple[str, bytes] | None = None,
        chunks: Sequence[bytes] | None = None,
    ) -> Answer:
        """Send one request: `form` urlencoded, `parts` multipart, `raw` (type, bytes), `chunks` without a length."""
        kind, body = raw or _body(json, form, parts)
        split = urlsplit(path)
        lines = {"accept": "application/json", **({"content-type": kind} if kind else {})}
        lines.update({name.lower(): value for name, value in (headers or {}).items()})
        if self.token and "authorization" not in lines:
            lines["authorization"] = f"Bearer {self.token}"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": split.path,
            "raw_path": split.path.encode(),
            "query_string": (urlencode(query, doseq=True) if query else split.query).encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in lines.items()],
            "client": (self.address, 40000),
            "server": ("localhost", 8000),
        }
        return await _exchange(self.asgi, scope, list(chunks or [body]))


def _body(json: Any, form: Any, parts: Sequence[tuple[str, str | File]] | None) -> tuple[str, bytes]:
    if json is not None:
        return "application/json", jsons.dumps(json).encode()
    if form is not None:
        return "application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()
    if parts is not None:
        return f"multipart/form-data; boundary={BOUNDARY}", multipart(parts)
    return "", b""


def multipart(parts: Sequence[tuple[str, str | File]]) -> bytes:
    lines = []
    for name, value in parts:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, File):
            head += f'; filename="{value.name}"\r\nContent-Type: {value.kind}'
            lines.append(head.encode() + b"\r\n\r\n" + value.data + b"\r\n")
        else:
            lines.append(f"{head}\r\n\r\n{value}\r\n".encode())
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


async def _exchange(asgi: ASGIApp, scope: dict[str, Any], chunks: list[bytes]) -> Answer:
    messages: list[Message] = []

    async def receive() -> Message:
        if not chunks:
            return {"type": "http.disconnect"}
        body = chunks.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(chunks)}

    async def send(message: Message) -> None:
        messages.append(message)

    await asgi(scope, receive, send)
    headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in messages[0]["headers"]]
    return Answer(messages[0]["status"], headers, b"".join(m.get("body", b"") for m in messages[1:]))
