"""What moderators know of an account, for its page: decisions that can be taken back, reports, notes, its words."""

from typing import Any

from fedinote.infra.app import App
from fedinote.moderation.cases import queue, remarks, revoking, statements, understanding
from fedinote.moderation.cases.queue import Wanted
from fedinote.moderation.cases.understanding import Passage
from fedinote.moderation.house import house_rules
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.people import Held
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading
from fedinote.web.pages import Upload
from fedinote.web.transparency.account import actions, categories

STRIKES = 50
REPORTS = 10
PROFILE, REASON = "profile", "reason"
_REMARK = "remark-"
_REASONS = "SELECT account_id, reason, locale FROM users WHERE account_id IN_INTS(?) AND reason <> ''"


async def gather(staff: Staff, account: Held) -> dict[str, Any]:
    """Return what the page of an account shows besides its facts and the forms."""
    app, by, one = staff.app, staff.by, account.person.id
    kept = await remarks.about(app, by, one)
    return {
        "strikes": (await statements.about(app, one))[:STRIKES],
        "cases": [
            *await queue.page(app, by, Wanted(target_id=one), REPORTS),
            *await queue.page(app, by, Wanted(part="closed", target_id=one), REPORTS),
        ],
        "remarks": kept,
        "names": await evidence.handles(app, [remark.author_id for remark in kept]),
        "read": await reading.read(staff.here, await _passages(app, account, kept)),
        "target": await reading.target(app, by.account_id),
        "actions": actions(staff.here.words),
        "categories": categories(staff.here.words),
        "languages": forms.languages(staff.here),
        "rules": [(rule.number, *rule.wording(staff.here.words.tag)) for rule in await house_rules.listing(app)],
    }


async def _passages(app: App, account: Held, kept: list[remarks.Remark]) -> dict[str, Passage]:
    found: dict[str, Passage] = {}
    if account.reason:
        found[REASON] = understanding.private(account.reason)
    profile = (await understanding.profiles(app, [account.person.id])).get(account.person.id)
    if profile is not None and profile.text:
        found[PROFILE] = profile
    return found | {f"{_REMARK}{remark.id}": understanding.private(remark.text) for remark in kept}


async def reasons(staff: Staff, ids: list[int]) -> dict[int, understanding.Reading]:
    """Return why accounts want to join, by id, for the staff alone; one query, none for none."""
    rows = await staff.app.db.rows(_REASONS, ids) if ids else []
    return await reading.read(staff.here, {row["account_id"]: understanding.private(row["reason"]) for row in rows})


async def note(staff: Staff, account_id: int, form: Upload) -> None:
    """Keep a note about an account (`text`)."""
    await remarks.write(staff.app, staff.by, account_id, form.fields.get("text", ""))


async def unnote(staff: Staff, account_id: int, form: Upload) -> None:
    """Throw a note about an account away (`remark`)."""
    await remarks.remove(staff.app, staff.by, account_id, number(form.fields.get("remark", "")))


async def undo(staff: Staff, account_id: int, form: Upload) -> None:
    """Take back a decision about an account (`statement`)."""
    await revoking.revoke(staff.app, staff.by, number(form.fields.get("statement", "")))
