"""Following hashtags."""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.relations.lookup import Pager
from fedinote.text.compose import Hashtag, find_hashtags

MAX_FOLLOWED = 1000


@dataclass(frozen=True, slots=True)
class FollowedEntry:
    """A tag that a person follows; pages go by `id`."""

    id: int
    tag_id: int


def parse(name: str) -> Hashtag:
    """Return the folded name and the display form of a tag, with or without "#". Raises NotFound if it is none."""
    written = name.removeprefix("#")
    found = find_hashtags(f"#{written}")
    if not found or found[0].display != written:
        raise NotFound
    return found[0]


async def find(app: App, name: str) -> int | None:
    """Return the id of a tag in whatever case and width it is written; None while nobody has used or followed it."""
    found: int | None = await app.db.value("SELECT id AS value FROM tags WHERE name = ?", parse(name).name)
    return found


async def follow(app: App, account_id: int, name: str) -> int:
    """Follow a tag, new ones too; return its id. Repeating it changes nothing. Raises NotFound, Invalid (1,000)."""
    tag = parse(name)
    async with app.db.transaction():
        await app.db.execute(
            "INSERT INTO tags (id, name, display, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            app.ids.next(),
            tag.name,
            tag.display,
            app.now(),
        )
        found, others = await app.db.many(
            ("SELECT id FROM tags WHERE name = ?", [tag.name]),
            (
                "SELECT COUNT(*) AS value FROM followed_tags f JOIN tags t ON t.id = f.tag_id"
                " WHERE f.account_id = ? AND t.name <> ?",
                [account_id, tag.name],
            ),
        )
        if others[0]["value"] >= MAX_FOLLOWED:
            raise Invalid(f"Validation failed: You follow {MAX_FOLLOWED} hashtags already")
        await app.db.execute(
            "INSERT INTO followed_tags (id, account_id, tag_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            app.ids.next(),
            account_id,
            found[0]["id"],
            app.now(),
        )
        return int(found[0]["id"])


async def unfollow(app: App, account_id: int, name: str) -> int | None:
    """Follow a tag no longer; return its id, or None where there is no such tag yet. Raises NotFound (no tag)."""
    tag_id = await find(app, name)
    if tag_id is not None:
        await app.db.execute("DELETE FROM followed_tags WHERE account_id = ? AND tag_id = ?", account_id, tag_id)
    return tag_id


async def followed_page(app: App, account_id: int, pager: Pager) -> list[FollowedEntry]:
    """Return the tags that a person follows, by the id of following."""
    where, params, order = pager("f.id")
    rows = await app.db.rows(
        f"SELECT f.id, f.tag_id FROM followed_tags f WHERE f.account_id = ? AND {where} {order}",  # noqa: S608
        account_id,
        *params,
    )
    return [FollowedEntry(row["id"], row["tag_id"]) for row in rows]
