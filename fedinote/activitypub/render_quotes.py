"""Quotes as others read them: requests by their ids, stamps that end, and who may quote."""

from typing import Any

from fedinote.activitypub.audience import PUBLIC
from fedinote.activitypub.context import quote_context
from fedinote.activitypub.render import Envelope, quote_authorization

Document = dict[str, Any]


def request_reference(request_id: str, actor: str, quoted: str, quoting: str) -> Document:
    """A QuoteRequest as it stands in the answer to it: what it was about, by ids alone."""
    return {
        "@context": quote_context(),
        "id": request_id,
        "type": "QuoteRequest",
        "actor": actor,
        "object": quoted,
        "instrument": quoting,
    }


def delete_stamp(envelope: Envelope, *, stamp_id: str, quoting: str, quoted: str) -> Document:
    """Delete of a QuoteAuthorization by the one who gave it: the quote is no longer agreed to."""
    stamp = quote_authorization(stamp_id=stamp_id, author=envelope.actor, quoting=quoting, quoted=quoted)
    return {
        "@context": stamp.pop("@context"),
        "id": envelope.id,
        "type": "Delete",
        "actor": envelope.actor,
        "to": list(envelope.to),
        "cc": list(envelope.cc),
        "object": stamp,
    }


def approvers(policy: int, *, author: str, followers: str) -> tuple[str, ...]:
    """Return `automaticApproval` of a local post with this policy (bits); the author alone where nobody else may."""
    if policy & 1:
        return (PUBLIC,)
    return (followers,) if policy & 2 and followers else (author,)
