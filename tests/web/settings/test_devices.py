"""Browsers are named in a few words, and what they say of themselves is never shown word by word."""

import pytest

from fedinote.web import words
from fedinote.web.settings import devices

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128 Safari/537.36 Edg/128"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("said", "name", "phone"),
    [
        (FIREFOX, "Firefox on Linux", False),
        (PHONE, "Chrome on Android", True),
        (EDGE, "Edge on Windows", False),
        (IPHONE, "Safari on iPhone", True),
        ("curl/8", "curl", False),
        ("", "Unknown browser", False),
        ("<script>alert(1)</script>", "Unknown browser", False),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(said: str, name: str, phone: bool) -> None:
    assert devices.name(words.words("en"), said) == name
    assert devices.phone(said) is phone


def test_the_name_is_in_the_readers_language() -> None:
    assert devices.name(words.words("zh-Hans"), FIREFOX) == "Linux 上的 Firefox"
