"""Asking somebody who speaks the language: a report goes to a moderator who reads it, where there is one."""

import msgspec

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.moderation.cases import casework, reports
from fedinote.moderation.moderator import Moderator, Power
from fedinote.text import language

_STAFF = """SELECT u.account_id, u.locale, p.target, p.understood FROM users u JOIN accounts a ON a.id = u.account_id
 LEFT JOIN translation_preferences p ON p.account_id = a.id WHERE u.role <> 'member' AND u.state = 'active'
 AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND u.account_id <> ? ORDER BY u.id"""


async def find(app: App, by: Moderator, tongue: str) -> list[int]:
    """Return the accounts of the other moderators who read a language, by what their settings say. One query."""
    return [
        row["account_id"]
        for row in await app.db.rows(_STAFF, by.account_id)
        if language.reads((row["locale"], *_chosen(row["target"], row["understood"])), tongue)
    ]


def _chosen(target: str | None, understood: str | None) -> tuple[str, ...]:
    return () if target is None else (target, *msgspec.json.decode(understood or "[]"))


async def ask(app: App, by: Moderator, report_id: int, tongue: str, text: str) -> int | None:
    """Hand a report to a moderator who reads a language (BCP 47); return their account, None where there is nobody.

    `text` is noted with the report either way, so that whoever comes by knows what is asked. `Invalid` (no language),
    `NotFound`, `Forbidden`.
    """
    if not by.may(Power.REPORTS):
        raise Forbidden
    known = language.canonical(tongue)
    if known is None:
        raise Invalid("Validation failed: This is not a language tag")
    about = (await reports.shown(app, by, report_id)).target_id
    found = [one for one in await find(app, by, known) if one != about]
    async with app.db.transaction():
        if found:
            await reports.assign(app, by, report_id, found[0])
        await casework.note(app, by, report_id, text)
    return found[0] if found else None
