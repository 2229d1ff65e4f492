"""Which form of a thing an Accept header asks for: ActivityPub, the page, or neither (RFC 9110, section 12.5.1)."""

from typing import Literal

from starlette.routing import Match, Route
from starlette.types import Scope

from fedinote.infra.errors import NotAcceptable

Form = Literal["activity", "page", "any"]

_ACTIVITY = ("application/activity+json", "application/ld+json")
_PAGE = ("text/html", "application/xhtml+xml", "text/*")
_ANY = ("*/*", "application/*")
# Asked for as plain JSON, it is ActivityPub that is meant; a page that is wanted as much goes before it.
_JSON = {"application/json": 0.9}
MAX_PARTS = 50


def form_of(accept: str | None) -> Form | None:
    """Return which form a header prefers: "any" where it does not say, None where neither would do.

    ActivityPub is `application/activity+json`, or `application/ld+json` with whatever profile. Where both forms are
    wanted as much, ActivityPub is given: browsers never ask for it. A quality of 0 excludes.
    """
    if accept is None or not accept.strip():
        return "any"
    best = {"activity": 0.0, "page": 0.0, "any": 0.0}
    for part in accept.split(",")[:MAX_PARTS]:
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = _quality(parameters)
        for form, kinds in (("activity", _ACTIVITY), ("page", _PAGE), ("any", _ANY)):
            if kind in kinds:
                best[form] = max(best[form], weight)
        best["activity"] = max(best["activity"], weight * _JSON.get(kind, 0.0))
    if best["activity"] or best["page"]:
        return "activity" if best["activity"] >= best["page"] else "page"
    return "any" if best["any"] else None


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return max(0.0, min(1.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0


class ActivityRoute(Route):
    """A path that is also a page: taken here only when ActivityPub is asked for."""

    default: Form = "page"

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match like a Route, unless a page is asked for. Raises NotAcceptable (406) when neither form would do."""
        match, child = super().matches(scope)
        if match is not Match.FULL:
            return match, child
        form = form_of(_accept(scope))
        if form is None:
            raise NotAcceptable
        wanted = self.default if form == "any" else form
        return (match, child) if wanted == "activity" else (Match.NONE, {})


class ObjectRoute(ActivityRoute):
    """The same, for ids: whoever asks for nothing in particular gets ActivityPub."""

    default: Form = "activity"


def _accept(scope: Scope) -> str | None:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"]
    return ",".join(values) if values else None
