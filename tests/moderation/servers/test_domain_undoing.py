"""Changes of the lists of servers are noted, and undone one by one or a batch at a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Forbidden, NotFound
from fedinote.moderation.lists import entries, sources
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.servers import allows, domain_changes, domain_undoing, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.timelines.window import Window
from tests.moderation.staff import staff
from tests.relations.people import person

FIRST = Window(40)


async def _batches(app: App) -> list[domain_changes.Summary]:
    return await domain_changes.page(app, FIRST.sql)


async def _severities(app: App) -> dict[str, str]:
    return {one.domain: one.severity for one in await domains.everything(app)}


async def test_a_block_is_undone_and_its_accounts_are_back(app: App) -> None:
    by, far = await staff(app, "admin"), await person(app, "far", "far.example")
    await domains.block(app, "far.example", Terms(), by=by)
    (made,) = await _batches(app)
    assert (made.number, made.names, made.actor_id, made.undone) == (1, ("far.example",), by.account_id, False)
    assert await domain_undoing.undo(app, made.id, by=by) == domain_undoing.Undone(1, ())
    assert await _severities(app) == {}
    row = await app.db.row("SELECT suspended_at FROM accounts WHERE id = ?", far)
    assert row is not None
    assert row["suspended_at"] is None
    undoing, done = await _batches(app)
    assert (done.undone, undoing.cause, undoing.undone) == (True, "undo", False)
    with pytest.raises(Conflict):
        await domain_undoing.undo(app, made.id, by=by)


async def test_a_change_and_an_end_are_undone_to_all_terms_as_they_were(app: App) -> None:
    terms = Terms(
        severity="silence", reject_media=True, followers_only=True, warning="Careful", private_comment="p",
        public_comment="q", obfuscate=True, expires_at=app.now() + timedelta(days=3),
    )  # fmt: skip
    made = (await domains.block(app, "far.example", terms, by=None)).block
    assert made is not None
    await domains.update(app, made.id, Terms(), by=None)
    await domain_undoing.undo(app, (await _batches(app))[0].id, by=None)
    present = await domains.find(app, "far.example")
    assert present is not None
    assert domains.terms_of(present) == terms
    await domains.unblock(app, present.id, by=None)
    await domain_undoing.undo(app, (await _batches(app))[0].id, by=None)
    present = await domains.find(app, "far.example")
    assert present is not None
    assert domains.terms_of(present) == terms


async def test_a_change_that_changes_nothing_is_not_noted(app: App) -> None:
    for _ in range(2):
        await domains.block(app, "far.example", Terms(), by=None)
    assert len(await _batches(app)) == 1


async def test_a_whole_batch_is_undone_but_what_somebody_changed_meanwhile_stays(app: App) -> None:
    batch = domain_changes.begin(app, "file x.csv")
    for name in ("one.example", "two.example", "three.example"):
        await domains.block(app, name, Terms(), by=None, batch=batch)
    await domains.block(app, "two.example", Terms(severity="noop"), by=None)
    (_, whole) = await _batches(app)
    assert (whole.number, whole.cause) == (3, "file x.csv")
    undone = await domain_undoing.undo(app, batch.id, by=None)
    assert undone == domain_undoing.Undone(2, ("two.example",))
    assert await _severities(app) == {"two.example": "noop"}


async def test_the_undoing_can_be_undone(app: App) -> None:
    await domains.block(app, "far.example", Terms(severity="silence"), by=None)
    await domain_undoing.undo(app, (await _batches(app))[0].id, by=None)
    await domain_undoing.undo(app, (await _batches(app))[0].id, by=None)
    assert await _severities(app) == {"far.example": "silence"}


async def test_the_list_of_allowed_servers_is_undone_too(app: App) -> None:
    made = await allows.allow(app, "friend.example", by=None)
    await domain_undoing.undo(app, (await _batches(app))[0].id, by=None)
    assert await allows.everything(app) == []
    made = await allows.allow(app, "friend.example", by=None)
    await allows.disallow(app, made.id, by=None)
    await domain_undoing.undo(app, (await _batches(app))[0].id, by=None)
    assert [one.domain for one in await allows.everything(app)] == ["friend.example"]


async def test_moderators_without_the_power_undo_nothing(app: App) -> None:
    await domains.block(app, "far.example", Terms(), by=None)
    with pytest.raises(Forbidden):
        await domain_undoing.undo(app, (await _batches(app))[0].id, by=await staff(app, "moderator"))
    with pytest.raises(NotFound):
        await domain_undoing.undo(app, 1, by=None)
    assert await _severities(app) == {"far.example": "suspend"}


@pytest.mark.parametrize(("automatic", "after"), [(False, "draft"), (True, "refused")])
async def test_undoing_what_a_list_put_there_does_not_bring_it_back_by_itself(
    app: App, automatic: bool, after: str
) -> None:
    wanted = Wanted("csv", "https://lists.example/x.csv", "Worst", ceiling="suspend", automatic=automatic)
    source_id = await sources.add(app, wanted, by=None)
    said = [Advice("bad.example", "suspend")]
    async with app.db.transaction():
        await entries.take(app, await sources.get(app, source_id), said)
    (entry,) = await entries.page(app, FIRST.sql)
    if not automatic:
        await entries.apply(app, entry["id"], by=None)
    (made,) = await _batches(app)
    assert made.cause == "list Worst"
    await domain_undoing.undo(app, made.id, by=None)
    assert (await entries.get(app, entry["id"]))["state"] == after
    async with app.db.transaction():
        await entries.take(app, await sources.get(app, source_id), said)
    assert await _severities(app) == {}


async def test_a_block_that_a_person_ended_is_not_made_again_by_an_automatic_list(app: App) -> None:
    wanted = Wanted("csv", "https://lists.example/x.csv", "Worst", ceiling="suspend", automatic=True)
    source_id = await sources.add(app, wanted, by=None)
    for step in range(2):
        async with app.db.transaction():
            await entries.take(app, await sources.get(app, source_id), [Advice("bad.example", "suspend")])
        present = await domains.find(app, "bad.example")
        assert (present is not None) is (step == 0)
        if present is not None:
            await domains.unblock(app, present.id, by=None)
    (entry,) = await entries.page(app, FIRST.sql)
    assert entry["state"] == "refused"
    await entries.apply(app, entry["id"], by=None)
    assert await _severities(app) == {"bad.example": "suspend"}


async def test_a_block_ends_when_its_time_is_over(app: App) -> None:
    terms = Terms(severity="silence", expires_at=app.now() + timedelta(hours=1))
    await domains.block(app, "soon.example", terms, by=None)
    await domains.block(app, "late.example", replace(terms, expires_at=app.now() + timedelta(days=9)), by=None)
    assert await domains.expire(app) == 0
    app.clock.shift(2 * 3600)
    assert await domains.expire(app) == 1
    assert await _severities(app) == {"late.example": "silence"}
    assert (await _batches(app))[0].cause == "expiry"


async def test_the_journal_is_forgotten_after_ninety_days(app: App) -> None:
    await domains.block(app, "far.example", Terms(), by=None)
    await domain_changes.tidy(app)
    assert len(await _batches(app)) == 1
    app.clock.shift(91 * 24 * 3600)
    await domain_changes.tidy(app)
    assert await _batches(app) == []


async def test_others_write_while_a_long_batch_is_undone_and_what_was_cut_off_goes_on(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_undoing, "PIECE", 2)
    batch = domain_changes.begin(app, "list")
    for number in range(7):
        await domains.block(app, f"bad{number}.example", Terms(), by=None, batch=batch)
    seen, back = list[int](), domain_undoing._back

    async def cut_off(*args: Any) -> bool:
        seen.append(len(await _severities(app)))
        if len(seen) == 5:
            raise Forbidden
        return await back(*args)

    monkeypatch.setattr(domain_undoing, "_back", cut_off)
    with pytest.raises(Forbidden):
        await domain_undoing.undo(app, batch.id, by=None)
    monkeypatch.setattr(domain_undoing, "_back", back)
    assert len(await _severities(app)) == 3
    assert await domain_undoing.undo(app, batch.id, by=None) == domain_undoing.Undone(3, ())
    assert await _severities(app) == {}
