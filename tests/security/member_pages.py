"""The settings and doors of members in the table of pages: they show no posts, whoever looks."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.security.matrix import UNKNOWN

_PATHS = (
    *("/auth/confirm", "/auth/locked", "/auth/locked/archive"),
    *("/settings", "/settings/blocks", "/settings/filters", "/settings/filters/new"),
    *("/settings/follows", "/settings/interface", "/settings/invitations", "/settings/notifications"),
    *("/settings/severed", "/severed_relationships"),
    *("/settings/privacy", "/settings/profile", "/settings/security", "/settings/security/app", "/settings/sessions"),
)


def _nothing(path: str) -> Callable[[Any, Any], list[tuple[str, int | None, list[Any]]]]:
    return lambda _, __: [(path, None, [])]


WEB: Mapping[str, Callable[[Any, Any], list[tuple[str, int | None, list[Any]]]]] = {
    **{path: _nothing(path) for path in _PATHS},
    "/settings/filters/{id}": _nothing(f"/settings/filters/{UNKNOWN}"),
    "/settings/severed/{id}": _nothing(f"/settings/severed/{UNKNOWN}"),
    "/settings/severed/{id}/{side}.csv": _nothing(f"/settings/severed/{UNKNOWN}/following.csv"),
}
