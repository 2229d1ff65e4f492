"""Chains of engines: who is asked for which pair, and what happens when one fails."""

from pathlib import Path

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Doubtful, Forbidden, Invalid, Resting, Unavailable
from fedinote.infra.settings import load
from fedinote.translation import routing
from fedinote.translation.engine import Engine, Kind, Location
from fedinote.translation.engines.argos import Argos
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.engines.deepl import DeepL
from fedinote.translation.engines.libretranslate import LibreTranslate
from fedinote.translation.engines.openai import OpenAI
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.routing import Router
from tests.support.people import configure
from tests.translation.engines_played import Played


def names(engines: tuple[Engine, ...]) -> list[str]:
    return [engine.name for engine in engines]


async def test_the_first_engine_of_the_chain_answers_for_all_texts() -> None:
    one, two = Played("one"), Played("two", does=str.lower)
    routed = await Router([one, two]).translate(["Tea", "Milk"], source="en", target="de")
    assert (routed.texts, routed.engine.name, two.asked) == (("TEA", "MILK"), "one", [])


@pytest.mark.parametrize(
    "failure", [Unavailable(), Resting(seconds=5, reason="limit"), Doubtful(), Invalid("not this one")]
)
async def test_when_one_fails_the_next_is_asked_and_named(failure: Exception) -> None:
    router = Router([Played("one", fails=failure), Played("two")])
    assert (await router.translate(["tea"], source="en", target="de")).engine.name == "two"


async def test_one_engine_makes_all_of_a_post_even_when_another_began_it() -> None:
    class Tiring(Played):
        async def translate(self, texts, **options):
            if self.asked:
                self.fails = Unavailable()
            return await super().translate(texts, **options)

    texts = [f"text {number}" for number in range(60)]
    first, second = Tiring("one"), Played("two")
    routed = await Router([first, second]).translate(texts, source="en", target="de")
    assert routed.engine.name == "two"
    assert sum(map(len, second.asked)) == 60


async def test_when_all_fail_the_failure_says_that_later_may_be_better() -> None:
    router = Router([Played("one", fails=Unavailable(reason="down")), Played("two", fails=Invalid("no"))])
    with pytest.raises(Unavailable, match="down"):
        await router.translate(["tea"], source="en", target="de")


async def test_a_pair_that_nobody_knows_is_invalid_and_nobody_is_asked() -> None:
    engine = Played()
    with pytest.raises(Invalid, match="cannot be translated into the other"):
        await Router([engine]).translate(["tea"], source="en", target="fr")
    with pytest.raises(Invalid, match="in this language already"):
        await Router([engine]).translate(["tea"], source="en", target="en-GB")
    assert engine.asked == []


async def test_engines_that_may_not_see_a_text_are_not_asked_and_that_is_said() -> None:
    away, here = Played("away", Location.THIRD_PARTY), Played("here", fails=Unavailable())
    with pytest.raises(Forbidden):
        await Router([away]).translate(["tea"], source="en", target="de", among=lambda e: e.location is Location.LOCAL)
    with pytest.raises(Unavailable):
        await Router([away, here]).translate(
            ["tea"], source="en", target="de", among=lambda e: e.location is Location.LOCAL
        )
    assert away.asked == []


CHAINS = {"zh>en": ["b"], "zh-Hant>en": ["c"], "*>de": ["c", "a"], "en>*": ["b", "c"], "*": ["a"]}
EVERY = {tag: frozenset({"en", "de", "zh-Hans", "zh-Hant", "ja"}) - {tag} for tag in ("en", "de", "zh-Hans", "zh-Hant")}


@pytest.mark.parametrize(
    ("source", "target", "chain"),
    [
        ("zh-Hans", "en", ["b"]),
        ("zh-CN", "en-GB", ["b"]),
        ("zh-Hant", "en", ["c"]),
        ("zh-Hans", "de", ["c", "a"]),
        ("en", "ja", ["b", "c"]),
        ("de", "en", ["a"]),
        (None, "de", ["c", "a"]),
        (None, "en", ["a"]),
    ],
)
async def test_the_chain_that_fits_a_pair_closest_counts(source: str | None, target: str, chain: list[str]) -> None:
    router = Router([Played(name, pairs=EVERY) for name in ("a", "b", "c")], CHAINS)
    assert names(await router.chain(source, target)) == chain


async def test_without_chains_all_are_tried_in_their_order_except_who_does_not_know_the_pair() -> None:
    router = Router([Played("a"), Played("b", pairs={}), Played("c")])
    assert names(await router.chain("en", "de")) == ["a", "c"]


async def test_conversion_comes_first_for_the_two_scripts_whatever_the_chain_says() -> None:
    router = Router([Played("a", pairs=EVERY), Conversion()], {"*": ["a"]})
    assert names(await router.chain("zh-Hans", "zh-TW")) == ["OpenCC", "a"]
    assert names(await router.chain("zh-Hans", "en")) == ["a"]
    routed = await router.translate(["软件"], source="zh-CN", target="zh-TW")
    assert (routed.texts, routed.engine.kind) == (("軟體",), Kind.CONVERSION)


@pytest.mark.parametrize(
    ("target", "said", "shown"),
    [
        ("zh-TW", "我们喜欢软件", "我們喜歡軟體"),
        ("zh-HK", "我们喜欢软件", "我們喜歡軟件"),
        ("zh-Hans", "我們喜歡軟體", "我们喜欢软体"),
        ("zh-CN", "我们喜欢软件", "我们喜欢软件"),
        ("zh-TW", "我們喜歡軟件", "我們喜歡軟件"),
        ("ja", "私は体と国が好きです", "私は体と国が好きです"),
    ],
)
async def test_an_engine_that_answers_in_the_other_script_is_put_into_the_right_one(
    target: str, said: str, shown: str
) -> None:
    engine = Played(pairs={"en": frozenset({"zh-Hans", "ja"})}, does=lambda _: said)
    routed = await Router([Conversion(), engine]).translate(["We like software"], source="en", target=target)
    assert (routed.texts, routed.engine.name) == ((shown,), "Played")
    assert (await Router([engine]).translate(["We like it"], source="en", target=target)).texts == (said,)


@pytest.mark.parametrize(
    ("known", "source", "asked"),
    [
        ("zh-Hans", "zh-TW", "我喜欢软件"),
        ("zh-Hans", "zh-Hans", "我喜歡軟體"),
        ("zh-Hant", "zh-TW", "我喜歡軟體"),
        ("zh", "zh-TW", "我喜歡軟體"),
    ],
)
async def test_an_engine_that_reads_only_the_other_script_gets_that(known: str, source: str, asked: str) -> None:
    engine = Played(pairs={known: frozenset({"en"})}, does=lambda _: "I like software")
    await Router([Conversion(), engine]).translate(["我喜歡軟體"], source=source, target="en")
    assert engine.asked == [[asked]]


async def test_what_engines_know_is_joined_under_the_tags_of_all() -> None:
    one = Played("one", pairs={"zh": frozenset({"en"}), "en": frozenset({"zh"})})
    two = Played("two", Location.THIRD_PARTY, pairs={"zh-Hans": frozenset({"de"}), "de": frozenset({"zh-Hans"})})
    router = Router([one, two])
    known = await router.languages()
    assert known["zh"] == known["zh-Hans"] - {"zh"} | {"de", "en"}
    assert {"en", "de"} <= known["zh-Hans"]
    assert await router.languages(lambda engine: engine.location is Location.LOCAL) == one.pairs


async def test_engines_that_are_away_are_left_out_of_the_list_and_if_all_are_that_is_said() -> None:
    away, here = Played("away", unlisted=Unavailable()), Played("here")
    assert await Router([away, here]).languages() == here.pairs
    with pytest.raises(Unavailable):
        await Router([away]).languages()
    assert await Router([]).languages() == {}


async def test_who_rests_is_told_with_the_seconds_and_is_known_beforehand() -> None:
    seconds = 50.0
    engine = Played("one", fails=Resting(seconds=90, reason="quota"))
    router = Router([engine, Played("two")], now=lambda: seconds)
    router.check(engine)
    await router.translate(["tea"], source="en", target="de")
    assert router.resting() == {"one": 90}
    with pytest.raises(Unavailable):
        router.check(engine)
    seconds += 91
    assert router.resting() == {}
    router.check(engine)


def test_two_engines_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one name"):
        Router([Played("a"), Played("a")])


SETTINGS = """
[[translation.engines]]
kind = "libretranslate"
url = "http://127.0.0.1:5000"
location = "local"

[[translation.engines]]
kind = "openai"
name = "Qwen of ours"
url = "http://10.0.0.7:11434/v1"
model = "qwen3:8b"
location = "network"
languages = ["zh-Hans", "en"]
timeout = 20.0

[[translation.engines]]
kind = "openai"
url = "https://models.example/v1"
model = "some-model"

[[translation.engines]]
kind = "deepl"
api_key = "x:fx"
daily_characters = 100000

[[translation.engines]]
kind = "argos"

[[translation.engines]]
kind = "phrasebook"
name = "Words"

[translation.chains]
"zh>en" = ["Qwen of ours", "LibreTranslate"]
"*" = ["LibreTranslate", "DeepL"]
"""


async def test_the_settings_become_engines_with_their_names_and_places(app: App, tmp_path: Path) -> None:
    path = tmp_path / "fedinote.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    app.settings = load(path, {})
    router = routing.router_of(app)
    assert [(type(one), one.name, one.location) for one in router.engines] == [
        (Conversion, "OpenCC", Location.LOCAL),
        (LibreTranslate, "LibreTranslate", Location.LOCAL),
        (OpenAI, "Qwen of ours", Location.NETWORK),
        (OpenAI, "some-model", Location.THIRD_PARTY),
        (DeepL, "DeepL", Location.THIRD_PARTY),
        (Argos, "Argos Translate", Location.LOCAL),
        (Phrasebook, "Words", Location.LOCAL),
    ]
    app.translator = router
    assert routing.translates(app)
    await router.close()


async def test_without_settings_there_is_only_the_conversion(app: App) -> None:
    router = routing.router_of(app)
    assert names(router.engines) == ["OpenCC"]
    app.translator = router
    assert not routing.translates(app)
    app.translator = None
    assert not routing.translates(app)


async def test_one_engine_is_set_up_by_the_environment_alone(app: App) -> None:
    configure(app, "translation", engine="libretranslate", url="http://127.0.0.1:5000", location="local")
    (_, engine) = routing.router_of(app).engines
    assert (engine.name, engine.location) == ("LibreTranslate", Location.LOCAL)
