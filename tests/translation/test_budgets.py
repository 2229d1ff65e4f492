"""Characters a day: for each engine, for all together, for each person; never more, however many ask at once."""

import asyncio

import msgspec
import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import OverBudget
from fedinote.infra.translation_settings import EngineSettings
from fedinote.translation import asking, budgets, consent
from fedinote.translation.asking import Question
from fedinote.translation.engine import Location
from tests.support import accounts
from tests.translation.recorders import Recorder, engines

THIRD, LOCAL = Location.THIRD_PARTY, Location.LOCAL


def limits(app: App, *, person: int = 0, together: int = 0, **each: int) -> None:
    """Set the limits; `each` by location ("local", "network", "third_party")."""
    configured = [
        EngineSettings("phrasebook", name=f"Recorder, {name.replace('_', '-')}", daily_characters=most)
        for name, most in each.items()
    ]
    section = msgspec.structs.replace(
        app.settings.translation,
        daily_characters=together,
        daily_characters_per_person=person,
        engines=configured,
    )
    app.settings = msgspec.structs.replace(app.settings, translation=section)


def question(text: str, payer: int | None = None) -> Question:
    return Question((text,), "en", "es", consent.EVERYWHERE, payer)


async def test_an_engine_whose_day_is_used_up_is_skipped(app: App) -> None:
    recorders = engines(app, THIRD, LOCAL)
    limits(app, third_party=10)
    assert (await asking.ask(app, question("a" * 10))).location is THIRD
    assert (await asking.ask(app, question("b"))).location is LOCAL
    assert recorders[THIRD].sent == ["a" * 10]


async def test_when_none_is_left_the_reader_is_told_when_it_goes_on(app: App) -> None:
    engines(app, THIRD)
    limits(app, third_party=10)
    with pytest.raises(OverBudget, match="This server") as raised:
        await asking.ask(app, question("a" * 11))
    assert raised.value.status == 429
    assert not raised.value.personal
    assert 0 < raised.value.retry_after <= 86_400
    assert await app.db.rows("SELECT id FROM translation_ledger") == []


async def test_the_next_day_begins_anew(app: App) -> None:
    engines(app, THIRD)
    limits(app, third_party=3)
    await asking.ask(app, question("one"))
    app.clock.shift(86_400)
    await asking.ask(app, question("two"))


async def test_all_engines_together_have_a_budget_too(app: App) -> None:
    recorders = engines(app, THIRD, LOCAL)
    limits(app, together=5)
    recorders[THIRD].down = True
    assert (await asking.ask(app, question("four"))).location is LOCAL
    with pytest.raises(OverBudget):
        await asking.ask(app, question("more"))


async def test_a_person_pays_for_what_engines_do_and_not_for_the_cache(app: App) -> None:
    engines(app, LOCAL)
    limits(app, person=5)
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    await asking.ask(app, question("four", alice.id))
    await asking.ask(app, question("four", alice.id))
    assert await budgets.spent(app, alice.id) == 4
    with pytest.raises(OverBudget, match="one person") as raised:
        await asking.ask(app, question("more", alice.id))
    assert raised.value.personal
    await asking.ask(app, question("more", bob.id))
    await asking.ask(app, question("for all", None))
    assert (await budgets.spent(app, alice.id), await budgets.spent(app, bob.id)) == (4, 4)


async def test_what_an_engine_does_not_translate_is_given_back(app: App) -> None:
    recorders = engines(app, THIRD, LOCAL)
    limits(app, person=6, third_party=6, together=6)
    recorders[THIRD].down = True
    alice = await accounts.local(app, "alice")
    assert (await asking.ask(app, question("sixsix", alice.id))).location is LOCAL
    rows = await app.db.rows("SELECT engine, characters, charged FROM translation_days")
    assert {row["engine"]: (row["characters"], row["charged"]) for row in rows} == {
        "Recorder, third-party": (6, 0),  # it was sent, so the public figures have it
        "Recorder, local": (6, 6),
        "": (0, 6),
    }


async def test_any_number_of_askers_at_once_spend_no_more_than_there_is(app: App) -> None:
    recorders = engines(app, THIRD)
    alice = await accounts.local(app, "alice")
    limits(app, person=50, third_party=100, together=1_000)
    recorders[THIRD].pause = 0.01
    asked = [question(f"number {n:03}", alice.id if n % 2 else None) for n in range(30)]
    done = await asyncio.gather(*(asking.ask(app, one) for one in asked), return_exceptions=True)
    assert {type(one) for one in done} == {asking.Answer, OverBudget}
    assert sum(len(text) for text in recorders[THIRD].sent) == 100 - 100 % len("number 000")
    assert await budgets.spent(app, alice.id) <= 50


async def test_what_people_spent_is_forgotten_when_the_day_is_over(app: App) -> None:
    engines(app, LOCAL)
    alice = await accounts.local(app, "alice")
    await asking.ask(app, question("one", alice.id))
    app.clock.shift(3 * 86_400)
    assert await budgets.tidy(app) == 1
    assert await app.db.rows("SELECT id FROM translation_allowances") == []


async def test_an_engine_without_limit_is_sent_what_is_asked(app: App) -> None:
    app.translator = None
    recorder: Recorder = engines(app, LOCAL)[LOCAL]
    for n in range(5):
        await asking.ask(app, question(f"{n}" * 4_000))
    assert recorder.calls == 5
