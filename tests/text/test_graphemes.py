"""Texts whose characters have several code points, counted as a reader counts them."""

import unicodedata

import pytest

from fedinote.text import graphemes

CASES = {
    "": 0,
    "hello\nyou": 9,
    "猫が好き、ねこ。": 8,
    "한국어": 3,
    "\u1112\u1161\u11ab": 1,
    "e\u0301": 1,
    "\u0301e": 2,
    "\n\u0301": 2,
    "नमस्ते": 4,
    "สวัสดี": 4,
    "น้ำ": 1,
    "שָׁלוֹם": 4,
    "ｶﾞ": 1,
    "👍🏽": 1,
    "❤️": 1,
    "1️⃣": 1,
    "👨‍👩‍👧‍👦": 1,
    "👩🏽‍🚀👩🏽‍🚀": 2,
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿": 1,
    "🇩🇪🇯🇵": 2,
    "🇩🇪🇯": 2,
    "🇩x🇪": 3,
    "a\u200db": 2,
    "😀😀": 2,
}


@pytest.mark.parametrize("text", CASES)
def test_characters_are_counted_as_a_reader_counts_them(text: str) -> None:
    assert graphemes.count(text) == CASES[text]


def test_many_marks_on_one_letter_are_not_free() -> None:
    assert graphemes.count("a" + "\u0301" * 15) == 1
    assert graphemes.count("a" + "\u0301" * 15_999) == 1000


def test_what_is_counted_without_a_look_has_no_mark_in_it() -> None:
    for point in range(0x110000):
        character = chr(point)
        if (
            unicodedata.category(character) in ("Mn", "Mc", "Me")
            and unicodedata.normalize("NFC", character) == character
        ):
            assert graphemes.count("a" + character) == 1, hex(point)
