"""What a post of ours says about quotes in its document: what it quotes, with which proof; who may quote and answer."""

from dataclasses import replace

from fedinote.activitypub.render_notes import NoteOut
from fedinote.activitypub.render_quotes import approvers
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts import answering, quotes
from fedinote.text.quotes import with_fallback

OVER = ("revoked", "deleted")


async def extend(app: App, row: Row, note: NoteOut) -> NoteOut:
    """Complete the document of a local post (a row of posts with author_uri and followers_url)."""
    repliers = _approvers(row, answering.policy_of(row["interaction_rules"])) if row["interaction_rules"] else None
    note = replace(note, repliers=repliers)
    allowed = _approvers(row, row["quote_policy"] or 0)
    quote = await quotes.find(app, row["id"]) if row["is_quote"] else None
    if quote is None or quote["state"] in OVER:
        return replace(note, automatic=allowed)
    uri = quote["quoted_uri"]
    content = with_fallback(note.content, quote["quoted_url"] or uri, (uri,))
    if quote["state"] == "rejected":
        return replace(note, automatic=allowed, content=content)
    return replace(note, automatic=allowed, content=content, quote=uri, quote_authorization=stamp(quote))


def _approvers(row: Row, policy: int) -> tuple[str, ...]:
    return approvers(policy, author=row["author_uri"], followers=row["followers_url"])


def stamp(quote: Row) -> str | None:
    """Return the id of the proof for the quoted author's consent; None where there is none."""
    if quote["state"] != "accepted":
        return None
    if quote["quoted_domain"] == "":
        return stamp_uri(quote["quoted_account_uri"], quote["post_id"])
    found: str | None = quote["stamp_uri"]
    return found


def stamp_uri(author_uri: str, post_id: int) -> str:
    """Return the id of the QuoteAuthorization by which an author here lets a post quote."""
    return f"{author_uri}/quote_authorizations/{post_id}"
