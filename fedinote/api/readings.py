"""Readings of a post for learners: pinyin or furigana. No part of Mastodon's API: see docs/client-api.md."""

import asyncio
from typing import Any

from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import languages, visibility
from fedinote.text import html, language, readings
from fedinote.text.readings import Kind


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/statuses/:id/readings: the post, or (`lang`) a version that came with it, with ruby.

    `kind` is pinyin or furigana; without it the text decides. Nothing of it is stored.
    """
    row = await visibility.original(call.app, call.me.account_id, call.id())
    tag, content = _version(row, call.params.text("lang", max=35))
    kind = _kind(call.params.text("kind", max=16), content, tag)
    return {
        "language": tag,
        "kind": kind.value,
        "content": await asyncio.to_thread(readings.annotated, content, kind),
    }


def _version(row: Any, wanted: str | None) -> tuple[str | None, str]:
    own: str | None = row["language"]
    if wanted is None:
        return own, row["content"]
    there = languages.decoded(row["content_map"])
    tag = language.match(wanted, {*there, *filter(None, [own])})
    if tag is None:
        raise NotFound("The post is not there in this language")
    return tag, there.get(tag, row["content"])


def _kind(wanted: str | None, content: str, tag: str | None) -> Kind:
    if wanted:
        try:
            return Kind(wanted)
        except ValueError:
            raise Invalid(f"Validation failed: Kind must be one of {', '.join(Kind)}") from None
    found = readings.kind_for(html.to_text(content), tag)
    if found is None:
        raise Invalid("Validation failed: There is nothing in this text that has readings")
    return found


ROUTES = (
    route(
        "GET",
        "/api/fedinote/v1/statuses/{id}/readings",
        show,
        auth="user",
        scopes=("read:statuses",),
        limit="readings",
    ),
)
