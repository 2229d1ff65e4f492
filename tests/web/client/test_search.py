"""Searching in the browser, and people and posts of other servers."""

from typing import Any

import pytest

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import publishing
from fedinote.posts.drafts import NewPost
from fedinote.relations import blocks
from fedinote.worker import settle
from tests.support import accounts
from tests.support.browser import Browser
from tests.web.client.doing import press, texts
from tests.web.reading import soup, write


async def from_elsewhere(app: App, author: Any, text: str, **fields: Any) -> int:
    values = {"visibility": "public", "uri": f"https://remote.example/{app.ids.next()}", **fields}
    found = await publishing.store(app, NewPost(author_id=author.id, content=text, created_at=app.now(), **values))
    assert found is not None
    return found


@pytest.fixture
async def mira(app: App) -> Any:
    return await accounts.remote(app, "mira")


async def test_people_tags_and_posts_are_found(app: App, bob: User, browser: Browser) -> None:
    await profiles.update(app, bob.account_id, Changes(indexable=True))
    await write(app, bob, "gingerbread in the oven #gingerbread")
    await settle(app)
    page = soup(await browser.get("/search?q=gingerbread"))
    assert [one.get_text(strip=True) for one in page.select(".chip")] == ["#gingerbread"]
    assert len(page.select("article.post")) == 1
    page = soup(await browser.get("/search?q=bob"))
    assert [one.get_text() for one in page.select(".rows .handle")] == ["@bob@localhost:8000"]
    page = soup(await browser.get("/search?q=gingerbread&type=tags"))
    assert page.select("article.post") == []


async def test_a_pasted_address_opens_what_it_leads_to(app: App, bob: User, browser: Browser, mira: Any) -> None:
    mine, theirs = await write(app, bob, "hello"), await from_elsewhere(app, mira, "<p>hi</p>")
    uris = {row["id"]: row["uri"] for row in await app.db.rows("SELECT id, uri FROM posts")}
    assert (await browser.get(f"/search?q={uris[mine]}")).location == f"/@bob/{mine}"
    assert (await browser.get(f"/search?q={uris[theirs]}")).location == f"/@mira@remote.example/{theirs}"
    assert (await browser.get(f"/search?q={mira.uri}")).location == "/@mira@remote.example"


async def test_what_one_may_not_see_is_not_found_by_its_address_either(app: App, bob: User, browser: Browser) -> None:
    hidden = await write(app, bob, "secret gingerbread", visibility="private")
    uri = await app.db.value("SELECT uri AS value FROM posts WHERE id = ?", hidden)
    answer = await browser.get(f"/search?q={uri}")
    assert (answer.status, "secret" in answer.text.replace(str(uri), "")) == (200, False)
    await settle(app)
    assert "secret gingerbread" not in (await browser.get("/search?q=gingerbread")).text


async def test_what_is_searched_for_is_text_and_never_markup(browser: Browser) -> None:
    answer = await browser.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.status == 200
    assert "<script>alert" not in answer.text


async def test_somebody_elsewhere_has_a_profile_here_for_members(
    app: App, browser: Browser, stranger: Browser, mira: Any
) -> None:
    await from_elsewhere(app, mira, "<p>first</p>")
    await from_elsewhere(app, mira, "<p>for friends</p>", visibility="private")
    assert await texts(browser, "/@mira@remote.example") == ["first"]
    assert (await stranger.get("/@mira@remote.example")).status == 303


async def test_a_suspended_account_elsewhere_has_no_profile(app: App, browser: Browser, mira: Any) -> None:
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), mira.id)
    assert (await browser.get("/@mira@remote.example")).status == 404


async def test_a_post_from_elsewhere_is_shown_with_its_thread(
    app: App, alice: User, browser: Browser, stranger: Browser, mira: Any
) -> None:
    post = await from_elsewhere(app, mira, "<p>first</p>")
    await write(app, alice, "an answer", in_reply_to_id=post)
    assert await texts(browser, f"/@mira@remote.example/{post}") == ["first", "an answer"]
    assert (await browser.get(f"/@else@remote.example/{post}")).location == f"/@mira@remote.example/{post}"
    assert (await stranger.get(f"/@mira@remote.example/{post}")).status == 303
    await blocks.block(app, alice.account_id, mira.id)
    hidden = await from_elsewhere(app, mira, "<p>x</p>", visibility="direct")
    assert (await browser.get(f"/@mira@remote.example/{hidden}")).status == 404


async def test_emoji_of_posts_and_names_are_pictures_through_this_server(app: App, browser: Browser, mira: Any) -> None:
    tea = {"shortcode": "tea", "url": "https://remote.example/tea.png", "static_url": "https://remote.example/tea.png"}
    await app.db.execute(
        "UPDATE accounts SET display_name = 'Mira :tea: <b>', emojis = ? WHERE id = ?",
        '[{"shortcode":"tea","url":"https://remote.example/tea.png"}]',
        mira.id,
    )
    await from_elsewhere(app, mira, '<p>:tea: <a href="https://remote.example/:tea:">:none:</a></p>', emojis=(tea,))
    page = soup(await browser.get("/public"))
    pictures = page.select("article img.emoji")
    assert [one["alt"] for one in pictures] == [":tea:", ":tea:"]
    assert all(str(one["src"]).startswith("/media/remote/emoji/") for one in pictures)
    assert page.select_one('article a[href="https://remote.example/:tea:"]') is not None
    assert "Mira" in page.get_text()
    assert "&lt;b&gt;" in (await browser.get("/public")).text


async def test_a_tag_is_followed_and_unfollowed_on_its_page(app: App, alice: User, bob: User, browser: Browser) -> None:
    await write(app, bob, "leaves #Tea")
    assert [one.replace(" ", "") for one in await texts(browser, "/tags/Tea")] == ["leaves#Tea"]
    await press(browser, "/tags/Tea/follow")
    assert "#Tea" in soup(await browser.get("/followed_tags")).get_text().replace("\n", "")
    assert "/tags/Tea/unfollow" in (await browser.get("/tags/Tea")).text
    await press(browser, "/tags/Tea/unfollow", next="/followed_tags")
    assert await app.db.value("SELECT COUNT(*) AS value FROM followed_tags WHERE account_id = ?", alice.account_id) == 0
