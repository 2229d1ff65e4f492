"""Cutting posts for an engine and putting them together again."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.infra.errors import TooLarge, Unavailable
from fedinote.text.html import sanitise
from fedinote.translation.segments import MAX_CHARS, MAX_RUN, Segmented, segment_html, segment_text

MENTION = '<span class="h-card"><a href="https://a.example/@mei" class="u-url mention">@<span>mei</span></a></span>'
HASHTAG = '<a href="https://a.example/tags/tea" class="mention hashtag" rel="tag">#<span>tea</span></a>'
LINK = (
    '<a href="https://b.example/a/long?path=1&amp;b=2" rel="nofollow noopener"><span class="invisible">https://</span>'
    '<span class="ellipsis">b.example/a/long</span><span class="invisible">?path=1&amp;b=2</span></a>'
)


def shouted(segmented: Segmented) -> str:
    return segmented.rebuild([run.upper() for run in segmented.runs])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("look at https://a.example/b?c=d&e=f, please", "https://a.example/b?c=d&e=f"),
        ("看 https://a.example/路径/茶。再见", "https://a.example/路径/茶"),
        ("(https://a.example/wiki)", "https://a.example/wiki"),
        ("go to a.example/path now", "a.example/path"),
        ("we are at fedi.social today", "fedi.social"),
        ("write to mei@a.example today", "mei@a.example"),
        ("hello @mei, hello", "@mei"),
        ("喜欢@mei@a.example吧", "@mei@a.example"),
        ("I drink #tea2 daily", "#tea2"),
        ("我喝 #乌龙茶 和水", "#乌龙茶"),
        ("good :blob_cat: morning", ":blob_cat:"),
        ("run `rm -rf x` now", "`rm -rf x`"),
        ("use <b class=x> here", "<b class=x>"),
        ("an &lt; entity", "&lt;"),
        ("love 👩🏽‍🚀🇹🇼1️⃣❤️ it", "👩🏽‍🚀🇹🇼1️⃣❤️"),
    ],
)
def test_what_is_no_words_stays_and_is_never_sent(text: str, kept: str):
    for segmented in (segment_text(text), segment_html(html.escape(text, quote=False))):
        assert not any(kept in run for run in segmented.runs)
        assert kept in html.unescape(shouted(segmented)) or kept in shouted(segmented)


def test_words_around_fixed_items_are_translated():
    assert segment_text("hello @mei, how are you? 🙂 see https://a.example/x.").runs == (
        "hello",
        "how are you?",
        "see",
    )


@pytest.mark.parametrize("fixed", [MENTION, HASHTAG, LINK, "<code>x = 1</code>", "<pre><code>a\nb</code></pre>"])
def test_links_to_people_tags_and_addresses_and_code_come_back_byte_for_byte(fixed: str):
    segmented = segment_html(f"<p>hello {fixed} world</p>")
    assert segmented.runs == ("hello", "world")
    assert shouted(segmented) == f"<p>HELLO {fixed} WORLD</p>"


def test_a_link_with_words_is_translated_and_keeps_its_target():
    segmented = segment_html('<p><a href="https://b.example/x">read more</a></p>')
    assert shouted(segmented) == '<p><a href="https://b.example/x">READ MORE</a></p>'


def test_a_link_that_shows_a_part_of_its_address_is_left_alone():
    assert segment_html('<p><a href="https://b.example/x/y">b.example/x…</a></p>').runs == ()


def test_inline_markup_and_blocks_survive():
    source = "<p>one <strong>two</strong> <em>three</em><br>four</p><blockquote><p>five</p></blockquote>"
    source += "<ul><li>six</li></ul>"
    segmented = segment_html(source)
    assert segmented.runs == ("one", "two", "three", "four", "five", "six")
    assert shouted(segmented) == re.sub(r">([a-z ]+)<", lambda match: f">{match[1].upper()}<", source)


@pytest.mark.parametrize("markup", ['<p translate="no">tea</p>', '<span class="notranslate">tea</span>'])
def test_what_the_author_marked_as_not_to_be_translated_is_not(markup: str):
    assert segment_html(markup + "<p>hello</p>").runs == ("hello",)


def test_readings_above_characters_stay():
    assert segment_html("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>").runs == ("漢字",)


def test_chinese_words_get_the_spaces_that_the_target_needs():
    segmented = segment_html(f"<p>你好<strong>世界</strong>，我喜欢{HASHTAG}和😀</p>")
    assert segmented.runs == ("你好", "世界", "我喜欢", "和")
    rebuilt = segmented.rebuild(["hello", "world", "I like", "and"])
    assert rebuilt == f"<p>hello <strong>world</strong>，I like {HASHTAG} and 😀</p>"


def test_an_added_space_stands_outside_of_markup():
    segmented = segment_html(f"<p><em>你好</em>世界<strong>{MENTION}</strong></p>")
    assert segmented.rebuild(["hello", "world"]) == f"<p><em>hello</em> world <strong>{MENTION}</strong></p>"


def test_no_space_is_added_where_the_target_needs_none():
    segmented = segment_html("<p>你好<strong>世界</strong></p>")
    assert segmented.rebuild(["今日は", "世界"]) == "<p>今日は<strong>世界</strong></p>"
    assert segment_text("hello😀").rebuild(["salut"]) == "salut😀"


def test_white_space_at_the_ends_of_runs_stays():
    assert shouted(segment_html("<p>  one&nbsp;<b> two\n</b></p>")) == "<p>  ONE\xa0<b> TWO </b></p>"
    assert shouted(segment_text("  one\r\n\n two  ")) == "  ONE\r\n\n TWO  "


def test_a_hostile_answer_becomes_text():
    segmented = segment_html("<p>hello</p>")
    answer = '</p><script>alert(1)</script><img src=x onerror="alert(1)">&lt;b&gt;'
    rebuilt = segmented.rebuild([answer])
    assert "<script" not in rebuilt
    assert "<img" not in rebuilt
    assert rebuilt == f"<p>{html.escape(answer, quote=False)}</p>"
    assert html.unescape(re.sub("<[^>]*>", "", sanitise(rebuilt))) == answer


def test_line_breaks_and_control_characters_of_an_answer_become_spaces():
    assert segment_text("hello").rebuild(["a\nb\x00c\u2028d\r"]) == "a b c d"


def test_a_run_that_comes_back_empty_keeps_its_words():
    assert segment_html("<p>hello <b>world</b></p>").rebuild(["", " \n"]) == "<p>hello <b>world</b></p>"


@pytest.mark.parametrize("answers", [[], ["a"], ["a", "b", "c"]])
def test_a_wrong_number_of_answers_is_refused(answers: list[str]):
    with pytest.raises(Unavailable):
        segment_html("<p>one<br>two</p>").rebuild(answers)


def test_nothing_to_translate_gives_no_runs_and_the_same_text():
    source = f"<p>{MENTION} {HASHTAG} 😀 :cat: 123 … {LINK}</p>"
    segmented = segment_html(source)
    assert segmented.runs == ()
    assert segmented.rebuild([]) == source


def test_long_texts_are_cut_between_sentences():
    segmented = segment_text("I like tea. " * 300)
    assert len(segmented.runs) > 1
    assert all(len(run) <= MAX_RUN and run.endswith("tea.") for run in segmented.runs)
    assert segmented.rebuild(segmented.runs) == "I like tea. " * 300
    endless = segment_text("茶" * 2000)
    assert "".join(endless.runs) == "茶" * 2000


def test_too_long_a_text_is_refused():
    with pytest.raises(TooLarge):
        segment_html("a" * (MAX_CHARS + 1))
    with pytest.raises(TooLarge):
        segment_text("a" * (MAX_CHARS + 1))


def test_broken_markup_is_escaped_and_not_translated():
    segmented = segment_html('<p>one</p><a href="x>two</a>')
    assert segmented.runs == ("one",)
    assert shouted(segmented) == '<p>ONE</p>&lt;a href="x&gt;two&lt;/a&gt;'


@pytest.mark.parametrize(
    "piece",
    ["<a>", '<a "', "a.", "@a", ":a", "`a", "&a", "http:", "<b", "a@", " ", ".", "#a", "&#1", "a-", "<p>好<br>", "，"],
)
def test_the_time_grows_with_the_length_only(piece: str):
    # At the limit of the size each takes some hundredths of a second; a quadratic step would take minutes.
    text = piece * (MAX_CHARS // len(piece))
    for segmented in (segment_html(text), segment_text(text)):
        assert isinstance(segmented.rebuild(segmented.runs), str)


PIECES = st.sampled_from(
    ("<p>", "</p>", "<br>", "<b>", "</b>", "<code>", "</code>", MENTION, HASHTAG, LINK, "hello", "你好", " ", "，", ".")
) | st.sampled_from(
    (
        "😀",
        "👨‍👩‍👧",
        ":cat:",
        "@mei",
        "#茶",
        "https://a.example/b",
        "&lt;script&gt;",
        "&amp;",
        "\n",
        "1",
        "`x`",
        "&nbsp;",
    )
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_unchanged_runs_give_the_same_post(source: str):
    clean = sanitise(source)
    segmented = segment_html(clean)
    assert sanitise(segmented.rebuild(segmented.runs)).replace("\n", " ") == clean.replace("\n", " ")


@given(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=30))
def test_whatever_an_engine_says_the_tags_stay_the_same(source: str, answer: str):
    segmented = segment_html(sanitise(source))
    rebuilt = segmented.rebuild([answer] * len(segmented.runs))
    tags = re.compile("<[^>]*>")
    assert tags.findall(rebuilt) == tags.findall(sanitise(source))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.just("\n"), max_size=200))
def test_plain_text_with_unchanged_runs_stays(text: str):
    segmented = segment_text(text)
    assert segmented.rebuild(segmented.runs) == text
