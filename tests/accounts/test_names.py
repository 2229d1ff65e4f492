import pytest

from fedinote.accounts import names
from fedinote.infra.errors import Invalid


@pytest.mark.parametrize("name", ["a", "Alice", "alice_99", "_", "x" * 30])
def test_letters_digits_and_underscores_make_a_name(name: str) -> None:
    if name == "_":
        with pytest.raises(Invalid):
            names.check(name)
    else:
        assert names.check(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "alice@home",
        "a.b",
        "a-b",
        "x" * 31,
        "al\u00efce",
        "\u0430lice",
        "alice\n",
        "../x",
        "a\u200bb",
        "\uff41",
    ],
)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        names.check(name)


@pytest.mark.parametrize(
    "name",
    [
        *("admin", "Admin", "ADMIN", "a_d_m_i_n", "_admin_", "root", "support", "moderator", "webmaster", "abuse"),
        *("security", "api", "oauth", "auth", "users", "inbox", "actor", "invite", "media", "tags", "well_known"),
    ],
)
def test_words_of_authority_and_of_our_paths_are_reserved_in_every_spelling(name: str) -> None:
    with pytest.raises(Invalid, match="reserved"):
        names.check(name)


def test_wide_letters_are_seen_through() -> None:
    assert names.is_reserved("\uff21dmin")
