"""Who may answer a post, as its readers see it before they write."""

import pytest

from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import answering, publishing
from fedinote.posts.drafts import Draft
from fedinote.relations import follows
from tests.support.browser import Browser
from tests.web.client.doing import press
from tests.web.reading import soup, write


async def limited(app: App, author: User, policy: str, text: str = "hello") -> int:
    return await publishing.publish(app, author.account_id, Draft(text, reply_policy=policy))


async def test_who_may_not_answer_is_told_so_instead_of_being_led_to_an_error(
    app: App, bob: User, browser: Browser
) -> None:
    post = await limited(app, bob, "followers")
    page = soup(await browser.get(f"/@bob/{post}"))
    assert not page.select(f'[href="/publish?reply={post}"]')
    article = page.select_one("article.post")
    assert article is not None
    assert "Only the author's followers may answer" in article.text
    assert "You cannot answer this post" in article.text


@pytest.mark.parametrize("why", ["follows", "is named", "all may", "wrote it"])
async def test_who_may_answer_finds_the_way(app: App, alice: User, bob: User, browser: Browser, why: str) -> None:
    if why == "follows":
        await follows.request(app, alice.account_id, bob.account_id)
    text = "@alice your turn" if why == "is named" else "hello"
    author = alice if why == "wrote it" else bob
    post = await limited(app, author, {"follows": "followers", "all may": "public"}.get(why, "nobody"), text)
    page = soup(await browser.get(f"/@{'alice' if author is alice else 'bob'}/{post}"))
    assert len(page.select(f'[href="/publish?reply={post}"]')) == 2, "at the post and below it"
    told = page.select("article.post .post-facts")
    assert any("may answer" in one.text for one in told) == (why != "all may")


async def test_visitors_read_it_too(app: App, bob: User, stranger: Browser) -> None:
    post = await limited(app, bob, "nobody")
    page = soup(await stranger.get(f"/@bob/{post}"))
    assert "Only those whom the post names may answer." in page.text


async def test_ones_own_answer_says_what_became_of_it(app: App, alice: User, bob: User, browser: Browser) -> None:
    post = await write(app, bob, "hello")
    answer = await publishing.publish(app, alice.account_id, Draft("my answer", in_reply_to_id=post))
    uri = await app.db.value("SELECT uri AS value FROM posts WHERE id = ?", answer)
    assert "has been asked" not in (await browser.get(f"/@alice/{answer}")).text
    for state, words in (("pending", "The author of the other post has been asked."), ("rejected", "Only you see it.")):
        await app.db.execute("DELETE FROM interaction_approvals")
        await app.db.execute(
            "INSERT INTO interaction_approvals (id, kind, interaction_uri, post_id, account_id, state, created_at)"
            " VALUES (?, 'reply', ?, ?, ?, ?, ?)",
            app.ids.next(), uri, post, alice.account_id, state, app.now(),
        )  # fmt: skip
        assert words in (await browser.get(f"/@alice/{answer}")).text


async def test_a_page_of_limited_posts_is_read_by_a_fixed_number_of_queries(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    await follows.request(app, alice.account_id, bob.account_id)
    counts = []
    for number in range(2):
        for _ in range(1 + 4 * number):
            await limited(app, bob, "nobody")
        await browser.get("/@bob")
        before = app.db.statements
        await browser.get("/@bob")
        counts.append(app.db.statements - before)
    assert counts[0] == counts[1]


async def test_the_form_begins_with_who_may_answer_by_ones_settings(app: App, alice: User, browser: Browser) -> None:
    await users.set_reply_policy(app, alice.id, "followers")
    (chosen,) = soup(await browser.get("/publish")).select('select[name="reply_policy"] option[selected]')
    assert chosen["value"] == "followers"
    await press(browser, "/publish", text="from the small form", do="publish")
    rules = await app.db.value("SELECT interaction_rules AS value FROM posts WHERE account_id = ?", alice.account_id)
    assert answering.setting_of(rules) == "followers"


async def test_a_quote_that_may_not_be_is_refused_before_it_is_written(app: App, bob: User, browser: Browser) -> None:
    post = await publishing.publish(app, bob.account_id, Draft("hello", quote_policy="nobody"))
    answer = await browser.get(f"/publish?quote={post}")
    assert answer.status == 403
    assert "does not allow that" in answer.text
