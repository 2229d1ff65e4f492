"""THE registry: which function handles which type of activity. Types that are not here are accepted and ignored."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from fedinote.federation import forwarding
from fedinote.federation.handlers import (
    approvals,
    curating,
    forwarded,
    groups,
    interactions,
    posts,
    profiles,
    quotes,
    relations,
    relays,
    reports,
)
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
    "EmojiReact": interactions.emoji_react,
    "Announce": groups.announce,
    "Add": groups.add,
    "Remove": interactions.remove,
    "Move": profiles.move,
    "Flag": reports.flag,
    "QuoteRequest": quotes.request,
    "FeatureRequest": curating.request,
    "LikeRequest": approvals.request,
    "ReplyRequest": approvals.request,
    "AnnounceRequest": approvals.request,
}

# A suspended account may still take things back, and leave (S22).
ALLOWED_WHILE_SUSPENDED = frozenset({"Delete", "Reject", "Undo", "Update"})


async def handle(app: App, verified: VerifiedActivity) -> str | None:
    """Let an activity have its effect. What rules forbid is logged and has none: then why; passing trouble raises."""
    kind = verified.activity.type
    if kind not in HANDLERS:
        return "activities of this type are ignored here"
    if await _suspended(app, verified.signer_id) and kind not in ALLOWED_WHILE_SUSPENDED:
        return "the account is suspended here"
    try:
        if not await relays.taken(app, verified):
            await (_own if verified.own else _brought)(app, verified)
    except (NotFound, Gone, Forbidden, Invalid, Refused, Conflict, BadRequest) as error:
        log.info("activity without effect", extra={"type": kind, "reason": error.reason, "actor": verified.signer_uri})
        return error.reason
    return None


async def _own(app: App, verified: VerifiedActivity) -> None:
    """Let an activity of the signer's, or one that is proven, have its effect, and pass it on where that is due."""
    owners = await forwarding.owners(app, verified)
    if not await curating.concerned(app, verified):
        await HANDLERS[verified.activity.type](app, verified)
    if owners:
        await forwarding.forward(app, verified, owners)


async def _brought(app: App, verified: VerifiedActivity) -> None:
    """Take what somebody else brought: for its proof as its actor's own, or else for what its origin says (S23)."""
    proven = await forwarded.proven(app, verified)
    if proven is None:
        await forwarded.refetch(app, verified)
        return
    allowed = proven.activity.type in ALLOWED_WHILE_SUSPENDED or not await _suspended(app, proven.signer_id)
    if allowed and not await forwarded.was_taken(app, proven):
        await _own(app, proven)
        await forwarded.remember(app, proven)


async def _suspended(app: App, account_id: int) -> bool:
    row = await app.db.row("SELECT suspended_at FROM accounts WHERE id = ?", account_id)
    return row is None or row["suspended_at"] is not None
