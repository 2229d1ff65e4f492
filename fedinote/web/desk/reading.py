"""What is read at the desk: each text beside its translation into the reader's language, few engine calls at a time."""

import asyncio
from collections.abc import Hashable, Mapping
from typing import TypeVar

from fedinote.infra.app import App
from fedinote.moderation.cases import understanding
from fedinote.moderation.cases.understanding import Passage, Reading
from fedinote.translation import preferences
from fedinote.web.browser import Visit

AT_ONCE = 3
MOST = 30
_CACHE = "desk-engines"
K = TypeVar("K", bound=Hashable)


async def read(here: Visit, passages: Mapping[K, Passage]) -> dict[K, Reading]:
    """Return passages as the member behind the browser reads them: beside a translation where they need one.

    At most AT_ONCE texts of all pages of this process are with engines at a time; of a page the first MOST.
    """
    return await read_as(here, here.member.account_id, passages)


async def read_as(here: Visit, account_id: int, passages: Mapping[K, Passage]) -> dict[K, Reading]:
    """Return passages as a person of this server reads them, who need not be signed in."""
    wishes = await preferences.of(here.app, account_id)
    gate: asyncio.Semaphore = here.app.caches.setdefault(_CACHE, asyncio.Semaphore(AT_ONCE))

    async def one(passage: Passage) -> Reading:
        async with gate:
            return await understanding.read(here.app, passage, wishes.target, wishes.understood)

    first = dict(list(passages.items())[:MOST])
    found = dict(zip(first, await asyncio.gather(*map(one, first.values())), strict=True))
    late = here.words.gettext("Only the first texts of a page are translated.")
    rest = {key: Reading(one.text, one.language or "", one.html, problem=late) for key, one in passages.items()}
    return {**rest, **found}


async def target(app: App, account_id: int) -> str:
    """Return the language that a person reads translations in."""
    return (await preferences.of(app, account_id)).target
