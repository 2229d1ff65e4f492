"""Posts that quote posts: what may be quoted, and how a quote is agreed to, refused and taken back (FEP-044f).

A quoted post is shown only while its quote is `accepted`: its author quoted it, lives here and lets it be quoted, or
another server's proof for that author's consent was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fedinote.events import PostDeleted, QuoteChanged, QuoteMade, QuotePolicyChanged
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import approvals, visibility
from fedinote.posts.approvals import NewQuote, Relation

FRESH_MS = 2 * 86_400_000  # as for posts: what is older arrives silently

_QUOTE = """
SELECT q.post_id, q.quoted_id, q.quoted_uri, q.state, q.legacy, q.stamp_uri, q.request_uri, p.uri AS post_uri,
  p.account_id, p.local, p.visibility, p.created_at, a.uri AS account_uri, a.domain, a.followers_url,
  o.uri AS quoted_now, o.url AS quoted_url, o.account_id AS quoted_account_id, o.visibility AS quoted_visibility,
  oa.uri AS quoted_account_uri, oa.domain AS quoted_domain
FROM quotes q JOIN posts p ON p.id = q.post_id JOIN accounts a ON a.id = p.account_id
  LEFT JOIN posts o ON o.id = q.quoted_id LEFT JOIN accounts oa ON oa.id = o.account_id WHERE """


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to quote, as a post of which visibility, and whom that post names."""

    quoted_id: int
    visibility: str
    mentioned: frozenset[int] = frozenset()


async def find(app: App, post_id: int) -> Row | None:
    """Return the quote that a post is, with its two posts and authors; `quoted_…` are None while it is unknown."""
    return await app.db.row(f"{_QUOTE}q.post_id = ?", post_id)


async def find_by(app: App, column: str, uri: str) -> list[Row]:
    """Return the quotes whose `stamp_uri` or `request_uri` this is."""
    assert column in ("stamp_uri", "request_uri", "quoted_uri")
    return await app.db.rows(f"{_QUOTE}q.{column} = ?", uri)


async def links(app: App, post_ids: Sequence[int]) -> dict[int, str]:
    """Return, by quoting post, where public quoted posts are to be read, for readers that are shown a link alone."""
    if not post_ids:
        return {}
    rows = await app.db.rows(
        "SELECT q.post_id, o.url, o.uri FROM quotes q JOIN posts o ON o.id = q.quoted_id WHERE q.post_id IN_INTS(?)"
        " AND q.state IN ('pending', 'accepted') AND o.visibility IN ('public', 'unlisted')",
        list(post_ids),
    )
    return {row["post_id"]: row["url"] or row["uri"] for row in rows}


# -- before the post is there -----------------------------------------------------------------------------------------


async def wanted(app: App, author_id: int, wish: Wish) -> tuple[NewQuote, str]:
    """Check what a person here wants to quote; return the quote, and the visibility that its post must have.

    A boost stands for what it boosts. Of a followers-only post of one's own the quote is followers-only at the most,
    and of one for this server alone it is too. NotFound: there is no such post for this person, or its author lets
    nobody quote it (the same answer). Invalid: a post to mentioned people alone that does not mention the author of
    what it quotes, or one for this server alone whose author elsewhere would have to be asked.
    """
    post = await visibility.original(app, author_id, wish.quoted_id)
    own = post["account_id"] == author_id
    if post["visibility"] == "direct" or (not own and post["visibility"] not in ("public", "unlisted")):
        raise NotFound
    decision = await decision_for(app, author_id, post)
    if decision == "denied":
        raise NotFound
    if wish.visibility == "direct" and not own and post["account_id"] not in wish.mentioned:
        raise Invalid("Validation failed: The author of the quoted post is not mentioned")
    if wish.visibility == "local" and not post["local"]:
        raise Invalid("Validation failed: A post for this server alone can quote posts of this server only")
    accepted = own or (bool(post["local"]) and decision == "automatic")
    new = NewQuote(post["uri"], post["id"], "accepted" if accepted else "pending")
    return new, _narrowed(wish.visibility, post["visibility"])


def _narrowed(wanted: str, quoted: str) -> str:
    if quoted == "local" and wanted != "direct":
        return "local"
    return "private" if quoted == "private" and wanted in ("public", "unlisted") else wanted


async def decision_for(app: App, account_id: int, post: Row) -> approvals.Decision:
    """Tell what the author of a post (a row of posts) says to an account that wants to quote it."""
    if post["account_id"] == account_id:
        return "automatic"
    policy = post["quote_policy"] or 0
    if policy & ~(approvals.PUBLIC | approvals.PUBLIC << approvals.MANUAL) == 0:
        return approvals.decide(policy, Relation())
    return approvals.decide(policy, await relation(app, account_id, post["account_id"]))


async def relation(app: App, account_id: int, author_id: int) -> Relation:
    """Tell how an account stands to an author."""
    rows = await app.db.rows(
        "SELECT follower_id FROM follows WHERE accepted AND ((follower_id = ? AND target_id = ?)"
        " OR (follower_id = ? AND target_id = ?))",
        account_id,
        author_id,
        author_id,
        account_id,
    )
    sides = {row["follower_id"] for row in rows}
    return Relation(account_id in sides, author_id in sides, account_id == author_id)


async def named(app: App, new: NewQuote, author_id: int) -> NewQuote:
    """Complete a quote that came from elsewhere with what is known here of the post that it names.

    A quote of one's own post is accepted; a boost cannot be quoted.
    """
    row = await app.db.row("SELECT id, account_id, reblog_of_id FROM posts WHERE uri = ?", new.uri)
    if row is None:
        return new
    if row["reblog_of_id"] is not None:
        return replace(new, state="rejected")
    return replace(new, quoted_id=row["id"], state="accepted" if row["account_id"] == author_id else "pending")


# -- with its post ----------------------------------------------------------------------------------------------------


async def store(app: App, post_id: int, new: NewQuote) -> None:
    """Store the quote of a post that was stored in the same transaction. Emits QuoteMade."""
    accepted = new.state == "accepted"
    counted: list[Query] = [_count(new.quoted_id, 1)] if accepted and new.quoted_id else []
    await app.db.write(
        (
            "INSERT INTO quotes (post_id, quoted_id, quoted_uri, state, legacy, stamp_uri) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (post_id, new.quoted_id, new.uri, new.state, new.legacy, new.stamp_uri),
        ),
        ("UPDATE posts SET is_quote = TRUE WHERE id = ?", (post_id,)),
        *counted,
    )
    row = await find(app, post_id)
    assert row is not None
    fresh = row["created_at"] > to_ms(app.now()) - FRESH_MS
    await app.emit(
        QuoteMade(
            post_id=post_id,
            account_id=row["account_id"],
            quoted_id=row["quoted_id"],
            quoted_account_id=row["quoted_account_id"],
            local=bool(row["local"]),
            state=new.state,
            fresh=fresh,
        )
    )


def _count(quoted_id: int, by: int) -> Query:
    return "UPDATE posts SET quotes_count = quotes_count + ? WHERE id = ? AND quotes_count + ? >= 0", (
        by,
        quoted_id,
        by,
    )


async def replace_quote(app: App, post_id: int, new: NewQuote | None) -> None:
    """Give a post of another server the quote that its new version has: another one, another proof, or none."""
    async with app.db.transaction():
        row = await find(app, post_id)
        if row is not None and new is not None and row["quoted_uri"] == new.uri:
            await app.db.execute("UPDATE posts SET is_quote = TRUE WHERE id = ?", post_id)
            await _renew(app, row, new)
            return
        if row is not None and new is None and row["state"] == "revoked":  # remembered, in case it comes back
            await app.db.execute("UPDATE posts SET is_quote = FALSE WHERE id = ?", post_id)
            return
        if row is not None:
            await _drop(app, row)
        if new is not None:
            await store(app, post_id, new)


async def _renew(app: App, row: Row, new: NewQuote) -> None:
    """Keep a quote of the same post; a new proof has to be looked at, and without one the consent is over."""
    if row["stamp_uri"] == new.stamp_uri or row["quoted_domain"] == "":
        return
    await app.db.execute(
        "UPDATE quotes SET stamp_uri = ?, legacy = ? WHERE post_id = ?", new.stamp_uri, new.legacy, row["post_id"]
    )
    if row["quoted_account_id"] != row["account_id"] and row["state"] in ("accepted", "rejected", "pending"):
        await _become(app, row, "pending")


async def _drop(app: App, row: Row) -> None:
    if row["state"] == "accepted":
        await _become(app, row, "deleted")
    await app.db.write(
        ("DELETE FROM quotes WHERE post_id = ?", (row["post_id"],)),
        ("UPDATE posts SET is_quote = FALSE WHERE id = ?", (row["post_id"],)),
    )


# -- what becomes of it -----------------------------------------------------------------------------------------------


async def found(app: App, post_id: int, quoted_id: int) -> None:
    """Connect a quote with the quoted post, now that it is known here. A boost cannot be quoted."""
    async with app.db.transaction():
        quoted = await app.db.row("SELECT id, reblog_of_id FROM posts WHERE id = ?", quoted_id)
        if quoted is None or quoted["reblog_of_id"] is not None:
            await settle(app, post_id, "rejected")
            return
        await app.db.execute("UPDATE quotes SET quoted_id = ? WHERE post_id = ?", quoted_id, post_id)


async def accept(app: App, post_id: int, *, stamp_uri: str | None = None, request_uri: str | None = None) -> bool:
    """Let a quote be shown; tell whether it is accepted now. One that was revoked stays so. Emits QuoteChanged."""
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE quotes SET stamp_uri = COALESCE(?, stamp_uri), request_uri = COALESCE(?, request_uri),"
            " checked_at = ? WHERE post_id = ? AND state <> 'revoked'",
            stamp_uri,
            request_uri,
            app.now(),
            post_id,
        )
        return await settle(app, post_id, "accepted")


async def refuse(app: App, post_id: int) -> None:
    """The quoted author does not agree: a quote that was shown is revoked. Emits QuoteChanged."""
    async with app.db.transaction():
        row = await find(app, post_id)
        if row is not None:
            await settle(app, post_id, "revoked" if row["state"] == "accepted" else "rejected")


async def revoke(app: App, author_id: int, quoted_id: int, post_id: int) -> None:
    """Take back what an author here let be quoted. NotFound unless it is the author's and quoted by that post."""
    async with app.db.transaction():
        row = await find(app, post_id)
        if row is None or row["quoted_id"] != quoted_id or row["quoted_account_id"] != author_id:
            raise NotFound
        await settle(app, post_id, "revoked")


_FROM = {
    "accepted": ("pending", "rejected"),
    "rejected": ("pending",),
    "revoked": ("pending", "accepted", "rejected"),
    "deleted": ("pending", "accepted", "rejected", "revoked"),
    "pending": ("accepted", "rejected"),
}


async def settle(app: App, post_id: int, state: str) -> bool:
    """Bring a quote into a state, where it can come to it; tell whether it is in it then. Emits QuoteChanged."""
    async with app.db.transaction():
        await app.db.rows(f"SELECT 1 AS value FROM quotes WHERE post_id = ?{app.db.lock}", post_id)  # noqa: S608
        row = await find(app, post_id)
        if row is None:
            return False
        if row["state"] in _FROM[state]:
            await _become(app, row, state)
            return True
        return bool(row["state"] == state)


async def _become(app: App, row: Row, state: str) -> None:
    was, quoted_id = row["state"], row["quoted_id"]
    change = (state == "accepted") - (was == "accepted")
    counted: list[Query] = [_count(quoted_id, change)] if change and quoted_id else []
    await app.db.write(("UPDATE quotes SET state = ? WHERE post_id = ?", (state, row["post_id"])), *counted)
    await app.emit(
        QuoteChanged(
            post_id=row["post_id"],
            account_id=row["account_id"],
            quoted_id=quoted_id,
            quoted_account_id=row["quoted_account_id"],
            local=bool(row["local"]),
            was=was,
            state=state,
            fresh=row["created_at"] > to_ms(app.now()) - FRESH_MS,
        )
    )


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Let the quotes of a deleted post say so, and count a deleted quote no longer."""
    if event.reblog_of_id is not None:
        return
    await app.db.write(
        (
            "UPDATE posts SET quotes_count = quotes_count - 1 WHERE quotes_count > 0 AND id ="
            " (SELECT q.quoted_id FROM quotes q WHERE q.post_id = ? AND q.state = 'accepted')",
            (event.post_id,),
        ),
        ("UPDATE quotes SET state = 'deleted' WHERE quoted_id = ?", (event.post_id,)),
    )


# -- who may ----------------------------------------------------------------------------------------------------------


async def set_policy(app: App, author_id: int, post_id: int, setting: str) -> None:
    """Say who may quote a post of one's own from now on; quotes that there are stay. Emits QuotePolicyChanged.

    Invalid for no setting; NotFound for others' posts. What is not public stays the author's own to quote.
    """
    async with app.db.transaction():
        row = await app.db.row(
            "SELECT visibility, quote_policy FROM posts"
            " WHERE id = ? AND account_id = ? AND local = TRUE AND reblog_of_id IS NULL",
            post_id,
            author_id,
        )
        if row is None:
            raise NotFound
        policy = approvals.of_setting(setting, row["visibility"])
        if policy != row["quote_policy"]:
            await app.db.execute("UPDATE posts SET quote_policy = ? WHERE id = ?", policy, post_id)
            await app.emit(QuotePolicyChanged(post_id, author_id, row["visibility"]))
