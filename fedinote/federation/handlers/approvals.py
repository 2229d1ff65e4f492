"""LikeRequest, ReplyRequest and AnnounceRequest, and the answers to ours (GoToSocial's interaction controls)."""

from fedinote.activitypub import policies, vocab
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.events import Boosted, Favourited, PostDeleted, PostPublished
from fedinote.federation import approving, fetching, incoming, outgoing, relays, resolve
from fedinote.federation.approving import Interaction
from fedinote.federation.fetching import Budget
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Gone, Malformed, NotFound, Refused
from fedinote.posts import interactions, permissions, publishing, refused_answers, visibility
from fedinote.posts.drafts import encoded
from fedinote.posts.permissions import Kind

_ANSWER = """SELECT p.id, p.uri, p.account_id, p.visibility, o.id AS parent_id FROM posts p
 JOIN posts o ON o.id = p.in_reply_to_id WHERE p.uri = ? AND p.local = TRUE AND o.account_id = ?"""
_LIMITED = """SELECT p.id, p.uri, p.account_id, p.interaction_rules, a.followers_url, a.following_url FROM posts p
 JOIN accounts a ON a.id = p.account_id WHERE p.id = ?"""
_KINDS: dict[str, Kind] = {"LikeRequest": "like", "ReplyRequest": "reply", "AnnounceRequest": "announce"}


async def request(app: App, verified: VerifiedActivity) -> None:
    """Let the signer answer, like or boost a post of ours, and say so; what a boost may not be is refused.

    Nobody learns by it whether a post is there: who may not see it gets no answer.
    """
    activity, kind = verified.activity, _KINDS[verified.activity.type]
    instrument = activity.instrument
    if activity.id is None or instrument is None or instrument.id is None:
        raise Malformed(reason=f"{activity.type} without an id or instrument")
    if not same_origin(instrument.id, verified.signer_uri):
        raise Refused(reason="the instrument is not the signer's")
    sql = "SELECT id AS value FROM posts WHERE uri = ? AND local = TRUE AND reblog_of_id IS NULL"
    post_id = await app.db.value(sql, activity.object_id or "")
    if post_id is None:
        raise NotFound(reason="a request about an unknown post")
    await visibility.sees(app, verified.signer_id, post_id)
    done = Interaction(kind, instrument.id, post_id, verified.signer_id)
    try:
        await _do(app, verified, done)
    except Forbidden:
        await approving.refuse(app, done, activity.id)
        return
    await approving.agree(app, done, activity.id)


async def _do(app: App, verified: VerifiedActivity, done: Interaction) -> None:
    """Let the answer, like or boost in a request have its effect, once."""
    instrument = verified.activity.instrument
    if done.kind == "reply":
        await _take_answer(app, verified, done)
        return
    if not isinstance(instrument, vocab.Activity):  # named only: its server says what it is, and whose
        document = await fetching.vouched(app, done.uri, Budget())
        instrument = vocab.parse_activity(document)
    wanted = ("Like" if done.kind == "like" else "Announce", done.uri, verified.signer_uri, verified.activity.object_id)
    if (instrument.type, instrument.id, instrument.actor, instrument.object_id) != wanted:
        raise Refused(reason="the instrument is something else, or somebody else's")
    if done.kind == "like":
        await interactions.favourite(app, done.account_id, done.post_id, uri=done.uri)
    else:
        await interactions.boost(app, done.account_id, done.post_id, uri=done.uri)


async def _take_answer(app: App, verified: VerifiedActivity, done: Interaction) -> None:
    match verified.activity.instrument:
        case vocab.Post() as found if incoming.own_object(found, verified.signer_uri):
            author = await app.db.row("SELECT * FROM accounts WHERE id = ?", verified.signer_id)
            if author is None:
                raise NotFound
            answer_id = await resolve.store_post(app, found, author, Budget())
        case vocab.Post() | vocab.Ref() as other:
            answer_id = await resolve.post(app, other.id, Budget())
        case _:
            raise Malformed(reason="the instrument is no post")
    row = await app.db.row("SELECT account_id, in_reply_to_id FROM posts WHERE id = ?", answer_id)
    if row is None or (row["account_id"], row["in_reply_to_id"]) != (done.account_id, done.post_id):
        raise Refused(reason="the instrument is not the signer's answer to that post")


async def answered(app: App, verified: VerifiedActivity, *, agreed: bool) -> bool:
    """Take the answer to a request of ours; False when it is about no such request.

    What was agreed to goes to everybody it is for now, with the proof. A like or boost that was refused ends; a refused
    answer is for nobody but its author any more, who is told.
    """
    row = await _requested(app, verified)
    if row is None:
        return not agreed and await _unasked(app, verified)
    if row["account_domain"] or row["author_id"] != verified.signer_id:
        raise Refused(reason="an answer about a post of somebody else")
    proof = verified.activity.result or verified.activity.id
    if agreed and (proof is None or not same_origin(proof, verified.signer_uri)):
        raise Refused(reason="consent without a proof of the signer's origin")
    async with app.db.transaction():
        if await approving.settle(app, row, authorization=proof if agreed else None):
            await (_distribute if agreed else _end)(app, row)
    return True


async def _unasked(app: App, verified: VerifiedActivity) -> bool:
    """Take the refusal of an answer of ours to the signer, who was not asked as the rules were not known here.

    Only when their post limits who may answer: otherwise nobody could be sure that what they wrote stays.
    """
    row = await app.db.row(_ANSWER, verified.activity.object_id or "", verified.signer_id)
    if row is None or not await _limits(app, row["parent_id"], row["account_id"]):
        return False
    async with app.db.transaction():
        if await approving.note_refused(app, Interaction("reply", row["uri"], row["parent_id"], row["account_id"])):
            await _take_back(app, row, verified.signer_id)
    return True


async def _limits(app: App, post_id: int, account_id: int) -> bool:
    """Tell whether a post does not let somebody answer at once, by the rules known here or as its server has them."""
    post = await app.db.row(_LIMITED, post_id)
    if post is None or await permissions.verdict(app, account_id, post, "reply") != "free":
        return post is not None
    try:
        told = incoming.parsed(await fetching.vouched(app, post["uri"], Budget()))
    except (Gone, NotFound, Refused, Malformed):
        return False
    rules = encoded(policies.rules(told, post["followers_url"], post["following_url"], app.settings.base))
    await app.db.execute("UPDATE posts SET interaction_rules = ? WHERE id = ?", rules, post_id)
    now = await app.db.row(_LIMITED, post_id)
    return now is not None and await permissions.verdict(app, account_id, now, "reply") != "free"


async def _take_back(app: App, row: Row, author_id: int) -> None:
    """Let others delete an answer that they got, and keep it for whoever wrote it."""
    gone = PostDeleted(row["id"], row["account_id"], True, row["uri"], row["visibility"], None)
    await outgoing.on_post_deleted(app, gone)
    await refused_answers.keep(app, row["id"], author_id)


async def _requested(app: App, verified: VerifiedActivity) -> Row | None:
    """Find the request of ours that an Accept or Reject names, by its id or by that of the interaction itself."""
    inner = verified.activity.object
    if inner is None or inner.id is None:
        return None
    row = await approving.find(app, "request_uri", inner.id)
    if row is None and isinstance(inner, vocab.Activity) and inner.type in _KINDS and inner.instrument is not None:
        row = await approving.find(app, "interaction_uri", inner.instrument.id or "")
        return row if row is not None and same_id(row["post_uri"], inner.object_id or "") else None
    return row or await approving.find(app, "interaction_uri", inner.id)


async def _distribute(app: App, row: Row) -> None:
    me, author, post_id, uri = row["account_id"], row["author_id"], row["post_id"], row["interaction_uri"]
    if row["kind"] == "like":
        await outgoing.on_favourited(app, Favourited(post_id, me, author, True, uri))
        return
    mine = await app.db.row("SELECT id, visibility FROM posts WHERE uri = ? AND account_id = ?", uri, me)
    if mine is None:
        return
    shown = mine["visibility"]
    if row["kind"] == "announce":
        await outgoing.on_boosted(app, Boosted(mine["id"], post_id, me, author, True, shown, True))
        return
    people = await app.db.rows("SELECT account_id AS id FROM post_mentions WHERE post_id = ?", mine["id"])
    named = tuple(one["id"] for one in people)
    event = PostPublished(mine["id"], me, True, shown, post_id, author, named, True)
    await outgoing.on_post_published(app, event)
    await relays.on_post_published(app, event)


async def _end(app: App, row: Row) -> None:
    if row["kind"] == "reply":
        answer = await app.db.row(_ANSWER, row["interaction_uri"], row["author_id"])
        if answer is not None and row["state"] == "accepted":
            await _take_back(app, answer, row["author_id"])
        elif answer is not None:
            await refused_answers.keep(app, answer["id"], row["author_id"])
    elif row["kind"] == "like":
        await interactions.unfavourite(app, row["account_id"], row["post_id"])
    elif row["kind"] == "announce":
        boost_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", row["interaction_uri"])
        if boost_id is not None:
            await publishing.delete(app, boost_id)
