"""Trends, what the staff decides about them, and the timeline of a link."""

from typing import Any

import msgspec
import pytest

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.previews import cards, fetching
from fedinote.previews.fetching import Preview
from fedinote.timelines import trends
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write

URL = "https://news.example/tea"
ADMIN = "read write follow push admin:read admin:write"


async def people(town: Town, *names: str, discoverable: bool = True) -> list[Person]:
    found = [await town.person(name) for name in names]
    if discoverable:
        await town.app.db.execute("UPDATE accounts SET discoverable = TRUE")
    return found


@pytest.fixture
async def crowd(town: Town) -> list[Person]:
    return await people(town, "ann", "bo", "cy")


@pytest.fixture
async def moderator(town: Town) -> Person:
    return await town.person("mona", scopes=ADMIN, role="moderator")


@pytest.fixture
def reviewed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    moderation = msgspec.structs.replace(app.settings.moderation, trends="reviewed")
    monkeypatch.setattr(app, "settings", msgspec.structs.replace(app.settings, moderation=moderation))


async def link(app: App, monkeypatch: pytest.MonkeyPatch, *who: Person) -> list[str]:
    """Let people link to one page, and have its card fetched."""
    texts = dict.fromkeys(("description", "author_name", "author_url", "creator", "provider_name"), "")

    async def fetched(_: App, __: str) -> Preview:
        return Preview(
            url=URL, host="news.example", kind="link", title="Tea", language=None, provider_url="", html="",
            embed_url="", width=0, height=0, image=None, image_description="", published_at=None, **texts,
        )  # fmt: skip

    monkeypatch.setattr(fetching, "fetch", fetched)
    posts = [(await write(one, f"Read {URL}"))["id"] for one in who]
    for row in await app.db.rows("SELECT id FROM preview_cards"):
        await cards.fetch(app, row["id"])
    return posts


async def names(who: Any, path: str = "/api/v1/trends/tags", **query: Any) -> list[str]:
    return [one["name"] for one in (await who.get(path, query)).json]


# -- tags -------------------------------------------------------------------------------------------------------------


async def test_a_tag_that_several_people_use_is_among_the_trends(app, crowd, stranger):
    for one in crowd:
        await write(one, "#Tea please")
    for _ in range(5):
        await write(crowd[0], "#alone")
    await write(crowd[0], "#coffee")
    await write(crowd[1], "#coffee")
    await trends.refresh(app)
    assert await names(stranger) == ["Tea", "coffee"]
    assert await names(stranger, "/api/v1/trends") == ["Tea", "coffee"]
    (tea, _) = (await crowd[0].get("/api/v1/trends/tags")).json
    assert tea["history"][0]["accounts"] == tea["history"][0]["uses"] == "3"
    assert len(tea["history"]) == 7
    assert tea["following"] is False


async def test_pages_of_trends_go_by_offset(app, crowd, stranger):
    for tag in ("a1", "b2", "c3"):
        for one in crowd[:2]:
            await write(one, f"#{tag}")
    await trends.refresh(app)
    first = await stranger.get("/api/v1/trends/tags", {"limit": 2})
    assert len(first.json) == 2
    assert "offset=2" in first.links["next"]
    assert "prev" not in first.links
    second = await stranger.get("/api/v1/trends/tags", {"limit": 2, "offset": 2})
    assert len(second.json) == 1
    assert set(second.links) == {"prev"}
    assert {one["name"] for one in first.json + second.json} == {"a1", "b2", "c3"}
    for query in ({"limit": -1}, {"offset": -5}, {"limit": 10**30, "offset": 10**30}):
        assert (await stranger.get("/api/v1/trends/tags", query)).status == 200


async def test_what_is_sensitive_warned_of_private_or_by_limited_people_does_not_count(app, town, crowd, stranger):
    for one in crowd:
        await write(one, "#one", sensitive=True)
        await write(one, "#two", spoiler_text="cw")
        await write(one, "#three", visibility="unlisted")
        await write(one, "#four", visibility="private")
        await write(one, "#five", visibility="direct")
    limited = await people(town, "dee", "eve")
    for one in limited:
        await app.db.execute("UPDATE accounts SET silenced_at = 1 WHERE id = ?", one.account_id)
        await write(one, "#six")
    await trends.refresh(app)
    assert await names(stranger) == []


async def test_newer_uses_count_more_and_old_ones_not_at_all(app, town, crowd, stranger):
    now = to_ms(app.now())
    tag_ids: dict[str, int] = {}
    for tag, days in (("older", 3), ("new", 0), ("ancient", 8)):
        for one in crowd[:2]:
            written = await write(one, f"#{tag}")
            then = now - days * 86_400_000
            moved = "UPDATE posts SET id = ?, created_at = ? WHERE id = ?"
            post_id, new_id = int(written["id"]), (then << 16) + len(tag_ids) * 8 + crowd.index(one)
            tag_ids[tag] = await app.db.value("SELECT tag_id AS value FROM post_tags WHERE post_id = ?", post_id)
            await app.db.execute("DELETE FROM post_tags WHERE post_id = ?", post_id)
            await app.db.execute("DELETE FROM home_entries WHERE post_id = ?", post_id)
            await app.db.execute("DELETE FROM search_posts WHERE post_id = ?", post_id)
            await app.db.execute(moved, new_id, then, post_id)
            await app.db.execute("INSERT INTO post_tags (tag_id, post_id) VALUES (?, ?)", tag_ids[tag], new_id)
    await trends.refresh(app)
    assert await names(stranger) == ["new", "older"]
    scores = {row["subject_id"]: row["score"] for row in await app.db.rows("SELECT * FROM trends")}
    assert scores[tag_ids["new"]] == pytest.approx(8 * scores[tag_ids["older"]], rel=0.01)  # three half-lives


async def test_the_staff_can_keep_a_tag_from_the_trends_and_bring_it_back(app, crowd, moderator, stranger):
    for one in crowd:
        await write(one, "#tea")
    await trends.refresh(app)
    (tag,) = (await moderator.get("/api/v1/admin/trends/tags")).json
    assert (tag["trendable"], tag["usable"], tag["requires_review"]) == (True, True, False)
    path = f"/api/v1/admin/trends/tags/{tag['id']}"
    assert (await moderator.post(f"{path}/reject")).json["trendable"] is False
    assert await names(stranger) == []
    assert [one["name"] for one in (await moderator.get("/api/v1/admin/trends/tags")).json] == ["tea"]
    assert (await moderator.post(f"{path}/approve")).json["trendable"] is True
    assert await names(stranger) == ["tea"]
    actions = await app.db.rows("SELECT action, actor_id FROM audit_log WHERE target_type = 'tag'")
    assert [(row["action"], row["actor_id"]) for row in actions] == [("tag.rule", moderator.account_id)] * 2


async def test_with_review_nothing_is_shown_before_somebody_approved_it(app, reviewed, crowd, moderator, stranger):
    for one in crowd:
        await write(one, "#tea")
    await trends.refresh(app)
    assert await names(stranger) == []
    (tag,) = (await moderator.get("/api/v1/admin/trends/tags")).json
    assert tag["requires_review"] is True
    assert tag["trendable"] is False
    assert (await moderator.post(f"/api/v1/admin/trends/tags/{tag['id']}/approve")).json["requires_review"] is False
    assert await names(stranger) == ["tea"]


async def test_trends_can_be_switched_off(app, crowd, stranger, monkeypatch):
    for one in crowd:
        await write(one, "#tea")
    await trends.refresh(app)
    assert await names(stranger) == ["tea"]
    moderation = msgspec.structs.replace(app.settings.moderation, trends="off")
    monkeypatch.setattr(app, "settings", msgspec.structs.replace(app.settings, moderation=moderation))
    await trends.refresh(app)
    assert await names(stranger) == []


async def test_tags_can_be_listed_and_ruled_by_the_staff(app, crowd, moderator):
    await write(crowd[0], "#tea and #coffee")
    listed = (await moderator.get("/api/v1/admin/tags")).json
    assert {one["name"] for one in listed} == {"tea", "coffee"}
    path = f"/api/v1/admin/tags/{listed[0]['id']}"
    assert (await moderator.get(path)).json["listable"] is True
    name = listed[0]["name"].upper()
    changed = (await moderator.put(path, {"usable": False, "listable": False, "display_name": name})).json
    assert (changed["usable"], changed["listable"], changed["name"]) == (False, False, name)
    assert (await moderator.put(path, {"display_name": "other"})).json["name"] == name
    assert (await moderator.get("/api/v1/admin/tags/1")).status == 404
    assert (await moderator.put("/api/v1/admin/tags/1", {"usable": True})).status == 404


async def test_a_tag_that_is_not_listed_is_in_no_search(app, crowd, moderator):
    await write(crowd[0], "#spam")
    assert [one["name"] for one in (await crowd[1].get("/api/v2/search", {"q": "spam"})).json["hashtags"]] == ["spam"]
    (tag,) = (await moderator.get("/api/v1/admin/tags")).json
    await moderator.put(f"/api/v1/admin/tags/{tag['id']}", {"listable": False})
    assert (await crowd[1].get("/api/v2/search", {"q": "spam"})).json["hashtags"] == []


async def test_a_tag_that_may_not_be_used_is_refused_in_posts_here(app, crowd, moderator):
    await write(crowd[0], "#spam")
    (tag,) = (await moderator.get("/api/v1/admin/tags")).json
    await moderator.put(f"/api/v1/admin/tags/{tag['id']}", {"usable": False})
    refused = await crowd[1].post("/api/v1/statuses", {"status": "buy #SPAM"})
    assert refused.status == 422
    assert "spam" in refused.json["error"].lower()
    assert (await crowd[1].post("/api/v1/statuses", {"status": "buy #tea"})).status == 200


# -- posts ------------------------------------------------------------------------------------------------------------


async def liked(post: Any, *who: Person) -> Any:
    for one in who:
        assert (await one.post(f"/api/v1/statuses/{post['id']}/favourite")).status == 200
    return post


async def shown(who: Any, path: str = "/api/v1/trends/statuses") -> list[str]:
    return [one["id"] for one in (await who.get(path)).json]


async def test_posts_that_several_people_like_or_boost_are_among_the_trends(app, crowd, stranger):
    ann, bo, cy = crowd
    best = await liked(await write(ann, "best"), bo, cy, ann)
    good = await liked(await write(bo, "good"), ann)
    await cy.post(f"/api/v1/statuses/{good['id']}/reblog")
    await liked(await write(cy, "one like"), ann)
    await trends.refresh(app)
    assert await shown(stranger) == [best["id"], good["id"]]


async def test_a_post_by_somebody_who_does_not_want_to_be_discovered_is_never_shown(app, crowd, stranger):
    ann, bo, cy = crowd
    post = await liked(await write(ann, "hi"), bo, cy)
    await app.db.execute("UPDATE accounts SET discoverable = FALSE WHERE id = ?", ann.account_id)
    await trends.refresh(app)
    assert await shown(stranger) == []
    await app.db.execute("UPDATE accounts SET discoverable = TRUE WHERE id = ?", ann.account_id)
    await trends.refresh(app)
    assert await shown(stranger) == [post["id"]]
    await app.db.execute("UPDATE accounts SET discoverable = FALSE WHERE id = ?", ann.account_id)
    assert await shown(stranger) == []  # at once, not with the next count


@pytest.mark.parametrize("change", ["sensitive = TRUE", "visibility = 'private'", "spoiler_text = 'cw'"])
async def test_what_becomes_sensitive_or_was_never_public_is_not_shown(app, crowd, stranger, change):
    ann, bo, cy = crowd
    post = await liked(await write(ann, "hi"), bo, cy)
    await trends.refresh(app)
    await app.db.execute(f"UPDATE posts SET {change} WHERE id = ?", int(post["id"]))
    assert await shown(stranger) == []
    await trends.refresh(app)
    assert await shown(stranger) == []


async def test_limited_authors_and_answers_are_not_shown(app, crowd, stranger):
    ann, bo, cy = crowd
    post = await liked(await write(ann, "hi"), bo, cy)
    await liked(await write(bo, "answer", in_reply_to_id=post["id"]), ann, cy)
    await trends.refresh(app)
    assert await shown(stranger) == [post["id"]]
    await app.db.execute("UPDATE accounts SET silenced_at = 1 WHERE id = ?", ann.account_id)
    assert await shown(stranger) == []


async def test_nobody_sees_whom_they_block_or_mute_or_who_blocks_them(app, town, crowd, stranger):
    ann, bo, cy = crowd
    post = await liked(await write(ann, "hi"), bo, cy)
    await trends.refresh(app)
    dan = await town.person("dan")
    await bo.post(f"/api/v1/accounts/{ann.id}/block")
    await cy.post(f"/api/v1/accounts/{ann.id}/mute")
    await ann.post(f"/api/v1/accounts/{dan.id}/block")
    assert [await shown(one) for one in (bo, cy, dan, stranger)] == [[], [], [], [post["id"]]]


async def test_the_staff_decides_about_posts(app, crowd, moderator, stranger):
    ann, bo, cy = crowd
    post = await liked(await write(ann, "hi"), bo, cy)
    await trends.refresh(app)
    path = f"/api/v1/admin/trends/statuses/{post['id']}"
    assert (await moderator.post(f"{path}/reject")).json["requires_review"] is False
    assert await shown(stranger) == []
    assert await shown(moderator, "/api/v1/admin/trends/statuses") == [post["id"]]
    await moderator.post(f"{path}/approve")
    assert await shown(stranger) == [post["id"]]
    private = await write(ann, "mine", visibility="private")
    assert (await moderator.post(f"/api/v1/admin/trends/statuses/{private['id']}/approve")).status == 404


# -- links ------------------------------------------------------------------------------------------------------------


async def links(who: Any, path: str = "/api/v1/trends/links") -> list[Any]:
    found: list[Any] = (await who.get(path)).json
    return found


async def test_a_page_that_several_people_link_to_is_among_the_trends(app, crowd, stranger, monkeypatch):
    posts = await link(app, monkeypatch, *crowd)
    await trends.refresh(app)
    (found,) = await links(stranger)
    assert (found["url"], found["title"]) == (URL, "Tea")
    assert found["history"][0]["uses"] == found["history"][0]["accounts"] == "3"
    assert len(found["history"]) == 7
    page = await stranger.get("/api/v1/timelines/link", {"url": URL})
    assert page.ids == posts[::-1]
    below = await stranger.get("/api/v1/timelines/link", {"url": URL, "max_id": posts[1], "limit": 1})
    assert below.ids == posts[:1]


async def test_addresses_of_one_page_are_one_link(app, crowd, stranger, monkeypatch):
    posts = await link(app, monkeypatch, crowd[0])
    variant = f"{URL}?utm_source=x"
    posts.append((await write(crowd[1], f"Read {variant}"))["id"])
    for row in await app.db.rows("SELECT id FROM preview_cards WHERE state = 'waiting'"):
        await cards.fetch(app, row["id"])
    await trends.refresh(app)
    (found,) = await links(stranger)
    assert (found["url"], found["history"][0]["accounts"]) == (URL, "2")
    for url in (URL, variant):
        assert (await stranger.get("/api/v1/timelines/link", {"url": url})).ids == posts[::-1]


async def test_the_timeline_of_a_link_has_only_those_who_want_to_be_discovered(app, crowd, stranger, monkeypatch):
    posts = await link(app, monkeypatch, *crowd)
    await trends.refresh(app)
    await app.db.execute("UPDATE accounts SET discoverable = FALSE WHERE id = ?", crowd[0].account_id)
    await app.db.execute("UPDATE accounts SET silenced_at = 1 WHERE id = ?", crowd[1].account_id)
    assert (await stranger.get("/api/v1/timelines/link", {"url": URL})).ids == posts[2:]
    for url in ("https://news.example/other", "javascript:1", "x"):
        assert (await stranger.get("/api/v1/timelines/link", {"url": url})).json == []
    assert (await stranger.get("/api/v1/timelines/link")).status == 422


async def test_the_staff_decides_about_links_and_their_publishers(app, crowd, moderator, stranger, monkeypatch):
    await link(app, monkeypatch, *crowd)
    await trends.refresh(app)
    (publisher,) = await links(moderator, "/api/v1/admin/trends/links/publishers")
    assert (publisher["domain"], publisher["trendable"], publisher["reviewed_at"]) == ("news.example", True, None)
    of_publisher = f"/api/v1/admin/trends/links/publishers/{publisher['id']}"
    assert (await moderator.post(f"{of_publisher}/reject")).json["trendable"] is False
    assert await links(stranger) == [] == (await stranger.get("/api/v1/timelines/link", {"url": URL})).json
    (found,) = await links(moderator, "/api/v1/admin/trends/links")
    of_link = f"/api/v1/admin/trends/links/{found['id']}"
    assert (await moderator.post(f"{of_link}/approve")).json["title"] == "Tea"  # one good page of it
    assert len(await links(stranger)) == 1
    await moderator.post(f"{of_publisher}/approve")
    await moderator.post(f"{of_link}/reject")
    assert await links(stranger) == []
    for path in ("/api/v1/admin/trends/links/1/approve", "/api/v1/admin/trends/links/publishers/1/reject"):
        assert (await moderator.post(path)).status == 404


async def test_only_staff_decides(app, town, crowd):
    ann = crowd[0]
    member = await town.person("mel", scopes=ADMIN)
    for path in ("tags", "statuses", "links", "links/publishers"):
        for who in (ann, member):
            assert (await who.get(f"/api/v1/admin/trends/{path}")).status == 403
            assert (await who.post(f"/api/v1/admin/trends/{path}/1/approve")).status == 403
            assert (await who.post(f"/api/v1/admin/trends/{path}/1/reject")).status == 403
    assert (await member.get("/api/v1/admin/tags")).status == 403
    assert (await member.put("/api/v1/admin/tags/1", {"usable": True})).status == 403


async def test_pages_of_trends_cost_the_same_whatever_they_hold(app, crowd, moderator, stranger, monkeypatch):
    ann, bo, cy = crowd

    async def costs() -> list[int]:
        found = []
        for who, path in (
            (ann, "/api/v1/trends/tags"),
            (ann, "/api/v1/trends/statuses"),
            (stranger, "/api/v1/trends/links"),
            (moderator, "/api/v1/admin/trends/tags"),
            (moderator, "/api/v1/admin/trends/links"),
            (moderator, "/api/v1/admin/trends/statuses"),
        ):
            before = app.db.statements
            assert (await who.get(path)).json
            found.append(app.db.statements - before)
        return found

    await link(app, monkeypatch, ann, bo)
    await liked(await write(ann, f"#a1 {URL}"), bo, cy)
    await write(bo, "#a1")
    await trends.refresh(app)
    await costs()
    one = await costs()
    for number in range(4):
        await liked(await write(ann, f"#b{number} https://n{number}.example/"), bo, cy)
        await write(bo, f"#b{number} https://n{number}.example/")
    for row in await app.db.rows("SELECT id FROM preview_cards WHERE state = 'waiting'"):
        await cards.fetch(app, row["id"])
    await trends.refresh(app)
    assert await costs() == one
