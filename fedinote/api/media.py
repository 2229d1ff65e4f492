"""Uploading and describing attachments. https://docs.joinmastodon.org/methods/media/"""

from typing import Any

from fedinote.api.entities.media import of_upload
from fedinote.api.params import Upload
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid
from fedinote.media import uploads

_WRITE = ("write:media",)


async def create(call: Call) -> Any:
    """POST /api/v1/media and /api/v2/media: store a file. Images are ready at once, so both answer 200."""
    file = call.params.file("file")
    if file is None:
        raise Invalid("Validation failed: File can't be blank")
    thumbnail = call.params.file("thumbnail")
    media = await uploads.upload(
        call.app,
        call.me.account_id,
        file.data,
        description=call.params.text("description"),
        focus=call.params.text("focus"),
        thumbnail=thumbnail.data if isinstance(thumbnail, Upload) else None,
    )
    return of_upload(call.app, media)


async def show(call: Call) -> Any:
    """GET /api/v1/media/:id: one's own upload that is not attached yet."""
    return of_upload(call.app, await uploads.mine(call.app, call.me.account_id, call.id()))


async def update(call: Call) -> Any:
    """PUT /api/v1/media/:id: another description or focus, before it is attached."""
    params = call.params
    changes = {name: params.text(name) for name in ("description", "focus") if name in params}
    return of_upload(call.app, await uploads.describe(call.app, call.me.account_id, call.id(), changes))


async def delete(call: Call) -> Any:
    """DELETE /api/v1/media/:id: away with an upload that is not attached."""
    await uploads.discard(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("POST", "/api/v1/media", create, auth="user", scopes=_WRITE, limit="media"),
    route("POST", "/api/v2/media", create, auth="user", scopes=_WRITE, limit="media"),
    route("GET", "/api/v1/media/{id}", show, auth="user", scopes=_WRITE),
    route("PUT", "/api/v1/media/{id}", update, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v1/media/{id}", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/media/{id}", delete, auth="user", scopes=_WRITE),
)
