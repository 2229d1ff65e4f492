"""Decisions of moderators about topics, each with its line in the audit log."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import audit
from fedinote.text import language
from fedinote.timelines import topics
from fedinote.timelines.topics import Topic

MAX_TITLE = 100
MAX_TITLES = 30
_SLUG = re.compile(r"[\w-]{1,64}")


async def create(
    app: App, by: int | None, slug: str, tags: Sequence[str], *, titles: Mapping[str, str] | None = None
) -> Topic:
    """Make a topic of hashtags. `by` is the moderator, None at the command line. Raises Invalid."""
    slug = slug.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise Invalid("Validation failed: The name of a topic is 1 to 64 letters, digits, _ and -")
    if not tags:
        raise Invalid("Validation failed: A topic needs hashtags")
    named = _titles(titles or {})
    async with app.db.transaction():
        topic_id, now = app.ids.next(), app.now()
        made = await app.db.returning(
            "INSERT INTO topics (id, slug, titles, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            topic_id,
            slug,
            _encoded(named),
            now,
            now,
        )
        if not made:
            raise Invalid("Validation failed: There is a topic of this name already")
        await topics.put(app, topic_id, tags)
        await _note(app, by, "topic.create", slug, list(tags))
        return await topics.show(app, topic_id)


async def change(
    app: App,
    by: int | None,
    topic_id: int,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    titles: Mapping[str, str] | None = None,
) -> Topic:
    """Add and take out hashtags; `titles` replaces all titles, None leaves them. Raises NotFound, Invalid."""
    async with app.db.transaction():
        before = await topics.show(app, topic_id)
        await topics.take(app, topic_id, remove)
        await topics.put(app, topic_id, add)
        named = before.titles if titles is None else _titles(titles)
        await app.db.execute(
            "UPDATE topics SET titles = ?, updated_at = ? WHERE id = ?", _encoded(named), app.now(), topic_id
        )
        after = await topics.show(app, topic_id)
        if not after.tags:
            raise Invalid("Validation failed: A topic needs hashtags")
        await _note(app, by, "topic.change", before.slug, [tag.display for tag in after.tags])
        return after


async def delete(app: App, by: int | None, topic_id: int) -> None:
    """Take a topic away; its hashtags stay what they are. Raises NotFound."""
    async with app.db.transaction():
        found = await topics.show(app, topic_id)
        if not await app.db.execute("DELETE FROM topics WHERE id = ?", topic_id):
            raise NotFound
        await _note(app, by, "topic.delete", found.slug, [])


def _titles(titles: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for stated, title in titles.items():
        tag = language.canonical(stated)
        if tag is None:
            raise Invalid(f"Validation failed: {stated[:35]} is not a valid BCP 47 tag")
        if not title.strip() or len(title) > MAX_TITLE:
            raise Invalid(f"Validation failed: A title has 1 to {MAX_TITLE} characters")
        found[tag] = " ".join(title.split())
    if len(found) > MAX_TITLES:
        raise Invalid(f"Validation failed: A topic has at most {MAX_TITLES} titles")
    return found


def _encoded(titles: Mapping[str, str]) -> str:
    return msgspec.json.encode(dict(titles)).decode()


async def _note(app: App, by: int | None, action: str, slug: str, tags: list[str]) -> None:
    detail = {"via": "" if by else "command line", "tags": tags}
    await audit.record(app, actor_id=by, action=action, target_type="topic", target=slug, detail=detail)
