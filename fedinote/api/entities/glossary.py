"""Entities of the glossary. No part of Mastodon's API: see docs/client-api.md."""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.values import moment
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.translation.glossary import Entry
from fedinote.translation.glossary_keeping import Proposal


def entry(one: Entry) -> dict[str, Any]:
    """Return a GlossaryEntry; `id` is null for one that is proposed only."""
    return {
        "id": None if one.id is None else str(one.id),
        "term": one.term,
        "origin": one.origin,
        "languages": list(one.languages),
        "meanings": dict(one.meanings),
        "translations": dict(one.translations),
        "keep": one.keep,
    }


async def proposals(app: App, found: Sequence[Proposal], viewer: Viewer) -> list[dict[str, Any]]:
    """Return GlossaryProposals in their order; the member is null once the account is gone."""
    people = {one["id"]: one for one in await accounts(app, [one.account_id for one in found], viewer)}
    return [
        {
            "id": str(one.id),
            "account": people.get(str(one.account_id)),
            "entry": entry(one.entry),
            "comment": one.comment,
            "state": one.state,
            "created_at": moment(one.created_at),
        }
        for one in found
    ]
