"""Custom emoji: an operator adds a picture, people use it by name."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import pytest
from PIL import Image

from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import emojis
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.support import accounts
from tests.support.people import configure


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (0, 90, 90, 120)).save(out, "PNG")
    return out.getvalue()


async def test_a_post_carries_the_emoji_that_it_uses(app: App) -> None:
    await emojis.add(app, "tea", _picture(), category="Drinks")
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("a cup of :tea: and :coffee:"))
    row = await app.db.row("SELECT emojis FROM posts WHERE id = ?", post_id)
    assert row is not None
    assert [e["shortcode"] for e in msgspec.json.decode(row["emojis"])] == ["tea"]
    found = (await documents.post(app, post_id)).document
    assert [t["name"] for t in found["tag"] if t["type"] == "Emoji"] == [":tea:"]
    assert (await documents.custom_emoji(app, "tea"))["icon"]["url"].startswith(app.url("/media/"))


async def test_the_same_name_gets_a_new_picture(app: App) -> None:
    await emojis.add(app, "tea", _picture())
    first = (await emojis.find(app, "tea"))["url"]
    await emojis.add(app, "tea", _picture())
    assert (await emojis.find(app, "tea"))["url"] != first
    assert len(await emojis.listing(app)) == 1


async def test_a_removed_emoji_is_a_word_again(app: App) -> None:
    await emojis.add(app, "tea", _picture())
    await emojis.remove(app, "tea")
    with pytest.raises(NotFound):
        await emojis.find(app, "tea")
    with pytest.raises(NotFound):
        await emojis.remove(app, "tea")


@pytest.mark.parametrize("name", ["../x", "a", "tea cup", "茶茶", "x" * 65])
async def test_a_name_that_is_no_shortcode_is_refused(app: App, name: str) -> None:
    with pytest.raises(Invalid):
        await emojis.add(app, name, _picture())


async def test_what_is_no_picture_is_refused(app: App) -> None:
    with pytest.raises(Invalid):
        await emojis.add(app, "tea", b"<svg/>")


@dataclass(frozen=True)
class Described:
    """An emoji as another server describes it."""

    shortcode: str
    url: str
    id: str | None = None
    updated: datetime | None = None


async def _known(app: App, domain: str = "remote.example") -> dict[str, str]:
    rows = await app.db.rows("SELECT shortcode, url FROM custom_emojis WHERE domain = ?", domain)
    return {row["shortcode"]: row["url"] for row in rows}


async def test_the_newest_picture_of_another_server_s_emoji_counts(app: App) -> None:
    now = app.now()
    for picture, updated, shown in (
        ("one", now - timedelta(days=2), "one"),
        ("two", now - timedelta(days=1), "two"),
        ("one", now - timedelta(days=2), "two"),
        ("three", None, "three"),
        ("four", now + timedelta(days=900), "four"),
        ("five", now, "five"),
    ):
        app.clock.shift(1)
        said = Described("blob", f"https://remote.example/{picture}.png", updated=updated)
        (found,) = await emojis.remember(app, "remote.example", [said])
        assert found == {"shortcode": "blob", "url": f"https://remote.example/{shown}.png", "static_url": found["url"]}
        assert await _known(app) == {"blob": found["url"]}
        if picture == "four":
            app.clock.shift(3600)
            said = Described("blob", "https://remote.example/five.png", updated=app.now())
            assert (await emojis.remember(app, "remote.example", [said]))[0]["url"].endswith("five.png")


async def test_the_same_emoji_again_costs_one_query_and_writes_nothing(app: App) -> None:
    said = Described("blob", "https://remote.example/one.png", updated=app.now())
    await emojis.remember(app, "remote.example", [said])
    before = app.db.statements
    await emojis.remember(app, "remote.example", [said])
    assert app.db.statements == before + 1
    await emojis.remember(app, "remote.example", [])
    assert app.db.statements == before + 1


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("blob", "javascript:alert(1)"),
        ("blob", "http://remote.example/x.png"),
        ("blob", "//remote.example/x.png"),
        ("blob", "https://user@remote.example/x.png"),
        ('a"onload="x', "https://remote.example/x.png"),
        ("<b>", "https://remote.example/x.png"),
        ("", "https://remote.example/x.png"),
    ],
)
async def test_what_could_do_harm_in_a_page_is_no_emoji(app: App, name: str, url: str) -> None:
    configure(app, "federation", allow_http=False)
    assert await emojis.remember(app, "remote.example", [Described(name, url)]) == ()
    assert await _known(app) == {}


async def test_one_server_cannot_fill_the_table_with_emoji(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emojis, "MAX_PER_DOMAIN", 3)
    for number in range(5):
        said = Described(f"e{number}", f"https://remote.example/{number}.png")
        assert len(await emojis.remember(app, "remote.example", [said])) == 1
    assert set(await _known(app)) == {"e0", "e1", "e2"}
    await emojis.remember(app, "other.example", [Described("e", "https://other.example/e.png")])
    assert set(await _known(app, "other.example")) == {"e"}


async def test_no_emoji_come_from_a_server_whose_media_are_refused(app: App) -> None:
    await domains.block(app, "remote.example", Terms(severity="noop", reject_media=True), by=None)
    assert await emojis.remember(app, "remote.example", [Described("e", "https://remote.example/e.png")]) == ()
