"""From a request of the client API to its handler and back: the route table, who calls, and the answer.

A module of `api/` ends with a literal `ROUTES = (route(...), …)`, and `routes.py` joins them. A handler is
`async def show(call: Call) -> Any`; what it returns is encoded as JSON (a `Page` gets its Link header too), unless
it is a Starlette response. Errors are raised, and become HTTP in `server.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from fedinote.api import access
from fedinote.api.access import Auth
from fedinote.api.paging import Page, link_header
from fedinote.api.params import Params, is_id, read
from fedinote.auth.viewer import AppToken, Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import MethodNotAllowed, NotFound, Unauthorized

Handler = Callable[["Call"], Awaitable[Any]]
WEBSOCKET = "WEBSOCKET"
_JSON = (b"content-type", b"application/json; charset=utf-8")
_VARY = (b"vary", b"authorization")
_PRIVATE = (b"cache-control", b"private, no-store")
# Without a word about it a cache may keep an answer as long as it likes (RFC 9111, section 4.2.2).
_BRIEFLY = (b"cache-control", b"public, max-age=15")
_NOTHING: tuple[tuple[str, str], ...] = ()
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Call:
    """One request as a handler sees it. `viewer` is None without a token, and for a token of an app alone."""

    app: App
    viewer: Viewer | None
    path: Mapping[str, str]
    params: Params
    request: Request
    app_token: AppToken | None = None
    page_limit: int = 1
    socket: WebSocket | None = None

    @property
    def me(self) -> Viewer:
        """The person who calls. `Unauthorized` when there is none."""
        if self.viewer is None:
            raise Unauthorized
        return self.viewer

    @property
    def viewer_id(self) -> int | None:
        """The account id of the person who calls, or None."""
        return None if self.viewer is None else self.viewer.account_id

    def id(self, name: str = "id") -> int:
        """Return an id of the path. `NotFound` when it cannot be one of ours."""
        text = self.path[name]
        if not is_id(text):
            raise NotFound
        return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer with another status than 200, or with headers of its own (lower case, pairs)."""

    body: Any
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. `names` are the parameters of the path, in order."""

    method: str
    path: str
    handler: Handler
    auth: Auth
    scopes: tuple[str, ...]
    limit: str | None
    names: tuple[str, ...]


def route(
    method: str, path: str, handler: Handler, *, auth: Auth, scopes: tuple[str, ...] = (), limit: str | None = None
) -> Route:
    """Describe a route. One of `scopes` is enough; `limit` names one of `access.LIMITS`.

    `auth`: "public" (no token is looked at), "optional-user" (a token is looked at when there is one), "app" (any
    token), "user" (a person's token). Paths are like "/api/v1/accounts/{id}". The method WEBSOCKET (always "public")
    gives the handler a `call.socket` that it accepts or refuses itself.
    """
    if limit is not None and limit not in access.LIMITS:
        raise ValueError(f"{path}: no limit is called {limit}")
    names = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
    return Route(method, path, handler, auth, scopes, limit, names)


class WrongMethod(MethodNotAllowed):
    """The path is there for other methods: `allow` lists them (RFC 9110, section 15.5.6)."""

    def __init__(self, allow: str) -> None:
        super().__init__()
        self.allow = allow


@dataclass(slots=True)
class _Node:
    """A place in the tree of paths: what may come next, and the routes that end here, by method."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Table:
    """All routes: paths without parameters in a dict, the others in a tree of their segments."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._exact: dict[str, dict[str, Route]] = {}
        self._root = _Node()
        for one in routes:
            self._add(one)

    def _add(self, one: Route) -> None:
        if one.names:
            node = self._root
            for part in one.path.split("/")[1:]:
                if part.startswith("{"):
                    node.variable = node.variable or _Node()
                    node = node.variable
                else:
                    node = node.literal.setdefault(part, _Node())
            methods = node.routes
        else:
            methods = self._exact.setdefault(one.path, {})
        if one.method in methods:
            raise ValueError(f"two routes for {one.method} {one.path}")
        methods[one.method] = one

    def match(self, path: str) -> tuple[dict[str, Route], list[str]] | None:
        """Return the routes at a path (no trailing slash) by method, and the path's values; None if none."""
        methods = self._exact.get(path)
        if methods is not None:
            return methods, []
        values: list[str] = []
        node = _descend(self._root, path.split("/"), 1, values)
        return None if node is None else (node.routes, values)


def _descend(node: _Node, parts: list[str], at: int, values: list[str]) -> _Node | None:
    if at == len(parts):
        return node if node.routes else None
    part = parts[at]
    below = node.literal.get(part)
    if below is not None:
        found = _descend(below, parts, at + 1, values)
        if found is not None:
            return found
    if node.variable is None or not part:
        return None
    values.append(part)
    found = _descend(node.variable, parts, at + 1, values)
    if found is None:
        values.pop()
    return found


class Api:
    """The ASGI application of the client API. Errors come out of it as exceptions."""

    def __init__(self, app: App, routes: Sequence[Route]) -> None:
        self.app = app
        self.table = Table(routes)

    def knows(self, path: str) -> bool:
        """Tell whether any route has this path (no trailing slash)."""
        return self.table.match(path) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or web socket. Raises errors of the tree: `NotFound`, `WrongMethod` and the handler's."""
        found, values = self._find(scope)
        path = dict(zip(found.names, values, strict=True))
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            call = Call(self.app, None, path, Params({}), Request({**scope, "type": "http"}), socket=socket)
            await found.handler(call)
            return
        request = Request(scope, receive)
        try:
            answer, call = await self._answer(found, path, request)
        finally:
            await request.close()  # the files of a form
        if isinstance(answer, Response):
            await answer(scope, receive, send)
            return
        await _send(send, call, answer)

    def _find(self, scope: Scope) -> tuple[Route, list[str]]:
        match = self.table.match(scope["path"])
        if match is None:
            raise NotFound("Not found")
        methods, values = match
        method = WEBSOCKET if scope["type"] == "websocket" else scope["method"]
        found = methods.get("GET" if method == "HEAD" else method)
        if found is None:
            names = [*(name for name in methods if name != WEBSOCKET), *(["HEAD"] if "GET" in methods else [])]
            raise WrongMethod(", ".join(names))
        return found, values

    async def _answer(self, found: Route, path: Mapping[str, str], request: Request) -> tuple[Any, Call]:
        app = self.app
        caller = await self._caller(found, request)
        params = await read(request)
        if found.limit is not None:
            access.count(app, request, caller, access.LIMITS[found.limit], found.limit)
        elif "max_id" in params:
            access.count(app, request, caller, access.LIMITS["paging"], "paging")
        viewer = caller if isinstance(caller, Viewer) else None
        call = Call(app, viewer, path, params, request, caller if isinstance(caller, AppToken) else None)
        return await found.handler(call), call

    async def _caller(self, found: Route, request: Request) -> access.Caller:
        app = self.app
        try:
            caller = await access.identify(app, request, found.auth)
        except Unauthorized:
            access.count(app, request, None, access.ADDRESS)  # guessing tokens is counted like any other stranger
            raise
        access.count(app, request, caller, access.USER if isinstance(caller, Viewer) else access.ADDRESS)
        if caller is not None:
            access.count(app, request, caller, access.TOKEN, "token")
        access.check(caller, found.auth, found.scopes)
        return caller


async def _send(send: Send, call: Call, answer: Any) -> None:
    status, link, more = 200, None, _NOTHING
    if isinstance(answer, Page):
        link, answer = link_header(call, answer), answer.items
    elif isinstance(answer, Answer):
        status, more, answer = answer.status, answer.headers, answer.body
    body = _encode(answer)
    headers = [_JSON, _VARY, (b"content-length", str(len(body)).encode())]
    headers += [(name.encode(), value.encode("latin-1")) for name, value in more]
    if call.viewer is not None or call.app_token is not None or call.request.method not in ("GET", "HEAD"):
        headers.append(_PRIVATE)
    elif not any(name == "cache-control" for name, _ in more):
        headers.append(_BRIEFLY)
    if link is not None:
        headers.append((b"link", link.encode("latin-1")))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if call.request.method == "HEAD" else body})
