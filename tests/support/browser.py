"""A browser without a screen: speaks to an ASGI application, keeps cookies, fills forms, follows nothing by itself."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
_INPUT = re.compile(r"<(?:input|button)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it goes, and its hidden fields."""

    action: str
    hidden: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.header("location")

    def header(self, name: str) -> str:
        """Return the last header of this name, "" when there is none."""
        return ([""] + [value for key, value in self.headers if key == name])[-1]

    def cookies(self) -> list[str]:
        """Return the Set-Cookie headers."""
        return [value for key, value in self.headers if key == "set-cookie"]

    @property
    def forms(self) -> list[Form]:
        """The forms of the page itself: those of its frame (signing out) stand before `<main>`."""
        inside = self.text.partition("<main")[2] or self.text
        return [_form(attributes, inside) for attributes, inside in _FORM.findall(inside)]


def _form(attributes: str, inside: str) -> Form:
    inputs = [dict(_ATTRIBUTE.findall(one)) for one in _INPUT.findall(inside)]
    hidden = {one["name"]: html.unescape(one.get("value", "")) for one in inputs if one.get("type") == "hidden"}
    return Form(html.unescape(dict(_ATTRIBUTE.findall(attributes)).get("action", "")), hidden)


class Browser:
    """One browser at one address, with its own cookies."""

    def __init__(self, asgi: ASGIApp, *, host: str, address: str = "203.0.113.9") -> None:
        self.asgi = asgi
        self.host = host
        self.address = address
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, b"", headers)

    async def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        body = urlencode(fields or {}).encode()
        return await self.send("POST", path, body, {"content_type": "application/x-www-form-urlencoded", **headers})

    async def post_json(self, path: str, value: Any, **headers: str) -> Answer:
        return await self.send(
            "POST", path, json.dumps(value).encode(), {"content_type": "application/json", **headers}
        )

    async def submit(
        self,
        page: Answer,
        fields: Mapping[str, str] | None = None,
        *,
        number: int = 0,
        headers: Mapping[str, str] | None = None,
        **values: str,
    ) -> Answer:
        """Send a form of a page with its hidden fields and these values."""
        form = page.forms[number]
        return await self.post(form.action, {**form.hidden, **(fields or {}), **values}, **(headers or {}))

    async def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send one request; underscores in the names of headers stand for hyphens."""
        parts = urlsplit(path)
        lines = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        lines.setdefault("host", self.host)
        lines.setdefault("accept", "text/html")
        if self.cookies:
            lines.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in lines.items()],
            "client": (self.address, 40000),
            "server": (self.host, 443),
        }
        return await self._exchange(scope, body)

    async def _exchange(self, scope: dict[str, Any], body: bytes) -> Answer:
        messages: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        await self.asgi(scope, receive, send)
        headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in messages[0]["headers"]]
        answer = Answer(messages[0]["status"], headers, b"".join(m.get("body", b"") for m in messages[1:]))
        for line in answer.cookies():
            self._keep(line)
        return answer

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
