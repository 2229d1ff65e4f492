"""The table of languages that clients look up: made of what all engines tell, and made anew when they tell more."""

from fedinote.translation import offers
from fedinote.translation.engine import Location
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.routing import Router
from tests.translation.recorders import Recorder


class Growing(Recorder):
    """An engine to which languages are added while it runs."""

    def __init__(self) -> None:
        super().__init__(Location.LOCAL)
        self.known = frozenset({"en", "zh-Hans"})

    async def languages(self):
        return {tag: self.known - {tag} for tag in self.known}


async def test_the_table_has_what_engines_and_the_conversion_do_together(app):
    app.translator = Router([Conversion(), Growing()])
    table = await offers.languages(app)
    assert "en" in table["zh-TW"]
    assert "zh" in table["zh-TW"]
    assert "zh" in table["en"]
    assert table["und"] == table["mul"]
    assert "zh" not in (await offers.languages(app, "zh-HK"))["zh-TW"]
    assert "zh" in (await offers.languages(app, "zh-HK"))["zh-CN"]


async def test_the_table_is_kept_until_an_engine_tells_something_else(app):
    engine = Growing()
    app.translator = Router([Conversion(), engine])
    first = await offers.languages(app)
    assert await offers.languages(app, "en") is first
    engine.known |= {"ja"}
    assert "ja" not in first
    assert "en" in (await offers.languages(app))["ja"]


async def test_without_engines_the_scripts_of_chinese_are_left_and_without_translation_nothing(app):
    app.translator = Router([Conversion()])
    table = await offers.languages(app)
    assert "zh-TW" in table["zh-CN"]
    assert not {"en", "und", "yue"} & table.keys()
    app.translator = None
    assert await offers.languages(app) == {}
