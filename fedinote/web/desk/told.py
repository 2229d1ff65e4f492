"""What somebody is told about a decision: the statement with its reasons, in their language, and the appeal."""

from dataclasses import dataclass, replace

from fedinote.infra.app import App
from fedinote.moderation.cases import appeals, understanding, wording
from fedinote.moderation.cases.appeals import Appeal
from fedinote.moderation.cases.statements import Statement
from fedinote.moderation.cases.understanding import Passage, Reading
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Wording
from fedinote.text import language
from fedinote.web.browser import Visit
from fedinote.web.desk import evidence, reading, sending
from fedinote.web.desk.evidence import Exhibit


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as its subject reads it in the language `target`. `reasons` is None where none were written.

    `turns` are what moderators wrote in the appeal, by its place in the thread. `possible`: an appeal can be made;
    `more`: something can be added to it.
    """

    about: Statement
    appeal: Appeal | None
    possible: bool
    more: bool
    reasons: Reading | None
    turns: dict[int, Reading]
    target: str
    exhibits: tuple[Exhibit, ...]
    rules: tuple[tuple[int, str, Wording], ...]


async def told(here: Visit, account_id: int, about: Statement) -> Told:
    """Return a decision as the person reads it whom it is about. What was translated when it was sent stays so."""
    app = here.app
    target = await reading.target(app, account_id)
    appeal = await appeals.of_statement(app, about.id)
    reasons = wording.sent(about, target) or sending.own(about, target)
    passages: dict[int, Passage] = {}
    if about.text and reasons is None:
        passages[-1] = understanding.private(about.text, about.language)
    for place, turn in enumerate(appeal.turns if appeal else ()):
        if turn.by_staff:
            passages[place] = understanding.private(turn.text, turn.language)
    read = await reading.read_as(here, account_id, passages)
    rules = [rule for rule in await house_rules.everything(app) if rule.number in about.rules]
    return Told(
        about=about,
        appeal=appeal,
        possible=appeals.possible(app, about),
        more=appeal is not None and appeal.state == appeals.OPEN and len(appeal.turns) < appeals.MAX_TURNS,
        reasons=reasons or read.pop(-1, None),
        turns=read,
        target=target,
        exhibits=await _posts(app, about),
        rules=tuple((rule.number, *rule.wording(here.words.tag)) for rule in rules),
    )


async def _posts(app: App, about: Statement) -> tuple[Exhibit, ...]:
    """Return the posts that are meant, in their author's own words."""
    own = await understanding.posts(app, about.post_ids)
    readings = {key: Reading(one.text, one.language or "", True) for key, one in own.items()}
    return tuple(replace(one, files=()) for one in await evidence.exhibits(app, about.post_ids, readings))


async def say(app: App, account_id: int, locale: str, about: Statement, text: str) -> None:
    """Appeal against a decision about oneself, or add to the appeal. `NotFound`, `Forbidden`, `Invalid`."""
    own = language.source(text, locale)
    if about.appeal_id is None:
        await appeals.make(app, account_id, about.id, text, own)
    else:
        await appeals.add(app, account_id, about.appeal_id, text, own)
