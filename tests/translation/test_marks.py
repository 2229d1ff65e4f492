"""The line that says of a translation what it is."""

import pytest

from fedinote.text import html
from fedinote.translation import marks
from fedinote.translation.marks import _WORDS

URL = "https://one.example/@alice/1?original"


def line(target: str, **more: str) -> str:
    about = {"source": "zh-Hans", "engine": "LibreTranslate", "kind": marks.MACHINE, **more}
    return marks.line(target=target, url=URL, source=about["source"], engine=about["engine"], kind=about["kind"])


@pytest.mark.parametrize("target", [*_WORDS, "zh-TW", "pt-BR", "sw"])
@pytest.mark.parametrize("kind", [marks.MACHINE, marks.CONVERSION, marks.AUTHOR])
@pytest.mark.parametrize("source", ["zh-Hans", ""])
def test_every_line_is_safe_html_as_the_sanitiser_leaves_it(target: str, kind: str, source: str) -> None:
    made = line(target, kind=kind, source=source)
    assert html.sanitise(made) == made
    assert URL in made
    assert "{" not in made
    if kind == marks.MACHINE:
        assert "LibreTranslate" in html.to_text(made)


def test_it_is_in_the_readers_language_or_else_english() -> None:
    assert html.to_text(line("en")) == "Translated from 简体中文 by LibreTranslate · original"
    assert html.to_text(line("zh-Hans", source="en")) == "由 LibreTranslate 从English翻译 · 原文"
    assert html.to_text(line("zh-TW", source="en")) == "由 LibreTranslate 從English翻譯 · 原文"
    assert html.to_text(line("sw")).startswith("Translated from")


def test_what_the_author_wrote_and_what_only_changes_the_script_is_not_called_a_machines_translation() -> None:
    assert html.to_text(line("en", kind=marks.AUTHOR)) == "The author's own version · original"
    assert html.to_text(line("en", kind=marks.CONVERSION)) == "Characters converted from 简体中文 · original"


def test_nothing_active_gets_into_the_line() -> None:
    hostile = marks.line(target="en", source="zh", engine="<b id=x>", kind=marks.MACHINE, url="javascript:alert(1)")
    assert "<b" not in hostile
    assert "href" not in hostile


def test_a_short_one_in_plain_text_names_the_engine() -> None:
    assert marks.plain(target="en", source="zh", engine="DeepL", kind=marks.MACHINE) == "Translated by DeepL"
