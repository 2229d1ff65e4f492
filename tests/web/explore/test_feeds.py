"""Atom and JSON feeds of people and hashtags: what is in them, what is not, and that ActivityPub stays where it was."""

from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.support.browser import Browser
from tests.support.people import configure, person
from tests.web.reading import soup, write

NAMES = {"a": "http://www.w3.org/2005/Atom"}
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


async def test_a_profile_has_a_feed_of_public_posts_with_their_language(
    app: App, alice: User, stranger: Browser
) -> None:
    first = await write(app, alice, "A title\n\nWords <&> more", language="en")
    for visibility in ("unlisted", "private", "direct", "local"):
        await write(app, alice, "SECRET", visibility=visibility)
    await write(app, alice, "An answer", in_reply_to_id=await write(app, await person(app, "bob"), "hello"))
    found = await stranger.get("/@alice.atom")
    assert (found.status, found.header("content-type")) == (200, "application/atom+xml; charset=utf-8")
    feed = ET.fromstring(found.body)
    entries = feed.findall("a:entry", NAMES)
    assert [one.findtext("a:title", "", NAMES) for one in entries] == ["A title"]
    assert entries[0].get(XML_LANGUAGE) == "en"
    assert "Words &lt;&amp;&gt; more" in entries[0].findtext("a:content", "", NAMES)
    assert entries[0].find("a:link", NAMES).get("href") == app.url(f"/@alice/{first}")  # type: ignore[union-attr]
    assert feed.findtext("a:id", "", NAMES) == app.url("/@alice")
    assert "SECRET" not in found.text


async def test_the_json_feed_says_the_same(app: App, alice: User, stranger: Browser) -> None:
    post_id = await write(app, alice, "A title\n\nWords", language="en")
    found = await stranger.get("/@alice.json")
    assert found.header("content-type") == "application/feed+json; charset=utf-8"
    feed = found.json
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (app.url("/@alice"), app.url("/@alice.json"))
    assert [(one["title"], one["url"], one["language"]) for one in feed["items"]] == [
        ("A title", app.url(f"/@alice/{post_id}"), "en")
    ]


@pytest.mark.parametrize("ending", ["atom", "json"])
async def test_behind_a_warning_there_are_neither_words_nor_files(
    app: App, alice: User, stranger: Browser, ending: str
) -> None:
    await write(app, alice, "SECRET #tea", spoiler_text="The end of a film")
    for path in (f"/@alice.{ending}", f"/tags/tea.{ending}"):
        found = await stranger.get(path)
        assert found.status == 200
        assert "The end of a film" in found.text
        assert "SECRET" not in found.text


async def test_files_are_enclosures(app: App, alice: User, stranger: Browser) -> None:
    media = app.ids.next()
    await app.db.execute(
        "INSERT INTO media (id, account_id, kind, media_type, key, preview_key, meta, position, state, created_at,"
        " description) VALUES (?, ?, 'image', 'image/png', 'aa/bb/x.png', '', '{}', 0, 'ready', ?, 'A cat')",
        media,
        alice.account_id,
        app.now(),
    )
    await write(app, alice, "A picture", media_ids=(media,))
    item = (await stranger.get("/@alice.json")).json["items"][0]
    expected = {"url": app.url("/media/aa/bb/x.png"), "mime_type": "image/png", "title": "A cat"}
    assert item["attachments"] == [expected]


@pytest.mark.parametrize(
    "accept", ["text/html", "*/*", "application/atom+xml", "application/activity+json", "application/feed+json", ""]
)
async def test_a_feed_is_a_feed_whatever_is_accepted(app: App, alice: User, stranger: Browser, accept: str) -> None:
    for path, kind in (("/@alice.atom", "application/atom+xml"), ("/@alice.json", "application/feed+json")):
        found = await stranger.get(path, accept=accept)
        assert found.status == 200
        assert found.header("content-type").startswith(kind)


async def test_the_profile_itself_still_gives_activitypub(app: App, alice: User, stranger: Browser) -> None:
    found = await stranger.get("/@alice", accept="application/activity+json")
    assert found.header("content-type").startswith("application/activity+json")
    assert found.json["preferredUsername"] == "alice"


async def test_a_hashtag_has_feeds_and_its_page_names_them(app: App, alice: User, stranger: Browser) -> None:
    await write(app, alice, "喝一杯 #茶")
    page = soup(await stranger.get("/tags/茶"))
    links = {one["type"]: unquote(str(one["href"])) for one in page.select('link[rel="alternate"]')}
    assert set(links) >= {"application/atom+xml", "application/feed+json"}
    feed = ET.fromstring((await stranger.get(links["application/atom+xml"])).body)
    assert [one.findtext("a:title", "", NAMES) for one in feed.findall("a:entry", NAMES)] == ["喝一杯"]
    assert (await stranger.get(links["application/feed+json"])).json["title"] == "#茶"


@pytest.mark.parametrize("path", ["/@nobody.atom", "/@nobody.json", "/tags/1.atom", "/@a@far.example.atom"])
async def test_there_is_no_feed_of_nothing(app: App, alice: User, stranger: Browser, path: str) -> None:
    assert (await stranger.get(path)).status == 404


async def test_a_suspended_person_has_no_feed(app: App, alice: User, stranger: Browser) -> None:
    await write(app, alice, "MARKER #tea")
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), alice.account_id)
    assert (await stranger.get("/@alice.atom")).status == 404
    assert "MARKER" not in (await stranger.get("/tags/tea.atom")).text


async def test_signs_that_no_xml_may_contain_are_left_out(app: App, alice: User, stranger: Browser) -> None:
    await write(app, alice, "before")
    await app.db.execute("UPDATE posts SET content = ?", "<p>be\x0bfore \ufffe after</p>")
    assert "after" in ET.fromstring((await stranger.get("/@alice.atom")).body).findtext(".//a:content", "", NAMES)


async def test_a_feed_may_be_kept_by_everybody_and_sets_no_cookie(app: App, alice: User, stranger: Browser) -> None:
    configure(app, "limits", enabled=False)
    found = await stranger.get("/@alice.atom")
    assert found.header("cache-control") == "public, max-age=120"
    assert found.cookies() == []
