"""From a partial Update of the actor to changes of the profile."""

from collections.abc import Mapping
from typing import Any

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.activitypub.shapes import boolean, first, items, line, text, types, web_uri, wish
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.media import portraits
from fedinote.text import html

MAX_TEXT = 20_480
_FLAGS = {"manuallyApprovesFollowers": "locked", "discoverable": "discoverable", "indexable": "indexable"}
_TYPES = {"Person": False, "Service": True}


async def update(app: App, account_id: int, given: Mapping[str, Any]) -> None:
    """Change what is given of the profile; null takes it away, other properties are passed over.

    `summary` and the values of fields are kept as plain text, as the profile page's own form does. `icon` and `image`
    are pictures that this person uploaded here. Raises Invalid.
    """
    values: dict[str, Any] = {name: boolean(given[stated]) for stated, name in _FLAGS.items() if stated in given}
    if "name" in given:
        values["display_name"] = line(given["name"], MAX_TEXT)
    if "summary" in given:
        values["note"] = html.to_text(text(given["summary"], MAX_TEXT))
    if "attachment" in given:
        values["fields"] = _fields(given["attachment"])
    if "machineTranslation" in given:
        values["machine_translation"] = wish(given["machineTranslation"])
    kind = next((name for name in types(dict(given)) if name in _TYPES), None)
    if kind is not None:
        values["bot"] = _TYPES[kind]
    pictures = {"icon": ("avatar", portraits.store_avatar), "image": ("header", portraits.store_header)}
    for stated, (name, store) in pictures.items():
        if stated in given:
            data = await _picture(app, account_id, given[stated])
            values[name] = await store(app, data, account_id=account_id) if data else ""
    await profiles.update(app, account_id, Changes(**values))


def _fields(value: Any) -> list[tuple[str, str]]:
    pairs = [one for one in items(value) if isinstance(one, dict) and "PropertyValue" in types(one)]
    return [(line(one.get("name"), MAX_TEXT), html.to_text(text(one.get("value"), MAX_TEXT))) for one in pairs]


async def _picture(app: App, account_id: int, value: Any) -> bytes | None:
    """Return the bytes of an own upload; None for null. Raises Invalid for any other picture."""
    value = first(value)
    if value is None:
        return None
    url = web_uri(value.get("url") if isinstance(value, dict) else value) or ""
    key = url.removeprefix(app.url("/media/"))
    row = await app.db.row("SELECT key FROM media WHERE key = ? AND account_id = ? AND kind = 'image'", key, account_id)
    if row is None:
        raise Invalid("Pictures must be uploaded here first, and named by their url")
    return await app.storage.read(row["key"])
