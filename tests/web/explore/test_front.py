"""The front page, the page about the server, and the house's texts."""

from pathlib import Path

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.house import topics
from fedinote.timelines import explore_ranking
from tests.support.browser import Browser
from tests.support.people import configure, person
from tests.web.reading import signed_in, soup


async def test_members_go_home_from_the_front_page(app: App, alice: User) -> None:
    found = await (await signed_in(app, alice)).get("/")
    assert (found.status, found.location) == (303, "/home")


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("open", "Make an account"),
        ("approval", "Ask for an account"),
        ("invitation", "invitation link"),
        ("closed", "Nobody can join"),
    ],
)
async def test_the_front_page_tells_how_to_join(app: App, stranger: Browser, mode: str, words: str) -> None:
    await person(app, "boss", "owner")
    configure(app, "registrations", mode=mode)
    hero = soup(await stranger.get("/")).select_one(".hero")
    assert hero is not None
    assert words in hero.get_text()
    assert bool(hero.select('a[href="/auth/sign_up"]')) is (mode in ("open", "approval"))
    assert hero.select('a[href="/auth/sign_in"]')


async def test_a_server_without_an_owner_says_where_the_link_is(app: App, stranger: Browser) -> None:
    hero = soup(await stranger.get("/")).select_one(".hero")
    assert hero is not None
    assert "no owner yet" in hero.get_text()
    assert not hero.select('a[href^="/auth"]')


async def test_the_rules_are_told_in_the_reader_s_language(app: App, stranger: Browser, tmp_path: Path) -> None:
    configure(app, "instance", rules=["Be kind.", "No adverts.", "Third."], texts_dir=str(tmp_path))
    (tmp_path / "rules.zh-Hans.txt").write_text("友善待人。\n不打广告。\n", encoding="utf-8")
    chinese = soup(await stranger.get("/about", accept_language="zh-CN"))
    assert [one.get_text() for one in chinese.select("ol.rules li")] == ["友善待人。", "不打广告。", "Third."]
    assert chinese.select_one("ol.rules li")["lang"] == "zh-Hans"  # type: ignore[index]
    english = soup(await stranger.get("/about"))
    assert [one.get_text() for one in english.select("ol.rules li")] == ["Be kind.", "No adverts.", "Third."]


async def test_the_page_about_the_server_tells_texts_contact_and_which_servers_are_blocked(
    app: App, stranger: Browser, tmp_path: Path
) -> None:
    await person(app, "boss", "owner")
    configure(app, "instance", texts_dir=str(tmp_path), contact_account="boss", contact_email="us@mail.example")
    (tmp_path / "about.html").write_text("<p>We are <b>many</b>.<script>x</script></p>", encoding="utf-8")
    (tmp_path / "privacy-policy.txt").write_text("Nothing is kept.", encoding="utf-8")
    for domain, severity, hidden in (("bad.example", "suspend", False), ("secret.example", "suspend", True)):
        await app.db.execute(
            "INSERT INTO domain_blocks (id, domain, severity, reject_media, reject_reports, public_comment,"
            " private_comment, obfuscate, created_at) VALUES (?, ?, ?, FALSE, FALSE, 'spam', 'PRIVATE', ?, ?)",
            app.ids.next(),
            domain,
            severity,
            hidden,
            app.now(),
        )
    found = await stranger.get("/about")
    page = soup(found)
    assert "<b>many</b>" in found.text
    assert "<script>x" not in found.text
    assert page.select('a[href="/privacy-policy"]')
    assert not page.select('main a[href="/terms-of-service"]')
    assert page.select('a[href="mailto:us@mail.example"]')
    assert "bad.example" in found.text
    assert "secret.example" not in found.text
    assert "PRIVATE" not in found.text
    assert "Nothing is kept." in (await stranger.get("/privacy-policy")).text
    assert (await stranger.get("/terms-of-service")).status == 404


async def test_the_page_about_ranking_gives_the_numbers_in_force_and_leaves_out_what_is_switched_off(
    app: App, stranger: Browser
) -> None:
    found = soup(await stranger.get("/about/ranking")).get_text()
    assert f"After {explore_ranking.HALF_LIFE} hours" in found
    assert "answered in another language" in found
    assert "liked, boosted or reacted" in found
    configure(app, "explore", crossing=False, popular=False, remote=False)
    found = soup(await stranger.get("/about/ranking")).get_text()
    assert "answered in another language" not in found
    assert "liked, boosted or reacted" not in found
    assert "Notes of other servers are not shown here." in found


@pytest.mark.parametrize(
    "path",
    ["/", "/explore", "/explore/topics", "/explore/topics/tea", "/tags/tea", "/about", "/about/ranking"],
)
async def test_each_public_page_tells_other_sites_what_it_is(app: App, stranger: Browser, path: str) -> None:
    await topics.create(app, None, "tea", ["tea"], titles={"en": "Tea"})
    page = soup(await stranger.get(path))
    told = {one["property"]: one["content"] for one in page.select('meta[property^="og:"]')}
    assert told["og:url"] == app.url(path)
    assert told["og:title"]
    assert told["og:description"]
    assert told["og:site_name"] == app.settings.instance.title
