"""Whatever people do in whatever order: no engine gets words that it must not have, and none are left lying about."""

import os

from hypothesis import HealthCheck, Phase, given, settings

from fedinote.infra.app import App
from fedinote.translation.engine import Location
from tests.translation.histories import World
from tests.translation.recorders import plain
from tests.translation.steps import HISTORIES, Step

THIRD = Location.THIRD_PARTY
EXAMPLES = int(os.environ.get("FEDINOTE_HISTORIES", "60"))
TOTALS = {"histories": 0, "steps": 0, "texts that came to engines": 0, "of these to a third party": 0}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FEDINOTE_HISTORIES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # a smaller history would take minutes to find
)
@given(history=HISTORIES)
async def test_no_engine_ever_gets_words_that_it_must_not_have(
    app: App, history: tuple[tuple[Location, ...], list[Step]]
) -> None:
    order, steps = history
    world = World(app, order)
    await world.begin()
    first = app.ids.next()
    for step in steps:
        await world.take(step)
        assert world.wrong == [], step
    _count(world, steps)
    await _nothing_private_is_kept(app, world, first)
    await _the_ledger_tells_all(app, world, first)
    await _who_took_it_back_is_heard(app, world)


def _count(world: World, steps: list[Step]) -> None:
    TOTALS["histories"] += 1
    TOTALS["steps"] += len(steps)
    TOTALS["texts that came to engines"] += sum(len(one.sent) for one in world.engines.values())
    TOTALS["of these to a third party"] += len(world.engines[THIRD].sent)


async def _nothing_private_is_kept(app: App, world: World, first: int) -> None:
    """Words that were never public are in no row of the cache, and no word at all is in one of the ledger."""
    rows = await app.db.rows("SELECT texts FROM translations")
    cache = " ".join(row["texts"] for row in rows).lower()
    rows = await app.db.rows("SELECT * FROM translation_ledger WHERE id > ?", first)
    ledger = " ".join(str(tuple(plain(row).values())) for row in rows).lower()
    for word, known in world.words.items():
        assert word not in ledger
        assert Location.NETWORK in known.was or word not in cache
    await app.db.execute("DELETE FROM translations")


async def _the_ledger_tells_all(app: App, world: World, first: int) -> None:
    """Each engine got at most what is written down; nothing that is not public is written down for those elsewhere."""
    rows = await app.db.rows(
        "SELECT location, visibility, SUM(characters) AS characters, SUM(texts) AS texts FROM translation_ledger"
        " WHERE id > ? AND engine LIKE 'Recorder%' GROUP BY location, visibility",
        first,
    )
    assert {row["visibility"] for row in rows if row["location"] != Location.LOCAL} <= {"public"}
    for place, engine in world.engines.items():
        own = [row for row in rows if row["location"] == place]
        assert sum(map(len, engine.sent)) <= sum(int(row["characters"]) for row in own)
        assert len(engine.sent) <= sum(int(row["texts"]) for row in own)


async def _who_took_it_back_is_heard(app: App, world: World) -> None:
    """No translation by an engine is there of a post whose author wants none from it now."""
    ids = [told.post_id for told in world.posts]
    sql = "SELECT post_id, location FROM post_translations WHERE location <> '' AND post_id IN_INTS(?)"
    rows = await app.db.rows(sql, ids)
    for told in world.posts:
        allowed = {"any": set(Location), "no_third_party": {Location.LOCAL, Location.NETWORK}, "none": set()}
        wanted = allowed[told.wish] & allowed[told.author.wish]
        assert {row["location"] for row in rows if row["post_id"] == told.post_id} <= wanted


def test_the_histories_were_worth_their_while() -> None:
    """Runs after the histories: they have handed out many words, also to a third party, where that is allowed."""
    assert TOTALS["histories"] >= EXAMPLES
    assert TOTALS["of these to a third party"] > TOTALS["histories"] / 12
    assert TOTALS["texts that came to engines"] > TOTALS["of these to a third party"]
    print(TOTALS)
