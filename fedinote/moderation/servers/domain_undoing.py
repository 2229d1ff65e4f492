"""Undoing changes of the lists of servers, a batch at a time: each entry becomes what it was before.

Accounts come back with that; follows that a suspension ended do not, but whoever lost them has the list and may follow
again. What somebody changed in between is left alone, and named.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.errors import Conflict
from fedinote.moderation import deciding
from fedinote.moderation.lists import entries
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import allows, domain_changes, domains
from fedinote.moderation.servers.domain_changes import ALLOW, Batch, Change
from fedinote.moderation.servers.domains import Terms

PIECE = 20
"""Entries in one transaction."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many entries are as they were, and the names of those that somebody changed meanwhile."""

    number: int
    left: tuple[str, ...]


async def undo(app: App, batch_id: int, *, by: Moderator | None) -> Undone:
    """Undo all changes of a batch, the last first; itself a batch, that can be undone.

    A long batch is undone in pieces, so that others can write meanwhile; what was cut off goes on where it stopped.
    `NotFound`; `Forbidden`; `Conflict` when all of it is undone already.
    """
    deciding.check(by, Power.DOMAINS)
    changes = [one for one in await domain_changes.of_batch(app, batch_id) if not one.undone]
    if not changes:
        raise Conflict("This is undone already")
    batch, done, left = domain_changes.begin(app, "undo"), 0, list[str]()
    for at in range(0, len(changes), PIECE):
        piece = changes[at : at + PIECE]
        async with app.db.transaction():
            back = {one.id for one in piece if await _back(app, one, batch, by)}
            await domain_changes.mark_undone(app, sorted(back))
        done += len(back)
        left += [one.domain for one in piece if one.id not in back]
    return Undone(done, tuple(left))


async def _back(app: App, change: Change, batch: Batch, by: Moderator | None) -> bool:
    """Make one entry what it was; False when it is not any more what the change made of it."""
    if change.listing == ALLOW:
        return await _allowed_back(app, change, batch, by)
    present = await domains.find(app, change.domain)
    now = None if present is None else domains.terms_of(present)
    if now != _terms(change.after):
        return False
    before = _terms(change.before)
    if before is not None:
        await domains.block(app, change.domain, before, by=by, batch=batch)
    elif present is not None:
        await entries.let_go(app, present.id)
        await domains.unblock(app, present.id, by=by, batch=batch)
    return True


async def _allowed_back(app: App, change: Change, batch: Batch, by: Moderator | None) -> bool:
    present = await allows.find(app, change.domain)
    if (present is None) is not (change.after is None):
        return False
    if present is None:
        await allows.allow(app, change.domain, by=by, batch=batch)
    else:
        await allows.disallow(app, present.id, by=by, batch=batch)
    return True


def _terms(stored: Any) -> Terms | None:
    """Return terms as they were noted. What was due to end meanwhile is taken as it stood."""
    return None if stored is None else msgspec.convert(stored, Terms)
