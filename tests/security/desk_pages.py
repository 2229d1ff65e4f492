"""The desk in the table of pages: moderators read the posts that a report names, nobody else reads anything there."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.security.matrix import UNKNOWN

Asked = tuple[str, int | None, list[Any]]


def _status(viewer: Any) -> int:
    if not viewer.somebody:
        return 303
    return 200 if viewer.name == "moderator" else 404


def _report(stage: Any, viewer: Any) -> list[Asked]:
    """Whatever the visibility of the posts: whoever reported showed them to the moderators."""
    asked: list[Asked] = []
    for report, _ in stage.reports:
        posts = [one for one in stage.posts if one.id in stage.exhibits[report]]
        asked.append((f"/admin/reports/{report}", _status(viewer), posts if viewer.name == "moderator" else []))
    return asked


def _staff(path: str) -> Callable[[Any, Any], list[Asked]]:
    return lambda _, viewer: [(path, _status(viewer), [])]


def _nothing(path: str) -> Callable[[Any, Any], list[Asked]]:
    return lambda _, __: [(path, None, [])]


WEB: Mapping[str, Callable[[Any, Any], list[Asked]]] = {
    "/admin/reports": _staff("/admin/reports"),
    "/admin/reports/{id}": _report,
    "/admin/appeals": _staff("/admin/appeals"),
    "/admin/appeals/{id}": _nothing(f"/admin/appeals/{UNKNOWN}"),
    "/admin/audit": _staff("/admin/audit"),
    "/admin/held": _staff("/admin/held"),
    "/settings/decisions": _nothing("/settings/decisions"),
    "/settings/decisions/{id}": _nothing(f"/settings/decisions/{UNKNOWN}"),
    "/settings/reports": _nothing("/settings/reports"),
    "/disputes/strikes/{id}": _nothing(f"/disputes/strikes/{UNKNOWN}"),
}
