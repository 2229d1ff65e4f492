"""What the staff tells everybody, above the home timeline until its reader puts it away.

An announcement may be written in several languages, with a line `---zh---` between them (`posts.dividers`): everybody
sees it in the language that they read, with the others below. Apps, which know of no such thing, show the whole text.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.moderation.house import announcements
from fedinote.posts import dividers, drafts
from fedinote.posts.drafts import Draft
from fedinote.text import language
from fedinote.web import browser
from fedinote.web.browser import Visit
from fedinote.web.client import cursor, emojis
from fedinote.web.client.shown import fragment
from fedinote.web.pages import form, page, redirect, wants_part
from fedinote.web.readings import AUTHOR, Text

_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Told:
    """One announcement: `said` in the reader's language or as it was written, `others` the same in other languages.

    `begins` and `ends` are of what it tells of; None where it tells of nothing that begins. `all_day`: dates count.
    """

    id: int
    said: Text
    others: tuple[Text, ...]
    begins: datetime | None
    ends: datetime | None
    all_day: bool


async def current(request: Request, here: Visit) -> list[Told]:
    """Return what is told at present and the member has not put away. One query, where no text has dividers."""
    rows = await announcements.shown(here.app, here.member.account_id)
    wanted = [here.words.tag, *browser.languages(request)]
    return [await _told(here, row, wanted) for row in rows]


async def _told(here: Visit, row: Row, wanted: Sequence[str]) -> Told:
    pictures = emojis.pictures(here.app, row["emojis"])
    house = next(iter(here.app.settings.instance.languages), "en")
    parts, texts = _parts(row["source"], house), []
    for tag, source in parts:
        content = row["content"]
        if len(parts) > 1:
            content = drafts.to_html(here.app, source, await drafts.mentioned(here.app, source))
        texts.append(Text(tag, emojis.in_html(content, pictures), AUTHOR))
    best, dated = _best(texts, wanted), row["starts_at"] is not None
    return Told(
        id=row["id"],
        said=texts[best],
        others=(*texts[:best], *texts[best + 1 :]),
        begins=from_ms(row["starts_at"]) if dated else None,
        ends=from_ms(row["ends_at"]) if dated and row["ends_at"] is not None else None,
        all_day=bool(row["all_day"]),
    )


@lru_cache(maxsize=_REMEMBERED)
def _parts(source: str, house: str) -> tuple[tuple[str, str], ...]:
    """Return the languages of a text with what it says in each; one where it has no dividers, "" where unknown.

    Above the first divider it is in a language that can be told, else in that of the `house`.
    """
    draft = dividers.divided(Draft(text=source))
    if not draft.translations:
        draft = dividers.divided(Draft(text=source, language=house))
    known = draft.language if draft.translations else language.detect(draft.text)
    own = (known or "", draft.text)
    return (own, *((tag, version.text) for tag, version in draft.translations.items()))


def _best(texts: Sequence[Text], wanted: Sequence[str]) -> int:
    """Return the place of the text for a reader of these languages, best first; 0, the first one, where none fits."""
    known = [one.language for one in texts]
    found = next((fits for tag in wanted if (fits := language.match(tag, known)) is not None), known[0])
    return known.index(found)


async def dismiss(request: Request) -> Response:
    """POST /announcements/{id}/dismiss: put one away. One that is over meanwhile is away already."""
    here = await browser.member(request)
    browser.check_form(request, here, await form(request))
    announcement_id = cursor.of_path(request, "announcement_id")
    with suppress(NotFound):
        await announcements.dismiss(here.app, here.member.account_id, announcement_id)
    if wants_part(request):
        return await fragment(request, here, "client/_announcements.html", announced=await current(request, here))
    return redirect("/home")


ROUTES = (Route("/announcements/{announcement_id:int}/dismiss", page(dismiss), methods=["POST"]),)
