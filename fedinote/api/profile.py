"""One's own profile and preferences. https://docs.joinmastodon.org/methods/accounts/ (verify and update_credentials)"""

from typing import Any

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.api.entities.accounts import credential_account
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.auth import users
from fedinote.infra.errors import NotFound
from fedinote.media import portraits

_WRITE = ("write:accounts",)
_PICTURES = {"avatar": portraits.store_avatar, "header": portraits.store_header}


async def verify(call: Call) -> Any:
    """GET /api/v1/accounts/verify_credentials."""
    return await credential_account(call.app, call.me)


async def update(call: Call) -> Any:
    """PATCH /api/v1/accounts/update_credentials: what is named changes, pictures come as files."""
    params, app, me = call.params, call.app, call.me
    changes = Changes(
        display_name=params.text("display_name"),
        note=params.text("note"),
        fields=_fields(params),
        locked=params.flag("locked", None),
        bot=params.flag("bot", None),
        discoverable=params.flag("discoverable", None),
        indexable=params.flag("indexable", None),
        hide_collections=params.flag("hide_collections", None),
        **await _pictures(call),
    )
    try:
        async with app.db.transaction():
            await _set_defaults(call)
            await profiles.update(app, me.account_id, changes)
    except BaseException:
        for key in filter(None, (changes.avatar, changes.header)):
            await app.storage.delete(key)
        raise
    return await credential_account(app, me)


async def _set_defaults(call: Call) -> None:
    source = call.params.mapping("source")
    await users.set_defaults(
        call.app,
        call.me.user_id,
        visibility=source.text("privacy"),
        sensitive=source.flag("sensitive", None),
        language=source.text("language"),
    )


async def _pictures(call: Call) -> dict[str, str]:
    """Store the pictures that came; return their keys by name."""
    keys = {}
    for name, store in _PICTURES.items():
        file = call.params.file(name)
        if file is not None and file.data:
            keys[name] = await store(call.app, file.data)
    return keys


def _fields(params: Params) -> list[tuple[str, str]] | None:
    """Return the profile fields, from a list of {name, value} or a mapping of them; None when there are none given."""
    if "fields_attributes" not in params:
        return None
    return [(one.text("name", ""), one.text("value", "")) for one in params.records("fields_attributes")]


async def remove_avatar(call: Call) -> Any:
    """DELETE /api/v1/profile/avatar."""
    await profiles.update(call.app, call.me.account_id, Changes(avatar=""))
    return await credential_account(call.app, call.me)


async def remove_header(call: Call) -> Any:
    """DELETE /api/v1/profile/header."""
    await profiles.update(call.app, call.me.account_id, Changes(header=""))
    return await credential_account(call.app, call.me)


async def preferences(call: Call) -> Any:
    """GET /api/v1/preferences: what new posts begin with; how to show things is left to the client's own default."""
    row = await call.app.db.row(
        "SELECT default_visibility, default_sensitive, default_language FROM users WHERE id = ?", call.me.user_id
    )
    if row is None:
        raise NotFound
    return {
        "posting:default:visibility": row["default_visibility"],
        "posting:default:sensitive": bool(row["default_sensitive"]),
        "posting:default:language": row["default_language"],
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
    }


ROUTES = (
    route(
        "GET",
        "/api/v1/accounts/verify_credentials",
        verify,
        auth="user",
        scopes=("read:accounts", "profile"),
    ),
    route("PATCH", "/api/v1/accounts/update_credentials", update, auth="user", scopes=_WRITE),
    route("PUT", "/api/v1/accounts/update_credentials", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/profile/avatar", remove_avatar, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/profile/header", remove_header, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/preferences", preferences, auth="user", scopes=("read:accounts",)),
)
