"""Settings chosen while the server runs: the order of what wins, and that everything hears of it."""

import asyncio
from pathlib import Path

import pytest

from fedinote.bootstrap import running
from fedinote.infra import choices
from fedinote.infra import settings as sections
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.infra.settings import Settings, SettingsError, load
from fedinote.translation.routing import translates
from tests.conftest import make_settings

SECONDS = 30


async def chosen(app: App, **values: object) -> None:
    async with app.db.transaction():
        await choices.keep(app, {key.replace("__", "."): value for key, value in values.items()}, by=None)
    await choices.renew(app)


async def test_a_choice_holds_at_once_and_is_taken_back(app: App) -> None:
    assert choices.setting(app, "instance.title").source == "default"
    await chosen(app, instance__title="Tea House", posts__max_characters=700)
    assert (app.settings.instance.title, app.settings.posts.max_characters) == ("Tea House", 700)
    assert choices.setting(app, "instance.title").source == "chosen"
    await chosen(app, instance__title=None)
    assert (app.settings.instance.title, app.settings.posts.max_characters) == ("FediNote", 700)


async def test_file_and_environment_win_and_say_where_they_are(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "some.toml"
    path.write_text('[instance]\ntitle = "From the file"\n[posts]\nmax_characters = 100\n')
    given = load(
        path,
        {
            "FEDINOTE_SERVER_BASE_URL": settings.server.base_url,
            "FEDINOTE_SERVER_DATA_DIR": settings.server.data_dir,
            "FEDINOTE_DATABASE_URL": settings.database.url,
            "FEDINOTE_POSTS_MAX_CHARACTERS": "200",
        },
    )
    async with running(settings) as before:
        await chosen(before, instance__title="Chosen", posts__max_characters=300, instance__description="Tea")
    async with running(given) as app:
        found = {key: choices.setting(app, key) for key in choices.changeable()}
        assert found["instance.title"].value == "From the file"
        assert found["instance.title"].place == str(path)
        assert found["posts.max_characters"].value == 200
        assert found["posts.max_characters"].place == "FEDINOTE_POSTS_MAX_CHARACTERS"
        assert found["posts.max_characters"].locked
        assert app.settings.instance.description == "Tea"
        assert {one.key for one in choices.unused(app)} == {"instance.title", "posts.max_characters"}
        with pytest.raises(Invalid, match="is set in FEDINOTE_POSTS_MAX_CHARACTERS"):
            await chosen(app, posts__max_characters=400)


async def test_what_is_given_explicitly_is_locked_also_where_it_equals_the_default(settings: Settings) -> None:
    given = make_settings(
        Path(settings.server.data_dir).parent, settings.database.url, FEDINOTE_INSTANCE_TITLE="FediNote"
    )
    async with running(given) as app:
        assert choices.setting(app, "instance.title").locked


async def test_a_choice_is_there_after_a_new_start(settings: Settings) -> None:
    async with running(settings) as app:
        await chosen(app, registrations__mode="approval")
    async with running(settings) as app:
        assert app.settings.registrations.mode == "approval"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("registrations.mode", "maybe", "registrations.mode: 'maybe' is none of: open, approval, invitation, closed"),
        ("posts.max_characters", "many", "posts.max_characters: must be a whole number, not a text in quotes"),
        ("posts.max_characters", 0, "posts.max_characters: must be 1 or more"),
        ("posts.max_characters", 2**60, "posts.max_characters: must be 9007199254740991 or less"),
        (
            "translation.engine",
            "libretranslate",
            "translation.url: the engine libretranslate needs its http(s) address",
        ),
        ("instance.titel", "x", "There is no setting instance.titel"),
        ("instance.title", "x" * 60_000, "The value of instance.title is too long"),
    ],
)
async def test_a_wrong_value_is_refused_in_the_words_of_the_settings(
    app: App, key: str, value: object, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await chosen(app, **{key.replace(".", "__"): value})
    assert caught.value.message == said
    assert await app.db.rows("SELECT key FROM choices") == []


@pytest.mark.parametrize(
    "key",
    ["server.base_url", "server.bind", "database.url", "federation.allow_networks", "instance.texts_dir", "log.level"],
)
async def test_what_the_machine_decides_cannot_be_chosen(app: App, key: str) -> None:
    with pytest.raises(Invalid, match="cannot be changed while the server runs"):
        await chosen(app, **{key.replace(".", "__"): "x"})
    assert key not in choices.changeable()


async def test_several_values_are_chosen_together_or_not_at_all(app: App) -> None:
    await chosen(app, translation__engine="libretranslate", translation__url="http://127.0.0.1:5000")
    with pytest.raises(Invalid):
        await chosen(app, instance__title="New", translation__url="")
    assert app.settings.instance.title == "FediNote"
    assert app.settings.translation.url == "http://127.0.0.1:5000"


async def test_a_choice_that_no_longer_fits_does_not_keep_the_server_from_starting(settings: Settings) -> None:
    async with running(settings) as app:
        await chosen(app, instance__title="Tea House", posts__max_characters=700)
        await app.db.execute("UPDATE choices SET value = '\"many\"', version = version + 1 WHERE key LIKE 'posts.%'")
        await app.db.execute(
            "INSERT INTO choices (key, value, version, chosen_at) VALUES ('instance.of_yore', '1', 1, ?)", app.now()
        )
    async with running(settings) as app:
        assert app.settings.instance.title == "Tea House"
        assert app.settings.posts.max_characters == Settings().posts.max_characters
        assert {one.key for one in choices.unused(app)} == {"posts.max_characters", "instance.of_yore"}
        await chosen(app, posts__max_characters=800)  # the way out
        assert app.settings.posts.max_characters == 800


async def test_a_secret_is_never_shown(app: App) -> None:
    assert not choices.setting(app, "translation.api_key").present
    await chosen(app, translation__api_key="very secret")
    found = choices.setting(app, "translation.api_key")
    assert (found.present, found.value) == (True, None)
    assert app.settings.translation.api_key == "very secret"


async def test_every_secret_of_the_settings_is_known_as_one() -> None:
    telling = ("key", "secret", "password", "token")
    named = {key for key in choices.changeable() if any(word in key.partition(".")[2].split("_") for word in telling)}
    assert named == choices.SECRETS


async def test_the_translator_is_built_anew(app: App) -> None:
    before = app.translator
    assert not translates(app)
    await chosen(app, instance__title="Tea House")
    assert app.translator is before
    await chosen(app, translation__engine="phrasebook")
    assert translates(app)
    await chosen(app, translation__engine=None)
    assert not translates(app)


async def test_another_process_sees_it_when_it_looks_again(settings: Settings) -> None:
    async with running(settings) as one, running(settings) as two:
        await chosen(one, instance__title="Tea House")
        await choices.catch_up(two)
        assert two.settings.instance.title == "Tea House"
        await chosen(two, instance__title=None)
        await choices.catch_up(one)
        assert one.settings.instance.title == "FediNote"


async def test_another_process_hears_of_it_at_once(app: App, settings: Settings) -> None:
    if app.db.dialect != "postgresql":
        pytest.skip("only PostgreSQL has several processes")
    async with running(settings) as other:
        await chosen(app, instance__title="Tea House")
        async with asyncio.timeout(SECONDS):
            while other.settings.instance.title != "Tea House":  # noqa: ASYNC110  there is no event for it
                await asyncio.sleep(0.01)


async def test_a_renewal_that_fails_does_not_keep_others_from_theirs(app: App) -> None:
    seen: list[str] = []

    async def broken(_: App, __: Settings) -> None:
        raise RuntimeError("broken")

    async def whole(one: App, before: Settings) -> None:
        seen.append(f"{before.instance.title} → {one.settings.instance.title}")

    app.renewals = (broken, whole)
    await chosen(app, instance__title="Tea House")
    assert seen == ["FediNote → Tea House"]


def test_a_text_means_the_same_as_in_the_environment() -> None:
    assert sections.parse("instance.languages", "en, zh-Hans") == ["en", "zh-Hans"]
    assert sections.parse("posts.link_previews", "no") is False
    assert sections.parse("posts.max_characters", "12") == 12
    with pytest.raises(SettingsError, match=r"setting posts.max_characters: 'x' is no number"):
        sections.parse("posts.max_characters", "x")
    with pytest.raises(SettingsError, match=r"there is no setting posts.max_charakters. Did you mean"):
        sections.parse("posts.max_charakters", "1")
