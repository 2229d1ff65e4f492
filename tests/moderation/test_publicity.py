"""What is public of the moderation: true figures, every decision, and nothing that leads to a person."""

import random
from datetime import timedelta

import msgspec
import pytest

from fedinote.infra.app import App
from fedinote.moderation import actions, appeals, domains, publicity, reports, rules, statements
from fedinote.moderation.domains import Terms
from fedinote.moderation.rules import Wanted
from fedinote.moderation.statements import Basis
from tests.moderation.staff import staff, user
from tests.relations.people import person, post
from tests.support.people import configure

KINDS = [actions.silence, actions.suspend, actions.sensitize, actions.disable]
UNDOING = {"silence": actions.unsilence, "suspend": actions.unsuspend, "sensitize": actions.unsensitize}
HISTORIES = 12
STEPS = 30


async def test_figures_count_what_was_decided(app: App) -> None:
    by, other = await staff(app, "moderator", "first"), await staff(app, "moderator", "second")
    target, reader = await user(app, "target"), await user(app, "reader")
    report = await reports.file(app, reader.account_id, target.account_id, category="spam")
    await actions.act(app, by, target.account_id, "silence", reason="spam", report_id=report.id)
    await actions.suspend_by_rule(app, (await user(app, "bot")).account_id, "links", 3)
    (made,) = await statements.about(app, target.account_id)
    appeal = await appeals.make(app, target.account_id, made.id, "Please")
    await appeals.decide(app, other, appeal.id, lift=True)
    found = await publicity.account(app)
    this = found.months[0]
    assert (this.decisions, this.automated) == ({"silence": 1, "suspend": 1}, 1)
    assert (this.reports, this.reports_closed, this.appeals, this.appeals_lifted) == (1, 1, 1, 1)
    assert found.decisions is not None
    assert {(one.action, one.automated, one.category, one.outcome, one.appeal) for one in found.decisions} == {
        ("silence", False, "spam", "lifted on appeal", "lifted"),
        ("suspend", True, "other", "stands", None),
    }
    assert len(found.months) == publicity.MONTHS


async def test_single_decisions_can_be_kept_back_and_figures_cannot(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    await actions.silence(app, by, target.account_id)
    configure(app, "moderation", public_decisions=False)
    found = await publicity.account(app)
    assert found.decisions is None
    assert found.months[0].decisions == {"silence": 1}


async def test_servers_that_are_hidden_are_only_counted(app: App) -> None:
    by = await staff(app, "admin")
    comment = "Ask @root@loud.example, a@b.example"
    await domains.block(app, "loud.example", Terms(severity="silence", public_comment=comment), by=by)
    await domains.block(app, "quiet.example", Terms(severity="suspend", obfuscate=True), by=by)
    found = await publicity.account(app)
    assert [(one.domain, one.severity, one.reason) for one in found.servers] == [
        ("loud.example", "silence", "Ask …, …")
    ]
    assert found.hidden_servers == 1


async def test_policies_in_force_are_there_without_their_words(app: App) -> None:
    by = await staff(app, "admin")
    wanted = Wanted("words", {"words": ["verysecretword"]}, "hold", "No spam", "Because it is spam")
    row = await rules.create(app, wanted, by=by)
    assert (await publicity.account(app)).policies == ()
    await rules.switch(app, row["id"], "on", by=by)
    (found,) = (await publicity.account(app)).policies
    assert (found.kind, found.action, found.title, found.reason) == ("words", "hold", "No spam", "Because it is spam")
    assert "verysecretword" not in _told(await publicity.account(app))


def _told(found: publicity.Account) -> str:
    return msgspec.json.encode(found).decode()


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_no_history_leaks_who_or_what_it_was_about(app: App, seed: int) -> None:
    chance = random.Random(seed)
    by, other = await staff(app, "moderator", "modsecreta"), await staff(app, "admin", "modsecretb")
    people = [await user(app, f"member{seed}x{number}secret") for number in range(4)]
    far = [await person(app, f"far{number}secret", f"home{number}.secret.example") for number in range(2)]
    everybody = [*(one.account_id for one in people), *far]
    secrets = {"secret", "mail.example", str(by.account_id), str(other.account_id), *map(str, everybody)}
    for step in range(STEPS):
        target = chance.choice(everybody)
        secrets |= await _something(app, chance, (by, other), target, people[step % 4].account_id, step)
        app.clock.shift(chance.uniform(0, timedelta(days=9).total_seconds()))
    found = await publicity.account(app)
    told = _told(found)
    assert found.decisions
    assert [one for one in secrets if one in told] == []


async def _something(app: App, chance: random.Random, staff_: tuple, target: int, reader: int, step: int) -> set[str]:
    by, other = staff_
    words, secrets = f"facts-{step}-secret about them", set()
    kind = chance.randrange(6)
    local = await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", target) == ""
    if kind == 0 and reader != target:
        report = await reports.file(app, reader, target, comment=words)
        secrets.add(str(report.id))
    elif kind == 1 and local:
        post_id = await post(app, target, f"post-{step}-secret")
        secrets.add(str(post_id))
        await actions.delete_post(app, by, post_id, reason=words)
    elif kind in (2, 3):
        verb = chance.choice(KINDS if local else KINDS[:3])
        await verb(app, by, target, reason=words, basis=Basis(rules=(1,), language="en"))
    elif kind == 4:
        await chance.choice(list(UNDOING.values()))(app, by, target)
    else:
        for made in await statements.about(app, target):
            secrets.add(str(made.id))
            if local and made.appeal is None and made.lifted_at is None:
                appeal = await appeals.make(app, target, made.id, words)
                await appeals.decide(app, other, appeal.id, lift=chance.random() < 0.5, text=words)
                secrets.add(str(appeal.id))
                break
    return secrets
