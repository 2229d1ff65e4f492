"""What other servers are told: a reaction for each event that a local account caused."""

import msgspec

from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render
from fedinote.activitypub.render import Envelope
from fedinote.events import (
    AccountSuspended,
    Blocked,
    Boosted,
    Favourited,
    FollowAccepted,
    FollowRejected,
    FollowRequested,
    Pinned,
    PollClosed,
    PollVoted,
    PostDeleted,
    PostEdited,
    PostPublished,
    ProfileUpdated,
    ReportFiled,
    Unblocked,
    Unfavourited,
    Unfollowed,
    VersionsChanged,
)
from fedinote.federation import approving, documents, readers
from fedinote.federation.approving import Interaction
from fedinote.federation.queueing import Audience, anybody, queue, queue_to, was_sent
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row

POLL_UPDATE_JOB = "federation.update_poll"
POLL_UPDATE_DELAY = 30


async def on_post_published(app: App, event: PostPublished) -> None:
    """Create, to followers as the visibility allows, to those addressed, and to the author of the parent."""
    if not event.local:
        return
    people = await _audience(app, event.post_id, event.author_id, event.visibility, event.mentioned_ids)
    if await anybody(app, people):
        found = await documents.post(app, event.post_id)
        if event.in_reply_to_id is not None:
            done = Interaction("reply", found.row["uri"], event.in_reply_to_id, event.author_id)
            if await approving.held(app, done, found.document):
                return
        await queue(app, event.author_id, documents.create(found), people, order_key=found.row["uri"])


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Update, to all who got the post or boosted it."""
    if not event.local:
        return
    people = await _audience(app, event.post_id, event.author_id, event.visibility, event.added_ids, reached=True)
    if await anybody(app, people):
        found = await documents.post(app, event.post_id)
        if found.row["in_reply_to_id"] is not None and await approving.waits(app, found.row["uri"]):
            return
        await queue(app, event.author_id, documents.update(found), people, order_key=found.row["uri"])


async def on_versions_changed(app: App, event: VersionsChanged) -> None:
    """Update, as after an edit: a translation was attached, taken off, or is credited to others."""
    await on_post_edited(app, PostEdited(event.post_id, event.author_id, event.local, event.visibility, ()))


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Delete of a post, Undo of a boost, to all who got it."""
    if not event.local:
        return
    fetched = await readers.of_post(app, event.post_id)
    people = await _audience(app, event.post_id, event.author_id, event.visibility, fetched, reached=True)
    if not await anybody(app, people) and not await was_sent(app, event.uri):
        return
    row = await documents.boost_row(app, event.post_id)
    to, cc = addressing.addressing(event.visibility, row["followers_url"], ())  # type: ignore[arg-type]
    if event.reblog_of_id is not None:
        done = await documents.boost(app, row)
        body = render.undo(Envelope(f"{event.uri}#undo", row["author_uri"], to, cc), done)
    else:
        remains = render.tombstone(event.uri)
        body = render.delete(Envelope(f"{event.uri}#delete", row["author_uri"], to, cc), remains)
    await queue(app, event.author_id, body, people, order_key=event.uri)


_ADDRESSED = "SELECT account_id AS id FROM post_mentions WHERE post_id = ?"

_REACHED = """
SELECT account_id AS id FROM post_mentions WHERE post_id = ?
UNION SELECT account_id FROM posts WHERE reblog_of_id = ?
UNION SELECT account_id FROM posts WHERE in_reply_to_id = ?
UNION SELECT account_id FROM favourites WHERE post_id = ?
UNION SELECT account_id FROM reactions WHERE post_id = ?
UNION SELECT r.account_id FROM posts p JOIN posts r ON r.id IN (p.in_reply_to_id, p.reblog_of_id) WHERE p.id = ?
UNION SELECT g.id FROM posts p JOIN accounts g ON g.uri = p.audience_uri WHERE p.id = ?
"""


async def _audience(
    app: App, post_id: int, author_id: int, visibility: str, people: tuple[int, ...], *, reached: bool = False
) -> Audience:
    """Tell who gets what concerns a post; `reached`: also those who boosted, liked or answered a public one (G08).

    What is not public goes to those it is addressed to and nobody else, whoever liked or answered it; what is for
    this server alone, or held back, goes to nobody.
    """
    if visibility in ("local", "held"):
        return Audience()
    accounts = set(people)
    public = visibility in ("public", "unlisted")
    if reached:
        sql, times = (_REACHED, 7) if public else (_ADDRESSED, 1)
        accounts |= {r["id"] for r in await app.db.rows(sql, *[post_id] * times)}
    elif public:
        around = await app.db.rows(
            "SELECT in_reply_to_account_id AS id FROM posts WHERE id = ? AND in_reply_to_account_id IS NOT NULL"
            " UNION SELECT g.id FROM posts p JOIN accounts g ON g.uri = p.audience_uri WHERE p.id = ?",
            post_id,
            post_id,
        )
        accounts |= {row["id"] for row in around}
    blind = await _blind(app, post_id) if accounts else ()
    return Audience(author_id if visibility != "direct" else 0, tuple(accounts), blind)


async def _blind(app: App, post_id: int) -> tuple[int, ...]:
    rows = await app.db.rows("SELECT account_id FROM post_mentions WHERE post_id = ? AND blind", post_id)
    return tuple(row["account_id"] for row in rows)


async def on_boosted(app: App, event: Boosted) -> None:
    """Announce, to the followers and to the author of the post."""
    if not event.local:
        return
    people = Audience(event.account_id, (event.author_id,))
    if await anybody(app, people):
        row = await documents.boost_row(app, event.boost_id)
        body = await documents.boost(app, row)
        if not await approving.held(app, Interaction("announce", row["uri"], event.post_id, event.account_id), body):
            body = await approving.with_proof(app, "announce", body)
            await queue(app, event.account_id, body, people, order_key=row["uri"])


async def _pair(app: App, first_id: int, second_id: int) -> tuple[Row, Row]:
    rows = await app.db.rows(
        "SELECT id, uri, domain, followers_url, featured_url FROM accounts WHERE id IN_INTS(?)", [first_id, second_id]
    )
    found = {row["id"]: row for row in rows}
    return found[first_id], found[second_id]


def between(relation: str, me: Row, other: Row) -> str:
    """Name a relation of two accounts (follow, answer, block): what is said about it stays in order."""
    return f"{relation} {me['uri']} {other['uri']}"


async def on_favourited(app: App, event: Favourited) -> None:
    """Like, to the author."""
    me, author = await _pair(app, event.account_id, event.author_id)
    if event.local and author["domain"]:
        body = render.like(Envelope(event.uri, me["uri"]), await _post_uri(app, event.post_id))
        if not await approving.held(app, Interaction("like", event.uri, event.post_id, event.account_id), body):
            body = await approving.with_proof(app, "like", body)
            await queue_to(app, me["id"], body, [author["id"]], event.uri)


async def on_unfavourited(app: App, event: Unfavourited) -> None:
    """Undo of the Like, to the author."""
    me, author = await _pair(app, event.account_id, event.author_id)
    if event.local and author["domain"]:
        done = render.like(Envelope(event.uri, me["uri"]), await _post_uri(app, event.post_id))
        await queue_to(
            app, me["id"], render.undo(Envelope(f"{event.uri}#undo", me["uri"]), done), [author["id"]], event.uri
        )


async def _post_uri(app: App, post_id: int) -> str:
    return str(await app.db.value("SELECT uri AS value FROM posts WHERE id = ?", post_id))


async def on_follow_requested(app: App, event: FollowRequested) -> None:
    """Follow, to the target."""
    me, target = await _pair(app, event.follower_id, event.target_id)
    if not me["domain"] and target["domain"]:
        body = render.follow(Envelope(event.uri, me["uri"]), target["uri"])
        await queue_to(app, me["id"], body, [target["id"]], between("follow", me, target))


async def on_follow_accepted(app: App, event: FollowAccepted) -> None:
    """Accept with the whole Follow, to the follower (S88)."""
    follower, me = await _pair(app, event.follower_id, event.target_id)
    if not me["domain"] and follower["domain"]:
        request = render.follow(Envelope(event.uri, follower["uri"]), me["uri"])
        envelope = Envelope(f"{me['uri']}#accepts/{app.ids.next()}", me["uri"])
        await queue_to(
            app, me["id"], render.accept(envelope, request), [follower["id"]], between("answer", me, follower)
        )


async def on_follow_rejected(app: App, event: FollowRejected) -> None:
    """Reject, to the follower."""
    await reject_follow(app, event.target_id, event.follower_id, event.uri)


async def reject_follow(app: App, target_id: int, follower_id: int, uri: str) -> None:
    """Tell a remote account that it does not follow a local one, in the running transaction or on its own."""
    follower, me = await _pair(app, follower_id, target_id)
    if not me["domain"] and follower["domain"]:
        request = render.follow(Envelope(uri, follower["uri"]), me["uri"])
        envelope = Envelope(f"{me['uri']}#rejects/{app.ids.next()}", me["uri"])
        async with app.db.transaction():
            await queue_to(
                app, me["id"], render.reject(envelope, request), [follower["id"]], between("answer", me, follower)
            )


async def on_unfollowed(app: App, event: Unfollowed) -> None:
    """Undo of the Follow, to the target."""
    me, target = await _pair(app, event.follower_id, event.target_id)
    if not me["domain"] and target["domain"]:
        done = render.follow(Envelope(event.uri, me["uri"]), target["uri"])
        body = render.undo(Envelope(f"{event.uri}#undo", me["uri"]), done)
        await queue_to(app, me["id"], body, [target["id"]], between("follow", me, target))


async def on_blocked(app: App, event: Blocked) -> None:
    """Block, to the one who is blocked, so that its server keeps it away, unless the operator does not want that."""
    me, target = await _pair(app, event.account_id, event.target_id)
    if not me["domain"] and target["domain"] and app.settings.federation.send_blocks:
        body = render.block(Envelope(event.uri, me["uri"]), target["uri"])
        await queue_to(app, me["id"], body, [target["id"]], between("block", me, target))


async def on_unblocked(app: App, event: Unblocked) -> None:
    """Undo of the Block."""
    me, target = await _pair(app, event.account_id, event.target_id)
    if not me["domain"] and target["domain"] and app.settings.federation.send_blocks:
        done = render.block(Envelope(event.uri, me["uri"]), target["uri"])
        body = render.undo(Envelope(f"{event.uri}#undo", me["uri"]), done)
        await queue_to(app, me["id"], body, [target["id"]], between("block", me, target))


async def on_profile_updated(app: App, event: ProfileUpdated) -> None:
    """Update of the actor, to the followers."""
    people = Audience(event.account_id)
    if event.local and await anybody(app, people):
        document = await documents.account(app, event.account_id)
        uri = document["id"]
        envelope = Envelope(f"{uri}#updates/{app.ids.next()}", uri, (addressing.PUBLIC,))
        await queue(app, event.account_id, render.update(envelope, document), people, order_key=uri)


async def on_account_suspended(app: App, event: AccountSuspended) -> None:
    """Update of the actor, which then says that it is suspended (or no longer), to the followers."""
    await on_profile_updated(app, ProfileUpdated(event.account_id, event.local))


async def on_report_filed(app: App, event: ReportFiled) -> None:
    """Flag by the instance actor, so that nobody learns who reported, to the server of the reported account."""
    report = await app.db.row(
        "SELECT r.id, r.comment, r.post_ids, r.forwarded, a.id AS target_id, a.uri, a.domain FROM reports r"
        " JOIN accounts a ON a.id = r.target_id WHERE r.id = ?",
        event.report_id,
    )
    if report is None or not report["forwarded"] or not report["domain"]:
        return
    me = await app.db.row("SELECT id, uri FROM accounts WHERE uri = ?", app.url("/actor"))
    if me is None:
        return
    posts = await app.db.rows("SELECT uri FROM posts WHERE id IN_INTS(?)", msgspec.json.decode(report["post_ids"]))
    envelope = Envelope(app.url(f"/reports/{report['id']}"), me["uri"])
    body = render.flag(envelope, report["uri"], [post["uri"] for post in posts], report["comment"])
    await queue_to(app, me["id"], body, [report["target_id"]], envelope.id)


async def on_pinned(app: App, event: Pinned) -> None:
    """Add to or Remove from the featured collection, to the followers."""
    people = Audience(event.account_id)
    if not event.local or not await anybody(app, people):
        return
    me, _ = await _pair(app, event.account_id, event.account_id)
    build = render.add if event.pinned else render.remove
    envelope = Envelope(f"{me['uri']}#pins/{app.ids.next()}", me["uri"], (addressing.PUBLIC,))
    body = build(envelope, await _post_uri(app, event.post_id), me["featured_url"])
    await queue(app, event.account_id, body, people, order_key=me["featured_url"])


async def on_poll_voted(app: App, event: PollVoted) -> None:
    """A vote of ours goes to the poll's author; votes on a poll of ours are told to all, a little later."""
    me, author = await _pair(app, event.account_id, event.author_id)
    if not author["domain"]:
        await jobs.enqueue(
            app,
            POLL_UPDATE_JOB,
            {"post_id": event.post_id},
            key=f"poll-update-{event.post_id}",
            delay=POLL_UPDATE_DELAY,
        )
        return
    if not event.local:
        return
    options = msgspec.json.decode(await app.db.value("SELECT options AS value FROM polls WHERE id = ?", event.poll_id))
    for choice in event.choices:
        vote_id = f"{me['uri']}#votes/{app.ids.next()}"
        vote = render.vote(
            vote_id=vote_id,
            voter=me["uri"],
            poll_id=await _post_uri(app, event.post_id),
            poll_author=author["uri"],
            choice=options[choice]["title"],
        )
        body = render.create(Envelope(f"{vote_id}/activity", me["uri"], (author["uri"],)), vote)
        await queue_to(app, me["id"], body, [author["id"]], vote_id)


async def on_poll_closed(app: App, event: PollClosed) -> None:
    """The final counts of a poll of ours."""
    await update_poll(app, event.post_id)


async def update_poll(app: App, post_id: int) -> None:
    """Tell all who got a poll of ours how the votes stand (a job, and at the end)."""
    row = await app.db.row("SELECT account_id, visibility, local FROM posts WHERE id = ?", post_id)
    if row is None or not row["local"]:
        return
    async with app.db.transaction():
        people = await _audience(app, post_id, row["account_id"], row["visibility"], (), reached=True)
        if not await anybody(app, people):
            return
        found = await documents.post(app, post_id)
        envelope = Envelope(
            f"{found.row['uri']}#votes/{app.ids.next()}", found.row["author_uri"], found.to, found.cc,
            from_ms(found.row["created_at"]),
        )  # fmt: skip
        await queue(app, row["account_id"], render.update(envelope, found.document), people, order_key=found.row["uri"])
