"""Cells that spreadsheets do not calculate."""

import pytest

from fedinote.text import cells


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)", "'=1"])
def test_what_a_spreadsheet_would_calculate_is_text_and_is_read_back(text: str) -> None:
    written = cells.plain(text)
    assert written.startswith("'")
    assert cells.meant(written) == text


@pytest.mark.parametrize("text", ["", "spam", "'tis", " = 1", "1=1"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert cells.plain(text) == cells.meant(text) == text
