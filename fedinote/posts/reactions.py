"""Reactions with an emoji (FEP-c0e0). A reaction is not a like: the two are counted, shown and taken back apart.

FEP-c0e0 has a Like with content treated as an EmojiReact, and of those one person may send several; a number of likes
that some of them raised would count people twice, and would not know what to do when one of several is taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.events import Reacted, Unreacted
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Invalid
from fedinote.posts import visibility
from fedinote.text import emoji as spelling

MAX_PER_PERSON = 20
"""With how many emoji one account may react to one post."""
MAX_PEOPLE = 400
MAX_NAME = 400


@dataclass(frozen=True, slots=True)
class Emoji:
    """What one reacts with: a Unicode emoji, or a custom one with the address of its picture.

    `name` of a custom one is `tea` for ours and `tea@host` for another server's.
    """

    name: str
    url: str | None = None
    static_url: str | None = None

    @property
    def key(self) -> str:
        """What tells two reactions apart."""
        return spelling.key(self.name)


_INSERT = """
INSERT INTO reactions (id, account_id, post_id, key, name, url, static_url, uri, created_at)
SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
  CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT)
WHERE (SELECT COUNT(*) FROM reactions r WHERE r.account_id = ? AND r.post_id = ?) < ?
ON CONFLICT DO NOTHING RETURNING id
"""


async def react(app: App, account_id: int, post_id: int, emoji: Emoji, *, uri: str | None = None) -> None:
    """React to a post; once for each emoji. Emits Reacted the first time.

    Raises NotFound when the account may not see the post, Invalid for what is no emoji and for the 21st one.
    """
    _check(emoji)
    post = await visibility.original(app, account_id, post_id)
    reaction_id = app.ids.next()
    own = uri or app.url(f"/activities/reactions/{reaction_id}")
    values = (emoji.key, emoji.name, emoji.url, emoji.static_url or emoji.url, own, app.now())
    limit = (account_id, post["id"], MAX_PER_PERSON)
    async with app.db.transaction():
        if not await app.db.returning(_INSERT, reaction_id, account_id, post["id"], *values, *limit):
            await _excuse(app, account_id, post["id"], emoji)
            return
        await app.db.execute("UPDATE posts SET reactions_count = reactions_count + 1 WHERE id = ?", post["id"])
        await app.emit(
            Reacted(post["id"], account_id, post["account_id"], uri is None, own, emoji.name, emoji.url or "")
        )


def _check(emoji: Emoji) -> None:
    known = spelling.is_emoji(emoji.name) if emoji.url is None else spelling.is_shortcode(emoji.name.partition("@")[0])
    if not known or len(emoji.name) > MAX_NAME:
        raise Invalid("Validation failed: Name is not a recognized emoji", reason="reaction without an emoji")


async def _excuse(app: App, account_id: int, post_id: int, emoji: Emoji) -> None:
    """Let pass that nothing was inserted when the reaction is there already. Raises Invalid for one too many."""
    mine = await app.db.rows("SELECT key FROM reactions WHERE account_id = ? AND post_id = ?", account_id, post_id)
    if len(mine) >= MAX_PER_PERSON and emoji.key not in {row["key"] for row in mine}:
        raise Invalid("Validation failed: Limit of different reactions reached", reason="too many reactions")


async def unreact(app: App, account_id: int, post_id: int, name: str) -> bool:
    """Take a reaction back; tell whether there was one. Emits Unreacted."""
    async with app.db.transaction():
        gone = await app.db.returning(
            "DELETE FROM reactions WHERE account_id = ? AND key = ? AND post_id ="
            " (SELECT COALESCE(p.reblog_of_id, p.id) FROM posts p WHERE p.id = ?) RETURNING post_id, uri, name, url",
            account_id,
            spelling.key(name),
            post_id,
        )
        for row in gone:
            await _count_down(app, account_id, row)
    return bool(gone)


async def unreact_by_uri(app: App, account_id: int, uri: str) -> bool:
    """Take back the reaction of this account whose activity has this id; tell whether there was one."""
    row = await app.db.row("SELECT post_id, key FROM reactions WHERE uri = ? AND account_id = ?", uri, account_id)
    return row is not None and await unreact(app, account_id, row["post_id"], row["key"])


async def _count_down(app: App, account_id: int, gone: Row) -> None:
    await app.db.execute(
        "UPDATE posts SET reactions_count = reactions_count - 1 WHERE id = ? AND reactions_count > 0", gone["post_id"]
    )
    people = await app.db.row(
        "SELECT p.account_id AS author_id, a.domain FROM posts p JOIN accounts a ON a.id = ? WHERE p.id = ?",
        account_id,
        gone["post_id"],
    )
    if people is not None:
        local, url = people["domain"] == "", gone["url"] or ""
        event = Unreacted(gone["post_id"], account_id, people["author_id"], local, gone["uri"], gone["name"], url)
        await app.emit(event)


async def chosen(app: App, post_id: int, text: str) -> Emoji:
    """Find the emoji that a person here means: Unicode, `tea` or `:tea:` of ours, `tea@host` that the post has.

    Other servers' emoji can only be joined where somebody used them, so that nobody here needs to know their pictures.
    Raises Invalid where there is none.
    """
    if spelling.is_emoji(text):
        return Emoji(text)
    name, _, domain = text.removeprefix(":").removesuffix(":").partition("@")
    if not spelling.is_shortcode(name):
        raise Invalid("Validation failed: Name is not a recognized emoji")
    if domain and domain.lower() not in app.settings.own_hosts:
        found = await app.db.row(
            "SELECT name, url, static_url FROM reactions r WHERE r.key = ? AND r.url IS NOT NULL AND r.post_id ="
            " (SELECT COALESCE(p.reblog_of_id, p.id) FROM posts p WHERE p.id = ?) ORDER BY r.id LIMIT 1",
            f"{name}@{domain.lower()}",
            post_id,
        )
    else:
        found = await app.db.row(
            "SELECT shortcode AS name, url, static_url FROM custom_emojis WHERE shortcode = ? AND domain = ''"
            " AND disabled_at IS NULL",
            name,
        )
    if found is None:
        raise Invalid("Validation failed: Name is not a recognized emoji")
    return Emoji(found["name"], found["url"], found["static_url"])


def name_of(app: App, text: str) -> str:
    """Return the name under which a reaction that a person names is kept: without colons, ours without our host."""
    name, _, domain = text.removeprefix(":").removesuffix(":").partition("@")
    return f"{name}@{domain.lower()}" if domain and domain.lower() not in app.settings.own_hosts else name


_KINDS = """
SELECT r.post_id, r.key, MAX(r.name) AS name, MAX(r.url) AS url, MAX(r.static_url) AS static_url, COUNT(*) AS count,
  SUM(CASE WHEN r.account_id = ? THEN 1 ELSE 0 END) AS mine, MIN(r.id) AS first
FROM reactions r WHERE r.post_id IN_INTS(?) GROUP BY r.post_id, r.key ORDER BY first
"""


def of_posts(post_ids: Sequence[int], viewer_id: int | None) -> Query:
    """Return the query for which emoji posts have, in the order in which they came.

    Rows of post_id, key, name, url and static_url (None for Unicode), count, and `mine` (0 or 1).
    """
    return _KINDS, (viewer_id or 0, list(post_ids))


async def people(app: App, post_id: int, name: str | None = None) -> list[Row]:
    """Return who reacted to a post, by when: rows of key and account_id, at most 400; with one emoji only, if asked.

    Suspended accounts are left out. Whether the post may be seen has been asked before.
    """
    condition, params = ("TRUE", []) if name is None else ("r.key = ?", [spelling.key(name)])
    return await app.db.rows(
        "SELECT r.key, r.account_id FROM reactions r JOIN accounts a ON a.id = r.account_id"  # noqa: S608
        f" WHERE r.post_id = ? AND a.suspended_at IS NULL AND {condition} ORDER BY r.id LIMIT {MAX_PEOPLE}",
        post_id,
        *params,
    )


_BY = """SELECT r.account_id, r.post_id, r.name, r.url FROM reactions r WHERE r.post_id IN_INTS(?)
 AND r.account_id IN_INTS(?) ORDER BY r.id"""


async def by_people(app: App, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Row]:
    """Return the first reaction of each (account, post), a row of name and url; one query, none for none."""
    if not pairs:
        return {}
    found: dict[tuple[int, int], Row] = {}
    for row in await app.db.rows(_BY, [post for _, post in pairs], [account for account, _ in pairs]):
        found.setdefault((row["account_id"], row["post_id"]), row)
    return found


async def forget_pictures(app: App, domain: str) -> None:
    """Remove the custom emoji of a server and the reactions with them, whoever joined in: its media are refused."""
    ending = f"%@{domain}"
    await app.db.write(
        (
            "UPDATE posts SET reactions_count = reactions_count - (SELECT COUNT(*) FROM reactions r"
            "  WHERE r.post_id = posts.id AND r.url IS NOT NULL AND r.key LIKE ?)"
            " WHERE id IN (SELECT r.post_id FROM reactions r WHERE r.url IS NOT NULL AND r.key LIKE ?)",
            (ending, ending),
        ),
        ("DELETE FROM reactions WHERE url IS NOT NULL AND key LIKE ?", (ending,)),
        ("DELETE FROM custom_emojis WHERE domain = ? AND domain <> ''", (domain,)),
    )
