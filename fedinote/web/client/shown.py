"""Lines of a timeline in the languages of whoever reads, and parts of pages for our own scripts."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from fedinote.web import shell, translated
from fedinote.web.browser import Visit
from fedinote.web.client.items import Item, items


async def lines(request: Request, here: Visit, ids: Sequence[int], context: str) -> list[Item]:
    """Return posts and boosts as `items.items` does, with their `reading` for whoever looks (visitors, too)."""
    viewer = None if here.person is None else here.viewer
    return await translated.items(request, here, await items(here.app, ids, viewer, context=context))


async def fragment(request: Request, here: Visit, template: str, **values: Any) -> HTMLResponse:
    """Return a part of a page with posts in it: they ask who looks (`me`) and where they stand (`path`)."""
    return await shell.fragment(request, here, template, **{"me": here.person, "path": "/home", **values})
