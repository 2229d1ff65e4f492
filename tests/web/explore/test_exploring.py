"""Explore in the browser: cards, views, topics, paging, following; for visitors and members, with no script needed."""

from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.moderation.house import starters, topics
from fedinote.posts import interactions
from fedinote.timelines import explore
from fedinote.timelines import topics as following
from fedinote.web.browser import FIELD
from tests.support.browser import Answer, Browser
from tests.support.people import configure, person
from tests.timelines.world import World
from tests.web.reading import signed_in, soup, write


@pytest.fixture
async def open_alice(app: App, alice: User) -> User:
    """Somebody who wants to be discovered."""
    await profiles.update(app, alice.account_id, Changes(display_name="Alice", discoverable=True))
    return alice


def titles(answer: Answer) -> list[str]:
    return [one.get_text(strip=True) for one in soup(answer).select(".tile .tile-title")]


async def translated(app: App, post_id: int, target: str, text: str) -> None:
    row = await app.db.row("SELECT created_at FROM posts WHERE id = ?", post_id)
    assert row is not None
    await app.db.execute(
        "INSERT INTO post_translations (post_id, target, version, state, source, content, options, descriptions, kind,"
        " tries, made_at, spoiler_text, mark, told, engine, location)"
        " VALUES (?, ?, ?, 'ready', 'en', ?, '[]', '{}', 'machine', 0, ?, '', '', '{}', 'Engine', 'local')",
        post_id,
        target,
        row["created_at"],
        f"<p>{text}</p>",
        app.now(),
    )


@pytest.mark.parametrize("path", ["/", "/explore"])
async def test_a_visitor_sees_cards_with_title_author_likes_and_language(
    app: App, open_alice: User, stranger: Browser, path: str
) -> None:
    post_id = await write(app, open_alice, "A garden on the balcony\n\nIt began with three pots.", language="en")
    await interactions.favourite(app, (await person(app, "bob")).account_id, post_id)
    tile = soup(await stranger.get(path)).select_one(".tile")
    assert isinstance(tile, Tag)
    link = tile.select_one("a.tile-open")
    assert isinstance(link, Tag)
    assert link["href"] == f"/@alice/{post_id}"
    assert link.select_one('.tile-title[lang="en"]').get_text() == "A garden on the balcony"  # type: ignore[union-attr]
    assert "It began with three pots." in tile.get_text()
    assert [tile.select_one(f".{name}").get_text(" ", strip=True) for name in ("name", "tile-count")] == [  # type: ignore[union-attr]
        "Alice", "1 like",
    ]  # fmt: skip
    assert "English" in tile.select_one(".tile-language").get_text()  # type: ignore[union-attr]


async def test_a_title_is_shown_in_the_reader_s_language_where_it_is_translated_already(
    app: App, open_alice: User, stranger: Browser
) -> None:
    post_id = await write(app, open_alice, "A garden on the balcony", language="en")
    await translated(app, post_id, "zh-Hans", "阳台上的花园")
    chinese = soup(await stranger.get("/explore", accept_language="zh-CN"))
    title = chinese.select_one('.tile-title[lang="zh-Hans"]')
    assert title is not None
    assert title.get_text() == "阳台上的花园"
    assert chinese.select_one(".tile-language")["title"] == "译自English"  # type: ignore[index]
    assert titles(await stranger.get("/explore", accept_language="en")) == ["A garden on the balcony"]
    await app.db.execute("UPDATE posts SET edited_at = ? WHERE id = ?", to_ms(app.now()) + 1000, post_id)
    assert titles(await stranger.get("/explore", accept_language="zh-CN")) == ["A garden on the balcony"]


async def test_a_card_of_a_warned_post_says_the_warning_alone(app: App, open_alice: User, stranger: Browser) -> None:
    await write(app, open_alice, "SECRET #tea", spoiler_text="The end of a film")
    found = await stranger.get("/tags/tea")
    assert titles(found) == ["The end of a film"]
    assert "SECRET" not in found.text


async def test_views_are_links_and_the_chosen_one_is_marked(app: App, open_alice: User, stranger: Browser) -> None:
    await write(app, open_alice, "the quick brown fox", language="en")
    await write(app, open_alice, "阳台上的花园", language="zh")
    page = soup(await stranger.get("/explore?kind=text&lang=zh"))
    assert [one.get_text(strip=True) for one in page.select(".views .chip[aria-current]")] == ["Words"]
    links = {one.get_text(strip=True): one["href"] for one in page.select(".views a")}
    assert links["Pictures"] == "/explore?kind=pictures&lang=zh"
    assert links["English"] == "/explore?kind=text&lang=en"
    assert links["All languages"] == "/explore?kind=text"
    assert [one.get_text() for one in page.select(".tile-title")] == ["阳台上的花园"]


@pytest.mark.parametrize(
    "path", ["/explore?kind=quarrels", "/explore?lang=%25", "/explore?after=x", "/explore/topics/nothing"]
)
async def test_what_is_no_view_is_not_found(app: App, stranger: Browser, path: str) -> None:
    assert (await stranger.get(path)).status == 404


async def test_more_is_a_link_and_a_script_gets_the_cards_alone(
    app: App, open_alice: User, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await write(app, open_alice, f"Note number {number}")
    monkeypatch.setattr(explore.page, "__kwdefaults__", {"after": None, "limit": 3})
    first = await stranger.get("/explore")
    more = soup(first).select_one("a[data-more]")
    assert isinstance(more, Tag)
    part = await stranger.get(str(more["href"]), x_part="1")
    assert "<html" not in part.text
    rest = [one.get_text() for one in BeautifulSoup(part.text, "html5lib").select(".tile-title")]
    assert sorted(titles(first) + rest) == [f"Note number {number}" for number in range(5)]
    assert "data-more" not in part.text
    assert titles(await stranger.get(str(more["href"]))) == rest


async def test_a_remote_note_leads_a_visitor_to_its_own_server_and_a_member_to_its_page_here(
    app: App, alice: User, stranger: Browser
) -> None:
    world = World(app)
    far = await world.person("far@far.example", discoverable=True)
    post_id = await world.arrives(far, content="<p>From afar</p>", url="https://far.example/@far/1")
    link = soup(await stranger.get("/explore")).select_one("a.tile-open")
    assert isinstance(link, Tag)
    assert link["href"] == "https://far.example/@far/1"
    assert "data-note" not in link.attrs
    assert "noreferrer" in link["rel"]
    member = await signed_in(app, alice)
    inside = soup(await member.get("/explore")).select_one("a.tile-open[data-note]")
    assert isinstance(inside, Tag)
    assert inside["href"] == f"/@far@far.example/{post_id}"


async def test_what_the_operator_does_not_show_to_visitors_they_do_not_see(
    app: App, open_alice: User, stranger: Browser
) -> None:
    await write(app, open_alice, "MARKER")
    configure(app, "explore", visitors=False)
    for path in ("/", "/explore"):
        found = await stranger.get(path)
        assert "MARKER" not in found.text
        assert "Sign in to see what people write here." in found.text
    assert "MARKER" in (await (await signed_in(app, open_alice)).get("/explore")).text


async def test_a_page_for_members_is_kept_by_nobody_and_one_for_visitors_by_their_browser_alone(
    app: App, alice: User, stranger: Browser
) -> None:
    await stranger.get("/explore")
    found = await stranger.get("/explore")
    assert found.header("cache-control") == "private, max-age=15"
    assert "Cookie" in found.header("vary")
    assert (await (await signed_in(app, alice)).get("/explore")).header("cache-control") == "private, no-store"


# -- topics -----------------------------------------------------------------------------------------------------------


async def test_a_topic_is_called_in_the_reader_s_language_and_shows_all_its_hashtags(
    app: App, open_alice: User, stranger: Browser
) -> None:
    await starters.apply(app, None, ["cats"])
    await write(app, open_alice, "我家的 #猫 今天三岁了")
    await write(app, open_alice, "Not about that")
    page = soup(await stranger.get("/explore/topics/cats", accept_language="es"))
    assert page.h1.get_text() == "Gatos"  # type: ignore[union-attr]
    assert {"#cat", "#猫", "#gato"} <= {one.get_text() for one in page.select(".hashtags a")}
    assert len(page.select(".tile")) == 1


async def test_a_member_follows_a_topic_and_no_longer(app: App, alice: User) -> None:
    await starters.apply(app, None, ["cats"])
    member = await signed_in(app, alice)
    for wanted in (True, False):
        page = await member.get("/explore/topics/cats")
        number = next(n for n, form in enumerate(page.forms) if form.action.endswith("/follow"))
        done = await member.submit(page, number=number)
        assert (done.status, done.location) == (303, "/explore/topics/cats")
        assert [one.slug for one in await following.followed(app, alice.account_id)] == (["cats"] if wanted else [])


async def test_following_needs_a_form_of_ours_and_somebody_who_is_signed_in(
    app: App, alice: User, stranger: Browser
) -> None:
    await starters.apply(app, None, ["cats"])
    member = await signed_in(app, alice)
    for path in ("/explore/topics/cats/follow", "/explore/interests"):
        assert (await member.post(path, {"follow": "1", "topic": "cats", FIELD: "x.y"})).status == 403
        assert (await stranger.post(path, {"follow": "1"})).location.startswith("/auth/sign_in")
    assert await following.followed(app, alice.account_id) == []


async def test_a_member_who_follows_no_topic_is_asked_what_they_like(app: App, alice: User) -> None:
    await starters.apply(app, None, ["cats", "tea", "music"])
    member = await signed_in(app, alice)
    page = await member.get("/explore")
    number = next(n for n, form in enumerate(page.forms) if form.action == "/explore/interests")
    fields = f"form_token={page.forms[number].hidden['form_token']}&topic=cats&topic=tea&topic=unknown"
    done = await member.send(
        "POST", "/explore/interests", fields.encode(), {"content_type": "application/x-www-form-urlencoded"}
    )
    assert (done.status, done.location) == (303, "/explore")
    assert {one.slug for one in await following.followed(app, alice.account_id)} == {"cats", "tea"}
    assert "/explore/interests" not in (await member.get("/explore")).text


# -- an empty instance ------------------------------------------------------------------------------------------------


async def test_an_empty_server_offers_starter_topics_in_the_reader_s_language_and_people(
    app: App, open_alice: User, stranger: Browser
) -> None:
    configure(app, "instance", suggested_accounts=["alice", "nobody"])
    page = soup(await stranger.get("/", accept_language="ja"))
    chips = {one.get_text(strip=True): one["href"] for one in page.select(".topics a")}
    assert str(chips["猫"]).startswith("/tags/")
    assert "/explore/topics" in chips.values()
    assert [one.get_text() for one in page.select(".faces .name")] == ["Alice"]
    everything = soup(await stranger.get("/explore/topics", accept_language="zh-TW"))
    assert len(everything.select(".chip.topic")) >= 20
    assert (await stranger.get(unquote(str(everything.select(".chip.topic")[0]["href"])))).status == 200


async def test_who_does_not_want_to_be_discovered_is_not_featured(app: App, alice: User, stranger: Browser) -> None:
    configure(app, "instance", suggested_accounts=["alice"])
    assert soup(await stranger.get("/explore")).select(".faces") == []


async def test_kept_topics_take_the_place_of_the_starters(app: App, alice: User, stranger: Browser) -> None:
    await topics.create(app, None, "ferns", ["fern"], titles={"en": "Ferns"})
    page = soup(await stranger.get("/explore"))
    assert [one.get_text(strip=True) for one in page.select(".topics a")] == ["Ferns"]
    assert "Ferns" in soup(await stranger.get("/explore/topics")).select_one(".shelf").get_text()  # type: ignore[union-attr]


async def test_a_hostile_post_stays_words(app: App, open_alice: User, stranger: Browser) -> None:
    await write(app, open_alice, '"><script>alert(1)</script> {{ 7*7 }}', language="en")
    found = await stranger.get("/explore")
    assert "<script>alert" not in found.text
    assert "{{ 7*7 }}" in titles(found)[0]
    assert "49" not in titles(found)[0]


async def test_a_member_who_is_not_discoverable_is_told_why_their_notes_are_missing(app: App, alice: User) -> None:
    member = await signed_in(app, alice)
    hint = soup(await member.get("/explore")).select_one(".own")
    assert hint is not None
    assert hint.select('a[href="/settings/privacy"]')
    await profiles.update(app, alice.account_id, Changes(discoverable=True))
    assert soup(await member.get("/explore")).select_one(".own") is None
