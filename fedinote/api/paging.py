"""Pages by id, newest first: what a client asked for, the SQL for it, and the Link header that leads on.

`max_id` and `since_id` are exclusive; `since_id` gives the newest page, `min_id` the page right above an id. Lists
whose order is not that of their items (favourites, followers) page by a hidden id that only the Link header knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from fedinote.infra.errors import Invalid
from fedinote.timelines.window import Window

if TYPE_CHECKING:
    from fedinote.api.routing import Call

_LARGEST = (1 << 63) - 1
_OWN = frozenset({"max_id", "since_id", "min_id"})


Paging = Window
"""Which page a client wants."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer (a list, or an object with lists) with a Link header.

    `ids` are the ids that paging goes by, newest first, of all that was read: they may be more than the items (filtered
    ones) or other ids altogether. Routing adds the header.
    """

    items: Any = field(default_factory=list)
    ids: Sequence[int] = ()


def paging(call: "Call", default: int = 20, most: int = 40) -> Paging:
    """Read limit, max_id, since_id and min_id. A limit beyond `most` is clamped; `Invalid` for what is no number."""
    limit = call.params.number("limit", default)
    limit = min(limit, most) if limit > 0 else default
    call.page_limit = limit
    return Paging(limit, _id(call, "max_id"), _id(call, "since_id"), _id(call, "min_id"))


def _id(call: "Call", name: str) -> int | None:
    text = call.params.text(name, "").strip()
    if not text or text in ("null", "undefined", "None"):
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 40:
        raise Invalid(f"Validation failed: {name} is not an id")
    return min(int(text), _LARGEST)


def link_header(call: "Call", page: Page) -> str | None:
    """Return the Link header of a page; None for an empty one. `next` comes first, and only when there may be more.

    Addresses are absolute, from the configured base URL, with the request's other parameters, and hold no comma.
    """
    if not page.ids:
        return None
    kept = [
        pair
        for pair in parse_qsl(call.request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if pair[0] not in _OWN
    ]
    address = call.app.settings.base + quote(call.request.scope["path"], safe="/:@")
    oldest, newest = page.ids[-1], page.ids[0]
    parts = []
    if len(page.ids) >= call.page_limit:
        parts.append(f'<{address}?{urlencode([*kept, ("max_id", oldest)])}>; rel="next"')
    parts.append(f'<{address}?{urlencode([*kept, ("min_id", newest)])}>; rel="prev"')
    return ", ".join(parts)
