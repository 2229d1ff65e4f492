"""Joining: by the mode of registrations, and by invitation links."""

import pytest
from bs4 import BeautifulSoup

from fedinote.accounts import profiles
from fedinote.auth import invites, users
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Wording
from tests.support.browser import Browser
from tests.support.people import PASSWORD, client, configure, person


@pytest.fixture
def browser(app: App) -> Browser:
    return client(app)


FIELDS = {"username": "dora", "email": "dora@mail.example", "password": PASSWORD, "agreed": "1"}


async def test_with_open_registrations_the_newcomer_is_signed_in(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="open")
    answer = await browser.submit(await browser.get("/auth/sign_up?next=/oauth/authorize?x=1"), FIELDS)
    assert (answer.status, answer.location) == (303, "/oauth/authorize?x=1")
    assert "@dora" in (await browser.get("/settings")).text


async def test_where_moderators_approve_the_newcomer_is_told_to_wait(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="approval")
    page = await browser.get("/auth/sign_up")
    assert 'name="reason"' in page.text
    answer = await browser.submit(page, FIELDS, reason="cats")
    assert answer.status == 200
    assert "approved" in answer.text
    assert "session" not in browser.cookies


async def test_whoever_joins_agrees_to_the_rules_which_are_in_their_language(app: App, browser: Browser) -> None:
    await house_rules.add(app, Wording("Be kind to newcomers"), by=None)
    number = (await house_rules.listing(app))[-1].number
    await house_rules.put_translation(app, number, "zh-Hans", Wording("善待新人"), by=None)
    configure(app, "registrations", mode="open")
    page = await browser.get("/auth/sign_up", accept_language="zh-CN")
    assert '<li lang="zh-Hans" dir="auto">善待新人</li>' in page.text
    assert 'name="agreed"' in page.text
    answer = await browser.submit(page, {name: value for name, value in FIELDS.items() if name != "agreed"})
    assert answer.status == 422
    assert await User.all().using_db(app.db.orm).count() == 0
    assert (await browser.submit(answer, FIELDS)).status == 303


@pytest.mark.parametrize("mode", ["closed", "invitation"])
async def test_without_an_invitation_there_is_no_form_and_a_form_made_by_hand_fails(
    app: App, browser: Browser, mode: str
) -> None:
    configure(app, "registrations", mode=mode)
    page = await browser.get("/auth/sign_up")
    assert page.status == 403
    assert page.forms == []
    token = (await browser.get("/auth/sign_in")).forms[0].hidden["form_token"]
    answer = await browser.post("/auth/sign_up", {**FIELDS, "form_token": token})
    assert answer.status == 403
    assert await User.all().using_db(app.db.orm).count() == 0


async def test_fields_that_the_form_does_not_have_change_nothing(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="open")
    more = {"role": "owner", "admin": "1", "state": "active", "id": "1", "approved": "true", "user[role]": "owner"}
    await browser.submit(await browser.get("/auth/sign_up"), {**FIELDS, **more})
    user = await users.by_login(app, "dora")
    assert user is not None
    assert user.role == "member"
    assert user.id != 1


async def test_an_invitation_link_opens_the_form_and_works_once(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="closed")
    path = (await invites.owner_link(app)).removeprefix(app.settings.base)
    page = await browser.get(path)
    assert "owner" in page.text
    assert (await browser.submit(page, FIELDS)).status == 303
    assert await users.has_owner(app)
    other = client(app)
    assert (await other.get(path)).status == 404
    token = (await other.get("/auth/sign_in")).forms[0].hidden["form_token"]
    code = path.rpartition("/")[2]
    fields = {"username": "eve", "email": "eve@mail.example", "password": PASSWORD, "invite": code, "form_token": token}
    assert (await other.post("/auth/sign_up", fields)).status == 422


async def test_a_mistake_shows_the_form_again_without_the_password(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="open")
    answer = await browser.submit(await browser.get("/auth/sign_up"), FIELDS, username="admin")
    assert answer.status == 422
    assert "kept for the server" in answer.text
    assert 'value="dora@mail.example"' in answer.text
    assert PASSWORD not in answer.text


async def test_sign_up_needs_our_own_form(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="open")
    page = await browser.get("/auth/sign_up")
    assert (await browser.submit(page, FIELDS, headers={"origin": "https://evil.example"})).status == 403
    assert (await browser.post("/auth/sign_up", FIELDS)).status == 403
    assert await profiles.find(app, "dora") is None


async def test_the_sixth_sign_up_from_an_address_is_refused(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="open")
    for number in range(6):
        newcomer = client(app)
        fields = {**FIELDS, "username": f"guest{number}", "email": f"g{number}@mail.example"}
        answer = await newcomer.submit(await newcomer.get("/auth/sign_up"), fields)
        assert answer.status == (303 if number < 5 else 429)
        assert bool(answer.header("retry-after")) is (number == 5)


async def test_whoever_is_signed_in_sees_no_form(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="open")
    await person(app)
    await browser.submit(await browser.get("/auth/sign_in"), login="alice", password=PASSWORD)
    assert (await browser.get("/auth/sign_up")).location == "/"


async def test_the_owners_form_stays_the_owners_and_tells_all_mistakes_at_once(app: App, browser: Browser) -> None:
    path = (await invites.owner_link(app)).removeprefix(app.settings.base)
    wrong = {"username": "a b", "email": "nowhere", "password": "short"}
    answer = await browser.submit(await browser.get(path), wrong)
    assert answer.status == 422
    assert "Make the owner&#39;s account" in answer.text or "Make the owner's account" in answer.text
    for mistake in ("A username has", "This is no e-mail address", "The password has fewer"):
        assert answer.text.count(mistake) == 1
    assert (await browser.submit(answer, FIELDS)).status == 303
    assert await users.has_owner(app)


@pytest.mark.parametrize(
    ("accepts", "chosen", "stored"),
    [
        ("zh-CN,en;q=0.5", None, "zh-Hans"),
        ("de-AT", None, "de"),
        ("", None, "en"),
        ("de", "fr", "fr"),
        ("de", "xx", "de"),
    ],
)
async def test_a_newcomer_says_which_language_it_is(
    app: App, browser: Browser, accepts: str, chosen: str | None, stored: str
) -> None:
    configure(app, "registrations", mode="open")
    page = await browser.get("/auth/sign_up", accept_language=accepts)
    options = BeautifulSoup(page.text, "html5lib").select("select option")
    preselected = [str(one["value"]) for one in options if one.has_attr("selected")]
    answer = await browser.submit(
        page, {**FIELDS, "language": chosen or preselected[0]}, headers={"accept-language": accepts}
    )
    assert answer.status == 303
    user = await users.by_login(app, "dora")
    assert user is not None
    assert (user.locale, user.default_language) == (stored, stored)


async def test_a_used_invitation_offers_to_sign_in(app: App, browser: Browser) -> None:
    path = (await invites.owner_link(app)).removeprefix(app.settings.base)
    await browser.submit(await browser.get(path), FIELDS)
    answer = await client(app).get(path)
    assert answer.status == 404
    assert 'href="/auth/sign_in"' in answer.text


async def test_with_https_an_app_is_told_the_host_alone(app: App, browser: Browser) -> None:
    configure(app, "server", base_url="https://home.example")
    await person(app, role="owner")
    assert "<code>home.example</code>" in (await browser.get("/")).text
