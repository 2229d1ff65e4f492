"""Words for the index, and words of a query: a query of any length hits."""

import sqlite3

import pytest

from fedinote.text.chinese import script, simplified
from fedinote.text.cjk import MAX_TOKEN, fold, query_tokens, search_tokens


def test_words_stay_and_chinese_becomes_characters_and_pairs() -> None:
    assert search_tokens("東京都 Café foo_bar #Cat") == "东 京 都 东京 京都 cafe foo bar cat"
    assert search_tokens("") == ""


def test_a_query_asks_for_pairs_or_a_single_character() -> None:
    assert query_tokens("東京都") == ["东京", "京都"]
    assert query_tokens("猫 cats 猫") == ["猫", "cats"]
    assert query_tokens("!?") == []


def test_case_width_and_accents_are_folded_but_other_letters_kept() -> None:
    assert fold("ÉCOLE Ｆｕｌｌ ｶﾞ Άλφα") == "ecole full ガ αλφα"
    assert fold("й ё が 각") == "й ё が 각"
    assert fold("STRASSE Straße") == "strasse strasse"


def test_both_ways_of_writing_chinese_meet() -> None:
    assert fold("臺灣翻譯") == fold("台湾翻译")
    assert simplified("後臺") == "后台"


def test_what_is_written_tells_the_script() -> None:
    assert script("这个国家") == "Hans"
    assert script("這個國家") == "Hant"
    assert script("東京駅前") == "Jpan"
    assert script("中文") is None


def test_a_long_word_is_cut_alike_on_both_sides() -> None:
    word = "x" * 5000
    assert search_tokens(word) == query_tokens(word)[0] == "x" * MAX_TOKEN


@pytest.mark.parametrize(
    "query", ["天", "天气", "今天天气", "公园", "cafe", "CAFÉ", "東京", "学校", "날씨", "2024", "公园吧 café"]
)
def test_a_full_text_index_finds_a_post_by_any_piece_of_it(query: str) -> None:
    index = sqlite3.connect(":memory:")
    index.execute("create virtual table posts using fts5(words)")
    text = "今天天气很好，我们去公园吧 Café 2024 東京の学校 오늘 날씨가"
    index.executemany("insert into posts values (?)", [(search_tokens(text),), (search_tokens("other words 其他"),)])
    wanted = " AND ".join(f'"{token}"' for token in query_tokens(query))
    assert index.execute("select rowid from posts where posts match ?", (wanted,)).fetchall() == [(1,)]
    index.close()
