"""/admin/translation: an engine is tried for real, and its key goes nowhere but where it was typed for."""

from typing import Any

import pytest

from fedinote.infra import choices
from fedinote.infra.app import App
from fedinote.translation import routing, trying
from fedinote.translation.trying import Trial
from tests.support import ports
from tests.web.admin.conftest import SignedIn, send

PATH = "/admin/translation"
PHRASEBOOK = {
    "translation.engine": "phrasebook",
    "translation.location": "local",
    "translation.timeout": "0",
    "translation.daily_characters": "0",
    "translation.daily_characters_per_person": "0",
    "translation.keep_days": "365",
    "translation.queries": "local",
    "sentence": "你好",
    "from": "zh-Hans",
    "to": "en",
}


async def test_trying_shows_what_the_engine_says_and_keeps_nothing(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    tried = await send(owner, await owner.get(PATH), PATH, {**PHRASEBOOK, "do": "try"})
    assert tried.status == 200
    assert '<p class="said" lang="en" dir="auto">Hello</p>' in tried.text
    assert (choices.kept(app), routing.translates(app)) == ({}, False)
    kept = await send(owner, tried, PATH, PHRASEBOOK)
    assert (kept.status, routing.translates(app)) == (303, True)


async def test_an_engine_that_does_not_answer_is_said_plainly(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    url = f"http://127.0.0.1:{ports.free()}"
    fields = {**PHRASEBOOK, "translation.engine": "libretranslate", "translation.url": url, "do": "try"}
    tried = await send(owner, await owner.get(PATH), PATH, fields)
    assert tried.status == 200
    assert "LibreTranslate did not translate." in tried.text
    assert f'value="{url}"' in tried.text


async def test_an_engine_without_what_it_needs_is_refused(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    for do in ("try", "save"):
        fields = {**PHRASEBOOK, "translation.engine": "libretranslate", "translation.url": "", "do": do}
        sent = await send(owner, await owner.get(PATH), PATH, fields)
        assert (sent.status, "needs its http(s) address" in sent.text) == (422, True)
    assert choices.kept(app) == {}


DEEPL = {**PHRASEBOOK, "translation.engine": "deepl", "translation.url": "", "translation.api_key": "very-secret"}


async def test_a_key_is_kept_when_the_field_is_blank_and_is_in_no_page(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    page = await owner.get(PATH)
    await send(owner, page, PATH, DEEPL)
    assert app.settings.translation.api_key == "very-secret"
    again = await owner.get(PATH)
    assert ("very-secret" in again.text, "Leave this blank to keep it." in again.text) == (False, True)
    await send(owner, again, PATH, {**DEEPL, "translation.api_key": "", "translation.keep_days": "7"})
    assert (app.settings.translation.api_key, app.settings.translation.keep_days) == ("very-secret", 7)


async def test_a_key_does_not_go_to_another_address_than_it_was_typed_for(
    app: App, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await signed_in("owner")
    page = await owner.get(PATH)
    await send(owner, page, PATH, DEEPL)
    asked: list[Any] = []

    async def run(_: App, settings: Any, *__: Any, **___: Any) -> Trial:
        asked.append((settings.url, settings.api_key))
        return Trial("x", 1, "x")

    monkeypatch.setattr(trying, "run", run)
    moved = {**DEEPL, "translation.api_key": "", "translation.engine": "libretranslate"}
    moved["translation.url"] = "http://thief.example"
    await send(owner, page, PATH, {**moved, "do": "try"})
    assert asked == [("http://thief.example", "")]
    await send(owner, page, PATH, moved)
    assert (app.settings.translation.url, app.settings.translation.api_key) == ("http://thief.example", "")


async def test_a_key_of_the_environment_stays_with_its_engine(app: App, signed_in: SignedIn) -> None:
    given = {name: getattr(app.given, name) for name in app.given.__struct_fields__}
    given["translation"] = type(given["translation"])(engine="deepl", api_key="of the environment")
    given["sources"] = {**given["sources"], "translation.api_key": "FEDINOTE_TRANSLATION_API_KEY"}
    app.given = app.settings = type(app.given)(**given)
    owner = await signed_in("owner")
    fields = {**PHRASEBOOK, "translation.engine": "libretranslate", "translation.url": "http://thief.example"}
    for do in ("try", "save"):
        sent = await send(owner, await owner.get(PATH), PATH, {**fields, "do": do})
        assert (sent.status, "The key is set in FEDINOTE_TRANSLATION_API_KEY" in sent.text) == (422, True)
    assert app.settings.translation.url == ""


async def test_who_has_not_proved_lately_to_be_the_owner_does_so_first(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    page = await owner.get(PATH)
    app.clock.shift(3600)
    for path in (PATH, "/admin/welcome/translation"):
        asked = await owner.get(path)
        assert (asked.status, asked.location.startswith("/auth/")) == (303, True)
        sent = await owner.post(path, {**page.forms[-1].hidden, **PHRASEBOOK})
        assert (sent.status, sent.location.startswith("/auth/")) == (303, True)
    assert app.settings.translation.engine == ""
