"""Hashtags that people show on their profiles, and what they wrote with them."""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.text.compose import find_hashtags

MAX_FEATURED = 10
"""How many hashtags a profile shows, as in Mastodon."""
SUGGESTED = 10
RECENT = 1000
"""Among how many of somebody's newest posts suggestions are looked for."""

_WRITTEN = "p.account_id = g.account_id AND p.visibility IN ('public', 'unlisted')"
_LIST = f"""
SELECT g.id, t.name, t.display,
  (SELECT COUNT(*) FROM posts p JOIN post_tags pt ON pt.post_id = p.id
   WHERE pt.tag_id = g.tag_id AND {_WRITTEN}) AS uses,
  (SELECT MAX(p.created_at) FROM posts p JOIN post_tags pt ON pt.post_id = p.id
   WHERE pt.tag_id = g.tag_id AND {_WRITTEN}) AS last_at
FROM featured_tags g JOIN tags t ON t.id = g.tag_id JOIN accounts a ON a.id = g.account_id
WHERE g.account_id = ? AND a.suspended_at IS NULL ORDER BY uses DESC, g.id
"""  # noqa: S608
_SUGGEST = """
SELECT pt.tag_id FROM (SELECT p.id FROM posts p WHERE p.account_id = ? AND p.visibility IN ('public', 'unlisted')
  ORDER BY p.id DESC LIMIT ?) r JOIN post_tags pt ON pt.post_id = r.id
WHERE NOT EXISTS (SELECT 1 FROM featured_tags g WHERE g.account_id = ? AND g.tag_id = pt.tag_id)
GROUP BY pt.tag_id ORDER BY COUNT(*) DESC, MAX(r.id) DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Featured:
    """A hashtag on a profile. `uses` counts the person's public posts with it, `last_at` is the newest (epoch ms)."""

    id: int
    name: str
    display: str
    uses: int
    last_at: int | None


async def of(app: App, account_id: int) -> list[Featured]:
    """Return the hashtags of a profile, the most used first; none for suspended accounts."""
    rows = await app.db.rows(_LIST, account_id)
    return [Featured(row["id"], row["name"], row["display"], row["uses"], row["last_at"]) for row in rows]


async def feature(app: App, account_id: int, name: str) -> Featured:
    """Show a hashtag (with or without "#") on the profile; repeating it changes nothing.

    Raises Invalid for what is no hashtag, and for the eleventh.
    """
    written = name.strip().removeprefix("#")
    found = find_hashtags(f"#{written}")
    if not found or found[0].display != written:
        raise Invalid("Validation failed: Tag is not a hashtag")
    tag = found[0]
    async with app.db.transaction():
        await app.db.write(
            (
                "INSERT INTO tags (id, name, display, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (app.ids.next(), tag.name, tag.display, app.now()),
            ),
            (
                "INSERT INTO featured_tags (id, account_id, tag_id, created_at)"
                " SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), t.id, CAST(? AS BIGINT) FROM tags t WHERE t.name = ?"
                " ON CONFLICT DO NOTHING",
                (app.ids.next(), account_id, app.now(), tag.name),
            ),
        )
        shown = {one.name: one for one in await of(app, account_id)}
        if len(shown) > MAX_FEATURED:
            raise Invalid(f"Validation failed: You have already featured {MAX_FEATURED} hashtags")
        return shown[tag.name]


async def unfeature(app: App, account_id: int, featured_id: int) -> None:
    """Take a hashtag off the profile. Raises NotFound when it is not on it."""
    if not await app.db.execute("DELETE FROM featured_tags WHERE id = ? AND account_id = ?", featured_id, account_id):
        raise NotFound


async def suggestions(app: App, account_id: int) -> list[int]:
    """Return the ids of ten tags that the person used most of late and does not show yet."""
    rows = await app.db.rows(_SUGGEST, account_id, RECENT, account_id, SUGGESTED)
    return [row["tag_id"] for row in rows]
