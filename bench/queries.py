"""How many SQL statements a page takes: the application is called in this process, and its own counter is read."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from fedinote import server
from fedinote.bootstrap import running
from fedinote.infra.settings import Settings


async def count(settings: Settings, token: str, paths: Mapping[str, str]) -> dict[str, int]:
    """Return the number of statements of each page, by its name, once the caches are warm."""
    found = {}
    async with running(settings) as app:
        asgi = server.create(app)
        for name, path in paths.items():
            await _get(asgi, path, token)
            before = app.db.statements
            await _get(asgi, path, token)
            found[name] = app.db.statements - before
    return found


async def _get(asgi: ASGIApp, target: str, token: str) -> None:
    """Ask for a page. Raises RuntimeError when the answer is no 200."""
    parts = urlsplit(target)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await asgi(scope, receive, send)
    if status != 200:
        raise RuntimeError(f"GET {target}: {status}")
