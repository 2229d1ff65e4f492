"""Decisions and appeals as FediNote's own part of the API shows them: to those whom they concern, and to the staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.values import moment
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.moderation.cases import appeals
from fedinote.moderation.cases.appeals import Appeal
from fedinote.moderation.cases.casework import Filed, Note
from fedinote.moderation.cases.statements import Statement
from fedinote.moderation.house import house_rules

STATES = {"open": "pending", "lifted": "approved", "upheld": "rejected", "ended": "ended"}
"""The states of appeals in Mastodon's words; "ended" is our own: the account is gone."""


async def decisions(app: App, found: Sequence[Statement]) -> list[dict[str, Any]]:
    """Return decisions in their order, each with its appeal; `text` is the original, which binds."""
    rules = {rule.number: rule.text for rule in await house_rules.everything(app)} if found else {}
    made = await appeals.several(app, [one.appeal_id for one in found if one.appeal_id is not None])
    return [_decision(app, one, rules, made.get(one.appeal_id or 0)) for one in found]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else moment(to_ms(at))


async def decision(app: App, about: Statement) -> dict[str, Any]:
    """Return one decision."""
    return (await decisions(app, [about]))[0]


def _decision(app: App, about: Statement, rules: dict[int, str], made: Appeal | None) -> dict[str, Any]:
    translation = {"text": about.translated, "language": about.translated_to, "provider": about.translated_by}
    return {
        "id": str(about.id),
        "action": about.action,
        "text": about.text,
        "language": about.language,
        "translation": translation if about.translated else None,
        "category": about.category,
        "rules": [{"id": str(number), "text": rules.get(number, "")} for number in about.rules],
        "automated": about.automated,
        "status_ids": [str(one) for one in about.post_ids],
        "created_at": moment(to_ms(about.created_at)),
        "lifted_at": _moment(about.lifted_at),
        "final_at": _moment(about.purge_at),
        "appealable": appeals.possible(app, about),
        "appeal": None if made is None else appeal(made),
    }


def appeal(made: Appeal) -> dict[str, Any]:
    """Return an appeal with its thread; moderators have no names in it."""
    return {
        "id": str(made.id),
        "decision_id": str(made.statement_id),
        "state": STATES[made.state],
        "created_at": moment(to_ms(made.created_at)),
        "decided_at": _moment(made.decided_at),
        "messages": [
            {
                "by_moderators": turn.by_staff,
                "text": turn.text,
                "language": turn.language,
                "created_at": moment(to_ms(turn.created_at)),
            }
            for turn in made.turns
        ],
    }


async def for_staff(app: App, found: Iterable[tuple[Appeal, Statement, bool]]) -> list[dict[str, Any]]:
    """Return appeals for moderators: with the decision, whom it is about, and whether somebody else has to decide."""
    listed = list(found)
    wanted = {one.account_id for one, _, _ in listed if one.account_id is not None}
    people = {value["id"]: value for value in await accounts(app, sorted(wanted))}
    about = await decisions(app, [one for _, one, _ in listed])
    return [
        {**appeal(one), "decision": {**said, "appeal": None}, "account": people.get(str(one.account_id)), "barred": no}
        for (one, _, no), said in zip(listed, about, strict=True)
    ]


async def filed(app: App, found: Sequence[Filed]) -> list[dict[str, Any]]:
    """Return reports for whoever made them, with what came of each."""
    people = {value["id"]: value for value in await accounts(app, sorted({one.target_id for one in found}))}
    return [
        {
            "id": str(one.id),
            "category": one.category,
            "comment": one.comment,
            "created_at": moment(to_ms(one.created_at)),
            "closed_at": _moment(one.closed_at),
            "outcome": one.outcome,
            "answers": list(one.answers),
            "target_account": people.get(str(one.target_id)),
        }
        for one in found
    ]


async def notes(app: App, found: Sequence[Note]) -> list[dict[str, Any]]:
    """Return what moderators wrote to a report."""
    wanted = {one.author_id for one in found if one.author_id is not None}
    people = {value["id"]: value for value in await accounts(app, sorted(wanted))}
    return [
        {
            "id": str(one.id),
            "text": one.text,
            "to_reporter": one.to_reporter,
            "created_at": moment(to_ms(one.created_at)),
            "account": people.get(str(one.author_id)),
        }
        for one in found
    ]
