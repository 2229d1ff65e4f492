"""One's own profile and preferences.

https://docs.joinmastodon.org/methods/profile/ and https://docs.joinmastodon.org/methods/accounts/ (verify and
update_credentials)
"""

from dataclasses import replace
from typing import Any

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.api import translation_preferences
from fedinote.api.entities.accounts import credential_account
from fedinote.api.entities.profiles import profile
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.auth import users
from fedinote.infra.errors import NotFound
from fedinote.media import portraits

_READ, _WRITE = ("read:accounts", "profile"), ("write:accounts",)
_PICTURES = {"avatar": portraits.store_avatar, "header": portraits.store_header}


async def verify(call: Call) -> Any:
    """GET /api/v1/accounts/verify_credentials."""
    return await credential_account(call.app, call.me)


async def update(call: Call) -> Any:
    """PATCH /api/v1/accounts/update_credentials: what is named changes, pictures come as files."""
    await _change(call)
    return await credential_account(call.app, call.me)


async def show_profile(call: Call) -> Any:
    """GET /api/v1/profile: as it was typed."""
    return await profile(call.app, call.me)


async def update_profile(call: Call) -> Any:
    """PATCH /api/v1/profile: what is named changes."""
    await _change(call)
    return await profile(call.app, call.me)


async def _change(call: Call) -> None:
    params, app = call.params, call.app
    changes = Changes(
        display_name=params.text("display_name"),
        note=params.text("note"),
        fields=_fields(params),
        avatar_description=params.text("avatar_description"),
        header_description=params.text("header_description"),
        attribution_domains=params.list("attribution_domains") if "attribution_domains" in params else None,
        locked=params.flag("locked", None),
        bot=params.flag("bot", None),
        discoverable=params.flag("discoverable", None),
        indexable=params.flag("indexable", None),
        hide_collections=params.flag("hide_collections", None),
        show_media=params.flag("show_media", None),
        show_media_replies=params.flag("show_media_replies", None),
        show_featured=params.flag("show_featured", None),
        machine_translation=params.text("machine_translation"),
    )
    pictures: dict[str, str] = {}
    try:
        await _store_pictures(call, pictures)
        async with app.db.transaction():
            await _set_defaults(call)
            changes = replace(changes, avatar=pictures.get("avatar"), header=pictures.get("header"))
            await profiles.update(app, call.me.account_id, changes)
    except BaseException:
        for key in pictures.values():
            await app.storage.delete(key)
        raise


async def _set_defaults(call: Call) -> None:
    source = call.params.mapping("source")
    await users.set_defaults(
        call.app,
        call.me.user_id,
        visibility=source.text("privacy"),
        sensitive=source.flag("sensitive", None),
        language=source.text("language"),
        quote_policy=source.text("quote_policy"),
        language_divider=source.flag("language_divider", None),
    )
    if (answers := source.text("reply_policy")) is not None:
        await users.set_reply_policy(call.app, call.me.user_id, answers)
    await translation_preferences.from_source(call.app, call.me.account_id, source)


async def _store_pictures(call: Call, keys: dict[str, str]) -> None:
    """Store the pictures that came, and note their keys by name as soon as each is there."""
    for name, store in _PICTURES.items():
        file = call.params.file(name)
        if file is not None and file.data:
            keys[name] = await store(call.app, file.data, account_id=call.me.account_id)


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
        "SELECT default_visibility, default_sensitive, default_language, default_quote_policy, default_reply_policy"
        " FROM users WHERE id = ?",
        call.me.user_id,
    )
    if row is None:
        raise NotFound
    return {
        "posting:default:visibility": row["default_visibility"],
        "posting:default:sensitive": bool(row["default_sensitive"]),
        "posting:default:language": row["default_language"],
        "posting:default:quote_policy": row["default_quote_policy"],
        "posting:default:reply_policy": row["default_reply_policy"],
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
    }


ROUTES = (
    route(
        "GET",
        "/api/v1/accounts/verify_credentials",
        verify,
        auth="user",
        scopes=_READ,
    ),
    route("GET", "/api/v1/profile", show_profile, auth="user", scopes=_READ),
    route("PATCH", "/api/v1/profile", update_profile, auth="user", scopes=_WRITE),
    route("PUT", "/api/v1/profile", update_profile, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v1/accounts/update_credentials", update, auth="user", scopes=_WRITE),
    route("PUT", "/api/v1/accounts/update_credentials", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/profile/avatar", remove_avatar, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/profile/header", remove_header, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/preferences", preferences, auth="user", scopes=("read:accounts",)),
)
