import pytest

from fedinote.activitypub import quirks


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("https://a.example/1", "https://a.example/2", True),
        ("https://a.example/1", "https://A.EXAMPLE:443/2", True),
        ("https://a.example/1", "http://a.example/1", False),
        ("https://a.example/1", "https://a.example:8443/1", False),
        ("https://a.example/1", "https://sub.a.example/1", False),
        ("https://a.example/1", "https://a.example.evil.example/1", False),
        ("https://a.example@evil.example/1", "https://a.example/1", False),
        ("urn:a", "urn:a", False),
        ("", "", False),
        ("https://[::1", "https://[::1", False),
        ("https://a.example:99999/", "https://a.example:99999/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(a: str, b: str, expected: bool) -> None:
    assert quirks.same_origin(a, b) is expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("https://a.example", "https://a.example/", True),
        ("https://A.example/U", "https://a.example/U", True),
        ("https://a.example/U", "https://a.example/u", False),
        ("https://a.example/u/", "https://a.example/u", False),
        ("https://a.example/u#key", "https://a.example/u", False),
        ("https://a.example/u?p=1", "https://a.example/u", False),
        ("did:key:1", "did:key:1", True),
    ],
)
def test_two_ids_are_one_only_where_nothing_can_differ(a: str, b: str, expected: bool) -> None:
    assert quirks.same_id(a, b) is expected


def test_the_host_of_an_id_keeps_an_unusual_port() -> None:
    assert quirks.host_of("https://A.example:443/x") == "a.example"
    assert quirks.host_of("http://a.example:3000/x") == "a.example:3000"
    assert quirks.host_of("mailto:x@a.example") == ""


def test_only_what_nobody_refers_to_may_lack_an_id() -> None:
    assert quirks.may_lack_id("Follow")
    assert not quirks.may_lack_id("Create")
    assert not quirks.may_lack_id("Announce")
