"""QuoteRequest, and Accept, Reject and Delete where they are about quotes (FEP-044f)."""

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.federation import incoming, quoted, quoting, resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Malformed, NotFound, Refused
from fedinote.posts import quotes, visibility

_POST = (
    "SELECT p.*, a.uri AS author_uri FROM posts p JOIN accounts a ON a.id = p.account_id"
    " WHERE p.id = ? AND p.local = TRUE AND p.reblog_of_id IS NULL"
)


async def request(app: App, verified: VerifiedActivity) -> None:
    """Answer whether a post of ours may be quoted, by its author's policy: Accept with a stamp, or Reject.

    Whether a post is there that the asker may not see is told nobody: there is no answer then (S44).
    """
    activity = verified.activity
    quoting_uri = activity.instrument.id if activity.instrument else None
    if activity.id is None or quoting_uri is None or activity.object_id is None:
        raise Malformed(reason="QuoteRequest without an id, object or instrument")
    if not same_origin(quoting_uri, verified.signer_uri):
        raise Refused(reason="the quoting post is not the signer's")
    post = await _ours(app, verified.signer_id, activity.object_id)
    asker = await app.db.row("SELECT * FROM accounts WHERE id = ?", verified.signer_id)
    if asker is None:
        raise NotFound
    if post["visibility"] == "direct" or await quotes.decision_for(app, verified.signer_id, post) != "automatic":
        await quoting.reject_request(app, post, asker, activity.id, quoting_uri)
        return
    await _agree(app, verified, await _quoting(app, verified, post, asker))


async def _ours(app: App, signer_id: int, uri: str) -> Row:
    """Return the post of ours with this id, if the signer may see it."""
    post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ? AND local = TRUE", uri)
    if post_id is None:
        raise NotFound(reason="a request to quote an unknown post")
    await visibility.sees(app, signer_id, post_id)
    row = await app.db.row(_POST, post_id)
    if row is None:
        raise NotFound(reason="a request to quote a boost")
    return row


async def _quoting(app: App, verified: VerifiedActivity, post: Row, asker: Row) -> Row:
    """Return the quote that a request is about, storing the post that came with it. Refused where it is none."""
    match verified.activity.instrument:
        case vocab.Post() as found if incoming.own_object(found, verified.signer_uri):
            post_id = await resolve.store_post(app, found, asker, Budget())
        case vocab.Post() | vocab.Ref() as other:
            post_id = await resolve.post(app, other.id, Budget())
        case _:
            raise Malformed(reason="the instrument is no post")
    row = await quotes.find(app, post_id)
    if row is None or row["account_id"] != verified.signer_id or row["quoted_id"] != post["id"]:
        raise Refused(reason="the instrument is not the signer's quote of that post")
    return row


async def _agree(app: App, verified: VerifiedActivity, row: Row) -> None:
    request_uri = verified.activity.id or ""
    async with app.db.transaction():
        stamp = quoted.stamp_uri(row["quoted_account_uri"], row["post_id"])
        agreed = await quotes.accept(app, row["post_id"], stamp_uri=stamp, request_uri=request_uri)
        await quoting.answer(app, row, request_uri, agreed=agreed)


async def answered(app: App, verified: VerifiedActivity, *, agreed: bool) -> bool:
    """Take the answer to a request of ours to quote a post of the signer's; False when it is about no such request.

    Accept is as good as the stamp that it names, which must be of the signer's origin (S43).
    """
    row = await _requested(app, verified)
    if row is None:
        return False
    if not row["local"] or row["quoted_account_id"] != verified.signer_id:
        raise Refused(reason="an answer for a post of somebody else")
    if not agreed:
        await quotes.refuse(app, row["post_id"])
        return True
    stamp = verified.activity.result
    if stamp is None or not same_origin(stamp, verified.signer_uri):
        raise Refused(reason="consent to a quote without a stamp of the signer's origin")
    await quotes.accept(app, row["post_id"], stamp_uri=stamp)
    return True


async def _requested(app: App, verified: VerifiedActivity) -> Row | None:
    """Find the quote that an Accept or Reject is about: by the request's id, or by the two posts in it."""
    inner = verified.activity.object
    if inner is None or inner.id is None:
        return None
    for row in await quotes.find_by(app, "request_uri", inner.id):
        return row
    if not isinstance(inner, vocab.Activity) or inner.type != "QuoteRequest" or inner.instrument is None:
        return None
    post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ? AND local = TRUE", inner.instrument.id)
    row_or_none = None if post_id is None else await quotes.find(app, post_id)
    if row_or_none is None or not same_id(row_or_none["quoted_uri"], inner.object_id or ""):
        raise NotFound(reason="no such request of ours")
    return row_or_none


async def revoked(app: App, verified: VerifiedActivity, uri: str) -> bool:
    """Take the Delete of a stamp by the one who gave it; False when this is no stamp that we know."""
    rows = await quotes.find_by(app, "stamp_uri", uri)
    if not rows:
        return False
    for row in rows:
        if row["quoted_account_id"] == verified.signer_id:
            await quotes.settle(app, row["post_id"], "revoked")
    return True
