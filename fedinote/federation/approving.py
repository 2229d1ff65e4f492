"""Consent to answers, likes and boosts between servers: asking for it, giving it, and believing it.

GoToSocial's interaction controls: LikeRequest, ReplyRequest and AnnounceRequest are answered with Accept, whose
`result` is an authorization that the author's server serves.
https://docs.gotosocial.org/en/latest/federation/interaction_controls/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fedinote.activitypub import vocab
from fedinote.activitypub.context import ACTIVITYSTREAMS
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.queueing import queue_to
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Gone, Malformed, NotFound, Refused
from fedinote.posts import permissions, visibility
from fedinote.posts.permissions import Kind

CONTEXT = [ACTIVITYSTREAMS, "https://gotosocial.org/ns"]
NAMES: Mapping[Kind, str] = {"reply": "Reply", "like": "Like", "announce": "Announce"}

_TARGET = (
    "SELECT p.id, p.uri, p.account_id, p.interaction_rules, p.visibility, a.uri AS author_uri, a.domain FROM posts p"
    " JOIN accounts a ON a.id = p.account_id WHERE p.id = ?"
)
_APPROVAL = (
    "SELECT v.*, p.uri AS post_uri, p.account_id AS author_id, a.uri AS author_uri, a.domain AS author_domain,"
    " m.uri AS account_uri, m.domain AS account_domain FROM interaction_approvals v JOIN posts p ON p.id = v.post_id"
    " JOIN accounts a ON a.id = p.account_id JOIN accounts m ON m.id = v.account_id WHERE "
)


@dataclass(frozen=True, slots=True)
class Interaction:
    """Somebody (`account_id`) answers, likes or boosts a post; `uri` is the id of the answer or activity."""

    kind: Kind
    uri: str
    post_id: int
    account_id: int


async def find(app: App, column: str, value: str | int) -> Row | None:
    """Return the consent with this `interaction_uri`, `request_uri` or `id`, with both sides of it."""
    assert column in ("interaction_uri", "request_uri", "id")
    return await app.db.row(f"{_APPROVAL}v.{column} = ?", value)


async def _store(app: App, done: Interaction, state: str, **uris: str) -> int:
    approval_id = app.ids.next()
    await app.db.execute(
        "INSERT INTO interaction_approvals (id, kind, interaction_uri, post_id, account_id, state, request_uri,"
        " authorization_uri, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        approval_id,
        done.kind,
        done.uri,
        done.post_id,
        done.account_id,
        state,
        uris.get("request"),
        uris.get("authorization"),
        app.now(),
    )
    return approval_id


# -- asking -----------------------------------------------------------------------------------------------------------


async def held(app: App, done: Interaction, instrument: Mapping[str, Any]) -> bool:
    """Tell whether what somebody here did has to wait for the author's consent; ask for it the first time.

    Until then it goes to nobody else. `instrument` is the answer, like or boost as a document.
    """
    target = await app.db.row(_TARGET, done.post_id)
    if target is None or not target["interaction_rules"] or not target["domain"]:
        return False
    known = await find(app, "interaction_uri", done.uri)
    if known is not None:
        return bool(known["state"] != "accepted")
    if await permissions.verdict(app, done.account_id, target, done.kind) == "free":
        return False
    me = await app.db.value("SELECT uri AS value FROM accounts WHERE id = ?", done.account_id)
    request_uri = f"{me}#interaction_requests/{app.ids.next()}"
    await _store(app, done, "pending", request=request_uri)
    body = {
        "@context": [*_contexts(instrument), "https://gotosocial.org/ns"],
        "id": request_uri,
        "type": f"{NAMES[done.kind]}Request",
        "actor": me,
        "to": target["author_uri"],
        "object": target["uri"],
        "instrument": {key: value for key, value in instrument.items() if key != "@context"},
    }
    await queue_to(app, done.account_id, body, [target["account_id"]], request_uri)
    return True


def _contexts(document: Mapping[str, Any]) -> list[Any]:
    found = document.get("@context", ACTIVITYSTREAMS)
    return list(found) if isinstance(found, list) else [found]


async def waits(app: App, interaction_uri: str) -> bool:
    """Tell whether an answer of ours was not agreed to (yet), so that nobody else may have it."""
    sql = "SELECT 1 AS value FROM interaction_approvals WHERE interaction_uri = ? AND state <> 'accepted'"
    return await app.db.row(sql, interaction_uri) is not None


async def with_proof(app: App, kind: Kind, document: dict[str, Any]) -> dict[str, Any]:
    """Add the proof of the author's consent to an answer, like or boost of ours, where there is one."""
    row = await find(app, "interaction_uri", document["id"])
    if row is None or row["state"] != "accepted" or not row["authorization_uri"]:
        return document
    proof = row["authorization_uri"]
    added = {f"{kind}Authorization": proof, "approvedBy": proof}
    return document | {"@context": [*_contexts(document), "https://gotosocial.org/ns"]} | added


async def settle(app: App, approval: Row, *, authorization: str | None) -> bool:
    """Take the author's answer: consent with its proof, or (None) a refusal; tell whether it is news."""
    state = "rejected" if authorization is None else "accepted"
    changed = await app.db.execute(
        "UPDATE interaction_approvals SET state = ?, authorization_uri = ? WHERE id = ? AND state <> ?",
        state,
        authorization,
        approval["id"],
        state,
    )
    return bool(changed)


async def note_refused(app: App, done: Interaction) -> bool:
    """Note that an author elsewhere does not want an answer of ours for which nobody was asked; whether it is news."""
    known = await find(app, "interaction_uri", done.uri)
    if known is None:
        await _store(app, done, "rejected")
    return known is None


# -- agreeing ---------------------------------------------------------------------------------------------------------


async def agree(app: App, done: Interaction, request_uri: str) -> None:
    """Let somebody elsewhere answer, like or boost a post of ours: Accept with an authorization that we serve."""
    async with app.db.transaction():
        target = await app.db.row(_TARGET, done.post_id)
        if target is None:
            raise NotFound
        await _store(app, done, "accepted", request=request_uri)
        row = await find(app, "interaction_uri", done.uri)
        if row is None or row["account_id"] != done.account_id or row["post_id"] != done.post_id:
            raise Refused(reason="the interaction is another one's")
        await _answer(app, row, request_uri, agreed=True)


async def turn_away(app: App, signer_id: int, answer_uri: str, parent_uri: str) -> None:
    """Tell somebody elsewhere that their answer to a post of ours is not taken: Reject of the answer itself.

    Only where who may answer is why, and only those who may see the post. Their server may not know its rules (yet).
    """
    target = await app.db.row("SELECT * FROM posts WHERE uri = ? AND local = TRUE", parent_uri)
    if target is None or await permissions.verdict(app, signer_id, target, "reply") == "free":
        return
    await visibility.sees(app, signer_id, target["id"])
    sides = await app.db.rows("SELECT id, uri FROM accounts WHERE id IN_INTS(?)", [signer_id, target["account_id"]])
    uris = {row["id"]: row["uri"] for row in sides}
    author, asker = uris[target["account_id"]], uris[signer_id]
    reject_id = f"{author}#rejects/interactions/{app.ids.next()}"
    body = {"@context": CONTEXT, "id": reject_id, "type": "Reject", "actor": author, "to": asker, "object": answer_uri}
    async with app.db.transaction():
        await queue_to(app, target["account_id"], body, [signer_id], answer_uri)


async def refuse(app: App, done: Interaction, request_uri: str) -> None:
    """Send Reject for what may not be, of a post of ours that the asker may see."""
    target = await app.db.row(_TARGET, done.post_id)
    asker = await app.db.value("SELECT uri AS value FROM accounts WHERE id = ?", done.account_id)
    if target is None:
        raise NotFound
    row = {
        "id": 0, "kind": done.kind, "interaction_uri": done.uri, "account_id": done.account_id, "account_uri": asker,
        "post_uri": target["uri"], "author_uri": target["author_uri"], "author_id": target["account_id"],
    }  # fmt: skip
    async with app.db.transaction():
        await _answer(app, row, request_uri, agreed=False)


async def _answer(app: App, row: Any, request_uri: str, *, agreed: bool) -> None:
    author, asker = row["author_uri"], row["account_uri"]
    body: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{author}#{'accepts' if agreed else 'rejects'}/interactions/{app.ids.next()}",
        "type": "Accept" if agreed else "Reject",
        "actor": author,
        "to": asker,
        "object": {
            "type": f"{NAMES[row['kind']]}Request",
            "id": request_uri,
            "actor": asker,
            "object": row["post_uri"],
            "instrument": row["interaction_uri"],
        },
    }
    if agreed:
        body["result"] = authorization_uri(author, row["id"])
    await queue_to(app, row["author_id"], body, [row["account_id"]], request_uri)


def authorization_uri(author_uri: str, approval_id: int) -> str:
    """Return the id of an authorization that we serve."""
    return f"{author_uri}/authorizations/{approval_id}"


async def document(app: App, author: Row, approval_id: int) -> Row:
    """Return the consent of an author of ours that is served under this id. NotFound when there is none."""
    row = await find(app, "id", approval_id)
    if row is None or row["author_id"] != author["id"] or row["state"] != "accepted" or not row["account_domain"]:
        raise NotFound
    return row


def rendered(row: Row) -> dict[str, Any]:
    """Render a consent as an authorization object."""
    return {
        "@context": CONTEXT,
        "id": authorization_uri(row["author_uri"], row["id"]),
        "type": f"{NAMES[row['kind']]}Authorization",
        "attributedTo": row["author_uri"],
        "interactingObject": row["interaction_uri"],
        "interactionTarget": row["post_uri"],
    }


# -- believing --------------------------------------------------------------------------------------------------------


async def check(app: App, done: Interaction, proof: str | None, budget: Budget) -> None:
    """Raise Forbidden unless the author of a post lets somebody elsewhere do that, by rule or by proof (S45).

    A proof is an authorization (or, as GoToSocial had it first, an Accept) that the author's own server serves and
    that names both sides.
    """
    target = await app.db.row(_TARGET, done.post_id)
    if target is None or not target["interaction_rules"]:
        return
    if await permissions.verdict(app, done.account_id, target, done.kind) == "free":
        return
    if not target["domain"]:
        raise Forbidden(reason="the author of the post, who lives here, does not allow it")
    if proof is None or not same_origin(proof, target["author_uri"]):
        raise Forbidden(reason="the author of the post did not agree")
    try:
        proven = _proves(await fetching.vouched(app, proof, budget), done, target)
    except (Gone, NotFound, Refused, Malformed) as error:
        raise Forbidden(reason="the author's consent is not there") from error
    if not proven:
        raise Forbidden(reason="the author's consent is to something else")


def _proves(document: dict[str, Any], done: Interaction, target: Row) -> bool:
    kinds = vocab.types(document)
    if "Accept" in kinds:
        pairs = [("actor", target["author_uri"]), ("object", done.uri)]
    elif f"{NAMES[done.kind]}Authorization" in kinds:
        pairs = [("attributedTo", target["author_uri"]), ("interactingObject", done.uri)]
        pairs.append(("interactionTarget", target["uri"]))
    else:
        return False
    return all(same_id(vocab.reference(document.get(key)) or "", wanted) for key, wanted in pairs)
