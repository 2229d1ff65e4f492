"""Quotes between servers (FEP-044f): asking for consent, giving it, and looking at the proof of others' consent."""

from datetime import timedelta
from typing import Any

from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render, render_quotes, vocab
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.activitypub.render import Envelope
from fedinote.events import PostWishChanged, QuoteChanged, QuoteMade, QuotePolicyChanged
from fedinote.federation import documents, fetching, quoted, resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.queueing import Audience, anybody, queue, queue_to
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Gone, Malformed, NotFound, Refused
from fedinote.posts import publishing, quotes, visibility
from fedinote.posts.drafts import NewPost, encoded

VERIFY_JOB = "federation.verify_quote"
BUDGET = 8
CHECK_AGAIN = timedelta(days=7)
CHECKED_AT_ONCE = 50


async def on_quote_made(app: App, event: QuoteMade) -> None:
    """Ask the quoted author's server for consent, or look at the proof that a post of another server names."""
    if event.state != "pending":
        return
    row = await quotes.find(app, event.post_id)
    if row is None:
        return
    if event.local:
        await _request(app, row)
    elif _verifiable(app, row):
        await _verify_soon(app, event.post_id)


def _verifiable(app: App, row: Row) -> bool:
    """Tell whether asking anybody could show consent: there is a proof, or it may be the author's own post."""
    if fetching.is_ours(app, row["quoted_uri"]):
        return False
    return row["stamp_uri"] is not None or same_origin(row["quoted_uri"], row["account_uri"])


async def _verify_soon(app: App, post_id: int) -> None:
    await jobs.enqueue(app, VERIFY_JOB, {"post_id": post_id}, key=f"verify-quote-{post_id}")


async def _request(app: App, row: Row) -> None:
    """Send a QuoteRequest with the whole post to the server of the quoted author."""
    if not row["quoted_domain"]:
        return
    found = await documents.post(app, row["post_id"])
    request_uri = f"{row['post_uri']}#quote_request"
    await app.db.execute("UPDATE quotes SET request_uri = ? WHERE post_id = ?", request_uri, row["post_id"])
    envelope = Envelope(request_uri, row["account_uri"], (row["quoted_account_uri"],))
    body = render.quote_request(envelope, row["quoted_uri"], found.document)
    await queue_to(app, row["account_id"], body, [row["quoted_account_id"]], request_uri)


async def on_quote_changed(app: App, event: QuoteChanged) -> None:
    """Tell the readers of a post of ours of the consent, and of a consent that one of us takes back."""
    row = await quotes.find(app, event.post_id)
    if row is None:
        return
    if event.local and row["quoted_domain"] and event.state in ("accepted", "revoked"):
        await _update(app, row["post_id"], row["account_id"], row["visibility"])
    if event.state == "revoked" and event.was == "accepted" and row["quoted_domain"] == "":
        await _delete_stamp(app, row)
    elif event.state == "pending" and not event.local:
        await _verify_soon(app, event.post_id)


async def on_quote_policy_changed(app: App, event: QuotePolicyChanged) -> None:
    """Update of the post, which says who may quote it."""
    row = await app.db.row("SELECT id, account_id, visibility, uri FROM posts WHERE id = ?", event.post_id)
    if row is not None:
        await _update(app, row["id"], row["account_id"], row["visibility"])


async def on_post_wish_changed(app: App, event: PostWishChanged) -> None:
    """Update of a post of ours, which says which machines may translate it."""
    row = await app.db.row("SELECT id, account_id, visibility, local FROM posts WHERE id = ?", event.post_id)
    if row is not None and row["local"]:
        await _update(app, row["id"], row["account_id"], row["visibility"])


async def _update(app: App, post_id: int, author_id: int, shown: str) -> None:
    """Send a post anew, as it is now, to those who got it; it is no new version, so `updated` stays."""
    people = await _readers(app, post_id, author_id, shown)
    if not await anybody(app, people):
        return
    found = await documents.post(app, post_id)
    envelope = Envelope(f"{found.row['uri']}#updates/{app.ids.next()}", found.row["author_uri"], found.to, found.cc)
    await queue(app, author_id, render.update(envelope, found.document), people, order_key=found.row["uri"])


async def _readers(app: App, post_id: int, author_id: int, shown: str) -> Audience:
    if shown == "local":
        return Audience()
    rows = await app.db.rows(
        "SELECT account_id AS id FROM post_mentions WHERE post_id = ? AND NOT blind"
        " UNION SELECT account_id FROM posts WHERE reblog_of_id = ?"
        " UNION SELECT o.account_id FROM quotes q JOIN posts o ON o.id = q.quoted_id WHERE q.post_id = ?",
        post_id,
        post_id,
        post_id,
    )
    return Audience(author_id if shown != "direct" else 0, tuple(row["id"] for row in rows))


async def _delete_stamp(app: App, row: Row) -> None:
    """Delete of the QuoteAuthorization, to the quoting author, and to all who may have seen the quote by it."""
    author_id, author = row["quoted_account_id"], row["quoted_account_uri"]
    stamp_id = quoted.stamp_uri(author, row["post_id"])
    public = row["visibility"] in ("public", "unlisted")
    envelope = Envelope(f"{stamp_id}#delete", author, (addressing.PUBLIC,) if public else (), (row["account_uri"],))
    body = render_quotes.delete_stamp(envelope, stamp_id=stamp_id, quoting=row["post_uri"], quoted=row["quoted_uri"])
    mine = Audience(author_id if public else 0, (row["account_id"],))
    for people in (mine, await _readers(app, row["post_id"], row["account_id"], row["visibility"])):
        if (people is mine or row["local"]) and await anybody(app, people):
            await queue(app, author_id, body, people, order_key=stamp_id)


# -- answering --------------------------------------------------------------------------------------------------------


async def answer(app: App, quote: Row, request_uri: str, *, agreed: bool) -> None:
    """Send Accept with the stamp, or Reject, to the author of a quote who asked for consent."""
    author = quote["quoted_account_uri"]
    request = render_quotes.request_reference(request_uri, quote["account_uri"], quote["quoted_uri"], quote["post_uri"])
    kind = "accept" if agreed else "reject"
    envelope = Envelope(f"{author}#{kind}s/quotes/{app.ids.next()}", author, (quote["account_uri"],))
    if agreed:
        body = render.accept(envelope, request, result=quoted.stamp_uri(author, quote["post_id"]))
    else:
        body = render.reject(envelope, request)
    about = quoted.stamp_uri(author, quote["post_id"])  # as for the stamp's Delete, which must come after
    await queue_to(app, quote["quoted_account_id"], body, [quote["account_id"]], about)


async def reject_request(app: App, post: Row, asker: Row, request_uri: str, quoting: str) -> None:
    """Send Reject for a quote that is not stored here; `post` is the quoted one with its author_uri."""
    request = render_quotes.request_reference(request_uri, asker["uri"], post["uri"], quoting)
    envelope = Envelope(f"{post['author_uri']}#rejects/quotes/{app.ids.next()}", post["author_uri"], (asker["uri"],))
    await queue_to(app, post["account_id"], render.reject(envelope, request), [asker["id"]], request_uri)


async def stamp_document(app: App, author: Row, post_id: int, viewer_id: int | None) -> dict[str, Any]:
    """Return the QuoteAuthorization of an author of ours for a quoting post. NotFound once it is taken back.

    Only for those who may see both posts: it tells that they are there.
    """
    row = await quotes.find(app, post_id)
    if row is None or row["quoted_account_id"] != author["id"] or row["state"] != "accepted":
        raise NotFound
    if len(await visibility.visible(app, viewer_id, [post_id, row["quoted_id"]])) < len({post_id, row["quoted_id"]}):
        raise NotFound
    return render.quote_authorization(
        stamp_id=quoted.stamp_uri(author["uri"], post_id),
        author=author["uri"],
        quoting=row["post_uri"],
        quoted=row["quoted_uri"],
    )


# -- believing --------------------------------------------------------------------------------------------------------


async def renew(app: App, row: Row, new: NewPost) -> None:
    """Take over what a new version of a post (of which `row` is here) says about its quote, and who may do what."""
    rules = encoded(new.interaction_rules)
    if (row["quote_policy"], row["interaction_rules"]) != (new.quote_policy, rules):
        sql = "UPDATE posts SET quote_policy = ?, interaction_rules = ? WHERE id = ?"
        await app.db.execute(sql, new.quote_policy, rules, row["id"])
    if row["is_quote"] or new.quote is not None:
        await quotes.replace_quote(app, row["id"], new.quote)


async def verify(app: App, post_id: int) -> None:
    """Find out whether the author of a quoted post agrees (a job; safe to repeat).

    What proves it: the same author, or a QuoteAuthorization that the quoted author's own server serves and that names
    both posts and that author (S43). Without it the quote stays hidden.
    """
    row = await quotes.find(app, post_id)
    if row is None or row["local"] or row["state"] not in ("pending", "accepted"):
        return
    budget = Budget(BUDGET)
    if row["quoted_id"] is None:
        row = await _with_quoted(app, row, budget)
        if row is None:
            return
    if row["quoted_account_id"] == row["account_id"]:
        await quotes.accept(app, post_id)
    elif row["quoted_domain"] and row["stamp_uri"]:
        await _verify_stamp(app, row, budget)


async def _with_quoted(app: App, row: Row, budget: Budget) -> Row | None:
    """Fetch the quoted post; None when it cannot be had, so that the quote cannot be shown."""
    try:
        quoted_id = await resolve.post(app, row["quoted_uri"], budget)
    except (Gone, NotFound):
        await quotes.settle(app, row["post_id"], "deleted")
        return None
    except (Refused, Malformed, Forbidden):
        await quotes.settle(app, row["post_id"], "rejected")
        return None
    await quotes.found(app, row["post_id"], quoted_id)
    again = await quotes.find(app, row["post_id"])
    return again if again is not None and again["quoted_id"] is not None else None


async def _verify_stamp(app: App, row: Row, budget: Budget) -> None:
    try:
        proven = await _is_proven(app, row, budget)
    except (Gone, NotFound, Refused, Malformed, Forbidden):
        proven = False
    if proven:
        await quotes.accept(app, row["post_id"])
    else:
        await quotes.refuse(app, row["post_id"])


async def _is_proven(app: App, row: Row, budget: Budget) -> bool:
    """Tell whether the stamp that a quote names is there and proves consent. Raises like `fetching.document`."""
    stamp_uri = row["stamp_uri"]
    if not same_origin(stamp_uri, row["quoted_account_uri"]) or await publishing.is_deleted(app, stamp_uri):
        return False
    return _proves(await fetching.vouched(app, stamp_uri, budget), row)


def _proves(document: dict[str, Any], row: Row) -> bool:
    """Tell whether a fetched QuoteAuthorization is by the quoted author and for these two posts."""
    named = [vocab.reference(document.get(key)) for key in ("attributedTo", "interactingObject", "interactionTarget")]
    wanted = [row["quoted_account_uri"], row["post_uri"], row["quoted_uri"]]
    return "QuoteAuthorization" in vocab.types(document) and all(
        one is not None and same_id(one, other) for one, other in zip(named, wanted, strict=True)
    )


async def check_again(app: App) -> None:
    """Look again at proofs that were seen a week ago: a consent may have ended without a word (every so often)."""
    rows = await app.db.rows(
        "SELECT q.post_id FROM quotes q JOIN posts p ON p.id = q.post_id WHERE q.state = 'accepted'"
        " AND q.checked_at < ? AND q.stamp_uri IS NOT NULL AND p.local = FALSE ORDER BY q.checked_at LIMIT ?",
        app.now() - CHECK_AGAIN,
        CHECKED_AT_ONCE,
    )
    async with app.db.transaction():
        for row in rows:
            await _verify_soon(app, row["post_id"])
