"""Deciding about several posts of a report at once: all of them or, if one cannot be done, none."""

from collections.abc import Sequence
from dataclasses import replace

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation import actions
from fedinote.moderation.cases import reports
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.moderator import Moderator

DEEDS = {"delete": actions.delete_post, "mark": actions.mark_sensitive}


async def posts(
    app: App, by: Moderator, report_id: int, post_ids: Sequence[int], deed: str, *, reason: str, basis: Basis
) -> None:
    """Do one of DEEDS to posts that a report names, each with its statement of reasons, and close the report.

    `Invalid` for another deed, for no post and for one that the report does not name; `NotFound`, `Forbidden`.
    """
    if deed not in DEEDS:
        raise Invalid("Validation failed: Type is not included in the list")
    basis = replace(basis, report_id=report_id)
    async with app.db.transaction():
        report = await reports.get(app, report_id)
        chosen = list(dict.fromkeys(post_ids))
        if not chosen or not set(chosen) <= set(report.post_ids):
            raise Invalid("Choose at least one post of this report")
        for post_id in chosen:
            await DEEDS[deed](app, by, post_id, reason=reason, basis=basis)
        await reports.resolve(app, by, report_id)
