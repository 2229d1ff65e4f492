"""How a finished translation is put into what a client gets: beside or instead of the author's words.

Nothing but joining of strings: this runs for every post of a page. Content keeps its line that says what it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.text.quotes import without_fallback
from fedinote.translation.preferences import Mode, Preferences

READY = "ready"
_decode = msgspec.json.Decoder().decode
_BETWEEN = " / "


def way(own: Preferences, post: Row, made: Row | None) -> Mode:
    """Return how a post (id, account_id, created_at, edited_at) is shown to a reader with these preferences.

    BUTTON stands for the author's words alone: as the reader wants it, or because there is no translation of this
    version of the post.
    """
    if made is None or made["state"] != READY or made["version"] != version_of(post):
        return Mode.BUTTON
    return own.way(post["account_id"], made["source"])


def version_of(post: Row) -> int:
    """Return what tells the versions of a post apart: when the present one was written (epoch ms).

    One to which its author attached a translation is another version as well, since that translation is preferred.
    """
    edited, attached = post["edited_at"], post["translated_at"]
    version: int = edited or post["created_at"]
    return version if attached is None else max(version, attached)


COLUMNS = "post_id, state, source, content || mark AS content, spoiler_text, options, descriptions, told, made_at"
"""What `translated` takes, in this order: names would be looked up ten times for each post of a page."""


def translated(
    value: dict[str, Any], made: Sequence[Any], mode: Mode, *, target: str, quote_shown: bool = False
) -> None:
    """Put a translation (a row of COLUMNS) into a Status entity, in place. `mode`: APPEND or REPLACE.

    `quote_shown`: the entity shows the post that it quotes, so the text says no "RE: <link>". What the author wrote
    goes into the extension `translation`.
    """
    _, _, _, text, warning, options, descriptions, about, _ = made
    append = mode is Mode.APPEND
    extension = _decode(about)
    extension["mode"] = mode
    extension["original"] = original = {
        "content": value["content"],
        "spoiler_text": value["spoiler_text"],
        "language": value["language"],
        "poll": None,
        "media_attachments": (),
    }
    text = without_fallback(text) if quote_shown else text
    value["content"] = value["content"] + text if append else text
    value["language"] = target
    if warning:
        value["spoiler_text"] = _joined(value["spoiler_text"], warning, append=append)
    if options != "[]" and value["poll"] is not None:
        original["poll"] = {"options": [{"title": one["title"]} for one in value["poll"]["options"]]}
        value["poll"] = _poll(value["poll"], _decode(options), append=append)
    if descriptions != "{}":
        original["media_attachments"] = _media(value, _decode(descriptions), append=append)
    value["translation"] = extension


def told(
    *, target: str, source: str, engine: str, location: str, kind: str, made_at: datetime
) -> dict[str, str | None]:
    """Return what clients are told of a translation: by whom, from what, where and when."""
    return {
        "language": target,
        "detected_source_language": source or "und",
        "provider": engine,
        "location": location or None,
        "kind": kind,
        "created_at": iso(made_at),
    }


def _joined(original: str, text: str, *, append: bool) -> str:
    if not text or text == original:
        return original
    return f"{original}{_BETWEEN}{text}" if append and original else text


def _poll(poll: dict[str, Any], titles: Sequence[str], *, append: bool) -> dict[str, Any]:
    """Return a Poll entity with its options translated; a new one, as a page may show the same post twice."""
    options: list[dict[str, Any]] = poll["options"]
    if len(titles) != len(options):
        return poll
    pairs = zip(options, titles, strict=True)
    return {**poll, "options": [{**one, "title": _joined(one["title"], title, append=append)} for one, title in pairs]}


def _media(value: dict[str, Any], texts: Mapping[str, str], *, append: bool) -> list[dict[str, Any]]:
    """Translate the descriptions of a Status entity's media; return those that were there."""
    before = [{"id": one["id"], "description": one["description"]} for one in value["media_attachments"]]
    value["media_attachments"] = [
        {**one, "description": _joined(one["description"] or "", texts[one["id"]], append=append)}
        if one["id"] in texts
        else one
        for one in value["media_attachments"]
    ]
    return before


def account(value: dict[str, Any], made: Row, mode: Mode) -> None:
    """Put a translation into an Account entity, in place: note and fields; the name stays as it is."""
    append = mode is Mode.APPEND
    fields = value["fields"]
    original = {"note": value["note"], "fields": [{"name": one["name"], "value": one["value"]} for one in fields]}
    if made["note"]:
        value["note"] = f"{value['note']}{made['note']}{made['mark']}" if append else f"{made['note']}{made['mark']}"
    made_fields = _decode(made["fields"])
    if len(made_fields) == len(fields):
        value["fields"] = [
            {
                **one,
                "name": _joined(one["name"], new["name"], append=append),
                "value": _joined(one["value"], new["value"], append=append),
            }
            for one, new in zip(fields, made_fields, strict=True)
        ]
    about = told(
        target=made["target"],
        source=made["source"],
        engine=made["engine"],
        location=made["location"],
        kind=made["kind"],
        made_at=from_ms(made["made_at"]),
    )
    value["translation"] = {"mode": mode, **about, "original": original}
