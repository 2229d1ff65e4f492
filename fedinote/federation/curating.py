"""Our collections of accounts as others see them, and what is told of them (FEP-7aa9)."""

from typing import Any

from starlette.requests import Request

from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render
from fedinote.activitypub.context import ACTIVITYSTREAMS
from fedinote.activitypub.render_actors import HashtagOut, hashtag, instant
from fedinote.events import CollectionChanged, MemberAsked, MemberChanged
from fedinote.federation.queueing import Audience, anybody, queue, queue_to
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.relations import curation

_FEP = "https://w3id.org/fep/7aa9#"
_GTS = "https://gotosocial.org/ns#"
CONTEXT: list[Any] = [
    ACTIVITYSTREAMS,
    {
        "toot": "http://joinmastodon.org/ns#",
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "discoverable": "toot:discoverable",
        "interactingObject": {"@id": f"{_GTS}interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": f"{_GTS}interactionTarget", "@type": "@id"},
        "featureAuthorization": {"@id": f"{_FEP}featureAuthorization", "@type": "@id"},
        "featuredObject": {"@id": f"{_FEP}featuredObject", "@type": "@id"},
        "topic": {"@id": f"{_FEP}topic", "@type": "@id"},
        **{
            name: f"{_FEP}{name}"
            for name in ("FeaturedCollection", "FeaturedItem", "FeatureRequest", "FeatureAuthorization")
        },
    },
]
LISTED = 50

_COLLECTION = (
    "SELECT c.*, a.uri AS owner_uri, a.domain FROM collections c JOIN accounts a ON a.id = c.account_id WHERE c.id = ?"
)
_ITEM = (
    "SELECT i.*, m.uri AS member_uri, m.domain AS member_domain, m.actor_type, c.uri AS collection_uri, c.discoverable,"
    " o.id AS owner_id, o.uri AS owner_uri, o.domain AS owner_domain FROM collection_items i"
    " JOIN collections c ON c.id = i.collection_id JOIN accounts m ON m.id = i.account_id"
    " JOIN accounts o ON o.id = c.account_id WHERE i.id = ?"
)


# -- served -----------------------------------------------------------------------------------------------------------


def list_url(owner_uri: str) -> str:
    """Return the address of the list of an account's collections."""
    return f"{owner_uri}/featured_collections"


async def listing(app: App, account: Row, request: Request) -> dict[str, Any]:
    """The collections that an account shows on its profile, by their ids."""
    rows = await curation.of(app, account["id"], None, limit=LISTED)
    return render.collection(list_url(account["uri"]), total=len(rows), items=[row["uri"] for row in rows])


async def one(app: App, account: Row, request: Request) -> dict[str, Any]:
    """One collection of an account, whole. `NotFound`."""
    row = await app.db.row(_COLLECTION, min(request.path_params["collection_id"], 2**63 - 1))
    if row is None or row["account_id"] != account["id"]:
        raise NotFound
    return await document(app, row)


async def authorization(app: App, account: Row, request: Request) -> dict[str, Any]:
    """The proof that an account of ours agrees to be in a collection. `NotFound` when it does not (any more)."""
    row = await app.db.row(_ITEM, min(request.path_params["item_id"], 2**63 - 1))
    if row is None or row["account_id"] != account["id"] or row["state"] != "accepted":
        raise NotFound
    return {
        "@context": CONTEXT,
        "id": row["approval_uri"],
        "type": "FeatureAuthorization",
        "interactingObject": row["collection_uri"],
        "interactionTarget": row["member_uri"],
    }


async def document(app: App, row: Row) -> dict[str, Any]:
    """Render a collection of ours, with those in it who agreed."""
    items = await curation.items(app, [row["id"]], None)
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "id": row["uri"],
        "type": "FeaturedCollection",
        "name": row["name"],
        "attributedTo": row["owner_uri"],
        "url": row["url"] or row["uri"],
        "sensitive": bool(row["sensitive"]),
        "discoverable": bool(row["discoverable"]),
        "published": instant(from_ms(row["created_at"])),
        "updated": instant(from_ms(row["updated_at"])),
        "totalItems": len(items),
        "orderedItems": [_item(item) for item in items],
    }
    summary = {row["language"]: row["description"]} if row["language"] else row["description"]
    found["summaryMap" if row["language"] else "summary"] = summary
    if row["tag"]:
        found["topic"] = hashtag(HashtagOut(row["tag"], app.url(f"/tags/{row['tag'].lower()}")))
    return found


def _item(row: Row) -> dict[str, Any]:
    return {
        "id": row["uri"],
        "type": "FeaturedItem",
        "featuredObject": row["member_uri"],
        "featuredObjectType": row["actor_type"],
        "featureAuthorization": row["approval_uri"],
    }


# -- told -------------------------------------------------------------------------------------------------------------


async def _people(app: App, collection_id: int, owner_id: int, discoverable: bool) -> Audience:
    """Tell who hears of a collection: who is in it, and the owner's followers if it is on the profile."""
    rows = await app.db.rows("SELECT account_id FROM collection_items WHERE collection_id = ?", collection_id)
    return Audience(owner_id if discoverable else 0, tuple(row["account_id"] for row in rows))


def _activity(kind: str, actor: str, number: int, **fields: Any) -> dict[str, Any]:
    identity = f"{actor}#collections/{number}"
    return {"@context": CONTEXT, "id": identity, "type": kind, "actor": actor, "to": [addressing.PUBLIC], **fields}


async def on_collection_changed(app: App, event: CollectionChanged) -> None:
    """Add to the list of the owner's collections, Update, or Remove."""
    row = await app.db.row(_COLLECTION, event.collection_id)
    if row is None or not event.local:
        return
    people = await _people(app, row["id"], row["account_id"], bool(row["discoverable"]))
    if not await anybody(app, people):
        return
    me, number = row["owner_uri"], app.ids.next()
    if event.change == "removed":
        body = _activity("Remove", me, number, object=row["uri"], target=list_url(me))
    else:
        whole = {name: value for name, value in (await document(app, row)).items() if name != "@context"}
        kind, more = ("Add", {"target": list_url(me)}) if event.change == "made" else ("Update", {})
        body = _activity(kind, me, number, object=whole, **more)
    await queue(app, row["account_id"], body, people, order_key=row["uri"])


async def on_member_asked(app: App, event: MemberAsked) -> None:
    """FeatureRequest, to the account that shall be in the collection."""
    row = await app.db.row(_ITEM, event.item_id)
    if row is None or row["owner_domain"] or not row["member_domain"]:
        return
    body = {
        "@context": CONTEXT,
        "id": row["request_uri"],
        "type": "FeatureRequest",
        "actor": row["owner_uri"],
        "to": [row["member_uri"]],
        "object": row["member_uri"],
        "instrument": row["collection_uri"],
    }
    await queue_to(app, row["owner_id"], body, [row["account_id"]], row["request_uri"])


async def on_member_changed(app: App, event: MemberChanged) -> None:
    """Add or Remove of an item of ours; or, of a member of ours that withdraws, Delete of the proof to the owner."""
    row = await app.db.row(_ITEM, event.item_id)
    if row is None:
        return
    if row["owner_domain"]:
        if event.by_member and not row["member_domain"]:
            member = row["member_uri"]
            body = _activity("Delete", member, app.ids.next(), object=row["approval_uri"])
            await queue_to(app, row["account_id"], body, [row["owner_id"]], row["approval_uri"])
        return
    people = await _people(app, row["collection_id"], row["owner_id"], bool(row["discoverable"]))
    if await anybody(app, people):
        kind, about = ("Add", _item(row)) if event.listed else ("Remove", row["uri"])
        body = _activity(kind, row["owner_uri"], app.ids.next(), object=about, target=row["collection_uri"])
        await queue(app, row["owner_id"], body, people, order_key=row["uri"])


async def answer(app: App, member: Row, owner_id: int, request_uri: str, approval_uri: str | None) -> None:
    """Queue the Accept (with what proves it) or Reject of a FeatureRequest, in the running transaction."""
    fields: dict[str, Any] = {"object": request_uri} | ({"result": approval_uri} if approval_uri else {})
    body = _activity("Accept" if approval_uri else "Reject", member["uri"], app.ids.next(), **fields)
    await queue_to(app, member["id"], body, [owner_id], request_uri)
