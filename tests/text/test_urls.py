"""Which URLs may become links."""

import pytest

from fedinote.text.urls import MAX_URL, host_of, safe_link, safe_url
from tests.text.xss_corpus import BAD_TARGETS


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.test", "https://a.test"),
        ("HTTPS://A.Test/Path", "https://a.test/Path"),
        ("  https://a.test/x\n", "https://a.test/x"),
        ("http://localhost:3000/@a", "http://localhost:3000/@a"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://a.test./", "https://a.test./"),
        ("https://xn--nxasmq6b.test/", "https://xn--nxasmq6b.test/"),
        ("https://münchen.test/ß", "https://münchen.test/ß"),
        ("https://中文。com/路", "https://中文.com/路"),
        ("https://ａ.test/", "https://a.test/"),
        ('https://a.test/"<x>`', "https://a.test/%22%3Cx%3E%60"),
        ("https://a.test/a b?c d", "https://a.test/a%20b?c%20d"),
        ("https://a.test?x#y", "https://a.test?x#y"),
        ("https://a_b.test/", "https://a_b.test/"),
    ],
)
def test_a_web_address_passes_in_normal_form(url: str, expected: str) -> None:
    assert safe_url(url) == expected
    assert safe_url(expected) == expected


@pytest.mark.parametrize(
    "url", [*BAD_TARGETS, "mailto:a@b.test", "https://a.test/\ud800", "https://a.test/" + "x" * MAX_URL]
)
def test_anything_else_is_refused(url: str) -> None:
    assert safe_url(url) is None


def test_a_host_that_normalises_into_another_is_refused() -> None:
    for sign in "\u2100\u2048\uff0f\uff20\uff1a\uff3c\u2024\u2025":
        url = f"https://bank.test{sign}evil.test/"
        assert safe_url(url) in (None, "https://bank.test.evil.test/")


def test_mail_is_a_link_but_not_a_web_address() -> None:
    assert safe_link("mailto:a@b.test?subject=x") == "mailto:a@b.test?subject=x"
    assert safe_url("mailto:a@b.test") is None
    assert safe_link("https://a.test/") == "https://a.test/"


def test_the_host_is_told_without_port() -> None:
    assert host_of("https://A.test:8443/x") == "a.test"
    assert host_of("https://a.test?x:1") == "a.test"
    assert host_of("http://[::1]/") == "[::1]"
    assert host_of("//a.test") is None
