"""What pages offer to those who read a language that they do not know well: notes on words, and readings."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fedinote.auth import limits
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Invalid
from fedinote.text import html, readings
from fedinote.text.readings import Kind
from fedinote.translation import glossary
from fedinote.web.cards import Card

NAMES = {Kind.PINYIN: "Pinyin", Kind.FURIGANA: "Furigana"}


async def notes(app: App, card: Card, reader: str | None) -> list[dict[str, Any]]:
    """Return what the glossary says of words in a post, for somebody with this language (None: nobody knows)."""
    row: Any = {
        "id": card.id,
        "content": card.content,
        "language": card.language or None,
        "edited_at": None if card.edited is None else to_ms(card.edited),
    }
    return glossary.notes(await glossary.current(app), row, reader)


def offered(card: Card, made: Mapping[str, Any] | None) -> dict[str, str]:
    """Return which readings there are for a post and its translation: names by kind."""
    texts = [(card.content, card.language)] + ([(made["content"], made["language"])] if made else [])
    kinds = {readings.kind_for(html.to_text(content), tag or None) for content, tag in texts}
    return {kind.value: NAMES[kind] for kind in Kind if kind in kinds and readings.available(kind)}


async def read(
    app: App, viewer: Viewer, stated: str, card: Card, made: dict[str, Any] | None
) -> tuple[Card, dict[str, Any] | None]:
    """Put readings above the words of a post and its translation, on the side that has such words.

    Raises Invalid (no such kind, too long), NotFound (not installed) and TooMany.
    """
    if stated not in list(Kind):
        raise Invalid("There are no such readings.")
    kind = Kind(stated)
    limits.spend(app, viewer, limits.LIMITS["readings"], "readings")
    if readings.kind_for(html.to_text(card.content), card.language or None) is kind:
        card = replace(card, content=await asyncio.to_thread(readings.annotated, card.content, kind))
    if made and readings.kind_for(html.to_text(made["content"]), made["language"]) is kind:
        made = {**made, "content": await asyncio.to_thread(readings.annotated, made["content"], kind)}
    return card, made
