"""The two scripts of Chinese."""

import pytest

from fedinote.infra.errors import Invalid
from fedinote.translation.engine import Engine, Kind, Location
from fedinote.translation.engines.conversion import Conversion, table_of


@pytest.mark.parametrize(
    ("text", "source", "target", "converted"),
    [
        ("头发和发展，干面", "zh-Hans", "zh-Hant", "頭髮和發展，乾麪"),
        ("软件和鼠标", "zh-CN", "zh-TW", "軟體和滑鼠"),
        ("里面的软件", "zh-Hans", "zh-HK", "裏面的軟件"),
        ("里面的软件", "zh", "zh-MO", "裏面的軟件"),
        ("軟體和滑鼠", "zh-TW", "zh-CN", "软件和鼠标"),
        ("頭髮和發展", "zh-Hant", "zh", "头发和发展"),
        ("我哋鍾意飲茶", "yue", "yue-Hans", "我哋钟意饮茶"),
        ("Hello 🙂 <b>里</b>", "zh-Hans", "zh-TW", "Hello 🙂 <b>裡</b>"),
    ],
)
async def test_words_are_written_in_the_other_script(text: str, source: str, target: str, converted: str) -> None:
    engine: Engine = Conversion()
    assert (await engine.translate([text], source=source, target=target)).texts == (converted,)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("zh-Hans", "zh-CN"),
        ("zh-TW", "zh-HK"),
        ("zh-Hans", "en"),
        ("ja", "zh-Hant"),
        ("yue", "zh-Hans"),
        ("zh-Hans", "yue"),
        (None, "zh-Hant"),
        ("nonsense!", "zh-Hant"),
    ],
)
async def test_what_is_no_change_of_script_within_one_language_is_left_to_others(
    source: str | None, target: str
) -> None:
    assert table_of(source, target) is None
    with pytest.raises(Invalid):
        await Conversion().translate(["里"], source=source, target=target)


async def test_it_says_what_it_is_and_lists_what_it_does() -> None:
    engine = Conversion()
    assert (engine.kind, engine.location) == (Kind.CONVERSION, Location.LOCAL)
    for source, targets in (await engine.languages()).items():
        for target in targets:
            assert table_of(source, target) is not None
