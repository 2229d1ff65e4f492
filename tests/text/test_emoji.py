"""What is one emoji, and when two spellings are the same one."""

import pytest

from fedinote.text import emoji


@pytest.mark.parametrize("text", ["👍", "❤️", "❤", "👩‍💻", "👍🏽", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🧡", "☺️", "👨‍👩‍👧‍👦", "❤️‍🔥"])
def test_one_grapheme_is_one_emoji(text: str) -> None:
    assert emoji.is_emoji(text)


@pytest.mark.parametrize(
    "text",
    ["", "~", "a", "👍👍", "👍 ", "1", "::", ":a b:", "<b>", ":x:👍", ":wave:", "🇩🇪🇫🇷", "👍" * 500, "x" * 10_000],
)
def test_other_text_is_no_emoji(text: str) -> None:
    assert not emoji.is_emoji(text)


@pytest.mark.parametrize("text", ["tea", "blob-cat", "a", "c++", "猫", "x" * 128])
def test_names_of_custom_emoji_are_letters_digits_and_a_few_signs(text: str) -> None:
    assert emoji.is_shortcode(text)


@pytest.mark.parametrize("text", ["", ":tea:", "a b", 'a"b', "<x>", "a&b", "a'b", "a/b", "a@b", "x" * 129, "a\n"])
def test_what_could_end_an_attribute_is_no_name(text: str) -> None:
    assert not emoji.is_shortcode(text)


def test_presentation_selectors_make_no_other_emoji() -> None:
    assert emoji.key("❤️") == emoji.key("❤") == emoji.key("❤︎")
    assert emoji.key("👍🏽") != emoji.key("👍")
