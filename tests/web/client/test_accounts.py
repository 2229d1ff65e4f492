"""What one does about people in the browser."""

from typing import Any

import pytest

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.cases.models import Report
from fedinote.relations import blocks, follows, lookup
from fedinote.relations.lookup import Relationship
from tests.support.browser import Browser
from tests.support.people import configure
from tests.web.client.doing import press
from tests.web.reading import soup, write


async def relation(app: App, one: User, other: User) -> Relationship:
    return (await lookup.relationships(app, one.account_id, [other.account_id]))[0]


async def test_following_muting_and_blocking_by_forms(app: App, alice: User, bob: User, browser: Browser) -> None:
    at = f"/accounts/{bob.account_id}"
    await press(browser, f"{at}/follow")
    assert (await relation(app, alice, bob)).following
    await press(browser, f"{at}/notify")
    await press(browser, f"{at}/no-boosts")
    now = await relation(app, alice, bob)
    assert (now.notify, now.reblogs) == (True, False)
    await press(browser, f"{at}/unfollow")
    assert not (await relation(app, alice, bob)).following
    assert (await press(browser, f"{at}/notify")).status == 422
    await press(browser, f"{at}/mute", duration="3600", notifications="0")
    now = await relation(app, alice, bob)
    assert (now.muting, now.muting_notifications, now.muting_expires_at is not None) == (True, False, True)
    await press(browser, f"{at}/unmute")
    await press(browser, f"{at}/block")
    now = await relation(app, alice, bob)
    assert (now.muting, now.blocking) == (False, True)


async def test_a_script_gets_what_stands_between_two_people_now(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    done = await press(browser, f"/accounts/{bob.account_id}/follow", part=True)
    assert (done.status, f'id="relation-{bob.account_id}"' in done.text, "Unfollow" in done.text) == (200, True, True)


@pytest.mark.parametrize("action", ["follow", "block", "mute", "report", "note", "accept"])
async def test_a_form_from_elsewhere_does_nothing_to_people(
    app: App, alice: User, bob: User, browser: Browser, action: str
) -> None:
    answer = await browser.post(f"/accounts/{bob.account_id}/{action}", {"form_token": "0.0"})
    assert answer.status == 403
    assert await relation(app, alice, bob) == Relationship(bob.account_id)


@pytest.mark.parametrize(("answer", "accepted"), [("accept", True), ("reject", False)])
async def test_who_approves_followers_answers_them_on_their_page(
    app: App, alice: User, bob: User, browser: Browser, answer: str, accepted: bool
) -> None:
    await profiles.update(app, alice.account_id, Changes(locked=True))
    await follows.request(app, bob.account_id, alice.account_id)
    assert "@bob@" in (await browser.get("/follow_requests")).text
    await press(browser, f"/accounts/{bob.account_id}/{answer}", next="/follow_requests")
    assert (await relation(app, bob, alice)).following is accepted
    assert "@bob@" not in (await browser.get("/follow_requests")).text


async def test_a_report_names_posts_rules_and_words(app: App, alice: User, bob: User, browser: Browser) -> None:
    configure(app, "instance", rules=("Be kind", "No spam"))
    post = await write(app, bob, "buy my tea")
    page = await browser.get(f"/accounts/{bob.account_id}/report?post={post}&next=/public/local")
    assert [one.get_text(strip=True) for one in soup(page).select("label[for^=rule-]")] == ["Be kind", "No spam"]
    fields: dict[str, Any] = {
        "post": str(post),
        "category": "violation",
        "rule": "2",
        "comment": "again",
        "next": "/public/local",
    }
    done = await press(browser, f"/accounts/{bob.account_id}/report", **fields)
    assert (done.status, done.location) == (303, "/public/local")
    filed = await Report.all().using_db(app.db.orm)
    assert [(one.target_id, one.post_ids, one.rule_ids, one.comment, one.forwarded) for one in filed] == [
        (bob.account_id, [post], [2], "again", False)
    ]


async def test_a_report_that_cannot_be_filed_says_why_and_keeps_the_form(app: App, bob: User, browser: Browser) -> None:
    done = await press(browser, f"/accounts/{bob.account_id}/report", category="other", comment="x" * 1001)
    assert done.status == 422
    assert "too long" in done.text


async def test_nobody_reports_oneself(alice: User, browser: Browser) -> None:
    assert (await browser.get(f"/accounts/{alice.account_id}/report")).status == 404


async def test_a_note_about_somebody_is_kept(app: App, alice: User, bob: User, browser: Browser) -> None:
    await press(browser, f"/accounts/{bob.account_id}/note", note="from the choir")
    assert (await relation(app, alice, bob)).note == "from the choir"


async def test_who_is_blocked_is_told_why_there_is_nothing(app: App, alice: User, bob: User, browser: Browser) -> None:
    await write(app, bob, "a secret of mine")
    await blocks.block(app, bob.account_id, alice.account_id)
    page = soup(await browser.get("/@bob"))
    assert "a secret of mine" not in page.text
    assert "This account blocks you" in page.text
    assert not page.select(f'form[action="/accounts/{bob.account_id}/follow"] > button')
