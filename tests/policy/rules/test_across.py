"""Rules about words in other languages: versions that came with a post, and what engines made of it."""

from datetime import UTC, datetime

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.policy.base import Subject
from fedinote.policy.rules import across, book
from fedinote.policy.rules.across import Across
from fedinote.policy.rules.kinds import Judged, Machine, Terms

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECT = Subject("post", 1, "far.example", "<p>今天天气很好</p>", versions={"es": "<p>El CASINO</p>"})
MADE = (Machine("en", "Engine", "win at the roulette"),)
WORDS: Terms = {"words": ["roulette"]}


async def why(app: App, kind: str, terms: Terms, judged: Judged) -> str | None:
    return await book.matcher(kind, terms).match(app, judged)


async def test_a_version_that_came_with_a_post_is_looked_into_and_named(app: App) -> None:
    judged = Judged(SUBJECT, NOW)
    found = await why(app, "words", {"words": ["casino"]}, judged)
    assert found == "the word “casino” in the version in es that came with it"
    assert "in the version in es" in str(await why(app, "pattern", {"pattern": "casin[ou]"}, judged))


async def test_what_an_engine_made_counts_only_for_rules_that_say_so(app: App) -> None:
    judged = Judged(SUBJECT, NOW, MADE)
    assert await why(app, "words", WORDS, judged) is None
    for more in ({"translations": True}, {"translate": "en"}):
        found = await why(app, "words", {**WORDS, **more}, judged)
        assert found == "the word “roulette” in its translation into en by Engine"
    assert await why(app, "pattern", {"pattern": "roul.tte", "translations": True}, judged) is not None


async def test_of_a_post_that_was_judged_before_only_a_machines_words_are_news(app: App) -> None:
    judged = Judged(SUBJECT, NOW, MADE, again=True)
    assert await why(app, "words", {"words": ["casino"], "translations": True}, judged) is None
    assert await why(app, "words", {"words": ["casino", "roulette"], "translations": True}, judged) is None
    assert await why(app, "words", {**WORDS, "translations": True}, judged) is not None


async def test_a_disguise_in_a_translation_is_seen_through(app: App) -> None:
    judged = Judged(SUBJECT, NOW, (Machine("zh-Hant", "Engine", "線上賭場"),))
    assert await why(app, "words", {"words": ["赌场"], "translations": True}, judged) is not None


async def test_versions_do_not_change_the_language_of_a_post(app: App) -> None:
    assert await why(app, "languages", {"languages": ["zh"]}, Judged(SUBJECT, NOW, MADE)) == "the language zh-Hans"


async def test_links_of_versions_count(app: App) -> None:
    subject = Subject("post", 1, "", "<p>a</p>", versions={"es": '<p><a href="https://bad.example/">b</a></p>'})
    assert await why(app, "links", {"hosts": ["bad.example"]}, Judged(subject, NOW)) == "a link to bad.example"


def test_terms_are_read_and_wrong_ones_refused() -> None:
    assert across.of_terms({}) == Across()
    assert across.of_terms({"translate": "ZH-hans"}) == Across(True, "zh-Hans", True)
    assert across.of_terms({"translate": "en", "translate_for": "all"}) == Across(True, "en", False)
    for terms in ({"translate": "no language"}, {"translate_for": "nobody"}):
        with pytest.raises(Invalid):
            book.matcher("words", {**WORDS, **terms})
