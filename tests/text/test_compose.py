"""Plain text as its author writes it, and what becomes of it."""

import unicodedata

import pytest

from fedinote.text import compose as module
from fedinote.text.compose import (
    Hashtag,
    MentionTarget,
    compose,
    find_emoji,
    find_hashtags,
    find_mentions,
    find_urls,
    length,
)
from fedinote.text.html import sanitise, to_text
from tests.text.test_html import assert_bleach_agrees, assert_harmless
from tests.text.xss_corpus import CORPUS

ALICE = MentionTarget("alice", "https://here.test/@alice")
BOB = MentionTarget("bob@far.test", "https://far.test/@bob")


def html(text: str, **mentions: MentionTarget) -> str:
    known = {"alice": ALICE, "bob@far.test": BOB, **mentions}
    return compose(text, mentions=known, tag_url=lambda name: f"https://here.test/tags/{name}")


def test_lines_and_paragraphs() -> None:
    assert html("a\nb\n\n\nc\r\nd") == "<p>a<br>b</p><p>c<br>d</p>"
    assert html("  \n ") == ""
    assert html("<b> & \"'") == "<p>&lt;b&gt; &amp; &quot;&#x27;</p>"
    assert html("a\x00\x1b\ud800b") == "<p>ab</p>"


def test_a_mention_has_the_markup_that_clients_look_for() -> None:
    assert html("@alice") == (
        '<p><span class="h-card" translate="no"><a href="https://here.test/@alice" class="u-url mention">'
        "@<span>alice</span></a></span></p>"
    )


def test_a_mention_is_found_whatever_its_case_and_stays_text_when_unknown() -> None:
    assert 'href="https://far.test/@bob"' in html("hi @Bob@FAR.test!")
    assert html("@carol and @alice@other.test") == "<p>@carol and @alice@other.test</p>"


def test_two_people_of_one_name_are_shown_in_full() -> None:
    both = html("@alice @alice@far.test", **{"alice@far.test": MentionTarget("alice@far.test", "https://far.test/a")})
    assert to_text(both) == "@alice @alice@far.test"
    assert to_text(html("@bob@far.test")) == "@bob"


def test_a_mention_with_an_unsafe_page_stays_text() -> None:
    assert html("@eve", eve=MentionTarget("eve", "javascript:alert(1)")) == "<p>@eve</p>"


def test_a_hashtag_has_the_markup_that_clients_look_for() -> None:
    link = '<a href="https://here.test/tags/cats" class="mention hashtag" rel="tag">#<span>Cats</span></a>'
    assert html("#Cats.") == f"<p>{link}.</p>"


def test_a_url_is_linked_with_its_ends_hidden() -> None:
    assert html("see https://www.a.test/long/path/that/goes/on/and/on.") == (
        '<p>see <a href="https://www.a.test/long/path/that/goes/on/and/on" target="_blank" '
        'rel="nofollow noopener noreferrer" translate="no"><span class="invisible">https://www.</span>'
        '<span class="ellipsis">a.test/long/path/that/goes/on/</span><span class="invisible">and/on</span></a>.</p>'
    )
    assert '<span class="">a.test</span>' in html("http://a.test")


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("(https://a.test/x)", ["https://a.test/x"]),
        ("https://a.test/x_(y), z", ["https://a.test/x_(y)"]),
        ("看https://a.test很好", ["https://a.test"]),
        ("看https://a.test/路径，对", ["https://a.test/路径"]),
        ("「https://a.test/x」", ["https://a.test/x"]),
        ("https://a.test:8080/?q=1#f!", ["https://a.test:8080/?q=1#f"]),
        ("https://例え.テスト/x", ["https://例え.テスト/x"]),
        ("http://localhost:3000/x", ["http://localhost:3000/x"]),
        ("http://127.0.0.1/x", ["http://127.0.0.1/x"]),
        ("HTTPS://A.TEST/x", ["HTTPS://A.TEST/x"]),
        ("https://a.test https://a.test", ["https://a.test"]),
        ("xhttp://a.test ftp://a.test javascript:x a.test http:// http://a", []),
    ],
)
def test_urls_are_found_up_to_where_the_sentence_goes_on(text: str, urls: list[str]) -> None:
    assert find_urls(text) == urls


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@a @b@c.test @A", ["a", "b@c.test"]),
        ("(@a), @b. @c@d.test.", ["a", "b", "c@d.test"]),
        ("你好@alice，@bob@far.test。", ["alice", "bob@far.test"]),
        ("me@x.test a.b@x.test é@x", []),
        ("https://a.test/@user https://b.test/@u@v.test a.test/@user", []),
        ("@a.b-c_d @e_ @-x @.y", ["a.b-c_d", "e_"]),
        ("@a@127.0.0.1:4001 hi, @b@localhost:3000: @c@d.test:hi", ["a@127.0.0.1:4001", "b@localhost:3000", "c@d.test"]),
        ("@user@例え.jp @x@@y", ["user@例え.jp", "x"]),
        ("@ @@ @@@", []),
    ],
)
def test_mentions(text: str, handles: list[str]) -> None:
    assert find_mentions(text) == handles


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Cats #cats #dogs", [("cats", "Cats"), ("dogs", "dogs")]),
        ("#猫 ＃ねこ #고양이", [("猫", "猫"), ("ねこ", "ねこ"), ("고양이", "고양이")]),
        ("#123 #1_2 #2nd #_ #a1", [("2nd", "2nd"), ("a1", "a1")]),
        ("#हिन्दी #ภาษาไทย #العَرَبية", [("हिन्दी", "हिन्दी"), ("ภาษาไทย", "ภาษาไทย"), ("العَرَبية", "العَرَبية")]),
        ("#ＡＢＣ #ﬁsh", [("abc", "ＡＢＣ"), ("fish", "ﬁsh")]),
        ("#a·b #スター・ウォーズ #x·", [("a·b", "a·b"), ("スター・ウォーズ", "スター・ウォーズ"), ("x", "x")]),
        ("https://a.test/#frag a#b &#39; =#c /#d", []),
        ("#ﷺ #️⃣ #❤ ##", []),
        ("#a-b #c.d (#e)", [("a", "a"), ("c", "c"), ("e", "e")]),
        ("#" + "a" * 300, []),
    ],
)
def test_hashtags(text: str, tags: list[tuple[str, str]]) -> None:
    assert find_hashtags(text) == [Hashtag(*tag) for tag in tags]


def test_a_hashtag_may_hold_every_combining_mark() -> None:
    for point in range(0x300, 0xFE00):
        character = chr(point)
        if unicodedata.category(character) in ("Mn", "Mc") and point not in range(0xA670, 0xA674):
            assert find_hashtags(f"#a{character}b")[0].display == f"a{character}b", hex(point)


def test_shortcodes() -> None:
    assert find_emoji(":blob: 你好:Cat_2:呀 :blob: :a: 10:30:20 ::x_y:: :no") == ["blob", "Cat_2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", 5),
        ("https://a.test/" + "x" * 200, 23),
        ("a https://a.test b", 27),
        ("@bob@far.test hi", 7),
        ("e\u0301", 1),
        ("👨‍👩‍👧 नि", 3),
        ("猫" * 10, 10),
        ("#tag", 4),
        ("a\r\nb", 3),
        ("", 0),
    ],
)
def test_length_is_counted_as_in_mastodon(text: str, expected: int) -> None:
    assert length(text) == expected


@pytest.mark.parametrize("source", CORPUS, ids=range(len(CORPUS)))
def test_whatever_is_typed_becomes_harmless_html(source: str) -> None:
    composed = html(source)
    cleaned = sanitise(composed)
    assert_harmless(cleaned)
    assert_bleach_agrees(composed)
    assert to_text(cleaned) == to_text(composed)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "@",
            "#",
            "a@",
            "http://",
            "((((",
            "@a@",
            "@a.",
            "#a",
            "http://a.",
            "http://a.b/(",
            "http://a.b/)",
            "[[[[",
            ":a",
        ),
        *("*_*_", "\u200b", "&", "<", "http://a.b/,", "@a-", "@a@b-", ":ab:", "@中", "http://[", "#1", "\n\n", "#·"),
    ],
)
def test_work_grows_in_step_with_the_text(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pattern is asked once per thing found: each search goes on where the one before ended."""
    text = (piece * 100_000)[:100_000]
    searched: list[int] = []

    class Counting:
        def search(self, subject: str, position: int):
            found = pattern.search(subject, position)
            searched.append((found.end() if found else len(subject)) - position)
            return found

    pattern = module._ENTITY
    monkeypatch.setattr(module, "_ENTITY", Counting())
    html(text)
    # What is cut off the end of a URL is looked at again, once.
    assert sum(searched) <= 2 * len(text) + 10
    length(text)
    find_emoji(text)
