"""What everybody may know of the moderation here: rules, policies, figures by month, and each decision without names.

Nothing in it names or describes a person: a decision has its month, its kind, the rules it rests on, whether a person
made it, and what became of it; its words, posts and people stay inside. Statements about people who write: articles 15
and 24 of Regulation (EU) 2022/2065.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Query, Row
from fedinote.moderation.anonymity import coarse, scrubbed, told_before
from fedinote.policy import pipeline
from fedinote.policy.base import Stated
from fedinote.text.urls import host_of

MONTHS = 24
MOST = 2000
_DECISIONS = """SELECT s.created_at, s.action, s.local, s.category, s.rule_ids, s.automated, s.lifted_at, s.lifted_why,
 s.report_id, r.kind AS rule_kind, p.state AS appeal FROM statements s LEFT JOIN rules r ON r.id = s.rule_id
 LEFT JOIN appeals p ON p.statement_id = s.id WHERE s.created_at >= ? AND s.created_at <= ?
 ORDER BY s.id DESC LIMIT ?"""
_DOMAINS = """SELECT domain, severity, reject_media, reject_reports, public_comment, obfuscate, created_at
 FROM domain_blocks ORDER BY domain"""
_RULES = """SELECT kind, action, title, reason, origin, created_at, expires_at FROM rules
 WHERE state = 'on' AND (expires_at IS NULL OR expires_at > ?) ORDER BY id"""
_LISTS = """SELECT s.kind, s.url, s.title, s.ceiling, s.automatic, s.days, s.created_at,
 (SELECT COUNT(*) FROM list_entries e WHERE e.source_id = s.id AND e.state = 'applied') AS in_force
 FROM list_sources s ORDER BY s.title, s.id"""
_DAY_MS = 86_400_000
_BY_ACTION = f"""SELECT created_at / {_DAY_MS} AS day, action, automated, COUNT(*) AS value FROM statements
 WHERE created_at >= ? GROUP BY created_at / {_DAY_MS}, action, automated"""  # noqa: S608 a number of ours
# What is counted: the name, table, and moment.
_COUNTED: Mapping[str, tuple[str, str]] = {
    "reports": ("reports", "created_at"),
    "reports_closed": ("reports", "action_taken_at"),
    "appeals": ("appeals", "created_at"),
    "appeals_lifted": ("appeals WHERE state = 'lifted' AND", "decided_at"),
    "appeals_upheld": ("appeals WHERE state = 'upheld' AND", "decided_at"),
    "rule_hits": ("rule_hits", "created_at"),
}


def _count(source: str, moment: str) -> str:
    source = source if " WHERE " in source else f"{source} WHERE"
    by_day = f"{moment} / {_DAY_MS}"
    return f"SELECT {by_day} AS day, COUNT(*) AS value FROM {source} {moment} >= ? GROUP BY {by_day}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Server:
    """What holds for another server. `domain` has its letters hidden where the block says so."""

    domain: str
    severity: str
    reject_media: bool
    reject_reports: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule that looks at posts by itself: what it looks at and does, and why there is one; not its words."""

    kind: str
    action: str
    title: str
    reason: str
    origin: str
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A shared list that is read here: where from, what it may ask for at most, and how many servers it stands for.

    `address` is the host alone: what follows may be a key. `automatic`: recommendations are taken over by themselves.
    `days` after which what it says ends unless it is said again; None: never.
    """

    title: str
    kind: str
    address: str
    ceiling: str
    automatic: bool
    days: int | None
    in_force: int
    since: str


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision without names, with what of its statement of reasons tells of nobody.

    `month` is the year alone where few of the kind fell into the month (see `anonymity`). `rules` are numbers of house
    rules. `grounds`: "report" (somebody complained), "rule" (a rule of the moderators alone), or "own" (moderators saw
    it themselves). `outcome`: "stands", "undone" or "lifted on appeal"; `appeal` None without one.
    """

    month: str
    action: str
    local: bool
    category: str
    rules: tuple[int, ...]
    grounds: str
    automated: bool
    policy: str | None
    outcome: str
    appeal: str | None


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of a month (UTC, "2026-11"). `decisions` counts by action; `automated` those that no person made."""

    month: str
    decisions: dict[str, int] = field(default_factory=dict)
    automated: int = 0
    reports: int = 0
    reports_closed: int = 0
    appeals: int = 0
    appeals_lifted: int = 0
    appeals_upheld: int = 0
    rule_hits: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """The whole account that a server gives of its moderation. `decisions` is None where only figures are public.

    `policies` are the moderators' rules one by one, `automatic` is all that judges posts and reports by itself.
    """

    since: str
    servers: tuple[Server, ...]
    hidden_servers: int
    policies: tuple[Policy, ...]
    automatic: tuple[Stated, ...]
    lists: tuple[Source, ...]
    months: tuple[Month, ...]
    decisions: tuple[Decided, ...] | None


async def account(app: App) -> Account:
    """Return what is public of the moderation, of the last two years. A fixed number of queries."""
    now = app.now()
    first = _months_back(now, MONTHS - 1)
    counted: list[Query] = [(_count(*source), (first,)) for source in _COUNTED.values()]
    decisions: Query = (_DECISIONS, (first, told_before(app, now), MOST))
    domains, rules, lists, decided, by_action, *series = await app.db.many(
        (_DOMAINS, ()), (_RULES, (now,)), (_LISTS, ()), decisions, (_BY_ACTION, (first,)), *counted
    )
    figures = {name: _by_month(rows) for name, rows in zip(_COUNTED, series, strict=True)}
    open_book = app.settings.moderation.public_decisions
    shown = [row for row in domains if not row["obfuscate"]]
    return Account(
        since=_month(first),
        servers=tuple(_server(row) for row in shown),
        hidden_servers=len(domains) - len(shown),
        policies=tuple(_policy(row) for row in rules),
        automatic=tuple(await pipeline.stated(app)),
        lists=tuple(_source(row) for row in lists),
        months=tuple(_figures(month, by_action, figures) for month in _all_months(first, now)),
        decisions=_decisions(decided) if open_book else None,
    )


def _decisions(rows: Sequence[Row]) -> tuple[Decided, ...]:
    found = coarse(
        [_decision(row) for row in rows],
        lambda one: one.month,
        lambda one: (one.action, one.local),
        lambda one, year: replace(one, month=year),
    )
    return tuple(sorted(found, key=_order))


def _order(one: Decided) -> tuple[int, str, str]:
    """Sort by month, newest first, and then by kind: the order in a month tells nothing of the hour."""
    return (-int(f"{one.month.replace('-', '')}00"[:6]), one.action, str(one))


def _months_back(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _month(moment: datetime) -> str:
    return f"{moment:%Y-%m}"


def _all_months(first: datetime, now: datetime) -> list[str]:
    return [_month(_months_back(now, back)) for back in range(MONTHS) if _months_back(now, back) >= first]


def _of_day(row: Row) -> str:
    return _month(from_ms(row["day"] * _DAY_MS))


def _by_month(rows: Sequence[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[_of_day(row)] = found.get(_of_day(row), 0) + row["value"]
    return found


def _figures(month: str, by_action: Sequence[Row], figures: Mapping[str, Mapping[str, int]]) -> Month:
    mine = [row for row in by_action if _of_day(row) == month]
    decisions: dict[str, int] = {}
    for row in mine:
        decisions[row["action"]] = decisions.get(row["action"], 0) + row["value"]
    automated = sum(row["value"] for row in mine if row["automated"])
    counts = {name: by_month.get(month, 0) for name, by_month in figures.items()}
    return Month(month, dict(sorted(decisions.items())), automated, **counts)


def _server(row: Row) -> Server:
    return Server(
        row["domain"],
        row["severity"],
        bool(row["reject_media"]),
        bool(row["reject_reports"]),
        scrubbed(row["public_comment"]),
    )


def _source(row: Row) -> Source:
    return Source(
        title=scrubbed(row["title"]),
        kind=row["kind"],
        address=host_of(row["url"]) or "",
        ceiling=row["ceiling"],
        automatic=bool(row["automatic"]),
        days=row["days"],
        in_force=row["in_force"],
        since=f"{from_ms(row['created_at']):%Y-%m-%d}",
    )


def _policy(row: Row) -> Policy:
    until = None if row["expires_at"] is None else f"{from_ms(row['expires_at']):%Y-%m-%d}"
    since = f"{from_ms(row['created_at']):%Y-%m-%d}"
    return Policy(
        row["kind"], row["action"], scrubbed(row["title"]), scrubbed(row["reason"]), row["origin"], since, until
    )


def _decision(row: Row) -> Decided:
    outcome = "stands"
    if row["lifted_at"] is not None:
        outcome = "lifted on appeal" if row["lifted_why"] == "appeal" else "undone"
    rules: list[Any] = msgspec.json.decode(row["rule_ids"])
    grounds = "report" if row["report_id"] is not None else "rule" if row["automated"] else "own"
    return Decided(
        month=_month(from_ms(row["created_at"])),
        action=row["action"],
        local=bool(row["local"]),
        category=row["category"],
        rules=tuple(rules),
        grounds=grounds,
        automated=bool(row["automated"]),
        policy=row["rule_kind"],
        outcome=outcome,
        appeal=row["appeal"],
    )
