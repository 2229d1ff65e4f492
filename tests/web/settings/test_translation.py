"""The page where people choose what is translated for them: a form like the others, without JavaScript."""

import re
from collections.abc import Mapping

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.translation import preferences
from fedinote.translation.engine import Location
from fedinote.translation.preferences import Mode, Preferences, Rule
from tests.support.browser import Answer, Browser
from tests.support.people import client, person
from tests.translation.recorders import engines
from tests.web.reading import signed_in

PATH = "/settings/translation"


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    engines(app, Location.LOCAL)
    return await signed_in(app, alice)


async def sent(browser: Browser, do: str, values: Mapping[str, str]) -> Answer:
    """Fill and send the last form of the page that does this."""
    shown = await browser.get(PATH)
    form = [one for one in shown.forms if one.hidden.get("do") == do][-1]
    assert form.action == PATH
    return await browser.post(form.action, {**form.hidden, **values})


async def own(app: App, alice: User) -> Preferences:
    return await preferences.of(app, alice.account_id)


async def test_strangers_are_sent_to_sign_in_and_come_back(app: App) -> None:
    answer = await client(app).get(PATH)
    assert (answer.status, answer.location) == (303, "/auth/sign_in?next=%2Fsettings%2Ftranslation")


async def test_the_mode_the_language_and_what_is_understood_are_chosen(app: App, alice: User, browser: Browser) -> None:
    answer = await sent(browser, "mode", {"mode": "append", "target": "zh-Hans", "more": "ja"})
    assert (answer.status, answer.location) == (303, PATH)
    assert await own(app, alice) == Preferences(Mode.APPEND, "zh-Hans", ("ja",))
    shown = (await browser.get(answer.location)).text
    assert "Saved." in shown
    assert re.search(r'value="append" checked', shown)
    assert '<option value="zh-Hans" lang="zh-Hans" selected>简体中文</option>' in shown
    assert '<label for="read-ja" lang="ja">日本語</label>' in shown
    await sent(browser, "mode", {"mode": "replace", "target": "en", "more": "ko", "read-ja": "1"})
    assert await own(app, alice) == Preferences(Mode.REPLACE, "en", ("ja", "ko"))
    await sent(browser, "mode", {"mode": "button", "target": "en", "more": ""})
    assert await own(app, alice) == Preferences()


async def test_exceptions_are_added_and_removed(app: App, alice: User, browser: Browser) -> None:
    bob = await person(app, "bob")
    await sent(browser, "language", {"tag": "fr", "rule": "never"})
    await sent(browser, "account", {"account": "@bob", "rule": "always"})
    assert (await own(app, alice)).languages == {"fr": Rule.NEVER}
    assert (await own(app, alice)).accounts == {bob.account_id: Rule.ALWAYS}
    shown = await browser.get(PATH)
    assert "@bob</span>: always" in shown.text
    assert '<span lang="fr">Français</span>: never' in shown.text
    for form in shown.forms:
        if form.hidden.get("tag") == "fr" or form.hidden.get("id"):
            assert (await browser.post(PATH, form.hidden)).status == 303
    assert await own(app, alice) == Preferences()


@pytest.mark.parametrize(
    ("do", "values", "status"),
    [
        ("mode", {"mode": "nonsense", "target": "en"}, 422),
        ("mode", {"mode": "append", "target": "!"}, 422),
        ("account", {"account": "nobody", "rule": "never"}, 404),
        ("account", {"account": "alice", "rule": "never"}, 422),
        ("language", {"tag": "fr", "rule": "sometimes"}, 422),
    ],
)
async def test_what_cannot_be_is_said_on_the_page(
    app: App, alice: User, browser: Browser, do: str, values: Mapping[str, str], status: int
) -> None:
    answer = await sent(browser, do, values)
    assert answer.status == status
    assert 'role="alert"' in answer.text
    assert await own(app, alice) == Preferences()


async def test_a_form_from_elsewhere_changes_nothing(app: App, alice: User, browser: Browser) -> None:
    answer = await browser.post(PATH, {"do": "mode", "mode": "replace", "target": "en"})
    assert answer.status == 403
    assert await own(app, alice) == Preferences()


async def test_nothing_on_the_page_runs_or_needs_a_script(browser: Browser) -> None:
    shown = (await browser.get(PATH)).text
    assert re.search(r"<script\b(?![^>]*\bsrc=)", shown) is None  # the modules of the frame, without which it works
    assert "onclick" not in shown
    labelled = set(re.findall(r'<label for="([^"]+)"', shown))
    fields = set(re.findall(r'<(?:select|input type="(?:text|radio|checkbox)") id="([^"]+)"', shown))
    assert fields <= labelled
