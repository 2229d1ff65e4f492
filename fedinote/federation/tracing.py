"""Why did this not arrive? What came in and went out for one id, each attempt, each policy's verdict, in words.

What it reads is kept for a while only: activities that came in for 30 days, attempts to deliver for 7, the audit log
for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fedinote.activitypub.quirks import host_of
from fedinote.federation import attempts, fetching
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.policy import domains
from fedinote.text.urls import safe_url

MOST = 200  # rows of each kind, newest first


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or that will. `at` is None for what is true at present; `host` "" where none took part.

    `kind`: here, in, policy, out, host.
    """

    at: datetime | None
    kind: str
    host: str
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of an id. `answer` says it in one sentence, `steps` one by one in the order of time."""

    uri: str
    answer: str
    steps: tuple[Step, ...]


async def trace(app: App, url: str) -> Trace:
    """Tell what came in and went out for a post, account or activity, by its id or by the address of its page.

    Asks nobody: everything is from our own database. Raises NotFound for what is no http(s) URL.
    """
    if safe_url(url) is None:
        raise NotFound("Give the http(s) address of a post, an account or an activity")
    known = await _known(app, url)
    uri = str(known["uri"]) if known else url
    here = [_here(known)] if known else []
    came, went = await _came(app, uri, url), await _went(app, uri)
    judged = await _judged(app, [uri, url])
    host = host_of(uri)
    state = [] if fetching.is_ours(app, uri) else await _host(app, host)
    timed = sorted([*here, *came, *went, *judged], key=lambda step: step.at or app.now())
    return Trace(uri, await _answer(app, uri, known, [*came, *judged], went), (*timed, *state))


async def _known(app: App, url: str) -> Row | None:
    return await app.db.row(
        "SELECT p.uri, p.created_at, p.visibility, a.uri AS owner, 'post' AS kind FROM posts p"
        " JOIN accounts a ON a.id = p.account_id WHERE p.uri = ? OR p.url = ?"
        " UNION ALL SELECT uri, created_at, '', uri, 'account' FROM accounts WHERE uri = ? OR url = ? LIMIT 1",
        url, url, url, url,
    )  # fmt: skip


def _here(known: Row) -> Step:
    what = f"the {known['visibility']} post" if known["kind"] == "post" else "the account"
    return Step(from_ms(known["created_at"]), "here", "", f"{what} is here: {known['uri']}, by {known['owner']}")


async def _came(app: App, uri: str, url: str) -> list[Step]:
    """Return what was delivered to us about it, and what became of that."""
    rows = await app.db.rows(
        "SELECT r.id, r.activity_id, r.signer, r.signer_host, r.outcome, r.received_at, r.body,"
        " j.failures, j.error, j.run_at, j.dead_at, j.id AS job_id FROM received_activities r"
        " LEFT JOIN jobs j ON j.kind = 'federation.process' AND j.args = '{\"received_id\":' || r.id || '}'"
        " WHERE r.object_id IN_TEXTS(?) OR r.activity_id IN_TEXTS(?) ORDER BY r.id DESC LIMIT ?",
        [uri, url],
        [uri, url],
        MOST,
    )
    return [_arrival(row) for row in rows]


def _arrival(row: Row) -> Step:
    kind = "an activity"
    if row["body"]:
        found = msgspec.json.decode(row["body"])
        kind = str(found.get("type", kind)) if isinstance(found, dict) else kind
    text = f"{kind} {row['activity_id']} came, signed by {row['signer']}: {_fate(row)}"
    return Step(from_ms(row["received_at"]), "in", row["signer_host"], text)


def _fate(row: Row) -> str:
    if row["outcome"]:
        return f"without effect, because {row['outcome']}"
    if row["job_id"] is None:
        return "processed"
    if row["dead_at"] is not None:
        return f"given up after {row['failures']} failures: {row['error']}"
    if row["failures"]:
        return f"failed {row['failures']} times ({row['error']}), next try {_moment(row['run_at'])}"
    return "waits for its turn"


async def _judged(app: App, uris: Sequence[str]) -> list[Step]:
    """Return what rules and moderators decided about it."""
    rows = await app.db.rows(
        "SELECT l.action, l.detail, l.created_at, a.username FROM audit_log l LEFT JOIN accounts a ON a.id = l.actor_id"
        " WHERE l.target IN_TEXTS(?) ORDER BY l.id DESC LIMIT ?",
        list(uris),
        MOST,
    )
    return [_verdict(row) for row in rows]


def _verdict(row: Row) -> Step:
    detail: dict[str, Any] = msgspec.json.decode(row["detail"])
    who = f"@{row['username']}" if row["username"] else f"the rule {detail.get('policy', detail.get('via', ''))}"
    return Step(from_ms(row["created_at"]), "policy", "", f"{who}: {row['action']}, {detail.get('reason', '')}")


async def _went(app: App, uri: str) -> list[Step]:
    """Return what we sent about it: every attempt with its server, time and result, and what waits."""
    made = await app.db.rows("SELECT * FROM delivery_log WHERE about = ? ORDER BY id DESC LIMIT ?", uri, MOST)
    open_ones = await app.db.rows(
        "SELECT d.inbox, d.host, d.next_at, d.created_at, d.attempts, o.body, h.unavailable_at FROM deliveries d"
        " JOIN outgoing_activities o ON o.id = d.outgoing_id LEFT JOIN hosts h ON h.host = d.host"
        " WHERE d.order_key = ? AND d.dead_at IS NULL ORDER BY d.id DESC LIMIT ?",
        uri,
        MOST,
    )
    return [_attempt(row) for row in made] + [_waiting(row) for row in open_ones]


def _attempt(row: Row) -> Step:
    text = f"{row['activity']} to {row['inbox']}: {row['said']}"
    return Step(from_ms(row["at"]), "out", row["host"], text)


def _waiting(row: Row) -> Step:
    name = attempts.name_of(row["body"].encode())
    text = f"{name} to {row['inbox']}: waits, next try {_moment(row['next_at'])}, after {row['attempts']} attempts"
    if row["unavailable_at"]:
        text += "; the server is held for gone, and asked again only when it says something"
    return Step(None, "out", row["host"], text)


def _moment(ms: int) -> str:
    return f"{from_ms(ms):%Y-%m-%d %H:%M} UTC"


async def _host(app: App, host: str) -> list[Step]:
    """Return how the other server stands with us."""
    steps = []
    block = await domains.find(app, host)
    if block is not None:
        steps.append(Step(None, "host", host, f"moderators set {block.domain} to {block.severity}"))
    row = await app.db.row("SELECT * FROM hosts WHERE host = ?", host)
    if row is None:
        steps.append(Step(None, "host", host, "nothing signed ever came from there, and nothing was sent there"))
        return steps
    if row["unavailable_at"]:
        text = f"held for gone since {from_ms(row['unavailable_at']):%Y-%m-%d}, after failures on seven days"
        steps.append(Step(None, "host", host, text))
    elif row["failures"]:
        steps.append(Step(None, "host", host, f"the last {row['failures']} deliveries to it failed"))
    if row["last_seen_at"]:
        steps.append(Step(None, "host", host, f"first seen or back at {from_ms(row['last_seen_at']):%Y-%m-%d %H:%M}"))
    return steps


async def _answer(app: App, uri: str, known: Row | None, came: Sequence[Step], went: Sequence[Step]) -> str:
    """Say in one sentence how it stands."""
    if fetching.is_ours(app, uri):
        return _sent(known, went)
    if known is not None:
        return "It did arrive: it is here."
    if await domains.suspended(app, host_of(uri)):
        return f"Its server, {host_of(uri)}, is blocked here: its activities are refused at the door."
    without = [step for step in came if step.kind == "policy" or "without effect" in step.text]
    if without:
        return f"It came, and was not kept: {without[0].text}."
    if came:
        return "Something about it came: see below."
    return (
        "Nothing about it came here. Either nobody here follows its author and its server had no reason to send it,"
        " or the request failed before its signature could be checked: the server's log has a line for each refusal."
        " To fetch it now, search for its address."
    )


def _sent(known: Row | None, went: Sequence[Step]) -> str:
    if not went:
        reason = "it has no recipients on other servers, or it was sent more than a week ago"
        return f"Nothing was sent about it: {reason}." if known else "There is no such thing of ours."
    waiting = {step.host for step in went if step.at is None}
    lost = {step.host for step in went if "given up" in step.text} - waiting
    parts = [f"{_servers(waiting)} not got it yet"] if waiting else []
    parts += [f"{_servers(lost)} not taken it"] if lost else []
    return f"It was sent; {', '.join(parts)}." if parts else "It was sent, and every server took it."


def _servers(hosts: set[str]) -> str:
    return "1 server has" if len(hosts) == 1 else f"{len(hosts)} servers have"
