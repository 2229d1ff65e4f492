"""The verb: a post in the reader's language: the author's own version, one that is finished, or one made now.

The author's words are never altered in what is stored or federated. What is made is kept in `post_translations`,
finished for showing, once for all readers of a language; it is gone with the post, and void after an edit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.auth.viewer import Viewer
from fedinote.events import PostTranslated
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.posts import visibility
from fedinote.text import html, language
from fedinote.translation import asking, authored, consent, marks, offers, preferences, rewritten, views
from fedinote.translation.asking import Answer, Question
from fedinote.translation.budgets import OverBudget
from fedinote.translation.ledger import Purpose
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.segments import Segmented, segment_html, segment_text
from fedinote.translation.views import COLUMNS, READY, version_of

KNOWN, NOTHING, REFUSED, FAILED = "known", "nothing", "refused", "failed"
"""States of a kept translation that is not READY: only its source language is known; it has no words to translate;
no engine may have it, or is able to; no engine answered."""
_COLUMNS = (
    "post_id, target, version, state, source, content, spoiler_text, options, descriptions, mark, engine, location,"
    " kind, tries, made_at, told"
)
_FINISHED = f"SELECT {_COLUMNS} FROM post_translations WHERE post_id IN_INTS(?) AND target = ?"  # noqa: S608
_PAGE = f"SELECT {COLUMNS} FROM post_translations WHERE post_id IN_INTS(?) AND target = ?"  # noqa: S608
_PRESENT = """SELECT created_at, edited_at, translated_at, account_id, visibility, content, machine_translation
 FROM posts WHERE id = ?"""
_KEEP = f"""INSERT INTO post_translations ({_COLUMNS}) VALUES
 (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
 ON CONFLICT (post_id, target) DO UPDATE SET version = excluded.version, state = excluded.state,
 source = excluded.source, content = excluded.content, spoiler_text = excluded.spoiler_text,
 options = excluded.options, descriptions = excluded.descriptions, mark = excluded.mark, engine = excluded.engine,
 location = excluded.location, kind = excluded.kind, tries = excluded.tries,
 made_at = excluded.made_at, told = excluded.told"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Made:
    """A post in another language, as it is shown; `state` says what it is when it is not READY. See the table."""

    state: str
    source: str = ""
    content: str = ""
    spoiler_text: str = ""
    options: tuple[str, ...] = ()
    descriptions: tuple[tuple[str, str], ...] = ()
    engine: str = ""
    location: str = ""
    kind: str = ""
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class _Parts:
    """All texts of a post, cut for an engine; content and warning come first, then `options`, then descriptions."""

    post: Row
    texts: tuple[Segmented, ...]
    options: tuple[str, ...]
    media_ids: tuple[str, ...]

    @property
    def runs(self) -> list[str]:
        return [run for text in self.texts for run in text.runs]


async def languages(app: App, reader: str | None = None, *, viewer_id: int | None = None) -> dict[str, list[str]]:
    """Tell which source can become which targets, under every tag by which a client may look them up.

    `reader` is the tag of who asks. Empty when translation is off or no engine answers. To somebody (`viewer_id`) whose
    posts are replaced by translations, the language of these is translatable too: that is how a client offers to show
    the original, see `of_post`.
    """
    table = await offers.languages(app, reader)
    own = await preferences.reader(app, viewer_id)
    if own is None or own.mode is not Mode.REPLACE:
        return table
    back = {*language.aliases(own.target), *language.aliases(reader or own.target)}
    return table | {tag: sorted(back | set(table.get(tag, ()))) for tag in language.aliases(own.target)}


async def of_post(
    app: App, post_id: int, target: str | None, viewer: Viewer, *, turning: bool = False
) -> dict[str, Any]:
    """Return Mastodon's Translation entity of a post for a viewer: the author's own version, if there is one.

    `turning`: for a post that this viewer is shown in translation instead of the author's words, it holds these words:
    a client's button turns what is shown round. Raises
    NotFound (not visible, or no engine), Forbidden (no engine may have it), Invalid (no such language, same language),
    TooMany (the budget is used up), Unavailable (no engine answers).
    """
    wanted = language.canonical(target or viewer.locale)
    if wanted is None:
        raise Invalid("Validation failed: Target language is not a valid BCP 47 tag")
    row = await visibility.original(app, viewer.account_id, post_id)
    own = await preferences.reader(app, viewer.account_id) if turning else None
    if own is not None and await _replaced(app, own, row, viewer, wanted):
        return await _original(app, row)
    if (version := await authored.find(app, row, wanted)) is not None:
        said = version["provider"]  # what clients that know no `outdated` show
        return version | {"provider": marks.older(said, target=wanted) if version["outdated"] else said}
    if (version := await rewritten.find(app, row, wanted, purpose=Purpose.READER)) is not None:
        return version
    into = preferences.target_of(wanted) or wanted
    kept = (await finished(app, [row["id"]], into)).get(row["id"])
    if kept is None or not _current(kept, row) or kept["state"] != READY:
        made = await _made(app, row, into, payer=viewer.account_id, purpose=Purpose.READER)
        if made.state != READY:
            raise Invalid("Validation failed: The post has no words that could be translated into this language")
        kept = await keep(app, row, into, made)
    return await _entity(app, row, kept, wanted)


def _current(kept: Row, row: Row) -> bool:
    return bool(kept["version"] == version_of(row))


async def _replaced(app: App, own: Preferences, row: Row, viewer: Viewer, wanted: str) -> bool:
    """Tell whether this viewer is shown a translation in place of the post, or reads it in their own language anyway.

    The second because a client that offers the button for the language of translations offers it there too.
    """
    if row["account_id"] == viewer.account_id or not language.same(own.target, wanted):
        return False
    kept = (await finished(app, [row["id"]], own.target)).get(row["id"])
    if kept is not None and views.way(own, row, kept) is Mode.REPLACE:
        return True
    stated = row["shown_language"] or row["language"]
    return own.mode is Mode.REPLACE and bool(stated) and language.same(own.target, stated)


async def _original(app: App, row: Row) -> dict[str, Any]:
    """Return the author's own words as a Translation entity."""
    media, polls = await _belongings(app, row["id"])
    titles = [option["title"] for option in msgspec.json.decode(polls[0]["options"])] if polls else []
    stated = row["shown_language"] or row["language"] or "und"
    return {
        "content": row["content"],
        "spoiler_text": row["spoiler_text"],
        "language": stated,
        "detected_source_language": stated,
        "provider": authored.AUTHOR,
        "media_attachments": [{"id": str(m["id"]), "description": m["description"]} for m in media if m["description"]],
        "poll": {"id": str(polls[0]["id"]), "options": [{"title": title} for title in titles]} if polls else None,
    }


async def _entity(app: App, row: Row, kept: Row, wanted: str) -> dict[str, Any]:
    _, polls = await _belongings(app, row["id"])
    descriptions: dict[str, str] = msgspec.json.decode(kept["descriptions"])
    options: list[str] = msgspec.json.decode(kept["options"])
    return {
        "content": kept["content"],
        "spoiler_text": kept["spoiler_text"],
        "language": wanted,
        "detected_source_language": kept["source"] or "und",
        "provider": kept["engine"],
        "media_attachments": [{"id": one, "description": text} for one, text in descriptions.items()],
        "poll": {"id": str(polls[0]["id"]), "options": [{"title": title} for title in options]} if polls else None,
    }


async def _belongings(app: App, post_id: int) -> tuple[list[Row], list[Row]]:
    media, polls = await app.db.many(
        ("SELECT id, description FROM media WHERE post_id = ? ORDER BY position", (post_id,)),
        ("SELECT id, options FROM polls WHERE post_id = ?", (post_id,)),
    )
    return media, polls


# -- kept translations ------------------------------------------------------------------------------------------------


def query(post_ids: Sequence[int], target: str) -> Query:
    """Return the query for what is kept of a page of posts in a language, whatever its state: `views.COLUMNS`."""
    return _PAGE, (post_ids, target)


async def finished(app: App, post_ids: Sequence[int], target: str) -> dict[int, Row]:
    """Return what is kept of posts in a language by post id, in one query. `views.way` says whether it counts."""
    if not post_ids:
        return {}
    return {row["post_id"]: row for row in await app.db.rows(_FINISHED, list(post_ids), target)}


async def keep(app: App, row: Row, target: str, made: Made, *, tries: int = 0) -> Row:
    """Keep what was made of a post (its row) in a language; return it as `finished` does.

    When it is ready, PostTranslated is emitted. NotFound for a post that was deleted or edited meanwhile: of what is
    kept no reader needs to ask whether it is still true (`ahead.on_post_edited` removes the rest).
    """
    url = f"{row['url']}?original" if row["local"] else row["url"] or row["uri"]
    mark = marks.line(
        target=target, source=made.source, engine=made.engine, kind=made.kind, url=url, outdated=made.outdated
    )
    now = app.now()
    told = views.told(
        target=target, source=made.source, engine=made.engine, location=made.location, kind=made.kind, made_at=now
    ) | ({"outdated": True} if made.outdated else {})
    values = (
        row["id"], target, version_of(row), made.state, made.source, made.content, made.spoiler_text,
        msgspec.json.encode(made.options).decode(), msgspec.json.encode(dict(made.descriptions)).decode(),
        mark if made.state == READY else "", made.engine, made.location, made.kind, tries, now,
        msgspec.json.encode(told).decode(),
    )  # fmt: skip
    async with app.db.transaction():
        present = await app.db.row(f"{_PRESENT}{app.db.lock}", row["id"])
        if present is None or version_of(present) != version_of(row):
            raise NotFound
        if made.location and made.location not in await consent.of_post(app, present):
            raise NotFound  # its author took the consent back while the engine was at it
        await app.db.execute(_KEEP, *values)
        if made.state == READY:
            await app.emit(PostTranslated(row["id"], row["account_id"], target))
        return (await finished(app, [row["id"]], target))[row["id"]]


async def finish(
    app: App, post_id: int, target: str, *, payer: int | None = None, purpose: Purpose = Purpose.READER
) -> Row | None:
    """Have a post in a language: as it is kept, the author's version, or made now; None for what is not there any more.

    For automatic translation: what cannot be translated is kept as that, so that it is not tried with every look at
    the post. `purpose` MODERATION: no reader needs to want it. Raises Unavailable when no engine answers.
    """
    row = await app.db.row("SELECT p.* FROM posts p WHERE p.id = ? AND p.reblog_of_id IS NULL", post_id)
    if row is None:
        return None
    kept = (await finished(app, [post_id], target)).get(post_id)
    if kept is not None and _current(kept, row) and kept["state"] in (READY, NOTHING):
        return kept
    try:
        return await keep(app, row, target, await _unasked(app, row, target, payer, purpose))
    except NotFound:
        return None
    except Unavailable:
        tries = kept["tries"] + 1 if kept is not None and _current(kept, row) else 1
        await keep(app, row, target, Made(FAILED), tries=tries)
        raise


async def _unasked(app: App, row: Row, target: str, payer: int | None, purpose: Purpose) -> Made:
    """Make what nobody asked for with a finger: only if a reader wants it, and without complaint where it must not be.

    Raises Unavailable.
    """
    source = source_of(html.to_text(row["content"]), row["language"], target) or ""
    if not await preferences.wanted(app, author_id=row["account_id"], source=source, into=target, purpose=purpose):
        return Made(KNOWN, source)
    if (version := await authored.find(app, row, target)) is not None:
        return _by_author(version, source)
    if (version := await rewritten.find(app, row, target, purpose=purpose)) is not None:
        return _by_author(version, version["detected_source_language"])
    try:
        made = await _made(app, row, target, payer=payer, purpose=purpose)
        return Made(NOTHING, made.source) if _unchanged(made, row) else made
    except (OverBudget, Forbidden, Invalid, NotFound):  # too much for today, not allowed, not able, translation is off
        return Made(REFUSED, source)


def _unchanged(made: Made, row: Row) -> bool:
    """Tell whether a translation says letter for letter what the post says: names, numbers, words nobody knows."""
    same_words = html.to_text(made.content) == html.to_text(row["content"]) and made.spoiler_text == row["spoiler_text"]
    return same_words and not made.options and not made.descriptions


def _by_author(version: dict[str, Any], source: str) -> Made:
    return Made(
        READY,
        source,
        version["content"],
        version["spoiler_text"],
        tuple(option["title"] for option in version["poll"]["options"]) if version["poll"] else (),
        tuple((one["id"], one["description"]) for one in version["media_attachments"]),
        engine=version["provider"],
        location=version.get("location", ""),
        kind=version["kind"],
        outdated=version["outdated"],
    )


# -- making -----------------------------------------------------------------------------------------------------------


async def _made(app: App, row: Row, target: str, *, payer: int | None, purpose: Purpose) -> Made:
    """Have an engine translate a post. Raises what `asking.ask` does; a post without words is NOTHING."""
    parts = await cut(app, row)
    source = source_of(html.to_text(row["content"]), row["language"], target)
    if not parts.runs:
        return Made(NOTHING, source or "")
    clearance = await consent.of_post(app, row)
    question = Question(parts.runs, source, target, clearance, payer, purpose)
    answer = await asking.ask(app, question)
    shown = source or answer.detected or ""
    if shown == target:
        return Made(KNOWN, shown)
    return _rebuilt(parts, answer, shown)


async def cut(app: App, row: Row) -> _Parts:
    """Return what of a post (its row) is translated: words, warning, options of its poll, descriptions of its files."""
    media, polls = await _belongings(app, row["id"])
    described = [m for m in media if m["description"]]
    options = tuple(o["title"] for o in msgspec.json.decode(polls[0]["options"])) if polls else ()
    texts = (
        segment_html(row["content"]),
        segment_text(row["spoiler_text"]),
        *(segment_text(title) for title in options),
        *(segment_text(m["description"]) for m in described),
    )
    return _Parts(row, texts, options, tuple(str(m["id"]) for m in described))


def _rebuilt(parts: _Parts, answer: Answer, source: str) -> Made:
    rebuilt, position = [], 0
    for text in parts.texts:
        rebuilt.append(text.rebuild(answer.texts[position : position + len(text.runs)]))
        position += len(text.runs)
    content, warning, *others = rebuilt
    options = tuple(others[: len(parts.options)])
    return Made(
        READY,
        source,
        html.sanitise(content),
        warning,
        options,
        tuple(zip(parts.media_ids, others[len(options) :], strict=True)),
        engine=answer.engine_name,
        location=answer.location.value,
        kind=answer.kind.value,
    )


def source_of(text: str, stated: str | None, target: str | None = None) -> str | None:
    """Return the language to translate from: what the text shows, then what the author stated; see `language.source`.

    None, so that the engine has to recognise it, when neither tells, or what was stated cannot be.
    """
    return language.source(text, stated, target)
