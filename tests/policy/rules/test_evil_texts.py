"""Texts and patterns made to take for ever: the time that rules take grows with the text, and not faster.

Bounds are processor time, and tens of times what it takes.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation import anonymity
from fedinote.policy.base import Subject
from fedinote.policy.content import folded
from fedinote.policy.rules import book
from fedinote.policy.rules.kinds import MAX_TEXT, Judged
from fedinote.text import html, language
from fedinote.text.folding import fold

SECONDS = 8.0
PATTERNS = (
    "(a+)+$",
    "(a|aa)+$",
    "(a|a)*b",
    "([a-zA-Z]+)*$",
    "(.*a){12}",
    "(x+x+)+y",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(\w+\s?)+!$",
    r"(?:\pL+[\s\pP]*)+\x{0}",
    "(a?){50}a{50}",
    "((a{1,10}){1,10}){1,5}b",
    "a{0,500}b",
)
REFUSED = ("((a{1,30}){1,30}){1,30}", "(?:a{1,1000}){1,1000}", "(?=a)a", r"(a)\1", "(" * 600)
LONG = {
    "one letter": "a" * MAX_TEXT,
    "nearly": "a" * (MAX_TEXT - 1) + "!",
    "words": "aaaa " * (MAX_TEXT // 5),
    "letters apart": "c a s i n o " * (MAX_TEXT // 12),
    "accents": "e\u0301" * (MAX_TEXT // 2),
    "many marks on one letter": "a" + "\u0301" * (MAX_TEXT - 1),
    "unseen": "a\u200b" * (MAX_TEXT // 2),
    "ligatures": "\ufdfa" * (MAX_TEXT // 2),
    "styled": "\U0001d41a" * (MAX_TEXT // 2),
    "characters": "\u8ce3\u5356" * (MAX_TEXT // 2),
    "open tags": "<a " * (MAX_TEXT // 3),
    "tags in tags": "<a <" * (MAX_TEXT // 4),
    "links without end": "<a " + 'href="x" ' * (MAX_TEXT // 9),
    "links cut short": ("<a " + 'href="' * 330) * (MAX_TEXT // 2000),
    "links": '<a href="https://a.example/">b</a>' * (MAX_TEXT // 34),
    "classes": '<a href="https://a.example/" class="' + "mentio " * 60 + '">b</a>' * 200,
    "entities": "&amp;" * (MAX_TEXT // 5),
    "references": "&#" * (MAX_TEXT // 2),
    "addresses": "@a@b.c" * (MAX_TEXT // 6),
    "at signs": "@" * MAX_TEXT,
    "slashes": "https://" * (MAX_TEXT // 8),
}


def _spent(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("name", LONG)
def test_no_text_makes_its_forms_expensive(name: str) -> None:
    text = LONG[name]
    judged = Judged(Subject("post", 1, "far.example", text=text), datetime.now(UTC))
    for form in (
        lambda: judged.raw,
        lambda: judged.folded,
        lambda: judged.link_hosts,
        lambda: fold(text),
        lambda: folded(text),
        lambda: html.to_text(text),
        lambda: html.sanitise(text),
        lambda: language.detect(text),
        lambda: anonymity.scrubbed(text),
    ):
        assert _spent(form) < SECONDS


@pytest.mark.parametrize("pattern", PATTERNS)
async def test_no_pattern_explodes_on_any_text(app: App, pattern: str) -> None:
    matcher = book.matcher("pattern", {"pattern": f"b{pattern}"})
    for text in LONG.values():
        judged = Judged(Subject("post", 1, "far.example", text=text), app.now())
        judged.raw, judged.folded  # noqa: B018  made before, so that matching alone is measured
        began = time.process_time()
        await matcher.match(app, judged)
        assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("pattern", REFUSED)
def test_patterns_that_would_need_too_much_memory_or_to_look_back_are_refused(pattern: str) -> None:
    with pytest.raises(Invalid):
        book.matcher("pattern", {"pattern": pattern})


async def test_the_most_and_longest_words_that_are_allowed_are_found(app: App) -> None:
    words = [f"{number}{'a' * 195}" for number in range(1000)]
    matcher = book.matcher("words", {"words": words})
    judged = Judged(Subject("post", 1, "far.example", text=f"tea, {words[-1]}"), app.now())
    assert await matcher.match(app, judged) == f"the word “{words[-1]}”"


async def test_a_thousand_words_are_looked_for_in_one_go(app: App) -> None:
    words = [f"{'a' * (number % 40)}{number}b" for number in range(1000)]
    matcher = book.matcher("words", {"words": words})
    for text in LONG.values():
        judged = Judged(Subject("post", 1, "far.example", text=text), app.now())
        began = time.process_time()
        await matcher.match(app, judged)
        assert time.process_time() - began < SECONDS
