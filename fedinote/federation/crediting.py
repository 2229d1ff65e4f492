"""Authors of web pages: the page names an account (`fediverse:creator`), and the account names the page's domain.

https://blog.joinmastodon.org/2024/07/highlighting-journalism-on-mastodon/ and `attributionDomains` of actors. Without
the second half anybody could put anybody's name on a page.
"""

import msgspec

from fedinote.events import CreatorNamed, PreviewAttached
from fedinote.federation import actors, resolve
from fedinote.federation.fetching import Budget
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.previews import cards

CREDIT_JOB = "federation.credit_author"
ASKED_AGAIN_AFTER = 3_600_000
"""How old (ms) what is known of an account must be for its server to be asked whether it names the domain by now."""


async def on_creator_named(app: App, event: CreatorNamed) -> None:
    """Plan to ask whether the author agrees."""
    key = f"credit {event.card_id}"
    await jobs.enqueue(app, CREDIT_JOB, {"card_id": event.card_id}, key=key, priority=8)


async def credit(app: App, card_id: int) -> None:
    """Give a card its author, or take one away who no longer names the page's domain (a job)."""
    card = await app.db.row("SELECT id, host, creator, author_id FROM preview_cards WHERE id = ?", card_id)
    if card is None or not card["creator"]:
        return
    author_id = await _agreeing(app, card["creator"], card["host"])
    if author_id == card["author_id"]:
        return
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE preview_cards SET author_id = ? WHERE id = ? AND creator = ?", author_id, card_id, card["creator"]
        )
        posts = await app.db.rows(
            "SELECT p.id, p.account_id FROM post_links l JOIN posts p ON p.id = l.post_id WHERE l.card_id = ?"
            " AND p.card_id = l.card_id ORDER BY l.post_id DESC LIMIT ?",
            card_id,
            cards.TOLD,
        )
        for post in posts:
            await app.emit(PreviewAttached(post["id"], post["account_id"]))


async def _agreeing(app: App, creator: str, host: str) -> int | None:
    """Return the account of a handle if it names the host; its server is asked anew where that may have changed."""
    account_id = await resolve.account(app, creator)
    row = None if account_id is None else await _account(app, account_id)
    if row is None or _names(row, host):
        return account_id if row is not None else None
    if row["domain"] == "" or (row["fetched_at"] or 0) > to_ms(app.now()) - ASKED_AGAIN_AFTER:
        return None
    try:
        row = await actors.fetch(app, row["uri"], Budget())
    except FediNoteError:
        return None
    return int(row["id"]) if _names(row, host) else None


async def _account(app: App, account_id: int) -> Row | None:
    return await app.db.row(
        "SELECT id, uri, domain, attribution_domains, fetched_at FROM accounts"
        " WHERE id = ? AND suspended_at IS NULL AND deleted_at IS NULL",
        account_id,
    )


def _names(row: Row, host: str) -> bool:
    said = row["attribution_domains"]
    return said is not None and cards.names(msgspec.json.decode(said), host)
