"""Cards and posts: which card a post has, when a page is asked for, and what becomes of the answer.

Only public and unlisted posts get one: to ask for the link of a private message would tell a third party that
somebody was sent it. A page is asked for once for all posts that link to it, and again when a post links to it a
fortnight later. Posts of other servers wait for a random while, so that a page is not asked for by everybody at once.
"""

from dataclasses import replace
from html import escape
from random import uniform
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fedinote.events import CreatorNamed, PostDeleted, PostEdited, PostPublished, PreviewAttached
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import FediNoteError, NotFound
from fedinote.policy import domains
from fedinote.previews import fetching, links
from fedinote.previews.fetching import Preview
from fedinote.text.urls import host_of, safe_url

FETCH_JOB = "previews.fetch"
GOOD_FOR = 14 * 86_400_000
"""How long what a page said is good (ms): a post that links to it later has it asked for again."""
NOTHING_FOR = 6 * 3_600_000
"""How long nothing was to be had of a page (ms) before it is asked again, once another post links to it."""
FRESH_DELAY = (1.0, 60.0)
"""How long a page waits for which another server's new post is the cause (seconds, at random)."""
OLD_DELAY = (60.0, 600.0)
TOLD = 20
"""Of how many posts with one link, the newest, clients are told that the card is there."""
SHOWN = ("public", "unlisted")
PLAYED = ("Video", "Audio", "Event")
"""What is shown by the page of its own, with its picture or player, whatever its description links to."""

_COLUMNS = (
    "url", "host", "kind", "title", "description", "language", "author_name", "author_url", "creator", "provider_name",
    "provider_url", "html", "embed_url", "width", "height", "image", "image_description", "published_at",
)  # fmt: skip
_POST = """SELECT p.id, p.content, p.mentions, p.local, p.url, p.object_type, q.quoted_uri, c.link FROM posts p
 LEFT JOIN quotes q ON q.post_id = p.id LEFT JOIN post_links l ON l.post_id = p.id
 LEFT JOIN preview_cards c ON c.id = l.card_id WHERE p.id = ?"""


async def on_post_published(app: App, event: PostPublished) -> None:
    """Give a new post the card of its first link, or plan to ask for the page."""
    if not event.links or event.visibility not in SHOWN or not app.settings.posts.link_previews:
        return
    row = await app.db.row(_POST, event.post_id)
    link = None if row is None else _link(app, row)
    if link is not None:
        await _attach(app, event.post_id, link, _delay(local=event.local, fresh=event.fresh))


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Give a post with another first link than before another card, or none."""
    row = None if event.visibility not in SHOWN else await app.db.row(_POST, event.post_id)
    if row is None:
        return
    link = _link(app, row)
    if row["link"] is not None and link != row["link"]:
        await app.db.write(
            ("DELETE FROM post_links WHERE post_id = ?", (event.post_id,)),
            ("UPDATE posts SET card_id = NULL WHERE id = ?", (event.post_id,)),
        )
    if link is not None and app.settings.posts.link_previews:
        await _attach(app, event.post_id, link, _delay(local=event.local, fresh=True))


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Forget the card of a page that no other post links to: its address is a part of what was deleted."""
    if event.visibility in SHOWN and event.reblog_of_id is None:
        await app.db.execute(
            "DELETE FROM preview_cards WHERE id IN (SELECT card_id FROM post_links WHERE post_id = ?) AND NOT EXISTS"
            " (SELECT 1 FROM post_links l WHERE l.card_id = preview_cards.id AND l.post_id <> ?)",
            event.post_id,
            event.post_id,
        )


def _link(app: App, row: Row) -> str | None:
    if "<a " not in row["content"]:
        return None
    own = row["url"] or ""
    if row["object_type"] in PLAYED and not row["local"] and f'href="{escape(own)}"' in row["content"]:
        return safe_url(own)
    known = {one["url"] for one in msgspec.json.decode(row["mentions"])} | {row["quoted_uri"]}
    return links.first(row["content"], app.settings.own_hosts, known)


def _delay(*, local: bool, fresh: bool) -> float:
    return 0.0 if local and fresh else uniform(*(FRESH_DELAY if fresh else OLD_DELAY))  # noqa: S311  no secret


async def _attach(app: App, post_id: int, link: str, delay: float) -> None:
    card = await _card(app, link)
    ready = card["state"] == "ready"
    await app.db.write(
        (
            "INSERT INTO post_links (post_id, card_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (post_id, card["id"]),
        ),
        ("UPDATE posts SET card_id = ? WHERE id = ?", (card["id"] if ready else None, post_id)),
    )
    if _is_due(app, card):
        await jobs.enqueue(app, FETCH_JOB, {"card_id": card["id"]}, key=f"card {card['id']}", priority=7, delay=delay)


async def _card(app: App, link: str) -> Row:
    """Return the card of an address, which is made where there is none."""
    find = "SELECT id, state, fetched_at FROM preview_cards WHERE link = ?"
    row = await app.db.row(find, link)
    if row is None:
        await app.db.execute(
            "INSERT INTO preview_cards (id, link, state, url, host, kind, title, description, author_name, author_url,"
            " creator, provider_name, provider_url, html, embed_url, width, height, image_description, created_at)"
            " VALUES (?, ?, 'waiting', ?, '', 'link', '', '', '', '', '', '', '', '', '', 0, 0, '', ?)"
            " ON CONFLICT DO NOTHING",
            app.ids.next(),
            link,
            link,
            app.now(),
        )
        row = await app.db.row(find, link)
    if row is None:
        raise NotFound
    return row


def _is_due(app: App, card: Row) -> bool:
    if card["fetched_at"] is None:
        return True
    return bool(card["fetched_at"] < to_ms(app.now()) - (GOOD_FOR if card["state"] == "ready" else NOTHING_FOR))


async def fetch(app: App, card_id: int) -> None:
    """Ask for a page, and give its card to the posts that link to it (a job). Nothing when it was just asked for."""
    card = await app.db.row("SELECT id, link, state, fetched_at FROM preview_cards WHERE id = ?", card_id)
    if card is None or not _is_due(app, card) or not app.settings.posts.link_previews:
        return
    preview = await _asked(app, card["link"])
    async with app.db.transaction():
        if preview is None:
            await app.db.execute(
                "UPDATE preview_cards SET fetched_at = ?,"
                " state = CASE WHEN state = 'ready' THEN state ELSE 'nothing' END WHERE id = ?",
                app.now(),
                card_id,
            )
            return
        await _store(app, card_id, preview)
        for row in await _newly(app, card_id):
            await app.emit(PreviewAttached(row["id"], row["account_id"]))
        if preview.creator:
            await app.emit(CreatorNamed(card_id))


async def _asked(app: App, link: str) -> Preview | None:
    """Return what the page says; None when it cannot be had or may not be asked for."""
    block = await domains.find(app, *_hosts(link))
    if block is not None and block.severity == "suspend":
        return None
    try:
        preview = await fetching.fetch(app, link)
    except FediNoteError:
        return None
    if preview is None:
        return None
    block = await domains.find(app, *_hosts(preview.url))
    if block is None:
        return preview
    if block.severity == "suspend":
        return None
    return replace(preview, image=None, html="", embed_url="", kind="link") if block.reject_media else preview


def _hosts(link: str) -> set[str]:
    """Return the names under which the server of an address may be blocked: with its port and without."""
    return {urlsplit(link).netloc, host_of(link) or ""}


async def _store(app: App, card_id: int, preview: Preview) -> None:
    assignments = ", ".join(f"{column} = ?" for column in _COLUMNS)
    await app.db.execute(
        f"UPDATE preview_cards SET {assignments}, state = 'ready', fetched_at = ?,"  # noqa: S608
        " author_id = CASE WHEN creator = ? THEN author_id ELSE NULL END WHERE id = ?",
        *(getattr(preview, column) for column in _COLUMNS),
        app.now(),
        preview.creator,
        card_id,
    )


async def _newly(app: App, card_id: int) -> list[Row]:
    """Give the card to all posts that link to it and do not have it; return the newest of them."""
    rows = await app.db.returning(
        "UPDATE posts SET card_id = ? WHERE id IN (SELECT l.post_id FROM post_links l WHERE l.card_id = ?)"
        " AND card_id IS NULL RETURNING id, account_id",
        card_id,
        card_id,
    )
    return sorted(rows, key=lambda row: -int(row["id"]))[:TOLD]


def of_posts(card_ids: list[int]) -> Query:
    """Return the query for cards, by their ids."""
    return "SELECT * FROM preview_cards WHERE id IN_INTS(?)", (card_ids,)


async def tidy(app: App) -> None:
    """Forget cards that no post links to any more (periodic)."""
    await app.db.execute(
        "DELETE FROM preview_cards WHERE created_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM post_links l WHERE l.card_id = preview_cards.id)",
        to_ms(app.now()) - 86_400_000,
    )


def names(domains_: Any, host: str) -> bool:
    """Tell whether a list of domains has this host, or a domain that the host is below.

    By whole labels: `example.com` names `www.example.com` and never `evilexample.com`.
    """
    labels = host.lower().rstrip(".").split(".")
    variants = {".".join(labels[at:]) for at in range(len(labels))}
    return isinstance(domains_, list) and any(isinstance(one, str) and one.lower() in variants for one in domains_)
