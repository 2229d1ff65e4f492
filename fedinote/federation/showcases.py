"""What profiles elsewhere show: pinned posts (`featured`) and hashtags (`featuredTags`), from their collections."""

import contextlib
from dataclasses import dataclass
from typing import Any

from fedinote.activitypub import collections as reading
from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.activitypub.shapes import line, types
from fedinote.federation import fetching, resolve
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Malformed
from fedinote.posts import featured_tags, interactions

MAX_PINS = 20
MAX_PAGES = 3
REQUESTS = 15
MAX_TAG = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a collection: its id, and the object if it came whole from its own origin."""

    uri: str
    embedded: dict[str, Any] | None


async def follow_up(app: App, account_id: int) -> None:
    """Read the pinned posts and hashtags of an account elsewhere (a job). What cannot be had stays as it was."""
    row = await app.db.row(
        "SELECT id, uri, featured_url, featured_tags_url FROM accounts"
        " WHERE id = ? AND domain <> '' AND suspended_at IS NULL AND deleted_at IS NULL",
        account_id,
    )
    if row is None:
        return
    budget = Budget(REQUESTS)
    with contextlib.suppress(FediNoteError):
        if row["featured_tags_url"]:
            await _read_tags(app, row, await _entries(app, row["featured_tags_url"], budget))
    with contextlib.suppress(FediNoteError):
        if row["featured_url"]:
            await _read_pins(app, row, await _entries(app, row["featured_url"], budget), budget)


async def _entries(app: App, url: str, budget: Budget) -> list[Entry]:
    """Return the items of a collection: in itself, in its first page (inline or not), and on the pages after that.

    Raises like `fetching.document`, and Malformed when it is no collection.
    """
    found: dict[str, Entry] = {}
    following: str | None = url
    for _ in range(MAX_PAGES):
        if following is None:
            break
        page = reading.parse_collection(await fetching.document(app, following, budget))
        whole = {vocab.reference(one) or "": one for one in page.embedded}
        for uri in page.items:
            believed = whole.get(uri) if same_origin(uri, following) else None
            found.setdefault(uri, Entry(uri, believed))
        after = page.next or (None if page.items else page.first)
        following = after if after != following else None
    return list(found.values())


async def _read_pins(app: App, row: Row, entries: list[Entry], budget: Budget) -> None:
    """Pin what the collection lists, the first on top, and nothing else: only the account's own posts (S41)."""
    wanted = []
    for entry in entries[:MAX_PINS]:
        with contextlib.suppress(FediNoteError):
            wanted.append(await _post(app, row, entry, budget))
    pinned = await app.db.rows("SELECT post_id FROM pins WHERE account_id = ? ORDER BY id DESC", row["id"])
    if [one["post_id"] for one in pinned] == wanted:
        return
    async with app.db.transaction():
        for one in pinned:
            await interactions.unpin(app, row["id"], one["post_id"])
        for post_id in reversed(wanted):
            with contextlib.suppress(FediNoteError):
                await interactions.pin(app, row["id"], post_id)


async def _post(app: App, row: Row, entry: Entry, budget: Budget) -> int:
    """Return the id of a listed post, storing or fetching it when it is unknown. Raises like `resolve.post`."""
    known: int | None = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", entry.uri)
    if known is not None:
        return known
    if not same_origin(entry.uri, row["uri"]):
        raise Malformed(reason="a pinned post of another origin")
    if entry.embedded is not None and _is_by(entry.embedded, row["uri"]):
        return await resolve.store_document(app, entry.embedded, budget)
    return await resolve.post(app, entry.uri, budget)


def _is_by(document: dict[str, Any], author: str) -> bool:
    named = vocab.reference(document.get("attributedTo"))
    return named is not None and same_id(named, author)


async def _read_tags(app: App, row: Row, entries: list[Entry]) -> None:
    """Show the hashtags that the collection lists on the profile, and no others."""
    names = [
        line(entry.embedded.get("name"), MAX_TAG).removeprefix("#")
        for entry in entries
        if entry.embedded is not None and "Hashtag" in types(entry.embedded)
    ]
    wanted = {name.lower(): name for name in names[: featured_tags.MAX_FEATURED] if name}
    for shown in await featured_tags.of(app, row["id"]):
        if shown.name.lower() not in wanted:
            await featured_tags.unfeature(app, row["id"], shown.id)
    for name in wanted.values():
        with contextlib.suppress(FediNoteError):
            await featured_tags.feature(app, row["id"], name)
