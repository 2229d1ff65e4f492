"""Video notes one after another: which there are, that they are players without scripts, and more of them."""

import pytest

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts.drafts import NewMedia
from fedinote.relations import blocks
from fedinote.web import videos
from tests.support.browser import Browser
from tests.support.people import person
from tests.timelines.world import World
from tests.web.reading import signed_in, soup

FILM = NewMedia(kind="video", url="https://far.example/v.mp4", preview="https://far.example/v.jpg", description="waves")
CAT = NewMedia(kind="image", url="https://far.example/cat.png")


@pytest.fixture
async def eve(app: App) -> int:
    return await World(app).person("eve@far.example", discoverable=True)


async def _films(app: App, eve: int, count: int = 1, **fields: object) -> list[int]:
    world = World(app)
    return [await world.arrives(eve, content=f"<p>film {n}</p>", media=(FILM,), **fields) for n in range(count)]


async def test_videos_are_players_that_work_without_scripts(app: App, eve: int, stranger: Browser) -> None:
    await _films(app, eve)
    await World(app).arrives(eve, content="<p>MARKER</p>", media=(CAT,))
    page = soup(await stranger.get("/explore/videos"))
    (film,) = page.select("article.reel video")
    assert film.has_attr("controls")
    assert film["preload"] == "none"
    assert str(film["src"]).startswith("/media/remote/media/")
    assert film["aria-label"] == "waves"
    assert not film.has_attr("autoplay")
    assert "MARKER" not in page.get_text()


async def test_sensitive_videos_do_not_play_by_themselves(app: App, eve: int, stranger: Browser) -> None:
    await _films(app, eve, sensitive=True)
    page = soup(await stranger.get("/explore/videos"))
    assert [one for one in page.select("article.reel video") if one.find_parent("details") is None] == []


async def test_more_videos_follow_below_and_scripts_get_them_alone(app: App, eve: int, stranger: Browser) -> None:
    await _films(app, eve, videos.SIZE + 2)
    first = soup(await stranger.get("/explore/videos"))
    link = first.find("a", rel="next")
    assert link is not None
    part = await stranger.get(str(link["href"]), x_part="1")
    assert "<html" not in part.text
    shown = [one["id"] for page in (first, soup(part)) for one in page.select("article.reel")]
    assert len(shown) == len(set(shown)) == videos.SIZE + 2


async def test_whom_a_member_blocks_is_not_among_them(app: App, eve: int, alice: User) -> None:
    await _films(app, eve)
    browser = await signed_in(app, alice)
    assert soup(await browser.get("/explore/videos")).select("article.reel")
    await blocks.block(app, alice.account_id, eve)
    assert not soup(await browser.get("/explore/videos")).select("article.reel")


@pytest.mark.parametrize("asked", ["?after=x", "?lang=nonsense!", "?topic=unknown"])
async def test_what_is_none_of_them_is_not_found(app: App, stranger: Browser, asked: str) -> None:
    assert (await stranger.get(f"/explore/videos{asked}")).status == 404


async def test_without_videos_the_page_says_so(app: App, stranger: Browser) -> None:
    await profiles.update(app, (await person(app, "carol")).account_id, Changes(discoverable=True))
    assert "No videos yet" in (await stranger.get("/explore/videos")).text
