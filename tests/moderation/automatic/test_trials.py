"""Rules tried in the background: how far it is, going on after an interruption, and what it never does."""

from collections.abc import Mapping
from typing import Any

import pytest

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.moderation.automatic import rules, trials, trying
from fedinote.moderation.automatic.rules import Wanted
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft, NewPost
from fedinote.wiring import JOBS
from tests.moderation.staff import staff
from tests.relations.people import person

CASINO = Wanted("words", {"words": ["casino"]}, "hold", "No gambling")


@pytest.fixture
async def far(app: App) -> int:
    return await person(app, "far", "far.example")


async def arrive(app: App, author: int, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        new = NewPost(
            author_id=author, visibility="public", content=f"<p>{text}</p>", created_at=app.now(),
            uri=f"https://far.example/{name}", language="es",
        )  # fmt: skip
        await publishing.store(app, new)


async def write_down(app: App, wanted: Wanted = CASINO) -> int:
    return int((await rules.create(app, wanted, by=None))["id"])


async def last(app: App, rule_id: int) -> trials.Tried:
    found = await trials.last(app, await rules.get(app, rule_id))
    assert found is not None
    return found


async def waits(app: App) -> list[str]:
    return [row["kind"] for row in await app.db.rows("SELECT kind FROM jobs WHERE kind = ?", trials.JOB)]


async def test_a_small_trial_is_done_at_once_and_tells_what_it_found(app: App, far: int) -> None:
    await arrive(app, far, {"1": "my casino", "2": "tea", "3": "casino again"})
    await publishing.publish(app, await person(app, "alice"), Draft("a casino here", language="en"))
    found = await trials.start(app, await write_down(app), by=None)
    assert (found.state, found.part, found.fits, found.answers) == ("done", 1.0, True, True)
    assert (found.trial.looked_at, found.trial.caught, found.trial.by_members) == (4, 3, 1)
    assert (len(found.trial.authors), found.trial.languages) == (2, {"es": 2, "en": 1})
    assert [one.why for one in found.trial.examples] == ["the word “casino”"] * 3
    assert found.trial.examples[0].handle == "@alice"
    assert await waits(app) == []


@pytest.mark.parametrize("kind", ["words", "repeats"])
async def test_a_long_trial_goes_on_as_a_job_and_finds_the_same(
    app: App, far: int, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    await arrive(app, far, {str(number): "the very same words of a casino" for number in range(7)})
    wanted = CASINO if kind == "words" else Wanted("repeats", {"times": 3, "minutes": 60}, "hold", "Again")
    rule = await write_down(app, wanted)
    whole = await trying.run(app, await rules.get(app, rule))
    monkeypatch.setattr(trying, "BATCH", 2)
    monkeypatch.setattr(trials, "AT_ONCE", 0.0)
    monkeypatch.setattr(trials, "STRETCH", 0.0)
    begun = await trials.start(app, rule, by=None)
    assert (begun.state, begun.answers, begun.trial.looked_at) == ("running", False, 2)
    assert begun.part < 1
    for _ in range(10):
        await jobs.run_batch(app, JOBS)
    ended = await last(app, rule)
    assert (ended.state, await waits(app)) == ("done", [])
    assert (ended.trial.looked_at, ended.trial.caught) == (whole.looked_at, whole.caught)
    assert [one.uri for one in ended.trial.examples] == [one.uri for one in whole.examples]
    assert whole.caught == (7 if kind == "words" else 4)


async def test_a_newer_trial_ends_an_older_one_and_a_changed_rule_ends_it_too(
    app: App, far: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await arrive(app, far, {str(number): "casino" for number in range(5)})
    rule = await write_down(app)
    monkeypatch.setattr(trying, "BATCH", 1)
    monkeypatch.setattr(trials, "AT_ONCE", 0.0)
    await trials.start(app, rule, by=None)
    changed = Wanted("words", {"words": ["tea"]}, "hold", "No tea")
    await rules.change(app, rule, changed, by=None)
    assert not (await last(app, rule)).fits
    await jobs.run_batch(app, JOBS)
    ended = await last(app, rule)
    assert (ended.state, ended.problem, ended.answers) == ("failed", "changed", False)
    assert (await trials.start(app, rule, by=None)).fits
    await trials.work(app, rule, 1)  # the job of a trial that is not there any more
    assert (await last(app, rule)).trial.looked_at == 1


async def test_a_trial_still_fits_when_only_the_action_changed(app: App, far: int) -> None:
    rule = await write_down(app)
    await trials.start(app, rule, by=None)
    await rules.change(app, rule, Wanted("words", {"words": ["casino"]}, "note", "Gambling"), by=None)
    assert (await last(app, rule)).answers
    await rules.change(app, rule, Wanted("words", {"words": ["casino"]}, "note", "Gambling", origin="local"), by=None)
    assert not (await last(app, rule)).answers


async def test_a_rule_that_catches_nearly_all_is_called_wide(app: App, far: int) -> None:
    await arrive(app, far, {str(number): f"tea number {number}" for number in range(25)})
    wide = await trials.start(app, await write_down(app, Wanted("words", {"words": ["tea"]}, "hold", "Tea")), by=None)
    assert (wide.wide, wide.trial.share) == (True, 1.0)
    assert not (await trials.start(app, await write_down(app), by=None)).wide


async def test_who_may_write_rules_may_try_them_and_old_trials_are_forgotten(app: App, far: int) -> None:
    rule = await write_down(app)
    with pytest.raises(Forbidden):
        await trials.start(app, rule, by=await staff(app, "moderator"))
    with pytest.raises(Invalid, match="Days"):
        await trials.start(app, rule, by=None, days=0)
    await trials.start(app, rule, by=await staff(app, "admin"))
    await trials.tidy(app)
    assert await trials.last(app, await rules.get(app, rule)) is not None
    long_ago: Any = app.now() - 2 * trials.KEEP
    await app.db.execute("UPDATE rule_trials SET started_at = ?", long_ago)
    await trials.tidy(app)
    assert await trials.last(app, await rules.get(app, rule)) is None
