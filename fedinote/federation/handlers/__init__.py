"""THE registry: which function handles which type of activity. Types that are not here are accepted and ignored."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from fedinote.federation.handlers import forwarded, interactions, posts, profiles, relations, reports
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Conflict, Forbidden, Gone, Invalid, NotFound, Refused

log = logging.getLogger(__name__)

Handler = Callable[[App, VerifiedActivity], Awaitable[None]]

HANDLERS: Mapping[str, Handler] = {
    "Create": posts.create,
    "Update": posts.update,
    "Delete": posts.delete,
    "Follow": relations.follow,
    "Accept": relations.accept,
    "TentativeAccept": relations.ignore,
    "Reject": relations.reject,
    "Undo": relations.undo,
    "Block": relations.block,
    "Like": interactions.like,
    "Announce": interactions.announce,
    "Add": interactions.add,
    "Remove": interactions.remove,
    "Move": profiles.move,
    "Flag": reports.flag,
}

# A suspended account may still take things back, and leave (S22).
ALLOWED_WHILE_SUSPENDED = frozenset({"Delete", "Reject", "Undo", "Update"})


async def handle(app: App, verified: VerifiedActivity) -> None:
    """Let an activity have its effect. What rules forbid is logged and has none; passing trouble raises."""
    kind = verified.activity.type
    if kind not in HANDLERS:
        return
    if await _suspended(app, verified.signer_id) and kind not in ALLOWED_WHILE_SUSPENDED:
        return
    handler = HANDLERS[kind] if verified.own else forwarded.refetch
    try:
        await handler(app, verified)
    except (NotFound, Gone, Forbidden, Invalid, Refused, Conflict, BadRequest) as error:
        log.info("activity without effect", extra={"type": kind, "reason": error.reason, "actor": verified.signer_uri})


async def _suspended(app: App, account_id: int) -> bool:
    row = await app.db.row("SELECT suspended_at FROM accounts WHERE id = ?", account_id)
    return row is None or row["suspended_at"] is not None
