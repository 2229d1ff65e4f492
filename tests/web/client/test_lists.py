"""Lists of people in the browser."""

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.relations import follows
from fedinote.timelines import lists
from tests.support.browser import Browser
from tests.web.client.doing import press
from tests.web.reading import signed_in, soup


async def test_a_list_is_made_changed_filled_and_deleted(app: App, alice: User, bob: User, browser: Browser) -> None:
    await follows.request(app, alice.account_id, bob.account_id)
    made = await press(browser, "/lists", title="Friends", replies_policy="none", exclusive="1")
    own = (await lists.of(app, alice.account_id))[0]
    assert made.location == f"/lists/{own.id}/edit"
    assert (own.title, own.replies_policy, own.exclusive) == ("Friends", "none", True)
    page = soup(await browser.get(f"/lists/{own.id}/edit"))
    assert [one["value"] for one in page.select('input[name="add"]')] == [str(bob.account_id)]
    await press(browser, f"/lists/{own.id}/members", add=str(bob.account_id))
    page = soup(await browser.get(f"/lists/{own.id}/edit"))
    assert [one["value"] for one in page.select('input[name="remove"]')] == [str(bob.account_id)]
    await press(browser, f"/lists/{own.id}/edit", title="Old friends", replies_policy="list")
    own = (await lists.of(app, alice.account_id))[0]
    assert (own.title, own.exclusive) == ("Old friends", False)
    await press(browser, f"/lists/{own.id}/members", remove=str(bob.account_id))
    assert await lists.members_page(app, alice.account_id, own.id, None) == []
    await press(browser, f"/lists/{own.id}/delete")
    assert await lists.of(app, alice.account_id) == []


async def test_a_list_without_a_name_is_not_made_and_the_page_says_why(browser: Browser) -> None:
    answer = await press(browser, "/lists", title=" ")
    assert answer.status == 422
    assert soup_alert(answer.text)


def soup_alert(text: str) -> bool:
    return 'role="alert"' in text


async def test_somebody_elses_list_is_not_found(app: App, alice: User, bob: User, browser: Browser) -> None:
    own = await lists.create(app, alice.account_id, "Mine")
    other = await signed_in(app, bob)
    assert (await other.get(f"/lists/{own.id}/edit")).status == 404
    for action in ("edit", "members", "delete"):
        done = await press(other, f"/lists/{own.id}/{action}", title="Taken", add=str(bob.account_id))
        assert done.status == 404
    assert [one.title for one in await lists.of(app, alice.account_id)] == ["Mine"]
