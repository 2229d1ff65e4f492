"""The way to one engine: batches, turns, time, rests, and the look at what comes back."""

import asyncio

import pytest

from fedinote.infra.errors import Doubtful, Invalid, Resting, Unavailable
from fedinote.translation import lanes
from fedinote.translation.engine import Kind, Term
from fedinote.translation.lanes import Lane, Pace
from tests.translation.engines_played import Played


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def lane(engine: Played, clock: Clock | None = None, **pace: float) -> Lane:
    return Lane(engine, Pace(**pace), clock or Clock())  # type: ignore[arg-type]


async def test_texts_come_back_in_order_and_blank_ones_are_not_sent() -> None:
    engine = Played()
    answer = await lane(engine).translate(["b", " ", "a", ""], source="en", target="de", terms=[Term("b", "c")])
    assert (answer.texts, engine.asked, engine.terms) == (("B", " ", "A", ""), [["b", "a"]], [Term("b", "c")])


async def test_nothing_is_asked_when_there_is_nothing_to_translate() -> None:
    engine = Played()
    assert (await lane(engine).translate(["", " "], source=None, target="de")).texts == ("", " ")
    assert engine.asked == []


async def test_batches_hold_so_many_texts_and_characters_and_a_long_text_is_one_of_its_own() -> None:
    engine = Played()
    texts = ["a", "b", "c", "d" * 6, "e" * 20, "f"]
    answer = await lane(engine, texts=2, characters=8).translate(texts, source="en", target="de")
    assert engine.asked == [["a", "b"], ["c", "d" * 6], ["e" * 20], ["f"]]
    assert answer.texts == tuple(map(str.upper, texts))


async def test_what_the_first_batch_was_recognised_as_holds_for_the_rest() -> None:
    engine = Played(detected="zh-Hans")
    answer = await lane(engine, texts=1).translate(["a", "b"], source=None, target="en")
    assert (answer.detected, engine.sources) == ("zh-Hans", [None, "zh-Hans"])
    assert (await lane(engine).translate(["a"], source="zh", target="en")).detected is None


async def test_a_text_that_is_found_to_be_in_the_wanted_language_is_no_question() -> None:
    engine = Played(detected="en", does=str.lower)
    with pytest.raises(Invalid, match="already"):
        await lane(engine).translate(["tea"], source=None, target="en-GB")
    engine.detected = "zh-Hans"
    assert (await lane(engine).translate(["茶"], source=None, target="zh-Hant")).detected == "zh-Hans"


async def test_no_more_batches_are_under_way_at_once_than_the_settings_say() -> None:
    engine = Played(seconds=0.01)
    one = lane(engine, concurrency=2)
    await asyncio.gather(*(one.translate(["a"], source="en", target="de") for _ in range(8)))
    assert (len(engine.asked), engine.most_inside) == (8, 2)


async def test_who_waits_too_long_for_a_turn_is_told_and_that_is_no_failure_of_the_engine() -> None:
    engine = Played()
    one = lane(engine, concurrency=1, timeout=0.05)
    async with one._slots:  # somebody is being answered all the while
        answers = await asyncio.gather(
            *(one.translate(["a"], source="en", target="de") for _ in range(7)), return_exceptions=True
        )
    assert [type(answer) for answer in answers] == [Unavailable] * 7
    assert engine.asked == []
    assert not one.breaker.is_open
    assert (await one.translate(["a"], source="en", target="de")).texts == ("A",)


async def test_a_queue_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "MAX_WAITING", 2)
    engine = Played(seconds=0.05)
    one = lane(engine, concurrency=1)
    answers = await asyncio.gather(
        *(one.translate(["a"], source="en", target="de") for _ in range(6)), return_exceptions=True
    )
    # One had the engine, so none waited when the next came; two more wait.
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 3


async def test_a_slow_engine_is_given_up_and_after_five_times_not_asked() -> None:
    engine = Played(seconds=30)
    one = lane(engine, timeout=0.02)
    for _ in range(7):
        with pytest.raises(Unavailable):
            await one.translate(["a"], source="en", target="de")
    assert len(engine.asked) == 5


async def test_an_engine_that_asks_for_rest_is_asked_again_after_it() -> None:
    clock, engine = Clock(), Played(fails=Resting(seconds=120, reason="limit"))
    one = lane(engine, clock)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await one.translate(["a"], source="en", target="de")
    assert len(engine.asked) == 1
    engine.fails = None
    clock.seconds += 121
    assert (await one.translate(["a"], source="en", target="de")).texts == ("A",)


async def test_a_wrong_number_of_answers_is_a_failure_of_the_engine() -> None:
    class Short(Played):
        async def translate(self, texts, **options):
            found = await super().translate(texts, **options)
            return type(found)(found.texts[:-1])

    one = lane(Short())
    for _ in range(5):
        with pytest.raises(Unavailable):
            await one.translate(["a", "b"], source="en", target="de")
    assert one.breaker.is_open


@pytest.mark.parametrize(
    ("text", "answer", "source", "target"),
    [
        ("hello", "hello " * 1000, "en", "de"),
        (
            "我们明天去公园喝茶，你们也来吧，天气会很好。",
            "我们明天去公园喝茶，你们也来吧，天气会很好。",
            "zh-Hans",
            "en",
        ),
        ("The weather is nice and we drink tea in the park", "Погода хорошая, и мы пьём чай в парке", "en", "de"),
        ("The weather is nice and we drink tea in the park", "The weather is nice and we drink tea in it", "en", "ja"),
    ],
)
async def test_an_answer_that_cannot_be_right_is_thrown_away_and_the_engine_goes_on(
    text: str, answer: str, source: str, target: str
) -> None:
    one = lane(Played(does=lambda _: answer))
    for _ in range(6):
        with pytest.raises(Doubtful):
            await one.translate([text], source=source, target=target)
    assert not one.breaker.is_open


async def test_a_short_answer_may_be_a_name() -> None:
    one = lane(Played(does=lambda text: text))
    assert (await one.translate(["GitHub Copilot"], source="en", target="zh")).texts == ("GitHub Copilot",)


@pytest.mark.parametrize(
    ("source", "target", "can"),
    [
        ("en", "zh-CN", True),
        ("en-GB", "de-AT", True),
        ("zh-TW", "en", True),
        (None, "de", True),
        ("en", "fr", False),
        ("fr", "en", False),
        ("de", "zh", False),
        ("zh-Hans", "zh-Hant", False),
        ("en", "en-GB", False),
        (None, "fr", False),
    ],
)
async def test_it_says_which_pairs_it_can(source: str | None, target: str, can: bool) -> None:
    assert await lane(Played()).can(source, target) is can


async def test_an_engine_that_does_not_say_what_it_can_is_not_asked_at_every_look() -> None:
    clock, engine = Clock(), Played(unlisted=Unavailable())
    one = lane(engine, clock)
    assert [await one.can("en", "fr"), await one.can("en", "fr")] == [True, True]
    assert engine.listed == 1
    engine.unlisted = None
    clock.seconds += lanes.LANGUAGES_RETRY
    assert await one.can("en", "fr") is False


async def test_conversion_is_for_the_scripts_of_one_language_only() -> None:
    one = lane(Played(kind=Kind.CONVERSION))
    assert await one.can("zh-Hans", "zh-TW")
    assert not await one.can("zh-Hans", "en")
    assert not await one.can("yue", "zh-Hans")


async def test_a_refused_question_is_no_failure() -> None:
    one = lane(Played(fails=Invalid()))
    for _ in range(6):
        with pytest.raises(Invalid):
            await one.translate(["a"], source="en", target="de")
    assert not one.breaker.is_open
