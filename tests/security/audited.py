"""Whether a handler can come to the audit log: read from the code, by the names that it and what it calls refer to."""

import functools
import types
from collections.abc import Iterator, Mapping
from typing import Any

from fedinote.moderation import audit

OURS = ("fedinote.api.", "fedinote.web.", "fedinote.moderation.", "fedinote.federation.", "fedinote.translation.")
ASIDE = ("fedinote.web.pages", "fedinote.web.shell", "fedinote.web.browser", "fedinote.web.admin.guard")
"""What every page goes through, whatever it does."""
_MOST = 20_000


def reaches_the_log(handler: Any) -> bool:
    """Follow what a function refers to, and what those refer to, up to `audit.record`."""
    seen: set[int] = set()
    waiting = [handler]
    while waiting and len(seen) < _MOST:
        one = waiting.pop()
        if one is audit.record:
            return True
        if id(one) in seen:
            continue
        seen.add(id(one))
        waiting.extend(_referred(one))
    assert len(seen) < _MOST
    return False


def _referred(one: Any) -> Iterator[Any]:
    if isinstance(one, functools.partial):
        yield one.func
        yield from one.args
    elif isinstance(one, Mapping):
        yield from _functions(one.values())
    elif isinstance(one, tuple | list):
        yield from _functions(one)
    elif isinstance(one, types.FunctionType) and _ours(one):
        for cell in one.__closure__ or ():
            yield cell.cell_contents
        yield from _named(one.__code__, one.__globals__)


def _functions(values: Any) -> Iterator[Any]:
    yield from (value for value in values if callable(value) or isinstance(value, tuple | list))


def _named(code: types.CodeType, known: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what a body names: functions, tables of functions, and the functions of modules that it names together."""
    for name in code.co_names:
        value = known.get(name)
        if isinstance(value, types.ModuleType) and value.__name__.startswith(OURS) and value.__name__ not in ASIDE:
            yield from (getattr(value, inner) for inner in code.co_names if hasattr(value, inner))
        elif isinstance(value, types.FunctionType | Mapping | tuple | functools.partial):
            yield value
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _named(constant, known)


def _ours(function: types.FunctionType) -> bool:
    module = function.__module__ or ""
    return module.startswith(OURS) and module not in ASIDE
