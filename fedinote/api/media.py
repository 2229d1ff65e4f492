"""Uploading and describing attachments. https://docs.joinmastodon.org/methods/media/"""

from typing import Any

from fedinote.api.entities.media import of_upload
from fedinote.api.routing import Answer, Call, route
from fedinote.infra.errors import Invalid
from fedinote.media import uploads
from fedinote.media.models import Media

_WRITE = ("write:media",)


async def create(call: Call) -> Any:
    """POST /api/v2/media: store a file. Images are ready at once (200); video and sound are made ready later (202)."""
    return await _create(call, later=True)


async def create_at_once(call: Call) -> Any:
    """POST /api/v1/media: store a file, and answer when it is ready, which for a video may take a minute."""
    return await _create(call, later=False)


async def _create(call: Call, *, later: bool) -> Any:
    file, thumbnail = call.params.file("file"), call.params.file("thumbnail")
    if file is None:
        raise Invalid("Validation failed: File can't be blank")
    media = await uploads.upload(
        call.app,
        call.me.account_id,
        file.file,
        description=call.params.text("description"),
        focus=call.params.text("focus"),
        thumbnail=None if thumbnail is None else thumbnail.file,
        later=later,
    )
    return Answer(of_upload(call.app, media), 202 if media.state == "processing" else 200)


def _answer(call: Call, media: Media) -> Answer:
    """Answer 206 while a file is made ready (no url yet), 200 when it is, 422 with the reason when it cannot be."""
    if media.state == "failed":
        raise Invalid(media.error or "The file could not be processed")
    return Answer(of_upload(call.app, media), 206 if media.state == "processing" else 200)


async def show(call: Call) -> Any:
    """GET /api/v1/media/:id: one's own upload that is not attached yet; 206 while it is made ready."""
    return _answer(call, await uploads.mine(call.app, call.me.account_id, call.id()))


async def update(call: Call) -> Any:
    """PUT /api/v1/media/:id: another description, focus, thumbnail, or a sound's title and artist; until attached."""
    params, me = call.params, call.me.account_id
    changes = {name: params.text(name) for name in ("description", "focus", "title", "artist") if name in params}
    if thumbnail := params.file("thumbnail"):
        await uploads.illustrate(call.app, me, call.id(), thumbnail.file)
    return _answer(call, await uploads.describe(call.app, me, call.id(), changes))


async def delete(call: Call) -> Any:
    """DELETE /api/v1/media/:id: away with an upload that is not attached."""
    await uploads.discard(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("POST", "/api/v1/media", create_at_once, auth="user", scopes=_WRITE, limit="media"),
    route("POST", "/api/v2/media", create, auth="user", scopes=_WRITE, limit="media"),
    route("GET", "/api/v1/media/{id}", show, auth="user", scopes=_WRITE),
    route("PUT", "/api/v1/media/{id}", update, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v1/media/{id}", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/media/{id}", delete, auth="user", scopes=_WRITE),
)
