"""Reactions with an emoji, as two families of clients read them.

`reactions` of a Status is glitch-soc's, read by Moshidon and others; `pleroma.emoji_reactions` is that of Pleroma and
Akkoma, read by Husky, Fedilab, Soapbox and Pleroma-FE. https://docs.pleroma.social/backend/development/API/
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.values import emoji_picture
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts import reactions

MAX_KINDS = 100
PLEROMA = "pleroma:emoji_reaction"
KIND = "reaction"


def by_post(app: App, rows: Iterable[Row], viewer_id: int | None) -> dict[int, list[dict[str, Any]]]:
    """Turn rows of `posts.reactions.of_posts` into the reactions of each post, at most 100 emoji."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        listed = found.setdefault(row["post_id"], [])
        if len(listed) < MAX_KINDS:
            listed.append(_entity(app, row, viewer_id))
    return found


def _entity(app: App, row: Row, viewer_id: int | None) -> dict[str, Any]:
    value: dict[str, Any] = {"name": row["name"], "count": row["count"]}
    if viewer_id is not None:
        value["me"] = bool(row["mine"])
    if row["url"] is not None:
        value |= emoji_picture(app, row["url"], row["static_url"])
    return value


def of_status(value: dict[str, Any], found: list[dict[str, Any]]) -> None:
    """Put the reactions of a post into its Status: for both families where there are any."""
    value["reactions"] = found
    if found:
        value["pleroma"] = {"emoji_reactions": [{"me": False, **one} for one in found]}


async def with_people(app: App, post_id: int, viewer: Viewer | None, name: str | None = None) -> list[dict[str, Any]]:
    """Return a post's reactions with the accounts behind each, as Pleroma lists them; of one emoji only, if asked."""
    viewer_id = None if viewer is None else viewer.account_id
    sql, params = reactions.of_posts([post_id], viewer_id)
    kinds = await app.db.rows(sql, *params)
    rows = await reactions.people(app, post_id, name)
    people = {one["id"]: one for one in await accounts(app, list({row["account_id"] for row in rows}), viewer)}
    behind: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if (person := people.get(str(row["account_id"]))) is not None:
            behind.setdefault(row["key"], []).append(person)
    return [
        {"me": False, **_entity(app, row, viewer_id), "accounts": behind[row["key"]]}
        for row in kinds[:MAX_KINDS]
        if row["key"] in behind
    ]


async def of_notices(app: App, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    """Return what people reacted with, by (account, post): `emoji` and `emoji_url`, as in Pleroma; one query.

    Of several the first. No query for none.
    """
    return {pair: _emoji(app, row) for pair, row in (await reactions.by_people(app, pairs)).items()}


def _emoji(app: App, row: Row) -> dict[str, Any]:
    if row["url"] is None:
        return {"emoji": row["name"], "emoji_url": None}
    return {"emoji": f":{row['name']}:", "emoji_url": emoji_picture(app, row["url"], None)["url"]}


def wanted_kinds(kinds: Sequence[str], excluded: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which kinds to look for and to leave out when a client names these types.

    To a client that does not know of reactions they are likes: it gets them, or does not, with those.
    """
    known = {KIND, PLEROMA}
    asked, out = set(kinds), set(excluded)
    if asked & {*known, "favourite"}:
        asked.add(KIND)
    if out & known or ("favourite" in out and not known & set(kinds)):
        out.add(KIND)
    return tuple(sorted(asked)), tuple(sorted(out))


def as_asked(value: dict[str, Any], kinds: Sequence[str]) -> dict[str, Any]:
    """Give a Notification (or a group) of a reaction the type that the client named, or else that of a like.

    Mastodon's clients know no type for reactions, and one that they do not know may break them.
    """
    if value["type"] != KIND:
        return value
    name = next((one for one in (KIND, PLEROMA) if one in kinds), "favourite")
    kept = value if name != "favourite" else {key: one for key, one in value.items() if not key.startswith("emoji")}
    return {**kept, "type": name}
