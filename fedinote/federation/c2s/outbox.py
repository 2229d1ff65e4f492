"""The outbox of a client: an activity, or an object that becomes a Create; and what becomes of it (section 6)."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fedinote.activitypub import render, vocab
from fedinote.activitypub.context import post_context
from fedinote.activitypub.shapes import first
from fedinote.auth import limits
from fedinote.auth.viewer import Viewer
from fedinote.federation.answering import PRIVATE, VARY, activity, app_of
from fedinote.federation.c2s import door
from fedinote.federation.c2s.acts import VERBS, Act, Done
from fedinote.federation.c2s.recipients import recipients
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Forbidden, Invalid, NotFound, UnsupportedType
from fedinote.posts.drafts import encoded

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


async def post(request: Request) -> Response:
    """POST to an own outbox: 201 and the activity's new id in Location.

    Ids of the client's are passed over. Raises Unauthorized, Forbidden (scope, somebody else's outbox or name),
    Malformed, Invalid, TooMany and what the verb raises.
    """
    viewer, account = await door.owner_of(request)
    act = await _act(request, viewer, account)
    verb = VERBS.get(act.document["type"])
    if verb is None:
        raise Invalid(f"Clients can post these activities here: {', '.join(VERBS)}")
    if verb.scope:
        door.check(viewer, (verb.scope,))
    if verb.limit is not None:
        limits.spend(act.app, viewer, limits.LIMITS[verb.limit], verb.limit)
    location = await _kept(act, await verb.run(act))
    return Response(status_code=201, headers={"Location": location, "Cache-Control": PRIVATE, "Vary": VARY})


async def _act(request: Request, viewer: Viewer, account: Row) -> Act:
    """Read what was posted. The type of the body is not looked at, forms apart: the token makes sure of the sender."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _FORMS:
        raise UnsupportedType
    document = _wrapped(vocab.plain(vocab.decode(await request.body())), account["uri"])
    about = first(document.get("object"))
    # The context of an activity holds for its object too: it may say in which language that is.
    embedded = {"@context": document.get("@context"), **about} if isinstance(about, dict) else {}
    return Act(
        app_of(request),
        viewer,
        account,
        document,
        recipients(document, embedded),
        embedded,
        vocab.reference(about),
        request.headers.get("idempotency-key", "").strip() or None,
    )


def _wrapped(document: Mapping[str, Any], actor: str) -> dict[str, Any]:
    """Return an activity of one known type; an object of any other type becomes the object of a Create.

    Raises Forbidden when it says that somebody else did it.
    """
    names = vocab.types(dict(document))
    if not names:
        raise BadRequest("The type is missing")
    if not vocab.is_activity(dict(document)):
        document = {"type": "Create", "object": document}
        names = ("Create",)
    about = first(document.get("object"))
    claimed = [document.get("actor"), about.get("attributedTo") if isinstance(about, dict) else None]
    if names[0] in ("Create", "Update") and any(one is not None and vocab.reference(one) != actor for one in claimed):
        raise Forbidden("The activity names somebody else")
    if document.get("actor") is not None and vocab.reference(document["actor"]) != actor:
        raise Forbidden("The activity names somebody else")
    known = next((name for name in names if name in VERBS), names[0])
    return {**document, "type": known}


async def _kept(act: Act, done: Done) -> str:
    """Return the activity's id; what has none of its own is kept, so that its author can read it again."""
    if isinstance(done, str):
        return done
    app, kept_id = act.app, act.app.ids.next()
    identity = f"{act.account['uri']}/activities/{kept_id}"
    body = {
        "@context": post_context(),
        "id": identity,
        "type": act.document["type"],
        "actor": act.account["uri"],
        "published": render.instant(app.now()),
        **done,
    }
    await app.db.execute(
        "INSERT INTO client_activities (id, account_id, body, created_at) VALUES (?, ?, ?, ?)",
        kept_id,
        act.me,
        encoded(body),
        app.now(),
    )
    return identity


async def show(request: Request) -> Response:
    """GET of an activity that is kept for its author, by the author's token; NotFound for everybody else."""
    app = app_of(request)
    if door.token_of(request) is None:
        raise NotFound
    viewer = await door.viewer_of(request, door.READ)
    body = await app.db.value(
        "SELECT c.body AS value FROM client_activities c JOIN accounts a ON a.id = c.account_id"
        " WHERE c.id = ? AND c.account_id = ? AND a.username_key = ? AND a.domain = ''",
        min(request.path_params["activity_id"], 2**63 - 1),
        viewer.account_id,
        request.path_params["name"].lower(),
    )
    if body is None:
        raise NotFound
    return activity(vocab.decode(body.encode()), private=True)
