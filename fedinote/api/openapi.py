"""The description of the client API as an OpenAPI 3.1 document, made from the table of routes.

Every route of the table is in it, with the scopes that the table asks for; what routes take and answer comes from
`description`. https://spec.openapis.org/oas/v3.1.0
"""

import inspect
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from fedinote import __version__
from fedinote.api.description import drafts, entities, kinds, operations
from fedinote.api.description.operations import Described
from fedinote.api.routing import WEBSOCKET, Call, Route, route
from fedinote.auth import scopes
from fedinote.infra.app import App

PATH = "/api/openapi.json"
_CACHE = "openapi-document"
_MAX_AGE = 3600
_BODIES = ("POST", "PUT", "PATCH")
_SCHEME = "oauth"
_MEDIA = {"csv": "text/csv", "events": "text/event-stream", "text": "text/plain"}
_ERRORS = {
    400: "The request cannot be read.",
    401: "No token, or one that is not valid.",
    403: "Not allowed, or a scope is missing.",
    404: "Not there, or not for the caller.",
    422: "A value is wrong.",
    429: "Too often.",
}


def document(app: App, routes: Iterable[Route]) -> dict[str, Any]:
    """Return the whole document for an instance."""
    table = operations.described()
    paths: dict[str, dict[str, Any]] = {}
    for one in routes:
        if one.method != WEBSOCKET:
            said = table.get((one.method, one.path), operations.UNKNOWN)
            paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, said)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FediNote",
            "version": __version__,
            "description": "Mastodon's client API (https://docs.joinmastodon.org/client/intro/) as this server has it.",
        },
        "servers": [{"url": app.settings.base}],
        "paths": paths,
        "components": {
            "schemas": {**entities.schemas(), **drafts.schemas()},
            "responses": {str(status): _error(text) for status, text in _ERRORS.items()},
            "securitySchemes": {_SCHEME: _security(app)},
        },
    }


def _operation(one: Route, said: Described) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": _name(one),
        "summary": _summary(one),
        "tags": [one.handler.__module__.rpartition(".")[2]],
        "parameters": [_in_path(name) for name in one.names],
        "responses": {str(said.status): _answer(said), **_refusals(one)},
        "security": _asks(one),
    }
    given = list(kinds.members(said.parameters))
    if one.method in _BODIES:
        if given:
            found["requestBody"] = _body(said)
    else:
        found["parameters"] += [_in_query(*member) for member in given]
    return found


def _name(one: Route) -> str:
    words = [part.strip("{}").replace(".", "_").replace("-", "_") for part in one.path.split("/") if part]
    return "_".join([one.method.lower(), *words])


def _summary(one: Route) -> str:
    """Return the first paragraph of what the handler says of itself, without the route that it may begin with."""
    text = inspect.getdoc(one.handler) or f"{one.method} {one.path}"
    return " ".join(text.split("\n\n")[0].split())


def _in_path(name: str) -> dict[str, Any]:
    kind = "id" if name == "id" or name.endswith("_id") else "text"
    return {"name": name, "in": "path", "required": True, "schema": kinds.schema(kind)}


def _in_query(name: str, mark: str, kind: str) -> dict[str, Any]:
    listed = kind.startswith("[")
    found = {"name": f"{name}[]" if listed else name, "in": "query", "schema": kinds.schema(kind)}
    return {**found, "required": True} if mark == "!" else found


def _body(said: Described) -> dict[str, Any]:
    """Return the body; JSON, and a form too. Files come in forms only."""
    schema = drafts.parameters(said.parameters)
    with_files = ":file" in said.parameters
    types = ["multipart/form-data"] if with_files else ["application/json", "application/x-www-form-urlencoded"]
    return {"required": "required" in schema, "content": {kind: {"schema": schema} for kind in types}}


def _answer(said: Described) -> dict[str, Any]:
    kind = _MEDIA.get(said.answer)
    schema = kinds.schema("text" if kind else said.answer)
    content = {kind or "application/json": {"schema": schema}}
    return {"description": HTTPStatus(said.status).phrase, "content": content}


def _refusals(one: Route) -> dict[str, Any]:
    statuses = [400, 404, 422, 429] if one.auth == "public" else list(_ERRORS)
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": kinds.schema("Error")}}}


def _asks(one: Route) -> list[dict[str, Sequence[str]]]:
    """Return the alternatives: one for each scope that is enough, and none at all where no token is needed."""
    if one.auth == "public":
        return []
    needed: list[dict[str, Sequence[str]]] = [{_SCHEME: [scope]} for scope in one.scopes] or [{_SCHEME: []}]
    return [*needed, {}] if one.auth == "optional-user" else needed


def _security(app: App) -> dict[str, Any]:
    granted = dict.fromkeys(scopes.ALL, "")
    token = app.url("/oauth/token")
    code = {"authorizationUrl": app.url("/oauth/authorize"), "tokenUrl": token, "scopes": granted}
    return {
        "type": "oauth2",
        "flows": {"authorizationCode": code, "clientCredentials": {"tokenUrl": token, "scopes": granted}},
    }


async def show(call: Call) -> Response:
    """Describe this API in OpenAPI 3.1: every route with its scopes, parameters and answers."""
    body = call.app.caches.get(_CACHE)
    if body is None:
        from fedinote.api.routes import ROUTES as EVERYTHING  # the table that this route is in

        body = call.app.caches[_CACHE] = msgspec.json.encode(document(call.app, EVERYTHING))
    headers = {"Cache-Control": f"public, max-age={_MAX_AGE}"}
    return Response(body, headers=headers, media_type="application/json")


ROUTES = (route("GET", PATH, show, auth="public"),)
