import pytest

from fedinote.auth import scopes
from fedinote.auth.viewer import AppToken, Viewer, covers, rank


@pytest.mark.parametrize(
    ("granted", "wanted", "included"),
    [
        ("read", "read", True),
        ("read", "read:accounts", True),
        ("read:accounts", "read", False),
        ("read:accounts", "read:statuses", False),
        ("read", "write:statuses", False),
        ("follow", "read:follows", True),
        ("follow", "write:blocks", True),
        ("follow", "write:mutes", True),
        ("follow", "write:statuses", False),
        ("write:follows", "follow", False),
        ("profile", "read:accounts", False),
        ("profile", "profile", True),
        ("admin:read", "admin:read:reports", True),
        ("admin:read:reports", "admin:read", False),
        ("admin:read", "read", False),
        ("admin:read", "admin:write", False),
        ("admin", "admin:read", False),
        ("read write follow push", "admin:read", False),
        ("read", "ready", False),
        ("", "read", False),
    ],
)
def test_a_scope_includes_its_parts_and_nothing_else(granted: str, wanted: str, included: bool) -> None:
    assert covers(granted.split(), wanted) is included
    viewer = Viewer(1, 2, "member", frozenset(granted.split()), 3, 4)
    assert viewer.has(wanted) is included
    assert AppToken(1, frozenset(granted.split()), 2).has(wanted) is included


def test_ranks_rise_from_member_to_owner_and_an_unknown_role_is_the_lowest() -> None:
    assert rank("member") < rank("moderator") < rank("admin") < rank("owner")
    assert rank("superuser") == rank("member")


def test_no_scope_means_read_and_separators_of_all_clients_are_understood() -> None:
    assert scopes.parse("") == ("read",)
    assert scopes.parse("read+write  push read") == ("read", "write", "push")
    assert scopes.parse("read,write") == ("read", "write")


def test_unknown_scopes_are_known_as_such() -> None:
    assert scopes.known(scopes.ALL)
    assert not scopes.known(["read", "root"])


def test_a_list_lies_within_another_only_as_a_whole() -> None:
    assert scopes.within(["read:accounts", "push"], ["read", "push"])
    assert not scopes.within(["read", "write"], ["read"])
