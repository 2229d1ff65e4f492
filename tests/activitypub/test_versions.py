"""Who translated an object (FEP-22cd), as far as the protocol goes."""

from typing import Any

import pytest

from fedinote.activitypub.versions import judged, parse_versions

BASE = "https://harbour.example"
ME = f"{BASE}/users/mira"


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("Person",), (False, False)),
        (("Application",), (True, False)),
        (("Service", "Service"), (True, False)),
        (("Application", "Person"), (True, True)),
        (("Group", "Organization"), (False, False)),
        (("", "Person"), (None, False)),
        (("Application", ""), (None, False)),
        ((), (None, False)),
    ],
)
def test_who_translated_follows_from_the_types_of_the_translators(
    kinds: tuple[str, ...], expected: tuple[bool | None, bool]
) -> None:
    assert judged(kinds) == expected


@pytest.mark.parametrize(
    "stated", [None, "x", [], {}, [[]], {"inLanguage": "de"}, {"inLanguage": 3, "translator": ME}, {"translator": ME}]
)
def test_what_is_no_translation_is_left_out(stated: Any) -> None:
    assert parse_versions({"translations": stated}, f"{BASE}/1", {"de"}) == ()
