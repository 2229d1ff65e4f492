"""What the actor document offers clients besides the boxes: proxyUrl, and uploadMedia (ActivityPub, section 4.1)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response

from fedinote.activitypub import vocab
from fedinote.activitypub.media import attachments
from fedinote.activitypub.quirks import without_fragment
from fedinote.auth import limits
from fedinote.federation import documents, fetching
from fedinote.federation.answering import PRIVATE, VARY, activity, app_of
from fedinote.federation.c2s import door
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Gone, Invalid, NotFound, UnsupportedType
from fedinote.media import uploads
from fedinote.media.models import Media
from fedinote.posts import publishing, visibility

MAX_FIELD = 100_000
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def proxy(request: Request) -> Response:
    """POST of `id=URL`: the object there, fetched under the same rules as everything, in the server's name.

    What lies here is given as far as the person may see it. Raises like `fetching.document`, and BadRequest.
    """
    app = app_of(request)
    viewer = await door.viewer_of(request, ("read:search",))
    form = await _form(request, files=0)
    url = vocab.web_uri(form.get("id")) if isinstance(form.get("id"), str) else None
    if url is None:
        raise BadRequest("The field `id` must be the http(s) URL of an object")
    if fetching.is_ours(app, url):
        return activity(await _own(app, without_fragment(url), viewer.account_id), private=True)
    found = await fetching.document(app, url, Budget(3))
    blind = ("bto", "bcc")
    return activity({name: value for name, value in found.items() if name not in blind}, private=True)


async def _own(app: App, url: str, viewer_id: int) -> Mapping[str, Any]:
    """Return an actor or a post of this server by its id. NotFound, Gone."""
    account_id = await app.db.value(
        "SELECT a.id AS value FROM accounts a LEFT JOIN users u ON u.account_id = a.id"
        " WHERE a.uri = ? AND a.deleted_at IS NULL AND (u.state IS NULL OR u.state <> 'pending')",
        url,
    )
    if account_id is not None:
        return await documents.account(app, account_id)
    post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ? AND local", url.removesuffix("/activity"))
    if post_id is None:
        post_id = await app.db.value("SELECT id AS value FROM posts WHERE uri = ? AND local", url)
    if post_id is None:
        raise Gone if await publishing.is_deleted(app, url) else NotFound
    row = await visibility.sees(app, viewer_id, post_id)
    if row["reblog_of_id"] is not None:
        return await documents.boost(app, await documents.boost_row(app, post_id))
    found = await documents.post(app, post_id)
    return documents.create(found) if url.endswith("/activity") else found.document


async def upload(request: Request) -> Response:
    """POST of `file` and `object` as a multipart form: 201, and the address by which a Note attaches the file.

    `object` is JSON; its `name` (or `summary`) describes the file, its `focalPoint` is kept. Raises Invalid for what is
    no such file.
    """
    app = app_of(request)
    viewer = await door.viewer_of(request, ("write:media",))
    limits.spend(app, viewer, limits.LIMITS["media"], "media")
    form = await _form(request, files=1)
    file, stated = form.get("file"), form.get("object")
    if not isinstance(file, UploadFile):
        raise Invalid("Validation failed: File can't be blank")
    about = vocab.plain(vocab.decode(stated.encode())) if isinstance(stated, str) and stated.strip() else {}
    said = attachments({"attachment": {**about, "type": "Document", "url": app.url("/")}})[0]
    media = await uploads.upload(
        app,
        viewer.account_id,
        file.file,
        description=said.description,
        focus=None if said.focus is None else f"{said.focus[0]},{said.focus[1]}",
    )
    document = _document(app, media)
    headers = {"Location": document["url"], "Cache-Control": PRIVATE, "Vary": VARY}
    return Response(msgspec.json.encode(document), 201, headers, "application/activity+json")


def _document(app: App, media: Media) -> dict[str, Any]:
    kinds = {"image": "Image", "video": "Video", "gifv": "Video", "audio": "Audio"}
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": kinds.get(media.kind, "Document"),
        "mediaType": media.media_type,
        "url": app.url(f"/media/{media.key}"),
        "name": media.description,
    }


async def _form(request: Request, *, files: int) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        raise UnsupportedType
    try:
        return await request.form(max_files=files, max_fields=20, max_part_size=MAX_FIELD)
    except (MultiPartException, UnicodeDecodeError, KeyError):
        raise BadRequest("The form could not be read") from None
