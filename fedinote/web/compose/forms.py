"""The page with the form: rendered with all that was written into it, as often as it has to be shown."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.media import uploads
from fedinote.posts import covers
from fedinote.posts.drafts import VISIBILITIES
from fedinote.text import language
from fedinote.text.language_names import offered, own_name
from fedinote.translation import routing
from fedinote.web import cards, shell
from fedinote.web.browser import Visit
from fedinote.web.compose import files
from fedinote.web.compose.fields import LASTS, Filled

_PREFIX = "Validation failed: "
_BLANK = 2  # options that a poll has at least


@dataclass(frozen=True, slots=True)
class Turn:
    """Why the form is shown (again): `error` says what is wrong, `step` is "describe" after files were added.

    `preview` has the post as HTML by language, "" for its own.
    """

    error: FediNoteError | None = None
    step: str = ""
    preview: Mapping[str, str] | None = None


async def form(request: Request, here: Visit, filled: Filled, turn: Turn | None = None) -> Response:
    """Return the page, or for a script the form alone."""
    turn = turn or Turn()
    values = await _values(here, filled)
    error = turn.error
    return await shell.show(
        request,
        here,
        "compose/publish.html",
        status=200 if error is None else error.status,
        error="" if error is None else here.words.error(error.message).removeprefix(_PREFIX),
        step=turn.step,
        preview=turn.preview,
        **values,
    )


async def _values(here: Visit, filled: Filled) -> dict[str, Any]:
    app, me = here.app, here.member.account_id
    edited = filled.id("edit")
    wanted = filled.files
    known = await files.stored(app, me, [one.id for one in wanted], edited)
    shown = [one for key in ("reply", "quote") if (one := filled.id(key)) is not None]
    found = {one.id: one for one in await cards.cards(app, shown, me)}
    limits = app.settings.posts
    return {
        **settings_of(app),
        "filled": filled,
        "edited": edited,
        "key": filled.first("key") or secrets.token_hex(16),
        "files": [(one, known[one.id]) for one in wanted if one.id in known],
        "parent": found.get(filled.id("reply") or 0),
        "quoted": found.get(filled.id("quote") or 0),
        "languages": _languages(here, filled),
        "visibilities": VISIBILITIES,
        "options": _options(filled, limits.max_poll_options),
        "lasts": _lasts(filled),
        "planned": filled.id("plan"),
        "draft_id": filled.first("draft"),
    }


def settings_of(app: App) -> dict[str, Any]:
    """Return what the form and its script have to know of this server."""
    return {
        "limits": app.settings.posts,
        "media_limits": app.settings.media,
        "types": uploads.supported_types(),
        "engines": routing.translates(app),
        "covers_most": covers.KEPT,
    }


def _options(filled: Filled, most: int) -> list[tuple[str, str]]:
    """Return the options with those in the second language; there is room for one more, up to the limit."""
    own = [one for one in filled.lists.get("option", ()) if one.strip()]
    others = list(filled.lists.get("other_option", ()))
    rows = min(max(len(own) + 1, _BLANK + 2), max(most, len(own)))
    return [(own[n] if n < len(own) else "", others[n] if n < len(others) else "") for n in range(rows)]


def _lasts(filled: Filled) -> list[int]:
    """Return how long a poll can be open, in seconds; what an app chose for a plan stays among it."""
    chosen = filled.poll
    return sorted({*LASTS, *([chosen.expires_in] if chosen and chosen.expires_in >= min(LASTS) else [])})


def _languages(here: Visit, filled: Filled) -> list[tuple[str, str]]:
    """Return the languages to choose from: those in use here first, then by their names."""
    names = offered()
    near = [filled.first("language"), filled.first("other"), here.words.tag, *here.app.settings.instance.languages]
    first = [tag for one in near if (tag := language.canonical(one)) is not None]
    ordered = dict.fromkeys([*first, *sorted(names, key=lambda tag: names[tag].casefold())])
    return [(tag, names.get(tag) or own_name(tag)) for tag in ordered]
