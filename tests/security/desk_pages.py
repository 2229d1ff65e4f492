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


def _pictures(stage: Any, viewer: Any) -> list[Asked]:
    """For admins, and of public posts or those that a report names: never the words of a post."""
    status = 403 if viewer.name == "moderator" else _status(viewer)
    return [(f"/admin/pictures/add?post={post.id}", status, []) for post in stage.posts]


def _staff(path: str) -> Callable[[Any, Any], list[Asked]]:
    return lambda _, viewer: [(path, _status(viewer), [])]


def _admins(path: str) -> Callable[[Any, Any], list[Asked]]:
    return lambda _, viewer: [(path, 403 if viewer.name == "moderator" else _status(viewer), [])]


def _nothing(path: str) -> Callable[[Any, Any], list[Asked]]:
    return lambda _, __: [(path, None, [])]


WEB: Mapping[str, Callable[[Any, Any], list[Asked]]] = {
    "/admin/reports": _staff("/admin/reports"),
    "/admin/reports/{id}": _report,
    "/admin/appeals": _staff("/admin/appeals"),
    "/admin/appeals/{id}": _nothing(f"/admin/appeals/{UNKNOWN}"),
    "/admin/audit": _staff("/admin/audit"),
    "/admin/audit.csv": _staff("/admin/audit.csv"),
    "/admin/held": _staff("/admin/held"),
    "/admin/policies": _staff("/admin/policies"),
    "/admin/policies/rules": _admins("/admin/policies/rules"),
    "/admin/policies/rules/new": _nothing("/admin/policies/rules/new"),
    "/admin/policies/rules/{id}": _nothing(f"/admin/policies/rules/{UNKNOWN}"),
    "/admin/policies/rules/{id}/edit": _nothing(f"/admin/policies/rules/{UNKNOWN}/edit"),
    "/admin/policies/rules/{id}/hits": _nothing(f"/admin/policies/rules/{UNKNOWN}/hits"),
    "/admin/policies/rules/{id}/undo": _nothing(f"/admin/policies/rules/{UNKNOWN}/undo"),
    "/admin/pictures": _staff("/admin/pictures"),
    "/admin/pictures/add": _pictures,
    "/admin/pictures/{id}": _nothing(f"/admin/pictures/{UNKNOWN}"),
    "/admin/pictures/{id}/export": _nothing(f"/admin/pictures/{UNKNOWN}/export"),
    "/admin/strangers": _staff("/admin/strangers"),
    "/settings/decisions": _nothing("/settings/decisions"),
    "/settings/decisions/{id}": _nothing(f"/settings/decisions/{UNKNOWN}"),
    "/settings/reports": _nothing("/settings/reports"),
    "/disputes/strikes/{id}": _nothing(f"/disputes/strikes/{UNKNOWN}"),
}
