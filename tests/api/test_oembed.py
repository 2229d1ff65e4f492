"""Posts on other websites: what is said of them there, and the page that stands in the frame."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.client import File
from tests.api.conftest import Person, picture
from tests.api.test_statuses import write


async def oembed(stranger, url: str, **query):
    return await stranger.get("/api/oembed", {"url": url, **query})


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
async def test_a_public_post_can_be_embedded(app, alice: Person, stranger, visibility):
    post = await write(alice, "hello & <b>", visibility=visibility)
    found = (await oembed(stranger, post["url"])).json
    assert (found["type"], found["version"], found["width"], found["height"]) == ("rich", "1.0", 400, None)
    assert (found["title"], found["author_name"]) == ("New post by Alice", "Alice")
    assert found["author_url"] == f"{app.settings.base}/@alice"
    assert found["cache_age"] == 86400
    assert f'<iframe src="{post["url"]}/embed"' in found["html"]
    assert "<script" not in found["html"]
    assert "hello" not in found["html"]
    for url in (post["uri"], f"{post['url']}/", f"{post['url']}?x=1#y"):
        assert (await oembed(stranger, url)).json == found


async def test_the_frame_has_the_width_that_is_asked_for_within_limits(alice, stranger):
    post = await write(alice)
    for asked, given in ((500, 500), (1, 200), (9999, 1200), (-3, 400)):
        found = (await oembed(stranger, post["url"], maxwidth=asked)).json
        assert found["width"] == given
        assert f'width="{given}"' in found["html"]
    assert (await oembed(stranger, post["url"], maxheight=300)).json["height"] == 300
    assert (await oembed(stranger, post["url"], format="xml")).status == 422


async def test_the_frame_of_a_post_with_pictures_is_as_high_as_they_need(alice, stranger):
    uploaded = await alice.post("/api/v1/media", parts=[("file", File("a.png", picture(64)))])
    shown = await write(alice, "look", media_ids=[uploaded.json["id"]])
    found = (await oembed(stranger, shown["url"])).json
    assert found["height"] == 630
    assert 'height="630"' in found["html"]
    assert (found["thumbnail_url"], found["thumbnail_width"], found["thumbnail_height"]) == (
        uploaded.json["preview_url"],
        64,
        64,
    )
    assert (await oembed(stranger, shown["url"], maxheight=300)).json["height"] == 300
    hidden = await alice.post("/api/v1/media", parts=[("file", File("a.png", picture(64)))])
    covered = await write(alice, "look", media_ids=[hidden.json["id"]], sensitive=True)
    found = (await oembed(stranger, covered["url"])).json
    assert "thumbnail_url" not in found
    assert found["height"] is None


async def test_a_name_cannot_break_out_of_the_markup(app, alice, stranger):
    await app.db.execute("UPDATE accounts SET display_name = ? WHERE id = ?", '"><script>x', alice.account_id)
    post = await write(alice)
    assert "<script" not in (await oembed(stranger, post["url"])).json["html"]
    assert b"<script" not in (await stranger.get(f"{urlsplit(post['url']).path}/embed")).body


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_is_not_for_everybody_cannot_be_embedded_not_even_by_its_author(alice, stranger, visibility):
    post = await write(alice, "@alice MARKER", visibility=visibility)
    path = f"/@alice/{post['id']}/embed"
    unknown = await oembed(stranger, post["url"].replace(post["id"], "1"))
    for who in (alice, stranger):
        answer = await oembed(who, post["url"])
        assert (answer.status, answer.body) == (404, unknown.body)
        page = await who.get(path)
        assert page.status == 404
        assert b"MARKER" not in page.body


async def test_pages_of_others_boosts_and_suspended_people_have_no_embed(app, alice, bob, stranger):
    post = await write(alice)
    boost = (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json
    for url in (boost["uri"], "https://far.example/@x/1", "javascript:1", f"{app.settings.base}/@bob/{post['id']}"):
        assert (await oembed(stranger, url)).status == 404
    assert (await stranger.get(f"/@bob/{post['id']}/embed")).status == 404
    await app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE id = ?", alice.account_id)
    assert (await oembed(stranger, post["url"])).status == 404
    assert (await stranger.get(f"/@alice/{post['id']}/embed")).status == 404


async def test_the_page_of_a_post_says_where_its_embed_is_described(app, alice, stranger):
    post = await write(alice)
    page = (await stranger.get(f"/@alice/{post['id']}", headers={"accept": "text/html"})).body.decode()
    link = page.split('type="application/json+oembed" href="')[1].split('"')[0]
    assert parse_qs(urlsplit(link).query) == {"url": [post["url"]]}
    assert (await stranger.get(link.removeprefix(app.settings.base))).json["type"] == "rich"


async def test_the_embedded_page_alone_may_be_framed_and_runs_nothing(alice, stranger):
    post = await write(alice, "see me")
    frame = await stranger.get(f"/@alice/{post['id']}/embed", headers={"accept": "text/html"})
    assert frame.status == 200
    assert b"see me" in frame.body
    assert b"<script" not in frame.body
    policy = frame.header("content-security-policy")
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert frame.header("x-frame-options") is None
    whole = await stranger.get(f"/@alice/{post['id']}", headers={"accept": "text/html"})
    assert "frame-ancestors 'none'" in whole.header("content-security-policy")
    assert whole.header("x-frame-options") == "DENY"
    missing = await stranger.get("/@alice/1/embed", headers={"accept": "text/html"})
    assert missing.header("x-frame-options") == "DENY"
