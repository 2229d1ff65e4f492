"""Complaints about accounts: filing them, from here or from another server, and working through them."""

from collections.abc import Iterable, Sequence

from fedinote.events import ReportFiled
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import audit, moderator
from fedinote.moderation.cases.models import Report
from fedinote.moderation.house import house_rules
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import pipeline
from fedinote.policy.base import Subject
from fedinote.posts import visibility
from fedinote.text import language

CATEGORIES = ("spam", "legal", "violation", "other")
MAX_COMMENT = 1000
MAX_FOREIGN_COMMENT = 5000
MAX_POSTS = 100
MAX_LANGUAGES = 20

_INSERT = (
    "INSERT INTO reports (id, account_id, target_id, languages, post_ids, rule_ids, category, comment, forwarded, uri,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
)


async def file(  # noqa: PLR0913  so much belongs to a report
    app: App,
    reporter_id: int,
    target_id: int,
    *,
    post_ids: Sequence[int] = (),
    comment: str = "",
    category: str = "other",
    rule_ids: Sequence[int] = (),
    forward: bool = False,
    uri: str | None = None,
) -> Report:
    """File a report about an account; return it. Emits ReportFiled.

    Of the posts those are kept that the account wrote, and that a reporter of this server may see. `rule_ids` are
    the numbers of our rules (from 1), and make it a violation. `uri` is the id of a remote Flag: the same one again
    gives the first report. `forward` asks to tell the account's own server too. `NotFound` (an account), `Invalid`
    (comment, category, rules, oneself), `Forbidden` (a policy).
    """
    reporter, target = await _both(app, reporter_id, target_id)
    local = reporter["domain"] == ""
    if reporter_id == target_id:
        raise Invalid("Validation failed: You cannot report yourself")
    await _ask_policy(app, reporter, uri)
    comment = _comment(comment, local=local)
    rules = await _rules(app, rule_ids, local=local)
    category = _category(category, rules, local=local)
    spoken = language.source(comment, None) if comment else None
    async with app.db.transaction():
        posts, tongues = await _posts(app, reporter_id if local else None, target_id, post_ids)
        languages = _languages((*tongues, spoken))
        values = (posts, rules, category, comment, bool(forward and local and target["domain"]), uri, app.now())
        made = await app.db.returning(_INSERT, app.ids.next(), reporter_id, target_id, languages, *_encoded(values))
        if not made:
            return await Report.get(uri=uri, target_id=target_id, using_db=app.db.orm)
        await app.emit(ReportFiled(made[0]["id"]))
        return await get(app, made[0]["id"])


def _encoded(values: Iterable[object]) -> list[object]:
    """Write the lists (posts and rules) as the JSON texts that the columns hold."""
    return [f"[{','.join(map(str, value))}]" if isinstance(value, list) else value for value in values]


async def _both(app: App, reporter_id: int, target_id: int) -> tuple[Row, Row]:
    rows = await app.db.rows(
        "SELECT id, domain FROM accounts WHERE id IN_INTS(?) AND deleted_at IS NULL", [reporter_id, target_id]
    )
    found = {row["id"]: row for row in rows}
    if reporter_id not in found or target_id not in found:
        raise NotFound
    return found[reporter_id], found[target_id]


async def _ask_policy(app: App, reporter: Row, uri: str | None) -> None:
    subject = Subject(kind="report", account_id=reporter["id"], domain=reporter["domain"], uri=uri or "")
    verdict = await pipeline.check(app, subject)
    if verdict.rejected:
        raise Forbidden(reason=verdict.reason)


def _comment(text: str, *, local: bool) -> str:
    if not local:
        return text[:MAX_FOREIGN_COMMENT]
    if len(text) > MAX_COMMENT:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {MAX_COMMENT} characters)")
    return text


async def _rules(app: App, rule_ids: Iterable[int], *, local: bool) -> list[int]:
    """Return which of our rules are named; what another server names are not ours."""
    if not local:
        return []
    rules = list(dict.fromkeys(rule_ids))
    if rules and not set(rules) <= {rule.number for rule in await house_rules.listing(app)}:
        raise Invalid("Validation failed: Rules does not reference valid rules")
    return rules


def _category(category: str, rules: list[int], *, local: bool) -> str:
    if rules:
        return "violation"
    if category in CATEGORIES:
        return category
    if local:
        raise Invalid("Validation failed: Category is not included in the list")
    return "other"


async def _posts(
    app: App, viewer_id: int | None, author_id: int, post_ids: Sequence[int]
) -> tuple[list[int], list[str | None]]:
    """Return the author's posts that the viewer (if there is one here) may see, and the languages that they state."""
    asked = list(dict.fromkeys(post_ids))[:MAX_POSTS]
    rows = await app.db.rows("SELECT id, language FROM posts WHERE id IN_INTS(?) AND account_id = ?", asked, author_id)
    theirs = {row["id"]: row["language"] for row in rows}
    seen = await visibility.visible(app, viewer_id, list(theirs)) if viewer_id is not None and theirs else set(theirs)
    kept = [one for one in asked if one in theirs and one in seen]
    return kept, [theirs[one] for one in kept]


def _languages(tags: Iterable[str | None]) -> str:
    """Return what the column `languages` holds of these tags."""
    found = sorted({base for tag in tags if tag and (base := language.base_of(tag))})
    return f" {' '.join(found[:MAX_LANGUAGES])} " if found else ""


async def get(app: App, report_id: int) -> Report:
    """Return a report. `NotFound` when there is none."""
    found = await Report.get_or_none(id=report_id, using_db=app.db.orm)
    if found is None:
        raise NotFound
    return found


async def shown(app: App, by: Moderator, report_id: int) -> Report:
    """Return a report to somebody who works on it. `NotFound` also for one about themselves.

    Where there is somebody else who moderates, that is theirs: nobody learns so who complained about them.
    """
    found = await get(app, report_id)
    if await moderator.concerned(app, by, found.target_id):
        raise NotFound
    return found


async def resolve(app: App, by: Moderator, report_id: int) -> None:
    """Close a report. `NotFound`, `Forbidden`."""
    change = "action_taken_at = ?, action_taken_by_id = ? WHERE action_taken_at IS NULL"
    await _change(app, by, report_id, "report.resolve", (change, (app.now(), by.account_id)))


async def resolve_about(app: App, by: Moderator, target_id: int) -> None:
    """Close all open reports about an account. `Forbidden`."""
    rows = await app.db.rows("SELECT id FROM reports WHERE target_id = ? AND action_taken_at IS NULL", target_id)
    for row in rows:
        await resolve(app, by, row["id"])


async def reopen(app: App, by: Moderator, report_id: int) -> None:
    """Open a closed report again. `NotFound`, `Forbidden`."""
    change = "action_taken_at = NULL, action_taken_by_id = NULL WHERE action_taken_at IS NOT NULL"
    await _change(app, by, report_id, "report.reopen", (change, ()))


async def assign(app: App, by: Moderator, report_id: int, assignee_id: int | None) -> None:
    """Say who works on a report: a moderator's account, or None for nobody. `NotFound`, `Forbidden`.

    `Invalid` for who is no moderator, and for whom it is about.
    """
    if assignee_id is None:
        change = "assigned_to_id = NULL WHERE assigned_to_id IS NOT NULL"
        await _change(app, by, report_id, "report.unassign", (change, ()))
        return
    if not await app.db.row(
        "SELECT 1 AS value FROM users WHERE account_id = ? AND role <> 'member' AND state = 'active'"
        " AND (account_id = ? OR account_id NOT IN (SELECT r.target_id FROM reports r WHERE r.id = ?))",
        *(assignee_id, by.account_id, report_id),
    ):
        raise Invalid("Validation failed: Only a moderator can work on a report")
    change = "assigned_to_id = ? WHERE (assigned_to_id IS NULL OR assigned_to_id <> ?)"
    await _change(app, by, report_id, "report.assign", (change, (assignee_id, assignee_id)))


async def recategorize(app: App, by: Moderator, report_id: int, *, category: str, rule_ids: Sequence[int] = ()) -> None:
    """File a report under another category, or as naming other rules. `NotFound`, `Forbidden`, `Invalid`."""
    rules = await _rules(app, rule_ids, local=True)
    change = "category = ?, rule_ids = ? WHERE (category <> ? OR rule_ids <> ?)"
    values = _encoded((_category(category, rules, local=True), rules))
    await _change(app, by, report_id, "report.recategorize", (change, [*values, *values]), category=str(values[0]))


async def _change(app: App, by: Moderator, report_id: int, action: str, change: Query, **detail: str) -> None:
    """Change a report if it is not so already, and note it. `change` is SQL of this module's own, without the id."""
    if not by.may(Power.REPORTS):
        raise Forbidden
    sql, values = change
    async with app.db.transaction():
        report = await shown(app, by, report_id)
        if await app.db.execute(f"UPDATE reports SET {sql} AND id = ?", *values, report_id):  # noqa: S608
            await audit.record(
                app,
                actor_id=by.account_id,
                action=action,
                target_type="report",
                target=report_id,
                detail={"account": str(report.target_id), **detail},
            )
