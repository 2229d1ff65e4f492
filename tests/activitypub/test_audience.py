import pytest

from fedinote.activitypub.audience import PUBLIC, Visibility, addressing, narrower, visibility

FOLLOWERS = "https://a.example/users/ann/followers"
BEN = "https://b.example/users/ben"


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        ([PUBLIC], [FOLLOWERS], "public"),
        (["as:Public"], [], "public"),
        (["Public"], [], "public"),
        (["http://www.w3.org/ns/activitystreams#Public"], [], "public"),
        ([FOLLOWERS], [PUBLIC], "unlisted"),
        ([], ["as:Public"], "unlisted"),
        ([FOLLOWERS], [], "private"),
        ([BEN], [FOLLOWERS], "private"),
        ([BEN], [], "direct"),
        ([], [], "direct"),
        (["https://b.example/users/ben/followers"], [], "direct"),
        ([FOLLOWERS + "/"], [], "direct"),
        (["public"], [], "direct"),
    ],
)
def test_the_recipients_decide_the_visibility(to: list[str], cc: list[str], expected: Visibility) -> None:
    assert visibility(to, cc, FOLLOWERS) == expected


def test_without_a_followers_collection_nothing_is_private() -> None:
    assert visibility([FOLLOWERS], [], None) == "direct"
    assert visibility([""], [], "") == "direct"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("public", "private", "private"),
        ("direct", "unlisted", "direct"),
        ("public", "unlisted", "unlisted"),
        ("public", "public", "public"),
    ],
)
def test_the_narrower_of_two_is_seen_by_fewer(a: Visibility, b: Visibility, expected: Visibility) -> None:
    assert narrower(a, b) == narrower(b, a) == expected


@pytest.mark.parametrize("level", ["public", "unlisted", "private", "direct"])
def test_what_we_address_reads_back_the_same(level: Visibility) -> None:
    to, cc = addressing(level, FOLLOWERS, [BEN, BEN])
    assert visibility(to, cc, FOLLOWERS) == level
    assert [*to, *cc].count(BEN) == 1
