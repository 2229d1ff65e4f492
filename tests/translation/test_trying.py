"""Trying an engine with settings that are not kept: what it says, how long it took, and plainly why not."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.infra.translation_settings import TranslationSettings
from fedinote.translation import trying
from tests.support import ports


async def test_an_engine_that_answers_is_shown_with_what_it_says(app: App) -> None:
    found = await trying.run(app, TranslationSettings(engine="phrasebook"), "你好", source="zh", target="en")
    assert (found.problem, found.text.lower()) == ("", "hello")
    assert found.languages >= 2
    assert await app.db.rows("SELECT 1 AS value FROM translations") == []


async def test_an_engine_that_does_not_answer_says_why(app: App) -> None:
    settings = TranslationSettings(engine="libretranslate", url=f"http://127.0.0.1:{ports.free()}")
    found = await trying.run(app, settings, "hello", source="en", target="es")
    assert (found.text, bool(found.problem)) == ("", True)
    assert found.engine == "LibreTranslate"


async def test_a_pair_that_the_engine_does_not_know_is_said_so(app: App) -> None:
    found = await trying.run(app, TranslationSettings(engine="phrasebook"), "hello", source="en", target="es")
    assert found.problem == "This language cannot be translated into the other"


@pytest.mark.parametrize(
    ("tried", "text"),
    [
        (TranslationSettings(), "hello"),
        (TranslationSettings(engine="libretranslate"), "hello"),
        (TranslationSettings(engine="phrasebook"), " "),
        (TranslationSettings(engine="phrasebook"), "x" * 301),
    ],
)
async def test_what_cannot_be_tried_is_refused_before_anything_is_sent(
    app: App, tried: TranslationSettings, text: str
) -> None:
    with pytest.raises(Invalid):
        await trying.run(app, tried, text, source="en", target="zh")
