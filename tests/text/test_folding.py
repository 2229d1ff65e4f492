"""What is only a disguise falls off a text; what is another word stays one."""

import time

import pytest

from fedinote.text.folding import fold


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("ＶＩＡＧＲＡ", "viagra"),
        ("𝓿𝓲𝓪𝓰𝓻𝓪", "viagra"),
        ("viаgrа", "viagra"),  # two Cyrillic letters
        ("vi\u200bag\u00adra", "viagra"),
        ("vîágrà", "viagra"),
        ("v i a g r a", "viagra"),
        ("v.i.a.g.r.a now", "viagra now"),
        ("加 微 信", "加微信"),
        ("賭場  優惠", "赌场 优惠"),
    ],
)
def test_a_disguise_falls_off(disguised: str, plain: str) -> None:
    assert fold(disguised) == plain


def test_words_that_stand_apart_stay_apart() -> None:
    assert fold("The pen is a tool") == "the pen is a tool"
    assert fold("plan B or C") == "plan b or c"


def test_folding_is_steady() -> None:
    for text in ("ＶＩＡＧＲＡ v i a g r a", "賭場優惠", "Ünïcödé ﬁre"):
        assert fold(fold(text)) == fold(text)


def test_a_long_text_costs_no_more_than_its_length() -> None:
    started = time.process_time()
    for text in ("a " * 50_000, "a." * 50_000, " " * 100_000, "\u0301" * 100_000, "加 " * 50_000):
        fold(text)
    assert time.process_time() - started < 5  # quadratic would be minutes
