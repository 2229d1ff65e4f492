"""Which parameters the handlers of the API read, found in their code: the check on what the OpenAPI document says."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from fedinote.api.description import drafts, kinds, operations
from fedinote.api.routes import ROUTES
from fedinote.api.routing import Route

READERS = {
    "text": "text",
    "need": "text!",
    "flag": "flag",
    "number": "number",
    "list": "[text]",
    "ids": "[id]",
    "ints": "[number]",
    "moment": "moment",
    "mapping": "object",
    "records": "[object]",
    "file": "file",
}
PAGING = ("limit", "max_id", "since_id", "min_id")


def of_route(route: Route) -> dict[str, str]:
    """Names with the kind of the first reading that is found; those of nested objects are there too, as their own."""
    found: dict[str, str] = {}
    for function in _reached(route.handler, set()):
        for name, kind in _names(function):
            found.setdefault(name, kind)
    return found


def _reached(function: Any, seen: set[Any]) -> Iterator[FunctionType]:
    function = inspect.unwrap(getattr(function, "func", function))
    if not isinstance(function, FunctionType) or function in seen or not function.__module__.startswith("fedinote.api"):
        return
    seen.add(function)
    yield function
    closure = inspect.getclosurevars(function).nonlocals.values()
    for called in [*_called(function), *(one for one in closure if callable(one))]:
        yield from _reached(called, seen)


def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _called(function: FunctionType) -> Iterator[Callable[..., Any]]:
    """Functions of the API that get the call or its parameters, or are made of such."""
    for node in ast.walk(_tree(function)):
        target: Any = None
        if isinstance(node, ast.Name):
            target = function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            holder = function.__globals__.get(node.value.id)
            target = getattr(holder, node.attr, None) if isinstance(holder, ModuleType) else None
        if callable(target):
            yield target


def _names(function: FunctionType) -> Iterator[tuple[str, str]]:
    for node in ast.walk(_tree(function)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first = node.args[0]
        if node.func.attr in READERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value, READERS[node.func.attr]
    if function.__module__ == "fedinote.api.paging" and function.__name__ == "paging":
        yield from ((name, "id") for name in PAGING[1:])


def described(parameters: str) -> set[str]:
    """All names of a row of parameters, with those of the objects within it."""
    found = set()
    for name, _, kind in kinds.members(parameters):
        found.add(name)
        below = drafts.schemas().get(kind.strip("[]{}"))
        for reached in _schemas(below):
            found |= reached["properties"].keys()
    return found | (WITHIN if {"poll", "translations", "source"} & found else set())


WITHIN = {"media_descriptions", "reviewed", "poll_options", "machine", "privacy", "quote_policy", "id"}
"""Names within objects whose keys are free: the languages of a post, and `source` of a profile."""


def _schemas(schema: Any) -> Iterator[Any]:
    if schema is None:
        return
    yield schema
    for one in schema["properties"].values():
        name = (one.get("$ref") or one.get("items", {}).get("$ref") or "").rpartition("/")[2]
        yield from _schemas(drafts.schemas().get(name))


def main() -> None:
    """Print a line for each route that the tables do not have yet; the answer is for people to fill in."""
    there = operations.described()
    for route in ROUTES:
        if route.method != "WEBSOCKET" and (route.method, route.path) not in there:
            names = [f"{name}:{kind}" for name, kind in of_route(route).items()]
            print(route.method, route.path, "ANSWER", *names)


if __name__ == "__main__":
    main()
