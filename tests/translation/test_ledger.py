"""What was handed to whom is written down, never changed, and added up for everybody to read."""

from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.translation import accounting, asking, budgets, cache, consent, ledger
from fedinote.translation.asking import Question
from fedinote.translation.engine import Location
from fedinote.translation.ledger import Purpose
from tests.support.people import configure
from tests.translation.recorders import engines, plain

THIRD, LOCAL = Location.THIRD_PARTY, Location.LOCAL


def question(text: str, clearance: consent.Clearance = consent.EVERYWHERE) -> Question:
    return Question((text,), "en", "es", clearance, purpose=Purpose.AHEAD)


async def test_a_row_says_where_to_how_much_and_why_and_nothing_of_people(app: App) -> None:
    engines(app, THIRD)
    await asking.ask(app, question("good morning"))
    row = await app.db.row("SELECT * FROM translation_ledger")
    assert row is not None
    found = plain(row)
    assert {"engine", "location", "texts", "characters", "source", "target", "purpose", "visibility"} <= set(found)
    assert (found["location"], found["texts"], found["characters"]) == ("third-party", 1, 12)
    assert (found["source"], found["target"], found["purpose"], found["visibility"]) == ("en", "es", "ahead", "public")
    assert not any("account" in name or "user" in name or "post" in name for name in found)


@pytest.mark.parametrize(
    "change",
    ["UPDATE translation_ledger SET characters = 0", "DELETE FROM translation_ledger", "TRUNCATE translation_ledger"],
)
async def test_the_database_itself_refuses_to_change_the_ledger(app: App, change: str) -> None:
    if app.db.dialect == "sqlite" and change.startswith("TRUNCATE"):
        pytest.skip("SQLite has no TRUNCATE")
    engines(app, THIRD)
    await asking.ask(app, question("good morning"))
    before = [plain(row) for row in await app.db.rows("SELECT * FROM translation_ledger")]
    with pytest.raises(Exception, match="append-only"):
        await app.db.execute(change)
    assert [plain(row) for row in await app.db.rows("SELECT * FROM translation_ledger")] == before


async def test_the_same_texts_have_the_same_digest_and_other_bounds_another(app: App) -> None:
    assert ledger.digest(app, ["a", "b"]) == ledger.digest(app, ["a", "b"])
    assert ledger.digest(app, ["a", "b"]) != ledger.digest(app, ["ab"])
    before = ledger.digest(app, ["a"])
    app.secrets["cookie_key"] = "00" * 32
    assert ledger.digest(app, ["a"]) != before


async def test_figures_are_added_up_by_day_and_month(app: App) -> None:
    engines(app, THIRD, LOCAL)
    await asking.ask(app, question("one"))
    app.clock.shift(86_400)
    await asking.ask(app, question("three"))
    await asking.ask(app, question("secret", consent.HERE))
    third, local = await accounting.accounts(app)
    assert (third.name, third.given, third.in_use) == ("Recorder, third-party", ("public",), True)
    assert (third.today.calls, third.today.characters) == (1, 5)
    assert [day.characters for day in third.days] == [5, 3]
    assert sum(month.characters for month in third.months) == 8
    assert (local.given, local.today.characters) == (("public", "restricted"), 6)


async def test_an_engine_that_is_no_longer_in_use_stays_in_the_figures(app: App) -> None:
    engines(app, THIRD)
    await asking.ask(app, question("one"))
    app.translator = None
    (gone,) = await accounting.accounts(app)
    assert (gone.in_use, gone.kind, gone.today.characters) == (False, None, 3)


async def test_the_budget_that_is_left_is_told(app: App) -> None:
    engines(app, THIRD)
    configure(app, "translation", daily_characters=10)
    await asking.ask(app, question("four"))
    assert await accounting.budget(app, *budgets.ALL_ENGINES) == accounting.Budget(10, 4, 6)
    assert await accounting.budget(app, "Recorder, third-party", "third-party") == accounting.Budget(None, 4, None)


async def test_translations_that_nobody_asks_for_are_forgotten_after_their_time(app: App) -> None:
    engines(app, THIRD)
    configure(app, "translation", keep_days=10)
    await asking.ask(app, question("asked once"))
    await asking.ask(app, question("asked again"))
    app.clock.shift(timedelta(days=8).total_seconds())
    await asking.ask(app, question("asked again"))
    app.clock.shift(timedelta(days=8).total_seconds())
    assert await cache.tidy(app) == 1
    assert (await accounting.cached(app)).entries == 1
    configure(app, "translation", keep_days=0)
    app.clock.shift(timedelta(days=800).total_seconds())
    assert await cache.tidy(app) == 0
