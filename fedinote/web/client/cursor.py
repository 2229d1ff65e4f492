"""Which part of a list a page shows: below an id (`max_id`) or above one (`min_id`), and where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from fedinote.infra.errors import NotFound
from fedinote.timelines.queries import Slice
from fedinote.timelines.window import Window
from fedinote.web.pages import NOTHING, query

PAGE = 20
NEWER = 40
"""How many new posts a script is given at once; more of them are a new page."""


@dataclass(frozen=True, slots=True)
class Part:
    """A page: ids to show, whether it is the newest page, and the id to go on below (None at the end)."""

    ids: list[int]
    first: bool
    older: int | None


def window(request: Request, size: int = PAGE) -> Window:
    """Return what is asked for, one more than is shown. `NotFound` for what is no id."""
    values = query(request)
    if "min_id" in values:
        return Window(NEWER, min_id=number(values["min_id"]))
    return Window(size + 1, max_id=number(values["max_id"]) if "max_id" in values else None)


def part(found: Slice, asked: Window) -> Part:
    """Return what a page shows of what was read for its window."""
    if asked.min_id is not None:
        return Part(found.ids, first=False, older=None)
    size = asked.limit - 1
    return Part(found.ids[:size], asked.max_id is None, older(found.keys, asked))


def older(keys: Sequence[int], asked: Window) -> int | None:
    """Return the id to go on below: that of the last one shown, when more than a page was found."""
    size = asked.limit - 1
    return keys[size - 1] if asked.min_id is None and len(keys) > size else None


def number(text: str) -> int:
    """Return an id from an address. `NotFound` when it is none: ids have 63 bits."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) >= 1 << 63:
        raise NotFound(NOTHING)
    return int(text)


def of_path(request: Request, name: str) -> int:
    """Return the id in the address itself. `NotFound` for one that can be none."""
    return number(str(request.path_params[name]))
