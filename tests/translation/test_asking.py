"""The one place from which engines are asked: who may be, what is kept, what is written down."""

import asyncio
import hashlib
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.translation import asking, cache, consent
from fedinote.translation.asking import Question
from fedinote.translation.engine import Kind, Location, Translated
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.ledger import Purpose
from fedinote.translation.routing import Router
from tests.translation.recorders import Recorder, engines, plain

LOCAL, NETWORK, THIRD = Location.LOCAL, Location.NETWORK, Location.THIRD_PARTY


def question(*texts: str, clearance: consent.Clearance = consent.EVERYWHERE, **more: Any) -> Question:
    return Question(texts or ("good morning",), "en", "es", clearance, **more)


async def test_the_first_engine_of_the_chain_answers_and_is_named(app: App) -> None:
    recorders = engines(app)
    answer = await asking.ask(app, question())
    assert answer.texts == ("es good morning",)
    assert (answer.engine_name, answer.location, answer.kind) == ("Recorder, third-party", THIRD, Kind.MACHINE)
    assert recorders[NETWORK].calls == recorders[LOCAL].calls == 0


@pytest.mark.parametrize(
    ("clearance", "asked"), [(consent.EVERYWHERE, THIRD), (consent.OWN, NETWORK), (consent.HERE, LOCAL)]
)
async def test_only_an_engine_where_the_words_may_go_is_asked(
    app: App, clearance: consent.Clearance, asked: Location
) -> None:
    recorders = engines(app)
    assert (await asking.ask(app, question(clearance=clearance))).location is asked
    assert [place for place, one in recorders.items() if one.calls] == [asked]


async def test_words_that_no_engine_may_have_are_refused_and_not_sent(app: App) -> None:
    recorders = engines(app)
    with pytest.raises(Forbidden, match="author"):
        await asking.ask(app, question(clearance=consent.NOWHERE))
    assert not any(one.calls for one in recorders.values())
    recorders = engines(app, THIRD, NETWORK)
    with pytest.raises(Forbidden, match="public"):
        await asking.ask(app, question(clearance=consent.HERE))
    assert not any(one.calls for one in recorders.values())


async def test_without_engines_there_is_nothing_to_ask(app: App) -> None:
    app.translator = None
    with pytest.raises(NotFound):
        await asking.ask(app, question())


async def test_languages_that_no_engine_knows_and_texts_beyond_the_limit_are_invalid(app: App) -> None:
    recorders = engines(app, THIRD)
    for wrong in (
        Question(("hallo",), "de", "es", consent.EVERYWHERE),
        Question((), "en", "es", consent.EVERYWHERE),
        question("a" * (asking.MAX_CHARACTERS + 1)),
    ):
        with pytest.raises(Invalid):
            await asking.ask(app, wrong)
    assert recorders[THIRD].calls == 0


async def test_an_answer_is_kept_and_a_second_question_costs_nothing(app: App) -> None:
    recorders = engines(app)
    first = await asking.ask(app, question())
    assert (await asking.ask(app, question())).texts == first.texts
    assert recorders[THIRD].calls == 1
    row = await app.db.row("SELECT hits, engine FROM translations")
    assert row is not None
    assert (row["hits"], row["engine"]) == (1, "Recorder, third-party")
    assert await app.db.value("SELECT hits AS value FROM translation_days WHERE engine <> ''") == 1


async def test_what_any_allowed_engine_once_said_counts_in_the_order_of_the_chain(app: App) -> None:
    recorders = engines(app)
    recorders[THIRD].down = True
    assert (await asking.ask(app, question())).location is NETWORK
    recorders[THIRD].down = False
    assert (await asking.ask(app, question())).location is NETWORK
    assert recorders[THIRD].calls == 1  # the one that failed
    assert (await asking.ask(app, question(clearance=consent.HERE))).location is LOCAL  # not what the network said


async def test_nothing_is_kept_of_private_words_and_their_digest_needs_our_key(app: App) -> None:
    engines(app, LOCAL)
    await asking.ask(app, question("a secret", clearance=consent.HERE))
    assert await app.db.rows("SELECT key FROM translations") == []
    row = await app.db.row("SELECT * FROM translation_ledger")
    assert row is not None
    assert row["visibility"] == "restricted"
    assert row["digest"] != hashlib.sha256(b"a secret").hexdigest()
    assert row["digest"] != cache.key_of(row["engine"], ["a secret"], ("en", "es"))
    assert "secret" not in str(plain(row))


async def test_many_who_ask_the_same_at_once_are_one_question(app: App) -> None:
    recorders = engines(app, THIRD)
    recorders[THIRD].pause = 0.02
    answers = await asyncio.gather(*(asking.ask(app, question()) for _ in range(20)))
    assert {one.texts for one in answers} == {("es good morning",)}
    assert recorders[THIRD].calls == 1


async def test_another_version_of_the_glossary_is_another_question(app: App) -> None:
    assert cache.key_of("e", ["t"], ("en", "es"), 0) != cache.key_of("e", ["t"], ("en", "es"), 1)


async def test_the_next_engine_is_asked_when_one_fails_and_the_failure_is_counted(app: App) -> None:
    recorders = engines(app, THIRD, LOCAL)
    recorders[THIRD].down = True
    assert (await asking.ask(app, question())).location is LOCAL
    rows = await app.db.rows("SELECT location, calls, failures FROM translation_days WHERE engine <> ''")
    counted = {row["location"]: (row["calls"], row["failures"]) for row in rows}
    assert counted == {"third-party": (1, 1), "local": (1, 0)}


async def test_when_all_fail_the_reader_is_told_and_nothing_is_kept(app: App) -> None:
    for one in engines(app).values():
        one.down = True
    with pytest.raises(Unavailable):
        await asking.ask(app, question())
    assert await app.db.rows("SELECT key FROM translations") == []


async def test_the_row_of_the_ledger_is_there_before_the_engine_is(app: App) -> None:
    seen: list[int] = []

    class Looking(Recorder):
        async def translate(self, *args: Any, **more: Any) -> Translated:
            seen.append(await app.db.value("SELECT COUNT(*) AS value FROM translation_ledger"))
            raise RuntimeError("the process dies here")

    app.translator = Router((Looking(THIRD),))
    with pytest.raises(RuntimeError):
        await asking.ask(app, question())
    assert seen == [1]
    assert await app.db.value("SELECT COUNT(*) AS value FROM translation_ledger") == 1


async def test_an_engine_is_never_asked_inside_a_transaction(app: App) -> None:
    engines(app)
    async with app.db.transaction():
        with pytest.raises(RuntimeError):
            await asking.ask(app, question())


async def test_converting_the_script_is_written_down_but_neither_kept_nor_charged(app: App) -> None:
    app.translator = Router((Conversion(),))
    asked = Question(("我喜欢猫",), "zh-Hans", "zh-Hant", consent.HERE)
    answer = await asking.ask(app, asked)
    assert answer.texts == ("我喜歡貓",)
    assert answer.kind is Kind.CONVERSION
    assert await app.db.rows("SELECT key FROM translations") == []
    row = await app.db.row("SELECT calls, charged FROM translation_days")
    assert row is not None
    assert (row["calls"], row["charged"]) == (1, 0)
    with pytest.raises(Forbidden):
        await asking.ask(app, Question(("我喜欢猫",), "zh-Hans", "zh-Hant", consent.NOWHERE))


async def test_what_people_search_for_is_never_kept_wherever_it_may_go(app: App) -> None:
    recorders = engines(app)
    asked = Question(("a private worry",), "en", "es", consent.EVERYWHERE, purpose=Purpose.SEARCH)
    assert (await asking.ask(app, asked)).location is THIRD
    await asking.ask(app, asked)
    assert recorders[THIRD].calls == 2
    assert await app.db.rows("SELECT key FROM translations") == []
    rows = await app.db.rows("SELECT visibility FROM translation_ledger")
    assert {row["visibility"] for row in rows} == {"query"}
