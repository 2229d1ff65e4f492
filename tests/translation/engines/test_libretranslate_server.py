"""The LibreTranslate engine and the cutting of posts, against a real server with the small test dictionary."""

import html
import time
from collections.abc import AsyncIterator

import pytest

from fedinote.cli.translate_bench import scores
from fedinote.infra.errors import Invalid, Unavailable
from fedinote.infra.outbound import Outbound
from fedinote.text.html import sanitise
from fedinote.translation.engine import Location
from fedinote.translation.engines.libretranslate import LibreTranslate
from fedinote.translation.routing import Router
from fedinote.translation.segments import segment_html, segment_text
from tests.support.libretranslate import RunningLibreTranslate
from tests.support.words import WORDS, english, simplified, traditional


@pytest.fixture
async def engine(libretranslate: RunningLibreTranslate) -> AsyncIterator[LibreTranslate]:
    outbound = Outbound(user_agent="FediNote tests")
    yield LibreTranslate(outbound.call_service, libretranslate.url, now=time.monotonic, location=Location.LOCAL)
    await outbound.close()


async def test_it_lists_what_it_translates_also_by_way_of_english(engine: LibreTranslate):
    tags = {"en", "es", "ja", "zh-Hans", "zh-Hant"}
    assert await engine.languages() == {tag: frozenset(tags - {tag}) for tag in tags}


async def test_words_are_translated_in_the_order_of_the_batch(engine: LibreTranslate):
    texts = [chinese for chinese, _, _ in WORDS]
    translated = await engine.translate(texts, source="zh", target="en")
    assert translated.texts == tuple(word for _, _, word in WORDS)
    assert (await engine.translate(["你好世界"], source="zh-CN", target="en")).texts == (english("你好", "世界"),)


@pytest.mark.parametrize(
    ("source", "target", "text", "expected"),
    [
        ("zh-Hans", "en", "我喜欢猫", english("我", "喜欢", "猫")),
        ("zh-TW", "en", "我喜歡貓", english("我", "喜歡", "貓")),
        ("zh-HK", "en-GB", "謝謝", english("謝謝")),
        ("yue", "en", "天氣", english("天氣")),
        ("en", "zh-CN", "I like tea", simplified("I", "like", "tea")),
        ("en", "zh", "weather", simplified("weather")),
        ("en-US", "zh-TW", "weather", traditional("weather")),
        ("en", "yue", "Thanks everyone", traditional("thanks", "everyone")),
    ],
)
async def test_every_tag_of_chinese_finds_its_language(
    engine: LibreTranslate, source: str, target: str, text: str, expected: str
):
    assert (await engine.translate([text], source=source, target=target)).texts == (expected,)


async def test_full_stops_have_the_width_of_the_target(engine: LibreTranslate):
    chinese = await engine.translate(["今天很好。", "你好！", "你是朋友？"], source="zh", target="en")
    assert chinese.texts == ("today very good.", "hello!", "you is friend?")
    back = await engine.translate(["Today is good.", "Hello!", "you is friend?"], source="en", target="zh")
    assert back.texts == ("今天是好。", "你好！", "你是朋友？")


async def test_the_language_is_recognised(engine: LibreTranslate):
    translated = await engine.translate(["今天天气很好，我们喜欢喝茶"], source=None, target="en")
    assert translated.detected == "zh-Hans"
    assert translated.texts == ("today weather very good, we like drink tea",)


async def test_a_language_that_it_has_not_is_invalid(engine: LibreTranslate):
    with pytest.raises(Invalid):
        await engine.translate(["bonjour"], source="fr", target="en")


async def test_a_post_comes_back_with_all_that_is_no_words(engine: LibreTranslate):
    fixed = [
        '<span class="h-card"><a href="https://a.example/@mei" class="u-url mention">@<span>mei</span></a></span>',
        '<a href="https://a.example/tags/%E8%8C%B6" class="mention hashtag" rel="tag">#<span>茶</span></a>',
        '<a href="https://b.example/a?b=1&amp;c=2"><span class="invisible">https://</span>b.example/a?b=1&amp;c=2</a>',
        "<code>print(1 &lt; 2)</code>",
        "&lt;script&gt;",
        ":blobcat:",
        "👩🏽‍🚀🇹🇼",
    ]
    source = sanitise("<p>" + "".join(f"我喜欢{item}" for item in fixed) + "，<strong>谢谢</strong>！</p><p>再见</p>")
    post = segment_html(source)
    answer = await engine.translate(post.runs, source="zh", target="en")
    result = sanitise(post.rebuild(answer.texts))
    gaps = " ".join(f"I like {sanitise(item)}" for item in fixed)
    assert result == f"<p>{gaps}，<strong>thanks</strong>！</p><p>goodbye</p>"


async def test_plain_text_keeps_addresses_and_people(engine: LibreTranslate):
    warning = segment_text("警告：@mei@a.example 喝茶 https://e.example/a?b=1 :tea: `茶` #茶\n再见。")
    answer = await engine.translate(warning.runs, source="zh", target="en")
    rebuilt = warning.rebuild(answer.texts)
    assert rebuilt == "warning: @mei@a.example drink tea https://e.example/a?b=1 :tea: `茶` #茶\ngoodbye."


async def test_without_cutting_the_server_does_mangle_them(engine: LibreTranslate):
    # Why segments.py is as it is; when this fails, LibreTranslate has become better than it was.
    whole = "I like https://e.example/a?b=1 &lt;b&gt; tea."
    (answer,) = (await engine.translate([whole], source="en", target="zh")).texts
    assert "https://e.example/a?b=1" not in answer
    assert html.unescape(whole) != whole
    assert "&lt;" not in answer


async def test_the_published_client_gets_the_same_words(engine: LibreTranslate, libretranslate: RunningLibreTranslate):
    client = pytest.importorskip("libretranslatepy").LibreTranslateAPI(libretranslate.url + "/")
    for text in ("你好世界", "我们喜欢喝茶", "牛肉面"):
        ours = (await engine.translate([text], source="zh", target="en")).texts
        assert ours == (client.translate(text, "zh-Hans", "en"),)
    codes = {each["code"] for each in client.languages()}
    assert codes == (await engine.languages()).keys()
    assert client.detect("the weather is very good today, my friend")[0]["language"] == "en"


async def test_the_traps_of_the_bench_leave_all_that_is_no_words(engine: LibreTranslate):
    found = [score async for score in scores(Router([engine]), lambda *_: True)]
    assert {(score.source, score.target) for score in found} >= {("en", "zh"), ("zh", "en")}
    for score in found:
        for kind in ("html", "mentions"):
            assert score.passed[kind] == score.tried[kind], [miss.said for miss in score.misses]


async def test_a_server_that_is_not_there_is_unavailable():
    outbound = Outbound(user_agent="FediNote tests")
    engine = LibreTranslate(outbound.call_service, "http://127.0.0.1:9", now=lambda: 0.0)
    with pytest.raises(Unavailable):
        await engine.translate(["tea"], source="en", target="zh")
    await outbound.close()
