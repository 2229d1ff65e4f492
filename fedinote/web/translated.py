"""Posts in the languages of whoever looks at a page: versions that came with them, and translations that are kept.

Nobody waits for an engine here. A member's own preferences say what is seen first (`translation.preferences`), unless
this browser was told to show both side by side; visitors see what authors wrote in their language, and may turn to
what is kept of public posts. A button asks for what is not there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from starlette.requests import Request

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts.languages import decoded, outdated
from fedinote.text import language
from fedinote.text.quotes import without_fallback
from fedinote.translation import ahead, consent, preferences, routing, translations
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.views import READY, version_of
from fedinote.web import browser, readings
from fedinote.web.browser import Visit
from fedinote.web.cards import Card
from fedinote.web.client import emojis
from fedinote.web.client.items import Item
from fedinote.web.readings import Reading, Text

COOKIE = "reading"
BESIDE, SWITCH = "beside", "switch"
WAYS = (BESIDE, SWITCH)
_POSTS = """SELECT p.id, p.account_id, p.visibility, p.content, p.language, p.shown_language, p.created_at, p.edited_at,
 p.translated_at, p.content_map, p.summary_map, p.translations, p.emojis, p.is_quote, p.machine_translation,
 a.machine_translation AS wish FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id IN_INTS(?)"""
_POLLS = "SELECT post_id, options, translations FROM polls WHERE post_id IN_INTS(?)"
_MEDIA = """SELECT post_id, id, description, description_map FROM media
 WHERE post_id IN_INTS(?) AND description IS NOT NULL ORDER BY post_id, position, id"""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who looks. `me` is None for a visitor, whose `own` are the languages of the browser. `way`: see `WAYS`, or ""."""

    me: int | None
    own: Preferences
    way: str
    engines: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What a post has in other languages: its row, its poll (or None), its described files, what is kept (or None)."""

    row: Row
    poll: Row | None
    media: Sequence[Row]
    kept: Row | None

    @property
    def source(self) -> str:
        if self.kept is not None and self.kept["source"]:
            return str(self.kept["source"])
        return self.row["shown_language"] or self.row["language"] or ""


async def cards(request: Request, here: Visit, found: Sequence[Card]) -> list[Card]:
    """Return posts with their `reading` for whoever looks. Three queries more, whatever a page holds."""
    known = await of(request, here, found)
    return [replace(one, reading=known.get(one.id)) for one in found]


async def items(request: Request, here: Visit, found: Sequence[Item]) -> list[Item]:
    """Return lines of a timeline with the `reading` of their posts, and of the posts that these quote."""
    inner = [one.quote.item.card for one in found if one.quote is not None and one.quote.item is not None]
    known = await of(request, here, [*(one.card for one in found), *inner])
    return [_item(one, known) for one in found]


def _item(item: Item, known: Mapping[int, Reading]) -> Item:
    quote = item.quote
    if quote is not None and quote.item is not None:
        quote = replace(quote, item=_item(quote.item, known))
    return replace(item, quote=quote, card=replace(item.card, reading=known.get(item.card.id)))


async def of(request: Request, here: Visit, found: Collection[Card]) -> dict[int, Reading]:
    """Return how whoever looks can read posts, by id."""
    if not found:
        return {}
    reader = await _reader(request, here)
    ids = [one.id for one in found]
    rows, polls, media = await here.app.db.many((_POSTS, (ids,)), (_POLLS, (ids,)), (_MEDIA, (ids,)))
    kept = await translations.finished(here.app, ids, reader.own.target)
    by_poll = {one["post_id"]: one for one in polls}
    posts = {
        row["id"]: _Found(row, by_poll.get(row["id"]), [m for m in media if m["post_id"] == row["id"]], _row(kept, row))
        for row in rows
    }
    await _queue(here.app, reader, posts.values())
    return {one.id: _reading(here.app, reader, posts[one.id], one) for one in found if one.id in posts}


def _row(kept: Mapping[int, Row], row: Row) -> Row | None:
    found = kept.get(row["id"])
    return found if found is not None and found["version"] == version_of(row) else None


async def _reader(request: Request, here: Visit) -> _Reader:
    way = request.cookies.get(browser.cookie_name(here.app, COOKIE), "")
    way, engines = way if way in WAYS else "", routing.translates(here.app)
    if here.person is not None:
        me = here.person.account_id
        return _Reader(me, await preferences.of(here.app, me), way, engines)
    target = preferences.target_of(here.words.tag) or "en"
    return _Reader(None, Preferences(target=target, understood=tuple(browser.languages(request)[:8])), way, engines)


async def _queue(app: App, reader: _Reader, found: Collection[_Found]) -> None:
    """Have made for the next look what a member wants unasked and is not there yet, as `api` does for apps."""
    if reader.me is None or not reader.own.automatic:
        return
    others = [one for one in found if one.row["account_id"] != reader.me]
    wanted = [one.row["id"] for one in others if ahead.missing(app, reader.own, one.row, one.kept)]
    if wanted:
        await ahead.want(app, wanted, reader.own, reader.me)


def _reading(app: App, reader: _Reader, found: _Found, card: Card) -> Reading:
    pictures = emojis.pictures(app, found.row["emojis"])
    others = [_shown(one, found.row, pictures) for one in (*_attached(found), *_kept(reader, found))]
    best = _best(others, reader.own.target)
    foreign = not (found.source and reader.own.understands(found.source)) and found.row["account_id"] != reader.me
    mode = _mode(reader, found, others[best - 1].kind) if best and foreign else Mode.BUTTON
    offer = reader.own.target if foreign and not best and _askable(reader, found) else ""
    return Reading(
        others=tuple(others),
        best=best,
        shown=best if mode is Mode.REPLACE else 0,
        beside=bool(best) and foreign and mode is Mode.APPEND,
        offer=offer,
        ask=_where(reader, card) if offer else "",
    )


def _mode(reader: _Reader, found: _Found, kind: str) -> Mode:
    """Return what is seen first of a post in a language that is not the reader's, where there is one that is."""
    if reader.way == BESIDE:
        return Mode.APPEND
    if reader.me is None:
        return Mode.REPLACE if kind in (readings.AUTHOR, readings.PERSON) else Mode.BUTTON
    mode = reader.own.way(found.row["account_id"], found.source)
    return Mode.REPLACE if mode is Mode.APPEND and reader.way == SWITCH else mode


def _best(others: Sequence[Text], target: str) -> int:
    """Return the place of the text in the reader's language, counted from 1; 0 when there is none."""
    tag = language.match(target, {one.language for one in others}, target=True) if others else None
    return next((place for place, one in enumerate(others, 1) if one.language == tag), 0)


def _askable(reader: _Reader, found: _Found) -> bool:
    """Tell whether an engine could be asked: there is one, the author allows it, and there are words."""
    row = found.row
    if not reader.engines or not row["content"]:
        return False
    if reader.me is None and row["visibility"] not in consent.PUBLIC:
        return False
    return bool(consent.for_post(row, row["wish"]))


def _where(reader: _Reader, card: Card) -> str:
    return f"/posts/{card.id}/translation" if reader.me is not None or not card.local else f"{card.link}/translation"


def _shown(text: Text, row: Row, pictures: emojis.Pictures) -> Text:
    content = without_fallback(text.content) if row["is_quote"] else text.content
    return replace(text, content=emojis.in_html(content, pictures))


# -- what came with a post ------------------------------------------------------------------------------------------


def _attached(found: _Found) -> list[Text]:
    row = found.row
    made, warnings = decoded(row["translations"]), decoded(row["summary_map"])
    options = decoded(found.poll["translations"]) if found.poll is not None else {}
    written = row["edited_at"] or row["created_at"]
    return [
        Text(
            language=tag,
            content=content,
            kind=_kind(made.get(tag, {})),
            by=_by(made.get(tag, {})),
            warning=warnings.get(tag, ""),
            options=tuple(options.get(tag, ())),
            descriptions=tuple(text for one in found.media if (text := decoded(one["description_map"]).get(tag))),
            outdated=bool(tag in made and outdated(made[tag], written)),
        )
        for tag, content in decoded(row["content_map"]).items()
    ]


def _kind(made: Mapping[str, Any]) -> str:
    if made.get("machine", False) is not False:
        return readings.MACHINE
    return readings.PERSON if made.get("people") or made.get("unnamed") else readings.AUTHOR


def _by(made: Mapping[str, Any]) -> str:
    """Name the program and the people, other than the author, that a version is by, as far as they are known."""
    people = [f"@{one['acct']}" for one in made.get("people", ())]
    return ", ".join([*filter(None, [made.get("engine", "")]), *people])


# -- what is kept ---------------------------------------------------------------------------------------------------


def _kept(reader: _Reader, found: _Found) -> list[Text]:
    """Return the translation that is kept, if it says what the author's versions do not."""
    kept, row = found.kept, found.row
    if kept is None or kept["state"] != READY or kept["kind"] in (readings.AUTHOR, readings.PERSON):
        return []
    if reader.me is None and row["visibility"] != "public":
        return []
    if kept["target"] in decoded(row["content_map"]) or language.same(kept["target"], row["language"] or "und"):
        return []
    return [text_of(kept)]


def text_of(kept: Row) -> Text:
    """Turn a finished translation (a row of `translations.finished`) into a Text."""
    descriptions: dict[str, str] = msgspec.json.decode(kept["descriptions"])
    return Text(
        language=kept["target"],
        content=kept["content"],
        kind=kept["kind"],
        by=kept["engine"],
        warning=kept["spoiler_text"],
        options=tuple(msgspec.json.decode(kept["options"])),
        descriptions=tuple(descriptions.values()),
    )
