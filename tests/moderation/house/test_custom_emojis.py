"""Looking after custom emoji: disabling keeps what was used, copying takes over a picture, each step is audited."""

import pytest

from fedinote.accounts import emojis as used
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.infra.outbound import Response
from fedinote.media import emojis
from fedinote.moderation.house import custom_emojis
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.media.test_emojis import _picture
from tests.moderation.staff import log, staff


async def names(app: App) -> list[str]:
    return [one["shortcode"] for one in await used.used(app, "some :tea: and :cat:")]


async def test_a_disabled_emoji_cannot_be_used_until_it_is_enabled(app: App) -> None:
    admin = await staff(app, "admin")
    await custom_emojis.add(app, "tea", _picture(), "Drinks", by=admin)
    assert await names(app) == ["tea"]
    await custom_emojis.change(app, "tea", disabled=True, by=admin)
    assert await names(app) == []
    assert [(one.shortcode, one.disabled) for one in await custom_emojis.ours(app)] == [("tea", True)]
    await custom_emojis.change(app, "tea", disabled=False, category="  Hot   drinks ", by=admin)
    assert await names(app) == ["tea"]
    assert [group for group, _ in custom_emojis.categories(await custom_emojis.ours(app))] == ["Hot drinks"]
    await custom_emojis.remove(app, "tea", by=admin)
    assert await custom_emojis.ours(app) == []
    actions = [action for action, _ in await log(app)]
    assert actions == ["emoji.add", "emoji.disable", "emoji.move", "emoji.enable", "emoji.remove"]


async def _seen(app: App, shortcode: str, domain: str, url: str) -> None:
    await app.db.execute(
        "INSERT INTO custom_emojis (id, shortcode, domain, url, static_url, visible, updated_at)"
        " VALUES (?, ?, ?, ?, ?, FALSE, ?)",
        app.ids.next(), shortcode, domain, url, url, app.now(),
    )  # fmt: skip


async def test_an_emoji_of_another_server_becomes_one_of_ours(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def get(url: str, **_: object) -> Response:
        asked.append(url)
        return Response(200 if url.endswith("tea.png") else 404, url, {}, _picture())

    monkeypatch.setattr(app.outbound, "get", get)
    await _seen(app, "tea", "far.example", "https://far.example/tea.png")
    await _seen(app, "cat", "far.example", "https://far.example/cat.png")
    assert await custom_emojis.servers(app) == ["far.example"]
    assert [one.shortcode for one in await custom_emojis.others(app, "far.example")] == ["cat", "tea"]
    admin = await staff(app, "admin")
    await custom_emojis.copy(app, "tea", "far.example", "Drinks", by=admin)
    assert (await emojis.find(app, "tea"))["url"].startswith(app.url("/media/"))
    assert [one.shortcode for one in await custom_emojis.others(app, "far.example")] == ["cat"]
    with pytest.raises(Invalid):
        await custom_emojis.copy(app, "tea", "far.example", by=admin)
    with pytest.raises(Unavailable):
        await custom_emojis.copy(app, "cat", "far.example", by=admin)
    with pytest.raises(NotFound):
        await custom_emojis.copy(app, "dog", "far.example", by=admin)
    assert asked == ["https://far.example/tea.png", "https://far.example/cat.png"]
    assert await log(app) == [("emoji.copy", "tea")]


async def test_nothing_is_fetched_from_a_server_whose_media_are_refused(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def get(url: str, **_: object) -> Response:
        raise AssertionError(url)

    monkeypatch.setattr(app.outbound, "get", get)
    owner = await staff(app, "owner")
    await domains.block(app, "far.example", Terms(severity="silence", reject_media=True), by=owner)
    await _seen(app, "tea", "far.example", "https://far.example/tea.png")
    with pytest.raises(Forbidden):
        await custom_emojis.copy(app, "tea", "far.example", by=owner)


async def test_a_beginning_with_signs_of_sql_finds_what_begins_so(app: App) -> None:
    await _seen(app, "tea_pot", "far.example", "https://far.example/1.png")
    await _seen(app, "teapot", "far.example", "https://far.example/2.png")
    assert [one.shortcode for one in await custom_emojis.others(app, "FAR.example", "tea_")] == ["tea_pot"]
    assert await custom_emojis.others(app, "far.example", "%") == []


async def test_a_moderator_does_not_look_after_emoji(app: App) -> None:
    with pytest.raises(Forbidden):
        await custom_emojis.add(app, "tea", _picture(), by=await staff(app, "moderator"))
