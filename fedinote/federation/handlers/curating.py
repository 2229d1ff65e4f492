"""Collections of accounts elsewhere (FEP-7aa9): requests to be in one, answers to ours, and what their owners say.

What a collection holds is read from its own address, and counts for those members whose own server proves their
consent. An activity only says that it is time to look.
"""

import contextlib
from typing import Any

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.activitypub.shapes import boolean, first, items, language_tag, line, text, types, when
from fedinote.federation import actors, curating, fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers.targets import local_account
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Malformed, Refused
from fedinote.relations import curation
from fedinote.text import html

TYPE = "FeaturedCollection"
MAX_ITEMS = 50
MAX_NAME = 256
MAX_DESCRIPTION = 2048
REQUESTS = 30

_UPSERT = """
INSERT INTO collections (id, account_id, uri, url, name, description, language, sensitive, discoverable, tag,
  created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uri) DO UPDATE SET url = excluded.url, name = excluded.name, description = excluded.description,
  language = excluded.language, sensitive = excluded.sensitive, discoverable = excluded.discoverable,
  tag = excluded.tag, updated_at = excluded.updated_at
"""

_MEMBER = """
INSERT INTO collection_items (id, collection_id, account_id, state, uri, request_uri, approval_uri, created_at)
VALUES (?, ?, ?, 'accepted', ?, ?, ?, ?)
ON CONFLICT (collection_id, account_id) DO UPDATE SET state = 'accepted', uri = excluded.uri,
  request_uri = excluded.request_uri, approval_uri = excluded.approval_uri WHERE collection_items.state <> 'revoked'
"""


async def request(app: App, verified: VerifiedActivity) -> None:
    """Answer whether an account of ours may be in a collection of the signer's: Accept with a proof, or Reject."""
    activity = verified.activity
    uri = activity.instrument.id if activity.instrument else None
    if activity.id is None or uri is None or not same_origin(uri, verified.signer_uri):
        raise Malformed(reason="FeatureRequest without an id, or for no collection of the signer's")
    member = await local_account(app, activity.object_id)
    if not await curation.may_feature(app, verified.signer_id, member["id"]):
        async with app.db.transaction():
            await curating.answer(app, member, verified.signer_id, activity.id, None)
        return
    collection_id = await _read(app, uri, verified, Budget(REQUESTS))
    async with app.db.transaction():
        made = await app.db.execute(
            _MEMBER, app.ids.next(), collection_id, member["id"], "", activity.id, "", app.now()
        )
        row = await app.db.row(
            "SELECT id FROM collection_items WHERE collection_id = ? AND account_id = ?", collection_id, member["id"]
        )
        agreed = None
        if made and row is not None:
            agreed = f"{member['uri']}/feature_authorizations/{row['id']}"
            await app.db.execute("UPDATE collection_items SET approval_uri = ? WHERE id = ?", agreed, row["id"])
        await curating.answer(app, member, verified.signer_id, activity.id, agreed)


async def answered(app: App, verified: VerifiedActivity, *, agreed: bool) -> bool:
    """Take an Accept or Reject of a request of ours, by the account that was asked; False when it is about no such."""
    asked, proof = verified.activity.object_id or "", verified.activity.result
    known = await app.db.row(
        "SELECT 1 AS value FROM collection_items WHERE request_uri = ? AND account_id = ?", asked, verified.signer_id
    )
    if known is None or not asked:
        return False
    if agreed and (proof is None or not same_origin(proof, verified.signer_uri)):
        raise Refused(reason="consent to be in a collection without a proof of its own")
    await curation.answer(app, asked, verified.signer_id, proof if agreed else None)
    return True


async def concerned(app: App, verified: VerifiedActivity) -> bool:
    """Take an Add, Update, Remove or Delete about a collection or a consent; False when it is about something else."""
    activity = verified.activity
    uri, embedded = activity.object_id or "", activity.embedded or {}
    if activity.type not in ("Add", "Remove", "Update", "Delete") or uri == verified.signer_uri:
        return False
    if activity.type == "Update" and TYPE not in types(embedded):
        return False
    if activity.type == "Delete":
        return await _withdrawn(app, verified, uri) or await _gone(app, verified, uri)
    if activity.type == "Remove" and await _gone(app, verified, uri):
        return True
    target = activity.target or ""
    known = await app.db.row(
        "SELECT uri FROM collections WHERE account_id = ? AND uri IN_TEXTS(?)", verified.signer_id, [uri, target]
    )
    if known is None and (TYPE not in types(embedded) or not await _followed(app, verified.signer_id)):
        return TYPE in types(embedded)
    about = known["uri"] if known else uri
    if not same_origin(about, verified.signer_uri):
        raise Refused(reason="a collection of another origin")
    await _read(app, about, verified, Budget(REQUESTS))
    return True


async def _followed(app: App, account_id: int) -> bool:
    row = await app.db.row(
        "SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND f.accepted AND a.domain = '' LIMIT 1",
        account_id,
    )
    return row is not None


async def _gone(app: App, verified: VerifiedActivity, uri: str) -> bool:
    row = await app.db.row("SELECT id FROM collections WHERE uri = ? AND account_id = ?", uri, verified.signer_id)
    if row is not None:
        await curation.delete(app, verified.signer_id, row["id"])
    return row is not None


async def _withdrawn(app: App, verified: VerifiedActivity, uri: str) -> bool:
    row = await app.db.row(
        "SELECT id FROM collection_items WHERE approval_uri = ? AND account_id = ? AND approval_uri <> ''",
        uri,
        verified.signer_id,
    )
    if row is not None:
        with contextlib.suppress(FediNoteError):
            await curation.revoke(app, verified.signer_id, row["id"])
    return row is not None


async def _read(app: App, uri: str, verified: VerifiedActivity, budget: Budget) -> int:
    """Fetch a collection of the signer's and store it with the members whose consent is proven; its id.

    Raises `Refused` when it is none, or of somebody else, and like `fetching.document`.
    """
    found = await fetching.vouched(app, uri, budget)
    owner = vocab.reference(found.get("attributedTo"))
    if TYPE not in types(found) or owner is None or not same_id(owner, verified.signer_uri):
        raise Refused(reason="no collection of the signer's")
    identity = vocab.web_uri(found.get("id")) or uri
    members = await _members(app, found, identity, budget)
    async with app.db.transaction():
        await app.db.execute(_UPSERT, app.ids.next(), verified.signer_id, identity, *_values(app, found))
        row = await app.db.row("SELECT id, account_id FROM collections WHERE uri = ?", identity)
        if row is None or row["account_id"] != verified.signer_id:
            raise Refused(reason="the collection belongs to somebody else")
        await _keep(app, row["id"], members)
    return int(row["id"])


def _values(app: App, found: dict[str, Any]) -> list[Any]:
    texts = found.get("summaryMap")
    language = next((one for one in texts if language_tag(one)), None) if isinstance(texts, dict) else None
    summary = texts.get(language) if isinstance(texts, dict) and language else found.get("summary")
    topic = first(found.get("topic"))
    return [
        vocab.web_uri(found.get("url")), line(found.get("name"), MAX_NAME) or "?",
        html.to_text(text(summary, MAX_DESCRIPTION)), language[:35] if language else None,
        boolean(found.get("sensitive")), boolean(found.get("discoverable")),
        line(topic.get("name"), 200).removeprefix("#") if isinstance(topic, dict) else "",
        min(when(found.get("published")) or app.now(), app.now()), app.now(),
    ]  # fmt: skip


async def _members(app: App, found: dict[str, Any], uri: str, budget: Budget) -> list[tuple[int, str, str]]:
    """Return (account, item's id, proof) of the items whose member's own server says that it agrees."""
    members = []
    for entry in items(found.get("orderedItems") or found.get("items"))[:MAX_ITEMS]:
        if not isinstance(entry, dict) or "FeaturedItem" not in types(entry):
            continue
        member, proof = vocab.web_uri(entry.get("featuredObject")), vocab.web_uri(entry.get("featureAuthorization"))
        identity = vocab.reference(entry.get("id")) or ""
        if member is None or proof is None or fetching.is_ours(app, member):
            continue
        with contextlib.suppress(FediNoteError):
            if await _agrees(app, member, proof, uri, budget):
                row = await actors.exactly(app, member, budget)
                members.append((row["id"], identity, proof))
    return members


async def _agrees(app: App, member: str, proof: str, collection: str, budget: Budget) -> bool:
    if not same_origin(member, proof):
        return False
    known: Row | None = await app.db.row(
        "SELECT 1 AS value FROM collection_items i JOIN collections c ON c.id = i.collection_id"
        " JOIN accounts a ON a.id = i.account_id"
        " WHERE i.approval_uri = ? AND c.uri = ? AND a.uri = ? AND i.state = 'accepted'",
        proof,
        collection,
        member,
    )
    if known is not None:
        return True
    found = await fetching.vouched(app, proof, budget)
    about, by = vocab.reference(found.get("interactingObject")), vocab.reference(found.get("interactionTarget"))
    return "FeatureAuthorization" in types(found) and about == collection and by == member


async def _keep(app: App, collection_id: int, members: list[tuple[int, str, str]]) -> None:
    """Let these, and those of our own people who agreed, be the members of a collection."""
    await app.db.execute(
        "DELETE FROM collection_items WHERE collection_id = ? AND state = 'accepted' AND NOT (account_id IN_INTS(?))"
        " AND account_id IN (SELECT a.id FROM accounts a WHERE a.domain <> '')",
        collection_id,
        [account_id for account_id, _, _ in members],
    )
    for account_id, identity, proof in members:
        await app.db.execute(_MEMBER, app.ids.next(), collection_id, account_id, identity, "", proof, app.now())
