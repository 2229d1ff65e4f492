"""The words of a card: the first line is the title, signs without words are none."""

import pytest

from fedinote.text import html
from fedinote.web.explore import titles

LONG = "One day we walked to the sea. " + "There was much wind and the boats stayed in the harbour. " * 10


@pytest.mark.parametrize(
    ("content", "title", "rest"),
    [
        ("<p>A title</p><p>And the rest<br>of it</p>", "A title", "And the rest of it"),
        ("<p><strong>周末喝茶</strong></p><p>老城区的茶馆。</p>", "周末喝茶", "老城区的茶馆。"),
        ("<p>@ann @ben@far.example Good morning</p>", "Good morning", ""),
        ("<p>#tea #茶</p><p>Good morning #tea #green</p><p>https://far.example/x</p>", "Good morning", ""),
        ("<p>#tea #茶</p>", "#tea #茶", ""),
        ("", "", ""),
        ("<p>https://far.example/x</p>", "https://far.example/x", ""),
    ],
)
def test_the_first_line_is_the_title(content, title, rest):
    found = titles.of(content)
    assert (found.title, found.rest) == (title, rest)


def test_of_a_long_line_the_first_sentence_is_the_title():
    found = titles.of(f"<p>{LONG}</p>")
    assert found.title == "One day we walked to the sea."
    assert found.rest.startswith("There was much wind")
    assert len(found.rest) <= titles.MAX_REST
    assert found.rest.endswith("…")


def test_chinese_and_japanese_sentences_end_without_a_space():
    assert (
        titles.of(f"<p>今天去了海边，风很大。{'船都停在港口里没有出去。' * 20}</p>").title == "今天去了海边，风很大。"
    )


def test_a_line_without_an_end_is_cut():
    found = titles.of(f"<p>{'word ' * 100}</p>")
    assert len(found.title) <= titles.MAX_TITLE
    assert found.title.endswith("word…")


@pytest.mark.parametrize("bad", ["<" * 50_000, "#a " * 20_000, "@a " * 20_000, "a!" * 30_000, "https://" * 9_000])
def test_whatever_is_sent_gives_short_words(bad):
    found = titles.of(f"<p>{html.escape(bad)}</p>")
    assert len(found.title) <= titles.MAX_TITLE
    assert len(found.rest) <= titles.MAX_REST


@pytest.mark.parametrize(
    ("title", "size"),
    [("慢一点", "xl"), ("A day at sea", "xl"), ("台北的夏天，從一碗剉冰開始", "l"), ("a" * 60, "m"), ("猫" * 60, "s")],
)
def test_short_titles_are_large_and_wide_letters_count_twice(title, size):
    assert titles.Words(title, "").size == size
