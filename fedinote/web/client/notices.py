"""Notifications as lines of a page: groups of them, with the people, the post and the facts that each tells of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from fedinote.auth.viewer import Viewer, rank
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.moderation.cases import appeals
from fedinote.notifications import groups, queries, severances, warnings
from fedinote.notifications.groups import Group
from fedinote.notifications.queries import Wanted
from fedinote.notifications.severances import Severance
from fedinote.notifications.warnings import Warned
from fedinote.posts import reactions
from fedinote.timelines.window import Window
from fedinote.web import cards
from fedinote.web.browser import Visit
from fedinote.web.cards import Person
from fedinote.web.client import emojis
from fedinote.web.client.items import Item
from fedinote.web.client.shown import lines

PARTS: dict[str, tuple[str, ...]] = {
    "mentions": ("mention", "quote"),
    "favourites": ("favourite", "reaction"),
    "boosts": ("reblog", "quote"),
    "follows": ("follow", "follow_request"),
    "posts": ("status", "update", "quoted_update", "poll", "translation_suggestion", "answer_refused"),
}
"""What the tabs of the page show, by name; the first tab shows all kinds."""
_MODERATORS_ONLY = ("admin.report", "admin.sign_up")
_SHOWN_PEOPLE = 8
_REPORTS = "SELECT r.id, r.category, r.comment, r.target_id FROM reports r WHERE r.id IN_INTS(?)"
_NAMES = "SELECT a.id, a.emojis FROM accounts a WHERE a.id IN_INTS(?) AND a.emojis <> '[]'"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody behind a notification; `name` has pictures for emoji, `profile` is an address here."""

    person: Person
    name: Markup
    profile: str


@dataclass(frozen=True, slots=True)
class Told:
    """A group of notifications. `id` is that of the newest; `others` how many people there are besides the first.

    `new`: after what was read last. `emoji` and `picture` are those of a reaction. The last four are there for the
    kinds that tell of them, unless they are gone.
    """

    id: int
    key: str
    kind: str
    people: tuple[Who, ...]
    others: int
    when: datetime
    new: bool
    item: Item | None = None
    emoji: str = ""
    picture: str = ""
    report: Any = None
    reported: Who | None = None
    severance: Severance | None = None
    warning: Warned | None = None
    appeal: str = ""
    subject: str = ""


def wanted(viewer: Viewer, part: str, *, from_id: int | None = None, filtered: bool = False) -> Wanted:
    """Return which notifications a tab shows; who moderates no more is not shown what moderators are told."""
    hidden = () if rank(viewer.role) else _MODERATORS_ONLY
    return Wanted(kinds=PARTS.get(part), not_kinds=hidden, from_id=from_id, filtered=filtered)


async def told(request: Request, here: Visit, found: Sequence[Group], *, read: int = 0) -> list[Told]:
    """Return groups as a page shows them, in their order, in a fixed number of queries.

    A group whose post or people are not shown to the viewer is left out. `read` is the id read last.
    """
    if not found:
        return []
    page = await _read(request, here, found)
    lines = (_told(page, one, read) for one in found)
    return [one for one in lines if one is not None]


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read, by id; reactions by (account, post)."""

    app: App
    who: dict[int, Who]
    posts: dict[int, Item]
    reacted: dict[tuple[int, int], Any]
    reports: dict[int, Any]
    severed: dict[int, Severance]
    warned: dict[int, Warned]
    appeals: dict[int, tuple[str, str]]


async def _read(request: Request, here: Visit, found: Sequence[Group]) -> _Page:
    app = here.app
    newest = [one.newest for one in found]
    reports = await _by_subject(app, newest, "admin.report")
    people = {account for one in found for account in (one.newest.from_account_id, *one.sample[:_SHOWN_PEOPLE])}
    people |= {row["target_id"] for row in reports.values()}
    warned = [int(one.subject) for one in newest if one.kind == warnings.KIND]
    posts = list(dict.fromkeys(one.post_id for one in newest if one.post_id is not None))
    pairs = [(one.from_account_id, one.post_id or 0) for one in newest if one.kind == "reaction"]
    return _Page(
        app,
        await who(app, list(people)),
        {one.id: one for one in await lines(request, here, posts, "notifications")},
        await reactions.by_people(app, pairs),
        reports,
        await severances.by_id(app, [int(one.subject) for one in newest if one.kind == severances.KIND]),
        await warnings.by_id(app, warned),
        await appeals.by_statement(app, warned),
    )


async def _by_subject(app: App, newest: Sequence[Any], kind: str) -> dict[int, Any]:
    ids = [int(one.subject) for one in newest if one.kind == kind]
    return {row["id"]: row for row in await app.db.rows(_REPORTS, ids)} if ids else {}


async def who(app: App, ids: Sequence[int]) -> dict[int, Who]:
    """Return people by id, with what a line about them needs; those who are gone are left out. Two queries."""
    if not ids:
        return {}
    snapshots = {row["id"]: row["emojis"] for row in await app.db.rows(_NAMES, list(ids))}
    found = {}
    for person in await cards.people(app, ids):
        name = emojis.in_text(person.name, emojis.pictures(app, snapshots.get(person.id)))
        found[person.id] = Who(person, name, f"/{person.handle}" if person.domain else person.link)
    return found


def _told(page: _Page, one: Group, read: int) -> Told | None:
    newest = one.newest
    people = tuple(page.who[account] for account in one.sample[:_SHOWN_PEOPLE] if account in page.who)
    if not people or (newest.post_id is not None and newest.post_id not in page.posts):
        return None
    reaction = page.reacted.get((newest.from_account_id, newest.post_id or 0))
    subject = int(newest.subject) if newest.subject.isdecimal() else 0
    report = page.reports.get(subject) if newest.kind == "admin.report" else None
    return Told(
        id=newest.id,
        key=one.key,
        kind=newest.kind,
        people=people,
        others=one.total - 1,
        when=from_ms(newest.created_at),
        new=newest.id > read,
        item=page.posts.get(newest.post_id or 0),
        emoji="" if reaction is None else reaction["name"],
        picture="" if reaction is None else emojis.path_of(page.app, reaction["url"]),
        report=report,
        reported=page.who.get(report["target_id"]) if report else None,
        severance=page.severed.get(subject) if newest.kind == severances.KIND else None,
        warning=page.warned.get(subject) if newest.kind == warnings.KIND else None,
        appeal=page.appeals.get(subject, ("", ""))[0] if newest.kind == warnings.KIND else "",
        subject=newest.subject,
    )


async def page(app: App, viewer: Viewer, asked: Wanted, window: Window, *, size: int) -> tuple[list[Group], int | None]:
    """Return a page of groups (of at most `size`), and the id to go on below; None at the end."""
    read = await queries.page(app, viewer.account_id, replace(window, limit=groups.AT_ONCE).sql, asked)
    taken = groups.first(read, size, groups.GROUPABLE)
    notices = window.arrange(taken)
    found = await groups.of(app, viewer.account_id, notices, groups.GROUPABLE, filtered=asked.filtered)
    more = len(taken) < len(read) or len(read) == groups.AT_ONCE
    return found, notices[-1].id if more and notices else None
