"""Posts in the languages of whoever looks: what comes first, what can be turned to, and what nobody is shown."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from fedinote import worker
from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import attached
from fedinote.posts.languages import VersionDraft
from fedinote.translation import preferences, translations
from fedinote.translation.engine import Location
from fedinote.translation.preferences import Mode, Preferences
from tests.support.browser import Browser
from tests.support.people import person
from tests.timelines.world import World
from tests.translation.recorders import engines
from tests.web.reading import signed_in, soup, write


@pytest.fixture
async def bob(app: App) -> User:
    user = await person(app, "bob")
    await users.set_defaults(app, user.id, locale="es")
    return user


@pytest.fixture
async def post_id(app: App, alice: User) -> int:
    return await write(app, alice, "Tea at five", language="en")


async def reads(app: App, user: User, mode: Mode) -> None:
    await preferences.store(app, user.account_id, Preferences(mode=mode, target="es"))


def texts(page: BeautifulSoup, post_id: int) -> list[tuple[str, str]]:
    found = page.select(f"#text-{post_id} .text")
    return [(one.select(".words")[0]["lang"], one.select(".words")[0].get_text().strip()) for one in found]  # type: ignore[misc]


def checked(page: BeautifulSoup, post_id: int) -> list[Any]:
    return [one["value"] for one in page.select(f'input[name="words-{post_id}"][checked]')]


async def kept(app: App, reader: User, post_id: int) -> None:
    """Have an engine make a translation into Spanish that is kept for everybody."""
    browser = await signed_in(app, reader)
    assert (await browser.get(f"/posts/{post_id}/translation?to=es")).status == 200


@pytest.mark.parametrize(
    ("mode", "first", "beside"), [(Mode.BUTTON, "0", False), (Mode.REPLACE, "1", False), (Mode.APPEND, "0", True)]
)
async def test_a_members_preferences_say_what_is_seen_first(
    app: App, bob: User, post_id: int, mode: Mode, first: str, beside: bool
) -> None:
    engines(app, Location.LOCAL)
    await kept(app, await person(app, "carol"), post_id)
    await reads(app, bob, mode)
    page = soup(await (await signed_in(app, bob)).get(f"/@alice/{post_id}"))
    assert texts(page, post_id) == [("en", "Tea at five"), ("es", "es Tea at five")]
    assert checked(page, post_id) == [first]
    assert bool(page.select(f"#text-{post_id}.beside")) is beside
    assert "Recorder, local" in page.select_one(f"#text-{post_id} .made").get_text()  # type: ignore[union-attr]


async def test_ones_own_posts_are_never_turned_round(app: App, alice: User, post_id: int) -> None:
    engines(app, Location.LOCAL)
    await kept(app, await person(app, "carol"), post_id)
    await reads(app, alice, Mode.REPLACE)
    page = soup(await (await signed_in(app, alice)).get(f"/@alice/{post_id}"))
    assert checked(page, post_id) == ["0"]
    assert page.select(".ask") == []


async def test_what_is_wanted_unasked_is_there_at_the_next_look(app: App, bob: User, post_id: int) -> None:
    engines(app, Location.LOCAL)
    await reads(app, bob, Mode.REPLACE)
    browser = await signed_in(app, bob)
    assert texts(soup(await browser.get(f"/@alice/{post_id}")), post_id) == [("en", "Tea at five")]
    await worker.settle(app)
    assert texts(soup(await browser.get(f"/@alice/{post_id}")), post_id)[1] == ("es", "es Tea at five")


async def test_visitors_see_what_the_author_wrote_in_their_language_first(
    app: App, alice: User, post_id: int, stranger: Browser
) -> None:
    await attached.attach(app, post_id, "es", VersionDraft(text="Té a las cinco"), author_id=alice.account_id)
    spanish = soup(await stranger.get(f"/@alice/{post_id}", accept_language="es"))
    assert texts(spanish, post_id) == [("en", "Tea at five"), ("es", "Té a las cinco")]
    assert checked(spanish, post_id) == ["1"]
    both = soup(await stranger.get(f"/@alice/{post_id}", accept_language="es, en;q=0.5"))
    assert checked(both, post_id) == ["0"], "who reads the author's language gets the author's words"


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
async def test_visitors_turn_to_what_is_kept_of_public_posts_alone(
    app: App, alice: User, stranger: Browser, visibility: str
) -> None:
    engines(app, Location.LOCAL)
    post_id = await write(app, alice, "Tea at five", language="en", visibility=visibility)
    await kept(app, await person(app, "carol"), post_id)
    page = soup(await stranger.get(f"/@alice/{post_id}", accept_language="es"))
    assert [tag for tag, _ in texts(page, post_id)] == (["en", "es"] if visibility == "public" else ["en"])
    assert checked(page, post_id) in (["0"], [])


async def test_nothing_is_asked_of_an_engine_by_looking(app: App, alice: User, post_id: int, stranger: Browser) -> None:
    recorder = engines(app, Location.LOCAL)[Location.LOCAL]
    await stranger.get(f"/@alice/{post_id}", accept_language="es")
    await (await signed_in(app, await person(app, "dora"))).get(f"/@alice/{post_id}", accept_language="es")
    await worker.settle(app)
    assert recorder.sent == []


async def test_a_translation_of_an_older_version_is_not_shown(app: App, alice: User, bob: User, post_id: int) -> None:
    engines(app, Location.LOCAL)
    await kept(app, await person(app, "carol"), post_id)
    await app.db.execute("UPDATE post_translations SET version = version - 1")
    page = soup(await (await signed_in(app, bob)).get(f"/@alice/{post_id}"))
    assert texts(page, post_id) == [("en", "Tea at five")]
    assert page.select(".ask")


async def test_nobody_is_offered_what_the_author_does_not_allow(app: App, alice: User, bob: User) -> None:
    engines(app, Location.THIRD_PARTY)
    await profiles.update(app, alice.account_id, Changes(machine_translation="none"))
    post_id = await write(app, alice, "Tea at five", language="en")
    browser = await signed_in(app, bob)
    page = await browser.get(f"/@alice/{post_id}")
    assert soup(page).select(".ask") == []
    token = (await browser.get(f"/posts/{post_id}/menu")).forms[0].hidden["form_token"]
    answer = await browser.post(f"/posts/{post_id}/translation", {"to": "es", "form_token": token}, x_part="1")
    assert answer.status == 403


async def test_the_button_brings_the_words_in_both_languages(app: App, bob: User, post_id: int) -> None:
    engines(app, Location.LOCAL)
    browser = await signed_in(app, bob)
    shown = await browser.get(f"/@alice/{post_id}")
    (form,) = [one for one in shown.forms if one.action == f"/posts/{post_id}/translation"]
    assert form.hidden["to"] == "es"
    part = soup(await browser.post(form.action, form.hidden, x_part="1"))
    assert texts(part, post_id) == [("en", "Tea at five"), ("es", "es Tea at five")]
    assert checked(part, post_id) == ["1"]
    whole = await browser.post(form.action, form.hidden)
    assert (whole.status, whole.location) == (303, f"/posts/{post_id}/translation?to=es")
    page = soup(await browser.get(whole.location))
    assert [one.get_text().strip() for one in page.select(".words")] == ["Tea at five", "es Tea at five"]


async def test_the_button_does_nothing_without_the_form_nor_for_visitors(
    app: App, bob: User, post_id: int, stranger: Browser
) -> None:
    recorder = engines(app, Location.LOCAL)[Location.LOCAL]
    browser = await signed_in(app, bob)
    assert (await browser.post(f"/posts/{post_id}/translation", {"to": "es"})).status == 403
    assert (await stranger.post(f"/posts/{post_id}/translation", {"to": "es"})).status == 303
    assert recorder.sent == []


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_the_button_does_nothing_for_those_who_may_not_see_the_post(
    app: App, alice: User, bob: User, post_id: int, visibility: str
) -> None:
    recorder = engines(app, Location.LOCAL)[Location.LOCAL]
    hidden = await write(app, alice, "MARKER", language="en", visibility=visibility)
    browser = await signed_in(app, bob)
    shown = await browser.get(f"/@alice/{post_id}")
    (form,) = [one for one in shown.forms if one.action == f"/posts/{post_id}/translation"]
    for answer in (
        await browser.post(f"/posts/{hidden}/translation", form.hidden, x_part="1"),
        await browser.get(f"/posts/{hidden}/translation?to=es"),
    ):
        assert answer.status == 404
        assert "MARKER" not in answer.text
    assert recorder.sent == []


async def test_posts_of_other_servers_are_read_beside_their_translation(app: App, bob: User) -> None:
    engines(app, Location.LOCAL)
    world = World(app)
    eve = await world.person("eve@far.example")
    post_id = await world.arrives(eve, content="<p>Tea at five</p>", language="en")
    page = soup(await (await signed_in(app, bob)).get(f"/posts/{post_id}/translation?to=es"))
    assert [one["lang"] for one in page.select(".words")] == ["en", "es"]
    assert page.find("a", href=f"/@eve@far.example/{post_id}") is not None


async def test_side_by_side_is_remembered_by_the_browser(
    app: App, alice: User, post_id: int, stranger: Browser
) -> None:
    await attached.attach(app, post_id, "es", VersionDraft(text="Té a las cinco"), author_id=alice.account_id)
    path = f"/@alice/{post_id}"
    shown = await stranger.get(path, accept_language="es")
    (form,) = [one for one in shown.forms if one.action == "/reading"]
    answer = await stranger.post("/reading", {**form.hidden, "way": "beside"})
    assert (answer.status, answer.location) == (303, path)
    assert soup(await stranger.get(path, accept_language="es")).select(f"#text-{post_id}.beside")
    part = await stranger.post("/reading", {**form.hidden, "way": "switch"}, x_part="1")
    assert part.status == 204
    assert not soup(await stranger.get(path, accept_language="es")).select(".beside")


@pytest.mark.parametrize("change", [{"form_token": "x"}, {"way": "sideways"}, {"next": "https://evil.example/"}])
async def test_the_choice_of_a_way_leads_nowhere_else(
    app: App, alice: User, post_id: int, stranger: Browser, change: dict[str, str]
) -> None:
    await attached.attach(app, post_id, "es", VersionDraft(text="Té"), author_id=alice.account_id)
    shown = await stranger.get(f"/@alice/{post_id}", accept_language="es")
    (form,) = [one for one in shown.forms if one.action == "/reading"]
    answer = await stranger.post("/reading", {**form.hidden, "way": "beside", **change})
    assert (answer.status, answer.location) in [(403, ""), (400, ""), (303, "/")]


async def test_hostile_words_of_a_translation_stay_words(
    app: App, alice: User, post_id: int, stranger: Browser
) -> None:
    draft = VersionDraft(text="<script>alert(1)</script>", spoiler_text='"><img src=x onerror=alert(2)>')
    await attached.attach(app, post_id, "es", draft, author_id=alice.account_id)
    page = soup(await stranger.get(f"/@alice/{post_id}", accept_language="es"))
    assert "alert(1)" in page.select(".text")[1].get_text()
    assert not page.select(".text script, .text [onerror], .text img")


async def test_a_page_of_many_posts_costs_as_many_queries_as_one_of_few(
    app: App, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines(app, Location.LOCAL)
    asked = 0
    finished = translations.finished

    async def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return await finished(*given)

    monkeypatch.setattr(translations, "finished", counted)
    for count in range(6):
        await write(app, alice, f"Tea {count}", language="en")
    assert (await (await signed_in(app, bob)).get("/@alice")).status == 200
    assert asked == 1
