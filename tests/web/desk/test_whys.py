"""Why a rule caught a post, said in the reader's language, and marked in the post."""

from dataclasses import replace
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.policy.base import Subject
from fedinote.policy.rules import book
from fedinote.policy.rules.kinds import Judged
from fedinote.web.desk import whys
from fedinote.web.words import words

WHYS = {
    "the word “casino”": "“casino”",
    "the word “casino”, written “c4sino” in disguise": "“c4sino”",
    "the word “Casino”, written “casino” in disguise": "“Casino”",
    "the pattern matches “free spins”": "“free spins”",
    "the pattern matches “free spins” without its disguises": "“free spins”",
    "a link to shop.example": "shop.example",
    "a link to www.shop.example, below shop.example": "www.shop.example",
    "7 links, more than 3": "7",
    "12 mentions, more than 5": "12",
    "links by an account of less than 3 days that nobody here follows": "3",
    "a post by an account of less than 3 days that nobody here follows": "3",
    "the same words more than 5 times within 60 minutes": "60",
    "the language ja": "日本語",
    "the word “casino” in its translation into en by LibreTranslate": "LibreTranslate",
    "first contact: the server far.example is not known here yet": "far.example",
    "first contact: posts of far.example have no media and are not in public timelines": "far.example",
    "a new version of a post that waits": "",
    "the word “casino” in the version in es that came with it": "Español",
    "file 2 is “scam” of the pictures “known” (the same file)": "“scam”",
    "file 2 is “scam” of the pictures “known” (12 of 256 bits differ)": "12",
    "file 2 is “scam” of the pictures “known” (mirrored or turned, 12 of 256 bits differ)": "12",
}


@pytest.mark.parametrize("why", WHYS)
@pytest.mark.parametrize("tag", ["zh-Hans", "zh-Hant", "es", "ja"])
def test_every_reason_is_said_in_the_readers_language_with_what_it_quotes(why: str, tag: str) -> None:
    said = whys.said(words(tag), why)
    assert said != why
    assert whys.said(words("en"), why) != ""
    part = WHYS[why]
    assert part in said or part.strip("“”") in said


def test_a_reason_that_nobody_knows_is_shown_as_it_is() -> None:
    assert whys.said(words("ja"), "something new") == "something new"


async def test_what_the_kinds_of_rules_say_is_known_here(app: App) -> None:
    at = app.now()
    casino = '<p>casino c4sino with many more words of the kind <a href="https://a.shop.example/x">a</a></p>'
    subject = Subject("post", 1, "far.example", text=casino, mentions=9, language="ja")
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("words", {"words": ["casino"]}),
        ("pattern", {"pattern": "cas.no"}),
        ("links", {"hosts": ["shop.example"]}),
        ("links", {"hosts": ["a.shop.example"]}),
        ("links", {"most": 0}),
        ("mentions", {"most": 5}),
        ("repeats", {"times": 1}),
        ("languages", {"languages": ["es"], "only": True}),
    ]
    for kind, terms in kinds:
        matcher = book.matcher(kind, terms)
        why = None
        for number in range(3):
            why = await matcher.match(app, Judged(replace(subject, uri=f"https://far.example/{number}"), at)) or why
        assert why is not None, kind
        assert whys.said(words("ja"), why) != why, why


@pytest.mark.parametrize(
    ("content", "parts", "expected"),
    [
        ("<p>My Casino</p>", ["casino"], "<p>My <mark>Casino</mark></p>"),
        ('<p><a href="https://casino.example">a</a></p>', ["casino"], '<p><a href="https://casino.example">a</a></p>'),
        ("<p>a &amp; b</p>", ["amp"], "<p>a &amp; b</p>"),
        ("<p>在线 c a s i n o 每天</p>", ["casino"], "<p>在线 <mark>c a s i n o</mark> 每天</p>"),
        ("<p>Best ｃasіno!</p>", ["casino"], "<p>Best <mark>ｃasіno</mark>!</p>"),
        ("<p>a cas</p><p>ino</p>", ["casino"], "<p>a cas</p><p>ino</p>"),
        ("<p>a &lt;b&gt;</p>", ["<script>"], "<p>a &lt;b&gt;</p>"),
        ("<p>text</p>", ["", "…"], "<p>text</p>"),
        ("<p>a.c abc</p>", ["a.c"], "<p><mark>a.c</mark> abc</p>"),
        ("<p>long word here</p>", ["long word…"], "<p><mark>long word</mark> here</p>"),
    ],
)
def test_what_was_caught_is_marked_in_words_and_never_in_markup(content: str, parts: list[str], expected: str) -> None:
    assert whys.marked(content, parts) == expected


def test_what_a_reason_quotes_is_found() -> None:
    assert whys.quoted("the word “a”, written “b” in disguise") == ["a", "b"]
    assert whys.quoted("3 links, more than 2") == []


def test_why_a_post_is_held_is_said_with_the_titles_of_the_rules_as_they_were_written() -> None:
    kept = "Night: no casinos: the word “casino”; Links: a link to shop.example; something else: by hand"
    first = whys.said(words("es"), "the word “casino”")
    second = whys.said(words("es"), "a link to shop.example")
    assert first != "the word “casino”"
    expected = f"Night: no casinos: {first}; Links: {second}; something else: by hand"
    assert whys.reasons(words("es"), kept) == expected
    known = "first contact: the server far.example is not known here yet"
    assert whys.reasons(words("es"), known) == whys.said(words("es"), known)
