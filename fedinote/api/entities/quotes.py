"""Quote, ShallowQuote and QuoteApproval entities, for a page of posts at a time.

https://docs.joinmastodon.org/entities/Quote/ https://docs.joinmastodon.org/entities/QuoteApproval/
A quoted post is given to those only who may see it; nothing is read for pages without quotes.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts import answerable, approvals, quoted, visibility
from fedinote.posts.answerable import NOBODY, Answering
from fedinote.posts.approvals import Decision, Relation
from fedinote.text.quotes import without_fallback

Render = Callable[[Sequence[int]], Awaitable[list[dict[str, Any]]]]

_OPEN = ("public", "unlisted")
_RELATED = approvals.FOLLOWERS | approvals.FOLLOWING
_FOLLOWS = """
SELECT target_id AS id, TRUE AS follower FROM follows WHERE accepted AND follower_id = ? AND target_id IN_INTS(?)
UNION ALL SELECT follower_id, FALSE FROM follows WHERE accepted AND target_id = ? AND follower_id IN_INTS(?)"""


@dataclass(slots=True)
class Quotes:
    """What a page of posts quotes, for one viewer: entities by quoting post, and whose text is shown with them."""

    viewer_id: int | None = None
    entities: dict[int, dict[str, Any]] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)
    relations: Mapping[int, Relation] = field(default_factory=dict)
    answering: Answering = NOBODY

    def fields(self, row: Row) -> dict[str, Any]:
        """Return what a Status (a row of posts) says about quotes."""
        return {
            "quote": self.entities.get(row["id"]) if row["is_quote"] else None,
            "quotes_count": row["quotes_count"],
            "quote_approval": _approval(row["quote_policy"] or 0, self._decision(row)),
            **self._answers(row["id"]),
        }

    def _answers(self, post_id: int) -> dict[str, Any]:
        """Return who may answer where not all may, and whether the author of the other post agreed to an own answer."""
        value: dict[str, Any] = {}
        if (limit := self.answering.limits.get(post_id)) is not None:
            decision = {"automatic": limit.automatic, "manual": limit.manual, "current_user": limit.decision}
            value["reply_approval"] = decision
        if (state := self.answering.states.get(post_id)) is not None:
            value["reply_state"] = state
        return value

    def content(self, row: Row) -> str:
        """Return the text of a post, without the "RE: <link>" where the quoted post is shown."""
        text: str = row["content"]
        return without_fallback(text) if row["id"] in self.shown else text

    def _decision(self, row: Row) -> Decision:
        if self.viewer_id is None or row["reblog_of_id"] is not None or row["visibility"] == "direct":
            return "denied"
        if row["account_id"] == self.viewer_id:
            return "automatic"
        policy = row["quote_policy"] or 0
        if row["visibility"] not in _OPEN or policy == 0:
            return "denied"
        if policy & approvals.PUBLIC:
            return "automatic"
        return approvals.decide(policy, self.relations.get(row["account_id"], Relation()))


@lru_cache(maxsize=1024)
def _approval(policy: int, decision: Decision) -> dict[str, Any]:
    return {
        "automatic": approvals.names(policy & approvals.ALL),
        "manual": approvals.names(policy >> approvals.MANUAL),
        "current_user": decision,
    }


async def of_posts(app: App, rows: Iterable[Row], viewer_id: int | None, render: Render | None) -> Quotes:
    """Read what belongs to the quotes of a page. `render` makes Status entities of the quoted posts that the viewer
    may see; without it (a quote within a quote) only their ids are given.

    Who may answer is read with it. No query without quotes, limits and own answers; otherwise a fixed number.
    """
    page = list(rows)
    found = Quotes(viewer_id)
    if viewer_id is not None:
        found.relations = await relations(app, viewer_id, ((row["account_id"], row["quote_policy"]) for row in page))
    found.answering = await answerable.of_posts(app, viewer_id, page)
    quoting = [row["id"] for row in page if row["is_quote"]]
    if quoting:
        await _fill(app, found, await _quotes(app, quoting), render)
    return found


async def _quotes(app: App, post_ids: Sequence[int]) -> list[Row]:
    sql, params = quoted.of_posts(post_ids)
    return await app.db.rows(sql, *params)


async def relations(app: App, viewer_id: int, policies: Iterable[tuple[int, int | None]]) -> dict[int, Relation]:
    """Return how the viewer stands to the accounts for whose policies that matters."""
    bits = _RELATED | _RELATED << approvals.MANUAL
    authors = {account_id for account_id, policy in policies if (policy or 0) & bits} - {viewer_id}
    if not authors:
        return {}
    ids = list(authors)
    rows = await app.db.rows(_FOLLOWS, viewer_id, ids, viewer_id, ids)
    follower = {row["id"] for row in rows if row["follower"]}
    followed = {row["id"] for row in rows if not row["follower"]}
    return {one: Relation(one in follower, one in followed) for one in ids}


async def _fill(app: App, found: Quotes, rows: Sequence[Row], render: Render | None) -> None:
    accepted = [row["quoted_id"] for row in rows if row["state"] == "accepted" and row["author_id"] is not None]
    entities: dict[int, dict[str, Any]] = {}
    if render is None:
        visible = await visibility.visible(app, found.viewer_id, accepted) if accepted else set()
    else:
        entities = {int(one["id"]): one for one in await render(list(dict.fromkeys(accepted)))}
        visible = set(entities)
    away = await quoted.unwanted(
        app, found.viewer_id, [row["author_id"] for row in rows if row["quoted_id"] in visible]
    )
    for row in rows:
        state = quoted.state_of(row, visible, away)
        if state == "accepted" or not row["legacy"]:
            there = row["quoted_id"] if row["quoted_id"] in visible and row["state"] == "accepted" else None
            found.entities[row["post_id"]] = _quote(state, there, None if render is None else entities)
            if state == "accepted":
                found.shown.add(row["post_id"])


def _quote(state: str, quoted_id: int | None, entities: Mapping[int, dict[str, Any]] | None) -> dict[str, Any]:
    if entities is None:
        return {"state": state, "quoted_status_id": None if quoted_id is None else str(quoted_id)}
    return {"state": state, "quoted_status": None if quoted_id is None else entities[quoted_id]}
