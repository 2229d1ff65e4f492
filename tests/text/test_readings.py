"""Readings: pinyin and furigana above the words, and everything else of the HTML as it was."""

import re

import pytest

from fedinote.infra.errors import Invalid, NotFound
from fedinote.text import html, readings
from fedinote.text.readings import Kind, annotated, kind_for

pytest.importorskip("pypinyin")
pytest.importorskip("sudachipy")
_RUBY = re.compile(r"<ruby>([^<]*)<rp>\(</rp><rt>([^<]*)</rt><rp>\)</rp></ruby>")


def pairs(content: str, kind: Kind) -> list[tuple[str, str]]:
    return _RUBY.findall(annotated(content, kind))


def test_each_letter_of_chinese_has_its_pinyin_by_the_word_that_it_is_in() -> None:
    assert pairs("<p>银行在重庆，行吗？</p>", Kind.PINYIN) == [
        ("银", "yín"), ("行", "háng"), ("在", "zài"), ("重", "chóng"), ("庆", "qìng"), ("行", "xíng"), ("吗", "ma"),
    ]  # fmt: skip


def test_furigana_stand_above_the_han_characters_alone() -> None:
    assert pairs("<p>お茶を飲んで、食べ物を取り扱う。カタカナ</p>", Kind.FURIGANA) == [
        ("茶", "ちゃ"), ("飲", "の"), ("食", "た"), ("物", "もの"), ("取", "と"), ("扱", "あつか"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "content",
    [
        "<p>今日は<br>東京 &lt;script&gt; &amp;amp; yyds</p>",
        '<p><a href="https://a.example/茶" rel="nofollow noopener noreferrer" target="_blank">喝茶</a></p>',
        "<pre><code>银行</code></pre><p>银<em>行</em></p>",
        "<p>𠮷野家 㐂 々 〇</p>",
        "",
        "<p>tea</p>",
    ],
)
def test_without_the_readings_the_html_is_what_it_was(content: str, kind: Kind) -> None:
    made = annotated(content, kind)
    assert _RUBY.sub(r"\1", made) == content
    assert html.to_text(html.sanitise(made)) == html.to_text(made), "the sanitiser keeps all of it"
    assert "<rt>" in html.sanitise(made) or "<rt>" not in made


def test_code_names_of_people_and_ruby_are_left_alone() -> None:
    content = (
        '<p><ruby>茶<rt>tea</rt></ruby> <code>银行</code> <a href="https://a.example" class="u-url mention">@银行</a>'
        ' <a href="https://a.example" class="mention hashtag">#茶</a></p>'
    )
    assert pairs(content, Kind.PINYIN) == [("茶", "chá")]


def test_the_kind_follows_from_the_script() -> None:
    assert kind_for("今天喝茶", "en") is Kind.PINYIN
    assert kind_for("お茶を飲んだ", "zh") is Kind.FURIGANA
    assert kind_for("tea", "zh") is None


def test_a_text_that_is_too_long_has_none() -> None:
    with pytest.raises(Invalid):
        annotated(f"<p>{'茶' * 5001}</p>", Kind.PINYIN)


def test_without_the_packages_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "_annotator", lambda _: None)
    assert not readings.available(Kind.PINYIN)
    with pytest.raises(NotFound):
        annotated("<p>茶</p>", Kind.PINYIN)
