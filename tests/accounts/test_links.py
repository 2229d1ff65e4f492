from typing import Any

import pytest

from fedinote.accounts import links, profiles
from fedinote.accounts.profiles import Changes
from fedinote.infra.app import App
from tests.support import accounts


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a rel="me" href="https://x.example/@a">', ["https://x.example/@a"]),
        ("<link href='https://x.example/@a' rel='ME noopener'>", ["https://x.example/@a"]),
        ("<A REL=me HREF=https://x.example/@a>", ["https://x.example/@a"]),
        ('<a href="https://x.example/?a&amp;b" rel="nofollow me">', ["https://x.example/?a&b"]),
        ('<a rel="home" href="https://x.example/@a">', []),
        ('<a rel="meme" href="https://x.example/@a">', []),
        ('<area rel="me" href="https://x.example/@a">', []),
        ('<a rel="me">', [""]),
        ("<a " * 1000, []),
        ("<a rel=" + "x" * 100_000, []),
    ],
)
def test_what_a_page_says_is_its_author_is_found(page: str, expected: list[str]) -> None:
    assert links.said_to_be_me(page) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<a href="https://x.example/" rel="me">x.example</a>', "https://x.example/"),
        ('<p><a class="x" href="https://x.example/?a&amp;b">x</a></p>', "https://x.example/?a&b"),
        ("https://x.example/me", "https://x.example/me"),
        ('see <a href="https://x.example/">x</a>', None),
        ('<a href="https://x.example/">x</a> <a href="https://y.example/">y</a>', None),
        ("x.example", None),
        ("", None),
    ],
)
def test_only_a_field_that_is_one_link_can_be_proven(value: str, expected: str | None) -> None:
    assert links.link_of({"name": "Web", "value": value}) == expected


def test_what_was_proven_stays_so_only_while_name_and_value_stay() -> None:
    old: list[dict[str, Any]] = [{"name": "Web", "value": "a", "verified_at": "2026-01-01T00:00:00.000Z"}]
    kept, renamed, changed = links.merged([("Web", "a"), ("Home", "a"), ("Web", "b")], old)
    assert kept["verified_at"] == "2026-01-01T00:00:00.000Z"
    assert (renamed["verified_at"], changed["verified_at"]) == (None, None)


async def test_changing_a_field_resets_its_proof(app: App) -> None:
    ann = await accounts.local(app, "ann")
    typed = [("Web", "https://ann.example/"), ("Tea", "green")]
    account = await profiles.update(app, ann.id, Changes(fields=typed))
    await links._note(app, ann.id, {(account.fields_[0]["name"], account.fields_[0]["value"])})
    account = await profiles.update(app, ann.id, Changes(fields=[*typed, ("City", "Rome")]))
    assert [bool(field["verified_at"]) for field in account.fields_] == [True, False, False]
    account = await profiles.update(app, ann.id, Changes(fields=[("Web", "https://ann.example/2")]))
    assert account.fields_[0]["verified_at"] is None
