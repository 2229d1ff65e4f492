"""Preview cards between real servers: which posts get one, who is asked and how often, and whose name is on it."""

import json
from typing import Any

import msgspec
import pytest

from fedinote.federation import actors, crediting
from fedinote.federation.fetching import Budget
from fedinote.infra.clock import to_ms
from fedinote.media import remote
from fedinote.moderation.servers import domains
from fedinote.previews import cards
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer as Page
from tests.support.fakefedi import FakeHost, redirect

HTML = "text/html; charset=utf-8"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "FRESH_DELAY", (0.0, 0.0))


@pytest.fixture
async def web(scene: Scene) -> FakeHost:
    return await scene.fedi.host("127.0.0.4")


def serve(web: FakeHost, path: str, head: str = "<title>Tea</title>", **options: Any) -> str:
    return web.serve(web.base + path, head.encode(), content_type=HTML, **options)


async def card(scene: Scene, post_id: str) -> Any:
    return (await scene.alice.call("GET", f"/api/v1/statuses/{post_id}"))["card"]


async def picture_of(scene: Scene, found: Any) -> str:
    """Where the picture of a card lies, that readers get through us."""
    row = await scene.row("SELECT id, image FROM preview_cards WHERE url = ? AND state = 'ready'", found["url"])
    assert row is not None
    assert found["image"] == scene.app.url(remote.address(scene.app, "card", row["id"], row["image"]))
    return str(row["image"])


async def test_a_post_gets_the_card_of_its_first_link(scene: Scene, web: FakeHost) -> None:
    link = serve(
        web, "/tea",
        '<html lang="de"><title>no</title><meta property="og:title" content="Tee">'
        '<meta property="og:image" content="/t.jpg">'
        '<meta property="og:description" content="Alles">',
    )  # fmt: skip
    post = await scene.alice.post(f"Look: {link}#top and {web.base}/other")
    assert post["card"] is None
    await scene.settle()
    found = await card(scene, post["id"])
    assert (found["url"], found["title"], found["description"]) == (link, "Tee", "Alles")
    assert (found["type"], found["language"]) == ("link", "de")
    assert await picture_of(scene, found) == f"{web.base}/t.jpg"
    assert found["authors"] == []
    assert found["html"] == ""
    assert (await scene.alice.call("GET", f"/api/v1/statuses/{post['id']}/card")) == found
    boost = await scene.carol.call("POST", f"/api/v1/statuses/{post['id']}/reblog")
    assert boost["card"] is None or boost["card"] == found
    assert boost["reblog"]["card"] == found


async def test_a_page_is_asked_for_once_for_all_posts_and_without_saying_who_reads(scene: Scene, web: FakeHost) -> None:
    link = serve(web, "/tea")
    for _ in range(3):
        await scene.alice.post(f"See {link}")
    await scene.settle()
    again = await scene.carol.post(f"Me too: {link}")
    assert again["card"]["title"] == "Tea"  # there from the beginning
    await scene.settle()
    (asked,) = web.gets("/tea")
    assert "referer" not in asked.headers
    assert "cookie" not in asked.headers
    assert "authorization" not in asked.headers
    assert asked.headers["user-agent"].startswith("FediNote/")


async def test_a_post_of_another_server_gets_one_too_after_a_random_while(
    scene: Scene, web: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "FRESH_DELAY", (40.0, 60.0))
    link = serve(web, "/tea")
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note(f'see <a href="{link}">it</a>')
    await scene.done(scene.bob, scene.bob.create(note))
    assert web.gets() == []
    waits = await scene.row("SELECT run_at FROM jobs WHERE kind = ?", cards.FETCH_JOB)
    assert waits is not None
    assert waits["run_at"] > to_ms(scene.app.now()) + 30_000
    await scene.app.db.execute("UPDATE jobs SET run_at = 0")
    await scene.settle()
    assert (await scene.alice.home())[0]["card"]["title"] == "Tea"


async def test_a_film_has_the_card_of_its_own_page_with_the_thumbnail(scene: Scene, web: FakeHost) -> None:
    await scene.follow(scene.alice, scene.bob)
    head = '<meta property="og:title" content="Knots"><meta property="og:image" content="/thumbnail.jpg">'
    page, support = serve(scene.victim, "/w/knots", head), serve(web, "/support")
    film = scene.bob.note(
        type="Video", name="Knots", content=f'<p>Support us: <a href="{support}">here</a></p>', duration="PT212S",
        url=[{"type": "Link", "mediaType": "text/html", "href": page}], icon=[{"type": "Image", "url": page + ".jpg"}],
    )  # fmt: skip
    await scene.done(scene.bob, scene.bob.create(film))
    (shown,) = await scene.alice.home()
    assert f'<a href="{page}"' in shown["content"]
    assert shown["media_attachments"] == []
    found = await card(scene, shown["id"])
    assert (found["url"], found["title"]) == (page, "Knots")
    assert await picture_of(scene, found) == f"{scene.victim.base}/thumbnail.jpg"
    assert web.gets("/support") == []


async def test_followers_only_and_direct_posts_ask_nobody(scene: Scene, web: FakeHost) -> None:
    link = serve(web, "/secret")
    for visibility in ("private", "direct"):
        post = await scene.alice.post(f"Psst {link}", visibility=visibility)
        await scene.settle()
        assert await card(scene, post["id"]) is None
    note = scene.bob.note(f'<a href="{link}">x</a>', to=[scene.uri(scene.alice)])
    await scene.done(scene.bob, scene.bob.create(note))
    assert web.gets() == []
    assert await scene.count("preview_cards") == 0


async def test_mentions_hashtags_and_our_own_pages_get_no_card(scene: Scene, web: FakeHost) -> None:
    account = await scene.alice.find(scene.bob.handle)
    assert account["id"]
    await scene.alice.post(f"@{scene.bob.handle} #tea http://{scene.home.host}/@alice")
    await scene.settle()
    assert await scene.count("preview_cards") == 0


async def test_an_edit_that_links_elsewhere_brings_another_card_and_one_without_a_link_none(
    scene: Scene, web: FakeHost
) -> None:
    first, second = serve(web, "/a", "<title>A</title>"), serve(web, "/b", "<title>B</title>")
    post = await scene.alice.post(f"See {first}")
    await scene.settle()
    path = f"/api/v1/statuses/{post['id']}"
    await scene.alice.call("PUT", path, json={"status": f"See {second}"})
    assert await card(scene, post["id"]) is None
    await scene.settle()
    assert (await card(scene, post["id"]))["title"] == "B"
    await scene.alice.call("PUT", path, json={"status": "See nothing"})
    await scene.settle()
    assert await card(scene, post["id"]) is None
    assert await scene.count("post_links") == 0


async def test_an_edit_with_the_same_link_keeps_the_card(scene: Scene, web: FakeHost) -> None:
    link = serve(web, "/a", "<title>A</title>")
    post = await scene.alice.post(f"See {link}")
    await scene.settle()
    edited = await scene.alice.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": f"Do see {link}"})
    assert edited["card"]["title"] == "A"


async def test_a_page_is_asked_again_after_a_fortnight_when_somebody_links_to_it(scene: Scene, web: FakeHost) -> None:
    link = serve(web, "/a", "<title>Old</title>")
    post = await scene.alice.post(f"See {link}")
    await scene.settle()
    serve(web, "/a", "<title>New</title>")
    await scene.app.db.execute("UPDATE preview_cards SET fetched_at = fetched_at - ?", cards.GOOD_FOR + 1000)
    assert (await scene.alice.post(f"Again {link}"))["card"]["title"] == "Old"
    await scene.settle()
    assert (await card(scene, post["id"]))["title"] == "New"
    assert len(web.gets("/a")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Page(b"<title>x</title>", content_type="image/png"),
        Page(b"<title>x</title>", 404, HTML),
        Page(b"<p>nothing is said here</p>", content_type=HTML),
        Page(b"<title>x</title>" + b" " * 1_000_001, content_type=HTML),
        redirect("http://10.0.0.1/"),
        redirect("file:///etc/passwd"),
        redirect("/tea"),
    ],
    ids=["picture", "missing", "silent", "too long", "inwards", "file", "round and round"],
)
async def test_what_is_no_page_gives_no_card_and_is_not_asked_again_at_once(
    scene: Scene, web: FakeHost, answer: Page
) -> None:
    web.pages["/tea"] = answer
    post = await scene.alice.post(f"See {web.base}/tea")
    await scene.settle()
    assert await card(scene, post["id"]) is None
    before = len(web.gets("/tea"))
    await scene.alice.post(f"See {web.base}/tea")
    await scene.settle()
    assert len(web.gets("/tea")) == before
    row = await scene.row("SELECT state FROM preview_cards")
    assert row is not None
    assert row["state"] == "nothing"


async def test_the_oembed_document_is_asked_for_by_the_same_rules(scene: Scene, web: FakeHost) -> None:
    head = '<title>P</title><link rel="alternate" type="application/json+oembed" href="{}">'
    serve(web, "/v", head.format("/oembed?u=v"))
    video = {"version": "1.0", "type": "video", "html": '<iframe src="https://v.example/1">', "width": 4, "height": 3}
    web.serve(f"{web.base}/oembed?u=v", video, content_type="application/json")
    serve(web, "/w", head.format("http://10.1.2.3/oembed"))
    first, second = [await scene.alice.post(f"{web.base}{path}") for path in ("/v", "/w")]
    await scene.settle()
    found = await card(scene, first["id"])
    assert (found["type"], found["width"], found["height"]) == ("video", 4, 3)
    assert found["html"].startswith('<iframe src="https://v.example/1"')
    assert "sandbox=" in found["html"]
    assert (await card(scene, second["id"]))["type"] == "link"


async def test_nothing_is_asked_when_previews_are_switched_off(
    scene: Scene, web: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = serve(web, "/tea")
    post = await scene.alice.post(f"See {link}")
    settings = scene.app.settings
    off = msgspec.structs.replace(settings, posts=msgspec.structs.replace(settings.posts, link_previews=False))
    monkeypatch.setattr(scene.app, "settings", off)
    await scene.alice.post(f"And {web.base}/other")
    await scene.settle()
    assert web.gets() == []
    assert await card(scene, post["id"]) is None


async def test_an_edit_takes_the_card_away_when_previews_are_switched_off_too(
    scene: Scene, web: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await scene.alice.post(f"See {serve(web, '/tea')}")
    await scene.settle()
    settings = scene.app.settings
    off = msgspec.structs.replace(settings, posts=msgspec.structs.replace(settings.posts, link_previews=False))
    monkeypatch.setattr(scene.app, "settings", off)
    path = f"/api/v1/statuses/{post['id']}"
    edited = await scene.alice.call("PUT", path, json={"status": f"See {web.base}/other"})
    assert edited["card"] is None


async def test_pages_of_suspended_servers_are_not_asked_for(scene: Scene, web: FakeHost) -> None:
    await domains.block(scene.app, web.name, domains.Terms(severity="suspend"), by=None)
    await scene.alice.post(f"See {serve(web, '/tea')}")
    await scene.settle()
    assert web.gets() == []


async def test_clients_are_told_when_the_card_is_there(scene: Scene, web: FakeHost) -> None:
    link = serve(web, "/tea")
    post = await scene.alice.post(f"See {link}")
    async with scene.home.http.ws_connect(
        f"http://{scene.home.host}/api/v1/streaming?stream=user&access_token={scene.alice.token}"
    ) as stream:
        await scene.settle()
        while (message := await stream.receive_json(timeout=60))["event"] != "status.update":
            pass
    assert json.loads(message["payload"])["card"]["title"] == "Tea"
    assert json.loads(message["payload"])["id"] == post["id"]


# -- authors ----------------------------------------------------------------------------------------------------------


async def credited(scene: Scene, web: FakeHost, creator: str) -> list[Any]:
    link = serve(web, "/news", f'<title>News</title><meta name="fediverse:creator" content="@{creator}">')
    post = await scene.alice.post(f"Read {link}")
    await scene.settle()
    found: list[Any] = (await card(scene, post["id"]))["authors"]
    return found


async def test_an_account_that_names_the_domain_is_shown_as_the_author(scene: Scene, web: FakeHost) -> None:
    scene.bob.document["attributionDomains"] = ["127.0.0.4"]
    (author,) = await credited(scene, web, scene.bob.handle)
    assert author["account"]["acct"] == scene.bob.handle
    assert author["name"] == "Bob"


@pytest.mark.parametrize("said", [[], ["7.0.0.4", "evil127.0.0.4"], ["x.127.0.0.4"], "127.0.0.5", [{"a": 1}]])
async def test_an_account_that_does_not_name_the_domain_is_not_shown(scene: Scene, web: FakeHost, said: Any) -> None:
    scene.bob.document["attributionDomains"] = said
    assert await credited(scene, web, scene.bob.handle) == []


async def test_a_local_account_names_its_websites_in_its_profile(scene: Scene, web: FakeHost) -> None:
    handle = f"carol@{scene.home.host}"
    assert await credited(scene, web, handle) == []
    await scene.carol.call("PATCH", "/api/v1/accounts/update_credentials", json={"attribution_domains": ["127.0.0.4"]})
    await scene.app.db.execute("UPDATE preview_cards SET fetched_at = fetched_at - ?", cards.GOOD_FOR + 1000)
    (author,) = await credited(scene, web, handle)
    assert author["account"]["acct"] == "carol"


async def test_the_server_that_answered_counts_and_not_where_the_page_says_it_is(scene: Scene, web: FakeHost) -> None:
    scene.bob.document["attributionDomains"] = ["bank.example"]
    head = '<link rel="canonical" href="https://bank.example/"><meta property="og:url" content="https://bank.example/">'
    link = serve(web, "/x", f'<title>N</title>{head}<meta name="fediverse:creator" content="{scene.bob.handle}">')
    post = await scene.alice.post(f"Read {link}")
    await scene.settle()
    found = await card(scene, post["id"])
    assert found["authors"] == []
    assert found["url"] == link


async def test_whoever_names_the_domain_later_is_asked_anew_and_whoever_no_longer_does_loses_it(
    scene: Scene, web: FakeHost
) -> None:
    assert await credited(scene, web, scene.bob.handle) == []
    scene.bob.document["attributionDomains"] = ["127.0.0.4"]
    card_id = await scene.app.db.value("SELECT id AS value FROM preview_cards")
    await crediting.credit(scene.app, card_id)
    assert await scene.count("preview_cards", "author_id IS NOT NULL") == 0  # asked a moment ago
    old = to_ms(scene.app.now()) - crediting.ASKED_AGAIN_AFTER - 1000
    await scene.app.db.execute("UPDATE accounts SET fetched_at = ? WHERE uri = ?", old, scene.bob.id)
    await crediting.credit(scene.app, card_id)
    assert await scene.count("preview_cards", "author_id IS NOT NULL") == 1
    scene.bob.document["attributionDomains"] = []
    await actors.fetch(scene.app, scene.bob.id, Budget())
    await crediting.credit(scene.app, card_id)
    assert await scene.count("preview_cards", "author_id IS NOT NULL") == 0


def test_a_domain_is_named_by_whole_labels() -> None:
    assert cards.names(["Example.com"], "www.example.com")
    assert cards.names(["example.com"], "example.com")
    assert not cards.names(["example.com"], "evilexample.com")
    assert not cards.names(["www.example.com"], "example.com")
    assert not cards.names(["com.evil"], "example.com")
    assert not cards.names("example.com", "example.com")


async def test_pages_without_cards_cost_no_query_and_many_cards_one(scene: Scene, web: FakeHost) -> None:
    async def cost() -> int:
        before = scene.app.db.statements
        await scene.alice.home()
        return int(scene.app.db.statements - before)

    await scene.alice.post("plain")
    plain = await cost()
    for number in range(3):
        await scene.alice.post(f"See {serve(web, f'/{number}')}")
    await scene.settle()
    assert [one["card"] is None for one in await scene.alice.home()] == [False, False, False, True]
    assert await cost() == plain + 1


async def test_the_card_goes_with_the_last_post_that_links_to_the_page(scene: Scene, web: FakeHost) -> None:
    link = serve(web, "/a")
    first, second = [await scene.alice.post(f"See {link}") for _ in range(2)]
    await scene.settle()
    await scene.alice.call("DELETE", f"/api/v1/statuses/{first['id']}")
    assert (await card(scene, second["id"]))["title"] == "Tea"
    await scene.alice.call("DELETE", f"/api/v1/statuses/{second['id']}")
    assert await scene.count("preview_cards") == 0


async def test_cards_that_no_post_links_to_after_an_edit_are_forgotten(scene: Scene, web: FakeHost) -> None:
    posts = [await scene.alice.post(f"See {serve(web, path)}") for path in ("/a", "/b")]
    await scene.settle()
    await scene.alice.call("PUT", f"/api/v1/statuses/{posts[0]['id']}", json={"status": "See nothing"})
    await cards.tidy(scene.app)
    assert await scene.count("preview_cards") == 2  # it may just have been made for a post that comes
    await scene.app.db.execute("UPDATE preview_cards SET created_at = created_at - 90000000")
    await cards.tidy(scene.app)
    assert [row["link"] for row in await scene.app.db.rows("SELECT link FROM preview_cards")] == [f"{web.base}/b"]


async def test_a_card_stays_when_its_author_deletes_the_account(scene: Scene, web: FakeHost) -> None:
    scene.bob.document["attributionDomains"] = ["127.0.0.4"]
    (author,) = await credited(scene, web, scene.bob.handle)
    assert author["account"] is not None
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.id))
    (post,) = await scene.alice.home()
    assert post["card"]["title"] == "News"
    assert post["card"]["authors"] == []
