"""Who has what translated unasked: modes, languages that are understood, exceptions."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.translation import preferences
from fedinote.translation.preferences import Mode, Preferences, Rule
from tests.support import accounts

REPLACE = Preferences(mode=Mode.REPLACE, target="en")
BUTTON = Preferences(target="en")


@pytest.mark.parametrize(
    ("own", "source", "way"),
    [
        (REPLACE, "zh-Hans", Mode.REPLACE),
        (REPLACE, "", Mode.REPLACE),
        (REPLACE, "mul", Mode.REPLACE),
        (REPLACE, "en", Mode.BUTTON),
        (REPLACE, "en-GB", Mode.BUTTON),
        (BUTTON, "zh-Hans", Mode.BUTTON),
        (Preferences(mode=Mode.APPEND, target="en", understood=("zh",)), "zh-Hant", Mode.BUTTON),
        (Preferences(mode=Mode.APPEND, target="en", understood=("zh-Hans",)), "zh-Hant", Mode.APPEND),
        (Preferences(mode=Mode.APPEND, target="zh-Hant"), "zh-Hans", Mode.APPEND),
        (Preferences(mode=Mode.APPEND, target="zh-Hans"), "yue", Mode.APPEND),
        (Preferences(mode=Mode.APPEND, target="pt-BR"), "pt", Mode.BUTTON),
        (Preferences(mode=Mode.REPLACE, target="en", languages={"fr": Rule.NEVER}), "fr-CA", Mode.BUTTON),
        (Preferences(target="en", languages={"zh": Rule.ALWAYS}), "zh-Hant", Mode.APPEND),
        (Preferences(target="en", languages={"zh": Rule.ALWAYS}), "fr", Mode.BUTTON),
        (Preferences(target="en", accounts={7: Rule.ALWAYS}), "fr", Mode.APPEND),
        (Preferences(target="en", accounts={7: Rule.ALWAYS}), "en", Mode.BUTTON),
        (Preferences(mode=Mode.REPLACE, target="en", accounts={7: Rule.NEVER}), "fr", Mode.BUTTON),
        (
            Preferences(mode=Mode.REPLACE, target="en", languages={"fr": Rule.NEVER}, accounts={7: Rule.ALWAYS}),
            "fr",
            Mode.REPLACE,
        ),
        (Preferences(mode=Mode.REPLACE, target="en", accounts={8: Rule.NEVER}), "fr", Mode.REPLACE),
    ],
)
def test_account_before_language_before_mode_and_what_is_understood_before_all(
    own: Preferences, source: str, way: Mode
) -> None:
    assert own.way(7, source) is way


@pytest.mark.parametrize(
    ("tag", "target"),
    [
        ("en-US", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("cmn-Hant", "zh-Hant"),
        ("zh-HK", "zh-HK"),
        ("zh-MO", "zh-Hant"),
        ("yue", "yue"),
        ("pt-br", "pt-BR"),
        ("pt", "pt"),
        ("sr-Latn-RS", "sr-Latn"),
        ("klingon!", None),
    ],
)
def test_readers_of_one_language_share_its_translations(tag: str, target: str | None) -> None:
    assert preferences.target_of(tag) == target


def test_only_who_has_something_translated_unasked_reads_automatically() -> None:
    assert not BUTTON.automatic
    assert not Preferences(target="en", languages={"zh": Rule.NEVER}, accounts={7: Rule.NEVER}).automatic
    assert REPLACE.automatic
    assert Preferences(target="en", languages={"zh": Rule.ALWAYS}).automatic
    assert Preferences(target="en", accounts={7: Rule.ALWAYS}).automatic


async def test_preferences_are_kept_and_readers_are_those_who_read_automatically(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    assert await preferences.readers(app) == {}
    wanted = Preferences(Mode.APPEND, "zh-Hans", ("ja", "ko"), {"fr": Rule.NEVER})
    await preferences.store(app, alice.id, wanted)
    await preferences.store(app, bob.id, BUTTON)
    await preferences.except_account(app, alice.id, bob.id, Rule.NEVER)
    expected = Preferences(Mode.APPEND, "zh-Hans", ("ja", "ko"), {"fr": Rule.NEVER}, {bob.id: Rule.NEVER})
    assert await preferences.readers(app) == {alice.id: expected}
    assert await preferences.reader(app, bob.id) is None
    await preferences.except_account(app, bob.id, alice.id, Rule.ALWAYS)
    assert (await preferences.readers(app))[bob.id].accounts == {alice.id: Rule.ALWAYS}
    await preferences.except_account(app, bob.id, alice.id, None)
    assert set(await preferences.readers(app)) == {alice.id}


async def test_readers_are_read_once_and_again_when_somebody_changed_something(app: App) -> None:
    alice = await accounts.local(app, "alice")
    await preferences.store(app, alice.id, REPLACE)
    await preferences.readers(app)
    before = app.db.statements
    for _ in range(3):
        await preferences.reader(app, alice.id)
    assert app.db.statements == before
    await preferences.store(app, alice.id, BUTTON)
    assert await preferences.reader(app, alice.id) is None


async def test_an_exception_needs_somebody_else_who_exists(app: App) -> None:
    alice = await accounts.local(app, "alice")
    with pytest.raises(NotFound):
        await preferences.except_account(app, alice.id, 12345, Rule.ALWAYS)
    with pytest.raises(Invalid):
        await preferences.except_account(app, alice.id, alice.id, Rule.ALWAYS)


async def test_languages_are_limited(app: App) -> None:
    alice = await accounts.local(app, "alice")
    many = tuple(f"a{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(51))
    with pytest.raises(Invalid, match="50"):
        await preferences.store(app, alice.id, Preferences(understood=many))


async def test_what_goes_with_an_account_goes(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    await preferences.store(app, alice.id, REPLACE)
    await preferences.except_account(app, alice.id, bob.id, Rule.NEVER)
    await app.db.execute("DELETE FROM accounts WHERE id = ?", bob.id)
    assert await app.db.rows("SELECT author_id FROM translation_exceptions") == []
    await app.db.execute("DELETE FROM accounts WHERE id = ?", alice.id)
    assert await app.db.rows("SELECT account_id FROM translation_preferences") == []
