"""What an app asks for is said in a few sentences, in the reader's language, and nothing that it asks is left out."""

import pytest

from fedinote.auth import scopes
from fedinote.web import words
from fedinote.web.auth.scope_words import describe

EN = words.words("en")


def test_parts_are_gathered_into_sentences() -> None:
    asked = ("read:statuses", "read:lists", "write:media", "push", "admin:read:reports")
    assert describe(EN, asked) == [
        "Send you notifications",
        "See: posts, lists",
        "Change: pictures, video and sound",
        "See as a moderator: reports",
    ]


def test_a_whole_says_what_its_parts_would_and_a_part_of_another_stays() -> None:
    asked = ("read", "read:statuses", "write:statuses")
    assert describe(EN, asked) == ["Read everything in your account, private posts included", "Change: posts"]


@pytest.mark.parametrize("scope", scopes.ALL)
def test_every_scope_has_words_in_every_language(scope: str) -> None:
    for tag in words.OFFERED:
        (said,) = describe(words.words(tag), [scope])
        assert ":" not in said.replace(": ", "")
        assert "_" not in said
    assert describe(words.words("ja"), [scope]) != describe(EN, [scope])
