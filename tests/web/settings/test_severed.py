"""Lost connections in the settings: whom, as files, and following again."""

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.relations import follows
from tests.relations.people import person
from tests.support.browser import Browser
from tests.support.people import person as member
from tests.web.reading import signed_in, soup
from tests.web.settings.test_lists import post

PATH = "/settings/severed"
FAR = "far.example"


async def lose(app: App, alice: User) -> list[int]:
    others = [await person(app, name, FAR) for name in ("friend", "fan")]
    for follower, target in ((alice.account_id, others[0]), (others[1], alice.account_id)):
        await follows.request(app, follower, target)
        await follows.accept(app, follower, target)
    await domains.block(app, FAR, Terms(), by=None)
    return others


async def test_whom_one_lost_is_listed_with_files_and_the_notification_leads_there(
    app: App, alice: User, browser: Browser
) -> None:
    assert "You lost none." in (await browser.get(PATH)).text
    await lose(app, alice)
    page = soup(await browser.get(PATH))
    text = " ".join(page.get_text(" ").split())
    assert f"The people who run this server blocked {FAR}." in text
    assert "1 account that you followed · 1 follower" in text
    (link,) = [one["href"] for one in page.select("section a.button")]
    assert str(link) in (await browser.get("/notifications")).text
    assert f"friend@{FAR}" in (await browser.get(str(link))).text
    assert f"fan@{FAR}" in (await browser.get(f"{link}?side=follower")).text
    file = await browser.get(f"{link}/following.csv")
    assert file.text.splitlines()[1] == f"friend@{FAR},true,false,"
    assert (await browser.get(f"{link}/follower.csv")).text.splitlines() == ["Account address", f"fan@{FAR}"]
    assert file.header("cache-control") == "private, no-store"
    assert (await browser.get(f"{link}/nonsense.csv")).status == 404
    assert (await browser.get("/severed_relationships")).location == PATH


async def test_following_again_is_offered_once_the_block_has_ended_and_is_a_request(
    app: App, alice: User, browser: Browser
) -> None:
    friend, _ = await lose(app, alice)
    (event,) = await app.db.rows("SELECT id FROM severances")
    where = f"{PATH}/{event['id']}"
    assert "Follow again whom I ticked" not in (await browser.get(where)).text
    block = await domains.find(app, FAR)
    assert block is not None
    await domains.unblock(app, block.id, by=None)
    assert "The block has ended: you can follow again." in (await browser.get(PATH)).text
    assert "Follow again whom I ticked" in (await browser.get(where)).text
    assert (await post(browser, where, [("do", "follow"), ("id", str(friend))])).status == 303
    rows = await app.db.rows("SELECT target_id, accepted FROM follows WHERE follower_id = ?", alice.account_id)
    assert [(row["target_id"], bool(row["accepted"])) for row in rows] == [(friend, False)]
    assert "followed again" in (await browser.get(where)).text
    assert (await post(browser, where, [("do", "all")])).location == "/settings/import"
    assert (await post(browser, where, [("do", "nonsense")])).status == 400


async def test_the_lists_are_nobody_elses_and_are_forgotten_if_their_owner_wants(
    app: App, alice: User, browser: Browser
) -> None:
    await lose(app, alice)
    (event,) = await app.db.rows("SELECT id FROM severances")
    where = f"{PATH}/{event['id']}"
    mallory = await signed_in(app, await member(app, "mallory"))
    for path in (where, f"{where}/following.csv"):
        assert (await mallory.get(path)).status == 404, path
    token = (await mallory.get("/settings/filters/new")).forms[0].hidden["form_token"]
    for do in ("follow", "all", "forget"):
        assert (await mallory.post(where, {"form_token": token, "do": do})).status == 404, do
    assert (await post(browser, where, [("do", "forget")])).location == PATH
    assert (await browser.get(where)).status == 404
    assert (await browser.get("/notifications")).text.count(FAR) == 0
