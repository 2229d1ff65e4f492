"""The OpenAPI document, held against the routes, the handlers' code and the answers of a running server."""

from typing import Any

import jsonschema
import pytest
import pytest_asyncio

from fedinote.api.description import operations
from fedinote.api.openapi import PATH
from fedinote.api.routes import ROUTES
from fedinote.api.routing import WEBSOCKET, Route
from fedinote.auth.viewer import covers
from tests.api import read_names
from tests.api.client import Client
from tests.api.inhabited import QUERY, Inhabited

TABLE = [route for route in ROUTES if route.method != WEBSOCKET]
STREAMS = "/api/v1/streaming/"
NO_SUCH_THING = {  # what Inhabited cannot have: other servers, another season, work that is under way
    "/api/v1/annual_reports/{year}",
    "/api/v1/notifications/requests/{id}",
    "/api/v1/push/subscription",
    "/api/v1/instance/privacy_policy",
    "/api/v1/instance/terms_of_service",
    "/api/v1/instance/terms_of_service/{date}",
    "/api/v1_alpha/async_refreshes/{id}",
    "/api/v1/admin/tags/{id}",
    "/api/fedinote/v1/imports/{id}",
    "/api/fedinote/v1/imports/{id}/failures.csv",
    "/api/oembed",
    "/api/fedinote/v1/statuses/{id}/readings",  # what is written there is English
    "/api/fedinote/v1/statuses/{id}/translations/{lang}",
    "/api/fedinote/v1/admin/glossary/{id}",
}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest_asyncio.fixture
async def place(app: Any) -> Inhabited:
    return await Inhabited(app).settle()


@pytest.fixture
async def document(stranger: Client) -> Any:
    answer = await stranger.get(PATH)
    assert answer.status == 200
    return answer.json


async def test_scripts_of_other_sites_may_read_the_document_and_keep_it(stranger: Client) -> None:
    answer = await stranger.get(PATH, headers={"Origin": "https://app.example"})
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("cache-control") == "public, max-age=3600"
    assert answer.header("content-type") == "application/json"


async def test_every_route_is_in_the_document_and_nothing_else(document: Any) -> None:
    written = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    assert written == {(route.method, route.path) for route in TABLE}


async def test_every_route_names_the_scopes_that_it_asks_for(document: Any) -> None:
    for route in TABLE:
        asked = document["paths"][route.path][route.method.lower()]["security"]
        scopes = {scope for one in asked for scope in one.get("oauth", ())}
        assert scopes == (set() if route.auth == "public" else set(route.scopes)), name(route)
        assert ({} in asked or not asked) == (route.auth in ("public", "optional-user")), name(route)
        known = document["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]["scopes"]
        assert all(any(covers([one], scope) for one in known) for scope in scopes)


async def test_the_document_is_valid_and_every_reference_leads_somewhere(document: Any) -> None:
    components = document["components"]
    for found in _references(document):
        _, _, kind, what = found.split("/")
        assert what in components[kind], found
    for schema in components["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    for path, found in document["paths"].items():
        for one in found.values():
            wanted = {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert {each["name"] for each in one["parameters"] if each["in"] == "path"} == wanted


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for below in value.values() for one in _references(below)]
    return [one for below in value for one in _references(below)] if isinstance(value, list) else []


def test_every_route_has_a_line_in_the_tables_and_every_line_a_route() -> None:
    """`python -m tests.api.read_names` prints what a new route's line may look like."""
    described = set(operations.described())
    served = {(route.method, route.path) for route in TABLE}
    assert served - described == set()
    assert described - served == set()


@pytest.mark.parametrize("route", [one for one in TABLE if not one.path.startswith(STREAMS)], ids=name)
def test_every_parameter_that_a_handler_reads_is_described(route: Route) -> None:
    said = operations.described()[route.method, route.path].parameters
    assert read_names.of_route(route).keys() - read_names.described(said) == set()


async def test_real_answers_are_what_the_document_says(place: Inhabited) -> None:
    document = (await place.stranger.get(PATH)).json
    components = {"schemas": {one: _closed(found) for one, found in document["components"]["schemas"].items()}}
    problems = {}
    for route in TABLE:
        if route.method != "GET" or (route.path.startswith(STREAMS) and "health" not in route.path):
            continue
        responses = document["paths"][route.path]["get"]["responses"]
        if "200" not in responses:
            assert operations.described()["GET", route.path].status == 404
            assert (await place.alice.get(place.path(route))).status == 404
            continue
        said = responses["200"]["content"]
        if found := await _problems(place, route, said, components):
            problems[route.path] = found
    assert not problems, "\n".join(f"{path}: {found}" for path, found in problems.items())


async def _problems(place: Inhabited, route: Route, said: Any, components: Any) -> list[str]:
    who = place.owner if "/admin/" in route.path else place.bob if "filters" in route.path else place.alice
    query = {**QUERY, "id[]": [place.made["post"] if "statuses" in route.path else place.bob.id]}
    answer = await who.get(place.path(route), query)
    if answer.status != 200:
        return [] if route.path in NO_SUCH_THING else [f"{answer.status}: {answer.body[:200]!r}"]
    kind, schema = next(iter(said.items()))
    if kind != "application/json":
        return [] if answer.header("content-type").startswith(kind) else [answer.header("content-type")]
    validator = jsonschema.Draft202012Validator({**schema["schema"], "components": components})
    errors = [*validator.iter_errors(answer.json)]
    found = [one for error in errors for one in (error.context or [error])]
    found = [one for error in found for one in (error.context or [error])]
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message[-200:]}" for one in found][:5]


def _closed(schema: Any) -> Any:
    """A schema that allows nothing which it does not name: so that the document forgets no key."""
    return {**schema, "additionalProperties": False} if "properties" in schema else schema


async def test_most_lists_of_the_inhabited_server_hold_something(place: Inhabited) -> None:
    """Else the test of answers would compare empty lists."""
    empty = set()
    for route in TABLE:
        if route.method != "GET" or route.path.startswith(STREAMS) or "/admin/" in route.path:
            continue
        who = place.bob if "filters" in route.path else place.alice
        answer = await who.get(place.path(route), {**QUERY, "id[]": [place.bob.id]})
        if answer.status == 200 and answer.body == b"[]":
            empty.add(route.path)
    assert len(empty) < 30, empty
