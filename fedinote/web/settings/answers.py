"""How pages of the settings answer: a notice and the page again after a change, or the page with what was wrong."""

from starlette.responses import Response

from fedinote.infra.errors import NotFound
from fedinote.web import browser
from fedinote.web.browser import Visit
from fedinote.web.pages import redirect

_LONGEST = 19


def done(here: Visit, path: str, text: str = "") -> Response:
    """Go on to a page of ours, which says that it is done (or `text`, in words that are translated already)."""
    return browser.flash(here, redirect(path), text or here.words.gettext("Saved."))


def number(text: str) -> int:
    """Return an id from a form or a path. `NotFound` for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise NotFound
    return min(int(text), 2**63 - 1)
