"""The public pages: who sees what, that strangers' words stay words, and what machines read in them."""

import re

import pytest
from bs4 import BeautifulSoup

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import interactions
from fedinote.posts.drafts import NewMedia, PollDraft
from fedinote.relations import follows
from tests.support.browser import Answer, Browser
from tests.support.people import client, configure, person
from tests.timelines.world import World
from tests.web.reading import signed_in, soup, write

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} \u202egnp'
_TOKEN = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{64}")  # of forms, another on each page
SHOWN, HIDDEN = ("public", "unlisted"), ("private", "direct")


# Who sees what


@pytest.mark.parametrize("visibility", [*SHOWN, *HIDDEN])
@pytest.mark.parametrize("who", ["stranger", "other member", "follower", "author"])
async def test_the_page_of_a_post_is_there_for_those_who_may_see_it_and_for_nobody_else(
    app: App, alice: User, visibility: str, who: str
) -> None:
    bob = await person(app, "bob")
    await follows.request(app, bob.account_id, alice.account_id)
    post_id = await write(app, alice, "@bob MARKER", visibility=visibility)
    browser = {"stranger": None, "other member": await person(app, "eve"), "follower": bob, "author": alice}[who]
    asking = client(app) if browser is None else await signed_in(app, browser)
    seen = visibility in SHOWN or who in ("follower", "author")

    found = await asking.get(f"/@alice/{post_id}")
    part = await asking.get(f"/@alice/{post_id}", x_part="1")
    unknown = await asking.get("/@alice/117661833037873707")

    assert found.status == part.status == (200 if seen else 404)
    assert ("MARKER" in found.text) is ("MARKER" in part.text) is seen
    if not seen:
        assert _TOKEN.sub("", found.text) == _TOKEN.sub("", unknown.text)
        assert _comparable(found) == _comparable(unknown)
    elif who != "stranger":
        assert found.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("visibility", HIDDEN)
@pytest.mark.parametrize("more", ["embed", "history", "suggest", "translation"])
async def test_what_hangs_on_a_post_is_hidden_with_it(app: App, alice: User, visibility: str, more: str) -> None:
    post_id = await write(app, alice, "MARKER", visibility=visibility)
    other = await signed_in(app, await person(app, "eve"))
    answer = await other.get(f"/@alice/{post_id}/{more}")
    assert answer.status == 404
    assert "MARKER" not in answer.text


def _comparable(answer: Answer) -> tuple[int, list[tuple[str, str]]]:
    changing = ("x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset")
    return answer.status, [(name, value) for name, value in answer.headers if name not in changing]


async def test_no_list_of_posts_shows_what_is_not_public(app: App, alice: User, stranger: Browser) -> None:
    await profiles.update(app, alice.account_id, Changes(discoverable=True))
    for visibility in (*SHOWN, *HIDDEN):
        await write(app, alice, f"MARKER-{visibility} #tea", visibility=visibility)
    expected = {"/@alice": {"public", "unlisted"}, "/tags/tea": {"public"}}
    for path, wanted in expected.items():
        found = set(re.findall(r"MARKER-(\w+)", (await stranger.get(path)).text))
        assert found == wanted, path


async def test_a_thread_leaves_out_what_is_not_public(app: App, alice: User, stranger: Browser) -> None:
    root = await write(app, alice, "ROOT", visibility="private")
    middle = await write(app, alice, "MIDDLE", in_reply_to_id=root)
    await write(app, alice, "SECRET", in_reply_to_id=middle, visibility="private")
    await write(app, alice, "ANSWER", in_reply_to_id=middle)

    text = (await stranger.get(f"/@alice/{middle}")).text

    assert "MIDDLE" in text
    assert "ANSWER" in text
    assert "ROOT" not in text
    assert "SECRET" not in text


async def test_a_post_is_found_below_its_own_author_only(app: App, alice: User, stranger: Browser) -> None:
    await person(app, "bob")
    post_id = await write(app, alice)
    assert (await stranger.get(f"/@bob/{post_id}")).status == 404
    assert (await stranger.get(f"/@alice/{post_id}")).status == 200


@pytest.mark.parametrize("path", ["/@alice/x", f"/@alice/{10**40}", "/@alice/-1", "/@nobody", "/@" + "a" * 500])
async def test_addresses_of_nothing_are_404(app: App, alice: User, stranger: Browser, path: str) -> None:
    assert (await stranger.get(path)).status == 404


@pytest.mark.parametrize("path", ["/@nobody", "/no-such-page", "/media/nothing.png", "/invite/nothing"])
async def test_an_address_of_nothing_says_so_with_a_way_on(app: App, stranger: Browser, path: str) -> None:
    page = BeautifulSoup((await stranger.get(path)).text, "html5lib")
    assert page.h1 is not None
    assert page.h1.get_text() in ("Not found", "This invitation is not good any more")
    assert "Record not found" not in page.get_text()
    assert [a for a in page.select("main a") if a["href"] in ("/", "/auth/sign_in")]


@pytest.mark.parametrize("path", ["/@nobody", "/no-such-page"])
async def test_an_address_of_nothing_says_so_in_the_language_of_the_reader(
    app: App, stranger: Browser, path: str
) -> None:
    page = BeautifulSoup((await stranger.get(path, accept_language="es")).text, "html5lib")
    assert page.h1 is not None
    assert page.h1.get_text() == "No encontrado"
    assert not re.search(r"There is|To the front", page.get_text())


async def test_a_member_keeps_language_and_navigation_where_there_is_nothing(app: App, alice: User) -> None:
    await app.db.execute("UPDATE users SET locale = ? WHERE id = ?", "ja", alice.id)
    member = await signed_in(app, alice)
    page = BeautifulSoup((await member.get("/@nobody", accept_language="es")).text, "html5lib")
    assert page.h1 is not None
    assert page.h1.get_text() == "見つかりません"
    assert page.select_one('a[href="/notifications"]') is not None


async def test_what_may_not_be_done_here_is_a_page_of_the_same_kind(app: App, stranger: Browser) -> None:
    configure(app, "registrations", mode="closed")
    for path, title in (("/auth/sign_up", "Not allowed"), ("/inbox", "Not possible here")):
        page = BeautifulSoup((await stranger.get(path)).text, "html5lib")
        assert page.h1 is not None
        assert page.h1.get_text() == title
        assert page.select_one('main a[href="/"]') is not None


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox"])
async def test_servers_get_errors_of_both_inboxes_as_json(app: App, alice: User, stranger: Browser, path: str) -> None:
    answer = await stranger.post_json(path, {}, content_type="application/activity+json", accept="*/*")
    assert answer.status >= 400
    assert answer.header("content-type") == "application/json"
    assert answer.json["error"]


async def test_the_servers_own_actor_has_no_page(app: App, stranger: Browser) -> None:
    assert (await stranger.get(f"/@{app.settings.host}")).status == 404


async def test_a_boost_has_no_page_and_leads_to_what_it_boosts(app: App, alice: User, stranger: Browser) -> None:
    bob = await person(app, "bob")
    post_id = await write(app, alice, "MARKER")
    boost_id = await interactions.boost(app, bob.account_id, post_id)
    assert (await stranger.get(f"/@bob/{boost_id}")).status == 404
    (shown,) = soup(await stranger.get("/@bob")).select("article")
    assert "boosted" in shown.get_text()
    assert shown.find("a", href=f"/@alice/{post_id}") is not None


async def test_a_suspended_account_has_neither_profile_nor_posts(app: App, alice: User, stranger: Browser) -> None:
    post_id = await write(app, alice, "MARKER #tea")
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), alice.account_id)
    for path in ("/@alice", f"/@alice/{post_id}", "/", "/tags/tea"):
        answer = await stranger.get(path)
        assert "MARKER" not in answer.text
        assert (answer.status == 404) is path.startswith("/@")


async def test_a_deleted_account_is_gone_and_one_that_waits_is_not_there(
    app: App, alice: User, stranger: Browser
) -> None:
    await app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", alice.id)
    assert (await stranger.get("/@alice")).status == 404
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), alice.account_id)
    assert (await stranger.get("/@alice")).status == 410


# Strangers' words


async def _hostile_pages(app: App) -> list[str]:
    user = await person(app, "mallory")
    fields = [(HOSTILE, HOSTILE), ("web", "javascript:alert(3)")]
    await profiles.update(
        app,
        user.account_id,
        Changes(display_name='"><script>x', note=HOSTILE, fields=fields, discoverable=True, indexable=True),
    )
    await app.db.execute("UPDATE accounts SET display_name = ? WHERE id = ?", HOSTILE, user.account_id)
    poll = PollDraft(options=(HOSTILE[:90], "b"), expires_in=3600)
    post_id = await write(app, user, f"{HOSTILE} #tea", spoiler_text=HOSTILE, poll=poll)
    await write(app, user, f"{HOSTILE} #tea", in_reply_to_id=post_id)
    return ["/@mallory", f"/@mallory/{post_id}", f"/@mallory/{post_id}/embed", "/tags/tea"]


async def test_hostile_names_and_texts_stay_text_on_every_page(app: App, stranger: Browser) -> None:
    for path in await _hostile_pages(app):
        page = soup(await stranger.get(path))
        assert [one for one in page.find_all("script") if not str(one.get("src")).startswith("/static/")] == []
        assert all(str(image.get("src")).startswith("/") for image in page.find_all("img"))
        assert [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")] == []
        assert [a for a in page.find_all("a") if str(a.get("href")).startswith("javascript")] == []
        assert "alert(1)" in page.get_text()
        assert "{{ 7*7 }}" in page.get_text()


async def test_a_name_cannot_leave_the_head_of_the_page(app: App, stranger: Browser) -> None:
    page = soup(await stranger.get((await _hostile_pages(app))[0]))
    assert page.title is not None
    assert page.title.get_text().startswith(HOSTILE)
    titles = page.find_all("meta", property="og:title")
    assert [meta["content"] for meta in titles] == [f"{HOSTILE} (@mallory@localhost:8000)"]


async def test_the_address_of_a_remote_person_is_a_web_address_or_none(app: App, stranger: Browser) -> None:
    world = World(app)
    eve = await world.person("eve@far.example", url="javascript:alert(1)")
    await world.arrives(eve, content="<p>x</p>", tags=(("tea", "tea"),), url='https://far.example/"onclick="x')
    page = soup(await stranger.get("/tags/tea"))
    found = {a["href"] for a in page.select("article a")}
    assert found == {"https://far.example/users/eve", "https://far.example/%22onclick=%22x"}


async def test_nothing_is_loaded_from_other_servers(app: App, alice: User, stranger: Browser) -> None:
    world = World(app)
    root = await write(app, alice, "root")
    eve = await world.person("eve@far.example", avatar_remote="https://far.example/a.png")
    cat = NewMedia(kind="image", url="https://far.example/cat.png", description="A cat")
    await world.arrives(eve, content="<p>look</p>", media=(cat,), in_reply_to_id=root)
    page = soup(await stranger.get(f"/@alice/{root}"))
    loaded = [str(tag["src"]) for tag in page.find_all(src=True)]
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert any(address.startswith("/media/remote/media/") for address in loaded)
    assert "A cat" in str(page)


@pytest.mark.parametrize("path", ["/", "/about", "/@alice", "/@alice/ID", "/tags/tea", "/@nobody"])
async def test_pages_let_nothing_inline_run_and_nobody_frame_them(
    app: App, alice: User, stranger: Browser, path: str
) -> None:
    post_id = await write(app, alice, "#tea")
    answer = await stranger.get(path.replace("ID", str(post_id)))
    policy = answer.header("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.header("x-content-type-options") == "nosniff"
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", answer.text)
    assert "style=" not in answer.text
    assert "set-cookie" not in dict(answer.headers)


# What machines read


async def test_profile_and_post_name_their_activitypub_form(app: App, alice: User, stranger: Browser) -> None:
    post_id = await write(app, alice)
    for path, uri in (("/@alice", "/users/alice"), (f"/@alice/{post_id}", f"/users/alice/statuses/{post_id}")):
        answer = await stranger.get(path)
        link = soup(answer).find("link", rel="alternate", type="application/activity+json")
        assert link is not None
        assert link["href"] == app.url(uri)
        assert "accept" in answer.header("vary").lower()
        document = await stranger.get(path, accept="application/activity+json")
        assert document.json["id"] == link["href"]


async def test_search_engines_are_kept_out_unless_the_account_wants_them(
    app: App, alice: User, stranger: Browser
) -> None:
    post_id = await write(app, alice)
    for indexable in (False, True):
        await profiles.update(app, alice.account_id, Changes(indexable=indexable))
        for path in ("/@alice", f"/@alice/{post_id}"):
            page = soup(await stranger.get(path))
            assert (page.find("meta", attrs={"name": "robots", "content": "noindex"}) is None) is indexable
            assert (page.select_one("article[data-nosnippet]") is None) is (indexable or not page.select("article"))


async def test_a_limited_account_is_not_indexed(app: App, alice: User, stranger: Browser) -> None:
    await profiles.update(app, alice.account_id, Changes(indexable=True))
    await app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", app.now(), alice.account_id)
    assert 'content="noindex"' in (await stranger.get("/@alice")).text


async def test_a_preview_tells_the_warning_and_not_what_is_behind_it(app: App, alice: User, stranger: Browser) -> None:
    post_id = await write(app, alice, "BEHIND", spoiler_text="In front")
    page = soup(await stranger.get(f"/@alice/{post_id}"))
    assert page.head is not None
    described = page.head.find("meta", property="og:description")
    assert described is not None
    assert described["content"] == "In front"
    assert "BEHIND" not in page.head.decode()


async def test_every_post_says_its_language_and_takes_its_own_direction(
    app: App, alice: User, stranger: Browser
) -> None:
    await write(app, alice, "你好世界", language="zh")
    await write(app, alice, "@bob שלום", language="he")
    page = soup(await stranger.get("/@alice"))
    assert [(w["lang"], w["dir"]) for w in page.select("article .words")] == [("he", "rtl"), ("zh", "auto")]


async def test_a_post_of_no_known_language_says_so(app: App, stranger: Browser) -> None:
    world = World(app)
    await world.arrives(await world.person("eve@far.example"), tags=(("tea", "tea"),), language=None)
    words = soup(await stranger.get("/tags/tea")).select_one("article .tile-title")
    assert words is not None
    assert words["lang"] == ""
