"""Filters, and the lists of people and servers, with their buttons."""

from urllib.parse import urlencode

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.relations import blocks, domains, follows
from fedinote.timelines import filter_rules, filters
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from tests.support.browser import Answer, Browser
from tests.support.people import person
from tests.web.reading import signed_in


async def post(browser: Browser, path: str, fields: list[tuple[str, str]]) -> Answer:
    """Send a form in which boxes of one name may be ticked several times."""
    token = (await browser.get(path)).forms[0].hidden["form_token"]
    body = urlencode([("form_token", token), *fields]).encode()
    return await browser.send("POST", path, body, {"content_type": "application/x-www-form-urlencoded"})


# Filters

NEW = [("title", "Elections"), ("words", "election\n选举\n\nelection"), ("whole", "1"), ("context", "home")]
NEW += [("context", "thread"), ("action", "hide"), ("ends", "86400")]


async def test_a_filter_is_made_changed_and_deleted(app: App, alice: User, browser: Browser) -> None:
    assert (await post(browser, "/settings/filters/new", NEW)).status == 303
    (one,) = await filters.of(app, alice.account_id)
    assert (one.title, one.context, one.action) == ("Elections", ("home", "thread"), "hide")
    assert [(word.keyword, word.whole_word) for word in one.keywords] == [("election", True), ("选举", True)]
    assert one.expires_at is not None
    assert (one.expires_at - app.now()).total_seconds() == pytest.approx(86400, abs=60)
    first, second = one.keywords
    path = f"/settings/filters/{one.id}"
    changes = [("title", "Votes"), (f"word-{first.id}", "vote"), (f"word-{second.id}", "选举"), ("context", "public")]
    changes += [(f"drop-{second.id}", "1"), ("action", "blur"), ("ends", ""), ("words", "投票")]
    assert (await post(browser, path, changes)).status == 303
    (one,) = await filters.of(app, alice.account_id)
    assert (one.title, one.context, one.action, one.expires_at) == ("Votes", ("public",), "blur", None)
    assert [(word.keyword, word.whole_word) for word in one.keywords] == [("vote", False), ("投票", False)]
    form = (await browser.get("/settings/filters")).forms[0]
    assert form.action == f"{path}/delete"
    assert (await browser.post(form.action, form.hidden)).status == 303
    assert await filters.of(app, alice.account_id) == []


async def test_the_end_of_a_filter_stays_unless_another_is_chosen(app: App, alice: User, browser: Browser) -> None:
    await post(browser, "/settings/filters/new", NEW)
    (before,) = await filters.of(app, alice.account_id)
    changes = [("title", "Elections"), ("context", "home"), ("action", "warn"), ("ends", "keep")]
    await post(browser, f"/settings/filters/{before.id}", changes)
    (after,) = await filters.of(app, alice.account_id)
    assert (after.expires_at, after.action) == (before.expires_at, "warn")


@pytest.mark.parametrize("wrong", [("title", " "), ("action", "shout"), ("words", "x" * 600)])
async def test_a_wrong_filter_says_why_and_keeps_what_was_typed(
    app: App, alice: User, browser: Browser, wrong: tuple[str, str]
) -> None:
    answer = await post(browser, "/settings/filters/new", [*(pair for pair in NEW if pair[0] != wrong[0]), wrong])
    assert answer.status == 422
    assert 'role="alert"' in answer.text
    if wrong[0] != "words":
        assert "选举" in answer.text
    assert await filters.of(app, alice.account_id) == []


async def test_somebody_elses_filter_is_not_there(app: App, browser: Browser) -> None:
    bob = await person(app, "bob")
    changes = FilterChanges(title="Secret", context=["home"], keywords=[KeywordChange("MARKER")])
    theirs = await filter_rules.create(app, bob.account_id, changes)
    token = (await browser.get("/settings/filters/new")).forms[0].hidden["form_token"]
    for path in (f"/settings/filters/{theirs.id}", f"/settings/filters/{theirs.id + 1}", "/settings/filters/x"):
        answer = await browser.get(path)
        assert answer.status == 404
        assert "MARKER" not in answer.text
        fields = {"form_token": token, "title": "Mine", "context": "home"}
        assert (await browser.post(path, fields)).status == 404
        assert (await browser.post(f"{path}/delete", {"form_token": token})).status == 404
    assert (await filters.of(app, bob.account_id))[0].title == "Secret"


# People


async def step(browser: Browser, path: str, do: str, number: int = 0) -> Answer:
    """Press the button that does this on a page."""
    form = [one for one in (await browser.get(path)).forms if one.hidden.get("do") == do][number]
    return await browser.post(form.action, form.hidden)


async def test_follows_are_ended_and_requests_answered(app: App, alice: User, browser: Browser) -> None:
    bob, carol, dora = [await person(app, name) for name in ("bob", "carol", "dora")]
    await app.db.execute("UPDATE accounts SET locked = TRUE WHERE id = ?", alice.account_id)
    await follows.request(app, alice.account_id, bob.account_id)
    for other in (carol, dora):
        await follows.request(app, other.account_id, alice.account_id)
    assert "@bob@" in (await browser.get("/settings/follows")).text
    answer = await step(browser, "/settings/follows", "unfollow")
    assert answer.location == "/settings/follows?list=following"
    assert "@bob@" not in (await browser.get("/settings/follows")).text
    requests = "/settings/follows?list=requests"
    await step(browser, requests, "accept")
    await step(browser, requests, "reject")
    assert "Nobody waits" in (await browser.get(requests)).text
    followers = "/settings/follows?list=followers"
    assert (await browser.get(followers)).text.count("@dora@") + (await browser.get(followers)).text.count(
        "@carol@"
    ) > 0
    await step(browser, followers, "remove")
    assert "Nobody yet." in (await browser.get(followers)).text


async def test_blocks_and_mutes_are_ended_and_servers_blocked(app: App, alice: User, browser: Browser) -> None:
    bob, carol = await person(app, "bob"), await person(app, "carol")
    await blocks.block(app, alice.account_id, bob.account_id)
    await blocks.mute(app, alice.account_id, carol.account_id, duration=3600)
    assert "@bob@" in (await browser.get("/settings/blocks")).text
    await step(browser, "/settings/blocks", "unblock")
    assert "@bob@" not in (await browser.get("/settings/blocks")).text
    muted = "/settings/blocks?list=muted"
    assert "<time" in (await browser.get(muted)).text
    await step(browser, muted, "unmute")
    assert "@carol@" not in (await browser.get(muted)).text
    servers = "/settings/blocks?list=servers"
    form = next(one for one in (await browser.get(servers)).forms if one.hidden["do"] == "block-server")
    assert (await browser.post(form.action, {**form.hidden, "domain": "Loud.Example"})).status == 303
    assert await domains.blocks(app, alice.account_id, "loud.example")
    answer = await browser.post(form.action, {**form.hidden, "domain": app.settings.host})
    assert answer.status == 422
    await step(browser, servers, "unblock-server")
    assert not await domains.blocks(app, alice.account_id, "loud.example")


async def test_an_account_that_is_suspended_can_still_be_unblocked(app: App, alice: User, browser: Browser) -> None:
    bob = await person(app, "bob")
    await blocks.block(app, alice.account_id, bob.account_id)
    await app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE id = ?", bob.account_id)
    shown = await browser.get("/settings/blocks")
    assert "An account that is gone" in shown.text
    assert "@bob" not in shown.text
    assert (await step(browser, "/settings/blocks", "unblock")).status == 303


async def test_nobody_answers_requests_that_others_got(app: App, alice: User, browser: Browser) -> None:
    bob, carol = await person(app, "bob"), await person(app, "carol")
    await app.db.execute("UPDATE accounts SET locked = TRUE WHERE id = ?", bob.account_id)
    await follows.request(app, carol.account_id, bob.account_id)
    token = (await browser.get("/settings/interface")).forms[0].hidden["form_token"]
    fields = {"form_token": token, "list": "requests", "do": "accept", "id": str(carol.account_id)}
    await browser.post("/settings/follows", fields)
    theirs = await signed_in(app, bob)
    assert "@carol@" in (await theirs.get("/settings/follows?list=requests")).text


async def test_long_lists_go_on_page_by_page(app: App, alice: User, browser: Browser) -> None:
    for at in range(41):
        await domains.block(app, alice.account_id, f"s{at}.example")
    shown = await browser.get("/settings/blocks?list=servers")
    assert "s40.example" in shown.text
    assert "s0.example" not in shown.text
    older = shown.text.partition('href="/settings/blocks?list=servers&amp;max_id=')[2].partition('"')[0]
    assert "s0.example" in (await browser.get(f"/settings/blocks?list=servers&max_id={older}")).text


@pytest.mark.parametrize("path", ["/settings/follows?list=blocked", "/settings/blocks?list=x&max_id=y"])
async def test_lists_that_are_not_there_are_not_found(browser: Browser, path: str) -> None:
    assert (await browser.get(path)).status == 404
