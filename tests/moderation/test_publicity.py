"""What is public of the moderation: true figures, every decision, and nothing that leads to a person."""

from datetime import timedelta

import msgspec

from fedinote.infra.app import App
from fedinote.moderation import actions, anonymity, publicity
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import appeals, reports, statements
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.lists import sources
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.moderation.staff import staff, user
from tests.support.people import configure


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


async def test_the_lists_that_are_read_are_named_without_what_could_be_a_key(app: App) -> None:
    by = await staff(app, "admin")
    wanted = sources.Wanted("csv", "https://lists.example/key-of-ours/list.csv?token=1", "Spam, by @root@loud.example")
    await sources.add(app, wanted, by=by)
    (found,) = (await publicity.account(app)).lists
    assert (found.title, found.kind, found.address, found.in_force) == ("Spam, by …", "csv", "lists.example", 0)
    assert "key-of-ours" not in _told(await publicity.account(app))


async def test_a_decision_that_is_alone_in_its_month_tells_its_year(app: App) -> None:
    """Several of a kind tell their month: none of them can be matched with what everybody saw."""
    by = await staff(app, "moderator")
    await actions.suspend(app, by, (await user(app, "alone")).account_id)
    year, month = f"{app.now():%Y}", f"{app.now():%Y-%m}"
    assert [one.month for one in (await publicity.account(app)).decisions or ()] == [year]
    for number in range(anonymity.FEW - 1):
        await actions.suspend(app, by, (await user(app, f"more{number}")).account_id)
    await actions.silence(app, by, (await user(app, "limited")).account_id)
    told = [(one.action, one.month) for one in (await publicity.account(app)).decisions or ()]
    assert sorted(told) == [("silence", year), *[("suspend", month)] * anonymity.FEW]


async def test_the_order_of_decisions_tells_nothing_of_when_they_were_made(app: App) -> None:
    by, told = await staff(app, "moderator"), []
    deeds = [("spam", actions.silence), ("legal", actions.silence), ("other", actions.silence)]
    for round_, order in enumerate((deeds, deeds[::-1])):
        await app.db.execute("DELETE FROM statements")
        for category, deed in order:
            target = await user(app, f"{category}{round_}")
            await deed(app, by, target.account_id, basis=Basis(category=category))
        told.append((await publicity.account(app)).decisions)
    assert told[0] == told[1]


async def test_single_decisions_can_be_told_later_and_not_for_ever(app: App) -> None:
    by = await staff(app, "moderator")
    await actions.suspend(app, by, (await user(app, "target")).account_id)
    configure(app, "moderation", public_after_days=10_000)
    found = await publicity.account(app)
    assert (found.decisions, found.months[0].decisions) == ((), {"suspend": 1})
    app.clock.shift(timedelta(days=anonymity.MOST_DAYS, minutes=1).total_seconds())
    assert len((await publicity.account(app)).decisions or ()) == 1
