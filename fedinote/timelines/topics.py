"""Topics: hashtags of several languages that mean the same (#cat, #猫, #gato), followed and browsed as one.

They stay plain hashtags to every client and every other server: a topic only says which belong together here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.text import language
from fedinote.timelines import tags

MAX_TAGS = 30
"""How many hashtags a topic may have."""
MAX_FOLLOWED = 200

_TOPICS = "SELECT t.id, t.slug, t.titles FROM topics t WHERE {where} ORDER BY t.slug"
_TAGS = """SELECT x.topic_id, n.id, n.name, n.display FROM topic_tags x JOIN tags n ON n.id = x.tag_id
 WHERE x.topic_id IN_INTS(?) ORDER BY x.id"""
_MINE = "SELECT topic_id, expand FROM followed_topics WHERE account_id = ? AND topic_id IN_INTS(?)"
_NAMES = """SELECT n.name, EXISTS (SELECT 1 FROM followed_topics f
   WHERE f.topic_id = o.topic_id AND f.account_id = ? AND f.expand) AS expand
 FROM tags t JOIN topic_tags o ON o.tag_id = t.id JOIN topic_tags x ON x.topic_id = o.topic_id
 JOIN tags n ON n.id = x.tag_id WHERE t.name = ? ORDER BY x.id"""


@dataclass(frozen=True, slots=True)
class TopicTag:
    """A hashtag of a topic: its id, folded name, and the name as first written."""

    id: int
    name: str
    display: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its hashtags. `titles` is what to call it by language; `expand` is of a follower, see `follow`."""

    id: int
    slug: str
    titles: Mapping[str, str]
    tags: tuple[TopicTag, ...]
    following: bool = False
    expand: bool = False

    def title(self, reader: str | None) -> str:
        """Return what to call it to a reader of a language: its title there, else in English, else its slug."""
        tag = language.match(reader, self.titles) if reader else None
        return self.titles.get(tag or "en") or next(iter(self.titles.values()), self.slug)


async def everything(app: App, viewer_id: int | None = None) -> list[Topic]:
    """Return all topics by their slugs."""
    return await _found(app, "TRUE", (), viewer_id)


async def followed(app: App, account_id: int) -> list[Topic]:
    """Return the topics that a person follows, by their slugs."""
    where = "t.id IN (SELECT topic_id FROM followed_topics WHERE account_id = ?)"
    return await _found(app, where, (account_id,), account_id)


async def show(app: App, topic_id: int, viewer_id: int | None = None) -> Topic:
    """Return a topic. Raises NotFound."""
    found = await _found(app, "t.id = ?", (topic_id,), viewer_id)
    if not found:
        raise NotFound
    return found[0]


async def named(app: App, slug: str) -> Topic:
    """Return the topic of a slug. Raises NotFound."""
    found = await _found(app, "t.slug = ?", (slug.lower(),), None)
    if not found:
        raise NotFound
    return found[0]


async def of_tag(app: App, name: str, viewer_id: int | None = None) -> Topic | None:
    """Return the topic that a hashtag (folded name) belongs to; None for none."""
    where = "t.id = (SELECT x.topic_id FROM topic_tags x JOIN tags n ON n.id = x.tag_id WHERE n.name = ?)"
    return next(iter(await _found(app, where, (name,), viewer_id)), None)


async def _found(app: App, where: str, params: Sequence[Any], viewer_id: int | None) -> list[Topic]:
    rows = await app.db.rows(_TOPICS.format(where=where), *params)
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    named_tags, mine = await app.db.many((_TAGS, (ids,)), (_MINE, (viewer_id or 0, ids)))
    by_topic: dict[int, list[TopicTag]] = {}
    for row in named_tags:
        by_topic.setdefault(row["topic_id"], []).append(TopicTag(row["id"], row["name"], row["display"]))
    follows = {row["topic_id"]: bool(row["expand"]) for row in mine}
    return [_topic(row, by_topic.get(row["id"], ()), follows) for row in rows]


def _topic(row: Row, of: Iterable[TopicTag], follows: Mapping[int, bool]) -> Topic:
    titles: dict[str, str] = msgspec.json.decode(row["titles"])
    following = row["id"] in follows
    return Topic(row["id"], row["slug"], titles, tuple(of), following, follows.get(row["id"], False))


async def names(app: App, name: str, viewer_id: int | None, *, asked: bool | None = None) -> tuple[str, ...]:
    """Return the folded names of the tags that the timeline of a tag shows, the tag itself first.

    It alone, or (`asked`; None: as the viewer chose when following the topic) all tags of its topic.
    """
    if asked is False or (asked is None and viewer_id is None):
        return (name,)
    rows = await app.db.rows(_NAMES, viewer_id or 0, name)
    if not rows or not (asked or rows[0]["expand"]):
        return (name,)
    return tuple(dict.fromkeys((name, *(row["name"] for row in rows))))


async def follow(app: App, account_id: int, topic_id: int, *, expand: bool | None = None) -> None:
    """Follow a topic: public posts with any of its hashtags arrive at home, as those with followed hashtags do.

    `expand`: from now on the timelines of its hashtags show the whole topic to this person, in whatever client; None
    leaves that as it is. Raises NotFound, Invalid (200 already).
    """
    async with app.db.transaction():
        there, others = await app.db.many(
            ("SELECT id FROM topics WHERE id = ?", (topic_id,)),
            (
                "SELECT COUNT(*) AS value FROM followed_topics WHERE account_id = ? AND topic_id <> ?",
                (account_id, topic_id),
            ),
        )
        if not there:
            raise NotFound
        if others[0]["value"] >= MAX_FOLLOWED:
            raise Invalid(f"Validation failed: You follow {MAX_FOLLOWED} topics already")
        await app.db.execute(
            "INSERT INTO followed_topics (id, account_id, topic_id, expand, created_at) VALUES (?, ?, ?, FALSE, ?)"
            " ON CONFLICT DO NOTHING",
            app.ids.next(),
            account_id,
            topic_id,
            app.now(),
        )
        if expand is not None:
            sql = "UPDATE followed_topics SET expand = ? WHERE account_id = ? AND topic_id = ?"
            await app.db.execute(sql, expand, account_id, topic_id)


async def unfollow(app: App, account_id: int, topic_id: int) -> None:
    """Follow a topic no longer. Repeating it changes nothing."""
    await app.db.execute("DELETE FROM followed_topics WHERE account_id = ? AND topic_id = ?", account_id, topic_id)


async def put(app: App, topic_id: int, names_: Sequence[str]) -> None:
    """Add hashtags to a topic, new ones too, in a transaction of the caller's.

    Raises Invalid for what can be no hashtag, what belongs to another topic, and more than 30 tags in all.
    """
    for name in names_:
        try:
            tag = tags.parse(name)
        except NotFound as error:
            raise Invalid(f"Validation failed: {name[:60]} is not a hashtag") from error
        await app.db.execute(
            "INSERT INTO tags (id, name, display, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            app.ids.next(),
            tag.name,
            tag.display,
            app.now(),
        )
        await app.db.execute(
            "INSERT INTO topic_tags (id, topic_id, tag_id) SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), n.id"
            " FROM tags n WHERE n.name = ? ON CONFLICT DO NOTHING",
            app.ids.next(),
            topic_id,
            tag.name,
        )
        found = await of_tag(app, tag.name)
        if found is None or found.id != topic_id:
            raise Invalid(f"Validation failed: #{tag.display} belongs to the topic {found.slug if found else ''}")
        if len(found.tags) > MAX_TAGS:
            raise Invalid(f"Validation failed: A topic has at most {MAX_TAGS} hashtags")


async def take(app: App, topic_id: int, names_: Sequence[str]) -> None:
    """Take hashtags out of a topic; what is not in it is ignored."""
    folded = [name.removeprefix("#").removeprefix("＃").lower() for name in names_]
    await app.db.execute(
        "DELETE FROM topic_tags WHERE topic_id = ? AND tag_id IN (SELECT id FROM tags WHERE name IN_TEXTS(?))",
        topic_id,
        folded,
    )
