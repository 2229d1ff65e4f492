"""The page to which other servers send our people: follow, favourite, boost."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.relations import lookup
from tests.conftest import make_settings
from tests.support.browser import Browser
from tests.support.databases import Databases
from tests.support.instances import Instance, World, serving
from tests.support.people import client, person
from tests.web.reading import signed_in


@pytest.fixture
async def bob(app: App) -> User:
    return await person(app, "bob")


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)


def page(uri: str) -> str:
    return f"/authorize_interaction?uri={quote(uri, safe='')}"


async def test_strangers_are_sent_to_sign_in_and_come_back(app: App, bob: User) -> None:
    stranger = client(app)
    answer = await stranger.get(page("acct:bob@localhost:8000"))
    assert answer.status == 303
    form = (await stranger.get(answer.location)).forms[0]
    assert form.hidden["next"] == page("acct:bob@localhost:8000")


@pytest.mark.parametrize("uri", ["acct:bob@localhost:8000", "@bob@localhost:8000", "http://localhost:8000/@bob"])
async def test_an_account_can_be_followed_by_handle_and_address(
    app: App, alice: User, bob: User, browser: Browser, uri: str
) -> None:
    asked = await browser.get(page(uri))
    assert "@bob@localhost:8000" in asked.text
    answer = await browser.submit(asked)
    assert (answer.status, answer.location) == (303, page(uri))
    assert "You follow @bob@localhost:8000" in (await browser.get(answer.location)).text
    relation = await lookup.relationships(app, alice.account_id, [bob.account_id])
    assert relation[0].following


async def test_a_follow_can_be_taken_back(app: App, alice: User, bob: User, browser: Browser) -> None:
    await browser.submit(await browser.get(page("@bob@localhost:8000")))
    await browser.submit(await browser.get(page("@bob@localhost:8000")))
    relation = await lookup.relationships(app, alice.account_id, [bob.account_id])
    assert not relation[0].following


async def test_a_post_can_be_favourited_and_boosted(app: App, alice: User, bob: User, browser: Browser) -> None:
    post_id = await publishing.publish(app, bob.account_id, Draft(text="MARKER"))
    uri = app.url(f"/@bob/{post_id}")
    asked = await browser.get(page(uri))
    assert "MARKER" in asked.text
    (form,) = [one for one in asked.forms if one.action == f"/posts/{post_id}/favourite"]
    for action in ("favourite", "boost"):
        assert (await browser.post(f"/posts/{post_id}/{action}", form.hidden)).status == 303
    counts = await app.db.row("SELECT favourites_count, reblogs_count FROM posts WHERE id = ?", post_id)
    assert counts is not None
    assert (counts["favourites_count"], counts["reblogs_count"]) == (1, 1)
    after = await browser.get(page(uri))
    assert [form.hidden["action"] for form in after.forms if form.action == "/authorize_interaction"] == ["follow"]


async def test_a_private_post_and_an_unknown_one_are_the_same_nothing(app: App, bob: User, browser: Browser) -> None:
    hidden = await publishing.publish(app, bob.account_id, Draft(text="MARKER", visibility="private"))
    answers = [await browser.get(page(app.url(f"/@bob/{one}"))) for one in (hidden, 117661833037873707)]
    assert [answer.status for answer in answers] == [404, 404]
    # But for the token of its forms, which is another in each answer.
    assert len({re.sub(rb"[0-9a-f]{16}\.[0-9a-f]{64}", b"", answer.body) for answer in answers}) == 1


async def test_a_form_of_another_site_does_nothing(app: App, alice: User, bob: User, browser: Browser) -> None:
    fields = {"action": "follow", "id": str(bob.account_id), "uri": "@bob@localhost:8000"}
    assert (await browser.post("/authorize_interaction", fields)).status == 403
    real = (await browser.get(page("@bob@localhost:8000"))).forms[0].hidden
    assert (await browser.post("/authorize_interaction", real, sec_fetch_site="cross-site")).status == 403
    relation = await lookup.relationships(app, alice.account_id, [bob.account_id])
    assert not relation[0].following


@pytest.mark.parametrize("change", [{"action": "delete"}, {"id": "x"}, {"id": "1"}, {"id": "9" * 30}])
async def test_a_form_that_was_tampered_with_is_refused(browser: Browser, bob: User, change: dict[str, str]) -> None:
    real = (await browser.get(page("@bob@localhost:8000"))).forms[0].hidden
    assert (await browser.post("/authorize_interaction", {**real, **change})).status in (400, 403, 404)


@pytest.mark.parametrize("uri", ["", "x" * 3000])
async def test_a_missing_address_is_a_bad_request(browser: Browser, uri: str) -> None:
    assert (await browser.get(page(uri))).status == 400


async def test_one_cannot_follow_oneself(browser: Browser) -> None:
    asked = await browser.get(page("@alice@localhost:8000"))
    assert "This is you" in asked.text
    assert asked.forms == []


@pytest.fixture
async def far(tmp_path: Path, databases: Databases) -> AsyncIterator[Instance]:
    async with serving(make_settings, tmp_path / "far", await databases.new()) as found:
        yield found


@pytest.fixture
async def near(tmp_path: Path, databases: Databases) -> AsyncIterator[Instance]:
    async with serving(make_settings, tmp_path / "near", await databases.new()) as found:
        yield found


async def test_somebody_on_another_server_is_fetched_and_followed(near: Instance, far: Instance) -> None:
    carol = await far.person("carol")
    dave = await person(near.app, "dave")
    browser = await signed_in(near.app, dave)
    uri = f"http://{far.host}/@carol"

    await browser.submit(await browser.get(page(uri)))
    world = World()
    world.instances = [near, far]
    await world.settle()

    assert f"You follow @{carol.handle}" in (await browser.get(page(uri))).text
    followers = await far.app.db.value("SELECT followers_count AS value FROM accounts WHERE id = ?", carol.account_id)
    assert followers == 1
