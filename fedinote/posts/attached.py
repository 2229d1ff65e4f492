"""Translations that join a post after it was written: put on by its author, or taken over from somebody who helped.

The post itself is not edited by that: its words, its history and `edited_at` stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from fedinote.accounts import emojis
from fedinote.events import VersionsChanged
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.policy import pipeline
from fedinote.policy.base import Subject
from fedinote.posts import belongings, languages, tag_rules
from fedinote.posts.drafts import Mention, encoded, mention, to_html
from fedinote.posts.languages import MAX_VERSIONS, Frame, VersionDraft, Versions, decoded
from fedinote.text import compose, language

UNCREDIT_JOB = "posts.uncredit"


@dataclass(frozen=True, slots=True)
class _Place:
    """The post that a translation joins, held until the transaction ends, and what the translation must fit."""

    row: Row
    poll: Row | None
    media: Sequence[Row]
    mentions: tuple[Mention, ...]

    @property
    def options(self) -> list[str]:
        return [one["title"] for one in msgspec.json.decode(self.poll["options"])] if self.poll else []


async def attach(app: App, post_id: int, stated: str, draft: VersionDraft, *, author_id: int | None = None) -> str:
    """Put a version in another language on a local post, instead of the one in that language; return its tag.

    With `author_id` the post must be this person's. Names in it are links only where the post is addressed to these
    people: nobody is told of them. Emits VersionsChanged. Raises NotFound (no such post here), Invalid (what is wrong)
    and Forbidden (a policy).
    """
    tag = language.canonical(stated) or stated
    async with app.db.transaction():
        place = await _place(app, post_id, author_id)
        before = decoded(place.row["translations"])
        if draft.blank:
            raise Invalid("Validation failed: Text can't be blank")
        if tag not in before and len(before) >= MAX_VERSIONS:
            raise Invalid(f"Validation failed: A post can have at most {MAX_VERSIONS} translations")
        old = before.get(tag, {})
        draft = replace(draft, divider=old.get("divider", ""), lead=old.get("lead", ""))
        versions = _versions(app, place, tag, draft)
        await _judge(app, place.row, versions)
        await _check_tags(app, draft)
        await _write(app, place, tag, versions)
    return tag


def _versions(app: App, place: _Place, tag: str, draft: VersionDraft) -> Versions:
    frame = Frame(place.row["language"], place.options, [one["id"] for one in place.media], app.now())
    return languages.checked(app, {tag: draft}, frame, lambda text: to_html(app, text, place.mentions))


async def detach(app: App, post_id: int, stated: str, *, author_id: int | None = None) -> None:
    """Take the version in a language off a local post. Emits VersionsChanged. Raises NotFound, like `attach`."""
    tag = language.canonical(stated)
    async with app.db.transaction():
        place = await _place(app, post_id, author_id)
        if tag is None or tag not in decoded(place.row["translations"]):
            raise NotFound
        await _write(app, place, tag, Versions())


async def _place(app: App, post_id: int, author_id: int | None) -> _Place:
    row = await app.db.row(
        f"SELECT * FROM posts WHERE id = ? AND local = TRUE AND reblog_of_id IS NULL{app.db.lock}",  # noqa: S608
        post_id,
    )
    if row is None or author_id not in (None, row["account_id"]):
        raise NotFound
    polls, media, people = await app.db.many(
        ("SELECT id, options, translations FROM polls WHERE post_id = ?", (post_id,)),
        ("SELECT id, description_map FROM media WHERE post_id = ? ORDER BY position", (post_id,)),
        (
            "SELECT a.id, a.username, a.domain, a.url, a.uri FROM post_mentions m"
            " JOIN accounts a ON a.id = m.account_id WHERE m.post_id = ? AND NOT m.silent",
            (post_id,),
        ),
    )
    return _Place(row, polls[0] if polls else None, media, tuple(map(mention, people)))


async def _judge(app: App, row: Row, versions: Versions) -> None:
    """Let the same policies judge it that judge posts. Raises Forbidden."""
    texts = [*versions.contents.values(), *(text for options in versions.options.values() for text in options)]
    subject = Subject(
        kind="post",
        account_id=row["account_id"],
        domain="",
        text="\n".join(texts),
        spoiler_text="\n".join(versions.summaries.values()),
        visibility=row["visibility"],
        uri=row["uri"],
    )
    if (await pipeline.check(app, subject)).outcome in ("reject", "hold"):  # there is no place to hold it at
        raise Forbidden("This translation was refused by the rules of this server")


async def _check_tags(app: App, draft: VersionDraft) -> None:
    found = compose.find_hashtags(draft.text)
    await tag_rules.check(app, tuple((one.name, one.display) for one in found))


async def _write(app: App, place: _Place, tag: str, versions: Versions) -> None:
    """Put one language of a post in the place of what there was in it; empty `versions` take it off."""
    row = place.row
    made = _with(row["translations"], tag, versions.made.get(tag))
    await app.db.write(
        (
            "UPDATE posts SET content_map = ?, summary_map = ?, translations = ?, translated_at = ? WHERE id = ?",
            (
                encoded(_with(row["content_map"], tag, versions.contents.get(tag)) or None),
                encoded(_with(row["summary_map"], tag, versions.summaries.get(tag)) or None),
                encoded(made or None),
                _moment(app, row),
                row["id"],
            ),
        ),
        *_beside(place, tag, versions),
        *await _found_in(app, row, made),
    )
    await _tell(app, row)


def _beside(place: _Place, tag: str, versions: Versions) -> list[Query]:
    """Give the statements for poll options and descriptions in the language."""
    queries: list[Query] = []
    if place.poll is not None:
        options = _with(place.poll["translations"], tag, versions.options.get(tag))
        queries.append(("UPDATE polls SET translations = ? WHERE id = ?", (encoded(options or None), place.poll["id"])))
    for one in place.media:
        described = _with(one["description_map"], tag, versions.descriptions.get(one["id"], {}).get(tag))
        queries.append(("UPDATE media SET description_map = ? WHERE id = ?", (encoded(described or None), one["id"])))
    return queries


def _with(column: str | None, tag: str, value: Any) -> dict[str, Any]:
    """Return a mapping by language with this value in the tag's place; without the tag for what says nothing."""
    found = {**decoded(column), tag: value}
    if not value:
        del found[tag]
    return found


async def _found_in(app: App, row: Row, made: Mapping[str, Mapping[str, Any]]) -> list[Query]:
    """Give the statements for hashtags and emoji of all versions; what the author's own text brought stays."""
    words = "\n".join([row["source"], *(one.get("source", "") for one in made.values())])
    former = "\n".join(one.get("source", "") for one in decoded(row["translations"]).values())
    gone = {one.name for one in compose.find_hashtags(former)} - {one.name for one in compose.find_hashtags(words)}
    names = [one["name"] for one in msgspec.json.decode(row["tags"]) if one["name"] not in gone]
    tags = dict([*((name, name) for name in names), *((one.name, one.display) for one in compose.find_hashtags(words))])
    pictures = {one["shortcode"]: one for one in msgspec.json.decode(row["emojis"])}
    pictures |= {one["shortcode"]: one for one in await emojis.used(app, words)}
    return [
        (
            "UPDATE posts SET tags = ?, emojis = ? WHERE id = ?",
            (encoded([{"name": name} for name in tags]), encoded(list(pictures.values())), row["id"]),
        ),
        (
            "DELETE FROM post_tags WHERE post_id = ? AND tag_id IN (SELECT id FROM tags WHERE name IN_TEXTS(?))",
            (row["id"], sorted(gone)),
        ),
        *belongings.tag_links(app, row["id"], tuple(tags.items())),
    ]


def _moment(app: App, row: Row) -> int:
    """Return now, but later than all that others were told of the post before: they go by `updated`."""
    last: int = max(row["created_at"], row["edited_at"] or 0, row["translated_at"] or 0)
    return max(to_ms(app.now()), last + 1)


async def _tell(app: App, row: Row) -> None:
    await app.emit(VersionsChanged(row["id"], row["account_id"], bool(row["local"]), row["visibility"]))


async def uncredit(app: App, account_id: int, post_ids: Sequence[int]) -> None:
    """Take a person's name off the translations of posts (a job; safe to repeat).

    The texts stay: their authors took them over, and answer for them.
    """
    for post_id in post_ids:
        async with app.db.transaction():
            row = await app.db.row(f"SELECT * FROM posts WHERE id = ?{app.db.lock}", post_id)  # noqa: S608
            if row is None:
                continue
            made = decoded(row["translations"])
            named = [one for one in made.values() if any(p["id"] == str(account_id) for p in one.get("people", ()))]
            if not named:
                continue
            for one in named:
                one["people"] = [person for person in one["people"] if person["id"] != str(account_id)]
            await app.db.execute(
                "UPDATE posts SET translations = ?, translated_at = ? WHERE id = ?",
                encoded(made),
                _moment(app, row),
                post_id,
            )
            await _tell(app, row)
