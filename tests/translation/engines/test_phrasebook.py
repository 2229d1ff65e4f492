"""The demonstration engine."""

import pytest

from fedinote.infra.errors import Invalid
from fedinote.translation.engine import Engine, Location
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.segments import segment_html


def test_it_says_what_it_is():
    engine: Engine = Phrasebook()
    assert "demonstration" in engine.name
    assert engine.location is Location.LOCAL


@pytest.mark.parametrize(
    ("text", "source", "target", "expected"),
    [
        ("你好世界！", "zh-CN", "en", "Hello world!"),
        ("今天天气很好，我想喝乌龙茶。", "zh", "en", "Today weather very good, I want drink oolong tea."),
        ("我喜歡貓和狗", "zh-TW", "en", "I like cats and dogs"),
        ("Hello world!", "en", "zh-Hans", "你好世界！"),
        ("Thank you very much, I like the weather.", "en-GB", "zh-TW", "非常感謝，我喜歡天氣。"),
        ("魑魅 GPU 3.14", "zh", "en", "魑魅 GPU 3.14"),
        ("XYZ is new", "en", "zh", "XYZ是新"),
        ("I like cats. Good morning, Beijing!", "en", "zh", "我喜欢猫。早上好，北京！"),
    ],
)
async def test_the_longest_phrase_is_looked_up_and_unknown_words_stay(
    text: str, source: str, target: str, expected: str
):
    assert (await Phrasebook().translate([text], source=source, target=target)).texts == (expected,)


async def test_it_knows_more_than_a_hundred_and_fifty_words_both_ways():
    book = Phrasebook()
    assert len(book._to_english) >= 150
    assert len(book._to_chinese["zh-Hans"]) >= 150


async def test_it_recognises_chinese_and_english_and_says_none_for_the_rest():
    book = Phrasebook()
    assert book._detected("我喜歡貓") == "zh-Hant"
    assert book._detected("我喜欢猫") == "zh-Hans"
    assert book._detected("hello world") == "en"
    assert book._detected("今日はいい天気ですね") is None
    assert book._detected("🙂 123") is None
    translated = await book.translate(["谢谢"], source=None, target="en")
    assert (translated.texts, translated.detected) == (("Thanks",), "zh-Hans")


@pytest.mark.parametrize(
    ("source", "target"), [("fr", "en"), ("en", "fr"), ("zh-TW", "zh-CN"), ("en", "en"), (None, "en")]
)
async def test_other_pairs_are_invalid(source: str | None, target: str):
    with pytest.raises(Invalid):
        await Phrasebook().translate(["こんにちは"], source=source, target=target)


async def test_what_it_lists_is_what_it_does():
    book = Phrasebook()
    for source, targets in (await book.languages()).items():
        for target in targets:
            await book.translate(["x"], source=source, target=target)


async def test_a_whole_post_goes_through_it():
    post = segment_html('<p>你好<a href="https://a.example/@mei" class="u-url mention">@mei</a>，欢迎！😀</p>')
    translated = await Phrasebook().translate(post.runs, source="zh", target="en")
    rebuilt = post.rebuild(translated.texts)
    assert rebuilt == '<p>Hello <a href="https://a.example/@mei" class="u-url mention">@mei</a>，Welcome! 😀</p>'
