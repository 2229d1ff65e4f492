"""Custom emoji: an operator adds a picture, people use it by name."""

import io

import msgspec
import pytest
from PIL import Image

from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import emojis
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.support import accounts


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
