"""The sets of known pictures: made and removed. Each decision is in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy.pictures import sets
from fedinote.policy.rules.pictures import KIND

MAX_SETS = 100
MAX_NAME, MAX_SOURCE, MAX_REASON = 100, 200, 500
_SET = "SELECT s.*, (SELECT COUNT(*) FROM known_pictures k WHERE k.set_id = s.id) AS pictures FROM picture_sets s"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A set as somebody wants it: its name, where it is from, and why it is here."""

    name: str
    source: str = ""
    reason: str = ""


async def listing(app: App) -> list[Row]:
    """Return all sets by name, each with `pictures`, how many it has."""
    return await app.db.rows(f"{_SET} ORDER BY s.name")


async def get(app: App, set_id: int) -> Row:
    """Return one set, as `listing` does. Raises NotFound."""
    return _there(await app.db.row(f"{_SET} WHERE s.id = ?", set_id))


async def named(app: App, name: str) -> Row:
    """Return the set of this name, as `listing` does. Raises NotFound."""
    return _there(await app.db.row(f"{_SET} WHERE s.name = ?", name.strip()))


def _there(row: Row | None) -> Row:
    if row is None:
        raise NotFound("There is no such set of pictures")
    return row


async def create(app: App, wanted: Wanted, *, by: Moderator | None) -> Row:
    """Make an empty set. `by` None is the command line. Raises Invalid and Forbidden."""
    allowed(by)
    name = " ".join(wanted.name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid(f"Validation failed: A set of pictures has a name of up to {MAX_NAME} characters")
    if len(wanted.source) > MAX_SOURCE or len(wanted.reason) > MAX_REASON:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_REASON} characters)")
    async with app.db.transaction():
        if await app.db.value("SELECT COUNT(*) AS value FROM picture_sets") >= MAX_SETS:
            raise Invalid(f"Validation failed: There are {MAX_SETS} sets of pictures already")
        made = await app.db.returning(
            "INSERT INTO picture_sets (id, name, source, reason, version, removals, created_at)"
            " VALUES (?, ?, ?, ?, 0, 0, ?) ON CONFLICT DO NOTHING RETURNING *",
            *(app.ids.next(), name, wanted.source.strip(), wanted.reason.strip(), app.now()),
        )
        if not made:
            raise Invalid("Validation failed: There is a set of pictures of this name already")
        await note(app, "picture_set.create", made[0], by)
        app.db.after_commit(lambda: sets.forget(app))
    return await get(app, made[0]["id"])


async def remove(app: App, set_id: int, *, by: Moderator | None) -> None:
    """Delete a set with all that is in it. Raises NotFound, Forbidden, and Invalid while a rule is about it."""
    allowed(by)
    async with app.db.transaction():
        row = await get(app, set_id)
        if row["name"] in await used(app):
            raise Invalid("Validation failed: A rule is about these pictures: remove the rule first")
        await app.db.execute("DELETE FROM picture_sets WHERE id = ?", set_id)
        await note(app, "picture_set.remove", row, by, {"pictures": row["pictures"]})
        app.db.after_commit(lambda: sets.forget(app))


async def used(app: App) -> Mapping[str, list[int]]:
    """Return which rules (ids, on or not) are about which set, by its name."""
    found: dict[str, list[int]] = {}
    for row in await app.db.rows("SELECT id, terms FROM rules WHERE kind = ? ORDER BY id", KIND):
        terms = msgspec.json.decode(row["terms"]) if isinstance(row["terms"], str) else row["terms"]
        found.setdefault(str(terms.get("set", "")).strip(), []).append(row["id"])
    return found


async def check(app: App, kind: str, terms: Mapping[str, Any]) -> None:
    """Raise Invalid for the terms of a rule about pictures that names no set."""
    if kind != KIND:
        return
    try:
        await named(app, str(terms.get("set", "")))
    except NotFound:
        raise Invalid("Validation failed: There is no set of pictures of this name") from None


def allowed(by: Moderator | None) -> None:
    """Raise Forbidden for who may not write rules. None is the command line."""
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden


async def note(app: App, action: str, row: Row, by: Moderator | None, detail: Mapping[str, Any] | None = None) -> None:
    """Write a decision about a set into the audit log, in the running transaction."""
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="picture_set",
        target=row["id"],
        detail={"via": "" if by else "command line", "title": row["name"], **(detail or {})},
    )
